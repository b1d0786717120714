//! The sets of tags that HotSpot 17 has messages of. For most of them there are none here, but a selection that fits no
//! set is a slip of the pen worth a warning.

use super::tags::TagSet;

/// The sets.
const SETS: &str = "\
    arguments attach biasedlocking biasedlocking+handshake cds cds+class cds+dynamic cds+hashtables cds+heap \
    cds+heap+mirror cds+jvmti cds+lambda cds+map cds+mirror cds+reloc cds+unshareable cds+verification cds+vtables \
    class class+init class+load class+load+placeholders class+loader+constraints class+loader+data class+nestmates \
    class+path class+preorder class+preview class+resolve class+sealed class+unload class+unload+nmethod codecache \
    codecache+sweep codecache+sweep+start compilation compilation+codecache decoder defaultmethods ergo exceptions \
    gc gc+age gc+alloc gc+alloc+region gc+alloc+stats gc+barrier gc+bot gc+breakpoint gc+classhisto \
    gc+classhisto+start gc+compaction gc+cpu gc+director gc+ergo gc+ergo+cset gc+ergo+heap gc+ergo+ihop \
    gc+ergo+refine gc+heap gc+heap+coops gc+heap+exit gc+heap+numa gc+heap+region gc+heap+verify gc+humongous \
    gc+ihop gc+init gc+jni gc+jvmci gc+liveness gc+load gc+marking gc+metaspace gc+metaspace+freelist \
    gc+metaspace+freelist+oom gc+mmu gc+nmethod gc+nmethod+oops gc+periodic gc+phases gc+phases+ref gc+phases+start \
    gc+phases+task gc+plab gc+promotion gc+ptrqueue+freelist gc+ref gc+ref+start gc+refine gc+refine+stats gc+region \
    gc+region+cds gc+reloc gc+remset gc+remset+exit gc+remset+tracking gc+start gc+stats gc+task gc+task+start \
    gc+task+time gc+tlab gc+verify gc+verify+start handshake handshake+task init interpreter+oopmap \
    interpreter+safepoint itables jfr jfr+dcmd jfr+event jfr+metadata jfr+oldobject+sampling jfr+setting jfr+start \
    jfr+startup jfr+system jfr+system+bytecode jfr+system+event jfr+system+metadata jfr+system+parser \
    jfr+system+setting jfr+system+streaming jfr+system+throttle jit+compilation jit+inlining jit+thread jni+resolve \
    jvmti jvmti+objecttagging jvmti+table library logging logging+thread membername+table membername+table+perf \
    metaspace methodhandles methodhandles+condy methodhandles+indy module module+load module+patch module+unload \
    monitorinflation monitorinflation+owner monitormismatch nmethod+barrier nmethod+install nmt oopstorage+blocks \
    oopstorage+blocks+stats oopstorage+ref os os+container os+cpu os+thread os+thread+timer pagesize \
    perf+datacreation perf+memops protectiondomain protectiondomain+table redefine+class redefine+class+annotation \
    redefine+class+breakpoint redefine+class+constantpool redefine+class+dump redefine+class+iklass+add \
    redefine+class+iklass+purge redefine+class+interpreter+oopmap redefine+class+load redefine+class+load+exceptions \
    redefine+class+methodcomparator redefine+class+nestmates redefine+class+nmethod redefine+class+normalize \
    redefine+class+obsolete redefine+class+obsolete+mark redefine+class+obsolete+metadata redefine+class+oopmap \
    redefine+class+record redefine+class+stackmap redefine+class+subclass redefine+class+timer redefine+class+update \
    redefine+class+update+constantpool redefine+class+update+itables redefine+class+update+vtables safepoint \
    safepoint+cleanup safepoint+stats stackbarrier stacktrace stackwalk startuptime stringdedup stringdedup+init \
    stringdedup+phases stringdedup+phases+start stringtable stringtable+perf symboltable symboltable+perf thread+smr \
    thread+suspend thread+table trimnative valuebasedclasses verification vmoperation vmthread vtables vtablestubs";

/// So alike a set must be to what was selected to be suggested.
const ALIKE: f64 = 0.5;
/// Suggestions at most.
const SUGGESTIONS: usize = 5;

fn known() -> impl Iterator<Item = Vec<&'static str>> {
    let own = TagSet::ALL.into_iter().map(|set| set.name().split(',').collect());
    let sets: Vec<Vec<&str>> = SETS.split_whitespace().map(|set| set.split('+').collect()).collect();
    let own: Vec<Vec<&str>> = own.filter(|set| !sets.contains(set)).collect();
    sets.into_iter().chain(own)
}

fn selects(tags: &[&str], more: bool, set: &[&str]) -> bool {
    tags.iter().all(|tag| set.contains(tag)) && (more || set.len() == tags.len())
}

/// What to say of a selection that fits no set; nothing of tags that are in none, as newer releases have more.
pub(super) fn complaint(tags: &[&str], more: bool) -> Option<String> {
    let any = |more: bool| known().any(|set| selects(tags, more, &set));
    let judged = tags.iter().all(|tag| known().any(|set| set.contains(tag)));
    if !judged || any(more) {
        return None;
    }
    let shown = tags.join("+");
    let mut text = format!("No tag set matches selection: {shown}{}.", if more { "*" } else { "" });
    let mut found: Vec<(f64, String)> = known()
        .map(|set| {
            let common = set.iter().filter(|tag| tags.contains(tag)).count();
            (2.0 * common as f64 / (set.len() + tags.len()) as f64, set.join("+"))
        })
        .filter(|(score, _)| *score >= ALIKE)
        .collect();
    found.sort_by(|one, other| other.0.total_cmp(&one.0));
    let wild = (!more && any(true)).then(|| format!("{shown}*"));
    let suggestions: Vec<String> = wild
        .into_iter()
        .chain(found.into_iter().map(|(_, set)| set))
        .take(SUGGESTIONS)
        .collect();
    if !suggestions.is_empty() {
        text += &format!(" Did you mean any of the following? {}", suggestions.join(" "));
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_sets_that_exist_nowhere() {
        assert_eq!(complaint(&["gc"], false), None);
        assert_eq!(complaint(&["heap", "gc"], false), None);
        assert_eq!(complaint(&["class"], true), None);
        assert_eq!(complaint(&["options"], false), None);
        assert_eq!(complaint(&["continuations", "preempt"], false), None);
        let text = complaint(&["gc", "class"], false).unwrap_or_default();
        assert!(text.starts_with("No tag set matches selection: gc+class. Did you mean any of the following? "));
        let text = complaint(&["heap"], false).unwrap_or_default();
        assert!(text.starts_with(
            "No tag set matches selection: heap. Did you mean any of the following? heap* cds+heap gc+heap "
        ));
        let text = complaint(&["vmthread", "handshake"], true).unwrap_or_default();
        assert!(text.starts_with("No tag set matches selection: vmthread+handshake*."));
    }
}

//! `-Xlog:help`.

use super::output::Decorator;
use super::{Level, TagSet, tags};

/// The grammar of `-Xlog`, and what may be named in it.
pub fn help() -> String {
    let join = |words: Vec<String>| words.join(", ");
    let levels = Level::NAMES.iter().map(|(_, name)| (*name).to_owned()).collect();
    let decorators = Decorator::NAMES
        .iter()
        .map(|(_, name, short)| format!("{name} ({short})"));
    let mut known: Vec<String> = tags::known().map(str::to_owned).collect();
    known.sort();
    let own = TagSet::ALL.iter().map(|set| set.name().replace(',', "+")).collect();
    format!(
        "-Xlog Usage: -Xlog[:[selections][:[output][:[decorators][:output-options]]]]\n\
         \t where 'selections' are combinations of tags and levels of the form tag1[+tag2...][*][=level][,...]\n\
         \t Without the wildcard (*), a selection matches messages with exactly its tags.\n\n\
         Available log levels:\n {}\n\n\
         Available log decorators: \n {}\n Decorators can also be specified as 'none' for no decoration.\n\n\
         Available log tags:\n {}\n Specifying 'all' instead of a tag combination matches all tag combinations.\n\n\
         Tag sets that have messages here:\n {}\n\n\
         Available log outputs:\n stdout/stderr\n file=<filename>\n  \
         %p and %t in the filename stand for the process and the time of its start.\n  \
         Options of a file, after its decorators:\n   \
         filesize=..  - size at which it is put aside (with K, M or G; 0: never)\n   \
         filecount=.. - how many of those put aside are kept\n\n\
         Some examples:\n \
         -Xlog\n\t All messages up to level 'info' to stdout.\n\n \
         -Xlog:gc*=debug:file=gc.txt:uptime,tid:filecount=3,filesize=1m\n\t \
         Messages tagged with at least 'gc', up to 'debug', to a rotated file, with uptime and thread.\n\n \
         -Xlog:disable -Xlog:safepoint=trace:stderr:none\n\t \
         Nothing, warnings included, but messages tagged with exactly 'safepoint', to stderr without decorations.\n",
        join(levels),
        join(decorators.collect()),
        join(known),
        join(own),
    )
}

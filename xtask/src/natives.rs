//! `cargo xtask natives`: the native methods of each class library against the rows that the VM has for them.

use crate::args::Args;
use crate::process::Job;
use crate::suites::{Case, Failure, Options, difference};
use crate::{Outcome, jdk, paths, test_command};
use peaberry_classfile::archive::JImage;
use peaberry_classfile::model::MethodFlags;
use peaberry_classfile::reader::{ParseOptions, parse};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// Class, name, descriptor.
type Native = (String, String, String);

/// A row of the VM's: the native and the releases it is for, both ends included.
struct Row {
    native: Native,
    since: u32,
    until: u32,
}

/// The class libraries that the committed file speaks of.
const VERSIONS: &[u32] = &[17, 25];

/// The module whose natives are listed one by one; of the others only the numbers are told.
const BASE: &str = "java.base";

const HEADER: &str = "\
# Native methods: which the VM has

Written by `cargo xtask natives --write` and compared by the suite `natives`. For each class library: the native methods
that its classes declare, and how many of them have a row in `stdlib`. One without a row throws an `UnsatisfiedLinkError`
that names class, method and descriptor when it is called.
";

/// Prints the comparison; with `--write`, writes stdlib/COVERAGE.md.
pub fn run(mut args: Args) -> Outcome {
    let write = args.flag("--write");
    let vm = args.option("--vm")?.map(PathBuf::from);
    args.finish()?;
    let vm = match vm {
        Some(vm) => vm,
        None => test_command::build_vm()?,
    };
    let rows = rows(&vm)?;
    let mut text = HEADER.to_string();
    for &version in VERSIONS {
        match section(version, &rows)? {
            Some(section) => text += &section,
            None if write => return Err(format!("no JDK {version} here: the file would lose its section")),
            None => eprintln!("no JDK {version} here"),
        }
    }
    if write {
        return paths::write(&committed(), text);
    }
    print!("{text}");
    Ok(())
}

/// One case for each class library: the committed section is true.
pub fn cases(options: &Options) -> Outcome<Vec<Case>> {
    let case = |version: u32| {
        let vm = options.vm.clone();
        Case::new(version.to_string(), move || {
            let Some(now) = section(version, &rows(&vm)?)? else {
                return Err(Failure::Absent(format!("no JDK {version}")));
            };
            let committed = paths::read(&committed())?;
            let heading = heading(version);
            let then = committed
                .find(&heading)
                .map_or("", |at| &committed[at - 1..])
                .split_inclusive('\n')
                .scan(0, |headings, line| {
                    *headings += usize::from(line.starts_with("## "));
                    (*headings < 2).then_some(line)
                })
                .collect::<String>();
            match difference("stdlib/COVERAGE.md", now.trim_end(), then.trim_end()) {
                None => Ok(()),
                Some(text) => Err(Failure::Wrong(format!(
                    "{text}run `cargo xtask natives --write`; \"expected\" is what is true now"
                ))),
            }
        })
    };
    Ok(VERSIONS.iter().copied().map(case).collect())
}

fn committed() -> PathBuf {
    paths::root().join("stdlib/COVERAGE.md")
}

fn heading(version: u32) -> String {
    format!("## Class library {version}\n")
}

/// The rows of `peaberry --print-natives`.
fn rows(vm: &Path) -> Outcome<Vec<Row>> {
    let printed = Job::new(vm).arg("--print-natives").check()?.out();
    printed
        .lines()
        .map(|line| {
            let words: Vec<&str> = line.split('\t').collect();
            let &[class, name, descriptor, since, until] = words.as_slice() else {
                return Err(format!("--print-natives: `{line}`"));
            };
            let release = |text: &str| text.parse().map_err(|_| format!("--print-natives: `{line}`"));
            Ok(Row {
                native: (class.into(), name.into(), descriptor.into()),
                since: release(since)?,
                until: release(until)?,
            })
        })
        .collect()
}

/// What a class library declares, by module.
fn declared(modules: &Path) -> Outcome<BTreeMap<String, BTreeSet<Native>>> {
    let shown = |e: &dyn std::fmt::Display| format!("{}: {e}", modules.display());
    let image = JImage::open(modules).map_err(|e| shown(&e))?;
    let options = ParseOptions {
        verify: false,
        allow_module: true,
        ..ParseOptions::default()
    };
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let mut found: BTreeMap<String, BTreeSet<Native>> = BTreeMap::new();
    for resource in image
        .resources()
        .filter(|r| r.extension == b"class" && r.module != b"modules")
    {
        let bytes = image.bytes(&resource).map_err(|e| shown(&e))?;
        let class = parse(&bytes, &options).map_err(|e| shown(&e))?;
        for method in class
            .methods
            .iter()
            .filter(|m| m.access_flags.contains(MethodFlags::NATIVE))
        {
            let native = (text(class.name), text(method.name), text(method.descriptor));
            found.entry(text(resource.module)).or_default().insert(native);
        }
    }
    Ok(found)
}

/// The section of one class library; nothing if it is not on this machine.
fn section(version: u32, rows: &[Row]) -> Outcome<Option<String>> {
    let Some(jdk) = jdk::find(version) else { return Ok(None) };
    let declared = declared(&jdk.home.join("lib/modules"))?;
    let rows: BTreeSet<&Native> = rows
        .iter()
        .filter(|row| (row.since..=row.until).contains(&version))
        .map(|row| &row.native)
        .collect();
    Ok(Some(describe(version, &declared, &rows)))
}

/// Without the polymorphic methods of method and var handles: the interpreter links them, not a row.
fn is_signature_polymorphic((class, _, descriptor): &Native) -> bool {
    matches!(
        class.as_str(),
        "java/lang/invoke/MethodHandle" | "java/lang/invoke/VarHandle"
    ) && descriptor.starts_with("([Ljava/lang/Object;)")
}

fn describe(version: u32, declared: &BTreeMap<String, BTreeSet<Native>>, rows: &BTreeSet<&Native>) -> String {
    let empty = BTreeSet::new();
    let base = declared.get(BASE).unwrap_or(&empty);
    let (polymorphic, base): (Vec<&Native>, Vec<&Native>) = base.iter().partition(|n| is_signature_polymorphic(n));
    let missing: Vec<&Native> = base.iter().copied().filter(|n| !rows.contains(n)).collect();
    let all: BTreeSet<&Native> = declared.values().flatten().collect();
    let idle: Vec<&Native> = rows.iter().copied().filter(|n| !all.contains(n)).collect();
    let mut text = format!("\n{}\n", heading(version));
    // Writing to a String does not fail.
    let _ = writeln!(
        text,
        "{BASE} declares {} native methods: {} have a row, {} have not. A further {} are signature-polymorphic \
         methods, which the interpreter itself links.\n",
        base.len(),
        base.len() - missing.len(),
        missing.len(),
        polymorphic.len()
    );
    let _ = writeln!(text, "| other module | natives | with a row |\n|---|---:|---:|");
    for (module, natives) in declared.iter().filter(|(module, _)| *module != BASE) {
        let have = natives.iter().filter(|n| rows.contains(n)).count();
        let _ = writeln!(text, "| {module} | {} | {have} |", natives.len());
    }
    text += &list(&format!("Without a row in {BASE} {version}"), &missing);
    text += &list(&format!("Rows for {version} that no class declares"), &idle);
    text
}

/// Natives by class, under a heading; nothing if there are none.
fn list(title: &str, natives: &[&Native]) -> String {
    if natives.is_empty() {
        return String::new();
    }
    let mut classes: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (class, name, descriptor) in natives.iter().copied() {
        classes.entry(class).or_default().push(format!("`{name}{descriptor}`"));
    }
    let mut text = format!("\n### {title}\n\n");
    for (class, methods) in classes {
        let _ = writeln!(text, "- {}: {}", class.replace('/', "."), methods.join(", "));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{BTreeMap, BTreeSet, Native, describe};

    fn native(class: &str, name: &str) -> Native {
        (class.into(), name.into(), "()V".into())
    }

    #[test]
    fn tells_the_missing_from_the_idle() {
        let declared = BTreeMap::from([(
            "java.base".to_string(),
            BTreeSet::from([native("a/B", "there"), native("a/B", "missing")]),
        )]);
        let (there, idle) = (native("a/B", "there"), native("a/B", "idle"));
        let text = describe(17, &declared, &BTreeSet::from([&there, &idle]));
        assert!(
            text.contains("declares 2 native methods: 1 have a row, 1 have not"),
            "{text}"
        );
        assert!(
            text.contains("Without a row in java.base 17\n\n- a.B: `missing()V`"),
            "{text}"
        );
        assert!(
            text.contains("Rows for 17 that no class declares\n\n- a.B: `idle()V`"),
            "{text}"
        );
    }
}

//! Runs the files.

use crate::text::{TestFile, parse};
use peaberry_jit::build::build;
use peaberry_jit::code::{CompiledCode, Entry, ExitLock, Landing, Refusal, SlotSource};
use peaberry_jit::compile::compile;
use peaberry_jit::passes;
use peaberry_jit::query::MethodId;
use peaberry_jit::ssa::{Function, verify};
use std::fmt::Write;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/jit")
}

/// The method under test: the first one.
pub const TESTED: MethodId = MethodId(1);

pub fn entry(file: &TestFile) -> Result<Entry, String> {
    match &file.entry {
        None => Ok(Entry::Normal),
        Some(label) => {
            let labels = &file.world.method_data(TESTED).labels;
            let bci = labels.get(label).ok_or(format!("no label {label}"))?;
            Ok(Entry::Loop(*bci))
        }
    }
}

fn verified(function: &Function, pass: &str) -> Result<(), String> {
    verify(function).map_err(|fault| format!("after {pass}: {fault}\n{function}"))
}

/// What the file's passes leave, as text.
fn outcome(file: &TestFile) -> Result<String, String> {
    let entry = entry(file)?;
    let refused = |refusal: Refusal| format!("refused: {refusal}\n");
    // Whatever is printed, everything must verify and lower.
    let compiled = match compile(&file.world, TESTED, entry, &file.options) {
        Ok(compiled) => compiled,
        Err(refusal @ Refusal::Backend(_)) => return Err(refused(refusal)),
        Err(refusal) => return Ok(refused(refusal)),
    };
    for (has, pattern) in &file.patterns {
        if compiled.1.clif.contains(pattern.as_str()) != *has {
            let what = if *has { "lacks" } else { "has" };
            return Err(format!("the CLIF {what} {pattern}:\n{}", compiled.1.clif));
        }
    }
    let (mut function, _) = build(&file.world, TESTED, entry, &file.options).map_err(refused)?;
    verified(&function, "build")?;
    for pass in &file.passes {
        match pass.as_str() {
            "build" => {}
            "all" => {
                for (name, pass) in passes::ALL {
                    pass(&mut function, &file.world);
                    verified(&function, name)?;
                }
            }
            "lower" => return Ok(tables(&compiled.0)),
            name => {
                let known = passes::ALL.iter().find(|(other, _)| *other == name);
                let (_, pass) = known.ok_or(format!("no pass {name}"))?;
                pass(&mut function, &file.world);
                verified(&function, name)?;
            }
        }
    }
    Ok(function.to_string())
}

fn slot(slot: SlotSource) -> String {
    match slot {
        SlotSource::Dead => "_".to_owned(),
        SlotSource::Buffer(word) => format!("[{word}]"),
        SlotSource::Constant(value) => value.to_string(),
    }
}

fn slots(text: &mut String, slots: &[SlotSource]) {
    for &source in slots {
        let _ = write!(text, " {}", slot(source));
    }
}

/// What the runtime gets with the machine code.
fn tables(code: &CompiledCode) -> String {
    let mut text = String::new();
    for exit in code.exits.iter() {
        let _ = writeln!(text, "exit {:?} {:?}", exit.reason, exit.resume);
        for object in &exit.objects {
            let _ = write!(text, "    [{}] is a new class {}:", object.word, object.class.0);
            for field in &object.fields {
                let _ = write!(text, " {:?} {} = {}", field.kind, field.offset, slot(field.value));
            }
            text.push('\n');
        }
        for frame in &exit.frames {
            let _ = write!(text, "    m{}@{}", frame.method.0, frame.bci);
            slots(&mut text, &frame.locals);
            if !frame.stack.is_empty() {
                text.push_str(" |");
                slots(&mut text, &frame.stack);
            }
            if !frame.locks.is_empty() {
                let _ = write!(text, " locks {}", frame.locks.len());
            }
            for lock in &frame.locks {
                if let ExitLock::Elided(object) = lock {
                    let _ = write!(text, " elided {}", slot(*object));
                }
            }
            text.push('\n');
        }
    }
    let mut calls: Vec<String> = code
        .call_sites
        .iter()
        .map(|site| {
            let mut chain = Vec::new();
            let mut next = Some(site.position);
            while let Some(position) = next {
                let position = &code.positions[position as usize];
                chain.push(format!("m{}@{}", position.method.0, position.bci));
                next = position.caller;
            }
            let thrown = match site.landing {
                Landing::Tested => "tested",
                Landing::Leaves(_) => "leaves",
                Landing::Handles(_) => "handled",
            };
            let invalidated = if site.invalidated.is_some() { ", exits" } else { "" };
            format!("call {}: {thrown}{invalidated}", chain.join(" in "))
        })
        .collect();
    calls.sort();
    for call in calls {
        let _ = writeln!(text, "{call}");
    }
    let _ = writeln!(text, "dependencies {:?}", code.dependencies);
    let _ = writeln!(text, "inlined {:?}", code.inlined);
    let _ = writeln!(text, "classes {:?}", code.classes);
    let _ = writeln!(text, "methods {:?}", code.methods);
    text
}

fn run(path: &Path, bless: bool) -> Result<(), String> {
    let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
    let file = parse(&text)?;
    if file.passes.is_empty() {
        return Err("says not what to test".to_owned());
    }
    let actual = outcome(&file)?;
    if actual == file.expected {
        return Ok(());
    }
    if bless {
        let text = format!("{}----------\n{actual}", file.source);
        return std::fs::write(path, text).map_err(|error| error.to_string());
    }
    Err(format!("expected:\n{}\nactual:\n{actual}", file.expected))
}

#[test]
fn files() {
    let bless = std::env::var_os("PEABERRY_BLESS").is_some();
    let filter = std::env::var("PEABERRY_FILTER").unwrap_or_default();
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder())
        .expect("tests/jit")
        .map(|entry| entry.expect("an entry of tests/jit").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "test"))
        .filter(|path| path.to_string_lossy().contains(&filter))
        .collect();
    paths.sort();
    assert!(!paths.is_empty(), "no test files");
    let mut failures = String::new();
    for path in &paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let result = std::panic::catch_unwind(|| run(path, bless)).unwrap_or_else(|_| Err("panicked".to_owned()));
        if let Err(error) = result {
            let _ = writeln!(failures, "== {name}\n{error}");
        }
    }
    assert!(failures.is_empty(), "\n{failures}");
}

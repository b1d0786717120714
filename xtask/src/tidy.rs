//! Rules about the sources themselves.

use crate::{Outcome, paths};
use std::path::PathBuf;

/// A file longer than this is asking to be split.
const MAX_LINES: usize = 800;

/// Checks every Rust file outside target directories.
pub fn run() -> Outcome {
    let mut complaints = Vec::new();
    let files = rust_files();
    for file in &files {
        let text = paths::read(file)?;
        let shown = file.strip_prefix(paths::root()).unwrap_or(file).display().to_string();
        complaints.extend(check(&shown, &text));
    }
    if !complaints.is_empty() {
        return Err(format!("tidy:\n{}", complaints.join("\n")));
    }
    println!("tidy: {} files", files.len());
    Ok(())
}

fn rust_files() -> Vec<PathBuf> {
    let root = paths::root();
    let folders = [
        "classfile",
        "gc",
        "jit",
        "stdlib",
        "vm",
        "unikernel",
        "xtask",
        "tests",
        "benches",
    ];
    let target = std::path::Component::Normal("target".as_ref());
    let mut files: Vec<PathBuf> = folders
        .iter()
        .flat_map(|dir| paths::files_below(&root.join(dir), "rs"))
        .collect();
    files.retain(|file| {
        !file
            .strip_prefix(&root)
            .is_ok_and(|p| p.components().any(|c| c == target))
    });
    files
}

/// The complaints about one file.
fn check(name: &str, text: &str) -> Vec<String> {
    // Spelt in two pieces, or this file would complain about itself.
    let leftovers = [
        concat!("todo", "!("),
        concat!("unimplemented", "!("),
        concat!("#[", "ignore"),
        concat!("dbg", "!("),
    ];
    let mut complaints = Vec::new();
    let lines: Vec<&str> = text.lines().collect();
    if lines.len() > MAX_LINES {
        complaints.push(format!("{name}: {} lines, more than {MAX_LINES}", lines.len()));
    }
    for (at, line) in lines.iter().enumerate() {
        let code = line.split("//").next().unwrap_or("");
        for leftover in leftovers.iter().filter(|l| code.contains(*l)) {
            complaints.push(format!("{name}:{}: {leftover}", at + 1));
        }
        let opens_unsafe = code.contains(concat!("unsafe", " {")) || code.contains(concat!("unsafe", " impl"));
        if opens_unsafe && !is_explained(&lines, at) {
            complaints.push(format!("{name}:{}: unsafe without a SAFETY comment", at + 1));
        }
    }
    complaints
}

/// A SAFETY comment stands on the line or in the comment or the statement's beginning right above it.
fn is_explained(lines: &[&str], at: usize) -> bool {
    lines[at.saturating_sub(8)..=at]
        .iter()
        .any(|line| line.contains("SAFETY:"))
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn finds_what_it_looks_for() {
        assert_eq!(check("a.rs", "fn f() {}\n"), Vec::<String>::new());
        assert_eq!(check("a.rs", concat!("fn f() { todo", "!() }\n")).len(), 1);
        assert_eq!(check("a.rs", concat!("fn f() { unsafe", " { g() } }\n")).len(), 1);
        assert_eq!(
            check("a.rs", concat!("// SAFETY: g is fine\nfn f() { unsafe", " { g() } }\n")).len(),
            0
        );
        assert_eq!(check("a.rs", &"\n".repeat(801)).len(), 1);
    }
}

//! What the parser says about wrong class files, against what HotSpot 17 says.
//!
//! `format_errors/expected.txt` is HotSpot's answer; `BLESS=1 cargo test --test format_errors` asks `java` anew.

#[path = "support/builder.rs"]
mod builder;
#[path = "format_errors/cases.rs"]
mod cases;

use builder::Builder;
use peaberry_classfile::reader::{ParseOptions, parse};
use std::fmt::Write;
use std::path::Path;
use std::process::Command;

const EXPECTED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/format_errors/expected.txt");

fn class_files() -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<(String, Vec<u8>)> = cases::all()
        .map(|(name, change)| {
            let mut builder = Builder::default();
            change(&mut builder);
            (name.to_string(), builder.build())
        })
        .collect();
    let valid = Builder::default().build();
    for length in [0, 3, 7, 9, 12, valid.len() - 9, valid.len() - 1] {
        files.push((format!("truncated-{length}"), valid[..length].to_vec()));
    }
    // As file names sort.
    files.sort_by_cached_key(|(name, _)| format!("{name}.class"));
    files
}

fn bless(files: &[(String, Vec<u8>)]) {
    let directory = std::env::temp_dir().join(format!("peaberry-format-errors-{}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    for (name, bytes) in files {
        std::fs::write(directory.join(format!("{name}.class")), bytes).unwrap();
    }
    let driver = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/format_errors/FormatErrors.java");
    let output = Command::new("java")
        .arg(driver)
        .arg(&directory)
        .output()
        .expect("java runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    std::fs::write(EXPECTED, output.stdout).unwrap();
    std::fs::remove_dir_all(&directory).unwrap();
}

#[test]
fn messages_are_those_of_hotspot() {
    let files = class_files();
    if std::env::var_os("BLESS").is_some() {
        bless(&files);
    }
    let expected = std::fs::read_to_string(EXPECTED).unwrap();
    let mut problems = String::new();
    let mut lines = expected.lines();
    for (name, bytes) in &files {
        let options = ParseOptions {
            max_major: 61,
            expected_name: Some(b"T"),
            ..ParseOptions::default()
        };
        let result = parse(bytes, &options).map_or_else(|error| error.to_string(), |_| "ok".into());
        let actual = format!("{name} | {result}");
        let expected = lines.next().unwrap_or("(nothing)");
        if actual != expected {
            writeln!(problems, "expected {expected}\n  actual {actual}").unwrap();
        }
    }
    assert_eq!(lines.next(), None, "more expectations than cases: bless");
    assert!(problems.is_empty(), "\n{problems}");
}

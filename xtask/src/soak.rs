//! `cargo xtask soak`: what servers do, for as long as wanted, with every answer checked and the resident set watched.

use crate::args::Args;
use crate::process::{Job, passthrough};
use crate::test_command::build_vm;
use crate::{Outcome, jdk, paths, setup};
use std::path::PathBuf;

/// `--minutes N` (default 60), on Peaberry or, with `--vm`, on any `java`.
pub fn run(mut args: Args) -> Outcome {
    let minutes = args.number("--minutes")?.unwrap_or(60);
    let vm = args.option("--vm")?.map(PathBuf::from);
    args.finish()?;
    setup::run()?;
    let jdk = jdk::reference()?;
    let classes = paths::target().join("tests/soak");
    paths::fresh_dir(&classes)?;
    let javac = Job::new(jdk.tool("javac")).arg("-d").arg(&classes);
    javac.arg(paths::root().join("tests/soak/Soak.java")).check()?;
    let vm = match vm {
        Some(vm) => vm,
        None => build_vm()?,
    };
    let (classes, seconds) = (classes.display().to_string(), (minutes * 60).to_string());
    passthrough(&vm, &["-Xmx128m", "-cp", &classes, "Soak", &seconds])
}

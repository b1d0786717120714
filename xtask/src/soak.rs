//! `cargo xtask soak`: what servers do, for as long as wanted, with every answer checked and the resident set watched; and
//! five minutes of it as a suite.

use crate::args::Args;
use crate::process::{Finished, Job, last_lines, passthrough};
use crate::suites::{Case, Failure, Options};
use crate::test_command::build_vm;
use crate::{Outcome, jdk, paths, setup};
use std::path::PathBuf;
use std::time::Duration;

/// Length of the suite's run.
const SUITE_SECONDS: u64 = 300;

/// `--minutes N` (default 60), on Peaberry or, with `--vm`, on any `java`.
pub fn run(mut args: Args) -> Outcome {
    let minutes = args.number("--minutes")?.unwrap_or(60);
    let vm = args.option("--vm")?.map(PathBuf::from);
    args.finish()?;
    setup::run()?;
    let classes = compile()?;
    let vm = match vm {
        Some(vm) => vm,
        None => build_vm()?,
    };
    let seconds = (minutes * 60).to_string();
    passthrough(&vm, &["-Xmx128m", "-cp", &classes, "Soak", &seconds])
}

/// The suite: one case.
pub fn cases(options: &Options) -> Outcome<Vec<Case>> {
    let vm = options.vm.clone();
    Ok(vec![Case::new("five_minutes", move || {
        let classes = compile()?;
        let done: Finished = Job::new(&vm)
            .args(["-Xmx128m", "-cp", &classes, "Soak", &SUITE_SECONDS.to_string()])
            .limit(Duration::from_secs(SUITE_SECONDS + 120))
            .run()?;
        if done.code == 0 {
            return Ok(());
        }
        let text = format!(
            "{}\n{}{}",
            done.ending(),
            last_lines(&done.out(), 40),
            last_lines(&done.err(), 20)
        );
        Err(Failure::Wrong(text))
    })])
}

/// Compiles the program; the directory of its classes.
fn compile() -> Outcome<String> {
    let jdk = jdk::reference()?;
    let classes = paths::target().join("tests/soak");
    paths::fresh_dir(&classes)?;
    let javac = Job::new(jdk.tool("javac")).arg("-d").arg(&classes);
    javac.arg(paths::root().join("tests/soak/Soak.java")).check()?;
    Ok(classes.display().to_string())
}

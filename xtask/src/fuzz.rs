//! `cargo xtask fuzz`: the targets of tests/fuzz, for a while, on the seeds that the test suites leave behind.
//!
//! cargo-fuzz would want a nightly compiler for its sanitizers. Coverage alone is had on stable, with the flags below, and
//! most of what is fuzzed is safe code, where a panic is what there is to find.

use crate::args::Args;
use crate::jdk::{self, Jdk};
use crate::process::{Job, last_lines};
use crate::suites::Tally;
use crate::{Outcome, paths, setup};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The targets and what their seeds are called.
const TARGETS: &[(&str, &str)] = &[("class_file", "class"), ("archive", "jar"), ("hypercalls", "calls")];

/// What cargo-fuzz sets, without its sanitizers.
const COVERAGE: &[&str] = &[
    "--cfg=fuzzing",
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Ccodegen-units=1",
    "-Cdebug-assertions",
    "-Coverflow-checks",
];

/// Named, so that the flags are not given to build scripts too.
const TRIPLE: &str = "x86_64-unknown-linux-gnu";

/// `--seconds N` each (default 60), `--target NAME` only that one.
pub fn run(mut args: Args) -> Outcome {
    let seconds = args.number("--seconds")?.unwrap_or(60);
    let only = args.option("--target")?;
    args.finish()?;
    setup::run()?;
    let tally = fuzz(seconds, only.as_deref())?;
    if tally.failed.is_empty() {
        Ok(())
    } else {
        Err(format!("failed: {}", tally.failed.join(", ")))
    }
}

/// The short run of `cargo xtask test`.
pub fn short() -> Outcome<Tally> {
    fuzz(20, None)
}

fn fuzz(seconds: usize, only: Option<&str>) -> Outcome<Tally> {
    let host = paths::target().join("fuzz");
    Job::new("cargo")
        .args(["build", "--quiet", "--release", "--target", TRIPLE, "--target-dir"])
        .arg(&host)
        .env("RUSTFLAGS", COVERAGE.join(" "))
        .dir(&paths::root().join("tests/fuzz"))
        .limit(Duration::from_secs(15 * 60))
        .check()?;
    let mut tally = Tally::default();
    for (target, extension) in TARGETS.iter().filter(|(name, _)| only.is_none_or(|only| only == *name)) {
        let seeds = seeds(&host, target, extension)?;
        let corpus = host.join("corpus").join(target);
        std::fs::create_dir_all(&corpus).map_err(|e| format!("{}: {e}", corpus.display()))?;
        let artifacts = host.join("artifacts").join(target);
        paths::fresh_dir(&artifacts)?;
        let scratch = host.join(format!("scratch-{}", std::process::id()));
        paths::fresh_dir(&scratch)?;
        let done = Job::new(host.join(TRIPLE).join("release").join(target))
            .arg(format!("-max_total_time={seconds}"))
            .args([
                "-timeout=10",
                "-rss_limit_mb=2048",
                "-max_len=65536",
                "-print_final_stats=1",
                "-len_control=10",
            ])
            .arg(format!("-artifact_prefix={}/", artifacts.display()))
            .arg(&corpus)
            .arg(&seeds)
            .env("TMPDIR", scratch.display().to_string())
            .limit(Duration::from_secs(seconds as u64 + 300))
            .run()?;
        let _ = std::fs::remove_dir_all(&scratch);
        if done.code == 0 {
            let stats = done.err();
            let units = stats
                .lines()
                .find_map(|l| l.strip_prefix("stat::number_of_executed_units:"));
            println!("fuzz {target}: {} inputs", units.unwrap_or("?").trim());
            tally.passed += 1;
        } else {
            println!("FAIL fuzz {target}: {}\n{}", done.ending(), last_lines(&done.err(), 40));
            tally.failed.push(format!("fuzz/{target}"));
        }
    }
    Ok(tally)
}

/// A directory with small valid inputs: classes of benches/java, of ours and of the broken ones among the tests; jars
/// made of them; system calls.
fn seeds(host: &Path, target: &str, extension: &str) -> Outcome<PathBuf> {
    let dir = host.join("seeds").join(target);
    if !paths::files_below(&dir, extension).is_empty() {
        return Ok(dir);
    }
    if target == "hypercalls" {
        paths::fresh_dir(&dir)?;
        // A call of each number there may be, its result used by the next one, with one of a few shapes of arguments.
        const SHAPES: [[u8; 6]; 3] = [[80, 81, 82, 83, 84, 85], [3, 96, 2, 97, 0, 98], [64, 66, 1, 65, 68, 0]];
        for number in 0..=u8::MAX {
            let arguments = SHAPES[usize::from(number) % SHAPES.len()];
            let calls = [&[2, number][..], &arguments, &[0, number, 32], &arguments[1..], &[1]];
            paths::write(&dir.join(format!("{number}.{extension}")), calls.concat())?;
        }
        // What was found: an access to nothing with the highest stack pointer.
        const FOUND: [u8; 17] = [2, 0, 0, 0, 0, 0, 0, 0, 0, 241, 3, 96, 93, 97, 255, 157, 0];
        paths::write(&dir.join(format!("stack.{extension}")), FOUND)?;
        return Ok(dir);
    }
    let jdk = jdk::reference()?;
    let classes = host.join("classes");
    compile_benches(&jdk, &classes)?;
    paths::fresh_dir(&dir)?;
    let classes = paths::files_below(&classes, "class");
    for (number, class) in classes.iter().enumerate() {
        let to = dir.join(format!("{number}.{extension}"));
        if extension == "class" {
            std::fs::copy(class, &to).map_err(|e| format!("{}: {e}", to.display()))?;
        } else if number < 8 {
            let tool = Job::new(jdk.tool("jar")).arg("--create").arg("--file").arg(&to);
            tool.arg(class).check()?;
        }
    }
    Ok(dir)
}

fn compile_benches(jdk: &Jdk, classes: &Path) -> Outcome {
    paths::fresh_dir(classes)?;
    let sources = paths::files_below(&paths::root().join("benches/java"), "java");
    let javac = Job::new(jdk.tool("javac")).args(["-nowarn", "-proc:none", "-d"]);
    javac.arg(classes).args(sources).check().map(|_| ())
}

//! `cargo xtask test`: the whole of what CI checks.

use crate::args::Args;
use crate::process::{Job, last_lines, passthrough};
use crate::suites::{self, Options, SUITES, Tally};
use crate::{Outcome, paths, setup, tidy};
use std::path::PathBuf;
use std::time::Duration;

type Stage = fn() -> Outcome<Tally>;

/// Stages before the data-driven suites.
const STAGES: &[(&str, Stage)] = &[
    ("fmt", || {
        stage(passthrough("cargo", &["fmt", "--all", "--", "--check"]), "fmt")
    }),
    ("tidy", || stage(tidy::run(), "tidy")),
    ("clippy", || {
        let lints = &[
            "clippy",
            "--quiet",
            "--workspace",
            "--all-targets",
            "--",
            "-D",
            "warnings",
        ];
        stage(
            passthrough("cargo", lints)
                .and_then(|()| crate::guest::lint())
                .and_then(|()| crate::kernel::lint()),
            "clippy",
        )
    }),
    ("cargo", cargo_tests),
    ("fuzz", crate::fuzz::short),
];

/// Runs the chosen stages and suites; the last line it prints is `N passed, N failed`.
pub fn run(mut args: Args) -> Outcome {
    let chosen: Option<Vec<String>> = args
        .option("--suite")?
        .map(|s| s.split(',').map(String::from).collect());
    let filter = args.option("--filter")?.unwrap_or_default();
    let vm = args.option("--vm")?.map(PathBuf::from);
    let jobs = args.number("--jobs")?.unwrap_or_else(suites::default_jobs);
    let requests = args.number("--requests")?.unwrap_or(suites::DEFAULT_REQUESTS);
    let list = args.flag("--list");
    args.finish()?;
    if list {
        STAGES.iter().for_each(|(name, _)| println!("{name}"));
        SUITES
            .iter()
            .for_each(|suite| println!("{:<10} {}", suite.name, suite.what));
        return Ok(());
    }
    let known = |name: &String| STAGES.iter().any(|s| s.0 == name) || SUITES.iter().any(|s| s.name == name);
    if let Some(bad) = chosen.iter().flatten().find(|name| !known(name)) {
        return Err(format!("no suite `{bad}`: see `cargo xtask test --list`"));
    }
    let wanted = |name: &str| chosen.as_ref().is_none_or(|names| names.iter().any(|n| n == name));
    setup::run()?;
    let mut tally = Tally::default();
    if filter.is_empty() || chosen.is_some() {
        for (_, run) in STAGES.iter().filter(|(name, _)| wanted(name)) {
            tally.add(run()?);
        }
    }
    let wanted_suites: Vec<_> = SUITES.iter().filter(|suite| wanted(suite.name)).collect();
    if !wanted_suites.is_empty() {
        let vm = match vm {
            Some(vm) => vm.canonicalize().map_err(|e| format!("{}: {e}", vm.display()))?,
            None => build_vm()?,
        };
        let options = Options {
            vm,
            filter,
            jobs,
            requests,
        };
        for suite in wanted_suites {
            match suites::run(suite, &options) {
                Ok(result) => tally.add(result),
                Err(message) => {
                    println!("FAIL {}: {message}", suite.name);
                    tally.failed.push(suite.name.to_string());
                }
            }
        }
    }
    forgive(&mut tally)?;
    if !tally.failed.is_empty() {
        println!("\nfailed:");
        tally.failed.iter().for_each(|name| println!("  {name}"));
    }
    println!("{} passed, {} failed", tally.passed, tally.failed.len());
    if tally.failed.is_empty() {
        Ok(())
    } else {
        Err("the suite failed".to_string())
    }
}

/// Takes the cases of `tests/EXPECTED_FAILURES.txt` (a name, or a beginning of names with `*`, then the cause) off the
/// failed ones, saying so.
fn forgive(tally: &mut Tally) -> Outcome {
    let path = paths::root().join("tests/EXPECTED_FAILURES.txt");
    let text = std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let rows: Vec<(&str, &str)> = lines.filter_map(|line| line.split_once(char::is_whitespace)).collect();
    tally.failed.retain(|failed| {
        let row = rows.iter().find(|(name, _)| match name.strip_suffix('*') {
            Some(beginning) => failed.starts_with(beginning),
            None => failed == name,
        });
        if let Some((_, cause)) = row {
            println!("expected failure: {failed}: {}", cause.trim());
        }
        row.is_none()
    });
    Ok(())
}

/// Builds the release binary of the `peaberry` command.
pub fn build_vm() -> Outcome<PathBuf> {
    passthrough("cargo", &["build", "--quiet", "--release", "-p", "peaberry-cli"])?;
    Ok(paths::release_vm())
}

fn stage(result: Outcome, name: &str) -> Outcome<Tally> {
    let mut tally = Tally::default();
    match result {
        Ok(()) => tally.passed = 1,
        Err(message) => {
            println!("FAIL {name}: {message}");
            tally.failed.push(name.to_string());
        }
    }
    Ok(tally)
}

/// `cargo test`, each of its tests counted.
fn cargo_tests() -> Outcome<Tally> {
    let done = Job::new("cargo")
        .args(["test", "--workspace", "--no-fail-fast", "--quiet"])
        .dir(&paths::root())
        .limit(Duration::from_secs(30 * 60))
        .run()?;
    let mut tally = Tally::default();
    for line in done.out().lines() {
        if let Some(counts) = line.strip_prefix("test result: ") {
            tally.passed += count_before(counts, " passed");
        } else if let Some(name) = failed_test(line).filter(|name| !tally.failed.contains(name)) {
            tally.failed.push(name);
        }
    }
    if done.code != 0 {
        println!("{}{}", last_lines(&done.out(), 80), last_lines(&done.err(), 40));
        if tally.failed.is_empty() {
            tally.failed.push(format!("cargo test ({})", done.ending()));
        }
    }
    let error = done.err();
    let skipped: Vec<&str> = error.lines().filter(|line| line.starts_with("skipped: ")).collect();
    if let Some(why) = skipped.first() {
        println!(
            "suite cargo: {} could not run here, the first of them {why}",
            skipped.len()
        );
    }
    tally.absent += skipped.len();
    tally.passed = tally.passed.saturating_sub(skipped.len());
    println!(
        "suite cargo: {} passed, {} failed ({:.1} s)",
        tally.passed,
        tally.failed.len(),
        done.wall.as_secs_f64()
    );
    Ok(tally)
}

/// The name in a line of the list of failures that a test harness prints at its end.
fn failed_test(line: &str) -> Option<String> {
    let name = line.strip_prefix("    ")?;
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || "_:".contains(c));
    (plain && name.contains("::")).then(|| format!("cargo/{name}"))
}

/// The number that stands before `word`.
fn count_before(text: &str, word: &str) -> usize {
    let Some(at) = text.find(word) else { return 0 };
    text[..at]
        .rsplit(|c: char| !c.is_ascii_digit())
        .next()
        .and_then(|n| n.parse().ok())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::count_before;

    #[test]
    fn reads_the_counts_of_cargo_test() {
        let line = "ok. 12 passed; 3 failed; 0 ignored";
        assert_eq!(count_before(line, " passed"), 12);
        assert_eq!(count_before(line, " failed"), 3);
        assert_eq!(count_before("nothing", " passed"), 0);
    }
}

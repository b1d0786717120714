//! The share of hot methods that the compiler refuses, over whole suites: their runs leave the compiler's log, which this
//! suite counts. It comes after them.

use super::{Case, Failure, Options};
use crate::{Outcome, paths};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Suites whose runs are counted.
const SUITES: &[&str] = &["java17", "java25", "programs17", "programs25"];

/// Of a thousand compilations at most so many may be refused.
const MOST_REFUSED: usize = 5;

fn place(suite: &str) -> PathBuf {
    paths::target().join("tests/jit_logs").join(suite)
}

/// The option with which a run of a suite's case leaves its log.
pub fn log_option(suite: &str, case: &str) -> Outcome<String> {
    let directory = place(suite);
    std::fs::create_dir_all(&directory).map_err(|e| format!("{}: {e}", directory.display()))?;
    let file = directory.join(case.replace('/', "."));
    Ok(format!("-Xlog:jit=info:file={}", file.display()))
}

/// Counted lines of logs.
#[derive(Default)]
struct Count {
    runs: usize,
    compiled: usize,
    refused: usize,
    reasons: BTreeMap<String, usize>,
}

impl Count {
    fn add(&mut self, log: &str) {
        self.runs += 1;
        for line in log.lines() {
            if let Some((_, reason)) = line.split_once(" not compiled: ") {
                self.refused += 1;
                *self.reasons.entry(reason.to_owned()).or_default() += 1;
            } else if line.contains(" bytes of code, ") && line.contains(" at 0x") {
                self.compiled += 1;
            }
        }
    }
}

fn judge(suite: &str) -> Result<(), Failure> {
    let mut count = Count::default();
    for file in paths::files_below(&place(suite), "") {
        count.add(&paths::read(&file)?);
    }
    if count.compiled == 0 {
        return Err(Failure::Absent(format!(
            "suite {suite} left no logs: it runs before this one"
        )));
    }
    let reasons: String = count
        .reasons
        .iter()
        .map(|(reason, count)| format!("\n  {count}: {reason}"))
        .collect();
    let text = format!(
        "{suite}: {} runs, {} compilations, {} refused{reasons}",
        count.runs, count.compiled, count.refused
    );
    if count.refused * 1000 > MOST_REFUSED * (count.compiled + count.refused) {
        return Err(Failure::Wrong(text));
    }
    println!("{text}");
    Ok(())
}

/// One case for each suite.
pub fn cases(_: &Options) -> Outcome<Vec<Case>> {
    Ok(SUITES
        .iter()
        .map(|suite| Case::new(*suite, move || judge(suite)))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::Count;

    #[test]
    fn lines_are_told_apart() {
        let mut count = Count::default();
        count.add(
            "[0.1s][info][jit] 1 A::b (5 bytes) at 0x10, 40 bytes of code, 2 exits, 0 inlined, 0.100 ms\n\
             [0.2s][info][jit] 2 A::c @ 7 (9 bytes) not compiled: jsr\n\
             [0.3s][info][jit] 1 compilations installed, 0 discarded, 0 freed, 0 exits, 40 bytes of code, 0.001 s\n",
        );
        assert_eq!((count.runs, count.compiled, count.refused), (1, 1, 1));
        assert_eq!(count.reasons.get("jsr"), Some(&1));
    }
}

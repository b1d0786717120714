//! Speed once warm: rounds of a program within one VM, Peaberry beside HotSpot's default and its first compiler alone.

use super::{Bench, Report, peaberry};
use crate::process::Job;
use crate::{Outcome, paths};
use std::path::Path;
use std::time::Duration;

/// HotSpot with its first compiler alone.
const FIRST_COMPILER: &str = "-XX:TieredStopAtLevel=1";
/// Seconds that the rounds of one program on one VM take, at least.
const SECONDS: &str = "8";
/// Rounds at most.
const ROUNDS: &str = "100";

/// Milliseconds of a round once warm.
struct Steady {
    ours: f64,
    first: f64,
    default: f64,
}

/// A program and how it is told what to do.
struct Program {
    name: String,
    classes: std::path::PathBuf,
    arguments: Vec<String>,
    /// What stands before the microseconds of a round, in a line of its own.
    mark: &'static str,
}

impl Bench {
    /// The kernels of benches/java.
    pub(super) fn compiled(&self, report: &mut Report) -> Outcome {
        let (seconds, rounds) = if self.quick { ("0", "4") } else { (SECONDS, ROUNDS) };
        let mut programs = Vec::new();
        for (name, sizes) in self.rows("compiled")? {
            let size = if self.quick { "quick" } else { "full" };
            let size = sizes.get(size).and_then(toml::Value::as_str).unwrap_or_default();
            let mut arguments: Vec<String> = ["Rounds", &name, seconds, rounds].map(str::to_owned).into();
            arguments.extend(size.split_whitespace().map(str::to_owned));
            programs.push(Program {
                name,
                classes: self.classes(),
                arguments,
                mark: "round ",
            });
        }
        self.steady(report, "Compiled code: benches/java", &programs)
    }

    /// The Java benchmarks of a checkout of are-we-fast-yet.
    pub(super) fn are_we_fast_yet(&self, report: &mut Report, checkout: &Path) -> Outcome {
        let sources = paths::files_below(&checkout.join("benchmarks/Java/src"), "java");
        if sources.is_empty() {
            return Err(format!("{}: no checkout of are-we-fast-yet", checkout.display()));
        }
        let classes = paths::target().join("benches/are-we-fast-yet");
        paths::fresh_dir(&classes)?;
        let javac = Job::new(self.jdk.tool("javac")).args(["-nowarn", "-proc:none", "-d"]);
        javac.arg(&classes).args(sources).check()?;
        let iterations = if self.quick { "3" } else { "25" };
        let mut programs = Vec::new();
        for (name, size) in self.rows("are_we_fast_yet")? {
            let inner = size.as_integer().unwrap_or(1).to_string();
            programs.push(Program {
                arguments: vec!["Harness".into(), name.clone(), iterations.into(), inner],
                name,
                classes: classes.clone(),
                mark: "runtime: ",
            });
        }
        self.steady(report, "Compiled code: are-we-fast-yet", &programs)
    }

    /// The rows of a table of the budget that the filter leaves.
    fn rows(&self, table: &str) -> Outcome<Vec<(String, toml::Value)>> {
        let rows = self.budget.get(table).and_then(toml::Value::as_table);
        let rows = rows.ok_or_else(|| format!("benches/budget.toml has no [{table}]"))?;
        Ok(rows
            .iter()
            .filter(|(name, _)| self.wants(name))
            .map(|(name, row)| (name.clone(), row.clone()))
            .collect())
    }

    fn steady(&self, report: &mut Report, title: &str, programs: &[Program]) -> Outcome {
        if programs.is_empty() {
            return Ok(());
        }
        report.line(&format!("\n## {title}, ms a round once warm\n"));
        report.line("| program | Peaberry | HotSpot C1 | HotSpot | against C1 | against HotSpot |");
        report.line("|---|---|---|---|---|---|");
        let mut all = Vec::new();
        for program in programs {
            match self.steady_of(program) {
                Ok(steady) => {
                    let (first, default) = (steady.ours / steady.first, steady.ours / steady.default);
                    report.line(&format!(
                        "| {} | {:.1} | {:.1} | {:.1} | {first:.2} | {default:.2} |",
                        program.name, steady.ours, steady.first, steady.default
                    ));
                    all.push((first, default));
                }
                Err(message) => {
                    report.missed += 1;
                    let line = message.lines().next().unwrap_or("");
                    report.line(&format!("| {} | failed: {line} |", program.name));
                    eprintln!("{message}");
                }
            }
        }
        if all.len() < programs.len() {
            return Ok(());
        }
        let mean = |ratio: &dyn Fn(&(f64, f64)) -> f64| {
            (all.iter().map(|both| ratio(both).ln()).sum::<f64>() / all.len() as f64).exp()
        };
        let (first, default) = (mean(&|both| both.0), mean(&|both| both.1));
        let worst = all.iter().fold(0.0, |worst: f64, both| worst.max(both.1));
        let target = |name: &str| self.target(name);
        report.target("geometric mean against C1", first, target("compiled_geomean_vs_c1")?);
        report.target(
            "geometric mean against HotSpot",
            default,
            target("compiled_geomean_vs_hotspot")?,
        );
        report.target("the worst against HotSpot", worst, target("compiled_worst_vs_hotspot")?);
        Ok(())
    }

    /// The best of the runs of one program on each VM, in turn.
    fn steady_of(&self, program: &Program) -> Outcome<Steady> {
        let mut steady = Steady {
            ours: f64::MAX,
            first: f64::MAX,
            default: f64::MAX,
        };
        let hotspot = || Job::new(self.jdk.tool("java"));
        for _ in 0..self.runs {
            steady.first = steady.first.min(round(hotspot().arg(FIRST_COMPILER), program)?.0);
            let (default, theirs) = round(hotspot(), program)?;
            let (own, printed) = round(peaberry(&self.vm, &self.jdk), program)?;
            if printed != theirs {
                return Err(format!(
                    "{}: Peaberry prints\n{printed}HotSpot prints\n{theirs}",
                    program.name
                ));
            }
            steady.default = steady.default.min(default);
            steady.ours = steady.ours.min(own);
        }
        Ok(steady)
    }
}

/// Runs a program; the median of the later half of its rounds, in milliseconds, and what else it prints.
fn round(java: Job, program: &Program) -> Outcome<(f64, String)> {
    let job = java.arg("-cp").arg(&program.classes).args(&program.arguments);
    let done = job.limit(Duration::from_secs(900)).check()?;
    let (mut rounds, mut printed): (Vec<f64>, String) = Default::default();
    for line in (done.out() + &done.err()).lines() {
        let rest = line
            .split_once(program.mark)
            .map(|(_, rest)| rest.trim().trim_end_matches("us"));
        match rest.and_then(|rest| rest.parse().ok()) {
            Some(microseconds) => rounds.push(microseconds),
            // Totals of times are no results.
            None if line.contains("otal") => {}
            None => printed = printed + line + "\n",
        }
    }
    let mut later = rounds.split_off(rounds.len() / 2);
    later.sort_by(f64::total_cmp);
    match later.get(later.len() / 2) {
        Some(microseconds) => Ok((microseconds / 1000.0, printed)),
        None => Err(format!("{}: no rounds in\n{printed}", program.name)),
    }
}

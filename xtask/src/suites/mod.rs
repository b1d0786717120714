//! The data-driven suites: what a case is, how cases are run and how the results are told.

mod bad_input;
mod builds;
mod compiled;
mod gc_stress;
mod java;
pub mod javac;
mod launcher;
mod modes;
mod mutants;
mod programs;
mod qemu;
mod seen;
mod unikernel;
mod unikernel_images;
mod unikernel_paths;
pub mod unikernel_rounds;
mod unikernel_server;

use crate::args::Args;
use crate::process::Job;
use crate::{Outcome, paths, setup};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Requests where nothing else is said.
pub const DEFAULT_REQUESTS: usize = 400;

/// What every suite is told.
pub struct Options {
    /// The `peaberry` binary under test.
    pub vm: PathBuf,
    /// Only cases whose name contains this.
    pub filter: String,
    /// Cases at a time.
    pub jobs: usize,
    /// Requests that the web server in a guest is to serve.
    pub requests: usize,
}

/// One case: its name, unique in the suite, and what it does.
pub struct Case {
    name: String,
    run: Box<dyn Fn() -> Result<(), Failure> + Send + Sync>,
}

impl Case {
    /// A case from a closure.
    pub fn new(name: impl Into<String>, run: impl Fn() -> Result<(), Failure> + Send + Sync + 'static) -> Self {
        Case {
            name: name.into(),
            run: Box::new(run),
        }
    }
}

/// Why a case did not pass.
pub enum Failure {
    /// It is wrong; the text says how.
    Wrong(String),
    /// It cannot run here; the text says what is missing.
    Absent(String),
}

impl From<String> for Failure {
    fn from(text: String) -> Self {
        Failure::Wrong(text)
    }
}

/// How a suite, or several, ended.
#[derive(Default, Clone)]
pub struct Tally {
    /// Cases that passed.
    pub passed: usize,
    /// Names of those that did not.
    pub failed: Vec<String>,
    /// Cases that failed as tests/expected_failures.txt says they do.
    pub expected: usize,
    /// Cases that could not run here.
    pub absent: usize,
}

impl Tally {
    /// Adds the other's counts.
    pub fn add(&mut self, other: Tally) {
        self.passed += other.passed;
        self.failed.extend(other.failed);
        self.expected += other.expected;
        self.absent += other.absent;
    }
}

/// A suite: its name, what it is, and how its cases are found.
pub struct Suite {
    /// Its name for `--suite`.
    pub name: &'static str,
    /// One line for `--list`.
    pub what: &'static str,
    /// Prepares the suite and returns its cases.
    pub cases: fn(&Options) -> Outcome<Vec<Case>>,
}

/// Every suite that needs a built VM, in the order in which they run.
pub const SUITES: &[Suite] = &[
    Suite {
        name: "java",
        what: "tests/java against HotSpot 17's output, hot methods compiled",
        cases: java::cases_17,
    },
    Suite {
        name: "java25",
        what: "the same on the class library of 25, if one is here",
        cases: java::cases_25,
    },
    Suite {
        name: "interpreter",
        what: "tests/java with nothing compiled (-Xint)",
        cases: modes::cases_interpreted,
    },
    Suite {
        name: "xcomp",
        what: "programs of tests/java with every method compiled at its first call (-Xcomp)",
        cases: modes::cases_at_once,
    },
    Suite {
        name: "guards",
        what: "programs of tests/java with -Xcomp, every 29th guard failing, under gc stress",
        cases: modes::cases_failing_guards,
    },
    Suite {
        name: "random-java",
        what: "random programs on HotSpot, interpreted, compiled at once and compiled when hot",
        cases: crate::random_java::cases,
    },
    Suite {
        name: "gc-stress",
        what: "programs of tests/java, compiled early, with a collection at every n-th allocation, the heap verified after each",
        cases: gc_stress::cases,
    },
    Suite {
        name: "seen",
        what: "tests/seen: compiled code in perf maps and in gdb, code caches that are too small",
        cases: seen::cases,
    },
    Suite {
        name: "unikernel",
        what: "programs of tests/java in a KVM guest: with one processor, with two, granted what they need, refused it; a web server; guests that come and go",
        cases: unikernel::cases,
    },
    Suite {
        name: "qemu",
        what: "programs of tests/java in QEMU without KVM (tests/unikernel/QEMU.txt)",
        cases: qemu::cases,
    },
    Suite {
        name: "bad-input",
        what: "tests/bad_input: corrupt, hostile, missing, misspelt",
        cases: bad_input::cases,
    },
    Suite {
        name: "launcher",
        what: "tests/launcher: each option on HotSpot and on Peaberry",
        cases: launcher::cases,
    },
    Suite {
        name: "mutants",
        what: "class files damaged at random: what HotSpot links links here, and nothing else",
        cases: mutants::cases,
    },
    Suite {
        name: "natives",
        what: "stdlib/COVERAGE.md against the class libraries and the VM's rows",
        cases: crate::natives::cases,
    },
    Suite {
        name: "javac",
        what: "javac on the VM writes HotSpot's class files: tests/java and a tree of the JDK",
        cases: javac::cases,
    },
    Suite {
        name: "programs",
        what: "tests/programs: programs by others against HotSpot",
        cases: programs::cases_17,
    },
    Suite {
        name: "programs25",
        what: "those that support 25 on the class library of 25, if one is here, against HotSpot 25",
        cases: programs::cases_25,
    },
    Suite {
        name: "compiled",
        what: "how many hot methods of the suites before were not compiled, and why",
        cases: compiled::cases,
    },
    Suite {
        name: "builds",
        what: "tests/builds: Maven, Ant and Gradle with Peaberry as their JVM against HotSpot",
        cases: builds::cases,
    },
    Suite {
        name: "soak",
        what: "five minutes of HTTP, thread pools, class loaders and files: no error, memory flat",
        cases: crate::soak::cases,
    },
];

/// Runs one suite and prints each failure as it happens.
pub fn run(suite: &Suite, options: &Options) -> Outcome<Tally> {
    let cases: Vec<Case> = (suite.cases)(options)?
        .into_iter()
        .filter(|c| c.name.contains(&options.filter))
        .collect();
    let known = expected_failures(suite.name)?;
    println!("suite {}: {} cases", suite.name, cases.len());
    let tally = Mutex::new(Tally::default());
    let next = AtomicUsize::new(0);
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..options.jobs.clamp(1, cases.len().max(1)) {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let result = (case.run)();
                    let mut tally = tally.lock().unwrap_or_else(|e| e.into_inner());
                    tell(suite.name, case, result, known.get(&case.name), &mut tally);
                }
            });
        }
    });
    let tally = tally.into_inner().unwrap_or_else(|e| e.into_inner());
    let mut line = format!(
        "suite {}: {} passed, {} failed",
        suite.name,
        tally.passed,
        tally.failed.len()
    );
    if tally.expected > 0 {
        line += &format!(", {} failed as expected", tally.expected);
    }
    if tally.absent > 0 {
        line += &format!(", {} could not run here", tally.absent);
    }
    println!("{line} ({:.1} s)", begun.elapsed().as_secs_f64());
    Ok(tally)
}

fn tell(suite: &str, case: &Case, result: Result<(), Failure>, reason: Option<&String>, tally: &mut Tally) {
    let name = format!("{suite}/{}", case.name);
    match (result, reason) {
        (Ok(()), None) => tally.passed += 1,
        (Ok(()), Some(_)) => {
            println!("FAIL {name}\n    passes, but tests/expected_failures.txt lists it: remove the line");
            tally.failed.push(name);
        }
        (Err(Failure::Absent(why)), _) => {
            println!("absent {name}: {why}");
            tally.absent += 1;
        }
        (Err(Failure::Wrong(_)), Some(_)) => tally.expected += 1,
        (Err(Failure::Wrong(text)), None) => {
            println!("FAIL {name}");
            for line in text.lines().take(40) {
                println!("    {line}");
            }
            tally.failed.push(name);
        }
    }
}

/// `suite/case  reason` lines of tests/expected_failures.txt for this suite.
fn expected_failures(suite: &str) -> Outcome<BTreeMap<String, String>> {
    let path = paths::root().join("tests/expected_failures.txt");
    if !path.exists() {
        return Ok(BTreeMap::new());
    }
    let prefix = format!("{suite}/");
    let mut found = BTreeMap::new();
    for line in paths::read(&path)?
        .lines()
        .filter(|l| !l.trim().is_empty() && !l.starts_with('#'))
    {
        let (name, reason) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        if reason.trim().is_empty() {
            return Err(format!("{}: `{name}` has no reason", path.display()));
        }
        if let Some(name) = name.strip_prefix(&prefix) {
            found.insert(name.to_string(), reason.trim().to_string());
        }
    }
    Ok(found)
}

/// Says where two texts differ first, with some lines of both around it.
pub fn difference(what: &str, expected: &str, got: &str) -> Option<String> {
    if expected == got {
        return None;
    }
    let (mut want, mut have) = (expected.split('\n'), got.split('\n'));
    let mut number = 1;
    loop {
        let (a, b) = (want.next(), have.next());
        if a != b || a.is_none() {
            let show = |line: Option<&str>| line.map_or("<end>".to_string(), |l| format!("{:?}", l));
            return Some(format!(
                "{what} differs in line {number}\n  expected {}\n  got      {}\n",
                show(a),
                show(b)
            ));
        }
        number += 1;
    }
}

/// `cargo xtask bless`.
pub fn bless(mut args: Args) -> Outcome {
    let filter = args.option("--filter")?.unwrap_or_default();
    let jobs = args.number("--jobs")?.unwrap_or_else(default_jobs);
    let suite = args.option("--suite")?;
    args.finish()?;
    if suite.as_deref() == Some("jit") {
        return bless_compiler(&filter);
    }
    setup::run()?;
    let wanted = |name: &str| suite.as_ref().is_none_or(|suite| suite == name);
    if wanted("bad-input") {
        bad_input::bless(&filter)?;
    }
    if wanted("java") {
        java::bless(&filter, jobs)?;
    }
    Ok(())
}

/// Rewrites the SSA that the compiler's file tests expect: no VM has a part in it.
fn bless_compiler(filter: &str) -> Outcome {
    let arguments = ["test", "--quiet", "-p", "peaberry-jit", "--test", "filetests", "cases"];
    let done = Job::new("cargo")
        .args(arguments)
        .env("PEABERRY_BLESS", "1")
        .env("PEABERRY_FILTER", filter)
        .dir(&paths::root())
        .limit(Duration::from_secs(3600))
        .run()?;
    print!("{}", done.out());
    if done.code == 0 { Ok(()) } else { Err(done.err()) }
}

/// As many cases at a time as there are processors.
pub fn default_jobs() -> usize {
    std::thread::available_parallelism().map_or(2, |n| n.get())
}

//! Compiled code as profilers and debuggers see it, and a code cache that is too small: tests/seen.

use super::{Case, Failure, Options, difference};
use crate::jdk::{self, Jdk};
use crate::process::{Finished, Job, last_lines};
use crate::{Outcome, paths};
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

struct Place {
    vm: PathBuf,
    jdk: Jdk,
    dir: PathBuf,
}

/// The cases.
pub fn cases(options: &Options) -> Outcome<Vec<Case>> {
    let jdk = jdk::reference()?;
    let dir = paths::target().join("tests/seen");
    paths::fresh_dir(&dir)?;
    let sources = paths::files_below(&paths::root().join("tests/seen"), "java");
    Job::new(jdk.tool("javac")).arg("-d").arg(&dir).args(sources).check()?;
    let place = Arc::new(Place {
        vm: options.vm.clone(),
        jdk,
        dir,
    });
    let case = |name: &str, run: fn(&Place) -> Result<(), Failure>| {
        let place = place.clone();
        Case::new(name, move || run(&place))
    };
    Ok(vec![
        case("perf-map", perf_map),
        case("perf-map-at-exit", perf_map_at_exit),
        case("gdb", gdb),
        case("small-code-cache", small_code_cache),
        case("full-code-cache", full_code_cache),
    ])
}

/// Method of tests/seen/Spins.java that every case looks for.
const COMPILED: &str = "int Spins.spin(int)";

impl Place {
    fn run(&self, options: &[&str], arguments: &[&str]) -> Outcome<Finished> {
        let job = Job::new(&self.vm).env("PEABERRY_JDK", &self.jdk.home).args(options);
        let job = job.arg("-cp").arg(&self.dir).args(arguments);
        job.limit(Duration::from_secs(300)).check()
    }
}

/// Is there a line `address length name` for the method, with an address and a length?
fn names_method(map: &str) -> Result<(), Failure> {
    let number = |text: &str| {
        u64::from_str_radix(text.strip_prefix("0x")?, 16)
            .ok()
            .filter(|n| *n > 0)
    };
    let fits = |line: &str| {
        let mut words = line.splitn(3, ' ');
        let both = words.next().and_then(number).zip(words.next().and_then(number));
        both.is_some() && words.next() == Some(COMPILED)
    };
    if map.lines().any(fits) {
        return Ok(());
    }
    Err(Failure::Wrong(format!(
        "no line for {COMPILED} in\n{}",
        last_lines(map, 10)
    )))
}

fn perf_map(place: &Place) -> Result<(), Failure> {
    let file = place.dir.join("perf.map");
    place.run(&[&format!("-XX:PerfMapFile={}", file.display())], &["Spins"])?;
    names_method(&paths::read(&file)?)
}

fn perf_map_at_exit(place: &Place) -> Result<(), Failure> {
    let options = ["-XX:+UnlockDiagnosticVMOptions", "-XX:+DumpPerfMapAtExit"];
    let done = place.run(&options, &["Spins"])?;
    let out = done.out();
    let process = out.lines().next().unwrap_or_default();
    let file = PathBuf::from(format!("/tmp/perf-{process}.map"));
    let text = paths::read(&file)?;
    let _ = std::fs::remove_file(&file);
    names_method(&text)
}

/// GDB, attached to a process that runs compiled code, names its frames and finds those behind them.
fn gdb(place: &Place) -> Result<(), Failure> {
    if Command::new("gdb").arg("--version").output().is_err() {
        return Err(Failure::Absent("no gdb".to_string()));
    }
    let child = Command::new(&place.vm)
        .env("PEABERRY_JDK", &place.jdk.home)
        .args(["-XX:+UseGDBJITInterface", "-cp"])
        .arg(&place.dir)
        .args(["Spins", "500", "forever"])
        .stdout(Stdio::piped())
        .spawn();
    let mut child = child.map_err(|e| format!("{}: {e}", place.vm.display()))?;
    let mut line = String::new();
    if let Some(out) = child.stdout.take() {
        // It prints when the method is compiled.
        let _ = BufReader::new(out).read_line(&mut line);
    }
    std::thread::sleep(Duration::from_millis(500));
    let shown = backtrace(child.id());
    let _ = child.kill();
    let _ = child.wait();
    let shown = shown?;
    if shown.contains("ptrace: ") || shown.contains("Could not attach") {
        return Err(Failure::Absent("gdb may not attach".to_string()));
    }
    // One of its methods, which may have the other inlined; behind it the stub that called.
    if shown.contains(" in int Spins.") && shown.contains("call_compiled") {
        return Ok(());
    }
    Err(Failure::Wrong(format!(
        "no frame of Spins:\n{}",
        last_lines(&shown, 40)
    )))
}

fn backtrace(process: u32) -> Outcome<String> {
    let job = Job::new("gdb").args(["-batch", "-nx", "-p", &process.to_string()]);
    let job = job.args(["-ex", "set pagination off", "-ex", "thread apply all bt 8"]);
    let done = job.limit(Duration::from_secs(300)).run()?;
    Ok(done.out() + &done.err())
}

/// Options with which tests/seen/Phases.java has more hot code than there is room for.
const SMALL: &[&str] = &[
    "-XX:InitialCodeCacheSize=8k",
    "-XX:ReservedCodeCacheSize=400k",
    "-Xcomp",
];

/// The numbers of a line of `-Xlog:jit` at the end: compilations, and how many of them were freed.
fn totals(log: &str) -> Option<(u64, u64)> {
    let line = log.lines().find(|line| line.contains(" compilations installed, "))?;
    let before = |what: &str| line.split(what).next()?.rsplit(' ').next()?.parse().ok();
    Some((before(" compilations installed")?, before(" freed")?))
}

/// Cold code makes room, the program does what it does interpreted, and dormant code wakes.
fn small_code_cache(place: &Place) -> Result<(), Failure> {
    let expected = place.run(&["-Xint"], &["Phases"])?.out();
    let log = place.dir.join("small.log");
    let to = format!("-Xlog:jit:file={}", log.display());
    let options: Vec<&str> = SMALL.iter().copied().chain([to.as_str()]).collect();
    let done = place.run(&options, &["Phases"])?;
    if let Some(text) = difference("standard output", &expected, &done.out()) {
        return Err(Failure::Wrong(text));
    }
    let text = paths::read(&log)?;
    match totals(&text) {
        Some((installed, freed)) if installed > 100 && freed > 0 => Ok(()),
        _ => Err(Failure::Wrong(format!("nothing was freed:\n{}", last_lines(&text, 5)))),
    }
}

/// Without flushing, the compiler says that it is through, as HotSpot does.
fn full_code_cache(place: &Place) -> Result<(), Failure> {
    let options: Vec<&str> = SMALL.iter().copied().chain(["-XX:-UseCodeCacheFlushing"]).collect();
    let done = place.run(&options, &["Phases"])?;
    let warning = "CodeCache is full. Compiler has been disabled.";
    if done.out().contains(&format!("[warning][codecache] {warning}")) && done.err().contains(warning) {
        return Ok(());
    }
    Err(Failure::Wrong(format!("no warning:\n{}", last_lines(&done.err(), 5))))
}

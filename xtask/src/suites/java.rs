//! `tests/java`: one Java program a case, its expected output beside it, written by HotSpot.

use super::compiled::log_option;
use super::{Case, Failure, Options, difference};
use crate::jdk::{self, Jdk};
use crate::process::{Finished, Job, last_lines};
use crate::{Outcome, paths};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// One program and what its leading `// name: value` lines ask for.
#[derive(Clone, Debug, Default)]
pub struct Program {
    /// `area/Name`.
    pub name: String,
    /// Its source.
    pub source: PathBuf,
    /// `// args:` program arguments.
    args: Vec<String>,
    /// `// jvm:` options.
    jvm: Vec<String>,
    /// `// exit:` expected exit code.
    exit: i32,
    /// `// stdin:` what it reads, `\n` escaped.
    stdin: String,
    /// `// stderr: compare`.
    compare_stderr: bool,
    /// `// versions:` the class libraries it is for.
    pub versions: Vec<u32>,
    /// `// interpreted: reason`: runs with `-Xint` where nothing else is said, and not in the suites of compiled code.
    pub interpreted: bool,
    /// `// bare: reason`: only for suites that add no options.
    pub bare: bool,
    /// `// slow`: not for gc stress.
    pub slow: bool,
    /// `// timeout:` seconds.
    timeout: u64,
    /// `// grants:` capabilities it needs when run confined.
    grants: Vec<String>,
}

impl Program {
    fn parse(source: &Path) -> Outcome<Program> {
        let root = paths::root().join("tests/java");
        let name = source
            .strip_prefix(&root)
            .unwrap_or(source)
            .with_extension("")
            .to_string_lossy()
            .into_owned();
        let mut program = Program {
            name,
            source: source.into(),
            versions: vec![17, 25],
            timeout: 60,
            ..Program::default()
        };
        for line in paths::read(source)?.lines() {
            let Some(text) = line.strip_prefix("//") else { break };
            let (key, value) = text.trim().split_once(':').unwrap_or((text.trim(), ""));
            let value = value.trim();
            let words = || value.split_whitespace().map(String::from).collect();
            let number = || value.parse().map_err(|_| format!("{}: `{line}`", source.display()));
            match key {
                "args" => program.args = words(),
                "jvm" => program.jvm = words(),
                "exit" => program.exit = number()? as i32,
                "stdin" => program.stdin = value.replace("\\n", "\n"),
                "stderr" => program.compare_stderr = value == "compare",
                "versions" => program.versions = value.split(',').filter_map(|v| v.trim().parse().ok()).collect(),
                "slow" => program.slow = true,
                "interpreted" => program.interpreted = true,
                "bare" => program.bare = true,
                "timeout" => program.timeout = number()?,
                "grants" => program.grants = value.split(',').map(|g| g.trim().to_string()).collect(),
                _ => {}
            }
        }
        let granted = ["file", "net", "process", "env"];
        match program.grants.iter().find(|g| !granted.contains(&g.as_str())) {
            Some(bad) => Err(format!("{}: no such capability `{bad}`", source.display())),
            None => Ok(program),
        }
    }

    /// The class with its `main`.
    fn class(&self) -> &str {
        self.name.rsplit('/').next().unwrap_or(&self.name)
    }

    /// The expectation file of this kind for a class-library version: 25's own where one exists, else 17's.
    fn expectation(&self, kind: &str, version: u32) -> PathBuf {
        let own = self.source.with_extension(format!("{kind}.{version}"));
        if own.exists() {
            own
        } else {
            self.source.with_extension(kind)
        }
    }

    /// The same with `times` as long a time limit.
    pub fn patient(&self, times: u64) -> Program {
        Program {
            timeout: self.timeout * times,
            ..self.clone()
        }
    }

    /// How long it may take.
    pub fn limit(&self) -> Duration {
        Duration::from_secs(self.timeout)
    }

    /// Its options, its class and its arguments as one line.
    pub fn command_line(&self) -> String {
        let class = [self.class().to_string()];
        [&self.jvm[..], &class, &self.args].concat().join(" ")
    }

    /// What it needs beyond what a confined program is given: `file`, `net`, `process`, `env`.
    pub fn grants(&self) -> &[String] {
        &self.grants
    }

    /// The directory in which it runs.
    pub fn directory(&self, scratch: &str) -> PathBuf {
        paths::target().join("tests/java").join(scratch).join(&self.name)
    }

    /// Runs it on `java`, a HotSpot or Peaberry command, in an empty directory of its own.
    pub fn run(&self, java: &Path, jdk: &Jdk, extra: &[String], scratch: &str) -> Outcome<Finished> {
        self.run_after(&[], java, jdk, extra, scratch)
    }

    /// [`Program::run`], with arguments before those of the launcher.
    pub fn run_after(
        &self,
        before: &[String],
        java: &Path,
        jdk: &Jdk,
        extra: &[String],
        scratch: &str,
    ) -> Outcome<Finished> {
        let dir = self.directory(scratch);
        paths::fresh_dir(&dir)?;
        Job::new(java)
            .env("PEABERRY_JDK", &jdk.home)
            .env("JAVA_HOME", &jdk.home)
            .dir(&dir)
            .args(before)
            .args(&self.jvm)
            .args(extra)
            .arg("-cp")
            .arg(classes())
            .arg(self.class())
            .args(&self.args)
            .stdin(self.stdin.as_bytes())
            .limit(Duration::from_secs(self.timeout))
            .run()
    }

    /// Compares a run with the expectations.
    pub fn judge(&self, done: &Finished, version: u32) -> Result<(), Failure> {
        let mut wrong = String::new();
        if done.timed_out || done.code != self.exit {
            wrong += &format!("{}, expected {}\n", done.ending(), self.exit);
        }
        let expected = paths::read(&self.expectation("expected", version))
            .map_err(|e| format!("{e}\nno expectation: run `cargo xtask bless --filter {}`", self.name))?;
        wrong += &difference("standard output", &expected, &done.out()).unwrap_or_default();
        if self.compare_stderr {
            let expected = paths::read(&self.expectation("stderr", version))?;
            wrong += &difference(
                "standard error",
                &without_library_lines(&expected),
                &without_library_lines(&done.err()),
            )
            .unwrap_or_default();
        }
        if wrong.is_empty() {
            return Ok(());
        }
        if !self.compare_stderr && !done.stderr.is_empty() {
            wrong += &format!("standard error:\n{}", last_lines(&done.err(), 15));
        }
        Err(Failure::Wrong(wrong))
    }
}

/// Takes the line numbers out of stack-trace lines in OpenJDK's own modules: they change from update to update.
fn without_library_lines(text: &str) -> String {
    let library = regex_lite::Regex::new(r"(?m)^(\s+at java\.[a-z.]+/.*):\d+\)$").expect("the pattern is constant");
    library.replace_all(text, "$1)").into_owned()
}

/// Where the compiled programs are.
pub fn classes() -> PathBuf {
    paths::target().join("tests/java/classes")
}

/// All programs of tests/java.
pub fn programs() -> Outcome<Vec<Program>> {
    paths::files_below(&paths::root().join("tests/java"), "java")
        .iter()
        .map(|p| Program::parse(p))
        .collect()
}

/// The options with which tests/java is compiled.
pub const JAVAC_OPTIONS: &[&str] = &[
    "-g",
    "-parameters",
    "-nowarn",
    "-proc:none",
    "-encoding",
    "UTF-8",
    "-XDignore.symbol.file",
];

/// Compiles all programs in one go, unless nothing changed since the last time.
pub fn compile() -> Outcome<Jdk> {
    static ONCE: Mutex<()> = Mutex::new(());
    let _guard = ONCE.lock().unwrap_or_else(|e| e.into_inner());
    let jdk = jdk::reference()?;
    let sources = paths::files_below(&paths::root().join("tests/java"), "java");
    let stamp = paths::target().join("tests/java/compiled.txt");
    let mut state = String::new();
    for source in &sources {
        let meta = source.metadata().map_err(|e| format!("{}: {e}", source.display()))?;
        state += &format!("{} {} {:?}\n", source.display(), meta.len(), meta.modified().ok());
    }
    if paths::read(&stamp).is_ok_and(|old| old == state) {
        return Ok(jdk);
    }
    paths::fresh_dir(&classes())?;
    let list = paths::target().join("tests/java/sources.txt");
    paths::write(
        &list,
        sources.iter().map(|s| format!("{}\n", s.display())).collect::<String>(),
    )?;
    let list = format!("@{}", list.display());
    Job::new(jdk.tool("javac"))
        .args(JAVAC_OPTIONS)
        .arg("-d")
        .arg(classes())
        .arg(list)
        .check()?;
    paths::write(&stamp, state)?;
    Ok(jdk)
}

/// The suite on class library 17.
pub fn cases_17(options: &Options) -> Outcome<Vec<Case>> {
    cases(options, compile()?)
}

/// The suite on class library 25; no cases where there is none.
pub fn cases_25(options: &Options) -> Outcome<Vec<Case>> {
    compile()?;
    jdk::find(25).map_or(Ok(Vec::new()), |jdk| cases(options, jdk))
}

fn cases(options: &Options, jdk: Jdk) -> Outcome<Vec<Case>> {
    let programs = programs()?.into_iter().filter(|p| p.versions.contains(&jdk.version));
    let vm = options.vm.clone();
    Ok(programs
        .map(|program| {
            let (vm, jdk) = (vm.clone(), jdk.clone());
            Case::new(program.name.clone(), move || {
                let mut mode = Vec::new();
                if program.interpreted {
                    mode.push("-Xint".to_string());
                } else if !program.bare {
                    mode.push(log_option(&format!("java{}", jdk.version), &program.name)?);
                }
                let done = program.run(&vm, &jdk, &mode, &format!("run{}", jdk.version))?;
                program.judge(&done, jdk.version)
            })
        })
        .collect())
}

/// Writes the expectations of the programs that match: HotSpot 17's output (twice the same, or it is refused), and 25's
/// where it differs.
pub fn bless(filter: &str, jobs: usize) -> Outcome {
    let jdk17 = compile()?;
    let jdk25 = jdk::find(25);
    if jdk25.is_none() {
        eprintln!("no JDK 25 here: its expectations stay as they are");
    }
    let programs: Vec<Program> = programs()?.into_iter().filter(|p| p.name.contains(filter)).collect();
    let count = programs.len();
    let queue = Arc::new(Mutex::new(programs));
    let complaints = Arc::new(Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..jobs.max(1) {
            scope.spawn(|| {
                loop {
                    let Some(program) = queue.lock().unwrap_or_else(|e| e.into_inner()).pop() else {
                        break;
                    };
                    if let Err(e) = bless_one(&program, &jdk17, jdk25.as_ref()) {
                        let mut complaints = complaints.lock().unwrap_or_else(|e| e.into_inner());
                        complaints.push(format!("{}: {e}", program.name));
                    }
                }
            });
        }
    });
    let complaints = complaints.lock().unwrap_or_else(|e| e.into_inner());
    println!(
        "{} programs blessed, {} refused",
        count - complaints.len(),
        complaints.len()
    );
    if complaints.is_empty() {
        Ok(())
    } else {
        Err(complaints.join("\n"))
    }
}

fn bless_one(program: &Program, jdk17: &Jdk, jdk25: Option<&Jdk>) -> Outcome {
    let mut base: Option<Finished> = None;
    for jdk in [Some(jdk17), jdk25]
        .into_iter()
        .flatten()
        .filter(|jdk| program.versions.contains(&jdk.version))
    {
        let first = run_twice(program, jdk)?;
        let own = |kind: &str| program.source.with_extension(format!("{kind}.{}", jdk.version));
        let Some(base) = &base else {
            write_changed(&program.source.with_extension("expected"), &first.stdout)?;
            if program.compare_stderr {
                write_changed(&program.source.with_extension("stderr"), &first.stderr)?;
            }
            base = Some(first);
            continue;
        };
        keep_if_different(&own("expected"), &base.stdout, &first.stdout)?;
        if program.compare_stderr {
            keep_if_different(&own("stderr"), &base.stderr, &first.stderr)?;
        }
    }
    Ok(())
}

fn run_twice(program: &Program, jdk: &Jdk) -> Outcome<Finished> {
    let first = program.run(&jdk.tool("java"), jdk, &[], "bless")?;
    if first.timed_out || first.code != program.exit {
        return Err(format!(
            "on {}: {}\n{}",
            jdk.version,
            first.ending(),
            last_lines(&first.err(), 12)
        ));
    }
    let second = program.run(&jdk.tool("java"), jdk, &[], "bless")?;
    if let Some(text) = difference("a second run's output", &first.out(), &second.out()) {
        return Err(format!("on {}: {text}", jdk.version));
    }
    if let Some(text) = difference("a second run's error output", &first.err(), &second.err())
        && program.compare_stderr
    {
        return Err(format!("on {}: {text}", jdk.version));
    }
    if first.wall.as_secs_f64() > 2.0 {
        println!(
            "{} takes {:.1} s on HotSpot {}",
            program.name,
            first.wall.as_secs_f64(),
            jdk.version
        );
    }
    Ok(first)
}

fn keep_if_different(own: &Path, base: &[u8], bytes: &[u8]) -> Outcome {
    if base != bytes {
        return write_changed(own, bytes);
    }
    if own.exists() {
        std::fs::remove_file(own).map_err(|e| format!("{}: {e}", own.display()))
    } else {
        Ok(())
    }
}

fn write_changed(path: &Path, bytes: &[u8]) -> Outcome {
    if std::fs::read(path).is_ok_and(|old| old == bytes) {
        Ok(())
    } else {
        paths::write(path, bytes)
    }
}

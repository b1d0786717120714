//! A batch of programs: HotSpot compiles and runs them, then Peaberry runs them in each mode.

use crate::process::{Job, last_lines};
use crate::{Outcome, jdk, paths};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// Ways to run Peaberry: name, options.
pub const MODES: &[(&str, &[&str])] = &[
    ("int", &["-Xint"]),
    ("comp", &["-Xcomp"]),
    (
        "mixed",
        &[
            "-Xmixed",
            "-XX:ProfileThreshold=10",
            "-XX:CompileThreshold=40",
            "-XX:LoopThreshold=400",
        ],
    ),
];

/// A way to run Peaberry.
#[derive(Clone)]
pub struct Mode {
    /// Its name.
    pub name: String,
    /// Its options.
    pub options: Vec<String>,
    /// It has its turn at every so many batches.
    pub every: usize,
}

impl Mode {
    /// One of [`MODES`].
    pub fn of(&(name, options): &(&str, &[&str])) -> Mode {
        let options = options.iter().map(|o| o.to_string()).collect();
        Mode {
            name: name.to_string(),
            options,
            every: 1,
        }
    }
}

/// Longest run of a batch.
const LIMIT: Duration = Duration::from_secs(600);

/// Oracles this process has started.
static STARTED: AtomicUsize = AtomicUsize::new(0);

/// HotSpot, compiling and running batch after batch in one process.
pub struct Oracle {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    /// Classes of `support`.
    pub support: PathBuf,
    home: PathBuf,
}

impl Oracle {
    /// Compiles `support` and starts HotSpot.
    pub fn start() -> Outcome<Oracle> {
        let jdk = jdk::reference()?;
        // Several may be at work at the same time, in one process or in more.
        let number = STARTED.fetch_add(1, Ordering::Relaxed);
        let support = paths::target().join(format!("tests/random_java/support-{}-{number}", std::process::id()));
        paths::fresh_dir(&support)?;
        let sources = paths::files_below(&paths::root().join("tests/random_java/support"), "java");
        Job::new(jdk.tool("javac"))
            .arg("-g")
            .arg("-d")
            .arg(&support)
            .args(&sources)
            .check()?;
        let mut child = Command::new(jdk.tool("java"))
            // Its C2 leaves messages and traces out of exceptions that are thrown often; and javac is no long run. Its
            // interpreter makes one instruction of `iload; caload`, at the `iload`, for which it has no message.
            .args([
                "-XX:TieredStopAtLevel=1",
                "-XX:-OmitStackTraceInFastThrow",
                "-XX:-RewriteFrequentPairs",
                "-XX:+UseSerialGC",
                "-Xmx1g",
                "-cp",
            ])
            .arg(&support)
            .arg("support.Oracle")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|e| format!("java: {e}"))?;
        let (input, output) = (child.stdin.take(), child.stdout.take());
        let output = BufReader::new(output.ok_or("no output of java")?);
        Ok(Oracle {
            child,
            input,
            output,
            support,
            home: jdk.home,
        })
    }

    /// Compiles and runs what is in a directory's `src`; the names of programs that do not compile.
    fn serve(&mut self, directory: &Path) -> Outcome<BTreeSet<String>> {
        let input = self.input.as_mut().ok_or("HotSpot is gone")?;
        writeln!(input, "{}", directory.display()).map_err(|e| format!("HotSpot: {e}"))?;
        let mut line = String::new();
        match self.output.read_line(&mut line) {
            Ok(0) => Err("HotSpot ended".into()),
            Ok(_) => Ok(line.split_whitespace().map(String::from).collect()),
            Err(e) => Err(format!("HotSpot: {e}")),
        }
    }
}

impl Drop for Oracle {
    fn drop(&mut self) {
        drop(self.input.take());
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.support);
    }
}

/// What differed, by program: the mode and what was seen.
pub type Differences = BTreeMap<String, (String, String)>;

/// Programs on HotSpot, then on Peaberry.
pub struct Batch<'a> {
    /// The HotSpot process.
    pub oracle: &'a mut Oracle,
    /// The binary under test.
    pub vm: &'a Path,
    /// Modes to run.
    pub modes: &'a [Mode],
    /// Scratch directory.
    pub directory: PathBuf,
}

impl Batch<'_> {
    /// Runs programs (name, source); what differed. Programs that do not compile are a fault of the generator and told.
    pub fn run(&mut self, programs: &[(String, String)]) -> Outcome<Differences> {
        paths::fresh_dir(&self.directory)?;
        paths::fresh_dir(&self.directory.join("classes"))?;
        for (name, text) in programs {
            paths::write(&self.directory.join("src").join(format!("{name}.java")), text)?;
        }
        let rejected = self.oracle.serve(&self.directory)?;
        let mut found = Differences::new();
        for name in &rejected {
            found.insert(name.clone(), ("javac".into(), "does not compile".into()));
        }
        let expected = lines(&paths::read(&self.directory.join("hotspot.txt"))?);
        let names: Vec<&String> = programs
            .iter()
            .map(|p| &p.0)
            .filter(|name| !rejected.contains(*name))
            .collect();
        for mode in self.modes {
            self.mode(&mode.name, &mode.options, names.clone(), &expected, &mut found)?;
        }
        Ok(found)
    }

    fn mode(
        &self,
        mode: &str,
        options: &[String],
        mut names: Vec<&String>,
        expected: &BTreeMap<(String, String), String>,
        found: &mut Differences,
    ) -> Outcome {
        while !names.is_empty() {
            let classes = format!(
                "{}:{}",
                self.directory.join("classes").display(),
                self.oracle.support.display()
            );
            let done = Job::new(self.vm)
                .env("PEABERRY_JDK", &self.oracle.home)
                .args(options)
                .args(["-cp", &classes, "support.Runner"])
                .args(&names)
                .limit(LIMIT)
                .run()?;
            let out = done.out();
            let got = lines(&out);
            let ended = done.code == 0 && !done.timed_out;
            for (key, want) in expected
                .iter()
                .filter(|(key, _)| names.iter().any(|name| **name == key.0))
            {
                match got.get(key) {
                    Some(have) if have == want => {}
                    None if !ended => {}
                    have => {
                        let text = format!("phase {}: expected{want}, got{}", key.1, have.map_or(" nothing", |h| h));
                        found.entry(key.0.clone()).or_insert((mode.to_string(), text));
                    }
                }
            }
            if ended {
                return Ok(());
            }
            // It died: the program it was in is to blame, until shown otherwise; the others go on.
            let last = out.lines().last().unwrap_or_default();
            let culprit = last.split_whitespace().next().unwrap_or_default().to_string();
            let text = format!("{} in `{last}`\n{}", done.ending(), last_lines(&done.err(), 12));
            if !names.iter().any(|name| **name == culprit) {
                return Err(format!("{mode}: {text}"));
            }
            found.insert(culprit.clone(), (mode.to_string(), text));
            names.retain(|name| **name != culprit);
        }
        Ok(())
    }
}

/// Lines by program and phase. A line that is not complete is not one.
fn lines(text: &str) -> BTreeMap<(String, String), String> {
    text.split_inclusive('\n')
        .filter_map(|line| {
            let line = line.strip_suffix('\n')?;
            let (name, rest) = line.split_once(' ')?;
            let (phase, values) = rest.split_at(rest.find(' ').unwrap_or(rest.len()));
            Some(((name.to_string(), phase.to_string()), values.to_string()))
        })
        .collect()
}

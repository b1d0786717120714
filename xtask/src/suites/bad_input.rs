//! `tests/bad_input`: what is corrupt, hostile, missing or misspelt ends with the message a `java` user expects and a
//! non-zero exit code; nothing makes the VM panic, hang or die by a signal.

use super::{Case, Failure, Options, difference};
use crate::jdk::{self, Jdk};
use crate::process::{Finished, Job, last_lines};
use crate::{Outcome, paths};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;
use toml::{Table, Value};

/// Seeds of the mutant runs, and mutants in each.
const MUTANT_SEEDS: std::ops::RangeInclusive<u32> = 1..=4;
const MUTANTS_PER_SEED: u32 = 150;
/// Mutated jars given to the boot loader, a process each.
const BOOT_JARS: u32 = 40;

/// One command line.
#[derive(Clone, Debug)]
struct Input {
    name: String,
    args: Vec<String>,
    /// Exit code and patterns of lines, for what HotSpot does not have.
    own: Option<(i32, Vec<String>)>,
}

fn home() -> PathBuf {
    paths::root().join("tests/bad_input")
}

fn expectation(name: &str) -> PathBuf {
    home().join("expected").join(format!("{name}.txt"))
}

fn words(table: &Table, key: &str) -> Vec<String> {
    let list = table.get(key).and_then(Value::as_array);
    list.into_iter()
        .flatten()
        .filter_map(|v| v.as_str().map(String::from))
        .collect()
}

fn inputs() -> Outcome<Vec<Input>> {
    let file = home().join("cases.toml");
    let table: Table = paths::read(&file)?
        .parse()
        .map_err(|e| format!("{}: {e}", file.display()))?;
    let list = table.get("case").and_then(Value::as_array);
    list.into_iter()
        .flatten()
        .filter_map(Value::as_table)
        .map(|case| {
            let name = case.get("name").and_then(Value::as_str);
            let exit = case.get("exit").and_then(Value::as_integer);
            Ok(Input {
                name: name
                    .ok_or_else(|| format!("{}: a case without a name", file.display()))?
                    .into(),
                args: words(case, "args"),
                own: exit.map(|code| (code as i32, words(case, "stderr"))),
            })
        })
        .collect()
}

/// Compiles the inputs and makes the corrupt files, once for each run of this command.
fn generate(jdk: &Jdk) -> Outcome<PathBuf> {
    static DONE: Mutex<bool> = Mutex::new(false);
    let mut done = DONE.lock().unwrap_or_else(|e| e.into_inner());
    let dir = paths::target().join("tests/bad_input");
    if *done {
        return Ok(dir);
    }
    paths::fresh_dir(&dir)?;
    let asm = "java.base/jdk.internal.org.objectweb.asm=ALL-UNNAMED";
    Job::new(jdk.tool("javac"))
        .args([
            "-g",
            "-nowarn",
            "-proc:none",
            "-XDignore.symbol.file",
            "--add-exports",
            asm,
            "-d",
        ])
        .arg(dir.join("good"))
        .args(paths::files_below(&home().join("inputs"), "java"))
        .check()?;
    Job::new(jdk.tool("java"))
        .args(["--add-exports", asm, "-cp"])
        .arg(dir.join("good"))
        .arg("Generate")
        .arg(&dir)
        .check()?;
    for missing in ["Gone", "Vanished"] {
        let class = dir.join("good").join(format!("{missing}.class"));
        std::fs::remove_file(&class).map_err(|e| format!("{}: {e}", class.display()))?;
    }
    *done = true;
    Ok(dir)
}

impl Input {
    fn run(&self, java: &Path, jdk: &Jdk, dir: &Path) -> Outcome<Finished> {
        let shown = dir.display().to_string();
        Job::new(java)
            .env("PEABERRY_JDK", &jdk.home)
            .dir(dir)
            .args(self.args.iter().map(|arg| arg.replace("{in}", &shown)))
            .limit(Duration::from_secs(60))
            .run()
    }

    fn judge(&self, done: &Finished, dir: &Path) -> Result<(), Failure> {
        no_crash(done)?;
        if let Some((code, patterns)) = &self.own {
            let mut wrong = String::new();
            if done.code != *code {
                wrong += &format!("{}, expected {code}\n", done.ending());
            }
            for pattern in patterns {
                let regex = regex_lite::Regex::new(pattern).map_err(|e| format!("{pattern}: {e}"))?;
                // The VM complains on standard output, the launcher on standard error.
                if !done
                    .err()
                    .lines()
                    .chain(done.out().lines())
                    .any(|line| regex.is_match(line))
                {
                    wrong += &format!("no line like `{pattern}` in\n{}", last_lines(&done.err(), 10));
                }
            }
            return if wrong.is_empty() {
                Ok(())
            } else {
                Err(Failure::Wrong(wrong))
            };
        }
        let expected = paths::read(&expectation(&self.name))
            .map_err(|e| format!("{e}\nno expectation: run `cargo xtask bless --filter {}`", self.name))?;
        match difference("what it says", &expected, &report(done, dir)) {
            None => Ok(()),
            Some(text) => Err(Failure::Wrong(format!("{text}{}", last_lines(&done.err(), 12)))),
        }
    }
}

/// Exit code and what was printed (HotSpot says some of it on standard output, Peaberry all of it on standard error), without the places of this machine and of this update of the class library.
fn report(done: &Finished, dir: &Path) -> String {
    let text = format!("exit {}\n{}{}", done.code, done.out(), done.err()).replace(&dir.display().to_string(), "{in}");
    let library = regex_lite::Regex::new(r"(?m)^(\s+at java\.[a-z.]+/.*):\d+\)$").expect("the pattern is constant");
    let more = regex_lite::Regex::new(r"(?m)^\t\.\.\. \d+ more$").expect("the pattern is constant");
    let text = library.replace_all(&text, "$1)");
    more.replace_all(&text, "\t... more").into_owned()
}

/// No signal, no panic, no hang.
fn no_crash(done: &Finished) -> Result<(), Failure> {
    if done.timed_out || done.code >= 128 || done.err().contains("panicked at") {
        let text = last_lines(&done.err(), 30);
        return Err(Failure::Wrong(format!("{}\n{text}", done.ending())));
    }
    Ok(())
}

/// The cases of cases.toml, the mutants, and the mutated jars of the boot loader.
pub fn cases(options: &Options) -> Outcome<Vec<Case>> {
    let jdk = jdk::reference()?;
    let dir = generate(&jdk)?;
    let mut cases = Vec::new();
    for input in inputs()? {
        let (vm, jdk, dir) = (options.vm.clone(), jdk.clone(), dir.clone());
        cases.push(Case::new(input.name.clone(), move || {
            input.judge(&input.run(&vm, &jdk, &dir)?, &dir)
        }));
    }
    for seed in MUTANT_SEEDS {
        let (vm, jdk, dir) = (options.vm.clone(), jdk.clone(), dir.clone());
        cases.push(Case::new(format!("mutants-{seed}"), move || {
            mutants(&vm, &jdk, &dir, seed)
        }));
    }
    let (vm, jdk, dir) = (options.vm.clone(), jdk.clone(), dir.clone());
    cases.push(Case::new("mutants-boot-jar", move || boot_jars(&vm, &jdk, &dir)));
    Ok(cases)
}

fn mutants(vm: &Path, jdk: &Jdk, dir: &Path, seed: u32) -> Result<(), Failure> {
    let done = Job::new(vm)
        .env("PEABERRY_JDK", &jdk.home)
        .args(["-Xverify:all", "-cp"])
        .arg(dir.join("good"))
        .arg("Mutants")
        .arg(dir)
        .args([seed.to_string(), MUTANTS_PER_SEED.to_string()])
        .limit(Duration::from_secs(300))
        .run()?;
    no_crash(&done)?;
    if done.code == 0 && done.out().contains("0 internal errors") {
        return Ok(());
    }
    let text = last_lines(&done.err(), 30);
    Err(Failure::Wrong(format!("{}\n{}{text}", done.ending(), done.out())))
}

/// Mutates good.jar and lets the boot loader, which reads jars in Rust, look for a class in it.
fn boot_jars(vm: &Path, jdk: &Jdk, dir: &Path) -> Result<(), Failure> {
    let good = dir.join("good.jar");
    let original = std::fs::read(&good).map_err(|e| format!("{}: {e}", good.display()))?;
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for number in 0..BOOT_JARS {
        let mut bytes = original.clone();
        for _ in 0..=random.below(3) {
            let at = random.below(bytes.len());
            match random.below(4) {
                0 => bytes[at] = random.below(256) as u8,
                1 => bytes[at] ^= 1 << random.below(8),
                2 => bytes[at] = if random.below(2) == 0 { 0xff } else { 0 },
                _ => bytes.truncate(at.max(30)),
            }
        }
        let jar = dir.join("mutant.jar");
        paths::write(&jar, bytes)?;
        let done = Job::new(vm)
            .env("PEABERRY_JDK", &jdk.home)
            .args([
                format!("-Xbootclasspath/a:{}", jar.display()),
                "-Xverify:all".into(),
                "Hello".into(),
            ])
            .dir(dir)
            .limit(Duration::from_secs(30))
            .run()?;
        no_crash(&done).map_err(|failure| match failure {
            Failure::Wrong(text) => Failure::Wrong(format!("jar {number}: {text}")),
            absent => absent,
        })?;
    }
    Ok(())
}

/// Marsaglia's xorshift: the same mutants every time.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound.max(1) as u64) as usize
    }
}

/// Writes what HotSpot says to the cases that match.
pub fn bless(filter: &str) -> Outcome {
    let jdk = jdk::reference()?;
    let dir = generate(&jdk)?;
    let mut count = 0;
    for input in inputs()?.iter().filter(|i| i.own.is_none() && i.name.contains(filter)) {
        let done = input.run(&jdk.tool("java"), &jdk, &dir)?;
        if done.timed_out || done.code >= 128 {
            return Err(format!("{} on HotSpot: {}", input.name, done.ending()));
        }
        paths::write(&expectation(&input.name), report(&done, &dir))?;
        count += 1;
    }
    println!("{count} cases of bad input blessed");
    Ok(())
}

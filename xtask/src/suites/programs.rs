//! `tests/programs`: programs by others, from their Debian packages, on inputs of ours. HotSpot runs them too, and what
//! they print, write and return must be the same.

use super::compiled::log_option;
use super::{Case, Failure, Options, difference};
use crate::jdk::{self, Jdk};
use crate::process::{Finished, Job, last_lines};
use crate::{Outcome, paths};
use std::path::{Path, PathBuf};
use std::time::Duration;
use toml::{Table, Value};

/// Where Debian installs jars.
const JARS: &str = "/usr/share/java";

/// The packages of java.base that a program with `opens = true` may reflect into.
const OPENED: &[&str] = &[
    "java.lang",
    "java.lang.invoke",
    "java.lang.reflect",
    "java.util",
    "java.util.concurrent",
    "java.io",
    "java.net",
    "java.nio",
    "java.text",
];

/// One `program.toml`.
#[derive(Clone, Debug)]
struct Program {
    name: String,
    dir: PathBuf,
    jars: Vec<PathBuf>,
    args: Vec<String>,
    driver: PathBuf,
    sources: Option<PathBuf>,
    opens: bool,
    not_on_25: Option<String>,
    timeout: Duration,
}

impl Program {
    fn parse(dir: &Path) -> Outcome<Program> {
        let file = dir.join("program.toml");
        let table: Table = paths::read(&file)?
            .parse()
            .map_err(|e| format!("{}: {e}", file.display()))?;
        let words = |key: &str| -> Vec<String> {
            let list = table.get(key).and_then(Value::as_array);
            list.into_iter()
                .flatten()
                .filter_map(|v| v.as_str().map(String::from))
                .collect()
        };
        let folder = |key: &str| {
            let name = table.get(key).and_then(Value::as_str);
            name.map(|name| dir.with_file_name(name))
        };
        let seconds = table.get("timeout").and_then(Value::as_integer).unwrap_or(300);
        Ok(Program {
            name: dir.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            dir: dir.into(),
            jars: words("jars")
                .iter()
                .map(|jar| Path::new(JARS).join(format!("{jar}.jar")))
                .collect(),
            args: words("args"),
            driver: folder("driver").unwrap_or_else(|| dir.into()),
            sources: folder("sources"),
            opens: table.get("opens").and_then(Value::as_bool).unwrap_or(false),
            not_on_25: table.get("not_on_25").and_then(Value::as_str).map(String::from),
            timeout: Duration::from_secs(seconds.unsigned_abs()),
        })
    }

    fn test(&self, vm: &Path, jdk: &Jdk) -> Result<(), Failure> {
        if let Some(jar) = self.jars.iter().find(|jar| !jar.exists()) {
            return Err(Failure::Absent(format!("{} is not installed", jar.display())));
        }
        let class_path = self.compile(jdk)?;
        let expected = self.run(&jdk.tool("java"), jdk, &class_path, "hotspot")?;
        if expected.done.timed_out || expected.done.code != 0 {
            let text = last_lines(&expected.done.err(), 15);
            return Err(Failure::Wrong(format!("HotSpot: {}\n{text}", expected.done.ending())));
        }
        let got = self.run(vm, jdk, &class_path, "peaberry")?;
        let mut wrong = String::new();
        if got.done.timed_out || got.done.code != expected.done.code {
            wrong += &format!("{}, HotSpot's {}\n", got.done.ending(), expected.done.ending());
        }
        wrong += &difference("standard output", &expected.output, &got.output).unwrap_or_default();
        wrong += &compare_trees(&expected.dir, &got.dir)?;
        if wrong.is_empty() {
            println!(
                "programs{}/{}: {:.1} s, HotSpot {:.1} s",
                jdk.version,
                self.name,
                got.done.wall.as_secs_f64(),
                expected.done.wall.as_secs_f64()
            );
            return Ok(());
        }
        wrong += &format!("standard error:\n{}", last_lines(&got.done.err(), 25));
        Err(Failure::Wrong(wrong))
    }

    /// Compiles the drivers and returns the class path.
    fn compile(&self, jdk: &Jdk) -> Outcome<String> {
        let mut class_path: Vec<String> = self.jars.iter().map(|jar| jar.display().to_string()).collect();
        let sources = paths::files_below(&self.driver, "java");
        if !sources.is_empty() {
            let classes = place(jdk).join("classes").join(&self.name);
            paths::fresh_dir(&classes)?;
            Job::new(jdk.tool("javac"))
                .args(["-g", "-nowarn", "-proc:none", "-cp", &class_path.join(":"), "-d"])
                .arg(&classes)
                .args(&sources)
                .check()?;
            class_path.insert(0, classes.display().to_string());
        }
        Ok(class_path.join(":"))
    }

    fn run(&self, java: &Path, jdk: &Jdk, class_path: &str, who: &str) -> Outcome<Run> {
        let home = place(jdk).join(who).join(&self.name);
        let dir = home.join("dir");
        paths::fresh_dir(&home)?;
        paths::fresh_dir(&dir.join("out"))?;
        let list = home.join("sources.txt");
        if let Some(sources) = &self.sources {
            let names: Vec<String> = paths::files_below(sources, "java")
                .iter()
                .map(|p| p.display().to_string())
                .collect();
            paths::write(&list, names.join("\n"))?;
        }
        let fill = |arg: &String| {
            arg.replace("{cp}", class_path)
                .replace("{in}", &self.dir.display().to_string())
                .replace("{sources}", &format!("@{}", list.display()))
        };
        let mut job = Job::new(java)
            .env("PEABERRY_JDK", &jdk.home)
            .env("JAVA_HOME", &jdk.home)
            .env("HOME", &home)
            .dir(&dir)
            .limit(self.timeout);
        if self.opens {
            job = job.args(
                OPENED
                    .iter()
                    .map(|package| format!("--add-opens=java.base/{package}=ALL-UNNAMED")),
            );
        }
        if who == "peaberry" {
            job = job.args([log_option(&format!("programs{}", jdk.version), &self.name)?]);
        }
        let done = job.args(self.args.iter().map(fill)).run()?;
        Ok(Run {
            output: normal(&done.out()),
            done,
            dir,
        })
    }
}

/// Where the runs on this class library happen: `tests/programs17`, `tests/programs25`.
fn place(jdk: &Jdk) -> PathBuf {
    paths::target().join(format!("tests/programs{}", jdk.version))
}

/// A run, its output made comparable, and the directory it ran in.
struct Run {
    done: Finished,
    output: String,
    dir: PathBuf,
}

/// Text without what differs from run to run: durations and dates.
pub fn normal(text: &str) -> String {
    const VARYING: &[(&str, &str)] = &[
        (r"(?i)\b\d+([.,]\d+)? ?(ms|s|sec|seconds|milliseconds)\b", "TIME"),
        (r"(?m)^.*(Time taken|(?i:elapsed)).*$", "TIME"),
        (r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?\S*", "DATE"),
    ];
    VARYING.iter().fold(text.to_string(), |text, (pattern, name)| {
        let pattern = regex_lite::Regex::new(pattern).expect("the pattern is constant");
        pattern.replace_all(&text, *name).into_owned()
    })
}

/// The files below two directories: the same names, the same bytes. Text that says what is different, or nothing.
pub fn compare_trees(expected: &Path, got: &Path) -> Outcome<String> {
    let names = |dir: &Path| -> Vec<PathBuf> {
        let files = paths::files_below(dir, "");
        files
            .iter()
            .filter_map(|p| p.strip_prefix(dir).ok().map(Path::to_path_buf))
            .collect()
    };
    let (want, have) = (names(expected), names(got));
    let mut text = String::new();
    for (only, list, other) in [("missing", &want, &have), ("too many", &have, &want)] {
        let other: std::collections::HashSet<&PathBuf> = other.iter().collect();
        let rest: Vec<String> = list
            .iter()
            .filter(|p| !other.contains(p))
            .map(|p| p.display().to_string())
            .collect();
        if !rest.is_empty() {
            let shown = &rest[..rest.len().min(5)];
            text += &format!("{only}: {} files, such as {}\n", rest.len(), shown.join(" "));
        }
    }
    let read = |path: PathBuf| std::fs::read(&path).map_err(|e| format!("{}: {e}", path.display()));
    let mut different = Vec::new();
    for name in want.iter().filter(|name| got.join(name).exists()) {
        if read(expected.join(name))? != read(got.join(name))? {
            different.push(name.display().to_string());
        }
    }
    if !different.is_empty() {
        let shown = &different[..different.len().min(5)];
        text += &format!(
            "{} of {} files differ, such as {}\n",
            different.len(),
            want.len(),
            shown.join(" ")
        );
    }
    Ok(text)
}

/// One case for each folder of tests/programs with a `program.toml`, on the class library of 17.
pub fn cases_17(options: &Options) -> Outcome<Vec<Case>> {
    cases(options, &jdk::reference()?)
}

/// The same on 25; none if it is not here.
pub fn cases_25(options: &Options) -> Outcome<Vec<Case>> {
    jdk::find(25).map_or(Ok(Vec::new()), |jdk| cases(options, &jdk))
}

fn cases(options: &Options, jdk: &Jdk) -> Outcome<Vec<Case>> {
    let files = paths::files_below(&paths::root().join("tests/programs"), "toml");
    let mut cases = Vec::new();
    for dir in files.iter().filter_map(|file| file.parent()) {
        let program = Program::parse(dir)?;
        if jdk.version >= 25 && program.not_on_25.is_some() {
            continue;
        }
        let (vm, jdk) = (options.vm.clone(), jdk.clone());
        cases.push(Case::new(program.name.clone(), move || program.test(&vm, &jdk)));
    }
    Ok(cases)
}

#[cfg(test)]
mod tests {
    use super::normal;

    #[test]
    fn times_do_not_count() {
        assert_eq!(normal("took 12.5 ms, then 3 seconds\n"), "took TIME, then TIME\n");
        assert_eq!(normal("Time taken to build: 1\nx"), "TIME\nx");
        assert_eq!(normal("at 2024-02-03 10:11:12 done"), "at DATE done");
    }
}

//! `tests/builds`: build tools whose JVM is a JAVA_HOME over Peaberry, and then one of HotSpot's. Exit code, output and
//! the files built must be the same.

use super::programs::{compare_trees, normal};
use super::{Case, Failure, Options, difference};
use crate::jdk::{self, Jdk};
use crate::process::{Finished, Job, last_lines};
use crate::{Outcome, paths};
use regex_lite::Regex;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use toml::{Table, Value};

/// Where Debian keeps artifacts for Maven.
const REPOSITORY: &str = "/usr/share/maven-repo";

/// Files that hold durations, dates and the names of temporary files; `normal` and `drop` apply to them.
const TEXTS: &[&str] = &["xml", "txt", "html", "lst"];

/// One build.
struct Build {
    name: String,
    project: PathBuf,
    tool: PathBuf,
    args: Vec<String>,
    drop: Vec<Regex>,
    ignore: Vec<Regex>,
}

/// What every build uses.
struct Place {
    repository: PathBuf,
    hotspot: PathBuf,
    peaberry: PathBuf,
}

fn home() -> PathBuf {
    paths::root().join("tests/builds")
}

fn base() -> PathBuf {
    paths::target().join("tests/builds")
}

impl Build {
    fn parse(case: &Table) -> Outcome<Build> {
        let text = |key: &str| {
            let value = case.get(key).and_then(Value::as_str);
            value
                .map(String::from)
                .ok_or_else(|| format!("tests/builds: no {key} in {case:?}"))
        };
        let patterns = |key: &str| -> Outcome<Vec<Regex>> {
            let list = case.get(key).and_then(Value::as_array);
            let texts = list.into_iter().flatten().filter_map(Value::as_str);
            texts.map(|t| Regex::new(t).map_err(|e| format!("{t}: {e}"))).collect()
        };
        Ok(Build {
            name: text("name")?,
            project: home().join(text("project")?),
            tool: text("tool")?.into(),
            args: text("args")?.split_whitespace().map(String::from).collect(),
            drop: patterns("drop")?,
            ignore: patterns("ignore")?,
        })
    }

    fn test(&self, place: &Place) -> Result<(), Failure> {
        for needed in [&self.tool, Path::new(REPOSITORY)] {
            if !needed.exists() {
                return Err(Failure::Absent(format!("{} is not installed", needed.display())));
            }
        }
        let (expected, there) = self.run(&place.hotspot, "hotspot", place)?;
        let (got, here) = self.run(&place.peaberry, "peaberry", place)?;
        let mut wrong = String::new();
        if got.timed_out || got.code != expected.code {
            wrong += &format!("{}, HotSpot's {}\n", got.ending(), expected.ending());
        }
        let (want, have) = (self.comparable(&expected.out()), self.comparable(&got.out()));
        wrong += &difference("standard output", &want, &have).unwrap_or_default();
        wrong += &compare_trees(&there, &here)?;
        if wrong.is_empty() {
            println!(
                "builds/{}: {:.1} s, HotSpot {:.1} s",
                self.name,
                got.wall.as_secs_f64(),
                expected.wall.as_secs_f64()
            );
            return Ok(());
        }
        wrong += &format!("output:\n{}", last_lines(&got.out(), 25));
        wrong += &format!("standard error:\n{}", last_lines(&got.err(), 10));
        Err(Failure::Wrong(wrong))
    }

    /// Builds a copy of the project, which lies at the same place for both VMs, and moves it away. Returns its new
    /// place, where only what is to be compared is left.
    fn run(&self, java_home: &Path, who: &str, place: &Place) -> Outcome<(Finished, PathBuf)> {
        let work = base().join("work").join(&self.name);
        let project = work.join("project");
        paths::fresh_dir(&work)?;
        copy(&self.project, &project)?;
        let fill = |arg: &String| {
            arg.replace("{repository}", &place.repository.display().to_string())
                .replace("{home}", &work.display().to_string())
        };
        let done = Job::new(&self.tool)
            .args(self.args.iter().map(fill))
            .env("JAVA_HOME", java_home)
            .env("HOME", &work)
            .dir(&project)
            .limit(Duration::from_secs(600))
            .run()?;
        let kept = base().join(who).join(&self.name);
        paths::fresh_dir(&kept)?;
        std::fs::remove_dir(&kept)
            .and_then(|()| std::fs::rename(&project, &kept))
            .map_err(|e| format!("{}: {e}", kept.display()))?;
        for file in paths::files_below(&kept, "") {
            let name = file.strip_prefix(&kept).unwrap_or(&file).display().to_string();
            if self.ignore.iter().any(|pattern| pattern.is_match(&name)) {
                std::fs::remove_file(&file).map_err(|e| format!("{}: {e}", file.display()))?;
            } else if file.extension().is_some_and(|e| TEXTS.iter().any(|text| *text == e)) {
                paths::write(&file, self.comparable(&paths::read(&file)?))?;
            }
        }
        Ok((done, kept))
    }

    /// A text without what differs from run to run.
    fn comparable(&self, text: &str) -> String {
        const VARYING: &[(&str, &str)] = &[
            (r#"time="[\d.]+""#, "time"),
            (r"Time elapsed: \d+([.,]\d+)?", "Time elapsed"),
            (r"\[\s*\d+[.:]\d+ (s|min)\]|\d\d:\d\d min", "[time]"),
            (r"\d+ (minutes?|mins?),? ", ""),
            (r"\n\s*Total time:.*|Finished at:.*|BUILD SUCCESSFUL in .*", "time"),
        ];
        let text = VARYING.iter().fold(text.to_string(), |text, (pattern, name)| {
            let pattern = Regex::new(pattern).expect("the patterns are constant");
            pattern.replace_all(&text, *name).into_owned()
        });
        let kept = text
            .lines()
            .filter(|line| !self.drop.iter().any(|pattern| pattern.is_match(line)));
        normal(&kept.map(|line| format!("{line}\n")).collect::<String>())
    }
}

fn copy(from: &Path, to: &Path) -> Outcome {
    for file in paths::files_below(from, "") {
        let target = to.join(file.strip_prefix(from).unwrap_or(&file));
        let bytes = std::fs::read(&file).map_err(|e| format!("{}: {e}", file.display()))?;
        paths::write(&target, bytes)?;
    }
    Ok(())
}

/// A repository that Maven may write to: links to the files of Debian's.
fn repository() -> Outcome<PathBuf> {
    let mine = base().join("repository");
    paths::fresh_dir(&mine)?;
    for file in paths::files_below(Path::new(REPOSITORY), "") {
        let link = mine.join(file.strip_prefix(REPOSITORY).unwrap_or(&file));
        let made = link
            .parent()
            .map_or(Ok(()), std::fs::create_dir_all)
            .and_then(|()| std::os::unix::fs::symlink(&file, &link));
        made.map_err(|e| format!("{}: {e}", link.display()))?;
    }
    Ok(mine)
}

fn prepare(jdk: &Jdk, vm: &Path) -> Outcome<Place> {
    let peaberry = base().join("home");
    paths::fresh_dir(&peaberry)?;
    Job::new(vm)
        .arg("--jdk")
        .arg(&jdk.home)
        .arg("--make-home")
        .arg(&peaberry)
        .check()?;
    Ok(Place {
        repository: repository()?,
        hotspot: jdk.home.clone(),
        peaberry,
    })
}

/// One case for each of tests/builds/cases.toml.
pub fn cases(options: &Options) -> Outcome<Vec<Case>> {
    let place = Arc::new(prepare(&jdk::reference()?, &options.vm)?);
    let file = home().join("cases.toml");
    let table: Table = paths::read(&file)?
        .parse()
        .map_err(|e| format!("{}: {e}", file.display()))?;
    let list = table.get("case").and_then(Value::as_array);
    let mut cases = Vec::new();
    for case in list.into_iter().flatten().filter_map(Value::as_table) {
        let (build, place) = (Build::parse(case)?, place.clone());
        cases.push(Case::new(build.name.clone(), move || build.test(&place)));
    }
    Ok(cases)
}

//! The class library's `javac`, run by the VM, writes the same class files as when HotSpot runs it.

use super::programs::{compare_trees, normal};
use super::{Case, Failure, Options, difference, java};
use crate::jdk::{self, Jdk};
use crate::process::{Finished, Job, last_lines};
use crate::{Outcome, paths};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What is taken out of src.zip: several hundred files of java.base.
const TREE: &[&str] = &[
    "java.base/java/util/*",
    "java.base/java/text/*",
    "java.base/java/time/*",
    "java.base/java/math/*",
];

/// A compilation: its name, javac's options, its sources.
pub struct Compilation {
    name: &'static str,
    options: Vec<String>,
    /// The files to compile.
    pub sources: Vec<PathBuf>,
}

/// `tests_java` and `jdk_tree`.
pub fn cases(options: &Options) -> Outcome<Vec<Case>> {
    let jdk = jdk::reference()?;
    let case = |name: &'static str, prepare: fn(&Jdk) -> Outcome<Compilation>| {
        let (vm, jdk) = (options.vm.clone(), jdk.clone());
        Case::new(name, move || {
            if name == "jdk_tree" && jdk::sources().is_err() {
                return Err(Failure::Absent("no src.zip of JDK 17".to_string()));
            }
            prepare(&jdk)?.compare(&vm, &jdk)
        })
    };
    Ok(vec![case("tests_java", tests_java), case("jdk_tree", jdk_tree)])
}

/// All programs of tests/java.
fn tests_java(_: &Jdk) -> Outcome<Compilation> {
    Ok(Compilation {
        name: "tests_java",
        options: java::JAVAC_OPTIONS.iter().map(|o| o.to_string()).collect(),
        sources: paths::files_below(&paths::root().join("tests/java"), "java"),
    })
}

/// The tree out of src.zip, unpacked once.
pub fn jdk_tree(_: &Jdk) -> Outcome<Compilation> {
    let dir = paths::target().join("tests/javac/jdk");
    let base = dir.join("java.base");
    if paths::files_below(&base, "java").len() < 300 {
        paths::fresh_dir(&dir)?;
        // `jar xf` takes no patterns; unzip may not be there, so the VM's own dependency is not asked either.
        let archive = jdk::sources()?;
        let jdk = jdk::reference()?;
        let listed = Job::new(jdk.tool("jar")).arg("tf").arg(&archive).check()?.out();
        let wanted: Vec<&str> = listed
            .lines()
            .filter(|name| name.ends_with(".java") && TREE.iter().any(|t| name.starts_with(t.trim_end_matches('*'))))
            .collect();
        let names = dir.join("names.txt");
        paths::write(&names, wanted.join("\n"))?;
        Job::new(jdk.tool("jar"))
            .arg("xf")
            .arg(&archive)
            .arg(format!("@{}", names.display()))
            .dir(&dir)
            .check()?;
    }
    let sources = paths::files_below(&base, "java");
    if sources.len() < 300 {
        return Err(format!("only {} sources in {}", sources.len(), base.display()));
    }
    Ok(Compilation {
        name: "jdk_tree",
        options: vec![
            format!("--patch-module=java.base={}", base.display()),
            "-g".into(),
            "-nowarn".into(),
            "-proc:none".into(),
            "-encoding".into(),
            "UTF-8".into(),
        ],
        sources,
    })
}

impl Compilation {
    fn compare(&self, vm: &Path, jdk: &Jdk) -> Result<(), Failure> {
        let (expected, hotspot) = self.run(&jdk.tool("java"), jdk, "hotspot")?;
        if hotspot.code != 0 {
            let text = last_lines(&hotspot.err(), 20);
            return Err(Failure::Wrong(format!("HotSpot: {}\n{text}", hotspot.ending())));
        }
        let (got, done) = self.run(vm, jdk, "peaberry")?;
        let mut wrong = String::new();
        if done.timed_out || done.code != 0 {
            wrong += &format!("{}\n", done.ending());
        }
        wrong += &difference("standard output", &normal(&hotspot.out()), &normal(&done.out())).unwrap_or_default();
        wrong += &difference("standard error", &hotspot.err(), &done.err()).unwrap_or_default();
        wrong += &compare_trees(&expected, &got)?;
        if !wrong.is_empty() {
            wrong += &format!("standard error:\n{}", last_lines(&done.err(), 25));
            return Err(Failure::Wrong(wrong));
        }
        println!(
            "javac/{}: {} sources in {:.1} s, HotSpot {:.1} s",
            self.name,
            self.sources.len(),
            done.wall.as_secs_f64(),
            hotspot.wall.as_secs_f64()
        );
        Ok(())
    }

    /// Compiles into a directory of `who`'s own, which it returns.
    fn run(&self, java: &Path, jdk: &Jdk, who: &str) -> Outcome<(PathBuf, Finished)> {
        let home = paths::target().join("tests/javac").join(who).join(self.name);
        let done = Job::new(java)
            .env("PEABERRY_JDK", &jdk.home)
            .args(self.arguments(&home)?)
            .limit(Duration::from_secs(15 * 60))
            .run()?;
        Ok((home.join("classes"), done))
    }

    /// What to give to `java`, or to `peaberry`, to compile into the fresh directory `classes` of `home`.
    pub fn arguments(&self, home: &Path) -> Outcome<Vec<String>> {
        let out = home.join("classes");
        paths::fresh_dir(&out)?;
        let list = home.join("sources.txt");
        let names: Vec<String> = self.sources.iter().map(|p| p.display().to_string()).collect();
        paths::write(&list, names.join("\n"))?;
        let mut words = vec!["-m".to_string(), "jdk.compiler/com.sun.tools.javac.Main".to_string()];
        words.extend(self.options.iter().cloned());
        words.extend([
            "-d".to_string(),
            out.display().to_string(),
            format!("@{}", list.display()),
        ]);
        Ok(words)
    }
}

//! What the paths of a command line grant a guest: jars that manifests name, modules, agents, arguments from files. `java` is
//! given the same command lines, and the guest must say the same. What a guest does not have is refused in Java's ways.

use super::unikernel::Machine;
use super::{Case, Failure, difference};
use crate::process::{Job, last_lines};
use crate::{Outcome, paths};
use std::path::{Path, PathBuf};

/// Names of cases and their command lines.
const LINES: &[(&str, &[&str])] = &[
    ("manifests", &["-jar", "app.jar", "a"]),
    ("manifests_of_a_class_path", &["-cp", "app.jar", "Main", "@b"]),
    ("wildcards", &["--class-path=lib/*:classes", "Main"]),
    ("through_a_link", &["-jar", "links/app.jar"]),
    ("agents", &["-javaagent:agent.jar=told", "-jar", "app.jar"]),
    ("module_path", &["-p", "mods", "-m", "greeting/greeting.Hello", "c"]),
    (
        "modular_jars",
        &["--module-path=greeting.jar", "--module", "greeting/greeting.Hello"],
    ),
    (
        "patched_modules",
        &[
            "--patch-module",
            "greeting=patch",
            "-p",
            "mods",
            "-m",
            "greeting/greeting.Hello",
        ],
    ),
    (
        "boot_class_path",
        &["-Xbootclasspath/a:lib/one.jar:lib/two.jar", "-cp", "classes", "Main"],
    ),
    ("argument_files", &["@line", "d", "@line"]),
];

/// All cases.
pub fn cases(machine: &Machine) -> Vec<Case> {
    let case = |&(name, line): &(&'static str, &'static [&'static str])| {
        let machine = machine.clone();
        Case::new(format!("paths/{name}"), move || {
            machine.check()?;
            let directory = paths::target().join("tests/unikernel-paths").join(name);
            prepare(&machine, &directory)?;
            let expected = Job::new(machine.jdk.tool("java")).args(line).dir(&directory).check()?;
            let boot = Job::new(&machine.vm)
                .args(machine.boot(1))
                .arg("--jdk")
                .arg(&machine.jdk.home);
            let done = boot.args(line).dir(&directory).run()?;
            match difference("standard output", &expected.out(), &done.out()) {
                None if done.code == 0 => Ok(()),
                wrong => {
                    let (ending, error) = (done.ending(), last_lines(&done.err(), 15));
                    let wrong = wrong.unwrap_or_default();
                    Err(Failure::Wrong(format!("{wrong}{ending}\nstandard error:\n{error}")))
                }
            }
        })
    };
    let refusals = machine.clone();
    let refusals = Case::new("refusals", move || {
        refusals.check()?;
        refused(&refusals)
    });
    LINES.iter().map(case).chain([refusals]).collect()
}

/// What `tests/unikernel/Refused.java` says in a guest: natives and processes are not to be had, and that is no reason to end.
const REFUSED: &str = "\
load: java.lang.UnsatisfiedLinkError
load of what is there: java.lang.UnsatisfiedLinkError
loadLibrary: java.lang.UnsatisfiedLinkError
exec: java.io.IOException
start: java.io.IOException
pipeline: java.io.IOException
alive
";

fn refused(machine: &Machine) -> Result<(), Failure> {
    let directory = paths::target().join("tests/unikernel-refused");
    paths::fresh_dir(&directory)?;
    let source = paths::root().join("tests/unikernel/Refused.java");
    let javac = Job::new(machine.jdk.tool("javac")).args(["-d", "."]).arg(&source);
    javac.dir(&directory).check()?;
    // Any file will do for a library: none is looked into.
    let boot = Job::new(&machine.vm)
        .args(machine.boot(1))
        .arg("--jdk")
        .arg(&machine.jdk.home);
    let library = directory.join("Refused.class").display().to_string();
    let done = boot.args(["-cp", ".", "Refused", &library]).dir(&directory).run()?;
    match difference("standard output", REFUSED, &done.out()) {
        None if done.code == 0 => Ok(()),
        wrong => Err(Failure::Wrong(format!(
            "{}{}\n{}",
            wrong.unwrap_or_default(),
            done.ending(),
            done.err()
        ))),
    }
}

/// Compiles and packs what the command lines name.
fn prepare(machine: &Machine, directory: &Path) -> Outcome {
    let sources = paths::root().join("tests/unikernel/paths");
    paths::fresh_dir(directory)?;
    let javac = |to: &str, names: &[&str]| {
        let names: Vec<PathBuf> = names.iter().map(|name| sources.join(name)).collect();
        let job = Job::new(machine.jdk.tool("javac")).dir(directory).args(["-d", to]);
        names.iter().fold(job, |job, name| job.arg(name)).check().map(|_| ())
    };
    let jar = |file: &str, manifest: &str, from: &str, what: &str| {
        paths::write(&directory.join("manifest"), manifest)?;
        let job = Job::new(machine.jdk.tool("jar")).dir(directory);
        job.args(["cfm", file, "manifest", "-C", from, what])
            .check()
            .map(|_| ())
    };
    javac("all", &["Main.java", "One.java", "Two.java", "Agent.java"])?;
    javac(
        "mods/greeting",
        &["greeting/module-info.java", "greeting/greeting/Hello.java"],
    )?;
    paths::fresh_dir(&directory.join("lib"))?;
    paths::fresh_dir(&directory.join("links"))?;
    jar(
        "app.jar",
        "Main-Class: Main\nClass-Path: lib/one.jar\n",
        "all",
        "Main.class",
    )?;
    jar(
        "lib/one.jar",
        "Class-Path: two.jar ../app.jar none.jar\n",
        "all",
        "One.class",
    )?;
    jar("lib/two.jar", "", "all", "Two.class")?;
    jar(
        "agent.jar",
        "Premain-Class: Agent\nClass-Path: lib/two.jar\n",
        "all",
        "Agent.class",
    )?;
    jar("greeting.jar", "", "mods/greeting", ".")?;
    paths::write(&directory.join("line"), "-cp 'classes:lib/one.jar'\nMain")?;
    paths::write(&directory.join("patch/greeting/more.txt"), "")?;
    let class = std::fs::read(directory.join("all/Main.class")).map_err(|error| error.to_string())?;
    paths::write(&directory.join("classes/Main.class"), class)?;
    std::os::unix::fs::symlink("../app.jar", directory.join("links/app.jar")).map_err(|error| error.to_string())
}

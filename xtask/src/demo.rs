//! `cargo xtask demo`: builds the VM and shows what it can do, on a jar of ours and on programs by others.

use crate::jdk::Jdk;
use crate::process::Job;
use crate::test_command::build_vm;
use crate::{Outcome, jdk, paths, setup};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Sets up, builds, compiles and runs.
pub fn run() -> Outcome {
    setup::run()?;
    let (vm, jdk) = (build_vm()?, jdk::reference()?);
    let out = paths::target().join("demo");
    let jar = build_jar(&jdk, &out)?;
    title("Our jar, with a heap of 48 MB");
    show(Job::new(&vm).arg("-Xmx48m").arg("-jar").arg(&jar))?;
    title("The JDK's compiler, run by Peaberry, compiles the same source; Peaberry runs the result");
    let classes = out.join("compiled-here");
    paths::fresh_dir(&classes)?;
    let source = paths::root().join("demo/java/show/Show.java");
    let javac = Job::new(&vm).args(["-m", "jdk.compiler/com.sun.tools.javac.Main", "-d"]);
    show(javac.arg(&classes).arg(source))?;
    let last = Job::new(&vm).arg("-Xmx48m").arg("-cp").arg(&classes).arg("show.Show");
    println!("{}", last.check()?.out().lines().last().unwrap_or_default());
    others(&vm)?;
    start_up(&vm, &jdk, &out)
}

fn build_jar(jdk: &Jdk, out: &Path) -> Outcome<PathBuf> {
    let classes = out.join("classes");
    paths::fresh_dir(&classes)?;
    let sources = paths::files_below(&paths::root().join("demo/java"), "java");
    Job::new(jdk.tool("javac"))
        .args(["-g", "-d"])
        .arg(&classes)
        .args(sources)
        .check()?;
    let jar = out.join("show.jar");
    let tool = Job::new(jdk.tool("jar")).args(["--create", "--main-class", "show.Show", "--file"]);
    tool.arg(&jar).arg("-C").arg(&classes).arg(".").check()?;
    Ok(jar)
}

/// Programs by others, as their Debian packages bring them.
fn others(vm: &Path) -> Outcome {
    let java = |name: &str| format!("/usr/share/java/{name}.jar");
    title("Clojure");
    let clojure = [java("clojure"), java("spec.alpha"), java("core.specs.alpha")].join(":");
    let expression =
        "(let [fib (fn [[a b]] [b (+' a b)])] (println \"fib 200 is\" (first (nth (iterate fib [0 1]) 200))))";
    show(Job::new(vm).args(["-cp", clojure.as_str(), "clojure.main", "-e", expression]))?;
    title("JavaScript, compiled to classes by Rhino");
    let script = "var o = {}; for (var i = 0; i < 5; i++) o['k' + i] = i * i; print(JSON.stringify(o));";
    show(Job::new(vm).args([
        "-cp",
        &java("rhino"),
        "org.mozilla.javascript.tools.shell.Main",
        "-e",
        script,
    ]))?;
    title("SQL, in the H2 database");
    let sql = "select x, x * x as square from system_range(1, 4)";
    let url = "jdbc:h2:mem:demo";
    show(Job::new(vm).args([
        "-cp",
        &java("h2"),
        "org.h2.tools.Shell",
        "-url",
        url,
        "-user",
        "sa",
        "-sql",
        sql,
    ]))
}

/// Hello, world on both VMs.
fn start_up(vm: &Path, jdk: &Jdk, out: &Path) -> Outcome {
    title("Hello, world: Peaberry, and HotSpot of the same JDK");
    let classes = out.join("hello");
    paths::fresh_dir(&classes)?;
    let source = paths::root().join("benches/java/Hello.java");
    Job::new(jdk.tool("javac"))
        .arg("-d")
        .arg(&classes)
        .arg(source)
        .check()?;
    for (name, program) in [("peaberry", vm.to_path_buf()), ("java -Xint", jdk.tool("java"))] {
        let (mut wall, mut memory) = (f64::MAX, f64::MAX);
        for _ in 0..5 {
            let done = Job::new(&program)
                .arg("-Xint")
                .arg("-cp")
                .arg(&classes)
                .arg("Hello")
                .check()?;
            wall = wall.min(done.wall.as_secs_f64() * 1e3);
            memory = memory.min(done.max_rss_kib as f64 / 1024.0);
        }
        println!("{name:<12} {wall:>5.0} ms  {memory:>4.0} MiB");
    }
    Ok(())
}

fn title(text: &str) {
    println!("\n== {text}\n");
}

/// Runs a command, prints what it prints, and how long it took.
fn show(job: Job) -> Outcome {
    let done = job.limit(Duration::from_secs(300)).check()?;
    print!("{}{}", done.out(), done.err());
    println!(
        "({:.2} s, {:.0} MiB)",
        done.wall.as_secs_f64(),
        done.max_rss_kib as f64 / 1024.0
    );
    Ok(())
}

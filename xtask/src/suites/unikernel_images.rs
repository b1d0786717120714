//! Images: those of tests/unikernel/images are built and booted, in a directory where nothing else of the program is; one is
//! looked into, damaged, listed and stopped.

use super::unikernel::Machine;
use super::{Case, Failure, difference};
use crate::process::{Job, last_lines};
use crate::{Outcome, jdk, paths};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// All cases.
pub fn cases(machine: &Machine) -> Vec<Case> {
    let directory = paths::root().join("tests/unikernel/images");
    let mut cases = Vec::new();
    for source in paths::files_below(&directory, "java") {
        let machine = machine.clone();
        let name = source.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        cases.push(Case::new(format!("image/{name}"), move || {
            machine.check()?;
            boots_as_expected(&machine, &source, &name)
        }));
    }
    type Part = fn(&Scene) -> Outcome;
    let newer = jdk::find(25).map(|jdk| machine.with_library_of(jdk));
    let parts: [(&str, Part, Option<Machine>); 4] = [
        ("inspected", inspected, Some(machine.clone())),
        ("inspected25", inspected, newer),
        ("damaged", damaged, Some(machine.clone())),
        ("listed_and_stopped", listed_and_stopped, Some(machine.clone())),
    ];
    for (name, part, machine) in parts {
        let Some(machine) = machine else { continue };
        cases.push(Case::new(format!("image/{name}"), move || {
            machine.check()?;
            let source = paths::root().join("tests/unikernel/Waiting.java");
            let scene = Scene::new(&machine, &source, name)?;
            scene.build("Waiting", &[])?;
            part(&scene).map_err(Failure::Wrong)
        }));
    }
    cases
}

/// A program's classes in a directory of the case's own.
struct Scene {
    machine: Machine,
    directory: PathBuf,
}

impl Scene {
    fn new(machine: &Machine, source: &Path, name: &str) -> Outcome<Scene> {
        let directory = paths::target().join("tests/unikernel-images").join(name);
        paths::fresh_dir(&directory)?;
        let classes = directory.join("classes");
        Job::new(machine.jdk.tool("javac"))
            .arg("-d")
            .arg(&classes)
            .arg(source)
            .check()?;
        for data in paths::files_below(&paths::root().join("tests/unikernel/images/data"), "txt") {
            let place = classes.join("data").join(data.file_name().unwrap_or_default());
            paths::write(&place, paths::read(&data)?)?;
        }
        Ok(Scene {
            machine: machine.clone(),
            directory,
        })
    }

    fn command(&self) -> Job {
        Job::new(&self.machine.vm)
            .dir(&self.directory)
            .env("XDG_RUNTIME_DIR", &self.directory)
    }

    /// Builds `app.pbi`; then the classes are gone.
    fn build(&self, main: &str, words: &[&str]) -> Outcome {
        let split = words.iter().position(|word| *word == "--").unwrap_or(words.len());
        self.command()
            .args(["image", "build", "--jdk"])
            .arg(&self.machine.jdk.home)
            .arg("--guest")
            .arg(&self.machine.guest)
            .args(&words[..split])
            .args(["-cp", "classes", "-o", "app.pbi", main])
            .args(&words[split..])
            .check()?;
        std::fs::remove_dir_all(self.directory.join("classes")).map_err(|error| error.to_string())
    }
}

/// What a program's source says behind `// name:` in its first lines.
fn words<'a>(source: &'a str, name: &str) -> Vec<&'a str> {
    let mut lines = source.lines().take_while(|line| line.starts_with("//"));
    let value = lines.find_map(|line| line.strip_prefix("// ")?.strip_prefix(name)?.strip_prefix(':'));
    value.unwrap_or_default().split_whitespace().collect()
}

fn boots_as_expected(machine: &Machine, source: &Path, name: &str) -> Result<(), Failure> {
    let text = paths::read(source)?;
    let expected = paths::read(&source.with_extension("expected"))?;
    let scene = Scene::new(machine, source, name)?;
    scene.build(name, &words(&text, "build"))?;
    let boot = scene.command().arg("boot").args(words(&text, "boot")).arg("app.pbi");
    let done = boot.args(words(&text, "arguments")).run()?;
    let wrong = difference("standard output", &expected, &done.out());
    match wrong {
        None if done.code == 0 => Ok(()),
        wrong => {
            let (ending, error) = (done.ending(), last_lines(&done.err(), 15));
            let wrong = wrong.unwrap_or_default();
            Err(Failure::Wrong(format!("{wrong}{ending}\nstandard error:\n{error}")))
        }
    }
}

fn inspected(scene: &Scene) -> Outcome {
    let text = scene.command().args(["image", "inspect", "app.pbi"]).check()?.out();
    for line in [
        "kernel         ",
        "guest program  ",
        "modules        java.base jdk.zipfs",
        "directory      /app",
        "arguments      peaberry --jdk /java -cp classes Waiting",
        "               /app/classes/data/words.txt, 18 bytes",
    ] {
        if !text.lines().any(|shown| shown.starts_with(line)) {
            return Err(format!("no line `{line}` in\n{text}"));
        }
    }
    // Nothing of where it was built is in it.
    let bytes = std::fs::read(scene.directory.join("app.pbi")).map_err(|error| error.to_string())?;
    let places = [Some(scene.directory.clone()), Some(paths::root()), paths::cargo_home()];
    for place in places.into_iter().flatten().map(|place| place.display().to_string()) {
        if bytes.windows(place.len()).any(|window| window == place.as_bytes()) {
            return Err(format!("{place} is in the image"));
        }
    }
    let limit = 25_000_000;
    match bytes.len() {
        length if length > limit => Err(format!("{length} bytes, more than {limit}")),
        _ => Ok(()),
    }
}

/// An image that is cut off or changed where that can be seen: one line that says so, and exit code 1.
fn damaged(scene: &Scene) -> Outcome {
    let text = |error: std::io::Error| error.to_string();
    let whole = std::fs::read(scene.directory.join("app.pbi")).map_err(text)?;
    let magic = b"PEABERRY PACKAGE";
    let package = whole.windows(magic.len()).position(|window| window == magic);
    let package = package.ok_or("no package in the image")?;
    let path = scene.directory.join("bad.pbi");
    let mut changes: Vec<(String, Vec<u8>)> = Vec::new();
    for end in [0, 10, 64, package, package + 40, package + 5000, whole.len() - 1] {
        changes.push((format!("cut off at {end}"), whole[..end].to_vec()));
    }
    // ELF header, where its table is, the package's magic, version, number of entries, length, kind of an entry, its path.
    for at in [
        0,
        32,
        package,
        package + 16,
        package + 20,
        package + 38,
        package + 64,
        package + 72 + 7,
    ] {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x55;
        changes.push((format!("byte {at} changed"), bytes));
    }
    for (what, bytes) in changes {
        std::fs::write(&path, bytes).map_err(text)?;
        for words in [&["boot", "bad.pbi"][..], &["image", "inspect", "bad.pbi"]] {
            let done = scene.command().args(words).run()?;
            let error = done.err();
            if done.code != 1 || error.lines().count() != 1 || !error.starts_with("Error: ") {
                return Err(format!("{what}, {words:?}: {}\n{error}", done.ending()));
            }
        }
    }
    std::fs::remove_file(&path).map_err(text)
}

fn listed_and_stopped(scene: &Scene) -> Outcome {
    let text = |error: std::io::Error| error.to_string();
    let mut child = Command::new(&scene.machine.vm)
        .args(["boot", "--name", "one", "--cpus", "1", "--memory", "256m", "app.pbi"])
        .current_dir(&scene.directory)
        .env("XDG_RUNTIME_DIR", &scene.directory)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(text)?;
    let said = child.stdout.take().ok_or("no output")?;
    let first = BufReader::new(said).lines().next();
    let checked = listed(scene, child.id(), first.is_some());
    if checked.is_err() {
        let _ = child.kill();
    }
    let begun = Instant::now();
    let status = child.wait().map_err(text)?;
    checked?;
    let left: Vec<_> = std::fs::read_dir(scene.directory.join("peaberry"))
        .map_err(text)?
        .collect();
    // 128 and SIGTERM, as `java` ends.
    if status.code() != Some(143) || !left.is_empty() || begun.elapsed() > Duration::from_secs(60) {
        return Err(format!("{status}, {left:?} left"));
    }
    Ok(())
}

fn listed(scene: &Scene, process: u32, ready: bool) -> Outcome {
    let list = || Ok::<String, String>(scene.command().arg("ps").check()?.out());
    let shown = list()?;
    let row = shown.lines().nth(1).unwrap_or_default();
    let cells: Vec<&str> = row.split_whitespace().collect();
    let number = process.to_string();
    let expected = [Some(&number[..]), Some("one"), Some("1"), Some("256M")];
    if !ready || (0..4).any(|index| cells.get(index).copied() != expected[index]) || cells.last() != Some(&"app.pbi") {
        return Err(format!("ready: {ready}\n{shown}"));
    }
    let again = scene.command().args(["boot", "--name", "one", "app.pbi"]).run()?;
    if again.code != 1 || !again.err().contains("one is the name of process") {
        return Err(format!(
            "a second one of that name: {}, {}",
            again.ending(),
            again.err()
        ));
    }
    scene.command().args(["stop", "one"]).check()?;
    match list()?.lines().count() {
        1 => Ok(()),
        _ => Err("listed after it was stopped".to_owned()),
    }
}

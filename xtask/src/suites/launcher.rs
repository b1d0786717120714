//! `tests/launcher`: each option on HotSpot and on Peaberry; exit code, standard output and the sense of standard error
//! must be the same. HotSpot runs beside, in the same directory with the same files.

use super::{Case, Failure, Options, difference};
use crate::jdk::{self, Jdk};
use crate::process::{Finished, Job, last_lines};
use crate::{Outcome, paths};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use toml::{Table, Value};

/// How a stream is compared.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Compare {
    /// Line by line, but for what `normalise` takes away.
    Same,
    /// Peaberry says what HotSpot does, and then more.
    Prefix,
    /// Not compared but with the patterns.
    Patterns,
    /// As `Same`, the lines sorted.
    Sorted,
}

/// One command line.
#[derive(Clone, Debug)]
struct Run {
    name: String,
    args: Vec<String>,
    env: BTreeMap<String, String>,
    /// Files made in the case's directory beforehand; `{java}` is the launcher.
    files: BTreeMap<String, String>,
    /// A program of the case's directory that is run instead of the launcher.
    program: Option<String>,
    out: Compare,
    err: Compare,
    /// Regular expressions, each of which must fit a line of standard output (`out_lines`) or standard error.
    out_lines: Vec<String>,
    err_lines: Vec<String>,
    /// Lines that fit are left out of the comparison.
    drop: Vec<String>,
    /// A file of the case's directory that must be the same afterwards.
    result: Option<String>,
    /// Exit code of what HotSpot does not have.
    own: Option<i32>,
}

fn home() -> PathBuf {
    paths::root().join("tests/launcher")
}

/// Splits at white space; quotes of either kind group.
fn split(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for c in text.chars() {
        match quote {
            Some(end) if c == end => quote = None,
            Some(_) => word.get_or_insert_default().push(c),
            None if c == '\'' || c == '"' => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            None if c.is_whitespace() => words.extend(word.take()),
            None => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

fn parse(file: &Path, case: &Table) -> Outcome<Run> {
    let wrong = |what: &str| format!("{}: {what} in {case:?}", file.display());
    let text = |key: &str| case.get(key).and_then(Value::as_str).map(String::from);
    let list = |key: &str| {
        let values = case.get(key).and_then(Value::as_array);
        let texts = values
            .into_iter()
            .flatten()
            .filter_map(|v| v.as_str().map(String::from));
        texts.collect::<Vec<_>>()
    };
    let map = |key: &str| {
        let values = case.get(key).and_then(Value::as_table);
        let texts = values.into_iter().flatten();
        texts
            .filter_map(|(k, v)| Some((k.clone(), v.as_str()?.to_owned())))
            .collect()
    };
    let compare = |key: &str| match case.get(key).and_then(Value::as_str) {
        None | Some("same") => Ok(Compare::Same),
        Some("prefix") => Ok(Compare::Prefix),
        Some("patterns") => Ok(Compare::Patterns),
        Some("sorted") => Ok(Compare::Sorted),
        Some(_) => Err(wrong(key)),
    };
    let stem = file
        .file_stem()
        .map(|s| s.to_string_lossy().into_owned())
        .unwrap_or_default();
    Ok(Run {
        name: format!("{stem}/{}", text("name").ok_or_else(|| wrong("no name"))?),
        args: split(&text("args").unwrap_or_default()),
        env: map("env"),
        files: map("files"),
        program: text("program"),
        out: compare("out")?,
        err: compare("err")?,
        out_lines: list("out_lines"),
        err_lines: list("err_lines"),
        drop: list("drop"),
        result: text("result"),
        own: case.get("exit").and_then(Value::as_integer).map(|code| code as i32),
    })
}

fn runs() -> Outcome<Vec<Run>> {
    let mut found = Vec::new();
    for file in paths::files_below(&home(), "toml") {
        let table: Table = paths::read(&file)?
            .parse()
            .map_err(|e| format!("{}: {e}", file.display()))?;
        let list = table.get("case").and_then(Value::as_array);
        for case in list.into_iter().flatten().filter_map(Value::as_table) {
            found.push(parse(&file, case)?);
        }
    }
    Ok(found)
}

/// Where the inputs lie, and a directory with each VM under the name `java`.
struct Place {
    inputs: PathBuf,
    peaberry: PathBuf,
    hotspot: PathBuf,
}

/// Compiles the inputs: `{in}/classes`, jars, modules.
fn generate(jdk: &Jdk, vm: &Path) -> Outcome<Place> {
    let base = paths::target().join("tests/launcher");
    paths::fresh_dir(&base)?;
    let inputs = base.join("in");
    let sources = home().join("inputs");
    let compile = |from: &str, to: &str, extra: &[String]| -> Outcome {
        Job::new(jdk.tool("javac"))
            .args(["-nowarn", "-proc:none", "-d"])
            .arg(inputs.join(to))
            .args(extra)
            .args(paths::files_below(&sources.join(from), "java"))
            .check()
            .map(drop)
    };
    compile("classes", "classes", &[])?;
    compile("other", "other", &[])?;
    let modules = [
        "--module-source-path".to_owned(),
        sources.join("modules").display().to_string(),
    ];
    compile("modules", "modules", &modules)?;
    let export = [
        "--add-exports".to_owned(),
        "java.base/jdk.internal.misc=ALL-UNNAMED".to_owned(),
    ];
    compile("exports", "exports", &export)?;
    let patch = [
        "--patch-module".to_owned(),
        format!("greet={}", sources.join("patch").display()),
        "--module-path".to_owned(),
        inputs.join("modules").display().to_string(),
    ];
    compile("patch", "patch", &patch)?;
    paths::write(&inputs.join("jars/.keep"), "")?;
    paths::write(&inputs.join("modulejars/.keep"), "")?;
    Job::new(jdk.tool("jar"))
        .args([
            "--create",
            "--main-class",
            "greet.Greeting",
            "--module-version",
            "1.5",
            "--file",
        ])
        .arg(inputs.join("modulejars/greet.jar"))
        .arg("-C")
        .arg(inputs.join("modules/greet"))
        .arg(".")
        .check()?;
    for manifest in paths::files_below(&sources.join("jars"), "mf") {
        let stem = manifest
            .file_stem()
            .map(|s| s.to_string_lossy().into_owned())
            .unwrap_or_default();
        let from = if stem == "exports" { "exports" } else { "classes" };
        let content = if stem == "path" { "Arguments.class" } else { "." };
        let job = Job::new(jdk.tool("jar"))
            .arg("cfm")
            .arg(inputs.join("jars").join(format!("{stem}.jar")))
            .arg(&manifest);
        job.arg("-C").arg(inputs.join(from)).arg(content).check()?;
    }
    let versioned = inputs.join("versioned");
    compile("versioned/9", "versioned/9", &[])?;
    compile("versioned/base", "versioned/base", &[])?;
    Job::new(jdk.tool("jar"))
        .args(["--create", "--main-class", "Versioned", "--file"])
        .arg(inputs.join("jars/versioned.jar"))
        .arg("-C")
        .arg(versioned.join("base"))
        .args([".", "--release", "9", "-C"])
        .arg(versioned.join("9"))
        .arg(".")
        .check()?;
    paths::write(&inputs.join("wild/readme.txt"), "not a jar\n")?;
    for name in ["plain.jar", "UPPER.JAR"] {
        let to = inputs.join("wild").join(name);
        std::fs::copy(inputs.join("jars/main.jar"), &to).map_err(|e| format!("{}: {e}", to.display()))?;
    }
    let named = |dir: &str, binary: &Path| -> Outcome<PathBuf> {
        let link = base.join(dir).join("java");
        paths::write(&base.join(dir).join(".keep"), "")?;
        std::os::unix::fs::symlink(binary, &link).map_err(|e| format!("{}: {e}", link.display()))?;
        Ok(link)
    };
    let vm = vm.canonicalize().map_err(|e| format!("{}: {e}", vm.display()))?;
    Ok(Place {
        peaberry: named("peaberry", &vm)?,
        hotspot: jdk.tool("java"),
        inputs,
    })
}

impl Run {
    fn execute(&self, java: &Path, who: &str, jdk: &Jdk, place: &Place) -> Outcome<(Finished, PathBuf)> {
        let dir = paths::target().join("tests/launcher/run").join(&self.name).join(who);
        paths::fresh_dir(&dir)?;
        let (shown, inputs, at) = (
            java.display().to_string(),
            place.inputs.display().to_string(),
            dir.display().to_string(),
        );
        let fill = |text: &str| {
            text.replace("{java}", &shown)
                .replace("{in}", &inputs)
                .replace("{dir}", &at)
        };
        for (name, text) in &self.files {
            let file = dir.join(name);
            paths::write(&file, fill(text))?;
            if text.starts_with("#!") {
                use std::os::unix::fs::PermissionsExt;
                let mode = std::fs::Permissions::from_mode(0o755);
                std::fs::set_permissions(&file, mode).map_err(|e| format!("{}: {e}", file.display()))?;
            }
        }
        let program = match &self.program {
            Some(program) => dir.join(program),
            None => java.to_path_buf(),
        };
        let job = Job::new(program)
            .env("PEABERRY_JDK", &jdk.home)
            .dir(&dir)
            .args(self.args.iter().map(|arg| fill(arg)))
            .limit(Duration::from_secs(60));
        let job = self
            .env
            .iter()
            .fold(job, |job, (name, value)| job.env(name, fill(value)));
        Ok((job.run()?, dir))
    }

    fn judge(&self, jdk: &Jdk, place: &Place) -> Result<(), Failure> {
        let (done, dir) = self.execute(&place.peaberry, "peaberry", jdk, place)?;
        if done.timed_out || done.code >= 128 || done.err().contains("panicked at") {
            return Err(Failure::Wrong(format!(
                "{}\n{}",
                done.ending(),
                last_lines(&done.err(), 30)
            )));
        }
        let mut wrong = self.lines_missing("Peaberry", &done)?;
        match self.own {
            Some(code) if code != done.code => wrong += &format!("{}, expected {code}\n", done.ending()),
            Some(_) => {}
            None => {
                let (reference, there) = self.execute(&place.hotspot, "hotspot", jdk, place)?;
                wrong += &self.lines_missing("HotSpot", &reference)?;
                if done.code != reference.code {
                    wrong += &format!("{}, HotSpot's is {}\n", done.ending(), reference.code);
                }
                let text = |bytes: &[u8], dir: &Path| self.normalise(&String::from_utf8_lossy(bytes), dir);
                let (expected, got) = (text(&reference.stdout, &there), text(&done.stdout, &dir));
                wrong += &compare("standard output", &self.out, &expected, &got);
                let (expected, got) = (text(&reference.stderr, &there), text(&done.stderr, &dir));
                wrong += &compare("standard error", &self.err, &expected, &got);
                if let Some(result) = &self.result {
                    let expected = self.normalise(&paths::read(&there.join(result))?, &there);
                    let got = self.normalise(&paths::read(&dir.join(result))?, &dir);
                    wrong += &compare(result, &Compare::Same, &expected, &got);
                }
            }
        }
        if wrong.is_empty() {
            return Ok(());
        }
        let said = format!("{}{}", last_lines(&done.out(), 6), last_lines(&done.err(), 6));
        Err(Failure::Wrong(format!("{wrong}it says\n{said}")))
    }

    fn lines_missing(&self, who: &str, done: &Finished) -> Outcome<String> {
        let mut wrong = String::new();
        for (stream, text, patterns) in [
            ("output", done.out(), &self.out_lines),
            ("error", done.err(), &self.err_lines),
        ] {
            for pattern in patterns {
                let regex = regex_lite::Regex::new(pattern).map_err(|e| format!("{pattern}: {e}"))?;
                if !text.lines().any(|line| regex.is_match(line)) {
                    wrong += &format!("{who}: no line like `{pattern}` on standard {stream}\n");
                }
            }
        }
        Ok(wrong)
    }

    /// Takes away what differs without meaning: the VM's name and version, addresses, times, places.
    fn normalise(&self, text: &str, dir: &Path) -> String {
        const RULES: &[(&str, &str)] = &[
            (r"OpenJDK 64-Bit Server VM|Peaberry 64-Bit VM", "{vm}"),
            (r"\(build [^)]*\)", "(build)"),
            (r"0x[0-9a-f]+", "0x"),
            (r"\[\d+\.\d+s *\]", "[uptime]"),
            (r"\d+\.\d+ secs", "secs"),
            (r"\d+\.\d+ms", "ms"),
            (r"(?m)^(\s+at java\.[a-z.]+/.*):\d+\)$", "$1)"),
        ];
        let mut text = text.replace(&dir.display().to_string(), "{dir}");
        for (pattern, by) in RULES {
            let regex = regex_lite::Regex::new(pattern).expect("the patterns are constant");
            text = regex.replace_all(&text, *by).into_owned();
        }
        let drop: Vec<_> = self
            .drop
            .iter()
            .filter_map(|p| regex_lite::Regex::new(p).ok())
            .collect();
        let kept = text
            .lines()
            .filter(|line| !drop.iter().any(|regex| regex.is_match(line)));
        kept.map(|line| format!("{line}\n")).collect()
    }
}

fn compare(what: &str, how: &Compare, expected: &str, got: &str) -> String {
    let sorted = |text: &str| {
        let mut lines: Vec<&str> = text.lines().collect();
        lines.sort_unstable();
        lines.join("\n")
    };
    match how {
        Compare::Same => difference(what, expected, got),
        Compare::Prefix => difference(what, expected, got.get(..expected.len()).unwrap_or(got)),
        Compare::Sorted => difference(what, &sorted(expected), &sorted(got)),
        Compare::Patterns => None,
    }
    .unwrap_or_default()
}

/// One case for each of tests/launcher/*.toml, and the JAVA_HOME.
pub fn cases(options: &Options) -> Outcome<Vec<Case>> {
    let jdk = Arc::new(jdk::reference()?);
    let place = Arc::new(generate(&jdk, &options.vm)?);
    let mut cases = Vec::new();
    for run in runs()? {
        let (jdk, place) = (jdk.clone(), place.clone());
        cases.push(Case::new(run.name.clone(), move || run.judge(&jdk, &place)));
    }
    cases.push(Case::new("home/make-and-use", move || java_home(&jdk, &place)));
    Ok(cases)
}

/// `--make-home` makes a directory whose `bin/java` and `bin/javac` work without any variable that names a JDK.
fn java_home(jdk: &Jdk, place: &Place) -> Result<(), Failure> {
    let home = paths::target().join("tests/launcher/home");
    paths::fresh_dir(&home)?;
    Job::new(&place.peaberry)
        .args([
            "--jdk".as_ref(),
            jdk.home.as_os_str(),
            "--make-home".as_ref(),
            home.as_os_str(),
        ])
        .check()?;
    let source = super::super::paths::root().join("tests/launcher/inputs/classes/Arguments.java");
    let classes = home.join("compiled");
    Job::new(home.join("bin/javac"))
        .env("JAVA_HOME", "/nonexistent")
        .args([
            "-J-Xmx256m".as_ref(),
            "-d".as_ref(),
            classes.as_os_str(),
            source.as_os_str(),
        ])
        .check()?;
    let done = Job::new(home.join("bin/java"))
        .env("JAVA_HOME", "/nonexistent")
        .arg("-cp")
        .arg(&classes)
        .args(["Arguments", "-p", "java.home", "java.vm.vendor"])
        .check()?;
    let shown = home.canonicalize().unwrap_or(home).display().to_string();
    let expected = format!("[-p, java.home, java.vm.vendor]\njava.home={shown}\njava.vm.vendor=Peaberry\n");
    difference("standard output", &expected, &done.out()).map_or(Ok(()), |text| Err(Failure::Wrong(text)))
}

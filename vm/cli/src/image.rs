//! `peaberry image`: builds an image of a program, and says what is in one.

use crate::boot::{self, GRANTING};
use crate::boot_file;
use crate::exit_code::{self, ExitCode};
use crate::options::{Form, Launcher, Meaning, VmMeaning, find_launcher, find_vm};
use peaberry_image::{Argument, Recipe, build};
use peaberry_package as package;
use peaberry_shim::{Image, ImageError, Node};
use std::collections::VecDeque;
use std::fmt::Write;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

const USAGE: &str = "\
Usage: peaberry image build [options] [java options] (-jar <file> | <class>) -o <image> [[--] arguments]
       peaberry image inspect <image>

Builds one file with all that a program needs to run in a virtual machine of its own,
for peaberry boot and for other monitors, or says what is in such a file.

    -o, --output <image>   the file to be written
    --jdk <directory>      the JDK whose class library goes into it
    --full                 all of the class library, not what the program needs
    --fast-start           do not compress what programs begin with: 4 to 5 MB more
    --add-modules <names>  java's option; these modules are packed, too
    --config <file>        a file that says this (peaberry boot has the same)
    --env <name>=<value>   a variable of its environment
    --cpus, --memory, --threads, --descriptors
                           what it gets where peaberry boot is not told
    --mount, --listen, --connect
                           what it asks for, and gets with peaberry boot --as-built
    --guest <file>         the program that runs in it (peaberry-guest beside this command)
    --kernel <file>        the kernel for other monitors (peaberry-kernel beside it)";

/// The kernel's name, beside the command.
const KERNEL: &str = "peaberry-kernel";

/// Prints a usage text, where it was asked for, or else where errors go.
pub fn tell_usage(usage: &str, asked: bool) -> ExitCode {
    if asked {
        return crate::print_out([format!("{usage}\n")]);
    }
    eprintln!("{usage}");
    exit_code::FAILURE
}

/// Runs the command.
pub fn run(arguments: Vec<String>) -> ExitCode {
    let mut rest = VecDeque::from(arguments);
    let done = match rest.pop_front().as_deref() {
        Some("build") if !rest.is_empty() => build_image(rest),
        Some("inspect") if rest.len() == 1 => inspect(Path::new(&rest[0])),
        Some("--help" | "-h") => return tell_usage(USAGE, true),
        _ => return tell_usage(USAGE, false),
    };
    match done {
        Ok(text) => crate::print_out([text]),
        Err(text) => {
            eprintln!("{text}");
            exit_code::FAILURE
        }
    }
}

/// A command line of `build`, taken apart.
#[derive(Default)]
struct Build {
    output: Option<PathBuf>,
    jdk: Option<PathBuf>,
    guest: Option<PathBuf>,
    kernel: Option<PathBuf>,
    whole: bool,
    fast_start: bool,
    modules: Vec<String>,
    arguments: Vec<Argument>,
    environment: Vec<String>,
    /// What goes into the configuration: the keys of the file that `boot` reads, and their values.
    single: Vec<(&'static str, String)>,
    lists: Vec<(&'static str, Vec<String>)>,
    limits: Vec<(&'static str, String)>,
    /// What is run has been named.
    target: bool,
}

fn text(argument: &str) -> Argument {
    Argument::Text(argument.to_owned())
}

fn paths(before: &str, paths: &str) -> Argument {
    Argument::Paths {
        before: before.to_owned(),
        paths: paths.to_owned(),
    }
}

impl Build {
    fn take(&mut self, mut rest: VecDeque<String>) -> Result<(), String> {
        while let Some(argument) = rest.pop_front() {
            let (name, glued) = match argument.split_once('=') {
                Some((name, value)) if name.starts_with("--") => (name, Some(value.to_owned())),
                _ => (argument.as_str(), None),
            };
            if name == "--full" {
                self.whole = true;
            } else if name == "--fast-start" {
                self.fast_start = true;
            } else if OWN.contains(&name) {
                let value = glued.or_else(|| rest.pop_front());
                let value = value.ok_or_else(|| format!("Error: {name} requires a value\n{USAGE}"))?;
                self.own(name, value)?;
            } else if self.target {
                let own = (argument != "--").then_some(argument);
                self.arguments.extend(own.into_iter().chain(rest).map(Argument::Text));
                return Ok(());
            } else {
                self.launcher(&argument, &mut rest)?;
            }
        }
        Ok(())
    }

    fn own(&mut self, name: &str, value: String) -> Result<(), String> {
        // What `boot` would refuse, an image must not ask for.
        if GRANTING.contains(&name) {
            boot::check(name, &value)?;
        }
        let mut list = |key, value| match self.lists.iter_mut().find(|(there, _)| *there == key) {
            Some((_, values)) => values.push(value),
            None => self.lists.push((key, vec![value])),
        };
        match name {
            "-o" | "--output" => self.output = Some(value.into()),
            "--jdk" => self.jdk = Some(value.into()),
            "--guest" => self.guest = Some(value.into()),
            "--kernel" => self.kernel = Some(value.into()),
            "--config" => {
                let file = boot_file::read(Path::new(&value))?;
                if file.image.is_some() {
                    return Err(format!("Error: {value}: an image is not built of an image"));
                }
                self.take(file.options.into())?;
                if !file.program.is_empty() {
                    let program = file.program.into_iter().chain(file.arguments);
                    self.take(program.collect())?;
                }
            }
            "--env" => self.environment.push(value),
            "--cpus" => self.single.push(("cpus", value)),
            "--memory" => self.single.push(("memory", quoted(&value))),
            "--threads" => self.limits.push(("threads", value)),
            "--descriptors" => self.limits.push(("descriptors", value)),
            "--listen" => list("listen", value),
            "--connect" => list("connect", value),
            _ => {
                let (path, key) = match value.strip_suffix(":rw") {
                    Some(path) => (path, "write"),
                    None => (value.strip_suffix(":ro").unwrap_or(&value), "read"),
                };
                let path = std::path::absolute(path).map_err(|error| format!("Error: {path}: {error}"))?;
                list(key, path.display().to_string());
            }
        }
        Ok(())
    }

    /// Takes an argument of the launcher's, and its value.
    fn launcher(&mut self, argument: &str, rest: &mut VecDeque<String>) -> Result<(), String> {
        let Some((row, glued)) = find_launcher(argument) else {
            self.target = !argument.starts_with('-');
            self.arguments.push(match find_vm(argument) {
                Some((VmMeaning::BootAppend, _, Some(list))) => paths(&argument[..argument.len() - list.len()], list),
                _ => text(argument),
            });
            return Ok(());
        };
        let next = glued.is_none() && matches!(row.form, Form::Next | Form::NextOrEquals);
        let value = match glued {
            Some(value) => Some(value.to_owned()),
            None if next => Some(
                rest.pop_front()
                    .ok_or(format!("Error: {argument} requires {}", row.requires))?,
            ),
            None => None,
        };
        let mut before = String::new();
        match &value {
            Some(value) if !next => before = argument[..argument.len() - value.len()].to_owned(),
            _ => self.arguments.push(text(argument)),
        }
        let value = value.unwrap_or_default();
        match (row.meaning, row.name) {
            (Meaning::Launcher(Launcher::ClassPath), _)
            | (Meaning::PassValue("--module-path="), _)
            | (_, "--module-path" | "--upgrade-module-path") => self.arguments.push(paths(&before, &value)),
            (_, "--patch-module") => {
                let (module, list) = value.split_once('=').unwrap_or((&value, ""));
                self.arguments.push(paths(&format!("{before}{module}="), list));
            }
            (Meaning::Launcher(Launcher::Jar), _) => {
                let file = rest.pop_front().ok_or("Error: -jar requires jar file specification")?;
                self.arguments.push(paths("", &file));
                self.target = true;
            }
            (meaning, name) => {
                self.target = matches!(meaning, Meaning::Launcher(Launcher::Module));
                if name == "--add-modules" {
                    self.modules
                        .extend(value.split(',').filter(|name| !name.is_empty()).map(String::from));
                }
                if !before.is_empty() || next {
                    self.arguments.push(Argument::Text(before + &value));
                }
            }
        }
        Ok(())
    }

    /// The file that `boot --config` would read.
    fn configuration(&self) -> String {
        let mut text = String::new();
        // Of several values the last counts, as it does on `boot`'s command line.
        let last = |rows: &[(&'static str, String)]| {
            let mut last: Vec<(&'static str, String)> = Vec::new();
            for row in rows {
                last.retain(|(key, _)| *key != row.0);
                last.push(row.clone());
            }
            last.into_iter()
                .map(|(key, value)| format!("{key} = {value}\n"))
                .collect::<String>()
        };
        text += &last(&self.single);
        for (key, values) in &self.lists {
            let values: Vec<String> = values.iter().map(|value| quoted(value)).collect();
            let _ = writeln!(text, "{key} = [{}]", values.join(", "));
        }
        if !self.limits.is_empty() {
            let _ = write!(text, "\n[limits]\n{}", last(&self.limits));
        }
        text
    }
}

/// Options of `build` that have a value.
const OWN: &[&str] = &[
    "-o",
    "--output",
    "--jdk",
    "--guest",
    "--kernel",
    "--config",
    "--env",
    "--cpus",
    "--memory",
    "--threads",
    "--descriptors",
    "--mount",
    "--listen",
    "--connect",
];

/// A string of TOML.
fn quoted(text: &str) -> String {
    let mut quoted = "\"".to_owned();
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => {
                let _ = write!(quoted, "\\u{:04X}", c as u32);
            }
            c => quoted.push(c),
        }
    }
    quoted + "\""
}

fn build_image(arguments: VecDeque<String>) -> Result<String, String> {
    let mut asked = Build::default();
    asked.take(arguments)?;
    let output = asked
        .output
        .clone()
        .ok_or("Error: -o says which file is to be written")?;
    if !asked.target {
        return Err(format!("Error: nothing says what is to be run\n{USAGE}"));
    }
    let packs = |argument: &Argument| matches!(argument, Argument::Paths { .. });
    if !asked.arguments.iter().any(packs) {
        return Err("Error: -jar, -cp or -p says what is to be packed".to_owned());
    }
    let all = ["ALL-DEFAULT", "ALL-SYSTEM"];
    let configuration = asked.configuration();
    let recipe = Recipe {
        jdk: boot::library(asked.jdk)?,
        guest: boot::guest(asked.guest)?,
        kernel: asked.kernel.or_else(|| beside(KERNEL)),
        whole: asked.whole || asked.modules.iter().any(|name| all.contains(&name.as_str())),
        fast_start: asked.fast_start,
        modules: asked
            .modules
            .into_iter()
            .filter(|name| !name.starts_with("ALL-"))
            .collect(),
        arguments: asked.arguments,
        environment: asked.environment,
        configuration,
    };
    let built = build(&recipe, &output).map_err(|error| format!("Error: {error}"))?;
    for warning in &built.warnings {
        eprintln!("Warning: {warning}");
    }
    let (size, count) = (bytes(built.length), built.modules.len());
    Ok(format!("{}: {size}, {}\n", output.display(), counted(count, "module")))
}

/// A file beside the command.
fn beside(name: &str) -> Option<PathBuf> {
    let path = std::env::current_exe().ok()?.with_file_name(name);
    path.is_file().then_some(path)
}

fn bytes(count: u64) -> String {
    match count {
        0..1000 => format!("{count} bytes"),
        1000..1_000_000 => format!("{:.1} kB", count as f64 / 1e3),
        _ => format!("{:.1} MB", count as f64 / 1e6),
    }
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// Says what is in an image.
fn inspect(path: &Path) -> Result<String, String> {
    let image = Image::open(path).map_err(|error| format!("Error: {error}"))?;
    describe(&image).map_err(|error| format!("Error: {error}"))
}

/// Files at a path or below it.
fn files<'a>(image: &'a Image, below: &'a str) -> impl Iterator<Item = &'a Node> {
    let inside = move |path: &[u8]| {
        let rest = path.strip_prefix(below.as_bytes());
        rest.is_some_and(|rest| rest.first().is_none_or(|&byte| byte == b'/'))
    };
    let nodes = image.nodes().iter().filter(move |node| inside(&node.path));
    nodes.filter(|node| node.kind == package::Kind::File)
}

fn describe(image: &Image) -> Result<String, ImageError> {
    let size = |below: &str| bytes(files(image, below).map(|node| node.length).sum());
    let shown = |text: &str| text.replace(char::is_control, "?");
    let mut text = String::new();
    let mut row = |name: &str, value: String| {
        let _ = writeln!(text, "{name:<15}{value}");
    };
    row(
        "image",
        format!(
            "{}, {}",
            image.name(),
            bytes(image.file().metadata().map_or(0, |metadata| metadata.len()))
        ),
    );
    row("kernel", kernel(image));
    row("guest program", size(package::GUEST));
    let release = image.content("/java/release").unwrap_or_default();
    let release = String::from_utf8_lossy(&release).into_owned();
    let value = |key: &str| {
        let line = release
            .lines()
            .find_map(|line| line.strip_prefix(key)?.strip_prefix('='));
        shown(line.unwrap_or("?").trim_matches('"'))
    };
    let modules = value("MODULES");
    let count = modules.split_whitespace().count();
    let (version, implementor) = (value("JAVA_VERSION"), value("IMPLEMENTOR"));
    row(
        "class library",
        format!(
            "{version} of {implementor}, {}, {}",
            counted(count, "module"),
            size("/java")
        ),
    );
    row("modules", modules);
    row("directory", shown(&image.text(package::DIRECTORY)?));
    let words = |path| {
        Ok::<String, ImageError>(
            image
                .lines(path)?
                .iter()
                .map(|word| shell_word(&shown(word)))
                .collect::<Vec<_>>()
                .join(" "),
        )
    };
    row("arguments", words(package::ARGUMENTS)?);
    row("environment", words(package::ENVIRONMENT)?);
    let configuration = image.text(package::CONFIGURATION)?;
    for (index, line) in configuration.lines().filter(|line| !line.is_empty()).enumerate() {
        row(if index == 0 { "configuration" } else { "" }, shown(line));
    }
    row(
        "application",
        format!("{}, {}", counted(files(image, "/app").count(), "file"), size("/app")),
    );
    for node in files(image, "/app").take(MOST_FILES) {
        row(
            "",
            format!(
                "{}, {}",
                shown(&String::from_utf8_lossy(&node.path)),
                bytes(node.length)
            ),
        );
    }
    if files(image, "/app").count() > MOST_FILES {
        row("", "…".to_owned());
    }
    Ok(text)
}

/// Most files of an application that are listed.
const MOST_FILES: usize = 50;

/// A word as a shell takes it.
fn shell_word(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,@%+*".contains(c);
    match !word.is_empty() && word.chars().all(plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', "'\\''")),
    }
}

/// What is there for other monitors.
fn kernel(image: &Image) -> String {
    let mut header = [0; package::elf::HEADER];
    let read = image.file().read_exact_at(&mut header, 0);
    let segments = package::elf::segments(&header).filter(|_| read.is_ok());
    match segments {
        // The package itself is one.
        Some((_, count)) if count > 1 => format!("for other monitors, {}", counted(count - 1, "segment")),
        _ => "none for other monitors".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Build {
        let mut build = Build::default();
        build
            .take(line.split_whitespace().map(String::from).collect())
            .expect(line);
        build
    }

    #[test]
    fn a_command_line_says_what_is_packed() {
        let build = parsed(
            "-Xint --cpus 2 -cp a:b --add-modules java.sql --patch-module=m=x:y --full Main -o out --env A=B -- -v --cpus 3",
        );
        let expected = [
            text("-Xint"),
            text("-cp"),
            paths("", "a:b"),
            text("--add-modules"),
            text("java.sql"),
            paths("--patch-module=m=", "x:y"),
            text("Main"),
            text("-v"),
            text("--cpus"),
            text("3"),
        ];
        assert_eq!(build.arguments, expected);
        assert_eq!((build.modules, build.whole), (vec!["java.sql".to_owned()], true));
        assert_eq!(
            (build.output, build.environment),
            (Some("out".into()), vec!["A=B".to_owned()])
        );
        assert_eq!(build.single, [("cpus", "2".to_owned())]);
        let build = parsed("-p mods -Xbootclasspath/a:extra.jar -m app/app.Main one");
        let expected = [
            text("-p"),
            paths("", "mods"),
            paths("-Xbootclasspath/a:", "extra.jar"),
            text("-m"),
            text("app/app.Main"),
            text("one"),
        ];
        assert_eq!(build.arguments, expected);
        let build = parsed("-jar app.jar");
        assert_eq!(build.arguments, [text("-jar"), paths("", "app.jar")]);
        assert_eq!(
            parsed("--class-path=x Main").arguments,
            [paths("--class-path=", "x"), text("Main")]
        );
    }

    #[test]
    fn a_configuration_is_read_as_it_was_written() {
        let build = parsed(
            "--cpus 1 --cpus 2 --memory 512m --mount /d:rw --mount /e --listen *:80 --connect 10.0.0.0/8:* --threads 9 -jar x",
        );
        let written = build.configuration();
        let file = boot_file::parse(&written, Path::new("/")).expect("parse");
        let mut pairs: Vec<String> = file.options.chunks(2).map(|pair| pair.join(" ")).collect();
        pairs.sort();
        let expected = [
            "--connect 10.0.0.0/8:*",
            "--cpus 2",
            "--listen *:80",
            "--memory 512m",
            "--mount /d:rw",
            "--mount /e:ro",
            "--threads 9",
        ];
        assert_eq!(pairs, expected, "{written}");
        assert_eq!(quoted("a\"b\\c\u{1}"), "\"a\\\"b\\\\c\\u0001\"");
        let mut build = Build::default();
        assert!(build.own("--cpus", "none".into()).is_err());
        assert_eq!(
            [shell_word("a-b"), shell_word("a b"), shell_word("")],
            ["a-b", "'a b'", "''"]
        );
    }
}

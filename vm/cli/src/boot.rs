//! `peaberry boot`: the launcher's command line, run in a virtual machine of its own.

use crate::options::{Form, Launcher, Meaning, find_launcher};
use peaberry_shim::{Configuration, Ending, Grant};
use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What is said when the command line cannot be understood.
const USAGE: &str = "\
Usage: peaberry boot [options] [java options] (-jar <file> | <class>) [options] [[--] arguments]

Runs a program in a virtual machine of its own, which sees nothing of this machine
but what it is granted: the class library, the class path, the standard streams.

    --cpus <number>        processors its threads share (all)
    --memory <size>        its memory, as 512m or 2g (1g)
    --mount <path>[:rw]    a directory or file it may read, or read and write
    --env <name>=<value>   a variable of its environment
    --guest <file>         the static-pie peaberry that runs in it (peaberry-guest
                           beside this command, or this command itself)";

/// Variables that say how to show text and time; a guest always gets them.
const PASSED: &[&str] = &["LANG", "LC_ALL", "LC_CTYPE", "TZ"];

/// The guest program's name, beside the command.
const GUEST: &str = "peaberry-guest";

/// A command line, taken apart.
#[derive(Debug, PartialEq, Eq)]
struct Boot {
    processors: Option<usize>,
    memory: u64,
    mounts: Vec<(PathBuf, bool)>,
    environment: Vec<String>,
    guest: Option<PathBuf>,
    /// The JDK asked for.
    jdk: Option<PathBuf>,
    /// What the guest reads classes from.
    classes: Vec<PathBuf>,
    /// Arguments for the launcher in the guest.
    inner: Vec<String>,
}

const OWN: &[&str] = &["--cpus", "--memory", "--mount", "--env", "--guest"];

/// Bytes of `512m`, `2g`, `65536k`.
fn size(text: &str) -> Option<u64> {
    let (digits, shift) = match text.char_indices().last()? {
        (end, 'k' | 'K') => (&text[..end], 10),
        (end, 'm' | 'M') => (&text[..end], 20),
        (end, 'g' | 'G') => (&text[..end], 30),
        _ => (text, 0),
    };
    digits.parse::<u64>().ok()?.checked_mul(1 << shift)
}

impl Boot {
    fn parse(arguments: Vec<String>) -> Result<Boot, String> {
        let mut boot = Boot {
            processors: None,
            memory: 1 << 30,
            mounts: Vec::new(),
            environment: Vec::new(),
            guest: None,
            jdk: None,
            classes: Vec::new(),
            inner: Vec::new(),
        };
        let mut rest = VecDeque::from(arguments);
        let mut target = false;
        while let Some(argument) = rest.pop_front() {
            let (name, glued) = match argument.split_once('=') {
                Some((name, value)) if name.starts_with("--") => (name, Some(value.to_owned())),
                _ => (argument.as_str(), None),
            };
            if let Some(own) = OWN.iter().find(|own| **own == name) {
                let value = glued.or_else(|| rest.pop_front());
                let value = value.ok_or_else(|| format!("Error: {own} requires a value\n{USAGE}"))?;
                boot.own(own, &value)?;
            } else if target {
                // The program's own arguments, whatever they look like.
                boot.inner.extend((argument != "--").then_some(argument));
                boot.inner.extend(rest);
                break;
            } else {
                target = boot.launcher(argument, &mut rest);
            }
        }
        Ok(boot)
    }

    fn own(&mut self, name: &str, value: &str) -> Result<(), String> {
        let bad = || format!("Error: {name} {value}: no such value\n{USAGE}");
        match name {
            "--cpus" => self.processors = Some(value.parse().ok().filter(|&count| count > 0).ok_or_else(bad)?),
            "--memory" => self.memory = size(value).ok_or_else(bad)?,
            "--mount" => {
                let (path, writable) = match value.strip_suffix(":rw") {
                    Some(path) => (path, true),
                    None => (value.strip_suffix(":ro").unwrap_or(value), false),
                };
                self.mounts.push((path.into(), writable));
            }
            "--env" => {
                value
                    .split_once('=')
                    .filter(|(name, _)| !name.is_empty())
                    .ok_or_else(bad)?;
                self.environment.push(value.to_owned());
            }
            _ => self.guest = Some(value.into()),
        }
        Ok(())
    }

    /// Takes an argument of the launcher's, and its value. Has what is to be run been named?
    fn launcher(&mut self, argument: String, rest: &mut VecDeque<String>) -> bool {
        let Some((row, glued)) = find_launcher(&argument) else {
            let target = !argument.starts_with('-');
            self.inner.push(argument);
            return target;
        };
        let value = match (row.form, glued) {
            (_, Some(value)) => Some(value.to_owned()),
            (Form::Next | Form::NextOrEquals, None) => rest.pop_front(),
            _ => None,
        };
        let spelled = glued.is_some();
        let named = match (row.meaning, &value) {
            (Meaning::Launcher(Launcher::ClassPath), Some(path)) => {
                let entries = path.split(':').filter(|entry| !entry.is_empty());
                let entries = entries.map(|entry| entry.strip_suffix('*').unwrap_or(entry));
                let here = |entry| PathBuf::from(if str::is_empty(entry) { "." } else { entry });
                self.classes.extend(entries.map(here));
                false
            }
            (Meaning::Launcher(Launcher::Jdk), Some(home)) => {
                self.jdk = Some(home.into());
                return false;
            }
            // What follows `-jar` is the file.
            (Meaning::Launcher(Launcher::Jar), _) => {
                self.inner.push(argument);
                if let Some(file) = rest.pop_front() {
                    self.classes.push(PathBuf::from(&file));
                    self.inner.push(file);
                }
                return true;
            }
            (Meaning::Launcher(Launcher::Module), _) => true,
            _ => false,
        };
        self.inner.push(argument);
        self.inner.extend(value.filter(|_| !spelled));
        named
    }

    fn configuration(self) -> Result<Configuration, String> {
        let no_directory = |error| format!("Error: the working directory: {error}");
        let directory = std::env::current_dir().map_err(no_directory)?;
        let no_library = "Error: no class library found: give a JDK's home with --jdk, PEABERRY_JDK or JAVA_HOME";
        let home = self
            .jdk
            .or_else(peaberry::find_jdk)
            .and_then(|home| home.canonicalize().ok());
        let home = home.ok_or(no_library)?;
        let mut grants = library_grants(&home);
        for path in self.classes.iter().filter(|path| path.exists()) {
            grants.push(Grant::same_path(&directory.join(path), false));
        }
        for (path, writable) in &self.mounts {
            grants.push(Grant::same_path(&directory.join(path), *writable));
        }
        let passed = PASSED
            .iter()
            .filter_map(|name| Some(format!("{name}={}", std::env::var(name).ok()?)));
        let mut arguments = vec!["peaberry".to_owned(), "--jdk".to_owned(), home.display().to_string()];
        arguments.extend(self.inner);
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        Ok(Configuration {
            guest: guest(self.guest)?,
            arguments,
            environment: passed.chain(self.environment).collect(),
            directory,
            processors: self.processors.unwrap_or(processors),
            memory: self.memory,
            grants,
        })
    }
}

/// The program that runs in the guest.
fn guest(asked: Option<PathBuf>) -> Result<PathBuf, String> {
    if let Some(path) = asked {
        return Ok(path);
    }
    let own = std::env::current_exe().map_err(|error| format!("Error: this command's own path: {error}"))?;
    let beside = own.with_file_name(GUEST);
    Ok(if beside.exists() { beside } else { own })
}

/// The class library, and the files elsewhere that packages of JDKs link to from there.
fn library_grants(home: &Path) -> Vec<Grant> {
    let mut grants = vec![Grant::same_path(home, false)];
    let mut pending = vec![home.join("conf"), home.join("lib")];
    while let Some(directory) = pending.pop() {
        let Ok(entries) = std::fs::read_dir(&directory) else {
            continue;
        };
        for entry in entries.flatten() {
            let Ok(kind) = entry.file_type() else { continue };
            if kind.is_dir() {
                pending.push(entry.path());
            } else if kind.is_symlink()
                && let Ok(target) = entry.path().canonicalize()
                && target.is_file()
                && !target.starts_with(home)
            {
                grants.push(Grant {
                    guest: entry.path(),
                    host: target,
                    writable: false,
                });
            }
        }
    }
    grants
}

/// Runs the command.
pub fn run(arguments: Vec<String>) -> ExitCode {
    if arguments.is_empty() {
        eprintln!("{USAGE}");
        return ExitCode::FAILURE;
    }
    let ending = Boot::parse(arguments)
        .and_then(Boot::configuration)
        .and_then(|configuration| peaberry_shim::run(&configuration).map_err(|error| format!("Error: {error}")));
    match ending {
        Ok(Ending::Exited(code)) => ExitCode::from(code as u8),
        Ok(Ending::Killed(signal, text)) => {
            eprintln!("Error: the guest was killed: {text}");
            ExitCode::from(128u8.saturating_add(signal as u8))
        }
        Ok(Ending::Stopped(text)) => {
            eprintln!("Error: the guest was stopped: {text}");
            ExitCode::FAILURE
        }
        Err(text) => {
            eprintln!("{text}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Boot {
        Boot::parse(line.split_whitespace().map(String::from).collect()).expect("parse")
    }

    #[test]
    fn options_of_both_are_told_apart() {
        let boot = parse("--cpus 2 -Xint -cp a:b/* --memory=512m -Dx=y Main --mount /d:rw --env A=B -- --cpus 3");
        assert_eq!((boot.processors, boot.memory), (Some(2), 512 << 20));
        assert_eq!(boot.classes, [PathBuf::from("a"), PathBuf::from("b/")]);
        assert_eq!(boot.inner, ["-Xint", "-cp", "a:b/*", "-Dx=y", "Main", "--cpus", "3"]);
        assert_eq!(
            (boot.mounts, boot.environment),
            (vec![(PathBuf::from("/d"), true)], vec!["A=B".to_owned()])
        );
        let boot = parse("-jar app.jar --cpus 1 one --cpus 2");
        assert_eq!(boot.inner, ["-jar", "app.jar", "one", "--cpus", "2"]);
        assert_eq!(
            (boot.classes, boot.processors),
            (vec![PathBuf::from("app.jar")], Some(1))
        );
        assert_eq!(parse("--jdk /j -version").jdk, Some(PathBuf::from("/j")));
        assert_eq!(
            parse("--class-path=x -m a/b c").inner,
            ["--class-path=x", "-m", "a/b", "c"]
        );
        for bad in [["--cpus", "0"], ["--memory", "9x"], ["--env", "=a"]] {
            assert!(Boot::parse(bad.map(String::from).to_vec()).is_err(), "{bad:?}");
        }
        assert_eq!((size("3k"), size("99999999999g"), size("")), (Some(3072), None, None));
    }
}

//! `peaberry boot`: the launcher's command line, run in a virtual machine of its own.

use crate::argument_files::Expander;
use crate::boot_file::{self, BootFile};
use crate::exit_code::{self, ExitCode};
use crate::granted_paths::{Finder, Named};
use crate::options::{Form, Launcher, Meaning, VmMeaning, find_launcher, find_vm};
use crate::registry::{self, Registered};
use peaberry_shim::{
    BootError, Configuration, Ending, Endpoints, Grant, Guest, Image, Known, Limits, Network, Preparation,
};
use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What is said when the command line cannot be understood.
const USAGE: &str = "\
Usage: peaberry boot [options] [java options] (-jar <file> | <class>) [options] [[--] arguments]
       peaberry boot [options] [java options] <image> [options] [[--] arguments]

Runs a program in a virtual machine of its own, which sees nothing of this machine
but what it is granted: the class library, class path and module path, jars that
manifests of these name beneath their own directory, the standard streams; of an image (see
peaberry image), the standard streams alone. Options and arguments that an image was
built with come before those given here. Arguments may come from @files, as java's.

    --config <file>        a file that says all this; options here add to it
    --cpus <number>        processors its threads share (all)
    --memory <size>        its memory, as 512m or 2g (1g)
    --mount <path>[:rw]    a directory or file it may read, or read and write
    --listen <addr>:<port> an address it may listen on: 127.0.0.1:8080, [::1]:8080,
                           *:8080, 10.0.0.0/8:*; port 0 stands for any free one
    --connect <addr>:<port>  an address or name it may connect to
    --env <name>=<value>   a variable of its environment
    --share                files that it only reads are shared with other guests, not
                           copied: less memory for many guests, a slower start
    --name <name>          what peaberry ps and peaberry stop call it
    --as-built             grant an image the files and addresses it was built to ask
                           for (peaberry image inspect shows them)
    --threads <number>     the most threads it may have
    --descriptors <number> the most files and sockets it may have open
    --statistics           tell in the end what it came out of the machine for
    --guest <file>         the static-pie peaberry that runs in it (peaberry-guest
                           beside this command, or this command itself)";

/// Variables that say how to show text and time; a guest always gets them.
const PASSED: &[&str] = &["LANG", "LC_ALL", "LC_CTYPE", "TZ"];

/// The guest program's name, beside the command.
const GUEST: &str = "peaberry-guest";

/// A command line, taken apart.
#[derive(Debug, Default, PartialEq, Eq)]
struct Boot {
    /// The file that says more.
    file: Option<PathBuf>,
    processors: Option<usize>,
    memory: Option<u64>,
    mounts: Vec<(PathBuf, bool)>,
    network: Network,
    environment: Vec<String>,
    /// Files that it reads are shared with other guests.
    share: bool,
    threads: Option<usize>,
    descriptors: Option<usize>,
    guest: Option<PathBuf>,
    /// Tell what it came out for.
    statistics: bool,
    /// The JDK asked for.
    jdk: Option<PathBuf>,
    /// What the guest reads classes from.
    classes: Vec<Named>,
    /// Arguments for the launcher in the guest.
    inner: Vec<String>,
    /// What is run has been named.
    target: bool,
    /// The program's arguments, when what is run has not been named before them, or is an image.
    arguments: Vec<String>,
    /// The image that is booted.
    image: Option<PathBuf>,
    /// The image gets the grants it was built to ask for.
    as_built: bool,
    /// What it is called by `peaberry ps`.
    name: Option<String>,
}

/// What a guest maps of the class library, beneath its home.
const CLASSES: &str = "lib/modules";

/// Memory where nothing else is said.
const MEMORY: u64 = 1 << 30;

const OWN: &[&str] = &[
    "--config",
    "--threads",
    "--descriptors",
    "--cpus",
    "--memory",
    "--mount",
    "--listen",
    "--connect",
    "--env",
    "--guest",
    "--name",
];

/// What an image asks for when it is built so, and is granted with `--as-built`.
const ASKED: &[&str] = &["--mount", "--listen", "--connect"];

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

/// A number that is not 0.
fn count(text: &str) -> Option<usize> {
    text.parse().ok().filter(|&count| count > 0)
}

impl Boot {
    /// Takes a command line apart, and the file that it names.
    fn parse(arguments: Vec<String>) -> Result<Boot, String> {
        let mut expander = Expander::with_options(OWN);
        for argument in arguments {
            expander.command_line(argument)?;
        }
        let mut boot = Boot::take(expander.arguments)?;
        match boot.file.take() {
            Some(path) => boot.beside(boot_file::read(&path)?),
            None => Ok(boot),
        }
    }

    /// This with what a file says: one value of the command line's counts before one of the file's, lists are joined.
    fn beside(self, file: BootFile) -> Result<Boot, String> {
        let said = Boot::take(file.options)?;
        if said.target || said.file.is_some() {
            return Err(format!("Error: options of a file are options alone\n{USAGE}"));
        }
        let joined = |mut first: Vec<String>, second: Vec<String>| {
            first.extend(second);
            first
        };
        let mut boot = Boot {
            file: None,
            processors: self.processors.or(said.processors),
            memory: self.memory.or(said.memory),
            mounts: said.mounts.into_iter().chain(self.mounts).collect(),
            network: Network {
                listen: said.network.listen.into_iter().chain(self.network.listen).collect(),
                connect: said.network.connect.into_iter().chain(self.network.connect).collect(),
            },
            environment: joined(said.environment, self.environment),
            share: self.share || said.share,
            threads: self.threads.or(said.threads),
            descriptors: self.descriptors.or(said.descriptors),
            guest: self.guest.or(said.guest),
            statistics: self.statistics || said.statistics,
            jdk: self.jdk.or(said.jdk),
            classes: said.classes.into_iter().chain(self.classes).collect(),
            inner: joined(said.inner, self.inner),
            target: self.target,
            arguments: Vec::new(),
            image: self.image,
            as_built: self.as_built || said.as_built,
            name: self.name.or(said.name),
        };
        if let Some(image) = file.image {
            if boot.target {
                return Err("Error: both the file and the command line say what is to be run".to_owned());
            }
            boot.image = Some(image);
            boot.target = true;
            boot.arguments = file.arguments.into_iter().chain(self.arguments).collect();
        } else if boot.image.is_some() && file.program.is_empty() {
            boot.arguments = file.arguments.into_iter().chain(self.arguments).collect();
        } else if file.program.is_empty() {
            boot.inner.extend(file.arguments.into_iter().chain(self.arguments));
        } else if boot.target {
            return Err("Error: both the file and the command line say what is to be run".to_owned());
        } else {
            let mut program = VecDeque::from(file.program);
            while let Some(argument) = program.pop_front() {
                boot.target |= boot.launcher(argument, &mut program);
            }
            boot.inner.extend(file.arguments.into_iter().chain(self.arguments));
        }
        Ok(boot)
    }

    fn take(arguments: Vec<String>) -> Result<Boot, String> {
        let mut boot = Boot::default();
        let mut rest = VecDeque::from(arguments);
        while let Some(argument) = rest.pop_front() {
            let (name, glued) = match argument.split_once('=') {
                Some((name, value)) if name.starts_with("--") => (name, Some(value.to_owned())),
                _ => (argument.as_str(), None),
            };
            if let Some(own) = OWN.iter().find(|own| **own == name) {
                let value = glued.or_else(|| rest.pop_front());
                let value = value.ok_or_else(|| format!("Error: {own} requires a value\n{USAGE}"))?;
                boot.own(own, &value)?;
            } else if argument == "--share" {
                boot.share = true;
            } else if argument == "--as-built" && !(boot.target && boot.image.is_none()) {
                boot.as_built = true;
            } else if argument == "--statistics" {
                boot.statistics = true;
            } else if argument == "--" && !boot.target {
                boot.arguments = rest.into();
                break;
            } else if boot.target {
                // The program's own arguments, whatever they look like.
                let arguments = (argument != "--").then_some(argument).into_iter().chain(rest);
                match boot.image {
                    Some(_) => boot.arguments = arguments.collect(),
                    None => boot.inner.extend(arguments),
                }
                break;
            } else if !argument.starts_with('-') && is_image(Path::new(&argument)) {
                boot.image = Some(argument.into());
                boot.target = true;
            } else {
                boot.target = boot.launcher(argument, &mut rest);
            }
        }
        Ok(boot)
    }

    fn own(&mut self, name: &str, value: &str) -> Result<(), String> {
        let bad = || format!("Error: {name} {value}: no such value\n{USAGE}");
        match name {
            "--config" => self.file = Some(value.into()),
            "--cpus" => self.processors = Some(count(value).ok_or_else(bad)?),
            "--threads" => self.threads = Some(count(value).ok_or_else(bad)?),
            "--descriptors" => self.descriptors = Some(count(value).ok_or_else(bad)?),
            "--memory" => self.memory = Some(size(value).ok_or_else(bad)?),
            "--mount" => {
                let (path, writable) = match value.strip_suffix(":rw") {
                    Some(path) => (path, true),
                    None => (value.strip_suffix(":ro").unwrap_or(value), false),
                };
                self.mounts.push((path.into(), writable));
            }
            "--listen" | "--connect" => {
                let endpoints = Endpoints::parse(value).map_err(|error| format!("Error: {name} {error}"))?;
                match name {
                    "--listen" => self.network.listen.push(endpoints),
                    _ => self.network.connect.push(endpoints),
                }
            }
            "--env" => {
                value
                    .split_once('=')
                    .filter(|(name, _)| !name.is_empty())
                    .ok_or_else(bad)?;
                self.environment.push(value.to_owned());
            }
            "--name" => self.name = Some(registry::name(value).ok_or_else(bad)?),
            _ => self.guest = Some(value.into()),
        }
        Ok(())
    }

    /// Takes an argument of the launcher's, and its value. Has what is to be run been named?
    fn launcher(&mut self, argument: String, rest: &mut VecDeque<String>) -> bool {
        let Some((row, glued)) = find_launcher(&argument) else {
            let target = !argument.starts_with('-');
            match find_vm(&argument) {
                Some((VmMeaning::BootAppend, _, Some(list))) => self.classes.extend(Named::files(list)),
                Some((VmMeaning::Agent, _, Some(agent))) if argument.starts_with("-javaagent:") => {
                    let jar = agent.split('=').next().unwrap_or_default();
                    self.classes.push(Named::Classes(jar.to_owned()));
                }
                // A program in source form.
                None if target && argument.ends_with(".java") => {
                    self.classes.push(Named::Files(PathBuf::from(&argument)));
                }
                _ => {}
            }
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
                self.classes.extend(Named::class_path(path));
                false
            }
            (Meaning::PassValue("--module-path="), Some(path)) => {
                self.classes.extend(Named::files(path));
                false
            }
            (Meaning::Launcher(Launcher::ModuleOption), Some(path)) => {
                match row.name {
                    "--module-path" | "--upgrade-module-path" => self.classes.extend(Named::files(path)),
                    "--patch-module" => {
                        let list = path.split_once('=').map_or("", |(_, list)| list);
                        self.classes.extend(Named::files(list));
                    }
                    _ => {}
                }
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
                    self.classes.push(Named::Classes(file.clone()));
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

    /// This with what the image says of itself.
    fn of_image(self, path: &Path) -> Result<Configuration, String> {
        if self.jdk.is_some() || !self.classes.is_empty() {
            return Err("Error: an image has a class library and a class path of its own".to_owned());
        }
        let said = |error: &dyn std::fmt::Display| format!("Error: {error}");
        let image = Image::open(path).map_err(|error| said(&error))?;
        let read = |path| image.lines(path).map_err(|error| said(&error));
        let configuration = image
            .text(peaberry_package::CONFIGURATION)
            .map_err(|error| said(&error))?;
        let damaged = |error: &str| format!("Error: {} is a damaged image: its configuration: {error}", image.name());
        let file = boot_file::parse(&configuration, Path::new("/")).map_err(|error| damaged(&error))?;
        if !file.program.is_empty() || !file.arguments.is_empty() || file.image.is_some() {
            return Err(damaged("a program in it"));
        }
        let foreign = |pair: &[String]| pair.first().is_none_or(|name| !GRANTING.contains(&name.as_str()));
        if let Some(pair) = file.options.chunks(2).find(|pair| foreign(pair)) {
            return Err(damaged(&format!("{} in it", pair.join(" "))));
        }
        let (asked, own): (Vec<_>, Vec<_>) = file
            .options
            .chunks(2)
            .partition(|pair| ASKED.contains(&pair[0].as_str()));
        if !asked.is_empty() && !self.as_built && self.mounts.is_empty() && self.network.is_empty() {
            let asked: Vec<String> = asked.iter().map(|pair| pair.join(" ")).collect();
            let asked = asked.join(" ");
            eprintln!(
                "Note: {} asks for {asked}; nothing is granted without --as-built",
                image.name()
            );
        }
        let granted = if self.as_built { asked } else { Vec::new() };
        let options: Vec<String> = own.into_iter().chain(granted).flatten().cloned().collect();
        let said = Boot::take(options)?;
        let mut arguments = read(peaberry_package::ARGUMENTS)?;
        let place = end_of_options(&arguments);
        arguments.splice(place..place, self.inner);
        arguments.extend(self.arguments);
        let here = current_directory()?;
        let grant = |(path, writable): &(PathBuf, bool)| Grant::same_path(&here.join(path), *writable);
        let mut environment = passed();
        environment.extend(said.environment);
        environment.extend(read(peaberry_package::ENVIRONMENT)?);
        environment.extend(self.environment);
        let network = Network {
            listen: said.network.listen.into_iter().chain(self.network.listen).collect(),
            connect: said.network.connect.into_iter().chain(self.network.connect).collect(),
        };
        let directory = image.text(peaberry_package::DIRECTORY);
        Ok(Configuration {
            guest: self.guest.map_or(Guest::Packed, Guest::File),
            arguments,
            environment: last_of_each(environment),
            directory: directory.map_err(|error| format!("Error: {error}"))?.into(),
            processors: self.processors.or(said.processors).unwrap_or_else(processors),
            memory: self.memory.or(said.memory).unwrap_or(MEMORY),
            limits: limits(self.threads.or(said.threads), self.descriptors.or(said.descriptors)),
            statistics: self.statistics || said.statistics,
            share: self.share || said.share,
            expected: Some(Path::new(peaberry_image::HOME).join(CLASSES)),
            grants: said.mounts.iter().chain(&self.mounts).map(grant).collect(),
            network,
            image: Some(Arc::new(image)),
        })
    }

    /// With what is known.
    fn configuration(self, known: Option<Known>) -> Result<Configuration, String> {
        let known = match (self.image.clone(), known) {
            (None, Some(known)) => known,
            (path, _) => return self.of_image(&path.unwrap_or_default()),
        };
        let directory = current_directory()?;
        let home = library(self.jdk)?;
        let mut grants = library_grants(&home);
        let (named, notes) = Finder::find(&directory, &self.classes);
        grants.extend(named);
        notes.iter().for_each(|note| eprintln!("{note}"));
        for (path, writable) in &self.mounts {
            grants.push(Grant::same_path(&directory.join(path), *writable));
        }
        let mut arguments = vec!["peaberry".to_owned(), "--jdk".to_owned(), home.display().to_string()];
        if self.inner.iter().any(|argument| argument.starts_with('@')) {
            // They have been expanded; what looks like one now is none.
            arguments.push("--disable-@files".to_owned());
        }
        arguments.extend(self.inner);
        Ok(Configuration {
            guest: known.guest,
            arguments,
            environment: last_of_each(passed().into_iter().chain(self.environment).collect()),
            directory,
            processors: known.processors,
            memory: known.memory,
            share: known.share,
            expected: Some(home.join(CLASSES)),
            limits: limits(self.threads, self.descriptors),
            grants,
            network: self.network,
            image: None,
            statistics: known.statistics,
        })
    }

    /// What is known before files have been looked for, where no image has a say in it.
    fn known(&self) -> Result<Option<Known>, String> {
        if self.image.is_some() {
            return Ok(None);
        }
        Ok(Some(Known {
            guest: Guest::File(guest(self.guest.clone())?),
            image: None,
            processors: self.processors.unwrap_or_else(processors),
            memory: self.memory.unwrap_or(MEMORY),
            share: self.share,
            statistics: self.statistics,
        }))
    }

    /// What `peaberry ps` shows of what is run.
    fn program(&self) -> String {
        match &self.image {
            Some(path) => path.display().to_string(),
            None => self.inner[end_of_options(&self.inner)..].join(" "),
        }
    }
}

/// Options that the configuration of an image may have.
pub const GRANTING: &[&str] = &[
    "--cpus",
    "--memory",
    "--mount",
    "--listen",
    "--connect",
    "--env",
    "--threads",
    "--descriptors",
];

/// Is it an image, or meant as one? Damage is told later.
fn is_image(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "pbi") || Image::is_image(path)
}

fn current_directory() -> Result<PathBuf, String> {
    std::env::current_dir().map_err(|error| format!("Error: the working directory: {error}"))
}

/// All of the host's that this process may use.
fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

fn limits(threads: Option<usize>, descriptors: Option<usize>) -> Limits {
    Limits {
        threads: threads.unwrap_or(Limits::default().threads),
        descriptors: descriptors.unwrap_or(Limits::default().descriptors),
    }
}

/// Variables of the environment that every guest gets.
fn passed() -> Vec<String> {
    let variable = |name: &&str| Some(format!("{name}={}", std::env::var(name).ok()?));
    PASSED.iter().filter_map(variable).collect()
}

/// Of several values of a variable, the last.
fn last_of_each(environment: Vec<String>) -> Vec<String> {
    let name = |variable: &str| variable.split('=').next().unwrap_or_default().to_owned();
    let mut last: Vec<String> = Vec::new();
    for variable in environment {
        last.retain(|other| name(other) != name(&variable));
        last.push(variable);
    }
    last
}

/// Where, among the arguments of the launcher (its name may be the first), what is run is named.
fn end_of_options(arguments: &[String]) -> usize {
    let mut at = usize::from(arguments.first().is_some_and(|name| name == "peaberry"));
    while let Some(argument) = arguments.get(at).filter(|argument| argument.starts_with('-')) {
        let Some((row, glued)) = find_launcher(argument) else {
            at += 1;
            continue;
        };
        if matches!(row.meaning, Meaning::Launcher(Launcher::Jar | Launcher::Module)) {
            return at;
        }
        let next = glued.is_none() && matches!(row.form, Form::Next | Form::NextOrEquals);
        at += 1 + usize::from(next);
    }
    at.min(arguments.len())
}

/// The home of the class library: the one asked for, or one that is found.
pub fn library(asked: Option<PathBuf>) -> Result<PathBuf, String> {
    let home = asked
        .or_else(peaberry::find_jdk)
        .and_then(|home| home.canonicalize().ok());
    let missing = "Error: no class library found: give a JDK's home with --jdk, PEABERRY_JDK or JAVA_HOME";
    home.ok_or_else(|| missing.to_owned())
}

/// Is this a value of one of [`GRANTING`]?
pub fn check(name: &str, value: &str) -> Result<(), String> {
    Boot::default().own(name, value)
}

/// The program that runs in the guest.
pub fn guest(asked: Option<PathBuf>) -> Result<PathBuf, String> {
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
                && let Ok((target, metadata)) = peaberry_shim::real_path(&entry.path())
                && metadata.is_file()
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

/// Boots it, and has it listed as long as it runs.
fn boot(boot: Boot) -> Result<Ending, String> {
    let (name, program) = (boot.name.clone(), boot.program());
    let failed = |error: BootError| format!("Error: {error}");
    let known = boot.known()?;
    // Meanwhile.
    let preparation = known.as_ref().map(Preparation::begin).transpose().map_err(failed)?;
    let configuration = boot.configuration(known)?;
    let preparation = match preparation {
        Some(preparation) => preparation,
        None => Preparation::begin(&(&configuration).into()).map_err(failed)?,
    };
    let about = registry::About {
        name: name.unwrap_or_default(),
        program,
        processors: configuration.processors,
        memory: configuration.memory,
    };
    let registered = Registered::new(&about)?;
    // A thread of its own, since what the monitor does to be confined lasts as long as its thread.
    let monitor = peaberry_shim::run_apart(configuration, preparation);
    let monitor = monitor.map_err(|error| format!("Error: the host gives no thread: {error}"))?;
    let ending = monitor.join();
    drop(registered);
    match ending {
        Ok(ending) => ending.map_err(failed),
        Err(_) => Err("Error: the monitor failed".to_owned()),
    }
}

/// Runs the command.
pub fn run(arguments: Vec<String>) -> ExitCode {
    if arguments.is_empty() {
        eprintln!("{USAGE}");
        return exit_code::FAILURE;
    }
    match Boot::parse(arguments).and_then(boot) {
        Ok(Ending::Exited(code)) => code as ExitCode,
        Ok(Ending::Killed(signal, text)) => {
            eprintln!("Error: the guest was killed: {text}");
            128u8.saturating_add(signal as u8)
        }
        Ok(Ending::Stopped(text)) => {
            eprintln!("Error: the guest was stopped: {text}");
            exit_code::FAILURE
        }
        Err(text) => {
            eprintln!("{text}");
            exit_code::FAILURE
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
        assert_eq!((boot.processors, boot.memory), (Some(2), Some(512 << 20)));
        assert!(!boot.share && parse("--share Main").share && !parse("Main -- --share").share);
        let classes = |names: &[&str]| {
            names
                .iter()
                .map(|name| Named::Classes(name.to_string()))
                .collect::<Vec<_>>()
        };
        assert_eq!(boot.classes, classes(&["a", "b/*"]));
        assert_eq!(boot.inner, ["-Xint", "-cp", "a:b/*", "-Dx=y", "Main", "--cpus", "3"]);
        assert_eq!(
            (boot.mounts, boot.environment),
            (vec![(PathBuf::from("/d"), true)], vec!["A=B".to_owned()])
        );
        let boot = parse("-jar app.jar --cpus 1 one --cpus 2");
        assert_eq!(boot.inner, ["-jar", "app.jar", "one", "--cpus", "2"]);
        assert_eq!((boot.classes, boot.processors), (classes(&["app.jar"]), Some(1)));
        let boot = parse(
            "-p m:n --upgrade-module-path=u --patch-module a=x:y -Xbootclasspath/a:z -javaagent:j=k --module a/b -p q",
        );
        let files = ["m", "n", "u", "x", "y", "z"].map(|name| Named::Files(name.into()));
        assert_eq!(boot.classes, [&files[..], &classes(&["j"])].concat());
        assert_eq!(parse("-ea A.java").classes, [Named::Files("A.java".into())]);
        assert_eq!(parse("--jdk /j -version").jdk, Some(PathBuf::from("/j")));
        assert_eq!(
            parse("--class-path=x -m a/b c").inner,
            ["--class-path=x", "-m", "a/b", "c"]
        );
        for bad in [["--cpus", "0"], ["--threads", "x"], ["--memory", "9x"], ["--env", "=a"]] {
            assert!(Boot::parse(bad.map(String::from).to_vec()).is_err(), "{bad:?}");
        }
        assert_eq!((size("3k"), size("99999999999g"), size("")), (Some(3072), None, None));
    }

    #[test]
    fn arguments_come_from_files() {
        let path = std::env::temp_dir().join(format!("peaberry-boot-arguments-{}", std::process::id()));
        std::fs::write(&path, "--cpus 2 -cp 'a b'\n@Main one").expect("write");
        let line = |line: &str| parse(&line.replace('~', &format!("@{}", path.display())));
        let boot = line("--memory 1m ~ ~");
        assert_eq!((boot.processors, boot.memory), (Some(2), Some(1 << 20)));
        assert_eq!(boot.inner[..4], ["-cp", "a b", "@Main", "one"]);
        assert!(boot.inner[4].starts_with('@'));
        assert!(line("--disable-@files ~").inner[0].starts_with('@'));
        assert!(line("-- ~").arguments[0].starts_with('@'));
        assert!(Boot::parse(vec!["@/no/such/file".into()]).is_err());
        std::fs::remove_file(&path).expect("remove");
    }

    #[test]
    fn a_file_and_a_command_line_are_joined() {
        let options = ["--cpus", "1", "--memory", "1g", "--env", "A=B", "-Xint"];
        let file = BootFile {
            options: options.map(String::from).into(),
            program: vec!["-jar".into(), "/app.jar".into()],
            arguments: vec!["a".into()],
            image: None,
        };
        let boot = parse("--cpus 2 --env C=D -Xss2m -- b -jar").beside(file).expect("file");
        assert_eq!((boot.processors, boot.memory), (Some(2), Some(1 << 30)));
        assert_eq!(boot.environment, ["A=B", "C=D"]);
        assert_eq!(boot.inner, ["-Xint", "-Xss2m", "-jar", "/app.jar", "a", "b", "-jar"]);
        assert_eq!(boot.classes, [Named::Classes("/app.jar".into())]);
        let file = BootFile {
            program: vec!["Main".into()],
            ..BootFile::default()
        };
        assert!(parse("Other").beside(file).is_err());
        let file = BootFile {
            options: vec!["Main".into()],
            ..BootFile::default()
        };
        assert!(parse("Other").beside(file).is_err());
    }

    #[test]
    fn an_image_is_told_from_a_class() {
        let boot = parse("-Xint --name web --cpus 1 app.pbi --memory 1m --as-built one --as-built --cpus 2");
        assert_eq!(boot.image, Some(PathBuf::from("app.pbi")));
        assert_eq!(
            (boot.processors, boot.memory, boot.as_built),
            (Some(1), Some(1 << 20), true)
        );
        assert_eq!(
            (boot.inner, boot.name),
            (vec!["-Xint".to_owned()], Some("web".to_owned()))
        );
        assert_eq!(boot.arguments, ["one", "--as-built", "--cpus", "2"]);
        assert_eq!(parse("app.pbi -- -a").arguments, ["-a"]);
        assert_eq!(parse("Main --as-built").inner, ["Main", "--as-built"]);
        let file = |image: &str| BootFile {
            image: Some(image.into()),
            arguments: vec!["a".into()],
            ..BootFile::default()
        };
        let boot = parse("--as-built -- b").beside(file("/x.pbi")).expect("file");
        assert_eq!((boot.image, boot.as_built), (Some(PathBuf::from("/x.pbi")), true));
        assert_eq!(boot.arguments, ["a", "b"]);
        assert!(parse("Main").beside(file("/x.pbi")).is_err());
        let end = |line: &str| end_of_options(&line.split_whitespace().map(String::from).collect::<Vec<_>>());
        assert_eq!(end("peaberry --jdk /java -cp a -Xint Main -x"), 6);
        assert_eq!(end("peaberry --jdk /java -jar x.jar a"), 3);
        assert_eq!((end("-Dx=y -m a/b"), end("-Xint -cp"), end("")), (1, 2, 0));
        let variables = ["A=1", "B=2", "A=3"].map(String::from).to_vec();
        assert_eq!(last_of_each(variables), ["B=2", "A=3"]);
    }
}

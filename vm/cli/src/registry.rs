//! Which VMs of this user run: a small file for each, locked by its monitor as long as that lives. A file whose lock is free is
//! of a monitor that was killed, and is removed by whoever finds it.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{Read, Write};
use std::os::fd::AsRawFd;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// What is known of a VM when it starts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// The name it was given; empty for none.
    pub name: String,
    /// What runs in it.
    pub program: String,
    /// Processors it may use.
    pub processors: usize,
    /// Its memory in bytes.
    pub memory: u64,
}

/// A VM that runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Running {
    /// The monitor's process.
    pub process: i32,
    /// Seconds since 1970 at which it started.
    pub started: u64,
    /// What it said of itself.
    pub about: About,
}

/// As long as it lives, the VM is listed.
pub struct Registered {
    /// The file, and the lock on it; none when there is no place for it.
    entry: Option<(PathBuf, File)>,
}

/// A name that can be told from a process's number, and shown.
pub fn name(text: &str) -> Option<String> {
    let shown = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let good = text.chars().all(shown) && text.starts_with(|c: char| c.is_ascii_alphabetic());
    (good && text.len() <= 64).then(|| text.to_owned())
}

/// This user's directory: of the session if there is one, or else below `/tmp`.
fn directory() -> PathBuf {
    let runtime = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
    match runtime.filter(|path| path.is_absolute() && path.is_dir()) {
        Some(path) => path.join("peaberry"),
        // SAFETY: has no preconditions.
        None => PathBuf::from(format!("/tmp/peaberry-{}", unsafe { libc::geteuid() })),
    }
}

/// Makes the directory, or checks that the one that is there is this user's alone.
fn made(directory: &Path) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("{}: {error}", directory.display());
    match DirBuilder::new().mode(0o700).create(directory) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => return Err(failed(error)),
        _ => {}
    }
    let found = std::fs::symlink_metadata(directory).map_err(failed)?;
    // SAFETY: has no preconditions.
    let own = found.is_dir() && found.uid() == unsafe { libc::geteuid() } && found.mode() & 0o077 == 0;
    own.then_some(())
        .ok_or_else(|| format!("{}: not a directory of this user's alone", directory.display()))
}

/// Takes the lock on a file if it is free.
fn lock(file: &File) -> bool {
    // SAFETY: no pointers.
    unsafe { libc::flock(file.as_raw_fd(), libc::LOCK_EX | libc::LOCK_NB) == 0 }
}

/// Text of one line.
fn line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

impl About {
    fn text(&self, started: u64) -> String {
        let (name, program) = (line(&self.name), line(&self.program));
        let (processors, memory, process) = (self.processors, self.memory, std::process::id());
        format!("{process}\n{started}\n{processors}\n{memory}\n{name}\n{program}\n")
    }
}

impl Running {
    fn parse(text: &str) -> Option<Running> {
        let mut lines = text.lines();
        Some(Running {
            process: lines.next()?.parse().ok().filter(|&process| process > 1)?,
            started: lines.next()?.parse().ok()?,
            about: About {
                processors: lines.next()?.parse().ok()?,
                memory: lines.next()?.parse().ok()?,
                name: lines.next()?.to_owned(),
                program: lines.next()?.to_owned(),
            },
        })
    }
}

impl Registered {
    /// Has a VM of this process listed. Only a name that another one has is an error; without a place for the file, the VM
    /// runs without being listed, which is said.
    pub fn new(about: &About) -> Result<Registered, String> {
        Registered::in_directory(&directory(), about)
    }

    fn in_directory(directory: &Path, about: &About) -> Result<Registered, String> {
        let entry = made(directory).and_then(|()| {
            let others = list(directory);
            let taken = others
                .iter()
                .find(|one| !about.name.is_empty() && one.about.name == about.name);
            match taken {
                Some(other) => Ok(Err(format!(
                    "Error: {} is the name of process {}",
                    about.name, other.process
                ))),
                None => write(directory, about)
                    .map(Ok)
                    .map_err(|error| format!("{}: {error}", directory.display())),
            }
        });
        match entry {
            Ok(Ok(entry)) => Ok(Registered { entry: Some(entry) }),
            Ok(Err(taken)) => Err(taken),
            Err(why) => {
                eprintln!("Warning: peaberry ps will not list this VM: {why}");
                Ok(Registered { entry: None })
            }
        }
    }
}

/// Writes the file under a name that nobody looks for, locks it, and renames it, so that no one finds it unlocked.
fn write(directory: &Path, about: &About) -> std::io::Result<(PathBuf, File)> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let name = format!("{}-{}", std::process::id(), now.as_nanos());
    let (hidden, path) = (directory.join(format!(".{name}")), directory.join(name));
    let mut options = OpenOptions::new();
    let mut file = options.write(true).create_new(true).mode(0o600).open(&hidden)?;
    lock(&file);
    let written = file
        .write_all(about.text(now.as_secs()).as_bytes())
        .and_then(|()| std::fs::rename(&hidden, &path));
    if let Err(error) = written {
        let _ = std::fs::remove_file(&hidden);
        return Err(error);
    }
    Ok((path, file))
}

impl Drop for Registered {
    fn drop(&mut self) {
        if let Some((path, _)) = &self.entry {
            let _ = std::fs::remove_file(path);
        }
    }
}

/// The VMs of this user that run, the oldest first.
pub fn running() -> Vec<Running> {
    list(&directory())
}

/// The same, of a directory. Files that no monitor holds are removed.
fn list(directory: &Path) -> Vec<Running> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(directory).into_iter().flatten().flatten() {
        let path = entry.path();
        let mut options = OpenOptions::new();
        let Ok(mut file) = options.read(true).custom_flags(libc::O_NOFOLLOW).open(&path) else {
            continue;
        };
        // One that is being made has no name yet, and is locked at once; names are never used again.
        if lock(&file) {
            if !is_being_made(&entry.file_name().to_string_lossy()) {
                let _ = std::fs::remove_file(&path);
            }
            continue;
        }
        let mut text = String::new();
        if file.read_to_string(&mut text).is_ok() {
            all.extend(Running::parse(&text));
        }
    }
    all.sort_by_key(|one| (one.started, one.process));
    all
}

/// Does the file have no name yet, while the process lives that makes it?
fn is_being_made(name: &str) -> bool {
    let process = name.strip_prefix('.').and_then(|name| name.split('-').next());
    let process = process.and_then(|number| number.parse::<i32>().ok());
    // SAFETY: signal 0 is none; no pointers.
    process.is_some_and(|process| process > 0 && unsafe { libc::kill(process, 0) } == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_runs_is_listed_and_what_ended_is_not() {
        let directory = std::env::temp_dir().join(format!("peaberry-registry-{}", std::process::id()));
        let about = |name: &str| About {
            name: name.to_owned(),
            program: "two\nlines".to_owned(),
            processors: 2,
            memory: 1 << 30,
        };
        let names = || {
            let mut names: Vec<String> = list(&directory).into_iter().map(|one| one.about.name).collect();
            names.sort();
            names
        };
        let files = || std::fs::read_dir(&directory).expect("read").count();
        let one = Registered::in_directory(&directory, &about("one")).expect("one");
        let unnamed = Registered::in_directory(&directory, &about("")).expect("unnamed");
        assert_eq!((names(), files()), (vec![String::new(), "one".to_owned()], 2));
        assert_eq!(list(&directory)[0].about.program, "two lines");
        assert!(Registered::in_directory(&directory, &about("one")).is_err());
        assert!(Registered::in_directory(&directory, &about("")).is_ok());
        drop(one);
        assert_eq!((names(), files()), (vec![String::new()], 1));
        // As if it had been killed: the lock goes, the file stays.
        let mut unnamed = unnamed;
        drop(unnamed.entry.take());
        std::fs::write(directory.join("7-7"), "damaged").expect("write");
        std::fs::write(directory.join(format!(".{}-8", std::process::id())), "being made").expect("write");
        std::fs::write(directory.join(format!(".{}-8", i32::MAX)), "was being made").expect("write");
        assert!(names().is_empty());
        assert_eq!(files(), 1);
        std::fs::set_permissions(&directory, std::os::unix::fs::PermissionsExt::from_mode(0o755)).expect("permissions");
        let unlisted = Registered::in_directory(&directory, &about("two")).expect("unlisted");
        assert!(unlisted.entry.is_none());
        std::fs::remove_dir_all(&directory).expect("remove");
    }

    #[test]
    fn names_are_no_numbers() {
        assert_eq!(name("web-1.a_b").as_deref(), Some("web-1.a_b"));
        for bad in ["", "1", "-a", "a b", "a\n", "ä"] {
            assert_eq!(name(bad), None, "{bad}");
        }
        assert_eq!(Running::parse("1\n2\n3\n4\na\nb\n"), None);
        assert!(Running::parse("2\n2\n3\n4\na\nb\n").is_some());
    }
}

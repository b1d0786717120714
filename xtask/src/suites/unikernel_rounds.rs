//! Guests that come and go: boot and exit again and again, ends at random moments, many at once. Whatever becomes of a guest, nothing of
//! it is left on the host: no process, so no thread or descriptor either, and no file.

use super::unikernel::Machine;
use super::{Case, Failure};
use crate::args::Args;
use crate::process::Job;
use crate::test_command::build_vm;
use crate::{Outcome, jdk, paths, setup};
use std::fmt;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Rounds, ends and guests of the suite's cases.
const SHORT: (usize, usize, usize) = (10, 10, 4);

/// `--rounds N`, `--kills N` (default 100 each), `--guests N` (default 32).
pub fn run(mut args: Args) -> Outcome {
    let rounds = args.number("--rounds")?.unwrap_or(100);
    let kills = args.number("--kills")?.unwrap_or(100);
    let guests = args.number("--guests")?.unwrap_or(32);
    let vm = args.option("--vm")?.map(PathBuf::from);
    args.finish()?;
    setup::run()?;
    let vm = match vm {
        Some(vm) => vm
            .canonicalize()
            .map_err(|error| format!("{}: {error}", vm.display()))?,
        None => build_vm()?,
    };
    let machine = Machine::new(&vm, jdk::reference()?)?;
    machine.check().map_err(|failure| match failure {
        Failure::Wrong(text) | Failure::Absent(text) => text,
    })?;
    let scene = Scene::new(&machine, "all")?;
    println!("{}", scene.come_and_go(rounds)?);
    println!("{}", scene.are_killed(kills)?);
    println!("{}", scene.beside_each_other(guests)?);
    Ok(())
}

/// The suite's cases.
pub fn cases(machine: &Machine) -> Vec<Case> {
    type Part = fn(&Scene, usize) -> Outcome<String>;
    let parts: [(&str, Part, usize); 3] = [
        ("rounds/come_and_go", Scene::come_and_go, SHORT.0),
        ("rounds/are_killed", Scene::are_killed, SHORT.1),
        ("rounds/beside_each_other", Scene::beside_each_other, SHORT.2),
    ];
    let case = |(name, part, count): (&'static str, Part, usize)| {
        let machine = machine.clone();
        Case::new(name, move || {
            machine.check()?;
            part(&Scene::new(&machine, name)?, count)?;
            Ok(())
        })
    };
    parts.map(case).into()
}

/// Where guests run: in a directory of their own, where all that they leave behind would be.
struct Scene {
    machine: Machine,
    classes: PathBuf,
    directory: PathBuf,
}

impl Drop for Scene {
    fn drop(&mut self) {
        for directory in [&self.classes, &self.directory] {
            let _ = std::fs::remove_dir_all(directory);
        }
    }
}

fn text(error: std::io::Error) -> String {
    error.to_string()
}

/// A guest; it is killed when nobody waited for its end.
struct Guest {
    child: Child,
    out: BufReader<Box<dyn Read + Send>>,
}

impl Drop for Guest {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Guest {
    /// Waits until it says that it is there.
    fn ready(&mut self) -> Outcome {
        let mut line = String::new();
        self.out.read_line(&mut line).map_err(text)?;
        if line == "ready\n" {
            return Ok(());
        }
        Err(format!("a guest says `{}`", line.trim_end()))
    }

    /// Ends its input and waits for its end.
    fn end(&mut self) -> Outcome {
        drop(self.child.stdin.take());
        let mut rest = String::new();
        self.out.read_to_string(&mut rest).map_err(text)?;
        let status = self.child.wait().map_err(text)?;
        if status.success() && rest == "done\n" {
            return Ok(());
        }
        Err(format!("a guest ends with {status} and says `{}`", rest.trim_end()))
    }
}

impl Scene {
    fn new(machine: &Machine, name: &str) -> Outcome<Scene> {
        let name = format!("tests/rounds-{}-{}", name.replace('/', "-"), std::process::id());
        let scene = Scene {
            machine: machine.clone(),
            classes: paths::target().join(format!("{name}-classes")),
            directory: paths::target().join(name),
        };
        for directory in [&scene.classes, &scene.directory] {
            paths::fresh_dir(directory)?;
        }
        let source = paths::root().join("tests/unikernel/Waiting.java");
        let javac = Job::new(machine.jdk.tool("javac")).arg("-d").arg(&scene.classes);
        javac.arg(source).check()?;
        Ok(scene)
    }

    fn start(&self) -> Outcome<Guest> {
        self.start_with(&[])
    }

    fn start_with(&self, options: &[&str]) -> Outcome<Guest> {
        let mut command = Command::new(&self.machine.vm);
        command
            .args(self.machine.boot(1))
            .args(options)
            .args(["--memory", "256m", "-cp"]);
        command.arg(&self.classes).arg("Waiting").current_dir(&self.directory);
        command.env("PEABERRY_JDK", &self.machine.jdk.home);
        for name in ["TMPDIR", "HOME", "XDG_RUNTIME_DIR"] {
            command.env(name, &self.directory);
        }
        // A group of its own, to be asked for afterwards.
        command.process_group(0).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().map_err(text)?;
        let out = child.stdout.take().ok_or("no output")?;
        let out = BufReader::new(Box::new(out) as Box<dyn Read + Send>);
        Ok(Guest { child, out })
    }

    /// `peaberry ps`, which removes what monitors that were killed left of its list.
    fn list(&self) -> Outcome {
        let listed = Job::new(&self.machine.vm).arg("ps");
        listed.env("XDG_RUNTIME_DIR", &self.directory).check().map(|_| ())
    }

    /// What a guest left behind.
    fn look(&self, group: u32) -> Outcome {
        // SAFETY: signal 0 is none; no pointers.
        let gone = unsafe { libc::kill(-(group as libc::pid_t), 0) } < 0;
        if !gone {
            return Err(format!("a process of group {group} is left"));
        }
        let left = files(&self.directory);
        if !left.is_empty() {
            return Err(format!("files are left: {left:?}"));
        }
        Ok(())
    }

    /// Guests that boot and end one after another.
    fn come_and_go(&self, rounds: usize) -> Outcome<String> {
        let begun = Instant::now();
        for round in 0..rounds {
            let mut guest = self.start()?;
            let ended = guest.ready().and_then(|()| guest.end());
            ended
                .and_then(|()| self.look(guest.child.id()))
                .map_err(|error| format!("round {round}: {error}"))?;
        }
        let each = begun.elapsed().as_secs_f64() * 1e3 / rounds.max(1) as f64;
        Ok(format!(
            "{rounds} guests booted and ended one after another, {each:.0} ms each: nothing is left"
        ))
    }

    /// Guests that are killed at random moments between their start and some time after they would be ready.
    fn are_killed(&self, kills: usize) -> Outcome<String> {
        let begun = Instant::now();
        let mut first = self.start()?;
        first.ready()?;
        let usual = begun.elapsed();
        first.end()?;
        let mut random = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(1, |time| time.as_nanos() as u64)
            | 1;
        let seed = random;
        for round in 0..kills {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            let guest = self.start()?;
            std::thread::sleep(Duration::from_nanos(random % (usual.as_nanos() as u64 * 3 / 2).max(1)));
            let group = guest.child.id();
            drop(guest);
            self.list()?;
            self.look(group)
                .map_err(|error| format!("end {round}, seed {seed}: {error}"))?;
        }
        // The machine is as good as before.
        let mut last = self.start()?;
        last.ready()?;
        last.end()?;
        Ok(format!(
            "{kills} guests killed within {:.0} ms of their start: nothing is left",
            usual.as_secs_f64() * 1500.0
        ))
    }

    /// Guests that run at once, and what memory they have, with files copied, or shown where they are in huge pages, and with files shared.
    fn beside_each_other(&self, count: usize) -> Outcome<String> {
        let copied = self.memory_of(count, &[])?;
        let shared = self.memory_of(count, &["--share"])?;
        let in_common = |memory: &Memory| memory.resident - memory.proportional.min(memory.resident);
        // Of the program's code and constants, some of which each of them runs. What the host has in huge pages is in common to all anyway.
        let less = shared.proportional < copied.proportional;
        if count > 1 && !(less && in_common(&shared) > 0) {
            return Err(format!("nothing is saved with --share: {copied}, and {shared}"));
        }
        Ok(format!("{count} guests at once: {copied}; with --share: {shared}"))
    }

    fn memory_of(&self, count: usize, options: &[&str]) -> Outcome<Memory> {
        let mut guests = Vec::new();
        for _ in 0..count {
            guests.push(self.start_with(options)?);
        }
        for guest in &mut guests {
            guest.ready()?;
        }
        let mut all = Memory::default();
        for guest in &guests {
            all.add(guest.child.id())?;
        }
        for guest in &mut guests {
            guest.end()?;
        }
        // Not before all have ended: the others are in the list of VMs that run.
        for guest in &guests {
            self.look(guest.child.id())?;
        }
        Ok(all)
    }
}

/// Memory of processes in KiB: what is mapped in each, and that with shared pages divided among those who have them.
#[derive(Default)]
struct Memory {
    resident: u64,
    proportional: u64,
}

impl fmt::Display for Memory {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let mib = |kib: u64| kib as f64 / 1024.0;
        write!(
            f,
            "{:.0} MiB resident, {:.0} MiB with what they share counted once",
            mib(self.resident),
            mib(self.proportional)
        )
    }
}

impl Memory {
    fn add(&mut self, process: u32) -> Outcome {
        let text = paths::read(Path::new(&format!("/proc/{process}/smaps_rollup")))?;
        let field = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name));
            line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok())
                .unwrap_or(0)
        };
        self.resident += field("Rss:");
        self.proportional += field("Pss:");
        Ok(())
    }
}

/// All files below a directory, sockets and the like included.
fn files(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(directory).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            found.extend(files(&entry.path()));
        } else {
            found.push(entry.path());
        }
    }
    found
}

//! Child processes with a time limit, captured output and measured resources.

use crate::Outcome;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// What a finished child left behind.
pub struct Finished {
    /// Its exit code; 128 + the signal's number if a signal ended it.
    pub code: i32,
    /// The time limit passed and it was killed.
    pub timed_out: bool,
    /// Standard output.
    pub stdout: Vec<u8>,
    /// Standard error.
    pub stderr: Vec<u8>,
    /// Wall-clock time.
    pub wall: Duration,
    /// Processor time, in user and system mode.
    pub cpu: Duration,
    /// Greatest resident set, in KiB.
    pub max_rss_kib: u64,
}

impl Finished {
    /// Standard output as text.
    pub fn out(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }

    /// Standard error as text.
    pub fn err(&self) -> String {
        String::from_utf8_lossy(&self.stderr).into_owned()
    }

    /// `exit code 3`, `killed by signal 11`, `timed out`.
    pub fn ending(&self) -> String {
        match self.code {
            _ if self.timed_out => format!("timed out after {:.0} s", self.wall.as_secs_f64()),
            code if code >= 128 => format!("exit code {code} (signal {}?)", code - 128),
            code => format!("exit code {code}"),
        }
    }
}

/// Has children begin with the default for signals that this process was started to ignore, as one behind `nohup` or a shell's `&` is:
/// programs under test see what they ignore. A handler is not handed on, and this process goes on as it did.
pub fn hand_on_no_ignored_signals() {
    extern "C" fn nothing(_: libc::c_int) {}
    for signal in [libc::SIGHUP, libc::SIGINT, libc::SIGQUIT, libc::SIGTERM] {
        // SAFETY: the structures are initialised; the handler does nothing.
        unsafe {
            let mut action = std::mem::zeroed::<libc::sigaction>();
            if libc::sigaction(signal, std::ptr::null(), &mut action) == 0 && action.sa_sigaction == libc::SIG_IGN {
                action.sa_sigaction = nothing as extern "C" fn(libc::c_int) as *const () as libc::sighandler_t;
                action.sa_flags = libc::SA_RESTART;
                libc::sigaction(signal, &action, std::ptr::null_mut());
            }
        }
    }
}

/// A command to run to its end.
pub struct Job {
    command: Command,
    stdin: Vec<u8>,
    limit: Duration,
    shown: String,
}

impl Job {
    /// A command with a plain environment: UTF-8 locale, UTC, none of the variables that make a JVM print or choose.
    pub fn new(program: impl AsRef<OsStr>) -> Self {
        let mut command = Command::new(program.as_ref());
        command.env("LC_ALL", "C.UTF-8").env("TZ", "UTC");
        for name in [
            "JAVA_TOOL_OPTIONS",
            "_JAVA_OPTIONS",
            "JDK_JAVA_OPTIONS",
            "CLASSPATH",
            "LANG",
            "LANGUAGE",
        ] {
            command.env_remove(name);
        }
        let shown = program.as_ref().to_string_lossy().into_owned();
        Job {
            command,
            stdin: Vec::new(),
            limit: Duration::from_secs(120),
            shown,
        }
    }

    /// Adds one argument.
    pub fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.shown.push(' ');
        self.shown.push_str(&arg.as_ref().to_string_lossy());
        self.command.arg(arg);
        self
    }

    /// Adds arguments.
    pub fn args<I: IntoIterator<Item = S>, S: AsRef<OsStr>>(self, args: I) -> Self {
        args.into_iter().fold(self, |job, arg| job.arg(arg))
    }

    /// Sets an environment variable.
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Runs it in this directory.
    pub fn dir(mut self, dir: &Path) -> Self {
        self.command.current_dir(dir);
        self
    }

    /// Feeds this to standard input.
    pub fn stdin(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.stdin = bytes.into();
        self
    }

    /// Kills it after this time.
    pub fn limit(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// Runs it, its output captured.
    pub fn run(mut self) -> Outcome<Finished> {
        let files = Capture::new()?;
        self.command.process_group(0);
        self.command.stdin(if self.stdin.is_empty() {
            Stdio::null()
        } else {
            Stdio::piped()
        });
        self.command
            .stdout(files.open(&files.out)?)
            .stderr(files.open(&files.err)?);
        let begun = Instant::now();
        let mut child = self.command.spawn().map_err(|e| format!("{}: {e}", self.shown))?;
        if let Some(mut pipe) = child.stdin.take() {
            let bytes = std::mem::take(&mut self.stdin);
            // A child that does not read its input must not stop us.
            std::thread::spawn(move || drop(pipe.write_all(&bytes)));
        }
        let ended = Ended::of(child.id() as libc::pid_t, self.limit);
        let wall = begun.elapsed();
        let (stdout, stderr) = (files.take(&files.out), files.take(&files.err));
        Ok(ended.finished(wall, stdout, stderr))
    }

    /// Runs it, and tells when the first line of its output was there; it must end with exit code 0.
    pub fn first_line(mut self) -> Outcome<(Duration, Finished)> {
        let files = Capture::new()?;
        self.command.process_group(0).stdin(Stdio::null());
        self.command.stdout(Stdio::piped()).stderr(files.open(&files.err)?);
        let begun = Instant::now();
        let mut child = self.command.spawn().map_err(|e| format!("{}: {e}", self.shown))?;
        let pipe = child.stdout.take();
        let reader = std::thread::spawn(move || {
            let mut pipe = BufReader::new(pipe?);
            let mut bytes = Vec::new();
            pipe.read_until(b'\n', &mut bytes).ok()?;
            let first = begun.elapsed();
            pipe.read_to_end(&mut bytes).ok()?;
            Some((first, bytes))
        });
        let ended = Ended::of(child.id() as libc::pid_t, self.limit);
        let wall = begun.elapsed();
        let read = reader.join().ok().flatten();
        let (first, stdout) = read.ok_or_else(|| format!("{}: its output cannot be read", self.shown))?;
        let done = ended.finished(wall, stdout, files.take(&files.err));
        if done.code != 0 || done.timed_out || done.stdout.is_empty() {
            return Err(format!(
                "{}\n{}\n{}",
                self.shown,
                done.ending(),
                last_lines(&done.err(), 40)
            ));
        }
        Ok((first, done))
    }

    /// Runs it and insists on exit code 0.
    pub fn check(self) -> Outcome<Finished> {
        let shown = self.shown.clone();
        let done = self.run()?;
        if done.code == 0 && !done.timed_out {
            return Ok(done);
        }
        Err(format!(
            "{shown}\n{}\n{}{}",
            done.ending(),
            last_lines(&done.out(), 20),
            last_lines(&done.err(), 40)
        ))
    }
}

/// Runs a command whose output goes straight to the terminal.
pub fn passthrough(program: impl AsRef<OsStr>, args: &[&str]) -> Outcome {
    let program = program.as_ref();
    let shown = format!("{} {}", program.to_string_lossy(), args.join(" "));
    eprintln!("> {shown}");
    let status = Command::new(program)
        .args(args)
        .current_dir(crate::paths::root())
        .status()
        .map_err(|e| format!("{shown}: {e}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("{shown}: {status}"))
    }
}

/// The last `count` lines of a text.
pub fn last_lines(text: &str, count: usize) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let from = lines.len().saturating_sub(count);
    lines[from..].iter().map(|line| format!("{line}\n")).collect()
}

/// How a child ended, and what it used.
struct Ended {
    status: ExitStatus,
    usage: libc::rusage,
    timed_out: bool,
}

impl Ended {
    /// Waits for a child, and kills it when the time is over.
    fn of(pid: libc::pid_t, limit: Duration) -> Ended {
        let (tell, ended) = mpsc::channel::<()>();
        let watchdog = std::thread::spawn(move || {
            let late = ended.recv_timeout(limit) == Err(mpsc::RecvTimeoutError::Timeout);
            if late {
                kill_group(pid);
            }
            late
        });
        let (status, usage) = wait(pid);
        let _ = tell.send(());
        let timed_out = watchdog.join().unwrap_or(false);
        kill_group(pid);
        Ended {
            status,
            usage,
            timed_out,
        }
    }

    fn finished(self, wall: Duration, stdout: Vec<u8>, stderr: Vec<u8>) -> Finished {
        let (status, usage) = (self.status, self.usage);
        Finished {
            code: status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or(0)),
            timed_out: self.timed_out,
            stdout,
            stderr,
            wall,
            cpu: duration(usage.ru_utime) + duration(usage.ru_stime),
            max_rss_kib: usage.ru_maxrss as u64,
        }
    }
}

/// Ends every process of the child's group: a program under test may have left some of its own behind.
fn kill_group(pid: libc::pid_t) {
    // SAFETY: kill takes no pointers; the group was made for this child.
    unsafe { libc::kill(-pid, libc::SIGKILL) };
}

fn duration(time: libc::timeval) -> Duration {
    Duration::from_secs(time.tv_sec as u64) + Duration::from_micros(time.tv_usec as u64)
}

/// Waits for a child and returns its status and what it used.
fn wait(pid: libc::pid_t) -> (ExitStatus, libc::rusage) {
    let mut status = 0;
    // SAFETY: rusage is plain data, for which zero is a valid value.
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    loop {
        // SAFETY: both pointers are to live locals; the child is ours and nobody else waits for it.
        let got = unsafe { libc::wait4(pid, &mut status, 0, &mut usage) };
        if got == pid || std::io::Error::last_os_error().kind() != std::io::ErrorKind::Interrupted {
            return (ExitStatus::from_raw(status), usage);
        }
    }
}

/// Two scratch files: a pipe would need two readers, and a grandchild holding it open would keep them waiting.
struct Capture {
    out: PathBuf,
    err: PathBuf,
}

impl Capture {
    fn new() -> Outcome<Self> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let dir = crate::paths::target().join("xtask");
        fs::create_dir_all(&dir).map_err(|e| format!("{}: {e}", dir.display()))?;
        let stem = format!("{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        Ok(Capture {
            out: dir.join(format!("{stem}.out")),
            err: dir.join(format!("{stem}.err")),
        })
    }

    fn open(&self, path: &Path) -> Outcome<File> {
        File::create(path).map_err(|e| format!("{}: {e}", path.display()))
    }

    fn take(&self, path: &Path) -> Vec<u8> {
        let bytes = fs::read(path).unwrap_or_default();
        let _ = fs::remove_file(path);
        bytes
    }
}

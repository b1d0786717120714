//! Other processes: starting, waiting, ending, and what `/proc` tells of them.

use crate::errno::{Errno, SysResult, restarting, status};
use crate::file;
use std::ffi::{CStr, CString};

/// What to start.
pub struct Command<'a> {
    /// Program, looked for on the path when it has no slash.
    pub program: &'a CStr,
    /// Arguments after the program's name.
    pub arguments: &'a [CString],
    /// Environment; the parent's when `None`.
    pub environment: Option<&'a [CString]>,
    /// Directory to start in.
    pub directory: Option<&'a CStr>,
    /// Standard input, output, error of the child; -1 makes a pipe.
    pub streams: [i32; 3],
    /// Standard error goes where standard output goes.
    pub error_to_output: bool,
}

/// A started process.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Started {
    /// Its id.
    pub pid: i32,
    /// The parent's ends of the pipes made, -1 where none was.
    pub pipes: [i32; 3],
}

/// Descriptors of a start that are closed again unless kept.
struct Pipes {
    child: [i32; 3],
    parent: [i32; 3],
    failure: [i32; 2],
}

impl Pipes {
    fn new(command: &Command<'_>) -> SysResult<Pipes> {
        let mut pipes = Pipes {
            child: [-1; 3],
            parent: [-1; 3],
            failure: [-1; 2],
        };
        for stream in 0..3 {
            if command.streams[stream] != -1 || (stream == 2 && command.error_to_output) {
                continue;
            }
            let (read, write) = file::pipe()?;
            (pipes.child[stream], pipes.parent[stream]) = if stream == 0 { (read, write) } else { (write, read) };
        }
        let (read, write) = file::pipe()?;
        pipes.failure = [read, write];
        Ok(pipes)
    }
}

impl Drop for Pipes {
    fn drop(&mut self) {
        for &descriptor in self.child.iter().chain(&self.parent).chain(&self.failure) {
            if descriptor >= 0 {
                let _ = file::close(descriptor);
            }
        }
    }
}

/// Directories programs are looked for in.
fn search_path() -> Vec<Vec<u8>> {
    use std::os::unix::ffi::OsStrExt;
    let path = std::env::var_os("PATH").unwrap_or_else(|| ":/bin:/usr/bin".into());
    path.as_bytes()
        .split(|&b| b == b':')
        .map(|part| if part.is_empty() { b".".to_vec() } else { part.to_vec() })
        .collect()
}

/// Files to try, in order.
fn candidates(program: &CStr) -> Vec<CString> {
    let name = program.to_bytes();
    if name.contains(&b'/') {
        return vec![program.to_owned()];
    }
    search_path()
        .into_iter()
        .map(|directory| file::c_path(&[&directory, &b"/"[..], name].concat()))
        .collect()
}

fn pointers(strings: &[CString]) -> Vec<*const libc::c_char> {
    strings
        .iter()
        .map(|s| s.as_ptr())
        .chain(std::iter::once(std::ptr::null()))
        .collect()
}

/// What the child needs, made before the fork: afterwards it may not allocate.
struct Plan<'a> {
    files: Vec<*const libc::c_char>,
    arguments: Vec<*const libc::c_char>,
    shell: Vec<*const libc::c_char>,
    environment: *const *const libc::c_char,
    directory: Option<&'a CStr>,
    streams: [i32; 3],
    failure: i32,
    open_limit: i32,
}

/// Starts a process.
pub fn start(command: &Command<'_>) -> SysResult<Started> {
    if command.program.is_empty() {
        return Err(Errno(libc::ENOENT));
    }
    let mut pipes = Pipes::new(command)?;
    let files = candidates(command.program);
    let mut arguments = vec![command.program.to_owned()];
    arguments.extend_from_slice(command.arguments);
    let environment = command.environment.map(pointers);
    unsafe extern "C" {
        static environ: *const *const libc::c_char;
    }
    let mut streams = command.streams;
    for (stream, &child) in streams.iter_mut().zip(&pipes.child) {
        if child >= 0 {
            *stream = child;
        }
    }
    if command.error_to_output {
        streams[2] = -2;
    }
    let argument_pointers = pointers(&arguments);
    // A script without an interpreter line goes to the shell: `sh file arguments…`; the file is filled in by the child.
    let mut shell = vec![c"/bin/sh".as_ptr(), std::ptr::null()];
    shell.extend_from_slice(&argument_pointers[1..]);
    let mut plan = Plan {
        files: files.iter().map(|f| f.as_ptr()).collect(),
        arguments: argument_pointers,
        shell,
        environment: match &environment {
            Some(environment) => environment.as_ptr(),
            // SAFETY: the C library's own list.
            None => unsafe { environ },
        },
        directory: command.directory,
        streams,
        failure: pipes.failure[1],
        open_limit: file::limits().0.clamp(256, 1 << 16) as i32,
    };
    // SAFETY: the child of the fork only makes async-signal-safe calls on memory prepared before, then execs or exits;
    // signals are blocked meanwhile so that no handler of the parent runs in it.
    let pid = unsafe {
        let mut all = std::mem::zeroed::<libc::sigset_t>();
        let mut before = std::mem::zeroed::<libc::sigset_t>();
        libc::sigfillset(&mut all);
        libc::pthread_sigmask(libc::SIG_SETMASK, &all, &mut before);
        let pid = libc::fork();
        if pid == 0 {
            run_child(&mut plan);
        }
        let failed = Errno::last();
        libc::pthread_sigmask(libc::SIG_SETMASK, &before, std::ptr::null_mut());
        if pid < 0 {
            return Err(failed);
        }
        pid
    };
    let _ = file::close(std::mem::replace(&mut pipes.failure[1], -1));
    let mut code = [0u8; 4];
    let count = file::read(pipes.failure[0], &mut code)?;
    if count == 4 {
        let mut result = 0;
        // SAFETY: the child's status is written to a local.
        let _ = restarting(|| status(unsafe { libc::waitpid(pid, &mut result, 0) }));
        return Err(Errno(i32::from_ne_bytes(code)));
    }
    Ok(Started {
        pid,
        pipes: std::mem::replace(&mut pipes.parent, [-1; 3]),
    })
}

/// The child's part: standard streams, directory, exec. Reports an error number through the failure pipe.
///
/// # Safety
/// Only in a forked child, all of whose signals are blocked.
unsafe fn run_child(plan: &mut Plan<'_>) -> ! {
    // SAFETY: only async-signal-safe calls on memory the parent prepared.
    unsafe {
        let error = prepare_and_exec(plan);
        let bytes = error.to_ne_bytes();
        libc::write(plan.failure, bytes.as_ptr().cast(), bytes.len());
        libc::_exit(127)
    }
}

/// # Safety
/// As [`run_child`].
unsafe fn prepare_and_exec(plan: &mut Plan<'_>) -> i32 {
    // SAFETY: only async-signal-safe calls on memory the parent prepared.
    unsafe {
        // Out of the way of 0, 1 and 2 first, so that no stream overwrites another's source.
        for stream in &mut plan.streams {
            if *stream >= 0 {
                *stream = libc::fcntl(*stream, libc::F_DUPFD_CLOEXEC, 3);
                if *stream < 0 {
                    return Errno::last().0;
                }
            }
        }
        plan.failure = libc::fcntl(plan.failure, libc::F_DUPFD_CLOEXEC, 3);
        for (target, &stream) in (0..).zip(&plan.streams) {
            let from = if stream == -2 { 1 } else { stream };
            if libc::dup2(from, target) < 0 {
                return Errno::last().0;
            }
        }
        // Descriptors the parent's other code opened without close-on-exec stay with the parent.
        if libc::syscall(libc::SYS_close_range, 3, u32::MAX, libc::CLOSE_RANGE_CLOEXEC) != 0 {
            for descriptor in 3..plan.open_limit {
                if descriptor != plan.failure {
                    libc::fcntl(descriptor, libc::F_SETFD, libc::FD_CLOEXEC);
                }
            }
        }
        if let Some(directory) = plan.directory
            && libc::chdir(directory.as_ptr()) != 0
        {
            return Errno::last().0;
        }
        // The program starts with the system's signal actions and none blocked.
        let mut action = std::mem::zeroed::<libc::sigaction>();
        action.sa_sigaction = libc::SIG_DFL;
        for signal in [libc::SIGPIPE, libc::SIGQUIT] {
            libc::sigaction(signal, &action, std::ptr::null_mut());
        }
        let mut none = std::mem::zeroed::<libc::sigset_t>();
        libc::sigemptyset(&mut none);
        libc::pthread_sigmask(libc::SIG_SETMASK, &none, std::ptr::null_mut());
        let mut error = libc::ENOENT;
        for &file in &plan.files {
            libc::execve(file, plan.arguments.as_ptr(), plan.environment);
            let mut failed = Errno::last().0;
            if failed == libc::ENOEXEC {
                plan.shell[1] = file;
                libc::execve(plan.shell[0], plan.shell.as_ptr(), plan.environment);
                failed = Errno::last().0;
            }
            match failed {
                // Remember it, but another directory may have a usable one.
                libc::EACCES => error = libc::EACCES,
                libc::ENOENT | libc::ENOTDIR | libc::ELOOP | libc::ESTALE | libc::ENODEV | libc::ETIMEDOUT => {}
                failed => return failed,
            }
        }
        error
    }
}

/// How a wait ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ended {
    /// With this exit code (128 + signal when a signal ended it).
    Exited(i32),
    /// It is not a child of this process, or somebody else waited for it.
    NotAChild,
}

/// Waits for a child's end, taking its status; or leaving it for others to take.
pub fn wait(pid: i32, take: bool) -> Ended {
    let flags = if take {
        libc::WEXITED
    } else {
        libc::WEXITED | libc::WNOWAIT
    };
    loop {
        // SAFETY: all-zero is a valid value; the call fills it, after which its members for SIGCHLD are valid.
        unsafe {
            let mut info = std::mem::zeroed::<libc::siginfo_t>();
            if libc::waitid(libc::P_PID, pid as libc::id_t, &mut info, flags) == 0 {
                return Ended::Exited(match info.si_code {
                    libc::CLD_EXITED => info.si_status(),
                    libc::CLD_KILLED | libc::CLD_DUMPED => 0x80 + info.si_status(),
                    _ => info.si_status(),
                });
            }
            if Errno::last() != Errno(libc::EINTR) {
                return Ended::NotAChild;
            }
        }
    }
}

/// This process.
pub fn current() -> i32 {
    // SAFETY: always succeeds.
    unsafe { libc::getpid() }
}

/// This process's parent.
pub fn parent() -> i32 {
    // SAFETY: always succeeds.
    unsafe { libc::getppid() }
}

/// Sends a signal.
pub fn signal(pid: i32, signal: i32) -> SysResult<i32> {
    // SAFETY: no memory is passed.
    status(unsafe { libc::kill(pid, signal) })
}

/// The clock's ticks in a second.
fn ticks_per_second() -> i64 {
    // SAFETY: sysconf reads a constant.
    (unsafe { libc::sysconf(libc::_SC_CLK_TCK) }).max(1)
}

/// When the system started: milliseconds since 1970.
fn boot_time() -> i64 {
    let Ok(content) = file::read_whole(c"/proc/stat") else {
        return 0;
    };
    let text = String::from_utf8_lossy(&content);
    let seconds = text
        .lines()
        .find_map(|line| line.strip_prefix("btime "))
        .and_then(|v| v.trim().parse::<i64>().ok());
    seconds.unwrap_or(0) * 1000
}

/// What `/proc/<pid>/stat` tells.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ProcessStatus {
    /// Parent.
    pub parent: i32,
    /// Processor time used, nanoseconds.
    pub processor_nanoseconds: i64,
    /// Start, milliseconds since 1970.
    pub start: i64,
}

fn proc_file(pid: i32, name: &str) -> CString {
    file::c_path(format!("/proc/{pid}/{name}").as_bytes())
}

/// Status of a process; `None` when there is none of that id.
pub fn status_of(pid: i32) -> Option<ProcessStatus> {
    let content = file::read_whole(&proc_file(pid, "stat")).ok()?;
    let text = String::from_utf8_lossy(&content);
    // The name in parentheses may itself contain some.
    let rest = &text[text.rfind(')')? + 1..];
    let fields: Vec<&str> = rest.split_ascii_whitespace().collect();
    let number = |index: usize| fields.get(index).and_then(|f| f.parse::<i64>().ok());
    let ticks = ticks_per_second();
    Some(ProcessStatus {
        parent: number(1)? as i32,
        processor_nanoseconds: (number(11)? + number(12)?).saturating_mul(1_000_000_000 / ticks),
        start: boot_time() + number(19)?.saturating_mul(1000) / ticks,
    })
}

/// All processes.
pub fn all() -> Vec<i32> {
    let names = crate::directory::list(c"/proc").unwrap_or_default();
    names
        .iter()
        .filter_map(|name| std::str::from_utf8(name).ok()?.parse().ok())
        .collect()
}

/// The program a process runs, if it may be known.
pub fn executable(pid: i32) -> Option<Vec<u8>> {
    file::read_link(&proc_file(pid, "exe")).ok()
}

/// The words of a process's command line.
pub fn command_line(pid: i32) -> Vec<Vec<u8>> {
    let content = file::read_whole(&proc_file(pid, "cmdline")).unwrap_or_default();
    if content.is_empty() {
        return Vec::new();
    }
    let content = content.strip_suffix(b"\0").unwrap_or(&content);
    content.split(|&b| b == 0).map(<[u8]>::to_vec).collect()
}

/// The user a process belongs to.
pub fn owner(pid: i32) -> Option<u32> {
    file::status_of(&file::c_path(format!("/proc/{pid}").as_bytes()))
        .ok()
        .map(|status| status.st_uid)
}

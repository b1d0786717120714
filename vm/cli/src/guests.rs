//! `peaberry ps` and `peaberry stop`.

use crate::exit_code::{self, ExitCode};
use crate::registry::{self, Running};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

const LIST_USAGE: &str = "\
Usage: peaberry ps

Lists the virtual machines of this user that run: the monitor's process, the name given
with --name, processors, memory, how long it runs, how much of the host's memory it has,
and what runs in it.";

const STOP_USAGE: &str = "\
Usage: peaberry stop [--timeout <seconds>] (<process> | <name>)...

Asks virtual machines to end (SIGTERM), waits for it, and ends those that do not.

    --timeout <seconds>    how long to wait (10)";

/// How long a VM may take to end.
const PATIENCE: Duration = Duration::from_secs(10);

/// Lists the VMs that run.
pub fn list(arguments: Vec<String>) -> ExitCode {
    if let Some(argument) = arguments.first() {
        let asked = matches!(argument.as_str(), "--help" | "-h");
        return crate::image::tell_usage(LIST_USAGE, asked);
    }
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs();
    let title = ["PID", "NAME", "CPUS", "MEMORY", "UPTIME", "RESIDENT", "PROGRAM"].map(String::from);
    let rows = registry::running().into_iter().map(|one| row(&one, now));
    let rows: Vec<[String; 7]> = std::iter::once(title).chain(rows).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..6).map(width).collect();
    let text = rows.iter().map(|row| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}  "));
        format!("{}{}\n", cells.collect::<String>(), row[6])
    });
    crate::print_out(text)
}

fn row(one: &Running, now: u64) -> [String; 7] {
    let name = if one.about.name.is_empty() {
        "-"
    } else {
        &one.about.name
    };
    [
        one.process.to_string(),
        name.to_owned(),
        one.about.processors.to_string(),
        mebibytes(one.about.memory),
        duration(now.saturating_sub(one.started)),
        resident(one.process).map_or("-".to_owned(), mebibytes),
        one.about.program.clone(),
    ]
}

fn mebibytes(bytes: u64) -> String {
    format!("{}M", bytes.div_ceil(1 << 20))
}

fn duration(seconds: u64) -> String {
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86400);
    match () {
        () if days > 0 => format!("{days}d{}h", hours % 24),
        () if hours > 0 => format!("{hours}h{}m", minutes % 60),
        () if minutes > 0 => format!("{minutes}m{}s", seconds % 60),
        () => format!("{seconds}s"),
    }
}

/// Bytes of a process that are in the host's memory.
fn resident(process: i32) -> Option<u64> {
    const PAGE: u64 = 4096;
    let text = std::fs::read_to_string(format!("/proc/{process}/statm")).ok()?;
    Some(text.split(' ').nth(1)?.parse::<u64>().ok()? * PAGE)
}

/// Stops VMs.
pub fn stop(arguments: Vec<String>) -> ExitCode {
    let (mut patience, mut wanted) = (PATIENCE, Vec::new());
    let mut rest = arguments.into_iter();
    while let Some(argument) = rest.next() {
        let (name, glued) = match argument.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (argument.as_str(), None),
        };
        match name {
            "--timeout" => match glued.or_else(|| rest.next()).and_then(|text| text.parse().ok()) {
                Some(seconds) => patience = Duration::from_secs(seconds),
                None => return crate::image::tell_usage(STOP_USAGE, false),
            },
            "--help" | "-h" => return crate::image::tell_usage(STOP_USAGE, true),
            _ if name.starts_with('-') => return crate::image::tell_usage(STOP_USAGE, false),
            _ => wanted.push(argument),
        }
    }
    if wanted.is_empty() {
        return crate::image::tell_usage(STOP_USAGE, false);
    }
    let mut code = exit_code::SUCCESS;
    for one in wanted {
        if let Err(text) = stop_one(&one, patience) {
            eprintln!("Error: {text}");
            code = exit_code::FAILURE;
        }
    }
    code
}

fn stop_one(wanted: &str, patience: Duration) -> Result<(), String> {
    let find = || {
        let mut all = registry::running().into_iter();
        all.find(|one| one.about.name == wanted || one.process.to_string() == wanted)
    };
    let none = || format!("{wanted}: no such virtual machine; see peaberry ps");
    let found = find().ok_or_else(none)?;
    let failed = |error: std::io::Error| format!("{wanted}: {error}");
    // SAFETY: no pointers.
    let handle = unsafe { libc::syscall(libc::SYS_pidfd_open, found.process, 0) };
    if handle < 0 {
        return Err(failed(std::io::Error::last_os_error()));
    }
    // SAFETY: made just now and nobody else's.
    let handle = unsafe { OwnedFd::from_raw_fd(handle as i32) };
    // The handle is of the process that has the lock, not of one that got its number after it.
    if find().is_none_or(|again| again != found) {
        return Ok(());
    }
    for signal in [libc::SIGTERM, libc::SIGKILL] {
        let nothing = std::ptr::null::<libc::siginfo_t>();
        // SAFETY: no information goes with the signal.
        let sent = unsafe { libc::syscall(libc::SYS_pidfd_send_signal, handle.as_raw_fd(), signal, nothing, 0) };
        if sent < 0 {
            let error = std::io::Error::last_os_error();
            return match error.raw_os_error() {
                Some(libc::ESRCH) => Ok(()),
                _ => Err(failed(error)),
            };
        }
        if has_ended(&handle, if signal == libc::SIGTERM { patience } else { PATIENCE }) {
            // Which removes what one that was killed left.
            registry::running();
            return Ok(());
        }
    }
    Err(format!("{wanted}: does not end"))
}

fn has_ended(process: &OwnedFd, patience: Duration) -> bool {
    let end = Instant::now() + patience;
    loop {
        let rest = end.saturating_duration_since(Instant::now());
        let mut poll = libc::pollfd {
            fd: process.as_raw_fd(),
            events: libc::POLLIN,
            revents: 0,
        };
        let milliseconds = i32::try_from(rest.as_millis()).unwrap_or(i32::MAX);
        // SAFETY: one structure.
        match unsafe { libc::poll(&mut poll, 1, milliseconds) } {
            1 => return true,
            _ if rest.is_zero() => return false,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_short() {
        let times = [5, 65, 3600, 90_000].map(duration);
        assert_eq!(times, ["5s", "1m5s", "1h0m", "1d1h"]);
        assert_eq!(mebibytes(1), "1M");
        assert!(resident(std::process::id() as i32).is_some_and(|bytes| bytes > 0));
        assert!(stop_one("no-such-name", PATIENCE).is_err());
    }
}

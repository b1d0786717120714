//! The machine and the process as a whole: memory, processors, descriptors.

use crate::{directory, file};

/// Memory of the machine, bytes.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Memory {
    /// All.
    pub total: u64,
    /// Unused.
    pub free: u64,
    /// All swap space.
    pub total_swap: u64,
    /// Unused swap space.
    pub free_swap: u64,
}

/// Memory of the machine.
pub fn memory() -> Memory {
    let mut info = std::mem::MaybeUninit::<libc::sysinfo>::zeroed();
    // SAFETY: the call fills the structure, of which all-zero is a valid value.
    let info = unsafe {
        libc::sysinfo(info.as_mut_ptr());
        info.assume_init()
    };
    let unit = u64::from(info.mem_unit);
    Memory {
        total: info.totalram * unit,
        free: info.freeram * unit,
        total_swap: info.totalswap * unit,
        free_swap: info.freeswap * unit,
    }
}

/// Virtual memory of the process, bytes; `None` without `/proc`.
pub fn virtual_memory() -> Option<u64> {
    let content = file::read_whole(c"/proc/self/statm").ok()?;
    let text = String::from_utf8_lossy(&content);
    let pages: u64 = text.split_ascii_whitespace().next()?.parse().ok()?;
    Some(pages * file::page_size() as u64)
}

/// Descriptors the process has open; `None` without `/proc`.
pub fn open_descriptors() -> Option<usize> {
    // One is the look itself.
    directory::list(c"/proc/self/fd")
        .ok()
        .map(|names| names.len().saturating_sub(1))
}

/// Descriptors the process may have open at present.
pub fn descriptor_limit() -> u64 {
    let mut limit = libc::rlimit {
        rlim_cur: 0,
        rlim_max: 0,
    };
    // SAFETY: the call fills the structure.
    unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &mut limit) };
    limit.rlim_cur
}

/// Processors the machine has: (configured, online).
pub fn processors() -> (i32, i32) {
    // SAFETY: sysconf reads numbers of the system.
    unsafe {
        (
            libc::sysconf(libc::_SC_NPROCESSORS_CONF) as i32,
            libc::sysconf(libc::_SC_NPROCESSORS_ONLN) as i32,
        )
    }
}

/// Clock ticks all processors have spent since the machine started; `None` without `/proc`.
pub fn total_processor_ticks() -> Option<i64> {
    let content = file::read_whole(c"/proc/stat").ok()?;
    let text = String::from_utf8_lossy(&content);
    let line = text.lines().next()?.strip_prefix("cpu ")?;
    // User, nice, system, idle, input/output, interrupts, soft interrupts, stolen.
    line.split_ascii_whitespace()
        .take(8)
        .map(|ticks| ticks.parse::<i64>().ok())
        .sum()
}

/// Ticks since the system started in which the processors had something to do, and all of them.
pub fn processor_ticks() -> Option<(i64, i64)> {
    let content = file::read_whole(c"/proc/stat").ok()?;
    let text = String::from_utf8_lossy(&content);
    let line = text.lines().next()?.strip_prefix("cpu ")?;
    let ticks: Option<Vec<i64>> = line
        .split_ascii_whitespace()
        .take(8)
        .map(|ticks| ticks.parse().ok())
        .collect();
    let ticks = ticks?;
    let total: i64 = ticks.iter().sum();
    // The fourth and fifth: idle, and idle with input or output under way.
    let idle: i64 = ticks.iter().skip(3).take(2).sum();
    Some((total - idle, total))
}

/// Processor time in user mode of a thread of this process by the system's number, nanoseconds.
pub fn thread_user_nanoseconds(thread: u64) -> Option<i64> {
    let path = file::c_path(format!("/proc/self/task/{thread}/stat").as_bytes());
    let content = file::read_whole(&path).ok()?;
    let text = String::from_utf8_lossy(&content);
    let ticks: i64 = text[text.rfind(')')? + 1..]
        .split_ascii_whitespace()
        .nth(11)?
        .parse()
        .ok()?;
    // SAFETY: sysconf reads a constant.
    let rate = (unsafe { libc::sysconf(libc::_SC_CLK_TCK) }).max(1);
    Some(ticks.saturating_mul(1_000_000_000 / rate))
}

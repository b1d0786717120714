//! What a program finds of itself in `/proc`, as far as programs ask: small texts of the monitor's, made when they are opened.

use crate::memory::PAGE;
use crate::vm::Vm;

/// Files whose text is made anew each time. The process's number is 1.
pub const MADE: &[&str] = &[
    "/proc/self/stat",
    "/proc/self/statm",
    "/proc/self/status",
    "/proc/1/stat",
    "/proc/1/statm",
    "/proc/1/status",
];

/// Ticks of `stat` in a second.
const TICKS: i64 = 100;

/// The text of the file of this path, if it is one of them.
pub fn text(vm: &Vm, path: &[u8]) -> Option<Vec<u8>> {
    if !MADE.iter().any(|made| made.as_bytes() == path) {
        return None;
    }
    let (mapped, available) = {
        let space = vm.space();
        (space.mapped_bytes(), space.available())
    };
    let resident = vm.memory_bytes().saturating_sub(available);
    let threads = vm.thread_count();
    // SAFETY: all-zero is a valid value; the call fills the structure.
    let usage = unsafe {
        let mut usage = std::mem::zeroed::<libc::rusage>();
        libc::getrusage(libc::RUSAGE_SELF, &mut usage);
        usage
    };
    let ticks = |time: libc::timeval| time.tv_sec * TICKS + time.tv_usec * TICKS / 1_000_000;
    let (user, system) = (ticks(usage.ru_utime), ticks(usage.ru_stime));
    let name = path.rsplit(|&byte| byte == b'/').next().unwrap_or_default();
    let text = match name {
        // 52 fields: those that are not known are 0.
        b"stat" => format!(
            "1 (peaberry) S 0 1 1 0 -1 0 0 0 0 0 {user} {system} 0 0 20 0 {threads} 0 0 {mapped} {}{}\n",
            resident / PAGE,
            " 0".repeat(28)
        ),
        b"statm" => format!("{} {} 0 0 0 {} 0\n", mapped / PAGE, resident / PAGE, mapped / PAGE),
        _ => format!(
            "Name:\tpeaberry\nState:\tS (sleeping)\nTgid:\t1\nPid:\t1\nPPid:\t0\nUid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\n\
             VmSize:\t{} kB\nVmRSS:\t{} kB\nThreads:\t{threads}\n",
            mapped >> 10,
            resident >> 10
        ),
    };
    Some(text.into_bytes())
}

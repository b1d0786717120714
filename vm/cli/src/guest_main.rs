//! The start of the program that runs in a guest, where each system call costs tens of microseconds.
//!
//! The standard library's own start does more than ten of them: it looks whether the standard streams are open, which the
//! monitor sees to, and installs handlers and a stack of their own for overflows of the main thread's stack, of which no
//! guest hears, since guard pages are not enforced there.

#[cfg(all(target_feature = "crt-static", target_env = "gnu", target_arch = "x86_64"))]
mod calls;

use crate::exit_code::ExitCode;
use std::ffi::{c_char, c_int, c_ulong};
use std::panic::catch_unwind;

/// What the standard library ends with after a panic of the main thread.
const PANICKED: ExitCode = 101;

#[unsafe(no_mangle)]
extern "C" fn main(_count: c_int, _arguments: *const *const c_char) -> c_int {
    #[cfg(all(target_feature = "crt-static", target_env = "gnu", target_arch = "x86_64"))]
    calls::started();
    // A write to a pipe that nobody reads is an error, not the end, as the standard library has it.
    // SAFETY: ignoring a signal touches no memory.
    unsafe { libc::signal(libc::SIGPIPE, libc::SIG_IGN) };
    let code = catch_unwind(crate::command).unwrap_or(PANICKED);
    // Writes out what standard output still holds, too.
    std::process::exit(code.into())
}

/// The C library's, but that what a guest has no use for, and the allocator asks for at each mapping, is no system call: names of
/// mappings, and leave to have no huge pages.
#[unsafe(no_mangle)]
extern "C" fn prctl(option: c_int, second: c_ulong, third: c_ulong, fourth: c_ulong, fifth: c_ulong) -> c_int {
    match option {
        libc::PR_SET_VMA => 0,
        // They are switched off.
        libc::PR_GET_THP_DISABLE => 1,
        // SAFETY: the caller's own call.
        _ => unsafe {
            libc::syscall(
                libc::SYS_prctl,
                c_ulong::from(option as u32),
                second,
                third,
                fourth,
                fifth,
            ) as c_int
        },
    }
}

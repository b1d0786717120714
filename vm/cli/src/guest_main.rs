//! The start of the program that runs in a guest, where each system call costs tens of microseconds.
//!
//! The standard library's own start does more than ten of them: it looks whether the standard streams are open, which the
//! monitor sees to, and installs handlers and a stack of their own for overflows of the main thread's stack, of which no
//! guest hears, since guard pages are not enforced there.

use crate::exit_code::ExitCode;
use std::ffi::{c_char, c_int};
use std::panic::catch_unwind;

/// What the standard library ends with after a panic of the main thread.
const PANICKED: ExitCode = 101;

#[unsafe(no_mangle)]
extern "C" fn main(_count: c_int, _arguments: *const *const c_char) -> c_int {
    // A write to a pipe that nobody reads is an error, not the end, as the standard library has it.
    // SAFETY: ignoring a signal touches no memory.
    unsafe { libc::signal(libc::SIGPIPE, libc::SIG_IGN) };
    let code = catch_unwind(crate::command).unwrap_or(PANICKED);
    // Writes out what standard output still holds, too.
    std::process::exit(code.into())
}

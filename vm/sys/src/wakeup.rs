//! Waking a thread out of a blocking system call: a signal whose handler does nothing, so that the call reports
//! interruption.

use std::sync::Once;

/// The signal; the one other Java VMs use, so that tools that know them are not surprised.
fn wakeup_signal() -> i32 {
    libc::SIGRTMAX() - 2
}

extern "C" fn nothing(_signal: libc::c_int) {}

/// Installs the handler; once per process.
pub fn install() {
    static INSTALL: Once = Once::new();
    INSTALL.call_once(|| {
        // SAFETY: the structure is initialised and the handler does nothing; without SA_RESTART calls are interrupted.
        unsafe {
            let mut action = std::mem::zeroed::<libc::sigaction>();
            action.sa_sigaction = nothing as extern "C" fn(libc::c_int) as usize;
            libc::sigemptyset(&mut action.sa_mask);
            libc::sigaction(wakeup_signal(), &action, std::ptr::null_mut());
            let mut set = std::mem::zeroed::<libc::sigset_t>();
            libc::sigemptyset(&mut set);
            libc::sigaddset(&mut set, wakeup_signal());
            libc::pthread_sigmask(libc::SIG_UNBLOCK, &set, std::ptr::null_mut());
        }
    });
}

/// The calling thread, as [`wake`] wants it; never 0.
pub fn current() -> u64 {
    // SAFETY: always succeeds.
    unsafe { libc::pthread_self() as u64 }
}

/// Interrupts the system call a thread is in, if it is in one.
///
/// # Safety
/// The thread has not ended.
pub unsafe fn wake(thread: u64) -> bool {
    // SAFETY: given by the caller.
    unsafe { libc::pthread_kill(thread as libc::pthread_t, wakeup_signal()) == 0 }
}

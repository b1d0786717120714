//! Signals of the process, handed to waiting threads through pipes. The only process-wide state of the project.
//!
//! A handler can do next to nothing, so it writes the signal's number into the pipe of every [`SignalReceiver`] that
//! asked for it; several VMs of one process each have a receiver.

use std::io;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI32, AtomicU64, Ordering};

/// Hang-up of the controlling terminal.
pub const SIGHUP: i32 = libc::SIGHUP;
/// Interrupt from the keyboard.
pub const SIGINT: i32 = libc::SIGINT;
/// Quit from the keyboard; prints a thread dump in Java VMs.
pub const SIGQUIT: i32 = libc::SIGQUIT;
/// Request to end.
pub const SIGTERM: i32 = libc::SIGTERM;
/// Write to a pipe or socket nobody reads.
pub const SIGPIPE: i32 = libc::SIGPIPE;

/// Receivers that can exist at the same time.
const MAX_RECEIVERS: usize = 32;

struct Slot {
    /// Write end of the receiver's pipe, -1 when the slot is free.
    pipe: AtomicI32,
    /// Bit n: signal n is wanted.
    wanted: AtomicU64,
}

static SLOTS: [Slot; MAX_RECEIVERS] = [const {
    Slot {
        pipe: AtomicI32::new(-1),
        wanted: AtomicU64::new(0),
    }
}; MAX_RECEIVERS];
static CHANGES: Mutex<()> = Mutex::new(());

/// What a signal does when it arrives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Disposition {
    /// The system's default.
    Default,
    /// Nothing.
    Ignore,
    /// A handler of this module.
    Received,
    /// A handler of somebody else's.
    Foreign,
}

extern "C" fn on_signal(signal: libc::c_int) {
    // SAFETY: only async-signal-safe calls on atomics and file descriptors; errno is restored.
    unsafe {
        let errno = libc::__errno_location();
        let saved = *errno;
        let byte = signal as u8;
        for slot in &SLOTS {
            if slot.wanted.load(Ordering::Acquire) & bit(signal) != 0 {
                let pipe = slot.pipe.load(Ordering::Acquire);
                if pipe >= 0 {
                    libc::write(pipe, (&raw const byte).cast(), 1);
                }
            }
        }
        *errno = saved;
    }
}

fn bit(signal: i32) -> u64 {
    if (1..64).contains(&signal) { 1 << signal } else { 0 }
}

fn set_action(signal: i32, action: libc::sighandler_t) -> io::Result<()> {
    if bit(signal) == 0 {
        return Err(io::Error::from(io::ErrorKind::InvalidInput));
    }
    // SAFETY: the structure is fully initialised and the handler, if any, is async-signal-safe.
    unsafe {
        let mut new = std::mem::zeroed::<libc::sigaction>();
        new.sa_sigaction = action;
        new.sa_flags = libc::SA_RESTART;
        libc::sigemptyset(&mut new.sa_mask);
        if libc::sigaction(signal, &new, std::ptr::null_mut()) != 0 {
            return Err(io::Error::last_os_error());
        }
    }
    Ok(())
}

fn handler() -> libc::sighandler_t {
    on_signal as extern "C" fn(libc::c_int) as *const () as libc::sighandler_t
}

fn unsubscribe_all(signal: i32) {
    for slot in &SLOTS {
        slot.wanted.fetch_and(!bit(signal), Ordering::AcqRel);
    }
}

/// What the signal does at present.
pub fn disposition(signal: i32) -> io::Result<Disposition> {
    // SAFETY: only reads the present action into a local.
    let present = unsafe {
        let mut present = std::mem::zeroed::<libc::sigaction>();
        if libc::sigaction(signal, std::ptr::null(), &mut present) != 0 {
            return Err(io::Error::last_os_error());
        }
        present.sa_sigaction
    };
    Ok(match present {
        libc::SIG_DFL => Disposition::Default,
        libc::SIG_IGN => Disposition::Ignore,
        other if other == handler() => Disposition::Received,
        _ => Disposition::Foreign,
    })
}

/// Restores the system's default for the signal; no receiver gets it any more.
pub fn restore_default(signal: i32) -> io::Result<()> {
    let _changes = CHANGES.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    unsubscribe_all(signal);
    set_action(signal, libc::SIG_DFL)
}

/// Makes the process ignore the signal; no receiver gets it any more.
pub fn ignore(signal: i32) -> io::Result<()> {
    let _changes = CHANGES.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    unsubscribe_all(signal);
    set_action(signal, libc::SIG_IGN)
}

/// Sends the signal to this process.
pub fn raise(signal: i32) -> io::Result<()> {
    // SAFETY: kill has no memory preconditions.
    if unsafe { libc::kill(libc::getpid(), signal) } != 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}

/// The number of a signal by its name without `SIG`, as `jdk.internal.misc.Signal` asks; `None` when unknown.
pub fn number(name: &str) -> Option<i32> {
    Some(match name {
        "HUP" => libc::SIGHUP,
        "INT" => libc::SIGINT,
        "QUIT" => libc::SIGQUIT,
        "ILL" => libc::SIGILL,
        "TRAP" => libc::SIGTRAP,
        "ABRT" | "IOT" => libc::SIGABRT,
        "BUS" => libc::SIGBUS,
        "FPE" => libc::SIGFPE,
        "KILL" => libc::SIGKILL,
        "USR1" => libc::SIGUSR1,
        "SEGV" => libc::SIGSEGV,
        "USR2" => libc::SIGUSR2,
        "PIPE" => libc::SIGPIPE,
        "ALRM" => libc::SIGALRM,
        "TERM" => libc::SIGTERM,
        "STKFLT" => libc::SIGSTKFLT,
        "CHLD" | "CLD" => libc::SIGCHLD,
        "CONT" => libc::SIGCONT,
        "STOP" => libc::SIGSTOP,
        "TSTP" => libc::SIGTSTP,
        "TTIN" => libc::SIGTTIN,
        "TTOU" => libc::SIGTTOU,
        "URG" => libc::SIGURG,
        "XCPU" => libc::SIGXCPU,
        "XFSZ" => libc::SIGXFSZ,
        "VTALRM" => libc::SIGVTALRM,
        "PROF" => libc::SIGPROF,
        "WINCH" => libc::SIGWINCH,
        "IO" | "POLL" => libc::SIGIO,
        "PWR" => libc::SIGPWR,
        "SYS" => libc::SIGSYS,
        _ => return None,
    })
}

/// A queue of signals for one waiting thread.
#[derive(Debug)]
pub struct SignalReceiver {
    read: i32,
    write: i32,
    slot: usize,
}

impl SignalReceiver {
    /// A receiver that wants no signal yet.
    pub fn new() -> io::Result<SignalReceiver> {
        let mut ends = [-1i32; 2];
        // SAFETY: pipe2 writes two descriptors into the array.
        if unsafe { libc::pipe2(ends.as_mut_ptr(), libc::O_CLOEXEC) } != 0 {
            return Err(io::Error::last_os_error());
        }
        let [read, write] = ends;
        // A full pipe must not block the handler.
        // SAFETY: the descriptor was made just now.
        unsafe { libc::fcntl(write, libc::F_SETFL, libc::O_NONBLOCK) };
        let _changes = CHANGES.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        for (slot, entry) in SLOTS.iter().enumerate() {
            if entry.pipe.load(Ordering::Acquire) < 0 {
                entry.wanted.store(0, Ordering::Release);
                entry.pipe.store(write, Ordering::Release);
                return Ok(SignalReceiver { read, write, slot });
            }
        }
        // SAFETY: both descriptors were made just now and are closed once.
        unsafe {
            libc::close(read);
            libc::close(write);
        }
        Err(io::Error::other("too many signal receivers"))
    }

    /// Has the signal delivered here from now on (other receivers that want it get it too).
    pub fn install(&self, signal: i32) -> io::Result<()> {
        let _changes = CHANGES.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        set_action(signal, handler())?;
        SLOTS[self.slot].wanted.fetch_or(bit(signal), Ordering::AcqRel);
        Ok(())
    }

    /// Stops delivery here; when no other receiver wants the signal, its default is restored.
    pub fn uninstall(&self, signal: i32) -> io::Result<()> {
        let _changes = CHANGES.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        SLOTS[self.slot].wanted.fetch_and(!bit(signal), Ordering::AcqRel);
        let wanted_elsewhere = SLOTS
            .iter()
            .any(|slot| slot.wanted.load(Ordering::Acquire) & bit(signal) != 0);
        if wanted_elsewhere {
            Ok(())
        } else {
            set_action(signal, libc::SIG_DFL)
        }
    }

    /// Waits for a signal; `None` after [`SignalReceiver::close`].
    pub fn next(&self) -> Option<i32> {
        loop {
            let mut byte = 0u8;
            // SAFETY: reads one byte into a local from a descriptor this value owns.
            match unsafe { libc::read(self.read, (&raw mut byte).cast(), 1) } {
                1 if byte == 0 => return None,
                1 => return Some(i32::from(byte)),
                0 => return None,
                _ if io::Error::last_os_error().kind() == io::ErrorKind::Interrupted => {}
                _ => return None,
            }
        }
    }

    /// Puts a signal into this queue only, as if it had arrived (`Signal.raise` without a process-wide effect).
    pub fn deliver(&self, signal: i32) {
        if bit(signal) != 0 {
            self.push(signal as u8);
        }
    }

    /// Makes a waiting [`SignalReceiver::next`] return `None`.
    pub fn close(&self) {
        self.push(0);
    }

    fn push(&self, byte: u8) {
        // SAFETY: writes one byte of a local to a descriptor this value owns.
        unsafe { libc::write(self.write, (&raw const byte).cast(), 1) };
    }
}

impl Drop for SignalReceiver {
    fn drop(&mut self) {
        {
            let _changes = CHANGES.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
            let entry = &SLOTS[self.slot];
            let wanted = entry.wanted.swap(0, Ordering::AcqRel);
            entry.pipe.store(-1, Ordering::Release);
            for signal in 1..64 {
                let still = SLOTS
                    .iter()
                    .any(|slot| slot.wanted.load(Ordering::Acquire) & bit(signal) != 0);
                if wanted & bit(signal) != 0 && !still {
                    let _ = set_action(signal, libc::SIG_DFL);
                }
            }
        }
        // SAFETY: both descriptors belong to this value and are closed once.
        unsafe {
            libc::close(self.read);
            libc::close(self.write);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signals_arrive_and_receivers_close() {
        let one = SignalReceiver::new().expect("receiver");
        let two = SignalReceiver::new().expect("receiver");
        one.install(libc::SIGUSR2).expect("install");
        two.install(libc::SIGUSR2).expect("install");
        assert_eq!(disposition(libc::SIGUSR2).expect("disposition"), Disposition::Received);
        raise(libc::SIGUSR2).expect("raise");
        assert_eq!(one.next(), Some(libc::SIGUSR2));
        assert_eq!(two.next(), Some(libc::SIGUSR2));
        drop(two);
        assert_eq!(disposition(libc::SIGUSR2).expect("disposition"), Disposition::Received);
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| one.next());
            one.close();
            assert_eq!(waiting.join().expect("join"), None);
        });
        drop(one);
        assert_eq!(disposition(libc::SIGUSR2).expect("disposition"), Disposition::Default);
        assert_eq!(number("INT"), Some(SIGINT));
    }
}

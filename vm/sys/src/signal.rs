//! Signals of the process, handed to waiting threads. The only process-wide state of the project.
//!
//! A handler can do next to nothing, so it counts the signal in the slot of every [`SignalReceiver`] that asked for it, and
//! wakes who waits there; several VMs of one process each have a receiver.

use std::io;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};

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

/// Signals are numbered below this.
const SIGNALS: usize = 64;

struct Slot {
    /// A receiver has it.
    is_taken: AtomicBool,
    /// Bit n: signal n is wanted.
    wanted: AtomicU64,
    /// How often each signal has come and was not taken yet.
    pending: [AtomicU32; SIGNALS],
    /// The receiver was closed.
    is_closed: AtomicBool,
    /// Counts all changes of the two above: what is waited at.
    changes: AtomicU32,
}

static SLOTS: [Slot; MAX_RECEIVERS] = [const {
    Slot {
        is_taken: AtomicBool::new(false),
        wanted: AtomicU64::new(0),
        pending: [const { AtomicU32::new(0) }; SIGNALS],
        is_closed: AtomicBool::new(false),
        changes: AtomicU32::new(0),
    }
}; MAX_RECEIVERS];
static CHANGES: Mutex<()> = Mutex::new(());

impl Slot {
    fn wants(&self, signal: i32) -> bool {
        self.wanted.load(Ordering::Acquire) & bit(signal) != 0
    }

    /// Counts a signal. For handlers, too: nothing but atomics and a system call.
    fn push(&self, signal: i32) {
        if let Some(count) = usize::try_from(signal).ok().and_then(|number| self.pending.get(number)) {
            count.fetch_add(1, Ordering::Release);
            self.wake();
        }
    }

    fn wake(&self) {
        self.changes.fetch_add(1, Ordering::Release);
        self.futex(libc::FUTEX_WAKE, i32::MAX as u32);
    }

    /// Takes a signal that has come: of several the one with the lowest number.
    fn take(&self) -> Option<i32> {
        let number = self.pending.iter().position(|count| {
            let less = |count: u32| count.checked_sub(1);
            count.fetch_update(Ordering::AcqRel, Ordering::Acquire, less).is_ok()
        })?;
        Some(number as i32)
    }

    /// Waits until something has changed since `seen` was read; may return early.
    fn wait(&self, seen: u32) {
        self.futex(libc::FUTEX_WAIT, seen);
    }

    fn futex(&self, operation: libc::c_int, value: u32) {
        let operation = operation | libc::FUTEX_PRIVATE_FLAG;
        let no_timeout = std::ptr::null::<libc::timespec>();
        // SAFETY: the word is static; it is looked at, not changed.
        unsafe { libc::syscall(libc::SYS_futex, self.changes.as_ptr(), operation, value, no_timeout) };
    }
}

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
    // SAFETY: the address of the thread's own variable.
    let errno = unsafe { libc::__errno_location() };
    // SAFETY: as above; it is put back below.
    let saved = unsafe { *errno };
    for slot in SLOTS.iter().filter(|slot| slot.wants(signal)) {
        slot.push(signal);
    }
    // SAFETY: as above.
    unsafe { *errno = saved };
}

fn bit(signal: i32) -> u64 {
    if (1..SIGNALS as i32).contains(&signal) {
        1 << signal
    } else {
        0
    }
}

/// Sets what a signal does; gives what it did before.
fn set_action(signal: i32, action: libc::sighandler_t) -> io::Result<libc::sigaction> {
    if bit(signal) == 0 {
        return Err(io::Error::from(io::ErrorKind::InvalidInput));
    }
    // SAFETY: the structure is fully initialised and the handler, if any, is async-signal-safe; the other is written.
    unsafe {
        let mut new = std::mem::zeroed::<libc::sigaction>();
        let mut before = std::mem::zeroed::<libc::sigaction>();
        new.sa_sigaction = action;
        new.sa_flags = libc::SA_RESTART;
        libc::sigemptyset(&mut new.sa_mask);
        if libc::sigaction(signal, &new, &mut before) != 0 {
            return Err(io::Error::last_os_error());
        }
        Ok(before)
    }
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
    Ok(disposition_of(present))
}

fn disposition_of(action: libc::sighandler_t) -> Disposition {
    match action {
        libc::SIG_DFL => Disposition::Default,
        libc::SIG_IGN => Disposition::Ignore,
        other if other == handler() => Disposition::Received,
        _ => Disposition::Foreign,
    }
}

/// Restores the system's default for the signal; no receiver gets it any more.
pub fn restore_default(signal: i32) -> io::Result<()> {
    let _changes = CHANGES.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    unsubscribe_all(signal);
    set_action(signal, libc::SIG_DFL).map(drop)
}

/// Makes the process ignore the signal; no receiver gets it any more.
pub fn ignore(signal: i32) -> io::Result<()> {
    let _changes = CHANGES.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    unsubscribe_all(signal);
    set_action(signal, libc::SIG_IGN).map(drop)
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
    slot: usize,
}

impl SignalReceiver {
    /// A receiver that wants no signal yet.
    pub fn new() -> io::Result<SignalReceiver> {
        let _changes = CHANGES.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let free = SLOTS.iter().position(|slot| !slot.is_taken.load(Ordering::Acquire));
        let slot = free.ok_or_else(|| io::Error::other("too many signal receivers"))?;
        let entry = &SLOTS[slot];
        entry.wanted.store(0, Ordering::Release);
        for count in &entry.pending {
            count.store(0, Ordering::Release);
        }
        entry.is_closed.store(false, Ordering::Release);
        entry.is_taken.store(true, Ordering::Release);
        Ok(SignalReceiver { slot })
    }

    fn slot(&self) -> &'static Slot {
        &SLOTS[self.slot]
    }

    /// Has the signal delivered here from now on (other receivers that want it get it too). Gives what it did before.
    pub fn install(&self, signal: i32) -> io::Result<Disposition> {
        self.install_but(signal, |_| false)
    }

    /// The same, but a signal that is ignored stays so.
    pub fn install_unless_ignored(&self, signal: i32) -> io::Result<Disposition> {
        self.install_but(signal, |before| before == Disposition::Ignore)
    }

    /// Has the signal delivered here unless it did before what is to be `kept`: then that is put back, and what comes in between
    /// is lost, as nobody wants it.
    fn install_but(&self, signal: i32, kept: impl Fn(Disposition) -> bool) -> io::Result<Disposition> {
        let _changes = CHANGES.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let before = set_action(signal, handler())?;
        let disposition = disposition_of(before.sa_sigaction);
        if kept(disposition) {
            // SAFETY: what the system gave, set again.
            if unsafe { libc::sigaction(signal, &before, std::ptr::null_mut()) } != 0 {
                return Err(io::Error::last_os_error());
            }
        } else {
            self.slot().wanted.fetch_or(bit(signal), Ordering::AcqRel);
        }
        Ok(disposition)
    }

    /// Stops delivery here; when no other receiver wants the signal, its default is restored.
    pub fn uninstall(&self, signal: i32) -> io::Result<()> {
        let _changes = CHANGES.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        self.slot().wanted.fetch_and(!bit(signal), Ordering::AcqRel);
        if SLOTS.iter().any(|slot| slot.wants(signal)) {
            Ok(())
        } else {
            set_action(signal, libc::SIG_DFL).map(drop)
        }
    }

    /// Waits for a signal; `None` after [`SignalReceiver::close`].
    pub fn next(&self) -> Option<i32> {
        let slot = self.slot();
        loop {
            let seen = slot.changes.load(Ordering::Acquire);
            if slot.is_closed.load(Ordering::Acquire) {
                return None;
            }
            if let Some(signal) = slot.take() {
                return Some(signal);
            }
            slot.wait(seen);
        }
    }

    /// Waits until a signal has come, which [`SignalReceiver::next`] will give; false after [`SignalReceiver::close`].
    pub fn wait(&self) -> bool {
        let slot = self.slot();
        loop {
            let seen = slot.changes.load(Ordering::Acquire);
            if slot.is_closed.load(Ordering::Acquire) {
                return false;
            }
            if slot.pending.iter().any(|count| count.load(Ordering::Acquire) != 0) {
                return true;
            }
            slot.wait(seen);
        }
    }

    /// Puts a signal into this queue only, as if it had arrived (`Signal.raise` without a process-wide effect).
    pub fn deliver(&self, signal: i32) {
        if bit(signal) != 0 {
            self.slot().push(signal);
        }
    }

    /// Makes [`SignalReceiver::next`] return `None` from now on.
    pub fn close(&self) {
        self.slot().is_closed.store(true, Ordering::Release);
        self.slot().wake();
    }
}

impl Drop for SignalReceiver {
    fn drop(&mut self) {
        let _changes = CHANGES.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let wanted = self.slot().wanted.swap(0, Ordering::AcqRel);
        for signal in 1..SIGNALS as i32 {
            if wanted & bit(signal) != 0 && !SLOTS.iter().any(|slot| slot.wants(signal)) {
                let _ = set_action(signal, libc::SIG_DFL);
            }
        }
        self.slot().is_taken.store(false, Ordering::Release);
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
        one.deliver(libc::SIGUSR2);
        assert_eq!(one.next(), None, "closed is closed");
        drop(one);
        assert_eq!(disposition(libc::SIGUSR2).expect("disposition"), Disposition::Default);
        assert_eq!(number("INT"), Some(SIGINT));
    }

    #[test]
    fn signals_that_came_before_are_taken_one_by_one() {
        let receiver = SignalReceiver::new().expect("receiver");
        for signal in [libc::SIGURG, libc::SIGHUP, libc::SIGURG] {
            receiver.deliver(signal);
        }
        let taken = [(); 3].map(|()| receiver.next());
        assert_eq!(taken, [libc::SIGHUP, libc::SIGURG, libc::SIGURG].map(Some));
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| (receiver.wait(), receiver.next()));
            std::thread::sleep(std::time::Duration::from_millis(20));
            receiver.deliver(libc::SIGWINCH);
            assert_eq!(waiting.join().expect("join"), (true, Some(libc::SIGWINCH)));
        });
        receiver.close();
        assert!(!receiver.wait());
    }

    #[test]
    fn an_ignored_signal_may_stay_so() {
        let receiver = SignalReceiver::new().expect("receiver");
        ignore(libc::SIGUSR1).expect("ignore");
        let before = receiver.install_unless_ignored(libc::SIGUSR1).expect("looked at");
        assert_eq!(before, Disposition::Ignore);
        assert_eq!(disposition(libc::SIGUSR1).expect("disposition"), Disposition::Ignore);
        raise(libc::SIGUSR1).expect("raise");
        receiver.deliver(libc::SIGPIPE);
        assert_eq!(receiver.next(), Some(libc::SIGPIPE), "what was ignored has not come");
        assert_eq!(receiver.install(libc::SIGUSR1).expect("install"), Disposition::Ignore);
        let again = receiver.install_unless_ignored(libc::SIGUSR1).expect("install");
        assert_eq!(again, Disposition::Received);
        drop(receiver);
        assert_eq!(disposition(libc::SIGUSR1).expect("disposition"), Disposition::Default);
    }
}

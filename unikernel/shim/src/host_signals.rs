//! Signals that the host sends to the monitor are the guest's: Ctrl-C, a terminal's end, requests to end.

use crate::confinement::Kind;
use crate::signals::{Action, Actions, IGNORE};
use crate::vm::Vm;
use std::io::{self, PipeReader, Read};
use std::os::fd::{AsRawFd, OwnedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};
use std::thread::JoinHandle;

/// Those that are passed on.
const PASSED: &[i32] = &[
    libc::SIGHUP,
    libc::SIGINT,
    libc::SIGQUIT,
    libc::SIGTERM,
    libc::SIGUSR1,
    libc::SIGUSR2,
    libc::SIGWINCH,
];

/// Where the handler writes; -1 while no VM of this process gets signals.
static QUEUE: AtomicI32 = AtomicI32::new(-1);

extern "C" fn on_signal(signal: libc::c_int) {
    let byte = signal as u8;
    // SAFETY: only calls that a handler may make; errno is restored.
    unsafe {
        let errno = libc::__errno_location();
        let saved = *errno;
        libc::write(QUEUE.load(Ordering::Acquire), (&raw const byte).cast(), 1);
        *errno = saved;
    }
}

/// As long as it lives, signals go to the guest: those of before it is served wait. Of several VMs in a process, the first one gets them.
pub struct Passing {
    thread: Option<JoinHandle<()>>,
    arrived: Option<PipeReader>,
    queue: OwnedFd,
    before: Vec<(i32, libc::sigaction)>,
}

/// What the guest begins with: signals that this process ignores, as one that a shell starts in the background, stay so.
pub fn inherited() -> Actions {
    let mut actions = Actions::from([Action::default(); 64]);
    for &signal in PASSED {
        // SAFETY: only reads the present action into a local.
        let ignored = unsafe {
            let mut present = std::mem::zeroed::<libc::sigaction>();
            libc::sigaction(signal, std::ptr::null(), &mut present) == 0 && present.sa_sigaction == libc::SIG_IGN
        };
        if ignored {
            actions[signal as usize - 1].handler = IGNORE;
        }
    }
    actions
}

impl Passing {
    /// Begins.
    pub fn begin() -> io::Result<Option<Passing>> {
        let (read, write) = io::pipe()?;
        let queue = OwnedFd::from(write);
        // SAFETY: no pointers. A full pipe must not keep the handler.
        unsafe { libc::fcntl(queue.as_raw_fd(), libc::F_SETFL, libc::O_NONBLOCK) };
        let free = QUEUE.compare_exchange(-1, queue.as_raw_fd(), Ordering::AcqRel, Ordering::Acquire);
        if free.is_err() {
            return Ok(None);
        }
        let mut passing = Passing {
            thread: None,
            arrived: Some(read),
            queue,
            before: Vec::new(),
        };
        for &signal in PASSED {
            // SAFETY: the structures are initialised; the handler keeps to what handlers may do.
            unsafe {
                let (mut action, mut before) = std::mem::zeroed::<(libc::sigaction, libc::sigaction)>();
                action.sa_sigaction = on_signal as extern "C" fn(libc::c_int) as *const () as libc::sighandler_t;
                action.sa_flags = libc::SA_RESTART;
                libc::sigemptyset(&mut action.sa_mask);
                libc::sigaction(signal, &action, &mut before);
                passing.before.push((signal, before));
            }
        }
        Ok(Some(passing))
    }

    /// Hands on to a VM what arrived and what arrives.
    pub fn serve(&mut self, vm: &Arc<Vm>) -> io::Result<()> {
        let Some(mut arrived) = self.arrived.take() else {
            return Ok(());
        };
        let vm = vm.clone();
        let pass = move || {
            vm.confine(Kind::Signals);
            let mut signal = [0];
            // 0 is the end.
            while matches!(arrived.read(&mut signal), Ok(1)) && signal != [0] {
                let _ = vm.send_signal(i32::from(signal[0]), None);
            }
        };
        self.thread = Some(std::thread::Builder::new().name("signals".into()).spawn(pass)?);
        Ok(())
    }
}

impl Drop for Passing {
    fn drop(&mut self) {
        for (signal, before) in &self.before {
            // SAFETY: what the same call gave.
            unsafe { libc::sigaction(*signal, before, std::ptr::null_mut()) };
        }
        QUEUE.store(-1, Ordering::Release);
        let end = 0u8;
        // SAFETY: no pointers. Nobody else writes any more, and the end must get through.
        unsafe { libc::fcntl(self.queue.as_raw_fd(), libc::F_SETFL, 0) };
        // SAFETY: writes one byte of a local.
        unsafe { libc::write(self.queue.as_raw_fd(), (&raw const end).cast(), 1) };
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

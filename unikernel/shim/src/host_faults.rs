//! Accesses of the monitor's own to guest memory that is a file's pages: the file may have become shorter, or its disk be full, and
//! then the host answers them with SIGBUS. A page of zeros takes the missing one's place, so that no guest's file ends its monitor.

use std::sync::Once;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Most VMs of a process whose memory is known here.
const MOST: usize = 256;

/// Guest memory: where it begins, 0 for none, and where it ends.
struct Known(AtomicUsize, AtomicUsize);

static KNOWN: [Known; MOST] = [const { Known(AtomicUsize::new(0), AtomicUsize::new(0)) }; MOST];

extern "C" fn on_fault(signal: libc::c_int, information: *mut libc::siginfo_t, _: *mut libc::c_void) {
    /// `BUS_ADRERR`: there is no such page, as opposed to one that is broken, or a signal that was sent.
    const NO_PAGE: i32 = 2;
    const PAGE: usize = 4096;
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE | libc::MAP_FIXED;
    // SAFETY: the system passes a siginfo; only calls that a handler may make, and errno is restored. What is replaced is a page of guest
    // memory that cannot be accessed as it is, and stays mapped.
    unsafe {
        let errno = libc::__errno_location();
        let saved = *errno;
        let address = (*information).si_addr() as usize;
        let inside = |known: &Known| {
            let (start, end) = (known.0.load(Ordering::SeqCst), known.1.load(Ordering::SeqCst));
            start != 0 && (start..end).contains(&address)
        };
        let page = (address / PAGE * PAGE) as *mut libc::c_void;
        let served = (*information).si_code == NO_PAGE
            && KNOWN.iter().any(inside)
            && libc::mmap(page, PAGE, libc::PROT_READ | libc::PROT_WRITE, flags, -1, 0) == page;
        if !served {
            // The access is made again and ends the process, as it would have done.
            libc::signal(signal, libc::SIG_DFL);
        }
        *errno = saved;
    }
}

/// Has faults in a range of guest memory served, as long as the value lives.
pub struct Served(Option<&'static Known>);

impl Served {
    /// From `start` on.
    pub fn new(start: usize, bytes: usize) -> Served {
        static INSTALLED: Once = Once::new();
        INSTALLED.call_once(|| {
            // SAFETY: the structure is initialised; the handler keeps to what a fault allows.
            unsafe {
                let mut action = std::mem::zeroed::<libc::sigaction>();
                action.sa_sigaction = on_fault as extern "C" fn(libc::c_int, *mut libc::siginfo_t, *mut libc::c_void)
                    as *const () as libc::sighandler_t;
                action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK;
                libc::sigemptyset(&mut action.sa_mask);
                libc::sigaction(libc::SIGBUS, &action, std::ptr::null_mut());
            }
        });
        let free = |known: &&Known| {
            let taken = known.0.compare_exchange(0, start, Ordering::SeqCst, Ordering::SeqCst);
            taken.is_ok()
        };
        let known = KNOWN.iter().find(free);
        if let Some(known) = known {
            known.1.store(start + bytes, Ordering::SeqCst);
        }
        Served(known)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        if let Some(known) = self.0 {
            known.1.store(0, Ordering::SeqCst);
            known.0.store(0, Ordering::SeqCst);
        }
    }
}

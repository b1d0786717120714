//! A guest: maps a file, waits while the host changes it, and looks.

use std::ffi::c_void;
use std::io::{Read, Write};
use std::os::fd::AsRawFd;
use std::sync::atomic::{AtomicUsize, Ordering};

#[repr(C)]
struct Action {
    handler: usize,
    mask: [u64; 16],
    flags: i32,
    restorer: usize,
}

// SAFETY: the C library's own declarations.
unsafe extern "C" {
    fn mmap(address: *mut c_void, length: usize, protection: i32, flags: i32, fd: i32, offset: i64) -> *mut c_void;
    fn msync(address: *mut c_void, length: usize, flags: i32) -> i32;
    fn sigaction(signal: i32, new: *const Action, old: *mut c_void) -> i32;
    fn write(descriptor: i32, bytes: *const u8, count: usize) -> isize;
    fn open(path: *const u8, flags: i32) -> i32;
}

const LENGTH: usize = 4 << 20;
const FAR: usize = 3 << 20;
const SIGBUS: i32 = 7;

static START: AtomicUsize = AtomicUsize::new(0);

extern "C" fn on_fault(signal: i32, information: *const i32, _: *const c_void) {
    // SAFETY: the third word of a siginfo is its code, the fifth and sixth are the address.
    let (code, address) = unsafe { (*information.add(2), information.add(4).cast::<usize>().read()) };
    let page = (address - START.load(Ordering::SeqCst)) >> 12;
    println!("signal {signal}, code {code}, page {page}");
    std::process::exit(5);
}

fn error() -> i32 {
    std::io::Error::last_os_error().raw_os_error().unwrap_or(0)
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let (path, mode) = (&arguments[1], arguments[2].as_str());
    let shared = mode == "both";
    let file = std::fs::OpenOptions::new().read(true).write(shared).open(path).expect("open");
    let (protection, flags) = if shared { (3, 1) } else { (1, 2) };
    // SAFETY: a new mapping.
    let start = unsafe { mmap(std::ptr::null_mut(), LENGTH, protection, flags, file.as_raw_fd(), 0) }.cast::<u8>();
    assert_ne!(start as isize, -1, "mmap: {}", error());
    START.store(start as usize, Ordering::SeqCst);
    // SAFETY: within the mapping.
    let at = |place: usize| unsafe { start.add(place).read_volatile() };
    println!("{} {}", at(0), at(FAR));
    if mode == "caught" {
        let handler = on_fault as extern "C" fn(i32, *const i32, *const c_void) as usize;
        let action = Action { handler, mask: [0; 16], flags: 4, restorer: 0 };
        // SAFETY: the structure outlives the call.
        assert_eq!(unsafe { sigaction(SIGBUS, &action, std::ptr::null_mut()) }, 0);
    }
    if shared {
        // SAFETY: within the mapping, which may be written.
        unsafe {
            start.write_volatile(9);
            assert_eq!(msync(start.cast(), LENGTH, 4), 0, "msync: {}", error());
        }
    }
    println!("mapped");
    std::io::stdin().read_exact(&mut [0]).expect("read");
    if mode == "asked" {
        // SAFETY: the calls get addresses of pages that may be missing, which is theirs to find out.
        unsafe {
            let written = write(1, start.add(FAR), 1);
            println!("{written} {}", error());
            let opened = open(start.add(FAR + 4096), 0);
            println!("{opened} {}", error());
        }
        return;
    }
    println!("{} {}", at(0), at(FAR));
    std::io::stdout().flush().expect("flush");
}

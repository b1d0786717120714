//! A guest that takes all it can have: threads, descriptors, mappings; or makes calls without end.

use std::ffi::c_void;

// SAFETY: the C library's own declarations.
unsafe extern "C" {
    fn dup(descriptor: i32) -> i32;
    fn close(descriptor: i32) -> i32;
    fn getppid() -> i32;
    fn mmap(address: *mut c_void, length: usize, protection: i32, flags: i32, fd: i32, offset: i64) -> *mut c_void;
    fn mprotect(address: *mut c_void, length: usize, protection: i32) -> i32;
    fn fork() -> i32;
}

fn error() -> i32 {
    std::io::Error::last_os_error().raw_os_error().unwrap_or(0)
}

fn storm() -> ! {
    println!("storming");
    for _ in 0..3 {
        std::thread::spawn(|| {
            loop {
                // SAFETY: no preconditions.
                unsafe { getppid() };
            }
        });
    }
    loop {
        // A fault that is no error: the first touch of a page, again and again.
        let bytes = vec![1u8; 4 << 20];
        std::hint::black_box(&bytes);
    }
}

fn main() {
    if std::env::args().nth(1).as_deref() == Some("storm") {
        storm();
    }
    let mut threads = Vec::new();
    let why = loop {
        let thread = std::thread::Builder::new().stack_size(64 << 10).spawn(std::thread::park);
        match thread {
            Ok(thread) => threads.push(thread),
            Err(error) => break error.raw_os_error(),
        }
    };
    println!("{} threads, {why:?}", threads.len() + 1);
    for thread in threads {
        thread.thread().unpark();
        thread.join().expect("join");
    }
    let again = std::thread::spawn(|| 5).join().expect("join");
    // SAFETY: no preconditions.
    let descriptors: Vec<i32> = std::iter::repeat_with(|| unsafe { dup(1) }).take_while(|&fd| fd >= 0).collect();
    println!("{} descriptors, {}", descriptors.len() + 3, error());
    // SAFETY: descriptors of this program's own.
    let closed = descriptors.iter().all(|&fd| unsafe { close(fd) } == 0);
    // SAFETY: a new mapping, of which every other page is protected differently.
    let areas = unsafe {
        let start = mmap(std::ptr::null_mut(), 1 << 30, 3, 0x4022, -1, 0);
        let protect = |index: &usize| mprotect(start.byte_add(index * 8192), 4096, 1) == 0;
        (0..131_072usize).take_while(protect).count()
    };
    println!("areas {} {}, {}", areas > 10_000, areas < 65_536, error());
    // SAFETY: no preconditions.
    let process = unsafe { fork() };
    println!("{again} {closed}, fork {process} {}", error());
}

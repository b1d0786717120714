//! What the C library and the allocator ask the system before `main` begins, and no monitor answers in the guest, answered in the
//! program: each system call costs tens of microseconds in a guest, and nothing of this can be other than it is said to be here.
//!
//! Definitions of the program's own come before those of the C library's archive. Where the archive has a name for itself, it is
//! defined weakly here: a C library that keeps it together with others has its own, and the calls are made.

use std::arch::{asm, global_asm};
use std::cell::UnsafeCell;
use std::ffi::{CStr, c_char, c_int, c_long, c_void};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// `main` has begun.
static STARTED: AtomicBool = AtomicBool::new(false);

/// To be called when `main` begins: what is asked from now on is asked by the program.
pub(super) fn started() {
    STARTED.store(true, Ordering::Relaxed);
}

/// A system call as the system answers it: errors are negative.
///
/// # Safety
/// The arguments are such that the call does no harm.
unsafe fn raw(number: c_long, arguments: [c_long; 6]) -> c_long {
    let result: c_long;
    // SAFETY: the caller vouches for the call; it changes these registers, and memory.
    unsafe {
        asm!(
            "syscall",
            inlateout("rax") number => result,
            in("rdi") arguments[0],
            in("rsi") arguments[1],
            in("rdx") arguments[2],
            in("r10") arguments[3],
            in("r8") arguments[4],
            in("r9") arguments[5],
            lateout("rcx") _,
            lateout("r11") _,
            options(nostack),
        );
    }
    result
}

/// A result as the C library gives it.
fn answered(result: c_long) -> c_long {
    match result {
        -4095..=-1 => {
            // SAFETY: the address of the thread's own variable.
            unsafe { *libc::__errno_location() = -result as c_int };
            -1
        }
        _ => result,
    }
}

/// `syscall(2)`, by which the allocator asks for settings of a kernel that a guest does not have.
///
/// # Safety
/// As the call's.
#[unsafe(no_mangle)]
unsafe extern "C" fn syscall(
    number: c_long,
    first: c_long,
    second: c_long,
    third: c_long,
    fourth: c_long,
    fifth: c_long,
    sixth: c_long,
) -> c_long {
    match number {
        // SAFETY: the first argument of these is a path.
        libc::SYS_open | libc::SYS_access if unsafe { is_setting(first as *const c_char) } => {
            answered(-c_long::from(libc::ENOENT))
        }
        // SAFETY: the caller vouches for the call.
        _ => answered(unsafe { raw(number, [first, second, third, fourth, fifth, sixth]) }),
    }
}

/// The path is one of a kernel's settings or of the machine's description.
///
/// # Safety
/// The path is a string.
unsafe fn is_setting(path: *const c_char) -> bool {
    // SAFETY: the caller vouches for it.
    let path = unsafe { CStr::from_ptr(path) }.to_bytes();
    path.starts_with(b"/sys/") || path.starts_with(b"/proc/sys/")
}

/// The C library's, but that the allocator, which asks first, does without the size of memory.
///
/// # Safety
/// As the call's.
#[unsafe(no_mangle)]
unsafe extern "C" fn sysinfo(information: *mut libc::sysinfo) -> c_int {
    if !STARTED.load(Ordering::Relaxed) {
        return -1;
    }
    // SAFETY: the caller vouches for the call.
    answered(unsafe { raw(libc::SYS_sysinfo, [information as c_long, 0, 0, 0, 0, 0]) }) as c_int
}

/// The C library's, but for its start, which makes read-only what it has relocated: less than what a guest's protections go by.
unsafe extern "C" fn protect(start: *mut c_void, bytes: usize, protection: c_int) -> c_int {
    if !STARTED.load(Ordering::Relaxed) {
        return 0;
    }
    let arguments = [start as c_long, bytes as c_long, c_long::from(protection), 0, 0, 0];
    // SAFETY: the caller vouches for the call.
    answered(unsafe { raw(libc::SYS_mprotect, arguments) }) as c_int
}

/// Where the program lies, which matters to libraries that it would load.
extern "C" fn origin() -> *const c_char {
    const UNKNOWN: usize = usize::MAX;
    std::ptr::without_provenance(UNKNOWN)
}

/// What the allocator begins and ends its mappings at.
const ALIGNMENT: usize = 64 << 10;
/// Bytes of its table of pages and of the first part of that.
const FIRST_MAPPINGS: usize = 0x25_0000 + ALIGNMENT;

/// Memory of the program's own, all zero, of which parts are given out one after the other.
struct Memory {
    bytes: UnsafeCell<[u8; FIRST_MAPPINGS]>,
    in_use: AtomicUsize,
}

// SAFETY: each part of it belongs to whom it was given.
unsafe impl Sync for Memory {}

impl Memory {
    /// Some of it, beginning where the allocator wants memory to begin.
    fn aligned(&self, bytes: usize) -> Option<*mut u8> {
        let start = self.bytes.get().cast::<u8>();
        let to_aligned = start.align_offset(ALIGNMENT);
        let larger = |in_use: usize| {
            let end = in_use.max(to_aligned).checked_add(bytes);
            end.filter(|&end| end <= FIRST_MAPPINGS)
        };
        let before = self.in_use.fetch_update(Ordering::Relaxed, Ordering::Relaxed, larger);
        // SAFETY: it lies within the memory.
        Some(unsafe { start.add(before.ok()?.max(to_aligned)) })
    }
}

static OF_ALLOCATOR: Memory = Memory {
    bytes: UnsafeCell::new([0; FIRST_MAPPINGS]),
    in_use: AtomicUsize::new(0),
};

/// The C library's, but that the allocator's first mappings, which are never taken away, are memory of the program's own.
///
/// # Safety
/// As the call's.
unsafe extern "C" fn map(
    address: *mut c_void,
    bytes: usize,
    protection: c_int,
    flags: c_int,
    descriptor: c_int,
    offset: i64,
) -> *mut c_void {
    const OF_THE_ALLOCATOR: c_int = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE;
    let is_plain = address.is_null() && protection == libc::PROT_READ | libc::PROT_WRITE;
    if is_plain
        && flags == OF_THE_ALLOCATOR
        && bytes.is_multiple_of(ALIGNMENT)
        && let Some(start) = OF_ALLOCATOR.aligned(bytes)
    {
        return start.cast();
    }
    let (protection, flags) = (c_long::from(protection), c_long::from(flags));
    let arguments = [
        address as c_long,
        bytes as c_long,
        protection,
        flags,
        c_long::from(descriptor),
        offset,
    ];
    // SAFETY: the caller vouches for the call.
    answered(unsafe { raw(libc::SYS_mmap, arguments) }) as *mut c_void
}

global_asm!(
    ".pushsection .text.guest_calls, \"ax\", @progbits",
    ".macro guest_call name, function",
    ".weak \\name",
    ".type \\name, @function",
    "\\name:",
    "jmp \\function",
    ".endm",
    "guest_call __sysinfo, {sysinfo}",
    "guest_call mprotect, {protect}",
    "guest_call __mprotect, {protect}",
    "guest_call mmap, {map}",
    "guest_call mmap64, {map}",
    "guest_call __mmap, {map}",
    "guest_call __mmap64, {map}",
    "guest_call _dl_get_origin, {origin}",
    ".purgem guest_call",
    ".popsection",
    sysinfo = sym sysinfo,
    protect = sym protect,
    map = sym map,
    origin = sym origin,
);

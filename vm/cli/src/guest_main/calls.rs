//! What the C library and the allocator ask the system before `main` begins, and no monitor answers in the guest, answered in the
//! program: each system call costs tens of microseconds in a guest, and nothing of this can be other than it is said to be here.
//!
//! Definitions of the program's own come before those of the C library's archive. Where the archive has a name for itself, it is
//! defined weakly here: a C library that keeps it together with others has its own, and the calls are made.
//!
//! Functions that make system calls lie behind all others, beside the C library's: a monitor changes what is around a call, and memory
//! that it does not change can be the file's own pages.

use std::arch::{asm, global_asm};
use std::cell::UnsafeCell;
use std::ffi::{CStr, c_char, c_int, c_long, c_void};
use std::sync::atomic::{AtomicBool, Ordering};

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
#[inline(always)]
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
#[unsafe(link_section = ".text_calls")]
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
#[unsafe(link_section = ".text_calls")]
unsafe extern "C" fn sysinfo(information: *mut libc::sysinfo) -> c_int {
    if !STARTED.load(Ordering::Relaxed) {
        return -1;
    }
    // SAFETY: the caller vouches for the call.
    answered(unsafe { raw(libc::SYS_sysinfo, [information as c_long, 0, 0, 0, 0, 0]) }) as c_int
}

/// The C library's, but for its start, which makes read-only what it has relocated: less than what a guest's protections go by.
#[unsafe(link_section = ".text_calls")]
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
/// Bytes of its table of pages, of which it uses what it begins with for long, and with that most of a start's mappings.
const TABLE: usize = 0x90_0000;
/// Bytes of the first part of what the table leads to.
const FIRST_PART: usize = ALIGNMENT;

global_asm!(
    // Behind all of the program's variables, so that these, what the table begins with, and what it leads to lie close together.
    ".pushsection .bss_of_allocator, \"aw\", @nobits",
    ".balign {alignment}",
    ".hidden peaberry_of_allocator",
    ".globl peaberry_of_allocator",
    "peaberry_of_allocator:",
    ".zero {bytes}",
    ".popsection",
    alignment = const ALIGNMENT,
    bytes = const FIRST_PART + TABLE,
);

unsafe extern "C" {
    #[link_name = "peaberry_of_allocator"]
    static OF_ALLOCATOR: UnsafeCell<[u8; FIRST_PART + TABLE]>;
}

/// Memory of the program's own, all zero, for the allocator's first mappings: what is small at its beginning, the table behind.
fn for_allocator(bytes: usize) -> Option<*mut u8> {
    static FIRST_TAKEN: AtomicBool = AtomicBool::new(false);
    static TABLE_TAKEN: AtomicBool = AtomicBool::new(false);
    let (at, taken) = match bytes {
        _ if bytes <= FIRST_PART => (0, &FIRST_TAKEN),
        _ if bytes <= TABLE => (FIRST_PART, &TABLE_TAKEN),
        _ => return None,
    };
    // SAFETY: it lies within the memory, and who took it has it alone.
    (!taken.swap(true, Ordering::Relaxed)).then(|| unsafe { OF_ALLOCATOR.get().cast::<u8>().add(at) })
}

/// The C library's, but that the allocator's first mappings, which are never taken away, are memory of the program's own.
///
/// # Safety
/// As the call's.
#[unsafe(link_section = ".text_calls")]
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
        && let Some(start) = for_allocator(bytes)
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

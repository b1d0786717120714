//! What the C library and the allocator ask the system before `main` begins, answered in the program: each system call costs tens
//! of microseconds in a guest, and nothing of this can be other than it is said to be here.
//!
//! Definitions of the program's own come before those of the C library's archive. Where the archive has a name for itself, it is
//! defined weakly here: a C library that keeps it together with others has its own, and the calls are made.

use std::arch::{asm, global_asm};
use std::cell::UnsafeCell;
use std::ffi::{CStr, c_char, c_int, c_long, c_uint, c_void};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

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

/// `syscall(2)`, by which the allocator asks for settings of a kernel that a guest does not have, and for its own random numbers.
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
        // SAFETY: the arguments are this function's.
        libc::SYS_getrandom => unsafe { getrandom(first as *mut c_void, second as usize, third as c_uint) as c_long },
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

/// The C library's, but that a few numbers which need not be the best are made of those that every program is given at its start: keys
/// of hash tables and of the allocator's lists.
///
/// # Safety
/// As the call's.
#[unsafe(no_mangle)]
unsafe extern "C" fn getrandom(buffer: *mut c_void, length: usize, flags: c_uint) -> isize {
    const FEW: usize = 32;
    if length <= FEW && flags & (libc::GRND_NONBLOCK | libc::GRND_INSECURE) != 0 {
        // SAFETY: asks for a value.
        let given = unsafe { libc::getauxval(libc::AT_RANDOM) } as *const [u64; 2];
        if !given.is_null() {
            // SAFETY: the 16 bytes that the system gives lie there for good; the buffer is as long as it is said to be.
            unsafe {
                fill_from(
                    given.read_unaligned(),
                    std::slice::from_raw_parts_mut(buffer.cast(), length),
                )
            };
            return length as isize;
        }
    }
    let arguments = [buffer as c_long, length as c_long, c_long::from(flags), 0, 0, 0];
    // SAFETY: the caller vouches for the call.
    answered(unsafe { raw(libc::SYS_getrandom, arguments) }) as isize
}

/// Fills a buffer with what a keyed hash makes of a count, which is never the same twice.
#[expect(deprecated, reason = "the standard library's other hashes are not to be given keys")]
fn fill_from(keys: [u64; 2], buffer: &mut [u8]) {
    use std::hash::{Hasher, SipHasher};
    static COUNT: AtomicU64 = AtomicU64::new(0);
    for bytes in buffer.chunks_mut(8) {
        let mut hasher = SipHasher::new_with_keys(keys[0], keys[1]);
        hasher.write_u64(COUNT.fetch_add(1, Ordering::Relaxed));
        bytes.copy_from_slice(&hasher.finish().to_le_bytes()[..bytes.len()]);
    }
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

/// The C library's, but that its start, which asks how large stacks of threads are to be that come without a size, does without: there
/// are none.
unsafe extern "C" fn limits(resource: c_int, limits: *mut libc::rlimit64) -> c_int {
    if !STARTED.load(Ordering::Relaxed) {
        return -1;
    }
    let arguments = [0, c_long::from(resource), 0, limits as c_long, 0, 0];
    // SAFETY: the caller vouches for the call.
    answered(unsafe { raw(libc::SYS_prlimit64, arguments) }) as c_int
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

/// Memory of the program's own, all zero, of which parts are given out one after the other.
#[repr(align(4096))]
struct Memory<const BYTES: usize> {
    bytes: UnsafeCell<[u8; BYTES]>,
    in_use: AtomicUsize,
}

// SAFETY: each part of it belongs to whom it was given.
unsafe impl<const BYTES: usize> Sync for Memory<BYTES> {}

impl<const BYTES: usize> Memory<BYTES> {
    const fn new() -> Self {
        Memory {
            bytes: UnsafeCell::new([0; BYTES]),
            in_use: AtomicUsize::new(0),
        }
    }

    fn start(&self) -> *mut u8 {
        self.bytes.get().cast()
    }

    /// Makes the part in use larger, or smaller; gives where it ended.
    fn extend(&self, bytes: isize) -> Option<*mut u8> {
        let larger = |in_use: usize| in_use.checked_add_signed(bytes).filter(|&end| end <= BYTES);
        let before = self.in_use.fetch_update(Ordering::Relaxed, Ordering::Relaxed, larger);
        // SAFETY: it lies within the memory.
        let end = unsafe { self.start().add(before.ok()?) };
        if bytes < 0 {
            // What is given out is zero, a second time, too.
            // SAFETY: the part was in use by the caller, who has given it back.
            unsafe { end.offset(bytes).write_bytes(0, bytes.unsigned_abs()) };
        }
        Some(end)
    }

    /// Some of it, beginning where the allocator wants memory to begin.
    fn aligned(&self, bytes: usize) -> Option<*mut u8> {
        let start = self.start();
        let to_aligned = start.align_offset(ALIGNMENT);
        let larger = |in_use: usize| in_use.max(to_aligned).checked_add(bytes).filter(|&end| end <= BYTES);
        let before = self.in_use.fetch_update(Ordering::Relaxed, Ordering::Relaxed, larger);
        // SAFETY: it lies within the memory.
        Some(unsafe { start.add(before.ok()?.max(to_aligned)) })
    }
}

/// What the C library's own allocator has before it maps memory; nothing but the C library uses it.
static OF_C_LIBRARY: Memory<{ 256 << 10 }> = Memory::new();

/// What the allocator begins and ends its mappings at.
const ALIGNMENT: usize = 64 << 10;

/// What the allocator has for its table of pages and the first part of that.
static OF_ALLOCATOR: Memory<{ 0x25_0000 + ALIGNMENT }> = Memory::new();

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

/// `sbrk(2)` without a system call.
extern "C" fn move_end(bytes: isize) -> *mut c_void {
    match OF_C_LIBRARY.extend(bytes) {
        Some(end) => end.cast(),
        None => answered(-c_long::from(libc::ENOMEM)) as *mut c_void,
    }
}

/// Memory for the main thread's own variables, asked for before there are any.
extern "C" fn early(bytes: usize) -> *mut c_void {
    let end = isize::try_from(bytes).ok().and_then(|bytes| OF_C_LIBRARY.extend(bytes));
    end.map_or(std::ptr::null_mut(), |end| end.cast())
}

global_asm!(
    ".pushsection .text.guest_calls, \"ax\", @progbits",
    ".macro guest_call name, function",
    ".weak \\name",
    ".type \\name, @function",
    "\\name:",
    "jmp \\function",
    ".endm",
    "guest_call __getrandom, {getrandom}",
    "guest_call __sysinfo, {sysinfo}",
    "guest_call getrlimit, {limits}",
    "guest_call getrlimit64, {limits}",
    "guest_call __getrlimit, {limits}",
    "guest_call __getrlimit64, {limits}",
    "guest_call mprotect, {protect}",
    "guest_call __mprotect, {protect}",
    "guest_call mmap, {map}",
    "guest_call mmap64, {map}",
    "guest_call __mmap, {map}",
    "guest_call __mmap64, {map}",
    "guest_call _dl_get_origin, {origin}",
    "guest_call sbrk, {move_end}",
    "guest_call __sbrk, {move_end}",
    "guest_call _dl_early_allocate, {early}",
    ".purgem guest_call",
    ".popsection",
    getrandom = sym getrandom,
    sysinfo = sym sysinfo,
    limits = sym limits,
    protect = sym protect,
    map = sym map,
    origin = sym origin,
    move_end = sym move_end,
    early = sym early,
);

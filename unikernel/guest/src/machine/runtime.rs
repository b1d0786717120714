//! What the language needs: memory for `alloc`, functions that the compiler calls, and what becomes of a panic.

use super::{Only, power};
use core::alloc::{GlobalAlloc, Layout};
use core::arch::asm;
use core::panic::PanicInfo;
use peaberry_guest_kernel::heap::Heap;

/// Memory until it is known what there is.
const FIRST_BYTES: usize = 64 << 10;
#[repr(align(4096))]
struct First(#[expect(dead_code, reason = "memory")] [u8; FIRST_BYTES]);
static FIRST: Only<First> = Only::new(First([0; FIRST_BYTES]));

struct Allocator(Only<Option<Heap>>);

#[global_allocator]
static ALLOCATOR: Allocator = Allocator(Only::new(None));

impl Allocator {
    /// The heap, which begins with the first memory.
    #[expect(
        clippy::mut_from_ref,
        reason = "the only place that has it, and never twice at a time"
    )]
    fn heap(&self) -> &mut Heap {
        // SAFETY: neither the heap nor what it calls allocates.
        let heap = unsafe { &mut *self.0.pointer() };
        heap.get_or_insert_with(|| {
            let mut heap = Heap::empty();
            let start = FIRST.pointer().expose_provenance();
            // SAFETY: memory for this alone.
            unsafe { heap.give(start, start + FIRST_BYTES) };
            heap
        })
    }
}

// SAFETY: blocks are the caller's alone until they are given back.
unsafe impl GlobalAlloc for Allocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        self.heap().allocate(layout)
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the caller's.
        unsafe { self.heap().release(block, layout) };
    }
}

/// Goes on with another region of memory.
///
/// # Safety
/// It is there and nobody else's.
pub unsafe fn give(start: usize, end: usize) {
    // SAFETY: the caller's.
    unsafe { ALLOCATOR.heap().give(start, end) };
}

#[panic_handler]
fn panic(information: &PanicInfo<'_>) -> ! {
    power::fail(format_args!("{information}"))
}

/// Nobody unwinds here; parts of the standard library that were built for others name these.
#[unsafe(no_mangle)]
extern "C" fn rust_eh_personality() {}

/// See above.
#[unsafe(no_mangle)]
extern "C" fn _Unwind_Resume() -> ! {
    power::fail(format_args!("unwinding"))
}

/// Copies bytes.
///
/// # Safety
/// C's `memcpy`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn memcpy(to: *mut u8, from: *const u8, count: usize) -> *mut u8 {
    // SAFETY: the caller's.
    unsafe {
        asm!(
            "rep movsq",
            "mov ecx, {rest:e}",
            "rep movsb",
            inout("rcx") count / 8 => _,
            inout("rdi") to => _,
            inout("rsi") from => _,
            rest = in(reg) count % 8,
            options(nostack, preserves_flags),
        );
    }
    to
}

/// Copies bytes that may overlap.
///
/// # Safety
/// C's `memmove`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn memmove(to: *mut u8, from: *const u8, count: usize) -> *mut u8 {
    if to.addr().wrapping_sub(from.addr()) >= count {
        // SAFETY: going forwards, nothing is overwritten that is yet to be read.
        return unsafe { memcpy(to, from, count) };
    }
    // SAFETY: the caller's.
    unsafe {
        asm!(
            "std",
            "rep movsb",
            "cld",
            inout("rcx") count => _,
            inout("rdi") to.wrapping_add(count).wrapping_sub(1) => _,
            inout("rsi") from.wrapping_add(count).wrapping_sub(1) => _,
            options(nostack),
        );
    }
    to
}

/// Fills bytes.
///
/// # Safety
/// C's `memset`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn memset(to: *mut u8, value: i32, count: usize) -> *mut u8 {
    let word = u64::from(value as u8) * 0x0101_0101_0101_0101;
    // SAFETY: the caller's.
    unsafe {
        asm!(
            "rep stosq",
            "mov ecx, {rest:e}",
            "rep stosb",
            inout("rcx") count / 8 => _,
            inout("rdi") to => _,
            in("rax") word,
            rest = in(reg) count % 8,
            options(nostack, preserves_flags),
        );
    }
    to
}

/// Compares bytes.
///
/// # Safety
/// C's `memcmp`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn memcmp(one: *const u8, other: *const u8, count: usize) -> i32 {
    for index in 0..count {
        // SAFETY: the caller's.
        let (one, other) = unsafe { (one.add(index).read(), other.add(index).read()) };
        if one != other {
            return i32::from(one) - i32::from(other);
        }
    }
    0
}

/// Are bytes different?
///
/// # Safety
/// C's `bcmp`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bcmp(one: *const u8, other: *const u8, count: usize) -> i32 {
    // SAFETY: the caller's.
    unsafe { memcmp(one, other, count) }
}

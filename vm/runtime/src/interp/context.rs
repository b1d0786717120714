//! The interpreter's registers, and what handlers do with them.
//!
//! Every handler has the signature [`Handler`] and ends by calling the next handler with it, which the optimiser turns
//! into a jump. For that to hold a handler must have nothing to do after the call and no variable whose address has
//! escaped: work that needs more is done by ordinary functions that the slow paths call (`slow`).
//!
//! A panic in what handlers call leaves them by unwinding; there is nothing in them to clean up, and whoever called the
//! first one catches it ([`super::call`]).

use super::dispatch::DISPATCH;
use crate::method_area::{Class, Method};
use crate::stack::Frame;
use crate::thread::JavaThread;
use peaberry_gc::layout::{ARRAY_LENGTH_OFFSET, NARROW_SHIFT};

/// A handler: program counter, operand stack pointer, locals, frame, thread, resolved words of the constant pool.
/// Method entries get the method in the place of the pool.
pub(crate) type Handler =
    unsafe extern "C-unwind" fn(*const u8, *mut u64, *mut u64, *mut Frame, *mut JavaThread, *const u64);

/// An operand in the code. (`read_unaligned` would do, but in builds with assertions it makes a variable whose address
/// escapes, and the handler's last call would no longer be a jump.)
#[repr(C, packed)]
#[derive(Clone, Copy)]
struct Unaligned<T: Copy>(T);

/// The registers of the interpreter. Inlined away in handlers.
#[derive(Clone, Copy)]
pub(super) struct Registers {
    pub pc: *const u8,
    pub sp: *mut u64,
    pub locals: *mut u64,
    pub frame: *mut Frame,
    pub thread: *mut JavaThread,
    pub pool: *const u64,
}

/// Defines handlers: `handlers! { iadd(r) { … } }` with `r` a [`Registers`].
macro_rules! handlers {
    ($($(#[$attribute:meta])* $name:ident($r:ident) $body:block)*) => {$(
        $(#[$attribute])*
        pub(super) unsafe extern "C-unwind" fn $name(
            pc: *const u8,
            sp: *mut u64,
            locals: *mut u64,
            frame: *mut $crate::stack::Frame,
            thread: *mut $crate::thread::JavaThread,
            pool: *const u64,
        ) {
            #[allow(unused_mut)]
            let mut $r = $crate::interp::context::Registers { pc, sp, locals, frame, thread, pool };
            // SAFETY: registers and code are consistent: the bytecode was verified, and whoever dispatched here
            // passed the state of the running frame on.
            #[allow(clippy::macro_metavars_in_unsafe)]
            unsafe {
                $body
            }
        }
    )*};
}
pub(super) use handlers;

// SAFETY (of all methods): the state is that of a running, verified method; indexes are within its frame.
#[allow(clippy::missing_safety_doc)]
impl Registers {
    /// Hands over to another handler with these registers.
    #[inline(always)]
    pub unsafe fn go(self, handler: Handler) {
        // SAFETY: contract of the type.
        unsafe { handler(self.pc, self.sp, self.locals, self.frame, self.thread, self.pool) }
    }
    /// Runs the instruction at `pc`.
    #[inline(always)]
    pub unsafe fn dispatch(self) {
        // SAFETY: contract of the type.
        unsafe { self.go(DISPATCH[*self.pc as usize]) }
    }
    /// Runs the instruction `length` bytes on, with the stack grown by `slots`.
    #[inline(always)]
    pub unsafe fn next(mut self, length: usize, slots: isize) {
        self.pc = self.pc.wrapping_add(length);
        self.sp = self.sp.wrapping_offset(slots);
        // SAFETY: contract of the type.
        unsafe { self.dispatch() }
    }
    /// Unsigned byte operand.
    #[inline(always)]
    pub unsafe fn u8_at(self, offset: usize) -> u8 {
        // SAFETY: contract of the type.
        unsafe { *self.pc.add(offset) }
    }
    /// Operands in native byte order.
    #[inline(always)]
    pub unsafe fn u16_at(self, offset: usize) -> u16 {
        // SAFETY: contract of the type.
        unsafe { (*self.pc.add(offset).cast::<Unaligned<u16>>()).0 }
    }
    #[inline(always)]
    pub unsafe fn i16_at(self, offset: usize) -> i16 {
        // SAFETY: contract of the type.
        unsafe { (*self.pc.add(offset).cast::<Unaligned<i16>>()).0 }
    }
    #[inline(always)]
    pub unsafe fn i32_at(self, offset: usize) -> i32 {
        // SAFETY: contract of the type.
        unsafe { (*self.pc.add(offset).cast::<Unaligned<i32>>()).0 }
    }
    /// The slot `depth` below the top, 1 being the topmost.
    #[inline(always)]
    pub fn slot(self, depth: usize) -> *mut u64 {
        self.sp.wrapping_sub(depth)
    }
    #[inline(always)]
    pub unsafe fn long(self, depth: usize) -> i64 {
        // SAFETY: contract of the type.
        unsafe { *self.slot(depth) as i64 }
    }
    #[inline(always)]
    pub unsafe fn int(self, depth: usize) -> i32 {
        // SAFETY: contract of the type.
        unsafe { *self.slot(depth) as i32 }
    }
    #[inline(always)]
    pub unsafe fn float(self, depth: usize) -> f32 {
        // SAFETY: contract of the type.
        unsafe { f32::from_bits(self.int(depth) as u32) }
    }
    #[inline(always)]
    pub unsafe fn double(self, depth: usize) -> f64 {
        // SAFETY: contract of the type.
        unsafe { f64::from_bits(*self.slot(depth)) }
    }
    #[inline(always)]
    pub unsafe fn reference(self, depth: usize) -> usize {
        // SAFETY: contract of the type.
        unsafe { *self.slot(depth) as usize }
    }
    /// Writes a slot; depth 0 is the next free one.
    #[inline(always)]
    pub unsafe fn set(self, depth: usize, value: u64) {
        // SAFETY: contract of the type.
        unsafe { *self.slot(depth) = value }
    }
    #[inline(always)]
    pub unsafe fn set_int(self, depth: usize, value: i32) {
        // SAFETY: contract of the type.
        unsafe { self.set(depth, u64::from(value as u32)) }
    }
    #[inline(always)]
    pub unsafe fn set_float(self, depth: usize, value: f32) {
        // SAFETY: contract of the type.
        unsafe { self.set(depth, u64::from(value.to_bits())) }
    }
    #[inline(always)]
    pub unsafe fn set_double(self, depth: usize, value: f64) {
        // SAFETY: contract of the type.
        unsafe { self.set(depth, value.to_bits()) }
    }
    #[inline(always)]
    pub unsafe fn local(self, index: usize) -> *mut u64 {
        // SAFETY: contract of the type.
        unsafe { self.locals.add(index) }
    }
    /// The profile cell of the byte `offset` of the instruction, null while the method is cold.
    #[inline(always)]
    pub unsafe fn cell(self, offset: usize) -> *mut u32 {
        // SAFETY: contract of the type.
        let profile = unsafe { (*self.frame).profile };
        if profile == 0 {
            std::ptr::null_mut()
        } else {
            profile.wrapping_add(4 * (self.pc as usize + offset)) as *mut u32
        }
    }
    /// Counts in the cell of the byte `offset` of the instruction.
    #[inline(always)]
    pub unsafe fn count(self, offset: usize) {
        // SAFETY: contract of the type; a method's cells cover its code.
        unsafe {
            let profile = (*self.frame).profile;
            if profile != 0 {
                let cell = profile.wrapping_add(4 * (self.pc as usize + offset)) as *mut u32;
                *cell = (*cell).wrapping_add(1);
            }
        }
    }
}

/// Widens a narrow pointer.
#[inline(always)]
pub(super) fn widen(narrow: u32) -> usize {
    (narrow as usize) << NARROW_SHIFT
}
/// Narrows a pointer.
#[inline(always)]
pub(super) fn narrow(address: usize) -> u32 {
    (address >> NARROW_SHIFT) as u32
}
/// Class of a non-null object.
#[inline(always)]
pub(super) unsafe fn class_at(object: usize) -> *const Class {
    // SAFETY: every live object begins with its narrow class pointer.
    unsafe { widen(*(object as *const u32)) as *const Class }
}
/// Length of a non-null array.
#[inline(always)]
pub(super) unsafe fn length_at(array: usize) -> u32 {
    // SAFETY: every array has its length there.
    unsafe { *((array + ARRAY_LENGTH_OFFSET) as *const u32) }
}
/// The entry of a method.
#[inline(always)]
pub(super) unsafe fn entry_of(method: *const Method) -> Handler {
    // SAFETY: `Method::entry` holds the address of a handler (`entry_for`).
    unsafe { std::mem::transmute::<usize, Handler>((*method).entry.load(std::sync::atomic::Ordering::Relaxed)) }
}

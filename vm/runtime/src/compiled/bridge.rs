//! From compiled code into the interpreter: calls of methods without compiled code.

use super::shape::Shape;
use super::trampoline::SavedRegisters;
use super::unwind;
use crate::interp;
use crate::method_area::{Meta, Method};
use crate::thread::JavaThread;

/// Runs a method through its interpreter entry, with arguments as compiled code passes them; the result as a slot word.
/// An exception stays pending, and this returns to the caller's landing pad.
///
/// # Safety
/// Called by the bridge stub on the running thread, with the registers it saved and the stack arguments.
pub(super) unsafe extern "C" fn interpret(
    thread: *mut JavaThread,
    method: *const Method,
    registers: *const SavedRegisters,
    stack: *const u64,
) -> u64 {
    // SAFETY: the stub passes the running thread, a live method, and its own frame.
    unsafe {
        let thread = &mut *thread;
        let method = Meta::new(method);
        let shape = Shape::of(thread.vm(), method);
        let registers = &*registers;
        let write = |slots: *mut u64| shape.put_into_slots(&registers.words, &registers.floats, stack, slots);
        interp::call_from_compiled(thread, method, write).unwrap_or_else(|_| {
            unwind::to_caller(thread);
            0
        })
    }
}

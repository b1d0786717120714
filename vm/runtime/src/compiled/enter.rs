//! From the interpreter into compiled code.

use super::InstalledCode;
use super::shape::{Arguments, FLOAT_REGISTERS, MOST_SLOTS, Shape, WORD_REGISTERS};
use super::trampoline::{RawResult, call_compiled};
use crate::basic_type::BasicType;
use crate::interp;
use crate::method_area::MethodPtr;
use crate::stack::{FRAME_SLOTS, Frame, FrameKind};
use crate::thread::JavaThread;
use std::sync::atomic::Ordering;

/// The result as a slot has it.
fn slot_of(result: RawResult, basic_type: BasicType) -> u64 {
    match basic_type {
        BasicType::Float => result.float.to_bits() & 0xffff_ffff,
        BasicType::Double => result.float.to_bits(),
        _ => result.word,
    }
}

/// Leaves the frame of an entry: its caller goes on behind the call with the result, or where its exception goes.
///
/// # Safety
/// The frame is the thread's innermost, of the kind "compiled", and its code has returned.
unsafe fn finish(thread: &mut JavaThread, frame: *mut Frame, result: RawResult) {
    // SAFETY: the caller vouches for the frame; every frame has a caller.
    unsafe {
        let (caller, locals, method) = ((*frame).caller, (*frame).locals, (*frame).method);
        thread.top_frame = caller;
        (*caller).sp = locals;
        if thread.has_exception() {
            interp::dispatch_exception(thread);
            return;
        }
        let slots = method.return_type.slots();
        if slots != 0 {
            *locals = slot_of(result, method.return_type);
        }
        (*caller).sp = locals.add(slots);
        (*caller).pc = (*caller).resume_pc;
    }
}

/// Throws a StackOverflowError at the call in `caller` whose arguments are on the stack.
#[cold]
unsafe fn overflow(thread: &mut JavaThread, pc: *const u8, sp: *mut u64, caller: *mut Frame) {
    // SAFETY: the caller's frame is the thread's innermost.
    unsafe {
        (*caller).pc = pc;
        (*caller).sp = sp;
        thread.top_frame = caller;
        thread.throw_stack_overflow();
        interp::dispatch_exception(thread);
    }
}

/// Runs a method that has compiled code. Afterwards the innermost frame says where to go on.
///
/// # Safety
/// Called as a method entry with the interpreter's registers.
#[inline(never)]
pub(crate) unsafe extern "C-unwind" fn run_method(
    pc: *const u8,
    sp: *mut u64,
    caller: *mut Frame,
    thread: *mut JavaThread,
    method: MethodPtr,
) {
    // SAFETY: the arguments are on the caller's stack; the frame is written below the stack's limit; nobody else has
    // references to the thread or its frames.
    unsafe {
        let thread = &mut *thread;
        let locals = sp.sub(usize::from(method.argument_slots));
        let frame = sp.cast::<Frame>();
        let full = sp.wrapping_add(FRAME_SLOTS) > thread.java_stack_limit;
        if full || peaberry_sys::thread::current_stack_pointer() < thread.native_stack_limit {
            overflow(thread, pc, sp, caller);
            return;
        }
        frame.write(Frame::without_code(frame, caller, method, locals, FrameKind::Compiled));
        thread.top_frame = frame;
        match usize::from(method.argument_slots) {
            slots if slots <= WORD_REGISTERS => enter::<0>(thread, frame, method, locals),
            slots if slots <= SOME_SLOTS => enter_with_some(thread, frame, method, locals),
            _ => enter_with_many(thread, frame, method, locals),
        }
    }
}

/// Arguments of nearly all methods that need memory for them are no more slots than this.
const SOME_SLOTS: usize = 16;

/// Calls the code of a method, of whose arguments at most `MOST` need memory. Room for more than are there would be bad
/// twice: it is stack, and what it holds from earlier calls looks like references to the collector.
///
/// # Safety
/// The frame is the thread's innermost, of the kind "compiled", the arguments are at `locals`.
#[inline(always)]
unsafe fn enter<const MOST: usize>(thread: &mut JavaThread, frame: *mut Frame, method: MethodPtr, locals: *mut u64) {
    let mut arguments = Arguments {
        words: [0; WORD_REGISTERS],
        floats: [0; FLOAT_REGISTERS],
        stack_count: 0,
        stack: std::ptr::null(),
    };
    let mut rest = [0; MOST];
    // SAFETY: the caller vouches for frame and arguments.
    unsafe {
        Shape::of(thread.vm(), method).take_from_slots(locals, &mut arguments, &mut rest);
        let code = method.compiled_entry.load(Ordering::Acquire);
        let result = call_compiled(code, thread, method.address(), &arguments);
        finish(thread, frame, result);
    }
}

/// # Safety
/// As for [`enter`].
#[inline(never)]
unsafe fn enter_with_some(thread: &mut JavaThread, frame: *mut Frame, method: MethodPtr, locals: *mut u64) {
    // SAFETY: passed on.
    unsafe { enter::<SOME_SLOTS>(thread, frame, method, locals) }
}

/// # Safety
/// As for [`enter`].
#[cold]
#[inline(never)]
unsafe fn enter_with_many(thread: &mut JavaThread, frame: *mut Frame, method: MethodPtr, locals: *mut u64) {
    // SAFETY: passed on; no method has more.
    unsafe { enter::<MOST_SLOTS>(thread, frame, method, locals) }
}

/// Goes on in loop code of the innermost frame's method, at the bci the frame stands at; its operand stack is empty and
/// it holds as many locks as the code takes over. The frame turns into one of the kind "compiled"; when this returns, it is gone.
///
/// # Safety
/// The frame is the running thread's innermost, an interpreted one, and the code was compiled for it.
pub(crate) unsafe fn run_loop(thread: &mut JavaThread, frame: *mut Frame, mut code: &'static InstalledCode) {
    let arguments = Arguments {
        words: [0; WORD_REGISTERS],
        floats: [0; FLOAT_REGISTERS],
        stack_count: 0,
        stack: std::ptr::null(),
    };
    // SAFETY: the caller vouches for frame and code.
    unsafe {
        let locals = (*frame).locals;
        (*frame).kind = FrameKind::Compiled;
        (*frame).sp = Frame::stack_base(frame);
        (*frame).pc = std::ptr::null();
        (*frame).resume_pc = std::ptr::null();
        (*frame).pool = std::ptr::null();
        (*frame).profile = 0;
        thread.top_frame = frame;
        let mut result = call_compiled(code.address, thread, locals as usize, &arguments);
        // The code was left, and the interpreter came to a loop again.
        while let Some(next) = thread.next_loop.take() {
            code = next;
            result = call_compiled(code.address, thread, locals as usize, &arguments);
        }
        if thread.has_exception() {
            // There was no stack for the code: it has not taken the locks over.
            interp::release_monitors(thread, frame);
        }
        finish(thread, frame, result);
    }
}

//! The interpreter: quickened bytecode, handlers in tail position, profiles.
//!
//! A handler is a function that ends by jumping to the next one ([`context`]). Its slow half saves the frame's state,
//! works in ordinary Rust and goes on from what the frame then says ([`slow`]). Java calls Java without native
//! recursion; only [`call`], from Rust, nests.

mod allocations;
mod arithmetic;
mod arrays;
mod branches;
mod calls;
mod code_header;
mod compiled;
mod context;
mod dispatch;
mod entry;
mod events;
mod execute;
mod fields;
mod fuse;
mod fused;
mod link_calls;
mod link_fields;
mod materialize;
mod monitors;
mod moves;
mod native_entry;
mod polymorphic;
mod prepare;
mod prepare_patch;
pub mod profile;
pub mod quick_opcodes;
pub(crate) mod rebuild;
mod returns;
mod slow;
#[cfg(test)]
mod tests;
mod types;
mod unwind;

pub use entry::{entry_for, leaf_entry};

pub(crate) use compiled::{compiled_entry, dispatch_exception, dormant_entry, enter_loop_code, interpreted_entry};
pub(crate) use prepare::prepare;
pub(crate) use slow::catching;
pub(crate) use unwind::release_monitors;

use crate::link;
use crate::method_area::MethodPtr;
use crate::object::class_of;
use crate::stack::{Frame, FrameKind};
use crate::thread::{JResult, JavaThread, Throw, lifecycle};
use peaberry_gc::layout::Obj;
use peaberry_sys::thread::{current_stack_pointer, with_registers_cleared};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

/// Where a new entry frame may begin: behind what the innermost frame uses.
fn free_stack(thread: &JavaThread) -> *mut u64 {
    let top = thread.top_frame;
    // SAFETY: the innermost frame's `sp` is up to date while Rust code runs.
    if top.is_null() {
        thread.java_stack_base
    } else {
        // SAFETY: the innermost frame is live.
        unsafe { (*top).sp }
    }
}

/// A method has at most this many slots of arguments (JVMS §4.3.3).
const MOST_ARGUMENT_SLOTS: usize = 255;

/// Initializes the class of a method that is about to be called. The caller's arguments may lie in a collection, where
/// the collector does not look: a copy on the native stack keeps what they refer to alive and in its place.
#[cold]
fn initialize_holder(thread: &mut JavaThread, method: MethodPtr, arguments: &[u64]) -> JResult<()> {
    let mut kept = [0; MOST_ARGUMENT_SLOTS];
    let count = arguments.len().min(MOST_ARGUMENT_SLOTS);
    kept[..count].copy_from_slice(&arguments[..count]);
    std::hint::black_box(&mut kept);
    let outcome = link::initialize_class(thread, method.holder);
    std::hint::black_box(&kept);
    outcome
}

/// Calls a method from Rust with its argument slots (receiver first; long and double take two slots). No virtual selection: `method` runs.
/// The holder must be initialized (or being so by this thread) for static methods; `call` makes sure.
pub fn call(thread: &mut JavaThread, method: MethodPtr, arguments: &[u64]) -> JResult<u64> {
    if thread.has_exception() {
        return Err(Throw);
    }
    if peaberry_sys::thread::current_stack_pointer() < thread.native_stack_limit {
        return Err(thread.throw_stack_overflow());
    }
    if method.is_static() && !method.holder.is_initialized() {
        initialize_holder(thread, method, arguments)?;
    }
    debug_assert_eq!(
        arguments.len(),
        usize::from(method.argument_slots),
        "arguments of {}",
        method.full_name()
    );
    let result = enter(thread, method, |slots| {
        // SAFETY: there is room for as many as the method has.
        unsafe { std::ptr::copy_nonoverlapping(arguments.as_ptr(), slots, arguments.len()) }
    });
    if result.is_err() {
        lifecycle::continue_end(thread);
    }
    result
}

/// As [`call`], for compiled code, whose arguments `write` puts into slots: nothing unwinds out of it.
pub(crate) fn call_from_compiled(
    thread: &mut JavaThread,
    method: MethodPtr,
    write: impl FnOnce(*mut u64),
) -> JResult<u64> {
    let frame = thread.top_frame;
    slow::catching(thread, frame, |thread| {
        if peaberry_sys::thread::current_stack_pointer() < thread.native_stack_limit {
            return Err(thread.throw_stack_overflow());
        }
        enter(thread, method, write)
    })
}

/// Pushes an entry frame with the arguments that `write` puts into slots, and runs a method.
fn enter(thread: &mut JavaThread, method: MethodPtr, write: impl FnOnce(*mut u64)) -> JResult<u64> {
    let slots = usize::from(method.argument_slots);
    let caller = thread.top_frame;
    let frame = free_stack(thread).cast::<Frame>();
    let base = Frame::stack_base(frame);
    if base.wrapping_add(slots + code_header::STACK_SLACK) > thread.java_stack_limit {
        return Err(thread.throw_stack_overflow());
    }
    // SAFETY: the frame and the arguments lie below the stack's limit and above everything in use; the entry is the
    // method's, and comes back when the entry frame is returned to.
    unsafe {
        frame.write(Frame {
            caller,
            method,
            locals: base,
            pc: unwind::LEAVE_CODE.as_ptr(),
            resume_pc: unwind::LEAVE_CODE.as_ptr(),
            sp: base.add(slots),
            pool: std::ptr::null(),
            profile: 0,
            kind: FrameKind::Entry,
            saved_words: 0,
            reserved: [0; 6],
        });
        write(base);
        thread.top_frame = frame;
        let entry = context::entry_of(method.as_ptr());
        let pool = method.as_ptr().cast_const().cast();
        run_entry(thread, frame, caller, |thread| {
            entry((*frame).pc, (*frame).sp, base, frame, thread, pool)
        })?;
    }
    Ok(if method.return_type.slots() == 0 {
        0
    } else {
        // SAFETY: the result is in the entry frame's first operand, for which there is room.
        unsafe { *base }
    })
}

/// What [`run_entry`] hands to [`run_cleared`].
struct Running<F> {
    thread: *mut JavaThread,
    entry: *mut Frame,
    run: Option<F>,
    left: Result<(), slow::PanicPayload>,
}

/// # Safety
/// `data` is a `Running<F>` for which [`run_entry`]'s caller vouches.
unsafe extern "C" fn run_cleared<F: FnOnce(*mut JavaThread)>(data: *mut u8) {
    // SAFETY: the caller vouches for it; the entry frame is the thread's own.
    let (running, thread) = unsafe {
        let running = &mut *data.cast::<Running<F>>();
        (*running.entry).profile = current_stack_pointer();
        let thread = running.thread;
        (running, thread)
    };
    if let Some(run) = running.run.take() {
        let left = catch_unwind(AssertUnwindSafe(|| run(thread)));
        // SAFETY: the frames are those of the handler that was left.
        running.left = left.or_else(|payload| unsafe { slow::recover(thread, payload) });
    }
}

/// Runs frames, as `run` begins to, until the entry frame below them is returned to.
///
/// The interpreter keeps nothing in registers that calls preserve. What frames above keep there lies above the stack pointer
/// that is noted: what the interpreter calls compiled code with is looked at by no collection
/// (`compiled::native_ranges`), and what its slow paths save of these registers is nothing that lives.
///
/// # Safety
/// The thread's innermost frames are consistent, down to the entry frame, whose caller is given.
unsafe fn run_entry<F: FnOnce(*mut JavaThread)>(
    thread: &mut JavaThread,
    entry: *mut Frame,
    caller: *mut Frame,
    run: F,
) -> JResult<()> {
    thread.native_depth += 1;
    let mut running = Running {
        thread: std::ptr::from_mut(thread),
        entry,
        run: Some(run),
        left: Ok(()),
    };
    // SAFETY: the function takes this, and catches panics.
    unsafe { with_registers_cleared(run_cleared::<F>, (&raw mut running).cast()) };
    let left = running.left;
    debug_assert!(left.is_err() || std::ptr::eq(thread.top_frame, entry));
    thread.native_depth -= 1;
    thread.top_frame = caller;
    if let Err(payload) = left {
        resume_unwind(payload);
    }
    if thread.has_exception() { Err(Throw) } else { Ok(()) }
}

/// Calls with virtual or interface selection on the receiver's class.
pub fn call_virtual(thread: &mut JavaThread, method: MethodPtr, arguments: &[u64]) -> JResult<u64> {
    let receiver = Obj(arguments.first().copied().unwrap_or(0) as usize);
    if receiver.is_null() {
        return Err(thread.throw_null_pointer());
    }
    let target = if method.is_private() {
        method
    } else {
        link_calls::select(thread, method, class_of(receiver))?
    };
    call(thread, target, arguments)
}

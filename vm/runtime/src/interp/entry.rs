//! Method entries: what an invocation jumps to (`Method::entry`), with the method in the place of the pool register,
//! the arguments on the stack, and the caller's frame, `pc` and `resume_pc` noted there.

use super::context::{Handler, Registers, entry_of, handlers};
use super::{events, monitors, native_entry, polymorphic, prepare, profile, slow};
use crate::invoke::polymorphic_kind;
use crate::method_area::{Meta, Method, MethodPtr};
use crate::stack::{FRAME_SLOTS, Frame, FrameKind};
use crate::thread::JavaThread;
use std::sync::atomic::Ordering;

/// A method looks whether it is warm, and the thread at its poll word, each time this many invocations were counted.
pub(super) const INVOCATION_POLL_MASK: u32 = 63;
/// Slots kept free above an operand stack: the appendix of a call site is not counted in `max_stack`.
pub(super) const STACK_SLACK: usize = 2;

/// Address of the entry a fresh method gets (`Method::entry`).
pub fn entry_for(method: MethodPtr) -> usize {
    let handler: Handler = match method.polymorphic_kind {
        polymorphic_kind::INVOKE_BASIC => polymorphic::invoke_basic,
        polymorphic_kind::LINK_TO_VIRTUAL
        | polymorphic_kind::LINK_TO_STATIC
        | polymorphic_kind::LINK_TO_SPECIAL
        | polymorphic_kind::LINK_TO_INTERFACE => slow::link_to,
        polymorphic_kind::NONE if method.is_abstract() => slow::abstract_entry,
        polymorphic_kind::NONE if method.is_native() => native_entry::native,
        polymorphic_kind::NONE if method.bytecode.is_empty() => slow::conflict_entry,
        polymorphic_kind::NONE => first,
        // Generic signature-polymorphic methods called as they are (by reflection): their native says what is wrong.
        _ => native_entry::native,
    };
    handler as usize
}

/// The entry of a method whose code is prepared.
pub(super) fn prepared_entry(method: &Method) -> Handler {
    if method.is_synchronized() {
        synchronized
    } else {
        interpreted
    }
}

/// Pushes the frame of an interpreted method; null when the stack is full.
#[inline(always)]
unsafe fn push_frame(r: Registers, method: *const Method, code: *const u8) -> *mut Frame {
    // SAFETY: the arguments are on the stack below `sp`; the frame is written only below the stack's limit.
    unsafe {
        let locals = r.sp.wrapping_sub(usize::from((*method).argument_slots));
        let frame = locals.wrapping_add(usize::from((*method).max_locals)).cast::<Frame>();
        let end = frame
            .cast::<u64>()
            .wrapping_add(usize::from((*method).max_stack) + FRAME_SLOTS + STACK_SLACK);
        if end > (*r.thread).java_stack_limit {
            return std::ptr::null_mut();
        }
        (&raw mut (*frame).caller).write(r.frame);
        (&raw mut (*frame).method).write(Meta::new(method));
        (&raw mut (*frame).locals).write(locals);
        (&raw mut (*frame).pool).write((&(*method).constants).resolved.as_ptr().cast::<u64>());
        (&raw mut (*frame).profile).write(profile::biased(method, code));
        (&raw mut (*frame).kind)
            .cast::<u64>()
            .write(FrameKind::Interpreted as u64);
        frame
    }
}

#[inline(always)]
unsafe fn start(r: Registers, method: *const Method, frame: *mut Frame, code: *const u8) -> Registers {
    // SAFETY: the frame was just pushed.
    unsafe {
        Registers {
            pc: code,
            sp: Frame::stack_base(frame),
            locals: (*frame).locals,
            frame,
            thread: r.thread,
            pool: (&(*method).constants).resolved.as_ptr().cast::<u64>(),
        }
    }
}

handlers! {
    /// An interpreted method.
    interpreted(r) {
        let method = r.pool.cast::<Method>();
        let code = (*method).code.load(Ordering::Relaxed);
        let frame = push_frame(r, method, code);
        if frame.is_null() {
            return r.go(slow::stack_overflow);
        }
        let r = start(r, method, frame, code);
        let count = (*method).invocation_count.load(Ordering::Relaxed).wrapping_add(1);
        (*method).invocation_count.store(count, Ordering::Relaxed);
        if count & INVOCATION_POLL_MASK == 0 {
            return r.go(slow::invocation_event);
        }
        r.dispatch()
    }
    /// A synchronized interpreted method.
    synchronized(r) {
        let method = r.pool.cast::<Method>();
        let code = (*method).code.load(Ordering::Relaxed);
        let frame = push_frame(r, method, code);
        if frame.is_null() {
            return r.go(slow::stack_overflow);
        }
        let r = start(r, method, frame, code);
        let count = (*method).invocation_count.load(Ordering::Relaxed).wrapping_add(1);
        (*method).invocation_count.store(count, Ordering::Relaxed);
        let object = events::lock_object(&*method, r.locals);
        if count & INVOCATION_POLL_MASK == 0 || !monitors::lock(r.thread, frame, object) {
            return r.go(slow::enter_synchronized);
        }
        r.dispatch()
    }
    /// A method that was never invoked.
    #[cold]
    first(r) {
        let method = r.pool.cast::<Method>();
        if !prepare_method(r.thread, method) {
            return r.go(slow::metaspace_full);
        }
        r.go(entry_of(method))
    }
}

#[inline(never)]
unsafe extern "C" fn prepare_method(thread: *mut JavaThread, method: *const Method) -> bool {
    // SAFETY: called by the running thread with a live method.
    unsafe { prepare::prepare(&mut *thread, Meta::new(method)) }
}

/// True for methods whose returns go through [`slow::return_monitored`].
pub(super) fn uses_monitors(method: &Method, has_monitor_instructions: bool) -> bool {
    method.is_synchronized() || has_monitor_instructions
}

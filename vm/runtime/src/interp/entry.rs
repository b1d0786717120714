//! Method entries: what an invocation jumps to (`Method::entry`), with the method in the place of the pool register,
//! the arguments on the stack, and the caller's frame, `pc` and `resume_pc` noted there.

use super::code_header::CodeHeader;
use super::context::{Handler, Registers, entry_of, handlers};
use super::{events, monitors, native_entry, polymorphic, prepare, slow};
use crate::invoke::polymorphic_kind;
use crate::method_area::{Meta, Method, MethodPtr};
use crate::stack::{Frame, FrameKind};
use crate::thread::JavaThread;
use crate::tier;
use std::sync::atomic::Ordering;

/// A method looks whether it is warm, and the thread at its poll word, each time this many invocations were counted.
pub(super) const INVOCATION_POLL_MASK: u32 = 63;

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

/// Address of the entry of methods whose Rust function (`Method::native`) needs no frame.
pub fn leaf_entry() -> usize {
    native_entry::leaf as Handler as usize
}

/// Address of the entry of a method that was never invoked.
pub(super) fn first_entry() -> usize {
    first as Handler as usize
}

/// The entry of a method whose code is prepared.
pub(super) fn prepared_entry(method: &Method) -> Handler {
    if method.is_synchronized() {
        synchronized
    } else {
        interpreted
    }
}

/// Pushes the frame of an interpreted method and answers its registers; a null frame when the stack is full.
#[inline(always)]
unsafe fn push_frame(r: Registers, method: *const Method) -> Registers {
    // SAFETY: the arguments are on the stack below `sp`; the frame is written only below the stack's limit.
    unsafe {
        let code = (*method).code.load(Ordering::Relaxed);
        let header = CodeHeader::of(code);
        let locals = r.sp.wrapping_byte_sub((*header).argument_bytes as usize);
        let frame =
            r.sp.wrapping_byte_add((*header).other_local_bytes as usize)
                .cast::<Frame>();
        if frame.cast::<u64>().wrapping_byte_add((*header).frame_bytes as usize) > (*r.thread).java_stack_limit {
            return Registers {
                frame: std::ptr::null_mut(),
                ..r
            };
        }
        let pool = (*header).pool;
        (&raw mut (*frame).caller).write(r.frame);
        (&raw mut (*frame).method).write(Meta::new(method));
        (&raw mut (*frame).locals).write(locals);
        (&raw mut (*frame).pool).write(pool);
        (&raw mut (*frame).profile).write((*header).profile.load(Ordering::Relaxed));
        (&raw mut (*frame).kind)
            .cast::<u64>()
            .write(FrameKind::Interpreted as u64);
        Registers {
            pc: code,
            sp: Frame::stack_base(frame),
            locals,
            frame,
            thread: r.thread,
            pool,
        }
    }
}

/// Counts an invocation; true when it is time to look around.
#[inline(always)]
unsafe fn count_invocation(method: *const Method) -> bool {
    // SAFETY: a live method. A plain increment: threads may lose each other's.
    unsafe {
        let count = (*method).invocation_count.load(Ordering::Relaxed).wrapping_add(1);
        (*method).invocation_count.store(count, Ordering::Relaxed);
        count & INVOCATION_POLL_MASK == 0
    }
}

handlers! {
    /// An interpreted method.
    interpreted(r) {
        let method = r.pool.cast::<Method>();
        let callee = push_frame(r, method);
        if callee.frame.is_null() {
            return r.go(slow::stack_overflow);
        }
        if count_invocation(method) {
            return callee.go(slow::invocation_event);
        }
        callee.dispatch()
    }
    /// A synchronized interpreted method.
    synchronized(r) {
        let method = r.pool.cast::<Method>();
        let callee = push_frame(r, method);
        if callee.frame.is_null() {
            return r.go(slow::stack_overflow);
        }
        let object = events::lock_object(&*method, callee.locals);
        if count_invocation(method) || !monitors::lock(r.thread, callee.frame, object) {
            return callee.go(slow::enter_synchronized);
        }
        callee.dispatch()
    }
    /// A method that was never invoked.
    #[cold]
    first(r) {
        let method = r.pool.cast::<Method>();
        if !prepare_method(r.pc, r.sp, r.frame, r.thread, method) {
            return r.go(slow::metaspace_full);
        }
        r.go(entry_of(method))
    }
}

#[inline(never)]
unsafe extern "C-unwind" fn prepare_method(
    pc: *const u8,
    sp: *mut u64,
    frame: *mut Frame,
    thread: *mut JavaThread,
    method: *const Method,
) -> bool {
    // SAFETY: called by the running thread with its innermost frame and a live method.
    unsafe {
        (*frame).pc = pc;
        (*frame).sp = sp;
        (*thread).top_frame = frame;
        let (vm, method) = ((*thread).vm(), Meta::new(method));
        let prepared = prepare::prepare(vm, method);
        if prepared {
            tier::prepared(&*thread, method);
        }
        prepared
    }
}

/// True for methods whose returns go through [`slow::return_monitored`].
pub(super) fn uses_monitors(method: &Method, has_monitor_instructions: bool) -> bool {
    method.is_synchronized() || has_monitor_instructions
}

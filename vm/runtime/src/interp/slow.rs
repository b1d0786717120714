//! Slow paths: they note the state of the frame, do their work in ordinary Rust, and go on wherever `top_frame` then
//! says: at the same instruction, behind it, at an exception handler, or out of the interpreter.

use super::calls::enter_noted;
use super::context::{Registers, handlers};
use super::{events, execute, link_calls, link_fields, unwind};
use crate::method_area::{Method, MethodPtr};
use crate::stack::Frame;
use crate::thread::lifecycle::end_caught;
use crate::thread::{JResult, JavaThread, Throw};
use peaberry_gc::layout::Obj;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What a panic carries.
pub(super) type PanicPayload = Box<dyn std::any::Any + Send>;
/// The work of a slow path: `pc` and `sp` of the frame say where it stands, and it sets them to where to go on.
pub(super) type SlowPath = fn(&mut JavaThread, &mut Frame) -> JResult<()>;
/// The same for calls: it may answer a method to enter, with the arguments below the frame's `sp` and `resume_pc` set.
pub(super) type SlowCall = fn(&mut JavaThread, &mut Frame) -> JResult<Option<MethodPtr>>;

/// Runs Rust code on behalf of the frame: a panic in it becomes an InternalError, except for the end of the thread,
/// which goes on through the Java frames as an exception no handler catches.
pub(crate) fn catching<R>(
    thread: &mut JavaThread,
    frame: *mut Frame,
    work: impl FnOnce(&mut JavaThread) -> JResult<R>,
) -> JResult<R> {
    let result = match catch_unwind(AssertUnwindSafe(|| work(thread))) {
        Ok(result) => result,
        Err(payload) => Err(panicked(thread, frame, &*payload)),
    };
    if result.is_err() && !thread.has_exception() {
        thread.throw_new("java/lang/InternalError", "an exception got lost in the VM");
    }
    result
}

#[cold]
fn panicked(thread: &mut JavaThread, frame: *mut Frame, payload: &(dyn std::any::Any + Send)) -> Throw {
    thread.top_frame = frame;
    if let Some(thrown) = end_caught(thread, payload) {
        return thrown;
    }
    thread.exception = Obj::NULL;
    let text = payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    thread.throw_new(
        "java/lang/InternalError",
        &format!("panic in the VM: {}", text.unwrap_or("unknown")),
    )
}

/// Goes on after a panic that came out of a handler: out of a native without a frame, or of the interpreter's own code.
/// `Err` when it cannot be made an exception.
///
/// # Safety
/// The thread's frames are those of the handler that was left.
#[cold]
pub(super) unsafe fn recover(thread: *mut JavaThread, payload: PanicPayload) -> Result<(), PanicPayload> {
    let mut payload = payload;
    loop {
        // SAFETY: only this thread uses its structure.
        let thrown = catch_unwind(AssertUnwindSafe(|| unsafe {
            let thread = &mut *thread;
            let frame = thread.top_frame;
            panicked(thread, frame, &*payload);
            unwind::dispatch(thread);
        }));
        thrown?;
        // SAFETY: the frame to go on in is the innermost.
        match catch_unwind(AssertUnwindSafe(|| unsafe { reload(thread).dispatch() })) {
            Ok(()) => return Ok(()),
            Err(next) => payload = next,
        }
    }
}

/// Runs Rust code and dispatches what it throws; `None` then.
fn guarded<R>(
    thread: &mut JavaThread,
    frame: *mut Frame,
    work: impl FnOnce(&mut JavaThread) -> JResult<R>,
) -> Option<R> {
    match catching(thread, frame, work) {
        Ok(value) => Some(value),
        Err(_) => {
            unwind::dispatch(thread);
            None
        }
    }
}

#[inline(never)]
#[allow(improper_ctypes_definitions)]
unsafe extern "C-unwind" fn run(
    pc: *const u8,
    sp: *mut u64,
    frame: *mut Frame,
    thread: *mut JavaThread,
    path: SlowPath,
) {
    // SAFETY: the frame is the running thread's innermost; nobody else has references to it or to the thread.
    unsafe {
        (*frame).pc = pc;
        (*frame).sp = sp;
        (*thread).top_frame = frame;
        guarded(&mut *thread, frame, |thread| path(thread, &mut *frame));
    }
}

#[inline(never)]
#[allow(improper_ctypes_definitions)]
unsafe extern "C-unwind" fn run_call(
    pc: *const u8,
    sp: *mut u64,
    frame: *mut Frame,
    thread: *mut JavaThread,
    call: SlowCall,
) -> *const Method {
    // SAFETY: as for `run`.
    unsafe {
        (*frame).pc = pc;
        (*frame).sp = sp;
        (*thread).top_frame = frame;
        let target = guarded(&mut *thread, frame, |thread| call(thread, &mut *frame)).flatten();
        target.map_or(std::ptr::null(), |method| method.as_ptr().cast_const())
    }
}

/// The registers of the innermost frame.
#[inline(always)]
pub(super) unsafe fn reload(thread: *mut JavaThread) -> Registers {
    // SAFETY: slow paths leave a consistent innermost frame.
    unsafe {
        let frame = (*thread).top_frame;
        Registers {
            pc: (*frame).pc,
            sp: (*frame).sp,
            locals: (*frame).locals,
            frame,
            thread,
            pool: (*frame).pool,
        }
    }
}

macro_rules! slow_paths {
    ($($(#[$attribute:meta])* $name:ident => $path:path;)*) => {
        handlers! { $(
            $(#[$attribute])*
            #[cold]
            #[inline(never)]
            $name(r) {
                run(r.pc, r.sp, r.frame, r.thread, $path);
                reload(r.thread).dispatch()
            }
        )* }
    };
}
slow_paths! {
    null_pointer => execute::null_pointer;
    division_by_zero => execute::division_by_zero;
    array_load_fault => execute::array_load_fault;
    array_store_fault => execute::array_store_fault;
    array_store2_fault => execute::array_store2_fault;
    reference_array_store => execute::reference_array_store;
    illegal_opcode => execute::illegal_opcode;
    load_constant => execute::load_constant;
    checkcast => execute::checkcast;
    instance_of => execute::instance_of;
    new => execute::new;
    newarray => execute::newarray;
    anewarray => execute::anewarray;
    multianewarray => execute::multianewarray;
    athrow => execute::athrow;
    monitorenter => execute::monitorenter;
    monitorexit => execute::monitorexit;
    return_monitored => execute::return_monitored;
    getfield => link_fields::getfield;
    /// getfield fused with a load of one byte before it; the load is done.
    load_getfield_4 => link_fields::load_getfield_4;
    /// getfield fused with a load of two bytes before it; the load is done.
    load_getfield_5 => link_fields::load_getfield_5;
    putfield => link_fields::putfield;
    getstatic => link_fields::getstatic;
    putstatic => link_fields::putstatic;
    /// A loop counted enough back edges to look around.
    backedge_event => events::backedge;
    /// A method was invoked often enough to look around; its frame is pushed.
    invocation_event => events::invocation;
    /// The frame of a synchronized method is pushed.
    enter_synchronized => events::enter_synchronized;
    /// There is no room for the callee's frame.
    stack_overflow => events::stack_overflow;
    /// A native without a frame accessed a mapped file that could not serve it.
    mapping_fault => events::mapping_fault;
    /// There is no room for the callee's code.
    metaspace_full => events::metaspace_full;
}

macro_rules! slow_calls {
    ($($(#[$attribute:meta])* $name:ident => $call:path;)*) => {
        handlers! { $(
            $(#[$attribute])*
            #[cold]
            #[inline(never)]
            $name(r) {
                let target = run_call(r.pc, r.sp, r.frame, r.thread, $call);
                let r = reload(r.thread);
                if target.is_null() {
                    return r.dispatch();
                }
                enter_noted(r, target)
            }
        )* }
    };
}
slow_calls! {
    invokestatic => link_calls::invokestatic;
    invokespecial => link_calls::invokespecial;
    invokevirtual => link_calls::invokevirtual;
    invokeinterface => link_calls::invokeinterface;
    invokedynamic => link_calls::invokedynamic;
    /// A quick interface call whose target is not found in the itable.
    invoke_selected => link_calls::invoke_selected;
}

macro_rules! entries {
    ($($(#[$attribute:meta])* $name:ident => $call:path;)*) => {
        handlers! { $(
            $(#[$attribute])*
            #[inline(never)]
            $name(r) {
                (*r.thread).entering = crate::method_area::Meta::from_pointer(r.pool.cast::<Method>());
                let target = run_call(r.pc, r.sp, r.frame, r.thread, $call);
                let r = reload(r.thread);
                if target.is_null() {
                    return r.dispatch();
                }
                enter_noted(r, target)
            }
        )* }
    };
}
entries! {
    /// Entry of abstract methods.
    abstract_entry => events::abstract_method;
    /// Entry of methods the VM made where default methods conflict.
    conflict_entry => events::conflict;
    /// Entry of the `linkTo*` methods.
    link_to => super::polymorphic::link_to;
}

//! Where the interpreter goes over into compiled code.

use super::context::{Handler, entry_of, handlers};
use super::entry::prepared_entry;
use super::slow::reload;
use super::unwind;
use crate::compiled;
use crate::method_area::{Meta, Method};
use crate::stack::Frame;
use crate::thread::JavaThread;
use std::sync::atomic::Ordering;

handlers! {
    /// Entry of methods that have compiled code.
    compiled_method(r) {
        let method = Meta::new(r.pool.cast::<Method>());
        compiled::run_method(r.pc, r.sp, r.frame, r.thread, method);
        reload(r.thread).dispatch()
    }
    /// Entry of methods whose compiled code is dormant.
    #[cold]
    dormant_method(r) {
        let method = r.pool.cast::<Method>();
        wake(r.thread, method);
        r.go(entry_of(method))
    }
}

#[inline(never)]
unsafe extern "C-unwind" fn wake(thread: *mut JavaThread, method: *const Method) {
    // SAFETY: called by the running thread with a live method.
    unsafe { (*thread).vm().compiled.wake(Meta::new(method)) }
}

/// Address of the entry of methods whose compiled code is dormant.
pub(crate) fn dormant_entry() -> usize {
    dormant_method as Handler as usize
}

/// Address of the entry of methods that have compiled code.
pub(crate) fn compiled_entry() -> usize {
    compiled_method as Handler as usize
}

/// Address of the entry that interprets a method whose code is prepared.
pub(crate) fn interpreted_entry(method: &Method) -> usize {
    prepared_entry(method) as usize
}

/// Finds where the pending exception goes, from the innermost frame on.
pub(crate) fn dispatch_exception(thread: &mut JavaThread) {
    unwind::dispatch(thread);
}

/// Goes on in compiled code for the loop whose beginning the frame stands at, if there is any and the frame has nothing
/// that it could not take over. True when it did: the frame is gone.
pub(crate) fn enter_loop_code(thread: &mut JavaThread, frame: *mut Frame) -> bool {
    // SAFETY: the running thread's innermost frame, interpreted.
    unsafe {
        let method = (*frame).method;
        let Some(code) = thread.vm().compiled.loop_code(method, (*frame).bci()) else {
            return false;
        };
        let holds_locks = thread
            .locks
            .last()
            .is_some_and(|record| std::ptr::eq(record.frame, frame));
        if holds_locks || !std::ptr::eq((*frame).sp, Frame::stack_base(frame)) {
            return false;
        }
        if peaberry_sys::thread::current_stack_pointer() < thread.native_stack_limit {
            return false;
        }
        code.entered.store(true, Ordering::Relaxed);
        compiled::run_loop(thread, frame, code);
        true
    }
}

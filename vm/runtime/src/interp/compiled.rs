//! Where the interpreter goes over into compiled code.

use super::context::{Handler, entry_of, handlers};
use super::entry::prepared_entry;
use super::slow::reload;
use super::{rebuild, unwind};
use crate::compiled::{self, InstalledCode};
use crate::method_area::{Meta, Method};
use crate::stack::{Frame, FrameKind};
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
        let locks = thread.locks.iter().rev();
        let held = locks.take_while(|record| std::ptr::eq(record.frame, frame)).count();
        let locks_differ = held != usize::from(code.compiled.entry_locks);
        if locks_differ || !std::ptr::eq((*frame).sp, Frame::stack_base(frame)) {
            return false;
        }
        if peaberry_sys::thread::current_stack_pointer() < thread.native_stack_limit {
            return false;
        }
        code.entered.store(true, Ordering::Relaxed);
        if !hand_back(thread, frame, code) {
            compiled::run_loop(thread, frame, code);
        }
        true
    }
}

/// Where the frame is what loop code was left with, it goes back to who runs that code, who goes on with the new code:
/// else a loop that is left again and again would need native stack each time. True when it did: the frame is gone.
///
/// # Safety
/// The frame is the running thread's innermost, interpreted, and the code was compiled for it.
unsafe fn hand_back(thread: &mut JavaThread, frame: *mut Frame, code: &'static InstalledCode) -> bool {
    let Some(exit) = thread.exits.last() else { return false };
    // SAFETY: frames of a thread are linked; the exit's entry frame lies on the frame of who runs the loop code, which
    // has locals for the same method.
    unsafe {
        let entry = (*frame).caller;
        if !std::ptr::eq(exit.entry, entry) || exit.code.loop_bci().is_none() {
            return false;
        }
        let runner = (*entry).caller;
        debug_assert!((*runner).kind == FrameKind::Compiled && (*runner).method == (*frame).method);
        let slots = rebuild::local_slots(&(*frame).method);
        std::ptr::copy_nonoverlapping((*frame).locals, (*runner).locals, slots);
        let records = thread.locks.iter_mut().rev();
        records
            .take_while(|record| std::ptr::eq(record.frame, frame))
            .for_each(|record| record.frame = runner);
        thread.next_loop = Some(code);
        // As if it had returned.
        thread.top_frame = entry;
        let method = (*frame).method;
        (*entry).sp = (*frame).locals.add(method.return_type.slots());
        (*entry).pc = (*entry).resume_pc;
    }
    true
}

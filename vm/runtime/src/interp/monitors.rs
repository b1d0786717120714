//! Monitors on the fast path: thin locks that nobody contends for.

use super::context::handlers;
use super::returns::{leave, narrow_result};
use super::slow;
use crate::basic_type::BasicType;
use crate::monitor::{try_enter_fast, try_exit_fast};
use crate::stack::Frame;
use crate::thread::{JavaThread, LockRecord};
use peaberry_gc::layout::Obj;

/// Locks `object` for `frame` and notes it. False: nothing was done, take the slow path.
#[inline(always)]
pub(super) unsafe fn lock(thread: *mut JavaThread, frame: *mut Frame, object: Obj) -> bool {
    // SAFETY: the running thread and its innermost frame; the object is live.
    unsafe {
        let locks = &mut (*thread).locks;
        let length = locks.len();
        if length == locks.capacity() || !try_enter_fast(&*thread, object) {
            return false;
        }
        locks.as_mut_ptr().add(length).write(LockRecord { object, frame });
        locks.set_len(length + 1);
        true
    }
}

/// The record `depth` from the end of the thread's locks (1 is the last), if it is the frame's.
#[inline(always)]
unsafe fn record_of(thread: *mut JavaThread, frame: *mut Frame, depth: usize) -> Obj {
    // SAFETY: the running thread.
    unsafe {
        let locks = &(*thread).locks;
        if locks.len() < depth {
            return Obj::NULL;
        }
        let record = *locks.get_unchecked(locks.len() - depth);
        if std::ptr::eq(record.frame, frame) {
            record.object
        } else {
            Obj::NULL
        }
    }
}

/// Unlocks the object of the last record. False: nothing was done, take the slow path.
#[inline(always)]
unsafe fn unlock_last(thread: *mut JavaThread, object: Obj) -> bool {
    // SAFETY: the running thread, whose last record is of the object.
    unsafe {
        if !try_exit_fast(&*thread, object) {
            return false;
        }
        let locks = &mut (*thread).locks;
        let length = locks.len();
        locks.set_len(length - 1);
        true
    }
}

handlers! {
    monitorenter(r) {
        let object = r.reference(1);
        if object == 0 || !lock(r.thread, r.frame, Obj(object)) {
            return r.go(slow::monitorenter);
        }
        r.next(1, -1)
    }
    monitorexit(r) {
        let object = r.reference(1);
        if object == 0 || record_of(r.thread, r.frame, 1).0 != object || !unlock_last(r.thread, Obj(object)) {
            return r.go(slow::monitorexit);
        }
        r.next(1, -1)
    }
    /// Any return of a method that is synchronized or has monitor instructions.
    return_monitored(r) {
        let method = (&raw const (*r.frame).method).read();
        let last = record_of(r.thread, r.frame, 1);
        if method.is_synchronized() {
            if last.is_null() || !record_of(r.thread, r.frame, 2).is_null() || !unlock_last(r.thread, last) {
                return r.go(slow::return_monitored);
            }
        } else if !last.is_null() {
            return r.go(slow::return_monitored);
        }
        match method.return_type {
            BasicType::Void => leave(r, 0, 0),
            BasicType::Long | BasicType::Double => leave(r, *r.slot(2), 2),
            BasicType::Boolean | BasicType::Byte | BasicType::Char | BasicType::Short => {
                leave(r, u64::from(narrow_result(r.int(1), method.return_type) as u32), 1)
            }
            _ => leave(r, *r.slot(1), 1),
        }
    }
}

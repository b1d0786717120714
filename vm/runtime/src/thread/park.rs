//! `LockSupport.park`: one permit a thread.

use super::event::{Event, deadline_after};
use super::status::{self, thread_status};
use super::{JavaThread, interrupt};
use crate::vm::Vm;
use peaberry_gc::layout::Obj;

/// Permit and event: the event's flag is the permit.
#[derive(Default)]
pub struct Parker {
    event: Event,
}

impl Parker {
    /// Gives the permit.
    pub fn unpark(&self) {
        self.event.set();
    }
    /// Takes the permit away.
    pub(crate) fn reset(&self) {
        self.event.take();
    }
}

/// `Unsafe.park`: waits for the permit, an interrupt, or the time given: nanoseconds from now (0: no limit), or
/// milliseconds since 1970 when `is_absolute`. May return for no reason, as LockSupport allows.
pub fn park(thread: &mut JavaThread, is_absolute: bool, time: i64) {
    if thread.parker.event.take() {
        return;
    }
    if time < 0 || (is_absolute && time == 0) || interrupt::is_interrupted(thread) || interrupt::is_stop_pending(thread)
    {
        return;
    }
    let deadline = if is_absolute {
        let (seconds, nanos) = peaberry_sys::time::wall_clock();
        let now = i128::from(seconds) * 1_000_000_000 + i128::from(nanos);
        let left = i128::from(time) * 1_000_000 - now;
        if left <= 0 {
            return;
        }
        u64::try_from(left).ok().and_then(deadline_after)
    } else if time > 0 {
        deadline_after(time as u64)
    } else {
        None
    };
    let is_timed = is_absolute || time > 0;
    let before = thread.set_status(if is_timed {
        thread_status::PARKED_TIMED
    } else {
        thread_status::PARKED
    });
    thread.os.waited.begin(thread.vm());
    let this: *const JavaThread = thread;
    thread.blocking_quietly(|| {
        // SAFETY: the thread is alive; the parker synchronises itself.
        unsafe { (*this).parker.event.wait(deadline) }
    });
    thread.os.waited.end();
    thread.set_status(before);
    thread.end_if_terminated();
}

/// `Unsafe.unpark`: gives the thread its permit; does nothing for null, unstarted and ended threads.
pub fn unpark(vm: &Vm, java_thread: Obj) {
    let native = status::native_thread(vm, java_thread);
    if !native.is_null() {
        // SAFETY: a thread's memory stays a thread as long as the VM lives. If it ended just now, some other thread
        // gets a permit it did not ask for, which every user of park must expect.
        unsafe { (*native).parker.unpark() }
    }
}

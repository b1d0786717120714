//! Interruption, `Thread.sleep` and `Thread.yield`.

use super::event::deadline_after;
use super::status::thread_status;
use super::{JResult, JavaThread};
use crate::known::KnownField;
use crate::safepoint::{self, poll_bits};
use peaberry_gc::layout::Obj;
use std::sync::atomic::Ordering;

/// The thread's interrupt status. The class library's field decides: it writes it before it tells the VM.
pub fn is_interrupted(thread: &JavaThread) -> bool {
    if thread.java_thread.is_null() || !thread.vm().known.has_field(KnownField::ThreadInterrupted) {
        return thread.interrupted.load(Ordering::SeqCst) != 0;
    }
    std::sync::atomic::fence(Ordering::SeqCst);
    thread.known::<u8>(thread.java_thread, KnownField::ThreadInterrupted) != 0
}

/// The same, clearing it.
pub fn take_interrupt(thread: &JavaThread) -> bool {
    let interrupted = is_interrupted(thread);
    if interrupted {
        thread.interrupted.store(0, Ordering::SeqCst);
        if !thread.java_thread.is_null() {
            thread.set_known::<u8>(thread.java_thread, KnownField::ThreadInterrupted, 0);
        }
    }
    interrupted
}

/// Is an asynchronous exception waiting to be thrown in this thread? Then it leaves whatever it waits for.
pub(crate) fn is_stop_pending(thread: &JavaThread) -> bool {
    thread.poll.load(Ordering::Relaxed) & (poll_bits::ASYNC_EXCEPTION | poll_bits::TERMINATE) != 0
}

/// `Thread.interrupt0`: wakes the thread from sleep, wait and park. Its `interrupted` field is set already.
pub fn interrupt(thread: &JavaThread, target: Obj) {
    thread.vm().threads.with_live(thread.vm(), target, |target| {
        target.interrupted.store(1, Ordering::SeqCst);
        target.os.event.set();
        target.parker.unpark();
    });
}

/// `Thread.sleep`. Zero yields. InterruptedException ("sleep interrupted") clears the status.
pub fn sleep(thread: &mut JavaThread, nanos: u64) -> JResult<()> {
    if take_interrupt(thread) {
        return Err(thread.throw_new("java/lang/InterruptedException", "sleep interrupted"));
    }
    if nanos == 0 {
        thread.blocking(peaberry_sys::thread::yield_now);
        return Ok(());
    }
    let deadline = deadline_after(nanos);
    let before = thread.set_status(thread_status::SLEEPING);
    thread.os.waited.begin(thread.vm());
    let this: *const JavaThread = thread;
    let interrupted = loop {
        let woken = thread.blocking_quietly(|| {
            // SAFETY: the thread is alive; the event synchronises itself.
            unsafe { (*this).os.event.wait(deadline) }
        });
        if take_interrupt(thread) {
            break true;
        }
        if !woken || is_stop_pending(thread) {
            break false;
        }
    };
    thread.os.waited.end();
    thread.set_status(before);
    if interrupted {
        return Err(thread.throw_new("java/lang/InterruptedException", "sleep interrupted"));
    }
    safepoint::poll(thread)
}

/// `Thread.yield`.
pub fn yield_now(thread: &mut JavaThread) {
    thread.blocking(peaberry_sys::thread::yield_now)
}

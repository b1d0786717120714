//! Handshakes: an operation that a thread runs itself at its next poll.

use super::poll_bits;
use crate::thread::JavaThread;
use std::sync::atomic::Ordering;

/// An operation for one thread. It runs on that thread, in Java, at a poll.
pub type Handshake = Box<dyn FnOnce(&mut JavaThread) + Send>;

/// Queues `operation` for `target`, which is alive. A thread that waits or is in native code runs it when it is back.
pub fn post(target: &JavaThread, operation: Handshake) {
    target.os.handshakes.lock().push(operation);
    target.poll.fetch_or(poll_bits::HANDSHAKE, Ordering::SeqCst);
}

/// Runs what is queued for the current thread.
pub(crate) fn run(thread: &mut JavaThread) {
    thread.poll.fetch_and(!poll_bits::HANDSHAKE, Ordering::SeqCst);
    let operations = std::mem::take(&mut *thread.os.handshakes.lock());
    for operation in operations {
        operation(thread);
    }
}

/// `Thread.suspend`: the target waits at its next poll until [`resume`].
pub fn suspend(target: &JavaThread) {
    if !target.os.suspended.swap(true, Ordering::SeqCst) {
        post(
            target,
            Box::new(|thread| {
                let this: *const JavaThread = thread;
                while thread.os.suspended.load(Ordering::SeqCst) && !thread.is_terminating() {
                    thread.blocking_quietly(|| {
                        // SAFETY: the thread is alive; the event synchronises itself.
                        unsafe { (*this).os.event.wait(None) }
                    });
                }
            }),
        );
    }
}

/// Has the thread been suspended and not resumed?
pub fn is_suspended(target: &JavaThread) -> bool {
    target.os.suspended.load(Ordering::SeqCst)
}

/// `Thread.resume`.
pub fn resume(target: &JavaThread) {
    target.os.suspended.store(false, Ordering::SeqCst);
    target.os.event.set();
}

//! Monitors: thin locks in the mark word, inflated ones in a side table (JVMS §2.11.10, JLS §17).
use crate::thread::{JResult, JavaThread};
use peaberry_gc::layout::Obj;

/// The inflated monitors of a VM.
#[derive(Default)]
pub struct MonitorTable {}

/// Enters the monitor of a non-null object (may block; safepoint inside). Does not touch `JavaThread::locks`.
pub fn enter(thread: &mut JavaThread, object: Obj) {
    crate::stub!(thread, object)
}
/// Leaves it; IllegalMonitorStateException ("current thread is not owner") when not owned.
pub fn exit(thread: &mut JavaThread, object: Obj) -> JResult<()> {
    crate::stub!(thread, object)
}
/// Object.wait; nanos < 0: no limit. Throws InterruptedException, IllegalMonitorStateException.
pub fn wait(thread: &mut JavaThread, object: Obj, millis: i64) -> JResult<()> {
    crate::stub!(thread, object, millis)
}
/// notify / notifyAll.
pub fn notify(thread: &mut JavaThread, object: Obj, all: bool) -> JResult<()> {
    crate::stub!(thread, object, all)
}
/// Does the thread own the monitor?
pub fn holds(thread: &JavaThread, object: Obj) -> bool {
    crate::stub!(thread, object)
}
/// Identity hash, positive, 25 bits, never 0 for non-null; 0 for null.
pub fn identity_hash(thread: &JavaThread, object: Obj) -> i32 {
    crate::stub!(thread, object)
}

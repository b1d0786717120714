//! Starting, attaching and ending threads.
use crate::thread::{JResult, JavaThread};
use peaberry_gc::layout::Obj;

/// All Java threads of a VM.
#[derive(Default)]
pub struct Threads {}

/// The operating system's side of a Java thread.
#[derive(Default)]
pub struct OsThread {}

/// `Thread.start0`: creates the OS thread which runs `Thread.run`. OutOfMemoryError "unable to create native thread: ..." when impossible.
pub fn start(thread: &mut JavaThread, java_thread: Obj) -> JResult<()> {
    crate::stub!(thread, java_thread)
}

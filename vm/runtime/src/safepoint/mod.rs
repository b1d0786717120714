//! Safepoints: polls, stopping the world, handshakes.
use crate::thread::JavaThread;

/// Bits of `JavaThread::poll`.
pub mod poll_bits {
    /// The world is to stop.
    pub const STOP: u32 = 1;
    /// A handshake operation is queued.
    pub const HANDSHAKE: u32 = 2;
    /// An asynchronous exception is to be thrown.
    pub const ASYNC_EXCEPTION: u32 = 4;
}
/// Coordination of safepoints of one VM.
#[derive(Default)]
pub struct Safepoint {}

/// Slow path of a poll: stops if asked, runs handshakes; an asynchronous exception becomes pending (returns Err). `top_frame`, its pc and sp are up to date.
pub fn poll_slow(thread: &mut JavaThread) -> crate::JResult<()> {
    crate::stub!(thread)
}
/// Collects garbage: stops the world, scans, collects, restarts. Callable at allocation slow paths and from System.gc.
pub fn collect(thread: &mut JavaThread, request: peaberry_gc::CollectRequest) {
    crate::stub!(thread, request)
}
/// Runs `operation` with the world stopped.
pub fn with_world_stopped<R>(thread: &mut JavaThread, operation: impl FnOnce(&mut JavaThread) -> R) -> R {
    crate::stub!(thread, operation)
}

//! Thread states as safepoints see them.

/// Where a thread is.
#[repr(u8)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ThreadState {
    /// Runs Java or VM code that touches the heap: must reach a poll.
    InJava = 0,
    /// Blocked or in a system call: safe, its stack may be scanned.
    InNative = 1,
    /// Stopped at a safepoint.
    Stopped = 2,
    /// Not started or ended.
    Terminated = 3,
}

impl crate::thread::JavaThread {
    /// Runs `operation` (a system call that may block) with the thread safe for collections. It must not touch the
    /// heap, except through memory of objects that native frames pin.
    pub fn blocking<R>(&mut self, operation: impl FnOnce() -> R) -> R {
        crate::stub!(operation)
    }
}

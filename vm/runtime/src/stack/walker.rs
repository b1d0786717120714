//! The stack walker.
use super::Frame;
use crate::method_area::MethodPtr;
use crate::thread::JavaThread;

/// A Java method's activation as seen by a walk: interpreted or native frames (later compiled and inlined ones).
#[derive(Clone, Copy)]
pub struct WalkedFrame {
    /// The method.
    pub method: MethodPtr,
    /// Current bytecode index (0 for natives).
    pub bci: u32,
    /// The frame.
    pub frame: *mut Frame,
}
/// Iterates over the Java activations of a thread, innermost first (entry frames left out).
pub struct StackWalker {
    next: *mut Frame,
}
impl StackWalker {
    /// Walk from the thread's innermost frame. The thread is the current one or stopped.
    pub fn new(thread: &JavaThread) -> Self {
        StackWalker { next: thread.top_frame }
    }
}
impl Iterator for StackWalker {
    type Item = WalkedFrame;
    fn next(&mut self) -> Option<WalkedFrame> {
        crate::stub!(self.next)
    }
}

//! The stack walker.

use super::{Frame, FrameKind};
use crate::compiled::frames::Positions;
use crate::method_area::MethodPtr;
use crate::thread::JavaThread;

/// A Java method's activation as seen by a walk: interpreted, native, compiled, or inlined into compiled code.
#[derive(Clone, Copy)]
pub struct WalkedFrame {
    /// The method.
    pub method: MethodPtr,
    /// Current bytecode index (0 for natives).
    pub bci: u32,
    /// The frame; for compiled and inlined methods, that of the entry into compiled code.
    pub frame: *mut Frame,
    /// What names the activation in lock records; nothing that is in any for inlined methods, whose locks are their compiled caller's.
    pub lock_owner: *mut Frame,
    /// A callee's frame is active: the operand stack ends at `sp` below its arguments. Otherwise the frame stands
    /// before the instruction at `bci`, operands included.
    pub in_call: bool,
    /// End of the operand stack.
    pub sp: *mut u64,
}

impl WalkedFrame {
    /// A native method's activation?
    pub fn is_native(&self) -> bool {
        // SAFETY: the frame is on the stack of the current or a stopped thread.
        unsafe { (*self.frame).kind == FrameKind::Native }
    }
    /// Compiled or inlined, so that there are no slots to look at?
    pub fn is_compiled(&self) -> bool {
        // SAFETY: as above.
        unsafe { (*self.frame).kind == FrameKind::Compiled }
    }
    /// First local slot; null for compiled methods.
    pub fn locals(&self) -> *mut u64 {
        if self.is_compiled() {
            return std::ptr::null_mut();
        }
        // SAFETY: as above.
        unsafe { (*self.frame).locals }
    }
}

/// Iterates over all frames of a thread, entry frames included, innermost first.
pub(super) struct Frames {
    thread: *const JavaThread,
    next: *mut Frame,
    inner: *mut Frame,
    /// What is left of the compiled frame `inner`.
    compiled: Option<Positions>,
}

impl Frames {
    pub(super) fn new(thread: &JavaThread) -> Self {
        Frames {
            thread,
            next: thread.top_frame,
            inner: std::ptr::null_mut(),
            compiled: None,
        }
    }

    /// The next activation of the compiled frame being walked.
    fn next_compiled(&mut self) -> Option<WalkedFrame> {
        let position = self.compiled.as_mut()?.next();
        if position.is_none() {
            self.compiled = None;
        }
        position.map(|position| WalkedFrame {
            method: position.method,
            bci: position.bci,
            frame: self.inner,
            lock_owner: position.lock_owner,
            in_call: true,
            sp: std::ptr::null_mut(),
        })
    }
}

impl Iterator for Frames {
    type Item = (FrameKind, WalkedFrame);
    fn next(&mut self) -> Option<Self::Item> {
        if let Some(walked) = self.next_compiled() {
            return Some((FrameKind::Compiled, walked));
        }
        if self.next.is_null() {
            return None;
        }
        let pointer = self.next;
        // SAFETY: as below.
        unsafe {
            if (*pointer).kind == FrameKind::Compiled {
                self.compiled = Some(Positions::new(&*self.thread, pointer));
                self.inner = pointer;
                self.next = (*pointer).caller;
                return self.next();
            }
        }
        // SAFETY: the thread is the current one inside a slow path, or stopped: its frames are linked and stable, and
        // a frame with a callee lies below it on the same stack.
        let walked = unsafe {
            let frame = &*pointer;
            let in_call = !self.inner.is_null() && (*self.inner).kind != FrameKind::Entry;
            let sp = match frame.kind {
                FrameKind::Native => Frame::stack_base(pointer),
                _ if in_call => (*self.inner).locals,
                _ => frame.sp,
            };
            let bci = if frame.kind == FrameKind::Interpreted {
                frame.bci()
            } else {
                0
            };
            (
                frame.kind,
                WalkedFrame {
                    method: frame.method,
                    bci,
                    frame: pointer,
                    lock_owner: pointer,
                    in_call,
                    sp,
                },
            )
        };
        self.inner = pointer;
        // SAFETY: as above.
        self.next = unsafe { (*pointer).caller };
        Some(walked)
    }
}

/// Iterates over the Java activations of a thread, innermost first (entry frames left out).
pub struct StackWalker {
    frames: Frames,
}

impl StackWalker {
    /// Walk from the thread's innermost frame. The thread is the current one or stopped.
    pub fn new(thread: &JavaThread) -> Self {
        StackWalker {
            frames: Frames::new(thread),
        }
    }
}

impl Iterator for StackWalker {
    type Item = WalkedFrame;
    fn next(&mut self) -> Option<WalkedFrame> {
        self.frames
            .by_ref()
            .find(|(kind, _)| *kind != FrameKind::Entry)
            .map(|(_, walked)| walked)
    }
}

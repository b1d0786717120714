//! Frame formats and the one stack walker that collector, exceptions, stack traces, deoptimisation and debuggers use.
//!
//! Java frames live on a stack of their own, in `u64` slots growing upwards:
//!
//! ```text
//!  locals[0 .. max_locals)      arguments first: they are the caller's operands, in place
//!  Frame                        header
//!  operand stack                grows upwards, `sp` points one past the top
//! ```
//!
//! A slot holds: int and smaller in the low 32 bits (the rest is unspecified), float bits likewise, a reference as a
//! full address, long and double in the first of their two slots.

mod walker;

pub use walker::{StackWalker, WalkedFrame};

use crate::method_area::MethodPtr;

/// What a frame is.
#[repr(u8)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FrameKind {
    /// An interpreted method.
    Interpreted = 0,
    /// A native method: arguments are in `locals`, the body is Rust.
    Native = 1,
    /// Rust called Java here: returning to it leaves the interpreter. `method` is the callee about to run.
    Entry = 2,
}

/// Header of a Java frame.
#[repr(C)]
pub struct Frame {
    /// The caller's frame; null at the bottom.
    pub caller: *mut Frame,
    /// The method.
    pub method: MethodPtr,
    /// Locals.
    pub locals: *mut u64,
    /// Current instruction in the quickened code; valid while the frame is not the running one or a slow path runs.
    pub pc: *const u8,
    /// Where the callee returns to.
    pub resume_pc: *const u8,
    /// Top of the operand stack, callee's arguments excluded while a call is under way. Valid like `pc`.
    pub sp: *mut u64,
    /// Profile cells of the method, null while it is cold.
    pub profile: *mut u32,
    /// `JavaThread::locks` length when the frame was pushed.
    pub lock_depth: u32,
    /// Kind.
    pub kind: FrameKind,
    /// A call is under way: `sp` excludes its arguments, which belong to the callee.
    pub in_call: bool,
    /// Room for compiled frames' descendants.
    pub reserved: u16,
}

/// Slots of a frame header.
pub const FRAME_SLOTS: usize = std::mem::size_of::<Frame>() / 8;

impl Frame {
    /// First slot of the operand stack.
    #[inline(always)]
    pub fn stack_base(frame: *mut Frame) -> *mut u64 {
        // The header is followed by the operand stack.
        frame.wrapping_add(1).cast::<u64>()
    }
    /// Index of the current bytecode (for interpreted frames).
    #[inline]
    pub fn bci(&self) -> u32 {
        let code = self.method.code.load(std::sync::atomic::Ordering::Relaxed);
        if code.is_null() || self.pc.is_null() { 0 } else { (self.pc as usize - code as usize) as u32 }
    }
}

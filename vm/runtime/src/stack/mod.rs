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
//!
//! A frame whose callee is an interpreted or native frame is *in a call*: its operand stack ends at the callee's
//! locals, and its `pc` is that of the invoke instruction. The innermost frame, and one from which Rust called Java
//! (its callee is an entry frame), stand *before* the instruction at `pc`, with all its operands below `sp`.

pub mod caller;
mod reference_map;
mod scan;
mod walker;

pub use reference_map::ReferenceMaps;
pub(crate) use reference_map::for_each_argument;
pub use scan::{SlotContent, scan_ambiguous, scan_precise, slot_contents};
pub use walker::{StackWalker, WalkedFrame};

use crate::method_area::MethodPtr;
use crate::thread::JavaThread;

/// What a frame is.
#[repr(u8)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FrameKind {
    /// An interpreted method.
    Interpreted = 0,
    /// A native method: arguments are in `locals`, the body is Rust.
    Native = 1,
    /// Rust called Java here: returning to it leaves the interpreter. `method` is the callee about to run, whose
    /// arguments are on the operand stack.
    Entry = 2,
    /// Compiled code runs on the native stack: see `compiled::frames` for what the fields mean.
    Compiled = 3,
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
    /// Top of the operand stack. Valid when the frame is not in a call and a slow path runs.
    pub sp: *mut u64,
    /// The interpreter's constant-pool register for this method.
    pub pool: *const u64,
    /// Profile cells of the method, biased so that the cell of the instruction at `pc` is at `profile + 4 * pc`;
    /// 0 while the method is cold. Entry frames: the native stack pointer of what runs the interpreter for them.
    pub profile: usize,
    /// Kind.
    pub kind: FrameKind,
    /// Of compiled frames: how many words of registers the call in progress has saved below the innermost activation.
    pub saved_words: u8,
    /// To the end of the word.
    pub reserved: [u8; 6],
}

/// Slots of a frame header.
pub const FRAME_SLOTS: usize = std::mem::size_of::<Frame>() / 8;

impl Frame {
    /// A frame, to lie at `at`, of a method that is not interpreted there: it has no operands and no code to go on in.
    #[inline(always)]
    pub fn without_code(
        at: *mut Frame,
        caller: *mut Frame,
        method: MethodPtr,
        locals: *mut u64,
        kind: FrameKind,
    ) -> Frame {
        Frame {
            caller,
            method,
            locals,
            pc: std::ptr::null(),
            resume_pc: std::ptr::null(),
            sp: Frame::stack_base(at),
            pool: std::ptr::null(),
            profile: 0,
            kind,
            saved_words: 0,
            reserved: [0; 6],
        }
    }
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
        let offset = (self.pc as usize).wrapping_sub(code as usize);
        if code.is_null() || self.pc.is_null() || offset >= self.method.code_length as usize {
            0
        } else {
            offset as u32
        }
    }
}

/// Stack pointer with which the innermost code is interpreted, or was when it called a native method, or that of the compiled code
/// which called one; 0 where neither is so. Native frames below it are those of the interpreter and of the native method.
pub(crate) fn java_runs_at(thread: &JavaThread) -> usize {
    let mut frame = thread.top_frame;
    // SAFETY: the frames of the running thread are linked, down to an entry frame.
    unsafe {
        if !frame.is_null() && (*frame).kind == FrameKind::Native {
            frame = (*frame).caller;
        }
        while !frame.is_null() && (*frame).kind == FrameKind::Interpreted {
            frame = (*frame).caller;
        }
        match frame.as_ref() {
            Some(frame) if matches!(frame.kind, FrameKind::Entry | FrameKind::Compiled) => frame.profile,
            _ => 0,
        }
    }
}

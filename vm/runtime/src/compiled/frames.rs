//! Activations of compiled code on the native stack.
//!
//! For each entry into compiled code there is one Java frame of the kind "compiled". While the compiled code is in a
//! call that may walk the stack, that frame tells where the innermost activation was left; the others follow by their
//! frame pointers. The frame's fields mean:
//!
//! | field | meaning |
//! |---|---|
//! | `locals` | first argument slot: where the caller's operands end |
//! | `sp` | first free slot of the Java stack |
//! | `pc` | return address into the innermost activation |
//! | `pool` | frame pointer of the innermost activation |
//! | `profile` | stack pointer of the innermost activation: its return address stands below |
//! | `resume_pc` | frame pointer of the entry: where activations end |
//! | `saved_words` | so many words of registers, which the call keeps, lie below the return address |

use super::InstalledCode;
use super::invalidate::original_return_address;
use super::trampoline::SAVED_BY_ENTRY;
use crate::method_area::{Meta, Method, MethodPtr};
use crate::stack::{Frame, FrameKind};
use crate::thread::JavaThread;
use std::ops::Range;

/// One activation.
#[derive(Clone, Copy)]
pub(crate) struct Activation {
    /// Return address into it.
    pub pc: usize,
    /// Its frame pointer.
    pub fp: usize,
    /// Where `pc` stands on the stack, to be replaced.
    pub slot: usize,
    /// Its code.
    pub code: &'static InstalledCode,
}

impl Activation {
    /// Its stack pointer during the call it is in.
    pub fn sp(&self) -> usize {
        self.slot + 8
    }
    /// Where the frame ends: behind its return address.
    pub fn end(&self) -> usize {
        self.fp + 16
    }
    /// Addresses of the slots in it that hold the references which live over the call it is in.
    pub fn references(&self) -> impl Iterator<Item = usize> + use<> {
        let sp = self.sp();
        let offsets = self.code.references_at(self.pc);
        offsets.iter().map(move |offset| sp + *offset as usize)
    }
    /// The innermost position at the call it is in.
    pub fn position(&self) -> Option<u32> {
        self.code.position_at(self.pc)
    }
}

/// The activations of one Java frame of the kind "compiled", innermost first.
#[derive(Clone)]
pub(crate) struct Activations {
    thread: *const JavaThread,
    pc: usize,
    fp: usize,
    slot: usize,
    end: usize,
}

impl Activations {
    /// # Safety
    /// The frame is a compiled one of the thread, which is the current one, called out of compiled code, or stopped.
    pub unsafe fn new(thread: &JavaThread, frame: *const Frame) -> Activations {
        // SAFETY: the caller vouches for the frame.
        let frame = unsafe { &*frame };
        Activations {
            thread,
            pc: frame.pc as usize,
            fp: frame.pool as usize,
            slot: frame.profile.wrapping_sub(8),
            end: frame.resume_pc as usize,
        }
    }
}

impl Iterator for Activations {
    type Item = Activation;
    fn next(&mut self) -> Option<Activation> {
        if self.fp == self.end || self.fp == 0 {
            return None;
        }
        // SAFETY: the thread outlives the walk.
        let thread = unsafe { &*self.thread };
        let pc = original_return_address(thread, self.slot, self.pc);
        let code = thread.vm().compiled.find(pc)?;
        let activation = Activation {
            pc,
            fp: self.fp,
            slot: self.slot,
            code,
        };
        self.slot = self.fp + 8;
        // SAFETY: compiled code keeps frame pointers: the caller's, and behind it the return address.
        unsafe {
            self.pc = *(self.slot as *const usize);
            self.fp = *(self.fp as *const usize);
        }
        Some(activation)
    }
}

/// Calls `found` with each activation of compiled code in a thread, innermost first.
///
/// # Safety
/// The thread is stopped, or the current one, called out of compiled code.
pub(crate) unsafe fn for_each_activation(thread: &JavaThread, mut found: impl FnMut(Activation)) {
    let mut frame: *mut Frame = thread.top_frame;
    while !frame.is_null() {
        // SAFETY: the thread's frames are linked and still.
        unsafe {
            if (*frame).kind == FrameKind::Compiled {
                Activations::new(thread, frame).for_each(&mut found);
            }
            frame = (*frame).caller;
        }
    }
}

/// Where calls have saved registers for compiled code.
///
/// # Safety
/// As for [`for_each_activation`].
unsafe fn saved_registers(thread: &JavaThread) -> impl Iterator<Item = Range<usize>> {
    // SAFETY: the thread's frames are linked and still.
    let frame_at = |frame: *mut Frame| unsafe { frame.as_ref() };
    let frames = std::iter::successors(frame_at(thread.top_frame), move |frame| frame_at(frame.caller));
    frames
        .filter(|frame| frame.kind == FrameKind::Compiled && frame.saved_words != 0)
        .map(|frame| {
            let end = frame.profile - 8;
            end - 8 * usize::from(frame.saved_words)..end
        })
}

/// Between compiled code and what runs the interpreter that called it: native frames without references, whose unused words
/// look like some from earlier calls. All that the interpreter knows is on the Java stack.
///
/// # Safety
/// As for [`for_each_activation`].
unsafe fn calls_of_compiled_code(thread: &JavaThread) -> Vec<Range<usize>> {
    let mut calls = Vec::new();
    let mut pending = Vec::new();
    let mut frame: *mut Frame = thread.top_frame;
    while !frame.is_null() {
        // SAFETY: the thread's frames are linked and still.
        let (kind, caller, entered_at, runs_at) = unsafe {
            (
                (*frame).kind,
                (*frame).caller,
                (*frame).resume_pc as usize,
                (*frame).profile,
            )
        };
        match kind {
            FrameKind::Compiled if entered_at != 0 => pending.push(entered_at - SAVED_BY_ENTRY),
            FrameKind::Entry => {
                let known = pending.drain(..).filter(|&start| start < runs_at);
                calls.extend(known.map(|start| start..runs_at));
            }
            _ => {}
        }
        frame = caller;
    }
    calls
}

/// The parts of a thread's native stack above `low` that are not compiled frames, which stack maps describe, nor frames
/// that were left for the interpreter, whose values it has, nor registers saved for compiled frames, nor what the interpreter
/// calls compiled code with; lowest first.
///
/// # Safety
/// As for [`for_each_activation`].
pub(crate) unsafe fn native_ranges(thread: &JavaThread, low: usize) -> Vec<Range<usize>> {
    let mut others: Vec<Range<usize>> = thread.exits.iter().map(|exit| exit.dead.clone()).collect();
    // SAFETY: the caller vouches for the thread.
    unsafe {
        for_each_activation(thread, |activation| others.push(activation.sp()..activation.end()));
        others.extend(saved_registers(thread));
        others.extend(calls_of_compiled_code(thread));
    }
    others.sort_unstable_by_key(|range| range.start);
    let mut ranges = Vec::new();
    let mut start = low;
    for other in others {
        if start < other.start {
            ranges.push(start..other.start);
        }
        start = start.max(other.end);
    }
    ranges.push(start..thread.native_stack_base);
    ranges
}

/// A method at a place in compiled code, its own or inlined.
#[derive(Clone, Copy)]
pub(crate) struct CompiledPosition {
    /// The method.
    pub method: MethodPtr,
    /// Bytecode index.
    pub bci: u32,
    /// What names the activation in lock records; for inlined methods nothing that is in any.
    pub lock_owner: *mut Frame,
}

/// The methods of a compiled frame's activations, inlined ones included, innermost first.
#[derive(Clone)]
pub(crate) struct Positions {
    activations: Activations,
    current: Option<(Activation, u32)>,
}

impl Positions {
    /// # Safety
    /// As for [`Activations::new`].
    pub unsafe fn new(thread: &JavaThread, frame: *const Frame) -> Positions {
        Positions {
            // SAFETY: passed on.
            activations: unsafe { Activations::new(thread, frame) },
            current: None,
        }
    }
}

impl Iterator for Positions {
    type Item = CompiledPosition;
    fn next(&mut self) -> Option<CompiledPosition> {
        let (activation, index) = match self.current.take() {
            Some(current) => current,
            None => loop {
                let activation = self.activations.next()?;
                if let Some(index) = activation.position() {
                    break (activation, index);
                }
            },
        };
        let position = activation.code.compiled.positions.get(index as usize)?;
        self.current = position.caller.map(|caller| (activation, caller));
        let lock_owner = if position.caller.is_none() {
            activation.fp as *mut Frame
        } else {
            std::ptr::dangling_mut()
        };
        Some(CompiledPosition {
            // SAFETY: positions name methods that live as long as the code.
            method: unsafe { Meta::new(position.method.0 as *const Method) },
            bci: position.bci,
            lock_owner,
        })
    }
}

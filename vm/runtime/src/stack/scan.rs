//! Java frames as roots.

use super::reference_map::{for_each_argument, values};
use super::walker::Frames;
use super::{Frame, FrameKind, WalkedFrame};
use crate::compiled;
use crate::thread::JavaThread;
use peaberry_gc::{AmbiguousVisitor, Tracer};

/// Hands the references in a stopped thread's Java frames to the collector: interpreted frames by their reference
/// maps, compiled ones by their stack maps, native and entry frames by the descriptor of their method. Frames without a map are left to
/// [`scan_ambiguous`].
pub fn scan_precise(thread: &mut JavaThread, tracer: &mut Tracer<'_>) {
    // SAFETY: the thread is stopped; stack maps name slots that hold null or references.
    unsafe {
        compiled::for_each_activation(thread, |activation| {
            for address in activation.references() {
                tracer.slot_at(address as *mut usize);
            }
        });
    }
    // What compiled code names has to live.
    compiled::for_each_code_in_use(thread, |code| {
        for class in code.classes() {
            // SAFETY: classes that code names are live.
            unsafe { tracer.class(&class.prefix) };
        }
    });
    let mut maps = thread.vm().reference_maps.lock();
    for (kind, walked) in Frames::new(thread) {
        // A class with running methods lives, statics, constants and all.
        // SAFETY: the class of a method.
        unsafe { tracer.class(&walked.method.holder.prefix) };
        match kind {
            FrameKind::Interpreted => {
                let Some(slots) = maps.get(walked.method, walked.bci, walked.in_call) else {
                    continue;
                };
                for address in slots.references.iter().filter_map(|&slot| slot_address(&walked, slot)) {
                    // SAFETY: the map names live slots of this frame that hold null or references.
                    unsafe { tracer.slot_at(address.cast::<usize>()) };
                }
            }
            FrameKind::Native => scan_arguments(&walked, walked.locals(), tracer),
            FrameKind::Entry if !walked.in_call && !holds_no_arguments(&walked) => {
                scan_arguments(&walked, Frame::stack_base(walked.frame), tracer);
            }
            FrameKind::Entry | FrameKind::Compiled => {}
        }
    }
}

/// What a slot of an activation holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SlotContent {
    /// Nothing that may still be read, or it is not known what.
    Dead,
    /// Something that is no reference.
    Value,
    /// Null or a reference that may still be read.
    Reference,
}

/// What each local variable of an activation holds, then what each of its operands does.
pub fn slot_contents(thread: &JavaThread, walked: &WalkedFrame) -> Vec<SlotContent> {
    if walked.is_native() {
        let mut slots = vec![SlotContent::Value; usize::from(walked.method.argument_slots)];
        for_each_argument(&walked.method, |slot, basic_type| {
            if basic_type.is_reference() {
                slots[slot] = SlotContent::Reference;
            }
        });
        return slots;
    }
    // SAFETY: the frame is on the stack of the current or a stopped thread.
    if unsafe { (*walked.frame).kind } != FrameKind::Interpreted {
        return Vec::new();
    }
    let operands = (walked.sp as usize).saturating_sub(Frame::stack_base(walked.frame) as usize) / 8;
    let mut slots = vec![SlotContent::Dead; usize::from(walked.method.max_locals) + operands];
    let mut set = |slot: usize, content| {
        if let Some(slot) = slots.get_mut(slot) {
            *slot = content;
        }
    };
    for slot in values(&walked.method, walked.bci, walked.in_call) {
        set(slot, SlotContent::Value);
    }
    let mut maps = thread.vm().reference_maps.lock();
    if let Some(map) = maps.get(walked.method, walked.bci, walked.in_call) {
        for &slot in &map.references {
            set(slot.into(), SlotContent::Reference);
        }
    }
    slots
}

/// Where a slot of the map is; `None` for operands that are given up already (an exception is being dispatched).
fn slot_address(walked: &WalkedFrame, slot: u16) -> Option<*mut u64> {
    let max_locals = walked.method.max_locals;
    if slot < max_locals {
        return Some(walked.locals().wrapping_add(usize::from(slot)));
    }
    let address = Frame::stack_base(walked.frame).wrapping_add(usize::from(slot - max_locals));
    (address < walked.sp).then_some(address)
}

/// An entry frame whose callee has returned, or that an exception has reached, has nothing but the result.
fn holds_no_arguments(walked: &WalkedFrame) -> bool {
    let base = Frame::stack_base(walked.frame) as usize;
    (walked.sp as usize).wrapping_sub(base) / 8 != usize::from(walked.method.argument_slots)
}

fn scan_arguments(walked: &WalkedFrame, first: *mut u64, tracer: &mut Tracer<'_>) {
    for_each_argument(&walked.method, |slot, basic_type| {
        if basic_type.is_reference() {
            // SAFETY: argument slots of reference type hold null or references.
            unsafe { tracer.slot_at(first.wrapping_add(slot).cast::<usize>()) };
        }
    });
}

/// Hands the slots of interpreted frames that may or may not hold references to the collector: all those of frames
/// without a reference map.
pub fn scan_ambiguous(thread: &JavaThread, visitor: &mut AmbiguousVisitor<'_>) {
    let mut maps = thread.vm().reference_maps.lock();
    for (kind, walked) in Frames::new(thread) {
        if kind != FrameKind::Interpreted {
            continue;
        }
        match maps.get(walked.method, walked.bci, walked.in_call) {
            Some(slots) => {
                for address in slots.ambiguous.iter().filter_map(|&slot| slot_address(&walked, slot)) {
                    // SAFETY: a slot of the frame.
                    visitor.word(unsafe { *address } as usize);
                }
            }
            // SAFETY: locals, header and operands up to `sp` are the frame's memory on the Java stack.
            None => unsafe { visitor.range(walked.locals() as usize, walked.sp as usize) },
        }
    }
}

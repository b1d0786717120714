//! Reading the original instruction behind a frame's `pc`, and patching its quick form.

use crate::method_area::ConstantPool;
use crate::stack::Frame;
use std::sync::atomic::{AtomicU8, Ordering};

/// The opcode of the class file at the frame's `pc`.
pub(super) fn original_opcode_at(frame: &Frame) -> u8 {
    frame.method.bytecode[frame.bci() as usize]
}

/// The first 16-bit operand in the class file at the frame's `pc`.
pub(super) fn operand_u16(frame: &Frame) -> u16 {
    let bci = frame.bci() as usize;
    let bytecode = &frame.method.bytecode;
    u16::from_be_bytes([bytecode[bci + 1], bytecode[bci + 2]])
}

/// Replaces the instruction at the frame's `pc`: operands first, the opcode last. Threads that race write the same, and
/// slow paths read operands in the class file's bytecode, so that nobody sees a mixture.
pub(super) fn patch(frame: &Frame, operand: Option<[u8; 2]>, opcode: u8) {
    let code = frame.pc.cast_mut();
    // SAFETY: the code is the method's own copy, of at least the instruction's length.
    unsafe {
        if let Some([first, second]) = operand {
            (*code.add(1).cast::<AtomicU8>()).store(first, Ordering::Relaxed);
            (*code.add(2).cast::<AtomicU8>()).store(second, Ordering::Relaxed);
        }
        (*code.cast::<AtomicU8>()).store(opcode, Ordering::Release);
    }
}

/// The same for the second part of a fused instruction, at `pc`, whose opcode stands `length` bytes before.
pub(super) fn patch_behind(frame: &Frame, length: usize, operand: Option<[u8; 2]>, opcode: u8) {
    let code = frame.pc.cast_mut();
    // SAFETY: the code is the method's own copy; the fused instruction begins before `pc`.
    unsafe {
        if let Some([first, second]) = operand {
            (*code.add(1).cast::<AtomicU8>()).store(first, Ordering::Relaxed);
            (*code.add(2).cast::<AtomicU8>()).store(second, Ordering::Relaxed);
        }
        (*code.sub(length).cast::<AtomicU8>()).store(opcode, Ordering::Release);
    }
}

/// The same for an instruction with a 32-bit operand.
pub(super) fn patch_u32(frame: &Frame, operand: u32, opcode: u8) {
    let code = frame.pc.cast_mut();
    // SAFETY: as above.
    unsafe {
        for (offset, byte) in operand.to_ne_bytes().into_iter().enumerate() {
            (*code.add(1 + offset).cast::<AtomicU8>()).store(byte, Ordering::Relaxed);
        }
        (*code.cast::<AtomicU8>()).store(opcode, Ordering::Release);
    }
}

/// Publishes a resolved word. False when the constant is already resolved to something else, as when instructions of
/// different kinds share it: such an instruction stays slow.
pub(super) fn publish(pool: &ConstantPool, index: u16, word: u64) -> bool {
    match pool.resolved.get(usize::from(index)) {
        Some(slot) => match slot.compare_exchange(0, word, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => true,
            Err(found) => found == word,
        },
        None => false,
    }
}

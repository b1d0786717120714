//! Choosing fused opcodes when code is prepared: a load and what uses it, two loads, the end of a counting loop.
//!
//! A fused instruction takes the place of its parts, its own operands over theirs; no part but the first may be jumped
//! to. To make room among the opcodes, instructions that do the same get the same opcode first ([`canonical`]).

use super::quick_opcodes::*;
use peaberry_classfile::opcodes::{Instruction, Operands, op};

/// The opcode used for an instruction that does what another one does, slot by slot.
#[inline]
pub(super) fn canonical(opcode: u8) -> u8 {
    CANONICAL[opcode as usize]
}

/// [`canonical`] of all opcodes: it is asked some times for each instruction.
static CANONICAL: [u8; 256] = {
    let mut table = [0; 256];
    let mut opcode = 0;
    while opcode < table.len() {
        table[opcode] = canonical_of(opcode as u8);
        opcode += 1;
    }
    table
};

const fn canonical_of(opcode: u8) -> u8 {
    match opcode {
        op::FLOAD | op::ALOAD => op::ILOAD,
        op::DLOAD => op::LLOAD,
        op::FSTORE | op::ASTORE => op::ISTORE,
        op::DSTORE => op::LSTORE,
        op::FLOAD_0..=op::FLOAD_3 => op::ILOAD_0 + (opcode - op::FLOAD_0),
        op::ALOAD_0..=op::ALOAD_3 => op::ILOAD_0 + (opcode - op::ALOAD_0),
        op::DLOAD_0..=op::DLOAD_3 => op::LLOAD_0 + (opcode - op::DLOAD_0),
        op::FSTORE_0..=op::FSTORE_3 => op::ISTORE_0 + (opcode - op::FSTORE_0),
        op::ASTORE_0..=op::ASTORE_3 => op::ISTORE_0 + (opcode - op::ASTORE_0),
        op::DSTORE_0..=op::DSTORE_3 => op::LSTORE_0 + (opcode - op::DSTORE_0),
        op::FALOAD => op::IALOAD,
        op::DALOAD => op::LALOAD,
        op::FASTORE => op::IASTORE,
        op::DASTORE => op::LASTORE,
        op::SASTORE => op::CASTORE,
        op::FRETURN | op::ARETURN => op::IRETURN,
        op::DRETURN => op::LRETURN,
        other => other,
    }
}

/// The bcis that are jumped to: branch targets, handlers, and where subroutines return to.
pub(super) struct Targets(Vec<u64>);

impl Targets {
    pub(super) fn new(code_length: usize) -> Self {
        Targets(vec![0; code_length / 64 + 1])
    }
    pub(super) fn add(&mut self, bci: i64) {
        if let Some(word) = usize::try_from(bci).ok().and_then(|bci| self.0.get_mut(bci / 64)) {
            *word |= 1 << (bci % 64);
        }
    }
    pub(super) fn add_all(&mut self, instruction: &Instruction<'_>) {
        instruction.for_each_target(|target| self.add(target));
        if matches!(instruction.opcode as u8, op::JSR | op::JSR_W) {
            self.add(instruction.next_bci() as i64);
        }
    }
    fn contains(&self, bci: usize) -> bool {
        self.0[bci / 64] >> (bci % 64) & 1 != 0
    }
}

/// A load of a local: its index, and whether it pushes two slots. Only indexes of one byte.
fn load(instruction: &Instruction<'_>) -> Option<(u8, bool)> {
    if instruction.wide {
        return None;
    }
    let opcode = canonical(instruction.opcode as u8);
    match (opcode, instruction.operands) {
        (op::ILOAD | op::LLOAD, Operands::Local(index)) => Some((u8::try_from(index).ok()?, opcode == op::LLOAD)),
        (op::ILOAD_0..=op::ILOAD_3, _) => Some((opcode - op::ILOAD_0, false)),
        (op::LLOAD_0..=op::LLOAD_3, _) => Some((opcode - op::LLOAD_0, true)),
        _ => None,
    }
}

/// Fused opcodes after a short load (1 byte) and a long one (2 bytes).
fn after_load(opcode: u8, two_slots: bool, of_reference: bool) -> Option<[u8; 2]> {
    Some(match (opcode, two_slots) {
        (op::GETFIELD, false) if of_reference => [LOAD_GETFIELD_4, LOAD_GETFIELD_5],
        (op::IF_ICMPEQ, false) => [LOAD_IF_ICMPEQ_4, LOAD_IF_ICMPEQ_5],
        (op::IF_ICMPNE, false) => [LOAD_IF_ICMPNE_4, LOAD_IF_ICMPNE_5],
        (op::IF_ICMPLT, false) => [LOAD_IF_ICMPLT_4, LOAD_IF_ICMPLT_5],
        (op::IF_ICMPGE, false) => [LOAD_IF_ICMPGE_4, LOAD_IF_ICMPGE_5],
        (op::IF_ICMPGT, false) => [LOAD_IF_ICMPGT_4, LOAD_IF_ICMPGT_5],
        (op::IF_ICMPLE, false) => [LOAD_IF_ICMPLE_4, LOAD_IF_ICMPLE_5],
        (op::IFEQ, false) => [LOAD_IFEQ_4, LOAD_IFEQ_5],
        (op::IFNE, false) => [LOAD_IFNE_4, LOAD_IFNE_5],
        (op::IFNULL, false) => [LOAD_IFNULL_4, LOAD_IFNULL_5],
        (op::IFNONNULL, false) => [LOAD_IFNONNULL_4, LOAD_IFNONNULL_5],
        (op::IADD, false) => [LOAD_IADD_2, LOAD_IADD_3],
        (op::ISUB, false) => [LOAD_ISUB_2, LOAD_ISUB_3],
        (op::DADD, true) => [LOAD_DADD_2, LOAD_DADD_3],
        (op::DMUL, true) => [LOAD_DMUL_2, LOAD_DMUL_3],
        _ => return None,
    })
}

/// Fuses `first` and `second`, which follows it, in `code`, where both stand already with their operands. True when
/// that was done.
pub(super) fn fuse(first: &Instruction<'_>, second: &Instruction<'_>, targets: &Targets, code: &mut [u8]) -> bool {
    if second.wide || targets.contains(second.bci) {
        return false;
    }
    let at = first.bci;
    let second_opcode = second.opcode as u8;
    if let Some((index, two_slots)) = load(first) {
        let of_reference = matches!(first.opcode as u8, op::ALOAD | op::ALOAD_0..=op::ALOAD_3);
        if let Some(opcodes) = after_load(second_opcode, two_slots, of_reference) {
            code[at] = opcodes[first.length - 1];
            code[at + 1] = index;
            return true;
        }
        if let Some((other, false)) = load(second).filter(|_| !two_slots) {
            match first.length + second.length {
                2 => (code[at], code[at + 1]) = (LOAD_LOAD_2, index << 4 | other),
                3 => (code[at], code[at + 1], code[at + 2]) = (LOAD_LOAD_3, index, other),
                _ => (code[at], code[at + 1], code[at + 3]) = (LOAD_LOAD_4, index, other),
            }
            return true;
        }
        return false;
    }
    if !first.wide && first.opcode as u8 == op::IINC && second_opcode == op::GOTO {
        code[at] = IINC_GOTO;
        return true;
    }
    false
}

/// Is this one of the fused getfields whose load has two bytes?
pub(super) fn is_long_load_getfield(opcode: u8) -> bool {
    matches!(
        opcode,
        LOAD_GETFIELD_SMALL_5
            | LOAD_GETFIELD_INT_5
            | LOAD_GETFIELD_LONG_5
            | LOAD_GETFIELD_REFERENCE_5
            | LOAD_GETFIELD_ANY_5
    )
}

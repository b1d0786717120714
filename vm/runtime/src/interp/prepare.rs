//! Making the code that runs: a copy of the bytecode at the same indexes, with operands in native byte order and, where
//! the class file alone decides it, quick opcodes.

use super::code_header::{CodeHeader, HEADER_BYTES};
use super::entry::{first_entry, prepared_entry, uses_monitors};
use super::fuse::{Targets, canonical, fuse};
use super::quick_opcodes::*;
use crate::basic_type::BasicType;
use crate::method_area::method::method_flags;
use crate::method_area::{ConstantPool, Method, MethodPtr};
use crate::vm::Vm;
use peaberry_classfile::opcodes::{
    Format, Instruction, Instructions, Opcode, OpcodeFlags, decode, instruction_length, op,
};
use std::sync::atomic::Ordering;

/// Opcode without a handler of its own, behind the end of the code and in place of what cannot be decoded.
const ILLEGAL: u8 = 254;
/// Bytes behind the code, so that reading operands never leaves the copy.
const SLACK: usize = 16;

/// Makes `Method::code` and sets the entry that runs it. False when the method area is full.
pub(crate) fn prepare(vm: &Vm, method: MethodPtr) -> bool {
    if method.code.load(Ordering::Acquire).is_null() {
        let bytes = method.bytecode.len() + SLACK;
        if vm.method_area.nearly_full(HEADER_BYTES + bytes) {
            return false;
        }
        let memory = vm.arena_of(method.holder).allocate(HEADER_BYTES + bytes, 16);
        let code = memory.wrapping_add(HEADER_BYTES);
        // SAFETY: fresh memory of that size, aligned for the header.
        let bytes = unsafe {
            memory.cast::<CodeHeader>().write(CodeHeader::new(&method));
            std::slice::from_raw_parts_mut(code, bytes)
        };
        rewrite(&method, bytes);
        let published = method
            .code
            .compare_exchange(std::ptr::null_mut(), code, Ordering::AcqRel, Ordering::Acquire)
            .is_ok();
        if published {
            method.set_flag(method_flags::PREPARED);
        }
    }
    // Another entry than that of a method never invoked is not to be replaced: there may be compiled code.
    let _ = method.entry.compare_exchange(
        first_entry(),
        prepared_entry(&method) as usize,
        Ordering::AcqRel,
        Ordering::Relaxed,
    );
    true
}

fn rewrite(method: &Method, code: &mut [u8]) {
    let original: &[u8] = &method.bytecode;
    code.fill(ILLEGAL);
    let mut targets = Targets::new(original.len());
    let has_monitors = add_targets(original, &mut targets);
    for handler in method.handlers.iter() {
        targets.add(i64::from(handler.handler));
    }
    let monitored = uses_monitors(method, has_monitors);
    // The instruction before, if it may still be fused with the next one.
    let mut before = None;
    for instruction in Instructions::new(original).flatten() {
        let bci = instruction.bci;
        code[bci..bci + instruction.length].copy_from_slice(&original[bci..bci + instruction.length]);
        native_operands(&instruction, code);
        if !instruction.wide {
            code[bci] = quick_form(method, original, &instruction, monitored)
                .unwrap_or_else(|| canonical(instruction.opcode as u8));
        }
        before = match before {
            Some(first) if fuse(&first, &instruction, &targets, code) => None,
            _ => Some(instruction),
        };
    }
}

/// Adds what instructions jump to; true when some use monitors. Most do neither, and are passed over by their length.
fn add_targets(original: &[u8], targets: &mut Targets) -> bool {
    let mut has_monitors = false;
    let mut bci = 0;
    while let Ok(length) = instruction_length(original, bci) {
        if let Some(opcode) = Opcode::from_u8(original[bci]) {
            let info = opcode.info();
            has_monitors |= info.flags.contains(OpcodeFlags::MONITOR);
            let jumps = matches!(
                info.format,
                Format::Branch2 | Format::Branch4 | Format::TableSwitch | Format::LookupSwitch
            );
            if jumps && let Ok(instruction) = decode(original, bci) {
                targets.add_all(&instruction);
            }
        }
        bci += length;
    }
    has_monitors
}

fn swap16(code: &mut [u8], at: usize) {
    let value = u16::from_be_bytes([code[at], code[at + 1]]);
    code[at..at + 2].copy_from_slice(&value.to_ne_bytes());
}

fn swap32(code: &mut [u8], at: usize) {
    let value = u32::from_be_bytes([code[at], code[at + 1], code[at + 2], code[at + 3]]);
    code[at..at + 4].copy_from_slice(&value.to_ne_bytes());
}

fn native_operands(instruction: &Instruction<'_>, code: &mut [u8]) {
    let bci = instruction.bci;
    if instruction.wide {
        swap16(code, bci + 2);
        if instruction.opcode as u8 == op::IINC {
            swap16(code, bci + 4);
        }
        return;
    }
    match instruction.opcode.format() {
        Format::Short
        | Format::CpIndex2
        | Format::Branch2
        | Format::InvokeInterface
        | Format::InvokeDynamic
        | Format::MultiANewArray => swap16(code, bci + 1),
        Format::Branch4 => swap32(code, bci + 1),
        Format::TableSwitch | Format::LookupSwitch => {
            let first = (bci + 4) & !3;
            for at in (first..bci + instruction.length).step_by(4) {
                swap32(code, at);
            }
        }
        Format::None
        | Format::Local1
        | Format::Byte
        | Format::CpIndex1
        | Format::Iinc
        | Format::NewArray
        | Format::Wide => {}
    }
}

fn quick_form(method: &Method, original: &[u8], instruction: &Instruction<'_>, monitored: bool) -> Option<u8> {
    let bci = instruction.bci;
    let opcode = instruction.opcode as u8;
    match opcode {
        op::LDC => quick_constant(
            &method.constants,
            u16::from(original[bci + 1]),
            LDC_REFERENCE,
            LDC_CLASS,
        ),
        op::LDC_W | op::LDC2_W => {
            let index = u16::from_be_bytes([original[bci + 1], original[bci + 2]]);
            quick_constant(&method.constants, index, LDC_W_REFERENCE, LDC_W_CLASS)
        }
        op::IRETURN | op::LRETURN | op::FRETURN | op::DRETURN | op::ARETURN | op::RETURN if monitored => {
            Some(RETURN_MONITORED)
        }
        op::IRETURN if method.return_type != BasicType::Int => Some(IRETURN_NARROW),
        _ => None,
    }
}

fn quick_constant(pool: &ConstantPool, index: u16, reference: u8, class: u8) -> Option<u8> {
    match pool.tag(index) {
        7 => Some(class),
        8 | 15 | 16 => Some(reference),
        17 => {
            let (_, descriptor) = pool.member_name_and_type(index);
            let of_reference = matches!(descriptor.first(), Some(b'L' | b'['));
            Some(if of_reference { reference } else { LDC_DYNAMIC })
        }
        _ => None,
    }
}

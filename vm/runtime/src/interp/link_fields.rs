//! First executions of field accesses: resolution, class initialization, quickening.

use super::execute::{complete, reference, slot};
use super::fused::{SMALL_BYTE, SMALL_CHAR, SMALL_OFFSET_LIMIT, SMALL_SHORT};
use super::prepare_patch::{operand_u16, patch, patch_behind, publish};
use super::quick_opcodes::*;
use crate::basic_type::BasicType;
use crate::link::{self, FieldAccess};
use crate::method_area::FieldPtr;
use crate::object::{get_ref, read_slot, write_slot};
use crate::stack::Frame;
use crate::thread::{JResult, JavaThread};
use peaberry_gc::layout::Obj;
use std::sync::atomic::{Ordering, fence};

/// Quick opcode by type: get of a field, put of a field, get and put of a static one.
fn quick_opcodes(basic_type: BasicType) -> [u8; 4] {
    match basic_type {
        BasicType::Boolean => [GETFIELD_BYTE, PUTFIELD_BOOLEAN, GETSTATIC_BYTE, PUTSTATIC_BOOLEAN],
        BasicType::Byte => [GETFIELD_BYTE, PUTFIELD_BYTE, GETSTATIC_BYTE, PUTSTATIC_BYTE],
        BasicType::Char => [GETFIELD_CHAR, PUTFIELD_SHORT, GETSTATIC_CHAR, PUTSTATIC_SHORT],
        BasicType::Short => [GETFIELD_SHORT, PUTFIELD_SHORT, GETSTATIC_SHORT, PUTSTATIC_SHORT],
        BasicType::Int | BasicType::Float => [GETFIELD_INT, PUTFIELD_INT, GETSTATIC_INT, PUTSTATIC_INT],
        BasicType::Long | BasicType::Double => [GETFIELD_LONG, PUTFIELD_LONG, GETSTATIC_LONG, PUTSTATIC_LONG],
        BasicType::Object | BasicType::Array | BasicType::Void => [
            GETFIELD_REFERENCE,
            PUTFIELD_REFERENCE,
            GETSTATIC_REFERENCE,
            PUTSTATIC_REFERENCE,
        ],
    }
}

/// Patches the instruction. False when it has to stay as it is.
fn quicken(frame: &Frame, index: u16, field: FieldPtr, access: FieldAccess) -> bool {
    let [get, put, get_static, put_static] = quick_opcodes(field.basic_type);
    let offset = field.offset.get();
    let constants = &frame.method.constants;
    let field_word = field.address() as u64;
    match access {
        FieldAccess::Get | FieldAccess::Put => {
            let (plain, any) = if access == FieldAccess::Get {
                (get, GETFIELD_ANY)
            } else {
                (put, PUTFIELD_ANY)
            };
            match u16::try_from(offset) {
                Ok(offset) if !field.is_volatile() => {
                    publish(constants, index, u64::from(offset));
                    patch(frame, Some(offset.to_ne_bytes()), plain);
                    true
                }
                _ => {
                    let published = publish(constants, index, field_word);
                    if published {
                        patch(frame, None, any);
                    }
                    published
                }
            }
        }
        FieldAccess::GetStatic | FieldAccess::PutStatic => {
            let of_get = access == FieldAccess::GetStatic;
            let (word, opcode) = match (field.is_volatile(), of_get) {
                (true, true) => (field_word, GETSTATIC_VOLATILE),
                (true, false) => (field_word, PUTSTATIC_VOLATILE),
                (false, true) => (field.static_address() as u64, get_static),
                (false, false) => (field.static_address() as u64, put_static),
            };
            let published = publish(constants, index, word);
            if published {
                patch(frame, None, opcode);
            }
            published
        }
    }
}

/// Links the access. `Some`: it is to be done slowly, once.
fn link_field(thread: &mut JavaThread, frame: &mut Frame, access: FieldAccess) -> JResult<Option<FieldPtr>> {
    let index = operand_u16(frame);
    let field = link::resolve_field(thread, frame.method, index, access)?;
    if matches!(access, FieldAccess::GetStatic | FieldAccess::PutStatic) && !field.holder.is_initialized() {
        link::initialize_class(thread, field.holder)?;
        if !field.holder.is_initialized() {
            // This thread is initializing the class; others must not get past the instruction yet.
            return Ok(Some(field));
        }
    }
    Ok(if quicken(frame, index, field, access) {
        None
    } else {
        Some(field)
    })
}

fn load(frame: &mut Frame, object: Obj, field: FieldPtr, pops: usize) {
    let offset = field.offset.get() as usize;
    let value = if field.basic_type.is_reference() {
        get_ref(object, offset).0 as u64
    } else {
        read_slot(object, offset, field.basic_type)
    };
    if field.is_volatile() {
        fence(Ordering::SeqCst);
    }
    complete(frame, 3, pops, value, field.basic_type.slots());
}

fn store(thread: &JavaThread, frame: &mut Frame, object: Obj, field: FieldPtr, pops: usize) {
    let slots = field.basic_type.slots();
    let value = slot(frame, slots);
    if field.is_volatile() {
        fence(Ordering::SeqCst);
    }
    write_slot(thread, object, field.offset.get() as usize, field.basic_type, value);
    if field.is_volatile() {
        fence(Ordering::SeqCst);
    }
    complete(frame, 3, pops + slots, 0, 0);
}

pub(super) fn getfield(thread: &mut JavaThread, frame: &mut Frame) -> JResult<()> {
    if let Some(field) = link_field(thread, frame, FieldAccess::Get)? {
        let object = reference(frame, 1);
        if object.is_null() {
            return Err(thread.throw_null_pointer());
        }
        load(frame, object, field, 1);
    }
    Ok(())
}

/// Links a getfield fused with the load before it. The operands of both forms are where the getfield's own would be.
fn load_getfield(thread: &mut JavaThread, frame: &mut Frame, load_length: usize) -> JResult<()> {
    let index = operand_u16(frame);
    let field = link::resolve_field(thread, frame.method, index, FieldAccess::Get)?;
    let long = load_length == 2;
    let either = |short: u8, other: u8| if long { other } else { short };
    let small = |code: u16, offset: u16| (offset < SMALL_OFFSET_LIMIT).then_some(offset | code << 14);
    let offset = u16::try_from(field.offset.get()).ok().filter(|_| !field.is_volatile());
    let fused = match (offset, field.basic_type) {
        (None, _) => {
            let published = publish(&frame.method.constants, index, field.address() as u64);
            published.then_some((either(LOAD_GETFIELD_ANY_4, LOAD_GETFIELD_ANY_5), None))
        }
        (Some(offset), basic_type) => {
            publish(&frame.method.constants, index, u64::from(offset));
            let small_opcode = either(LOAD_GETFIELD_SMALL_4, LOAD_GETFIELD_SMALL_5);
            let (opcode, operand) = match basic_type {
                BasicType::Boolean | BasicType::Byte => (small_opcode, small(SMALL_BYTE, offset)),
                BasicType::Char => (small_opcode, small(SMALL_CHAR, offset)),
                BasicType::Short => (small_opcode, small(SMALL_SHORT, offset)),
                BasicType::Int | BasicType::Float => (either(LOAD_GETFIELD_INT_4, LOAD_GETFIELD_INT_5), Some(offset)),
                BasicType::Long | BasicType::Double => {
                    (either(LOAD_GETFIELD_LONG_4, LOAD_GETFIELD_LONG_5), Some(offset))
                }
                BasicType::Object | BasicType::Array | BasicType::Void => (
                    either(LOAD_GETFIELD_REFERENCE_4, LOAD_GETFIELD_REFERENCE_5),
                    Some(offset),
                ),
            };
            operand.map(|operand| (opcode, Some(operand.to_ne_bytes())))
        }
    };
    if let Some((opcode, operand)) = fused {
        patch_behind(frame, load_length, operand, opcode);
    }
    let object = reference(frame, 1);
    if object.is_null() {
        return Err(thread.throw_null_pointer());
    }
    load(frame, object, field, 1);
    Ok(())
}

pub(super) fn load_getfield_4(thread: &mut JavaThread, frame: &mut Frame) -> JResult<()> {
    load_getfield(thread, frame, 1)
}

pub(super) fn load_getfield_5(thread: &mut JavaThread, frame: &mut Frame) -> JResult<()> {
    load_getfield(thread, frame, 2)
}

pub(super) fn putfield(thread: &mut JavaThread, frame: &mut Frame) -> JResult<()> {
    if let Some(field) = link_field(thread, frame, FieldAccess::Put)? {
        let object = reference(frame, 1 + field.basic_type.slots());
        if object.is_null() {
            return Err(thread.throw_null_pointer());
        }
        store(thread, frame, object, field, 1);
    }
    Ok(())
}

pub(super) fn getstatic(thread: &mut JavaThread, frame: &mut Frame) -> JResult<()> {
    if let Some(field) = link_field(thread, frame, FieldAccess::GetStatic)? {
        load(frame, field.holder.mirror(), field, 0);
    }
    Ok(())
}

pub(super) fn putstatic(thread: &mut JavaThread, frame: &mut Frame) -> JResult<()> {
    if let Some(field) = link_field(thread, frame, FieldAccess::PutStatic)? {
        store(thread, frame, field.holder.mirror(), field, 0);
    }
    Ok(())
}

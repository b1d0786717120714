//! The slow halves of instructions other than field accesses and calls.

use super::prepare_patch::{operand_u16, original_opcode_at, patch};
use super::quick_opcodes::NEW_QUICK;
use super::returns::narrow_result;
use super::unwind;
use crate::basic_type::BasicType;
use crate::exceptions::messages::{array_index_message, array_store_message, class_cast_message};
use crate::link;
use crate::method_area::class::class_flags;
use crate::monitor;
use crate::object::{array_length, array_set_ref, class_of, is_instance};
use crate::safepoint;
use crate::stack::Frame;
use crate::thread::{JResult, JavaThread, LockRecord};
use peaberry_classfile::opcodes::op;
use peaberry_gc::layout::Obj;

/// The slot `depth` below the top.
pub(super) fn slot(frame: &Frame, depth: usize) -> u64 {
    // SAFETY: the verifier has seen to the operands.
    unsafe { *frame.sp.sub(depth) }
}
pub(super) fn reference(frame: &Frame, depth: usize) -> Obj {
    Obj(slot(frame, depth) as usize)
}
/// Drops `pops` slots and pushes `value` as `slots` slots; moves on by `length` bytes.
pub(super) fn complete(frame: &mut Frame, length: usize, pops: usize, value: u64, slots: usize) {
    // SAFETY: the verifier has seen to the room.
    unsafe {
        let base = frame.sp.sub(pops);
        if slots != 0 {
            *base = value;
        }
        frame.sp = base.add(slots);
        frame.pc = frame.pc.add(length);
    }
}

pub(super) fn null_pointer(thread: &mut JavaThread, _frame: &mut Frame) -> JResult<()> {
    Err(thread.throw_null_pointer())
}
pub(super) fn division_by_zero(thread: &mut JavaThread, _frame: &mut Frame) -> JResult<()> {
    Err(thread.throw_new("java/lang/ArithmeticException", "/ by zero"))
}

fn element_fault(thread: &mut JavaThread, frame: &Frame, depth: usize) -> JResult<()> {
    let array = reference(frame, depth);
    if array.is_null() {
        return Err(thread.throw_null_pointer());
    }
    let text = array_index_message(slot(frame, depth - 1) as i32, array_length(array));
    Err(thread.throw_new("java/lang/ArrayIndexOutOfBoundsException", &text))
}
pub(super) fn array_load_fault(thread: &mut JavaThread, frame: &mut Frame) -> JResult<()> {
    element_fault(thread, frame, 2)
}
pub(super) fn array_store_fault(thread: &mut JavaThread, frame: &mut Frame) -> JResult<()> {
    element_fault(thread, frame, 3)
}
pub(super) fn array_store2_fault(thread: &mut JavaThread, frame: &mut Frame) -> JResult<()> {
    element_fault(thread, frame, 4)
}

/// aastore of a value whose class is not at first sight the right one; the index is in range.
pub(super) fn reference_array_store(thread: &mut JavaThread, frame: &mut Frame) -> JResult<()> {
    let (array, index, value) = (reference(frame, 3), slot(frame, 2) as u32 as usize, reference(frame, 1));
    if let Some(element) = class_of(array).element_class
        && !value.is_null()
        && !is_instance(value, element)
    {
        let text = array_store_message(class_of(value));
        return Err(thread.throw_new("java/lang/ArrayStoreException", &text));
    }
    array_set_ref(thread, array, index, value);
    complete(frame, 1, 3, 0, 0);
    Ok(())
}

/// No handler: reserved opcodes, running off the end of unverified code.
pub(super) fn illegal_opcode(thread: &mut JavaThread, frame: &mut Frame) -> JResult<()> {
    let text = format!("illegal instruction in {} at {}", frame.method.full_name(), frame.bci());
    Err(thread.throw_new("java/lang/InternalError", &text))
}

/// ldc, ldc_w and ldc2_w of constants that are not resolved yet, or are dynamic ones of primitive type.
pub(super) fn load_constant(thread: &mut JavaThread, frame: &mut Frame) -> JResult<()> {
    let method = frame.method;
    let original = original_opcode_at(frame);
    let (index, length) = if original == op::LDC {
        (u16::from(method.bytecode[frame.bci() as usize + 1]), 2)
    } else {
        (operand_u16(frame), 3)
    };
    let loaded = link::resolve_loadable(thread, method.holder, index)?;
    let basic_type = if method.constants.tag(index) == 17 {
        let (_, descriptor) = method.constants.member_name_and_type(index);
        descriptor
            .first()
            .and_then(|&c| BasicType::from_descriptor_char(c))
            .unwrap_or(BasicType::Object)
    } else {
        BasicType::Object
    };
    let value = if basic_type.is_reference() {
        loaded.0 as u64
    } else {
        match thread.unbox(loaded) {
            Some((_, value)) => value,
            None => return Err(thread.throw_null_pointer()),
        }
    };
    complete(frame, length, 0, value, basic_type.slots());
    Ok(())
}

pub(super) fn checkcast(thread: &mut JavaThread, frame: &mut Frame) -> JResult<()> {
    let object = reference(frame, 1);
    if !object.is_null() {
        let target = link::resolve_class(thread, frame.method.holder, operand_u16(frame))?;
        if !is_instance(object, target) {
            let text = class_cast_message(thread, class_of(object), target);
            return Err(thread.throw_new("java/lang/ClassCastException", &text));
        }
    }
    complete(frame, 3, 0, 0, 0);
    Ok(())
}

pub(super) fn instance_of(thread: &mut JavaThread, frame: &mut Frame) -> JResult<()> {
    let object = reference(frame, 1);
    let result = if object.is_null() {
        false
    } else {
        let target = link::resolve_class(thread, frame.method.holder, operand_u16(frame))?;
        is_instance(object, target)
    };
    complete(frame, 3, 1, u64::from(result), 1);
    Ok(())
}

pub(super) fn new(thread: &mut JavaThread, frame: &mut Frame) -> JResult<()> {
    let class = link::resolve_class(thread, frame.method.holder, operand_u16(frame))?;
    if !class.is_instance() || class.is_abstract() || class.is_interface() {
        return Err(thread.throw_new("java/lang/InstantiationError", &class.external_name()));
    }
    if !class.is_initialized() {
        link::initialize_class(thread, class)?;
    }
    if class.is_initialized() && !class.has_flag(class_flags::SLOW_ALLOCATION) {
        patch(frame, None, NEW_QUICK);
    }
    let object = if class.prefix.has_finalizer != 0 {
        thread.allocate_instance(class)?
    } else {
        thread.allocate_for_instruction(|thread| thread.allocate_instance(class))?
    };
    complete(frame, 3, 0, object.0 as u64, 1);
    Ok(())
}

/// A length from the stack, or NegativeArraySizeException.
fn checked_length(thread: &mut JavaThread, length: i32) -> JResult<usize> {
    match usize::try_from(length) {
        Ok(length) => Ok(length),
        Err(_) => Err(thread.throw_new("java/lang/NegativeArraySizeException", &length.to_string())),
    }
}

pub(super) fn newarray(thread: &mut JavaThread, frame: &mut Frame) -> JResult<()> {
    let code = frame.method.bytecode[frame.bci() as usize + 1];
    let Some(element) = BasicType::from_newarray(code) else {
        return illegal_opcode(thread, frame);
    };
    let length = checked_length(thread, slot(frame, 1) as i32)?;
    let class = thread.vm().known.primitive_array(element);
    let array = thread.allocate_for_instruction(|thread| thread.allocate_array(class, length))?;
    complete(frame, 2, 1, array.0 as u64, 1);
    Ok(())
}

pub(super) fn anewarray(thread: &mut JavaThread, frame: &mut Frame) -> JResult<()> {
    let element = link::resolve_class(thread, frame.method.holder, operand_u16(frame))?;
    let length = checked_length(thread, slot(frame, 1) as i32)?;
    let class = link::array_class_of(thread, element)?;
    let array = thread.allocate_for_instruction(|thread| thread.allocate_array(class, length))?;
    complete(frame, 3, 1, array.0 as u64, 1);
    Ok(())
}

pub(super) fn multianewarray(thread: &mut JavaThread, frame: &mut Frame) -> JResult<()> {
    let dimensions = usize::from(frame.method.bytecode[frame.bci() as usize + 3]);
    let class = link::resolve_class(thread, frame.method.holder, operand_u16(frame))?;
    let lengths: Vec<i32> = (1..=dimensions).rev().map(|depth| slot(frame, depth) as i32).collect();
    for &length in &lengths {
        checked_length(thread, length)?;
    }
    let array = thread.allocate_multi_array(class, &lengths)?;
    complete(frame, 4, dimensions, array.0 as u64, 1);
    Ok(())
}

pub(super) fn athrow(thread: &mut JavaThread, frame: &mut Frame) -> JResult<()> {
    let exception = reference(frame, 1);
    Err(if exception.is_null() {
        thread.throw_null_pointer()
    } else {
        thread.throw(exception)
    })
}

pub(super) fn monitorenter(thread: &mut JavaThread, frame: &mut Frame) -> JResult<()> {
    let object = reference(frame, 1);
    if object.is_null() {
        return Err(thread.throw_null_pointer());
    }
    monitor::enter(thread, object);
    thread.locks.push(LockRecord { object, frame });
    complete(frame, 1, 1, 0, 0);
    safepoint::poll(thread)
}

pub(super) fn monitorexit(thread: &mut JavaThread, frame: &mut Frame) -> JResult<()> {
    let object = reference(frame, 1);
    if object.is_null() {
        return Err(thread.throw_null_pointer());
    }
    // Structured locking: only what this frame locked may it unlock.
    let held = thread
        .locks
        .iter()
        .rposition(|record| record.object == object && std::ptr::eq(record.frame, frame));
    let Some(position) = held else {
        return Err(thread.throw_plain("java/lang/IllegalMonitorStateException"));
    };
    thread.locks.remove(position);
    monitor::exit(thread, object)?;
    complete(frame, 1, 1, 0, 0);
    Ok(())
}

/// A return of a method that is synchronized or has monitor instructions.
pub(super) fn return_monitored(thread: &mut JavaThread, frame: &mut Frame) -> JResult<()> {
    let method = frame.method;
    unwind::release_at_return(thread, frame, method.is_synchronized())?;
    let slots = method.return_type.slots();
    // SAFETY: the result is on the stack; it goes where the caller's next operand is, which may be the frame's own
    // header. Every frame has a caller.
    unsafe {
        let (caller, locals) = (frame.caller, frame.locals);
        if slots != 0 {
            let value = *frame.sp.sub(slots);
            let narrow = matches!(
                method.return_type,
                BasicType::Boolean | BasicType::Byte | BasicType::Char | BasicType::Short
            );
            *locals = if narrow {
                u64::from(narrow_result(value as i32, method.return_type) as u32)
            } else {
                value
            };
        }
        (*caller).sp = locals.add(slots);
        (*caller).pc = (*caller).resume_pc;
        thread.top_frame = caller;
    }
    Ok(())
}

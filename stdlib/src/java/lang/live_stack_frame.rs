//! `java.lang.LiveStackFrameInfo`: local variables, operands and monitors of an activation.

use crate::io_support::{set_field, set_ref_field};
use peaberry_runtime::known::KnownClass;
use peaberry_runtime::object::{array_set_ref, class_of};
use peaberry_runtime::stack::{Frame, SlotContent, WalkedFrame, slot_contents};
use peaberry_runtime::{JResult, JavaThread, Obj, interp};

/// `LiveStackFrameInfo.MODE_INTERPRETED`.
const INTERPRETED: i32 = 1;
/// `LiveStackFrameInfo.MODE_COMPILED`. What such a frame's variables hold is not told.
const COMPILED: i32 = 2;

/// Fills the fields of a `LiveStackFrameInfo` that `StackFrameInfo` has not.
pub(super) fn fill(thread: &mut JavaThread, info: Obj, walked: &WalkedFrame) -> JResult<()> {
    let contents = slot_contents(thread, walked);
    let locals = if walked.is_native() {
        walked.method.argument_slots
    } else {
        walked.method.max_locals
    };
    let (locals, operands) = contents.split_at(usize::from(locals).min(contents.len()));
    let slots = [
        ("locals", walked.locals(), locals),
        ("operands", Frame::stack_base(walked.frame), operands),
    ];
    for (field, first, contents) in slots {
        if !contents.is_empty() {
            let values = values(thread, info, first, contents)?;
            set_ref_field(thread, info, field, values);
        }
    }
    let frame = walked.lock_owner;
    let is_held = |lock: usize| (thread.locks.get(lock)).is_some_and(|record| std::ptr::eq(record.frame, frame));
    let held: Vec<usize> = (0..thread.locks.len()).filter(|lock| is_held(*lock)).collect();
    if !held.is_empty() {
        let monitors = new_array(thread, held.len())?;
        for (index, &lock) in held.iter().enumerate() {
            array_set_ref(thread, monitors, index, thread.locks[lock].object);
        }
        set_ref_field(thread, info, "monitors", monitors);
    }
    let mode = if walked.is_compiled() { COMPILED } else { INTERPRETED };
    set_field(info, "mode", mode);
    Ok(())
}

fn new_array(thread: &mut JavaThread, length: usize) -> JResult<Obj> {
    let element = thread.known_class(KnownClass::Object);
    thread.allocate_reference_array(element, length)
}

/// Slots of a frame as objects: references themselves, all else as `PrimitiveSlot`s of 64 bits.
fn values(thread: &mut JavaThread, info: Obj, first: *mut u64, contents: &[SlotContent]) -> JResult<Obj> {
    let vm = thread.vm();
    let name = vm.symbol("asPrimitive");
    let descriptor = vm.symbol("(J)Ljava/lang/LiveStackFrame$PrimitiveSlot;");
    let Some(as_primitive) = class_of(info).declared_method(name, descriptor) else {
        return Err(thread.throw_new("java/lang/InternalError", "LiveStackFrameInfo.asPrimitive not found"));
    };
    let values = new_array(thread, contents.len())?;
    for (index, content) in contents.iter().enumerate() {
        // SAFETY: a slot of an activation below on this thread's stack, which the collector keeps up to date.
        let slot = unsafe { first.add(index).read() };
        let value = match content {
            SlotContent::Reference => Obj(slot as usize),
            SlotContent::Value => Obj(interp::call(thread, as_primitive, &[slot, 0])? as usize),
            SlotContent::Dead => Obj(interp::call(thread, as_primitive, &[0, 0])? as usize),
        };
        array_set_ref(thread, values, index, value);
    }
    Ok(values)
}

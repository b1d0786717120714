//! First executions of invocations, and those that cannot be quick: resolution, class initialization, selection.

use super::execute::reference;
use super::prepare_patch::{operand_u16, original_opcode_at, patch, patch_u32, publish};
use super::quick_opcodes::*;
use crate::invoke::{self, polymorphic_kind};
use crate::link::{self, InvokeKind};
use crate::method_area::{ClassPtr, ClassState, Meta, Method, MethodPtr};
use crate::object::class_of;
use crate::stack::Frame;
use crate::thread::{JResult, JavaThread};
use peaberry_classfile::model::tag;
use peaberry_classfile::opcodes::op;
use peaberry_gc::layout::{NARROW_SHIFT, Obj};

/// Notes where the call at `pc` returns to and answers it as the method to enter.
fn call(frame: &mut Frame, method: MethodPtr) -> JResult<Option<MethodPtr>> {
    let length = if matches!(original_opcode_at(frame), op::INVOKEINTERFACE | op::INVOKEDYNAMIC) {
        5
    } else {
        3
    };
    frame.resume_pc = frame.pc.wrapping_add(length);
    Ok(Some(method))
}

fn receiver(thread: &mut JavaThread, frame: &Frame, method: MethodPtr) -> JResult<Obj> {
    let receiver = reference(frame, usize::from(method.argument_slots));
    if receiver.is_null() {
        Err(thread.throw_null_pointer())
    } else {
        Ok(receiver)
    }
}

/// Publishes the method and patches the instruction; without success the call is made slowly.
fn quicken(frame: &mut Frame, index: u16, method: MethodPtr, opcode: u8) -> bool {
    let published = publish(&frame.method.constants, index, method.address() as u64);
    if published {
        patch(frame, None, opcode);
    }
    published
}

fn linked(thread: &mut JavaThread, method: MethodPtr) -> JResult<()> {
    if method.holder.state() == ClassState::Loaded {
        link::link_class(thread, method.holder)
    } else {
        Ok(())
    }
}

pub(super) fn invokestatic(thread: &mut JavaThread, frame: &mut Frame) -> JResult<Option<MethodPtr>> {
    let index = operand_u16(frame);
    let method = link::resolve_method(thread, frame.method.holder, index, InvokeKind::Static)?;
    if !method.holder.is_initialized() {
        link::initialize_class(thread, method.holder)?;
        if !method.holder.is_initialized() {
            return call(frame, method);
        }
    }
    if quicken(frame, index, method, INVOKESTATIC_QUICK) {
        Ok(None)
    } else {
        call(frame, method)
    }
}

pub(super) fn invokespecial(thread: &mut JavaThread, frame: &mut Frame) -> JResult<Option<MethodPtr>> {
    let index = operand_u16(frame);
    if frame.method.holder.is_interface() {
        return special_of_interface(thread, frame, index);
    }
    let method = link::resolve_method(thread, frame.method.holder, index, InvokeKind::Special)?;
    linked(thread, method)?;
    if quicken(frame, index, method, INVOKESPECIAL_QUICK) {
        return Ok(None);
    }
    receiver(thread, frame, method)?;
    call(frame, method)
}

/// invokespecial in an interface's method stays slow: whether the receiver is a subtype of the interface, which the
/// verifier takes any object for, is checked each time (JVMS §6.5).
fn special_of_interface(thread: &mut JavaThread, frame: &mut Frame, index: u16) -> JResult<Option<MethodPtr>> {
    let interface = frame.method.holder;
    let pool = &frame.method.constants;
    let of_interface = pool.tag(index) == tag::INTERFACE_METHODREF;
    let word = if of_interface { pool.resolved(index) } else { 0 };
    // SAFETY: the resolved word of an InterfaceMethodref is 0 or a method.
    let known: Option<MethodPtr> = unsafe { Meta::from_pointer(word as *const Method) };
    let method = match known.filter(|method| !method.is_static()) {
        Some(method) => method,
        None => {
            let method = link::resolve_method(thread, interface, index, InvokeKind::Special)?;
            linked(thread, method)?;
            if of_interface {
                publish(pool, index, method.address() as u64);
            }
            method
        }
    };
    let class = class_of(receiver(thread, frame, method)?);
    if method.name.bytes() != b"<init>" && !class.is_subtype_of(interface) {
        let text = format!(
            "Receiver class {} must be the current class or a subtype of interface {}",
            class.external_name(),
            interface.external_name()
        );
        return Err(thread.throw_new("java/lang/IllegalAccessError", &text));
    }
    call(frame, method)
}

pub(super) fn invokevirtual(thread: &mut JavaThread, frame: &mut Frame) -> JResult<Option<MethodPtr>> {
    let index = operand_u16(frame);
    let caller = frame.method.holder;
    let method = link::resolve_method(thread, caller, index, InvokeKind::Virtual)?;
    if method.polymorphic_kind == polymorphic_kind::GENERIC {
        let site = invoke::link_invokehandle(thread, caller, index)?;
        // Whichever thread linked it first decides.
        publish(&frame.method.constants, index, site.address() as u64);
        patch(frame, None, INVOKEHANDLE);
        return Ok(None);
    }
    linked(thread, method)?;
    let vtable_index = method.vtable_index.get();
    let direct = method.is_final() || method.is_private() || method.holder.access_flags & 0x0010 != 0;
    let quickened = if method.polymorphic_kind != polymorphic_kind::NONE || (direct && !method.is_abstract()) {
        quicken(frame, index, method, INVOKESPECIAL_QUICK)
    } else if vtable_index >= 0 {
        let published = publish(&frame.method.constants, index, method.address() as u64);
        match (u8::try_from(method.argument_slots), u8::try_from(vtable_index)) {
            (Ok(slots), Ok(vtable_index)) => {
                patch(frame, Some([slots, vtable_index]), INVOKEVIRTUAL_SHORT);
                true
            }
            _ if published => {
                patch(frame, None, INVOKEVIRTUAL_QUICK);
                true
            }
            _ => false,
        }
    } else if method.itable_index.get() >= 0 {
        quicken(frame, index, method, INVOKEVIRTUAL_INTERFACE)
    } else {
        quicken(frame, index, method, INVOKESPECIAL_QUICK)
    };
    if quickened {
        return Ok(None);
    }
    let receiver = receiver(thread, frame, method)?;
    let target = select(thread, method, class_of(receiver))?;
    call(frame, target)
}

pub(super) fn invokeinterface(thread: &mut JavaThread, frame: &mut Frame) -> JResult<Option<MethodPtr>> {
    let index = operand_u16(frame);
    let method = link::resolve_method(thread, frame.method.holder, index, InvokeKind::Interface)?;
    linked(thread, method)?;
    // A private method of an interface must not be found through an itable.
    if !method.is_private() && quicken(frame, index, method, INVOKEINTERFACE_QUICK) {
        return Ok(None);
    }
    let class = class_of(receiver(thread, frame, method)?);
    if method.is_private() && !class.is_subtype_of(method.holder) {
        let text = format!(
            "Class {} does not implement the requested interface {}",
            class.external_name(),
            method.holder.external_name()
        );
        return Err(thread.throw_new("java/lang/IncompatibleClassChangeError", &text));
    }
    if method.is_private() && method.holder.is_interface() {
        // For the compiler, which asks again of what class the receiver is.
        publish(&frame.method.constants, index, method.address() as u64);
    }
    let target = select_by_interface(thread, frame, index, method, class)?;
    call(frame, target)
}

/// The method that invokeinterface runs for a receiver of `class`, which has to implement the interface also where the
/// method is one of Object.
fn select_by_interface(
    thread: &mut JavaThread,
    frame: &Frame,
    index: u16,
    method: MethodPtr,
    class: ClassPtr,
) -> JResult<MethodPtr> {
    if !method.holder.is_interface() {
        let caller = frame.method.holder;
        let interface = link::resolve_class(thread, caller, caller.constants().member_class(index))?;
        if !class.is_subtype_of(interface) {
            let text = format!(
                "Class {} does not implement the requested interface {}",
                class.external_name(),
                interface.external_name()
            );
            return Err(thread.throw_new("java/lang/IncompatibleClassChangeError", &text));
        }
    }
    select(thread, method, class)
}

/// The method to run for a receiver of `class`.
pub(super) fn select(thread: &mut JavaThread, method: MethodPtr, class: ClassPtr) -> JResult<MethodPtr> {
    if method.holder.is_interface() {
        return link::select_interface(thread, method, class);
    }
    match usize::try_from(method.vtable_index.get()) {
        Ok(index) => match class.vtable.get().get(index) {
            Some(&target) => Ok(target),
            None => link::select_virtual(thread, method, class),
        },
        Err(_) => Ok(method),
    }
}

/// A quick interface call that the itable did not answer: a method of Object, or an error.
pub(super) fn invoke_selected(thread: &mut JavaThread, frame: &mut Frame) -> JResult<Option<MethodPtr>> {
    let index = operand_u16(frame);
    let word = frame.method.constants.resolved(index);
    // SAFETY: the instruction is a quick call, whose pool word is its method.
    let method: Option<MethodPtr> = unsafe { Meta::from_pointer(word as *const Method) };
    let Some(method) = method else {
        return Err(thread.throw_new("java/lang/InternalError", "quick call of an unresolved method"));
    };
    let receiver = receiver(thread, frame, method)?;
    let class = class_of(receiver);
    // SAFETY: the frame's instruction is in its method's code.
    let target = if unsafe { *frame.pc } == INVOKEVIRTUAL_INTERFACE {
        link::select_virtual(thread, method, class)?
    } else {
        select_by_interface(thread, frame, index, method, class)?
    };
    call(frame, target)
}

pub(super) fn invokedynamic(thread: &mut JavaThread, frame: &mut Frame) -> JResult<Option<MethodPtr>> {
    let site = invoke::link_invokedynamic(thread, frame.method, frame.bci(), operand_u16(frame))?;
    patch_u32(frame, (site.address() >> NARROW_SHIFT) as u32, INVOKEDYNAMIC_QUICK);
    Ok(None)
}

//! Signature-polymorphic methods (JVMS §2.9.3): the intrinsic ones get a method for each descriptor they are called
//! with.

use crate::basic_type::BasicType;
use crate::invoke::polymorphic_kind;
use crate::loader::return_type;
use crate::method_area::class::class_flags;
use crate::method_area::method::{NONVIRTUAL, method_flags};
use crate::method_area::{ClassPtr, LinkCell, Meta, MetaSlice, Method, MethodPtr, Rows, Sym};
use crate::thread::{JResult, JavaThread};
use peaberry_classfile::descriptors::MethodDescriptor;
use std::sync::atomic::{AtomicPtr, AtomicU32, AtomicUsize, Ordering};

/// The signature-polymorphic method of that name which the class declares.
pub fn declaration(class: ClassPtr, name: Sym) -> Option<MethodPtr> {
    class
        .methods
        .get()
        .iter()
        .copied()
        .find(|m| m.name == name && m.polymorphic_kind != polymorphic_kind::NONE)
}

/// `MethodHandle` or `VarHandle`: a class that declares signature-polymorphic methods?
pub fn is_signature_polymorphic_holder(_thread: &JavaThread, class: ClassPtr) -> bool {
    class.has_flag(class_flags::SIGNATURE_POLYMORPHIC_HOLDER)
}

/// What a call of `class.name` with `descriptor` resolves to when the method is signature-polymorphic: its declaration
/// when it is linked through the class library, else its intrinsic.
pub fn polymorphic_intrinsic(
    thread: &mut JavaThread,
    class: ClassPtr,
    name: Sym,
    descriptor: Sym,
) -> JResult<Option<MethodPtr>> {
    if !is_signature_polymorphic_holder(thread, class) {
        return Ok(None);
    }
    match declaration(class, name) {
        Some(declaration) => for_call(thread, declaration, descriptor).map(Some),
        None => Ok(None),
    }
}

/// What a call with `descriptor` resolves to: the declaration itself when it is linked through the class library.
pub fn for_call(thread: &mut JavaThread, declaration: MethodPtr, descriptor: Sym) -> JResult<MethodPtr> {
    if declaration.polymorphic_kind == polymorphic_kind::GENERIC {
        return Ok(declaration);
    }
    Ok(intrinsic_method(thread, declaration, descriptor))
}

/// The method that stands for an intrinsic (`invokeBasic`, `linkTo*`) called with `descriptor`; one for each pair.
pub fn intrinsic_method(thread: &JavaThread, declaration: MethodPtr, descriptor: Sym) -> MethodPtr {
    let vm = thread.vm();
    let key = (declaration.polymorphic_kind, descriptor.address());
    if let Some(found) = vm.loaders.intrinsics.lock().get(&key) {
        return *found;
    }
    let slots = MethodDescriptor::parse(descriptor.bytes()).map_or(0, |d| d.parameter_slots()) as u16;
    let argument_slots = slots + u16::from(!declaration.is_static());
    let method = Method {
        entry: AtomicUsize::new(0),
        code: AtomicPtr::default(),
        code_length: 0,
        max_stack: 0,
        max_locals: argument_slots,
        argument_slots,
        // native, final, synthetic, static as declared.
        access_flags: declaration.access_flags & 0x0008 | 0x1110,
        return_type: match return_type(descriptor.bytes()) {
            BasicType::Array => BasicType::Object,
            other => other,
        },
        polymorphic_kind: declaration.polymorphic_kind,
        slot: declaration.slot,
        vtable_index: LinkCell::new(NONVIRTUAL),
        itable_index: LinkCell::new(-1),
        flags: AtomicU32::new(declaration.flags.load(Ordering::Relaxed) | method_flags::SIGNATURE_POLYMORPHIC),
        invocation_count: AtomicU32::new(0),
        backedge_count: AtomicU32::new(0),
        compiled_entry: AtomicUsize::new(crate::compiled::bridge_entry()),
        tier: AtomicU32::new(0),
        call_shape: AtomicPtr::default(),
        profile: AtomicPtr::default(),
        holder: declaration.holder,
        constants: declaration.constants,
        name: declaration.name,
        descriptor,
        bytecode: MetaSlice::EMPTY,
        handlers: MetaSlice::EMPTY,
        line_numbers: Rows::EMPTY,
        native: AtomicUsize::new(0),
        exceptions: MetaSlice::EMPTY,
        signature: 0,
        annotations: MetaSlice::EMPTY,
        parameter_annotations: MetaSlice::EMPTY,
        annotation_default: MetaSlice::EMPTY,
        type_annotations: MetaSlice::EMPTY,
        parameters: MetaSlice::EMPTY,
        has_parameters: false,
        local_variables: Rows::EMPTY,
        stack_map_table: MetaSlice::EMPTY,
    };
    // SAFETY: placed in the method area.
    let method: MethodPtr = unsafe { Meta::new(vm.arena().place(method)) };
    method.entry.store(crate::interp::entry_for(method), Ordering::Release);
    *vm.loaders.intrinsics.lock().entry(key).or_insert(method)
}

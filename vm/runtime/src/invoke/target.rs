//! Targets of `invokeBasic` and the `linkTo*` methods.

use super::polymorphic_kind::{LINK_TO_INTERFACE, LINK_TO_VIRTUAL};
use crate::known::KnownField;
use crate::link;
use crate::method_area::{Meta, Method, MethodPtr};
use crate::object::{class_of, class_of_mirror, get, get_ref};
use crate::thread::{JResult, JavaThread};
use peaberry_gc::layout::Obj;

/// The method a `MemberName` was resolved to, `None` when it was not (or is a field).
#[inline]
pub(crate) fn vm_target(thread: &JavaThread, member_name: Obj) -> Option<MethodPtr> {
    let known = &thread.vm().known;
    let resolved = get_ref(member_name, known.offset(KnownField::MemberNameMethod));
    if resolved.is_null() {
        return None;
    }
    let address: u64 = get(resolved, known.offset(KnownField::ResolvedMethodNameVmTarget));
    // SAFETY: the injected field holds 0 or the address of a method whose class the object keeps alive.
    unsafe { Meta::from_pointer(address as *const Method) }
}

/// Target of `invokeBasic`: the method behind a method handle's form. The handle is not null.
#[inline]
pub fn method_handle_target(thread: &JavaThread, method_handle: Obj) -> Option<MethodPtr> {
    let known = &thread.vm().known;
    let form = get_ref(method_handle, known.offset(KnownField::MethodHandleForm));
    if form.is_null() {
        return None;
    }
    let entry = get_ref(form, known.offset(KnownField::LambdaFormVmentry));
    if entry.is_null() {
        None
    } else {
        vm_target(thread, entry)
    }
}

/// Target of a `linkTo*`: what the trailing `MemberName` says. For virtual and interface kinds selects on the receiver.
pub fn member_name_target(thread: &mut JavaThread, member_name: Obj, kind: u8, receiver: Obj) -> JResult<MethodPtr> {
    if member_name.is_null() {
        return Err(thread.throw_null_pointer());
    }
    let Some(target) = vm_target(thread, member_name) else {
        return Err(thread.throw_new("java/lang/InternalError", "linkTo* of an unresolved MemberName"));
    };
    match kind {
        LINK_TO_VIRTUAL | LINK_TO_INTERFACE if receiver.is_null() => Err(thread.throw_null_pointer()),
        LINK_TO_VIRTUAL => {
            let index: i64 = get(member_name, thread.vm().known.offset(KnownField::MemberNameVmIndex));
            if index < 0 {
                return Ok(target);
            }
            match class_of(receiver).vtable.get().get(index as usize) {
                Some(&method) => Ok(method),
                None => link::select_virtual(thread, target, class_of(receiver)),
            }
        }
        LINK_TO_INTERFACE => {
            let mirror = thread.known_ref(member_name, KnownField::MemberNameClazz);
            let interface = class_of_mirror(mirror);
            if interface.is_interface() {
                link::select_interface(thread, target, class_of(receiver))
            } else {
                link::select_virtual(thread, target, class_of(receiver))
            }
        }
        _ => Ok(target),
    }
}

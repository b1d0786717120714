//! What the compiler asks of objects. They may move whenever the world is stopped: each question reads them while no
//! collection is under way.

use super::installed::method_of;
use super::query::{class_id, method_id};
use crate::invoke::polymorphic_kind::{LINK_TO_INTERFACE, LINK_TO_SPECIAL, LINK_TO_STATIC, LINK_TO_VIRTUAL};
use crate::known::KnownField;
use crate::loader::has_annotation;
use crate::method_area::class::class_flags;
use crate::method_area::{Field, FieldPtr, Meta, Method, MethodPtr};
use crate::object::{array_length, class_of, class_of_mirror, get, get_ref};
use crate::vm::Vm;
use peaberry_gc::layout::{Narrow, Obj, array_base_offset};
use peaberry_jit::query::{CallTarget, ClassId, Constant, FieldInfo, Kind, KnownObject, KnownRoot, MethodId};

/// Looks at a known object that is not null.
fn with_object<R>(vm: &Vm, known: &KnownObject, look: impl FnOnce(Obj) -> Option<R>) -> Option<R> {
    vm.tier.with_still_objects(|| find(known).and_then(look))
}

/// A known object that is not null, while none moves.
fn find(known: &KnownObject) -> Option<Obj> {
    let mut object = match known.root {
        // SAFETY: slots of constants live as long as the classes that the compilation asks about.
        KnownRoot::Slot(address) => unsafe { std::ptr::read_volatile(address as *const Narrow) }.widen(),
        KnownRoot::Fixed(address) => Obj(address as usize),
    };
    for &offset in &known.path {
        if object.is_null() {
            return None;
        }
        object = get_ref(object, offset as usize);
    }
    (!object.is_null()).then_some(object)
}

pub(super) fn class(vm: &Vm, known: &KnownObject) -> Option<ClassId> {
    with_object(vm, known, |object| Some(class_id(class_of(object))))
}

/// Fields that HotSpot, too, takes for constant: reflection cannot write them, and the class library does not.
pub(super) fn is_lasting(vm: &Vm, known: &KnownObject, info: &FieldInfo) -> bool {
    // SAFETY: the id is the field's address, of a class that lives as long as the compilation.
    let field: FieldPtr = unsafe { Meta::new(info.id as *const Field) };
    let holder = field.holder;
    let trusted = holder.has_flag(class_flags::HIDDEN)
        || (holder.loader_data().is_boot() && holder.name.bytes().starts_with(b"java/lang/invoke/"));
    trusted
        && field.is_final()
        && !field.is_static()
        && with_object(vm, known, |object| Some(class_of(object).is_subtype_of(holder))) == Some(true)
}

pub(super) fn is_stable(info: &FieldInfo) -> bool {
    // SAFETY: as above.
    let field: FieldPtr = unsafe { Meta::new(info.id as *const Field) };
    has_annotation(
        field.holder.constants(),
        &field.annotations,
        b"Ljdk/internal/vm/annotation/Stable;",
    )
}

pub(super) fn has_element(vm: &Vm, array: &KnownObject, index: u32) -> bool {
    with_object(vm, array, |array| {
        let holds = class_of(array).is_array() && (index as usize) < array_length(array);
        (holds && !get_ref(array, array_base_offset(2) + 4 * index as usize).is_null()).then_some(())
    })
    .is_some()
}

pub(super) fn same(vm: &Vm, one: &KnownObject, other: &KnownObject) -> Option<bool> {
    vm.tier.with_still_objects(|| Some(find(one)? == find(other)?))
}

pub(super) fn field(vm: &Vm, known: &KnownObject, info: &FieldInfo) -> Option<Constant> {
    if info.kind == Kind::Reference || !is_lasting(vm, known, info) {
        return None;
    }
    let offset = info.location as usize;
    with_object(vm, known, |object| {
        Some(match info.kind {
            Kind::Boolean | Kind::Byte => Constant::Int(i32::from(get::<i8>(object, offset))),
            Kind::Char => Constant::Int(i32::from(get::<u16>(object, offset))),
            Kind::Short => Constant::Int(i32::from(get::<i16>(object, offset))),
            Kind::Int => Constant::Int(get(object, offset)),
            Kind::Float => Constant::Float(get(object, offset)),
            Kind::Long => Constant::Long(get(object, offset)),
            Kind::Double => Constant::Double(get(object, offset)),
            Kind::Reference => return None,
        })
    })
}

pub(super) fn mirrored_class(vm: &Vm, known: &KnownObject) -> Option<ClassId> {
    with_object(vm, known, |object| {
        let is_mirror = Some(class_of(object)) == vm.known.class_if_present(crate::known::KnownClass::Class);
        let class = is_mirror.then(|| class_of_mirror(object))?;
        (!class.is_primitive()).then(|| class_id(class))
    })
}

fn resolved(vm: &Vm, member_name: Obj) -> Option<MethodPtr> {
    if member_name.is_null() {
        return None;
    }
    let resolved = get_ref(member_name, vm.known.offset(KnownField::MemberNameMethod));
    if resolved.is_null() {
        return None;
    }
    let address: u64 = get(resolved, vm.known.offset(KnownField::ResolvedMethodNameVmTarget));
    // SAFETY: the injected field holds 0 or the address of a method whose class the object keeps alive.
    unsafe { Meta::from_pointer(address as *const Method) }
}

fn is_a(vm: &Vm, object: Obj, class: crate::known::KnownClass) -> bool {
    vm.known
        .class_if_present(class)
        .is_some_and(|class| class_of(object).is_subtype_of(class))
}

pub(super) fn handle_target(vm: &Vm, known: &KnownObject) -> Option<MethodId> {
    with_object(vm, known, |handle| {
        if !is_a(vm, handle, crate::known::KnownClass::MethodHandle) {
            return None;
        }
        let form = get_ref(handle, vm.known.offset(KnownField::MethodHandleForm));
        if form.is_null() {
            return None;
        }
        resolved(vm, get_ref(form, vm.known.offset(KnownField::LambdaFormVmentry))).map(method_id)
    })
}

pub(super) fn member_target(vm: &Vm, known: &KnownObject, linker: MethodId) -> Option<CallTarget> {
    // SAFETY: ids are made of live methods, which live as long as the compilation.
    let kind = unsafe { method_of(linker) }.polymorphic_kind;
    with_object(vm, known, |member| {
        if !is_a(vm, member, crate::known::KnownClass::MemberName) {
            return None;
        }
        let target = resolved(vm, member)?;
        let id = method_id(target);
        match kind {
            LINK_TO_STATIC if target.is_static() => Some(CallTarget::Direct(id)),
            LINK_TO_SPECIAL if !target.is_static() => Some(CallTarget::Direct(id)),
            LINK_TO_VIRTUAL if !target.is_static() && !target.holder.is_interface() => {
                let index: i64 = get(member, vm.known.offset(KnownField::MemberNameVmIndex));
                match u32::try_from(index) {
                    Ok(vtable_index) if i64::from(target.vtable_index.get()) == index => Some(CallTarget::Virtual {
                        declared: id,
                        vtable_index,
                    }),
                    Err(_) => Some(CallTarget::Direct(id)),
                    Ok(_) => None,
                }
            }
            LINK_TO_INTERFACE
                if target.holder.is_interface()
                    && !target.is_static()
                    && !target.is_private()
                    && target.itable_index.get() >= 0 =>
            {
                Some(CallTarget::Interface { declared: id })
            }
            _ => None,
        }
    })
}

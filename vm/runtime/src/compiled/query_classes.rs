//! What the compiler asks of the class hierarchy. Only classes with method tables count: others have no instances.

use super::installed::{class_of_id, method_of};
use crate::invoke::polymorphic_kind;
use crate::loader::direct_subclasses;
use crate::method_area::class::class_flags;
use crate::method_area::{ClassPtr, ClassState, Meta, MethodPtr};
use crate::vm::Vm;
use peaberry_jit::code::Dependency;

/// Subclasses looked at before giving up.
const MOST_SUBCLASSES: usize = 200;

/// Has the class its method tables?
pub(super) fn has_tables(class: ClassPtr) -> bool {
    class.state() != ClassState::Loaded || class.has_flag(class_flags::TABLES_BUILT)
}

fn is_concrete(class: ClassPtr) -> bool {
    !class.is_abstract() && !class.is_interface()
}

/// What a receiver of exactly `class` runs for a virtual or interface call of `declared`, by its tables; `None` when
/// they do not say, or selection throws.
pub(super) fn implementation(class: ClassPtr, declared: MethodPtr) -> Option<MethodPtr> {
    if declared.is_private() || declared.is_static() {
        return Some(declared);
    }
    if declared.holder.is_interface() {
        let entry = class
            .itable
            .get()
            .iter()
            .find(|entry| entry.interface == declared.holder)
            .copied()?;
        let index = usize::try_from(declared.itable_index.get()).ok()?;
        // SAFETY: a row has an entry for each method index of its interface, null or a method.
        return unsafe { Meta::from_pointer(*entry.methods.add(index)) };
    }
    match usize::try_from(declared.vtable_index.get()) {
        Ok(index) => class.vtable.get().get(index).copied(),
        Err(_) => Some(declared),
    }
}

/// Calls `found` with the concrete classes among a class and its subclasses until it answers false; false then, or when
/// there are too many.
fn for_each_concrete(class: ClassPtr, mut found: impl FnMut(ClassPtr) -> bool) -> bool {
    let mut pending = vec![class];
    let mut seen = 0;
    while let Some(class) = pending.pop() {
        seen += 1;
        if seen > MOST_SUBCLASSES || (is_concrete(class) && has_tables(class) && !found(class)) {
            return false;
        }
        pending.extend(direct_subclasses(class));
    }
    true
}

/// The only method a virtual call of `declared` can run, by the classes there are.
pub(super) fn unique_target(_vm: &Vm, declared: MethodPtr) -> Option<MethodPtr> {
    let holder = declared.holder;
    if declared.polymorphic_kind != polymorphic_kind::NONE || holder.is_interface() || !has_tables(holder) {
        return None;
    }
    // Arrays have Object's methods.
    let of_arrays = holder.super_class.get().is_none().then_some(declared);
    let mut target = of_arrays;
    let unique = for_each_concrete(holder, |class| {
        let selected = implementation(class, declared);
        selected.is_some() && *target.get_or_insert(selected.unwrap_or(declared)) == selected.unwrap_or(declared)
    });
    target.filter(|target| unique && !target.is_abstract())
}

/// The only concrete class among a class and its subclasses, by the classes there are.
pub(super) fn unique_concrete_class(_vm: &Vm, class: ClassPtr) -> Option<ClassPtr> {
    if !class.is_instance() || class.is_interface() || class.super_class.get().is_none() {
        return None;
    }
    let mut only = None;
    let unique = for_each_concrete(class, |one| only.replace(one).is_none());
    only.filter(|_| unique)
}

/// Does a new concrete class, a subtype of what the dependency is about, break it?
///
/// # Safety
/// What the dependency names is live.
pub(super) unsafe fn would_break(class: ClassPtr, dependency: Dependency) -> bool {
    // SAFETY: the caller vouches for it.
    unsafe {
        match dependency {
            Dependency::UniqueTarget(declared, target) => {
                implementation(class, method_of(declared)) != Some(method_of(target))
            }
            Dependency::UniqueConcreteClass(_, only) => class_of_id(only) != class,
        }
    }
}

/// Have all instances of the class exactly this class?
pub(super) fn is_exact(class: ClassPtr) -> bool {
    match class.element_class {
        Some(element) if class.is_array() => element.is_primitive() || is_exact(element),
        _ => class.access_flags & 0x0010 != 0 && !class.is_interface(),
    }
}

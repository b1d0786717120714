//! Virtual method tables: one slot for each method that can be overridden (JVMS §5.4.5), superclass's slots first.

use super::access::same_package;
use super::lookup::chain;
use crate::method_area::method::NONVIRTUAL;
use crate::method_area::{Arena, ClassPtr, MetaSlice, MethodPtr};

/// First version of class files whose methods also override through a method in between that they do not override.
const TRANSITIVE_OVERRIDING: u16 = 51;

/// May `method` override `other` of a superclass, looking at nothing in between (JVMS §5.4.5)?
fn can_override(method: MethodPtr, other: MethodPtr) -> bool {
    other.access_flags & 5 != 0 || same_package(method.holder, other.holder)
}

/// The class whose method `method` overrides in a slot of its superclass's vtable.
fn overridden_in_slot(method: MethodPtr, parent: ClassPtr, slot: usize) -> Option<ClassPtr> {
    let inherited = *parent.vtable.get().get(slot)?;
    if can_override(method, inherited) {
        return Some(inherited.holder);
    }
    if method.holder.attributes.version.0 < TRANSITIVE_OVERRIDING {
        return None;
    }
    chain(inherited.holder).find(|class| {
        let above = class.super_class.get().map_or(MetaSlice::EMPTY, |c| c.vtable.get());
        above.get(slot).is_some_and(|m| can_override(method, *m))
    })
}

/// The slots of the superclass's vtable that a method overrides, and the classes whose methods it overrides there.
pub(super) fn overridden(method: MethodPtr, parent: ClassPtr) -> impl Iterator<Item = (usize, ClassPtr)> {
    chain(parent).filter_map(move |ancestor| {
        let candidate = ancestor.declared_method(method.name, method.descriptor)?;
        let slot = usize::try_from(candidate.vtable_index.get()).ok()?;
        let holder = is_virtual(candidate).then(|| overridden_in_slot(method, parent, slot))??;
        Some((slot, holder))
    })
}

/// Is the method selected by the receiver's class?
pub(super) fn is_virtual(method: MethodPtr) -> bool {
    !method.is_static() && !method.is_private() && !method.name.bytes().starts_with(b"<")
}

/// Builds the vtable of a class whose superclass is linked, and numbers its methods. Interfaces have Object's.
pub(super) fn build_vtable(arena: &Arena<'_>, class: ClassPtr) {
    let parent = class.super_class.get();
    let inherited = parent.map_or(MetaSlice::EMPTY, |p| p.vtable.get());
    if class.is_interface() {
        class.vtable.set(inherited);
        return;
    }
    let mut table: Option<Vec<MethodPtr>> = None;
    for method in class.methods.get().iter().copied() {
        if !is_virtual(method) {
            method.vtable_index.set(NONVIRTUAL);
            continue;
        }
        let mut index = None;
        for (slot, _) in parent.into_iter().flat_map(|p| overridden(method, p)) {
            let table = table.get_or_insert_with(|| inherited.to_vec());
            table[slot] = method;
            // The method answers to the slot of the nearest one it overrides; they hold the same.
            index.get_or_insert(slot as i32);
        }
        // Others than override what it overrides may override a package-private method: it has a slot of its own.
        index = index.filter(|_| method.access_flags & 5 != 0);
        let is_final = method.is_final() || class.access_flags & 0x0010 != 0;
        let slot = match index {
            Some(slot) => slot,
            // Nobody can override it: called directly.
            None if is_final => NONVIRTUAL,
            None => {
                let table = table.get_or_insert_with(|| inherited.to_vec());
                table.push(method);
                table.len() as i32 - 1
            }
        };
        method.vtable_index.set(slot);
    }
    match table {
        // SAFETY: placed in the method area.
        Some(table) => class.vtable.set(unsafe { MetaSlice::new(arena.place_slice(&table)) }),
        None => class.vtable.set(inherited),
    }
}

//! Virtual method tables: one slot for each method that can be overridden (JVMS §5.4.5), superclass's slots first.

use super::access::same_package;
use super::lookup::chain;
use crate::method_area::method::NONVIRTUAL;
use crate::method_area::{Arena, ClassPtr, MetaSlice, MethodPtr};

/// Does `method` of a subclass override `overridden`, whose slot `slot` the superclass has (JVMS §5.4.5)?
fn overrides(method: MethodPtr, overridden: MethodPtr, parent: ClassPtr, slot: usize) -> bool {
    if overridden.access_flags & 5 != 0 {
        return true;
    }
    // Package-private: in the same package, or through a method in between that overrides it and is overridden.
    if same_package(method.holder, overridden.holder) {
        return true;
    }
    let between = chain(parent).take_while(|c| *c != overridden.holder);
    let mut between = between.filter_map(|c| c.declared_method(method.name, method.descriptor));
    between.any(|m| {
        let has_slot = m.holder.vtable.get().get(slot) == Some(&m);
        has_slot && (m.access_flags & 5 != 0 || same_package(method.holder, m.holder))
    })
}

/// Is the method selected by the receiver's class?
pub(super) fn is_virtual(method: MethodPtr) -> bool {
    !method.is_static() && !method.is_private() && !method.name.bytes().starts_with(b"<")
}

/// Builds the vtable of a class whose superclass is linked, and numbers its methods. Interfaces have Object's.
pub(super) fn build_vtable(arena: &Arena, class: ClassPtr) {
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
        if let Some(parent) = parent {
            for ancestor in chain(parent) {
                let Some(candidate) = ancestor.declared_method(method.name, method.descriptor) else {
                    continue;
                };
                let slot = candidate.vtable_index.get();
                if !is_virtual(candidate) || slot < 0 {
                    continue;
                }
                if overrides(method, candidate, parent, slot as usize) {
                    let table = table.get_or_insert_with(|| inherited.to_vec());
                    table[slot as usize] = method;
                    // The method answers to the slot of the nearest one it overrides; they hold the same.
                    index.get_or_insert(slot);
                }
            }
        }
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

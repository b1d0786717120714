//! Interface dispatch tables: for each superinterface with methods, their implementations by itable index.

use super::select::{Implementation, implementation};
use crate::loader::constraints::may_differ;
use crate::method_area::class::ItableEntry;
use crate::method_area::{Arena, ClassPtr, MetaSlice, Method, MethodPtr};

/// Does the method have a place in itables?
fn has_index(method: MethodPtr) -> bool {
    !method.is_static() && !method.is_private() && !method.name.bytes().starts_with(b"<")
}

/// Numbers the methods of an interface.
pub(super) fn number_methods(interface: ClassPtr) {
    for (index, method) in interface.methods.get().iter().filter(|m| has_index(**m)).enumerate() {
        method.itable_index.set(index as i32);
    }
}

/// Builds the itable of a class that can have instances. Its superinterfaces are linked.
pub(super) fn build_itable(arena: &Arena<'_>, class: ClassPtr) {
    if class.is_interface() || class.is_abstract() {
        return;
    }
    let interfaces = class.secondary_supers.get();
    if interfaces.is_empty() {
        return;
    }
    // A class that adds no interface and overrides nothing shares its superclass's rows.
    let inherited = class.super_class.get().map_or(MetaSlice::EMPTY, |p| p.itable.get());
    let mut table: Vec<ItableEntry> = Vec::with_capacity(interfaces.len());
    let own_interfaces = !class.interfaces.get().is_empty();
    for interface in interfaces.iter().copied() {
        let methods = interface.methods.get();
        let count = methods.iter().filter(|m| has_index(**m)).count();
        if count == 0 {
            continue;
        }
        if !own_interfaces && let Some(row) = inherited.iter().find(|row| row.interface == interface) {
            let touched = |m: &&MethodPtr| class.declared_method(m.name, m.descriptor).is_some();
            if !methods.iter().any(|m| has_index(*m) && touched(&m)) {
                table.push(*row);
                continue;
            }
        }
        let memory = arena
            .allocate(count * size_of::<*const Method>(), 8)
            .cast::<*const Method>();
        for (index, method) in methods.iter().filter(|m| has_index(**m)).enumerate() {
            let found = match implementation(class, *method) {
                Implementation::Found(found) => found.as_ptr().cast_const(),
                Implementation::NotPublic(_) | Implementation::None => std::ptr::null(),
            };
            // SAFETY: the row has `count` entries.
            unsafe { memory.add(index).write(found) };
        }
        table.push(ItableEntry {
            interface,
            methods: memory,
        });
    }
    // SAFETY: placed in the method area.
    class.itable.set(unsafe { MetaSlice::new(arena.place_slice(&table)) });
}

/// Pairs of (interface method, method that implements it in a class) where their loaders differ, for the loader
/// constraints of linking.
pub(super) fn foreign_pairs(class: ClassPtr) -> Vec<(MethodPtr, MethodPtr)> {
    let mut pairs = Vec::new();
    if class.is_abstract() {
        return pairs;
    }
    for interface in class.secondary_supers.get().iter() {
        for method in interface.methods.get().iter().copied() {
            if has_index(method)
                && may_differ(method.descriptor)
                && let Implementation::Found(found) = implementation(class, method)
                && !std::ptr::eq(found.holder.loader, interface.loader)
            {
                pairs.push((method, found));
            }
        }
    }
    pairs
}

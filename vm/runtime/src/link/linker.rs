//! Linking of classes (JVMS §5.4): supertypes first, verification, then method tables.

use super::lookup::{find_in_classes, find_in_superinterfaces};
use super::{itable, verify, vtable};
use crate::compiled;
use crate::loader::constraints::{constrain_descriptor, may_differ};
use crate::loader::{external_method_name, in_module_of_loader_and_parent};
use crate::method_area::class::class_flags;
use crate::method_area::{ClassPtr, ClassState, MethodPtr};
use crate::thread::{JResult, JavaThread};
use crate::vm::Vm;
use std::sync::atomic::Ordering;

/// Verifies, prepares and links a class and its supertypes.
///
/// Two threads may verify one class at a time; only the making of the tables is done under a lock, which is held over
/// no call into Java.
pub fn link_class(thread: &mut JavaThread, class: ClassPtr) -> JResult<()> {
    if class.state() != ClassState::Loaded {
        return Ok(());
    }
    check_stack(thread)?;
    if let Some(parent) = class.super_class.get() {
        link_class(thread, parent)?;
    }
    for interface in class.interfaces.get().iter() {
        link_class(thread, *interface)?;
    }
    verify::verify_class(thread, class)?;
    check_constraints(thread, class)?;
    let vm = thread.vm();
    if vm.method_area.nearly_full(table_bytes(class)) {
        return Err(thread.throw_out_of_memory("Metaspace"));
    }
    // Before the class counts as linked, and so before it has instances, code that took for granted that there is no
    // such class has to go, for which the world may have to be stopped: not under the lock.
    build_tables(vm, class);
    compiled::class_linked(thread, class);
    let _guard = vm.loaders.link_lock.lock();
    if class.state() == ClassState::Loaded {
        class.state.store(ClassState::Linked as u8, Ordering::Release);
    }
    Ok(())
}

/// Makes the method tables of a class, once.
fn build_tables(vm: &Vm, class: ClassPtr) {
    let _guard = vm.loaders.link_lock.lock();
    if class.has_flag(class_flags::TABLES_BUILT) {
        return;
    }
    let arena = vm.arena_of(class);
    vtable::build_vtable(&arena, class);
    if class.is_interface() {
        itable::number_methods(class);
    }
    itable::build_itable(&arena, class);
    for method in class.methods.get().iter() {
        method.entry.store(crate::interp::entry_for(*method), Ordering::Release);
    }
    if class.loader_data().is_boot() {
        vm.natives.install_intrinsics(class);
    }
    class.set_flag(class_flags::TABLES_BUILT);
}

/// Supertypes, and constants among bootstrap arguments, are followed by recursion: a long enough chain of them is a stack
/// overflow, not a crash.
pub(crate) fn check_stack(thread: &mut JavaThread) -> JResult<()> {
    if peaberry_sys::thread::current_stack_pointer() < thread.native_stack_limit {
        return Err(thread.throw_stack_overflow());
    }
    Ok(())
}

/// Upper bound of the bytes of a class's method tables.
fn table_bytes(class: ClassPtr) -> usize {
    let inherited = class.super_class.get().map_or(0, |parent| parent.vtable.get().len());
    let mut entries = inherited + class.methods.get().len();
    if !class.is_abstract() {
        let interfaces = class.secondary_supers.get();
        entries += interfaces.iter().map(|i| i.methods.get().len() + 2).sum::<usize>();
    }
    entries * size_of::<usize>()
}

/// Loader constraints between methods and those they override or implement (JVMS §5.4.2, §5.3.4).
fn check_constraints(thread: &mut JavaThread, class: ClassPtr) -> JResult<()> {
    let loader = class.loader_data();
    if loader.is_boot() || class.is_interface() {
        return Ok(());
    }
    for method in class.methods.get().iter().copied() {
        if !vtable::is_virtual(method) || !may_differ(method.descriptor) {
            continue;
        }
        for ancestor in overridden_types(class, method) {
            let result = constrain_descriptor(thread, method.descriptor, loader, ancestor.loader_data());
            if let Err(type_name) = result {
                let message = format!(
                    "loader constraint violation for class {}: when selecting overriding method '{}' the class loader \
                     {} of the selected method's type {}, and the class loader {} for its super type {} have \
                     different Class objects for the type {type_name} used in the signature ({}; {})",
                    class.external_name(),
                    external_method_name(&class.external_name(), method.name.bytes(), method.descriptor.bytes()),
                    loader.describe(thread),
                    class.external_name(),
                    ancestor.loader_data().describe(thread),
                    ancestor.external_name(),
                    in_module_of_loader_and_parent(thread, class),
                    in_module_of_loader_and_parent(thread, ancestor)
                );
                return Err(thread.throw_new("java/lang/LinkageError", &message));
            }
        }
    }
    for (declared, found) in itable::foreign_pairs(class) {
        let (interface, holder) = (declared.holder, found.holder);
        let result = constrain_descriptor(thread, found.descriptor, holder.loader_data(), interface.loader_data());
        if let Err(type_name) = result {
            let message = format!(
                "loader constraint violation in interface itable initialization for class {}: when selecting method \
                 '{}' the class loader {} for super interface {}, and the class loader {} of the selected method's \
                 {}, {} have different Class objects for the type {type_name} used in the signature ({}; {})",
                class.external_name(),
                external_method_name(&interface.external_name(), found.name.bytes(), found.descriptor.bytes()),
                interface.loader_data().describe(thread),
                interface.external_name(),
                holder.loader_data().describe(thread),
                if holder.is_interface() { "interface" } else { "class" },
                holder.external_name(),
                in_module_of_loader_and_parent(thread, interface),
                in_module_of_loader_and_parent(thread, holder)
            );
            return Err(thread.throw_new("java/lang/LinkageError", &message));
        }
    }
    Ok(())
}

/// The types whose methods a method of a class overrides in its superclass: classes, or the interface that the superclass
/// has the method from.
fn overridden_types(class: ClassPtr, method: MethodPtr) -> Vec<ClassPtr> {
    let Some(parent) = class.super_class.get() else {
        return Vec::new();
    };
    if find_in_classes(parent, method.name, method.descriptor).is_none() {
        let inherited = find_in_superinterfaces(parent, method.name, method.descriptor).any();
        return inherited.iter().map(|m| m.holder).collect();
    }
    vtable::overridden(method, parent).map(|(_, holder)| holder).collect()
}

//! The first classes: the circle of `Object`, `Class` and their interfaces, primitive types, `String`; and the
//! resolution of what the VM knows by name.

use super::{arrays, find_boot_class, mirror, modules};
use crate::known::{KnownClass, KnownField, KnownMethod};
use crate::link;
use crate::method_area::ClassPtr;
use crate::thread::{JResult, JavaThread};

/// Loads `Object`, `Class` and `String`, makes the primitive types and the mirrors of all of them; then objects, arrays
/// and strings can be made. Afterwards loads and resolves all that the VM knows by name.
pub fn bootstrap(thread: &mut JavaThread) -> JResult<()> {
    modules::name_java_base(thread);
    let object = load_known(thread, KnownClass::Object)?;
    for id in [KnownClass::Cloneable, KnownClass::Serializable] {
        load_known(thread, id)?;
    }
    load_known(thread, KnownClass::Class)?;
    mirror::make_missing(thread)?;
    if let Some(object) = object {
        link::link_class(thread, object)?;
    }
    arrays::make_primitives(thread)?;
    load_known(thread, KnownClass::String)?;
    load_known(thread, KnownClass::Module)?;
    load_known(thread, KnownClass::ClassLoader)?;
    resolve_known(thread)?;
    crate::roots::install_reference_offsets(thread.vm());
    Ok(())
}

/// Loads all known classes this class library has, and resolves known fields and methods.
fn resolve_known(thread: &mut JavaThread) -> JResult<()> {
    for id in KnownClass::ALL {
        if thread.vm().known.class_if_present(*id).is_none() {
            load_known(thread, *id)?;
        }
    }
    let vm = thread.vm();
    let table = vm.class_library.known;
    for (id, versions, (class, name, descriptor)) in table.methods {
        if !versions.has(vm.release()) {
            continue;
        }
        let Some(class) = vm.known.class_if_present(*class) else {
            continue;
        };
        let method = class.declared_method(vm.symbol(name), vm.symbol(descriptor));
        if let Some(method) = method {
            vm.known.set_method(*id, method);
        }
    }
    Ok(())
}

/// Known methods that this class library should have and has not; for tests of the table.
pub fn missing_known(thread: &JavaThread) -> Vec<String> {
    let vm = thread.vm();
    let table = vm.class_library.known;
    let mut missing = Vec::new();
    for (id, versions, name) in table.classes {
        if versions.has(vm.release()) && vm.known.class_if_present(*id).is_none() {
            missing.push(format!("class {name}"));
        }
    }
    for (id, versions, (class, name, _)) in table.fields {
        if versions.has(vm.release()) && !vm.known.has_field(*id) {
            missing.push(format!("field {class:?}.{name} ({id:?})"));
        }
    }
    for (id, versions, (class, name, descriptor)) in table.methods {
        if versions.has(vm.release()) && vm.known.method(*id).is_none() {
            missing.push(format!("method {class:?}.{name}{descriptor} ({id:?})"));
        }
    }
    missing
}

/// Loads a known class, if this class library has it, and resolves its known fields.
fn load_known(thread: &mut JavaThread, id: KnownClass) -> JResult<Option<ClassPtr>> {
    let vm = thread.vm();
    let release = vm.release();
    let row = vm
        .class_library
        .known
        .classes
        .iter()
        .find(|(known, versions, _)| *known == id && versions.has(release));
    let Some((_, _, name)) = row else { return Ok(None) };
    let name = vm.symbol(name);
    let Some(class) = find_boot_class(thread, name)? else {
        return Ok(None);
    };
    vm.known.set_class(id, class);
    resolve_fields(thread, id, class);
    Ok(Some(class))
}

/// Offsets of the known fields of one class. Offsets of static fields need the class's mirror; those of the first
/// classes, none of which the VM knows static fields of, come too early for that.
fn resolve_fields(thread: &JavaThread, id: KnownClass, class: ClassPtr) {
    let vm = thread.vm();
    for (field, versions, (holder, name, descriptor)) in vm.class_library.known.fields {
        if *holder != id || !versions.has(vm.release()) {
            continue;
        }
        let found = class.fields.get().iter().copied().find(|f| {
            f.name.bytes() == name.as_bytes()
                && (descriptor.is_empty() || f.descriptor.bytes() == descriptor.as_bytes())
        });
        if let Some(found) = found {
            vm.known.set_offset(*field, found.offset.get());
        }
    }
}

/// A known method by its id, resolved late (its class came after [`resolve_known`]).
pub fn resolve_known_method(thread: &mut JavaThread, id: KnownMethod) -> JResult<Option<crate::MethodPtr>> {
    let vm = thread.vm();
    if let Some(method) = vm.known.method(id) {
        return Ok(Some(method));
    }
    let release = vm.release();
    let rows = vm.class_library.known.methods;
    let Some((_, _, (class, name, descriptor))) = rows.iter().find(|(m, v, _)| *m == id && v.has(release)) else {
        return Ok(None);
    };
    let Some(class) = load_known(thread, *class)? else {
        return Ok(None);
    };
    let method = class.declared_method(vm.symbol(name), vm.symbol(descriptor));
    if let Some(method) = method {
        vm.known.set_method(id, method);
    }
    Ok(method)
}

/// Offset of a known field in this VM, none when the class library has no such field.
pub fn known_offset(thread: &JavaThread, field: KnownField) -> Option<u32> {
    let known = &thread.vm().known;
    known.has_field(field).then(|| known.offset(field) as u32)
}

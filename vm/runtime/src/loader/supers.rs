//! Superclass and superinterfaces of a class being defined: loading them, and what they must be (JVMS §5.3.5).

use super::describe::{both_in_modules, in_module_of_loader};
use super::in_progress::Loading;
use super::{LoaderData, resolve_class_by_name};
use crate::link::access::{self, ClassAccess};
use crate::method_area::class::class_flags;
use crate::method_area::{ClassPtr, Sym};
use crate::thread::{JResult, JavaThread};

/// Loads a supertype of the class `name`.
pub(super) fn load_super(
    thread: &mut JavaThread,
    loader: &'static LoaderData,
    name: Sym,
    super_name: &[u8],
) -> JResult<ClassPtr> {
    let super_name = thread.vm().symbol_bytes(super_name);
    if super_name == name {
        return Err(thread.throw_new("java/lang/ClassCircularityError", &name.text()));
    }
    let loading = Loading::of_supertype(thread, loader, name, super_name)?;
    resolve_class_by_name(loading.thread, loader, super_name)
}

fn incompatible(thread: &mut JavaThread, message: &str) -> crate::Throw {
    thread.throw_new("java/lang/IncompatibleClassChangeError", message)
}

/// Checks what a class must be to be the superclass of `name`; access is checked when the class exists.
pub(super) fn check_superclass(thread: &mut JavaThread, name: Sym, parent: ClassPtr) -> JResult<()> {
    let name = name.text().replace('/', ".");
    if parent.is_interface() {
        let message = format!("class {name} has interface {} as super class", parent.external_name());
        return Err(incompatible(thread, &message));
    }
    if parent.access_flags & 0x0010 != 0 {
        let message = format!(
            "class {name} cannot inherit from final class {}",
            parent.external_name()
        );
        return Err(incompatible(thread, &message));
    }
    Ok(())
}

/// Checks that a superinterface is one.
pub(super) fn check_interface(thread: &mut JavaThread, name: Sym, interface: ClassPtr) -> JResult<()> {
    if interface.is_interface() {
        return Ok(());
    }
    let message = format!(
        "class {} can not implement {}, because it is not an interface ({})",
        name.text().replace('/', "."),
        interface.external_name(),
        in_module_of_loader(thread, interface)
    );
    Err(incompatible(thread, &message))
}

/// Is `class` among the permitted direct subclasses of a sealed type (JVMS §5.3.5)?
fn is_permitted(parent: ClassPtr, class: ClassPtr) -> bool {
    let same_module = match (super::modules::module_of(parent), super::modules::module_of(class)) {
        (Some(a), Some(b)) => std::ptr::eq(a, b),
        _ => true,
    };
    if !same_module || (class.access_flags & 1 == 0 && !access::same_package(class, parent)) {
        return false;
    }
    let pool = parent.constants();
    parent
        .attributes
        .permitted_subclasses
        .iter()
        .any(|index| pool.name_of(*index) == class.name.bytes())
}

/// The message for a subclass that is not permitted, as each class library's HotSpot has it.
fn not_permitted(thread: &JavaThread, class: ClassPtr, parent: ClassPtr) -> String {
    let (name, parent_name) = (class.external_name(), parent.external_name());
    if thread.vm().release() >= 22 {
        return format!(
            "Failed listed permitted subclass check: class {name} is not a permitted subclass of {parent_name}"
        );
    }
    let (verb, kind) = match (parent.is_interface(), class.is_interface()) {
        (false, _) => ("inherit from", "class"),
        (true, false) => ("implement", "interface"),
        (true, true) => ("extend", "interface"),
    };
    format!("class {name} cannot {verb} sealed {kind} {parent_name}")
}

/// Access to supertypes, sealed supertypes, overridden final methods: for a class that is built.
pub(super) fn check_built(thread: &mut JavaThread, class: ClassPtr) -> JResult<()> {
    let name = class.external_name();
    if let Some(parent) = class.super_class.get() {
        if parent.has_flag(class_flags::SEALED) && !is_permitted(parent, class) {
            let message = format!(
                "class {name} cannot inherit from sealed class {}",
                parent.external_name()
            );
            return Err(incompatible(thread, &message));
        }
        match access::class_access(thread, class, parent) {
            ClassAccess::Granted => {}
            ClassAccess::NotPublic => {
                let abstractness = if parent.is_abstract() { "abstract " } else { "" };
                let message = format!(
                    "class {name} cannot access its {abstractness}superclass {} ({})",
                    parent.external_name(),
                    both_in_modules(thread, class, parent)
                );
                return Err(thread.throw_new("java/lang/IllegalAccessError", &message));
            }
            denied => {
                let text = access::module_message(thread, class, parent, denied);
                let message = format!("superclass access check failed: {text}");
                return Err(thread.throw_new("java/lang/IllegalAccessError", &message));
            }
        }
    }
    for interface in class.interfaces.get().iter().copied() {
        if interface.has_flag(class_flags::SEALED) && !is_permitted(interface, class) {
            let message = not_permitted(thread, class, interface);
            return Err(incompatible(thread, &message));
        }
        match access::class_access(thread, class, interface) {
            ClassAccess::Granted => {}
            ClassAccess::NotPublic => {
                let message = format!(
                    "class {name} cannot access its superinterface {} ({})",
                    interface.external_name(),
                    both_in_modules(thread, class, interface)
                );
                return Err(thread.throw_new("java/lang/IllegalAccessError", &message));
            }
            denied => {
                let text = access::module_message(thread, class, interface, denied);
                let message = format!("superinterface check failed: {text}");
                return Err(thread.throw_new("java/lang/IllegalAccessError", &message));
            }
        }
    }
    check_final_methods(thread, class)
}

/// No method may override a final one (JVMS §4.10). The boot loader's classes are trusted.
fn check_final_methods(thread: &mut JavaThread, class: ClassPtr) -> JResult<()> {
    if class.is_interface() || class.loader_data().is_boot() {
        return Ok(());
    }
    for method in class.methods.get().iter().filter(|m| !m.is_private() && !m.is_static()) {
        if method.name.bytes().starts_with(b"<") {
            continue;
        }
        let mut parent = class.super_class.get();
        while let Some(current) = parent {
            let Some(overridden) = current.declared_method(method.name, method.descriptor) else {
                parent = current.super_class.get();
                continue;
            };
            let overridable = !overridden.is_private() && !overridden.is_static();
            let visible = overridden.access_flags & 5 != 0 || access::same_package(class, overridden.holder);
            if overridable && overridden.is_final() && visible {
                let message = format!(
                    "class {} overrides final method {}.{}{}",
                    class.external_name(),
                    overridden.holder.external_name(),
                    overridden.name,
                    overridden.descriptor
                );
                return Err(incompatible(thread, &message));
            }
            parent = current.super_class.get();
        }
    }
    Ok(())
}

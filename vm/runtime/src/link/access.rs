//! Access control (JVMS §5.4.4) with modules, nests and HotSpot's wording.

use crate::known::KnownClass;
use crate::loader::modules::{ModuleEntry, module_of, package_entry_of};
use crate::method_area::ClassPtr;
use crate::thread::{JResult, JavaThread};

/// Outcome of a class access check.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ClassAccess {
    /// Allowed.
    Granted,
    /// Not public and in another package.
    NotPublic,
    /// Public, but its module is not read.
    NotReadable,
    /// Public, but its package is not exported.
    NotExported,
}

/// Same run-time package: same loader and package name?
#[inline]
pub fn same_package(a: ClassPtr, b: ClassPtr) -> bool {
    a.package == b.package && std::ptr::eq(a.loader, b.loader)
}

/// Generated accessors of core reflection may do anything (until 21).
fn is_magic(thread: &JavaThread, class: ClassPtr) -> bool {
    let magic = thread.vm().known.class_if_present(KnownClass::MagicAccessorImpl);
    magic.is_some_and(|magic| class.is_subtype_of(magic))
}

/// May `from` access class `to`, and if not, why not?
pub fn class_access(thread: &JavaThread, from: ClassPtr, to: ClassPtr) -> ClassAccess {
    let to = to.bottom_class.get().unwrap_or(to);
    if from == to || to.is_primitive() || same_package(from, to) {
        return ClassAccess::Granted;
    }
    if to.access_flags & 1 == 0 {
        return if is_magic(thread, from) {
            ClassAccess::Granted
        } else {
            ClassAccess::NotPublic
        };
    }
    let (Some(reader), Some(package)) = (module_of(from), package_entry_of(to)) else {
        return ClassAccess::Granted;
    };
    if std::ptr::eq(reader, package.module) {
        return ClassAccess::Granted;
    }
    let denied = if !reader.can_read(package.module) {
        ClassAccess::NotReadable
    } else if !package.is_exported_to(reader) {
        ClassAccess::NotExported
    } else {
        return ClassAccess::Granted;
    };
    if is_magic(thread, from) {
        ClassAccess::Granted
    } else {
        denied
    }
}

/// May `from` access class `to` (public and module-readable/exported, or same package)?
pub fn can_access_class(thread: &JavaThread, from: ClassPtr, to: ClassPtr) -> bool {
    class_access(thread, from, to) == ClassAccess::Granted
}

fn named_or(module: &ModuleEntry, thread: &JavaThread) -> String {
    module
        .name()
        .map_or_else(|| module.describe(thread), |name| name.text().into_owned())
}

/// Why modules keep `from` from `to`: `class A (in module a) cannot access class B (in module b) because …`.
pub fn module_message(thread: &JavaThread, from: ClassPtr, to: ClassPtr, denied: ClassAccess) -> String {
    let to = to.bottom_class.get().unwrap_or(to);
    let (Some(reader), Some(package)) = (module_of(from), package_entry_of(to)) else {
        return String::new();
    };
    let target = package.module;
    let reason = match denied {
        ClassAccess::NotReadable => {
            let target_text = if target.is_named() {
                format!("module {}", named_or(target, thread))
            } else {
                target.describe(thread)
            };
            format!("{} does not read {target_text}", reader.describe(thread))
        }
        _ => {
            let package_text = package.name.text().replace('/', ".");
            format!(
                "{} does not export {package_text} to {}",
                target.describe(thread),
                reader.describe(thread)
            )
        }
    };
    format!(
        "class {} (in {}) cannot access class {} (in {}) because {reason}",
        from.external_name(),
        reader.describe(thread),
        to.external_name(),
        target.describe(thread)
    )
}

/// Throws IllegalAccessError unless `from` may access `to`.
pub(super) fn check_class_access(thread: &mut JavaThread, from: ClassPtr, to: ClassPtr) -> JResult<()> {
    let message = match class_access(thread, from, to) {
        ClassAccess::Granted => return Ok(()),
        ClassAccess::NotPublic => {
            let bottom = to.bottom_class.get().unwrap_or(to);
            format!(
                "failed to access class {} from class {} ({})",
                bottom.external_name(),
                from.external_name(),
                crate::loader::both_in_modules(thread, bottom, from)
            )
        }
        denied => module_message(thread, from, to, denied),
    };
    Err(thread.throw_new("java/lang/IllegalAccessError", &message))
}

/// May `current` access a member of `holder` with these flags, named through the class `resolved`? May load classes
/// to find nest hosts.
pub fn can_access_member(
    thread: &mut JavaThread,
    current: ClassPtr,
    resolved: ClassPtr,
    holder: ClassPtr,
    access_flags: u16,
) -> JResult<bool> {
    let (public, private, protected, is_static) = (
        access_flags & 1 != 0,
        access_flags & 2 != 0,
        access_flags & 4 != 0,
        access_flags & 8 != 0,
    );
    if public || current == holder {
        return Ok(true);
    }
    if !private && same_package(current, holder) {
        return Ok(true);
    }
    let through = is_static || resolved.is_subtype_of(current) || current.is_subtype_of(resolved);
    if protected && current.is_subtype_of(holder) && through {
        return Ok(true);
    }
    if private && super::nest::are_nest_mates(thread, current, holder)? {
        return Ok(true);
    }
    Ok(is_magic(thread, current))
}

//! Resolution of Class constants (JVMS §5.4.3.1).

use super::{access, errors};
use crate::loader::resolve_class_by_name;
use crate::method_area::{ClassPtr, Sym};
use crate::thread::{JResult, JavaThread};

/// Resolves a Class constant of `class`'s pool, checks access, publishes the resolved word, records failures.
pub fn resolve_class(thread: &mut JavaThread, class: ClassPtr, constant: u16) -> JResult<ClassPtr> {
    let pool = class.constants();
    if let Some(resolved) = pool.resolved_class(constant) {
        return Ok(resolved);
    }
    errors::check(thread, class, constant)?;
    match load_and_check(thread, class, constant) {
        Ok(resolved) => {
            pool.set_resolved(constant, resolved.address() as u64);
            Ok(resolved)
        }
        Err(_) => Err(errors::keep(thread, class, constant)),
    }
}

fn load_and_check(thread: &mut JavaThread, class: ClassPtr, constant: u16) -> JResult<ClassPtr> {
    let name = thread.vm().symbol_bytes(class.constants().name_of(constant));
    let resolved = resolve_class_by_name(thread, class.loader_data(), name)?;
    access::check_class_access(thread, class, resolved)?;
    Ok(resolved)
}

/// Loads, and checks access to, a class named in a descriptor of `from` (method types).
pub fn load_for_resolution(thread: &mut JavaThread, from: ClassPtr, name: Sym) -> JResult<ClassPtr> {
    let resolved = resolve_class_by_name(thread, from.loader_data(), name)?;
    access::check_class_access(thread, from, resolved)?;
    Ok(resolved)
}

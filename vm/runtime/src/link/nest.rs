//! Nests (JVMS §5.4.4).

use super::access::same_package;
use crate::known::KnownClass;
use crate::method_area::{ClassPtr, Meta};
use crate::object::class_of;
use crate::thread::{JResult, JavaThread};
use std::sync::atomic::Ordering;

/// Nest host of a class. A host that cannot be had or does not list the class leaves it its own host; only errors of
/// the VM itself are thrown.
pub fn nest_host(thread: &mut JavaThread, class: ClassPtr) -> JResult<ClassPtr> {
    // SAFETY: the cell holds null or a class.
    if let Some(host) = unsafe { Meta::from_pointer(class.nest_host.load(Ordering::Acquire)) } {
        return Ok(host);
    }
    let index = class.attributes.nest_host_index;
    if index == 0 || !class.is_instance() {
        class.nest_host.store(class.as_ptr(), Ordering::Release);
        return Ok(class);
    }
    let host = match super::resolve_class(thread, class, index) {
        Ok(host) if host == class || is_member(host, class) => host,
        Ok(_) => class,
        Err(throw) => {
            let linkage = thread.vm().known.class_if_present(KnownClass::LinkageError);
            let exception = thread.exception;
            if exception.is_null() || linkage.is_none_or(|l| !class_of(exception).is_subtype_of(l)) {
                return Err(throw);
            }
            thread.take_exception();
            class
        }
    };
    class.nest_host.store(host.as_ptr(), Ordering::Release);
    Ok(host)
}

/// Does the host list the class, in the same run-time package?
fn is_member(host: ClassPtr, class: ClassPtr) -> bool {
    if !same_package(host, class) || !host.is_instance() {
        return false;
    }
    let pool = host.constants();
    host.attributes
        .nest_members
        .iter()
        .any(|index| pool.name_of(*index) == class.name.bytes())
}

/// Do two classes belong to one nest?
pub fn are_nest_mates(thread: &mut JavaThread, a: ClassPtr, b: ClassPtr) -> JResult<bool> {
    if a == b {
        return Ok(true);
    }
    if !same_package(a, b) {
        return Ok(false);
    }
    Ok(nest_host(thread, a)? == nest_host(thread, b)?)
}

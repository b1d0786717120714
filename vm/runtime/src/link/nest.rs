//! Nests (JVMS §5.4.4).

use super::access::same_package;
use crate::method_area::{ClassPtr, Meta};
use crate::object::class_of;
use crate::thread::{JResult, JavaThread};
use peaberry_gc::layout::Obj;
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
        Ok(host) => match refusal(host, class) {
            None => host,
            Some(why) => {
                let text = format!(
                    "Type {} (loader: {}) is not a nest member of type {} (loader: {}): {why}",
                    class.external_name(),
                    class.loader_data().describe(thread),
                    host.external_name(),
                    host.loader_data().describe(thread),
                );
                keep_error(thread, class, text)
            }
        },
        Err(throw) => {
            let exception = thread.exception;
            if exception.is_null() || is_virtual_machine_error(exception) {
                return Err(throw);
            }
            let text = format!(
                "Nest host resolution of {} with host {} failed: {}",
                class.external_name(),
                String::from_utf8_lossy(class.constants().name_of(index)),
                super::errors::describe(thread, exception)
            );
            thread.take_exception();
            keep_error(thread, class, text)
        }
    };
    class.nest_host.store(host.as_ptr(), Ordering::Release);
    Ok(host)
}

fn is_virtual_machine_error(exception: Obj) -> bool {
    let supers = std::iter::successors(Some(class_of(exception)), |class| class.super_class.get());
    supers
        .into_iter()
        .any(|class| class.name.bytes() == b"java/lang/VirtualMachineError")
}

/// Notes why the class is its own host.
fn keep_error(thread: &JavaThread, class: ClassPtr, text: String) -> ClassPtr {
    thread
        .vm()
        .loaders
        .nest_host_errors
        .lock()
        .insert(class.address(), text);
    class
}

/// `, (why the host of a is not what it names, why that of b is not)`, as HotSpot ends messages about private members.
pub(super) fn host_errors(thread: &JavaThread, a: ClassPtr, b: ClassPtr) -> String {
    let errors = thread.vm().loaders.nest_host_errors.lock();
    let texts: Vec<&str> = [a, b]
        .iter()
        .filter_map(|class| errors.get(&class.address()).map(String::as_str))
        .collect();
    if texts.is_empty() {
        String::new()
    } else {
        format!(", ({})", texts.join(", "))
    }
}

/// Why the host is not the class's: it must list it, in the same run-time package.
fn refusal(host: ClassPtr, class: ClassPtr) -> Option<&'static str> {
    if host == class {
        return None;
    }
    if !same_package(host, class) {
        return Some("types are in different packages");
    }
    if !host.is_instance() {
        return Some("host is not an instance class");
    }
    let pool = host.constants();
    let members = &host.attributes.nest_members;
    let listed = members.iter().any(|index| pool.name_of(*index) == class.name.bytes());
    (!listed).then_some("current type is not listed as a nest member")
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

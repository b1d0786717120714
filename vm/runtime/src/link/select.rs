//! Selection of the method to run for a receiver (JVMS §5.4.6).

use super::lookup::{Candidates, chain, find_in_superinterfaces};
use crate::loader::external_method_name;
use crate::method_area::method::NONVIRTUAL;
use crate::method_area::{ClassPtr, Meta, MethodPtr};
use crate::thread::{JResult, JavaThread, Throw};

/// Virtual selection: the implementation of `method` for a receiver class. AbstractMethodError when there is none.
pub fn select_virtual(thread: &mut JavaThread, method: MethodPtr, receiver: ClassPtr) -> JResult<MethodPtr> {
    if method.holder.is_interface() {
        return match find_interface_target(thread, method, receiver)? {
            Some(found) => Ok(found),
            None => Err(missing_in_class(thread, method, receiver)),
        };
    }
    let index = method.vtable_index.get();
    let selected = if index <= NONVIRTUAL {
        method
    } else {
        receiver.vtable.get().get(index as usize).copied().unwrap_or(method)
    };
    if selected.is_abstract() {
        return Err(abstract_method_error(thread, method, receiver));
    }
    Ok(selected)
}

/// Interface selection by itable (slow: the interpreter has its own inline scan). IncompatibleClassChangeError when the receiver does not implement it, AbstractMethodError, IllegalAccessError.
pub fn select_interface(thread: &mut JavaThread, method: MethodPtr, receiver: ClassPtr) -> JResult<MethodPtr> {
    if !method.holder.is_interface() {
        return select_virtual(thread, method, receiver);
    }
    match find_interface_target(thread, method, receiver)? {
        Some(found) => Ok(found),
        None => Err(abstract_method_error(thread, method, receiver)),
    }
}

/// Interface selection; `None` when nothing, or nothing definite, implements the method.
fn find_interface_target(thread: &mut JavaThread, method: MethodPtr, receiver: ClassPtr) -> JResult<Option<MethodPtr>> {
    let interface = method.holder;
    if method.is_private() {
        return Ok(Some(method));
    }
    let index = method.itable_index.get();
    let itable = receiver.itable.get();
    if let Some(entry) = itable.iter().find(|e| e.interface == interface) {
        // SAFETY: an itable row has an entry for each method index of its interface; entries are null or methods.
        let found = unsafe { Meta::from_pointer(*entry.methods.add(index.max(0) as usize)) };
        if let Some(found) = found.filter(|_| index >= 0) {
            return Ok(Some(found));
        }
    } else if !receiver.is_subtype_of(interface) {
        let message = format!(
            "Class {} does not implement the requested interface {}",
            receiver.external_name(),
            interface.external_name()
        );
        return Err(thread.throw_new("java/lang/IncompatibleClassChangeError", &message));
    }
    match implementation(receiver, method) {
        Implementation::Found(found) => Ok(Some(found)),
        Implementation::NotPublic(found) => {
            let text = external_method_name(&receiver.external_name(), found.name.bytes(), found.descriptor.bytes());
            let message = format!("'{text}'");
            Err(thread.throw_new("java/lang/IllegalAccessError", &message))
        }
        Implementation::None => Ok(None),
    }
}

/// The error of a virtual call whose method is only in interfaces: as if a class with default methods had a method that
/// throws it, which is how HotSpot has it.
#[cold]
fn missing_in_class(thread: &mut JavaThread, method: MethodPtr, receiver: ClassPtr) -> Throw {
    let declared = chain(receiver).any(|c| c.declared_method(method.name, method.descriptor).is_some());
    let is_default = |m: &MethodPtr| !m.is_abstract() && !m.is_static() && !m.is_private();
    let interfaces = receiver.secondary_supers.get();
    let has_defaults = interfaces.iter().any(|i| i.methods.get().iter().any(is_default));
    if declared || !has_defaults {
        return abstract_method_error(thread, method, receiver);
    }
    let candidates = find_in_superinterfaces(receiver, method.name, method.descriptor);
    if candidates.conflict() {
        return conflict_error(thread, &candidates);
    }
    let (name, descriptor) = (method.name, method.descriptor);
    let message = format!("Method {}.{name}{descriptor} is abstract", receiver.name);
    thread.throw_new("java/lang/AbstractMethodError", &message)
}

/// What a class has to implement an interface method.
pub(super) enum Implementation {
    Found(MethodPtr),
    /// Only a method that is not public.
    NotPublic(MethodPtr),
    /// Nothing, something abstract, or several defaults.
    None,
}

/// Finds the implementation of an interface's method in a class.
pub(super) fn implementation(class: ClassPtr, method: MethodPtr) -> Implementation {
    let declared = chain(class).find_map(|c| {
        c.declared_method(method.name, method.descriptor)
            .filter(|m| !m.is_private() && !m.is_static())
    });
    match declared {
        Some(found) if found.is_abstract() => Implementation::None,
        Some(found) if !found.is_public() => Implementation::NotPublic(found),
        Some(found) => Implementation::Found(found),
        None => match find_in_superinterfaces(class, method.name, method.descriptor).only_default() {
            Some(found) => Implementation::Found(found),
            None => Implementation::None,
        },
    }
}

/// AbstractMethodError for a call of `method` on `receiver`.
#[cold]
pub(super) fn abstract_method_error(thread: &mut JavaThread, method: MethodPtr, receiver: ClassPtr) -> Throw {
    let holder = method.holder;
    let kind = match (holder.is_interface(), holder.is_abstract()) {
        (true, _) => "interface ",
        (false, true) => "abstract class ",
        (false, false) => "class ",
    };
    let message = format!(
        "Receiver class {} does not define or inherit an implementation of the resolved method '{}{}' of {kind}{}.",
        receiver.external_name(),
        if method.is_abstract() { "abstract " } else { "" },
        external_method_name("", method.name.bytes(), method.descriptor.bytes()),
        holder.external_name()
    );
    thread.throw_new("java/lang/AbstractMethodError", &message)
}

/// IncompatibleClassChangeError for several inherited defaults.
#[cold]
pub(super) fn conflict_error(thread: &mut JavaThread, candidates: &Candidates) -> Throw {
    let mut message = "Conflicting default methods:".to_owned();
    for method in candidates.methods.iter().filter(|m| !m.is_abstract()) {
        message.push_str(&format!(" {}.{}", method.holder.name, method.name));
    }
    thread.throw_new("java/lang/IncompatibleClassChangeError", &message)
}

//! Resolution of loadable constants for ldc (JVMS §5.1, §5.4.3).

use super::{errors, resolve_class};
use crate::invoke;
use crate::loader::roots;
use crate::method_area::ClassPtr;
use crate::thread::{JResult, JavaThread};
use peaberry_classfile::model::tag;
use peaberry_gc::layout::Obj;

/// Resolves a String, MethodHandle, MethodType, Class or Dynamic constant for ldc: the object (primitives of Dynamic boxed); publishes.
pub fn resolve_loadable(thread: &mut JavaThread, class: ClassPtr, constant: u16) -> JResult<Obj> {
    let pool = class.constants();
    let kind = pool.tag(constant);
    match kind {
        tag::CLASS => return resolve_class(thread, class, constant).map(|c| c.mirror()),
        tag::STRING => return resolve_string(thread, class, constant),
        _ => {}
    }
    let word = pool.resolved(constant);
    if word != 0 {
        return Ok(roots::constant_at(word));
    }
    errors::check(thread, class, constant)?;
    let value = match kind {
        tag::METHOD_HANDLE => invoke::resolve_method_handle_constant(thread, class, constant),
        tag::METHOD_TYPE => invoke::resolve_method_type_constant(thread, class, constant),
        tag::DYNAMIC => invoke::resolve_dynamic_constant(thread, class, constant),
        // The verifier and the reader let nothing else come here.
        _ => Ok(Obj::NULL),
    };
    match value {
        // Whoever resolved it in the meantime, this thread inside the call included, was first.
        Ok(value) => Ok(roots::publish_constant(thread, class, constant, value)),
        Err(_) => Err(errors::keep(thread, class, constant)),
    }
}

/// The interned string of a String constant.
pub(super) fn resolve_string(thread: &mut JavaThread, class: ClassPtr, constant: u16) -> JResult<Obj> {
    let pool = class.constants();
    let word = pool.resolved(constant);
    if word != 0 {
        return Ok(roots::constant_at(word));
    }
    let string = thread.intern_mutf8(pool.name_of(constant))?;
    Ok(roots::publish_constant(thread, class, constant, string))
}

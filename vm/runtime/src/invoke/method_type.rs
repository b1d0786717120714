//! `java.lang.invoke.MethodType`s of descriptors.

use crate::basic_type::BasicType;
use crate::interp;
use crate::known::{KnownClass, KnownMethod};
use crate::method_area::ClassPtr;
use crate::object::array_set_ref;
use crate::thread::{JResult, JavaThread};
use peaberry_gc::layout::Obj;

/// Splits a method descriptor into its parameters' and its result's field descriptors.
pub(crate) fn split_descriptor(descriptor: &[u8]) -> Option<(Vec<&[u8]>, &[u8])> {
    let mut parameters = Vec::new();
    let mut rest = descriptor.strip_prefix(b"(")?;
    while !rest.starts_with(b")") {
        let length = field_descriptor_length(rest)?;
        parameters.push(&rest[..length]);
        rest = &rest[length..];
    }
    Some((parameters, &rest[1..]))
}

fn field_descriptor_length(descriptor: &[u8]) -> Option<usize> {
    let dimensions = descriptor.iter().take_while(|&&c| c == b'[').count();
    match descriptor.get(dimensions)? {
        b'L' => Some(descriptor.iter().position(|&c| c == b';')? + 1),
        _ => Some(dimensions + 1),
    }
}

/// The class a field descriptor (or `V`) names, loaded through `from`'s loader.
pub fn class_of_field_descriptor(thread: &mut JavaThread, from: ClassPtr, descriptor: &[u8]) -> JResult<ClassPtr> {
    let vm = thread.vm();
    let name = match descriptor {
        [b'L', name @ .., b';'] => name,
        [b'[', ..] => descriptor,
        [c] => match BasicType::from_descriptor_char(*c) {
            Some(basic_type) if !basic_type.is_reference() => return Ok(vm.known.primitive(basic_type)),
            _ => return Err(thread.throw_new("java/lang/InternalError", "bad descriptor")),
        },
        _ => return Err(thread.throw_new("java/lang/InternalError", "bad descriptor")),
    };
    let symbol = vm.symbol_bytes(name);
    if is_always_visible(name) {
        // What no loader may define differently is not asked of it, as in HotSpot's `find_method_handle_type`.
        if let Some(class) = crate::loader::find_boot_class(thread, symbol)?
            && class.access_flags & 0x0001 != 0
        {
            return Ok(class);
        }
    }
    crate::link::load_for_resolution(thread, from, symbol)
}

/// Classes of `java.lang` and `java.lang.invoke` themselves.
fn is_always_visible(name: &[u8]) -> bool {
    let Some(rest) = name.strip_prefix(b"java/lang/") else {
        return false;
    };
    !rest.strip_prefix(b"invoke/").unwrap_or(rest).contains(&b'/')
}

/// The `java.lang.invoke.MethodType` of a method descriptor, its classes loaded through `class`'s loader.
pub fn method_type_of(thread: &mut JavaThread, class: ClassPtr, descriptor: &[u8]) -> JResult<Obj> {
    let Some((parameters, result)) = split_descriptor(descriptor) else {
        return Err(thread.throw_new("java/lang/InternalError", "bad method descriptor"));
    };
    let array = thread.allocate_reference_array(thread.known_class(KnownClass::Class), parameters.len())?;
    for (index, parameter) in parameters.iter().enumerate() {
        let parameter = class_of_field_descriptor(thread, class, parameter)?;
        array_set_ref(thread, array, index, parameter.mirror());
    }
    let result = class_of_field_descriptor(thread, class, result)?;
    let arguments = [result.mirror().0 as u64, array.0 as u64];
    call_known(thread, KnownMethod::FindMethodHandleType, &arguments)
}

/// Calls a known static method that answers a reference.
pub(crate) fn call_known(thread: &mut JavaThread, method: KnownMethod, arguments: &[u64]) -> JResult<Obj> {
    let Some(method) = thread.vm().known.method(method) else {
        return Err(thread.throw_new("java/lang/InternalError", "the class library lacks a linkage method"));
    };
    interp::call(thread, method, arguments).map(|slot| Obj(slot as usize))
}

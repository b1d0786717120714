//! Makes the objects of `java.lang.reflect` from what the VM knows of fields and methods, and finds those back.

use crate::support::{bytes_or_null, new_known};
use peaberry_classfile::descriptors;
use peaberry_runtime::basic_type::BasicType;
use peaberry_runtime::known::{KnownClass, KnownField};
use peaberry_runtime::method_area::{ClassPtr, FieldPtr, MethodPtr};
use peaberry_runtime::object::{array_set_ref, class_of_mirror};
use peaberry_runtime::{JResult, JavaThread, Obj, invoke, link, loader};

/// `Modifier` bits of a field that reflection shows.
const FIELD_MODIFIERS: i32 = 0x50df;
/// `Modifier` bits of a method that reflection shows.
const METHOD_MODIFIERS: i32 = 0x1dff;

/// The mirror of the type a field descriptor (or `V`) names, in the eyes of `from`.
pub fn type_mirror(thread: &mut JavaThread, from: ClassPtr, descriptor: &[u8]) -> JResult<Obj> {
    let first = descriptor.first().copied().unwrap_or(b'V');
    let basic_type = BasicType::from_descriptor_char(first).unwrap_or(BasicType::Void);
    let class = if basic_type.is_reference() {
        let name = match first {
            b'L' => &descriptor[1..descriptor.len() - 1],
            _ => descriptor,
        };
        let name = thread.vm().symbol_bytes(name);
        // Access is nobody's concern here: reflection names types that the class itself may not use.
        loader::resolve_class_by_name(thread, from.loader_data(), name)?
    } else {
        thread.vm().known.primitive(basic_type)
    };
    Ok(class.mirror())
}

/// (parameter types as `Class[]`, return type) of a method.
fn method_types(thread: &mut JavaThread, method: MethodPtr) -> JResult<(Obj, Obj)> {
    let descriptor = method.descriptor.bytes();
    let mut parts: Vec<&[u8]> = Vec::new();
    let mut rest = descriptor.strip_prefix(b"(").unwrap_or(descriptor);
    while let Some((_, length)) = descriptors::parse_type(rest) {
        parts.push(&rest[..length]);
        rest = &rest[length..];
    }
    let parameters = thread.allocate_reference_array(thread.known_class(KnownClass::Class), parts.len())?;
    for (index, part) in parts.iter().enumerate() {
        let mirror = type_mirror(thread, method.holder, part)?;
        array_set_ref(thread, parameters, index, mirror);
    }
    let result = type_mirror(thread, method.holder, rest.strip_prefix(b")").unwrap_or(b"V"))?;
    Ok((parameters, result))
}

/// Checked exceptions as `Class[]`.
fn exception_types(thread: &mut JavaThread, method: MethodPtr) -> JResult<Obj> {
    let count = method.exceptions.len();
    let array = thread.allocate_reference_array(thread.known_class(KnownClass::Class), count)?;
    for index in 0..count {
        let class = link::resolve_class(thread, method.holder, method.exceptions[index])?;
        array_set_ref(thread, array, index, class.mirror());
    }
    Ok(array)
}

/// A generic signature as an interned string, null for none.
fn signature_string(thread: &mut JavaThread, class: ClassPtr, index: u16) -> JResult<Obj> {
    if index == 0 {
        return Ok(Obj::NULL);
    }
    thread.intern_mutf8(class.constants().utf8(index))
}

/// Final fields that reflection may never write: static ones, and those of records and hidden classes.
fn is_trusted_final(field: FieldPtr) -> bool {
    use peaberry_runtime::method_area::class::class_flags::{HIDDEN, RECORD};
    field.is_final() && (field.is_static() || field.holder.has_flag(HIDDEN) || field.holder.has_flag(RECORD))
}

/// A `java.lang.reflect.Field`.
pub fn new_field(thread: &mut JavaThread, field: FieldPtr) -> JResult<Obj> {
    let holder = field.holder;
    let slot = holder.fields.get().iter().position(|f| *f == field).unwrap_or_default();
    let object = new_known(thread, KnownClass::ReflectField)?;
    let name = thread.intern_mutf8(field.name.bytes())?;
    let field_type = type_mirror(thread, holder, field.descriptor.bytes())?;
    let signature = signature_string(thread, holder, field.signature)?;
    let annotations = bytes_or_null(thread, field.annotations)?;
    thread.set_known_ref(object, KnownField::FieldClazz, holder.mirror());
    thread.set_known(object, KnownField::FieldSlot, slot as i32);
    thread.set_known_ref(object, KnownField::FieldName, name);
    thread.set_known_ref(object, KnownField::FieldType, field_type);
    thread.set_known(
        object,
        KnownField::FieldModifiers,
        i32::from(field.access_flags) & FIELD_MODIFIERS,
    );
    thread.set_known(object, KnownField::FieldTrustedFinal, u8::from(is_trusted_final(field)));
    thread.set_known_ref(object, KnownField::FieldSignature, signature);
    thread.set_known_ref(object, KnownField::FieldAnnotations, annotations);
    Ok(object)
}

fn method_slot(method: MethodPtr) -> i32 {
    method
        .holder
        .methods
        .get()
        .iter()
        .position(|m| *m == method)
        .unwrap_or_default() as i32
}

/// A `java.lang.reflect.Method`.
pub fn new_method(thread: &mut JavaThread, method: MethodPtr) -> JResult<Obj> {
    let holder = method.holder;
    let object = new_known(thread, KnownClass::ReflectMethod)?;
    let name = thread.intern_mutf8(method.name.bytes())?;
    let (parameters, result) = method_types(thread, method)?;
    let exceptions = exception_types(thread, method)?;
    thread.set_known_ref(object, KnownField::MethodClazz, holder.mirror());
    thread.set_known(object, KnownField::MethodSlot, method_slot(method));
    thread.set_known_ref(object, KnownField::MethodName, name);
    thread.set_known_ref(object, KnownField::MethodReturnType, result);
    thread.set_known_ref(object, KnownField::MethodParameterTypes, parameters);
    thread.set_known_ref(object, KnownField::MethodExceptionTypes, exceptions);
    thread.set_known(
        object,
        KnownField::MethodModifiers,
        i32::from(method.access_flags) & METHOD_MODIFIERS,
    );
    let signature = signature_string(thread, holder, method.signature)?;
    thread.set_known_ref(object, KnownField::MethodSignature, signature);
    for (field, bytes) in [
        (KnownField::MethodAnnotations, method.annotations),
        (KnownField::MethodParameterAnnotations, method.parameter_annotations),
        (KnownField::MethodAnnotationDefault, method.annotation_default),
    ] {
        let array = bytes_or_null(thread, bytes)?;
        thread.set_known_ref(object, field, array);
    }
    Ok(object)
}

/// A `java.lang.reflect.Constructor`.
pub fn new_constructor(thread: &mut JavaThread, method: MethodPtr) -> JResult<Obj> {
    let holder = method.holder;
    let object = new_known(thread, KnownClass::ReflectConstructor)?;
    let (parameters, _) = method_types(thread, method)?;
    let exceptions = exception_types(thread, method)?;
    thread.set_known_ref(object, KnownField::ConstructorClazz, holder.mirror());
    thread.set_known(object, KnownField::ConstructorSlot, method_slot(method));
    thread.set_known_ref(object, KnownField::ConstructorParameterTypes, parameters);
    thread.set_known_ref(object, KnownField::ConstructorExceptionTypes, exceptions);
    thread.set_known(
        object,
        KnownField::ConstructorModifiers,
        i32::from(method.access_flags) & METHOD_MODIFIERS,
    );
    let signature = signature_string(thread, holder, method.signature)?;
    thread.set_known_ref(object, KnownField::ConstructorSignature, signature);
    for (field, bytes) in [
        (KnownField::ConstructorAnnotations, method.annotations),
        (
            KnownField::ConstructorParameterAnnotations,
            method.parameter_annotations,
        ),
    ] {
        let array = bytes_or_null(thread, bytes)?;
        thread.set_known_ref(object, field, array);
    }
    Ok(object)
}

/// A Method or Constructor object, whichever the method is.
pub fn new_executable(thread: &mut JavaThread, method: MethodPtr) -> JResult<Obj> {
    if method.is_constructor() {
        new_constructor(thread, method)
    } else {
        new_method(thread, method)
    }
}

/// The field behind a `java.lang.reflect.Field`.
pub fn field_of(thread: &JavaThread, object: Obj) -> Option<FieldPtr> {
    let class = class_of_mirror(thread.known_ref(object, KnownField::FieldClazz));
    let slot = thread.known::<i32>(object, KnownField::FieldSlot);
    class.fields.get().get(usize::try_from(slot).ok()?).copied()
}

/// The method behind a `java.lang.reflect.Method` or `Constructor`.
pub fn method_of(thread: &JavaThread, object: Obj) -> Option<MethodPtr> {
    let is_method = peaberry_runtime::object::class_of(object) == thread.known_class(KnownClass::ReflectMethod);
    let (clazz, slot) = if is_method {
        (KnownField::MethodClazz, KnownField::MethodSlot)
    } else {
        (KnownField::ConstructorClazz, KnownField::ConstructorSlot)
    };
    let class = class_of_mirror(thread.known_ref(object, clazz));
    let slot = thread.known::<i32>(object, slot);
    class.methods.get().get(usize::try_from(slot).ok()?).copied()
}

/// The `MethodType` of a method.
pub fn method_type(thread: &mut JavaThread, method: MethodPtr) -> JResult<Obj> {
    invoke::method_type_of(thread, method.holder, method.descriptor.bytes())
}

//! `java.lang.reflect.Executable` and `Field`.

use super::make;
use crate::support::{bytes_or_null, new_known};
use peaberry_runtime::known::{KnownClass, KnownField};
use peaberry_runtime::object::array_set_ref;
use peaberry_runtime::{JResult, JavaThread, Obj, natives};

natives! { pub NATIVES: "java/lang/reflect/Executable" {
    "getParameters0" "()[Ljava/lang/reflect/Parameter;" => parameters;
    "getTypeAnnotationBytes0" "()[B" => type_annotation_bytes;
} }

natives! { pub FIELD: "java/lang/reflect/Field" {
    "getTypeAnnotationBytes0" "()[B" => field_type_annotation_bytes;
} }

/// `Parameter[]` of a MethodParameters attribute; null when there is none.
fn parameters(thread: &mut JavaThread, this: Obj) -> JResult<Obj> {
    let Some(method) = make::method_of(thread, this).filter(|m| m.has_parameters) else {
        return Ok(Obj::NULL);
    };
    let rows: Vec<(u16, u16)> = method.parameters.iter().copied().collect();
    let constants = method.constants;
    for &(name, _) in &rows {
        if name != 0 && constants.tag(name) != 1 {
            let text = "Wrong type at constant pool index";
            return Err(thread.throw_new("java/lang/IllegalArgumentException", text));
        }
    }
    let array = thread.allocate_reference_array(thread.known_class(KnownClass::ReflectParameter), rows.len())?;
    for (index, (name, flags)) in rows.into_iter().enumerate() {
        let parameter = new_known(thread, KnownClass::ReflectParameter)?;
        array_set_ref(thread, array, index, parameter);
        if name != 0 {
            let name = thread.intern_mutf8(constants.utf8(name))?;
            thread.set_known_ref(parameter, KnownField::ParameterName, name);
        }
        thread.set_known(parameter, KnownField::ParameterModifiers, i32::from(flags));
        thread.set_known_ref(parameter, KnownField::ParameterExecutable, this);
        thread.set_known(parameter, KnownField::ParameterIndex, index as i32);
    }
    Ok(array)
}

fn type_annotation_bytes(thread: &mut JavaThread, this: Obj) -> JResult<Obj> {
    match make::method_of(thread, this) {
        Some(method) => bytes_or_null(thread, method.type_annotations),
        None => Ok(Obj::NULL),
    }
}

fn field_type_annotation_bytes(thread: &mut JavaThread, this: Obj) -> JResult<Obj> {
    match make::field_of(thread, this) {
        Some(field) => bytes_or_null(thread, field.type_annotations),
        None => Ok(Obj::NULL),
    }
}

//! What many natives share.

use peaberry_runtime::basic_type::BasicType;
use peaberry_runtime::known::KnownClass;
use peaberry_runtime::method_area::{ClassPtr, MetaSlice};
use peaberry_runtime::object::{array_set_ref, array_slice, class_of_mirror};
use peaberry_runtime::{JResult, JavaThread, Obj, link};

/// A static native without effect (`registerNatives`, `initIDs`).
pub fn nothing(_thread: &mut JavaThread) -> JResult<()> {
    Ok(())
}

/// NullPointerException if null.
pub fn not_null(thread: &mut JavaThread, object: Obj) -> JResult<Obj> {
    if object.is_null() {
        Err(thread.throw_null_pointer())
    } else {
        Ok(object)
    }
}

/// The class of a mirror; NullPointerException if null.
pub fn class_argument(thread: &mut JavaThread, mirror: Obj) -> JResult<ClassPtr> {
    Ok(class_of_mirror(not_null(thread, mirror)?))
}

/// The mirror of a class, or null.
pub fn mirror_or_null(class: Option<ClassPtr>) -> Obj {
    class.map_or(Obj::NULL, |class| class.mirror())
}

/// A `byte[]` with a copy of bytes of the method area; null for none.
pub fn bytes_or_null(thread: &mut JavaThread, bytes: MetaSlice<u8>) -> JResult<Obj> {
    if bytes.is_empty() {
        Ok(Obj::NULL)
    } else {
        new_byte_array(thread, &bytes)
    }
}

/// A `byte[]` with these bytes.
pub fn new_byte_array(thread: &mut JavaThread, bytes: &[u8]) -> JResult<Obj> {
    let array = thread.allocate_primitive_array(BasicType::Byte, bytes.len())?;
    // SAFETY: a fresh byte[] of that length, held by this frame.
    unsafe { array_slice::<u8>(array).copy_from_slice(bytes) };
    Ok(array)
}

/// A `Class[]` of these classes.
pub fn new_class_array(thread: &mut JavaThread, classes: &[ClassPtr]) -> JResult<Obj> {
    let array = thread.allocate_reference_array(thread.known_class(KnownClass::Class), classes.len())?;
    for (index, class) in classes.iter().enumerate() {
        array_set_ref(thread, array, index, class.mirror());
    }
    Ok(array)
}

/// A `String[]` of these texts, null where there is none.
pub fn new_string_array(thread: &mut JavaThread, texts: &[Option<String>]) -> JResult<Obj> {
    let array = thread.allocate_reference_array(thread.known_class(KnownClass::String), texts.len())?;
    for (index, text) in texts.iter().enumerate() {
        if let Some(text) = text {
            let string = thread.new_string(text)?;
            array_set_ref(thread, array, index, string);
        }
    }
    Ok(array)
}

/// Allocates an instance of a known class, initialized first.
pub fn new_known(thread: &mut JavaThread, class: KnownClass) -> JResult<Obj> {
    let class = thread.known_class(class);
    link::initialize_class(thread, class)?;
    thread.allocate_instance(class)
}

//! `java.lang.ProcessEnvironment`: the environment variables.

use crate::support::new_byte_array;
use peaberry_runtime::basic_type::BasicType;
use peaberry_runtime::object::array_set_ref;
use peaberry_runtime::{JResult, JavaThread, Obj, link, natives};
use std::os::unix::ffi::OsStrExt;

natives! { pub NATIVES: "java/lang/ProcessEnvironment" {
    "environ" "()[[B" => environ;
} }

/// `byte[][]`: names and values alternating.
fn environ(thread: &mut JavaThread) -> JResult<Obj> {
    let variables: Vec<_> = std::env::vars_os().collect();
    let bytes = thread.vm().known.primitive_array(BasicType::Byte);
    link::array_class_of(thread, bytes)?;
    let array = thread.allocate_reference_array(bytes, variables.len() * 2)?;
    for (index, (name, value)) in variables.iter().enumerate() {
        let name = new_byte_array(thread, name.as_bytes())?;
        array_set_ref(thread, array, 2 * index, name);
        let value = new_byte_array(thread, value.as_bytes())?;
        array_set_ref(thread, array, 2 * index + 1, value);
    }
    Ok(array)
}

//! `java.io.FileOutputStream`.

use super::file_descriptor::number;
use crate::support::{not_null, nothing};
use peaberry_runtime::object::{array_length, array_slice, class_of, get_ref};
use peaberry_runtime::{JResult, JavaThread, Obj, natives};
use peaberry_sys::file;

natives! { pub NATIVES: "java/io/FileOutputStream" {
    "initIDs" "()V" => nothing;
    "write" "(IZ)V" [blocks] => write;
    "writeBytes" "([BIIZ)V" [blocks] => write_bytes;
} }

/// The `FileDescriptor` of a stream.
pub fn descriptor_of(stream: Obj) -> Obj {
    let mut class = Some(class_of(stream));
    while let Some(current) = class {
        let fields = current.fields.get();
        if let Some(field) = fields.iter().find(|f| !f.is_static() && f.name.bytes() == b"fd") {
            return get_ref(stream, field.offset.get() as usize);
        }
        class = current.super_class.get();
    }
    Obj::NULL
}

fn put(thread: &mut JavaThread, stream: Obj, bytes: &[u8]) -> JResult<()> {
    let descriptor = descriptor_of(stream);
    let descriptor = if descriptor.is_null() { -1 } else { number(descriptor) };
    let sink = match descriptor {
        1 => thread.vm().options.stdout.as_ref(),
        2 => thread.vm().options.stderr.as_ref(),
        _ => None,
    };
    if let Some(sink) = sink {
        thread.blocking(|| sink(bytes));
        return Ok(());
    }
    if descriptor < 0 {
        return Err(thread.throw_new("java/io/IOException", "Stream Closed"));
    }
    match thread.blocking(|| file::write_all(descriptor, bytes)) {
        Ok(()) => Ok(()),
        Err(error) => Err(thread.throw_new("java/io/IOException", &error.to_string())),
    }
}

fn write(thread: &mut JavaThread, this: Obj, byte: i32, _append: bool) -> JResult<()> {
    put(thread, this, &[byte as u8])
}

fn write_bytes(
    thread: &mut JavaThread,
    this: Obj,
    bytes: Obj,
    offset: i32,
    length: i32,
    _append: bool,
) -> JResult<()> {
    let bytes = not_null(thread, bytes)?;
    if offset < 0 || length < 0 || i64::from(offset) + i64::from(length) > array_length(bytes) as i64 {
        return Err(thread.throw_plain("java/lang/IndexOutOfBoundsException"));
    }
    // SAFETY: the range was checked; copied, as the array may move while the thread blocks.
    let copy = unsafe { array_slice::<u8>(bytes)[offset as usize..(offset + length) as usize].to_vec() };
    put(thread, this, &copy)
}

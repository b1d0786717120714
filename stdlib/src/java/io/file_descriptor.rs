//! `java.io.FileDescriptor`.

use crate::support::nothing;
use peaberry_runtime::object::{class_of, get, set};
use peaberry_runtime::{JResult, JavaThread, Obj, natives};
use peaberry_sys::file;

natives! { pub NATIVES: "java/io/FileDescriptor" {
    "initIDs" "()V" => nothing;
    "getHandle" "(I)J" => get_handle;
    "getAppend" "(I)Z" => get_append;
    "close0" "()V" [blocks] => close;
} }

fn number_offset(descriptor: Obj) -> Option<usize> {
    let fields = class_of(descriptor).fields.get();
    fields.iter().find(|f| !f.is_static() && f.name.bytes() == b"fd").map(|f| f.offset.get() as usize)
}

/// The number in a `FileDescriptor`, -1 when it is closed.
pub fn number(descriptor: Obj) -> i32 {
    number_offset(descriptor).map_or(-1, |offset| get(descriptor, offset))
}

fn get_handle(_: &mut JavaThread, _: i32) -> JResult<i64> {
    Ok(-1)
}

fn get_append(_: &mut JavaThread, descriptor: i32) -> JResult<bool> {
    Ok(file::status_flags(descriptor).is_ok_and(|flags| flags & libc::O_APPEND != 0))
}

fn close(thread: &mut JavaThread, this: Obj) -> JResult<()> {
    let descriptor = number(this);
    if descriptor < 0 {
        return Ok(());
    }
    if let Some(offset) = number_offset(this) {
        set(this, offset, -1i32);
    }
    if descriptor > 2 && thread.blocking(|| file::close(descriptor)).is_err() {
        return Err(thread.throw_new("java/io/IOException", "close failed"));
    }
    Ok(())
}

//! `java.io.UnixFileSystem`.

use crate::support::{not_null, nothing};
use peaberry_runtime::object::{class_of, get_ref};
use peaberry_runtime::{JResult, JavaThread, Obj, natives, strings};
use peaberry_sys::file;
use std::ffi::CString;

natives! { pub NATIVES: "java/io/UnixFileSystem" {
    "initIDs" "()V" => nothing;
    "getBooleanAttributes0" "(Ljava/io/File;)I" [blocks] => boolean_attributes;
    "canonicalize0" "(Ljava/lang/String;)Ljava/lang/String;" [blocks] => canonicalize;
} }

fn path_of(thread: &JavaThread, file: Obj) -> Option<CString> {
    let fields = class_of(file).fields.get();
    let field = fields.iter().find(|f| !f.is_static() && f.name.bytes() == b"path")?;
    let path = get_ref(file, field.offset.get() as usize);
    CString::new(strings::to_rust(thread, path)).ok()
}

fn boolean_attributes(thread: &mut JavaThread, _: Obj, file: Obj) -> JResult<i32> {
    let file = not_null(thread, file)?;
    let Some(path) = path_of(thread, file) else { return Ok(0) };
    let Ok(status) = thread.blocking(|| file::status_of(&path)) else { return Ok(0) };
    let kind = match status.st_mode & libc::S_IFMT {
        libc::S_IFREG => 2,
        libc::S_IFDIR => 4,
        _ => 0,
    };
    Ok(1 | kind)
}

fn canonicalize(thread: &mut JavaThread, _: Obj, path: Obj) -> JResult<Obj> {
    let path = not_null(thread, path)?;
    let text = strings::to_rust(thread, path);
    let Ok(name) = CString::new(text) else { return Ok(path) };
    match thread.blocking(|| file::real_path(&name)) {
        Ok(real) => thread.new_string(&String::from_utf8_lossy(&real)),
        Err(_) => Ok(path),
    }
}

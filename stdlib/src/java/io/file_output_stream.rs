//! `java.io.FileOutputStream`.

use super::stream_io;
use crate::support::nothing;
use peaberry_runtime::{JResult, JavaThread, Obj, natives};

natives! { pub NATIVES: "java/io/FileOutputStream" {
    "initIDs" "()V" => nothing;
    "open0" "(Ljava/lang/String;Z)V" [blocks] => open;
    "write" "(IZ)V" [blocks] => write;
    "writeBytes" "([BIIZ)V" [blocks] => write_bytes;
} }

fn open(thread: &mut JavaThread, this: Obj, path: Obj, append: bool) -> JResult<()> {
    let how = if append { libc::O_APPEND } else { libc::O_TRUNC };
    stream_io::open(thread, this, path, libc::O_WRONLY | libc::O_CREAT | how)
}

fn write(thread: &mut JavaThread, this: Obj, byte: i32, _append: bool) -> JResult<()> {
    stream_io::write(thread, this, byte)
}

fn write_bytes(thread: &mut JavaThread, this: Obj, bytes: Obj, offset: i32, length: i32, _append: bool) -> JResult<()> {
    stream_io::write_bytes(thread, this, bytes, offset, length)
}

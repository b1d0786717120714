//! `java.io.FileInputStream`.

use super::file_descriptor::number;
use super::stream_io;
use crate::io_support::throw_io;
use crate::support::{not_null, nothing};
use peaberry_runtime::{JResult, JavaThread, Obj, natives};
use peaberry_sys::file;

natives! { pub NATIVES: "java/io/FileInputStream" {
    "initIDs" "()V" => nothing;
    "open0" "(Ljava/lang/String;)V" [blocks] => open;
    "read0" "()I" [blocks] => stream_io::read;
    "readBytes" "([BII)I" [blocks] => stream_io::read_bytes;
    "length0" "()J" => stream_io::length;
    "position0" "()J" => stream_io::position;
    "skip0" "(J)J" => skip;
    "available0" "()I" [blocks] => available;
    "isRegularFile0" "(Ljava/io/FileDescriptor;)Z" [since 21] => is_regular_file;
} }

fn open(thread: &mut JavaThread, this: Obj, path: Obj) -> JResult<()> {
    stream_io::open(thread, this, path, libc::O_RDONLY)
}

fn skip(thread: &mut JavaThread, this: Obj, count: i64) -> JResult<i64> {
    let descriptor = stream_io::open_number(thread, this)?;
    let skipped = file::seek(descriptor, 0, libc::SEEK_CUR)
        .and_then(|before| Ok(file::seek(descriptor, count, libc::SEEK_CUR)? - before));
    skipped.map_err(|error| throw_io(thread, error))
}

fn available(thread: &mut JavaThread, this: Obj) -> JResult<i32> {
    let descriptor = stream_io::open_number(thread, this)?;
    match thread.blocking(|| file::available(descriptor)) {
        Ok(count) => Ok(count.clamp(0, i64::from(i32::MAX)) as i32),
        Err(error) => Err(throw_io(thread, error)),
    }
}

fn is_regular_file(thread: &mut JavaThread, _: Obj, descriptor: Obj) -> JResult<bool> {
    let number = number(not_null(thread, descriptor)?);
    match file::status_of_open(number) {
        Ok(status) => Ok(status.st_mode & libc::S_IFMT == libc::S_IFREG),
        Err(error) => Err(throw_io(thread, error)),
    }
}

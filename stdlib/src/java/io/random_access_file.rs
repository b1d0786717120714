//! `java.io.RandomAccessFile`.

use super::stream_io;
use crate::io_support::{throw_io, throw_io_text};
use crate::support::nothing;
use peaberry_runtime::{JResult, JavaThread, Obj, natives};
use peaberry_sys::file;

natives! { pub NATIVES: "java/io/RandomAccessFile" {
    "initIDs" "()V" => nothing;
    "open0" "(Ljava/lang/String;I)V" [blocks] => open;
    "read0" "()I" [blocks] => stream_io::read;
    "readBytes" "([BII)I" [until 18] [blocks] => stream_io::read_bytes;
    "readBytes0" "([BII)I" [since 19] [blocks] => stream_io::read_bytes;
    "write0" "(I)V" [blocks] => stream_io::write;
    "writeBytes" "([BII)V" [until 18] [blocks] => stream_io::write_bytes;
    "writeBytes0" "([BII)V" [since 19] [blocks] => stream_io::write_bytes;
    "getFilePointer" "()J" => stream_io::position;
    "seek0" "(J)V" => seek;
    "length" "()J" [until 18] => stream_io::length;
    "length0" "()J" [since 19] => stream_io::length;
    "setLength" "(J)V" [until 18] [blocks] => set_length;
    "setLength0" "(J)V" [since 19] [blocks] => set_length;
} }

/// Bits of the class's `open0` mode.
const READ_ONLY: i32 = 1;
const READ_WRITE: i32 = 2;
const SYNC: i32 = 4;
const DATA_SYNC: i32 = 8;

fn open(thread: &mut JavaThread, this: Obj, path: Obj, mode: i32) -> JResult<()> {
    let mut flags = 0;
    if mode & READ_ONLY != 0 {
        flags = libc::O_RDONLY;
    } else if mode & READ_WRITE != 0 {
        flags = libc::O_RDWR | libc::O_CREAT;
        if mode & SYNC != 0 {
            flags |= libc::O_SYNC;
        } else if mode & DATA_SYNC != 0 {
            flags |= libc::O_DSYNC;
        }
    }
    stream_io::open(thread, this, path, flags)
}

fn seek(thread: &mut JavaThread, this: Obj, position: i64) -> JResult<()> {
    let descriptor = stream_io::open_number(thread, this)?;
    if position < 0 {
        return Err(throw_io_text(thread, "Negative seek offset"));
    }
    match file::seek(descriptor, position, libc::SEEK_SET) {
        Ok(_) => Ok(()),
        Err(error) => Err(throw_io(thread, error)),
    }
}

/// The position stays, or becomes the new end where it lies behind that.
fn set_length(thread: &mut JavaThread, this: Obj, length: i64) -> JResult<()> {
    let descriptor = stream_io::open_number(thread, this)?;
    let result = thread.blocking(|| {
        let position = file::seek(descriptor, 0, libc::SEEK_CUR)?;
        file::truncate(descriptor, length)?;
        if position > length {
            file::seek(descriptor, 0, libc::SEEK_END)
        } else {
            file::seek(descriptor, position, libc::SEEK_SET)
        }
    });
    result.map(drop).map_err(|error| throw_io(thread, error))
}

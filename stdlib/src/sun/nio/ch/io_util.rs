//! `sun.nio.ch.IOUtil` and `sun.nio.ch.FileKey`.

use super::{io_status, write_status};
use crate::io_support::{set_field, throw_io};
use crate::java::io::file_descriptor::number_of;
use crate::support::{not_null, nothing};
use peaberry_runtime::object::{array_length, array_slice};
use peaberry_runtime::{JResult, JavaThread, Obj, natives};
use peaberry_sys::errno::{Errno, SysResult};
use peaberry_sys::file::{self, FileStatus};

natives! { pub NATIVES: "sun/nio/ch/IOUtil" {
    "initIDs" "()V" => nothing;
    "randomBytes" "([B)Z" => random_bytes;
    "makePipe" "(Z)J" => make_pipe;
    "write1" "(IB)I" [blocks] => write_byte;
    "drain" "(I)Z" [blocks] => drain;
    "drain1" "(I)I" [blocks] => drain_byte;
    "configureBlocking" "(Ljava/io/FileDescriptor;Z)V" => configure_blocking;
    "fdVal" "(Ljava/io/FileDescriptor;)I" => number_of;
    "setfdVal" "(Ljava/io/FileDescriptor;I)V" => set_number;
    "fdLimit" "()I" => descriptor_limit;
    "iovMax" "()I" => vector_limit;
    "writevMax" "()J" [since 18] => |_: &mut JavaThread| Ok(i64::MAX);
} }
natives! { pub FILE_KEY: "sun/nio/ch/FileKey" {
    "initIDs" "()V" [until 20] => nothing;
    "init" "(Ljava/io/FileDescriptor;)V" [until 20] => init_key;
    "init" "(Ljava/io/FileDescriptor;[J)V" [since 21] => fill_key;
} }

fn random_bytes(thread: &mut JavaThread, _bytes: Obj) -> JResult<bool> {
    Err(thread.throw_plain("java/lang/UnsupportedOperationException"))
}

fn make_pipe(thread: &mut JavaThread, blocking: bool) -> JResult<i64> {
    let made = file::pipe().and_then(|(read, write)| {
        if !blocking {
            file::set_blocking(read, false)?;
            file::set_blocking(write, false)?;
        }
        Ok((read, write))
    });
    match made {
        Ok((read, write)) => Ok(i64::from(read) << 32 | i64::from(write)),
        Err(error) => Err(throw_io(thread, error)),
    }
}

fn write_byte(thread: &mut JavaThread, descriptor: i32, byte: i8) -> JResult<i32> {
    let byte = byte as u8;
    // SAFETY: one byte of this frame.
    let result = thread.blocking(|| unsafe { file::write_raw(descriptor, &byte, 1) });
    write_status(thread, result).map(|count| count as i32)
}

fn drain(thread: &mut JavaThread, descriptor: i32) -> JResult<bool> {
    let mut buffer = [0u8; 128];
    let mut any = false;
    loop {
        // SAFETY: the buffer is as long as told.
        match thread.blocking(|| unsafe { file::read_raw(descriptor, buffer.as_mut_ptr(), buffer.len()) }) {
            Ok(count) => {
                any |= count > 0;
                if count < buffer.len() {
                    return Ok(any);
                }
            }
            Err(error) if error.would_block() => return Ok(any),
            Err(error) => return Err(throw_io(thread, error)),
        }
    }
}

fn drain_byte(thread: &mut JavaThread, descriptor: i32) -> JResult<i32> {
    let mut byte = 0u8;
    // SAFETY: one byte of this frame.
    match thread.blocking(|| unsafe { file::read_raw(descriptor, &mut byte, 1) }) {
        Ok(count) => Ok(count as i32),
        Err(error) if error.would_block() => Ok(0),
        Err(Errno(libc::EINTR)) => Ok(io_status::INTERRUPTED),
        Err(error) => Err(throw_io(thread, error)),
    }
}

fn configure_blocking(thread: &mut JavaThread, descriptor: Obj, blocking: bool) -> JResult<()> {
    let number = number_of(thread, descriptor)?;
    file::set_blocking(number, blocking).map_err(|error| throw_io(thread, error))
}

fn set_number(thread: &mut JavaThread, descriptor: Obj, number: i32) -> JResult<()> {
    set_field(not_null(thread, descriptor)?, "fd", number);
    Ok(())
}

fn descriptor_limit(_: &mut JavaThread) -> JResult<i32> {
    Ok(i32::try_from(file::limits().0).unwrap_or(i32::MAX))
}

fn vector_limit(_: &mut JavaThread) -> JResult<i32> {
    Ok(i32::try_from(file::limits().1).unwrap_or(i32::MAX))
}

fn key_status(thread: &mut JavaThread, descriptor: Obj) -> JResult<FileStatus> {
    let number = number_of(thread, descriptor)?;
    let status: SysResult<FileStatus> = file::status_of_open(number);
    status.map_err(|error| throw_io(thread, error))
}

fn init_key(thread: &mut JavaThread, this: Obj, descriptor: Obj) -> JResult<()> {
    let status = key_status(thread, descriptor)?;
    set_field(this, "st_dev", status.st_dev as i64);
    set_field(this, "st_ino", status.st_ino as i64);
    Ok(())
}

fn fill_key(thread: &mut JavaThread, descriptor: Obj, key: Obj) -> JResult<()> {
    let status = key_status(thread, descriptor)?;
    let key = not_null(thread, key)?;
    if array_length(key) < 2 {
        return Err(thread.throw_plain("java/lang/ArrayIndexOutOfBoundsException"));
    }
    // SAFETY: a long[] of two elements or more, held by this frame.
    unsafe { array_slice::<i64>(key)[..2].copy_from_slice(&[status.st_dev as i64, status.st_ino as i64]) };
    Ok(())
}

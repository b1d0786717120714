//! `java.io.FileDescriptor`.

use crate::io_support::{field, set_field, throw_io};
use crate::support::{not_null, nothing};
use peaberry_runtime::object::get;
use peaberry_runtime::{JResult, JavaThread, Obj, natives};
use peaberry_sys::errno::SysResult;
use peaberry_sys::file;

natives! { pub NATIVES: "java/io/FileDescriptor" {
    "initIDs" "()V" => nothing;
    "getHandle" "(I)J" => get_handle;
    "getAppend" "(I)Z" => get_append;
    "close0" "()V" [blocks] => close;
    "sync" "()V" [until 18] [blocks] => sync;
    "sync0" "()V" [since 19] [blocks] => sync;
} }

/// The number in a `FileDescriptor`, -1 when it is closed.
pub fn number(descriptor: Obj) -> i32 {
    field(descriptor, "fd").map_or(-1, |field| get(descriptor, field.offset.get() as usize))
}

/// The same of an argument; NullPointerException if null.
pub fn number_of(thread: &mut JavaThread, descriptor: Obj) -> JResult<i32> {
    Ok(number(not_null(thread, descriptor)?))
}

/// Closes; a standard stream's number keeps being in use, so that no other file gets it.
pub fn close_number(descriptor: i32) -> SysResult<()> {
    if descriptor > 2 {
        return file::close(descriptor);
    }
    let null = file::open(c"/dev/null", libc::O_WRONLY, 0)?;
    let result = file::duplicate_to(null, descriptor);
    file::close(null)?;
    result.map(drop)
}

fn get_handle(_: &mut JavaThread, _: i32) -> JResult<i64> {
    Ok(-1)
}

fn get_append(_: &mut JavaThread, descriptor: i32) -> JResult<bool> {
    Ok(file::status_flags(descriptor).is_ok_and(|flags| flags & libc::O_APPEND != 0))
}

/// A standard stream of an embedding VM is not the process's: closing it closes nothing.
fn is_redirected(thread: &JavaThread, descriptor: i32) -> bool {
    let options = &thread.vm().options;
    match descriptor {
        0 => options.stdin.is_some(),
        1 => options.stdout.is_some(),
        2 => options.stderr.is_some(),
        _ => false,
    }
}

fn close(thread: &mut JavaThread, this: Obj) -> JResult<()> {
    let descriptor = number(this);
    if descriptor < 0 {
        return Ok(());
    }
    set_field(this, "fd", -1i32);
    if is_redirected(thread, descriptor) {
        return Ok(());
    }
    thread
        .blocking(|| close_number(descriptor))
        .map_err(|error| throw_io(thread, error))
}

fn sync(thread: &mut JavaThread, this: Obj) -> JResult<()> {
    let descriptor = number(this);
    match thread.blocking(|| file::sync(descriptor)) {
        Ok(_) => Ok(()),
        Err(_) => Err(thread.throw_new("java/io/SyncFailedException", "sync failed")),
    }
}

//! `sun.nio.ch.FileDispatcherImpl` (17), `UnixFileDispatcherImpl` and `UnixDispatcher` (later).

use super::{interruptible, read_status, write_status};
use crate::io_support::throw_io;
use crate::java::io::file_descriptor::number_of;
use crate::java::io::stream_io;
use crate::support::nothing;
use peaberry_runtime::{JResult, JavaThread, Obj, natives};
use peaberry_sys::errno::{Errno, SysResult};
use peaberry_sys::file::{self, IoVector};
use peaberry_sys::socket;

natives! { pub FILE_DISPATCHER: "sun/nio/ch/FileDispatcherImpl" {
    "init" "()V" [until 18] => nothing;
    "init0" "()V" [since 19] => nothing;
    "read0" "(Ljava/io/FileDescriptor;JI)I" [until 19] [blocks] => read;
    "pread0" "(Ljava/io/FileDescriptor;JIJ)I" [until 19] [blocks] => read_at;
    "readv0" "(Ljava/io/FileDescriptor;JI)J" [until 19] [blocks] => read_vectors;
    "write0" "(Ljava/io/FileDescriptor;JI)I" [until 19] [blocks] => write;
    "pwrite0" "(Ljava/io/FileDescriptor;JIJ)I" [until 19] [blocks] => write_at;
    "writev0" "(Ljava/io/FileDescriptor;JI)J" [until 19] [blocks] => write_vectors;
    "force0" "(Ljava/io/FileDescriptor;Z)I" [until 19] [blocks] => force;
    "seek0" "(Ljava/io/FileDescriptor;J)J" [until 19] => seek;
    "truncate0" "(Ljava/io/FileDescriptor;J)I" [until 19] [blocks] => truncate;
    "size0" "(Ljava/io/FileDescriptor;)J" [until 19] [blocks] => size;
    "lock0" "(Ljava/io/FileDescriptor;ZJJZ)I" [until 19] [blocks] => lock;
    "release0" "(Ljava/io/FileDescriptor;JJ)V" [until 19] [blocks] => release;
    "close0" "(Ljava/io/FileDescriptor;)V" [until 19] [blocks] => close;
    "preClose0" "(Ljava/io/FileDescriptor;)V" [until 19] => pre_close;
    "dup0" "(Ljava/io/FileDescriptor;Ljava/io/FileDescriptor;)V" [until 19] => dup;
    "closeIntFD" "(I)V" [until 19] [blocks] => close_number;
    "canTransferToFromOverlappedMap0" "()Z" [until 19] => |_: &mut JavaThread| Ok(true);
    "setDirect0" "(Ljava/io/FileDescriptor;)I" [until 19] => set_direct;
    "transferTo0" "(Ljava/io/FileDescriptor;JJLjava/io/FileDescriptor;Z)J" [since 20] [blocks] => super::file_channel::transfer_to;
    "transferFrom0" "(Ljava/io/FileDescriptor;Ljava/io/FileDescriptor;JJZ)J" [since 20] [blocks] => super::file_channel::transfer_from;
} }
natives! { pub UNIX_FILE_DISPATCHER: "sun/nio/ch/UnixFileDispatcherImpl" {
    "read0" "(Ljava/io/FileDescriptor;JI)I" [since 20] [blocks] => read;
    "pread0" "(Ljava/io/FileDescriptor;JIJ)I" [since 20] [blocks] => read_at;
    "readv0" "(Ljava/io/FileDescriptor;JI)J" [since 20] [blocks] => read_vectors;
    "write0" "(Ljava/io/FileDescriptor;JI)I" [since 20] [blocks] => write;
    "pwrite0" "(Ljava/io/FileDescriptor;JIJ)I" [since 20] [blocks] => write_at;
    "writev0" "(Ljava/io/FileDescriptor;JI)J" [since 20] [blocks] => write_vectors;
    "force0" "(Ljava/io/FileDescriptor;Z)I" [since 20] [blocks] => force;
    "seek0" "(Ljava/io/FileDescriptor;J)J" [since 20] => seek;
    "truncate0" "(Ljava/io/FileDescriptor;J)I" [since 20] [blocks] => truncate;
    "size0" "(Ljava/io/FileDescriptor;)J" [since 20] [blocks] => size;
    "available0" "(Ljava/io/FileDescriptor;)I" [since 21] [blocks] => available;
    "isOther0" "(Ljava/io/FileDescriptor;)Z" [since 21] => is_other;
    "lock0" "(Ljava/io/FileDescriptor;ZJJZ)I" [since 20] [blocks] => lock;
    "release0" "(Ljava/io/FileDescriptor;JJ)V" [since 20] [blocks] => release;
    "closeIntFD" "(I)V" [since 20] [blocks] => close_number;
    "allocationGranularity0" "()J" [since 20] => |_: &mut JavaThread| Ok(file::page_size() as i64);
    "map0" "(Ljava/io/FileDescriptor;IJJZ)J" [since 20] [blocks] => super::file_channel::map;
    "unmap0" "(JJ)I" [since 20] [blocks] => super::file_channel::unmap;
    "setDirect0" "(Ljava/io/FileDescriptor;)I" [since 20] => set_direct;
} }
natives! { pub UNIX_DISPATCHER: "sun/nio/ch/UnixDispatcher" {
    "init" "()V" [since 20] => nothing;
    "close0" "(Ljava/io/FileDescriptor;)V" [since 20] [blocks] => close;
    "preClose0" "(Ljava/io/FileDescriptor;)V" [since 20] => pre_close;
} }

/// `FileDispatcher`'s answers of a lock.
const NO_LOCK: i32 = -1;
const LOCKED: i32 = 0;
const LOCK_INTERRUPTED: i32 = 2;

/// Is this one of the streams an embedding supplies?
fn is_redirected(thread: &JavaThread, descriptor: i32) -> bool {
    let options = &thread.vm().options;
    match descriptor {
        0 => options.stdin.is_some(),
        1 => options.stdout.is_some(),
        2 => options.stderr.is_some(),
        _ => false,
    }
}

/// Reads into a buffer of the class library.
pub fn read(thread: &mut JavaThread, descriptor: Obj, address: i64, length: i32) -> JResult<i32> {
    let number = number_of(thread, descriptor)?;
    let (buffer, length) = (address as *mut u8, length.max(0) as usize);
    let result = if is_redirected(thread, number) {
        // SAFETY: the class library passes a native buffer that it keeps.
        unsafe { stream_io::read_descriptor(thread, Obj::NULL, number, buffer, length) }
    } else {
        // SAFETY: as above.
        thread.blocking(|| unsafe { file::read_raw(number, buffer, length) })
    };
    read_status(thread, result).map(|count| count as i32)
}

fn read_at(thread: &mut JavaThread, descriptor: Obj, address: i64, length: i32, offset: i64) -> JResult<i32> {
    let number = number_of(thread, descriptor)?;
    let (buffer, length) = (address as *mut u8, length.max(0) as usize);
    // SAFETY: the class library passes a native buffer that it keeps.
    let result = thread.blocking(|| unsafe { file::read_at_raw(number, buffer, length, offset) });
    read_status(thread, result).map(|count| count as i32)
}

/// Reads into several buffers of the class library.
pub fn read_vectors(thread: &mut JavaThread, descriptor: Obj, address: i64, count: i32) -> JResult<i64> {
    let number = number_of(thread, descriptor)?;
    // SAFETY: the class library passes an array of vectors of native buffers that it keeps.
    let result = thread.blocking(|| unsafe { file::read_vectors_raw(number, address as *const IoVector, count) });
    read_status(thread, result)
}

/// Writes a buffer of the class library.
pub fn write(thread: &mut JavaThread, descriptor: Obj, address: i64, length: i32) -> JResult<i32> {
    let number = number_of(thread, descriptor)?;
    let (buffer, length) = (address as *const u8, length.max(0) as usize);
    let result = if is_redirected(thread, number) {
        // SAFETY: the class library passes a native buffer that it keeps.
        unsafe { stream_io::write_descriptor(thread, Obj::NULL, number, buffer, length) }.map(|()| length)
    } else {
        // SAFETY: as above.
        thread.blocking(|| unsafe { file::write_raw(number, buffer, length) })
    };
    write_status(thread, result).map(|count| count as i32)
}

fn write_at(thread: &mut JavaThread, descriptor: Obj, address: i64, length: i32, offset: i64) -> JResult<i32> {
    let number = number_of(thread, descriptor)?;
    let (buffer, length) = (address as *const u8, length.max(0) as usize);
    // SAFETY: the class library passes a native buffer that it keeps.
    let result = thread.blocking(|| unsafe { file::write_at_raw(number, buffer, length, offset) });
    write_status(thread, result).map(|count| count as i32)
}

/// Writes several buffers of the class library.
pub fn write_vectors(thread: &mut JavaThread, descriptor: Obj, address: i64, count: i32) -> JResult<i64> {
    let number = number_of(thread, descriptor)?;
    let vectors = address as *const IoVector;
    if is_redirected(thread, number) && count > 0 {
        // The first one is enough: the class library goes on with the rest.
        // SAFETY: the class library passes `count` vectors of native buffers that it keeps.
        let first = unsafe { vectors.read() };
        return write(thread, descriptor, first.iov_base as i64, first.iov_len as i32).map(i64::from);
    }
    // SAFETY: as above.
    let result = thread.blocking(|| unsafe { file::write_vectors_raw(number, vectors, count) });
    write_status(thread, result)
}

fn force(thread: &mut JavaThread, descriptor: Obj, metadata: bool) -> JResult<i32> {
    let number = number_of(thread, descriptor)?;
    let result = thread.blocking(|| {
        if metadata {
            file::sync(number)
        } else {
            file::sync_data(number)
        }
    });
    interruptible(thread, result).map(|value| value as i32)
}

fn seek(thread: &mut JavaThread, descriptor: Obj, offset: i64) -> JResult<i64> {
    let number = number_of(thread, descriptor)?;
    let result = if offset < 0 {
        file::seek(number, 0, libc::SEEK_CUR)
    } else {
        file::seek(number, offset, libc::SEEK_SET)
    };
    interruptible(thread, result)
}

fn truncate(thread: &mut JavaThread, descriptor: Obj, length: i64) -> JResult<i32> {
    let number = number_of(thread, descriptor)?;
    let result = thread.blocking(|| file::truncate(number, length));
    interruptible(thread, result).map(|value| value as i32)
}

fn size(thread: &mut JavaThread, descriptor: Obj) -> JResult<i64> {
    let number = number_of(thread, descriptor)?;
    let result = thread.blocking(|| stream_io::length_of(number));
    interruptible(thread, result)
}

fn available(thread: &mut JavaThread, descriptor: Obj) -> JResult<i32> {
    let number = number_of(thread, descriptor)?;
    let result = thread.blocking(|| file::available(number));
    Ok(interruptible(thread, result)?.min(i64::from(i32::MAX)) as i32)
}

fn is_other(thread: &mut JavaThread, descriptor: Obj) -> JResult<bool> {
    let number = number_of(thread, descriptor)?;
    match file::status_of_open(number) {
        Ok(status) => Ok(!matches!(
            status.st_mode & libc::S_IFMT,
            libc::S_IFREG | libc::S_IFDIR | libc::S_IFLNK
        )),
        Err(error) => Err(throw_io(thread, error)),
    }
}

fn lock(
    thread: &mut JavaThread,
    descriptor: Obj,
    wait: bool,
    position: i64,
    length: i64,
    shared: bool,
) -> JResult<i32> {
    let number = number_of(thread, descriptor)?;
    let kind = if shared { libc::F_RDLCK } else { libc::F_WRLCK };
    match thread.blocking(|| file::lock(number, kind, position, length, wait)) {
        Ok(_) => Ok(LOCKED),
        Err(Errno(libc::EAGAIN | libc::EACCES)) if !wait => Ok(NO_LOCK),
        Err(Errno(libc::EINTR)) => Ok(LOCK_INTERRUPTED),
        Err(error) => Err(throw_io(thread, error)),
    }
}

fn release(thread: &mut JavaThread, descriptor: Obj, position: i64, length: i64) -> JResult<()> {
    let number = number_of(thread, descriptor)?;
    let result = thread.blocking(|| file::lock(number, libc::F_UNLCK, position, length, true));
    result.map(drop).map_err(|error| throw_io(thread, error))
}

fn close_number(thread: &mut JavaThread, number: i32) -> JResult<()> {
    if number < 0 {
        return Ok(());
    }
    thread
        .blocking(|| file::close(number))
        .map_err(|error| throw_io(thread, error))
}

fn close(thread: &mut JavaThread, descriptor: Obj) -> JResult<()> {
    let number = number_of(thread, descriptor)?;
    close_number(thread, number)
}

/// Puts one end of a pair whose other end is closed in the place of a descriptor: who reads it sees the end, who writes
/// it an error, and nobody else gets the number until it is closed.
fn replace_with_closed(number: i32) -> SysResult<()> {
    let (kept, closed) = socket::socket_pair(libc::AF_UNIX, libc::SOCK_STREAM)?;
    file::close(closed)?;
    let result = file::duplicate_to(kept, number);
    file::close(kept)?;
    result.map(drop)
}

fn pre_close(thread: &mut JavaThread, descriptor: Obj) -> JResult<()> {
    let number = number_of(thread, descriptor)?;
    if number < 0 {
        return Ok(());
    }
    replace_with_closed(number).map_err(|error| throw_io(thread, error))
}

/// Makes the second descriptor one of the first's file.
pub fn dup(thread: &mut JavaThread, from: Obj, to: Obj) -> JResult<()> {
    let (from, to) = (number_of(thread, from)?, number_of(thread, to)?);
    file::duplicate_to(from, to)
        .map(drop)
        .map_err(|error| throw_io(thread, error))
}

/// Switches to unbuffered access; answers the alignment it needs.
fn set_direct(thread: &mut JavaThread, descriptor: Obj) -> JResult<i32> {
    let number = number_of(thread, descriptor)?;
    let result = file::status_flags(number)
        .and_then(|flags| file::set_status_flags(number, flags | libc::O_DIRECT))
        .and_then(|_| file::file_system_of_open(number));
    match result {
        Ok(status) => Ok(status.f_frsize as i32),
        Err(error) => Err(throw_io(thread, error)),
    }
}

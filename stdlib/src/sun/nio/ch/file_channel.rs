//! `sun.nio.ch.FileChannelImpl` and `java.nio.MappedMemoryUtils`: maps and transfers.

use super::{interruptible, io_status};
use crate::io_support::{get_ref_field, throw_io};
use crate::java::io::file_descriptor::number_of;
use crate::support::nothing;
use peaberry_runtime::{JResult, JavaThread, Obj, natives};
use peaberry_sys::errno::{Errno, SysResult};
use peaberry_sys::{file, mapping};

natives! { pub NATIVES: "sun/nio/ch/FileChannelImpl" {
    "initIDs" "()J" [until 19] => |_: &mut JavaThread| Ok(file::page_size() as i64);
    "map0" "(IJJZ)J" [until 19] [blocks] => map_channel;
    "unmap0" "(JJ)I" [until 19] [blocks] => unmap;
    "maxDirectTransferSize0" "()I" [until 19] => |_: &mut JavaThread| Ok(0x7fff_f000);
    "transferTo0" "(Ljava/io/FileDescriptor;JJLjava/io/FileDescriptor;)J" [until 19] [blocks] => transfer_channel;
} }
natives! { pub MAPPED_MEMORY: "java/nio/MappedMemoryUtils" {
    "registerNatives" "()V" [since 18] => nothing;
    "isLoaded0" "(JJJ)Z" [blocks] => is_loaded;
    "load0" "(JJ)V" => load;
    "unload0" "(JJ)V" => unload;
    "force0" "(Ljava/io/FileDescriptor;JJ)V" [blocks] => force;
} }

/// The kinds of map the class library asks for.
const READ_ONLY: i32 = 0;
const READ_WRITE: i32 = 1;

fn map_channel(
    thread: &mut JavaThread,
    this: Obj,
    kind: i32,
    position: i64,
    length: i64,
    synchronous: bool,
) -> JResult<i64> {
    let descriptor = get_ref_field(this, "fd");
    map(thread, descriptor, kind, position, length, synchronous)
}

/// Maps a range of a file.
pub fn map(
    thread: &mut JavaThread,
    descriptor: Obj,
    kind: i32,
    position: i64,
    length: i64,
    synchronous: bool,
) -> JResult<i64> {
    let number = number_of(thread, descriptor)?;
    let (protection, mut flags) = match kind {
        READ_ONLY => (libc::PROT_READ, libc::MAP_SHARED),
        READ_WRITE => (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_SHARED),
        _ => (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE),
    };
    if synchronous {
        flags |= libc::MAP_SYNC | libc::MAP_SHARED_VALIDATE;
    }
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    match thread.blocking(|| mapping::map(number, protection, flags, position, length)) {
        Ok(address) => Ok(address as i64),
        Err(Errno(libc::ENOTSUP)) if synchronous => {
            Err(thread.throw_new("java/io/IOException", "map with mode MAP_SYNC unsupported"))
        }
        Err(Errno(libc::ENOMEM)) => Err(thread.throw_out_of_memory("Map failed")),
        Err(error) => Err(throw_io(thread, error)),
    }
}

/// Unmaps a range.
pub fn unmap(thread: &mut JavaThread, address: i64, length: i64) -> JResult<i32> {
    // SAFETY: the class library unmaps what it mapped when no buffer uses it any more.
    let result = thread.blocking(|| unsafe { mapping::unmap(address as usize, length as usize) });
    interruptible(thread, result).map(|value| value as i32)
}

/// What the class library takes for an answer of a transfer; other failures are exceptions.
fn transferred(thread: &mut JavaThread, result: SysResult<i64>) -> JResult<i64> {
    match result {
        Ok(count) => Ok(count),
        Err(error) if error.would_block() => Ok(i64::from(io_status::UNAVAILABLE)),
        Err(Errno(libc::EINTR)) => Ok(i64::from(io_status::INTERRUPTED)),
        Err(Errno(libc::EINVAL | libc::ENOSYS | libc::EXDEV | libc::EBADF)) => {
            Ok(i64::from(io_status::UNSUPPORTED_CASE))
        }
        Err(error) => Err(throw_io(thread, error)),
    }
}

fn transfer_channel(
    thread: &mut JavaThread,
    _this: Obj,
    from: Obj,
    position: i64,
    count: i64,
    to: Obj,
) -> JResult<i64> {
    transfer_to(thread, from, position, count, to, false)
}

/// Copies from a position of a file to where another file or socket stands, inside the kernel.
pub fn transfer_to(
    thread: &mut JavaThread,
    from: Obj,
    position: i64,
    count: i64,
    to: Obj,
    append: bool,
) -> JResult<i64> {
    let (from, to) = (number_of(thread, from)?, number_of(thread, to)?);
    if append {
        return Ok(i64::from(io_status::UNSUPPORTED_CASE));
    }
    let count = count.clamp(0, 0x7fff_f000) as usize;
    let result = thread.blocking(|| {
        let mut offset = position;
        match file::copy_range(from, Some(&mut offset), to, None, count) {
            // Not between these two: a socket, a pipe, another file system.
            Err(Errno(libc::EINVAL | libc::ENOSYS | libc::EXDEV | libc::EBADF | libc::EOPNOTSUPP)) => {
                let mut offset = position;
                file::send_file(from, to, &mut offset, count)
            }
            result => result,
        }
    });
    transferred(thread, result)
}

/// Copies from where a file stands to a position of another, inside the kernel.
pub fn transfer_from(
    thread: &mut JavaThread,
    from: Obj,
    to: Obj,
    position: i64,
    count: i64,
    append: bool,
) -> JResult<i64> {
    let (from, to) = (number_of(thread, from)?, number_of(thread, to)?);
    if append {
        return Ok(i64::from(io_status::UNSUPPORTED_CASE));
    }
    let count = count.clamp(0, 0x7fff_f000) as usize;
    let result = thread.blocking(|| {
        let mut offset = position;
        file::copy_range(from, None, to, Some(&mut offset), count)
    });
    transferred(thread, result)
}

fn is_loaded(thread: &mut JavaThread, address: i64, length: i64, pages: i64) -> JResult<bool> {
    let (address, length, pages) = (address as usize, length as usize, pages.max(0) as usize);
    thread
        .blocking(|| file::is_resident(address, length, pages))
        .map_err(|error| throw_io(thread, error))
}

fn load(thread: &mut JavaThread, address: i64, length: i64) -> JResult<()> {
    advise(thread, address, length, true)
}

fn unload(thread: &mut JavaThread, address: i64, length: i64) -> JResult<()> {
    advise(thread, address, length, false)
}

fn advise(thread: &mut JavaThread, address: i64, length: i64, will_need: bool) -> JResult<()> {
    let result = file::advise_mapping(address as usize, length as usize, will_need);
    result.map(drop).map_err(|error| throw_io(thread, error))
}

fn force(thread: &mut JavaThread, _descriptor: Obj, address: i64, length: i64) -> JResult<()> {
    let result = thread.blocking(|| file::sync_mapping(address as usize, length as usize));
    result.map(drop).map_err(|error| throw_io(thread, error))
}

//! `sun.nio.fs.UnixNativeDispatcher`.

use super::attributes::{fill, fill_store, has_birth_time, wants_birth_time};
use super::{calling, path_at};
use crate::io_support::{restarting, throw_unix};
use crate::support::{new_byte_array, not_null};
use peaberry_runtime::object::get;
use peaberry_runtime::{JResult, JavaThread, Obj, natives};
use peaberry_sys::directory::{self, Directory};
use peaberry_sys::errno::{Errno, SysResult};
use peaberry_sys::file::{self, FileStatus};
use std::ffi::CStr;

natives! { pub NATIVES: "sun/nio/fs/UnixNativeDispatcher" {
    "init" "()I" => init;
    "getcwd" "()[B" => current_directory;
    "dup" "(I)I" => dup;
    "open0" "(JII)I" [blocks] => open;
    "openat0" "(IJII)I" [blocks] => open_at;
    "close0" "(I)V" [blocks] => close;
    "rewind" "(J)V" => rewind;
    "getlinelen" "(J)I" => line_length;
    "link0" "(JJ)V" [blocks] => link;
    "unlink0" "(J)V" [blocks] => unlink;
    "unlinkat0" "(IJI)V" [blocks] => unlink_at;
    "mknod0" "(JIJ)V" [blocks] => make_node;
    "rename0" "(JJ)V" [blocks] => rename;
    "renameat0" "(IJIJ)V" [blocks] => rename_at;
    "mkdir0" "(JI)V" [blocks] => make_directory;
    "rmdir0" "(J)V" [blocks] => remove_directory;
    "readlink0" "(J)[B" [blocks] => read_link;
    "realpath0" "(J)[B" [blocks] => real_path;
    "symlink0" "(JJ)V" [blocks] => symbolic_link;
    "stat0" "(JLsun/nio/fs/UnixFileAttributes;)V" [until 17] [blocks] => stat;
    "stat0" "(JLsun/nio/fs/UnixFileAttributes;)I" [since 18] [blocks] => stat_error;
    "stat1" "(J)I" [until 20] [blocks] => stat_mode;
    "lstat0" "(JLsun/nio/fs/UnixFileAttributes;)V" [blocks] => link_stat;
    "fstat" "(ILsun/nio/fs/UnixFileAttributes;)V" [until 18] [blocks] => stat_open;
    "fstat0" "(ILsun/nio/fs/UnixFileAttributes;)V" [since 19] [blocks] => stat_open;
    "fstatat0" "(IJILsun/nio/fs/UnixFileAttributes;)V" [blocks] => stat_at;
    "chown0" "(JII)V" [blocks] => change_owner;
    "lchown0" "(JII)V" [blocks] => change_link_owner;
    "fchown" "(III)V" [until 18] [blocks] => change_owner_of;
    "fchown0" "(III)V" [since 19] [blocks] => change_owner_of;
    "chmod0" "(JI)V" [blocks] => change_mode;
    "fchmod" "(II)V" [until 18] [blocks] => change_mode_of;
    "fchmod0" "(II)V" [since 19] [blocks] => change_mode_of;
    "fchmodat0" "(IJII)V" [since 24] [blocks] => change_mode_at;
    "fchmodatNoFollowSupported0" "()Z" [since 24] => changes_link_modes;
    "utimes0" "(JJJ)V" [until 22] [blocks] => set_times;
    "lutimes0" "(JJJ)V" [until 22] [blocks] => set_link_times;
    "futimes" "(IJJ)V" [until 18] [blocks] => set_times_of;
    "futimes0" "(IJJ)V" [since 19] [until 22] [blocks] => set_times_of;
    "futimens" "(IJJ)V" [until 18] [blocks] => set_nano_times_of;
    "futimens0" "(IJJ)V" [since 19] [blocks] => set_nano_times_of;
    "utimensat0" "(IJJJI)V" [since 23] [blocks] => set_nano_times_at;
    "opendir0" "(J)J" [blocks] => open_directory;
    "fdopendir" "(I)J" => open_directory_of;
    "closedir" "(J)V" [blocks] => close_directory;
    "readdir" "(J)[B" [until 18] [blocks] => read_directory;
    "readdir0" "(J)[B" [since 19] [blocks] => read_directory;
    "read" "(IJI)I" [until 18] [blocks] => read;
    "read0" "(IJI)I" [since 19] [blocks] => read;
    "write" "(IJI)I" [until 18] [blocks] => write;
    "write0" "(IJI)I" [since 19] [blocks] => write;
    "access0" "(JI)V" [until 19] [blocks] => access;
    "access0" "(JI)I" [since 20] [blocks] => access_error;
    "exists0" "(J)Z" [until 19] [blocks] => exists;
    "getpwuid" "(I)[B" [blocks] => user_name;
    "getgrgid" "(I)[B" [blocks] => group_name;
    "getpwnam0" "(J)I" [blocks] => user_id;
    "getgrnam0" "(J)I" [blocks] => group_id;
    "statvfs0" "(JLsun/nio/fs/UnixFileStoreAttributes;)V" [blocks] => stat_file_system;
    "strerror" "(I)[B" => error_text;
    "fgetxattr0" "(IJJI)I" [blocks] => get_attribute;
    "fsetxattr0" "(IJJI)V" [blocks] => set_attribute;
    "fremovexattr0" "(IJ)V" [blocks] => remove_attribute;
    "flistxattr" "(IJI)I" [blocks] => list_attributes;
} }

/// The class's `SUPPORTS_…` constants this system has, or-ed: all but the time of birth where the class library cannot
/// take it from Linux.
fn init(thread: &mut JavaThread) -> JResult<i32> {
    let birth_time = wants_birth_time(thread);
    let name = thread.vm().symbol("sun/nio/fs/UnixNativeDispatcher");
    let class = peaberry_runtime::loader::load_class(thread, thread.vm().boot_loader(), name)?;
    let mirror = class.mirror();
    let mut capabilities = 0;
    for field in class
        .fields
        .get()
        .iter()
        .filter(|f| f.is_static() && f.descriptor.bytes() == b"I")
    {
        match field.name.bytes() {
            b"SUPPORTS_BIRTHTIME" if !birth_time => {}
            name if name.starts_with(b"SUPPORTS_") => capabilities |= get::<i32>(mirror, field.offset.get() as usize),
            _ => {}
        }
    }
    Ok(capabilities)
}

fn bytes_of_call(thread: &mut JavaThread, call: impl FnOnce() -> SysResult<Vec<u8>>) -> JResult<Obj> {
    let bytes = calling(thread, call)?;
    new_byte_array(thread, &bytes)
}

fn current_directory(thread: &mut JavaThread) -> JResult<Obj> {
    bytes_of_call(thread, file::current_directory)
}
fn dup(thread: &mut JavaThread, descriptor: i32) -> JResult<i32> {
    calling(thread, || file::duplicate(descriptor))
}
fn open(thread: &mut JavaThread, path: i64, flags: i32, mode: i32) -> JResult<i32> {
    let path = path_at(path);
    calling(thread, || file::open(&path, flags, mode as u32))
}
fn open_at(thread: &mut JavaThread, directory: i32, path: i64, flags: i32, mode: i32) -> JResult<i32> {
    let path = path_at(path);
    calling(thread, || file::open_at(directory, &path, flags, mode as u32))
}
fn close(thread: &mut JavaThread, descriptor: i32) -> JResult<()> {
    calling(thread, || file::close(descriptor))
}
fn rewind(_: &mut JavaThread, stream: i64) -> JResult<()> {
    // SAFETY: the class library passes a mount table that it opened.
    unsafe { directory::rewind_mounts(stream as usize) };
    Ok(())
}
fn line_length(thread: &mut JavaThread, stream: i64) -> JResult<i32> {
    // SAFETY: the class library passes a mount table that it opened.
    match unsafe { directory::line_length(stream as usize) } {
        Ok(length) => Ok(length.map_or(-1, |length| length.min(i32::MAX as usize) as i32)),
        Err(error) => Err(throw_unix(thread, error)),
    }
}

/// A call on one path.
fn on_path(thread: &mut JavaThread, path: i64, call: impl FnOnce(&CStr) -> SysResult<i32>) -> JResult<()> {
    let path = path_at(path);
    calling(thread, || call(&path)).map(drop)
}

/// A call on two paths.
fn on_paths(
    thread: &mut JavaThread,
    first: i64,
    second: i64,
    call: impl FnOnce(&CStr, &CStr) -> SysResult<i32>,
) -> JResult<()> {
    let (first, second) = (path_at(first), path_at(second));
    calling(thread, || call(&first, &second)).map(drop)
}

fn link(thread: &mut JavaThread, existing: i64, new: i64) -> JResult<()> {
    on_paths(thread, existing, new, file::link)
}
fn unlink(thread: &mut JavaThread, path: i64) -> JResult<()> {
    on_path(thread, path, file::unlink)
}
fn unlink_at(thread: &mut JavaThread, directory: i32, path: i64, flags: i32) -> JResult<()> {
    on_path(thread, path, |path| file::unlink_at(directory, path, flags))
}
fn make_node(thread: &mut JavaThread, path: i64, mode: i32, device: i64) -> JResult<()> {
    on_path(thread, path, |path| file::make_node(path, mode as u32, device as u64))
}
fn rename(thread: &mut JavaThread, from: i64, to: i64) -> JResult<()> {
    on_paths(thread, from, to, file::rename)
}
fn rename_at(thread: &mut JavaThread, from_directory: i32, from: i64, to_directory: i32, to: i64) -> JResult<()> {
    on_paths(thread, from, to, |from, to| {
        file::rename_at(from_directory, from, to_directory, to)
    })
}
fn make_directory(thread: &mut JavaThread, path: i64, mode: i32) -> JResult<()> {
    on_path(thread, path, |path| file::make_directory(path, mode as u32))
}
fn remove_directory(thread: &mut JavaThread, path: i64) -> JResult<()> {
    on_path(thread, path, file::remove_directory)
}
fn read_link(thread: &mut JavaThread, path: i64) -> JResult<Obj> {
    let path = path_at(path);
    bytes_of_call(thread, || file::read_link(&path))
}
fn real_path(thread: &mut JavaThread, path: i64) -> JResult<Obj> {
    let path = path_at(path);
    bytes_of_call(thread, || file::real_path(&path))
}
fn symbolic_link(thread: &mut JavaThread, target: i64, path: i64) -> JResult<()> {
    on_paths(thread, target, path, file::symbolic_link)
}

/// Fills attributes from a call; the time of birth is asked for by directory, path and flags where it is wanted.
fn fill_from(
    thread: &mut JavaThread,
    attributes: Obj,
    (directory, path, flags): (i32, &CStr, i32),
    call: impl FnOnce() -> SysResult<FileStatus>,
) -> JResult<Result<(), Errno>> {
    let attributes = not_null(thread, attributes)?;
    let with_birth = has_birth_time(attributes);
    let answer = thread.blocking(|| {
        let status = call()?;
        Ok((
            status,
            if with_birth {
                file::birth_time(directory, path, flags)
            } else {
                None
            },
        ))
    });
    Ok(answer.map(|(status, birth)| fill(attributes, &status, birth)))
}

fn stat(thread: &mut JavaThread, path: i64, attributes: Obj) -> JResult<()> {
    let path = path_at(path);
    fill_from(thread, attributes, (libc::AT_FDCWD, &path, 0), || {
        file::status_of(&path)
    })?
    .map_err(|error| throw_unix(thread, error))
}
fn stat_error(thread: &mut JavaThread, path: i64, attributes: Obj) -> JResult<i32> {
    let path = path_at(path);
    let result = fill_from(thread, attributes, (libc::AT_FDCWD, &path, 0), || {
        file::status_of(&path)
    })?;
    Ok(result.err().map_or(0, |error| error.0))
}
fn stat_mode(thread: &mut JavaThread, path: i64) -> JResult<i32> {
    let path = path_at(path);
    Ok(thread
        .blocking(|| file::status_of(&path))
        .map_or(0, |status| status.st_mode as i32))
}
fn link_stat(thread: &mut JavaThread, path: i64, attributes: Obj) -> JResult<()> {
    let path = path_at(path);
    let how = (libc::AT_FDCWD, path.as_c_str(), libc::AT_SYMLINK_NOFOLLOW);
    fill_from(thread, attributes, how, || file::link_status_of(&path))?.map_err(|error| throw_unix(thread, error))
}
fn stat_open(thread: &mut JavaThread, descriptor: i32, attributes: Obj) -> JResult<()> {
    let how = (descriptor, c"", libc::AT_EMPTY_PATH);
    fill_from(thread, attributes, how, || file::status_of_open(descriptor))?.map_err(|error| throw_unix(thread, error))
}
fn stat_at(thread: &mut JavaThread, directory: i32, path: i64, flags: i32, attributes: Obj) -> JResult<()> {
    let path = path_at(path);
    fill_from(thread, attributes, (directory, &path, flags), || {
        file::status_at(directory, &path, flags)
    })?
    .map_err(|error| throw_unix(thread, error))
}

fn change_owner(thread: &mut JavaThread, path: i64, owner: i32, group: i32) -> JResult<()> {
    on_path(thread, path, |path| {
        file::change_owner(path, owner as u32, group as u32)
    })
}
fn change_link_owner(thread: &mut JavaThread, path: i64, owner: i32, group: i32) -> JResult<()> {
    on_path(thread, path, |path| {
        file::change_link_owner(path, owner as u32, group as u32)
    })
}
fn change_owner_of(thread: &mut JavaThread, descriptor: i32, owner: i32, group: i32) -> JResult<()> {
    calling(thread, || file::change_owner_of(descriptor, owner as u32, group as u32)).map(drop)
}
fn change_mode(thread: &mut JavaThread, path: i64, mode: i32) -> JResult<()> {
    on_path(thread, path, |path| file::change_mode(path, mode as u32))
}
fn change_mode_of(thread: &mut JavaThread, descriptor: i32, mode: i32) -> JResult<()> {
    calling(thread, || file::change_mode_of(descriptor, mode as u32)).map(drop)
}
fn change_mode_at(thread: &mut JavaThread, directory: i32, path: i64, mode: i32, flags: i32) -> JResult<()> {
    on_path(thread, path, |path| {
        file::change_mode_at(directory, path, mode as u32, flags)
    })
}
fn changes_link_modes(_: &mut JavaThread) -> JResult<bool> {
    // Linux knows no modes of links.
    Ok(false)
}

fn micros(access: i64, modification: i64) -> [libc::timeval; 2] {
    [access, modification].map(|time| libc::timeval {
        tv_sec: time / 1_000_000,
        tv_usec: time % 1_000_000,
    })
}
fn nanos(access: i64, modification: i64) -> [libc::timespec; 2] {
    [access, modification].map(|time| libc::timespec {
        tv_sec: time.div_euclid(1_000_000_000),
        tv_nsec: time.rem_euclid(1_000_000_000),
    })
}
fn set_times(thread: &mut JavaThread, path: i64, access: i64, modification: i64) -> JResult<()> {
    on_path(thread, path, |path| {
        file::set_times(path, &micros(access, modification))
    })
}
fn set_link_times(thread: &mut JavaThread, path: i64, access: i64, modification: i64) -> JResult<()> {
    on_path(thread, path, |path| {
        file::set_link_times(path, &micros(access, modification))
    })
}
fn set_times_of(thread: &mut JavaThread, descriptor: i32, access: i64, modification: i64) -> JResult<()> {
    calling(thread, || file::set_times_of(descriptor, &micros(access, modification))).map(drop)
}
fn set_nano_times_of(thread: &mut JavaThread, descriptor: i32, access: i64, modification: i64) -> JResult<()> {
    calling(thread, || {
        file::set_nano_times_of(descriptor, &nanos(access, modification))
    })
    .map(drop)
}
fn set_nano_times_at(
    thread: &mut JavaThread,
    directory: i32,
    path: i64,
    access: i64,
    modification: i64,
    flags: i32,
) -> JResult<()> {
    on_path(thread, path, |path| {
        file::set_nano_times_at(directory, path, &nanos(access, modification), flags)
    })
}

fn open_directory(thread: &mut JavaThread, path: i64) -> JResult<i64> {
    let path = path_at(path);
    calling(thread, || Directory::open(&path)).map(|directory| directory.0 as i64)
}
fn open_directory_of(thread: &mut JavaThread, descriptor: i32) -> JResult<i64> {
    calling(thread, || Directory::of_descriptor(descriptor)).map(|directory| directory.0 as i64)
}
fn close_directory(thread: &mut JavaThread, directory: i64) -> JResult<()> {
    // SAFETY: the class library closes a directory it opened once.
    calling(thread, || unsafe { Directory(directory as usize).close() })
}
fn read_directory(thread: &mut JavaThread, directory: i64) -> JResult<Obj> {
    // SAFETY: the class library passes a directory it opened.
    match calling(thread, || unsafe { Directory(directory as usize).next() })? {
        Some(name) => new_byte_array(thread, &name),
        None => Ok(Obj::NULL),
    }
}
fn read(thread: &mut JavaThread, descriptor: i32, address: i64, length: i32) -> JResult<i32> {
    // SAFETY: the class library passes a native buffer that it keeps.
    let call = || unsafe { file::read_raw(descriptor, address as *mut u8, length.max(0) as usize) };
    calling(thread, || restarting(call)).map(|count| count as i32)
}
fn write(thread: &mut JavaThread, descriptor: i32, address: i64, length: i32) -> JResult<i32> {
    // SAFETY: the class library passes a native buffer that it keeps.
    let call = || unsafe { file::write_raw(descriptor, address as *const u8, length.max(0) as usize) };
    calling(thread, || restarting(call)).map(|count| count as i32)
}

fn access(thread: &mut JavaThread, path: i64, mode: i32) -> JResult<()> {
    on_path(thread, path, |path| file::access(path, mode))
}
fn access_error(thread: &mut JavaThread, path: i64, mode: i32) -> JResult<i32> {
    let path = path_at(path);
    Ok(thread
        .blocking(|| file::access(&path, mode))
        .err()
        .map_or(0, |error| error.0))
}
fn exists(thread: &mut JavaThread, path: i64) -> JResult<bool> {
    let path = path_at(path);
    Ok(thread.blocking(|| file::access(&path, libc::F_OK)).is_ok())
}

/// A name that is there and not empty.
fn found(name: SysResult<Option<Vec<u8>>>) -> SysResult<Vec<u8>> {
    name?.filter(|name| !name.is_empty()).ok_or(Errno(libc::ENOENT))
}
fn user_name(thread: &mut JavaThread, id: i32) -> JResult<Obj> {
    bytes_of_call(thread, || found(directory::user_name(id as u32)))
}
fn group_name(thread: &mut JavaThread, id: i32) -> JResult<Obj> {
    bytes_of_call(thread, || found(directory::group_name(id as u32)))
}

/// An id, -1 when the data base has none.
fn id_of_name(
    thread: &mut JavaThread,
    name: i64,
    look_up: impl FnOnce(&CStr) -> SysResult<Option<u32>>,
) -> JResult<i32> {
    let name = path_at(name);
    match thread.blocking(|| look_up(&name)) {
        Ok(id) => Ok(id.map_or(-1, |id| id as i32)),
        Err(Errno(libc::ENOENT | libc::ESRCH | libc::EBADF | libc::EPERM)) => Ok(-1),
        Err(error) => Err(throw_unix(thread, error)),
    }
}
fn user_id(thread: &mut JavaThread, name: i64) -> JResult<i32> {
    id_of_name(thread, name, directory::user_id)
}
fn group_id(thread: &mut JavaThread, name: i64) -> JResult<i32> {
    id_of_name(thread, name, directory::group_id)
}

fn stat_file_system(thread: &mut JavaThread, path: i64, attributes: Obj) -> JResult<()> {
    let attributes = not_null(thread, attributes)?;
    let path = path_at(path);
    let status = calling(thread, || file::file_system_of(&path))?;
    fill_store(attributes, &status);
    Ok(())
}
fn error_text(thread: &mut JavaThread, error: i32) -> JResult<Obj> {
    new_byte_array(thread, Errno(error).text().as_bytes())
}

fn get_attribute(thread: &mut JavaThread, descriptor: i32, name: i64, value: i64, length: i32) -> JResult<i32> {
    let name = path_at(name);
    // SAFETY: the class library passes a native buffer that it keeps.
    calling(thread, || unsafe {
        file::get_attribute(descriptor, &name, value as *mut u8, length.max(0) as usize)
    })
}
fn set_attribute(thread: &mut JavaThread, descriptor: i32, name: i64, value: i64, length: i32) -> JResult<()> {
    let name = path_at(name);
    // SAFETY: the class library passes a native buffer that it keeps.
    calling(thread, || unsafe {
        file::set_attribute(descriptor, &name, value as *const u8, length.max(0) as usize)
    })
    .map(drop)
}
fn remove_attribute(thread: &mut JavaThread, descriptor: i32, name: i64) -> JResult<()> {
    on_path(thread, name, |name| file::remove_attribute(descriptor, name))
}
fn list_attributes(thread: &mut JavaThread, descriptor: i32, list: i64, length: i32) -> JResult<i32> {
    // SAFETY: the class library passes a native buffer that it keeps.
    calling(thread, || unsafe {
        file::list_attributes(descriptor, list as *mut u8, length.max(0) as usize)
    })
}

//! Permissions and times of files, and what a file lies on. Only beneath grants that may be written, whatever the descriptor was
//! opened for.

use super::paths::{HERE, find_at, located};
use super::{Call, bytes_of};
use crate::descriptors::Object;
use crate::errno::{Errno, Served, host};
use crate::packed;
use crate::policy::Found;
use crate::vm::Task;
use std::ffi::CString;
use std::os::fd::{AsRawFd, OwnedFd, RawFd};

/// A path of the host's that leads to what a descriptor stands for.
pub fn path_of(fd: RawFd) -> Result<CString, Errno> {
    CString::new(format!("/proc/self/fd/{fd}")).map_err(|_| Errno(libc::EINVAL))
}

/// What a path leads to, if it may be changed.
pub fn changeable(task: &Task, directory: u64, path: u64, follow: bool) -> Result<OwnedFd, Errno> {
    match find_at(&task.vm, directory, path, follow)?.0 {
        Found::Beneath(place) if place.writable() => located(&place, follow),
        Found::Packed(_) => Err(Errno(libc::EROFS)),
        _ => Err(Errno(libc::EACCES)),
    }
}

/// The host's descriptor of an open file, if the file may be changed.
pub fn changeable_file(object: &Object) -> Result<RawFd, Errno> {
    match object {
        Object::File(fd, true) => Ok(fd.as_raw_fd()),
        _ => Err(Errno(libc::EACCES)),
    }
}

/// Permissions, without those that have programs run as somebody else.
fn permissions(mode: u64) -> libc::mode_t {
    mode as libc::mode_t & 0o777
}

fn set_mode(task: &Task, directory: u64, path: u64, mode: u64) -> Served {
    let file = changeable(task, directory, path, true)?;
    let path = path_of(file.as_raw_fd())?;
    // SAFETY: the path ends with 0.
    host(unsafe { libc::fchmodat(libc::AT_FDCWD, path.as_ptr(), permissions(mode), 0) }.into())
}

/// `chmod`.
pub fn mode(task: &mut Task, call: &Call) -> Served {
    set_mode(task, HERE, call.arguments[0], call.arguments[1])
}

/// `fchmodat`.
pub fn mode_at(task: &mut Task, call: &Call) -> Served {
    let [directory, path, mode, ..] = call.arguments;
    set_mode(task, directory, path, mode)
}

/// `fchmod`.
pub fn mode_of(task: &mut Task, call: &Call) -> Served {
    let object = task.vm.descriptors.get(call.arguments[0])?;
    let fd = changeable_file(&object)?;
    // SAFETY: no pointers.
    host(unsafe { libc::fchmod(fd, permissions(call.arguments[1])) }.into())
}

/// `utimensat`, of a path or of a descriptor.
pub fn times(task: &mut Task, call: &Call) -> Served {
    let [directory, path, times, flags, ..] = call.arguments;
    let words: [u64; 4] = match times {
        // `UTIME_NOW`, twice.
        0 => [0, libc::UTIME_NOW as u64, 0, libc::UTIME_NOW as u64],
        _ => task.vm.read_words(times)?,
    };
    let times = [(words[0], words[1]), (words[2], words[3])].map(|(seconds, nanoseconds)| libc::timespec {
        tv_sec: seconds as i64,
        tv_nsec: nanoseconds as i64,
    });
    if path == 0 {
        let object = task.vm.descriptors.get(directory)?;
        let fd = changeable_file(&object)?;
        // SAFETY: an array of two.
        return host(unsafe { libc::futimens(fd, times.as_ptr()) }.into());
    }
    let follow = flags as i32 & libc::AT_SYMLINK_NOFOLLOW == 0;
    let file = changeable(task, directory, path, follow)?;
    let path = path_of(file.as_raw_fd())?;
    // SAFETY: the path ends with 0; an array of two.
    host(unsafe { libc::utimensat(libc::AT_FDCWD, path.as_ptr(), times.as_ptr(), 0) }.into())
}

fn write_file_system(task: &Task, fd: RawFd, address: u64) -> Served {
    // SAFETY: all-zero is a valid value.
    let mut status = unsafe { std::mem::zeroed::<libc::statfs>() };
    // SAFETY: writes one structure.
    host(unsafe { libc::fstatfs(fd, &mut status) }.into())?;
    task.vm.write(address, bytes_of(&status))?;
    Ok(0)
}

/// `statfs`.
pub fn file_system(task: &mut Task, call: &Call) -> Served {
    match find_at(&task.vm, HERE, call.arguments[0], true)?.0 {
        Found::Beneath(place) => write_file_system(task, located(&place, true)?.as_raw_fd(), call.arguments[1]),
        Found::Packed(_) => {
            let status = packed::file_system();
            task.vm.write(call.arguments[1], bytes_of(&status)).map(|()| 0)
        }
        _ => Err(Errno(libc::EACCES)),
    }
}

/// `fstatfs`.
pub fn file_system_of(task: &mut Task, call: &Call) -> Served {
    match &*task.vm.descriptors.get(call.arguments[0])? {
        Object::File(fd, _) | Object::Directory(fd, _) => write_file_system(task, fd.as_raw_fd(), call.arguments[1]),
        Object::Packed(_) => {
            let status = packed::file_system();
            task.vm.write(call.arguments[1], bytes_of(&status)).map(|()| 0)
        }
        _ => Err(Errno(libc::EINVAL)),
    }
}

//! System calls on paths.

use super::{Arguments, read_path};
use crate::descriptors::{Object, Open};
use crate::errno::*;
use crate::files::{Found, Special};
use crate::frames::PAGE;
use crate::kernel::Kernel;
use alloc::format;
use alloc::vec::Vec;
use linux_raw_sys::general::*;
use peaberry_package::Kind;

/// The directory that relative paths begin at: a descriptor's, or the working directory.
pub const HERE: u64 = AT_FDCWD as u64;

fn directory(kernel: &Kernel, number: u64) -> Result<Vec<u8>, Errno> {
    if number as u32 == HERE as u32 {
        return Ok(kernel.directory.clone());
    }
    match &kernel.descriptors.get(number)?.object {
        Object::Directory(path) => Ok(path.clone()),
        _ => Err(Errno(ENOTDIR)),
    }
}

/// What a path of the program's leads to, and the path without links.
pub fn find(kernel: &mut Kernel, from: u64, path: u64, follow: bool) -> Result<(Found<'static>, Vec<u8>), Errno> {
    let path = read_path(&mut kernel.space, path)?;
    let from = if path.first() == Some(&b'/') {
        Vec::new()
    } else {
        directory(kernel, from)?
    };
    kernel.files.find(&from, &path, follow)
}

/// What `/proc/meminfo` says.
fn memory_text(kernel: &Kernel) -> Vec<u8> {
    let frames = kernel.space.frames();
    let kilobytes = |count: u64| count * (PAGE / 1024);
    let (total, free) = (kilobytes(frames.total()), kilobytes(frames.available()));
    let text =
        format!("MemTotal: {total} kB\nMemFree: {free} kB\nMemAvailable: {free} kB\nSwapTotal: 0 kB\nSwapFree: 0 kB\n");
    text.into_bytes()
}

fn open_path(kernel: &mut Kernel, from: u64, path: u64, flags: u64) -> Served {
    let flags = flags as u32;
    let writes = flags & O_ACCMODE != O_RDONLY;
    let found = find(kernel, from, path, flags & O_NOFOLLOW == 0);
    let (found, path) = match found {
        // It would be made.
        Err(Errno(ENOENT)) if flags & O_CREAT != 0 => return fail(EROFS),
        found => found?,
    };
    if flags & (O_CREAT | O_EXCL) == O_CREAT | O_EXCL {
        return fail(EEXIST);
    }
    if flags & O_DIRECTORY != 0 && !found.is_directory() {
        return fail(ENOTDIR);
    }
    let object = match found {
        Found::Special(Special::Null) => Object::Null,
        Found::Special(Special::Zero) => Object::Zero,
        Found::Special(Special::Random) => Object::Random,
        Found::Special(Special::Console) => Object::Console,
        _ if writes && found.is_directory() => return fail(EISDIR),
        _ if writes => return fail(EROFS),
        Found::Special(Special::Memory) => Object::Text(memory_text(kernel)),
        Found::Packed(entry) if entry.kind == Kind::File => Object::File(entry),
        Found::Packed(entry) if entry.kind == Kind::Link => return fail(ELOOP),
        _ => Object::Directory(path),
    };
    let kept = flags & (O_ACCMODE | O_APPEND | O_NONBLOCK);
    Ok(kernel.descriptors.add(Open::new(object, kept), 0)?)
}

/// `open`.
pub fn open(kernel: &mut Kernel, [path, flags, ..]: Arguments) -> Served {
    open_path(kernel, HERE, path, flags)
}

/// `openat`.
pub fn open_at(kernel: &mut Kernel, [from, path, flags, ..]: Arguments) -> Served {
    open_path(kernel, from, path, flags)
}

fn access_of(kernel: &mut Kernel, from: u64, path: u64, mode: u64, follow: bool) -> Served {
    let (found, _) = find(kernel, from, path, follow)?;
    let (writing, executing) = (mode & u64::from(W_OK) != 0, mode & u64::from(X_OK) != 0);
    match found {
        Found::Special(_) if executing => fail(EACCES),
        Found::Special(_) => Ok(0),
        _ if writing => fail(EROFS),
        Found::Packed(entry) if executing && entry.kind == Kind::File && entry.mode & 0o111 == 0 => fail(EACCES),
        _ => Ok(0),
    }
}

/// `access`.
pub fn access(kernel: &mut Kernel, [path, mode, ..]: Arguments) -> Served {
    access_of(kernel, HERE, path, mode, true)
}

/// `faccessat` and `faccessat2`.
pub fn access_at(kernel: &mut Kernel, [from, path, mode, flags, ..]: Arguments) -> Served {
    // The older call has no flags, and anything in their place.
    let with_flags = kernel.thread().registers.rax == u64::from(__NR_faccessat2);
    let follow = !with_flags || flags as u32 & AT_SYMLINK_NOFOLLOW == 0;
    access_of(kernel, from, path, mode, follow)
}

fn link(kernel: &mut Kernel, from: u64, path: u64, address: u64, length: u64) -> Served {
    let (found, _) = find(kernel, from, path, false)?;
    match found {
        Found::Packed(entry) if entry.kind == Kind::Link && length > 0 => {
            let count = entry.content.len().min(usize::try_from(length).unwrap_or(usize::MAX));
            kernel.space.write(address, &entry.content[..count])?;
            Ok(count as u64)
        }
        _ => fail(EINVAL),
    }
}

/// `readlink`.
pub fn read_link(kernel: &mut Kernel, [path, address, length, ..]: Arguments) -> Served {
    link(kernel, HERE, path, address, length)
}

/// `readlinkat`.
pub fn read_link_at(kernel: &mut Kernel, [from, path, address, length, ..]: Arguments) -> Served {
    link(kernel, from, path, address, length)
}

/// `getcwd`.
pub fn working_directory(kernel: &mut Kernel, [address, length, ..]: Arguments) -> Served {
    let mut path = kernel.directory.clone();
    if path.is_empty() {
        path.push(b'/');
    }
    path.push(0);
    if (path.len() as u64) > length {
        return fail(ERANGE);
    }
    kernel.space.write(address, &path)?;
    Ok(path.len() as u64)
}

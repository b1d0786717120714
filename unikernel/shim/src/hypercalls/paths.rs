//! System calls on paths. Each goes through [`crate::policy::Policy::find`].

use super::{Call, bytes_of, read_path};
use crate::descriptors::Object;
use crate::errno::{Errno, Served, host};
use crate::packed::{self, Packed};
use crate::policy::{Beneath, Found, RESOLVE_NO_SYMLINKS};
use crate::vm::{Task, Vm};
use peaberry_package::Kind;
use std::ffi::CString;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::fs::FileExt;
use std::sync::Arc;

/// The working directory.
pub const HERE: u64 = libc::AT_FDCWD as u32 as u64;

/// Flags of `open` that the guest may use.
const OPEN_FLAGS: i32 = libc::O_ACCMODE
    | libc::O_CREAT
    | libc::O_EXCL
    | libc::O_TRUNC
    | libc::O_APPEND
    | libc::O_NONBLOCK
    | libc::O_DIRECTORY
    | libc::O_NOFOLLOW
    | libc::O_SYNC
    | libc::O_DSYNC;

/// Looks up a path relative to a directory's descriptor.
fn find<'a>(vm: &'a Vm, directory: u64, path: &[u8], links: Links) -> Result<(Found<'a>, Vec<u8>), Errno> {
    let found = |base: &[u8]| match links {
        Links::Refused => vm.policy.find(base, path),
        _ => vm.policy.follow(base, path, links == Links::Followed),
    };
    if directory as u32 as i32 == libc::AT_FDCWD || path.starts_with(b"/") {
        return found(b"");
    }
    match &*vm.descriptors.get(directory)? {
        Object::Directory(_, base) => found(base),
        Object::Packed(packed) => found(packed.directory()?),
        _ => Err(Errno(libc::ENOTDIR)),
    }
}

/// What becomes of symbolic links on a path.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Links {
    /// The call goes through them.
    Followed,
    /// Through all but one that is the last component.
    NotTheLast,
    /// None may be there.
    Refused,
}

/// Looks up a path of the guest's; `follow` if the call goes through a symbolic link that is its last component.
pub fn find_at(vm: &Vm, directory: u64, address: u64, follow: bool) -> Result<(Found<'_>, Vec<u8>), Errno> {
    let path = read_path(vm, address)?;
    let links = if follow { Links::Followed } else { Links::NotTheLast };
    find(vm, directory, &path, links)
}

fn open_path(task: &Task, directory: u64, address: u64, flags: u64, mode: u64, links: Links) -> Served {
    let flags = flags as i32 & OPEN_FLAGS;
    let exclusive = libc::O_CREAT | libc::O_EXCL;
    let last = flags & libc::O_NOFOLLOW == 0 && flags & exclusive != exclusive;
    let links = match links {
        Links::Followed if !last => Links::NotTheLast,
        links => links,
    };
    let path = read_path(&task.vm, address)?;
    let (found, path) = match find(&task.vm, directory, &path, links) {
        // The directory that it would be made in is packed.
        Err(Errno(libc::ENOENT)) if flags & libc::O_CREAT != 0 => return Err(Errno(libc::EROFS)),
        found => found?,
    };
    let writes = flags & libc::O_ACCMODE != libc::O_RDONLY || flags & (libc::O_CREAT | libc::O_TRUNC) != 0;
    let place = match found {
        Found::Beneath(place) if !writes || place.writable() => place,
        Found::Text(text) if !writes => {
            let made = super::process_files::text(&task.vm, &path);
            let text = made.as_deref().unwrap_or(text);
            return task
                .vm
                .descriptors
                .add(Arc::new(Object::File(copy_of(text)?, false)), 0);
        }
        // Which a directory is refused for first, whether it can be written or not.
        Found::Beneath(place) if flags & libc::O_DIRECTORY != 0 => {
            place.open_linked(libc::O_PATH | libc::O_DIRECTORY, 0, links)?;
            return Err(Errno(libc::EISDIR));
        }
        Found::Packed(node) if writes && node.kind == Kind::Directory => return Err(Errno(libc::EISDIR)),
        Found::Above if writes => return Err(Errno(libc::EISDIR)),
        Found::Packed(node) => {
            let packed = Packed::open(&task.vm.policy, node, path, flags)?;
            return task.vm.descriptors.add(Arc::new(Object::Packed(packed)), 0);
        }
        _ => return Err(Errno(libc::EACCES)),
    };
    let mode = if flags & libc::O_CREAT != 0 {
        mode as u32 & 0o777
    } else {
        0
    };
    let fd = place.open_linked(flags | libc::O_NOCTTY, mode, links)?;
    let object = match kind(&fd)? {
        libc::S_IFDIR => Object::Directory(fd, path),
        _ => Object::File(fd, place.writable()),
    };
    task.vm.descriptors.add(Arc::new(object), 0)
}

impl Beneath<'_> {
    fn open_linked(&self, flags: i32, mode: u32, links: Links) -> Result<OwnedFd, Errno> {
        match links {
            Links::Refused => self.open_without_links(flags, mode),
            _ => self.open(flags, mode),
        }
    }
}

/// A file with a copy of a text, which nobody can write.
fn copy_of(text: &[u8]) -> Result<OwnedFd, Errno> {
    // SAFETY: the name ends with 0.
    let fd = host(unsafe { libc::memfd_create(c"text".as_ptr(), libc::MFD_CLOEXEC | libc::MFD_ALLOW_SEALING) }.into())?;
    // SAFETY: made just now and nobody else's.
    let fd = unsafe { OwnedFd::from_raw_fd(fd as RawFd) };
    std::fs::File::from(fd.try_clone()?).write_all_at(text, 0)?;
    let seals = libc::F_SEAL_WRITE | libc::F_SEAL_GROW | libc::F_SEAL_SHRINK | libc::F_SEAL_SEAL;
    // SAFETY: no pointers.
    host(unsafe { libc::fcntl(fd.as_raw_fd(), libc::F_ADD_SEALS, seals) }.into())?;
    Ok(fd)
}

fn kind(fd: &OwnedFd) -> Result<u32, Errno> {
    Ok(host_status(fd.as_raw_fd())?.st_mode & libc::S_IFMT)
}

fn host_status(fd: RawFd) -> Result<libc::stat, Errno> {
    // SAFETY: all-zero is a valid value.
    let mut status = unsafe { std::mem::zeroed::<libc::stat>() };
    // SAFETY: writes one structure.
    host(i64::from(unsafe { libc::fstat(fd, &mut status) }))?;
    Ok(status)
}

/// `open`.
pub fn open(task: &mut Task, call: &Call) -> Served {
    let [path, flags, mode, ..] = call.arguments;
    open_path(task, HERE, path, flags, mode, Links::Followed)
}

/// `openat`.
pub fn open_at(task: &mut Task, call: &Call) -> Served {
    let [directory, path, flags, mode, ..] = call.arguments;
    open_path(task, directory, path, flags, mode, Links::Followed)
}

/// `openat2`: as `openat`, or through no symbolic link. Other ways to limit a path are not there.
pub fn open_at_how(task: &mut Task, call: &Call) -> Served {
    const BYTES: u64 = 24;
    let [directory, path, how, size, ..] = call.arguments;
    if size < BYTES {
        return Err(Errno(libc::EINVAL));
    }
    // Arguments of a later age.
    if size > BYTES {
        return Err(Errno(libc::E2BIG));
    }
    let [flags, mode, resolve] = task.vm.read_words(how)?;
    let links = match resolve {
        0 => Links::Followed,
        RESOLVE_NO_SYMLINKS => Links::Refused,
        _ => return Err(Errno(libc::EINVAL)),
    };
    open_path(task, directory, path, flags, mode, links)
}

/// Writes the host's status of a descriptor to the guest.
pub fn write_status(vm: &Vm, fd: RawFd, address: u64) -> Served {
    vm.write(address, bytes_of(&host_status(fd)?))?;
    Ok(0)
}

/// The same of what a descriptor stands for.
pub fn write_status_of(vm: &Vm, object: &Object, address: u64) -> Served {
    match object {
        Object::Packed(packed) => vm.write(address, bytes_of(&packed.status())).map(|()| 0),
        _ => write_status(vm, object.host()?, address),
    }
}

/// Permissions of a directory above grants.
const ABOVE: u32 = libc::S_IFDIR | 0o555;

fn status_of(task: &Task, directory: u64, path: u64, address: u64, follow: bool) -> Served {
    match find_at(&task.vm, directory, path, follow)?.0 {
        Found::Beneath(place) => write_status(&task.vm, located(&place, follow)?.as_raw_fd(), address),
        Found::Text(text) => write_status(&task.vm, copy_of(text)?.as_raw_fd(), address),
        Found::Above => {
            // SAFETY: all-zero is a valid value.
            let mut status = unsafe { std::mem::zeroed::<libc::stat>() };
            status.st_mode = ABOVE;
            status.st_nlink = 1;
            status.st_blksize = 4096;
            task.vm.write(address, bytes_of(&status))?;
            Ok(0)
        }
        Found::Packed(node) => {
            let status = packed::status_at(&task.vm.policy, node, follow)?;
            task.vm.write(address, bytes_of(&status))?;
            Ok(0)
        }
    }
}

/// A descriptor that only says where something is.
pub fn located(place: &Beneath, follow: bool) -> Result<OwnedFd, Errno> {
    place.open(libc::O_PATH | if follow { 0 } else { libc::O_NOFOLLOW }, 0)
}

/// `stat`.
pub fn status(task: &mut Task, call: &Call) -> Served {
    status_of(task, HERE, call.arguments[0], call.arguments[1], true)
}

/// `lstat`.
pub fn link_status(task: &mut Task, call: &Call) -> Served {
    status_of(task, HERE, call.arguments[0], call.arguments[1], false)
}

/// Is the call about the descriptor itself?
fn about_descriptor(vm: &Vm, path: u64, flags: u64) -> Result<bool, Errno> {
    Ok(flags as i32 & libc::AT_EMPTY_PATH != 0 && read_path(vm, path)?.is_empty())
}

/// `newfstatat`.
pub fn status_at(task: &mut Task, call: &Call) -> Served {
    let [directory, path, address, flags, ..] = call.arguments;
    if about_descriptor(&task.vm, path, flags)? {
        let object = task.vm.descriptors.get(directory)?;
        return write_status_of(&task.vm, &object, address);
    }
    let follow = flags as i32 & libc::AT_SYMLINK_NOFOLLOW == 0;
    status_of(task, directory, path, address, follow)
}

/// `statx`.
pub fn extended_status(task: &mut Task, call: &Call) -> Served {
    let [directory, path, flags, mask, address, _] = call.arguments;
    // SAFETY: all-zero is a valid value.
    let mut status = unsafe { std::mem::zeroed::<libc::statx>() };
    let mut ask = |fd: RawFd| {
        let mask = mask as u32 & libc::STATX_ALL;
        // SAFETY: an empty path that ends with 0; writes one structure.
        host(unsafe { libc::statx(fd, c"".as_ptr(), libc::AT_EMPTY_PATH, mask, &mut status) }.into())
    };
    if about_descriptor(&task.vm, path, flags)? {
        match &*task.vm.descriptors.get(directory)? {
            Object::Packed(packed) => status = packed::extended(&packed.status()),
            object => drop(ask(object.host()?)?),
        }
    } else {
        let follow = flags as i32 & libc::AT_SYMLINK_NOFOLLOW == 0;
        match find_at(&task.vm, directory, path, follow)?.0 {
            Found::Beneath(place) => drop(ask(located(&place, follow)?.as_raw_fd())?),
            Found::Text(text) => drop(ask(copy_of(text)?.as_raw_fd())?),
            Found::Above => {
                status.stx_mask = libc::STATX_TYPE | libc::STATX_MODE | libc::STATX_NLINK;
                status.stx_mode = ABOVE as u16;
                status.stx_nlink = 1;
                status.stx_blksize = 4096;
            }
            Found::Packed(node) => status = packed::extended(&packed::status_at(&task.vm.policy, node, follow)?),
        }
    }
    task.vm.write(address, bytes_of(&status))?;
    Ok(0)
}

fn access_of(task: &Task, directory: u64, path: u64, mode: u64) -> Served {
    let mode = mode as i32;
    let refused = Errno(libc::EACCES);
    match find_at(&task.vm, directory, path, true)?.0 {
        Found::Beneath(place) => {
            let fd = located(&place, true)?;
            if mode & libc::W_OK != 0 && !place.writable() {
                return Err(refused);
            }
            let (fd, flags) = (fd.as_raw_fd(), libc::AT_EMPTY_PATH);
            // SAFETY: an empty path that ends with 0.
            host(unsafe { libc::syscall(libc::SYS_faccessat2, fd, c"".as_ptr(), mode, flags) })
        }
        Found::Above | Found::Text(_) if mode & libc::W_OK != 0 => Err(refused),
        Found::Above | Found::Text(_) => Ok(0),
        Found::Packed(node) => {
            let status = packed::status_at(&task.vm.policy, node, true)?;
            match mode {
                _ if mode & libc::W_OK != 0 => Err(Errno(libc::EROFS)),
                _ if mode & libc::X_OK != 0 && status.st_mode & 0o111 == 0 => Err(refused),
                _ => Ok(0),
            }
        }
    }
}

/// `access`.
pub fn access(task: &mut Task, call: &Call) -> Served {
    access_of(task, HERE, call.arguments[0], call.arguments[1])
}

/// `faccessat` and `faccessat2`.
pub fn access_at(task: &mut Task, call: &Call) -> Served {
    let [directory, path, mode, ..] = call.arguments;
    access_of(task, directory, path, mode)
}

fn link_target(task: &Task, directory: u64, path: u64, address: u64, length: u64) -> Served {
    let no_link = Errno(libc::EINVAL);
    let place = match find_at(&task.vm, directory, path, false)?.0 {
        Found::Beneath(place) => place,
        Found::Packed(node) if node.kind == Kind::Link => {
            let target = &node.target[..node.target.len().min(length as usize)];
            return task.vm.write(address, target).map(|()| target.len() as u64);
        }
        _ => return Err(no_link),
    };
    let link = located(&place, false)?;
    if kind(&link)? != libc::S_IFLNK {
        return Err(no_link);
    }
    let mut bytes = vec![0u8; length.min(libc::PATH_MAX as u64) as usize];
    let (start, size) = (bytes.as_mut_ptr(), bytes.len());
    // SAFETY: an empty path that ends with 0; writes at most `size` bytes.
    let count = host(unsafe { libc::readlinkat(link.as_raw_fd(), c"".as_ptr(), start.cast(), size) } as i64)?;
    task.vm.write(address, &bytes[..count as usize])?;
    Ok(count)
}

/// `readlink`.
pub fn read_link(task: &mut Task, call: &Call) -> Served {
    let [path, address, length, ..] = call.arguments;
    link_target(task, HERE, path, address, length)
}

/// `readlinkat`.
pub fn read_link_at(task: &mut Task, call: &Call) -> Served {
    let [directory, path, address, length, ..] = call.arguments;
    link_target(task, directory, path, address, length)
}

/// The directory and name of what is to be changed.
pub fn changed(task: &Task, directory: u64, path: u64) -> Result<(OwnedFd, CString), Errno> {
    match find_at(&task.vm, directory, path, false)?.0 {
        Found::Beneath(place) if place.writable() => place.in_parent(),
        Found::Packed(_) => Err(Errno(libc::EROFS)),
        _ => Err(Errno(libc::EACCES)),
    }
}

fn make(task: &Task, directory: u64, path: u64, mode: u64) -> Served {
    let (parent, name) = changed(task, directory, path)?;
    // SAFETY: the name ends with 0.
    host(i64::from(unsafe {
        libc::mkdirat(parent.as_raw_fd(), name.as_ptr(), mode as u32 & 0o777)
    }))
}

/// `mkdir`.
pub fn make_directory(task: &mut Task, call: &Call) -> Served {
    make(task, HERE, call.arguments[0], call.arguments[1])
}

/// `mkdirat`.
pub fn make_directory_at(task: &mut Task, call: &Call) -> Served {
    let [directory, path, mode, ..] = call.arguments;
    make(task, directory, path, mode)
}

fn remove(task: &Task, directory: u64, path: u64, flags: i32) -> Served {
    let (parent, name) = changed(task, directory, path)?;
    // SAFETY: the name ends with 0.
    host(i64::from(unsafe {
        libc::unlinkat(parent.as_raw_fd(), name.as_ptr(), flags)
    }))
}

/// `unlink`.
pub fn unlink(task: &mut Task, call: &Call) -> Served {
    remove(task, HERE, call.arguments[0], 0)
}

/// `rmdir`.
pub fn remove_directory(task: &mut Task, call: &Call) -> Served {
    remove(task, HERE, call.arguments[0], libc::AT_REMOVEDIR)
}

/// `unlinkat`.
pub fn unlink_at(task: &mut Task, call: &Call) -> Served {
    let [directory, path, flags, ..] = call.arguments;
    remove(task, directory, path, flags as i32 & libc::AT_REMOVEDIR)
}

fn move_to(task: &Task, from: (u64, u64), to: (u64, u64)) -> Served {
    let (from, from_name) = changed(task, from.0, from.1)?;
    let (to, to_name) = changed(task, to.0, to.1)?;
    // SAFETY: both names end with 0.
    let result = unsafe { libc::renameat(from.as_raw_fd(), from_name.as_ptr(), to.as_raw_fd(), to_name.as_ptr()) };
    host(result.into())
}

/// `rename`.
pub fn rename(task: &mut Task, call: &Call) -> Served {
    move_to(task, (HERE, call.arguments[0]), (HERE, call.arguments[1]))
}

/// `renameat`.
pub fn rename_at(task: &mut Task, call: &Call) -> Served {
    let [from, from_path, to, to_path, ..] = call.arguments;
    move_to(task, (from, from_path), (to, to_path))
}

/// `getcwd`.
pub fn working_directory(task: &mut Task, call: &Call) -> Served {
    let mut path = task.vm.policy.directory();
    path.push(0);
    if path.len() as u64 > call.arguments[1] {
        return Err(Errno(libc::ERANGE));
    }
    task.vm.write(call.arguments[0], &path)?;
    Ok(path.len() as u64)
}

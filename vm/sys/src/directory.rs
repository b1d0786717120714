//! Directories, mount tables, users and groups.

use crate::errno::{Errno, SysResult};
use std::ffi::{CStr, CString};

/// An open directory as a number natives hand around: a `DIR*`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Directory(pub usize);

impl Directory {
    /// Opens by path.
    pub fn open(path: &CStr) -> SysResult<Directory> {
        // SAFETY: the path is terminated.
        Self::opened(unsafe { libc::opendir(path.as_ptr()) })
    }

    /// Takes over a descriptor.
    pub fn of_descriptor(descriptor: i32) -> SysResult<Directory> {
        // SAFETY: a wrong descriptor is an error.
        Self::opened(unsafe { libc::fdopendir(descriptor) })
    }

    fn opened(directory: *mut libc::DIR) -> SysResult<Directory> {
        if directory.is_null() {
            Err(Errno::last())
        } else {
            Ok(Directory(directory as usize))
        }
    }

    /// The next name, `None` at the end.
    ///
    /// # Safety
    /// The directory is open.
    pub unsafe fn next(self) -> SysResult<Option<Vec<u8>>> {
        // SAFETY: an open directory; the entry's name is terminated and copied at once; errno is the thread's own.
        unsafe {
            *libc::__errno_location() = 0;
            let entry = libc::readdir(self.0 as *mut libc::DIR);
            if entry.is_null() {
                return match Errno::last() {
                    Errno(0) => Ok(None),
                    error => Err(error),
                };
            }
            Ok(Some(CStr::from_ptr((*entry).d_name.as_ptr()).to_bytes().to_vec()))
        }
    }

    /// Closes it.
    ///
    /// # Safety
    /// The directory is open and not used afterwards.
    pub unsafe fn close(self) -> SysResult<()> {
        // SAFETY: given by the caller.
        match unsafe { libc::closedir(self.0 as *mut libc::DIR) } {
            -1 if Errno::last() != Errno(libc::EINTR) => Err(Errno::last()),
            _ => Ok(()),
        }
    }
}

/// All names in a directory but `.` and `..`.
pub fn list(path: &CStr) -> SysResult<Vec<Vec<u8>>> {
    let directory = Directory::open(path)?;
    let mut names = Vec::new();
    // SAFETY: open until closed here.
    unsafe {
        while let Ok(Some(name)) = directory.next() {
            if name != b"." && name != b".." {
                names.push(name);
            }
        }
        directory.close()?;
    }
    Ok(names)
}

/// A line of a mount table.
pub struct Mount {
    /// What is mounted.
    pub name: Vec<u8>,
    /// Where.
    pub directory: Vec<u8>,
    /// Type of file system.
    pub kind: Vec<u8>,
    /// Options.
    pub options: Vec<u8>,
}

/// Opens a mount table: a `FILE*`.
pub fn open_mounts(path: &CStr, mode: &CStr) -> SysResult<usize> {
    // SAFETY: both strings are terminated.
    let file = unsafe { libc::setmntent(path.as_ptr(), mode.as_ptr()) };
    if file.is_null() {
        Err(Errno::last())
    } else {
        Ok(file as usize)
    }
}

/// The next line of a mount table, its strings being built in `length` bytes at `buffer`.
///
/// # Safety
/// `file` is from [`open_mounts`] and open; the buffer is writable.
pub unsafe fn next_mount(file: usize, buffer: *mut u8, length: i32) -> Option<Mount> {
    let mut entry = std::mem::MaybeUninit::<libc::mntent>::zeroed();
    // SAFETY: given by the caller; strings of a found entry are terminated and lie in the buffer.
    unsafe {
        let found = libc::getmntent_r(file as *mut libc::FILE, entry.as_mut_ptr(), buffer.cast(), length);
        let entry = found.as_ref()?;
        let text = |pointer: *const libc::c_char| CStr::from_ptr(pointer).to_bytes().to_vec();
        Some(Mount {
            name: text(entry.mnt_fsname),
            directory: text(entry.mnt_dir),
            kind: text(entry.mnt_type),
            options: text(entry.mnt_opts),
        })
    }
}

/// Length of the next line of a mount table's file, which is passed over; `None` at the end.
///
/// # Safety
/// `file` is from [`open_mounts`] and open.
pub unsafe fn line_length(file: usize) -> SysResult<Option<usize>> {
    let mut line = std::ptr::null_mut();
    let mut room = 0;
    // SAFETY: given by the caller; the call allocates the line, freed here.
    unsafe {
        let length = libc::getline(&mut line, &mut room, file as *mut libc::FILE);
        let error = Errno::last();
        let ended = length < 0 && libc::feof(file as *mut libc::FILE) != 0;
        libc::free(line.cast());
        match usize::try_from(length) {
            Ok(length) => Ok(Some(length)),
            Err(_) if ended => Ok(None),
            Err(_) => Err(error),
        }
    }
}

/// Goes back to the first line of a mount table.
///
/// # Safety
/// `file` is from [`open_mounts`] and open.
pub unsafe fn rewind_mounts(file: usize) {
    // SAFETY: given by the caller.
    unsafe { libc::rewind(file as *mut libc::FILE) }
}

/// Closes a mount table.
///
/// # Safety
/// `file` is from [`open_mounts`] and not used afterwards.
pub unsafe fn close_mounts(file: usize) {
    // SAFETY: given by the caller.
    unsafe { libc::endmntent(file as *mut libc::FILE) };
}

/// Repeats a look-up with larger buffers until its strings fit.
fn with_buffer<T>(look_up: impl Fn(&mut [u8]) -> Result<Option<T>, i32>) -> SysResult<Option<T>> {
    let mut length = 1024;
    loop {
        let mut buffer = vec![0u8; length];
        match look_up(&mut buffer) {
            Ok(found) => return Ok(found),
            Err(libc::EINTR) => {}
            Err(libc::ERANGE) if length < 1 << 20 => length *= 4,
            Err(error) => return Err(Errno(error)),
        }
    }
}

fn user<T>(
    call: impl Fn(*mut libc::passwd, *mut libc::c_char, usize, *mut *mut libc::passwd) -> libc::c_int,
    read: impl Fn(&libc::passwd) -> T,
) -> SysResult<Option<T>> {
    with_buffer(|buffer| {
        let mut entry = std::mem::MaybeUninit::<libc::passwd>::zeroed();
        let mut found = std::ptr::null_mut();
        match call(entry.as_mut_ptr(), buffer.as_mut_ptr().cast(), buffer.len(), &mut found) {
            // SAFETY: a found entry is `entry`, with strings in the buffer.
            0 => Ok(unsafe { found.as_ref() }.map(&read)),
            error => Err(error),
        }
    })
}

fn group<T>(
    call: impl Fn(*mut libc::group, *mut libc::c_char, usize, *mut *mut libc::group) -> libc::c_int,
    read: impl Fn(&libc::group) -> T,
) -> SysResult<Option<T>> {
    with_buffer(|buffer| {
        let mut entry = std::mem::MaybeUninit::<libc::group>::zeroed();
        let mut found = std::ptr::null_mut();
        match call(entry.as_mut_ptr(), buffer.as_mut_ptr().cast(), buffer.len(), &mut found) {
            // SAFETY: a found entry is `entry`, with strings in the buffer.
            0 => Ok(unsafe { found.as_ref() }.map(&read)),
            error => Err(error),
        }
    })
}

fn bytes_of(text: *const libc::c_char) -> Vec<u8> {
    if text.is_null() {
        return Vec::new();
    }
    // SAFETY: a string of the user or group data base, terminated.
    unsafe { CStr::from_ptr(text) }.to_bytes().to_vec()
}

/// Who runs this process.
pub struct Identity {
    /// Its user.
    pub user: u32,
    /// Its group.
    pub group: u32,
    /// Its further groups.
    pub groups: Vec<u32>,
}

/// Who runs this process.
pub fn identity() -> SysResult<Identity> {
    // SAFETY: no memory is passed.
    let (user, group, count) = unsafe { (libc::getuid(), libc::getgid(), libc::getgroups(0, std::ptr::null_mut())) };
    let mut groups = vec![0; usize::try_from(count).map_err(|_| Errno::last())?];
    // SAFETY: the vector has room for as many.
    let count = unsafe { libc::getgroups(count, groups.as_mut_ptr()) };
    groups.truncate(usize::try_from(count).map_err(|_| Errno::last())?);
    Ok(Identity { user, group, groups })
}

/// Name of a user.
pub fn user_name(id: u32) -> SysResult<Option<Vec<u8>>> {
    // SAFETY: entry, buffer and result are as the call wants them.
    user(
        |entry, buffer, length, found| unsafe { libc::getpwuid_r(id, entry, buffer, length, found) },
        |u| bytes_of(u.pw_name),
    )
}

/// Home directory of a user.
pub fn user_home(id: u32) -> SysResult<Option<Vec<u8>>> {
    // SAFETY: entry, buffer and result are as the call wants them.
    user(
        |entry, buffer, length, found| unsafe { libc::getpwuid_r(id, entry, buffer, length, found) },
        |u| bytes_of(u.pw_dir),
    )
}

/// Id of a user.
pub fn user_id(name: &CStr) -> SysResult<Option<u32>> {
    user(
        // SAFETY: the name is terminated; entry, buffer and result are as the call wants them.
        |entry, buffer, length, found| unsafe { libc::getpwnam_r(name.as_ptr(), entry, buffer, length, found) },
        |u| u.pw_uid,
    )
}

/// Name of a group.
pub fn group_name(id: u32) -> SysResult<Option<Vec<u8>>> {
    // SAFETY: entry, buffer and result are as the call wants them.
    group(
        |entry, buffer, length, found| unsafe { libc::getgrgid_r(id, entry, buffer, length, found) },
        |g| bytes_of(g.gr_name),
    )
}

/// Id of a group.
pub fn group_id(name: &CStr) -> SysResult<Option<u32>> {
    group(
        // SAFETY: the name is terminated; entry, buffer and result are as the call wants them.
        |entry, buffer, length, found| unsafe { libc::getgrnam_r(name.as_ptr(), entry, buffer, length, found) },
        |g| g.gr_gid,
    )
}

/// Effective user of the process.
pub fn current_user() -> u32 {
    // SAFETY: always succeeds.
    unsafe { libc::geteuid() }
}

/// A C string at an address Java code passes around.
///
/// # Safety
/// A terminated string lies there.
pub unsafe fn string_at(address: i64) -> CString {
    // SAFETY: given by the caller.
    unsafe { CStr::from_ptr(address as *const libc::c_char) }.to_owned()
}

//! Files: opening, reading and writing by descriptor, attributes, names.
//!
//! Calls are repeated when a signal interrupts them, except where the documentation says that they report it.

use crate::errno::{Errno, SysResult, restarting, size, status};
use std::ffi::{CStr, CString};

/// What `stat` tells of a file.
pub type FileStatus = libc::stat;
/// What `statvfs` tells of a file system.
pub type FileSystemStatus = libc::statvfs;
/// A buffer of a scattered read or gathered write.
pub type IoVector = libc::iovec;

/// Calls that answer 0 or a small number, with C strings for paths.
macro_rules! calls {
    ($($(#[$doc:meta])* $name:ident($($p:ident: $t:ty),*) => $call:expr;)*) => {
        $($(#[$doc])*
        pub fn $name($($p: $t),*) -> SysResult<i32> {
            // SAFETY: strings are terminated and arrays have the length the call reads; both outlive it.
            restarting(|| status(unsafe { $call }))
        })*
    };
}

calls! {
    /// Opens a file; the descriptor is not inherited by other programs.
    open(path: &CStr, flags: i32, mode: u32) => libc::open(path.as_ptr(), flags | libc::O_CLOEXEC, mode);
    /// Opens a file relative to a directory.
    open_at(directory: i32, path: &CStr, flags: i32, mode: u32) =>
        libc::openat(directory, path.as_ptr(), flags | libc::O_CLOEXEC, mode);
    /// A second descriptor of the same open file.
    duplicate(descriptor: i32) => libc::fcntl(descriptor, libc::F_DUPFD_CLOEXEC, 0);
    /// Makes `to` a descriptor of the open file `from`.
    duplicate_to(from: i32, to: i32) => libc::dup2(from, to);
    /// Writes a file's data and attributes to the device.
    sync(descriptor: i32) => libc::fsync(descriptor);
    /// Writes a file's data to the device.
    sync_data(descriptor: i32) => libc::fdatasync(descriptor);
    /// Sets a file's length.
    truncate(descriptor: i32, length: i64) => libc::ftruncate(descriptor, length);
    /// Checks what the caller may do with a file.
    access(path: &CStr, mode: i32) => libc::access(path.as_ptr(), mode);
    /// Sets the permissions of a file.
    change_mode(path: &CStr, mode: u32) => libc::chmod(path.as_ptr(), mode);
    /// The same by descriptor.
    change_mode_of(descriptor: i32, mode: u32) => libc::fchmod(descriptor, mode);
    /// The same relative to a directory.
    change_mode_at(directory: i32, path: &CStr, mode: u32, flags: i32) =>
        libc::fchmodat(directory, path.as_ptr(), mode, flags);
    /// Sets owner and group of a file.
    change_owner(path: &CStr, owner: u32, group: u32) => libc::chown(path.as_ptr(), owner, group);
    /// The same of a link itself.
    change_link_owner(path: &CStr, owner: u32, group: u32) => libc::lchown(path.as_ptr(), owner, group);
    /// The same by descriptor.
    change_owner_of(descriptor: i32, owner: u32, group: u32) => libc::fchown(descriptor, owner, group);
    /// Makes another name for a file.
    link(existing: &CStr, new: &CStr) => libc::link(existing.as_ptr(), new.as_ptr());
    /// Removes a name.
    unlink(path: &CStr) => libc::unlink(path.as_ptr());
    /// Removes a name relative to a directory.
    unlink_at(directory: i32, path: &CStr, flags: i32) => libc::unlinkat(directory, path.as_ptr(), flags);
    /// Removes a file or an empty directory.
    remove(path: &CStr) => libc::remove(path.as_ptr());
    /// Makes a special file.
    make_node(path: &CStr, mode: u32, device: u64) => libc::mknod(path.as_ptr(), mode, device);
    /// Gives a file another name.
    rename(from: &CStr, to: &CStr) => libc::rename(from.as_ptr(), to.as_ptr());
    /// The same relative to two directories.
    rename_at(from_directory: i32, from: &CStr, to_directory: i32, to: &CStr) =>
        libc::renameat(from_directory, from.as_ptr(), to_directory, to.as_ptr());
    /// Makes a directory.
    make_directory(path: &CStr, mode: u32) => libc::mkdir(path.as_ptr(), mode);
    /// Removes an empty directory.
    remove_directory(path: &CStr) => libc::rmdir(path.as_ptr());
    /// Makes a symbolic link.
    symbolic_link(target: &CStr, path: &CStr) => libc::symlink(target.as_ptr(), path.as_ptr());
    /// Sets access and modification time.
    set_times(path: &CStr, times: &[libc::timeval; 2]) => libc::utimes(path.as_ptr(), times.as_ptr());
    /// The same of a link itself.
    set_link_times(path: &CStr, times: &[libc::timeval; 2]) => libc::lutimes(path.as_ptr(), times.as_ptr());
    /// The same by descriptor.
    set_times_of(descriptor: i32, times: &[libc::timeval; 2]) => libc::futimes(descriptor, times.as_ptr());
    /// The same by descriptor, in nanoseconds.
    set_nano_times_of(descriptor: i32, times: &[libc::timespec; 2]) => libc::futimens(descriptor, times.as_ptr());
    /// The same relative to a directory, in nanoseconds.
    set_nano_times_at(directory: i32, path: &CStr, times: &[libc::timespec; 2], flags: i32) =>
        libc::utimensat(directory, path.as_ptr(), times.as_ptr(), flags);
    /// Removes an extended attribute.
    remove_attribute(descriptor: i32, name: &CStr) => libc::fremovexattr(descriptor, name.as_ptr());
    /// Advises the kernel how a range will be read; answers the error number.
    advise(descriptor: i32, offset: i64, length: i64, advice: i32) =>
        libc::posix_fadvise(descriptor, offset, length, advice);
    /// Is the descriptor a terminal's?
    is_terminal(descriptor: i32) => libc::isatty(descriptor);
    /// The flags of an open file (`O_APPEND` …).
    status_flags(descriptor: i32) => libc::fcntl(descriptor, libc::F_GETFL);
    /// Sets them.
    set_status_flags(descriptor: i32, flags: i32) => libc::fcntl(descriptor, libc::F_SETFL, flags);
}

/// Closes a descriptor. An interrupted close has closed it.
pub fn close(descriptor: i32) -> SysResult<()> {
    // SAFETY: closing is safe for memory whatever the number is.
    match status(unsafe { libc::close(descriptor) }) {
        Ok(_) | Err(Errno(libc::EINTR)) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Reads; reports interruption.
///
/// # Safety
/// `length` bytes at `buffer` may be written.
pub unsafe fn read_raw(descriptor: i32, buffer: *mut u8, length: usize) -> SysResult<usize> {
    // SAFETY: given by the caller.
    size(unsafe { libc::read(descriptor, buffer.cast(), length) } as i64).map(|n| n as usize)
}

/// Writes; reports interruption.
///
/// # Safety
/// `length` bytes at `buffer` may be read.
pub unsafe fn write_raw(descriptor: i32, buffer: *const u8, length: usize) -> SysResult<usize> {
    // SAFETY: given by the caller.
    size(unsafe { libc::write(descriptor, buffer.cast(), length) } as i64).map(|n| n as usize)
}

/// Reads at an offset; reports interruption.
///
/// # Safety
/// `length` bytes at `buffer` may be written.
pub unsafe fn read_at_raw(descriptor: i32, buffer: *mut u8, length: usize, offset: i64) -> SysResult<usize> {
    // SAFETY: given by the caller.
    size(unsafe { libc::pread(descriptor, buffer.cast(), length, offset) } as i64).map(|n| n as usize)
}

/// Writes at an offset; reports interruption.
///
/// # Safety
/// `length` bytes at `buffer` may be read.
pub unsafe fn write_at_raw(descriptor: i32, buffer: *const u8, length: usize, offset: i64) -> SysResult<usize> {
    // SAFETY: given by the caller.
    size(unsafe { libc::pwrite(descriptor, buffer.cast(), length, offset) } as i64).map(|n| n as usize)
}

/// Reads into several buffers; reports interruption.
///
/// # Safety
/// `vectors` points at `count` vectors of writable memory.
pub unsafe fn read_vectors_raw(descriptor: i32, vectors: *const IoVector, count: i32) -> SysResult<i64> {
    // SAFETY: given by the caller.
    size(unsafe { libc::readv(descriptor, vectors, count) } as i64)
}

/// Writes from several buffers; reports interruption.
///
/// # Safety
/// `vectors` points at `count` vectors of readable memory.
pub unsafe fn write_vectors_raw(descriptor: i32, vectors: *const IoVector, count: i32) -> SysResult<i64> {
    // SAFETY: given by the caller.
    size(unsafe { libc::writev(descriptor, vectors, count) } as i64)
}

/// Reads into a slice.
pub fn read(descriptor: i32, buffer: &mut [u8]) -> SysResult<usize> {
    // SAFETY: the slice is writable.
    restarting(|| unsafe { read_raw(descriptor, buffer.as_mut_ptr(), buffer.len()) })
}

/// Writes all of a slice.
pub fn write_all(descriptor: i32, mut bytes: &[u8]) -> SysResult<()> {
    while !bytes.is_empty() {
        // SAFETY: the slice is readable.
        let written = restarting(|| unsafe { write_raw(descriptor, bytes.as_ptr(), bytes.len()) })?;
        bytes = &bytes[written.min(bytes.len())..];
    }
    Ok(())
}

/// Moves the file position.
pub fn seek(descriptor: i32, offset: i64, whence: i32) -> SysResult<i64> {
    // SAFETY: no memory is passed.
    restarting(|| size(unsafe { libc::lseek(descriptor, offset, whence) }))
}

fn status_by(call: impl Fn(*mut libc::stat) -> libc::c_int) -> SysResult<FileStatus> {
    let mut buffer = std::mem::MaybeUninit::<libc::stat>::zeroed();
    restarting(|| status(call(buffer.as_mut_ptr())))?;
    // SAFETY: the call succeeded and filled it (and all-zero is valid).
    Ok(unsafe { buffer.assume_init() })
}

/// Attributes of a file, links followed.
pub fn status_of(path: &CStr) -> SysResult<FileStatus> {
    // SAFETY: path and buffer outlive the call.
    status_by(|buffer| unsafe { libc::stat(path.as_ptr(), buffer) })
}

/// Attributes of a file or link.
pub fn link_status_of(path: &CStr) -> SysResult<FileStatus> {
    // SAFETY: path and buffer outlive the call.
    status_by(|buffer| unsafe { libc::lstat(path.as_ptr(), buffer) })
}

/// Attributes of an open file.
pub fn status_of_open(descriptor: i32) -> SysResult<FileStatus> {
    // SAFETY: the buffer outlives the call.
    status_by(|buffer| unsafe { libc::fstat(descriptor, buffer) })
}

/// Attributes of a file relative to a directory.
pub fn status_at(directory: i32, path: &CStr, flags: i32) -> SysResult<FileStatus> {
    // SAFETY: path and buffer outlive the call.
    status_by(|buffer| unsafe { libc::fstatat(directory, path.as_ptr(), buffer, flags) })
}

/// Birth time (seconds, nanoseconds) of a file, where the file system keeps it. The path may be empty with
/// `AT_EMPTY_PATH` among the flags.
pub fn birth_time(directory: i32, path: &CStr, flags: i32) -> Option<(i64, i64)> {
    let mut buffer = std::mem::MaybeUninit::<libc::statx>::zeroed();
    // SAFETY: path and buffer outlive the call; the buffer is filled on success (all-zero is valid).
    unsafe {
        let result = libc::statx(directory, path.as_ptr(), flags, libc::STATX_BTIME, buffer.as_mut_ptr());
        let buffer = buffer.assume_init();
        (result == 0 && buffer.stx_mask & libc::STATX_BTIME != 0)
            .then_some((buffer.stx_btime.tv_sec, i64::from(buffer.stx_btime.tv_nsec)))
    }
}

/// The file system that holds a path.
pub fn file_system_of(path: &CStr) -> SysResult<FileSystemStatus> {
    let mut buffer = std::mem::MaybeUninit::<libc::statvfs>::zeroed();
    // SAFETY: path and buffer outlive the call.
    restarting(|| status(unsafe { libc::statvfs(path.as_ptr(), buffer.as_mut_ptr()) }))?;
    // SAFETY: the call succeeded and filled it (and all-zero is valid).
    Ok(unsafe { buffer.assume_init() })
}

/// The file system that holds an open file.
pub fn file_system_of_open(descriptor: i32) -> SysResult<FileSystemStatus> {
    let mut buffer = std::mem::MaybeUninit::<libc::statvfs>::zeroed();
    // SAFETY: the buffer outlives the call.
    restarting(|| status(unsafe { libc::fstatvfs(descriptor, buffer.as_mut_ptr()) }))?;
    // SAFETY: the call succeeded and filled it (and all-zero is valid).
    Ok(unsafe { buffer.assume_init() })
}

/// Longest file name in the file system of a path; `Err(Errno(0))` when there is no limit.
pub fn name_max(path: &CStr) -> SysResult<i64> {
    // SAFETY: errno is the calling thread's own; the path is terminated.
    unsafe {
        *libc::__errno_location() = 0;
        size(libc::pathconf(path.as_ptr(), libc::_PC_NAME_MAX))
    }
}

/// What can be read without waiting, bytes.
pub fn available(descriptor: i32) -> SysResult<i64> {
    let file = status_of_open(descriptor)?;
    let kind = file.st_mode & libc::S_IFMT;
    if matches!(kind, libc::S_IFCHR | libc::S_IFIFO | libc::S_IFSOCK)
        && let Ok(waiting) = waiting_bytes(descriptor)
    {
        return Ok(i64::from(waiting));
    }
    let current = seek(descriptor, 0, libc::SEEK_CUR)?;
    let end = if kind == libc::S_IFREG { file.st_size } else { 0 };
    let end = if end < current {
        let end = seek(descriptor, 0, libc::SEEK_END)?;
        seek(descriptor, current, libc::SEEK_SET)?;
        end
    } else {
        end
    };
    Ok(end - current)
}

/// Bytes a pipe, socket or terminal holds.
pub fn waiting_bytes(descriptor: i32) -> SysResult<i32> {
    let mut count: libc::c_int = 0;
    // SAFETY: FIONREAD writes an int.
    restarting(|| status(unsafe { libc::ioctl(descriptor, libc::FIONREAD, &mut count) }))?;
    Ok(count)
}

/// Target of a symbolic link.
pub fn read_link(path: &CStr) -> SysResult<Vec<u8>> {
    let mut buffer = vec![0u8; libc::PATH_MAX as usize + 1];
    // SAFETY: the buffer is as long as told.
    let length =
        restarting(|| size(unsafe { libc::readlink(path.as_ptr(), buffer.as_mut_ptr().cast(), buffer.len()) } as i64))?;
    buffer.truncate(length as usize);
    Ok(buffer)
}

/// Is this the path of a directory, without a symbolic link in it? In one system call: who opens a directory to write to it is told that it
/// is one, and `openat2` refuses links before that. What cannot be told is not known to be one.
fn is_plain_directory(path: &CStr) -> bool {
    let how: [u64; 3] = [
        (libc::O_WRONLY | libc::O_DIRECTORY | libc::O_CLOEXEC) as u64,
        0,
        libc::RESOLVE_NO_SYMLINKS,
    ];
    // SAFETY: the path ends with 0, and the structure of flags, mode and ways is of the given size.
    let opened = unsafe {
        libc::syscall(
            libc::SYS_openat2,
            libc::AT_FDCWD,
            path.as_ptr(),
            &raw const how,
            size_of_val(&how),
        )
    };
    if let Ok(descriptor) = i32::try_from(opened)
        && descriptor >= 0
    {
        // No directory is opened so.
        let _ = close(descriptor);
        return false;
    }
    Errno::last() == Errno(libc::EISDIR)
}

/// What an absolute path is without dots, if there is no link in it and that can be told without looking at each directory above it, which
/// would be a system call for each.
fn plain_path(path: &[u8]) -> Option<Vec<u8>> {
    let names: Vec<&[u8]> = path.strip_prefix(b"/")?.split(|&byte| byte == b'/').collect();
    if names.contains(&&b".."[..]) {
        return None;
    }
    let is_of_directory = matches!(names.last(), Some(&(b"" | b".")));
    let plain = names.into_iter().filter(|name| !matches!(*name, b"" | b"."));
    let plain: Vec<u8> = plain.flat_map(|name| [b"/", name].concat()).collect();
    let end = plain.iter().rposition(|&byte| byte == b'/')?;
    let whole = c_path(&plain);
    let found = is_plain_directory(&whole)
        || !is_of_directory
            && end > 0
            && is_plain_directory(&c_path(&plain[..end]))
            && read_link(&whole) == Err(Errno(libc::EINVAL));
    found.then_some(plain)
}

/// The absolute path without links and dots.
pub fn real_path(path: &CStr) -> SysResult<Vec<u8>> {
    if let Some(plain) = plain_path(path.to_bytes()) {
        return Ok(plain);
    }
    // SAFETY: with a null buffer the call allocates a terminated string, freed here.
    unsafe {
        let result = libc::realpath(path.as_ptr(), std::ptr::null_mut());
        if result.is_null() {
            return Err(Errno::last());
        }
        let bytes = CStr::from_ptr(result).to_bytes().to_vec();
        libc::free(result.cast());
        Ok(bytes)
    }
}

/// The current directory.
pub fn current_directory() -> SysResult<Vec<u8>> {
    let mut buffer = vec![0u8; libc::PATH_MAX as usize + 1];
    // SAFETY: the buffer is as long as told.
    let result = unsafe { libc::getcwd(buffer.as_mut_ptr().cast(), buffer.len()) };
    if result.is_null() {
        return Err(Errno::last());
    }
    let length = buffer.iter().position(|&b| b == 0).unwrap_or(0);
    buffer.truncate(length);
    Ok(buffer)
}

/// Value of an extended attribute; with no room, its size.
///
/// # Safety
/// `length` bytes at `value` may be written.
pub unsafe fn get_attribute(descriptor: i32, name: &CStr, value: *mut u8, length: usize) -> SysResult<i32> {
    // SAFETY: given by the caller.
    size(unsafe { libc::fgetxattr(descriptor, name.as_ptr(), value.cast(), length) } as i64).map(|n| n as i32)
}

/// Sets an extended attribute.
///
/// # Safety
/// `length` bytes at `value` may be read.
pub unsafe fn set_attribute(descriptor: i32, name: &CStr, value: *const u8, length: usize) -> SysResult<i32> {
    // SAFETY: given by the caller.
    status(unsafe { libc::fsetxattr(descriptor, name.as_ptr(), value.cast(), length, 0) })
}

/// Names of the extended attributes, each terminated; with no room, their size.
///
/// # Safety
/// `length` bytes at `list` may be written.
pub unsafe fn list_attributes(descriptor: i32, list: *mut u8, length: usize) -> SysResult<i32> {
    // SAFETY: given by the caller.
    size(unsafe { libc::flistxattr(descriptor, list.cast(), length) } as i64).map(|n| n as i32)
}

/// Sets or clears the non-blocking mode of a descriptor.
pub fn set_blocking(descriptor: i32, blocking: bool) -> SysResult<()> {
    let mut flag = libc::c_int::from(!blocking);
    // One call where `fcntl` takes two: the class library does this several times for each request that a server answers.
    // SAFETY: the request reads one number.
    status(unsafe { libc::ioctl(descriptor, libc::FIONBIO, &mut flag) }).map(|_| ())
}

/// Locks (`F_RDLCK`, `F_WRLCK`) or unlocks (`F_UNLCK`) a range for the whole process; reports interruption.
pub fn lock(descriptor: i32, kind: i32, start: i64, length: i64, wait: bool) -> SysResult<i32> {
    // SAFETY: all-zero is a valid flock; it outlives the call.
    unsafe {
        let mut range = std::mem::zeroed::<libc::flock>();
        range.l_whence = libc::SEEK_SET as _;
        range.l_start = start;
        range.l_len = if length == i64::MAX { 0 } else { length };
        range.l_type = kind as _;
        status(libc::fcntl(
            descriptor,
            if wait { libc::F_SETLKW } else { libc::F_SETLK },
            &range,
        ))
    }
}

/// Maps a file.
pub fn map(descriptor: i32, protection: i32, flags: i32, offset: i64, length: usize) -> SysResult<usize> {
    // SAFETY: a new mapping where the kernel chooses disturbs nobody.
    let address = unsafe { libc::mmap(std::ptr::null_mut(), length, protection, flags, descriptor, offset) };
    if address == libc::MAP_FAILED {
        Err(Errno::last())
    } else {
        Ok(address as usize)
    }
}

/// Unmaps.
///
/// # Safety
/// Nobody uses the range any more.
pub unsafe fn unmap(address: usize, length: usize) -> SysResult<i32> {
    // SAFETY: given by the caller.
    status(unsafe { libc::munmap(address as *mut _, length) })
}

/// Writes a mapped range to its file.
pub fn sync_mapping(address: usize, length: usize) -> SysResult<i32> {
    // SAFETY: msync touches no memory of ours; a wrong range is an error.
    status(unsafe { libc::msync(address as *mut _, length, libc::MS_SYNC) })
}

/// Advises the kernel about a mapped range. Only for advice that keeps the content.
pub fn advise_mapping(address: usize, length: usize, will_need: bool) -> SysResult<i32> {
    let advice = if will_need {
        libc::MADV_WILLNEED
    } else {
        libc::MADV_DONTNEED
    };
    // SAFETY: a shared file mapping keeps its content under both advices.
    status(unsafe { libc::madvise(address as *mut _, length, advice) })
}

/// Are all these pages in memory?
pub fn is_resident(address: usize, length: usize, pages: usize) -> SysResult<bool> {
    let mut residence = vec![0u8; pages + 1];
    // SAFETY: the vector has a byte for each page, and one of reserve that stays as it is.
    status(unsafe { libc::mincore(address as *mut _, length, residence.as_mut_ptr()) })?;
    Ok(residence[..pages].iter().all(|&page| page & 1 != 0))
}

/// Copies from file to file (or socket) inside the kernel.
pub fn send_file(from: i32, to: i32, offset: &mut i64, count: usize) -> SysResult<i64> {
    // SAFETY: the offset outlives the call.
    size(unsafe { libc::sendfile(to, from, offset, count) } as i64)
}

/// Copies from one file's position to another's inside the kernel.
pub fn send_file_at_position(from: i32, to: i32, count: usize) -> SysResult<i64> {
    // SAFETY: without an offset no memory is passed.
    restarting(|| size(unsafe { libc::sendfile(to, from, std::ptr::null_mut(), count) } as i64))
}

/// Copies a range between two files inside the kernel, sharing blocks where the file system can.
pub fn copy_range(
    from: i32,
    from_offset: Option<&mut i64>,
    to: i32,
    to_offset: Option<&mut i64>,
    count: usize,
) -> SysResult<i64> {
    let pointer = |offset: Option<&mut i64>| offset.map_or(std::ptr::null_mut(), std::ptr::from_mut);
    // SAFETY: offsets are null or outlive the call.
    size(unsafe { libc::copy_file_range(from, pointer(from_offset), to, pointer(to_offset), count, 0) } as i64)
}

/// Ends of a new pipe: (read, write).
pub fn pipe() -> SysResult<(i32, i32)> {
    let mut ends = [0; 2];
    // SAFETY: the call writes two ints.
    status(unsafe { libc::pipe2(ends.as_mut_ptr(), libc::O_CLOEXEC) })?;
    Ok((ends[0], ends[1]))
}

/// Switches a terminal's echo; answers whether it was on.
pub fn set_echo(descriptor: i32, on: bool) -> SysResult<bool> {
    let mut settings = std::mem::MaybeUninit::<libc::termios>::zeroed();
    // SAFETY: the settings are filled by the first call and outlive both.
    unsafe {
        status(libc::tcgetattr(descriptor, settings.as_mut_ptr()))?;
        let mut settings = settings.assume_init();
        let was = settings.c_lflag & libc::ECHO != 0;
        settings.c_lflag = if on {
            settings.c_lflag | libc::ECHO
        } else {
            settings.c_lflag & !libc::ECHO
        };
        status(libc::tcsetattr(descriptor, libc::TCSANOW, &settings))?;
        Ok(was)
    }
}

/// Size of a block device, bytes.
pub fn device_size(descriptor: i32) -> SysResult<i64> {
    const BLKGETSIZE64: libc::Ioctl = 0x8008_1272u32 as libc::Ioctl;
    let mut bytes = 0u64;
    // SAFETY: the request writes 8 bytes.
    status(unsafe { libc::ioctl(descriptor, BLKGETSIZE64, &mut bytes) })?;
    Ok(bytes as i64)
}

/// A whole small file.
pub fn read_whole(path: &CStr) -> SysResult<Vec<u8>> {
    let descriptor = open(path, libc::O_RDONLY, 0)?;
    let mut content = Vec::new();
    let mut chunk = [0u8; 4096];
    let result = loop {
        match read(descriptor, &mut chunk) {
            Ok(0) => break Ok(content),
            Ok(count) => content.extend_from_slice(&chunk[..count]),
            Err(error) => break Err(error),
        }
    };
    close(descriptor)?;
    result
}

/// A path as the system wants it; cut at an embedded zero.
pub fn c_path(bytes: &[u8]) -> CString {
    let end = bytes.iter().position(|&b| b == 0).unwrap_or(bytes.len());
    CString::new(&bytes[..end]).unwrap_or_default()
}

/// Size of a page, bytes.
pub fn page_size() -> usize {
    // SAFETY: sysconf reads a constant of the system.
    (unsafe { libc::sysconf(libc::_SC_PAGESIZE) }).max(4096) as usize
}

/// Highest number of open files, and of vectors in one call.
pub fn limits() -> (i64, i64) {
    let mut limit = libc::rlimit {
        rlim_cur: 0,
        rlim_max: 0,
    };
    // SAFETY: the call fills the structure; sysconf reads a constant.
    unsafe {
        libc::getrlimit(libc::RLIMIT_NOFILE, &mut limit);
        let vectors = libc::sysconf(libc::_SC_IOV_MAX);
        (
            i64::try_from(limit.rlim_max).unwrap_or(i64::MAX),
            if vectors <= 0 { 16 } else { vectors },
        )
    }
}

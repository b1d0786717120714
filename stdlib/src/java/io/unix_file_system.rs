//! `java.io.UnixFileSystem`.

use crate::io_support::{get_ref_field, system_path, system_string, throw_io};
use crate::support::{not_null, nothing};
use peaberry_runtime::known::KnownClass;
use peaberry_runtime::object::array_set_ref;
use peaberry_runtime::{JResult, JavaThread, Obj, natives};
use peaberry_sys::errno::{Errno, SysResult};
use peaberry_sys::{directory, file};
use std::ffi::{CStr, CString};

natives! { pub NATIVES: "java/io/UnixFileSystem" {
    "initIDs" "()V" => nothing;
    "canonicalize0" "(Ljava/lang/String;)Ljava/lang/String;" [blocks] => canonicalize;
    "getBooleanAttributes0" "(Ljava/io/File;)I" [blocks] => boolean_attributes;
    "checkAccess" "(Ljava/io/File;I)Z" [until 20] [blocks] => check_access;
    "checkAccess0" "(Ljava/io/File;I)Z" [since 21] [blocks] => check_access;
    "getLastModifiedTime" "(Ljava/io/File;)J" [until 20] [blocks] => last_modified;
    "getLastModifiedTime0" "(Ljava/io/File;)J" [since 21] [blocks] => last_modified;
    "getLength" "(Ljava/io/File;)J" [until 20] [blocks] => length;
    "getLength0" "(Ljava/io/File;)J" [since 21] [blocks] => length;
    "setPermission" "(Ljava/io/File;IZZ)Z" [until 20] [blocks] => set_permission;
    "setPermission0" "(Ljava/io/File;IZZ)Z" [since 21] [blocks] => set_permission;
    "createFileExclusively" "(Ljava/lang/String;)Z" [until 20] [blocks] => create_exclusively;
    "createFileExclusively0" "(Ljava/lang/String;)Z" [since 21] [blocks] => create_exclusively;
    "delete0" "(Ljava/io/File;)Z" [blocks] => delete;
    "list" "(Ljava/io/File;)[Ljava/lang/String;" [until 20] [blocks] => list;
    "list0" "(Ljava/io/File;)[Ljava/lang/String;" [since 21] [blocks] => list;
    "createDirectory" "(Ljava/io/File;)Z" [until 20] [blocks] => create_directory;
    "createDirectory0" "(Ljava/io/File;)Z" [since 21] [blocks] => create_directory;
    "rename0" "(Ljava/io/File;Ljava/io/File;)Z" [blocks] => rename;
    "setLastModifiedTime" "(Ljava/io/File;J)Z" [until 20] [blocks] => set_last_modified;
    "setLastModifiedTime0" "(Ljava/io/File;J)Z" [since 21] [blocks] => set_last_modified;
    "setReadOnly" "(Ljava/io/File;)Z" [until 20] [blocks] => set_read_only;
    "setReadOnly0" "(Ljava/io/File;)Z" [since 21] [blocks] => set_read_only;
    "getSpace" "(Ljava/io/File;I)J" [until 20] [blocks] => space;
    "getSpace0" "(Ljava/io/File;I)J" [since 21] [blocks] => space;
    "getNameMax0" "(Ljava/lang/String;)J" [blocks] => name_max;
} }

/// `FileSystem.BA_*`.
const EXISTS: i32 = 1;
const REGULAR: i32 = 2;
const DIRECTORY: i32 = 4;

fn path_of(thread: &mut JavaThread, file: Obj) -> JResult<CString> {
    let file = not_null(thread, file)?;
    system_path(thread, get_ref_field(file, "path"))
}

/// Runs a call on a file's path; true when it succeeds.
fn succeeds<T>(thread: &mut JavaThread, file: Obj, call: impl FnOnce(&CStr) -> SysResult<T>) -> JResult<bool> {
    let path = path_of(thread, file)?;
    Ok(thread.blocking(|| call(&path)).is_ok())
}

/// Runs a call on a file's path; 0 when it fails.
fn value_of(thread: &mut JavaThread, file: Obj, call: impl FnOnce(&CStr) -> SysResult<i64>) -> JResult<i64> {
    let path = path_of(thread, file)?;
    Ok(thread.blocking(|| call(&path)).unwrap_or(0))
}

fn boolean_attributes(thread: &mut JavaThread, _: Obj, file: Obj) -> JResult<i32> {
    let path = path_of(thread, file)?;
    let Ok(status) = thread.blocking(|| file::status_of(&path)) else {
        return Ok(0);
    };
    Ok(EXISTS
        | match status.st_mode & libc::S_IFMT {
            libc::S_IFREG => REGULAR,
            libc::S_IFDIR => DIRECTORY,
            _ => 0,
        })
}

fn check_access(thread: &mut JavaThread, _: Obj, file: Obj, access: i32) -> JResult<bool> {
    // ACCESS_READ, ACCESS_WRITE and ACCESS_EXECUTE have the values of R_OK, W_OK and X_OK.
    succeeds(thread, file, |path| file::access(path, access))
}

fn last_modified(thread: &mut JavaThread, _: Obj, file: Obj) -> JResult<i64> {
    value_of(thread, file, |path| {
        let status = file::status_of(path)?;
        Ok(status
            .st_mtime
            .wrapping_mul(1000)
            .wrapping_add(status.st_mtime_nsec / 1_000_000))
    })
}

fn length(thread: &mut JavaThread, _: Obj, file: Obj) -> JResult<i64> {
    value_of(thread, file, |path| Ok(file::status_of(path)?.st_size))
}

fn set_permission(
    thread: &mut JavaThread,
    _: Obj,
    file: Obj,
    access: i32,
    enable: bool,
    owner_only: bool,
) -> JResult<bool> {
    let access = access as u32 & 7;
    let bits = if owner_only {
        access << 6
    } else {
        access << 6 | access << 3 | access
    };
    succeeds(thread, file, |path| {
        let mode = file::status_of(path)?.st_mode & 0o7777;
        file::change_mode(path, if enable { mode | bits } else { mode & !bits })
    })
}

fn set_read_only(thread: &mut JavaThread, _: Obj, file: Obj) -> JResult<bool> {
    succeeds(thread, file, |path| {
        let mode = file::status_of(path)?.st_mode & 0o7777;
        file::change_mode(path, mode & !0o222)
    })
}

fn create_exclusively(thread: &mut JavaThread, _: Obj, path: Obj) -> JResult<bool> {
    let name = system_path(thread, path)?;
    // The root directory exists and cannot be opened for writing.
    if name.to_bytes() == b"/" {
        return Ok(false);
    }
    let created = thread.blocking(|| {
        let descriptor = file::open(&name, libc::O_RDWR | libc::O_CREAT | libc::O_EXCL, 0o666)?;
        file::close(descriptor)
    });
    match created {
        Ok(()) => Ok(true),
        Err(Errno(libc::EEXIST)) => Ok(false),
        Err(error) => Err(throw_io(thread, error)),
    }
}

fn delete(thread: &mut JavaThread, _: Obj, file: Obj) -> JResult<bool> {
    succeeds(thread, file, file::remove)
}

fn create_directory(thread: &mut JavaThread, _: Obj, file: Obj) -> JResult<bool> {
    succeeds(thread, file, |path| file::make_directory(path, 0o777))
}

fn rename(thread: &mut JavaThread, _: Obj, from: Obj, to: Obj) -> JResult<bool> {
    let to = path_of(thread, to)?;
    succeeds(thread, from, |from| file::rename(from, &to))
}

fn set_last_modified(thread: &mut JavaThread, _: Obj, file: Obj, time: i64) -> JResult<bool> {
    succeeds(thread, file, |path| {
        let status = file::status_of(path)?;
        let accessed = libc::timeval {
            tv_sec: status.st_atime,
            tv_usec: status.st_atime_nsec / 1000,
        };
        let modified = libc::timeval {
            tv_sec: time / 1000,
            tv_usec: time % 1000 * 1000,
        };
        file::set_times(path, &[accessed, modified])
    })
}

fn list(thread: &mut JavaThread, _: Obj, file: Obj) -> JResult<Obj> {
    let path = path_of(thread, file)?;
    let Ok(names) = thread.blocking(|| directory::list(&path)) else {
        return Ok(Obj::NULL);
    };
    let array = thread.allocate_reference_array(thread.known_class(KnownClass::String), names.len())?;
    for (index, name) in names.iter().enumerate() {
        let name = system_string(thread, name)?;
        array_set_ref(thread, array, index, name);
    }
    Ok(array)
}

fn space(thread: &mut JavaThread, _: Obj, file: Obj, which: i32) -> JResult<i64> {
    value_of(thread, file, |path| {
        let status = file::file_system_of(path)?;
        let blocks = match which {
            0 => status.f_blocks,
            1 => status.f_bfree,
            2 => status.f_bavail,
            _ => 0,
        };
        Ok(i64::try_from(blocks.saturating_mul(status.f_frsize)).unwrap_or(i64::MAX))
    })
}

fn name_max(thread: &mut JavaThread, _: Obj, path: Obj) -> JResult<i64> {
    let path = system_path(thread, path)?;
    Ok(thread.blocking(|| file::name_max(&path)).unwrap_or(255))
}

fn canonicalize(thread: &mut JavaThread, _: Obj, path: Obj) -> JResult<Obj> {
    let original = system_path(thread, path)?;
    match thread.blocking(|| canonical(original.to_bytes())) {
        Ok(canonical) => system_string(thread, &canonical),
        Err(error) => Err(throw_io(thread, error)),
    }
}

/// Resolves links of the longest prefix that exists; the rest is appended, then `.` and `..` are taken out.
fn canonical(path: &[u8]) -> SysResult<Vec<u8>> {
    if path.len() > libc::PATH_MAX as usize {
        return Err(Errno(libc::ENAMETOOLONG));
    }
    if let Ok(real) = file::real_path(&file::c_path(path)) {
        return Ok(without_dots(&real));
    }
    let mut end = path.len();
    while let Some(slash) = path[..end].iter().rposition(|&b| b == b'/').filter(|&slash| slash > 0) {
        end = slash;
        match file::real_path(&file::c_path(&path[..end])) {
            Ok(mut real) => {
                let rest = &path[end..];
                if real.len() + rest.len() >= libc::PATH_MAX as usize {
                    return Err(Errno(libc::ENAMETOOLONG));
                }
                if real.ends_with(b"/") {
                    real.pop();
                }
                real.extend_from_slice(rest);
                return Ok(without_dots(&real));
            }
            Err(Errno(libc::ENOENT | libc::ENOTDIR | libc::EACCES)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(without_dots(path))
}

/// An absolute path without `.` and `..`.
fn without_dots(path: &[u8]) -> Vec<u8> {
    let mut names: Vec<&[u8]> = Vec::new();
    for name in path.split(|&b| b == b'/') {
        match name {
            b"" | b"." => {}
            b".." => {
                names.pop();
            }
            name => names.push(name),
        }
    }
    let mut result = Vec::with_capacity(path.len());
    for name in names {
        result.push(b'/');
        result.extend_from_slice(name);
    }
    if result.is_empty() {
        result.push(b'/');
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_go_away() {
        for (path, expected) in [
            ("/a/./b/../c", "/a/c"),
            ("/", "/"),
            ("/..", "/"),
            ("/a/..", "/"),
            ("//a//b/", "/a/b"),
        ] {
            assert_eq!(without_dots(path.as_bytes()), expected.as_bytes(), "{path}");
        }
    }
}

//! `java.util.prefs.FileSystemPreferences`.

use crate::io_support::system_path;
use peaberry_runtime::basic_type::BasicType;
use peaberry_runtime::object::array_slice;
use peaberry_runtime::{JResult, JavaThread, Obj, natives};
use peaberry_sys::errno::SysResult;
use peaberry_sys::file;

natives! { pub NATIVES: "java/util/prefs/FileSystemPreferences" {
    "chmod" "(Ljava/lang/String;I)I" [blocks] => change_mode;
    "lockFile0" "(Ljava/lang/String;IZ)[I" [blocks] => lock;
    "unlockFile0" "(I)I" [blocks] => unlock;
} }

/// 0 or the error number.
fn code<T>(result: SysResult<T>) -> i32 {
    result.err().map_or(0, |error| error.0)
}

fn change_mode(thread: &mut JavaThread, path: Obj, mode: i32) -> JResult<i32> {
    let path = system_path(thread, path)?;
    Ok(code(thread.blocking(|| file::change_mode(&path, mode as u32))))
}

/// The locked file's descriptor (0: not locked) and the error number.
fn lock(thread: &mut JavaThread, path: Obj, mode: i32, shared: bool) -> JResult<Obj> {
    let path = system_path(thread, path)?;
    let (flags, kind) = if shared {
        (libc::O_RDONLY, libc::F_RDLCK)
    } else {
        (libc::O_RDWR | libc::O_CREAT, libc::F_WRLCK)
    };
    let locked = thread.blocking(|| {
        let descriptor = file::open(&path, flags, mode as u32)?;
        match file::lock(descriptor, kind, 0, 0, false) {
            Ok(_) => Ok(descriptor),
            Err(error) => {
                let _ = file::close(descriptor);
                Err(error)
            }
        }
    });
    let result = thread.allocate_primitive_array(BasicType::Int, 2)?;
    // SAFETY: a fresh int[2], held by this frame.
    unsafe { array_slice::<i32>(result).copy_from_slice(&[locked.unwrap_or(0), code(locked)]) };
    Ok(result)
}

fn unlock(thread: &mut JavaThread, descriptor: i32) -> JResult<i32> {
    let result = thread.blocking(|| {
        file::lock(descriptor, libc::F_UNLCK, 0, 0, false)?;
        file::close(descriptor)
    });
    Ok(code(result))
}

//! `jdk.internal.agent`: the management agent's look at its password files.

use crate::io_support::{system_path, throw_io};
use peaberry_runtime::{JResult, JavaThread, Obj, natives};
use peaberry_sys::file;

natives! { pub FILE_SYSTEM: "jdk/internal/agent/FileSystemImpl" {
    "isAccessUserOnly0" "(Ljava/lang/String;)Z" [blocks] => is_access_user_only;
} }

/// Permissions of group and others.
const OTHERS: u32 = 0o077;

fn is_access_user_only(thread: &mut JavaThread, path: Obj) -> JResult<bool> {
    let path = system_path(thread, path)?;
    match thread.blocking(|| file::status_of(&path)) {
        Ok(status) => Ok(status.st_mode & OTHERS == 0),
        Err(error) => Err(throw_io(thread, error)),
    }
}

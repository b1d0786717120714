//! `sun.nio.fs`: the default file system provider.

pub mod attributes;
pub mod copy;
pub mod linux_native_dispatcher;
pub mod linux_watch_service;
pub mod unix_native_dispatcher;

use crate::io_support::throw_unix;
use peaberry_runtime::{JResult, JavaThread};
use peaberry_sys::directory::string_at;
use peaberry_sys::errno::SysResult;
use std::ffi::CString;

/// The path at an address the class library passes.
fn path_at(address: i64) -> CString {
    if address == 0 {
        return CString::default();
    }
    // SAFETY: the class library passes terminated strings in native buffers that it keeps meanwhile.
    unsafe { string_at(address) }
}

/// Runs a call that may wait for the file system; UnixException when it fails.
fn calling<T>(thread: &mut JavaThread, call: impl FnOnce() -> SysResult<T>) -> JResult<T> {
    thread.blocking(call).map_err(|error| throw_unix(thread, error))
}

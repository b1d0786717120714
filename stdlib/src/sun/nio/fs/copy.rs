//! Copying files: `sun.nio.fs.UnixCopyFile` (17), `UnixFileSystem` and `LinuxFileSystem`'s dispatcher (later).

use super::calling;
use peaberry_runtime::{JResult, JavaThread, natives};
use peaberry_sys::errno::{Errno, SysResult};
use peaberry_sys::file;

natives! { pub COPY_FILE: "sun/nio/fs/UnixCopyFile" {
    "transfer" "(IIJ)V" [until 19] [blocks] => transfer;
} }
natives! { pub FILE_SYSTEM: "sun/nio/fs/UnixFileSystem" {
    "bufferedCopy0" "(IIJIJ)V" [since 20] [blocks] => buffered_copy;
} }

/// `IOStatus.UNSUPPORTED_CASE`.
const UNSUPPORTED_CASE: i32 = -6;

/// The `int` that another thread sets to cancel a copy.
#[derive(Clone, Copy)]
struct Cancel(*const i32);

impl Cancel {
    fn check(self) -> SysResult<()> {
        // SAFETY: the class library keeps the int while the copy runs.
        if !self.0.is_null() && unsafe { self.0.read_volatile() } != 0 {
            Err(Errno(libc::ECANCELED))
        } else {
            Ok(())
        }
    }
    /// Bytes to copy between two looks at it.
    fn chunk(self) -> usize {
        if self.0.is_null() { 0x7fff_f000 } else { 1 << 20 }
    }
}

/// Repeats a call that copies a part until it copies nothing more.
fn copy_all(cancel: Cancel, mut part: impl FnMut(usize) -> SysResult<i64>) -> SysResult<()> {
    loop {
        let copied = match part(cancel.chunk()) {
            Err(Errno(libc::EINTR)) => continue,
            result => result?,
        };
        cancel.check()?;
        if copied == 0 {
            return Ok(());
        }
    }
}

fn through_buffer(to: i32, from: i32, buffer: &mut [u8], cancel: Cancel) -> SysResult<()> {
    loop {
        let count = file::read(from, buffer)?;
        if count == 0 {
            return Ok(());
        }
        cancel.check()?;
        file::write_all(to, &buffer[..count])?;
    }
}

fn transfer(thread: &mut JavaThread, to: i32, from: i32, cancel: i64) -> JResult<()> {
    let cancel = Cancel(cancel as *const i32);
    calling(thread, || {
        match copy_all(cancel, |count| file::send_file_at_position(from, to, count)) {
            Err(Errno(libc::EINVAL | libc::ENOSYS)) => through_buffer(to, from, &mut [0; 16384], cancel),
            result => result,
        }
    })
}

fn buffered_copy(thread: &mut JavaThread, to: i32, from: i32, buffer: i64, size: i32, cancel: i64) -> JResult<()> {
    let cancel = Cancel(cancel as *const i32);
    calling(thread, || {
        // SAFETY: the class library passes a buffer of this size, its own while the copy runs.
        let buffer = unsafe { std::slice::from_raw_parts_mut(buffer as *mut u8, size.max(1) as usize) };
        through_buffer(to, from, buffer, cancel)
    })
}

/// `LinuxNativeDispatcher.directCopy0`: copies inside the kernel, or says that it cannot.
pub fn direct_copy(thread: &mut JavaThread, to: i32, from: i32, cancel: i64) -> JResult<i32> {
    let cancel = Cancel(cancel as *const i32);
    calling(thread, || {
        match copy_all(cancel, |count| file::copy_range(from, None, to, None, count)) {
            Err(Errno(libc::EINVAL | libc::ENOSYS | libc::EXDEV)) => {}
            result => return result.map(|()| 0),
        }
        match copy_all(cancel, |count| file::send_file_at_position(from, to, count)) {
            Err(Errno(libc::EINVAL | libc::ENOSYS)) => Ok(UNSUPPORTED_CASE),
            result => result.map(|()| 0),
        }
    })
}

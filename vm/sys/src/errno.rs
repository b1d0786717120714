//! Error numbers of the operating system.

use std::ffi::CStr;
use std::fmt;

/// Why a system call failed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Errno(pub i32);

/// Result of a system call.
pub type SysResult<T> = Result<T, Errno>;

impl Errno {
    /// That of the calling thread's last failed call.
    pub fn last() -> Errno {
        // SAFETY: the address is the calling thread's own.
        Errno(unsafe { *libc::__errno_location() })
    }

    /// The system's text, such as `No such file or directory`.
    pub fn text(self) -> String {
        let mut buffer = [0u8; 256];
        // SAFETY: the call writes a terminated string of at most the buffer's length.
        let result = unsafe { libc::strerror_r(self.0, buffer.as_mut_ptr().cast(), buffer.len()) };
        match CStr::from_bytes_until_nul(&buffer) {
            Ok(text) if result == 0 => text.to_string_lossy().into_owned(),
            _ => format!("Unknown error {}", self.0),
        }
    }

    /// Would the call have had to wait?
    pub fn would_block(self) -> bool {
        self.0 == libc::EAGAIN || self.0 == libc::EWOULDBLOCK
    }
}

impl fmt::Display for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

impl std::error::Error for Errno {}

/// The result of a call that answers -1 on failure.
pub(crate) fn status(result: libc::c_int) -> SysResult<i32> {
    if result < 0 { Err(Errno::last()) } else { Ok(result) }
}

/// The same for calls that answer a size or an offset.
pub(crate) fn size(result: i64) -> SysResult<i64> {
    if result < 0 { Err(Errno::last()) } else { Ok(result) }
}

/// Repeats a call that a signal interrupted.
pub(crate) fn restarting<T>(mut call: impl FnMut() -> SysResult<T>) -> SysResult<T> {
    loop {
        match call() {
            Err(Errno(libc::EINTR)) => {}
            result => return result,
        }
    }
}

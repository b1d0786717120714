//! Errors as the guest sees them: Linux's numbers.

/// An error number of Linux.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Errno(pub i32);

/// What a served system call ends with.
pub type Served = Result<u64, Errno>;

impl Errno {
    /// The number the host's C library left for the calling thread.
    pub fn last() -> Errno {
        Errno(std::io::Error::last_os_error().raw_os_error().unwrap_or(libc::EIO))
    }
}

impl From<std::io::Error> for Errno {
    fn from(error: std::io::Error) -> Errno {
        Errno(error.raw_os_error().unwrap_or(libc::EIO))
    }
}

/// What a call of the host's C library gave: -1 means that `errno` tells why.
pub fn host(result: i64) -> Served {
    if result < 0 {
        Err(Errno::last())
    } else {
        Ok(result as u64)
    }
}

/// The value of `rax` after a system call.
pub fn encode(served: Served) -> u64 {
    match served {
        Ok(value) => value,
        Err(Errno(number)) => (-i64::from(number)) as u64,
    }
}

//! Errors of system calls.

use crate::threads::Wait;
pub use linux_raw_sys::errno::*;

/// A number of an error, as Linux has it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Errno(pub u32);

/// Why a call gives no value now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stop {
    /// It failed.
    Error(Errno),
    /// The thread waits.
    Wait(Wait),
    /// The thread goes on elsewhere, or nowhere; its registers are not to be touched.
    Elsewhere,
}

impl From<Errno> for Stop {
    fn from(error: Errno) -> Stop {
        Stop::Error(error)
    }
}

/// What a call gives.
pub type Served = Result<u64, Stop>;

/// Fails with an error.
pub fn fail<T>(number: u32) -> Result<T, Stop> {
    Err(Stop::Error(Errno(number)))
}

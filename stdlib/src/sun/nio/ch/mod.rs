//! `sun.nio.ch`: channels and selectors.

pub mod datagram;
pub mod epoll;
pub mod file_channel;
pub mod file_dispatcher;
pub mod inherited_channel;
pub mod io_util;
pub mod multicast;
pub mod native_socket_address;
pub mod native_thread;
pub mod net;
pub mod sctp;
pub mod socket_dispatcher;
pub mod unix_domain_sockets;

use crate::io_support::throw_io;
use peaberry_runtime::{JResult, JavaThread};
use peaberry_sys::errno::{Errno, SysResult};

/// `sun.nio.ch.IOStatus`: what a read or write answers instead of a count.
pub mod io_status {
    /// End of the stream.
    pub const EOF: i32 = -1;
    /// Nothing now.
    pub const UNAVAILABLE: i32 = -2;
    /// A signal interrupted the call.
    pub const INTERRUPTED: i32 = -3;
    /// Not in this case: another way must be taken.
    pub const UNSUPPORTED_CASE: i32 = -6;
}

/// The count a read answers, or an [`io_status`].
fn read_status<N: TryInto<i64>>(thread: &mut JavaThread, result: SysResult<N>) -> JResult<i64> {
    match write_status(thread, result)? {
        0 => Ok(i64::from(io_status::EOF)),
        count => Ok(count),
    }
}

/// The count a write answers, or an [`io_status`].
fn write_status<N: TryInto<i64>>(thread: &mut JavaThread, result: SysResult<N>) -> JResult<i64> {
    match result {
        Ok(count) => Ok(count.try_into().unwrap_or(i64::MAX)),
        Err(error) if error.would_block() => Ok(i64::from(io_status::UNAVAILABLE)),
        Err(Errno(libc::EINTR)) => Ok(i64::from(io_status::INTERRUPTED)),
        Err(error) => Err(throw_io(thread, error)),
    }
}

/// The result of a call, or that it was interrupted.
fn interruptible<N: TryInto<i64>>(thread: &mut JavaThread, result: SysResult<N>) -> JResult<i64> {
    match result {
        Ok(value) => Ok(value.try_into().unwrap_or(i64::MAX)),
        Err(Errno(libc::EINTR)) => Ok(i64::from(io_status::INTERRUPTED)),
        Err(error) => Err(throw_io(thread, error)),
    }
}

//! What `PlainSocketImpl` and `PlainDatagramSocketImpl` share: the class library's older sockets, up to release 17.
//!
//! Their streams and receives block; closing wakes them.

use super::addresses::ipv6_available;
use crate::io_support::{get_field, get_ref_field, set_field};
use crate::java::io::file_descriptor::{close_number, number};
use crate::sun::nio::ch::net::{read_option, write_option};
use peaberry_runtime::thread::Throw;
use peaberry_runtime::{JResult, JavaThread, Obj};
use peaberry_sys::errno::{Errno, SysResult};
use peaberry_sys::{event, socket};

/// `SocketOptions.TCP_NODELAY`.
pub const TCP_NODELAY: i32 = 0x1;
/// `SocketOptions.IP_TOS`.
pub const IP_TOS: i32 = 0x3;
/// `SocketOptions.SO_REUSEADDR`.
pub const SO_REUSEADDR: i32 = 0x4;
/// `SocketOptions.SO_KEEPALIVE`.
pub const SO_KEEPALIVE: i32 = 0x8;
/// `SocketOptions.SO_REUSEPORT`.
pub const SO_REUSEPORT: i32 = 0xe;
/// `SocketOptions.SO_BINDADDR`.
pub const SO_BINDADDR: i32 = 0xf;
/// `SocketOptions.IP_MULTICAST_IF`.
pub const IP_MULTICAST_IF: i32 = 0x10;
/// `SocketOptions.IP_MULTICAST_LOOP`.
pub const IP_MULTICAST_LOOP: i32 = 0x12;
/// `SocketOptions.IP_MULTICAST_IF2`.
pub const IP_MULTICAST_IF2: i32 = 0x1f;
/// `SocketOptions.SO_BROADCAST`.
pub const SO_BROADCAST: i32 = 0x20;
/// `SocketOptions.SO_LINGER`.
pub const SO_LINGER: i32 = 0x80;
/// `SocketOptions.SO_SNDBUF`.
pub const SO_SNDBUF: i32 = 0x1001;
/// `SocketOptions.SO_RCVBUF`.
pub const SO_RCVBUF: i32 = 0x1002;
/// `SocketOptions.SO_OOBINLINE`.
pub const SO_OOBINLINE: i32 = 0x1003;

/// SocketException of a socket that is closed.
#[cold]
pub fn closed(thread: &mut JavaThread) -> Throw {
    thread.throw_new("java/net/SocketException", "Socket closed")
}

/// An exception with the system's text and what was done.
#[cold]
pub fn failed(thread: &mut JavaThread, class: &str, error: Errno, what: &str) -> Throw {
    thread.throw_new(class, &format!("{} ({what})", error.text()))
}

/// BindException where the address is the cause, else SocketException.
#[cold]
pub fn bind_failed(thread: &mut JavaThread, error: Errno) -> Throw {
    let class = match error.0 {
        libc::EADDRINUSE | libc::EADDRNOTAVAIL | libc::EPERM | libc::EACCES => "java/net/BindException",
        _ => "java/net/SocketException",
    };
    failed(thread, class, error, "Bind failed")
}

/// The `FileDescriptor` of an implementation and its number; SocketException when it is closed.
pub fn open_descriptor(thread: &mut JavaThread, this: Obj) -> JResult<(Obj, i32)> {
    let descriptor = get_ref_field(this, "fd");
    if descriptor.is_null() || number(descriptor) < 0 {
        return Err(closed(thread));
    }
    Ok((descriptor, number(descriptor)))
}

/// Has another thread closed it meanwhile?
pub fn is_closed(this: Obj, descriptor: Obj) -> bool {
    number(descriptor) < 0 || get_field::<u8>(this, "closePending") != 0
}

/// Waits until the socket is ready or the timeout (0: none) is over: false.
pub fn wait_ready(thread: &mut JavaThread, socket: i32, events: i16, timeout: i32) -> JResult<bool> {
    let milliseconds = if timeout > 0 { timeout } else { -1 };
    match thread.blocking(|| event::poll_one_restarting(socket, events, milliseconds)) {
        Ok(0) => Ok(false),
        Ok(_) => Ok(true),
        Err(Errno(libc::EBADF)) => Err(closed(thread)),
        Err(error) => Err(thread.throw_new("java/net/SocketException", &error.text())),
    }
}

/// Ends the waits of other threads, and closes.
pub fn wake_and_close(thread: &mut JavaThread, descriptor: Obj) -> SysResult<()> {
    let socket = number(descriptor);
    if socket < 0 {
        return Ok(());
    }
    set_field(descriptor, "fd", -1i32);
    let _ = socket::shutdown(socket, libc::SHUT_RDWR);
    thread.blocking(|| close_number(socket))
}

/// Level and number of an option of the class library.
fn system_option(thread: &JavaThread, option: i32) -> Option<(i32, i32)> {
    let ipv6 = ipv6_available(thread);
    let socket = |option| Some((libc::SOL_SOCKET, option));
    match option {
        TCP_NODELAY => Some((libc::IPPROTO_TCP, libc::TCP_NODELAY)),
        IP_TOS if ipv6 => Some((libc::IPPROTO_IPV6, libc::IPV6_TCLASS)),
        IP_TOS => Some((libc::IPPROTO_IP, libc::IP_TOS)),
        IP_MULTICAST_LOOP if ipv6 => Some((libc::IPPROTO_IPV6, libc::IPV6_MULTICAST_LOOP)),
        IP_MULTICAST_LOOP => Some((libc::IPPROTO_IP, libc::IP_MULTICAST_LOOP)),
        SO_REUSEADDR => socket(libc::SO_REUSEADDR),
        SO_REUSEPORT => socket(libc::SO_REUSEPORT),
        SO_KEEPALIVE => socket(libc::SO_KEEPALIVE),
        SO_BROADCAST => socket(libc::SO_BROADCAST),
        SO_LINGER => socket(libc::SO_LINGER),
        SO_SNDBUF => socket(libc::SO_SNDBUF),
        SO_RCVBUF => socket(libc::SO_RCVBUF),
        SO_OOBINLINE => socket(libc::SO_OOBINLINE),
        _ => None,
    }
}

fn invalid_option(thread: &mut JavaThread) -> Throw {
    thread.throw_new("java/net/SocketException", "Invalid option")
}

/// Sets an option of a number or 0 and 1.
pub fn set_option(thread: &mut JavaThread, socket: i32, option: i32, value: i32) -> JResult<()> {
    let Some((level, number)) = system_option(thread, option) else {
        return Err(invalid_option(thread));
    };
    let ipv6 = ipv6_available(thread);
    write_option(socket, true, level, number, value, ipv6)
        .map(drop)
        .map_err(|error| failed(thread, "java/net/SocketException", error, "Error setting socket option"))
}

/// Reads an option.
pub fn get_option(thread: &mut JavaThread, socket: i32, option: i32) -> JResult<i32> {
    let Some((level, number)) = system_option(thread, option) else {
        return Err(invalid_option(thread));
    };
    read_option(socket, true, level, number)
        .map_err(|error| failed(thread, "java/net/SocketException", error, "Error getting socket option"))
}

/// The number in a boxed `Integer` or `Boolean`.
pub fn unboxed(value: Obj, is_boolean: bool) -> i32 {
    if is_boolean {
        i32::from(get_field::<u8>(value, "value") != 0)
    } else {
        get_field(value, "value")
    }
}

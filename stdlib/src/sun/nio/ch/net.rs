//! `sun.nio.ch.Net`: sockets.

use super::{io_status, multicast, write_status};
use crate::io_support::{set_field, throw_socket};
use crate::java::io::file_descriptor::number_of;
use crate::java::net::addresses::{address_of, ipv6_available, new_socket_address, port_of, raw_address};
use crate::support::{not_null, nothing};
use peaberry_runtime::object::{array_length, array_set_ref};
use peaberry_runtime::{JResult, JavaThread, Obj, natives};
use peaberry_sys::errno::{Errno, SysResult};
use peaberry_sys::socket::{self, RawAddress};
use peaberry_sys::{event, file};

natives! { pub NATIVES: "sun/nio/ch/Net" {
    "initIDs" "()V" => nothing;
    "isIPv6Available0" "()Z" => |thread: &mut JavaThread| Ok(ipv6_available(thread));
    "isReusePortAvailable0" "()Z" => |_: &mut JavaThread| Ok(socket::has_reuse_port());
    "isExclusiveBindAvailable" "()I" => |_: &mut JavaThread| Ok(-1);
    "shouldShutdownWriteBeforeClose0" "()Z" => |_: &mut JavaThread| Ok(false);
    "shouldSetBothIPv4AndIPv6Options0" "()Z" => |_: &mut JavaThread| Ok(true);
    "canIPv6SocketJoinIPv4Group0" "()Z" => |_: &mut JavaThread| Ok(true);
    "canJoin6WithIPv4Group0" "()Z" => |_: &mut JavaThread| Ok(false);
    "canUseIPv6OptionsWithIPv4LocalAddress0" "()Z" => |_: &mut JavaThread| Ok(true);
    "socket0" "(ZZZZ)I" => new_socket;
    "bind0" "(Ljava/io/FileDescriptor;ZZLjava/net/InetAddress;I)V" => bind;
    "listen" "(Ljava/io/FileDescriptor;I)V" => listen;
    "connect0" "(ZLjava/io/FileDescriptor;Ljava/net/InetAddress;I)I" [blocks] => connect;
    "accept" "(Ljava/io/FileDescriptor;Ljava/io/FileDescriptor;[Ljava/net/InetSocketAddress;)I" [blocks] => accept;
    "shutdown" "(Ljava/io/FileDescriptor;I)V" => shutdown;
    "localPort" "(Ljava/io/FileDescriptor;)I" => local_port;
    "localInetAddress" "(Ljava/io/FileDescriptor;)Ljava/net/InetAddress;" => local_address;
    "remotePort" "(Ljava/io/FileDescriptor;)I" => remote_port;
    "remoteInetAddress" "(Ljava/io/FileDescriptor;)Ljava/net/InetAddress;" => remote_address;
    "getIntOption0" "(Ljava/io/FileDescriptor;ZII)I" => get_int_option;
    "setIntOption0" "(Ljava/io/FileDescriptor;ZIIIZ)V" => set_int_option;
    "poll" "(Ljava/io/FileDescriptor;IJ)I" [blocks] => poll;
    "pollConnect" "(Ljava/io/FileDescriptor;J)Z" [blocks] => poll_connect;
    "available" "(Ljava/io/FileDescriptor;)I" => available;
    "sendOOB" "(Ljava/io/FileDescriptor;B)I" [blocks] => send_urgent;
    "discardOOB" "(Ljava/io/FileDescriptor;)Z" => |_: &mut JavaThread, _: Obj| Ok(false);
    "joinOrDrop4" "(ZLjava/io/FileDescriptor;III)I" => multicast::join_or_drop4;
    "blockOrUnblock4" "(ZLjava/io/FileDescriptor;III)I" => multicast::block_or_unblock4;
    "joinOrDrop6" "(ZLjava/io/FileDescriptor;[BI[B)I" => multicast::join_or_drop6;
    "blockOrUnblock6" "(ZLjava/io/FileDescriptor;[BI[B)I" => multicast::block_or_unblock6;
    "setInterface4" "(Ljava/io/FileDescriptor;I)V" => multicast::set_interface4;
    "getInterface4" "(Ljava/io/FileDescriptor;)I" => multicast::get_interface4;
    "setInterface6" "(Ljava/io/FileDescriptor;I)V" => multicast::set_interface6;
    "getInterface6" "(Ljava/io/FileDescriptor;)I" => multicast::get_interface6;
    "pollinValue" "()S" => |_: &mut JavaThread| Ok(libc::POLLIN);
    "polloutValue" "()S" => |_: &mut JavaThread| Ok(libc::POLLOUT);
    "pollerrValue" "()S" => |_: &mut JavaThread| Ok(libc::POLLERR);
    "pollhupValue" "()S" => |_: &mut JavaThread| Ok(libc::POLLHUP);
    "pollnvalValue" "()S" => |_: &mut JavaThread| Ok(libc::POLLNVAL);
    "pollconnValue" "()S" => |_: &mut JavaThread| Ok(libc::POLLOUT);
} }

/// Linux's number (linux/in6.h), which libc lacks.
const IPV6_MULTICAST_ALL: i32 = 29;

/// A new socket with the options every socket of the class library has.
pub fn open_socket(ipv6: bool, stream: bool, reuse: bool) -> SysResult<i32> {
    let domain = if ipv6 { libc::AF_INET6 } else { libc::AF_INET };
    let descriptor = socket::socket(domain, if stream { libc::SOCK_STREAM } else { libc::SOCK_DGRAM }, 0)?;
    let optional = |result: SysResult<i32>| match result {
        Err(Errno(libc::ENOPROTOOPT)) => Ok(0),
        result => result,
    };
    let set = |level, option, value: i32| socket::set_option(descriptor, level, option, &value);
    let options = || -> SysResult<()> {
        if ipv6 && socket::has_ipv4() {
            set(libc::IPPROTO_IPV6, libc::IPV6_V6ONLY, 0)?;
        }
        if reuse {
            set(libc::SOL_SOCKET, libc::SO_REUSEADDR, 1)?;
        }
        if !stream {
            // Only datagrams of groups that this socket itself joined.
            optional(set(libc::IPPROTO_IP, libc::IP_MULTICAST_ALL, 0))?;
            if ipv6 {
                set(libc::IPPROTO_IPV6, libc::IPV6_MULTICAST_HOPS, 1)?;
                optional(set(libc::IPPROTO_IPV6, IPV6_MULTICAST_ALL, 0))?;
            }
        }
        Ok(())
    };
    match options() {
        Ok(()) => Ok(descriptor),
        Err(error) => {
            let _ = file::close(descriptor);
            Err(error)
        }
    }
}

fn new_socket(thread: &mut JavaThread, prefer_ipv6: bool, stream: bool, reuse: bool, _: bool) -> JResult<i32> {
    let ipv6 = prefer_ipv6 && ipv6_available(thread);
    open_socket(ipv6, stream, reuse).map_err(|error| throw_socket(thread, error))
}

fn bind(thread: &mut JavaThread, descriptor: Obj, prefer_ipv6: bool, _: bool, address: Obj, port: i32) -> JResult<()> {
    let number = number_of(thread, descriptor)?;
    let address = raw_address(thread, address, port, prefer_ipv6)?;
    socket::bind(number, &address)
        .map(drop)
        .map_err(|error| throw_socket(thread, error))
}

fn listen(thread: &mut JavaThread, descriptor: Obj, backlog: i32) -> JResult<()> {
    let number = number_of(thread, descriptor)?;
    socket::listen(number, backlog)
        .map(drop)
        .map_err(|error| throw_socket(thread, error))
}

fn connect(thread: &mut JavaThread, prefer_ipv6: bool, descriptor: Obj, remote: Obj, port: i32) -> JResult<i32> {
    let number = number_of(thread, descriptor)?;
    let address = raw_address(thread, remote, port, prefer_ipv6)?;
    match thread.blocking(|| socket::connect(number, &address)) {
        Ok(_) => Ok(1),
        Err(Errno(libc::EINPROGRESS)) => Ok(io_status::UNAVAILABLE),
        Err(Errno(libc::EINTR)) => Ok(io_status::INTERRUPTED),
        Err(error) => Err(throw_socket(thread, error)),
    }
}

/// Accepts a connection, or tells the status there is instead.
pub fn accept_connection(thread: &mut JavaThread, listener: i32) -> JResult<Result<(i32, RawAddress), i32>> {
    loop {
        return match thread.blocking(|| socket::accept(listener)) {
            Ok(connection) => Ok(Ok(connection)),
            // The peer has gone already: wait for the next.
            Err(Errno(libc::ECONNABORTED)) => continue,
            Err(error) if error.would_block() => Ok(Err(io_status::UNAVAILABLE)),
            Err(Errno(libc::EINTR)) => Ok(Err(io_status::INTERRUPTED)),
            Err(error) => Err(throw_socket(thread, error)),
        };
    }
}

fn accept(thread: &mut JavaThread, descriptor: Obj, accepted: Obj, remote: Obj) -> JResult<i32> {
    let number = number_of(thread, descriptor)?;
    let accepted = not_null(thread, accepted)?;
    let remote = not_null(thread, remote)?;
    let (new, address) = match accept_connection(thread, number)? {
        Ok(connection) => connection,
        Err(status) => return Ok(status),
    };
    set_field(accepted, "fd", new);
    let address = new_socket_address(thread, &address)?;
    if array_length(remote) > 0 {
        array_set_ref(thread, remote, 0, address);
    }
    Ok(1)
}

fn shutdown(thread: &mut JavaThread, descriptor: Obj, how: i32) -> JResult<()> {
    let number = number_of(thread, descriptor)?;
    match socket::shutdown(number, how) {
        Ok(_) | Err(Errno(libc::ENOTCONN)) => Ok(()),
        Err(error) => Err(throw_socket(thread, error)),
    }
}

fn end_of(thread: &mut JavaThread, descriptor: Obj, ask: fn(i32) -> SysResult<RawAddress>) -> JResult<RawAddress> {
    let number = number_of(thread, descriptor)?;
    ask(number).map_err(|error| throw_socket(thread, error))
}
fn local_port(thread: &mut JavaThread, descriptor: Obj) -> JResult<i32> {
    end_of(thread, descriptor, socket::local_address).map(|address| port_of(&address))
}
fn local_address(thread: &mut JavaThread, descriptor: Obj) -> JResult<Obj> {
    let address = end_of(thread, descriptor, socket::local_address)?;
    address_of(thread, &address)
}
fn remote_port(thread: &mut JavaThread, descriptor: Obj) -> JResult<i32> {
    end_of(thread, descriptor, socket::peer_address).map(|address| port_of(&address))
}
fn remote_address(thread: &mut JavaThread, descriptor: Obj) -> JResult<Obj> {
    let address = end_of(thread, descriptor, socket::peer_address)?;
    address_of(thread, &address)
}

/// Is the option's value a single byte?
fn is_byte_option(level: i32, option: i32) -> bool {
    level == libc::IPPROTO_IP && matches!(option, libc::IP_MULTICAST_TTL | libc::IP_MULTICAST_LOOP)
}

/// `converted` asks for the values that other systems have: Linux tells twice the size of buffers.
pub fn read_option(number: i32, converted: bool, level: i32, option: i32) -> SysResult<i32> {
    // SAFETY: any bytes are a byte, a linger structure or an int.
    unsafe {
        if is_byte_option(level, option) {
            return socket::get_option::<u8>(number, level, option).map(i32::from);
        }
        if level == libc::SOL_SOCKET && option == libc::SO_LINGER {
            let linger = socket::get_option::<libc::linger>(number, level, option)?;
            return Ok(if linger.l_onoff != 0 { linger.l_linger } else { -1 });
        }
    }
    let value = socket::get_int_option(number, level, option)?;
    let doubled = level == libc::SOL_SOCKET && matches!(option, libc::SO_SNDBUF | libc::SO_RCVBUF);
    Ok(if converted && doubled { value / 2 } else { value })
}

/// Sets an option; `converted` takes the values that other systems have.
pub fn write_option(number: i32, converted: bool, level: i32, option: i32, value: i32, ipv6: bool) -> SysResult<i32> {
    if is_byte_option(level, option) {
        return socket::set_option(number, level, option, &(value as u8));
    }
    if level == libc::SOL_SOCKET && option == libc::SO_LINGER {
        let linger = libc::linger {
            l_onoff: i32::from(value >= 0),
            l_linger: value.max(0),
        };
        return socket::set_option(number, level, option, &linger);
    }
    let mut value = value;
    if converted {
        if level == libc::IPPROTO_IP && option == libc::IP_TOS {
            // Type of service and precedence, without the bits of congestion notification.
            value &= 0xfe;
        }
        if level == libc::SOL_SOCKET && option == libc::SO_RCVBUF {
            value = value.max(1024);
        }
        if ipv6 && level == libc::IPPROTO_IPV6 && option == libc::IPV6_TCLASS {
            // IPv4 traffic of the same socket.
            let _ = socket::set_option(number, libc::IPPROTO_IP, libc::IP_TOS, &value);
        }
    }
    socket::set_option(number, level, option, &value)
}

fn get_int_option(thread: &mut JavaThread, descriptor: Obj, converted: bool, level: i32, option: i32) -> JResult<i32> {
    let number = number_of(thread, descriptor)?;
    read_option(number, converted, level, option)
        .map_err(|error| thread.throw_new("java/net/SocketException", &error.text()))
}

fn set_int_option(
    thread: &mut JavaThread,
    descriptor: Obj,
    converted: bool,
    level: i32,
    option: i32,
    value: i32,
    ipv6: bool,
) -> JResult<()> {
    let number = number_of(thread, descriptor)?;
    write_option(number, converted, level, option, value, ipv6)
        .map(drop)
        .map_err(|error| thread.throw_new("java/net/SocketException", &error.text()))
}

/// The class library's timeout as the system's.
fn milliseconds(timeout: i64) -> i32 {
    timeout.clamp(-1, i64::from(i32::MAX)) as i32
}

fn poll(thread: &mut JavaThread, descriptor: Obj, events: i32, timeout: i64) -> JResult<i32> {
    let number = number_of(thread, descriptor)?;
    match thread.blocking(|| event::poll_one(number, events as i16, milliseconds(timeout))) {
        Ok(events) => Ok(i32::from(events)),
        Err(Errno(libc::EINTR)) => Ok(0),
        Err(error) => Err(throw_socket(thread, error)),
    }
}

fn poll_connect(thread: &mut JavaThread, descriptor: Obj, timeout: i64) -> JResult<bool> {
    let number = number_of(thread, descriptor)?;
    let events = match thread.blocking(|| event::poll_one(number, libc::POLLOUT, milliseconds(timeout))) {
        Ok(0) | Err(Errno(libc::EINTR)) => return Ok(false),
        Ok(events) => events,
        Err(error) => return Err(throw_socket(thread, error)),
    };
    match socket::take_error(number) {
        Ok(0) if events & libc::POLLHUP != 0 => Err(throw_socket(thread, Errno(libc::ENOTCONN))),
        Ok(0) => Ok(true),
        Ok(error) => Err(throw_socket(thread, Errno(error))),
        Err(error) => Err(throw_socket(thread, error)),
    }
}

fn available(thread: &mut JavaThread, descriptor: Obj) -> JResult<i32> {
    let number = number_of(thread, descriptor)?;
    file::waiting_bytes(number).map_err(|error| throw_socket(thread, error))
}

fn send_urgent(thread: &mut JavaThread, descriptor: Obj, byte: i8) -> JResult<i32> {
    let number = number_of(thread, descriptor)?;
    let byte = byte as u8;
    // SAFETY: one byte of this frame.
    let result = thread.blocking(|| unsafe { socket::send_raw(number, &byte, 1, libc::MSG_OOB) });
    write_status(thread, result).map(|count| count as i32)
}

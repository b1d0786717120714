//! `java.net.PlainSocketImpl`, its streams and `SocketCleanable` (up to release 17).

use super::addresses::{ipv6_available, new_address, port_of, raw_address};
use super::plain::{self, SO_BINDADDR, bind_failed, closed, failed, is_closed, open_descriptor, wait_ready};
use crate::io_support::{
    blocking_on_array, byte_range, get_field, get_ref_field, restarting, set_field, set_ref_field,
};
use crate::java::io::file_descriptor::{close_number, number};
use crate::java::net::addresses::address_of;
use crate::sun::nio::ch::net::open_socket;
use crate::support::{not_null, nothing};
use peaberry_runtime::thread::Throw;
use peaberry_runtime::{JResult, JavaThread, Obj, natives};
use peaberry_sys::errno::{Errno, SysResult};
use peaberry_sys::socket::{self, Address, RawAddress};
use peaberry_sys::{event, file};

natives! { pub NATIVES: "java/net/PlainSocketImpl" {
    "initProto" "()V" [until 17] => nothing;
    "socketCreate" "(ZZ)V" [until 17] => create;
    "socketConnect" "(Ljava/net/InetAddress;II)V" [until 17] [blocks] => connect;
    "socketBind" "(Ljava/net/InetAddress;I)V" [until 17] => bind;
    "socketListen" "(I)V" [until 17] => listen;
    "socketAccept" "(Ljava/net/SocketImpl;)V" [until 17] [blocks] => accept;
    "socketAvailable" "()I" [until 17] => available;
    "socketClose0" "(Z)V" [until 17] [blocks] => close;
    "socketShutdown" "(I)V" [until 17] => shutdown;
    "socketSetOption0" "(IZLjava/lang/Object;)V" [until 17] => set_option;
    "socketGetOption" "(ILjava/lang/Object;)I" [until 17] => get_option;
    "socketSendUrgentData" "(I)V" [until 17] [blocks] => send_urgent;
} }
natives! { pub INPUT_STREAM: "java/net/SocketInputStream" {
    "init" "()V" [until 17] => nothing;
    "socketRead0" "(Ljava/io/FileDescriptor;[BIII)I" [until 17] [blocks] => read;
} }
natives! { pub OUTPUT_STREAM: "java/net/SocketOutputStream" {
    "init" "()V" [until 17] => nothing;
    "socketWrite0" "(Ljava/io/FileDescriptor;[BII)V" [until 17] [blocks] => write;
} }
natives! { pub CLEANABLE: "java/net/SocketCleanable" {
    "cleanupClose0" "(I)V" [until 17] [blocks] => cleanup;
} }

const SOCKET_EXCEPTION: &str = "java/net/SocketException";

fn create(thread: &mut JavaThread, this: Obj, stream: bool, is_server: bool) -> JResult<()> {
    let descriptor = get_ref_field(this, "fd");
    if descriptor.is_null() {
        return Err(thread.throw_new(SOCKET_EXCEPTION, "null fd object"));
    }
    let ipv6 = ipv6_available(thread);
    let opened = open_socket(ipv6, stream, is_server).and_then(|socket| {
        if is_server {
            // An accept waits with a poll; another thread may have taken the connection meanwhile.
            file::set_blocking(socket, false)?;
        }
        Ok(socket)
    });
    match opened {
        Ok(socket) => {
            set_field(descriptor, "fd", socket);
            Ok(())
        }
        Err(error) => Err(failed(thread, SOCKET_EXCEPTION, error, "Can't create socket")),
    }
}

fn connect_failed(thread: &mut JavaThread, error: Errno) -> Throw {
    let (class, what) = match error.0 {
        libc::EINVAL => (SOCKET_EXCEPTION, "Invalid argument or cannot assign requested address"),
        libc::EPROTO => ("java/net/ProtocolException", "Protocol error"),
        libc::ECONNREFUSED => ("java/net/ConnectException", "Connection refused"),
        libc::ETIMEDOUT => ("java/net/ConnectException", "Connection timed out"),
        libc::EHOSTUNREACH => ("java/net/NoRouteToHostException", "Host unreachable"),
        libc::EADDRNOTAVAIL => ("java/net/NoRouteToHostException", "Address not available"),
        libc::EISCONN | libc::EBADF => (SOCKET_EXCEPTION, "Socket closed"),
        _ => (SOCKET_EXCEPTION, "connect failed"),
    };
    failed(thread, class, error, what)
}

/// How a connection attempt ended: `None` when its time was over.
fn try_connect(socket: i32, address: &RawAddress, timeout: i32) -> SysResult<Option<()>> {
    file::set_blocking(socket, false)?;
    let result = match socket::connect(socket, address) {
        Ok(_) => Ok(Some(())),
        Err(Errno(libc::EINPROGRESS | libc::EINTR)) => {
            let milliseconds = if timeout > 0 { timeout } else { -1 };
            match event::poll_one_restarting(socket, libc::POLLOUT, milliseconds)? {
                0 => Ok(None),
                _ => match socket::take_error(socket)? {
                    0 => Ok(Some(())),
                    error => Err(Errno(error)),
                },
            }
        }
        Err(error) => Err(error),
    };
    if matches!(result, Ok(Some(()))) {
        file::set_blocking(socket, true)?;
    }
    result
}

fn connect(thread: &mut JavaThread, this: Obj, address: Obj, port: i32, timeout: i32) -> JResult<()> {
    let (descriptor, socket) = open_descriptor(thread, this)?;
    if address.is_null() {
        return Err(thread.throw_new("java/lang/NullPointerException", "inet address argument null."));
    }
    let target = raw_address(thread, address, port, true)?;
    let result = thread.blocking(|| try_connect(socket, &target, timeout));
    if number(descriptor) < 0 {
        return Err(closed(thread));
    }
    match result {
        Ok(Some(())) => {}
        Ok(None) => {
            let _ = socket::shutdown(socket, libc::SHUT_RDWR);
            return Err(thread.throw_new("java/net/SocketTimeoutException", "connect timed out"));
        }
        Err(error) => return Err(connect_failed(thread, error)),
    }
    set_ref_field(thread, this, "address", address);
    set_field(this, "port", port);
    if get_field::<i32>(this, "localport") == 0 {
        set_local_port(thread, this, socket)?;
    }
    Ok(())
}

fn set_local_port(thread: &mut JavaThread, this: Obj, socket: i32) -> JResult<()> {
    match socket::local_address(socket) {
        Ok(address) => {
            set_field(this, "localport", port_of(&address));
            Ok(())
        }
        Err(error) => Err(failed(thread, SOCKET_EXCEPTION, error, "Error getting socket name")),
    }
}

fn bind(thread: &mut JavaThread, this: Obj, address: Obj, port: i32) -> JResult<()> {
    let (_, socket) = open_descriptor(thread, this)?;
    if address.is_null() {
        return Err(thread.throw_new("java/lang/NullPointerException", "iaObj is null."));
    }
    let own = raw_address(thread, address, port, true)?;
    socket::bind(socket, &own).map_err(|error| bind_failed(thread, error))?;
    set_ref_field(thread, this, "address", address);
    set_field(this, "localport", port);
    if port == 0 {
        set_local_port(thread, this, socket)?;
    }
    Ok(())
}

fn listen(thread: &mut JavaThread, this: Obj, backlog: i32) -> JResult<()> {
    let (_, socket) = open_descriptor(thread, this)?;
    socket::listen(socket, backlog)
        .map(drop)
        .map_err(|error| failed(thread, SOCKET_EXCEPTION, error, "Listen failed"))
}

fn accept(thread: &mut JavaThread, this: Obj, accepted: Obj) -> JResult<()> {
    let (descriptor, socket) = open_descriptor(thread, this)?;
    let accepted = match accepted.is_null() {
        true => return Err(thread.throw_new("java/lang/NullPointerException", "socket is null")),
        false => accepted,
    };
    let timeout = get_field::<i32>(this, "timeout");
    let (new, remote) = loop {
        if !wait_ready(thread, socket, libc::POLLIN, timeout)? {
            return Err(thread.throw_new("java/net/SocketTimeoutException", "Accept timed out"));
        }
        if is_closed(this, descriptor) {
            return Err(closed(thread));
        }
        match thread.blocking(|| socket::accept(socket)) {
            Ok(connection) => break connection,
            Err(Errno(libc::ECONNABORTED | libc::EINTR)) => {}
            Err(error) if error.would_block() => {}
            Err(Errno(libc::EBADF)) => return Err(closed(thread)),
            Err(error) => return Err(failed(thread, SOCKET_EXCEPTION, error, "Accept failed")),
        }
    };
    let Address::Inet(from) = remote.typed() else {
        let _ = file::close(new);
        return Err(thread.throw_new(SOCKET_EXCEPTION, "Protocol family unavailable"));
    };
    let target = get_ref_field(accepted, "fd");
    if target.is_null() {
        let _ = file::close(new);
        return Err(thread.throw_null_pointer());
    }
    set_field(target, "fd", new);
    let address = new_address(thread, from, Obj::NULL)?;
    set_ref_field(thread, accepted, "address", address);
    set_field(accepted, "port", i32::from(from.port()));
    set_field(accepted, "localport", get_field::<i32>(this, "localport"));
    Ok(())
}

fn reset(thread: &mut JavaThread) -> Throw {
    thread.throw_new("sun/net/ConnectionResetException", "Connection reset")
}

fn available(thread: &mut JavaThread, this: Obj) -> JResult<i32> {
    let (_, socket) = open_descriptor(thread, this)?;
    match file::waiting_bytes(socket) {
        Ok(count) => Ok(count),
        Err(Errno(libc::ECONNRESET)) => Err(thread.throw_new("sun/net/ConnectionResetException", "")),
        Err(error) => Err(failed(thread, SOCKET_EXCEPTION, error, "ioctl FIONREAD failed")),
    }
}

/// With `deferred` other threads may be using the descriptor: its number stays taken, by a socket at its end.
fn close(thread: &mut JavaThread, this: Obj, deferred: bool) -> JResult<()> {
    let descriptor = get_ref_field(this, "fd");
    if descriptor.is_null() {
        return Err(thread.throw_new(SOCKET_EXCEPTION, "socket already closed"));
    }
    let socket = number(descriptor);
    if socket < 0 {
        return Ok(());
    }
    if !deferred {
        set_field(descriptor, "fd", -1i32);
        let _ = thread.blocking(|| close_number(socket));
        return Ok(());
    }
    // Ends their waits.
    let _ = socket::shutdown(socket, libc::SHUT_RDWR);
    let result = thread.blocking(|| -> SysResult<()> {
        let (ended, other) = socket::socket_pair(libc::AF_UNIX, libc::SOCK_STREAM)?;
        let _ = socket::shutdown(ended, libc::SHUT_RDWR);
        let _ = file::close(other);
        let result = restarting(|| file::duplicate_to(ended, socket));
        let _ = file::close(ended);
        result.map(drop)
    });
    result.map_err(|error| thread.throw_new(SOCKET_EXCEPTION, &error.text()))
}

fn shutdown(thread: &mut JavaThread, this: Obj, how: i32) -> JResult<()> {
    let descriptor = get_ref_field(this, "fd");
    if descriptor.is_null() {
        return Err(thread.throw_new(SOCKET_EXCEPTION, "socket already closed"));
    }
    let _ = socket::shutdown(number(descriptor), how);
    Ok(())
}

fn set_option(thread: &mut JavaThread, this: Obj, option: i32, on: bool, value: Obj) -> JResult<()> {
    const SO_TIMEOUT: i32 = 0x1006;
    let (_, socket) = open_descriptor(thread, this)?;
    let number = match option {
        // The class library's own business.
        SO_TIMEOUT => return Ok(()),
        plain::SO_SNDBUF | plain::SO_RCVBUF | plain::IP_TOS => plain::unboxed(value, false),
        plain::SO_LINGER if on => plain::unboxed(value, false),
        plain::SO_LINGER => -1,
        _ => i32::from(on),
    };
    plain::set_option(thread, socket, option, number)
}

/// Switches that are off are -1.
fn get_option(thread: &mut JavaThread, this: Obj, option: i32, container: Obj) -> JResult<i32> {
    let (_, socket) = open_descriptor(thread, this)?;
    if option == SO_BINDADDR {
        let address = socket::local_address(socket)
            .map_err(|error| failed(thread, SOCKET_EXCEPTION, error, "Error getting socket name"))?;
        let container = not_null(thread, container)?;
        let address = address_of(thread, &address)?;
        set_ref_field(thread, container, "addr", address);
        return Ok(0);
    }
    let value = plain::get_option(thread, socket, option)?;
    let is_number = matches!(
        option,
        plain::SO_SNDBUF | plain::SO_RCVBUF | plain::SO_LINGER | plain::IP_TOS
    );
    Ok(match value {
        0 if !is_number => -1,
        value => value,
    })
}

fn send_urgent(thread: &mut JavaThread, this: Obj, data: i32) -> JResult<()> {
    let (_, socket) = open_descriptor(thread, this)?;
    let byte = data as u8;
    // SAFETY: one byte of this frame.
    match thread.blocking(|| restarting(|| unsafe { socket::send_raw(socket, &byte, 1, libc::MSG_OOB) })) {
        Ok(_) => Ok(()),
        Err(error) => Err(failed(thread, "java/io/IOException", error, "Write failed")),
    }
}

fn stream_socket(thread: &mut JavaThread, descriptor: Obj) -> JResult<i32> {
    if descriptor.is_null() || number(descriptor) < 0 {
        return Err(closed(thread));
    }
    Ok(number(descriptor))
}

fn read(
    thread: &mut JavaThread,
    _this: Obj,
    descriptor: Obj,
    array: Obj,
    offset: i32,
    length: i32,
    timeout: i32,
) -> JResult<i32> {
    let socket = stream_socket(thread, descriptor)?;
    let address = byte_range(thread, array, offset, length)?;
    if timeout > 0 && !wait_ready(thread, socket, libc::POLLIN, timeout)? {
        return Err(thread.throw_new("java/net/SocketTimeoutException", "Read timed out"));
    }
    let receive = || {
        // SAFETY: the range was checked, and the array is pinned meanwhile.
        restarting(|| unsafe { socket::receive_raw(socket, address, length as usize, 0) })
    };
    match blocking_on_array(thread, array, receive) {
        Ok(count) => Ok(count as i32),
        Err(Errno(libc::ECONNRESET | libc::EPIPE)) => Err(reset(thread)),
        Err(Errno(libc::EBADF)) => Err(closed(thread)),
        Err(error) => Err(failed(thread, SOCKET_EXCEPTION, error, "Read failed")),
    }
}

fn write(thread: &mut JavaThread, _this: Obj, descriptor: Obj, array: Obj, offset: i32, length: i32) -> JResult<()> {
    let socket = stream_socket(thread, descriptor)?;
    let address = byte_range(thread, array, offset, length)?;
    let send = || -> SysResult<()> {
        let mut done = 0;
        while done < length as usize {
            let (rest, left) = (address.wrapping_add(done), length as usize - done);
            // SAFETY: the range was checked, and the array is pinned meanwhile.
            done += restarting(|| unsafe { socket::send_raw(socket, rest, left, 0) })?;
        }
        Ok(())
    };
    match blocking_on_array(thread, array, send) {
        Ok(()) => Ok(()),
        Err(Errno(libc::ECONNRESET)) => Err(reset(thread)),
        Err(error) => Err(failed(thread, SOCKET_EXCEPTION, error, "Write failed")),
    }
}

fn cleanup(thread: &mut JavaThread, descriptor: i32) -> JResult<()> {
    thread
        .blocking(|| close_number(descriptor))
        .map_err(|error| failed(thread, "java/io/IOException", error, "close failed"))
}

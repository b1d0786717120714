//! `sun.nio.ch.UnixDomainSockets` and `UnixAsynchronousSocketChannelImpl`.

use super::io_status;
use super::net::accept_connection;
use crate::io_support::{set_field, throw_socket};
use crate::java::io::file_descriptor::number_of;
use crate::support::{new_byte_array, not_null};
use peaberry_runtime::object::{array_length, array_set_ref, byte_array_to_vec};
use peaberry_runtime::{JResult, JavaThread, Obj, natives};
use peaberry_sys::errno::Errno;
use peaberry_sys::socket::{self, Address, RawAddress};

natives! { pub NATIVES: "sun/nio/ch/UnixDomainSockets" {
    "init" "()Z" => |_: &mut JavaThread| Ok(true);
    "socket0" "()I" => new_socket;
    "bind0" "(Ljava/io/FileDescriptor;[B)V" => bind;
    "connect0" "(Ljava/io/FileDescriptor;[B)I" [blocks] => connect;
    "accept0" "(Ljava/io/FileDescriptor;Ljava/io/FileDescriptor;[Ljava/lang/Object;)I" [blocks] => accept;
    "localAddress0" "(Ljava/io/FileDescriptor;)[B" => local_address;
} }
natives! { pub ASYNCHRONOUS_CHANNEL: "sun/nio/ch/UnixAsynchronousSocketChannelImpl" {
    "checkConnect" "(I)V" => check_connect;
} }

fn new_socket(thread: &mut JavaThread) -> JResult<i32> {
    socket::socket(libc::AF_UNIX, libc::SOCK_STREAM, 0).map_err(|error| throw_socket(thread, error))
}

fn address_of(thread: &mut JavaThread, path: Obj) -> JResult<RawAddress> {
    let bytes = if path.is_null() {
        Vec::new()
    } else {
        byte_array_to_vec(path)
    };
    match RawAddress::unix(&bytes) {
        Some(address) => Ok(address),
        None => Err(thread.throw_new("java/net/SocketException", "Unix domain path too long")),
    }
}

/// The path of a Unix domain address as a `byte[]`; null for other families.
pub fn path_bytes(thread: &mut JavaThread, address: &RawAddress) -> JResult<Obj> {
    match address.typed() {
        Address::Unix(path) => new_byte_array(thread, &path),
        _ => Ok(Obj::NULL),
    }
}

fn bind(thread: &mut JavaThread, descriptor: Obj, path: Obj) -> JResult<()> {
    let number = number_of(thread, descriptor)?;
    let address = address_of(thread, path)?;
    socket::bind(number, &address)
        .map(drop)
        .map_err(|error| throw_socket(thread, error))
}

fn connect(thread: &mut JavaThread, descriptor: Obj, path: Obj) -> JResult<i32> {
    let number = number_of(thread, descriptor)?;
    let address = address_of(thread, path)?;
    match thread.blocking(|| socket::connect(number, &address)) {
        Ok(_) => Ok(1),
        Err(Errno(libc::EINPROGRESS | libc::EAGAIN)) => Ok(io_status::UNAVAILABLE),
        Err(Errno(libc::EINTR)) => Ok(io_status::INTERRUPTED),
        Err(error) => Err(throw_socket(thread, error)),
    }
}

fn accept(thread: &mut JavaThread, descriptor: Obj, accepted: Obj, path: Obj) -> JResult<i32> {
    let number = number_of(thread, descriptor)?;
    let accepted = not_null(thread, accepted)?;
    let path = not_null(thread, path)?;
    let (new, address) = match accept_connection(thread, number)? {
        Ok(connection) => connection,
        Err(status) => return Ok(status),
    };
    set_field(accepted, "fd", new);
    let bytes = path_bytes(thread, &address)?;
    if array_length(path) > 0 {
        array_set_ref(thread, path, 0, bytes);
    }
    Ok(1)
}

fn local_address(thread: &mut JavaThread, descriptor: Obj) -> JResult<Obj> {
    let number = number_of(thread, descriptor)?;
    match socket::local_address(number) {
        Ok(address) => path_bytes(thread, &address),
        Err(error) => Err(throw_socket(thread, error)),
    }
}

fn check_connect(thread: &mut JavaThread, descriptor: i32) -> JResult<()> {
    match socket::take_error(descriptor) {
        Ok(0) => Ok(()),
        Ok(error) => Err(throw_socket(thread, Errno(error))),
        Err(error) => Err(throw_socket(thread, error)),
    }
}

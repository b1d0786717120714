//! `sun.nio.ch.InheritedChannel`: a channel the process was started with.

use super::unix_domain_sockets::path_bytes;
use crate::io_support::{system_path, throw_io};
use crate::java::net::addresses::{address_of, port_of};
use crate::support::nothing;
use peaberry_runtime::{JResult, JavaThread, Obj, natives};
use peaberry_sys::socket::{self, Address};
use peaberry_sys::{errno::SysResult, file};
use std::net::SocketAddr;

natives! { pub NATIVES: "sun/nio/ch/InheritedChannel" {
    "initIDs" "()V" => nothing;
    "dup" "(I)I" => dup;
    "dup2" "(II)V" => dup_to;
    "open0" "(Ljava/lang/String;I)I" => open;
    "close0" "(I)V" => close;
    "soType0" "(I)I" => socket_type;
    "addressFamily" "(I)I" => address_family;
    "inetPeerAddress0" "(I)Ljava/net/InetAddress;" => inet_peer;
    "unixPeerAddress0" "(I)[B" => unix_peer;
    "peerPort0" "(I)I" => peer_port;
    "isConnected" "(I)Z" => is_connected;
} }

fn or_throw<T>(thread: &mut JavaThread, result: SysResult<T>) -> JResult<T> {
    result.map_err(|error| throw_io(thread, error))
}
fn dup(thread: &mut JavaThread, descriptor: i32) -> JResult<i32> {
    or_throw(thread, file::duplicate(descriptor))
}
fn dup_to(thread: &mut JavaThread, from: i32, to: i32) -> JResult<()> {
    or_throw(thread, file::duplicate_to(from, to)).map(drop)
}
fn open(thread: &mut JavaThread, path: Obj, flags: i32) -> JResult<i32> {
    let path = system_path(thread, path)?;
    let flags = match flags {
        0 => libc::O_RDONLY,
        1 => libc::O_WRONLY,
        2 => libc::O_RDWR,
        _ => return Err(thread.throw_new("java/lang/InternalError", "Unrecognized file mode")),
    };
    or_throw(thread, file::open(&path, flags, 0))
}
fn close(thread: &mut JavaThread, descriptor: i32) -> JResult<()> {
    or_throw(thread, file::close(descriptor))
}
/// The class's own numbers: 1 stream, 2 datagram, -1 no socket.
fn socket_type(_: &mut JavaThread, descriptor: i32) -> JResult<i32> {
    Ok(
        match socket::get_int_option(descriptor, libc::SOL_SOCKET, libc::SO_TYPE) {
            Ok(libc::SOCK_STREAM) => 1,
            Ok(libc::SOCK_DGRAM) => 2,
            _ => -1,
        },
    )
}
/// The class's own numbers: 1 IPv4, 2 IPv6, 3 Unix, -1 unknown.
fn address_family(_: &mut JavaThread, descriptor: i32) -> JResult<i32> {
    Ok(match socket::local_address(descriptor).map(|address| address.typed()) {
        Ok(Address::Inet(SocketAddr::V4(_))) => 1,
        Ok(Address::Inet(SocketAddr::V6(_))) => 2,
        Ok(Address::Unix(_)) => 3,
        _ => -1,
    })
}
fn inet_peer(thread: &mut JavaThread, descriptor: i32) -> JResult<Obj> {
    match socket::peer_address(descriptor) {
        Ok(address) => address_of(thread, &address),
        Err(_) => Ok(Obj::NULL),
    }
}
fn unix_peer(thread: &mut JavaThread, descriptor: i32) -> JResult<Obj> {
    match socket::peer_address(descriptor) {
        Ok(address) => path_bytes(thread, &address),
        Err(_) => Ok(Obj::NULL),
    }
}
fn peer_port(_: &mut JavaThread, descriptor: i32) -> JResult<i32> {
    Ok(socket::peer_address(descriptor).map_or(-1, |address| port_of(&address)))
}
fn is_connected(_: &mut JavaThread, descriptor: i32) -> JResult<bool> {
    Ok(socket::peer_address(descriptor).is_ok())
}

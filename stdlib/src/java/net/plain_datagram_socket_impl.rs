//! `java.net.PlainDatagramSocketImpl` (up to release 17).

use super::addresses::{ipv6_available, new_address, port_of, raw_address};
use super::network_interface::{by_address, by_index};
use super::plain::{self, bind_failed, closed, failed, is_closed, open_descriptor, wait_ready, wake_and_close};
use crate::io_support::{class_named, construct, get_field, get_ref_field, restarting, set_field, set_ref_field};
use crate::java::io::file_descriptor::number;
use crate::java::net::addresses::{address_of, socket_address};
use crate::sun::nio::ch::net::open_socket;
use crate::support::{not_null, nothing};
use peaberry_runtime::object::{array_get_ref, array_length, array_set_ref, array_slice};
use peaberry_runtime::thread::Throw;
use peaberry_runtime::{JResult, JavaThread, Obj, natives};
use peaberry_sys::errno::{Errno, SysResult};
use peaberry_sys::file;
use peaberry_sys::socket::{self, Address, RawAddress};
use std::net::{Ipv4Addr, SocketAddr};

natives! { pub NATIVES: "java/net/PlainDatagramSocketImpl" {
    "init" "()V" [until 17] => nothing;
    "datagramSocketCreate" "()V" [until 17] => create;
    "datagramSocketClose" "()V" [until 17] [blocks] => close;
    "bind0" "(ILjava/net/InetAddress;)V" [until 17] => bind;
    "connect0" "(Ljava/net/InetAddress;I)V" [until 17] => connect;
    "disconnect0" "(I)V" [until 17] => disconnect;
    "send0" "(Ljava/net/DatagramPacket;)V" [until 17] [blocks] => send;
    "peek" "(Ljava/net/InetAddress;)I" [until 17] [blocks] => peek;
    "peekData" "(Ljava/net/DatagramPacket;)I" [until 17] [blocks] => peek_data;
    "receive0" "(Ljava/net/DatagramPacket;)V" [until 17] [blocks] => receive_packet;
    "dataAvailable" "()I" [until 17] => data_available;
    "setTimeToLive" "(I)V" [until 17] => set_time_to_live;
    "getTimeToLive" "()I" [until 17] => time_to_live;
    "setTTL" "(B)V" [until 17] => |thread: &mut JavaThread, this: Obj, value: i8| set_time_to_live(thread, this, i32::from(value as u8));
    "getTTL" "()B" [until 17] => |thread: &mut JavaThread, this: Obj| Ok(time_to_live(thread, this)? as i8);
    "join" "(Ljava/net/InetAddress;Ljava/net/NetworkInterface;)V" [until 17] => |thread: &mut JavaThread, this: Obj, group: Obj, interface: Obj| join_or_leave(thread, this, group, interface, true);
    "leave" "(Ljava/net/InetAddress;Ljava/net/NetworkInterface;)V" [until 17] => |thread: &mut JavaThread, this: Obj, group: Obj, interface: Obj| join_or_leave(thread, this, group, interface, false);
    "socketSetOption0" "(ILjava/lang/Object;)V" [until 17] => set_option;
    "socketGetOption" "(I)Ljava/lang/Object;" [until 17] => get_option;
} }

const SOCKET_EXCEPTION: &str = "java/net/SocketException";
/// Largest datagram, bytes.
const MAX_PACKET: usize = 65536;

fn create(thread: &mut JavaThread, this: Obj) -> JResult<()> {
    let descriptor = get_ref_field(this, "fd");
    if descriptor.is_null() {
        return Err(closed(thread));
    }
    let ipv6 = ipv6_available(thread);
    let opened = open_socket(ipv6, false, false).and_then(|socket| {
        socket::set_option(socket, libc::SOL_SOCKET, libc::SO_BROADCAST, &1i32)?;
        Ok(socket)
    });
    match opened {
        Ok(socket) => {
            set_field(descriptor, "fd", socket);
            Ok(())
        }
        Err(error) => Err(failed(thread, SOCKET_EXCEPTION, error, "Error creating socket")),
    }
}

fn close(thread: &mut JavaThread, this: Obj) -> JResult<()> {
    let descriptor = get_ref_field(this, "fd");
    if !descriptor.is_null() {
        let _ = wake_and_close(thread, descriptor);
    }
    Ok(())
}

fn bind(thread: &mut JavaThread, this: Obj, port: i32, address: Obj) -> JResult<()> {
    let (_, socket) = open_descriptor(thread, this)?;
    let own = raw_address(thread, address, port, true)?;
    socket::bind(socket, &own).map_err(|error| bind_failed(thread, error))?;
    let port = match port {
        0 => socket::local_address(socket)
            .map(|address| port_of(&address))
            .map_err(|error| failed(thread, SOCKET_EXCEPTION, error, "Error getting socket name"))?,
        port => port,
    };
    set_field(this, "localPort", port);
    Ok(())
}

fn connect(thread: &mut JavaThread, this: Obj, address: Obj, port: i32) -> JResult<()> {
    let (_, socket) = open_descriptor(thread, this)?;
    let target = raw_address(thread, address, port, true)?;
    socket::connect(socket, &target)
        .map(drop)
        .map_err(|error| failed(thread, "java/net/ConnectException", error, "Connect failed"))
}

fn disconnect(_: &mut JavaThread, this: Obj, _family: i32) -> JResult<()> {
    let descriptor = get_ref_field(this, "fd");
    if descriptor.is_null() || number(descriptor) < 0 {
        return Ok(());
    }
    let socket = number(descriptor);
    let _ = socket::connect(socket, &RawAddress::unspecified());
    // Linux forgets a port that it chose itself.
    if let Ok(own) = socket::local_address(socket)
        && let Address::Inet(mut own) = own.typed()
        && own.port() == 0
    {
        own.set_port(get_field::<i32>(this, "localPort") as u16);
        let _ = socket::bind(socket, &RawAddress::inet(own));
    }
    Ok(())
}

fn unreachable(thread: &mut JavaThread) -> Throw {
    thread.throw_new("java/net/PortUnreachableException", "ICMP Port Unreachable")
}

/// The part of a packet's array that is its data: array, offset, length.
fn packet_range(thread: &mut JavaThread, packet: Obj, length: &str) -> JResult<(Obj, usize, usize)> {
    let packet = not_null(thread, packet)?;
    let buffer = get_ref_field(packet, "buf");
    let buffer = not_null(thread, buffer)?;
    let (offset, length) = (get_field::<i32>(packet, "offset"), get_field::<i32>(packet, length));
    if offset < 0 || length < 0 || offset as usize + length as usize > array_length(buffer) {
        return Err(thread.throw_plain("java/lang/ArrayIndexOutOfBoundsException"));
    }
    Ok((buffer, offset as usize, length as usize))
}

fn send(thread: &mut JavaThread, this: Obj, packet: Obj) -> JResult<()> {
    let (_, socket) = open_descriptor(thread, this)?;
    let (buffer, offset, length) = packet_range(thread, packet, "length")?;
    let target = match get_field::<u8>(this, "connected") {
        0 => {
            let address = get_ref_field(packet, "address");
            let port = get_field::<i32>(packet, "port");
            Some(raw_address(thread, address, port, true)?)
        }
        _ => None,
    };
    // SAFETY: a byte[] held by this frame; copied, as it may move while the call blocks.
    let data = unsafe { array_slice::<u8>(buffer)[offset..offset + length.min(MAX_PACKET)].to_vec() };
    let result = thread.blocking(|| {
        restarting(|| match &target {
            Some(target) => socket::send_to(socket, &data, target),
            // SAFETY: the copy is readable for its length.
            None => unsafe { socket::send_raw(socket, data.as_ptr(), data.len(), 0) },
        })
    });
    match result {
        Ok(_) => Ok(()),
        Err(Errno(libc::ECONNREFUSED)) => Err(unreachable(thread)),
        Err(error) => Err(failed(thread, "java/io/IOException", error, "sendto failed")),
    }
}

/// Waits for a datagram as long as the socket's timeout says; its first `length` bytes, and who sent it.
fn receive(thread: &mut JavaThread, this: Obj, length: usize, flags: i32) -> JResult<(Vec<u8>, SocketAddr)> {
    let (descriptor, socket) = open_descriptor(thread, this)?;
    let timeout = get_field::<i32>(this, "timeout");
    let mut data = vec![0; length.min(MAX_PACKET)];
    loop {
        let ready = wait_ready(thread, socket, libc::POLLIN, timeout)?;
        if is_closed(this, descriptor) {
            return Err(closed(thread));
        }
        if !ready {
            return Err(thread.throw_new("java/net/SocketTimeoutException", "Receive timed out"));
        }
        match socket::receive_from(socket, &mut data, flags | libc::MSG_DONTWAIT) {
            Ok((count, Address::Inet(sender))) => {
                data.truncate(count);
                return Ok((data, sender));
            }
            Ok(_) => return Err(thread.throw_new(SOCKET_EXCEPTION, "Protocol family unavailable")),
            // Another thread has taken it, or it was damaged.
            Err(error) if error.would_block() || error == Errno(libc::EINTR) => {}
            // An earlier datagram found nobody: not this receiver's concern unless connected.
            Err(Errno(libc::ECONNREFUSED)) if get_field::<u8>(this, "connected") == 0 => {}
            Err(Errno(libc::ECONNREFUSED)) => return Err(unreachable(thread)),
            Err(Errno(libc::EBADF)) => return Err(closed(thread)),
            Err(error) => return Err(failed(thread, SOCKET_EXCEPTION, error, "Receive failed")),
        }
    }
}

/// Writes address and port of the sender into an `InetAddress` of the caller's.
fn peek(thread: &mut JavaThread, this: Obj, address: Obj) -> JResult<i32> {
    if address.is_null() {
        return Err(thread.throw_new("java/lang/NullPointerException", "Null address in peek()"));
    }
    let (_, sender) = receive(thread, this, 1, libc::MSG_PEEK)?;
    let found = new_address(thread, sender, Obj::NULL)?;
    let (from, to) = (get_ref_field(found, "holder"), get_ref_field(address, "holder"));
    set_field(to, "address", get_field::<i32>(from, "address"));
    set_field(to, "family", get_field::<i32>(from, "family"));
    Ok(i32::from(sender.port()))
}

fn fill_packet(thread: &mut JavaThread, this: Obj, packet: Obj, flags: i32) -> JResult<i32> {
    let (_, _, length) = packet_range(thread, packet, "bufLength")?;
    let (data, sender) = receive(thread, this, length, flags)?;
    let (buffer, offset, length) = packet_range(thread, packet, "bufLength")?;
    let count = data.len().min(length);
    // SAFETY: a byte[] held by this frame, the range was checked.
    unsafe { array_slice::<u8>(buffer)[offset..offset + count].copy_from_slice(&data[..count]) };
    let old = get_ref_field(packet, "address");
    let new = new_address(thread, sender, Obj::NULL)?;
    let same = !old.is_null() && socket_address(thread, old, 0)? == socket_address(thread, new, 0)?;
    if !same {
        set_ref_field(thread, packet, "address", new);
    }
    set_field(packet, "port", i32::from(sender.port()));
    set_field(packet, "length", count as i32);
    Ok(i32::from(sender.port()))
}

fn peek_data(thread: &mut JavaThread, this: Obj, packet: Obj) -> JResult<i32> {
    fill_packet(thread, this, packet, libc::MSG_PEEK)
}

fn receive_packet(thread: &mut JavaThread, this: Obj, packet: Obj) -> JResult<()> {
    fill_packet(thread, this, packet, 0).map(drop)
}

fn data_available(thread: &mut JavaThread, this: Obj) -> JResult<i32> {
    let (_, socket) = open_descriptor(thread, this)?;
    Ok(file::waiting_bytes(socket).unwrap_or(-1))
}

fn option_failed(thread: &mut JavaThread, error: Errno) -> Throw {
    failed(thread, SOCKET_EXCEPTION, error, "Error setting socket option")
}

fn set_time_to_live(thread: &mut JavaThread, this: Obj, value: i32) -> JResult<()> {
    let (_, socket) = open_descriptor(thread, this)?;
    let mut result = socket::set_option(socket, libc::IPPROTO_IP, libc::IP_MULTICAST_TTL, &(value as u8));
    if ipv6_available(thread) {
        result = socket::set_option(socket, libc::IPPROTO_IPV6, libc::IPV6_MULTICAST_HOPS, &value);
    }
    result.map(drop).map_err(|error| option_failed(thread, error))
}

fn time_to_live(thread: &mut JavaThread, this: Obj) -> JResult<i32> {
    let (_, socket) = open_descriptor(thread, this)?;
    let result = if ipv6_available(thread) {
        socket::get_int_option(socket, libc::IPPROTO_IPV6, libc::IPV6_MULTICAST_HOPS)
    } else {
        // SAFETY: any byte is one.
        unsafe { socket::get_option::<u8>(socket, libc::IPPROTO_IP, libc::IP_MULTICAST_TTL) }.map(i32::from)
    };
    result.map_err(|error| failed(thread, SOCKET_EXCEPTION, error, "Error getting socket option"))
}

/// The first IPv4 address of a `NetworkInterface`.
fn first_ipv4(thread: &mut JavaThread, interface: Obj) -> JResult<Option<Ipv4Addr>> {
    let addresses = get_ref_field(interface, "addrs");
    let count = if addresses.is_null() {
        0
    } else {
        array_length(addresses)
    };
    for index in 0..count {
        if let SocketAddr::V4(v4) = socket_address(thread, array_get_ref(addresses, index), 0)? {
            return Ok(Some(*v4.ip()));
        }
    }
    Ok(None)
}

fn in_addr(address: Ipv4Addr) -> libc::in_addr {
    libc::in_addr {
        s_addr: u32::from_ne_bytes(address.octets()),
    }
}

fn join_or_leave(thread: &mut JavaThread, this: Obj, group: Obj, interface: Obj, join: bool) -> JResult<()> {
    let (_, socket) = open_descriptor(thread, this)?;
    let SocketAddr::V6(typed) = socket_address(thread, group, 0)? else {
        return join_or_leave4(thread, socket, group, interface, join);
    };
    if !ipv6_available(thread) {
        return Err(thread.throw_new(SOCKET_EXCEPTION, "Protocol family unavailable"));
    }
    let index = match interface.is_null() {
        false => get_field::<i32>(interface, "index"),
        true => socket::get_int_option(socket, libc::IPPROTO_IPV6, libc::IPV6_MULTICAST_IF).unwrap_or(0),
    };
    let request = libc::ipv6_mreq {
        ipv6mr_multiaddr: libc::in6_addr {
            s6_addr: typed.ip().octets(),
        },
        ipv6mr_interface: index as u32,
    };
    let option = match join {
        true => libc::IPV6_ADD_MEMBERSHIP,
        false => libc::IPV6_DROP_MEMBERSHIP,
    };
    membership_outcome(
        thread,
        socket::set_option(socket, libc::IPPROTO_IPV6, option, &request),
        join,
    )
}

fn membership_outcome(thread: &mut JavaThread, result: SysResult<i32>, join: bool) -> JResult<()> {
    match result {
        Ok(_) => Ok(()),
        Err(Errno(libc::ENOENT)) if !join => {
            Err(thread.throw_new(SOCKET_EXCEPTION, "Not a member of the multicast group"))
        }
        Err(error) => Err(thread.throw_new(SOCKET_EXCEPTION, &error.text())),
    }
}

fn join_or_leave4(thread: &mut JavaThread, socket: i32, group: Obj, interface: Obj, join: bool) -> JResult<()> {
    let SocketAddr::V4(group) = socket_address(thread, group, 0)? else {
        return Err(thread.throw_new(SOCKET_EXCEPTION, "Protocol family unavailable"));
    };
    let (mut address, mut index) = (Ipv4Addr::UNSPECIFIED, 0);
    if !interface.is_null() {
        index = get_field::<i32>(interface, "index");
        match first_ipv4(thread, interface)? {
            Some(own) => address = own,
            None if ipv6_available(thread) => {}
            None => {
                let message = "bad argument for IP_ADD_MEMBERSHIP: No IP addresses bound to interface";
                return Err(thread.throw_new(SOCKET_EXCEPTION, message));
            }
        }
    }
    let request = libc::ip_mreqn {
        imr_multiaddr: in_addr(*group.ip()),
        imr_address: in_addr(address),
        imr_ifindex: index,
    };
    let option = match join {
        true => libc::IP_ADD_MEMBERSHIP,
        false => libc::IP_DROP_MEMBERSHIP,
    };
    membership_outcome(
        thread,
        socket::set_option(socket, libc::IPPROTO_IP, option, &request),
        join,
    )
}

/// Sends multicast through a `NetworkInterface`.
fn set_interface(thread: &mut JavaThread, socket: i32, interface: Obj) -> JResult<()> {
    let index = get_field::<i32>(interface, "index");
    let request = libc::ip_mreqn {
        imr_multiaddr: in_addr(Ipv4Addr::UNSPECIFIED),
        imr_address: in_addr(first_ipv4(thread, interface)?.unwrap_or(Ipv4Addr::UNSPECIFIED)),
        imr_ifindex: index,
    };
    let mut result = socket::set_option(socket, libc::IPPROTO_IP, libc::IP_MULTICAST_IF, &request);
    if ipv6_available(thread) {
        result = socket::set_option(socket, libc::IPPROTO_IPV6, libc::IPV6_MULTICAST_IF, &index);
    }
    result.map(drop).map_err(|error| option_failed(thread, error))
}

fn set_option(thread: &mut JavaThread, this: Obj, option: i32, value: Obj) -> JResult<()> {
    if value.is_null() {
        return Err(thread.throw_new("java/lang/NullPointerException", "value argument"));
    }
    let (_, socket) = open_descriptor(thread, this)?;
    match option {
        plain::IP_MULTICAST_IF2 => set_interface(thread, socket, value),
        plain::IP_MULTICAST_IF if !ipv6_available(thread) => {
            let SocketAddr::V4(own) = socket_address(thread, value, 0)? else {
                return Err(thread.throw_new(SOCKET_EXCEPTION, "Protocol family unavailable"));
            };
            let address = in_addr(*own.ip());
            socket::set_option(socket, libc::IPPROTO_IP, libc::IP_MULTICAST_IF, &address)
                .map(drop)
                .map_err(|error| option_failed(thread, error))
        }
        plain::IP_MULTICAST_IF => {
            let interface = by_address(thread, value)?;
            if interface.is_null() {
                let message = "bad argument for IP_MULTICAST_IF: address not bound to any interface";
                return Err(thread.throw_new(SOCKET_EXCEPTION, message));
            }
            set_interface(thread, socket, interface)
        }
        plain::IP_MULTICAST_LOOP => {
            // True switches it off. Both families: an IPv6 socket may send to IPv4 groups.
            let on = plain::unboxed(value, true) ^ 1;
            if ipv6_available(thread) {
                let _ = socket::set_option(socket, libc::IPPROTO_IP, libc::IP_MULTICAST_LOOP, &(on as u8));
            }
            plain::set_option(thread, socket, option, on)
        }
        plain::SO_SNDBUF | plain::SO_RCVBUF | plain::IP_TOS => {
            plain::set_option(thread, socket, option, plain::unboxed(value, false))
        }
        _ => plain::set_option(thread, socket, option, plain::unboxed(value, true)),
    }
}

/// The interface that multicast is sent through: null when the system chooses.
fn interface(thread: &mut JavaThread, socket: i32) -> JResult<Obj> {
    if ipv6_available(thread) {
        let index = socket::get_int_option(socket, libc::IPPROTO_IPV6, libc::IPV6_MULTICAST_IF)
            .map_err(|error| failed(thread, SOCKET_EXCEPTION, error, "Error getting socket option"))?;
        return if index > 0 {
            by_index(thread, index)
        } else {
            Ok(Obj::NULL)
        };
    }
    // SAFETY: any bytes are an address.
    let address = unsafe { socket::get_option::<u32>(socket, libc::IPPROTO_IP, libc::IP_MULTICAST_IF) }
        .map_err(|error| failed(thread, SOCKET_EXCEPTION, error, "Error getting socket option"))?;
    if address == 0 {
        return Ok(Obj::NULL);
    }
    let address = SocketAddr::from((Ipv4Addr::from(address.to_ne_bytes()), 0));
    let address = new_address(thread, address, Obj::NULL)?;
    by_address(thread, address)
}

/// What stands for no interface: one of the wildcard address, and named like it.
fn no_interface(thread: &mut JavaThread) -> JResult<Obj> {
    let interface = construct(thread, "java/net/NetworkInterface", "()V", &[])?;
    let wildcard = any_address(thread)?;
    let class = class_named(thread, "java/net/InetAddress")?;
    let addresses = thread.allocate_reference_array(class, 1)?;
    array_set_ref(thread, addresses, 0, wildcard);
    set_ref_field(thread, interface, "addrs", addresses);
    set_field(interface, "index", -1i32);
    let name = thread.new_string("0.0.0.0")?;
    set_ref_field(thread, interface, "name", name);
    Ok(interface)
}

/// The wildcard address.
fn any_address(thread: &mut JavaThread) -> JResult<Obj> {
    let name = thread.new_string("0.0.0.0")?;
    new_address(thread, SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0)), name)
}

fn get_option(thread: &mut JavaThread, this: Obj, option: i32) -> JResult<Obj> {
    let (_, socket) = open_descriptor(thread, this)?;
    match option {
        plain::IP_MULTICAST_IF2 => {
            let found = interface(thread, socket)?;
            if found.is_null() {
                no_interface(thread)
            } else {
                Ok(found)
            }
        }
        plain::IP_MULTICAST_IF => {
            let found = interface(thread, socket)?;
            let addresses = match found.is_null() {
                true => Obj::NULL,
                false => get_ref_field(found, "addrs"),
            };
            if addresses.is_null() || array_length(addresses) == 0 {
                return any_address(thread);
            }
            Ok(array_get_ref(addresses, 0))
        }
        plain::SO_BINDADDR => {
            let own = socket::local_address(socket)
                .map_err(|error| failed(thread, SOCKET_EXCEPTION, error, "Error getting socket name"))?;
            address_of(thread, &own)
        }
        plain::SO_SNDBUF | plain::SO_RCVBUF | plain::IP_TOS => {
            let value = plain::get_option(thread, socket, option)?;
            construct(thread, "java/lang/Integer", "(I)V", &[value as u32 as u64])
        }
        _ => {
            let value = plain::get_option(thread, socket, option)? != 0;
            let value = value != (option == plain::IP_MULTICAST_LOOP);
            construct(thread, "java/lang/Boolean", "(Z)V", &[u64::from(value)])
        }
    }
}

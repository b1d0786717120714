//! `java.net.Inet4AddressImpl` and `Inet6AddressImpl`: names and addresses of hosts.

use super::addresses::new_address;
use crate::io_support::{class_named, system_path};
use crate::support::not_null;
use peaberry_runtime::object::{array_set_ref, byte_array_to_vec, get};
use peaberry_runtime::{JResult, JavaThread, Obj, natives, strings};
use peaberry_sys::errno::Errno;
use peaberry_sys::socket::{self, RawAddress, canonical};
use peaberry_sys::{event, file, resolver};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};

natives! { pub INET4: "java/net/Inet4AddressImpl" {
    "getLocalHostName" "()Ljava/lang/String;" [blocks] => local_host_name;
    "lookupAllHostAddr" "(Ljava/lang/String;)[Ljava/net/InetAddress;" [blocks] => look_up_ipv4;
    "getHostByAddr" "([B)Ljava/lang/String;" [blocks] => host_by_address;
    "isReachable0" "([BI[BI)Z" [blocks] => is_reachable4;
} }
natives! { pub INET6: "java/net/Inet6AddressImpl" {
    "getLocalHostName" "()Ljava/lang/String;" [blocks] => local_host_name;
    "lookupAllHostAddr" "(Ljava/lang/String;)[Ljava/net/InetAddress;" [until 17] [blocks] => look_up_all;
    "lookupAllHostAddr" "(Ljava/lang/String;I)[Ljava/net/InetAddress;" [since 18] [blocks] => look_up_by_policy;
    "getHostByAddr" "([B)Ljava/lang/String;" [blocks] => host_by_address;
    "isReachable0" "([BII[BII)Z" [blocks] => is_reachable6;
} }

/// Which family comes first.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    Ipv4,
    Ipv6,
    System,
}

// `InetAddressResolver.LookupPolicy`.
const POLICY_IPV4: i32 = 1;
const POLICY_IPV6: i32 = 2;
const POLICY_IPV4_FIRST: i32 = 4;
const POLICY_IPV6_FIRST: i32 = 8;

fn local_host_name(thread: &mut JavaThread) -> JResult<Obj> {
    let name = thread.blocking(resolver::host_name).unwrap_or_default();
    thread.new_string(if name.is_empty() { "localhost" } else { &name })
}

fn look_up(thread: &mut JavaThread, host: Obj, family: i32, order: Order) -> JResult<Obj> {
    if host.is_null() {
        return Err(thread.throw_new("java/lang/NullPointerException", "host argument is null"));
    }
    let name = system_path(thread, host)?;
    let mut addresses = match thread.blocking(|| resolver::look_up(&name, family)) {
        Ok(addresses) => addresses,
        Err(error) => {
            let message = format!("{}: {}", strings::to_rust(thread, host), error.text);
            return Err(thread.throw_new("java/net/UnknownHostException", &message));
        }
    };
    let is_ipv6 = |address: &SocketAddr| canonical(address.ip()).is_ipv6();
    match order {
        Order::Ipv4 => addresses.sort_by_key(is_ipv6),
        Order::Ipv6 => addresses.sort_by_key(|address| !is_ipv6(address)),
        Order::System => {}
    }
    let class = class_named(thread, "java/net/InetAddress")?;
    let array = thread.allocate_reference_array(class, addresses.len())?;
    for (index, &address) in addresses.iter().enumerate() {
        let address = new_address(thread, address, host)?;
        array_set_ref(thread, array, index, address);
    }
    Ok(array)
}

fn look_up_ipv4(thread: &mut JavaThread, _: Obj, host: Obj) -> JResult<Obj> {
    look_up(thread, host, libc::AF_INET, Order::System)
}

/// The order is the class's `preferIPv6Address`: 0 IPv4, 1 IPv6, 2 the system's.
fn look_up_all(thread: &mut JavaThread, _: Obj, host: Obj) -> JResult<Obj> {
    let class = class_named(thread, "java/net/InetAddress")?;
    let fields = class.fields.get();
    let preference = fields
        .iter()
        .find(|f| f.is_static() && f.name.bytes() == b"preferIPv6Address");
    let order = match preference.map(|field| get::<i32>(class.mirror(), field.offset.get() as usize)) {
        Some(1) => Order::Ipv6,
        Some(2) => Order::System,
        _ => Order::Ipv4,
    };
    look_up(thread, host, libc::AF_UNSPEC, order)
}

fn look_up_by_policy(thread: &mut JavaThread, _: Obj, host: Obj, policy: i32) -> JResult<Obj> {
    let family = match policy & (POLICY_IPV4 | POLICY_IPV6) {
        POLICY_IPV4 => libc::AF_INET,
        POLICY_IPV6 => libc::AF_INET6,
        _ => libc::AF_UNSPEC,
    };
    let order = if policy & POLICY_IPV4_FIRST != 0 {
        Order::Ipv4
    } else if policy & POLICY_IPV6_FIRST != 0 {
        Order::Ipv6
    } else {
        Order::System
    };
    look_up(thread, host, family, order)
}

fn ip_of(thread: &mut JavaThread, bytes: Obj) -> JResult<IpAddr> {
    let bytes = byte_array_to_vec(not_null(thread, bytes)?);
    if let Ok(octets) = <[u8; 4]>::try_from(&bytes[..]) {
        return Ok(IpAddr::V4(Ipv4Addr::from(octets)));
    }
    match <[u8; 16]>::try_from(&bytes[..]) {
        Ok(octets) => Ok(IpAddr::V6(Ipv6Addr::from(octets))),
        Err(_) => Err(thread.throw_plain("java/net/UnknownHostException")),
    }
}

fn host_by_address(thread: &mut JavaThread, _: Obj, address: Obj) -> JResult<Obj> {
    let address = ip_of(thread, address)?;
    match thread.blocking(|| resolver::look_up_address(address)) {
        Some(name) => thread.new_string(&name),
        None => Err(thread.throw_plain("java/net/UnknownHostException")),
    }
}

/// Tries the echo port: a host that answers, be it with a refusal, is there.
fn answers(target: SocketAddr, from: Option<SocketAddr>, hops: i32, timeout: i32) -> bool {
    let (domain, level, option) = match target {
        SocketAddr::V4(_) => (libc::AF_INET, libc::IPPROTO_IP, libc::IP_TTL),
        SocketAddr::V6(_) => (libc::AF_INET6, libc::IPPROTO_IPV6, libc::IPV6_UNICAST_HOPS),
    };
    let Ok(descriptor) = socket::socket(domain, libc::SOCK_STREAM, 0) else {
        return false;
    };
    let attempt = || {
        if hops > 0 {
            socket::set_option(descriptor, level, option, &hops)?;
        }
        if let Some(from) = from {
            socket::bind(descriptor, &RawAddress::inet(from))?;
        }
        file::set_blocking(descriptor, false)?;
        match socket::connect(descriptor, &RawAddress::inet(target)) {
            Ok(_) | Err(Errno(libc::ECONNREFUSED)) => return Ok(true),
            Err(Errno(libc::EINPROGRESS)) => {}
            Err(error) => return Err(error),
        }
        if event::poll_one_restarting(descriptor, libc::POLLOUT, timeout)? == 0 {
            return Ok(false);
        }
        Ok(matches!(socket::take_error(descriptor)?, 0 | libc::ECONNREFUSED))
    };
    let result = attempt();
    let _ = file::close(descriptor);
    result.unwrap_or(false)
}

const ECHO_PORT: u16 = 7;

fn is_reachable4(thread: &mut JavaThread, _: Obj, address: Obj, timeout: i32, from: Obj, hops: i32) -> JResult<bool> {
    let target = SocketAddr::new(ip_of(thread, address)?, ECHO_PORT);
    let from = if from.is_null() {
        None
    } else {
        Some(SocketAddr::new(ip_of(thread, from)?, 0))
    };
    Ok(thread.blocking(|| answers(target, from, hops, timeout)))
}

#[allow(clippy::too_many_arguments)]
fn is_reachable6(
    thread: &mut JavaThread,
    _: Obj,
    address: Obj,
    scope: i32,
    timeout: i32,
    from: Obj,
    hops: i32,
    from_scope: i32,
) -> JResult<bool> {
    let scoped = |ip: IpAddr, port: u16, scope: i32| match ip {
        IpAddr::V6(v6) => SocketAddr::V6(SocketAddrV6::new(v6, port, 0, scope.max(0) as u32)),
        v4 => SocketAddr::new(v4, port),
    };
    let target = scoped(ip_of(thread, address)?, ECHO_PORT, scope);
    let from = if from.is_null() {
        None
    } else {
        Some(scoped(ip_of(thread, from)?, 0, from_scope))
    };
    Ok(thread.blocking(|| answers(target, from, hops, timeout)))
}

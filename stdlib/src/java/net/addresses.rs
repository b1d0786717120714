//! `InetAddress` objects from the system's addresses, and back.

use crate::io_support::{construct, field, get_field, get_ref_field};
use crate::support::{new_byte_array, not_null};
use peaberry_runtime::object::byte_array_to_vec;
use peaberry_runtime::{JResult, JavaThread, Obj};
use peaberry_sys::socket::{Address, RawAddress, canonical, has_ipv6};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};

/// `InetAddress.IPv4`.
const IPV4: i32 = 1;

/// Are IPv6 sockets used? Not when the host has none or the program prefers IPv4.
pub fn ipv6_available(thread: &JavaThread) -> bool {
    !prefers_ipv4(thread) && has_ipv6()
}

/// `-Djava.net.preferIPv4Stack=true`, as given when the VM was made.
pub fn prefers_ipv4(thread: &JavaThread) -> bool {
    let properties = &thread.vm().options.properties;
    let value = properties
        .iter()
        .rev()
        .find(|(name, _)| name == "java.net.preferIPv4Stack")
        .map(|(_, value)| value);
    value.is_some_and(|value| value.eq_ignore_ascii_case("true"))
}

/// An `Inet4Address` or `Inet6Address`; IPv4 inside IPv6 becomes IPv4.
pub fn new_address(thread: &mut JavaThread, address: SocketAddr, host: Obj) -> JResult<Obj> {
    match canonical(address.ip()) {
        IpAddr::V4(v4) => {
            let arguments = [host.0 as u64, u64::from(u32::from(v4))];
            construct(thread, "java/net/Inet4Address", "(Ljava/lang/String;I)V", &arguments)
        }
        IpAddr::V6(v6) => {
            let scope = match address {
                SocketAddr::V6(full) if full.scope_id() != 0 => full.scope_id() as i32,
                _ => -1,
            };
            let bytes = new_byte_array(thread, &v6.octets())?;
            let arguments = [host.0 as u64, bytes.0 as u64, scope as u32 as u64];
            construct(thread, "java/net/Inet6Address", "(Ljava/lang/String;[BI)V", &arguments)
        }
    }
}

/// The address an `InetAddress` holds, with a port. NullPointerException if null.
pub fn socket_address(thread: &mut JavaThread, address: Obj, port: i32) -> JResult<SocketAddr> {
    let address = not_null(thread, address)?;
    let holder = get_ref_field(address, "holder");
    let holder = not_null(thread, holder)?;
    if get_field::<i32>(holder, "family") == IPV4 || field(address, "holder6").is_none() {
        let ip = Ipv4Addr::from(get_field::<i32>(holder, "address") as u32);
        return Ok(SocketAddr::new(IpAddr::V4(ip), port as u16));
    }
    let holder6 = get_ref_field(address, "holder6");
    let holder6 = not_null(thread, holder6)?;
    let bytes = get_ref_field(holder6, "ipaddress");
    let bytes = not_null(thread, bytes)?;
    let octets: [u8; 16] = byte_array_to_vec(bytes).try_into().unwrap_or_default();
    let scope = if get_field::<u8>(holder6, "scope_id_set") != 0 {
        get_field::<i32>(holder6, "scope_id")
    } else {
        0
    };
    Ok(SocketAddr::V6(SocketAddrV6::new(
        Ipv6Addr::from(octets),
        port as u16,
        0,
        scope as u32,
    )))
}

/// The same in the system's form: as IPv6 where such sockets are used and `as_ipv6` asks for it.
pub fn raw_address(thread: &mut JavaThread, address: Obj, port: i32, as_ipv6: bool) -> JResult<RawAddress> {
    let typed = socket_address(thread, address, port)?;
    let available = ipv6_available(thread);
    match typed {
        SocketAddr::V4(v4) if available && as_ipv6 => {
            let mapped = if v4.ip().is_unspecified() {
                Ipv6Addr::UNSPECIFIED
            } else {
                v4.ip().to_ipv6_mapped()
            };
            Ok(RawAddress::inet(SocketAddr::V6(SocketAddrV6::new(
                mapped,
                v4.port(),
                0,
                0,
            ))))
        }
        SocketAddr::V6(_) if !available => {
            Err(thread.throw_new("java/net/SocketException", "Protocol family unavailable"))
        }
        typed => Ok(RawAddress::inet(typed)),
    }
}

/// The `InetAddress` of an address in the system's form.
pub fn address_of(thread: &mut JavaThread, address: &RawAddress) -> JResult<Obj> {
    match address.typed() {
        Address::Inet(address) => new_address(thread, address, Obj::NULL),
        _ => Err(thread.throw_new("java/net/SocketException", "Protocol family unavailable")),
    }
}

/// The port of an address in the system's form.
pub fn port_of(address: &RawAddress) -> i32 {
    match address.typed() {
        Address::Inet(address) => i32::from(address.port()),
        _ => 0,
    }
}

/// An `InetSocketAddress`.
pub fn new_socket_address(thread: &mut JavaThread, address: &RawAddress) -> JResult<Obj> {
    let ip = address_of(thread, address)?;
    let arguments = [ip.0 as u64, port_of(address) as u64];
    construct(
        thread,
        "java/net/InetSocketAddress",
        "(Ljava/net/InetAddress;I)V",
        &arguments,
    )
}

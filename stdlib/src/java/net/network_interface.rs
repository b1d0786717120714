//! `java.net.NetworkInterface`.

use super::addresses::{ipv6_available, new_address, socket_address};
use crate::io_support::{class_named, construct, get_ref_field, set_field, set_ref_field, system_bytes};
use crate::support::{new_byte_array, nothing};
use peaberry_runtime::object::{array_length, array_set_ref, byte_array_to_vec};
use peaberry_runtime::{JResult, JavaThread, Obj, natives};
use peaberry_sys::errno::SysResult;
use peaberry_sys::resolver::{self, InterfaceQuery};
use peaberry_sys::socket::canonical;
use std::net::{IpAddr, SocketAddr, SocketAddrV6};

natives! { pub NATIVES: "java/net/NetworkInterface" {
    "init" "()V" => nothing;
    "getAll" "()[Ljava/net/NetworkInterface;" [blocks] => all;
    "getByName0" "(Ljava/lang/String;)Ljava/net/NetworkInterface;" [blocks] => by_name;
    "getByIndex0" "(I)Ljava/net/NetworkInterface;" [blocks] => by_index;
    "getByInetAddress0" "(Ljava/net/InetAddress;)Ljava/net/NetworkInterface;" [blocks] => by_address;
    "boundInetAddress0" "(Ljava/net/InetAddress;)Z" [blocks] => is_bound;
    "isUp0" "(Ljava/lang/String;I)Z" => is_up;
    "isLoopback0" "(Ljava/lang/String;I)Z" => is_loopback;
    "isP2P0" "(Ljava/lang/String;I)Z" => is_point_to_point;
    "supportsMulticast0" "(Ljava/lang/String;I)Z" => supports_multicast;
    "getMacAddr0" "([BLjava/lang/String;I)[B" => hardware_address;
    "getMTU0" "(Ljava/lang/String;I)I" => mtu;
} }

/// An interface as the class library shows it: those whose name has a `:` are children of the one before it.
struct Interface {
    name: String,
    index: i32,
    addresses: Vec<resolver::InterfaceAddress>,
    children: Vec<Interface>,
}

/// All interfaces that have an address; the last found first, its IPv6 addresses before the IPv4 ones.
fn interfaces(thread: &mut JavaThread) -> JResult<Vec<Interface>> {
    let with_ipv6 = ipv6_available(thread);
    let found = match thread.blocking(|| resolver::interfaces(with_ipv6)) {
        Ok(found) => found,
        Err(error) => return Err(thread.throw_new("java/net/SocketException", &error.text())),
    };
    let mut result: Vec<Interface> = Vec::new();
    for interface in found.into_iter().filter(|i| !i.addresses.is_empty()) {
        let mut addresses = interface.addresses;
        addresses.reverse();
        addresses.sort_by_key(|address| address.address.is_ipv4());
        for address in &mut addresses {
            if let SocketAddr::V6(v6) = address.address {
                address.address = SocketAddr::V6(SocketAddrV6::new(*v6.ip(), 0, 0, interface.index as u32));
            }
        }
        let new = Interface {
            name: interface.name,
            index: interface.index,
            addresses,
            children: Vec::new(),
        };
        let parent = new.name.split_once(':').map(|(parent, _)| parent.to_owned());
        match parent.and_then(|parent| result.iter_mut().find(|i| i.name == parent)) {
            Some(parent) => {
                // A child's addresses are among its parent's too.
                parent.addresses.extend(new.addresses.iter().cloned());
                parent.children.insert(0, new);
            }
            None => result.insert(0, new),
        }
    }
    Ok(result)
}

fn new_interface(thread: &mut JavaThread, interface: &Interface, parent: Obj) -> JResult<Obj> {
    let object = construct(thread, "java/net/NetworkInterface", "()V", &[])?;
    let name = thread.new_string(&interface.name)?;
    set_ref_field(thread, object, "name", name);
    set_ref_field(thread, object, "displayName", name);
    set_field(object, "index", interface.index);
    set_field(object, "virtual", !parent.is_null());
    if !parent.is_null() {
        set_ref_field(thread, object, "parent", parent);
    }
    let class = class_named(thread, "java/net/InetAddress")?;
    let addresses = thread.allocate_reference_array(class, interface.addresses.len())?;
    let class = class_named(thread, "java/net/InterfaceAddress")?;
    let bindings = thread.allocate_reference_array(class, interface.addresses.len())?;
    for (index, address) in interface.addresses.iter().enumerate() {
        let inet = new_address(thread, address.address, Obj::NULL)?;
        let holder = get_ref_field(inet, "holder6");
        if !holder.is_null() {
            set_ref_field(thread, holder, "scope_ifname", object);
            set_field(holder, "scope_ifname_set", true);
        }
        array_set_ref(thread, addresses, index, inet);
        let binding = construct(thread, "java/net/InterfaceAddress", "()V", &[])?;
        set_ref_field(thread, binding, "address", inet);
        set_field(binding, "maskLength", address.prefix);
        if let Some(broadcast) = address.broadcast {
            let broadcast = new_address(thread, SocketAddr::new(broadcast, 0), Obj::NULL)?;
            set_ref_field(thread, binding, "broadcast", broadcast);
        }
        array_set_ref(thread, bindings, index, binding);
    }
    set_ref_field(thread, object, "addrs", addresses);
    set_ref_field(thread, object, "bindings", bindings);
    let class = class_named(thread, "java/net/NetworkInterface")?;
    let children = thread.allocate_reference_array(class, interface.children.len())?;
    for (index, child) in interface.children.iter().enumerate() {
        let child = new_interface(thread, child, object)?;
        array_set_ref(thread, children, index, child);
    }
    set_ref_field(thread, object, "childs", children);
    Ok(object)
}

fn all(thread: &mut JavaThread) -> JResult<Obj> {
    let found = interfaces(thread)?;
    if found.is_empty() {
        return Ok(Obj::NULL);
    }
    let class = class_named(thread, "java/net/NetworkInterface")?;
    let array = thread.allocate_reference_array(class, found.len())?;
    for (index, interface) in found.iter().enumerate() {
        let interface = new_interface(thread, interface, Obj::NULL)?;
        array_set_ref(thread, array, index, interface);
    }
    Ok(array)
}

/// The first interface, children included, that a test accepts; null when there is none.
fn first(thread: &mut JavaThread, test: impl Fn(&Interface) -> bool) -> JResult<Obj> {
    for interface in interfaces(thread)? {
        if test(&interface) {
            return new_interface(thread, &interface, Obj::NULL);
        }
        if let Some(child) = interface.children.iter().find(|child| test(child)) {
            let parent = new_interface(thread, &interface, Obj::NULL)?;
            return new_interface(thread, child, parent);
        }
    }
    Ok(Obj::NULL)
}

fn by_name(thread: &mut JavaThread, name: Obj) -> JResult<Obj> {
    let name = name_of(thread, name)?;
    first(thread, |interface| interface.name == name)
}

/// The interface of a number, or null.
pub fn by_index(thread: &mut JavaThread, index: i32) -> JResult<Obj> {
    first(thread, |interface| interface.index == index)
}

fn has_address(interface: &Interface, address: IpAddr) -> bool {
    interface.addresses.iter().any(|a| canonical(a.address.ip()) == address)
}

/// The interface that has an address, or null.
pub fn by_address(thread: &mut JavaThread, address: Obj) -> JResult<Obj> {
    let address = canonical(socket_address(thread, address, 0)?.ip());
    first(thread, |interface| has_address(interface, address))
}

fn is_bound(thread: &mut JavaThread, address: Obj) -> JResult<bool> {
    let address = canonical(socket_address(thread, address, 0)?.ip());
    Ok(interfaces(thread)?
        .iter()
        .any(|interface| has_address(interface, address)))
}

fn name_of(thread: &mut JavaThread, name: Obj) -> JResult<String> {
    if name.is_null() {
        return Err(thread.throw_new("java/lang/NullPointerException", "network interface name is NULL"));
    }
    Ok(String::from_utf8_lossy(&system_bytes(thread, name)?).into_owned())
}

fn or_throw<T>(thread: &mut JavaThread, what: &str, result: SysResult<T>) -> JResult<T> {
    result.map_err(|error| {
        let message = format!("{what} failed: {}", error.text());
        thread.throw_new("java/net/SocketException", &message)
    })
}

fn flags(thread: &mut JavaThread, name: Obj) -> JResult<i32> {
    let name = name_of(thread, name)?;
    or_throw(
        thread,
        "getFlags()",
        resolver::interface_value(&name, InterfaceQuery::Flags),
    )
}

fn is_up(thread: &mut JavaThread, name: Obj, _: i32) -> JResult<bool> {
    let wanted = libc::IFF_UP | libc::IFF_RUNNING;
    Ok(flags(thread, name)? & wanted == wanted)
}
fn is_loopback(thread: &mut JavaThread, name: Obj, _: i32) -> JResult<bool> {
    Ok(flags(thread, name)? & libc::IFF_LOOPBACK != 0)
}
fn is_point_to_point(thread: &mut JavaThread, name: Obj, _: i32) -> JResult<bool> {
    Ok(flags(thread, name)? & libc::IFF_POINTOPOINT != 0)
}
fn supports_multicast(thread: &mut JavaThread, name: Obj, _: i32) -> JResult<bool> {
    Ok(flags(thread, name)? & libc::IFF_MULTICAST != 0)
}

/// Null when there is none, as for the loopback. An address of another interface is none of its business.
fn hardware_address(thread: &mut JavaThread, address: Obj, name: Obj, _: i32) -> JResult<Obj> {
    let name = name_of(thread, name)?;
    if !address.is_null() && array_length(address) == 4 {
        let octets: [u8; 4] = byte_array_to_vec(address).try_into().unwrap_or_default();
        let known = interfaces(thread)?;
        let owner = known.iter().find(|i| i.name == name);
        if !owner.is_some_and(|interface| has_address(interface, IpAddr::from(octets))) {
            return Ok(Obj::NULL);
        }
    }
    match resolver::hardware_address(&name) {
        Ok(mac) if mac != [0; 6] => new_byte_array(thread, &mac),
        _ => Ok(Obj::NULL),
    }
}

fn mtu(thread: &mut JavaThread, name: Obj, _: i32) -> JResult<i32> {
    let name = name_of(thread, name)?;
    or_throw(
        thread,
        "getMTU()",
        resolver::interface_value(&name, InterfaceQuery::Mtu),
    )
}

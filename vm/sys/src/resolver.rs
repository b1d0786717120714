//! Names and addresses of hosts, and the network interfaces of this one.

use crate::errno::{Errno, SysResult, status};
use crate::socket::{Address, RawAddress};
use std::ffi::CStr;
use std::mem::{size_of, zeroed};
use std::net::{IpAddr, SocketAddr};

/// Why a name was not resolved.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ResolveError {
    /// The resolver's text.
    pub text: String,
    /// The resolver says to try again later.
    pub temporary: bool,
}

fn resolve_error(code: i32) -> ResolveError {
    let text = if code == libc::EAI_SYSTEM {
        Errno::last().text()
    } else {
        // SAFETY: the call answers a constant string for every code.
        unsafe { CStr::from_ptr(libc::gai_strerror(code)) }
            .to_string_lossy()
            .into_owned()
    };
    ResolveError {
        text,
        temporary: code == libc::EAI_AGAIN,
    }
}

/// This host's name.
pub fn host_name() -> SysResult<String> {
    let mut buffer = [0u8; 256];
    // SAFETY: the last byte stays zero.
    status(unsafe { libc::gethostname(buffer.as_mut_ptr().cast(), buffer.len() - 1) })?;
    let end = buffer.iter().position(|&b| b == 0).unwrap_or(0);
    Ok(String::from_utf8_lossy(&buffer[..end]).into_owned())
}

/// Addresses of a host with their scopes, in the resolver's order, without doubles.
pub fn look_up(host: &CStr, family: i32) -> Result<Vec<SocketAddr>, ResolveError> {
    let mut found = std::ptr::null_mut::<libc::addrinfo>();
    let mut addresses = Vec::new();
    // SAFETY: hints are initialised; the list is walked and freed once, each entry's address has the length told.
    unsafe {
        let mut hints = zeroed::<libc::addrinfo>();
        hints.ai_flags = libc::AI_CANONNAME;
        hints.ai_family = family;
        hints.ai_socktype = libc::SOCK_STREAM;
        let code = libc::getaddrinfo(host.as_ptr(), std::ptr::null(), &hints, &mut found);
        if code != 0 {
            return Err(resolve_error(code));
        }
        let mut entry = found;
        while !entry.is_null() {
            let raw = RawAddress::read((*entry).ai_addr.cast(), (*entry).ai_addrlen as usize);
            if let Address::Inet(address) = raw.typed()
                && !addresses.contains(&address)
            {
                addresses.push(address);
            }
            entry = (*entry).ai_next;
        }
        libc::freeaddrinfo(found);
    }
    Ok(addresses)
}

/// Name of the host with an address.
pub fn look_up_address(address: IpAddr) -> Option<String> {
    const NAME_BYTES: usize = 1025;
    let mut name = [0u8; NAME_BYTES];
    let length = match address {
        IpAddr::V4(_) => size_of::<libc::sockaddr_in>(),
        IpAddr::V6(_) => size_of::<libc::sockaddr_in6>(),
    };
    let raw = RawAddress::inet(SocketAddr::new(address, 0));
    // SAFETY: the address begins the structure and has the length told; the name is as long as told.
    let code = unsafe {
        libc::getnameinfo(
            (&raw const raw).cast(),
            length as libc::socklen_t,
            name.as_mut_ptr().cast(),
            NAME_BYTES as libc::socklen_t,
            std::ptr::null_mut(),
            0,
            libc::NI_NAMEREQD,
        )
    };
    let end = name.iter().position(|&b| b == 0)?;
    (code == 0).then(|| String::from_utf8_lossy(&name[..end]).into_owned())
}

/// An address of an interface.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InterfaceAddress {
    /// The address; IPv6 ones carry their scope.
    pub address: SocketAddr,
    /// Broadcast address (IPv4).
    pub broadcast: Option<IpAddr>,
    /// Length of the network's prefix, bits.
    pub prefix: i16,
}

/// A network interface; those with a `:` in their name belong to the one before it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Interface {
    /// Name.
    pub name: String,
    /// The kernel's index.
    pub index: i32,
    /// Addresses.
    pub addresses: Vec<InterfaceAddress>,
}

fn index_of(name: &CStr) -> i32 {
    // SAFETY: the name is terminated.
    unsafe { libc::if_nametoindex(name.as_ptr()) as i32 }
}

/// All network interfaces with their IPv4 and, if wanted, IPv6 addresses.
pub fn interfaces(with_ipv6: bool) -> SysResult<Vec<Interface>> {
    let mut found: Vec<Interface> = Vec::new();
    let mut list = std::ptr::null_mut::<libc::ifaddrs>();
    // SAFETY: the list is walked and freed once; names are terminated, addresses are null or valid for their family.
    unsafe {
        status(libc::getifaddrs(&mut list))?;
        let mut entry = list;
        while let Some(next) = entry.as_ref() {
            entry = next.ifa_next;
            if next.ifa_addr.is_null() {
                continue;
            }
            let family = i32::from((*next.ifa_addr).sa_family);
            if !(family == libc::AF_INET || family == libc::AF_PACKET || (family == libc::AF_INET6 && with_ipv6)) {
                continue;
            }
            let c_name = CStr::from_ptr(next.ifa_name);
            let name = c_name.to_string_lossy().into_owned();
            let position = found.iter().position(|i| i.name == name).unwrap_or_else(|| {
                found.push(Interface {
                    name,
                    index: index_of(c_name),
                    addresses: Vec::new(),
                });
                found.len() - 1
            });
            let typed = |pointer: *const libc::sockaddr, length: usize| {
                if pointer.is_null() {
                    return None;
                }
                match RawAddress::read(pointer.cast(), length).typed() {
                    Address::Inet(address) => Some(address),
                    _ => None,
                }
            };
            let length = match family {
                libc::AF_INET => size_of::<libc::sockaddr_in>(),
                libc::AF_INET6 => size_of::<libc::sockaddr_in6>(),
                _ => continue,
            };
            let Some(address) = typed(next.ifa_addr, length) else {
                continue;
            };
            let prefix = match typed(next.ifa_netmask, length).map(|mask| mask.ip()) {
                Some(IpAddr::V4(mask)) => u32::from(mask).leading_ones(),
                Some(IpAddr::V6(mask)) => u128::from(mask).leading_ones(),
                None => 0,
            };
            let broadcast = if family == libc::AF_INET && next.ifa_flags & libc::IFF_BROADCAST as u32 != 0 {
                typed(next.ifa_ifu, length).map(|address| address.ip())
            } else {
                None
            };
            found[position].addresses.push(InterfaceAddress {
                address,
                broadcast,
                prefix: prefix as i16,
            });
        }
        libc::freeifaddrs(list);
    }
    Ok(found)
}

/// What is asked of an interface.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum InterfaceQuery {
    /// `IFF_…` flags.
    Flags,
    /// Largest packet, bytes.
    Mtu,
}

fn request(name: &str, operation: libc::Ioctl) -> SysResult<libc::ifreq> {
    let socket = crate::socket::socket(libc::AF_INET, libc::SOCK_DGRAM, 0)
        .or_else(|_| crate::socket::socket(libc::AF_INET6, libc::SOCK_DGRAM, 0))?;
    // SAFETY: the request is all-zero but the name, which leaves the last byte zero.
    let (result, request) = unsafe {
        let mut request = zeroed::<libc::ifreq>();
        let room = request.ifr_name.len() - 1;
        for (to, from) in request.ifr_name.iter_mut().take(room).zip(name.bytes()) {
            *to = from as libc::c_char;
        }
        (status(libc::ioctl(socket, operation, &mut request)), request)
    };
    let _ = crate::file::close(socket);
    result.map(|_| request)
}

/// Asks the kernel about an interface.
pub fn interface_value(name: &str, query: InterfaceQuery) -> SysResult<i32> {
    // SAFETY: the request was answered, so the member asked for is filled.
    unsafe {
        Ok(match query {
            InterfaceQuery::Flags => {
                i32::from(request(name, libc::SIOCGIFFLAGS as libc::Ioctl)?.ifr_ifru.ifru_flags as u16)
            }
            InterfaceQuery::Mtu => request(name, libc::SIOCGIFMTU as libc::Ioctl)?.ifr_ifru.ifru_mtu,
        })
    }
}

/// Hardware address of an interface.
pub fn hardware_address(name: &str) -> SysResult<[u8; 6]> {
    let request = request(name, libc::SIOCGIFHWADDR as libc::Ioctl)?;
    let mut address = [0u8; 6];
    // SAFETY: the request was answered, so the hardware address is filled.
    let data = unsafe { request.ifr_ifru.ifru_hwaddr.sa_data };
    for (to, from) in address.iter_mut().zip(data) {
        *to = from as u8;
    }
    Ok(address)
}

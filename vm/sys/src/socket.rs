//! Sockets by descriptor. Calls report interruption unless they cannot block.

use crate::errno::{Errno, SysResult, size, status};
use std::mem::{MaybeUninit, size_of, zeroed};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};

/// The address of one end of a socket.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Address {
    /// IPv4 or IPv6.
    Inet(SocketAddr),
    /// A Unix domain path; empty when unnamed.
    Unix(Vec<u8>),
    /// Of a family unknown here.
    Other(i32),
}

/// An address in the system's form.
#[derive(Clone, Copy)]
pub struct RawAddress {
    storage: libc::sockaddr_storage,
    length: libc::socklen_t,
}

impl RawAddress {
    /// Room for any address.
    pub fn empty() -> RawAddress {
        RawAddress {
            // SAFETY: all-zero is a valid value.
            storage: unsafe { zeroed() },
            length: size_of::<libc::sockaddr_storage>() as libc::socklen_t,
        }
    }

    fn of<T: Copy>(value: T) -> RawAddress {
        let mut raw = RawAddress::empty();
        raw.length = size_of::<T>() as libc::socklen_t;
        // SAFETY: every sockaddr fits into the storage, which is aligned for all of them.
        unsafe { (&raw mut raw.storage).cast::<T>().write(value) };
        raw
    }

    /// An IPv4 or IPv6 address.
    pub fn inet(address: SocketAddr) -> RawAddress {
        match address {
            SocketAddr::V4(v4) => {
                // SAFETY: all-zero is a valid value.
                let mut raw: libc::sockaddr_in = unsafe { zeroed() };
                raw.sin_family = libc::AF_INET as u16;
                raw.sin_port = v4.port().to_be();
                raw.sin_addr.s_addr = u32::from_ne_bytes(v4.ip().octets());
                RawAddress::of(raw)
            }
            SocketAddr::V6(v6) => {
                // SAFETY: all-zero is a valid value.
                let mut raw: libc::sockaddr_in6 = unsafe { zeroed() };
                raw.sin6_family = libc::AF_INET6 as u16;
                raw.sin6_port = v6.port().to_be();
                raw.sin6_flowinfo = v6.flowinfo();
                raw.sin6_addr.s6_addr = v6.ip().octets();
                raw.sin6_scope_id = v6.scope_id();
                RawAddress::of(raw)
            }
        }
    }

    /// A Unix domain path; `None` when it is too long.
    pub fn unix(path: &[u8]) -> Option<RawAddress> {
        // SAFETY: all-zero is a valid value.
        let mut raw: libc::sockaddr_un = unsafe { zeroed() };
        raw.sun_family = libc::AF_UNIX as u16;
        if path.len() > raw.sun_path.len() {
            return None;
        }
        for (to, &from) in raw.sun_path.iter_mut().zip(path) {
            *to = from as libc::c_char;
        }
        let head = size_of::<libc::sockaddr_un>() - raw.sun_path.len();
        // Unnamed: the kernel chooses an abstract name. A path's terminating zero counts.
        let tail = if path.is_empty() {
            0
        } else {
            (path.len() + 1).min(raw.sun_path.len())
        };
        let mut address = RawAddress::of(raw);
        address.length = (head + tail) as libc::socklen_t;
        Some(address)
    }

    /// What nothing is connected to: dissolves the association of a datagram socket.
    pub fn unspecified() -> RawAddress {
        // SAFETY: all-zero is a valid value.
        let mut raw: libc::sockaddr_in6 = unsafe { zeroed() };
        raw.sin6_family = libc::AF_UNSPEC as u16;
        RawAddress::of(raw)
    }

    /// Reads an address in the system's form from memory.
    ///
    /// # Safety
    /// A valid address of `length` bytes lies at `address`.
    pub unsafe fn read(address: *const u8, length: usize) -> RawAddress {
        let mut raw = RawAddress::empty();
        let length = length.min(size_of::<libc::sockaddr_storage>());
        // SAFETY: given by the caller; the storage has room.
        unsafe { std::ptr::copy_nonoverlapping(address, (&raw mut raw.storage).cast::<u8>(), length) };
        raw.length = length as libc::socklen_t;
        raw
    }

    /// The typed address.
    pub fn typed(&self) -> Address {
        let storage = &raw const self.storage;
        let family = i32::from(self.storage.ss_family);
        // SAFETY: the family tells which structure the storage holds; all are smaller and any bytes are valid in them.
        unsafe {
            match family {
                libc::AF_INET => {
                    let raw = &*storage.cast::<libc::sockaddr_in>();
                    let address = Ipv4Addr::from(raw.sin_addr.s_addr.to_ne_bytes());
                    Address::Inet(SocketAddr::V4(SocketAddrV4::new(address, u16::from_be(raw.sin_port))))
                }
                libc::AF_INET6 => Address::Inet(SocketAddr::V6(inet6_of(&*storage.cast::<libc::sockaddr_in6>()))),
                libc::AF_UNIX => {
                    let raw = &*storage.cast::<libc::sockaddr_un>();
                    let head = size_of::<libc::sockaddr_un>() - raw.sun_path.len();
                    let length = (self.length as usize).saturating_sub(head).min(raw.sun_path.len());
                    let path: Vec<u8> = raw.sun_path[..length].iter().map(|&c| c as u8).collect();
                    let end = path.iter().position(|&b| b == 0).unwrap_or(path.len());
                    Address::Unix(path[..end].to_vec())
                }
                family => Address::Other(family),
            }
        }
    }

    fn pointer(&self) -> *const libc::sockaddr {
        (&raw const self.storage).cast()
    }
}

fn inet6_of(raw: &libc::sockaddr_in6) -> SocketAddrV6 {
    let address = Ipv6Addr::from(raw.sin6_addr.s6_addr);
    SocketAddrV6::new(
        address,
        u16::from_be(raw.sin6_port),
        raw.sin6_flowinfo,
        raw.sin6_scope_id,
    )
}

/// A new socket, not inherited by other programs.
pub fn socket(domain: i32, kind: i32, protocol: i32) -> SysResult<i32> {
    // SAFETY: no memory is passed.
    status(unsafe { libc::socket(domain, kind | libc::SOCK_CLOEXEC, protocol) })
}

/// Two connected sockets.
pub fn socket_pair(domain: i32, kind: i32) -> SysResult<(i32, i32)> {
    let mut pair = [0; 2];
    // SAFETY: the call writes two ints.
    status(unsafe { libc::socketpair(domain, kind | libc::SOCK_CLOEXEC, 0, pair.as_mut_ptr()) })?;
    Ok((pair[0], pair[1]))
}

/// Gives a socket its own address.
pub fn bind(socket: i32, address: &RawAddress) -> SysResult<i32> {
    // SAFETY: the address outlives the call and has the length told.
    status(unsafe { libc::bind(socket, address.pointer(), address.length) })
}

/// Connects.
pub fn connect(socket: i32, address: &RawAddress) -> SysResult<i32> {
    // SAFETY: the address outlives the call and has the length told.
    status(unsafe { libc::connect(socket, address.pointer(), address.length) })
}

/// Accepts a connection.
pub fn accept(socket: i32) -> SysResult<(i32, RawAddress)> {
    let mut from = RawAddress::empty();
    // SAFETY: the storage has the length told.
    let accepted = status(unsafe {
        libc::accept4(
            socket,
            (&raw mut from.storage).cast(),
            &mut from.length,
            libc::SOCK_CLOEXEC,
        )
    })?;
    Ok((accepted, from))
}

/// Begins listening.
pub fn listen(socket: i32, backlog: i32) -> SysResult<i32> {
    // SAFETY: no memory is passed.
    status(unsafe { libc::listen(socket, backlog) })
}

/// Ends reading, writing or both.
pub fn shutdown(socket: i32, how: i32) -> SysResult<i32> {
    // SAFETY: no memory is passed.
    status(unsafe { libc::shutdown(socket, how) })
}

/// The socket's own address.
pub fn local_address(socket: i32) -> SysResult<RawAddress> {
    let mut address = RawAddress::empty();
    // SAFETY: the storage has the length told.
    status(unsafe { libc::getsockname(socket, (&raw mut address.storage).cast(), &mut address.length) })?;
    Ok(address)
}

/// The other end's address.
pub fn peer_address(socket: i32) -> SysResult<RawAddress> {
    let mut address = RawAddress::empty();
    // SAFETY: the storage has the length told.
    status(unsafe { libc::getpeername(socket, (&raw mut address.storage).cast(), &mut address.length) })?;
    Ok(address)
}

/// Sets an option whose value is plain data.
pub fn set_option<T: Copy>(socket: i32, level: i32, option: i32, value: &T) -> SysResult<i32> {
    let length = size_of::<T>() as libc::socklen_t;
    // SAFETY: the value outlives the call and has the length told.
    status(unsafe { libc::setsockopt(socket, level, option, std::ptr::from_ref(value).cast(), length) })
}

/// Reads an option whose value is an integer or a structure of integers.
///
/// # Safety
/// Any bytes, and all-zero ones, are a valid `T`.
pub unsafe fn get_option<T: Copy>(socket: i32, level: i32, option: i32) -> SysResult<T> {
    let mut value = MaybeUninit::<T>::zeroed();
    let mut length = size_of::<T>() as libc::socklen_t;
    // SAFETY: the value has the length told; given by the caller that what is written is valid.
    unsafe {
        status(libc::getsockopt(
            socket,
            level,
            option,
            value.as_mut_ptr().cast(),
            &mut length,
        ))?;
        Ok(value.assume_init())
    }
}

/// Reads an integer option.
pub fn get_int_option(socket: i32, level: i32, option: i32) -> SysResult<i32> {
    // SAFETY: any bytes are an int.
    unsafe { get_option::<i32>(socket, level, option) }
}

/// The error a socket keeps, cleared by reading; 0 is none.
pub fn take_error(socket: i32) -> SysResult<i32> {
    get_int_option(socket, libc::SOL_SOCKET, libc::SO_ERROR)
}

/// Receives.
///
/// # Safety
/// `length` bytes at `buffer` may be written.
pub unsafe fn receive_raw(socket: i32, buffer: *mut u8, length: usize, flags: i32) -> SysResult<usize> {
    // SAFETY: given by the caller.
    size(unsafe { libc::recv(socket, buffer.cast(), length, flags) } as i64).map(|n| n as usize)
}

/// Sends.
///
/// # Safety
/// `length` bytes at `buffer` may be read.
pub unsafe fn send_raw(socket: i32, buffer: *const u8, length: usize, flags: i32) -> SysResult<usize> {
    // SAFETY: given by the caller.
    size(unsafe { libc::send(socket, buffer.cast(), length, flags | libc::MSG_NOSIGNAL) } as i64).map(|n| n as usize)
}

/// Receives a datagram, writing the sender's address in the system's form.
///
/// # Safety
/// `length` bytes at `buffer` and the bytes of the largest inet address at `sender` (or null) may be written.
pub unsafe fn receive_from_raw(
    socket: i32,
    buffer: *mut u8,
    length: usize,
    flags: i32,
    sender: *mut u8,
) -> SysResult<usize> {
    let mut sender_length = size_of::<libc::sockaddr_in6>() as libc::socklen_t;
    let sender_length = if sender.is_null() {
        std::ptr::null_mut()
    } else {
        &raw mut sender_length
    };
    // SAFETY: given by the caller.
    size(unsafe { libc::recvfrom(socket, buffer.cast(), length, flags, sender.cast(), sender_length) } as i64)
        .map(|n| n as usize)
}

/// Receives a datagram and tells who sent it.
pub fn receive_from(socket: i32, buffer: &mut [u8], flags: i32) -> SysResult<(usize, Address)> {
    let mut from = RawAddress::empty();
    // SAFETY: buffer and storage have the lengths told.
    let count = size(unsafe {
        libc::recvfrom(
            socket,
            buffer.as_mut_ptr().cast(),
            buffer.len(),
            flags,
            (&raw mut from.storage).cast(),
            &mut from.length,
        )
    } as i64)?;
    Ok((count as usize, from.typed()))
}

/// Sends a datagram to an address in the system's form.
///
/// # Safety
/// `length` bytes at `buffer` and `address_length` bytes at `address` may be read.
pub unsafe fn send_to_raw(
    socket: i32,
    buffer: *const u8,
    length: usize,
    address: *const u8,
    address_length: u32,
) -> SysResult<usize> {
    // SAFETY: given by the caller.
    size(unsafe {
        libc::sendto(
            socket,
            buffer.cast(),
            length,
            libc::MSG_NOSIGNAL,
            address.cast(),
            address_length,
        )
    } as i64)
    .map(|n| n as usize)
}

/// Sends a datagram.
pub fn send_to(socket: i32, bytes: &[u8], to: &RawAddress) -> SysResult<usize> {
    // SAFETY: slice and address are readable for the lengths told.
    unsafe { send_to_raw(socket, bytes.as_ptr(), bytes.len(), to.pointer().cast(), to.length) }
}

/// Can IPv6 sockets be made and bound on this host?
pub fn has_ipv6() -> bool {
    let Ok(probe) = socket(libc::AF_INET6, libc::SOCK_STREAM, 0) else {
        return false;
    };
    let _ = crate::file::close(probe);
    // A kernel with IPv6 whose interfaces have none lists no address here.
    match crate::file::read_whole(c"/proc/net/if_inet6") {
        Ok(content) => !content.is_empty(),
        Err(_) => false,
    }
}

/// Can IPv4 sockets be made on this host?
pub fn has_ipv4() -> bool {
    match socket(libc::AF_INET, libc::SOCK_STREAM, 0) {
        Ok(probe) => {
            let _ = crate::file::close(probe);
            true
        }
        Err(_) => false,
    }
}

/// Can several sockets share an address and port?
pub fn has_reuse_port() -> bool {
    let Ok(probe) =
        socket(libc::AF_INET, libc::SOCK_STREAM, 0).or_else(|_| socket(libc::AF_INET6, libc::SOCK_STREAM, 0))
    else {
        return false;
    };
    let result = set_option(probe, libc::SOL_SOCKET, libc::SO_REUSEPORT, &1i32);
    let _ = crate::file::close(probe);
    result.is_ok()
}

/// The canonical form of an address: IPv4 inside IPv6 becomes IPv4.
pub fn canonical(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => IpAddr::V4(v4),
            None => address,
        },
        v4 => v4,
    }
}

/// Does an error mean that something is not supported by the kernel?
pub fn is_unsupported(error: Errno) -> bool {
    matches!(error.0, libc::ENOPROTOOPT | libc::EOPNOTSUPP | libc::ENOSYS)
}

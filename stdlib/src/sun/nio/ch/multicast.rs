//! Multicast membership and interfaces: the part of `sun.nio.ch.Net` with structures of its own.

use super::io_status;
use crate::io_support::throw_socket;
use crate::java::io::file_descriptor::number_of;
use crate::support::not_null;
use peaberry_runtime::object::byte_array_to_vec;
use peaberry_runtime::{JResult, JavaThread, Obj};
use peaberry_sys::errno::SysResult;
use peaberry_sys::socket::{self, get_option, is_unsupported, set_option};

// Linux's numbers (linux/in.h).
const MCAST_BLOCK_SOURCE: i32 = 43;
const MCAST_UNBLOCK_SOURCE: i32 = 44;
const MCAST_JOIN_SOURCE_GROUP: i32 = 46;
const MCAST_LEAVE_SOURCE_GROUP: i32 = 47;

/// `struct group_source_req`.
#[repr(C)]
#[derive(Clone, Copy)]
struct GroupSource {
    interface: u32,
    group: libc::sockaddr_storage,
    source: libc::sockaddr_storage,
}

/// 0, or that the system cannot do it.
fn outcome(thread: &mut JavaThread, result: SysResult<i32>, may_be_unsupported: bool) -> JResult<i32> {
    match result {
        Ok(_) => Ok(0),
        Err(error) if may_be_unsupported && is_unsupported(error) => Ok(io_status::UNAVAILABLE),
        Err(error) => Err(throw_socket(thread, error)),
    }
}

fn in_addr(host_order: i32) -> libc::in_addr {
    libc::in_addr {
        s_addr: (host_order as u32).to_be(),
    }
}

fn source_request(group: i32, interface: i32, source: i32) -> libc::ip_mreq_source {
    libc::ip_mreq_source {
        imr_multiaddr: in_addr(group),
        imr_interface: in_addr(interface),
        imr_sourceaddr: in_addr(source),
    }
}

/// Joins or leaves an IPv4 group, of one source if that is not 0.
pub fn join_or_drop4(
    thread: &mut JavaThread,
    join: bool,
    descriptor: Obj,
    group: i32,
    interface: i32,
    source: i32,
) -> JResult<i32> {
    let number = number_of(thread, descriptor)?;
    let result = if source == 0 {
        let option = if join {
            libc::IP_ADD_MEMBERSHIP
        } else {
            libc::IP_DROP_MEMBERSHIP
        };
        let request = libc::ip_mreq {
            imr_multiaddr: in_addr(group),
            imr_interface: in_addr(interface),
        };
        set_option(number, libc::IPPROTO_IP, option, &request)
    } else {
        let option = if join {
            libc::IP_ADD_SOURCE_MEMBERSHIP
        } else {
            libc::IP_DROP_SOURCE_MEMBERSHIP
        };
        set_option(
            number,
            libc::IPPROTO_IP,
            option,
            &source_request(group, interface, source),
        )
    };
    outcome(thread, result, join)
}

/// Blocks or unblocks a source of an IPv4 group.
pub fn block_or_unblock4(
    thread: &mut JavaThread,
    block: bool,
    descriptor: Obj,
    group: i32,
    interface: i32,
    source: i32,
) -> JResult<i32> {
    let number = number_of(thread, descriptor)?;
    let option = if block {
        libc::IP_BLOCK_SOURCE
    } else {
        libc::IP_UNBLOCK_SOURCE
    };
    let result = set_option(
        number,
        libc::IPPROTO_IP,
        option,
        &source_request(group, interface, source),
    );
    outcome(thread, result, block)
}

fn in6_addr(thread: &mut JavaThread, bytes: Obj) -> JResult<libc::in6_addr> {
    let bytes = not_null(thread, bytes)?;
    Ok(libc::in6_addr {
        s6_addr: byte_array_to_vec(bytes).try_into().unwrap_or_default(),
    })
}

fn storage_of(address: libc::in6_addr) -> libc::sockaddr_storage {
    // SAFETY: all-zero is valid for both; the storage is larger and aligned for every address.
    unsafe {
        let mut storage = std::mem::zeroed::<libc::sockaddr_storage>();
        let mut typed = std::mem::zeroed::<libc::sockaddr_in6>();
        typed.sin6_family = libc::AF_INET6 as u16;
        typed.sin6_addr = address;
        (&raw mut storage).cast::<libc::sockaddr_in6>().write(typed);
        storage
    }
}

fn group_source(thread: &mut JavaThread, group: Obj, index: i32, source: Obj) -> JResult<GroupSource> {
    let (group, source) = (in6_addr(thread, group)?, in6_addr(thread, source)?);
    Ok(GroupSource {
        interface: index as u32,
        group: storage_of(group),
        source: storage_of(source),
    })
}

/// Joins or leaves an IPv6 group, of one source if that is not null.
pub fn join_or_drop6(
    thread: &mut JavaThread,
    join: bool,
    descriptor: Obj,
    group: Obj,
    index: i32,
    source: Obj,
) -> JResult<i32> {
    let number = number_of(thread, descriptor)?;
    let result = if source.is_null() {
        let option = if join {
            libc::IPV6_ADD_MEMBERSHIP
        } else {
            libc::IPV6_DROP_MEMBERSHIP
        };
        let address = in6_addr(thread, group)?;
        let request = libc::ipv6_mreq {
            ipv6mr_multiaddr: address,
            ipv6mr_interface: index as u32,
        };
        set_option(number, libc::IPPROTO_IPV6, option, &request)
    } else {
        let option = if join {
            MCAST_JOIN_SOURCE_GROUP
        } else {
            MCAST_LEAVE_SOURCE_GROUP
        };
        let request = group_source(thread, group, index, source)?;
        set_option(number, libc::IPPROTO_IPV6, option, &request)
    };
    outcome(thread, result, join)
}

/// Blocks or unblocks a source of an IPv6 group.
pub fn block_or_unblock6(
    thread: &mut JavaThread,
    block: bool,
    descriptor: Obj,
    group: Obj,
    index: i32,
    source: Obj,
) -> JResult<i32> {
    let number = number_of(thread, descriptor)?;
    let option = if block {
        MCAST_BLOCK_SOURCE
    } else {
        MCAST_UNBLOCK_SOURCE
    };
    let request = group_source(thread, group, index, source)?;
    let result = set_option(number, libc::IPPROTO_IPV6, option, &request);
    outcome(thread, result, block)
}

/// `IP_MULTICAST_IF`.
pub fn set_interface4(thread: &mut JavaThread, descriptor: Obj, interface: i32) -> JResult<()> {
    let number = number_of(thread, descriptor)?;
    let result = set_option(number, libc::IPPROTO_IP, libc::IP_MULTICAST_IF, &in_addr(interface));
    outcome(thread, result, false).map(drop)
}

/// `IP_MULTICAST_IF`.
pub fn get_interface4(thread: &mut JavaThread, descriptor: Obj) -> JResult<i32> {
    let number = number_of(thread, descriptor)?;
    // SAFETY: any bytes are an address.
    match unsafe { get_option::<u32>(number, libc::IPPROTO_IP, libc::IP_MULTICAST_IF) } {
        Ok(address) => Ok(u32::from_be(address) as i32),
        Err(error) => Err(throw_socket(thread, error)),
    }
}

/// `IPV6_MULTICAST_IF`.
pub fn set_interface6(thread: &mut JavaThread, descriptor: Obj, index: i32) -> JResult<()> {
    let number = number_of(thread, descriptor)?;
    let result = set_option(number, libc::IPPROTO_IPV6, libc::IPV6_MULTICAST_IF, &index);
    outcome(thread, result, false).map(drop)
}

/// `IPV6_MULTICAST_IF`.
pub fn get_interface6(thread: &mut JavaThread, descriptor: Obj) -> JResult<i32> {
    let number = number_of(thread, descriptor)?;
    let result = socket::get_int_option(number, libc::IPPROTO_IPV6, libc::IPV6_MULTICAST_IF);
    result.map_err(|error| throw_socket(thread, error))
}

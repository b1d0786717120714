//! `sun.nio.ch.NativeSocketAddress`: how the system lays out socket addresses.

use libc::{sockaddr, sockaddr_in, sockaddr_in6};
use peaberry_runtime::{JavaThread, natives};
use std::mem::{offset_of, size_of};

natives! { pub NATIVES: "sun/nio/ch/NativeSocketAddress" {
    "AFINET" "()I" => |_: &mut JavaThread| Ok(libc::AF_INET);
    "AFINET6" "()I" => |_: &mut JavaThread| Ok(libc::AF_INET6);
    "sizeofSockAddr4" "()I" => |_: &mut JavaThread| Ok(size_of::<sockaddr_in>() as i32);
    "sizeofSockAddr6" "()I" => |_: &mut JavaThread| Ok(size_of::<sockaddr_in6>() as i32);
    "sizeofFamily" "()I" => |_: &mut JavaThread| Ok(size_of::<libc::sa_family_t>() as i32);
    "offsetFamily" "()I" => |_: &mut JavaThread| Ok(offset_of!(sockaddr, sa_family) as i32);
    "offsetSin4Port" "()I" => |_: &mut JavaThread| Ok(offset_of!(sockaddr_in, sin_port) as i32);
    "offsetSin4Addr" "()I" => |_: &mut JavaThread| Ok(offset_of!(sockaddr_in, sin_addr) as i32);
    "offsetSin6Port" "()I" => |_: &mut JavaThread| Ok(offset_of!(sockaddr_in6, sin6_port) as i32);
    "offsetSin6FlowInfo" "()I" => |_: &mut JavaThread| Ok(offset_of!(sockaddr_in6, sin6_flowinfo) as i32);
    "offsetSin6Addr" "()I" => |_: &mut JavaThread| Ok(offset_of!(sockaddr_in6, sin6_addr) as i32);
    "offsetSin6ScopeId" "()I" => |_: &mut JavaThread| Ok(offset_of!(sockaddr_in6, sin6_scope_id) as i32);
} }

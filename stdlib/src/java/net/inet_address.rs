//! `java.net.InetAddress` and classes whose natives only prepare JNI.

use super::addresses::ipv6_available;
use crate::support::nothing;
use peaberry_runtime::{JResult, JavaThread, natives};
use peaberry_sys::socket::{has_ipv4, has_reuse_port};

natives! { pub NATIVES: "java/net/InetAddress" {
    "init" "()V" => nothing;
    "isIPv4Available" "()Z" [since 19] => ipv4;
    "isIPv6Supported" "()Z" [since 18] => ipv6;
} }
natives! { pub FACTORY: "java/net/InetAddressImplFactory" {
    "isIPv6Supported" "()Z" [until 17] => ipv6;
} }
natives! { pub INET4_ADDRESS: "java/net/Inet4Address" {
    "init" "()V" => nothing;
} }
natives! { pub INET6_ADDRESS: "java/net/Inet6Address" {
    "init" "()V" => nothing;
} }
natives! { pub DATAGRAM_PACKET: "java/net/DatagramPacket" {
    "init" "()V" [until 17] => nothing;
} }
natives! { pub SOCKET_IMPL: "java/net/AbstractPlainSocketImpl" {
    "isReusePortAvailable0" "()Z" [until 17] => reuse_port;
} }
natives! { pub DATAGRAM_SOCKET_IMPL: "java/net/AbstractPlainDatagramSocketImpl" {
    "isReusePortAvailable0" "()Z" [until 17] => reuse_port;
} }

fn ipv4(_: &mut JavaThread) -> JResult<bool> {
    Ok(has_ipv4())
}

fn ipv6(thread: &mut JavaThread) -> JResult<bool> {
    Ok(ipv6_available(thread))
}

fn reuse_port(_: &mut JavaThread) -> JResult<bool> {
    Ok(has_reuse_port())
}

//! `jdk.net`: socket options of Linux.

use peaberry_runtime::{JResult, JavaThread, natives};
use peaberry_sys::errno::SysResult;
use peaberry_sys::{file, socket};

natives! { pub NATIVES: "jdk/net/LinuxSocketOptions" {
    "quickAckSupported0" "()Z" => quick_ack_supported;
    "keepAliveOptionsSupported0" "()Z" => keep_alive_supported;
    "incomingNapiIdSupported0" "()Z" => napi_id_supported;
    "setQuickAck0" "(IZ)V" => set_quick_ack;
    "getQuickAck0" "(I)Z" => get_quick_ack;
    "setTcpKeepAliveProbes0" "(II)V" => set_probes;
    "getTcpKeepAliveProbes0" "(I)I" => get_probes;
    "setTcpKeepAliveTime0" "(II)V" => set_time;
    "getTcpKeepAliveTime0" "(I)I" => get_time;
    "setTcpKeepAliveIntvl0" "(II)V" => set_interval;
    "getTcpKeepAliveIntvl0" "(I)I" => get_interval;
    "getIncomingNapiId0" "(I)I" => get_napi_id;
    "getSoPeerCred0" "(I)J" => get_peer_credentials;
    "setIpDontFragment0" "(IZZ)V" [since 19] => set_dont_fragment;
    "getIpDontFragment0" "(IZ)Z" [since 19] => get_dont_fragment;
} }

/// Linux's number (asm-generic/socket.h), which libc lacks on some targets.
const SO_INCOMING_NAPI_ID: i32 = 56;

fn checked<T>(thread: &mut JavaThread, what: &str, result: SysResult<T>) -> JResult<T> {
    result.map_err(|error| {
        if socket::is_unsupported(error) {
            return thread.throw_new("java/lang/UnsupportedOperationException", "unsupported socket option");
        }
        let message = format!("{what} failed: {}", error.text());
        thread.throw_new("java/net/SocketException", &message)
    })
}

fn supports(level: i32, option: i32) -> bool {
    let Ok(probe) = socket::socket(libc::AF_INET, libc::SOCK_STREAM, 0) else {
        return false;
    };
    let result = socket::get_int_option(probe, level, option);
    let _ = file::close(probe);
    result.is_ok()
}

fn set_tcp(thread: &mut JavaThread, descriptor: i32, what: &str, option: i32, value: i32) -> JResult<()> {
    let result = socket::set_option(descriptor, libc::IPPROTO_TCP, option, &value);
    checked(thread, &format!("set option {what}"), result).map(drop)
}
fn get_tcp(thread: &mut JavaThread, descriptor: i32, what: &str, option: i32) -> JResult<i32> {
    let result = socket::get_int_option(descriptor, libc::IPPROTO_TCP, option);
    checked(thread, &format!("get option {what}"), result)
}

fn quick_ack_supported(_: &mut JavaThread) -> JResult<bool> {
    Ok(supports(libc::IPPROTO_TCP, libc::TCP_QUICKACK))
}
fn keep_alive_supported(_: &mut JavaThread) -> JResult<bool> {
    let options = [libc::TCP_KEEPIDLE, libc::TCP_KEEPCNT, libc::TCP_KEEPINTVL];
    Ok(options.into_iter().all(|option| supports(libc::IPPROTO_TCP, option)))
}
fn napi_id_supported(_: &mut JavaThread) -> JResult<bool> {
    Ok(supports(libc::SOL_SOCKET, SO_INCOMING_NAPI_ID))
}
fn set_quick_ack(thread: &mut JavaThread, descriptor: i32, on: bool) -> JResult<()> {
    set_tcp(thread, descriptor, "TCP_QUICKACK", libc::TCP_QUICKACK, i32::from(on))
}
fn get_quick_ack(thread: &mut JavaThread, descriptor: i32) -> JResult<bool> {
    get_tcp(thread, descriptor, "TCP_QUICKACK", libc::TCP_QUICKACK).map(|value| value != 0)
}
fn set_probes(thread: &mut JavaThread, descriptor: i32, value: i32) -> JResult<()> {
    set_tcp(thread, descriptor, "TCP_KEEPCNT", libc::TCP_KEEPCNT, value)
}
fn get_probes(thread: &mut JavaThread, descriptor: i32) -> JResult<i32> {
    get_tcp(thread, descriptor, "TCP_KEEPCNT", libc::TCP_KEEPCNT)
}
fn set_time(thread: &mut JavaThread, descriptor: i32, value: i32) -> JResult<()> {
    set_tcp(thread, descriptor, "TCP_KEEPIDLE", libc::TCP_KEEPIDLE, value)
}
fn get_time(thread: &mut JavaThread, descriptor: i32) -> JResult<i32> {
    get_tcp(thread, descriptor, "TCP_KEEPIDLE", libc::TCP_KEEPIDLE)
}
fn set_interval(thread: &mut JavaThread, descriptor: i32, value: i32) -> JResult<()> {
    set_tcp(thread, descriptor, "TCP_KEEPINTVL", libc::TCP_KEEPINTVL, value)
}
fn get_interval(thread: &mut JavaThread, descriptor: i32) -> JResult<i32> {
    get_tcp(thread, descriptor, "TCP_KEEPINTVL", libc::TCP_KEEPINTVL)
}
fn get_napi_id(thread: &mut JavaThread, descriptor: i32) -> JResult<i32> {
    let result = socket::get_int_option(descriptor, libc::SOL_SOCKET, SO_INCOMING_NAPI_ID);
    checked(thread, "get option SO_INCOMING_NAPI_ID", result)
}

/// User in the upper half, group in the lower.
fn get_peer_credentials(thread: &mut JavaThread, descriptor: i32) -> JResult<i64> {
    // SAFETY: any bytes are credentials: three integers.
    let result = unsafe { socket::get_option::<libc::ucred>(descriptor, libc::SOL_SOCKET, libc::SO_PEERCRED) };
    let credentials = checked(thread, "get SO_PEERCRED", result)?;
    if credentials.uid == u32::MAX {
        return Err(thread.throw_new("java/net/SocketException", "Please connect the socket first"));
    }
    Ok((u64::from(credentials.uid) << 32 | u64::from(credentials.gid)) as i64)
}

fn set_dont_fragment(thread: &mut JavaThread, descriptor: i32, on: bool, ipv6: bool) -> JResult<()> {
    let value = if on {
        libc::IP_PMTUDISC_DO
    } else {
        libc::IP_PMTUDISC_DONT
    };
    let mut result = socket::set_option(descriptor, libc::IPPROTO_IP, libc::IP_MTU_DISCOVER, &value);
    if ipv6 && result.is_ok() {
        result = socket::set_option(descriptor, libc::IPPROTO_IPV6, libc::IPV6_MTU_DISCOVER, &value);
    }
    checked(thread, "set option IP_DONTFRAGMENT", result).map(drop)
}
fn get_dont_fragment(thread: &mut JavaThread, descriptor: i32, _ipv6: bool) -> JResult<bool> {
    let result = socket::get_int_option(descriptor, libc::IPPROTO_IP, libc::IP_MTU_DISCOVER);
    Ok(checked(thread, "get option IP_DONTFRAGMENT", result)? == libc::IP_PMTUDISC_DO)
}

//! `sun.net`: proxies, ports, the resolver's configuration.

use crate::io_support::throw_io;
use peaberry_runtime::{JResult, JavaThread, Obj, natives};
use peaberry_sys::{file, resolver, socket};

natives! { pub PROXY_SELECTOR: "sun/net/spi/DefaultProxySelector" {
    "init" "()Z" => init_proxies;
    "getSystemProxies" "(Ljava/lang/String;Ljava/lang/String;)[Ljava/net/Proxy;" => system_proxies;
} }
natives! { pub PORT_CONFIG: "sun/net/PortConfig" {
    "getLower0" "()I" => lower_port;
    "getUpper0" "()I" => upper_port;
} }
natives! { pub RESOLVER_CONFIGURATION: "sun/net/dns/ResolverConfigurationImpl" {
    "fallbackDomain0" "()Ljava/lang/String;" => fallback_domain;
} }
natives! { pub SDP_SUPPORT: "sun/net/sdp/SdpSupport" {
    "create0" "()I" => create_sdp;
    "convert0" "(I)V" => convert_to_sdp;
} }

/// Linux's number of the Sockets Direct Protocol's family.
const AF_INET_SDP: i32 = 27;

fn init_proxies(_: &mut JavaThread) -> JResult<bool> {
    // No desktop is asked for its proxies.
    Ok(false)
}

fn system_proxies(_: &mut JavaThread, _this: Obj, _protocol: Obj, _host: Obj) -> JResult<Obj> {
    Ok(Obj::NULL)
}

/// Range of the ports the system gives out.
fn port_range() -> Option<(i32, i32)> {
    let content = file::read_whole(c"/proc/sys/net/ipv4/ip_local_port_range").ok()?;
    let text = String::from_utf8_lossy(&content);
    let mut numbers = text.split_ascii_whitespace().map(str::parse);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(lower)), Some(Ok(upper))) => Some((lower, upper)),
        _ => None,
    }
}

fn lower_port(_: &mut JavaThread) -> JResult<i32> {
    Ok(port_range().map_or(-1, |range| range.0))
}

fn upper_port(_: &mut JavaThread) -> JResult<i32> {
    Ok(port_range().map_or(-1, |range| range.1))
}

fn fallback_domain(thread: &mut JavaThread) -> JResult<Obj> {
    let name = resolver::host_name().unwrap_or_default();
    match name.split_once('.') {
        Some((_, domain)) => thread.new_string(domain),
        None => Ok(Obj::NULL),
    }
}

fn create_sdp(thread: &mut JavaThread) -> JResult<i32> {
    socket::socket(AF_INET_SDP, libc::SOCK_STREAM, 0).map_err(|error| throw_io(thread, error))
}

fn convert_to_sdp(thread: &mut JavaThread, descriptor: i32) -> JResult<()> {
    let sdp = create_sdp(thread)?;
    let result = file::duplicate_to(sdp, descriptor);
    let _ = file::close(sdp);
    result.map(drop).map_err(|error| throw_io(thread, error))
}

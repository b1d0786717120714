//! Which addresses the guest may listen on and connect to, and the names it knows for them.
//!
//! Names are resolved once, on the host, when they are granted: what the guest resolves is a list of hosts of its own. A guest that is
//! granted no address has no sockets at all.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs};

/// A granted set of addresses: `192.0.2.1:80`, `10.0.0.0/8:*`, `[::1]:8080`, `*:443`, `example.org:443`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Endpoints {
    /// Addresses and how many of their leading bits count.
    blocks: Vec<(IpAddr, u8)>,
    /// The port; `None` for any.
    port: Option<u16>,
    /// The name the addresses were found by.
    name: Option<String>,
}

impl Endpoints {
    /// Reads what was granted, and looks names up.
    pub fn parse(text: &str) -> Result<Endpoints, String> {
        let bad = || format!("{text}: not of the form ADDRESS:PORT");
        let (host, port) = text.rsplit_once(':').ok_or_else(bad)?;
        let port = match port {
            "*" => None,
            _ => Some(port.parse().map_err(|_| bad())?),
        };
        let every = |address: IpAddr| (address, if address.is_ipv4() { 32 } else { 128 });
        let mut name = None;
        let blocks = match host.split_once('/') {
            _ if host == "*" => vec![(Ipv4Addr::UNSPECIFIED.into(), 0), (Ipv6Addr::UNSPECIFIED.into(), 0)],
            Some((address, bits)) => {
                let (address, most) = every(literal(address).ok_or_else(bad)?);
                let bits = bits.parse().ok().filter(|&bits| bits <= most);
                vec![(address, bits.ok_or_else(bad)?)]
            }
            None => match literal(host) {
                Some(address) => vec![every(address)],
                None if host.is_empty()
                    || host.contains(['[', ']', ':', '\0'])
                    || host.contains(char::is_whitespace) =>
                {
                    return Err(bad());
                }
                None => {
                    let found = (host, 0)
                        .to_socket_addrs()
                        .map_err(|error| format!("{host}: {error}"))?;
                    name = Some(host.to_owned());
                    found.map(|address| every(address.ip())).collect()
                }
            },
        };
        Ok(Endpoints { blocks, port, name })
    }

    fn contain(&self, address: SocketAddr) -> bool {
        self.port.is_none_or(|port| port == address.port())
            && self.blocks.iter().any(|&block| is_within(address.ip(), block))
    }
}

fn literal(text: &str) -> Option<IpAddr> {
    match text.strip_prefix('[') {
        Some(rest) => rest.strip_suffix(']')?.parse::<Ipv6Addr>().ok().map(IpAddr::V6),
        None => text.parse::<Ipv4Addr>().ok().map(IpAddr::V4),
    }
}

fn is_within(address: IpAddr, (block, bits): (IpAddr, u8)) -> bool {
    let bits = u32::from(bits);
    match (address, block) {
        (IpAddr::V4(address), IpAddr::V4(block)) => {
            let differ = u32::from(address) ^ u32::from(block);
            differ.leading_zeros() >= bits
        }
        (IpAddr::V6(address), IpAddr::V6(block)) => {
            let differ = u128::from(address) ^ u128::from(block);
            differ.leading_zeros() >= bits
        }
        _ => false,
    }
}

/// What of the network is granted.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Network {
    /// Where it may listen.
    pub listen: Vec<Endpoints>,
    /// Where it may connect to.
    pub connect: Vec<Endpoints>,
}

/// IPv4 addresses within IPv6 are what they stand for, since the host's kernel takes them for it, too.
fn canonical(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}

impl Network {
    /// Is nothing granted?
    pub fn is_empty(&self) -> bool {
        self.listen.is_empty() && self.connect.is_empty()
    }

    /// Is an address of this kind granted?
    fn has(&self, kind: fn(&IpAddr) -> bool) -> bool {
        let mut all = self
            .listen
            .iter()
            .chain(&self.connect)
            .flat_map(|endpoints| &endpoints.blocks);
        all.any(|(address, _)| kind(address))
    }

    /// Is an IPv6 address granted?
    pub fn has_ipv6(&self) -> bool {
        self.has(IpAddr::is_ipv6)
    }

    /// May it listen there?
    pub fn may_listen(&self, address: SocketAddr) -> bool {
        let address = canonical(address);
        self.listen.iter().any(|endpoints| endpoints.contain(address))
    }

    /// May it connect to there, and take datagrams from there?
    pub fn may_connect(&self, address: SocketAddr) -> bool {
        let address = canonical(address);
        // The host's kernel takes the unspecified address for its own.
        let address = match address.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => SocketAddr::new(Ipv4Addr::LOCALHOST.into(), address.port()),
            IpAddr::V6(ip) if ip.is_unspecified() => SocketAddr::new(Ipv6Addr::LOCALHOST.into(), address.port()),
            _ => address,
        };
        self.connect.iter().any(|endpoints| endpoints.contain(address))
    }

    /// May a socket have this address for connecting alone, a port of the host's choice?
    pub fn may_connect_from(&self, address: SocketAddr) -> bool {
        let ip = canonical(address).ip();
        address.port() == 0 && (ip.is_unspecified() || ip.is_loopback()) && !self.connect.is_empty()
    }

    /// Ports that sockets may be bound to, and ports that they may be connected to; `None` for all.
    pub fn ports(&self) -> (Option<Vec<u16>>, Option<Vec<u16>>) {
        let of = |all: &[Endpoints]| all.iter().map(|endpoints| endpoints.port).collect::<Option<Vec<u16>>>();
        let mut listen = of(&self.listen);
        if let Some(ports) = &mut listen
            && !self.connect.is_empty()
        {
            // One of the host's choice.
            ports.push(0);
        }
        (listen, of(&self.connect))
    }

    /// The guest's `/etc/hosts`: itself, and the granted names.
    pub fn hosts(&self) -> Vec<u8> {
        let mut text = String::from("127.0.0.1 localhost peaberry\n");
        if self.has_ipv6() {
            text.push_str("::1 localhost\n");
        }
        for endpoints in self.listen.iter().chain(&self.connect) {
            for (address, _) in endpoints.name.iter().flat_map(|_| &endpoints.blocks) {
                let line = format!("{address} {}\n", endpoints.name.as_deref().unwrap_or_default());
                if !text.contains(&line) {
                    text.push_str(&line);
                }
            }
        }
        text.into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(listen: &[&str], connect: &[&str]) -> Network {
        let all = |texts: &[&str]| texts.iter().map(|text| Endpoints::parse(text).expect(text)).collect();
        Network {
            listen: all(listen),
            connect: all(connect),
        }
    }

    #[test]
    fn addresses_are_granted_one_by_one_and_by_blocks() {
        let network = network(
            &["127.0.0.1:8080", "[::1]:*"],
            &["10.1.0.0/16:443", "127.0.0.1:80", "[2001:db8::]/32:1"],
        );
        let address = |text: &str| text.parse::<SocketAddr>().expect(text);
        for (text, listen, connect) in [
            ("127.0.0.1:8080", true, false),
            ("127.0.0.1:8081", false, false),
            ("0.0.0.0:8080", false, false),
            ("[::ffff:127.0.0.1]:8080", true, false),
            ("[::1]:9", true, false),
            ("10.1.255.3:443", false, true),
            ("[::ffff:10.1.0.9]:443", false, true),
            ("10.2.0.1:443", false, false),
            ("0.0.0.0:80", false, true),
            ("[::ffff:0.0.0.0]:80", false, true),
            ("[::]:80", false, false),
            ("[2001:db8:7::1]:1", false, true),
            ("[2001:db9::1]:1", false, false),
        ] {
            let address = address(text);
            assert_eq!(
                (network.may_listen(address), network.may_connect(address)),
                (listen, connect),
                "{text}"
            );
        }
        assert_eq!(network.ports(), (None, Some(vec![443, 80, 1])));
        assert!(network.may_connect_from(address("0.0.0.0:0")) && network.may_connect_from(address("[::1]:0")));
        assert!(!network.may_connect_from(address("0.0.0.0:9")) && !network.may_connect_from(address("10.0.0.1:0")));
    }

    #[test]
    fn everything_and_nothing() {
        let address: SocketAddr = "192.0.2.7:5".parse().expect("address");
        assert!(!Network::default().may_connect(address) && Network::default().is_empty());
        let all = network(&["*:*"], &[]);
        assert!(all.may_listen(address) && !all.may_connect(address) && all.has_ipv6());
        assert!(!all.may_connect_from("0.0.0.0:0".parse().expect("address")));
    }

    #[test]
    fn names_are_looked_up_when_they_are_granted() {
        let network = network(&[], &["localhost:7"]);
        let hosts = String::from_utf8(network.hosts()).expect("text");
        assert!(
            hosts.contains("127.0.0.1 localhost\n") || hosts.contains("::1 localhost\n"),
            "{hosts}"
        );
        for bad in [
            "",
            "80",
            "127.0.0.1",
            "127.0.0.1:x",
            "10.0.0.0/33:1",
            "::1:80",
            "a b:1",
            "[127.0.0.1]:1",
            ":1",
            "1.2.3.4:70000",
        ] {
            assert!(Endpoints::parse(bad).is_err(), "{bad}");
        }
    }
}

//! A guest with the ports it is granted and those it is not: `listen connect other`. What is not granted is refused, whatever form
//! the request has; what is granted works.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};

// SAFETY: the C library's own declarations.
unsafe extern "C" {
    fn socket(domain: i32, kind: i32, protocol: i32) -> i32;
    fn connect(socket: i32, address: *const u8, length: u32) -> i32;
    fn sendto(socket: i32, bytes: *const u8, count: usize, flags: i32, address: *const u8, length: u32) -> isize;
    fn listen(socket: i32, waiting: i32) -> i32;
    fn setsockopt(socket: i32, level: i32, option: i32, value: *const u8, length: u32) -> i32;
}

fn error() -> i32 {
    std::io::Error::last_os_error().raw_os_error().unwrap_or(0)
}

fn inet(address: [u8; 4], port: u16) -> [u8; 16] {
    let mut bytes = [0; 16];
    bytes[0] = 2;
    bytes[2..4].copy_from_slice(&port.to_be_bytes());
    bytes[4..8].copy_from_slice(&address);
    bytes
}

const REFUSED: i32 = 13;

fn main() {
    let ports: Vec<u16> = std::env::args().skip(1).map(|port| port.parse().expect("port")).collect();
    let [own, friend, other] = ports[..] else { panic!("three ports") };
    // What is not granted.
    for port in [own, other, 1] {
        let refused = TcpStream::connect(("127.0.0.1", port)).expect_err("connected");
        assert_eq!(refused.raw_os_error(), Some(REFUSED), "{port}");
    }
    for address in ["0.0.0.0", "127.0.0.2"] {
        let refused = TcpListener::bind((address, own)).expect_err("bound");
        assert_eq!(refused.raw_os_error(), Some(REFUSED), "{address}");
    }
    assert_eq!(TcpListener::bind("127.0.0.1:0").expect_err("listening").raw_os_error(), Some(REFUSED));
    // SAFETY: arrays that outlive the calls.
    unsafe {
        for (domain, kind, protocol) in [(1, 1, 0), (16, 3, 0), (17, 3, 0), (2, 3, 1), (2, 1, 132), (38, 5, 0)] {
            assert_eq!((socket(domain, kind, protocol), error()), (-1, REFUSED), "{domain} {kind} {protocol}");
        }
        assert_eq!((socket(10, 1, 0), error()), (-1, 97));
        let stream = socket(2, 1, 0);
        assert_eq!((listen(stream, 1), error()), (-1, REFUSED));
        let to = inet([127, 0, 0, 1], other);
        // Fast open would connect by sending.
        const FAST_OPEN: i32 = 0x2000_0000;
        assert_eq!((sendto(stream, to.as_ptr(), 1, FAST_OPEN, to.as_ptr(), 16), error()), (-1, 95));
        assert_eq!((sendto(stream, to.as_ptr(), 1, 0, to.as_ptr(), 16), error()), (-1, REFUSED));
        let datagrams = socket(2, 2, 0);
        assert_eq!((sendto(datagrams, to.as_ptr(), 1, 0, to.as_ptr(), 16), error()), (-1, REFUSED));
        for length in [0, 1, 2, 8, 15] {
            assert!(connect(datagrams, to.as_ptr(), length) < 0 && [22, REFUSED].contains(&error()), "{length}");
        }
        assert_eq!((connect(datagrams, to.as_ptr(), u32::MAX), error()), (-1, 22));
        let device = b"lo\0";
        assert_eq!((setsockopt(datagrams, 1, 25, device.as_ptr(), 3), error()), (-1, 92));
    }
    // What is.
    let mut stream = TcpStream::connect(("127.0.0.1", friend)).expect("connect");
    let listener = TcpListener::bind(("127.0.0.1", own)).expect("listen");
    let datagrams = UdpSocket::bind("0.0.0.0:0").expect("bind");
    datagrams.set_nonblocking(true).expect("not blocking");
    assert_eq!(datagrams.recv_from(&mut [0]).expect_err("nothing sent yet").kind(), std::io::ErrorKind::WouldBlock);
    datagrams.set_nonblocking(false).expect("blocking");
    let place = datagrams.local_addr().expect("address").port();
    stream.write_all(&place.to_be_bytes()).expect("write");
    let mut bytes = [0; 9];
    // A stranger's datagram was sent before that of the friend.
    let (count, from) = datagrams.recv_from(&mut bytes).expect("receive");
    println!("{} {}", String::from_utf8_lossy(&bytes[..count]), from.port() == friend);
    let (mut accepted, _) = listener.accept().expect("accept");
    accepted.write_all(b"served").expect("write");
    drop(accepted);
    let mut text = String::new();
    stream.read_to_string(&mut text).expect("read");
    println!("{text}");
}

//! Options of sockets: those listed, which change nothing but the socket itself.

use super::Call;
use super::sockets::with_socket;
use crate::errno::{Errno, Served, host};
use crate::vm::Task;

/// Options that may be set and read, by level.
#[rustfmt::skip]
const OPTIONS: &[(i32, &[i32])] = &[
    (libc::SOL_SOCKET, &[
        libc::SO_REUSEADDR, libc::SO_REUSEPORT, libc::SO_KEEPALIVE, libc::SO_LINGER, libc::SO_SNDBUF, libc::SO_RCVBUF,
        libc::SO_OOBINLINE, libc::SO_BROADCAST, libc::SO_RCVTIMEO, libc::SO_SNDTIMEO,
    ]),
    (libc::IPPROTO_TCP, &[
        libc::TCP_NODELAY, libc::TCP_KEEPIDLE, libc::TCP_KEEPINTVL, libc::TCP_KEEPCNT, libc::TCP_QUICKACK,
    ]),
    (libc::IPPROTO_IP, &[
        libc::IP_TOS, libc::IP_TTL, libc::IP_MULTICAST_TTL, libc::IP_MULTICAST_LOOP, libc::IP_MULTICAST_IF,
        libc::IP_MULTICAST_ALL,
    ]),
    (libc::IPPROTO_IPV6, &[
        libc::IPV6_V6ONLY, libc::IPV6_TCLASS, libc::IPV6_UNICAST_HOPS, libc::IPV6_MULTICAST_HOPS,
        libc::IPV6_MULTICAST_LOOP, libc::IPV6_MULTICAST_IF, libc::IPV6_MULTICAST_ALL,
    ]),
];

/// Options that may be read alone.
const READ_ONLY: &[i32] = &[
    libc::SO_ERROR,
    libc::SO_TYPE,
    libc::SO_DOMAIN,
    libc::SO_PROTOCOL,
    libc::SO_ACCEPTCONN,
];

/// Bytes of the longest value.
const LONGEST: usize = 16;

fn check(level: u64, option: u64, reading: bool) -> Result<(i32, i32), Errno> {
    let (level, option) = (level as i32, option as i32);
    let row = OPTIONS.iter().find(|row| row.0 == level);
    let listed = row.is_some_and(|row| row.1.contains(&option));
    let readable = reading && level == libc::SOL_SOCKET && READ_ONLY.contains(&option);
    if listed || readable {
        Ok((level, option))
    } else {
        Err(Errno(libc::ENOPROTOOPT))
    }
}

/// `setsockopt`.
pub fn set(task: &mut Task, call: &Call) -> Served {
    let [number, level, option, address, length, _] = call.arguments;
    let (level, option) = check(level, option, false)?;
    let length = length as u32 as usize;
    let mut value = [0; LONGEST];
    let value = value.get_mut(..length).ok_or(Errno(libc::EINVAL))?;
    task.vm.read(address, value)?;
    with_socket(task, number, |socket| {
        let (start, length) = (value.as_ptr().cast(), value.len() as libc::socklen_t);
        // SAFETY: a local of that length; the options take plain data.
        host(unsafe { libc::setsockopt(socket.host(), level, option, start, length) }.into())
    })
}

/// `getsockopt`.
pub fn get(task: &mut Task, call: &Call) -> Served {
    let [number, level, option, address, length, _] = call.arguments;
    let (level, option) = check(level, option, true)?;
    let mut room = [0; 4];
    task.vm.read(length, &mut room)?;
    let room = usize::try_from(i32::from_le_bytes(room)).map_err(|_| Errno(libc::EINVAL))?;
    let mut value = [0u8; LONGEST];
    let mut filled = room.min(LONGEST) as libc::socklen_t;
    with_socket(task, number, |socket| {
        // SAFETY: writes at most the given length to a local.
        host(unsafe { libc::getsockopt(socket.host(), level, option, value.as_mut_ptr().cast(), &mut filled) }.into())
    })?;
    task.vm.write(address, &value[..LONGEST.min(filled as usize)])?;
    task.vm.write(length, &filled.to_le_bytes())?;
    Ok(0)
}

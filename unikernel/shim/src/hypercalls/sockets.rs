//! System calls on sockets but transfers and options. An address is copied, judged, and handed to the host as judged.

use super::Call;
use super::files::owned;
use crate::descriptors::{Object, Socket};
use crate::errno::{Errno, Served, host};
use crate::socket_address::RawAddress;
use crate::vm::Task;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// Bits of a socket's type that are flags.
const FLAGS: i32 = libc::SOCK_NONBLOCK | libc::SOCK_CLOEXEC;

const NOT_GRANTED: Errno = Errno(libc::EACCES);

/// The socket behind a descriptor.
pub fn with_socket<T>(task: &Task, number: u64, f: impl FnOnce(&Socket) -> Result<T, Errno>) -> Result<T, Errno> {
    match &*task.vm.descriptors.get(number)? {
        Object::Socket(socket) => f(socket),
        _ => Err(Errno(libc::ENOTSOCK)),
    }
}

/// `socket`.
pub fn create(task: &mut Task, call: &Call) -> Served {
    let [domain, kind, protocol, ..] = call.arguments;
    let (domain, kind, protocol) = (domain as i32, kind as i32, protocol as i32);
    let network = &task.vm.network;
    if network.is_empty() || !matches!(domain, libc::AF_INET | libc::AF_INET6) {
        return Err(NOT_GRANTED);
    }
    if domain == libc::AF_INET6 && !network.has_ipv6() {
        return Err(Errno(libc::EAFNOSUPPORT));
    }
    let datagrams = match (kind & !FLAGS, protocol) {
        (libc::SOCK_STREAM, 0 | libc::IPPROTO_TCP) => false,
        (libc::SOCK_DGRAM, 0 | libc::IPPROTO_UDP) => true,
        _ => return Err(NOT_GRANTED),
    };
    // SAFETY: no pointers.
    let fd = owned(unsafe { libc::socket(domain, kind | libc::SOCK_CLOEXEC, protocol) }.into())?;
    let socket = Object::Socket(Socket::new(fd, datagrams));
    task.vm.descriptors.add(Arc::new(socket), 0)
}

/// `socketpair`.
pub fn pair(task: &mut Task, call: &Call) -> Served {
    let [domain, kind, protocol, address, ..] = call.arguments;
    let kind = kind as i32;
    let known = matches!(
        kind & !FLAGS,
        libc::SOCK_STREAM | libc::SOCK_DGRAM | libc::SOCK_SEQPACKET
    );
    if domain as i32 != libc::AF_UNIX || protocol as i32 != 0 || !known {
        return Err(NOT_GRANTED);
    }
    let mut ends = [0; 2];
    // SAFETY: writes two descriptors into the array.
    let made = unsafe { libc::socketpair(libc::AF_UNIX, kind | libc::SOCK_CLOEXEC, 0, ends.as_mut_ptr()) };
    host(made.into())?;
    let [one, other] = ends.map(|end| owned(end.into()));
    super::files::add_two(task, Object::Local(one?), Object::Local(other?), address)
}

/// `bind`.
pub fn bind(task: &mut Task, call: &Call) -> Served {
    let [number, address, length, ..] = call.arguments;
    let raw = RawAddress::read(&task.vm, address, length)?;
    let wanted = raw.typed()?;
    with_socket(task, number, |socket| {
        let listens = task.vm.network.may_listen(wanted);
        if !listens && !task.vm.network.may_connect_from(wanted) {
            return Err(NOT_GRANTED);
        }
        // SAFETY: a local of that length.
        let bound = host(unsafe { libc::bind(socket.host(), raw.pointer(), raw.length()) }.into())?;
        socket.granted.store(listens, Ordering::Release);
        Ok(bound)
    })
}

/// `listen`.
pub fn listen(task: &mut Task, call: &Call) -> Served {
    let [number, waiting, ..] = call.arguments;
    with_socket(task, number, |socket| {
        // Without an address of its own it gets the unspecified one of its family, and any port.
        let unbound = || {
            let own = own_address(socket).and_then(|raw| raw.typed());
            own.is_ok_and(|own| own.port() == 0 && task.vm.network.may_listen(own))
        };
        let granted = socket.granted.load(Ordering::Acquire) || unbound();
        if !granted {
            return Err(NOT_GRANTED);
        }
        // SAFETY: no pointers.
        host(unsafe { libc::listen(socket.host(), waiting as i32) }.into())
    })
}

/// `accept` and `accept4`.
pub fn accept(task: &mut Task, call: &Call) -> Served {
    let [number, address, length, flags, ..] = call.arguments;
    let flags = match call.registers.rax as i64 {
        libc::SYS_accept4 => flags as i32,
        _ => 0,
    };
    if flags & !FLAGS != 0 {
        return Err(Errno(libc::EINVAL));
    }
    let (object, from) = with_socket(task, number, |socket| {
        let mut from = RawAddress::empty();
        let (pointer, room) = from.parts();
        // SAFETY: writes at most the given length to a local.
        let fd = unsafe { libc::accept4(socket.host(), pointer, room, flags | libc::SOCK_CLOEXEC) };
        Ok((Object::Socket(Socket::new(owned(fd.into())?, false)), from))
    })?;
    from.write(&task.vm, address, length)?;
    task.vm.descriptors.add(Arc::new(object), 0)
}

/// `connect`.
pub fn connect(task: &mut Task, call: &Call) -> Served {
    let [number, address, length, ..] = call.arguments;
    let raw = RawAddress::read(&task.vm, address, length)?;
    // Dissolving a connection needs no grant.
    if raw.family() != libc::AF_UNSPEC && !task.vm.network.may_connect(raw.typed()?) {
        return Err(NOT_GRANTED);
    }
    with_socket(task, number, |socket| {
        // SAFETY: a local of that length.
        host(unsafe { libc::connect(socket.host(), raw.pointer(), raw.length()) }.into())
    })
}

fn own_address(socket: &Socket) -> Result<RawAddress, Errno> {
    let mut own = RawAddress::empty();
    let (pointer, room) = own.parts();
    // SAFETY: writes at most the given length to a local.
    host(unsafe { libc::getsockname(socket.host(), pointer, room) }.into())?;
    Ok(own)
}

/// `getsockname`.
pub fn own_name(task: &mut Task, call: &Call) -> Served {
    let [number, address, length, ..] = call.arguments;
    with_socket(task, number, own_address)?.write(&task.vm, address, length)?;
    Ok(0)
}

/// `getpeername`.
pub fn other_name(task: &mut Task, call: &Call) -> Served {
    let [number, address, length, ..] = call.arguments;
    let other = with_socket(task, number, |socket| {
        let mut other = RawAddress::empty();
        let (pointer, room) = other.parts();
        // SAFETY: writes at most the given length to a local.
        host(unsafe { libc::getpeername(socket.host(), pointer, room) }.into())?;
        Ok(other)
    })?;
    other.write(&task.vm, address, length)?;
    Ok(0)
}

/// `shutdown`.
pub fn shut_down(task: &mut Task, call: &Call) -> Served {
    let [number, how, ..] = call.arguments;
    let object = task.vm.descriptors.get(number)?;
    if !matches!(*object, Object::Socket(_) | Object::Local(_)) {
        return Err(Errno(libc::ENOTSOCK));
    }
    let fd = object.host()?;
    // SAFETY: no pointers.
    host(unsafe { libc::shutdown(fd, how as i32) }.into())
}

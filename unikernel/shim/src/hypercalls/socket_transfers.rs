//! Sending and receiving. A datagram socket that does not listen on a granted address takes datagrams from granted addresses
//! alone; what others send to it goes to the monitor's memory and no further.

use super::Call;
use super::files::{MOST_BYTES, buffers};
use crate::address_space::{READ, WRITE};
use crate::descriptors::{Object, Socket};
use crate::errno::{Errno, Served, host};
use crate::socket_address::RawAddress;
use crate::vm::{Task, Vm};
use std::sync::atomic::Ordering;

/// Flags the guest may give; some of the others would connect.
const FLAGS: i32 = libc::MSG_PEEK
    | libc::MSG_DONTWAIT
    | libc::MSG_TRUNC
    | libc::MSG_WAITALL
    | libc::MSG_NOSIGNAL
    | libc::MSG_OOB
    | libc::MSG_MORE;

/// More than a datagram can be.
const LONGEST_DATAGRAM: usize = 64 << 10;

fn flags_of(flags: u64) -> Result<i32, Errno> {
    let flags = flags as i32;
    if flags & !FLAGS == 0 {
        Ok(flags)
    } else {
        Err(Errno(libc::EOPNOTSUPP))
    }
}

/// A message to or from these buffers.
fn message(buffers: &[libc::iovec]) -> libc::msghdr {
    // SAFETY: all-zero is a valid value.
    let mut message = unsafe { std::mem::zeroed::<libc::msghdr>() };
    message.msg_iov = buffers.as_ptr().cast_mut();
    message.msg_iovlen = buffers.len();
    message
}

/// Sends what is in buffers of the guest's to where the socket is connected, or to an address that was judged.
pub fn send(fd: i32, buffers: &[libc::iovec], flags: i32, to: Option<&RawAddress>) -> Served {
    let mut message = message(buffers);
    if let Some(to) = to {
        message.msg_name = to.pointer().cast_mut().cast();
        message.msg_namelen = to.length();
    }
    // SAFETY: each buffer is memory of the guest's that stays mapped as long as its VM, which the caller holds.
    host(unsafe { libc::sendmsg(fd, &message, flags | libc::MSG_NOSIGNAL) } as i64)
}

fn receive_message(fd: i32, buffers: &[libc::iovec], flags: i32) -> Result<(u64, RawAddress), Errno> {
    let mut from = RawAddress::empty();
    let mut message = message(buffers);
    let (pointer, room) = from.parts();
    (message.msg_name, message.msg_namelen) = (pointer.cast(), *room);
    // SAFETY: each buffer is writable memory of its length that stays mapped meanwhile; the address is a local.
    let count = host(unsafe { libc::recvmsg(fd, &mut message, flags) } as i64)?;
    *from.parts().1 = message.msg_namelen;
    Ok((count, from))
}

/// Receives into buffers of the guest's.
pub fn receive(vm: &Vm, socket: &Socket, buffers: &[libc::iovec], flags: i32) -> Result<(u64, RawAddress), Errno> {
    if !socket.datagrams || socket.granted.load(Ordering::Acquire) {
        return receive_message(socket.host(), buffers, flags);
    }
    let mut own = vec![0u8; LONGEST_DATAGRAM];
    let own_buffer = [libc::iovec {
        iov_base: own.as_mut_ptr().cast(),
        iov_len: own.len(),
    }];
    loop {
        let (count, from) = receive_message(socket.host(), &own_buffer, flags)?;
        if from.typed().is_ok_and(|from| vm.network.may_connect(from)) {
            let mut rest = &own[..own.len().min(count as usize)];
            for buffer in buffers {
                let (now, later) = rest.split_at(buffer.iov_len.min(rest.len()));
                // SAFETY: the buffer is writable memory of its length that stays mapped meanwhile.
                unsafe { std::ptr::copy_nonoverlapping(now.as_ptr(), buffer.iov_base.cast(), now.len()) };
                rest = later;
            }
            let taken = if flags & libc::MSG_TRUNC != 0 { 0 } else { rest.len() };
            return Ok((count - taken as u64, from));
        }
        if flags & libc::MSG_PEEK != 0 {
            let _ = receive_message(socket.host(), &own_buffer, libc::MSG_DONTWAIT);
        }
        if vm.is_stopping() {
            return Err(Errno(libc::EINTR));
        }
    }
}

/// `sendto`.
pub fn send_to(task: &mut Task, call: &Call) -> Served {
    let [number, address, length, flags, to, to_length] = call.arguments;
    let flags = flags_of(flags)?;
    let buffers = buffers(&task.vm, address, length.min(MOST_BYTES), READ)?;
    match &*task.vm.descriptors.get(number)? {
        Object::Socket(socket) => {
            let to = match to {
                0 => None,
                _ => Some(RawAddress::read(&task.vm, to, to_length)?),
            };
            if let Some(to) = &to
                && !task.vm.network.may_connect(to.typed()?)
            {
                return Err(Errno(libc::EACCES));
            }
            send(socket.host(), &buffers, flags, to.as_ref())
        }
        // The other end is all that there is.
        object @ Object::Local(_) if to == 0 => send(object.host()?, &buffers, flags, None),
        _ => Err(Errno(libc::ENOTSOCK)),
    }
}

/// `recvfrom`.
pub fn receive_from(task: &mut Task, call: &Call) -> Served {
    let [number, address, length, flags, from, from_length] = call.arguments;
    let flags = flags_of(flags)?;
    let buffers = buffers(&task.vm, address, length.min(MOST_BYTES), WRITE)?;
    match &*task.vm.descriptors.get(number)? {
        Object::Socket(socket) => {
            let (count, sender) = receive(&task.vm, socket, &buffers, flags)?;
            sender.write(&task.vm, from, from_length)?;
            Ok(count)
        }
        object @ Object::Local(_) if from == 0 => Ok(receive_message(object.host()?, &buffers, flags)?.0),
        _ => Err(Errno(libc::ENOTSOCK)),
    }
}

//! `sun.nio.ch.DatagramChannelImpl` and `DatagramDispatcher`.

use super::{file_dispatcher, io_status, read_status, write_status};
use crate::io_support::throw_socket;
use crate::java::io::file_descriptor::number_of;
use peaberry_runtime::thread::Throw;
use peaberry_runtime::{JResult, JavaThread, Obj, natives};
use peaberry_sys::errno::{Errno, SysResult};
use peaberry_sys::file::{self, IoVector};
use peaberry_sys::socket::{self, RawAddress};

natives! { pub CHANNEL: "sun/nio/ch/DatagramChannelImpl" {
    "disconnect0" "(Ljava/io/FileDescriptor;Z)V" => disconnect;
    "receive0" "(Ljava/io/FileDescriptor;JIJZ)I" [blocks] => receive;
    "send0" "(Ljava/io/FileDescriptor;JIJI)I" [blocks] => send;
} }
natives! { pub DISPATCHER: "sun/nio/ch/DatagramDispatcher" {
    "read0" "(Ljava/io/FileDescriptor;JI)I" [blocks] => read;
    "readv0" "(Ljava/io/FileDescriptor;JI)J" [blocks] => read_vectors;
    "write0" "(Ljava/io/FileDescriptor;JI)I" [blocks] => write;
    "writev0" "(Ljava/io/FileDescriptor;JI)J" [blocks] => write_vectors;
    "dup0" "(Ljava/io/FileDescriptor;Ljava/io/FileDescriptor;)V" [since 20] => file_dispatcher::dup;
} }

/// Largest datagram, bytes.
const MAX_PACKET: usize = 65536;

fn unreachable(thread: &mut JavaThread) -> Throw {
    thread.throw_plain("java/net/PortUnreachableException")
}

fn disconnect(thread: &mut JavaThread, descriptor: Obj, _ipv6: bool) -> JResult<()> {
    let number = number_of(thread, descriptor)?;
    match socket::connect(number, &RawAddress::unspecified()) {
        Ok(_) | Err(Errno(libc::EAFNOSUPPORT)) => Ok(()),
        Err(error) => Err(throw_socket(thread, error)),
    }
}

fn receive(
    thread: &mut JavaThread,
    descriptor: Obj,
    address: i64,
    length: i32,
    sender: i64,
    connected: bool,
) -> JResult<i32> {
    let number = number_of(thread, descriptor)?;
    let length = (length.max(0) as usize).min(MAX_PACKET);
    loop {
        // SAFETY: the class library passes a native buffer, and room for an address, that it keeps.
        let result = thread
            .blocking(|| unsafe { socket::receive_from_raw(number, address as *mut u8, length, 0, sender as *mut u8) });
        return match result {
            Ok(count) => Ok(count as i32),
            Err(error) if error.would_block() => Ok(io_status::UNAVAILABLE),
            Err(Errno(libc::EINTR)) => Ok(io_status::INTERRUPTED),
            // An earlier datagram found nobody: not this receiver's concern.
            Err(Errno(libc::ECONNREFUSED)) if !connected => continue,
            Err(Errno(libc::ECONNREFUSED)) => Err(unreachable(thread)),
            Err(error) => Err(throw_socket(thread, error)),
        };
    }
}

fn send(
    thread: &mut JavaThread,
    descriptor: Obj,
    address: i64,
    length: i32,
    target: i64,
    target_length: i32,
) -> JResult<i32> {
    let number = number_of(thread, descriptor)?;
    let length = (length.max(0) as usize).min(MAX_PACKET);
    // SAFETY: the class library passes a native buffer and an address that it keeps.
    let result = thread.blocking(|| unsafe {
        socket::send_to_raw(
            number,
            address as *const u8,
            length,
            target as *const u8,
            target_length as u32,
        )
    });
    match result {
        Ok(count) => Ok(count as i32),
        Err(error) if error.would_block() => Ok(io_status::UNAVAILABLE),
        Err(Errno(libc::EINTR)) => Ok(io_status::INTERRUPTED),
        Err(Errno(libc::ECONNREFUSED)) => Err(unreachable(thread)),
        Err(error) => Err(throw_socket(thread, error)),
    }
}

/// A refused datagram is an exception of its own.
fn checked<T>(thread: &mut JavaThread, result: SysResult<T>) -> JResult<SysResult<T>> {
    match result {
        Err(Errno(libc::ECONNREFUSED)) => Err(unreachable(thread)),
        result => Ok(result),
    }
}

fn read(thread: &mut JavaThread, descriptor: Obj, address: i64, length: i32) -> JResult<i32> {
    let number = number_of(thread, descriptor)?;
    let length = length.max(0) as usize;
    // SAFETY: the class library passes a native buffer that it keeps.
    let result = thread.blocking(|| unsafe { socket::receive_raw(number, address as *mut u8, length, 0) });
    let result = checked(thread, result)?;
    read_status(thread, result).map(|count| count as i32)
}

fn read_vectors(thread: &mut JavaThread, descriptor: Obj, address: i64, count: i32) -> JResult<i64> {
    let number = number_of(thread, descriptor)?;
    // SAFETY: the class library passes an array of vectors of native buffers that it keeps.
    let result = thread.blocking(|| unsafe { file::read_vectors_raw(number, address as *const IoVector, count) });
    let result = checked(thread, result)?;
    read_status(thread, result)
}

fn write(thread: &mut JavaThread, descriptor: Obj, address: i64, length: i32) -> JResult<i32> {
    let number = number_of(thread, descriptor)?;
    let length = length.max(0) as usize;
    // SAFETY: the class library passes a native buffer that it keeps.
    let result = thread.blocking(|| unsafe { socket::send_raw(number, address as *const u8, length, 0) });
    let result = checked(thread, result)?;
    write_status(thread, result).map(|count| count as i32)
}

fn write_vectors(thread: &mut JavaThread, descriptor: Obj, address: i64, count: i32) -> JResult<i64> {
    let number = number_of(thread, descriptor)?;
    // SAFETY: the class library passes an array of vectors of native buffers that it keeps.
    let result = thread.blocking(|| unsafe { file::write_vectors_raw(number, address as *const IoVector, count) });
    let result = checked(thread, result)?;
    write_status(thread, result)
}

//! `sun.nio.ch.SocketDispatcher`.

use super::file_dispatcher::{write, write_vectors};
use super::read_status;
use crate::java::io::file_descriptor::number_of;
use peaberry_runtime::{JResult, JavaThread, Obj, natives};
use peaberry_sys::errno::{Errno, SysResult};
use peaberry_sys::file::{self, IoVector};

natives! { pub NATIVES: "sun/nio/ch/SocketDispatcher" {
    "read0" "(Ljava/io/FileDescriptor;JI)I" [blocks] => read;
    "readv0" "(Ljava/io/FileDescriptor;JI)J" [blocks] => read_vectors;
    "write0" "(Ljava/io/FileDescriptor;JI)I" [since 20] [blocks] => write;
    "writev0" "(Ljava/io/FileDescriptor;JI)J" [since 20] [blocks] => write_vectors;
} }

fn received(thread: &mut JavaThread, result: SysResult<i64>) -> JResult<i64> {
    if result == Err(Errno(libc::ECONNRESET)) {
        return Err(thread.throw_new("sun/net/ConnectionResetException", "Connection reset"));
    }
    read_status(thread, result)
}

fn read(thread: &mut JavaThread, descriptor: Obj, address: i64, length: i32) -> JResult<i32> {
    let number = number_of(thread, descriptor)?;
    let (buffer, length) = (address as *mut u8, length.max(0) as usize);
    // SAFETY: the class library passes a native buffer that it keeps.
    let result = thread.blocking(|| unsafe { file::read_raw(number, buffer, length) });
    received(thread, result.map(|count| count as i64)).map(|count| count as i32)
}

fn read_vectors(thread: &mut JavaThread, descriptor: Obj, address: i64, count: i32) -> JResult<i64> {
    let number = number_of(thread, descriptor)?;
    // SAFETY: the class library passes an array of vectors of native buffers that it keeps.
    let result = thread.blocking(|| unsafe { file::read_vectors_raw(number, address as *const IoVector, count) });
    received(thread, result)
}

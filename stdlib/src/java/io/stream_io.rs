//! Opening, reading and writing as the three stream classes share it; the VM's own standard streams.

use super::file_descriptor::number;
use crate::io_support::{
    blocking_on_array, byte_range, get_ref_field, restarting, set_field, system_bytes, throw_io, throw_io_text,
};
use peaberry_runtime::{JResult, JavaThread, Obj, strings};
use peaberry_sys::errno::{Errno, SysResult};
use peaberry_sys::file;

/// The open descriptor of a stream; IOException when it is closed.
pub fn open_number(thread: &mut JavaThread, stream: Obj) -> JResult<i32> {
    let descriptor = get_ref_field(stream, "fd");
    match if descriptor.is_null() { -1 } else { number(descriptor) } {
        number if number >= 0 => Ok(number),
        _ => Err(throw_io_text(thread, "Stream Closed")),
    }
}

/// Opens a file into the stream's `FileDescriptor`.
pub fn open(thread: &mut JavaThread, stream: Obj, path: Obj, flags: i32) -> JResult<()> {
    let mut bytes = system_bytes(thread, path)?;
    while bytes.len() > 1 && bytes.ends_with(b"/") {
        bytes.pop();
    }
    let name = file::c_path(&bytes);
    let opened = thread.blocking(|| {
        let descriptor = file::open(&name, flags, 0o666)?;
        match file::status_of_open(descriptor) {
            Ok(status) if status.st_mode & libc::S_IFMT == libc::S_IFDIR => {
                let _ = file::close(descriptor);
                Err(Errno(libc::EISDIR))
            }
            _ => Ok(descriptor),
        }
    });
    match opened {
        Ok(number) => {
            let descriptor = get_ref_field(stream, "fd");
            if !descriptor.is_null() {
                set_field(descriptor, "fd", number);
                set_field(descriptor, "append", flags & libc::O_APPEND != 0);
            }
            Ok(())
        }
        Err(error) => {
            let message = format!("{} ({})", strings::to_rust(thread, path), error.text());
            Err(thread.throw_new("java/io/FileNotFoundException", &message))
        }
    }
}

/// Reads from a descriptor, standard input being the VM's.
///
/// # Safety
/// `length` bytes at `buffer` may be written.
pub unsafe fn read_descriptor(
    thread: &mut JavaThread,
    array: Obj,
    descriptor: i32,
    buffer: *mut u8,
    length: usize,
) -> SysResult<usize> {
    let source = if descriptor == 0 {
        thread.vm().options.stdin.as_ref()
    } else {
        None
    };
    blocking_on_array(thread, array, || match source {
        // SAFETY: given by the caller; the array is pinned meanwhile.
        Some(source) => Ok(source(unsafe { std::slice::from_raw_parts_mut(buffer, length) }).min(length)),
        // SAFETY: as above.
        None => restarting(|| unsafe { file::read_raw(descriptor, buffer, length) }),
    })
}

/// Writes everything to a descriptor, standard output and error being the VM's.
///
/// # Safety
/// `length` bytes at `buffer` may be read.
pub unsafe fn write_descriptor(
    thread: &mut JavaThread,
    array: Obj,
    descriptor: i32,
    buffer: *const u8,
    length: usize,
) -> SysResult<()> {
    let sink = match descriptor {
        1 => thread.vm().options.stdout.as_ref(),
        2 => thread.vm().options.stderr.as_ref(),
        _ => None,
    };
    blocking_on_array(thread, array, || {
        // SAFETY: given by the caller; the array is pinned meanwhile.
        let bytes = unsafe { std::slice::from_raw_parts(buffer, length) };
        match sink {
            Some(sink) => {
                sink(bytes);
                Ok(())
            }
            None => file::write_all(descriptor, bytes),
        }
    })
}

/// `read()`: a byte or -1.
pub fn read(thread: &mut JavaThread, stream: Obj) -> JResult<i32> {
    let descriptor = open_number(thread, stream)?;
    let mut byte = [0u8];
    // SAFETY: one byte of this frame.
    match unsafe { read_descriptor(thread, Obj::NULL, descriptor, byte.as_mut_ptr(), 1) } {
        Ok(0) => Ok(-1),
        Ok(_) => Ok(i32::from(byte[0])),
        Err(error) => Err(throw_io(thread, error)),
    }
}

/// `readBytes`: the count, or -1 at the end.
pub fn read_bytes(thread: &mut JavaThread, stream: Obj, bytes: Obj, offset: i32, length: i32) -> JResult<i32> {
    let buffer = byte_range(thread, bytes, offset, length)?;
    if length == 0 {
        return Ok(0);
    }
    let descriptor = open_number(thread, stream)?;
    // SAFETY: the range was checked and the array is held by this frame.
    match unsafe { read_descriptor(thread, bytes, descriptor, buffer, length as usize) } {
        Ok(0) => Ok(-1),
        Ok(count) => Ok(count as i32),
        Err(error) => Err(throw_io(thread, error)),
    }
}

/// Writes one byte.
pub fn write(thread: &mut JavaThread, stream: Obj, byte: i32) -> JResult<()> {
    let descriptor = open_number(thread, stream)?;
    let byte = [byte as u8];
    // SAFETY: one byte of this frame.
    unsafe { write_descriptor(thread, Obj::NULL, descriptor, byte.as_ptr(), 1) }
        .map_err(|error| throw_io(thread, error))
}

/// `writeBytes`.
pub fn write_bytes(thread: &mut JavaThread, stream: Obj, bytes: Obj, offset: i32, length: i32) -> JResult<()> {
    let buffer = byte_range(thread, bytes, offset, length)?;
    if length == 0 {
        return Ok(());
    }
    let descriptor = open_number(thread, stream)?;
    // SAFETY: the range was checked and the array is held by this frame.
    unsafe { write_descriptor(thread, bytes, descriptor, buffer, length as usize) }
        .map_err(|error| throw_io(thread, error))
}

/// The file position.
pub fn position(thread: &mut JavaThread, stream: Obj) -> JResult<i64> {
    let descriptor = open_number(thread, stream)?;
    file::seek(descriptor, 0, libc::SEEK_CUR).map_err(|error| throw_io(thread, error))
}

/// The file's length; a block device's size.
pub fn length(thread: &mut JavaThread, stream: Obj) -> JResult<i64> {
    let descriptor = open_number(thread, stream)?;
    length_of(descriptor).map_err(|error| throw_io(thread, error))
}

/// The length of an open file; a block device's size.
pub fn length_of(descriptor: i32) -> SysResult<i64> {
    let status = file::status_of_open(descriptor)?;
    if status.st_mode & libc::S_IFMT == libc::S_IFBLK {
        file::device_size(descriptor)
    } else {
        Ok(status.st_size)
    }
}

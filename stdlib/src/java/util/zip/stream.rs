//! What compression and decompression share: the stream behind a `long`, its input and output, its result.

use crate::io_support::byte_range;
use peaberry_runtime::{JResult, JavaThread, Obj};
use std::ffi::{CStr, c_char};

/// Memory outside the heap that the class library names by address.
///
/// # Safety
/// The range is readable and stays so while the slice is used.
pub unsafe fn memory<'a>(address: i64, length: i32) -> &'a [u8] {
    if length <= 0 || address == 0 {
        return &[];
    }
    // SAFETY: given by the caller.
    unsafe { std::slice::from_raw_parts(address as *const u8, length as usize) }
}

/// A range of a `byte[]`, checked; the caller's frame holds the array and reaches no safepoint while it uses the slice.
pub fn array_slice_at<'a>(thread: &mut JavaThread, array: Obj, offset: i32, length: i32) -> JResult<&'a [u8]> {
    let start = byte_range(thread, array, offset, length)?;
    // SAFETY: the range was checked; the caller keeps it in place.
    Ok(unsafe { std::slice::from_raw_parts(start, length as usize) })
}

/// Input or output of a call: a range of an array or memory at an address.
#[derive(Clone, Copy)]
pub enum Span {
    /// Array, offset, length.
    Array(Obj, i32, i32),
    /// Address, length.
    Memory(i64, i32),
}

impl Span {
    /// Address and length; checked for arrays. Valid until the next safepoint, or longer while a frame holds the array.
    pub fn raw(self, thread: &mut JavaThread) -> JResult<(*mut u8, u32)> {
        match self {
            Span::Array(array, offset, length) => Ok((byte_range(thread, array, offset, length)?, length as u32)),
            Span::Memory(address, length) => Ok((address as *mut u8, length.max(0) as u32)),
        }
    }
}

/// A stream of a library, and what it does not tell of it.
pub struct Stream<Z> {
    /// The library's own.
    pub z: Z,
    /// Without header and checksum.
    pub raw: bool,
}

/// Hands a stream out as a `long`.
pub fn into_address<Z>(stream: Box<Stream<Z>>) -> i64 {
    Box::into_raw(stream) as i64
}

/// The stream behind a `long` that [`into_address`] gave.
///
/// # Safety
/// It was given for such a stream, not ended, and no other thread uses it (the class library locks it).
pub unsafe fn stream_at<'a, Z>(address: i64) -> &'a mut Stream<Z> {
    // SAFETY: given by the caller.
    unsafe { &mut *(address as *mut Stream<Z>) }
}

/// Takes a stream back.
///
/// # Safety
/// As [`stream_at`], and nobody uses it afterwards.
pub unsafe fn take<Z>(address: i64) -> Box<Stream<Z>> {
    // SAFETY: given by the caller.
    unsafe { Box::from_raw(address as *mut Stream<Z>) }
}

/// The library's text for the last failure.
pub fn message(text: *const c_char) -> Option<String> {
    if text.is_null() {
        return None;
    }
    // SAFETY: the library's messages are constant terminated strings.
    Some(unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned())
}

/// Throws with the library's text, if there is one.
#[cold]
pub fn throw(thread: &mut JavaThread, class: &str, message: Option<String>) -> peaberry_runtime::Throw {
    match message {
        Some(message) => thread.throw_new(class, &message),
        None => thread.throw_plain(class),
    }
}

/// What a call used and wrote, and two flags, as the class library takes them from one `long`.
pub fn packed(used: u32, written: u32, finished: bool, last: bool) -> i64 {
    (u64::from(used) | u64::from(written) << 31 | u64::from(finished) << 62 | u64::from(last) << 63) as i64
}

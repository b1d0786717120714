//! `java.util.zip.Deflater`. What it writes must be what HotSpot writes, byte for byte: archives are compared. So this is the
//! original zlib; others find other matches.

use super::stream::{Span, Stream, array_slice_at, into_address, memory, message, packed, stream_at, take, throw};
use libz_sys as zlib;
use peaberry_runtime::{JResult, JavaThread, Obj, natives};
use std::ffi::c_void;
use std::ptr::null_mut;

natives! { pub NATIVES: "java/util/zip/Deflater" {
    "init" "(IIZ)J" => init;
    "setDictionary" "(J[BII)V" => set_dictionary;
    "setDictionaryBuffer" "(JJI)V" => set_dictionary_buffer;
    "deflateBytesBytes" "(J[BII[BIIII)J" => bytes_to_bytes;
    "deflateBytesBuffer" "(J[BIIJIII)J" => bytes_to_buffer;
    "deflateBufferBytes" "(JJI[BIIII)J" => buffer_to_bytes;
    "deflateBufferBuffer" "(JJIJIII)J" => buffer_to_buffer;
    "getAdler" "(J)I" => adler;
    "reset" "(J)V" => reset;
    "end" "(J)V" => end;
} }

/// zlib's own memory level.
const MEMORY_LEVEL: i32 = 8;

/// The library's allocator.
unsafe extern "C" fn allocate(_: *mut c_void, items: u32, size: u32) -> *mut c_void {
    // SAFETY: any sizes are fine.
    unsafe { libc::calloc(items as usize, size as usize) }
}

/// Its counterpart.
unsafe extern "C" fn release(_: *mut c_void, block: *mut c_void) {
    // SAFETY: the library gives back what `allocate` gave.
    unsafe { libc::free(block) }
}

/// The live stream behind an address.
///
/// # Safety
/// As [`stream_at`].
unsafe fn live<'a>(address: i64) -> &'a mut zlib::z_stream {
    // SAFETY: given by the caller.
    &mut unsafe { stream_at(address) }.z
}

fn init(thread: &mut JavaThread, level: i32, strategy: i32, raw: bool) -> JResult<i64> {
    let mut stream = Box::new(Stream {
        z: zlib::z_stream {
            next_in: null_mut(),
            avail_in: 0,
            total_in: 0,
            next_out: null_mut(),
            avail_out: 0,
            total_out: 0,
            msg: null_mut(),
            state: null_mut(),
            zalloc: allocate,
            zfree: release,
            opaque: null_mut(),
            data_type: 0,
            adler: 0,
            reserved: 0,
        },
        raw,
    });
    let bits = if raw { -15 } else { 15 };
    // SAFETY: a fresh stream at its final place, the library's own version and size.
    let result = unsafe {
        zlib::deflateInit2_(
            &mut stream.z,
            level,
            zlib::Z_DEFLATED,
            bits,
            MEMORY_LEVEL,
            strategy,
            zlib::zlibVersion(),
            size_of::<zlib::z_stream>() as i32,
        )
    };
    match result {
        zlib::Z_OK => Ok(into_address(stream)),
        zlib::Z_MEM_ERROR => Err(thread.throw_out_of_memory("deflateInit2")),
        zlib::Z_STREAM_ERROR => Err(thread.throw_plain("java/lang/IllegalArgumentException")),
        _ => Err(throw(thread, "java/lang/InternalError", message(stream.z.msg))),
    }
}

fn dictionary(thread: &mut JavaThread, address: i64, bytes: &[u8]) -> JResult<()> {
    // SAFETY: the class library passes its own live stream under its lock.
    let stream = unsafe { live(address) };
    // SAFETY: pointer and length are a slice's.
    match unsafe { zlib::deflateSetDictionary(stream, bytes.as_ptr(), bytes.len() as u32) } {
        zlib::Z_OK => Ok(()),
        zlib::Z_STREAM_ERROR => Err(thread.throw_plain("java/lang/IllegalArgumentException")),
        _ => Err(throw(thread, "java/lang/InternalError", message(stream.msg))),
    }
}

fn set_dictionary(thread: &mut JavaThread, address: i64, bytes: Obj, offset: i32, length: i32) -> JResult<()> {
    let bytes = array_slice_at(thread, bytes, offset, length)?;
    dictionary(thread, address, bytes)
}

fn set_dictionary_buffer(thread: &mut JavaThread, address: i64, buffer: i64, length: i32) -> JResult<()> {
    // SAFETY: the class library passes the range of a direct buffer that it keeps.
    dictionary(thread, address, unsafe { memory(buffer, length) })
}

/// `parameters`: bit 0 asks for a change of strategy (bits 1 and 2) and level (the rest) first.
fn deflate(
    thread: &mut JavaThread,
    address: i64,
    input: Span,
    output: Span,
    flush: i32,
    parameters: i32,
) -> JResult<i64> {
    let (next_in, input_length) = input.raw(thread)?;
    let (next_out, output_length) = output.raw(thread)?;
    // SAFETY: the class library passes its own live stream under its lock.
    let stream = unsafe { live(address) };
    stream.next_in = next_in;
    stream.avail_in = input_length;
    stream.next_out = next_out;
    stream.avail_out = output_length;
    let change = parameters & 1 != 0;
    // SAFETY: both ranges were checked or are the class library's buffers; no safepoint is reached meanwhile.
    let result = unsafe {
        if change {
            zlib::deflateParams(stream, parameters >> 3, parameters >> 1 & 3)
        } else {
            zlib::deflate(stream, flush)
        }
    };
    let used = input_length - stream.avail_in;
    let written = output_length - stream.avail_out;
    match result {
        zlib::Z_OK => Ok(packed(used, written, false, false)),
        zlib::Z_BUF_ERROR if change => Ok(packed(used, written, false, true)),
        zlib::Z_BUF_ERROR => Ok(0),
        zlib::Z_STREAM_END if !change => Ok(packed(used, written, true, false)),
        _ => Err(throw(thread, "java/lang/InternalError", message(stream.msg))),
    }
}

#[allow(clippy::too_many_arguments)]
fn bytes_to_bytes(
    thread: &mut JavaThread,
    _this: Obj,
    address: i64,
    input: Obj,
    input_offset: i32,
    input_length: i32,
    output: Obj,
    output_offset: i32,
    output_length: i32,
    flush: i32,
    parameters: i32,
) -> JResult<i64> {
    let input = Span::Array(input, input_offset, input_length);
    let output = Span::Array(output, output_offset, output_length);
    deflate(thread, address, input, output, flush, parameters)
}

#[allow(clippy::too_many_arguments)]
fn bytes_to_buffer(
    thread: &mut JavaThread,
    _this: Obj,
    address: i64,
    input: Obj,
    input_offset: i32,
    input_length: i32,
    output: i64,
    output_length: i32,
    flush: i32,
    parameters: i32,
) -> JResult<i64> {
    let input = Span::Array(input, input_offset, input_length);
    deflate(
        thread,
        address,
        input,
        Span::Memory(output, output_length),
        flush,
        parameters,
    )
}

#[allow(clippy::too_many_arguments)]
fn buffer_to_bytes(
    thread: &mut JavaThread,
    _this: Obj,
    address: i64,
    input: i64,
    input_length: i32,
    output: Obj,
    output_offset: i32,
    output_length: i32,
    flush: i32,
    parameters: i32,
) -> JResult<i64> {
    let output = Span::Array(output, output_offset, output_length);
    deflate(
        thread,
        address,
        Span::Memory(input, input_length),
        output,
        flush,
        parameters,
    )
}

#[allow(clippy::too_many_arguments)]
fn buffer_to_buffer(
    thread: &mut JavaThread,
    _this: Obj,
    address: i64,
    input: i64,
    input_length: i32,
    output: i64,
    output_length: i32,
    flush: i32,
    parameters: i32,
) -> JResult<i64> {
    let (input, output) = (Span::Memory(input, input_length), Span::Memory(output, output_length));
    deflate(thread, address, input, output, flush, parameters)
}

fn adler(_: &mut JavaThread, address: i64) -> JResult<i32> {
    // SAFETY: the class library passes its own live stream under its lock.
    Ok(unsafe { live(address) }.adler as i32)
}

fn reset(thread: &mut JavaThread, address: i64) -> JResult<()> {
    // SAFETY: the class library passes its own live stream under its lock.
    match unsafe { zlib::deflateReset(live(address)) } {
        zlib::Z_OK => Ok(()),
        _ => Err(thread.throw_plain("java/lang/InternalError")),
    }
}

fn end(thread: &mut JavaThread, address: i64) -> JResult<()> {
    // SAFETY: the class library ends a stream once and forgets it.
    let mut stream: Box<Stream<zlib::z_stream>> = unsafe { take(address) };
    // SAFETY: an initialised stream.
    match unsafe { zlib::deflateEnd(&mut stream.z) } {
        zlib::Z_STREAM_ERROR => Err(thread.throw_plain("java/lang/InternalError")),
        _ => Ok(()),
    }
}

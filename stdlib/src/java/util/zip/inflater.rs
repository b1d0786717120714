//! `java.util.zip.Inflater`.

use super::stream::{Span, Stream, into_address, memory, message, packed, stream_at, take, throw};
use crate::io_support::set_field;
use crate::support::nothing;
use libz_rs_sys as zlib;
use peaberry_runtime::{JResult, JavaThread, Obj, natives};

natives! { pub NATIVES: "java/util/zip/Inflater" {
    "initIDs" "()V" => nothing;
    "init" "(Z)J" => init;
    "setDictionary" "(J[BII)V" => set_dictionary;
    "setDictionaryBuffer" "(JJI)V" => set_dictionary_buffer;
    "inflateBytesBytes" "(J[BII[BII)J" => bytes_to_bytes;
    "inflateBytesBuffer" "(J[BIIJI)J" => bytes_to_buffer;
    "inflateBufferBytes" "(JJI[BII)J" => buffer_to_bytes;
    "inflateBufferBuffer" "(JJIJI)J" => buffer_to_buffer;
    "getAdler" "(J)I" => adler;
    "reset" "(J)V" => reset;
    "end" "(J)V" => end;
} }

/// The live stream behind an address.
///
/// # Safety
/// As [`stream_at`].
unsafe fn live<'a>(address: i64) -> &'a mut Stream<zlib::z_stream> {
    // SAFETY: given by the caller.
    unsafe { stream_at(address) }
}

fn init(thread: &mut JavaThread, raw: bool) -> JResult<i64> {
    // SAFETY: all-zero is what the library wants before initialisation: null pointers and its own allocator.
    let z: zlib::z_stream = unsafe { std::mem::zeroed() };
    let mut stream = Box::new(Stream { z, raw });
    let bits = if raw { -15 } else { 15 };
    // SAFETY: a zeroed stream, the library's own version and size.
    let result = unsafe {
        zlib::inflateInit2_(
            &mut stream.z,
            bits,
            zlib::zlibVersion(),
            size_of::<zlib::z_stream>() as i32,
        )
    };
    match result {
        zlib::Z_OK => Ok(into_address(stream)),
        zlib::Z_MEM_ERROR => Err(thread.throw_out_of_memory("inflateInit2")),
        _ => Err(throw(thread, "java/lang/InternalError", message(stream.z.msg))),
    }
}

fn dictionary(thread: &mut JavaThread, address: i64, bytes: &[u8]) -> JResult<()> {
    // SAFETY: the class library passes its own live stream under its lock.
    let stream = &mut unsafe { live(address) }.z;
    // SAFETY: pointer and length are a slice's.
    match unsafe { zlib::inflateSetDictionary(stream, bytes.as_ptr(), bytes.len() as u32) } {
        zlib::Z_OK => Ok(()),
        zlib::Z_STREAM_ERROR | zlib::Z_DATA_ERROR => {
            Err(throw(thread, "java/lang/IllegalArgumentException", message(stream.msg)))
        }
        _ => Err(throw(thread, "java/lang/InternalError", message(stream.msg))),
    }
}

fn set_dictionary(thread: &mut JavaThread, address: i64, bytes: Obj, offset: i32, length: i32) -> JResult<()> {
    let bytes = super::stream::array_slice_at(thread, bytes, offset, length)?;
    dictionary(thread, address, bytes)
}

fn set_dictionary_buffer(thread: &mut JavaThread, address: i64, buffer: i64, length: i32) -> JResult<()> {
    // SAFETY: the class library passes the range of a direct buffer that it keeps.
    dictionary(thread, address, unsafe { memory(buffer, length) })
}

fn inflate(thread: &mut JavaThread, this: Obj, address: i64, input: Span, output: Span) -> JResult<i64> {
    let (next_in, input_length) = input.raw(thread)?;
    let (next_out, output_length) = output.raw(thread)?;
    // SAFETY: the class library passes its own live stream under its lock.
    let stream = &mut unsafe { live(address) }.z;
    stream.next_in = next_in;
    stream.avail_in = input_length;
    stream.next_out = next_out;
    stream.avail_out = output_length;
    // SAFETY: both ranges were checked or are the class library's buffers; no safepoint is reached meanwhile.
    let result = unsafe { zlib::inflate(stream, zlib::Z_SYNC_FLUSH) };
    let used = input_length - stream.avail_in;
    let written = output_length - stream.avail_out;
    match result {
        zlib::Z_OK => Ok(packed(used, written, false, false)),
        zlib::Z_STREAM_END => Ok(packed(used, written, true, false)),
        zlib::Z_NEED_DICT => Ok(packed(used, written, false, true)),
        zlib::Z_BUF_ERROR => Ok(0),
        zlib::Z_DATA_ERROR => {
            set_field(this, "inputConsumed", used as i32);
            set_field(this, "outputConsumed", written as i32);
            Err(throw(thread, "java/util/zip/DataFormatException", message(stream.msg)))
        }
        zlib::Z_MEM_ERROR => Err(thread.throw_out_of_memory("inflate")),
        _ => Err(throw(thread, "java/lang/InternalError", message(stream.msg))),
    }
}

#[allow(clippy::too_many_arguments)]
fn bytes_to_bytes(
    thread: &mut JavaThread,
    this: Obj,
    address: i64,
    input: Obj,
    input_offset: i32,
    input_length: i32,
    output: Obj,
    output_offset: i32,
    output_length: i32,
) -> JResult<i64> {
    let input = Span::Array(input, input_offset, input_length);
    inflate(
        thread,
        this,
        address,
        input,
        Span::Array(output, output_offset, output_length),
    )
}

#[allow(clippy::too_many_arguments)]
fn bytes_to_buffer(
    thread: &mut JavaThread,
    this: Obj,
    address: i64,
    input: Obj,
    input_offset: i32,
    input_length: i32,
    output: i64,
    output_length: i32,
) -> JResult<i64> {
    let input = Span::Array(input, input_offset, input_length);
    inflate(thread, this, address, input, Span::Memory(output, output_length))
}

#[allow(clippy::too_many_arguments)]
fn buffer_to_bytes(
    thread: &mut JavaThread,
    this: Obj,
    address: i64,
    input: i64,
    input_length: i32,
    output: Obj,
    output_offset: i32,
    output_length: i32,
) -> JResult<i64> {
    let input = Span::Memory(input, input_length);
    inflate(
        thread,
        this,
        address,
        input,
        Span::Array(output, output_offset, output_length),
    )
}

fn buffer_to_buffer(
    thread: &mut JavaThread,
    this: Obj,
    address: i64,
    input: i64,
    input_length: i32,
    output: i64,
    output_length: i32,
) -> JResult<i64> {
    inflate(
        thread,
        this,
        address,
        Span::Memory(input, input_length),
        Span::Memory(output, output_length),
    )
}

fn adler(_: &mut JavaThread, address: i64) -> JResult<i32> {
    // SAFETY: the class library passes its own live stream under its lock.
    let stream = unsafe { live(address) };
    Ok(if stream.raw { 0 } else { stream.z.adler as i32 })
}

fn reset(thread: &mut JavaThread, address: i64) -> JResult<()> {
    // SAFETY: the class library passes its own live stream under its lock.
    match unsafe { zlib::inflateReset(&mut live(address).z) } {
        zlib::Z_OK => Ok(()),
        _ => Err(thread.throw_plain("java/lang/InternalError")),
    }
}

fn end(thread: &mut JavaThread, address: i64) -> JResult<()> {
    // SAFETY: the class library ends a stream once and forgets it.
    let mut stream: Box<Stream<zlib::z_stream>> = unsafe { take(address) };
    // SAFETY: an initialised stream.
    match unsafe { zlib::inflateEnd(&mut stream.z) } {
        zlib::Z_STREAM_ERROR => Err(thread.throw_plain("java/lang/InternalError")),
        _ => Ok(()),
    }
}

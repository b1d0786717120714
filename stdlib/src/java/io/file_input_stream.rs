//! `java.io.FileInputStream`.

use super::file_descriptor::number;
use super::file_output_stream::descriptor_of;
use crate::support::{not_null, nothing};
use peaberry_runtime::object::{array_length, array_slice};
use peaberry_runtime::{JResult, JavaThread, Obj, natives};
use peaberry_sys::file;

natives! { pub NATIVES: "java/io/FileInputStream" {
    "initIDs" "()V" => nothing;
    "available0" "()I" [blocks] => available;
    "readBytes" "([BII)I" [blocks] => read_bytes;
} }

fn open_number(thread: &mut JavaThread, stream: Obj) -> JResult<i32> {
    let descriptor = descriptor_of(stream);
    match if descriptor.is_null() { -1 } else { number(descriptor) } {
        number if number >= 0 => Ok(number),
        _ => Err(thread.throw_new("java/io/IOException", "Stream Closed")),
    }
}

fn available(thread: &mut JavaThread, this: Obj) -> JResult<i32> {
    let descriptor = open_number(thread, this)?;
    let count = thread.blocking(|| file::available(descriptor)).unwrap_or(0);
    Ok(count.clamp(0, i64::from(i32::MAX)) as i32)
}

fn read_bytes(thread: &mut JavaThread, this: Obj, bytes: Obj, offset: i32, length: i32) -> JResult<i32> {
    let bytes = not_null(thread, bytes)?;
    if offset < 0 || length < 0 || i64::from(offset) + i64::from(length) > array_length(bytes) as i64 {
        return Err(thread.throw_plain("java/lang/IndexOutOfBoundsException"));
    }
    if length == 0 {
        return Ok(0);
    }
    let descriptor = open_number(thread, this)?;
    let mut buffer = vec![0u8; (length as usize).min(64 * 1024)];
    let source = if descriptor == 0 { thread.vm().options.stdin.as_ref() } else { None };
    let count = thread.blocking(|| match source {
        Some(source) => Ok(source(&mut buffer)),
        None => file::read(descriptor, &mut buffer),
    });
    match count {
        Ok(0) => Ok(-1),
        Ok(count) => {
            // SAFETY: the range was checked above.
            unsafe { array_slice::<u8>(bytes)[offset as usize..][..count].copy_from_slice(&buffer[..count]) };
            Ok(count as i32)
        }
        Err(error) => Err(thread.throw_new("java/io/IOException", &error.to_string())),
    }
}

//! `java.util.zip.Adler32`.

use super::stream::{array_slice_at, memory};
use peaberry_runtime::{JResult, JavaThread, Obj, natives};

natives! { pub NATIVES: "java/util/zip/Adler32" {
    "update" "(II)I" => update;
    "updateBytes" "(I[BII)I" => update_bytes;
    "updateByteBuffer" "(IJII)I" => update_buffer;
} }

fn updated(adler: i32, bytes: &[u8]) -> i32 {
    // SAFETY: pointer and length are a slice's.
    unsafe { libz_rs_sys::adler32_z(u64::from(adler as u32), bytes.as_ptr(), bytes.len()) as i32 }
}

fn update(_: &mut JavaThread, adler: i32, byte: i32) -> JResult<i32> {
    Ok(updated(adler, &[byte as u8]))
}

fn update_bytes(thread: &mut JavaThread, adler: i32, bytes: Obj, offset: i32, length: i32) -> JResult<i32> {
    Ok(updated(adler, array_slice_at(thread, bytes, offset, length)?))
}

fn update_buffer(_: &mut JavaThread, adler: i32, address: i64, offset: i32, length: i32) -> JResult<i32> {
    // SAFETY: the class library passes the range of a direct buffer that it keeps.
    Ok(updated(adler, unsafe { memory(address + i64::from(offset), length) }))
}

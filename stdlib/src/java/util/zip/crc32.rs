//! `java.util.zip.CRC32`.

use super::stream::{array_slice_at, memory};
use crc32fast::Hasher;
use peaberry_runtime::{JResult, JavaThread, Obj, natives};

natives! { pub NATIVES: "java/util/zip/CRC32" {
    "update" "(II)I" => update;
    "updateBytes0" "(I[BII)I" => update_bytes;
    "updateByteBuffer0" "(IJII)I" => update_buffer;
} }

fn updated(crc: i32, bytes: &[u8]) -> i32 {
    let mut hasher = Hasher::new_with_initial(crc as u32);
    hasher.update(bytes);
    hasher.finalize() as i32
}

fn update(_: &mut JavaThread, crc: i32, byte: i32) -> JResult<i32> {
    Ok(updated(crc, &[byte as u8]))
}

fn update_bytes(thread: &mut JavaThread, crc: i32, bytes: Obj, offset: i32, length: i32) -> JResult<i32> {
    Ok(updated(crc, array_slice_at(thread, bytes, offset, length)?))
}

fn update_buffer(_: &mut JavaThread, crc: i32, address: i64, offset: i32, length: i32) -> JResult<i32> {
    // SAFETY: the class library passes the range of a direct buffer that it keeps.
    Ok(updated(crc, unsafe { memory(address + i64::from(offset), length) }))
}

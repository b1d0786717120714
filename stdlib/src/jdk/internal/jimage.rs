//! `jdk.internal.jimage.NativeImageBuffer`: the class library's image, mapped.

use crate::jdk::internal::perf::direct_buffer;
use crate::support::not_null;
use peaberry_runtime::{JResult, JavaThread, Obj, natives, strings};
use peaberry_sys::file;
use std::os::fd::AsRawFd;

natives! { pub NATIVES: "jdk/internal/jimage/NativeImageBuffer" {
    "getNativeMap" "(Ljava/lang/String;)Ljava/nio/ByteBuffer;" => native_map;
} }

/// Null where it cannot be mapped: the class library then reads the file itself.
fn native_map(thread: &mut JavaThread, path: Obj) -> JResult<Obj> {
    let path = not_null(thread, path)?;
    let path = strings::to_rust(thread, path);
    let mapped = thread.blocking(|| {
        let image = std::fs::File::open(path).ok()?;
        let bytes = usize::try_from(image.metadata().ok()?.len()).ok()?;
        let address = file::map(image.as_raw_fd(), libc::PROT_READ, libc::MAP_SHARED, 0, bytes).ok()?;
        Some((address, bytes))
    });
    match mapped {
        // Kept for as long as the process: the class library never says when it has done with it.
        Some((address, bytes)) => direct_buffer(thread, address, bytes),
        None => Ok(Obj::NULL),
    }
}

//! `java.io.FileCleanable`.

use super::file_descriptor::close_number;
use crate::io_support::throw_io;
use peaberry_runtime::{JResult, JavaThread, natives};

natives! { pub NATIVES: "java/io/FileCleanable" {
    "cleanupClose0" "(IJ)V" [blocks] => cleanup_close;
} }

fn cleanup_close(thread: &mut JavaThread, descriptor: i32, _handle: i64) -> JResult<()> {
    if descriptor < 0 {
        return Ok(());
    }
    thread
        .blocking(|| close_number(descriptor))
        .map_err(|error| throw_io(thread, error))
}

//! From a declared native method to its function.
use super::NativeFunction;
use crate::method_area::MethodPtr;
use crate::thread::{JResult, JavaThread};

/// Index over the library's rows, and what `registerNatives`-like calls or an embedding added.
#[derive(Default)]
pub struct NativeRegistry {}

/// Finds (and keeps in `Method::native`) the function of a native method; UnsatisfiedLinkError naming class, method and descriptor.
pub fn link_native(thread: &mut JavaThread, method: MethodPtr) -> JResult<NativeFunction> {
    crate::stub!(thread, method)
}

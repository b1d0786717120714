//! The interpreter: quickened bytecode, handlers in tail position, profiles.
use crate::method_area::MethodPtr;
use crate::thread::{JResult, JavaThread};

/// Calls a method from Rust with its argument slots (receiver first; long and double take two slots). No virtual selection: `method` runs.
/// The holder must be initialized (or being so by this thread) for static methods; `call` makes sure.
pub fn call(thread: &mut JavaThread, method: MethodPtr, arguments: &[u64]) -> JResult<u64> {
    crate::stub!(thread, method, arguments)
}
/// Calls with virtual or interface selection on the receiver's class.
pub fn call_virtual(thread: &mut JavaThread, method: MethodPtr, arguments: &[u64]) -> JResult<u64> {
    crate::stub!(thread, method, arguments)
}
/// Address of the entry a fresh method gets (`Method::entry`).
pub fn entry_for(method: MethodPtr) -> usize {
    crate::stub!(method)
}

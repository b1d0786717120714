//! Compiled code at run time: where it lies, how it is entered, what it calls, how its frames are walked, and how it is
//! left for the interpreter.
//!
//! The compiler (`peaberry_jit`) knows nothing of this; what both agree on is in `peaberry_jit::layout` (conventions,
//! calls) and `peaberry_jit::code` (what it makes). An entry of the interpreter into compiled code pushes a Java frame
//! of the kind "compiled" ([`frames`]); compiled code that calls a method without code comes through the bridge
//! ([`bridge`]) into an interpreter of its own on the native stack.

mod aging;
mod bridge;
mod calls;
mod enter;
mod exit;
pub(crate) mod frames;
mod installed;
mod invalidate;
mod leaves;
mod query;
mod query_classes;
mod query_objects;
mod registry;
mod seen;
mod shape;
mod subtype;
mod table;
mod trampoline;
mod unwind;

pub use installed::InstalledCode;
pub use query::Query;
pub(crate) use registry::Discard;
pub use registry::{Compiled, CompiledStatistics, InstallError};

pub(crate) use aging::sweep_cold_code;
pub(crate) use enter::{run_loop, run_method};
pub(crate) use exit::{ExitInProgress, give_up};
pub(crate) use frames::{for_each_activation, native_ranges};
pub(crate) use invalidate::{LazyExit, class_linked, for_each_code_in_use};

/// Address of the compiled entry of a method without compiled code.
pub fn bridge_entry() -> usize {
    trampoline::interpreter_bridge as *const () as usize
}

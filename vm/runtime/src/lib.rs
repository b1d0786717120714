//! The runtime: method area, class loading and linking, interpreter, stacks, safepoints, threads, monitors, exceptions,
//! method handles, native calls.
//!
//! It knows what a Java program is. It must never know how the operating system is asked (`vm/sys`), how the class
//! library is spelled (`stdlib::wellknown`, `stdlib`'s natives), nor who embeds it (`vm/embed`).

/// Development aid: a function whose owner is still writing it.
#[macro_export]
#[doc(hidden)]
macro_rules! stub {
    ($($x:expr),*) => {{ $(let _ = $x;)* panic!("VM bug: unfinished function") }};
}

pub mod allocate;
pub mod basic_type;
pub mod boot;
mod calendar;
pub mod compiled;
pub mod exceptions;
pub mod handles;
pub mod instrument;
pub mod interp;
pub mod invoke;
pub mod known;
pub mod link;
pub mod loader;
pub mod log;
pub mod management;
pub mod method_area;
pub mod monitor;
pub mod native;
pub mod object;
pub mod options;
pub mod output;
pub mod roots;
pub mod safepoint;
pub mod stack;
pub mod strings;
pub mod thread;
pub mod tier;
pub mod vm;

pub use method_area::{ClassPtr, FieldPtr, MethodPtr, Sym};
pub use peaberry_gc::layout::Obj;
pub use thread::{JResult, JavaThread, Throw};
pub use vm::Vm;

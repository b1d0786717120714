//! Peaberry, a Java virtual machine, as a Rust library.
//!
//! ```no_run
//! use peaberry::{Value, Vm};
//! let vm = Vm::builder().class_path("app.jar").max_heap(64 << 20).build()?;
//! let class = vm.find_class("com.example.Rules")?;
//! let answer = class.call_static("evaluate", "(ILjava/lang/String;)I", &[Value::Int(3), vm.string("x")?])?;
//! assert_eq!(answer, Value::Int(42));
//! # Ok::<(), peaberry::Error>(())
//! ```
//!
//! A [`Vm`] is a value: several live side by side in one process, and dropping the last handle ends its threads and
//! gives its memory back. This crate knows how a VM is made and called; how Java runs is `peaberry-runtime`'s.

mod attach;
mod builder;
mod class;
mod error;
mod find_jdk;
mod launch;
mod value;
mod vm;

pub use builder::{Sizes, VmBuilder};
pub use class::{Class, Reference};
pub use error::{Error, JavaException};
pub use find_jdk::{find_jdk, has_class_library, release_value};
pub use launch::{Help, Launch, LaunchTarget, Settings, VersionRequest, launch};
pub use peaberry_runtime::log;
pub use peaberry_runtime::options::{InputSource, OutputSink, VerifyMode};
pub use peaberry_stdlib::VM_NAME;
pub use peaberry_stdlib::sun::instrument::NoAgent;
pub use value::Value;
pub use vm::Vm;

/// All native methods this build of the VM has, for tools that compare them with a class library.
pub fn native_rows() -> impl Iterator<Item = &'static peaberry_runtime::native::NativeRow> {
    peaberry_stdlib::LIBRARY.natives.iter().flat_map(|table| table.iter())
}

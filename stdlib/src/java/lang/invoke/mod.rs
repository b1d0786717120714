//! `java.lang.invoke`.

pub mod method_handle;
pub mod method_handle_natives;
pub mod var_handle;

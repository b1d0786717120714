//! `jdk.internal.misc`.
pub mod signal;
pub mod unsafe_access;
pub mod unsafe_memory;
pub mod vm;

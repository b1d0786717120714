//! `jdk.internal.misc`.
pub mod scoped_memory_access;
pub mod signal;
pub mod unsafe_access;
pub mod unsafe_memory;
pub mod vm;

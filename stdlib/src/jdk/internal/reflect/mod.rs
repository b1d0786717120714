//! `jdk.internal.reflect`.
pub mod accessors;
pub mod constant_pool;
pub mod reflection;

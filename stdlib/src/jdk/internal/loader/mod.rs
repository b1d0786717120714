//! `jdk.internal.loader`.
pub mod boot_loader;
pub mod native_libraries;

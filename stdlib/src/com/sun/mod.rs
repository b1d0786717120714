//! `com.sun`.

pub mod management;
pub mod security;

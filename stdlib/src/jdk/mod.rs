//! Packages `jdk.*`.
pub mod internal;
pub mod net;

//! Packages `jdk.*`.
pub mod internal;

//! `com`.

pub mod sun;

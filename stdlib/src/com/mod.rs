//! `com`.

pub mod sun_management;

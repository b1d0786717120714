//! `java.util`.
pub mod time_zone;

//! `java.util`.
pub mod prefs;
pub mod time_zone;
pub mod zip;

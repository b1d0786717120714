//! `java.net`.

pub mod addresses;

//! `java.net`.

pub mod addresses;
pub mod inet_address;
pub mod inet_address_impl;
pub mod network_interface;

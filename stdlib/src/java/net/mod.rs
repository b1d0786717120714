//! `java.net`.

pub mod addresses;
pub mod inet_address;
pub mod inet_address_impl;
pub mod network_interface;
pub mod plain;
pub mod plain_datagram_socket_impl;
pub mod plain_socket_impl;

//! `sun`.

pub mod instrument;
pub mod management;
pub mod net;
pub mod nio;
pub mod rmi;

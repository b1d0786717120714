//! `sun`.

pub mod management;
pub mod net;
pub mod nio;

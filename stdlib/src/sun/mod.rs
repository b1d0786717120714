//! `sun`.

pub mod net;
pub mod nio;

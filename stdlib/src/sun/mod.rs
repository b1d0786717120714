//! `sun`.

pub mod nio;

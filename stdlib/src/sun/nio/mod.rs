//! `sun.nio`.

pub mod fs;

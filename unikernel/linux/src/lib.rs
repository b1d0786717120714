//! What `shim` and `guest`, which both stand in for Linux under the same program, have in common: how they keep its mappings,
//! and what lies on its stack while a handler of a signal runs.

#![no_std]

extern crate alloc;

pub mod areas;
pub mod signal_frame;

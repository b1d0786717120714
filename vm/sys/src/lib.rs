//! The only door to the operating system: memory maps, threads, time, signals, files, sockets, processes.
//!
//! Everything here is a thin, typed layer over system calls; it must never know what a Java object, class or VM is.
//! Process-wide state exists in [`signal`] alone.

pub mod memory;
pub mod signal;
pub mod thread;
pub mod time;

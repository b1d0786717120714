//! The only door to the operating system: memory maps, threads, time, signals, files, sockets, processes.
//!
//! Everything here is a thin, typed layer over system calls; it must never know what a Java object, class or VM is.
//! Process-wide state exists in [`signal`], [`mapping`] and [`debugger`] alone.

/// The statically linked program runs in guests: nobody sees the names of its threads, no control group limits it, and each
/// system call takes tens of microseconds.
pub const FOR_GUESTS: bool = cfg!(target_feature = "crt-static");

pub mod address_map;
pub mod debugger;
pub mod directory;
pub mod dual_mapping;
pub mod errno;
pub mod event;
pub mod file;
pub mod mapping;
pub mod memory;
pub mod process;
pub mod resolver;
pub mod signal;
pub mod socket;
pub mod system;
pub mod thread;
pub mod time;
pub mod wakeup;

//! A kernel for one program, the VM, under monitors that know nothing of it: what does not need the processor's own
//! instructions, and can be tested as an ordinary library. The program around it is `main.rs`, with the feature `kernel`.
//!
//! One processor runs one thing at a time: the kernel is never interrupted, and a thread that waits leaves nothing behind on
//! a stack of the kernel's. What it waits for is a value ([`threads::State`]), and its call is either finished by who ends
//! the wait, or served anew.

#![no_std]

extern crate alloc;
#[cfg(test)]
extern crate std;

pub mod address_space;
pub mod calendar;
pub mod calls;
pub mod descriptors;
pub mod elf;
pub mod errno;
pub mod files;
pub mod frames;
pub mod futex;
pub mod heap;
pub mod kernel;
pub mod memory_map;
pub mod page_tables;
pub mod random;
pub mod signal_frame;
pub mod signals;
pub mod start;
pub mod threads;

#[cfg(test)]
mod testing;

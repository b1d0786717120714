//! The kernel as a program: it is loaded at 1 MiB by a monitor that knows the PVH boot protocol, finds what it runs in the
//! package that the monitor loaded with it, and never returns.

#![no_std]
#![no_main]

extern crate alloc;

mod machine;

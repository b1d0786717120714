//! Peaberry's monitor: runs a statically linked Linux program, the VM itself, in a virtual machine of KVM's.
//!
//! The program is not changed for it: it runs at CPL 3, and its system calls come out to the monitor, which serves those
//! that a VM needs ([`hypercalls`]) as far as the guest was granted what they ask for ([`policy`]), and refuses the rest.
//! There is no operating system in the guest, only page and descriptor tables and a few instructions ([`tables`]).

pub mod address_space;
pub mod confinement;
pub mod descriptors;
pub mod errno;
pub mod hypercalls;
pub mod loader;
pub mod memory;
pub mod policy;
pub mod system;
pub mod tables;
pub mod vcpu;
pub mod vm;

pub use policy::Grant;
pub use vm::{BootError, Configuration, Ending, run};

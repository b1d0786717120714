//! Peaberry's monitor: runs a statically linked Linux program, the VM itself, in a virtual machine of KVM's.
//!
//! The program is not changed for it: it runs at CPL 3, and its system calls come out to the monitor, which serves those
//! that a VM needs ([`hypercalls`]) as far as the guest was granted what they ask for ([`policy`]), and refuses the rest.
//! There is no operating system in the guest, only page and descriptor tables and a few instructions ([`tables`]).

pub mod address_space;
mod ahead;
mod beside;
pub mod call_sites;
pub mod clock_page;
pub mod confinement;
#[cfg(not(feature = "without-kvm"))]
mod cpuid;
pub mod descriptors;
pub mod direct;
pub mod errno;
pub mod faults;
pub mod front_end;
mod host_faults;
mod host_signals;
pub mod hypercalls;
pub mod image;
pub mod landlock;
pub mod loader;
pub mod memory;
pub mod network;
pub mod packed;
pub mod page_cache;
pub mod pieces;
pub mod policy;
mod resident;
pub mod signal_frame;
pub mod signals;
pub mod socket_address;
pub mod statistics;
#[cfg_attr(feature = "without-kvm", path = "pretended/system.rs")]
pub mod system;
pub mod tables;
#[cfg_attr(feature = "without-kvm", path = "pretended/vcpu.rs")]
pub mod vcpu;
pub mod vm;

pub use image::{Image, ImageError, Node};
pub use network::{Endpoints, Network};
pub use policy::{Grant, real_path};
pub use vm::{BootError, Configuration, Ending, Guest, Known, Limits, Preparation, run, run_apart};

//! `sun.management`: what the platform's MXBeans ask the VM.

pub mod memory;
pub mod threads;
pub mod vm_management;

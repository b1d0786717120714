//! `sun.management`: what the management beans of `java.lang.management` show.

pub mod memory;
pub mod notifications;
pub mod thread_info;
pub mod threads;
pub mod vm_management;

//! What needs the processor's own instructions and the machine's devices.

mod boot;
mod clock;
mod console;
mod descriptor_tables;
mod entry;
mod interrupts;
mod memory;
mod ports;
mod power;
mod processor;
mod run;
mod runtime;

/// Where the kernel sees physical memory.
pub const DIRECT_MAP: u64 = 0xffff_8000_0000_0000;
/// Where it sees itself, less where it lies.
pub const KERNEL_OFFSET: u64 = 0xffff_ffff_8000_0000;

/// A place for something that the kernel has one of. Nothing ever interrupts it, and there is one processor.
pub struct Only<T>(core::cell::UnsafeCell<T>);

// SAFETY: one processor, and interrupts are let in where the kernel uses nothing.
unsafe impl<T> Sync for Only<T> {}

impl<T> Only<T> {
    /// Something.
    pub const fn new(value: T) -> Only<T> {
        Only(core::cell::UnsafeCell::new(value))
    }

    /// Where it is.
    pub const fn pointer(&self) -> *mut T {
        self.0.get()
    }
}

//! The end of the machine.

use super::console::say;
use super::{DIRECT_MAP, ports};
use core::arch::asm;

/// QEMU's device that ends it with an exit code made of what is written: `-device isa-debug-exit,iobase=0x501,iosize=2`.
const DEBUG_EXIT: u16 = 0x501;
/// The sleep control register of QEMU's `microvm`, and what turns it off there (S5).
const MICROVM_SLEEP: u64 = 0xfea0_0200;
const MICROVM_OFF: u8 = 5 << 2 | 1 << 5;
/// The power management register of QEMU's `q35`, and what turns it off there.
const Q35_SLEEP: u16 = 0x604;
const Q35_OFF: u16 = 1 << 13;
/// The keyboard controller's command that resets the machine.
const KEYBOARD: (u16, u8) = (0x64, 0xfe);

/// Turns the machine off, in whatever way it knows; a machine that knows none is reset.
pub fn off(code: i32) -> ! {
    ports::write_two(DEBUG_EXIT, code as u16);
    let sleep = core::ptr::with_exposed_provenance_mut::<u8>((DIRECT_MAP + MICROVM_SLEEP) as usize);
    // SAFETY: a device's register, or nothing; no memory is there.
    unsafe { sleep.write_volatile(MICROVM_OFF) };
    ports::write_two(Q35_SLEEP, Q35_OFF);
    ports::write(KEYBOARD.0, KEYBOARD.1);
    let none = [0u16; 5];
    // SAFETY: an exception that nobody handles, nor the one of its not being handled: the processor resets itself.
    unsafe { asm!("lidt [{}]", "ud2", in(reg) &none, options(noreturn)) }
}

/// The kernel cannot go on.
pub fn fail(why: core::fmt::Arguments<'_>) -> ! {
    const CODE: i32 = 125;
    say!("peaberry kernel: {why}");
    off(CODE)
}

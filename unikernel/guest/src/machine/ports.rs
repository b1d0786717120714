//! Input and output by ports.

use core::arch::asm;

/// Reads a byte.
pub fn read(port: u16) -> u8 {
    let value;
    // SAFETY: ports of devices that do nothing to memory.
    unsafe { asm!("in al, dx", in("dx") port, out("al") value, options(nomem, nostack, preserves_flags)) };
    value
}

/// Writes a byte.
pub fn write(port: u16, value: u8) {
    // SAFETY: ports of devices that do nothing to memory.
    unsafe { asm!("out dx, al", in("dx") port, in("al") value, options(nomem, nostack, preserves_flags)) };
}

/// Writes two bytes at once.
pub fn write_two(port: u16, value: u16) {
    // SAFETY: ports of devices that do nothing to memory.
    unsafe { asm!("out dx, ax", in("dx") port, in("ax") value, options(nomem, nostack, preserves_flags)) };
}

//! The processor's own interrupt controller, of which the timer alone is used.

use super::{DIRECT_MAP, ports};
use peaberry_guest_kernel::kernel::TIMER;

/// Physical address of its registers.
pub const BASE: u64 = 0xfee0_0000;
/// The register that is written when an interrupt was handled.
pub const END_OF_INTERRUPT: u64 = 0xb0;
const SPURIOUS: u64 = 0xf0;
const TIMER_VECTOR: u64 = 0x320;
const LINE_0: u64 = 0x350;
const LINE_1: u64 = 0x360;
const TIMER_START: u64 = 0x380;
const TIMER_NOW: u64 = 0x390;
const TIMER_DIVISOR: u64 = 0x3e0;
const BY_16: u32 = 3;
const MASKED: u32 = 1 << 16;
const ON: u32 = 1 << 8;

fn register(offset: u64) -> *mut u32 {
    core::ptr::with_exposed_provenance_mut((DIRECT_MAP + BASE + offset) as usize)
}

fn write(offset: u64, value: u32) {
    // SAFETY: a register of the controller's.
    unsafe { register(offset).write_volatile(value) };
}

/// Turns the controller on, and the older ones off.
pub fn prepare() {
    for port in [0x21, 0xa1] {
        ports::write(port, 0xff);
    }
    write(SPURIOUS, ON | 0xff);
    write(LINE_0, MASKED);
    write(LINE_1, MASKED);
    write(TIMER_DIVISOR, BY_16);
    write(TIMER_VECTOR, TIMER as u32 | MASKED);
}

/// Has the timer count down from here, and gives an interrupt at 0.
pub fn start_timer(ticks: u32) {
    write(TIMER_VECTOR, TIMER as u32);
    write(TIMER_START, ticks);
}

/// Has it count as far as it can, without an interrupt.
pub fn start_counting() {
    write(TIMER_VECTOR, TIMER as u32 | MASKED);
    write(TIMER_START, u32::MAX);
}

/// How far it counted.
pub fn counted() -> u32 {
    // SAFETY: a register of the controller's.
    u32::MAX - unsafe { register(TIMER_NOW).read_volatile() }
}

/// The interrupt was handled.
pub fn done() {
    write(END_OF_INTERRUPT, 0);
}

//! The first serial port.

use super::{Only, ports};
use core::fmt::{self, Write};

const PORT: u16 = 0x3f8;
const LINE_STATUS: u16 = PORT + 5;
const INPUT_READY: u8 = 1;
const OUTPUT_READY: u8 = 1 << 5;
/// What a port gives where there is no device.
const NOBODY: u8 = 0xff;

/// A byte that came before the device was set up, which forgets it.
static EARLY: Only<Option<u8>> = Only::new(None);

/// 115200 baud, 8 bits, no interrupts, with the device's own queue.
pub fn prepare() {
    // SAFETY: before anything else runs.
    unsafe { EARLY.pointer().write(read_now()) };
    for (register, value) in [(1, 0), (3, 0x80), (0, 1), (1, 0), (3, 3), (2, 7), (4, 3)] {
        ports::write(PORT + register, value);
    }
}

/// Writes, each byte as soon as the device takes it.
pub fn write(bytes: &[u8]) {
    for &byte in bytes {
        while ports::read(LINE_STATUS) & OUTPUT_READY == 0 {
            core::hint::spin_loop();
        }
        ports::write(PORT, byte);
    }
}

/// Reads a byte if there is one.
pub fn read() -> Option<u8> {
    // SAFETY: nobody else uses it.
    unsafe { (*EARLY.pointer()).take() }.or_else(read_now)
}

fn read_now() -> Option<u8> {
    let status = ports::read(LINE_STATUS);
    (status != NOBODY && status & INPUT_READY != 0).then(|| ports::read(PORT))
}

/// The console for formatted text.
pub struct Console;

impl Write for Console {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        write(text.as_bytes());
        Ok(())
    }
}

/// Writes a line of the kernel's own.
macro_rules! say {
    ($($argument:tt)*) => {{
        use core::fmt::Write as _;
        let _ = writeln!($crate::machine::console::Console, $($argument)*);
    }};
}
pub(crate) use say;

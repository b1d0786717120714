//! Time: the processor's time stamp, measured once against the machine's interval timer, and the date of the real-time clock.

use super::{interrupts, ports, power, processor};
use peaberry_guest_kernel::calendar::{self, Registers};

/// Ticks of the interval timer in a second.
const INTERVAL_FREQUENCY: u64 = 1_193_182;
/// Its ticks of a measurement, which are 5 ms, and how many measurements there are, of which the shortest counts.
const MEASURED: u64 = 5966;
const MEASUREMENTS: usize = 3;

/// How the clocks run.
#[derive(Clone, Copy)]
pub struct Clock {
    /// The time stamp at the start.
    first: u64,
    /// Nanoseconds of a tick of the time stamp, times 2^32.
    factor: u64,
    /// Ticks of the interrupt controller's timer in a nanosecond, times 2^32.
    timer: u64,
    /// Nanoseconds since 1970 at the start.
    started: u64,
}

/// Ticks of the time stamp and of the interrupt controller's timer while the interval timer counts. Its first channel tells by its
/// status that it has; the port that would tell of the third one is not there in every machine.
fn measure() -> Option<(u64, u64)> {
    const CHANNEL: u16 = 0x40;
    const COMMAND: u16 = 0x43;
    const COUNT_ONCE: u8 = 0x30;
    const READ_STATUS: u8 = 0xe2;
    /// Nobody is there whose status has all bits set.
    const COUNTED: u8 = 1 << 7;
    const ABSENT: u8 = 0xff;
    const PATIENCE: u64 = 1 << 36;
    ports::write(COMMAND, COUNT_ONCE);
    ports::write(CHANNEL, MEASURED as u8);
    interrupts::start_counting();
    ports::write(CHANNEL, (MEASURED >> 8) as u8);
    let first = processor::stamp();
    loop {
        ports::write(COMMAND, READ_STATUS);
        match ports::read(CHANNEL) {
            ABSENT => return None,
            status if status & COUNTED != 0 => break,
            _ if processor::stamp() - first > PATIENCE => return None,
            _ => {}
        }
    }
    Some((processor::stamp() - first, u64::from(interrupts::counted())))
}

/// What the real-time clock says.
fn date() -> Option<u64> {
    let register = |number| {
        ports::write(0x70, number);
        ports::read(0x71)
    };
    const UPDATING: (u8, u8) = (10, 0x80);
    let read = || Registers {
        fields: [0, 2, 4, 7, 8, 9].map(register),
        century: register(0x32),
        mode: register(11),
    };
    // Twice the same: nothing changed while it was read.
    let mut last = read();
    for _ in 0..100 {
        let next = read();
        if next == last && register(UPDATING.0) & UPDATING.1 == 0 {
            break;
        }
        last = next;
    }
    calendar::seconds(&last)
}

impl Clock {
    /// Measures.
    pub fn new() -> Clock {
        let measured = (0..MEASUREMENTS).map_while(|_| measure());
        let Some((stamps, ticks)) = measured.min() else {
            power::fail(format_args!("no interval timer to measure the processor's clock by"))
        };
        let nanoseconds = MEASURED * 1_000_000_000 / INTERVAL_FREQUENCY;
        let factor = (u128::from(nanoseconds) << 32) / u128::from(stamps.max(1));
        Clock {
            first: processor::stamp(),
            factor: factor as u64,
            timer: (u64::from(ticks as u32) << 32) / nanoseconds,
            started: date().unwrap_or_default() * 1_000_000_000,
        }
    }

    /// Nanoseconds since the start.
    pub fn now(&self) -> u64 {
        let ticks = processor::stamp().saturating_sub(self.first);
        ((u128::from(ticks) * u128::from(self.factor)) >> 32) as u64
    }

    /// Nanoseconds since 1970 at the start.
    pub fn started(&self) -> u64 {
        self.started
    }

    /// Has an interrupt come after so many nanoseconds, or earlier when they are very many.
    pub fn interrupt_in(&self, nanoseconds: u64) {
        let ticks = (u128::from(nanoseconds) * u128::from(self.timer)) >> 32;
        interrupts::start_timer(u32::try_from(ticks).unwrap_or(u32::MAX).max(1));
    }
}

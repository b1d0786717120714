//! Recent loads of the processors: each question looks back to the one before.

use parking_lot::Mutex;
use peaberry_sys::{system, thread, time};

/// Shorter stretches tell nothing, as the system counts in ticks.
const SHORTEST: i64 = 50_000_000;

#[derive(Default)]
struct Sample {
    /// Monotonic nanoseconds.
    at: i64,
    busy: i64,
    total: i64,
    load: Option<f64>,
}

impl Sample {
    /// The share of what was added since the last sample.
    fn advance(&mut self, at: i64, busy: i64, total: i64) -> Option<f64> {
        if self.load.is_some() && at - self.at < SHORTEST {
            return self.load;
        }
        let (busy_since, total_since) = (busy - self.busy, total - self.total);
        if total_since > 0 {
            let load = (busy_since as f64 / total_since as f64).clamp(0.0, 1.0);
            *self = Sample {
                at,
                busy,
                total,
                load: Some(load),
            };
        }
        self.load
    }
}

/// The samples of one VM.
#[derive(Default)]
pub struct Loads {
    process: Mutex<Sample>,
    system: Mutex<Sample>,
}

impl Loads {
    /// Share of the processors' time that this process got since the last question, or since the VM's start.
    pub fn process(&self, vm_start: i64) -> Option<f64> {
        let now = time::monotonic_nanoseconds();
        let total = (now - vm_start).saturating_mul(thread::processor_count() as i64);
        self.process.lock().advance(now, time::process_cpu_nanoseconds(), total)
    }

    /// Share of the processors' time that was used by anybody since the last question.
    pub fn system(&self) -> Option<f64> {
        let (busy, total) = system::processor_ticks()?;
        self.system.lock().advance(time::monotonic_nanoseconds(), busy, total)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loads_are_shares_of_what_was_added() {
        let mut sample = Sample::default();
        assert_eq!(sample.advance(SHORTEST, 50, 100), Some(0.5));
        assert_eq!(sample.advance(SHORTEST + 1, 150, 200), Some(0.5));
        assert_eq!(sample.advance(2 * SHORTEST, 150, 200), Some(1.0));
    }
}

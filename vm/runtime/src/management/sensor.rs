//! A threshold of a pool's use, and the class library's sensor that is told when it is crossed.

use super::Usage;
use crate::handles::Handle;
use parking_lot::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What a sensor is to be told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SensorChange {
    /// The threshold was crossed upwards, so many times, last with this use.
    On(u32, Usage),
    /// It was crossed downwards, after so many crossings upwards that were not told yet.
    Off(u32),
}

#[derive(Default)]
struct State {
    object: Option<Handle>,
    on: bool,
    /// Not told yet.
    crossed: u32,
    cleared: bool,
    usage: Usage,
}

/// A threshold and what became of it.
#[derive(Default)]
pub(super) struct Sensor {
    /// 0: none.
    threshold: AtomicUsize,
    state: Mutex<State>,
}

impl Sensor {
    pub fn threshold(&self) -> usize {
        self.threshold.load(Ordering::Relaxed)
    }

    pub fn set_threshold(&self, threshold: usize) {
        self.threshold.store(threshold, Ordering::Relaxed);
    }

    pub fn set_object(&self, object: Handle) {
        self.state.lock().object = Some(object);
    }

    /// Compares; answers whether there is something to tell. A use that stays high counts once, or each time if
    /// `counts_each`.
    pub fn look(&self, usage: Usage, counts_each: bool) -> bool {
        let threshold = self.threshold();
        if threshold == 0 {
            return false;
        }
        let mut state = self.state.lock();
        if state.object.is_none() {
            return false;
        }
        if usage.used >= threshold {
            if counts_each || (!state.on && state.crossed == 0) || state.cleared {
                state.crossed += 1;
                state.cleared = false;
                state.usage = usage;
                return true;
            }
        } else if !state.cleared && (state.on || state.crossed != 0) {
            state.cleared = true;
            return true;
        }
        false
    }

    /// What is to be told now.
    pub fn take_change(&self) -> Option<(Handle, SensorChange)> {
        let mut state = self.state.lock();
        let object = state.object?;
        let crossed = std::mem::take(&mut state.crossed);
        if std::mem::take(&mut state.cleared) {
            state.on = false;
            Some((object, SensorChange::Off(crossed)))
        } else if crossed != 0 {
            state.on = true;
            Some((object, SensorChange::On(crossed, state.usage)))
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use SensorChange::{Off, On};

    fn used(used: usize) -> Usage {
        Usage {
            used,
            ..Usage::default()
        }
    }

    fn sensor() -> Sensor {
        let sensor = Sensor::default();
        sensor.set_object(Handle(7));
        sensor.set_threshold(100);
        sensor
    }

    #[test]
    fn a_gauge_tells_crossings() {
        let sensor = sensor();
        assert!(!sensor.look(used(99), false));
        assert!(sensor.look(used(100), false));
        assert!(!sensor.look(used(101), false));
        assert_eq!(sensor.take_change(), Some((Handle(7), On(1, used(100)))));
        assert!(!sensor.look(used(100), false));
        assert!(sensor.look(used(99), false));
        assert_eq!(sensor.take_change(), Some((Handle(7), Off(0))));
        assert_eq!(sensor.take_change(), None);
    }

    #[test]
    fn a_counter_tells_each_time() {
        let sensor = sensor();
        assert!(sensor.look(used(100), true));
        assert!(sensor.look(used(120), true));
        assert_eq!(sensor.take_change(), Some((Handle(7), On(2, used(120)))));
        assert!(sensor.look(used(1), true));
        assert!(sensor.look(used(130), true));
        assert_eq!(sensor.take_change(), Some((Handle(7), On(1, used(130)))));
    }
}

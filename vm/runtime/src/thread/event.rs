//! A binary event one thread waits for and others set.

use parking_lot::{Condvar, Mutex};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// A flag with a place to wait for it. A wait that ends takes the flag down again; setting it twice is setting it once.
#[derive(Default)]
pub struct Event {
    raised: AtomicBool,
    mutex: Mutex<()>,
    condvar: Condvar,
}

impl Event {
    /// Raises the flag and wakes the waiting thread.
    pub fn set(&self) {
        if !self.raised.swap(true, Ordering::SeqCst) {
            // A waiter that looked before the store above holds the mutex until it sleeps.
            drop(self.mutex.lock());
            self.condvar.notify_one();
        }
    }

    /// Takes the flag down; true if it was up.
    #[inline]
    pub fn take(&self) -> bool {
        self.raised.swap(false, Ordering::SeqCst)
    }

    /// Waits for the flag and takes it down; false when the deadline passed first.
    pub fn wait(&self, deadline: Option<Instant>) -> bool {
        if self.take() {
            return true;
        }
        let mut guard = self.mutex.lock();
        loop {
            if self.take() {
                return true;
            }
            match deadline {
                None => self.condvar.wait(&mut guard),
                Some(deadline) => {
                    if self.condvar.wait_until(&mut guard, deadline).timed_out() {
                        return self.take();
                    }
                }
            }
        }
    }
}

/// The instant `nanos` from now; `None` when that is beyond what the clock can express.
pub fn deadline_after(nanos: u64) -> Option<Instant> {
    Instant::now().checked_add(Duration::from_nanos(nanos))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_is_never_lost() {
        let (ping, pong) = (Event::default(), Event::default());
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for _ in 0..20_000 {
                    assert!(ping.wait(None));
                    pong.set();
                }
            });
            for _ in 0..20_000 {
                ping.set();
                assert!(pong.wait(deadline_after(10_000_000_000)));
            }
        });
        assert!(!ping.wait(deadline_after(1_000)));
    }
}

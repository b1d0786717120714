//! How often and how long a thread was blocked or waiting, as `ThreadInfo` tells it.

use crate::vm::Vm;
use peaberry_sys::time::monotonic_nanoseconds;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

/// Counts stretches of time and, where the VM measures contention, adds them up. One thread writes it.
#[derive(Default)]
pub struct Stopwatch {
    count: AtomicU64,
    nanoseconds: AtomicI64,
    /// Begin of the present stretch; 0: none is measured.
    since: AtomicI64,
}

impl Stopwatch {
    pub(crate) fn begin(&self, vm: &Vm) {
        self.count.fetch_add(1, Ordering::Relaxed);
        if vm.management.measures_contention() {
            self.since.store(monotonic_nanoseconds(), Ordering::Relaxed);
        }
    }

    pub(crate) fn end(&self) {
        let since = self.since.swap(0, Ordering::Relaxed);
        if since != 0 {
            self.nanoseconds
                .fetch_add(monotonic_nanoseconds() - since, Ordering::Relaxed);
        }
    }

    /// Stretches so far, the present one included.
    pub fn count(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }

    /// Their time, the present one's included.
    pub fn milliseconds(&self) -> i64 {
        let since = self.since.load(Ordering::Relaxed);
        let present = if since == 0 { 0 } else { monotonic_nanoseconds() - since };
        (self.nanoseconds.load(Ordering::Relaxed) + present.max(0)) / 1_000_000
    }

    /// Forgets the time measured.
    pub fn reset_time(&self) {
        self.nanoseconds.store(0, Ordering::Relaxed);
    }

    pub(crate) fn recycle(&self) {
        self.count.store(0, Ordering::Relaxed);
        self.since.store(0, Ordering::Relaxed);
        self.reset_time();
    }
}

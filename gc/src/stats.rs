//! Numbers about a heap, for `Runtime`, the management beans and the log.

use crate::heap::Heap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// What a heap's memory is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(usize)]
pub enum Space {
    /// Blocks of objects that a collection may move.
    Blocks,
    /// Large objects, each in blocks of its own.
    Large,
    /// Blocks of objects that never move.
    Immovable,
}

/// Number of [`Space`]s.
pub const SPACES: usize = 3;

/// A snapshot of a heap's numbers.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Statistics {
    /// Bytes in use: what survived the last collection and what was handed out since.
    pub used_bytes: usize,
    /// Bytes the heap may use before it has to grow (`Runtime.totalMemory`).
    pub committed_bytes: usize,
    /// Bytes the heap may ever use (`Runtime.maxMemory`).
    pub max_bytes: usize,
    /// Bytes the heap started with.
    pub initial_bytes: usize,
    /// Bytes that survived the last collection.
    pub live_bytes: usize,
    /// Collections so far.
    pub collections: u64,
    /// Time spent in them, nanoseconds.
    pub collection_nanoseconds: u64,
    /// Bytes handed out since the heap was made.
    pub total_allocated_bytes: u64,
    /// Bytes in use, by [`Space`].
    pub used_by_space: [usize; SPACES],
    /// Bytes that survived the last collection, by [`Space`].
    pub live_by_space: [usize; SPACES],
}

/// The counters behind [`Statistics`]; read without a lock.
#[derive(Default, Debug)]
pub(crate) struct Counters {
    pub live: AtomicUsize,
    pub allocated: AtomicUsize,
    pub committed: AtomicUsize,
    pub collections: AtomicU64,
    pub nanoseconds: AtomicU64,
    /// Bytes handed out up to the last collection.
    pub allocated_before: AtomicU64,
    pub live_by_space: [AtomicUsize; SPACES],
    /// Bytes handed out since the last collection.
    pub allocated_by_space: [AtomicUsize; SPACES],
}

impl Heap {
    /// The heap's numbers now.
    pub fn statistics(&self) -> Statistics {
        let counters = &self.counters;
        let live = counters.live.load(Ordering::Relaxed);
        let allocated = counters.allocated.load(Ordering::Relaxed);
        let used = (live + allocated).min(self.config.max_bytes);
        let live_by_space = counters.live_by_space.each_ref().map(|n| n.load(Ordering::Relaxed));
        let mut used_by_space = live_by_space;
        for (used, allocated) in used_by_space.iter_mut().zip(&counters.allocated_by_space) {
            *used += allocated.load(Ordering::Relaxed);
        }
        Statistics {
            used_bytes: used,
            committed_bytes: counters.committed.load(Ordering::Relaxed).max(used),
            max_bytes: self.config.max_bytes,
            initial_bytes: self.config.initial_bytes,
            live_bytes: live,
            collections: counters.collections.load(Ordering::Relaxed),
            collection_nanoseconds: counters.nanoseconds.load(Ordering::Relaxed),
            total_allocated_bytes: counters.allocated_before.load(Ordering::Relaxed) + allocated as u64,
            used_by_space,
            live_by_space,
        }
    }
}

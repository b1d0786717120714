//! The heap as its users see it. A value: several live side by side, and nothing of them is process-wide.

use crate::block::*;
use crate::collect::CollectorState;
use crate::layout::{ADDRESS_LIMIT, Obj, align_object};
use crate::metadata::{Metadata, Tables};
use crate::policy;
use crate::spaces::{Hole, Served, Spaces};
use crate::stats::{Counters, Space};
use crate::tlab::Tlab;
use parking_lot::Mutex;
use peaberry_sys::memory::MemoryError;
use std::ops::Range;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

/// How a heap is to behave.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct HeapConfig {
    /// Bytes objects may take (`-Xmx`). When the heap's range is longer, the rest is head room for moving objects.
    pub max_bytes: usize,
    /// Bytes after whose allocation the first collection is due (`-Xms`).
    pub initial_bytes: usize,
    /// Ask for a collection at every n-th allocation, and move all that can be moved; 0: off.
    pub stress_interval: u64,
    /// Verify the heap after each collection.
    pub verify: bool,
}

impl Default for HeapConfig {
    fn default() -> Self {
        HeapConfig {
            max_bytes: 256 << 20,
            initial_bytes: 32 << 20,
            stress_interval: 0,
            verify: false,
        }
    }
}

/// Why a heap could not be made.
#[derive(Debug, thiserror::Error)]
pub enum HeapError {
    /// The range is empty, not block-aligned, or beyond the reach of narrow pointers.
    #[error("bad heap range {start:#x}..{end:#x}")]
    BadRange {
        /// First address.
        start: usize,
        /// Address after the last.
        end: usize,
    },
    /// No memory for the heap's tables.
    #[error("could not reserve the heap's tables: {0}")]
    Memory(#[from] MemoryError),
    /// No memory for the collector's lists.
    #[error("could not reserve the collector's lists")]
    NoCollectorMemory,
}

/// Tells whether an address is that of a class structure; for the heap verifier.
pub type ClassCheck = Box<dyn Fn(usize) -> bool + Send + Sync>;

/// A garbage-collected heap in a given address range.
pub struct Heap {
    pub(crate) range: Range<usize>,
    pub(crate) config: HeapConfig,
    pub(crate) tables: Tables,
    pub(crate) spaces: Mutex<Spaces>,
    pub(crate) collector: Mutex<CollectorState>,
    /// Head of the pending list, linked through `Reference.discovered`.
    pub(crate) pending: AtomicUsize,
    pub(crate) counters: Counters,
    pub(crate) class_check: OnceLock<ClassCheck>,
    pub(crate) check_barriers: AtomicBool,
    /// Buffers with a chunk.
    buffers: AtomicUsize,
    stress_counter: AtomicU64,
}

impl std::fmt::Debug for Heap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Heap")
            .field("range", &self.range)
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}

impl Heap {
    /// A heap in `range`, block-aligned, reserved but not committed address space below the address limit.
    ///
    /// # Safety
    /// The range belongs to the heap alone and stays reserved as long as the heap lives.
    pub unsafe fn new(range: Range<usize>, config: HeapConfig) -> Result<Heap, HeapError> {
        let aligned = range.start.is_multiple_of(BLOCK_BYTES) && range.end.is_multiple_of(BLOCK_BYTES);
        if !aligned || range.start == 0 || range.is_empty() || range.end > ADDRESS_LIMIT {
            return Err(HeapError::BadRange {
                start: range.start,
                end: range.end,
            });
        }
        let range_blocks = range.len() >> BLOCK_SHIFT;
        let max_bytes = config.max_bytes.clamp(BLOCK_BYTES, range.len()) & !(BLOCK_BYTES - 1);
        let initial_bytes = config.initial_bytes.clamp(BLOCK_BYTES, max_bytes);
        let config = HeapConfig {
            max_bytes,
            initial_bytes,
            ..config
        };
        let metadata = Metadata::new(range.start, range_blocks)?;
        let collector = CollectorState::new(range.len()).ok_or(HeapError::NoCollectorMemory)?;
        let tables = metadata.tables;
        let max_blocks = max_bytes >> BLOCK_SHIFT;
        let mut spaces = Spaces {
            _metadata: metadata,
            tables,
            range_blocks,
            frontier: 0,
            used_blocks: 0,
            mutator_blocks: max_blocks - policy::head_room_blocks(max_blocks, range_blocks),
            free_hint: 0,
            recycle_hint: 0,
            immovable_hint: 0,
            run_hint: 0,
            run_failed: usize::MAX,
            current: Hole::default(),
            unseen: 0..0,
            overflow: Hole::default(),
            immovable: Hole::default(),
            allocated: 0,
            allocated_large: 0,
            allocated_immovable: 0,
            budget: 0,
        };
        spaces.budget = policy::budget(0, &config);
        let counters = Counters::default();
        counters.committed.store(initial_bytes, Ordering::Relaxed);
        Ok(Heap {
            range,
            config,
            tables,
            spaces: Mutex::new(spaces),
            collector: Mutex::new(collector),
            pending: AtomicUsize::new(0),
            counters,
            class_check: OnceLock::new(),
            check_barriers: AtomicBool::new(false),
            buffers: AtomicUsize::new(0),
            stress_counter: AtomicU64::new(0),
        })
    }

    /// The heap's configuration, with sizes rounded to blocks.
    pub fn config(&self) -> HeapConfig {
        self.config
    }

    /// The heap's address range.
    pub fn range(&self) -> Range<usize> {
        self.range.clone()
    }

    /// Does the address lie in the heap's range?
    #[inline(always)]
    pub fn contains(&self, address: usize) -> bool {
        self.range.contains(&address)
    }

    /// Tells the heap verifier how to know a class structure. The first call counts.
    pub fn set_class_check(&self, check: ClassCheck) {
        let _ = self.class_check.set(check);
    }

    /// Has each collection check first that no reference was stored without the write barrier. Like a failed heap
    /// verification, a missing barrier ends the process.
    pub fn set_barrier_check(&self, on: bool) {
        self.check_barriers.store(on, Ordering::Relaxed);
    }

    pub(crate) fn tables(&self) -> &Tables {
        &self.tables
    }

    /// In stress mode, is this allocation one before which to collect?
    pub(crate) fn stress_says_collect(&self) -> bool {
        let interval = self.config.stress_interval;
        interval != 0 && (self.stress_counter.fetch_add(1, Ordering::Relaxed) + 1).is_multiple_of(interval)
    }

    /// Brings the lock-free counters up to date.
    pub(crate) fn note_allocation(&self, spaces: &Spaces) {
        self.counters.allocated.store(spaces.allocated, Ordering::Relaxed);
        let by_space = &self.counters.allocated_by_space;
        let (large, immovable) = (spaces.allocated_large, spaces.allocated_immovable);
        by_space[Space::Blocks as usize].store(spaces.allocated - large - immovable, Ordering::Relaxed);
        by_space[Space::Large as usize].store(large, Ordering::Relaxed);
        by_space[Space::Immovable as usize].store(immovable, Ordering::Relaxed);
    }

    pub(crate) fn buffer_retired(&self) {
        self.buffers.fetch_sub(1, Ordering::Relaxed);
    }

    /// Buffers that were not given up.
    pub(crate) fn buffers_in_use(&self) -> usize {
        self.buffers.load(Ordering::Relaxed)
    }

    pub(crate) fn alloc_from(&self, tlab: &mut Tlab, bytes: usize, budgeted: bool) -> Option<Obj> {
        let bytes = align_object(bytes);
        let stress = self.config.stress_interval != 0;
        if stress && budgeted && self.stress_says_collect() {
            return None;
        }
        if let Some(object) = tlab.bump(bytes, stress) {
            return Some(object);
        }
        let mut spaces = self.spaces.lock();
        if budgeted && spaces.is_over_budget(bytes) {
            return None;
        }
        if bytes > LARGE_OBJECT_BYTES {
            let start = spaces.alloc_large(bytes)?;
            self.note_allocation(&spaces);
            tlab.allocated += bytes as u64;
            return Some(Obj(start));
        }
        let served = spaces.serve(tlab, bytes)?;
        self.note_allocation(&spaces);
        drop(spaces);
        match served {
            Served::Object(start) => {
                tlab.allocated += bytes as u64;
                Some(Obj(start))
            }
            Served::Chunk(chunk) => {
                chunk.clear();
                if tlab.cursor == 0 {
                    self.buffers.fetch_add(1, Ordering::Relaxed);
                }
                tlab.set_chunk(chunk.start, chunk.end);
                tlab.chunk_bytes = (tlab.chunk_bytes * 2).min(BLOCK_BYTES);
                tlab.bump(bytes, stress)
            }
        }
    }
}

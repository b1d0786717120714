//! A collection from start to end.
//!
//! 1. Ambiguous roots are resolved with what the last collection left in the tables: these objects are pinned.
//! 2. Blocks to evacuate are chosen; mark bits are cleared.
//! 3. Pinned objects are marked first, in place: whatever is marked in place is not moved any more.
//! 4. Precise roots, classes, loaders: all strongly reachable objects are marked or moved.
//! 5. References are processed; weak tables are updated.
//! 6. Blocks are swept; memory that will not be needed soon is given back.

use crate::heap::Heap;
use crate::layout::{Narrow, Obj, mark};
use crate::objects::ObjectFinder;
use crate::policy::{self, Evacuation};
use crate::references::{LISTS, ReferenceOffsets, SoftDecision, SoftPolicy};
use crate::roots::{AmbiguousVisitor, Liveness, RootSource};
use crate::stack::GrowableStack;
use crate::sweep;
use crate::trace::Tracer;
use crate::verify::{EdgeCheck, HeapCheck, check_barriers, fail};
use crate::{block, evacuate};
use peaberry_sys::time::monotonic_nanoseconds;
use std::sync::atomic::Ordering;

/// Why a collection is done.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CollectCause {
    /// An allocation asked for it.
    Allocation,
    /// The program asked for it (`System.gc`).
    Explicit,
    /// An allocation failed after a collection; the last try before `OutOfMemoryError`.
    LastResort,
    /// Stress mode.
    Stress,
    /// The method area has grown much, or is full: dead classes are looked for.
    Metadata,
    /// A debugging or management command.
    Diagnostic,
}

/// What kind of collection is wanted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CollectRequest {
    /// Why.
    pub cause: CollectCause,
    /// Clear all soft references that are not strongly reachable.
    pub clear_soft: bool,
    /// Move as much as possible, to make room for an allocation that failed.
    pub defragment: bool,
}

/// What a collection did.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CollectReport {
    /// Why it was done.
    pub cause: CollectCause,
    /// False when there was not even memory for the collector's own lists, and nothing was done.
    pub completed: bool,
    /// Bytes in use before.
    pub used_before: usize,
    /// Bytes in use after.
    pub used_after: usize,
    /// Heap size at which the next collection is due.
    pub committed: usize,
    /// Pause, nanoseconds.
    pub nanoseconds: u64,
    /// Objects found through ambiguous roots.
    pub pinned_objects: usize,
    /// Blocks chosen to be evacuated.
    pub evacuated_blocks: usize,
    /// Objects moved.
    pub moved_objects: usize,
    /// Bytes of these.
    pub moved_bytes: usize,
    /// Blocks that became free.
    pub freed_blocks: usize,
    /// References put on the pending list.
    pub enqueued_references: usize,
    /// Nearly all time goes into collections that free nearly nothing, several times in a row: a reason to throw
    /// `OutOfMemoryError` ("GC overhead limit exceeded").
    pub overhead_limit_exceeded: bool,
}

/// What the collector keeps from one collection to the next.
#[derive(Debug)]
pub(crate) struct CollectorState {
    pub epoch: u32,
    pub stack: GrowableStack<u32>,
    pub arrays: GrowableStack<(u32, u32)>,
    pub loaders: GrowableStack<u32>,
    pub pinned: GrowableStack<u32>,
    pub discovered: [GrowableStack<u32>; LISTS],
    pub reference_offsets: Option<ReferenceOffsets>,
    /// End of the last collection, monotonic nanoseconds.
    last_end: i64,
    /// Collections in a row that took nearly all time and freed nearly nothing.
    futile: u32,
}

/// So many futile collections in a row exceed the overhead limit.
const FUTILE_LIMIT: u32 = 8;

impl CollectorState {
    /// Lists for a heap of `bytes`, or `None` without memory for their first entries. The mark stack is allowed as many
    /// entries as there can be objects of 16 bytes; more is handled by scanning again.
    pub fn new(bytes: usize) -> Option<CollectorState> {
        let mut state = CollectorState {
            epoch: 0,
            stack: GrowableStack::new(),
            arrays: GrowableStack::new(),
            loaders: GrowableStack::new(),
            pinned: GrowableStack::new(),
            discovered: [const { GrowableStack::new() }; LISTS],
            reference_offsets: None,
            last_end: 0,
            futile: 0,
        };
        state.stack.set_limit(bytes / 16);
        state.arrays.set_limit(bytes / 8192);
        state.loaders.set_limit(bytes / 64);
        state.pinned.set_limit(bytes / 16);
        for list in &mut state.discovered {
            list.set_limit(bytes / 32);
        }
        (state.stack.ensure() && state.pinned.ensure()).then_some(state)
    }
}

fn soft_decision(policy: SoftPolicy, request: &CollectRequest, free_bytes: usize) -> SoftDecision {
    match policy {
        _ if request.clear_soft => SoftDecision::ClearAll,
        SoftPolicy::KeepUntilShort => SoftDecision::KeepAll,
        SoftPolicy::LeastRecentlyUsed { milliseconds_per_mib } => {
            let limit = (free_bytes as u64 >> 20).saturating_mul(milliseconds_per_mib);
            SoftDecision::ClearOlderThan(limit.min(i64::MAX as u64) as i64)
        }
    }
}

impl Heap {
    /// Bounds the mark stack and the list of loaders, before the first collection; for tests of their overflow.
    #[doc(hidden)]
    pub fn limit_lists(&self, entries: usize) {
        let mut state = self.collector.lock();
        state.stack = GrowableStack::new();
        state.loaders = GrowableStack::new();
        state.stack.set_limit(entries);
        state.loaders.set_limit(entries);
    }

    /// Collects. The world is stopped; all buffers are retired at the latest when `precise` returns.
    pub fn collect(&self, source: &mut dyn RootSource, request: CollectRequest) -> CollectReport {
        let begin = monotonic_nanoseconds();
        let used_before = self.statistics().used_bytes;
        let mut state = self.collector.lock();
        let state = &mut *state;
        let mut spaces = self.spaces.lock();
        let spaces = &mut *spaces;
        let tables = self.tables;
        spaces.forget_holes();

        let live_before = self.counters.live.load(Ordering::Relaxed);
        let mut report = CollectReport {
            cause: request.cause,
            completed: false,
            used_before,
            used_after: used_before,
            committed: policy::threshold(live_before, &self.config),
            nanoseconds: 0,
            pinned_objects: 0,
            evacuated_blocks: 0,
            moved_objects: 0,
            moved_bytes: 0,
            freed_blocks: 0,
            enqueued_references: 0,
            overhead_limit_exceeded: false,
        };

        let end = tables.block_start(spaces.frontier);
        let finder = ObjectFinder {
            tables,
            start: self.range.start,
            end,
        };
        let mut visitor = AmbiguousVisitor {
            finder,
            pinned: &mut state.pinned,
            last: Obj::NULL,
            out_of_memory: false,
        };
        source.ambiguous(&mut visitor);
        if self.check_barriers.load(Ordering::Relaxed)
            && let Err(problem) = check_barriers(&finder)
        {
            fail(&problem);
        }
        if visitor.out_of_memory {
            state.pinned.reset();
            return report;
        }
        report.pinned_objects = state.pinned.entries().len();

        let evacuation = match request {
            _ if self.config.stress_interval != 0 => Evacuation::Everything,
            CollectRequest { defragment: true, .. } => Evacuation::Compact,
            _ if spaces.used_blocks > spaces.mutator_blocks / 8 * 7 => Evacuation::Crowded,
            _ => Evacuation::Opportunistic,
        };
        report.evacuated_blocks = policy::select_blocks(spaces, evacuation);
        for index in 0..spaces.frontier {
            if !block::state::is_free(tables.state(index)) {
                tables.clear_marks(index);
                tables.clear_cards(index);
            }
        }

        state.epoch = state.epoch.wrapping_add(1).max(1);
        let epoch = state.epoch;
        let live = block::line::LIVE[(epoch & 1) as usize];
        let free_bytes = self.config.max_bytes.saturating_sub(live_before);
        let soft = soft_decision(source.soft_reference_policy(), &request, free_bytes);
        let is_class = self.class_check.get();
        let check = self.config.verify.then_some(EdgeCheck { is_class });
        let mut tracer = Tracer {
            tables,
            epoch,
            live,
            evacuating: report.evacuated_blocks != 0,
            discovering: true,
            soft,
            overflowed: false,
            loaders_lost: false,
            state,
            spaces,
            copier: evacuate::Copier::new(),
            check,
            scanning: 0,
        };
        tracer.mark_pinned();
        source.precise(&mut tracer);
        if self.config.verify && self.buffers_in_use() != 0 {
            fail(&format!(
                "{} allocation buffers were not retired",
                self.buffers_in_use()
            ));
        }
        let mut pending = Obj(self.pending.load(Ordering::Acquire));
        tracer.slot(&mut pending);
        tracer.drain_with_loaders(source);
        report.enqueued_references = tracer.process_references(&mut pending);
        tracer.drain_with_loaders(source);
        self.pending.store(pending.0, Ordering::Release);
        report.moved_objects = tracer.copier.moved_objects;
        report.moved_bytes = tracer.copier.moved_bytes;
        source.weak(&Liveness { tables: &tables, epoch });

        let swept = sweep::sweep(spaces, live);
        sweep::release(spaces, &swept, request.cause == CollectCause::Explicit, &self.config);
        spaces.forget_holes();
        for list in [&mut state.stack, &mut state.loaders, &mut state.pinned] {
            list.reset();
        }
        state.arrays.reset();
        if self.config.verify {
            let end = tables.block_start(spaces.frontier);
            let finder = ObjectFinder {
                tables,
                start: self.range.start,
                end,
            };
            let heap_check = HeapCheck {
                finder,
                live,
                is_class,
                offsets: state.reference_offsets,
            };
            if let Err(problem) = heap_check.run() {
                fail(&problem);
            }
        }

        // Numbers.
        let counters = &self.counters;
        counters
            .allocated_before
            .fetch_add(spaces.allocated as u64, Ordering::Relaxed);
        spaces.allocated = 0;
        spaces.budget = policy::budget(swept.live_bytes, &self.config);
        counters.allocated.store(0, Ordering::Relaxed);
        counters.live.store(swept.live_bytes, Ordering::Relaxed);
        spaces.allocated_large = 0;
        spaces.allocated_immovable = 0;
        for (space, &live) in swept.live_by_space.iter().enumerate() {
            counters.live_by_space[space].store(live, Ordering::Relaxed);
            counters.allocated_by_space[space].store(0, Ordering::Relaxed);
        }
        report.committed = policy::threshold(swept.live_bytes, &self.config);
        counters.committed.store(report.committed, Ordering::Relaxed);
        let finish = monotonic_nanoseconds();
        if let Some(clock) = state.reference_offsets.and_then(|offsets| offsets.soft_clock) {
            // SAFETY: the runtime gave the address of a static long in an immovable mirror.
            unsafe { (clock as *mut i64).write_unaligned(finish / 1_000_000) };
        }
        report.completed = true;
        report.used_after = swept.live_bytes;
        report.freed_blocks = swept.freed_blocks;
        report.nanoseconds = (finish - begin).max(0) as u64;
        counters.collections.fetch_add(1, Ordering::Relaxed);
        counters.nanoseconds.fetch_add(report.nanoseconds, Ordering::Relaxed);

        let between = (begin - state.last_end).max(0) as u64;
        let nearly_full = swept.live_bytes > self.config.max_bytes / 100 * 98;
        let busy = report.nanoseconds > between.saturating_mul(49);
        let program_asked = matches!(request.cause, CollectCause::Explicit | CollectCause::Stress);
        state.futile = if nearly_full && busy && !program_asked {
            state.futile + 1
        } else {
            0
        };
        state.last_end = finish;
        report.overhead_limit_exceeded = state.futile >= FUTILE_LIMIT;
        report
    }
}

impl Tracer<'_> {
    /// Marks the pinned objects where they are, before anything else.
    fn mark_pinned(&mut self) {
        for index in 0..self.state.pinned.entries().len() {
            let object = Narrow(self.state.pinned.entries()[index]).widen();
            if !self.evacuating || self.tables.test_and_set_mark(object.0) {
                self.push(object.0);
            }
        }
        debug_assert!(self.state.pinned.entries().iter().all(|&narrow| {
            // SAFETY: pinned objects are live.
            let header = unsafe { Narrow(narrow).widen().mark().load(Ordering::Relaxed) };
            header & mark::TAG_MASK != mark::FORWARDED
        }));
    }
}

//! Blocks and holes: where threads get their chunks from. All of it under one lock, taken once per chunk.

use crate::block::*;
use crate::metadata::{Metadata, Tables};
use crate::tlab::Tlab;
use peaberry_sys::memory::{advise_large_pages, commit};
use std::ops::Range;

/// The frontier grows by at most this many blocks at a time.
const GROWTH_BLOCKS: usize = 128;
/// And by at least so many, but for the last.
const LEAST_GROWTH_BLOCKS: usize = 48;
/// A heap that has grown this far is given large pages from there on: fewer faults and TLB misses for a somewhat larger
/// footprint.
const SMALL_HEAP_BLOCKS: usize = 512;
/// Rest of a buffer that is too good to be thrown away for one object that does not fit.
const VALUABLE_REST_BYTES: usize = 1 << 10;

/// A run of free memory in one block, being handed out from `cursor` on.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Hole {
    pub cursor: usize,
    pub limit: usize,
    /// Its pages were never used since the system gave them.
    pub clean: bool,
}

impl Hole {
    pub fn bytes(&self) -> usize {
        self.limit - self.cursor
    }
}

/// A chunk for a thread.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Chunk {
    pub start: usize,
    pub end: usize,
    pub clean: bool,
}

impl Chunk {
    /// Zeroes the chunk where it can hold old contents.
    pub fn clear(&self) {
        if !self.clean {
            // SAFETY: the chunk was just taken from the spaces and belongs to the caller alone.
            unsafe { std::ptr::write_bytes(self.start as *mut u8, 0, self.end - self.start) }
        }
    }
}

/// What a slow-path request got.
pub(crate) enum Served {
    /// A new chunk for the buffer.
    Chunk(Chunk),
    /// One zeroed object outside the buffer.
    Object(usize),
}

/// Allocation state of a heap.
#[derive(Debug)]
pub(crate) struct Spaces {
    /// The tables lead there.
    pub _metadata: Metadata,
    pub tables: Tables,
    /// Blocks of the heap's range.
    pub range_blocks: usize,
    /// Blocks below this are committed.
    pub frontier: usize,
    /// Blocks that are not free.
    pub used_blocks: usize,
    /// Mutators may use this many.
    pub mutator_blocks: usize,
    /// No block below is free.
    pub free_hint: usize,
    /// No block below is recyclable.
    pub recycle_hint: usize,
    /// No block below is an immovable block with holes.
    pub immovable_hint: usize,
    /// Where the search for runs of free blocks goes on.
    pub run_hint: usize,
    /// A run of this length was looked for in vain since the last collection.
    pub run_failed: usize,
    /// What chunks are cut from.
    pub current: Hole,
    /// Rest of the recyclable block `current` came from: lines not looked at yet.
    pub unseen: Range<usize>,
    /// A zeroed block for single objects that do not fit their thread's buffer.
    pub overflow: Hole,
    /// Zeroed memory for immovable objects.
    pub immovable: Hole,
    /// Bytes handed out since the last collection.
    pub allocated: usize,
    /// Those of them for large objects.
    pub allocated_large: usize,
    /// Those for objects that never move.
    pub allocated_immovable: usize,
    /// A collection is due when this much was handed out.
    pub budget: usize,
}

impl Spaces {
    /// Over the budget when `bytes` more are handed out?
    pub fn is_over_budget(&self, bytes: usize) -> bool {
        self.allocated.saturating_add(bytes) > self.budget
    }

    /// Commits at least `blocks` more blocks.
    fn grow(&mut self, blocks: usize) -> bool {
        let left = self.range_blocks - self.frontier;
        if blocks > left {
            return false;
        }
        let wanted = GROWTH_BLOCKS.min((self.frontier / 2).max(LEAST_GROWTH_BLOCKS));
        let wanted = wanted.max(blocks).min(left);
        // What is asked for in vain may be had in less; but what the system refuses is better not had block by block, to the last.
        for step in [wanted, blocks.max(LEAST_GROWTH_BLOCKS).min(left)] {
            let new = self.frontier..self.frontier + step;
            let memory = self.tables.block_start(new.start)..self.tables.block_start(new.end);
            // SAFETY: the range is part of the reservation given to the heap.
            if unsafe { commit(memory.clone()) }.is_ok() {
                if new.start >= SMALL_HEAP_BLOCKS {
                    advise_large_pages(memory);
                }
                self.frontier = new.end;
                return true;
            }
        }
        false
    }

    /// Takes one free block, the lowest, when fewer than `limit` are used. Returns its index and whether it is clean.
    pub fn take_block(&mut self, limit: usize, state: u8) -> Option<(usize, bool)> {
        if self.used_blocks >= limit {
            return None;
        }
        let found = self.tables.find_state(self.free_hint..self.frontier, state::is_free);
        let index = match found {
            Some(index) => index,
            None => {
                let index = self.frontier;
                self.free_hint = index;
                if !self.grow(1) {
                    return None;
                }
                index
            }
        };
        self.free_hint = index + 1;
        let clean = self.tables.state(index) == state::FREE_CLEAN;
        self.tables.set_state(index, state);
        self.tables.set_info(index, 0);
        self.used_blocks += 1;
        Some((index, clean))
    }

    /// Takes `count` consecutive free blocks. They keep their state until the caller sets it.
    pub fn take_run(&mut self, count: usize, limit: usize) -> Option<usize> {
        if count == 0 || self.used_blocks.checked_add(count).is_none_or(|used| used > limit) {
            return None;
        }
        let start = self.find_run(count)?;
        self.run_hint = start + count;
        self.used_blocks += count;
        if start <= self.free_hint && self.free_hint < start + count {
            self.free_hint = start + count;
        }
        Some(start)
    }

    fn find_run(&mut self, count: usize) -> Option<usize> {
        if count < self.run_failed {
            let hint = self.run_hint.max(self.free_hint);
            if let Some(start) = self.find_run_in(hint..self.frontier, count) {
                return Some(start);
            }
            let low_end = (hint + count - 1).min(self.frontier);
            if let Some(start) = self.find_run_in(self.free_hint..low_end, count) {
                return Some(start);
            }
            self.run_failed = count;
        }
        // Free blocks at the frontier and new ones beyond it.
        let mut start = self.frontier;
        while start > 0 && state::is_free(self.tables.state(start - 1)) {
            start -= 1;
        }
        let missing = count.saturating_sub(self.frontier - start);
        (missing == 0 || self.grow(missing)).then_some(start)
    }

    fn find_run_in(&self, range: Range<usize>, count: usize) -> Option<usize> {
        let mut length = 0;
        for index in range {
            if state::is_free(self.tables.state(index)) {
                length += 1;
                if length == count {
                    return Some(index + 1 - count);
                }
            } else {
                length = 0;
            }
        }
        None
    }

    /// The next run of free lines of at least `MIN_HOLE_BYTES` within the addresses `range` of one block.
    pub fn next_hole(tables: &Tables, range: &mut Range<usize>) -> Option<Hole> {
        while range.start < range.end {
            // SAFETY: the line bytes of a committed block; the spaces' lock is held.
            let is_free = |address: usize| unsafe { *tables.line(address) } == line::FREE;
            let mut start = range.start;
            while start < range.end && !is_free(start) {
                start += LINE_BYTES;
            }
            let mut end = start;
            while end < range.end && is_free(end) {
                end += LINE_BYTES;
            }
            range.start = end;
            if end - start >= MIN_HOLE_BYTES {
                return Some(Hole {
                    cursor: start,
                    limit: end,
                    clean: false,
                });
            }
        }
        None
    }

    /// Makes `current` a hole with room, from recyclable blocks first.
    fn refill_current(&mut self) -> bool {
        while self.current.bytes() < MIN_HOLE_BYTES {
            if let Some(hole) = Spaces::next_hole(&self.tables, &mut self.unseen) {
                self.current = hole;
                return true;
            }
            let recyclable = self
                .tables
                .find_state(self.recycle_hint..self.frontier, |state| state == state::RECYCLABLE);
            if let Some(index) = recyclable {
                self.recycle_hint = index + 1;
                self.tables.set_state(index, state::NORMAL);
                let start = self.tables.block_start(index);
                self.unseen = start..start + BLOCK_BYTES;
                continue;
            }
            self.recycle_hint = self.frontier;
            let Some((index, clean)) = self.take_block(self.mutator_blocks, state::NORMAL) else {
                return false;
            };
            let start = self.tables.block_start(index);
            self.current = Hole {
                cursor: start,
                limit: start + BLOCK_BYTES,
                clean,
            };
        }
        true
    }

    /// Cuts a chunk from `current`, which has room for `bytes`.
    fn cut(&mut self, bytes: usize, wanted: usize) -> Chunk {
        let start = self.current.cursor;
        let mut end = start + bytes.max(wanted).next_multiple_of(LINE_BYTES).min(self.current.bytes());
        if self.current.limit - end < VALUABLE_REST_BYTES {
            end = self.current.limit;
        }
        self.current.cursor = end;
        self.tables.set_fresh(start, end);
        self.allocated += end - start;
        Chunk {
            start,
            end,
            clean: self.current.clean,
        }
    }

    /// Serves a request of `bytes` that does not fit the rest of `tlab`.
    pub fn serve(&mut self, tlab: &Tlab, bytes: usize) -> Option<Served> {
        let rest = tlab.chunk_end - tlab.cursor;
        if bytes <= MIN_HOLE_BYTES {
            if self.refill_current() {
                return Some(Served::Chunk(self.cut(bytes, tlab.chunk_bytes)));
            }
        } else {
            if rest < VALUABLE_REST_BYTES && self.refill_current() && self.current.bytes() >= bytes {
                return Some(Served::Chunk(self.cut(bytes, tlab.chunk_bytes)));
            }
            if let Some(object) = self.serve_outside(bytes) {
                return Some(Served::Object(object));
            }
        }
        self.search_hole(bytes).map(Served::Chunk)
    }

    /// One zeroed object outside all buffers.
    pub fn serve_outside(&mut self, bytes: usize) -> Option<usize> {
        if self.overflow.bytes() < bytes {
            let (index, clean) = self.take_block(self.mutator_blocks, state::NORMAL)?;
            let start = self.tables.block_start(index);
            let chunk = Chunk {
                start,
                end: start + BLOCK_BYTES,
                clean,
            };
            chunk.clear();
            self.tables.set_fresh(chunk.start, chunk.end);
            self.allocated += BLOCK_BYTES;
            self.overflow = Hole {
                cursor: start,
                limit: chunk.end,
                clean: true,
            };
        }
        let object = self.overflow.cursor;
        self.overflow.cursor += bytes;
        Some(object)
    }

    /// Last resort: any hole of the current or of a recyclable block that `bytes` fit into, as a chunk of that size.
    fn search_hole(&mut self, bytes: usize) -> Option<Chunk> {
        if self.current.bytes() >= bytes {
            return Some(self.cut(bytes, bytes));
        }
        for index in self.recycle_hint..self.frontier {
            if self.tables.state(index) != state::RECYCLABLE {
                continue;
            }
            let start = self.tables.block_start(index);
            let mut range = start..start + BLOCK_BYTES;
            while let Some(hole) = Spaces::next_hole(&self.tables, &mut range) {
                if hole.bytes() >= bytes {
                    let end = hole.cursor + bytes.next_multiple_of(LINE_BYTES);
                    self.tables.set_fresh(hole.cursor, end);
                    self.allocated += end - hole.cursor;
                    return Some(Chunk {
                        start: hole.cursor,
                        end,
                        clean: false,
                    });
                }
            }
        }
        None
    }

    /// Forgets all holes: before a collection, which decides anew what is free.
    pub fn forget_holes(&mut self) {
        self.current = Hole::default();
        self.unseen = 0..0;
        self.overflow = Hole::default();
        self.immovable = Hole::default();
        self.free_hint = 0;
        self.recycle_hint = 0;
        self.immovable_hint = 0;
        self.run_hint = 0;
        self.run_failed = usize::MAX;
    }
}

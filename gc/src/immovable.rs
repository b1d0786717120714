//! Objects that never move (`java.lang.Class` mirrors), in blocks of their own that are never evacuated.

use crate::block::*;
use crate::heap::Heap;
use crate::layout::{Obj, align_object};
use crate::spaces::{Chunk, Hole, Spaces};

impl Spaces {
    /// One zeroed object in an immovable block.
    fn alloc_immovable(&mut self, bytes: usize) -> Option<usize> {
        while self.immovable.bytes() < bytes {
            if !self.next_immovable_hole(bytes) {
                return None;
            }
        }
        let object = self.immovable.cursor;
        self.immovable.cursor += bytes;
        Some(object)
    }

    /// Makes `immovable` a hole of at least `bytes`, if memory lasts.
    fn next_immovable_hole(&mut self, bytes: usize) -> bool {
        let wanted = |state| state == state::IMMOVABLE_RECYCLABLE;
        while let Some(index) = self.tables.find_state(self.immovable_hint..self.frontier, wanted) {
            let start = self.tables.block_start(index);
            let mut range = start..start + BLOCK_BYTES;
            while let Some(hole) = Spaces::next_hole(&self.tables, &mut range) {
                if hole.bytes() >= bytes {
                    self.set_immovable_hole(hole);
                    return true;
                }
            }
            self.immovable_hint = index + 1;
        }
        let Some((index, clean)) = self.take_block(self.mutator_blocks, state::IMMOVABLE) else {
            return false;
        };
        let start = self.tables.block_start(index);
        self.set_immovable_hole(Hole {
            cursor: start,
            limit: start + BLOCK_BYTES,
            clean,
        });
        true
    }

    fn set_immovable_hole(&mut self, hole: Hole) {
        Chunk {
            start: hole.cursor,
            end: hole.limit,
            clean: hole.clean,
        }
        .clear();
        self.tables.set_fresh(hole.cursor, hole.limit);
        self.allocated += hole.bytes();
        self.allocated_immovable += hole.bytes();
        self.immovable = hole;
    }
}

impl Heap {
    /// Allocates a zeroed object whose address never changes.
    pub fn alloc_immovable(&self, bytes: usize) -> Option<Obj> {
        self.alloc_immovable_with(bytes, true)
    }

    /// [`Heap::alloc_immovable`] after a collection: only memory limits it.
    pub fn alloc_immovable_no_budget(&self, bytes: usize) -> Option<Obj> {
        self.alloc_immovable_with(bytes, false)
    }

    fn alloc_immovable_with(&self, bytes: usize, budgeted: bool) -> Option<Obj> {
        let bytes = align_object(bytes);
        if budgeted && self.stress_says_collect() {
            return None;
        }
        let mut spaces = self.spaces.lock();
        if budgeted && spaces.is_over_budget(bytes) {
            return None;
        }
        let start = if bytes > LARGE_OBJECT_BYTES {
            spaces.alloc_large(bytes)?
        } else {
            spaces.alloc_immovable(bytes)?
        };
        self.note_allocation(&spaces);
        Some(Obj(start))
    }
}

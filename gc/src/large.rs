//! Large objects: each in a run of blocks of its own, never moved.

use crate::block::*;
use crate::heap::Heap;
use crate::layout::{Obj, align_object};
use crate::spaces::Spaces;

/// Blocks that an object of `bytes` takes.
pub(crate) fn blocks_for(bytes: usize) -> usize {
    bytes.div_ceil(BLOCK_BYTES)
}

impl Spaces {
    /// Takes the blocks of a large object and zeroes what is not clean.
    pub fn alloc_large(&mut self, bytes: usize) -> Option<usize> {
        let count = blocks_for(bytes);
        let head = self.take_run(count, self.mutator_blocks)?;
        let start = self.tables.block_start(head);
        let mut left = bytes;
        for index in head..head + count {
            let part = left.min(BLOCK_BYTES);
            if self.tables.state(index) != state::FREE_CLEAN {
                // SAFETY: the block is committed and was free.
                unsafe { std::ptr::write_bytes(self.tables.block_start(index) as *mut u8, 0, part) };
            }
            left -= part;
            let (state, info) = if index == head {
                (state::LARGE_HEAD, count)
            } else {
                (state::LARGE_TAIL, head)
            };
            self.tables.set_state(index, state);
            self.tables.set_info(index, info as u32);
        }
        self.allocated += count * BLOCK_BYTES;
        self.allocated_large += count * BLOCK_BYTES;
        Some(start)
    }
}

impl Heap {
    /// Allocates a zeroed object outside all buffers; meant for sizes beyond [`LARGE_OBJECT_BYTES`].
    pub fn alloc_large(&self, bytes: usize) -> Option<Obj> {
        self.alloc_outside(bytes, true)
    }

    /// [`Heap::alloc_large`] after a collection: only memory limits it.
    pub fn alloc_large_no_budget(&self, bytes: usize) -> Option<Obj> {
        self.alloc_outside(bytes, false)
    }

    fn alloc_outside(&self, bytes: usize, budgeted: bool) -> Option<Obj> {
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
            spaces.serve_outside(bytes)?
        };
        self.note_allocation(&spaces);
        Some(Obj(start))
    }
}

//! Evacuation: objects of fragmented blocks are copied into holes of others, then into free blocks. When neither is
//! left, objects stay where they are.

use crate::block::*;
use crate::layout::*;
use crate::metadata::Tables;
use crate::spaces::{Hole, Spaces};
use crate::trace::Tracer;
use std::ops::Range;
use std::sync::atomic::Ordering;

/// Where copies go.
#[derive(Default, Debug)]
pub(crate) struct Copier {
    /// The next block to be looked at for holes.
    next_block: usize,
    unseen: Range<usize>,
    hole: Hole,
    /// A free block for objects that do not fit the hole.
    overflow: Hole,
    /// Nothing is left to copy into.
    exhausted: bool,
    pub moved_objects: usize,
    pub moved_bytes: usize,
}

impl Copier {
    pub fn new() -> Copier {
        Copier { unseen: 0..0, ..Copier::default() }
    }

    fn allocate(&mut self, spaces: &mut Spaces, bytes: usize) -> Option<usize> {
        if self.hole.bytes() >= bytes {
            return Some(bump(&mut self.hole, bytes));
        }
        if self.exhausted {
            return None;
        }
        if bytes <= MIN_HOLE_BYTES {
            while self.next_hole(spaces) {
                if self.hole.bytes() >= bytes {
                    return Some(bump(&mut self.hole, bytes));
                }
            }
        }
        if self.overflow.bytes() < bytes {
            let Some((index, _)) = spaces.take_block(spaces.range_blocks, state::NORMAL) else {
                // A big object may fail where a small one finds a hole.
                self.exhausted = bytes <= MIN_HOLE_BYTES;
                return None;
            };
            let start = spaces.tables.block_start(index);
            self.overflow = Hole { cursor: start, limit: start + BLOCK_BYTES, clean: false };
        }
        Some(bump(&mut self.overflow, bytes))
    }

    /// Moves on to the next hole of a block that is not itself evacuated.
    fn next_hole(&mut self, spaces: &Spaces) -> bool {
        loop {
            if let Some(hole) = Spaces::next_hole(&spaces.tables, &mut self.unseen) {
                self.hole = hole;
                return true;
            }
            let wanted = |state| matches!(state, state::NORMAL | state::RECYCLABLE);
            let Some(index) = spaces.tables.find_state(self.next_block..spaces.frontier, wanted) else {
                self.next_block = spaces.frontier;
                return false;
            };
            self.next_block = index + 1;
            let start = spaces.tables.block_start(index);
            let taken_for_copies = self.overflow.limit == start + BLOCK_BYTES;
            if !taken_for_copies {
                self.unseen = start..start + BLOCK_BYTES;
            }
        }
    }
}

fn bump(hole: &mut Hole, bytes: usize) -> usize {
    let start = hole.cursor;
    hole.cursor += bytes;
    start
}

impl Tracer<'_> {
    /// Marks an object of an evacuated block, moving it if possible; returns its present address.
    #[inline(never)]
    pub(crate) fn evacuate(&mut self, address: usize) -> usize {
        let object = Obj(address);
        // SAFETY: the object is live; its old header stays readable to the end of the collection.
        unsafe {
            let header = object.mark().load(Ordering::Relaxed);
            if header & mark::TAG_MASK == mark::FORWARDED {
                return object.read::<Narrow>(CLASS_OFFSET).widen().0;
            }
            if self.tables.is_marked(address) {
                return address;
            }
            let bytes = object_bytes(object);
            let Some(new) = self.copier.allocate(self.spaces, bytes) else {
                self.tables.test_and_set_mark(address);
                self.push(address);
                return address;
            };
            std::ptr::copy_nonoverlapping(address as *const u64, new as *mut u64, bytes / size_of::<u64>());
            object.write(CLASS_OFFSET, Obj(new).narrow());
            object.mark().store(mark::FORWARDED, Ordering::Relaxed);
            self.tables.test_and_set_mark(new);
            // At once, so that no later search for holes takes these lines for free.
            self.mark_lines(new, bytes);
            self.copier.moved_objects += 1;
            self.copier.moved_bytes += bytes;
            self.push(new);
            new
        }
    }
}

/// Lines of a block that are not free.
pub(crate) fn allocated_lines(tables: &Tables, index: usize) -> usize {
    // SAFETY: the block is committed and the spaces' lock is held.
    let lines = unsafe { tables.lines(index) };
    LINES_PER_BLOCK - lines.iter().filter(|&&line| line == line::FREE).count()
}

//! Evacuation: objects of fragmented blocks are copied into holes of others, then into free blocks. When neither is
//! left, objects stay where they are.

use crate::block::*;
use crate::layout::*;
use crate::metadata::Tables;
use crate::spaces::{Hole, Spaces};
use crate::trace::Tracer;
use std::ops::Range;
use std::sync::atomic::Ordering;

/// Holes too small that are passed over for one object before a free block is taken.
const HOLES_TRIED: usize = 16;

/// Where copies go.
#[derive(Debug)]
pub(crate) struct Copier {
    /// The next block to be looked at for holes.
    next_block: usize,
    unseen: Range<usize>,
    /// For objects up to `MIN_HOLE_BYTES`.
    small: Hole,
    /// For larger ones.
    medium: Hole,
    /// Nothing is left to copy small objects into.
    exhausted: bool,
    pub moved_objects: usize,
    pub moved_bytes: usize,
}

impl Copier {
    pub fn new() -> Copier {
        Copier {
            next_block: 0,
            unseen: 0..0,
            small: Hole::default(),
            medium: Hole::default(),
            exhausted: false,
            moved_objects: 0,
            moved_bytes: 0,
        }
    }

    #[inline]
    fn allocate(&mut self, spaces: &mut Spaces, bytes: usize) -> Option<usize> {
        let hole = if bytes <= MIN_HOLE_BYTES {
            &mut self.small
        } else {
            &mut self.medium
        };
        if hole.bytes() >= bytes {
            return Some(bump(hole, bytes));
        }
        if bytes <= MIN_HOLE_BYTES {
            self.allocate_small(spaces, bytes)
        } else {
            self.allocate_medium(spaces, bytes)
        }
    }

    fn allocate_small(&mut self, spaces: &mut Spaces, bytes: usize) -> Option<usize> {
        if self.exhausted {
            return None;
        }
        self.small = match self.next_hole(spaces) {
            Some(hole) => hole,
            None if self.medium.bytes() >= MIN_HOLE_BYTES => std::mem::take(&mut self.medium),
            None => {
                let block = take_block(spaces);
                self.exhausted = block.is_none();
                block?
            }
        };
        Some(bump(&mut self.small, bytes))
    }

    fn allocate_medium(&mut self, spaces: &mut Spaces, bytes: usize) -> Option<usize> {
        let mut tried = 0;
        let mut take_blocks = true;
        loop {
            if tried >= HOLES_TRIED && take_blocks {
                match take_block(spaces) {
                    Some(hole) => {
                        self.medium = hole;
                        return Some(bump(&mut self.medium, bytes));
                    }
                    None => take_blocks = false,
                }
            }
            match self.next_hole(spaces) {
                Some(hole) if hole.bytes() >= bytes => {
                    let rest = std::mem::replace(&mut self.medium, hole);
                    if rest.bytes() > self.small.bytes() {
                        self.small = rest;
                    }
                    return Some(bump(&mut self.medium, bytes));
                }
                Some(hole) => {
                    if hole.bytes() > self.small.bytes() {
                        self.small = hole;
                    }
                    tried += 1;
                }
                None if take_blocks => tried = HOLES_TRIED,
                None => return None,
            }
        }
    }

    /// The next hole of a block that is not itself evacuated.
    fn next_hole(&mut self, spaces: &Spaces) -> Option<Hole> {
        loop {
            if let Some(hole) = Spaces::next_hole(&spaces.tables, &mut self.unseen) {
                return Some(hole);
            }
            let wanted = |state| matches!(state, state::NORMAL | state::RECYCLABLE);
            let Some(index) = spaces.tables.find_state(self.next_block..spaces.frontier, wanted) else {
                self.next_block = spaces.frontier;
                return None;
            };
            self.next_block = index + 1;
            let start = spaces.tables.block_start(index);
            let in_use = [&self.small, &self.medium]
                .iter()
                .any(|hole| hole.limit == start + BLOCK_BYTES);
            if !in_use {
                self.unseen = start..start + BLOCK_BYTES;
            }
        }
    }
}

/// A free block as a hole.
fn take_block(spaces: &mut Spaces) -> Option<Hole> {
    let (index, _) = spaces.take_block(spaces.range_blocks, state::NORMAL)?;
    let start = spaces.tables.block_start(index);
    Some(Hole {
        cursor: start,
        limit: start + BLOCK_BYTES,
        clean: false,
    })
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

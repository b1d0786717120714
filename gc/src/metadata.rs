//! Side metadata: everything the heap knows about its memory that is not in the objects, in one reserved region.
//!
//! | section    | per block      | content                                                                     |
//! |------------|----------------|-----------------------------------------------------------------------------|
//! | mark bits  | 512 bytes      | one bit for 8 bytes of heap: an object that survived the last collection starts here |
//! | lines      | 256 bytes      | [`crate::block::line`] of each line                                         |
//! | cards      | 64 bytes       | non-zero: a reference was stored in these 512 bytes since the last collection |
//! | states     | 1 byte         | [`crate::block::state`]                                                     |
//! | info       | 4 bytes        | free lines at the last sweep; a large object's block count; a tail's head block |
//!
//! Pages are accessible from the beginning and touched only when used.

use crate::block::*;
use crate::layout::CARD_SHIFT;
use peaberry_sys::memory::{MemoryError, Reservation, page_size};
use std::ops::Range;

const MARK_BYTES: usize = BLOCK_BYTES / 64;
const CARD_BYTES: usize = BLOCK_BYTES >> CARD_SHIFT;
/// Metadata bytes per block, by section.
const SECTIONS: [usize; 5] = [MARK_BYTES, LINES_PER_BLOCK, CARD_BYTES, 1, 4];

/// Addresses of the sections. Plain numbers, copied into the collector's inner loops.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tables {
    /// First address of the heap.
    pub heap_start: usize,
    /// Mark bits, biased: the word of `address` is at `mark_biased + (address >> 9) * 8`.
    mark_biased: usize,
    /// Lines, biased: the byte of `address` is at `lines_biased + (address >> LINE_SHIFT)`.
    lines_biased: usize,
    /// Cards, biased: the byte of `address` is at `cards_biased + (address >> CARD_SHIFT)`.
    pub cards_biased: usize,
    /// States, biased: the byte of `address` is at `states_biased + (address >> BLOCK_SHIFT)`.
    states_biased: usize,
    /// Info words, by block index.
    infos: usize,
}

/// The metadata region of one heap.
#[derive(Debug)]
pub(crate) struct Metadata {
    _reservation: Reservation,
    pub tables: Tables,
}

impl Metadata {
    /// Reserves metadata for `blocks` blocks starting at `heap_start`.
    pub fn new(heap_start: usize, blocks: usize) -> Result<Metadata, MemoryError> {
        let page = page_size();
        let mut starts = [0; SECTIONS.len()];
        let mut bytes = 0;
        for (start, per_block) in starts.iter_mut().zip(SECTIONS) {
            *start = bytes;
            bytes += (per_block * blocks).next_multiple_of(page);
        }
        // Committing it with the heap's blocks would be a system call for each section.
        let reservation = Reservation::accessible_anywhere(bytes)?;
        for start in &mut starts {
            *start += reservation.start();
        }
        let tables = Tables {
            heap_start,
            mark_biased: starts[0].wrapping_sub((heap_start >> 9) * 8),
            lines_biased: starts[1].wrapping_sub(heap_start >> LINE_SHIFT),
            cards_biased: starts[2].wrapping_sub(heap_start >> CARD_SHIFT),
            states_biased: starts[3].wrapping_sub(heap_start >> BLOCK_SHIFT),
            infos: starts[4],
        };
        Ok(Metadata {
            _reservation: reservation,
            tables,
        })
    }
}

// All accessors below require that the block concerned is committed: its index is below the frontier of the spaces.
impl Tables {
    #[inline(always)]
    pub fn block_index(&self, address: usize) -> usize {
        (address - self.heap_start) >> BLOCK_SHIFT
    }

    #[inline(always)]
    pub fn block_start(&self, index: usize) -> usize {
        self.heap_start + (index << BLOCK_SHIFT)
    }

    #[inline(always)]
    fn mark_word(&self, address: usize) -> (*mut u64, u64) {
        let word = self.mark_biased.wrapping_add((address >> 9) << 3) as *mut u64;
        (word, 1 << ((address >> 3) & 63))
    }

    /// Where the mark bit of `address` is, for prefetching.
    #[inline(always)]
    pub fn mark_address(&self, address: usize) -> usize {
        self.mark_biased.wrapping_add((address >> 9) << 3)
    }

    /// Has the object at `address` its mark bit?
    #[inline(always)]
    pub fn is_marked(&self, address: usize) -> bool {
        let (word, bit) = self.mark_word(address);
        // SAFETY: the metadata of every committed block is mapped.
        unsafe { *word & bit != 0 }
    }

    /// Sets the mark bit; true when it was not set before. One collector thread: no atomics.
    #[inline(always)]
    pub fn test_and_set_mark(&self, address: usize) -> bool {
        let (word, bit) = self.mark_word(address);
        // SAFETY: the metadata of every committed block is mapped; only the collector writes it.
        unsafe {
            let old = *word;
            *word = old | bit;
            old & bit == 0
        }
    }

    /// Removes the mark bits of a block.
    pub fn clear_marks(&self, index: usize) {
        let (word, _) = self.mark_word(self.block_start(index));
        // SAFETY: the metadata of every committed block is mapped; only the collector writes it.
        unsafe { std::ptr::write_bytes(word, 0, MARK_BYTES / 8) }
    }

    /// The start of the last marked object that begins at or before `address` in its block.
    pub fn marked_at_or_before(&self, address: usize) -> Option<usize> {
        let block = address & !(BLOCK_BYTES - 1);
        let mut group = address & !511;
        let within = (address >> 3) & 63;
        let mut mask = u64::MAX >> (63 - within);
        loop {
            let (word, _) = self.mark_word(group);
            // SAFETY: the metadata of every committed block is mapped.
            let bits = unsafe { *word } & mask;
            if bits != 0 {
                return Some(group + (63 - bits.leading_zeros() as usize) * 8);
            }
            if group == block {
                return None;
            }
            group -= 512;
            mask = u64::MAX;
        }
    }

    /// Calls `f` with each marked address of `range` (multiples of 512), in order.
    #[inline]
    pub fn for_each_marked(&self, range: Range<usize>, mut f: impl FnMut(usize)) {
        let mut group = range.start;
        while group < range.end {
            let (word, _) = self.mark_word(group);
            // SAFETY: the metadata of every committed block is mapped.
            let mut bits = unsafe { *word };
            while bits != 0 {
                f(group + bits.trailing_zeros() as usize * 8);
                bits &= bits - 1;
            }
            group += 512;
        }
    }

    /// Pointer to the byte of the line that holds `address`.
    #[inline(always)]
    pub fn line(&self, address: usize) -> *mut u8 {
        self.lines_biased.wrapping_add(address >> LINE_SHIFT) as *mut u8
    }

    /// The line bytes of a block.
    ///
    /// # Safety
    /// No other reference to them is in use.
    #[allow(clippy::mut_from_ref)]
    pub unsafe fn lines(&self, index: usize) -> &mut [u8; LINES_PER_BLOCK] {
        // SAFETY: the metadata of every committed block is mapped; the caller excludes others.
        unsafe { &mut *self.line(self.block_start(index)).cast() }
    }

    /// Declares `[start, end)`, whole lines, a chunk handed out since the last collection.
    pub fn set_fresh(&self, start: usize, end: usize) {
        // SAFETY: the lines belong to one committed block, and the caller holds the spaces' lock.
        unsafe {
            let first = self.line(start);
            first.write(line::FRESH_START);
            std::ptr::write_bytes(first.add(1), line::FRESH, ((end - start) >> LINE_SHIFT) - 1);
        }
    }

    /// State of a block by an address in it.
    #[inline(always)]
    pub fn state_of(&self, address: usize) -> u8 {
        // SAFETY: the metadata of every committed block is mapped.
        unsafe { *(self.states_biased.wrapping_add(address >> BLOCK_SHIFT) as *const u8) }
    }

    /// State of a block by index.
    #[inline(always)]
    pub fn state(&self, index: usize) -> u8 {
        self.state_of(self.block_start(index))
    }

    /// Sets the state of a block.
    #[inline(always)]
    pub fn set_state(&self, index: usize, state: u8) {
        let byte = self.states_biased.wrapping_add(self.block_start(index) >> BLOCK_SHIFT) as *mut u8;
        // SAFETY: the metadata of every committed block is mapped; writers hold the spaces' lock.
        unsafe { byte.write(state) }
    }

    /// The first block in `range` whose state is `wanted`.
    pub fn find_state(&self, range: Range<usize>, wanted: impl Fn(u8) -> bool) -> Option<usize> {
        range.into_iter().find(|&index| wanted(self.state(index)))
    }

    /// Info word of a block.
    #[inline(always)]
    pub fn info(&self, index: usize) -> u32 {
        // SAFETY: the metadata of every committed block is mapped.
        unsafe { *(self.infos as *const u32).add(index) }
    }

    /// Sets the info word of a block.
    #[inline(always)]
    pub fn set_info(&self, index: usize, info: u32) {
        // SAFETY: the metadata of every committed block is mapped; writers hold the spaces' lock.
        unsafe { (self.infos as *mut u32).add(index).write(info) }
    }

    /// Pointer to the card of `address`.
    #[inline(always)]
    pub fn card(&self, address: usize) -> *mut u8 {
        self.cards_biased.wrapping_add(address >> CARD_SHIFT) as *mut u8
    }

    /// Cleans the cards of a block.
    pub fn clear_cards(&self, index: usize) {
        // SAFETY: the metadata of every committed block is mapped; the world is stopped.
        unsafe { std::ptr::write_bytes(self.card(self.block_start(index)), 0, CARD_BYTES) }
    }
}

//! Sweeping: after marking, decides for every block what is free in it. No object is touched.

use crate::block::*;
use crate::heap::HeapConfig;
use crate::policy;
use crate::spaces::Spaces;
use crate::stats::{SPACES, Space};
use peaberry_sys::memory::{decommit, page_size};

/// What a sweep found.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Swept {
    /// Bytes of live lines and large objects.
    pub live_bytes: usize,
    /// The same by [`Space`].
    pub live_by_space: [usize; SPACES],
    /// Bytes of free lines in blocks the allocator will visit.
    pub hole_bytes: usize,
    /// Blocks that became free.
    pub freed_blocks: usize,
}

/// Sweeps all blocks; lines with the value `live` live.
pub(crate) fn sweep(spaces: &mut Spaces, live: u8) -> Swept {
    let tables = spaces.tables;
    let mut swept = Swept::default();
    let mut index = 0;
    while index < spaces.frontier {
        let block_state = tables.state(index);
        if block_state == state::LARGE_HEAD {
            let count = tables.info(index) as usize;
            if tables.is_marked(tables.block_start(index)) {
                swept.live_bytes += count * BLOCK_BYTES;
                swept.live_by_space[Space::Large as usize] += count * BLOCK_BYTES;
            } else {
                for block in index..index + count {
                    tables.set_state(block, state::FREE_DIRTY);
                    tables.set_info(block, 0);
                }
                swept.freed_blocks += count;
            }
            index += count;
            continue;
        }
        if state::has_lines(block_state) {
            // SAFETY: the block is committed, the world is stopped, the spaces' lock is held.
            let lines = unsafe { tables.lines(index) };
            let mut live_lines = 0u32;
            for line in lines.iter_mut() {
                let is_live = u8::from(*line == live);
                *line = is_live * live;
                live_lines += u32::from(is_live);
            }
            let free_lines = LINES_PER_BLOCK - live_lines as usize;
            let immovable = matches!(block_state, state::IMMOVABLE | state::IMMOVABLE_RECYCLABLE);
            let new_state = if live_lines == 0 {
                swept.freed_blocks += 1;
                state::FREE_DIRTY
            } else if free_lines >= MIN_FREE_LINES {
                swept.hole_bytes += if immovable { 0 } else { free_lines * LINE_BYTES };
                if immovable {
                    state::IMMOVABLE_RECYCLABLE
                } else {
                    state::RECYCLABLE
                }
            } else if immovable {
                state::IMMOVABLE
            } else {
                state::NORMAL
            };
            swept.live_bytes += live_lines as usize * LINE_BYTES;
            let space = if immovable { Space::Immovable } else { Space::Blocks };
            swept.live_by_space[space as usize] += live_lines as usize * LINE_BYTES;
            tables.set_state(index, new_state);
            tables.set_info(index, free_lines as u32);
        }
        index += 1;
    }
    spaces.used_blocks -= swept.freed_blocks;
    swept
}

/// Gives the memory of free blocks back to the system, the highest first, except what will be used again soon.
pub(crate) fn release(spaces: &mut Spaces, swept: &Swept, explicit: bool, config: &HeapConfig) {
    if page_size() > BLOCK_BYTES {
        return;
    }
    let tables = spaces.tables;
    let keep = policy::kept_free_bytes(swept.live_bytes, explicit, config).saturating_sub(swept.hole_bytes);
    let mut kept = 0;
    let mut index = 0;
    while index < spaces.frontier {
        if tables.state(index) != state::FREE_DIRTY {
            index += 1;
            continue;
        }
        if kept < keep {
            kept += BLOCK_BYTES;
            index += 1;
            continue;
        }
        let mut end = index;
        while end < spaces.frontier && tables.state(end) == state::FREE_DIRTY {
            end += 1;
        }
        let range = tables.block_start(index)..tables.block_start(end);
        // SAFETY: the blocks are free, in the heap's range and page-aligned.
        if unsafe { decommit(range) }.is_ok() {
            for block in index..end {
                tables.set_state(block, state::FREE_CLEAN);
            }
        }
        index = end;
    }
}

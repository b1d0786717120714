//! Decisions: when to collect, which blocks to evacuate, how much memory to keep.

use crate::block::*;
use crate::evacuate::allocated_lines;
use crate::heap::HeapConfig;
use crate::spaces::Spaces;

/// A collection is due at the earliest when this much was allocated since the last.
const LEAST_BUDGET_BYTES: usize = 16 << 20;
/// Blocks fuller than this, lines, are not evacuated in passing.
const SPARSE_LINES: usize = LINES_PER_BLOCK * 3 / 8;
/// Blocks fuller than this, lines, are never evacuated to defragment.
const DENSE_LINES: usize = LINES_PER_BLOCK * 15 / 16;

/// Blocks withheld from the mutators so that evacuation has somewhere to begin, when the range has no spare ones.
pub(crate) fn head_room_blocks(max_blocks: usize, range_blocks: usize) -> usize {
    let wanted = max_blocks / 64;
    wanted.saturating_sub(range_blocks - max_blocks)
}

/// The heap size at which the next collection is due when `live` bytes survived the last.
pub(crate) fn threshold(live: usize, config: &HeapConfig) -> usize {
    live.saturating_add(live.max(LEAST_BUDGET_BYTES)).max(config.initial_bytes).min(config.max_bytes)
}

/// Bytes that may be handed out before the next collection. At the maximum size memory itself is the limit, so that
/// every hole is used.
pub(crate) fn budget(live: usize, config: &HeapConfig) -> usize {
    let threshold = threshold(live, config);
    if threshold >= config.max_bytes - config.max_bytes / 16 { usize::MAX } else { threshold - live }
}

/// How eagerly to evacuate.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Evacuation {
    /// Sparse blocks, when they hold much free memory.
    Opportunistic,
    /// All that helps and fits.
    Defragment,
    /// All that fits, helpful or not (stress mode).
    Everything,
}

/// Chooses the blocks to evacuate and gives them the state `EVACUATED`. Returns their number.
pub(crate) fn select_blocks(spaces: &mut Spaces, evacuation: Evacuation) -> usize {
    let tables = spaces.tables;
    // Blocks by allocated lines, and the free lines in them.
    let mut blocks = [0usize; LINES_PER_BLOCK + 1];
    for index in 0..spaces.frontier {
        if matches!(tables.state(index), state::NORMAL | state::RECYCLABLE) {
            blocks[allocated_lines(&tables, index)] += 1;
        }
    }
    let all_free: usize = blocks.iter().enumerate().map(|(lines, count)| (LINES_PER_BLOCK - lines) * count).sum();
    let free_blocks = (spaces.range_blocks - spaces.used_blocks) * LINES_PER_BLOCK;
    let (most, blocks_first) = match evacuation {
        Evacuation::Opportunistic => (SPARSE_LINES, false),
        Evacuation::Defragment => (DENSE_LINES, false),
        Evacuation::Everything => (LINES_PER_BLOCK, true),
    };
    // Copies must fit into what is free outside the chosen blocks; not every hole can be filled.
    let (mut copied, mut gained, mut limit) = (0, 0, 0);
    for lines in 1..=most {
        let more = lines * blocks[lines];
        let holes = all_free - gained - (LINES_PER_BLOCK - lines) * blocks[lines];
        let room = free_blocks / 8 * 7 + if blocks_first { 0 } else { holes / 2 };
        if copied + more > room {
            break;
        }
        copied += more;
        gained += (LINES_PER_BLOCK - lines) * blocks[lines];
        limit = lines;
    }
    let used_lines = spaces.used_blocks * LINES_PER_BLOCK;
    if evacuation == Evacuation::Opportunistic && (gained < used_lines / 16 || gained < 32 * LINES_PER_BLOCK) {
        return 0;
    }
    let mut selected = 0;
    for index in 0..spaces.frontier {
        if matches!(tables.state(index), state::NORMAL | state::RECYCLABLE)
            && (1..=limit).contains(&allocated_lines(&tables, index))
        {
            tables.set_state(index, state::EVACUATED);
            selected += 1;
        }
    }
    selected
}

/// Bytes of free blocks to keep for the mutators after a collection; the rest goes back to the system.
pub(crate) fn kept_free_bytes(live: usize, explicit: bool, config: &HeapConfig) -> usize {
    if explicit {
        return 1 << 20;
    }
    threshold(live, config) - live
}

//! Decisions: when to collect, which blocks to evacuate, how much memory to keep. A generational mode (sticky mark
//! bits: collections that keep the marks of the last and trace only what is newer, from roots and dirty cards) is to
//! decide here, too.

use crate::block::*;
use crate::evacuate::allocated_lines;
use crate::heap::HeapConfig;
use crate::spaces::Spaces;

/// A collection is due at the earliest when this much was allocated since the last.
const LEAST_BUDGET_BYTES: usize = 32 << 20;
/// Blocks fuller than this, lines, are not evacuated in passing.
const SPARSE_LINES: usize = LINES_PER_BLOCK * 3 / 8;
/// Blocks fuller than this, lines, are not evacuated when memory is nearly used up.
const HALF_DENSE_LINES: usize = LINES_PER_BLOCK * 5 / 8;
/// Blocks fuller than this, lines, are never evacuated to defragment.
const DENSE_LINES: usize = LINES_PER_BLOCK * 15 / 16;

/// Blocks withheld from the mutators so that evacuation has somewhere to begin, when the range has no spare ones.
pub(crate) fn head_room_blocks(max_blocks: usize, range_blocks: usize) -> usize {
    let wanted = max_blocks / 64;
    wanted.saturating_sub(range_blocks - max_blocks)
}

/// The heap size at which the next collection is due when `live` bytes survived the last.
pub(crate) fn threshold(live: usize, config: &HeapConfig) -> usize {
    live.saturating_add(live.max(LEAST_BUDGET_BYTES))
        .max(config.initial_bytes)
        .min(config.max_bytes)
}

/// Bytes that may be handed out before the next collection. At the maximum size memory itself is the limit, so that
/// every hole is used.
pub(crate) fn budget(live: usize, config: &HeapConfig) -> usize {
    let threshold = threshold(live, config);
    if threshold >= config.max_bytes - config.max_bytes / 16 {
        usize::MAX
    } else {
        threshold - live
    }
}

/// How eagerly to evacuate.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Evacuation {
    /// Sparse blocks, when they hold much free memory.
    Opportunistic,
    /// Blocks with room worth having, the sparsest first: memory is nearly used up.
    Crowded,
    /// All of the upper part of the heap that fits into the lower: makes long runs of free blocks.
    Compact,
    /// All that fits, helpful or not (stress mode).
    Everything,
}

fn is_movable(state: u8) -> bool {
    matches!(state, state::NORMAL | state::RECYCLABLE)
}

/// Chooses the blocks to evacuate and gives them the state `EVACUATED`. Returns their number.
pub(crate) fn select_blocks(spaces: &mut Spaces, evacuation: Evacuation) -> usize {
    match evacuation {
        Evacuation::Opportunistic => select_sparse(spaces, SPARSE_LINES, true, true),
        Evacuation::Crowded => select_sparse(spaces, HALF_DENSE_LINES, true, false),
        Evacuation::Everything => select_sparse(spaces, LINES_PER_BLOCK, false, false),
        Evacuation::Compact => select_upper(spaces),
    }
}

/// Lines of free blocks that copies may fill.
fn room_in_free_blocks(spaces: &Spaces) -> usize {
    (spaces.range_blocks - spaces.used_blocks) * LINES_PER_BLOCK / 8 * 7
}

/// Chooses blocks of at most `most` allocated lines, the sparsest first, as long as their contents fit into holes of
/// the others (`holes`) and free blocks; with `worthwhile`, none if little would be gained.
fn select_sparse(spaces: &mut Spaces, most: usize, holes: bool, worthwhile: bool) -> usize {
    let tables = spaces.tables;
    let mut blocks = [0usize; LINES_PER_BLOCK + 1];
    for index in 0..spaces.frontier {
        if is_movable(tables.state(index)) {
            blocks[allocated_lines(&tables, index)] += 1;
        }
    }
    let all_free: usize = blocks
        .iter()
        .enumerate()
        .map(|(lines, count)| (LINES_PER_BLOCK - lines) * count)
        .sum();
    let room_in_free_blocks = room_in_free_blocks(spaces);
    let (mut copied, mut gained, mut limit) = (0, 0, 0);
    for (lines, &count) in blocks.iter().enumerate().take(most + 1).skip(1) {
        let more = lines * count;
        let gain = (LINES_PER_BLOCK - lines) * count;
        // Not every hole can be filled.
        let room_in_holes = if holes { (all_free - gained - gain) / 2 } else { 0 };
        if copied + more > room_in_free_blocks + room_in_holes {
            break;
        }
        copied += more;
        gained += gain;
        limit = lines;
    }
    let used_lines = spaces.used_blocks * LINES_PER_BLOCK;
    if worthwhile && (gained < used_lines / 16 || gained < 32 * LINES_PER_BLOCK) {
        return 0;
    }
    let mut selected = 0;
    for index in 0..spaces.frontier {
        if is_movable(tables.state(index)) && (1..=limit).contains(&allocated_lines(&tables, index)) {
            tables.set_state(index, state::EVACUATED);
            selected += 1;
        }
    }
    selected
}

/// Chooses blocks from the top of the heap down, as long as their contents fit into what is free below them: copies
/// elsewhere would break the run of free blocks that is wanted.
fn select_upper(spaces: &mut Spaces) -> usize {
    let tables = spaces.tables;
    let free_lines = |index| match tables.state(index) {
        state if state::is_free(state) => LINES_PER_BLOCK / 8 * 7,
        state if is_movable(state) => (LINES_PER_BLOCK - allocated_lines(&tables, index)) * 2 / 3,
        _ => 0,
    };
    let mut room: usize = (0..spaces.frontier).map(free_lines).sum();
    let (mut copied, mut selected) = (0, 0);
    for index in (0..spaces.frontier).rev() {
        room -= free_lines(index);
        if !is_movable(tables.state(index)) {
            continue;
        }
        let lines = allocated_lines(&tables, index);
        if lines == 0 || lines > DENSE_LINES {
            continue;
        }
        copied += lines;
        if copied > room {
            break;
        }
        tables.set_state(index, state::EVACUATED);
        selected += 1;
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

//! Natural loops.

use super::dominators::Dominators;
use crate::ssa::{Block, Function};
use cranelift_entity::EntityRef;
use std::collections::BTreeSet;

/// A natural loop.
pub struct Loop {
    /// Its only entry.
    pub header: Block,
    /// Its blocks, the header among them.
    pub blocks: BTreeSet<Block>,
    /// Contains no other loop.
    pub innermost: bool,
}

/// The predecessors of each block, one entry for each block that jumps there.
pub fn predecessors(function: &Function, order: &[Block]) -> Vec<Vec<Block>> {
    let mut predecessors: Vec<Vec<Block>> = vec![Vec::new(); function.blocks.len()];
    for &block in order {
        for successor in function.blocks[block].terminator.successors() {
            let list = &mut predecessors[successor.index()];
            if list.last() != Some(&block) {
                list.push(block);
            }
        }
    }
    predecessors
}

/// The loops of a function; back edges to one header make one loop.
pub fn find(function: &Function, order: &[Block], dominators: &Dominators) -> Vec<Loop> {
    let predecessors = predecessors(function, order);
    let mut loops: Vec<Loop> = Vec::new();
    for &header in order {
        let latches: Vec<Block> = predecessors[header.index()]
            .iter()
            .copied()
            .filter(|latch| dominators.dominates(header, *latch))
            .collect();
        if latches.is_empty() {
            continue;
        }
        let mut blocks = BTreeSet::from([header]);
        let mut work = latches;
        while let Some(block) = work.pop() {
            if blocks.insert(block) {
                work.extend(&predecessors[block.index()]);
            }
        }
        loops.push(Loop {
            header,
            blocks,
            innermost: true,
        });
    }
    let headers: Vec<Block> = loops.iter().map(|found| found.header).collect();
    for found in &mut loops {
        found.innermost = !headers
            .iter()
            .any(|header| *header != found.header && found.blocks.contains(header));
    }
    loops
}

/// Leads the edges that enter a loop to another block; `predecessors` are those of before.
pub fn enter_at(function: &mut Function, found: &Loop, predecessors: &[Vec<Block>], first: Block) {
    let entries = &predecessors[found.header.index()];
    for &predecessor in entries.iter().filter(|block| !found.blocks.contains(block)) {
        for target in function.blocks[predecessor].terminator.targets_mut() {
            if target.block == found.header {
                target.block = first;
            }
        }
    }
}

//! Which of a branch's targets stands behind it.

use crate::passes::dominators::Dominators;
use crate::passes::loops::{self, Loop};
use crate::ssa::{Block, Function, Target};
use cranelift_entity::EntityRef;

/// The loops that each block is in.
#[derive(Default)]
pub(super) struct BranchLayout {
    loops: Vec<Loop>,
    /// By block: is it in any loop?
    in_loop: Vec<bool>,
}

impl BranchLayout {
    /// Of a function, whose reverse postorder is `order`.
    pub(super) fn new(function: &Function, order: &[Block]) -> BranchLayout {
        let dominators = Dominators::new(function, order);
        let loops = loops::find(function, order, &dominators);
        let mut in_loop = vec![false; function.blocks.len()];
        for block in loops.iter().flat_map(|found| &found.blocks) {
            in_loop[block.index()] = true;
        }
        BranchLayout { loops, in_loop }
    }

    /// Should a block's first target stand behind it rather than the second one? Never the loop's header, which stands
    /// above: one jump leads back. Else rather what stays in a loop than what leaves it: code of the loop is to be in one
    /// piece. Otherwise the likelier one.
    pub(super) fn prefers(&self, block: Block, first: &Target, second: &Target, probability: f32) -> bool {
        match (self.returns(block, first.block), self.returns(block, second.block)) {
            (true, false) => return false,
            (false, true) => return true,
            _ => {}
        }
        match (self.leaves(block, first.block), self.leaves(block, second.block)) {
            (false, true) => true,
            (true, false) => false,
            _ => probability > 0.5,
        }
    }

    /// Does an edge lead back to a loop's header?
    fn returns(&self, from: Block, to: Block) -> bool {
        let leads_back = |found: &Loop| found.header == to && found.blocks.contains(&from);
        self.in_loop[from.index()] && self.loops.iter().any(leads_back)
    }

    /// Does an edge leave a loop?
    fn leaves(&self, from: Block, to: Block) -> bool {
        let leaves = |found: &Loop| found.blocks.contains(&from) && !found.blocks.contains(&to);
        self.in_loop[from.index()] && self.loops.iter().any(leaves)
    }
}

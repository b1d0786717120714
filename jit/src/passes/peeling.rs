//! Loop peeling: the first iteration is copied before the loop, so that what it checks and loads dominates the others;
//! value numbering then leaves only what changes in the loop (as LuaJIT does for traces, Pall 2009).

use super::bounds;
use super::dominators::Dominators;
use super::duplicate::duplicate;
use super::loops::{self, Loop, predecessors};
use crate::ssa::{Block, Function, Op, Value};
use cranelift_entity::EntityRef;
use std::collections::BTreeSet;

/// Loops of more nodes are left alone.
const MOST_NODES: usize = 250;
/// Nodes a function may grow to.
const MOST_FUNCTION_NODES: usize = 6000;
/// Loops peeled in one function.
const MOST_LOOPS: usize = 12;

/// Peels the innermost loops that have something to gain.
pub fn run(function: &mut Function) {
    let mut done: BTreeSet<Block> = BTreeSet::new();
    for _ in 0..MOST_LOOPS {
        if function.nodes.len() > MOST_FUNCTION_NODES {
            return;
        }
        let order = function.reverse_postorder();
        let dominators = Dominators::new(function, &order);
        let found = loops::find(function, &order, &dominators).into_iter().find(|found| {
            found.innermost
                && !done.contains(&found.header)
                && is_small(function, found)
                && (has_gains(function, found) || bounds::has_candidates(function, found, &dominators, &order))
        });
        let Some(found) = found else { return };
        done.insert(found.header);
        let predecessors = predecessors(function, &order);
        peel(function, &found, &predecessors, &order);
    }
}

fn is_small(function: &Function, found: &Loop) -> bool {
    let nodes = |block: &Block| function.blocks[*block].nodes.len();
    found.blocks.iter().map(nodes).sum::<usize>() <= MOST_NODES
}

/// Has a loop checks or loads that might be the same in each iteration?
fn has_gains(function: &Function, found: &Loop) -> bool {
    let gains = |value: &Value| {
        matches!(
            function.nodes[*value].op,
            Op::NullCheck
                | Op::ArrayLength
                | Op::ClassOf
                | Op::CheckCast(_)
                | Op::LoadField { .. }
                | Op::LoadStatic { .. }
                | Op::InitializationCheck(_)
        )
    };
    found
        .blocks
        .iter()
        .any(|block| function.blocks[*block].nodes.iter().any(gains))
}

/// The loop's blocks and the cold ones that only it leads to.
fn region(function: &Function, found: &Loop, predecessors: &[Vec<Block>], order: &[Block]) -> BTreeSet<Block> {
    let mut region = found.blocks.clone();
    let mut changed = true;
    while changed {
        changed = false;
        for &block in order {
            if !region.contains(&block)
                && function.blocks[block].cold
                && predecessors[block.index()]
                    .iter()
                    .all(|predecessor| region.contains(predecessor))
                && !predecessors[block.index()].is_empty()
            {
                region.insert(block);
                changed = true;
            }
        }
    }
    region
}

fn peel(function: &mut Function, found: &Loop, predecessors: &[Vec<Block>], order: &[Block]) {
    let copies = duplicate(
        function,
        region(function, found, predecessors, order),
        found.header,
        order,
    );
    loops::enter_at(function, found, predecessors, copies.blocks[&found.header]);
    copies.repair(function);
}

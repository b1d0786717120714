//! Loop rotation: a loop that tests at its top gets the test once before it and once at its bottom, which saves a jump in
//! each iteration (loop inversion; Muchnick: Advanced Compiler Design and Implementation, 1997, §18.5).

use super::dominators::Dominators;
use super::duplicate::duplicate;
use super::loops::{self, Loop, predecessors};
use crate::ssa::{Block, Function, Target, Terminator};
use std::collections::BTreeSet;

/// Headers of more nodes are not copied.
const MOST_NODES: usize = 12;
/// Nodes a function may grow to.
const MOST_FUNCTION_NODES: usize = 12_000;

/// Rotates the loops that leave in their header: those with loops in them, or those without.
///
/// The former before value numbering, for which the test before the loop then dominates all of it; the latter behind the
/// passes that look for a loop's test in its header.
pub fn run(function: &mut Function, innermost: bool) {
    let mut done: BTreeSet<Block> = BTreeSet::new();
    while function.nodes.len() < MOST_FUNCTION_NODES {
        let order = function.reverse_postorder();
        let dominators = Dominators::new(function, &order);
        let found = loops::find(function, &order, &dominators);
        let next = found.iter().find_map(|found| {
            let inside = stays_in(function, found)?;
            let wanted = found.innermost == innermost && !done.contains(&found.header);
            (wanted && is_worthwhile(function, found)).then_some((found, inside))
        });
        let Some((chosen, mut inside)) = next else { return };
        done.insert(chosen.header);
        if found.iter().any(|other| other.header == inside) {
            inside = split(function, chosen.header, inside);
        }
        // The loop begins there from now on.
        done.insert(inside);
        rotate(function, chosen, &order);
    }
}

/// Where a loop's header goes on within the loop when its branch may leave it.
fn stays_in(function: &Function, found: &Loop) -> Option<Block> {
    let Terminator::Branch { then, otherwise, .. } = &function.blocks[found.header].terminator else {
        return None;
    };
    match (
        found.blocks.contains(&then.block),
        found.blocks.contains(&otherwise.block),
    ) {
        (true, false) if then.block != found.header => Some(then.block),
        (false, true) if otherwise.block != found.header => Some(otherwise.block),
        _ => None,
    }
}

/// Is the header small, and does a jump lead back to it?
fn is_worthwhile(function: &Function, found: &Loop) -> bool {
    let jumps_back = |block: &Block| match &function.blocks[*block].terminator {
        Terminator::Jump(target) => target.block == found.header,
        _ => false,
    };
    function.blocks[found.header].nodes.len() <= MOST_NODES && found.blocks.iter().any(jumps_back)
}

/// Puts a block of its own between a header and an inner loop that follows at once, so that the two loops stay two.
fn split(function: &mut Function, header: Block, inner: Block) -> Block {
    let between = function.new_block();
    for target in function.blocks[header].terminator.targets_mut() {
        if target.block == inner {
            let arguments = std::mem::take(&mut target.arguments);
            target.block = between;
            function.blocks[between].terminator = Terminator::Jump(Target {
                block: inner,
                arguments,
            });
            break;
        }
    }
    between
}

fn rotate(function: &mut Function, found: &Loop, order: &[Block]) {
    let predecessors = predecessors(function, order);
    let copies = duplicate(function, BTreeSet::from([found.header]), found.header, order);
    loops::enter_at(function, found, &predecessors, copies.blocks[&found.header]);
    copies.repair(function);
}

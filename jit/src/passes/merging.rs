//! A block that one jump alone leads to becomes part of the block with the jump.

use super::substitution::Substitution;
use crate::ssa::{Block, Function, Terminator};
use cranelift_entity::EntityRef;

/// Merges blocks.
pub fn run(function: &mut Function) {
    let order = function.reverse_postorder();
    let mut entries = vec![0usize; function.blocks.len()];
    for &block in &order {
        for successor in function.blocks[block].terminator.successors() {
            entries[successor.index()] += 1;
        }
    }
    let mut merged = vec![false; function.blocks.len()];
    let mut substitution = Substitution::new(function);
    for &block in &order {
        if merged[block.index()] {
            continue;
        }
        while let Some(next) = follower(function, block, &entries) {
            absorb(function, block, next, &mut substitution);
            merged[next.index()] = true;
        }
    }
    substitution.apply(function);
}

/// The block that only this one's jump leads to.
fn follower(function: &Function, block: Block, entries: &[usize]) -> Option<Block> {
    let Terminator::Jump(target) = &function.blocks[block].terminator else {
        return None;
    };
    let next = target.block;
    let as_cold = function.blocks[next].cold == function.blocks[block].cold;
    (entries[next.index()] == 1 && next != block && as_cold).then_some(next)
}

fn absorb(function: &mut Function, block: Block, next: Block, substitution: &mut Substitution) {
    let Terminator::Jump(target) = std::mem::replace(&mut function.blocks[block].terminator, Terminator::None) else {
        return;
    };
    let parameters = std::mem::take(&mut function.blocks[next].parameters);
    for (parameter, argument) in parameters.into_iter().zip(target.arguments) {
        substitution.replace(parameter, argument);
    }
    let nodes = std::mem::take(&mut function.blocks[next].nodes);
    function.blocks[block].nodes.extend(nodes);
    function.blocks[block].terminator = std::mem::replace(&mut function.blocks[next].terminator, Terminator::None);
}

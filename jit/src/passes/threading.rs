//! Jump threading: where the way into a block decides the branch at its end, as with inlined methods that return a truth
//! value and conditions joined by `&&` and `||`, that way leads past the branch (Muchnick: Advanced Compiler Design and
//! Implementation, 1997, §18.8; HotSpot's split-if).

use super::dominators::Dominators;
use super::duplicate::duplicate;
use crate::ssa::{BinaryOp, Block, Condition, Function, Op, Target, Terminator, Value};
use cranelift_entity::EntityRef;
use std::collections::BTreeSet;

/// Blocks of more nodes are not copied.
const MOST_NODES: usize = 8;
/// Branches threaded in one function.
const MOST_THREADED: usize = 100;
/// Nodes a function may grow to.
const MOST_FUNCTION_NODES: usize = 12_000;

/// An edge: the block it leaves and the number of its terminator's target.
type Edge = (Block, usize);

/// Threads jumps.
pub fn run(function: &mut Function) {
    for _ in 0..MOST_THREADED {
        if function.nodes.len() > MOST_FUNCTION_NODES {
            return;
        }
        let order = function.reverse_postorder();
        let edges = incoming(function, &order);
        let dominators = Dominators::new(function, &order);
        let found = order.iter().find_map(|&block| {
            let edges = &edges[block.index()];
            // Past a loop's header nothing leads: the loop would get a second entry.
            let is_header = edges.iter().any(|(from, _)| dominators.dominates(block, *from));
            if is_header || function.blocks[block].nodes.len() > MOST_NODES {
                return None;
            }
            decided(function, block, edges).map(|(truth, decided)| (block, truth, decided))
        });
        let Some((block, truth, decided)) = found else { return };
        thread(function, block, truth, &decided, edges[block.index()].len(), &order);
    }
}

/// The edges into each block.
fn incoming(function: &Function, order: &[Block]) -> Vec<Vec<Edge>> {
    let mut edges: Vec<Vec<Edge>> = vec![Vec::new(); function.blocks.len()];
    for &block in order {
        for (index, target) in function.blocks[block].terminator.targets().into_iter().enumerate() {
            edges[target.block.index()].push((block, index));
        }
    }
    edges
}

/// Which of the edges make the block's branch go one way, and which way; those of the first way found.
fn decided(function: &Function, block: Block, edges: &[Edge]) -> Option<(bool, Vec<Edge>)> {
    let Terminator::Branch { condition, .. } = function.blocks[block].terminator else {
        return None;
    };
    if function.blocks[block].parameters.is_empty() {
        return None;
    }
    let mut way = None;
    let mut found = Vec::new();
    for &(from, index) in edges {
        let target = function.blocks[from].terminator.targets()[index];
        let Some(truth) = truth(function, block, condition, target) else {
            continue;
        };
        if *way.get_or_insert(truth) == truth {
            found.push((from, index));
        }
    }
    way.map(|way| (way, found))
}

/// What is known of a value when a block is entered in a certain way.
#[derive(Clone, Copy, PartialEq)]
enum Known {
    Int(i32),
    Null,
    Object,
}

/// Operations between a parameter and the condition.
const DEEPEST: usize = 4;

/// The condition's truth when the block is entered this way.
fn truth(function: &Function, block: Block, condition: Value, target: &Target) -> Option<bool> {
    match known(function, block, target, condition, DEEPEST)? {
        Known::Int(value) => Some(value != 0),
        _ => None,
    }
}

fn known(function: &Function, block: Block, target: &Target, value: Value, depth: usize) -> Option<Known> {
    let parameters = &function.blocks[block].parameters;
    let value = match parameters.iter().position(|parameter| *parameter == value) {
        Some(place) => target.arguments[place],
        None => value,
    };
    let node = &function.nodes[value];
    let operand = |index: usize| known(function, block, target, node.arguments[index], depth.checked_sub(1)?);
    match node.op {
        Op::Int(value) => Some(Known::Int(value)),
        Op::Null => Some(Known::Null),
        Op::New { .. } | Op::NewArray { .. } => Some(Known::Object),
        Op::Compare(relation) => match (operand(0)?, operand(1)?) {
            (Known::Int(left), Known::Int(right)) => Some(compare(relation, left, right)),
            (Known::Null, Known::Null) => Some(relation == Condition::Eq),
            (Known::Object, Known::Null) | (Known::Null, Known::Object) => Some(relation == Condition::Ne),
            _ => None,
        }
        .map(|truth| Known::Int(truth.into())),
        Op::Binary(operation) => match (operation, operand(0)?, operand(1)?) {
            (BinaryOp::And, Known::Int(left), Known::Int(right)) => Some(Known::Int(left & right)),
            (BinaryOp::Or, Known::Int(left), Known::Int(right)) => Some(Known::Int(left | right)),
            (BinaryOp::Xor, Known::Int(left), Known::Int(right)) => Some(Known::Int(left ^ right)),
            _ => None,
        },
        _ => None,
    }
}

fn compare(relation: Condition, left: i32, right: i32) -> bool {
    match relation {
        Condition::Eq => left == right,
        Condition::Ne => left != right,
        Condition::Lt => left < right,
        Condition::Ge => left >= right,
        Condition::Gt => left > right,
        Condition::Le => left <= right,
        Condition::Below => (left as u32) < right as u32,
        Condition::AboveOrEqual => left as u32 >= right as u32,
    }
}

/// Gives these edges into a block a copy of it that goes one way, or the block itself when there are no others.
fn thread(function: &mut Function, block: Block, truth: bool, decided: &[Edge], edges: usize, order: &[Block]) {
    if decided.len() == edges {
        go_one_way(function, block, truth);
        return;
    }
    let copies = duplicate(function, BTreeSet::from([block]), block, order);
    let copy = copies.blocks[&block];
    go_one_way(function, copy, truth);
    for &(from, index) in decided {
        function.blocks[from].terminator.targets_mut()[index].block = copy;
    }
    copies.repair(function);
}

fn go_one_way(function: &mut Function, block: Block, truth: bool) {
    if let Terminator::Branch { then, otherwise, .. } = &function.blocks[block].terminator {
        let target = if truth { then } else { otherwise };
        function.blocks[block].terminator = Terminator::Jump(target.clone());
    }
}

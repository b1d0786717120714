//! Loop peeling: the first iteration is copied before the loop, so that what it checks and loads dominates the others;
//! value numbering then leaves only what changes in the loop (as LuaJIT does for traces, Pall 2009).

use super::bounds;
use super::dominators::Dominators;
use super::loops::{self, Loop, predecessors};
use super::repair::Repair;
use crate::ssa::{Block, Function, Op, State, Target, Terminator, Value};
use cranelift_entity::EntityRef;
use std::collections::{BTreeSet, HashMap};

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

struct Copy<'f> {
    function: &'f mut Function,
    blocks: HashMap<Block, Block>,
    values: HashMap<Value, Value>,
    states: HashMap<State, State>,
}

fn peel(function: &mut Function, found: &Loop, predecessors: &[Vec<Block>], order: &[Block]) {
    let region = region(function, found, predecessors, order);
    let mut copy = Copy {
        function,
        blocks: HashMap::new(),
        values: HashMap::new(),
        states: HashMap::new(),
    };
    copy.declare(&region);
    for &block in order.iter().filter(|block| region.contains(block)) {
        copy.block(block, found.header);
    }
    let Copy {
        function,
        blocks,
        values,
        ..
    } = copy;
    let first = blocks[&found.header];
    for &predecessor in &predecessors[found.header.index()] {
        if found.blocks.contains(&predecessor) {
            continue;
        }
        for target in function.blocks[predecessor].terminator.targets_mut() {
            if target.block == found.header {
                target.block = first;
            }
        }
    }
    // What the loop defines and others use has two definitions now.
    let mut repair = Repair::new(function);
    for (&old, &new) in &values {
        repair.define(old, new);
    }
    let inside: BTreeSet<Block> = region.iter().copied().chain(blocks.values().copied()).collect();
    repair.uses_outside(&inside, &region, &blocks);
}

impl Copy<'_> {
    fn declare(&mut self, region: &BTreeSet<Block>) {
        for &block in region {
            let new = self.function.new_block();
            self.function.blocks[new].cold = self.function.blocks[block].cold;
            self.blocks.insert(block, new);
            let data = self.function.blocks[block].clone();
            for &value in data.parameters.iter().chain(&data.nodes) {
                let node = self.function.nodes[value].clone();
                let new = self.function.nodes.push(node);
                self.values.insert(value, new);
            }
        }
    }

    fn value(&self, value: Value) -> Value {
        self.values.get(&value).copied().unwrap_or(value)
    }

    fn state(&mut self, state: State) -> State {
        if let Some(&new) = self.states.get(&state) {
            return new;
        }
        let mut frame = self.function.states[state].clone();
        for value in frame.locals.iter_mut().chain(&mut frame.stack).flatten() {
            *value = self.value(*value);
        }
        for value in &mut frame.locks {
            *value = self.value(*value);
        }
        frame.caller = frame.caller.map(|caller| self.state(caller));
        let new = self.function.states.push(frame);
        self.states.insert(state, new);
        new
    }

    fn target(&self, target: &Target, header: Block) -> Target {
        let block = if target.block == header {
            header
        } else {
            self.blocks.get(&target.block).copied().unwrap_or(target.block)
        };
        Target {
            block,
            arguments: target.arguments.iter().map(|argument| self.value(*argument)).collect(),
        }
    }

    fn block(&mut self, block: Block, header: Block) {
        let data = self.function.blocks[block].clone();
        let new = self.blocks[&block];
        let parameters: Vec<Value> = data.parameters.iter().map(|value| self.value(*value)).collect();
        let nodes: Vec<Value> = data.nodes.iter().map(|value| self.value(*value)).collect();
        for (&old, &copied) in data.nodes.iter().zip(&nodes) {
            let node = self.function.nodes[old].clone();
            let arguments = node.arguments.iter().map(|argument| self.value(*argument)).collect();
            let state = node.state.map(|state| self.state(state));
            let after = node.after.map(|state| self.state(state));
            let target = &mut self.function.nodes[copied];
            target.arguments = arguments;
            target.state = state;
            target.after = after;
        }
        let mut terminator = data.terminator.clone();
        for operand in terminator.operands_mut() {
            *operand = self.value(*operand);
        }
        for target in terminator.targets_mut() {
            *target = self.target(target, header);
        }
        if let Terminator::Exit { state, .. } = &mut terminator {
            *state = self.state(*state);
        }
        let copied = &mut self.function.blocks[new];
        copied.parameters = parameters;
        copied.nodes = nodes;
        copied.terminator = terminator;
    }
}

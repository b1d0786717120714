//! Copies of blocks within a function, for passes that give some of the ways into a block code of their own.

use super::repair::Repair;
use crate::ssa::{Block, Function, State, Target, Terminator, Value};
use std::collections::{BTreeSet, HashMap};

/// A region's blocks and their copies, to which no edge leads yet.
pub struct Duplicate {
    /// Copies by original.
    pub blocks: HashMap<Block, Block>,
    values: HashMap<Value, Value>,
    region: BTreeSet<Block>,
}

/// Copies the blocks of a region, whose only entry is `header`. Jumps within it lead to copies, those to `header` and
/// out of the region where they did; `order` is the function's reverse postorder.
pub fn duplicate(function: &mut Function, region: BTreeSet<Block>, header: Block, order: &[Block]) -> Duplicate {
    let mut copy = Copy {
        function,
        blocks: HashMap::new(),
        values: HashMap::new(),
        states: HashMap::new(),
    };
    copy.declare(&region);
    for &block in order.iter().filter(|block| region.contains(block)) {
        copy.block(block, header);
    }
    let Copy { blocks, values, .. } = copy;
    Duplicate { blocks, values, region }
}

impl Duplicate {
    /// Once the edges are final: what the region defines and others use has two definitions now.
    pub fn repair(&self, function: &mut Function) {
        let mut repair = Repair::new(function);
        for (&old, &new) in &self.values {
            repair.define(old, new);
        }
        let copies = self.blocks.values().copied();
        let inside: BTreeSet<Block> = self.region.iter().copied().chain(copies).collect();
        repair.uses_outside(&inside, &self.region, &self.blocks);
    }
}

struct Copy<'f> {
    function: &'f mut Function,
    blocks: HashMap<Block, Block>,
    values: HashMap<Value, Value>,
    states: HashMap<State, State>,
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
        for lock in &mut frame.locks {
            lock.object = self.value(lock.object);
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

//! Single assignment again after a value got a second definition: parameters where both reach (Braun et al.: Simple and
//! Efficient Construction of Static Single Assignment Form, 2013).

use super::loops::predecessors;
use crate::ssa::{Block, Function, State, Terminator, Value};
use cranelift_entity::EntityRef;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Repairs uses of values that now have two definitions: the old one and another.
pub struct Repair<'f> {
    function: &'f mut Function,
    /// The other definition of each value; the order makes the result the same each time.
    definitions: BTreeMap<Value, Value>,
    predecessors: Vec<Vec<Block>>,
    /// Value at the end of a block, by old value and block.
    at_end: HashMap<(Value, Block), Value>,
    order: Vec<Block>,
}

impl<'f> Repair<'f> {
    /// A repair of this function, whose edges are final.
    pub fn new(function: &'f mut Function) -> Repair<'f> {
        let order = function.reverse_postorder();
        let predecessors = predecessors(function, &order);
        Repair {
            function,
            definitions: BTreeMap::new(),
            predecessors,
            at_end: HashMap::new(),
            order,
        }
    }

    /// `old` has the second definition `new`.
    pub fn define(&mut self, old: Value, new: Value) {
        self.definitions.insert(old, new);
    }

    /// Rewrites the uses in blocks that are not `inside`. Blocks of `region` define the old values, their images in
    /// `copies` the new ones.
    pub fn uses_outside(&mut self, inside: &BTreeSet<Block>, region: &BTreeSet<Block>, copies: &HashMap<Block, Block>) {
        for &block in region {
            let data = &self.function.blocks[block];
            for &value in data.parameters.iter().chain(&data.nodes) {
                if let Some(&new) = self.definitions.get(&value) {
                    self.at_end.insert((value, block), value);
                    self.at_end.insert((value, copies[&block]), new);
                }
            }
        }
        for block in self.order.clone() {
            if inside.contains(&block) {
                continue;
            }
            self.block(block);
        }
    }

    fn block(&mut self, block: Block) {
        let nodes = self.function.blocks[block].nodes.clone();
        for value in nodes {
            for index in 0..self.function.nodes[value].arguments.len() {
                let argument = self.function.nodes[value].arguments[index];
                if self.definitions.contains_key(&argument) {
                    self.function.nodes[value].arguments[index] = self.reaching(argument, block);
                }
            }
            if let Some(state) = self.function.nodes[value].state {
                self.function.nodes[value].state = Some(self.state(state, block));
            }
            if let Some(state) = self.function.nodes[value].after {
                self.function.nodes[value].after = Some(self.state(state, block));
            }
        }
        // Reading may add parameters, and with them arguments, to this block's own targets: they stay in place.
        for (index, operand) in self.function.blocks[block]
            .terminator
            .operands()
            .into_iter()
            .enumerate()
        {
            if self.definitions.contains_key(&operand) {
                let reaching = self.reaching(operand, block);
                *self.function.blocks[block].terminator.operands_mut()[index] = reaching;
            }
        }
        if let Terminator::Exit { state, .. } = self.function.blocks[block].terminator {
            let new = self.state(state, block);
            if let Terminator::Exit { state, .. } = &mut self.function.blocks[block].terminator {
                *state = new;
            }
        }
        let count = self.function.blocks[block].terminator.targets().len();
        for target in 0..count {
            let arguments = self.function.blocks[block].terminator.targets()[target].arguments.len();
            for index in 0..arguments {
                let argument = self.function.blocks[block].terminator.targets()[target].arguments[index];
                if self.definitions.contains_key(&argument) {
                    let reaching = self.reaching(argument, block);
                    self.function.blocks[block].terminator.targets_mut()[target].arguments[index] = reaching;
                }
            }
        }
    }

    fn state(&mut self, state: State, block: Block) -> State {
        let mut affected = false;
        self.function.for_each_state_value(state, &mut |value| {
            affected |= self.definitions.contains_key(&value);
        });
        if !affected {
            return state;
        }
        let mut frame = self.function.states[state].clone();
        for value in frame
            .locals
            .iter_mut()
            .chain(&mut frame.stack)
            .flatten()
            .chain(frame.locks.iter_mut().map(|lock| &mut lock.object))
        {
            if self.definitions.contains_key(value) {
                *value = self.reaching(*value, block);
            }
        }
        frame.caller = frame.caller.map(|caller| self.state(caller, block));
        self.function.states.push(frame)
    }

    /// The definition that reaches the beginning of a block outside.
    fn reaching(&mut self, value: Value, block: Block) -> Value {
        if let Some(&known) = self.at_end.get(&(value, block)) {
            return known;
        }
        let predecessors = self.predecessors[block.index()].clone();
        if let [only] = predecessors.as_slice()
            && self.edges(*only, block) == 1
        {
            let reaching = self.reaching(value, *only);
            self.at_end.insert((value, block), reaching);
            return reaching;
        }
        let node = &self.function.nodes[value];
        let (kind, position) = (node.result.unwrap_or(crate::ssa::Type::Int), node.position);
        let parameter = self.function.add_parameter(block, kind, position);
        self.at_end.insert((value, block), parameter);
        for predecessor in predecessors {
            let reaching = self.reaching(value, predecessor);
            for target in self.function.blocks[predecessor].terminator.targets_mut() {
                if target.block == block {
                    target.arguments.push(reaching);
                }
            }
        }
        parameter
    }

    fn edges(&self, from: Block, to: Block) -> usize {
        self.function.blocks[from]
            .terminator
            .targets()
            .iter()
            .filter(|target| target.block == to)
            .count()
    }
}

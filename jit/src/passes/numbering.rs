//! Value numbering over the dominator tree (Briggs, Cooper, Simpson: Value Numbering, 1997), with folding, memory split
//! by field and array kind, and checks that dominating checks or branches have made before.

use super::dominators::Dominators;
use super::facts::{Facts, non_negative};
use super::fold::{Folded, fold};
use super::memory::{Memory, location};
use super::substitution::Substitution;
use crate::ssa::{Block, Function, Node, Op, Terminator, Type, Value};
use cranelift_entity::EntityRef;
use std::collections::HashMap;

/// What makes two nodes the same: operation, operands, type, version of the memory they read.
type Key = (Op, Vec<Value>, Option<Type>, u64);

struct Numbering<'f> {
    function: &'f mut Function,
    substitution: Substitution,
    dominators: Dominators,
    known: HashMap<Key, Value>,
    /// Keys made known in the blocks on the way, to be forgotten: (key, what it was before).
    trail: Vec<(Key, Option<Value>)>,
    facts: Facts,
    memory: Memory,
    constants: HashMap<(Op, Type), Value>,
    removed: Vec<bool>,
}

/// Runs the pass.
pub fn run(function: &mut Function) {
    let order = function.reverse_postorder();
    let dominators = Dominators::new(function, &order);
    let children = dominators.children();
    let memory = Memory::new(function, &order, &dominators);
    let substitution = Substitution::new(function);
    let count = function.nodes.len();
    let mut constants = HashMap::new();
    for &value in &function.blocks[function.entry].nodes {
        let node = &function.nodes[value];
        if let (true, Some(result)) = (is_constant(&node.op), node.result) {
            constants.entry((node.op.clone(), result)).or_insert(value);
        }
    }
    let mut numbering = Numbering {
        function,
        substitution,
        dominators,
        known: HashMap::new(),
        trail: Vec::new(),
        facts: Facts::default(),
        memory,
        constants,
        removed: vec![false; count],
    };
    // (block, trail and facts before it) with an end marker after its children.
    enum Step {
        Enter(Block),
        Leave(usize, usize),
    }
    let mut steps = vec![Step::Enter(numbering.function.entry)];
    while let Some(step) = steps.pop() {
        match step {
            Step::Enter(block) => {
                steps.push(Step::Leave(numbering.trail.len(), numbering.facts.mark()));
                numbering.block(block);
                if let Some(place) = numbering.dominators.place(block) {
                    steps.extend(children[place].iter().rev().map(|child| Step::Enter(*child)));
                }
            }
            Step::Leave(trail, facts) => numbering.forget(trail, facts),
        }
    }
    let Numbering {
        substitution, removed, ..
    } = numbering;
    for &block in &order {
        function.blocks[block]
            .nodes
            .retain(|value| !removed.get(value.index()).copied().unwrap_or(false));
    }
    substitution.apply(function);
    branches(function);
}

fn is_constant(op: &Op) -> bool {
    matches!(
        op,
        Op::Int(_) | Op::Long(_) | Op::Float(_) | Op::Double(_) | Op::Null | Op::FixedObject(_)
    )
}

impl Numbering<'_> {
    fn forget(&mut self, trail: usize, facts: usize) {
        while self.trail.len() > trail {
            if let Some((key, before)) = self.trail.pop() {
                match before {
                    Some(value) => self.known.insert(key, value),
                    None => self.known.remove(&key),
                };
            }
        }
        self.facts.forget(facts);
    }

    fn remember(&mut self, key: Key, value: Value) {
        let before = self.known.insert(key.clone(), value);
        self.trail.push((key, before));
    }

    fn block(&mut self, block: Block) {
        self.edge_facts(block);
        self.memory.enter(block, &self.dominators);
        self.counters(block);
        let nodes = self.function.blocks[block].nodes.clone();
        for value in nodes {
            self.node(value, block);
        }
        self.memory.leave(block);
        for operand in self.function.blocks[block].terminator.operands_mut() {
            *operand = self.substitution.resolve(*operand);
        }
        if let Terminator::Branch { condition, .. } = self.function.blocks[block].terminator
            && let Some(known) = self.facts.known_truth(condition).cloned()
        {
            let known = self.constant(known, Type::Int);
            if let Terminator::Branch { condition, .. } = &mut self.function.blocks[block].terminator {
                *condition = known;
            }
        }
    }

    /// Counters of a loop that begin at 0 or more and grow by one while they are below something are never negative.
    fn counters(&mut self, header: Block) {
        let predecessors = self.memory.predecessors(header).to_vec();
        let (back, forward): (Vec<Block>, Vec<Block>) = predecessors
            .into_iter()
            .partition(|predecessor| self.dominators.dominates(header, *predecessor));
        if back.is_empty() {
            return;
        }
        let parameters = self.function.blocks[header].parameters.clone();
        for (index, &parameter) in parameters.iter().enumerate() {
            if self.function.type_of(parameter) != Type::Int {
                continue;
            }
            let begins = forward.iter().all(|&from| {
                self.incoming(from, header, index).iter().all(|&value| {
                    let value = self.substitution.resolve(value);
                    non_negative(self.function, &self.facts, value)
                })
            });
            let grows = begins
                && back.iter().all(|&from| {
                    self.incoming(from, header, index)
                        .iter()
                        .all(|&value| self.grows(parameter, value, header, from))
                });
            if grows {
                self.facts.non_negative(parameter);
            }
        }
    }

    /// Values that flow from a block into a parameter.
    fn incoming(&self, from: Block, to: Block, index: usize) -> Vec<Value> {
        self.function.blocks[from]
            .terminator
            .targets()
            .into_iter()
            .filter(|target| target.block == to)
            .map(|target| target.arguments[index])
            .collect()
    }

    /// Is the value the parameter plus one, computed where the parameter is less than something?
    fn grows(&self, parameter: Value, value: Value, header: Block, latch: Block) -> bool {
        if value == parameter {
            return true;
        }
        let node = &self.function.nodes[value];
        let by_one = node.op == Op::Binary(crate::ssa::BinaryOp::Add)
            && self.substitution.resolve(node.arguments[0]) == parameter
            && self.function.nodes[node.arguments[1]].op == Op::Int(1);
        if !by_one {
            return false;
        }
        let mut block = latch;
        while block != header {
            let Some(dominator) = self.dominators.immediate(block) else {
                return false;
            };
            if self.memory.single_predecessor(block) == Some(dominator)
                && self.branch_shows_less(dominator, block, parameter)
            {
                return true;
            }
            block = dominator;
        }
        false
    }

    /// Does the branch at the end of `from` go to `to` only when the value is less than another?
    fn branch_shows_less(&self, from: Block, to: Block, value: Value) -> bool {
        let Terminator::Branch {
            condition,
            then,
            otherwise,
            ..
        } = &self.function.blocks[from].terminator
        else {
            return false;
        };
        let node = &self.function.nodes[self.substitution.resolve(*condition)];
        let Op::Compare(relation) = node.op else {
            return false;
        };
        if then.block == otherwise.block {
            return false;
        }
        let relation = if then.block == to { relation } else { relation.negated() };
        let argument = |index: usize| self.substitution.resolve(node.arguments[index]);
        match relation {
            crate::ssa::Condition::Lt => argument(0) == value,
            crate::ssa::Condition::Gt => argument(1) == value,
            _ => false,
        }
    }

    /// What the branch that alone leads here says.
    fn edge_facts(&mut self, block: Block) {
        let Some(dominator) = self.dominators.immediate(block) else {
            return;
        };
        if self.memory.single_predecessor(block) != Some(dominator) {
            return;
        }
        if let Terminator::Branch {
            condition,
            then,
            otherwise,
            ..
        } = &self.function.blocks[dominator].terminator
        {
            if then.block == otherwise.block {
                return;
            }
            let holds = then.block == block;
            let condition = self.substitution.resolve(*condition);
            let node = &self.function.nodes[condition];
            if let Op::Compare(relation) = node.op {
                let arguments: Vec<Value> = node
                    .arguments
                    .iter()
                    .map(|argument| self.substitution.resolve(*argument))
                    .collect();
                let relation = if holds { relation } else { relation.negated() };
                self.facts.compare(self.function, relation, arguments[0], arguments[1]);
            }
            let known = Op::Int(i32::from(holds));
            if holds {
                // Zero is one value, not zero are many: only a comparison's result is one for sure.
                if matches!(
                    self.function.nodes[condition].op,
                    Op::Compare(_) | Op::CompareFloat(_) | Op::InstanceOf(_)
                ) {
                    self.facts.truth(condition, known);
                }
            } else {
                self.facts.truth(condition, known);
            }
        }
    }

    fn constant(&mut self, op: Op, result: Type) -> Value {
        if let Some(&value) = self.constants.get(&(op.clone(), result)) {
            return value;
        }
        let entry = self.function.entry;
        let position = crate::ssa::PositionIndex::new(0);
        let value = self.function.nodes.push(Node {
            op: op.clone(),
            arguments: Vec::new(),
            result: Some(result),
            state: None,
            after: None,
            position,
        });
        self.function.blocks[entry].nodes.insert(0, value);
        self.constants.insert((op, result), value);
        value
    }

    fn replace(&mut self, value: Value, other: Value) {
        self.substitution.replace(value, other);
        self.removed[value.index()] = true;
    }

    fn node(&mut self, value: Value, block: Block) {
        let resolved: Vec<Value> = self.function.nodes[value]
            .arguments
            .iter()
            .map(|argument| self.substitution.resolve(*argument))
            .collect();
        self.function.nodes[value].arguments = resolved;
        let node = &self.function.nodes[value];
        if is_constant(&node.op)
            && let Some(result) = node.result
        {
            let first = self.constants.get(&(node.op.clone(), result)).copied();
            if let Some(first) = first.filter(|first| *first != value) {
                self.replace(value, first);
            }
            return;
        }
        if let Some(folded) = fold(self.function, &node.op, &node.arguments, node.result) {
            let result = node.result.unwrap_or(Type::Int);
            match folded {
                Folded::Constant(op) => {
                    let constant = self.constant(op, result);
                    return self.replace(value, constant);
                }
                Folded::Value(other) => return self.replace(value, other),
                Folded::Node(op, arguments) => {
                    let node = &mut self.function.nodes[value];
                    node.op = op;
                    node.arguments = arguments;
                }
            }
        }
        if let Some(known) = self.facts.known_truth(value).cloned() {
            let constant = self.constant(known, Type::Int);
            return self.replace(value, constant);
        }
        if self.is_done(value) {
            self.removed[value.index()] = true;
            return;
        }
        self.number(value, block);
    }

    /// Is this check implied by what is known?
    fn is_done(&mut self, value: Value) -> bool {
        let node = &self.function.nodes[value];
        match node.op {
            Op::NullCheck => {
                let object = node.arguments[0];
                if self.facts.is_non_null(self.function, object) {
                    return true;
                }
                self.facts.non_null(object);
                false
            }
            Op::BoundsCheck => {
                let (index, length) = (node.arguments[0], node.arguments[1]);
                if self.facts.is_below(self.function, index, length) && non_negative(self.function, &self.facts, index)
                {
                    return true;
                }
                let key = (node.op.clone(), node.arguments.clone(), None, 0);
                if self.known.contains_key(&key) {
                    return true;
                }
                self.facts.in_bounds(index, length);
                self.remember(key, value);
                false
            }
            Op::DivisionCheck if self.facts.known_positive(self.function, node.arguments[0]) => true,
            Op::CheckCast(_) | Op::DivisionCheck | Op::InitializationCheck(_) => {
                let key = (node.op.clone(), node.arguments.clone(), None, 0);
                if self.known.contains_key(&key) {
                    return true;
                }
                self.remember(key, value);
                false
            }
            Op::Guard(_) => match self.function.nodes[node.arguments[0]].op {
                Op::Int(constant) => constant != 0,
                Op::Compare(relation) => {
                    let condition = node.arguments[0];
                    if self.facts.known_truth(condition) == Some(&Op::Int(1)) {
                        return true;
                    }
                    let arguments = self.function.nodes[condition].arguments.clone();
                    self.facts.compare(self.function, relation, arguments[0], arguments[1]);
                    self.facts.truth(condition, Op::Int(1));
                    false
                }
                _ => false,
            },
            _ => false,
        }
    }

    /// Finds the node among those that dominate it, or makes it known.
    fn number(&mut self, value: Value, _block: Block) {
        let node = &self.function.nodes[value];
        let version = match location(&node.op) {
            Some(read) if !read.is_store => self.memory.version(read.class),
            Some(write) => {
                // A store makes its own value known to loads of the same place.
                let class = write.class;
                let stored = node.arguments.last().copied();
                self.memory.store(class);
                let version = self.memory.version(class);
                if let (Some(load), Some(stored)) = (super::memory::load_of(&node.op), stored) {
                    let place = node.arguments[..node.arguments.len() - 1].to_vec();
                    let result = Some(self.function.type_of(stored));
                    self.remember((load, place, result, version), stored);
                }
                return;
            }
            None if node.op.clobbers_memory() => {
                self.memory.clobber();
                return;
            }
            None if node.op.is_pure() || is_stable(&node.op) => 0,
            None => return,
        };
        let key = (node.op.clone(), node.arguments.clone(), node.result, version);
        match self.known.get(&key) {
            Some(&other) => match self.facts.known_truth(other).cloned() {
                Some(known) => {
                    let constant = self.constant(known, Type::Int);
                    self.replace(value, constant);
                }
                None => self.replace(value, other),
            },
            None => self.remember(key, value),
        }
    }
}

/// Reads only what never changes.
fn is_stable(op: &Op) -> bool {
    matches!(
        op,
        Op::ArrayLength
            | Op::ClassOf
            | Op::InstanceOf(_)
            | Op::ObjectSlot(_)
            | Op::BooleanMask
            | Op::MirrorOf
            | Op::Binary(_)
    )
}

/// Branches and switches on constants become jumps; guards that always fail stay.
fn branches(function: &mut Function) {
    for block in function.reverse_postorder() {
        let terminator = &function.blocks[block].terminator;
        let new = match terminator {
            Terminator::Branch {
                condition,
                then,
                otherwise,
                ..
            } => match function.nodes[*condition].op {
                Op::Int(0) => Some(Terminator::Jump(otherwise.clone())),
                Op::Int(_) => Some(Terminator::Jump(then.clone())),
                _ => None,
            },
            Terminator::Switch { key, cases, default } => match function.nodes[*key].op {
                Op::Int(constant) => Some(Terminator::Jump(
                    cases
                        .iter()
                        .find(|(case, _)| *case == constant)
                        .map_or_else(|| default.clone(), |(_, target)| target.clone()),
                )),
                _ => None,
            },
            _ => None,
        };
        if let Some(new) = new {
            function.blocks[block].terminator = new;
        }
    }
}

//! Which references live over which safepoint, and where they lie on the stack meanwhile.
//!
//! A collection may move what a reference that is live behind a call points at. Such references are put into a slot of
//! the frame before the call, the code's stack map names the slot, and behind the call they are loaded again. Values
//! that are never live together at a safepoint share a slot. Calls on the slow path of a node store and load only
//! there, so that the fast path keeps its registers.

use crate::ssa::{Block, Function, Op, State, Terminator, Type, Value};
use cranelift_entity::EntityRef;
use std::collections::HashMap;

/// How a node reaches a safepoint.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Reach {
    /// Always.
    Always,
    /// On its slow path.
    SlowPath,
}

/// The safepoint of a node, if it has one.
pub(super) fn reach(op: &Op) -> Option<Reach> {
    match op {
        Op::Call(_) | Op::NewMultiArray(_) => Some(Reach::Always),
        Op::Runtime(call) if call.style().is_safepoint() => Some(Reach::Always),
        Op::New { .. } | Op::NewArray { .. } | Op::Poll | Op::MonitorEnter | Op::MonitorExit => Some(Reach::SlowPath),
        _ => None,
    }
}

/// References over safepoints.
#[derive(Default)]
pub(super) struct Safepoints {
    /// By node: the references that live over its safepoint.
    live: HashMap<Value, Vec<Value>>,
    /// By value: its slot.
    slots: HashMap<Value, u32>,
    /// How many slots there are.
    pub count: usize,
    /// By block: whose reference lies in each slot where it begins.
    entry: Vec<Option<Vec<Option<Value>>>>,
}

/// A set of small numbers.
#[derive(Clone, PartialEq, Eq)]
struct Set(Vec<u64>);

impl Set {
    fn new(size: usize) -> Set {
        Set(vec![0; size.div_ceil(64)])
    }
    fn insert(&mut self, index: u32) {
        self.0[index as usize / 64] |= 1 << (index % 64);
    }
    fn remove(&mut self, index: u32) {
        self.0[index as usize / 64] &= !(1 << (index % 64));
    }
    fn union(&mut self, other: &Set) {
        for (word, other) in self.0.iter_mut().zip(&other.0) {
            *word |= other;
        }
    }
    fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        self.0.iter().enumerate().flat_map(|(index, &word)| {
            let mut rest = word;
            std::iter::from_fn(move || {
                (rest != 0).then(|| {
                    let bit = rest.trailing_zeros();
                    rest &= rest - 1;
                    index as u32 * 64 + bit
                })
            })
        })
    }
}

/// What the analysis of a function's live references works with.
struct Liveness<'f> {
    function: &'f Function,
    /// By value: its number among the references that may move.
    numbers: Vec<Option<u32>>,
    /// The values by number.
    values: Vec<Value>,
}

impl Liveness<'_> {
    fn new(function: &Function) -> Liveness<'_> {
        let mut values = Vec::new();
        let numbers = function
            .nodes
            .iter()
            .map(|(value, node)| {
                let moves = node.result == Some(Type::Reference)
                    && !matches!(node.op, Op::Null | Op::FixedObject(_) | Op::VirtualObject(_));
                moves.then(|| {
                    values.push(value);
                    values.len() as u32 - 1
                })
            })
            .collect();
        Liveness {
            function,
            numbers,
            values,
        }
    }

    fn number(&self, value: Value) -> Option<u32> {
        self.numbers[value.index()]
    }

    fn add(&self, set: &mut Set, value: Value) {
        if let Some(number) = self.number(value) {
            set.insert(number);
        }
    }

    /// A value that an exit needs: of an object that is not allocated, the fields.
    fn add_used(&self, set: &mut Set, value: Value) {
        let node = &self.function.nodes[value];
        match node.op {
            Op::VirtualObject(_) => node.arguments.iter().for_each(|field| self.add_used(set, *field)),
            _ => self.add(set, value),
        }
    }

    /// What a state's frames are made of; locks that are held are the runtime's to know.
    fn add_state(&self, set: &mut Set, state: Option<State>) {
        let mut next = state;
        while let Some(state) = next {
            let frame = &self.function.states[state];
            for value in frame.locals.iter().chain(&frame.stack).flatten() {
                self.add_used(set, *value);
            }
            for lock in frame.locks.iter().filter(|lock| lock.elided) {
                self.add_used(set, lock.object);
            }
            next = frame.caller;
        }
    }

    /// What is live before the terminator.
    fn at_end(&self, block: Block, inputs: &[Set]) -> Set {
        let terminator = &self.function.blocks[block].terminator;
        let mut live = Set::new(self.values.len());
        for target in terminator.targets() {
            live.union(&inputs[target.block.index()]);
        }
        for target in terminator.targets() {
            for &argument in &target.arguments {
                self.add(&mut live, argument);
            }
        }
        for operand in terminator.operands() {
            self.add(&mut live, operand);
        }
        match terminator {
            Terminator::Exit { state, .. } => self.add_state(&mut live, Some(*state)),
            Terminator::Pending { call, .. } => self.add_state(&mut live, self.function.nodes[*call].after),
            _ => {}
        }
        live
    }

    /// Goes through a block from its end, and tells `over` what lives over the safepoints.
    fn through(&self, block: Block, mut live: Set, over: &mut dyn FnMut(Value, &Set)) -> Set {
        let data = &self.function.blocks[block];
        for &value in data.nodes.iter().rev() {
            let node = &self.function.nodes[value];
            self.add_state(&mut live, node.state);
            self.add_state(&mut live, node.after);
            if let Some(number) = self.number(value) {
                live.remove(number);
            }
            if reach(&node.op).is_some() {
                over(value, &live);
            }
            if matches!(node.op, Op::VirtualObject(_)) {
                continue;
            }
            for &argument in &node.arguments {
                self.add(&mut live, argument);
            }
        }
        for &parameter in &data.parameters {
            if let Some(number) = self.number(parameter) {
                live.remove(number);
            }
        }
        live
    }
}

impl Safepoints {
    pub fn new(function: &Function, order: &[Block]) -> Safepoints {
        let nodes = order.iter().flat_map(|&block| &function.blocks[block].nodes);
        if !nodes.into_iter().any(|&node| reach(&function.nodes[node].op).is_some()) {
            return Safepoints::default();
        }
        let liveness = Liveness::new(function);
        let mut inputs = vec![Set::new(liveness.values.len()); function.blocks.len()];
        loop {
            let mut changed = false;
            for &block in order.iter().rev() {
                let end = liveness.at_end(block, &inputs);
                let input = liveness.through(block, end, &mut |_, _| {});
                if inputs[block.index()] != input {
                    inputs[block.index()] = input;
                    changed = true;
                }
            }
            if !changed {
                break;
            }
        }
        let mut live = HashMap::new();
        for &block in order {
            let end = liveness.at_end(block, &inputs);
            liveness.through(block, end, &mut |value, set| {
                let values: Vec<Value> = set.iter().map(|number| liveness.values[number as usize]).collect();
                live.insert(value, values);
            });
        }
        let mut safepoints = Safepoints {
            live,
            ..Safepoints::default()
        };
        safepoints.assign_slots(function, order);
        safepoints.find_contents(function, order);
        safepoints
    }

    /// The lowest slot for each value that none has which lives with it over some safepoint.
    fn assign_slots(&mut self, function: &Function, order: &[Block]) {
        let sequence: Vec<Value> = order
            .iter()
            .flat_map(|&block| function.blocks[block].nodes.iter().copied())
            .filter(|node| self.live.contains_key(node))
            .collect();
        let mut at: HashMap<Value, Vec<Value>> = HashMap::new();
        for safepoint in &sequence {
            for &value in &self.live[safepoint] {
                at.entry(value).or_default().push(*safepoint);
            }
        }
        for safepoint in &sequence {
            for value in &self.live[safepoint] {
                if self.slots.contains_key(value) {
                    continue;
                }
                let mut taken = Set::new(self.count + 1);
                for other in at[value].iter().flat_map(|safepoint| &self.live[safepoint]) {
                    if let Some(&slot) = self.slots.get(other) {
                        taken.insert(slot);
                    }
                }
                let slot = taken
                    .0
                    .iter()
                    .position(|word| *word != u64::MAX)
                    .map_or(self.count as u32, |word| {
                        word as u32 * 64 + taken.0[word].trailing_ones()
                    });
                self.count = self.count.max(slot as usize + 1);
                self.slots.insert(*value, slot);
            }
        }
    }

    /// Which slots hold what where blocks begin: what every way there agrees on.
    fn find_contents(&mut self, function: &Function, order: &[Block]) {
        self.entry = vec![None; function.blocks.len()];
        if let Some(&first) = order.first() {
            self.entry[first.index()] = Some(vec![None; self.count]);
        }
        loop {
            let mut changed = false;
            for &block in order {
                let Some(mut contents) = self.entry[block.index()].clone() else {
                    continue;
                };
                let data = &function.blocks[block];
                for &value in data.parameters.iter().chain(&data.nodes) {
                    if let Some(reach) = reach(&function.nodes[value].op) {
                        self.pass(value, reach, &mut contents);
                    }
                    self.defined(value, &mut contents);
                }
                for successor in data.terminator.successors() {
                    match &mut self.entry[successor.index()] {
                        Some(there) => {
                            for (there, here) in there.iter_mut().zip(&contents) {
                                if there.is_some() && there != here {
                                    *there = None;
                                    changed = true;
                                }
                            }
                        }
                        none => {
                            *none = Some(contents.clone());
                            changed = true;
                        }
                    }
                }
            }
            if !changed {
                break;
            }
        }
    }

    /// The references that live over a node's safepoint.
    pub fn live(&self, node: Value) -> &[Value] {
        self.live.get(&node).map_or(&[], Vec::as_slice)
    }

    /// The slot of a value that lives over a safepoint.
    pub fn slot(&self, value: Value) -> Option<u32> {
        self.slots.get(&value).copied()
    }

    /// Whose reference lies in each slot where a block begins.
    pub fn contents_at(&self, block: Block) -> Vec<Option<Value>> {
        match self.entry.get(block.index()) {
            Some(Some(contents)) => contents.clone(),
            _ => vec![None; self.count],
        }
    }

    /// What the slots hold behind a node's safepoint.
    pub fn pass(&self, node: Value, reach: Reach, contents: &mut [Option<Value>]) {
        for &value in self.live(node) {
            let Some(slot) = self.slot(value) else { continue };
            let there = &mut contents[slot as usize];
            if *there != Some(value) {
                *there = (reach == Reach::Always).then_some(value);
            }
        }
    }

    /// What the slots hold when a value is computed anew: its slot may hold that of the loop's last round.
    pub fn defined(&self, value: Value, contents: &mut [Option<Value>]) {
        if let Some(slot) = self.slot(value)
            && contents[slot as usize] == Some(value)
        {
            contents[slot as usize] = None;
        }
    }
}

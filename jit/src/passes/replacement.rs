//! Values in place of the fields of objects that are not allocated: parameters where stores meet (Cytron et al.:
//! Efficiently Computing Static Single Assignment Form, 1991), and snapshots for frame states.

use super::dominators::Dominators;
use super::escape::{Candidate, access};
use super::loops::predecessors;
use super::substitution::Substitution;
use crate::query::{Kind, Runtime};
use crate::ssa::{
    BinaryOp, Block, Condition, Conversion, Function, Node, Op, PositionIndex, State, Terminator, Type, Value,
    VirtualObject,
};
use cranelift_entity::EntityRef;
use std::collections::{BTreeMap, HashMap};

/// An object at a point of the program.
#[derive(Clone)]
struct Object {
    /// Values of its fields.
    fields: Vec<Value>,
    /// The node that names it in states, while the fields are these.
    snapshot: Option<Value>,
}

/// The objects at a point of the program, by number.
type Objects = BTreeMap<usize, Object>;

/// A parameter that holds a field.
struct FieldParameter {
    object: usize,
    field: usize,
    parameter: Value,
}

struct Replacement<'f> {
    function: &'f mut Function,
    runtime: &'f dyn Runtime,
    candidates: Vec<Candidate>,
    /// By value: its number among the candidates.
    numbers: HashMap<Value, usize>,
    parameters: HashMap<Block, Vec<FieldParameter>>,
    substitution: Substitution,
    constants: HashMap<(Op, Type), Value>,
    /// Does a state, or an object that is not allocated, name a candidate?
    state_names: HashMap<State, bool>,
    value_names: HashMap<Value, bool>,
    /// Rewritten at the current point.
    states: HashMap<State, State>,
    snapshots: HashMap<Value, Value>,
    objects: Objects,
    /// Nodes of the current block that stay.
    nodes: Vec<Value>,
    position: PositionIndex,
}

/// Does without the candidates.
pub(super) fn replace(function: &mut Function, runtime: &dyn Runtime, order: &[Block], candidates: Vec<Candidate>) {
    let dominators = Dominators::new(function, order);
    let parameters = place_parameters(function, order, &dominators, &candidates);
    let numbers = candidates
        .iter()
        .enumerate()
        .map(|(number, candidate)| (candidate.value, number));
    let mut replacement = Replacement {
        numbers: numbers.collect(),
        substitution: Substitution::new(function),
        function,
        runtime,
        candidates,
        parameters,
        constants: HashMap::new(),
        state_names: HashMap::new(),
        value_names: HashMap::new(),
        states: HashMap::new(),
        snapshots: HashMap::new(),
        objects: Objects::new(),
        nodes: Vec::new(),
        position: PositionIndex::new(0),
    };
    let mut at_end: HashMap<Block, Objects> = HashMap::new();
    for &block in order {
        let before = dominators.immediate(block).and_then(|dominator| at_end.get(&dominator));
        replacement.objects = before.cloned().unwrap_or_default();
        replacement.block(block);
        at_end.insert(block, std::mem::take(&mut replacement.objects));
    }
    let Replacement {
        function,
        substitution,
        constants,
        ..
    } = replacement;
    let mut constants: Vec<Value> = constants.into_values().collect();
    constants.sort_unstable();
    function.blocks[function.entry].nodes.splice(0..0, constants);
    substitution.apply(function);
}

/// Parameters for fields where ways meet on which different values may be stored.
fn place_parameters(
    function: &mut Function,
    order: &[Block],
    dominators: &Dominators,
    candidates: &[Candidate],
) -> HashMap<Block, Vec<FieldParameter>> {
    let mut placed: HashMap<Block, Vec<FieldParameter>> = HashMap::new();
    let is_stored_elsewhere = |candidate: &Candidate| {
        let mut stores = candidate.fields.values().flat_map(|field| &field.stores);
        stores.any(|block| *block != candidate.home)
    };
    if !candidates.iter().any(is_stored_elsewhere) {
        return placed;
    }
    let frontier = frontiers(function, order, dominators);
    for (object, candidate) in candidates.iter().enumerate() {
        for (field, accessed) in candidate.fields.values().enumerate() {
            if accessed.stores.iter().all(|block| *block == candidate.home) {
                continue;
            }
            let mut work = accessed.stores.clone();
            work.push(candidate.home);
            let mut seen = vec![false; function.blocks.len()];
            while let Some(block) = work.pop() {
                for &meets in &frontier[block.index()] {
                    // Elsewhere the object does not live.
                    let lives = meets != candidate.home && dominators.dominates(candidate.home, meets);
                    if !lives || std::mem::replace(&mut seen[meets.index()], true) {
                        continue;
                    }
                    let position = function.nodes[candidate.value].position;
                    let parameter = function.add_parameter(meets, Type::of_kind(accessed.kind), position);
                    placed.entry(meets).or_default().push(FieldParameter {
                        object,
                        field,
                        parameter,
                    });
                    work.push(meets);
                }
            }
        }
    }
    placed
}

/// Dominance frontiers, by block.
fn frontiers(function: &Function, order: &[Block], dominators: &Dominators) -> Vec<Vec<Block>> {
    let predecessors = predecessors(function, order);
    let mut frontier: Vec<Vec<Block>> = vec![Vec::new(); function.blocks.len()];
    for &block in order {
        let before = &predecessors[block.index()];
        if before.len() < 2 {
            continue;
        }
        let end = dominators.immediate(block);
        for &predecessor in before {
            let mut next = Some(predecessor);
            while let Some(at) = next.filter(|at| Some(*at) != end) {
                let frontier = &mut frontier[at.index()];
                if frontier.last() != Some(&block) {
                    frontier.push(block);
                }
                next = dominators.immediate(at);
            }
        }
    }
    frontier
}

impl Replacement<'_> {
    fn block(&mut self, block: Block) {
        self.at_another_point();
        // Blocks can be copied as long as they name objects by nodes of their own.
        self.objects.values_mut().for_each(|object| object.snapshot = None);
        for placed in self.parameters.get(&block).into_iter().flatten() {
            if let Some(object) = self.objects.get_mut(&placed.object) {
                object.fields[placed.field] = placed.parameter;
                object.snapshot = None;
            }
        }
        let nodes = std::mem::take(&mut self.function.blocks[block].nodes);
        self.nodes = Vec::with_capacity(nodes.len());
        for value in nodes {
            self.position = self.function.nodes[value].position;
            self.node(value);
        }
        let mut terminator = std::mem::replace(&mut self.function.blocks[block].terminator, Terminator::None);
        if let Terminator::Exit { state, .. } = &mut terminator {
            *state = self.state(*state);
        }
        for target in terminator.targets_mut() {
            for placed in self.parameters.get(&target.block).into_iter().flatten() {
                if let Some(object) = self.objects.get(&placed.object) {
                    target.arguments.push(object.fields[placed.field]);
                }
            }
        }
        self.function.blocks[block].nodes = std::mem::take(&mut self.nodes);
        self.function.blocks[block].terminator = terminator;
    }

    /// What was rewritten for states before is not right here.
    fn at_another_point(&mut self) {
        self.states.clear();
        self.snapshots.clear();
    }

    fn push(&mut self, op: Op, arguments: &[Value], result: Type) -> Value {
        let value = self.function.nodes.push(Node {
            op,
            arguments: arguments.to_vec(),
            result: Some(result),
            state: None,
            after: None,
            position: self.position,
        });
        self.nodes.push(value);
        value
    }

    /// Makes a node another one without states, and keeps it.
    fn becomes(&mut self, value: Value, op: Op, arguments: &[Value], result: Type) {
        let node = &mut self.function.nodes[value];
        node.op = op;
        node.arguments = arguments.to_vec();
        node.result = Some(result);
        (node.state, node.after) = (None, None);
        self.nodes.push(value);
    }

    fn constant(&mut self, op: Op, result: Type) -> Value {
        let (function, position) = (&mut *self.function, self.position);
        *self.constants.entry((op.clone(), result)).or_insert_with(|| {
            function.nodes.push(Node {
                op,
                arguments: Vec::new(),
                result: Some(result),
                state: None,
                after: None,
                position,
            })
        })
    }

    fn zero(&mut self, kind: Type) -> Value {
        let op = match kind {
            Type::Int => Op::Int(0),
            Type::Long => Op::Long(0),
            Type::Float => Op::Float(0),
            Type::Double => Op::Double(0),
            Type::Reference => Op::Null,
        };
        self.constant(op, kind)
    }

    fn node(&mut self, value: Value) {
        if let Some(&number) = self.numbers.get(&value) {
            let kinds: Vec<Kind> = self.candidates[number]
                .fields
                .values()
                .map(|field| field.kind)
                .collect();
            let fields = kinds.into_iter().map(|kind| self.zero(Type::of_kind(kind))).collect();
            self.objects.insert(number, Object { fields, snapshot: None });
            return self.at_another_point();
        }
        let node = &self.function.nodes[value];
        if matches!(node.op, Op::VirtualObject(_)) {
            if !self.value_names_candidate(value) {
                self.nodes.push(value);
            }
            return;
        }
        let used = node
            .arguments
            .iter()
            .find_map(|argument| self.numbers.get(argument).copied());
        match used {
            Some(number) => self.use_of(value, number),
            None => {
                let (state, after) = (node.state, node.after);
                let (state, after) = (
                    state.map(|state| self.state(state)),
                    after.map(|after| self.state(after)),
                );
                let node = &mut self.function.nodes[value];
                (node.state, node.after) = (state, after);
                self.nodes.push(value);
            }
        }
    }

    /// A node that uses a candidate.
    fn use_of(&mut self, value: Value, number: usize) {
        if let Some((offset, kind, _)) = access(self.function, value) {
            return self.access(value, number, offset, kind);
        }
        let (op, arguments) = {
            let node = &self.function.nodes[value];
            (node.op.clone(), node.arguments.clone())
        };
        let class = self.candidates[number].class;
        let constant = match op {
            Op::ClassOf => self.constant(Op::Long(class.0 as i64), Type::Long),
            Op::InstanceOf(of) => {
                let is = self.runtime.is_subtype(class, of);
                self.constant(Op::Int(i32::from(is)), Type::Int)
            }
            Op::Compare(condition) => {
                // Nothing else is this object.
                let same = arguments[0] == arguments[1];
                let holds = same == (condition == Condition::Eq);
                self.constant(Op::Int(i32::from(holds)), Type::Int)
            }
            // Checks that hold, and locks that nobody else can want.
            _ => return,
        };
        self.substitution.replace(value, constant);
    }

    /// A load, a store or both of a candidate's field.
    fn access(&mut self, value: Value, number: usize, offset: u32, kind: Kind) {
        let candidate = &self.candidates[number];
        let field = candidate.fields.keys().position(|other| *other == offset);
        let (Some(field), Some(object)) = (field, self.objects.get(&number)) else {
            unreachable!("a field of an object that is not there");
        };
        let old = object.fields[field];
        let (op, arguments) = {
            let node = &self.function.nodes[value];
            (node.op.clone(), node.arguments.clone())
        };
        let result = Type::of_kind(kind);
        let new = match op {
            Op::LoadField { .. } | Op::LoadRaw(..) => {
                return self.substitution.replace(value, old);
            }
            Op::StoreField { .. } => self.stored(value, kind, arguments[1]),
            Op::StoreRaw(..) => arguments[2],
            Op::CompareAndSet(_) => {
                self.becomes(value, Op::Compare(Condition::Eq), &[old, arguments[2]], Type::Int);
                self.push(Op::Select, &[value, arguments[3], old], result)
            }
            Op::CompareAndExchange(_) => {
                let same = self.push(Op::Compare(Condition::Eq), &[old, arguments[2]], Type::Int);
                self.substitution.replace(value, old);
                self.push(Op::Select, &[same, arguments[3], old], result)
            }
            Op::GetAndAdd(_) => {
                self.substitution.replace(value, old);
                self.push(Op::Binary(BinaryOp::Add), &[old, arguments[2]], result)
            }
            _ => {
                self.substitution.replace(value, old);
                arguments[2]
            }
        };
        if let Some(object) = self.objects.get_mut(&number) {
            object.fields[field] = new;
            object.snapshot = None;
        }
        self.at_another_point();
    }

    /// What a load reads after a store of a value; the store's node may take its place.
    fn stored(&mut self, store: Value, kind: Kind, value: Value) -> Value {
        let conversion = match kind {
            Kind::Boolean => {
                let one = self.constant(Op::Int(1), Type::Int);
                self.becomes(store, Op::Binary(BinaryOp::And), &[value, one], Type::Int);
                return store;
            }
            Kind::Byte => Conversion::I2b,
            Kind::Char => Conversion::I2c,
            Kind::Short => Conversion::I2s,
            _ => return value,
        };
        self.becomes(store, Op::Convert(conversion), &[value], Type::Int);
        store
    }

    fn value_names_candidate(&mut self, value: Value) -> bool {
        if self.numbers.contains_key(&value) {
            return true;
        }
        if !matches!(self.function.nodes[value].op, Op::VirtualObject(_)) {
            return false;
        }
        if let Some(&known) = self.value_names.get(&value) {
            return known;
        }
        let fields = self.function.nodes[value].arguments.clone();
        let names = fields.into_iter().any(|field| self.value_names_candidate(field));
        self.value_names.insert(value, names);
        names
    }

    fn state_names_candidate(&mut self, state: State) -> bool {
        if let Some(&known) = self.state_names.get(&state) {
            return known;
        }
        let frame = &self.function.states[state];
        let caller = frame.caller;
        let mut values: Vec<Value> = frame.locals.iter().chain(&frame.stack).flatten().copied().collect();
        values.extend(frame.locks.iter().map(|lock| lock.object));
        let names = values.into_iter().any(|value| self.value_names_candidate(value))
            || caller.is_some_and(|caller| self.state_names_candidate(caller));
        self.state_names.insert(state, names);
        names
    }

    /// A state as it is at this point.
    fn state(&mut self, state: State) -> State {
        if !self.state_names_candidate(state) {
            return state;
        }
        if let Some(&known) = self.states.get(&state) {
            return known;
        }
        let mut frame = self.function.states[state].clone();
        for value in frame.locals.iter_mut().chain(&mut frame.stack).flatten() {
            *value = self.in_state(*value);
        }
        for lock in &mut frame.locks {
            lock.elided |= self.numbers.contains_key(&lock.object);
            lock.object = self.in_state(lock.object);
        }
        frame.caller = frame.caller.map(|caller| self.state(caller));
        let new = self.function.states.push(frame);
        self.states.insert(state, new);
        new
    }

    /// How states at this point name a value.
    fn in_state(&mut self, value: Value) -> Value {
        if let Some(&number) = self.numbers.get(&value) {
            return self.snapshot(number);
        }
        if !self.value_names_candidate(value) {
            return value;
        }
        if let Some(&known) = self.snapshots.get(&value) {
            return known;
        }
        let (op, fields) = {
            let node = &self.function.nodes[value];
            (node.op.clone(), node.arguments.clone())
        };
        let fields: Vec<Value> = fields.into_iter().map(|field| self.in_state(field)).collect();
        let new = self.push(op, &fields, Type::Reference);
        self.snapshots.insert(value, new);
        new
    }

    fn snapshot(&mut self, number: usize) -> Value {
        let Some(object) = self.objects.get(&number) else {
            unreachable!("an object where it does not live");
        };
        if let Some(snapshot) = object.snapshot {
            return snapshot;
        }
        let fields = object.fields.clone();
        let candidate = &self.candidates[number];
        let op = Op::VirtualObject(Box::new(VirtualObject {
            class: candidate.class,
            number: candidate.value.as_u32(),
            fields: candidate
                .fields
                .iter()
                .map(|(offset, field)| (*offset, field.kind))
                .collect(),
        }));
        let snapshot = self.push(op, &fields, Type::Reference);
        if let Some(object) = self.objects.get_mut(&number) {
            object.snapshot = Some(snapshot);
        }
        snapshot
    }
}

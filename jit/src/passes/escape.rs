//! Objects that only the code itself sees are not allocated (Stadler, Würthinger, Mössenböck: Partial Escape Analysis and
//! Scalar Replacement for Java, 2014, without the partial): their fields become values, their locks nobody can contend.
//!
//! An object escapes where it is stored, passed on, returned, or becomes one of several values of a parameter. Frame
//! states do not let it escape: they name an [`Op::VirtualObject`] instead, and exits allocate. Whatever lies in an
//! object's fields can be judged once that object is gone: so there are rounds, from the outside to the inside.

use super::replacement::replace;
use super::{numbering, parameters};
use crate::query::{ClassId, Kind, Runtime};
use crate::ssa::{Block, Condition, Function, Op, Value};
use cranelift_entity::EntityRef;
use std::collections::BTreeMap;

/// Objects that hold each other, this deep at most.
const MOST_ROUNDS: usize = 6;
/// Bytes of an object's header, which is no field.
const HEADER_BYTES: u32 = 8;

/// An allocation that can be done without.
pub(super) struct Candidate {
    pub value: Value,
    pub class: ClassId,
    /// The block that allocates.
    pub home: Block,
    /// Fields that are accessed, by offset.
    pub fields: BTreeMap<u32, Field>,
}

/// A field of a candidate.
pub(super) struct Field {
    pub kind: Kind,
    /// Blocks that store it.
    pub stores: Vec<Block>,
}

/// Runs the pass.
pub fn run(function: &mut Function, runtime: &dyn Runtime) {
    let mut changed = false;
    for _ in 0..MOST_ROUNDS {
        let order = function.reverse_postorder();
        let candidates = find(function, &order, runtime);
        if candidates.is_empty() {
            break;
        }
        replace(function, runtime, &order, candidates);
        parameters::run(function);
        changed = true;
    }
    if changed {
        numbering::run(function);
        parameters::run(function);
    }
}

/// The allocations that do not escape.
fn find(function: &Function, order: &[Block], runtime: &dyn Runtime) -> Vec<Candidate> {
    let mut found = Finder {
        function,
        runtime,
        numbers: Vec::new(),
        candidates: Vec::new(),
    };
    for &block in order {
        for &value in &function.blocks[block].nodes {
            if let Op::New { class, .. } = function.nodes[value].op
                && runtime.may_be_virtual(class)
            {
                found.numbers.resize(function.nodes.len(), None);
                found.numbers[value.index()] = Some(found.candidates.len());
                found.candidates.push(Some(Candidate {
                    value,
                    class,
                    home: block,
                    fields: BTreeMap::new(),
                }));
            }
        }
    }
    if found.candidates.is_empty() {
        return Vec::new();
    }
    for &block in order {
        for &value in &function.blocks[block].nodes {
            found.uses(value, block);
        }
        let terminator = &function.blocks[block].terminator;
        let arguments = terminator.targets().into_iter().flat_map(|target| &target.arguments);
        for value in arguments.copied().chain(terminator.operands()) {
            found.escapes(value);
        }
    }
    let candidates = found.candidates.into_iter().flatten();
    candidates.filter(|candidate| !overlap(candidate)).collect()
}

/// Do accesses of an object see parts of each other, or of its header?
fn overlap(candidate: &Candidate) -> bool {
    let mut free = HEADER_BYTES;
    candidate.fields.iter().any(|(&offset, field)| {
        let overlaps = offset < free;
        free = offset.saturating_add(field.kind.bytes());
        overlaps
    })
}

struct Finder<'a> {
    function: &'a Function,
    runtime: &'a dyn Runtime,
    /// By value: its number among the candidates.
    numbers: Vec<Option<usize>>,
    /// `None`: escapes.
    candidates: Vec<Option<Candidate>>,
}

impl Finder<'_> {
    fn number(&self, value: Value) -> Option<usize> {
        let number = self.numbers[value.index()]?;
        self.candidates[number].is_some().then_some(number)
    }

    fn escapes(&mut self, value: Value) {
        if let Some(number) = self.number(value) {
            self.candidates[number] = None;
        }
    }

    fn uses(&mut self, value: Value, block: Block) {
        let node = &self.function.nodes[value];
        for (index, &argument) in node.arguments.iter().enumerate() {
            if let Some(number) = self.number(argument)
                && !self.is_harmless(value, index, number, block)
            {
                self.candidates[number] = None;
            }
        }
    }

    fn is_harmless(&mut self, user: Value, index: usize, number: usize, block: Block) -> bool {
        let node = &self.function.nodes[user];
        let Some(candidate) = &mut self.candidates[number] else {
            return false;
        };
        if let Some((offset, kind, is_store)) = access(self.function, user) {
            // What is stored or compared escapes, the object itself not.
            if index != 0 || node.arguments[1..].contains(&candidate.value) {
                return false;
            }
            let field = candidate.fields.entry(offset).or_insert(Field {
                kind,
                stores: Vec::new(),
            });
            if is_store {
                field.stores.push(block);
            }
            return field.kind == kind;
        }
        match node.op {
            Op::NullCheck
            | Op::ClassOf
            | Op::InstanceOf(_)
            | Op::MonitorEnter
            | Op::MonitorExit
            | Op::Compare(Condition::Eq | Condition::Ne)
            | Op::VirtualObject(_) => true,
            Op::CheckCast(class) => self.runtime.is_subtype(candidate.class, class),
            _ => false,
        }
    }
}

/// Offset and kind of the field that a node accesses in the object that is its first operand, and whether it may store.
pub(super) fn access(function: &Function, value: Value) -> Option<(u32, Kind, bool)> {
    let node = &function.nodes[value];
    let is_whole = |kind: Kind| kind.bytes() >= 4;
    let (kind, is_store) = match node.op {
        Op::LoadField { offset, kind, .. } => return Some((offset, kind, false)),
        Op::StoreField { offset, kind, .. } => return Some((offset, kind, true)),
        Op::LoadRaw(kind, _) if is_whole(kind) => (kind, false),
        Op::StoreRaw(kind, _) if is_whole(kind) => (kind, true),
        Op::CompareAndSet(kind) | Op::CompareAndExchange(kind)
            if matches!(kind, Kind::Int | Kind::Long | Kind::Reference) =>
        {
            (kind, true)
        }
        Op::GetAndAdd(kind) if matches!(kind, Kind::Int | Kind::Long) => (kind, true),
        Op::GetAndSet(kind) if matches!(kind, Kind::Int | Kind::Long | Kind::Reference) => (kind, true),
        _ => return None,
    };
    match function.nodes[node.arguments[1]].op {
        Op::Long(offset) => Some((u32::try_from(offset).ok()?, kind, is_store)),
        _ => None,
    }
}

//! Versions of memory by alias class: a load may be taken for an earlier one when nothing that could have written its
//! place lies between. Plain loads may be kept over polls, as the Java memory model allows (JLS §17.4).

use super::dominators::Dominators;
use crate::query::Kind;
use crate::ssa::{Block, Function, Op};
use cranelift_entity::EntityRef;
use std::collections::{HashMap, HashSet};

/// An alias class.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Class {
    Field(u64),
    Static(u64),
    Element(Kind),
}

/// What a plain memory operation touches.
pub(super) struct Location {
    pub class: Class,
    pub is_store: bool,
}

fn element(kind: Kind) -> Class {
    Class::Element(if kind == Kind::Boolean { Kind::Byte } else { kind })
}

/// The place of a plain load or store.
pub(super) fn location(op: &Op) -> Option<Location> {
    let (class, is_store) = match op {
        Op::LoadField {
            alias, volatile: false, ..
        } => (Class::Field(*alias), false),
        Op::StoreField {
            alias, volatile: false, ..
        } => (Class::Field(*alias), true),
        Op::LoadStatic {
            address,
            volatile: false,
            ..
        } => (Class::Static(*address), false),
        Op::StoreStatic {
            address,
            volatile: false,
            ..
        } => (Class::Static(*address), true),
        Op::LoadElement(kind) => (element(*kind), false),
        Op::StoreElement(kind) => (element(*kind), true),
        _ => return None,
    };
    Some(Location { class, is_store })
}

/// The load that would read what a store has written, when it reads it unchanged.
pub(super) fn load_of(op: &Op) -> Option<Op> {
    let whole = |kind: Kind| {
        matches!(
            kind,
            Kind::Int | Kind::Long | Kind::Float | Kind::Double | Kind::Reference
        )
    };
    match *op {
        Op::StoreField {
            offset,
            kind,
            alias,
            volatile: false,
        } if whole(kind) => Some(Op::LoadField {
            offset,
            kind,
            alias,
            volatile: false,
        }),
        Op::StoreStatic {
            address,
            kind,
            volatile: false,
        } if whole(kind) => Some(Op::LoadStatic {
            address,
            kind,
            volatile: false,
        }),
        Op::StoreElement(kind) if whole(kind) => Some(Op::LoadElement(kind)),
        _ => None,
    }
}

/// What a block writes.
#[derive(Default, Clone)]
struct Effects {
    all: bool,
    classes: HashSet<Class>,
}

#[derive(Clone, Default)]
struct Versions {
    /// Version of what `classes` does not name.
    base: u64,
    classes: HashMap<Class, u64>,
}

/// Versions at the point the walk has reached.
pub(super) struct Memory {
    effects: Vec<Effects>,
    predecessors: Vec<Vec<Block>>,
    at_end: HashMap<Block, Versions>,
    now: Versions,
    next: u64,
}

/// Blocks looked through for what lies between a block and its dominator.
const MOST_BLOCKS: usize = 400;

impl Memory {
    pub fn new(function: &Function, order: &[Block], _dominators: &Dominators) -> Memory {
        let mut effects = vec![Effects::default(); function.blocks.len()];
        let mut predecessors = vec![Vec::new(); function.blocks.len()];
        for &block in order {
            let own = &mut effects[block.index()];
            for &value in &function.blocks[block].nodes {
                let op = &function.nodes[value].op;
                match location(op) {
                    Some(location) if location.is_store => {
                        own.classes.insert(location.class);
                    }
                    None if op.clobbers_memory() => own.all = true,
                    _ => {}
                }
            }
            for successor in function.blocks[block].terminator.successors() {
                predecessors[successor.index()].push(block);
            }
        }
        Memory {
            effects,
            predecessors,
            at_end: HashMap::new(),
            now: Versions::default(),
            next: 1,
        }
    }

    /// The only predecessor of a block.
    pub fn single_predecessor(&self, block: Block) -> Option<Block> {
        match self.predecessors[block.index()].as_slice() {
            [only] => Some(*only),
            _ => None,
        }
    }

    /// The predecessors of a block.
    pub fn predecessors(&self, block: Block) -> &[Block] {
        &self.predecessors[block.index()]
    }

    fn fresh(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    /// Sets the versions at the beginning of a block whose dominators were walked.
    pub fn enter(&mut self, block: Block, dominators: &Dominators) {
        let Some(dominator) = dominators.immediate(block) else {
            return;
        };
        let mut versions = self.at_end.get(&dominator).cloned().unwrap_or_default();
        if self.single_predecessor(block) != Some(dominator) {
            match self.between(dominator, block) {
                Some(effects) if !effects.all => {
                    for class in effects.classes {
                        let version = self.fresh();
                        versions.classes.insert(class, version);
                    }
                }
                _ => {
                    versions = Versions {
                        base: self.fresh(),
                        classes: HashMap::new(),
                    };
                }
            }
        }
        self.now = versions;
    }

    /// What the blocks on ways from `dominator` to `block` write, those two aside unless they lie on a loop.
    fn between(&self, dominator: Block, block: Block) -> Option<Effects> {
        let mut effects = Effects::default();
        let mut seen = HashSet::new();
        let mut work: Vec<Block> = self.predecessors[block.index()].clone();
        while let Some(at) = work.pop() {
            if at == dominator || !seen.insert(at) {
                continue;
            }
            if seen.len() > MOST_BLOCKS {
                return None;
            }
            let own = &self.effects[at.index()];
            effects.all |= own.all;
            if effects.all {
                return Some(effects);
            }
            effects.classes.extend(own.classes.iter().copied());
            work.extend(&self.predecessors[at.index()]);
        }
        Some(effects)
    }

    pub fn leave(&mut self, block: Block) {
        self.at_end.insert(block, self.now.clone());
    }
    pub fn version(&self, class: Class) -> u64 {
        self.now.classes.get(&class).copied().unwrap_or(self.now.base)
    }
    pub fn store(&mut self, class: Class) {
        let version = self.fresh();
        self.now.classes.insert(class, version);
    }
    pub fn clobber(&mut self) {
        self.now = Versions {
            base: self.fresh(),
            classes: HashMap::new(),
        };
    }
}

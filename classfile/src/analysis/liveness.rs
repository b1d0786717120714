//! Which locals may still be read as references: backward data flow.

use super::blocks::{Blocks, MAX_STEPS};
use super::effects::{LocalAccess, local_access};
use super::{AnalysisError, MethodShape};
use crate::opcodes::decode;

/// Words of sets a method may take, for each of three sets.
const MAX_WORDS: usize = 4 << 20;

/// A set of locals.
#[derive(Clone)]
pub(super) struct Locals(Vec<u64>);

impl Locals {
    fn new(locals: usize) -> Self {
        Locals(vec![0; locals.div_ceil(64)])
    }

    fn insert(&mut self, local: usize) {
        if let Some(word) = self.0.get_mut(local / 64) {
            *word |= 1 << (local % 64);
        }
    }

    pub fn contains(&self, local: usize) -> bool {
        self.0.get(local / 64).is_some_and(|word| word >> (local % 64) & 1 != 0)
    }
}

pub(super) struct Liveness {
    locals: usize,
    words: usize,
    /// Live at the start of each block.
    live_in: Vec<u64>,
}

/// The locals whose first access in `from..end` is a read, and those whose first access is a write.
fn first_accesses(shape: &MethodShape<'_>, from: usize, end: usize, locals: usize) -> (Locals, Locals) {
    let (mut read, mut written) = (Locals::new(locals), Locals::new(locals));
    let mut bci = from;
    while bci < end {
        let Ok(instruction) = decode(shape.code, bci) else {
            break;
        };
        match local_access(&instruction) {
            LocalAccess::ReadReference(local) if !written.contains(local) => read.insert(local),
            LocalAccess::Write(local, slots, _) => {
                for local in local..local + slots {
                    if !read.contains(local) {
                        written.insert(local);
                    }
                }
            }
            _ => {}
        }
        bci = instruction.next_bci();
    }
    (read, written)
}

impl Liveness {
    pub fn new(shape: &MethodShape<'_>, blocks: &Blocks, locals: usize) -> Result<Self, AnalysisError> {
        let words = locals.div_ceil(64);
        let count = blocks.len() + 1;
        if words * count > MAX_WORDS {
            return Err(AnalysisError::TooLarge);
        }
        let mut steps = 0;
        let mut liveness = Liveness {
            locals,
            words,
            live_in: vec![0; words * count],
        };
        let none = || (Locals::new(locals), Locals::new(locals));
        let accesses: Vec<_> = (0..blocks.len())
            .map(|block| first_accesses(shape, blocks.start(block), blocks.end(block), locals))
            .chain(std::iter::once_with(none))
            .collect();
        let mut predecessors = vec![Vec::new(); count];
        for block in 0..count {
            for &next in blocks.successors(block).iter().chain(blocks.handlers(block)) {
                predecessors[next as usize].push(block as u32);
            }
        }
        let mut pending = vec![true; count];
        let mut heap: std::collections::BinaryHeap<usize> = (0..count).collect();
        while let Some(block) = heap.pop() {
            pending[block] = false;
            let (read, written) = &accesses[block];
            let mut changed = false;
            steps += words * (1 + blocks.successors(block).len() + blocks.handlers(block).len());
            if steps > MAX_STEPS {
                return Err(AnalysisError::TooLarge);
            }
            for word in 0..words {
                let live = |next: &u32| liveness.live_in[*next as usize * words + word];
                let out = blocks.successors(block).iter().map(live).fold(0, |a, b| a | b);
                let caught = blocks.handlers(block).iter().map(live).fold(0, |a, b| a | b);
                let new = read.0[word] | out & !written.0[word] | caught;
                let old = &mut liveness.live_in[block * words + word];
                changed |= *old != new;
                *old = new;
            }
            if changed {
                for &before in &predecessors[block] {
                    if !std::mem::replace(&mut pending[before as usize], true) {
                        heap.push(before as usize);
                    }
                }
            }
        }
        Ok(liveness)
    }

    /// The locals live before the instruction at `bci`, which is in `block`.
    pub fn before(&self, shape: &MethodShape<'_>, blocks: &Blocks, block: usize, bci: usize) -> Locals {
        let (mut read, written) = first_accesses(shape, bci, blocks.end(block), self.locals);
        for word in 0..self.words {
            let live = |next: &u32| self.live_in[*next as usize * self.words + word];
            let out = blocks.successors(block).iter().map(live).fold(0, |a, b| a | b);
            let caught = blocks.handlers(block).iter().map(live).fold(0, |a, b| a | b);
            read.0[word] |= out & !written.0[word] | caught;
        }
        read
    }
}

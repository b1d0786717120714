//! Dominators (Cooper, Harvey, Kennedy: A Simple, Fast Dominance Algorithm, 2001) and natural loops.

use crate::ssa::{Block, Function};
use cranelift_entity::EntityRef;

const UNREACHED: u32 = u32::MAX;

/// Immediate dominators of the reachable blocks.
pub struct Dominators {
    /// Place in reverse postorder by block.
    place: Vec<u32>,
    /// Immediate dominator, as place, by place; the entry's is itself.
    immediate: Vec<u32>,
    /// Blocks by place.
    order: Vec<Block>,
    /// Entry and leave times of a walk over the dominator tree, by place.
    times: Vec<(u32, u32)>,
}

impl Dominators {
    /// Computes them; `order` is the function's reverse postorder.
    pub fn new(function: &Function, order: &[Block]) -> Dominators {
        let mut place = vec![UNREACHED; function.blocks.len()];
        for (index, block) in order.iter().enumerate() {
            place[block.index()] = index as u32;
        }
        let mut predecessors = vec![Vec::new(); order.len()];
        for (index, block) in order.iter().enumerate() {
            for successor in function.blocks[*block].terminator.successors() {
                predecessors[place[successor.index()] as usize].push(index as u32);
            }
        }
        let mut immediate = vec![UNREACHED; order.len()];
        if let Some(first) = immediate.first_mut() {
            *first = 0;
        }
        let mut changed = true;
        while changed {
            changed = false;
            for index in 1..order.len() {
                let mut new = UNREACHED;
                for &predecessor in &predecessors[index] {
                    if immediate[predecessor as usize] == UNREACHED {
                        continue;
                    }
                    new = if new == UNREACHED {
                        predecessor
                    } else {
                        intersect(&immediate, new, predecessor)
                    };
                }
                if immediate[index] != new {
                    immediate[index] = new;
                    changed = true;
                }
            }
        }
        let times = tree_times(&immediate);
        Dominators {
            place,
            immediate,
            order: order.to_vec(),
            times,
        }
    }
    /// Does every path to `other` go through `block` (or are they the same)?
    pub fn dominates(&self, block: Block, other: Block) -> bool {
        let (a, b) = (self.place[block.index()], self.place[other.index()]);
        if a == UNREACHED || b == UNREACHED {
            return false;
        }
        let ((a_in, a_out), (b_in, b_out)) = (self.times[a as usize], self.times[b as usize]);
        a_in <= b_in && b_out <= a_out
    }
    /// The immediate dominator; `None` for the entry.
    pub fn immediate(&self, block: Block) -> Option<Block> {
        let place = self.place[block.index()];
        (place != 0 && place != UNREACHED).then(|| self.order[self.immediate[place as usize] as usize])
    }
    /// Children in the dominator tree of each block, by place in the order.
    pub fn children(&self) -> Vec<Vec<Block>> {
        let mut children = vec![Vec::new(); self.order.len()];
        for index in 1..self.order.len() {
            children[self.immediate[index] as usize].push(self.order[index]);
        }
        children
    }
    /// Place of a block in reverse postorder; `None` when it is not reached.
    pub fn place(&self, block: Block) -> Option<usize> {
        let place = self.place[block.index()];
        (place != UNREACHED).then_some(place as usize)
    }
}

fn intersect(immediate: &[u32], mut a: u32, mut b: u32) -> u32 {
    while a != b {
        while a > b {
            a = immediate[a as usize];
        }
        while b > a {
            b = immediate[b as usize];
        }
    }
    a
}

fn tree_times(immediate: &[u32]) -> Vec<(u32, u32)> {
    let mut children = vec![Vec::new(); immediate.len()];
    for (index, parent) in immediate.iter().enumerate().skip(1) {
        if *parent != UNREACHED {
            children[*parent as usize].push(index);
        }
    }
    let mut times = vec![(0, 0); immediate.len()];
    let mut clock = 0;
    let mut stack = Vec::new();
    if !immediate.is_empty() {
        stack.push((0, 0));
        times[0].0 = clock;
    }
    while let Some((index, next)) = stack.last_mut() {
        clock += 1;
        match children[*index].get(*next) {
            Some(&child) => {
                *next += 1;
                times[child].0 = clock;
                stack.push((child, 0));
            }
            None => {
                times[*index].1 = clock;
                stack.pop();
            }
        }
    }
    times
}

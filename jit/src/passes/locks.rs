//! Locks that need not be taken: those the code holds already, and those that are released only to be taken again.
//!
//! States say of a lock that is not taken that it is elided, and exits take it.

use super::loops::predecessors;
use crate::ssa::{Block, Function, Op, State, Terminator, Value};
use cranelift_entity::EntityRef;
use std::collections::{HashMap, HashSet};

/// Runs the pass.
pub fn run(function: &mut Function) {
    let order = function.reverse_postorder();
    let is_lock = |value: &Value| matches!(function.nodes[*value].op, Op::MonitorEnter | Op::MonitorExit);
    if !order
        .iter()
        .any(|block| function.blocks[*block].nodes.iter().any(is_lock))
    {
        return;
    }
    if let Some(nested) = nested(function, &order)
        && !nested.is_empty()
    {
        remove(function, &order, &nested);
        mark_states(function);
    }
    let pairs = retaken(function, &order);
    remove(function, &order, &pairs);
}

fn remove(function: &mut Function, order: &[Block], removed: &HashSet<Value>) {
    if removed.is_empty() {
        return;
    }
    for &block in order {
        function.blocks[block].nodes.retain(|value| !removed.contains(value));
    }
}

/// The nodes that take and release locks which are held meanwhile; `None` when paths hold different ones, or states do not
/// tell the same.
fn nested(function: &Function, order: &[Block]) -> Option<HashSet<Value>> {
    let mut found = HashSet::new();
    let mut at_start: HashMap<Block, Vec<Value>> = HashMap::from([(function.entry, Vec::new())]);
    for &block in order {
        let mut held = at_start.get(&block)?.clone();
        for &value in &function.blocks[block].nodes {
            let node = &function.nodes[value];
            match node.op {
                Op::OsrLock(_) => held.push(value),
                Op::MonitorEnter => {
                    let object = node.arguments[0];
                    if held.contains(&object) {
                        found.insert(value);
                    }
                    held.push(object);
                }
                Op::MonitorExit => {
                    let object = node.arguments[0];
                    if held.pop() != Some(object) {
                        return None;
                    }
                    if held.contains(&object) {
                        found.insert(value);
                    }
                }
                _ => {}
            }
            for state in [node.state, node.after].into_iter().flatten() {
                if !agrees(function, state, &held) {
                    return None;
                }
            }
        }
        if let Terminator::Exit { state, .. } = function.blocks[block].terminator
            && !agrees(function, state, &held)
        {
            return None;
        }
        for successor in function.blocks[block].terminator.successors() {
            let known = at_start.entry(successor).or_insert_with(|| held.clone());
            if *known != held {
                return None;
            }
        }
    }
    Some(found)
}

/// Does a state have these locks?
fn agrees(function: &Function, state: State, held: &[Value]) -> bool {
    let mut left = held;
    let mut next = Some(state);
    while let Some(state) = next {
        for lock in function.states[state].locks.iter().rev() {
            match left.split_last() {
                Some((last, rest)) if *last == lock.object => left = rest,
                _ => return false,
            }
        }
        next = function.states[state].caller;
    }
    left.is_empty()
}

/// Marks each lock of an object which the same frame or one further out holds.
fn mark_states(function: &mut Function) {
    let states: Vec<State> = function.states.keys().collect();
    for state in states {
        if function.states[state].locks.is_empty() {
            continue;
        }
        let mut held: Vec<Value> = Vec::new();
        let mut next = function.states[state].caller;
        while let Some(caller) = next {
            held.extend(function.states[caller].locks.iter().map(|lock| lock.object));
            next = function.states[caller].caller;
        }
        for lock in &mut function.states[state].locks {
            lock.elided |= held.contains(&lock.object);
            held.push(lock.object);
        }
    }
}

/// Pairs of a release and a lock of the same object with nothing between that leaves the code.
fn retaken(function: &Function, order: &[Block]) -> HashSet<Value> {
    let predecessors = predecessors(function, order);
    let mut pairs = HashSet::new();
    for &first in order {
        let mut released: Option<Value> = None;
        let mut block = first;
        // The blocks behind belong to this line: they come again as the first of their own.
        for length in 0.. {
            for &value in &function.blocks[block].nodes {
                if pairs.contains(&value) {
                    continue;
                }
                let node = &function.nodes[value];
                match node.op {
                    Op::MonitorExit => released = (length == 0).then_some(value),
                    Op::MonitorEnter => {
                        if let Some(release) = released.take()
                            && function.nodes[release].arguments[0] == node.arguments[0]
                        {
                            pairs.extend([release, value]);
                        }
                    }
                    _ if node.state.is_some() || node.after.is_some() => released = None,
                    Op::Call(_) | Op::PutException | Op::TakeException => released = None,
                    Op::Runtime(call) if call.style().is_safepoint() => released = None,
                    _ => {}
                }
            }
            let Terminator::Jump(target) = &function.blocks[block].terminator else {
                break;
            };
            if released.is_none() || predecessors[target.block.index()].len() != 1 {
                break;
            }
            block = target.block;
        }
    }
    pairs
}

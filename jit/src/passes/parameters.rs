//! Block parameters that always have one value are that value (the builder makes one for each live local).

use super::substitution::Substitution;
use crate::ssa::{Block, Function, Value};
use cranelift_entity::EntityRef;

/// Removes redundant parameters.
pub fn run(function: &mut Function) {
    let order = function.reverse_postorder();
    // Incoming arguments of each block: one row for each edge.
    let mut incoming: Vec<Vec<Vec<Value>>> = vec![Vec::new(); function.blocks.len()];
    for &block in &order {
        for target in function.blocks[block].terminator.targets() {
            incoming[target.block.index()].push(target.arguments.clone());
        }
    }
    let mut substitution = Substitution::new(function);
    let mut removed = vec![false; function.nodes.len()];
    let mut changed = true;
    while changed {
        changed = false;
        for &block in &order {
            for (index, &parameter) in function.blocks[block].parameters.iter().enumerate() {
                if removed[parameter.index()] {
                    continue;
                }
                if let Some(only) = only_value(&incoming[block.index()], index, parameter, &substitution) {
                    substitution.replace(parameter, only);
                    removed[parameter.index()] = true;
                    changed = true;
                }
            }
        }
    }
    remove(function, &order, &removed);
    substitution.apply(function);
}

/// The one value that flows into a parameter, itself aside.
fn only_value(rows: &[Vec<Value>], index: usize, parameter: Value, substitution: &Substitution) -> Option<Value> {
    let mut only = None;
    for row in rows {
        let value = substitution.resolve(row[index]);
        if value == parameter || Some(value) == only {
            continue;
        }
        if only.is_some() {
            return None;
        }
        only = Some(value);
    }
    only
}

/// Takes parameters out of their blocks and of the jumps to them.
pub fn remove(function: &mut Function, order: &[Block], removed: &[bool]) {
    for &block in order {
        let mut terminator = std::mem::replace(&mut function.blocks[block].terminator, crate::ssa::Terminator::None);
        for target in terminator.targets_mut() {
            let parameters = &function.blocks[target.block].parameters;
            let mut keep = parameters.iter().map(|parameter| !removed[parameter.index()]);
            target.arguments.retain(|_| keep.next().unwrap_or(true));
        }
        function.blocks[block].terminator = terminator;
    }
    for &block in order {
        function.blocks[block]
            .parameters
            .retain(|parameter| !removed[parameter.index()]);
    }
}

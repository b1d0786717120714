//! Nodes and parameters whose results nobody needs.

use super::parameters::remove;
use crate::ssa::{Function, Op, Value};
use cranelift_entity::EntityRef;

/// Removes them.
pub fn run(function: &mut Function) {
    let order = function.reverse_postorder();
    let mut live = vec![false; function.nodes.len()];
    let mut work: Vec<Value> = Vec::new();
    // Arguments of each parameter.
    let mut sources: Vec<Vec<Value>> = vec![Vec::new(); function.nodes.len()];
    for &block in &order {
        let data = &function.blocks[block];
        for target in data.terminator.targets() {
            let parameters = &function.blocks[target.block].parameters;
            for (parameter, argument) in parameters.iter().zip(&target.arguments) {
                sources[parameter.index()].push(*argument);
            }
        }
        work.extend(data.terminator.operands());
        if let crate::ssa::Terminator::Exit { state, .. } = data.terminator {
            function.for_each_state_value(state, &mut |value| work.push(value));
        }
        for &value in &data.nodes {
            if !function.nodes[value].op.is_removable() {
                work.push(value);
            }
        }
    }
    while let Some(value) = work.pop() {
        if std::mem::replace(&mut live[value.index()], true) {
            continue;
        }
        let node = &function.nodes[value];
        if node.op == Op::Parameter {
            work.extend(&sources[value.index()]);
        }
        work.extend(&node.arguments);
        for state in [node.state, node.after].into_iter().flatten() {
            function.for_each_state_value(state, &mut |value| work.push(value));
        }
    }
    let dead: Vec<bool> = live.iter().map(|live| !live).collect();
    remove(function, &order, &dead);
    for &block in &order {
        function.blocks[block].nodes.retain(|value| live[value.index()]);
    }
}

//! What every pass must leave: each use dominated by its definition, each jump with the right arguments, states where
//! they are needed.

use super::{Block, Function, Op, Terminator, Type, Value};
use crate::passes::dominators::Dominators;

/// What is wrong.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{block}: {what}")]
pub struct Fault {
    /// Where.
    pub block: Block,
    /// What.
    pub what: String,
}

/// Checks a function.
///
/// # Errors
/// The first fault found.
pub fn verify(function: &Function) -> Result<(), Fault> {
    let order = function.reverse_postorder();
    let dominators = Dominators::new(function, &order);
    // Block and place of each definition.
    let mut defined: Vec<Option<(Block, usize)>> = vec![None; function.nodes.len()];
    for &block in &order {
        let data = &function.blocks[block];
        for &parameter in &data.parameters {
            defined[parameter.0 as usize] = Some((block, 0));
        }
        for (place, &node) in data.nodes.iter().enumerate() {
            if defined[node.0 as usize].replace((block, place + 1)).is_some() {
                return fault(block, format!("{node} stands in two places"));
            }
        }
    }
    for &block in &order {
        let data = &function.blocks[block];
        let check = |value: Value, place: usize| -> Result<(), Fault> {
            match defined[value.0 as usize] {
                Some((at, defined)) if at == block && defined < place => Ok(()),
                Some((at, _)) if at != block && matches!(function.nodes[value].op, Op::VirtualObject(_)) => {
                    fault(block, format!("{value} is named outside {at}"))
                }
                Some((at, _)) if at != block && dominators.dominates(at, block) => Ok(()),
                _ => fault(block, format!("{value} is used where it is not defined")),
            }
        };
        for (place, &value) in data.nodes.iter().enumerate() {
            let node = &function.nodes[value];
            for &argument in &node.arguments {
                check(argument, place + 1)?;
                let virtual_object = |value: Value| matches!(function.nodes[value].op, Op::VirtualObject(_));
                if virtual_object(argument) && !virtual_object(value) {
                    return fault(block, format!("{value} uses {argument}, which is not allocated"));
                }
                if function.nodes[argument].result.is_none() {
                    return fault(block, format!("{value} uses {argument}, which has no result"));
                }
            }
            if let Some(state) = node.state {
                let mut result = Ok(());
                function.for_each_state_value(state, &mut |used| {
                    if result.is_ok() {
                        result = check(used, place + 1);
                    }
                });
                result?;
            } else if needs_state(&node.op) {
                return fault(block, format!("{value} has no frame state"));
            }
            if matches!(node.op, Op::Call(_)) {
                let ends_block = place + 1 == data.nodes.len();
                if node.after.is_none() || !ends_block || !matches!(data.terminator, Terminator::Pending { .. }) {
                    return fault(block, format!("{value} is a call with nothing behind it"));
                }
            }
            if let Some(after) = node.after {
                let mut result = Ok(());
                function.for_each_state_value(after, &mut |used| {
                    if result.is_ok() {
                        result = check(used, place + 2);
                    }
                });
                result?;
            }
        }
        let end = data.nodes.len() + 1;
        for operand in data.terminator.operands() {
            if matches!(function.nodes[operand].op, Op::VirtualObject(_)) {
                return fault(block, format!("{operand} is used, but not allocated"));
            }
            if function.nodes[operand].result.is_some() {
                check(operand, end)?;
            }
        }
        match &data.terminator {
            Terminator::None => return fault(block, "no terminator".to_owned()),
            Terminator::Exit { state, .. } => {
                let mut result = Ok(());
                function.for_each_state_value(*state, &mut |used| {
                    if result.is_ok() {
                        result = check(used, end);
                    }
                });
                result?;
            }
            Terminator::Pending { call, .. } if data.nodes.last() != Some(call) => {
                return fault(block, "the call is not the last node".to_owned());
            }
            _ => {}
        }
        for target in data.terminator.targets() {
            let parameters = &function.blocks[target.block].parameters;
            if parameters.len() != target.arguments.len() {
                return fault(block, format!("wrong number of arguments for {}", target.block));
            }
            for (parameter, &argument) in parameters.iter().zip(&target.arguments) {
                check(argument, end)?;
                if matches!(function.nodes[argument].op, Op::VirtualObject(_)) {
                    return fault(block, format!("{parameter} gets {argument}, which is not allocated"));
                }
                let (wanted, given): (Type, Type) = (function.type_of(*parameter), function.type_of(argument));
                if wanted != given {
                    return fault(block, format!("{parameter}:{wanted:?} gets {argument}:{given:?}"));
                }
            }
        }
    }
    Ok(())
}

fn needs_state(op: &Op) -> bool {
    matches!(
        op,
        Op::NullCheck
            | Op::BoundsCheck
            | Op::DivisionCheck
            | Op::Guard(_)
            | Op::CheckCast(_)
            | Op::StoreCheck
            | Op::New { .. }
            | Op::NewArray { .. }
            | Op::NewMultiArray(_)
            | Op::InitializationCheck(_)
            | Op::MonitorEnter
            | Op::Poll
    )
}

fn fault<T>(block: Block, what: String) -> Result<T, Fault> {
    Err(Fault { block, what })
}

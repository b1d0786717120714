//! Replacing values everywhere.

use crate::ssa::{Function, Value};
use cranelift_entity::EntityRef;

/// A map from values to what stands for them.
pub struct Substitution {
    by: Vec<Value>,
}

impl Substitution {
    /// Every value stands for itself.
    pub fn new(function: &Function) -> Substitution {
        Substitution {
            by: (0..function.nodes.len()).map(Value::new).collect(),
        }
    }
    /// From now on `value` is `other`.
    pub fn replace(&mut self, value: Value, other: Value) {
        self.by[value.index()] = other;
    }
    /// What stands for a value now.
    pub fn resolve(&self, value: Value) -> Value {
        let mut value = value;
        while let Some(&next) = self.by.get(value.index()) {
            if next == value {
                break;
            }
            value = next;
        }
        value
    }
    /// Rewrites all uses.
    pub fn apply(&self, function: &mut Function) {
        for node in function.nodes.values_mut() {
            for argument in &mut node.arguments {
                *argument = self.resolve(*argument);
            }
        }
        for state in function.states.values_mut() {
            for value in state.locals.iter_mut().chain(&mut state.stack).flatten() {
                *value = self.resolve(*value);
            }
            for lock in &mut state.locks {
                lock.object = self.resolve(lock.object);
            }
        }
        for block in function.blocks.values_mut() {
            for operand in block.terminator.operands_mut() {
                *operand = self.resolve(*operand);
            }
            for target in block.terminator.targets_mut() {
                for argument in &mut target.arguments {
                    *argument = self.resolve(*argument);
                }
            }
        }
    }
}

//! What branches and checks on the way to a block have shown.

use crate::query::Kind;
use crate::ssa::{BinaryOp, Condition, Conversion, Function, Op, Value};

enum Fact {
    NonNull(Value),
    /// The first is less than the second, signed.
    Less(Value, Value),
    /// The first is at least 0 and below the second.
    InBounds(Value, Value),
    NonNegative(Value),
    Truth(Value, Op),
}

/// Facts in the order in which they became known.
#[derive(Default)]
pub(super) struct Facts {
    facts: Vec<Fact>,
}

/// Operands followed when looking for a sign.
const DEPTH: u32 = 6;

impl Facts {
    /// A mark to return to.
    pub fn mark(&self) -> usize {
        self.facts.len()
    }
    /// Forgets what was learnt since the mark.
    pub fn forget(&mut self, mark: usize) {
        self.facts.truncate(mark);
    }
    pub fn non_null(&mut self, value: Value) {
        self.facts.push(Fact::NonNull(value));
    }
    pub fn in_bounds(&mut self, index: Value, length: Value) {
        self.facts.push(Fact::InBounds(index, length));
    }
    pub fn truth(&mut self, condition: Value, constant: Op) {
        self.facts.push(Fact::Truth(condition, constant));
    }
    pub fn known_truth(&self, condition: Value) -> Option<&Op> {
        self.facts.iter().rev().find_map(|fact| match fact {
            Fact::Truth(value, constant) if *value == condition => Some(constant),
            _ => None,
        })
    }
    /// A comparison that holds.
    pub fn compare(&mut self, function: &Function, relation: Condition, left: Value, right: Value) {
        let null = |value: Value| matches!(function.nodes[value].op, Op::Null);
        match relation {
            Condition::Ne if null(right) => self.non_null(left),
            Condition::Ne if null(left) => self.non_null(right),
            Condition::Lt => {
                self.facts.push(Fact::Less(left, right));
                if self.known_non_negative(function, left, 0) {
                    self.facts.push(Fact::NonNegative(right));
                }
            }
            Condition::Gt => {
                self.facts.push(Fact::Less(right, left));
                if matches!(function.nodes[right].op, Op::Int(constant) if constant >= -1) {
                    self.facts.push(Fact::NonNegative(left));
                }
            }
            Condition::Ge if self.known_non_negative(function, right, 0) => {
                self.facts.push(Fact::NonNegative(left));
            }
            Condition::Le if self.known_non_negative(function, left, 0) => {
                self.facts.push(Fact::NonNegative(right));
            }
            Condition::Below => self.facts.push(Fact::InBounds(left, right)),
            _ => {}
        }
    }
    pub fn is_non_null(&self, function: &Function, value: Value) -> bool {
        matches!(
            function.nodes[value].op,
            Op::New { .. } | Op::NewArray { .. } | Op::NewMultiArray(_) | Op::FixedObject(_) | Op::TakeException
        ) || self
            .facts
            .iter()
            .rev()
            .any(|fact| matches!(fact, Fact::NonNull(known) if *known == value))
    }
    /// Is the first less than the second, signed?
    pub fn is_below(&self, function: &Function, index: Value, length: Value) -> bool {
        let at = |value: Value| match function.nodes[value].op {
            Op::Int(constant) => Some(constant),
            _ => None,
        };
        self.facts.iter().rev().any(|fact| match fact {
            Fact::Less(left, right) | Fact::InBounds(left, right) => {
                if *right != length {
                    return false;
                }
                match (at(*left), at(index)) {
                    (Some(known), Some(asked)) => asked <= known,
                    _ => *left == index,
                }
            }
            _ => false,
        }) || matches!((at(index), at(length)), (Some(index), Some(length)) if index < length)
    }
    fn known_non_negative(&self, function: &Function, value: Value, depth: u32) -> bool {
        if depth > DEPTH {
            return false;
        }
        let node = &function.nodes[value];
        let argument = |index: usize| self.known_non_negative(function, node.arguments[index], depth + 1);
        match &node.op {
            Op::Int(constant) => *constant >= 0,
            Op::ArrayLength | Op::Compare(_) | Op::InstanceOf(_) => true,
            Op::LoadElement(Kind::Char) | Op::LoadField { kind: Kind::Char, .. } => true,
            Op::Convert(Conversion::I2c) => true,
            Op::Binary(BinaryOp::And) => argument(0) || argument(1),
            Op::Binary(BinaryOp::Ushr) => {
                matches!(function.nodes[node.arguments[1]].op, Op::Int(count) if count & 31 != 0)
            }
            Op::Binary(BinaryOp::Shr | BinaryOp::Rem) => argument(0),
            Op::Binary(BinaryOp::Div) => argument(0) && argument(1),
            _ => self.facts.iter().rev().any(|fact| match fact {
                Fact::NonNegative(known) | Fact::InBounds(known, _) => *known == value,
                _ => false,
            }),
        }
    }
}

/// Is an int at least 0?
pub(super) fn non_negative(function: &Function, facts: &Facts, value: Value) -> bool {
    facts.known_non_negative(function, value, 0)
}

impl Facts {
    /// The value is at least 0 for the rest of the walk below this point.
    pub fn non_negative(&mut self, value: Value) {
        self.facts.push(Fact::NonNegative(value));
    }
}

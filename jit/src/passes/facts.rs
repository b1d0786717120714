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
    /// More than 0.
    Positive(Value),
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
        let zero = |value: Value| matches!(function.nodes[value].op, Op::Int(0));
        match relation {
            Condition::Ne if null(right) => self.non_null(left),
            Condition::Ne if null(left) => self.non_null(right),
            Condition::Ne if zero(right) && self.known_non_negative(function, left, 0) => {
                self.facts.push(Fact::Positive(left));
            }
            Condition::Lt => {
                self.facts.push(Fact::Less(left, right));
                if self.known_non_negative(function, left, 0) {
                    self.facts.push(Fact::Positive(right));
                }
            }
            Condition::Gt => {
                self.facts.push(Fact::Less(right, left));
                if self.known_non_negative(function, right, 0) {
                    self.facts.push(Fact::Positive(left));
                } else if matches!(function.nodes[right].op, Op::Int(-1)) {
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
            || self.is_masked_below(function, index, length)
    }

    /// Is the first a rest of a division by the second, or has it only bits of something that is less than the second?
    fn is_masked_below(&self, function: &Function, index: Value, length: Value) -> bool {
        let node = &function.nodes[index];
        match node.op {
            Op::Binary(BinaryOp::Rem) => {
                node.arguments[1] == length && self.known_positive(function, length)
                    || matches!((&function.nodes[node.arguments[1]].op, &function.nodes[length].op),
                        (Op::Int(divisor), Op::Int(length)) if *divisor > 0 && divisor <= length)
            }
            Op::Binary(BinaryOp::And) => node.arguments.iter().any(|&mask| match &function.nodes[mask].op {
                Op::Int(mask) => {
                    matches!(function.nodes[length].op, Op::Int(length) if *mask >= 0 && *mask < length)
                }
                _ => self.is_one_less(function, mask, length) && self.known_positive(function, length),
            }),
            _ => false,
        }
    }

    /// Is the first the second less one?
    fn is_one_less(&self, function: &Function, value: Value, than: Value) -> bool {
        let node = &function.nodes[value];
        let is = |index: usize, constant: i32| function.nodes[node.arguments[index]].op == Op::Int(constant);
        match node.op {
            Op::Binary(BinaryOp::Sub) => node.arguments[0] == than && is(1, 1),
            Op::Binary(BinaryOp::Add) => {
                (node.arguments[0] == than && is(1, -1)) || (node.arguments[1] == than && is(0, -1))
            }
            _ => false,
        }
    }

    /// Is an int more than 0?
    pub fn known_positive(&self, function: &Function, value: Value) -> bool {
        match function.nodes[value].op {
            Op::Int(constant) => constant > 0,
            _ => self.facts.iter().rev().any(|fact| match fact {
                Fact::Positive(known) => *known == value,
                // Something that is not negative lies below it.
                Fact::InBounds(_, length) => *length == value,
                _ => false,
            }),
        }
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
            // One less than what is more than 0.
            Op::Binary(BinaryOp::Sub | BinaryOp::Add)
                if node
                    .arguments
                    .iter()
                    .any(|&whole| self.is_one_less(function, value, whole) && self.known_positive(function, whole)) =>
            {
                true
            }
            Op::Binary(BinaryOp::Ushr) => {
                matches!(function.nodes[node.arguments[1]].op, Op::Int(count) if count & 31 != 0)
            }
            Op::Binary(BinaryOp::Shr | BinaryOp::Rem) => argument(0),
            Op::Binary(BinaryOp::Div) => argument(0) && argument(1),
            _ => self.facts.iter().rev().any(|fact| match fact {
                Fact::NonNegative(known) | Fact::Positive(known) | Fact::InBounds(known, _) => *known == value,
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

//! Constant folding and algebraic identities (JVMS §6.5 arithmetic).

use crate::ssa::{BinaryOp, Condition, Conversion, Function, Op, Type, Value};

/// What a node may be replaced by.
#[derive(Clone, PartialEq, Debug)]
pub enum Folded {
    /// A constant.
    Constant(Op),
    /// Another value.
    Value(Value),
    /// Another operation on other operands.
    Node(Op, Vec<Value>),
}

fn int(function: &Function, value: Value) -> Option<i32> {
    match function.nodes[value].op {
        Op::Int(value) => Some(value),
        _ => None,
    }
}
fn long(function: &Function, value: Value) -> Option<i64> {
    match function.nodes[value].op {
        Op::Long(value) => Some(value),
        _ => None,
    }
}

/// Simplifies an operation on these operands; `None` when nothing is known.
pub fn fold(function: &Function, op: &Op, arguments: &[Value], result: Option<Type>) -> Option<Folded> {
    match op {
        Op::Binary(op) => match result? {
            Type::Int => fold_int(function, *op, arguments[0], arguments[1]),
            Type::Long => fold_long(function, *op, arguments[0], arguments[1]),
            _ => None,
        },
        Op::Negate => {
            if let Some(value) = int(function, arguments[0]) {
                return Some(Folded::Constant(Op::Int(value.wrapping_neg())));
            }
            long(function, arguments[0]).map(|value| Folded::Constant(Op::Long(value.wrapping_neg())))
        }
        Op::Compare(condition) => fold_compare(function, *condition, arguments[0], arguments[1]),
        Op::ThreeWay { .. } => {
            let (a, b) = (long(function, arguments[0])?, long(function, arguments[1])?);
            Some(Folded::Constant(Op::Int(a.cmp(&b) as i32)))
        }
        Op::Convert(conversion) => fold_conversion(function, *conversion, arguments[0]),
        Op::Select => match int(function, arguments[0]) {
            Some(0) => Some(Folded::Value(arguments[2])),
            Some(_) => Some(Folded::Value(arguments[1])),
            None if arguments[1] == arguments[2] => Some(Folded::Value(arguments[1])),
            None => None,
        },
        Op::ArrayLength => match function.nodes[arguments[0]].op {
            Op::NewArray { .. } => Some(Folded::Value(function.nodes[arguments[0]].arguments[0])),
            _ => None,
        },
        // Truth values are their own lowest bits.
        Op::BooleanMask => match function.nodes[arguments[1]].op {
            Op::Int(0 | 1) | Op::Compare(_) | Op::CompareFloat(_) | Op::InstanceOf(_) => {
                Some(Folded::Value(arguments[1]))
            }
            _ => None,
        },
        Op::InstanceOf(_) => match function.nodes[arguments[0]].op {
            Op::Null => Some(Folded::Constant(Op::Int(0))),
            _ => None,
        },
        Op::ClassOf => match function.nodes[arguments[0]].op {
            Op::New { class, .. } | Op::NewArray { class, .. } | Op::NewMultiArray(class) => {
                Some(Folded::Constant(Op::Long(class.0 as i64)))
            }
            _ => None,
        },
        _ => None,
    }
}

fn fold_int(function: &Function, op: BinaryOp, left: Value, right: Value) -> Option<Folded> {
    let (a, b) = (int(function, left), int(function, right));
    if let (Some(a), Some(b)) = (a, b) {
        let value = match op {
            BinaryOp::Add => a.wrapping_add(b),
            BinaryOp::Sub => a.wrapping_sub(b),
            BinaryOp::Mul => a.wrapping_mul(b),
            BinaryOp::Div if b != 0 => a.wrapping_div(b),
            BinaryOp::Rem if b != 0 => a.wrapping_rem(b),
            BinaryOp::Div | BinaryOp::Rem => return None,
            BinaryOp::And => a & b,
            BinaryOp::Or => a | b,
            BinaryOp::Xor => a ^ b,
            BinaryOp::Shl => a.wrapping_shl(b as u32),
            BinaryOp::Shr => a.wrapping_shr(b as u32),
            BinaryOp::Ushr => (a as u32).wrapping_shr(b as u32) as i32,
        };
        return Some(Folded::Constant(Op::Int(value)));
    }
    let zero = || Folded::Constant(Op::Int(0));
    match (op, a, b) {
        (BinaryOp::Add | BinaryOp::Or | BinaryOp::Xor, Some(0), _) => Some(Folded::Value(right)),
        (
            BinaryOp::Add
            | BinaryOp::Sub
            | BinaryOp::Or
            | BinaryOp::Xor
            | BinaryOp::Shl
            | BinaryOp::Shr
            | BinaryOp::Ushr,
            _,
            Some(0),
        ) => Some(Folded::Value(left)),
        (BinaryOp::Mul, Some(1), _) => Some(Folded::Value(right)),
        (BinaryOp::Mul | BinaryOp::Div, _, Some(1)) => Some(Folded::Value(left)),
        (BinaryOp::Mul | BinaryOp::And, Some(0), _) | (BinaryOp::Mul | BinaryOp::And, _, Some(0)) => Some(zero()),
        (BinaryOp::And, _, Some(-1)) => Some(Folded::Value(left)),
        (BinaryOp::And, Some(-1), _) => Some(Folded::Value(right)),
        (BinaryOp::Sub | BinaryOp::Xor, _, _) if left == right => Some(zero()),
        (BinaryOp::And | BinaryOp::Or, _, _) if left == right => Some(Folded::Value(left)),
        _ => None,
    }
}

fn fold_long(function: &Function, op: BinaryOp, left: Value, right: Value) -> Option<Folded> {
    let shift = matches!(op, BinaryOp::Shl | BinaryOp::Shr | BinaryOp::Ushr);
    let a = long(function, left);
    if shift {
        let count = int(function, right)? as u32;
        if count & 63 == 0 {
            return Some(Folded::Value(left));
        }
        let a = a?;
        return Some(Folded::Constant(Op::Long(match op {
            BinaryOp::Shl => a.wrapping_shl(count),
            BinaryOp::Shr => a.wrapping_shr(count),
            _ => (a as u64).wrapping_shr(count) as i64,
        })));
    }
    let b = long(function, right);
    if let (Some(a), Some(b)) = (a, b) {
        let value = match op {
            BinaryOp::Add => a.wrapping_add(b),
            BinaryOp::Sub => a.wrapping_sub(b),
            BinaryOp::Mul => a.wrapping_mul(b),
            BinaryOp::Div if b != 0 => a.wrapping_div(b),
            BinaryOp::Rem if b != 0 => a.wrapping_rem(b),
            BinaryOp::And => a & b,
            BinaryOp::Or => a | b,
            BinaryOp::Xor => a ^ b,
            _ => return None,
        };
        return Some(Folded::Constant(Op::Long(value)));
    }
    match (op, a, b) {
        (BinaryOp::Add | BinaryOp::Or | BinaryOp::Xor, Some(0), _) => Some(Folded::Value(right)),
        (BinaryOp::Add | BinaryOp::Sub | BinaryOp::Or | BinaryOp::Xor, _, Some(0)) => Some(Folded::Value(left)),
        (BinaryOp::Mul, Some(1), _) => Some(Folded::Value(right)),
        (BinaryOp::Mul | BinaryOp::Div, _, Some(1)) => Some(Folded::Value(left)),
        (BinaryOp::And, _, Some(-1)) => Some(Folded::Value(left)),
        (BinaryOp::Sub | BinaryOp::Xor, _, _) if left == right => Some(Folded::Constant(Op::Long(0))),
        (BinaryOp::And | BinaryOp::Or, _, _) if left == right => Some(Folded::Value(left)),
        _ => None,
    }
}

fn decide<T: Ord>(condition: Condition, a: &T, b: &T) -> Option<bool> {
    Some(match condition {
        Condition::Eq => a == b,
        Condition::Ne => a != b,
        Condition::Lt => a < b,
        Condition::Ge => a >= b,
        Condition::Gt => a > b,
        Condition::Le => a <= b,
        Condition::Below | Condition::AboveOrEqual => return None,
    })
}

fn fold_compare(function: &Function, condition: Condition, left: Value, right: Value) -> Option<Folded> {
    let truth = |truth: bool| Some(Folded::Constant(Op::Int(i32::from(truth))));
    if left == right {
        return truth(matches!(
            condition,
            Condition::Eq | Condition::Ge | Condition::Le | Condition::AboveOrEqual
        ));
    }
    if let (Some(a), Some(b)) = (int(function, left), int(function, right)) {
        let known = match condition {
            Condition::Below => Some((a as u32) < b as u32),
            Condition::AboveOrEqual => Some(a as u32 >= b as u32),
            _ => decide(condition, &a, &b),
        };
        return truth(known?);
    }
    if let (Some(a), Some(b)) = (long(function, left), long(function, right)) {
        return truth(decide(condition, &a, &b)?);
    }
    let fresh = |value: Value| {
        matches!(
            function.nodes[value].op,
            Op::New { .. } | Op::NewArray { .. } | Op::NewMultiArray(_)
        )
    };
    let object = |value: Value| fresh(value) || matches!(function.nodes[value].op, Op::FixedObject(_));
    let null = |value: Value| matches!(function.nodes[value].op, Op::Null);
    if (object(left) && null(right)) || (null(left) && object(right)) {
        return truth(condition == Condition::Ne);
    }
    // A comparison of a comparison's result with zero.
    if let (Some(0), Op::Compare(inner)) = (int(function, right), &function.nodes[left].op) {
        let arguments = function.nodes[left].arguments.clone();
        return match condition {
            Condition::Ne => Some(Folded::Value(left)),
            Condition::Eq => Some(Folded::Node(Op::Compare(inner.negated()), arguments)),
            _ => None,
        };
    }
    None
}

fn fold_conversion(function: &Function, conversion: Conversion, operand: Value) -> Option<Folded> {
    if let Some(value) = int(function, operand) {
        return Some(Folded::Constant(match conversion {
            Conversion::I2l => Op::Long(i64::from(value)),
            Conversion::UnsignedI2l => Op::Long(i64::from(value as u32)),
            Conversion::I2b => Op::Int(i32::from(value as i8)),
            Conversion::I2c => Op::Int(i32::from(value as u16)),
            Conversion::I2s => Op::Int(i32::from(value as i16)),
            Conversion::I2f => Op::Float((value as f32).to_bits()),
            Conversion::I2d => Op::Double(f64::from(value).to_bits()),
            _ => return None,
        }));
    }
    if let Some(value) = long(function, operand) {
        return Some(Folded::Constant(match conversion {
            Conversion::L2i => Op::Int(value as i32),
            Conversion::L2d => Op::Double((value as f64).to_bits()),
            Conversion::L2f => Op::Float((value as f32).to_bits()),
            _ => return None,
        }));
    }
    match (conversion, &function.nodes[operand].op) {
        (Conversion::L2i, Op::Convert(Conversion::I2l | Conversion::UnsignedI2l)) => {
            Some(Folded::Value(function.nodes[operand].arguments[0]))
        }
        (Conversion::I2b, Op::Convert(Conversion::I2b))
        | (Conversion::I2c, Op::Convert(Conversion::I2c))
        | (Conversion::I2s, Op::Convert(Conversion::I2s)) => Some(Folded::Value(operand)),
        _ => None,
    }
}

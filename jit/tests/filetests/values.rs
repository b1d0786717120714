//! Values, and what instructions compute from them.

use peaberry_classfile::opcodes::{Instruction, Operands};
use peaberry_jit::query::Kind;

/// A value in a slot.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Datum {
    Int(i32),
    Long(i64),
    Float(u32),
    Double(u64),
    /// An object by its number; 0 is null.
    Reference(u32),
    /// No value, or the second half of a long or double.
    Dead,
}

impl Datum {
    pub fn float(value: f32) -> Datum {
        Datum::Float(if value.is_nan() { f32::NAN } else { value }.to_bits())
    }
    pub fn double(value: f64) -> Datum {
        Datum::Double(if value.is_nan() { f64::NAN } else { value }.to_bits())
    }
    /// What a field holds that nobody stored.
    pub fn is_zero(self) -> bool {
        matches!(
            self,
            Datum::Int(0) | Datum::Long(0) | Datum::Float(0) | Datum::Double(0) | Datum::Reference(0)
        )
    }
    pub fn as_int(self) -> i32 {
        match self {
            Datum::Int(value) => value,
            other => panic!("{other:?} is no int"),
        }
    }
    pub fn as_long(self) -> i64 {
        match self {
            Datum::Long(value) => value,
            other => panic!("{other:?} is no long"),
        }
    }
    pub fn as_float(self) -> f32 {
        match self {
            Datum::Float(bits) => f32::from_bits(bits),
            other => panic!("{other:?} is no float"),
        }
    }
    pub fn as_double(self) -> f64 {
        match self {
            Datum::Double(bits) => f64::from_bits(bits),
            other => panic!("{other:?} is no double"),
        }
    }
    pub fn as_reference(self) -> u32 {
        match self {
            Datum::Reference(object) => object,
            other => panic!("{other:?} is no reference"),
        }
    }
    pub fn is_wide(self) -> bool {
        matches!(self, Datum::Long(_) | Datum::Double(_))
    }
    /// As it is stored in a field or an element.
    pub fn stored(self, kind: Kind) -> Datum {
        match (kind, self) {
            (Kind::Boolean, Datum::Int(value)) => Datum::Int(value & 1),
            (Kind::Byte, Datum::Int(value)) => Datum::Int(i32::from(value as i8)),
            (Kind::Char, Datum::Int(value)) => Datum::Int(i32::from(value as u16)),
            (Kind::Short, Datum::Int(value)) => Datum::Int(i32::from(value as i16)),
            (Kind::Int, Datum::Int(_))
            | (Kind::Long, Datum::Long(_))
            | (Kind::Float, Datum::Float(_))
            | (Kind::Double, Datum::Double(_))
            | (Kind::Reference, Datum::Reference(_)) => self,
            _ => panic!("{self:?} stored as {kind:?}"),
        }
    }
    pub fn zero(kind: Kind) -> Datum {
        match kind {
            Kind::Long => Datum::Long(0),
            Kind::Float => Datum::Float(0),
            Kind::Double => Datum::Double(0),
            Kind::Reference => Datum::Reference(0),
            _ => Datum::Int(0),
        }
    }
}

/// Kind of the elements of a primitive array by the code of `newarray`.
pub fn kind_of_code(code: u8) -> Kind {
    [
        Kind::Boolean,
        Kind::Char,
        Kind::Float,
        Kind::Double,
        Kind::Byte,
        Kind::Short,
        Kind::Int,
        Kind::Long,
    ][usize::from(code) - 4]
}

/// Letters of the parameters and of the result of a descriptor.
pub fn letters(descriptor: &[u8]) -> (Vec<u8>, u8) {
    let mut parameters = Vec::new();
    let mut at = 1;
    while descriptor[at] != b')' {
        let letter = descriptor[at];
        parameters.push(if letter == b'[' { b'L' } else { letter });
        while descriptor[at] == b'[' {
            at += 1;
        }
        if descriptor[at] == b'L' {
            while descriptor[at] != b';' {
                at += 1;
            }
        }
        at += 1;
    }
    let result = descriptor[at + 1];
    (parameters, if result == b'[' { b'L' } else { result })
}

pub fn push(stack: &mut Vec<Datum>, value: Datum) {
    stack.push(value);
    if value.is_wide() {
        stack.push(Datum::Dead);
    }
}

pub fn pop(stack: &mut Vec<Datum>) -> Datum {
    match stack.pop().expect("an operand") {
        Datum::Dead => stack.pop().expect("a wide operand"),
        value => value,
    }
}

pub fn shuffle(stack: &mut Vec<Datum>, name: &str) {
    let at = |back: usize| stack.len() - back;
    match name {
        "pop" => stack.truncate(at(1)),
        "pop2" => stack.truncate(at(2)),
        "swap" => {
            let at = at(2);
            stack.swap(at, at + 1);
        }
        _ => {
            let count = if name.starts_with("dup2") { 2 } else { 1 };
            let depth = name.split_once("_x").map_or(0, |(_, depth)| depth.parse().unwrap_or(0));
            let top: Vec<Datum> = stack[at(count)..].to_vec();
            let place = at(count + depth);
            stack.splice(place..place, top);
        }
    }
}

pub fn branch(instruction: &Instruction<'_>) -> u32 {
    match instruction.operands {
        Operands::Branch(target) => target as u32,
        _ => panic!("no branch"),
    }
}

pub fn local(name: &str, instruction: &Instruction<'_>) -> usize {
    match instruction.operands {
        Operands::Local(local) => local.into(),
        _ => name[name.len() - 1..].parse().expect("a local"),
    }
}

pub fn small_constant(name: &str) -> Datum {
    let (_, text) = name.split_once('_').expect("a constant");
    let value: i32 = if text == "m1" {
        -1
    } else {
        text.parse().expect("a number")
    };
    match name.as_bytes()[0] {
        b'i' => Datum::Int(value),
        b'l' => Datum::Long(value.into()),
        b'f' => Datum::float(value as f32),
        _ => Datum::double(value.into()),
    }
}

/// A conversion by the instruction's name.
pub fn convert(name: &str, value: Datum) -> Datum {
    match (name, value) {
        ("i2l", Datum::Int(value)) => Datum::Long(value.into()),
        ("i2f", Datum::Int(value)) => Datum::float(value as f32),
        ("i2d", Datum::Int(value)) => Datum::double(value.into()),
        ("i2b", _) => value.stored(Kind::Byte),
        ("i2c", _) => value.stored(Kind::Char),
        ("i2s", _) => value.stored(Kind::Short),
        ("l2i", Datum::Long(value)) => Datum::Int(value as i32),
        ("l2f", Datum::Long(value)) => Datum::float(value as f32),
        ("l2d", Datum::Long(value)) => Datum::double(value as f64),
        ("f2i", _) => Datum::Int(value.as_float() as i32),
        ("f2l", _) => Datum::Long(value.as_float() as i64),
        ("f2d", _) => Datum::double(value.as_float().into()),
        ("d2i", _) => Datum::Int(value.as_double() as i32),
        ("d2l", _) => Datum::Long(value.as_double() as i64),
        ("d2f", _) => Datum::float(value.as_double() as f32),
        _ => panic!("{name} of {value:?}"),
    }
}

/// Arithmetic of two operands of one type; integer divisors are not zero.
pub fn binary(operation: &str, left: Datum, right: Datum) -> Datum {
    match (left, right) {
        (Datum::Int(a), Datum::Int(b)) => Datum::Int(match operation {
            "add" => a.wrapping_add(b),
            "sub" => a.wrapping_sub(b),
            "mul" => a.wrapping_mul(b),
            "div" => a.wrapping_div(b),
            "rem" => a.wrapping_rem(b),
            "and" => a & b,
            "or" => a | b,
            "xor" => a ^ b,
            _ => panic!("{operation} of ints"),
        }),
        (Datum::Long(a), Datum::Long(b)) => Datum::Long(match operation {
            "add" => a.wrapping_add(b),
            "sub" => a.wrapping_sub(b),
            "mul" => a.wrapping_mul(b),
            "div" => a.wrapping_div(b),
            "rem" => a.wrapping_rem(b),
            "and" => a & b,
            "or" => a | b,
            "xor" => a ^ b,
            _ => panic!("{operation} of longs"),
        }),
        (Datum::Float(a), Datum::Float(b)) => {
            let (a, b) = (f32::from_bits(a), f32::from_bits(b));
            Datum::float(match operation {
                "add" => a + b,
                "sub" => a - b,
                "mul" => a * b,
                "div" => a / b,
                "rem" => a % b,
                _ => panic!("{operation} of floats"),
            })
        }
        (Datum::Double(a), Datum::Double(b)) => {
            let (a, b) = (f64::from_bits(a), f64::from_bits(b));
            Datum::double(match operation {
                "add" => a + b,
                "sub" => a - b,
                "mul" => a * b,
                "div" => a / b,
                "rem" => a % b,
                _ => panic!("{operation} of doubles"),
            })
        }
        _ => panic!("{operation} of {left:?} and {right:?}"),
    }
}

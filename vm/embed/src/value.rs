//! Java values in Rust.

use crate::class::Reference;
use crate::error::Error;
use peaberry_runtime::basic_type::BasicType;

/// A Java value: an argument or a result.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `boolean`
    Boolean(bool),
    /// `byte`
    Byte(i8),
    /// `char`, a UTF-16 code unit
    Char(u16),
    /// `short`
    Short(i16),
    /// `int`
    Int(i32),
    /// `long`
    Long(i64),
    /// `float`
    Float(f32),
    /// `double`
    Double(f64),
    /// A reference; `None` is null
    Object(Option<Reference>),
    /// The result of a `void` method
    Void,
}

impl Value {
    pub(crate) fn to_slots(&self, expected: BasicType, slots: &mut Vec<u64>) -> Result<(), Error> {
        let slot = match (self, expected) {
            (Value::Boolean(v), BasicType::Boolean) => u64::from(*v),
            (Value::Byte(v), BasicType::Byte) => *v as i32 as u32 as u64,
            (Value::Char(v), BasicType::Char) => u64::from(*v),
            (Value::Short(v), BasicType::Short) => *v as i32 as u32 as u64,
            (Value::Int(v), BasicType::Int) => *v as u32 as u64,
            (Value::Float(v), BasicType::Float) => u64::from(v.to_bits()),
            (Value::Long(v), BasicType::Long) => *v as u64,
            (Value::Double(v), BasicType::Double) => v.to_bits(),
            (Value::Object(v), BasicType::Object | BasicType::Array) => v.as_ref().map_or(0, |r| r.object().0 as u64),
            _ => {
                return Err(Error::Argument(format!(
                    "{self:?} does not fit a parameter of type {}",
                    expected.keyword()
                )));
            }
        };
        slots.push(slot);
        if expected.slots() == 2 {
            slots.push(0);
        }
        Ok(())
    }
}

impl From<i32> for Value {
    fn from(value: i32) -> Self {
        Value::Int(value)
    }
}
impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Value::Long(value)
    }
}
impl From<f64> for Value {
    fn from(value: f64) -> Self {
        Value::Double(value)
    }
}
impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Value::Boolean(value)
    }
}
impl From<Reference> for Value {
    fn from(value: Reference) -> Self {
        Value::Object(Some(value))
    }
}

//! The interpreter's frame as the builder follows it.

use crate::ssa::Value;

/// Locals, operands and locks at a point of a method.
#[derive(Clone, Debug, Default)]
pub(super) struct Frame {
    /// One for each slot; `None`: no value, or second half.
    pub locals: Vec<Option<Value>>,
    /// Operands, one for each value.
    pub stack: Vec<Value>,
    /// Objects locked by this activation, outermost first.
    pub locks: Vec<Value>,
}

//! Objects that are known when compiling: constants of class files and call sites, and what their fields hold that never
//! change. So a call through a constant method handle becomes the call of what it stands for.

use super::Builder;
use crate::query::{FieldInfo, Kind, KnownObject, KnownRoot};
use crate::ssa::{Op, Type, Value};
use peaberry_gc::layout::array_base_offset;

/// Fields followed from a constant.
const MOST_FIELDS: usize = 12;

/// Byte offset of an element of an array of references.
fn element_offset(index: i32) -> Option<u32> {
    let index = u32::try_from(index).ok()?;
    (array_base_offset(2) as u32).checked_add(index.checked_mul(4)?)
}

impl Builder<'_> {
    /// The object a value always is, if that is known. It may be null.
    pub(super) fn known_object(&self, value: Value) -> Option<KnownObject> {
        let mut path = Vec::new();
        let mut value = value;
        let root = loop {
            let node = &self.function.nodes[value];
            match node.op {
                Op::ObjectSlot(address) => break KnownRoot::Slot(address),
                Op::FixedObject(address) => break KnownRoot::Fixed(address),
                Op::LoadField { offset, .. } if self.lasting.contains(&value) && path.len() < MOST_FIELDS => {
                    path.push(offset);
                    value = node.arguments[0];
                }
                Op::LoadElement(Kind::Reference) if self.lasting.contains(&value) && path.len() < MOST_FIELDS => {
                    path.push(element_offset(self.constant_int(node.arguments[1])?)?);
                    value = node.arguments[0];
                }
                _ => return None,
            }
        };
        path.reverse();
        Some(KnownObject { root, path })
    }

    /// A field of a known object that never changes: its value when it is no reference.
    pub(super) fn known_field(&mut self, object: Value, field: &FieldInfo) -> Option<Value> {
        if !field.is_final {
            return None;
        }
        let known = self.known_object(object)?;
        let constant = self.runtime.known_field(&known, field)?;
        Some(self.constant_value(constant))
    }

    /// Notes that a value was loaded from a field that never changes, if it was.
    pub(super) fn note_lasting(&mut self, value: Value, object: Value, field: &FieldInfo) {
        if field.is_final
            && let Some(known) = self.known_object(object)
            && self.runtime.is_lasting(&known, field)
        {
            self.lasting.insert(value);
            if self.runtime.is_stable(field) {
                self.stable.insert(value);
            }
        }
    }

    /// The element of a known array, if it never changes.
    pub(super) fn known_element(&mut self, array: Value, index: Value) -> Option<Value> {
        if !self.stable.contains(&array) {
            return None;
        }
        let at = u32::try_from(self.constant_int(index)?).ok()?;
        let known = self.known_object(array)?;
        if !self.runtime.has_element(&known, at) {
            return None;
        }
        let value = self.node(Op::LoadElement(Kind::Reference), &[array, index], Some(Type::Reference));
        self.lasting.insert(value);
        Some(value)
    }

    /// Are two references the same object, if that is known when compiling?
    pub(super) fn known_same(&self, one: Value, other: Value) -> Option<bool> {
        let is_null = |value: Value| matches!(self.function.nodes[value].op, Op::Null);
        if is_null(other) {
            return self.exact_class(one).map(|_| false);
        }
        let (one, other) = (self.known_object(one)?, self.known_object(other)?);
        self.runtime.same_object(&one, &other)
    }

    fn constant_int(&self, value: Value) -> Option<i32> {
        match self.function.nodes[value].op {
            Op::Int(value) => Some(value),
            _ => None,
        }
    }
}

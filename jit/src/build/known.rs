//! Objects that are known when compiling: constants of class files and call sites, and what their fields hold that never
//! change. So a call through a constant method handle becomes the call of what it stands for.

use super::Builder;
use crate::query::{FieldInfo, KnownObject, KnownRoot};
use crate::ssa::{Op, Value};

/// Fields followed from a constant.
const MOST_FIELDS: usize = 12;

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
        }
    }
}

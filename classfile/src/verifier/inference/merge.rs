//! The lattice of types: assignability and least common supertypes.

use super::super::Hierarchy;
use super::super::types::{Kind, Type, well_known};
use super::{Checked, Inference};

impl<'a, H: Hierarchy> Inference<'_, 'a, '_, H> {
    /// Whether a value of type `value` may be used as `target`.
    pub(super) fn assignable(&mut self, value: Type, target: Type) -> Checked<bool> {
        Ok(value == target || self.merge_types(value, target, true)? == target)
    }

    /// The type of a value that is either; top when there is none. For assignment the answer only has to say whether
    /// it is `target`.
    pub(super) fn merge_types(&mut self, value: Type, target: Type, assignment: bool) -> Checked<Type> {
        const OBJECT: Type = Type::object(well_known::OBJECT);
        if value == target {
            return Ok(value);
        }
        if !value.is_reference() || !target.is_reference() {
            return Ok(Type::TOP);
        }
        if value == Type::NULL {
            return Ok(target);
        }
        if target == Type::NULL {
            return Ok(value);
        }
        if target == OBJECT {
            return Ok(target);
        }
        if value == OBJECT {
            let interface = assignment && target.is_object() && self.is_interface(target)?;
            return Ok(if interface { target } else { value });
        }
        if value.is_array() || target.is_array() {
            return self.merge_arrays(value, target, assignment);
        }
        if self.is_interface(target)? {
            return Ok(if assignment { target } else { OBJECT });
        }
        if self.is_interface(value)? {
            return Ok(OBJECT);
        }
        self.spend(16)?;
        let cx = &mut *self.cx;
        let (value_name, target_name) = (cx.names.get(value.payload()), cx.names.get(target.payload()));
        if assignment {
            return match cx.hierarchy.is_subclass(value_name, target_name) {
                Ok(true) => Ok(target),
                Ok(false) => Ok(OBJECT),
                Err(error) => Err(cx.hierarchy_failed(error)),
            };
        }
        match cx.hierarchy.common_superclass(value_name, target_name) {
            Ok(name) => Ok(Type::object(cx.names.intern_owned(&name))),
            Err(error) => Err(cx.hierarchy_failed(error)),
        }
    }

    fn is_interface(&mut self, ty: Type) -> Checked<bool> {
        self.spend(16)?;
        let answer = self.cx.hierarchy.is_interface(self.cx.names.get(ty.payload()));
        answer.map_err(|error| self.cx.hierarchy_failed(error))
    }

    /// At least one is an array; they differ and neither is Object or null.
    fn merge_arrays(&mut self, value: Type, target: Type, assignment: bool) -> Checked<Type> {
        let like_array =
            |ty: Type| ty.is_object() && matches!(ty.payload(), well_known::CLONEABLE | well_known::SERIALIZABLE);
        if like_array(target) {
            return Ok(target);
        }
        if like_array(value) {
            return Ok(value);
        }
        // An array of primitives is an Object with a dimension less.
        let object_like = |ty: Type| match ty.kind() {
            Kind::Object => ty,
            _ => Type::object(well_known::OBJECT).with_dimensions(ty.dimensions() - 1),
        };
        let (value, target) = (object_like(value), object_like(target));
        let (low, high) = (value.dimensions(), target.dimensions());
        if low == high {
            let base = self.merge_types(value.with_dimensions(0), target.with_dimensions(0), assignment)?;
            return Ok(if base == Type::TOP {
                base
            } else {
                base.with_dimensions(low)
            });
        }
        let smaller = if low < high { value } else { target };
        if like_array(smaller.with_dimensions(0)) {
            return Ok(smaller);
        }
        Ok(Type::object(well_known::OBJECT).with_dimensions(low.min(high)))
    }
}

//! Fields and array elements.

use super::Builder;
use super::scope::Scope;
use crate::code::{ExitReason, Refusal};
use crate::query::{ClassId, Constant, FieldInfo, Kind};
use crate::ssa::{Op, Type, Value};
use peaberry_classfile::opcodes::op;

/// The kind of array that an array instruction accesses. Byte stands for boolean too.
fn element_kind(index: u8) -> Kind {
    [
        Kind::Int,
        Kind::Long,
        Kind::Float,
        Kind::Double,
        Kind::Reference,
        Kind::Byte,
        Kind::Char,
        Kind::Short,
    ][usize::from(index)]
}

impl Builder<'_> {
    pub(super) fn field_access(&mut self, scope: &mut Scope, opcode: u8) -> Result<(), Refusal> {
        let Some(field) = self.runtime.field(scope.method, scope.bci) else {
            self.exit(scope, ExitReason::Unresolved);
            return Ok(());
        };
        let wants_static = matches!(opcode, op::GETSTATIC | op::PUTSTATIC);
        if field.is_static != wants_static {
            self.exit(scope, ExitReason::Unresolved);
            return Ok(());
        }
        if field.is_static {
            self.initialization_check(scope, field.holder);
        }
        let result = Type::of_kind(field.kind);
        match opcode {
            op::GETSTATIC => {
                let value = self.load_static(&field, result);
                self.push(scope, value);
            }
            op::PUTSTATIC => {
                let value = self.pop(scope)?;
                let operation = Op::StoreStatic {
                    address: field.location,
                    kind: field.kind,
                    volatile: field.is_volatile,
                };
                self.facts.classes.insert(field.holder);
                self.node(operation, &[value], None);
            }
            op::GETFIELD => {
                let object = self.pop(scope)?;
                self.null_check(scope, object)?;
                if let Some(value) = self.known_field(object, &field) {
                    self.push(scope, value);
                    return Ok(());
                }
                let operation = Op::LoadField {
                    offset: field.location as u32,
                    kind: field.kind,
                    alias: field.id,
                    volatile: field.is_volatile,
                };
                let value = self.node(operation, &[object], Some(result));
                self.note_lasting(value, object, &field);
                self.push(scope, value);
            }
            _ => {
                let value = self.pop(scope)?;
                let object = self.pop(scope)?;
                self.null_check(scope, object)?;
                let operation = Op::StoreField {
                    offset: field.location as u32,
                    kind: field.kind,
                    alias: field.id,
                    volatile: field.is_volatile,
                };
                self.node(operation, &[object, value], None);
            }
        }
        Ok(())
    }

    fn load_static(&mut self, field: &FieldInfo, result: Type) -> Value {
        self.facts.classes.insert(field.holder);
        if field.is_final
            && let Some(constant) = self.runtime.static_final(field)
            && constant != Constant::Unresolved
        {
            return self.constant_value(constant);
        }
        let operation = Op::LoadStatic {
            address: field.location,
            kind: field.kind,
            volatile: field.is_volatile,
        };
        self.node(operation, &[], Some(result))
    }

    /// The class must be initialized, or being so by this thread.
    pub(super) fn initialization_check(&mut self, scope: &mut Scope, class: ClassId) {
        if self.runtime.is_initialized(class) {
            return;
        }
        self.facts.classes.insert(class);
        let state = self.state_before(scope);
        self.node_with(Op::InitializationCheck(class), &[], None, Some(state), None);
    }

    pub(super) fn array_load(&mut self, scope: &mut Scope, opcode: u8) -> Result<(), Refusal> {
        let kind = element_kind(opcode - op::IALOAD);
        let index = self.pop(scope)?;
        let array = self.pop(scope)?;
        if let Some(value) = self.known_element(array, index) {
            self.push(scope, value);
            return Ok(());
        }
        self.null_check(scope, array)?;
        self.bounds_check(scope, array, index)?;
        let value = self.node(Op::LoadElement(kind), &[array, index], Some(Type::of_kind(kind)));
        self.push(scope, value);
        Ok(())
    }

    pub(super) fn array_store(&mut self, scope: &mut Scope, opcode: u8) -> Result<(), Refusal> {
        let kind = element_kind(opcode - op::IASTORE);
        let mut value = self.pop(scope)?;
        let index = self.pop(scope)?;
        let array = self.pop(scope)?;
        self.null_check(scope, array)?;
        self.bounds_check(scope, array, index)?;
        match kind {
            Kind::Reference
                if !matches!(self.function.nodes[value].op, Op::Null) && !self.stores_surely(array, value) =>
            {
                let state = self.state_before(scope);
                self.node_with(Op::StoreCheck, &[array, value], None, Some(state), None);
            }
            Kind::Byte => value = self.node(Op::BooleanMask, &[array, value], Some(Type::Int)),
            _ => {}
        }
        self.node(Op::StoreElement(kind), &[array, index, value], None);
        Ok(())
    }

    /// Is the value sure to be an instance of the array's element class?
    fn stores_surely(&self, array: Value, value: Value) -> bool {
        let Op::NewArray { class, .. } = self.function.nodes[array].op else {
            return false;
        };
        let Some(element) = self.runtime.element_class(class) else {
            return false;
        };
        self.exact_class(value)
            .is_some_and(|class| self.runtime.is_subtype(class, element))
    }

    /// The class of a value's object, if the value itself tells. It is never null then.
    pub(super) fn exact_class(&self, value: Value) -> Option<ClassId> {
        match self.function.nodes[value].op {
            Op::New { class, .. } | Op::NewArray { class, .. } | Op::NewMultiArray(class) => Some(class),
            _ => self.runtime.known_class(&self.known_object(value)?),
        }
    }
}

//! Accesses by address: `Unsafe`.

use super::{Lowering, TRUSTED};
use crate::query::Kind;
use crate::ssa::{Ordering, Value};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self, AtomicRmwOp, InstBuilder, types};
use peaberry_gc::layout::NARROW_SHIFT;

impl Lowering<'_, '_> {
    /// Address of the access: base (an object, or null for an address) and offset.
    fn raw_address(&mut self, value: Value) -> ir::Value {
        let arguments = &self.function.nodes[value].arguments;
        let (base, offset) = (self.value(arguments[0]), self.value(arguments[1]));
        self.builder.ins().iadd(base, offset)
    }

    /// Loads are atomic ones even when they are plain: what they read is in no alias region.
    pub(super) fn load_raw(&mut self, value: Value, kind: Kind) {
        let address = self.raw_address(value);
        let lowered = self.load_kind(address, 0, kind, None, true);
        self.define(value, lowered);
    }

    pub(super) fn store_raw(&mut self, value: Value, kind: Kind, ordering: Ordering) {
        let address = self.raw_address(value);
        let stored = self.value(self.function.nodes[value].arguments[2]);
        self.store_kind(address, 0, kind, stored, None, ordering == Ordering::Volatile);
    }

    /// A value as it lies in memory.
    fn memory_form(&mut self, operand: ir::Value, kind: Kind) -> ir::Value {
        match kind {
            Kind::Reference => self.narrow(operand),
            Kind::Byte => self.builder.ins().ireduce(types::I8, operand),
            Kind::Short => self.builder.ins().ireduce(types::I16, operand),
            _ => operand,
        }
    }

    fn register_form(&mut self, loaded: ir::Value, kind: Kind) -> ir::Value {
        match kind {
            Kind::Reference => {
                let wide = self.builder.ins().uextend(types::I64, loaded);
                self.builder.ins().ishl_imm_u(wide, i64::from(NARROW_SHIFT))
            }
            Kind::Byte | Kind::Short => self.builder.ins().sextend(types::I32, loaded),
            _ => loaded,
        }
    }

    pub(super) fn compare_and_set(&mut self, value: Value, kind: Kind, exchange: bool) {
        let address = self.raw_address(value);
        let arguments = &self.function.nodes[value].arguments;
        let (expected, new) = (self.value(arguments[2]), self.value(arguments[3]));
        let expected = self.memory_form(expected, kind);
        let new = self.memory_form(new, kind);
        let found = self.builder.ins().atomic_cas(TRUSTED, address, expected, new);
        if kind == Kind::Reference {
            self.mark_card(address, 0);
        }
        let lowered = if exchange {
            self.register_form(found, kind)
        } else {
            let same = self.builder.ins().icmp(IntCC::Equal, found, expected);
            self.builder.ins().uextend(types::I32, same)
        };
        self.define(value, lowered);
    }

    pub(super) fn get_and(&mut self, value: Value, kind: Kind, operation: AtomicRmwOp) {
        let address = self.raw_address(value);
        let operand = self.value(self.function.nodes[value].arguments[2]);
        let operand = self.memory_form(operand, kind);
        let size = self.builder.func.dfg.value_type(operand);
        let found = self
            .builder
            .ins()
            .atomic_rmw(size, TRUSTED, operation, address, operand);
        if kind == Kind::Reference {
            self.mark_card(address, 0);
        }
        let lowered = self.register_form(found, kind);
        self.define(value, lowered);
    }

    /// The `java.lang.Class` of a class.
    pub(super) fn mirror_of(&mut self, value: Value) {
        let class = self.value(self.function.nodes[value].arguments[0]);
        let offset = std::mem::offset_of!(peaberry_gc::layout::ClassPrefix, mirror) as i32;
        let lowered = self.load_reference(class, offset, TRUSTED.with_readonly());
        self.define(value, lowered);
    }
}

//! Fields, elements, references and the write barrier.

use super::{Lowering, TRUSTED};
use crate::query::Kind;
use crate::ssa::{Op, Value};
use cranelift_codegen::ir::{self, AtomicRmwOp, InstBuilder, MemFlagsData, types};
use peaberry_gc::barrier::CARD_DIRTY;
use peaberry_gc::layout::{CARD_SHIFT, NARROW_SHIFT, array_base_offset};

/// Alias classes of array elements, one for each kind.
const ELEMENT_ALIAS: u64 = u64::MAX - 16;

fn element_shift(kind: Kind) -> u32 {
    match kind {
        Kind::Boolean | Kind::Byte => 0,
        Kind::Char | Kind::Short => 1,
        Kind::Int | Kind::Float | Kind::Reference => 2,
        Kind::Long | Kind::Double => 3,
    }
}

impl Lowering<'_, '_> {
    /// Widens the narrow reference at an address.
    pub(super) fn load_reference(&mut self, address: ir::Value, offset: i32, flags: MemFlagsData) -> ir::Value {
        let narrow = self.builder.ins().uload32(flags, address, offset);
        self.builder.ins().ishl_imm_u(narrow, i64::from(NARROW_SHIFT))
    }

    pub(super) fn narrow(&mut self, reference: ir::Value) -> ir::Value {
        let shifted = self.builder.ins().ushr_imm_u(reference, i64::from(NARROW_SHIFT));
        self.builder.ins().ireduce(types::I32, shifted)
    }

    pub(super) fn class_of(&mut self, object: ir::Value) -> ir::Value {
        let flags = TRUSTED.with_readonly();
        self.load_reference(object, 0, flags)
    }

    pub(super) fn load_kind(
        &mut self,
        base: ir::Value,
        offset: i32,
        kind: Kind,
        alias: Option<u64>,
        volatile: bool,
    ) -> ir::Value {
        if volatile {
            return self.load_volatile(base, offset, kind);
        }
        let flags = match alias {
            Some(alias) => self.region(alias),
            None => TRUSTED,
        };
        let ins = self.builder.ins();
        match kind {
            Kind::Boolean | Kind::Byte => ins.sload8(types::I32, flags, base, offset),
            Kind::Char => ins.uload16(types::I32, flags, base, offset),
            Kind::Short => ins.sload16(types::I32, flags, base, offset),
            Kind::Int => ins.load(types::I32, flags, base, offset),
            Kind::Long => ins.load(types::I64, flags, base, offset),
            Kind::Float => ins.load(types::F32, flags, base, offset),
            Kind::Double => ins.load(types::F64, flags, base, offset),
            Kind::Reference => self.load_reference(base, offset, flags),
        }
    }

    fn load_volatile(&mut self, base: ir::Value, offset: i32, kind: Kind) -> ir::Value {
        let address = self.builder.ins().iadd_imm_s(base, i64::from(offset));
        let flags = TRUSTED;
        let plain = MemFlagsData::new();
        let size = match element_shift(kind) {
            0 => types::I8,
            1 => types::I16,
            2 => types::I32,
            _ => types::I64,
        };
        let loaded = self.builder.ins().atomic_load(size, flags, address);
        let ins = self.builder.ins();
        match kind {
            Kind::Boolean | Kind::Byte | Kind::Short => ins.sextend(types::I32, loaded),
            Kind::Char => ins.uextend(types::I32, loaded),
            Kind::Int | Kind::Long => loaded,
            Kind::Float => ins.bitcast(types::F32, plain, loaded),
            Kind::Double => ins.bitcast(types::F64, plain, loaded),
            Kind::Reference => {
                let wide = ins.uextend(types::I64, loaded);
                self.builder.ins().ishl_imm_u(wide, i64::from(NARROW_SHIFT))
            }
        }
    }

    pub(super) fn store_kind(
        &mut self,
        base: ir::Value,
        offset: i32,
        kind: Kind,
        value: ir::Value,
        alias: Option<u64>,
        volatile: bool,
    ) {
        let value = match kind {
            Kind::Boolean => self.builder.ins().band_imm_u(value, 1),
            _ => value,
        };
        if volatile {
            return self.store_volatile(base, offset, kind, value);
        }
        let flags = match alias {
            Some(alias) => self.region(alias),
            None => TRUSTED,
        };
        match kind {
            Kind::Boolean | Kind::Byte => {
                self.builder.ins().istore8(flags, value, base, offset);
            }
            Kind::Char | Kind::Short => {
                self.builder.ins().istore16(flags, value, base, offset);
            }
            Kind::Int | Kind::Long | Kind::Float | Kind::Double => {
                self.builder.ins().store(flags, value, base, offset);
            }
            Kind::Reference => {
                let narrow = self.narrow(value);
                self.builder.ins().store(flags, narrow, base, offset);
                self.mark_card(base, offset);
            }
        }
    }

    /// Tells the collector that a reference was stored.
    pub(super) fn mark_card(&mut self, base: ir::Value, offset: i32) {
        let thread = self.thread();
        let table_offset = self.runtime.layout().thread_card_table;
        let readonly = TRUSTED.with_readonly();
        let table = self.builder.ins().load(types::I64, readonly, thread, table_offset);
        let address = if offset == 0 {
            base
        } else {
            self.builder.ins().iadd_imm_s(base, i64::from(offset))
        };
        let card = self.builder.ins().ushr_imm_u(address, i64::from(CARD_SHIFT));
        let card = self.builder.ins().iadd(table, card);
        let dirty = self.builder.ins().iconst(types::I8, i64::from(CARD_DIRTY));
        let flags = self.region(ELEMENT_ALIAS - 1);
        self.builder.ins().store(flags, dirty, card, 0);
    }

    /// A sequentially consistent store: an exchange is cheaper than a store and a fence.
    fn store_volatile(&mut self, base: ir::Value, offset: i32, kind: Kind, value: ir::Value) {
        let address = self.builder.ins().iadd_imm_s(base, i64::from(offset));
        let plain = MemFlagsData::new();
        let ins = self.builder.ins();
        let (size, bits) = match kind {
            Kind::Boolean | Kind::Byte => (types::I8, ins.ireduce(types::I8, value)),
            Kind::Char | Kind::Short => (types::I16, ins.ireduce(types::I16, value)),
            Kind::Int => (types::I32, value),
            Kind::Long => (types::I64, value),
            Kind::Float => (types::I32, ins.bitcast(types::I32, plain, value)),
            Kind::Double => (types::I64, ins.bitcast(types::I64, plain, value)),
            Kind::Reference => (types::I32, self.narrow(value)),
        };
        self.builder
            .ins()
            .atomic_rmw(size, TRUSTED, AtomicRmwOp::Xchg, address, bits);
        if kind == Kind::Reference {
            self.mark_card(base, offset);
        }
    }

    /// Address of an element less the array's base offset.
    fn element(&mut self, array: ir::Value, index: ir::Value, kind: Kind) -> (ir::Value, i32) {
        let shift = element_shift(kind);
        let index = self.builder.ins().uextend(types::I64, index);
        let scaled = if shift == 0 {
            index
        } else {
            self.builder.ins().ishl_imm_u(index, i64::from(shift))
        };
        let address = self.builder.ins().iadd(array, scaled);
        (address, array_base_offset(shift) as i32)
    }

    fn element_alias(kind: Kind) -> u64 {
        ELEMENT_ALIAS
            + if kind == Kind::Boolean {
                Kind::Byte as u64
            } else {
                kind as u64
            }
    }

    pub(super) fn load_element(&mut self, value: Value, kind: Kind) {
        let arguments = &self.function.nodes[value].arguments;
        let (array, index) = (self.value(arguments[0]), self.value(arguments[1]));
        let (address, offset) = self.element(array, index, kind);
        let lowered = self.load_kind(address, offset, kind, Some(Self::element_alias(kind)), false);
        self.define(value, lowered);
    }

    pub(super) fn store_element(&mut self, value: Value, kind: Kind) {
        let arguments = &self.function.nodes[value].arguments;
        let (array, index, stored) = (
            self.value(arguments[0]),
            self.value(arguments[1]),
            self.value(arguments[2]),
        );
        let (address, offset) = self.element(array, index, kind);
        self.store_kind(address, offset, kind, stored, Some(Self::element_alias(kind)), false);
    }

    /// byte[] and boolean[] share their instruction; booleans keep their lowest bit.
    pub(super) fn boolean_mask(&mut self, value: Value) {
        let arguments = &self.function.nodes[value].arguments;
        let (array, stored) = (arguments[0], self.value(arguments[1]));
        let boolean_array = self.runtime.primitive_array_class(4);
        let known = match self.function.nodes[array].op {
            Op::NewArray { class, .. } => Some(class),
            _ => None,
        };
        let lowered = match (boolean_array, known) {
            (None, _) => stored,
            (Some(class), Some(known)) if class != known => stored,
            (Some(class), _) => {
                let array = self.value(array);
                let flags = TRUSTED.with_readonly();
                let actual = self.builder.ins().load(types::I32, flags, array, 0);
                let wanted = (class.0 >> NARROW_SHIFT) as i64;
                let is_boolean =
                    self.builder
                        .ins()
                        .icmp_imm_s(ir::condcodes::IntCC::Equal, actual, i64::from(wanted as i32));
                let masked = self.builder.ins().band_imm_u(stored, 1);
                self.builder.ins().select(is_boolean, masked, stored)
            }
        };
        self.define(value, lowered);
    }
}

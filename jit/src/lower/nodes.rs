//! Which part lowers which node.

use super::{Lowering, TRUSTED};
use crate::code::ExitReason;
use crate::layout::RuntimeCall;
use crate::ssa::{Op, Type, Value};
use cranelift_codegen::ir::{AtomicRmwOp, InstBuilder, condcodes::IntCC, types};

impl Lowering<'_, '_> {
    pub(super) fn node(&mut self, value: Value) {
        let function = self.function;
        let node = &function.nodes[value];
        let argument = |index: usize| node.arguments[index];
        match &node.op {
            Op::Parameter | Op::Argument(_) => {}
            // Exits allocate it.
            Op::VirtualObject(_) => return,
            Op::Int(constant) => {
                let lowered = self.builder.ins().iconst(types::I32, i64::from(*constant));
                self.define(value, lowered);
            }
            Op::Long(constant) => {
                let lowered = self.builder.ins().iconst(types::I64, *constant);
                self.define(value, lowered);
            }
            Op::Float(bits) => {
                let lowered = self.builder.ins().f32const(f32::from_bits(*bits));
                self.define(value, lowered);
            }
            Op::Double(bits) => {
                let lowered = self.builder.ins().f64const(f64::from_bits(*bits));
                self.define(value, lowered);
            }
            Op::Null => {
                let lowered = self.builder.ins().iconst(types::I64, 0);
                self.define(value, lowered);
            }
            Op::FixedObject(address) => {
                let lowered = self.builder.ins().iconst(types::I64, *address as i64);
                self.define(value, lowered);
            }
            Op::ObjectSlot(address) => {
                let slot = self.builder.ins().iconst(types::I64, *address as i64);
                let lowered = self.load_reference(slot, 0, TRUSTED.with_readonly());
                self.define(value, lowered);
            }
            Op::OsrLocal(slot) => {
                let locals = self.value(argument(0));
                let kind = super::clif_type(function.type_of(value));
                let lowered = self.builder.ins().load(kind, TRUSTED, locals, 8 * i32::from(*slot));
                self.define(value, lowered);
            }
            Op::OsrLock(from_last) => self.take_lock_over(value, *from_last),
            Op::Binary(op) => self.binary(value, *op),
            Op::Negate => self.negate(value),
            Op::Compare(condition) => self.compare(value, *condition),
            Op::CompareFloat(condition) => self.compare_float(value, *condition),
            Op::ThreeWay { nan_is_greater } => self.three_way(value, *nan_is_greater),
            Op::Convert(conversion) => self.convert(value, *conversion),
            Op::Math(op) => self.math(value, *op),
            Op::Select => {
                let (condition, yes, no) = (
                    self.value(argument(0)),
                    self.value(argument(1)),
                    self.value(argument(2)),
                );
                let lowered = self.builder.ins().select(condition, yes, no);
                self.define(value, lowered);
            }
            Op::NullCheck => {
                let object = self.value(argument(0));
                let null = self.builder.ins().icmp_imm_s(IntCC::Equal, object, 0);
                self.check(value, null, ExitReason::NullCheck);
            }
            Op::BoundsCheck => {
                let (index, length) = (self.value(argument(0)), self.value(argument(1)));
                let outside = self
                    .builder
                    .ins()
                    .icmp(IntCC::UnsignedGreaterThanOrEqual, index, length);
                self.check(value, outside, ExitReason::BoundsCheck);
            }
            Op::DivisionCheck => {
                let divisor = self.value(argument(0));
                let zero = self.builder.ins().icmp_imm_s(IntCC::Equal, divisor, 0);
                self.check(value, zero, ExitReason::DivisionCheck);
            }
            Op::Guard(reason) => {
                let condition = self.value(argument(0));
                if let Some(state) = node.state {
                    self.exit_unless(condition, state, *reason);
                }
            }
            Op::CheckCast(class) => self.check_cast(value, *class),
            Op::InstanceOf(class) => self.instance_of(value, *class),
            Op::StoreCheck => self.store_check(value),
            Op::ClassOf => {
                let object = self.value(argument(0));
                let lowered = self.class_of(object);
                self.define(value, lowered);
            }
            Op::ArrayLength => {
                let array = self.value(argument(0));
                let flags = TRUSTED.with_readonly();
                let offset = peaberry_gc::layout::ARRAY_LENGTH_OFFSET as i32;
                let lowered = self.builder.ins().load(types::I32, flags, array, offset);
                self.define(value, lowered);
            }
            Op::LoadField {
                offset,
                kind,
                alias,
                volatile,
            } => {
                let object = self.value(argument(0));
                let lowered = self.load_kind(object, *offset as i32, *kind, Some(*alias), *volatile);
                self.define(value, lowered);
            }
            Op::StoreField {
                offset,
                kind,
                alias,
                volatile,
            } => {
                let (object, stored) = (self.value(argument(0)), self.value(argument(1)));
                self.store_kind(object, *offset as i32, *kind, stored, Some(*alias), *volatile);
            }
            Op::LoadStatic {
                address,
                kind,
                volatile,
            } => {
                let at = self.builder.ins().iconst(types::I64, *address as i64);
                let lowered = self.load_kind(at, 0, *kind, Some(*address), *volatile);
                self.define(value, lowered);
            }
            Op::StoreStatic {
                address,
                kind,
                volatile,
            } => {
                let stored = self.value(argument(0));
                let at = self.builder.ins().iconst(types::I64, *address as i64);
                self.store_kind(at, 0, *kind, stored, Some(*address), *volatile);
            }
            Op::LoadElement(kind) => self.load_element(value, *kind),
            Op::StoreElement(kind) => self.store_element(value, *kind),
            Op::BooleanMask => self.boolean_mask(value),
            Op::New { class, bytes } => self.new_instance(value, *class, *bytes),
            Op::NewArray { class, shift } => self.new_array(value, *class, u32::from(*shift)),
            Op::NewMultiArray(class) => self.new_multi_array(value, *class),
            Op::InitializationCheck(class) => self.initialization_check(value, *class),
            Op::MonitorEnter => self.monitor_enter(value),
            Op::MonitorExit => self.monitor_exit(value),
            Op::Poll => self.poll(value),
            Op::LoadRaw(kind, _) => self.load_raw(value, *kind),
            Op::StoreRaw(kind, ordering) => self.store_raw(value, *kind, *ordering),
            Op::CompareAndSet(kind) => self.compare_and_set(value, *kind, false),
            Op::CompareAndExchange(kind) => self.compare_and_set(value, *kind, true),
            Op::GetAndAdd(kind) => self.get_and(value, *kind, AtomicRmwOp::Add),
            Op::GetAndSet(kind) => self.get_and(value, *kind, AtomicRmwOp::Xchg),
            Op::MirrorOf => self.mirror_of(value),
            Op::StoreFence => {}
            Op::Fence => {
                self.builder.ins().fence();
            }
            Op::Call(_) => unreachable!("a call is lowered with the terminator behind it"),
            Op::Runtime(RuntimeCall::FindInterface) => self.find_interface(value),
            Op::Runtime(call) => self.runtime_node(value, *call),
            Op::TakeException => {
                if let Some(state) = node.state {
                    self.exit_if_invalid(state);
                }
                let lowered = self.pending_exception();
                let thread = self.thread();
                let zero = self.builder.ins().iconst(types::I64, 0);
                let offset = self.runtime.layout().thread_exception;
                self.builder.ins().store(TRUSTED, zero, thread, offset);
                self.define(value, lowered);
            }
            Op::PutException => {
                let exception = self.value(argument(0));
                let thread = self.thread();
                let offset = self.runtime.layout().thread_exception;
                self.builder.ins().store(TRUSTED, exception, thread, offset);
            }
        }
        debug_assert!(
            function.nodes[value].result.is_none() || self.values[value.as_u32() as usize].is_some(),
            "{:?} has no result of {:?}",
            function.nodes[value].op,
            None::<Type>
        );
    }

    /// Leaves when the condition holds.
    fn check(&mut self, value: Value, condition: cranelift_codegen::ir::Value, reason: ExitReason) {
        if let Some(state) = self.function.nodes[value].state {
            self.exit_if(condition, state, reason);
        }
    }
}

//! Arithmetic as Java has it (JVMS §2.8, §2.11).

use super::{Lowering, clif_type};
use crate::ssa::{BinaryOp, Condition, Conversion, FloatCondition, MathOp, Op, Type, Value};
use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::{self, InstBuilder, MemFlagsData, types};

pub(super) fn integer_condition(condition: Condition) -> IntCC {
    match condition {
        Condition::Eq => IntCC::Equal,
        Condition::Ne => IntCC::NotEqual,
        Condition::Lt => IntCC::SignedLessThan,
        Condition::Ge => IntCC::SignedGreaterThanOrEqual,
        Condition::Gt => IntCC::SignedGreaterThan,
        Condition::Le => IntCC::SignedLessThanOrEqual,
        Condition::Below => IntCC::UnsignedLessThan,
        Condition::AboveOrEqual => IntCC::UnsignedGreaterThanOrEqual,
    }
}

fn float_condition(condition: FloatCondition) -> FloatCC {
    match condition {
        FloatCondition::Eq => FloatCC::Equal,
        FloatCondition::Ne => FloatCC::NotEqual,
        FloatCondition::Lt => FloatCC::LessThan,
        FloatCondition::Le => FloatCC::LessThanOrEqual,
        FloatCondition::Gt => FloatCC::GreaterThan,
        FloatCondition::Ge => FloatCC::GreaterThanOrEqual,
        FloatCondition::UnorderedLt => FloatCC::UnorderedOrLessThan,
        FloatCondition::UnorderedLe => FloatCC::UnorderedOrLessThanOrEqual,
        FloatCondition::UnorderedGt => FloatCC::UnorderedOrGreaterThan,
        FloatCondition::UnorderedGe => FloatCC::UnorderedOrGreaterThanOrEqual,
    }
}

impl Lowering<'_, '_> {
    fn operands(&mut self, value: Value) -> (ir::Value, ir::Value) {
        let arguments = &self.function.nodes[value].arguments;
        (self.value(arguments[0]), self.value(arguments[1]))
    }

    pub(super) fn binary(&mut self, value: Value, op: BinaryOp) {
        let (left, right) = self.operands(value);
        let floating = matches!(self.function.type_of(value), Type::Float | Type::Double);
        let lowered = match (op, floating) {
            (BinaryOp::Div, false) => self.divide(value, left, right),
            (BinaryOp::Add, false) => self.builder.ins().iadd(left, right),
            (BinaryOp::Sub, false) => self.builder.ins().isub(left, right),
            (BinaryOp::Mul, false) => self.builder.ins().imul(left, right),
            (BinaryOp::Rem, _) => self.builder.ins().srem(left, right),
            (BinaryOp::And, _) => self.builder.ins().band(left, right),
            (BinaryOp::Or, _) => self.builder.ins().bor(left, right),
            (BinaryOp::Xor, _) => self.builder.ins().bxor(left, right),
            (BinaryOp::Shl, _) => self.builder.ins().ishl(left, right),
            (BinaryOp::Shr, _) => self.builder.ins().sshr(left, right),
            (BinaryOp::Ushr, _) => self.builder.ins().ushr(left, right),
            (BinaryOp::Add, true) => self.builder.ins().fadd(left, right),
            (BinaryOp::Sub, true) => self.builder.ins().fsub(left, right),
            (BinaryOp::Mul, true) => self.builder.ins().fmul(left, right),
            (BinaryOp::Div, true) => self.builder.ins().fdiv(left, right),
        };
        self.define(value, lowered);
    }

    /// The quotient; the least number divided by -1 is itself, which the machine's division traps on.
    fn divide(&mut self, value: Value, left: ir::Value, right: ir::Value) -> ir::Value {
        let divisor = self.function.nodes[value].arguments[1];
        match self.function.nodes[divisor].op {
            Op::Int(constant) if constant != -1 && constant != 0 => return self.builder.ins().sdiv(left, right),
            Op::Long(constant) if constant != -1 && constant != 0 => return self.builder.ins().sdiv(left, right),
            _ => {}
        }
        let kind = clif_type(self.function.type_of(value));
        let minus_one = self.builder.ins().icmp_imm_s(IntCC::Equal, right, -1);
        let one = self.builder.ins().iconst(kind, 1);
        let safe = self.builder.ins().select(minus_one, one, right);
        let quotient = self.builder.ins().sdiv(left, safe);
        let negated = self.builder.ins().ineg(left);
        self.builder.ins().select(minus_one, negated, quotient)
    }

    pub(super) fn negate(&mut self, value: Value) {
        let operand = self.value(self.function.nodes[value].arguments[0]);
        let lowered = match self.function.type_of(value) {
            Type::Float | Type::Double => self.builder.ins().fneg(operand),
            _ => self.builder.ins().ineg(operand),
        };
        self.define(value, lowered);
    }

    /// A truth value as int.
    fn truth(&mut self, condition: ir::Value) -> ir::Value {
        self.builder.ins().uextend(types::I32, condition)
    }

    pub(super) fn compare(&mut self, value: Value, condition: Condition) {
        let (left, right) = self.operands(value);
        let lowered = self.builder.ins().icmp(integer_condition(condition), left, right);
        let lowered = self.truth(lowered);
        self.define(value, lowered);
    }

    pub(super) fn compare_float(&mut self, value: Value, condition: FloatCondition) {
        let (left, right) = self.operands(value);
        let lowered = self.builder.ins().fcmp(float_condition(condition), left, right);
        let lowered = self.truth(lowered);
        self.define(value, lowered);
    }

    pub(super) fn three_way(&mut self, value: Value, nan_is_greater: bool) {
        let (left, right) = self.operands(value);
        let operand = self.function.nodes[value].arguments[0];
        let (greater, less) = match self.function.type_of(operand) {
            Type::Float | Type::Double => {
                let (greater, less) = if nan_is_greater {
                    (FloatCC::UnorderedOrGreaterThan, FloatCC::LessThan)
                } else {
                    (FloatCC::GreaterThan, FloatCC::UnorderedOrLessThan)
                };
                let greater = self.builder.ins().fcmp(greater, left, right);
                (greater, self.builder.ins().fcmp(less, left, right))
            }
            _ => {
                let greater = self.builder.ins().icmp(IntCC::SignedGreaterThan, left, right);
                (greater, self.builder.ins().icmp(IntCC::SignedLessThan, left, right))
            }
        };
        let (greater, less) = (self.truth(greater), self.truth(less));
        let lowered = self.builder.ins().isub(greater, less);
        self.define(value, lowered);
    }

    pub(super) fn convert(&mut self, value: Value, conversion: Conversion) {
        let operand = self.value(self.function.nodes[value].arguments[0]);
        let plain = MemFlagsData::new();
        let ins = self.builder.ins();
        let lowered = match conversion {
            Conversion::I2l => ins.sextend(types::I64, operand),
            Conversion::UnsignedI2l => ins.uextend(types::I64, operand),
            Conversion::I2f | Conversion::L2f => ins.fcvt_from_sint(types::F32, operand),
            Conversion::I2d | Conversion::L2d => ins.fcvt_from_sint(types::F64, operand),
            Conversion::L2i => ins.ireduce(types::I32, operand),
            Conversion::F2i | Conversion::D2i => ins.fcvt_to_sint_sat(types::I32, operand),
            Conversion::F2l | Conversion::D2l => ins.fcvt_to_sint_sat(types::I64, operand),
            Conversion::F2d => ins.fpromote(types::F64, operand),
            Conversion::D2f => ins.fdemote(types::F32, operand),
            Conversion::I2b => {
                let low = ins.ireduce(types::I8, operand);
                self.builder.ins().sextend(types::I32, low)
            }
            Conversion::I2c => {
                let low = ins.ireduce(types::I16, operand);
                self.builder.ins().uextend(types::I32, low)
            }
            Conversion::I2s => {
                let low = ins.ireduce(types::I16, operand);
                self.builder.ins().sextend(types::I32, low)
            }
            Conversion::FloatBits => ins.bitcast(types::I32, plain, operand),
            Conversion::DoubleBits => ins.bitcast(types::I64, plain, operand),
            Conversion::BitsFloat => ins.bitcast(types::F32, plain, operand),
            Conversion::BitsDouble => ins.bitcast(types::F64, plain, operand),
        };
        self.define(value, lowered);
    }

    pub(super) fn math(&mut self, value: Value, op: MathOp) {
        let arguments: Vec<ir::Value> = self.function.nodes[value]
            .arguments
            .iter()
            .map(|argument| self.value(*argument))
            .collect();
        let first = arguments[0];
        let floating = matches!(self.function.type_of(value), Type::Float | Type::Double);
        let ins = self.builder.ins();
        let lowered = match op {
            MathOp::Sqrt => ins.sqrt(first),
            MathOp::Abs if floating => ins.fabs(first),
            MathOp::Abs => ins.iabs(first),
            MathOp::Floor => ins.floor(first),
            MathOp::Ceil => ins.ceil(first),
            MathOp::Rint => ins.nearest(first),
            MathOp::Min if floating => ins.fmin(first, arguments[1]),
            MathOp::Max if floating => ins.fmax(first, arguments[1]),
            MathOp::Min => ins.smin(first, arguments[1]),
            MathOp::Max => ins.smax(first, arguments[1]),
            MathOp::MultiplyHigh => ins.smulhi(first, arguments[1]),
            MathOp::UnsignedMultiplyHigh => ins.umulhi(first, arguments[1]),
            MathOp::BitCount => ins.popcnt(first),
            MathOp::LeadingZeros => ins.clz(first),
            MathOp::TrailingZeros => ins.ctz(first),
            MathOp::ReverseBytes => ins.bswap(first),
            MathOp::Reverse => ins.bitrev(first),
            MathOp::RotateLeft => ins.rotl(first, arguments[1]),
            MathOp::RotateRight => ins.rotr(first, arguments[1]),
            MathOp::Fma => ins.fma(first, arguments[1], arguments[2]),
            MathOp::CopySign => ins.fcopysign(first, arguments[1]),
        };
        let wanted = clif_type(self.function.type_of(value));
        let given = self.builder.func.dfg.value_type(lowered);
        let lowered = if given.is_int() && given.bits() > wanted.bits() {
            self.builder.ins().ireduce(wanted, lowered)
        } else {
            lowered
        };
        self.define(value, lowered);
    }
}

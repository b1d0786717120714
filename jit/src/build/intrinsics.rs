//! Calls that become nodes.

use super::Builder;
use super::calls::Call;
use super::scope::Scope;
use crate::code::Refusal;
use crate::query::MethodInfo;
use crate::ssa::{Conversion, MathOp, Op, Type, Value};

impl Builder<'_> {
    /// Builds the intrinsic that stands for the method, if there is one. True when it was done.
    pub(super) fn intrinsic(&mut self, scope: &mut Scope, info: &MethodInfo, call: &Call) -> Result<bool, Refusal> {
        let Some(name) = info.intrinsic else {
            return Ok(false);
        };
        let arguments = call.arguments.as_slice();
        let result = Type::from_descriptor(call.signature.result_character);
        if let Some(access) = name.strip_prefix("jdk/internal/misc/Unsafe.") {
            return self.raw_access(scope, access, call);
        }
        if name == "java/lang/Object.getClass ()Ljava/lang/Class;" {
            let class = self.node(Op::ClassOf, arguments, Some(Type::Long));
            let mirror = self.node(Op::MirrorOf, &[class], Some(Type::Reference));
            self.push(scope, mirror);
            return Ok(true);
        }
        let Some(operation) = operation(name) else {
            return Ok(false);
        };
        let value: Value = self.node(operation, arguments, result);
        self.push(scope, value);
        Ok(true)
    }

    /// An access of `Unsafe`, whose receiver is not null.
    fn raw_access(&mut self, scope: &mut Scope, access: &str, call: &Call) -> Result<bool, Refusal> {
        let Some((name, descriptor)) = access.split_once(' ') else {
            return Ok(false);
        };
        let Some(operation) = super::raw::operation(name, descriptor) else {
            return Ok(false);
        };
        let result = Type::from_descriptor(call.signature.result_character);
        let value = self.node(operation, &call.arguments[1..], result);
        if result.is_some() {
            self.push(scope, value);
        }
        Ok(true)
    }
}

/// The node of an intrinsic that is a pure computation.
fn operation(name: &str) -> Option<Op> {
    Some(match name {
        "java/lang/Math.sqrt (D)D" | "java/lang/StrictMath.sqrt (D)D" => Op::Math(MathOp::Sqrt),
        "java/lang/Math.abs (D)D" | "java/lang/Math.abs (F)F" => Op::Math(MathOp::Abs),
        "java/lang/Math.abs (I)I" | "java/lang/Math.abs (J)J" => Op::Math(MathOp::Abs),
        "java/lang/Math.floor (D)D" | "java/lang/StrictMath.floor (D)D" => Op::Math(MathOp::Floor),
        "java/lang/Math.ceil (D)D" | "java/lang/StrictMath.ceil (D)D" => Op::Math(MathOp::Ceil),
        "java/lang/Math.rint (D)D" | "java/lang/StrictMath.rint (D)D" => Op::Math(MathOp::Rint),
        "java/lang/Math.min (II)I" | "java/lang/Math.min (JJ)J" => Op::Math(MathOp::Min),
        "java/lang/Math.max (II)I" | "java/lang/Math.max (JJ)J" => Op::Math(MathOp::Max),
        "java/lang/Math.multiplyHigh (JJ)J" => Op::Math(MathOp::MultiplyHigh),
        "java/lang/Math.unsignedMultiplyHigh (JJ)J" => Op::Math(MathOp::UnsignedMultiplyHigh),
        "java/lang/Integer.bitCount (I)I" => Op::Math(MathOp::BitCount),
        "java/lang/Integer.numberOfLeadingZeros (I)I" => Op::Math(MathOp::LeadingZeros),
        "java/lang/Integer.numberOfTrailingZeros (I)I" => Op::Math(MathOp::TrailingZeros),
        "java/lang/Integer.reverseBytes (I)I" | "java/lang/Long.reverseBytes (J)J" => Op::Math(MathOp::ReverseBytes),
        "java/lang/Integer.reverse (I)I" | "java/lang/Long.reverse (J)J" => Op::Math(MathOp::Reverse),
        "java/lang/Integer.rotateLeft (II)I" | "java/lang/Long.rotateLeft (JI)J" => Op::Math(MathOp::RotateLeft),
        "java/lang/Integer.rotateRight (II)I" | "java/lang/Long.rotateRight (JI)J" => Op::Math(MathOp::RotateRight),
        "java/lang/Long.bitCount (J)I" => Op::Math(MathOp::BitCount),
        "java/lang/Long.numberOfLeadingZeros (J)I" => Op::Math(MathOp::LeadingZeros),
        "java/lang/Long.numberOfTrailingZeros (J)I" => Op::Math(MathOp::TrailingZeros),
        "java/lang/Math.copySign (DD)D" | "java/lang/Math.copySign (FF)F" => Op::Math(MathOp::CopySign),
        "java/lang/Float.floatToRawIntBits (F)I" => Op::Convert(Conversion::FloatBits),
        "java/lang/Float.intBitsToFloat (I)F" => Op::Convert(Conversion::BitsFloat),
        "java/lang/Double.doubleToRawLongBits (D)J" => Op::Convert(Conversion::DoubleBits),
        "java/lang/Double.longBitsToDouble (J)D" => Op::Convert(Conversion::BitsDouble),
        _ => return None,
    })
}

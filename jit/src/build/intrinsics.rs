//! Calls of methods that something else stands for ([`crate::intrinsics`]).

use super::Builder;
use super::calls::Call;
use super::scope::Scope;
use crate::code::{ExitReason, Refusal};
use crate::intrinsics::{Intrinsic, find};
use crate::layout::{NOT_DONE, RuntimeCall};
use crate::query::{Kind, MethodId, MethodInfo};
use crate::ssa::{BinaryOp, Condition, Conversion, MathOp, Op, Ordering, Target, Terminator, Type, Value};
use peaberry_gc::layout::array_base_offset;

impl Builder<'_> {
    /// Builds the intrinsic that stands for the method, if there is one. True when it was done.
    pub(super) fn intrinsic(
        &mut self,
        scope: &mut Scope,
        method: MethodId,
        info: &MethodInfo,
        call: &Call,
    ) -> Result<bool, Refusal> {
        let Some(intrinsic) = info.intrinsic.and_then(find) else {
            return Ok(false);
        };
        let arguments = call.arguments.as_slice();
        let result = Type::from_descriptor(call.signature.result_character);
        let value = match intrinsic {
            // Without the instruction it would be a call.
            Intrinsic::Math(MathOp::Fma) if !has_fma() => return Ok(false),
            Intrinsic::Math(operation) => self.node(Op::Math(operation), arguments, result),
            Intrinsic::Convert(conversion) => self.node(Op::Convert(conversion), arguments, result),
            Intrinsic::Leaf(function) => self.node(Op::Runtime(function), arguments, result),
            Intrinsic::Raw(operation) => self.node(operation, &arguments[1..], result),
            Intrinsic::GetClass => {
                let class = self.node(Op::ClassOf, arguments, Some(Type::Long));
                self.node(Op::MirrorOf, &[class], Some(Type::Reference))
            }
            Intrinsic::IsInstance => {
                let class = self
                    .known_object(arguments[0])
                    .and_then(|mirror| self.runtime.mirrored_class(&mirror));
                match class {
                    Some(class) => {
                        self.facts.classes.insert(class);
                        self.node(Op::InstanceOf(class), &arguments[1..], Some(Type::Int))
                    }
                    None => self.node(Op::Runtime(RuntimeCall::IsInstance), arguments, Some(Type::Int)),
                }
            }
            Intrinsic::CopyArray => {
                self.copy_array(scope, method, call)?;
                return Ok(true);
            }
            Intrinsic::Clone => {
                self.clone_object(scope, method, call)?;
                return Ok(true);
            }
            Intrinsic::CheckIndex | Intrinsic::GetChar | Intrinsic::PutChar
                if self.throws_often(scope, ExitReason::BoundsCheck) =>
            {
                return Ok(false);
            }
            Intrinsic::CheckIndex => {
                self.index_check(scope, arguments[0], arguments[1]);
                arguments[0]
            }
            Intrinsic::GetChar | Intrinsic::PutChar => self.char_access(scope, arguments)?,
            Intrinsic::Checked(function) => {
                self.checked(scope, method, function, call)?;
                return Ok(true);
            }
            Intrinsic::AllocateInstance => return self.allocate_known(scope, call),
        };
        if result.is_some() {
            self.push(scope, value);
        }
        Ok(true)
    }

    /// The index must be below the length, both taken as signed.
    fn index_check(&mut self, scope: &mut Scope, index: Value, length: Value) {
        let state = self.state_before(scope);
        let is_length = matches!(self.function.nodes[length].op, Op::ArrayLength);
        if !is_length {
            let zero = self.int(0);
            let good = self.node(Op::Compare(Condition::Ge), &[length, zero], Some(Type::Int));
            self.node_with(Op::Guard(ExitReason::BoundsCheck), &[good], None, Some(state), None);
        }
        self.node_with(Op::BoundsCheck, &[index, length], None, Some(state), None);
    }

    /// A char in a byte array: loaded, or stored when there is a third argument.
    fn char_access(&mut self, scope: &mut Scope, arguments: &[Value]) -> Result<Value, Refusal> {
        let (array, index) = (arguments[0], arguments[1]);
        self.null_check(scope, array)?;
        let bytes = self.node(Op::ArrayLength, &[array], Some(Type::Int));
        let (one, base) = (self.int(1), self.long(array_base_offset(0) as i64));
        let chars = self.node(Op::Binary(BinaryOp::Ushr), &[bytes, one], Some(Type::Int));
        let state = self.state_before(scope);
        self.node_with(Op::BoundsCheck, &[index, chars], None, Some(state), None);
        let wide = self.node(Op::Convert(Conversion::I2l), &[index], Some(Type::Long));
        let scaled = self.node(Op::Binary(BinaryOp::Shl), &[wide, one], Some(Type::Long));
        let offset = self.node(Op::Binary(BinaryOp::Add), &[scaled, base], Some(Type::Long));
        Ok(match arguments.get(2) {
            Some(&stored) => {
                let operation = Op::StoreRaw(Kind::Char, Ordering::Plain);
                self.node(operation, &[array, offset, stored], None)
            }
            None => {
                let operation = Op::LoadRaw(Kind::Char, Ordering::Plain);
                self.node(operation, &[array, offset], Some(Type::Int))
            }
        })
    }

    /// A copy of an object, by the runtime where that is all there is to do.
    fn clone_object(&mut self, scope: &mut Scope, method: MethodId, call: &Call) -> Result<(), Refusal> {
        self.null_check(scope, call.arguments[0])?;
        let answer = self.runtime_call(
            scope,
            RuntimeCall::CloneObject,
            &call.arguments[..1],
            Some(Type::Reference),
        )?;
        let null = self.constant(Op::Null, Type::Reference);
        self.or_call(scope, method, call, answer, null)
    }

    /// A function that may leave the work to the method.
    fn checked(
        &mut self,
        scope: &mut Scope,
        method: MethodId,
        function: RuntimeCall,
        call: &Call,
    ) -> Result<(), Refusal> {
        let answer = self.node(Op::Runtime(function), &call.arguments, Some(Type::Long));
        let not_done = self.long(NOT_DONE);
        self.or_call(scope, method, call, answer, not_done)
    }

    /// Calls the method if the answer says that it has to be called.
    fn or_call(
        &mut self,
        scope: &mut Scope,
        method: MethodId,
        call: &Call,
        answer: Value,
        not_done: Value,
    ) -> Result<(), Refusal> {
        let done = self.node(Op::Compare(Condition::Ne), &[answer, not_done], Some(Type::Int));
        let (fast, slow) = self.split(done, 0.999);
        self.function.blocks[slow].cold = true;
        let frame = scope.frame.clone();
        let join = self.function.new_block();
        let result = Type::from_descriptor(call.signature.result_character);
        let joined = result.map(|result| self.function.add_parameter(join, result, self.position));
        self.block = Some(fast);
        let value = result.map(|result| match result {
            Type::Int => self.node(Op::Convert(Conversion::L2i), &[answer], Some(Type::Int)),
            _ => answer,
        });
        self.terminate(Terminator::Jump(Target {
            block: join,
            arguments: value.into_iter().collect(),
        }));
        self.block = Some(slow);
        self.facts.methods.insert(method);
        let again = Call {
            arguments: call.arguments.clone(),
            signature: call.signature.clone(),
            length: call.length,
        };
        self.call_out(scope, method, again)?;
        let value = joined.and_then(|_| scope.frame.stack.last().copied());
        self.terminate(Terminator::Jump(Target {
            block: join,
            arguments: value.into_iter().collect(),
        }));
        scope.frame = frame;
        self.block = Some(join);
        if let Some(joined) = joined {
            self.push(scope, joined);
        }
        Ok(())
    }

    /// A copy of array elements. What needs more than that, an exception for example, is the method's own affair.
    fn copy_array(&mut self, scope: &mut Scope, method: MethodId, call: &Call) -> Result<(), Refusal> {
        let copied = self.node(Op::Runtime(RuntimeCall::CopyArray), &call.arguments, Some(Type::Int));
        let zero = self.int(0);
        let done = self.node(Op::Compare(Condition::Ne), &[copied, zero], Some(Type::Int));
        let (join, slow) = self.split(done, 0.999);
        self.function.blocks[slow].cold = true;
        self.block = Some(slow);
        let again = Call {
            arguments: call.arguments.clone(),
            signature: call.signature.clone(),
            length: call.length,
        };
        self.facts.methods.insert(method);
        self.call_out(scope, method, again)?;
        self.terminate(Terminator::Jump(Target {
            block: join,
            arguments: Vec::new(),
        }));
        self.block = Some(join);
        Ok(())
    }

    /// `Unsafe.allocateInstance` of a class that is known, initialized and simple. False: it is not.
    fn allocate_known(&mut self, scope: &mut Scope, call: &Call) -> Result<bool, Refusal> {
        let known = self
            .known_object(call.arguments[1])
            .and_then(|mirror| self.runtime.mirrored_class(&mirror))
            .filter(|&class| self.runtime.is_initialized(class));
        let Some(class) = known else { return Ok(false) };
        let Some(bytes) = self.runtime.instance_bytes(class) else {
            return Ok(false);
        };
        self.facts.classes.insert(class);
        self.finish_allocation(scope, Op::New { class, bytes }, &[], call.length)?;
        Ok(true)
    }
}

/// Has this processor an instruction for `a * b + c` with one rounding?
fn has_fma() -> bool {
    #[cfg(target_arch = "x86_64")]
    return std::arch::is_x86_feature_detected!("fma");
    #[cfg(not(target_arch = "x86_64"))]
    false
}

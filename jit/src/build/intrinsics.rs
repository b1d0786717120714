//! Calls of methods that something else stands for ([`crate::intrinsics`]).

use super::Builder;
use super::calls::Call;
use super::scope::Scope;
use crate::code::Refusal;
use crate::intrinsics::{Intrinsic, find};
use crate::layout::RuntimeCall;
use crate::query::{MethodId, MethodInfo};
use crate::ssa::{Condition, Op, Target, Terminator, Type};

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
            Intrinsic::AllocateInstance => return self.allocate_known(scope, call),
        };
        if result.is_some() {
            self.push(scope, value);
        }
        Ok(true)
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

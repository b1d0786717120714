//! Calls: whom they call, by hierarchy and profile, and how.

use super::scope::Scope;
use super::{Builder, parameter_types};
use crate::code::{Dependency, ExitReason, Refusal};
use crate::layout::RuntimeCall;
use crate::query::{CallTarget as Resolved, ClassId, MethodId, Polymorphic};
use crate::ssa::{BinaryOp, CallKind, CallTarget, Condition, Op, Signature, Target, Terminator, Type, Value};
use peaberry_classfile::opcodes::op;

/// Class guards that failed so often are not made again.
const GUARD_FAILURES: u32 = 3;

/// Calls that a profile must have counted before it is believed.
const LEAST_CALLS: u64 = 4;

/// What becomes of receivers whose class was not seen, or seldom.
enum OtherClasses {
    /// The interpreter goes on.
    Leave,
    /// Selection by vtable or itable.
    Dispatch(Resolved, MethodId),
}

/// A call on its way.
pub(super) struct Call {
    /// Arguments, receiver first.
    pub arguments: Vec<Value>,
    pub signature: Signature,
    /// Bytes of the instruction.
    pub length: u32,
}

impl Builder<'_> {
    pub(super) fn invoke(&mut self, scope: &mut Scope, opcode: u8, next: u32) -> Result<(), Refusal> {
        let target = self.runtime.call_target(scope.method, scope.bci);
        if target == Resolved::Unresolved {
            self.exit(scope, ExitReason::Unresolved);
            return Ok(());
        }
        let descriptor = self.runtime.call_descriptor(scope.method, scope.bci);
        let has_receiver = !matches!(opcode, op::INVOKESTATIC | op::INVOKEDYNAMIC);
        let (parameters, result_character) = parameter_types(&descriptor, !has_receiver)?;
        let arguments = self.pop_many(scope, parameters.len())?;
        if has_receiver {
            self.null_check(scope, arguments[0])?;
        }
        let mut call = Call {
            arguments,
            signature: Signature {
                parameters,
                result_character,
            },
            length: next - scope.bci,
        };
        match target {
            Resolved::Direct(method) => {
                if opcode == op::INVOKESTATIC {
                    let holder = self.runtime.method(method).holder;
                    self.initialization_check(scope, holder);
                } else if opcode == op::INVOKEINTERFACE {
                    self.interface_guard(scope, call.arguments[0], method);
                }
                self.call_method(scope, method, call)
            }
            Resolved::Linked { adapter, appendix_slot } => {
                if appendix_slot != 0 {
                    let appendix = self.node(Op::ObjectSlot(appendix_slot), &[], Some(Type::Reference));
                    call.arguments.push(appendix);
                    call.signature.parameters.push(Type::Reference);
                }
                self.call_method(scope, adapter, call)
            }
            Resolved::Virtual { declared, .. } | Resolved::Interface { declared } => {
                self.call_selected(scope, target, declared, call)
            }
            Resolved::Unresolved => Ok(()),
        }
    }

    /// A call that selects by the receiver's class.
    fn call_selected(
        &mut self,
        scope: &mut Scope,
        target: Resolved,
        declared: MethodId,
        call: Call,
    ) -> Result<(), Refusal> {
        let receiver = call.arguments[0];
        if let Some(class) = self.exact_class(receiver)
            && let Some(method) = self.runtime.select(class, declared)
        {
            return self.call_method(scope, method, call);
        }
        if let Some(method) = self.runtime.unique_target(declared) {
            self.facts.methods.insert(declared);
            self.facts
                .dependencies
                .insert(Dependency::UniqueTarget(declared, method));
            return self.call_method(scope, method, call);
        }
        let failures = self
            .runtime
            .exits_taken(scope.method, scope.bci, ExitReason::ClassGuard);
        let Some(profile) = self.runtime.type_profile(scope.method, scope.bci) else {
            return self.call_dispatched(scope, target, declared, call);
        };
        let total: u64 =
            profile.classes.iter().map(|(_, count)| u64::from(*count)).sum::<u64>() + u64::from(profile.other);
        let mut seen = profile.classes.clone();
        seen.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let often: Vec<(ClassId, MethodId)> = seen
            .iter()
            .filter(|(_, count)| total >= LEAST_CALLS && u64::from(*count) * 10 >= total * 2)
            .map_while(|&(class, _)| Some((class, self.runtime.select(class, declared)?)))
            .collect();
        let covered: u64 = seen.iter().take(often.len()).map(|(_, count)| u64::from(*count)).sum();
        let all = covered == total && failures < GUARD_FAILURES;
        if often.is_empty() || (!all && covered * 10 < total * 7) {
            return self.call_dispatched(scope, target, declared, call);
        }
        let other = if all {
            OtherClasses::Leave
        } else {
            OtherClasses::Dispatch(target, declared)
        };
        self.call_by_class(scope, &often, &other, call)
    }

    /// Leaves when the receiver does not implement the interface that has a private method.
    fn interface_guard(&mut self, scope: &mut Scope, receiver: Value, method: MethodId) {
        let interface = self.runtime.method(method).holder;
        if self
            .exact_class(receiver)
            .is_some_and(|class| self.runtime.is_subtype(class, interface))
        {
            return;
        }
        self.facts.classes.insert(interface);
        let implements = self.node(Op::InstanceOf(interface), &[receiver], Some(Type::Int));
        let state = self.state_before(scope);
        let guard = Op::Guard(ExitReason::NotCompiled);
        self.node_with(guard, &[implements], None, Some(state), None);
    }

    /// Leaves when the receiver is of another class.
    fn class_guard(&mut self, scope: &mut Scope, same: Value) {
        let state = self.state_before(scope);
        self.node_with(Op::Guard(ExitReason::ClassGuard), &[same], None, Some(state), None);
    }

    fn is_class(&mut self, receiver: Value, class: ClassId) -> Value {
        let actual = self.node(Op::ClassOf, &[receiver], Some(Type::Long));
        let expected = self.class_constant(class);
        self.node(Op::Compare(Condition::Eq), &[actual, expected], Some(Type::Int))
    }

    /// Calls the method of the receiver's class among those seen.
    fn call_by_class(
        &mut self,
        scope: &mut Scope,
        seen: &[(ClassId, MethodId)],
        other: &OtherClasses,
        call: Call,
    ) -> Result<(), Refusal> {
        let receiver = call.arguments[0];
        let Some((&(class, method), rest)) = seen.split_first() else {
            return match *other {
                OtherClasses::Leave => {
                    self.exit(scope, ExitReason::ClassGuard);
                    Ok(())
                }
                OtherClasses::Dispatch(target, declared) => self.call_dispatched(scope, target, declared, call),
            };
        };
        if matches!(other, OtherClasses::Leave) && rest.iter().all(|(_, other)| *other == method) {
            let mut same = self.is_class(receiver, class);
            for (class, _) in rest {
                let another = self.is_class(receiver, *class);
                same = self.node(Op::Binary(BinaryOp::Or), &[same, another], Some(Type::Int));
            }
            self.class_guard(scope, same);
            return self.call_method(scope, method, call);
        }
        let same = self.is_class(receiver, class);
        let result = Type::from_descriptor(call.signature.result_character);
        let (yes, no) = self.split(same, 0.8);
        let join = self.function.new_block();
        let joined = result.map(|result| self.function.add_parameter(join, result, self.position));
        let frame = scope.frame.clone();
        let again = Call {
            arguments: call.arguments.clone(),
            signature: call.signature.clone(),
            length: call.length,
        };
        let mut returns = false;
        self.block = Some(yes);
        self.call_method(scope, method, call)?;
        returns |= self.block.is_some();
        self.join(scope, join, result);
        scope.frame = frame.clone();
        self.block = Some(no);
        self.call_by_class(scope, rest, other, again)?;
        returns |= self.block.is_some();
        self.join(scope, join, result);
        scope.frame = frame;
        self.block = returns.then_some(join);
        if let (Some(joined), true) = (joined, returns) {
            self.push(scope, joined);
        }
        Ok(())
    }

    fn join(&mut self, scope: &Scope, join: crate::ssa::Block, result: Option<Type>) {
        let arguments = match result {
            Some(_) => scope.frame.stack.last().copied().into_iter().collect(),
            None => Vec::new(),
        };
        self.terminate(Terminator::Jump(Target { block: join, arguments }));
    }

    /// A call through the vtable or itable.
    fn call_dispatched(
        &mut self,
        scope: &mut Scope,
        target: Resolved,
        declared: MethodId,
        mut call: Call,
    ) -> Result<(), Refusal> {
        self.facts.methods.insert(declared);
        let target = match target {
            Resolved::Virtual { vtable_index, .. } => CallTarget::Virtual { declared, vtable_index },
            _ => {
                let class = self.node(Op::ClassOf, &[call.arguments[0]], Some(Type::Long));
                let method = self.method_constant(declared);
                let found = self.node(
                    Op::Runtime(RuntimeCall::FindInterface),
                    &[class, method],
                    Some(Type::Long),
                );
                let zero = self.long(0);
                let good = self.node(Op::Compare(Condition::Ne), &[found, zero], Some(Type::Int));
                let state = self.state_before(scope);
                self.node_with(Op::Guard(ExitReason::NotCompiled), &[good], None, Some(state), None);
                call.arguments.insert(0, found);
                CallTarget::Computed
            }
        };
        self.emit_call(scope, target, call, false)
    }

    /// A call of one method: inlined, intrinsic or called.
    pub(super) fn call_method(&mut self, scope: &mut Scope, method: MethodId, call: Call) -> Result<(), Refusal> {
        let info = self.runtime.method(method);
        if self.intrinsic(scope, method, &info, &call)? {
            return Ok(());
        }
        match info.polymorphic {
            Polymorphic::No => {}
            Polymorphic::InvokeBasic => return self.invoke_basic(scope, call),
            Polymorphic::LinkTo => return self.link_to(scope, method, call),
            Polymorphic::Other => {
                self.exit(scope, ExitReason::NotCompiled);
                return Ok(());
            }
        }
        if self.should_inline(scope, method, &info) {
            return self.inline(scope, method, info, call);
        }
        self.facts.methods.insert(method);
        self.emit_call(
            scope,
            CallTarget::Direct(method),
            call,
            info.is_native || info.is_leaf_native,
        )
    }

    /// A call of one method that is not inlined.
    pub(super) fn call_out(&mut self, scope: &mut Scope, method: MethodId, call: Call) -> Result<(), Refusal> {
        let info = self.runtime.method(method);
        self.emit_call(
            scope,
            CallTarget::Direct(method),
            call,
            info.is_native || info.is_leaf_native,
        )
    }

    /// `invokeBasic`: what the handle's form says, with all arguments.
    fn invoke_basic(&mut self, scope: &mut Scope, mut call: Call) -> Result<(), Refusal> {
        self.null_check(scope, call.arguments[0])?;
        let handle = call.arguments[0];
        let known = self
            .known_object(handle)
            .and_then(|handle| self.runtime.handle_target(&handle))
            .filter(|&target| self.fits(target, &call.signature));
        if let Some(target) = known {
            return self.call_method(scope, target, call);
        }
        let target = self.runtime_call(scope, RuntimeCall::BasicTarget, &[handle], Some(Type::Long))?;
        let zero = self.long(0);
        let good = self.node(Op::Compare(Condition::Ne), &[target, zero], Some(Type::Int));
        let state = self.state_before(scope);
        self.node_with(Op::Guard(ExitReason::NotCompiled), &[good], None, Some(state), None);
        call.arguments.insert(0, target);
        self.emit_call(scope, CallTarget::Computed, call, false)
    }

    /// Has a method the parameters and the result of a call, as far as they are passed?
    fn fits(&self, method: MethodId, signature: &Signature) -> bool {
        let info = self.runtime.method(method);
        parameter_types(&info.descriptor, info.is_static).is_ok_and(|(parameters, result)| {
            parameters == signature.parameters
                && Type::from_descriptor(result) == Type::from_descriptor(signature.result_character)
        })
    }

    /// `linkTo*`: what the trailing member name says, with the other arguments.
    fn link_to(&mut self, scope: &mut Scope, method: MethodId, mut call: Call) -> Result<(), Refusal> {
        let (Some(member), Some(_)) = (call.arguments.pop(), call.signature.parameters.pop()) else {
            self.exit(scope, ExitReason::NotCompiled);
            return Ok(());
        };
        let known = self
            .known_object(member)
            .and_then(|member| self.runtime.member_target(&member, method));
        match known {
            Some(target @ (Resolved::Virtual { declared, .. } | Resolved::Interface { declared }))
                if self.fits(declared, &call.signature) =>
            {
                self.null_check(scope, call.arguments[0])?;
                return self.call_selected(scope, target, declared, call);
            }
            Some(Resolved::Direct(target)) if self.fits(target, &call.signature) => {
                let target_info = self.runtime.method(target);
                if target_info.is_static {
                    self.initialization_check(scope, target_info.holder);
                } else {
                    self.null_check(scope, call.arguments[0])?;
                }
                return self.call_method(scope, target, call);
            }
            _ => {}
        }
        let linker = self.method_constant(method);
        let first = match call.arguments.first() {
            Some(&first) if self.function.type_of(first) == Type::Reference => first,
            _ => self.constant(Op::Null, Type::Reference),
        };
        let target = self.runtime_call(
            scope,
            RuntimeCall::LinkTarget,
            &[linker, member, first],
            Some(Type::Long),
        )?;
        call.arguments.insert(0, target);
        self.emit_call(scope, CallTarget::Computed, call, false)
    }

    /// A runtime call that may throw; the instruction goes on behind it, and is executed again by the interpreter if the
    /// code was invalidated meanwhile.
    pub(super) fn runtime_call(
        &mut self,
        scope: &mut Scope,
        function: RuntimeCall,
        arguments: &[Value],
        result: Option<Type>,
    ) -> Result<Value, Refusal> {
        let before = self.state_before(scope);
        let call = self.node_with(Op::Runtime(function), arguments, result, None, Some(before));
        self.pending(scope, call)?;
        Ok(call)
    }

    /// Ends the block after a call; goes on in the block of the normal way.
    fn pending(&mut self, scope: &mut Scope, call: Value) -> Result<(), Refusal> {
        let (normal, exceptional) = (self.function.new_block(), self.function.new_block());
        self.function.blocks[exceptional].cold = true;
        let target = |block| Target {
            block,
            arguments: Vec::new(),
        };
        self.terminate(Terminator::Pending {
            call,
            normal: target(normal),
            exceptional: target(exceptional),
        });
        self.block = Some(exceptional);
        self.exception_pending(scope)?;
        self.block = Some(normal);
        Ok(())
    }

    fn emit_call(&mut self, scope: &mut Scope, target: CallTarget, call: Call, by_slots: bool) -> Result<(), Refusal> {
        let result = Type::from_descriptor(call.signature.result_character);
        let kind = CallKind {
            target,
            signature: call.signature,
            by_slots,
        };
        let value = self.node(Op::Call(Box::new(kind)), &call.arguments, result);
        let mut stack = scope.frame.stack.clone();
        if result.is_some() {
            stack.push(value);
        }
        let after = self.state_after(scope, call.length, &stack);
        self.function.nodes[value].after = Some(after);
        self.pending(scope, value)?;
        if result.is_some() {
            self.push(scope, value);
        }
        Ok(())
    }
}

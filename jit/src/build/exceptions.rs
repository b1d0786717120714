//! Exceptions: implicit checks, throwing, handlers within the method, leaving it.

use super::Builder;
use super::scope::Scope;
use crate::code::{ExitReason, Refusal, Resume};
use crate::layout::{ImplicitException, RuntimeCall};
use crate::ssa::{Condition, Op, Target, Terminator, Type, Value};

/// An implicit check that left so often throws its exception itself.
const THROWS_OFTEN: u32 = 8;

impl Builder<'_> {
    pub(super) fn throws_often(&self, scope: &Scope, reason: ExitReason) -> bool {
        self.runtime.exits_taken(scope.method, scope.bci, reason) >= THROWS_OFTEN
    }

    /// The object must not be null.
    pub(super) fn null_check(&mut self, scope: &mut Scope, object: Value) -> Result<(), Refusal> {
        let never_null = matches!(
            self.function.nodes[object].op,
            Op::New { .. } | Op::NewArray { .. } | Op::NewMultiArray(_) | Op::FixedObject(_)
        );
        if never_null || self.receiver == Some(object) || self.exact_class(object).is_some() {
            return Ok(());
        }
        if self.throws_often(scope, ExitReason::NullCheck) {
            let null = self.constant(Op::Null, Type::Reference);
            let good = self.node(Op::Compare(Condition::Ne), &[object, null], Some(Type::Int));
            return self.throw_unless(scope, good, ImplicitException::NullPointer, None);
        }
        let state = self.state_before(scope);
        self.node_with(Op::NullCheck, &[object], None, Some(state), None);
        Ok(())
    }

    /// The index must be one of the array, which is not null.
    pub(super) fn bounds_check(&mut self, scope: &mut Scope, array: Value, index: Value) -> Result<(), Refusal> {
        let length = self.node(Op::ArrayLength, &[array], Some(Type::Int));
        if self.throws_often(scope, ExitReason::BoundsCheck) {
            let good = self.node(Op::Compare(Condition::Below), &[index, length], Some(Type::Int));
            let details = Some((index, length));
            return self.throw_unless(scope, good, ImplicitException::ArrayIndex, details);
        }
        let state = self.state_before(scope);
        self.node_with(Op::BoundsCheck, &[index, length], None, Some(state), None);
        Ok(())
    }

    /// The divisor must not be zero.
    pub(super) fn division_check(&mut self, scope: &mut Scope, divisor: Value) -> Result<(), Refusal> {
        match self.function.nodes[divisor].op {
            Op::Int(value) if value != 0 => return Ok(()),
            Op::Long(value) if value != 0 => return Ok(()),
            _ => {}
        }
        if self.throws_often(scope, ExitReason::DivisionCheck) {
            let kind = self.function.type_of(divisor);
            let zero = self.dummy(kind);
            let good = self.node(Op::Compare(Condition::Ne), &[divisor, zero], Some(Type::Int));
            return self.throw_unless(scope, good, ImplicitException::DivisionByZero, None);
        }
        let state = self.state_before(scope);
        self.node_with(Op::DivisionCheck, &[divisor], None, Some(state), None);
        Ok(())
    }

    /// Throws an exception when the condition is zero. The stack keeps what is on it.
    pub(super) fn throw_unless(
        &mut self,
        scope: &mut Scope,
        good: Value,
        exception: ImplicitException,
        details: Option<(Value, Value)>,
    ) -> Result<(), Refusal> {
        let (normal, bad) = (self.function.new_block(), self.function.new_block());
        self.function.blocks[bad].cold = true;
        let target = |block| Target {
            block,
            arguments: Vec::new(),
        };
        self.terminate(Terminator::Branch {
            condition: good,
            then: target(normal),
            otherwise: target(bad),
            probability: 0.999,
        });
        self.block = Some(bad);
        let kind = self.int(exception as u32 as i32);
        let zero = self.long(0);
        let (first, second) = match details {
            Some((first, second)) => (self.as_word(first), self.as_word(second)),
            None => (zero, zero),
        };
        let call = self.node(Op::Runtime(RuntimeCall::ThrowImplicit), &[kind, first, second], None);
        // The call always throws: both ways lead to the dispatch.
        let dispatch = self.function.new_block();
        self.function.blocks[dispatch].cold = true;
        self.terminate(Terminator::Pending {
            call,
            normal: target(dispatch),
            exceptional: target(dispatch),
        });
        self.block = Some(dispatch);
        self.exception_pending(scope)?;
        self.block = Some(normal);
        Ok(())
    }

    fn as_word(&mut self, value: Value) -> Value {
        match self.function.type_of(value) {
            Type::Int => self.node(Op::Convert(crate::ssa::Conversion::I2l), &[value], Some(Type::Long)),
            _ => value,
        }
    }

    /// athrow.
    pub(super) fn throw(&mut self, scope: &mut Scope) -> Result<(), Refusal> {
        let exception = self.pop(scope)?;
        self.null_check(scope, exception)?;
        self.node(Op::PutException, &[exception], None);
        self.exception_pending(scope)
    }

    /// The current instruction has thrown, and the exception is pending: on to its handler. Ends the block.
    pub(super) fn exception_pending(&mut self, scope: &mut Scope) -> Result<(), Refusal> {
        let bci = scope.bci;
        let rows: Vec<(u16, u16)> = scope
            .info
            .handlers
            .iter()
            .filter(|(start, end, _, _)| u32::from(*start) <= bci && bci < u32::from(*end))
            .map(|&(_, _, handler, catch)| (handler, catch))
            .collect();
        if rows.is_empty() {
            return self.leave_with_exception(scope);
        }
        let compiled = self.options.compile_handlers
            || self.runtime.exits_taken(scope.method, bci, ExitReason::Exception) >= THROWS_OFTEN;
        if !compiled {
            self.exception_exit(scope, ExitReason::Exception);
            return Ok(());
        }
        // The code may have been invalidated while it was in the call that has thrown.
        let state = self.exception_state(scope);
        let exception = self.node_with(Op::TakeException, &[], Some(Type::Reference), Some(state), None);
        let stack = std::mem::replace(&mut scope.frame.stack, vec![exception]);
        let mut caught = false;
        for (handler, catch) in rows {
            let class = self.runtime.catch_class(scope.method, catch);
            if catch == 0 && class.is_none() {
                let target = self.jump_to(scope, u32::from(handler))?;
                self.terminate(Terminator::Jump(target));
                caught = true;
                break;
            }
            let Some(class) = class else {
                self.node(Op::PutException, &[exception], None);
                self.exception_exit(scope, ExitReason::Unresolved);
                caught = true;
                break;
            };
            self.facts.classes.insert(class);
            let matches = self.node(Op::InstanceOf(class), &[exception], Some(Type::Int));
            let then = self.jump_to(scope, u32::from(handler))?;
            let next = self.function.new_block();
            self.function.blocks[next].cold = true;
            self.terminate(Terminator::Branch {
                condition: matches,
                then,
                otherwise: Target {
                    block: next,
                    arguments: Vec::new(),
                },
                probability: 0.5,
            });
            self.block = Some(next);
            if catch == 0 {
                break;
            }
        }
        if !caught {
            self.node(Op::PutException, &[exception], None);
            self.leave_with_exception(scope)?;
        }
        scope.frame.stack = stack;
        Ok(())
    }

    /// No handler here: on to the caller.
    fn leave_with_exception(&mut self, scope: &mut Scope) -> Result<(), Refusal> {
        if let ([own], true) = (scope.frame.locks.as_slice(), scope.info.is_synchronized) {
            self.node(Op::MonitorExit, &[*own], None);
        } else if !scope.frame.locks.is_empty() {
            // The interpreter releases them.
            self.exception_exit(scope, ExitReason::Exception);
            return Ok(());
        }
        match &scope.caller {
            Some(link) => {
                let target = Target {
                    block: link.exceptional,
                    arguments: Vec::new(),
                };
                scope.threw = true;
                self.terminate(Terminator::Jump(target));
            }
            None => self.terminate(Terminator::ReturnPending),
        }
        Ok(())
    }

    /// Leaves for the interpreter, which dispatches the pending exception.
    fn exception_exit(&mut self, scope: &mut Scope, reason: ExitReason) {
        let state = self.exception_state(scope);
        self.terminate(Terminator::Exit {
            reason,
            resume: Resume::Exception,
            state,
        });
    }
}

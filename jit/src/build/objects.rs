//! Allocation, type checks, monitors.

use super::Builder;
use super::scope::Scope;
use crate::code::{ExitReason, Refusal};
use crate::query::ClassId;
use crate::ssa::{Condition, Op, Target, Terminator, Type, Value};
use peaberry_classfile::opcodes::{Instruction, Operands, op};

/// log2 of the element size by the code of `newarray`, from boolean (4) on.
const ELEMENT_SHIFTS: [u8; 8] = [0, 1, 2, 3, 0, 1, 2, 3];

impl Builder<'_> {
    pub(super) fn allocate(&mut self, scope: &mut Scope, instruction: &Instruction<'_>) -> Result<(), Refusal> {
        let length = instruction.length as u32;
        match instruction.operands {
            Operands::NewArray(code) => {
                let class = self.runtime.primitive_array_class(code);
                let shift = ELEMENT_SHIFTS.get(usize::from(code).wrapping_sub(4)).copied();
                let (Some(class), Some(shift)) = (class, shift) else {
                    self.exit(scope, ExitReason::Unresolved);
                    return Ok(());
                };
                self.new_array(scope, class, shift, length)
            }
            Operands::MultiANewArray { dimensions, .. } => {
                let Some(class) = self.runtime.class_at(scope.method, scope.bci) else {
                    self.exit(scope, ExitReason::Unresolved);
                    return Ok(());
                };
                self.facts.classes.insert(class);
                let lengths = self.pop_many(scope, usize::from(dimensions))?;
                self.finish_allocation(scope, Op::NewMultiArray(class), &lengths, length)
            }
            _ => {
                let Some(class) = self.runtime.class_at(scope.method, scope.bci) else {
                    self.exit(scope, ExitReason::Unresolved);
                    return Ok(());
                };
                if instruction.opcode as u8 == op::ANEWARRAY {
                    let Some(array) = self.runtime.array_class_of(class) else {
                        self.exit(scope, ExitReason::Unresolved);
                        return Ok(());
                    };
                    return self.new_array(scope, array, 2, length);
                }
                self.initialization_check(scope, class);
                self.facts.classes.insert(class);
                let operation = match self.runtime.instance_bytes(class) {
                    Some(bytes) => Op::New { class, bytes },
                    None => {
                        self.exit(scope, ExitReason::NotCompiled);
                        return Ok(());
                    }
                };
                self.finish_allocation(scope, operation, &[], length)
            }
        }
    }

    fn new_array(&mut self, scope: &mut Scope, class: ClassId, shift: u8, length: u32) -> Result<(), Refusal> {
        self.facts.classes.insert(class);
        let count = self.pop(scope)?;
        self.finish_allocation(scope, Op::NewArray { class, shift }, &[count], length)
    }

    /// The allocation with its states: an exception is dispatched at the instruction, an invalidation noticed in it goes
    /// on behind it.
    pub(super) fn finish_allocation(
        &mut self,
        scope: &mut Scope,
        operation: Op,
        arguments: &[Value],
        length: u32,
    ) -> Result<(), Refusal> {
        let state = self.exception_state(scope);
        let value = self.node_with(operation, arguments, Some(Type::Reference), Some(state), None);
        self.push(scope, value);
        let stack = scope.frame.stack.clone();
        let after = self.state_after(scope, length, &stack);
        self.function.nodes[value].after = Some(after);
        Ok(())
    }

    pub(super) fn check_cast(&mut self, scope: &mut Scope) -> Result<(), Refusal> {
        let object = *scope
            .frame
            .stack
            .last()
            .ok_or(Refusal::Malformed("operand stack underflow"))?;
        if matches!(self.function.nodes[object].op, Op::Null) {
            return Ok(());
        }
        match self.runtime.class_at(scope.method, scope.bci) {
            Some(class) => {
                if let Some(exact) = self.exact_class(object)
                    && self.runtime.is_subtype(exact, class)
                {
                    return Ok(());
                }
                self.facts.classes.insert(class);
                let state = self.state_before(scope);
                self.node_with(Op::CheckCast(class), &[object], None, Some(state), None);
            }
            None => {
                // Null passes whatever the class.
                let null = self.constant(Op::Null, Type::Reference);
                let is_null = self.node(Op::Compare(Condition::Eq), &[object, null], Some(Type::Int));
                let state = self.state_before(scope);
                self.node_with(Op::Guard(ExitReason::Unresolved), &[is_null], None, Some(state), None);
            }
        }
        Ok(())
    }

    pub(super) fn instance_of(&mut self, scope: &mut Scope) -> Result<(), Refusal> {
        let object = self.pop(scope)?;
        let value = match self.runtime.class_at(scope.method, scope.bci) {
            Some(class) => match self.exact_class(object) {
                Some(exact) => {
                    let yes = self.runtime.is_subtype(exact, class);
                    self.int(i32::from(yes))
                }
                None => {
                    self.facts.classes.insert(class);
                    self.node(Op::InstanceOf(class), &[object], Some(Type::Int))
                }
            },
            None => {
                let null = self.constant(Op::Null, Type::Reference);
                let is_null = self.node(Op::Compare(Condition::Eq), &[object, null], Some(Type::Int));
                let state = self.state_before(scope);
                self.node_with(Op::Guard(ExitReason::Unresolved), &[is_null], None, Some(state), None);
                self.int(0)
            }
        };
        self.push(scope, value);
        Ok(())
    }

    pub(super) fn monitor_enter(&mut self, scope: &mut Scope) -> Result<(), Refusal> {
        let object = self.pop(scope)?;
        self.null_check(scope, object)?;
        scope.frame.locks.push(object);
        let stack = scope.frame.stack.clone();
        let after = self.state_after(scope, 1, &stack);
        self.node_with(Op::MonitorEnter, &[object], None, Some(after), Some(after));
        Ok(())
    }

    pub(super) fn monitor_exit(&mut self, scope: &mut Scope) -> Result<(), Refusal> {
        let object = self.pop(scope)?;
        let least = usize::from(scope.info.is_synchronized);
        if scope.frame.locks.len() <= least {
            return Err(Refusal::UnstructuredLocking);
        }
        let lock = scope.frame.locks[scope.frame.locks.len() - 1];
        if lock != object {
            // Passes on different ways may hide that they are the same: checked when it runs.
            let same = self.node(Op::Compare(Condition::Eq), &[object, lock], Some(Type::Int));
            let state = self.state_before(scope);
            self.node_with(Op::Guard(ExitReason::NotCompiled), &[same], None, Some(state), None);
        }
        self.node(Op::MonitorExit, &[lock], None);
        scope.frame.locks.pop();
        Ok(())
    }

    /// A branch on a condition to two new blocks: (true, false). The current block ends.
    pub(super) fn split(&mut self, condition: Value, probability: f32) -> (crate::ssa::Block, crate::ssa::Block) {
        let (yes, no) = (self.function.new_block(), self.function.new_block());
        let target = |block| Target {
            block,
            arguments: Vec::new(),
        };
        self.terminate(Terminator::Branch {
            condition,
            then: target(yes),
            otherwise: target(no),
            probability,
        });
        (yes, no)
    }
}

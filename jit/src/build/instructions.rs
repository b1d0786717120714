//! Instructions that stay within the frame: constants, moves, arithmetic, branches, returns.

use super::Builder;
use super::scope::Scope;
use crate::code::{ExitReason, Refusal, Resume};
use crate::query::Constant;
use crate::ssa::{BinaryOp, Condition, Conversion, FloatCondition, Op, Target, Terminator, Type, Value};
use peaberry_classfile::opcodes::{Instruction, Opcode, Operands, op};

/// A branch is left out when it was never taken in so many executions.
const UNREACHED_LIMIT: u32 = 200;

const EMPTY: Refusal = Refusal::Malformed("operand stack underflow");

impl Builder<'_> {
    pub(super) fn pop(&mut self, scope: &mut Scope) -> Result<Value, Refusal> {
        scope.frame.stack.pop().ok_or(EMPTY)
    }
    pub(super) fn push(&mut self, scope: &mut Scope, value: Value) {
        scope.frame.stack.push(value);
    }
    pub(super) fn pop_many(&mut self, scope: &mut Scope, count: usize) -> Result<Vec<Value>, Refusal> {
        let at = scope.frame.stack.len().checked_sub(count).ok_or(EMPTY)?;
        Ok(scope.frame.stack.split_off(at))
    }

    fn binary(&mut self, scope: &mut Scope, op: BinaryOp, kind: Type) -> Result<(), Refusal> {
        let right = self.pop(scope)?;
        let left = self.pop(scope)?;
        if matches!(op, BinaryOp::Div | BinaryOp::Rem) && matches!(kind, Type::Int | Type::Long) {
            self.division_check(scope, right)?;
        }
        let value = match (op, kind) {
            (BinaryOp::Rem, Type::Float) => {
                let call = crate::layout::RuntimeCall::RemainderFloat;
                self.node(Op::Runtime(call), &[left, right], Some(kind))
            }
            (BinaryOp::Rem, Type::Double) => {
                let call = crate::layout::RuntimeCall::RemainderDouble;
                self.node(Op::Runtime(call), &[left, right], Some(kind))
            }
            _ => self.node(Op::Binary(op), &[left, right], Some(kind)),
        };
        self.push(scope, value);
        Ok(())
    }

    fn convert(&mut self, scope: &mut Scope, conversion: Conversion, kind: Type) -> Result<(), Refusal> {
        let value = self.pop(scope)?;
        let value = self.node(Op::Convert(conversion), &[value], Some(kind));
        self.push(scope, value);
        Ok(())
    }

    fn load(&mut self, scope: &mut Scope, index: u16) -> Result<(), Refusal> {
        let value = scope
            .frame
            .locals
            .get(usize::from(index))
            .copied()
            .flatten()
            .ok_or(Refusal::Malformed("load of a local without value"))?;
        self.push(scope, value);
        Ok(())
    }

    fn store(&mut self, scope: &mut Scope, index: u16) -> Result<(), Refusal> {
        let value = self.pop(scope)?;
        let index = usize::from(index);
        let two = self.function.type_of(value).slots() == 2;
        let before = index
            .checked_sub(1)
            .and_then(|before| scope.frame.locals.get(before).copied().flatten());
        if before.is_some_and(|value| self.function.type_of(value).slots() == 2) {
            scope.frame.locals[index - 1] = None;
        }
        let out = Refusal::Malformed("local out of range");
        *scope.frame.locals.get_mut(index).ok_or(out.clone())? = Some(value);
        if two {
            *scope.frame.locals.get_mut(index + 1).ok_or(out)? = None;
        }
        Ok(())
    }

    /// dup and its like, by slots: copies the top `count` slots below `depth` further slots.
    fn duplicate(&mut self, scope: &mut Scope, count: usize, depth: usize) -> Result<(), Refusal> {
        let top = self.take_slots(scope, count)?;
        let below = self.take_slots(scope, depth)?;
        scope.frame.stack.extend_from_slice(&top);
        scope.frame.stack.extend_from_slice(&below);
        scope.frame.stack.extend_from_slice(&top);
        Ok(())
    }

    fn take_slots(&mut self, scope: &mut Scope, count: usize) -> Result<Vec<Value>, Refusal> {
        let mut slots = 0;
        let mut at = scope.frame.stack.len();
        while slots < count {
            at = at.checked_sub(1).ok_or(EMPTY)?;
            slots += self.function.type_of(scope.frame.stack[at]).slots();
        }
        if slots != count {
            return Err(Refusal::Malformed("half of a long"));
        }
        Ok(scope.frame.stack.split_off(at))
    }

    fn load_constant(&mut self, scope: &mut Scope) {
        let value = match self.runtime.constant(scope.method, scope.bci) {
            Constant::Unresolved => return self.exit(scope, ExitReason::Unresolved),
            constant => self.constant_value(constant),
        };
        self.push(scope, value);
    }

    pub(super) fn constant_value(&mut self, constant: Constant) -> Value {
        match constant {
            Constant::Int(value) => self.int(value),
            Constant::Long(value) => self.long(value),
            Constant::Float(bits) => self.constant(Op::Float(bits), Type::Float),
            Constant::Double(bits) => self.constant(Op::Double(bits), Type::Double),
            Constant::Fixed(address) => self.constant(Op::FixedObject(address), Type::Reference),
            Constant::Slot(address) => self.node(Op::ObjectSlot(address), &[], Some(Type::Reference)),
            Constant::Unresolved => self.constant(Op::Null, Type::Reference),
        }
    }

    /// A two-way branch; a way never taken becomes an exit.
    pub(super) fn branch(
        &mut self,
        scope: &mut Scope,
        condition: Value,
        target: u32,
        next: u32,
    ) -> Result<(), Refusal> {
        let profile = self.runtime.branch_profile(scope.method, scope.bci);
        let (taken, not_taken) = profile.map_or((0, 0), |profile| (profile.taken, profile.not_taken));
        let known = taken.saturating_add(not_taken);
        let prune = self.options.prune_branches
            && known >= UNREACHED_LIMIT
            && (taken == 0 || not_taken == 0)
            && self.runtime.exits_taken(scope.method, scope.bci, ExitReason::Unreached) == 0;
        let probability = if known == 0 {
            0.5
        } else {
            (taken as f32 / known as f32).clamp(0.001, 0.999)
        };
        let then = if prune && taken == 0 {
            self.exit_target(scope, ExitReason::Unreached)
        } else {
            self.jump_to(scope, target)?
        };
        let otherwise = if prune && not_taken == 0 {
            self.exit_target(scope, ExitReason::Unreached)
        } else {
            self.jump_to(scope, next)?
        };
        self.terminate(Terminator::Branch {
            condition,
            then,
            otherwise,
            probability,
        });
        Ok(())
    }

    /// A cold block that leaves for the interpreter before the current instruction.
    pub(super) fn exit_target(&mut self, scope: &mut Scope, reason: ExitReason) -> Target {
        let state = self.state_before(scope);
        let block = self.function.new_block();
        self.function.blocks[block].cold = true;
        self.function.blocks[block].terminator = Terminator::Exit {
            reason,
            resume: Resume::At,
            state,
        };
        Target {
            block,
            arguments: Vec::new(),
        }
    }

    /// The comparison behind an `if` against zero: a three-way comparison is looked through.
    fn compare_zero(&mut self, value: Value, condition: Condition) -> Value {
        let node = &self.function.nodes[value];
        if let Op::ThreeWay { nan_is_greater } = node.op {
            let arguments = node.arguments.clone();
            let kind = self.function.type_of(arguments[0]);
            if kind == Type::Long {
                return self.node(Op::Compare(condition), &arguments, Some(Type::Int));
            }
            let float = match (condition, nan_is_greater) {
                (Condition::Eq, _) => FloatCondition::Eq,
                (Condition::Ne, _) => FloatCondition::Ne,
                (Condition::Lt, true) => FloatCondition::Lt,
                (Condition::Lt, false) => FloatCondition::UnorderedLt,
                (Condition::Le, true) => FloatCondition::Le,
                (Condition::Le, false) => FloatCondition::UnorderedLe,
                (Condition::Gt, true) => FloatCondition::UnorderedGt,
                (Condition::Gt, false) => FloatCondition::Gt,
                (_, true) => FloatCondition::UnorderedGe,
                (_, false) => FloatCondition::Ge,
            };
            return self.node(Op::CompareFloat(float), &arguments, Some(Type::Int));
        }
        let zero = self.int(0);
        self.node(Op::Compare(condition), &[value, zero], Some(Type::Int))
    }

    fn switch(&mut self, scope: &mut Scope, cases: Vec<(i32, i64)>, default: i64) -> Result<(), Refusal> {
        let key = self.pop(scope)?;
        let mut targets: Vec<(i32, Target)> = Vec::with_capacity(cases.len());
        // Only code that was not verified has a key twice.
        let mut seen = std::collections::HashSet::with_capacity(cases.len());
        for (case, target) in cases {
            if seen.insert(case) && target != default {
                targets.push((case, self.jump_to(scope, target as u32)?));
            }
        }
        let default = self.jump_to(scope, default as u32)?;
        self.terminate(Terminator::Switch {
            key,
            cases: targets,
            default,
        });
        Ok(())
    }

    /// An int as a result of that descriptor character.
    pub(super) fn narrow(&mut self, value: Value, character: u8) -> Value {
        let conversion = match character {
            b'Z' => {
                let one = self.int(1);
                return self.node(Op::Binary(BinaryOp::And), &[value, one], Some(Type::Int));
            }
            b'B' => Conversion::I2b,
            b'C' => Conversion::I2c,
            b'S' => Conversion::I2s,
            _ => return value,
        };
        self.node(Op::Convert(conversion), &[value], Some(Type::Int))
    }

    fn return_value(&mut self, scope: &mut Scope, has_value: bool) -> Result<(), Refusal> {
        let mut value = None;
        if has_value {
            let result = self.pop(scope)?;
            let descriptor = &scope.info.descriptor;
            let character = descriptor
                .iter()
                .position(|&c| c == b')')
                .and_then(|at| descriptor.get(at + 1).copied())
                .unwrap_or(b'V');
            value = Some(self.narrow(result, character));
        }
        if scope.info.is_synchronized {
            if scope.frame.locks.len() != 1 {
                return Err(Refusal::UnstructuredLocking);
            }
            let lock = scope.frame.locks[0];
            self.node(Op::MonitorExit, &[lock], None);
        } else if !scope.frame.locks.is_empty() {
            return Err(Refusal::UnstructuredLocking);
        }
        match &scope.caller {
            Some(link) => {
                let target = Target {
                    block: link.normal,
                    arguments: value.into_iter().collect(),
                };
                scope.returned = true;
                scope.result = Some(match scope.result {
                    Some(agreed) => agreed.filter(|agreed| Some(*agreed) == value),
                    None => value,
                });
                self.terminate(Terminator::Jump(target));
            }
            None => self.terminate(Terminator::Return(value)),
        }
        Ok(())
    }

    pub(super) fn instruction(&mut self, scope: &mut Scope, instruction: &Instruction<'_>) -> Result<(), Refusal> {
        let opcode = instruction.opcode as u8;
        let next = instruction.next_bci() as u32;
        let types = [Type::Int, Type::Long, Type::Float, Type::Double];
        match opcode {
            op::NOP => {}
            op::ACONST_NULL => {
                let null = self.constant(Op::Null, Type::Reference);
                self.push(scope, null);
            }
            op::ICONST_M1..=op::ICONST_5 => {
                let value = self.int(i32::from(opcode) - i32::from(op::ICONST_0));
                self.push(scope, value);
            }
            op::LCONST_0 | op::LCONST_1 => {
                let value = self.long(i64::from(opcode - op::LCONST_0));
                self.push(scope, value);
            }
            op::FCONST_0..=op::FCONST_2 => {
                let bits = f32::from(opcode - op::FCONST_0).to_bits();
                let value = self.constant(Op::Float(bits), Type::Float);
                self.push(scope, value);
            }
            op::DCONST_0 | op::DCONST_1 => {
                let bits = f64::from(opcode - op::DCONST_0).to_bits();
                let value = self.constant(Op::Double(bits), Type::Double);
                self.push(scope, value);
            }
            op::BIPUSH | op::SIPUSH => {
                if let Operands::Immediate(value) = instruction.operands {
                    let value = self.int(i32::from(value));
                    self.push(scope, value);
                }
            }
            op::LDC | op::LDC_W | op::LDC2_W => self.load_constant(scope),
            op::ILOAD..=op::ALOAD_3 => {
                if let (Some((index, _)), _) = super::flow::local_access(instruction) {
                    self.load(scope, index)?;
                }
            }
            op::ISTORE..=op::ASTORE_3 => {
                if let (_, Some((index, _))) = super::flow::local_access(instruction) {
                    self.store(scope, index)?;
                }
            }
            op::IALOAD..=op::SALOAD => self.array_load(scope, opcode)?,
            op::IASTORE..=op::SASTORE => self.array_store(scope, opcode)?,
            op::POP => {
                self.take_slots(scope, 1)?;
            }
            op::POP2 => {
                self.take_slots(scope, 2)?;
            }
            op::DUP => self.duplicate(scope, 1, 0)?,
            op::DUP_X1 => self.duplicate(scope, 1, 1)?,
            op::DUP_X2 => self.duplicate(scope, 1, 2)?,
            op::DUP2 => self.duplicate(scope, 2, 0)?,
            op::DUP2_X1 => self.duplicate(scope, 2, 1)?,
            op::DUP2_X2 => self.duplicate(scope, 2, 2)?,
            op::SWAP => {
                let top = self.pop(scope)?;
                let below = self.pop(scope)?;
                self.push(scope, top);
                self.push(scope, below);
            }
            op::IADD..=op::DREM => {
                let at = opcode - op::IADD;
                let ops = [
                    BinaryOp::Add,
                    BinaryOp::Sub,
                    BinaryOp::Mul,
                    BinaryOp::Div,
                    BinaryOp::Rem,
                ];
                self.binary(scope, ops[usize::from(at / 4)], types[usize::from(at % 4)])?;
            }
            op::INEG..=op::DNEG => {
                let kind = types[usize::from(opcode - op::INEG)];
                let value = self.pop(scope)?;
                let value = self.node(Op::Negate, &[value], Some(kind));
                self.push(scope, value);
            }
            op::ISHL..=op::LXOR => {
                let at = opcode - op::ISHL;
                let ops = [
                    BinaryOp::Shl,
                    BinaryOp::Shr,
                    BinaryOp::Ushr,
                    BinaryOp::And,
                    BinaryOp::Or,
                    BinaryOp::Xor,
                ];
                self.binary(scope, ops[usize::from(at / 2)], types[usize::from(at % 2)])?;
            }
            op::IINC => {
                if let Operands::Iinc { local, increment } = instruction.operands {
                    self.load(scope, local)?;
                    let value = self.pop(scope)?;
                    let increment = self.int(i32::from(increment));
                    let sum = self.node(Op::Binary(BinaryOp::Add), &[value, increment], Some(Type::Int));
                    self.push(scope, sum);
                    self.store(scope, local)?;
                }
            }
            op::I2L => self.convert(scope, Conversion::I2l, Type::Long)?,
            op::I2F => self.convert(scope, Conversion::I2f, Type::Float)?,
            op::I2D => self.convert(scope, Conversion::I2d, Type::Double)?,
            op::L2I => self.convert(scope, Conversion::L2i, Type::Int)?,
            op::L2F => self.convert(scope, Conversion::L2f, Type::Float)?,
            op::L2D => self.convert(scope, Conversion::L2d, Type::Double)?,
            op::F2I => self.convert(scope, Conversion::F2i, Type::Int)?,
            op::F2L => self.convert(scope, Conversion::F2l, Type::Long)?,
            op::F2D => self.convert(scope, Conversion::F2d, Type::Double)?,
            op::D2I => self.convert(scope, Conversion::D2i, Type::Int)?,
            op::D2L => self.convert(scope, Conversion::D2l, Type::Long)?,
            op::D2F => self.convert(scope, Conversion::D2f, Type::Float)?,
            op::I2B => self.convert(scope, Conversion::I2b, Type::Int)?,
            op::I2C => self.convert(scope, Conversion::I2c, Type::Int)?,
            op::I2S => self.convert(scope, Conversion::I2s, Type::Int)?,
            op::LCMP | op::FCMPL | op::FCMPG | op::DCMPL | op::DCMPG => {
                let right = self.pop(scope)?;
                let left = self.pop(scope)?;
                let nan_is_greater = matches!(opcode, op::FCMPG | op::DCMPG);
                let value = self.node(Op::ThreeWay { nan_is_greater }, &[left, right], Some(Type::Int));
                self.push(scope, value);
            }
            op::IFEQ..=op::IFLE | op::IF_ICMPEQ..=op::IF_ACMPNE | op::IFNULL | op::IFNONNULL => {
                self.conditional(scope, instruction, next)?;
            }
            op::GOTO | op::GOTO_W => {
                if let Operands::Branch(target) = instruction.operands {
                    let target = self.jump_to(scope, target as u32)?;
                    self.terminate(Terminator::Jump(target));
                }
            }
            op::TABLESWITCH => {
                if let Operands::TableSwitch(table) = instruction.operands {
                    let cases = (table.low..).zip(table.targets()).collect();
                    self.switch(scope, cases, table.default)?;
                }
            }
            op::LOOKUPSWITCH => {
                if let Operands::LookupSwitch(table) = instruction.operands {
                    self.switch(scope, table.pairs().collect(), table.default)?;
                }
            }
            op::IRETURN..=op::ARETURN => self.return_value(scope, true)?,
            op::RETURN => self.return_value(scope, false)?,
            op::GETSTATIC | op::PUTSTATIC | op::GETFIELD | op::PUTFIELD => self.field_access(scope, opcode)?,
            op::INVOKEVIRTUAL..=op::INVOKEDYNAMIC => self.invoke(scope, opcode, next)?,
            op::NEW | op::NEWARRAY | op::ANEWARRAY | op::MULTIANEWARRAY => self.allocate(scope, instruction)?,
            op::ARRAYLENGTH => {
                let array = self.pop(scope)?;
                self.null_check(scope, array)?;
                let length = self.node(Op::ArrayLength, &[array], Some(Type::Int));
                self.push(scope, length);
            }
            op::ATHROW => self.throw(scope)?,
            op::CHECKCAST => self.check_cast(scope)?,
            op::INSTANCEOF => self.instance_of(scope)?,
            op::MONITORENTER => self.monitor_enter(scope)?,
            op::MONITOREXIT => self.monitor_exit(scope)?,
            _ => {
                debug_assert!(Opcode::from_u8(opcode).is_some());
                return Err(Refusal::Unsupported("opcode"));
            }
        }
        Ok(())
    }

    fn conditional(&mut self, scope: &mut Scope, instruction: &Instruction<'_>, next: u32) -> Result<(), Refusal> {
        let Operands::Branch(target) = instruction.operands else {
            return Err(Refusal::Malformed("branch"));
        };
        let opcode = instruction.opcode as u8;
        let conditions = [
            Condition::Eq,
            Condition::Ne,
            Condition::Lt,
            Condition::Ge,
            Condition::Gt,
            Condition::Le,
        ];
        let condition = match opcode {
            op::IFEQ..=op::IFLE => {
                let value = self.pop(scope)?;
                self.compare_zero(value, conditions[usize::from(opcode - op::IFEQ)])
            }
            op::IFNULL | op::IFNONNULL => {
                let value = self.pop(scope)?;
                let null = self.constant(Op::Null, Type::Reference);
                let condition = if opcode == op::IFNULL {
                    Condition::Eq
                } else {
                    Condition::Ne
                };
                self.compare_references(value, null, condition)
            }
            op::IF_ACMPEQ | op::IF_ACMPNE => {
                let right = self.pop(scope)?;
                let left = self.pop(scope)?;
                let condition = if opcode == op::IF_ACMPEQ {
                    Condition::Eq
                } else {
                    Condition::Ne
                };
                self.compare_references(left, right, condition)
            }
            _ => {
                let right = self.pop(scope)?;
                let left = self.pop(scope)?;
                let condition = conditions[usize::from(opcode - op::IF_ICMPEQ)];
                self.node(Op::Compare(condition), &[left, right], Some(Type::Int))
            }
        };
        if let Op::Int(known) = self.function.nodes[condition].op {
            let target = self.jump_to(scope, if known == 0 { next } else { target as u32 })?;
            self.terminate(Terminator::Jump(target));
            return Ok(());
        }
        self.branch(scope, condition, target as u32, next)
    }

    fn compare_references(&mut self, left: Value, right: Value, condition: Condition) -> Value {
        match self.known_same(left, right) {
            Some(same) => self.int(i32::from(same == (condition == Condition::Eq))),
            None => self.node(Op::Compare(condition), &[left, right], Some(Type::Int)),
        }
    }
}

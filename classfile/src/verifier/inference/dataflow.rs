//! The fixed point: states flow along control flow until nothing changes.

use super::super::Hierarchy;
use super::super::types::{Kind, Type};
use super::{Checked, EMPTY, INVOKE_INIT, Inference, Mask, Masks, Operand, Registers, Stack, flag};
use crate::opcodes::op;
use std::rc::Rc;

/// What flows from an instruction to the next.
#[derive(Clone)]
struct State {
    stack: Stack,
    registers: Registers,
    masks: Masks,
    all_flags: u8,
    any_flags: u8,
}

impl<'a, H: Hierarchy> Inference<'_, 'a, '_, H> {
    pub(super) fn run(&mut self) -> Checked<()> {
        let mut work = true;
        while work {
            work = false;
            for number in 0..self.instructions.len() {
                if std::mem::take(&mut self.instructions[number].changed) {
                    work = true;
                    self.step(number)?;
                }
            }
        }
        Ok(())
    }

    fn step(&mut self, number: usize) -> Checked<()> {
        self.spend(4)?;
        let instruction = &self.instructions[number];
        let (Some(stack), Some(registers)) = (instruction.stack, instruction.registers) else {
            return Ok(());
        };
        let masks = instruction.masks.clone();
        let (mut all_flags, any_flags) = (instruction.all_flags, instruction.any_flags);
        let opcode = instruction.opcode;
        self.check_registers(number, registers)?;
        self.check_flags(number)?;
        let popped = self.pop_stack(number, stack)?;
        let stored = self.nodes.get(stack.top as usize).map(|node| node.ty);
        let (new_registers, new_masks) = self.update_registers(number, registers, masks, stored)?;
        if opcode == INVOKE_INIT && self.initialized.0 == Type::UNINITIALIZED_THIS {
            all_flags |= flag::CONSTRUCTED;
        }
        let pushed = self.push_stack(number, popped)?;
        if pushed.size > u32::from(self.code.max_stack) {
            return Err(self.fail("Stack size too large"));
        }
        let after = State {
            stack: pushed,
            registers: new_registers,
            masks: new_masks,
            all_flags,
            any_flags,
        };
        self.flow(number, after)
    }

    /// Merges the state after an instruction into all that may follow it.
    fn flow(&mut self, number: usize, after: State) -> Checked<()> {
        let opcode = self.instructions[number].opcode;
        self.flow_to_handlers(number, &after)?;
        let next = number as u32 + 1;
        match (opcode, self.instructions[number].operand.clone()) {
            (op::IFEQ..=op::IF_ACMPNE | op::IFNULL | op::IFNONNULL, Operand::Target(target)) => {
                self.flow_to(number, next, &after)?;
                self.flow_to(number, target, &after)
            }
            (op::GOTO | op::GOTO_W, Operand::Target(target)) => self.flow_to(number, target, &after),
            (op::JSR | op::JSR_W, Operand::Target(target)) => {
                if let Some(ret) = self.instructions[number].ret {
                    self.instructions[ret as usize].changed = true;
                }
                self.flow_to(number, target, &after)
            }
            (op::IRETURN..=op::RETURN | op::ATHROW, _) => Ok(()),
            (op::RET, Operand::Local(local)) => {
                let address = self.register_slice(after.registers).get(local as usize).copied();
                let entry = address.map_or(0, Type::payload);
                self.spend(self.instructions.len())?;
                for call in (0..self.instructions.len()).rev() {
                    let instruction = &self.instructions[call];
                    if matches!(instruction.opcode, op::JSR | op::JSR_W)
                        && matches!(instruction.operand, Operand::Target(target) if target == entry)
                    {
                        self.flow_back(number, entry, call, &after)?;
                    }
                }
                Ok(())
            }
            (op::TABLESWITCH | op::LOOKUPSWITCH, Operand::Targets(targets)) => targets
                .iter()
                .try_for_each(|target| self.flow_to(number, *target, &after)),
            _ => self.flow_to(number, next, &after),
        }
    }

    fn flow_to_handlers(&mut self, number: usize, after: &State) -> Checked<()> {
        if self.handlers.is_empty() {
            return Ok(());
        }
        self.spend(self.handlers.len())?;
        for index in 0..self.handlers.len() {
            let handler = &self.handlers[index];
            if (number as u32) < handler.start || number as u32 >= handler.end {
                continue;
            }
            let (target, stack) = (handler.handler, handler.stack);
            let instruction = &self.instructions[number];
            let Some(registers) = instruction.registers else {
                continue;
            };
            let mut before = State {
                stack,
                registers,
                masks: instruction.masks.clone(),
                all_flags: instruction.all_flags,
                any_flags: instruction.any_flags,
            };
            if instruction.opcode == INVOKE_INIT {
                // The exception may come from before or after the object became initialized.
                self.enter(number, target, &before)?;
                let mut after = State { stack, ..after.clone() };
                if self.initialized.0 == Type::UNINITIALIZED_THIS {
                    after.any_flags |= flag::NO_RETURN;
                }
                self.enter(number, target, &after)?;
            } else {
                before.all_flags &= after.all_flags;
                before.any_flags |= after.any_flags;
                self.enter(number, target, &before)?;
            }
        }
        Ok(())
    }

    fn flow_to(&mut self, from: usize, to: u32, state: &State) -> Checked<()> {
        if to as usize >= self.instructions.len() {
            return Err(self.fail("Falling off the end of the code"));
        }
        self.enter(from, to, state)
    }

    /// Merges `state` into the state before instruction `to`.
    fn enter(&mut self, from: usize, to: u32, state: &State) -> Checked<()> {
        self.spend(8)?;
        if matches!(self.instructions[from].opcode, op::JSR | op::JSR_W | op::RET) {
            let state = self.forget_uninitialized(state)?;
            return self.merge(to, &state);
        }
        self.merge(to, state)
    }

    /// Uninitialized objects do not get into or out of subroutines.
    fn forget_uninitialized(&mut self, state: &State) -> Checked<State> {
        let mut state = state.clone();
        let forget = |ty: Type| if ty.is(Kind::Uninitialized) { Type::TOP } else { ty };
        state.stack = self.replace_on_stack(state.stack, forget)?;
        if self
            .register_slice(state.registers)
            .iter()
            .any(|ty| ty.is(Kind::Uninitialized))
        {
            state.registers = self.copy_registers(state.registers, 0)?;
            let start = state.registers.start as usize;
            for slot in &mut self.registers[start..start + state.registers.count as usize] {
                *slot = forget(*slot);
            }
        }
        Ok(state)
    }

    /// `ret` to behind the `jsr` at `call`: locals the subroutine did not touch are the caller's.
    fn flow_back(&mut self, ret: usize, entry: u32, call: usize, after: &State) -> Checked<()> {
        let to = call as u32 + 1;
        if to as usize >= self.instructions.len() {
            return Err(self.fail("Falling off the end of the code"));
        }
        let state = self.forget_uninitialized(after)?;
        match self.instructions[call].ret {
            Some(known) if known as usize != ret => return Err(self.fail("Multiple returns to single jsr")),
            _ => self.instructions[call].ret = Some(ret as u32),
        }
        // When the call gets its state, this `ret` is looked at again.
        let Some(caller) = self.instructions[call].registers else {
            return Ok(());
        };
        let masks = state.masks.clone().unwrap_or_default();
        let Some(position) = masks.iter().rposition(|mask| mask.entry == entry) else {
            return Err(self.fail("Illegal return from subroutine"));
        };
        let count = caller.count.max(state.registers.count);
        let merged = self.copy_registers(state.registers, count)?;
        for index in 0..count {
            let touched = masks[position]
                .modified
                .get((index / 32) as usize)
                .is_some_and(|word| word & 1 << (index % 32) != 0);
            if !touched {
                let ty = self.register_slice(caller).get(index as usize).copied();
                self.registers[(merged.start + index) as usize] = ty.unwrap_or(Type::TOP);
            }
        }
        let outer = &masks[..position];
        let state = State {
            registers: merged,
            masks: (!outer.is_empty()).then(|| Rc::new(outer.to_vec())),
            ..state
        };
        self.merge(to, &state)
    }

    fn merge(&mut self, to: u32, state: &State) -> Checked<()> {
        self.merge_stack(to as usize, state.stack)?;
        self.merge_registers(to as usize, state)?;
        let target = &mut self.instructions[to as usize];
        let (all, any) = (target.all_flags & state.all_flags, target.any_flags | state.any_flags);
        if all != target.all_flags || any != target.any_flags {
            target.all_flags = all;
            target.any_flags = any;
            target.changed = true;
        }
        Ok(())
    }

    fn merge_stack(&mut self, to: usize, new: Stack) -> Checked<()> {
        let Some(old) = self.instructions[to].stack else {
            self.instructions[to].stack = Some(new);
            self.instructions[to].changed = true;
            return Ok(());
        };
        if old.size != new.size {
            let text = format!("Inconsistent stack height {} != {}", new.size, old.size);
            return Err(self.fail(&text));
        }
        let (mut a, mut b) = (old.top, new.top);
        let mut change = false;
        // Lists that end in the same entry are the same from there on.
        while a != EMPTY && a != b {
            self.spend(1)?;
            let Some(&entry) = self.nodes.get(b as usize) else {
                return Err(self.fail("Mismatched stack types"));
            };
            if !self.assignable(entry.ty, self.nodes[a as usize].ty)? {
                change = true;
                break;
            }
            (a, b) = (self.nodes[a as usize].next, entry.next);
        }
        if !change {
            return Ok(());
        }
        let mut merged = Vec::new();
        let (mut a, mut b) = (old.top, new.top);
        while let (Some(&old), Some(&new)) = (self.nodes.get(a as usize), self.nodes.get(b as usize)) {
            self.spend(1)?;
            let ty = self.merge_types(old.ty, new.ty, false)?;
            if ty == Type::TOP {
                return Err(self.fail("Mismatched stack types"));
            }
            merged.push(ty);
            (a, b) = (old.next, new.next);
        }
        if a != b {
            return Err(self.fail("Mismatched stack types"));
        }
        let mut top = EMPTY;
        for ty in merged.into_iter().rev() {
            top = self.node(ty, top)?;
        }
        self.instructions[to].stack = Some(Stack { top, size: old.size });
        self.instructions[to].changed = true;
        Ok(())
    }

    fn merge_registers(&mut self, to: usize, state: &State) -> Checked<()> {
        let new = state.registers;
        let Some(mut old) = self.instructions[to].registers else {
            let target = &mut self.instructions[to];
            target.registers = Some(new);
            target.masks = state.masks.clone();
            target.changed = true;
            return Ok(());
        };
        if old != new {
            if old.count > new.count {
                old.count = new.count;
                self.instructions[to].registers = Some(old);
                self.instructions[to].changed = true;
            }
            self.spend(old.count as usize / 4 + 1)?;
            let mut first = None;
            for index in 0..old.count {
                let (value, target) = (self.register(new, index), self.register(old, index));
                if value != target && target != Type::TOP && !self.assignable(value, target)? {
                    first = Some(index);
                    break;
                }
            }
            if let Some(first) = first {
                let mut merged = self.copy_registers(old, 0)?;
                for index in first..old.count {
                    let ty = self.merge_types(self.register(new, index), self.register(old, index), false)?;
                    self.registers[(merged.start + index) as usize] = ty;
                }
                while merged.count > 0 && self.register(merged, merged.count - 1) == Type::TOP {
                    merged.count -= 1;
                }
                self.instructions[to].registers = Some(merged);
                self.instructions[to].changed = true;
            }
        }
        self.merge_masks(to, &state.masks)
    }

    fn register(&self, registers: Registers, index: u32) -> Type {
        self.registers[(registers.start + index) as usize]
    }

    /// The subroutines both states are in, in order, with what either touched.
    fn merge_masks(&mut self, to: usize, new: &Masks) -> Checked<()> {
        let Some(old) = self.instructions[to].masks.clone() else {
            return Ok(());
        };
        if let Some(new) = new
            && Rc::ptr_eq(&old, new)
        {
            return Ok(());
        }
        let none = Vec::new();
        let new = new.as_ref().map_or(&none, |masks| masks);
        let words = usize::from(self.code.max_locals).div_ceil(32);
        self.spend((old.len() + new.len()) * (words + 8) * 4)?;
        let mut merged: Vec<Mask> = Vec::new();
        let mut from = 0;
        for mask in old.iter() {
            if let Some(offset) = new[from..].iter().position(|other| other.entry == mask.entry) {
                let other = &new[from + offset];
                from += offset + 1;
                let pairs = mask.modified.iter().zip(&other.modified);
                merged.push(Mask {
                    entry: mask.entry,
                    modified: pairs.map(|(a, b)| a | b).collect(),
                });
            }
        }
        if merged != *old {
            let target = &mut self.instructions[to];
            target.masks = (!merged.is_empty()).then(|| Rc::new(merged));
            target.changed = true;
        }
        Ok(())
    }
}

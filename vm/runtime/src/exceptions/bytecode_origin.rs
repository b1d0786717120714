//! Which bytecode pushed what: a small abstract interpretation of one method, for helpful NullPointerExceptions.
//!
//! For each bytecode reached it keeps, slot by slot of the operand stack, the bci that pushed the value (none where
//! paths disagree), and which locals were written on the way. Passes go over the code in order until nothing new is
//! reached or the bytecode asked for is, so that back edges behind it do not blur the answer.

use peaberry_classfile::descriptors::{self, MethodDescriptor};
use peaberry_classfile::opcodes::{Instruction, OpcodeFlags, Operands, decode, op};

use crate::method_area::{ConstantPool, Method};

/// Analyses of bigger methods are given up.
const ENTRY_LIMIT: usize = 1_000_000;

/// The operand stack before a bytecode.
#[derive(Clone, Default, Debug)]
pub struct OriginStack {
    slots: Vec<Option<u32>>,
    written: Vec<u64>,
}

impl OriginStack {
    /// Bci that pushed the slot `from_top` slots below the top.
    pub fn origin(&self, from_top: usize) -> Option<u32> {
        let index = self.slots.len().checked_sub(from_top + 1)?;
        self.slots[index]
    }
    /// Was the local variable written on some path here?
    pub fn is_written(&self, local: u16) -> bool {
        self.written
            .get(local as usize / 64)
            .is_some_and(|word| word >> (local % 64) & 1 != 0)
    }
    fn write(&mut self, local: u16) {
        let word = local as usize / 64;
        if self.written.len() <= word {
            self.written.resize(word + 1, 0);
        }
        self.written[word] |= 1 << (local % 64);
    }
    fn pop(&mut self, count: usize) -> Option<()> {
        let length = self.slots.len().checked_sub(count)?;
        self.slots.truncate(length);
        Some(())
    }
    fn push(&mut self, count: usize, bci: usize) {
        self.slots.extend(std::iter::repeat_n(Some(bci as u32), count));
    }
    /// False when the depths differ: the code is not verifiable and the analysis ends.
    fn merge(&mut self, other: &OriginStack) -> bool {
        if self.slots.len() != other.slots.len() {
            return false;
        }
        for (mine, theirs) in self.slots.iter_mut().zip(&other.slots) {
            if mine != theirs {
                *mine = None;
            }
        }
        if self.written.len() < other.written.len() {
            self.written.resize(other.written.len(), 0);
        }
        for (mine, theirs) in self.written.iter_mut().zip(&other.written) {
            *mine |= theirs;
        }
        true
    }
}

/// Slots of the result and of the arguments (without receiver) of a method descriptor.
pub fn call_slots(descriptor: &[u8]) -> Option<(usize, usize)> {
    let parsed = MethodDescriptor::parse(descriptor)?;
    Some((
        usize::from(parsed.return_type.slots()),
        parsed.parameter_slots() as usize,
    ))
}

/// Constant-pool index of an instruction that has one.
pub fn constant_index(instruction: &Instruction<'_>) -> Option<u16> {
    match instruction.operands {
        Operands::ConstantPool(index)
        | Operands::InvokeInterface { index, .. }
        | Operands::InvokeDynamic { index, .. }
        | Operands::MultiANewArray { index, .. } => Some(index),
        _ => None,
    }
}

/// The local variable a load or store names, implied ones included.
pub fn local_index(instruction: &Instruction<'_>) -> Option<u16> {
    if let Operands::Local(local) = instruction.operands {
        return Some(local);
    }
    match instruction.opcode as u8 {
        code @ op::ILOAD_0..=op::ALOAD_3 => Some(u16::from(code - op::ILOAD_0) % 4),
        code @ op::ISTORE_0..=op::ASTORE_3 => Some(u16::from(code - op::ISTORE_0) % 4),
        _ => None,
    }
}

/// The stack before the bytecode at `bci`, if it is reached.
pub fn stack_at(method: &Method, bci: usize) -> Option<OriginStack> {
    let code = &*method.bytecode;
    if bci >= code.len() {
        return None;
    }
    let mut stacks: Vec<Option<OriginStack>> = vec![None; code.len() + 1];
    stacks[0] = Some(OriginStack::default());
    for handler in method.handlers.iter() {
        let pc = handler.handler as usize;
        if pc < code.len() && stacks[pc].is_none() {
            let mut stack = OriginStack::default();
            stack.push(1, pc);
            stacks[pc] = Some(stack);
        }
    }
    let mut entries = 0;
    loop {
        let mut added = false;
        let mut missing = false;
        let mut at = 0;
        while at < code.len() {
            let instruction = decode(code, at).ok()?;
            match stacks[at].clone() {
                Some(stack) => {
                    entries += stack.slots.len() + 1;
                    added |= step(&method.constants, &instruction, stack, &mut stacks)?;
                }
                None => missing = true,
            }
            at = instruction.next_bci();
            if at == bci && stacks[at].is_some() {
                return stacks.swap_remove(at);
            }
        }
        if !added || !missing || entries > ENTRY_LIMIT {
            return stacks.swap_remove(bci);
        }
    }
}

/// Runs one instruction on the stack before it and hands the result to its successors; true when one of them was new.
fn step(
    constants: &ConstantPool,
    instruction: &Instruction<'_>,
    mut stack: OriginStack,
    stacks: &mut [Option<OriginStack>],
) -> Option<bool> {
    let bci = instruction.bci;
    let opcode = instruction.opcode;
    let flags = opcode.flags();
    let code = opcode as u8;
    if flags.contains(OpcodeFlags::STORE) || code == op::IINC {
        let local = match instruction.operands {
            Operands::Iinc { local, .. } => Some(local),
            _ => local_index(instruction),
        }?;
        stack.write(local);
        if opcode.slot_effect().is_some_and(|(pops, _)| pops == 2) {
            stack.write(local.wrapping_add(1));
        }
    }
    let depth = stack.slots.len();
    let from_top = |n: usize| depth.checked_sub(n);
    match code {
        op::CHECKCAST | op::NOP => {}
        op::DUP | op::DUP_X1 | op::DUP_X2 => {
            let top = *stack.slots.last()?;
            let below = usize::from(code - op::DUP) + 1;
            stack.slots.insert(from_top(below)?, top);
        }
        op::DUP2 | op::DUP2_X1 | op::DUP2_X2 => {
            let (second, top) = (*stack.slots.get(from_top(2)?)?, *stack.slots.last()?);
            let at = from_top(usize::from(code - op::DUP2) + 2)?;
            stack.slots.insert(at, top);
            stack.slots.insert(at, second);
        }
        op::SWAP => {
            let below = from_top(2)?;
            stack.slots.swap(below, below + 1);
        }
        op::LDC | op::LDC_W => stack.push(1, bci),
        op::LDC2_W => stack.push(2, bci),
        op::GETSTATIC | op::PUTSTATIC | op::GETFIELD | op::PUTFIELD => {
            let (_, descriptor) = constants.member_name_and_type(constant_index(instruction)?);
            let slots = usize::from(descriptors::field_slots(descriptor));
            match code {
                op::GETSTATIC => stack.push(slots, bci),
                op::PUTSTATIC => stack.pop(slots)?,
                op::GETFIELD => {
                    stack.pop(1)?;
                    stack.push(slots, bci);
                }
                _ => stack.pop(slots + 1)?,
            }
        }
        op::INVOKEVIRTUAL | op::INVOKESPECIAL | op::INVOKESTATIC | op::INVOKEINTERFACE | op::INVOKEDYNAMIC => {
            let (_, descriptor) = constants.member_name_and_type(constant_index(instruction)?);
            let (result, arguments) = call_slots(descriptor)?;
            let receiver = usize::from(!matches!(code, op::INVOKESTATIC | op::INVOKEDYNAMIC));
            stack.pop(arguments + receiver)?;
            stack.push(result, bci);
        }
        op::MULTIANEWARRAY => {
            let Operands::MultiANewArray { dimensions, .. } = instruction.operands else {
                return None;
            };
            stack.pop(usize::from(dimensions))?;
            stack.push(1, bci);
        }
        _ => {
            if let Some((pops, pushes)) = opcode.slot_effect() {
                stack.pop(usize::from(pops))?;
                stack.push(usize::from(pushes), bci);
            }
        }
    }
    let mut added = false;
    let mut merged = true;
    let mut arrive = |target: i64, stack: &OriginStack| {
        let Some(slot) = usize::try_from(target).ok().and_then(|t| stacks.get_mut(t)) else {
            return;
        };
        match slot {
            Some(known) => merged &= known.merge(stack),
            None => {
                *slot = Some(stack.clone());
                added = true;
            }
        }
    };
    instruction.for_each_target(|target| arrive(target, &stack));
    if matches!(code, op::JSR | op::JSR_W) {
        // The subroutine comes back with its return address popped.
        stack.pop(1)?;
        arrive(instruction.next_bci() as i64, &stack);
    } else if !flags.contains(OpcodeFlags::ENDS_BLOCK) {
        arrive(instruction.next_bci() as i64, &stack);
    }
    merged.then_some(added)
}

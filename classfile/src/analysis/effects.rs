//! What each instruction does to kinds of slots.

use super::{AnalysisError, MethodShape};
use crate::descriptors::MethodDescriptor;
use crate::opcodes::{Instruction, Opcode, Operands, op};

/// Kind of a slot. Joining two different kinds gives `MIXED`.
pub(super) mod kind {
    /// Never written on any path.
    pub const UNSET: u8 = 0;
    /// No reference: primitive, half of one, return address.
    pub const VALUE: u8 = 1;
    /// A reference.
    pub const REFERENCE: u8 = 2;
    /// Different things on different paths.
    pub const MIXED: u8 = 3;
}
use kind::{REFERENCE, VALUE};

/// Slots an opcode pops, slots it pushes and which of those are references (lowest bit = pushed first).
#[derive(Clone, Copy)]
struct Effect {
    pops: u8,
    pushes: u8,
    references: u8,
}

const fn effect_of(text: &str) -> Effect {
    let bytes = text.as_bytes();
    let (mut pops, mut pushes, mut references) = (0, 0, 0);
    let mut after = false;
    let mut at = 0;
    while at < bytes.len() {
        let slots = match bytes[at] {
            b'J' | b'D' => 2,
            b'>' | b'*' => 0,
            _ => 1,
        };
        if bytes[at] == b'>' {
            after = true;
        } else if after {
            if bytes[at] == b'A' {
                references |= 1 << pushes;
            }
            pushes += slots;
        } else {
            pops += slots;
        }
        at += 1;
    }
    Effect {
        pops,
        pushes,
        references,
    }
}

macro_rules! define_effects {
    ($($variant:ident $constant:ident $name:literal $number:literal $format:ident $length:literal $effect:literal
       [$($flag:ident)*];)*) => {
        static EFFECTS: [Effect; 256] = {
            let mut table = [effect_of(""); 256];
            $(table[$number as usize] = effect_of($effect);)*
            table
        };
    };
}
crate::for_each_opcode!(define_effects);

/// A store or load of a local, as far as references go.
pub(super) enum LocalAccess {
    None,
    /// Reads a reference.
    ReadReference(usize),
    /// Writes this many slots of this kind; `None`: whatever is on the stack (`astore`).
    Write(usize, usize, Option<u8>),
}

/// How the instruction touches locals. Reads of primitives do not matter.
pub(super) fn local_access(instruction: &Instruction<'_>) -> LocalAccess {
    let opcode = instruction.opcode as u8;
    let (plain, local) = match (opcode, instruction.operands) {
        (_, Operands::Local(local)) => (opcode, usize::from(local)),
        (op::ILOAD_0..=op::ALOAD_3, _) => {
            let index = opcode - op::ILOAD_0;
            (op::ILOAD + index / 4, usize::from(index % 4))
        }
        (op::ISTORE_0..=op::ASTORE_3, _) => {
            let index = opcode - op::ISTORE_0;
            (op::ISTORE + index / 4, usize::from(index % 4))
        }
        (_, Operands::Iinc { local, .. }) => (opcode, usize::from(local)),
        _ => return LocalAccess::None,
    };
    match plain {
        op::ALOAD => LocalAccess::ReadReference(local),
        op::ASTORE => LocalAccess::Write(local, 1, None),
        op::ISTORE | op::FSTORE | op::IINC => LocalAccess::Write(local, 1, Some(VALUE)),
        op::LSTORE | op::DSTORE => LocalAccess::Write(local, 2, Some(VALUE)),
        _ => LocalAccess::None,
    }
}

/// Highest local slot an instruction touches, plus one.
pub(super) fn locals_used(instruction: &Instruction<'_>) -> usize {
    let opcode = instruction.opcode as u8;
    let (plain, local) = match instruction.operands {
        Operands::Local(local) | Operands::Iinc { local, .. } => (opcode, usize::from(local)),
        _ => match opcode {
            op::ILOAD_0..=op::ALOAD_3 => (
                op::ILOAD + (opcode - op::ILOAD_0) / 4,
                usize::from((opcode - op::ILOAD_0) % 4),
            ),
            op::ISTORE_0..=op::ASTORE_3 => (
                op::ISTORE + (opcode - op::ISTORE_0) / 4,
                usize::from((opcode - op::ISTORE_0) % 4),
            ),
            _ => return 0,
        },
    };
    local
        + if matches!(plain, op::LLOAD | op::DLOAD | op::LSTORE | op::DSTORE) {
            2
        } else {
            1
        }
}

/// Kinds of all slots at a point.
pub(super) struct Slots {
    pub locals: Vec<u8>,
    pub stack: Vec<u8>,
    pub max_stack: usize,
}

impl Slots {
    fn pop(&mut self, slots: usize) -> Option<()> {
        let depth = self.stack.len().checked_sub(slots)?;
        self.stack.truncate(depth);
        Some(())
    }

    fn push(&mut self, kind: u8) -> Option<()> {
        self.stack.push(kind);
        (self.stack.len() <= self.max_stack).then_some(())
    }

    /// Removes the arguments and, if there is one, the receiver of a call.
    pub fn pop_arguments(
        &mut self,
        shape: &MethodShape<'_>,
        instruction: &Instruction<'_>,
    ) -> Result<(), AnalysisError> {
        self.call(shape, instruction, false)
            .ok_or(AnalysisError::Malformed(instruction.bci))
    }

    fn call(&mut self, shape: &MethodShape<'_>, instruction: &Instruction<'_>, result: bool) -> Option<()> {
        let index = match instruction.operands {
            Operands::ConstantPool(index)
            | Operands::InvokeInterface { index, .. }
            | Operands::InvokeDynamic { index, .. } => index,
            _ => return None,
        };
        let descriptor = MethodDescriptor::parse(shape.constants.method_descriptor(index)?)?;
        let receiver = !matches!(instruction.opcode, Opcode::Invokestatic | Opcode::Invokedynamic);
        self.pop(descriptor.parameter_slots() as usize + usize::from(receiver))?;
        if result {
            self.push_type(descriptor.return_type.tag())?;
        }
        Some(())
    }

    fn push_type(&mut self, tag: u8) -> Option<()> {
        match tag {
            b'V' => Some(()),
            b'L' | b'[' => self.push(REFERENCE),
            b'J' | b'D' => self.push(VALUE).and_then(|()| self.push(VALUE)),
            _ => self.push(VALUE),
        }
    }

    /// Executes an instruction.
    pub fn step(&mut self, shape: &MethodShape<'_>, instruction: &Instruction<'_>) -> Result<(), AnalysisError> {
        self.try_step(shape, instruction)
            .ok_or(AnalysisError::Malformed(instruction.bci))
    }

    fn try_step(&mut self, shape: &MethodShape<'_>, instruction: &Instruction<'_>) -> Option<()> {
        let opcode = instruction.opcode as u8;
        match (opcode, instruction.operands) {
            (op::LDC | op::LDC_W | op::LDC2_W, Operands::ConstantPool(index)) => {
                return self.push_type(shape.constants.constant_type(index)?);
            }
            (op::GETSTATIC..=op::PUTFIELD, Operands::ConstantPool(index)) => {
                let tag = *shape.constants.field_descriptor(index)?.first()?;
                let slots = if matches!(tag, b'J' | b'D') { 2 } else { 1 };
                return match opcode {
                    op::GETSTATIC => self.push_type(tag),
                    op::PUTSTATIC => self.pop(slots),
                    op::GETFIELD => self.pop(1).and_then(|()| self.push_type(tag)),
                    _ => self.pop(slots + 1),
                };
            }
            (op::INVOKEVIRTUAL..=op::INVOKEDYNAMIC, _) => return self.call(shape, instruction, true),
            (_, Operands::MultiANewArray { dimensions, .. }) => {
                self.pop(dimensions.into())?;
                return self.push(REFERENCE);
            }
            (op::POP..=op::SWAP, _) => return self.shuffle(opcode),
            (op::ALOAD, Operands::Local(local)) => return self.load_reference(local.into()),
            (op::ALOAD_0..=op::ALOAD_3, _) => return self.load_reference(usize::from(opcode - op::ALOAD_0)),
            _ => {}
        }
        match local_access(instruction) {
            LocalAccess::Write(local, slots, written) => {
                let written = match written {
                    Some(kind) => kind,
                    None => *self.stack.last()?,
                };
                self.locals.get_mut(local..local + slots)?.fill(written);
            }
            LocalAccess::ReadReference(_) | LocalAccess::None => {}
        }
        let effect = EFFECTS[usize::from(opcode)];
        self.pop(effect.pops.into())?;
        for index in 0..effect.pushes {
            let reference = effect.references >> index & 1 != 0;
            self.push(if reference { REFERENCE } else { VALUE })?;
        }
        Some(())
    }

    /// What `aload` pushes is a reference, whatever other paths left in the local.
    fn load_reference(&mut self, local: usize) -> Option<()> {
        let kind = *self.locals.get(local)?;
        self.push(if kind == kind::UNSET { kind::MIXED } else { kind })
    }

    fn shuffle(&mut self, opcode: u8) -> Option<()> {
        // Slots copied from the top, and how far down the copy goes.
        let (copied, skipped) = match opcode {
            op::POP => return self.pop(1),
            op::POP2 => return self.pop(2),
            op::SWAP => {
                let depth = self.stack.len();
                let first = depth.checked_sub(2)?;
                self.stack.swap(first, depth - 1);
                return Some(());
            }
            op::DUP => (1, 0),
            op::DUP_X1 => (1, 1),
            op::DUP_X2 => (1, 2),
            op::DUP2 => (2, 0),
            op::DUP2_X1 => (2, 1),
            _ => (2, 2),
        };
        let depth = self.stack.len();
        let from = depth.checked_sub(copied)?;
        let to = from.checked_sub(skipped)?;
        let top = [self.stack[from], self.stack[depth - 1]];
        for index in 0..copied {
            self.stack.insert(to + index, top[index.min(1)]);
        }
        (self.stack.len() <= self.max_stack).then_some(())
    }
}

//! First pass: instruction boundaries, and everything that can be checked without types.

use super::super::checker::{LENGTHS, NONZERO_PADDING_MAJOR_VERSION};
use super::super::members::INTERFACE_METHODS_MAJOR_VERSION;
use super::super::types::{Kind, Type};
use super::super::{Hierarchy, Member};
use super::{Checked, INVOKE_INIT, Inference, Instruction, Operand};
use crate::model::tag;
use crate::opcodes::op;

/// First versions that allow `ldc` of classes, method handles and types, dynamic constants.
const LDC_CLASS: u16 = 49;
const LDC_METHOD_HANDLE: u16 = 51;
const LDC_DYNAMIC: u16 = 55;

impl<'a, H: Hierarchy> Inference<'_, 'a, '_, H> {
    pub(super) fn number_instructions(&mut self) -> Checked<()> {
        self.number_of = vec![u32::MAX; self.bytes.len()];
        let mut bci = 0;
        while bci < self.bytes.len() {
            let Some(length) = self.length(bci) else {
                return Err(self.fail(&format!("Illegal instruction found at offset {bci}")));
            };
            if length > self.bytes.len() - bci {
                let text = format!("Code stops in the middle of instruction  starting at offset {bci}");
                return Err(self.fail(&text));
            }
            self.number_of[bci] = self.instructions.len() as u32;
            self.instructions.push(Instruction {
                bci: bci as u32,
                opcode: self.bytes[bci],
                changed: false,
                protected: false,
                operand: Operand::None,
                ret: None,
                stack: None,
                registers: None,
                masks: None,
                any_flags: 0,
                all_flags: u8::MAX,
            });
            bci += length;
        }
        Ok(())
    }

    /// Length the instruction claims to have; it may run past the end.
    fn length(&self, bci: usize) -> Option<usize> {
        let opcode = self.bytes[bci];
        let aligned = (bci + 4) & !3;
        match opcode {
            op::TABLESWITCH => {
                let entries = self.i4(aligned + 8)? - self.i4(aligned + 4)? + 1;
                (1..=65536)
                    .contains(&entries)
                    .then(|| aligned - bci + (3 + entries as usize) * 4)
            }
            op::LOOKUPSWITCH => {
                let pairs = self.i4(aligned + 4)?;
                (0..65536)
                    .contains(&pairs)
                    .then(|| aligned - bci + (2 + 2 * pairs as usize) * 4)
            }
            op::WIDE => match *self.bytes.get(bci + 1)? {
                op::IINC => Some(6),
                op::ILOAD..=op::ALOAD | op::ISTORE..=op::ASTORE | op::RET => Some(4),
                _ => None,
            },
            _ => Some(usize::from(LENGTHS[usize::from(opcode)])).filter(|length| *length > 0),
        }
    }

    fn i4(&self, at: usize) -> Option<i64> {
        let bytes = self.bytes.get(at..)?.first_chunk()?;
        Some(i64::from(i32::from_be_bytes(*bytes)))
    }

    fn u2(&self, at: usize) -> u16 {
        u16::from_be_bytes([self.bytes[at], self.bytes[at + 1]])
    }

    pub(super) fn constant(&mut self, index: u16, kinds: u32) -> Checked<()> {
        if index == 0 || usize::from(index) >= self.cx.class.constant_pool.len() {
            return Err(self.fail("Illegal constant pool index"));
        }
        if kinds & 1 << self.cx.class.constant_pool.tag(index) == 0 {
            return Err(self.fail("Illegal type in constant pool"));
        }
        Ok(())
    }

    fn branch(&mut self, target: i64) -> Checked<u32> {
        match self.target(target) {
            Some(number) => Ok(number),
            None => Err(self.fail("Illegal target of jump or branch")),
        }
    }

    /// Checks an instruction's operands and keeps them.
    pub(super) fn operands(&mut self, number: usize) -> Checked<()> {
        let bci = self.instructions[number].bci as usize;
        let at = bci as i64;
        let mut opcode = self.bytes[bci];
        let major = self.cx.class.major_version;
        let operand = match opcode {
            op::IFEQ..=op::JSR | op::IFNULL | op::IFNONNULL => {
                Operand::Target(self.branch(at + i64::from(self.u2(bci + 1) as i16))?)
            }
            op::GOTO_W | op::JSR_W => Operand::Target(self.branch(at + self.i4(bci + 1).unwrap_or(0))?),
            op::TABLESWITCH | op::LOOKUPSWITCH => self.switch(bci, opcode)?,
            op::LDC | op::LDC_W => {
                let index = if opcode == op::LDC {
                    self.bytes[bci + 1].into()
                } else {
                    self.u2(bci + 1)
                };
                let mut kinds = 1 << tag::INTEGER | 1 << tag::FLOAT | 1 << tag::STRING;
                if major >= LDC_CLASS {
                    kinds |= 1 << tag::CLASS;
                }
                if major >= LDC_METHOD_HANDLE {
                    kinds |= 1 << tag::METHOD_HANDLE | 1 << tag::METHOD_TYPE;
                }
                if major >= LDC_DYNAMIC {
                    kinds |= 1 << tag::DYNAMIC;
                }
                self.constant(index, kinds)?;
                Operand::Constant(index)
            }
            op::LDC2_W => {
                let dynamic = if major >= LDC_DYNAMIC { 1 << tag::DYNAMIC } else { 0 };
                let index = self.u2(bci + 1);
                self.constant(index, 1 << tag::LONG | 1 << tag::DOUBLE | dynamic)?;
                Operand::Constant(index)
            }
            op::GETSTATIC..=op::PUTFIELD => {
                let index = self.u2(bci + 1);
                self.constant(index, 1 << tag::FIELDREF)?;
                if opcode >= op::GETFIELD {
                    self.set_protected(number, index, Member::Field)?;
                }
                Operand::Constant(index)
            }
            op::INVOKEVIRTUAL..=op::INVOKEINTERFACE => self.invocation(number, bci, &mut opcode)?,
            op::INVOKEDYNAMIC if major < LDC_METHOD_HANDLE => {
                let text = "invokedynamic bytecode is not supported in this class file version";
                return Err(self.fail(text));
            }
            op::INVOKEDYNAMIC => {
                let index = self.u2(bci + 1);
                self.constant(index, 1 << tag::INVOKE_DYNAMIC)?;
                Operand::Constant(index)
            }
            op::NEW | op::ANEWARRAY | op::CHECKCAST | op::INSTANCEOF | op::MULTIANEWARRAY => {
                let index = self.u2(bci + 1);
                self.constant(index, 1 << tag::CLASS)?;
                let target = self.cx.class_entry(index);
                match opcode {
                    op::ANEWARRAY => match target.dimensions().checked_add(1) {
                        Some(dimensions) => Operand::Type(target.with_dimensions(dimensions), 0),
                        None => return Err(self.fail("Array with too many dimensions")),
                    },
                    op::NEW if !target.is_object() => {
                        return Err(self.fail("Illegal creation of multi-dimensional array"));
                    }
                    op::MULTIANEWARRAY => {
                        let dimensions = self.bytes[bci + 3];
                        if dimensions == 0 || dimensions > target.dimensions() {
                            return Err(self.fail("Illegal dimension argument"));
                        }
                        Operand::Type(target, dimensions.into())
                    }
                    _ => Operand::Type(target, 0),
                }
            }
            op::NEWARRAY => {
                let element = match self.bytes[bci + 1] {
                    4 => Kind::Boolean,
                    5 => Kind::Char,
                    6 => Kind::Float,
                    7 => Kind::Double,
                    8 => Kind::Byte,
                    9 => Kind::Short,
                    10 => Kind::Integer,
                    11 => Kind::Long,
                    _ => return Err(self.fail("Bad type passed to newarray")),
                };
                Operand::Type(Type::of(element).with_dimensions(1), 0)
            }
            op::ILOAD_0..=op::ALOAD_3 => {
                let index = opcode - op::ILOAD_0;
                opcode = op::ILOAD + index / 4;
                self.local(opcode, u32::from(index % 4))?
            }
            op::ISTORE_0..=op::ASTORE_3 => {
                let index = opcode - op::ISTORE_0;
                opcode = op::ISTORE + index / 4;
                self.local(opcode, u32::from(index % 4))?
            }
            op::ILOAD..=op::ALOAD | op::ISTORE..=op::ASTORE | op::IINC | op::RET => {
                self.local(opcode, self.bytes[bci + 1].into())?
            }
            op::WIDE => {
                opcode = self.bytes[bci + 1];
                self.local(opcode, self.u2(bci + 2).into())?
            }
            _ => Operand::None,
        };
        self.instructions[number].opcode = opcode;
        self.instructions[number].operand = operand;
        Ok(())
    }

    fn local(&mut self, opcode: u8, index: u32) -> Checked<Operand> {
        let slots = match opcode {
            op::LLOAD | op::DLOAD | op::LSTORE | op::DSTORE => 2,
            _ => 1,
        };
        if index + slots > u32::from(self.code.max_locals) {
            return Err(self.fail("Illegal local variable number"));
        }
        Ok(Operand::Local(index))
    }

    fn switch(&mut self, bci: usize, opcode: u8) -> Checked<Operand> {
        let aligned = (bci + 4) & !3;
        if self.cx.class.major_version < NONZERO_PADDING_MAJOR_VERSION
            && self.bytes[bci + 1..aligned].iter().any(|byte| *byte != 0)
        {
            return Err(self.fail("Non zero padding bytes in switch"));
        }
        let i4 = |this: &Self, at: usize| this.i4(at).unwrap_or(0);
        let (keys, step) = if opcode == op::TABLESWITCH {
            (i4(self, aligned + 8) - i4(self, aligned + 4) + 1, 1)
        } else {
            let keys = i4(self, aligned + 4);
            for index in 1..keys.max(0) as usize {
                if i4(self, aligned + 8 * index) >= i4(self, aligned + 8 * (index + 1)) {
                    return Err(self.fail("Unsorted lookup switch"));
                }
            }
            (keys, 2)
        };
        let Some(default) = self.target(bci as i64 + i4(self, aligned)) else {
            return Err(self.fail("Illegal default target in switch"));
        };
        let mut targets = Vec::with_capacity(keys.max(0) as usize + 1);
        for index in 0..keys.max(0) as usize {
            match self.target(bci as i64 + i4(self, aligned + (3 + index * step) * 4)) {
                Some(target) => targets.push(target),
                None => return Err(self.fail("Illegal branch in tableswitch")),
            }
        }
        targets.reverse();
        targets.push(default);
        Ok(Operand::Targets(targets.into()))
    }

    fn invocation(&mut self, number: usize, bci: usize, opcode: &mut u8) -> Checked<Operand> {
        let index = self.u2(bci + 1);
        let newer = self.cx.class.major_version >= INTERFACE_METHODS_MAJOR_VERSION;
        let kinds = match *opcode {
            op::INVOKEINTERFACE => 1 << tag::INTERFACE_METHODREF,
            op::INVOKESTATIC | op::INVOKESPECIAL if newer => 1 << tag::INTERFACE_METHODREF | 1 << tag::METHODREF,
            _ => 1 << tag::METHODREF,
        };
        self.constant(index, kinds)?;
        let (Some(member), Some(signature)) = (self.cx.class.constant_pool.member(index), self.cx.signature(index))
        else {
            return Err(self.fail("Illegal type in constant pool"));
        };
        let holder = self.cx.class_entry(member.class_index);
        let original = *opcode;
        if member.name == b"<init>" {
            if original != op::INVOKESPECIAL {
                return Err(self.fail("Must call initializers using invokespecial"));
            }
            *opcode = INVOKE_INIT;
        } else {
            if member.name.first() == Some(&b'<') {
                return Err(self.fail("Illegal call to internal method"));
            }
            if original == op::INVOKESPECIAL && !self.may_call_special(holder) {
                return Err(self.fail("Illegal use of nonvirtual function call"));
            }
        }
        match original {
            op::INVOKEINTERFACE => {
                if signature.arguments + 1 != u32::from(self.bytes[bci + 3]) {
                    return Err(self.fail("Inconsistent args_size for invokeinterface"));
                }
                if self.bytes[bci + 4] != 0 {
                    return Err(self.fail("Fourth operand byte of invokeinterface must be zero"));
                }
            }
            op::INVOKEVIRTUAL | op::INVOKESPECIAL => self.set_protected(number, index, Member::Method)?,
            _ => {}
        }
        Ok(Operand::Method(index, holder))
    }

    fn may_call_special(&mut self, holder: Type) -> bool {
        let class = self.cx.class;
        holder == self.cx.this_type
            || self.cx.is_superclass(holder)
            || class.major_version >= INTERFACE_METHODS_MAJOR_VERSION
                && class
                    .interfaces
                    .iter()
                    .any(|interface| self.cx.class_entry(interface) == holder)
    }

    fn set_protected(&mut self, number: usize, index: u16, kind: Member) -> Checked<()> {
        let Some(member) = self.cx.class.constant_pool.member(index) else {
            return Ok(());
        };
        let holder = self.cx.class_entry(member.class_index);
        if self.cx.is_superclass(holder) {
            self.instructions[number].protected =
                self.cx
                    .is_protected_elsewhere(holder, kind, member.name, member.descriptor)?;
        }
        Ok(())
    }
}

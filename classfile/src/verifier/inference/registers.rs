//! What an instruction reads and writes in local variables.

use super::super::Hierarchy;
use super::super::types::{Kind, Type};
use super::{Checked, INVOKE_INIT, Inference, MAX_REGISTER_SLOTS, Mask, Masks, Operand, Registers, flag};
use crate::opcodes::op;
use std::rc::Rc;

impl<'a, H: Hierarchy> Inference<'_, 'a, '_, H> {
    /// Checks that the local the instruction reads holds a value of its type.
    pub(super) fn check_registers(&mut self, number: usize, registers: Registers) -> Checked<()> {
        let instruction = &self.instructions[number];
        let Operand::Local(local) = instruction.operand else {
            return Ok(());
        };
        let expected = match instruction.opcode {
            op::ILOAD | op::IINC => Type::INTEGER,
            op::FLOAD => Type::FLOAT,
            op::LLOAD => Type::LONG,
            op::DLOAD => Type::DOUBLE,
            op::ALOAD => Type::ANY_REFERENCE,
            op::RET => Type::of(Kind::ReturnAddress),
            _ => return Ok(()),
        };
        let slots = self.register_slice(registers);
        let index = local as usize;
        if expected.is_category_2() {
            let text = match slots.get(index..index + 2) {
                None => format!("Accessing value from uninitialized register pair {local}/{}", local + 1),
                Some(&[low, high]) if low == expected && high == expected.high() => return Ok(()),
                Some(_) => format!("Register pair {local}/{} contains wrong type", local + 1),
            };
            return Err(self.fail(&text));
        }
        let text = match slots.get(index) {
            None => format!("Accessing value from uninitialized register {local}"),
            Some(&ty) => {
                let good = match expected.kind() {
                    Kind::AnyReference => ty.is_reference() || ty.is_uninitialized(),
                    Kind::ReturnAddress => ty.is(Kind::ReturnAddress),
                    _ => ty == expected,
                };
                if good {
                    return Ok(());
                }
                if ty.is(Kind::ReturnAddress) {
                    format!("Cannot load return address from register {local}")
                } else {
                    format!("Register {local} contains wrong type")
                }
            }
        };
        Err(self.fail(&text))
    }

    pub(super) fn check_flags(&mut self, number: usize) -> Checked<()> {
        let instruction = &self.instructions[number];
        if instruction.opcode == op::RETURN
            && instruction.any_flags & flag::NEED_CONSTRUCTOR != 0
            && instruction.all_flags & flag::CONSTRUCTED == 0
        {
            return Err(self.fail("Constructor must call super() or this()"));
        }
        if matches!(instruction.opcode, op::IRETURN..=op::RETURN) && instruction.any_flags & flag::NO_RETURN != 0 {
            return Err(self.fail("Cannot return normally"));
        }
        Ok(())
    }

    /// Reserves a copy of `registers` with at least `count` slots, new ones top.
    pub(super) fn copy_registers(&mut self, registers: Registers, count: u32) -> Checked<Registers> {
        let count = count.max(registers.count);
        self.spend(count as usize)?;
        if self.registers.len() + count as usize > MAX_REGISTER_SLOTS {
            return Err(self.too_costly());
        }
        let start = self.registers.len();
        let old = registers.start as usize;
        self.registers.extend_from_within(old..old + registers.count as usize);
        self.registers.resize(start + count as usize, Type::TOP);
        Ok(Registers {
            start: start as u32,
            count,
        })
    }

    /// The locals after the instruction. `stored`: the value on top of the stack before it.
    pub(super) fn update_registers(
        &mut self,
        number: usize,
        registers: Registers,
        masks: Masks,
        stored: Option<Type>,
    ) -> Checked<(Registers, Masks)> {
        let instruction = &self.instructions[number];
        let opcode = instruction.opcode;
        let mut registers = registers;
        match (opcode, &instruction.operand) {
            (op::ISTORE..=op::ASTORE, &Operand::Local(local)) => {
                let ty = stored.unwrap_or(Type::TOP);
                let slots = if ty.is_category_2() { 2 } else { 1 };
                let index = local as usize;
                let same = match self.register_slice(registers).get(index..index + slots) {
                    Some(&[only]) => only == ty,
                    Some(&[low, high]) => low == ty && high == ty.high(),
                    _ => false,
                };
                if !same {
                    registers = self.copy_registers(registers, local + slots as u32)?;
                    let start = registers.start as usize;
                    self.registers[start + index] = ty;
                    if slots == 2 {
                        self.registers[start + index + 1] = ty.high();
                    }
                }
                Ok((registers, self.touch(masks, local, slots as u32)?))
            }
            (op::LLOAD | op::DLOAD, &Operand::Local(local)) => Ok((registers, self.touch(masks, local, 2)?)),
            (op::ILOAD | op::FLOAD | op::ALOAD | op::IINC | op::RET, &Operand::Local(local)) => {
                Ok((registers, self.touch(masks, local, 1)?))
            }
            (op::JSR | op::JSR_W, &Operand::Target(entry)) => {
                let mut list = masks.map_or(Vec::new(), |masks| (*masks).clone());
                if list.iter().any(|mask| mask.entry == entry) {
                    return Err(self.fail("Recursive call to jsr entry"));
                }
                let words = usize::from(self.code.max_locals).div_ceil(32);
                // Weighs memory too: lists are kept in states.
                self.spend((list.len() + 1) * (words + 8) * 16)?;
                list.push(Mask {
                    entry,
                    modified: vec![0; words],
                });
                Ok((registers, Some(Rc::new(list))))
            }
            (op::NEW | INVOKE_INIT, _) => {
                let (from, to) = self.initialized;
                let mut masks = masks;
                let slots = self.register_slice(registers);
                if slots.contains(&from) {
                    let old = registers;
                    registers = self.copy_registers(registers, 0)?;
                    for index in 0..old.count {
                        let slot = (registers.start + index) as usize;
                        if self.registers[slot] == from {
                            self.registers[slot] = to;
                            masks = self.touch(masks, index, 1)?;
                        }
                    }
                }
                Ok((registers, masks))
            }
            _ => Ok((registers, masks)),
        }
    }

    /// Notes in all subroutines being executed that they touch these locals.
    fn touch(&mut self, masks: Masks, local: u32, slots: u32) -> Checked<Masks> {
        let Some(mut masks) = masks else { return Ok(None) };
        let bits = |local: u32| ((local / 32) as usize, 1 << (local % 32));
        let touched = |mask: &Mask| {
            (local..local + slots).all(|local| {
                let (word, bit) = bits(local);
                mask.modified.get(word).is_some_and(|word| word & bit != 0)
            })
        };
        if !masks.iter().all(touched) {
            let words = usize::from(self.code.max_locals).div_ceil(32);
            self.spend(masks.len() * (words + 8) * 16)?;
            for mask in Rc::make_mut(&mut masks) {
                for local in local..local + slots {
                    let (word, bit) = bits(local);
                    if let Some(word) = mask.modified.get_mut(word) {
                        *word |= bit;
                    }
                }
            }
        }
        Ok(Some(masks))
    }
}

//! What the checker's instructions have in common: operand stack, locals, arrays, constants, switches, returns.

use super::Hierarchy;
use super::checker::{Checker, NONZERO_PADDING_MAJOR_VERSION};
use super::context::{Checked, widen};
use super::details::{Fault, Origin, Place};
use super::types::{Kind, Type, well_known};
use crate::model::tag;
use crate::opcodes::{Opcode, op};

impl<'a, H: Hierarchy> Checker<'_, 'a, '_, H> {
    // Operand stack and locals.

    #[inline]
    pub fn push(&mut self, ty: Type) -> Checked<()> {
        let frame = &mut self.frame;
        match frame.stack.get_mut(frame.stack_size) {
            Some(slot) => {
                *slot = ty;
                frame.stack_size += 1;
                Ok(())
            }
            None => Err(self.overflow()),
        }
    }

    #[inline]
    pub fn push_2(&mut self, ty: Type) -> Checked<()> {
        if self.frame.stack_size + 2 > self.frame.stack.len() {
            return Err(self.overflow());
        }
        self.push(ty)?;
        self.push(ty.high())
    }

    #[inline]
    pub fn push_value(&mut self, ty: Type) -> Checked<()> {
        if ty.is_category_2() {
            self.push_2(ty)
        } else {
            self.push(ty)
        }
    }

    pub fn push_all(&mut self, types: &[Type]) -> Checked<()> {
        types.iter().try_for_each(|ty| self.push(*ty))
    }

    /// Pops one slot of a type assignable to `expected`.
    #[inline]
    pub fn pop(&mut self, expected: Type) -> Checked<Type> {
        if self.frame.stack_size > 0 {
            let top = self.frame.stack[self.frame.stack_size - 1];
            if top == expected || self.cx.assignable(expected, top)? {
                self.frame.stack_size -= 1;
                return Ok(top);
            }
        }
        Err(self.pop_failed(expected))
    }

    /// Pops one slot of any type.
    pub fn pop_any(&mut self) -> Checked<Type> {
        if self.frame.stack_size == 0 {
            return Err(self.pop_failed(Type::TOP));
        }
        self.frame.stack_size -= 1;
        Ok(self.frame.stack[self.frame.stack_size])
    }

    /// Pops both slots of a long or double.
    #[inline]
    pub fn pop_2(&mut self, ty: Type) -> Checked<()> {
        if let Some(size) = self.frame.stack_size.checked_sub(2)
            && self.frame.stack[size..size + 2] == [ty, ty.high()]
        {
            self.frame.stack_size = size;
            return Ok(());
        }
        // Both halves are looked at, and the lower one has the last word.
        let upper = self.pop(ty.high());
        self.pop(ty)?;
        upper.map(|_| ())
    }

    #[inline]
    pub fn pop_value(&mut self, ty: Type) -> Checked<()> {
        if ty.is_category_2() {
            self.pop_2(ty)
        } else {
            self.pop(ty).map(|_| ())
        }
    }

    #[inline]
    pub fn convert(&mut self, from: Type, to: Type) -> Checked<()> {
        self.pop_value(from)?;
        self.push_value(to)
    }

    /// Pops two slots that are two values of one slot or one of two; answers (lower, upper).
    pub fn pop_pair(&mut self, name: &str) -> Checked<(Type, Type)> {
        let upper = self.pop_any()?;
        let lower = if upper.is_category_1() {
            self.pop(Type::ANY_CATEGORY_1)?
        } else if upper.is_high() {
            self.pop(Type::ANY_CATEGORY_2)?
        } else {
            return Err(self.invalid_operand(self.frame.bci, name));
        };
        Ok((lower, upper))
    }

    pub fn get_local(&mut self, index: usize, expected: Type) -> Checked<Type> {
        let Some(&ty) = self.frame.locals.get(index) else {
            return Err(self.local_overflow(index, "Local variable table overflow"));
        };
        if ty == expected || self.cx.assignable(expected, ty)? {
            Ok(ty)
        } else {
            Err(self.bad_local(index, expected))
        }
    }

    pub fn load(&mut self, kind: u8, index: usize) -> Checked<()> {
        match kind {
            0 => self.get_local(index, Type::INTEGER)?,
            2 => self.get_local(index, Type::FLOAT)?,
            4 => self.get_local(index, Type::ANY_REFERENCE)?,
            _ => {
                let ty = if kind == 1 { Type::LONG } else { Type::DOUBLE };
                if index + 1 >= self.frame.locals_size {
                    return Err(self.local_overflow(index, "get long/double overflows locals"));
                }
                self.get_local(index, ty)?;
                self.get_local(index + 1, ty.high())?;
                return self.push_2(ty);
            }
        };
        self.push(self.frame.locals[index])
    }

    pub fn store(&mut self, kind: u8, index: usize) -> Checked<()> {
        let ty = match kind {
            0 => self.pop(Type::INTEGER)?,
            2 => self.pop(Type::FLOAT)?,
            4 => self.pop(Type::ANY_REFERENCE)?,
            _ => {
                let ty = if kind == 1 { Type::LONG } else { Type::DOUBLE };
                self.pop_2(ty)?;
                if index + 1 >= self.frame.locals.len() {
                    return Err(self.local_overflow(index, "Local variable table overflow"));
                }
                self.frame.set_local_2(index, ty);
                return Ok(());
            }
        };
        if index >= self.frame.locals.len() {
            return Err(self.local_overflow(index, "Local variable table overflow"));
        }
        self.frame.set_local(index, ty);
        Ok(())
    }

    // Instructions.

    pub fn array_load(&mut self, bci: usize, opcode: u8) -> Checked<()> {
        self.pop(Type::INTEGER)?;
        let array = self.pop(Type::ANY_REFERENCE)?;
        let value = self.array_element(bci, opcode, opcode - op::IALOAD, array)?;
        self.push_value(value)
    }

    pub fn array_store(&mut self, bci: usize, opcode: u8) -> Checked<()> {
        let kind = opcode - op::IASTORE;
        let value = match kind {
            1 => Type::LONG,
            2 => Type::FLOAT,
            3 => Type::DOUBLE,
            4 => Type::object(well_known::OBJECT),
            _ => Type::INTEGER,
        };
        self.pop_value(value)?;
        self.pop(Type::INTEGER)?;
        let array = self.pop(Type::ANY_REFERENCE)?;
        self.array_element(bci, opcode, kind, array)?;
        Ok(())
    }

    /// Checks that `array` has elements of the instruction's kind (int, long, float, double, reference, byte, char,
    /// short); answers what loading one pushes.
    pub fn array_element(&mut self, bci: usize, opcode: u8, kind: u8, array: Type) -> Checked<Type> {
        let (element, value) = match kind {
            0 => (Kind::Integer, Type::INTEGER),
            1 => (Kind::Long, Type::LONG),
            2 => (Kind::Float, Type::FLOAT),
            3 => (Kind::Double, Type::DOUBLE),
            6 => (Kind::Char, Type::INTEGER),
            7 => (Kind::Short, Type::INTEGER),
            4 => {
                if array.is_reference_array() {
                    return Ok(if array == Type::NULL {
                        Type::NULL
                    } else {
                        array.component()
                    });
                }
                return Err(self.bad_operand(bci, opcode, Type::ANY_REFERENCE));
            }
            _ => {
                if array.is_array_of(Kind::Byte) || array.is_array_of(Kind::Boolean) {
                    return Ok(Type::INTEGER);
                }
                let name = Opcode::from_u8(opcode).map_or("", Opcode::name);
                return Err(self.invalid_operand(bci, name));
            }
        };
        if array.is_array_of(element) {
            Ok(value)
        } else {
            Err(self.bad_operand(bci, opcode, Type::of(element).with_dimensions(1)))
        }
    }

    pub fn ldc(&mut self, bci: usize, opcode: u8, index: u16) -> Checked<()> {
        self.constant_index(bci, index)?;
        let wide = opcode == op::LDC2_W;
        let ty = match self.cx.class.constant_pool.tag(index) {
            tag::INTEGER if !wide => Type::INTEGER,
            tag::FLOAT if !wide => Type::FLOAT,
            tag::STRING if !wide => Type::object(well_known::STRING),
            tag::CLASS if !wide => Type::object(well_known::CLASS),
            tag::METHOD_HANDLE if !wide => Type::object(well_known::METHOD_HANDLE),
            tag::METHOD_TYPE if !wide => Type::object(well_known::METHOD_TYPE),
            tag::LONG if wide => Type::LONG,
            tag::DOUBLE if wide => Type::DOUBLE,
            tag::DYNAMIC => {
                let dynamic = self.cx.class.constant_pool.dynamic(index);
                match dynamic.and_then(|dynamic| crate::descriptors::parse_field(dynamic.descriptor)) {
                    Some(field) if (field.slots() == 2) == wide => widen(self.cx.names.field_type(field)),
                    _ => return Err(self.constant_kind(bci, index)),
                }
            }
            _ => return Err(self.constant_kind(bci, index)),
        };
        self.push_value(ty)
    }

    pub fn switch(&mut self, bci: usize, opcode: u8) -> Checked<()> {
        let aligned = (bci + 4) & !3;
        if self.cx.class.major_version < NONZERO_PADDING_MAJOR_VERSION
            && self.bytes[bci + 1..aligned].iter().any(|byte| *byte != 0)
        {
            let text = "Nonzero padding byte in lookupswitch or tableswitch";
            return Err(self.fail(text, bci, Fault::Bytecode));
        }
        self.pop(Type::INTEGER)?;
        let (keys, step) = if opcode == op::TABLESWITCH {
            let (low, high) = (self.i4(aligned + 4), self.i4(aligned + 8));
            (i64::from(high) - i64::from(low) + 1, 1)
        } else {
            let keys = self.i4(aligned + 4);
            for index in 1..keys as usize {
                if self.i4(aligned + 8 * index) >= self.i4(aligned + 8 * (index + 1)) {
                    return Err(self.fail("Bad lookupswitch instruction", bci, Fault::Bytecode));
                }
            }
            (keys.into(), 2)
        };
        self.jump(bci as i64 + i64::from(self.i4(aligned)))?;
        // The operands fit into the code, so this ends.
        for index in 0..keys as usize {
            self.jump(bci as i64 + i64::from(self.i4(aligned + (3 + index * step) * 4)))?;
        }
        Ok(())
    }

    pub fn return_value(&mut self, bci: usize, ty: Type) -> Checked<bool> {
        if ty.is_category_2() {
            self.pop(ty.high())?;
        }
        let value = self.pop(ty)?;
        let expected = Origin::at(self.return_type, Place::Signature);
        if self.return_type == Type::TOP {
            let fault = Fault::Type(self.stack_top(), expected);
            return Err(self.fail("Method does not expect a return value", bci, fault));
        }
        if !self.cx.assignable(self.return_type, value)? {
            let fault = Fault::Type(self.stack_top(), expected);
            return Err(self.fail("Bad return type", bci, fault));
        }
        Ok(true)
    }
}

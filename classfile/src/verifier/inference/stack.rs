//! What an instruction takes from the operand stack and puts there.

use super::super::Hierarchy;
use super::super::context::widen;
use super::super::types::{Kind, Type, well_known};
use super::{Checked, EMPTY, INVOKE_INIT, Inference, Operand, Stack};
use crate::descriptors::parse_field;
use crate::model::tag;
use crate::opcodes::{Opcode, op};

/// Operands of an opcode, top of stack last: `I` `J` `F` `D` values, `A` any reference, `O` a reference that is no
/// array; small letters arrays of that type (`z`: of any); digits are slots of any type, `2+1` two of them or a long
/// or double.
fn pattern(opcode: u8) -> &'static [u8] {
    match opcode {
        op::IALOAD => b"iI",
        op::LALOAD => b"jI",
        op::FALOAD => b"fI",
        op::DALOAD => b"dI",
        op::AALOAD => b"aI",
        op::BALOAD => b"bI",
        op::CALOAD => b"cI",
        op::SALOAD => b"sI",
        op::IASTORE => b"iII",
        op::LASTORE => b"jIJ",
        op::FASTORE => b"fIF",
        op::DASTORE => b"dID",
        op::AASTORE => b"aIA",
        op::BASTORE => b"bII",
        op::CASTORE => b"cII",
        op::SASTORE => b"sII",
        op::ILOAD..=op::ALOAD | op::RET | op::IINC => b"",
        op::ISTORE => b"I",
        op::LSTORE => b"J",
        op::FSTORE => b"F",
        op::DSTORE => b"D",
        op::ASTORE => b"A",
        op::POP | op::DUP => b"1",
        op::POP2 | op::DUP2 => b"2+1",
        op::DUP_X1 | op::SWAP => b"21",
        op::DUP_X2 => b"3+21",
        op::DUP2_X1 => b"32+1",
        op::DUP2_X2 => b"4+32+1",
        op::ARRAYLENGTH => b"z",
        op::ATHROW => b"O",
        op::GETFIELD => b"A",
        _ => effect(opcode).0,
    }
}

/// What an opcode pushes, in the letters of [`pattern`].
fn results(opcode: u8) -> &'static [u8] {
    match opcode {
        op::DUP => b"11",
        op::DUP_X1 => b"121",
        op::DUP_X2 => b"1321",
        op::DUP2 => b"2121",
        op::DUP2_X1 => b"21321",
        op::DUP2_X2 => b"214321",
        op::SWAP => b"12",
        _ => effect(opcode).1,
    }
}

fn effect(opcode: u8) -> (&'static [u8], &'static [u8]) {
    let effect = Opcode::from_u8(opcode).and_then(Opcode::stack_effect);
    effect.map_or((b"", b""), |(pops, pushes)| (pops.as_bytes(), pushes.as_bytes()))
}

impl<'a, H: Hierarchy> Inference<'_, 'a, '_, H> {
    /// Checks and removes an instruction's operands; answers the stack without them.
    pub(super) fn pop_stack(&mut self, number: usize, stack: Stack) -> Checked<Stack> {
        let opcode = self.instructions[number].opcode;
        let mut stack = stack;
        match (opcode, &self.instructions[number].operand) {
            (op::PUTSTATIC | op::PUTFIELD, &Operand::Constant(index)) => self.put_field(number, index, stack),
            (op::GETFIELD, &Operand::Constant(index)) => {
                let object = self.pop_letter(number, &mut stack, b'A')?;
                self.field_holder(number, index, object)?;
                Ok(stack)
            }
            (_, &Operand::Method(index, holder)) => self.pop_invocation(number, stack, index, Some(holder)),
            (op::INVOKEDYNAMIC, &Operand::Constant(index)) => self.pop_invocation(number, stack, index, None),
            (op::MULTIANEWARRAY, &Operand::Type(_, dimensions)) => {
                for _ in 0..dimensions {
                    self.pop_letter(number, &mut stack, b'I')?;
                }
                Ok(stack)
            }
            _ => self.pop_pattern(number, stack),
        }
    }

    fn pop_pattern(&mut self, number: usize, mut stack: Stack) -> Checked<Stack> {
        let opcode = self.instructions[number].opcode;
        let letters = pattern(opcode);
        let mut at = letters.len();
        // The operand that was lowest on the stack.
        let mut lowest = Type::TOP;
        while at > 0 {
            at -= 1;
            let letter = letters[at];
            if !letter.is_ascii_digit() {
                lowest = self.pop_letter(number, &mut stack, letter)?;
                continue;
            }
            let ty = self.pop_entry(&mut stack)?;
            let pair = at > 0 && letters[at - 1] == b'+';
            self.swap[usize::from(letter - b'1')] = ty;
            if ty.is_category_2() {
                if !pair {
                    return Err(self.fail("Attempt to split long or double on the stack"));
                }
                self.swap[usize::from(letter - b'1')] = ty.high();
                self.swap[usize::from(letters[at - 2] - b'1')] = ty;
                at -= 2;
            } else if pair {
                at -= 1;
            }
        }
        match opcode {
            op::ATHROW if !self.assignable(lowest, Type::object(well_known::THROWABLE))? => {
                return Err(self.fail("Can only throw Throwable objects"));
            }
            op::AALOAD => self.swap[0] = lower(lowest),
            op::RETURN if self.return_type != Type::TOP => return Err(self.fail("Wrong return type in function")),
            op::IRETURN..=op::ARETURN if self.return_type == Type::TOP => {
                return Err(self.fail("Wrong return type in function"));
            }
            op::IRETURN..=op::ARETURN if !self.assignable(lowest, self.return_type)? => {
                return Err(self.fail("Wrong return type in function"));
            }
            op::NEW => {
                let made = Type::uninitialized(self.instructions[number].bci);
                let mut node = stack.top;
                while node != EMPTY {
                    if self.nodes[node as usize].ty == made {
                        return Err(self.fail("Uninitialized object on stack at creating point"));
                    }
                    node = self.nodes[node as usize].next;
                }
                self.initialized = (made, Type::TOP);
            }
            _ => {}
        }
        Ok(stack)
    }

    /// Removes the uppermost entry.
    fn pop_entry(&mut self, stack: &mut Stack) -> Checked<Type> {
        let Some(&node) = self.nodes.get(stack.top as usize) else {
            return Err(self.fail("Unable to pop operand off an empty stack"));
        };
        *stack = Stack {
            top: node.next,
            size: stack.size - if node.ty.is_category_2() { 2 } else { 1 },
        };
        Ok(node.ty)
    }

    fn pop_letter(&mut self, number: usize, stack: &mut Stack, letter: u8) -> Checked<Type> {
        let ty = self.pop_entry(stack)?;
        let wrong = match letter {
            b'I' if ty != Type::INTEGER => "integer",
            b'F' if ty != Type::FLOAT => "float",
            b'D' if ty != Type::DOUBLE => "double",
            b'J' if ty != Type::LONG => "long",
            b'A' if !ty.is_reference() && !self.special_reference(number, ty) => "object/array",
            b'O' if !ty.is_object() && ty != Type::NULL => "object",
            // Spelt so by HotSpot 17.
            b'@' if !ty.is_uninitialized() => "unitialized object",
            b'i' if !ty.is_array_of(Kind::Integer) => "array of ints",
            b'j' if !ty.is_array_of(Kind::Long) => "array of longs",
            b'f' if !ty.is_array_of(Kind::Float) => "array of floats",
            b'd' if !ty.is_array_of(Kind::Double) => "array of doubles",
            b'a' if !ty.is_reference_array() => "array of objects or arrays",
            b'b' if !ty.is_array_of(Kind::Byte) && !ty.is_array_of(Kind::Boolean) => "array of bytes or Booleans",
            b'c' if !ty.is_array_of(Kind::Char) => "array of chars",
            b's' if !ty.is_array_of(Kind::Short) => "array of shorts",
            b'z' if !ty.is_array() && ty != Type::NULL => "array",
            _ => return Ok(ty),
        };
        Err(self.fail(&format!("Expecting to find {wrong} on stack")))
    }

    /// Values other than references that some instructions take for one.
    fn special_reference(&self, number: usize, ty: Type) -> bool {
        match self.instructions[number].opcode {
            op::ASTORE => ty.is(Kind::ReturnAddress) || ty.is_uninitialized(),
            op::IFNULL | op::IFNONNULL => ty.is_uninitialized(),
            _ => false,
        }
    }

    fn put_field(&mut self, number: usize, index: u16, mut stack: Stack) -> Checked<Stack> {
        let member = self.cx.class.constant_pool.member(index);
        let Some((member, field)) = member.and_then(|member| Some((member, parse_field(member.descriptor)?))) else {
            return Err(self.fail("Illegal type in constant pool"));
        };
        let ty = widen(self.cx.names.field_type(field));
        let value = self.pop_letter(number, &mut stack, letter(ty))?;
        if self.instructions[number].opcode == op::PUTFIELD {
            let holder = self.cx.class_entry(member.class_index);
            let mut object = self.pop_entry(&mut stack)?;
            // Fields of the class itself may be set before the superclass's constructor runs.
            if object == Type::UNINITIALIZED_THIS
                && holder == self.cx.this_type
                && self.cx.class.find_field(member.name, member.descriptor).is_some()
            {
                object = holder;
            }
            if !object.is_reference() {
                return Err(self.fail("Expecting to find object/array on stack"));
            }
            self.field_holder(number, index, object)?;
        }
        if !self.assignable(value, ty)? {
            return Err(self.fail("Bad type in putfield/putstatic"));
        }
        Ok(stack)
    }

    fn field_holder(&mut self, number: usize, index: u16, object: Type) -> Checked<()> {
        let Some(member) = self.cx.class.constant_pool.member(index) else {
            return Ok(());
        };
        let holder = self.cx.class_entry(member.class_index);
        if !self.assignable(object, holder)? {
            return Err(self.fail("Incompatible type for getting or setting field"));
        }
        if self.instructions[number].protected && !self.assignable(object, self.cx.this_type)? {
            return Err(self.fail("Bad access to protected data"));
        }
        Ok(())
    }

    fn pop_invocation(&mut self, number: usize, stack: Stack, index: u16, holder: Option<Type>) -> Checked<Stack> {
        let Some(signature) = self.cx.signature(index) else {
            return Err(self.fail("Illegal type in constant pool"));
        };
        let opcode = self.instructions[number].opcode;
        let mut rest = stack;
        let mut slot = signature.arguments;
        while slot > 0 {
            slot -= 1;
            let mut ty = self.cx.signature_types[signature.argument(slot)];
            if ty.is_high() && slot > 0 {
                slot -= 1;
                ty = self.cx.signature_types[signature.argument(slot)];
            }
            self.pop_letter(number, &mut rest, letter(ty))?;
        }
        if let Some(holder) = holder
            && opcode != op::INVOKESTATIC
        {
            if opcode == INVOKE_INIT {
                let object = self.pop_letter(number, &mut rest, b'@')?;
                self.pop_init(number, object, holder)?;
            } else {
                let object = self.pop_letter(number, &mut rest, b'A')?;
                self.receiver(number, index, object, holder)?;
            }
        }
        // References once more, now with their classes.
        let mut arguments = stack;
        let mut slot = signature.arguments;
        while slot > 0 {
            slot -= 1;
            let ty = self.cx.signature_types[signature.argument(slot)];
            if ty.is_high() {
                slot = slot.saturating_sub(1);
            }
            let value = self.pop_entry(&mut arguments)?;
            if ty.is_reference() && !self.assignable(value, ty)? {
                return Err(self.fail("Incompatible argument to function"));
            }
        }
        Ok(rest)
    }

    fn receiver(&mut self, number: usize, index: u16, object: Type, holder: Type) -> Checked<()> {
        if !self.assignable(object, holder)? {
            return Err(self.fail("Incompatible object argument for function call"));
        }
        let this = self.cx.this_type;
        if self.instructions[number].opcode == op::INVOKESPECIAL && !self.assignable(object, this)? {
            return Err(self.fail("Incompatible object argument for invokespecial"));
        }
        if self.instructions[number].protected && !self.assignable(object, this)? {
            let member = self.cx.class.constant_pool.member(index);
            let clone = member.is_some_and(|member| member.name == b"clone");
            if !(clone && object.is_array() && holder == Type::object(well_known::OBJECT)) {
                return Err(self.fail("Bad access to protected data"));
            }
        }
        Ok(())
    }

    fn pop_init(&mut self, number: usize, object: Type, holder: Type) -> Checked<()> {
        let this = self.cx.this_type;
        if object == Type::UNINITIALIZED_THIS {
            if holder != this && Some(holder) != self.cx.super_type {
                return Err(self.fail("Call to wrong initialization method"));
            }
            self.initialized = (object, this);
            return Ok(());
        }
        let made = self
            .target(object.payload().into())
            .map(|new| &self.instructions[new as usize].operand);
        let Some(&Operand::Type(made, _)) = made else {
            return Err(self.fail("Call to wrong initialization method"));
        };
        if made != holder {
            return Err(self.fail("Call to wrong initialization method"));
        }
        if self.instructions[number].protected && !self.assignable(object, this)? {
            return Err(self.fail("Bad access to protected data"));
        }
        self.initialized = (object, made);
        Ok(())
    }

    /// Puts an instruction's results on the stack.
    pub(super) fn push_stack(&mut self, number: usize, stack: Stack) -> Checked<Stack> {
        let instruction = &self.instructions[number];
        let pool = &self.cx.class.constant_pool;
        match (instruction.opcode, &instruction.operand) {
            (op::LDC | op::LDC_W | op::LDC2_W, &Operand::Constant(index)) => {
                let ty = match pool.tag(index) {
                    tag::INTEGER => Type::INTEGER,
                    tag::FLOAT => Type::FLOAT,
                    tag::LONG => Type::LONG,
                    tag::DOUBLE => Type::DOUBLE,
                    tag::STRING => Type::object(well_known::STRING),
                    tag::CLASS => Type::object(well_known::CLASS),
                    tag::METHOD_TYPE => Type::object(well_known::METHOD_TYPE),
                    tag::METHOD_HANDLE => Type::object(well_known::METHOD_HANDLE),
                    _ => match pool.dynamic(index).and_then(|dynamic| parse_field(dynamic.descriptor)) {
                        Some(field) => widen(self.cx.names.field_type(field)),
                        None => return Err(self.fail("Illegal type in constant pool")),
                    },
                };
                self.push(stack, ty)
            }
            (op::GETSTATIC | op::GETFIELD, &Operand::Constant(index)) => {
                match pool.member(index).and_then(|member| parse_field(member.descriptor)) {
                    Some(field) => {
                        let ty = widen(self.cx.names.field_type(field));
                        self.push(stack, ty)
                    }
                    None => Err(self.fail("Illegal type in constant pool")),
                }
            }
            (INVOKE_INIT, _) => self.initialize_stack(stack),
            (_, &Operand::Method(index, _)) => self.push_result(stack, index),
            (op::INVOKEDYNAMIC, &Operand::Constant(index)) => self.push_result(stack, index),
            (op::PUTSTATIC | op::PUTFIELD, _) => Ok(stack),
            (op::ACONST_NULL, _) => self.push(stack, Type::NULL),
            (op::NEW, _) => {
                let ty = Type::uninitialized(instruction.bci);
                self.push(stack, ty)
            }
            (op::CHECKCAST | op::NEWARRAY | op::ANEWARRAY | op::MULTIANEWARRAY, &Operand::Type(ty, _)) => {
                self.push(stack, ty)
            }
            (op::AALOAD, _) => self.push(stack, self.swap[0]),
            (op::ALOAD, &Operand::Local(index)) => {
                let ty = instruction
                    .registers
                    .and_then(|registers| self.register_slice(registers).get(index as usize).copied());
                self.push(stack, ty.unwrap_or(Type::TOP))
            }
            (op::JSR | op::JSR_W, &Operand::Target(entry)) => self.push(stack, Type::return_address(entry)),
            _ => self.push_pattern(results(instruction.opcode), stack),
        }
    }

    fn push_pattern(&mut self, letters: &[u8], mut stack: Stack) -> Checked<Stack> {
        let mut at = 0;
        while at < letters.len() {
            let ty = match letters[at] {
                b'I' => Type::INTEGER,
                b'F' => Type::FLOAT,
                b'D' => Type::DOUBLE,
                b'J' => Type::LONG,
                digit @ b'1'..=b'4' => self.swap[usize::from(digit - b'1')],
                _ => Type::TOP,
            };
            // A long stands for both its digits.
            at += if letters[at].is_ascii_digit() && ty.is_category_2() {
                2
            } else {
                1
            };
            stack = self.push(stack, ty)?;
        }
        Ok(stack)
    }

    fn push_result(&mut self, stack: Stack, index: u16) -> Checked<Stack> {
        let Some(signature) = self.cx.signature(index) else {
            return Err(self.fail("Illegal type in constant pool"));
        };
        match signature.result().next() {
            Some(position) => self.push(stack, self.cx.signature_types[position]),
            None => Ok(stack),
        }
    }

    fn push(&mut self, stack: Stack, ty: Type) -> Checked<Stack> {
        let top = self.node(ty, stack.top)?;
        let size = stack.size + if ty.is_category_2() { 2 } else { 1 };
        Ok(Stack { top, size })
    }

    /// A constructor initializes every copy of its object.
    fn initialize_stack(&mut self, stack: Stack) -> Checked<Stack> {
        let (from, to) = self.initialized;
        self.replace_on_stack(stack, |ty| if ty == from { to } else { ty })
    }

    /// Copies the stack when `change` changes any entry.
    pub(super) fn replace_on_stack(&mut self, stack: Stack, change: impl Fn(Type) -> Type) -> Checked<Stack> {
        let mut types = Vec::new();
        let mut changed = false;
        let mut node = stack.top;
        while let Some(&entry) = self.nodes.get(node as usize) {
            let ty = change(entry.ty);
            changed |= ty != entry.ty;
            types.push(ty);
            node = entry.next;
        }
        if !changed {
            return Ok(stack);
        }
        self.spend(types.len())?;
        let mut top = EMPTY;
        for ty in types.into_iter().rev() {
            top = self.node(ty, top)?;
        }
        Ok(Stack { top, size: stack.size })
    }
}

/// Letter of [`pattern`] for values of a type.
fn letter(ty: Type) -> u8 {
    match ty.kind() {
        _ if ty.is_reference() => b'A',
        Kind::Long => b'J',
        Kind::Float => b'F',
        Kind::Double => b'D',
        _ => b'I',
    }
}

/// What an array's element is on the stack.
fn lower(array: Type) -> Type {
    if array == Type::NULL {
        array
    } else {
        widen(array.component())
    }
}

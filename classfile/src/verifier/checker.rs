//! Verification by type checking (JVMS §4.10.1): one pass over the code, matching StackMapTable frames.

use super::context::{Checked, Context, Stop, widen};
use super::details::{Details, Fault, Origin, Place, Snapshot, external_method};
use super::frame::Frame;
use super::stack_map::{Decoded, Frames, Limits, MapFrame, mark};
use super::types::{Kind, Type, well_known};
use super::{Hierarchy, VerifyError};
use crate::descriptors::{FieldType, MethodDescriptor};
use crate::model::{CodeAttribute, ExceptionHandler, Method, MethodFlags, tag};
use crate::opcodes::{Opcode, op};

/// First version whose switches may be padded with anything.
pub(super) const NONZERO_PADDING_MAJOR_VERSION: u16 = 51;

macro_rules! define_lengths {
    ($($variant:ident $constant:ident $name:literal $number:literal $format:ident $length:literal $effect:literal
       [$($flag:ident)*];)*) => {
        /// Lengths of the instructions a class file may contain; 0 = variable or not allowed.
        pub(super) static LENGTHS: [u8; 256] = {
            let mut table = [0; 256];
            $(if ($number as u16) <= op::JSR_W as u16 {
                table[$number as usize] = $length;
            })*
            table
        };
    };
}
crate::for_each_opcode!(define_lengths);

/// Verifies all methods with code.
pub(super) fn verify<H: Hierarchy>(context: &mut Context<'_, '_, H>) -> Checked<()> {
    let class = context.class;
    let mut frame = Frame::default();
    let mut frames = Frames::default();
    let mut marks = Vec::new();
    for method in &class.methods {
        let Some(code) = &method.code else { continue };
        if method
            .access_flags
            .intersects(MethodFlags::NATIVE | MethodFlags::ABSTRACT)
        {
            continue;
        }
        let mut checker = Checker {
            cx: context,
            method,
            code,
            bytes: code.code,
            marks: std::mem::take(&mut marks),
            frame: std::mem::take(&mut frame),
            frames: std::mem::take(&mut frames),
            handlers: code.exception_table.iter().collect(),
            covered: usize::MAX..0,
            return_type: Type::TOP,
        };
        checker.method()?;
        (marks, frame, frames) = (checker.marks, checker.frame, checker.frames);
    }
    Ok(())
}

pub(super) struct Checker<'c, 'a, 'h, H: Hierarchy> {
    pub cx: &'c mut Context<'a, 'h, H>,
    pub method: &'a Method<'a>,
    pub code: &'a CodeAttribute<'a>,
    pub bytes: &'a [u8],
    /// See [`mark`]; one a bci.
    marks: Vec<u8>,
    pub frame: Frame,
    frames: Frames,
    handlers: Vec<ExceptionHandler>,
    /// From the first bci covered by a handler to the end of the last.
    covered: std::ops::Range<usize>,
    return_type: Type,
}

/// How two frames differ.
enum Mismatch {
    StackSize,
    Local(usize),
    Stack(usize),
    Flags,
}

/// Length of the instruction at `bci` with its operands; `None` when it is undefined or runs past the end.
pub(super) fn raw_length(code: &[u8], bci: usize) -> Option<usize> {
    let opcode = *code.get(bci)?;
    let length = usize::from(LENGTHS[usize::from(opcode)]);
    if length != 0 {
        return (length <= code.len() - bci).then_some(length);
    }
    let aligned = (bci + 4) & !3;
    let be = |at: usize| Some(i64::from(i32::from_be_bytes(*code.get(at..)?.first_chunk()?)));
    let length = match opcode {
        op::TABLESWITCH if aligned + 12 < code.len() => {
            let entries = be(aligned + 8)? - be(aligned + 4)? + 1;
            (aligned - bci) as i64 + (3 + entries) * 4
        }
        op::LOOKUPSWITCH if aligned + 8 < code.len() => (aligned - bci) as i64 + (2 + 2 * be(aligned + 4)?) * 4,
        op::WIDE => match *code.get(bci + 1)? {
            op::IINC => 6,
            op::ILOAD..=op::ALOAD | op::ISTORE..=op::ASTORE | op::RET => 4,
            _ => return None,
        },
        _ => return None,
    };
    let length = usize::try_from(length).ok().filter(|length| *length > 0)?;
    (length <= code.len() - bci).then_some(length)
}

impl<'a, H: Hierarchy> Checker<'_, 'a, '_, H> {
    fn method(&mut self) -> Checked<()> {
        let (max_locals, max_stack) = (usize::from(self.code.max_locals), usize::from(self.code.max_stack));
        self.frame.reset(max_locals, max_stack);
        self.entry_frame()?;
        self.mark_instructions()?;
        self.exception_table()?;
        self.local_variable_table()?;
        self.decode_frames()?;
        self.run()
    }

    /// Locals from the descriptor, and the return type.
    fn entry_frame(&mut self) -> Checked<()> {
        let Some(descriptor) = MethodDescriptor::parse(self.method.descriptor) else {
            return Err(self.class_format("Invalid method descriptor"));
        };
        let mut size = 0;
        let mut fits = true;
        let mut put = |frame: &mut Frame, ty: Type| {
            match frame.locals.get_mut(size) {
                Some(slot) => *slot = ty,
                None => fits = false,
            }
            size += 1;
        };
        if !self.method.access_flags.contains(MethodFlags::STATIC) {
            if self.method.is_constructor() && self.cx.this_type.payload() != well_known::OBJECT {
                put(&mut self.frame, Type::UNINITIALIZED_THIS);
                self.frame.uninitialized_this = true;
            } else {
                put(&mut self.frame, self.cx.this_type);
            }
        }
        for parameter in descriptor.parameters() {
            let ty = widen(self.cx.names.field_type(parameter));
            put(&mut self.frame, ty);
            if ty.is_category_2() {
                put(&mut self.frame, ty.high());
            }
        }
        self.return_type = match descriptor.return_type {
            FieldType::Void => Type::TOP,
            other => self.cx.names.field_type(other),
        };
        if !fits {
            return Err(self.class_format("Arguments can't fit into locals"));
        }
        self.frame.locals_size = size;
        Ok(())
    }

    fn mark_instructions(&mut self) -> Checked<()> {
        self.marks.clear();
        self.marks.resize(self.bytes.len(), 0);
        let mut bci = 0;
        while bci < self.bytes.len() {
            let Some(length) = raw_length(self.bytes, bci) else {
                return Err(self.fail("Bad instruction", bci, Fault::Bytecode));
            };
            self.marks[bci] = if self.bytes[bci] == op::NEW {
                mark::INSTRUCTION | mark::NEW
            } else {
                mark::INSTRUCTION
            };
            bci += length;
        }
        Ok(())
    }

    fn is_instruction(&self, bci: u16) -> bool {
        self.marks.get(usize::from(bci)).is_some_and(|mark| *mark != 0)
    }

    fn exception_table(&mut self) -> Checked<()> {
        for index in 0..self.handlers.len() {
            let row = self.handlers[index];
            if !self.is_instruction(row.start_pc) {
                return Err(self.class_format(&format!("Illegal exception table start_pc {}", row.start_pc)));
            }
            if usize::from(row.end_pc) != self.bytes.len() && !self.is_instruction(row.end_pc) {
                return Err(self.class_format(&format!("Illegal exception table end_pc {}", row.end_pc)));
            }
            if !self.is_instruction(row.handler_pc) {
                return Err(self.class_format(&format!("Illegal exception table handler_pc {}", row.handler_pc)));
            }
            if row.catch_type != 0 {
                let ty = self.cx.class_entry(row.catch_type);
                let throwable = Type::object(well_known::THROWABLE);
                if !self.cx.assignable(throwable, ty)? {
                    let text = format!(
                        "Catch type is not a subclass of Throwable in exception handler {}",
                        row.handler_pc
                    );
                    let fault = Fault::Type(Origin::constant(row.catch_type, ty), Origin::implicit(throwable));
                    return Err(self.fail(&text, row.handler_pc.into(), fault));
                }
            }
            self.marks[usize::from(row.start_pc)] |= mark::RANGE_START;
            self.covered.start = self.covered.start.min(row.start_pc.into());
            self.covered.end = self.covered.end.max(row.end_pc.into());
        }
        Ok(())
    }

    fn local_variable_table(&mut self) -> Checked<()> {
        for row in self.code.local_variables.iter() {
            if !self.is_instruction(row.start_pc) {
                return Err(self.class_format(&format!("Illegal local variable table start_pc {}", row.start_pc)));
            }
            let end = usize::from(row.start_pc) + usize::from(row.length);
            if end != self.bytes.len() && self.marks.get(end).is_none_or(|mark| *mark == 0) {
                return Err(self.class_format(&format!("Illegal local variable table length {}", row.length)));
            }
        }
        Ok(())
    }

    fn decode_frames(&mut self) -> Checked<()> {
        let limits = Limits {
            marks: &self.marks,
            max_locals: self.frame.locals.len(),
            max_stack: self.frame.stack.len(),
        };
        let decoded = self.frames.decode(
            self.cx,
            self.code.stack_map(),
            &self.frame.locals[..self.frame.locals_size],
            self.frame.uninitialized_this,
            &limits,
        )?;
        match decoded {
            Decoded::Good => Ok(()),
            Decoded::Bad(text) => Err(self.class_format(text)),
            Decoded::BadOffset => {
                let snapshot = self.frames.frames.last().map(|frame| self.map_snapshot(frame));
                let fault = snapshot.map_or(Fault::Bytecode, Fault::BadStackMap);
                Err(self.fail("StackMapTable error: bad offset", 0, fault))
            }
        }
    }

    fn run(&mut self) -> Checked<()> {
        let mut bci = 0;
        let mut next_map = 0;
        let mut ends = false;
        while bci < self.bytes.len() {
            self.frame.bci = bci;
            self.frame.stack_mark = self.frame.stack_size;
            next_map = self.stack_map_at(next_map, bci, ends)?;
            let mut opcode = self.bytes[bci];
            let wide = opcode == op::WIDE;
            let length = raw_length(self.bytes, bci).unwrap_or(1);
            if wide {
                opcode = self.bytes[bci + 1];
            }
            let covered = self.covered.contains(&bci);
            let mut handlers_done = false;
            if covered && matches!(opcode, op::ISTORE..=op::ASTORE_3) {
                self.match_handlers(bci, false)?;
                handlers_done = true;
            }
            let mut this_initialized = false;
            ends = self.instruction(bci, opcode, wide, covered, &mut this_initialized)?;
            if covered && !handlers_done {
                self.match_handlers(bci, this_initialized)?;
            }
            bci += length;
        }
        if !ends {
            return Err(self.fail("Control flow falls through code end", bci, Fault::Bytecode));
        }
        Ok(())
    }

    /// Checks one instruction; answers whether control never falls through it.
    #[inline]
    fn instruction(
        &mut self,
        bci: usize,
        opcode: u8,
        wide: bool,
        covered: bool,
        this_initialized: &mut bool,
    ) -> Checked<bool> {
        const INTEGER: Type = Type::INTEGER;
        match opcode {
            op::NOP => {}
            op::ACONST_NULL => self.push(Type::NULL)?,
            op::ICONST_M1..=op::ICONST_5 | op::BIPUSH | op::SIPUSH => self.push(INTEGER)?,
            op::LCONST_0 | op::LCONST_1 => self.push_2(Type::LONG)?,
            op::FCONST_0..=op::FCONST_2 => self.push(Type::FLOAT)?,
            op::DCONST_0 | op::DCONST_1 => self.push_2(Type::DOUBLE)?,
            op::LDC => self.ldc(bci, opcode, self.bytes[bci + 1].into())?,
            op::LDC_W | op::LDC2_W => self.ldc(bci, opcode, self.u2(bci + 1))?,
            op::ILOAD..=op::ALOAD => self.load(opcode - op::ILOAD, self.local_operand(bci, wide))?,
            op::ILOAD_0..=op::ALOAD_3 => {
                let index = opcode - op::ILOAD_0;
                self.load(index / 4, usize::from(index % 4))?;
            }
            op::ISTORE..=op::ASTORE => self.store(opcode - op::ISTORE, self.local_operand(bci, wide))?,
            op::ISTORE_0..=op::ASTORE_3 => {
                let index = opcode - op::ISTORE_0;
                self.store(index / 4, usize::from(index % 4))?;
            }
            op::IALOAD..=op::SALOAD => self.array_load(bci, opcode)?,
            op::IASTORE..=op::SASTORE => self.array_store(bci, opcode)?,
            op::POP => {
                self.pop(Type::ANY_CATEGORY_1)?;
            }
            op::POP2 => {
                self.pop_pair("pop2")?;
            }
            op::DUP => {
                let a = self.pop(Type::ANY_CATEGORY_1)?;
                self.push_all(&[a, a])?;
            }
            op::DUP_X1 => {
                let a = self.pop(Type::ANY_CATEGORY_1)?;
                let b = self.pop(Type::ANY_CATEGORY_1)?;
                self.push_all(&[a, b, a])?;
            }
            op::DUP_X2 => {
                let a = self.pop(Type::ANY_CATEGORY_1)?;
                let (c, b) = self.pop_pair("dup_x2")?;
                self.push_all(&[a, c, b, a])?;
            }
            op::DUP2 => {
                let (b, a) = self.pop_pair("dup2")?;
                self.push_all(&[b, a, b, a])?;
            }
            op::DUP2_X1 => {
                let (b, a) = self.pop_pair("dup2_x1")?;
                let c = self.pop(Type::ANY_CATEGORY_1)?;
                self.push_all(&[b, a, c, b, a])?;
            }
            op::DUP2_X2 => {
                let (b, a) = self.pop_pair("dup2_x2")?;
                let (d, c) = self.pop_pair("dup2_x2")?;
                self.push_all(&[b, a, d, c, b, a])?;
            }
            op::SWAP => {
                let a = self.pop(Type::ANY_CATEGORY_1)?;
                let b = self.pop(Type::ANY_CATEGORY_1)?;
                self.push_all(&[a, b])?;
            }
            op::IADD..=op::DREM => {
                const TYPES: [Type; 4] = [Type::INTEGER, Type::LONG, Type::FLOAT, Type::DOUBLE];
                let ty = TYPES[usize::from((opcode - op::IADD) % 4)];
                self.pop_value(ty)?;
                self.pop_value(ty)?;
                self.push_value(ty)?;
            }
            op::INEG | op::I2B..=op::I2S => self.convert(INTEGER, INTEGER)?,
            op::LNEG => self.convert(Type::LONG, Type::LONG)?,
            op::FNEG => self.convert(Type::FLOAT, Type::FLOAT)?,
            op::DNEG => self.convert(Type::DOUBLE, Type::DOUBLE)?,
            op::ISHL | op::ISHR | op::IUSHR | op::IAND | op::IOR | op::IXOR => {
                self.pop(INTEGER)?;
                self.convert(INTEGER, INTEGER)?;
            }
            op::LSHL | op::LSHR | op::LUSHR => {
                self.pop(INTEGER)?;
                self.convert(Type::LONG, Type::LONG)?;
            }
            op::LAND | op::LOR | op::LXOR => {
                self.pop_2(Type::LONG)?;
                self.convert(Type::LONG, Type::LONG)?;
            }
            op::IINC => {
                let index = self.local_operand(bci, wide);
                self.get_local(index, INTEGER)?;
                self.frame.set_local(index, INTEGER);
            }
            op::I2L => self.convert(INTEGER, Type::LONG)?,
            op::I2F => self.convert(INTEGER, Type::FLOAT)?,
            op::I2D => self.convert(INTEGER, Type::DOUBLE)?,
            op::L2I => self.convert(Type::LONG, INTEGER)?,
            op::L2F => self.convert(Type::LONG, Type::FLOAT)?,
            op::L2D => self.convert(Type::LONG, Type::DOUBLE)?,
            op::F2I => self.convert(Type::FLOAT, INTEGER)?,
            op::F2L => self.convert(Type::FLOAT, Type::LONG)?,
            op::F2D => self.convert(Type::FLOAT, Type::DOUBLE)?,
            op::D2I => self.convert(Type::DOUBLE, INTEGER)?,
            op::D2L => self.convert(Type::DOUBLE, Type::LONG)?,
            op::D2F => self.convert(Type::DOUBLE, Type::FLOAT)?,
            op::LCMP => {
                self.pop_2(Type::LONG)?;
                self.convert(Type::LONG, INTEGER)?;
            }
            op::FCMPL | op::FCMPG => {
                self.pop(Type::FLOAT)?;
                self.convert(Type::FLOAT, INTEGER)?;
            }
            op::DCMPL | op::DCMPG => {
                self.pop_2(Type::DOUBLE)?;
                self.convert(Type::DOUBLE, INTEGER)?;
            }
            op::IF_ICMPEQ..=op::IF_ICMPLE => {
                self.pop(INTEGER)?;
                self.pop(INTEGER)?;
                self.jump(self.branch(bci))?;
            }
            op::IFEQ..=op::IFLE => {
                self.pop(INTEGER)?;
                self.jump(self.branch(bci))?;
            }
            op::IF_ACMPEQ | op::IF_ACMPNE => {
                self.pop(Type::ANY_REFERENCE)?;
                self.pop(Type::ANY_REFERENCE)?;
                self.jump(self.branch(bci))?;
            }
            op::IFNULL | op::IFNONNULL => {
                self.pop(Type::ANY_REFERENCE)?;
                self.jump(self.branch(bci))?;
            }
            op::GOTO => {
                self.jump(self.branch(bci))?;
                return Ok(true);
            }
            op::GOTO_W => {
                self.jump(bci as i64 + i64::from(self.i4(bci + 1)))?;
                return Ok(true);
            }
            op::TABLESWITCH | op::LOOKUPSWITCH => {
                self.switch(bci, opcode)?;
                return Ok(true);
            }
            op::IRETURN => return self.return_value(bci, INTEGER),
            op::LRETURN => return self.return_value(bci, Type::LONG),
            op::FRETURN => return self.return_value(bci, Type::FLOAT),
            op::DRETURN => return self.return_value(bci, Type::DOUBLE),
            op::ARETURN => return self.return_value(bci, Type::ANY_REFERENCE),
            op::RETURN => {
                if self.return_type != Type::TOP {
                    return Err(self.fail("Method expects a return value", bci, Fault::Bytecode));
                }
                if self.frame.uninitialized_this && self.method.is_constructor() {
                    let text = "Constructor must call super() or this() before return";
                    return Err(self.fail(text, bci, Fault::Bytecode));
                }
                return Ok(true);
            }
            op::GETSTATIC..=op::PUTFIELD => self.field(bci, opcode)?,
            op::INVOKEVIRTUAL..=op::INVOKEDYNAMIC => self.invoke(bci, opcode, covered, this_initialized)?,
            op::NEW => {
                let index = self.u2(bci + 1);
                let ty = self.class_operand(bci, index)?;
                if !ty.is_object() {
                    let fault = Fault::InvalidType(Origin::constant(index, ty));
                    return Err(self.fail("Illegal new instruction", bci, fault));
                }
                self.push(Type::uninitialized(bci as u32))?;
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
                    _ => return Err(self.fail("Illegal newarray instruction", bci, Fault::Bytecode)),
                };
                self.convert(INTEGER, Type::of(element).with_dimensions(1))?;
            }
            op::ANEWARRAY => {
                let element = self.class_operand(bci, self.u2(bci + 1))?;
                self.pop(INTEGER)?;
                let Some(dimensions) = element.dimensions().checked_add(1) else {
                    let text = "Illegal anewarray instruction, array has more than 255 dimensions";
                    return Err(self.fail(text, bci, Fault::Bytecode));
                };
                self.push(element.with_dimensions(dimensions))?;
            }
            op::ARRAYLENGTH => {
                let array = self.pop(Type::ANY_REFERENCE)?;
                if array != Type::NULL && !array.is_array() {
                    return Err(self.invalid_operand(bci, "arraylength"));
                }
                self.push(INTEGER)?;
            }
            op::ATHROW => {
                self.pop(Type::object(well_known::THROWABLE))?;
                return Ok(true);
            }
            op::CHECKCAST => {
                let ty = self.class_operand(bci, self.u2(bci + 1))?;
                self.convert(Type::object(well_known::OBJECT), ty)?;
            }
            op::INSTANCEOF => {
                self.class_operand(bci, self.u2(bci + 1))?;
                self.convert(Type::object(well_known::OBJECT), INTEGER)?;
            }
            op::MONITORENTER | op::MONITOREXIT => {
                self.pop(Type::ANY_REFERENCE)?;
            }
            op::MULTIANEWARRAY => {
                let index = self.u2(bci + 1);
                let dimensions = self.bytes[bci + 3];
                let ty = self.class_operand(bci, index)?;
                if !ty.is_array() {
                    let fault = Fault::InvalidType(Origin::constant(index, ty));
                    let text = "Illegal constant pool index in multianewarray instruction";
                    return Err(self.fail(text, bci, fault));
                }
                if dimensions < 1 || ty.dimensions() < dimensions {
                    let text = format!("Illegal dimension in multianewarray instruction: {dimensions}");
                    return Err(self.fail(&text, bci, Fault::Bytecode));
                }
                for _ in 0..dimensions {
                    self.pop(INTEGER)?;
                }
                self.push(ty)?;
            }
            other => {
                return Err(self.fail(&format!("Bad instruction: {other:02x}"), bci, Fault::Bytecode));
            }
        }
        Ok(false)
    }

    pub fn u2(&self, at: usize) -> u16 {
        u16::from_be_bytes([self.bytes[at], self.bytes[at + 1]])
    }

    fn i4(&self, at: usize) -> i32 {
        self.bytes
            .get(at..)
            .and_then(|bytes| bytes.first_chunk())
            .map_or(0, |bytes| i32::from_be_bytes(*bytes))
    }

    fn branch(&self, bci: usize) -> i64 {
        bci as i64 + i64::from(self.u2(bci + 1) as i16)
    }

    fn local_operand(&self, bci: usize, wide: bool) -> usize {
        if wide {
            self.u2(bci + 2).into()
        } else {
            self.bytes[bci + 1].into()
        }
    }

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
    fn push_2(&mut self, ty: Type) -> Checked<()> {
        if self.frame.stack_size + 2 > self.frame.stack.len() {
            return Err(self.overflow());
        }
        self.push(ty)?;
        self.push(ty.high())
    }

    #[inline]
    fn push_value(&mut self, ty: Type) -> Checked<()> {
        if ty.is_category_2() {
            self.push_2(ty)
        } else {
            self.push(ty)
        }
    }

    fn push_all(&mut self, types: &[Type]) -> Checked<()> {
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
    fn pop_2(&mut self, ty: Type) -> Checked<()> {
        self.pop(ty.high())?;
        self.pop(ty)?;
        Ok(())
    }

    #[inline]
    fn pop_value(&mut self, ty: Type) -> Checked<()> {
        if ty.is_category_2() {
            self.pop_2(ty)
        } else {
            self.pop(ty).map(|_| ())
        }
    }

    #[inline]
    fn convert(&mut self, from: Type, to: Type) -> Checked<()> {
        self.pop_value(from)?;
        self.push_value(to)
    }

    /// Pops two slots that are two values of one slot or one of two; answers (lower, upper).
    fn pop_pair(&mut self, name: &str) -> Checked<(Type, Type)> {
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

    fn get_local(&mut self, index: usize, expected: Type) -> Checked<Type> {
        let Some(&ty) = self.frame.locals.get(index) else {
            return Err(self.local_overflow(index, "Local variable table overflow"));
        };
        if ty == expected || self.cx.assignable(expected, ty)? {
            Ok(ty)
        } else {
            Err(self.bad_local(index, expected))
        }
    }

    fn load(&mut self, kind: u8, index: usize) -> Checked<()> {
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

    fn store(&mut self, kind: u8, index: usize) -> Checked<()> {
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

    fn array_load(&mut self, bci: usize, opcode: u8) -> Checked<()> {
        self.pop(Type::INTEGER)?;
        let array = self.pop(Type::ANY_REFERENCE)?;
        let value = self.array_element(bci, opcode, opcode - op::IALOAD, array)?;
        self.push_value(value)
    }

    fn array_store(&mut self, bci: usize, opcode: u8) -> Checked<()> {
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
    fn array_element(&mut self, bci: usize, opcode: u8, kind: u8, array: Type) -> Checked<Type> {
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

    fn ldc(&mut self, bci: usize, opcode: u8, index: u16) -> Checked<()> {
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

    fn switch(&mut self, bci: usize, opcode: u8) -> Checked<()> {
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
            if low > high {
                let text = "low must be less than or equal to high in tableswitch";
                return Err(self.fail(text, bci, Fault::Bytecode));
            }
            (i64::from(high) - i64::from(low) + 1, 1)
        } else {
            let keys = self.i4(aligned + 4);
            if keys < 0 {
                let text = "number of keys in lookupswitch less than 0";
                return Err(self.fail(text, bci, Fault::Bytecode));
            }
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

    fn return_value(&mut self, bci: usize, ty: Type) -> Checked<bool> {
        let value = if ty.is_category_2() {
            self.pop_2(ty)?;
            ty
        } else {
            self.pop(ty)?
        };
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

    // Stack maps.

    /// Merges the stack map frame at `bci`, if there is one; answers the position of the next one.
    #[inline]
    fn stack_map_at(&mut self, next: usize, bci: usize, ends: bool) -> Checked<usize> {
        let Some(&map) = self.frames.frames.get(next) else {
            if ends {
                return Err(self.fail("Expecting a stack map frame", bci, Fault::Bytecode));
            }
            return Ok(next);
        };
        let at = map.bci as usize;
        if ends && at > bci {
            return Err(self.fail("Expecting a stack map frame", bci, Fault::MissingStackMap));
        }
        if at == bci {
            if !ends {
                self.match_current(&map, "Instruction type does not match stack map")?;
            }
            let (locals, stack) = (self.frames.locals(&map), self.frames.stack(&map));
            self.frame.replace(locals, stack, map.uninitialized_this);
            return Ok(next + 1);
        }
        if at < bci {
            return Err(self.class_format(&format!("Bad stack map offset {at}")));
        }
        Ok(next)
    }

    fn match_current(&mut self, map: &MapFrame, text: &str) -> Checked<()> {
        let Checker { cx, frames, frame, .. } = self;
        let stack = &frame.stack[..frame.stack_size];
        match compare(cx, frames, map, &frame.locals, stack, frame.uninitialized_this)? {
            None => Ok(()),
            Some(mismatch) => {
                let snapshot = self.snapshot();
                let ty = match mismatch {
                    Mismatch::Stack(index) => self.frame.stack[index],
                    Mismatch::Local(index) => self.frame.locals[index],
                    _ => Type::TOP,
                };
                Err(self.mismatch(map, &mismatch, ty, snapshot, text))
            }
        }
    }

    #[inline]
    fn jump(&mut self, target: i64) -> Checked<()> {
        match self.frames.find(target) {
            Some(index) => {
                let map = self.frames.frames[index];
                let Checker { cx, frames, frame, .. } = self;
                let stack = &frame.stack[..frame.stack_size];
                if compare(cx, frames, &map, &frame.locals, stack, frame.uninitialized_this)?.is_none() {
                    return Ok(());
                }
                self.match_current(&map, &format!("Inconsistent stackmap frames at branch target {target}"))
            }
            None => Err(self.no_frame_at(target)),
        }
    }

    /// Matches the state against the frames of all handlers that cover `bci`. `this_initialized`: the instruction
    /// was a constructor call on `this`.
    #[inline]
    pub fn match_handlers(&mut self, bci: usize, this_initialized: bool) -> Checked<()> {
        if !self.frame.dirty && !this_initialized && self.marks[bci] & mark::RANGE_START == 0 {
            return Ok(());
        }
        self.match_all_handlers(bci, this_initialized)?;
        self.frame.dirty = this_initialized;
        Ok(())
    }

    fn match_all_handlers(&mut self, bci: usize, this_initialized: bool) -> Checked<()> {
        for index in 0..self.handlers.len() {
            let row = self.handlers[index];
            if bci < usize::from(row.start_pc) || bci >= usize::from(row.end_pc) {
                continue;
            }
            let uninitialized_this = self.frame.uninitialized_this || this_initialized;
            let caught = match row.catch_type {
                0 => Type::object(well_known::THROWABLE),
                class => self.cx.class_entry(class),
            };
            let handler_frame = |stack: Vec<Type>, frame: &Frame| Snapshot {
                bci: frame.bci,
                uninitialized_this,
                locals: frame.locals[..frame.locals_size].to_vec(),
                stack,
            };
            if self.frame.stack.is_empty() {
                let fault = Fault::Overflow(handler_frame(Vec::new(), &self.frame));
                return Err(self.fail("Operand stack overflow", bci, fault));
            }
            let Some(position) = self.frames.find(row.handler_pc.into()) else {
                return Err(self.no_frame_at(row.handler_pc.into()));
            };
            let map = self.frames.frames[position];
            let Checker { cx, frames, frame, .. } = self;
            if let Some(mismatch) = compare(cx, frames, &map, &frame.locals, &[caught], uninitialized_this)? {
                let text = format!(
                    "Stack map does not match the one at exception handler {}",
                    row.handler_pc
                );
                let ty = match mismatch {
                    Mismatch::Stack(_) => caught,
                    Mismatch::Local(index) => self.frame.locals[index],
                    _ => Type::TOP,
                };
                let snapshot = handler_frame(vec![caught], &self.frame);
                return Err(self.mismatch(&map, &mismatch, ty, snapshot, &text));
            }
        }
        Ok(())
    }

    /// Handlers that cover `bci`, as (handler bci).
    pub fn handlers_at(&self, bci: usize) -> Vec<usize> {
        let covers = |row: &&ExceptionHandler| (usize::from(row.start_pc)..usize::from(row.end_pc)).contains(&bci);
        self.handlers
            .iter()
            .filter(covers)
            .map(|row| row.handler_pc.into())
            .collect()
    }

    // Failures.

    #[cold]
    pub fn fail(&mut self, text: &str, bci: usize, fault: Fault) -> Stop {
        let details = Details {
            class: self.cx.class,
            method: self.method,
            code: self.code,
            names: &self.cx.names,
        };
        let message = details.message(text, bci, &fault);
        self.cx.fail(VerifyError::Verify(message))
    }

    #[cold]
    pub fn class_format(&mut self, text: &str) -> Stop {
        let method = external_method(self.cx.class, self.method);
        self.cx
            .fail(VerifyError::ClassFormat(format!("{text} in method '{method}'")))
    }

    /// The frame as it was before the instruction, but with what it did to its slots.
    #[cold]
    fn snapshot(&self) -> Snapshot {
        let frame = &self.frame;
        Snapshot {
            bci: frame.bci,
            uninitialized_this: frame.uninitialized_this,
            locals: frame.locals[..frame.locals_size].to_vec(),
            stack: frame.stack[..frame.stack_mark.min(frame.stack.len())].to_vec(),
        }
    }

    #[cold]
    fn map_snapshot(&self, map: &MapFrame) -> Snapshot {
        Snapshot {
            bci: map.bci as usize,
            uninitialized_this: map.uninitialized_this,
            locals: self.frames.locals(map).to_vec(),
            stack: self.frames.stack(map).to_vec(),
        }
    }

    #[cold]
    fn mismatch(&mut self, map: &MapFrame, mismatch: &Mismatch, ty: Type, current: Snapshot, text: &str) -> Stop {
        let target = self.map_snapshot(map);
        let at = map.bci as usize;
        let wrong = |expected: Type, place: Place, map_place: Place, current, target| {
            let frame = Some(current);
            let actual = Origin { ty, place, frame };
            let frame = Some(target);
            let (ty, place) = (expected, map_place);
            Fault::Type(actual, Origin { ty, place, frame })
        };
        match *mismatch {
            Mismatch::StackSize => self.fail(text, self.frame.bci, Fault::StackSize(current, target)),
            Mismatch::Flags => self.fail(text, at, Fault::Flags(current, target)),
            Mismatch::Local(index) => {
                let expected = target.locals[index];
                let (place, map_place) = (Place::Local(index), Place::MapLocal(index));
                let fault = wrong(expected, place, map_place, current, target);
                self.fail(text, at, fault)
            }
            Mismatch::Stack(index) => {
                let expected = target.stack[index];
                let (place, map_place) = (Place::Stack(index), Place::MapStack(index));
                let fault = wrong(expected, place, map_place, current, target);
                self.fail(text, at, fault)
            }
        }
    }

    #[cold]
    fn no_frame_at(&mut self, target: i64) -> Stop {
        let text = format!("Expecting a stackmap frame at branch target {target}");
        self.fail(&text, self.frame.bci, Fault::MissingStackMap)
    }

    /// The value popped last, as the origin of a wrong type.
    #[cold]
    pub fn stack_top(&self) -> Origin {
        let index = self.frame.stack_size;
        Origin {
            ty: self.frame.stack.get(index).copied().unwrap_or(Type::TOP),
            place: Place::Stack(index),
            frame: Some(self.snapshot()),
        }
    }

    #[cold]
    fn overflow(&mut self) -> Stop {
        let fault = Fault::Overflow(self.snapshot());
        self.fail("Operand stack overflow", self.frame.bci, fault)
    }

    #[cold]
    fn pop_failed(&mut self, expected: Type) -> Stop {
        if self.frame.stack_size == 0 {
            let fault = Fault::Underflow(self.snapshot());
            return self.fail("Operand stack underflow", self.frame.bci, fault);
        }
        self.frame.stack_size -= 1;
        let fault = Fault::Type(self.stack_top(), Origin::implicit(expected));
        self.fail("Bad type on operand stack", self.frame.bci, fault)
    }

    #[cold]
    fn bad_operand(&mut self, bci: usize, opcode: u8, expected: Type) -> Stop {
        let name = Opcode::from_u8(opcode).map_or("", Opcode::name);
        let fault = Fault::Type(self.stack_top(), Origin::implicit(expected));
        self.fail(&format!("Bad type on operand stack in {name}"), bci, fault)
    }

    #[cold]
    fn invalid_operand(&mut self, bci: usize, name: &str) -> Stop {
        let fault = Fault::InvalidType(self.stack_top());
        self.fail(&format!("Bad type on operand stack in {name}"), bci, fault)
    }

    #[cold]
    fn local_overflow(&mut self, index: usize, text: &str) -> Stop {
        self.fail(text, self.frame.bci, Fault::LocalIndex(index))
    }

    #[cold]
    fn bad_local(&mut self, index: usize, expected: Type) -> Stop {
        let actual = Origin {
            ty: self.frame.locals[index],
            place: Place::Local(index),
            frame: Some(self.snapshot()),
        };
        let fault = Fault::Type(actual, Origin::implicit(expected));
        self.fail("Bad local variable type", self.frame.bci, fault)
    }
}

/// Whether a state may flow into a stack map frame (JVMS §4.10.1.2, frameIsAssignable).
fn compare<H: Hierarchy>(
    cx: &mut Context<'_, '_, H>,
    frames: &Frames,
    map: &MapFrame,
    locals: &[Type],
    stack: &[Type],
    uninitialized_this: bool,
) -> Checked<Option<Mismatch>> {
    let map_stack = frames.stack(map);
    if stack.len() != map_stack.len() {
        return Ok(Some(Mismatch::StackSize));
    }
    for (index, (target, source)) in frames.locals(map).iter().zip(locals).enumerate() {
        if !cx.assignable(*target, *source)? {
            return Ok(Some(Mismatch::Local(index)));
        }
    }
    for (index, (target, source)) in map_stack.iter().zip(stack).enumerate() {
        if !cx.assignable(*target, *source)? {
            return Ok(Some(Mismatch::Stack(index)));
        }
    }
    Ok((uninitialized_this && !map.uninitialized_this).then_some(Mismatch::Flags))
}

//! Verification by type checking (JVMS §4.10.1): one pass over the code, matching StackMapTable frames.

use super::Hierarchy;
use super::context::{Checked, Context, widen};
use super::details::{Fault, Origin};
use super::frame::Frame;
use super::stack_map::{Decoded, Frames, Limits, mark};
use super::types::{Kind, Type, well_known};
use crate::descriptors::{FieldType, MethodDescriptor};
use crate::model::{CodeAttribute, ExceptionHandler, Method, MethodFlags};
use crate::opcodes::op;

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
            covered: (usize::MAX, 0),
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
    pub marks: Vec<u8>,
    pub frame: Frame,
    pub frames: Frames,
    pub handlers: Vec<ExceptionHandler>,
    /// From the first bci covered by a handler to the end of the last.
    pub covered: (usize, usize),
    pub return_type: Type,
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
            if entries < 1 {
                return None;
            }
            (aligned - bci) as i64 + (3 + entries) * 4
        }
        op::LOOKUPSWITCH if aligned + 8 < code.len() => {
            let pairs = be(aligned + 4)?;
            if pairs < 0 {
                return None;
            }
            (aligned - bci) as i64 + (2 + 2 * pairs) * 4
        }
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
            self.covered.0 = self.covered.0.min(row.start_pc.into());
            self.covered.1 = self.covered.1.max(row.end_pc.into());
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
            let covered = self.covered.0 <= bci && bci < self.covered.1;
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

    pub fn i4(&self, at: usize) -> i32 {
        self.bytes
            .get(at..)
            .and_then(|bytes| bytes.first_chunk())
            .map_or(0, |bytes| i32::from_be_bytes(*bytes))
    }

    pub fn branch(&self, bci: usize) -> i64 {
        bci as i64 + i64::from(self.u2(bci + 1) as i16)
    }

    pub fn local_operand(&self, bci: usize, wide: bool) -> usize {
        if wide {
            self.u2(bci + 2).into()
        } else {
            self.bytes[bci + 1].into()
        }
    }
}

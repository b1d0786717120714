//! Matching the checker's state against stack map frames, and its failures.

use super::checker::Checker;
use super::context::{Checked, Context, Stop};
use super::details::{Details, Fault, Origin, Place, Snapshot, external_method};
use super::frame::Frame;
use super::stack_map::{Frames, MapFrame, mark};
use super::types::{Type, well_known};
use super::{Hierarchy, VerifyError};
use crate::model::ExceptionHandler;
use crate::opcodes::Opcode;

/// How two frames differ.
enum Mismatch {
    StackSize,
    Local(usize),
    Stack(usize),
    Flags,
}

impl<'a, H: Hierarchy> Checker<'_, 'a, '_, H> {
    // Stack maps.

    /// Merges the stack map frame at `bci`, if there is one; answers the position of the next one.
    #[inline]
    pub fn stack_map_at(&mut self, next: usize, bci: usize, ends: bool) -> Checked<usize> {
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

    pub fn match_current(&mut self, map: &MapFrame, text: &str) -> Checked<()> {
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
    pub fn jump(&mut self, target: i64) -> Checked<()> {
        match self.frames.find(target) {
            Some(index) => {
                let map = self.frames.frames[index];
                let Checker { cx, frames, frame, .. } = self;
                let stack = &frame.stack[..frame.stack_size];
                if compare(cx, frames, &map, &frame.locals, stack, frame.uninitialized_this)?.is_none() {
                    return self.spend(map.locals_size as usize + 1);
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

    pub fn match_all_handlers(&mut self, bci: usize, this_initialized: bool) -> Checked<()> {
        self.spend(self.handlers.len())?;
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
            self.spend(map.locals_size as usize + 1)?;
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

    /// The exception table.
    pub fn handlers(&self) -> &[ExceptionHandler] {
        &self.handlers
    }

    /// Where the handlers that cover `bci` start.
    pub fn handlers_at(&self, bci: usize) -> Vec<usize> {
        let covers = |row: &&ExceptionHandler| (usize::from(row.start_pc)..usize::from(row.end_pc)).contains(&bci);
        self.handlers
            .iter()
            .filter(covers)
            .map(|row| row.handler_pc.into())
            .collect()
    }

    // Failures.

    /// Counts steps; fails when the class takes too many.
    #[inline]
    pub fn spend(&mut self, steps: usize) -> Checked<()> {
        if self.cx.afford(steps) {
            Ok(())
        } else {
            Err(self.fail("Class is too complex to verify", self.frame.bci, Fault::Bytecode))
        }
    }

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
    pub fn snapshot(&self) -> Snapshot {
        let frame = &self.frame;
        Snapshot {
            bci: frame.bci,
            uninitialized_this: frame.uninitialized_this,
            locals: frame.locals[..frame.locals_size].to_vec(),
            stack: frame.stack[..frame.stack_mark.min(frame.stack.len())].to_vec(),
        }
    }

    #[cold]
    pub fn map_snapshot(&self, map: &MapFrame) -> Snapshot {
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
    pub fn no_frame_at(&mut self, target: i64) -> Stop {
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
    pub fn overflow(&mut self) -> Stop {
        let fault = Fault::Overflow(self.snapshot());
        self.fail("Operand stack overflow", self.frame.bci, fault)
    }

    #[cold]
    pub fn pop_failed(&mut self, expected: Type) -> Stop {
        if self.frame.stack_size == 0 {
            let fault = Fault::Underflow(self.snapshot());
            return self.fail("Operand stack underflow", self.frame.bci, fault);
        }
        self.frame.stack_size -= 1;
        let fault = Fault::Type(self.stack_top(), Origin::implicit(expected));
        self.fail("Bad type on operand stack", self.frame.bci, fault)
    }

    #[cold]
    pub fn bad_operand(&mut self, bci: usize, opcode: u8, expected: Type) -> Stop {
        let name = Opcode::from_u8(opcode).map_or("", Opcode::name);
        let fault = Fault::Type(self.stack_top(), Origin::implicit(expected));
        self.fail(&format!("Bad type on operand stack in {name}"), bci, fault)
    }

    #[cold]
    pub fn invalid_operand(&mut self, bci: usize, name: &str) -> Stop {
        let fault = Fault::InvalidType(self.stack_top());
        self.fail(&format!("Bad type on operand stack in {name}"), bci, fault)
    }

    #[cold]
    pub fn local_overflow(&mut self, index: usize, text: &str) -> Stop {
        self.fail(text, self.frame.bci, Fault::LocalIndex(index))
    }

    #[cold]
    pub fn bad_local(&mut self, index: usize, expected: Type) -> Stop {
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

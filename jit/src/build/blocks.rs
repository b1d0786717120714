//! Blocks of bytecode: where they begin, what flows into them, and the frame states of exits.

use super::Builder;
use super::frame::Frame;
use super::scope::{BlockEntry, Scope};
use crate::code::{ExitReason, Refusal, Resume};
use crate::ssa::{FrameState, Lock, Op, State, Target, Terminator, Type, Value};
use peaberry_classfile::opcodes::{OpcodeFlags, decode};

impl Builder<'_> {
    /// Begins a method with these arguments.
    pub(super) fn enter_method(&mut self, scope: &mut Scope, arguments: &[Value]) -> Result<(), Refusal> {
        let mut locals = vec![None; usize::from(scope.info.max_locals)];
        let mut slot = 0;
        for &argument in arguments {
            *locals.get_mut(slot).ok_or(Refusal::Malformed("max_locals"))? = Some(argument);
            slot += self.function.type_of(argument).slots();
        }
        scope.frame = Frame {
            locals,
            ..Frame::default()
        };
        self.position = self.position_of(scope, 0);
        if scope.info.is_synchronized {
            let lock = if scope.info.is_static {
                let mirror = self.runtime.mirror(scope.info.holder);
                self.constant(Op::FixedObject(mirror), Type::Reference)
            } else {
                arguments[0]
            };
            scope.frame.locks.push(lock);
            let after = self.state_at(scope, 0, &[]);
            self.node_with(Op::MonitorEnter, &[lock], None, Some(after), Some(after));
        }
        let target = self.edge(scope, 0)?;
        self.terminate(Terminator::Jump(target));
        Ok(())
    }

    /// Begins at a loop header with the locals of an interpreter's frame.
    pub(super) fn enter_loop(&mut self, scope: &mut Scope, arguments: &[Type], bci: u32) -> Result<(), Refusal> {
        let own = usize::from(scope.info.is_synchronized);
        let depth = scope.flow.lock_depth(&scope.code, &scope.info, own, bci);
        let depth = depth.ok_or(Refusal::UnstructuredLocking)?;
        self.facts.entry_locks = u16::try_from(depth).map_err(|_| Refusal::UnstructuredLocking)?;
        let max_locals = usize::from(scope.info.max_locals);
        let types = scope
            .flow
            .local_types(&scope.code, arguments, max_locals, bci)
            .ok_or(Refusal::Malformed("loop entry"))?;
        let memory = self.node(Op::Argument(0), &[], Some(Type::Long));
        let mut locals = vec![None; max_locals];
        for (slot, kind) in types.iter().enumerate() {
            if let Some(kind) = kind
                && scope.flow.is_live(bci, slot)
            {
                locals[slot] = Some(self.node(Op::OsrLocal(slot as u16), &[memory], Some(*kind)));
            }
        }
        let locks = (0..self.facts.entry_locks)
            .rev()
            .map(|from_last| self.node(Op::OsrLock(from_last), &[], Some(Type::Reference)))
            .collect();
        scope.frame = Frame {
            locals,
            locks,
            ..Frame::default()
        };
        scope.entry_bci = bci;
        let target = self.edge_with_parameters(scope, bci, true)?;
        self.terminate(Terminator::Jump(target));
        Ok(())
    }

    /// Builds all blocks that are reached.
    pub(super) fn run(&mut self, scope: &mut Scope) -> Result<(), Refusal> {
        while let Some((_, bci)) = scope.pending.pop_first() {
            self.bytecode_block(scope, bci)?;
            self.check_size()?;
        }
        Ok(())
    }

    fn bytecode_block(&mut self, scope: &mut Scope, start: u32) -> Result<(), Refusal> {
        let entry = &scope.entries[&start];
        self.block = Some(entry.block);
        scope.frame = entry.frame.clone();
        if !entry.agreed.is_empty() && !scope.flow.is_loop_header(start) {
            let parameters = &self.function.blocks[entry.block].parameters;
            let seen = self.see_through(&mut scope.frame, parameters, &entry.agreed);
            if let Some(entry) = scope.entries.get_mut(&start) {
                entry.relied_on = seen;
            }
        }
        let index = scope.flow.block_at(start).ok_or(Refusal::Malformed("block"))?;
        let end = scope.flow.blocks[index].end;
        let code = std::mem::take(&mut scope.code);
        let mut bci = start as usize;
        let mut result = Ok(());
        while bci < end as usize && self.block.is_some() {
            let Ok(instruction) = decode(&code, bci) else {
                result = Err(Refusal::Malformed("instruction"));
                break;
            };
            scope.bci = bci as u32;
            scope.state = None;
            scope.stack_before.clear();
            if instruction.opcode.flags().intersects(
                OpcodeFlags::THROWS | OpcodeFlags::CONDITIONAL | OpcodeFlags::MONITOR | OpcodeFlags::ALLOCATES,
            ) {
                scope.stack_before.extend_from_slice(&scope.frame.stack);
            }
            self.position = self.position_of(scope, bci as u32);
            result = self.instruction(scope, &instruction);
            if result.is_err() {
                break;
            }
            bci = instruction.next_bci();
        }
        scope.code = code;
        result?;
        if self.block.is_some() {
            let target = self.jump_to(scope, end)?;
            self.terminate(Terminator::Jump(target));
        }
        Ok(())
    }

    pub(super) fn position_of(&mut self, scope: &Scope, bci: u32) -> crate::ssa::PositionIndex {
        let position = crate::ssa::Position {
            method: scope.method,
            bci,
            caller: scope.caller.as_ref().map(|link| link.position),
        };
        if self.function.positions[self.position] == position {
            return self.position;
        }
        self.function.positions.push(position)
    }

    /// A jump to the block at `bci` with the current frame; a backward one polls.
    pub(super) fn jump_to(&mut self, scope: &mut Scope, bci: u32) -> Result<Target, Refusal> {
        let target = self.edge(scope, bci)?;
        if bci > scope.bci {
            return Ok(target);
        }
        let block = self.function.new_block();
        let outer = self.block.replace(block);
        let stack = scope.frame.stack.clone();
        let state = self.state_at(scope, bci, &stack);
        self.node_with(Op::Poll, &[], None, Some(state), Some(state));
        self.terminate(Terminator::Jump(target));
        self.block = outer;
        Ok(Target {
            block,
            arguments: Vec::new(),
        })
    }

    fn edge(&mut self, scope: &mut Scope, bci: u32) -> Result<Target, Refusal> {
        self.edge_with_parameters(scope, bci, false)
    }

    fn edge_with_parameters(&mut self, scope: &mut Scope, bci: u32, always: bool) -> Result<Target, Refusal> {
        let index = scope
            .flow
            .block_at(bci)
            .ok_or(Refusal::Malformed("jump into an instruction"))?;
        if !scope.entries.contains_key(&bci) {
            let block = self.function.new_block();
            let mut frame = scope.frame.clone();
            for (slot, local) in frame.locals.iter_mut().enumerate() {
                if !scope.flow.is_live(bci, slot) {
                    *local = None;
                }
            }
            let merges = always || scope.flow.blocks[index].predecessors > 1;
            let mut parameters = None;
            if merges {
                let mut live = Vec::new();
                for (slot, local) in frame.locals.iter_mut().enumerate() {
                    if let Some(value) = local {
                        let kind = self.function.type_of(*value);
                        *value = self.function.add_parameter(block, kind, self.position);
                        live.push(slot);
                    }
                }
                for value in &mut frame.stack {
                    let kind = self.function.type_of(*value);
                    *value = self.function.add_parameter(block, kind, self.position);
                }
                parameters = Some(live);
            }
            let order = scope.flow.blocks[index].order;
            scope.pending.insert(order, bci);
            scope.entries.insert(
                bci,
                BlockEntry {
                    block,
                    frame,
                    locals: parameters,
                    agreed: Vec::new(),
                    relied_on: false,
                },
            );
        }
        let entry = &scope.entries[&bci];
        let block = entry.block;
        if entry.frame.stack.len() != scope.frame.stack.len() {
            return Err(Refusal::Malformed("stack depths differ"));
        }
        if entry.frame.locks != scope.frame.locks {
            return Err(Refusal::UnstructuredLocking);
        }
        let Some(locals) = &entry.locals else {
            return Ok(Target {
                block,
                arguments: Vec::new(),
            });
        };
        let sources: Vec<Option<Value>> = locals
            .iter()
            .map(|&slot| scope.frame.locals[slot])
            .chain(scope.frame.stack.iter().map(|value| Some(*value)))
            .collect();
        let kinds: Vec<Type> = self.function.blocks[block]
            .parameters
            .iter()
            .map(|parameter| self.function.type_of(*parameter))
            .collect();
        let arguments: Vec<Value> = sources
            .into_iter()
            .zip(kinds)
            .map(|(source, kind)| match source {
                Some(value) if self.function.type_of(value) == kind => value,
                // Paths differ: the verifier has seen to it that nobody reads it.
                _ => self.dummy(kind),
            })
            .collect();
        if let Some(entry) = scope.entries.get_mut(&bci) {
            let differ = agree(&mut entry.agreed, &arguments);
            if differ && entry.relied_on {
                return Err(Refusal::Unsupported("a way to a block that was built without it"));
            }
        }
        Ok(Target { block, arguments })
    }

    /// Parameters of a block that are one known object on all ways to it: that object. Not of loop headers, to which
    /// there are ways still to come.
    fn see_through(&self, frame: &mut Frame, parameters: &[Value], agreed: &[Option<Value>]) -> bool {
        let mut seen = false;
        for (&parameter, agreed) in parameters.iter().zip(agreed) {
            let Some(value) = agreed.filter(|value| self.known_object(*value).is_some()) else {
                continue;
            };
            for slot in frame.locals.iter_mut().flatten().chain(&mut frame.stack) {
                if *slot == parameter {
                    *slot = value;
                    seen = true;
                }
            }
        }
        seen
    }

    /// The state in which the interpreter executes the instruction at `bci`.
    pub(super) fn state_at(&mut self, scope: &Scope, bci: u32, stack: &[Value]) -> State {
        let resume = self.runtime.resume_bci(scope.method, bci);
        let stack = if resume == bci {
            stack
        } else {
            // The load before is executed again.
            &stack[..stack.len().saturating_sub(1)]
        };
        self.raw_state(scope, resume, stack)
    }

    /// A state as it is given.
    pub(super) fn raw_state(&mut self, scope: &Scope, bci: u32, stack: &[Value]) -> State {
        let locals = scope
            .frame
            .locals
            .iter()
            .enumerate()
            .map(|(slot, local)| local.filter(|_| scope.flow.is_live(bci, slot)))
            .collect();
        let mut slots = Vec::with_capacity(stack.len());
        for &value in stack {
            slots.push(Some(value));
            if self.function.type_of(value).slots() == 2 {
                slots.push(None);
            }
        }
        self.function.states.push(FrameState {
            method: scope.method,
            bci,
            locals,
            stack: slots,
            locks: scope
                .frame
                .locks
                .iter()
                .map(|&object| Lock { object, elided: false })
                .collect(),
            caller: scope.caller.as_ref().map(|link| link.state),
        })
    }

    /// The state before the current instruction.
    pub(super) fn state_before(&mut self, scope: &mut Scope) -> State {
        if let Some(state) = scope.state {
            return state;
        }
        let stack = std::mem::take(&mut scope.stack_before);
        let state = self.state_at(scope, scope.bci, &stack);
        scope.stack_before = stack;
        scope.state = Some(state);
        state
    }

    /// The state behind the current instruction with these operands.
    pub(super) fn state_after(&mut self, scope: &Scope, length: u32, stack: &[Value]) -> State {
        self.raw_state(scope, scope.bci + length, stack)
    }

    /// The state in which an exception thrown by the current instruction is dispatched.
    pub(super) fn exception_state(&mut self, scope: &Scope) -> State {
        self.raw_state(scope, scope.bci, &[])
    }

    /// Leaves for the interpreter, which executes the current instruction again.
    pub(super) fn exit(&mut self, scope: &mut Scope, reason: ExitReason) {
        let state = self.state_before(scope);
        self.terminate(Terminator::Exit {
            reason,
            resume: Resume::At,
            state,
        });
    }
}

/// Notes the arguments of another way to a block. True when one is not what it was on the others.
fn agree(agreed: &mut Vec<Option<Value>>, arguments: &[Value]) -> bool {
    if agreed.is_empty() {
        agreed.extend(arguments.iter().copied().map(Some));
        return false;
    }
    let mut differ = false;
    for (agreed, argument) in agreed.iter_mut().zip(arguments) {
        if agreed.is_some_and(|value| value != *argument) {
            *agreed = None;
            differ = true;
        }
    }
    differ
}

//! Exits: the live values go into a buffer on the stack, the runtime rebuilds the interpreter's frames from it.

use super::{Lowering, TRUSTED};
use crate::code::{Exit, ExitField, ExitFrame, ExitLock, ExitObject, ExitReason, Resume, SlotSource};
use crate::layout::RuntimeCall;
use crate::ssa::{Lock, Op, State, Type, Value};
use cranelift_codegen::ir::{self, InstBuilder, SourceLoc, condcodes::IntCC, types};
use cranelift_entity::EntityRef;

/// What makes exits the same.
pub(super) type ExitKey = (State, ExitReason, Resume);

/// An exit whose block is to be filled.
pub(super) struct PendingExit {
    block: ir::Block,
    key: ExitKey,
    /// A value that is somewhere else here than elsewhere.
    substitute: Option<(Value, ir::Value)>,
    location: SourceLoc,
}

/// What an exit hands over.
#[derive(Default)]
struct Contents {
    /// What each word of the buffer is for; the code fills those of values.
    words: Vec<Word>,
    objects: Vec<ExitObject>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Word {
    Value(Value),
    /// The address of the virtual object of this number.
    Object(u32),
}

impl Contents {
    fn word(&mut self, word: Word) -> (u16, bool) {
        match self.words.iter().position(|other| *other == word) {
            Some(index) => (index as u16, false),
            None => {
                self.words.push(word);
                (self.words.len() as u16 - 1, true)
            }
        }
    }
}

/// `JavaThread::exception` of a frame whose code was invalidated while it was in a call.
const INVALIDATED: i64 = 1;

impl Lowering<'_, '_> {
    /// The block that leaves with this state.
    pub(super) fn exit_block(
        &mut self,
        state: State,
        reason: ExitReason,
        resume: Resume,
        substitute: Option<(Value, ir::Value)>,
    ) -> ir::Block {
        let key = (state, reason, resume);
        if substitute.is_none()
            && let Some(&block) = self.exit_blocks.get(&key)
        {
            return block;
        }
        let block = self.new_cold_block();
        if substitute.is_none() {
            self.exit_blocks.insert(key, block);
        }
        let location = self.builder.srcloc();
        self.pending_exits.push(PendingExit {
            block,
            key,
            substitute,
            location,
        });
        block
    }

    /// Goes on in a new block unless the condition holds, which leaves.
    pub(super) fn exit_if(&mut self, condition: ir::Value, state: State, reason: ExitReason) {
        let exit = self.exit_block(state, reason, Resume::At, None);
        let next = self.builder.create_block();
        self.builder.ins().brif(condition, exit, &[], next, &[]);
        self.enter(next);
        self.may_force_exit(state);
    }

    /// As [`Lowering::exit_if`] for a condition that must hold.
    pub(super) fn exit_unless(&mut self, condition: ir::Value, state: State, reason: ExitReason) {
        let exit = self.exit_block(state, reason, Resume::At, None);
        let next = self.builder.create_block();
        self.builder.ins().brif(condition, next, &[], exit, &[]);
        self.enter(next);
        self.may_force_exit(state);
    }

    /// Behind a guard that holds: leaves nevertheless at every n-th one, when exits are tested.
    pub(super) fn may_force_exit(&mut self, state: State) {
        if !self.forces_exits {
            return;
        }
        let thread = self.thread();
        let offset = self.runtime.layout().thread_guard_countdown;
        let left = self.builder.ins().load(types::I32, TRUSTED, thread, offset);
        let left = self.builder.ins().iadd_imm_s(left, -1);
        self.builder.ins().store(TRUSTED, left, thread, offset);
        let exit = self.exit_block(state, ExitReason::Forced, Resume::At, None);
        let next = self.builder.create_block();
        self.builder.ins().brif(left, next, &[], exit, &[]);
        self.enter(next);
    }

    /// Where an exception is caught: leaves with it when it came through a return address that was replaced. Here the
    /// marker could not be pending.
    pub(super) fn exit_if_invalid(&mut self, state: State) {
        let thread = self.thread();
        let offset = self.runtime.layout().thread_invalid_return;
        let invalid = self.builder.ins().load(types::I32, TRUSTED, thread, offset);
        let exit = self.exit_block(state, ExitReason::Invalidated, Resume::Exception, None);
        let next = self.builder.create_block();
        self.builder.ins().brif(invalid, exit, &[], next, &[]);
        self.enter(next);
    }

    /// The thread's pending exception.
    pub(super) fn pending_exception(&mut self) -> ir::Value {
        let thread = self.thread();
        let offset = self.runtime.layout().thread_exception;
        // Not `trusted` with a region: every call may change it.
        self.builder.ins().load(types::I64, TRUSTED, thread, offset)
    }

    /// After a call within a node: leaves if an exception is pending or the code was invalidated.
    pub(super) fn check_pending(&mut self, value: Value, result: Option<ir::Value>) {
        let node = &self.function.nodes[value];
        let (Some(state), Some(after)) = (node.state, node.after) else {
            return;
        };
        let exception = self.pending_exception();
        let (slow, next) = (self.new_cold_block(), self.builder.create_block());
        self.builder.ins().brif(exception, slow, &[], next, &[]);
        self.enter(slow);
        let substitute = result.map(|result| (value, result));
        let marker = self.builder.ins().icmp_imm_s(IntCC::Equal, exception, INVALIDATED);
        let invalidated = self.exit_block(after, ExitReason::Invalidated, Resume::At, substitute);
        let thrown = self.exit_block(state, ExitReason::Exception, Resume::Exception, None);
        self.builder.ins().brif(marker, invalidated, &[], thrown, &[]);
        self.enter(next);
    }

    /// The end of a block with a call of the runtime: on if nothing is pending.
    pub(super) fn pending(&mut self, call: Value, normal: &crate::ssa::Target, exceptional: &crate::ssa::Target) {
        let exception = self.pending_exception();
        let slow = self.new_cold_block();
        let arguments = self.arguments(normal);
        let to = self.block(normal.block);
        self.builder.ins().brif(exception, slow, &[], to, &arguments);
        self.enter(slow);
        let arguments = self.arguments(exceptional);
        let to = self.block(exceptional.block);
        match self.function.nodes[call].after {
            Some(after) => {
                let marker = self.builder.ins().icmp_imm_s(IntCC::Equal, exception, INVALIDATED);
                let invalidated = self.exit_block(after, ExitReason::Invalidated, Resume::At, None);
                self.builder.ins().brif(marker, invalidated, &[], to, &arguments);
            }
            None => {
                self.builder.ins().jump(to, &arguments);
            }
        }
    }

    /// Checks that there is stack left, and goes on at `start`.
    pub(super) fn stack_check(&mut self, start: ir::Block) {
        let pointer = self.builder.ins().get_stack_pointer(types::I64);
        let thread = self.thread();
        let offset = self.runtime.layout().thread_native_stack_limit;
        let limit = self.builder.ins().load(types::I64, TRUSTED, thread, offset);
        let low = self.builder.ins().icmp(IntCC::UnsignedLessThan, pointer, limit);
        let overflow = self.new_cold_block();
        self.builder.ins().brif(low, overflow, &[], start, &[]);
        self.enter(overflow);
        self.runtime_call(RuntimeCall::ThrowStackOverflow, &[]);
        self.return_nothing();
    }

    /// Fills the exit blocks.
    pub(super) fn emit_exits(&mut self) {
        while let Some(exit) = self.pending_exits.pop() {
            self.emit_exit(&exit);
        }
        self.emit_exiting_block();
    }

    fn emit_exit(&mut self, exit: &PendingExit) {
        let (state, reason, resume) = exit.key;
        self.enter(exit.block);
        self.builder.set_srcloc(exit.location);
        let mut contents = Contents::default();
        let mut frames = Vec::new();
        for state in self.function.frames(state) {
            let frame = &self.function.states[state];
            let mut sources = |slots: &[Option<Value>]| -> Vec<SlotSource> {
                slots
                    .iter()
                    .map(|slot| match slot {
                        Some(value) => self.source(*value, &mut contents),
                        None => SlotSource::Dead,
                    })
                    .collect()
            };
            let (locals, stack) = (sources(&frame.locals), sources(&frame.stack));
            let mut lock = |lock: &Lock| match lock.elided {
                true => ExitLock::Elided(self.source(lock.object, &mut contents)),
                false => ExitLock::Held,
            };
            frames.push(ExitFrame {
                method: frame.method,
                bci: frame.bci,
                locals,
                stack,
                locks: frame.locks.iter().map(&mut lock).collect(),
            });
        }
        for (index, &word) in contents.words.iter().enumerate() {
            let Word::Value(value) = word else { continue };
            let lowered = match exit.substitute {
                Some((substituted, lowered)) if substituted == value => lowered,
                _ => self.value(value),
            };
            self.builder
                .ins()
                .stack_store(types::I64, lowered, self.buffer, (index * 8) as i32);
        }
        self.buffer_words = self.buffer_words.max(contents.words.len());
        let number = self.exits.len() as i64;
        self.exits.push(Exit {
            reason,
            resume,
            objects: contents.objects,
            frames,
        });
        let number = self.builder.ins().iconst(types::I32, number);
        let exiting = self.exiting_block();
        self.builder.ins().jump(exiting, &[number.into()]);
    }

    /// The block that leaves with the values in the buffer and the number of the exit, its parameter. All exits share it: to
    /// call and to return is most of an exit's code.
    fn exiting_block(&mut self) -> ir::Block {
        if let Some(block) = self.leaving.exiting {
            return block;
        }
        let block = self.new_cold_block();
        self.builder.append_block_param(block, types::I32);
        self.leaving.exiting = Some(block);
        block
    }

    fn emit_exiting_block(&mut self) {
        let Some(block) = self.leaving.exiting.take() else {
            return;
        };
        self.enter(block);
        self.builder.set_srcloc(SourceLoc::default());
        let number = self.builder.block_params(block)[0];
        let buffer = self.builder.ins().stack_addr(types::I64, self.buffer, 0);
        let result = self.runtime_call(RuntimeCall::Exit, &[number, buffer]);
        match (self.function.result, result) {
            (Some(kind), Some(slot)) => {
                let value = self.out_of_slot(slot, kind);
                self.builder.ins().return_(&[value]);
            }
            _ => {
                self.builder.ins().return_(&[]);
            }
        }
    }

    fn source(&self, value: Value, contents: &mut Contents) -> SlotSource {
        let node = &self.function.nodes[value];
        if let Op::VirtualObject(object) = &node.op {
            let (word, is_new) = contents.word(Word::Object(object.number));
            if is_new {
                let mut fields = Vec::with_capacity(object.fields.len());
                for (&(offset, kind), &value) in object.fields.iter().zip(&node.arguments) {
                    let value = self.source(value, contents);
                    fields.push(ExitField { offset, kind, value });
                }
                let class = object.class;
                contents.objects.push(ExitObject { class, word, fields });
            }
            return SlotSource::Buffer(word);
        }
        let constant = match node.op {
            Op::Int(value) => Some(u64::from(value as u32)),
            Op::Long(value) => Some(value as u64),
            Op::Float(bits) => Some(u64::from(bits)),
            Op::Double(bits) => Some(bits),
            Op::Null => Some(0),
            Op::FixedObject(address) => Some(address),
            _ => None,
        };
        match constant {
            Some(constant) => SlotSource::Constant(constant),
            None => {
                debug_assert!(value.index() < self.values.len());
                SlotSource::Buffer(contents.word(Word::Value(value)).0)
            }
        }
    }

    /// A value out of an interpreter's slot.
    pub(super) fn out_of_slot(&mut self, slot: ir::Value, kind: Type) -> ir::Value {
        match kind {
            Type::Long | Type::Reference => slot,
            Type::Int => self.builder.ins().ireduce(types::I32, slot),
            Type::Double => self.builder.ins().bitcast(types::F64, ir::MemFlagsData::new(), slot),
            Type::Float => {
                let bits = self.builder.ins().ireduce(types::I32, slot);
                self.builder.ins().bitcast(types::F32, ir::MemFlagsData::new(), bits)
            }
        }
    }
}

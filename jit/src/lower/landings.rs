//! Calls of Java code and where they return to: behind the call, at the pad where its exception is dealt with, or at
//! the one where the frame is left for the interpreter, because the code was invalidated meanwhile.
//!
//! The registers that a call preserves are as they were at all of them: the frames in between were left through their
//! own epilogues.

use super::calls::Address;
use super::{Lowering, clif_type};
use crate::code::{ExitReason, Landing, Resume};
use crate::layout::RuntimeCall;
use crate::ssa::{Block, CallKind, Target, Terminator, Type, Value};
use cranelift_codegen::FinalizedMachExceptionHandler;
use cranelift_codegen::ir::{self, BlockArg, ExceptionTableData, ExceptionTableItem, ExceptionTag, InstBuilder, types};
use std::num::NonZeroU32;

/// Tag of the pad that leaves the frame with the exception.
const LEAVES: u32 = 0;
/// Tag of the pad that deals with the exception.
const HANDLES: u32 = 1;
/// Tag of the pad for code that was invalidated.
const INVALIDATED: u32 = 2;

/// Blocks that leave the frame.
#[derive(Default)]
pub(super) struct Leaving {
    /// With the number of an exit.
    pub(super) exiting: Option<ir::Block>,
    /// With a pending exception, of which the caller's return address says so already.
    told: Option<ir::Block>,
    /// With a pending exception, of which it does not yet.
    untold: Option<ir::Block>,
}

/// The pads of a call site.
pub(super) fn of_call(handlers: &[FinalizedMachExceptionHandler]) -> (Landing, Option<NonZeroU32>) {
    let (mut landing, mut invalidated) = (Landing::Tested, None);
    for handler in handlers {
        if let &FinalizedMachExceptionHandler::Tag(tag, offset) = handler {
            match tag.as_u32() {
                LEAVES => landing = Landing::Leaves(offset),
                HANDLES => landing = Landing::Handles(offset),
                _ => invalidated = NonZeroU32::new(offset),
            }
        }
    }
    (landing, invalidated)
}

impl Lowering<'_, '_> {
    /// A call of Java code, which ends its block.
    pub(super) fn call(&mut self, call: Value, kind: &CallKind, normal: &Target, exceptional: &Target) {
        let kept = self.safepoints.live(call).to_vec();
        let callee = self.java_callee(call, kind);
        self.keep_references(&kept);
        let result = Type::from_descriptor(kind.signature.result_character);
        let behind = self.builder.create_block();
        let returned = result.map(|result| {
            // The runtime answers a slot.
            let returned = if kind.by_slots { types::I64 } else { clif_type(result) };
            self.builder.append_block_param(behind, returned)
        });
        let leaves = self.leaves_at_once(exceptional);
        let thrown = if leaves {
            self.told_block()
        } else {
            self.new_cold_block()
        };
        let invalid = self.new_cold_block();
        let word = self.builder.append_block_param(invalid, types::I64);
        let float = self.builder.append_block_param(invalid, types::I64);
        let lists = &mut self.builder.func.dfg;
        let returns = returned.map(|_| BlockArg::TryCallRet(0));
        let to_behind = lists.block_call(behind, returns.as_slice());
        let to_thrown = lists.block_call(thrown, &[]);
        let to_invalid = lists.block_call(invalid, &[BlockArg::TryCallExn(0), BlockArg::TryCallExn(1)]);
        let how = if leaves { LEAVES } else { HANDLES };
        let pads = [
            ExceptionTableItem::Tag(ExceptionTag::from_u32(how), to_thrown),
            ExceptionTableItem::Tag(ExceptionTag::from_u32(INVALIDATED), to_invalid),
        ];
        let table = ExceptionTableData::new(callee.signature, to_behind, pads);
        let table = self.builder.func.dfg.exception_tables.push(table);
        let instruction = match callee.address {
            Address::Computed(address) => self.builder.ins().try_call_indirect(address, &callee.arguments, table),
            Address::Near(function) => self.builder.ins().try_call(function, &callee.arguments, table),
        };
        self.describe_references(instruction, &kept);

        self.enter(behind);
        self.reload_references(&kept);
        if let (Some(result), Some(returned)) = (result, returned) {
            let returned = if kind.by_slots {
                self.out_of_slot(returned, result)
            } else {
                returned
            };
            self.define(call, returned);
        }
        let arguments = self.arguments(normal);
        let to = self.block(normal.block);
        self.builder.ins().jump(to, &arguments);

        if !leaves {
            self.enter(thrown);
            self.reload_references(&kept);
            let arguments = self.arguments(exceptional);
            let to = self.block(exceptional.block);
            self.builder.ins().jump(to, &arguments);
        }

        self.enter(invalid);
        let substitute = result.map(|result| {
            let bits = match result {
                Type::Float | Type::Double if !kind.by_slots => float,
                _ => word,
            };
            (call, self.out_of_slot(bits, result))
        });
        self.reload_references(&kept);
        if let Some(after) = self.function.nodes[call].after {
            let exit = self.exit_block(after, ExitReason::Invalidated, Resume::At, substitute);
            self.builder.ins().jump(exit, &[]);
        }
    }

    /// Does nothing happen to an exception but that the frame is left with it?
    fn leaves_at_once(&self, target: &Target) -> bool {
        let mut block: Block = target.block;
        for _ in 0..self.function.blocks.len() {
            let data = &self.function.blocks[block];
            if !data.nodes.is_empty() || !data.parameters.is_empty() {
                return false;
            }
            match &data.terminator {
                Terminator::ReturnPending => return true,
                Terminator::Jump(next) => block = next.block,
                _ => return false,
            }
        }
        false
    }

    /// Where the frame is left with an exception that the caller's return address is for already.
    fn told_block(&mut self) -> ir::Block {
        match self.leaving.told {
            Some(block) => block,
            None => {
                let block = self.new_cold_block();
                self.leaving.told = Some(block);
                block
            }
        }
    }

    /// Where the frame is left with an exception that its callers do not know of.
    pub(super) fn unwinding_block(&mut self) -> ir::Block {
        match self.leaving.untold {
            Some(block) => block,
            None => {
                let block = self.new_cold_block();
                self.leaving.untold = Some(block);
                block
            }
        }
    }

    /// Fills the blocks that leave the frame.
    pub(super) fn emit_leaving(&mut self) {
        if let Some(block) = self.leaving.untold.take() {
            self.enter(block);
            self.runtime_call(RuntimeCall::Unwind, &[]);
            self.return_nothing();
        }
        if let Some(block) = self.leaving.told.take() {
            self.enter(block);
            self.return_nothing();
        }
    }
}

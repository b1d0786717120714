//! Kinds of all slots at the start of every block: forward data flow.

use super::blocks::{Blocks, MAX_STEPS};
use super::effects::{LocalAccess, Slots, kind, local_access};
use super::{AnalysisError, MethodShape, Position, ReferenceBitmap, arguments};
use crate::opcodes::{OpcodeFlags, decode};

/// Bytes of state a method may take.
const MAX_BYTES: usize = 64 << 20;
/// No path to the block was found (yet).
const UNREACHED: u32 = u32::MAX;

pub(super) struct States {
    locals: usize,
    width: usize,
    /// Kinds of locals, then operand stack, `width` bytes a block.
    kinds: Vec<u8>,
    /// Operand stack slots in use.
    depths: Vec<u32>,
    /// Slots merged so far.
    steps: usize,
}

impl States {
    pub fn new(shape: &MethodShape<'_>, blocks: &Blocks) -> Result<Self, AnalysisError> {
        let arguments = arguments(shape).ok_or(AnalysisError::Malformed(0))?;
        let locals = blocks.locals_used.max(arguments.len());
        let width = locals + usize::from(shape.max_stack);
        let count = blocks.len() + 1;
        if width.checked_mul(count).is_none_or(|bytes| bytes > MAX_BYTES) {
            return Err(AnalysisError::TooLarge);
        }
        let mut states = States {
            locals,
            width,
            kinds: vec![kind::UNSET; width * count],
            depths: vec![UNREACHED; count],
            steps: 0,
        };
        states.depths[0] = 0;
        for (slot, reference) in states.kinds.iter_mut().zip(arguments) {
            *slot = if reference { kind::REFERENCE } else { kind::VALUE };
        }
        states.run(shape, blocks)?;
        Ok(states)
    }

    /// Local slots that are used at all.
    pub fn locals(&self) -> usize {
        self.locals
    }

    fn load(&self, block: usize, slots: &mut Slots) {
        let kinds = &self.kinds[block * self.width..][..self.width];
        slots.locals.clear();
        slots.locals.extend_from_slice(&kinds[..self.locals]);
        slots.stack.clear();
        slots
            .stack
            .extend_from_slice(&kinds[self.locals..self.locals + self.depths[block] as usize]);
    }

    fn run(&mut self, shape: &MethodShape<'_>, blocks: &Blocks) -> Result<(), AnalysisError> {
        let mut slots = self.slots(shape);
        let mut pending = vec![false; blocks.len() + 1];
        // Blocks in order of their start come close to reverse postorder.
        let mut heap = std::collections::BinaryHeap::new();
        heap.push(std::cmp::Reverse(0));
        pending[0] = true;
        let mut changed = Vec::new();
        while let Some(std::cmp::Reverse(block)) = heap.pop() {
            pending[block] = false;
            self.load(block, &mut slots);
            self.join_handlers(blocks, block, &slots, &mut changed)?;
            if block < blocks.len() {
                let (mut bci, end) = (blocks.start(block), blocks.end(block));
                while bci < end {
                    let instruction = decode(shape.code, bci).map_err(|_| AnalysisError::Malformed(bci))?;
                    slots.step(shape, &instruction)?;
                    bci = instruction.next_bci();
                    if bci < end && matches!(local_access(&instruction), LocalAccess::Write(..)) {
                        self.join_handlers(blocks, block, &slots, &mut changed)?;
                    }
                }
            }
            for &next in blocks.successors(block) {
                if self.join(next as usize, &slots.locals, &slots.stack)? {
                    changed.push(next as usize);
                }
            }
            for block in changed.drain(..) {
                if !std::mem::replace(&mut pending[block], true) {
                    heap.push(std::cmp::Reverse(block));
                }
            }
        }
        Ok(())
    }

    fn slots(&self, shape: &MethodShape<'_>) -> Slots {
        Slots {
            locals: Vec::with_capacity(self.locals),
            stack: Vec::with_capacity(usize::from(shape.max_stack) + 1),
            max_stack: shape.max_stack.into(),
        }
    }

    fn join_handlers(
        &mut self,
        blocks: &Blocks,
        block: usize,
        slots: &Slots,
        changed: &mut Vec<usize>,
    ) -> Result<(), AnalysisError> {
        for &handler in blocks.handlers(block) {
            if self.join(handler as usize, &slots.locals, &[kind::REFERENCE])? {
                changed.push(handler as usize);
            }
        }
        Ok(())
    }

    /// Merges a state into the start of `block`; answers whether that changed.
    fn join(&mut self, block: usize, locals: &[u8], stack: &[u8]) -> Result<bool, AnalysisError> {
        let depth = stack.len() as u32;
        let malformed = AnalysisError::Malformed(block);
        self.steps += locals.len() + stack.len() + 1;
        if self.steps > MAX_STEPS {
            return Err(AnalysisError::TooLarge);
        }
        let (old_locals, old_stack) = self.kinds[block * self.width..][..self.width].split_at_mut(self.locals);
        let old_stack = old_stack.get_mut(..stack.len()).ok_or(malformed)?;
        if self.depths[block] == UNREACHED {
            self.depths[block] = depth;
            old_locals.copy_from_slice(locals);
            old_stack.copy_from_slice(stack);
            return Ok(true);
        }
        if self.depths[block] != depth {
            return Err(malformed);
        }
        let mut changed = false;
        let old = old_locals.iter_mut().chain(old_stack);
        for (old, new) in old.zip(locals.iter().chain(stack)) {
            if *old != *new && *old != kind::MIXED {
                *old = kind::MIXED;
                changed = true;
            }
        }
        Ok(changed)
    }

    /// Fills `out` with the state at `bci`, which is in `block`.
    pub fn at(
        &self,
        shape: &MethodShape<'_>,
        blocks: &Blocks,
        block: usize,
        bci: usize,
        position: Position,
        out: &mut ReferenceBitmap,
    ) -> Result<(), AnalysisError> {
        let slots = self.slots_at(shape, blocks, block, bci, position)?;
        let max_locals = usize::from(shape.max_locals);
        out.reset(max_locals, slots.stack.len());
        let stack = slots
            .stack
            .iter()
            .enumerate()
            .map(|(index, kind)| (max_locals + index, *kind));
        for (slot, kind) in slots.locals.iter().copied().enumerate().chain(stack) {
            match kind {
                kind::REFERENCE => out.set_reference(slot),
                kind::MIXED => out.set_ambiguous(slot),
                _ => {}
            }
        }
        Ok(())
    }

    /// Kinds of locals and operands at an instruction of a block.
    pub fn slots_at(
        &self,
        shape: &MethodShape<'_>,
        blocks: &Blocks,
        block: usize,
        bci: usize,
        position: Position,
    ) -> Result<Slots, AnalysisError> {
        if self.depths[block] == UNREACHED {
            return Err(AnalysisError::Unreachable(bci));
        }
        let mut slots = self.slots(shape);
        self.load(block, &mut slots);
        let mut at = blocks.start(block);
        let instruction = loop {
            let instruction = decode(shape.code, at).map_err(|_| AnalysisError::Malformed(at))?;
            if at >= bci {
                break instruction;
            }
            slots.step(shape, &instruction)?;
            at = instruction.next_bci();
        };
        if at != bci {
            return Err(AnalysisError::Unreachable(bci));
        }
        if position == Position::InCall && instruction.opcode.flags().contains(OpcodeFlags::INVOKE) {
            slots.pop_arguments(shape, &instruction)?;
        }
        Ok(slots)
    }
}

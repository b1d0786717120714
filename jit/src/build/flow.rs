//! What the builder must know of a method's bytecode before it reads it in order: blocks, their order, predecessors,
//! live locals, and for OSR entries the types of locals.

use crate::code::Refusal;
use crate::query::MethodInfo;
use crate::ssa::Type;
use peaberry_classfile::opcodes::{Instruction, OpcodeFlags, Operands, decode, op};

/// A basic block of bytecode.
#[derive(Clone, Debug)]
pub(super) struct BytecodeBlock {
    pub start: u32,
    pub end: u32,
    /// Blocks that control goes to, handlers not among them.
    pub successors: Vec<usize>,
    /// Blocks of the handlers that cover it.
    pub handlers: Vec<usize>,
    /// Edges into it.
    pub predecessors: u32,
    /// Place in reverse postorder.
    pub order: u32,
}

/// The flow of control of a method.
#[derive(Debug)]
pub(super) struct Flow {
    pub blocks: Vec<BytecodeBlock>,
    /// Block that starts at a bci.
    block_at: Vec<u32>,
    words: usize,
    /// Live locals before each instruction, `words` words for each bci.
    live: Vec<u64>,
}

const NONE: u32 = u32::MAX;

/// A local by its index, with the type of the access.
pub(super) type LocalAccess = Option<(u16, Type)>;

/// What an instruction does to locals: read, written.
pub(super) fn local_access(instruction: &Instruction<'_>) -> (LocalAccess, LocalAccess) {
    let opcode = instruction.opcode as u8;
    let explicit = match instruction.operands {
        Operands::Local(index) => index,
        Operands::Iinc { local, .. } => local,
        _ => 0,
    };
    let types = [Type::Int, Type::Long, Type::Float, Type::Double, Type::Reference];
    match opcode {
        op::ILOAD..=op::ALOAD => (Some((explicit, types[usize::from(opcode - op::ILOAD)])), None),
        op::ILOAD_0..=op::ALOAD_3 => {
            let at = opcode - op::ILOAD_0;
            (Some((u16::from(at % 4), types[usize::from(at / 4)])), None)
        }
        op::ISTORE..=op::ASTORE => (None, Some((explicit, types[usize::from(opcode - op::ISTORE)]))),
        op::ISTORE_0..=op::ASTORE_3 => {
            let at = opcode - op::ISTORE_0;
            (None, Some((u16::from(at % 4), types[usize::from(at / 4)])))
        }
        op::IINC => (Some((explicit, Type::Int)), Some((explicit, Type::Int))),
        _ => (None, None),
    }
}

impl Flow {
    pub fn new(code: &[u8], info: &MethodInfo) -> Result<Flow, Refusal> {
        let malformed = Refusal::Malformed("instruction");
        let mut leader = vec![false; code.len() + 1];
        leader[0] = true;
        let mut bci = 0;
        while bci < code.len() {
            let instruction = decode(code, bci).map_err(|_| malformed.clone())?;
            if matches!(instruction.opcode as u8, op::JSR | op::JSR_W | op::RET) {
                return Err(Refusal::Subroutines);
            }
            let flags = instruction.opcode.flags();
            if flags.contains(OpcodeFlags::BRANCH) {
                let mut good = true;
                instruction.for_each_target(|target| match usize::try_from(target) {
                    Ok(target) if target < code.len() => leader[target] = true,
                    _ => good = false,
                });
                if !good {
                    return Err(malformed);
                }
            }
            if flags.intersects(OpcodeFlags::BRANCH | OpcodeFlags::ENDS_BLOCK) {
                leader[instruction.next_bci()] = true;
            }
            bci = instruction.next_bci();
        }
        for &(start, end, handler, _) in &info.handlers {
            for at in [start, end, handler] {
                *leader.get_mut(usize::from(at)).ok_or(malformed.clone())? = true;
            }
        }
        let starts: Vec<u32> = (0..code.len() as u32).filter(|bci| leader[*bci as usize]).collect();
        let mut block_at = vec![NONE; code.len()];
        for (index, start) in starts.iter().enumerate() {
            block_at[*start as usize] = index as u32;
        }
        let mut blocks = Vec::with_capacity(starts.len());
        for (index, &start) in starts.iter().enumerate() {
            let end = starts.get(index + 1).copied().unwrap_or(code.len() as u32);
            blocks.push(BytecodeBlock {
                start,
                end,
                successors: Vec::new(),
                handlers: Vec::new(),
                predecessors: 0,
                order: NONE,
            });
        }
        let words = usize::from(info.max_locals).div_ceil(64).max(1);
        let mut flow = Flow {
            blocks,
            block_at,
            words,
            live: vec![0; words * (code.len() + 1)],
        };
        flow.connect(code, info)?;
        flow.number();
        flow.find_live(code)?;
        Ok(flow)
    }

    /// The block that starts at `bci`.
    pub fn block_at(&self, bci: u32) -> Option<usize> {
        let block = *self.block_at.get(bci as usize)?;
        (block != NONE).then_some(block as usize)
    }

    /// Is there a way back to the block at a bci?
    pub fn is_loop_header(&self, bci: u32) -> bool {
        let Some(index) = self.block_at(bci) else {
            return true;
        };
        let order = self.blocks[index].order;
        self.blocks
            .iter()
            .any(|block| block.order >= order && (block.successors.contains(&index) || block.handlers.contains(&index)))
    }
    /// Is a local live before the instruction at `bci`?
    pub fn is_live(&self, bci: u32, local: usize) -> bool {
        self.live
            .get(bci as usize * self.words + local / 64)
            .is_some_and(|word| word >> (local % 64) & 1 != 0)
    }

    fn connect(&mut self, code: &[u8], info: &MethodInfo) -> Result<(), Refusal> {
        for index in 0..self.blocks.len() {
            let (start, end) = (self.blocks[index].start, self.blocks[index].end);
            let mut bci = start as usize;
            let mut successors = Vec::new();
            let mut falls = true;
            while bci < end as usize {
                let instruction = decode(code, bci).map_err(|_| Refusal::Malformed("instruction"))?;
                let flags = instruction.opcode.flags();
                instruction.for_each_target(|target| successors.push(self.block_at[target as usize] as usize));
                falls = !flags.contains(OpcodeFlags::ENDS_BLOCK);
                bci = instruction.next_bci();
            }
            if bci != end as usize {
                return Err(Refusal::Malformed("jump into an instruction"));
            }
            if falls {
                match self.block_at(end) {
                    Some(next) => successors.push(next),
                    None => return Err(Refusal::Malformed("falls off the end")),
                }
            }
            let mut handlers = Vec::new();
            for &(from, to, handler, _) in &info.handlers {
                if u32::from(from) <= start
                    && start < u32::from(to)
                    && let Some(handler) = self.block_at(handler.into())
                    && !handlers.contains(&handler)
                {
                    handlers.push(handler);
                }
            }
            for &successor in successors.iter() {
                self.blocks[successor].predecessors += 1;
            }
            for &handler in &handlers {
                // Each throwing instruction is an edge.
                self.blocks[handler].predecessors += 2;
            }
            self.blocks[index].successors = successors;
            self.blocks[index].handlers = handlers;
        }
        self.blocks[0].predecessors += 1;
        Ok(())
    }

    fn number(&mut self) {
        let mut seen = vec![false; self.blocks.len()];
        let mut postorder = Vec::with_capacity(self.blocks.len());
        let mut stack = vec![(0, 0)];
        seen[0] = true;
        while let Some((block, next)) = stack.last_mut() {
            let data = &self.blocks[*block];
            let count = data.successors.len();
            // Handlers first, so that they come last in the order.
            let edge = if *next < data.handlers.len() {
                Some(data.handlers[*next])
            } else {
                data.successors.get(*next - data.handlers.len()).copied()
            };
            debug_assert!(*next <= count + data.handlers.len());
            match edge {
                Some(successor) => {
                    *next += 1;
                    if !std::mem::replace(&mut seen[successor], true) {
                        stack.push((successor, 0));
                    }
                }
                None => {
                    postorder.push(*block);
                    stack.pop();
                }
            }
        }
        for (order, block) in postorder.iter().rev().enumerate() {
            self.blocks[*block].order = order as u32;
        }
    }

    fn find_live(&mut self, code: &[u8]) -> Result<(), Refusal> {
        let words = self.words;
        let mut order: Vec<usize> = (0..self.blocks.len()).collect();
        order.sort_by_key(|block| std::cmp::Reverse(self.blocks[*block].order));
        let mut changed = true;
        while changed {
            changed = false;
            for &block in &order {
                let data = &self.blocks[block];
                let mut caught = vec![0u64; words];
                let mut live = vec![0u64; words];
                for (set, edges) in [(&mut live, &data.successors), (&mut caught, &data.handlers)] {
                    for &edge in edges {
                        let at = self.blocks[edge].start as usize * words;
                        for (word, live) in set.iter_mut().zip(&self.live[at..at + words]) {
                            *word |= live;
                        }
                    }
                }
                let mut instructions = Vec::new();
                let mut bci = data.start as usize;
                while bci < data.end as usize {
                    let instruction = decode(code, bci).map_err(|_| Refusal::Malformed("instruction"))?;
                    instructions.push(instruction);
                    bci = instruction.next_bci();
                }
                for instruction in instructions.iter().rev() {
                    let (read, written) = local_access(instruction);
                    if let Some((local, kind)) = written {
                        for local in usize::from(local)..usize::from(local) + kind.slots() {
                            if local / 64 < words {
                                live[local / 64] &= !(1 << (local % 64));
                            }
                        }
                    }
                    if let Some((local, _)) = read
                        && usize::from(local) / 64 < words
                    {
                        live[usize::from(local) / 64] |= 1 << (local % 64);
                    }
                    let at = instruction.bci * words;
                    for word in 0..words {
                        live[word] |= caught[word];
                        if self.live[at + word] != live[word] {
                            self.live[at + word] = live[word];
                            changed = true;
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// How many locks the method holds at the start of the block at `bci`, `first` of them from the beginning; `None`
    /// where paths differ, or none leads there.
    pub fn lock_depth(&self, code: &[u8], info: &MethodInfo, first: usize, bci: u32) -> Option<usize> {
        let wanted = self.block_at(bci)?;
        let mut depths: Vec<Option<usize>> = vec![None; self.blocks.len()];
        let mut pending = vec![(0, first)];
        while let Some((block, depth)) = pending.pop() {
            match depths[block] {
                Some(known) if known == depth => continue,
                Some(_) => return None,
                None => depths[block] = Some(depth),
            }
            let data = &self.blocks[block];
            let covers =
                |&&(from, to, ..): &&(u16, u16, u16, u16)| u32::from(from) <= data.start && data.start < u32::from(to);
            for &(_, _, handler, catch) in info.handlers.iter().filter(covers) {
                pending.push((self.block_at(handler.into())?, depth));
                if catch == 0 {
                    // Handlers farther out are not for what is thrown here.
                    break;
                }
            }
            let mut depth = depth;
            let mut at = data.start as usize;
            while at < data.end as usize {
                let instruction = decode(code, at).ok()?;
                match instruction.opcode as u8 {
                    op::MONITORENTER => depth += 1,
                    op::MONITOREXIT => depth = depth.checked_sub(1)?,
                    _ => {}
                }
                at = instruction.next_bci();
            }
            pending.extend(data.successors.iter().map(|&successor| (successor, depth)));
        }
        depths[wanted]
    }

    /// Types of the locals at the start of the block at `bci`, found by following all paths: `None` where there is no
    /// value or paths differ.
    pub fn local_types(
        &self,
        code: &[u8],
        arguments: &[Type],
        max_locals: usize,
        bci: u32,
    ) -> Option<Vec<Option<Type>>> {
        let wanted = self.block_at(bci)?;
        let mut states: Vec<Option<Vec<Option<Type>>>> = vec![None; self.blocks.len()];
        let mut first = vec![None; max_locals];
        let mut slot = 0;
        for argument in arguments {
            *first.get_mut(slot)? = Some(*argument);
            slot += argument.slots();
        }
        states[0] = Some(first);
        let mut pending = vec![0];
        while let Some(block) = pending.pop() {
            let mut locals = states[block].clone()?;
            let data = &self.blocks[block];
            let flow = |states: &mut Vec<Option<Vec<Option<Type>>>>,
                        pending: &mut Vec<usize>,
                        target: usize,
                        locals: &Vec<Option<Type>>| {
                match &mut states[target] {
                    Some(known) => {
                        let mut changed = false;
                        for (known, new) in known.iter_mut().zip(locals) {
                            if known.is_some() && known != new {
                                *known = None;
                                changed = true;
                            }
                        }
                        if changed {
                            pending.push(target);
                        }
                    }
                    none => {
                        *none = Some(locals.clone());
                        pending.push(target);
                    }
                }
            };
            let mut at = data.start as usize;
            for &handler in &data.handlers {
                flow(&mut states, &mut pending, handler, &locals);
            }
            while at < data.end as usize {
                let instruction = decode(code, at).ok()?;
                if let (_, Some((local, kind))) = local_access(&instruction) {
                    let local = usize::from(local);
                    // The first half of a long or double that this one cuts is gone.
                    if local > 0 && locals.get(local - 1)?.is_some_and(|kind| kind.slots() == 2) {
                        locals[local - 1] = None;
                    }
                    *locals.get_mut(local)? = Some(kind);
                    if kind.slots() == 2 {
                        *locals.get_mut(local + 1)? = None;
                    }
                    for &handler in &data.handlers {
                        flow(&mut states, &mut pending, handler, &locals);
                    }
                }
                at = instruction.next_bci();
            }
            for &successor in &data.successors {
                flow(&mut states, &mut pending, successor, &locals);
            }
        }
        states[wanted].clone()
    }
}

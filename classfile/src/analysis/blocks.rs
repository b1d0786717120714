//! Basic blocks, with edges to branch targets and to exception handlers.

use super::{AnalysisError, MethodShape};
use crate::opcodes::{Instruction, OpcodeFlags, decode, op};

/// Edges a method may have: bounds work on contrived code.
const MAX_EDGES: usize = 4 << 20;
/// Elementary steps each part of the analysis may take: bounds time on contrived code.
pub(super) const MAX_STEPS: usize = 400_000_000;

pub(super) struct Blocks {
    /// First bci of each block, ascending.
    starts: Vec<u32>,
    code_length: usize,
    /// Where each block's edges start in `edges`, one more than blocks.
    edge_starts: Vec<u32>,
    edges: Vec<u32>,
    handler_starts: Vec<u32>,
    handlers: Vec<u32>,
    /// Blocks behind a `jsr`: where any `ret` may go.
    returns: Vec<u32>,
    /// Highest local slot used by code, plus one.
    pub locals_used: usize,
}

impl Blocks {
    pub fn new(shape: &MethodShape<'_>) -> Result<Self, AnalysisError> {
        let code = shape.code;
        if code.is_empty() {
            return Err(AnalysisError::Malformed(0));
        }
        let mut leader = vec![false; code.len() + 1];
        leader[0] = true;
        let mut locals_used = 0;
        let mut bci = 0;
        while bci < code.len() {
            let instruction = decode(code, bci).map_err(|_| AnalysisError::Malformed(bci))?;
            locals_used = locals_used.max(super::effects::locals_used(&instruction));
            let flags = instruction.opcode.flags();
            let next = instruction.next_bci();
            if flags.contains(OpcodeFlags::BRANCH) {
                let mut good = true;
                instruction.for_each_target(|target| {
                    match usize::try_from(target).ok().filter(|target| *target < code.len()) {
                        Some(target) => leader[target] = true,
                        None => good = false,
                    }
                });
                if !good {
                    return Err(AnalysisError::Malformed(bci));
                }
                leader[next] = true;
            } else if flags.contains(OpcodeFlags::ENDS_BLOCK) || instruction.opcode as u8 == op::RET {
                leader[next] = true;
            }
            bci = next;
        }
        if locals_used > usize::from(shape.max_locals) {
            return Err(AnalysisError::Malformed(0));
        }
        for row in shape.handlers {
            for at in [row.start_pc, row.end_pc, row.handler_pc] {
                match leader.get_mut(usize::from(at)) {
                    Some(leader) => *leader = true,
                    None => return Err(AnalysisError::Malformed(at.into())),
                }
            }
        }
        let starts = (0..code.len() as u32).filter(|bci| leader[*bci as usize]).collect();
        let mut blocks = Blocks {
            starts,
            code_length: code.len(),
            edge_starts: Vec::new(),
            edges: Vec::new(),
            handler_starts: Vec::new(),
            handlers: Vec::new(),
            returns: Vec::new(),
            locals_used,
        };
        blocks.connect(shape)?;
        Ok(blocks)
    }

    fn connect(&mut self, shape: &MethodShape<'_>) -> Result<(), AnalysisError> {
        if self.len().saturating_mul(shape.handlers.len()) > MAX_STEPS {
            return Err(AnalysisError::TooLarge);
        }
        // The block that last took each block for a handler.
        let mut taken = vec![usize::MAX; self.len()];
        for block in 0..self.len() {
            self.edge_starts.push(self.edges.len() as u32);
            self.handler_starts.push(self.handlers.len() as u32);
            let (start, end) = (self.start(block), self.end(block));
            for row in shape.handlers {
                if usize::from(row.start_pc) <= start && start < usize::from(row.end_pc) {
                    let handler = self.at(row.handler_pc.into())?;
                    if std::mem::replace(&mut taken[handler as usize], block) != block {
                        self.handlers.push(handler);
                    }
                }
            }
            let mut bci = start;
            while bci < end {
                let instruction = decode(shape.code, bci).map_err(|_| AnalysisError::Malformed(bci))?;
                bci = instruction.next_bci();
                if bci >= end {
                    if bci > end {
                        // A branch or handler into the middle of this instruction.
                        return Err(AnalysisError::Malformed(instruction.bci));
                    }
                    self.last_instruction(&instruction)?;
                }
            }
            if self.edges.len() + self.handlers.len() > MAX_EDGES {
                return Err(AnalysisError::TooLarge);
            }
        }
        self.edge_starts.push(self.edges.len() as u32);
        self.handler_starts.push(self.handlers.len() as u32);
        Ok(())
    }

    fn last_instruction(&mut self, instruction: &Instruction<'_>) -> Result<(), AnalysisError> {
        let opcode = instruction.opcode as u8;
        let next = instruction.next_bci();
        let mut result = Ok(());
        instruction.for_each_target(|target| match self.at(target as usize) {
            Ok(block) => self.edges.push(block),
            Err(error) => result = Err(error),
        });
        result?;
        match opcode {
            // To the block that stands for all returns.
            op::RET => self.edges.push(self.len() as u32),
            op::JSR | op::JSR_W => {
                // A subroutine that never returns may be the last thing called.
                if next < self.code_length {
                    let block = self.at(next)?;
                    self.returns.push(block);
                }
            }
            _ if instruction.opcode.flags().contains(OpcodeFlags::ENDS_BLOCK) => {}
            _ => {
                let block = self.at(next)?;
                self.edges.push(block);
            }
        }
        Ok(())
    }

    pub fn len(&self) -> usize {
        self.starts.len()
    }

    pub fn start(&self, block: usize) -> usize {
        self.starts[block] as usize
    }

    pub fn end(&self, block: usize) -> usize {
        self.starts
            .get(block + 1)
            .map_or(self.code_length, |start| *start as usize)
    }

    /// Blocks that control may reach from the end of `block`. The block after the last stands for every `ret`.
    pub fn successors(&self, block: usize) -> &[u32] {
        if block == self.len() {
            return &self.returns;
        }
        &self.edges[self.edge_starts[block] as usize..self.edge_starts[block + 1] as usize]
    }

    /// Blocks of the handlers that cover all of `block`.
    pub fn handlers(&self, block: usize) -> &[u32] {
        if block == self.len() {
            return &[];
        }
        &self.handlers[self.handler_starts[block] as usize..self.handler_starts[block + 1] as usize]
    }

    /// The block that starts at `bci`.
    fn at(&self, bci: usize) -> Result<u32, AnalysisError> {
        let found = self.starts.binary_search(&(bci as u32));
        found
            .map(|block| block as u32)
            .map_err(|_| AnalysisError::Malformed(bci))
    }

    /// The block `bci` is in.
    pub fn containing(&self, bci: usize) -> Option<usize> {
        if bci >= self.code_length {
            return None;
        }
        self.starts
            .partition_point(|start| *start as usize <= bci)
            .checked_sub(1)
    }
}

//! Which slots of an interpreter frame hold live references at a given instruction: what a precise collector needs to
//! know of a stopped frame. Pure functions over bytecode; the caller caches the answers.
//!
//! A local variable is reported only when it may still be read (liveness), so dead references are no roots. Whoever
//! needs an object longer than its last read (the monitor of a synchronized method, for instance) keeps it elsewhere.

mod bitmap;
mod blocks;
mod effects;
mod liveness;
mod states;

pub use bitmap::ReferenceBitmap;

use crate::descriptors::{MethodDescriptor, parse_field};
use crate::model::{Constant, ConstantPool, ExceptionHandler};
use blocks::Blocks;
use liveness::Liveness;
use states::States;
use thiserror::Error;

/// The constant-pool facts the analysis needs.
pub trait Constants {
    /// Descriptor of the field at this index.
    fn field_descriptor(&self, index: u16) -> Option<&[u8]>;
    /// Descriptor of the method or call site at this index.
    fn method_descriptor(&self, index: u16) -> Option<&[u8]>;
    /// First character of the descriptor of what `ldc` of this index pushes: `I`, `F`, `J`, `D`, else a reference.
    fn constant_type(&self, index: u16) -> Option<u8>;
}

impl Constants for ConstantPool<'_> {
    fn field_descriptor(&self, index: u16) -> Option<&[u8]> {
        Some(self.member(index)?.descriptor)
    }

    fn method_descriptor(&self, index: u16) -> Option<&[u8]> {
        match self.get(index)? {
            Constant::InvokeDynamic { .. } => Some(self.dynamic(index)?.descriptor),
            _ => Some(self.member(index)?.descriptor),
        }
    }

    fn constant_type(&self, index: u16) -> Option<u8> {
        Some(match self.get(index)? {
            Constant::Integer(_) => b'I',
            Constant::Float(_) => b'F',
            Constant::Long(_) => b'J',
            Constant::Double(_) => b'D',
            Constant::Dynamic { .. } => match parse_field(self.dynamic(index)?.descriptor)?.tag() {
                b'B' | b'C' | b'S' | b'Z' => b'I',
                tag => tag,
            },
            _ => b'L',
        })
    }
}

/// What the analysis reads of a method.
#[derive(Clone, Copy)]
pub struct MethodShape<'a> {
    /// The bytecode as in the class file (not quickened).
    pub code: &'a [u8],
    /// The exception table.
    pub handlers: &'a [ExceptionHandler],
    /// Local variable slots.
    pub max_locals: u16,
    /// Operand stack slots.
    pub max_stack: u16,
    /// Has no receiver.
    pub is_static: bool,
    /// Method descriptor.
    pub descriptor: &'a [u8],
    /// Constant pool.
    pub constants: &'a dyn Constants,
}

/// Where in an instruction the frame is stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Position {
    /// Before the instruction has any effect.
    Before,
    /// In a call: the arguments belong to the callee already, there is no result yet. The same as `Before` for
    /// instructions that call nothing.
    InCall,
}

/// Why there is no answer. The caller then has to scan the frame conservatively.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum AnalysisError {
    /// The code does not obey the rules verification checks.
    #[error("malformed code at bci {0}")]
    Malformed(usize),
    /// No path leads to this instruction, or none starts there.
    #[error("bci {0} is unreachable")]
    Unreachable(usize),
    /// The method has too many blocks and slots for the analysis to be worth its memory.
    #[error("the method is too large to analyse")]
    TooLarge,
}

/// The analysis of one method, good for any number of questions.
pub struct Analysis<'a> {
    shape: MethodShape<'a>,
    blocks: Blocks,
    states: States,
    liveness: Liveness,
}

impl<'a> Analysis<'a> {
    /// Analyses a method: linear in its size for all but contrived code.
    pub fn new(shape: MethodShape<'a>) -> Result<Self, AnalysisError> {
        let blocks = Blocks::new(&shape)?;
        let states = States::new(&shape, &blocks)?;
        let liveness = Liveness::new(&shape, &blocks, states.locals())?;
        Ok(Analysis {
            shape,
            blocks,
            states,
            liveness,
        })
    }

    /// Fills `out` with the live references at `bci`.
    pub fn map(&self, bci: usize, position: Position, out: &mut ReferenceBitmap) -> Result<(), AnalysisError> {
        self.map_with_dead(bci, position, out)?;
        let block = self.blocks.containing(bci).ok_or(AnalysisError::Unreachable(bci))?;
        let live = self.liveness.before(&self.shape, &self.blocks, block, bci);
        out.retain_locals(|local| live.contains(local));
        Ok(())
    }

    /// Fills `out` with all references at `bci`, dead locals too.
    pub fn map_with_dead(
        &self,
        bci: usize,
        position: Position,
        out: &mut ReferenceBitmap,
    ) -> Result<(), AnalysisError> {
        let block = self.blocks.containing(bci).ok_or(AnalysisError::Unreachable(bci))?;
        self.states.at(&self.shape, &self.blocks, block, bci, position, out)
    }

    /// The slots, numbered as in the maps, that hold something at `bci` that is no reference.
    pub fn values(&self, bci: usize, position: Position) -> Result<Vec<usize>, AnalysisError> {
        let block = self.blocks.containing(bci).ok_or(AnalysisError::Unreachable(bci))?;
        let slots = (self.states).slots_at(&self.shape, &self.blocks, block, bci, position)?;
        let max_locals = usize::from(self.shape.max_locals);
        let operands = (max_locals..).zip(slots.stack);
        let all = slots.locals.into_iter().enumerate().chain(operands);
        Ok(all
            .filter(|(_, kind)| *kind == effects::kind::VALUE)
            .map(|(slot, _)| slot)
            .collect())
    }
}

/// Fills `out` with the live references of a frame of `method` stopped at `bci`.
pub fn reference_map(
    method: &MethodShape<'_>,
    bci: usize,
    position: Position,
    out: &mut ReferenceBitmap,
) -> Result<(), AnalysisError> {
    Analysis::new(*method)?.map(bci, position, out)
}

/// Kinds of the argument slots, receiver first: whether each is a reference.
fn arguments(shape: &MethodShape<'_>) -> Option<Vec<bool>> {
    let descriptor = MethodDescriptor::parse(shape.descriptor)?;
    let mut slots = Vec::new();
    if !shape.is_static {
        slots.push(true);
    }
    for parameter in descriptor.parameters() {
        slots.push(parameter.is_reference());
        if parameter.slots() == 2 {
            slots.push(false);
        }
    }
    (slots.len() <= usize::from(shape.max_locals)).then_some(slots)
}

#[cfg(test)]
mod tests;

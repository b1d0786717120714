//! One activation under construction: the method itself or an inlined one.

use super::flow::Flow;
use super::frame::Frame;
use crate::code::Refusal;
use crate::query::{MethodId, MethodInfo, Runtime};
use crate::ssa::{Block, PositionIndex, State, Value};
use std::collections::{BTreeMap, HashMap};

/// What an inlined activation knows of its caller.
pub(super) struct CallerLink {
    /// The caller's state in the call.
    pub state: State,
    /// The call's position.
    pub position: PositionIndex,
    /// Methods from the outermost to the caller.
    pub chain: Vec<MethodId>,
    /// Where results go: a block with the result as parameter.
    pub normal: Block,
    /// Where pending exceptions go.
    pub exceptional: Block,
}

/// How a block of bytecode begins.
pub(super) struct BlockEntry {
    pub block: Block,
    pub frame: Frame,
    /// Locals among the block's parameters; the operands follow. `None`: it has no parameters.
    pub locals: Option<Vec<usize>>,
    /// For each parameter what it is on all ways so far; `None`: ways differ.
    pub agreed: Vec<Option<Value>>,
    /// The block was built with that knowledge.
    pub relied_on: bool,
}

pub(super) struct Scope {
    pub method: MethodId,
    pub info: MethodInfo,
    pub code: Vec<u8>,
    pub flow: Flow,
    pub caller: Option<CallerLink>,
    pub frame: Frame,
    /// The instruction being built.
    pub bci: u32,
    /// The state before it, once asked for.
    pub state: Option<State>,
    /// Operands before it.
    pub stack_before: Vec<Value>,
    pub entries: HashMap<u32, BlockEntry>,
    /// Blocks of bytecode to do, by order: start bci.
    pub pending: BTreeMap<u32, u32>,
    /// Has the inlined activation returned, or thrown?
    pub returned: bool,
    pub threw: bool,
    /// What all its returns so far return; `None` inside: they differ.
    pub result: Option<Option<Value>>,
    /// The entry is a loop header reached through OSR.
    pub entry_bci: u32,
}

impl Scope {
    pub fn new(
        runtime: &dyn Runtime,
        method: MethodId,
        info: MethodInfo,
        caller: Option<CallerLink>,
    ) -> Result<Scope, Refusal> {
        let code = runtime.bytecode(method).to_vec();
        let flow = Flow::new(&code, &info)?;
        Ok(Scope {
            method,
            info,
            code,
            flow,
            caller,
            frame: Frame::default(),
            bci: 0,
            state: None,
            stack_before: Vec::new(),
            entries: HashMap::new(),
            pending: BTreeMap::new(),
            returned: false,
            threw: false,
            result: None,
            entry_bci: 0,
        })
    }
    /// Depth of inlining.
    pub fn depth(&self) -> u32 {
        self.caller.as_ref().map_or(0, |link| link.chain.len() as u32)
    }
    /// Methods from the outermost to this one.
    pub fn chain(&self) -> Vec<MethodId> {
        let mut chain = self.caller.as_ref().map_or_else(Vec::new, |link| link.chain.clone());
        chain.push(self.method);
        chain
    }
}

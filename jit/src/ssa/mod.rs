//! The middle end's intermediate representation: static single assignment with block parameters and frame states.
//!
//! A [`Function`] is a graph of blocks; a block has parameters, nodes in order and a terminator. Every node is a
//! [`Value`], whether it has a result or not. Control that leaves compiled code (*exits*) needs no blocks: a node that
//! may exit carries the [`FrameState`] that says how the interpreter goes on.

mod op;
mod print;
mod verify;

pub use op::{
    BinaryOp, CallKind, CallTarget, Condition, Conversion, FloatCondition, MathOp, Op, Ordering, Signature,
    VirtualObject,
};
pub use verify::{Fault, verify};

use crate::code::{ExitReason, Resume};
use crate::query::{Kind, MethodId};
use cranelift_entity::{PrimaryMap, entity_impl};

/// A node, and its result.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Value(u32);
entity_impl!(Value, "v");

/// A basic block.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Block(u32);
entity_impl!(Block, "b");

/// A frame state.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct State(u32);
entity_impl!(State, "s");

/// An index into [`Function::positions`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PositionIndex(u32);
entity_impl!(PositionIndex, "p");

/// Type of a value.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Type {
    /// boolean to int.
    Int,
    /// long, and addresses outside the heap.
    Long,
    /// float.
    Float,
    /// double.
    Double,
    /// A reference as a full address.
    Reference,
}

impl Type {
    /// Slots it takes in an interpreter frame.
    pub fn slots(self) -> usize {
        match self {
            Type::Long | Type::Double => 2,
            _ => 1,
        }
    }
    /// Type of a value that lies in memory like this.
    pub fn of_kind(kind: Kind) -> Type {
        match kind {
            Kind::Boolean | Kind::Byte | Kind::Char | Kind::Short | Kind::Int => Type::Int,
            Kind::Long => Type::Long,
            Kind::Float => Type::Float,
            Kind::Double => Type::Double,
            Kind::Reference => Type::Reference,
        }
    }
    /// The type a descriptor character stands for; `None` for void.
    pub fn from_descriptor(character: u8) -> Option<Type> {
        Some(match character {
            b'Z' | b'B' | b'C' | b'S' | b'I' => Type::Int,
            b'J' => Type::Long,
            b'F' => Type::Float,
            b'D' => Type::Double,
            b'L' | b'[' => Type::Reference,
            _ => return None,
        })
    }
}

/// A node.
#[derive(Clone, Debug)]
pub struct Node {
    /// What it does.
    pub op: Op,
    /// Operands.
    pub arguments: Vec<Value>,
    /// Type of its result; `None` when it has none.
    pub result: Option<Type>,
    /// For nodes that may exit: how the interpreter executes the instruction again. For calls and other nodes that may
    /// throw: where the exception is dispatched.
    pub state: Option<State>,
    /// For nodes after which the code may turn out to be invalidated: how the interpreter goes on behind them.
    pub after: Option<State>,
    /// Bytecode position.
    pub position: PositionIndex,
}

/// A jump's destination with the values of its parameters.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Target {
    /// The block.
    pub block: Block,
    /// One value for each of its parameters.
    pub arguments: Vec<Value>,
}

/// How a block ends.
#[derive(Clone, PartialEq, Debug)]
pub enum Terminator {
    /// Always there.
    Jump(Target),
    /// By an int: not zero, zero.
    Branch {
        /// The condition.
        condition: Value,
        /// Where to go when it is not zero.
        then: Target,
        /// Where to go when it is zero.
        otherwise: Target,
        /// Probability of `then`, 0 to 1.
        probability: f32,
    },
    /// By an int key.
    Switch {
        /// The key.
        key: Value,
        /// Keys and targets.
        cases: Vec<(i32, Target)>,
        /// Any other key.
        default: Target,
    },
    /// After the call that is the block's last node: did it throw?
    Pending {
        /// The call.
        call: Value,
        /// It did not.
        normal: Target,
        /// It did; the exception is pending.
        exceptional: Target,
    },
    /// The method's result.
    Return(Option<Value>),
    /// The method ends with the pending exception.
    ReturnPending,
    /// The interpreter goes on.
    Exit {
        /// Why.
        reason: ExitReason,
        /// How.
        resume: Resume,
        /// Where.
        state: State,
    },
    /// Under construction.
    None,
}

/// A basic block.
#[derive(Clone, Debug)]
pub struct BlockData {
    /// Parameters: nodes of [`Op::Parameter`].
    pub parameters: Vec<Value>,
    /// Nodes in order.
    pub nodes: Vec<Value>,
    /// End.
    pub terminator: Terminator,
    /// Seldom executed.
    pub cold: bool,
}

/// A lock that a frame of the interpreter would hold.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Lock {
    /// The locked object.
    pub object: Value,
    /// The code does not take the lock: exits do.
    pub elided: bool,
}

/// One frame of the interpreter at a point of the program, with its callers.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct FrameState {
    /// Method.
    pub method: MethodId,
    /// Instruction.
    pub bci: u32,
    /// One for each local slot; `None`: dead, or second half.
    pub locals: Vec<Option<Value>>,
    /// One for each operand slot, second halves `None`.
    pub stack: Vec<Option<Value>>,
    /// Locks of this frame, outermost first.
    pub locks: Vec<Lock>,
    /// For inlined methods the caller's state in the call.
    pub caller: Option<State>,
}

/// Bytecode position of a node.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Position {
    /// Method.
    pub method: MethodId,
    /// Bytecode index.
    pub bci: u32,
    /// Position of the call this was inlined at.
    pub caller: Option<PositionIndex>,
}

/// A method under compilation.
#[derive(Clone, Debug)]
pub struct Function {
    /// All nodes.
    pub nodes: PrimaryMap<Value, Node>,
    /// All blocks.
    pub blocks: PrimaryMap<Block, BlockData>,
    /// All frame states.
    pub states: PrimaryMap<State, FrameState>,
    /// All positions.
    pub positions: PrimaryMap<PositionIndex, Position>,
    /// Where it begins; has no parameters.
    pub entry: Block,
    /// Types of the arguments ([`Op::Argument`]).
    pub arguments: Vec<Type>,
    /// Type of the result.
    pub result: Option<Type>,
    /// Descriptor character of the result.
    pub result_character: u8,
}

impl Function {
    /// A function with an empty entry block.
    pub fn new(arguments: Vec<Type>, result_character: u8) -> Function {
        let mut blocks = PrimaryMap::new();
        let entry = blocks.push(BlockData::new());
        Function {
            nodes: PrimaryMap::new(),
            blocks,
            states: PrimaryMap::new(),
            positions: PrimaryMap::new(),
            entry,
            arguments,
            result: Type::from_descriptor(result_character),
            result_character,
        }
    }
    /// Type of a value that has a result.
    pub fn type_of(&self, value: Value) -> Type {
        self.nodes[value].result.unwrap_or(Type::Int)
    }
    /// A new empty block.
    pub fn new_block(&mut self) -> Block {
        self.blocks.push(BlockData::new())
    }
    /// Adds a parameter to a block.
    pub fn add_parameter(&mut self, block: Block, result: Type, position: PositionIndex) -> Value {
        let value = self.nodes.push(Node {
            op: Op::Parameter,
            arguments: Vec::new(),
            result: Some(result),
            state: None,
            after: None,
            position,
        });
        self.blocks[block].parameters.push(value);
        value
    }
    /// The blocks that can be reached, in reverse postorder.
    pub fn reverse_postorder(&self) -> Vec<Block> {
        let mut seen = vec![false; self.blocks.len()];
        let mut order = Vec::with_capacity(self.blocks.len());
        let mut stack = vec![(self.entry, self.blocks[self.entry].terminator.successors(), 0)];
        seen[self.entry.0 as usize] = true;
        while let Some((block, successors, next)) = stack.last_mut() {
            match successors.get(*next) {
                Some(&successor) => {
                    *next += 1;
                    if !std::mem::replace(&mut seen[successor.0 as usize], true) {
                        stack.push((successor, self.blocks[successor].terminator.successors(), 0));
                    }
                }
                None => {
                    order.push(*block);
                    stack.pop();
                }
            }
        }
        order.reverse();
        order
    }
    /// The frames of a state, outermost first.
    pub fn frames(&self, state: State) -> Vec<State> {
        let mut frames = vec![state];
        while let Some(caller) = frames.last().and_then(|last| self.states[*last].caller) {
            frames.push(caller);
        }
        frames.reverse();
        frames
    }
    /// Calls `visit` with each value that a state and its callers name.
    pub fn for_each_state_value(&self, state: State, visit: &mut impl FnMut(Value)) {
        let mut next = Some(state);
        while let Some(state) = next {
            let frame = &self.states[state];
            frame
                .locals
                .iter()
                .chain(&frame.stack)
                .flatten()
                .chain(frame.locks.iter().map(|lock| &lock.object))
                .for_each(|value| visit(*value));
            next = frame.caller;
        }
    }
}

impl BlockData {
    fn new() -> BlockData {
        BlockData {
            parameters: Vec::new(),
            nodes: Vec::new(),
            terminator: Terminator::None,
            cold: false,
        }
    }
}

impl Terminator {
    /// Targets in order.
    pub fn targets(&self) -> Vec<&Target> {
        match self {
            Terminator::Jump(target) => vec![target],
            Terminator::Branch { then, otherwise, .. } => vec![then, otherwise],
            Terminator::Switch { cases, default, .. } => {
                cases.iter().map(|(_, target)| target).chain([default]).collect()
            }
            Terminator::Pending {
                normal, exceptional, ..
            } => vec![normal, exceptional],
            Terminator::Return(_) | Terminator::ReturnPending | Terminator::Exit { .. } | Terminator::None => vec![],
        }
    }
    /// Targets in order, to change.
    pub fn targets_mut(&mut self) -> Vec<&mut Target> {
        match self {
            Terminator::Jump(target) => vec![target],
            Terminator::Branch { then, otherwise, .. } => vec![then, otherwise],
            Terminator::Switch { cases, default, .. } => {
                cases.iter_mut().map(|(_, target)| target).chain([default]).collect()
            }
            Terminator::Pending {
                normal, exceptional, ..
            } => vec![normal, exceptional],
            Terminator::Return(_) | Terminator::ReturnPending | Terminator::Exit { .. } | Terminator::None => vec![],
        }
    }
    /// Blocks of the targets.
    pub fn successors(&self) -> Vec<Block> {
        self.targets().into_iter().map(|target| target.block).collect()
    }
    /// The values it uses, those of targets not among them.
    pub fn operands_mut(&mut self) -> Vec<&mut Value> {
        match self {
            Terminator::Branch { condition, .. } => vec![condition],
            Terminator::Switch { key, .. } => vec![key],
            Terminator::Return(Some(value)) => vec![value],
            Terminator::Pending { call, .. } => vec![call],
            _ => vec![],
        }
    }
    /// The values it uses, those of targets not among them.
    pub fn operands(&self) -> Vec<Value> {
        match self {
            Terminator::Branch { condition, .. } => vec![*condition],
            Terminator::Switch { key, .. } => vec![*key],
            Terminator::Return(Some(value)) => vec![*value],
            Terminator::Pending { call, .. } => vec![*call],
            _ => vec![],
        }
    }
}

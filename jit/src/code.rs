//! What a compilation makes: machine code and what the runtime must know of it.

use crate::codecache::NearCall;
use crate::exit_table::ExitTable;
use crate::query::{ClassId, Kind, MethodId};
use std::num::NonZeroU32;

/// Why compiled code leaves for the interpreter.
#[repr(u8)]
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ExitReason {
    /// Something was not resolved or initialized when the code was compiled.
    Unresolved = 0,
    /// A branch that had never been taken.
    Unreached = 1,
    /// A receiver or object of a class that the profile did not have.
    ClassGuard = 2,
    /// Null where the program wants an object.
    NullCheck = 3,
    /// Index out of bounds.
    BoundsCheck = 4,
    /// Division by zero.
    DivisionCheck = 5,
    /// A cast that fails.
    CastCheck = 6,
    /// A reference of the wrong class is stored into an array.
    StoreCheck = 7,
    /// An exception is pending that the compiled code does not handle itself.
    Exception = 8,
    /// The code was invalidated while the frame was in a call.
    Invalidated = 9,
    /// An instruction that compiled code does not do.
    NotCompiled = 10,
    /// A negative array size, and what else the slow path must say.
    Other = 11,
    /// Nothing: the exit is tested (`CompileOptions::forces_exits`).
    Forced = 12,
    /// A check of a loop, made before the loop for all of its iterations, does not hold for all.
    LoopBounds = 13,
}

impl ExitReason {
    /// All of them, in the order of their numbers.
    pub const ALL: [ExitReason; 14] = [
        ExitReason::Unresolved,
        ExitReason::Unreached,
        ExitReason::ClassGuard,
        ExitReason::NullCheck,
        ExitReason::BoundsCheck,
        ExitReason::DivisionCheck,
        ExitReason::CastCheck,
        ExitReason::StoreCheck,
        ExitReason::Exception,
        ExitReason::Invalidated,
        ExitReason::NotCompiled,
        ExitReason::Other,
        ExitReason::Forced,
        ExitReason::LoopBounds,
    ];
}

/// How the interpreter goes on after an exit.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Resume {
    /// It executes the instruction at the innermost frame's bci, whose operands are on the stack.
    At,
    /// It dispatches the thread's pending exception as thrown by the instruction at the innermost frame's bci; the
    /// operand stack is empty.
    Exception,
}

/// Where the value of an interpreter's slot is at an exit.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum SlotSource {
    /// Nowhere: the slot is dead, or the second half of a long or double.
    Dead,
    /// In this word of the exit's buffer.
    Buffer(u16),
    /// A constant.
    Constant(u64),
}

/// A lock of an interpreter frame at an exit.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ExitLock {
    /// The next of those that the compiled frame holds.
    Held,
    /// The code has done without it: it is taken now.
    Elided(SlotSource),
}

/// A field of an object that an exit allocates.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct ExitField {
    /// Byte offset.
    pub offset: u32,
    /// How it lies in memory.
    pub kind: Kind,
    /// Its value.
    pub value: SlotSource,
}

/// An object that the code has done without and that an exit allocates.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ExitObject {
    /// Class.
    pub class: ClassId,
    /// The word of the exit's buffer that its address is put in.
    pub word: u16,
    /// Its fields that may be other than zero.
    pub fields: Vec<ExitField>,
}

/// One interpreter frame at an exit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ExitFrame {
    /// Method.
    pub method: MethodId,
    /// Instruction: for frames that are not the innermost, that of the call in progress.
    pub bci: u32,
    /// One for each local slot.
    pub locals: Vec<SlotSource>,
    /// One for each operand slot; the arguments of a call in progress are not among them.
    pub stack: Vec<SlotSource>,
    /// Its locks, outermost first.
    pub locks: Vec<ExitLock>,
}

/// A place where compiled code leaves.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Exit {
    /// Why.
    pub reason: ExitReason,
    /// How to go on.
    pub resume: Resume,
    /// The objects to be allocated. Their fields may name each other.
    pub objects: Vec<ExitObject>,
    /// The frames, outermost first.
    pub frames: Vec<ExitFrame>,
}

/// A position in inlined methods.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Position {
    /// Method.
    pub method: MethodId,
    /// Bytecode index.
    pub bci: u32,
    /// Index of the position of the call this was inlined at.
    pub caller: Option<u32>,
}

/// Where a call returns to that has thrown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Landing {
    /// Where it returns to otherwise: the code behind the call looks for a pending exception.
    Tested,
    /// At this offset, where the frame is left at once: the caller is the next to know.
    Leaves(u32),
    /// At this offset, where the exception is dealt with.
    Handles(u32),
}

/// A call in compiled code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CallSite {
    /// Offset of the return address from the code's start.
    pub return_offset: u32,
    /// Index in [`CompiledCode::positions`].
    pub position: u32,
    /// Which of [`CompiledCode::references`] say where the references are that live over the call.
    pub references: (u32, u32),
    /// Where it returns to when it has thrown.
    pub landing: Landing,
    /// Offset where it returns to when the code was invalidated meanwhile. `None`: the code behind the call looks.
    pub invalidated: Option<NonZeroU32>,
}

/// What code takes for granted and class loading may overturn.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Dependency {
    /// `Runtime::unique_target` of the first is the second.
    UniqueTarget(MethodId, MethodId),
    /// `Runtime::unique_concrete_class` of the first is the second.
    UniqueConcreteClass(ClassId, ClassId),
}

/// Where a compilation begins.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Entry {
    /// At the method's beginning.
    Normal,
    /// On-stack replacement: at the loop header with this bci.
    Loop(u32),
}

/// A compiled method.
#[derive(Clone, Debug)]
pub struct CompiledCode {
    /// Method.
    pub method: MethodId,
    /// Entry.
    pub entry: Entry,
    /// Machine code, to lie at a multiple of 64 bytes. Entered at its first byte. Position independent but for its calls.
    pub bytes: Vec<u8>,
    /// Calls of functions of the runtime, to be completed once the code has its place.
    pub near_calls: Vec<NearCall>,
    /// Exits by number.
    pub exits: ExitTable,
    /// Calls, by return offset.
    pub call_sites: Vec<CallSite>,
    /// Where references are during calls: offsets from the stack pointer, in bytes, of null or full addresses.
    pub references: Vec<u32>,
    /// Positions of calls.
    pub positions: Vec<Position>,
    /// Assumptions.
    pub dependencies: Vec<Dependency>,
    /// Methods inlined; their classes, like the method's own, must live as long as the code.
    pub inlined: Vec<MethodId>,
    /// Classes whose addresses are in the code.
    pub classes: Vec<ClassId>,
    /// Methods whose addresses are in the code.
    pub methods: Vec<MethodId>,
    /// Locks that the interpreter's frame must hold where the code is entered: none at a method's beginning.
    pub entry_locks: u16,
}

/// Why a method does not compile.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Refusal {
    /// jsr or ret.
    #[error("has subroutines")]
    Subroutines,
    /// Locks that are not released in the order they were taken, or differ between paths.
    #[error("locks are not structured")]
    UnstructuredLocking,
    /// Bytecode that could not be followed.
    #[error("bytecode is malformed: {0}")]
    Malformed(&'static str),
    /// Too large.
    #[error("too large: {0} SSA instructions")]
    TooLarge(usize),
    /// An OSR entry with operands on the stack or locks held.
    #[error("loop entry with {0}")]
    LoopEntry(&'static str),
    /// Something is not done yet.
    #[error("unsupported: {0}")]
    Unsupported(&'static str),
    /// Cranelift's verifier or compiler refused.
    #[error("code generator: {0}")]
    Backend(String),
}

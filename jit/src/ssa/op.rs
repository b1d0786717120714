//! What nodes do.

use crate::code::ExitReason;
use crate::layout::RuntimeCall;
use crate::query::{ClassId, Kind, MethodId};

/// Arithmetic of two operands of the result's type (shift counts are ints).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum BinaryOp {
    /// Sum, wrapping.
    Add,
    /// Difference, wrapping.
    Sub,
    /// Product, wrapping.
    Mul,
    /// Quotient; an integer divisor is not zero.
    Div,
    /// Rest of an integer division; the divisor is not zero.
    Rem,
    /// Bits of both.
    And,
    /// Bits of either.
    Or,
    /// Bits that differ.
    Xor,
    /// Left shift, count masked.
    Shl,
    /// Arithmetic right shift, count masked.
    Shr,
    /// Logical right shift, count masked.
    Ushr,
}

/// Comparison of ints, longs or references; references for equality only.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Condition {
    /// Equal.
    Eq,
    /// Not equal.
    Ne,
    /// Less.
    Lt,
    /// Greater or equal.
    Ge,
    /// Greater.
    Gt,
    /// Less or equal.
    Le,
    /// Less, unsigned.
    Below,
    /// Greater or equal, unsigned.
    AboveOrEqual,
}

impl Condition {
    /// The condition that holds when this one does not.
    pub fn negated(self) -> Condition {
        match self {
            Condition::Eq => Condition::Ne,
            Condition::Ne => Condition::Eq,
            Condition::Lt => Condition::Ge,
            Condition::Ge => Condition::Lt,
            Condition::Gt => Condition::Le,
            Condition::Le => Condition::Gt,
            Condition::Below => Condition::AboveOrEqual,
            Condition::AboveOrEqual => Condition::Below,
        }
    }
    /// The condition with its operands exchanged.
    pub fn swapped(self) -> Option<Condition> {
        Some(match self {
            Condition::Eq => Condition::Eq,
            Condition::Ne => Condition::Ne,
            Condition::Lt => Condition::Gt,
            Condition::Gt => Condition::Lt,
            Condition::Ge => Condition::Le,
            Condition::Le => Condition::Ge,
            Condition::Below | Condition::AboveOrEqual => return None,
        })
    }
}

/// Comparison of floating point numbers.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum FloatCondition {
    /// Equal.
    Eq,
    /// Not equal, or one is NaN.
    Ne,
    /// Less.
    Lt,
    /// Less or equal.
    Le,
    /// Greater.
    Gt,
    /// Greater or equal.
    Ge,
    /// Less, or one is NaN.
    UnorderedLt,
    /// Less or equal, or one is NaN.
    UnorderedLe,
    /// Greater, or one is NaN.
    UnorderedGt,
    /// Greater or equal, or one is NaN.
    UnorderedGe,
}

/// Conversion of one operand (JVMS §2.11.4).
#[allow(missing_docs)]
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Conversion {
    I2l,
    I2f,
    I2d,
    L2i,
    L2f,
    L2d,
    F2i,
    F2l,
    F2d,
    D2i,
    D2l,
    D2f,
    I2b,
    I2c,
    I2s,
    /// Bits of a float as int.
    FloatBits,
    /// Bits of a double as long.
    DoubleBits,
    /// Int as the bits of a float.
    BitsFloat,
    /// Long as the bits of a double.
    BitsDouble,
    /// Int as unsigned long.
    UnsignedI2l,
}

/// Intrinsic computations without effects.
#[allow(missing_docs)]
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum MathOp {
    Sqrt,
    Abs,
    Floor,
    Ceil,
    Rint,
    /// `min` and `max` of the result's type, as Java has them.
    Min,
    Max,
    /// Upper half of a signed product of longs.
    MultiplyHigh,
    UnsignedMultiplyHigh,
    BitCount,
    LeadingZeros,
    TrailingZeros,
    ReverseBytes,
    Reverse,
    RotateLeft,
    RotateRight,
    /// `a * b + c` with one rounding.
    Fma,
    CopySign,
}

/// Memory ordering of an access.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Ordering {
    /// None beyond that of its own thread.
    Plain,
    /// Sequentially consistent.
    Volatile,
}

/// Parameter and result types of a call.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Signature {
    /// Parameters, receiver included.
    pub parameters: Vec<super::Type>,
    /// Descriptor character of the result.
    pub result_character: u8,
}

/// Whom a call calls.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum CallTarget {
    /// This method.
    Direct(MethodId),
    /// Entry of the receiver's vtable; the receiver is not null.
    Virtual {
        /// Declared method.
        declared: MethodId,
        /// Index.
        vtable_index: u32,
    },
    /// The method whose address is the node's first operand, which is not an argument.
    Computed,
}

/// How a call is made.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct CallKind {
    /// Callee.
    pub target: CallTarget,
    /// Types.
    pub signature: Signature,
    /// Through argument slots in memory and `RuntimeCall::CallSlots` (natives).
    pub by_slots: bool,
}

/// An object that is not allocated, at a point of the program.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct VirtualObject {
    /// Class.
    pub class: ClassId,
    /// The same for one object at different points.
    pub number: u32,
    /// Byte offsets and kinds of the fields that may be other than zero.
    pub fields: Vec<(u32, Kind)>,
}

/// What a node does. Memory operations name an *alias class*: accesses of different ones never meet.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Op {
    /// Parameter of a block.
    Parameter,
    /// Argument of the function.
    Argument(u32),
    /// OSR entry: the interpreter's local slot; the operand is the locals' address.
    OsrLocal(u16),
    /// OSR entry: the object of one of the thread's locks, counted from the last one taken; from here on the compiled
    /// frame holds it.
    OsrLock(u16),
    /// int.
    Int(i32),
    /// long, or an address outside the heap.
    Long(i64),
    /// float, by its bits.
    Float(u32),
    /// double, by its bits.
    Double(u64),
    /// null.
    Null,
    /// The object in the narrow slot at this address, which never changes but by moving.
    ObjectSlot(u64),
    /// An object that does not move.
    FixedObject(u64),
    /// Arithmetic.
    Binary(BinaryOp),
    /// Negation.
    Negate,
    /// Comparison of the first with the second operand: 1 or 0.
    Compare(Condition),
    /// Comparison of floats or doubles: 1 or 0.
    CompareFloat(FloatCondition),
    /// -1, 0, 1; for floating point with a NaN, -1 (`false`) or 1 (`true`).
    ThreeWay {
        /// What a NaN gives.
        nan_is_greater: bool,
    },
    /// Conversion.
    Convert(Conversion),
    /// By an int: second operand if not zero, else third.
    Select,
    /// Intrinsic computation.
    Math(MathOp),
    /// Exits when the operand is null.
    NullCheck,
    /// Exits unless index (first) is below length (second), unsigned.
    BoundsCheck,
    /// Exits when the operand is zero.
    DivisionCheck,
    /// Exits when the operand, an int, is zero.
    Guard(ExitReason),
    /// Exits when the object, not null, is no instance of the class. Null passes.
    CheckCast(ClassId),
    /// Is the object, which may be null, an instance of the class? 1 or 0.
    InstanceOf(ClassId),
    /// Exits when the value (second) may not be stored into the array (first, not null).
    StoreCheck,
    /// Class of an object that is not null, as address.
    ClassOf,
    /// Length of an array that is not null.
    ArrayLength,
    /// Field of an object that is not null.
    LoadField {
        /// Byte offset.
        offset: u32,
        /// How it lies in memory.
        kind: Kind,
        /// Alias class.
        alias: u64,
        /// Volatile.
        volatile: bool,
    },
    /// Stores the second operand into a field of the first, not null.
    StoreField {
        /// Byte offset.
        offset: u32,
        /// How it lies in memory.
        kind: Kind,
        /// Alias class.
        alias: u64,
        /// Volatile.
        volatile: bool,
    },
    /// Static field.
    LoadStatic {
        /// Address.
        address: u64,
        /// How it lies in memory.
        kind: Kind,
        /// Volatile.
        volatile: bool,
    },
    /// Stores into a static field.
    StoreStatic {
        /// Address.
        address: u64,
        /// How it lies in memory.
        kind: Kind,
        /// Volatile.
        volatile: bool,
    },
    /// Element of an array (not null) at an index (in bounds).
    LoadElement(Kind),
    /// Stores the third operand into an array (not null) at an index (in bounds). A `Boolean` array keeps the lowest
    /// bit; `Byte` stores go to byte arrays, or to arrays that may be either when `Op::BooleanMask` was applied.
    StoreElement(Kind),
    /// A value (second operand) as an array (first, byte[] or boolean[], not null) stores it.
    BooleanMask,
    /// A new instance of an initialized class.
    New {
        /// Class.
        class: ClassId,
        /// Bytes.
        bytes: u32,
    },
    /// An object that is not allocated, as it is where a frame state names it; only frame states of the same block do,
    /// and such objects.
    /// The operands are the values of its fields. Exits allocate it.
    VirtualObject(Box<VirtualObject>),
    /// A new array with a length.
    NewArray {
        /// Array class.
        class: ClassId,
        /// log2 of the element size.
        shift: u8,
    },
    /// A new array of arrays; the operands are the lengths.
    NewMultiArray(ClassId),
    /// Exits unless the class is initialized or being so by this thread.
    InitializationCheck(ClassId),
    /// Locks an object that is not null.
    MonitorEnter,
    /// Unlocks it.
    MonitorExit,
    /// Safepoint poll of a loop; the state is that of the loop header.
    Poll,
    /// Load from base (an object, or null) and offset; of any memory.
    LoadRaw(Kind, Ordering),
    /// Store of the third operand to base and offset.
    StoreRaw(Kind, Ordering),
    /// At base and offset: if the third operand is there, the fourth takes its place: 1; otherwise 0.
    CompareAndSet(Kind),
    /// As [`Op::CompareAndSet`], with what was there as result.
    CompareAndExchange(Kind),
    /// Adds the third operand to what is at base and offset, which is the result.
    GetAndAdd(Kind),
    /// Puts the third operand in place of what is at base and offset, which is the result.
    GetAndSet(Kind),
    /// The `java.lang.Class` of a class by address.
    MirrorOf,
    /// Orders the stores of a constructor before the publication of its object.
    StoreFence,
    /// Orders all memory accesses.
    Fence,
    /// A call of Java code; the block's last node, before [`super::Terminator::Pending`].
    Call(Box<CallKind>),
    /// A call of the runtime. Of style stub: the block's last node, before [`super::Terminator::Pending`]. A leaf has no
    /// effect but through its operands' memory.
    Runtime(RuntimeCall),
    /// The pending exception, no longer pending.
    TakeException,
    /// Makes an exception pending.
    PutException,
}

impl Op {
    /// Only its operands decide its result, and it has no effect: may be computed once, or not at all, wherever the
    /// operands are.
    pub fn is_pure(&self) -> bool {
        match self {
            Op::Int(_)
            | Op::Long(_)
            | Op::Float(_)
            | Op::Double(_)
            | Op::Null
            | Op::FixedObject(_)
            | Op::Negate
            | Op::Compare(_)
            | Op::CompareFloat(_)
            | Op::ThreeWay { .. }
            | Op::Convert(_)
            | Op::Select
            | Op::Math(_)
            | Op::Argument(_) => true,
            Op::Binary(op) => !matches!(op, BinaryOp::Div | BinaryOp::Rem),
            _ => false,
        }
    }
    /// Has no effect: may be left out when nobody uses the result.
    pub fn is_removable(&self) -> bool {
        self.is_pure()
            || matches!(
                self,
                Op::Parameter
                    | Op::Binary(_)
                    | Op::ObjectSlot(_)
                    | Op::OsrLocal(_)
                    | Op::ClassOf
                    | Op::ArrayLength
                    | Op::InstanceOf(_)
                    | Op::BooleanMask
                    | Op::MirrorOf
                    | Op::VirtualObject(_)
                    | Op::LoadRaw(_, Ordering::Plain)
                    | Op::LoadElement(_)
                    | Op::LoadField { volatile: false, .. }
                    | Op::LoadStatic { volatile: false, .. }
                    | Op::Runtime(
                        RuntimeCall::RemainderFloat
                            | RuntimeCall::RemainderDouble
                            | RuntimeCall::EqualArrays
                            | RuntimeCall::IsInstance
                            | RuntimeCall::CurrentThread
                    )
            )
    }
    /// May run arbitrary Java code or let other threads run through a safepoint: no knowledge of memory survives it.
    pub fn clobbers_memory(&self) -> bool {
        match self {
            Op::Call(_)
            | Op::MonitorEnter
            | Op::MonitorExit
            | Op::Fence
            | Op::StoreFence
            | Op::StoreRaw(..)
            | Op::LoadRaw(_, Ordering::Volatile)
            | Op::CompareAndSet(_)
            | Op::CompareAndExchange(_)
            | Op::GetAndAdd(_)
            | Op::GetAndSet(_) => true,
            Op::Runtime(call) => !matches!(
                call,
                RuntimeCall::RemainderFloat
                    | RuntimeCall::RemainderDouble
                    | RuntimeCall::IsSubtype
                    | RuntimeCall::FindInterface
                    | RuntimeCall::EqualArrays
                    | RuntimeCall::IsAssignable
                    | RuntimeCall::HasNegatives
                    | RuntimeCall::CountPositives
                    | RuntimeCall::IndexOfByte
                    | RuntimeCall::IndexOfChar
                    | RuntimeCall::IndexOfBytes
                    | RuntimeCall::IndexOfChars
                    | RuntimeCall::IndexOfLatin1
                    | RuntimeCall::FindBytes
                    | RuntimeCall::FindChars
                    | RuntimeCall::FindLatin1
                    | RuntimeCall::CompareBytes
                    | RuntimeCall::CompareChars
                    | RuntimeCall::CompareBytesWithChars
                    | RuntimeCall::CompareCharsWithBytes
                    | RuntimeCall::MismatchOfWords
                    | RuntimeCall::HashOfElements
                    | RuntimeCall::IsInstance
                    | RuntimeCall::IdentityHash
                    | RuntimeCall::CurrentThread
                    | RuntimeCall::NanoTime
                    | RuntimeCall::TimeMillis
            ),
            Op::LoadField { volatile, .. }
            | Op::StoreField { volatile, .. }
            | Op::LoadStatic { volatile, .. }
            | Op::StoreStatic { volatile, .. } => *volatile,
            _ => false,
        }
    }
}

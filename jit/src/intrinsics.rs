//! Methods that calls need not call: each row names a method of the class library, marked `@IntrinsicCandidate` there,
//! and what stands for it. The one home of this fact; `jit/INTRINSICS.md` sets it beside what the class library marks, and
//! a file test keeps that true.

use crate::layout::RuntimeCall;
use crate::query::Kind;
use crate::ssa::{Conversion, MathOp, Op, Ordering};

/// What stands for a method.
#[derive(Clone, PartialEq, Debug)]
pub enum Intrinsic {
    /// A computation.
    Math(MathOp),
    /// A conversion.
    Convert(Conversion),
    /// A function of the runtime that gets the arguments as they are.
    Leaf(RuntimeCall),
    /// A function of the runtime that gets the arguments as they are and may leave the work to the method.
    Checked(RuntimeCall),
    /// `Object.getClass`.
    GetClass,
    /// `Class.isInstance`.
    IsInstance,
    /// `Object.clone`.
    Clone,
    /// `Preconditions.checkIndex` of ints.
    CheckIndex,
    /// `StringUTF16.getChar`: two bytes of an array as a char.
    GetChar,
    /// `StringUTF16.putChar`.
    PutChar,
    /// `System.arraycopy`.
    CopyArray,
    /// `Unsafe.allocateInstance`.
    AllocateInstance,
    /// An access of `Unsafe`: its first argument is not the node's.
    Raw(Op),
}

use Intrinsic::{Checked, Convert, Leaf, Math};

/// The rows, by `class.name descriptor`; the accesses of `Unsafe` follow a pattern instead ([`find`]).
const TABLE: &[(&str, Intrinsic)] = &[
    ("java/lang/Object.getClass ()Ljava/lang/Class;", Intrinsic::GetClass),
    ("java/lang/Object.clone ()Ljava/lang/Object;", Intrinsic::Clone),
    (
        "jdk/internal/util/Preconditions.checkIndex (IILjava/util/function/BiFunction;)I",
        Intrinsic::CheckIndex,
    ),
    ("java/lang/StringUTF16.getChar ([BI)C", Intrinsic::GetChar),
    ("java/lang/StringUTF16.putChar ([BII)V", Intrinsic::PutChar),
    (
        "java/lang/Class.isAssignableFrom (Ljava/lang/Class;)Z",
        Checked(RuntimeCall::IsAssignable),
    ),
    ("java/lang/Math.fma (DDD)D", Math(MathOp::Fma)),
    ("java/lang/Math.fma (FFF)F", Math(MathOp::Fma)),
    ("java/lang/Object.hashCode ()I", Leaf(RuntimeCall::IdentityHash)),
    (
        "java/lang/System.identityHashCode (Ljava/lang/Object;)I",
        Leaf(RuntimeCall::IdentityHash),
    ),
    (
        "java/lang/Thread.currentThread ()Ljava/lang/Thread;",
        Leaf(RuntimeCall::CurrentThread),
    ),
    ("java/lang/System.nanoTime ()J", Leaf(RuntimeCall::NanoTime)),
    ("java/lang/System.currentTimeMillis ()J", Leaf(RuntimeCall::TimeMillis)),
    (
        "java/lang/Class.isInstance (Ljava/lang/Object;)Z",
        Intrinsic::IsInstance,
    ),
    (
        "java/lang/System.arraycopy (Ljava/lang/Object;ILjava/lang/Object;II)V",
        Intrinsic::CopyArray,
    ),
    (
        "jdk/internal/misc/Unsafe.allocateInstance (Ljava/lang/Class;)Ljava/lang/Object;",
        Intrinsic::AllocateInstance,
    ),
    ("java/lang/StringLatin1.equals ([B[B)Z", Leaf(RuntimeCall::EqualArrays)),
    ("java/lang/StringUTF16.equals ([B[B)Z", Leaf(RuntimeCall::EqualArrays)),
    ("java/util/Arrays.equals ([Z[Z)Z", Leaf(RuntimeCall::EqualArrays)),
    ("java/util/Arrays.equals ([B[B)Z", Leaf(RuntimeCall::EqualArrays)),
    ("java/util/Arrays.equals ([C[C)Z", Leaf(RuntimeCall::EqualArrays)),
    ("java/util/Arrays.equals ([S[S)Z", Leaf(RuntimeCall::EqualArrays)),
    ("java/util/Arrays.equals ([I[I)Z", Leaf(RuntimeCall::EqualArrays)),
    ("java/util/Arrays.equals ([J[J)Z", Leaf(RuntimeCall::EqualArrays)),
    (
        "java/lang/StringCoding.hasNegatives ([BII)Z",
        Checked(RuntimeCall::HasNegatives),
    ),
    (
        "java/lang/StringCoding.countPositives ([BII)I",
        Checked(RuntimeCall::CountPositives),
    ),
    (
        "java/lang/StringLatin1.indexOfChar ([BIII)I",
        Checked(RuntimeCall::IndexOfByte),
    ),
    (
        "java/lang/StringUTF16.indexOfChar ([BIII)I",
        Checked(RuntimeCall::IndexOfChar),
    ),
    (
        "java/lang/StringLatin1.indexOf ([BI[BII)I",
        Checked(RuntimeCall::IndexOfBytes),
    ),
    (
        "java/lang/StringUTF16.indexOf ([BI[BII)I",
        Checked(RuntimeCall::IndexOfChars),
    ),
    (
        "java/lang/StringUTF16.indexOfLatin1 ([BI[BII)I",
        Checked(RuntimeCall::IndexOfLatin1),
    ),
    (
        "java/lang/StringLatin1.indexOf ([B[B)I",
        Checked(RuntimeCall::FindBytes),
    ),
    ("java/lang/StringUTF16.indexOf ([B[B)I", Checked(RuntimeCall::FindChars)),
    (
        "java/lang/StringUTF16.indexOfLatin1 ([B[B)I",
        Checked(RuntimeCall::FindLatin1),
    ),
    (
        "java/lang/StringLatin1.compareTo ([B[B)I",
        Checked(RuntimeCall::CompareBytes),
    ),
    (
        "java/lang/StringUTF16.compareTo ([B[B)I",
        Checked(RuntimeCall::CompareChars),
    ),
    (
        "java/lang/StringLatin1.compareToUTF16 ([B[B)I",
        Checked(RuntimeCall::CompareBytesWithChars),
    ),
    (
        "java/lang/StringUTF16.compareToLatin1 ([B[B)I",
        Checked(RuntimeCall::CompareCharsWithBytes),
    ),
    (
        "jdk/internal/util/ArraysSupport.vectorizedMismatch (Ljava/lang/Object;JLjava/lang/Object;JII)I",
        Checked(RuntimeCall::MismatchOfWords),
    ),
    (
        "jdk/internal/util/ArraysSupport.vectorizedHashCode (Ljava/lang/Object;IIII)I",
        Checked(RuntimeCall::HashOfElements),
    ),
    (
        "java/lang/StringLatin1.inflate ([BI[CII)V",
        Checked(RuntimeCall::Inflate),
    ),
    (
        "java/lang/StringLatin1.inflate ([BI[BII)V",
        Checked(RuntimeCall::Inflate),
    ),
    (
        "java/lang/StringUTF16.compress ([CI[BII)I",
        Checked(RuntimeCall::Compress),
    ),
    (
        "java/lang/StringUTF16.compress ([BI[BII)I",
        Checked(RuntimeCall::Compress),
    ),
    (
        "java/lang/StringCoding.implEncodeISOArray ([BI[BII)I",
        Checked(RuntimeCall::EncodeLatin1),
    ),
    (
        "sun/nio/cs/ISO_8859_1$Encoder.implEncodeISOArray ([CI[BII)I",
        Checked(RuntimeCall::EncodeLatin1),
    ),
    (
        "java/lang/StringCoding.implEncodeAsciiArray ([CI[BII)I",
        Checked(RuntimeCall::EncodeAscii),
    ),
    (
        "java/lang/StringUTF16.getChars ([BII[CI)V",
        Checked(RuntimeCall::GetChars),
    ),
    ("java/lang/Math.sqrt (D)D", Math(MathOp::Sqrt)),
    ("java/lang/StrictMath.sqrt (D)D", Math(MathOp::Sqrt)),
    ("java/lang/Math.abs (D)D", Math(MathOp::Abs)),
    ("java/lang/Math.abs (F)F", Math(MathOp::Abs)),
    ("java/lang/Math.abs (I)I", Math(MathOp::Abs)),
    ("java/lang/Math.abs (J)J", Math(MathOp::Abs)),
    ("java/lang/Math.floor (D)D", Math(MathOp::Floor)),
    ("java/lang/StrictMath.floor (D)D", Math(MathOp::Floor)),
    ("java/lang/Math.ceil (D)D", Math(MathOp::Ceil)),
    ("java/lang/StrictMath.ceil (D)D", Math(MathOp::Ceil)),
    ("java/lang/Math.rint (D)D", Math(MathOp::Rint)),
    ("java/lang/StrictMath.rint (D)D", Math(MathOp::Rint)),
    ("java/lang/Math.min (II)I", Math(MathOp::Min)),
    ("java/lang/Math.min (JJ)J", Math(MathOp::Min)),
    ("java/lang/Math.min (FF)F", Math(MathOp::Min)),
    ("java/lang/Math.min (DD)D", Math(MathOp::Min)),
    ("java/lang/StrictMath.min (II)I", Math(MathOp::Min)),
    ("java/lang/StrictMath.min (JJ)J", Math(MathOp::Min)),
    ("java/lang/StrictMath.min (FF)F", Math(MathOp::Min)),
    ("java/lang/StrictMath.min (DD)D", Math(MathOp::Min)),
    ("java/lang/Math.max (II)I", Math(MathOp::Max)),
    ("java/lang/Math.max (JJ)J", Math(MathOp::Max)),
    ("java/lang/Math.max (FF)F", Math(MathOp::Max)),
    ("java/lang/Math.max (DD)D", Math(MathOp::Max)),
    ("java/lang/StrictMath.max (II)I", Math(MathOp::Max)),
    ("java/lang/StrictMath.max (JJ)J", Math(MathOp::Max)),
    ("java/lang/StrictMath.max (FF)F", Math(MathOp::Max)),
    ("java/lang/StrictMath.max (DD)D", Math(MathOp::Max)),
    ("java/lang/Math.multiplyHigh (JJ)J", Math(MathOp::MultiplyHigh)),
    (
        "java/lang/Math.unsignedMultiplyHigh (JJ)J",
        Math(MathOp::UnsignedMultiplyHigh),
    ),
    ("java/lang/Math.copySign (DD)D", Math(MathOp::CopySign)),
    ("java/lang/Math.copySign (FF)F", Math(MathOp::CopySign)),
    ("java/lang/Integer.bitCount (I)I", Math(MathOp::BitCount)),
    (
        "java/lang/Integer.numberOfLeadingZeros (I)I",
        Math(MathOp::LeadingZeros),
    ),
    (
        "java/lang/Integer.numberOfTrailingZeros (I)I",
        Math(MathOp::TrailingZeros),
    ),
    ("java/lang/Integer.reverseBytes (I)I", Math(MathOp::ReverseBytes)),
    ("java/lang/Integer.reverse (I)I", Math(MathOp::Reverse)),
    ("java/lang/Integer.rotateLeft (II)I", Math(MathOp::RotateLeft)),
    ("java/lang/Integer.rotateRight (II)I", Math(MathOp::RotateRight)),
    ("java/lang/Long.bitCount (J)I", Math(MathOp::BitCount)),
    ("java/lang/Long.numberOfLeadingZeros (J)I", Math(MathOp::LeadingZeros)),
    ("java/lang/Long.numberOfTrailingZeros (J)I", Math(MathOp::TrailingZeros)),
    ("java/lang/Long.reverseBytes (J)J", Math(MathOp::ReverseBytes)),
    ("java/lang/Long.reverse (J)J", Math(MathOp::Reverse)),
    ("java/lang/Long.rotateLeft (JI)J", Math(MathOp::RotateLeft)),
    ("java/lang/Long.rotateRight (JI)J", Math(MathOp::RotateRight)),
    ("java/lang/Float.floatToRawIntBits (F)I", Convert(Conversion::FloatBits)),
    ("java/lang/Float.intBitsToFloat (I)F", Convert(Conversion::BitsFloat)),
    (
        "java/lang/Double.doubleToRawLongBits (D)J",
        Convert(Conversion::DoubleBits),
    ),
    (
        "java/lang/Double.longBitsToDouble (J)D",
        Convert(Conversion::BitsDouble),
    ),
];

/// What stands for the method of that name, `class.name descriptor` in internal form.
pub fn find(name: &str) -> Option<Intrinsic> {
    if let Some(access) = name.strip_prefix("jdk/internal/misc/Unsafe.")
        && let Some((name, descriptor)) = access.split_once(' ')
        && let Some(operation) = raw_access(name, descriptor)
    {
        return Some(Intrinsic::Raw(operation));
    }
    TABLE
        .iter()
        .find(|(row, _)| *row == name)
        .map(|(_, intrinsic)| intrinsic.clone())
}

const KINDS: [(&str, Kind); 9] = [
    ("Boolean", Kind::Boolean),
    ("Byte", Kind::Byte),
    ("Char", Kind::Char),
    ("Short", Kind::Short),
    ("Int", Kind::Int),
    ("Long", Kind::Long),
    ("Float", Kind::Float),
    ("Double", Kind::Double),
    ("Reference", Kind::Reference),
];

/// What an access of `Unsafe` of that name does: the operation on (base, offset, operands …).
fn raw_access(name: &str, descriptor: &str) -> Option<Op> {
    match name {
        "fullFence" => return Some(Op::Fence),
        "loadFence" | "storeFence" | "storeStoreFence" | "loadLoadFence" => return Some(Op::StoreFence),
        _ => {}
    }
    // Forms without an object take an address only.
    if !descriptor.starts_with("(Ljava/lang/Object;J") {
        return None;
    }
    let prefixes = [
        "weakCompareAndSet",
        "compareAndSet",
        "compareAndExchange",
        "getAndAdd",
        "getAndSet",
        "get",
        "put",
    ];
    let prefix = prefixes.into_iter().find(|prefix| {
        name.strip_prefix(prefix)
            .is_some_and(|rest| KINDS.iter().any(|(kind, _)| rest.starts_with(kind)))
    })?;
    let rest = &name[prefix.len()..];
    let (kind_name, kind) = KINDS.into_iter().find(|(kind, _)| rest.starts_with(kind))?;
    let suffix = &rest[kind_name.len()..];
    let swaps = matches!(
        kind,
        Kind::Byte | Kind::Short | Kind::Int | Kind::Long | Kind::Reference
    );
    // Another form takes the byte order.
    let unaligned = suffix == "Unaligned" && !descriptor.contains("Z)");
    Some(match prefix {
        "get" => Op::LoadRaw(
            kind,
            match suffix {
                "" | "Opaque" => Ordering::Plain,
                _ if unaligned => Ordering::Plain,
                "Volatile" | "Acquire" => Ordering::Volatile,
                _ => return None,
            },
        ),
        "put" => Op::StoreRaw(
            kind,
            match suffix {
                "" | "Opaque" | "Release" => Ordering::Plain,
                _ if unaligned => Ordering::Plain,
                "Volatile" => Ordering::Volatile,
                _ => return None,
            },
        ),
        _ if !matches!(suffix, "" | "Plain" | "Acquire" | "Release") || !swaps => return None,
        "weakCompareAndSet" | "compareAndSet" => Op::CompareAndSet(kind),
        "compareAndExchange" => Op::CompareAndExchange(kind),
        "getAndSet" => Op::GetAndSet(kind),
        _ if kind != Kind::Reference => Op::GetAndAdd(kind),
        _ => return None,
    })
}

/// The names of the rows.
pub fn names() -> impl Iterator<Item = &'static str> {
    TABLE.iter().map(|(name, _)| *name)
}

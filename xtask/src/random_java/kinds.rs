//! The types that random programs use.

use Kind::*;

/// A Java type.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Boolean,
    Byte,
    Short,
    Char,
    Int,
    Long,
    Float,
    Double,
    Text,
    Object,
    Integer,
    Booleans,
    Bytes,
    Shorts,
    Chars,
    Ints,
    Longs,
    Floats,
    Doubles,
    Rows,
    Nodes,
    Texts,
    /// The base class of a program's hierarchy.
    A,
    /// Extends A.
    B,
    /// Extends B.
    C,
    /// The interface that A and others implement.
    I,
    IntOperator,
    LongOperator,
    NodeFunction,
}

impl Kind {
    /// Its spelling.
    pub fn java(self) -> &'static str {
        match self {
            Boolean => "boolean",
            Byte => "byte",
            Short => "short",
            Char => "char",
            Int => "int",
            Long => "long",
            Float => "float",
            Double => "double",
            Text => "String",
            Object => "Object",
            Integer => "Integer",
            Booleans => "boolean[]",
            Bytes => "byte[]",
            Shorts => "short[]",
            Chars => "char[]",
            Ints => "int[]",
            Longs => "long[]",
            Floats => "float[]",
            Doubles => "double[]",
            Rows => "int[][]",
            Nodes => "A[]",
            Texts => "String[]",
            A => "A",
            B => "B",
            C => "C",
            I => "I",
            IntOperator => "IntBinaryOperator",
            LongOperator => "LongUnaryOperator",
            NodeFunction => "ToIntFunction<A>",
        }
    }

    /// The type of an array's elements.
    pub fn element(self) -> Option<Kind> {
        Some(match self {
            Booleans => Boolean,
            Bytes => Byte,
            Shorts => Short,
            Chars => Char,
            Ints => Int,
            Longs => Long,
            Floats => Float,
            Doubles => Double,
            Rows => Ints,
            Nodes => A,
            Texts => Text,
            _ => return None,
        })
    }

    /// The array type with these elements, if programs use it.
    pub fn array(self) -> Option<Kind> {
        ARRAYS.iter().copied().find(|array| array.element() == Some(self))
    }

    /// A constant of it: what a dropped declaration is left with.
    pub fn default(self) -> String {
        match self {
            Boolean => "false".into(),
            Byte | Short | Char | Int | Long | Float | Double => "0".into(),
            Text => "\"\"".into(),
            Object | Integer => "1".into(),
            Rows => "new int[8][8]".into(),
            IntOperator => "(a, b) -> a".into(),
            LongOperator => "a -> a".into(),
            NodeFunction => "a -> 1".into(),
            I => "new A(1)".into(),
            A | B | C => format!("new {}(1)", self.java()),
            _ => match self.element() {
                Some(element) => format!("new {}[8]", element.java()),
                None => "null".into(),
            },
        }
    }

    /// Is it a number or a char?
    pub fn is_number(self) -> bool {
        matches!(self, Byte | Short | Char | Int | Long | Float | Double)
    }
}

/// All array types.
pub const ARRAYS: &[Kind] = &[
    Booleans, Bytes, Shorts, Chars, Ints, Longs, Floats, Doubles, Rows, Nodes, Texts,
];

/// Types of locals, parameters and results, the frequent ones more than once.
pub const COMMON: &[Kind] = &[
    Int, Int, Int, Int, Int, Long, Long, Long, Float, Double, Double, Boolean, Byte, Short, Char, Text, Object,
    Integer, Bytes, Shorts, Chars, Ints, Ints, Longs, Doubles, Floats, Booleans, Rows, Nodes, Texts, A, A, B, C, I,
];

/// Types of results.
pub const RESULTS: &[Kind] = &[
    Int, Int, Int, Long, Long, Float, Double, Boolean, Byte, Short, Char, Text, Object, Integer, A, Ints,
];

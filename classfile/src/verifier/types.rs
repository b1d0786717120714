//! Verification types as one machine word, and the class names they mention, interned per class.

use crate::descriptors::FieldType;
use std::borrow::Cow;

/// What a [`Type`] is, or what its innermost element is when it has dimensions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Kind {
    Top = 0,
    Integer,
    Float,
    Long,
    Double,
    LongHigh,
    DoubleHigh,
    Boolean,
    Byte,
    Short,
    Char,
    Null,
    Object,
    UninitializedThis,
    Uninitialized,
    ReturnAddress,
    // Not types of values, but sets of them that an instruction accepts.
    AnyReference,
    AnyCategory1,
    AnyCategory2,
}

/// A verification type: kind (bits 0..8), array dimensions (bits 8..16), class name, bci or subroutine entry (bits
/// 32..64). Equal types are equal words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Type(u64);

impl Type {
    pub const TOP: Type = Type::of(Kind::Top);
    pub const INTEGER: Type = Type::of(Kind::Integer);
    pub const FLOAT: Type = Type::of(Kind::Float);
    pub const LONG: Type = Type::of(Kind::Long);
    pub const DOUBLE: Type = Type::of(Kind::Double);
    pub const LONG_HIGH: Type = Type::of(Kind::LongHigh);
    pub const DOUBLE_HIGH: Type = Type::of(Kind::DoubleHigh);
    pub const NULL: Type = Type::of(Kind::Null);
    pub const UNINITIALIZED_THIS: Type = Type::of(Kind::UninitializedThis);
    pub const ANY_REFERENCE: Type = Type::of(Kind::AnyReference);
    pub const ANY_CATEGORY_1: Type = Type::of(Kind::AnyCategory1);
    pub const ANY_CATEGORY_2: Type = Type::of(Kind::AnyCategory2);

    pub const fn of(kind: Kind) -> Type {
        Type(kind as u64)
    }

    pub const fn object(name: u32) -> Type {
        Type(Kind::Object as u64 | (name as u64) << 32)
    }

    pub const fn uninitialized(bci: u32) -> Type {
        Type(Kind::Uninitialized as u64 | (bci as u64) << 32)
    }

    pub const fn return_address(entry: u32) -> Type {
        Type(Kind::ReturnAddress as u64 | (entry as u64) << 32)
    }

    /// The type with this many dimensions instead.
    pub const fn with_dimensions(self, dimensions: u8) -> Type {
        Type(self.0 & !0xff00 | (dimensions as u64) << 8)
    }

    pub fn kind(self) -> Kind {
        const KINDS: [Kind; 19] = [
            Kind::Top,
            Kind::Integer,
            Kind::Float,
            Kind::Long,
            Kind::Double,
            Kind::LongHigh,
            Kind::DoubleHigh,
            Kind::Boolean,
            Kind::Byte,
            Kind::Short,
            Kind::Char,
            Kind::Null,
            Kind::Object,
            Kind::UninitializedThis,
            Kind::Uninitialized,
            Kind::ReturnAddress,
            Kind::AnyReference,
            Kind::AnyCategory1,
            Kind::AnyCategory2,
        ];
        KINDS[(self.0 & 0xff) as usize]
    }

    #[inline]
    pub fn dimensions(self) -> u8 {
        (self.0 >> 8) as u8
    }

    /// Class name, bci or subroutine entry.
    #[inline]
    pub fn payload(self) -> u32 {
        (self.0 >> 32) as u32
    }

    #[inline]
    pub fn is(self, kind: Kind) -> bool {
        self.0 & 0xffff == kind as u64
    }

    #[inline]
    pub fn is_array(self) -> bool {
        self.dimensions() > 0
    }

    /// A class or interface, not an array, not null.
    #[inline]
    pub fn is_object(self) -> bool {
        self.is(Kind::Object)
    }

    /// null, class or array; not an uninitialized object.
    #[inline]
    pub fn is_reference(self) -> bool {
        self.is_array() || self.is_object() || self == Type::NULL
    }

    /// The result of `new` or `this` before the constructor ran.
    #[inline]
    pub fn is_uninitialized(self) -> bool {
        self.is(Kind::Uninitialized) || self == Type::UNINITIALIZED_THIS
    }

    #[inline]
    pub fn is_category_1(self) -> bool {
        self == Type::INTEGER || self == Type::FLOAT || self.is_reference() || self.is_uninitialized()
    }

    /// The first slot of a long or double.
    #[inline]
    pub fn is_category_2(self) -> bool {
        self == Type::LONG || self == Type::DOUBLE
    }

    /// The second slot of a long or double.
    #[inline]
    pub fn is_high(self) -> bool {
        self == Type::LONG_HIGH || self == Type::DOUBLE_HIGH
    }

    /// The type of the second slot.
    #[inline]
    pub fn high(self) -> Type {
        if self == Type::LONG {
            Type::LONG_HIGH
        } else {
            Type::DOUBLE_HIGH
        }
    }

    /// Element type of an array as it is on the operand stack or as another array's component (narrow kinds kept).
    pub fn component(self) -> Type {
        self.with_dimensions(self.dimensions().saturating_sub(1))
    }

    /// An array of this kind with one dimension, or null.
    #[inline]
    pub fn is_array_of(self, kind: Kind) -> bool {
        self.0 == kind as u64 | 1 << 8 || self == Type::NULL
    }

    /// An array whose components are references, or null.
    #[inline]
    pub fn is_reference_array(self) -> bool {
        self == Type::NULL || self.dimensions() > 1 || self.dimensions() == 1 && self.kind() == Kind::Object
    }
}

/// Ids of names that every class under verification knows.
pub(super) mod well_known {
    pub const OBJECT: u32 = 0;
    pub const STRING: u32 = 1;
    pub const CLASS: u32 = 2;
    pub const THROWABLE: u32 = 3;
    pub const METHOD_HANDLE: u32 = 4;
    pub const METHOD_TYPE: u32 = 5;
    pub const CLONEABLE: u32 = 6;
    pub const SERIALIZABLE: u32 = 7;
    pub const NAMES: [&[u8]; 8] = [
        b"java/lang/Object",
        b"java/lang/String",
        b"java/lang/Class",
        b"java/lang/Throwable",
        b"java/lang/invoke/MethodHandle",
        b"java/lang/invoke/MethodType",
        b"java/lang/Cloneable",
        b"java/io/Serializable",
    ];
}

/// Class names by number: equal names have equal numbers.
pub(super) struct Names<'a> {
    names: Vec<Cow<'a, [u8]>>,
    /// Open addressing: number + 1, 0 = free. A power of two, at most half full.
    slots: Vec<u32>,
}

impl<'a> Names<'a> {
    pub fn new() -> Self {
        let mut names = Names {
            names: Vec::with_capacity(32),
            slots: vec![0; 128],
        };
        for name in well_known::NAMES {
            names.intern(name);
        }
        names
    }

    fn hash(bytes: &[u8]) -> usize {
        let mut hash = bytes.len() as u64;
        let mut chunks = bytes.chunks_exact(8);
        let mut mix = |word: u64| hash = (hash.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95);
        for chunk in &mut chunks {
            mix(u64::from_le_bytes(chunk.try_into().unwrap_or_default()));
        }
        let mut last = [0; 8];
        last[..chunks.remainder().len()].copy_from_slice(chunks.remainder());
        mix(u64::from_le_bytes(last));
        (hash >> 20) as usize
    }

    /// Answers the slot where the name is or belongs.
    fn find(&self, name: &[u8]) -> usize {
        let mask = self.slots.len() - 1;
        let mut at = Self::hash(name) & mask;
        while self.slots[at] != 0 && *self.names[self.slots[at] as usize - 1] != *name {
            at = (at + 1) & mask;
        }
        at
    }

    fn insert(&mut self, name: Cow<'a, [u8]>) -> u32 {
        let at = self.find(&name);
        if self.slots[at] != 0 {
            return self.slots[at] - 1;
        }
        self.names.push(name);
        let number = self.names.len() as u32;
        self.slots[at] = number;
        if self.names.len() * 2 > self.slots.len() {
            let size = self.slots.len() * 2;
            self.slots.clear();
            self.slots.resize(size, 0);
            for index in 0..self.names.len() {
                let at = self.find(&self.names[index]);
                self.slots[at] = index as u32 + 1;
            }
        }
        number - 1
    }

    pub fn intern(&mut self, name: &'a [u8]) -> u32 {
        self.insert(Cow::Borrowed(name))
    }

    pub fn intern_owned(&mut self, name: &[u8]) -> u32 {
        let at = self.find(name);
        match self.slots[at] {
            0 => self.insert(Cow::Owned(name.to_vec())),
            number => number - 1,
        }
    }

    pub fn get(&self, id: u32) -> &[u8] {
        self.names.get(id as usize).map_or(b"", |name| name)
    }

    /// The type of a descriptor's value, narrow integers kept apart. `void` is top.
    pub fn field_type(&mut self, field: FieldType<'a>) -> Type {
        match field {
            FieldType::Byte => Type::of(Kind::Byte),
            FieldType::Char => Type::of(Kind::Char),
            FieldType::Short => Type::of(Kind::Short),
            FieldType::Boolean => Type::of(Kind::Boolean),
            FieldType::Int => Type::INTEGER,
            FieldType::Float => Type::FLOAT,
            FieldType::Long => Type::LONG,
            FieldType::Double => Type::DOUBLE,
            FieldType::Void => Type::TOP,
            FieldType::Object(name) => Type::object(self.intern(name)),
            FieldType::Array(descriptor) => match field.array_element() {
                Some((element, dimensions @ 1..=255)) => self.field_type(element).with_dimensions(dimensions as u8),
                _ => Type::object(self.intern(descriptor)),
            },
        }
    }

    /// The type of a Class entry's name: internal name or array descriptor.
    pub fn class_type(&mut self, name: &'a [u8]) -> Type {
        if name.first() == Some(&b'[')
            && let Some(field) = crate::descriptors::parse_field(name)
        {
            self.field_type(field)
        } else {
            Type::object(self.intern(name))
        }
    }

    /// Appends a reference type's name as in a Class entry.
    pub fn write_class_name(&self, ty: Type, out: &mut Vec<u8>) {
        out.extend(std::iter::repeat_n(b'[', ty.dimensions().into()));
        match (ty.kind(), ty.dimensions()) {
            (Kind::Object, 0) => out.extend_from_slice(self.get(ty.payload())),
            (Kind::Object, _) => {
                out.push(b'L');
                out.extend_from_slice(self.get(ty.payload()));
                out.push(b';');
            }
            (kind, _) => out.push(match kind {
                Kind::Boolean => b'Z',
                Kind::Byte => b'B',
                Kind::Short => b'S',
                Kind::Char => b'C',
                Kind::Integer => b'I',
                Kind::Float => b'F',
                Kind::Long => b'J',
                _ => b'D',
            }),
        }
    }

    /// The type as messages show it.
    pub fn describe(&self, ty: Type) -> String {
        if ty.is_array() || ty.is_object() {
            let mut name = Vec::new();
            self.write_class_name(ty, &mut name);
            return format!("'{}'", crate::mutf8::to_string_lossy(&name));
        }
        match ty.kind() {
            Kind::Top => "top",
            Kind::Integer => "integer",
            Kind::Float => "float",
            Kind::Long => "long",
            Kind::Double => "double",
            Kind::LongHigh => "long_2nd",
            Kind::DoubleHigh => "double_2nd",
            Kind::Boolean => "boolean",
            Kind::Byte => "byte",
            Kind::Short => "short",
            Kind::Char => "char",
            Kind::Null => "null",
            Kind::UninitializedThis => "uninitializedThis",
            Kind::AnyReference => "reference type",
            Kind::AnyCategory1 => "category1 type",
            Kind::AnyCategory2 => "category2 type",
            Kind::ReturnAddress => "return address",
            Kind::Uninitialized => return format!("uninitialized {}", ty.payload()),
            Kind::Object => "",
        }
        .to_owned()
    }
}

//! Field and method descriptors (JVMS §4.3), read without allocation.

/// A field type, or `void` as a return type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldType<'a> {
    /// `B`
    Byte,
    /// `C`
    Char,
    /// `D`
    Double,
    /// `F`
    Float,
    /// `I`
    Int,
    /// `J`
    Long,
    /// `S`
    Short,
    /// `Z`
    Boolean,
    /// `V`, only as a return type
    Void,
    /// `Lname;`: the internal name without `L` and `;`
    Object(&'a [u8]),
    /// The whole array descriptor, as a class name: starts with `[`
    Array(&'a [u8]),
}

impl<'a> FieldType<'a> {
    /// Slots it takes as a local variable or operand: 0 for void, 2 for long and double, else 1.
    #[inline]
    pub fn slots(self) -> u16 {
        match self {
            FieldType::Void => 0,
            FieldType::Long | FieldType::Double => 2,
            _ => 1,
        }
    }

    /// Whether values are references.
    #[inline]
    pub fn is_reference(self) -> bool {
        matches!(self, FieldType::Object(_) | FieldType::Array(_))
    }

    /// First character of the descriptor.
    #[inline]
    pub fn tag(self) -> u8 {
        match self {
            FieldType::Byte => b'B',
            FieldType::Char => b'C',
            FieldType::Double => b'D',
            FieldType::Float => b'F',
            FieldType::Int => b'I',
            FieldType::Long => b'J',
            FieldType::Short => b'S',
            FieldType::Boolean => b'Z',
            FieldType::Void => b'V',
            FieldType::Object(_) => b'L',
            FieldType::Array(_) => b'[',
        }
    }

    /// Name for a Class entry or a class lookup: internal name or array descriptor; `None` for primitives.
    #[inline]
    pub fn class_name(self) -> Option<&'a [u8]> {
        match self {
            FieldType::Object(name) | FieldType::Array(name) => Some(name),
            _ => None,
        }
    }

    /// Element type and dimensions of an array type.
    pub fn array_element(self) -> Option<(FieldType<'a>, usize)> {
        let FieldType::Array(descriptor) = self else {
            return None;
        };
        let dimensions = descriptor.iter().take_while(|byte| **byte == b'[').count();
        Some((parse_field(&descriptor[dimensions..])?, dimensions))
    }
}

/// Reads one type at the start of `bytes`; answers the type and its length in bytes. `void` is not allowed. At most
/// 255 dimensions; class names must not be empty.
#[inline]
pub fn parse_type(bytes: &[u8]) -> Option<(FieldType<'_>, usize)> {
    Some(match *bytes.first()? {
        b'B' => (FieldType::Byte, 1),
        b'C' => (FieldType::Char, 1),
        b'D' => (FieldType::Double, 1),
        b'F' => (FieldType::Float, 1),
        b'I' => (FieldType::Int, 1),
        b'J' => (FieldType::Long, 1),
        b'S' => (FieldType::Short, 1),
        b'Z' => (FieldType::Boolean, 1),
        b'L' => {
            let end = bytes.iter().position(|byte| *byte == b';')?;
            if end == 1 {
                return None;
            }
            (FieldType::Object(&bytes[1..end]), end + 1)
        }
        b'[' => {
            let dimensions = bytes.iter().take_while(|byte| **byte == b'[').count();
            if dimensions > 255 {
                return None;
            }
            let (_, length) = parse_type(&bytes[dimensions..])?;
            (FieldType::Array(&bytes[..dimensions + length]), dimensions + length)
        }
        _ => return None,
    })
}

/// Parses a whole field descriptor.
#[inline]
pub fn parse_field(descriptor: &[u8]) -> Option<FieldType<'_>> {
    match parse_type(descriptor)? {
        (field_type, length) if length == descriptor.len() => Some(field_type),
        _ => None,
    }
}

/// Slots a value of this field descriptor takes; 1 when malformed.
#[inline]
pub fn field_slots(descriptor: &[u8]) -> u16 {
    if matches!(descriptor, b"J" | b"D") { 2 } else { 1 }
}

/// A method descriptor, split into parameters and return type but not checked; see [`MethodDescriptor::parse`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MethodDescriptor<'a> {
    parameters: &'a [u8],
    /// Return type.
    pub return_type: FieldType<'a>,
}

impl<'a> MethodDescriptor<'a> {
    /// Parses and checks a method descriptor. Class names inside are only checked not to be empty;
    /// [`crate::reader::names`] has the full check.
    pub fn parse(descriptor: &'a [u8]) -> Option<Self> {
        let mut rest = descriptor.strip_prefix(b"(")?;
        let start = rest;
        while *rest.first()? != b')' {
            let (_, length) = parse_type(rest)?;
            rest = &rest[length..];
        }
        let parameters = &start[..start.len() - rest.len()];
        let return_type = match &rest[1..] {
            b"V" => FieldType::Void,
            other => parse_field(other)?,
        };
        Some(Self {
            parameters,
            return_type,
        })
    }

    /// Parameter types in order.
    #[inline]
    pub fn parameters(&self) -> Parameters<'a> {
        Parameters { rest: self.parameters }
    }

    /// Slots of all parameters, without a receiver.
    pub fn parameter_slots(&self) -> u32 {
        self.parameters().map(|parameter| u32::from(parameter.slots())).sum()
    }
}

/// Iterator of [`MethodDescriptor::parameters`].
#[derive(Clone, Debug)]
pub struct Parameters<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Parameters<'a> {
    type Item = FieldType<'a>;

    #[inline]
    fn next(&mut self) -> Option<FieldType<'a>> {
        let (field_type, length) = parse_type(self.rest)?;
        self.rest = &self.rest[length..];
        Some(field_type)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields() {
        assert_eq!(parse_field(b"I"), Some(FieldType::Int));
        assert_eq!(
            parse_field(b"Ljava/lang/Object;"),
            Some(FieldType::Object(b"java/lang/Object"))
        );
        assert_eq!(parse_field(b"[[La;"), Some(FieldType::Array(b"[[La;")));
        assert_eq!(parse_field(b"[[J").unwrap().array_element(), Some((FieldType::Long, 2)));
        for bad in [&b""[..], b"V", b"II", b"L;", b"La", b"[", b"[V", b"Q"] {
            assert_eq!(parse_field(bad), None, "{bad:?}");
        }
        assert!(parse_field(&[&[b'['; 255][..], b"I"].concat()).is_some());
        assert!(parse_field(&[&[b'['; 256][..], b"I"].concat()).is_none());
    }

    #[test]
    fn methods() {
        let method = MethodDescriptor::parse(b"(IJ[DLa/B;)V").unwrap();
        assert_eq!(method.parameter_slots(), 5);
        assert_eq!(method.return_type, FieldType::Void);
        assert_eq!(method.parameters().count(), 4);
        for bad in [&b""[..], b"()", b"(V)V", b"(I", b"I)V", b"(L;)V", b"()VV", b"()[V"] {
            assert_eq!(MethodDescriptor::parse(bad), None, "{bad:?}");
        }
    }
}

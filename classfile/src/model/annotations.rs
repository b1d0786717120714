//! Annotations (JVMS §4.7.16–22), walked in place and bounds-checked.

use super::ConstantPool;
use thiserror::Error;

/// The content is no well-formed annotation attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum AnnotationError {
    /// It ends early.
    #[error("annotation is cut off")]
    Truncated,
    /// Bytes are left over.
    #[error("bytes behind the last annotation")]
    TrailingBytes,
    /// An element value tag that does not exist.
    #[error("bad element value tag {0:#x}")]
    BadTag(u8),
    /// A target type that does not exist.
    #[error("bad target type {0:#x}")]
    BadTarget(u8),
    /// Nested more deeply than anything but an attack is.
    #[error("annotations are nested too deeply")]
    TooDeep,
}

type Result<T> = std::result::Result<T, AnnotationError>;

const MAX_DEPTH: u32 = 100;

/// One annotation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Annotation<'a> {
    /// Utf8: field descriptor of the annotation interface.
    pub type_index: u16,
    count: u16,
    elements: &'a [u8],
}

/// The value of an annotation's element. Indices are not checked against the constant pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ElementValue<'a> {
    /// Primitive (tag `B C D F I J S Z`) or string (tag `s`).
    Constant {
        /// Tag.
        tag: u8,
        /// Integer, Float, Long, Double or Utf8 entry.
        index: u16,
    },
    /// Enum constant.
    Enum {
        /// Utf8: descriptor of the enum class.
        type_name: u16,
        /// Utf8: name of the constant.
        const_name: u16,
    },
    /// Utf8: return descriptor of a class literal.
    Class(u16),
    /// An annotation.
    Annotation(Annotation<'a>),
    /// An array.
    Array(ElementValues<'a>),
}

/// The values of an array, already known to be well formed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ElementValues<'a> {
    count: u16,
    bytes: &'a [u8],
}

/// An annotation on a use of a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TypeAnnotation<'a> {
    /// target_type (JVMS table 4.7.20-A).
    pub target_type: u8,
    /// target_info, undecoded.
    pub target_info: &'a [u8],
    /// type_path: pairs of kind and argument index.
    pub path: &'a [u8],
    /// The annotation.
    pub annotation: Annotation<'a>,
}

impl<'a> Annotation<'a> {
    /// Elements with their values: Utf8 index of the name, value.
    pub fn elements(&self) -> impl Iterator<Item = (u16, ElementValue<'a>)> + use<'a> {
        let mut input = Input { bytes: self.elements };
        (0..self.count).map_while(move |_| Some((input.u2().ok()?, input.element_value(0).ok()?)))
    }
}

impl<'a> ElementValues<'a> {
    /// The values in order.
    pub fn iter(&self) -> impl Iterator<Item = ElementValue<'a>> + use<'a> {
        let mut input = Input { bytes: self.bytes };
        (0..self.count).map_while(move |_| input.element_value(0).ok())
    }
}

/// Annotations of a Runtime(In)VisibleAnnotations attribute's content.
pub fn annotations(content: &[u8]) -> Result<Vec<Annotation<'_>>> {
    let mut input = Input { bytes: content };
    let list = input.annotations()?;
    input.end(list)
}

/// Annotations of each parameter, of a Runtime(In)VisibleParameterAnnotations attribute's content.
pub fn parameter_annotations(content: &[u8]) -> Result<Vec<Vec<Annotation<'_>>>> {
    let mut input = Input { bytes: content };
    let count = input.u1()?;
    let list = (0..count).map(|_| input.annotations()).collect::<Result<_>>()?;
    input.end(list)
}

/// Annotations of a Runtime(In)VisibleTypeAnnotations attribute's content.
pub fn type_annotations(content: &[u8]) -> Result<Vec<TypeAnnotation<'_>>> {
    let mut input = Input { bytes: content };
    let count = input.u2()?;
    let list = (0..count).map(|_| input.type_annotation()).collect::<Result<_>>()?;
    input.end(list)
}

/// The value of an AnnotationDefault attribute's content.
pub fn annotation_default(content: &[u8]) -> Result<ElementValue<'_>> {
    let mut input = Input { bytes: content };
    let value = input.element_value(0)?;
    input.end(value)
}

/// Descriptors of the annotation interfaces in a Runtime(In)VisibleAnnotations attribute's content, such as
/// `Ljdk/internal/vm/annotation/ForceInline;`. Ends at the first malformed annotation, as HotSpot's search does.
pub fn annotation_types<'a>(content: &'a [u8], pool: &ConstantPool<'a>) -> impl Iterator<Item = &'a [u8]> {
    let mut input = Input { bytes: content };
    let count = input.u2().unwrap_or(0);
    (0..count).map_while(move |_| pool.utf8(input.annotation(0).ok()?.type_index))
}

#[derive(Clone, Copy)]
struct Input<'a> {
    bytes: &'a [u8],
}

impl<'a> Input<'a> {
    fn end<T>(&self, value: T) -> Result<T> {
        if self.bytes.is_empty() {
            Ok(value)
        } else {
            Err(AnnotationError::TrailingBytes)
        }
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8]> {
        let (taken, rest) = self.bytes.split_at_checked(length).ok_or(AnnotationError::Truncated)?;
        self.bytes = rest;
        Ok(taken)
    }

    fn u1(&mut self) -> Result<u8> {
        Ok(self.take(1)?[0])
    }

    fn u2(&mut self) -> Result<u16> {
        let bytes = self.take(2)?;
        Ok(u16::from_be_bytes([bytes[0], bytes[1]]))
    }

    fn annotations(&mut self) -> Result<Vec<Annotation<'a>>> {
        let count = self.u2()?;
        (0..count).map(|_| self.annotation(0)).collect()
    }

    fn annotation(&mut self, depth: u32) -> Result<Annotation<'a>> {
        let type_index = self.u2()?;
        let count = self.u2()?;
        let start = self.bytes;
        for _ in 0..count {
            self.u2()?;
            self.element_value(depth + 1)?;
        }
        Ok(Annotation {
            type_index,
            count,
            elements: &start[..start.len() - self.bytes.len()],
        })
    }

    fn element_value(&mut self, depth: u32) -> Result<ElementValue<'a>> {
        if depth > MAX_DEPTH {
            return Err(AnnotationError::TooDeep);
        }
        Ok(match self.u1()? {
            tag @ (b'B' | b'C' | b'D' | b'F' | b'I' | b'J' | b'S' | b'Z' | b's') => {
                ElementValue::Constant { tag, index: self.u2()? }
            }
            b'e' => ElementValue::Enum {
                type_name: self.u2()?,
                const_name: self.u2()?,
            },
            b'c' => ElementValue::Class(self.u2()?),
            b'@' => ElementValue::Annotation(self.annotation(depth)?),
            b'[' => {
                let count = self.u2()?;
                let start = self.bytes;
                for _ in 0..count {
                    self.element_value(depth + 1)?;
                }
                ElementValue::Array(ElementValues {
                    count,
                    bytes: &start[..start.len() - self.bytes.len()],
                })
            }
            tag => return Err(AnnotationError::BadTag(tag)),
        })
    }

    fn type_annotation(&mut self) -> Result<TypeAnnotation<'a>> {
        let target_type = self.u1()?;
        let length = match target_type {
            0x00 | 0x01 | 0x16 => 1,
            0x10 | 0x11 | 0x12 | 0x17 | 0x42..=0x46 => 2,
            0x13..=0x15 => 0,
            0x40 | 0x41 => 2 + 6 * usize::from(Input { bytes: self.bytes }.u2()?),
            0x47..=0x4b => 3,
            other => return Err(AnnotationError::BadTarget(other)),
        };
        let target_info = self.take(length)?;
        let path_length = usize::from(self.u1()?) * 2;
        let path = self.take(path_length)?;
        Ok(TypeAnnotation {
            target_type,
            target_info,
            path,
            annotation: self.annotation(0)?,
        })
    }
}

//! The StackMapTable attribute (JVMS §4.7.4), decoded frame by frame without allocation.

use thiserror::Error;

/// The attribute ends early, or holds a frame type or tag that is reserved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum StackMapError {
    /// The attribute ends inside a frame.
    #[error("access beyond the end of attribute")]
    Truncated,
    /// Bytes are left after the last frame.
    #[error("wrong attribute size")]
    TrailingBytes,
    /// Frame types 128..=246 are reserved.
    #[error("reserved frame type")]
    ReservedFrameType(u8),
    /// A verification type tag above 8.
    #[error("bad verification type")]
    BadVerificationType(u8),
}

/// A verification type as written in a stack map frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VerificationType {
    /// top
    Top,
    /// int
    Integer,
    /// float
    Float,
    /// double (one entry for two slots)
    Double,
    /// long (one entry for two slots)
    Long,
    /// null
    Null,
    /// uninitializedThis
    UninitializedThis,
    /// Reference to the class of this Class entry.
    Object(u16),
    /// Result of the `new` at this bci, before its constructor ran.
    Uninitialized(u16),
    /// A tag above 8: only in frames read for printing.
    Bad(u8),
}

/// A list of verification types, already checked to be well formed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct VerificationTypes<'a> {
    count: u16,
    bytes: &'a [u8],
}

impl<'a> VerificationTypes<'a> {
    /// Number of entries (long and double count once).
    pub fn len(&self) -> usize {
        self.count.into()
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The entries in order.
    pub fn iter(&self) -> impl Iterator<Item = VerificationType> + use<'a> {
        let mut input = Input {
            bytes: self.bytes,
            any_type: true,
        };
        std::iter::from_fn(move || input.verification_type().ok())
    }
}

/// A frame as written; offsets are deltas still.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StackMapFrame<'a> {
    /// frame_type byte.
    pub frame_type: u8,
    /// offset_delta: the frame's bci is the previous frame's plus this plus one (the first frame: this).
    pub offset_delta: u16,
    /// What changes.
    pub kind: StackMapFrameKind<'a>,
}

/// What a frame says against the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StackMapFrameKind<'a> {
    /// Same locals, empty stack.
    Same,
    /// Same locals, one stack entry.
    SameLocals1StackItem(VerificationTypes<'a>),
    /// The last 1..=3 locals are gone, empty stack.
    Chop(u8),
    /// 1..=3 locals more, empty stack.
    Append(VerificationTypes<'a>),
    /// Everything anew.
    Full {
        /// Locals.
        locals: VerificationTypes<'a>,
        /// Operand stack, bottom first.
        stack: VerificationTypes<'a>,
    },
}

/// A StackMapTable attribute's content.
#[derive(Clone, Copy, Debug)]
pub struct StackMapTable<'a> {
    content: &'a [u8],
}

impl<'a> StackMapTable<'a> {
    /// Over the attribute's content (number_of_entries first).
    pub fn new(content: &'a [u8]) -> Self {
        Self { content }
    }

    /// Number of frames as declared; 0 when even the count is missing.
    pub fn declared_len(&self) -> u16 {
        self.content.first_chunk().map_or(0, |bytes| u16::from_be_bytes(*bytes))
    }

    /// The frames in order. Ends after the first error; after the last frame, left-over bytes are an error too.
    pub fn frames(&self) -> StackMapFrames<'a> {
        self.read(false)
    }

    /// The frames for printing: unknown verification types are no errors.
    pub fn frames_as_written(&self) -> StackMapFrames<'a> {
        self.read(true)
    }

    fn read(&self, any_type: bool) -> StackMapFrames<'a> {
        let mut input = Input {
            bytes: self.content,
            any_type,
        };
        let remaining = input.u2().map(u32::from);
        StackMapFrames { input, remaining }
    }
}

/// Iterator of [`StackMapTable::frames`].
#[derive(Clone, Debug)]
pub struct StackMapFrames<'a> {
    input: Input<'a>,
    remaining: Result<u32, StackMapError>,
}

impl<'a> Iterator for StackMapFrames<'a> {
    type Item = Result<StackMapFrame<'a>, StackMapError>;

    fn next(&mut self) -> Option<Self::Item> {
        let result = match self.remaining {
            Ok(0) if self.input.bytes.is_empty() => return None,
            Ok(0) => Err(StackMapError::TrailingBytes),
            Ok(_) => self.input.frame(),
            Err(error) => Err(error),
        };
        match (&result, &mut self.remaining) {
            (Ok(_), Ok(remaining)) => *remaining -= 1,
            _ => {
                self.remaining = Ok(0);
                self.input.bytes = &[];
            }
        }
        Some(result)
    }
}

#[derive(Clone, Copy, Debug)]
struct Input<'a> {
    bytes: &'a [u8],
    any_type: bool,
}

impl<'a> Input<'a> {
    fn u1(&mut self) -> Result<u8, StackMapError> {
        let (first, rest) = self.bytes.split_first().ok_or(StackMapError::Truncated)?;
        self.bytes = rest;
        Ok(*first)
    }

    fn u2(&mut self) -> Result<u16, StackMapError> {
        let (first, rest) = self.bytes.split_first_chunk().ok_or(StackMapError::Truncated)?;
        self.bytes = rest;
        Ok(u16::from_be_bytes(*first))
    }

    fn verification_type(&mut self) -> Result<VerificationType, StackMapError> {
        Ok(match self.u1()? {
            0 => VerificationType::Top,
            1 => VerificationType::Integer,
            2 => VerificationType::Float,
            3 => VerificationType::Double,
            4 => VerificationType::Long,
            5 => VerificationType::Null,
            6 => VerificationType::UninitializedThis,
            7 => VerificationType::Object(self.u2()?),
            8 => VerificationType::Uninitialized(self.u2()?),
            tag if self.any_type => VerificationType::Bad(tag),
            tag => return Err(StackMapError::BadVerificationType(tag)),
        })
    }

    fn verification_types(&mut self, count: u16) -> Result<VerificationTypes<'a>, StackMapError> {
        let start = self.bytes;
        for _ in 0..count {
            self.verification_type()?;
        }
        Ok(VerificationTypes {
            count,
            bytes: &start[..start.len() - self.bytes.len()],
        })
    }

    fn frame(&mut self) -> Result<StackMapFrame<'a>, StackMapError> {
        use StackMapFrameKind::*;
        let frame_type = self.u1()?;
        let (offset_delta, kind) = match frame_type {
            0..=63 => (frame_type.into(), Same),
            64..=127 => (
                u16::from(frame_type) - 64,
                SameLocals1StackItem(self.verification_types(1)?),
            ),
            128..=246 => return Err(StackMapError::ReservedFrameType(frame_type)),
            247 => (self.u2()?, SameLocals1StackItem(self.verification_types(1)?)),
            248..=250 => (self.u2()?, Chop(251 - frame_type)),
            251 => (self.u2()?, Same),
            252..=254 => (
                self.u2()?,
                Append(self.verification_types(u16::from(frame_type) - 251)?),
            ),
            255 => {
                let offset_delta = self.u2()?;
                let count = self.u2()?;
                let locals = self.verification_types(count)?;
                let count = self.u2()?;
                (
                    offset_delta,
                    Full {
                        locals,
                        stack: self.verification_types(count)?,
                    },
                )
            }
        };
        Ok(StackMapFrame {
            frame_type,
            offset_delta,
            kind,
        })
    }
}

//! A method's stack maps, decoded once: every frame with absolute bci and types per slot.

use super::context::{Checked, Context, Stop};
use super::types::Type;
use super::{Hierarchy, VerifyError};
use crate::model::{StackMapError, StackMapFrameKind, StackMapTable, VerificationType, VerificationTypes, tag};

/// Marks of a bci in a method's code.
pub(super) mod mark {
    /// An instruction starts here.
    pub const INSTRUCTION: u8 = 1;
    /// It is a `new`.
    pub const NEW: u8 = 2;
    /// A range of the exception table starts here.
    pub const RANGE_START: u8 = 4;
}

/// One stack map frame; positions are in [`Frames::types`].
#[derive(Clone, Copy)]
pub(super) struct MapFrame {
    pub bci: u32,
    pub uninitialized_this: bool,
    locals: u32,
    pub locals_size: u32,
    stack: u32,
    pub stack_size: u32,
}

/// All frames of a method in order of bci.
#[derive(Default)]
pub(super) struct Frames {
    pub frames: Vec<MapFrame>,
    types: Vec<Type>,
}

/// Slots all frames of a method may have together: bounds memory on hostile input, never reached by a compiler.
const MAX_SLOTS: usize = 32 << 20;

/// Why frames could not be decoded.
enum Bad {
    /// HotSpot throws ClassFormatError at once.
    Format(&'static str),
    /// ClassFormatError of the verifier, which names the method.
    Verifier(&'static str),
}

impl From<StackMapError> for Bad {
    fn from(error: StackMapError) -> Bad {
        Bad::Format(match error {
            StackMapError::Truncated => "access beyond the end of attribute",
            StackMapError::TrailingBytes => "wrong attribute size",
            StackMapError::ReservedFrameType(_) => "reserved frame type",
            StackMapError::BadVerificationType(_) => "bad verification type",
        })
    }
}

/// What the frames are checked against.
pub(super) struct Limits<'x> {
    pub marks: &'x [u8],
    pub max_locals: usize,
    pub max_stack: usize,
}

/// How decoding ended.
pub(super) enum Decoded {
    Good,
    /// The last frame does not lie on an instruction.
    BadOffset,
    /// ClassFormatError with this text, the method to be added.
    Bad(&'static str),
}

impl Frames {
    pub fn locals(&self, frame: &MapFrame) -> &[Type] {
        &self.types[frame.locals as usize..][..frame.locals_size as usize]
    }

    pub fn stack(&self, frame: &MapFrame) -> &[Type] {
        &self.types[frame.stack as usize..][..frame.stack_size as usize]
    }

    /// Position of the frame at `bci`.
    #[inline]
    pub fn find(&self, bci: i64) -> Option<usize> {
        self.frames
            .binary_search_by(|frame| i64::from(frame.bci).cmp(&bci))
            .ok()
    }

    /// Decodes all frames; `initial` are the locals on entry.
    pub fn decode<H: Hierarchy>(
        &mut self,
        context: &mut Context<'_, '_, H>,
        table: Option<StackMapTable<'_>>,
        initial: &[Type],
        uninitialized_this: bool,
        limits: &Limits<'_>,
    ) -> Checked<Decoded> {
        self.frames.clear();
        self.types.clear();
        let Some(table) = table else { return Ok(Decoded::Good) };
        self.types.extend_from_slice(initial);
        let mut previous = MapFrame {
            bci: 0,
            uninitialized_this,
            locals: 0,
            locals_size: initial.len() as u32,
            stack: 0,
            stack_size: 0,
        };
        for frame in table.frames() {
            let decoded = frame
                .map_err(Bad::from)
                .and_then(|frame| self.frame(context, &previous, &frame, limits));
            previous = match decoded {
                Ok(frame) => frame,
                Err(Bad::Format(text)) => return Err(format_error(context, text)),
                Err(Bad::Verifier(text)) => return Ok(Decoded::Bad(text)),
            };
            self.frames.push(previous);
            if limits.marks.get(previous.bci as usize).is_none_or(|mark| *mark == 0) {
                return Ok(Decoded::BadOffset);
            }
        }
        Ok(Decoded::Good)
    }

    fn frame<H: Hierarchy>(
        &mut self,
        context: &mut Context<'_, '_, H>,
        previous: &MapFrame,
        frame: &crate::model::StackMapFrame<'_>,
        limits: &Limits<'_>,
    ) -> Result<MapFrame, Bad> {
        if self.types.len() > MAX_SLOTS {
            return Err(Bad::Verifier("StackMapTable format error: bad type array size"));
        }
        let delta = u32::from(frame.offset_delta);
        let mut next = MapFrame {
            bci: if self.frames.is_empty() {
                delta
            } else {
                previous.bci + delta + 1
            },
            stack_size: 0,
            ..*previous
        };
        match frame.kind {
            StackMapFrameKind::Same => {}
            StackMapFrameKind::SameLocals1StackItem(stack) => {
                next.stack = self.types.len() as u32;
                self.push(context, &stack, limits, &mut false)?;
                next.stack_size = self.types.len() as u32 - next.stack;
                check_size(next.stack_size, limits.max_stack)?;
            }
            StackMapFrameKind::Chop(count) => {
                let locals = self.locals(previous);
                let mut size = locals.len();
                for _ in 0..count {
                    let slots = match locals[..size].last() {
                        Some(last) if last.is_high() => 2,
                        Some(_) => 1,
                        None => return Err(Bad::Verifier("StackMapTable format error: bad type array size")),
                    };
                    size = size.saturating_sub(slots);
                }
                next.locals_size = size as u32;
                next.uninitialized_this = locals[..size].contains(&Type::UNINITIALIZED_THIS);
            }
            StackMapFrameKind::Append(types) => {
                let start = previous.locals as usize;
                let end = start + previous.locals_size as usize;
                if end != self.types.len() {
                    next.locals = self.types.len() as u32;
                    self.types.extend_from_within(start..end);
                }
                self.push(context, &types, limits, &mut next.uninitialized_this)?;
                next.locals_size = self.types.len() as u32 - next.locals;
                check_size(next.locals_size, limits.max_locals)?;
            }
            StackMapFrameKind::Full { locals, stack } => {
                next.uninitialized_this = false;
                next.locals = self.types.len() as u32;
                self.push(context, &locals, limits, &mut next.uninitialized_this)?;
                next.locals_size = self.types.len() as u32 - next.locals;
                check_size(next.locals_size, limits.max_locals)?;
                next.stack = self.types.len() as u32;
                self.push(context, &stack, limits, &mut false)?;
                next.stack_size = self.types.len() as u32 - next.stack;
                check_size(next.stack_size, limits.max_stack)?;
            }
        }
        Ok(next)
    }

    fn push<H: Hierarchy>(
        &mut self,
        context: &mut Context<'_, '_, H>,
        types: &VerificationTypes<'_>,
        limits: &Limits<'_>,
        uninitialized_this: &mut bool,
    ) -> Result<(), Bad> {
        for ty in types.iter() {
            let ty = match ty {
                VerificationType::Top => Type::TOP,
                VerificationType::Integer => Type::INTEGER,
                VerificationType::Float => Type::FLOAT,
                VerificationType::Double => Type::DOUBLE,
                VerificationType::Long => Type::LONG,
                VerificationType::Null => Type::NULL,
                VerificationType::Bad(_) => return Err(Bad::Format("bad verification type")),
                VerificationType::UninitializedThis => {
                    *uninitialized_this = true;
                    Type::UNINITIALIZED_THIS
                }
                VerificationType::Object(index) => {
                    if context.class.constant_pool.tag(index) != tag::CLASS {
                        return Err(Bad::Format("bad class index"));
                    }
                    context.class_entry(index)
                }
                VerificationType::Uninitialized(bci) => {
                    if limits
                        .marks
                        .get(usize::from(bci))
                        .is_none_or(|mark| mark & mark::NEW == 0)
                    {
                        return Err(Bad::Verifier(
                            "StackMapTable format error: bad offset for Uninitialized",
                        ));
                    }
                    Type::uninitialized(bci.into())
                }
            };
            self.types.push(ty);
            if ty.is_category_2() {
                self.types.push(ty.high());
            }
        }
        Ok(())
    }
}

fn check_size(size: u32, max: usize) -> Result<(), Bad> {
    if size as usize > max {
        Err(Bad::Verifier("StackMapTable format error: bad type array size"))
    } else {
        Ok(())
    }
}

#[cold]
fn format_error<H: Hierarchy>(context: &mut Context<'_, '_, H>, text: &str) -> Stop {
    context.format_error_is_final = true;
    context.fail(VerifyError::ClassFormat(format!("StackMapTable format error: {text}")))
}

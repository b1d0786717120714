//! Bounds-checked decoding of one instruction, and iteration over a method's code.

use super::{Format, Opcode, OpcodeFlags, op};
use thiserror::Error;

/// Why bytes are no instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum InstructionError {
    /// The byte at `bci` is no opcode a class file may contain.
    #[error("bad instruction: {byte:x} at {bci}")]
    BadOpcode {
        /// The byte.
        byte: u8,
        /// Where.
        bci: usize,
    },
    /// The instruction at `bci` runs past the end of the code.
    #[error("instruction at {bci} runs past the end of the code")]
    Truncated {
        /// Where.
        bci: usize,
    },
    /// The opcode after `wide` cannot be widened.
    #[error("bad opcode {byte:x} after wide at {bci}")]
    BadWide {
        /// The byte after `wide`.
        byte: u8,
        /// Where `wide` is.
        bci: usize,
    },
    /// `tableswitch` with low > high, or more entries than code.
    #[error("low must be less than or equal to high in tableswitch at {bci}")]
    BadTableSwitch {
        /// Where.
        bci: usize,
    },
    /// `lookupswitch` with a negative number of pairs.
    #[error("number of keys in lookupswitch less than 0 at {bci}")]
    BadLookupSwitch {
        /// Where.
        bci: usize,
    },
}

/// The operands of an instruction, `wide` already folded in. Branch targets are absolute (may be out of range).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operands<'a> {
    /// None.
    None,
    /// A local variable index.
    Local(u16),
    /// `bipush`, `sipush`.
    Immediate(i16),
    /// A constant-pool index.
    ConstantPool(u16),
    /// An absolute branch target, as bci; may lie outside the code.
    Branch(i64),
    /// `iinc`.
    Iinc {
        /// The local variable.
        local: u16,
        /// Signed increment.
        increment: i16,
    },
    /// `invokeinterface`.
    InvokeInterface {
        /// Constant-pool index.
        index: u16,
        /// Argument slots with the receiver, as written in the code.
        count: u8,
        /// The fourth operand, which must be zero.
        zero: u8,
    },
    /// `invokedynamic`.
    InvokeDynamic {
        /// Constant-pool index.
        index: u16,
        /// The last two operands, which must be zero.
        zero: u16,
    },
    /// `multianewarray`.
    MultiANewArray {
        /// Constant-pool index of the array class.
        index: u16,
        /// Dimensions to allocate.
        dimensions: u8,
    },
    /// `newarray`: element type code (JVMS table 6.5.newarray-A).
    NewArray(u8),
    /// `tableswitch`.
    TableSwitch(TableSwitch<'a>),
    /// `lookupswitch`.
    LookupSwitch(LookupSwitch<'a>),
}

/// Operands of `tableswitch`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableSwitch<'a> {
    bci: usize,
    /// Absolute default target.
    pub default: i64,
    /// Lowest key.
    pub low: i32,
    /// Highest key.
    pub high: i32,
    offsets: &'a [u8],
}

impl<'a> TableSwitch<'a> {
    /// Number of entries.
    pub fn len(&self) -> usize {
        self.offsets.len() / 4
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.offsets.is_empty()
    }

    /// Absolute targets of the keys low..=high.
    pub fn targets(&self) -> impl ExactSizeIterator<Item = i64> + use<'a> {
        let bci = self.bci as i64;
        self.offsets
            .chunks_exact(4)
            .map(move |chunk| bci + i64::from(be_i32(chunk)))
    }
}

/// Operands of `lookupswitch`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LookupSwitch<'a> {
    bci: usize,
    /// Absolute default target.
    pub default: i64,
    pairs: &'a [u8],
}

impl<'a> LookupSwitch<'a> {
    /// Number of pairs.
    pub fn len(&self) -> usize {
        self.pairs.len() / 8
    }

    /// Whether there is no pair.
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// Keys with their absolute targets, as written (a verifier checks that keys ascend).
    pub fn pairs(&self) -> impl ExactSizeIterator<Item = (i32, i64)> + use<'a> {
        let bci = self.bci as i64;
        self.pairs
            .chunks_exact(8)
            .map(move |chunk| (be_i32(&chunk[..4]), bci + i64::from(be_i32(&chunk[4..]))))
    }
}

/// One decoded instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instruction<'a> {
    /// Offset of its first byte (of `wide`, where there is one).
    pub bci: usize,
    /// Length in bytes, with `wide`.
    pub length: usize,
    /// The opcode; the widened one after `wide`.
    pub opcode: Opcode,
    /// Whether it was prefixed by `wide`.
    pub wide: bool,
    /// Its operands.
    pub operands: Operands<'a>,
}

impl Instruction<'_> {
    /// The bci of the instruction behind this one.
    #[inline]
    pub fn next_bci(&self) -> usize {
        self.bci + self.length
    }

    /// Calls `f` with every absolute branch target.
    pub fn for_each_target(&self, mut f: impl FnMut(i64)) {
        match self.operands {
            Operands::Branch(target) => f(target),
            Operands::TableSwitch(switch) => {
                f(switch.default);
                switch.targets().for_each(f);
            }
            Operands::LookupSwitch(switch) => {
                f(switch.default);
                switch.pairs().for_each(|(_, target)| f(target));
            }
            _ => {}
        }
    }
}

#[inline]
fn be_i32(bytes: &[u8]) -> i32 {
    i32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])
}

/// Length in bytes of the instruction at `bci`, with `wide`; fails when it is malformed or does not fit into `code`.
pub fn instruction_length(code: &[u8], bci: usize) -> Result<usize, InstructionError> {
    let byte = *code.get(bci).ok_or(InstructionError::Truncated { bci })?;
    let length = match Opcode::from_u8(byte) {
        Some(opcode) if opcode.length() != 0 && !opcode.flags().contains(OpcodeFlags::RESERVED) => opcode.length(),
        _ => return decode(code, bci).map(|instruction| instruction.length),
    };
    if code.len() - bci < length {
        Err(InstructionError::Truncated { bci })
    } else {
        Ok(length)
    }
}

/// Decodes the instruction at `bci`.
pub fn decode(code: &[u8], bci: usize) -> Result<Instruction<'_>, InstructionError> {
    let truncated = InstructionError::Truncated { bci };
    let rest = code.get(bci..).ok_or(truncated)?;
    let byte = *rest.first().ok_or(truncated)?;
    let opcode = match Opcode::from_u8(byte) {
        Some(opcode) if !opcode.flags().contains(OpcodeFlags::RESERVED) => opcode,
        _ => return Err(InstructionError::BadOpcode { byte, bci }),
    };
    let length = opcode.length();
    if rest.len() < length {
        return Err(truncated);
    }
    let u2 = |at: usize| u16::from_be_bytes([rest[at], rest[at + 1]]);
    let operands = match opcode.format() {
        Format::None => Operands::None,
        Format::Local1 => Operands::Local(rest[1].into()),
        Format::Byte => Operands::Immediate((rest[1] as i8).into()),
        Format::Short => Operands::Immediate(u2(1) as i16),
        Format::CpIndex1 => Operands::ConstantPool(rest[1].into()),
        Format::CpIndex2 => Operands::ConstantPool(u2(1)),
        Format::Branch2 => Operands::Branch(bci as i64 + i64::from(u2(1) as i16)),
        Format::Branch4 => Operands::Branch(bci as i64 + i64::from(be_i32(&rest[1..5]))),
        Format::Iinc => Operands::Iinc {
            local: rest[1].into(),
            increment: (rest[2] as i8).into(),
        },
        Format::InvokeInterface => Operands::InvokeInterface {
            index: u2(1),
            count: rest[3],
            zero: rest[4],
        },
        Format::InvokeDynamic => Operands::InvokeDynamic {
            index: u2(1),
            zero: u2(3),
        },
        Format::MultiANewArray => Operands::MultiANewArray {
            index: u2(1),
            dimensions: rest[3],
        },
        Format::NewArray => Operands::NewArray(rest[1]),
        Format::TableSwitch | Format::LookupSwitch => return decode_switch(code, bci, opcode),
        Format::Wide => return decode_wide(rest, bci),
    };
    Ok(Instruction {
        bci,
        length,
        opcode,
        wide: false,
        operands,
    })
}

fn decode_wide(rest: &[u8], bci: usize) -> Result<Instruction<'_>, InstructionError> {
    let truncated = InstructionError::Truncated { bci };
    let byte = *rest.get(1).ok_or(truncated)?;
    let opcode = match Opcode::from_u8(byte) {
        Some(opcode) if opcode.flags().contains(OpcodeFlags::WIDENABLE) => opcode,
        _ => return Err(InstructionError::BadWide { byte, bci }),
    };
    let length = if byte == op::IINC { 6 } else { 4 };
    if rest.len() < length {
        return Err(truncated);
    }
    let local = u16::from_be_bytes([rest[2], rest[3]]);
    let operands = if byte == op::IINC {
        Operands::Iinc {
            local,
            increment: i16::from_be_bytes([rest[4], rest[5]]),
        }
    } else {
        Operands::Local(local)
    };
    Ok(Instruction {
        bci,
        length,
        opcode,
        wide: true,
        operands,
    })
}

fn decode_switch(code: &[u8], bci: usize, opcode: Opcode) -> Result<Instruction<'_>, InstructionError> {
    let truncated = InstructionError::Truncated { bci };
    let start = (bci + 4) & !3;
    let body = code.get(start..).ok_or(truncated)?;
    let header = if opcode == Opcode::Tableswitch { 12 } else { 8 };
    if body.len() < header {
        return Err(truncated);
    }
    let default = bci as i64 + i64::from(be_i32(&body[..4]));
    let (size, operands) = if opcode == Opcode::Tableswitch {
        let (low, high) = (be_i32(&body[4..8]), be_i32(&body[8..12]));
        if low > high {
            return Err(InstructionError::BadTableSwitch { bci });
        }
        let size = (i64::from(high) - i64::from(low) + 1) as u64 * 4;
        let offsets = slice(&body[header..], size).ok_or(truncated)?;
        (
            offsets.len(),
            Operands::TableSwitch(TableSwitch {
                bci,
                default,
                low,
                high,
                offsets,
            }),
        )
    } else {
        let count = be_i32(&body[4..8]);
        if count < 0 {
            return Err(InstructionError::BadLookupSwitch { bci });
        }
        let pairs = slice(&body[header..], count as u64 * 8).ok_or(truncated)?;
        (
            pairs.len(),
            Operands::LookupSwitch(LookupSwitch { bci, default, pairs }),
        )
    };
    Ok(Instruction {
        bci,
        length: start - bci + header + size,
        opcode,
        wide: false,
        operands,
    })
}

fn slice(bytes: &[u8], length: u64) -> Option<&[u8]> {
    bytes.get(..usize::try_from(length).ok()?)
}

/// Iterates over the instructions of a code array in order; ends after the first error.
#[derive(Clone, Debug)]
pub struct Instructions<'a> {
    code: &'a [u8],
    bci: usize,
}

impl<'a> Instructions<'a> {
    /// Starts at bci 0.
    pub fn new(code: &'a [u8]) -> Self {
        Self { code, bci: 0 }
    }
}

impl<'a> Iterator for Instructions<'a> {
    type Item = Result<Instruction<'a>, InstructionError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.bci >= self.code.len() {
            return None;
        }
        let result = decode(self.code, self.bci);
        self.bci = result.as_ref().map_or(self.code.len(), Instruction::next_bci);
        Some(result)
    }
}

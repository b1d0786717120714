//! Opcodes, their operands, lengths and stack effects, all generated from the table in [`table`].

mod instruction;
#[macro_use]
mod table;

use bitflags::bitflags;
pub use instruction::{
    Instruction, InstructionError, Instructions, LookupSwitch, Operands, TableSwitch, decode, instruction_length,
};

/// How the bytes behind an opcode are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// No operands.
    None,
    /// One unsigned byte: a local variable.
    Local1,
    /// One signed byte.
    Byte,
    /// One signed 16-bit number.
    Short,
    /// One unsigned byte: a constant-pool index.
    CpIndex1,
    /// Two bytes: a constant-pool index.
    CpIndex2,
    /// A signed 16-bit branch offset from the opcode.
    Branch2,
    /// A signed 32-bit branch offset from the opcode.
    Branch4,
    /// A local variable and a signed increment.
    Iinc,
    /// Constant-pool index, argument slots, zero.
    InvokeInterface,
    /// Constant-pool index, two zeros.
    InvokeDynamic,
    /// Constant-pool index and number of dimensions.
    MultiANewArray,
    /// The element type code of a primitive array.
    NewArray,
    /// Padding, default, low, high, offsets.
    TableSwitch,
    /// Padding, default, number of pairs, pairs.
    LookupSwitch,
    /// Another opcode with wider operands.
    Wide,
}

bitflags! {
    /// What an opcode does besides moving operands.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct OpcodeFlags: u32 {
        /// May complete with an exception (linkage errors included).
        const THROWS = 1 << 0;
        /// Control never falls through to the next instruction.
        const ENDS_BLOCK = 1 << 1;
        /// Has one or more branch targets among its operands.
        const BRANCH = 1 << 2;
        /// A branch that may fall through.
        const CONDITIONAL = 1 << 3;
        /// `tableswitch` and `lookupswitch`.
        const SWITCH = 1 << 4;
        /// Calls a method.
        const INVOKE = 1 << 5;
        /// Leaves the method normally.
        const RETURN = 1 << 6;
        /// Reads a local variable.
        const LOAD = 1 << 7;
        /// Writes a local variable.
        const STORE = 1 << 8;
        /// Reads or writes an array element.
        const ARRAY = 1 << 9;
        /// Reads or writes a field.
        const FIELD = 1 << 10;
        /// Pushes a constant.
        const CONST = 1 << 11;
        /// Allocates an object or array.
        const ALLOCATES = 1 << 12;
        /// Only moves operand stack slots.
        const STACK = 1 << 13;
        /// May follow `wide`.
        const WIDENABLE = 1 << 14;
        /// Enters or leaves a monitor.
        const MONITOR = 1 << 15;
        /// Reserved for debuggers and VM internals; not allowed in a class file.
        const RESERVED = 1 << 16;
    }
}

macro_rules! define_opcodes {
    ($($variant:ident $constant:ident $name:literal $number:literal $format:ident $length:literal $effect:literal
       [$($flag:ident)*];)*) => {
        /// An opcode of the Java virtual machine.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Opcode {
            $(#[doc = concat!("`", $name, "`")] $variant = $number,)*
        }

        /// The opcodes as byte constants, for matching raw code.
        pub mod op {
            $(#[doc = concat!("`", $name, "`")] pub const $constant: u8 = $number;)*
        }

        /// Every opcode, in numeric order.
        pub const ALL_OPCODES: &[Opcode] = &[$(Opcode::$variant,)*];

        static INFO: [Option<OpcodeInfo>; 256] = {
            let mut table = [const { None }; 256];
            $(table[$number] = Some(OpcodeInfo {
                opcode: Opcode::$variant,
                name: $name,
                format: Format::$format,
                length: $length,
                effect: $effect,
                flags: OpcodeFlags::empty()$(.union(OpcodeFlags::$flag))*,
            });)*
            table
        };
    };
}

for_each_opcode!(define_opcodes);

/// One row of the opcode table.
#[derive(Clone, Copy, Debug)]
pub struct OpcodeInfo {
    /// The opcode.
    pub opcode: Opcode,
    /// Mnemonic as in the specification.
    pub name: &'static str,
    /// Operand format.
    pub format: Format,
    /// Length in bytes with the opcode; 0 = variable.
    pub length: u8,
    /// `pops>pushes`, or `*` when operands decide; see [`table`].
    pub effect: &'static str,
    /// Properties.
    pub flags: OpcodeFlags,
}

/// Highest opcode number a class file may contain (`jsr_w`).
pub const LAST_CLASS_FILE_OPCODE: u8 = op::JSR_W;

impl Opcode {
    /// The opcode with this number, reserved ones included.
    #[inline]
    pub fn from_u8(byte: u8) -> Option<Opcode> {
        INFO[byte as usize].as_ref().map(|info| info.opcode)
    }

    /// The table row.
    #[inline]
    pub fn info(self) -> &'static OpcodeInfo {
        match &INFO[self as usize] {
            Some(info) => info,
            None => unreachable!("every variant has a row"),
        }
    }

    /// Mnemonic.
    #[inline]
    pub fn name(self) -> &'static str {
        self.info().name
    }

    /// Operand format.
    #[inline]
    pub fn format(self) -> Format {
        self.info().format
    }

    /// Length in bytes with the opcode; 0 = variable.
    #[inline]
    pub fn length(self) -> usize {
        self.info().length as usize
    }

    /// Properties.
    #[inline]
    pub fn flags(self) -> OpcodeFlags {
        self.info().flags
    }

    /// Values popped and pushed as letters (see [`table`]), or `None` when operands decide.
    #[inline]
    pub fn stack_effect(self) -> Option<(&'static str, &'static str)> {
        self.info().effect.split_once('>')
    }

    /// Slots popped and pushed, or `None` when operands decide.
    pub fn slot_effect(self) -> Option<(u16, u16)> {
        let slots = |letters: &str| {
            letters
                .bytes()
                .map(|c| if matches!(c, b'J' | b'D') { 2 } else { 1 })
                .sum()
        };
        self.stack_effect().map(|(pops, pushes)| (slots(pops), slots(pushes)))
    }
}

#[cfg(test)]
mod tests;

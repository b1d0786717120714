//! The Code attribute and what it contains (JVMS §4.7.3, §4.7.12–14).

use super::table::u2;
use super::{RawAttributes, Row, StackMapTable, Table, Tables};
use crate::opcodes::Instructions;

/// A method body.
#[derive(Clone, Debug, Default)]
pub struct CodeAttribute<'a> {
    /// Operand stack slots.
    pub max_stack: u16,
    /// Local variable slots.
    pub max_locals: u16,
    /// The bytecode, 1..=65535 bytes.
    pub code: &'a [u8],
    /// Exception handlers, in search order.
    pub exception_table: Table<'a, ExceptionHandler>,
    /// Line numbers; an attribute may be split over several tables.
    pub line_numbers: Tables<'a, LineNumber>,
    /// Local variables.
    pub local_variables: Tables<'a, LocalVariable>,
    /// Local variables with generic types; `descriptor` is a signature here.
    pub local_variable_types: Tables<'a, LocalVariable>,
    /// Content of StackMapTable (without header), undecoded; [`CodeAttribute::stack_map`] decodes it.
    pub stack_map_table: Option<&'a [u8]>,
    /// Content of RuntimeVisibleTypeAnnotations.
    pub visible_type_annotations: Option<&'a [u8]>,
    /// Content of RuntimeInvisibleTypeAnnotations.
    pub invisible_type_annotations: Option<&'a [u8]>,
    /// All attributes of the Code attribute as they stand in the file.
    pub raw_attributes: RawAttributes<'a>,
}

impl<'a> CodeAttribute<'a> {
    /// The instructions in order.
    pub fn instructions(&self) -> Instructions<'a> {
        Instructions::new(self.code)
    }

    /// The StackMapTable, when there is one.
    pub fn stack_map(&self) -> Option<StackMapTable<'a>> {
        self.stack_map_table.map(StackMapTable::new)
    }

    /// Source line of the instruction at `bci`.
    pub fn line_number(&self, bci: u16) -> Option<u16> {
        let best = self
            .line_numbers
            .iter()
            .filter(|row| row.start_pc <= bci)
            .max_by_key(|row| row.start_pc)?;
        Some(best.line)
    }
}

/// A row of the exception table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExceptionHandler {
    /// First bci covered.
    pub start_pc: u16,
    /// First bci no longer covered.
    pub end_pc: u16,
    /// Where the handler starts.
    pub handler_pc: u16,
    /// Class entry of what is caught; 0 = everything.
    pub catch_type: u16,
}

impl Row for ExceptionHandler {
    const SIZE: usize = 8;
    fn read(b: &[u8]) -> Self {
        Self {
            start_pc: u2(b, 0),
            end_pc: u2(b, 2),
            handler_pc: u2(b, 4),
            catch_type: u2(b, 6),
        }
    }
}

/// A row of LineNumberTable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineNumber {
    /// First bci of the line.
    pub start_pc: u16,
    /// Line in the source file.
    pub line: u16,
}

impl Row for LineNumber {
    const SIZE: usize = 4;
    fn read(b: &[u8]) -> Self {
        Self {
            start_pc: u2(b, 0),
            line: u2(b, 2),
        }
    }
}

/// A row of LocalVariableTable or LocalVariableTypeTable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LocalVariable {
    /// First bci where it has a value.
    pub start_pc: u16,
    /// Number of code bytes where it has a value.
    pub length: u16,
    /// Utf8: name.
    pub name: u16,
    /// Utf8: descriptor, or signature in LocalVariableTypeTable.
    pub descriptor: u16,
    /// First slot.
    pub slot: u16,
}

impl Row for LocalVariable {
    const SIZE: usize = 10;
    fn read(b: &[u8]) -> Self {
        Self {
            start_pc: u2(b, 0),
            length: u2(b, 2),
            name: u2(b, 4),
            descriptor: u2(b, 6),
            slot: u2(b, 8),
        }
    }
}

//! The Code attribute.

use super::parser::{Parser, first_duplicate, version};
use super::stream::Result;
use crate::model::*;
use crate::mutf8;
use std::collections::HashMap;

/// Longest method body in bytes (JVMS §4.9.1: less than 65536).
const MAX_CODE_LENGTH: u32 = 65535;

impl<'a> Parser<'a, '_> {
    pub(super) fn parse_code(&mut self, argument_slots: u16, length: u32) -> Result<CodeAttribute<'a>> {
        let attribute_start = self.stream.position();
        self.stream.need(8)?;
        let max_stack = self.stream.u2()?;
        let max_locals = self.stream.u2()?;
        let code_length = self.stream.u4()?;
        if argument_slots > max_locals {
            return Err(self.error("Arguments can't fit into locals"));
        }
        if code_length == 0 || code_length > MAX_CODE_LENGTH {
            return Err(self.error(format_args!("Invalid method Code length {code_length}")));
        }
        let mut code = CodeAttribute {
            max_stack,
            max_locals,
            code: self.stream.take(code_length as usize)?,
            ..CodeAttribute::default()
        };
        code.exception_table = self.parse_exception_table(code_length)?;

        let count = self.stream.u2()?;
        let start = self.stream.position();
        for _ in 0..count {
            self.parse_code_attribute(&mut code)?;
        }
        code.raw_attributes = RawAttributes {
            bytes: self.stream.since(start),
        };
        if self.stream.since(attribute_start).len() != length as usize {
            return Err(self.error("Code segment has wrong length"));
        }
        if self.options.verify && !code.local_variables.is_empty() {
            self.check_local_variables(&code)?;
        }
        Ok(code)
    }

    fn parse_exception_table(&mut self, code_length: u32) -> Result<Table<'a, ExceptionHandler>> {
        let count = self.stream.u2()?;
        let table: Table<'a, ExceptionHandler> =
            Table::new(self.stream.take(usize::from(count) * ExceptionHandler::SIZE)?);
        for row in table.iter() {
            if row.start_pc >= row.end_pc || u32::from(row.end_pc) > code_length {
                return Err(self.error("Illegal exception table range"));
            }
            if u32::from(row.handler_pc) >= code_length {
                return Err(self.error("Illegal exception table handler"));
            }
            if row.catch_type != 0 && !self.is_class(row.catch_type) {
                return Err(self.error("Catch type in exception table has bad constant type"));
            }
        }
        Ok(table)
    }

    fn parse_code_attribute(&mut self, code: &mut CodeAttribute<'a>) -> Result<()> {
        let (name, length) = self.attribute_header(|i| format!("Invalid code attribute name index {i}"))?;
        match name {
            b"LineNumberTable" => {
                let table = self.parse_line_numbers(code.code.len(), length)?;
                code.line_numbers.push(table);
            }
            b"LocalVariableTable" => {
                let table = self.parse_local_variables(code, length, false)?;
                code.local_variables.push(table);
            }
            b"LocalVariableTypeTable" if self.major >= version::JAVA_5 => {
                let table = self.parse_local_variables(code, length, true)?;
                code.local_variable_types.push(table);
            }
            b"StackMapTable" if self.major >= version::JAVA_6 => {
                if code.stack_map_table.is_some() {
                    return Err(self.error("Multiple StackMapTable attributes"));
                }
                let content = self.stream.take(length as usize)?;
                // HotSpot takes an empty attribute for an absent one.
                code.stack_map_table = (!content.is_empty()).then_some(content);
            }
            _ => {
                let content = self.stream.take(length as usize)?;
                match name {
                    b"RuntimeVisibleTypeAnnotations" => code.visible_type_annotations = Some(content),
                    b"RuntimeInvisibleTypeAnnotations" => code.invisible_type_annotations = Some(content),
                    _ => {}
                }
            }
        }
        Ok(())
    }

    fn parse_line_numbers(&mut self, code_length: usize, length: u32) -> Result<Table<'a, LineNumber>> {
        let count = self.stream.u2()?;
        let size = usize::from(count) * LineNumber::SIZE;
        if length as usize != 2 + size {
            return Err(self.error("LineNumberTable attribute has wrong length"));
        }
        let table: Table<'a, LineNumber> = Table::new(self.stream.take(size)?);
        if table.iter().any(|row| usize::from(row.start_pc) >= code_length) {
            return Err(self.error("Invalid pc in LineNumberTable"));
        }
        Ok(table)
    }

    fn parse_local_variables(
        &mut self,
        code: &CodeAttribute<'a>,
        length: u32,
        types: bool,
    ) -> Result<Table<'a, LocalVariable>> {
        let attribute = if types {
            "LocalVariableTypeTable"
        } else {
            "LocalVariableTable"
        };
        let count = self.stream.u2()?;
        let size = usize::from(count) * LocalVariable::SIZE;
        if length as usize != 2 + size {
            return Err(self.error(format_args!("{attribute} has wrong length")));
        }
        let table: Table<'a, LocalVariable> = Table::new(self.stream.take(size)?);
        if self.options.verify {
            for row in table.iter() {
                self.check_local_variable(code, row, attribute, types)?;
            }
        }
        Ok(table)
    }

    fn check_local_variable(
        &self,
        code: &CodeAttribute<'a>,
        row: LocalVariable,
        attribute: &str,
        types: bool,
    ) -> Result<()> {
        let start = usize::from(row.start_pc);
        if start >= code.code.len() {
            return Err(self.error(format_args!("Invalid start_pc {start} in {attribute}")));
        }
        if start + usize::from(row.length) > code.code.len() {
            return Err(self.error(format_args!("Invalid length {} in {attribute}", row.length)));
        }
        let name = self.utf8(row.name, |i| {
            format!("Name index {i} in {attribute} has bad constant type")
        })?;
        let descriptor = self.utf8(row.descriptor, |i| {
            format!("Signature index {i} in {attribute} has bad constant type")
        })?;
        self.check_field_name(name)?;
        let mut last_slot = u32::from(row.slot);
        if !types {
            self.check_field_descriptor(name, descriptor)?;
            last_slot += u32::from(crate::descriptors::field_slots(descriptor) - 1);
        }
        if last_slot >= u32::from(code.max_locals) {
            return Err(self.error(format_args!("Invalid index {} in {attribute}", row.slot)));
        }
        Ok(())
    }

    /// No variable twice, and a generic type only for a variable that is there.
    fn check_local_variables(&self, code: &CodeAttribute<'a>) -> Result<()> {
        let key = |row: LocalVariable| LocalVariable { descriptor: 0, ..row };
        let name = |row: LocalVariable| mutf8::to_string_lossy(self.pool.utf8(row.name).unwrap_or_default());
        if self.major >= version::JAVA_5
            && let Some(row) = first_duplicate(code.local_variables.iter().map(key))
        {
            let name = name(row);
            return Err(self.error(format_args!(
                "Duplicated LocalVariableTable attribute entry for '{name}'"
            )));
        }
        if code.local_variable_types.is_empty() {
            return Ok(());
        }
        let mut typed: HashMap<LocalVariable, bool> =
            code.local_variables.iter().map(|row| (key(row), false)).collect();
        for row in code.local_variable_types.iter() {
            match typed.get_mut(&key(row)) {
                Some(seen) if !*seen => *seen = true,
                Some(_) => {
                    let name = name(row);
                    let text = format_args!("Duplicated LocalVariableTypeTable attribute entry for '{name}'");
                    return Err(self.error(text));
                }
                None => {
                    let (name, class) = (name(row), self.class_name());
                    return Err(self.plain_error(format_args!(
                        "LVTT entry for '{name}' in class file {class} does not match any LVT entry"
                    )));
                }
            }
        }
        Ok(())
    }
}

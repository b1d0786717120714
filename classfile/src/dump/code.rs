//! Method bodies.

use super::{Dumper, line};
use crate::model::*;
use crate::opcodes::{Instruction, Operands};
use std::fmt::Write;

/// Column where an instruction's comment starts.
const INSTRUCTION_COMMENT_COLUMN: usize = 46;

impl<'a> Dumper<'_, 'a> {
    pub(super) fn code(&mut self, method: &Method<'a>, code: &CodeAttribute<'a>) {
        // Arguments count once here, whatever their slots.
        let receiver = usize::from(!method.access_flags.contains(MethodFlags::STATIC));
        let arguments = crate::descriptors::MethodDescriptor::parse(method.descriptor)
            .map_or(0, |descriptor| descriptor.parameters().count());
        line!(self, "    Code:");
        line!(
            self,
            "      stack={}, locals={}, args_size={}",
            code.max_stack,
            code.max_locals,
            arguments + receiver
        );
        for instruction in code.instructions() {
            match instruction {
                Ok(instruction) => self.instruction(&instruction),
                Err(error) => {
                    line!(self, "      {error}");
                }
            }
        }
        if !code.exception_table.is_empty() {
            line!(self, "      Exception table:");
            line!(self, "         from    to  target type");
            for row in code.exception_table.iter() {
                let caught = if row.catch_type == 0 {
                    "any".into()
                } else {
                    format!("Class {}", self.value(row.catch_type))
                };
                line!(
                    self,
                    "         {:5} {:5} {:5}   {caught}",
                    row.start_pc,
                    row.end_pc,
                    row.handler_pc
                );
            }
        }
        self.attributes(code.raw_attributes, 6);
    }

    fn instruction(&mut self, instruction: &Instruction<'_>) {
        let mut name = instruction.opcode.name().to_owned();
        if instruction.wide {
            name += "_w";
        }
        let mut text = format!("{:10}: {name:<13}", instruction.bci);
        let mut comment = String::new();
        let out = &mut text;
        let _ = match instruction.operands {
            Operands::None => Ok(()),
            Operands::Local(local) => write!(out, " {local}"),
            Operands::Immediate(value) => write!(out, " {value}"),
            Operands::Branch(target) => write!(out, " {target}"),
            Operands::Iinc { local, increment } => write!(out, " {local}, {increment}"),
            Operands::NewArray(code) => write!(out, "  {}", array_type(code)),
            Operands::ConstantPool(index) => {
                comment = self.operand_value(index);
                write!(out, " #{index}")
            }
            Operands::InvokeInterface { index, count, .. } => {
                comment = self.operand_value(index);
                write!(out, " #{index},  {count}")
            }
            Operands::InvokeDynamic { index, zero } => {
                comment = self.operand_value(index);
                write!(out, " #{index},  {zero}")
            }
            Operands::MultiANewArray { index, dimensions } => {
                comment = self.operand_value(index);
                write!(out, " #{index},  {dimensions}")
            }
            Operands::TableSwitch(switch) => {
                let _ = writeln!(out, " {{ // {} to {}", switch.low, switch.high);
                for (key, target) in (switch.low..=switch.high).zip(switch.targets()) {
                    let _ = writeln!(out, "{key:24}: {target}");
                }
                write!(out, "{:>24}: {}\n            }}", "default", switch.default)
            }
            Operands::LookupSwitch(switch) => {
                let _ = writeln!(out, " {{ // {}", switch.len());
                for (key, target) in switch.pairs() {
                    let _ = writeln!(out, "{key:24}: {target}");
                }
                write!(out, "{:>24}: {}\n            }}", "default", switch.default)
            }
        };
        let text = text.trim_end().to_owned();
        self.commented(&text, INSTRUCTION_COMMENT_COLUMN, &comment);
    }

    pub(super) fn line_numbers(&mut self, content: &[u8], indent: usize) {
        for row in Table::<LineNumber>::new(content.get(2..).unwrap_or_default()).iter() {
            line!(self, "{:indent$}line {}: {}", "", row.line, row.start_pc);
        }
    }

    pub(super) fn local_variables(&mut self, content: &[u8], indent: usize) {
        line!(self, "{:indent$}Start  Length  Slot  Name   Signature", "");
        for row in Table::<LocalVariable>::new(content.get(2..).unwrap_or_default()).iter() {
            let (name, descriptor) = (self.utf8(row.name), self.utf8(row.descriptor));
            line!(
                self,
                "{:indent$}{:5} {:7} {:5} {name:>5}   {descriptor}",
                "",
                row.start_pc,
                row.length,
                row.slot
            );
        }
    }

    pub(super) fn stack_map(&mut self, content: &[u8], indent: usize) {
        let table = StackMapTable::new(content);
        line!(
            self,
            "{:indent$}StackMapTable: number_of_entries = {}",
            "",
            table.declared_len()
        );
        let indent = indent + 2;
        let deeper = indent + 2;
        for frame in table.frames() {
            let frame = match frame {
                Ok(frame) => frame,
                Err(error) => {
                    line!(self, "{:indent$}{error}", "");
                    return;
                }
            };
            let StackMapFrame {
                frame_type,
                offset_delta,
                kind,
            } = frame;
            let name = match (kind, frame_type) {
                (StackMapFrameKind::Same, 251) => "same_frame_extended",
                (StackMapFrameKind::Same, _) => "same",
                (StackMapFrameKind::SameLocals1StackItem(_), 247) => "same_locals_1_stack_item_frame_extended",
                (StackMapFrameKind::SameLocals1StackItem(_), _) => "same_locals_1_stack_item",
                (StackMapFrameKind::Chop(_), _) => "chop",
                (StackMapFrameKind::Append(_), _) => "append",
                (StackMapFrameKind::Full { .. }, _) => "full_frame",
            };
            line!(self, "{:indent$}frame_type = {frame_type} /* {name} */", "");
            if frame_type >= 247 {
                line!(self, "{:deeper$}offset_delta = {offset_delta}", "");
            }
            let (locals, stack) = match kind {
                StackMapFrameKind::Same | StackMapFrameKind::Chop(_) => (None, None),
                StackMapFrameKind::SameLocals1StackItem(stack) => (None, Some(stack)),
                StackMapFrameKind::Append(locals) => (Some(locals), None),
                StackMapFrameKind::Full { locals, stack } => (Some(locals), Some(stack)),
            };
            for (what, types) in [("locals", locals), ("stack", stack)] {
                if let Some(types) = types {
                    let names: Vec<String> = types.iter().map(|entry| self.verification_type(entry)).collect();
                    let list = if names.is_empty() {
                        "[]".into()
                    } else {
                        format!("[ {} ]", names.join(", "))
                    };
                    line!(self, "{:deeper$}{what} = {list}", "");
                }
            }
        }
    }

    fn verification_type(&self, entry: VerificationType) -> String {
        match entry {
            VerificationType::Top => "top".into(),
            VerificationType::Integer => "int".into(),
            VerificationType::Float => "float".into(),
            VerificationType::Double => "double".into(),
            VerificationType::Long => "long".into(),
            VerificationType::Null => "null".into(),
            VerificationType::UninitializedThis => "this".into(),
            VerificationType::Object(index) => format!("class {}", self.value(index)),
            VerificationType::Uninitialized(bci) => format!("uninitialized {bci}"),
            VerificationType::Bad(tag) => format!("bad {tag}"),
        }
    }
}

/// Element type of `newarray` (JVMS table 6.5.newarray-A).
fn array_type(code: u8) -> String {
    let names = ["boolean", "char", "float", "double", "byte", "short", "int", "long"];
    code.checked_sub(4)
        .and_then(|index| names.get(usize::from(index)))
        .map_or_else(|| code.to_string(), |n| n.to_string())
}

//! The text of a type checker's VerifyError: reason, frames, bytecode, handlers and stack maps as HotSpot prints them.

use super::types::{Names, Type};
use crate::descriptors::{FieldType, MethodDescriptor};
use crate::model::{
    ClassFile, CodeAttribute, Method, StackMapError, StackMapFrame, StackMapFrameKind, VerificationType,
    VerificationTypes,
};
use crate::mutf8::to_string_lossy;
use crate::opcodes::{Opcode, OpcodeFlags};
use std::fmt::Write;

/// A frame at the moment of failure.
pub(super) struct Snapshot {
    pub bci: usize,
    pub uninitialized_this: bool,
    pub locals: Vec<Type>,
    pub stack: Vec<Type>,
}

/// Where an offending or expected type comes from.
pub(super) enum Place {
    Local(usize),
    Stack(usize),
    MapLocal(usize),
    MapStack(usize),
    ConstantPool(u16),
    Signature,
    Implicit,
}

pub(super) struct Origin {
    pub ty: Type,
    pub place: Place,
    pub frame: Option<Snapshot>,
}

impl Origin {
    pub fn implicit(ty: Type) -> Origin {
        Self::at(ty, Place::Implicit)
    }

    pub fn constant(index: u16, ty: Type) -> Origin {
        Self::at(ty, Place::ConstantPool(index))
    }

    pub fn at(ty: Type, place: Place) -> Origin {
        Origin { ty, place, frame: None }
    }

    fn describe(&self, names: &Names<'_>) -> String {
        let ty = names.describe(self.ty);
        match self.place {
            Place::Local(index) => format!("{ty} (current frame, locals[{index}])"),
            Place::Stack(index) => format!("{ty} (current frame, stack[{index}])"),
            Place::MapLocal(index) => format!("{ty} (stack map, locals[{index}])"),
            Place::MapStack(index) => format!("{ty} (stack map, stack[{index}])"),
            Place::ConstantPool(index) => format!("{ty} (constant pool {index})"),
            Place::Signature => format!("{ty} (from method signature)"),
            Place::Implicit => ty,
        }
    }
}

/// What is wrong.
pub(super) enum Fault {
    Bytecode,
    /// A type that is not assignable to another.
    Type(Origin, Origin),
    /// A type that is wrong whatever was expected.
    InvalidType(Origin),
    /// Current frame, stack map frame.
    Flags(Snapshot, Snapshot),
    ConstantPoolIndex(u16),
    LocalIndex(usize),
    StackSize(Snapshot, Snapshot),
    Overflow(Snapshot),
    Underflow(Snapshot),
    MissingStackMap,
    BadStackMap(Snapshot),
}

pub(super) struct Details<'x, 'a> {
    pub class: &'x ClassFile<'a>,
    pub method: &'x Method<'a>,
    pub code: &'x CodeAttribute<'a>,
    pub names: &'x Names<'a>,
}

impl Details<'_, '_> {
    /// The whole message: what failed at `bci`, then the details.
    pub fn message(&self, what: &str, bci: usize, fault: &Fault) -> String {
        let mut out = format!("{what}\nException Details:\n");
        let name = self.code.code.get(bci).map_or("<invalid>", |byte| {
            // The opcodes that JVMS §6.2 reserves have no name here.
            Opcode::from_u8(*byte)
                .filter(|opcode| !opcode.flags().contains(OpcodeFlags::RESERVED))
                .map_or("<illegal>", Opcode::name)
        });
        let _ = writeln!(
            out,
            "  Location:\n    {}.{}{} @{bci}: {name}",
            to_string_lossy(self.class.name),
            to_string_lossy(self.method.name),
            to_string_lossy(self.method.descriptor),
        );
        let _ = writeln!(out, "  Reason:\n    {}", self.reason(fault));
        match fault {
            Fault::Type(actual, expected) => {
                self.frame(&mut out, "Current Frame", actual.frame.as_ref());
                self.frame(&mut out, "Stackmap Frame", expected.frame.as_ref());
            }
            Fault::InvalidType(actual) => self.frame(&mut out, "Current Frame", actual.frame.as_ref()),
            Fault::Flags(current, map) | Fault::StackSize(current, map) => {
                self.frame(&mut out, "Current Frame", Some(current));
                self.frame(&mut out, "Stackmap Frame", Some(map));
            }
            Fault::Overflow(frame) | Fault::Underflow(frame) | Fault::BadStackMap(frame) => {
                self.frame(&mut out, "Current Frame", Some(frame));
            }
            Fault::Bytecode | Fault::ConstantPoolIndex(_) | Fault::LocalIndex(_) | Fault::MissingStackMap => {}
        }
        self.bytecode(&mut out);
        if !self.code.exception_table.is_empty() {
            out.push_str("  Exception Handler Table:\n");
            for row in self.code.exception_table.iter() {
                let _ = writeln!(
                    out,
                    "    bci [{}, {}] => handler: {}",
                    row.start_pc, row.end_pc, row.handler_pc
                );
            }
        }
        self.stack_maps(&mut out);
        out
    }

    fn reason(&self, fault: &Fault) -> String {
        match fault {
            Fault::Bytecode => "Error exists in the bytecode".to_owned(),
            Fault::Type(actual, expected) => format!(
                "Type {} is not assignable to {}",
                actual.describe(self.names),
                expected.describe(self.names)
            ),
            Fault::InvalidType(actual) => format!("Invalid type: {}", actual.describe(self.names)),
            Fault::Flags(..) => "Current frame's flags are not assignable to stack map frame's.".to_owned(),
            Fault::ConstantPoolIndex(index) => format!("Constant pool index {index} is invalid"),
            Fault::LocalIndex(index) => format!("Local index {index} is invalid"),
            Fault::StackSize(..) => "Current frame's stack size doesn't match stackmap.".to_owned(),
            Fault::Overflow(_) => "Exceeded max stack size.".to_owned(),
            Fault::Underflow(_) => "Attempt to pop empty stack.".to_owned(),
            Fault::MissingStackMap => "Expected stackmap frame at this location.".to_owned(),
            Fault::BadStackMap(_) => "Invalid stackmap specification.".to_owned(),
        }
    }

    fn frame(&self, out: &mut String, title: &str, frame: Option<&Snapshot>) {
        let Some(frame) = frame else { return };
        let list = |types: &[Type]| {
            let mut text = String::new();
            for (index, ty) in types.iter().enumerate() {
                text.push_str(if index == 0 { " " } else { ", " });
                text.push_str(&self.names.describe(*ty));
            }
            text
        };
        let flags = if frame.uninitialized_this {
            " flagThisUninit"
        } else {
            ""
        };
        let _ = writeln!(
            out,
            "  {title}:\n    bci: @{}\n    flags: {{{flags} }}\n    locals: {{{} }}\n    stack: {{{} }}",
            frame.bci,
            list(&frame.locals),
            list(&frame.stack)
        );
    }

    fn bytecode(&self, out: &mut String) {
        out.push_str("  Bytecode:\n");
        let bytes = self.code.code;
        for line in 0..bytes.len() / 16 + 1 {
            let _ = write!(out, "    {:07x}:", line * 16);
            for index in line * 16..line * 16 + 16 {
                if index % 2 == 0 {
                    out.push(' ');
                }
                match bytes.get(index) {
                    Some(byte) => {
                        let _ = write!(out, "{byte:02x}");
                    }
                    None => out.push_str("  "),
                }
            }
            out.push('\n');
        }
    }

    fn stack_maps(&self, out: &mut String) {
        let Some(table) = self.code.stack_map() else { return };
        out.push_str("  Stackmap Table:\n");
        let mut at: i64 = -1;
        for frame in table.frames_as_written() {
            match frame {
                Ok(frame) => {
                    at += i64::from(frame.offset_delta) + 1;
                    let _ = writeln!(out, "    {}", stack_map_frame(&frame, at));
                }
                Err(StackMapError::TrailingBytes) => {}
                Err(_) => {
                    out.push_str("    ");
                    break;
                }
            }
        }
    }
}

fn stack_map_frame(frame: &StackMapFrame<'_>, at: i64) -> String {
    let types = |types: &VerificationTypes<'_>| {
        let names: Vec<String> = types.iter().map(verification_type).collect();
        names.join(",")
    };
    match &frame.kind {
        StackMapFrameKind::Same if frame.frame_type == 251 => format!("same_frame_extended(@{at})"),
        StackMapFrameKind::Same => format!("same_frame(@{at})"),
        StackMapFrameKind::SameLocals1StackItem(stack) if frame.frame_type == 247 => {
            format!("same_locals_1_stack_item_extended(@{at},{})", types(stack))
        }
        StackMapFrameKind::SameLocals1StackItem(stack) => {
            format!("same_locals_1_stack_item_frame(@{at},{})", types(stack))
        }
        StackMapFrameKind::Chop(count) => format!("chop_frame(@{at},{count})"),
        StackMapFrameKind::Append(locals) => format!("append_frame(@{at},{})", types(locals)),
        StackMapFrameKind::Full { locals, stack } => {
            format!("full_frame(@{at},{{{}}},{{{}}})", types(locals), types(stack))
        }
    }
}

fn verification_type(ty: VerificationType) -> String {
    match ty {
        VerificationType::Top => "Top".to_owned(),
        VerificationType::Integer => "Integer".to_owned(),
        VerificationType::Float => "Float".to_owned(),
        VerificationType::Double => "Double".to_owned(),
        VerificationType::Long => "Long".to_owned(),
        VerificationType::Null => "Null".to_owned(),
        VerificationType::UninitializedThis => "UninitializedThis".to_owned(),
        VerificationType::Object(index) => format!("Object[#{index}]"),
        VerificationType::Uninitialized(bci) => format!("Uninitialized[#{bci}]"),
        VerificationType::Bad(tag) => format!("BAD:{tag}"),
    }
}

/// A class name with dots.
pub(super) fn external_name(name: &[u8]) -> String {
    to_string_lossy(name).replace('/', ".")
}

/// A method as `void a.B.name(int, java.lang.String[])`.
pub(super) fn external_method(class: &ClassFile<'_>, method: &Method<'_>) -> String {
    fn external(ty: FieldType<'_>) -> String {
        match ty {
            FieldType::Byte => "byte".to_owned(),
            FieldType::Char => "char".to_owned(),
            FieldType::Double => "double".to_owned(),
            FieldType::Float => "float".to_owned(),
            FieldType::Int => "int".to_owned(),
            FieldType::Long => "long".to_owned(),
            FieldType::Short => "short".to_owned(),
            FieldType::Boolean => "boolean".to_owned(),
            FieldType::Void => "void".to_owned(),
            FieldType::Object(name) => external_name(name),
            FieldType::Array(name) => match ty.array_element() {
                Some((element, dimensions)) => external(element) + &"[]".repeat(dimensions),
                None => external_name(name),
            },
        }
    }
    let (result, parameters) = match MethodDescriptor::parse(method.descriptor) {
        Some(parsed) => (
            external(parsed.return_type),
            parsed.parameters().map(external).collect::<Vec<_>>().join(", "),
        ),
        None => (String::new(), String::new()),
    };
    format!(
        "{result} {}.{}({parameters})",
        external_name(class.name),
        to_string_lossy(method.name)
    )
}

//! Helpful NullPointerException messages (JEP 358): what could not be done, and what was null, from the bytecode.

use super::bytecode_origin::{OriginStack, call_slots, constant_index, local_index, stack_at};
use crate::loader::describe::external_descriptor;
use crate::method_area::Method;
use crate::thread::JavaThread;
use peaberry_classfile::descriptors;
use peaberry_classfile::opcodes::{Operands, decode, op};
use peaberry_gc::layout::Obj;

/// How many nested expressions a message spells out.
const MAX_DETAIL: u32 = 5;

/// The message for a NullPointerException from where it was made; none when its bytecode cannot have caused it.
pub fn extended_message(thread: &JavaThread, exception: Obj) -> Option<String> {
    let frame = super::backtrace::top_frame(thread, exception)?;
    message_at(&frame.method, frame.bci as usize)
}

/// The message for a null met by the bytecode at `bci`.
pub fn message_at(method: &Method, bci: usize) -> Option<String> {
    if method.is_native() || method.is_abstract() {
        return None;
    }
    let code = &*method.bytecode;
    let slot = null_slot(method, bci)?;
    let stack = stack_at(method, bci);
    let mut text = failed_action(method, bci)?;
    if let Some(stack) = stack {
        let writer = Writer { method, code };
        if writer.cause(&mut text, &stack, slot, MAX_DETAIL, false, true) {
            text.push_str("\" is null");
        }
    }
    Some(text)
}

/// Depth, in slots from the top, of the operand that was null.
fn null_slot(method: &Method, bci: usize) -> Option<usize> {
    let instruction = decode(&method.bytecode, bci).ok()?;
    Some(match instruction.opcode as u8 {
        op::IALOAD..=op::SALOAD => 1,
        op::IASTORE | op::FASTORE | op::AASTORE | op::BASTORE | op::CASTORE | op::SASTORE => 2,
        op::LASTORE | op::DASTORE => 3,
        op::ARRAYLENGTH | op::ATHROW | op::MONITORENTER | op::MONITOREXIT | op::GETFIELD => 0,
        op::PUTFIELD => {
            let (_, descriptor) = method.constants.member_name_and_type(constant_index(&instruction)?);
            usize::from(descriptors::field_slots(descriptor))
        }
        op::INVOKEVIRTUAL | op::INVOKESPECIAL | op::INVOKEINTERFACE => {
            let (name, descriptor) = method.constants.member_name_and_type(constant_index(&instruction)?);
            // A constructor call cannot meet a null: the exception was made by `new`.
            if name == b"<init>" {
                return None;
            }
            call_slots(descriptor)?.1
        }
        _ => return None,
    })
}

fn failed_action(method: &Method, bci: usize) -> Option<String> {
    let instruction = decode(&method.bytecode, bci).ok()?;
    let code = instruction.opcode as u8;
    let array_kind = |code: u8| {
        [
            "int",
            "long",
            "float",
            "double",
            "object",
            "byte/boolean",
            "char",
            "short",
        ][code as usize]
    };
    let field_name = || {
        let index = constant_index(&instruction)?;
        Some(peaberry_classfile::mutf8::to_string_lossy(
            method.constants.member_name_and_type(index).0,
        ))
    };
    Some(match code {
        op::IALOAD..=op::SALOAD => format!("Cannot load from {} array", array_kind(code - op::IALOAD)),
        op::IASTORE..=op::SASTORE => format!("Cannot store to {} array", array_kind(code - op::IASTORE)),
        op::ARRAYLENGTH => "Cannot read the array length".to_owned(),
        op::ATHROW => "Cannot throw exception".to_owned(),
        op::MONITORENTER => "Cannot enter synchronized block".to_owned(),
        op::MONITOREXIT => "Cannot exit synchronized block".to_owned(),
        op::GETFIELD => format!("Cannot read field \"{}\"", field_name()?),
        op::PUTFIELD => format!("Cannot assign field \"{}\"", field_name()?),
        op::INVOKEVIRTUAL | op::INVOKESPECIAL | op::INVOKEINTERFACE => {
            format!(
                "Cannot invoke \"{}\"",
                method_name(method, constant_index(&instruction)?)
            )
        }
        _ => return None,
    })
}

fn trim(name: String) -> String {
    match name.as_str() {
        "java.lang.Object" => "Object".to_owned(),
        "java.lang.String" => "String".to_owned(),
        _ => name,
    }
}

fn class_name(method: &Method, member: u16) -> String {
    let name = method.constants.name_of(method.constants.member_class(member));
    let name = peaberry_classfile::mutf8::to_string_lossy(name).replace('/', ".");
    trim(name)
}

fn method_name(method: &Method, index: u16) -> String {
    let (name, descriptor) = method.constants.member_name_and_type(index);
    let mut parameters = Vec::new();
    let mut rest = descriptor.strip_prefix(b"(").unwrap_or(descriptor);
    while let Some((_, length)) = descriptors::parse_type(rest) {
        let text = external_descriptor(&rest[..length]);
        let element = text.trim_end_matches("[]");
        parameters.push(format!("{}{}", trim(element.to_owned()), &text[element.len()..]));
        rest = &rest[length..];
    }
    let name = peaberry_classfile::mutf8::to_string_lossy(name);
    format!("{}.{name}({})", class_name(method, index), parameters.join(", "))
}

struct Writer<'a> {
    method: &'a Method,
    code: &'a [u8],
}

impl Writer<'_> {
    /// Writes the expression that pushed an operand of a bytecode with `stack` before it; false when it has no short description.
    fn cause(
        &self,
        text: &mut String,
        stack: &OriginStack,
        slot: usize,
        detail: u32,
        inner: bool,
        prefix: bool,
    ) -> bool {
        if detail == 0 {
            return false;
        }
        let Some(source) = stack.origin(slot).map(|s| s as usize) else {
            return false;
        };
        let Ok(instruction) = decode(self.code, source) else {
            return false;
        };
        let code = instruction.opcode as u8;
        let outermost = detail == MAX_DETAIL && prefix;
        let because = |text: &mut String| {
            if outermost {
                text.push_str(" because \"");
            }
        };
        match code {
            op::ILOAD | op::ALOAD | op::ILOAD_0..=op::ILOAD_3 | op::ALOAD_0..=op::ALOAD_3 => {
                let Some(local) = local_index(&instruction) else {
                    return false;
                };
                because(text);
                text.push_str(&self.local(source, local, !stack.is_written(local)));
            }
            op::ACONST_NULL => {
                because(text);
                text.push_str("null");
            }
            op::ICONST_M1..=op::ICONST_5 => {
                because(text);
                text.push_str(&(i32::from(code) - i32::from(op::ICONST_0)).to_string());
            }
            op::BIPUSH | op::SIPUSH => {
                let Operands::Immediate(value) = instruction.operands else {
                    return false;
                };
                because(text);
                text.push_str(&value.to_string());
            }
            op::GETSTATIC => {
                let Some(index) = constant_index(&instruction) else {
                    return false;
                };
                because(text);
                text.push_str(&class_name(self.method, index));
                text.push('.');
                text.push_str(&self.field(index));
            }
            op::GETFIELD => {
                let Some(index) = constant_index(&instruction) else {
                    return false;
                };
                because(text);
                if let Some(before) = stack_at(self.method, source)
                    && self.cause(text, &before, 0, detail - 1, inner, false)
                {
                    text.push('.');
                }
                text.push_str(&self.field(index));
            }
            op::INVOKEVIRTUAL | op::INVOKESPECIAL | op::INVOKESTATIC | op::INVOKEINTERFACE => {
                let Some(index) = constant_index(&instruction) else {
                    return false;
                };
                if detail == MAX_DETAIL && !inner {
                    text.push_str(" because the return value of \"");
                }
                text.push_str(&method_name(self.method, index));
            }
            op::IALOAD | op::AALOAD => {
                because(text);
                let before = stack_at(self.method, source);
                let before = before.unwrap_or_default();
                if !self.cause(text, &before, 1, detail - 1, inner, false) {
                    text.push_str("<array>");
                }
                text.push('[');
                if !self.cause(text, &before, 0, detail, true, false) {
                    text.push_str("...");
                }
                text.push(']');
            }
            _ => return false,
        }
        true
    }

    fn field(&self, index: u16) -> String {
        peaberry_classfile::mutf8::to_string_lossy(self.method.constants.member_name_and_type(index).0)
    }

    fn local(&self, bci: usize, local: u16, unwritten: bool) -> String {
        let method = self.method;
        for [start, length, name, _, slot] in method.local_variables.iter() {
            let range = usize::from(start)..usize::from(start) + usize::from(length);
            if slot == local && range.contains(&bci) {
                return peaberry_classfile::mutf8::to_string_lossy(method.constants.utf8(name));
            }
        }
        if !method.is_static() && local == 0 && unwritten {
            return "this".to_owned();
        }
        let mut at = u32::from(!method.is_static());
        let parsed = descriptors::MethodDescriptor::parse(method.descriptor.bytes());
        for (index, parameter) in parsed.iter().flat_map(|d| d.parameters()).enumerate() {
            let next = at + u32::from(parameter.slots());
            if (at..next).contains(&u32::from(local)) && unwritten {
                return format!("<parameter{}>", index + 1);
            }
            at = next;
        }
        format!("<local{local}>")
    }
}

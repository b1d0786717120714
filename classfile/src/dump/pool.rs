//! Constants.

use super::{COMMENT_COLUMN, Dumper, line, number};
use crate::model::{Constant, MemberKind};
use crate::mutf8::to_string_lossy;
use std::fmt::Write;

/// Names of method handle kinds, by number.
const HANDLE_KINDS: [&str; 10] = [
    "REF_?",
    "REF_getField",
    "REF_getStatic",
    "REF_putField",
    "REF_putStatic",
    "REF_invokeVirtual",
    "REF_invokeStatic",
    "REF_invokeSpecial",
    "REF_newInvokeSpecial",
    "REF_invokeInterface",
];

/// A name, in quotes unless it is a (qualified) Java identifier.
pub(super) fn quoted(name: &[u8]) -> String {
    let text = to_string_lossy(name);
    let is_identifier = |part: &str| {
        let mut characters = part.chars();
        let start = |c: char| c.is_alphabetic() || matches!(c, '_' | '$');
        characters.next().is_some_and(start) && characters.all(|c| start(c) || c.is_alphanumeric())
    };
    if text.split('/').all(is_identifier) {
        text
    } else {
        format!("\"{}\"", escaped(name))
    }
}

/// Text with control characters and quotes escaped.
pub(super) fn escaped(bytes: &[u8]) -> String {
    let mut out = String::new();
    for character in to_string_lossy(bytes).chars() {
        match character {
            '\t' => out += "\\t",
            '\n' => out += "\\n",
            '\r' => out += "\\r",
            '\u{8}' => out += "\\b",
            '\u{c}' => out += "\\f",
            '"' => out += "\\\"",
            '\'' => out += "\\'",
            '\\' => out += "\\\\",
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out
}

impl Dumper<'_, '_> {
    pub(super) fn constant_pool(&mut self) {
        line!(self, "Constant pool:");
        let count = self.pool.len();
        let width = count.to_string().len() + 3;
        for index in 1..count as u16 {
            let Some(constant) = self.pool.get(index).filter(|constant| **constant != Constant::Unusable) else {
                continue;
            };
            let (value, comment) = self.entry(constant, index);
            let kind = constant.kind_name();
            let text = format!("{:>width$} = {kind:<18} {value}", format!("#{index}"));
            let text = text.trim_end().to_owned();
            match comment {
                // An empty string is still a comment.
                Some(comment) if comment.is_empty() => {
                    line!(self, "{text:<width$} //", width = COMMENT_COLUMN - 1);
                }
                comment => self.commented(&text, COMMENT_COLUMN, &comment.unwrap_or_default()),
            }
        }
    }

    /// An entry's own content, and what it refers to.
    fn entry(&self, constant: &Constant<'_>, index: u16) -> (String, Option<String>) {
        let own = match *constant {
            Constant::Unusable => return Default::default(),
            Constant::Utf8(_) | Constant::Integer(_) | Constant::Float(_) | Constant::Long(_) | Constant::Double(_) => {
                return (self.value(index), None);
            }
            Constant::MethodType { descriptor } => {
                return (format!("#{descriptor}"), Some(format!(" {}", self.value(index))));
            }
            Constant::Class { name } | Constant::String { utf8: name } => format!("#{name}"),
            Constant::Module { name } | Constant::Package { name } => format!("#{name}"),
            Constant::Fieldref { class, name_and_type }
            | Constant::Methodref { class, name_and_type }
            | Constant::InterfaceMethodref { class, name_and_type } => format!("#{class}.#{name_and_type}"),
            Constant::NameAndType { name, descriptor } => format!("#{name}:#{descriptor}"),
            Constant::MethodHandle { kind, reference } => format!("{kind}:#{reference}"),
            Constant::Dynamic {
                bootstrap_method,
                name_and_type,
            }
            | Constant::InvokeDynamic {
                bootstrap_method,
                name_and_type,
            } => {
                format!("#{bootstrap_method}:#{name_and_type}")
            }
        };
        (own, Some(self.value(index)))
    }

    /// What an entry stands for.
    pub(super) fn value(&self, index: u16) -> String {
        let Some(constant) = self.pool.get(index) else {
            return format!("#{index}");
        };
        match *constant {
            Constant::Unusable => String::new(),
            Constant::Utf8(bytes) => escaped(bytes),
            Constant::Integer(value) => value.to_string(),
            Constant::Long(value) => format!("{value}l"),
            Constant::Float(value) => format!("{}f", number::float(value)),
            Constant::Double(value) => format!("{}d", number::double(value)),
            Constant::Class { name } => self.pool.utf8(name).map(quoted).unwrap_or_default(),
            Constant::Module { name } => format!("\"{}\"", self.utf8(name)),
            Constant::Package { name } => self.utf8(name),
            Constant::String { utf8 } => self.pool.utf8(utf8).map(escaped).unwrap_or_default(),
            Constant::NameAndType { name, descriptor } => {
                format!(
                    "{}:{}",
                    self.pool.utf8(name).map(quoted).unwrap_or_default(),
                    self.utf8(descriptor)
                )
            }
            Constant::Fieldref { class, name_and_type }
            | Constant::Methodref { class, name_and_type }
            | Constant::InterfaceMethodref { class, name_and_type } => {
                format!("{}.{}", self.value(class), self.value(name_and_type))
            }
            Constant::MethodHandle { kind, reference } => {
                let kind = HANDLE_KINDS.get(usize::from(kind)).unwrap_or(&HANDLE_KINDS[0]);
                format!("{kind} {}", self.value(reference))
            }
            Constant::MethodType { descriptor } => self.utf8(descriptor),
            Constant::Dynamic {
                bootstrap_method,
                name_and_type,
            }
            | Constant::InvokeDynamic {
                bootstrap_method,
                name_and_type,
            } => {
                format!("#{bootstrap_method}:{}", self.value(name_and_type))
            }
        }
    }

    /// An instruction's operand: kind and value; members of the class itself without its name.
    pub(super) fn operand_value(&self, index: u16) -> String {
        if let Some(member) = self.pool.member(index) {
            let kind = match member.kind {
                MemberKind::Field => "Field",
                MemberKind::Method => "Method",
                MemberKind::InterfaceMethod => "InterfaceMethod",
            };
            let holder = if member.class_name == self.class.name {
                String::new()
            } else {
                quoted(member.class_name) + "."
            };
            return format!(
                "{kind} {holder}{}:{}",
                quoted(member.name),
                to_string_lossy(member.descriptor)
            );
        }
        let kind = match self.pool.get(index) {
            Some(Constant::Integer(_)) => "int",
            Some(Constant::Float(_)) => "float",
            Some(Constant::Long(_)) => "long",
            Some(Constant::Double(_)) => "double",
            Some(Constant::Class { .. }) => "class",
            Some(other) => other.kind_name(),
            None => return String::new(),
        };
        format!("{kind} {}", self.value(index))
    }
}

//! Annotations.

use super::{Dumper, java_name, line, pool::escaped};
use crate::model::Constant;
use crate::model::annotations::{self, Annotation, AnnotationError, ElementValue};

impl Dumper<'_, '_> {
    pub(super) fn annotations(&mut self, content: &[u8], indent: usize) {
        match annotations::annotations(content) {
            Ok(list) => self.numbered(&list, indent),
            Err(error) => self.malformed(error, indent),
        }
    }

    pub(super) fn parameter_annotations(&mut self, content: &[u8], indent: usize) {
        match annotations::parameter_annotations(content) {
            Ok(parameters) => {
                for (number, list) in parameters.iter().enumerate() {
                    line!(self, "{:indent$}parameter {number}:", "");
                    self.numbered(list, indent + 2);
                }
            }
            Err(error) => self.malformed(error, indent),
        }
    }

    pub(super) fn type_annotations(&mut self, content: &[u8], indent: usize) {
        match annotations::type_annotations(content) {
            Ok(list) => {
                for (number, row) in list.iter().enumerate() {
                    let indices = self.indices(&row.annotation);
                    let target = target_name(row.target_type);
                    let path: Vec<String> = row.path.chunks_exact(2).map(path_step).collect();
                    let location = if path.is_empty() {
                        String::new()
                    } else {
                        format!(", location=[{}]", path.join(", "))
                    };
                    line!(self, "{:indent$}{number}: {indices}: {target}{location}", "");
                    self.annotation(&row.annotation, indent + 2);
                }
            }
            Err(error) => self.malformed(error, indent),
        }
    }

    pub(super) fn annotation_default(&mut self, content: &[u8], indent: usize) {
        match annotations::annotation_default(content) {
            Ok(value) => {
                let (indices, text) = (self.value_indices(&value), self.value_text(&value));
                line!(self, "{:indent$}default_value: {indices}", "");
                line!(self, "{:indent$}  {text}", "");
            }
            Err(error) => self.malformed(error, indent),
        }
    }

    fn malformed(&mut self, error: AnnotationError, indent: usize) {
        line!(self, "{:indent$}{error}", "");
    }

    fn numbered(&mut self, list: &[Annotation<'_>], indent: usize) {
        for (number, annotation) in list.iter().enumerate() {
            let indices = self.indices(annotation);
            line!(self, "{:indent$}{number}: {indices}", "");
            self.annotation(annotation, indent + 2);
        }
    }

    /// Name and values over several lines.
    fn annotation(&mut self, annotation: &Annotation<'_>, indent: usize) {
        let name = self.annotation_name(annotation);
        if annotation.elements().next().is_none() {
            line!(self, "{:indent$}{name}", "");
            return;
        }
        line!(self, "{:indent$}{name}(", "");
        for (element, value) in annotation.elements() {
            let (element, text) = (self.utf8(element), self.value_text(&value));
            line!(self, "{:indent$}  {element}={text}", "");
        }
        line!(self, "{:indent$})", "");
    }

    fn annotation_name(&self, annotation: &Annotation<'_>) -> String {
        let descriptor = self.pool.utf8(annotation.type_index).unwrap_or_default();
        let name = descriptor.strip_prefix(b"L").and_then(|rest| rest.strip_suffix(b";"));
        java_name(name.unwrap_or(descriptor))
    }

    /// An annotation by its constant-pool indices.
    fn indices(&self, annotation: &Annotation<'_>) -> String {
        let elements: Vec<String> = annotation
            .elements()
            .map(|(name, value)| format!("#{name}={}", self.value_indices(&value)))
            .collect();
        format!("#{}({})", annotation.type_index, elements.join(","))
    }

    fn value_indices(&self, value: &ElementValue<'_>) -> String {
        match value {
            ElementValue::Constant { tag, index } => format!("{}#{index}", char::from(*tag)),
            ElementValue::Enum { type_name, const_name } => format!("e#{type_name}.#{const_name}"),
            ElementValue::Class(index) => format!("c#{index}"),
            ElementValue::Annotation(annotation) => format!("@{}", self.indices(annotation)),
            ElementValue::Array(values) => {
                let values: Vec<String> = values.iter().map(|value| self.value_indices(&value)).collect();
                format!("[{}]", values.join(","))
            }
        }
    }

    fn value_text(&self, value: &ElementValue<'_>) -> String {
        match value {
            ElementValue::Constant { tag: b's', index } => {
                format!("\"{}\"", escaped(self.pool.utf8(*index).unwrap_or_default()))
            }
            ElementValue::Constant { tag, index } => match (tag, self.pool.get(*index)) {
                (b'Z', Some(Constant::Integer(value))) => (*value != 0).to_string(),
                (b'C', Some(Constant::Integer(value))) => {
                    format!(
                        "'{}'",
                        char::from_u32(*value as u32).unwrap_or(char::REPLACEMENT_CHARACTER)
                    )
                }
                _ => self.value(*index),
            },
            ElementValue::Enum { type_name, const_name } => {
                format!("{}.{}", self.utf8(*type_name), self.utf8(*const_name))
            }
            ElementValue::Class(index) => format!("class {}", self.utf8(*index)),
            ElementValue::Annotation(annotation) => {
                let name = self.annotation_name(annotation);
                let elements: Vec<String> = annotation
                    .elements()
                    .map(|(element, value)| format!("{}={}", self.utf8(element), self.value_text(&value)))
                    .collect();
                if elements.is_empty() {
                    format!("@{name}")
                } else {
                    format!("@{name}({})", elements.join(","))
                }
            }
            ElementValue::Array(values) => {
                let values: Vec<String> = values.iter().map(|value| self.value_text(&value)).collect();
                format!("[{}]", values.join(","))
            }
        }
    }
}

/// Targets of type annotations (JVMS tables 4.7.20-A and -B).
fn target_name(target_type: u8) -> &'static str {
    match target_type {
        0x00 => "CLASS_TYPE_PARAMETER",
        0x01 => "METHOD_TYPE_PARAMETER",
        0x10 => "CLASS_EXTENDS",
        0x11 => "CLASS_TYPE_PARAMETER_BOUND",
        0x12 => "METHOD_TYPE_PARAMETER_BOUND",
        0x13 => "FIELD",
        0x14 => "METHOD_RETURN",
        0x15 => "METHOD_RECEIVER",
        0x16 => "METHOD_FORMAL_PARAMETER",
        0x17 => "THROWS",
        0x40 => "LOCAL_VARIABLE",
        0x41 => "RESOURCE_VARIABLE",
        0x42 => "EXCEPTION_PARAMETER",
        0x43 => "INSTANCEOF",
        0x44 => "NEW",
        0x45 => "CONSTRUCTOR_REFERENCE",
        0x46 => "METHOD_REFERENCE",
        0x47 => "CAST",
        0x48 => "CONSTRUCTOR_INVOCATION_TYPE_ARGUMENT",
        0x49 => "METHOD_INVOCATION_TYPE_ARGUMENT",
        0x4a => "CONSTRUCTOR_REFERENCE_TYPE_ARGUMENT",
        0x4b => "METHOD_REFERENCE_TYPE_ARGUMENT",
        _ => "UNKNOWN",
    }
}

fn path_step(step: &[u8]) -> String {
    match step {
        [0, _] => "ARRAY".into(),
        [1, _] => "INNER_TYPE".into(),
        [2, _] => "WILDCARD".into(),
        [_, index] => format!("TYPE_ARGUMENT({index})"),
        _ => String::new(),
    }
}

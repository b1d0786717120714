//! Text dump of a class in the manner of `javap -v -p`, from the parser's and the opcode table's own data.
//!
//! Constant pool and code are laid out as `javap` does; declarations are written with erased types.

mod annotations;
mod attributes;
mod code;
mod number;
mod pool;

use crate::descriptors::{FieldType, MethodDescriptor, parse_field};
use crate::model::*;
use crate::mutf8::to_string_lossy;
use std::fmt::Write;

/// Appends a line to a dumper's text. Writing to a `String` cannot fail.
macro_rules! line {
    ($dumper:expr, $($format:tt)*) => {
        let _ = std::fmt::Write::write_fmt(&mut $dumper.out, format_args!($($format)*));
        $dumper.out.push('\n');
    };
}
use line;

/// The dump.
pub fn dump(class: &ClassFile<'_>) -> String {
    let mut dumper = Dumper {
        class,
        pool: &class.constant_pool,
        out: String::new(),
    };
    dumper.class();
    dumper.out
}

struct Dumper<'c, 'a> {
    class: &'c ClassFile<'a>,
    pool: &'c ConstantPool<'a>,
    out: String,
}

/// Column where comments of top-level lines start.
const COMMENT_COLUMN: usize = 42;

impl<'a> Dumper<'_, 'a> {
    /// `text`, padded, and a comment when there is something to say.
    fn commented(&mut self, text: &str, column: usize, comment: &str) {
        // No line ends in white space, whatever a string holds.
        let text = if comment.is_empty() {
            text.to_owned()
        } else {
            format!("{text:<width$} // {comment}", width = column - 1)
        };
        line!(self, "{}", text.trim_end());
    }

    fn utf8(&self, index: u16) -> String {
        self.pool
            .utf8(index)
            .map_or_else(|| format!("#{index}"), to_string_lossy)
    }

    fn class(&mut self) {
        let class = self.class;
        let flags = class.access_flags;
        if flags.contains(ClassFlags::MODULE) {
            let name = class.attributes.module.as_ref().map_or(0, |module| module.name);
            let name = self
                .pool
                .module_or_package(name)
                .map(to_string_lossy)
                .unwrap_or_default();
            line!(self, "module {name}");
        } else {
            let kind = if flags.contains(ClassFlags::ANNOTATION) {
                "@interface"
            } else if flags.contains(ClassFlags::INTERFACE) {
                "interface"
            } else if flags.contains(ClassFlags::ENUM) {
                "enum"
            } else {
                "class"
            };
            let mut modifiers = String::new();
            if flags.contains(ClassFlags::PUBLIC) {
                modifiers += "public ";
            }
            if flags.contains(ClassFlags::ABSTRACT) && !flags.contains(ClassFlags::INTERFACE) {
                modifiers += "abstract ";
            }
            if flags.contains(ClassFlags::FINAL) {
                modifiers += "final ";
            }
            let mut header = format!("{modifiers}{kind} {}", java_name(class.name));
            if let Some(name) = class.super_name.filter(|_| !flags.contains(ClassFlags::INTERFACE)) {
                let _ = write!(header, " extends {}", java_name(name));
            }
            let interfaces: Vec<String> = class.interface_names().map(java_name).collect();
            if !interfaces.is_empty() {
                let word = if flags.contains(ClassFlags::INTERFACE) {
                    "extends"
                } else {
                    "implements"
                };
                let _ = write!(header, " {word} {}", interfaces.join(", "));
            }
            line!(self, "{header}");
        }
        line!(self, "  minor version: {}", class.minor_version);
        line!(self, "  major version: {}", class.major_version);
        line!(self, "  flags: {}", flag_text(flags.bits(), CLASS_FLAG_NAMES));
        let this_name = pool::quoted(class.name);
        self.commented(
            &format!("  this_class: #{}", class.this_class),
            COMMENT_COLUMN,
            &this_name,
        );
        let super_name = class.super_name.map(pool::quoted).unwrap_or_default();
        self.commented(
            &format!("  super_class: #{}", class.super_class),
            COMMENT_COLUMN,
            &super_name,
        );
        line!(
            self,
            "  interfaces: {}, fields: {}, methods: {}, attributes: {}",
            class.interfaces.len(),
            class.fields.len(),
            class.methods.len(),
            class.raw_attributes.iter().count()
        );
        self.constant_pool();
        line!(self, "{{");
        let mut first = true;
        for field in &class.fields {
            if !std::mem::take(&mut first) {
                line!(self, "");
            }
            self.field(field);
        }
        for method in &class.methods {
            if !std::mem::take(&mut first) {
                line!(self, "");
            }
            self.method(method);
        }
        line!(self, "}}");
        self.attributes(class.raw_attributes, 0);
    }

    fn field(&mut self, field: &Field<'a>) {
        let bits = field.access_flags.bits();
        let modifiers = modifier_text(bits, FIELD_FLAG_NAMES);
        let name = to_string_lossy(field.name);
        line!(
            self,
            "  {modifiers}{} {name};",
            parse_field(field.descriptor).map_or("?".into(), type_name)
        );
        line!(self, "    descriptor: {}", to_string_lossy(field.descriptor));
        line!(self, "    flags: {}", flag_text(bits, FIELD_FLAG_NAMES));
        self.attributes(field.raw_attributes, 4);
    }

    fn method(&mut self, method: &Method<'a>) {
        let bits = method.access_flags.bits();
        let mut text = modifier_text(bits, METHOD_FLAG_NAMES);
        if self.class.access_flags.contains(ClassFlags::INTERFACE)
            && !method
                .access_flags
                .intersects(MethodFlags::ABSTRACT | MethodFlags::STATIC | MethodFlags::PRIVATE)
        {
            text += "default ";
        }
        if method.is_class_initializer() {
            line!(self, "  {text}{{}};");
        } else {
            let mut parameters = String::new();
            let mut return_type = String::new();
            if let Some(descriptor) = MethodDescriptor::parse(method.descriptor) {
                let names: Vec<String> = descriptor.parameters().map(type_name).collect();
                parameters = names.join(", ");
                if method.access_flags.contains(MethodFlags::VARARGS) && parameters.ends_with("[]") {
                    parameters.truncate(parameters.len() - 2);
                    parameters += "...";
                }
                return_type = type_name(descriptor.return_type) + " ";
            }
            let name = if method.is_constructor() {
                return_type.clear();
                java_name(self.class.name)
            } else {
                to_string_lossy(method.name)
            };
            let _ = write!(text, "{return_type}{name}({parameters})");
            let thrown: Vec<String> = method
                .exceptions
                .iter()
                .filter_map(|index| self.pool.class_name(index))
                .map(java_name)
                .collect();
            if !thrown.is_empty() {
                let _ = write!(text, " throws {}", thrown.join(", "));
            }
            line!(self, "  {text};");
        }
        line!(self, "    descriptor: {}", to_string_lossy(method.descriptor));
        line!(self, "    flags: {}", flag_text(bits, METHOD_FLAG_NAMES));
        for attribute in method.raw_attributes.iter() {
            match (self.pool.utf8(attribute.name_index), &method.code) {
                (Some(b"Code"), Some(code)) => self.code(method, code),
                _ => self.attribute(attribute, 4),
            }
        }
    }
}

/// Internal name with dots.
fn java_name(name: &[u8]) -> String {
    to_string_lossy(name).replace('/', ".")
}

/// Type as in the source.
fn type_name(field_type: FieldType<'_>) -> String {
    match field_type {
        FieldType::Byte => "byte".into(),
        FieldType::Char => "char".into(),
        FieldType::Double => "double".into(),
        FieldType::Float => "float".into(),
        FieldType::Int => "int".into(),
        FieldType::Long => "long".into(),
        FieldType::Short => "short".into(),
        FieldType::Boolean => "boolean".into(),
        FieldType::Void => "void".into(),
        FieldType::Object(name) => java_name(name),
        FieldType::Array(_) => match field_type.array_element() {
            Some((element, dimensions)) => type_name(element) + &"[]".repeat(dimensions),
            None => "?".into(),
        },
    }
}

/// Flag bits with their names: source modifier (or none) and ACC_ name.
type FlagNames = &'static [(u16, &'static str, &'static str)];

const CLASS_FLAG_NAMES: FlagNames = &[
    (0x0001, "public", "ACC_PUBLIC"),
    (0x0002, "private", "ACC_PRIVATE"),
    (0x0004, "protected", "ACC_PROTECTED"),
    (0x0008, "static", "ACC_STATIC"),
    (0x0010, "final", "ACC_FINAL"),
    (0x0020, "", "ACC_SUPER"),
    (0x0200, "", "ACC_INTERFACE"),
    (0x0400, "abstract", "ACC_ABSTRACT"),
    (0x1000, "", "ACC_SYNTHETIC"),
    (0x2000, "", "ACC_ANNOTATION"),
    (0x4000, "", "ACC_ENUM"),
    (0x8000, "", "ACC_MODULE"),
];

const FIELD_FLAG_NAMES: FlagNames = &[
    (0x0001, "public", "ACC_PUBLIC"),
    (0x0002, "private", "ACC_PRIVATE"),
    (0x0004, "protected", "ACC_PROTECTED"),
    (0x0008, "static", "ACC_STATIC"),
    (0x0010, "final", "ACC_FINAL"),
    (0x0040, "volatile", "ACC_VOLATILE"),
    (0x0080, "transient", "ACC_TRANSIENT"),
    (0x1000, "", "ACC_SYNTHETIC"),
    (0x4000, "", "ACC_ENUM"),
];

const METHOD_FLAG_NAMES: FlagNames = &[
    (0x0001, "public", "ACC_PUBLIC"),
    (0x0002, "private", "ACC_PRIVATE"),
    (0x0004, "protected", "ACC_PROTECTED"),
    (0x0008, "static", "ACC_STATIC"),
    (0x0010, "final", "ACC_FINAL"),
    (0x0020, "synchronized", "ACC_SYNCHRONIZED"),
    (0x0040, "", "ACC_BRIDGE"),
    (0x0080, "", "ACC_VARARGS"),
    (0x0100, "native", "ACC_NATIVE"),
    (0x0400, "abstract", "ACC_ABSTRACT"),
    (0x0800, "strictfp", "ACC_STRICT"),
    (0x1000, "", "ACC_SYNTHETIC"),
];

const MODULE_FLAG_NAMES: FlagNames = &[
    (0x0020, "", "ACC_OPEN"),
    (0x1000, "", "ACC_SYNTHETIC"),
    (0x8000, "", "ACC_MANDATED"),
];

const REQUIRES_FLAG_NAMES: FlagNames = &[
    (0x0020, "", "ACC_TRANSITIVE"),
    (0x0040, "", "ACC_STATIC_PHASE"),
    (0x1000, "", "ACC_SYNTHETIC"),
    (0x8000, "", "ACC_MANDATED"),
];

const PARAMETER_FLAG_NAMES: FlagNames = &[
    (0x0010, "final", ""),
    (0x1000, "synthetic", ""),
    (0x8000, "mandated", ""),
];

/// ACC_ names of the bits that are set.
fn flag_names(bits: u16, names: FlagNames) -> String {
    let set: Vec<&str> = names
        .iter()
        .filter(|(bit, ..)| bits & bit != 0)
        .map(|(.., name)| *name)
        .collect();
    set.join(", ")
}

fn flag_text(bits: u16, names: FlagNames) -> String {
    format!("(0x{bits:04x}) {}", flag_names(bits, names))
        .trim_end()
        .to_owned()
}

/// Source modifiers of the bits that are set, each with a space behind it.
fn modifier_text(bits: u16, names: FlagNames) -> String {
    let set = names
        .iter()
        .filter(|(bit, modifier, _)| bits & bit != 0 && !modifier.is_empty());
    set.map(|(_, modifier, _)| format!("{modifier} ")).collect()
}

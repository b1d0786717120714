//! Attributes other than Code.

use super::pool::quoted;
use super::{CLASS_FLAG_NAMES, flag_names, java_name, line, modifier_text, type_name};
use super::{COMMENT_COLUMN, Dumper, MODULE_FLAG_NAMES, PARAMETER_FLAG_NAMES, REQUIRES_FLAG_NAMES};
use crate::descriptors::parse_field;
use crate::model::*;
use crate::mutf8::to_string_lossy;
use std::fmt::Write;

impl<'a> Dumper<'_, 'a> {
    pub(super) fn attributes(&mut self, attributes: RawAttributes<'a>, indent: usize) {
        for attribute in attributes.iter() {
            self.attribute(attribute, indent);
        }
    }

    /// `name: #index`, with what the entry says as a comment.
    fn index_line(&mut self, name: &str, index: u16, indent: usize) {
        let value = self.value(index);
        self.commented(
            &format!("{:indent$}{name}: #{index}", ""),
            COMMENT_COLUMN - 2 + indent,
            &value,
        );
    }

    pub(super) fn attribute(&mut self, attribute: RawAttribute<'a>, indent: usize) {
        let content = attribute.content;
        let name = self.utf8(attribute.name_index);
        let word = |at: usize| Table::<u16>::new(content).get(at).unwrap_or(0);
        let class = self.class;
        match name.as_str() {
            "StackMapTable" => return self.stack_map(content, indent),
            "SourceFile" => {
                let file = self.value(word(0));
                line!(self, "{:indent$}SourceFile: \"{file}\"", "");
                return;
            }
            "Signature" => return self.index_line("Signature", word(0), indent),
            "ConstantValue" => {
                let value = self.operand_value(word(0));
                line!(self, "{:indent$}ConstantValue: {value}", "");
                return;
            }
            "Synthetic" | "Deprecated" => {
                line!(self, "{:indent$}{name}: true", "");
                return;
            }
            "NestHost" => {
                let host = self.value(word(0));
                line!(self, "{:indent$}NestHost: class {host}", "");
                return;
            }
            "EnclosingMethod" => {
                let (holder, method) = (self.value(word(0)), word(1));
                let method_name = self
                    .pool
                    .name_and_type(method)
                    .map(|(name, _)| format!(".{}", quoted(name)));
                let comment = holder + &method_name.unwrap_or_default();
                let text = format!("{:indent$}EnclosingMethod: #{}.#{method}", "", word(0));
                return self.commented(&text, COMMENT_COLUMN - 2, &comment);
            }
            "ModuleMainClass" => return self.index_line("ModuleMainClass", word(0), indent),
            "ModuleTarget" => {
                line!(self, "ModuleTarget:");
                return self.index_line("target_platform", word(0), indent + 2);
            }
            _ => {}
        }
        line!(self, "{:indent$}{name}:", "");
        let indent = indent + 2;
        match name.as_str() {
            "LineNumberTable" => self.line_numbers(content, indent),
            "LocalVariableTable" | "LocalVariableTypeTable" => self.local_variables(content, indent),
            "Exceptions" => {
                let thrown: Vec<String> = Table::<u16>::new(content.get(2..).unwrap_or_default())
                    .iter()
                    .filter_map(|index| self.pool.class_name(index))
                    .map(java_name)
                    .collect();
                line!(self, "{:indent$}throws {}", "", thrown.join(", "));
            }
            "MethodParameters" => {
                line!(self, "{:indent$}{:<30} Flags", "", "Name");
                for row in Table::<MethodParameter>::new(content.get(1..).unwrap_or_default()).iter() {
                    let name = if row.name == 0 {
                        "<no name>".into()
                    } else {
                        self.utf8(row.name)
                    };
                    let flags = modifier_text(row.access_flags, PARAMETER_FLAG_NAMES);
                    let text = format!("{:indent$}{name:<30} {flags}", "");
                    line!(self, "{}", text.trim_end());
                }
            }
            "NestMembers" | "PermittedSubclasses" => {
                for index in Table::<u16>::new(content.get(2..).unwrap_or_default()).iter() {
                    let value = self.value(index);
                    line!(self, "{:indent$}{value}", "");
                }
            }
            "InnerClasses" => {
                for row in Table::<InnerClass>::new(content.get(2..).unwrap_or_default()).iter() {
                    self.inner_class(row);
                }
            }
            "BootstrapMethods" => {
                for (number, method) in class.attributes.bootstrap_methods.iter().enumerate() {
                    let handle = self.value(method.method_handle);
                    line!(self, "{:indent$}{number}: #{} {handle}", "", method.method_handle);
                    line!(self, "{:indent$}  Method arguments:", "");
                    for index in method.arguments.iter() {
                        let value = self.value(index);
                        line!(self, "{:indent$}    #{index} {value}", "");
                    }
                }
            }
            "Record" => {
                for component in class.attributes.record.iter().flatten() {
                    let type_name = parse_field(component.descriptor).map_or("?".into(), type_name);
                    line!(self, "{:indent$}{type_name} {};", "", to_string_lossy(component.name));
                    line!(
                        self,
                        "{:indent$}  descriptor: {}",
                        "",
                        to_string_lossy(component.descriptor)
                    );
                    self.attributes(component.raw_attributes, indent + 2);
                    line!(self, "");
                }
            }
            "Module" => self.module(),
            "ModulePackages" => {
                for index in class.attributes.module_packages.iter().flat_map(Table::iter) {
                    let name = self.value(index).replace('/', ".");
                    self.commented(&format!("  #{index}"), COMMENT_COLUMN, &name);
                }
            }
            "RuntimeVisibleAnnotations" | "RuntimeInvisibleAnnotations" => self.annotations(content, indent),
            "RuntimeVisibleTypeAnnotations" | "RuntimeInvisibleTypeAnnotations" => {
                self.type_annotations(content, indent);
            }
            "RuntimeVisibleParameterAnnotations" | "RuntimeInvisibleParameterAnnotations" => {
                self.parameter_annotations(content, indent);
            }
            "AnnotationDefault" => self.annotation_default(content, indent),
            "SourceDebugExtension" => {
                for text in String::from_utf8_lossy(content).lines() {
                    line!(self, "{:indent$}{text}", "");
                }
            }
            _ => self.unknown(content, indent),
        }
    }

    /// Bytes of an attribute that this program does not know.
    fn unknown(&mut self, content: &[u8], indent: usize) {
        line!(self, "{:indent$}length = 0x{:X} (unknown attribute)", "", content.len());
        for row in content.chunks(16) {
            let text: String = row.iter().fold(String::new(), |mut text, byte| {
                let _ = write!(text, " {byte:02X}");
                text
            });
            line!(self, "{:indent$} {text}", "");
        }
    }

    fn inner_class(&mut self, row: InnerClass) {
        // Interfaces are abstract anyway; javap does not say so.
        let flags = row.access_flags;
        let hidden = if flags.contains(ClassFlags::INTERFACE) {
            ClassFlags::ABSTRACT
        } else {
            ClassFlags::empty()
        };
        let mut text = format!("  {}", modifier_text((flags - hidden).bits(), CLASS_FLAG_NAMES));
        let mut comment = String::new();
        if row.inner_name != 0 {
            let _ = write!(text, "#{}= ", row.inner_name);
            let _ = write!(comment, "{}=", self.utf8(row.inner_name));
        }
        let _ = write!(text, "#{}", row.inner_class);
        let _ = write!(comment, "class {}", self.value(row.inner_class));
        if row.outer_class != 0 {
            let _ = write!(text, " of #{}", row.outer_class);
            let _ = write!(comment, " of class {}", self.value(row.outer_class));
        }
        text.push(';');
        self.commented(&text, COMMENT_COLUMN, &comment);
    }

    fn module(&mut self) {
        let class = self.class;
        let Some(module) = &class.attributes.module else { return };
        let comment = |value: String, flags: u16, names| {
            let flags = flag_names(flags, names).replace(", ", " ");
            if flags.is_empty() {
                value
            } else {
                format!("{value} {flags}")
            }
        };
        let name = comment(self.value(module.name), module.flags, MODULE_FLAG_NAMES);
        self.commented(&format!("  #{},{:x}", module.name, module.flags), COMMENT_COLUMN, &name);
        self.version(module.version, 2);
        self.commented(&format!("  {}", module.requires.len()), COMMENT_COLUMN, "requires");
        for row in module.requires.iter() {
            let text = comment(self.value(row.module), row.flags, REQUIRES_FLAG_NAMES);
            self.commented(
                &format!("    #{},{:x}", row.module, row.flags),
                COMMENT_COLUMN + 2,
                &text,
            );
            self.version(row.version, 4);
        }
        for (what, packages) in [("exports", &module.exports), ("opens", &module.opens)] {
            self.commented(&format!("  {}", packages.len()), COMMENT_COLUMN, what);
            for row in packages {
                let mut text = comment(self.value(row.package), row.flags, REQUIRES_FLAG_NAMES);
                if !row.to.is_empty() {
                    let _ = write!(text, " to ... {}", row.to.len());
                }
                self.commented(
                    &format!("    #{},{:x}", row.package, row.flags),
                    COMMENT_COLUMN + 2,
                    &text,
                );
                self.module_list(row.to, "to");
            }
        }
        self.commented(&format!("  {}", module.uses.len()), COMMENT_COLUMN, "uses");
        for index in module.uses.iter() {
            let value = self.value(index);
            self.commented(&format!("    #{index}"), COMMENT_COLUMN + 2, &value);
        }
        self.commented(&format!("  {}", module.provides.len()), COMMENT_COLUMN, "provides");
        for row in &module.provides {
            let text = format!("{} with ... {}", self.value(row.service), row.with.len());
            self.commented(&format!("    #{}", row.service), COMMENT_COLUMN + 2, &text);
            self.module_list(row.with, "with");
        }
    }

    fn module_list(&mut self, list: Table<'_, u16>, word: &str) {
        for index in list.iter() {
            let text = format!("... {word} {}", self.value(index));
            self.commented(&format!("      #{index}"), COMMENT_COLUMN + 4, &text);
        }
    }

    fn version(&mut self, index: u16, indent: usize) {
        let value = if index == 0 { String::new() } else { self.value(index) };
        self.commented(&format!("{:indent$}#{index}", ""), COMMENT_COLUMN - 2 + indent, &value);
    }
}

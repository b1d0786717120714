//! The constant pool: reading, cross references, names.

use super::parser::{Parser, version};
use super::stream::Result;
use crate::model::{Constant, ConstantPool, tag};
use crate::mutf8;

impl Parser<'_, '_> {
    pub(super) fn parse_constant_pool(&mut self, size: u16) -> Result<()> {
        self.read_entries(size)?;
        if self.module_tag.is_some() && !self.options.allow_module {
            return Ok(());
        }
        for index in 1..size {
            self.check_references(index)?;
        }
        if self.options.verify {
            for index in 1..size {
                self.check_names(index)?;
            }
        }
        Ok(())
    }

    fn read_entries(&mut self, size: u16) -> Result<()> {
        // Every entry takes three bytes at least; a corrupt count must not make us reserve more than the file can fill.
        let mut entries = Vec::with_capacity(usize::from(size).min(self.stream.rest() / 3 + 2));
        entries.push(Constant::Unusable);
        while entries.len() < usize::from(size) {
            let index = entries.len();
            let constant_tag = self.stream.u1()?;
            let supported_since = match constant_tag {
                tag::METHOD_HANDLE | tag::METHOD_TYPE | tag::INVOKE_DYNAMIC => version::JAVA_7,
                tag::DYNAMIC => version::JAVA_11,
                _ => 0,
            };
            if self.major < supported_since {
                let message = format_args!("Class file version does not support constant tag {constant_tag}");
                return Err(self.error(message));
            }
            // One byte more than the entry: the next tag, or the access flags.
            let needed = match constant_tag {
                tag::CLASS | tag::STRING | tag::METHOD_TYPE => 3,
                tag::METHOD_HANDLE => 4,
                tag::UTF8 => 2,
                tag::LONG | tag::DOUBLE => {
                    if index + 1 >= usize::from(size) {
                        return Err(self.error(format_args!("Invalid constant pool entry {index}")));
                    }
                    9
                }
                tag::MODULE | tag::PACKAGE => 3,
                _ => 5,
            };
            let stream = &mut self.stream;
            let constant = match constant_tag {
                tag::UTF8 => {
                    stream.need(needed)?;
                    let length = stream.u2()?;
                    stream.need(usize::from(length) + 1)?;
                    let bytes = stream.take(length.into())?;
                    if self.options.verify && !mutf8::is_valid(bytes, self.major <= 47) {
                        return Err(self.error("Illegal UTF8 string in constant pool"));
                    }
                    Constant::Utf8(bytes)
                }
                tag::MODULE | tag::PACKAGE if self.major >= version::JAVA_9 => {
                    stream.need(needed)?;
                    let name = stream.u2()?;
                    self.module_tag.get_or_insert(constant_tag);
                    if constant_tag == tag::MODULE {
                        Constant::Module { name }
                    } else {
                        Constant::Package { name }
                    }
                }
                tag::INTEGER..=tag::NAME_AND_TYPE | tag::METHOD_HANDLE..=tag::INVOKE_DYNAMIC => {
                    stream.need(needed)?;
                    match constant_tag {
                        tag::INTEGER => Constant::Integer(stream.u4()? as i32),
                        tag::FLOAT => Constant::Float(f32::from_bits(stream.u4()?)),
                        tag::LONG => Constant::Long(stream.u8()? as i64),
                        tag::DOUBLE => Constant::Double(f64::from_bits(stream.u8()?)),
                        tag::CLASS => Constant::Class { name: stream.u2()? },
                        tag::STRING => Constant::String { utf8: stream.u2()? },
                        tag::METHOD_TYPE => Constant::MethodType {
                            descriptor: stream.u2()?,
                        },
                        tag::METHOD_HANDLE => Constant::MethodHandle {
                            kind: stream.u1()?,
                            reference: stream.u2()?,
                        },
                        _ => {
                            let (first, second) = (stream.u2()?, stream.u2()?);
                            match constant_tag {
                                tag::FIELDREF => Constant::Fieldref {
                                    class: first,
                                    name_and_type: second,
                                },
                                tag::METHODREF => Constant::Methodref {
                                    class: first,
                                    name_and_type: second,
                                },
                                tag::INTERFACE_METHODREF => Constant::InterfaceMethodref {
                                    class: first,
                                    name_and_type: second,
                                },
                                tag::NAME_AND_TYPE => Constant::NameAndType {
                                    name: first,
                                    descriptor: second,
                                },
                                dynamic => {
                                    self.max_bootstrap_method = self.max_bootstrap_method.max(Some(first));
                                    if dynamic == tag::DYNAMIC {
                                        Constant::Dynamic {
                                            bootstrap_method: first,
                                            name_and_type: second,
                                        }
                                    } else {
                                        Constant::InvokeDynamic {
                                            bootstrap_method: first,
                                            name_and_type: second,
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
                _ => return Err(self.error(format_args!("Unknown constant tag {constant_tag}"))),
            };
            entries.push(constant);
            if matches!(constant, Constant::Long(_) | Constant::Double(_)) {
                entries.push(Constant::Unusable);
            }
        }
        self.pool = ConstantPool { entries };
        Ok(())
    }

    #[inline]
    fn check_index(&self, index: u16, is_expected: impl FnOnce(&Constant<'_>) -> bool) -> Result<()> {
        match self.pool.get(index) {
            Some(constant) if is_expected(constant) => Ok(()),
            _ => Err(self.error(format_args!("Invalid constant pool index {index}"))),
        }
    }

    fn check_references(&self, index: u16) -> Result<()> {
        let is_utf8 = |constant: &Constant<'_>| matches!(constant, Constant::Utf8(_));
        let is_name_and_type = |constant: &Constant<'_>| matches!(constant, Constant::NameAndType { .. });
        match self.pool.entries[usize::from(index)] {
            Constant::Fieldref { class, name_and_type }
            | Constant::Methodref { class, name_and_type }
            | Constant::InterfaceMethodref { class, name_and_type } => {
                self.check_index(class, |constant| matches!(constant, Constant::Class { .. }))?;
                self.check_index(name_and_type, is_name_and_type)
            }
            Constant::NameAndType { name, descriptor } => {
                self.check_index(name, is_utf8)?;
                self.check_index(descriptor, is_utf8)
            }
            Constant::Class { name } | Constant::Module { name } | Constant::Package { name } => {
                self.check_index(name, is_utf8)
            }
            Constant::String { utf8 } => self.check_index(utf8, is_utf8),
            Constant::MethodType { descriptor } => self.check_index(descriptor, is_utf8),
            Constant::Dynamic { name_and_type, .. } | Constant::InvokeDynamic { name_and_type, .. } => {
                self.check_index(name_and_type, is_name_and_type)
            }
            Constant::MethodHandle { kind, reference } => self.check_method_handle(index, kind, reference),
            _ => Ok(()),
        }
    }

    fn check_method_handle(&self, index: u16, kind: u8, reference: u16) -> Result<()> {
        self.check_index(reference, |_| reference != 0)?;
        let referenced = self.pool.tag(reference);
        let since_8 = self.major >= version::JAVA_8;
        let (is_expected, expected) = match kind {
            1..=4 => (referenced == tag::FIELDREF, "a field"),
            5 | 8 => (referenced == tag::METHODREF, "a method"),
            6 | 7 => {
                let interface = since_8 && referenced == tag::INTERFACE_METHODREF;
                (referenced == tag::METHODREF || interface, "a method")
            }
            9 => (referenced == tag::INTERFACE_METHODREF, "an interface method"),
            _ => return Err(self.error(format_args!("Bad method handle kind at constant pool index {index}"))),
        };
        if is_expected {
            return Ok(());
        }
        let class = self.class_name();
        Err(self.plain_error(format_args!(
            "Invalid constant pool index {reference} in class file {class} (not {expected})"
        )))
    }

    /// Second pass: names and descriptors. All cross references are known to be sound.
    fn check_names(&self, index: u16) -> Result<()> {
        match self.pool.entries[usize::from(index)] {
            Constant::Class { name } => self.check_class_name(self.pool.utf8(name).unwrap_or_default()),
            Constant::NameAndType {
                name: name_index,
                descriptor: descriptor_index,
            } => {
                let name = self.pool.utf8(name_index).unwrap_or_default();
                let descriptor = self.pool.utf8(descriptor_index).unwrap_or_default();
                for (bytes, index) in [(descriptor, descriptor_index), (name, name_index)] {
                    if bytes.is_empty() {
                        let class = self.class_name();
                        return Err(self.plain_error(format_args!(
                            "Illegal zero length constant pool entry at {index} in class {class}"
                        )));
                    }
                }
                if descriptor.starts_with(b"(") {
                    self.check_method_name(name)?;
                    self.check_method_descriptor(name, descriptor).map(|_| ())
                } else {
                    self.check_field_name(name)?;
                    self.check_field_descriptor(name, descriptor)
                }
            }
            Constant::Dynamic { name_and_type, .. } => {
                let (name, descriptor) = self.pool.name_and_type(name_and_type).unwrap_or_default();
                if descriptor.starts_with(b"(") {
                    return Err(self.illegal_signature("CONSTANT_Dynamic", name, descriptor));
                }
                Ok(())
            }
            Constant::Fieldref { name_and_type, .. } => {
                let (name, descriptor) = self.pool.name_and_type(name_and_type).unwrap_or_default();
                if descriptor.starts_with(b"(") {
                    return Err(self.illegal_signature("Field", name, descriptor));
                }
                Ok(())
            }
            constant @ (Constant::Methodref { name_and_type, .. }
            | Constant::InterfaceMethodref { name_and_type, .. }
            | Constant::InvokeDynamic { name_and_type, .. }) => {
                let (name, descriptor) = self.pool.name_and_type(name_and_type).unwrap_or_default();
                if !descriptor.starts_with(b"(") {
                    return Err(self.illegal_signature("Method", name, descriptor));
                }
                if constant.tag() == tag::METHODREF && name.starts_with(b"<") && name != b"<init>" {
                    return Err(self.bad_name("method", name_and_type));
                }
                Ok(())
            }
            Constant::MethodHandle {
                kind: kind @ 5..=8,
                reference,
            } => {
                let (Constant::Methodref { name_and_type, .. } | Constant::InterfaceMethodref { name_and_type, .. }) =
                    self.pool.entries[usize::from(reference)]
                else {
                    return Ok(());
                };
                let (name, _) = self.pool.name_and_type(name_and_type).unwrap_or_default();
                match (kind, name == b"<init>") {
                    (8, false) => Err(self.bad_name("constructor", name_and_type)),
                    (5..=7, true) => Err(self.bad_name("method", name_and_type)),
                    _ => Ok(()),
                }
            }
            Constant::MethodType { descriptor } => {
                let descriptor = self.pool.utf8(descriptor).unwrap_or_default();
                self.check_method_descriptor(b"type", descriptor).map(|_| ())
            }
            _ => Ok(()),
        }
    }

    fn bad_name(&self, what: &str, name_and_type: u16) -> super::ParseError {
        let name = match self.pool.get(name_and_type) {
            Some(Constant::NameAndType { name, .. }) => *name,
            _ => 0,
        };
        self.error(format_args!("Bad {what} name at constant pool index {name}"))
    }
}

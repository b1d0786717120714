//! Fields and methods.

use super::parser::{Parser, first_duplicate, version};
use super::stream::Result;
use crate::model::*;
use crate::mutf8;

/// A method's parameters take at most this many slots, receiver included (JVMS §4.3.3).
const MAX_ARGUMENT_SLOTS: u32 = 255;

impl<'a> Parser<'a, '_> {
    pub(super) fn parse_fields(&mut self) -> Result<Vec<Field<'a>>> {
        let count = self.stream.u2()?;
        // Eight bytes are the least a field takes: a corrupt count must not make us reserve more.
        let mut fields = Vec::with_capacity(usize::from(count).min(self.stream_rest() / 8));
        for _ in 0..count {
            fields.push(self.parse_field()?);
        }
        if self.options.verify && fields.len() > 1 {
            let keys = fields.iter().map(|field: &Field<'a>| (field.name, field.descriptor));
            if let Some((name, descriptor)) = first_duplicate(keys) {
                return Err(self.duplicate("field", name, descriptor));
            }
        }
        Ok(fields)
    }

    pub(super) fn parse_methods(&mut self) -> Result<Vec<Method<'a>>> {
        let count = self.stream.u2()?;
        let mut methods = Vec::with_capacity(usize::from(count).min(self.stream_rest() / 8));
        for _ in 0..count {
            methods.push(self.parse_method()?);
        }
        if self.options.verify && methods.len() > 1 {
            let keys = methods
                .iter()
                .map(|method: &Method<'a>| (method.name, method.descriptor));
            if let Some((name, descriptor)) = first_duplicate(keys) {
                return Err(self.duplicate("method", name, descriptor));
            }
        }
        Ok(methods)
    }

    fn duplicate(&self, what: &str, name: &[u8], descriptor: &[u8]) -> super::ParseError {
        self.error(format_args!(
            "Duplicate {what} name \"{}\" with signature \"{}\"",
            mutf8::to_string_lossy(name),
            mutf8::to_string_lossy(descriptor).replace('/', ".")
        ))
    }

    fn parse_field(&mut self) -> Result<Field<'a>> {
        self.stream.need(8)?;
        let access_flags = FieldFlags::from_bits_truncate(self.stream.u2()?);
        self.check_field_flags(access_flags)?;
        let name_index = self.stream.u2()?;
        let name = self.utf8(name_index, |i| {
            format!("Invalid constant pool index {i} for field name")
        })?;
        self.check_field_name(name)?;
        let descriptor_index = self.stream.u2()?;
        let descriptor = self.utf8(descriptor_index, |i| {
            format!("Invalid constant pool index {i} for field signature")
        })?;
        self.check_field_descriptor(name, descriptor)?;

        let mut field = Field {
            access_flags,
            name_index,
            descriptor_index,
            name,
            descriptor,
            constant_value: None,
            signature: None,
            synthetic: false,
            deprecated: false,
            annotations: Annotations::default(),
            raw_attributes: RawAttributes::default(),
        };
        let count = self.stream.u2()?;
        let start = self.stream.position();
        for _ in 0..count {
            self.parse_field_attribute(&mut field)?;
        }
        field.raw_attributes = RawAttributes {
            bytes: self.stream.since(start),
        };
        Ok(field)
    }

    fn parse_field_attribute(&mut self, field: &mut Field<'a>) -> Result<()> {
        let (name, length) = self.attribute_header(|i| format!("Invalid field attribute index {i}"))?;
        match name {
            b"ConstantValue" if field.access_flags.contains(FieldFlags::STATIC) => {
                if field.constant_value.is_some() {
                    return Err(self.error("Duplicate ConstantValue attribute"));
                }
                if length != 2 {
                    return Err(self.error(format_args!("Invalid ConstantValue field attribute length {length}")));
                }
                let index = self.stream.u2()?;
                self.check_constant_value(index, field.descriptor)?;
                field.constant_value = Some(index);
            }
            b"Synthetic" => {
                self.empty_attribute("Synthetic field", length)?;
                field.synthetic = true;
            }
            b"Deprecated" => {
                self.empty_attribute("Deprecated field", length)?;
                field.deprecated = true;
            }
            b"Signature" if self.major >= version::JAVA_5 => {
                if field.signature.is_some() {
                    return Err(self.error("Multiple Signature attributes for field"));
                }
                if length != 2 {
                    return Err(self.error(format_args!("Wrong size {length} for field's Signature attribute")));
                }
                field.signature = Some(self.parse_signature()?);
            }
            _ => {
                let content = self.stream.take(length as usize)?;
                self.annotation_attribute(&mut field.annotations, name, content, " for field")?;
            }
        }
        Ok(())
    }

    /// `what` is the attribute and its place, as in "Synthetic field".
    pub(super) fn empty_attribute(&self, what: &str, length: u32) -> Result<()> {
        if length == 0 {
            return Ok(());
        }
        Err(self.error(format_args!("Invalid {what} attribute length {length}")))
    }

    pub(super) fn parse_signature(&mut self) -> Result<u16> {
        let index = self.stream.u2()?;
        self.utf8(index, |i| {
            format!("Invalid Signature attribute at constant pool index {i}")
        })?;
        Ok(index)
    }

    /// Keeps the content of the four annotation attributes that all declarations share; `place` words the error.
    /// Answers whether it was one of them.
    pub(super) fn annotation_attribute(
        &self,
        annotations: &mut Annotations<'a>,
        name: &[u8],
        content: &'a [u8],
        place: &str,
    ) -> Result<bool> {
        if self.major < version::JAVA_5 || !name.starts_with(b"Runtime") {
            return Ok(false);
        }
        let slot = match name {
            b"RuntimeVisibleAnnotations" => &mut annotations.visible,
            b"RuntimeInvisibleAnnotations" => &mut annotations.invisible,
            b"RuntimeVisibleTypeAnnotations" => &mut annotations.visible_type,
            b"RuntimeInvisibleTypeAnnotations" => &mut annotations.invisible_type,
            _ => return Ok(false),
        };
        self.set_once(slot, name, content, place)?;
        Ok(true)
    }

    fn set_once(&self, slot: &mut Option<&'a [u8]>, name: &[u8], content: &'a [u8], place: &str) -> Result<()> {
        if slot.replace(content).is_none() {
            return Ok(());
        }
        let name = mutf8::to_string_lossy(name);
        Err(self.error(format_args!("Multiple {name} attributes{place}")))
    }

    fn check_field_flags(&self, flags: FieldFlags) -> Result<()> {
        if !self.options.verify {
            return Ok(());
        }
        let has = |flag| flags.contains(flag);
        let illegal = if self.is_interface {
            !flags.contains(FieldFlags::PUBLIC | FieldFlags::STATIC | FieldFlags::FINAL)
                || flags.intersects(
                    FieldFlags::PRIVATE | FieldFlags::PROTECTED | FieldFlags::VOLATILE | FieldFlags::TRANSIENT,
                )
                || (self.major >= version::JAVA_5 && has(FieldFlags::ENUM))
        } else {
            has_illegal_visibility(flags.bits()) || (has(FieldFlags::FINAL) && has(FieldFlags::VOLATILE))
        };
        if illegal {
            let class = self.class_name();
            return Err(self.plain_error(format_args!(
                "Illegal field modifiers in class {class}: 0x{:X}",
                flags.bits()
            )));
        }
        Ok(())
    }

    fn check_constant_value(&self, index: u16, descriptor: &[u8]) -> Result<()> {
        let value = match self.pool.get(index) {
            Some(constant) if index != 0 => constant,
            _ => {
                return Err(self.error(format_args!(
                    "Bad initial value index {index} in ConstantValue attribute"
                )));
            }
        };
        let consistent = match descriptor.first() {
            Some(b'J') => matches!(value, Constant::Long(_)),
            Some(b'F') => matches!(value, Constant::Float(_)),
            Some(b'D') => matches!(value, Constant::Double(_)),
            Some(b'B' | b'C' | b'S' | b'Z' | b'I') => matches!(value, Constant::Integer(_)),
            Some(b'L') if descriptor == b"Ljava/lang/String;" && matches!(value, Constant::String { .. }) => true,
            Some(b'L') => return Err(self.error("Bad string initial value")),
            _ => return Err(self.error(format_args!("Unable to set initial value {index}"))),
        };
        if consistent {
            Ok(())
        } else {
            Err(self.error("Inconsistent constant value type"))
        }
    }

    fn parse_method(&mut self) -> Result<Method<'a>> {
        self.stream.need(8)?;
        let mut flags = self.stream.u2()?;
        let name_index = self.stream.u2()?;
        let name = self.utf8(name_index, |i| {
            format!("Illegal constant pool index {i} for method name")
        })?;
        self.check_method_name(name)?;
        let descriptor_index = self.stream.u2()?;
        let descriptor = self.utf8(descriptor_index, |i| {
            format!("Illegal constant pool index {i} for method signature")
        })?;

        const STATIC: u16 = MethodFlags::STATIC.bits();
        const STRICT: u16 = MethodFlags::STRICT.bits();
        if name == b"<clinit>" {
            // All other flags of a class initializer are ignored.
            if self.major < version::JAVA_7 {
                flags = STATIC;
            } else if flags & STATIC != 0 {
                flags &= STATIC | if self.major <= version::JAVA_16 { STRICT } else { 0 };
            } else {
                return Err(self.error("Method <clinit> is not static"));
            }
        } else {
            self.check_method_flags(flags, name)?;
        }
        if name == b"<init>" && self.is_interface {
            let class = self.class_name();
            let text = format_args!("Interface cannot have a method named <init>, class file {class}");
            return Err(self.plain_error(text));
        }
        let access_flags = MethodFlags::from_bits_truncate(flags);
        let receiver = u32::from(!access_flags.contains(MethodFlags::STATIC));
        let argument_slots = receiver + self.check_method_descriptor(name, descriptor)?;
        if argument_slots > MAX_ARGUMENT_SLOTS {
            return Err(self.error("Too many arguments in method signature"));
        }

        let mut method = Method {
            access_flags,
            name_index,
            descriptor_index,
            name,
            descriptor,
            argument_slots: argument_slots as u16,
            code: None,
            exceptions: Table::default(),
            signature: None,
            parameters: None,
            synthetic: false,
            deprecated: false,
            annotations: Annotations::default(),
            visible_parameter_annotations: None,
            invisible_parameter_annotations: None,
            annotation_default: None,
            raw_attributes: RawAttributes::default(),
        };
        let mut has_exceptions = false;
        let count = self.stream.u2()?;
        let start = self.stream.position();
        for _ in 0..count {
            self.parse_method_attribute(&mut method, &mut has_exceptions)?;
        }
        method.raw_attributes = RawAttributes {
            bytes: self.stream.since(start),
        };
        if method.code.is_none() && !access_flags.intersects(MethodFlags::NATIVE | MethodFlags::ABSTRACT) {
            return Err(self.error("Absent Code attribute in method that is not native or abstract"));
        }
        Ok(method)
    }

    fn parse_method_attribute(&mut self, method: &mut Method<'a>, has_exceptions: &mut bool) -> Result<()> {
        let (name, length) = self.attribute_header(|i| format!("Invalid method attribute name index {i}"))?;
        match name {
            b"Code" => {
                if method
                    .access_flags
                    .intersects(MethodFlags::NATIVE | MethodFlags::ABSTRACT)
                {
                    return Err(self.error("Code attribute in native or abstract methods"));
                }
                if method.code.is_some() {
                    return Err(self.error("Multiple Code attributes"));
                }
                method.code = Some(Box::new(self.parse_code(method.argument_slots, length)?));
            }
            b"Exceptions" => {
                if std::mem::replace(has_exceptions, true) {
                    return Err(self.error("Multiple Exceptions attributes"));
                }
                method.exceptions = self.parse_exceptions(length)?;
            }
            b"MethodParameters" => {
                if method.parameters.is_some() {
                    return Err(self.error("Multiple MethodParameters attributes"));
                }
                let count = usize::from(self.stream.u1()?);
                if length as usize != count * MethodParameter::SIZE + 1 {
                    // HotSpot 17 does not name the class here either.
                    let text = format_args!("Invalid MethodParameters method attribute length {length} in class file");
                    return Err(self.plain_error(text));
                }
                method.parameters = Some(Table::new(self.stream.take(count * MethodParameter::SIZE)?));
            }
            b"Synthetic" => {
                self.empty_attribute("Synthetic method", length)?;
                method.synthetic = true;
            }
            b"Deprecated" => {
                self.empty_attribute("Deprecated method", length)?;
                method.deprecated = true;
            }
            b"Signature" if self.major >= version::JAVA_5 => {
                if method.signature.is_some() {
                    return Err(self.error("Multiple Signature attributes for method"));
                }
                if length != 2 {
                    return Err(self.error(format_args!("Invalid Signature attribute length {length}")));
                }
                method.signature = Some(self.parse_signature()?);
            }
            _ => {
                let content = self.stream.take(length as usize)?;
                let place = " for method";
                if self.major < version::JAVA_5
                    || self.annotation_attribute(&mut method.annotations, name, content, place)?
                {
                    return Ok(());
                }
                let slot = match name {
                    b"RuntimeVisibleParameterAnnotations" => &mut method.visible_parameter_annotations,
                    b"RuntimeInvisibleParameterAnnotations" => &mut method.invisible_parameter_annotations,
                    b"AnnotationDefault" => &mut method.annotation_default,
                    _ => return Ok(()),
                };
                self.set_once(slot, name, content, place)?;
            }
        }
        Ok(())
    }

    fn parse_exceptions(&mut self, length: u32) -> Result<Table<'a, u16>> {
        let count = self.stream.u2()?;
        let exceptions: Table<'a, u16> = Table::new(self.stream.take(usize::from(count) * 2)?);
        for index in exceptions.iter() {
            if !self.is_class(index) {
                return Err(self.error(format_args!("Exception name has bad type at constant pool {index}")));
            }
        }
        if length != 2 + u32::from(count) * 2 {
            return Err(self.error("Exceptions attribute has wrong length"));
        }
        Ok(exceptions)
    }

    fn check_method_flags(&self, bits: u16, name: &[u8]) -> Result<()> {
        if !self.options.verify || !self.are_illegal_method_flags(bits, name) {
            return Ok(());
        }
        let class = self.class_name();
        let name = mutf8::to_string_lossy(name);
        Err(self.plain_error(format_args!(
            "Method {name} in class {class} has illegal modifiers: 0x{bits:X}"
        )))
    }

    /// JVMS §4.6, table 4.6-A and the text behind it.
    fn are_illegal_method_flags(&self, bits: u16, name: &[u8]) -> bool {
        type F = MethodFlags;
        let flags = F::from_bits_retain(bits);
        let has = |flag: F| flags.contains(flag);
        let any = |mask: F| flags.intersects(mask);
        let since_5 = self.major >= version::JAVA_5;
        let strict = self.major < version::JAVA_17 && has(F::STRICT);
        if self.is_interface {
            return if self.major >= version::JAVA_8 {
                has(F::PUBLIC) == has(F::PRIVATE)
                    || any(F::NATIVE | F::PROTECTED | F::FINAL | F::SYNCHRONIZED)
                    || (has(F::ABSTRACT) && (any(F::PRIVATE | F::STATIC) || strict))
            } else if since_5 {
                let forbidden =
                    F::PRIVATE | F::PROTECTED | F::STATIC | F::FINAL | F::SYNCHRONIZED | F::NATIVE | F::STRICT;
                !has(F::PUBLIC) || !has(F::ABSTRACT) || any(forbidden)
            } else {
                !has(F::PUBLIC) || !has(F::ABSTRACT) || any(F::STATIC | F::FINAL | F::NATIVE)
            };
        }
        if has_illegal_visibility(bits) {
            true
        } else if name == b"<init>" {
            any(F::STATIC | F::FINAL | F::SYNCHRONIZED | F::NATIVE | F::ABSTRACT) || (since_5 && has(F::BRIDGE))
        } else {
            has(F::ABSTRACT)
                && (any(F::FINAL | F::NATIVE | F::PRIVATE | F::STATIC) || (since_5 && (has(F::SYNCHRONIZED) || strict)))
        }
    }

    /// Bytes left in the class file.
    pub(super) fn stream_rest(&self) -> usize {
        self.stream.rest()
    }
}

/// At most one of public, private, protected.
fn has_illegal_visibility(bits: u16) -> bool {
    (bits & 7).count_ones() > 1
}

//! Attributes of the class.

use super::parser::{Parser, version};
use super::stream::{Result, Stream};
use crate::model::*;
use crate::mutf8;

/// Attributes whose content is looked at when all others are known.
#[derive(Default)]
struct Deferred<'a> {
    inner_classes: Option<&'a [u8]>,
    nest_members: Option<&'a [u8]>,
    record: Option<&'a [u8]>,
    permitted_subclasses: Option<&'a [u8]>,
    has_bootstrap_methods: bool,
}

impl<'a> Parser<'a, '_> {
    pub(super) fn parse_class_attributes(
        &mut self,
        access_flags: ClassFlags,
    ) -> Result<(ClassAttributes<'a>, RawAttributes<'a>)> {
        let count = self.stream.u2()?;
        let start = self.stream.position();
        let mut attributes = ClassAttributes::default();
        let mut deferred = Deferred::default();
        for _ in 0..count {
            let (name, length) =
                self.attribute_header(|i| format!("Attribute name has bad constant pool index {i}"))?;
            // The content is decoded through its own stream; HotSpot lets some run over and then finds a wrong length.
            // A length is looked at before the bytes are found to be missing.
            let content = self.stream.take((length as usize).min(self.stream.rest()))?;
            self.parse_class_attribute(&mut attributes, &mut deferred, name, length, content, access_flags)?;
            if content.len() < length as usize {
                self.stream.need(length as usize)?;
            }
        }
        let raw = RawAttributes {
            bytes: self.stream.since(start),
        };

        if let Some(content) = deferred.inner_classes {
            attributes.inner_classes = Some(self.parse_inner_classes(content)?);
        }
        if let Some(content) = deferred.nest_members {
            attributes.nest_members = Some(self.parse_class_list(content, "NestMembers", "Nest member")?);
        }
        if let Some(content) = deferred.record {
            attributes.record = Some(self.parse_record(content)?);
        }
        if let Some(content) = deferred.permitted_subclasses {
            attributes.permitted_subclasses =
                Some(self.parse_class_list(content, "PermittedSubclasses", "Permitted subclass")?);
        }
        if self.max_bootstrap_method.is_some() && !deferred.has_bootstrap_methods {
            return Err(self.error("Missing BootstrapMethods attribute"));
        }
        Ok((attributes, raw))
    }

    fn parse_class_attribute(
        &mut self,
        attributes: &mut ClassAttributes<'a>,
        deferred: &mut Deferred<'a>,
        name: &'a [u8],
        length: u32,
        content: &'a [u8],
        access_flags: ClassFlags,
    ) -> Result<()> {
        let mut stream = Stream::new(content);
        match name {
            b"SourceFile" => {
                if length != 2 {
                    return Err(self.error("Wrong SourceFile attribute length"));
                }
                self.only_once(attributes.source_file.is_some(), name)?;
                let index = stream.u2()?;
                self.utf8(index, |i| {
                    format!("Invalid SourceFile attribute at constant pool index {i}")
                })?;
                attributes.source_file = Some(index);
            }
            b"SourceDebugExtension" => {
                self.only_once(attributes.source_debug_extension.is_some(), name)?;
                attributes.source_debug_extension = Some(content);
            }
            b"InnerClasses" => {
                self.only_once(deferred.inner_classes.is_some(), name)?;
                deferred.inner_classes = Some(content);
            }
            b"Synthetic" => {
                self.empty_attribute("Synthetic classfile", length)?;
                attributes.synthetic = true;
            }
            b"Deprecated" => {
                self.empty_attribute("Deprecated classfile", length)?;
                attributes.deprecated = true;
            }
            _ if self.major < version::JAVA_5 => {}
            b"Signature" => {
                self.only_once(attributes.signature.is_some(), name)?;
                if length != 2 {
                    return Err(self.error(format_args!("Wrong Signature attribute length {length}")));
                }
                let index = stream.u2()?;
                self.utf8(index, |i| {
                    format!("Invalid constant pool index {i} in Signature attribute")
                })?;
                attributes.signature = Some(index);
            }
            b"EnclosingMethod" => {
                self.only_once(attributes.enclosing_method.is_some(), name)?;
                attributes.enclosing_method = Some(self.parse_enclosing_method(length, content)?);
            }
            b"BootstrapMethods" if self.major >= version::JAVA_7 => {
                self.only_once(deferred.has_bootstrap_methods, name)?;
                deferred.has_bootstrap_methods = true;
                attributes.bootstrap_methods = self.parse_bootstrap_methods(content)?;
            }
            b"NestMembers" if self.major >= version::JAVA_11 => {
                self.only_once(deferred.nest_members.is_some(), name)?;
                if attributes.nest_host.is_some() {
                    return Err(self.error("Conflicting NestHost and NestMembers attributes"));
                }
                deferred.nest_members = Some(content);
            }
            b"NestHost" if self.major >= version::JAVA_11 => {
                self.only_once(attributes.nest_host.is_some(), name)?;
                if deferred.nest_members.is_some() {
                    return Err(self.error("Conflicting NestMembers and NestHost attributes"));
                }
                if length != 2 {
                    return Err(self.error("Wrong NestHost attribute length"));
                }
                let index = stream.u2()?;
                if !self.is_class(index) {
                    return Err(self.error(format_args!("Nest-host class_info_index {index} has bad constant type")));
                }
                attributes.nest_host = Some(index);
            }
            b"Record" if self.major >= version::JAVA_16 => {
                self.only_once(deferred.record.is_some(), name)?;
                deferred.record = Some(content);
            }
            b"PermittedSubclasses" if self.major >= version::JAVA_17 => {
                self.only_once(deferred.permitted_subclasses.is_some(), name)?;
                if access_flags.contains(ClassFlags::FINAL) {
                    let class = self.class_name();
                    let text = format_args!("PermittedSubclasses attribute in final class file {class}");
                    return Err(self.plain_error(text));
                }
                deferred.permitted_subclasses = Some(content);
            }
            b"Module" | b"ModulePackages" | b"ModuleMainClass" if access_flags.contains(ClassFlags::MODULE) => {
                self.parse_module_attribute(attributes, name, content)?;
            }
            _ => {
                self.annotation_attribute(&mut attributes.annotations, name, content, "")?;
            }
        }
        Ok(())
    }

    pub(super) fn only_once(&self, seen: bool, name: &[u8]) -> Result<()> {
        if !seen {
            return Ok(());
        }
        let name = mutf8::to_string_lossy(name);
        Err(self.error(format_args!("Multiple {name} attributes")))
    }

    fn parse_enclosing_method(&self, length: u32, content: &[u8]) -> Result<EnclosingMethod> {
        if length != 4 {
            return Err(self.error(format_args!("Wrong EnclosingMethod attribute length {length}")));
        }
        let mut stream = Stream::new(content);
        let (class, method) = (stream.u2()?, stream.u2()?);
        if class == 0 {
            return Err(self.error("Invalid class index in EnclosingMethod attribute"));
        }
        if !self.is_class(class) {
            return Err(self.error("Invalid or out-of-bounds class index in EnclosingMethod attribute"));
        }
        if method != 0 && self.pool.tag(method) != tag::NAME_AND_TYPE {
            return Err(self.error("Invalid or out-of-bounds method index in EnclosingMethod attribute"));
        }
        Ok(EnclosingMethod { class, method })
    }

    fn parse_bootstrap_methods(&self, content: &'a [u8]) -> Result<Vec<BootstrapMethod<'a>>> {
        let length = content.len();
        if length < 2 {
            return Err(self.error(format_args!("Invalid BootstrapMethods attribute length {length}")));
        }
        let mut stream = Stream::new(content);
        let count = stream.u2()?;
        if self.max_bootstrap_method.is_some_and(|highest| highest >= count) {
            return Err(self.error("Short length on BootstrapMethods"));
        }
        let bad_count =
            || self.error("Invalid BootstrapMethods num_bootstrap_methods or num_bootstrap_arguments value");
        let mut methods = Vec::with_capacity(usize::from(count).min(length / 4));
        for _ in 0..count {
            let (Ok(method_handle), Ok(argument_count)) = (stream.u2(), stream.u2()) else {
                return Err(bad_count());
            };
            if self.pool.tag(method_handle) != tag::METHOD_HANDLE {
                return Err(self.error(format_args!(
                    "bootstrap_method_index {method_handle} has bad constant type"
                )));
            }
            let arguments = stream.take(usize::from(argument_count) * 2).map_err(|_| bad_count())?;
            let arguments: Table<'a, u16> = Table::new(arguments);
            for index in arguments.iter() {
                if !is_loadable(self.pool.tag(index)) {
                    return Err(self.error(format_args!("argument_index {index} has bad constant type")));
                }
            }
            methods.push(BootstrapMethod {
                method_handle,
                arguments,
            });
        }
        if !stream.at_end() {
            return Err(self.error("Bad length on BootstrapMethods"));
        }
        Ok(methods)
    }

    /// NestMembers and PermittedSubclasses.
    fn parse_class_list(&self, content: &'a [u8], attribute: &str, what: &str) -> Result<Table<'a, u16>> {
        let mut stream = Stream::new(content);
        let count = stream.u2()?;
        let wrong_length = |_| self.error(format_args!("Wrong {attribute} attribute length"));
        let classes: Table<'a, u16> = Table::new(stream.take(usize::from(count) * 2).map_err(wrong_length)?);
        for index in classes.iter() {
            if !self.is_class(index) {
                return Err(self.error(format_args!("{what} class_info_index {index} has bad constant type")));
            }
        }
        if !stream.at_end() {
            return Err(self.error(format_args!("Wrong {attribute} attribute length")));
        }
        Ok(classes)
    }

    fn parse_record(&mut self, content: &'a [u8]) -> Result<Vec<RecordComponent<'a>>> {
        // The shared helpers read through `self.stream`; let it stand on the attribute for a while.
        let outside = std::mem::replace(&mut self.stream, Stream::new(content));
        let result = self.parse_record_components();
        let inside = std::mem::replace(&mut self.stream, outside);
        let components = result?;
        if !inside.at_end() {
            return Err(self.error("Record attribute has wrong length"));
        }
        Ok(components)
    }

    fn parse_record_components(&mut self) -> Result<Vec<RecordComponent<'a>>> {
        let count = self.stream.u2()?;
        let mut components = Vec::with_capacity(usize::from(count).min(self.stream_rest() / 6));
        for _ in 0..count {
            self.stream.need(6)?;
            let name_index = self.stream.u2()?;
            let name = self.utf8(name_index, |i| {
                format!("Invalid constant pool index {i} for name in Record attribute")
            })?;
            self.check_field_name(name)?;
            let descriptor_index = self.stream.u2()?;
            let descriptor = self.utf8(descriptor_index, |i| {
                format!("Invalid constant pool index {i} for descriptor in Record attribute")
            })?;
            self.check_field_descriptor(name, descriptor)?;
            let attribute_count = self.stream.u2()?;
            let start = self.stream.position();
            let mut component = RecordComponent {
                name_index,
                descriptor_index,
                name,
                descriptor,
                signature: None,
                annotations: Annotations::default(),
                raw_attributes: RawAttributes::default(),
            };
            for _ in 0..attribute_count {
                self.parse_record_component_attribute(&mut component)?;
            }
            component.raw_attributes = RawAttributes {
                bytes: self.stream.since(start),
            };
            components.push(component);
        }
        Ok(components)
    }

    fn parse_record_component_attribute(&mut self, component: &mut RecordComponent<'a>) -> Result<()> {
        let (name, length) = self.attribute_header(|i| format!("Invalid Record attribute name index {i}"))?;
        if name == b"Signature" {
            if component.signature.is_some() {
                return Err(self.error("Multiple Signature attributes for Record component"));
            }
            if length != 2 {
                let text = format_args!("Invalid Signature attribute length {length} in Record component");
                return Err(self.error(text));
            }
            component.signature = Some(self.parse_signature()?);
            return Ok(());
        }
        let content = self.stream.take(length as usize)?;
        self.annotation_attribute(&mut component.annotations, name, content, " for Record component")?;
        Ok(())
    }
}

/// Constants that `ldc` and bootstrap arguments may be.
fn is_loadable(constant_tag: u8) -> bool {
    matches!(
        constant_tag,
        tag::INTEGER..=tag::STRING | tag::METHOD_HANDLE | tag::METHOD_TYPE | tag::DYNAMIC
    )
}

//! The parser's state, the class-level walk, and the helpers that word its errors.

use super::names::{self, DescriptorError};
use super::stream::{Result, Stream};
use super::{ErrorKind, ParseError, ParseOptions};
use crate::model::*;
use crate::mutf8;
use std::fmt::Display;

/// Class-file versions that change rules, by the Java version that brought them.
pub(super) mod version {
    pub const JAVA_5: u16 = 49;
    pub const JAVA_6: u16 = 50;
    pub const JAVA_7: u16 = 51;
    pub const JAVA_8: u16 = 52;
    pub const JAVA_9: u16 = 53;
    pub const JAVA_11: u16 = 55;
    pub const JAVA_12: u16 = 56;
    pub const JAVA_16: u16 = 60;
    pub const JAVA_17: u16 = 61;
}

const OLDEST: u16 = 45;
const PREVIEW_MINOR: u16 = 65535;

/// Class flags that mean something in a class file; the rest is ignored.
const RECOGNIZED_CLASS_FLAGS: ClassFlags = ClassFlags::PUBLIC
    .union(ClassFlags::FINAL)
    .union(ClassFlags::SUPER)
    .union(ClassFlags::INTERFACE)
    .union(ClassFlags::ABSTRACT)
    .union(ClassFlags::SYNTHETIC)
    .union(ClassFlags::ANNOTATION)
    .union(ClassFlags::ENUM);

/// Parser state; `'a` is the class file, `'o` the options.
pub(super) struct Parser<'a, 'o> {
    pub stream: Stream<'a>,
    pub options: &'o ParseOptions<'o>,
    pub pool: ConstantPool<'a>,
    pub major: u16,
    pub is_interface: bool,
    /// Highest BootstrapMethods row any entry asks for.
    pub max_bootstrap_method: Option<u16>,
    /// A Module or Package tag was seen: an error, but ACC_MODULE is reported first.
    pub module_tag: Option<u8>,
    name: Option<&'a [u8]>,
}

impl<'a, 'o> Parser<'a, 'o> {
    pub fn new(bytes: &'a [u8], options: &'o ParseOptions<'o>) -> Self {
        Self {
            stream: Stream::new(bytes),
            options,
            pool: ConstantPool::default(),
            major: 0,
            is_interface: false,
            max_bootstrap_method: None,
            module_tag: None,
            name: None,
        }
    }

    /// The class's name as messages show it.
    pub fn class_name(&self) -> String {
        match (self.name, self.options.expected_name) {
            (Some(name), _) => mutf8::to_string_lossy(name),
            (None, Some(name)) => mutf8::to_string_lossy(name),
            (None, None) => "<Unknown>".into(),
        }
    }

    /// ClassFormatError: `message` + " in class file " + class name.
    #[cold]
    pub fn error(&self, message: impl Display) -> ParseError {
        self.plain_error(format_args!("{message} in class file {}", self.class_name()))
    }

    /// ClassFormatError with exactly this message.
    #[cold]
    pub fn plain_error(&self, message: impl Display) -> ParseError {
        ParseError::new(ErrorKind::ClassFormatError, message.to_string())
    }

    /// Wording for a descriptor of the wrong form.
    #[cold]
    pub fn illegal_signature(&self, what: &str, name: &[u8], descriptor: &[u8]) -> ParseError {
        self.plain_error(format_args!(
            "{what} \"{}\" in class {} has illegal signature \"{}\"",
            mutf8::to_string_lossy(name),
            self.class_name(),
            mutf8::to_string_lossy(descriptor)
        ))
    }

    #[cold]
    pub fn descriptor_error(&self, error: DescriptorError) -> ParseError {
        self.error(error.message())
    }

    /// Whether member and class names are checked.
    pub fn checks_names(&self) -> bool {
        self.options.verify && !self.options.relax
    }

    pub fn check_class_name(&self, name: &[u8]) -> Result<()> {
        if !self.checks_names() || names::is_legal_class_name(name, self.major).map_err(|e| self.descriptor_error(e))? {
            return Ok(());
        }
        Err(self.error(format_args!("Illegal class name \"{}\"", mutf8::to_string_lossy(name))))
    }

    pub fn check_field_name(&self, name: &[u8]) -> Result<()> {
        if !self.checks_names() || names::is_legal_field_name(name, self.major) {
            return Ok(());
        }
        let class = self.class_name();
        Err(self.plain_error(format_args!(
            "Illegal field name \"{}\" in class {class}",
            mutf8::to_string_lossy(name)
        )))
    }

    pub fn check_method_name(&self, name: &[u8]) -> Result<()> {
        if !self.checks_names() || names::is_legal_method_name(name, self.major) {
            return Ok(());
        }
        let class = self.class_name();
        Err(self.plain_error(format_args!(
            "Illegal method name \"{}\" in class {class}",
            mutf8::to_string_lossy(name)
        )))
    }

    pub fn check_field_descriptor(&self, name: &[u8], descriptor: &[u8]) -> Result<()> {
        match names::is_legal_field_descriptor(descriptor, self.major) {
            Ok(true) => Ok(()),
            Ok(false) => Err(self.illegal_signature("Field", name, descriptor)),
            Err(error) => Err(self.descriptor_error(error)),
        }
    }

    /// Checks a method descriptor; answers the slots of its parameters without receiver.
    pub fn check_method_descriptor(&self, name: &[u8], descriptor: &[u8]) -> Result<u32> {
        if name == b"<clinit>" && descriptor != b"()V" && self.major >= version::JAVA_7 {
            return Err(self.illegal_signature("Method", name, descriptor));
        }
        match names::check_method_descriptor(descriptor, self.major) {
            // Constructors and class initializers return nothing.
            Ok(Some(slots)) if !name.starts_with(b"<") || descriptor.ends_with(b")V") => Ok(slots),
            Ok(_) => Err(self.illegal_signature("Method", name, descriptor)),
            Err(error) => Err(self.descriptor_error(error)),
        }
    }

    /// The Utf8 entry, or the error `message(index)`.
    #[inline]
    pub fn utf8<D: Display>(&self, index: u16, message: impl FnOnce(u16) -> D) -> Result<&'a [u8]> {
        match self.pool.utf8(index) {
            Some(bytes) => Ok(bytes),
            None => Err(self.error(message(index))),
        }
    }

    #[inline]
    pub fn is_class(&self, index: u16) -> bool {
        matches!(self.pool.get(index), Some(Constant::Class { .. }))
    }

    /// Reads an attribute header: name, and content as a stream position is still in front of it.
    #[inline]
    pub fn attribute_header<D: Display>(&mut self, bad_name: impl FnOnce(u16) -> D) -> Result<(&'a [u8], u32)> {
        let name_index = self.stream.u2()?;
        let length = self.stream.u4()?;
        Ok((self.utf8(name_index, bad_name)?, length))
    }

    pub fn parse(mut self) -> Result<ClassFile<'a>> {
        let start = self.stream.position();
        self.stream.need(8)?;
        let magic = self.stream.u4()?;
        if magic != 0xcafe_babe {
            return Err(self.error(format_args!("Incompatible magic value {magic}")));
        }
        let minor_version = self.stream.u2()?;
        self.major = self.stream.u2()?;
        self.check_version(minor_version)?;

        self.stream.need(3)?;
        let pool_size = self.stream.u2()?;
        if pool_size == 0 {
            return Err(self.error("Illegal constant pool size 0"));
        }
        self.parse_constant_pool(pool_size)?;

        self.stream.need(8)?;
        let access_flags = self.parse_class_flags()?;
        self.is_interface = access_flags.contains(ClassFlags::INTERFACE);
        let is_module = access_flags.contains(ClassFlags::MODULE);
        if let (Some(tag), false) = (self.module_tag, is_module) {
            return Err(self.error(format_args!("Unknown constant tag {tag}")));
        }

        let this_class = self.stream.u2()?;
        let Some(name) = self.pool.class_name(this_class) else {
            return Err(self.error(format_args!("Invalid this class index {this_class} in constant pool")));
        };
        if name.starts_with(b"[") {
            return Err(self.error("Bad class name"));
        }
        if let Some(expected) = self.options.expected_name
            && expected != name
        {
            let text = format!(
                "{} (wrong name: {})",
                mutf8::to_string_lossy(expected),
                mutf8::to_string_lossy(name)
            );
            return Err(ParseError::new(ErrorKind::NoClassDefFoundError, text));
        }
        self.name = Some(name);

        let super_class = self.stream.u2()?;
        let super_name = self.check_super_class(super_class, is_module)?;
        let interfaces = self.parse_interfaces()?;
        let fields = self.parse_fields()?;
        let methods = self.parse_methods()?;
        let (attributes, raw_attributes) = self.parse_class_attributes(access_flags)?;
        if !self.stream.at_end() {
            return Err(self.plain_error(format_args!(
                "Extra bytes at the end of class file {}",
                self.class_name()
            )));
        }

        if name == b"java/lang/Object" && !interfaces.is_empty() {
            return Err(self.error("java.lang.Object cannot implement an interface"));
        }
        if self.is_interface && super_name.is_some_and(|name| name != b"java/lang/Object") {
            return Err(self.error("Interfaces must have java.lang.Object as superclass"));
        }
        Ok(ClassFile {
            bytes: self.stream.since(start),
            minor_version,
            major_version: self.major,
            constant_pool: self.pool,
            access_flags,
            this_class,
            super_class,
            name,
            super_name,
            interfaces,
            fields,
            methods,
            attributes,
            raw_attributes,
        })
    }

    fn check_version(&self, minor: u16) -> Result<()> {
        let major = self.major;
        let max = self.options.max_major;
        let name = || self.class_name();
        let message = if major < OLDEST {
            format!(
                "{} (class file version {major}.{minor}) was compiled with an invalid major version",
                name()
            )
        } else if major > max {
            format!(
                "{} has been compiled by a more recent version of the Java Runtime (class file version {major}.{minor}), \
                 this version of the Java Runtime only recognizes class file versions up to {max}.0",
                name()
            )
        } else if major < version::JAVA_12 || minor == 0 {
            return Ok(());
        } else if minor != PREVIEW_MINOR {
            format!(
                "{} (class file version {major}.{minor}) was compiled with an invalid non-zero minor version",
                name()
            )
        } else if major != max {
            format!(
                "{} (class file version {major}.{minor}) was compiled with preview features that are unsupported. \
                 This version of the Java Runtime only recognizes preview features for class file version \
                 {max}.{PREVIEW_MINOR}",
                name()
            )
        } else if !self.options.enable_preview {
            format!(
                "Preview features are not enabled for {} (class file version {major}.{minor}). \
                 Try running with '--enable-preview'",
                name()
            )
        } else {
            return Ok(());
        };
        Err(ParseError::new(ErrorKind::UnsupportedClassVersionError, message))
    }

    fn parse_class_flags(&mut self) -> Result<ClassFlags> {
        let bits = self.stream.u2()?;
        let flags = self.recognized_class_flags(bits, RECOGNIZED_CLASS_FLAGS);
        self.check_class_flags(flags)?;
        Ok(flags)
    }

    /// Masks flags and adds `abstract` to old interfaces. Used for the class and for InnerClasses rows.
    pub fn recognized_class_flags(&self, bits: u16, recognized: ClassFlags) -> ClassFlags {
        let mut recognized = recognized;
        if self.major >= version::JAVA_9 {
            recognized |= ClassFlags::MODULE;
        }
        let mut flags = ClassFlags::from_bits_retain(bits) & recognized;
        if flags.contains(ClassFlags::INTERFACE) && self.major < version::JAVA_6 {
            flags |= ClassFlags::ABSTRACT;
        }
        flags
    }

    pub fn inner_class_flags(&self, bits: u16) -> ClassFlags {
        let extra = ClassFlags::PRIVATE | ClassFlags::PROTECTED | ClassFlags::STATIC;
        self.recognized_class_flags(bits, RECOGNIZED_CLASS_FLAGS | extra)
    }

    pub fn check_class_flags(&self, flags: ClassFlags) -> Result<()> {
        if flags.contains(ClassFlags::MODULE) {
            if self.options.allow_module {
                return Ok(());
            }
            let text = format!(
                "{} is not a class because access_flag ACC_MODULE is set",
                self.class_name()
            );
            return Err(ParseError::new(ErrorKind::NoClassDefFoundError, text));
        }
        let has = |flag| flags.contains(flag);
        let since_5 = self.major >= version::JAVA_5;
        let interface = has(ClassFlags::INTERFACE);
        let illegal = (has(ClassFlags::ABSTRACT) && has(ClassFlags::FINAL))
            || (interface && !has(ClassFlags::ABSTRACT))
            || (interface && since_5 && (has(ClassFlags::SUPER) || has(ClassFlags::ENUM)))
            || (!interface && since_5 && has(ClassFlags::ANNOTATION));
        if self.options.verify && illegal {
            let class = self.class_name();
            return Err(self.plain_error(format_args!(
                "Illegal class modifiers in class {class}: 0x{:X}",
                flags.bits()
            )));
        }
        Ok(())
    }

    fn check_super_class(&self, super_class: u16, is_module: bool) -> Result<Option<&'a [u8]>> {
        if super_class == 0 {
            if is_module || self.name == Some(b"java/lang/Object") {
                return Ok(None);
            }
            return Err(self.error("Invalid superclass index 0"));
        }
        match self.pool.class_name(super_class) {
            Some(name) if name.starts_with(b"[") => Err(self.error("Bad superclass name")),
            Some(name) => Ok(Some(name)),
            None => Err(self.error(format_args!("Invalid superclass index {super_class}"))),
        }
    }

    fn parse_interfaces(&mut self) -> Result<Table<'a, u16>> {
        let count = self.stream.u2()?;
        let start = self.stream.position();
        for _ in 0..count {
            let index = self.stream.u2()?;
            match self.pool.class_name(index) {
                None => return Err(self.error(format_args!("Interface name has bad constant pool index {index}"))),
                Some(name) if name.starts_with(b"[") => return Err(self.error("Bad interface name")),
                Some(_) => {}
            }
        }
        let interfaces: Table<'a, u16> = Table::new(self.stream.since(start));
        if self.options.verify && count > 1 {
            let names = interfaces.iter().filter_map(|index| self.pool.class_name(index));
            if let Some(name) = first_duplicate(names) {
                let name = mutf8::to_string_lossy(name);
                return Err(self.error(format_args!("Duplicate interface name \"{name}\"")));
            }
        }
        Ok(interfaces)
    }
}

/// The first item that occurred before. Quadratic for the usual few, hashed for many.
pub(super) fn first_duplicate<T: Eq + std::hash::Hash + Copy>(items: impl Iterator<Item = T> + Clone) -> Option<T> {
    if items.clone().nth(12).is_none() {
        let mut seen: [Option<T>; 12] = [None; 12];
        for (index, item) in items.enumerate() {
            if seen[..index].contains(&Some(item)) {
                return Some(item);
            }
            seen[index] = Some(item);
        }
        return None;
    }
    let mut seen = std::collections::HashSet::new();
    items.into_iter().find(|item| !seen.insert(*item))
}

//! Attributes of classes, fields and methods (JVMS §4.7), except Code.

use super::table::u2;
use super::{ClassFlags, RawAttributes, Row, Table};

/// Contents of the annotation attributes that classes, fields, methods and record components share. Each starts with
/// its number of annotations, as the class library's annotation parser wants it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Annotations<'a> {
    /// RuntimeVisibleAnnotations
    pub visible: Option<&'a [u8]>,
    /// RuntimeInvisibleAnnotations
    pub invisible: Option<&'a [u8]>,
    /// RuntimeVisibleTypeAnnotations
    pub visible_type: Option<&'a [u8]>,
    /// RuntimeInvisibleTypeAnnotations
    pub invisible_type: Option<&'a [u8]>,
}

/// Decoded class attributes.
#[derive(Clone, Debug, Default)]
pub struct ClassAttributes<'a> {
    /// Utf8: source file name.
    pub source_file: Option<u16>,
    /// Content of SourceDebugExtension.
    pub source_debug_extension: Option<&'a [u8]>,
    /// Utf8: generic signature.
    pub signature: Option<u16>,
    /// Rows of InnerClasses; `None` when the attribute is absent.
    pub inner_classes: Option<Table<'a, InnerClass>>,
    /// EnclosingMethod.
    pub enclosing_method: Option<EnclosingMethod>,
    /// Rows of BootstrapMethods.
    pub bootstrap_methods: Vec<BootstrapMethod<'a>>,
    /// Class: nest host.
    pub nest_host: Option<u16>,
    /// Classes: nest members.
    pub nest_members: Option<Table<'a, u16>>,
    /// Classes: permitted direct subclasses; `None` when the class is not sealed.
    pub permitted_subclasses: Option<Table<'a, u16>>,
    /// Record components in declaration order; `None` when the class is no record.
    pub record: Option<Vec<RecordComponent<'a>>>,
    /// Module.
    pub module: Option<Box<ModuleAttribute<'a>>>,
    /// Packages of ModulePackages.
    pub module_packages: Option<Table<'a, u16>>,
    /// Class of ModuleMainClass.
    pub module_main_class: Option<u16>,
    /// Has the Synthetic attribute (not the flag).
    pub synthetic: bool,
    /// Has the Deprecated attribute.
    pub deprecated: bool,
    /// Annotations.
    pub annotations: Annotations<'a>,
}

/// A row of InnerClasses (JVMS §4.7.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InnerClass {
    /// Class.
    pub inner_class: u16,
    /// Class it is a member of, or 0.
    pub outer_class: u16,
    /// Utf8: simple name, or 0 when anonymous.
    pub inner_name: u16,
    /// Flags as declared in the source.
    pub access_flags: ClassFlags,
}

impl Row for InnerClass {
    const SIZE: usize = 8;
    fn read(b: &[u8]) -> Self {
        Self {
            inner_class: u2(b, 0),
            outer_class: u2(b, 2),
            inner_name: u2(b, 4),
            access_flags: ClassFlags::from_bits_retain(u2(b, 6)),
        }
    }
}

/// EnclosingMethod (JVMS §4.7.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EnclosingMethod {
    /// Class.
    pub class: u16,
    /// NameAndType, or 0 when not directly in a method.
    pub method: u16,
}

/// A row of BootstrapMethods (JVMS §4.7.23).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BootstrapMethod<'a> {
    /// MethodHandle.
    pub method_handle: u16,
    /// Loadable constants.
    pub arguments: Table<'a, u16>,
}

/// A row of MethodParameters (JVMS §4.7.24).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MethodParameter {
    /// Utf8, or 0 when it has no name.
    pub name: u16,
    /// FINAL 0x10, SYNTHETIC 0x1000, MANDATED 0x8000.
    pub access_flags: u16,
}

impl Row for MethodParameter {
    const SIZE: usize = 4;
    fn read(b: &[u8]) -> Self {
        Self {
            name: u2(b, 0),
            access_flags: u2(b, 2),
        }
    }
}

/// A component of Record (JVMS §4.7.30).
#[derive(Clone, Copy, Debug)]
pub struct RecordComponent<'a> {
    /// Utf8: name.
    pub name_index: u16,
    /// Utf8: field descriptor.
    pub descriptor_index: u16,
    /// Name.
    pub name: &'a [u8],
    /// Field descriptor.
    pub descriptor: &'a [u8],
    /// Utf8: generic signature.
    pub signature: Option<u16>,
    /// Annotations.
    pub annotations: Annotations<'a>,
    /// All attributes as they stand in the file.
    pub raw_attributes: RawAttributes<'a>,
}

/// Module (JVMS §4.7.25).
#[derive(Clone, Debug)]
pub struct ModuleAttribute<'a> {
    /// Module entry: name.
    pub name: u16,
    /// OPEN 0x20, SYNTHETIC 0x1000, MANDATED 0x8000.
    pub flags: u16,
    /// Utf8: version, or 0.
    pub version: u16,
    /// Modules needed.
    pub requires: Table<'a, ModuleRequires>,
    /// Packages exported.
    pub exports: Vec<ModulePackage<'a>>,
    /// Packages opened.
    pub opens: Vec<ModulePackage<'a>>,
    /// Classes: services used.
    pub uses: Table<'a, u16>,
    /// Services provided.
    pub provides: Vec<ModuleProvides<'a>>,
}

/// A module that is required.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ModuleRequires {
    /// Module entry.
    pub module: u16,
    /// TRANSITIVE 0x20, STATIC_PHASE 0x40, SYNTHETIC 0x1000, MANDATED 0x8000.
    pub flags: u16,
    /// Utf8: version, or 0.
    pub version: u16,
}

impl Row for ModuleRequires {
    const SIZE: usize = 6;
    fn read(b: &[u8]) -> Self {
        Self {
            module: u2(b, 0),
            flags: u2(b, 2),
            version: u2(b, 4),
        }
    }
}

/// A package that is exported or opened.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ModulePackage<'a> {
    /// Package entry.
    pub package: u16,
    /// SYNTHETIC 0x1000, MANDATED 0x8000.
    pub flags: u16,
    /// Module entries; empty = to all.
    pub to: Table<'a, u16>,
}

/// A service that is provided.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ModuleProvides<'a> {
    /// Class: service.
    pub service: u16,
    /// Classes: implementations.
    pub with: Table<'a, u16>,
}

//! The constant pool (JVMS §4.4).

/// Constant-pool tags.
pub mod tag {
    /// CONSTANT_Utf8
    pub const UTF8: u8 = 1;
    /// CONSTANT_Integer
    pub const INTEGER: u8 = 3;
    /// CONSTANT_Float
    pub const FLOAT: u8 = 4;
    /// CONSTANT_Long
    pub const LONG: u8 = 5;
    /// CONSTANT_Double
    pub const DOUBLE: u8 = 6;
    /// CONSTANT_Class
    pub const CLASS: u8 = 7;
    /// CONSTANT_String
    pub const STRING: u8 = 8;
    /// CONSTANT_Fieldref
    pub const FIELDREF: u8 = 9;
    /// CONSTANT_Methodref
    pub const METHODREF: u8 = 10;
    /// CONSTANT_InterfaceMethodref
    pub const INTERFACE_METHODREF: u8 = 11;
    /// CONSTANT_NameAndType
    pub const NAME_AND_TYPE: u8 = 12;
    /// CONSTANT_MethodHandle
    pub const METHOD_HANDLE: u8 = 15;
    /// CONSTANT_MethodType
    pub const METHOD_TYPE: u8 = 16;
    /// CONSTANT_Dynamic
    pub const DYNAMIC: u8 = 17;
    /// CONSTANT_InvokeDynamic
    pub const INVOKE_DYNAMIC: u8 = 18;
    /// CONSTANT_Module
    pub const MODULE: u8 = 19;
    /// CONSTANT_Package
    pub const PACKAGE: u8 = 20;
}

/// One constant-pool entry. Indices point into the same pool and were checked by the reader.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Constant<'a> {
    /// Entry 0, and the second slot of a long or double.
    Unusable,
    /// Modified UTF-8.
    Utf8(&'a [u8]),
    /// `int`
    Integer(i32),
    /// `float`, with its exact bits
    Float(f32),
    /// `long`
    Long(i64),
    /// `double`, with its exact bits
    Double(f64),
    /// Class or array type.
    Class {
        /// Utf8: internal name or array descriptor.
        name: u16,
    },
    /// String literal.
    String {
        /// Utf8.
        utf8: u16,
    },
    /// Field of a class or interface.
    Fieldref {
        /// Class.
        class: u16,
        /// NameAndType.
        name_and_type: u16,
    },
    /// Method of a class.
    Methodref {
        /// Class.
        class: u16,
        /// NameAndType.
        name_and_type: u16,
    },
    /// Method of an interface.
    InterfaceMethodref {
        /// Class.
        class: u16,
        /// NameAndType.
        name_and_type: u16,
    },
    /// Name and descriptor.
    NameAndType {
        /// Utf8.
        name: u16,
        /// Utf8.
        descriptor: u16,
    },
    /// Method handle.
    MethodHandle {
        /// Kind 1..=9.
        kind: u8,
        /// Fieldref, Methodref or InterfaceMethodref.
        reference: u16,
    },
    /// Method type.
    MethodType {
        /// Utf8: method descriptor.
        descriptor: u16,
    },
    /// Dynamically computed constant.
    Dynamic {
        /// Row of BootstrapMethods.
        bootstrap_method: u16,
        /// NameAndType with a field descriptor.
        name_and_type: u16,
    },
    /// Dynamically computed call site.
    InvokeDynamic {
        /// Row of BootstrapMethods.
        bootstrap_method: u16,
        /// NameAndType with a method descriptor.
        name_and_type: u16,
    },
    /// Module (module descriptors only).
    Module {
        /// Utf8.
        name: u16,
    },
    /// Package (module descriptors only).
    Package {
        /// Utf8.
        name: u16,
    },
}

impl Constant<'_> {
    /// The tag byte; 0 for [`Constant::Unusable`].
    pub fn tag(&self) -> u8 {
        match self {
            Constant::Unusable => 0,
            Constant::Utf8(_) => tag::UTF8,
            Constant::Integer(_) => tag::INTEGER,
            Constant::Float(_) => tag::FLOAT,
            Constant::Long(_) => tag::LONG,
            Constant::Double(_) => tag::DOUBLE,
            Constant::Class { .. } => tag::CLASS,
            Constant::String { .. } => tag::STRING,
            Constant::Fieldref { .. } => tag::FIELDREF,
            Constant::Methodref { .. } => tag::METHODREF,
            Constant::InterfaceMethodref { .. } => tag::INTERFACE_METHODREF,
            Constant::NameAndType { .. } => tag::NAME_AND_TYPE,
            Constant::MethodHandle { .. } => tag::METHOD_HANDLE,
            Constant::MethodType { .. } => tag::METHOD_TYPE,
            Constant::Dynamic { .. } => tag::DYNAMIC,
            Constant::InvokeDynamic { .. } => tag::INVOKE_DYNAMIC,
            Constant::Module { .. } => tag::MODULE,
            Constant::Package { .. } => tag::PACKAGE,
        }
    }

    /// Name of the entry's kind, as the specification spells it without `CONSTANT_`.
    pub fn kind_name(&self) -> &'static str {
        match self {
            Constant::Unusable => "Unusable",
            Constant::Utf8(_) => "Utf8",
            Constant::Integer(_) => "Integer",
            Constant::Float(_) => "Float",
            Constant::Long(_) => "Long",
            Constant::Double(_) => "Double",
            Constant::Class { .. } => "Class",
            Constant::String { .. } => "String",
            Constant::Fieldref { .. } => "Fieldref",
            Constant::Methodref { .. } => "Methodref",
            Constant::InterfaceMethodref { .. } => "InterfaceMethodref",
            Constant::NameAndType { .. } => "NameAndType",
            Constant::MethodHandle { .. } => "MethodHandle",
            Constant::MethodType { .. } => "MethodType",
            Constant::Dynamic { .. } => "Dynamic",
            Constant::InvokeDynamic { .. } => "InvokeDynamic",
            Constant::Module { .. } => "Module",
            Constant::Package { .. } => "Package",
        }
    }
}

/// Which of the three member reference entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemberKind {
    /// CONSTANT_Fieldref
    Field,
    /// CONSTANT_Methodref
    Method,
    /// CONSTANT_InterfaceMethodref
    InterfaceMethod,
}

/// A member reference with its parts resolved to bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemberRef<'a> {
    /// Which entry it came from.
    pub kind: MemberKind,
    /// Constant-pool index of the class.
    pub class_index: u16,
    /// Internal name (or array descriptor) of the class.
    pub class_name: &'a [u8],
    /// Member name.
    pub name: &'a [u8],
    /// Field or method descriptor.
    pub descriptor: &'a [u8],
}

/// A dynamic constant or call site with its parts resolved to bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DynamicRef<'a> {
    /// Row of BootstrapMethods.
    pub bootstrap_method: u16,
    /// Name.
    pub name: &'a [u8],
    /// Field descriptor (Dynamic) or method descriptor (InvokeDynamic).
    pub descriptor: &'a [u8],
}

/// A constant pool. All accessors answer `None` for an index that is out of range or of another kind.
#[derive(Clone, Debug, Default)]
pub struct ConstantPool<'a> {
    pub(crate) entries: Vec<Constant<'a>>,
}

impl<'a> ConstantPool<'a> {
    /// Number of entries with the unusable entry 0: constant_pool_count.
    #[inline]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is no usable entry.
    pub fn is_empty(&self) -> bool {
        self.entries.len() <= 1
    }

    /// All entries; the position is the index.
    #[inline]
    pub fn entries(&self) -> &[Constant<'a>] {
        &self.entries
    }

    /// The entry, also when unusable.
    #[inline]
    pub fn get(&self, index: u16) -> Option<&Constant<'a>> {
        self.entries.get(index as usize)
    }

    /// Tag of the entry; 0 when unusable or out of range.
    #[inline]
    pub fn tag(&self, index: u16) -> u8 {
        self.get(index).map_or(0, Constant::tag)
    }

    /// Bytes of a Utf8 entry.
    #[inline]
    pub fn utf8(&self, index: u16) -> Option<&'a [u8]> {
        match self.get(index)? {
            Constant::Utf8(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// Name of a Class entry: internal name or array descriptor.
    #[inline]
    pub fn class_name(&self, index: u16) -> Option<&'a [u8]> {
        match self.get(index)? {
            Constant::Class { name } => self.utf8(*name),
            _ => None,
        }
    }

    /// Bytes of a String entry.
    #[inline]
    pub fn string(&self, index: u16) -> Option<&'a [u8]> {
        match self.get(index)? {
            Constant::String { utf8 } => self.utf8(*utf8),
            _ => None,
        }
    }

    /// Name and descriptor of a NameAndType entry.
    #[inline]
    pub fn name_and_type(&self, index: u16) -> Option<(&'a [u8], &'a [u8])> {
        match self.get(index)? {
            Constant::NameAndType { name, descriptor } => Some((self.utf8(*name)?, self.utf8(*descriptor)?)),
            _ => None,
        }
    }

    /// Parts of a Fieldref, Methodref or InterfaceMethodref entry.
    #[inline]
    pub fn member(&self, index: u16) -> Option<MemberRef<'a>> {
        let (kind, class_index, name_and_type) = match *self.get(index)? {
            Constant::Fieldref { class, name_and_type } => (MemberKind::Field, class, name_and_type),
            Constant::Methodref { class, name_and_type } => (MemberKind::Method, class, name_and_type),
            Constant::InterfaceMethodref { class, name_and_type } => {
                (MemberKind::InterfaceMethod, class, name_and_type)
            }
            _ => return None,
        };
        let (name, descriptor) = self.name_and_type(name_and_type)?;
        Some(MemberRef {
            kind,
            class_index,
            class_name: self.class_name(class_index)?,
            name,
            descriptor,
        })
    }

    /// Parts of a Dynamic or InvokeDynamic entry.
    #[inline]
    pub fn dynamic(&self, index: u16) -> Option<DynamicRef<'a>> {
        let (bootstrap_method, name_and_type) = match *self.get(index)? {
            Constant::Dynamic {
                bootstrap_method,
                name_and_type,
            }
            | Constant::InvokeDynamic {
                bootstrap_method,
                name_and_type,
            } => (bootstrap_method, name_and_type),
            _ => return None,
        };
        let (name, descriptor) = self.name_and_type(name_and_type)?;
        Some(DynamicRef {
            bootstrap_method,
            name,
            descriptor,
        })
    }

    /// Kind (1..=9) and member reference of a MethodHandle entry.
    #[inline]
    pub fn method_handle(&self, index: u16) -> Option<(u8, MemberRef<'a>)> {
        match *self.get(index)? {
            Constant::MethodHandle { kind, reference } => Some((kind, self.member(reference)?)),
            _ => None,
        }
    }

    /// Descriptor of a MethodType entry.
    #[inline]
    pub fn method_type(&self, index: u16) -> Option<&'a [u8]> {
        match self.get(index)? {
            Constant::MethodType { descriptor } => self.utf8(*descriptor),
            _ => None,
        }
    }

    /// Name of a Module or Package entry.
    pub fn module_or_package(&self, index: u16) -> Option<&'a [u8]> {
        match self.get(index)? {
            Constant::Module { name } | Constant::Package { name } => self.utf8(*name),
            _ => None,
        }
    }
}

//! The parsed class file. Everything borrows from the class's bytes; what is a list of fixed-size rows in the file
//! stays there and is read through [`Table`].

pub mod annotations;
mod attributes;
mod code;
mod constant;
mod flags;
mod stack_map;
mod table;

pub use attributes::*;
pub use code::*;
pub use constant::*;
pub use flags::*;
pub use stack_map::*;
pub use table::*;

/// A class file (JVMS §4.1), checked by [`crate::reader::parse`].
#[derive(Clone, Debug)]
pub struct ClassFile<'a> {
    /// All bytes it was parsed from.
    pub bytes: &'a [u8],
    /// Minor version.
    pub minor_version: u16,
    /// Major version, 45 or higher.
    pub major_version: u16,
    /// The constant pool.
    pub constant_pool: ConstantPool<'a>,
    /// Access flags as HotSpot keeps them: only bits known for this class version.
    pub access_flags: ClassFlags,
    /// Constant-pool index of this class.
    pub this_class: u16,
    /// Constant-pool index of the superclass; 0 for `java/lang/Object` and module descriptors.
    pub super_class: u16,
    /// Internal name of this class.
    pub name: &'a [u8],
    /// Internal name of the superclass.
    pub super_name: Option<&'a [u8]>,
    /// Constant-pool indices of the direct superinterfaces; see [`ClassFile::interface_names`].
    pub interfaces: Table<'a, u16>,
    /// Declared fields.
    pub fields: Vec<Field<'a>>,
    /// Declared methods.
    pub methods: Vec<Method<'a>>,
    /// Decoded class attributes.
    pub attributes: ClassAttributes<'a>,
    /// All class attributes as they stand in the file.
    pub raw_attributes: RawAttributes<'a>,
}

impl<'a> ClassFile<'a> {
    /// Internal names of the direct superinterfaces.
    pub fn interface_names(&self) -> impl Iterator<Item = &'a [u8]> + '_ {
        self.interfaces
            .iter()
            .filter_map(|index| self.constant_pool.class_name(index))
    }

    /// The declared method with this name and descriptor.
    pub fn find_method(&self, name: &[u8], descriptor: &[u8]) -> Option<&Method<'a>> {
        self.methods
            .iter()
            .find(|method| method.name == name && method.descriptor == descriptor)
    }

    /// The declared field with this name and descriptor.
    pub fn find_field(&self, name: &[u8], descriptor: &[u8]) -> Option<&Field<'a>> {
        self.fields
            .iter()
            .find(|field| field.name == name && field.descriptor == descriptor)
    }
}

/// A field (JVMS §4.5).
#[derive(Clone, Debug)]
pub struct Field<'a> {
    /// Access flags.
    pub access_flags: FieldFlags,
    /// Constant-pool index of the name.
    pub name_index: u16,
    /// Constant-pool index of the descriptor.
    pub descriptor_index: u16,
    /// Name.
    pub name: &'a [u8],
    /// Descriptor.
    pub descriptor: &'a [u8],
    /// Constant-pool index of the initial value; set for static fields only.
    pub constant_value: Option<u16>,
    /// Constant-pool index of the generic signature.
    pub signature: Option<u16>,
    /// Has the Synthetic attribute (not the flag).
    pub synthetic: bool,
    /// Has the Deprecated attribute.
    pub deprecated: bool,
    /// Annotations.
    pub annotations: Annotations<'a>,
    /// All attributes as they stand in the file.
    pub raw_attributes: RawAttributes<'a>,
}

/// A method (JVMS §4.6).
#[derive(Clone, Debug)]
pub struct Method<'a> {
    /// Access flags. For `<clinit>` of classes since version 51 only `static` and `strictfp` count.
    pub access_flags: MethodFlags,
    /// Constant-pool index of the name.
    pub name_index: u16,
    /// Constant-pool index of the descriptor.
    pub descriptor_index: u16,
    /// Name.
    pub name: &'a [u8],
    /// Descriptor.
    pub descriptor: &'a [u8],
    /// Local variable slots the parameters take, with the receiver.
    pub argument_slots: u16,
    /// Body; `None` for native and abstract methods.
    pub code: Option<Box<CodeAttribute<'a>>>,
    /// Constant-pool indices of the declared checked exceptions.
    pub exceptions: Table<'a, u16>,
    /// Constant-pool index of the generic signature.
    pub signature: Option<u16>,
    /// Rows of MethodParameters; `None` when the attribute is absent (an empty one is not the same for reflection).
    pub parameters: Option<Table<'a, MethodParameter>>,
    /// Has the Synthetic attribute (not the flag).
    pub synthetic: bool,
    /// Has the Deprecated attribute.
    pub deprecated: bool,
    /// Annotations.
    pub annotations: Annotations<'a>,
    /// Content of RuntimeVisibleParameterAnnotations.
    pub visible_parameter_annotations: Option<&'a [u8]>,
    /// Content of RuntimeInvisibleParameterAnnotations.
    pub invisible_parameter_annotations: Option<&'a [u8]>,
    /// Content of AnnotationDefault.
    pub annotation_default: Option<&'a [u8]>,
    /// All attributes as they stand in the file.
    pub raw_attributes: RawAttributes<'a>,
}

impl Method<'_> {
    /// Whether this is the class initializer.
    pub fn is_class_initializer(&self) -> bool {
        self.name == b"<clinit>"
    }

    /// Whether this is a constructor.
    pub fn is_constructor(&self) -> bool {
        self.name == b"<init>"
    }
}

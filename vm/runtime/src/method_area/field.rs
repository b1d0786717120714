//! Fields.

use super::{ClassPtr, LinkCell, Meta, MetaSlice, Sym};
use crate::basic_type::BasicType;

/// A declared field of a class.
#[repr(C)]
pub struct Field {
    /// The class that declares it.
    pub holder: ClassPtr,
    /// Name.
    pub name: Sym,
    /// Descriptor.
    pub descriptor: Sym,
    /// JVMS access flags.
    pub access_flags: u16,
    /// Type, references and arrays told apart.
    pub basic_type: BasicType,
    /// Set for fields the VM added itself (invisible to reflection).
    pub injected: bool,
    /// Position among the declared fields of the class file.
    pub slot: u16,
    /// Index of the ConstantValue constant, 0 when there is none.
    pub constant_value: u16,
    /// Byte offset: in the object for instance fields, in the holder's mirror for static ones.
    pub offset: LinkCell<u32>,
    /// Generic signature (index of the Utf8 constant), 0 when there is none.
    pub signature: u16,
    /// RuntimeVisibleAnnotations body.
    pub annotations: MetaSlice<u8>,
    /// RuntimeVisibleTypeAnnotations body.
    pub type_annotations: MetaSlice<u8>,
}

/// Pointer to a field.
pub type FieldPtr = Meta<Field>;

impl Field {
    /// Static field?
    #[inline]
    pub fn is_static(&self) -> bool {
        self.access_flags & 0x0008 != 0
    }
    /// Volatile field?
    #[inline]
    pub fn is_volatile(&self) -> bool {
        self.access_flags & 0x0040 != 0
    }
    /// Final field?
    #[inline]
    pub fn is_final(&self) -> bool {
        self.access_flags & 0x0010 != 0
    }
    /// Address of a static field's storage: mirrors do not move.
    #[inline]
    pub fn static_address(&self) -> usize {
        self.holder.mirror().0 + self.offset.get() as usize
    }
}

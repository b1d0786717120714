//! Constant pools: the class file's constants, read in place, and beside them one resolved word for each.
//!
//! A resolved word is 0 until its constant is resolved, except for numeric constants, which are filled when the class
//! is made. What it holds then is what the quick opcodes read:
//!
//! | constant | resolved word |
//! |---|---|
//! | Integer, Float | the 32 bits |
//! | Long, Double | the 64 bits |
//! | Class | address of the `Class` |
//! | String, MethodHandle, MethodType, Dynamic (reference) | address of the narrow slot, among the class's extra roots, that holds it |
//! | Dynamic (primitive) | not kept here: the slot holds the box |
//! | Fieldref, non-volatile instance field | byte offset |
//! | Fieldref, non-volatile static field | address of the field's storage |
//! | Fieldref, volatile field | address of the `Field` |
//! | Methodref, InterfaceMethodref | address of the `Method` |
//! | Methodref of a signature-polymorphic method, used by invokevirtual | address of a [`CallSite`] |

use super::{ClassPtr, LinkCell, Meta, MetaSlice, MethodPtr};
use peaberry_gc::layout::AtomicNarrow;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};

/// Tag of an unused entry (index 0, and the second slot of long and double).
pub const TAG_UNUSABLE: u8 = 0;

/// A class's constants.
#[repr(C)]
pub struct ConstantPool {
    /// Owner.
    pub holder: LinkCell<Option<ClassPtr>>,
    /// Number of entries, index 0 included.
    pub length: u16,
    /// JVMS tags (§4.4), [`TAG_UNUSABLE`] where there is none.
    pub tags: MetaSlice<u8>,
    /// Offset, in `bytes`, of what follows each constant's tag byte.
    pub offsets: MetaSlice<u32>,
    /// The class file.
    pub bytes: MetaSlice<u8>,
    /// Resolved words, see the module's table. The interpreter's handlers get this array's address.
    pub resolved: MetaSlice<AtomicU64>,
    /// For constants whose resolution failed: 1 (the error is kept by the loader and thrown again, JVMS §5.4.3).
    pub failed: MetaSlice<AtomicU8>,
    /// Offsets in `bytes` of the entries of BootstrapMethods (each: u16 method ref, u16 count, u16 arguments …).
    pub bootstrap_methods: MetaSlice<u32>,
}

/// A linked `invokedynamic` instruction or signature-polymorphic call: an adapter to call with the stack's arguments
/// and, where it is not null, the appendix as a trailing argument.
#[repr(C)]
pub struct CallSite {
    /// The method to call (a LambdaForm's compiled static method, or `linkTo*`).
    pub adapter: MethodPtr,
    /// The appendix (call site, method type or method handle), a root.
    pub appendix: *const AtomicNarrow,
    /// Index of the InvokeDynamic or Methodref constant.
    pub constant: u16,
    /// Slots of the arguments on the stack, receiver included, appendix not.
    pub argument_slots: u16,
}

impl ConstantPool {
    /// The tag, [`TAG_UNUSABLE`] for an index out of range.
    #[inline]
    pub fn tag(&self, index: u16) -> u8 {
        self.tags.get(index as usize).copied().unwrap_or(TAG_UNUSABLE)
    }
    #[inline]
    fn position(&self, index: u16) -> usize {
        self.offsets.get(index as usize).copied().unwrap_or(0) as usize
    }
    /// Big-endian u16 at `offset` bytes into the body of a constant.
    #[inline]
    pub fn u16_at(&self, index: u16, offset: usize) -> u16 {
        let at = self.position(index) + offset;
        self.bytes
            .get(at..at + 2)
            .map_or(0, |b| u16::from_be_bytes([b[0], b[1]]))
    }
    /// Big-endian u32 at `offset` bytes into the body of a constant.
    #[inline]
    pub fn u32_at(&self, index: u16, offset: usize) -> u32 {
        let at = self.position(index) + offset;
        self.bytes
            .get(at..at + 4)
            .map_or(0, |b| u32::from_be_bytes([b[0], b[1], b[2], b[3]]))
    }
    /// The bytes of a Utf8 constant, in modified UTF-8.
    pub fn utf8(&self, index: u16) -> &'static [u8] {
        let at = self.position(index);
        let length = self.u16_at(index, 0) as usize;
        let bytes: &[u8] = self.bytes.get(at + 2..at + 2 + length).unwrap_or(&[]);
        // SAFETY: the class file's bytes live as long as the class; users of the method area rely on that throughout.
        unsafe { std::slice::from_raw_parts(bytes.as_ptr(), bytes.len()) }
    }
    /// The name a Class, String, MethodType, Module or Package constant points at.
    pub fn name_of(&self, index: u16) -> &'static [u8] {
        self.utf8(self.u16_at(index, 0))
    }
    /// Class index of a Fieldref, Methodref or InterfaceMethodref.
    pub fn member_class(&self, index: u16) -> u16 {
        self.u16_at(index, 0)
    }
    /// (name, descriptor) of a Fieldref, Methodref, InterfaceMethodref, Dynamic or InvokeDynamic.
    pub fn member_name_and_type(&self, index: u16) -> (&'static [u8], &'static [u8]) {
        self.name_and_type(self.u16_at(index, 2))
    }
    /// (name, descriptor) of a NameAndType.
    pub fn name_and_type(&self, index: u16) -> (&'static [u8], &'static [u8]) {
        (self.utf8(self.u16_at(index, 0)), self.utf8(self.u16_at(index, 2)))
    }
    /// (reference kind, reference index) of a MethodHandle constant.
    pub fn method_handle(&self, index: u16) -> (u8, u16) {
        let at = self.position(index);
        (self.bytes.get(at).copied().unwrap_or(0), self.u16_at(index, 1))
    }
    /// Bootstrap specifier of a Dynamic or InvokeDynamic: (method handle constant, argument constants).
    pub fn bootstrap(&self, index: u16) -> Option<(u16, Vec<u16>)> {
        let specifier = self.u16_at(index, 0) as usize;
        let at = *self.bootstrap_methods.get(specifier)? as usize;
        let word = |p: usize| self.bytes.get(p..p + 2).map(|b| u16::from_be_bytes([b[0], b[1]]));
        let count = word(at + 2)? as usize;
        let arguments = (0..count).map(|i| word(at + 4 + 2 * i)).collect::<Option<Vec<_>>>()?;
        Some((word(at)?, arguments))
    }
    /// The resolved word, 0 when unresolved.
    #[inline(always)]
    pub fn resolved(&self, index: u16) -> u64 {
        self.resolved
            .get(index as usize)
            .map_or(0, |w| w.load(Ordering::Acquire))
    }
    /// Publishes a resolved word.
    pub fn set_resolved(&self, index: u16, word: u64) {
        if let Some(slot) = self.resolved.get(index as usize) {
            slot.store(word, Ordering::Release);
        }
    }
    /// A resolved Class constant.
    #[inline]
    pub fn resolved_class(&self, index: u16) -> Option<ClassPtr> {
        if self.tag(index) == 7 {
            // SAFETY: a Class constant's resolved word is 0 or a class address (module table).
            unsafe { Meta::from_pointer(self.resolved(index) as *const super::Class) }
        } else {
            None
        }
    }
}

//! Classes: instance classes, arrays and the primitive types' pseudo classes.

use super::{ConstantPool, FieldPtr, LinkCell, Meta, MetaSlice, MethodPtr, Space, Sym};
use crate::basic_type::BasicType;
use crate::loader::LoaderData;
use peaberry_classfile::model::ClassFlags;
use peaberry_gc::layout::{ClassPrefix, Obj};
use std::sync::atomic::{AtomicPtr, AtomicU8, AtomicU32, AtomicU64, AtomicUsize, Ordering};

/// The bit of [`Class::access_flags`] that interfaces have (JVMS Table 4.1-B).
pub const ACC_INTERFACE: u32 = ClassFlags::INTERFACE.bits() as u32;

/// Where a class stands between loading and use (JVMS §5).
#[repr(u8)]
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum ClassState {
    /// Parsed and laid out; in a dictionary or about to be.
    Loaded = 0,
    /// Verified and prepared, methods linked.
    Linked = 1,
    /// Some thread runs its initializer.
    BeingInitialized = 2,
    /// Ready.
    Initialized = 3,
    /// Initialization failed.
    Error = 4,
}

/// Number of primary superclasses kept in the display of [`Class::display`].
pub const DISPLAY_SIZE: usize = 8;

/// Entries of [`Class::interface_cache`].
pub const INTERFACE_CACHE_SIZE: usize = peaberry_jit::layout::INTERFACE_CACHE_SIZE;

/// One interface of a class's dispatch table: `methods[interface_method.itable_index]` is the implementation.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct ItableEntry {
    /// The interface.
    pub interface: ClassPtr,
    /// Implementations, by the interface methods' itable index; null where selection must throw.
    pub methods: *const *const super::Method,
}

/// What a class is.
#[repr(u8)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ClassKind {
    /// From a class file.
    Instance,
    /// Array of references.
    ReferenceArray,
    /// Array of primitives.
    PrimitiveArray,
    /// The pseudo class of a primitive type or void.
    Primitive,
}

/// A class. Begins with what the collector reads; hot fields for the interpreter and compiled code follow.
#[repr(C)]
pub struct Class {
    /// What the collector reads.
    pub prefix: ClassPrefix,
    /// Initialization state, a [`ClassState`].
    pub state: AtomicU8,
    /// What it is.
    pub kind: ClassKind,
    /// Element type of an array (Object/Array for reference arrays), the type itself for primitive pseudo classes,
    /// `Object` for instance classes.
    pub basic_type: BasicType,
    /// Number of dimensions of an array, 0 otherwise.
    pub dimensions: u8,
    /// Number of superclasses above (Object: 0; interfaces and arrays: 1).
    pub depth: u32,
    /// JVMS access flags as in the class file.
    pub access_flags: u32,
    /// Flags of the InnerClasses entry if the class has one, else `access_flags`: what `getModifiers` reports.
    pub modifier_flags: u32,
    /// VM's own flags, see [`class_flags`].
    pub flags: AtomicU32,
    /// `display[d]` is the superclass at depth `d` (itself included), null beyond: subtype tests of classes.
    pub display: LinkCell<[*const Class; DISPLAY_SIZE]>,
    /// The last interface (or deep superclass) a subtype test found.
    pub secondary_cache: AtomicPtr<Class>,
    /// Implementations of interface methods that compiled code called, each in the entry that its address chooses: the
    /// narrow address of the interface's method below that of the implementation.
    pub interface_cache: [AtomicU64; INTERFACE_CACHE_SIZE],
    /// All superinterfaces, transitively (for arrays: Cloneable, Serializable and array supertypes are computed).
    pub secondary_supers: LinkCell<MetaSlice<ClassPtr>>,
    /// Virtual method table.
    pub vtable: LinkCell<MetaSlice<MethodPtr>>,
    /// Interface dispatch tables.
    pub itable: LinkCell<MetaSlice<ItableEntry>>,
    /// Binary name in internal form (`java/lang/String`, `[I`, `int`). Hidden classes: `pkg/Name+0x…`, `+` as HotSpot's `/` form.
    pub name: Sym,
    /// Superclass; none for Object, interfaces have Object.
    pub super_class: LinkCell<Option<ClassPtr>>,
    /// Direct superinterfaces.
    pub interfaces: LinkCell<MetaSlice<ClassPtr>>,
    /// Constant pool; null for arrays and primitives.
    pub constants: LinkCell<Option<Meta<ConstantPool>>>,
    /// Declared methods in class-file order, `<clinit>` and `<init>` included; VM-added ones (Miranda, overpass) after.
    pub methods: LinkCell<MetaSlice<MethodPtr>>,
    /// Declared fields in class-file order; VM-added ones after.
    pub fields: LinkCell<MetaSlice<FieldPtr>>,
    /// Methods sorted by (name address, descriptor address) for look-up.
    pub method_index: LinkCell<MetaSlice<MethodPtr>>,
    /// The class initializer.
    pub initializer: LinkCell<Option<MethodPtr>>,
    /// Array class whose elements are this class.
    pub array_class: AtomicPtr<Class>,
    /// Element class of an array (`int` pseudo class for `[I`).
    pub element_class: Option<ClassPtr>,
    /// Innermost non-array element class, itself for others.
    pub bottom_class: LinkCell<Option<ClassPtr>>,
    /// Defining loader's data.
    pub loader: *const LoaderData,
    /// The space it is allocated in when that is not its loader's: of a weak hidden class, or an array of such.
    pub space: *const Space,
    /// Package part of the name (`java/lang`), empty symbol for the unnamed package.
    pub package: Sym,
    /// Thread id of the initializing thread while `BeingInitialized`.
    pub initializing_thread: AtomicUsize,
    /// Nest host once resolved.
    pub nest_host: AtomicPtr<Class>,
    /// Attributes kept for reflection and diagnostics.
    pub attributes: ClassAttributes,
    /// Direct subclasses list head and next sibling, for class-hierarchy analysis (guarded by the hierarchy lock).
    pub first_subclass: AtomicPtr<Class>,
    /// Next sibling in the superclass's list.
    pub next_sibling: AtomicPtr<Class>,
    /// For interfaces: number of concrete implementing classes seen (0, 1, 2 = many).
    pub implementor_count: AtomicU32,
    /// A per-class serial number.
    pub serial: u32,
    /// First byte after the last instance field, not aligned: where a subclass's fields begin.
    pub instance_end: LinkCell<u32>,
    /// Used entries of `prefix.extra_roots` (see `loader::roots`).
    pub extra_roots_used: AtomicU32,
    /// Run-time package and with it the module; null for primitives, an array has its element's.
    pub package_entry: AtomicPtr<crate::loader::PackageEntry>,
}

/// Raw attribute bodies and indexes of a class file that reflection and diagnostics read on demand.
#[repr(C)]
pub struct ClassAttributes {
    /// SourceFile Utf8 index or 0.
    pub source_file: u16,
    /// Signature Utf8 index or 0.
    pub signature: u16,
    /// EnclosingMethod: class index and NameAndType index, 0 when absent.
    pub enclosing_method: (u16, u16),
    /// NestHost class index or 0.
    pub nest_host_index: u16,
    /// InnerClasses entries: (inner, outer, name, flags).
    pub inner_classes: MetaSlice<[u16; 4]>,
    /// NestMembers class indexes.
    pub nest_members: MetaSlice<u16>,
    /// PermittedSubclasses class indexes (presence flag in `class_flags::SEALED`).
    pub permitted_subclasses: MetaSlice<u16>,
    /// Record attribute body; presence in `class_flags::RECORD`.
    pub record: MetaSlice<u8>,
    /// RuntimeVisibleAnnotations body.
    pub annotations: MetaSlice<u8>,
    /// RuntimeVisibleTypeAnnotations body.
    pub type_annotations: MetaSlice<u8>,
    /// SourceDebugExtension body.
    pub source_debug_extension: MetaSlice<u8>,
    /// Class-file version: (major, minor).
    pub version: (u16, u16),
    /// The whole class file.
    pub bytes: MetaSlice<u8>,
}

/// Bits of [`Class::flags`].
pub mod class_flags {
    /// Defined by `Lookup.defineHiddenClass` or `Unsafe.defineAnonymousClass`.
    pub const HIDDEN: u32 = 1;
    /// Has a Record attribute.
    pub const RECORD: u32 = 2;
    /// Has a PermittedSubclasses attribute.
    pub const SEALED: u32 = 4;
    /// Declares non-abstract, non-static interface methods, or inherits such an interface (its interfaces are
    /// initialized with it, JVMS §5.5).
    pub const HAS_DEFAULT_METHODS: u32 = 8;
    /// Instances are allocated by the slow path (abstract, finalizable, mirror, too large).
    pub const SLOW_ALLOCATION: u32 = 16;
    /// Subclass of `java.lang.invoke.MethodHandle` or `VarHandle` resolved at boot (invoker look-ups).
    pub const SIGNATURE_POLYMORPHIC_HOLDER: u32 = 32;
    /// Verification was done (or is not wanted).
    pub const VERIFIED: u32 = 64;
    /// Implements Cloneable.
    pub const CLONEABLE: u32 = 128;
    /// Hidden class with its loader's lifetime (strong).
    pub const STRONG_HIDDEN: u32 = 256;
    /// Verification, linking or preparation failed for good; the message is with the loader data.
    pub const LINK_FAILED: u32 = 512;
    /// Has its method tables.
    pub const TABLES_BUILT: u32 = 1024;
    /// Dies in the collection under way.
    pub const DYING: u32 = 2048;
}

/// Pointer to a class.
pub type ClassPtr = Meta<Class>;

impl Class {
    /// The class's `java.lang.Class`; null only while booting.
    #[inline(always)]
    pub fn mirror(&self) -> Obj {
        self.prefix.mirror.load()
    }
    /// The current state.
    #[inline(always)]
    pub fn state(&self) -> ClassState {
        match self.state.load(Ordering::Acquire) {
            0 => ClassState::Loaded,
            1 => ClassState::Linked,
            2 => ClassState::BeingInitialized,
            3 => ClassState::Initialized,
            _ => ClassState::Error,
        }
    }
    /// Initialized by whichever thread.
    #[inline(always)]
    pub fn is_initialized(&self) -> bool {
        self.state.load(Ordering::Acquire) == ClassState::Initialized as u8
    }
    /// True for interfaces (annotations too).
    #[inline(always)]
    pub fn is_interface(&self) -> bool {
        self.access_flags & ACC_INTERFACE != 0
    }
    /// True for abstract classes and interfaces.
    #[inline(always)]
    pub fn is_abstract(&self) -> bool {
        self.access_flags & 0x0400 != 0
    }
    /// True for arrays of any kind.
    #[inline(always)]
    pub fn is_array(&self) -> bool {
        matches!(self.kind, ClassKind::ReferenceArray | ClassKind::PrimitiveArray)
    }
    /// True for the primitive types' pseudo classes.
    #[inline(always)]
    pub fn is_primitive(&self) -> bool {
        self.kind == ClassKind::Primitive
    }
    /// True for classes from class files.
    #[inline(always)]
    pub fn is_instance(&self) -> bool {
        self.kind == ClassKind::Instance
    }
    /// Tests a [`class_flags`] bit.
    #[inline(always)]
    pub fn has_flag(&self, flag: u32) -> bool {
        self.flags.load(Ordering::Acquire) & flag != 0
    }
    /// Sets a [`class_flags`] bit.
    pub fn set_flag(&self, flag: u32) {
        self.flags.fetch_or(flag, Ordering::AcqRel);
    }
    /// The defining loader's data.
    #[inline(always)]
    pub fn loader_data(&self) -> &'static LoaderData {
        // SAFETY: loader data outlives its classes.
        unsafe { &*self.loader }
    }
    /// The constant pool of an instance class.
    ///
    /// # Panics
    /// Never for instance classes; arrays and primitives have none and are a caller's bug.
    #[inline(always)]
    pub fn constants(&self) -> Meta<ConstantPool> {
        match self.constants.get() {
            Some(pool) => pool,
            None => unreachable!("class without constant pool"),
        }
    }
    /// Looks up a declared method by interned name and descriptor.
    pub fn declared_method(&self, name: Sym, descriptor: Sym) -> Option<MethodPtr> {
        let index = self.method_index.get();
        let key = (name.address(), descriptor.address());
        index
            .binary_search_by_key(&key, |m| (m.name.address(), m.descriptor.address()))
            .ok()
            .map(|i| index[i])
    }
    /// Looks up a declared field by interned name and descriptor.
    pub fn declared_field(&self, name: Sym, descriptor: Sym) -> Option<FieldPtr> {
        self.fields
            .get()
            .iter()
            .copied()
            .find(|f| f.name == name && f.descriptor == descriptor)
    }
    /// Subtype test for loaded classes (JVMS §6.5 instanceof).
    #[inline]
    pub fn is_subtype_of(&self, target: ClassPtr) -> bool {
        let this = std::ptr::from_ref(self);
        if std::ptr::eq(this, target.as_ptr()) {
            return true;
        }
        let depth = target.depth as usize;
        if depth < DISPLAY_SIZE && !target.is_interface() && !target.is_array() {
            return std::ptr::eq(self.display.get()[depth], target.as_ptr());
        }
        if std::ptr::eq(self.secondary_cache.load(Ordering::Relaxed), target.as_ptr()) {
            return true;
        }
        self.is_subtype_of_slow(target)
    }
    #[cold]
    #[inline(never)]
    fn is_subtype_of_slow(&self, target: ClassPtr) -> bool {
        let found = if self.is_array() && target.is_array() {
            match (self.element_class, target.element_class) {
                (Some(mine), Some(theirs)) => {
                    mine == theirs || (!mine.is_primitive() && !theirs.is_primitive() && mine.is_subtype_of(theirs))
                }
                _ => false,
            }
        } else if target.is_interface() {
            self.secondary_supers.get().contains(&target)
        } else {
            let mut class = self.super_class.get();
            while let Some(c) = class {
                if c == target {
                    break;
                }
                class = c.super_class.get();
            }
            class.is_some()
        };
        if found {
            self.secondary_cache.store(target.as_ptr(), Ordering::Relaxed);
        }
        found
    }
    /// A hidden class that lives as long as something refers to it, or an array of such.
    pub fn lives_by_itself(&self) -> bool {
        !self.space.is_null()
    }
    /// Is this a hidden class, or an array of one?
    pub fn is_of_hidden_class(&self) -> bool {
        let bottom = self.bottom_class.get();
        self.has_flag(class_flags::HIDDEN) || bottom.is_some_and(|class| class.has_flag(class_flags::HIDDEN))
    }
    /// The name as Java programs see it (`java.lang.String`, `[I`); a hidden class's suffix keeps its `/`.
    pub fn external_name(&self) -> String {
        let text = self.name.text();
        if self.is_of_hidden_class()
            && let Some(split) = text.rfind('+')
        {
            return format!("{}/{}", text[..split].replace('/', "."), &text[split + 1..]);
        }
        text.replace('/', ".")
    }
}

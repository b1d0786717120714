//! The one home of object layout: header, class prefix, field and array offsets.
//!
//! ```text
//!  instance                      array
//!  0  u32 narrow class pointer   0  u32 narrow class pointer
//!  4  u32 mark word              4  u32 mark word
//!  8  fields …                   8  u32 length
//!                                12 elements (16 for long and double)
//! ```
//!
//! All of a VM's memory lies below [`ADDRESS_LIMIT`], so a *narrow* pointer is the address shifted right by
//! [`NARROW_SHIFT`]; null is 0. Objects are aligned to [`OBJECT_ALIGNMENT`]. References in heap slots are narrow
//! ([`Narrow`]); in registers, interpreter slots and native Rust frames they are full addresses ([`Obj`]), which is
//! what the conservative scan of native frames looks for.

use std::fmt;
use std::sync::atomic::{AtomicPtr, AtomicU32, Ordering};

/// Every region of every VM lies below this address, so that a narrow pointer reaches it.
pub const ADDRESS_LIMIT: usize = 1 << 35;
/// A narrow pointer is `address >> NARROW_SHIFT`.
pub const NARROW_SHIFT: u32 = 3;
/// Alignment of objects and of class structures, bytes.
pub const OBJECT_ALIGNMENT: usize = 8;
/// Offset of the narrow class pointer in an object.
pub const CLASS_OFFSET: usize = 0;
/// Offset of the mark word in an object.
pub const MARK_OFFSET: usize = 4;
/// Bytes of header before an instance's first field.
pub const HEADER_BYTES: usize = 8;
/// Offset of an array's `u32` length.
pub const ARRAY_LENGTH_OFFSET: usize = 8;
/// Size of a reference in a heap slot.
pub const REFERENCE_BYTES: usize = 4;
/// log2 of the bytes one card of the card table covers.
pub const CARD_SHIFT: u32 = 9;

/// Offset of the first element of an array whose elements are `1 << element_shift` bytes.
#[inline(always)]
pub const fn array_base_offset(element_shift: u32) -> usize {
    if element_shift == 3 { 16 } else { 12 }
}

/// Rounds `bytes` up to the object alignment.
#[inline(always)]
pub const fn align_object(bytes: usize) -> usize {
    (bytes + (OBJECT_ALIGNMENT - 1)) & !(OBJECT_ALIGNMENT - 1)
}

/// The mark word: lock state, collector bits and identity hash.
///
/// ```text
///  bits 0-1  lock tag: 00 unlocked, 01 thin locked, 10 inflated, 11 forwarded (collector only)
///  bits 2-3  collector's (age)
///  bits 4-31 unlocked: identity hash (25 bits used, 0 = not computed)
///            thin:     bits 4-11 recursion - 1, bits 12-31 thread id
///            inflated: index in the monitor table (which keeps the displaced hash)
/// ```
pub mod mark {
    /// Mask of the lock tag.
    pub const TAG_MASK: u32 = 0b11;
    /// No lock held; payload is the identity hash or 0.
    pub const UNLOCKED: u32 = 0b00;
    /// Locked by the thread in the payload.
    pub const THIN: u32 = 0b01;
    /// A monitor of the monitor table stands for this object.
    pub const INFLATED: u32 = 0b10;
    /// The whole header is a forwarding pointer: class word holds the narrow new address.
    pub const FORWARDED: u32 = 0b11;
    /// Mask of the collector's bits, kept by every other change of the mark word.
    pub const GC_MASK: u32 = 0b1100;
    /// Shift of hash and monitor index.
    pub const PAYLOAD_SHIFT: u32 = 4;
    /// Identity hashes have this many bits.
    pub const HASH_BITS: u32 = 25;
    /// Shift of the thin lock's recursion count.
    pub const RECURSION_SHIFT: u32 = 4;
    /// One step of recursion.
    pub const RECURSION_ONE: u32 = 1 << RECURSION_SHIFT;
    /// Mask of the recursion count.
    pub const RECURSION_MASK: u32 = 0xff << RECURSION_SHIFT;
    /// Shift of the thin lock's owner id.
    pub const OWNER_SHIFT: u32 = 12;
    /// Largest thread id a thin lock can name; threads with larger ids inflate at once.
    pub const OWNER_MAX: u32 = (1 << 20) - 1;
}

/// What kind of object a class's instances are, for the collector.
#[repr(u8)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shape {
    /// Fixed size, references by the reference map.
    Instance = 0,
    /// Array of references.
    ReferenceArray = 1,
    /// Array of primitives.
    PrimitiveArray = 2,
    /// `java.lang.Class`: an instance plus the static fields of the class it mirrors; allocated immovable. Its size and
    /// static references are in the mirrored class's prefix (`ClassPrefix::mirrored` at `MIRROR_CLASS_OFFSET`).
    Mirror = 3,
    /// `java.lang.ref.Reference`: an instance whose referent slot is not a strong reference.
    Reference = 4,
    /// `java.lang.ClassLoader`: an instance that keeps all classes it defined alive (runtime callback).
    Loader = 5,
}

/// Strength of a `java.lang.ref.Reference` subclass.
#[repr(u8)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Strength {
    /// Not a reference class.
    None = 0,
    /// `SoftReference`.
    Soft = 1,
    /// `WeakReference`.
    Weak = 2,
    /// `java.lang.ref.FinalReference`.
    Final = 3,
    /// `PhantomReference`.
    Phantom = 4,
}

/// A run of consecutive reference slots in an instance.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ReferenceRun {
    /// Byte offset of the first slot from the object's start.
    pub offset: u32,
    /// Number of slots.
    pub count: u32,
}

/// What the collector reads of a class. The runtime's class structure begins with it (`repr(C)`), and an object's
/// narrow class pointer points at it.
#[repr(C)]
#[derive(Debug)]
pub struct ClassPrefix {
    /// Bytes of an instance, aligned ([`align_object`]); for arrays, 0. For mirrors see `mirror_bytes`.
    pub instance_bytes: u32,
    /// Kind of object.
    pub shape: Shape,
    /// log2 of the element size for arrays.
    pub element_shift: u8,
    /// Strength for [`Shape::Reference`].
    pub strength: Strength,
    /// Set when instances have a finalizer.
    pub has_finalizer: u8,
    /// Collector's: the last marking epoch in which this class was reached.
    pub mark_epoch: AtomicU32,
    /// Narrow address of this class's `java.lang.Class` mirror, a root that keeps the class and its loader alive.
    pub mirror: AtomicNarrow,
    /// Reference runs of an instance, in the method area.
    pub reference_runs: *const ReferenceRun,
    /// Number of entries of `reference_runs`.
    pub reference_run_count: u32,
    /// Bytes of this class's own mirror object (mirror instance + static fields).
    pub mirror_bytes: u32,
    /// Reference slots among the static fields, as runs in the mirror object.
    pub static_reference_runs: *const ReferenceRun,
    /// Number of entries of `static_reference_runs`.
    pub static_reference_run_count: u32,
    /// Number of entries of `extra_roots`.
    pub extra_root_count: u32,
    /// Further narrow slots that live as long as the class (loader object, resolved constants, lock object …).
    pub extra_roots: *const AtomicNarrow,
    /// Slots beyond these, null while there are none.
    pub more_roots: AtomicPtr<RootSegment>,
}

/// Slots in a [`RootSegment`].
pub const SEGMENT_ROOTS: usize = 13;

/// Roots of a class whose `extra_roots` are used up, in the method area. Segments are put in front of the list.
#[repr(C)]
#[derive(Debug)]
pub struct RootSegment {
    /// The segment before, or null.
    pub next: *mut RootSegment,
    /// Used slots; the runtime's.
    pub used: AtomicU32,
    /// The slots.
    pub slots: [AtomicNarrow; SEGMENT_ROOTS],
}

// SAFETY: the pointers lead to method-area memory that does not change while the class lives; the rest is atomic.
unsafe impl Send for ClassPrefix {}
// SAFETY: as above.
unsafe impl Sync for ClassPrefix {}

/// Offset, in a `java.lang.Class` mirror, of the hidden `u64` that holds the address of the class it mirrors
/// (0 for the primitive types' mirrors' use by the runtime is allowed: they then have plain-instance size).
/// It is the first field after the header, so it needs no knowledge of the class library.
pub const MIRROR_CLASS_OFFSET: usize = 8;

/// A 32-bit reference as it stands in a heap slot.
#[repr(transparent)]
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Hash)]
pub struct Narrow(pub u32);

impl Narrow {
    /// The null reference.
    pub const NULL: Narrow = Narrow(0);
    /// Widens to a full address.
    #[inline(always)]
    pub fn widen(self) -> Obj {
        Obj((self.0 as usize) << NARROW_SHIFT)
    }
}

/// An atomically accessed narrow slot.
#[repr(transparent)]
#[derive(Default, Debug)]
pub struct AtomicNarrow(pub AtomicU32);

impl AtomicNarrow {
    /// A slot holding `value`.
    pub const fn new(value: Narrow) -> Self {
        AtomicNarrow(AtomicU32::new(value.0))
    }
    /// Loads and widens (acquire: the object behind it was published by a release store).
    #[inline(always)]
    pub fn load(&self) -> Obj {
        Narrow(self.0.load(Ordering::Acquire)).widen()
    }
    /// Stores narrowed (release). No write barrier: for slots that are always roots.
    #[inline(always)]
    pub fn store(&self, value: Obj) {
        self.0.store(value.narrow().0, Ordering::Release)
    }
}

/// A reference to an object as a full address; null is 0. Copying it to a native frame is all the protection it needs:
/// what native frames point at is pinned during a collection.
#[repr(transparent)]
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Obj(pub usize);

impl fmt::Debug for Obj {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Obj({:#x})", self.0)
    }
}

impl Obj {
    /// The null reference.
    pub const NULL: Obj = Obj(0);
    /// True for null.
    #[inline(always)]
    pub fn is_null(self) -> bool {
        self.0 == 0
    }
    /// The narrow form.
    #[inline(always)]
    pub fn narrow(self) -> Narrow {
        debug_assert!(self.0 < ADDRESS_LIMIT && self.0.is_multiple_of(OBJECT_ALIGNMENT));
        Narrow((self.0 >> NARROW_SHIFT) as u32)
    }
    /// Pointer to the byte at `offset`.
    #[inline(always)]
    pub fn at(self, offset: usize) -> *mut u8 {
        (self.0 + offset) as *mut u8
    }
    /// Reads a plain value at `offset`.
    ///
    /// # Safety
    /// The object is live and has a `T` at `offset`.
    #[inline(always)]
    pub unsafe fn read<T: Copy>(self, offset: usize) -> T {
        // SAFETY: the caller vouches for the object and the offset.
        unsafe { (self.at(offset) as *const T).read_unaligned() }
    }
    /// Writes a plain value at `offset`. For references use the heap's barriered store.
    ///
    /// # Safety
    /// The object is live and has a `T` at `offset`.
    #[inline(always)]
    pub unsafe fn write<T: Copy>(self, offset: usize, value: T) {
        // SAFETY: the caller vouches for the object and the offset.
        unsafe { (self.at(offset) as *mut T).write_unaligned(value) }
    }
    /// The class prefix of a live object.
    ///
    /// # Safety
    /// The reference is a live, non-null object.
    #[inline(always)]
    pub unsafe fn class_prefix(self) -> *const ClassPrefix {
        // SAFETY: every live object starts with its narrow class pointer.
        unsafe { ((self.at(CLASS_OFFSET) as *const u32).read() as usize * (1 << NARROW_SHIFT)) as *const ClassPrefix }
    }
    /// The mark word as an atomic.
    ///
    /// # Safety
    /// The reference is a live, non-null object that outlives the borrow.
    #[inline(always)]
    pub unsafe fn mark<'a>(self) -> &'a AtomicU32 {
        // SAFETY: the mark word is at a fixed, aligned offset of every object.
        unsafe { &*(self.at(MARK_OFFSET) as *const AtomicU32) }
    }
    /// Length of an array.
    ///
    /// # Safety
    /// The reference is a live, non-null array.
    #[inline(always)]
    pub unsafe fn array_length(self) -> u32 {
        // SAFETY: the caller vouches for an array.
        unsafe { (self.at(ARRAY_LENGTH_OFFSET) as *const u32).read() }
    }
}

/// Size in bytes, aligned, of a live object.
///
/// # Safety
/// `object` is live, non-null and its header is not forwarded.
pub unsafe fn object_bytes(object: Obj) -> usize {
    // SAFETY: a live object's class prefix is readable; arrays have a length; a mirror holds its class at a fixed offset.
    unsafe {
        let class = &*object.class_prefix();
        match class.shape {
            Shape::Instance | Shape::Reference | Shape::Loader => class.instance_bytes as usize,
            Shape::ReferenceArray | Shape::PrimitiveArray => {
                let shift = u32::from(class.element_shift);
                align_object(array_base_offset(shift) + ((object.array_length() as usize) << shift))
            }
            Shape::Mirror => {
                let mirrored = object.read::<u64>(MIRROR_CLASS_OFFSET) as *const ClassPrefix;
                if mirrored.is_null() {
                    class.instance_bytes as usize
                } else {
                    (*mirrored).mirror_bytes as usize
                }
            }
        }
    }
}

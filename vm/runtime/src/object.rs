//! Working with objects from Rust: typed field access, arrays, strings, boxes.
//!
//! Everything here takes live, correctly typed objects; natives get them from the verifier-checked Java side and check
//! nulls first. Reference stores go through the write barrier.

use crate::basic_type::BasicType;
use crate::known::{KnownClass, KnownField};
use crate::method_area::{Class, ClassPtr, FieldPtr, Meta};
use crate::thread::{JResult, JavaThread};
use peaberry_gc::layout::{AtomicNarrow, MIRROR_CLASS_OFFSET, Narrow, Obj, array_base_offset};

/// Class of a non-null object.
#[inline(always)]
pub fn class_of(object: Obj) -> ClassPtr {
    debug_assert!(!object.is_null());
    // SAFETY: a live object's class prefix begins a `Class`.
    unsafe { Meta::new(object.class_prefix().cast::<Class>()) }
}

/// The class a `java.lang.Class` mirrors (never null for mirrors the VM made).
#[inline(always)]
pub fn class_of_mirror(mirror: Obj) -> ClassPtr {
    // SAFETY: every mirror holds its class's address at a fixed offset.
    unsafe { Meta::new(mirror.read::<u64>(MIRROR_CLASS_OFFSET) as *const Class) }
}

/// `object instanceof class`, false for null.
#[inline]
pub fn is_instance(object: Obj, class: ClassPtr) -> bool {
    !object.is_null() && class_of(object).is_subtype_of(class)
}

/// Reads a plain value at a byte offset.
#[inline(always)]
pub fn get<T: Copy>(object: Obj, offset: usize) -> T {
    // SAFETY: contract of the module.
    unsafe { object.read(offset) }
}

/// Writes a plain value at a byte offset.
#[inline(always)]
pub fn set<T: Copy>(object: Obj, offset: usize, value: T) {
    // SAFETY: contract of the module.
    unsafe { object.write(offset, value) }
}

/// Reads a reference field.
#[inline(always)]
pub fn get_ref(object: Obj, offset: usize) -> Obj {
    get::<Narrow>(object, offset).widen()
}

/// Reads a reference field with acquire order.
#[inline(always)]
pub fn get_ref_acquire(object: Obj, offset: usize) -> Obj {
    // SAFETY: contract of the module; slots are 4-byte aligned.
    unsafe { (*(object.at(offset) as *const AtomicNarrow)).load() }
}

/// Stores a reference field (release order) with the write barrier.
#[inline(always)]
pub fn set_ref(thread: &JavaThread, object: Obj, offset: usize, value: Obj) {
    // SAFETY: contract of the module; slots are 4-byte aligned; the card table covers the heap.
    unsafe {
        (*(object.at(offset) as *const AtomicNarrow)).store(value);
        peaberry_gc::barrier::card_mark(thread.card_table, object.0 + offset);
    }
}

impl JavaThread {
    /// Reads a known reference field.
    #[inline]
    pub fn known_ref(&self, object: Obj, field: KnownField) -> Obj {
        get_ref(object, self.vm().known.offset(field))
    }
    /// Stores a known reference field; does nothing when this class library lacks it.
    #[inline]
    pub fn set_known_ref(&self, object: Obj, field: KnownField, value: Obj) {
        if self.vm().known.has_field(field) {
            set_ref(self, object, self.vm().known.offset(field), value)
        }
    }
    /// Reads a known plain field.
    #[inline]
    pub fn known<T: Copy>(&self, object: Obj, field: KnownField) -> T {
        get(object, self.vm().known.offset(field))
    }
    /// Stores a known plain field; does nothing when this class library lacks it.
    #[inline]
    pub fn set_known<T: Copy>(&self, object: Obj, field: KnownField, value: T) {
        if self.vm().known.has_field(field) {
            set(object, self.vm().known.offset(field), value)
        }
    }
    /// A known class.
    #[inline]
    pub fn known_class(&self, class: KnownClass) -> ClassPtr {
        self.vm().known.class(class)
    }
}

/// Length of an array.
#[inline(always)]
pub fn array_length(array: Obj) -> usize {
    // SAFETY: contract of the module.
    unsafe { array.array_length() as usize }
}

/// Address of an array's first element.
#[inline(always)]
pub fn array_data(array: Obj) -> *mut u8 {
    let shift = u32::from(class_of(array).prefix.element_shift);
    array.at(array_base_offset(shift))
}

/// Element of a reference array.
#[inline]
pub fn array_get_ref(array: Obj, index: usize) -> Obj {
    debug_assert!(index < array_length(array));
    get_ref(array, array_base_offset(2) + 4 * index)
}

/// Stores an element of a reference array (no array-store check).
#[inline]
pub fn array_set_ref(thread: &JavaThread, array: Obj, index: usize, value: Obj) {
    debug_assert!(index < array_length(array));
    set_ref(thread, array, array_base_offset(2) + 4 * index, value)
}

/// The elements of a primitive array as a slice. Must not be held over a safepoint (the array may move unless a native
/// frame pins it by holding the reference, which the borrow of `array` on the caller's stack does).
///
/// # Safety
/// `T` is the element type's representation, nobody else writes the array meanwhile in a way that matters.
#[inline]
pub unsafe fn array_slice<'a, T: Copy>(array: Obj) -> &'a mut [T] {
    // SAFETY: the caller vouches for type and exclusiveness.
    unsafe { std::slice::from_raw_parts_mut(array_data(array).cast::<T>(), array_length(array)) }
}

/// The bytes of a `byte[]` or `boolean[]`, copied.
pub fn byte_array_to_vec(array: Obj) -> Vec<u8> {
    // SAFETY: bytes are copied out at once.
    unsafe { array_slice::<u8>(array).to_vec() }
}

/// Reads a field as a slot value.
pub fn read_slot(object: Obj, offset: usize, basic_type: BasicType) -> u64 {
    match basic_type {
        BasicType::Boolean => u64::from(get::<u8>(object, offset) & 1),
        BasicType::Byte => get::<i8>(object, offset) as i32 as u32 as u64,
        BasicType::Char => u64::from(get::<u16>(object, offset)),
        BasicType::Short => get::<i16>(object, offset) as i32 as u32 as u64,
        BasicType::Int | BasicType::Float => u64::from(get::<u32>(object, offset)),
        BasicType::Long | BasicType::Double => get::<u64>(object, offset),
        BasicType::Object | BasicType::Array => get_ref(object, offset).0 as u64,
        BasicType::Void => 0,
    }
}

/// Writes a field from a slot value.
pub fn write_slot(thread: &JavaThread, object: Obj, offset: usize, basic_type: BasicType, value: u64) {
    match basic_type {
        BasicType::Boolean => set(object, offset, value as u8 & 1),
        BasicType::Byte => set(object, offset, value as u8),
        BasicType::Char | BasicType::Short => set(object, offset, value as u16),
        BasicType::Int | BasicType::Float => set(object, offset, value as u32),
        BasicType::Long | BasicType::Double => set(object, offset, value),
        BasicType::Object | BasicType::Array => set_ref(thread, object, offset, Obj(value as usize)),
        BasicType::Void => {}
    }
}

/// The object a field lives in: the mirror for static fields.
pub fn field_base(field: FieldPtr, object: Obj) -> Obj {
    if field.is_static() {
        field.holder.mirror()
    } else {
        object
    }
}

impl JavaThread {
    /// Wraps a primitive slot value in its box (`Integer.valueOf` and friends' plain construction, no cache).
    pub fn new_box(&mut self, basic_type: BasicType, value: u64) -> JResult<Obj> {
        let (class, field) = match basic_type {
            BasicType::Boolean => (KnownClass::Boolean, KnownField::BoxBoolean),
            BasicType::Byte => (KnownClass::Byte, KnownField::BoxByte),
            BasicType::Char => (KnownClass::Character, KnownField::BoxCharacter),
            BasicType::Short => (KnownClass::Short, KnownField::BoxShort),
            BasicType::Int => (KnownClass::Integer, KnownField::BoxInteger),
            BasicType::Long => (KnownClass::Long, KnownField::BoxLong),
            BasicType::Float => (KnownClass::Float, KnownField::BoxFloat),
            BasicType::Double => (KnownClass::Double, KnownField::BoxDouble),
            BasicType::Object | BasicType::Array => return Ok(Obj(value as usize)),
            BasicType::Void => return Ok(Obj::NULL),
        };
        let class = self.known_class(class);
        crate::link::initialize_class(self, class)?;
        let boxed = self.allocate_instance(class)?;
        write_slot(self, boxed, self.vm().known.offset(field), basic_type, value);
        Ok(boxed)
    }
    /// The primitive in a box, with its type; `None` when the object is not a box.
    pub fn unbox(&self, boxed: Obj) -> Option<(BasicType, u64)> {
        if boxed.is_null() {
            return None;
        }
        let class = class_of(boxed);
        let known = &self.vm().known;
        for (id, field, basic_type) in [
            (KnownClass::Integer, KnownField::BoxInteger, BasicType::Int),
            (KnownClass::Long, KnownField::BoxLong, BasicType::Long),
            (KnownClass::Boolean, KnownField::BoxBoolean, BasicType::Boolean),
            (KnownClass::Double, KnownField::BoxDouble, BasicType::Double),
            (KnownClass::Float, KnownField::BoxFloat, BasicType::Float),
            (KnownClass::Character, KnownField::BoxCharacter, BasicType::Char),
            (KnownClass::Byte, KnownField::BoxByte, BasicType::Byte),
            (KnownClass::Short, KnownField::BoxShort, BasicType::Short),
        ] {
            if known.class_if_present(id) == Some(class) {
                return Some((basic_type, read_slot(boxed, known.offset(field), basic_type)));
            }
        }
        None
    }
}

//! The method area: classes, methods, fields, constant pools, symbols and call sites.
//!
//! Everything here is arena-allocated at a stable address below the address limit and holds no Rust collection, lock
//! or OS handle, so that it can be written to a snapshot and its addresses embedded in compiled code. Indexes over it
//! (symbol table, dictionaries) live outside and can be rebuilt.

pub mod arena;
pub mod class;
pub mod constant_pool;
pub mod field;
mod free_ranges;
pub mod method;
pub mod symbol;

use std::cell::UnsafeCell;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::ptr::NonNull;

/// Pointer to a structure of the method area. Valid as long as its VM lives and, for classes and what hangs on them,
/// as long as the class is not unloaded: whoever holds one outside the method area keeps the mirror or loader alive.
#[repr(transparent)]
pub struct Meta<T>(NonNull<T>);

impl<T> Meta<T> {
    /// Wraps a non-null pointer into the method area.
    ///
    /// # Safety
    /// `pointer` points at a live, initialised `T` of the method area.
    #[inline(always)]
    pub unsafe fn new(pointer: *const T) -> Self {
        // SAFETY: the caller vouches for a non-null pointer.
        Meta(unsafe { NonNull::new_unchecked(pointer.cast_mut()) })
    }
    /// Wraps a pointer, null becomes `None`.
    ///
    /// # Safety
    /// `pointer` is null or points at a live, initialised `T` of the method area.
    #[inline(always)]
    pub unsafe fn from_pointer(pointer: *const T) -> Option<Self> {
        NonNull::new(pointer.cast_mut()).map(Meta)
    }
    /// The raw pointer.
    #[inline(always)]
    pub fn as_ptr(self) -> *mut T {
        self.0.as_ptr()
    }
    /// The address.
    #[inline(always)]
    pub fn address(self) -> usize {
        self.0.as_ptr() as usize
    }
}
impl<T> Clone for Meta<T> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Meta<T> {}
impl<T> PartialEq for Meta<T> {
    #[inline(always)]
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<T> Eq for Meta<T> {}
impl<T> Hash for Meta<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state)
    }
}
impl<T> fmt::Debug for Meta<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Meta({:p})", self.0)
    }
}
impl<T> Deref for Meta<T> {
    type Target = T;
    #[inline(always)]
    fn deref(&self) -> &T {
        // SAFETY: by construction it points at a live structure of the method area.
        unsafe { self.0.as_ref() }
    }
}
// SAFETY: method-area structures are shared between all threads; their mutable parts are atomics or `LinkCell`s.
unsafe impl<T> Send for Meta<T> {}
// SAFETY: as above.
unsafe impl<T> Sync for Meta<T> {}

/// A plain value written while its owner is under construction or under its class's initialization lock, and read
/// freely after that was published (by a release store of the class state).
#[repr(transparent)]
pub struct LinkCell<T: Copy>(UnsafeCell<T>);

impl<T: Copy> LinkCell<T> {
    /// A cell holding `value`.
    pub const fn new(value: T) -> Self {
        LinkCell(UnsafeCell::new(value))
    }
    /// Reads the value.
    #[inline(always)]
    pub fn get(&self) -> T {
        // SAFETY: writers finish before the owner is published to readers (contract of the type).
        unsafe { *self.0.get() }
    }
    /// Writes the value; only the thread that builds or links the owner may.
    #[inline(always)]
    pub fn set(&self, value: T) {
        // SAFETY: the single builder writes before publication (contract of the type).
        unsafe { *self.0.get() = value }
    }
}
impl<T: Copy + fmt::Debug> fmt::Debug for LinkCell<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.get().fmt(f)
    }
}
// SAFETY: see the contract of the type.
unsafe impl<T: Copy> Sync for LinkCell<T> {}
// SAFETY: see the contract of the type.
unsafe impl<T: Copy> Send for LinkCell<T> {}

/// A slice in the method area (or in a class file's bytes that live as long as the class).
#[repr(C)]
#[derive(Debug)]
pub struct MetaSlice<T> {
    pointer: *const T,
    length: usize,
}
impl<T> Clone for MetaSlice<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for MetaSlice<T> {}
impl<T> MetaSlice<T> {
    /// Where the address of the elements lies, in bytes: for generated code.
    pub const ADDRESS_OFFSET: usize = std::mem::offset_of!(MetaSlice<T>, pointer);
    /// Where the number of elements lies.
    pub const LENGTH_OFFSET: usize = std::mem::offset_of!(MetaSlice<T>, length);
    /// The empty slice.
    pub const EMPTY: Self = MetaSlice {
        pointer: NonNull::dangling().as_ptr(),
        length: 0,
    };
    /// Wraps a slice.
    ///
    /// # Safety
    /// The slice lives as long as the structure that will hold it.
    pub unsafe fn new(slice: &[T]) -> Self {
        MetaSlice {
            pointer: slice.as_ptr(),
            length: slice.len(),
        }
    }
}
impl<T> Deref for MetaSlice<T> {
    type Target = [T];
    #[inline(always)]
    fn deref(&self) -> &[T] {
        // SAFETY: by construction the slice outlives its holder.
        unsafe { std::slice::from_raw_parts(self.pointer, self.length) }
    }
}
// SAFETY: the slices are immutable or made of atomics.
unsafe impl<T> Send for MetaSlice<T> {}
// SAFETY: as above.
unsafe impl<T> Sync for MetaSlice<T> {}

pub use arena::{Arena, MethodArea, Owner, Space};
pub use class::{ACC_INTERFACE, Class, ClassPtr, ClassState};
pub use constant_pool::{CallSite, ConstantPool};
pub use field::{Field, FieldPtr};
pub use method::{Method, MethodPtr, Rows};
pub use symbol::{Sym, SymbolTable};

//! Allocation of objects by Rust code and the interpreter's slow paths.
use crate::basic_type::BasicType;
use crate::method_area::ClassPtr;
use crate::thread::{JResult, JavaThread};
use peaberry_gc::layout::Obj;

impl JavaThread {
    /// A new zeroed instance of an initialized, concrete instance class (mirrors are made by the loader). Registers finalizable ones. Throws OutOfMemoryError.
    pub fn allocate_instance(&mut self, class: ClassPtr) -> JResult<Obj> {
        crate::stub!(class)
    }
    /// A new zeroed primitive array.
    pub fn allocate_primitive_array(&mut self, element: BasicType, length: usize) -> JResult<Obj> {
        crate::stub!(element, length)
    }
    /// A new array of an array class (primitive or reference), zeroed. Length at most i32::MAX.
    pub fn allocate_array(&mut self, array_class: ClassPtr, length: usize) -> JResult<Obj> {
        crate::stub!(array_class, length)
    }
    /// A new reference array whose ELEMENT class is given.
    pub fn allocate_reference_array(&mut self, element_class: ClassPtr, length: usize) -> JResult<Obj> {
        crate::stub!(element_class, length)
    }
    /// multianewarray.
    pub fn allocate_multi_array(&mut self, array_class: ClassPtr, lengths: &[i32]) -> JResult<Obj> {
        crate::stub!(array_class, lengths)
    }
    /// Shallow copy (Object.clone of Cloneable/array).
    pub fn clone_object(&mut self, object: Obj) -> JResult<Obj> {
        crate::stub!(object)
    }
    /// A mirror: immovable memory of `mirrored.prefix.mirror_bytes`, header of `java.lang.Class`, mirrored class written.
    pub fn allocate_mirror(&mut self, mirrored: ClassPtr) -> JResult<Obj> {
        crate::stub!(mirrored)
    }
}

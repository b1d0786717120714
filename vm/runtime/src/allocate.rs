//! Allocation of objects by Rust code and the interpreter's slow paths.
//!
//! A new object's memory is zeroed: its mark word is an unlocked one without hash, and its header is written before the
//! next safepoint. Stores become visible to other threads in order on x86-64 and through the release stores that
//! publish references elsewhere.

use crate::basic_type::BasicType;
use crate::interp;
use crate::known::{KnownClass, KnownMethod};
use crate::method_area::{ClassPtr, Meta};
use crate::object::{array_length, array_set_ref, class_of};
use crate::thread::{JResult, JavaThread, deferred};
use crate::{link, safepoint, stack};
use peaberry_gc::layout::{
    ARRAY_LENGTH_OFFSET, CLASS_OFFSET, HEADER_BYTES, MIRROR_CLASS_OFFSET, NARROW_SHIFT, Obj, align_object,
    array_base_offset, object_bytes,
};
use peaberry_gc::{CollectCause, CollectRequest};
use std::sync::atomic::{AtomicU64, Ordering};

/// Longest array, as in HotSpot; beyond: "Requested array size exceeds VM limit".
const LONGEST_ARRAY: usize = i32::MAX as usize - 2;

/// Writes the header: class and an unlocked mark word.
#[inline(always)]
fn write_header(object: Obj, class: ClassPtr) {
    // SAFETY: fresh memory of at least a header.
    unsafe { object.write(CLASS_OFFSET, (class.address() >> NARROW_SHIFT) as u64) }
}

/// In place of the address [`JavaThread::no_references_below`]: that of the stack pointer the innermost frame is interpreted
/// with. To find it takes a walk over frames, which only a collection is worth.
const WHERE_IT_IS_INTERPRETED: usize = usize::MAX;

impl JavaThread {
    /// Zeroed memory for an object of `bytes`, a multiple of the object alignment.
    #[inline(always)]
    fn allocate_bytes(&mut self, bytes: usize) -> JResult<Obj> {
        match self.tlab.allocate(bytes) {
            Some(object) => Ok(object),
            None => self.allocate_bytes_slow(bytes),
        }
    }

    #[cold]
    #[inline(never)]
    fn allocate_bytes_slow(&mut self, bytes: usize) -> JResult<Obj> {
        let heap = &self.vm().heap;
        self.allocate_with(
            |thread| heap.alloc_slow(&mut thread.tlab, bytes),
            |thread| heap.alloc_slow_no_budget(&mut thread.tlab, bytes),
        )
    }

    /// Allocates; collects when that fails; gives up with an OutOfMemoryError when the last resort has failed too.
    fn allocate_with(
        &mut self,
        within_budget: impl FnOnce(&mut JavaThread) -> Option<Obj>,
        beyond_budget: impl Fn(&mut JavaThread) -> Option<Obj>,
    ) -> JResult<Obj> {
        let below = std::mem::take(&mut self.no_references_below);
        self.vm().management.check_usage(self.vm());
        deferred::start_in_time(self.vm());
        if let Some(object) = within_budget(self) {
            return Ok(object);
        }
        let stress = self.vm().options.gc_stress_interval != 0;
        let cause = if stress {
            CollectCause::Stress
        } else {
            CollectCause::Allocation
        };
        let first = CollectRequest {
            cause,
            clear_soft: false,
            defragment: false,
        };
        self.collect_for_allocation(first, below);
        let futile = |thread: &JavaThread| {
            let vm = thread.vm();
            vm.options.gc_overhead_limit && vm.safepoint.is_overhead_limit_exceeded()
        };
        if !futile(self)
            && let Some(object) = beyond_budget(self)
        {
            return Ok(object);
        }
        let last = CollectRequest {
            cause: CollectCause::LastResort,
            clear_soft: true,
            defragment: true,
        };
        self.collect_for_allocation(last, below);
        if futile(self) {
            return Err(self.throw_out_of_memory("GC overhead limit exceeded"));
        }
        match beyond_budget(self) {
            Some(object) => Ok(object),
            None => Err(self.throw_out_of_memory("Java heap space")),
        }
    }

    /// Allocates for an instruction that is interpreted: no native frame holds a reference that the interpreter's frames do
    /// not hold, whatever earlier calls left on the native stack.
    pub(crate) fn allocate_for_instruction(
        &mut self,
        allocate: impl FnOnce(&mut JavaThread) -> JResult<Obj>,
    ) -> JResult<Obj> {
        self.no_references_below = WHERE_IT_IS_INTERPRETED;
        let made = allocate(self);
        self.no_references_below = 0;
        made
    }

    /// Collects; native frames below an address hold no references meanwhile.
    fn collect_for_allocation(&mut self, request: CollectRequest, below: usize) {
        self.no_references_below = match below {
            WHERE_IT_IS_INTERPRETED => stack::java_runs_at(self),
            below => below,
        };
        safepoint::collect(self, request);
        self.no_references_below = 0;
    }

    /// A new zeroed instance of an initialized, concrete instance class (mirrors are made by the loader). Registers finalizable ones. Throws OutOfMemoryError.
    #[inline]
    pub fn allocate_instance(&mut self, class: ClassPtr) -> JResult<Obj> {
        let object = self.allocate_bytes(class.prefix.instance_bytes as usize)?;
        write_header(object, class);
        if class.prefix.has_finalizer != 0 {
            return self.register_finalizer(object);
        }
        Ok(object)
    }

    /// Hands a new object to `Finalizer.register`.
    #[cold]
    fn register_finalizer(&mut self, object: Obj) -> JResult<Obj> {
        if let Some(register) = self.vm().known.method(KnownMethod::FinalizerRegister) {
            interp::call(self, register, &[object.0 as u64])?;
        }
        Ok(object)
    }

    /// A new zeroed primitive array.
    pub fn allocate_primitive_array(&mut self, element: BasicType, length: usize) -> JResult<Obj> {
        self.allocate_array(self.vm().known.primitive_array(element), length)
    }

    /// A new array of an array class (primitive or reference), zeroed. Length at most i32::MAX.
    #[inline]
    pub fn allocate_array(&mut self, array_class: ClassPtr, length: usize) -> JResult<Obj> {
        if length > LONGEST_ARRAY {
            return Err(self.throw_out_of_memory("Requested array size exceeds VM limit"));
        }
        let shift = u32::from(array_class.prefix.element_shift);
        let object = self.allocate_bytes(align_object(array_base_offset(shift) + (length << shift)))?;
        write_header(object, array_class);
        // SAFETY: fresh memory of an array.
        unsafe { object.write(ARRAY_LENGTH_OFFSET, length as u32) };
        Ok(object)
    }

    /// A new reference array whose ELEMENT class is given.
    pub fn allocate_reference_array(&mut self, element_class: ClassPtr, length: usize) -> JResult<Obj> {
        // SAFETY: the word is null or the array class.
        let known = unsafe { Meta::from_pointer(element_class.array_class.load(Ordering::Acquire)) };
        let array_class = match known {
            Some(array_class) => array_class,
            None => link::array_class_of(self, element_class)?,
        };
        self.allocate_array(array_class, length)
    }

    /// multianewarray.
    pub fn allocate_multi_array(&mut self, array_class: ClassPtr, lengths: &[i32]) -> JResult<Obj> {
        if let Some(negative) = lengths.iter().find(|&&length| length < 0) {
            return Err(self.throw_new("java/lang/NegativeArraySizeException", &negative.to_string()));
        }
        self.allocate_dimensions(array_class, lengths)
    }

    fn allocate_dimensions(&mut self, array_class: ClassPtr, lengths: &[i32]) -> JResult<Obj> {
        let Some((&length, inner)) = lengths.split_first() else {
            return Ok(Obj::NULL);
        };
        let array = self.allocate_array(array_class, length as usize)?;
        if let (false, Some(element)) = (inner.is_empty(), array_class.element_class) {
            for index in 0..length as usize {
                let part = self.allocate_dimensions(element, inner)?;
                array_set_ref(self, array, index, part);
            }
        }
        Ok(array)
    }

    /// Shallow copy (Object.clone of Cloneable/array).
    pub fn clone_object(&mut self, object: Obj) -> JResult<Obj> {
        let class = class_of(object);
        // SAFETY: the object is live.
        let bytes = unsafe { object_bytes(object) };
        let copy = if class.is_array() {
            self.allocate_array(class, array_length(object))?
        } else {
            let copy = self.allocate_bytes(bytes)?;
            write_header(copy, class);
            copy
        };
        // SAFETY: both are live objects of that many bytes, aligned to 8. Others may write the original meanwhile:
        // word-sized loads see whole references and longs.
        unsafe {
            let mut offset = HEADER_BYTES;
            while offset < bytes {
                let word = (*(object.at(offset) as *const AtomicU64)).load(Ordering::Relaxed);
                copy.write(offset, word);
                offset += 8;
            }
            self.vm()
                .heap
                .mark_cards(copy, HEADER_BYTES, (bytes - HEADER_BYTES) / 4);
        }
        if class.prefix.has_finalizer != 0 {
            return self.register_finalizer(copy);
        }
        Ok(copy)
    }

    /// A mirror: immovable memory of `mirrored.prefix.mirror_bytes`, header of `java.lang.Class`, mirrored class written.
    pub fn allocate_mirror(&mut self, mirrored: ClassPtr) -> JResult<Obj> {
        let class = self.known_class(KnownClass::Class);
        let bytes = mirrored.prefix.mirror_bytes.max(class.prefix.instance_bytes) as usize;
        let heap = &self.vm().heap;
        let mirror = self.allocate_with(
            |_| heap.alloc_immovable(bytes),
            |_| heap.alloc_immovable_no_budget(bytes),
        )?;
        write_header(mirror, class);
        // SAFETY: fresh memory of a mirror.
        unsafe { mirror.write(MIRROR_CLASS_OFFSET, mirrored.address() as u64) };
        Ok(mirror)
    }
}

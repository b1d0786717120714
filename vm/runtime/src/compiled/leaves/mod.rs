//! Functions that compiled code calls directly: they neither collect, throw nor call Java.

mod arrays;
mod lanes;
mod text;

pub(super) use arrays::*;
pub(super) use text::*;

use crate::method_area::ClassPtr;
use crate::monitor;
use crate::object::{array_data, array_length, class_of, class_of_mirror, is_instance as instance_of};
use crate::thread::JavaThread;
use peaberry_gc::barrier::card_mark_range;
use peaberry_gc::layout::Obj;
use peaberry_jit::layout::NOT_DONE;

// SAFETY (of all functions here): compiled code passes the running thread, live objects of the types that the methods
// declare for which these stand, and null where those may be null.

/// May elements of arrays of one class be copied into those of another without looking at each?
fn copies_surely(from: ClassPtr, to: ClassPtr) -> bool {
    if from == to {
        return from.is_array();
    }
    match (from.element_class, to.element_class) {
        (Some(element), Some(wanted)) if from.is_array() && to.is_array() => {
            from.basic_type.is_reference() && to.basic_type.is_reference() && element.is_subtype_of(wanted)
        }
        _ => false,
    }
}

/// Address of an element of an array.
///
/// # Safety
/// The index is within the array, or behind its last element, and the elements are so wide.
unsafe fn place<T>(array: Obj, at: i32) -> *mut T {
    // SAFETY: the caller vouches for it.
    unsafe { array_data(array).cast::<T>().add(at as usize) }
}

/// Is there such a range in an array?
fn is_range(array: Obj, at: i32, count: i32) -> bool {
    at >= 0 && count >= 0 && at as usize + count as usize <= array_length(array)
}

pub(super) unsafe extern "C" fn copy_array(
    thread: *const JavaThread,
    from: usize,
    from_at: i32,
    to: usize,
    to_at: i32,
    count: i32,
) -> u32 {
    let (from, to) = (Obj(from), Obj(to));
    if from.is_null() || to.is_null() {
        return 0;
    }
    let class = class_of(from);
    if !copies_surely(class, class_of(to)) || !is_range(from, from_at, count) || !is_range(to, to_at, count) {
        return 0;
    }
    let (from_at, to_at, count) = (from_at as usize, to_at as usize, count as usize);
    // SAFETY: both ranges were checked; elements are copied in units of their size, so none is torn; the card table
    // covers the heap.
    unsafe {
        let (source, target) = (array_data(from), array_data(to));
        match class.prefix.element_shift {
            0 => std::ptr::copy(source.add(from_at), target.add(to_at), count),
            1 => std::ptr::copy(
                source.cast::<u16>().add(from_at),
                target.cast::<u16>().add(to_at),
                count,
            ),
            2 => {
                let target = target.cast::<u32>().add(to_at);
                std::ptr::copy(source.cast::<u32>().add(from_at), target, count);
                if class.basic_type.is_reference() && count != 0 {
                    card_mark_range((*thread).card_table, target as usize, count);
                }
            }
            _ => std::ptr::copy(
                source.cast::<u64>().add(from_at),
                target.cast::<u64>().add(to_at),
                count,
            ),
        }
    }
    1
}

pub(super) unsafe extern "C" fn equal_arrays(one: usize, other: usize) -> u32 {
    if one == other {
        return 1;
    }
    let (one, other) = (Obj(one), Obj(other));
    if one.is_null() || other.is_null() {
        return 0;
    }
    let length = array_length(one);
    if length != array_length(other) {
        return 0;
    }
    let bytes = length << class_of(one).prefix.element_shift;
    // SAFETY: both arrays have so many bytes; other threads may write them, whereupon either answer is right.
    unsafe {
        let one = std::slice::from_raw_parts(array_data(one), bytes);
        u32::from(one == std::slice::from_raw_parts(array_data(other), bytes))
    }
}

pub(super) unsafe extern "C" fn is_instance(mirror: usize, object: usize) -> u32 {
    let class = class_of_mirror(Obj(mirror));
    u32::from(!class.is_primitive() && instance_of(Obj(object), class))
}

pub(super) unsafe extern "C" fn is_assignable(mirror: usize, other: usize) -> i64 {
    if other == 0 {
        return NOT_DONE;
    }
    let (class, other) = (class_of_mirror(Obj(mirror)), class_of_mirror(Obj(other)));
    i64::from(class == other || (!class.is_primitive() && !other.is_primitive() && other.is_subtype_of(class)))
}

pub(super) unsafe extern "C" fn identity_hash(thread: *const JavaThread, object: usize) -> i32 {
    // SAFETY: as above.
    unsafe { monitor::identity_hash(&*thread, Obj(object)) }
}

pub(super) unsafe extern "C" fn current_thread(thread: *const JavaThread) -> usize {
    // SAFETY: as above.
    unsafe { (*thread).java_thread.0 }
}

pub(super) extern "C" fn nano_time() -> i64 {
    peaberry_sys::time::monotonic_nanoseconds()
}

pub(super) extern "C" fn time_millis() -> i64 {
    let (seconds, nanoseconds) = peaberry_sys::time::wall_clock();
    seconds * 1000 + nanoseconds / 1_000_000
}

//! Allocation out of the thread's buffer.

use super::context::{Registers, handlers, narrow};
use super::slow;
use crate::basic_type::BasicType;
use crate::method_area::Class;
use peaberry_gc::layout::{ARRAY_LENGTH_OFFSET, CLASS_OFFSET, align_object, array_base_offset};
use std::sync::atomic::Ordering;

/// Arrays of more elements go through the slow path.
const SMALL_ARRAY: u32 = 1 << 12;

/// Bumps the buffer and writes the class word (the mark word of fresh memory is right already); 0 when it is full.
#[inline(always)]
unsafe fn allocate(r: Registers, class: *const Class, bytes: usize) -> usize {
    // SAFETY: the buffer is the running thread's; its memory is zeroed.
    unsafe {
        let tlab = &mut (*r.thread).tlab;
        let object = tlab.cursor;
        let end = object + bytes;
        if end > tlab.limit {
            return 0;
        }
        tlab.cursor = end;
        *((object + CLASS_OFFSET) as *mut u32) = narrow(class as usize);
        object
    }
}

#[inline(always)]
unsafe fn allocate_array(r: Registers, class: *const Class, length: u32) -> usize {
    // SAFETY: as above; the class is an array class.
    unsafe {
        let shift = u32::from((*class).prefix.element_shift);
        let bytes = align_object(array_base_offset(shift) + ((length as usize) << shift));
        let array = allocate(r, class, bytes);
        if array != 0 {
            *((array + ARRAY_LENGTH_OFFSET) as *mut u32) = length;
        }
        array
    }
}

handlers! {
    new_quick(r) {
        let class = *r.pool.add(usize::from(r.u16_at(1))) as *const Class;
        let object = allocate(r, class, (*class).prefix.instance_bytes as usize);
        if object == 0 {
            return r.go(slow::new);
        }
        r.set(0, object as u64);
        r.next(3, 1)
    }
    newarray(r) {
        let length = r.int(1) as u32;
        if length > SMALL_ARRAY {
            return r.go(slow::newarray);
        }
        let Some(element) = BasicType::from_newarray(r.u8_at(1)) else {
            return r.go(slow::illegal_opcode);
        };
        let Some(class) = (*(*r.thread).vm).known.primitive_array_if_present(element) else {
            return r.go(slow::newarray);
        };
        let array = allocate_array(r, class.as_ptr(), length);
        if array == 0 {
            return r.go(slow::newarray);
        }
        r.set(1, array as u64);
        r.next(2, 0)
    }
    anewarray(r) {
        let length = r.int(1) as u32;
        let element = *r.pool.add(usize::from(r.u16_at(1))) as *const Class;
        if element.is_null() || length > SMALL_ARRAY {
            return r.go(slow::anewarray);
        }
        let class = (*element).array_class.load(Ordering::Acquire);
        if class.is_null() {
            return r.go(slow::anewarray);
        }
        let array = allocate_array(r, class, length);
        if array == 0 {
            return r.go(slow::anewarray);
        }
        r.set(1, array as u64);
        r.next(3, 0)
    }
}

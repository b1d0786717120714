//! Array elements.

use super::context::{Registers, class_at, handlers, length_at, narrow, widen};
use super::slow;
use super::types::is_subclass_fast;
use peaberry_gc::barrier::card_mark;
use peaberry_gc::layout::array_base_offset;
use std::sync::atomic::{AtomicU32, Ordering};

/// Address of the element, with the stack's array `depth` slots and index `depth - 1` slots below the top; 0 when there
/// is none, and the slow path `slow::array_fault` tells why.
#[inline(always)]
unsafe fn element(r: Registers, depth: usize, shift: u32) -> usize {
    // SAFETY: the slots hold an array or null, and an int.
    unsafe {
        let array = r.reference(depth);
        let index = r.int(depth - 1) as u32;
        if array == 0 || index >= length_at(array) {
            return 0;
        }
        array + array_base_offset(shift) + ((index as usize) << shift)
    }
}

macro_rules! array_loads {
    ($($name:ident $shift:literal $type:ty, |$value:ident| $slot:expr, $slots:literal;)*) => {
        handlers! { $($name(r) {
            let at = element(r, 2, $shift);
            if at == 0 {
                return r.go(slow::array_load_fault);
            }
            let $value = *(at as *const $type);
            r.set(2, $slot);
            r.next(1, $slots)
        })* }
    };
}
array_loads! {
    iaload 2 u32, |v| u64::from(v), -1;
    laload 3 u64, |v| v, 0;
    aaload 2 u32, |v| widen(v) as u64, -1;
    baload 0 i8, |v| u64::from(v as i32 as u32), -1;
    caload 1 u16, |v| u64::from(v), -1;
    saload 1 i16, |v| u64::from(v as i32 as u32), -1;
}

handlers! {
    iastore(r) {
        let at = element(r, 3, 2);
        if at == 0 {
            return r.go(slow::array_store_fault);
        }
        *(at as *mut u32) = r.int(1) as u32;
        r.next(1, -3)
    }
    castore(r) {
        let at = element(r, 3, 1);
        if at == 0 {
            return r.go(slow::array_store_fault);
        }
        *(at as *mut u16) = r.int(1) as u16;
        r.next(1, -3)
    }
    lastore(r) {
        let at = element(r, 4, 3);
        if at == 0 {
            return r.go(slow::array_store2_fault);
        }
        *(at as *mut u64) = r.long(2) as u64;
        r.next(1, -4)
    }
    // byte[] and boolean[] alike; booleans keep their lowest bit.
    bastore(r) {
        let at = element(r, 3, 0);
        if at == 0 {
            return r.go(slow::array_store_fault);
        }
        let class = class_at(r.reference(3));
        let mask = if (*class).basic_type as u8 == crate::basic_type::BasicType::Boolean as u8 { 1 } else { 0xff };
        *(at as *mut u8) = r.int(1) as u8 & mask;
        r.next(1, -3)
    }
    aastore(r) {
        let at = element(r, 3, 2);
        if at == 0 {
            return r.go(slow::array_store_fault);
        }
        let value = r.reference(1);
        if value != 0 {
            let Some(element_class) = (*class_at(r.reference(3))).element_class else {
                return r.go(slow::reference_array_store);
            };
            let class = class_at(value);
            if !is_subclass_fast(class, element_class.as_ptr()) {
                return r.go(slow::reference_array_store);
            }
            let cell = r.cell(0);
            if !cell.is_null() && *cell == 0 {
                *cell = narrow(class as usize);
            }
        }
        (*(at as *const AtomicU32)).store(narrow(value), Ordering::Release);
        card_mark((*r.thread).card_table, at);
        r.next(1, -3)
    }
}

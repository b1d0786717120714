//! Type tests.

use super::context::{Registers, class_at, handlers};
use super::profile::{record_null, record_type, record_type_slow};
use super::slow;
use crate::method_area::Class;
use crate::method_area::class::DISPLAY_SIZE;
use std::sync::atomic::Ordering;

/// Is `class` certainly a subtype of `target`? False also when finding out takes longer.
#[inline(always)]
pub(super) unsafe fn is_subclass_fast(class: *const Class, target: *const Class) -> bool {
    // SAFETY: both are classes of the method area.
    unsafe {
        let depth = (*target).depth as usize;
        std::ptr::eq(class, target)
            || (depth < DISPLAY_SIZE && std::ptr::eq(display_at(class, depth), target))
            || std::ptr::eq((*class).secondary_cache.load(Ordering::Relaxed), target)
    }
}

#[inline(always)]
unsafe fn display_at(class: *const Class, depth: usize) -> *const Class {
    // SAFETY: depth is below DISPLAY_SIZE; the display is complete before a class has instances.
    unsafe { *(&raw const (*class).display).cast::<*const Class>().add(depth) }
}

/// Checks a non-null object of a class against a resolved target.
#[inline(always)]
unsafe fn cast(r: Registers, class: *const Class, target: *const Class) {
    // SAFETY: as for the handlers.
    unsafe {
        if !is_subclass_fast(class, target) {
            return r.go(slow::checkcast);
        }
        r.next(3, 0)
    }
}

#[inline(always)]
unsafe fn test(r: Registers, class: *const Class, target: *const Class) {
    // SAFETY: as for the handlers.
    unsafe {
        let yes = is_subclass_fast(class, target);
        // Against an ordinary class near the root the display is the whole answer.
        if !yes && ((*target).depth >= DISPLAY_SIZE as u32 || (*target).is_interface() || (*target).is_array()) {
            return r.go(slow::instance_of);
        }
        r.set(1, u64::from(yes));
        r.next(3, 0)
    }
}

#[inline(always)]
unsafe fn target_of(r: Registers) -> *const Class {
    // SAFETY: a Class constant's resolved word is 0 or a class.
    unsafe { *r.pool.add(usize::from(r.u16_at(1))) as *const Class }
}

handlers! {
    checkcast(r) {
        let target = target_of(r);
        let object = r.reference(1);
        if target.is_null() {
            return r.go(slow::checkcast);
        }
        let profiled = (*r.frame).profile != 0;
        if object == 0 {
            if profiled {
                record_null(r);
            }
            return r.next(3, 0);
        }
        let class = class_at(object);
        if profiled && !record_type(r, class) {
            return r.go(checkcast_recording);
        }
        cast(r, class, target)
    }
    #[inline(never)]
    checkcast_recording(r) {
        let class = class_at(r.reference(1));
        record_type_slow(r.cell(0), class);
        cast(r, class, target_of(r))
    }
    instanceof(r) {
        let target = target_of(r);
        let object = r.reference(1);
        if target.is_null() {
            return r.go(slow::instance_of);
        }
        let profiled = (*r.frame).profile != 0;
        if object == 0 {
            if profiled {
                record_null(r);
            }
            r.set(1, 0);
            return r.next(3, 0);
        }
        let class = class_at(object);
        if profiled && !record_type(r, class) {
            return r.go(instanceof_recording);
        }
        test(r, class, target)
    }
    #[inline(never)]
    instanceof_recording(r) {
        let class = class_at(r.reference(1));
        record_type_slow(r.cell(0), class);
        test(r, class, target_of(r))
    }
}

//! Narrow root slots that belong to a class.

use crate::method_area::ClassPtr;
use crate::thread::JavaThread;
use peaberry_gc::layout::{AtomicNarrow, Obj, RootSegment, SEGMENT_ROOTS};
use std::sync::atomic::{AtomicU32, Ordering};

/// A new root holding `value`, as long-lived as `class`.
pub fn new_root(thread: &JavaThread, class: ClassPtr, value: Obj) -> &'static AtomicNarrow {
    let index = class.extra_roots_used.fetch_add(1, Ordering::Relaxed);
    if index < class.prefix.extra_root_count {
        // SAFETY: within the class's root array, which lives in the method area.
        let slot = unsafe { &*class.prefix.extra_roots.add(index as usize) };
        slot.store(value);
        return slot;
    }
    class.extra_roots_used.fetch_sub(1, Ordering::Relaxed);
    // Held over no safepoint: the collector never sees a segment half made.
    let _guard = class.loader_data().roots.lock();
    let first = class.prefix.more_roots.load(Ordering::Acquire);
    // SAFETY: null or a segment in the method area that lives as long as the class.
    let segment = match unsafe { first.as_ref() } {
        Some(segment) if (segment.used.load(Ordering::Relaxed) as usize) < SEGMENT_ROOTS => segment,
        _ => {
            let made = thread.vm().arena_of(class).place(RootSegment {
                next: first,
                used: AtomicU32::new(0),
                slots: Default::default(),
            });
            class.prefix.more_roots.store(made, Ordering::Release);
            // SAFETY: as above.
            unsafe { &*made }
        }
    };
    let slot = &segment.slots[segment.used.fetch_add(1, Ordering::Relaxed) as usize];
    slot.store(value);
    slot
}

/// Publishes an object as the value of a loadable constant; when another thread was first, its value is returned.
pub fn publish_constant(thread: &JavaThread, class: ClassPtr, constant: u16, value: Obj) -> Obj {
    let pool = class.constants();
    let Some(word) = pool.resolved.get(constant as usize) else {
        return value;
    };
    let existing = word.load(Ordering::Acquire);
    if existing != 0 {
        return constant_at(existing);
    }
    let slot = new_root(thread, class, value);
    let address = std::ptr::from_ref(slot) as u64;
    match word.compare_exchange(0, address, Ordering::AcqRel, Ordering::Acquire) {
        Ok(_) => value,
        Err(winner) => {
            slot.store(Obj::NULL);
            constant_at(winner)
        }
    }
}

/// The object a loadable constant's non-zero resolved word stands for.
#[inline]
pub fn constant_at(word: u64) -> Obj {
    // SAFETY: such words are addresses of root slots (see `method_area::constant_pool`).
    unsafe { (*(word as *const AtomicNarrow)).load() }
}

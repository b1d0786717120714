//! Narrow root slots that belong to a class, or, when the class has none left, to its loader.

use crate::method_area::{ClassPtr, MetaSlice};
use crate::thread::JavaThread;
use peaberry_gc::layout::{AtomicNarrow, Obj};
use std::sync::atomic::Ordering;

/// Slots in a loader's chunk.
const CHUNK: usize = 32;

/// A piece of a loader's roots.
pub(crate) struct RootChunk {
    pub slots: MetaSlice<AtomicNarrow>,
    pub used: usize,
}

/// A new root holding `value`, as long-lived as `class` (or, rarely, as its loader).
pub fn new_root(thread: &JavaThread, class: ClassPtr, value: Obj) -> &'static AtomicNarrow {
    let index = class.extra_roots_used.fetch_add(1, Ordering::Relaxed);
    if index < class.prefix.extra_root_count {
        // SAFETY: within the class's root array, which lives in the method area.
        let slot = unsafe { &*class.prefix.extra_roots.add(index as usize) };
        slot.store(value);
        return slot;
    }
    class.extra_roots_used.fetch_sub(1, Ordering::Relaxed);
    let mut chunks = class.loader_data().roots.lock();
    if chunks.last().is_none_or(|chunk| chunk.used == CHUNK) {
        let memory = thread
            .vm()
            .arena
            .allocate(CHUNK * size_of::<AtomicNarrow>(), 8)
            .cast::<AtomicNarrow>();
        // SAFETY: fresh zeroed memory of the method area: null slots.
        let slots = unsafe { MetaSlice::new(std::slice::from_raw_parts(memory, CHUNK)) };
        chunks.push(RootChunk { slots, used: 0 });
    }
    let last = chunks.len() - 1;
    let chunk = &mut chunks[last];
    // SAFETY: chunks live in the method area as long as the VM.
    let slot = unsafe { &*std::ptr::from_ref(&chunk.slots[chunk.used]) };
    chunk.used += 1;
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

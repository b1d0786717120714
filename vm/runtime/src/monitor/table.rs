//! The inflated monitors of a VM, at stable addresses, found by the index in an object's mark word.

use super::inflated::Monitor;
use parking_lot::Mutex;
use peaberry_gc::Liveness;
use peaberry_gc::layout::{Obj, mark};
use std::ptr;
use std::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};

/// Chunks double in size, so that a few reach every index a mark word can hold.
const CHUNKS: usize = 23;
const FIRST_CHUNK_SHIFT: u32 = 6;

#[derive(Default)]
struct Indexes {
    free: Vec<u32>,
    next: u32,
}

/// The inflated monitors of a VM. A monitor belongs to an object from its inflation until a collection finds it idle:
/// then the object gets its displaced mark word back.
pub struct MonitorTable {
    indexes: Mutex<Indexes>,
    chunks: [AtomicPtr<Monitor>; CHUNKS],
    in_use: AtomicUsize,
}

impl Default for MonitorTable {
    fn default() -> Self {
        MonitorTable {
            indexes: Mutex::default(),
            chunks: [const { AtomicPtr::new(ptr::null_mut()) }; CHUNKS],
            in_use: AtomicUsize::new(0),
        }
    }
}

fn place(index: u32) -> (usize, usize) {
    let shifted = index as usize + (1 << FIRST_CHUNK_SHIFT);
    let chunk = shifted.ilog2() - FIRST_CHUNK_SHIFT;
    (chunk as usize, shifted - (1 << (chunk + FIRST_CHUNK_SHIFT)))
}

fn chunk_length(chunk: usize) -> usize {
    1 << (chunk as u32 + FIRST_CHUNK_SHIFT)
}

impl MonitorTable {
    /// The monitor of an index that was handed out.
    #[inline]
    pub(crate) fn get(&self, index: u32) -> &'static Monitor {
        let (chunk, offset) = place(index);
        let chunk = self.chunks[chunk].load(Ordering::Acquire);
        debug_assert!(!chunk.is_null());
        // SAFETY: the index was handed out, so its chunk exists; chunks live as long as the VM, which outlives all
        // users of monitors.
        unsafe { &*chunk.add(offset) }
    }

    /// A monitor that belongs to nobody, for `object`.
    pub(crate) fn take(&self, object: Obj) -> (u32, &'static Monitor) {
        let mut indexes = self.indexes.lock();
        let index = match indexes.free.pop() {
            Some(index) => index,
            None => {
                let index = indexes.next;
                let (chunk, offset) = place(index);
                if offset == 0 {
                    let monitors: Box<[Monitor]> = (0..chunk_length(chunk)).map(|_| Monitor::default()).collect();
                    self.chunks[chunk].store(Box::into_raw(monitors).cast::<Monitor>(), Ordering::Release);
                }
                indexes.next += 1;
                index
            }
        };
        drop(indexes);
        let monitor = self.get(index);
        monitor.object.store(object.0, Ordering::Relaxed);
        self.in_use.fetch_add(1, Ordering::Relaxed);
        (index, monitor)
    }

    /// Gives a monitor back that no mark word names.
    pub(crate) fn give_back(&self, index: u32) {
        self.get(index).clear();
        self.indexes.lock().free.push(index);
        self.in_use.fetch_sub(1, Ordering::Relaxed);
    }

    fn for_each(&self, mut f: impl FnMut(u32, &'static Monitor)) {
        let next = self.indexes.lock().next;
        for index in 0..next {
            let monitor = self.get(index);
            if monitor.object.load(Ordering::Relaxed) != 0 {
                f(index, monitor)
            }
        }
    }

    /// Number of inflated monitors.
    pub fn len(&self) -> usize {
        self.in_use.load(Ordering::Relaxed)
    }

    /// True when no monitor is inflated.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The objects of monitors that are owned, contended or waited on: roots. World stopped.
    pub(crate) fn for_each_root(&self, mut f: impl FnMut(Obj) -> Obj) {
        self.for_each(|_, monitor| {
            if monitor.is_busy() {
                let object = f(Obj(monitor.object.load(Ordering::Relaxed)));
                monitor.object.store(object.0, Ordering::Relaxed);
            }
        });
    }

    /// Deflates idle monitors, those of dead objects too; the busy ones' objects were updated as roots. World stopped.
    pub(crate) fn sweep(&self, liveness: &Liveness<'_>) {
        self.for_each(|index, monitor| {
            if monitor.is_busy() {
                return;
            }
            if let Some(object) = liveness.resolve(Obj(monitor.object.load(Ordering::Relaxed))) {
                // SAFETY: the object is alive, and at its present address; nobody else changes mark words now.
                let word = unsafe { object.mark() };
                let kept = word.load(Ordering::Relaxed) & mark::GC_MASK;
                word.store(
                    kept | (monitor.hash.load(Ordering::Relaxed) << mark::PAYLOAD_SHIFT),
                    Ordering::Relaxed,
                );
            }
            self.give_back(index);
        });
    }
}

impl Drop for MonitorTable {
    fn drop(&mut self) {
        for (chunk, pointer) in self.chunks.iter_mut().enumerate() {
            let pointer = *pointer.get_mut();
            if !pointer.is_null() {
                // SAFETY: made from a box of that length, freed once; no thread of the VM runs any more.
                drop(unsafe { Box::from_raw(ptr::slice_from_raw_parts_mut(pointer, chunk_length(chunk))) });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indexes_map_to_chunks_without_gaps() {
        let mut expected = (0, 0);
        for index in 0..100_000u32 {
            assert_eq!(place(index), expected);
            expected.1 += 1;
            if expected.1 == chunk_length(expected.0) {
                expected = (expected.0 + 1, 0);
            }
        }
        assert!(place((1 << 28) - 1).0 < CHUNKS);
    }

    #[test]
    fn monitors_are_reused() {
        let table = MonitorTable::default();
        let all: Vec<u32> = (1..=200).map(|n| table.take(Obj(n * 8)).0).collect();
        assert_eq!(table.len(), 200);
        let address: *const Monitor = table.get(all[77]);
        table.give_back(all[77]);
        let (again, monitor) = table.take(Obj(16));
        assert_eq!((again, std::ptr::from_ref(monitor)), (all[77], address));
    }
}

//! Bump allocation of the method area out of its reserved range, committed as it grows.

use parking_lot::Mutex;
use std::ops::Range;

/// Bytes committed at a time.
const COMMIT_STEP: usize = 64 * 1024;
/// Allocations below this come out of the reserve kept for finishing what was begun when the range is nearly full.
const RESERVE: usize = 4 * 1024 * 1024;

struct State {
    next: usize,
    committed: usize,
}

/// The arena. Memory is zeroed and lives as long as the VM.
pub struct Arena {
    range: Range<usize>,
    state: Mutex<State>,
}

impl Arena {
    /// An arena over a reserved, uncommitted range below the address limit.
    pub fn new(range: Range<usize>) -> Self {
        let state = State {
            next: range.start,
            committed: range.start,
        };
        Arena {
            range,
            state: Mutex::new(state),
        }
    }
    /// Zeroed memory of `bytes`, aligned to `align` (a power of two, at least 8 is used).
    ///
    /// Loading a class asks [`Arena::nearly_full`] first and throws `OutOfMemoryError: Metaspace`; running into the end
    /// in spite of that ends the process as any failed Rust allocation does.
    pub fn allocate(&self, bytes: usize, align: usize) -> *mut u8 {
        let align = align.max(8);
        let mut state = self.state.lock();
        let start = (state.next + align - 1) & !(align - 1);
        let end = start + bytes;
        if end > state.committed {
            let step = (end - state.committed).div_ceil(COMMIT_STEP) * COMMIT_STEP;
            let target = (state.committed + step).min(self.range.end);
            // SAFETY: the range is the arena's own part of the VM's reservation.
            let committed = end <= target && unsafe { peaberry_sys::memory::commit(state.committed..target) }.is_ok();
            if !committed {
                drop(state);
                std::alloc::handle_alloc_error(
                    std::alloc::Layout::from_size_align(bytes.max(1), 8).unwrap_or(std::alloc::Layout::new::<u64>()),
                );
            }
            state.committed = target;
        }
        state.next = end;
        start as *mut u8
    }
    /// Moves `value` into the arena; it is never dropped.
    pub fn place<T>(&self, value: T) -> *mut T {
        let memory = self
            .allocate(std::mem::size_of::<T>(), std::mem::align_of::<T>())
            .cast::<T>();
        // SAFETY: fresh memory of the right size and alignment.
        unsafe { memory.write(value) };
        memory
    }
    /// Copies a slice into the arena.
    pub fn place_slice<T: Copy>(&self, values: &[T]) -> &'static mut [T] {
        let memory = self
            .allocate(std::mem::size_of_val(values), std::mem::align_of::<T>())
            .cast::<T>();
        // SAFETY: fresh memory of the right size; the arena outlives all users of the method area.
        unsafe {
            std::ptr::copy_nonoverlapping(values.as_ptr(), memory, values.len());
            std::slice::from_raw_parts_mut(memory, values.len())
        }
    }
    /// True when a class load should be refused for lack of room (`OutOfMemoryError: Metaspace`), given the bytes it
    /// is about to need.
    pub fn nearly_full(&self, bytes: usize) -> bool {
        self.state.lock().next + bytes + RESERVE > self.range.end
    }
    /// Bytes handed out so far.
    pub fn used(&self) -> usize {
        self.state.lock().next - self.range.start
    }
    /// The reserved range.
    pub fn range(&self) -> Range<usize> {
        self.range.clone()
    }
}

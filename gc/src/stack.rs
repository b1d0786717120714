//! A stack in memory of its own that grows in place; pushing can fail but never aborts.

use peaberry_sys::memory::Reservation;
use std::alloc::Layout;
use std::marker::PhantomData;
use std::ptr::NonNull;

/// What the first entries take. A multiple of a page, as what is committed grows from there.
const FIRST_BYTES: usize = 64 << 10;
const KEPT_BYTES: usize = 256 << 10;

/// A stack of plain values.
#[derive(Debug)]
pub(crate) struct GrowableStack<T: Copy> {
    /// The first entries, while there are no more.
    first: Option<NonNull<T>>,
    /// All entries, later.
    reservation: Option<Reservation>,
    base: *mut T,
    length: usize,
    capacity: usize,
    /// Bytes of address space wanted.
    reserve_bytes: usize,
    values: PhantomData<T>,
}

// SAFETY: the stack owns its memory; nothing in it is tied to a thread.
unsafe impl<T: Copy + Send> Send for GrowableStack<T> {}

impl<T: Copy> GrowableStack<T> {
    const FIRST: Layout = match Layout::from_size_align(FIRST_BYTES, align_of::<u64>()) {
        Ok(layout) if align_of::<T>() <= align_of::<u64>() && FIRST_BYTES.is_multiple_of(size_of::<T>()) => layout,
        _ => panic!("entries that do not fit"),
    };

    /// An empty stack that can hold `entries`; takes no memory before the first push.
    pub const fn new() -> GrowableStack<T> {
        GrowableStack {
            first: None,
            reservation: None,
            base: std::ptr::null_mut(),
            length: 0,
            capacity: 0,
            reserve_bytes: 0,
            values: PhantomData,
        }
    }

    /// Sets how many entries the stack may grow to, before its first use.
    pub fn set_limit(&mut self, entries: usize) {
        if self.reservation.is_none() {
            self.reserve_bytes = (entries * size_of::<T>()).max(FIRST_BYTES);
        }
    }

    /// Makes sure that the stack's first entries have memory.
    pub fn ensure(&mut self) -> bool {
        self.capacity != 0 || self.grow()
    }

    /// Pushes a value; false when no memory could be had.
    #[inline(always)]
    #[must_use]
    pub fn push(&mut self, value: T) -> bool {
        if self.length == self.capacity && !self.grow() {
            return false;
        }
        // SAFETY: length < capacity, all of it committed.
        unsafe { self.base.add(self.length).write(value) };
        self.length += 1;
        true
    }

    /// Takes the value pushed last.
    #[inline(always)]
    pub fn pop(&mut self) -> Option<T> {
        if self.length == 0 {
            return None;
        }
        self.length -= 1;
        // SAFETY: the entry was written by a push.
        Some(unsafe { self.base.add(self.length).read() })
    }

    /// The entries, oldest first.
    pub fn entries(&self) -> &[T] {
        if self.length == 0 {
            return &[];
        }
        // SAFETY: the entries were written by pushes.
        unsafe { std::slice::from_raw_parts(self.base, self.length) }
    }

    /// Overwrites an entry.
    pub fn set(&mut self, index: usize, value: T) {
        assert!(index < self.length);
        // SAFETY: the entry was written by a push.
        unsafe { self.base.add(index).write(value) };
    }

    /// Drops all entries from `length` on.
    pub fn truncate(&mut self, length: usize) {
        self.length = self.length.min(length);
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self) -> bool {
        if self.capacity == 0 {
            return self.take_first();
        }
        let old = self.capacity * size_of::<T>();
        if self.reservation.is_none() {
            let mut bytes = self.reserve_bytes;
            while bytes > old && self.reservation.is_none() {
                self.reservation = Reservation::reserve_anywhere(bytes).ok();
                bytes /= 2;
            }
        }
        let Some(reservation) = &self.reservation else {
            return false;
        };
        let new = (old * 2).min(reservation.bytes());
        let start = reservation.start();
        let committed = if self.first.is_some() { 0 } else { old };
        if new <= old || reservation.commit(start + committed..start + new).is_err() {
            return false;
        }
        self.capacity = new / size_of::<T>();
        if let Some(first) = self.first.take() {
            // SAFETY: as many bytes as the first entries take lie at both places.
            unsafe { std::ptr::copy_nonoverlapping(first.as_ptr(), start as *mut T, self.length) };
            self.base = start as *mut T;
            // SAFETY: it was allocated so, and nothing leads there any more.
            unsafe { std::alloc::dealloc(first.as_ptr().cast(), Self::FIRST) };
        }
        true
    }

    /// Has the allocator give memory for the first entries: most stacks of small heaps never hold more.
    fn take_first(&mut self) -> bool {
        // SAFETY: the size is not zero.
        self.first = NonNull::new(unsafe { std::alloc::alloc(Self::FIRST) }.cast());
        let Some(first) = self.first else { return false };
        self.base = first.as_ptr();
        self.capacity = FIRST_BYTES / size_of::<T>();
        true
    }

    /// Empties the stack and gives most of its memory back.
    pub fn reset(&mut self) {
        self.length = 0;
        let bytes = self.capacity * size_of::<T>();
        if bytes > KEPT_BYTES
            && let Some(reservation) = &self.reservation
        {
            let range = reservation.start() + KEPT_BYTES..reservation.start() + bytes;
            // SAFETY: the stack is empty; the pages stay accessible.
            let _ = unsafe { reservation.decommit(range) };
        }
    }
}

impl<T: Copy> Drop for GrowableStack<T> {
    fn drop(&mut self) {
        if let Some(first) = self.first {
            // SAFETY: it was allocated so, and the entries go with the stack.
            unsafe { std::alloc::dealloc(first.as_ptr().cast(), Self::FIRST) };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grows_and_refuses_at_its_limit() {
        let mut stack = GrowableStack::<u32>::new();
        stack.set_limit(1 << 20);
        let mut pushed = 0u32;
        while stack.push(pushed) {
            pushed += 1;
        }
        assert_eq!(pushed, 1 << 20);
        assert_eq!(stack.entries().len(), 1 << 20);
        for value in (0..pushed).rev() {
            assert_eq!(stack.pop(), Some(value));
        }
        assert_eq!(stack.pop(), None);
        stack.reset();
        assert!(stack.push(1));
    }

    #[test]
    fn the_first_entries_move_with_the_others() {
        let mut stack = GrowableStack::<u64>::new();
        stack.set_limit(1);
        let first = (FIRST_BYTES / size_of::<u64>()) as u64;
        assert!((0..first).all(|value| stack.push(value)) && !stack.push(first));
        stack.reset();
        assert!(stack.ensure() && stack.entries().is_empty() && stack.reservation.is_none());
        let mut stack = GrowableStack::<u64>::new();
        stack.set_limit(3 * first as usize);
        assert!((0..3 * first).all(|value| stack.push(value)) && !stack.push(0));
        assert!(stack.entries().iter().copied().eq(0..3 * first));
    }
}

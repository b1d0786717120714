//! A stack in memory of its own that grows in place; pushing can fail but never aborts.

use peaberry_sys::memory::Reservation;
use std::marker::PhantomData;

const FIRST_COMMIT_BYTES: usize = 64 << 10;
const KEPT_BYTES: usize = 256 << 10;

/// A stack of plain values.
#[derive(Debug)]
pub(crate) struct GrowableStack<T: Copy> {
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
    /// An empty stack that can hold `entries`; takes no memory before the first push.
    pub const fn new() -> GrowableStack<T> {
        GrowableStack {
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
            self.reserve_bytes = (entries * size_of::<T>()).max(FIRST_COMMIT_BYTES);
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
        if self.reservation.is_none() {
            let mut bytes = self.reserve_bytes.max(FIRST_COMMIT_BYTES);
            while bytes >= FIRST_COMMIT_BYTES && self.reservation.is_none() {
                self.reservation = Reservation::reserve_anywhere(bytes).ok();
                bytes /= 2;
            }
            let Some(reservation) = &self.reservation else {
                return false;
            };
            self.base = reservation.start() as *mut T;
        }
        let Some(reservation) = &self.reservation else {
            return false;
        };
        let old = (self.capacity * size_of::<T>()).next_multiple_of(FIRST_COMMIT_BYTES);
        let new = (old * 2).max(FIRST_COMMIT_BYTES).min(reservation.bytes());
        if new <= old
            || reservation
                .commit(reservation.start() + old..reservation.start() + new)
                .is_err()
        {
            return false;
        }
        self.capacity = new / size_of::<T>();
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
}

//! What a thread's Java frames have locked.

use super::LockRecord;
use std::ops::{Deref, DerefMut};

/// The lock records of a thread, in locking order. Compiled code pushes and pops them itself, so their layout is fixed.
#[repr(C)]
#[derive(Debug)]
pub struct LockStack {
    records: *mut LockRecord,
    length: usize,
    capacity: usize,
}

// SAFETY: the stack owns its memory; nothing in it is tied to a thread.
unsafe impl Send for LockStack {}

impl LockStack {
    /// Offset of the address of the first record.
    pub const RECORDS_OFFSET: usize = std::mem::offset_of!(LockStack, records);
    /// Offset of the number of records.
    pub const LENGTH_OFFSET: usize = std::mem::offset_of!(LockStack, length);
    /// Offset of the number of records there is room for.
    pub const CAPACITY_OFFSET: usize = std::mem::offset_of!(LockStack, capacity);

    /// No records, and no memory for any.
    pub const fn new() -> LockStack {
        LockStack {
            records: std::ptr::dangling_mut(),
            length: 0,
            capacity: 0,
        }
    }

    /// How many records there is room for.
    #[inline(always)]
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// The memory of the records.
    #[inline(always)]
    pub fn as_mut_ptr(&mut self) -> *mut LockRecord {
        self.records
    }

    /// Sets how many records there are.
    ///
    /// # Safety
    /// There is room for them, and they were written.
    #[inline(always)]
    pub unsafe fn set_len(&mut self, length: usize) {
        self.length = length;
    }

    /// Adds a record.
    #[inline]
    pub fn push(&mut self, record: LockRecord) {
        if self.length == self.capacity {
            self.with_vector(|records| records.reserve(16));
        }
        // SAFETY: there is room for one more.
        unsafe { self.records.add(self.length).write(record) };
        self.length += 1;
    }

    /// Takes the last record off.
    #[inline]
    pub fn pop(&mut self) -> Option<LockRecord> {
        let last = self.last().copied()?;
        self.length -= 1;
        Some(last)
    }

    /// Takes a record out.
    pub fn remove(&mut self, index: usize) -> LockRecord {
        if index + 1 == self.length {
            self.length = index;
            // SAFETY: it was the last one.
            return unsafe { self.records.add(index).read() };
        }
        self.with_vector(|records| records.remove(index))
    }

    fn with_vector<R>(&mut self, change: impl FnOnce(&mut Vec<LockRecord>) -> R) -> R {
        let (records, length, capacity) = (self.records, self.length, self.capacity);
        (self.length, self.capacity) = (0, 0);
        // SAFETY: the three come from a vector, or are those of an empty one; nobody else uses them meanwhile.
        let mut vector = unsafe { Vec::from_raw_parts(records, length, capacity) };
        let result = change(&mut vector);
        let mut vector = std::mem::ManuallyDrop::new(vector);
        self.records = vector.as_mut_ptr();
        self.length = vector.len();
        self.capacity = vector.capacity();
        result
    }
}

impl Default for LockStack {
    fn default() -> LockStack {
        LockStack::new()
    }
}

impl Drop for LockStack {
    fn drop(&mut self) {
        // SAFETY: the three come from a vector, or are those of an empty one.
        drop(unsafe { Vec::from_raw_parts(self.records, self.length, self.capacity) });
    }
}

impl Deref for LockStack {
    type Target = [LockRecord];
    #[inline(always)]
    fn deref(&self) -> &[LockRecord] {
        // SAFETY: that many records were written.
        unsafe { std::slice::from_raw_parts(self.records, self.length) }
    }
}

impl DerefMut for LockStack {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut [LockRecord] {
        // SAFETY: as for `deref`.
        unsafe { std::slice::from_raw_parts_mut(self.records, self.length) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use peaberry_gc::layout::Obj;

    #[test]
    fn is_a_stack_with_holes() {
        let mut locks = LockStack::new();
        assert!(locks.pop().is_none());
        for number in 0..100 {
            locks.push(LockRecord {
                object: Obj(8 * number),
                frame: std::ptr::null_mut(),
            });
        }
        assert!(locks.capacity() >= 100);
        assert_eq!(locks.remove(40).object, Obj(320));
        assert_eq!(locks.len(), 99);
        assert_eq!(locks[40].object, Obj(328));
        assert_eq!(locks.pop().map(|record| record.object), Some(Obj(792)));
        locks.push(LockRecord {
            object: Obj(8),
            frame: std::ptr::null_mut(),
        });
        assert_eq!(locks.last().map(|record| record.object), Some(Obj(8)));
    }
}

//! Frames of physical memory, 4 KiB each, and how to get at them.

use alloc::vec::Vec;
use core::cell::{Cell, RefCell};
use core::ops::Range;
use core::slice;

/// Bytes of a page, and of a frame.
pub use peaberry_linux::areas::PAGE;

/// All frames that are not the kernel's own.
///
/// Those given back are in a list that runs through their first words: nobody can see a free frame.
#[derive(Debug)]
pub struct Frames {
    /// What is added to a physical address to get the kernel's.
    offset: u64,
    /// Those that were never taken.
    fresh: RefCell<Vec<Range<u64>>>,
    /// The first of those given back, 0 for none.
    first: Cell<u64>,
    available: Cell<u64>,
    total: u64,
}

impl Frames {
    /// Frames of these ranges of physical memory, which appears to the kernel `offset` bytes further up.
    ///
    /// # Safety
    /// The memory is there, and nobody else's.
    pub unsafe fn new(offset: u64, ranges: Vec<Range<u64>>) -> Frames {
        let total = ranges.iter().map(|range| (range.end - range.start) / PAGE).sum();
        Frames {
            offset,
            fresh: RefCell::new(ranges),
            first: Cell::new(0),
            available: Cell::new(total),
            total,
        }
    }

    /// How many there are.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// How many are free.
    pub fn available(&self) -> u64 {
        self.available.get()
    }

    /// A frame's bytes, as the kernel sees them.
    pub fn pointer(&self, frame: u64) -> *mut u8 {
        core::ptr::with_exposed_provenance_mut((frame + self.offset) as usize)
    }

    /// The physical address of bytes that the kernel sees.
    pub fn physical(&self, pointer: *const u8) -> u64 {
        pointer.expose_provenance() as u64 - self.offset
    }

    /// Takes a frame, whose contents are anything.
    fn take(&self) -> Option<u64> {
        let first = self.first.get();
        let frame = if first != 0 {
            // SAFETY: a free frame's first word is the list's.
            self.first.set(unsafe { self.pointer(first).cast::<u64>().read() });
            first
        } else {
            let mut fresh = self.fresh.borrow_mut();
            fresh.retain(|range| range.start < range.end);
            let range = fresh.last_mut()?;
            range.start += PAGE;
            range.start - PAGE
        };
        self.available.set(self.available.get() - 1);
        Some(frame)
    }

    /// Takes a frame of zeros.
    pub fn take_zeroed(&self) -> Option<u64> {
        let frame = self.take()?;
        // SAFETY: the frame is the caller's from now on.
        unsafe { self.pointer(frame).write_bytes(0, PAGE as usize) };
        Some(frame)
    }

    /// Takes a frame with a copy of up to a page, and zeros behind it.
    pub fn take_copy(&self, bytes: &[u8]) -> Option<u64> {
        let frame = self.take()?;
        // SAFETY: the frame is the caller's from now on, and nobody else has a reference.
        let page = unsafe { slice::from_raw_parts_mut(self.pointer(frame), PAGE as usize) };
        let length = bytes.len().min(page.len());
        page[..length].copy_from_slice(&bytes[..length]);
        page[length..].fill(0);
        Some(frame)
    }

    /// Gives a frame back. No page table leads to it any more once the program runs again.
    pub fn release(&self, frame: u64) {
        // SAFETY: the caller had it, and gives it up.
        unsafe { self.pointer(frame).cast::<u64>().write(self.first.get()) };
        self.first.set(frame);
        self.available.set(self.available.get() + 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::frames;

    #[test]
    fn frames_are_taken_once_and_come_back() {
        let frames = frames(3);
        let taken: Vec<u64> = (0..3).map(|_| frames.take_zeroed().expect("a frame")).collect();
        assert_eq!((frames.take_zeroed(), frames.available(), frames.total()), (None, 0, 3));
        frames.release(taken[1]);
        assert_eq!(frames.take_copy(b"text"), Some(taken[1]));
        // SAFETY: a frame of ours.
        let bytes = unsafe { slice::from_raw_parts(frames.pointer(taken[1]), 8) };
        assert_eq!(bytes, b"text\0\0\0\0");
        assert_eq!(frames.physical(frames.pointer(taken[0])), taken[0]);
    }
}

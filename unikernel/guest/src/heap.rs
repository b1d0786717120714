//! The kernel's own memory: blocks of powers of two, from one region.

use core::alloc::Layout;
use core::ptr;

/// The smallest block is of 2 to the power of this bytes, the largest of so many more.
const SMALLEST: u32 = 4;
const SIZES: usize = 20;

/// A region and the blocks in it that are free, in lists that run through them.
#[derive(Debug)]
pub struct Heap {
    next: usize,
    end: usize,
    free: [usize; SIZES],
    used: usize,
}

impl Heap {
    /// None.
    pub const fn empty() -> Heap {
        Heap {
            next: 0,
            end: 0,
            free: [0; SIZES],
            used: 0,
        }
    }

    /// One of a region.
    ///
    /// # Safety
    /// The memory is there and nobody else's.
    pub unsafe fn give(&mut self, start: usize, end: usize) {
        (self.next, self.end) = (start, end);
    }

    /// Bytes that were not used yet.
    pub fn available(&self) -> usize {
        self.end - self.next
    }

    /// The number of a block's size.
    fn size_of(layout: Layout) -> usize {
        let bytes = layout.size().max(layout.align()).max(1 << SMALLEST);
        (bytes.next_power_of_two().trailing_zeros() - SMALLEST) as usize
    }

    /// A block; null when there is none.
    pub fn allocate(&mut self, layout: Layout) -> *mut u8 {
        let size = Heap::size_of(layout);
        let Some(&first) = self.free.get(size) else {
            return ptr::null_mut();
        };
        let bytes = 1 << (size as u32 + SMALLEST);
        let block = if first != 0 {
            // SAFETY: a free block's first word is the list's.
            self.free[size] = unsafe { ptr::with_exposed_provenance::<usize>(first).read() };
            first
        } else {
            let block = self.next.next_multiple_of(bytes);
            if block + bytes > self.end {
                return ptr::null_mut();
            }
            self.next = block + bytes;
            block
        };
        self.used += bytes;
        ptr::with_exposed_provenance_mut(block)
    }

    /// Takes a block back.
    ///
    /// # Safety
    /// It was allocated with this layout, and nobody uses it.
    pub unsafe fn release(&mut self, block: *mut u8, layout: Layout) {
        let size = Heap::size_of(layout);
        self.used -= 1 << (size as u32 + SMALLEST);
        // SAFETY: the block is at least a word long, and nobody's.
        unsafe { block.cast::<usize>().write(self.free[size]) };
        self.free[size] = block.expose_provenance();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::frames;

    #[test]
    fn blocks_are_aligned_and_used_again() {
        let frames = frames(64);
        let start = frames.take_zeroed().expect("a frame") as usize;
        let mut heap = Heap::empty();
        // SAFETY: the frames are one piece of memory, and nobody takes another.
        unsafe { heap.give(start, start + 63 * 4096) };
        let layout = |size, align| Layout::from_size_align(size, align).expect("a layout");
        let one = heap.allocate(layout(24, 8));
        let page = heap.allocate(layout(4096, 64));
        assert_eq!((one.addr() % 32, page.addr() % 4096), (0, 0));
        // SAFETY: allocated with that layout.
        unsafe { heap.release(one, layout(24, 8)) };
        assert_eq!(heap.allocate(layout(17, 1)), one);
        assert!(heap.allocate(layout(1 << 20, 8)).is_null() && heap.allocate(layout(usize::MAX / 4, 1)).is_null());
        assert_eq!(heap.used, 32 + 4096);
    }
}

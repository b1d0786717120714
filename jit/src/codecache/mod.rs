//! Where machine code lies: one range, handed out in units of 64 bytes, written through a view of its own.

mod free_list;

use free_list::FreeList;
use std::ops::Range;

/// Code begins at a multiple of this, bytes.
pub const CODE_ALIGNMENT: usize = 64;

/// Code cache over a range that is mapped twice: executable at one address, writable at another.
#[derive(Debug)]
pub struct CodeCache {
    execute: usize,
    write: usize,
    bytes: usize,
    free: FreeList,
}

/// There is no room for a piece of code.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the code cache is full")]
pub struct Full;

impl CodeCache {
    /// A cache over `bytes` bytes, executable at `execute` and writable at `write`, both aligned to a page.
    ///
    /// # Safety
    /// The two views are mapped, show the same memory, are the cache's alone, and live as long as it.
    pub unsafe fn new(execute: usize, write: usize, bytes: usize) -> CodeCache {
        CodeCache {
            execute,
            write,
            bytes,
            free: FreeList::new(0..bytes / CODE_ALIGNMENT * CODE_ALIGNMENT),
        }
    }

    /// Bytes of the piece for code of a length: there is at least one byte behind the code, so that the address behind
    /// its last instruction, which a call there returns to, lies in the piece.
    fn piece(length: usize) -> usize {
        (length + 1).next_multiple_of(CODE_ALIGNMENT)
    }

    /// Copies code in; its address.
    ///
    /// # Errors
    /// [`Full`] when no free piece is large enough.
    pub fn add(&mut self, code: &[u8]) -> Result<usize, Full> {
        let length = Self::piece(code.len());
        let offset = self.free.take(length).ok_or(Full)?;
        let at = (self.write + offset) as *mut u8;
        // SAFETY: the piece was free: nobody runs or writes it, and it lies in the writable view.
        unsafe {
            std::ptr::copy_nonoverlapping(code.as_ptr(), at, code.len());
            // int3 behind the code.
            std::ptr::write_bytes(at.add(code.len()), 0xcc, length - code.len());
        }
        Ok(self.execute + offset)
    }

    /// Gives the code of `length` bytes at `address` back.
    ///
    /// # Safety
    /// It came from [`CodeCache::add`], nobody runs it and nobody will.
    pub unsafe fn remove(&mut self, address: usize, length: usize) {
        let length = Self::piece(length);
        let offset = address - self.execute;
        // SAFETY: the piece lies in the writable view and is used no more.
        unsafe { std::ptr::write_bytes((self.write + offset) as *mut u8, 0xcc, length) };
        self.free.give(offset..offset + length);
    }

    /// The executable range.
    pub fn range(&self) -> Range<usize> {
        self.execute..self.execute + self.bytes
    }

    /// Bytes in use.
    pub fn used(&self) -> usize {
        self.bytes / CODE_ALIGNMENT * CODE_ALIGNMENT - self.free.total()
    }

    /// The largest piece that could be added, bytes.
    pub fn largest_free(&self) -> usize {
        self.free.largest()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_aligned_and_come_back() {
        let mut memory = vec![0u64; 1024];
        let address = memory.as_mut_ptr() as usize;
        // SAFETY: one view that is both; nothing is run.
        let mut cache = unsafe { CodeCache::new(address, address, 8192) };
        let first = cache.add(&[0x90; 100]).expect("room");
        let second = cache.add(&[0x91; 64]).expect("room");
        assert_eq!((first - address, second - address), (0, 128));
        assert_eq!(cache.used(), 256);
        assert_eq!(cache.add(&[0; 8192]), Err(Full));
        // SAFETY: nobody runs it.
        unsafe { cache.remove(first, 100) };
        assert_eq!(cache.add(&[0x92; 127]), Ok(first));
        // SAFETY: nobody runs them.
        unsafe {
            cache.remove(first, 127);
            cache.remove(second, 64);
        }
        assert_eq!((cache.used(), cache.largest_free()), (0, 8192));
        drop(memory);
    }
}

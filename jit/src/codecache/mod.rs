//! Where machine code lies: one range, handed out in units of 64 bytes, written through a view of its own.

mod free_list;
mod thunks;

use crate::layout::RuntimeCall;
use free_list::FreeList;
use std::ops::Range;
pub use thunks::NearCall;

/// Code begins at a multiple of this, bytes.
pub const CODE_ALIGNMENT: usize = 64;

/// Code cache over a range that is mapped twice: executable at one address, writable at another.
#[derive(Debug)]
pub struct CodeCache {
    execute: usize,
    write: usize,
    bytes: usize,
    free: FreeList,
    /// Where the first thunk is, bytes behind the beginning.
    thunks: usize,
}

/// There is no room for a piece of code.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the code cache is full")]
pub struct Full;

impl CodeCache {
    /// A cache over `bytes` bytes, at most 2 GiB, executable at `execute` and writable at `write`, both aligned to a page.
    /// `functions` tells where the runtime's functions are, which code may call.
    ///
    /// # Safety
    /// The two views are mapped, show the same memory, are the cache's alone, and live as long as it.
    ///
    /// # Errors
    /// [`Full`] when there is not even room to reach these functions by, or too much of it.
    pub unsafe fn new(
        execute: usize,
        write: usize,
        bytes: usize,
        functions: impl Fn(RuntimeCall) -> u64,
    ) -> Result<CodeCache, Full> {
        if bytes > i32::MAX as usize + 1 {
            return Err(Full);
        }
        let mut cache = CodeCache {
            execute,
            write,
            bytes,
            free: FreeList::new(0..bytes / CODE_ALIGNMENT * CODE_ALIGNMENT),
            thunks: 0,
        };
        cache.thunks = cache.add(&thunks::thunks(functions), &[])? - execute;
        Ok(cache)
    }

    /// Bytes of the piece for code of a length: there is at least one byte behind the code, so that the address behind
    /// its last instruction, which a call there returns to, lies in the piece.
    fn piece(length: usize) -> usize {
        (length + 1).next_multiple_of(CODE_ALIGNMENT)
    }

    /// Copies code in and completes its calls; its address.
    ///
    /// # Errors
    /// [`Full`] when no free piece is large enough.
    ///
    /// # Panics
    /// When a call's displacement is not within the code.
    pub fn add(&mut self, code: &[u8], calls: &[NearCall]) -> Result<usize, Full> {
        assert!(
            calls.iter().all(|near| near.offset as usize + 4 <= code.len()),
            "calls are within their code"
        );
        let length = Self::piece(code.len());
        let offset = self.free.take(length).ok_or(Full)?;
        let at = (self.write + offset) as *mut u8;
        // SAFETY: the piece was free: nobody runs or writes it, and it lies in the writable view.
        unsafe {
            std::ptr::copy_nonoverlapping(code.as_ptr(), at, code.len());
            // int3 behind the code.
            std::ptr::write_bytes(at.add(code.len()), 0xcc, length - code.len());
            for &near in calls {
                let displacement = thunks::displacement(near, offset - self.thunks);
                at.add(near.offset as usize).cast::<i32>().write_unaligned(displacement);
            }
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

    /// A cache over memory that is both views; nothing is run.
    fn cache(memory: &mut [u64]) -> CodeCache {
        let address = memory.as_mut_ptr() as usize;
        // SAFETY: the tests keep the memory as long as the cache.
        unsafe { CodeCache::new(address, address, 8 * memory.len(), |call| 0x1000 + call as u64) }.expect("room")
    }

    #[test]
    fn pieces_are_aligned_and_come_back() {
        let mut memory = vec![0u64; 1024];
        let mut cache = cache(&mut memory);
        let thunks = cache.used();
        let first = cache.add(&[0x90; 100], &[]).expect("room");
        let second = cache.add(&[0x91; 64], &[]).expect("room");
        assert_eq!((first - cache.execute, second - first), (thunks, 128));
        assert_eq!(cache.used(), thunks + 256);
        assert_eq!(cache.add(&[0; 8192], &[]), Err(Full));
        // SAFETY: nobody runs it.
        unsafe { cache.remove(first, 100) };
        assert_eq!(cache.add(&[0x92; 127], &[]), Ok(first));
        // SAFETY: nobody runs them.
        unsafe {
            cache.remove(first, 127);
            cache.remove(second, 64);
        }
        assert_eq!((cache.used(), cache.largest_free()), (thunks, 8192 - thunks));
        drop(memory);
    }

    #[test]
    fn calls_reach_thunks_and_these_the_functions() {
        let mut memory = vec![0u64; 1024];
        let mut cache = cache(&mut memory);
        for call in [RuntimeCall::Exit, RuntimeCall::IsSubtype, RuntimeCall::RemainderDouble] {
            let code = cache
                .add(&[0x90, 0xe8, 0, 0, 0, 0, 0x90], &[NearCall { offset: 2, call }])
                .expect("room");
            // SAFETY: within the memory.
            unsafe {
                let displacement = ((code + 2) as *const i32).read_unaligned();
                let thunk = (code + 6).wrapping_add_signed(displacement as isize);
                assert_eq!((thunk as *const [u8; 6]).read(), [0xff, 0x25, 2, 0, 0, 0]);
                assert_eq!(((thunk + 8) as *const u64).read_unaligned(), 0x1000 + call as u64);
            }
        }
        let mut small = vec![0u64; 16];
        let address = small.as_mut_ptr() as usize;
        // SAFETY: as above.
        assert!(unsafe { CodeCache::new(address, address, 128, |_| 0) }.is_err());
    }
}

//! Memory for machine code: the same pages twice, once executable and once writable, never both at one address.

use crate::memory::{MemoryError, page_size};
use std::io;
use std::ops::Range;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::ptr;

/// Pages mapped twice. Lazily backed; the writable view is unmapped when dropped, the executable one belongs to the
/// reservation it was mapped into.
#[derive(Debug)]
pub struct DualMapping {
    execute: usize,
    write: usize,
    bytes: usize,
}

fn failed(operation: &'static str, bytes: usize) -> MemoryError {
    MemoryError::System {
        operation,
        bytes,
        source: io::Error::last_os_error(),
    }
}

impl DualMapping {
    /// Maps `range` readable and executable, and a writable view of the same pages elsewhere.
    ///
    /// # Safety
    /// The page-aligned range is part of a reservation that the caller owns a share of, unused so far, and which
    /// outlives the mapping.
    pub unsafe fn new(range: Range<usize>) -> Result<DualMapping, MemoryError> {
        let bytes = range.len();
        // SAFETY: the name is a C string; the flags are the system's.
        let descriptor = unsafe { libc::memfd_create(c"code".as_ptr(), libc::MFD_CLOEXEC) };
        if descriptor < 0 {
            return Err(failed("memfd_create", bytes));
        }
        // SAFETY: made just now and nobody else's.
        let file = unsafe { OwnedFd::from_raw_fd(descriptor) };
        let Ok(length) = libc::off_t::try_from(bytes) else {
            return Err(failed("ftruncate", bytes));
        };
        // SAFETY: the descriptor is open.
        if unsafe { libc::ftruncate(file.as_raw_fd(), length) } != 0 {
            return Err(failed("ftruncate", bytes));
        }
        let map = |address: usize, protection: i32, flags: i32| {
            // SAFETY: with MAP_FIXED the address is the caller's unused range; otherwise the system chooses.
            unsafe {
                libc::mmap(
                    address as *mut libc::c_void,
                    bytes,
                    protection,
                    libc::MAP_SHARED | libc::MAP_NORESERVE | flags,
                    file.as_raw_fd(),
                    0,
                )
            }
        };
        let write = map(0, libc::PROT_READ | libc::PROT_WRITE, 0);
        if write == libc::MAP_FAILED {
            return Err(failed("map writable code", bytes));
        }
        let mapping = DualMapping {
            execute: range.start,
            write: write as usize,
            bytes,
        };
        if map(range.start, libc::PROT_READ | libc::PROT_EXEC, libc::MAP_FIXED) == libc::MAP_FAILED {
            return Err(failed("map executable code", bytes));
        }
        Ok(mapping)
    }

    /// Address of the executable view.
    pub fn execute_address(&self) -> usize {
        self.execute
    }

    /// Address of the writable view.
    pub fn write_address(&self) -> usize {
        self.write
    }

    /// Says that nothing more is written to a range of the writable view for now: the view lets go of its pages, which
    /// the executable one keeps, so that they count once among what is resident. Writing again brings them back.
    pub fn written(&self, range: Range<usize>) {
        let start = range.start / page_size() * page_size();
        let end = range.end.next_multiple_of(page_size()).min(self.write + self.bytes);
        // SAFETY: the pages are the writable view's; the mapping is shared, so that what is in them stays.
        unsafe { libc::madvise(ptr::without_provenance_mut(start), end - start, libc::MADV_DONTNEED) };
    }

    /// Length of both.
    pub fn bytes(&self) -> usize {
        self.bytes
    }
}

impl Drop for DualMapping {
    fn drop(&mut self) {
        // SAFETY: the writable view was mapped by this value and is unmapped once.
        unsafe { libc::munmap(ptr::without_provenance_mut(self.write), self.bytes) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::{Reservation, page_size};

    #[test]
    fn what_is_written_in_one_view_runs_in_the_other() {
        let _alone = crate::memory::tests::low_addresses();
        let reservation = Reservation::reserve_below(1 << 35, 1 << 20, 1 << 20).expect("reserve");
        let range = reservation.start()..reservation.start() + 4 * page_size();
        // SAFETY: the range is this test's own.
        let mapping = unsafe { DualMapping::new(range) }.expect("map");
        // lea eax, [rdi + rsi]; ret
        let code = [0x8d, 0x04, 0x37, 0xc3];
        let at = mapping.write_address();
        // SAFETY: the views are mapped and of that size; the code is a function of two integers.
        unsafe {
            ptr::copy_nonoverlapping(code.as_ptr(), at as *mut u8, code.len());
            mapping.written(at..at + code.len());
            assert_eq!(*(at as *const u8), code[0]);
            if cfg!(target_arch = "x86_64") {
                let add: extern "C" fn(u32, u32) -> u32 = std::mem::transmute(mapping.execute_address());
                assert_eq!(add(3, 4), 7);
            }
        }
    }
}

//! Guest-physical memory: one mapping of the host, given out in chunks of 2 MiB.
//!
//! Nothing here knows guest-virtual addresses: those are [`crate::address_space`]'s.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard};
use vm_memory::{Bytes, GuestAddress, GuestMemoryBackend, GuestMemoryMmap, GuestRegionMmap, MmapRegion};

/// Unit in which memory is given to the guest, and size of its pages.
pub const CHUNK: u64 = 2 << 20;

/// Size of the pages Linux programs count in.
pub const PAGE: u64 = 4096;

/// The guest's memory. It stays mapped as long as the VM lives, so that a host address inside never becomes invalid,
/// whatever the guest does with its mappings meanwhile.
pub struct GuestMemory {
    memory: GuestMemoryMmap,
    /// Where the host reserved address space, and how much, alignment included.
    reserved: (usize, usize),
    base: usize,
    bytes: u64,
}

impl GuestMemory {
    /// Maps `bytes`, rounded up to whole chunks, with advice for huge pages. The host backs what is touched.
    pub fn new(bytes: u64) -> io::Result<Arc<GuestMemory>> {
        let rounded = bytes.checked_next_multiple_of(CHUNK).filter(|&bytes| bytes > 0);
        let bytes = rounded.ok_or(io::ErrorKind::InvalidInput)?;
        let reserve = usize::try_from(bytes + CHUNK).map_err(|_| io::ErrorKind::InvalidInput)?;
        let protection = libc::PROT_READ | libc::PROT_WRITE;
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE;
        // SAFETY: a new private mapping at an address of the kernel's choice.
        let start = unsafe { libc::mmap(std::ptr::null_mut(), reserve, protection, flags, -1, 0) };
        if start == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        let reserved = (start as usize, reserve);
        let base = (start as usize).next_multiple_of(CHUNK as usize);
        let inside = bytes as usize;
        // The process's allocator may have said no to huge pages for all of the process, and small ones cost a guest dearly.
        // SAFETY: no pointers.
        unsafe { libc::prctl(libc::PR_SET_THP_DISABLE, 0, 0, 0, 0) };
        // SAFETY: the range is part of the mapping made just now; advice does not change contents. Guest memory is of no
        // use to a child of this process or to a core file.
        unsafe {
            libc::madvise(base as *mut libc::c_void, inside, libc::MADV_HUGEPAGE);
            libc::madvise(base as *mut libc::c_void, inside, libc::MADV_DONTFORK);
            libc::madvise(base as *mut libc::c_void, inside, libc::MADV_DONTDUMP);
        }
        // SAFETY: the range is mapped with these attributes until this value is dropped, and the region does not outlive it.
        let region = unsafe { MmapRegion::build_raw(base as *mut u8, inside, protection, flags) };
        let memory = region
            .ok()
            .and_then(|region| GuestRegionMmap::new(region, GuestAddress(0)))
            .and_then(|region| GuestMemoryMmap::from_regions(vec![region]).ok());
        let Some(memory) = memory else {
            // SAFETY: mapped above and not used any more.
            unsafe { libc::munmap(start, reserve) };
            return Err(io::ErrorKind::InvalidInput.into());
        };
        Ok(Arc::new(GuestMemory {
            memory,
            reserved,
            base,
            bytes,
        }))
    }

    /// Length in bytes, a multiple of [`CHUNK`].
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Address of guest-physical 0 in this process.
    pub fn host_base(&self) -> usize {
        self.base
    }

    /// The host's address of a range of guest-physical memory; `None` unless all of it exists.
    pub fn host_range(&self, physical: u64, length: usize) -> Option<*mut u8> {
        let slice = self.memory.get_slice(GuestAddress(physical), length).ok()?;
        Some(slice.ptr_guard_mut().as_ptr())
    }

    /// Copies bytes in; false when the range does not exist.
    pub fn write(&self, physical: u64, bytes: &[u8]) -> bool {
        self.memory.write_slice(bytes, GuestAddress(physical)).is_ok()
    }

    /// Copies bytes out; false when the range does not exist.
    pub fn read(&self, physical: u64, bytes: &mut [u8]) -> bool {
        self.memory.read_slice(bytes, GuestAddress(physical)).is_ok()
    }

    /// Stores a word at once, as a processor reading page tables wants it.
    pub fn store_word(&self, physical: u64, word: u64) -> bool {
        let order = std::sync::atomic::Ordering::SeqCst;
        self.memory.store(word, GuestAddress(physical), order).is_ok()
    }

    /// Fills a range with zeros.
    pub fn zero(&self, physical: u64, length: usize) {
        if let Some(start) = self.host_range(physical, length) {
            // SAFETY: the range is mapped and writable; other accesses are the guest's own races.
            unsafe { std::ptr::write_bytes(start, 0, length) };
        }
    }

    /// Gives a chunk back to the host: it reads as zero afterwards.
    pub fn give_back(&self, chunk: u32) {
        if let Some(start) = self.host_range(u64::from(chunk) * CHUNK, CHUNK as usize) {
            // SAFETY: the range is private anonymous memory whose contents nobody needs.
            unsafe { libc::madvise(start.cast(), CHUNK as usize, libc::MADV_DONTNEED) };
        }
    }

    /// Is a chunk full of zeros?
    pub fn is_zero(&self, chunk: u32) -> bool {
        let range = self.host_range(u64::from(chunk) * CHUNK, CHUNK as usize);
        range.is_some_and(|start| {
            // SAFETY: the range is mapped and aligned; the caller keeps the guest from it meanwhile.
            let words = unsafe { std::slice::from_raw_parts(start.cast::<u64>(), CHUNK as usize / 8) };
            words.iter().all(|&word| word == 0)
        })
    }
}

impl Drop for GuestMemory {
    fn drop(&mut self) {
        // SAFETY: mapped by this value, unmapped once; the region in it does not unmap what it was given.
        unsafe { libc::munmap(self.reserved.0 as *mut libc::c_void, self.reserved.1) };
    }
}

/// Which chunks are free.
pub struct Chunks {
    memory: Arc<GuestMemory>,
    state: Mutex<Free>,
}

struct Free {
    next: u32,
    end: u32,
    released: Vec<u32>,
}

impl Chunks {
    /// All chunks of `memory` from `first` on; those below are never given out.
    pub fn new(memory: Arc<GuestMemory>, first: u32) -> Arc<Chunks> {
        let end = u32::try_from(memory.bytes() / CHUNK).unwrap_or(u32::MAX);
        let state = Mutex::new(Free {
            next: first,
            end,
            released: Vec::new(),
        });
        Arc::new(Chunks { memory, state })
    }

    fn state(&self) -> MutexGuard<'_, Free> {
        self.state.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// A chunk full of zeros.
    pub fn take(&self) -> Option<u32> {
        let mut state = self.state();
        if let Some(chunk) = state.released.pop() {
            return Some(chunk);
        }
        let chunk = state.next;
        (chunk < state.end).then(|| {
            state.next += 1;
            chunk
        })
    }

    /// Takes back a chunk that no page table leads to any more.
    pub fn release(&self, chunk: u32) {
        self.memory.give_back(chunk);
        self.state().released.push(chunk);
    }

    /// Bytes that can still be taken.
    pub fn available(&self) -> u64 {
        let state = self.state();
        (state.released.len() as u64 + u64::from(state.end.saturating_sub(state.next))) * CHUNK
    }
}

//! Guest-physical memory: one mapping of the host, given out in chunks of 2 MiB.
//!
//! Nothing here knows guest-virtual addresses: those are [`crate::address_space`]'s.

use crate::host_faults::Served;
use crate::page_cache;
use crate::tables::OWN_CHUNKS;
use std::arch::asm;
use std::collections::{BTreeSet, VecDeque};
use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use vm_memory::{Bytes, GuestAddress, GuestMemoryBackend, GuestMemoryMmap, GuestRegionMmap, MmapRegion};

/// Unit in which memory is given to the guest, and size of its pages.
pub const CHUNK: u64 = 2 << 20;

/// Chunks that are zeroed before the guest asks for them.
const AHEAD: u32 = 2;
/// Chunks of an expected file that are read before anything else is done: its dense part. Who is without one of them waits for longer than
/// who is without zeros.
const URGENT: u32 = 5;
/// Most addresses that wait to have memory behind them before the guest touches them.
const MOST_ASKED: usize = 16;

pub use peaberry_linux::areas::PAGE;

/// The guest's memory. It stays mapped as long as the VM lives, so that a host address inside never becomes invalid,
/// whatever the guest does with its mappings meanwhile.
pub struct GuestMemory {
    memory: GuestMemoryMmap,
    /// Where the host reserved address space, and how much, alignment included.
    reserved: (usize, usize),
    base: usize,
    bytes: u64,
    /// Chunks in whose place a file is shown.
    shown: Mutex<BTreeSet<u32>>,
    _served: Served,
}

const PROTECTION: libc::c_int = libc::PROT_READ | libc::PROT_WRITE;
const ANONYMOUS: libc::c_int = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE;

/// Asks for huge pages, and says that guest memory is of no use to a child of this process or to a core file.
fn advise(start: *mut libc::c_void, bytes: usize) {
    for advice in [libc::MADV_HUGEPAGE, libc::MADV_DONTFORK, libc::MADV_DONTDUMP] {
        // SAFETY: the callers' own mapping; advice does not change contents.
        unsafe { libc::madvise(start, bytes, advice) };
    }
}

impl GuestMemory {
    /// Maps `bytes`, rounded up to whole chunks, with advice for huge pages. The host backs what is touched.
    pub fn new(bytes: u64) -> io::Result<Arc<GuestMemory>> {
        let rounded = bytes.checked_next_multiple_of(CHUNK).filter(|&bytes| bytes > 0);
        let bytes = rounded.ok_or(io::ErrorKind::InvalidInput)?;
        let reserve = usize::try_from(bytes + CHUNK).map_err(|_| io::ErrorKind::InvalidInput)?;
        // SAFETY: a new private mapping at an address of the kernel's choice.
        let start = unsafe { libc::mmap(std::ptr::null_mut(), reserve, PROTECTION, ANONYMOUS, -1, 0) };
        if start == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        let reserved = (start as usize, reserve);
        let base = (start as usize).next_multiple_of(CHUNK as usize);
        let inside = bytes as usize;
        // The process's allocator may have said no to huge pages for all of the process, and small ones cost a guest dearly.
        // SAFETY: no pointers.
        unsafe { libc::prctl(libc::PR_SET_THP_DISABLE, 0, 0, 0, 0) };
        // Of the tables a few pages are used. The first one is found before the mapping has parts, which all have what the host's kernel makes
        // for that: otherwise it would do so when a part is touched first, and keep all of this process from mapping anything until the
        // memory is cleared.
        let tables = (OWN_CHUNKS as usize * CHUNK as usize).min(inside);
        // SAFETY: advice for what was mapped above, and a store to it.
        unsafe {
            libc::madvise(base as *mut libc::c_void, inside, libc::MADV_NOHUGEPAGE);
            (base as *mut u64).write_volatile(0);
        }
        advise((base + tables) as *mut libc::c_void, inside - tables);
        for advice in [libc::MADV_DONTFORK, libc::MADV_DONTDUMP] {
            // SAFETY: as above.
            unsafe { libc::madvise(base as *mut libc::c_void, tables, advice) };
        }
        // SAFETY: the range is mapped with these attributes until this value is dropped, and the region does not outlive it.
        let region = unsafe { MmapRegion::build_raw(base as *mut u8, inside, PROTECTION, ANONYMOUS) };
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
            shown: Mutex::default(),
            _served: Served::new(base, inside),
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

    /// An aligned word, which the guest may change at any time; `None` when it does not exist.
    pub fn word(&self, physical: u64) -> Option<&AtomicU64> {
        let start = self.host_range(physical, 8)?.cast::<u64>();
        // SAFETY: the word is mapped as long as this value lives, and nothing here makes a plain access to what others share.
        start.is_aligned().then(|| unsafe { AtomicU64::from_ptr(start) })
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
            let file = self.shown().remove(&chunk);
            if file {
                if self.map_zeros(start, CHUNK as usize) {
                    return;
                }
                self.shown().insert(chunk);
                // SAFETY: the range is mapped and writable; what is written stays in this process.
                return unsafe { std::ptr::write_bytes(start, 0, CHUNK as usize) };
            }
            // SAFETY: the range is private anonymous memory whose contents nobody needs.
            unsafe { libc::madvise(start.cast(), CHUNK as usize, libc::MADV_DONTNEED) };
        }
    }

    /// Puts fresh memory in the place of what is mapped in a range that [`GuestMemory::host_range`] gave.
    pub fn map_zeros(&self, start: *mut u8, bytes: usize) -> bool {
        let (start, flags) = (start.cast(), ANONYMOUS | libc::MAP_FIXED);
        // SAFETY: the range is this value's, and nobody needs its contents.
        let mapped = unsafe { libc::mmap(start, bytes, PROTECTION, flags, -1, 0) } == start;
        if mapped {
            advise(start, bytes);
        }
        mapped
    }

    fn shown(&self) -> MutexGuard<'_, BTreeSet<u32>> {
        self.shown.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// Does a chunk show a file?
    pub fn is_shown(&self, chunk: u32) -> bool {
        self.shown().contains(&chunk)
    }

    /// Chunks that show a file.
    #[cfg(test)]
    pub fn shown_chunks(&self) -> usize {
        self.shown().len()
    }

    /// Has a chunk show a file instead of having its contents copied in, so that all guests that show it have its pages in common; what
    /// is written to it stays in this guest. False when the file does not fill the chunk, or cannot be mapped.
    pub fn show(&self, chunk: u32, file: &File, offset: u64) -> bool {
        let fills = || Some(file.metadata().ok()?.len() >= offset.checked_add(CHUNK)?);
        let (Some(true), Some(start)) = (fills(), self.host_range(u64::from(chunk) * CHUNK, CHUNK as usize)) else {
            return false;
        };
        let (start, flags) = (start.cast(), libc::MAP_PRIVATE | libc::MAP_FIXED);
        // SAFETY: the range is this value's, and the caller is about to overwrite it.
        let at = unsafe {
            libc::mmap(
                start,
                CHUNK as usize,
                PROTECTION,
                flags,
                file.as_raw_fd(),
                offset as i64,
            )
        };
        if at != start {
            return false;
        }
        // SAFETY: the mapping made just now; advice does not change contents.
        unsafe { libc::madvise(start, CHUNK as usize, libc::MADV_DONTFORK) };
        self.shown().insert(chunk);
        true
    }

    /// The same for what is a huge page of the file, which a guest takes at once: all others are better read.
    pub fn show_huge(&self, chunk: u32, file: &File, offset: u64) -> bool {
        let start = self.host_range(u64::from(chunk) * CHUNK, CHUNK as usize);
        let Some(start) = start.filter(|_| offset.is_multiple_of(CHUNK) && self.show(chunk, file, offset)) else {
            return false;
        };
        // SAFETY: the mapping made just now, which is as long as that; whether the file has become shorter is seen to where it is touched.
        unsafe {
            page_cache::advise(start.cast());
            start.read_volatile();
        }
        true
    }

    /// Has the host find memory for a chunk, which takes as long as zeroing it, and is nothing to do for one that has it.
    ///
    /// By a store, as a program would: `madvise` would keep all of this process from mapping anything meanwhile, a thread's stack, say.
    pub fn populate(&self, chunk: u32) {
        if let Some(start) = self.host_range(u64::from(chunk) * CHUNK, CHUNK as usize) {
            // SAFETY: an aligned word of memory that is mapped and writable. It keeps its value, whoever else stores there at the same
            // time; an atomic operation of the language's might become a load.
            unsafe { asm!("lock or qword ptr [{}], 0", in(reg) start, options(nostack)) };
        }
    }

    /// A chunk is going to be used in parts that have a page table of their own: huge pages are of no use there, and take long to clear.
    pub fn part(&self, chunk: u32) {
        if let Some(start) = self.host_range(u64::from(chunk) * CHUNK, CHUNK as usize) {
            // SAFETY: the range is mapped; advice does not change contents.
            unsafe { libc::madvise(start.cast(), CHUNK as usize, libc::MADV_NOHUGEPAGE) };
        }
    }

    /// Has the host find memory for a part of such a chunk: where page tables are shadowed, KVM looks at several pages at once if they are
    /// there.
    pub fn populate_part(&self, physical: u64, bytes: usize) {
        if let Some(start) = self.host_range(physical, bytes) {
            // SAFETY: the range is mapped and writable; contents stay what they are. A kernel that does not know this finds memory later.
            unsafe { libc::madvise(start.cast(), bytes, libc::MADV_POPULATE_WRITE) };
        }
    }

    /// Is a range of whole words full of zeros?
    pub fn is_zero(&self, physical: u64, length: u64) -> bool {
        let range = self.host_range(physical, length as usize);
        range.is_some_and(|start| {
            // SAFETY: the range is mapped and aligned; the caller keeps the guest from it meanwhile.
            let words = unsafe { std::slice::from_raw_parts(start.cast::<u64>(), length as usize / 8) };
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
    /// Told when one is taken.
    taken: Condvar,
}

/// How KVM comes to know of all memory.
type Rest = Box<dyn FnOnce() -> bool + Send>;

struct Free {
    next: u32,
    /// Memory was found for those below.
    ready: u32,
    /// KVM knows of those below; it is going to know of all.
    known: u32,
    rest: Option<Rest>,
    refused: bool,
    end: u32,
    /// Somebody finds memory for those below.
    named: u32,
    /// Of these, those that something else was taken in front of.
    found: Vec<u32>,
    released: Vec<u32>,
    asked: VecDeque<u64>,
    /// Chunks that are in use before memory was found for them.
    bare: VecDeque<u32>,
    /// Addresses that come after what is to be ready.
    later: VecDeque<u64>,
    /// A file is expected to be mapped.
    expected: bool,
    /// Chunks of it that come first.
    urgent: u32,
    /// A processor is to be made.
    processor: bool,
    closed: bool,
}

/// What the thread that goes ahead does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Errand {
    /// Has memory found for a chunk.
    Populate(u32),
    /// Has a chunk behind an address of the program's.
    Back(u64),
    /// Makes a processor.
    MakeProcessor,
    /// Reads the next part of the file that is expected to be mapped.
    Expect,
}

impl Free {
    /// One that somebody finds memory for, of those before `next`.
    fn take_found(&mut self) -> Option<u32> {
        self.found.pop()
    }

    /// Is there no chunk that KVM knows, but going to be?
    fn must_wait(&self) -> bool {
        let none = self.released.is_empty() && self.found.is_empty();
        none && (self.known..self.end).contains(&self.next) && !self.closed
    }
}

impl Chunks {
    /// All chunks of `memory` from `first` on; those below are never given out.
    pub fn new(memory: Arc<GuestMemory>, first: u32) -> Arc<Chunks> {
        let end = u32::try_from(memory.bytes() / CHUNK).unwrap_or(u32::MAX);
        let state = Mutex::new(Free {
            next: first,
            ready: first,
            known: end,
            rest: None,
            refused: false,
            end,
            named: first,
            found: Vec::new(),
            released: Vec::new(),
            asked: VecDeque::new(),
            bare: VecDeque::new(),
            later: VecDeque::new(),
            expected: false,
            urgent: URGENT,
            processor: false,
            closed: false,
        });
        let taken = Condvar::new();
        Arc::new(Chunks { memory, state, taken })
    }

    fn state(&self) -> MutexGuard<'_, Free> {
        self.state.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// A chunk full of zeros.
    pub fn take(&self) -> Option<u32> {
        let mut state = self.state();
        while state.must_wait() {
            match state.rest.take() {
                Some(rest) => {
                    drop(state);
                    self.end_limit_by(rest);
                    state = self.state();
                }
                None => state = self.taken.wait(state).unwrap_or_else(|poisoned| poisoned.into_inner()),
            }
        }
        let again = state.released.pop();
        if let Some(chunk) = again.or_else(|| state.take_found()) {
            if again.is_none() {
                self.taken.notify_one();
            }
            return Some(chunk);
        }
        let chunk = state.next;
        (chunk < state.end).then(|| {
            state.next += 1;
            self.taken.notify_one();
            chunk
        })
    }

    /// One that no huge page is needed for, so that those are left that memory was found for: a file takes its place, or it is used in parts.
    pub fn take_unfound(&self) -> Option<u32> {
        let mut state = self.state();
        let unfound = state.released.pop().or_else(|| {
            let limit = state.known.min(state.end);
            let first = state.next.max(state.named);
            (first < limit).then(|| {
                let before = state.next..first;
                state.found.extend(before.rev());
                state.next = first + 1;
                first
            })
        });
        drop(state);
        unfound.or_else(|| self.take())
    }

    /// KVM knows of the memory below this address alone, and who wants more waits for it to know of all.
    pub fn limit_to(&self, bytes: u64) {
        let mut state = self.state();
        state.known = state.end.min(u32::try_from(bytes / CHUNK).unwrap_or(u32::MAX));
    }

    /// Says how KVM comes to know of all memory, which is false where it does not. It does so once, for the first who wants more than it knows
    /// of: that thread may have locked what others need that would.
    pub fn limit_until(&self, rest: impl FnOnce() -> bool + Send + 'static) {
        self.state().rest = Some(Box::new(rest));
        self.taken.notify_all();
    }

    /// Has KVM know of all memory, unless somebody has that done. False when it was seen to refuse: there is no more than it knows of.
    pub fn end_limit(&self) -> bool {
        let rest = self.state().rest.take();
        if let Some(rest) = rest {
            self.end_limit_by(rest);
        }
        !self.state().refused
    }

    fn end_limit_by(&self, rest: Rest) {
        let all = rest();
        let mut state = self.state();
        match all {
            true => state.known = state.end,
            false => (state.end, state.refused) = (state.known, true),
        }
        drop(state);
        self.taken.notify_all();
    }

    /// The same, if there is one that memory was found for.
    pub fn take_ready(&self) -> Option<u32> {
        let mut state = self.state();
        if let Some(chunk) = state.take_found() {
            self.taken.notify_one();
            return Some(chunk);
        }
        let chunk = state.next;
        (chunk < state.ready.min(state.known)).then(|| {
            state.next += 1;
            self.taken.notify_one();
            chunk
        })
    }

    /// The same, if there is one that KVM knows and that was never used. Memory is found for it, beside who takes it, if it was not yet.
    pub fn take_fresh(&self) -> Option<u32> {
        let mut state = self.state();
        if let Some(chunk) = state.take_found() {
            self.taken.notify_one();
            return Some(chunk);
        }
        let chunk = state.next;
        (chunk < state.known).then(|| {
            state.next += 1;
            if chunk >= state.ready {
                state.bare.push_back(chunk);
            }
            self.taken.notify_one();
            chunk
        })
    }

    /// What a thread of its own that goes ahead is to do next, if there is something: what it was asked for comes first, then those who take
    /// chunks that were never used are to find the next few ready. Those below `reached` are.
    pub fn errand(&self, reached: &mut u32) -> Option<Errand> {
        Chunks::errand_of(&mut self.state(), reached)
    }

    /// The same, once there is something, until [`Chunks::close`].
    pub fn next_errand(&self, reached: &mut u32) -> Option<Errand> {
        let mut state = self.state();
        while !state.closed {
            if let Some(errand) = Chunks::errand_of(&mut state, reached) {
                return Some(errand);
            }
            state = self.taken.wait(state).unwrap_or_else(|poisoned| poisoned.into_inner());
        }
        None
    }

    fn errand_of(state: &mut Free, reached: &mut u32) -> Option<Errand> {
        if state.expected && state.urgent > 0 {
            state.urgent -= 1;
            return Some(Errand::Expect);
        }
        if let Some(address) = state.asked.pop_front() {
            return Some(Errand::Back(address));
        }
        if let Some(chunk) = state.bare.pop_front() {
            return Some(Errand::Populate(chunk));
        }
        if std::mem::take(&mut state.processor) {
            return Some(Errand::MakeProcessor);
        }
        let ahead = AHEAD.saturating_sub(state.found.len() as u32);
        let chunk = state.next.max(*reached);
        if chunk < state.next.saturating_add(ahead).min(state.end) {
            *reached = chunk + 1;
            state.named = state.named.max(*reached);
            return Some(Errand::Populate(chunk));
        }
        if state.expected {
            return Some(Errand::Expect);
        }
        state.later.pop_front().map(Errand::Back)
    }

    /// Finds memory for a chunk that was named as an errand.
    pub fn populate(&self, chunk: u32) {
        self.memory.populate(chunk);
        // Those before it were named, too, or taken.
        let mut state = self.state();
        state.ready = state.ready.max(chunk + 1);
    }

    /// Asks the thread that goes ahead to have memory behind addresses of the program's.
    pub fn ask(&self, addresses: impl IntoIterator<Item = u64>) {
        let mut state = self.state();
        let before = state.asked.len();
        for address in addresses {
            if state.asked.len() < MOST_ASKED && !state.asked.contains(&address) {
                state.asked.push_back(address);
            }
        }
        if state.asked.len() > before {
            self.taken.notify_one();
        }
    }

    /// The same, for when it has nothing else to do.
    pub fn ask_later(&self, addresses: impl IntoIterator<Item = u64>) {
        let mut state = self.state();
        state.later.extend(addresses);
        state.later.truncate(MOST_ASKED);
        self.taken.notify_one();
    }

    /// Asks it to make a processor.
    pub fn ask_processor(&self) {
        self.state().processor = true;
        self.taken.notify_one();
    }

    /// Is it to read a file that is expected to be mapped?
    pub fn expect(&self, more: bool) {
        self.state().expected = more;
        self.taken.notify_one();
    }

    /// Has [`Chunks::next_errand`] end.
    pub fn close(&self) {
        self.state().closed = true;
        self.taken.notify_all();
    }

    /// Takes back a chunk that no page table leads to any more.
    pub fn release(&self, chunk: u32) {
        self.memory.give_back(chunk);
        self.state().released.push(chunk);
    }

    /// Bytes that can still be taken.
    pub fn available(&self) -> u64 {
        let state = self.state();
        ((state.released.len() + state.found.len()) as u64 + u64::from(state.end.saturating_sub(state.next))) * CHUNK
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_goes_ahead_stays_a_little_ahead() {
        let memory = GuestMemory::new(16 * CHUNK).expect("memory");
        let chunks = Chunks::new(memory.clone(), 1);
        assert!(memory.write(CHUNK, &[7]));
        let mut reached = 0;
        while let Some(errand) = chunks.errand(&mut reached) {
            assert_eq!(errand, Errand::Populate(reached - 1));
        }
        assert_eq!((reached, AHEAD), (3, 2));
        chunks.ask([CHUNK, 2 * CHUNK, CHUNK]);
        let taken: Vec<Option<u32>> = (0..2).map(|_| chunks.take()).collect();
        assert_eq!(taken, [Some(1), Some(2)]);
        let errands: Vec<Option<Errand>> = (0..4).map(|_| chunks.next_errand(&mut reached)).collect();
        let back = [Errand::Back(CHUNK), Errand::Back(2 * CHUNK)];
        let all = back.into_iter().chain([Errand::Populate(3), Errand::Populate(4)]);
        assert_eq!(errands, all.map(Some).collect::<Vec<_>>());
        std::thread::scope(|scope| {
            let ahead = scope.spawn(|| {
                while let Some(Errand::Populate(chunk)) = chunks.next_errand(&mut reached) {
                    memory.populate(chunk);
                }
            });
            let taken: Vec<Option<u32>> = (2..16).map(|_| chunks.take()).collect();
            assert_eq!((taken[0], taken[12], taken[13]), (Some(3), Some(15), None));
            chunks.close();
            ahead.join().expect("join");
        });
        let mut byte = [0];
        assert!(memory.read(CHUNK, &mut byte) && byte == [7]);
    }

    #[test]
    fn a_file_takes_the_place_of_a_chunk_without_memory() {
        let memory = GuestMemory::new(8 * CHUNK).expect("memory");
        let chunks = Chunks::new(memory, 1);
        let mut reached = 0;
        while let Some(Errand::Populate(chunk)) = chunks.errand(&mut reached) {
            chunks.populate(chunk);
        }
        assert_eq!([chunks.take_unfound(), chunks.take_unfound()], [Some(3), Some(4)]);
        // Those that have memory are next, and count as such.
        assert_eq!(chunks.errand(&mut reached), None);
        assert_eq!(chunks.available(), 5 * CHUNK);
        assert_eq!(
            [chunks.take_ready(), chunks.take_fresh(), chunks.take_ready()],
            [Some(1), Some(2), None]
        );
        assert_eq!(chunks.errand(&mut reached), Some(Errand::Populate(5)));
        // Without any other, one that has it must do.
        chunks.populate(5);
        let rest: Vec<Option<u32>> = (0..4).map(|_| chunks.take_unfound()).collect();
        assert_eq!(rest, [Some(6), Some(7), Some(5), None]);
        chunks.release(4);
        assert_eq!((chunks.take_unfound(), chunks.take()), (Some(4), None));
    }

    #[test]
    fn who_wants_more_than_kvm_knows_of_waits_or_sees_to_it() {
        for (all, waits) in [(true, true), (false, true), (true, false), (false, false)] {
            let memory = GuestMemory::new(8 * CHUNK).expect("memory");
            let chunks = Chunks::new(memory, 1);
            chunks.limit_to(3 * CHUNK);
            assert_eq!([chunks.take(), chunks.take()], [Some(1), Some(2)]);
            (0..8).for_each(|chunk| chunks.populate(chunk));
            assert_eq!(chunks.take_fresh(), None);
            if waits {
                std::thread::scope(|scope| {
                    let taken = scope.spawn(|| chunks.take());
                    std::thread::yield_now();
                    chunks.limit_until(move || all);
                    chunks.end_limit();
                    assert_eq!(taken.join().expect("join"), all.then_some(3));
                });
            } else {
                chunks.limit_until(move || all);
                assert_eq!(chunks.take(), all.then_some(3));
            }
            assert_eq!(chunks.end_limit(), all);
            assert_eq!(chunks.take_fresh(), all.then_some(4));
            assert_eq!(chunks.available(), if all { 3 * CHUNK } else { 0 });
        }
    }
}

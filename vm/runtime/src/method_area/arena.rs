//! Memory of the method area: a reserved range, committed as it grows and given out in chunks.
//!
//! Whoever owns classes has a [`Space`], and allocates in its chunks by bumping a pointer: the VM, each class loader, and
//! each hidden class that lives by itself. When the owner dies its chunks go back, all together, and are given out again.
//! Symbols and the boot loader's classes are in the VM's space, which never dies.
//!
//! Spaces are plain memory, so that a hidden class's can stand in its own first chunk; the lock that guards them, the
//! free ranges and the list of owners are outside of the method area.

use super::free_ranges::FreeRanges;
use parking_lot::Mutex;
use std::cell::UnsafeCell;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// Bytes committed at a time: address space that may be used, not memory, and each time a system call.
const COMMIT_STEP: usize = 8 * 1024 * 1024;
/// Chunks are multiples of this, and so aligned.
pub(super) const GRANULE: usize = 1024;
/// Smallest and largest chunk taken without need; between them it is a quarter of what the space has.
const CHUNK_SIZES: (usize, usize) = (GRANULE, 64 * 1024);
/// Allocations below this come out of the reserve kept for finishing what was begun when the range is nearly full.
const RESERVE: usize = 4 * 1024 * 1024;
/// Free ranges from this size on give their pages back when much is free.
const DECOMMIT_BYTES: usize = 64 * 1024;
/// That much may be free before.
const KEPT_FREE_BYTES: usize = 4 * 1024 * 1024;
/// A collection is due when the method area has doubled since the last one, and has this size.
const FIRST_COLLECTION_BYTES: usize = 32 * 1024 * 1024;
/// What freed chunks are filled with where misuse is looked for: as an address or a narrow pointer it leads nowhere.
pub(super) const POISON: u8 = 0xdf;

/// Who owns a chunk.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Owner {
    /// The VM; such chunks are never given back.
    Vm,
    /// The `LoaderData` at this address.
    Loader(usize),
    /// The weak hidden class at this address.
    Class(usize),
}

/// In front of each chunk.
#[repr(C)]
struct ChunkHeader {
    /// The chunk the space took before.
    next: *mut ChunkHeader,
    bytes: usize,
}

const HEADER_BYTES: usize = size_of::<ChunkHeader>();

struct Bump {
    next: usize,
    end: usize,
    /// Bytes of all chunks.
    total: usize,
    chunks: *mut ChunkHeader,
    owner: Owner,
}

/// An owner's chunks, and where in the last one to go on. Touched under the lock of its [`MethodArea`] only.
pub struct Space(UnsafeCell<Bump>);

// SAFETY: see the type: all accesses are made under one lock.
unsafe impl Send for Space {}
// SAFETY: as above.
unsafe impl Sync for Space {}

impl Space {
    /// A space without chunks.
    pub const fn new(owner: Owner) -> Space {
        Space(UnsafeCell::new(Bump {
            next: 0,
            end: 0,
            total: 0,
            chunks: std::ptr::null_mut(),
            owner,
        }))
    }
}

struct State {
    /// Everything from here on is fresh.
    frontier: usize,
    committed: usize,
    free: FreeRanges,
    /// Chunks that can be given back, by address: length and owner.
    owned: BTreeMap<usize, (usize, Owner)>,
}

/// The memory of a VM's method area.
pub struct MethodArea {
    range: Range<usize>,
    state: Mutex<State>,
    /// For the heap verifier: one bit for each granule that was given back and is free. Empty when nobody asks.
    freed: Box<[AtomicU64]>,
    /// Size at which a collection is due.
    collect_at: AtomicUsize,
}

impl MethodArea {
    /// A method area over a reserved, uncommitted range below the address limit. With `checked` freed chunks are
    /// poisoned, and [`MethodArea::is_freed`] answers.
    pub fn new(range: Range<usize>, checked: bool) -> Self {
        let state = State {
            frontier: range.start.next_multiple_of(GRANULE),
            committed: range.start,
            free: FreeRanges::default(),
            owned: BTreeMap::new(),
        };
        let words = if checked {
            range.len().div_ceil(64 * GRANULE) + 1
        } else {
            0
        };
        MethodArea {
            range,
            state: Mutex::new(state),
            freed: (0..words).map(|_| AtomicU64::new(0)).collect(),
            collect_at: AtomicUsize::new(FIRST_COLLECTION_BYTES),
        }
    }
    fn allocate(&self, space: &Space, bytes: usize, align: usize) -> *mut u8 {
        let align = align.max(8);
        let mut state = self.state.lock();
        // SAFETY: the lock is held.
        let bump = unsafe { &mut *space.0.get() };
        let start = bump.next.next_multiple_of(align);
        if bump.next != 0 && start + bytes <= bump.end {
            bump.next = start + bytes;
            return start as *mut u8;
        }
        let start = match self.refill(&mut state, bump, bytes, align) {
            Some(start) => start,
            None => {
                drop(state);
                out_of_memory(bytes)
            }
        };
        start as *mut u8
    }
    /// Takes a chunk for an allocation that does not fit, and makes it. What is left of the old and the new chunk is
    /// compared: the larger rest is where the space goes on.
    fn refill(&self, state: &mut State, bump: &mut Bump, bytes: usize, align: usize) -> Option<usize> {
        let growth = match bump.owner {
            Owner::Vm => CHUNK_SIZES.1,
            _ => (bump.total / 4).clamp(CHUNK_SIZES.0, CHUNK_SIZES.1),
        };
        let needed = bytes + align - 8;
        if bump.end == state.frontier && bump.end != 0 {
            // The chunk can be made longer where it is.
            let more = (needed.saturating_sub(bump.end - bump.next))
                .max(growth)
                .next_multiple_of(GRANULE);
            if self.advance(state, more) {
                // SAFETY: the chunk the space bumps in is the one that ends at `bump.end`.
                let chunk = unsafe { self.chunk_ending_at(bump, bump.end) };
                bump.end += more;
                bump.total += more;
                // SAFETY: a chunk of this space; the lock is held.
                unsafe { (*chunk).bytes += more };
                if let Some(owned) = state.owned.get_mut(&(chunk as usize)) {
                    owned.0 += more;
                }
                let start = bump.next.next_multiple_of(align);
                bump.next = start + bytes;
                return Some(start);
            }
        }
        let minimum = (needed + HEADER_BYTES).next_multiple_of(GRANULE);
        let wanted = minimum.max(growth.next_multiple_of(GRANULE));
        let (chunk, length) = self.take_chunk(state, wanted, minimum)?;
        self.add_chunk(state, bump, chunk, length);
        let start = (chunk + HEADER_BYTES).next_multiple_of(align);
        let (next, end) = (start + bytes, chunk + length);
        if end - next >= bump.end - bump.next {
            (bump.next, bump.end) = (next, end);
        }
        Some(start)
    }
    /// # Safety
    /// `end` is the end of a chunk of the space.
    unsafe fn chunk_ending_at(&self, bump: &Bump, end: usize) -> *mut ChunkHeader {
        let mut chunk = bump.chunks;
        // SAFETY: the list holds the space's chunks, one of which ends there.
        unsafe {
            while chunk as usize + (*chunk).bytes != end {
                chunk = (*chunk).next;
            }
        }
        chunk
    }
    fn add_chunk(&self, state: &mut State, bump: &mut Bump, chunk: usize, length: usize) {
        let header = chunk as *mut ChunkHeader;
        // SAFETY: the chunk was taken just now.
        unsafe {
            header.write(ChunkHeader {
                next: bump.chunks,
                bytes: length,
            })
        };
        bump.chunks = header;
        bump.total += length;
        if bump.owner != Owner::Vm {
            state.owned.insert(chunk, (length, bump.owner));
        }
    }
    /// A zeroed chunk of `wanted` bytes or, where there is no other, of `minimum`.
    fn take_chunk(&self, state: &mut State, wanted: usize, minimum: usize) -> Option<(usize, usize)> {
        let mut reused = state.free.take(wanted);
        if reused.is_none() && minimum < wanted && state.free.largest() >= minimum.max(wanted / 4) {
            let length = state.free.largest().min(wanted);
            reused = state.free.take(length);
        }
        if reused.is_none() {
            for length in [wanted, minimum] {
                let start = state.frontier;
                if self.advance(state, length) {
                    return Some((start, length));
                }
            }
            reused = state.free.take(minimum);
        }
        let chunk = reused?;
        self.set_freed(chunk.clone(), false);
        // SAFETY: the range was free: nobody else uses it.
        unsafe { std::ptr::write_bytes(chunk.start as *mut u8, 0, chunk.len()) };
        Some((chunk.start, chunk.len()))
    }
    /// Moves the frontier, committing memory.
    fn advance(&self, state: &mut State, bytes: usize) -> bool {
        let end = state.frontier + bytes;
        if end > state.committed {
            let step = (end - state.committed).div_ceil(COMMIT_STEP) * COMMIT_STEP;
            let target = (state.committed + step).min(self.range.end);
            // SAFETY: the range is the method area's own part of the VM's reservation.
            let committed = end <= target && unsafe { peaberry_sys::memory::commit(state.committed..target) }.is_ok();
            if !committed {
                return false;
            }
            state.committed = target;
        }
        state.frontier = end;
        true
    }
    /// A space that stands in its own first chunk, with room for `bytes` beside it. It has no owner yet.
    pub fn new_space(&self, bytes: usize) -> &'static Space {
        let mut state = self.state.lock();
        let wanted = (HEADER_BYTES + size_of::<Space>() + bytes).next_multiple_of(GRANULE);
        let Some((chunk, length)) = self.take_chunk(&mut state, wanted, GRANULE) else {
            drop(state);
            out_of_memory(bytes)
        };
        let space = Space::new(Owner::Class(0));
        let place = (chunk + HEADER_BYTES) as *mut Space;
        // SAFETY: the chunk was taken just now and has room for header and space; the space lives as long as its chunk.
        unsafe {
            place.write(space);
            let bump = &mut *(*place).0.get();
            self.add_chunk(&mut state, bump, chunk, length);
            bump.next = place.add(1) as usize;
            bump.end = chunk + length;
            &*place
        }
    }
    /// Names the owner of a space and its chunks.
    pub fn set_owner(&self, space: &Space, owner: Owner) {
        let mut state = self.state.lock();
        // SAFETY: the lock is held.
        let bump = unsafe { &mut *space.0.get() };
        bump.owner = owner;
        for chunk in chunks(bump) {
            if let Some(owned) = state.owned.get_mut(&chunk.start) {
                owned.1 = owner;
            }
        }
    }
    /// Sees to it that the next allocations of `bytes` together come from one chunk.
    fn reserve(&self, space: &Space, bytes: usize) {
        let mut state = self.state.lock();
        // SAFETY: the lock is held.
        let bump = unsafe { &mut *space.0.get() };
        if bump.end - bump.next >= bytes || bump.owner == Owner::Vm {
            return;
        }
        let wanted = (bytes + HEADER_BYTES).next_multiple_of(GRANULE);
        if let Some((chunk, length)) = self.take_chunk(&mut state, wanted, wanted) {
            self.add_chunk(&mut state, bump, chunk, length);
            (bump.next, bump.end) = (chunk + HEADER_BYTES, chunk + length);
        }
    }
    /// The chunks of a space.
    pub fn chunks_of(&self, space: &Space) -> Vec<Range<usize>> {
        let _state = self.state.lock();
        // SAFETY: the lock is held.
        chunks(unsafe { &*space.0.get() })
    }
    /// Takes the chunks of a space back.
    ///
    /// # Safety
    /// Nothing refers to anything in the space any more. It may be gone itself when this returns.
    pub unsafe fn release(&self, space: *const Space) {
        let mut state = self.state.lock();
        // SAFETY: the caller vouches for the space; the lock is held.
        let bump = unsafe { &mut *(*space).0.get() };
        debug_assert!(bump.owner != Owner::Vm);
        let list = chunks(bump);
        *bump = Bump {
            next: 0,
            end: 0,
            total: 0,
            chunks: std::ptr::null_mut(),
            owner: bump.owner,
        };
        for chunk in list {
            state.owned.remove(&chunk.start);
            if !self.freed.is_empty() {
                // SAFETY: nobody uses the chunk any more.
                unsafe { std::ptr::write_bytes(chunk.start as *mut u8, POISON, chunk.len()) };
                self.set_freed(chunk.clone(), true);
            }
            state.free.insert(chunk);
        }
    }
    /// Gives pages of free ranges back to the system when much is free.
    pub fn trim(&self) {
        let state = self.state.lock();
        let used = state.frontier - self.range.start - state.free.bytes();
        if !self.freed.is_empty() || state.free.bytes() <= KEPT_FREE_BYTES.max(used / 4) {
            return;
        }
        let page = peaberry_sys::memory::page_size();
        for range in state.free.iter().filter(|range| range.len() >= DECOMMIT_BYTES) {
            let pages = range.start.next_multiple_of(page)..range.end & !(page - 1);
            // SAFETY: the pages lie in a free range of the method area. Failure leaves them as they are.
            let _ = unsafe { peaberry_sys::memory::decommit(pages) };
        }
    }
    fn set_freed(&self, chunk: Range<usize>, freed: bool) {
        if self.freed.is_empty() {
            return;
        }
        for granule in (chunk.start - self.range.start) / GRANULE..(chunk.end - self.range.start) / GRANULE {
            let bit = 1 << (granule % 64);
            match freed {
                true => self.freed[granule / 64].fetch_or(bit, Ordering::Relaxed),
                false => self.freed[granule / 64].fetch_and(!bit, Ordering::Relaxed),
            };
        }
    }
    /// Does the address lie in memory that was given back? Known only where the area is checked.
    pub fn is_freed(&self, address: usize) -> bool {
        let granule = address.wrapping_sub(self.range.start) / GRANULE;
        self.freed
            .get(granule / 64)
            .is_some_and(|word| word.load(Ordering::Relaxed) & (1 << (granule % 64)) != 0)
    }
    /// Is freed memory poisoned and known?
    pub fn is_checked(&self) -> bool {
        !self.freed.is_empty()
    }
    /// Who owns the chunk an address lies in; `None` for the VM's and for what is no chunk.
    pub fn owner_of(&self, address: usize) -> Option<Owner> {
        let state = self.state.lock();
        let (start, (length, owner)) = state.owned.range(..=address).next_back()?;
        (address - start < *length).then_some(*owner)
    }
    /// True when a class load should be refused for lack of room (`OutOfMemoryError: Metaspace`), given the bytes it
    /// is about to need.
    pub fn nearly_full(&self, bytes: usize) -> bool {
        let state = self.state.lock();
        let fresh = self.range.end - state.frontier;
        fresh < bytes + RESERVE && state.free.largest() < 2 * bytes + RESERVE
    }
    /// Has the area grown so much since the last collection that dead classes should be looked for?
    pub fn wants_collection(&self) -> bool {
        self.used() > self.collect_at.load(Ordering::Relaxed)
    }
    /// A collection is over.
    pub(crate) fn note_collection(&self) {
        self.collect_at
            .store(FIRST_COLLECTION_BYTES.max(2 * self.used()), Ordering::Relaxed);
    }
    /// Bytes in chunks that are given out.
    pub fn used(&self) -> usize {
        let state = self.state.lock();
        state.frontier - self.range.start - state.free.bytes()
    }
    /// Bytes committed.
    pub fn committed(&self) -> usize {
        self.state.lock().committed - self.range.start
    }
    /// The reserved range.
    pub fn range(&self) -> Range<usize> {
        self.range.clone()
    }
}

fn chunks(bump: &Bump) -> Vec<Range<usize>> {
    let mut list = Vec::new();
    let mut chunk = bump.chunks;
    while !chunk.is_null() {
        // SAFETY: the list holds the space's chunks.
        let header = unsafe { &*chunk };
        list.push(chunk as usize..chunk as usize + header.bytes);
        chunk = header.next;
    }
    list
}

#[cold]
fn out_of_memory(bytes: usize) -> ! {
    std::alloc::handle_alloc_error(
        std::alloc::Layout::from_size_align(bytes.max(1), 8).unwrap_or(std::alloc::Layout::new::<u64>()),
    )
}

/// Where to allocate: a space of a method area. Memory is zeroed and lives as long as the space's owner.
#[derive(Clone, Copy)]
pub struct Arena<'a> {
    area: &'a MethodArea,
    space: &'a Space,
}

impl<'a> Arena<'a> {
    /// Allocation in a space.
    pub fn new(area: &'a MethodArea, space: &'a Space) -> Self {
        Arena { area, space }
    }
    /// Zeroed memory of `bytes`, aligned to `align` (a power of two, at least 8 is used).
    ///
    /// Loading a class asks [`MethodArea::nearly_full`] first and throws `OutOfMemoryError: Metaspace`; running into
    /// the end in spite of that ends the process as any failed Rust allocation does.
    pub fn allocate(&self, bytes: usize, align: usize) -> *mut u8 {
        self.area.allocate(self.space, bytes, align)
    }
    /// Moves `value` into the arena; it is never dropped.
    pub fn place<T>(&self, value: T) -> *mut T {
        let memory = self
            .allocate(std::mem::size_of::<T>(), std::mem::align_of::<T>())
            .cast::<T>();
        // SAFETY: fresh memory of the right size and alignment.
        unsafe { memory.write(value) };
        memory
    }
    /// Copies a slice into the arena.
    pub fn place_slice<T: Copy>(&self, values: &[T]) -> &'static mut [T] {
        let memory = self
            .allocate(std::mem::size_of_val(values), std::mem::align_of::<T>())
            .cast::<T>();
        // SAFETY: fresh memory of the right size; the users of what a class owns keep the class alive.
        unsafe {
            std::ptr::copy_nonoverlapping(values.as_ptr(), memory, values.len());
            std::slice::from_raw_parts_mut(memory, values.len())
        }
    }
    /// Sees to it that the next allocations of `bytes` together come from one chunk.
    pub fn reserve(&self, bytes: usize) {
        self.area.reserve(self.space, bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn area(checked: bool) -> (peaberry_sys::memory::Reservation, MethodArea) {
        let reservation = peaberry_sys::memory::Reservation::reserve_anywhere(16 << 20).expect("address space");
        let area = MethodArea::new(reservation.range(), checked);
        (reservation, area)
    }

    #[test]
    fn chunks_come_back() {
        let (_reservation, area) = area(true);
        let vm = Space::new(Owner::Vm);
        let first = Arena::new(&area, &vm).allocate(100, 16) as usize;
        let before = area.used();
        let mut places = Vec::new();
        for round in 0..100 {
            let loader = Space::new(Owner::Loader(round + 1));
            let arena = Arena::new(&area, &loader);
            for size in [8, 500, 3000, 100_000, 16] {
                let memory = arena.allocate(size, 16);
                // SAFETY: just allocated.
                let bytes = unsafe { std::slice::from_raw_parts_mut(memory, size) };
                assert!(bytes.iter().all(|b| *b == 0));
                bytes.fill(1);
                assert_eq!(
                    area.owner_of(memory as usize + size - 1),
                    Some(Owner::Loader(round + 1))
                );
                places.push(memory as usize);
            }
            let hidden = area.new_space(2000);
            area.set_owner(hidden, Owner::Class(8));
            let inside = Arena::new(&area, hidden).allocate(1900, 8) as usize;
            assert_eq!(area.owner_of(inside), Some(Owner::Class(8)));
            assert_eq!(area.chunks_of(hidden).len(), 1);
            // SAFETY: nobody uses them.
            unsafe {
                area.release(hidden);
                area.release(&loader);
            }
            assert!(area.is_freed(inside) && area.owner_of(inside).is_none());
        }
        assert_eq!(area.used(), before);
        assert!(!area.is_freed(first) && area.owner_of(first).is_none());
        assert!(places.iter().all(|place| area.is_freed(*place)));
        assert_eq!(area.committed(), COMMIT_STEP);
    }

    #[test]
    fn small_spaces_stay_small() {
        let (_reservation, area) = area(false);
        let spaces: Vec<Space> = (0..100).map(|id| Space::new(Owner::Loader(id + 1))).collect();
        for space in &spaces {
            Arena::new(&area, space).allocate(700, 8);
        }
        assert!(area.used() <= 110 * GRANULE);
        let arena = Arena::new(&area, &spaces[0]);
        for _ in 0..10_000 {
            arena.allocate(100, 8);
        }
        assert!(area.chunks_of(&spaces[0]).len() < 40);
        assert!(area.used() < 1_500_000);
    }
}

//! The guest program's address space: which addresses it has mapped, with what, and which chunk of memory is behind them.
//!
//! The hardware knows 2 MiB pages only, all of them readable, writable and executable for the program: a chunk is backed
//! when something in it is touched first, and protections and ends of mappings within a chunk that is backed are not
//! enforced on the program itself. They are on every access that the monitor makes for it ([`AddressSpace::resolve`]).
//! Nothing here trusts what is written in guest memory.
//!
//! KVM that shadows page tables follows what the guest writes to them, not what the monitor does: an entry that led
//! somewhere must not lead elsewhere before all shadows are thrown away, which is dear. So 2 MiB of addresses keep their
//! chunk when nothing is mapped there any more or the contents were discarded. They are idle then, cost the host nothing,
//! and are reclaimed together when chunks run out. Where there is little memory, and where programs touch little of 2 MiB, all this
//! holds of pieces of 64 KiB instead ([`crate::pieces`]).

#[path = "room.rs"]
mod room;
#[path = "windows.rs"]
mod windows;

pub use windows::Window;

use crate::errno::Errno;
use crate::memory::{CHUNK, Chunks, GuestMemory, PAGE};
use crate::pieces::{LITTLE_MEMORY, PIECE, Pieces};
use crate::statistics::Statistics;
use crate::tables::{ADDRESS_LIMIT, SYSTEM_BASE, Tables};
use peaberry_linux::areas::{self, Areas, BREAK_LIMIT, MOST_AREAS, NoPlace, NotCovered, Shows, page_up};
pub use peaberry_linux::areas::{EXECUTE, Place, READ, WRITE};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::ops::Range;
use std::sync::{Arc, Mutex};

mod at_once;
mod backing;
mod early;
mod patches;
mod shown;

use early::Expected;
pub use early::{Early, SharedSpace};
pub use shown::Showing;

/// Where a position-independent program is loaded, its first stack below: 2 MiB of a file that is loaded from its beginning on are a chunk.
pub const PROGRAM_BASE: u64 = 64 << 30;
/// Mappings whose place is the monitor's choice end here.
const MAPPING_LIMIT: u64 = SYSTEM_BASE - (2 << 30);
/// Memory that several mappings show (`memfd_create`): chunks of its own, taken when touched.
pub struct SharedMemory {
    chunks: Arc<Chunks>,
    state: Mutex<(u64, BTreeMap<u64, u32>)>,
}

impl SharedMemory {
    /// Empty memory.
    pub fn new(chunks: Arc<Chunks>) -> SharedMemory {
        let state = Mutex::new((0, BTreeMap::new()));
        SharedMemory { chunks, state }
    }

    /// Length in bytes.
    pub fn length(&self) -> u64 {
        self.state.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).0
    }

    /// Makes it longer; shorter is refused, as mappings may show what would go.
    pub fn grow(&self, length: u64) -> Result<(), Errno> {
        let mut state = self.state.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if length < state.0 || length > ADDRESS_LIMIT {
            return Err(Errno(libc::EINVAL));
        }
        state.0 = length;
        Ok(())
    }

    fn chunk(&self, index: u64) -> Option<u32> {
        let mut state = self.state.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if let Some(&chunk) = state.1.get(&index) {
            return Some(chunk);
        }
        let chunk = self.chunks.take()?;
        state.1.insert(index, chunk);
        Some(chunk)
    }
}

impl Drop for SharedMemory {
    fn drop(&mut self) {
        let state = self.state.get_mut().unwrap_or_else(|poisoned| poisoned.into_inner());
        state.1.values().for_each(|&chunk| self.chunks.release(chunk));
    }
}

/// What a mapping shows where the program has not written.
#[derive(Clone)]
pub enum Backing {
    /// Zeros.
    Zero,
    /// Zeros, of addresses that were taken first, to be made use of in parts later: memory for these can be refused.
    Reserved,
    /// Zeros of which little is touched for long, at the end: a stack.
    Stack,
    /// A file from an offset on, read when touched first; stores stay the program's own.
    File(Arc<File>, u64),
    /// Shared memory from an offset on.
    Shared(Arc<SharedMemory>, u64),
    /// A file's own pages from an offset on.
    Window(Arc<Window>, u64),
}

impl Shows for Backing {
    fn advanced(&self, by: u64) -> Backing {
        match self {
            Backing::Zero => Backing::Zero,
            Backing::Reserved => Backing::Reserved,
            Backing::Stack => Backing::Stack,
            Backing::File(file, offset) => Backing::File(file.clone(), offset.saturating_add(by)),
            Backing::Shared(memory, offset) => Backing::Shared(memory.clone(), offset + by),
            Backing::Window(window, offset) => Backing::Window(window.clone(), offset.saturating_add(by)),
        }
    }

    fn goes_on_in(&self, other: &Backing) -> bool {
        matches!(
            (self, other),
            (Backing::Zero, Backing::Zero) | (Backing::Reserved, Backing::Reserved) | (Backing::Stack, Backing::Stack)
        )
    }
}

type Area = areas::Area<Backing>;

/// In place of a chunk: there are pieces, or may be.
const PIECED: u32 = u32::MAX;

/// Why an address cannot be backed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
    /// Nothing is mapped there, or nothing that may be accessed.
    NoMapping,
    /// The file that is mapped there does not reach so far.
    BeyondFile,
    /// Guest memory is used up.
    OutOfMemory,
}

/// Makes KVM look at the page tables anew.
pub type Flush = Box<dyn Fn() + Send>;

/// The address space of the program in a VM.
pub struct AddressSpace {
    memory: Arc<GuestMemory>,
    chunks: Arc<Chunks>,
    /// Page and descriptor tables.
    pub tables: Tables,
    areas: Areas<Backing>,
    /// The chunk behind each 2 MiB of addresses; 0 for none, as chunk 0 is the tables'.
    backed: Vec<u32>,
    /// Indices into `backed` whose chunk was given back to the host. Programs may have touched it since.
    idle: BTreeSet<usize>,
    /// What is behind 2 MiB of addresses that are [`PIECED`].
    pieces: Pieces,
    /// Addresses of pieces that are idle in the same way.
    idle_pieces: BTreeSet<u64>,
    /// Where chunks and pieces begin that programs do not get to for now, as pages of files are missing in them.
    hidden: BTreeSet<u64>,
    /// Instructions that accessed missing pages, and how often.
    hidden_for: BTreeMap<u64, u32>,
    /// There is so little memory that pieces are preferred.
    sparing: bool,
    /// The index into `backed` for which a chunk is being filled beside the program.
    early: Option<usize>,
    /// A file that is read before it is mapped.
    expected: Option<Expected>,
    /// Has KVM forget every translation of the page tables.
    flush: Flush,
    /// Whole chunks of files are shown, not read.
    pub share: bool,
    /// How huge pages of files are shown, if they are.
    pub showing: Option<Arc<Showing>>,
    break_start: u64,
    break_end: u64,
    /// Addresses whose memory the monitor goes on to use: no mapping is put there or taken away, and no contents are discarded.
    kept: Range<u64>,
    /// What takes the place of instructions of the program, by address.
    patches: BTreeMap<u64, [u8; 5]>,
    /// Where the program has a `syscall`; whether these leave the guest at once.
    calls: BTreeSet<u64>,
    shortened: bool,
    /// Told of files that are read.
    pub statistics: Option<Arc<Statistics>>,
}

impl AddressSpace {
    /// Nothing mapped.
    pub fn new(memory: Arc<GuestMemory>, chunks: Arc<Chunks>, tables: Tables, flush: Flush) -> AddressSpace {
        AddressSpace {
            chunks,
            tables,
            areas: Areas::new(SYSTEM_BASE, MAPPING_LIMIT, MOST_AREAS),
            backed: vec![0; (ADDRESS_LIMIT / CHUNK) as usize],
            idle: BTreeSet::new(),
            pieces: Pieces::new(memory.clone()),
            idle_pieces: BTreeSet::new(),
            hidden: BTreeSet::new(),
            hidden_for: BTreeMap::new(),
            early: None,
            expected: None,
            sparing: memory.bytes() <= LITTLE_MEMORY,
            memory,
            flush,
            share: false,
            showing: None,
            break_start: 0,
            break_end: 0,
            kept: 0..0,
            patches: BTreeMap::new(),
            calls: BTreeSet::new(),
            shortened: false,
            statistics: None,
        }
    }

    /// Has `brk` begin at an address behind the program, in the same chunk if need be.
    pub fn start_break(&mut self, address: u64) {
        self.break_start = address.next_multiple_of(PAGE);
        self.break_end = self.break_start;
    }

    /// Where `brk` begins and ends.
    pub fn break_bounds(&self) -> (u64, u64) {
        (self.break_start, self.break_end)
    }

    /// Tables for one more processor.
    pub fn add_processor(&mut self) -> Option<crate::tables::ProcessorTables> {
        self.tables.add_processor(&self.chunks)
    }

    /// Maps `length` bytes and gives their address.
    pub fn map(&mut self, place: Place, length: u64, protection: u8, backing: Backing) -> Result<u64, Errno> {
        let length = page_up(length)
            .filter(|&length| length > 0)
            .ok_or(Errno(libc::EINVAL))?;
        let align = match backing {
            // A chunk shows shared memory or none of it.
            Backing::Shared(..) => CHUNK,
            // What was read before it was mapped is in whole chunks.
            Backing::File(..) if length >= CHUNK => CHUNK,
            _ => PAGE,
        };
        let range = self
            .areas
            .place(place, length, align)
            .map_err(|refused| match refused {
                NoPlace::Full => Errno(libc::ENOMEM),
                NoPlace::Taken => Errno(libc::EEXIST),
            })?;
        let start = range.start;
        if self.is_kept(&range) {
            return Err(Errno(libc::EPERM));
        }
        if let Backing::Shared(shared, offset) = &backing {
            let whole = [start, length, *offset].iter().all(|value| value.is_multiple_of(CHUNK));
            if !whole || offset.checked_add(length).is_none_or(|end| end > shared.length()) {
                return Err(Errno(libc::EINVAL));
            }
        }
        self.remove(range.clone());
        if matches!(backing, Backing::Shared(..)) {
            self.unbind(range.clone());
        }
        let reads = matches!(backing, Backing::File(..) | Backing::Window(..));
        self.areas.insert(range.clone(), protection, backing);
        if reads {
            self.each_backed(range.clone(), |space, part| space.fill(part));
            self.take_expected(&range, protection);
        }
        Ok(start)
    }

    /// Unmaps a range; parts of it may be unmapped already.
    pub fn unmap(&mut self, start: u64, length: u64) -> Result<(), Errno> {
        let range = self.areas.range_of(start, length).ok_or(Errno(libc::EINVAL))?;
        if self.areas.is_full() {
            return Err(Errno(libc::ENOMEM));
        }
        if self.is_kept(&range) {
            return Err(Errno(libc::EPERM));
        }
        self.remove(range);
        Ok(())
    }

    /// Maps memory, of which little is touched at a time, that stays mapped as long as the address space lasts.
    pub fn keep(&mut self, range: Range<u64>, protection: u8) -> Result<(), Errno> {
        let place = Place::FixedIfFree(range.start);
        self.map(place, range.end - range.start, protection, Backing::Stack)?;
        self.kept = range;
        Ok(())
    }

    /// Is part of the range to stay what it is?
    fn is_kept(&self, range: &Range<u64>) -> bool {
        range.start < self.kept.end && self.kept.start < range.end
    }

    fn remove(&mut self, range: Range<u64>) {
        self.spoil_early(&range);
        self.forget_patches(&range);
        // What the areas show is kept until no processor can reach it.
        let removed = self.areas.take(range);
        let mut shared = false;
        for (start, area) in &removed {
            let of_shared = matches!(area.backing, Backing::Shared(..));
            let of_window = matches!(area.backing, Backing::Window(..));
            shared |= of_shared;
            self.each_backed(*start..area.end, |space, part| {
                if of_window {
                    space.close_window(&part);
                }
                if of_shared {
                    space.tables.unmap(part.start);
                    space.backed[(part.start / CHUNK) as usize] = 0;
                } else {
                    space.clear(part);
                }
            });
        }
        if shared {
            (self.flush)();
        }
    }

    /// The chunk or piece around an address, if there is one: its addresses, and where it is.
    fn unit(&self, address: u64) -> Option<(Range<u64>, u64)> {
        let start = address / CHUNK * CHUNK;
        match self.backed[(address / CHUNK) as usize] {
            0 => None,
            PIECED => self.pieces.at(address),
            chunk => Some((start..start + CHUNK, u64::from(chunk) * CHUNK)),
        }
    }

    /// Calls `f` with the part of the range in each chunk or piece that it has.
    fn each_backed(&mut self, range: Range<u64>, mut f: impl FnMut(&mut AddressSpace, Range<u64>)) {
        let mut at = range.start;
        while at < range.end {
            let size = match self.backed[(at / CHUNK) as usize] {
                PIECED => PIECE,
                _ => CHUNK,
            };
            let end = (at / size + 1) * size;
            if self.unit(at).is_some() {
                f(self, at..range.end.min(end));
            }
            at = end;
        }
    }

    /// Makes part of a chunk or piece read as zero: it is idle when nothing else is mapped in it.
    fn clear(&mut self, part: Range<u64>) {
        let Some((unit, physical)) = self.unit(part.start) else {
            return;
        };
        let alone = self
            .areas
            .within(unit.clone())
            .all(|(from, area)| part.start <= from.max(unit.start) && area.end.min(unit.end) <= part.end);
        if alone && unit.end - unit.start == CHUNK {
            self.memory.give_back((physical / CHUNK) as u32);
            self.idle.insert((unit.start / CHUNK) as usize);
        } else if alone {
            self.memory.zero(physical, PIECE as usize);
            self.idle_pieces.insert(unit.start);
        } else {
            let length = (part.end - part.start) as usize;
            self.memory.zero(physical + (part.start - unit.start), length);
        }
    }

    /// Takes idle chunks and pieces away from their addresses, those excepted that were touched again.
    fn reclaim(&mut self) {
        let idle = std::mem::take(&mut self.idle);
        let idle_pieces = std::mem::take(&mut self.idle_pieces);
        idle.iter().for_each(|&index| self.tables.unmap(index as u64 * CHUNK));
        idle_pieces
            .iter()
            .for_each(|&address| self.pieces.hide(address, &self.tables));
        (self.flush)();
        // No processor gets there now: who tries waits for the lock on this address space.
        for index in idle {
            let chunk = self.backed[index];
            if self.memory.is_zero(u64::from(chunk) * CHUNK, CHUNK) {
                self.backed[index] = 0;
                self.chunks.release(chunk);
            } else {
                self.tables.map(index as u64 * CHUNK, chunk);
            }
        }
        for address in idle_pieces {
            let physical = self.pieces.at(address).map_or(0, |(_, physical)| physical);
            if self.memory.is_zero(physical, PIECE) {
                self.pieces.release(address);
            } else {
                self.pieces.show(address, &self.tables);
            }
        }
    }

    /// Takes chunks and pieces away from whole chunks of addresses that are to show other memory.
    fn unbind(&mut self, range: Range<u64>) {
        let mut unbound = Vec::new();
        for index in (range.start / CHUNK) as usize..range.end.div_ceil(CHUNK) as usize {
            if self.backed[index] != 0 {
                self.tables.unmap(index as u64 * CHUNK);
                self.idle.remove(&index);
                unbound.push((index as u64, std::mem::take(&mut self.backed[index])));
            }
        }
        if unbound.is_empty() {
            return;
        }
        (self.flush)();
        for (index, chunk) in unbound {
            if chunk != PIECED {
                self.chunks.release(chunk);
                continue;
            }
            self.pieces.release_all(index, &mut self.tables);
            self.idle_pieces.retain(|&address| address / CHUNK != index);
        }
    }

    /// Bytes of all mappings.
    pub fn mapped_bytes(&self) -> u64 {
        self.areas.iter().map(|(start, area)| area.end - start).sum()
    }

    /// Bytes that can still be had.
    pub fn available(&self) -> u64 {
        let idle = self.idle.len() as u64 * CHUNK + self.idle_pieces.len() as u64 * PIECE;
        self.chunks.available() + self.pieces.available() + idle + self.expected_bytes()
    }

    /// Changes what may be done with a range, all of which must be mapped.
    pub fn protect(&mut self, start: u64, length: u64, protection: u8) -> Result<(), Errno> {
        if length == 0 {
            return Ok(());
        }
        let range = self.areas.range_of(start, length).ok_or(Errno(libc::EINVAL))?;
        self.covered(&range, 0)?;
        if self.areas.len() + 2 > MOST_AREAS || protection & WRITE != 0 && !self.has_room_for(&range) {
            return Err(Errno(libc::ENOMEM));
        }
        if !self.windows_allow(&range, protection) {
            return Err(Errno(libc::EACCES));
        }
        self.areas.protect(range, protection);
        Ok(())
    }

    /// Are all pages of the range mapped, with at least these permissions?
    fn covered(&self, range: &Range<u64>, protection: u8) -> Result<(), Errno> {
        self.areas.covers(range.clone(), protection).map_err(|not| match not {
            NotCovered::NotMapped => Errno(libc::ENOMEM),
            NotCovered::Forbidden => Errno(libc::EFAULT),
        })
    }

    /// `MADV_DONTNEED`: the range reads as if it had not been written. Shared memory stays.
    pub fn discard(&mut self, start: u64, length: u64) -> Result<(), Errno> {
        if length == 0 {
            return Ok(());
        }
        let range = self.areas.range_of(start, length).ok_or(Errno(libc::EINVAL))?;
        self.covered(&range, 0)?;
        if self.is_kept(&range) {
            return Err(Errno(libc::EPERM));
        }
        self.each_backed(range, |space, part| {
            let areas: Vec<(Range<u64>, Backing)> = space
                .areas
                .within(part.clone())
                .map(|(start, area)| (start.max(part.start)..area.end.min(part.end), area.backing.clone()))
                .collect();
            if areas.iter().any(|(_, backing)| matches!(backing, Backing::Shared(..))) {
                return;
            }
            if areas.iter().all(|(_, backing)| !matches!(backing, Backing::Window(..))) {
                space.clear(part.clone());
                if areas.iter().any(|(_, backing)| matches!(backing, Backing::File(..))) {
                    space.fill(part);
                }
                return;
            }
            for (part, backing) in areas {
                match &backing {
                    Backing::Window(window, _) if !window.private => continue,
                    Backing::Window(..) => space.close_window(&part),
                    _ => space.clear(part.clone()),
                }
                space.fill(part);
            }
        });
        Ok(())
    }

    /// Is all of the range mapped?
    pub fn check_mapped(&self, start: u64, length: u64) -> Result<(), Errno> {
        let range = self.areas.range_of(start, length.max(1)).ok_or(Errno(libc::ENOMEM))?;
        self.covered(&range, 0)
    }

    /// `brk`: the new end, or the old one where the new one is not possible.
    pub fn set_break(&mut self, wanted: u64) -> u64 {
        let limit = self.break_start + BREAK_LIMIT;
        if (self.break_start..=limit).contains(&wanted) {
            let (old, new) = (self.break_end.next_multiple_of(PAGE), wanted.next_multiple_of(PAGE));
            let moved = match new.cmp(&old) {
                std::cmp::Ordering::Greater => {
                    let place = Place::FixedIfFree(old);
                    self.map(place, new - old, READ | WRITE, Backing::Zero).is_ok()
                }
                std::cmp::Ordering::Less => self.unmap(new, old - new).is_ok(),
                std::cmp::Ordering::Equal => true,
            };
            if moved {
                self.break_end = wanted;
            }
        }
        self.break_end
    }

    /// The host's memory behind a range of the program's addresses, in order, after checking that all of it is mapped with
    /// `protection`. The only way from a guest pointer to memory. The pieces stay valid memory of this VM as long as
    /// it lives, whatever becomes of the mapping.
    pub fn resolve(&mut self, address: u64, length: u64, protection: u8) -> Result<Vec<Piece>, Errno> {
        let mut pieces: Vec<Piece> = Vec::new();
        if length == 0 {
            return Ok(pieces);
        }
        let bad = Errno(libc::EFAULT);
        let end = address
            .checked_add(length)
            .filter(|&end| end <= SYSTEM_BASE)
            .ok_or(bad)?;
        self.covered(&(address..end), protection).map_err(|_| bad)?;
        let mut at = address;
        while at < end {
            let (unit, physical) = self.back(at).map_err(|_| Errno(libc::ENOMEM))?;
            let next = unit.end;
            let bytes = (next.min(end) - at) as usize;
            let physical = physical + (at - unit.start);
            let start = self.memory.host_range(physical, bytes).ok_or(bad)?;
            match pieces.last_mut() {
                // Side by side.
                Some(Piece {
                    start: last,
                    bytes: length,
                }) if last.wrapping_add(*length) == start => *length += bytes,
                _ => pieces.push(Piece { start, bytes }),
            }
            at = next;
        }
        Ok(pieces)
    }

    /// Where in guest-physical memory an address of the program's is, which has memory from now on.
    pub fn physical(&mut self, address: u64) -> Result<u64, Errno> {
        let (unit, physical) = self.back(address).map_err(|_| Errno(libc::ENOMEM))?;
        Ok(physical + (address - unit.start))
    }

    /// Copies bytes to the program's memory, wherever it may not write itself, too.
    pub fn write(&mut self, address: u64, bytes: &[u8]) -> Result<(), Errno> {
        let mut rest = bytes;
        for piece in self.resolve(address, bytes.len() as u64, 0)? {
            let (now, later) = rest.split_at(piece.bytes.min(rest.len()));
            // SAFETY: `resolve` gave valid memory of that length; the program may race on it, which is its to lose.
            unsafe { std::ptr::copy_nonoverlapping(now.as_ptr(), piece.start, now.len()) };
            rest = later;
        }
        Ok(())
    }
}

/// Memory of the host that stands for a part of the guest's.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Piece {
    /// Its address in this process.
    pub start: *mut u8,
    /// Its length.
    pub bytes: usize,
}

#[cfg(test)]
mod testing;
#[cfg(test)]
#[path = "address_space_tests.rs"]
mod tests;

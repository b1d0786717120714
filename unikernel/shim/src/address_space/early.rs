//! What is put behind addresses before they are touched, by the thread that goes ahead: it reads files without locking the address
//! space, so that the program goes on meanwhile.

use super::backing::DENSE_PART;
use super::shown::Showing;
use super::{AddressSpace, Backing};
use crate::memory::{CHUNK, GuestMemory};
use crate::page_cache::{self, Cached};
use std::fs::File;
use std::ops::Range;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};

/// How many chunks follow one that was touched first, of memory that shows no file.
pub(super) const NEXT_CHUNKS: u64 = 3;

/// So much of an expected file is read ahead: its dense part before memory is zeroed that nobody asked for yet, the rest after it, as far as
/// the program has not touched what is around.
const AHEAD_PART: u64 = 20 << 20;

/// A chunk that is being filled, and that no page table leads to.
pub struct Early {
    memory: Arc<GuestMemory>,
    /// What it is for: 2 MiB of addresses, or of the expected file.
    index: Option<usize>,
    chunk: u32,
    parts: Vec<Part>,
    /// A file fills it, and can take its place.
    shows: Option<Arc<Showing>>,
}

/// A file that the program is going to map, and the chunks that hold what it begins with.
pub(super) struct Expected {
    file: Arc<File>,
    /// The file's device and number.
    identity: (u64, u64),
    /// Where in the file begins what is mapped.
    offset: u64,
    /// A chunk each, as far as there is one.
    chunks: Vec<Option<u32>>,
    /// One more is being filled.
    reading: Option<usize>,
}

impl Expected {
    /// The first that there is no chunk for.
    fn next(&self) -> Option<usize> {
        self.chunks.iter().position(Option::is_none)
    }
}

fn identity(file: &File) -> Option<(u64, u64)> {
    let metadata = file.metadata().ok()?;
    Some((metadata.dev(), metadata.ino()))
}

/// What a file shows of it: offset in the chunk, length, the file, offset in there.
type Part = (u64, usize, Arc<File>, u64);

impl Early {
    /// Has it be a file's huge page, if there can be one; otherwise has memory found, reads what files show, and gives how many bytes.
    pub fn fill(&self) -> u64 {
        if let (Some(showing), [(0, _, file, offset)]) = (&self.shows, &self.parts[..])
            && showing.has_huge(file, *offset)
            && self.memory.show_huge(self.chunk, file, *offset)
        {
            return 0;
        }
        let mut bytes = 0;
        self.memory.populate(self.chunk);
        for (at, length, file, offset) in &self.parts {
            if let Some(host) = self.memory.host_range(u64::from(self.chunk) * CHUNK + at, *length) {
                // SAFETY: the range is mapped as long as `self.memory` lives, and nobody else gets to a chunk that is this value's.
                let part = unsafe { std::slice::from_raw_parts_mut(host, *length) };
                bytes += read(file, *offset, part);
            }
        }
        bytes
    }
}

/// Reads what there is of a file, and gives how many bytes. What it does not reach, or cannot be read, stays as it was. A chunk that nobody has
/// read yet can be shown to who comes next.
pub(super) fn read(file: &File, offset: u64, bytes: &mut [u8]) -> u64 {
    if bytes.len() as u64 == CHUNK && [Cached::None, Cached::Unknown].contains(&page_cache::cached(file, offset)) {
        page_cache::bring_in(file, offset);
    }
    let mut done = 0;
    while done < bytes.len()
        && let Some(at) = offset.checked_add(done as u64)
        && let Ok(count @ 1..) = file.read_at(&mut bytes[done..], at)
    {
        done += count;
    }
    done as u64
}

/// An address space that threads use at the same time.
pub struct SharedSpace {
    space: Mutex<AddressSpace>,
    /// Told when a chunk has been filled.
    filled: Condvar,
}

impl SharedSpace {
    /// One for all.
    pub fn new(space: AddressSpace) -> SharedSpace {
        let (space, filled) = (Mutex::new(space), Condvar::new());
        SharedSpace { space, filled }
    }

    /// For the calling thread alone.
    pub fn lock(&self) -> MutexGuard<'_, AddressSpace> {
        self.space.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// The same, when nobody fills a chunk for an address.
    pub fn lock_at(&self, address: u64) -> MutexGuard<'_, AddressSpace> {
        let mut space = self.lock();
        while space.is_early(address) {
            space = self.filled.wait(space).unwrap_or_else(|poisoned| poisoned.into_inner());
        }
        space
    }

    /// Fills the chunk that `begin` gives, if any; false when there is none. All but filling takes the lock.
    pub fn fill_early(&self, begin: impl FnOnce(&mut AddressSpace) -> Option<Early>) -> bool {
        // Not in a condition, which would keep the address space locked.
        let early = begin(&mut self.lock());
        let Some(early) = early else { return false };
        let bytes = early.fill();
        self.lock().end_early(early, bytes);
        self.filled.notify_all();
        true
    }
}

impl AddressSpace {
    /// Takes a chunk for the 2 MiB around an address, to be filled and given to [`AddressSpace::end_early`], if the program has
    /// something mapped there that it would get a chunk for, there is none yet, and there is plenty. The few pieces that it would get instead
    /// where no more can be accessed are there at once.
    pub fn begin_early(&mut self, address: u64) -> Option<Early> {
        let index = (address / CHUNK) as usize;
        let backed = *self.backed.get(index)?;
        let range = index as u64 * CHUNK..(index as u64 + 1) * CHUNK;
        let (area_start, area) = self.areas.at(address)?;
        if area.protection == 0 || backed != 0 || self.early.is_some() || !self.has_plenty() {
            return None;
        }
        let mut parts = Vec::new();
        for (start, area) in self.areas.within(range.clone()) {
            match &area.backing {
                Backing::Shared(..) | Backing::Window(..) => return None,
                Backing::File(file, offset) => {
                    let (from, to) = (start.max(range.start), area.end.min(range.end));
                    let offset = offset.checked_add(from - start)?;
                    parts.push((from - range.start, (to - from) as usize, file.clone(), offset));
                }
                Backing::Zero | Backing::Reserved | Backing::Stack => {}
            }
        }
        let ahead = matches!(&area.backing, Backing::File(..)) && address - area_start < AHEAD_PART;
        if !ahead && self.is_sparse(address) {
            // That is done sooner than it is begun. Who finds no memory here goes without.
            if self.is_island(address) {
                let _ = self.back(address);
            }
            return None;
        }
        let shows = self.showing.clone().filter(|_| self.shows_unchanged(&range));
        let chunk = self.take_for(shows.is_some())?;
        self.early = Some(index);
        Some(Early {
            memory: self.memory.clone(),
            index: Some(index),
            chunk,
            parts,
            shows,
        })
    }

    pub(super) fn has_plenty(&self) -> bool {
        !self.sparing && !self.share && self.chunks.available() > self.memory.bytes() / 4
    }

    /// Says that the program is going to map so many bytes of a file, from `offset` on: what these begin with can be read beforehand
    /// ([`AddressSpace::begin_expected`]), or shown ([`AddressSpace::show_expected`]). Nothing comes of it where the program maps something
    /// else. Gives how many chunks that is.
    pub fn expect(&mut self, file: Arc<File>, offset: u64, length: u64) -> usize {
        let Some(identity) = identity(&file) else { return 0 };
        let wanted = (length.min(AHEAD_PART) / CHUNK) as usize;
        self.expected = Some(Expected {
            file,
            identity,
            offset,
            chunks: vec![None; wanted],
            reading: None,
        });
        wanted
    }

    /// Has a chunk of the expected file be a huge page of its own, as long as that is not mapped; false when it is.
    pub fn show_expected(&mut self, number: usize) -> bool {
        let Some(expected) = &self.expected else { return false };
        let shown = self.take_huge(&expected.file, expected.offset + number as u64 * CHUNK);
        if let Some(place) = self
            .expected
            .as_mut()
            .and_then(|expected| expected.chunks.get_mut(number))
        {
            *place = shown;
        }
        true
    }

    /// Is there something of the expected file to be read?
    pub fn expects_more(&self) -> bool {
        self.expected.as_ref().is_some_and(|expected| expected.next().is_some())
    }

    /// Takes a chunk for the next part of the expected file, as long as that is not mapped and there is plenty.
    pub fn begin_expected(&mut self) -> Option<Early> {
        let expected = self.expected.as_ref().filter(|_| self.has_plenty())?;
        let (next, offset, file) = (expected.next()?, expected.offset, expected.file.clone());
        let shows = self.showing.clone();
        let chunk = self.take_for(shows.is_some())?;
        if let Some(expected) = &mut self.expected {
            expected.reading = Some(next);
        }
        Some(Early {
            memory: self.memory.clone(),
            index: None,
            chunk,
            parts: vec![(0, CHUNK as usize, file, offset + next as u64 * CHUNK)],
            shows,
        })
    }

    /// Puts what has been read of the expected file behind the addresses where it was mapped just now, if it is that file. The chunk that
    /// is still being filled follows, and the rest is asked for.
    pub(super) fn take_expected(&mut self, range: &Range<u64>, protection: u8) {
        let Some((_, area)) = self.areas.at(range.start) else {
            return;
        };
        let (Some(expected), Backing::File(file, offset)) = (&self.expected, &area.backing) else {
            return;
        };
        let same = *offset == expected.offset && identity(file) == Some(expected.identity);
        if !same || protection == 0 || !range.start.is_multiple_of(CHUNK) {
            return;
        }
        page_cache::read_apart(file);
        let Some(expected) = self.expected.take() else { return };
        let whole = ((range.end - range.start) / CHUNK) as usize;
        let first = (range.start / CHUNK) as usize;
        let reading = expected.reading.filter(|&number| number < whole);
        self.early = reading.map(|number| first + number).or(self.early);
        let mut rest = Vec::new();
        for (number, chunk) in expected.chunks.into_iter().enumerate() {
            match chunk {
                Some(chunk) => self.put_early(first + number, chunk, number < whole, CHUNK),
                None if number < whole && reading != Some(number) => rest.push(number as u64),
                None => {}
            }
        }
        let addresses = rest.into_iter().map(|number| range.start + number * CHUNK);
        let (first, later) = addresses.partition::<Vec<u64>, _>(|address| address - range.start < DENSE_PART);
        self.chunks.ask(first);
        self.chunks.ask_later(later);
    }

    /// Releases what has been read of the expected file, and expects it no more.
    pub(super) fn forget_expected(&mut self) {
        if let Some(expected) = self.expected.take() {
            expected
                .chunks
                .iter()
                .flatten()
                .for_each(|&chunk| self.chunks.release(chunk));
        }
    }

    /// Bytes that the expected file takes, to be had if there is no more.
    pub(super) fn expected_bytes(&self) -> u64 {
        self.expected
            .as_ref()
            .map_or(0, |expected| expected.chunks.iter().flatten().count() as u64 * CHUNK)
    }

    /// Has programs get to a filled chunk, if it is still wanted and nothing is there.
    fn put_early(&mut self, index: usize, chunk: u32, wanted: bool, bytes: u64) {
        if wanted && self.backed[index] == 0 {
            let start = index as u64 * CHUNK;
            self.apply_patches(&(start..start + CHUNK), u64::from(chunk) * CHUNK);
            self.backed[index] = chunk;
            self.tables.map(index as u64 * CHUNK, chunk);
            // What is shown was not read.
            if let Some(statistics) = self.statistics.as_ref().filter(|_| !self.memory.is_shown(chunk)) {
                statistics.note_file(bytes);
            }
        } else {
            self.chunks.release(chunk);
        }
    }

    /// Has programs get to a chunk that was filled, unless something else was mapped there or was faster.
    pub fn end_early(&mut self, early: Early, bytes: u64) {
        match (&mut self.expected, early.index) {
            (Some(expected), None) => {
                let read = expected.reading.take();
                match read.and_then(|number| expected.chunks.get_mut(number)) {
                    Some(chunk) => *chunk = Some(early.chunk),
                    None => self.chunks.release(early.chunk),
                }
            }
            // The address that a part of the expected file was for has become known meanwhile, or none has.
            (_, index) => {
                let now = self.early.take();
                let wanted = now.is_some() && index.is_none_or(|index| now == Some(index));
                self.put_early(now.unwrap_or(0), early.chunk, wanted, bytes);
            }
        }
    }

    /// Is a chunk being filled for this address?
    pub fn is_early(&self, address: u64) -> bool {
        self.early == Some((address / CHUNK) as usize)
    }

    /// What is mapped in a range is not what it was.
    pub(super) fn spoil_early(&mut self, range: &Range<u64>) {
        if let Some(index) = self.early {
            let start = index as u64 * CHUNK;
            if range.start < start + CHUNK && start < range.end {
                self.early = None;
            }
        }
    }

    /// Addresses in chunks that are soon to be touched when this one was, and that have none yet, if there is plenty: of a mapped file, what
    /// follows of its dense part; of other memory the next ones, as far as they belong to the same mapping, since allocators and heaps
    /// take memory in order.
    pub fn soon_touched(&self, address: u64) -> Vec<u64> {
        let next = (address / CHUNK + 1) * CHUNK;
        let end = match self.areas.at(address).filter(|_| self.has_plenty()) {
            Some((start, area)) => match area.backing {
                Backing::File(..) => area.end.min(start.saturating_add(DENSE_PART)),
                Backing::Zero | Backing::Reserved => area.end.min(next + NEXT_CHUNKS * CHUNK),
                Backing::Stack | Backing::Shared(..) | Backing::Window(..) => next,
            },
            None => next,
        };
        let missing = |address: &u64| self.backed[(address / CHUNK) as usize] == 0;
        (next..end).step_by(CHUNK as usize).filter(missing).collect()
    }
}

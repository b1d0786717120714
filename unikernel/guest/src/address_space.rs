//! The program's address space: which addresses it has mapped, and with what. Pages are there once they were touched.
//!
//! The kernel itself never follows a pointer of the program's: it looks up the page, has it made if need be, and takes the
//! way through its own view of physical memory ([`AddressSpace::read`], [`AddressSpace::write`]).

use crate::errno::{EEXIST, EFAULT, EINVAL, ENOMEM, Errno};
use crate::frames::{Frames, PAGE};
use crate::page_tables::{FRAME, NO_EXECUTE, OWNED, PRESENT, PageTables, USER, USER_LIMIT, WRITABLE};
use alloc::collections::BTreeMap;
use alloc::rc::Rc;
use core::cell::{Cell, RefCell};
use core::ops::Range;
use core::slice;
use peaberry_linux::areas::{Areas, BREAK_LIMIT, NoPlace, Shows, page_up};
pub use peaberry_linux::areas::{EXECUTE, Place, READ, WRITE};

/// Where a position-independent program is loaded.
pub const PROGRAM_BASE: u64 = 64 << 30;
/// Each area takes some of the kernel's own memory: there are at most as many as a third of the frames.
const FRAMES_OF_AN_AREA: u64 = 3;
/// Pages of zeros that are made at once.
const ZEROS_AT_ONCE: u64 = 4;
/// Pages of a file that are mapped at once, which costs no memory.
const FILE_AT_ONCE: u64 = 16;
/// Frames that are left for the kernel's page tables when the program can have no more.
const KEPT_FRAMES: u64 = 64;

/// Memory that several mappings show (`memfd_create`).
#[derive(Debug)]
pub struct SharedMemory {
    frames: Rc<Frames>,
    length: Cell<u64>,
    pages: RefCell<BTreeMap<u64, u64>>,
}

impl SharedMemory {
    /// Empty memory.
    pub fn new(frames: Rc<Frames>) -> SharedMemory {
        SharedMemory {
            frames,
            length: Cell::new(0),
            pages: RefCell::default(),
        }
    }

    /// Length in bytes.
    pub fn length(&self) -> u64 {
        self.length.get()
    }

    /// Makes it longer; shorter is refused, as mappings may show what would go.
    pub fn grow(&self, length: u64) -> Result<(), Errno> {
        if length < self.length.get() || length > USER_LIMIT {
            return Err(Errno(EINVAL));
        }
        self.length.set(length);
        Ok(())
    }

    fn frame(&self, index: u64) -> Option<u64> {
        let mut pages = self.pages.borrow_mut();
        if let Some(&frame) = pages.get(&index) {
            return Some(frame);
        }
        let frame = self.frames.take_zeroed()?;
        pages.insert(index, frame);
        Some(frame)
    }
}

impl Drop for SharedMemory {
    fn drop(&mut self) {
        let pages = self.pages.get_mut();
        pages.values().for_each(|&frame| self.frames.release(frame));
    }
}

/// What a mapping shows where the program has not written.
#[derive(Clone, Debug)]
pub enum Backing {
    /// Zeros.
    Zero,
    /// A packed file's bytes, which begin at a page's, from an offset on; stores stay the program's own.
    File(&'static [u8], u64),
    /// Shared memory from an offset on.
    Shared(Rc<SharedMemory>, u64),
}

impl Shows for Backing {
    fn advanced(&self, by: u64) -> Backing {
        match self {
            Backing::Zero => Backing::Zero,
            Backing::File(bytes, offset) => Backing::File(bytes, offset.saturating_add(by)),
            Backing::Shared(memory, offset) => Backing::Shared(memory.clone(), offset + by),
        }
    }

    fn goes_on_in(&self, other: &Backing) -> bool {
        matches!((self, other), (Backing::Zero, Backing::Zero))
    }
}

/// Why an access cannot be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
    /// Nothing is mapped there.
    NoMapping,
    /// Nothing that may be accessed in this way.
    Forbidden,
    /// Behind the end of a file.
    BeyondFile,
    /// Memory is used up.
    OutOfMemory,
}

/// The address space.
#[derive(Debug)]
pub struct AddressSpace {
    frames: Rc<Frames>,
    /// What the processor sees.
    pub tables: PageTables,
    areas: Areas<Backing>,
    break_start: u64,
    break_end: u64,
}

/// The bits of an entry for what may be done.
fn bits(protection: u8) -> u64 {
    if protection == 0 {
        return 0;
    }
    let mut bits = PRESENT | USER;
    if protection & WRITE != 0 {
        bits |= WRITABLE;
    }
    if protection & EXECUTE == 0 {
        bits |= NO_EXECUTE;
    }
    bits
}

impl AddressSpace {
    /// Nothing mapped.
    pub fn new(frames: Rc<Frames>, tables: PageTables) -> AddressSpace {
        let most_areas = (frames.total() / FRAMES_OF_AN_AREA) as usize;
        AddressSpace {
            frames,
            tables,
            areas: Areas::new(USER_LIMIT, USER_LIMIT, most_areas),
            break_start: 0,
            break_end: 0,
        }
    }

    /// All frames.
    pub fn frames(&self) -> &Rc<Frames> {
        &self.frames
    }

    /// Has `brk` begin at an address behind the program.
    pub fn start_break(&mut self, address: u64) {
        self.break_start = address.next_multiple_of(PAGE);
        self.break_end = self.break_start;
    }

    /// Maps `length` bytes and gives their address.
    pub fn map(&mut self, place: Place, length: u64, protection: u8, backing: Backing) -> Result<u64, Errno> {
        let length = page_up(length).filter(|&length| length > 0).ok_or(Errno(EINVAL))?;
        let range = self.areas.place(place, length, PAGE).map_err(|refused| match refused {
            NoPlace::Full => Errno(ENOMEM),
            NoPlace::Taken => Errno(EEXIST),
        })?;
        let start = range.start;
        self.remove(range.clone());
        self.areas.insert(range, protection, backing);
        Ok(start)
    }

    /// Unmaps a range; parts of it may be unmapped already.
    pub fn unmap(&mut self, start: u64, length: u64) -> Result<(), Errno> {
        let range = self.areas.range_of(start, length).ok_or(Errno(EINVAL))?;
        if self.areas.is_full() {
            return Err(Errno(ENOMEM));
        }
        self.remove(range);
        Ok(())
    }

    fn remove(&mut self, range: Range<u64>) {
        self.drop_pages(range.clone());
        self.areas.take(range);
    }

    /// Forgets what the pages of a range hold.
    fn drop_pages(&mut self, range: Range<u64>) {
        let frames = self.frames.clone();
        self.tables.change(range, |_, entry| {
            if entry & OWNED != 0 {
                frames.release(entry & FRAME);
            }
            0
        });
    }

    /// Is every page of a range mapped?
    pub fn is_mapped(&self, range: Range<u64>) -> bool {
        self.areas.covers(range, 0).is_ok()
    }

    /// Is every page of a range mapped? An empty range is.
    pub fn check_mapped(&self, start: u64, length: u64) -> Result<(), Errno> {
        if length == 0 && start.is_multiple_of(PAGE) {
            return Ok(());
        }
        let range = self.areas.range_of(start, length).ok_or(Errno(EINVAL))?;
        if self.is_mapped(range) {
            Ok(())
        } else {
            Err(Errno(ENOMEM))
        }
    }

    /// Changes what may be done with a range, all of which must be mapped.
    pub fn protect(&mut self, start: u64, length: u64, protection: u8) -> Result<(), Errno> {
        self.check_mapped(start, length)?;
        if length == 0 {
            return Ok(());
        }
        if self.areas.is_full() {
            return Err(Errno(ENOMEM));
        }
        let range = self.areas.range_of(start, length).ok_or(Errno(EINVAL))?;
        self.areas.protect(range.clone(), protection);
        let wanted = bits(protection);
        self.tables.change(range, |_, entry| match entry & OWNED {
            // A file's own page, or one of shared memory: found again when it is touched.
            0 => 0,
            _ => entry & (FRAME | OWNED) | wanted,
        });
        Ok(())
    }

    /// Discards what a range holds: what its mappings show is as if it had never been touched.
    pub fn discard(&mut self, start: u64, length: u64) -> Result<(), Errno> {
        self.check_mapped(start, length)?;
        if let Some(range) = self.areas.range_of(start, length) {
            self.drop_pages(range);
        }
        Ok(())
    }

    /// `brk`: moves the end of the area if it can be moved, and gives it.
    pub fn set_break(&mut self, wanted: u64) -> u64 {
        let limit = self.break_start + BREAK_LIMIT;
        if (self.break_start..=limit).contains(&wanted)
            && let (Some(old), Some(new)) = (page_up(self.break_end), page_up(wanted))
        {
            if new > old {
                let place = Place::FixedIfFree(old);
                if self.map(place, new - old, READ | WRITE, Backing::Zero).is_err() {
                    return self.break_end;
                }
            } else if new < old {
                self.remove(new..old);
            }
            self.break_end = wanted;
        }
        self.break_end
    }

    fn take(&self, take: impl FnOnce(&Frames) -> Option<u64>) -> Result<u64, Fault> {
        if self.frames.available() < KEPT_FRAMES {
            return Err(Fault::OutOfMemory);
        }
        take(&self.frames).ok_or(Fault::OutOfMemory)
    }

    fn set(&mut self, page: u64, entry: u64) -> Result<(), Fault> {
        if self.tables.set(page, entry) {
            Ok(())
        } else {
            Err(Fault::OutOfMemory)
        }
    }

    /// Has the page of an address made so that it can be accessed in a way.
    pub fn fault(&mut self, address: u64, access: u8) -> Result<(), Fault> {
        let (start, area) = self.areas.at(address).ok_or(Fault::NoMapping)?;
        // The processor knows no page that can be written or executed and not read.
        let allowed = area.protection | if area.protection != 0 { READ } else { 0 };
        if access & !allowed != 0 {
            return Err(Fault::Forbidden);
        }
        let (end, wanted) = (area.end, bits(area.protection));
        let page = address / PAGE * PAGE;
        let entry = self.tables.get(page);
        if entry & OWNED != 0 {
            return self.set(page, entry & (FRAME | OWNED) | wanted);
        }
        let within = |pages: u64| {
            let first = (page / (pages * PAGE) * pages * PAGE).max(start);
            first..end.min(first + pages * PAGE)
        };
        match &area.backing {
            Backing::Zero => {
                let frame = self.take(Frames::take_zeroed)?;
                self.set(page, frame | OWNED | wanted)?;
                // Its neighbours, as far as there is memory enough.
                let mut other = within(ZEROS_AT_ONCE).start;
                while other < within(ZEROS_AT_ONCE).end && self.frames.available() > 16 * KEPT_FRAMES {
                    if self.tables.get(other) == 0 {
                        let frame = self.take(Frames::take_zeroed)?;
                        self.set(other, frame | OWNED | wanted)?;
                    }
                    other += PAGE;
                }
                Ok(())
            }
            Backing::Shared(memory, offset) => {
                let (memory, index) = (memory.clone(), (offset + (page - start)) / PAGE);
                if index * PAGE >= memory.length() {
                    return Err(Fault::BeyondFile);
                }
                let frame = self.take(|_| memory.frame(index))?;
                self.set(page, frame | wanted)
            }
            &Backing::File(bytes, offset) => {
                let bytes_at = |page: u64| {
                    let from = usize::try_from(offset.saturating_add(page - start)).ok()?;
                    bytes.get(from..).filter(|rest| !rest.is_empty())
                };
                let content = bytes_at(page).ok_or(Fault::BeyondFile)?;
                if access & WRITE != 0 {
                    let content = &content[..content.len().min(PAGE as usize)];
                    let frame = self.take(|frames| frames.take_copy(content))?;
                    return self.set(page, frame | OWNED | wanted);
                }
                let mut other = within(FILE_AT_ONCE).start;
                while other < within(FILE_AT_ONCE).end {
                    if let Some(content) = bytes_at(other)
                        && self.tables.get(other) == 0
                    {
                        let frame = self.frames.physical(content.as_ptr());
                        self.set(other, frame | wanted & !WRITABLE)?;
                    }
                    other += PAGE;
                }
                Ok(())
            }
        }
    }

    /// The bytes of a page behind an address, up to the page's end and at most `most`, if the program may access them.
    fn piece(&mut self, address: u64, most: usize, access: u8) -> Result<(*mut u8, usize), Errno> {
        if address >= USER_LIMIT {
            return Err(Errno(EFAULT));
        }
        let needed = PRESENT | if access & WRITE != 0 { WRITABLE } else { 0 };
        if self.tables.get(address) & needed != needed {
            self.fault(address, access).map_err(|_| Errno(EFAULT))?;
        }
        let frame = self.tables.get(address) & FRAME;
        let within = address % PAGE;
        let length = most.min((PAGE - within) as usize);
        Ok((self.frames.pointer(frame + within), length))
    }

    /// Hands out the program's memory piece by piece, for reading.
    pub fn each_piece(
        &mut self,
        address: u64,
        length: usize,
        mut take: impl FnMut(&[u8]) -> Result<(), Errno>,
    ) -> Result<(), Errno> {
        let mut done = 0;
        while done < length {
            let at = address.checked_add(done as u64).ok_or(Errno(EFAULT))?;
            let (pointer, count) = self.piece(at, length - done, READ)?;
            // SAFETY: bytes of a frame that the program has mapped; the program does not run meanwhile.
            take(unsafe { slice::from_raw_parts(pointer, count) })?;
            done += count;
        }
        Ok(())
    }

    /// Reads the program's memory.
    pub fn read(&mut self, address: u64, bytes: &mut [u8]) -> Result<(), Errno> {
        let mut done = 0;
        let length = bytes.len();
        self.each_piece(address, length, |piece| {
            bytes[done..done + piece.len()].copy_from_slice(piece);
            done += piece.len();
            Ok(())
        })
    }

    /// Writes the program's memory.
    pub fn write(&mut self, address: u64, bytes: &[u8]) -> Result<(), Errno> {
        let mut done = 0;
        while done < bytes.len() {
            let at = address.checked_add(done as u64).ok_or(Errno(EFAULT))?;
            let (pointer, count) = self.piece(at, bytes.len() - done, WRITE)?;
            // SAFETY: bytes of a frame that the program has mapped and may write; nobody has a reference to them.
            unsafe { pointer.copy_from(bytes[done..].as_ptr(), count) };
            done += count;
        }
        Ok(())
    }

    /// Reads words.
    pub fn read_words<const N: usize>(&mut self, address: u64) -> Result<[u64; N], Errno> {
        let mut bytes = [[0; 8]; N];
        self.read(address, bytes.as_flattened_mut())?;
        Ok(bytes.map(u64::from_le_bytes))
    }

    /// Writes words.
    pub fn write_words(&mut self, address: u64, words: &[u64]) -> Result<(), Errno> {
        let mut at = address;
        for word in words {
            self.write(at, &word.to_le_bytes())?;
            at = at.checked_add(8).ok_or(Errno(EFAULT))?;
        }
        Ok(())
    }
}

#[cfg(test)]
#[path = "address_space_tests.rs"]
mod tests;

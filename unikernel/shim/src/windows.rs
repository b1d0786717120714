//! Windows: mappings of files whose pages are the guest's memory. What the guest stores to a shared one is in the file at once, for all
//! who read it; what others write, the guest sees; a page that the file does not reach cannot be accessed.
//!
//! The host's kernel does all of it: in the monitor, the file is mapped over the part of guest memory that is behind the addresses,
//! which may be less than a chunk or piece, and KVM follows what becomes of the monitor's mappings.

use super::{AddressSpace, Area, Backing, CHUNK, PAGE, PIECED, Piece, Place, WRITE};
use crate::errno::Errno;
use crate::memory::GuestMemory;
use crate::pieces::PIECE;
use peaberry_linux::areas::Shows;
use std::fs::File;
use std::ops::Range;
use std::os::fd::AsRawFd;

/// A file that is mapped so.
pub struct Window {
    /// The file.
    pub file: File,
    /// Stores are for the program alone.
    pub private: bool,
    /// Stores to a shared one are allowed, by the way the file was opened.
    pub writable: bool,
}

impl Window {
    /// Mode and flags of the monitor's mapping.
    fn kind(&self) -> (i32, i32) {
        let protection = match self.writable || self.private {
            true => libc::PROT_READ | libc::PROT_WRITE,
            false => libc::PROT_READ,
        };
        let sharing = if self.private {
            libc::MAP_PRIVATE
        } else {
            libc::MAP_SHARED
        };
        (protection, sharing | libc::MAP_NORESERVE)
    }

    /// Can the file be mapped at all?
    pub fn check(&self, offset: u64) -> Result<(), Errno> {
        let (protection, flags) = self.kind();
        let (nowhere, fd) = (std::ptr::null_mut(), self.file.as_raw_fd());
        // SAFETY: a new mapping at an address of the kernel's choice, unmapped before anybody knows of it.
        unsafe {
            let start = libc::mmap(nowhere, PAGE as usize, protection, flags, fd, offset as i64);
            if start == libc::MAP_FAILED {
                return Err(std::io::Error::last_os_error().into());
            }
            libc::munmap(start, PAGE as usize);
        }
        Ok(())
    }
}

impl GuestMemory {
    /// Has a range of pages be those of a file.
    fn open_window(&self, physical: u64, length: u64, window: &Window, offset: u64) -> bool {
        let Some(start) = self.host_range(physical, length as usize) else {
            return false;
        };
        let ((protection, flags), fd) = (window.kind(), window.file.as_raw_fd());
        let (start, flags) = (start.cast(), flags | libc::MAP_FIXED);
        // SAFETY: the range is this value's; nothing in it is needed any more.
        unsafe { libc::mmap(start, length as usize, protection, flags, fd, offset as i64) == start }
    }

    /// Puts zeros where there was a file.
    fn close_window(&self, physical: u64, length: u64) -> bool {
        self.host_range(physical, length as usize)
            .is_some_and(|start| self.map_zeros(start, length as usize))
    }
}

impl AddressSpace {
    /// Has memory that is there show the parts of windows in a range.
    pub(super) fn open_windows(&self, part: &Range<u64>) {
        let Some((unit, physical)) = self.unit(part.start) else {
            return;
        };
        for (start, area) in self.areas.within(part.clone()) {
            if let Backing::Window(window, offset) = &area.backing {
                let (from, to) = (start.max(part.start), area.end.min(part.end));
                let place = physical + (from - unit.start);
                self.memory
                    .open_window(place, to - from, window, offset + (from - start));
            }
        }
    }

    /// Has memory behind a part of a window that is no more read as zero.
    pub(super) fn close_window(&self, part: &Range<u64>) {
        if let Some((unit, physical)) = self.unit(part.start) {
            let place = physical + (part.start - unit.start);
            self.memory.close_window(place, part.end - part.start);
        }
    }

    /// Are there windows in a range, and are all of them such that stores are allowed?
    pub(super) fn windows_allow(&self, range: &Range<u64>, protection: u8) -> bool {
        protection & WRITE == 0
            || self.areas.within(range.clone()).all(|(_, area)| match &area.backing {
                Backing::Window(window, _) => window.writable || window.private,
                _ => true,
            })
    }

    /// The host's memory of shared windows in a range, whose stores may wait to be written.
    pub fn stored(&self, start: u64, length: u64) -> Result<Vec<Piece>, Errno> {
        let range = self.areas.range_of(start, length.max(1)).ok_or(Errno(libc::ENOMEM))?;
        self.covered(&range, 0)?;
        let mut stored = Vec::new();
        for (from, area) in self.areas.within(range.clone()) {
            let Backing::Window(window, _) = &area.backing else {
                continue;
            };
            let (mut at, end) = (from.max(range.start), area.end.min(range.end));
            while at < end && !window.private {
                let size = match self.backed[(at / CHUNK) as usize] {
                    PIECED => PIECE,
                    _ => CHUNK,
                };
                let next = ((at / size + 1) * size).min(end);
                let bytes = (next - at) as usize;
                let host = self
                    .unit(at)
                    .and_then(|(unit, physical)| self.memory.host_range(physical + (at - unit.start), bytes));
                stored.extend(host.map(|start| Piece { start, bytes }));
                at = next;
            }
        }
        Ok(stored)
    }

    /// `mremap` of shared windows: a second one of the same file (`old_length` 0), another length, another place.
    pub fn remap(&mut self, old: u64, old_length: u64, length: u64, flags: i32, wanted: u64) -> Result<u64, Errno> {
        let invalid = Errno(libc::EINVAL);
        if flags & !(libc::MREMAP_MAYMOVE | libc::MREMAP_FIXED) != 0 || length == 0 {
            return Err(invalid);
        }
        let range = self.areas.range_of(old, old_length.max(1)).ok_or(invalid)?;
        let found = self.areas.within(range.clone()).next();
        let (protection, backing) = match found {
            None => return Err(Errno(libc::EFAULT)),
            Some((start, area)) if start <= range.start && area.end >= range.end => match &area.backing {
                Backing::Window(window, _) if !window.private => {
                    (area.protection, area.backing.advanced(range.start - start))
                }
                // Programs then copy.
                _ => return Err(Errno(libc::ENOMEM)),
            },
            Some(_) => return Err(Errno(libc::ENOMEM)),
        };
        let place = match flags & libc::MREMAP_FIXED != 0 {
            true if flags & libc::MREMAP_MAYMOVE == 0 => return Err(invalid),
            true => {
                let target = self.areas.range_of(wanted, length).ok_or(invalid)?;
                if target.start < range.end && range.start < target.end {
                    return Err(invalid);
                }
                Place::Fixed(target.start)
            }
            false => Place::Anywhere,
        };
        if place == Place::Anywhere && old_length != 0 {
            let new_end = self.areas.range_of(old, length).ok_or(invalid)?.end;
            if new_end <= range.end {
                if new_end < range.end {
                    self.unmap(new_end, range.end - new_end)?;
                }
                return Ok(old);
            }
        }
        if flags & libc::MREMAP_MAYMOVE == 0 {
            return Err(Errno(libc::ENOMEM));
        }
        let start = self.map(place, length, protection, backing)?;
        if old_length != 0 {
            self.unmap(range.start, range.end - range.start)?;
        }
        Ok(start)
    }

    /// The program's address that guest-physical memory is behind which the host has no page for, and whether that is as the file has
    /// none, as opposed to one that must not be written.
    pub fn absent(&self, physical: u64) -> Option<(u64, bool)> {
        let chunk = u32::try_from(physical / CHUNK).ok()?;
        let index = self.backed.iter().position(|&backed| backed == chunk);
        let address = match index {
            Some(index) => index as u64 * CHUNK + physical % CHUNK,
            None => self.pieces.address_of(physical)?,
        };
        let (start, area) = self.areas.within(address..address + 1).next()?;
        matches!(area.backing, Backing::Window(..) | Backing::File(..))
            .then(|| (address, is_beyond(start, area, address)))
    }

    /// Takes memory away from the program in which pages of files are missing, so that its access tells where it goes. When the
    /// instruction at `at` comes here again and again, as it accesses such memory in two places, the first missing page's address.
    pub fn hide_absent(&mut self, at: u64) -> Result<(), Option<u64>> {
        let mut missing = Vec::new();
        for (start, area) in self.areas.iter() {
            if let Some(reached) = reached(area) {
                let mut address = (start + reached).min(area.end);
                while address < area.end {
                    let unit = self.unit(address).map(|(unit, _)| unit);
                    missing.extend(unit.as_ref().map(|unit| (address, unit.start)));
                    address = unit.map_or((address / PIECE + 1) * PIECE, |unit| unit.end);
                }
            }
        }
        let first = missing.first().map(|&(address, _)| address);
        let times = self.hidden_for.entry(at).or_default();
        *times += 1;
        if first.is_none() || *times > MOST_TIMES {
            self.hidden_for.clear();
            return Err(first);
        }
        for (_, unit) in missing {
            match self.backed[(unit / CHUNK) as usize] {
                PIECED => self.pieces.hide(unit, &self.tables),
                _ => self.tables.unmap(unit),
            }
            self.hidden.insert(unit);
        }
        (self.flush)();
        Ok(())
    }

    /// Has the program get to memory again that was hidden from it.
    pub(super) fn show_again(&mut self, unit: u64, physical: u64) {
        if self.hidden.remove(&unit) {
            match self.backed[(unit / CHUNK) as usize] {
                PIECED => self.pieces.show(unit, &self.tables),
                _ => self.tables.map(unit, (physical / CHUNK) as u32),
            }
        }
    }
}

/// So often an instruction may access hidden memory.
const MOST_TIMES: u32 = 8;

/// Bytes of an area that its file reaches, in whole pages; `None` where there is no file that could be too short.
fn reached(area: &Area) -> Option<u64> {
    let (file, offset) = match &area.backing {
        Backing::File(file, offset) => (&**file, offset),
        Backing::Window(window, offset) => (&window.file, offset),
        _ => return None,
    };
    // What is no file has no length.
    let about = file.metadata().ok().filter(|about| about.is_file())?;
    Some(about.len().saturating_sub(*offset).next_multiple_of(PAGE))
}

/// Is an address in a page of an area that its file does not reach?
pub(super) fn is_beyond(start: u64, area: &Area, address: u64) -> bool {
    reached(area).is_some_and(|reached| address - start >= reached)
}

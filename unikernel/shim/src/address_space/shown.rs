//! Chunks that are a file's own pages instead of memory that the file was read into.

use super::{AddressSpace, Backing, CHUNK, WRITE};
use crate::page_cache::{self, Cached, PageTables};
use peaberry_linux::areas::Shows;
use std::fs::File;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

impl AddressSpace {
    /// Has a chunk show the one file that is mapped in all of it, to be read alone.
    pub(super) fn show(&self, part: &Range<u64>) -> bool {
        let chunk = self.backed[(part.start / CHUNK) as usize];
        let shown = self.file_in(part);
        shown.is_some_and(|(file, offset)| self.memory.show(chunk, &file, offset))
    }

    /// The file that is mapped in all of a chunk, to be read alone, and from where on.
    fn file_in(&self, part: &Range<u64>) -> Option<(Arc<File>, u64)> {
        let (mut at, mut shown) = (part.start, None::<(Arc<File>, u64)>);
        for (start, area) in self.areas.within(part.clone()) {
            let Backing::File(file, offset) = area.backing.advanced(at.checked_sub(start)?) else {
                return None;
            };
            let goes_on = shown
                .as_ref()
                .is_none_or(|(first, from)| Arc::ptr_eq(first, &file) && from + (at - part.start) == offset);
            if area.protection & WRITE != 0 || !goes_on {
                return None;
            }
            at = area.end.min(part.end);
            shown.get_or_insert((file, offset));
        }
        shown.filter(|_| at == part.end && part.end - part.start == CHUNK)
    }

    /// Is one file mapped in all of a chunk, to be read alone, and nothing of the program changed in it?
    pub(super) fn shows_unchanged(&self, part: &Range<u64>) -> bool {
        let changed =
            self.patches.range(part.clone()).next().is_some() || self.calls.range(part.clone()).next().is_some();
        !changed && self.file_in(part).is_some()
    }

    /// Has the 2 MiB around an address that has no memory yet be a huge page of the one file that is mapped there, if there can be such a
    /// page and nothing of the program is changed in it.
    pub fn show_huge(&mut self, address: u64) -> bool {
        let index = (address / CHUNK) as usize;
        let part = index as u64 * CHUNK..(index as u64 + 1) * CHUNK;
        if !self.shows_unchanged(&part) || self.backed[index] != 0 || self.early.is_some() {
            return false;
        }
        let (Some((file, offset)), Some(showing)) = (self.file_in(&part), &self.showing) else {
            return false;
        };
        let chunk = showing
            .has_huge(&file, offset)
            .then(|| self.take_huge(&file, offset))
            .flatten();
        if let Some(chunk) = chunk {
            self.backed[index] = chunk;
            self.tables.map(part.start, chunk);
        }
        chunk.is_some()
    }

    /// A chunk that is a huge page of a file.
    pub(super) fn take_huge(&self, file: &File, offset: u64) -> Option<u32> {
        let tables = &self.showing.as_ref()?.tables;
        if !self.has_plenty() || !page_cache::is_huge(file, offset, tables) {
            return None;
        }
        let chunk = self.take_for(true)?;
        let huge = self.memory.show_huge(chunk, file, offset);
        if !huge {
            self.chunks.release(chunk);
        }
        huge.then_some(chunk)
    }

    /// A chunk in whose place a file is to be, or one for something else.
    pub(super) fn take_for(&self, shows: bool) -> Option<u32> {
        match shows {
            true => self.chunks.take_unfound(),
            false => self.chunks.take(),
        }
    }
}

/// How files come to be huge pages.
pub struct Showing {
    tables: PageTables,
    /// Small pages are made huge ones, which worked so far.
    renews: AtomicBool,
}

impl Showing {
    /// `None` where the system does not show page tables.
    pub fn new() -> Option<Arc<Showing>> {
        let (tables, renews) = (PageTables::open()?, AtomicBool::new(true));
        Some(Arc::new(Showing { tables, renews }))
    }

    /// Is a chunk's worth of a file a huge page, or has become one? Of small pages, which somebody read in another way, one is made: that is
    /// tried until it does not work, as these are in use then, or the file system has no others.
    pub fn has_huge(&self, file: &File, offset: u64) -> bool {
        let there = match page_cache::cached(file, offset) {
            Cached::Some => false,
            Cached::All | Cached::None | Cached::Unknown => page_cache::is_huge(file, offset, &self.tables),
        };
        if there || !offset.is_multiple_of(CHUNK) || !self.renews.load(Relaxed) {
            return there;
        }
        let renewed = page_cache::renew(file, offset, &self.tables);
        self.renews.store(renewed, Relaxed);
        renewed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address_space::testing::space;
    use crate::address_space::{EXECUTE, PROGRAM_BASE, Place, READ};
    use crate::call_sites::Patch;
    use crate::errno::Errno;
    use crate::memory::PAGE;

    fn byte(space: &mut AddressSpace, address: u64) -> u8 {
        let pieces = space.resolve(address, 1, READ).expect("resolve");
        // SAFETY: checked by resolve.
        unsafe { pieces[0].start.read() }
    }

    fn map(space: &mut AddressSpace, start: u64, length: u64, protection: u8, backing: Backing) -> Result<u64, Errno> {
        space.map(Place::Fixed(start), length, protection, backing)
    }

    /// Whatever the file system keeps, a chunk that can be shown is asked for and has the file's contents, others are refused.
    #[test]
    fn what_the_program_does_not_change_can_be_shown() {
        let Some(showing) = Showing::new() else { return };
        let path = std::env::temp_dir().join(format!("peaberry-shown-{}", std::process::id()));
        let contents: Vec<u8> = (0..5 * CHUNK).map(|at| (at / PAGE % 251) as u8).collect();
        std::fs::write(&path, &contents).expect("write");
        let file = Arc::new(File::open(&path).expect("open"));
        std::fs::remove_file(&path).expect("remove");
        let (mut space, base) = (space(64), PROGRAM_BASE);
        let shows = |offset: u64| Backing::File(file.clone(), offset);
        // The first chunk has two mappings one after the other, the fourth ends in one that is written.
        map(&mut space, base, CHUNK / 2, READ, shows(0)).expect("map");
        let (second, rest) = (base + CHUNK / 2, 3 * CHUNK);
        map(&mut space, second, rest, READ | EXECUTE, shows(CHUNK / 2)).expect("map");
        map(&mut space, second + rest, CHUNK, READ | WRITE, shows(CHUNK / 2 + rest)).expect("map");
        let jump = Patch {
            address: base + CHUNK + 7 * PAGE,
            bytes: [9; 5],
        };
        space.patch(vec![jump]);
        let can = |space: &AddressSpace, number: u64| {
            let start = base + number * CHUNK;
            space.file_in(&(start..start + CHUNK)).map(|(_, offset)| offset)
        };
        assert_eq!(
            [0, 1, 2, 3, 4].map(|number| can(&space, number)),
            [Some(0), Some(CHUNK), Some(2 * CHUNK), None, None]
        );
        space.showing = Some(showing);
        for number in 0..5 {
            let address = base + number * CHUNK;
            let shown = space.show_huge(address);
            assert!(!shown || [0, 2].contains(&number), "{number}");
            assert_eq!(space.unit(address).is_some(), shown);
        }
        for at in [
            0,
            CHUNK - PAGE,
            CHUNK + PAGE,
            2 * CHUNK,
            3 * CHUNK - 1,
            3 * CHUNK,
            4 * CHUNK + CHUNK / 2 - 1,
        ] {
            assert_eq!(byte(&mut space, base + at), contents[at as usize], "{at:#x}");
        }
        assert_eq!(byte(&mut space, jump.address), 9);
        // What is there already is left as it is.
        assert!(!space.show_huge(base + CHUNK));
        // Another file, and the same from elsewhere on, do not go on in it.
        for (start, offset) in [(8 * CHUNK, 0), (12 * CHUNK, CHUNK)] {
            map(&mut space, base + start, PAGE, READ, shows(0)).expect("map");
            let other = if offset == 0 {
                Arc::new(file.try_clone().expect("clone"))
            } else {
                file.clone()
            };
            let backing = Backing::File(other, PAGE + offset);
            map(&mut space, base + start + PAGE, CHUNK - PAGE, READ, backing).expect("map");
            assert!(space.file_in(&(base + start..base + start + CHUNK)).is_none());
        }
    }
}

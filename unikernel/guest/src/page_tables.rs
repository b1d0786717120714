//! The processor's page tables for the program: four levels, pages of 4 KiB.

use crate::frames::{Frames, PAGE};
use alloc::rc::Rc;
use alloc::vec::Vec;
use core::ops::Range;

/// The program's addresses end here.
pub const USER_LIMIT: u64 = (1 << 47) - PAGE;

/// The page can be accessed.
pub const PRESENT: u64 = 1;
/// It can be written.
pub const WRITABLE: u64 = 1 << 1;
/// The program can access it.
pub const USER: u64 = 1 << 2;
/// It holds no instructions.
pub const NO_EXECUTE: u64 = 1 << 63;
/// The frame is this entry's alone. The processor ignores the bit.
pub const OWNED: u64 = 1 << 9;
/// The bits that are a frame's address.
pub const FRAME: u64 = 0x000f_ffff_ffff_f000;

/// Entries of a table.
const ENTRIES: u64 = 512;
/// More changed pages than these, and all are forgotten.
const MOST_STALE: usize = 16;

/// What the processor may remember that is no longer so.
#[derive(Debug, PartialEq, Eq)]
pub enum Stale {
    /// Of these pages.
    Pages(Vec<u64>),
    /// Of any page.
    All,
}

/// The tables.
#[derive(Debug)]
pub struct PageTables {
    frames: Rc<Frames>,
    root: u64,
    stale: Stale,
}

impl PageTables {
    /// Tables that begin at a frame whose lower half is empty.
    pub fn new(frames: Rc<Frames>, root: u64) -> PageTables {
        PageTables {
            frames,
            root,
            stale: Stale::Pages(Vec::with_capacity(MOST_STALE)),
        }
    }

    /// Physical address of the first table.
    pub fn root(&self) -> u64 {
        self.root
    }

    /// What the processor must forget before the program runs on; asking says that it does.
    pub fn take_stale(&mut self) -> Stale {
        core::mem::replace(&mut self.stale, Stale::Pages(Vec::new()))
    }

    fn changed(&mut self, address: u64) {
        match &mut self.stale {
            Stale::Pages(pages) if pages.len() < MOST_STALE => pages.push(address),
            stale => *stale = Stale::All,
        }
    }

    fn word(&self, table: u64, address: u64, level: u32) -> *mut u64 {
        let index = address >> (12 + 9 * level) & (ENTRIES - 1);
        self.frames.pointer(table + index * 8).cast()
    }

    /// The word that holds the entry of an address. Its tables are made when wanted; `None` where there are none.
    fn slot(&self, address: u64, make: bool) -> Option<*mut u64> {
        debug_assert!(address < USER_LIMIT);
        let mut table = self.root;
        for level in [3, 2, 1] {
            let word = self.word(table, address, level);
            // SAFETY: a word of a table of ours.
            let mut entry = unsafe { word.read() };
            if entry & PRESENT == 0 {
                if !make {
                    return None;
                }
                entry = self.frames.take_zeroed()? | PRESENT | WRITABLE | USER;
                // SAFETY: as above.
                unsafe { word.write(entry) };
            }
            table = entry & FRAME;
        }
        Some(self.word(table, address, 0))
    }

    /// The entry of a page, 0 for none.
    pub fn get(&self, address: u64) -> u64 {
        // SAFETY: a word of a table of ours.
        self.slot(address, false).map_or(0, |word| unsafe { word.read() })
    }

    /// Sets the entry of a page; false when there is no memory for its tables.
    #[must_use]
    pub fn set(&mut self, address: u64, entry: u64) -> bool {
        let Some(word) = self.slot(address, true) else {
            return false;
        };
        // SAFETY: a word of a table of ours.
        let before = unsafe { word.replace(entry) };
        if before & PRESENT != 0 {
            self.changed(address);
        }
        true
    }

    /// Has every entry of a range that is not 0 replaced by what `change` makes of it.
    pub fn change(&mut self, range: Range<u64>, mut change: impl FnMut(u64, u64) -> u64) {
        let mut address = range.start;
        while address < range.end {
            let mut table = self.root;
            let mut missing = None;
            for level in [3, 2, 1] {
                // SAFETY: a word of a table of ours.
                let entry = unsafe { self.word(table, address, level).read() };
                if entry & PRESENT == 0 {
                    missing = Some(1u64 << (12 + 9 * level));
                    break;
                }
                table = entry & FRAME;
            }
            if let Some(bytes) = missing {
                address = (address / bytes + 1) * bytes;
                continue;
            }
            let end = range.end.min(((address >> 21) + 1) << 21);
            while address < end {
                let word = self.word(table, address, 0);
                // SAFETY: a word of a table of ours.
                let before = unsafe { word.read() };
                if before != 0 {
                    let after = change(address, before);
                    if after != before {
                        // SAFETY: as above.
                        unsafe { word.write(after) };
                        if before & PRESENT != 0 {
                            self.changed(address);
                        }
                    }
                }
                address += PAGE;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::frames;

    fn tables(count: u64) -> PageTables {
        let frames = frames(count);
        let root = frames.take_zeroed().expect("a frame");
        PageTables::new(frames, root)
    }

    #[test]
    fn entries_are_set_and_found() {
        let mut tables = tables(20);
        let far = USER_LIMIT - PAGE;
        assert!(tables.set(0x10_0000, 0x5000 | PRESENT) && tables.set(far, 0x6000 | PRESENT));
        assert_eq!(
            (tables.get(0x10_0000), tables.get(far), tables.get(0x10_1000)),
            (0x5001, 0x6001, 0)
        );
        assert_eq!(tables.take_stale(), Stale::Pages(Vec::new()));
        assert!(tables.set(far, 0));
        assert_eq!(tables.take_stale(), Stale::Pages([far].into()));
    }

    #[test]
    fn ranges_are_changed_as_a_whole() {
        let mut tables = tables(40);
        let pages: Vec<u64> = (0..20).map(|index| 0x1f_0000 + index * PAGE).collect();
        for &page in &pages {
            assert!(tables.set(page, page | PRESENT));
        }
        let mut seen = Vec::new();
        tables.change(0..1 << 46, |address, entry| {
            seen.push(address);
            entry | WRITABLE
        });
        assert_eq!(seen, pages);
        assert_eq!(tables.take_stale(), Stale::All);
        tables.change(pages[3]..pages[5], |_, _| 0);
        assert_eq!(
            (
                tables.get(pages[2]) & WRITABLE,
                tables.get(pages[4]),
                tables.get(pages[5]) != 0
            ),
            (WRITABLE, 0, true)
        );
    }

    #[test]
    fn memory_may_run_out() {
        let mut tables = tables(3);
        assert!(!tables.set(0x1000, PRESENT));
    }
}

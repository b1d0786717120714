//! Which addresses a program has mapped, and what is shown there.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::ops::Range;

/// Bytes of a page.
pub const PAGE: u64 = 4096;
/// Nothing is mapped below.
pub const LOWEST: u64 = 64 << 10;
/// Mappings whose place is not the program's choice begin here. Below lie 32 GiB that programs map at addresses of theirs.
pub const MAPPING_BASE: u64 = 80 << 30;
/// Most bytes of the area that `brk` moves the end of.
pub const BREAK_LIMIT: u64 = 1 << 30;
/// Most areas, as Linux limits them.
pub const MOST_AREAS: usize = 65_530;
/// Mappings of this size and more are aligned to it: allocators map twice as much otherwise. Smaller ones lie side by side, as programs
/// touch their ends alone (stacks) or little of them, and the fewer places that is in, the better.
pub const BIG: u64 = 64 << 20;

/// May be read.
pub const READ: u8 = 1;
/// May be written.
pub const WRITE: u8 = 2;
/// May be executed.
pub const EXECUTE: u8 = 4;

/// What a mapping shows where the program has not written.
pub trait Shows {
    /// The same from so many bytes on.
    fn advanced(&self, by: u64) -> Self;
    /// Are mappings of this and then of the other, side by side, one?
    fn goes_on_in(&self, other: &Self) -> bool;
}

/// A mapping, or the part of one that has the same protection.
#[derive(Debug)]
pub struct Area<B> {
    /// Where it ends.
    pub end: u64,
    /// [`READ`], [`WRITE`], [`EXECUTE`].
    pub protection: u8,
    /// What it shows.
    pub backing: B,
}

/// Where a mapping goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// Anywhere.
    Anywhere,
    /// At this address if it is free, else anywhere.
    Hint(u64),
    /// At this address, in place of what is there.
    Fixed(u64),
    /// At this address if it is free.
    FixedIfFree(u64),
}

/// Why there is no place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NoPlace {
    /// There are too many areas, the addresses are none that can be mapped, or all are taken (`ENOMEM`).
    Full,
    /// Something else is there (`EEXIST`).
    Taken,
}

/// Why a range is not as it is to be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NotCovered {
    /// Parts of it are not mapped (`ENOMEM`).
    NotMapped,
    /// Parts of it may not be accessed so (`EFAULT`).
    Forbidden,
}

/// The areas of a program, by where they begin; none overlap.
#[derive(Debug)]
pub struct Areas<B> {
    areas: BTreeMap<u64, Area<B>>,
    limit: u64,
    anywhere: u64,
    most: usize,
}

/// `value` as whole pages.
pub fn page_up(value: u64) -> Option<u64> {
    value.checked_next_multiple_of(PAGE)
}

impl<B: Shows> Areas<B> {
    /// Nothing mapped. Programs map below `limit`, mappings whose place is not their choice lie below `anywhere`, and there are at
    /// most so many areas.
    pub fn new(limit: u64, anywhere: u64, most: usize) -> Areas<B> {
        Areas {
            areas: BTreeMap::new(),
            limit,
            anywhere,
            most: most.min(MOST_AREAS),
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.areas.len()
    }

    /// Is nothing mapped?
    pub fn is_empty(&self) -> bool {
        self.areas.is_empty()
    }

    /// Can there be no more?
    pub fn is_full(&self) -> bool {
        self.areas.len() >= self.most
    }

    /// All, with where they begin.
    pub fn iter(&self) -> impl Iterator<Item = (u64, &Area<B>)> {
        self.areas.iter().map(|(&start, area)| (start, area))
    }

    /// Those that reach into a range.
    pub fn within(&self, range: Range<u64>) -> impl Iterator<Item = (u64, &Area<B>)> {
        let before = self.areas.range(..range.start).next_back();
        let before = before.filter(move |(_, area)| area.end > range.start);
        let inside = self.areas.range(range);
        before.into_iter().chain(inside).map(|(&start, area)| (start, area))
    }

    /// The one around an address.
    pub fn at(&self, address: u64) -> Option<(u64, &Area<B>)> {
        self.within(address..address.saturating_add(1)).next()
    }

    /// The pages from `start` on that hold `length` bytes: not none, and all where programs may map.
    pub fn range_of(&self, start: u64, length: u64) -> Option<Range<u64>> {
        let end = start.checked_add(page_up(length)?)?;
        (start.is_multiple_of(PAGE) && start >= LOWEST && start < end && end <= self.limit).then_some(start..end)
    }

    fn is_free(&self, range: Range<u64>) -> bool {
        self.within(range).next().is_none()
    }

    fn find(&self, length: u64, align: u64) -> Option<u64> {
        let align = if length >= BIG { BIG } else { align };
        let mut candidate = MAPPING_BASE;
        for (start, area) in self.within(MAPPING_BASE..self.anywhere) {
            if candidate.checked_add(length)? <= start {
                break;
            }
            candidate = candidate.max(area.end.checked_next_multiple_of(align)?);
        }
        (candidate.checked_add(length)? <= self.anywhere).then_some(candidate)
    }

    /// Where a mapping of `length` bytes, whole pages, can go; anywhere is a multiple of `align`.
    pub fn place(&self, place: Place, length: u64, align: u64) -> Result<Range<u64>, NoPlace> {
        if self.is_full() {
            return Err(NoPlace::Full);
        }
        let anywhere = || {
            let start = self.find(length, align).ok_or(NoPlace::Full)?;
            Ok(start..start + length)
        };
        let fixed = |address| self.range_of(address, length).ok_or(NoPlace::Full);
        match place {
            Place::Anywhere => anywhere(),
            Place::Hint(address) => match self.range_of(address, length) {
                Some(range) if self.is_free(range.clone()) => Ok(range),
                _ => anywhere(),
            },
            Place::Fixed(address) => fixed(address),
            Place::FixedIfFree(address) => {
                let range = fixed(address)?;
                match self.is_free(range.clone()) {
                    true => Ok(range),
                    false => Err(NoPlace::Taken),
                }
            }
        }
    }

    /// Begins a new area at `at` if there is one around.
    fn split(&mut self, at: u64) {
        let Some((&start, area)) = self.areas.range_mut(..at).next_back() else {
            return;
        };
        if area.end > at {
            let rest = Area {
                end: area.end,
                protection: area.protection,
                backing: area.backing.advanced(at - start),
            };
            area.end = at;
            self.areas.insert(at, rest);
        }
    }

    /// Joins an area that begins at `at` to the one before, if they are one.
    fn join(&mut self, at: u64) {
        let alike = match (self.areas.range(..at).next_back(), self.areas.get(&at)) {
            (Some((_, before)), Some(area)) => {
                before.end == at && before.protection == area.protection && before.backing.goes_on_in(&area.backing)
            }
            _ => false,
        };
        if alike
            && let Some(area) = self.areas.remove(&at)
            && let Some((_, before)) = self.areas.range_mut(..at).next_back()
        {
            before.end = area.end;
        }
    }

    /// Takes a range out, and gives what was mapped there.
    pub fn take(&mut self, range: Range<u64>) -> Vec<(u64, Area<B>)> {
        self.split(range.start);
        self.split(range.end);
        let starts = self.starts(range);
        let taken = starts
            .into_iter()
            .filter_map(|start| Some((start, self.areas.remove(&start)?)));
        taken.collect()
    }

    fn starts(&self, range: Range<u64>) -> Vec<u64> {
        self.areas.range(range).map(|(&start, _)| start).collect()
    }

    /// Puts an area where nothing is.
    pub fn insert(&mut self, range: Range<u64>, protection: u8, backing: B) {
        let area = Area {
            end: range.end,
            protection,
            backing,
        };
        self.areas.insert(range.start, area);
        self.join(range.end);
        self.join(range.start);
    }

    /// Is all of a range mapped, so that it may be accessed in this way?
    pub fn covers(&self, range: Range<u64>, protection: u8) -> Result<(), NotCovered> {
        let mut reached = range.start;
        for (start, area) in self.within(range.clone()) {
            if start > reached {
                return Err(NotCovered::NotMapped);
            }
            if area.protection & protection != protection {
                return Err(NotCovered::Forbidden);
            }
            reached = area.end;
        }
        match reached < range.end {
            true => Err(NotCovered::NotMapped),
            false => Ok(()),
        }
    }

    /// Changes what may be done with a range.
    pub fn protect(&mut self, range: Range<u64>, protection: u8) {
        self.split(range.start);
        self.split(range.end);
        let starts = self.starts(range.clone());
        for start in &starts {
            if let Some(area) = self.areas.get_mut(start) {
                area.protection = protection;
            }
        }
        self.join(range.end);
        starts.iter().rev().for_each(|&start| self.join(start));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq)]
    enum Shown {
        Zero,
        File(u64),
    }

    impl Shows for Shown {
        fn advanced(&self, by: u64) -> Shown {
            match self {
                Shown::Zero => Shown::Zero,
                Shown::File(offset) => Shown::File(offset + by),
            }
        }
        fn goes_on_in(&self, other: &Shown) -> bool {
            (self, other) == (&Shown::Zero, &Shown::Zero)
        }
    }

    const LIMIT: u64 = 1 << 40;

    fn areas() -> Areas<Shown> {
        Areas::new(LIMIT, LIMIT, 8)
    }

    fn map(areas: &mut Areas<Shown>, place: Place, length: u64, backing: Shown) -> Result<u64, NoPlace> {
        let range = areas.place(place, length, PAGE)?;
        areas.take(range.clone());
        areas.insert(range.clone(), READ, backing);
        Ok(range.start)
    }

    #[test]
    fn places() {
        let mut areas = areas();
        assert_eq!(map(&mut areas, Place::Anywhere, PAGE, Shown::Zero), Ok(MAPPING_BASE));
        let second = map(&mut areas, Place::Hint(MAPPING_BASE), PAGE, Shown::Zero);
        assert_eq!((second, areas.len()), (Ok(MAPPING_BASE + PAGE), 1));
        let taken = Place::FixedIfFree(MAPPING_BASE + PAGE);
        assert_eq!(map(&mut areas, taken, PAGE, Shown::Zero), Err(NoPlace::Taken));
        assert_eq!(
            map(&mut areas, Place::Fixed(PAGE), PAGE, Shown::Zero),
            Err(NoPlace::Full)
        );
        assert_eq!(
            map(&mut areas, Place::Fixed(LIMIT - PAGE), 2 * PAGE, Shown::Zero),
            Err(NoPlace::Full)
        );
        let big = map(&mut areas, Place::Anywhere, BIG, Shown::Zero).expect("a place");
        assert!(big.is_multiple_of(BIG) && big > MAPPING_BASE);
        assert_eq!(map(&mut areas, Place::Anywhere, LIMIT, Shown::Zero), Err(NoPlace::Full));
    }

    #[test]
    fn parts() {
        let mut areas = areas();
        let start = MAPPING_BASE;
        map(&mut areas, Place::Fixed(start), 4 * PAGE, Shown::File(0)).expect("a place");
        areas.protect(start + PAGE..start + 2 * PAGE, READ | WRITE);
        assert_eq!(areas.len(), 3);
        assert_eq!(
            areas.at(start + 2 * PAGE).map(|(_, area)| &area.backing),
            Some(&Shown::File(2 * PAGE))
        );
        assert_eq!(areas.covers(start..start + 4 * PAGE, READ), Ok(()));
        assert_eq!(areas.covers(start..start + 4 * PAGE, WRITE), Err(NotCovered::Forbidden));
        let taken = areas.take(start + PAGE..start + 3 * PAGE);
        assert_eq!(
            taken.iter().map(|(start, _)| *start).collect::<Vec<_>>(),
            [start + PAGE, start + 2 * PAGE]
        );
        assert_eq!(areas.covers(start..start + 4 * PAGE, READ), Err(NotCovered::NotMapped));
        assert_eq!(areas.covers(start..start + PAGE, READ), Ok(()));
        assert!(areas.at(start + PAGE).is_none());
    }

    #[test]
    fn zeros_side_by_side_are_one() {
        let mut areas = areas();
        let start = MAPPING_BASE;
        for index in [0, 2, 1] {
            map(&mut areas, Place::Fixed(start + index * PAGE), PAGE, Shown::Zero).expect("a place");
        }
        assert_eq!(areas.len(), 1);
        areas.protect(start + PAGE..start + 2 * PAGE, 0);
        assert_eq!(areas.len(), 3);
        areas.protect(start..start + 3 * PAGE, WRITE);
        assert_eq!(areas.len(), 1);
        for index in 0..8 {
            let _ = map(
                &mut areas,
                Place::Fixed(start + (10 + 2 * index) * PAGE),
                PAGE,
                Shown::Zero,
            );
        }
        assert!(areas.is_full());
        assert_eq!(map(&mut areas, Place::Anywhere, PAGE, Shown::Zero), Err(NoPlace::Full));
    }
}

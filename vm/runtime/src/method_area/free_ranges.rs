//! Free ranges of the method area: neighbours are joined, the smallest that fits is taken.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// Disjoint ranges that do not touch.
#[derive(Default)]
pub(super) struct FreeRanges {
    /// End by start.
    by_start: BTreeMap<usize, usize>,
    /// (length, start).
    by_length: BTreeSet<(usize, usize)>,
    bytes: usize,
}

impl FreeRanges {
    /// Adds a range, joining it with those next to it.
    pub fn insert(&mut self, range: Range<usize>) {
        self.bytes += range.len();
        let (mut start, mut end) = (range.start, range.end);
        if let Some((&before, &before_end)) = self.by_start.range(..start).next_back()
            && before_end == start
        {
            self.remove(before, before_end);
            start = before;
        }
        if let Some(&after_end) = self.by_start.get(&end) {
            self.remove(end, after_end);
            end = after_end;
        }
        self.add(start, end);
    }
    /// Takes exactly `length` bytes out of the smallest range that has them.
    pub fn take(&mut self, length: usize) -> Option<Range<usize>> {
        let &(found, start) = self.by_length.range((length, 0)..).next()?;
        self.remove(start, start + found);
        if found > length {
            self.add(start + length, start + found);
        }
        self.bytes -= length;
        Some(start..start + length)
    }
    /// Length of the longest range.
    pub fn largest(&self) -> usize {
        self.by_length.last().map_or(0, |(length, _)| *length)
    }
    /// Bytes of all ranges.
    pub fn bytes(&self) -> usize {
        self.bytes
    }
    /// The ranges by address.
    pub fn iter(&self) -> impl Iterator<Item = Range<usize>> + '_ {
        self.by_start.iter().map(|(start, end)| *start..*end)
    }
    fn add(&mut self, start: usize, end: usize) {
        self.by_start.insert(start, end);
        self.by_length.insert((end - start, start));
    }
    fn remove(&mut self, start: usize, end: usize) {
        self.by_start.remove(&start);
        self.by_length.remove(&(end - start, start));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_join() {
        let mut free = FreeRanges::default();
        free.insert(0..10);
        free.insert(20..30);
        assert_eq!((free.largest(), free.bytes()), (10, 20));
        free.insert(10..20);
        assert!(free.iter().eq(std::iter::once(0..30)));
        assert_eq!(free.take(12), Some(0..12));
        free.insert(40..45);
        assert_eq!(free.take(5), Some(40..45));
        assert_eq!(free.take(19), None);
        assert_eq!(free.take(18), Some(12..30));
        assert_eq!((free.largest(), free.bytes()), (0, 0));
    }
}

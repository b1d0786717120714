//! Free pieces of a range: the lowest one that is large enough is taken, neighbours are joined.

use std::collections::BTreeMap;
use std::ops::Range;

/// Free pieces by their start.
#[derive(Debug)]
pub(super) struct FreeList {
    pieces: BTreeMap<usize, usize>,
    total: usize,
}

impl FreeList {
    pub(super) fn new(range: Range<usize>) -> FreeList {
        FreeList {
            total: range.len(),
            pieces: BTreeMap::from([(range.start, range.end)]),
        }
    }

    /// Takes `length` bytes; where they begin.
    pub(super) fn take(&mut self, length: usize) -> Option<usize> {
        let (&start, &end) = self.pieces.iter().find(|(start, end)| *end - *start >= length)?;
        self.pieces.remove(&start);
        if end - start > length {
            self.pieces.insert(start + length, end);
        }
        self.total -= length;
        Some(start)
    }

    /// Gives a piece back.
    pub(super) fn give(&mut self, piece: Range<usize>) {
        self.total += piece.len();
        let Range { mut start, mut end } = piece;
        if let Some((&before, &before_end)) = self.pieces.range(..start).next_back()
            && before_end == start
        {
            self.pieces.remove(&before);
            start = before;
        }
        if let Some(after_end) = self.pieces.remove(&end) {
            end = after_end;
        }
        self.pieces.insert(start, end);
    }

    /// Bytes free.
    pub(super) fn total(&self) -> usize {
        self.total
    }

    /// Length of the largest piece.
    pub(super) fn largest(&self) -> usize {
        self.pieces.iter().map(|(start, end)| end - start).max().unwrap_or(0)
    }
}

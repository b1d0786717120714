//! Which physical memory is free: what the monitor says is memory, less what is in use.

use alloc::vec::Vec;
use core::ops::Range;

/// Removes `taken` from the ranges, whose ends are brought inwards to whole pages.
pub fn without(ranges: &[Range<u64>], taken: &[Range<u64>], page: u64) -> Vec<Range<u64>> {
    let mut free: Vec<Range<u64>> = ranges
        .iter()
        .filter_map(|range| Some(range.start.checked_next_multiple_of(page)?..range.end / page * page))
        .collect();
    for used in taken {
        let used = used.start / page * page..used.end.checked_next_multiple_of(page).unwrap_or(u64::MAX);
        let pieces = |range: Range<u64>| {
            let before = range.start..range.end.min(used.start);
            let after = range.start.max(used.end)..range.end;
            [before, after]
        };
        free = free.into_iter().flat_map(pieces).collect();
        free.retain(|range| range.start < range.end);
    }
    free.retain(|range| range.start < range.end);
    free.sort_by_key(|range| range.start);
    free
}

/// Takes `bytes` off one of the ranges, from its end, and gives where they begin.
pub fn carve(ranges: &mut [Range<u64>], bytes: u64) -> Option<u64> {
    let range = ranges.iter_mut().find(|range| range.end - range.start >= bytes)?;
    range.end -= bytes;
    Some(range.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_is_not_free() {
        let memory = [0..0x9_fc00, 0x10_0000..0x2000_0000, 0x1_0000_0000..0x1_4000_0000];
        let taken = [
            0..0x1000,
            0x10_0000..0x15_0123,
            0x400_0000..0x1000_0000,
            0x1_3fff_0000..0x2_0000_0000,
        ];
        let free = without(&memory, &taken, 4096);
        let expected = [
            0x1000..0x9_f000,
            0x15_1000..0x400_0000,
            0x1000_0000..0x2000_0000,
            0x1_0000_0000..0x1_3fff_0000,
        ];
        assert_eq!(free, expected);
        assert!(without(&memory, core::slice::from_ref(&(0..u64::MAX)), 4096).is_empty());
    }

    #[test]
    fn pieces_come_off_the_end() {
        let mut ranges = [0x1000..0x3000, 0x10_000..0x20_000];
        assert_eq!(carve(&mut ranges, 0x8000), Some(0x18_000));
        assert_eq!(carve(&mut ranges, 0x9000), None);
        assert_eq!(ranges[1], 0x10_000..0x18_000);
    }
}

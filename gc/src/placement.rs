//! Where a heap had better lie.
//!
//! [`AmbiguousVisitor::word`](crate::AmbiguousVisitor::word) takes the halves of a word for narrow references. Stacks are full of words
//! that are addresses of something else, of stacks and code above all, which the system spreads at random over the whole address
//! space: where their low half happens to be that of a narrow reference into the heap, each such word keeps an object alive, again and
//! again. A heap whose narrow references are nobody's low half is free of that.

use crate::layout::NARROW_SHIFT;
use std::ops::Range;

/// One more than the greatest half of a word.
const HALVES: usize = 1 << 32;

/// How many of the addresses in `mapped` look in their low half like a narrow reference into a heap in `heap`.
pub fn look_alikes(heap: &Range<usize>, mapped: &[Range<usize>]) -> usize {
    let narrow = heap.start >> NARROW_SHIFT..heap.end.div_ceil(1 << NARROW_SHIFT);
    let below = |end: usize| {
        let rest = (end % HALVES).clamp(narrow.start, narrow.end) - narrow.start;
        end / HALVES * narrow.len() + rest
    };
    let inside = |range: &Range<usize>| below(range.end) - below(range.start);
    mapped.iter().filter(|range| !range.is_empty()).map(inside).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HEAP: Range<usize> = 0x1_0000_0000..0x1_4000_0000;

    #[test]
    fn low_halves_count() {
        // The heap's narrow references are 0x2000_0000 to 0x2800_0000.
        let one = |range: Range<usize>| look_alikes(&HEAP, &[range]);
        assert_eq!(one(0x7fff_2000_0000..0x7fff_2000_1000), 0x1000);
        assert_eq!(one(0x7fff_1fff_f000..0x7fff_2000_1000), 0x1000);
        assert_eq!(one(0x7fff_27ff_f000..0x7fff_3000_0000), 0x1000);
        assert_eq!(one(0x7fff_2800_0000..0x7fff_ffff_f000), 0);
        assert_eq!(one(0x7ffe_3000_0000..0x7fff_1000_0000), 0);
        assert_eq!(one(0x7ffe_3000_0000..0x7fff_3000_0000), 0x800_0000);
        assert_eq!(one(0x7ffd_2400_0000..0x7fff_2000_0001), 0x400_0000 + 0x800_0000 + 1);
        assert_eq!(
            look_alikes(&HEAP, &[0..0, 0x2000_0000..0x2000_0010, 0x2100_0000..0x2100_0001]),
            0x11
        );
    }

    proptest! {
        #[test]
        fn as_many_as_counted(start in 0usize..1 << 20, length in 0usize..1 << 20, heap in 0usize..1 << 15, heap_length in 1usize..1 << 15) {
            // In units of 64 KiB, so that counting one by one is quick.
            const UNIT: usize = 1 << 16;
            let narrow = heap * UNIT..(heap + heap_length) * UNIT;
            let counted = (start..start + length).filter(|unit| narrow.contains(&(unit * UNIT % HALVES))).count() * UNIT;
            let heap = narrow.start << NARROW_SHIFT..narrow.end << NARROW_SHIFT;
            let mapped = start * UNIT..(start + length) * UNIT;
            prop_assert_eq!(look_alikes(&heap, std::slice::from_ref(&mapped)), counted);
        }
    }
}

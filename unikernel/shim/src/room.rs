//! Whether there is memory for what a program is about to use, as far as that can be known before it is touched.

use super::{AddressSpace, Backing, CHUNK, PIECED, WRITE};
use crate::pieces::PIECE;
use std::ops::Range;

/// More than this at once is asked for by heaps alone.
pub(super) const MUCH: u64 = 1 << 20;
/// The most that is kept from them.
const MOST_SPARED: u64 = 32 << 20;

impl AddressSpace {
    /// Is there memory for a range that is to be made use of, and for all that was before? Only what was reserved first counts: of other
    /// mappings, stacks above all, most is never touched. Who asks for much is refused while there is some left for those who need
    /// little, since a Java heap can do with what it has, which a class or a stack cannot.
    pub(super) fn has_room_for(&self, range: &Range<u64>) -> bool {
        let (mut wanted, mut promised, mut usable) = (0, 0, 0);
        for (start, area) in self.areas.iter() {
            if !matches!(area.backing, Backing::Reserved) {
                continue;
            }
            if area.protection & WRITE != 0 {
                usable += area.end - start;
                promised += self.untouched(start..area.end);
            } else {
                wanted += self.untouched(start.max(range.start)..area.end.min(range.end));
            }
        }
        let memory = self.memory.bytes();
        let spared = match range.end - range.start > MUCH && usable > memory / 4 {
            true => (memory / 5).min(MOST_SPARED),
            false => 0,
        };
        wanted == 0 || wanted + promised + spared <= self.available()
    }

    /// Bytes of a range that have no memory behind them, or such that is counted as available.
    fn untouched(&self, range: Range<u64>) -> u64 {
        let (mut at, mut bytes) = (range.start, 0);
        while at < range.end {
            let size = match self.backed[(at / CHUNK) as usize] {
                PIECED => PIECE,
                _ if self.sparing => PIECE,
                _ => CHUNK,
            };
            let next = ((at / size + 1) * size).min(range.end);
            let idle = |unit: &Range<u64>| match unit.end - unit.start {
                CHUNK => self.idle.contains(&((unit.start / CHUNK) as usize)),
                _ => self.idle_pieces.contains(&unit.start),
            };
            if self.unit(at).is_none_or(|(unit, _)| idle(&unit)) {
                bytes += next - at;
            }
            at = next;
        }
        bytes
    }
}

//! What is put behind addresses in the call that maps them, or makes them accessible, because they are touched next: a fault would come
//! out of the guest for it once more, which takes longer than to put memory there that is zeroed already.

use super::early::NEXT_CHUNKS;
use super::{AddressSpace, Backing, CHUNK};
use crate::memory::Chunks;
use peaberry_linux::areas::PAGE;
use std::ops::Range;

/// What a thread uses of its stack before it does anything of its own.
const FIRST_FRAMES: u64 = 8 * PAGE;

impl AddressSpace {
    /// A range has become the program's to write to: has memory behind what it touches first of it, unless there is little left. That is
    /// where the range begins, or the end of a stack, which is in pieces, so that no more than two of them come of it. What is bigger than what
    /// would follow is there to be used in parts, and where the next one is to be is not known.
    pub fn begin_use(&mut self, range: Range<u64>) {
        let in_order = range.end - range.start <= (1 + NEXT_CHUNKS) * CHUNK;
        let first = match self.areas.at(range.start).filter(|_| !range.is_empty()) {
            Some((_, area)) => match area.backing {
                Backing::Zero | Backing::Reserved => range.start..range.start + 1,
                Backing::Stack => range.end.saturating_sub(FIRST_FRAMES).max(range.start)..range.end,
                Backing::File(..) | Backing::Shared(..) | Backing::Window(..) => return,
            },
            None => return,
        };
        self.prepare(first.end - 1, in_order);
        self.prepare(first.start, in_order);
    }

    /// A thread begins with this stack pointer: the same for its stack.
    pub fn begin_stack(&mut self, pointer: u64) {
        let top = pointer.saturating_sub(1);
        if let Some((start, area)) = self.areas.at(top)
            && matches!(area.backing, Backing::Stack)
        {
            let first = pointer.saturating_sub(FIRST_FRAMES).max(start);
            self.prepare(top, false);
            self.prepare(first, false);
        }
    }

    /// Has memory behind an address that is touched next, and, where memory is used in order, behind what follows ([`AddressSpace::follow`]),
    /// unless there is little left or somebody is about to.
    fn prepare(&mut self, address: u64, in_order: bool) {
        let accessible = self.areas.at(address).is_some_and(|(_, area)| area.protection != 0);
        let missing = || self.unit(address).is_none() && !self.is_early(address);
        if accessible && missing() && self.has_plenty() && self.back(address).is_ok() && in_order {
            self.follow_with(address, Chunks::take_fresh);
        }
    }

    /// An address was touched and got its memory: has the same behind those that are touched soon ([`AddressSpace::soon_touched`]), at once
    /// as far as there are zeroed chunks, the others by the thread that goes ahead. A chunk that is not zeroed would be touched while that
    /// thread zeroes it, and the host would find memory for it twice.
    pub fn follow(&mut self, address: u64) {
        self.follow_with(address, Chunks::take_ready);
    }

    /// The same with chunks that are taken so: of memory that has just been mapped, most is not touched at once.
    fn follow_with(&mut self, address: u64, take: fn(&Chunks) -> Option<u32>) {
        let mut soon = self.soon_touched(address);
        soon.retain(|&address| !self.back_with_zeros(address, take));
        if !soon.is_empty() {
            self.chunks.ask(soon);
        }
    }

    /// Puts a chunk behind an address if nothing but zeros is mapped around it.
    fn back_with_zeros(&mut self, address: u64, take: fn(&Chunks) -> Option<u32>) -> bool {
        let index = (address / CHUNK) as usize;
        let start = index as u64 * CHUNK;
        let zeros = |backing: &Backing| matches!(backing, Backing::Zero | Backing::Reserved);
        let plain = self
            .areas
            .within(start..start + CHUNK)
            .all(|(_, area)| zeros(&area.backing));
        if !plain || !self.has_plenty() || self.backed[index] != 0 || self.is_early(address) || self.is_sparse(address)
        {
            return false;
        }
        let Some(chunk) = take(&self.chunks) else {
            return false;
        };
        self.backed[index] = chunk;
        self.tables.map(start, chunk);
        true
    }
}

#[cfg(test)]
#[path = "at_once_tests.rs"]
mod tests;

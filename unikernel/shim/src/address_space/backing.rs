//! What an address gets when it is touched first: a chunk or pieces, and in them what is mapped there.

use super::{AddressSpace, Area, Backing, Fault, PIECED, early, windows};
use crate::memory::{CHUNK, Chunks};
use crate::pieces::PIECE;
use peaberry_linux::areas::LOWEST;
use std::ops::Range;

/// Mapped files are read by chunks up to this offset in the mapping: what they begin with (an index, a program) is used more
/// densely than what follows.
pub(super) const DENSE_PART: u64 = 10 << 20;
/// A chunk's worth of addresses of which no more than this can be accessed has pieces.
const FEW: u64 = 2 * PIECE;

impl AddressSpace {
    /// Reads files into the part of a chunk or piece that they are mapped in.
    pub(super) fn fill(&mut self, part: Range<u64>) {
        if self.share && self.show(&part) {
            return;
        }
        self.open_windows(&part);
        let Some((unit, physical)) = self.unit(part.start) else {
            return;
        };
        for (start, area) in self.areas.within(part.clone()) {
            let Backing::File(file, offset) = &area.backing else {
                continue;
            };
            let (from, to) = (start.max(part.start), area.end.min(part.end));
            let length = (to - from) as usize;
            let Some(host) = self.memory.host_range(physical + (from - unit.start), length) else {
                continue;
            };
            // SAFETY: the range is mapped as long as `self.memory` lives. Programs may race on it, which is theirs to lose:
            // the bytes are only written here, by the kernel.
            let bytes = unsafe { std::slice::from_raw_parts_mut(host, length) };
            let done = early::read(file, offset + (from - start), bytes);
            if let Some(statistics) = &self.statistics {
                statistics.note_file(done);
            }
        }
        self.apply_patches(&part, physical + (part.start - unit.start));
    }

    /// Has memory behind an address that the program touched.
    pub fn fault(&mut self, address: u64) -> Result<(), Fault> {
        let area = self.areas.within(address..address.saturating_add(1)).next();
        match area {
            Some((start, area)) if area.protection != 0 => {
                let unit = self.unit(address);
                let in_view = unit
                    .as_ref()
                    .is_some_and(|(unit, _)| !self.hidden.contains(&unit.start));
                if !in_view && windows::is_beyond(start, area, address) {
                    self.hidden_for.clear();
                    return Err(Fault::BeyondFile);
                }
                if let Some((unit, physical)) = unit {
                    self.show_again(unit.start, physical);
                    return Ok(());
                }
                self.back(address).map(|_| ())
            }
            _ => Err(Fault::NoMapping),
        }
    }

    /// The chunk or piece behind an address in an area: its addresses, and where it is.
    pub(super) fn back(&mut self, address: u64) -> Result<(Range<u64>, u64), Fault> {
        if let Some(unit) = self.unit(address) {
            return Ok(unit);
        }
        let index = (address / CHUNK) as usize;
        let start = index as u64 * CHUNK;
        let shared = self
            .areas
            .within(start..start + CHUNK)
            .find_map(|(from, area)| match &area.backing {
                Backing::Shared(memory, offset) => Some((memory.clone(), offset + (start - from))),
                _ => None,
            });
        let sparsely = self.sparing || self.is_sparse(address);
        let by_pieces = sparsely && shared.is_none() && self.tables.has_page_table();
        if self.backed[index] == PIECED || by_pieces {
            return self.back_by_pieces(address);
        }
        let take = |chunks: &Chunks| match &shared {
            Some((memory, offset)) => memory.chunk(offset / CHUNK),
            None => chunks.take(),
        };
        let mut chunk = take(&self.chunks);
        if chunk.is_none() {
            self.forget_expected();
            chunk = take(&self.chunks);
        }
        if chunk.is_none() && !self.idle.is_empty() {
            self.reclaim();
            chunk = take(&self.chunks);
        }
        let chunk = chunk.ok_or(Fault::OutOfMemory)?;
        self.backed[index] = chunk;
        if shared.is_none() {
            self.fill(start..start + CHUNK);
        }
        self.tables.map(start, chunk);
        Ok((start..start + CHUNK, u64::from(chunk) * CHUNK))
    }

    /// Is little of the 2 MiB around an address likely to be touched? Memory of 2 MiB takes longer to clear than a few pieces take
    /// to come out for, and a mapped file longer to read.
    pub(super) fn is_sparse(&self, address: u64) -> bool {
        match self.areas.at(address) {
            Some((_, area)) if matches!(area.backing, Backing::Stack) => true,
            Some((from, area)) if matches!(area.backing, Backing::File(..)) => address - from >= DENSE_PART,
            _ => self.has_few(address),
        }
    }

    /// Can no more than a few pieces of the 2 MiB around an address be accessed?
    fn has_few(&self, address: u64) -> bool {
        let start = address / CHUNK * CHUNK;
        let accessible = self
            .areas
            .within(start..start + CHUNK)
            .filter(|(_, area)| area.protection != 0);
        let bytes = accessible.map(|(from, area)| area.end.min(start + CHUNK) - from.max(start));
        bytes.sum::<u64>() <= FEW
    }

    /// Is an address in so little accessible memory, other than a stack, that all of it is used when a part of it is: the end of a program?
    pub(super) fn is_island(&self, address: u64) -> bool {
        let zeros = |(_, area): (u64, &Area)| matches!(area.backing, Backing::Zero | Backing::Reserved);
        self.areas.at(address).is_some_and(zeros) && self.has_few(address)
    }

    /// Has a piece behind an address, and, the more often something was touched in its 2 MiB, the more pieces beside it.
    pub(super) fn back_by_pieces(&mut self, address: u64) -> Result<(Range<u64>, u64), Fault> {
        let none_idle = self.idle.is_empty() && self.idle_pieces.is_empty();
        if !none_idle && !self.pieces.ensure(&self.chunks) {
            self.reclaim();
        }
        let backed = self.back_piece(address)?;
        if !self.sparing {
            let island = self.is_island(address).then(|| self.pieces.all_beside(address));
            let wanted = self.pieces.wanted_beside(address).chain(island.into_iter().flatten());
            for beside in wanted {
                let (start, end) = (beside.max(LOWEST), beside + PIECE);
                // What is beyond a file's end is not to be touched for nothing.
                let windows = self
                    .areas
                    .within(start..end)
                    .any(|(_, area)| matches!(area.backing, Backing::Window(..)));
                let accessible = self.areas.within(start..end).any(|(_, area)| area.protection != 0) && !windows;
                if accessible && self.unit(beside).is_none() && self.back_piece(beside).is_err() {
                    break;
                }
            }
        }
        Ok(backed)
    }

    pub(super) fn back_piece(&mut self, address: u64) -> Result<(Range<u64>, u64), Fault> {
        if !self.pieces.ensure(&self.chunks) || !self.pieces.place(address, &mut self.tables) {
            return Err(Fault::OutOfMemory);
        }
        self.backed[(address / CHUNK) as usize] = PIECED;
        let (piece, physical) = self.unit(address).ok_or(Fault::OutOfMemory)?;
        self.fill(piece.clone());
        self.pieces.show(address, &self.tables);
        Ok((piece, physical))
    }
}

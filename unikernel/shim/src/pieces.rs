//! 2 MiB of addresses that have their memory in pieces of 64 KiB, by a page table of their own.
//!
//! Programs touch a little here and a little there: stacks, tables, files. By whole chunks, hello world would take twice the
//! memory that it does by pieces. Each piece costs a fault of its own, and where page tables are shadowed one more for each 32 KiB, so
//! that guests with enough memory have pieces only where they are likely to touch few.

use crate::memory::{CHUNK, Chunks, GuestMemory};
use crate::tables::Tables;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::ops::Range;
use std::sync::Arc;

/// Bytes of a piece.
pub const PIECE: u64 = 64 << 10;
/// Pieces of a chunk.
const PIECES: usize = (CHUNK / PIECE) as usize;

/// Guests of up to this have pieces.
pub const LITTLE_MEMORY: u64 = 96 << 20;

/// A chunk's worth of addresses: the page table, and the pieces behind it by number, 0 for none: chunk 0 is the tables'.
struct Pieced {
    table: u64,
    pieces: [u32; PIECES],
    /// How often a piece was asked for.
    asked: u32,
}

/// All of them, and which pieces are free.
pub struct Pieces {
    memory: Arc<GuestMemory>,
    by_index: BTreeMap<u64, Pieced>,
    free: Vec<u32>,
}

fn piece_of(address: u64) -> (u64, usize) {
    (address / CHUNK, (address % CHUNK / PIECE) as usize)
}

impl Pieces {
    /// None.
    pub fn new(memory: Arc<GuestMemory>) -> Pieces {
        Pieces {
            memory,
            by_index: BTreeMap::new(),
            free: Vec::new(),
        }
    }

    /// The piece around an address: its guest-virtual range, and where it is.
    pub fn at(&self, address: u64) -> Option<(Range<u64>, u64)> {
        let (index, number) = piece_of(address);
        let piece = self.by_index.get(&index)?.pieces[number];
        let start = address / PIECE * PIECE;
        (piece != 0).then(|| (start..start + PIECE, u64::from(piece) * PIECE))
    }

    /// The program's address that a place in a piece is behind.
    pub fn address_of(&self, physical: u64) -> Option<u64> {
        let wanted = u32::try_from(physical / PIECE).ok().filter(|&piece| piece != 0)?;
        self.by_index.iter().find_map(|(index, pieced)| {
            let number = pieced.pieces.iter().position(|&piece| piece == wanted)? as u64;
            Some(index * CHUNK + number * PIECE + physical % PIECE)
        })
    }

    /// Sees to it that a piece can be taken; false when memory is used up.
    pub fn ensure(&mut self, chunks: &Chunks) -> bool {
        if self.free.is_empty()
            && let Some(chunk) = chunks.take_unfound()
        {
            self.memory.part(chunk);
            let first = chunk * PIECES as u32;
            self.free.extend((first..first + PIECES as u32).rev());
        }
        !self.free.is_empty()
    }

    /// Puts a piece behind an address that has none, of those that [`Pieces::ensure`] saw to. Programs get there when it is
    /// [`Pieces::show`]n. False when there is no page table left.
    pub fn place(&mut self, address: u64, tables: &mut Tables) -> bool {
        let (index, number) = piece_of(address);
        let pieced = match self.by_index.entry(index) {
            Entry::Occupied(occupied) => occupied.into_mut(),
            Entry::Vacant(vacant) => {
                let Some(table) = tables.take_page_table() else {
                    return false;
                };
                let pieces = [0; PIECES];
                vacant.insert(Pieced {
                    table,
                    pieces,
                    asked: 0,
                })
            }
        };
        let Some(piece) = self.free.pop() else { return false };
        self.memory.populate_part(u64::from(piece) * PIECE, PIECE as usize);
        pieced.pieces[number] = piece;
        true
    }

    /// Addresses of the pieces that are worth having, too, when one is asked for: none the first two times, then two, four and more
    /// of them in all.
    pub fn wanted_beside(&mut self, address: u64) -> impl Iterator<Item = u64> + use<> {
        let (index, number) = piece_of(address);
        let asked = self.by_index.get_mut(&index).map_or(1, |pieced| {
            pieced.asked = pieced.asked.saturating_add(1);
            pieced.asked
        });
        let count = 1 << asked.saturating_sub(2).min(PIECES.ilog2());
        let first = number / count * count;
        let others = (first..first + count).filter(move |&other| other != number);
        others.map(move |other| index * CHUNK + other as u64 * PIECE)
    }

    /// Addresses of all other pieces of its 2 MiB.
    pub fn all_beside(&self, address: u64) -> impl Iterator<Item = u64> + use<> {
        let (index, number) = piece_of(address);
        let others = (0..PIECES).filter(move |&other| other != number);
        others.map(move |other| index * CHUNK + other as u64 * PIECE)
    }

    /// Has programs get to the piece around an address.
    pub fn show(&self, address: u64, tables: &Tables) {
        let (index, number) = piece_of(address);
        if let Some(pieced) = self.by_index.get(&index) {
            let physical = u64::from(pieced.pieces[number]) * PIECE;
            tables.map_piece(index * CHUNK, pieced.table, number as u64, physical);
        }
    }

    /// Keeps programs from the piece around an address; the caller has that flushed.
    pub fn hide(&self, address: u64, tables: &Tables) {
        let (index, number) = piece_of(address);
        if let Some(pieced) = self.by_index.get(&index) {
            tables.unmap_piece(pieced.table, number as u64);
        }
    }

    /// Takes the piece away from an address that programs do not get to any more.
    pub fn release(&mut self, address: u64) {
        let (index, number) = piece_of(address);
        if let Some(pieced) = self.by_index.get_mut(&index) {
            let piece = std::mem::take(&mut pieced.pieces[number]);
            if piece != 0 {
                self.memory.zero(u64::from(piece) * PIECE, PIECE as usize);
                self.free.push(piece);
            }
        }
    }

    /// Takes a chunk's worth of addresses back; the entry that leads to their page table was taken away and flushed.
    pub fn release_all(&mut self, index: u64, tables: &mut Tables) {
        for number in 0..PIECES as u64 {
            self.hide(index * CHUNK + number * PIECE, tables);
            self.release(index * CHUNK + number * PIECE);
        }
        if let Some(pieced) = self.by_index.remove(&index) {
            tables.give_back_page_table(pieced.table);
        }
    }

    /// Bytes that can be taken without a chunk more.
    pub fn available(&self) -> u64 {
        self.free.len() as u64 * PIECE
    }
}

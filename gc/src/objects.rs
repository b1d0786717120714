//! Finding objects in memory: which object a word points into, and all objects there are.
//!
//! Nothing is recorded when an object is allocated. Chunks handed out since the last collection hold objects back to
//! back from their first byte on, up to the first zero class word; older objects have their mark bit.

use crate::block::*;
use crate::heap::Heap;
use crate::layout::*;
use crate::metadata::Tables;

/// Answers questions about words while the world is stopped and no collection has begun to mark.
#[derive(Clone, Copy)]
pub(crate) struct ObjectFinder {
    pub tables: Tables,
    /// First address of the heap.
    pub start: usize,
    /// Address after the last committed block.
    pub end: usize,
}

/// True when memory at `address` has a header.
///
/// # Safety
/// The address is a committed, aligned heap address.
#[inline(always)]
unsafe fn has_header(address: usize) -> bool {
    // SAFETY: the caller vouches for the address.
    unsafe { *((address + CLASS_OFFSET) as *const u32) != 0 }
}

impl ObjectFinder {
    /// The object that contains the byte at `word`, if there is one.
    ///
    /// # Safety
    /// All headers in the heap are complete, and no collection is past its ambiguous roots.
    pub unsafe fn find(&self, word: usize) -> Option<Obj> {
        if word < self.start || word >= self.end {
            return None;
        }
        let tables = &self.tables;
        let found = match tables.state_of(word) {
            state::LARGE_HEAD => tables.block_start(tables.block_index(word)),
            state::LARGE_TAIL => tables.block_start(tables.info(tables.block_index(word)) as usize),
            state if state::has_lines(state) => {
                // SAFETY: the block is committed.
                let line = unsafe { *tables.line(word) };
                match line {
                    line::FREE => return None,
                    // SAFETY: passed on to the caller.
                    line::FRESH_START | line::FRESH => return unsafe { self.find_in_chunk(word) },
                    _ => tables.marked_at_or_before(word & !7)?,
                }
            }
            _ => return None,
        };
        // SAFETY: `found` is the start of a large or marked object, whose class lives as long as it does.
        unsafe { (has_header(found) && word - found < object_bytes(Obj(found))).then_some(Obj(found)) }
    }

    /// The first address of the chunk that holds `word`.
    fn chunk_start(&self, word: usize) -> usize {
        let mut address = word & !(LINE_BYTES - 1);
        // SAFETY: a FRESH line always has a FRESH_START line before it in its block.
        while unsafe { *self.tables.line(address) } != line::FRESH_START {
            address -= LINE_BYTES;
        }
        address
    }

    unsafe fn find_in_chunk(&self, word: usize) -> Option<Obj> {
        let mut object = self.chunk_start(word);
        // SAFETY: the walk stays in the chunk: objects end inside it, and unused memory is zero.
        unsafe {
            while object <= word && has_header(object) {
                let end = object + object_bytes(Obj(object));
                if word < end {
                    return Some(Obj(object));
                }
                object = end;
                if object & (BLOCK_BYTES - 1) == 0 || *self.tables.line(object) == line::FREE {
                    return None;
                }
            }
        }
        None
    }

    /// Calls `f` with every object there is, dead ones since the last collection included.
    ///
    /// # Safety
    /// As for [`ObjectFinder::find`].
    pub unsafe fn for_each(&self, f: &mut dyn FnMut(Obj)) {
        let blocks = (self.end - self.start) >> BLOCK_SHIFT;
        for index in 0..blocks {
            let start = self.tables.block_start(index);
            match self.tables.state(index) {
                // SAFETY: the block is committed.
                state::LARGE_HEAD if unsafe { has_header(start) } => f(Obj(start)),
                state if state::has_lines(state) => {
                    self.tables
                        .for_each_marked(start..start + BLOCK_BYTES, |object| f(Obj(object)));
                    // SAFETY: passed on to the caller.
                    unsafe { self.for_each_fresh(start, f) };
                }
                _ => {}
            }
        }
    }

    /// Calls `f` with the objects in the fresh chunks of the block at `start`.
    unsafe fn for_each_fresh(&self, start: usize, f: &mut dyn FnMut(Obj)) {
        let end = start + BLOCK_BYTES;
        let mut address = start;
        while address < end {
            // SAFETY: the block is committed.
            let line_at = |address: usize| unsafe { *self.tables.line(address) };
            if line_at(address) != line::FRESH_START {
                address += LINE_BYTES;
                continue;
            }
            let mut chunk_end = address + LINE_BYTES;
            while chunk_end < end && line_at(chunk_end) == line::FRESH {
                chunk_end += LINE_BYTES;
            }
            let mut object = address;
            // SAFETY: the chunk holds objects back to back, then zeroes.
            unsafe {
                while object < chunk_end && has_header(object) {
                    let next = object + object_bytes(Obj(object));
                    f(Obj(object));
                    object = next;
                }
            }
            address = chunk_end;
        }
    }
}

/// Calls `f` with the offset of every reference slot of an object, those of a mirror's static fields included. The
/// referent of a `java.lang.ref.Reference` is among them if the class's runs have it.
///
/// # Safety
/// `object` is live and its header is not forwarded.
pub unsafe fn for_each_reference_slot(object: Obj, f: &mut dyn FnMut(usize)) {
    let mut run_of = |runs: *const ReferenceRun, count: u32| {
        for index in 0..count as usize {
            // SAFETY: a class has that many runs.
            let run = unsafe { *runs.add(index) };
            for slot in 0..run.count as usize {
                f(run.offset as usize + slot * REFERENCE_BYTES);
            }
        }
    };
    // SAFETY: a live object's class is readable, and so is a mirror's mirrored class.
    unsafe {
        let class = &*object.class_prefix();
        run_of(class.reference_runs, class.reference_run_count);
        match class.shape {
            Shape::ReferenceArray => {
                let run = ReferenceRun {
                    offset: array_base_offset(2) as u32,
                    count: object.array_length(),
                };
                run_of(&run, 1);
            }
            Shape::Mirror => {
                let mirrored = object.read::<u64>(MIRROR_CLASS_OFFSET) as *const ClassPrefix;
                if !mirrored.is_null() {
                    run_of(
                        (*mirrored).static_reference_runs,
                        (*mirrored).static_reference_run_count,
                    );
                }
            }
            _ => {}
        }
    }
}

impl Heap {
    pub(crate) fn finder(&self) -> ObjectFinder {
        let frontier = self.spaces.lock().frontier;
        ObjectFinder {
            tables: self.tables,
            start: self.range.start,
            end: self.tables.block_start(frontier),
        }
    }

    /// The object that contains the byte at `word`: an exact answer for objects allocated since the last collection or
    /// alive then.
    ///
    /// # Safety
    /// The world is stopped and no collection is running.
    pub unsafe fn find_object(&self, word: usize) -> Option<Obj> {
        // SAFETY: passed on to the caller.
        unsafe { self.finder().find(word) }
    }

    /// Calls `f` with every object in the heap. Right after a collection these are the live ones.
    ///
    /// # Safety
    /// The world is stopped and no collection is running; `f` does not allocate.
    pub unsafe fn for_each_object(&self, f: &mut dyn FnMut(Obj)) {
        // SAFETY: passed on to the caller.
        unsafe { self.finder().for_each(f) }
    }
}

//! Thread-local allocation buffers.

use crate::heap::Heap;
use crate::layout::Obj;

/// A thread's allocation buffer: a chunk of zeroed memory, bumped without synchronisation. Compiled code and the
/// interpreter do `new = cursor + bytes; if new <= limit { cursor = new }` inline, with `bytes` aligned.
#[repr(C)]
#[derive(Debug)]
pub struct Tlab {
    /// Address of the next object.
    pub cursor: usize,
    /// End of the memory that may be bumped inline; in stress mode always equal to `cursor`.
    pub limit: usize,
    /// End of the chunk.
    pub(crate) chunk_end: usize,
    /// Start of the chunk.
    pub(crate) chunk_start: usize,
    /// Size wanted for the next chunk.
    pub(crate) chunk_bytes: usize,
    /// Bytes allocated by this thread outside the present chunk.
    pub(crate) allocated: u64,
}

/// Size of a thread's first chunk; doubles with each refill.
pub(crate) const FIRST_CHUNK_BYTES: usize = 4 << 10;

impl Default for Tlab {
    fn default() -> Self {
        Tlab::new()
    }
}

impl Tlab {
    /// An empty buffer: the first allocation takes the slow path.
    pub const fn new() -> Tlab {
        Tlab {
            cursor: 0,
            limit: 0,
            chunk_end: 0,
            chunk_start: 0,
            chunk_bytes: FIRST_CHUNK_BYTES,
            allocated: 0,
        }
    }

    /// Bumps the buffer; `bytes` is a multiple of the object alignment. `None`: take the slow path.
    #[inline(always)]
    pub fn allocate(&mut self, bytes: usize) -> Option<Obj> {
        let start = self.cursor;
        let end = start + bytes;
        if end > self.limit {
            return None;
        }
        self.cursor = end;
        Some(Obj(start))
    }

    /// Bytes this thread has allocated so far.
    pub fn allocated_bytes(&self) -> u64 {
        self.allocated + (self.cursor - self.chunk_start) as u64
    }

    /// Takes the next object from the chunk, whatever `limit` says.
    pub(crate) fn bump(&mut self, bytes: usize, stress: bool) -> Option<Obj> {
        let start = self.cursor;
        if start == 0 || bytes > self.chunk_end - start {
            return None;
        }
        self.cursor = start + bytes;
        self.limit = if stress { self.cursor } else { self.chunk_end };
        Some(Obj(start))
    }

    /// Forgets the chunk.
    pub(crate) fn clear(&mut self) {
        self.allocated = self.allocated_bytes();
        self.cursor = 0;
        self.limit = 0;
        self.chunk_end = 0;
        self.chunk_start = 0;
    }

    pub(crate) fn set_chunk(&mut self, start: usize, end: usize) {
        self.clear();
        self.cursor = start;
        self.limit = end;
        self.chunk_start = start;
        self.chunk_end = end;
    }
}

/// Allocation. `None` from a method without `no_budget` in its name means: collect, then call its `no_budget` twin;
/// `None` from the twin means that memory is out.
impl Heap {
    /// Allocates through the buffer. The memory is zeroed; before the next safepoint the caller writes the header, an
    /// array's length, and the class a mirror mirrors.
    #[inline(always)]
    pub fn allocate(&self, tlab: &mut Tlab, bytes: usize) -> Option<Obj> {
        match tlab.allocate(bytes) {
            Some(object) => Some(object),
            None => self.alloc_slow(tlab, bytes),
        }
    }

    /// Allocation that the buffer cannot serve: refills it, or allocates outside it. Sizes beyond
    /// [`crate::block::LARGE_OBJECT_BYTES`] are large objects.
    #[cold]
    #[inline(never)]
    pub fn alloc_slow(&self, tlab: &mut Tlab, bytes: usize) -> Option<Obj> {
        self.alloc_from(tlab, bytes, true)
    }

    /// [`Heap::alloc_slow`] after a collection: only memory limits it.
    #[cold]
    #[inline(never)]
    pub fn alloc_slow_no_budget(&self, tlab: &mut Tlab, bytes: usize) -> Option<Obj> {
        self.alloc_from(tlab, bytes, false)
    }

    /// Gives the buffer up: required of every thread's buffer before a collection, and when a thread ends.
    pub fn retire(&self, tlab: &mut Tlab) {
        if tlab.cursor != 0 {
            self.buffer_retired();
        }
        tlab.clear();
    }
}

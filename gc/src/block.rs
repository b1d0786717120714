//! Geometry of the heap, and the states of blocks and lines.

/// log2 of a block's bytes.
pub const BLOCK_SHIFT: u32 = 15;
/// Bytes of a block.
pub const BLOCK_BYTES: usize = 1 << BLOCK_SHIFT;
/// log2 of a line's bytes.
pub const LINE_SHIFT: u32 = 7;
/// Bytes of a line.
pub const LINE_BYTES: usize = 1 << LINE_SHIFT;
/// Lines of a block.
pub const LINES_PER_BLOCK: usize = BLOCK_BYTES / LINE_BYTES;
/// Objects larger than this live in a run of blocks of their own and never move. A little more than 16 KiB, so that a
/// 16 KiB buffer with its header does not take a block alone.
pub const LARGE_OBJECT_BYTES: usize = (16 << 10) + LINE_BYTES;

/// Shortest hole handed to a thread.
pub(crate) const MIN_HOLE_BYTES: usize = 2 * LINE_BYTES;
/// A swept block with fewer free lines than this is not worth a visit by the allocator.
pub(crate) const MIN_FREE_LINES: usize = 4;

/// What a block is used for; the value of its byte in the metadata. Zero is the state of untouched memory.
pub(crate) mod state {
    /// Free, all pages read as zero.
    pub const FREE_CLEAN: u8 = 0;
    /// Free, with old contents.
    pub const FREE_DIRTY: u8 = 1;
    /// Small objects; nothing to allocate into (full, or handed out since the last collection).
    pub const NORMAL: u8 = 2;
    /// Small objects and free lines.
    pub const RECYCLABLE: u8 = 3;
    /// Immovable objects; nothing to allocate into.
    pub const IMMOVABLE: u8 = 4;
    /// Immovable objects and free lines.
    pub const IMMOVABLE_RECYCLABLE: u8 = 5;
    /// First block of a large object.
    pub const LARGE_HEAD: u8 = 6;
    /// Further block of a large object.
    pub const LARGE_TAIL: u8 = 7;
    /// Small objects that the running collection moves away.
    pub const EVACUATED: u8 = 8;

    /// True for both free states.
    #[inline(always)]
    pub const fn is_free(state: u8) -> bool {
        state <= FREE_DIRTY
    }
    /// True for blocks whose lines mean something.
    #[inline(always)]
    pub const fn has_lines(state: u8) -> bool {
        matches!(
            state,
            NORMAL | RECYCLABLE | IMMOVABLE | IMMOVABLE_RECYCLABLE | EVACUATED
        )
    }
}

/// What a line holds; the value of its byte in the metadata.
pub(crate) mod line {
    /// Nothing.
    pub const FREE: u8 = 0;
    /// Objects that survived a collection; the two values alternate from collection to collection.
    pub const LIVE: [u8; 2] = [1, 2];
    /// First line of a chunk handed out since the last collection; an object starts at its first byte.
    pub const FRESH_START: u8 = 3;
    /// Further line of such a chunk.
    pub const FRESH: u8 = 4;
}

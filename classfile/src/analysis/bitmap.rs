//! The answer: one bit a slot.

/// Which slots of a frame hold references. Slots are numbered locals first (0..max_locals), then the operand stack
/// from its bottom; long and double take two slots.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReferenceBitmap {
    max_locals: usize,
    stack_depth: usize,
    references: Vec<u64>,
    ambiguous: Vec<u64>,
    any_ambiguous: bool,
}

fn bit(words: &[u64], slot: usize) -> bool {
    words.get(slot / 64).is_some_and(|word| word >> (slot % 64) & 1 != 0)
}

impl ReferenceBitmap {
    /// An empty map, to be filled.
    pub fn new() -> Self {
        Self::default()
    }

    pub(super) fn reset(&mut self, max_locals: usize, stack_depth: usize) {
        let words = (max_locals + stack_depth).div_ceil(64);
        self.max_locals = max_locals;
        self.stack_depth = stack_depth;
        self.any_ambiguous = false;
        for bits in [&mut self.references, &mut self.ambiguous] {
            bits.clear();
            bits.resize(words, 0);
        }
    }

    pub(super) fn set_reference(&mut self, slot: usize) {
        self.references[slot / 64] |= 1 << (slot % 64);
    }

    pub(super) fn set_ambiguous(&mut self, slot: usize) {
        self.ambiguous[slot / 64] |= 1 << (slot % 64);
        self.any_ambiguous = true;
    }

    pub(super) fn retain_locals(&mut self, keep: impl Fn(usize) -> bool) {
        for local in 0..self.max_locals {
            if (self.is_reference(local) || self.is_ambiguous(local)) && !keep(local) {
                self.references[local / 64] &= !(1 << (local % 64));
                self.ambiguous[local / 64] &= !(1 << (local % 64));
            }
        }
        self.any_ambiguous = self.ambiguous.iter().any(|word| *word != 0);
    }

    /// Makes every local and every operand stack slot ambiguous: for frames there is no analysis of.
    pub fn set_all_ambiguous(&mut self, max_locals: u16, stack_depth: usize) {
        self.reset(max_locals.into(), stack_depth);
        for slot in 0..self.slots() {
            self.set_ambiguous(slot);
        }
    }

    /// Local variable slots.
    pub fn max_locals(&self) -> usize {
        self.max_locals
    }

    /// Operand stack slots in use.
    pub fn stack_depth(&self) -> usize {
        self.stack_depth
    }

    /// Number of slots: locals and operand stack.
    pub fn slots(&self) -> usize {
        self.max_locals + self.stack_depth
    }

    /// Whether the slot holds a reference (or null).
    #[inline]
    pub fn is_reference(&self, slot: usize) -> bool {
        bit(&self.references, slot)
    }

    /// Whether the slot may hold a reference or a primitive, depending on the path taken (possible in old code with
    /// subroutines and in unverified code only): what it points at must be kept and not be moved.
    #[inline]
    pub fn is_ambiguous(&self, slot: usize) -> bool {
        bit(&self.ambiguous, slot)
    }

    /// Whether any slot is ambiguous.
    #[inline]
    pub fn has_ambiguous(&self) -> bool {
        self.any_ambiguous
    }

    /// Bits of [`Self::is_reference`], 64 slots a word, lowest slot in the lowest bit.
    pub fn words(&self) -> &[u64] {
        &self.references
    }

    /// The slots with references, ascending.
    pub fn references(&self) -> impl Iterator<Item = usize> + '_ {
        ones(&self.references)
    }

    /// The ambiguous slots, ascending.
    pub fn ambiguous(&self) -> impl Iterator<Item = usize> + '_ {
        ones(&self.ambiguous)
    }
}

fn ones(words: &[u64]) -> impl Iterator<Item = usize> + '_ {
    words.iter().enumerate().flat_map(|(index, word)| {
        let mut rest = *word;
        std::iter::from_fn(move || {
            (rest != 0).then(|| {
                let at = rest.trailing_zeros() as usize;
                rest &= rest - 1;
                index * 64 + at
            })
        })
    })
}

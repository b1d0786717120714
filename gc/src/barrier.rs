//! The write barrier: every store of a reference into the heap marks the card it falls on.

use crate::heap::Heap;
use crate::layout::{CARD_SHIFT, Obj, REFERENCE_BYTES};
use std::sync::atomic::{AtomicU32, Ordering};

/// Value of a card on which a reference was stored.
pub const CARD_DIRTY: u8 = 1;

/// Marks the card of the slot at `slot_addr`. To be done after the store, before the next safepoint.
///
/// # Safety
/// `card_table_biased` is [`Heap::card_table_biased`] of the heap that holds the slot.
#[inline(always)]
pub unsafe fn card_mark(card_table_biased: *mut u8, slot_addr: usize) {
    // SAFETY: every heap address has its card; a plain byte store, as all writers store the same value.
    unsafe {
        card_table_biased
            .wrapping_add(slot_addr >> CARD_SHIFT)
            .write(CARD_DIRTY)
    }
}

/// Marks the cards of `count` reference slots from `slot_addr` on (array copies).
///
/// # Safety
/// As for [`card_mark`], for the whole range.
#[inline]
pub unsafe fn card_mark_range(card_table_biased: *mut u8, slot_addr: usize, count: usize) {
    if count == 0 {
        return;
    }
    let first = slot_addr >> CARD_SHIFT;
    let last = (slot_addr + count * REFERENCE_BYTES - 1) >> CARD_SHIFT;
    // SAFETY: every heap address has its card.
    unsafe { std::ptr::write_bytes(card_table_biased.wrapping_add(first), CARD_DIRTY, last - first + 1) }
}

/// The reference slot at `offset` of `object`, as an atomic.
///
/// # Safety
/// `object` is live and has a reference slot at `offset` (a multiple of 4); the borrow ends before it can move.
#[inline(always)]
pub unsafe fn slot<'a>(object: Obj, offset: usize) -> &'a AtomicU32 {
    // SAFETY: the caller vouches for the slot.
    unsafe { &*(object.at(offset) as *const AtomicU32) }
}

/// Loads the reference at `offset` of `object`.
///
/// # Safety
/// As for [`slot`].
#[inline(always)]
pub unsafe fn load_reference(object: Obj, offset: usize, order: Ordering) -> Obj {
    // SAFETY: the caller vouches for the slot.
    unsafe { crate::layout::Narrow(slot(object, offset).load(order)).widen() }
}

impl Heap {
    /// The card table's address less the heap's first card number, for [`card_mark`].
    #[inline(always)]
    pub fn card_table_biased(&self) -> *mut u8 {
        self.tables().cards_biased as *mut u8
    }

    /// Stores a reference into the heap with the given order, then marks the card.
    ///
    /// # Safety
    /// `object` is a live object of this heap with a reference slot at `offset`; `value` is null or live.
    #[inline(always)]
    pub unsafe fn store_reference_ordered(&self, object: Obj, offset: usize, value: Obj, order: Ordering) {
        // SAFETY: the caller vouches for the slot.
        unsafe {
            slot(object, offset).store(value.narrow().0, order);
            card_mark(self.card_table_biased(), object.0 + offset);
        }
    }

    /// Plain store of a reference into the heap. Release order: what is published is seen initialised.
    ///
    /// # Safety
    /// As for [`Heap::store_reference_ordered`].
    #[inline(always)]
    pub unsafe fn store_reference(&self, object: Obj, offset: usize, value: Obj) {
        // SAFETY: passed on to the caller.
        unsafe { self.store_reference_ordered(object, offset, value, Ordering::Release) }
    }

    /// Atomic exchange of a reference.
    ///
    /// # Safety
    /// As for [`Heap::store_reference_ordered`].
    #[inline]
    pub unsafe fn exchange_reference(&self, object: Obj, offset: usize, value: Obj) -> Obj {
        // SAFETY: the caller vouches for the slot.
        unsafe {
            let old = slot(object, offset).swap(value.narrow().0, Ordering::SeqCst);
            card_mark(self.card_table_biased(), object.0 + offset);
            crate::layout::Narrow(old).widen()
        }
    }

    /// Atomic compare-and-exchange of a reference; `Err` holds what was found instead.
    ///
    /// # Safety
    /// As for [`Heap::store_reference_ordered`].
    #[inline]
    pub unsafe fn compare_exchange_reference(
        &self,
        object: Obj,
        offset: usize,
        expected: Obj,
        value: Obj,
    ) -> Result<Obj, Obj> {
        // SAFETY: the caller vouches for the slot.
        unsafe {
            let result = slot(object, offset).compare_exchange(
                expected.narrow().0,
                value.narrow().0,
                Ordering::SeqCst,
                Ordering::SeqCst,
            );
            match result {
                Ok(old) => {
                    card_mark(self.card_table_biased(), object.0 + offset);
                    Ok(crate::layout::Narrow(old).widen())
                }
                Err(found) => Err(crate::layout::Narrow(found).widen()),
            }
        }
    }

    /// Marks the cards of `count` consecutive reference slots of `object` after a bulk store.
    ///
    /// # Safety
    /// The slots are part of `object`, a live object of this heap.
    #[inline]
    pub unsafe fn mark_cards(&self, object: Obj, offset: usize, count: usize) {
        // SAFETY: the caller vouches for the range.
        unsafe { card_mark_range(self.card_table_biased(), object.0 + offset, count) }
    }
}

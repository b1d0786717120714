//! `java.lang.ref`: discovery while tracing, processing afterwards, and the pending list.
//!
//! As in HotSpot: an active reference whose referent is not known to be strongly reachable is set aside. After the
//! strong trace soft and weak ones are cleared, then finals bring their referents back, then phantoms are cleared;
//! each goes to the pending list, linked through `discovered`, for the reference handler thread. References first met
//! while finals are traced count as strong.

use crate::heap::Heap;
use crate::layout::{Narrow, Obj, Strength};
use crate::roots::resolve;
use crate::trace::Tracer;
use std::sync::atomic::Ordering;

/// Where `java.lang.ref.Reference` keeps what the collector needs: byte offsets of its fields.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ReferenceOffsets {
    /// `Reference.referent`.
    pub referent: u32,
    /// `Reference.next`: not null when the reference is no longer active.
    pub next: u32,
    /// `Reference.discovered`: links the pending list.
    pub discovered: u32,
    /// `SoftReference.timestamp` (a long, milliseconds).
    pub soft_timestamp: Option<u32>,
    /// Address of the static `SoftReference.clock` (a long, milliseconds) in its mirror, which never moves.
    pub soft_clock: Option<usize>,
}

/// When soft references are cleared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SoftPolicy {
    /// Only when a request asks for it, which must be done before memory is reported to be out.
    KeepUntilShort,
    /// When not used for this many milliseconds for each MiB of the heap that is free (`-XX:SoftRefLRUPolicyMSPerMB`).
    LeastRecentlyUsed {
        /// Milliseconds per free MiB.
        milliseconds_per_mib: u64,
    },
}

impl Default for SoftPolicy {
    fn default() -> Self {
        SoftPolicy::LeastRecentlyUsed {
            milliseconds_per_mib: 1000,
        }
    }
}

/// A [`SoftPolicy`] worked out for one collection.
#[derive(Clone, Copy, Debug)]
pub(crate) enum SoftDecision {
    KeepAll,
    ClearAll,
    ClearOlderThan(i64),
}

/// The lists of set-aside references: soft, weak, final, phantom.
pub(crate) const LISTS: usize = 4;

fn list_of(strength: Strength) -> Option<usize> {
    match strength {
        Strength::None => None,
        Strength::Soft => Some(0),
        Strength::Weak => Some(1),
        Strength::Final => Some(2),
        Strength::Phantom => Some(3),
    }
}

/// Reads a narrow slot of a live object while the world is stopped.
///
/// # Safety
/// `object` is live and has a reference slot at `offset`.
unsafe fn slot(object: Obj, offset: u32) -> Obj {
    // SAFETY: passed on to the caller.
    unsafe { object.read::<Narrow>(offset as usize) }.widen()
}

impl Tracer<'_> {
    /// Sets the reference aside when its referent is not to be traced through it now.
    ///
    /// # Safety
    /// `reference` is a live object of `Shape::Reference`.
    pub(crate) unsafe fn discover(
        &mut self,
        reference: Obj,
        strength: Strength,
        offsets: &ReferenceOffsets,
        referent: Obj,
    ) -> bool {
        let Some(list) = list_of(strength) else { return false };
        if !self.discovering || resolve(&self.tables, referent).is_some() {
            return false;
        }
        // SAFETY: a reference object has these fields.
        unsafe {
            if !slot(reference, offsets.next).is_null() {
                return false;
            }
            if strength == Strength::Soft && !self.is_soft_due(reference, offsets) {
                return false;
            }
        }
        self.state.discovered[list].push(reference.narrow().0)
    }

    /// # Safety
    /// `reference` is a live `SoftReference`.
    unsafe fn is_soft_due(&self, reference: Obj, offsets: &ReferenceOffsets) -> bool {
        match self.soft {
            SoftDecision::KeepAll => false,
            SoftDecision::ClearAll => true,
            SoftDecision::ClearOlderThan(limit) => {
                let (Some(timestamp), Some(clock)) = (offsets.soft_timestamp, offsets.soft_clock) else {
                    return false;
                };
                // SAFETY: the runtime gave the places of two longs, one in the object, one in an immovable mirror.
                let age = unsafe {
                    (clock as *const i64)
                        .read_unaligned()
                        .wrapping_sub(reference.read::<i64>(timestamp as usize))
                };
                age > limit
            }
        }
    }

    /// Processes all set-aside references after the strong trace. `pending` is the head of the pending list.
    /// Returns how many were put on it.
    pub(crate) fn process_references(&mut self, pending: &mut Obj) -> usize {
        self.discovering = false;
        let Some(offsets) = self.state.reference_offsets else {
            return 0;
        };
        let mut enqueued = 0;
        for list in [0, 1] {
            enqueued += self.clear_dead(list, &offsets, pending);
        }
        enqueued += self.keep_finals(&offsets, pending);
        enqueued += self.clear_dead(3, &offsets, pending);
        enqueued
    }

    /// Clears and enqueues the references of a list whose referents are dead; updates the others.
    fn clear_dead(&mut self, list: usize, offsets: &ReferenceOffsets, pending: &mut Obj) -> usize {
        let mut enqueued = 0;
        for index in 0..self.state.discovered[list].entries().len() {
            let reference = Narrow(self.state.discovered[list].entries()[index]).widen();
            // SAFETY: set-aside references are live objects with these fields.
            unsafe {
                let referent = slot(reference, offsets.referent);
                if referent.is_null() {
                    continue;
                }
                match resolve(&self.tables, referent) {
                    Some(now) => reference.write(offsets.referent as usize, now.narrow()),
                    None => {
                        reference.write(offsets.referent as usize, Narrow::NULL);
                        self.enqueue(reference, offsets, pending);
                        enqueued += 1;
                    }
                }
            }
        }
        self.state.discovered[list].reset();
        enqueued
    }

    /// Brings the dead referents of final references back to life, makes these references inactive, enqueues them.
    fn keep_finals(&mut self, offsets: &ReferenceOffsets, pending: &mut Obj) -> usize {
        const FINAL: usize = 2;
        // Which are dead is decided before any is brought back, so that finalizable objects that refer to each other
        // are all finalized.
        let mut dead = 0;
        for index in 0..self.state.discovered[FINAL].entries().len() {
            let reference = Narrow(self.state.discovered[FINAL].entries()[index]).widen();
            // SAFETY: set-aside references are live objects with these fields.
            unsafe {
                let referent = slot(reference, offsets.referent);
                match resolve(&self.tables, referent) {
                    Some(now) => reference.write(offsets.referent as usize, now.narrow()),
                    None if referent.is_null() => {}
                    None => {
                        self.state.discovered[FINAL].set(dead, reference.narrow().0);
                        dead += 1;
                    }
                }
            }
        }
        self.state.discovered[FINAL].truncate(dead);
        for index in 0..dead {
            let reference = Narrow(self.state.discovered[FINAL].entries()[index]).widen();
            // SAFETY: set-aside references are live objects with these fields.
            unsafe {
                if !slot(reference, offsets.next).is_null() {
                    continue;
                }
                let referent = self.trace(slot(reference, offsets.referent).0);
                reference.write(offsets.referent as usize, Obj(referent).narrow());
                reference.write(offsets.next as usize, reference.narrow());
                self.enqueue(reference, offsets, pending);
            }
        }
        self.state.discovered[FINAL].reset();
        self.drain();
        dead
    }

    /// # Safety
    /// `reference` is a live reference object that is on no list.
    unsafe fn enqueue(&mut self, reference: Obj, offsets: &ReferenceOffsets, pending: &mut Obj) {
        // SAFETY: the caller vouches for the object. The card is marked as for any store of a reference.
        unsafe {
            reference.write(offsets.discovered as usize, pending.narrow());
            *self.tables.card(reference.0 + offsets.discovered as usize) = crate::barrier::CARD_DIRTY;
        }
        *pending = reference;
    }
}

impl Heap {
    /// Tells the collector the layout of `java.lang.ref.Reference`. Before that, references count as strong.
    pub fn set_reference_offsets(&self, offsets: ReferenceOffsets) {
        self.collector.lock().reference_offsets = Some(offsets);
    }

    /// Takes the pending list: its head, or null. It is linked through `Reference.discovered`.
    pub fn take_pending(&self) -> Obj {
        Obj(self.pending.swap(0, Ordering::AcqRel))
    }

    /// Is the pending list not empty?
    pub fn has_pending(&self) -> bool {
        self.pending.load(Ordering::Acquire) != 0
    }
}

//! What the runtime supplies for a collection, and what it may ask during one.

use crate::block::state;
use crate::layout::{ClassPrefix, Narrow, Obj, mark};
use crate::metadata::Tables;
use crate::objects::ObjectFinder;
use crate::references::SoftPolicy;
use crate::stack::GrowableStack;
use crate::trace::Tracer;
use std::sync::atomic::Ordering;

/// The runtime's side of a collection. The world is stopped. The calls come in the order of the methods here,
/// `loader_reached` in between. None of them may allocate in the heap or ask it for objects.
pub trait RootSource {
    /// Hands over words and ranges of native stacks. What they point at, or into, stays alive and where it is.
    fn ambiguous(&mut self, visitor: &mut AmbiguousVisitor<'_>);

    /// Hands over all strong slots outside the heap; they are updated when what they refer to moves.
    fn precise(&mut self, visitor: &mut Tracer<'_>);

    /// A `Shape::Loader` object was found alive; hands over the mirrors of the classes it defined. Once per loader
    /// and collection.
    fn loader_reached(&mut self, loader: Obj, visitor: &mut Tracer<'_>);

    /// References have been processed, and it is decided what lives: tables that hold objects weakly update or drop
    /// their entries, and classes that were not reached may be unloaded.
    fn weak(&mut self, liveness: &Liveness<'_>);

    /// When to clear soft references.
    fn soft_reference_policy(&self) -> SoftPolicy {
        SoftPolicy::default()
    }
}

/// Takes words that may or may not be references.
pub struct AmbiguousVisitor<'c> {
    pub(crate) finder: ObjectFinder,
    pub(crate) pinned: &'c mut GrowableStack<u32>,
    pub(crate) last: Obj,
    pub(crate) out_of_memory: bool,
}

impl AmbiguousVisitor<'_> {
    /// One word: a full address into an object, or (what the compiler may keep instead of it) one or two narrow
    /// references.
    #[inline]
    pub fn word(&mut self, word: usize) {
        if self.finder.start <= word && word < self.finder.end {
            self.address(word);
            return;
        }
        self.address(Narrow(word as u32).widen().0);
        self.address(Narrow((word >> 32) as u32).widen().0);
    }

    /// A reference a native frame is known to hold, to be kept in place.
    #[inline]
    pub fn pin(&mut self, object: Obj) {
        self.address(object.0);
    }

    #[inline]
    fn address(&mut self, address: usize) {
        // SAFETY: the world is stopped, and the collection has not begun to mark.
        let Some(object) = (unsafe { self.finder.find(address) }) else {
            return;
        };
        if object != self.last {
            self.last = object;
            self.out_of_memory |= !self.pinned.push(object.narrow().0);
        }
    }

    /// All words of `[low, high)`, from the first aligned one on.
    ///
    /// # Safety
    /// The range is readable memory (a stopped thread's stack).
    pub unsafe fn range(&mut self, low: usize, high: usize) {
        let mut address = low.next_multiple_of(size_of::<usize>());
        while address + size_of::<usize>() <= high {
            // SAFETY: the caller vouches for the range; other threads' frames are read as plain words.
            let word = unsafe { (address as *const usize).read_volatile() };
            self.word(word);
            address += size_of::<usize>();
        }
    }
}

/// Tells, after marking, what lives and where it is now.
pub struct Liveness<'c> {
    pub(crate) tables: &'c Tables,
    pub(crate) epoch: u32,
}

impl Liveness<'_> {
    /// The present address of the object that was at `object` when the collection began, if it is alive.
    #[inline]
    pub fn resolve(&self, object: Obj) -> Option<Obj> {
        resolve(self.tables, object)
    }

    /// Was the class reached, through an instance, its mirror or its loader?
    ///
    /// # Safety
    /// `class` points at a class structure.
    pub unsafe fn is_class_live(&self, class: *const ClassPrefix) -> bool {
        // SAFETY: the caller vouches for the class.
        unsafe { (*class).mark_epoch.load(Ordering::Relaxed) == self.epoch }
    }
}

#[inline]
pub(crate) fn resolve(tables: &Tables, object: Obj) -> Option<Obj> {
    if object.is_null() {
        return None;
    }
    if tables.state_of(object.0) == state::EVACUATED {
        // SAFETY: old copies stay readable to the end of the collection.
        let header = unsafe { object.mark().load(Ordering::Relaxed) };
        if header & mark::TAG_MASK == mark::FORWARDED {
            // SAFETY: the class word of a forwarded object is its new narrow address.
            return Some(unsafe { object.read::<Narrow>(crate::layout::CLASS_OFFSET) }.widen());
        }
    }
    tables.is_marked(object.0).then_some(object)
}

//! Tracing: from roots to all that lives, marking objects and lines, moving what is to be moved.

use crate::block::*;
use crate::collect::CollectorState;
use crate::evacuate::Copier;
use crate::layout::*;
use crate::metadata::Tables;
use crate::references::SoftDecision;
use crate::roots::RootSource;
use crate::spaces::Spaces;
use crate::verify::EdgeCheck;
use std::sync::atomic::Ordering;

/// Elements of a reference array scanned at a time, so that one array cannot flood the mark stack.
const ARRAY_PART: u32 = 2048;
/// Objects on their way from the mark stack to being scanned, while their headers are fetched.
const PREFETCH_DISTANCE: usize = 16;

/// Visits strong slots. Slots are updated when what they refer to moves.
pub struct Tracer<'c> {
    pub(crate) tables: Tables,
    pub(crate) epoch: u32,
    /// Value of lines that live.
    pub(crate) live: u8,
    pub(crate) evacuating: bool,
    /// Set aside reference objects, or trace through them?
    pub(crate) discovering: bool,
    pub(crate) soft: SoftDecision,
    /// The mark stack was full: some marked objects were not scanned.
    pub(crate) overflowed: bool,
    /// The list of loaders was full: some were not handed to the runtime.
    pub(crate) loaders_lost: bool,
    pub(crate) state: &'c mut CollectorState,
    pub(crate) spaces: &'c mut Spaces,
    pub(crate) copier: Copier,
    /// In verify mode, checks each reference before it is followed.
    pub(crate) check: Option<EdgeCheck<'c>>,
    /// The object being scanned, for the check's message.
    pub(crate) scanning: usize,
}

#[inline(always)]
fn prefetch(address: usize) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: prefetching has no effect on memory and faults on no address.
    unsafe {
        std::arch::x86_64::_mm_prefetch::<{ std::arch::x86_64::_MM_HINT_T0 }>(address as *const i8)
    };
    #[cfg(not(target_arch = "x86_64"))]
    let _ = address;
}

impl Tracer<'_> {
    /// A slot that holds a full address.
    #[inline]
    pub fn slot(&mut self, slot: &mut Obj) {
        if !slot.is_null() {
            slot.0 = self.trace(slot.0);
        }
    }

    /// A slot that holds a narrow reference.
    #[inline]
    pub fn narrow(&mut self, slot: &AtomicNarrow) {
        let old = slot.0.load(Ordering::Relaxed);
        if old != 0 {
            let new = Obj(self.trace(Narrow(old).widen().0)).narrow().0;
            if new != old {
                slot.0.store(new, Ordering::Relaxed);
            }
        }
    }

    /// A slot given by address, holding a full reference (interpreter frames, compiled frames).
    ///
    /// # Safety
    /// The slot is readable and writable, and holds null or a reference.
    #[inline]
    pub unsafe fn slot_at(&mut self, slot: *mut usize) {
        // SAFETY: the caller vouches for the slot.
        unsafe {
            if *slot != 0 {
                *slot = self.trace(*slot);
            }
        }
    }

    /// A reference kept where the caller will update it: returns the object's present address.
    #[inline]
    pub fn object(&mut self, object: Obj) -> Obj {
        if object.is_null() {
            object
        } else {
            Obj(self.trace(object.0))
        }
    }

    /// A class that is to live although nothing in the heap leads to it.
    ///
    /// # Safety
    /// `class` points at a class structure.
    pub unsafe fn class(&mut self, class: *const ClassPrefix) {
        // SAFETY: the caller vouches for the class.
        unsafe { self.reach(&*class) }
    }

    /// The collection's number; a class whose `mark_epoch` equals it was reached.
    pub fn epoch(&self) -> u32 {
        self.epoch
    }

    /// Marks the object at `address`, moving it if that is to be done; returns its present address.
    #[inline(always)]
    pub(crate) fn trace(&mut self, address: usize) -> usize {
        if let Some(check) = &self.check {
            let end = self.tables.block_start(self.spaces.frontier);
            check.edge(&self.tables, end, self.scanning, address);
        }
        if !self.evacuating {
            // Nothing moves: it is enough to look at the mark bit when it has been fetched.
            self.push(address);
        } else if self.tables.state_of(address) == state::EVACUATED {
            return self.evacuate(address);
        } else if self.tables.test_and_set_mark(address) {
            self.push(address);
        }
        address
    }

    /// Queues an object: to be scanned, and in a collection that moves nothing to be marked first.
    #[inline(always)]
    pub(crate) fn push(&mut self, address: usize) {
        if !self.state.stack.push(Obj(address).narrow().0) {
            self.overflowed = true;
        }
    }

    /// Scans all that is queued, and what that leads to.
    pub(crate) fn drain(&mut self) {
        loop {
            self.drain_stack();
            if let Some((array, from)) = self.state.arrays.pop() {
                let array = Narrow(array).widen();
                // SAFETY: queued arrays are live.
                unsafe { self.scan_array(array, from, array.array_length()) };
            } else if self.overflowed {
                self.rescan();
            } else {
                break;
            }
        }
    }

    fn drain_stack(&mut self) {
        let mut queue = [0u32; PREFETCH_DISTANCE];
        let mut at = 0;
        let mut queued = 0usize;
        loop {
            let next = match self.state.stack.pop() {
                Some(narrow) => {
                    let address = (narrow as usize) << NARROW_SHIFT;
                    prefetch(address);
                    prefetch(self.tables.mark_address(address));
                    queued += 1;
                    narrow
                }
                None if queued == 0 => return,
                None => 0,
            };
            let object = std::mem::replace(&mut queue[at], next);
            at = (at + 1) % PREFETCH_DISTANCE;
            if object != 0 {
                queued -= 1;
                let object = Narrow(object).widen();
                if self.evacuating || self.tables.test_and_set_mark(object.0) {
                    // SAFETY: queued objects are live and in their final place.
                    unsafe { self.scan(object) };
                }
            }
        }
    }

    /// After an overflow of the mark stack: scans every marked object again.
    #[cold]
    fn rescan(&mut self) {
        self.overflowed = false;
        for index in 0..self.spaces.frontier {
            let state = self.tables.state(index);
            let start = self.tables.block_start(index);
            let tables = self.tables;
            // SAFETY: marked objects are live and in their final place.
            let mut scan = |object| unsafe { self.scan(Obj(object)) };
            if state == state::LARGE_HEAD && tables.is_marked(start) {
                scan(start);
            } else if state::has_lines(state) {
                tables.for_each_marked(start..start + BLOCK_BYTES, scan);
            }
            self.drain_stack();
        }
    }

    /// Visits the class of a live object: its mirror and its further roots.
    #[cold]
    #[inline(never)]
    fn reach(&mut self, class: &ClassPrefix) {
        if class.mark_epoch.swap(self.epoch, Ordering::Relaxed) == self.epoch {
            return;
        }
        self.narrow(&class.mirror);
        if class.extra_root_count != 0 {
            // SAFETY: the class holds that many roots there.
            let roots = unsafe { std::slice::from_raw_parts(class.extra_roots, class.extra_root_count as usize) };
            for root in roots {
                self.narrow(root);
            }
        }
        // SAFETY: null or a segment in the method area, and so are those it leads to; they live as long as the class.
        let mut segment = unsafe { class.more_roots.load(Ordering::Acquire).as_ref() };
        while let Some(roots) = segment {
            roots.slots.iter().for_each(|root| self.narrow(root));
            // SAFETY: as above.
            segment = unsafe { roots.next.as_ref() };
        }
    }

    /// Marks the lines of an object that is not large.
    #[inline(always)]
    pub(crate) fn mark_lines(&mut self, object: usize, bytes: usize) {
        // A thread's buffer may serve an object somewhat larger than the limit.
        if bytes > LARGE_OBJECT_BYTES && self.tables.state_of(object) == state::LARGE_HEAD {
            return;
        }
        let first = self.tables.line(object);
        let last = self.tables.line(object + bytes - 1);
        // SAFETY: the object lies in one committed block.
        unsafe {
            let mut line = first;
            loop {
                *line = self.live;
                if line == last {
                    break;
                }
                line = line.add(1);
            }
        }
    }

    /// Marks an object's lines and visits its slots.
    ///
    /// # Safety
    /// `object` is live, marked and in its final place.
    #[inline]
    unsafe fn scan(&mut self, object: Obj) {
        self.scanning = object.0;
        // SAFETY: the object is live, so its class is; reference runs are right for its shape.
        unsafe {
            let class = &*object.class_prefix();
            if class.mark_epoch.load(Ordering::Relaxed) != self.epoch {
                self.reach(class);
            }
            match class.shape {
                Shape::Instance => {
                    self.mark_lines(object.0, class.instance_bytes as usize);
                    self.scan_runs(object, class.reference_runs, class.reference_run_count);
                }
                Shape::PrimitiveArray => self.mark_lines(object.0, object_bytes(object)),
                Shape::ReferenceArray => {
                    self.mark_lines(object.0, object_bytes(object));
                    self.scan_array(object, 0, object.array_length());
                }
                Shape::Reference => {
                    self.mark_lines(object.0, class.instance_bytes as usize);
                    self.scan_reference(object, class);
                }
                Shape::Loader => {
                    self.mark_lines(object.0, class.instance_bytes as usize);
                    self.loaders_lost |= !self.state.loaders.push(object.narrow().0);
                    self.scan_runs(object, class.reference_runs, class.reference_run_count);
                }
                Shape::Mirror => {
                    self.mark_lines(object.0, object_bytes(object));
                    self.scan_runs(object, class.reference_runs, class.reference_run_count);
                    let mirrored = object.read::<u64>(MIRROR_CLASS_OFFSET) as *const ClassPrefix;
                    if !mirrored.is_null() {
                        let mirrored = &*mirrored;
                        self.scan_runs(
                            object,
                            mirrored.static_reference_runs,
                            mirrored.static_reference_run_count,
                        );
                        if mirrored.mark_epoch.load(Ordering::Relaxed) != self.epoch {
                            self.reach(mirrored);
                        }
                    }
                }
            }
        }
    }

    /// # Safety
    /// `slot` is a slot of a live object.
    #[inline(always)]
    unsafe fn scan_slot(&mut self, slot: *mut u32) {
        // SAFETY: the caller vouches for the slot; the world is stopped.
        unsafe {
            let narrow = *slot;
            if narrow != 0 {
                let old = (narrow as usize) << NARROW_SHIFT;
                let new = self.trace(old);
                if new != old {
                    *slot = (new >> NARROW_SHIFT) as u32;
                }
            }
        }
    }

    /// # Safety
    /// The runs are those of the live object.
    #[inline(always)]
    unsafe fn scan_runs(&mut self, object: Obj, runs: *const ReferenceRun, count: u32) {
        // SAFETY: the caller vouches for the runs.
        unsafe {
            for index in 0..count as usize {
                let run = *runs.add(index);
                let mut slot = object.at(run.offset as usize) as *mut u32;
                let end = slot.add(run.count as usize);
                while slot < end {
                    self.scan_slot(slot);
                    slot = slot.add(1);
                }
            }
        }
    }

    /// Visits a part of a reference array and queues the rest.
    ///
    /// # Safety
    /// `array` is a live reference array of `length` elements.
    unsafe fn scan_array(&mut self, array: Obj, from: u32, length: u32) {
        self.scanning = array.0;
        let mut end = length.min(from.saturating_add(ARRAY_PART));
        if end < length && !self.state.arrays.push((array.narrow().0, end)) {
            end = length;
        }
        // SAFETY: the elements lie within the array.
        unsafe {
            let base = array.at(array_base_offset(2)) as *mut u32;
            for index in from..end {
                self.scan_slot(base.add(index as usize));
            }
        }
    }

    /// Visits the slots of a `java.lang.ref.Reference`.
    ///
    /// # Safety
    /// `object` is a live object of `class`, of `Shape::Reference`.
    #[inline(never)]
    unsafe fn scan_reference(&mut self, object: Obj, class: &ClassPrefix) {
        // SAFETY: the caller vouches for object and class; the runtime gave the offsets.
        unsafe {
            let Some(offsets) = self.state.reference_offsets else {
                return self.scan_runs(object, class.reference_runs, class.reference_run_count);
            };
            let referent_slot = object.at(offsets.referent as usize) as *mut u32;
            let referent = Narrow(*referent_slot).widen();
            if !referent.is_null() && !self.discover(object, class.strength, &offsets, referent) {
                self.scan_slot(referent_slot);
            }
            for index in 0..class.reference_run_count as usize {
                let run = *class.reference_runs.add(index);
                for slot in 0..run.count as usize {
                    let slot = (object.at(run.offset as usize) as *mut u32).add(slot);
                    if slot != referent_slot {
                        self.scan_slot(slot);
                    }
                }
            }
        }
    }

    /// Scans all that is queued, loaders' classes included.
    pub(crate) fn drain_with_loaders(&mut self, source: &mut dyn RootSource) {
        loop {
            self.drain();
            if let Some(loader) = self.state.loaders.pop() {
                self.reach_loader(Narrow(loader).widen(), source);
            } else if self.loaders_lost {
                self.find_lost_loaders(source);
            } else {
                break;
            }
        }
    }

    fn reach_loader(&mut self, loader: Obj, source: &mut dyn RootSource) {
        self.scanning = loader.0;
        source.loader_reached(loader, self);
    }

    /// After an overflow of the list of loaders: hands every live one to the runtime (again).
    #[cold]
    fn find_lost_loaders(&mut self, source: &mut dyn RootSource) {
        self.loaders_lost = false;
        for index in 0..self.spaces.frontier {
            if !state::has_lines(self.tables.state(index)) {
                continue;
            }
            let tables = self.tables;
            let start = tables.block_start(index);
            tables.for_each_marked(start..start + BLOCK_BYTES, |object| {
                // SAFETY: marked objects are live and in their final place.
                if unsafe { (*Obj(object).class_prefix()).shape } == Shape::Loader {
                    self.reach_loader(Obj(object), source);
                }
            });
            self.drain();
        }
    }
}

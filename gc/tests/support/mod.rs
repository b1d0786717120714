//! A little runtime for the collector's tests: classes, roots, one allocating thread.
#![allow(dead_code)]

use peaberry_gc::layout::*;
use peaberry_gc::references::SoftPolicy;
use peaberry_gc::roots::{AmbiguousVisitor, Liveness, RootSource};
use peaberry_gc::*;
use peaberry_sys::memory::Reservation;
use std::collections::HashSet;
use std::sync::{Arc, Mutex};

pub const BLOCK: usize = peaberry_gc::block::BLOCK_BYTES;

/// A deterministic random number generator (SplitMix64).
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
    pub fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }
    pub fn chance(&mut self, one_in: usize) -> bool {
        self.below(one_in) == 0
    }
}

/// What the collector asks of the runtime, as plain lists.
#[derive(Default)]
pub struct Roots {
    pub strong: Vec<Obj>,
    pub ambiguous: Vec<usize>,
    /// Weak global references: dropped to null when dead.
    pub weak: Vec<Obj>,
    /// (loader, mirrors of its classes); dropped when dead.
    pub loaders: Vec<(Obj, Vec<Obj>)>,
    pub loaders_reached: usize,
    pub classes: Vec<&'static ClassPrefix>,
    pub dead_classes: Vec<usize>,
    pub scan_native_stack: bool,
    pub soft: SoftPolicy,
}

impl RootSource for Roots {
    fn ambiguous(&mut self, visitor: &mut AmbiguousVisitor<'_>) {
        for &word in &self.ambiguous {
            visitor.word(word);
        }
        if self.scan_native_stack {
            let high = peaberry_sys::thread::stack_bounds().expect("stack").high;
            // SAFETY: this thread's own stack.
            peaberry_sys::thread::with_registers_spilled(&mut |low| unsafe { visitor.range(low, high) });
        }
    }
    fn precise(&mut self, visitor: &mut Tracer<'_>) {
        for slot in &mut self.strong {
            visitor.slot(slot);
        }
    }
    fn loader_reached(&mut self, loader: Obj, visitor: &mut Tracer<'_>) {
        self.loaders_reached += 1;
        for (known, mirrors) in &mut self.loaders {
            // The loader may have moved already; its old address is not comparable, so mark by resolved identity.
            if visitor.object(*known) == loader {
                for mirror in mirrors {
                    *mirror = visitor.object(*mirror);
                }
            }
        }
    }
    fn weak(&mut self, liveness: &Liveness<'_>) {
        for slot in &mut self.weak {
            *slot = liveness.resolve(*slot).unwrap_or(Obj::NULL);
        }
        self.loaders.retain_mut(|(loader, _)| {
            *loader = liveness.resolve(*loader).unwrap_or(Obj::NULL);
            !loader.is_null()
        });
        let dead = &mut self.dead_classes;
        self.classes.retain(|class| {
            // SAFETY: test classes live for ever.
            let live = unsafe { liveness.is_class_live(*class) };
            if !live {
                dead.push(*class as *const ClassPrefix as usize);
            }
            live
        });
    }
    fn soft_reference_policy(&self) -> SoftPolicy {
        self.soft
    }
}

/// Heap, classes and a thread.
pub struct World {
    pub heap: Arc<Heap>,
    pub tlab: Tlab,
    pub roots: Roots,
    /// Addresses of all classes made.
    pub known: Arc<Mutex<HashSet<usize>>>,
    pub last: Option<CollectReport>,
    pub collections: usize,
    area: usize,
    area_end: usize,
    reservation: Reservation,
}

impl World {
    pub fn new(config: HeapConfig) -> World {
        World::with_range(config, config.max_bytes + config.max_bytes / 8)
    }

    pub fn with_range(config: HeapConfig, range: usize) -> World {
        const AREA: usize = 4 << 20;
        let range = range.next_multiple_of(BLOCK);
        let reservation = Reservation::reserve_below(ADDRESS_LIMIT, AREA + range, BLOCK).expect("address space");
        let area = reservation.start();
        reservation.commit(area..area + AREA).expect("memory");
        // SAFETY: the range is part of the reservation, which outlives the heap in this structure.
        let heap = unsafe { Heap::new(area + AREA..area + AREA + range, config) }.expect("heap");
        heap.set_barrier_check(config.verify);
        let known = Arc::new(Mutex::new(HashSet::new()));
        let check = known.clone();
        heap.set_class_check(Box::new(move |address| check.lock().expect("lock").contains(&address)));
        World {
            heap: Arc::new(heap),
            tlab: Tlab::new(),
            roots: Roots::default(),
            known,
            last: None,
            collections: 0,
            area,
            area_end: area + AREA,
            reservation,
        }
    }

    fn area_alloc(&mut self, bytes: usize) -> usize {
        let address = self.area;
        self.area += bytes.next_multiple_of(8);
        assert!(self.area <= self.area_end, "method area full");
        address
    }

    fn runs(&mut self, runs: &[(u32, u32)]) -> *const ReferenceRun {
        let address = self.area_alloc(std::mem::size_of_val(runs)) as *mut ReferenceRun;
        for (index, &(offset, count)) in runs.iter().enumerate() {
            // SAFETY: memory of the method area, just taken.
            unsafe { address.add(index).write(ReferenceRun { offset, count }) };
        }
        address
    }

    /// Makes a class without a mirror.
    pub fn class(
        &mut self,
        shape: Shape,
        bytes: usize,
        element_shift: u8,
        runs: &[(u32, u32)],
    ) -> &'static ClassPrefix {
        self.class_with(shape, Strength::None, bytes, element_shift, runs, 0, &[], &[])
    }

    #[allow(clippy::too_many_arguments)]
    pub fn class_with(
        &mut self,
        shape: Shape,
        strength: Strength,
        bytes: usize,
        element_shift: u8,
        runs: &[(u32, u32)],
        mirror_bytes: usize,
        static_runs: &[(u32, u32)],
        extra: &[Obj],
    ) -> &'static ClassPrefix {
        let reference_runs = self.runs(runs);
        let static_reference_runs = self.runs(static_runs);
        let extra_roots = self.area_alloc(extra.len() * 4) as *mut AtomicNarrow;
        for (index, &root) in extra.iter().enumerate() {
            // SAFETY: memory of the method area, just taken.
            unsafe { extra_roots.add(index).write(AtomicNarrow::new(root.narrow())) };
        }
        let address = self.area_alloc(size_of::<ClassPrefix>());
        let class = ClassPrefix {
            instance_bytes: align_object(bytes) as u32,
            shape,
            element_shift,
            strength,
            has_finalizer: 0,
            mark_epoch: Default::default(),
            mirror: AtomicNarrow::default(),
            reference_runs,
            reference_run_count: runs.len() as u32,
            mirror_bytes: align_object(mirror_bytes) as u32,
            static_reference_runs,
            static_reference_run_count: static_runs.len() as u32,
            extra_root_count: extra.len() as u32,
            extra_roots,
            more_roots: Default::default(),
        };
        self.known.lock().expect("lock").insert(address);
        // SAFETY: memory of the method area, just taken; it lives as long as the world.
        unsafe {
            (address as *mut ClassPrefix).write(class);
            &*(address as *const ClassPrefix)
        }
    }

    pub fn collect(&mut self, request: CollectRequest) -> CollectReport {
        self.heap.retire(&mut self.tlab);
        let report = self.heap.collect(&mut self.roots, request);
        assert!(report.completed);
        self.last = Some(report);
        self.collections += 1;
        report
    }

    pub fn full(&mut self) -> CollectReport {
        self.collect(CollectRequest {
            cause: CollectCause::Diagnostic,
            clear_soft: false,
            defragment: false,
        })
    }

    /// Allocates with collections as the runtime does it; `None`: out of memory.
    pub fn allocate_raw(&mut self, bytes: usize) -> Option<Obj> {
        let bytes = align_object(bytes);
        if let Some(object) = self.heap.clone().allocate(&mut self.tlab, bytes) {
            return Some(object);
        }
        self.full_for(CollectCause::Allocation);
        if let Some(object) = self.heap.clone().alloc_slow_no_budget(&mut self.tlab, bytes) {
            return Some(object);
        }
        self.collect(CollectRequest {
            cause: CollectCause::LastResort,
            clear_soft: true,
            defragment: true,
        });
        self.heap.clone().alloc_slow_no_budget(&mut self.tlab, bytes)
    }

    fn full_for(&mut self, cause: CollectCause) {
        self.collect(CollectRequest {
            cause,
            clear_soft: false,
            defragment: false,
        });
    }

    fn header(object: Obj, class: &ClassPrefix) -> Obj {
        // SAFETY: fresh memory of at least a header.
        unsafe {
            let first = object.read::<u64>(0);
            assert_eq!(first, 0, "memory is not zero");
            object.write(
                CLASS_OFFSET,
                ((class as *const ClassPrefix as usize) >> NARROW_SHIFT) as u32,
            );
        }
        object
    }

    pub fn instance(&mut self, class: &ClassPrefix) -> Option<Obj> {
        let object = self.allocate_raw(class.instance_bytes as usize)?;
        check_zero(object, class.instance_bytes as usize);
        Some(World::header(object, class))
    }

    pub fn array(&mut self, class: &ClassPrefix, length: usize) -> Option<Obj> {
        let shift = u32::from(class.element_shift);
        let bytes = align_object(array_base_offset(shift) + (length << shift));
        let object = self.allocate_raw(bytes)?;
        check_zero(object, bytes);
        World::header(object, class);
        // SAFETY: a fresh array.
        unsafe { object.write(ARRAY_LENGTH_OFFSET, length as u32) };
        Some(object)
    }

    /// Makes the mirror of `class`, an instance of `mirror_class`.
    pub fn mirror(&mut self, mirror_class: &ClassPrefix, class: &ClassPrefix) -> Obj {
        let bytes = class.mirror_bytes as usize;
        let object = self.heap.alloc_immovable_no_budget(bytes).expect("memory");
        check_zero(object, bytes);
        World::header(object, mirror_class);
        // SAFETY: a fresh mirror.
        unsafe { object.write(MIRROR_CLASS_OFFSET, class as *const ClassPrefix as u64) };
        class.mirror.store(object);
        object
    }

    pub fn get(&self, object: Obj, offset: usize) -> Obj {
        // SAFETY: tests read slots that exist.
        unsafe { object.read::<Narrow>(offset) }.widen()
    }

    pub fn set(&self, object: Obj, offset: usize, value: Obj) {
        // SAFETY: tests write slots that exist.
        unsafe { self.heap.store_reference(object, offset, value) }
    }
}

fn check_zero(object: Obj, bytes: usize) {
    // SAFETY: fresh memory of that size.
    let memory = unsafe { std::slice::from_raw_parts(object.0 as *const u64, bytes / 8) };
    assert!(memory.iter().all(|&word| word == 0), "memory at {object:?} is not zero");
}

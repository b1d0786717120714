//! What the collector needs of the runtime: roots, weak tables, the layout of `java.lang.ref.Reference`.

use crate::known::{ABSENT, KnownClass, KnownField};
use crate::loader::{LoaderData, unload};
use crate::log::collection;
use crate::method_area::Owner;
use crate::thread::JavaThread;
use crate::vm::Vm;
use crate::{compiled, management, stack};
use peaberry_gc::layout::{ClassPrefix, Obj};
use peaberry_gc::{AmbiguousVisitor, CollectCause, CollectRequest, Liveness, ReferenceOffsets, RootSource, Tracer};
use peaberry_sys::time::monotonic_nanoseconds;
use std::ops::Range;
use std::sync::atomic::Ordering;

/// The roots of a VM whose world is stopped.
struct Roots<'v> {
    vm: &'v Vm,
    threads: Vec<*mut JavaThread>,
    /// Classes may be unloaded: nobody holds on to them but the heap and stacks.
    unloading: bool,
    /// Words found on native stacks that lead into the method area.
    method_area_words: Vec<usize>,
}

impl Roots<'_> {
    fn thread(thread: &mut JavaThread, tracer: &mut Tracer<'_>) {
        stack::scan_precise(thread, tracer);
        for slot in [
            &mut thread.exception,
            &mut thread.java_thread,
            &mut thread.carrier_thread,
            &mut thread.scratch,
            &mut thread.scoped_value_cache,
        ] {
            tracer.slot(slot);
        }
        tracer.narrow(&thread.blocked_on);
        tracer.narrow(&thread.async_exception);
        for record in thread.locks.iter_mut() {
            tracer.slot(&mut record.object);
        }
    }
}

/// Native frames hold classes, methods and symbols as plain addresses, as they hold objects: notes the words that may be
/// such.
///
/// # Safety
/// `stack` is a stopped thread's stack.
unsafe fn note_words(stack: Range<usize>, method_area: &Range<usize>, words: &mut Vec<usize>) {
    for address in (stack.start.next_multiple_of(8)..stack.end.saturating_sub(7)).step_by(8) {
        // SAFETY: the caller vouches for the range; other threads' frames are read as plain words.
        let word = unsafe { (address as *const usize).read_volatile() };
        if method_area.contains(&word) {
            words.push(word);
        }
    }
}

impl Roots<'_> {
    /// Keeps the owners of what native frames refer to in the method area.
    fn method_area_roots(&mut self, tracer: &mut Tracer<'_>) {
        self.method_area_words.sort_unstable();
        self.method_area_words.dedup();
        for &word in &self.method_area_words {
            match self.vm.method_area.owner_of(word) {
                // SAFETY: owners are removed with their chunks.
                Some(Owner::Loader(data)) => unsafe {
                    tracer.object((*(data as *const LoaderData)).object());
                },
                // SAFETY: as above.
                Some(Owner::Class(class)) if class != 0 => unsafe { tracer.class(class as *const ClassPrefix) },
                _ => {}
            }
        }
    }
}

impl RootSource for Roots<'_> {
    fn ambiguous(&mut self, visitor: &mut AmbiguousVisitor<'_>) {
        for &thread in &self.threads {
            // SAFETY: the world is stopped: the thread's frames at its recorded stack pointer and above do not change;
            // a thread that never ran has an empty range.
            unsafe {
                let thread = &mut *thread;
                stack::scan_ambiguous(thread, visitor);
                let low = thread.native_stack_pointer.load(Ordering::Relaxed);
                if low != 0 && low < thread.native_stack_base {
                    for part in compiled::native_ranges(thread, low.max(thread.no_references_below)) {
                        visitor.range(part.start, part.end);
                    }
                    let range = self.vm.method_area.range();
                    note_words(low..thread.native_stack_base, &range, &mut self.method_area_words);
                }
            }
        }
    }

    fn precise(&mut self, visitor: &mut Tracer<'_>) {
        let vm = self.vm;
        for &thread in &self.threads {
            // SAFETY: the world is stopped; nobody else uses the thread.
            Roots::thread(unsafe { &mut *thread }, visitor);
        }
        if !self.unloading {
            vm.loaders.trace_all(visitor);
        }
        self.method_area_roots(visitor);
        visitor.narrow(&vm.threads.system_group);
        visitor.narrow(&vm.threads.main_group);
        vm.handles.for_each_slot(|slot| visitor.slot(slot));
        vm.monitors.for_each_root(|object| visitor.object(object));
        vm.loaders.trace_strong(visitor);
        vm.known.for_each_primitive(|class| {
            // SAFETY: the primitive types' classes live as long as the VM.
            unsafe { visitor.class(&class.prefix) }
        });
    }

    fn loader_reached(&mut self, loader: Obj, visitor: &mut Tracer<'_>) {
        self.vm.loaders.trace_loader(loader, visitor);
    }

    fn weak(&mut self, liveness: &Liveness<'_>) {
        self.vm.interned.sweep(liveness);
        self.vm.monitors.sweep(liveness);
        // What a compilation holds on to is not freed.
        if self.unloading {
            self.vm.compiled.sweep(self.vm, &self.threads);
            unload::unload(self.vm, liveness, &self.method_area_words);
        }
    }
}

/// Collects. The world is stopped by `thread`.
pub(crate) fn collect_stopped(thread: &mut JavaThread, request: CollectRequest) {
    let vm = thread.vm();
    let threads = vm.threads.snapshot();
    for &other in &threads {
        // SAFETY: the world is stopped; nobody else uses the thread's buffer.
        unsafe { vm.heap.retire(&mut (*other).tlab) };
    }
    // Collections that somebody asks for, or that are the last hope, are to find dead classes.
    let patient = !matches!(request.cause, CollectCause::Allocation | CollectCause::Stress);
    let unloading = vm.tier.begin_collection(patient);
    let running = collection::start(vm, request.cause);
    let (before, begun) = (management::usages(vm), monotonic_nanoseconds());
    let mut roots = Roots {
        vm,
        threads,
        unloading,
        method_area_words: Vec::new(),
    };
    let report = vm.heap.collect(&mut roots, request);
    vm.tier.end_collection();
    vm.safepoint.note_overhead(report.overhead_limit_exceeded);
    if report.completed {
        vm.management.note_collection(vm, request.cause, before, begun);
    }
    running.end(vm, &report, &before);
}

/// Tells the collector the layout of `java.lang.ref.Reference`. Boot calls this once the known classes are loaded and
/// have mirrors; before, references count as strong.
pub fn install_reference_offsets(vm: &Vm) {
    let offset = |field| {
        let offset = vm.known.offset(field) as u32;
        (offset != ABSENT).then_some(offset)
    };
    let (Some(referent), Some(next), Some(discovered)) = (
        offset(KnownField::ReferenceReferent),
        offset(KnownField::ReferenceNext),
        offset(KnownField::ReferenceDiscovered),
    ) else {
        return;
    };
    let soft = vm
        .known
        .class_if_present(KnownClass::SoftReference)
        .map_or(Obj::NULL, |class| class.mirror());
    let soft_clock = match offset(KnownField::SoftReferenceClock) {
        Some(offset) if !soft.is_null() => Some(soft.0 + offset as usize),
        _ => None,
    };
    let soft_timestamp = offset(KnownField::SoftReferenceTimestamp);
    vm.heap.set_reference_offsets(ReferenceOffsets {
        referent,
        next,
        discovered,
        soft_timestamp,
        soft_clock,
    });
}

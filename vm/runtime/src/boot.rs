//! Making a VM: its regions, the boot classes, and the class library's own initialization phases in the order HotSpot
//! has them (`Threads::create_vm`).

use crate::compiled::Compiled;
use crate::interp;
use crate::known::{KnownClass, KnownMethod};
use crate::link;
use crate::loader::{self, BootPath, Loaders};
use crate::log::{Level, TagSet};
use crate::method_area::{MethodArea, SymbolTable};
use crate::native::registry::NativeRegistry;
use crate::options::VmOptions;
use crate::thread::{JResult, JavaThread};
use crate::tier::Tier;
use crate::vm::{Library, Vm};
use peaberry_gc::layout::ADDRESS_LIMIT;
use peaberry_gc::placement::look_alikes;
use peaberry_gc::{Heap, HeapConfig};
use peaberry_sys::memory::Reservation;
use std::ops::Range;
use std::sync::Arc;

/// Alignment of a VM's regions.
const REGION_ALIGNMENT: usize = 1 << 21;

/// Why a VM could not be made.
#[derive(Debug, thiserror::Error)]
pub enum BootError {
    /// The heap and method area do not fit into memory or address space.
    #[error("Could not reserve enough space for {kilobytes}KB object heap")]
    Heap {
        /// The heap asked for, KiB.
        kilobytes: usize,
    },
    /// The class library cannot be read.
    #[error("{0}")]
    ClassLibrary(String),
}

fn align_up(bytes: usize) -> usize {
    bytes.next_multiple_of(REGION_ALIGNMENT)
}

/// Where native stacks, code and memory lie, and what is mapped later, beside what is there. Guests are not asked: theirs lie at the
/// same addresses each time, and asking takes a call.
fn addresses_in_use() -> Vec<Range<usize>> {
    // The system maps downward, and the C library reserves 64 MiB for what a thread allocates, for up to eight of them per processor.
    const BELOW: usize = 512 << 20;
    const ABOVE: usize = 64 << 20;
    if peaberry_sys::FOR_GUESTS {
        return Vec::new();
    }
    let mapped = peaberry_sys::address_map::mapped();
    let mut in_use: Vec<Range<usize>> = Vec::with_capacity(mapped.len());
    for range in mapped {
        let (start, end) = (range.start.saturating_sub(BELOW), range.end.saturating_add(ABOVE));
        match in_use.last_mut() {
            Some(last) if start <= last.end => last.end = end,
            _ => in_use.push(start..end),
        }
    }
    in_use
}

/// Makes a VM with its regions reserved and its class path opened; no Java has run.
pub fn create(options: VmOptions, library: Library) -> Result<Arc<Vm>, BootError> {
    let too_large = || BootError::Heap {
        kilobytes: options.max_heap_bytes >> 10,
    };
    if options.max_heap_bytes > ADDRESS_LIMIT {
        return Err(too_large());
    }
    let method_area = align_up(options.method_area_bytes.clamp(16 << 20, 4 << 30));
    // Head room lets the collector move objects out of fragmented blocks when the heap itself is full.
    let heap_range = align_up(options.max_heap_bytes + options.max_heap_bytes / 16 + (1 << 20));
    let code_cache = if options.interpreter_only || !options.use_compiler {
        0
    } else {
        options
            .code_cache_bytes
            .min(2 << 30)
            .next_multiple_of(peaberry_sys::memory::page_size())
    };
    let bytes = method_area + heap_range + align_up(code_cache);
    let release = match options.release {
        Some(release) => release,
        None => feature_release(&options)?,
    };
    // Mapped before the heap's place is chosen: the class library is larger than what is kept free for later mappings.
    let boot_path = BootPath::open(&options).map_err(|error| BootError::ClassLibrary(error.to_string()))?;
    let in_use = addresses_in_use();
    let reservation = Reservation::reserve_best(ADDRESS_LIMIT, bytes, REGION_ALIGNMENT, |start| {
        let heap = start + method_area..start + method_area + heap_range;
        look_alikes(&heap, &in_use) + look_alikes(&heap, &[start..heap.start, heap.end..start + bytes])
    });
    let reservation = reservation.map_err(|_| too_large())?;
    let start = reservation.range().start;
    let config = HeapConfig {
        max_bytes: options.max_heap_bytes,
        initial_bytes: options.initial_heap_bytes,
        stress_interval: options.gc_stress_interval,
        verify: options.verify_after_gc,
    };
    let checked = config.verify || config.stress_interval != 0;
    peaberry_sys::mapping::serve_foreign_mappings();
    let heap_start = start + method_area;
    // SAFETY: the range is part of the reservation the VM keeps longer than the heap, and is the heap's alone.
    let heap = unsafe { Heap::new(heap_start..heap_start + heap_range, config) }.map_err(|_| too_large())?;
    let code_start = heap_start + heap_range;
    // SAFETY: as above, for the code cache.
    let compiled = unsafe { Compiled::new(&options, code_start..code_start + code_cache) };
    let start_nanos = peaberry_sys::time::monotonic_nanoseconds();
    let vm = Vm {
        log: crate::log::Log::new(&options, start_nanos),
        natives: NativeRegistry::new(&library, release),
        class_library: library,
        method_area: MethodArea::new(start..heap_start, checked),
        symbols: SymbolTable::new(),
        known: Default::default(),
        interned: Default::default(),
        loaders: Loaders::new(),
        boot_path,
        reference_maps: Default::default(),
        monitors: Default::default(),
        safepoint: Default::default(),
        threads: Default::default(),
        instrument: Default::default(),
        management: Default::default(),
        handles: Default::default(),
        invoke: Default::default(),
        exceptions: Default::default(),
        compiled,
        tier: Tier::new(&options),
        start_nanos,
        heap,
        reservation,
        options,
    };
    vm.known.release.set(release);
    log_start(&vm);
    let vm = Arc::new(vm);
    if checked {
        let area = std::ptr::from_ref(&vm.method_area) as usize;
        vm.heap.set_class_check(Box::new(move |address| {
            // SAFETY: the method area lives as long as the VM, whose heap asks.
            let area = unsafe { &*(area as *const MethodArea) };
            area.range().contains(&address) && !area.is_freed(address)
        }));
    }
    Ok(vm)
}

/// What the log says of a VM before it runs anything.
fn log_start(vm: &Vm) {
    if vm.log.enabled(TagSet::Options, Level::Info) {
        for option in &vm.options.options_without_meaning {
            let text = format!("{option} is accepted and means nothing here");
            vm.log.write(TagSet::Options, Level::Info, &text);
        }
    }
    if vm.log.enabled(TagSet::Gc, Level::Info) {
        vm.log.write(TagSet::Gc, Level::Info, "Using Immix");
    }
    if vm.log.enabled(TagSet::GcInit, Level::Info) {
        let lines = [
            format!("CPUs: {} total", peaberry_sys::thread::processor_count()),
            format!("Memory: {}M", peaberry_sys::memory::physical_total() >> 20),
            "Compressed Oops: Enabled (Zero based)".to_owned(),
            format!("Heap Initial Capacity: {}M", vm.options.initial_heap_bytes >> 20),
            format!("Heap Max Capacity: {}M", vm.options.max_heap_bytes >> 20),
        ];
        for line in lines {
            vm.log.write(TagSet::GcInit, Level::Info, &line);
        }
    }
}

/// Times a phase of the VM's start for the log.
fn timed<R>(thread: &mut JavaThread, phase: &str, operation: impl FnOnce(&mut JavaThread) -> R) -> R {
    let vm = thread.vm();
    let begun = peaberry_sys::time::monotonic_nanoseconds();
    let result = operation(thread);
    log_phase(vm, phase, begun);
    result
}

fn log_phase(vm: &Vm, phase: &str, begun: i64) {
    if vm.log.enabled(TagSet::StartupTime, Level::Info) {
        let seconds = peaberry_sys::time::monotonic_nanoseconds().saturating_sub(begun) as f64 / 1e9;
        vm.log
            .write(TagSet::StartupTime, Level::Info, &format!("{phase}, {seconds:.7} secs"));
    }
}

/// Feature release of the JDK, from its `release` file.
fn feature_release(options: &VmOptions) -> Result<u16, BootError> {
    let path = options.java_home.join("release");
    let unreadable = || BootError::ClassLibrary(format!("{}: not the release file of a JDK", path.display()));
    let text = std::fs::read_to_string(&path).map_err(|_| unreadable())?;
    let line = text
        .lines()
        .find_map(|l| l.strip_prefix("JAVA_VERSION="))
        .ok_or_else(unreadable)?;
    let release = line
        .trim_matches('"')
        .split(['.', '-', '+'])
        .next()
        .and_then(|r| r.parse().ok());
    release.ok_or_else(unreadable)
}

/// Loads the boot classes and runs the class library's initialization on the VM's first thread.
pub fn initialize(thread: &mut JavaThread) -> JResult<()> {
    let vm = thread.vm();
    timed(thread, "Genesis", loader::bootstrap::bootstrap)?;
    timed(thread, "Initialize java.lang classes", initialize_java_lang)?;
    if vm.options.handle_signals {
        crate::thread::signals::start_dispatcher(thread)?;
    }
    // Such class libraries refuse some reflection until this class is initialized, and leave that to the VM.
    if vm.known.method(KnownMethod::SetJavaLangInvokeInited).is_some() {
        timed(thread, "Initialize java.lang.invoke classes", |thread| {
            initialize_known(thread, KnownClass::MethodHandleNatives)
        })?;
    }
    timed(thread, "Initialize module system", |thread| {
        // Phase 2 prints its own complaint, on standard output like the VM's; an answer other than 0 means that the module system did not initialize.
        let status = call_static(thread, KnownMethod::SystemInitPhase2, &[0, 0])?;
        if status as i32 != 0 {
            return Err(thread.throw_new("java/lang/InternalError", BOOT_LAYER_FAILED));
        }
        Ok(())
    })?;
    call_static(thread, KnownMethod::SystemInitPhase3, &[])?;
    call_static(thread, KnownMethod::ClassLoaderGetSystem, &[])?;
    log_phase(vm, "Create VM", vm.start_nanos);
    vm.tier.vm_started();
    Ok(())
}

fn initialize_java_lang(thread: &mut JavaThread) -> JResult<()> {
    let early = [
        KnownClass::String,
        KnownClass::System,
        KnownClass::Class,
        KnownClass::ThreadGroup,
        KnownClass::Thread,
    ];
    for class in early {
        initialize_known(thread, class)?;
    }
    crate::thread::initial::create_initial_thread_objects(thread)?;
    for class in [KnownClass::Module, KnownClass::ReflectMethod, KnownClass::Finalizer] {
        initialize_known(thread, class)?;
    }
    crate::exceptions::preallocate(thread)?;
    call_static(thread, KnownMethod::SystemInitPhase1, &[]).map(drop)
}

/// Message of the error that stands for a boot layer that could not be made; why has been printed.
pub const BOOT_LAYER_FAILED: &str = "module system initialization failed";

fn initialize_known(thread: &mut JavaThread, class: KnownClass) -> JResult<()> {
    match thread.vm().known.class_if_present(class) {
        Some(class) => link::initialize_class(thread, class),
        None => Ok(()),
    }
}

fn call_static(thread: &mut JavaThread, method: KnownMethod, arguments: &[u64]) -> JResult<u64> {
    match thread.vm().known.method(method) {
        Some(method) => interp::call(thread, method, arguments),
        None => Err(thread.throw_new(
            "java/lang/InternalError",
            &format!("the class library lacks {method:?}"),
        )),
    }
}

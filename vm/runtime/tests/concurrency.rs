//! Monitors, parking, stops of the world and the end of a VM, with native threads on a VM in which no Java runs.

mod support;

use peaberry_gc::layout::{ClassPrefix, Shape, Strength};
use peaberry_runtime::handles::Handle;
use peaberry_runtime::method_area::{ClassPtr, Meta};
use peaberry_runtime::safepoint::{self, CollectCause, CollectRequest};
use peaberry_runtime::thread::{deadline_after, lifecycle, park};
use peaberry_runtime::{JavaThread, Obj, Vm, monitor};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use support::vm;

/// A class for the collector's eyes only: 24 bytes without references.
fn fake_class(vm: &Vm) -> *const ClassPrefix {
    vm.arena().place(ClassPrefix {
        instance_bytes: 24,
        shape: Shape::Instance,
        element_shift: 0,
        strength: Strength::None,
        has_finalizer: 0,
        mark_epoch: AtomicU32::new(0),
        mirror: Default::default(),
        reference_runs: std::ptr::null(),
        reference_run_count: 0,
        mirror_bytes: 0,
        static_reference_runs: std::ptr::null(),
        static_reference_run_count: 0,
        extra_root_count: 0,
        extra_roots: std::ptr::null(),
        more_roots: Default::default(),
    })
}

fn new_object(thread: &mut JavaThread, class: *const ClassPrefix) -> Obj {
    // SAFETY: allocation reads no more of a class without a finalizer than its prefix, and the test nothing else.
    let class: ClassPtr = unsafe { Meta::new(class.cast()) };
    thread.allocate_instance(class).expect("memory")
}

/// Runs `body` on `count` attached threads besides the caller's attached thread, which runs `own` meanwhile.
fn with_threads(
    vm: &Arc<Vm>,
    count: usize,
    body: impl Fn(&mut JavaThread, usize) + Sync,
    own: impl FnOnce(&mut JavaThread),
) {
    std::thread::scope(|scope| {
        for index in 0..count {
            let (vm, body) = (vm, &body);
            scope.spawn(move || {
                let thread = lifecycle::attach(vm, true).expect("attach");
                body(thread, index);
                lifecycle::detach(thread);
            });
        }
        let thread = lifecycle::attach(vm, false).expect("attach");
        own(thread);
        lifecycle::return_to_host(thread);
    });
}

fn collect(thread: &mut JavaThread) {
    safepoint::collect(
        thread,
        CollectRequest {
            cause: CollectCause::Diagnostic,
            clear_soft: false,
            defragment: true,
        },
    );
}

#[test]
fn monitors_exclude_while_collections_move_and_deflate() {
    let Some(vm) = vm(|_| {}) else { return };
    let class = fake_class(&vm) as usize;
    let handles: Vec<Handle> = {
        let thread = lifecycle::attach(&vm, true).expect("attach");
        let handles = (0..3)
            .map(|_| vm.handles.add(new_object(thread, class as *const ClassPrefix)))
            .collect();
        lifecycle::detach(thread);
        handles
    };
    let inside: Vec<AtomicU32> = (0..3).map(|_| AtomicU32::new(0)).collect();
    let (total, running) = (AtomicU64::new(0), AtomicUsize::new(4));
    let hashes: Vec<AtomicU32> = (0..3).map(|_| AtomicU32::new(0)).collect();
    with_threads(
        &vm,
        4,
        |thread, seed| {
            let mut state = seed as u64 + 1;
            for round in 0..30_000u32 {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                let which = (state >> 33) as usize % 3;
                let object = vm.handles.get(handles[which]);
                let depth = 1 + (state >> 40) % 3;
                for _ in 0..depth {
                    monitor::enter(thread, object);
                }
                assert_eq!(
                    inside[which].fetch_add(1, Ordering::SeqCst),
                    0,
                    "two threads in one monitor"
                );
                if round % 64 == 0 {
                    let hash = monitor::identity_hash(thread, object) as u32;
                    let known = hashes[which].compare_exchange(0, hash, Ordering::SeqCst, Ordering::SeqCst);
                    assert!(known.is_ok() || known == Err(hash), "the hash has changed");
                }
                if round % 16 == 0 {
                    // Garbage, so that there is something to collect, and a safepoint inside the monitor.
                    new_object(thread, class as *const ClassPrefix);
                    safepoint::poll(thread).expect("no exception");
                }
                inside[which].fetch_sub(1, Ordering::SeqCst);
                for _ in 0..depth {
                    monitor::exit(thread, object).expect("owned");
                }
                assert!(!monitor::holds(thread, object));
                total.fetch_add(1, Ordering::Relaxed);
            }
            running.fetch_sub(1, Ordering::SeqCst);
        },
        |thread| {
            while running.load(Ordering::SeqCst) != 0 {
                collect(thread);
                thread.blocking(|| std::thread::sleep(Duration::from_millis(1)));
            }
            collect(thread);
            assert!(vm.monitors.is_empty(), "idle monitors stay inflated");
            for (handle, hash) in handles.iter().zip(&hashes) {
                let object = vm.handles.get(*handle);
                assert_eq!(
                    monitor::identity_hash(thread, object) as u32,
                    hash.load(Ordering::SeqCst)
                );
            }
        },
    );
    assert_eq!(total.load(Ordering::SeqCst), 120_000);
}

#[test]
fn no_notification_is_lost() {
    const PAIRS: u32 = 2_000;
    let Some(vm) = vm(|_| {}) else { return };
    let class = fake_class(&vm) as usize;
    let handle = {
        let thread = lifecycle::attach(&vm, true).expect("attach");
        let handle = vm.handles.add(new_object(thread, class as *const ClassPrefix));
        lifecycle::detach(thread);
        handle
    };
    // 0: the consumer waits; 1: there is something.
    let full = AtomicBool::new(false);
    let (consumed, finished) = (AtomicU32::new(0), AtomicUsize::new(4));
    with_threads(
        &vm,
        4,
        |thread, index| {
            for _ in 0..PAIRS {
                let object = vm.handles.get(handle);
                monitor::enter(thread, object);
                let produces = index % 2 == 0;
                while full.load(Ordering::SeqCst) == produces {
                    // Some waits have a limit that never strikes.
                    monitor::wait(thread, object, if index < 2 { 0 } else { 600_000 }).expect("wait");
                    assert!(monitor::holds(thread, object));
                }
                full.store(produces, Ordering::SeqCst);
                if !produces {
                    consumed.fetch_add(1, Ordering::SeqCst);
                }
                monitor::notify(thread, object, true).expect("owned");
                monitor::exit(thread, object).expect("owned");
            }
            finished.fetch_sub(1, Ordering::SeqCst);
        },
        |thread| {
            while finished.load(Ordering::SeqCst) != 0 {
                collect(thread);
                thread.blocking(|| std::thread::sleep(Duration::from_millis(2)));
            }
        },
    );
    assert_eq!(consumed.load(Ordering::SeqCst), 2 * PAIRS);
}

#[test]
fn waits_and_parks_end_in_time() {
    let Some(vm) = vm(|_| {}) else { return };
    let class = fake_class(&vm);
    let thread = lifecycle::attach(&vm, true).expect("attach");
    let object = new_object(thread, class);
    monitor::enter(thread, object);
    monitor::enter(thread, object);
    let begin = Instant::now();
    monitor::wait(thread, object, 30).expect("wait");
    assert!(begin.elapsed() >= Duration::from_millis(30));
    monitor::exit(thread, object).expect("owned twice");
    monitor::exit(thread, object).expect("owned");
    assert!(!monitor::holds(thread, object));
    let begin = Instant::now();
    park::park(thread, false, 20_000_000);
    assert!(begin.elapsed() >= Duration::from_millis(20));
    thread.parker.unpark();
    park::park(thread, false, 0);
    let begin = Instant::now();
    let (seconds, nanos) = peaberry_sys::time::wall_clock();
    park::park(thread, true, seconds * 1000 + nanos / 1_000_000 + 25);
    assert!(begin.elapsed() >= Duration::from_millis(20));
    park::park(thread, true, 1);
    park::park(thread, false, -1);
    lifecycle::detach(thread);
}

#[test]
fn a_stopped_world_stands_still() {
    let Some(vm) = vm(|_| {}) else { return };
    let (steps, running) = (AtomicU64::new(0), AtomicUsize::new(3));
    let deadline = Instant::now() + Duration::from_millis(600);
    with_threads(
        &vm,
        3,
        |thread, index| {
            while Instant::now() < deadline {
                steps.fetch_add(1, Ordering::SeqCst);
                match index {
                    0 => safepoint::poll(thread).expect("no exception"),
                    1 => thread.blocking(std::thread::yield_now),
                    // Stoppers compete.
                    _ => safepoint::with_world_stopped(thread, |_| {
                        let before = steps.load(Ordering::SeqCst);
                        std::thread::yield_now();
                        assert_eq!(steps.load(Ordering::SeqCst), before);
                    }),
                }
            }
            running.fetch_sub(1, Ordering::SeqCst);
        },
        |thread| {
            while running.load(Ordering::SeqCst) != 0 {
                safepoint::with_world_stopped(thread, |_| {
                    let before = steps.load(Ordering::SeqCst);
                    std::thread::sleep(Duration::from_micros(200));
                    assert_eq!(steps.load(Ordering::SeqCst), before);
                });
            }
        },
    );
    assert!(vm.safepoint.stops() > 10);
}

#[test]
fn allocation_under_stress_keeps_what_native_frames_hold() {
    let Some(vm) = vm(|options| options.gc_stress_interval = 7) else {
        return;
    };
    let class = fake_class(&vm) as usize;
    with_threads(
        &vm,
        3,
        |thread, index| {
            for round in 0..300u64 {
                let value = round << 8 | index as u64;
                let object = new_object(thread, class as *const ClassPrefix);
                // SAFETY: a live object of 24 bytes.
                unsafe { object.write(8, value) };
                for _ in 0..5 {
                    new_object(thread, class as *const ClassPrefix);
                }
                // SAFETY: this frame holds it.
                assert_eq!(unsafe { object.read::<u64>(8) }, value);
            }
        },
        |_| {},
    );
    assert!(vm.heap.statistics().collections > 100);
}

#[test]
fn ending_a_vm_ends_its_threads() {
    let Some(vm) = vm(|_| {}) else { return };
    let class = fake_class(&vm) as usize;
    let held = {
        let thread = lifecycle::attach(&vm, true).expect("attach");
        let handle = vm.handles.add(new_object(thread, class as *const ClassPrefix));
        lifecycle::detach(thread);
        handle
    };
    let (ready, ended) = (AtomicUsize::new(0), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for index in 0..4 {
            let (vm, ready, ended) = (&vm, &ready, &ended);
            scope.spawn(move || {
                let thread = lifecycle::attach(vm, true).expect("attach");
                let outcome = lifecycle::run_java(thread, |thread| {
                    let object = vm.handles.get(held);
                    ready.fetch_add(1, Ordering::SeqCst);
                    match index {
                        0 => loop {
                            let _ = safepoint::poll(thread);
                        },
                        1 => loop {
                            park::park(thread, false, 0);
                        },
                        2 => {
                            monitor::enter(thread, object);
                            loop {
                                let _ = monitor::wait(thread, object, 0);
                            }
                        }
                        _ => loop {
                            thread.blocking(|| std::thread::sleep(Duration::from_millis(5)));
                        },
                    }
                });
                assert_eq!(outcome.expect_err("ended").exit_code, Some(7));
                lifecycle::detach(thread);
                ended.fetch_add(1, Ordering::SeqCst);
            });
        }
        let thread = lifecycle::attach(&vm, true).expect("attach");
        while ready.load(Ordering::SeqCst) != 4 {
            thread.blocking(std::thread::yield_now);
        }
        let outcome = lifecycle::run_java(thread, |thread| lifecycle::halt(thread, 7));
        assert_eq!(outcome.expect_err("this one too").exit_code, Some(7));
        assert!(lifecycle::shut_down(thread, Duration::from_secs(10)));
        lifecycle::detach(thread);
    });
    assert_eq!(ended.load(Ordering::SeqCst), 4);
    assert_eq!(lifecycle::exit_code(&vm), Some(7));
    assert_eq!(vm.threads.live_count(), 0);
    assert!(lifecycle::attach(&vm, true).is_err());
    assert!(deadline_after(1).is_some());
}

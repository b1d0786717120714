//! Deep structures, full heaps, fragmentation, budgets, threads, native stacks.

mod support;

use peaberry_gc::layout::*;
use peaberry_gc::*;
use std::sync::Barrier;
use support::{Random, World};

fn config(max: usize) -> HeapConfig {
    HeapConfig {
        max_bytes: max,
        initial_bytes: 4 << 20,
        stress_interval: 0,
        verify: false,
    }
}

const LAST_RESORT: CollectRequest = CollectRequest {
    cause: CollectCause::LastResort,
    clear_soft: true,
    defragment: true,
};

#[test]
fn a_list_of_ten_million_links() {
    let mut world = World::new(config(512 << 20));
    let class = world.class(Shape::Instance, 16, 0, &[(8, 1)]);
    world.roots.strong.push(Obj::NULL);
    for index in 0..10_000_000u32 {
        let link = world.instance(class).expect("memory");
        // SAFETY: the object has an int there.
        unsafe { link.write(12, index) };
        world.set(link, 8, world.roots.strong[0]);
        world.roots.strong[0] = link;
    }
    let report = world.full();
    assert!(report.used_after >= 160_000_000);
    let mut at = world.roots.strong[0];
    for index in (0..10_000_000u32).rev() {
        // SAFETY: as above.
        assert_eq!(unsafe { at.read::<u32>(12) }, index);
        at = world.get(at, 8);
    }
    assert!(at.is_null());
    world.roots.strong.clear();
    world.full();
    assert!(world.heap.statistics().used_bytes < 1 << 20);
}

#[test]
fn wide_arrays_of_arrays() {
    let mut world = World::new(config(512 << 20));
    let array = world.class(Shape::ReferenceArray, 0, 2, &[]);
    let node = world.class(Shape::Instance, 16, 0, &[(8, 1)]);
    let top = world.array(array, 3_000_000).expect("memory");
    world.roots.strong.push(top);
    for index in 0..3_000_000 {
        let value = world.instance(node).expect("memory");
        world.set(world.roots.strong[0], 12 + 4 * index, value);
    }
    world.full();
    for index in (0..3_000_000).step_by(9973) {
        let value = world.get(world.roots.strong[0], 12 + 4 * index);
        // SAFETY: the object is live.
        assert!(std::ptr::eq(unsafe { value.class_prefix() }, node));
    }
}

#[test]
fn out_of_memory_is_survived() {
    for verify in [false, true] {
        let mut world = World::new(HeapConfig {
            verify,
            ..config(16 << 20)
        });
        let node = world.class(Shape::Instance, 24, 0, &[(8, 1)]);
        let bytes = world.class(Shape::PrimitiveArray, 0, 0, &[]);
        for round in 0..3 {
            world.roots.strong = vec![Obj::NULL];
            let mut count = 0usize;
            while let Some(link) = world.instance(node) {
                world.set(link, 8, world.roots.strong[0]);
                world.roots.strong[0] = link;
                count += 1;
            }
            assert!(count * 24 > (16 << 20) / 10 * 9, "round {round}: {count} objects only");
            assert!(
                world.collections < 40 * (round + 1),
                "{} collections",
                world.collections
            );
            assert!(world.array(bytes, 1 << 20).is_none());
            // Give up half of the list and go on.
            let mut at = world.roots.strong[0];
            for _ in 0..count / 2 {
                at = world.get(at, 8);
            }
            world.roots.strong[0] = at;
            assert!(world.array(bytes, 1 << 20).is_some());
            assert!(world.instance(node).is_some());
        }
        assert!(world.array(bytes, 1 << 30).is_none());
        world.roots.strong.clear();
        let mut buffers = 0;
        while let Some(buffer) = world.array(bytes, 1 << 20) {
            world.roots.strong.push(buffer);
            buffers += 1;
        }
        assert!((13..=15).contains(&buffers), "{buffers} buffers of 1 MiB in 16 MiB");
    }
}

#[test]
fn fragmented_memory_is_joined() {
    let mut world = World::new(HeapConfig {
        verify: true,
        ..config(32 << 20)
    });
    let node = world.class(Shape::Instance, 1000, 0, &[]);
    let bytes = world.class(Shape::PrimitiveArray, 0, 0, &[]);
    let mut random = Random(7);
    while let Some(object) = world.instance(node) {
        world.roots.strong.push(object);
    }
    // One object in eight survives, everywhere.
    world.roots.strong.retain(|_| random.chance(8));
    let kept = world.roots.strong.len();
    let buffer = world.array(bytes, 20 << 20).expect("compaction makes room");
    assert!(world.last.expect("report").moved_objects > 0);
    world.roots.strong.push(buffer);
    world.full();
    assert_eq!(world.roots.strong.len(), kept + 1);
}

#[test]
fn pinned_fragments_do_not_move() {
    let mut world = World::new(HeapConfig {
        verify: true,
        ..config(16 << 20)
    });
    let node = world.class(Shape::Instance, 512, 0, &[]);
    let mut random = Random(8);
    for _ in 0..20_000 {
        let object = world.instance(node).expect("memory");
        world.roots.strong.push(object);
    }
    world.roots.strong.retain(|_| random.chance(10));
    world.full();
    let pinned: Vec<Obj> = world.roots.strong.iter().copied().step_by(10).collect();
    world.roots.ambiguous = pinned.iter().map(|object| object.0 + 100).collect();
    let before = world.roots.strong.clone();
    let report = world.collect(LAST_RESORT);
    assert_eq!(report.pinned_objects, pinned.len());
    assert!(report.moved_objects > before.len() / 2);
    for (index, (old, new)) in before.iter().zip(&world.roots.strong).enumerate() {
        assert!(index % 10 != 0 || old == new, "pinned object moved");
    }
}

#[test]
fn native_frames_pin() {
    let mut world = World::new(HeapConfig {
        stress_interval: 1,
        verify: true,
        ..config(16 << 20)
    });
    world.roots.scan_native_stack = true;
    let node = world.class(Shape::Instance, 24, 0, &[(8, 1)]);
    let first = world.instance(node).expect("memory");
    let second = world.instance(node).expect("memory");
    world.set(first, 8, second);
    for _ in 0..200 {
        world.instance(node).expect("memory");
    }
    assert_eq!(world.get(std::hint::black_box(first), 8), second);
    // SAFETY: one thread.
    assert_eq!(unsafe { world.heap.find_object(first.0 + 3) }, Some(first));
}

#[test]
fn the_budget_asks_for_collections() {
    let mut world = World::new(HeapConfig {
        initial_bytes: 1 << 20,
        ..config(256 << 20)
    });
    let node = world.class(Shape::Instance, 64, 0, &[]);
    for _ in 0..2_000_000 {
        world.instance(node).expect("memory");
    }
    let statistics = world.heap.statistics();
    assert!((3..100).contains(&statistics.collections), "{statistics:?}");
    assert!(statistics.total_allocated_bytes >= 128_000_000);
    assert!(statistics.used_bytes < 40 << 20 && statistics.committed_bytes < 40 << 20);
    assert_eq!(world.tlab.allocated_bytes(), 128_000_000);
}

#[test]
fn stress_counts_allocations() {
    let mut world = World::new(HeapConfig {
        stress_interval: 10,
        ..config(16 << 20)
    });
    let node = world.class(Shape::Instance, 16, 0, &[]);
    for _ in 0..1000 {
        world.instance(node).expect("memory");
    }
    assert_eq!(world.collections, 100);
}

#[test]
fn memory_goes_back_to_the_system() {
    let mut world = World::new(config(512 << 20));
    let bytes = world.class(Shape::PrimitiveArray, 0, 0, &[]);
    for _ in 0..100 {
        let array = world.array(bytes, 2 << 20).expect("memory");
        // SAFETY: the array is that long.
        unsafe { std::ptr::write_bytes(array.at(12), 1, 2 << 20) };
        world.roots.strong.push(array);
    }
    world.roots.strong.clear();
    let resident = || peaberry_sys::memory::resident().unwrap_or(0);
    let before = resident();
    world.collect(CollectRequest {
        cause: CollectCause::Explicit,
        clear_soft: false,
        defragment: false,
    });
    // Other tests of this process run meanwhile, so only a rough check.
    assert!(resident() < before.saturating_sub(50 << 20) || before < 200 << 20);
    for _ in 0..100 {
        world.array(bytes, 2 << 20).expect("memory is zero again");
    }
}

#[test]
fn threads_allocate_at_the_same_time() {
    let mut world = World::new(config(256 << 20));
    let node = world.class(Shape::Instance, 40, 0, &[]);
    let bytes = world.class(Shape::PrimitiveArray, 0, 0, &[]);
    let barrier = Barrier::new(4);
    let heap = world.heap.clone();
    let all: Vec<Vec<(usize, u64)>> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4u64)
            .map(|thread| {
                let (heap, barrier) = (&heap, &barrier);
                scope.spawn(move || {
                    let mut tlab = Tlab::new();
                    let mut random = Random(thread);
                    let mut mine = Vec::new();
                    barrier.wait();
                    for number in 0..20_000u64 {
                        let big = random.chance(50);
                        let size = if big { 16 + random.below(40_000) } else { 40 };
                        let size = align_object(size);
                        let object = heap
                            .allocate(&mut tlab, size)
                            .or_else(|| heap.alloc_slow_no_budget(&mut tlab, size))
                            .expect("memory");
                        let class = if big { bytes } else { node };
                        // SAFETY: fresh memory of that size.
                        unsafe {
                            assert_eq!(object.read::<u64>(0), 0);
                            object.write(0, (class as *const ClassPrefix as usize >> NARROW_SHIFT) as u32);
                            if big {
                                object.write(8, (size - 16) as u32);
                            } else {
                                object.write(16, thread << 32 | number);
                                mine.push((object.0, thread << 32 | number));
                            }
                        }
                    }
                    heap.retire(&mut tlab);
                    mine
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().expect("join")).collect()
    });
    let mut objects = 0;
    // SAFETY: the threads have ended.
    unsafe { heap.for_each_object(&mut |_| objects += 1) };
    assert_eq!(objects, 80_000);
    for &(address, value) in all.iter().flatten() {
        // SAFETY: the object was written by its thread.
        assert_eq!(unsafe { Obj(address).read::<u64>(16) }, value);
    }
    world.roots.strong = all.iter().flatten().map(|&(address, _)| Obj(address)).collect();
    world.full();
    let mut left = 0;
    // SAFETY: one thread.
    unsafe { heap.for_each_object(&mut |_| left += 1) };
    assert_eq!(left, world.roots.strong.len());
}

#[test]
fn heaps_side_by_side() {
    let mut worlds: Vec<World> = (0..3).map(|_| World::new(config(64 << 20))).collect();
    let classes: Vec<_> = worlds
        .iter_mut()
        .map(|world| world.class(Shape::Instance, 24, 0, &[(8, 1)]))
        .collect();
    for _ in 0..100_000 {
        for (world, class) in worlds.iter_mut().zip(&classes) {
            world.instance(class).expect("memory");
        }
    }
    drop(worlds.remove(1));
    for (world, class) in worlds.iter_mut().zip([classes[0], classes[2]]) {
        let object = world.instance(class).expect("memory");
        world.roots.strong.push(object);
        world.full();
        assert!(world.heap.contains(world.roots.strong[0].0));
    }
}

#[test]
fn a_bad_range_is_refused() {
    let config = HeapConfig::default();
    for range in [
        0..1 << 20,
        (1 << 32) + 1..(1 << 32) + (1 << 20),
        1 << 34..(1 << 35) + (1 << 20),
    ] {
        // SAFETY: the heap refuses these ranges before it touches them.
        assert!(unsafe { Heap::new(range, config) }.is_err());
    }
}

#[test]
fn a_full_mark_stack_is_survived() {
    let mut world = World::new(HeapConfig {
        verify: true,
        ..config(128 << 20)
    });
    // The least the stacks take is 64 KiB: 16384 entries.
    world.heap.limit_lists(1);
    let node = world.class(Shape::Instance, 12 + 400, 0, &[(12, 100)]);
    let loader = world.class(Shape::Loader, 16, 0, &[(8, 1)]);
    world.roots.strong.push(Obj::NULL);
    let levels = 600;
    for _ in 0..levels {
        let level = world.instance(node).expect("memory");
        world.set(level, 12 + 4 * 99, world.roots.strong[0]);
        world.roots.strong[0] = level;
        for slot in 0..99 {
            let leaf = world.instance(loader).expect("memory");
            world.set(world.roots.strong[0], 12 + 4 * slot, leaf);
        }
    }
    world.full();
    let count = levels * 100;
    assert!(world.roots.loaders_reached >= levels * 99);
    let mut objects = 0;
    // SAFETY: one thread.
    unsafe { world.heap.for_each_object(&mut |_| objects += 1) };
    assert_eq!(objects, count);
    world.collect(LAST_RESORT);
    world.heap.clone().retire(&mut world.tlab);
    let mut level = world.roots.strong[0];
    for _ in 0..levels {
        for slot in 0..99 {
            let leaf = world.get(level, 12 + 4 * slot);
            // SAFETY: the leaf is live.
            assert!(std::ptr::eq(unsafe { leaf.class_prefix() }, loader));
        }
        level = world.get(level, 12 + 4 * 99);
    }
    assert!(level.is_null());
}

//! `java.lang.ref`, loaders, mirrors, weak tables.

mod support;

use peaberry_gc::layout::*;
use peaberry_gc::references::{ReferenceOffsets, SoftPolicy};
use peaberry_gc::*;
use support::World;

const REFERENT: usize = 12;
const QUEUE: usize = 16;
const NEXT: usize = 20;
const DISCOVERED: usize = 24;
const TIMESTAMP: usize = 32;

struct Classes {
    node: &'static ClassPrefix,
    soft: &'static ClassPrefix,
    weak: &'static ClassPrefix,
    finals: &'static ClassPrefix,
    phantom: &'static ClassPrefix,
}

fn reference_world(stress: u64) -> (World, Classes, &'static mut i64) {
    let config = HeapConfig {
        max_bytes: 32 << 20,
        initial_bytes: 1 << 20,
        stress_interval: stress,
        verify: true,
    };
    let mut world = World::new(config);
    let clock = Box::leak(Box::new(0i64));
    world.heap.set_reference_offsets(ReferenceOffsets {
        referent: REFERENT as u32,
        next: NEXT as u32,
        discovered: DISCOVERED as u32,
        soft_timestamp: Some(TIMESTAMP as u32),
        soft_clock: Some(clock as *mut i64 as usize),
    });
    let mut reference = |strength| world.class_with(Shape::Reference, strength, 40, 0, &[(12, 4)], 0, &[], &[]);
    let classes = Classes {
        soft: reference(Strength::Soft),
        weak: reference(Strength::Weak),
        finals: reference(Strength::Final),
        phantom: reference(Strength::Phantom),
        node: world.class(Shape::Instance, 20, 0, &[(8, 2)]),
    };
    (world, classes, clock)
}

/// A rooted reference to a new node; returns the index of the root.
fn make(world: &mut World, class: &ClassPrefix, referent: Obj) -> usize {
    world.roots.strong.push(referent);
    let reference = world.instance(class).expect("memory");
    let referent = world.roots.strong.pop().expect("root");
    world.set(reference, REFERENT, referent);
    world.roots.strong.push(reference);
    world.roots.strong.len() - 1
}

fn node(world: &mut World, classes: &Classes) -> Obj {
    world.instance(classes.node).expect("memory")
}

fn pending(world: &World) -> Vec<Obj> {
    let mut list = Vec::new();
    let mut head = world.heap.take_pending();
    while !head.is_null() {
        list.push(head);
        head = world.get(head, DISCOVERED);
    }
    list
}

#[test]
fn weak_references_are_cleared_and_enqueued() {
    let (mut world, classes, _) = reference_world(0);
    let dead = node(&mut world, &classes);
    let dead = make(&mut world, classes.weak, dead);
    let live = node(&mut world, &classes);
    let live = make(&mut world, classes.weak, live);
    let referent = world.get(world.roots.strong[live], REFERENT);
    world.roots.strong.push(referent);
    world.full();
    assert!(world.get(world.roots.strong[dead], REFERENT).is_null());
    assert_eq!(world.get(world.roots.strong[live], REFERENT), world.roots.strong[2]);
    assert!(world.heap.has_pending());
    assert_eq!(pending(&world), [world.roots.strong[dead]]);
    assert!(!world.heap.has_pending());
    world.full();
    assert!(!world.heap.has_pending());
}

#[test]
fn the_pending_list_is_a_root_and_grows() {
    let (mut world, classes, _) = reference_world(0);
    for round in 0..3 {
        for _ in 0..100 {
            let referent = node(&mut world, &classes);
            make(&mut world, classes.weak, referent);
        }
        world.full();
        // Nothing but the pending list holds them now.
        world.roots.strong.clear();
        let junk = 1000 * (round + 1);
        for _ in 0..junk {
            node(&mut world, &classes);
        }
    }
    world.collect(CollectRequest {
        cause: CollectCause::Explicit,
        clear_soft: true,
        defragment: true,
    });
    assert_eq!(pending(&world).len(), 300);
}

#[test]
fn soft_references_follow_the_policy() {
    let (mut world, classes, clock) = reference_world(0);
    let first = node(&mut world, &classes);
    let soft = make(&mut world, classes.soft, first);
    world.full();
    assert!(!world.get(world.roots.strong[soft], REFERENT).is_null());
    assert!(*clock > 0, "the collection sets the clock");
    // Old enough for a policy of zero milliseconds per MiB.
    world.roots.soft = SoftPolicy::LeastRecentlyUsed {
        milliseconds_per_mib: 0,
    };
    let recent = node(&mut world, &classes);
    let recent = make(&mut world, classes.soft, recent);
    // SAFETY: a soft reference has a timestamp there.
    unsafe { world.roots.strong[recent].write(TIMESTAMP, *clock) };
    world.full();
    assert!(world.get(world.roots.strong[soft], REFERENT).is_null());
    assert!(!world.get(world.roots.strong[recent], REFERENT).is_null());
    world.roots.soft = SoftPolicy::KeepUntilShort;
    world.full();
    assert!(!world.get(world.roots.strong[recent], REFERENT).is_null());
    world.collect(CollectRequest {
        cause: CollectCause::LastResort,
        clear_soft: true,
        defragment: false,
    });
    assert!(world.get(world.roots.strong[recent], REFERENT).is_null());
    assert_eq!(pending(&world).len(), 2);
}

#[test]
fn finals_keep_their_referents_and_phantoms_wait_for_them() {
    let (mut world, classes, _) = reference_world(0);
    // two -> one, both finalizable; a weak and a phantom reference to one.
    let one = node(&mut world, &classes);
    let final_one = make(&mut world, classes.finals, one);
    let two = node(&mut world, &classes);
    let final_two = make(&mut world, classes.finals, two);
    let one = world.get(world.roots.strong[final_one], REFERENT);
    let two = world.get(world.roots.strong[final_two], REFERENT);
    world.set(two, 8, one);
    let weak = make(&mut world, classes.weak, one);
    let one = world.get(world.roots.strong[final_one], REFERENT);
    let phantom = make(&mut world, classes.phantom, one);
    world.full();
    let get = |world: &World, index: usize| world.get(world.roots.strong[index], REFERENT);
    assert!(!get(&world, final_one).is_null() && !get(&world, final_two).is_null());
    assert_eq!(world.get(get(&world, final_two), 8), get(&world, final_one));
    assert!(
        get(&world, weak).is_null(),
        "weak references are cleared before finalization"
    );
    assert_eq!(get(&world, phantom), get(&world, final_one), "phantoms wait");
    assert_eq!(
        world.get(world.roots.strong[final_one], NEXT),
        world.roots.strong[final_one]
    );
    assert_eq!(pending(&world).len(), 3);
    world.full();
    assert!(
        pending(&world).is_empty(),
        "an inactive final reference holds its referent"
    );
    // The finalizer thread has run both finalizers and dropped them.
    for index in [final_one, final_two] {
        world.set(world.roots.strong[index], REFERENT, Obj::NULL);
    }
    world.full();
    assert!(get(&world, phantom).is_null());
    assert_eq!(pending(&world), [world.roots.strong[phantom]]);
}

#[test]
fn a_reference_that_dies_with_its_referent_is_not_enqueued() {
    let (mut world, classes, _) = reference_world(0);
    let referent = node(&mut world, &classes);
    let index = make(&mut world, classes.weak, referent);
    assert_eq!(index, 0);
    world.roots.strong.clear();
    world.full();
    assert!(!world.heap.has_pending());
}

#[test]
fn references_under_stress() {
    let (mut world, classes, _) = reference_world(3);
    world.roots.soft = SoftPolicy::KeepUntilShort;
    let mut enqueued = 0;
    for round in 0..400 {
        let referent = node(&mut world, &classes);
        let class = [classes.weak, classes.phantom, classes.soft, classes.finals][round % 4];
        let index = make(&mut world, class, referent);
        if round % 8 < 4 {
            let referent = world.get(world.roots.strong[index], REFERENT);
            world.set(world.roots.strong[index], QUEUE, referent);
        }
        enqueued += pending(&world).len();
    }
    world.full();
    enqueued += pending(&world).len();
    for (round, &reference) in world.roots.strong.iter().enumerate() {
        let referent = world.get(reference, REFERENT);
        let queue = world.get(reference, QUEUE);
        if round % 8 < 4 {
            // Strongly reachable through another field, unless the stress caught it before that was set.
            assert!(referent == queue || queue.is_null());
        } else {
            assert_eq!(referent.is_null(), round % 4 < 2, "round {round}");
        }
    }
    assert!(enqueued >= 150);
}

#[test]
fn weak_tables_and_loaders() {
    let (mut world, classes, _) = reference_world(0);
    let mirror_class = world.class_with(Shape::Mirror, Strength::None, 24, 0, &[(16, 1)], 24, &[], &[]);
    let loader_class = world.class(Shape::Loader, 16, 0, &[(8, 1)]);
    world.mirror(mirror_class, mirror_class);
    let root = mirror_class.mirror.load();
    world.roots.strong.push(root);
    // A class with two static references, defined by a loader, and an instance of it.
    let loader = world.instance(loader_class).expect("memory");
    world.roots.strong.push(loader);
    let class = world.class_with(
        Shape::Instance,
        Strength::None,
        16,
        0,
        &[(8, 1)],
        32,
        &[(24, 2)],
        &[world.roots.strong[1]],
    );
    let mirror = world.mirror(mirror_class, class);
    let loader = world.roots.strong[1];
    world.roots.loaders.push((loader, vec![mirror]));
    world.roots.classes.push(class);
    let constant = node(&mut world, &classes);
    world.set(class.mirror.load(), 28, constant);
    world.roots.weak.push(constant);
    world.roots.strong.truncate(1);

    // Only an instance holds class, mirror, loader and statics.
    let instance = world.instance(class).expect("memory");
    world.roots.strong.push(instance);
    world.full();
    assert_eq!(world.roots.loaders_reached, 1);
    assert_eq!(world.roots.loaders.len(), 1);
    assert!(!world.roots.weak[0].is_null());
    assert_eq!(world.get(mirror, 28), world.roots.weak[0]);
    assert_eq!(class.mirror.load(), mirror, "mirrors do not move");

    // Only the loader.
    world.roots.strong[1] = world.roots.loaders[0].0;
    world.full();
    assert!(!world.roots.weak[0].is_null() && world.roots.dead_classes.is_empty());

    // Only the mirror.
    world.roots.strong[1] = mirror;
    world.full();
    assert!(!world.roots.weak[0].is_null() && world.roots.loaders.len() == 1);

    // Nothing.
    world.roots.strong.truncate(1);
    world.full();
    assert!(world.roots.weak[0].is_null());
    assert!(world.roots.loaders.is_empty());
    assert_eq!(world.roots.dead_classes, [class as *const ClassPrefix as usize]);
}

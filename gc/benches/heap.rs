//! Allocation and full collections, with the little runtime of the collector's tests.

#![allow(missing_docs, reason = "criterion's macros write public functions")]

#[path = "../tests/support/mod.rs"]
mod support;

use criterion::{Criterion, criterion_group, criterion_main};
use peaberry_gc::HeapConfig;
use peaberry_gc::layout::{Obj, Shape};
use support::{Random, World};

const CONFIG: HeapConfig = HeapConfig {
    max_bytes: 256 << 20,
    initial_bytes: 64 << 20,
    stress_interval: 0,
    verify: false,
};

fn allocation(criterion: &mut Criterion) {
    let mut world = World::new(CONFIG);
    let class = world.class(Shape::Instance, 24, 0, &[(8, 2)]);
    criterion.bench_function("allocate 10,000 short-lived objects of 24 bytes", |bencher| {
        bencher.iter(|| {
            for _ in 0..10_000 {
                world.instance(class).expect("memory");
            }
        });
    });
}

fn collection(criterion: &mut Criterion) {
    let mut world = World::new(CONFIG);
    let class = world.class(Shape::Instance, 24, 0, &[(8, 2)]);
    let mut random = Random(1);
    world.roots.strong.push(Obj::NULL);
    for _ in 0..500_000 {
        let object = world.instance(class).expect("memory");
        world.set(object, 8, world.roots.strong[0]);
        if random.chance(1000) {
            world.roots.strong.push(object);
        }
        let other = world.roots.strong[random.below(world.roots.strong.len())];
        world.set(object, 12, other);
        world.roots.strong[0] = object;
    }
    criterion.bench_function("collect a heap with 500,000 live objects", |bencher| {
        bencher.iter(|| world.full());
    });
}

criterion_group!(benches, allocation, collection);
criterion_main!(benches);

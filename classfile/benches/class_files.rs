//! Parser and verifier over the classes of `java.base`.

#![allow(missing_docs, reason = "criterion's macros write public functions")]

#[path = "../tests/support/hierarchy.rs"]
mod hierarchy;
#[path = "../tests/support/mod.rs"]
mod support;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use hierarchy::{View, World};
use peaberry_classfile::archive::JImage;
use peaberry_classfile::verifier::{Mode, verify_class_as};
use peaberry_classfile::{ParseOptions, parse};

fn of_java_base(criterion: &mut Criterion) {
    let Some(home) = support::jdk_homes().into_iter().next() else {
        return;
    };
    let image = JImage::open(&home.join("lib/modules")).expect("a jimage");
    let classes: Vec<Vec<u8>> = image
        .resources()
        .filter(|resource| resource.module == b"java.base" && resource.parent == b"java/util")
        .filter(|resource| resource.extension == b"class")
        .map(|resource| image.bytes(&resource).expect("its bytes").into_owned())
        .collect();
    criterion.bench_function("parse java.util", |bencher| {
        bencher.iter(|| {
            for bytes in &classes {
                parse(bytes, &ParseOptions::default()).expect("a valid class");
            }
        });
    });
    let world = World::of_jdk(&home, |module| module == b"java.base");
    let parsed: Vec<_> = world
        .classes
        .values()
        .filter(|class| class.name.starts_with(b"java/util/"))
        .collect();
    for mode in [Mode::TypeChecking, Mode::Inference] {
        criterion.bench_function(&format!("verify java.util and below, {mode:?}"), |bencher| {
            bencher.iter(|| {
                for class in &parsed {
                    verify_class_as(class, &mut View::new(&world, class), mode).expect("a valid class");
                }
            });
        });
    }
    criterion.bench_function("open lib/modules, find a class", |bencher| {
        bencher.iter_batched(
            || home.join("lib/modules"),
            |path| {
                let image = JImage::open(&path).expect("a jimage");
                image.find_class(b"java.base", b"java/lang/String").is_some()
            },
            BatchSize::SmallInput,
        );
    });
}

criterion_group!(benches, of_java_base);
criterion_main!(benches);

//! The heap verifier finds what it is there to find. It ends the process, so each case runs in a child.

mod support;

use peaberry_gc::layout::*;
use peaberry_gc::*;
use support::World;

const CASE: &str = "PEABERRY_GC_TEST_CASE";

fn world() -> (World, &'static ClassPrefix) {
    let mut world = World::new(HeapConfig {
        max_bytes: 16 << 20,
        verify: true,
        ..HeapConfig::default()
    });
    let node = world.class(Shape::Instance, 16, 0, &[(8, 2)]);
    for _ in 0..2 {
        let object = world.instance(node).expect("memory");
        world.roots.strong.push(object);
    }
    world.full();
    (world, node)
}

/// Runs `break_heap` and a collection in a child process; returns what the child says.
fn child(name: &str, break_heap: fn(&mut World, &ClassPrefix)) -> String {
    if std::env::var(CASE).as_deref() == Ok(name) {
        let (mut world, node) = world();
        break_heap(&mut world, node);
        world.full();
        std::process::exit(0);
    }
    let output = std::process::Command::new(std::env::current_exe().expect("executable"))
        .args(["--exact", name, "--nocapture"])
        .env(CASE, name)
        .output()
        .expect("child");
    assert!(!output.status.success(), "the child survived");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_dangling_reference() {
    let message = child("a_dangling_reference", |world, _| {
        let first = world.roots.strong[0];
        world.set(first, 8, Obj(first.0 + (8 << 20)));
    });
    assert!(
        message.contains("heap verification failed") && message.contains("referred to by"),
        "{message}"
    );
}

#[test]
fn a_reference_into_an_object() {
    let message = child("a_reference_into_an_object", |world, _| {
        let first = world.roots.strong[0];
        // SAFETY: the object has a slot there.
        unsafe { world.roots.strong[1].write(12, 0x0123_4567u32) };
        world.set(first, 8, Obj(world.roots.strong[1].0 + 8));
    });
    assert!(message.contains("heap verification failed"), "{message}");
}

#[test]
fn a_class_word_of_no_class() {
    let message = child("a_class_word_of_no_class", |world, class| {
        let other = (class as *const ClassPrefix as usize - 8) >> NARROW_SHIFT;
        // SAFETY: the object's header.
        unsafe { world.roots.strong[0].write(CLASS_OFFSET, other as u32) };
    });
    assert!(message.contains("which is no class"), "{message}");
}

#[test]
fn a_missing_barrier() {
    let message = child("a_missing_barrier", |world, node| {
        let young = world.instance(node).expect("memory");
        // SAFETY: the object has a slot there.
        unsafe { world.roots.strong[0].write(8, young.narrow()) };
    });
    assert!(message.contains("without marking its card"), "{message}");
}

#[test]
fn a_buffer_in_use() {
    let message = child("a_buffer_in_use", |world, _| {
        let mut tlab = Tlab::new();
        assert!(world.heap.allocate(&mut tlab, 16).is_some());
    });
    assert!(message.contains("not retired"), "{message}");
}

//! A machine with less memory than the heap may use: the system's refusal is an allocation failure, nothing worse.
//! Alone in its process, because it lowers the process's limits.

mod support;

use peaberry_gc::layout::*;
use peaberry_gc::*;
use support::World;

#[test]
fn the_system_refuses_memory() {
    let mut world = World::new(HeapConfig {
        max_bytes: 1 << 30,
        initial_bytes: 256 << 20,
        stress_interval: 0,
        verify: false,
    });
    let node = world.class(Shape::Instance, 64, 0, &[(8, 2)]);
    let bytes = world.class(Shape::PrimitiveArray, 0, 0, &[]);
    let limit = libc::rlimit {
        rlim_cur: 96 << 20,
        rlim_max: 96 << 20,
    };
    // SAFETY: lowers a limit of this process.
    assert_eq!(unsafe { libc::setrlimit(libc::RLIMIT_DATA, &limit) }, 0);
    world.roots.strong.push(Obj::NULL);
    let mut count = 0usize;
    while let Some(link) = world.instance(node) {
        world.set(link, 8, world.roots.strong[0]);
        world.roots.strong[0] = link;
        count += 1;
    }
    let filled = count * 64;
    assert!((40 << 20..96 << 20).contains(&filled), "{filled} bytes");
    assert!(world.array(bytes, 32 << 20).is_none());
    world.roots.strong[0] = Obj::NULL;
    assert!(world.array(bytes, 16 << 20).is_some());
    for _ in 0..count {
        assert!(world.instance(node).is_some());
    }
}

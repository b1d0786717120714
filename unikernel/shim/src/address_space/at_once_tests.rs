use super::*;
use crate::address_space::testing::space;
use crate::address_space::{Place, READ, SharedMemory, WRITE};
use crate::memory::Errand;
use crate::pieces::PIECE;
use std::sync::Arc;

const ANY: Place = Place::Anywhere;

/// Does what the thread that goes ahead has to do, and gives what it is asked to have memory behind.
fn go_ahead(space: &AddressSpace, reached: &mut u32) -> Vec<u64> {
    let mut asked = Vec::new();
    while let Some(errand) = space.chunks.errand(reached) {
        match errand {
            Errand::Populate(chunk) => space.chunks.populate(chunk),
            Errand::Back(address) => asked.push(address),
            other => panic!("{other:?}"),
        }
    }
    asked
}

fn at_chunk(number: u64) -> Place {
    Place::Fixed((64 << 30) + number * CHUNK)
}

#[test]
fn memory_that_can_be_used_is_there_and_what_follows_where_it_is_zeroed() {
    let mut space = space(64);
    let mut reached = 0;
    let length = 8 * CHUNK;
    let start = space
        .map(at_chunk(0), length, READ | WRITE, Backing::Zero)
        .expect("map");
    space.begin_use(start..start + length / 2);
    let there = |space: &AddressSpace, start: u64| -> Vec<u64> {
        (0..8)
            .filter(|number| space.unit(start + number * CHUNK).is_some())
            .collect()
    };
    assert_eq!(there(&space, start), [0, 1, 2, 3]);
    assert_eq!(
        zeroed(&space, &mut reached, 4),
        [2, 3, 4, 5],
        "what follows, and what may be asked for next"
    );
    let next = space.map(at_chunk(8), length, 0, Backing::Reserved).expect("map");
    space.begin_use(next..next + length / 2);
    assert_eq!(there(&space, next), [0; 0], "not accessible");
    space.protect(next, length, READ | WRITE).expect("protect");
    space.begin_use(next..next + length);
    assert_eq!(there(&space, next), [0], "what is used in parts");
    space.begin_use(next..next + length / 2);
    assert_eq!(there(&space, next), [0], "what is there already");
    let last = space
        .map(at_chunk(24), length / 2, READ | WRITE, Backing::Reserved)
        .expect("map");
    space.begin_use(last..last + length / 2);
    assert_eq!(there(&space, last), [0, 1, 2, 3]);
    // A part that is made accessible once more, and faults.
    space.begin_use(last..last + length / 2);
    assert_eq!(there(&space, last), [0, 1, 2, 3]);
    assert_eq!(zeroed(&space, &mut reached, 3).len(), 3);
    // What was touched is touched again next: there is what is zeroed, the rest is asked for.
    space.fault(next + 6 * CHUNK).expect("fault");
    space.follow(next + 6 * CHUNK);
    assert_eq!(there(&space, next), [0, 6]);
    assert_eq!(go_ahead(&space, &mut reached), [next + 7 * CHUNK]);
    space.follow(next + 6 * CHUNK);
    assert_eq!(there(&space, next), [0, 6, 7]);
    // What shows a file is read by the thread that goes ahead.
    let file = std::env::current_exe().and_then(std::fs::File::open).expect("file");
    let shown = space
        .map(at_chunk(16), length, READ, Backing::File(Arc::new(file), 0))
        .expect("map");
    space.fault(shown).expect("fault");
    space.follow(shown);
    assert_eq!(there(&space, shown), [0]);
    let asked = [1, 2, 3, 4].map(|number| shown + number * CHUNK);
    assert_eq!(go_ahead(&space, &mut reached), asked);
}

/// The first chunks that memory is found for.
fn zeroed(space: &AddressSpace, reached: &mut u32, count: usize) -> Vec<u32> {
    let errands = std::iter::from_fn(|| space.chunks.errand(reached)).take(count);
    let populated = errands.map(|errand| match errand {
        Errand::Populate(chunk) => {
            space.chunks.populate(chunk);
            chunk
        }
        other => panic!("{other:?}"),
    });
    populated.collect()
}

#[test]
fn of_a_stack_the_end_is_there() {
    let mut space = space(64);
    let (low, length) = (PIECE, 4 * CHUNK);
    let map = |space: &mut AddressSpace, number: u64| {
        let start = space.map(at_chunk(number), length, 0, Backing::Stack).expect("map");
        space.protect(start + low, length - low, READ | WRITE).expect("protect");
        start
    };
    let pieces = |space: &AddressSpace, start: u64| -> Vec<u64> {
        let numbers = 0..length / PIECE;
        numbers
            .filter(|number| space.unit(start + number * PIECE).is_some())
            .collect()
    };
    let start = map(&mut space, 0);
    space.begin_use(start + low..start + length);
    assert_eq!(pieces(&space, start), [length / PIECE - 1]);
    // A thread that is given the lower part of it as its stack, in two pieces.
    let pointer = start + length / 2 + PAGE;
    space.begin_stack(pointer);
    let middle = length / 2 / PIECE;
    assert_eq!(pieces(&space, start), [middle - 1, middle, length / PIECE - 1]);
    for wild in [0, 1, start, start + length + PAGE, 1 << 47, u64::MAX] {
        space.begin_stack(wild);
    }
    assert_eq!(pieces(&space, start).len(), 3);
    // All of it accessible from the beginning: little of it may ever be touched, and who knows where.
    let other = space
        .map(at_chunk(8), length, READ | WRITE, Backing::Stack)
        .expect("map");
    space.begin_use(other..other + length);
    assert_eq!(pieces(&space, other), [length / PIECE - 1]);
}

#[test]
fn nothing_is_there_early_where_memory_is_short_or_shows_something() {
    let mut space = space(16);
    let shared = Arc::new(SharedMemory::new(space.chunks.clone()));
    shared.grow(CHUNK).expect("grow");
    let file = Arc::new(std::fs::File::open("/dev/zero").expect("open"));
    for (number, backing) in [(0, Backing::Shared(shared, 0)), (1, Backing::File(file, 0))] {
        let start = space.map(at_chunk(number), CHUNK, READ | WRITE, backing).expect("map");
        space.begin_use(start..start + CHUNK);
        space.begin_use(start..start);
        assert!(space.unit(start).is_none());
    }
    let start = space.map(ANY, 64 * CHUNK, READ | WRITE, Backing::Zero).expect("map");
    let backed = |space: &AddressSpace| {
        (0..64)
            .filter(|number| space.unit(start + number * CHUNK).is_some())
            .count()
    };
    for number in 0..64 {
        space.begin_use(start + number * CHUNK..start + 64 * CHUNK);
    }
    assert_eq!(
        (backed(&space), space.chunks.available()),
        (11, 4 * CHUNK),
        "a quarter is left"
    );
    space.sparing = true;
    let little = space.map(ANY, CHUNK, READ | WRITE, Backing::Zero).expect("map");
    space.begin_use(little..little + CHUNK);
    assert!(space.unit(little).is_none());
}

#[test]
fn an_island_comes_as_a_whole() {
    let mut space = space(16);
    let start = space.map(at_chunk(0), 4 * CHUNK, 0, Backing::Zero).expect("map");
    let pieces = |space: &AddressSpace, number: u64| {
        let first = start + number * CHUNK;
        (0..CHUNK / PIECE)
            .filter(|piece| space.unit(first + piece * PIECE).is_some())
            .count()
    };
    let from = 3 * PIECE - PAGE;
    for number in [0, 2] {
        let island = start + number * CHUNK + from;
        space.protect(island, PIECE + 2 * PAGE, READ | WRITE).expect("protect");
    }
    space.fault(start + from + PIECE).expect("fault");
    assert_eq!((pieces(&space, 0), pieces(&space, 2)), (3, 0));
    // The thread that goes ahead has nothing to fill there, and leaves it done.
    assert!(space.begin_early(start + 2 * CHUNK + from).is_none());
    assert_eq!((pieces(&space, 0), pieces(&space, 2)), (3, 3));
    // More than an island is touched here and there.
    space.protect(start + CHUNK, 3 * PIECE, READ | WRITE).expect("protect");
    assert!(space.begin_early(start + CHUNK).is_some());
}

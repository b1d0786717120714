use super::backing::DENSE_PART;
use super::room::MUCH;
use super::testing::space;
use super::*;
use crate::memory::Errand;
use peaberry_linux::areas::{BIG, MAPPING_BASE};
use std::os::unix::fs::FileExt;

const ANY: Place = Place::Anywhere;

/// One that prefers pieces.
fn sparing(chunks: u64) -> AddressSpace {
    let mut space = space(chunks);
    space.sparing = true;
    space
}

fn put(space: &mut AddressSpace, address: u64, byte: u8) {
    let pieces = space.resolve(address, 1, WRITE).expect("resolve");
    // SAFETY: checked by resolve.
    unsafe { pieces[0].start.write(byte) };
}

fn get(space: &mut AddressSpace, address: u64) -> u8 {
    let pieces = space.resolve(address, 1, READ).expect("resolve");
    // SAFETY: checked by resolve.
    unsafe { pieces[0].start.read() }
}

#[test]
fn wild_pointers_are_refused() {
    let mut space = space(8);
    let start = space.map(ANY, 3 * PAGE, READ | WRITE, Backing::Zero).expect("map");
    let end = start + 3 * PAGE;
    for (address, length) in [
        (0, 1),
        (8, 1),
        (u64::MAX, 1),
        (u64::MAX - 3, 8),
        (start, u64::MAX),
        (start, u64::MAX - start + 1),
        (start - 1, 1),
        (start - 1, 2),
        (end, 1),
        (end - 1, 2),
        (start, 3 * PAGE + 1),
        (SYSTEM_BASE, 8),
        (SYSTEM_BASE - 1, 2),
        (ADDRESS_LIMIT, 1),
        (1 << 47, 1),
        (0xffff_8000_0000_0000, 1),
    ] {
        assert_eq!(
            space.resolve(address, length, READ),
            Err(Errno(libc::EFAULT)),
            "{address:#x} {length:#x}"
        );
    }
    assert_eq!(space.resolve(u64::MAX, 0, READ), Ok(Vec::new()));
    assert_eq!(space.resolve(end - 1, 1, READ).expect("last byte")[0].bytes, 1);
    space.protect(start + PAGE, PAGE, READ).expect("protect");
    assert_eq!(space.resolve(start, 2 * PAGE, WRITE), Err(Errno(libc::EFAULT)));
    assert!(space.resolve(start, 3 * PAGE, READ).is_ok());
    space.protect(start + PAGE, PAGE, 0).expect("protect");
    assert_eq!(space.resolve(start, 3 * PAGE, READ), Err(Errno(libc::EFAULT)));
    assert_eq!(space.fault(start + PAGE), Err(Fault::NoMapping));
}

#[test]
fn ranges_that_overflow_are_refused() {
    let mut space = space(8);
    let top = u64::MAX - PAGE + 1;
    assert!(space.map(ANY, u64::MAX, READ, Backing::Zero).is_err());
    assert!(space.map(ANY, 0, READ, Backing::Zero).is_err());
    assert!(space.map(ANY, ADDRESS_LIMIT, READ, Backing::Zero).is_err());
    for address in [
        0,
        PAGE,
        top,
        SYSTEM_BASE,
        SYSTEM_BASE - PAGE,
        ADDRESS_LIMIT,
        12345,
        1 << 47,
    ] {
        let length = 2 * PAGE;
        assert!(
            space.map(Place::Fixed(address), length, READ, Backing::Zero).is_err(),
            "{address:#x}"
        );
        assert!(space.unmap(address, length).is_err() && space.discard(address, length).is_err());
        assert!(space.protect(address, length, READ).is_err() && space.check_mapped(address, length).is_err());
    }
    assert!(space.unmap(MAPPING_BASE, u64::MAX).is_err() && space.unmap(MAPPING_BASE, 0).is_err());
    // A hint that is none.
    assert!(space.map(Place::Hint(top), PAGE, READ, Backing::Zero).is_ok());
}

#[test]
fn what_is_unmapped_reads_as_zero_when_mapped_again() {
    let mut space = space(8);
    let start = space.map(ANY, CHUNK, READ | WRITE, Backing::Zero).expect("map");
    put(&mut space, start + PAGE, 7);
    put(&mut space, start + 2 * PAGE, 8);
    space.unmap(start + PAGE, PAGE).expect("unmap");
    assert!(space.resolve(start + PAGE, 1, READ).is_err());
    let place = Place::FixedIfFree(start + PAGE);
    space.map(place, PAGE, READ | WRITE, Backing::Zero).expect("map");
    assert_eq!(
        (get(&mut space, start + PAGE), get(&mut space, start + 2 * PAGE)),
        (0, 8)
    );
    assert_eq!(space.map(place, PAGE, READ, Backing::Zero), Err(Errno(libc::EEXIST)));
    space
        .map(Place::Fixed(start + 2 * PAGE), PAGE, READ, Backing::Zero)
        .expect("map");
    assert_eq!(get(&mut space, start + 2 * PAGE), 0);
}

#[test]
fn memory_comes_back_and_runs_out() {
    let mut space = space(4);
    let all = space.available();
    assert_eq!(all, 3 * CHUNK);
    let start = space.map(ANY, 8 * CHUNK, READ | WRITE, Backing::Zero).expect("map");
    (0..3).for_each(|index| put(&mut space, start + index * CHUNK, 1));
    assert_eq!(space.fault(start + 3 * CHUNK), Err(Fault::OutOfMemory));
    assert_eq!(space.resolve(start + 3 * CHUNK, 1, READ), Err(Errno(libc::ENOMEM)));
    space.discard(start + CHUNK, CHUNK).expect("discard");
    assert_eq!((space.available(), get(&mut space, start + CHUNK)), (CHUNK, 0));
    // Touched again, it is not taken away; untouched, it is.
    put(&mut space, start + CHUNK, 4);
    assert_eq!(space.fault(start + 3 * CHUNK), Err(Fault::OutOfMemory));
    assert_eq!(get(&mut space, start + CHUNK), 4);
    space.discard(start + CHUNK, CHUNK).expect("discard");
    assert_eq!(space.fault(start + 3 * CHUNK), Ok(()));
    assert_eq!(space.fault(start + CHUNK), Err(Fault::OutOfMemory));
    space.discard(start + PAGE, 2 * PAGE).expect("discard");
    assert_eq!(get(&mut space, start), 1);
    space.unmap(start, 8 * CHUNK).expect("unmap");
    assert_eq!((space.available(), space.areas.len()), (all, 0));
    let again = space.map(ANY, 2 * CHUNK, READ, Backing::Zero).expect("map");
    assert_eq!((again, get(&mut space, again + CHUNK)), (start, 0));
}

#[test]
fn areas_are_split_and_joined() {
    let mut space = space(4);
    let start = space.map(ANY, 16 * PAGE, 0, Backing::Zero).expect("map");
    for page in 0..16 {
        space.protect(start + page * PAGE, PAGE, READ | WRITE).expect("protect");
    }
    assert_eq!(space.areas.len(), 1);
    space.protect(start + 4 * PAGE, PAGE, READ).expect("protect");
    assert_eq!(space.areas.len(), 3);
    space.protect(start, 16 * PAGE, READ).expect("protect");
    assert_eq!(space.areas.len(), 1);
    assert_eq!(space.protect(start, 17 * PAGE, READ), Err(Errno(libc::ENOMEM)));
    let other = space.map(ANY, PAGE, READ, Backing::Zero).expect("map");
    assert_eq!((other, space.areas.len()), (start + 16 * PAGE, 1));
    assert_eq!(space.map(ANY, BIG, READ, Backing::Zero).expect("map") % BIG, 0);
}

#[test]
fn files_are_read_when_touched() {
    let path = std::env::temp_dir().join(format!("peaberry-shim-{}", std::process::id()));
    let bytes: Vec<u8> = (0..3 * PAGE + 5).map(|index| (index / PAGE) as u8 + 1).collect();
    std::fs::write(&path, &bytes).expect("write");
    let file = Arc::new(File::open(&path).expect("open"));
    std::fs::remove_file(&path).expect("remove");
    let mut space = space(4);
    let start = space
        .map(ANY, 5 * PAGE, READ | WRITE, Backing::File(file.clone(), PAGE))
        .expect("map");
    assert_eq!(get(&mut space, start), 2);
    assert_eq!(get(&mut space, start + 2 * PAGE + 4), 4);
    assert_eq!(get(&mut space, start + 2 * PAGE + 5), 0);
    put(&mut space, start + PAGE, 9);
    // Beside it in a chunk that is backed, cut in two, and read again.
    let second = space.map(ANY, 4 * PAGE, READ, Backing::File(file, 0)).expect("map");
    space.unmap(second + PAGE, PAGE).expect("unmap");
    assert_eq!((get(&mut space, second), get(&mut space, second + 2 * PAGE)), (1, 3));
    assert_eq!(get(&mut space, start + PAGE), 9);
    space.discard(start, 2 * PAGE).expect("discard");
    assert_eq!((get(&mut space, start), get(&mut space, start + PAGE)), (2, 3));
}

#[test]
fn files_are_shown_where_they_fill_a_chunk() {
    let path = std::env::temp_dir().join(format!("peaberry-shim-shown-{}", std::process::id()));
    let bytes: Vec<u8> = (0..2 * CHUNK + 5).map(|index| (index / PAGE) as u8).collect();
    std::fs::write(&path, &bytes).expect("write");
    let file = Arc::new(File::open(&path).expect("open"));
    let mut space = space(8);
    space.share = true;
    let place = Place::Fixed(MAPPING_BASE);
    let start = space
        .map(place, 3 * CHUNK, READ, Backing::File(file.clone(), PAGE))
        .expect("map");
    let shown = |space: &mut AddressSpace, page: u64| {
        let byte = get(space, start + page * PAGE);
        assert_eq!(byte, if page < 1024 { (page + 1) as u8 } else { 0 }, "{page}");
    };
    [0, 5, 511, 512, 1022, 1023, 1024, 1500]
        .into_iter()
        .for_each(|page| shown(&mut space, page));
    // The first of the three alone: the file ends in the second.
    assert_eq!(space.memory.shown_chunks(), 1);
    space.protect(start, PAGE, READ | WRITE).expect("protect");
    put(&mut space, start, 77);
    assert_eq!(
        (
            get(&mut space, start),
            std::fs::read(&path).expect("read")[PAGE as usize]
        ),
        (77, 1)
    );
    // Read anew, then gone: zeros.
    space.discard(start, CHUNK).expect("discard");
    assert_eq!((get(&mut space, start), space.memory.shown_chunks()), (1, 0));
    space.unmap(start, 3 * CHUNK).expect("unmap");
    let again = space.map(place, CHUNK, READ | WRITE, Backing::Zero).expect("map");
    assert_eq!((get(&mut space, again), get(&mut space, again + 5 * PAGE)), (0, 0));
    std::fs::remove_file(&path).expect("remove");
}

#[test]
fn shared_memory_is_the_same_in_two_places() {
    let mut space = space(8);
    let shared = Arc::new(SharedMemory::new(space.chunks.clone()));
    let backing = || Backing::Shared(shared.clone(), 0);
    assert!(space.map(ANY, CHUNK, READ, backing()).is_err());
    shared.grow(2 * CHUNK).expect("grow");
    assert!(shared.grow(CHUNK).is_err());
    assert!(space.map(ANY, PAGE, READ, backing()).is_err());
    let one = space.map(ANY, 2 * CHUNK, READ | WRITE, backing()).expect("map");
    let two = space.map(ANY, 2 * CHUNK, READ | EXECUTE, backing()).expect("map");
    put(&mut space, one + CHUNK + 3, 5);
    assert_eq!(get(&mut space, two + CHUNK + 3), 5);
    space.discard(one, 2 * CHUNK).expect("discard");
    space.unmap(one, 2 * CHUNK).expect("unmap");
    assert_eq!(get(&mut space, two + CHUNK + 3), 5);
    let before = space.chunks.available();
    drop(shared);
    space.unmap(two, 2 * CHUNK).expect("unmap");
    assert_eq!(space.chunks.available(), before + CHUNK);
    // Where other memory was.
    let private = space
        .map(Place::Fixed(one), 2 * CHUNK, READ | WRITE, Backing::Zero)
        .expect("map");
    put(&mut space, private, 6);
    let shared = Arc::new(SharedMemory::new(space.chunks.clone()));
    shared.grow(2 * CHUNK).expect("grow");
    let place = Place::Fixed(one);
    space
        .map(place, 2 * CHUNK, READ, Backing::Shared(shared, 0))
        .expect("map");
    assert_eq!(get(&mut space, one), 0);
}

#[test]
fn the_break_moves_within_its_limits() {
    let mut space = space(8);
    space.start_break(PROGRAM_BASE + 5);
    let start = space.set_break(0);
    assert_eq!(space.set_break(start + 100), start + 100);
    put(&mut space, start + 99, 3);
    assert_eq!(space.set_break(start + 3 * PAGE), start + 3 * PAGE);
    assert_eq!(space.set_break(u64::MAX), start + 3 * PAGE);
    assert_eq!(space.set_break(start), start);
    assert!(space.resolve(start, 1, READ).is_err());
}

#[test]
fn little_memory_is_given_out_by_pieces() {
    let mut space = sparing(4);
    let begun = space.available();
    let starts: Vec<u64> = (0..20)
        .map(|_| space.map(ANY, CHUNK, READ | WRITE, Backing::Zero).expect("map"))
        .collect();
    for (index, &start) in starts.iter().enumerate() {
        put(&mut space, start + 5 * PIECE - 1, index as u8 + 1);
        put(&mut space, start + 5 * PIECE, 100);
    }
    assert_eq!(space.available(), begun - 40 * PIECE);
    for (index, &start) in starts.iter().enumerate() {
        assert_eq!(get(&mut space, start + 5 * PIECE - 1), index as u8 + 1);
        assert_eq!(get(&mut space, start + 5 * PIECE + 1), 0);
    }
    // Across pieces, in one go where they lie side by side.
    let whole = space.resolve(starts[0], CHUNK, READ).expect("resolve");
    assert_eq!(whole.iter().map(|piece| piece.bytes as u64).sum::<u64>(), CHUNK);
    assert!(whole.len() < 32);
    // What is discarded or unmapped reads as zero, and is taken again when nothing else is left.
    space.discard(starts[1], CHUNK).expect("discard");
    assert_eq!(get(&mut space, starts[1] + 5 * PIECE), 0);
    space.unmap(starts[2], CHUNK).expect("unmap");
    put(&mut space, starts[1] + 5 * PIECE, 7);
    let fresh = space.map(ANY, 16 * CHUNK, READ | WRITE, Backing::Zero).expect("map");
    let mut reached = 0;
    while space.resolve(fresh + reached, 1, WRITE).is_ok() {
        reached += PIECE;
    }
    // Not the three that are in use of the forty, and the thirty that the whole range took.
    assert_eq!(reached, begun - (38 + 30 - 1) * PIECE);
    assert_eq!(space.fault(fresh + reached), Err(Fault::OutOfMemory));
    assert_eq!(get(&mut space, starts[1] + 5 * PIECE), 7);
    assert_eq!(get(&mut space, starts[3] + 5 * PIECE - 1), 4);
}

#[test]
fn what_is_reserved_is_refused_before_memory_is_used_up() {
    for mut space in [space(33), sparing(33)] {
        let memory = space.memory.bytes();
        let begun = space.map(ANY, 2 * memory, 0, Backing::Reserved).expect("map");
        let mut at = begun;
        while space.protect(at, 2 * CHUNK, READ | WRITE).is_ok() {
            (0..2 * CHUNK / PIECE).for_each(|part| put(&mut space, at + part * PIECE, 1));
            at += 2 * CHUNK;
        }
        assert!((memory / 5..memory / 5 + 2 * CHUNK).contains(&space.available()));
        assert_eq!(space.protect(at, 2 * CHUNK, READ | WRITE), Err(Errno(libc::ENOMEM)));
        assert_eq!(space.protect(at, 2 * CHUNK, READ), Ok(()));
        // What is there already is not asked for again, and who asks for little gets all.
        assert_eq!(space.protect(begun, 2 * CHUNK, READ | WRITE), Ok(()));
        while space.protect(at, MUCH, READ | WRITE).is_ok() {
            (0..MUCH / PIECE).for_each(|part| put(&mut space, at + part * PIECE, 1));
            at += MUCH;
        }
        assert!(space.available() < MUCH);
        // Stacks and the like are taken as they were: most of them is never touched.
        let stack = space.map(ANY, memory, 0, Backing::Zero).expect("map");
        assert_eq!(space.protect(stack, memory, READ | WRITE), Ok(()));
    }
}

#[test]
fn pieces_make_way_for_shared_memory() {
    let mut space = sparing(6);
    let start = space.map(ANY, 2 * CHUNK, READ | WRITE, Backing::Zero).expect("map");
    put(&mut space, start + PIECE, 1);
    put(&mut space, start + CHUNK, 2);
    let before = space.available();
    let shared = Arc::new(SharedMemory::new(space.chunks.clone()));
    shared.grow(CHUNK).expect("grow");
    let backing = Backing::Shared(shared.clone(), 0);
    space
        .map(Place::Fixed(start), CHUNK, READ | WRITE, backing)
        .expect("map");
    assert_eq!(get(&mut space, start + PIECE), 0);
    assert_eq!(get(&mut space, start + CHUNK), 2);
    assert_eq!(space.available(), before + PIECE - CHUNK);
}

#[test]
fn files_are_read_by_pieces() {
    let mut space = sparing(6);
    let path = std::env::temp_dir().join(format!("peaberry-pieces-{}", std::process::id()));
    let bytes: Vec<u8> = (0..3 * PIECE).map(|at| (at / 1000) as u8 | 1).collect();
    std::fs::write(&path, &bytes).expect("write");
    let file = Arc::new(File::open(&path).expect("open"));
    let _ = std::fs::remove_file(&path);
    let start = space
        .map(ANY, 4 * PIECE, READ | WRITE, Backing::File(file, PAGE))
        .expect("map");
    let statistics = Arc::new(Statistics::new(true));
    space.statistics = Some(statistics);
    for at in [0, PIECE - 1, PIECE, 2 * PIECE + 5] {
        assert_eq!(get(&mut space, start + at), bytes[(at + PAGE) as usize]);
    }
    assert_eq!(get(&mut space, start + 3 * PIECE), 0);
    put(&mut space, start + PIECE, 0);
    space.discard(start + PIECE, PIECE).expect("discard");
    assert_eq!(get(&mut space, start + PIECE), bytes[(PIECE + PAGE) as usize]);
}

#[test]
fn stacks_have_pieces_and_more_of_them_the_deeper_they_get() {
    let mut space = space(16);
    let begun = space.available();
    let bytes = 2 * CHUNK + PAGE;
    let starts: Vec<u64> = (0..3)
        .map(|_| space.map(ANY, bytes, READ | WRITE, Backing::Stack).expect("map"))
        .collect();
    for &start in &starts {
        put(&mut space, start + bytes - 1, 7);
        assert_eq!(get(&mut space, start + bytes - PIECE), 0);
    }
    // Two pieces at most for each end, all in one chunk.
    assert!(begun - space.available() <= 6 * PIECE);
    // Down one of them: in its chunk two by one, then by two, four, and so on.
    let end = starts[2] / CHUNK * CHUNK + CHUNK;
    let mut faults = 0;
    for page in (1..=CHUNK / PAGE).map(|page| end - page * PAGE) {
        if space.unit(page).is_none() && space.fault(page).is_ok() {
            faults += 1;
        }
    }
    assert!((1..=8).contains(&faults), "{faults}");
    put(&mut space, end - CHUNK, 9);
    assert_eq!(
        (get(&mut space, end - CHUNK), get(&mut space, starts[2] + bytes - 1)),
        (9, 7)
    );
    starts
        .iter()
        .for_each(|&start| space.unmap(start, bytes).expect("unmap"));
    assert!(space.resolve(starts[0], 1, READ).is_err());
}

#[test]
fn islands_share_a_chunk_and_dense_memory_has_its_own() {
    let mut space = space(16);
    let begun = space.available();
    let start = space.map(ANY, 64 << 20, 0, Backing::Zero).expect("map");
    for index in 0..8 {
        let island = start + index * 3 * CHUNK + 5 * PAGE;
        space.protect(island, 2 * PAGE, READ | WRITE).expect("protect");
        put(&mut space, island + 2 * PAGE - 1, 1);
        assert_eq!(space.fault(island + 3 * PAGE), Err(Fault::NoMapping));
    }
    assert_eq!(begun - space.available(), 8 * PIECE);
    let dense = start + (40 << 20);
    space.protect(dense, CHUNK, READ | WRITE).expect("protect");
    put(&mut space, dense + CHUNK - 1, 1);
    assert_eq!(begun - space.available(), 8 * PIECE + CHUNK);
}

#[test]
fn what_is_deep_in_a_file_is_read_by_pieces() {
    let path = std::env::temp_dir().join(format!("peaberry-sparse-{}", std::process::id()));
    let file = File::create_new(&path).expect("create");
    file.set_len(DENSE_PART + 3 * CHUNK).expect("length");
    let marks = [
        100,
        DENSE_PART + 100,
        DENSE_PART + PIECE,
        DENSE_PART + CHUNK + 5 * PIECE,
    ];
    for (index, &mark) in marks.iter().enumerate() {
        file.write_all_at(&[index as u8 + 1], mark).expect("write");
    }
    let file = Arc::new(File::open(&path).expect("open"));
    std::fs::remove_file(&path).expect("remove");
    let mut space = space(16);
    let begun = space.available();
    let length = DENSE_PART + 3 * CHUNK;
    let start = space.map(ANY, length, READ, Backing::File(file, 0)).expect("map");
    for (index, &mark) in marks.iter().enumerate() {
        assert_eq!(get(&mut space, start + mark), index as u8 + 1);
    }
    assert_eq!(begun - space.available(), CHUNK + 3 * PIECE);
    // All of it reads as the file does, whatever was read when.
    for at in (0..length).step_by(PAGE as usize) {
        let expected = marks
            .iter()
            .position(|&mark| mark == at)
            .map_or(0, |index| index as u8 + 1);
        assert_eq!(get(&mut space, start + at), expected, "{at:#x}");
    }
}

#[test]
fn what_is_filled_beside_the_program_counts_if_nothing_came_in_between() {
    let path = std::env::temp_dir().join(format!("peaberry-early-{}", std::process::id()));
    std::fs::write(&path, vec![7; 3 * CHUNK as usize]).expect("write");
    let file = Arc::new(File::open(&path).expect("open"));
    let mut space = space(24);
    let place = Place::Fixed(8 << 30);
    let map = |space: &mut AddressSpace| {
        let backing = Backing::File(file.clone(), 0);
        space.map(place, 3 * CHUNK, READ, backing).expect("map")
    };
    let start = map(&mut space);
    let free = space.chunks.available();
    let begin = |space: &mut AddressSpace, address| {
        let early = space.begin_early(address).expect("a chunk");
        assert!(space.is_early(address) && space.begin_early(address + CHUNK).is_none());
        (early.fill(), early)
    };
    let end = |space: &mut AddressSpace, (bytes, early): (u64, Early)| space.end_early(early, bytes);
    let early = begin(&mut space, start + 5);
    assert_eq!((early.0, space.unit(start).is_some()), (CHUNK, false));
    end(&mut space, early);
    assert!(!space.is_early(start) && space.unit(start).is_some() && space.begin_early(start).is_none());
    assert_eq!(
        (get(&mut space, start + 9), space.chunks.available()),
        (7, free - CHUNK)
    );
    // The program was faster.
    let early = begin(&mut space, start + CHUNK);
    assert_eq!(get(&mut space, start + CHUNK), 7);
    let behind = space.unit(start + CHUNK);
    end(&mut space, early);
    assert_eq!(
        (space.unit(start + CHUNK), space.chunks.available()),
        (behind, free - 2 * CHUNK)
    );
    // Something else took the place, if only of a page; and the same file again.
    for same in [false, true] {
        let early = begin(&mut space, start + 2 * CHUNK);
        space.unmap(start + 2 * CHUNK, PAGE).expect("unmap");
        if same {
            space.unmap(start, 3 * CHUNK).expect("unmap");
            map(&mut space);
        }
        end(&mut space, early);
        assert!(space.unit(start + 2 * CHUNK).is_none() && !space.is_early(start + 2 * CHUNK));
        assert_eq!(space.chunks.available(), free - 2 * CHUNK);
        map(&mut space);
    }
    // Where there is nothing, or nothing to be had, no chunk is taken; nor where there is little left.
    space.protect(start + 2 * CHUNK, CHUNK, 0).expect("protect");
    let shared = Arc::new(SharedMemory::new(space.chunks.clone()));
    shared.grow(CHUNK).expect("grow");
    let shared = space.map(ANY, CHUNK, READ, Backing::Shared(shared, 0)).expect("map");
    for address in [start + 2 * CHUNK, start + 3 * CHUNK, shared, 0, u64::MAX] {
        assert!(space.begin_early(address).is_none(), "{address:#x}");
    }
    let much = space.map(ANY, 64 * CHUNK, READ | WRITE, Backing::Zero).expect("map");
    let taken = (0..16).map(|index| put(&mut space, much + index * CHUNK, 1)).count();
    assert!(taken == 16 && space.begin_early(much + 20 * CHUNK).is_none());
    std::fs::remove_file(&path).expect("remove");
}

#[test]
fn an_expected_file_is_there_when_it_is_mapped() {
    expect_files(None);
}

/// The file system may have huge pages of it or not.
#[test]
fn an_expected_file_is_shown_when_it_is_mapped() {
    expect_files(Showing::new());
}

fn expect_files(showing: Option<Arc<Showing>>) {
    let name = format!("peaberry-expected-{}-{}", std::process::id(), showing.is_some());
    let path = std::env::temp_dir().join(name);
    let bytes: Vec<u8> = (0..6 * CHUNK).map(|index| (index / CHUNK) as u8 + 1).collect();
    std::fs::write(&path, &bytes[PAGE as usize..]).expect("write");
    let open = || Arc::new(File::open(&path).expect("open"));
    let length = 6 * CHUNK - PAGE;
    let read = |space: &mut AddressSpace| {
        let early = space.begin_expected().expect("a chunk");
        let bytes = early.fill();
        space.end_early(early, bytes);
    };
    let expecting = || {
        let mut space = space(32);
        space.showing = showing.clone();
        assert_eq!(space.expect(open(), 0, length), 5);
        space
    };
    let map = |space: &mut AddressSpace, offset: u64| {
        let place = Place::Fixed(8 << 30);
        space
            .map(place, length - offset, READ, Backing::File(open(), offset))
            .expect("map")
    };
    let behind = |space: &AddressSpace| {
        let all = (0..6).map(|index| space.unit((8 << 30) + index * CHUNK).is_some());
        all.collect::<Vec<bool>>()
    };
    let (yes, no) = (true, false);
    // Read before: five chunks and no more.
    let mut space = expecting();
    let free = space.available();
    (0..5).for_each(|_| read(&mut space));
    assert!(space.begin_expected().is_none() && space.available() == free && space.chunks.available() < free);
    let start = map(&mut space, 0);
    assert_eq!(behind(&space), [yes, yes, yes, yes, yes, no]);
    for (at, byte) in [(0, 1), (CHUNK - PAGE - 1, 1), (CHUNK - PAGE, 2), (5 * CHUNK, 6)] {
        assert_eq!(get(&mut space, start + at), byte, "{at:#x}");
    }
    // Mapped while it is read: what is being read is waited for, what follows is asked for.
    let mut space = expecting();
    read(&mut space);
    let early = space.begin_expected().expect("a chunk");
    let bytes = early.fill();
    let start = map(&mut space, 0);
    assert_eq!(behind(&space), [yes, no, no, no, no, no]);
    assert!(space.is_early(start + CHUNK) && space.begin_expected().is_none());
    space.end_early(early, bytes);
    assert_eq!(behind(&space), [yes, yes, no, no, no, no]);
    let asked = (0..3).map(|_| space.chunks.next_errand(&mut u32::MAX.clone()));
    assert!(asked.eq([2, 3, 4].map(|index| Some(Errand::Back(start + index * CHUNK)))));
    assert_eq!(get(&mut space, start + 2 * CHUNK - 1), 3);
    // Mapped and unmapped while it is read.
    let mut space = expecting();
    let early = space.begin_expected().expect("a chunk");
    map(&mut space, 0);
    space.unmap(8 << 30, CHUNK).expect("unmap");
    space.end_early(early, 0);
    assert_eq!((behind(&space), space.available()), (vec![no; 6], free));
    // Another part of it, no access, another file: nothing is taken. What is not wanted makes way.
    let mut space = expecting();
    read(&mut space);
    map(&mut space, PAGE);
    assert_eq!(behind(&space), [no; 6]);
    let place = Place::Fixed(8 << 30);
    space.map(place, length, 0, Backing::File(open(), 0)).expect("map");
    assert_eq!(behind(&space), [no; 6]);
    let other = std::env::current_exe().and_then(File::open).expect("open");
    space
        .map(place, CHUNK, READ, Backing::File(Arc::new(other), 0))
        .expect("map");
    assert_eq!(behind(&space), [no; 6]);
    let early = space.begin_expected().expect("a chunk");
    let much = space.map(ANY, 64 * CHUNK, READ | WRITE, Backing::Zero).expect("map");
    (0..30).for_each(|index| put(&mut space, much + index * CHUNK, 1));
    space.end_early(early, 0);
    put(&mut space, much + 30 * CHUNK, 1);
    assert_eq!(space.available(), 0);
    std::fs::remove_file(&path).expect("remove");
}

#[test]
fn what_follows_in_the_same_mapping_is_soon_touched() {
    let mut space = space(8);
    let place = Place::Fixed(8 << 30);
    let start = space
        .map(place, 8 * CHUNK - PAGE, READ | WRITE, Backing::Zero)
        .expect("map");
    let soon = |space: &AddressSpace, address: u64| {
        let chunks = space
            .soon_touched(address)
            .into_iter()
            .map(|address| (address - start) / CHUNK);
        chunks.collect::<Vec<u64>>()
    };
    assert_eq!(soon(&space, start), [1, 2, 3]);
    assert_eq!(soon(&space, start + 2 * CHUNK - 1), [2, 3, 4]);
    put(&mut space, start + 2 * CHUNK, 1);
    assert_eq!(soon(&space, start + CHUNK), [3, 4]);
    space.sparing = true;
    assert!(soon(&space, start).is_empty());
    space.sparing = false;
    assert_eq!(soon(&space, start + 5 * CHUNK), [6, 7]);
    assert!(soon(&space, start + 7 * CHUNK).is_empty() && soon(&space, start + 8 * CHUNK).is_empty());
    space.unbind(start..start + 8 * CHUNK);
    space.map(place, 8 * CHUNK, READ | WRITE, Backing::Stack).expect("map");
    assert!(soon(&space, start).is_empty());
    let file = std::env::current_exe()
        .and_then(File::open)
        .map(Arc::new)
        .expect("open");
    space.map(place, 8 * CHUNK, READ, Backing::File(file, 0)).expect("map");
    assert_eq!(soon(&space, start + CHUNK), [2, 3, 4]);
    assert!(soon(&space, start + DENSE_PART).is_empty());
}

//! Tests of the address space, with frames of the host's memory.

use super::*;
use crate::testing::frames;
use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;

const BOTH: u8 = READ | WRITE;

fn space(count: u64) -> AddressSpace {
    let frames = frames(count);
    let root = frames.take_zeroed().expect("a frame");
    let tables = PageTables::new(frames.clone(), root);
    AddressSpace::new(frames, tables)
}

/// A file's bytes at a page's beginning.
fn file(length: usize) -> &'static [u8] {
    #[repr(align(4096))]
    #[derive(Clone, Copy)]
    struct Page(#[expect(dead_code, reason = "read as bytes")] [u8; 4096]);
    let pages: Vec<Page> = (0..length.div_ceil(4096))
        .map(|index| Page([index as u8 + 1; 4096]))
        .collect();
    let pages: &'static [Page] = Box::leak(pages.into_boxed_slice());
    // SAFETY: that many bytes, at least, which are never given back.
    unsafe { slice::from_raw_parts(pages.as_ptr().cast(), length) }
}

#[test]
fn zeros_come_when_touched_and_go_when_discarded() {
    let mut space = space(2000);
    let before = space.frames.available();
    let start = space.map(Place::Anywhere, 32 << 30, 0, Backing::Zero).expect("map");
    assert_eq!(space.frames.available(), before);
    assert_eq!(space.write(start, b"x"), Err(Errno(EFAULT)));
    assert_eq!(space.fault(start, READ), Err(Fault::Forbidden));
    space.protect(start, 1 << 20, BOTH).expect("protect");
    space.write(start + PAGE - 2, b"text").expect("write");
    let mut bytes = [9; 6];
    space.read(start + PAGE - 3, &mut bytes).expect("read");
    assert_eq!(&bytes, b"\0text\0");
    assert_eq!(space.write(start + (1 << 20) - 1, b"ab"), Err(Errno(EFAULT)));
    // What is there outlives a time in which it cannot be touched.
    space.protect(start, PAGE, 0).expect("protect");
    assert_eq!(space.tables.get(start) & PRESENT, 0);
    space.protect(start, PAGE, READ).expect("protect");
    space.read(start + PAGE - 2, &mut bytes[..2]).expect("read");
    assert_eq!(&bytes[..2], b"te");
    assert_eq!(space.fault(start, WRITE), Err(Fault::Forbidden));
    space.discard(start, 1 << 20).expect("discard");
    space.read(start + PAGE - 2, &mut bytes[..2]).expect("read");
    assert_eq!(bytes[..2], [0, 0]);
    space.unmap(start, 32 << 30).expect("unmap");
    assert!(before - space.frames.available() < 8);
    assert_eq!(space.fault(start, READ), Err(Fault::NoMapping));
}

#[test]
fn stores_to_a_file_stay_private() {
    let mut space = space(2000);
    let bytes = file(3 * 4096 + 10);
    let at = space
        .map(Place::Anywhere, 5 * PAGE, BOTH, Backing::File(bytes, PAGE))
        .expect("map");
    let mut two = [0; 2];
    space.read(at + PAGE - 1, &mut two).expect("read");
    assert_eq!(two, [2, 3]);
    assert_eq!(space.tables.get(at) & (OWNED | WRITABLE), 0);
    space.write(at, &[77]).expect("write");
    space.read(at, &mut two).expect("read");
    assert_eq!((two, bytes[4096]), ([77, 2], 2));
    // Zeros follow the end within its page when it is copied, and nothing behind it.
    space.write(at + 2 * PAGE, &[1]).expect("write");
    space.read(at + 2 * PAGE + 9, &mut two).expect("read");
    assert_eq!(two, [4, 0]);
    assert_eq!(space.fault(at + 3 * PAGE, READ), Err(Fault::BeyondFile));
    space.discard(at, 5 * PAGE).expect("discard");
    space.read(at, &mut two).expect("read");
    assert_eq!(two, [2, 2]);
}

#[test]
fn shared_memory_is_seen_at_both_places() {
    let mut space = space(2000);
    let before = space.frames.available();
    let memory = Rc::new(SharedMemory::new(space.frames.clone()));
    memory.grow(1 << 20).expect("grow");
    assert_eq!(memory.grow(1), Err(Errno(EINVAL)));
    let shared = || Backing::Shared(memory.clone(), 0);
    let one = space.map(Place::Anywhere, 1 << 20, BOTH, shared()).expect("map");
    let reserved = space.map(Place::Anywhere, 4 << 20, 0, Backing::Zero).expect("map");
    let place = Place::Fixed(reserved + (1 << 20));
    let other = space.map(place, 1 << 20, READ | EXECUTE, shared()).expect("map");
    space.write(one + 5000, b"code").expect("write");
    let mut bytes = [0; 4];
    space.read(other + 5000, &mut bytes).expect("read");
    assert_eq!(&bytes, b"code");
    assert_eq!(space.write(other, b"x"), Err(Errno(EFAULT)));
    space.discard(one, 1 << 20).expect("discard");
    space.read(one + 5000, &mut bytes).expect("read");
    assert_eq!(&bytes, b"code");
    space.unmap(one, 1 << 20).expect("unmap");
    space.unmap(reserved, 4 << 20).expect("unmap");
    drop(memory);
    assert!(before - space.frames.available() < 8);
}

#[test]
fn places_are_as_asked_for() {
    let mut space = space(100);
    let low = 4 << 30;
    assert_eq!(space.map(Place::FixedIfFree(low), PAGE, BOTH, Backing::Zero), Ok(low));
    assert_eq!(
        space.map(Place::FixedIfFree(low), 1, BOTH, Backing::Zero),
        Err(Errno(EEXIST))
    );
    assert_ne!(space.map(Place::Hint(low), 1, BOTH, Backing::Zero), Ok(low));
    let bad = [0, 1, low + 1, USER_LIMIT, u64::MAX - 4095];
    for address in bad {
        assert!(
            space.map(Place::Fixed(address), PAGE, BOTH, Backing::Zero).is_err(),
            "{address:x}"
        );
        assert!(space.unmap(address, PAGE).is_err() && space.protect(address, PAGE, 0).is_err());
    }
    assert!(space.map(Place::Anywhere, u64::MAX, BOTH, Backing::Zero).is_err());
    assert_eq!(space.map(Place::Anywhere, 0, BOTH, Backing::Zero), Err(Errno(EINVAL)));
    assert_eq!(space.check_mapped(low, PAGE), Ok(()));
    assert_eq!(space.check_mapped(low, 2 * PAGE), Err(Errno(ENOMEM)));
    let mut bytes = vec![0; 8];
    assert_eq!(space.read(u64::MAX - 3, &mut bytes), Err(Errno(EFAULT)));
    assert_eq!(space.read(USER_LIMIT - 4, &mut bytes), Err(Errno(EFAULT)));
}

#[test]
fn the_break_moves_both_ways() {
    let mut space = space(300);
    space.start_break(PROGRAM_BASE + 100);
    let start = space.set_break(0);
    assert_eq!(start, PROGRAM_BASE + PAGE);
    assert_eq!(space.set_break(start + 10), start + 10);
    space.write(start + PAGE - 1, &[1]).expect("write");
    assert_eq!(space.set_break(start + 3 * PAGE), start + 3 * PAGE);
    space.write(start + 2 * PAGE, &[1]).expect("write");
    assert_eq!(space.set_break(start + 5), start + 5);
    assert!(space.write(start + PAGE, &[1]).is_err());
    assert_eq!(space.set_break(start - 1), start + 5);
}

#[test]
fn memory_runs_out_without_harm() {
    let mut space = space(KEPT_FRAMES + 8);
    let start = space.map(Place::Anywhere, 1 << 20, BOTH, Backing::Zero).expect("map");
    let touched = (0..256)
        .take_while(|page| space.fault(start + page * PAGE, WRITE).is_ok())
        .count();
    assert!((1..8).contains(&touched));
    assert_eq!(space.fault(start + (1 << 20) - 1, WRITE), Err(Fault::OutOfMemory));
    space.unmap(start, 1 << 20).expect("unmap");
    assert!(space.frames.available() > KEPT_FRAMES);
}

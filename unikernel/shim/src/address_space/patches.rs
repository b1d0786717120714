//! Instructions of the program that others take the place of: before it runs, as its memory is filled, and `syscall` while it runs.

use super::AddressSpace;
use crate::call_sites::Patch;
use crate::direct::shorten;
use crate::tables::Tables;
use std::ops::Range;

impl AddressSpace {
    /// Has these take the place of what the program has there, now and whenever that is read again, as long as the program's own is
    /// mapped. It does not run yet.
    pub fn patch(&mut self, patches: Vec<Patch>) {
        for Patch { address, bytes } in patches {
            self.patches.insert(address, bytes);
            if let Some((unit, physical)) = self.unit(address) {
                self.apply_patches(&(address..unit.end), physical + (address - unit.start));
            }
        }
    }

    /// Remembers where the program has a `syscall`.
    pub fn note_calls(&mut self, calls: Vec<u64>) {
        self.calls.extend(calls);
    }

    /// Has each of these leave the guest at once from now on ([`crate::direct`]).
    pub fn shorten_calls(&mut self) {
        self.shortened = true;
        let calls = std::mem::take(&mut self.calls);
        for &address in &calls {
            if let Some((unit, physical)) = self.unit(address) {
                shorten(&self.memory, physical + (address - unit.start), address);
            }
        }
        self.calls = calls;
        for (address, physical) in Tables::clock_calls() {
            shorten(&self.memory, physical, address);
        }
    }

    /// The program's memory at a range was read, and nobody gets to it yet.
    pub(super) fn apply_patches(&self, part: &Range<u64>, physical: u64) {
        for (&address, bytes) in self.patches.range(part.clone()) {
            if address + bytes.len() as u64 <= part.end {
                self.memory.write(physical + (address - part.start), bytes);
            }
        }
        if self.shortened {
            for &address in self.calls.range(part.clone()) {
                shorten(&self.memory, physical + (address - part.start), address);
            }
        }
    }

    /// Something else is mapped there now.
    pub(super) fn forget_patches(&mut self, range: &Range<u64>) {
        if self.patches.range(range.clone()).next().is_some() {
            self.patches.retain(|address, _| !range.contains(address));
        }
        if self.calls.range(range.clone()).next().is_some() {
            self.calls.retain(|address| !range.contains(address));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::address_space::testing::space;
    use crate::address_space::{AddressSpace, Backing, EXECUTE, PROGRAM_BASE, Place, READ, WRITE};
    use crate::call_sites::Patch;
    use crate::errno::Errno;
    use crate::memory::{CHUNK, PAGE};
    use crate::pieces::PIECE;
    use crate::tables::SYSTEM_CALL_PORT;
    use std::fs::File;
    use std::os::fd::FromRawFd;
    use std::os::unix::fs::FileExt;
    use std::sync::Arc;

    fn file(contents: &[u8]) -> Arc<File> {
        // SAFETY: a new descriptor, which nobody else knows.
        let file = unsafe { File::from_raw_fd(libc::memfd_create(c"test".as_ptr(), 0)) };
        file.write_all_at(contents, 0).expect("write");
        Arc::new(file)
    }

    fn bytes(space: &mut AddressSpace, address: u64, length: usize) -> Vec<u8> {
        let pieces = space.resolve(address, length as u64, READ).expect("resolve");
        // SAFETY: checked by resolve.
        unsafe { std::slice::from_raw_parts(pieces[0].start, length) }.to_vec()
    }

    #[test]
    fn what_is_kept_stays_and_patches_go_with_what_they_change() {
        let mut space = space(8);
        let base = PROGRAM_BASE - PIECE;
        space.keep(base..PROGRAM_BASE, READ | WRITE).expect("keep");
        let physical = space.physical(base).expect("memory");
        for (start, length) in [(base, PAGE), (base - PAGE, 2 * PAGE), (PROGRAM_BASE - PAGE, 2 * PAGE)] {
            assert_eq!(space.unmap(start, length), Err(Errno(libc::EPERM)));
            assert!(space.discard(start, length).is_err());
            let mapped = space.map(Place::Fixed(start), length, READ, Backing::Zero);
            assert_eq!(mapped, Err(Errno(libc::EPERM)));
        }
        assert_eq!(space.discard(base, PIECE), Err(Errno(libc::EPERM)));
        assert_eq!(space.physical(base), Ok(physical));
        // A program's text, with a patch in memory that is there, and one in memory that comes.
        let file = file(&[0x90; 3 * CHUNK as usize]);
        let text = 4 * CHUNK + PROGRAM_BASE - PROGRAM_BASE % CHUNK;
        let map = |space: &mut AddressSpace| {
            let backing = Backing::File(file.clone(), 0);
            space
                .map(Place::Fixed(text), 3 * CHUNK, READ | EXECUTE, backing)
                .expect("map");
        };
        map(&mut space);
        let patch = |address: u64| Patch {
            address,
            bytes: [1, 2, 3, 4, 5],
        };
        assert_eq!(bytes(&mut space, text + 16, 2), [0x90; 2]);
        space.patch(vec![patch(text + 16), patch(text + CHUNK + 16)]);
        for address in [text + 16, text + CHUNK + 16] {
            assert_eq!(bytes(&mut space, address - 1, 7), [0x90, 1, 2, 3, 4, 5, 0x90]);
        }
        space.discard(text, 3 * CHUNK).expect("discard");
        assert_eq!(bytes(&mut space, text + 15, 7), [0x90, 1, 2, 3, 4, 5, 0x90]);
        map(&mut space);
        assert_eq!(bytes(&mut space, text + 15, 7), [0x90; 7]);
    }

    #[test]
    fn calls_are_shortened_wherever_they_are_read() {
        let mut space = space(8);
        let text = PROGRAM_BASE - PROGRAM_BASE % CHUNK;
        let file = file(&[0x0f, 0x05, 0x90, 0x90].repeat(CHUNK as usize / 2));
        let backing = Backing::File(file, 0);
        space
            .map(Place::Fixed(text), 2 * CHUNK, READ | EXECUTE, backing)
            .expect("map");
        assert_eq!(bytes(&mut space, text, 4), [0x0f, 0x05, 0x90, 0x90]);
        // The third is no `syscall`.
        let calls = [text, text + 8, text + 18, text + CHUNK + 4];
        space.note_calls(calls.to_vec());
        space.shorten_calls();
        let out = [0xe7, SYSTEM_CALL_PORT as u8, 0x90, 0x90];
        assert_eq!(
            [text, text + 8, text + CHUNK + 4].map(|at| bytes(&mut space, at, 4)),
            [out; 3]
        );
        assert_eq!(bytes(&mut space, text + 16, 4), [0x0f, 0x05, 0x90, 0x90]);
        assert_eq!(bytes(&mut space, text + CHUNK, 4), [0x0f, 0x05, 0x90, 0x90]);
    }
}

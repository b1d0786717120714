//! A guest: threads that map, fill, discard, unmap and map again, each looking whether its memory stays what it should be.

use std::ffi::c_void;

// SAFETY: the C library's own declarations.
unsafe extern "C" {
    fn mmap(address: *mut c_void, length: usize, protection: i32, flags: i32, fd: i32, offset: i64) -> *mut c_void;
    fn munmap(address: *mut c_void, length: usize) -> i32;
    fn madvise(address: *mut c_void, length: usize, advice: i32) -> i32;
}

const PAGE: usize = 4096;

struct Range(*mut u64, usize);

impl Range {
    fn map(pages: usize) -> Range {
        // SAFETY: a new private mapping.
        let start = unsafe { mmap(std::ptr::null_mut(), pages * PAGE, 3, 0x22, -1, 0) };
        assert_ne!(start as isize, -1, "mmap");
        Range(start.cast(), pages)
    }

    /// The word of a page that is looked at, another one in each page.
    fn word(&self, page: usize) -> *mut u64 {
        // SAFETY: within the mapping.
        unsafe { self.0.add(page * (PAGE / 8) + page % 512) }
    }

    fn fill(&self, value: u64) {
        // SAFETY: within the mapping, which is this thread's.
        (0..self.1).for_each(|page| unsafe { self.word(page).write_volatile(value + page as u64) });
    }

    fn check(&self, pages: std::ops::Range<usize>, value: Option<u64>) {
        for page in pages {
            // SAFETY: within the mapping, which is this thread's.
            let (is, wanted) = (unsafe { self.word(page).read_volatile() }, value.map_or(0, |value| value + page as u64));
            assert_eq!(is, wanted, "page {page} of {} at {:?}", self.1, self.0);
        }
    }

    fn discard(&self, from: usize, to: usize) {
        // SAFETY: within the mapping, whose contents are not needed.
        assert_eq!(unsafe { madvise(self.0.add(from * PAGE / 8).cast(), (to - from) * PAGE, 4) }, 0);
    }
}

impl Drop for Range {
    fn drop(&mut self) {
        // SAFETY: mapped by this value, unmapped once.
        assert_eq!(unsafe { munmap(self.0.cast(), self.1 * PAGE) }, 0);
    }
}

fn churn(seed: u64, rounds: u64) {
    let mut random = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = |below: usize| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        (random >> 20) as usize % below
    };
    let mut kept: Vec<(Range, u64)> = Vec::new();
    for round in 0..rounds {
        let pages = if next(4) == 0 { 1 + next(2000) } else { 1 + next(40) };
        let range = Range::map(pages);
        range.check(0..pages, None);
        let value = seed << 48 | round << 24;
        range.fill(value);
        if next(3) == 0 {
            let from = next(pages);
            let to = from + 1 + next(pages - from);
            range.discard(from, to);
            range.check(0..from, Some(value));
            range.check(from..to, None);
            range.check(to..pages, Some(value));
            range.fill(value);
        }
        kept.push((range, value));
        if kept.len() > 6 {
            let (range, value) = kept.swap_remove(next(kept.len()));
            range.check(0..range.1, Some(value));
        }
    }
    kept.iter().for_each(|(range, value)| range.check(0..range.1, Some(*value)));
}

fn main() {
    let mut arguments = std::env::args().skip(1).map(|argument| argument.parse::<u64>().expect("number"));
    let (threads, rounds) = (arguments.next().unwrap_or(1), arguments.next().unwrap_or(100));
    let threads: Vec<_> = (1..=threads).map(|seed| std::thread::spawn(move || churn(seed, rounds))).collect();
    let good = threads.into_iter().map(|thread| thread.join()).filter(Result::is_ok).count();
    println!("{good}");
}

//! Files whose pages the host's kernel keeps in units of 2 MiB: a guest's memory can be these pages as they are.
//!
//! Such a unit need neither be found, cleared nor read, and all guests have it in common. File systems that keep large units of what they
//! read or write (ext4 since Linux 6.16, XFS) make one of what is written at once, and of what is first read through a mapping with this
//! advice ([`GuestMemory::show_huge`](crate::memory::GuestMemory::show_huge)). Of pages that came into the page cache in another way they
//! make none, and a guest that had to take them one by one would come out of its code for every few: these are better read.

use crate::memory::{CHUNK, PAGE};
use std::ffi::c_void;
use std::fs::File;
use std::os::fd::AsRawFd;

// The build and `peaberry image build` write in units that are chunks.
const _: () = assert!(peaberry_package::UNIT == CHUNK);

/// `cachestat`, on all processors.
pub const CACHESTAT: libc::c_long = 451;

/// A request to page tables: `_IOWR('f', 16, struct pm_scan_arg)`.
pub const PAGEMAP_SCAN: libc::c_ulong = 0xc060_6610;

/// What this process knows of its own page tables (`/proc/self/pagemap`).
pub struct PageTables(File);

/// Has what is touched of a chunk that a file is mapped in come into the page cache as one unit, and nothing with it: what follows would
/// come in small ones.
///
/// # Safety
/// It is such a mapping.
pub(crate) unsafe fn advise(start: *mut c_void) {
    for advice in [libc::MADV_HUGEPAGE, libc::MADV_RANDOM] {
        // SAFETY: the caller's mapping; advice does not change contents.
        unsafe { libc::madvise(start, CHUNK as usize, advice) };
    }
}

/// How much of a chunk's worth of a file is in the page cache.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cached {
    /// All of it.
    All,
    /// A part of it.
    Some,
    /// Nothing.
    None,
    /// The kernel does not tell (before Linux 6.5), or not this user.
    Unknown,
}

/// Asks without changing anything, as reading would.
pub fn cached(file: &File, offset: u64) -> Cached {
    const PAGES: u64 = CHUNK / PAGE;
    let range = [offset, CHUNK];
    // `struct cachestat`, of which the first number is how many pages there are.
    let mut counts = [0u64; 5];
    // SAFETY: structures of the kernel's sizes.
    let result = unsafe { libc::syscall(CACHESTAT, file.as_raw_fd(), range.as_ptr(), counts.as_mut_ptr(), 0) };
    match (result, counts[0]) {
        (0, 0) => Cached::None,
        (0, PAGES..) => Cached::All,
        (0, _) => Cached::Some,
        _ => Cached::Unknown,
    }
}

/// Has reading of a file bring in what is read and no more: what a system reads ahead of it comes in small units.
pub fn read_apart(file: &File) {
    // SAFETY: no pointers; an advice changes no contents.
    unsafe { libc::posix_fadvise(file.as_raw_fd(), 0, 0, libc::POSIX_FADV_RANDOM) };
}

/// Maps a chunk's worth of a file for a moment, has the beginning of it come into the page cache, as one unit if none of it is there yet, and
/// looks at that. `None` where the file does not reach so far, or cannot be mapped.
fn look<T>(file: &File, offset: u64, at: impl FnOnce(*const u8) -> T) -> Option<T> {
    let bytes = 2 * CHUNK as usize;
    let (nowhere, flags) = (
        std::ptr::null_mut(),
        libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE,
    );
    let length = file.metadata().ok()?.len();
    if !offset.is_multiple_of(CHUNK) || length < offset.checked_add(CHUNK)? {
        return None;
    }
    // SAFETY: a new mapping, in which the file's, which is aligned as huge pages are, takes the place of a part; nobody else knows of it.
    // The kernel looks at the file, and tells when there is nothing any more.
    unsafe {
        let around = libc::mmap(nowhere, bytes, libc::PROT_NONE, flags, -1, 0);
        if around == libc::MAP_FAILED {
            return None;
        }
        let start = around.byte_add(around.align_offset(CHUNK as usize));
        let flags = libc::MAP_PRIVATE | libc::MAP_FIXED;
        let mapped = libc::mmap(
            start,
            CHUNK as usize,
            libc::PROT_READ,
            flags,
            file.as_raw_fd(),
            offset as i64,
        );
        let seen = (mapped == start).then(|| {
            advise(start);
            libc::madvise(start, 1, libc::MADV_POPULATE_READ);
            at(start.cast())
        });
        libc::munmap(around, bytes);
        seen
    }
}

/// Has a chunk's worth of a file come into the page cache as one unit, if none of it is there yet. Who reads a part of it first would have it
/// come in small ones.
pub fn bring_in(file: &File, offset: u64) {
    look(file, offset, |_| ());
}

/// Is a chunk's worth of a file a huge page? It is brought in if it is not there.
pub fn is_huge(file: &File, offset: u64, tables: &PageTables) -> bool {
    look(file, offset, |start| tables.has_huge_page(start)) == Some(true)
}

/// Has the kernel forget its small pages of a chunk's worth of a file, which it reads anew then; true when that made a huge page of it. It
/// keeps what somebody has mapped.
pub fn renew(file: &File, offset: u64, tables: &PageTables) -> bool {
    // SAFETY: no pointers; an advice changes no contents.
    unsafe { libc::posix_fadvise(file.as_raw_fd(), offset as i64, CHUNK as i64, libc::POSIX_FADV_DONTNEED) };
    is_huge(file, offset, tables)
}

/// `struct pm_scan_arg` of the kernel's `linux/fs.h`.
#[repr(C)]
#[derive(Default)]
struct Scan {
    size: u64,
    flags: u64,
    start: u64,
    end: u64,
    walk_end: u64,
    found: u64,
    found_length: u64,
    most_pages: u64,
    inverted: u64,
    all_of: u64,
    any_of: u64,
    returned: u64,
}

/// `struct page_region` of the same.
#[repr(C)]
#[derive(Default)]
struct Region {
    start: u64,
    end: u64,
    categories: u64,
}

impl PageTables {
    /// `None` where the system does not show them.
    pub fn open() -> Option<PageTables> {
        File::open("/proc/self/pagemap").ok().map(PageTables)
    }

    /// Is the memory of a chunk, which was touched, one huge page? No, where the kernel does not tell (before Linux 6.7).
    pub fn has_huge_page(&self, start: *const u8) -> bool {
        /// `PAGE_IS_HUGE`.
        const HUGE: u64 = 1 << 6;
        let (mut region, size) = (Region::default(), size_of::<Scan>() as u64);
        let scan = Scan {
            size,
            start: start as u64,
            end: start as u64 + CHUNK,
            found: (&raw mut region) as u64,
            found_length: 1,
            all_of: HUGE,
            returned: HUGE,
            ..Scan::default()
        };
        // SAFETY: the structure is the kernel's, and names one region that it may write.
        let found = unsafe { libc::ioctl(self.0.as_raw_fd(), PAGEMAP_SCAN, &raw const scan) };
        found == 1 && (region.start, region.end) == (scan.start, scan.end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::GuestMemory;
    use std::io::Write;

    #[test]
    fn memory_in_huge_pages_is_told_from_other_memory() {
        let Some(tables) = PageTables::open() else { return };
        let memory = GuestMemory::new(4 * CHUNK).expect("memory");
        let start = memory.host_range(2 * CHUNK, CHUNK as usize).expect("range");
        assert!(!tables.has_huge_page(start), "nothing was touched");
        memory.populate(2);
        let huge = tables.has_huge_page(start);
        // SAFETY: the memory's own range; its contents are nobody's.
        unsafe {
            libc::madvise(start.cast(), CHUNK as usize, libc::MADV_NOHUGEPAGE);
            libc::madvise(start.cast(), CHUNK as usize, libc::MADV_DONTNEED);
        }
        memory.populate(2);
        assert!(!tables.has_huge_page(start), "before that {huge}");
    }

    #[test]
    fn what_is_cached_is_told() {
        let path = std::env::temp_dir().join(format!("peaberry-cached-{}", std::process::id()));
        std::fs::write(&path, vec![7; 2 * CHUNK as usize]).expect("write");
        let file = std::fs::File::open(&path).expect("open");
        std::fs::remove_file(&path).expect("remove");
        assert!([Cached::All, Cached::Unknown].contains(&cached(&file, CHUNK)));
        assert!([Cached::None, Cached::Unknown].contains(&cached(&file, 2 * CHUNK)));
        bring_in(&file, 0);
        bring_in(&file, 2 * CHUNK);
        let mut byte = [0];
        std::os::unix::fs::FileExt::read_exact_at(&file, &mut byte, CHUNK).expect("read");
        assert_eq!(byte, [7]);
    }

    #[test]
    fn a_file_is_shown_where_it_fills_huge_pages() {
        let Some(tables) = PageTables::open() else { return };
        let path = std::env::temp_dir().join(format!("peaberry-huge-{}", std::process::id()));
        let mut file = std::fs::File::create_new(&path).expect("create");
        let contents: Vec<u8> = (0..CHUNK as usize).map(|at| (at / 4096 + at % 7) as u8).collect();
        for _ in 0..3 {
            file.write_all(&contents).expect("write");
        }
        file.write_all(&[1; 100]).expect("write");
        let file = std::fs::File::open(&path).expect("open");
        std::fs::remove_file(&path).expect("remove");
        let memory = GuestMemory::new(8 * CHUNK).expect("memory");
        for (chunk, offset, fits) in [
            (2, 0, true),
            (3, 2 * CHUNK, true),
            (4, PAGE, false),
            (5, 3 * CHUNK, false),
            (6, u64::MAX - CHUNK + 1, false),
        ] {
            let huge = is_huge(&file, offset, &tables) || renew(&file, offset, &tables);
            assert!(!huge || fits, "{chunk}");
            let shown = memory.show_huge(chunk, &file, offset);
            assert_eq!(shown, fits, "{chunk}");
            let mut seen = vec![0; CHUNK as usize];
            assert!(memory.read(u64::from(chunk) * CHUNK, &mut seen));
            assert!(if shown {
                seen == contents
            } else {
                seen.iter().all(|&byte| byte == 0)
            });
            // What is written stays here.
            assert!(memory.write(u64::from(chunk) * CHUNK + 9, &[200]));
            memory.give_back(chunk);
            assert!(memory.read(u64::from(chunk) * CHUNK, &mut seen));
            assert!(seen.iter().all(|&byte| byte == 0));
        }
        let mut byte = [0];
        std::os::unix::fs::FileExt::read_exact_at(&file, &mut byte, 9).expect("read");
        assert_eq!(byte[0], contents[9]);
    }
}

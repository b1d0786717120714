//! Address space: reserving, committing, giving back and protecting pages; how much memory the machine has.

use std::io;
use std::ops::Range;
use std::ptr;

/// No reservation starts below this address: 32-bit values then never look like addresses.
pub const LOWEST_ADDRESS: usize = 4 << 30;

/// Why a mapping operation failed.
#[derive(Debug, thiserror::Error)]
pub enum MemoryError {
    /// No free place of the wanted size below the limit.
    #[error("no free address range of {bytes} bytes below {limit:#x}")]
    NoAddressSpace {
        /// Bytes asked for.
        bytes: usize,
        /// First address the reservation must not reach.
        limit: usize,
    },
    /// The system refused.
    #[error("{operation} of {bytes} bytes failed: {source}")]
    System {
        /// What was tried.
        operation: &'static str,
        /// Length of the range.
        bytes: usize,
        /// The system's error.
        source: io::Error,
    },
    /// The range is empty, unaligned or outside the reservation.
    #[error("bad memory range {start:#x}..{end:#x}")]
    BadRange {
        /// First address.
        start: usize,
        /// Address after the last.
        end: usize,
    },
}

/// What may be done with pages.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Protection {
    /// Nothing: any access faults.
    None,
    /// Reading.
    Read,
    /// Reading and writing.
    ReadWrite,
    /// Reading and executing.
    ReadExecute,
    /// Reading, writing and executing.
    ReadWriteExecute,
}

impl Protection {
    fn bits(self) -> i32 {
        match self {
            Protection::None => libc::PROT_NONE,
            Protection::Read => libc::PROT_READ,
            Protection::ReadWrite => libc::PROT_READ | libc::PROT_WRITE,
            Protection::ReadExecute => libc::PROT_READ | libc::PROT_EXEC,
            Protection::ReadWriteExecute => libc::PROT_READ | libc::PROT_WRITE | libc::PROT_EXEC,
        }
    }
}

/// A range of address space that belongs to its owner; unmapped when dropped.
#[derive(Debug)]
pub struct Reservation {
    start: usize,
    bytes: usize,
}

const RESERVE_FLAGS: i32 = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE;

fn system(operation: &'static str, bytes: usize) -> MemoryError {
    MemoryError::System {
        operation,
        bytes,
        source: io::Error::last_os_error(),
    }
}

fn round_up(value: usize, align: usize) -> Option<usize> {
    Some(value.checked_add(align - 1)? & !(align - 1))
}

impl Reservation {
    /// Reserves `bytes` of inaccessible address space, aligned to `align` (a power of two), between
    /// [`LOWEST_ADDRESS`] and `limit`.
    pub fn reserve_below(limit: usize, bytes: usize, align: usize) -> Result<Reservation, MemoryError> {
        Self::reserve_best(limit, bytes, align, |_| 0)
    }

    /// [`reserve_below`](Self::reserve_below) at the free address that costs least; the first one that costs nothing is as good as any.
    pub fn reserve_best(
        limit: usize,
        bytes: usize,
        align: usize,
        cost: impl Fn(usize) -> usize,
    ) -> Result<Reservation, MemoryError> {
        let none = MemoryError::NoAddressSpace { bytes, limit };
        let align = align.max(page_size());
        let Some(bytes) = round_up(bytes.max(1), page_size()) else {
            return Err(none);
        };
        if !align.is_power_of_two() || bytes > limit.saturating_sub(LOWEST_ADDRESS) {
            return Err(none);
        }
        // A step finer than the reservation finds gaps between others; the number of tries stays below two thousand.
        let step = round_up((bytes / 8).clamp(16 << 20, 1 << 30), align).unwrap_or(align);
        let first = round_up(LOWEST_ADDRESS, align).unwrap_or(limit);
        let mut costly = Vec::new();
        for candidate in (first..=limit - bytes).step_by(step) {
            match cost(candidate) {
                0 => {
                    if let Some(found) = Self::reserve_at(candidate, bytes)? {
                        return Ok(found);
                    }
                }
                cost => costly.push((cost, candidate)),
            }
        }
        costly.sort_unstable();
        for (_, candidate) in costly {
            if let Some(found) = Self::reserve_at(candidate, bytes)? {
                return Ok(found);
            }
        }
        Err(none)
    }

    /// Reserves the range if nothing lies in it.
    fn reserve_at(start: usize, bytes: usize) -> Result<Option<Reservation>, MemoryError> {
        // SAFETY: MAP_FIXED_NOREPLACE never replaces an existing mapping.
        let address = unsafe {
            libc::mmap(
                start as *mut libc::c_void,
                bytes,
                libc::PROT_NONE,
                RESERVE_FLAGS | libc::MAP_FIXED_NOREPLACE,
                -1,
                0,
            )
        };
        if address as usize == start {
            return Ok(Some(Reservation { start, bytes }));
        }
        if address != libc::MAP_FAILED {
            // A kernel that takes the address as a hint only.
            // SAFETY: the mapping was made just now and nobody knows it.
            unsafe { libc::munmap(address, bytes) };
            return Ok(None);
        }
        match io::Error::last_os_error() {
            source if source.raw_os_error() == Some(libc::ENOMEM) => Err(MemoryError::System {
                operation: "reserve",
                bytes,
                source,
            }),
            _ => Ok(None),
        }
    }

    /// Reserves `bytes` of inaccessible address space wherever the system likes.
    pub fn reserve_anywhere(bytes: usize) -> Result<Reservation, MemoryError> {
        Self::map_anywhere(bytes, Protection::None, 0)
    }

    /// Maps `bytes` of which little may ever be touched, readable and writable from the beginning.
    pub fn accessible_anywhere(bytes: usize) -> Result<Reservation, MemoryError> {
        Self::map_anywhere(bytes, Protection::ReadWrite, libc::MAP_STACK)
    }

    fn map_anywhere(bytes: usize, protection: Protection, flags: i32) -> Result<Reservation, MemoryError> {
        let bytes = round_up(bytes.max(1), page_size()).ok_or(MemoryError::NoAddressSpace {
            bytes,
            limit: usize::MAX,
        })?;
        // SAFETY: a new private mapping at an address of the kernel's choice.
        let address = unsafe { libc::mmap(ptr::null_mut(), bytes, protection.bits(), RESERVE_FLAGS | flags, -1, 0) };
        if address == libc::MAP_FAILED {
            return Err(system("reserve", bytes));
        }
        Ok(Reservation {
            start: address as usize,
            bytes,
        })
    }

    /// First address.
    pub fn start(&self) -> usize {
        self.start
    }

    /// Address after the last.
    pub fn end(&self) -> usize {
        self.start + self.bytes
    }

    /// Length in bytes.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// The whole range.
    pub fn range(&self) -> Range<usize> {
        self.start..self.end()
    }

    fn check(&self, range: &Range<usize>) -> Result<(), MemoryError> {
        if range.start < self.start || range.end > self.end() {
            return Err(MemoryError::BadRange {
                start: range.start,
                end: range.end,
            });
        }
        Ok(())
    }

    /// Makes the pages of `range` readable and writable; they read as zero until written.
    pub fn commit(&self, range: Range<usize>) -> Result<(), MemoryError> {
        self.check(&range)?;
        // SAFETY: the range belongs to this reservation.
        unsafe { commit(range) }
    }

    /// Gives the memory of `range` back to the system; the pages stay accessible and read as zero.
    ///
    /// # Safety
    /// Nobody needs the contents of the range any more.
    pub unsafe fn decommit(&self, range: Range<usize>) -> Result<(), MemoryError> {
        self.check(&range)?;
        // SAFETY: the range belongs to this reservation; the caller gives up its contents.
        unsafe { decommit(range) }
    }

    /// Changes what may be done with the pages of `range`.
    ///
    /// # Safety
    /// No code relies on an access that the new protection forbids.
    pub unsafe fn protect(&self, range: Range<usize>, protection: Protection) -> Result<(), MemoryError> {
        self.check(&range)?;
        // SAFETY: the range belongs to this reservation; the caller vouches for its users.
        unsafe { protect(range, protection) }
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        // SAFETY: the range was mapped by this value and is unmapped once.
        unsafe { libc::munmap(self.start as *mut libc::c_void, self.bytes) };
    }
}

/// [`Reservation::commit`] for a part owner of a reservation.
///
/// # Safety
/// The page-aligned range is part of a reservation the caller owns a share of.
pub unsafe fn commit(range: Range<usize>) -> Result<(), MemoryError> {
    // SAFETY: passed on to the caller.
    unsafe { protect(range, Protection::ReadWrite) }
}

/// [`Reservation::decommit`] for a part owner of a reservation.
///
/// # Safety
/// The page-aligned range is part of a reservation the caller owns a share of, and its contents are not needed.
pub unsafe fn decommit(range: Range<usize>) -> Result<(), MemoryError> {
    let bytes = range.len();
    // SAFETY: the caller vouches for the range.
    if unsafe { libc::madvise(range.start as *mut libc::c_void, bytes, libc::MADV_DONTNEED) } != 0 {
        return Err(system("decommit", bytes));
    }
    Ok(())
}

/// [`Reservation::protect`] for a part owner of a reservation.
///
/// # Safety
/// The page-aligned range is part of a reservation the caller owns a share of; no code relies on forbidden accesses.
pub unsafe fn protect(range: Range<usize>, protection: Protection) -> Result<(), MemoryError> {
    let bytes = range.len();
    // SAFETY: the caller vouches for the range.
    if unsafe { libc::mprotect(range.start as *mut libc::c_void, bytes, protection.bits()) } != 0 {
        return Err(system("protect", bytes));
    }
    Ok(())
}

/// Asks for large pages in a range that will be used as a whole; a hint that may have no effect.
pub fn advise_large_pages(range: Range<usize>) {
    // SAFETY: the advice does not change the contents of memory.
    unsafe { libc::madvise(range.start as *mut libc::c_void, range.len(), libc::MADV_HUGEPAGE) };
}

/// Has all threads of a statically linked program share one arena of the C library's allocator, which nothing but the C library
/// itself uses there: each thread would make one of its own for a few bytes, with several system calls.
pub fn share_c_arena() {
    #[cfg(all(target_env = "gnu", target_feature = "crt-static"))]
    // SAFETY: sets a parameter; no pointers.
    unsafe {
        libc::mallopt(libc::M_ARENA_MAX, 1);
    }
}

/// Size of a page, bytes.
pub fn page_size() -> usize {
    // SAFETY: sysconf reads a constant of the system.
    let bytes = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
    usize::try_from(bytes)
        .ok()
        .filter(|bytes| bytes.is_power_of_two())
        .unwrap_or(4096)
}

fn read_limit(path: &str) -> Option<u64> {
    std::fs::read_to_string(path).ok()?.trim().parse().ok()
}

/// The container's memory limit, if there is one (control groups, version 2 then 1).
pub fn container_limit() -> Option<u64> {
    if crate::FOR_GUESTS {
        return None;
    }
    read_limit("/sys/fs/cgroup/memory.max").or_else(|| read_limit("/sys/fs/cgroup/memory/memory.limit_in_bytes"))
}

fn system_information() -> Option<libc::sysinfo> {
    let mut information = std::mem::MaybeUninit::<libc::sysinfo>::zeroed();
    // SAFETY: sysinfo fills the structure, of which all-zero is a valid value.
    unsafe {
        if libc::sysinfo(information.as_mut_ptr()) == 0 {
            Some(information.assume_init())
        } else {
            None
        }
    }
}

/// Memory this process may hope for, bytes: the machine's, or the container's limit when that is less.
pub fn physical_total() -> u64 {
    let machine = match system_information() {
        Some(information) => information.totalram.saturating_mul(u64::from(information.mem_unit)),
        None => 1 << 30,
    };
    container_limit().map_or(machine, |limit| limit.min(machine))
}

/// Memory that could be used now without swapping, bytes.
pub fn physical_available() -> u64 {
    let from_meminfo = std::fs::read_to_string("/proc/meminfo").ok().and_then(|text| {
        let line = text.lines().find(|line| line.starts_with("MemAvailable:"))?;
        line.split_ascii_whitespace()
            .nth(1)?
            .parse::<u64>()
            .ok()
            .map(|kib| kib * 1024)
    });
    let machine = from_meminfo.unwrap_or_else(|| match system_information() {
        Some(information) => information.freeram.saturating_mul(u64::from(information.mem_unit)),
        None => 1 << 30,
    });
    let container = container_limit().and_then(|limit| {
        let used = read_limit("/sys/fs/cgroup/memory.current")
            .or_else(|| read_limit("/sys/fs/cgroup/memory/memory.usage_in_bytes"))?;
        Some(limit.saturating_sub(used))
    });
    container.map_or(machine, |free| free.min(machine))
}

/// Swap space of the machine: (total, free), bytes.
pub fn swap() -> (u64, u64) {
    system_information().map_or((0, 0), |information| {
        let unit = u64::from(information.mem_unit);
        (
            information.totalswap.saturating_mul(unit),
            information.freeswap.saturating_mul(unit),
        )
    })
}

/// Resident memory of this process, bytes, if the system tells.
pub fn resident() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = text.split_ascii_whitespace().nth(1)?.parse().ok()?;
    Some(pages * page_size() as u64)
}

#[cfg(test)]
pub(crate) mod tests {
    use std::sync::{Mutex, MutexGuard, PoisonError};

    use super::*;

    const LIMIT: usize = 1 << 35;

    /// Keeps the low addresses to one test at a time: tests run as threads of one process, and which place is free is what
    /// some of them look at.
    pub(crate) fn low_addresses() -> MutexGuard<'static, ()> {
        static TAKEN: Mutex<()> = Mutex::new(());
        TAKEN.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[test]
    fn reservations_lie_side_by_side_below_the_limit() {
        let _alone = low_addresses();
        let all: Vec<Reservation> = (0..4)
            .map(|_| Reservation::reserve_below(LIMIT, 512 << 20, 1 << 20).expect("reserve"))
            .collect();
        for (index, one) in all.iter().enumerate() {
            assert!(one.start() >= LOWEST_ADDRESS && one.end() <= LIMIT && one.start() % (1 << 20) == 0);
            for other in &all[index + 1..] {
                assert!(one.end() <= other.start() || other.end() <= one.start());
            }
        }
        let again = all[0].start();
        drop(all);
        assert_eq!(
            Reservation::reserve_below(LIMIT, 512 << 20, 1 << 20)
                .expect("reserve")
                .start(),
            again
        );
    }

    #[test]
    fn the_place_that_costs_least_is_taken() {
        let _alone = low_addresses();
        let wanted = LOWEST_ADDRESS + (5 << 30);
        let apart = |start: usize| start.abs_diff(wanted) + 1;
        let best = Reservation::reserve_best(LIMIT, 1 << 20, 1 << 20, apart).expect("reserve");
        assert!(best.start().abs_diff(wanted) < 1 << 30, "{best:?}");
        let next = Reservation::reserve_best(LIMIT, 1 << 20, 1 << 20, apart).expect("reserve");
        assert!(apart(next.start()) >= apart(best.start()) && next.start() != best.start());
        let free = |start: usize| usize::from(start < wanted);
        let first = Reservation::reserve_best(LIMIT, 1 << 20, 1 << 20, free).expect("reserve");
        assert!(first.start() >= wanted, "{first:?}");
    }

    #[test]
    fn committed_pages_are_zero_and_come_back_zero() {
        let _alone = low_addresses();
        let reservation = Reservation::reserve_below(LIMIT, 1 << 20, 4096).expect("reserve");
        let page = page_size();
        let range = reservation.start() + page..reservation.start() + 2 * page;
        reservation.commit(range.clone()).expect("commit");
        let pointer = range.start as *mut u8;
        // SAFETY: the page was committed just now.
        unsafe {
            assert_eq!(pointer.read(), 0);
            pointer.write(7);
            reservation.decommit(range).expect("decommit");
            assert_eq!(pointer.read(), 0);
        }
        assert!(reservation.commit(0..page).is_err());
    }

    #[test]
    fn what_is_accessible_can_be_used_at_once() {
        let stack = Reservation::accessible_anywhere(100_000).expect("stack");
        assert_eq!(stack.bytes(), 100_000usize.next_multiple_of(page_size()));
        // SAFETY: the first and last byte of memory that nobody else knows.
        unsafe {
            (stack.start() as *mut u8).write(1);
            ((stack.end() - 1) as *mut u8).write((stack.start() as *mut u8).read() + 1);
            assert_eq!(((stack.end() - 1) as *mut u8).read(), 2);
        }
    }

    #[test]
    fn an_impossible_reservation_is_an_error() {
        assert!(Reservation::reserve_below(LIMIT, LIMIT, 4096).is_err());
        assert!(physical_total() > 0 && physical_available() > 0);
    }
}

//! Files mapped for programs, and what becomes of accesses that the file cannot serve.
//!
//! A file may shrink (or its disk fill up) while it is mapped; the system then answers an access with SIGBUS. Here the
//! handler puts zeros where the file was, so that the access, whatever code made it, ends, and sets bits in the word
//! that the thread gave to [`watch`]. The thread looks at its word, calls [`restore`] and reports the fault. The file
//! is then in its place again: the next access that it cannot serve faults anew, and one that it can finds it.
//!
//! Beside [`crate::signal`] this is the only process-wide state: the memory map is the process's.

use crate::errno::SysResult;
use crate::{file, memory};
use std::cell::Cell;
use std::collections::BTreeMap;
use std::ptr;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, Once};

/// Part of a mapping that zeros stand for.
struct Absent {
    /// First address.
    start: usize,
    /// Where the file is mapped meanwhile; 0 when that failed, and the zeros stay until the file is unmapped.
    kept: usize,
}

struct Mapping {
    end: usize,
    /// The rest of the mapping from some page on.
    absent: Option<Absent>,
}

/// Mappings by first address. The handler locks it too: nobody holding it accesses a mapped file.
static MAPPINGS: Mutex<BTreeMap<usize, Mapping>> = Mutex::new(BTreeMap::new());

/// What was done on SIGBUS before; a `libc::sigaction` leaked once.
static PREVIOUS: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    /// Word and bits of [`watch`].
    static WATCHED: Cell<(*const AtomicU32, u32)> = const { Cell::new((ptr::null(), 0)) };
}

fn mappings() -> MutexGuard<'static, BTreeMap<usize, Mapping>> {
    MAPPINGS.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// Has faults of the calling thread set `bits` in `word`; null for none, and then they are no business of this module.
///
/// # Safety
/// The word lives until the thread ends or watches another.
pub unsafe fn watch(word: *const AtomicU32, bits: u32) {
    WATCHED.set((word, bits));
}

/// Maps a file. Accesses may fault as this module's documentation says.
pub fn map(descriptor: i32, protection: i32, flags: i32, offset: i64, length: usize) -> SysResult<usize> {
    install_handler();
    let start = file::map(descriptor, protection, flags, offset, length)?;
    let end = start.saturating_add(length);
    mappings().insert(start, Mapping { end, absent: None });
    Ok(start)
}

/// Unmaps what [`map`] mapped.
///
/// # Safety
/// Nobody uses the range any more.
pub unsafe fn unmap(start: usize, length: usize) -> SysResult<i32> {
    let mut mappings = mappings();
    if let Some(mapping) = mappings.remove(&start)
        && let Some(Absent {
            start: from,
            kept: kept @ 1..,
        }) = mapping.absent
    {
        // SAFETY: the second mapping is this module's own.
        let _ = unsafe { file::unmap(kept, mapping.end - from) };
    }
    // SAFETY: given by the caller. Under the lock, as the range may be mapped anew at once.
    unsafe { file::unmap(start, length) }
}

/// Puts the files back in place that zeros stand for.
#[cold]
pub fn restore() {
    mappings().values_mut().for_each(Mapping::restore);
}

impl Mapping {
    fn restore(&mut self) {
        let Some(Absent {
            start,
            kept: kept @ 1..,
        }) = self.absent
        else {
            return;
        };
        let length = self.end - start;
        // SAFETY: both ranges are this module's; the call replaces one by the other at once.
        let moved = unsafe {
            libc::mremap(
                kept as *mut _,
                length,
                length,
                libc::MREMAP_MAYMOVE | libc::MREMAP_FIXED,
                start as *mut libc::c_void,
            )
        };
        if moved != libc::MAP_FAILED {
            self.absent = None;
        }
    }

    /// Puts zeros in the place of the file from `page` on: what lies behind a missing page is missing too.
    fn replace(&mut self, page: usize) -> bool {
        self.restore();
        let end = self.absent.as_ref().map_or(self.end, |absent| absent.start);
        let kept = if end == self.end {
            map_again(page, end - page)
        } else {
            0
        };
        self.absent = Some(Absent { start: page, kept });
        map_zeros(page, end - page)
    }
}

/// Maps zeros over a range.
fn map_zeros(start: usize, length: usize) -> bool {
    // SAFETY: the range belongs to a mapped file that cannot serve it.
    let address = unsafe {
        libc::mmap(
            start as *mut libc::c_void,
            length,
            libc::PROT_READ | libc::PROT_WRITE,
            libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE | libc::MAP_FIXED,
            -1,
            0,
        )
    };
    address as usize == start
}

/// Maps the pages of a range a second time, wherever the system likes.
fn map_again(start: usize, length: usize) -> usize {
    // A shared mapping is duplicated by resizing it from 0; a private one only by a move that leaves it in place.
    let attempts = [
        (0, libc::MREMAP_MAYMOVE),
        (length, libc::MREMAP_MAYMOVE | libc::MREMAP_DONTUNMAP),
    ];
    for (old_length, flags) in attempts {
        // SAFETY: neither takes anything from where it is but pages that a file gives again.
        let address = unsafe { libc::mremap(start as *mut _, old_length, length, flags) };
        if address != libc::MAP_FAILED {
            return address as usize;
        }
    }
    0
}

/// Makes the access at `address` succeed.
fn serve(address: usize) -> bool {
    let page = address & !(memory::page_size() - 1);
    let mut mappings = mappings();
    let found = mappings.range_mut(..=address).next_back();
    match found.filter(|(_, mapping)| address < mapping.end) {
        Some((_, mapping)) => match &mapping.absent {
            // Another thread was here first, or zeros stay because the file could not be put back.
            Some(absent) if absent.start <= page => true,
            _ => mapping.replace(page),
        },
        // A file that somebody else mapped: the class library's modules.
        None => map_zeros(page, memory::page_size()),
    }
}

extern "C" fn on_fault(signal: libc::c_int, information: *mut libc::siginfo_t, context: *mut libc::c_void) {
    /// `BUS_ADRERR`: the address has no object behind it (unlike broken memory, or a signal that was sent).
    const NO_OBJECT: i32 = 2;
    // SAFETY: the system passes a siginfo; errno is the thread's own and is restored. The fault is synchronous and in
    // code that accesses a mapping, so the lock is not this thread's.
    unsafe {
        let errno = libc::__errno_location();
        let saved = *errno;
        let (word, bits) = WATCHED.get();
        if (*information).si_code == NO_OBJECT && !word.is_null() && serve((*information).si_addr() as usize) {
            (*word).fetch_or(bits, Ordering::SeqCst);
            *errno = saved;
            return;
        }
        *errno = saved;
        pass_on(signal, information, context);
    }
}

/// Has the one before do what it does.
unsafe fn pass_on(signal: libc::c_int, information: *mut libc::siginfo_t, context: *mut libc::c_void) {
    // SAFETY: the pointer is null or leaked once; a handler is called as its flags say.
    unsafe {
        let previous = PREVIOUS.load(Ordering::Acquire) as *const libc::sigaction;
        match previous.as_ref() {
            Some(action) if action.sa_sigaction != libc::SIG_DFL && action.sa_sigaction != libc::SIG_IGN => {
                if action.sa_flags & libc::SA_SIGINFO != 0 {
                    let handler = std::mem::transmute::<
                        usize,
                        extern "C" fn(libc::c_int, *mut libc::siginfo_t, *mut libc::c_void),
                    >(action.sa_sigaction);
                    handler(signal, information, context);
                } else {
                    let handler = std::mem::transmute::<usize, extern "C" fn(libc::c_int)>(action.sa_sigaction);
                    handler(signal);
                }
            }
            // The access is made again and ends the process.
            _ => {
                libc::signal(signal, libc::SIG_DFL);
            }
        }
    }
}

fn install_handler() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        // SAFETY: both structures are fully initialised; the handler keeps to what a synchronous fault allows.
        unsafe {
            let mut previous = Box::new(std::mem::zeroed::<libc::sigaction>());
            let mut action = std::mem::zeroed::<libc::sigaction>();
            action.sa_sigaction = on_fault as extern "C" fn(libc::c_int, *mut libc::siginfo_t, *mut libc::c_void)
                as *const () as libc::sighandler_t;
            action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK;
            libc::sigemptyset(&mut action.sa_mask);
            // Until what was there is known, a fault of none of this module's mappings is made again, with the default action.
            if libc::sigaction(libc::SIGBUS, &action, &mut *previous) == 0 {
                PREVIOUS.store(Box::into_raw(previous) as usize, Ordering::Release);
            }
        }
    });
}

/// Has faults in files that other code mapped served too, with zeros that stay.
pub fn serve_foreign_mappings() {
    install_handler();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::errno::Errno;
    use std::os::fd::AsRawFd;

    fn read(address: usize) -> u8 {
        // SAFETY: mapped by the test.
        unsafe { (address as *const u8).read_volatile() }
    }

    fn truncated_while_mapped(flags: i32) -> Result<(), Errno> {
        let page = memory::page_size();
        let path = std::env::temp_dir().join(format!("peaberry-mapping-{}-{flags}", std::process::id()));
        std::fs::write(&path, vec![7u8; 4 * page]).expect("write");
        let all = std::fs::OpenOptions::new()
            .read(true)
            .write(true)
            .open(&path)
            .expect("open");
        let start = map(all.as_raw_fd(), libc::PROT_READ | libc::PROT_WRITE, flags, 0, 4 * page)?;
        let word = AtomicU32::new(0);
        // SAFETY: undone before the word goes away.
        unsafe { watch(&word, 4) };
        assert_eq!((read(start), word.load(Ordering::SeqCst)), (7, 0));
        all.set_len(page as u64).expect("truncate");
        for at in [start + page, start + 2 * page + 5, start + page] {
            assert_eq!((read(at), word.swap(0, Ordering::SeqCst)), (0, 4));
            // SAFETY: mapped above.
            unsafe { (at as *mut u8).write_volatile(1) };
            assert_eq!((read(at), read(start)), (1, 7));
            restore();
        }
        all.set_len(4 * page as u64).expect("extend");
        assert_eq!((read(start + page), word.load(Ordering::SeqCst)), (0, 0));
        all.set_len(0).expect("truncate");
        assert_eq!((read(start + 3 * page), word.swap(0, Ordering::SeqCst)), (0, 4));
        // The zeros reach to the end; a page before them moves their beginning.
        assert_eq!((read(start), word.swap(0, Ordering::SeqCst)), (0, 4));
        // SAFETY: nobody uses the range or the word any more.
        unsafe {
            restore();
            watch(ptr::null(), 0);
            unmap(start, 4 * page)?;
        }
        std::fs::remove_file(&path).expect("remove");
        Ok(())
    }

    #[test]
    fn accesses_beyond_the_end_of_a_mapped_file_come_back() {
        truncated_while_mapped(libc::MAP_SHARED).expect("shared");
        truncated_while_mapped(libc::MAP_PRIVATE).expect("private");
    }
}

//! Threads that begin at once, on another processor than the one that starts them.
//!
//! A host's scheduler may queue a new thread behind the one that started it, although another processor is idle, and leave it there
//! until that one waits or its time is up: 1.9 ms were measured, where a whole start takes three.

use std::io;
use std::mem::{size_of, zeroed};
use std::os::unix::thread::JoinHandleExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{Builder, JoinHandle, yield_now};

/// Processors that a thread may run on.
pub type Set = libc::cpu_set_t;

/// Those of the calling thread.
pub fn own() -> Set {
    // SAFETY: all-zero is the empty set.
    let mut set = unsafe { zeroed::<Set>() };
    // SAFETY: the set is of the given size.
    unsafe { libc::sched_getaffinity(0, size_of::<Set>(), &mut set) };
    set
}

/// Has the calling thread run on these alone.
pub fn keep_to(set: &Set) {
    // SAFETY: the set is of the given size. What the host refuses stays as it is.
    unsafe { libc::sched_setaffinity(0, size_of::<Set>(), set) };
}

fn current() -> Option<usize> {
    // SAFETY: it takes nothing and fails with a negative number.
    let current = usize::try_from(unsafe { libc::sched_getcpu() }).ok()?;
    (current < libc::CPU_SETSIZE as usize).then_some(current)
}

/// The processor that the calling thread is on, alone; those it may run on where that cannot be told.
pub fn here() -> Set {
    let Some(current) = current() else { return own() };
    // SAFETY: all-zero is the empty set.
    let mut here = unsafe { zeroed::<Set>() };
    // SAFETY: the index is below the set's size.
    unsafe { libc::CPU_SET(current, &mut here) };
    here
}

/// Those of a set but the one that the calling thread is on; the set itself where that leaves none.
pub fn others(set: &Set) -> Set {
    let mut others = *set;
    if let Some(current) = current() {
        // SAFETY: the index is below the set's size.
        unsafe { libc::CPU_CLR(current, &mut others) };
    }
    // SAFETY: the set is whole.
    if unsafe { libc::CPU_COUNT(&others) } > 0 {
        others
    } else {
        *set
    }
}

/// Starts a thread that may run on those of `set` that the calling thread is not on, where there are any, until it says otherwise
/// ([`keep_to`]).
pub fn begin<T: Send + 'static>(
    builder: Builder,
    set: &Set,
    work: impl FnOnce() -> T + Send + 'static,
) -> io::Result<JoinHandle<T>> {
    let placed = Arc::new(AtomicBool::new(false));
    let known = placed.clone();
    let thread = builder.spawn(move || {
        // A thread that had ended could not be placed any more.
        while !known.load(Ordering::Acquire) {
            yield_now();
        }
        work()
    })?;
    let others = others(set);
    // SAFETY: the thread waits, and nobody has joined it; the set is of the given size. What the host refuses stays as it is.
    unsafe { libc::pthread_setaffinity_np(thread.as_pthread_t(), size_of::<Set>(), &others) };
    placed.store(true, Ordering::Release);
    Ok(thread)
}

/// Starts a thread on the processor that the calling thread is on, which is to wait for it, and keeps it there until it may run elsewhere
/// ([`keep_to`]). The calling thread may run on `set` then.
pub fn begin_here<T: Send + 'static>(
    builder: Builder,
    set: &Set,
    work: impl FnOnce() -> T + Send + 'static,
) -> io::Result<JoinHandle<T>> {
    // What a thread begins with is what the one has that starts it.
    keep_to(&here());
    let thread = builder.spawn(work);
    keep_to(set);
    thread
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The processors of a set.
    fn members(set: &Set) -> Vec<usize> {
        let all = 0..libc::CPU_SETSIZE as usize;
        // SAFETY: the index is below the set's size.
        all.filter(|&processor| unsafe { libc::CPU_ISSET(processor, set) })
            .collect()
    }

    #[test]
    fn a_thread_may_run_where_it_was_told_and_gives_its_result() {
        let all = own();
        let found = begin(Builder::new(), &all, || members(&own())).expect("thread").join();
        let found = found.expect("result");
        assert!(
            found.iter().all(|processor| members(&all).contains(processor)),
            "{found:?}"
        );
        assert_eq!(found.len(), members(&all).len().saturating_sub(1).max(1));
        let last = *members(&all).last().expect("a processor");
        // SAFETY: all-zero is the empty set.
        let mut one = unsafe { zeroed::<Set>() };
        // SAFETY: the index is below the set's size.
        unsafe { libc::CPU_SET(last, &mut one) };
        for _ in 0..50 {
            let found = begin(Builder::new(), &one, || members(&own())).expect("thread").join();
            assert_eq!(found.expect("result"), [last]);
            assert_eq!(members(&own()), members(&all), "the starting thread's own");
        }
        let found = begin_here(Builder::new(), &all, || members(&own()))
            .expect("thread")
            .join();
        assert_eq!(found.expect("result").len(), 1);
        assert_eq!(members(&own()), members(&all));
    }
}

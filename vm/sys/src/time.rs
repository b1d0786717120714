//! Clocks.

fn read(clock: libc::clockid_t) -> (i64, i64) {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the call fills the structure; on failure it stays zero.
    unsafe { libc::clock_gettime(clock, &mut time) };
    (time.tv_sec, time.tv_nsec)
}

fn nanoseconds(clock: libc::clockid_t) -> i64 {
    let (seconds, nanoseconds) = read(clock);
    seconds.wrapping_mul(1_000_000_000).wrapping_add(nanoseconds)
}

/// Nanoseconds of a clock that never goes back; its origin means nothing.
pub fn monotonic_nanoseconds() -> i64 {
    nanoseconds(libc::CLOCK_MONOTONIC)
}

/// Wall-clock time since 1970-01-01 00:00 UTC: (seconds, nanoseconds).
pub fn wall_clock() -> (i64, i64) {
    read(libc::CLOCK_REALTIME)
}

/// Processor time of the calling thread, nanoseconds.
pub fn thread_cpu_nanoseconds() -> i64 {
    nanoseconds(libc::CLOCK_THREAD_CPUTIME_ID)
}

/// Processor time of the whole process, nanoseconds.
pub fn process_cpu_nanoseconds() -> i64 {
    nanoseconds(libc::CLOCK_PROCESS_CPUTIME_ID)
}

/// Processor time of the whole process in user mode and in the system, nanoseconds.
pub fn process_times() -> [i64; 2] {
    let mut usage = std::mem::MaybeUninit::<libc::rusage>::zeroed();
    // SAFETY: getrusage fills the structure, of which all-zero is a valid value.
    let usage = unsafe {
        libc::getrusage(libc::RUSAGE_SELF, usage.as_mut_ptr());
        usage.assume_init()
    };
    [usage.ru_utime, usage.ru_stime].map(|time| time.tv_sec * 1_000_000_000 + time.tv_usec * 1_000)
}

/// Processor time of the calling thread in user mode, nanoseconds.
pub fn thread_user_nanoseconds() -> i64 {
    let mut usage = std::mem::MaybeUninit::<libc::rusage>::zeroed();
    // SAFETY: getrusage fills the structure, of which all-zero is a valid value.
    let usage = unsafe {
        libc::getrusage(libc::RUSAGE_THREAD, usage.as_mut_ptr());
        usage.assume_init()
    };
    usage.ru_utime.tv_sec * 1_000_000_000 + usage.ru_utime.tv_usec * 1_000
}

/// A clock that reads another thread's processor time.
#[derive(Clone, Copy, Debug)]
pub struct ThreadClock(libc::clockid_t);

impl ThreadClock {
    /// The calling thread's clock, to be read by other threads while it lives.
    pub fn of_current_thread() -> Option<ThreadClock> {
        let mut clock: libc::clockid_t = 0;
        // SAFETY: the calling thread is alive and the result is written to a local.
        let result = unsafe { libc::pthread_getcpuclockid(libc::pthread_self(), &mut clock) };
        (result == 0).then_some(ThreadClock(clock))
    }

    /// The system's number for the thread: Linux has it, inverted, in all bits but the lowest three of the clock's, and the C
    /// library makes the clock's of what it knows, without a system call.
    pub(crate) fn native_id(self) -> u64 {
        !(self.0 >> 3) as u64
    }

    /// Processor time so far, nanoseconds; `None` when the thread has ended.
    pub fn nanoseconds(self) -> Option<i64> {
        let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
        // SAFETY: the call fills the structure or fails.
        let result = unsafe { libc::clock_gettime(self.0, &mut time) };
        (result == 0).then(|| time.tv_sec.wrapping_mul(1_000_000_000).wrapping_add(time.tv_nsec))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_advance() {
        let start = monotonic_nanoseconds();
        assert!(wall_clock().0 > 1_600_000_000);
        assert!(thread_cpu_nanoseconds() > 0 && process_cpu_nanoseconds() > 0 && thread_user_nanoseconds() >= 0);
        assert!(
            ThreadClock::of_current_thread()
                .and_then(ThreadClock::nanoseconds)
                .is_some()
        );
        assert!(monotonic_nanoseconds() >= start);
    }
}

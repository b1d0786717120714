//! A guest that measures: what a served system call and the first touch of 2 MiB cost in processor time, as the least of
//! several rounds.

#[repr(C)]
struct Time {
    seconds: i64,
    nanoseconds: i64,
}

// SAFETY: the C library's own declarations.
unsafe extern "C" {
    fn getppid() -> i32;
    fn clock_gettime(clock: i32, time: *mut Time) -> i32;
}

/// Processor time of this thread so far, in microseconds.
fn now() -> f64 {
    const THREAD_PROCESSOR_TIME: i32 = 3;
    let mut time = Time {
        seconds: 0,
        nanoseconds: 0,
    };
    // SAFETY: writes one structure.
    unsafe { clock_gettime(THREAD_PROCESSOR_TIME, &mut time) };
    time.seconds as f64 * 1e6 + time.nanoseconds as f64 / 1e3
}

fn least(rounds: usize, count: u32, mut f: impl FnMut()) -> f64 {
    let one = |_| {
        let begun = now();
        (0..count).for_each(|_| f());
        (now() - begun) / f64::from(count)
    };
    (0..rounds).map(one).fold(f64::INFINITY, f64::min)
}

fn main() {
    // SAFETY: no preconditions.
    let call = || assert!(unsafe { getppid() } >= 0);
    println!("system call {:.2} µs", least(20, 1000, call));
    let mut memory: Vec<u8> = Vec::with_capacity(128 << 20);
    let mut at = 0;
    let touch = || {
        // SAFETY: within the reserved memory.
        unsafe { memory.as_mut_ptr().add(at).write_volatile(1) };
        at += 2 << 20;
    };
    println!("first touch of 2 MiB {:.0} µs", least(6, 10, touch));
}

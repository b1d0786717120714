//! A guest that reads clocks: they are those that a system call tells, run forwards in all threads alike, and cost little.

use std::arch::asm;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

// SAFETY: the C library's own declaration.
unsafe extern "C" {
    fn clock_gettime(clock: i32, time: *mut [u64; 2]) -> i32;
}

fn library(clock: i32) -> u64 {
    let mut time = [0; 2];
    // SAFETY: writes one structure.
    unsafe { clock_gettime(clock, &mut time) };
    time[0] * 1_000_000_000 + time[1]
}

fn served(clock: i32) -> u64 {
    let mut time = [0u64; 2];
    // SAFETY: writes one structure.
    unsafe {
        asm!("syscall", inlateout("rax") 228 => _, in("rdi") clock, in("rsi") &mut time, in("r9") 0, lateout("rcx") _,
            lateout("r11") _);
    }
    time[0] * 1_000_000_000 + time[1]
}

static LATEST: AtomicU64 = AtomicU64::new(0);

/// Each reading is no earlier than any that another thread has made known.
fn forwards(until: Instant) -> u64 {
    let mut count = 0;
    while Instant::now() < until {
        let before = LATEST.load(Ordering::SeqCst);
        let now = library(1);
        assert!(now >= before, "{now} after {before}");
        LATEST.fetch_max(now, Ordering::SeqCst);
        count += 1;
    }
    count
}

fn main() {
    for clock in [0, 1] {
        for _ in 0..3 {
            let (before, now, after) = (served(clock), library(clock), served(clock));
            // What is slewed is off by little.
            let slack = 20_000_000;
            assert!(before < now + slack && now < after + slack, "{clock}: {before} {now} {after}");
        }
        std::thread::sleep(Duration::from_millis(1200));
    }
    let until = Instant::now() + Duration::from_millis(2500);
    let threads = [(); 2].map(|()| std::thread::spawn(move || forwards(until)));
    let counts = threads.map(|thread| thread.join().expect("join"));
    let day = SystemTime::now().duration_since(UNIX_EPOCH).expect("time").as_nanos() as u64;
    assert!(day.abs_diff(served(0)) < 20_000_000);
    println!("{}", counts.iter().all(|&count| count > 100_000));
}

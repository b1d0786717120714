//! A guest: threads, locks, channels, thread-local values, sleeping.

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Barrier, Mutex, mpsc};
use std::time::{Duration, Instant};

thread_local! {
    static OWN: Cell<u64> = const { Cell::new(1) };
}

// SAFETY: the C library's own declaration.
unsafe extern "C" {
    fn syscall(number: i64, ...) -> i64;
}

/// Structures for `clone3` that ask for what there is not, or are none; the last is a process.
fn refused() -> bool {
    const CLONE3: i64 = 435;
    const THREAD: u64 = 0x0009_0f00;
    let structures: [([u64; 12], usize); 6] = [
        ([THREAD; 12], 56),
        ([THREAD, 0, 0, 0, 17, 0, 0, 0, 0, 0, 0, 0], 88),
        ([THREAD, 0, 0, 0, 0, 4096, 0, 0, 0, 0, 0, 0], 88),
        ([THREAD, 0, 0, 0, 0, u64::MAX, 4096, 0, 0, 0, 0, 0], 88),
        ([THREAD, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0], 88),
        ([0; 12], 64),
    ];
    // SAFETY: structures of at least the lengths given, and an address and a length that are none.
    unsafe {
        structures.iter().all(|(words, bytes)| syscall(CLONE3, words.as_ptr(), *bytes) == -1)
            && syscall(CLONE3, 8u64, 88u64) == -1
            && syscall(CLONE3, structures.as_ptr(), u64::MAX) == -1
    }
}

fn main() {
    assert!(refused());
    let total = Arc::new(AtomicU64::new(0));
    let list = Arc::new(Mutex::new(Vec::new()));
    for _ in 0..3 {
        let barrier = Arc::new(Barrier::new(8));
        let threads: Vec<_> = (0..8u64)
            .map(|number| {
                let (total, list, barrier) = (total.clone(), list.clone(), barrier.clone());
                std::thread::spawn(move || {
                    barrier.wait();
                    for _ in 0..10_000 {
                        OWN.set(OWN.get() + 1);
                        total.fetch_add(1, Ordering::Relaxed);
                    }
                    list.lock().expect("lock").push(number);
                    OWN.get()
                })
            })
            .collect();
        assert!(threads.into_iter().all(|thread| thread.join().expect("join") == 10_001));
    }
    println!("{} {}", total.load(Ordering::Relaxed), list.lock().expect("lock").len());
    let (to, from) = mpsc::channel();
    let (back, answers) = mpsc::channel();
    std::thread::spawn(move || from.iter().for_each(|number: u64| back.send(number * 2).expect("send")));
    let sum: u64 = (0..200)
        .map(|number| {
            to.send(number).expect("send");
            answers.recv().expect("receive")
        })
        .sum();
    println!("{sum}");
    let begun = Instant::now();
    std::thread::sleep(Duration::from_millis(20));
    println!("{}", begun.elapsed() >= Duration::from_millis(20));
    println!("{}", std::thread::available_parallelism().expect("processors"));
    // One that never ends does not keep the guest.
    std::thread::spawn(|| std::thread::sleep(Duration::from_secs(1000)));
    std::thread::spawn(|| loop { std::hint::spin_loop() });
}

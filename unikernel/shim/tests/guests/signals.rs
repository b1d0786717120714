//! A guest that handles signals: sent to itself, to its threads, faults of its own, those that the monitor gets.

use std::arch::asm;
use std::sync::atomic::{AtomicI32, AtomicU64, Ordering};

#[repr(C)]
struct Action {
    handler: usize,
    mask: [u64; 16],
    flags: i32,
    restorer: usize,
}

// SAFETY: the C library's own declarations.
unsafe extern "C" {
    fn sigaction(signal: i32, new: *const Action, old: *mut Action) -> i32;
    fn raise(signal: i32) -> i32;
    fn kill(process: i32, signal: i32) -> i32;
    fn pthread_self() -> usize;
    fn pthread_kill(thread: usize, signal: i32) -> i32;
    fn pthread_sigmask(how: i32, new: *const [u64; 16], old: *mut [u64; 16]) -> i32;
    fn read(descriptor: i32, bytes: *mut u8, count: usize) -> isize;
    fn write(descriptor: i32, bytes: *const u8, count: usize) -> isize;
    fn pipe(ends: *mut i32) -> i32;
    fn getpid() -> i32;
}

const USER: i32 = 10;
const OTHER: i32 = 12;
const TERMINATE: i32 = 15;
const RESTART: i32 = 0x1000_0000;
const INFORMED: i32 = 4;
const ON_STACK: i32 = 0x0800_0000;

static SEEN: AtomicI32 = AtomicI32::new(0);
static LAST: AtomicI32 = AtomicI32::new(0);
static ADDRESS: AtomicU64 = AtomicU64::new(0);

extern "C" fn count(signal: i32) {
    // Registers that whoever was interrupted uses.
    let mut sum = 0.5f64;
    for index in 0..100 {
        sum = sum * 1.5 + f64::from(index);
    }
    std::hint::black_box(sum);
    LAST.store(signal, Ordering::SeqCst);
    SEEN.fetch_add(1, Ordering::SeqCst);
}

/// Steps over an instruction of two bytes, as a handler of faults may.
extern "C" fn step_over(_: i32, information: *const u64, context: *mut u64) {
    // SAFETY: what the system passes: the address is the third word, the instruction's is the 22nd of the context.
    unsafe {
        ADDRESS.store(*information.add(2), Ordering::SeqCst);
        *context.add(5 + 16) += 2;
    }
}

fn handle(signal: i32, handler: usize, flags: i32) {
    let action = Action {
        handler,
        mask: [0; 16],
        flags,
        restorer: 0,
    };
    // SAFETY: the structure outlives the call.
    assert_eq!(unsafe { sigaction(signal, &action, std::ptr::null_mut()) }, 0);
}

fn seen() -> i32 {
    SEEN.load(Ordering::SeqCst)
}

fn own_signals() {
    handle(USER, count as extern "C" fn(i32) as usize, 0);
    let mut mask = [0u64; 16];
    mask[0] = 1 << (USER - 1);
    // SAFETY: arrays that outlive the calls.
    unsafe {
        raise(USER);
        assert_eq!(seen(), 1);
        kill(getpid(), USER);
        assert_eq!(seen(), 2);
        pthread_sigmask(0, &mask, std::ptr::null_mut());
        raise(USER);
        raise(USER);
        assert_eq!(seen(), 2);
        pthread_sigmask(1, &mask, std::ptr::null_mut());
        assert_eq!((seen(), LAST.load(Ordering::SeqCst)), (3, USER));
    }
}

/// A read that a signal interrupts, once ending and once beginning anew.
fn interrupted_calls() {
    handle(OTHER, count as extern "C" fn(i32) as usize, RESTART);
    for (signal, expected) in [(USER, -1), (OTHER, 1)] {
        let mut ends = [0; 2];
        // SAFETY: writes two descriptors.
        unsafe { pipe(ends.as_mut_ptr()) };
        // SAFETY: no preconditions.
        let reader = unsafe { pthread_self() };
        let before = seen();
        let sender = std::thread::spawn(move || {
            while seen() == before {
                std::thread::sleep(std::time::Duration::from_millis(20));
                // SAFETY: the thread waits for this one.
                unsafe { pthread_kill(reader, signal) };
            }
            if expected == 1 {
                // SAFETY: writes one byte.
                unsafe { write(ends[1], b"x".as_ptr(), 1) };
            }
        });
        let mut byte = 0;
        // SAFETY: reads one byte.
        let count = unsafe { read(ends[0], &mut byte, 1) };
        assert_eq!(count, expected, "{signal}");
        sender.join().expect("join");
    }
}

/// A thread that computes is interrupted wherever it is, and goes on with all its registers.
fn interrupted_computations() {
    // SAFETY: no preconditions.
    let worker = unsafe { pthread_self() };
    let done = std::sync::Arc::new(AtomicI32::new(0));
    let sent = done.clone();
    let before = seen();
    let sender = std::thread::spawn(move || {
        let mut count = 0;
        while sent.load(Ordering::SeqCst) == 0 {
            // SAFETY: the thread waits for this one.
            unsafe { pthread_kill(worker, USER) };
            count += 1;
            std::thread::sleep(std::time::Duration::from_micros(300));
        }
        count
    });
    let expected = (0..3_000_000u64).fold((1u64, 1.0f64), |(whole, part), index| {
        (whole.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(index), part * 0.999 + index as f64)
    });
    while seen() < before + 20 {
        let again = (0..3_000_000u64).fold((1u64, 1.0f64), |(whole, part), index| {
            (whole.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(index), part * 0.999 + index as f64)
        });
        assert_eq!(again, expected);
    }
    done.store(1, Ordering::SeqCst);
    assert!(sender.join().expect("join") >= 20);
}

fn faults() {
    let handler = step_over as extern "C" fn(i32, *const u64, *mut u64) as usize;
    for signal in [4, 8, 11] {
        handle(signal, handler, INFORMED | ON_STACK);
    }
    let (mut kept, mut floating) = (7u64, 2.5f64);
    // SAFETY: the handlers step over these instructions, each of two bytes.
    unsafe {
        asm!("mov [{0}], eax", in(reg) 0x1234usize, in("eax") 1, inout("r15") kept);
        assert_eq!(ADDRESS.load(Ordering::SeqCst), 0x1234);
        asm!("ud2", inout("xmm9") floating);
        asm!("div {0:e}", in(reg) 0, in("eax") 1, in("edx") 0);
        // A port that is nobody's: `out dx, al` is of one byte.
        asm!("out dx, al", "nop", in("dx") 0x80u16, in("al") 0u8);
    }
    assert_eq!((kept, floating), (7, 2.5));
}

/// An address that is no signal frame.
fn forged_return(stack: u64) {
    // SAFETY: ends the guest, which is what is tested.
    unsafe {
        asm!("mov rsp, {0}", "mov eax, 15", "syscall", "ud2", in(reg) stack);
    }
}

fn main() {
    let argument = std::env::args().nth(1).unwrap_or_default();
    match argument.as_str() {
        "wait" => {
            handle(TERMINATE, count as extern "C" fn(i32) as usize, 0);
            println!("waiting");
            while seen() == 0 {
                std::thread::sleep(std::time::Duration::from_millis(10));
            }
            println!("ended by {}", LAST.load(Ordering::SeqCst));
            std::process::exit(3);
        }
        "default" => {
            println!("waiting");
            loop {
                std::hint::spin_loop();
            }
        }
        "nowhere" => forged_return(0),
        "forged" => {
            // All bits set: no instruction's address, no state of a processor.
            let frame = vec![u64::MAX; 1024].leak();
            forged_return(frame.as_ptr() as u64);
        }
        "state" => {
            let frame = vec![0u64; 2048].leak();
            frame[1024..].fill(u64::MAX);
            frame[5 + 16] = forged_return as fn(u64) as usize as u64;
            frame[5 + 15] = frame.as_ptr() as u64;
            frame[5 + 23] = frame[1024..].as_ptr() as u64;
            forged_return(frame.as_ptr() as u64);
        }
        _ => {
            own_signals();
            interrupted_calls();
            interrupted_computations();
            faults();
            println!("handled");
        }
    }
}

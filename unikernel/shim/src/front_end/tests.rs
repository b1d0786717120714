//! The code, executed by the test itself at the addresses that it has in a guest, and the `syscall` in it by the host.

use super::*;
use crate::memory::CHUNK;
use crate::signals::UNSTOPPABLE;
use std::arch::asm;
use std::cell::Cell;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

/// What a call left: the result and whether it was answered, or what was in `rax` before and that it was not.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Left {
    Answered(i64),
    Unanswered,
}
use Left::{Answered, Unanswered};

/// The front end's part of a guest's memory, mapped where a guest has it; one test at a time changes it.
struct Part {
    front_end: FrontEnd,
    _alone: MutexGuard<'static, ()>,
}

fn part() -> Part {
    static ALONE: Mutex<()> = Mutex::new(());
    static MAPPED: OnceLock<Arc<GuestMemory>> = OnceLock::new();
    let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let memory = MAPPED.get_or_init(|| {
        let memory = GuestMemory::new(2 * CHUNK).expect("memory");
        let host = memory.host_range(CHUNK, place::BYTES as usize).expect("memory");
        let (bytes, wanted) = (place::BYTES as usize, place::BASE as *mut libc::c_void);
        // SAFETY: the first mapping takes addresses that this process has nothing at, the second the place of pages that nobody has used
        // yet; both show the same pages.
        unsafe {
            let descriptor = libc::memfd_create(c"front end".as_ptr(), 0);
            assert!(descriptor >= 0 && libc::ftruncate(descriptor, bytes as i64) == 0);
            let all = libc::PROT_READ | libc::PROT_WRITE | libc::PROT_EXEC;
            let fixed = libc::MAP_SHARED | libc::MAP_FIXED_NOREPLACE;
            assert_eq!(libc::mmap(wanted, bytes, all, fixed, descriptor, 0), wanted);
            let shown = libc::MAP_SHARED | libc::MAP_FIXED;
            let here = libc::mmap(
                host.cast(),
                bytes,
                libc::PROT_READ | libc::PROT_WRITE,
                shown,
                descriptor,
                0,
            );
            assert_eq!(here, host.cast());
        }
        memory
    });
    memory.zero(CHUNK, place::BYTES as usize);
    assert!(memory.write(CHUNK + place::CODE, code().bytes));
    let front_end = FrontEnd::new(memory.clone(), CHUNK);
    let facts = Facts {
        base_instructions: false,
        stack_limit: 12_345,
        processors: 3,
        name: &crate::hypercalls::names(),
        directory: b"/some/where",
        leaves: &leaves(),
        streams: STREAMS,
    };
    front_end.begin(&facts).expect("begin");
    front_end.thread(2).expect("place").begin(77);
    set_thread(2);
    Part {
        front_end,
        _alone: alone,
    }
}

const STREAMS: [Option<Stream>; 3] = [
    Some(Stream {
        flags: 0x8802,
        terminal: true,
    }),
    None,
    Some(Stream {
        flags: 0x8001,
        terminal: false,
    }),
];

fn leaves() -> [kvm_cpuid_entry2; 6] {
    let leaf = |function, index, flags, eax| kvm_cpuid_entry2 {
        function,
        index,
        flags,
        eax,
        ebx: eax + 1,
        ecx: eax + 2,
        edx: eax + 3,
        ..Default::default()
    };
    let indexed = KVM_CPUID_FLAG_SIGNIFCANT_INDEX;
    [
        leaf(0, 0, 0, 100),
        leaf(1, 0, 0, 200),
        leaf(4, 0, indexed, 300),
        leaf(4, 1, indexed, 400),
        leaf(0xd, 0, indexed, 500),
        leaf(0x8000_0001, 0, 0, 600),
    ]
}

/// `cpuid` as programs are led to it: the four registers, if it was answered.
fn identify(leaf: u32, index: u32) -> Option<[u64; 4]> {
    let (mut rax, mut rcx, mut r11) = (u64::from(leaf), u64::from(index), 0x3333u64);
    let (rbx, rdx): (u64, u64);
    let carry: u8;
    // SAFETY: the code works on the pages mapped for it.
    unsafe {
        asm!(
            "push rbx",
            "lea rsp, [rsp - 128]",
            "call r12",
            "lea rsp, [rsp + 128]",
            "setc r13b",
            "mov r12, rbx",
            "pop rbx",
            inout("rax") rax,
            inout("rcx") rcx,
            inout("r11") r11,
            inout("r12") CODE_BASE + code().identify => rbx,
            out("rdx") rdx,
            out("r13b") carry,
        );
    }
    assert_eq!(r11, 0x3333);
    if carry != 0 {
        assert_eq!((rax, rcx), (leaf.into(), index.into()));
        return None;
    }
    Some([rax, rbx, rcx, rdx])
}

#[test]
fn processors_are_what_all_of_them_are() {
    let _part = part();
    for (leaf, index, first) in [
        (0, 0, 100),
        (0, 7, 100),
        (4, 0, 300),
        (4, 1, 400),
        (0x8000_0001, 9, 600),
    ] {
        assert_eq!(identify(leaf, index), Some([first, first + 1, first + 2, first + 3]));
    }
    // What is another one's, or what differs.
    for (leaf, index) in [(1, 0), (2, 0), (4, 2), (0xd, 0), (u32::MAX, 0)] {
        assert_eq!(identify(leaf, index), None);
    }
    let many = [leaves()[0]; 1000];
    assert!(identity(&many).len() as u64 + place::LEAF <= place::CODE - place::IDENTITY);
}

fn set_thread(processor: u64) {
    const SET_GS: i32 = 0x1001;
    // SAFETY: nobody uses this register in a program of 64 bits.
    let set = unsafe { libc::syscall(libc::SYS_arch_prctl, SET_GS, FrontEnd::thread_address(processor)) };
    assert_eq!(set, 0);
}

/// Calls it as programs are led to it, and looks at the registers that it must keep.
fn call(number: i64, arguments: [u64; 6]) -> Left {
    let [rdi, rsi, rdx, r10, r8, r9] = arguments;
    let (mut rax, mut carry) = (number as u64, 0u8);
    let mut kept = [rdi, rsi, rdx, r10, r8, r9, 0x1111, 0x2222];
    // SAFETY: the code works on the pages mapped for it and on what the arguments point at.
    unsafe {
        asm!(
            "push rbx",
            "push r15",
            "mov rbx, 0x1111",
            "mov r15, 0x2222",
            "lea rsp, [rsp - 128]",
            "call r12",
            "lea rsp, [rsp + 128]",
            "setc r13b",
            "mov r12, rbx",
            "mov r14, r15",
            "pop r15",
            "pop rbx",
            inout("rax") rax,
            inout("rdi") kept[0],
            inout("rsi") kept[1],
            inout("rdx") kept[2],
            inout("r10") kept[3],
            inout("r8") kept[4],
            inout("r9") kept[5],
            inout("r12") CODE_BASE => kept[6],
            inout("r13b") carry,
            out("r14") kept[7],
            out("rcx") _,
            out("r11") _,
        );
    }
    assert_eq!(kept, [rdi, rsi, rdx, r10, r8, r9, 0x1111, 0x2222], "call {number}");
    match carry {
        0 => Answered(rax as i64),
        _ => {
            assert_eq!(rax, number as u64);
            Unanswered
        }
    }
}

fn ask(number: i64) -> Left {
    call(number, [0; 6])
}

/// Where the code finds what it is to read, and, if it is in a cell, may write.
fn at<T>(value: &T) -> u64 {
    std::ptr::from_ref(value) as u64
}

#[test]
fn what_does_not_change_is_known() {
    let part = part();
    for (number, answer) in [
        (libc::SYS_getpid, 1),
        (libc::SYS_gettid, 77),
        (libc::SYS_getuid, 0),
        (libc::SYS_getegid, 0),
        (libc::SYS_getppid, 0),
        (libc::SYS_set_robust_list, 0),
        (libc::SYS_rseq, -i64::from(libc::ENOSYS)),
    ] {
        assert_eq!(ask(number), Answered(answer), "{number}");
    }
    for number in [
        libc::SYS_read,
        libc::SYS_futex,
        libc::SYS_clone,
        libc::SYS_exit_group,
        511,
        1 << 20,
    ] {
        assert_eq!(ask(number), Unanswered, "{number}");
    }
    let name = Cell::new([0u8; 400]);
    assert_eq!(call(libc::SYS_uname, [at(&name), 0, 0, 0, 0, 0]), Answered(0));
    assert_eq!(name.get()[..390], crate::hypercalls::names()[..]);
    assert_eq!(name.get()[390..], [0; 10]);
    let directory = Cell::new([1u8; 16]);
    assert_eq!(call(libc::SYS_getcwd, [at(&directory), 12, 0, 0, 0, 0]), Answered(12));
    assert_eq!(&directory.get(), b"/some/where\0\x01\x01\x01\x01");
    assert_eq!(call(libc::SYS_getcwd, [at(&directory), 11, 0, 0, 0, 0]), Unanswered);
    let set = Cell::new([0u64; 2]);
    assert_eq!(
        call(libc::SYS_sched_getaffinity, [0, 16, at(&set), 0, 0, 0]),
        Answered(8)
    );
    assert_eq!(set.get(), [7, 0]);
    assert_eq!(call(libc::SYS_sched_getaffinity, [0, 4, at(&set), 0, 0, 0]), Unanswered);
    let limit = Cell::new([0u64; 2]);
    let stack = libc::RLIMIT_STACK as u64;
    assert_eq!(call(libc::SYS_prlimit64, [0, stack, 0, at(&limit), 0, 0]), Answered(0));
    assert_eq!(limit.get(), [12_345; 2]);
    assert_eq!(call(libc::SYS_prlimit64, [0, stack, at(&limit), 0, 0, 0]), Unanswered);
    assert_eq!(call(libc::SYS_prlimit64, [0, 7, 0, at(&limit), 0, 0]), Unanswered);
    part.front_end.end();
    assert_eq!(ask(libc::SYS_getpid), Unanswered);
}

#[test]
fn standard_streams_are_known_as_they_began() {
    let part = part();
    let flags = |number: u64| call(libc::SYS_fcntl, [number, libc::F_GETFL as u64, 0, 0, 0, 0]);
    let attributes = |number: u64| call(libc::SYS_ioctl, [number, libc::TCGETS, 0, 0, 0, 0]);
    assert_eq!([flags(0), flags(2)], [Answered(0x8802), Answered(0x8001)]);
    assert_eq!(attributes(2), Answered(-i64::from(libc::ENOTTY)));
    for number in [0, 1, 3, u64::MAX] {
        assert_eq!(attributes(number), Unanswered, "{number}");
    }
    for number in [1, 3, u64::from(u32::MAX)] {
        assert_eq!(flags(number), Unanswered, "{number}");
    }
    // Descriptors have 32 bits.
    assert_eq!(flags(2 | 1 << 32), Answered(0x8001));
    for (number, second) in [
        (libc::SYS_fcntl, libc::F_SETFL as u64),
        (libc::SYS_fcntl, libc::F_DUPFD as u64),
        (libc::SYS_ioctl, libc::TIOCGWINSZ),
    ] {
        assert_eq!(call(number, [2, second, 0, 0, 0, 0]), Unanswered, "{number} {second}");
    }
    part.front_end.forget_stream(3);
    part.front_end.forget_stream(2);
    assert_eq!([flags(2), attributes(2)], [Unanswered; 2]);
    assert_eq!(flags(0), Answered(0x8802));
}

#[test]
fn actions_are_the_monitors_and_the_programs() {
    let part = part();
    let action = |signal: u64, new: u64, old: u64| call(libc::SYS_rt_sigaction, [signal, new, old, 8, 0, 0]);
    for signal in (1..=SIGNALS).filter(|signal| ![9, 19].contains(signal)) {
        let (first, second) = ([signal, 2, 3, 4], [5, 6, 7, signal]);
        let old = Cell::new([9u64; 4]);
        assert_eq!(action(signal, at(&first), at(&old)), Answered(0));
        assert_eq!(old.get(), [0; 4]);
        assert_eq!(
            part.front_end.action(signal),
            Action {
                handler: signal,
                flags: 2,
                restorer: 3,
                mask: 4
            }
        );
        assert_eq!(action(signal, at(&second), 0), Answered(0));
        part.front_end.set_action(
            signal,
            &Action {
                handler: 8,
                ..part.front_end.action(signal)
            },
        );
        assert_eq!(action(signal, 0, at(&old)), Answered(0));
        assert_eq!(old.get(), [8, 6, 7, signal]);
        // The same place for both.
        let both = Cell::new([1u64; 4]);
        assert_eq!(action(signal, at(&both), at(&both)), Answered(0));
        assert_eq!(both.get(), [8, 6, 7, signal]);
        assert_eq!(part.front_end.action(signal).handler, 1);
    }
    for signal in [0, 9, 19, 65, u64::MAX] {
        assert_eq!(action(signal, 0, 0), Unanswered, "{signal}");
    }
    assert_eq!(call(libc::SYS_rt_sigaction, [1, 0, 0, 4, 0, 0]), Unanswered);
}

#[test]
fn masks_are_the_monitors_and_the_programs() {
    let part = part();
    let thread = part.front_end.thread(2).expect("place");
    let old = Cell::new(99u64);
    let mask = |how: i32, new: u64| call(libc::SYS_rt_sigprocmask, [how as u64, at(&new), at(&old), 8, 0, 0]);
    for (how, new, before, after) in [
        (libc::SIG_SETMASK, 0b1100, 0, 0b1100),
        (libc::SIG_BLOCK, 0b0110, 0b1100, 0b1110),
        (libc::SIG_UNBLOCK, 0b0100, 0b1110, 0b1010),
        (libc::SIG_SETMASK, u64::MAX, 0b1010, !UNSTOPPABLE),
        (libc::SIG_SETMASK, 0, !UNSTOPPABLE, 0),
    ] {
        assert_eq!(mask(how, new), Answered(0));
        assert_eq!((old.get(), thread.blocked().load(Ordering::SeqCst)), (before, after));
    }
    thread.blocked().store(5, Ordering::SeqCst);
    assert_eq!(call(libc::SYS_rt_sigprocmask, [0, 0, at(&old), 8, 0, 0]), Answered(0));
    assert_eq!((old.get(), thread.blocked().load(Ordering::SeqCst)), (5, 5));
    assert_eq!(mask(3, 0), Unanswered);
    assert_eq!(call(libc::SYS_rt_sigprocmask, [0, at(&old), 0, 16, 0, 0]), Unanswered);
    // With a signal that was sent the way leads through a call, and nothing else changes.
    part.front_end.note_sent(1);
    assert_eq!(mask(libc::SIG_SETMASK, 4), Answered(0));
    assert_eq!((old.get(), thread.blocked().load(Ordering::SeqCst)), (5, 4));
    // A thread without a place is answered nothing.
    set_thread(u64::MAX);
    assert_eq!(mask(libc::SIG_SETMASK, 0), Unanswered);
    assert_eq!(ask(libc::SYS_gettid), Unanswered);
    assert_eq!(ask(libc::SYS_set_tid_address), Unanswered);
    set_thread(2);
    assert_eq!(call(libc::SYS_set_tid_address, [0x1234, 0, 0, 0, 0, 0]), Answered(77));
    assert_eq!(thread.clear_at_end().load(Ordering::SeqCst), 0x1234);
}

#[test]
fn the_break_moves_where_memory_is_mapped() {
    let part = part();
    let set = |wanted: u64| call(libc::SYS_brk, [wanted, 0, 0, 0, 0, 0]);
    part.front_end.set_break(0x1000, 0x1000, 0x9000);
    assert_eq!(
        [set(0), set(0x3001), set(0xfff), set(0x9000)],
        [0x1000, 0x3001, 0x3001, 0x9000].map(Answered)
    );
    assert_eq!(part.front_end.break_now(), 0x9000);
    assert_eq!([set(0x9001), set(0x8fff), set(u64::MAX)], [Unanswered; 3]);
    assert_eq!(set(0), Answered(0x9000));
}

#[test]
fn random_bytes_are_given_once() {
    let part = part();
    let mut pool = [0; place::RANDOM_BYTES as usize];
    let read = |pool: &mut [u8]| part.front_end.memory.read(CHUNK + place::FACTS + place::RANDOM, pool);
    assert!(read(&mut pool));
    let mut given = Vec::new();
    let bytes = Cell::new([0u8; 40]);
    while let Answered(count) = call(libc::SYS_getrandom, [at(&bytes), 20, 0, 0, 0, 0]) {
        assert_eq!((count, &bytes.get()[20..]), (20, &[0; 20][..]));
        given.extend_from_slice(&bytes.get()[..20]);
    }
    assert!(given.len() > pool.len() - 64 && pool.starts_with(&given));
    assert!(read(&mut pool));
    assert_eq!(pool[..given.len()], vec![0; given.len()]);
    assert_eq!(call(libc::SYS_getrandom, [at(&bytes), 33, 0, 0, 0, 0]), Unanswered);
    assert_eq!(call(libc::SYS_getrandom, [at(&bytes), 8, 8, 0, 0, 0]), Unanswered);
}

#[test]
fn actions_are_kept_apart() {
    let front_end = FrontEnd::new(GuestMemory::new(2 * CHUNK).expect("memory"), CHUNK);
    let action = |number: u64| Action {
        handler: number,
        flags: number + 1,
        restorer: number + 2,
        mask: number + 3,
    };
    for round in [0, 1000, 2000] {
        (1..=SIGNALS).for_each(|signal| front_end.set_action(signal, &action(round + signal * 10)));
        (1..=SIGNALS).for_each(|signal| assert_eq!(front_end.action(signal), action(round + signal * 10)));
    }
    front_end.set_action(0, &action(1));
    front_end.set_action(SIGNALS + 1, &action(1));
    assert_eq!(
        [0, SIGNALS + 1, u64::MAX].map(|signal| front_end.action(signal)),
        [Action::default(); 3]
    );
}

#[test]
fn threads_have_places_apart_and_then_none() {
    let front_end = FrontEnd::new(GuestMemory::new(2 * CHUNK).expect("memory"), CHUNK);
    for processor in 0..place::MOST_THREADS {
        let thread = front_end.thread(processor).expect("place");
        thread.begin(processor as i32 + 1);
        thread.blocked().store(processor, Ordering::SeqCst);
    }
    for processor in 0..place::MOST_THREADS {
        let thread = front_end.thread(processor).expect("place");
        assert_eq!(thread.blocked().load(Ordering::SeqCst), processor);
        assert_eq!(FrontEnd::thread_address(processor) - place::BASE, thread.at - CHUNK);
    }
    assert!(front_end.thread(place::MOST_THREADS).is_none());
    let last = FrontEnd::thread_address(place::MOST_THREADS);
    assert_eq!(FrontEnd::thread_address(u64::MAX), last);
    assert_eq!(last + place::THREAD, place::BASE + place::IDENTITY);
}

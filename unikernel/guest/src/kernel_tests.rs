//! Tests of system calls and of what becomes of threads, on a machine that is none: its program is never run, the tests make its
//! calls.

use super::*;
use crate::address_space::{Backing, PROGRAM_BASE, Place};
use crate::page_tables::PageTables;
use crate::testing::frames;
use alloc::rc::Rc;
use alloc::vec;
use core::cell::{Cell, RefCell};
use linux_raw_sys::errno::*;
use linux_raw_sys::general::*;
use peaberry_package::{Item, Kind, Package};
use std::string::ToString;

#[derive(Default)]
struct Outside {
    now: Cell<u64>,
    written: RefCell<Vec<u8>>,
    input: RefCell<VecDeque<u8>>,
}

struct Nowhere(Rc<Outside>);

impl Machine for Nowhere {
    fn now(&self) -> u64 {
        self.0.now.get()
    }

    fn started(&self) -> u64 {
        1_000_000_000_000
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0.written.borrow_mut().extend(bytes);
    }

    fn read(&mut self) -> Option<u8> {
        self.0.input.borrow_mut().pop_front()
    }

    fn idle(&mut self, until: Option<u64>) {
        let until = until.expect("somebody waits for something that comes");
        self.0.now.set(self.0.now.get().max(until));
    }

    fn forget(&mut self, space: &mut AddressSpace) {
        space.tables.take_stale();
    }

    fn state_format(&self) -> StateFormat {
        StateFormat {
            bytes: 512,
            features: 0,
            control_mask: 0xffff,
        }
    }

    fn features(&self) -> (u64, bool) {
        (7, true)
    }
}

/// A program of one instruction.
fn program() -> Vec<u8> {
    let mut bytes = vec![0; 0x78 + 1];
    let mut put = |at: usize, part: &[u8]| bytes[at..at + part.len()].copy_from_slice(part);
    put(0, b"\x7fELF\x02\x01\x01");
    put(16, &[3, 0, 0x3e, 0]);
    put(24, &0x78u64.to_le_bytes());
    put(32, &64u64.to_le_bytes());
    put(54, &[56, 0, 1, 0]);
    put(64, &[1, 0, 0, 0, 5, 0, 0, 0]);
    put(96, &0x79u64.to_le_bytes());
    put(104, &0x79u64.to_le_bytes());
    bytes
}

/// A package at a page's beginning, as one is found in memory.
fn package() -> Package<'static> {
    let item = |path, kind, content| Item {
        path,
        kind,
        mode: 0o755,
        content,
    };
    let program = program();
    let items = [
        item("/.peaberry", Kind::Directory, &b""[..]),
        item("/.peaberry/arguments", Kind::File, b"program\0first\0"),
        item("/.peaberry/directory", Kind::File, b"/app"),
        item("/.peaberry/guest", Kind::File, &program),
        item("/app", Kind::Directory, b""),
        item("/app/text", Kind::File, b"What is written here"),
    ];
    let mut bytes = Vec::new();
    let written = peaberry_package::write(&items, 0, |piece| {
        bytes.extend_from_slice(piece);
        Ok::<(), ()>(())
    });
    written.expect("a Vec takes everything");
    let frames = frames(bytes.len().div_ceil(4096) as u64);
    let start = frames.take_zeroed().expect("a frame");
    // SAFETY: the frames are one piece of memory that nobody else uses.
    let copy = unsafe { core::slice::from_raw_parts_mut(frames.pointer(start), bytes.len()) };
    copy.copy_from_slice(&bytes);
    Package::parse(copy).expect("a package")
}

struct Setting {
    kernel: Kernel,
    outside: Rc<Outside>,
    /// Memory of the program's.
    memory: u64,
}

fn setting() -> Setting {
    let frames = frames(3000);
    let root = frames.take_zeroed().expect("a frame");
    let tables = PageTables::new(frames.clone(), root);
    let space = AddressSpace::new(frames, tables);
    let outside = Rc::new(Outside::default());
    let machine = Box::new(Nowhere(outside.clone()));
    let line = b"virtio_mmio.device=512@1 second ";
    let mut kernel = Kernel::new(machine, space, Files::new(package()), line, [1; 8]).expect("a kernel");
    let both = READ | WRITE;
    let memory = kernel
        .space
        .map(Place::Anywhere, 1 << 16, both, Backing::Zero)
        .expect("map");
    Setting {
        kernel,
        outside,
        memory,
    }
}

impl Setting {
    /// Has the running thread make a call.
    fn call(&mut self, number: u32, arguments: &[u64]) {
        let mut all = [0; 6];
        all[..arguments.len()].copy_from_slice(arguments);
        let registers = &mut self.kernel.thread().registers;
        registers.vector = SYSTEM_CALL;
        registers.rax = number.into();
        [
            registers.rdi,
            registers.rsi,
            registers.rdx,
            registers.r10,
            registers.r8,
            registers.r9,
        ] = all;
        self.kernel.enter(0);
    }

    /// The same, and what it gives when that thread goes on.
    fn result(&mut self, number: u32, arguments: &[u64]) -> i64 {
        self.call(number, arguments);
        self.kernel.choose_next().expect("no end");
        self.kernel.thread().registers.rax as i64
    }

    fn put(&mut self, bytes: &[u8]) -> u64 {
        self.kernel.space.write(self.memory, bytes).expect("write");
        self.memory
    }

    fn text(&mut self, address: u64, length: usize) -> std::string::String {
        let mut bytes = vec![0; length];
        self.kernel.space.read(address, &mut bytes).expect("read");
        std::string::String::from_utf8(bytes).expect("text")
    }

    fn thread(&mut self) -> usize {
        let flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SETTLS;
        let stack = self.memory + 0x8000;
        self.result(__NR_clone, &[flags.into(), stack, 0, 0, 0x7000]) as usize
    }
}

const fn error(number: u32) -> i64 {
    -(number as i64)
}

#[test]
fn a_program_finds_its_arguments() {
    let mut setting = setting();
    let registers = setting.kernel.thread().registers;
    assert_eq!(registers.rip, PROGRAM_BASE + 0x78);
    let [count, name, first, second, end]: [u64; 5] = setting.kernel.space.read_words(registers.rsp).expect("read");
    assert_eq!((count, end, registers.rsp % 16), (3, 0, 0));
    assert_eq!(setting.text(name, 8), "program\0");
    assert_eq!(
        (setting.text(first, 6), setting.text(second, 7)),
        ("first\0".to_string(), "second\0".to_string())
    );
}

#[test]
fn files_are_read_and_not_written() {
    let mut setting = setting();
    let path = setting.put(b"text\0/app/../app/text\0/dev/null\0");
    let here = AT_FDCWD as u64;
    let file = setting.result(__NR_openat, &[here, path, O_RDONLY.into()]);
    assert_eq!(file, 3);
    let to = setting.memory + 4096 - 3;
    assert_eq!(setting.result(__NR_read, &[3, to, 7]), 7);
    assert_eq!(setting.text(to, 7), "What is");
    assert_eq!(setting.result(__NR_pread64, &[3, to, 100, 8]), 12);
    assert_eq!(setting.text(to, 12), "written here");
    assert_eq!(setting.result(__NR_lseek, &[3, 0, SEEK_CUR.into()]), 7);
    assert_eq!(
        setting.result(__NR_openat, &[here, path + 5, O_RDWR.into()]),
        error(EROFS)
    );
    let null = setting.result(__NR_openat, &[here, path + 22, O_WRONLY.into()]);
    assert_eq!(setting.result(__NR_write, &[null as u64, to, 9]), 9);
    assert_eq!(setting.result(__NR_read, &[99, to, 9]), error(EBADF));
    assert_eq!(setting.result(__NR_read, &[3, 8, 9]), error(EFAULT));
    assert_eq!(setting.result(__NR_write, &[1, to, 7]), 7);
    assert_eq!(*setting.outside.written.borrow(), b"written");
    assert_eq!(setting.result(499, &[]), error(ENOSYS));
    assert_eq!(setting.result(u32::MAX, &[]), error(ENOSYS));
}

#[test]
fn threads_wake_each_other() {
    let mut setting = setting();
    let other = setting.thread();
    assert_eq!((other, setting.kernel.current), (2, 1));
    let word = setting.memory;
    assert_eq!(
        setting.result(__NR_futex, &[word, FUTEX_WAIT.into(), 1, 0]),
        error(EAGAIN)
    );
    // The first waits, and the other one goes on behind its clone.
    assert_eq!(setting.result(__NR_futex, &[word, FUTEX_WAIT.into(), 0, 0]), 0);
    assert_eq!((setting.kernel.current, setting.kernel.thread().bases.0), (2, 0x7000));
    assert_eq!(setting.result(__NR_futex, &[word, FUTEX_WAKE.into(), 5]), 1);
    // At its end, its word is cleared.
    setting.kernel.space.write(word, &[2, 0, 0, 0]).expect("write");
    setting.call(__NR_set_tid_address, &[word]);
    setting.call(__NR_exit, &[0]);
    setting.kernel.choose_next().expect("no end");
    assert_eq!((setting.kernel.current, setting.kernel.thread().registers.rax), (1, 0));
    assert_eq!(setting.kernel.space.read_words(word), Ok([0]));
    setting.call(__NR_exit_group, &[7]);
    assert_eq!(setting.kernel.choose_next(), Err(Ending::Exited(7)));
}

#[test]
fn waits_end_in_time() {
    let mut setting = setting();
    let memory = setting.memory;
    let time = |setting: &mut Setting, seconds: u64| {
        setting
            .kernel
            .space
            .write_words(memory + 64, &[seconds, 5])
            .expect("write");
        memory + 64
    };
    let at = time(&mut setting, 2);
    assert_eq!(setting.result(__NR_nanosleep, &[at, 0]), 0);
    assert_eq!(setting.outside.now.get(), 2_000_000_005);
    let wait = FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG;
    let at = time(&mut setting, 3);
    assert_eq!(
        setting.result(__NR_futex, &[memory, wait.into(), 0, at, 0, u32::MAX.into()]),
        error(ETIMEDOUT)
    );
    assert_eq!(setting.outside.now.get(), 3_000_000_005);
    let at = time(&mut setting, 1005);
    let wait = wait | FUTEX_CLOCK_REALTIME;
    assert_eq!(
        setting.result(__NR_futex, &[memory, wait.into(), 0, at, 0, 1]),
        error(ETIMEDOUT)
    );
    assert_eq!(setting.outside.now.get(), 5_000_000_005);
    setting
        .kernel
        .space
        .write_words(memory, &[u64::from(POLLIN) << 32])
        .expect("write");
    assert_eq!(setting.result(__NR_poll, &[memory, 1, 100]), 0);
    assert!(setting.outside.now.get() >= 5_100_000_005);
    setting.outside.input.borrow_mut().extend(b"a\r\x04");
    assert_eq!(setting.result(__NR_poll, &[memory, 1, u64::MAX]), 1);
    assert_eq!(setting.result(__NR_read, &[0, memory, 9]), 2);
    assert_eq!(setting.text(memory, 2), "a\n");
    assert_eq!(setting.result(__NR_read, &[0, memory, 9]), 0);
}

#[test]
fn pipes_and_events_wake_who_waits() {
    let mut setting = setting();
    let memory = setting.memory;
    assert_eq!(setting.result(__NR_pipe2, &[memory, 0]), 0);
    assert_eq!(setting.kernel.space.read_words(memory), Ok([4 << 32 | 3]));
    let events = setting.result(__NR_eventfd2, &[0, O_NONBLOCK.into()]) as u64;
    assert_eq!(setting.result(__NR_read, &[events, memory, 8]), error(EAGAIN));
    let set = setting.result(__NR_epoll_create1, &[0]) as u64;
    for (number, flags) in [(3, EPOLLIN | EPOLLET), (events, EPOLLIN | EPOLLONESHOT)] {
        let words = [u64::from(flags) | number << 32, 0];
        setting.kernel.space.write_words(memory, &words).expect("write");
        assert_eq!(
            setting.result(__NR_epoll_ctl, &[set, EPOLL_CTL_ADD.into(), number, memory]),
            0
        );
    }
    let wait = [set, memory, 5, 0];
    assert_eq!(setting.result(__NR_epoll_wait, &wait), 0);
    setting.thread();
    assert_eq!(setting.result(__NR_epoll_wait, &[set, memory, 5, u64::MAX]), 0);
    assert_eq!(setting.kernel.current, 2);
    setting.kernel.space.write_words(memory + 64, &[3]).expect("write");
    assert_eq!(setting.result(__NR_write, &[4, memory + 64, 8]), 8);
    assert_eq!(setting.result(__NR_write, &[events, memory + 64, 8]), 8);
    // The second thread sleeps, so that the first goes on.
    setting.kernel.space.write_words(memory + 64, &[1, 0]).expect("write");
    assert_eq!(setting.result(__NR_nanosleep, &[memory + 64, 0]), 2);
    assert_eq!(setting.kernel.current, 1);
    // Both were told of once.
    assert_eq!(setting.result(__NR_epoll_wait, &wait), 0);
    assert_eq!(setting.result(__NR_read, &[events, memory, 8]), 8);
    assert_eq!(setting.kernel.space.read_words(memory), Ok([3]));
    assert_eq!(setting.result(__NR_close, &[4]), 0);
    assert_eq!(setting.result(__NR_read, &[3, memory, 100]), 8);
    assert_eq!(setting.result(__NR_read, &[3, memory, 100]), 0);
}

#[test]
fn signals_interrupt_waits() {
    let mut setting = setting();
    let memory = setting.memory;
    let action = [0x1234, u64::from(SA_RESTORER), 0x5678, 0];
    setting.kernel.space.write_words(memory, &action).expect("write");
    assert_eq!(setting.result(__NR_rt_sigaction, &[SIGUSR1.into(), memory, 0, 8]), 0);
    assert_eq!(
        setting.result(__NR_rt_sigaction, &[SIGKILL.into(), memory, 0, 8]),
        error(EINVAL)
    );
    let stack = setting.kernel.thread().registers.rsp;
    setting.thread();
    setting.kernel.space.write_words(memory, &[100, 0]).expect("write");
    setting.call(__NR_nanosleep, &[memory, memory + 64]);
    setting.kernel.choose_next().expect("no end");
    assert_eq!(setting.kernel.current, 2);
    assert_eq!(setting.result(__NR_tgkill, &[1, 1, SIGUSR1.into()]), 0);
    setting.outside.now.set(1_000_000_000);
    setting.call(__NR_sched_yield, &[]);
    setting.kernel.choose_next().expect("no end");
    let registers = setting.kernel.thread().registers;
    assert_eq!(
        (setting.kernel.current, registers.rip, registers.rdi),
        (1, 0x1234, SIGUSR1.into())
    );
    assert_eq!(setting.kernel.space.read_words(memory + 64), Ok([100, 0]));
    // The handler returns, and the call says that it was interrupted.
    setting.kernel.thread().registers.rsp += 8;
    setting.call(__NR_rt_sigreturn, &[]);
    let registers = setting.kernel.thread().registers;
    assert_eq!((registers.rax as i64, registers.rsp), (error(EINTR), stack));
    setting.call(__NR_tgkill, &[1, 1, SIGTERM.into()]);
    assert_eq!(
        setting.kernel.choose_next(),
        Err(Ending::Killed(SIGTERM, "it was sent"))
    );
}

#[test]
fn faults_find_their_handler_or_end_the_program() {
    let mut setting = setting();
    let fault = |setting: &mut Setting, vector, error, address| {
        let registers = &mut setting.kernel.thread().registers;
        (registers.vector, registers.error) = (vector, error);
        setting.kernel.enter(address);
        setting.kernel.choose_next()
    };
    let memory = setting.memory;
    assert_eq!(fault(&mut setting, 14, 6, memory + 0x3000), Ok(()));
    let action = [0x1234, u64::from(SA_RESTORER | SA_SIGINFO), 0x5678, 0];
    setting.kernel.space.write_words(memory, &action).expect("write");
    assert_eq!(setting.result(__NR_rt_sigaction, &[SIGSEGV.into(), memory, 0, 8]), 0);
    assert_eq!(fault(&mut setting, 14, 4, 0x10), Ok(()));
    let registers = setting.kernel.thread().registers;
    assert_eq!((registers.rip, registers.rdi), (0x1234, SIGSEGV.into()));
    assert_eq!(
        setting.kernel.space.read_words(registers.rsi),
        Ok([SIGSEGV.into(), 1, 0x10])
    );
    // In the handler the signal is blocked.
    let ended = fault(&mut setting, 13, 0, 0);
    assert_eq!(ended, Err(Ending::Killed(SIGSEGV, "an access that is not allowed")));
    assert_eq!(ended.expect_err("ended").code(), 139);
}

//! The kernel's state, and what it does between the program's coming in and going on: serve, wake, choose, deliver signals.

use crate::address_space::{AddressSpace, EXECUTE, Fault, READ, WRITE};
use crate::calls;
use crate::descriptors::Descriptors;
use crate::elf;
use crate::errno::{ETIMEDOUT, Errno, Stop};
use crate::files::Files;
use crate::futex::Futexes;
use crate::page_tables::USER_LIMIT;
use crate::random::Random;
use crate::signal_frame::{Information, StateFormat};
use crate::signals::{Action, SIGNALS};
use crate::start::{Start, lay_stack};
use crate::threads::{Extended, FLAGS, Registers, Schedule, State, Thread, Threads, USER_CODE, USER_DATA, Wait};
use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use linux_raw_sys::general::{SIGBUS, SIGFPE, SIGILL, SIGKILL, SIGSEGV, SIGTRAP};

/// The vector that stands for `syscall`.
pub const SYSTEM_CALL: u64 = 256;
/// The timer's vector.
pub const TIMER: u64 = 32;

/// How long a thread runs while others wait, in nanoseconds.
const SLICE: u64 = 5_000_000;
/// How often the console is asked for input while somebody waits for it, in nanoseconds.
const INPUT_PERIOD: u64 = 10_000_000;
/// Most bytes of input that nobody read yet.
const MOST_INPUT: usize = 4096;

/// There is a thread for so many frames, at most: threads, areas of the address space and the rest each have a part of the kernel's
/// own memory that cannot be used up.
const FRAMES_OF_A_THREAD: usize = 36;

/// The machine that the kernel runs on.
pub trait Machine {
    /// Nanoseconds since the start.
    fn now(&self) -> u64;
    /// Nanoseconds of the clock of the day at the start, since 1970.
    fn started(&self) -> u64;
    /// Writes to the console.
    fn write(&mut self, bytes: &[u8]);
    /// Reads a byte of the console's, if there is one.
    fn read(&mut self) -> Option<u8>;
    /// Waits for an interrupt, which comes at that time if not before.
    fn idle(&mut self, until: Option<u64>);
    /// Has the processor forget what it remembers of the page tables, where that changed.
    fn forget(&mut self, space: &mut AddressSpace);
    /// How it stores registers.
    fn state_format(&self) -> StateFormat;
    /// `AT_HWCAP`, and whether programs have `wrfsbase`.
    fn features(&self) -> (u64, bool);
}

/// How the program ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ending {
    /// By itself, with this code.
    Exited(i32),
    /// By a signal, for this reason.
    Killed(u32, &'static str),
}

impl Ending {
    /// The exit code as a shell tells it.
    pub fn code(&self) -> i32 {
        match self {
            Ending::Exited(code) => *code,
            Ending::Killed(signal, _) => 128 + *signal as i32,
        }
    }
}

/// Input of the console that nobody read yet.
#[derive(Debug, Default)]
pub struct Input {
    /// The bytes.
    pub bytes: VecDeque<u8>,
    /// An end of transmission (Ctrl-D) came behind them.
    pub ended: bool,
}

/// All state.
pub struct Kernel {
    /// The machine.
    pub machine: Box<dyn Machine>,
    /// The program's memory.
    pub space: AddressSpace,
    /// The packed files.
    pub files: Files<'static>,
    /// The working directory, empty for the root.
    pub directory: Vec<u8>,
    /// Open files.
    pub descriptors: Descriptors,
    /// All threads.
    pub threads: Threads,
    /// The one that runs.
    pub current: usize,
    /// Who runs next.
    pub schedule: Schedule,
    /// Who waits at which word.
    pub futexes: Futexes,
    /// What the program set for each signal.
    pub actions: [Action; SIGNALS],
    /// Signals for whoever takes them.
    pub pending: u64,
    /// Random bytes.
    pub random: Random,
    /// The console's.
    pub input: Input,
    /// Since when the current thread runs without giving way.
    since: u64,
    /// Since when its time is counted.
    counted: u64,
    /// Nanoseconds of threads that ended.
    pub time: u64,
    /// Threads that wait for something to happen, some of them perhaps no longer.
    hopeful: Vec<usize>,
    /// When the console was last asked for input.
    asked: u64,
    /// How the program ended, told where nothing of it is in use any more.
    ending: Option<Ending>,
}

/// The words of a command line, without those that monitors add of their own accord.
fn words(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    let words = line.split(|byte| byte.is_ascii_whitespace());
    words.filter(|word| !word.is_empty() && !word.starts_with(b"virtio_mmio."))
}

impl Kernel {
    /// Loads the program that the files carry. The words of a command line are arguments behind those that are packed.
    ///
    /// # Errors
    /// Why that cannot be, as a sentence.
    pub fn new(
        machine: Box<dyn Machine>,
        mut space: AddressSpace,
        files: Files<'static>,
        command_line: &[u8],
        seed: [u32; 8],
    ) -> Result<Kernel, String> {
        let program = files.own(peaberry_package::GUEST);
        let loaded = elf::load(program, &mut space).map_err(|unfit| format!("the packed guest program: {unfit}"))?;
        space.start_break(loaded.end);
        let mut random = Random::new(seed);
        let mut bytes = [0; 16];
        random.fill(&mut bytes);
        let (features, base_instructions) = machine.features();
        let mut arguments = files.own(peaberry_package::ARGUMENTS).to_vec();
        for word in words(command_line) {
            arguments.extend(word);
            arguments.push(0);
        }
        let start = Start {
            arguments: &arguments,
            environment: files.own(peaberry_package::ENVIRONMENT),
            random: bytes,
            features,
            base_instructions,
        };
        let failed = |error: Errno| format!("the first stack cannot be laid out: error {}", error.0);
        let registers = Registers {
            rip: loaded.entry,
            rsp: lay_stack(&mut space, &loaded, &start).map_err(failed)?,
            cs: USER_CODE,
            ss: USER_DATA,
            rflags: FLAGS,
            ..Registers::default()
        };
        let mut threads = Threads::new(space.frames().total() as usize / FRAMES_OF_A_THREAD);
        let current = threads.add(Thread::new(registers, Box::default())).unwrap_or_default();
        let directory = match files.own(peaberry_package::DIRECTORY) {
            [] => Vec::new(),
            path => match files.find(b"", path, true) {
                Ok((found, path)) if found.is_directory() => path,
                _ => return Err(format!("no working directory {}", String::from_utf8_lossy(path))),
            },
        };
        let now = machine.now();
        Ok(Kernel {
            machine,
            space,
            files,
            directory,
            descriptors: Descriptors::new(),
            threads,
            current,
            schedule: Schedule::default(),
            futexes: Futexes::default(),
            actions: [Action::default(); SIGNALS],
            pending: 0,
            random,
            input: Input::default(),
            since: now,
            counted: now,
            time: 0,
            hopeful: Vec::new(),
            asked: now,
            ending: None,
        })
    }

    /// The thread that runs.
    pub fn thread(&mut self) -> &mut Thread {
        match self.threads.get_mut(self.current) {
            Some(thread) => thread,
            None => unreachable!("the current thread is one of the threads until `choose_next` chose another"),
        }
    }

    /// How the machine stores registers.
    pub fn state_format(&self) -> StateFormat {
        self.machine.state_format()
    }

    /// Nanoseconds since the start.
    pub fn now(&self) -> u64 {
        self.machine.now()
    }

    /// The program came in, for the reason that its thread's registers say; `address` is that of a page fault.
    pub fn enter(&mut self, address: u64) {
        match self.thread().registers.vector {
            SYSTEM_CALL => self.system_call(),
            TIMER => {}
            _ => self.ending = self.exception(address),
        }
    }

    /// The program ends.
    pub fn end(&mut self, ending: Ending) {
        self.ending.get_or_insert(ending);
    }

    fn system_call(&mut self) {
        let number = self.current;
        match calls::serve(self) {
            Ok(value) => self.finish_call(number, value),
            Err(Stop::Error(error)) => self.finish_call(number, u64::from(error.0).wrapping_neg()),
            Err(Stop::Wait(wait)) => {
                self.thread().state = State::Waiting(wait);
                if wait == Wait::Event {
                    self.hopeful.push(number);
                }
            }
            Err(Stop::Elsewhere) => {}
        }
    }

    /// A call of a thread's is served.
    fn finish_call(&mut self, number: usize, value: u64) {
        if let Some(thread) = self.threads.get_mut(number) {
            thread.registers.rax = value;
            thread.expired = false;
            if let Some(time) = thread.deadline.take() {
                self.schedule.forget(time, number);
            }
        }
    }

    /// A thread that waits goes on, its call giving this.
    pub fn finish_wait(&mut self, number: usize, value: u64) {
        self.finish_call(number, value);
        if let Some(thread) = self.threads.get_mut(number) {
            thread.state = State::Ready;
            self.schedule.ready(number);
        }
    }

    /// Sets until when the running thread waits at most. What was set first counts, as calls are served again.
    pub fn wait_until(&mut self, time: Option<u64>) {
        let number = self.current;
        if let Some(time) = time
            && self.thread().deadline.is_none()
        {
            self.thread().deadline = Some(time);
            self.schedule.wake_at(time, number);
        }
    }

    /// Something happened that threads wait for: those calls are served anew.
    pub fn happened(&mut self) {
        for number in core::mem::take(&mut self.hopeful) {
            if let Some(thread) = self.threads.get_mut(number)
                && thread.state == State::Waiting(Wait::Event)
            {
                thread.state = State::Again;
                self.schedule.ready(number);
            }
        }
    }

    fn wake_expired(&mut self) {
        let now = self.now();
        while let Some(number) = self.schedule.expired(now) {
            let Some(thread) = self.threads.get_mut(number) else {
                continue;
            };
            thread.deadline = None;
            match thread.state {
                State::Waiting(Wait::Word(word)) => {
                    self.futexes.leave(word, number);
                    self.finish_wait(number, u64::from(ETIMEDOUT).wrapping_neg());
                }
                State::Waiting(Wait::Time(_)) => self.finish_wait(number, 0),
                State::Waiting(Wait::Event) => {
                    thread.expired = true;
                    thread.state = State::Again;
                    self.schedule.ready(number);
                }
                State::Ready => {}
                State::Again => thread.expired = true,
            }
        }
    }

    fn take_input(&mut self) {
        const END_OF_TRANSMISSION: u8 = 4;
        let now = self.now();
        if now - self.asked < INPUT_PERIOD {
            return;
        }
        self.asked = now;
        let mut any = false;
        while self.input.bytes.len() < MOST_INPUT
            && let Some(byte) = self.machine.read()
        {
            any = true;
            match byte {
                END_OF_TRANSMISSION => self.input.ended = true,
                b'\r' => self.input.bytes.push_back(b'\n'),
                _ => self.input.bytes.push_back(byte),
            }
        }
        if any {
            self.happened();
        }
    }

    /// When the kernel wants to be entered again in any case.
    pub fn alarm(&self) -> Option<u64> {
        let slice = self.schedule.is_wanted().then_some(self.since + SLICE);
        let input = (!self.hopeful.is_empty()).then_some(self.asked + INPUT_PERIOD);
        [self.schedule.first_time(), slice, input].into_iter().flatten().min()
    }

    /// Counts the time of the thread that ran.
    fn count_time(&mut self) {
        let now = self.now();
        let ran = now - self.counted;
        self.counted = now;
        if let Some(thread) = self.threads.get_mut(self.current) {
            thread.time += ran;
        }
    }

    /// Chooses who runs next, which is then [`Kernel::current`], with its registers as they are to be.
    ///
    /// # Errors
    /// How the program ended.
    pub fn choose_next(&mut self) -> Result<(), Ending> {
        loop {
            if let Some(ending) = self.ending {
                return Err(ending);
            }
            self.count_time();
            self.take_input();
            self.wake_expired();
            if self.threads.count() == 0 {
                return Err(Ending::Exited(0));
            }
            self.choose();
            let state = self.thread().state;
            if state == State::Again {
                self.thread().state = State::Ready;
                self.system_call();
                continue;
            }
            if let Some(ending) = self.take_signals() {
                self.end(ending);
                continue;
            }
            self.machine.forget(&mut self.space);
            return Ok(());
        }
    }

    /// Has `current` be a thread that can go on.
    fn choose(&mut self) {
        let runs = self
            .threads
            .get(self.current)
            .is_some_and(|thread| thread.state == State::Ready);
        if runs && (!self.schedule.is_wanted() || self.counted - self.since < SLICE) {
            return;
        }
        if runs {
            self.schedule.ready(self.current);
        }
        loop {
            if let Some(number) = self.schedule.take() {
                let can = |thread: &Thread| !matches!(thread.state, State::Waiting(_));
                if self.threads.get(number).is_some_and(can) {
                    self.current = number;
                    self.since = self.now();
                    self.counted = self.since;
                    return;
                }
                continue;
            }
            let until = self.alarm();
            self.machine.idle(until);
            self.take_input();
            self.wake_expired();
        }
    }

    /// The running thread gives way to those that wait for the processor.
    pub fn give_way(&mut self) {
        self.since = self.now().saturating_sub(SLICE);
    }

    /// The running thread ends.
    pub fn end_thread(&mut self) {
        self.count_time();
        let number = self.current;
        let Some(thread) = self.threads.remove(number) else {
            return;
        };
        self.time += thread.time;
        if let Some(time) = thread.deadline {
            self.schedule.forget(time, number);
        }
        let word = thread.clear_at_end;
        if word != 0 && word.is_multiple_of(4) && self.space.write(word, &[0; 4]).is_ok() {
            self.wake(word, 1, u32::MAX);
        }
    }

    /// Wakes threads that wait at a word for one of these bits; gives how many.
    pub fn wake(&mut self, word: u64, most: u32, bits: u32) -> u32 {
        let mut count = 0;
        while count < most
            && let Some(number) = self.futexes.take(word, bits)
        {
            self.finish_wait(number, 0);
            count += 1;
        }
        count
    }

    /// Adds a thread that is ready to run.
    pub fn add_thread(&mut self, thread: Thread) -> Option<usize> {
        let number = self.threads.add(thread)?;
        self.schedule.ready(number);
        Some(number)
    }

    /// A copy of the running thread's registers of SSE and AVX.
    pub fn extended(&mut self) -> Box<Extended> {
        self.thread().extended.clone()
    }

    /// Handles an exception of the program's.
    fn exception(&mut self, address: u64) -> Option<Ending> {
        let Registers { vector, error, rip, .. } = self.thread().registers;
        let at = |signal: u32, code| Information {
            signal: signal as i32,
            code,
            address: rip,
            trap: (vector, error),
        };
        let (information, what) = match vector {
            14 => return self.page_fault(address, error),
            0 => (at(SIGFPE, 1), "it divided by zero"),
            1 => (at(SIGTRAP, 2), "a trap"),
            3 => (at(SIGTRAP, 0x80), "a breakpoint"),
            6 => (at(SIGILL, 2), "no such instruction"),
            16 | 19 => (at(SIGFPE, 7), "a floating-point exception"),
            17 => (at(SIGBUS, 1), "an address that is not aligned"),
            _ => (
                Information {
                    address: 0,
                    ..at(SIGSEGV, 0x80)
                },
                "an access that is not allowed",
            ),
        };
        self.fault_signal(&information, what)
    }

    fn page_fault(&mut self, address: u64, error: u64) -> Option<Ending> {
        const WRITING: u64 = 1 << 1;
        const FETCHING: u64 = 1 << 4;
        let access = match error {
            _ if error & FETCHING != 0 => EXECUTE,
            _ if error & WRITING != 0 => WRITE,
            _ => READ,
        };
        let fault = if address < USER_LIMIT {
            self.space.fault(address, access)
        } else {
            Err(Fault::NoMapping)
        };
        let (signal, code, what) = match fault {
            Ok(()) => return None,
            Err(Fault::NoMapping) => (SIGSEGV, 1, "an access to memory that is not there"),
            Err(Fault::Forbidden) => (SIGSEGV, 2, "an access to memory that is not allowed"),
            Err(Fault::BeyondFile) => (SIGBUS, 2, "an access beyond the end of a file"),
            Err(Fault::OutOfMemory) => return Some(Ending::Killed(SIGKILL, "memory is used up")),
        };
        let information = Information {
            signal: signal as i32,
            code,
            address,
            trap: (14, error),
        };
        self.fault_signal(&information, what)
    }
}

#[cfg(test)]
#[path = "kernel_tests.rs"]
mod tests;

//! Threads: what is kept of one while it does not run, who runs next, and who is to be woken when.

use alloc::boxed::Box;
use alloc::collections::{BTreeSet, VecDeque};
use alloc::vec::Vec;

/// General registers, in the order in which the entries of the kernel push them.
#[repr(C, align(16))]
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
#[allow(missing_docs, reason = "names of registers")]
pub struct Registers {
    pub r15: u64,
    pub r14: u64,
    pub r13: u64,
    pub r12: u64,
    pub r11: u64,
    pub r10: u64,
    pub r9: u64,
    pub r8: u64,
    pub rbp: u64,
    pub rdi: u64,
    pub rsi: u64,
    pub rdx: u64,
    pub rcx: u64,
    pub rbx: u64,
    pub rax: u64,
    /// Why the kernel was entered.
    pub vector: u64,
    /// What the processor adds to that.
    pub error: u64,
    pub rip: u64,
    pub cs: u64,
    pub rflags: u64,
    pub rsp: u64,
    pub ss: u64,
}

/// Code segment of programs, as Linux has it.
pub const USER_CODE: u64 = 0x33;
/// Their data segment.
pub const USER_DATA: u64 = 0x2b;
/// Interrupts are let in; the other bit is always set.
pub const FLAGS: u64 = 0x202;

/// Bytes for the registers of SSE, AVX and AVX-512.
pub const EXTENDED_BYTES: usize = 4096;

/// Those registers, as `xsave` or `fxsave` store them.
#[repr(C, align(64))]
#[derive(Clone, Debug)]
pub struct Extended(pub [u8; EXTENDED_BYTES]);

impl Extended {
    /// As a program begins with them: all exceptions masked.
    pub fn new() -> Extended {
        let mut bytes = [0; EXTENDED_BYTES];
        bytes[..2].copy_from_slice(&0x037f_u16.to_le_bytes());
        bytes[24..28].copy_from_slice(&0x1f80_u32.to_le_bytes());
        Extended(bytes)
    }
}

impl Default for Extended {
    fn default() -> Extended {
        Extended::new()
    }
}

/// What a call waits for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wait {
    /// To be woken at this word, which then gives 0.
    Word(u64),
    /// Nothing but its time, which gives 0. What is left of it when a signal comes is written to this address, if not 0.
    Time(u64),
    /// Something that makes it worthwhile to be served once more.
    Event,
}

/// What a thread does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    /// It runs, or waits for the processor.
    Ready,
    /// It waits for the processor, to be served its call once more.
    Again,
    /// It waits.
    Waiting(Wait),
}

/// A thread.
#[repr(C)]
#[derive(Debug)]
pub struct Thread {
    /// Its registers; the kernel's entries know that they come first.
    pub registers: Registers,
    /// The others.
    pub extended: Box<Extended>,
    /// Bases of FS and GS.
    pub bases: (u64, u64),
    /// What it does.
    pub state: State,
    /// When it is woken in any case, in nanoseconds of the monotonic clock.
    pub deadline: Option<u64>,
    /// That time has passed.
    pub expired: bool,
    /// The call that a signal interrupted, when it may begin anew.
    pub interrupted: Option<u64>,
    /// The word that is cleared and woken when it ends, or 0.
    pub clear_at_end: u64,
    /// Signals that wait for it.
    pub pending: u64,
    /// Signals that it does not want now.
    pub blocked: u64,
    /// Stack for handlers of signals: start, flags, bytes.
    pub signal_stack: [u64; 3],
    /// Nanoseconds that it ran.
    pub time: u64,
}

/// `SS_DISABLE`.
pub const NO_STACK: u64 = 2;

impl Thread {
    /// One that begins with these registers.
    pub fn new(registers: Registers, extended: Box<Extended>) -> Thread {
        Thread {
            registers,
            extended,
            bases: (0, 0),
            state: State::Ready,
            deadline: None,
            expired: false,
            interrupted: None,
            clear_at_end: 0,
            pending: 0,
            blocked: 0,
            signal_stack: [0, NO_STACK, 0],
            time: 0,
        }
    }
}

/// Most threads.
pub const MOST_THREADS: usize = 2048;

/// All threads, by their numbers, which begin at 1 and are not used again soon.
#[derive(Debug)]
pub struct Threads {
    all: Vec<Option<Box<Thread>>>,
    last: usize,
    count: usize,
}

impl Default for Threads {
    fn default() -> Threads {
        Threads::new(MOST_THREADS)
    }
}

impl Threads {
    /// None yet, and never more than so many.
    pub fn new(most: usize) -> Threads {
        Threads {
            all: (0..=most.clamp(1, MOST_THREADS)).map(|_| None).collect(),
            last: 0,
            count: 0,
        }
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Adds a thread and gives its number; `None` when there are too many.
    pub fn add(&mut self, thread: Thread) -> Option<usize> {
        let after = self.last + 1..self.all.len();
        let number = after.chain(1..=self.last).find(|&number| self.all[number].is_none())?;
        self.all[number] = Some(Box::new(thread));
        self.last = number;
        self.count += 1;
        Some(number)
    }

    /// Removes one.
    pub fn remove(&mut self, number: usize) -> Option<Box<Thread>> {
        let thread = self.all.get_mut(number)?.take()?;
        self.count -= 1;
        Some(thread)
    }

    /// A thread.
    pub fn get(&self, number: usize) -> Option<&Thread> {
        self.all.get(number)?.as_deref()
    }

    /// A thread, to be changed.
    pub fn get_mut(&mut self, number: usize) -> Option<&mut Thread> {
        self.all.get_mut(number)?.as_deref_mut()
    }

    /// All of them.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (usize, &mut Thread)> {
        let numbered = self.all.iter_mut().enumerate();
        numbered.filter_map(|(number, thread)| Some((number, thread.as_deref_mut()?)))
    }
}

/// Who runs next, and who wakes when.
#[derive(Debug, Default)]
pub struct Schedule {
    ready: VecDeque<usize>,
    timers: BTreeSet<(u64, usize)>,
}

impl Schedule {
    /// A thread waits for the processor, behind all others.
    pub fn ready(&mut self, thread: usize) {
        self.ready.push_back(thread);
    }

    /// The thread whose turn it is.
    pub fn take(&mut self) -> Option<usize> {
        self.ready.pop_front()
    }

    /// Does anybody wait for the processor?
    pub fn is_wanted(&self) -> bool {
        !self.ready.is_empty()
    }

    /// A thread is to be woken at a time.
    pub fn wake_at(&mut self, time: u64, thread: usize) {
        self.timers.insert((time, thread));
    }

    /// It need not be.
    pub fn forget(&mut self, time: u64, thread: usize) {
        self.timers.remove(&(time, thread));
    }

    /// A thread whose time has come.
    pub fn expired(&mut self, now: u64) -> Option<usize> {
        let &(time, thread) = self.timers.first()?;
        if time > now {
            return None;
        }
        self.timers.pop_first();
        Some(thread)
    }

    /// When the next one wakes.
    pub fn first_time(&self) -> Option<u64> {
        self.timers.first().map(|&(time, _)| time)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn thread() -> Thread {
        Thread::new(Registers::default(), Box::default())
    }

    #[test]
    fn numbers_are_not_used_again_soon() {
        let mut threads = Threads::default();
        assert_eq!((threads.add(thread()), threads.add(thread())), (Some(1), Some(2)));
        assert!(threads.remove(2).is_some() && threads.remove(2).is_none());
        assert_eq!((threads.add(thread()), threads.count()), (Some(3), 2));
        for number in (4..=MOST_THREADS).chain([2]) {
            assert_eq!(threads.add(thread()), Some(number));
        }
        assert_eq!(threads.add(thread()), None);
        assert!(threads.get(0).is_none() && threads.get(usize::MAX).is_none());
        assert_eq!(threads.iter_mut().count(), MOST_THREADS);
    }

    #[test]
    fn threads_take_turns_and_wake_in_time() {
        let mut schedule = Schedule::default();
        [3, 1, 2].into_iter().for_each(|thread| schedule.ready(thread));
        assert_eq!(
            (schedule.take(), schedule.take(), schedule.is_wanted()),
            (Some(3), Some(1), true)
        );
        schedule.wake_at(50, 7);
        schedule.wake_at(20, 8);
        schedule.wake_at(20, 9);
        schedule.forget(20, 8);
        assert_eq!((schedule.first_time(), schedule.expired(19)), (Some(20), None));
        assert_eq!(
            (schedule.expired(20), schedule.expired(20), schedule.first_time()),
            (Some(9), None, Some(50))
        );
    }

    #[test]
    fn registers_are_as_the_entries_push_them() {
        assert_eq!(
            (size_of::<Registers>(), core::mem::offset_of!(Registers, rip)),
            (176, 136)
        );
        assert_eq!(core::mem::offset_of!(Thread, registers), 0);
    }
}

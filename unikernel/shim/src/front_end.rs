//! What the guest answers itself: code that lies in its memory, and the pages on which that works.
//!
//! The pages hold what concerns the guest alone: its handlers, what its threads block, its random bytes. The monitor reads them when it
//! delivers a signal or ends a thread, and takes nothing in them for granted: a guest that writes there does to itself what it could
//! do by calls.

mod code;
pub mod place;

use crate::memory::GuestMemory;
use crate::signals::{Action, SIGNALS};
pub use code::{ANSWERED, Code, code};
use kvm_bindings::{KVM_CPUID_FLAG_SIGNIFCANT_INDEX, kvm_cpuid_entry2};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Where the code lies, and then what leads to it and back ([`crate::call_sites`]).
pub const CODE_BASE: u64 = place::BASE + place::CODE;
/// Room for that.
pub const CODE_BYTES: u64 = place::BYTES - place::CODE;

/// What the guest may know from the beginning.
pub struct Facts<'a> {
    /// `wrfsbase` is there.
    pub base_instructions: bool,
    /// Most bytes of the first stack.
    pub stack_limit: u64,
    /// How many processors there are.
    pub processors: usize,
    /// What `uname` gives.
    pub name: &'a [u8],
    /// The working directory.
    pub directory: &'a [u8],
    /// What processors say of themselves.
    pub leaves: &'a [kvm_cpuid_entry2],
    /// The standard streams, as far as they are there.
    pub streams: [Option<Stream>; place::MOST_STREAMS as usize],
}

/// A standard stream.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stream {
    /// The flags of the open file (`F_GETFL`).
    pub flags: u32,
    /// It is a terminal.
    pub terminal: bool,
}

impl Stream {
    /// The stream behind a descriptor of this process.
    pub fn of(descriptor: i32) -> Option<Stream> {
        // SAFETY: no pointers.
        let flags = unsafe { libc::fcntl(descriptor, libc::F_GETFL) };
        Some(Stream {
            flags: u32::try_from(flags).ok()?,
            // SAFETY: asks of a descriptor what it is.
            terminal: unsafe { libc::isatty(descriptor) } == 1,
        })
    }

    fn word(self) -> u64 {
        let plain = u64::from(!self.terminal) << place::STREAM_PLAIN;
        1 << place::STREAM_KNOWN | plain | u64::from(self.flags)
    }
}

/// The pages of a VM.
pub struct FrontEnd {
    memory: Arc<GuestMemory>,
    /// Guest-physical address of [`place::BASE`], which the address space keeps.
    physical: u64,
}

impl FrontEnd {
    /// On pages that are zero, and where they lie in guest-physical memory.
    pub fn new(memory: Arc<GuestMemory>, physical: u64) -> FrontEnd {
        FrontEnd { memory, physical }
    }

    fn fact(&self, offset: u64) -> &AtomicU64 {
        word(&self.memory, self.physical + place::FACTS + offset)
    }

    fn write(&self, offset: u64, bytes: &[u8]) {
        self.memory.write(self.physical + offset, bytes);
    }

    /// Has calls answered from now on.
    pub fn begin(&self, facts: &Facts) -> std::io::Result<()> {
        let mut random = [0u8; place::RANDOM_BYTES as usize];
        // SAFETY: writes into an array of the given length.
        if unsafe { libc::getrandom(random.as_mut_ptr().cast(), random.len(), 0) } != random.len() as isize {
            return Err(std::io::Error::last_os_error());
        }
        self.write(place::FACTS + place::RANDOM, &random);
        let name = &facts.name[..facts.name.len().min(code::NAME_BYTES)];
        self.write(place::FACTS + place::NAME, name);
        let directory = [facts.directory, &[0]].concat();
        let fits = directory.len() as u64 <= place::MOST_DIRECTORY;
        if fits {
            self.write(place::FACTS + place::DIRECTORY, &directory);
        }
        self.write(place::IDENTITY, &identity(facts.leaves));
        let processors = match facts.processors {
            0 | 65.. => 0,
            count => u64::MAX >> (64 - count),
        };
        let words = [
            (place::BASE_INSTRUCTIONS, u64::from(facts.base_instructions)),
            (place::STACK_LIMIT, facts.stack_limit),
            (place::PROCESSORS, processors),
            (place::DIRECTORY_BYTES, if fits { directory.len() as u64 } else { 0 }),
            (place::ENABLED, 1),
        ];
        let streams = (place::STREAMS..).step_by(8).zip(facts.streams);
        let streams = streams.map(|(offset, stream)| (offset, stream.map_or(0, Stream::word)));
        for (offset, value) in streams.chain(words) {
            self.fact(offset).store(value, Ordering::SeqCst);
        }
        Ok(())
    }

    /// A descriptor of this number is not what it was when the guest began.
    pub fn forget_stream(&self, number: u64) {
        let number = u64::from(number as u32);
        if number < place::MOST_STREAMS {
            self.fact(place::STREAMS + number * 8).store(0, Ordering::SeqCst);
        }
    }

    /// Has no more calls answered: the program uses a register that this needs.
    pub fn end(&self) {
        self.fact(place::ENABLED).store(0, Ordering::SeqCst);
    }

    /// Says where `brk` began, where it is, and how far the program can move it itself.
    pub fn set_break(&self, start: u64, now: u64, limit: u64) {
        let words = [
            (place::BREAK_START, start),
            (place::BREAK_NOW, now),
            (place::BREAK_LIMIT, limit),
        ];
        for (offset, value) in words {
            self.fact(offset).store(value, Ordering::SeqCst);
        }
    }

    /// What `brk` is, as the program moved it.
    pub fn break_now(&self) -> u64 {
        self.fact(place::BREAK_NOW).load(Ordering::SeqCst)
    }

    /// Says that signals were sent, before anybody is made to take them.
    pub fn note_sent(&self, signals: u64) {
        self.fact(place::SENT).fetch_or(signals, Ordering::SeqCst);
    }

    fn slot(&self, signal: u64) -> (u64, u8) {
        let mut slot = [0];
        let at = place::FACTS + place::SLOTS + (signal - 1);
        self.memory.read(self.physical + at, &mut slot);
        (at, slot[0] & 1)
    }

    fn action_word(&self, signal: u64, slot: u8, index: usize) -> &AtomicU64 {
        let at = place::ACTIONS + (signal - 1) * 64 + u64::from(slot) * 32 + index as u64 * 8;
        word(&self.memory, self.physical + at)
    }

    /// What the program set for a signal; the default for numbers that are no signal's.
    pub fn action(&self, signal: u64) -> Action {
        if !(1..=SIGNALS).contains(&signal) {
            return Action::default();
        }
        let (_, slot) = self.slot(signal);
        let [handler, flags, restorer, mask] =
            [0, 1, 2, 3].map(|index| self.action_word(signal, slot, index).load(Ordering::SeqCst));
        Action {
            handler,
            flags,
            restorer,
            mask,
        }
    }

    /// Sets it.
    pub fn set_action(&self, signal: u64, action: &Action) {
        if !(1..=SIGNALS).contains(&signal) {
            return;
        }
        let (at, slot) = self.slot(signal);
        let words = [action.handler, action.flags, action.restorer, action.mask];
        for (index, value) in words.into_iter().enumerate() {
            self.action_word(signal, slot ^ 1, index).store(value, Ordering::SeqCst);
        }
        self.write(at, &[slot ^ 1]);
    }

    /// The place of the thread on a processor, if there is one for it.
    pub fn thread(&self, processor: u64) -> Option<ThreadPlace> {
        (processor < place::MOST_THREADS).then(|| ThreadPlace {
            memory: self.memory.clone(),
            at: self.physical + place::THREADS + processor * place::THREAD,
        })
    }

    /// Guest-virtual address of that place, or of the one of those who have none.
    pub fn thread_address(processor: u64) -> u64 {
        place::BASE + place::THREADS + processor.min(place::MOST_THREADS) * place::THREAD
    }
}

/// Leaves that say something of the processor that is asked, or of what is switched on: these are asked of it.
fn is_of_one(leaf: &kvm_cpuid_entry2) -> bool {
    matches!((leaf.function, leaf.index), (1 | 0xb | 0x1f, _) | (0xd, 0 | 1))
}

/// The leaves in the form that the code reads.
fn identity(leaves: &[kvm_cpuid_entry2]) -> Vec<u8> {
    let known = leaves
        .iter()
        .filter(|leaf| !is_of_one(leaf))
        .take(place::MOST_LEAVES as usize);
    let words = known.flat_map(|leaf| {
        let indexed = leaf.flags & KVM_CPUID_FLAG_SIGNIFCANT_INDEX;
        [
            leaf.function,
            leaf.index,
            indexed,
            leaf.eax,
            leaf.ebx,
            leaf.ecx,
            leaf.edx,
            1,
        ]
    });
    words.flat_map(u32::to_le_bytes).collect()
}

/// What belongs to a thread.
pub struct ThreadPlace {
    memory: Arc<GuestMemory>,
    at: u64,
}

impl ThreadPlace {
    fn word(&self, offset: u64) -> &AtomicU64 {
        word(&self.memory, self.at + offset)
    }

    /// A thread with this number begins on the processor.
    pub fn begin(&self, number: i32) {
        self.word(place::THREAD_NUMBER).store(number as u64, Ordering::SeqCst);
        self.word(place::THREAD_ENABLED).store(1, Ordering::SeqCst);
    }

    /// The signals it blocks.
    pub fn blocked(&self) -> &AtomicU64 {
        self.word(place::THREAD_BLOCKED)
    }

    /// The word that becomes 0 when it ends; 0 for none.
    pub fn clear_at_end(&self) -> &AtomicU64 {
        self.word(place::THREAD_CLEAR)
    }
}

/// An aligned word of the pages, which are part of the VM's memory.
fn word(memory: &GuestMemory, physical: u64) -> &AtomicU64 {
    memory.word(physical).unwrap_or_else(|| {
        static NOTHING: AtomicU64 = AtomicU64::new(0);
        debug_assert!(false, "{physical:#x} is no word of guest memory");
        &NOTHING
    })
}

#[cfg(test)]
mod tests;

//! What lies where in the front end's part of the guest's memory: pages that it shares with the monitor, then code.

use crate::address_space::PROGRAM_BASE;
use crate::memory::PAGE;
use crate::pieces::PIECE;

/// Bytes of all of it.
pub const BYTES: u64 = PIECE;
/// Where it begins: right below the program.
pub const BASE: u64 = PROGRAM_BASE - BYTES;

/// Actions of signals: two places of 32 bytes for each.
pub const ACTIONS: u64 = 0;
/// Facts, at the offsets below.
pub const FACTS: u64 = PAGE;
/// What belongs to threads, by processor.
pub const THREADS: u64 = 2 * PAGE;
/// Bytes a thread has there.
pub const THREAD: u64 = 64;
/// Threads that have a place there; the last place is of all others, which are answered nothing about themselves.
pub const MOST_THREADS: u64 = (IDENTITY - THREADS) / THREAD - 1;
/// What `cpuid` says: leaf, index, whether that matters, `eax`, `ebx`, `ecx`, `edx`, and 1, or 0 behind the last.
pub const IDENTITY: u64 = 4 * PAGE;
/// Bytes of a leaf there.
pub const LEAF: u64 = 32;
/// Most leaves.
pub const MOST_LEAVES: u64 = (CODE - IDENTITY) / LEAF - 1;
/// Code.
pub const CODE: u64 = 5 * PAGE;

/// Calls are answered at all.
pub const ENABLED: u64 = 0;
/// `wrfsbase` is there.
pub const BASE_INSTRUCTIONS: u64 = 0x08;
/// Signals that were sent at any time.
pub const SENT: u64 = 0x10;
/// Where `brk` began.
pub const BREAK_START: u64 = 0x18;
/// Where `brk` is.
pub const BREAK_NOW: u64 = 0x20;
/// Where `brk` can be moved to.
pub const BREAK_LIMIT: u64 = 0x28;
/// Most bytes of the first stack.
pub const STACK_LIMIT: u64 = 0x30;
/// The processors as a set, if a word can hold it.
pub const PROCESSORS: u64 = 0x38;
/// How many random bytes were asked for.
pub const RANDOM_USED: u64 = 0x40;
/// Length of the working directory with the zero that ends it, 0 where it is too long.
pub const DIRECTORY_BYTES: u64 = 0x48;
/// What is known of the three standard streams: the flags of each in 32 bits, and the bits below; 0 where nothing is.
pub const STREAMS: u64 = 0x50;
/// How many these are.
pub const MOST_STREAMS: u64 = 3;
/// A bit of a stream's word: the word is to be believed.
pub const STREAM_KNOWN: u64 = 63;
/// A bit of a stream's word: it is no terminal.
pub const STREAM_PLAIN: u64 = 62;
/// For each signal, which of the places of its action counts.
pub const SLOTS: u64 = 0x80;
/// Random bytes.
pub const RANDOM: u64 = 0x100;
/// How many.
pub const RANDOM_BYTES: u64 = 0x200;
/// What `uname` gives.
pub const NAME: u64 = 0x400;
/// The working directory.
pub const DIRECTORY: u64 = 0x600;
/// Most bytes of it.
pub const MOST_DIRECTORY: u64 = PAGE - DIRECTORY;

/// A thread's word: it has a place of its own.
pub const THREAD_ENABLED: u64 = 0;
/// A thread's word: the signals it blocks.
pub const THREAD_BLOCKED: u64 = 8;
/// A thread's word: its number.
pub const THREAD_NUMBER: u64 = 16;
/// A thread's word: an address to be cleared when it ends.
pub const THREAD_CLEAR: u64 = 24;

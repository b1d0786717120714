//! The time without leaving the guest: a small library that the C library of the guest finds by `AT_SYSINFO_EHDR`, as it finds
//! Linux's, and behind it a page that says how to make the host's time of the processor's time stamp.
//!
//! The guest begins by telling its time stamp with a served `clock_gettime`, since some KVMs give a guest one of its own and others
//! do not. From then on the monitor sets the page once a second, so that the guest's clocks run towards the host's and never back.
//! The guest can read both pages alone, and nothing in them is ever read by the monitor.

use crate::direct::SYSTEM_CALL;
use crate::memory::PAGE;
use std::arch::{asm, x86_64::_rdtsc};

/// In the sixth argument of `clock_gettime`: the fourth is the guest's time stamp.
pub const TOLD: u64 = 0x7065_6162_6572_7279;

/// Offset of the code in the page of the library.
const CODE: usize = 0x400;

/// Offset in the page behind it of the count of times it was set, 0 as long as it was not. The count's last bit says which of the two
/// slots behind it counts; the other one is set next, so that no reader ever waits for the monitor.
const COUNT: u64 = 0;
/// Bytes of a slot: time stamp, nanoseconds of the monotonic clock then, nanoseconds of a tick times 2^32, and by how much the clock of
/// the day is ahead.
const SLOT: u64 = 64;

std::arch::global_asm!(
    ".pushsection .rodata.peaberry_clock, \"a\"",
    // Whatever part of this crate they are compiled with finds them.
    ".globl peaberry_clock_code, peaberry_clock_gettime, peaberry_gettimeofday, peaberry_clock_end",
    ".hidden peaberry_clock_code, peaberry_clock_gettime, peaberry_gettimeofday, peaberry_clock_end",
    ".balign 16",
    "peaberry_clock_code:",
    // int clock_gettime(int clock, struct timespec *time)
    "peaberry_clock_gettime:",
    "cmp edi, 1",
    "jbe 2f",
    "cmp edi, 5",
    "je 2f",
    "cmp edi, 6",
    "je 2f",
    "mov eax, 228",
    "syscall",
    "ret",
    "2:",
    "lea r8, [rip + peaberry_clock_code + {page}]",
    "3:",
    "mov r9d, [r8]",
    "test r9d, r9d",
    "jz 6f",
    "mov ecx, r9d",
    "and ecx, 1",
    "shl ecx, 6",
    "lea r11, [r8 + rcx + {slot}]",
    "lfence",
    "rdtsc",
    "shl rdx, 32",
    "or rax, rdx",
    "xor ecx, ecx",
    "sub rax, [r11]",
    "cmovb rax, rcx",
    "mul qword ptr [r11 + 16]",
    "shrd rax, rdx, 32",
    "add rax, [r11 + 8]",
    // Clocks 0 and 5 are of the day.
    "cmp edi, 1",
    "je 4f",
    "cmp edi, 6",
    "je 4f",
    "add rax, [r11 + 24]",
    "4:",
    "cmp [r8], r9d",
    "jne 3b",
    "xor edx, edx",
    "mov ecx, 1000000000",
    "div rcx",
    "mov [rsi], rax",
    "mov [rsi + 8], rdx",
    "xor eax, eax",
    "ret",
    "6:",
    "rdtsc",
    "shl rdx, 32",
    "or rax, rdx",
    "mov r10, rax",
    "movabs r9, {told}",
    "mov eax, 228",
    "syscall",
    "ret",
    // int gettimeofday(struct timeval *time, void *zone)
    "peaberry_gettimeofday:",
    "test rdi, rdi",
    "jz 7f",
    "mov rsi, rdi",
    "xor edi, edi",
    "push rsi",
    "call peaberry_clock_gettime",
    "pop rsi",
    "mov rax, [rsi + 8]",
    "xor edx, edx",
    "mov ecx, 1000",
    "div rcx",
    "mov [rsi + 8], rax",
    "7:",
    "xor eax, eax",
    "ret",
    "peaberry_clock_end:",
    ".popsection",
    page = const PAGE as usize - CODE,
    slot = const SLOT,
    told = const TOLD,
);

unsafe extern "C" {
    static peaberry_clock_code: u8;
    static peaberry_clock_gettime: u8;
    static peaberry_gettimeofday: u8;
    static peaberry_clock_end: u8;
}

/// Offsets of the system calls in the page of the library.
pub fn calls() -> Vec<usize> {
    let page = library();
    let pairs = page.windows(SYSTEM_CALL.len()).enumerate().skip(CODE);
    pairs
        .filter(|(_, pair)| *pair == SYSTEM_CALL)
        .map(|(at, _)| at)
        .collect()
}

/// The library: an ELF file of one page, of which a dynamic linker would use the symbols alone.
pub fn library() -> Vec<u8> {
    const SYMBOLS: usize = 0x200;
    const STRINGS: usize = 0x300;
    const HASH: usize = 0x1c0;
    const DYNAMIC: usize = 0x100;
    let strings = b"\0__vdso_clock_gettime\0__vdso_gettimeofday\0peaberry-clock.so\0";
    let name = |text: &str| {
        strings
            .windows(text.len())
            .position(|part| part == text.as_bytes())
            .unwrap_or(0) as u64
    };
    // SAFETY: labels of the code above, in one section, in this order.
    let (code, offsets) = unsafe {
        let start = &raw const peaberry_clock_code;
        let length = (&raw const peaberry_clock_end).offset_from(start) as usize;
        let offset = |label: *const u8| CODE as u64 + label.offset_from(start) as u64;
        let offsets = [
            offset(&raw const peaberry_clock_gettime),
            offset(&raw const peaberry_gettimeofday),
        ];
        (std::slice::from_raw_parts(start, length), offsets)
    };
    let mut bytes = vec![0; PAGE as usize];
    let mut put = |at: usize, part: &[u8]| bytes[at..at + part.len()].copy_from_slice(part);
    let words = |words: &[u64]| words.iter().flat_map(|word| word.to_le_bytes()).collect::<Vec<u8>>();
    put(0, b"\x7fELF\x02\x01\x01");
    // A shared object for x86-64, version 1; headers of 64 bytes, two program headers of 56 behind it, no sections.
    put(
        16,
        &words(&[
            0x0000_0001_003e_0003,
            0,
            64,
            0,
            0x0038_0040_0000_0000,
            0x0000_0000_0040_0002,
        ]),
    );
    let (load, dynamic) = (1u64 | 5 << 32, 2u64 | 4 << 32);
    put(64, &words(&[load, 0, 0, 0, PAGE, PAGE, PAGE]));
    let bytes_of_dynamic = 7 * 16;
    let at = DYNAMIC as u64;
    put(
        120,
        &words(&[dynamic, at, at, at, bytes_of_dynamic, bytes_of_dynamic, 8]),
    );
    // DT_HASH, DT_STRTAB, DT_SYMTAB, DT_STRSZ, DT_SYMENT, DT_SONAME, and the end.
    let entries = [
        [4, HASH as u64],
        [5, STRINGS as u64],
        [6, SYMBOLS as u64],
        [10, strings.len() as u64],
        [11, 24],
        [14, name("peaberry-clock.so")],
        [0, 0],
    ];
    put(DYNAMIC, &words(entries.as_flattened()));
    // One bucket and three symbols, of which the first is none: a chain from 1 to 2.
    let hash = [1u32, 3, 1, 0, 2, 0].map(u32::to_le_bytes);
    put(HASH, hash.as_flattened());
    for (index, (text, offset)) in ["__vdso_clock_gettime", "__vdso_gettimeofday"]
        .iter()
        .zip(offsets)
        .enumerate()
    {
        // A global function in section 1.
        let head = name(text) | 0x12 << 32 | 1 << 48;
        put(SYMBOLS + (index + 1) * 24, &words(&[head, offset, 64]));
    }
    put(STRINGS, strings);
    put(CODE, code);
    bytes
}

/// A moment on the host: its time stamp, its monotonic clock, and how far its clock of the day is ahead of that.
#[derive(Clone, Copy, Debug)]
struct Moment {
    stamp: u64,
    nanoseconds: u64,
    real_time: u64,
}

fn clock(number: libc::clockid_t) -> u64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: writes one structure; both clocks are always there.
    unsafe { libc::clock_gettime(number, &mut time) };
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}

fn stamp() -> u64 {
    // SAFETY: every processor that has KVM has these instructions.
    unsafe {
        asm!("lfence", options(nostack, nomem, preserves_flags));
        _rdtsc()
    }
}

impl Moment {
    /// The one of several in which least happened between the readings.
    fn now() -> Moment {
        let one = || {
            let (before, nanoseconds, after) = (stamp(), clock(libc::CLOCK_MONOTONIC), stamp());
            let moment = Moment {
                stamp: before + (after - before) / 2,
                nanoseconds,
                real_time: clock(libc::CLOCK_REALTIME).wrapping_sub(clock(libc::CLOCK_MONOTONIC)),
            };
            (after - before, moment)
        };
        let all = [one(), one(), one(), one()];
        let first = all[0];
        all.into_iter()
            .fold(first, |best, next| if next.0 < best.0 { next } else { best })
            .1
    }
}

/// What the page says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Said {
    stamp: u64,
    nanoseconds: u64,
    /// Nanoseconds of a tick, times 2^32.
    factor: u64,
}

impl Said {
    fn at(&self, stamp: u64) -> u64 {
        let ticks = u128::from(stamp.saturating_sub(self.stamp));
        self.nanoseconds
            .wrapping_add(((ticks * u128::from(self.factor)) >> 32) as u64)
    }
}

/// Keeps the page.
#[derive(Debug, Default)]
pub struct Clock {
    /// The host's clocks are made of the same time stamp.
    trusted: bool,
    count: u32,
    /// The guest's time stamp less the host's.
    difference: u64,
    /// The factor that the processor's frequency gives.
    nominal: u64,
    said: Option<Said>,
}

/// Differences below are the way from the guest to the monitor.
const WAY: u64 = 1 << 28;
/// The clock never runs faster or slower than by this part.
const MOST_CORRECTION: u64 = 1000;

impl Clock {
    /// One that the guest has yet to ask for.
    pub fn new() -> Clock {
        let source = std::fs::read_to_string("/sys/devices/system/clocksource/clocksource0/current_clocksource");
        Clock {
            trusted: source.is_ok_and(|source| ["tsc", "kvm-clock"].contains(&source.trim())),
            ..Clock::default()
        }
    }

    /// Has the guest a page?
    pub fn is_set(&self) -> bool {
        self.said.is_some()
    }

    /// The guest said what its time stamp, of this frequency, was a moment ago.
    pub fn begin(&mut self, told: u64, kilohertz: u32) {
        if !self.trusted || kilohertz == 0 || self.is_set() {
            return;
        }
        self.nominal = ((1_000_000u128 << 32) / u128::from(kilohertz)) as u64;
        let now = Moment::now();
        let difference = told.wrapping_sub(now.stamp);
        let same = now.stamp.wrapping_sub(told) < WAY || difference < WAY;
        self.difference = if same { 0 } else { difference };
        self.said = Some(Said {
            stamp: now.stamp,
            nanoseconds: now.nanoseconds,
            factor: self.nominal,
        });
    }

    /// What the page is to say from now on, as offsets and words in the order in which they are to be stored.
    pub fn words(&mut self) -> Vec<(u64, u64)> {
        let Some(before) = self.said else { return Vec::new() };
        let now = Moment::now();
        let shown = before.at(now.stamp);
        let said = Said {
            stamp: now.stamp,
            nanoseconds: shown,
            factor: self.corrected(now.nanoseconds.wrapping_sub(shown) as i64),
        };
        self.said = Some(said);
        self.count = self.count.wrapping_add(1).max(2);
        let slot = SLOT + u64::from(self.count & 1) * SLOT;
        let words = [
            said.stamp.wrapping_add(self.difference),
            said.nanoseconds,
            said.factor,
            now.real_time,
        ];
        let places = (0..).map(|index| slot + index * 8);
        places.zip(words).chain([(COUNT, u64::from(self.count))]).collect()
    }

    /// The factor with which the clock makes up for being behind by so many nanoseconds, in about a second.
    fn corrected(&self, behind: i64) -> u64 {
        let most = (self.nominal / MOST_CORRECTION) as i64;
        let change = i128::from(self.nominal) * i128::from(behind) / 1_000_000_000;
        self.nominal
            .wrapping_add_signed(change.clamp(-i128::from(most), i128::from(most)) as i64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_library_fits_and_says_what_it_is() {
        let library = library();
        assert_eq!((library.len(), &library[..4]), (PAGE as usize, &b"\x7fELF"[..]));
        let at = |place: usize| u64::from_le_bytes(library[place..place + 8].try_into().expect("word")) as usize;
        // The second symbol's name and value.
        let name = 0x300 + at(0x218) as u32 as usize;
        assert_eq!(&library[name..name + 21], b"__vdso_clock_gettime\0");
        assert_eq!((at(0x220), library[at(0x220)]), (CODE, 0x83));
        assert!(library[PAGE as usize - 16..].iter().all(|&byte| byte == 0));
    }

    #[test]
    fn clocks_run_towards_the_hosts_and_never_back() {
        let mut clock = Clock {
            trusted: true,
            ..Clock::default()
        };
        assert!(clock.words().is_empty());
        clock.begin(stamp(), 2_000_000);
        assert!(clock.is_set() && clock.difference == 0);
        assert_eq!(clock.nominal, 1 << 31);
        let first = clock.said.expect("said");
        let words = clock.words();
        assert_eq!((words.len(), words[0].0, words[4]), (5, SLOT, (COUNT, 2)));
        let second = clock.said.expect("said");
        assert_eq!(first.at(second.stamp), second.nanoseconds);
        assert_eq!(clock.corrected(0), clock.nominal);
        let slow = clock.corrected(-10_000_000_000);
        assert!(slow < clock.nominal && slow > clock.nominal / 2);
        assert!(clock.corrected(1000) >= clock.nominal && clock.corrected(i64::MAX) < clock.nominal * 2);
        let mut other = Clock {
            trusted: true,
            ..Clock::default()
        };
        other.begin(stamp().wrapping_add(1 << 50), 1_000_000);
        assert!(other.difference > 1 << 49);
        other = Clock::default();
        other.begin(stamp(), 1_000_000);
        assert!(!other.is_set());
    }
}

//! The monitor's handlers of system calls, and all of the monitor behind them, over arbitrary calls and arbitrary memory of a guest;
//! the processors are pretended, so that no KVM is needed. Besides panics it finds descriptors that are left behind, and files that
//! were changed which were not granted.
//!
//! An input is a number of calls, the calls (a number, six arguments, a modifier), and contents of the guest's memory.
//!
//! `cargo xtask fuzz --target hypercalls`

#![no_main]

use libfuzzer_sys::fuzz_target;
use peaberry_shim::address_space::PROGRAM_BASE;
use peaberry_shim::vcpu::{Argument, Step, play};
use peaberry_shim::{Configuration, Endpoints, Grant, Guest, Limits, Network};
use std::fs;
use std::os::fd::AsRawFd;
use std::os::unix::fs::{FileExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// Most calls of an input.
const MOST_CALLS: usize = 48;
/// Bytes of a call in the input.
const CALL_BYTES: usize = 8;
/// Offset of the memory that arguments point to, in the program.
const ARENA: u64 = 4096;
/// Its length.
const ARENA_BYTES: usize = 60 << 10;
/// Bytes of each of the structures at its beginning.
const SLOT: usize = 64;
/// Where the input's contents begin in it.
const FREE: usize = 4096;

/// What there is in the first slots: paths, then what else calls take.
const PATHS: &[&str] = &[
    "rw/file", "rw/new", "rw/deep/new", "../secret", "ro/file", "rw/link", "rw/absolute", "/etc/passwd", "rw/deep", "rw", ".", "",
    "rw/../../secret", "/etc/hosts", "/proc/self/status", "ro/new", "/dev/null", "rw/out/secret",
];

/// Values that are likely to be wrong, or flags.
const VALUES: &[u64] = &[
    u64::MAX, u64::MAX - 7, u64::MAX - 4095, 1 << 63, 1 << 47, (1 << 47) - 4096, 252 << 30, (252 << 30) - 8, (256 << 30) - 8,
    80 << 30, (80 << 30) + (2 << 20), (80 << 30) + 4096, (64 << 30) - 1, PROGRAM_BASE + ARENA + ARENA_BYTES as u64 - 4,
    PROGRAM_BASE + ARENA + ARENA_BYTES as u64, 0x7fff_ffff, 1 << 31, 1 << 32, 4096, 2 << 20, 64 << 20, 1 << 40, 0x21, 0x22, 0x32,
    0x10_0022, 0x10_0032, 0x01, 0x11, libc::O_RDWR as u64, (libc::O_RDWR | libc::O_CREAT) as u64,
    (libc::O_RDWR | libc::O_CREAT | libc::O_TRUNC) as u64, libc::O_DIRECTORY as u64, libc::AT_FDCWD as u32 as u64,
    libc::AT_EMPTY_PATH as u64, libc::AT_SYMLINK_NOFOLLOW as u64, libc::CLONE_SETTLS as u64 | 0x1_0f00, 0x3d_0f00, 129, 137, 11,
    libc::F_DUPFD_CLOEXEC as u64, libc::F_SETLK as u64, libc::FIONREAD, libc::TIOCGWINSZ, libc::TCGETS, 0x1002, 0x1003, 100, 300,
    0x7065_6162_6572_7279, libc::SOCK_STREAM as u64 | 0x800, libc::SOCK_DGRAM as u64 | 0x800, libc::EPOLLIN as u64,
];

/// Numbers of calls that may wait for ever, and the argument that says how long.
const WAITING: &[(i64, usize)] = &[(libc::SYS_poll, 2), (libc::SYS_epoll_wait, 3), (libc::SYS_epoll_pwait, 3)];

/// Everything that is made once.
struct World {
    top: PathBuf,
    program: fs::File,
    configuration: Configuration,
}

fn world() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| {
        let top = std::env::temp_dir().join(format!("peaberry-fuzz-{}", std::process::id()));
        for place in ["rw/deep", "ro"] {
            fs::create_dir_all(top.join(place)).expect("make");
        }
        for file in ["rw/file", "ro/file", "secret"] {
            fs::write(top.join(file), file).expect("write");
        }
        symlink("deep", top.join("rw/link")).expect("link");
        symlink(top.join("ro/file"), top.join("rw/absolute")).expect("link");
        symlink("..", top.join("rw/out")).expect("link");
        let (program, null) = (memory_file(), fs::OpenOptions::new().read(true).write(true).open("/dev/null").expect("null"));
        // SAFETY: the first two standard streams, which libFuzzer does not use, and a limit on what files can become.
        unsafe {
            libc::dup2(null.as_raw_fd(), 0);
            libc::dup2(null.as_raw_fd(), 1);
            libc::signal(libc::SIGXFSZ, libc::SIG_IGN);
            let most = libc::rlimit { rlim_cur: 1 << 20, rlim_max: 1 << 20 };
            libc::setrlimit(libc::RLIMIT_FSIZE, &most);
        }
        let grant = |name: &str, writable| Grant::same_path(&top.join(name), writable);
        let configuration = Configuration {
            guest: Guest::File(format!("/proc/self/fd/{}", program.as_raw_fd()).into()),
            image: None,
            arguments: vec!["guest".into()],
            environment: Vec::new(),
            directory: top.clone(),
            processors: 2,
            memory: 24 << 20,
            expected: None,
            share: false,
            grants: vec![grant("rw", true), grant("ro", false)],
            network: Network {
                listen: vec![Endpoints::parse("127.0.0.1:0").expect("address")],
                connect: vec![Endpoints::parse("127.0.0.1:9").expect("address")],
            },
            limits: Limits { threads: 6, descriptors: 40 },
            statistics: false,
        };
        World { top, program, configuration }
    })
}

/// A program of one segment, in memory.
fn memory_file() -> fs::File {
    use std::os::fd::FromRawFd;
    // SAFETY: the name ends with 0; the descriptor was made just now.
    let file = unsafe { fs::File::from_raw_fd(libc::memfd_create(c"program".as_ptr(), 0)) };
    let length = ARENA + ARENA_BYTES as u64;
    let mut bytes = vec![0; length as usize];
    bytes[..8].copy_from_slice(b"\x7fELF\x02\x01\x01\0");
    let halves = |bytes: &mut [u8], at: usize, values: &[u16]| {
        for (index, value) in values.iter().enumerate() {
            bytes[at + index * 2..][..2].copy_from_slice(&value.to_le_bytes());
        }
    };
    halves(&mut bytes, 16, &[3, 62, 1]);
    // Entry and program headers.
    for (at, value) in [(24, 0x100u64), (32, 64), (64 + 32, length), (64 + 40, length), (64 + 48, 4096)] {
        bytes[at..at + 8].copy_from_slice(&value.to_le_bytes());
    }
    halves(&mut bytes, 52, &[64, 56, 1, 64]);
    // One segment to load, readable and writable.
    halves(&mut bytes, 64, &[1, 0, 6, 0]);
    file.write_all_at(&bytes, 0).expect("write");
    file
}

/// The guest's memory: structures that calls take, then what the input says.
fn arena(top: &Path, contents: &[u8]) -> Vec<u8> {
    let mut arena = vec![0; ARENA_BYTES];
    let place = |arena: &mut [u8], slot: usize, bytes: &[u8]| {
        let bytes = &bytes[..bytes.len().min(SLOT)];
        arena[slot * SLOT..][..bytes.len()].copy_from_slice(bytes);
    };
    for (slot, path) in PATHS.iter().enumerate() {
        place(&mut arena, slot, path.as_bytes());
    }
    let base = PROGRAM_BASE + ARENA;
    let words = |values: &[u64]| values.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<u8>>();
    let others: &[Vec<u8>] = &[
        // Times: a moment, none, a bad one.
        words(&[0, 1000]), words(&[0, 0]), words(&[0, u64::MAX]),
        // Addresses of sockets.
        vec![2, 0, 0, 9, 127, 0, 0, 1], vec![2, 0, 0, 0, 127, 0, 0, 1], vec![2, 0, 0, 80, 10, 0, 0, 1],
        [&[10, 0, 0, 9][..], &[0; 4], &[0; 10], &[255, 255, 127, 0, 0, 1]].concat(), vec![16, 0, 0, 0, 16],
        // Buffers.
        words(&[base + 0x1000, 100, base + 0x2000, 5000, 1, 1, base, u64::MAX]), words(&[base, 8, base + 0x4000, 8]),
        // Descriptors to poll, an event.
        words(&[0x1_0000_0003, 0x4_0000_0004, 0x1_ffff_ffff]), words(&[0x55_0000_0001, 7]),
        // A handler, one on a stack of its own, sets, a stack.
        words(&[base + 0x100, 0x400_0000, base, 0]), words(&[base + 0x100, 0x0c00_0000, base, u64::MAX]), words(&[1 << 11, 0]),
        words(&[base + 0x6000, 0, 0x2000]),
        // A lock, a path that is absolute.
        words(&[1, 0, 10, 0]), format!("{}/rw/file", top.display()).into_bytes(),
    ];
    for (index, bytes) in others.iter().enumerate() {
        place(&mut arena, PATHS.len() + index, bytes);
    }
    let length = contents.len().min(ARENA_BYTES - FREE);
    arena[FREE..FREE + length].copy_from_slice(&contents[..length]);
    arena
}

fn step(bytes: &[u8]) -> Step {
    let (selector, modifier) = (bytes[0], u64::from(bytes[7]));
    let base = PROGRAM_BASE + ARENA;
    let stack = match bytes[7] % 8 {
        0 => VALUES[usize::from(bytes[6]) % VALUES.len()],
        _ => base + 0x8000 + modifier * 8,
    };
    let argument = |byte: &u8| match byte {
        0..=31 => Argument::Value(u64::from(*byte)),
        32..=47 => Argument::Result(usize::from(byte - 32)),
        48..=63 => Argument::Value(u64::from(byte - 48) << (modifier & 31)),
        64..=127 => Argument::Value(base + u64::from(byte - 64) * SLOT as u64),
        128..=159 => Argument::Value(base + FREE as u64 + u64::from(byte - 128) * 1024 + modifier),
        _ => Argument::Value(VALUES[usize::from(byte - 160) % VALUES.len()]),
    };
    let mut arguments = [Argument::Value(0); 6];
    arguments.iter_mut().zip(&bytes[1..7]).for_each(|(place, byte)| *place = argument(byte));
    // Numbers above 255, served or not, take the place of those that are not served below.
    let number = match selector {
        240 => 257 + modifier % 80,
        241 => return match arguments[0] {
            Argument::Value(address) => Step::Access(address),
            Argument::Result(_) => Step::Nothing,
        },
        242 => return Step::Exception(u16::from(bytes[1]) % 32, stack),
        243 => 424 + modifier % 40,
        244 => VALUES[usize::from(bytes[7]) % VALUES.len()],
        245 => libc::SYS_rt_sigreturn as u64,
        // Guests have 24 MiB.
        246 => return Step::Absent((modifier & 1 != 0).then_some(u64::from(bytes[1]) << 17 | u64::from(bytes[2]) << 12)),
        _ => u64::from(selector),
    };
    if let Some(&(_, index)) = WAITING.iter().find(|row| row.0 as u64 == number) {
        arguments[index] = Argument::Value(modifier % 2);
    }
    if number == libc::SYS_futex as u64 {
        // The moment.
        arguments[3] = Argument::Value(base + (PATHS.len() * SLOT) as u64);
    }
    Step::Call(number, arguments, stack)
}

fn descriptors() -> usize {
    fs::read_dir("/proc/self/fd").map_or(0, Iterator::count)
}

/// Names in a directory.
fn names(directory: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(directory).expect("read").flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

fuzz_target!(|bytes: &[u8]| {
    let world = world();
    let Some((&count, rest)) = bytes.split_first() else { return };
    let count = (usize::from(count) % MOST_CALLS).min(rest.len() / CALL_BYTES);
    let (calls, contents) = rest.split_at(count * CALL_BYTES);
    world.program.write_all_at(&arena(&world.top, contents), ARENA).expect("write");
    // libFuzzer's own stream is not the guest's to write to.
    let close = Step::Call(libc::SYS_close as u64, [Argument::Value(2); 6], PROGRAM_BASE);
    play(std::iter::once(close).chain(calls.chunks_exact(CALL_BYTES).map(step)));
    let before = descriptors();
    // In a thread of its own, as it is confined for good.
    let ran = std::thread::spawn(|| peaberry_shim::run(&world.configuration).expect("boot"));
    let ending = ran.join().expect("join");
    assert!(!format!("{ending:?}").contains("an error of the monitor"), "{ending:?}");
    // The last thread of a guest may still be on its way out.
    let late = Instant::now() + Duration::from_secs(5);
    while descriptors() != before {
        assert!(Instant::now() < late, "{} descriptors, {before} before", descriptors());
        std::thread::yield_now();
    }
    assert_eq!(names(&world.top), ["ro", "rw", "secret"]);
    assert_eq!(names(&world.top.join("ro")), ["file"]);
    for file in ["secret", "ro/file"] {
        assert_eq!(fs::read(world.top.join(file)).expect("read"), file.as_bytes());
    }
    // What it may change is as before for the next one.
    let writable = world.top.join("rw");
    for directory in [&writable, &writable.join("deep")] {
        let _ = fs::set_permissions(directory, fs::Permissions::from_mode(0o755));
    }
    if names(&writable) != ["absolute", "deep", "file", "link", "out"] || !names(&writable.join("deep")).is_empty() {
        fs::remove_dir_all(&writable).expect("remove");
        fs::create_dir_all(writable.join("deep")).expect("make");
        symlink("deep", writable.join("link")).expect("link");
        symlink(world.top.join("ro/file"), writable.join("absolute")).expect("link");
        symlink("..", writable.join("out")).expect("link");
        fs::write(writable.join("file"), "rw/file").expect("write");
    }
});

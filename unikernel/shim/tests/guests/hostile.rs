//! A guest: system calls with forged numbers and arguments, from several threads, until its time is up.

use std::arch::asm;

/// Makes a system call.
fn call(number: u64, a: [u64; 6]) -> i64 {
    let result: i64;
    // SAFETY: of no concern here: what becomes of this program is not what is tested.
    unsafe {
        asm!("syscall", inlateout("rax") number => result, in("rdi") a[0], in("rsi") a[1], in("rdx") a[2],
            in("r10") a[3], in("r8") a[4], in("r9") a[5], lateout("rcx") _, lateout("r11") _)
    };
    result
}

const NUMBERS: [u64; 93] = [
    0, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 18, 19, 20, 21, 22, 24, 26, 28, 32, 33, 39, 56, 63, 72, 77, 79,
    82, 83, 84, 87, 89, 97, 98, 99, 131, 157, 158, 186, 204, 213, 217, 228, 257, 258, 262, 263, 267, 269, 285, 291, 293,
    302, 318, 332, 41, 42, 43, 44, 45, 48, 49, 50, 51, 52, 53, 54, 55, 288, 49,
    86, 88, 90, 91, 137, 138, 253, 254, 255, 265, 266, 268, 280, 294, 72, 82, 234, 131,
];

/// `SOCK_NONBLOCK`: sockets nobody else writes to would be waited for without end.
const NONBLOCKING: u64 = 0x800;

fn attack(seed: u64) {
    let mut random = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = move || {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random
    };
    let own = vec![0u8; 1 << 16].leak();
    own[..32].copy_from_slice(b"../../../../../../../etc/passwd\0");
    // Addresses of sockets: granted, not granted, and of other families.
    for (index, address) in [[127, 0, 0, 1], [0; 4], [10, 0, 0, 1], [127, 0, 0, 2]].iter().enumerate() {
        own[64 + index * 32..][..8].copy_from_slice(&[2, 0, 0, 9, address[0], address[1], address[2], address[3]]);
    }
    own[192..216].copy_from_slice(b"\x0a\0\0\x09\0\0\0\0\0\0\0\0\0\0\0\0\0\0\xff\xff\x7f\0\0\x01");
    own[224..238].copy_from_slice(b"\x01\0/etc/passwd\0");
    // Paths within what is granted.
    let place = std::env::args().nth(2).unwrap_or_default();
    for (index, name) in ["one", "two", "one/../.."].iter().enumerate() {
        let path = format!("{place}/{name}\0");
        own[256 + index * 64..][..path.len().min(64)].copy_from_slice(&path.as_bytes()[..path.len().min(64)]);
    }
    let own = own.as_ptr() as u64;
    for kind in [1, 2, 1, 2] {
        call(41, [2, kind | NONBLOCKING, 0, 0, 0, 0]);
    }
    loop {
        let number = match next() % 8 {
            0 => next(),
            1 => next() % 1024,
            _ => NUMBERS[next() as usize % NUMBERS.len()],
        };
        // Not those that wait, nor those that end it before its time.
        if [15, 23, 34, 35, 60, 61, 130, 202, 230, 231, 232, 270, 271, 281].contains(&number) {
            continue;
        }
        let mut arguments = [(); 6].map(|()| match next() % 14 {
            0 => 0,
            1 => next(),
            2 => u64::MAX - next() % 4096,
            3 => own,
            4 => own + (1 << 16) - next() % 16,
            5 => 252 << 30 | next() % (4 << 20),
            6 => (256 << 30) - next() % 8192,
            7 => 1 << 47,
            8 => next() % 64,
            9 => (next() % (300 << 30)) & !4095,
            10 => 0xffff_8000_0000_0000 | next() % (1 << 40),
            11 => own + 64 + next() % 9 * 32,
            12 => 16,
            _ => next() % 8,
        });
        if number == 41 || number == 53 {
            arguments[1] |= NONBLOCKING;
        }
        call(number, arguments);
        // `clone3`, whose arguments lie in memory.
        call(435, [arguments[0], 64 + arguments[1] % 64, 0, 0, 0, 0]);
    }
}

fn main() {
    let seed = std::env::args().nth(1).and_then(|seed| seed.parse().ok()).unwrap_or(1u64);
    for thread in 0..3 {
        std::thread::spawn(move || attack(seed * 10 + thread));
    }
    std::thread::sleep(std::time::Duration::from_millis(1500));
    call(231, [9, 0, 0, 0, 0, 0]);
}

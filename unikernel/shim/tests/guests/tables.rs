//! A hostile guest that goes for what the processor runs on: page and descriptor tables, the entry for system calls, privileged
//! instructions, ports, flags. Each attempt must fault, and nothing must have changed afterwards. With an argument it makes that one
//! attempt, after which it need not go on.

use std::arch::asm;
use std::sync::atomic::{AtomicI32, Ordering};

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
    fn getppid() -> i32;
}

const TRAP: i32 = 5;
const SEGMENT: i32 = 11;
const ILLEGAL: i32 = 4;
const INFORMED: i32 = 4;
const TRAP_FLAG: u64 = 1 << 8;

static FAULTS: AtomicI32 = AtomicI32::new(0);
static TRAPS: AtomicI32 = AtomicI32::new(0);
/// Bytes of the instruction that faults.
static LENGTH: AtomicI32 = AtomicI32::new(0);

extern "C" fn step_over(_: i32, _: *const u64, context: *mut u64) {
    FAULTS.fetch_add(1, Ordering::SeqCst);
    // SAFETY: what the system passes; the instruction's address is the 22nd word of the context.
    unsafe { *context.add(5 + 16) += LENGTH.load(Ordering::SeqCst) as u64 };
}

extern "C" fn trapped(_: i32, _: *const u64, context: *mut u64) {
    // SAFETY: what the system passes; the flags are the 23rd word of the context.
    unsafe {
        // Twenty steps, then on without.
        if TRAPS.fetch_add(1, Ordering::SeqCst) == 20 {
            *context.add(5 + 17) &= !TRAP_FLAG;
        }
    }
}

fn handle(signal: i32, handler: extern "C" fn(i32, *const u64, *mut u64)) {
    let action = Action {
        handler: handler as usize,
        mask: [0; 16],
        flags: INFORMED,
        restorer: 0,
    };
    // SAFETY: the structure outlives the call.
    assert_eq!(unsafe { sigaction(signal, &action, std::ptr::null_mut()) }, 0);
}

/// Is the attempt a fault?
fn faults(length: i32, attempt: impl FnOnce()) -> bool {
    let before = FAULTS.load(Ordering::SeqCst);
    LENGTH.store(length, Ordering::SeqCst);
    attempt();
    FAULTS.load(Ordering::SeqCst) != before
}

fn writes(address: u64) -> bool {
    // SAFETY: `mov [rdi], al`, whose fault is handled.
    !faults(2, || unsafe { asm!(".byte 0x88, 0x07", in("rdi") address, in("al") 0x90u8) })
}

fn reads(address: u64) -> bool {
    // SAFETY: `mov al, [rdi]`, whose fault is handled.
    !faults(2, || unsafe { asm!(".byte 0x8a, 0x07", in("rdi") address, out("al") _) })
}

/// What a table's register says, which may be anything where the processor keeps it to itself.
fn table(interrupts: bool) -> u64 {
    let mut bytes = [0u8; 16];
    let place = bytes.as_mut_ptr();
    // SAFETY: `sidt [rdi]` and `sgdt [rdi]`, of three bytes: write ten.
    faults(3, || unsafe {
        match interrupts {
            true => asm!(".byte 0x0f, 0x01, 0x0f", in("rdi") place),
            false => asm!(".byte 0x0f, 0x01, 0x07", in("rdi") place),
        }
    });
    u64::from_le_bytes(bytes[2..10].try_into().unwrap_or_default())
}

macro_rules! instruction {
    ($length:expr, $($byte:literal),+) => {
        // SAFETY: an instruction whose fault is handled.
        faults($length, || unsafe {
            asm!(concat!(".byte ", stringify!($($byte),+)), in("rdi") std::ptr::null::<u8>(), inout("rax") 0u64 => _,
                inout("rcx") 0xc000_0082u64 => _, inout("rdx") 0x6eu64 => _)
        })
    };
}

fn main() {
    handle(SEGMENT, step_over);
    // Some processors do not know at CPL 3 what others refuse.
    handle(ILLEGAL, step_over);
    handle(TRAP, trapped);
    let system = 252u64 << 30;
    // Page tables lie before the entries and are mapped nowhere; behind the clock are what belongs to processors.
    let places = [0, 1, 2, 258, 259, 260, 261, 262, 263, 264, 511, 512, 1024].map(|page| system + page * 4096);
    let (interrupts, descriptors) = (table(true), table(false));
    let more = [interrupts, descriptors, descriptors + 8, descriptors + 0x80, descriptors + 0xff8, (256 << 30) - 8, 1 << 40];
    let written: Vec<u64> = places.iter().chain(&more).copied().filter(|&place| writes(place)).collect();
    // The entry and the two pages of the clock.
    let read: Vec<u64> = places.iter().copied().filter(|&place| reads(place)).map(|place| (place - system) / 4096).collect();
    println!("written {written:x?}, read {read:?}");
    let privileged = [
        instruction!(3, 0x0f, 0x01, 0x17),       // lgdt [rdi]
        instruction!(3, 0x0f, 0x01, 0x1f),       // lidt [rdi]
        instruction!(3, 0x0f, 0x00, 0xd8),       // ltr eax
        instruction!(3, 0x0f, 0x22, 0xd8),       // mov cr3, rax
        instruction!(3, 0x0f, 0x22, 0xc0),       // mov cr0, rax
        instruction!(2, 0x0f, 0x30),             // wrmsr
        instruction!(3, 0x0f, 0x01, 0x3f),       // invlpg [rdi]
        instruction!(1, 0xf4),                   // hlt
        instruction!(1, 0xfa),                   // cli
        instruction!(2, 0x0f, 0x35),             // sysexit
        instruction!(1, 0xee),                   // out dx, al: an exception's port
        instruction!(1, 0xec),                   // in al, dx
        instruction!(2, 0xe6, 0x80),             // out 0x80, al
        instruction!(2, 0xcd, 0x0e),             // int 14
        instruction!(2, 0xcd, 0x80),             // int 0x80
    ];
    println!("refused {privileged:?}");
    // Stepping through a system call: the trap must not happen in its entry.
    // SAFETY: sets the flag; the handler takes it back.
    let same = unsafe {
        let before = getppid();
        asm!("pushfq", "or qword ptr [rsp], 0x100", "popfq", "nop");
        let after = getppid();
        asm!("nop");
        before == after
    };
    println!("stepped {} {same}", TRAPS.load(Ordering::SeqCst) > 0);
    match std::env::args().nth(1).as_deref() {
        // Ports beside that of system calls, which one access of four bytes reaches.
        // SAFETY: what becomes of this program is not what is tested.
        Some("port") => unsafe { asm!("out 0x43, al", in("al") 0u8) },
        // SAFETY: as above.
        Some("in") => unsafe { asm!("in eax, 0x42", out("eax") _) },
        // A system call with a stack of tables, which an exception there would be written to.
        // SAFETY: as above.
        Some("stack") => unsafe {
            asm!("mov rsp, rdi", "mov eax, 110", "syscall", "mov qword ptr [rsp], 0", in("rdi") system + 262 * 4096)
        },
        _ => {}
    }
    println!("end");
}

//! Segments, the gates of interrupts, and the stacks that the processor changes to.

use super::{Only, entry};
use core::arch::asm;

const TASK: u16 = 0x40;

/// Segments with Linux's numbers: 0x10 and 0x18 of the kernel, 0x2b and 0x33 of programs, then the task.
static DESCRIPTORS: Only<[u64; 10]> = Only::new([
    0,
    0,
    0x00af_9b00_0000_ffff,
    0x00cf_9300_0000_ffff,
    0x00cf_fb00_0000_ffff,
    0x00cf_f300_0000_ffff,
    0x00af_fb00_0000_ffff,
    0,
    0,
    0,
]);

/// The task state: stacks.
#[repr(C, packed(4))]
struct Task {
    reserved: u32,
    /// Of levels 0 to 2.
    stacks: [u64; 3],
    reserved_too: u64,
    /// For exceptions after which the kernel ends, whatever its stack is like.
    last_stacks: [u64; 7],
    rest: [u16; 6],
}

const BITMAP_BEHIND_THE_END: u16 = size_of::<Task>() as u16;

static TASK_STATE: Only<Task> = Only::new(Task {
    reserved: 0,
    stacks: [0; 3],
    reserved_too: 0,
    last_stacks: [0; 7],
    rest: [0, 0, 0, 0, 0, BITMAP_BEHIND_THE_END],
});

#[repr(align(16))]
struct LastStack(#[expect(dead_code, reason = "a stack")] [u8; 8192]);

static LAST_STACK: Only<LastStack> = Only::new(LastStack([0; 8192]));

/// Vectors of interrupts and exceptions.
const VECTORS: usize = 256;
static GATES: Only<[[u64; 2]; VECTORS]> = Only::new([[0; 2]; VECTORS]);

#[repr(C, packed)]
struct Pointer {
    limit: u16,
    address: u64,
}

fn pointer<T>(place: &Only<T>) -> Pointer {
    Pointer {
        limit: size_of::<T>() as u16 - 1,
        address: place.pointer().expose_provenance() as u64,
    }
}

/// Where the processor stores registers when it comes in from the program.
pub fn set_frame_end(address: u64) {
    // SAFETY: the kernel alone changes it; the processor reads it when it comes in.
    unsafe { (*TASK_STATE.pointer()).stacks[0] = address };
}

/// Has the processor use the tables.
pub fn load() {
    let task = TASK_STATE.pointer().expose_provenance() as u64;
    let limit = size_of::<Task>() as u64 - 1;
    let last = LAST_STACK.pointer().expose_provenance() as u64 + size_of::<LastStack>() as u64;
    // SAFETY: before anything else runs, the tables being the kernel's own.
    unsafe {
        (*TASK_STATE.pointer()).last_stacks[0] = last;
        let descriptors = &mut *DESCRIPTORS.pointer();
        descriptors[8] = limit | (task & 0xff_ffff) << 16 | 0x89 << 40 | (task >> 24 & 0xff) << 56;
        descriptors[9] = task >> 32;
        let gates = &mut *GATES.pointer();
        for (vector, gate) in gates.iter_mut().enumerate() {
            let handler = entry::handler(vector);
            // Programs may come by `int3` and `into` alone. After a double fault, a check or what cannot be masked, all ends.
            let level = if vector == 3 || vector == 4 { 3 } else { 0 };
            let stack = if matches!(vector, 2 | 8 | 18) { 1 } else { 0 };
            gate[0] = handler & 0xffff
                | 0x10 << 16
                | stack << 32
                | (0x8e | level << 5) << 40
                | (handler >> 16 & 0xffff) << 48;
            gate[1] = handler >> 32;
        }
        asm!(
            "lgdt [{descriptors}]",
            "lidt [{gates}]",
            "push 0x10",
            "lea {scratch}, [rip + 2f]",
            "push {scratch}",
            "retfq",
            "2:",
            "mov {scratch:e}, 0x18",
            "mov ss, {scratch:e}",
            "ltr {task:x}",
            descriptors = in(reg) &pointer(&DESCRIPTORS),
            gates = in(reg) &pointer(&GATES),
            task = in(reg) TASK,
            scratch = out(reg) _,
        );
    }
}

//! Where the processor comes in from the program, and goes back to it.
//!
//! Registers are stored in the thread they belong to: the processor's own stack pointer for interrupts leads to the end of them, and
//! the entry for `syscall` does the same by itself. The kernel then has one stack, which is empty whenever it is entered.

use super::{DIRECT_MAP, Only, descriptor_tables, interrupts, power, processor, run};
use core::arch::asm;
use peaberry_guest_kernel::kernel::SYSTEM_CALL;
use peaberry_guest_kernel::threads::{Registers, Thread, USER_CODE, USER_DATA};

core::arch::global_asm!(
    r#"
    .pushsection .text.entry, "ax", @progbits
    .balign 64
peaberry_system_call:
    mov [rip + peaberry_program_stack], rsp
    mov rsp, [rip + {frame_end}]
    push {user_data}
    push [rip + peaberry_program_stack]
    push r11
    push {user_code}
    push rcx
    push 0
    push {system_call}
peaberry_store:
    push rax
    push rbx
    push rcx
    push rdx
    push rsi
    push rdi
    push rbp
    push r8
    push r9
    push r10
    push r11
    push r12
    push r13
    push r14
    push r15
    cld
    lea rsp, [rip + peaberry_stack_top]
    xor ebp, ebp
    mov rdi, [rip + {extended}]
    cmp byte ptr [rip + {xsave}], 0
    je 1f
    mov eax, -1
    mov edx, -1
    xsave64 [rdi]
    jmp 2f
1:  fxsave64 [rdi]
2:  call {enter}
    .global peaberry_go_on
peaberry_go_on:
    mov rsp, rax
    mov rdi, [rip + {extended}]
    cmp byte ptr [rip + {xsave}], 0
    je 3f
    mov eax, -1
    mov edx, -1
    xrstor64 [rdi]
    jmp 4f
3:  fxrstor64 [rdi]
4:  pop r15
    pop r14
    pop r13
    pop r12
    pop r11
    pop r10
    pop r9
    pop r8
    pop rbp
    pop rdi
    pop rsi
    pop rdx
    pop rcx
    pop rbx
    pop rax
    add rsp, 16
    iretq

    // What all vectors have in common: the vector and an error code lie above what the processor stored.
peaberry_exception:
    cmp qword ptr [rsp], 2
    je 5f
    cmp qword ptr [rsp], 8
    je 5f
    cmp qword ptr [rsp], 18
    je 5f
    test byte ptr [rsp + 24], 3
    jnz peaberry_store
    cmp qword ptr [rsp], 32
    jae 6f
5:  mov rdi, rsp
    and rsp, -16
    call {fault}
    // An interrupt while the kernel waits for one.
6:  push rax
    movabs rax, {end_of_interrupt}
    mov dword ptr [rax], 0
    pop rax
    add rsp, 16
    iretq

    .balign 16
peaberry_vectors:
    .set vector, 0
    .rept 256
    .balign 16
    .if vector == 8 || (vector >= 10 && vector <= 14) || vector == 17 || vector == 21 || vector == 29 || vector == 30
    .else
    push 0
    .endif
    push vector
    jmp peaberry_exception
    .set vector, vector + 1
    .endr
    .popsection

    .pushsection .bss.entry, "aw", @nobits
    .balign 8
peaberry_program_stack: .skip 8
    .popsection
    "#,
    frame_end = sym FRAME_END,
    extended = sym EXTENDED,
    xsave = sym XSAVE,
    enter = sym enter,
    fault = sym fault,
    user_data = const USER_DATA,
    user_code = const USER_CODE,
    system_call = const SYSTEM_CALL,
    end_of_interrupt = const DIRECT_MAP + interrupts::BASE + interrupts::END_OF_INTERRUPT,
);

unsafe extern "C" {
    static peaberry_vectors: u8;
    static peaberry_system_call: u8;
    static peaberry_go_on: u8;
}

/// Bytes of code that a vector has.
const VECTOR_BYTES: usize = 16;

/// End of the registers of the thread that runs.
static FRAME_END: Only<u64> = Only::new(0);
/// Its other registers.
static EXTENDED: Only<u64> = Only::new(0);
/// Are they stored by `xsave`?
static XSAVE: Only<bool> = Only::new(false);

/// Address of the code of a vector.
pub fn handler(vector: usize) -> u64 {
    ((&raw const peaberry_vectors).addr() + vector * VECTOR_BYTES) as u64
}

/// Has `syscall` come in here.
pub fn prepare(xsave: bool) {
    const STAR: u32 = 0xc000_0081;
    const LSTAR: u32 = 0xc000_0082;
    const FLAGS_CLEARED: u32 = 0xc000_0084;
    // SAFETY: before anything else runs; what the labels above are for.
    unsafe {
        XSAVE.pointer().write(xsave);
        processor::write_register(STAR, 0x23 << 48 | 0x10 << 32);
        processor::write_register(LSTAR, (&raw const peaberry_system_call).addr() as u64);
        processor::write_register(FLAGS_CLEARED, 0x0025_7fd5);
    }
}

/// Has the processor store registers in a thread when it comes in next, and gives what it goes on with.
pub fn expect(thread: &mut Thread) -> *mut Registers {
    let registers = &raw mut thread.registers;
    let end = (registers.expose_provenance() + size_of::<Registers>()) as u64;
    descriptor_tables::set_frame_end(end);
    // SAFETY: nothing else uses them while the kernel runs.
    unsafe {
        FRAME_END.pointer().write(end);
        EXTENDED
            .pointer()
            .write((&raw mut thread.extended.0).expose_provenance() as u64);
    }
    registers
}

/// Goes on in the program.
pub fn go_on(registers: *mut Registers) -> ! {
    // SAFETY: `expect` gave the registers, which are those of a program at CPL 3.
    unsafe { asm!("jmp {}", sym peaberry_go_on, in("rax") registers, options(noreturn)) }
}

/// The program came in.
extern "C" fn enter() -> *mut Registers {
    let address: u64;
    // SAFETY: reads a register.
    unsafe { asm!("mov {}, cr2", out(reg) address, options(nomem, nostack, preserves_flags)) };
    run::enter(address)
}

/// The kernel itself did what it must not: the words are vector, error code, instruction.
extern "C" fn fault(words: *const [u64; 3]) -> ! {
    let address: u64;
    // SAFETY: reads a register.
    unsafe { asm!("mov {}, cr2", out(reg) address, options(nomem, nostack, preserves_flags)) };
    // SAFETY: what the entry stored.
    let [vector, error, instruction] = unsafe { *words };
    power::fail(format_args!(
        "exception {vector} with error {error:#x} at {instruction:#x}, address {address:#x}"
    ))
}

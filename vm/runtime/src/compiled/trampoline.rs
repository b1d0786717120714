//! The machine code between Rust and compiled code: entering it, calling out of it, and returning into code that is no
//! longer valid. x86-64, System V; `r15` holds the thread while compiled code runs.
//!
//! What calls out of compiled code notes, in the innermost Java frame (one of the kind "compiled"), where it was called
//! from: see [`super::frames`].

use super::shape::Arguments;
use crate::stack::Frame;
use crate::thread::JavaThread;
use std::arch::naked_asm;
use std::mem::offset_of;

/// The result registers of a call.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub(super) struct RawResult {
    /// `rax`.
    pub word: u64,
    /// `xmm0`.
    pub float: f64,
}

/// Calls compiled code. `first` is the method, or the address of the locals for an entry at a loop. The innermost Java
/// frame is the one pushed for this call; it learns the frame pointer where walks of compiled frames end.
#[unsafe(naked)]
pub(super) unsafe extern "C" fn call_compiled(
    code: usize,
    thread: *mut JavaThread,
    first: usize,
    arguments: *const Arguments,
) -> RawResult {
    naked_asm!(
        "push rbp",
        "mov rbp, rsp",
        "push rbx",
        "push r12",
        "push r13",
        "push r14",
        "push r15",
        "sub rsp, 8",
        "mov r15, rsi",
        "mov rax, [rsi + {top}]",
        "mov [rax + {entry_fp}], rbp",
        "mov r10, rcx",
        "mov r11, rdi",
        "mov rdi, rdx",
        "mov rcx, [r10 + {count}]",
        "test rcx, rcx",
        "jz 2f",
        "mov rax, [r10 + {stack}]",
        "test cl, 1",
        "jz 3f",
        "sub rsp, 8",
        "3:",
        "push qword ptr [rax + rcx * 8 - 8]",
        "dec rcx",
        "jnz 3b",
        "2:",
        "movsd xmm0, [r10 + {floats}]",
        "movsd xmm1, [r10 + {floats} + 8]",
        "movsd xmm2, [r10 + {floats} + 16]",
        "movsd xmm3, [r10 + {floats} + 24]",
        "movsd xmm4, [r10 + {floats} + 32]",
        "movsd xmm5, [r10 + {floats} + 40]",
        "movsd xmm6, [r10 + {floats} + 48]",
        "movsd xmm7, [r10 + {floats} + 56]",
        "mov rsi, [r10 + {words}]",
        "mov rdx, [r10 + {words} + 8]",
        "mov rcx, [r10 + {words} + 16]",
        "mov r8, [r10 + {words} + 24]",
        "mov r9, [r10 + {words} + 32]",
        "call r11",
        "lea rsp, [rbp - 40]",
        "pop r15",
        "pop r14",
        "pop r13",
        "pop r12",
        "pop rbx",
        "pop rbp",
        "ret",
        top = const offset_of!(JavaThread, top_frame),
        entry_fp = const offset_of!(Frame, resume_pc),
        count = const offset_of!(Arguments, stack_count),
        stack = const offset_of!(Arguments, stack),
        floats = const offset_of!(Arguments, floats),
        words = const offset_of!(Arguments, words),
    )
}

/// Notes the caller of the function whose frame pointer is set: the operands `top`, `pc`, `fp` and `sp` are where.
macro_rules! note_caller {
    () => {
        "mov rax, [r15 + {top}]
        mov r10, [rbp + 8]
        mov [rax + {pc}], r10
        mov r10, [rbp]
        mov [rax + {fp}], r10
        lea r10, [rbp + 16]
        mov [rax + {sp}], r10"
    };
}

/// What the bridge saves of the argument registers.
#[repr(C)]
pub(super) struct SavedRegisters {
    /// `rsi`, `rdx`, `rcx`, `r8`, `r9`.
    pub words: [u64; 5],
    /// `xmm0` to `xmm7`.
    pub floats: [u64; 8],
    reserved: u64,
}

/// `Method::compiled_entry` of methods without compiled code: hands the arguments to the interpreter.
#[unsafe(naked)]
pub(super) unsafe extern "C" fn interpreter_bridge() {
    naked_asm!(
        "push rbp",
        "mov rbp, rsp",
        note_caller!(),
        "sub rsp, {saved}",
        "mov [rsp + {words}], rsi",
        "mov [rsp + {words} + 8], rdx",
        "mov [rsp + {words} + 16], rcx",
        "mov [rsp + {words} + 24], r8",
        "mov [rsp + {words} + 32], r9",
        "movsd [rsp + {floats}], xmm0",
        "movsd [rsp + {floats} + 8], xmm1",
        "movsd [rsp + {floats} + 16], xmm2",
        "movsd [rsp + {floats} + 24], xmm3",
        "movsd [rsp + {floats} + 32], xmm4",
        "movsd [rsp + {floats} + 40], xmm5",
        "movsd [rsp + {floats} + 48], xmm6",
        "movsd [rsp + {floats} + 56], xmm7",
        "mov rsi, rdi",
        "mov rdi, r15",
        "mov rdx, rsp",
        "lea rcx, [rbp + 16]",
        "call {interpret}",
        "movq xmm0, rax",
        "leave",
        "ret",
        top = const offset_of!(JavaThread, top_frame),
        pc = const offset_of!(Frame, pc),
        fp = const offset_of!(Frame, pool),
        sp = const offset_of!(Frame, profile),
        saved = const size_of::<SavedRegisters>(),
        words = const offset_of!(SavedRegisters, words),
        floats = const offset_of!(SavedRegisters, floats),
        interpret = sym super::bridge::interpret,
    )
}

/// Where a call returns to whose caller's code became invalid meanwhile: makes the caller leave for the interpreter.
/// The result stays where it is.
#[unsafe(naked)]
pub(super) unsafe extern "C" fn return_to_invalid() {
    // On entry the stack pointer is behind the slot of the return address, which `push rax` reuses.
    naked_asm!(
        "push rax",
        "sub rsp, 24",
        "movsd [rsp], xmm0",
        "lea rsi, [rsp + 24]",
        "mov rdi, r15",
        "call {original}",
        "mov r11, rax",
        "movsd xmm0, [rsp]",
        "add rsp, 24",
        "pop rax",
        "jmp r11",
        original = sym super::invalidate::returning_to_invalid,
    )
}

/// Defines a stub that notes its caller and goes on to a Rust function.
macro_rules! call_stub {
    ($(#[$doc:meta])* $name:ident => $target:path) => {
        $(#[$doc])*
        #[unsafe(naked)]
        unsafe extern "C" fn $name() {
            std::arch::naked_asm!(
                "mov rax, [r15 + {top}]",
                "mov r10, [rsp]",
                "mov [rax + {pc}], r10",
                "mov [rax + {fp}], rbp",
                "lea r10, [rsp + 8]",
                "mov [rax + {sp}], r10",
                "jmp {target}",
                top = const std::mem::offset_of!($crate::thread::JavaThread, top_frame),
                pc = const std::mem::offset_of!($crate::stack::Frame, pc),
                fp = const std::mem::offset_of!($crate::stack::Frame, pool),
                sp = const std::mem::offset_of!($crate::stack::Frame, profile),
                target = sym $target,
            )
        }
    };
}
pub(super) use call_stub;

/// The stub of `RuntimeCall::Exit`: the frame that calls it is done for, so its caller is noted. The Rust function gets
/// the return address, to find the code, the frame pointer, to find the frame's locks, and the frame's end.
#[unsafe(naked)]
pub(super) unsafe extern "C" fn exit_stub() {
    naked_asm!(
        note_caller!(),
        "mov rcx, [rsp]",
        "mov r8, rbp",
        // What compiled code has in these registers is no reference that lives: collections shall not find it.
        "push rbx",
        "push r12",
        "push r13",
        "push r14",
        "sub rsp, 8",
        "mov r9, rsp",
        "xor ebx, ebx",
        "xor r12d, r12d",
        "xor r13d, r13d",
        "xor r14d, r14d",
        "call {exit}",
        "add rsp, 8",
        "pop r14",
        "pop r13",
        "pop r12",
        "pop rbx",
        "ret",
        top = const offset_of!(JavaThread, top_frame),
        pc = const offset_of!(Frame, pc),
        fp = const offset_of!(Frame, pool),
        sp = const offset_of!(Frame, profile),
        exit = sym super::exit::exit,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compiled::shape::{FLOAT_REGISTERS, WORD_REGISTERS};
    use peaberry_sys::dual_mapping::DualMapping;
    use peaberry_sys::memory::{Reservation, page_size};

    /// Runs machine code as a compiled method.
    fn run(code: &[u8], words: &[u64], floats: &[f64], stack: &[u64]) -> RawResult {
        let reservation = Reservation::reserve_below(1 << 35, 1 << 20, 1 << 20).expect("reserve");
        // SAFETY: the range is this test's own.
        let mapping = unsafe { DualMapping::new(reservation.start()..reservation.start() + page_size()) }.expect("map");
        let mut arguments = Arguments {
            words: [0; WORD_REGISTERS],
            floats: [0; FLOAT_REGISTERS],
            stack_count: stack.len(),
            stack: stack.as_ptr(),
        };
        arguments.words[..words.len()].copy_from_slice(words);
        for (register, value) in arguments.floats.iter_mut().zip(floats) {
            *register = value.to_bits();
        }
        // The trampoline uses nothing of the thread but its innermost frame, and of that one field.
        let mut thread = vec![0u64; size_of::<JavaThread>() / 8 + 1];
        let mut frame = vec![0u64; size_of::<Frame>() / 8];
        let thread = thread.as_mut_ptr().cast::<JavaThread>();
        // SAFETY: memory of sufficient size; the code is a function of the arguments.
        unsafe {
            (&raw mut (*thread).top_frame).write(frame.as_mut_ptr().cast());
            std::ptr::copy_nonoverlapping(code.as_ptr(), mapping.write_address() as *mut u8, code.len());
            let result = call_compiled(mapping.execute_address(), thread, 7, &arguments);
            let noted = (*frame.as_ptr().cast::<Frame>()).resume_pc;
            assert!(!noted.is_null(), "where activations end");
            result
        }
    }

    #[test]
    fn arguments_arrive_in_registers_and_on_the_stack() {
        // lea rax, [rdi + rsi]; add rax, r9; ret
        let words = run(
            &[0x48, 0x8d, 0x04, 0x37, 0x4c, 0x01, 0xc8, 0xc3],
            &[30, 0, 0, 0, 5],
            &[],
            &[],
        );
        assert_eq!(words.word, 42);
        // addsd xmm0, xmm7; ret
        let floats = [0.5, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 2.25];
        assert_eq!(run(&[0xf2, 0x0f, 0x58, 0xc7, 0xc3], &[], &floats, &[]).float, 2.75);
        // mov rax, [rsp + 8]; sub rax, [rsp + 16]; ret
        let code = [0x48, 0x8b, 0x44, 0x24, 0x08, 0x48, 0x2b, 0x44, 0x24, 0x10, 0xc3];
        assert_eq!(run(&code, &[], &[], &[9, 4]).word, 5);
        assert_eq!(run(&code, &[], &[], &[9, 3, 1]).word, 6);
    }

    #[test]
    fn callee_saved_registers_and_the_thread() {
        // mov rax, r15; xor ebx, ebx; xor r12d, r12d; xor r15d, r15d; ret
        let code = [0x4c, 0x89, 0xf8, 0x31, 0xdb, 0x45, 0x31, 0xe4, 0x45, 0x31, 0xff, 0xc3];
        let kept = std::hint::black_box(vec![1, 2, 3]);
        assert_ne!(run(&code, &[], &[], &[]).word, 0);
        assert_eq!(kept, [1, 2, 3]);
    }
}

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

/// Bytes of registers below the frame pointer of [`call_compiled`].
pub(super) const SAVED_BY_ENTRY: usize = 48;

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
        mov [rax + {sp}], r10
        mov byte ptr [rax + {saved_words}], 0"
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
        // What the caller left in them is no reference that lives: collections do not look at it there, nor do they find
        // it where callees save these registers.
        "push rbx",
        "push r12",
        "push r13",
        "push r14",
        "mov byte ptr [rax + {saved_words}], 5",
        "xor ebx, ebx",
        "xor r12d, r12d",
        "xor r13d, r13d",
        "xor r14d, r14d",
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
        "lea rsp, [rbp - 32]",
        "pop r14",
        "pop r13",
        "pop r12",
        "pop rbx",
        "pop rbp",
        "ret",
        top = const offset_of!(JavaThread, top_frame),
        pc = const offset_of!(Frame, pc),
        fp = const offset_of!(Frame, pool),
        sp = const offset_of!(Frame, profile),
        saved_words = const offset_of!(Frame, saved_words),
        saved = const size_of::<SavedRegisters>(),
        words = const offset_of!(SavedRegisters, words),
        floats = const offset_of!(SavedRegisters, floats),
        interpret = sym super::bridge::interpret,
    )
}

/// Bytes in which [`save_registers`] saves the registers; with a return address a multiple of 16.
pub(super) const SAVED_BYTES: usize = 8 * (13 + 16);
/// Which of the words there is `rdx`.
pub(super) const SAVED_RDX: usize = 2;
/// Which of the words there is `xmm0`.
pub(super) const SAVED_XMM0: usize = 9;

/// Saves all registers but those of the thread and of the stack, and makes room for that. Compiled code has no vectors:
/// of `xmm0` to `xmm15` the lower halves are what it may use.
macro_rules! save_registers {
    () => {
        "sub rsp, 232
        mov [rsp], rax
        mov [rsp + 8], rcx
        mov [rsp + 16], rdx
        mov [rsp + 24], rsi
        mov [rsp + 32], rdi
        mov [rsp + 40], r8
        mov [rsp + 48], r9
        mov [rsp + 56], r10
        mov [rsp + 64], r11
        movsd [rsp + 72], xmm0
        movsd [rsp + 80], xmm1
        movsd [rsp + 88], xmm2
        movsd [rsp + 96], xmm3
        movsd [rsp + 104], xmm4
        movsd [rsp + 112], xmm5
        movsd [rsp + 120], xmm6
        movsd [rsp + 128], xmm7
        movsd [rsp + 136], xmm8
        movsd [rsp + 144], xmm9
        movsd [rsp + 152], xmm10
        movsd [rsp + 160], xmm11
        movsd [rsp + 168], xmm12
        movsd [rsp + 176], xmm13
        movsd [rsp + 184], xmm14
        movsd [rsp + 192], xmm15
        mov [rsp + 200], rbx
        mov [rsp + 208], r12
        mov [rsp + 216], r13
        mov [rsp + 224], r14"
    };
}
pub(super) use save_registers;

/// Undoes [`save_registers`].
macro_rules! restore_registers {
    () => {
        "mov rax, [rsp]
        mov rcx, [rsp + 8]
        mov rdx, [rsp + 16]
        mov rsi, [rsp + 24]
        mov rdi, [rsp + 32]
        mov r8, [rsp + 40]
        mov r9, [rsp + 48]
        mov r10, [rsp + 56]
        mov r11, [rsp + 64]
        movsd xmm0, [rsp + 72]
        movsd xmm1, [rsp + 80]
        movsd xmm2, [rsp + 88]
        movsd xmm3, [rsp + 96]
        movsd xmm4, [rsp + 104]
        movsd xmm5, [rsp + 112]
        movsd xmm6, [rsp + 120]
        movsd xmm7, [rsp + 128]
        movsd xmm8, [rsp + 136]
        movsd xmm9, [rsp + 144]
        movsd xmm10, [rsp + 152]
        movsd xmm11, [rsp + 160]
        movsd xmm12, [rsp + 168]
        movsd xmm13, [rsp + 176]
        movsd xmm14, [rsp + 184]
        movsd xmm15, [rsp + 192]
        mov rbx, [rsp + 200]
        mov r12, [rsp + 208]
        mov r13, [rsp + 216]
        mov r14, [rsp + 224]
        add rsp, 232"
    };
}
pub(super) use restore_registers;

/// Where a call returns to whose caller's code became invalid meanwhile: makes the caller leave for the interpreter.
/// Results stay where they are, and so does everything else, since the call may be one that keeps all registers; but where
/// it goes on at a pad, the bits of `xmm0` are in `rdx`, too.
#[unsafe(naked)]
pub(super) unsafe extern "C" fn return_to_invalid() {
    // On entry the stack pointer is behind the slot of the return address, which `push` reuses.
    naked_asm!(
        "push rax",
        save_registers!(),
        "lea rsi, [rsp + {saved}]",
        "mov rdx, rsp",
        "mov rdi, r15",
        "call {original}",
        // Where the caller goes on, in the slot where its return address stood.
        "mov [rsp + {saved}], rax",
        restore_registers!(),
        "ret",
        saved = const SAVED_BYTES,
        original = sym super::invalidate::returning_to_invalid,
    )
}

/// Defines a stub that notes its caller and calls a Rust function. What the registers held that callees keep is no
/// reference that lives: those lie in the caller's frame. Collections do not look at it.
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
                "mov byte ptr [rax + {saved_words}], 4",
                "push rbx",
                "push r12",
                "push r13",
                "push r14",
                // Nor are they to be found where the callee saves them.
                "xor ebx, ebx",
                "xor r12d, r12d",
                "xor r13d, r13d",
                "xor r14d, r14d",
                "sub rsp, 8",
                "call {target}",
                "add rsp, 8",
                "pop r14",
                "pop r13",
                "pop r12",
                "pop rbx",
                "ret",
                top = const std::mem::offset_of!($crate::thread::JavaThread, top_frame),
                pc = const std::mem::offset_of!($crate::stack::Frame, pc),
                fp = const std::mem::offset_of!($crate::stack::Frame, pool),
                sp = const std::mem::offset_of!($crate::stack::Frame, profile),
                saved_words = const std::mem::offset_of!($crate::stack::Frame, saved_words),
                target = sym $target,
            )
        }
    };
}
pub(super) use call_stub;

/// Defines a stub that notes its caller, calls a Rust function and keeps all registers; a result goes to the thread. What
/// the registers held is no reference that lives: those lie in the caller's frame. Collections do not look at it.
macro_rules! preserving_call_stub {
    ($(#[$doc:meta])* $name:ident => $target:path) => {
        $(#[$doc])*
        #[unsafe(naked)]
        unsafe extern "C" fn $name() {
            std::arch::naked_asm!(
                $crate::compiled::trampoline::save_registers!(),
                "mov rax, [r15 + {top}]",
                "mov r10, [rsp + {saved}]",
                "mov [rax + {pc}], r10",
                "mov [rax + {fp}], rbp",
                "lea r10, [rsp + {saved} + 8]",
                "mov [rax + {sp}], r10",
                "mov byte ptr [rax + {saved_words}], {saved} / 8",
                // Nor are they to be found where the callee saves them.
                "xor ebx, ebx",
                "xor r12d, r12d",
                "xor r13d, r13d",
                "xor r14d, r14d",
                "call {target}",
                "mov [r15 + {result}], rax",
                $crate::compiled::trampoline::restore_registers!(),
                "ret",
                saved = const $crate::compiled::trampoline::SAVED_BYTES,
                top = const std::mem::offset_of!($crate::thread::JavaThread, top_frame),
                result = const std::mem::offset_of!($crate::thread::JavaThread, call_result),
                pc = const std::mem::offset_of!($crate::stack::Frame, pc),
                fp = const std::mem::offset_of!($crate::stack::Frame, pool),
                sp = const std::mem::offset_of!($crate::stack::Frame, profile),
                saved_words = const std::mem::offset_of!($crate::stack::Frame, saved_words),
                target = sym $target,
            )
        }
    };
}
pub(super) use preserving_call_stub;

/// Defines a stub that calls a leaf and keeps all registers; the result goes to the thread.
macro_rules! preserving_leaf_stub {
    ($name:ident => $target:path) => {
        #[unsafe(naked)]
        unsafe extern "C" fn $name() {
            std::arch::naked_asm!(
                $crate::compiled::trampoline::save_registers!(),
                "call {target}",
                "mov [r15 + {result}], rax",
                $crate::compiled::trampoline::restore_registers!(),
                "ret",
                result = const std::mem::offset_of!($crate::thread::JavaThread, call_result),
                target = sym $target,
            )
        }
    };
}
pub(super) use preserving_leaf_stub;

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
        saved_words = const offset_of!(Frame, saved_words),
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

    extern "C" fn trash(thread: *mut JavaThread) -> u64 {
        // SAFETY: registers that a callee need not keep are another's to use.
        unsafe {
            std::arch::asm!(
                "mov eax, 1",
                "mov ecx, 1",
                "mov edx, 1",
                "mov esi, 1",
                "mov edi, 1",
                "mov r8d, 1",
                "mov r9d, 1",
                "mov r10d, 1",
                "mov r11d, 1",
                "pcmpeqd xmm0, xmm0",
                "movaps xmm1, xmm0",
                "movaps xmm2, xmm0",
                "movaps xmm3, xmm0",
                "movaps xmm4, xmm0",
                "movaps xmm5, xmm0",
                "movaps xmm6, xmm0",
                "movaps xmm7, xmm0",
                "movaps xmm8, xmm0",
                "movaps xmm9, xmm0",
                "movaps xmm10, xmm0",
                "movaps xmm11, xmm0",
                "movaps xmm12, xmm0",
                "movaps xmm13, xmm0",
                "movaps xmm14, xmm0",
                "movaps xmm15, xmm0",
                clobber_abi("C"),
            );
        }
        assert!(!thread.is_null());
        77
    }
    preserving_call_stub!(trash_stub => trash);
    preserving_leaf_stub!(trash_leaf => trash);

    /// Fills the registers from `registers`, calls, and writes them back.
    #[unsafe(naked)]
    unsafe extern "C" fn through_registers(registers: *mut [u64; 29], thread: *mut JavaThread, stub: usize) {
        naked_asm!(
            "push rbp",
            "mov rbp, rsp",
            "push r15",
            "push rbx",
            "push r12",
            "push r13",
            "push r14",
            "sub rsp, 8",
            "push rdi",
            "push rdx",
            "mov r15, rsi",
            "sub rsp, 232",
            "mov rsi, rdi",
            "mov rdi, rsp",
            "mov ecx, 29",
            "rep movsq",
            restore_registers!(),
            "call qword ptr [rsp]",
            save_registers!(),
            "mov rsi, rsp",
            "mov rdi, [rsp + 240]",
            "mov ecx, 29",
            "rep movsq",
            "add rsp, 256",
            "pop r14",
            "pop r13",
            "pop r12",
            "pop rbx",
            "pop r15",
            "pop rbp",
            "ret",
        )
    }

    #[test]
    fn preserving_stubs_keep_all_registers() {
        let mut thread = vec![0u64; size_of::<JavaThread>() / 8 + 1];
        let mut frame = vec![0u64; size_of::<Frame>() / 8];
        let thread = thread.as_mut_ptr().cast::<JavaThread>();
        let mut registers: [u64; 29] = std::array::from_fn(|index| 0x1111_0000_0000_0000 + index as u64);
        // The thread is the callee's argument.
        registers[4] = thread as u64;
        let before = registers;
        // SAFETY: memory of sufficient size; the stub uses nothing of the thread but its innermost frame and the result.
        let (result, from) = unsafe {
            (&raw mut (*thread).top_frame).write(frame.as_mut_ptr().cast());
            through_registers(&mut registers, thread, trash_stub as *const () as usize);
            ((*thread).call_result, (*frame.as_ptr().cast::<Frame>()).pc)
        };
        assert_eq!(registers, before);
        assert_eq!(result, 77);
        assert!(!from.is_null(), "where it was called from");
        // SAFETY: as above.
        let result = unsafe {
            (&raw mut (*thread).call_result).write(0);
            through_registers(&mut registers, thread, trash_leaf as *const () as usize);
            (*thread).call_result
        };
        assert_eq!((registers, result), (before, 77));
    }
}

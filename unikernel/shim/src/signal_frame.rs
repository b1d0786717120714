//! What lies on the stack while a handler of a signal runs: Linux's `rt_sigframe`. All of it is the guest's to change; what it says is
//! taken as wishes when the handler returns.

use crate::errno::Errno;
use crate::signals::Action;
use crate::vm::Task;
use kvm_bindings::{kvm_regs, kvm_xsave};

/// What a handler is told of its signal.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Information {
    /// Its number.
    pub signal: i32,
    /// `si_code`: why.
    pub code: i32,
    /// The address of a fault.
    pub address: u64,
    /// Vector and error code of a fault.
    pub trap: (u64, u64),
}

/// Below the stack pointer, functions keep what they like.
const RED_ZONE: u64 = 128;
/// Bytes of the registers of SSE, AVX and AVX-512, as KVM gives them.
const STATE_BYTES: usize = 4096;
/// Words of the frame: return address, context, 16 words of information.
const FRAME_WORDS: usize = 1 + CONTEXT_WORDS + 16;
/// Words of `struct ucontext`.
const CONTEXT_WORDS: usize = 38;
/// Its words that hold registers, in the order of [`registers_of`].
const REGISTERS: usize = 5;
/// Its word for the address of the extended state.
const STATE: usize = REGISTERS + 23;
/// Its word for what was blocked.
const BLOCKED: usize = 37;
/// `UC_FP_XSTATE`, `UC_SIGCONTEXT_SS`, `UC_STRICT_RESTORE_SS`.
const FLAGS: u64 = 7;
/// Code and stack segment as a program sees them.
const SEGMENTS: u64 = 0x2b << 48 | 0x33;
/// Flags that programs may set.
const USER_FLAGS: u64 = 0x5_0dd5;
/// Flags that are always set: the reserved one, interrupts.
const FIXED_FLAGS: u64 = 0x202;
/// Trap, direction, resume: not in handlers.
const CLEARED_FLAGS: u64 = 1 << 8 | 1 << 10 | 1 << 16;

fn registers_of(user: &mut kvm_regs) -> [&mut u64; 18] {
    [
        &mut user.r8,
        &mut user.r9,
        &mut user.r10,
        &mut user.r11,
        &mut user.r12,
        &mut user.r13,
        &mut user.r14,
        &mut user.r15,
        &mut user.rdi,
        &mut user.rsi,
        &mut user.rbp,
        &mut user.rbx,
        &mut user.rdx,
        &mut user.rax,
        &mut user.rcx,
        &mut user.rsp,
        &mut user.rip,
        &mut user.rflags,
    ]
}

/// Is the stack pointer on the signal stack?
fn is_on([start, _, bytes]: [u64; 3], pointer: u64) -> bool {
    pointer > start && pointer - start <= bytes
}

/// The signal stack as `sigaltstack` tells of it.
pub fn signal_stack(task: &Task, pointer: u64) -> [u64; 3] {
    let [start, flags, bytes] = task.signal_stack;
    let on = flags & libc::SS_DISABLE as u64 == 0 && is_on(task.signal_stack, pointer);
    [start, if on { libc::SS_ONSTACK as u64 } else { flags }, bytes]
}

/// Writes the frame; gives the registers the handler begins with.
pub fn push(
    task: &Task,
    user: &kvm_regs,
    information: &Information,
    action: &Action,
    state: &kvm_xsave,
) -> Result<kvm_regs, Errno> {
    let bad = Errno(libc::EFAULT);
    let [start, flags, bytes] = task.signal_stack;
    let wanted = action.flags & libc::SA_ONSTACK as u64 != 0 && flags & libc::SS_DISABLE as u64 == 0;
    let top = if wanted && !is_on(task.signal_stack, user.rsp) {
        start.checked_add(bytes)
    } else {
        user.rsp.checked_sub(RED_ZONE)
    };
    let state_at = top.and_then(|top| top.checked_sub(STATE_BYTES as u64)).ok_or(bad)? / 64 * 64;
    let frame = state_at.checked_sub(FRAME_WORDS as u64 * 8).ok_or(bad)? / 16 * 16;
    let frame = frame.checked_sub(8).ok_or(bad)?;
    let mut words = [0; FRAME_WORDS];
    words[0] = action.restorer;
    let (context, rest) = words[1..].split_at_mut(CONTEXT_WORDS);
    context[0] = FLAGS;
    context[2..5].copy_from_slice(&signal_stack(task, user.rsp));
    let mut saved = *user;
    for (word, register) in context[REGISTERS..].iter_mut().zip(registers_of(&mut saved)) {
        *word = *register;
    }
    context[REGISTERS + 18] = SEGMENTS;
    (context[REGISTERS + 20], context[REGISTERS + 19]) = information.trap;
    context[REGISTERS + 22] = information.address;
    context[STATE] = state_at;
    context[BLOCKED] = task.mailbox.blocked();
    rest[0] = information.signal as u32 as u64;
    rest[1] = information.code as u32 as u64;
    rest[2] = information.address;
    let state: Vec<u8> = state.region.iter().flat_map(|word| word.to_le_bytes()).collect();
    task.vm.write(state_at, &state)?;
    task.vm.write_words(frame, &words)?;
    Ok(kvm_regs {
        rax: 0,
        rdi: information.signal as u64,
        rsi: frame + (1 + CONTEXT_WORDS as u64) * 8,
        rdx: frame + 8,
        rsp: frame,
        rip: address(action.handler)?,
        rflags: user.rflags & !CLEARED_FLAGS,
        ..*user
    })
}

/// An instruction's address, which must be in the lower half: KVM would not go on elsewhere.
fn address(value: u64) -> Result<u64, Errno> {
    if value < 1 << 47 {
        Ok(value)
    } else {
        Err(Errno(libc::EFAULT))
    }
}

/// Reads a frame, the stack pointer being where `ret` of the handler left it: registers, extended state, blocked signals.
pub fn pop(task: &Task, stack: u64) -> Result<(kvm_regs, kvm_xsave, u64), Errno> {
    let context: [u64; CONTEXT_WORDS] = task.vm.read_words(stack)?;
    let mut user = kvm_regs::default();
    for (register, word) in registers_of(&mut user).into_iter().zip(&context[REGISTERS..]) {
        *register = *word;
    }
    user.rip = address(user.rip)?;
    user.rflags = user.rflags & USER_FLAGS | FIXED_FLAGS;
    let mut bytes = [0; STATE_BYTES];
    task.vm.read(context[STATE], &mut bytes)?;
    let mut state = kvm_xsave::default();
    for (word, bytes) in state.region.iter_mut().zip(bytes.chunks_exact(4)) {
        *word = bytes.try_into().map_or(0, u32::from_le_bytes);
    }
    Ok((user, state, context[BLOCKED]))
}

//! What lies on the stack while a handler of a signal runs: Linux's `rt_sigframe`. All of it is the program's to change; what it
//! says is taken as wishes when the handler returns.

use crate::address_space::AddressSpace;
use crate::errno::{EFAULT, Errno};
use crate::signals::{Action, UNSTOPPABLE};
use crate::threads::{FLAGS, NO_STACK, Registers, Thread, USER_CODE, USER_DATA};
use linux_raw_sys::general::{SA_ONSTACK, SA_RESTORER, SS_AUTODISARM, SS_ONSTACK};

/// What a handler is told of its signal.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Information {
    /// Its number.
    pub signal: u32,
    /// `si_code`: why.
    pub code: i32,
    /// The address of a fault.
    pub address: u64,
    /// Vector and error code of a fault.
    pub trap: (u64, u64),
}

/// How the processor stores the registers of SSE and AVX.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct StateFormat {
    /// Bytes.
    pub bytes: usize,
    /// What `xsave` stores; 0 where there is `fxsave` alone.
    pub features: u64,
    /// Bits of MXCSR that may be set.
    pub control_mask: u32,
}

/// Below the stack pointer, functions keep what they like.
const RED_ZONE: u64 = 128;
/// Words of `struct ucontext`.
const CONTEXT_WORDS: usize = 38;
/// Words of the frame: return address, context, 16 words of information.
const FRAME_WORDS: usize = 1 + CONTEXT_WORDS + 16;
/// Words of the context that hold registers, in the order of [`registers_of`].
const REGISTERS: usize = 5;
/// Its word for the address of the extended state.
const STATE: usize = REGISTERS + 23;
/// Its word for what was blocked.
const BLOCKED: usize = 37;
/// `UC_SIGCONTEXT_SS`, `UC_STRICT_RESTORE_SS`; `UC_FP_XSTATE` where there is more than `fxsave` stores.
const CONTEXT_FLAGS: u64 = 6;
const EXTENDED_STATE: u64 = 1;
/// Code and stack segment as a program sees them.
const SEGMENTS: u64 = USER_DATA << 48 | USER_CODE;
/// Flags that programs may set.
const USER_FLAGS: u64 = 0x5_0dd5;
/// Trap, direction, resume: not in handlers.
const CLEARED_FLAGS: u64 = 1 << 8 | 1 << 10 | 1 << 16;
/// Bytes that `fxsave` stores, and what software may write at their end: magic, size, features, size without the second magic.
const LEGACY_BYTES: usize = 512;
const SOFTWARE: usize = 464;
const MAGIC: [u32; 2] = [0x4650_5853, 0x4650_5845];
const CONTROL: usize = 24;

fn registers_of(user: &mut Registers) -> [&mut u64; 18] {
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
pub fn signal_stack(thread: &Thread, pointer: u64) -> [u64; 3] {
    let [start, flags, bytes] = thread.signal_stack;
    match flags {
        NO_STACK => [0, NO_STACK, 0],
        _ if flags & u64::from(SS_AUTODISARM) == 0 && is_on(thread.signal_stack, pointer) => {
            [start, flags | u64::from(SS_ONSTACK), bytes]
        }
        _ => thread.signal_stack,
    }
}

/// Lays out a frame and has the thread's registers be those of the handler's beginning.
pub fn push(
    thread: &mut Thread,
    space: &mut AddressSpace,
    information: &Information,
    action: &Action,
    format: &StateFormat,
) -> Result<(), Errno> {
    if action.flags & u64::from(SA_RESTORER) == 0 || action.handler >= 1 << 47 {
        return Err(Errno(EFAULT));
    }
    let mut user = thread.registers;
    let [start, flags, bytes] = thread.signal_stack;
    let wanted = action.flags & u64::from(SA_ONSTACK) != 0 && flags & NO_STACK == 0;
    let top = if wanted && !is_on(thread.signal_stack, user.rsp) {
        start.wrapping_add(bytes)
    } else {
        user.rsp.wrapping_sub(RED_ZONE)
    };
    let magic_bytes = if format.features != 0 { 4 } else { 0 };
    let state_bytes = format.bytes as u64 + magic_bytes;
    let state_at = top.wrapping_sub(state_bytes) / 64 * 64;
    // As if the handler had been called: 8 bytes behind a multiple of 16.
    let frame = (state_at.wrapping_sub(FRAME_WORDS as u64 * 8) / 16 * 16).wrapping_sub(8);
    if wanted && !is_on(thread.signal_stack, frame) {
        return Err(Errno(EFAULT));
    }
    let mut words = [0; FRAME_WORDS];
    words[0] = action.restorer;
    let (context, rest) = words[1..].split_at_mut(CONTEXT_WORDS);
    context[0] = CONTEXT_FLAGS | if format.features != 0 { EXTENDED_STATE } else { 0 };
    context[2..5].copy_from_slice(&signal_stack(thread, user.rsp));
    for (word, register) in context[REGISTERS..].iter_mut().zip(registers_of(&mut user)) {
        *word = *register;
    }
    context[REGISTERS + 18] = SEGMENTS;
    (context[REGISTERS + 20], context[REGISTERS + 19]) = information.trap;
    context[REGISTERS + 22] = information.address;
    context[STATE] = state_at;
    context[BLOCKED] = thread.blocked;
    rest[0] = u64::from(information.signal);
    rest[1] = u64::from(information.code as u32);
    rest[2] = information.address;
    space.write(state_at, &thread.extended.0[..format.bytes])?;
    if format.features != 0 {
        let software = [
            MAGIC[0],
            state_bytes as u32,
            format.features as u32,
            (format.features >> 32) as u32,
            format.bytes as u32,
        ];
        let software = software.map(u32::to_le_bytes);
        space.write(state_at + SOFTWARE as u64, software.as_flattened())?;
        space.write(state_at + format.bytes as u64, &MAGIC[1].to_le_bytes())?;
    }
    space.write_words(frame, &words)?;
    thread.registers = Registers {
        rax: 0,
        rdi: u64::from(information.signal),
        rsi: frame + (1 + CONTEXT_WORDS as u64) * 8,
        rdx: frame + 8,
        rsp: frame,
        rip: action.handler,
        rflags: user.rflags & !CLEARED_FLAGS,
        ..user
    };
    if flags & u64::from(SS_AUTODISARM) != 0 {
        thread.signal_stack = [0, NO_STACK, 0];
    }
    Ok(())
}

/// Makes what a frame says of the extended state fit to be loaded.
fn sanitize(bytes: &mut [u8], format: &StateFormat) {
    let word = |bytes: &[u8], at: usize| bytes[at..at + 4].try_into().map_or(0, u32::from_le_bytes);
    let control = word(bytes, CONTROL) & format.control_mask;
    bytes[CONTROL..CONTROL + 4].copy_from_slice(&control.to_le_bytes());
    bytes[SOFTWARE..LEGACY_BYTES].fill(0);
    if format.features != 0 {
        let header = &mut bytes[LEGACY_BYTES..LEGACY_BYTES + 64];
        let stored = header[..8].try_into().map_or(0, u64::from_le_bytes) & format.features;
        header.fill(0);
        header[..8].copy_from_slice(&stored.to_le_bytes());
    }
}

/// Has a thread go on as a frame says, the stack pointer being where `ret` of the handler left it.
pub fn pop(thread: &mut Thread, space: &mut AddressSpace, format: &StateFormat) -> Result<(), Errno> {
    let context: [u64; CONTEXT_WORDS] = space.read_words(thread.registers.rsp)?;
    let mut user = Registers::default();
    for (register, word) in registers_of(&mut user).into_iter().zip(&context[REGISTERS..]) {
        *register = *word;
    }
    // The kernel would fault going back there.
    if user.rip >= 1 << 47 {
        return Err(Errno(EFAULT));
    }
    user.rflags = user.rflags & USER_FLAGS | FLAGS;
    (user.cs, user.ss) = (USER_CODE, USER_DATA);
    if context[STATE] != 0 {
        let bytes = &mut thread.extended.0[..format.bytes];
        let read = space.read(context[STATE], bytes);
        sanitize(bytes, format);
        read?;
    } else {
        *thread.extended = crate::threads::Extended::new();
    }
    thread.registers = user;
    thread.blocked = context[BLOCKED] & !UNSTOPPABLE;
    let stack = [context[2], context[3] & !u64::from(SS_ONSTACK), context[4]];
    if [0, NO_STACK, u64::from(SS_AUTODISARM)].contains(&stack[1]) {
        thread.signal_stack = stack;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address_space::{Backing, Place, READ, WRITE};
    use crate::page_tables::PageTables;
    use crate::testing::frames;
    use alloc::boxed::Box;

    const FORMAT: StateFormat = StateFormat {
        bytes: 832,
        features: 7,
        control_mask: 0xffff,
    };

    fn setting() -> (Thread, AddressSpace, u64) {
        let frames = frames(2000);
        let root = frames.take_zeroed().expect("a frame");
        let tables = PageTables::new(frames.clone(), root);
        let mut space = AddressSpace::new(frames, tables);
        let stack = space
            .map(Place::Anywhere, 1 << 16, READ | WRITE, Backing::Zero)
            .expect("map");
        let registers = Registers {
            rax: 7,
            rbx: 8,
            rip: 0x40_0000,
            rsp: stack + 0x8000,
            rflags: FLAGS | 1 << 10,
            cs: USER_CODE,
            ss: USER_DATA,
            ..Registers::default()
        };
        let mut thread = Thread::new(registers, Box::default());
        thread.extended.0[LEGACY_BYTES] = 3;
        thread.extended.0[160] = 99;
        (thread, space, stack)
    }

    const ACTION: Action = Action {
        handler: 0x41_0000,
        flags: (SA_RESTORER | SA_ONSTACK) as u64,
        restorer: 0x42_0000,
        mask: 0,
    };

    const INFORMATION: Information = Information {
        signal: 11,
        code: 1,
        address: 0x1234,
        trap: (14, 6),
    };

    #[test]
    fn a_handler_returns_to_where_it_was() {
        let (mut thread, mut space, _) = setting();
        let before = (thread.registers, thread.extended.0);
        thread.blocked = 4;
        push(&mut thread, &mut space, &INFORMATION, &ACTION, &FORMAT).expect("push");
        let now = thread.registers;
        assert_eq!(
            (now.rip, now.rdi, now.rsp % 16, now.rflags),
            (ACTION.handler, 11, 8, FLAGS)
        );
        assert_eq!(space.read_words(now.rsi), Ok([11, 1, 0x1234]));
        assert_eq!(space.read_words(now.rsp), Ok([ACTION.restorer, 7, 0]));
        thread.registers = Registers {
            rsp: now.rsp + 8,
            ..Registers::default()
        };
        thread.extended.0.fill(0);
        thread.blocked = u64::MAX;
        pop(&mut thread, &mut space, &FORMAT).expect("pop");
        assert_eq!((thread.registers, thread.blocked), (before.0, 4));
        assert_eq!(thread.extended.0[..464], before.1[..464]);
        assert_eq!(thread.extended.0[512], 3);
    }

    #[test]
    fn handlers_run_on_the_stack_they_have() {
        let (mut thread, mut space, stack) = setting();
        thread.signal_stack = [stack, 0, 0x4000];
        push(&mut thread, &mut space, &INFORMATION, &ACTION, &FORMAT).expect("push");
        let first = thread.registers.rsp;
        assert!((stack..stack + 0x4000).contains(&first));
        assert_eq!(signal_stack(&thread, first)[1], u64::from(SS_ONSTACK));
        push(&mut thread, &mut space, &INFORMATION, &ACTION, &FORMAT).expect("push");
        assert!((stack..first).contains(&thread.registers.rsp));
        // Until there is no room any more.
        let more = (0..20).map(|_| push(&mut thread, &mut space, &INFORMATION, &ACTION, &FORMAT));
        assert_eq!(more.last(), Some(Err(Errno(EFAULT))));
    }

    #[test]
    fn frames_may_say_anything() {
        let (mut thread, mut space, stack) = setting();
        thread.registers.rsp = 8;
        assert!(pop(&mut thread, &mut space, &FORMAT).is_err());
        let mut words = [u64::MAX; CONTEXT_WORDS];
        space.write_words(stack, &words).expect("write");
        thread.registers.rsp = stack;
        assert!(pop(&mut thread, &mut space, &FORMAT).is_err());
        words[REGISTERS + 16] = 0x1000;
        words[STATE] = stack + 0x1000;
        space.write_words(stack, &words).expect("write");
        space.write(stack + 0x1000, &[0xff; 900]).expect("write");
        pop(&mut thread, &mut space, &FORMAT).expect("pop");
        assert_eq!((thread.registers.cs, thread.registers.rflags & 0x3000), (USER_CODE, 0));
        assert_eq!(
            (thread.extended.0[512], thread.extended.0[513], thread.extended.0[520]),
            (7, 0, 0)
        );
        assert_eq!(thread.extended.0[26..28], [0, 0]);
        assert_eq!(thread.blocked & UNSTOPPABLE, 0);
    }
}

//! Signal frames on the program's stack, with the registers of SSE and AVX as the processor stores them.

use crate::address_space::AddressSpace;
use crate::errno::{EFAULT, Errno};
use crate::signals::{Action, UNSTOPPABLE};
use crate::threads::{NO_STACK, Registers, Thread, USER_CODE, USER_DATA};
use linux_raw_sys::general::{SA_ONSTACK, SA_RESTORER, SS_AUTODISARM, SS_ONSTACK};
use peaberry_linux::frame_registers;
use peaberry_linux::signal_frame::{self, CONTEXT_WORDS, Interrupted, Place, is_on};

pub use peaberry_linux::signal_frame::Information;

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

/// Bytes that `fxsave` stores, and what software may write at their end: magic, size, features, size without the second magic.
const LEGACY_BYTES: usize = 512;
const SOFTWARE: usize = 464;
const MAGIC: [u32; 2] = [0x4650_5853, 0x4650_5845];
const CONTROL: usize = 24;

fn set_registers(user: &mut Registers, registers: &signal_frame::Registers) {
    for (register, value) in frame_registers!(user).into_iter().zip(registers) {
        *register = *value;
    }
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
    let bad = Errno(EFAULT);
    if action.flags & u64::from(SA_RESTORER) == 0 {
        return Err(bad);
    }
    let mut user = thread.registers;
    let flags = thread.signal_stack[1];
    let wanted = action.flags & u64::from(SA_ONSTACK) != 0 && flags & NO_STACK == 0;
    let stack = wanted.then_some(thread.signal_stack);
    let extended = format.features != 0;
    let state_bytes = format.bytes as u64 + if extended { 4 } else { 0 };
    let place = Place::new(user.rsp, stack, state_bytes).ok_or(bad)?;
    let interrupted = Interrupted {
        registers: frame_registers!(&mut user).map(|register| *register),
        signal_stack: signal_stack(thread, user.rsp),
        blocked: thread.blocked,
        extended,
    };
    let begins = signal_frame::of_handler(place, action.handler, information, &interrupted.registers).ok_or(bad)?;
    space.write(place.state, &thread.extended.0[..format.bytes])?;
    if extended {
        let software = [
            MAGIC[0],
            state_bytes as u32,
            format.features as u32,
            (format.features >> 32) as u32,
            format.bytes as u32,
        ];
        let software = software.map(u32::to_le_bytes);
        space.write(place.state + SOFTWARE as u64, software.as_flattened())?;
        space.write(place.state + format.bytes as u64, &MAGIC[1].to_le_bytes())?;
    }
    let words = signal_frame::words(place, action.restorer, information, &interrupted);
    space.write_words(place.frame, &words)?;
    set_registers(&mut thread.registers, &begins);
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
    // The kernel would fault going back elsewhere.
    let wishes = signal_frame::wishes(&context).ok_or(Errno(EFAULT))?;
    let mut user = Registers::default();
    set_registers(&mut user, &wishes.registers);
    (user.cs, user.ss) = (USER_CODE, USER_DATA);
    if wishes.state != 0 {
        let bytes = &mut thread.extended.0[..format.bytes];
        let read = space.read(wishes.state, bytes);
        sanitize(bytes, format);
        read?;
    } else {
        *thread.extended = crate::threads::Extended::new();
    }
    thread.registers = user;
    thread.blocked = wishes.blocked & !UNSTOPPABLE;
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
    use crate::threads::FLAGS;
    use alloc::boxed::Box;
    use peaberry_linux::signal_frame::{REGISTERS, STATE};

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

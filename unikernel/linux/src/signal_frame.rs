//! What lies on the stack while a handler of a signal runs: Linux's `rt_sigframe` of x86-64 (`arch/x86/include/uapi/asm/sigcontext.h`,
//! `ucontext.h`), but for the registers of SSE and AVX, whose place is given. All of it is the program's to change; what it says is taken
//! as wishes when the handler returns.

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

/// Registers as the frame has them: r8 to r15, rdi, rsi, rbp, rbx, rdx, rax, rcx, rsp, rip, flags.
pub type Registers = [u64; 18];
/// Where these are in [`Registers`].
pub const RDI: usize = 8;
/// `rsi`.
pub const RSI: usize = 9;
/// `rdx`.
pub const RDX: usize = 12;
/// `rax`.
pub const RAX: usize = 13;
/// `rsp`.
pub const RSP: usize = 15;
/// `rip`.
pub const RIP: usize = 16;
/// The flags.
pub const RFLAGS: usize = 17;

/// The registers of a structure that has them as fields, in the order of [`Registers`].
#[macro_export]
macro_rules! frame_registers {
    ($user:expr) => {{
        let user = $user;
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
    }};
}

/// Words of `struct ucontext`.
pub const CONTEXT_WORDS: usize = 38;
/// Words of the frame: return address, context, 16 words of information.
pub const FRAME_WORDS: usize = 1 + CONTEXT_WORDS + 16;
/// Below the stack pointer, functions keep what they like.
const RED_ZONE: u64 = 128;
/// Words of the context that hold [`Registers`].
pub const REGISTERS: usize = 5;
/// Its word for the address of the extended state.
pub const STATE: usize = REGISTERS + 23;
/// Its word for what was blocked.
const BLOCKED: usize = 37;
/// `UC_SIGCONTEXT_SS`, `UC_STRICT_RESTORE_SS`.
const CONTEXT_FLAGS: u64 = 6;
/// `UC_FP_XSTATE`: there is more extended state than `fxsave` stores.
const EXTENDED_STATE: u64 = 1;
/// Code and stack segment as a program sees them.
const SEGMENTS: u64 = 0x2b << 48 | 0x33;
/// Flags that programs may set.
const USER_FLAGS: u64 = 0x5_0dd5;
/// Flags that are always set: the reserved one, interrupts.
const FIXED_FLAGS: u64 = 0x202;
/// Trap, direction, resume: not in handlers.
const CLEARED_FLAGS: u64 = 1 << 8 | 1 << 10 | 1 << 16;
/// Instructions lie below: a processor does not go on elsewhere.
const CODE_LIMIT: u64 = 1 << 47;

/// Is the stack pointer on a signal stack, given as `sigaltstack` gives it: start, flags, bytes?
pub fn is_on([start, _, bytes]: [u64; 3], pointer: u64) -> bool {
    pointer > start && pointer - start <= bytes
}

/// Where a frame goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Place {
    /// The extended state.
    pub state: u64,
    /// The frame: the handler's stack pointer, as if it had been called: 8 bytes behind a multiple of 16.
    pub frame: u64,
}

impl Place {
    /// Below the stack pointer, or at the end of a signal stack (start, flags, bytes) that is to be used. `None` where there
    /// is no address for it, or no room on the signal stack.
    pub fn new(pointer: u64, signal_stack: Option<[u64; 3]>, state_bytes: u64) -> Option<Place> {
        let top = match signal_stack {
            Some(stack @ [start, _, bytes]) if !is_on(stack, pointer) => start.checked_add(bytes)?,
            _ => pointer.checked_sub(RED_ZONE)?,
        };
        let state = top.checked_sub(state_bytes)? / 64 * 64;
        let frame = (state.checked_sub(FRAME_WORDS as u64 * 8)? / 16 * 16).checked_sub(8)?;
        let fits = signal_stack.is_none_or(|stack| is_on(stack, frame));
        fits.then_some(Place { state, frame })
    }
}

/// What a frame says besides of the signal.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Interrupted {
    /// Of the code that was interrupted.
    pub registers: Registers,
    /// The signal stack as `sigaltstack` tells of it.
    pub signal_stack: [u64; 3],
    /// Signals that were blocked.
    pub blocked: u64,
    /// The extended state is more than `fxsave` stores.
    pub extended: bool,
}

/// The frame's words; `restorer` is where the handler returns to.
pub fn words(place: Place, restorer: u64, told: &Information, interrupted: &Interrupted) -> [u64; FRAME_WORDS] {
    let mut words = [0; FRAME_WORDS];
    words[0] = restorer;
    let (context, rest) = words[1..].split_at_mut(CONTEXT_WORDS);
    context[0] = CONTEXT_FLAGS | if interrupted.extended { EXTENDED_STATE } else { 0 };
    context[2..5].copy_from_slice(&interrupted.signal_stack);
    context[REGISTERS..][..18].copy_from_slice(&interrupted.registers);
    context[REGISTERS + 18] = SEGMENTS;
    (context[REGISTERS + 20], context[REGISTERS + 19]) = told.trap;
    context[REGISTERS + 22] = told.address;
    context[STATE] = place.state;
    context[BLOCKED] = interrupted.blocked;
    rest[0] = told.signal as u32 as u64;
    rest[1] = u64::from(told.code as u32);
    rest[2] = told.address;
    words
}

/// The registers a handler begins with; `None` where it cannot be.
pub fn of_handler(place: Place, handler: u64, told: &Information, interrupted: &Registers) -> Option<Registers> {
    let mut registers = *interrupted;
    registers[RAX] = 0;
    registers[RDI] = told.signal as u32 as u64;
    registers[RSI] = place.frame + (1 + CONTEXT_WORDS as u64) * 8;
    registers[RDX] = place.frame + 8;
    registers[RSP] = place.frame;
    registers[RIP] = handler;
    registers[RFLAGS] &= !CLEARED_FLAGS;
    (handler < CODE_LIMIT).then_some(registers)
}

/// What a frame's context wishes for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Wishes {
    /// Registers to go on with, the flags among them such as a program may have.
    pub registers: Registers,
    /// Where the extended state lies; 0: nowhere.
    pub state: u64,
    /// Signals to block.
    pub blocked: u64,
}

/// Reads a context, which lies at the stack pointer once the handler has returned; `None` where nobody can go on as it says.
pub fn wishes(context: &[u64; CONTEXT_WORDS]) -> Option<Wishes> {
    let mut registers = [0; 18];
    registers.copy_from_slice(&context[REGISTERS..][..18]);
    registers[RFLAGS] = registers[RFLAGS] & USER_FLAGS | FIXED_FLAGS;
    (registers[RIP] < CODE_LIMIT).then_some(Wishes {
        registers,
        state: context[STATE],
        blocked: context[BLOCKED],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOLD: Information = Information {
        signal: 11,
        code: 1,
        address: 0x1234,
        trap: (14, 6),
    };

    #[test]
    fn places() {
        let place = Place::new(0x10_0000, None, 512).expect("room");
        assert_eq!((place.state % 64, place.frame % 16), (0, 8));
        assert!(place.state + 512 <= 0x10_0000 - RED_ZONE && place.frame + FRAME_WORDS as u64 * 8 <= place.state);
        let stack = [0x20_0000, 0, 0x2000];
        let place = Place::new(0x10_0000, Some(stack), 512).expect("room");
        assert!(is_on(stack, place.frame) && place.state + 512 <= 0x20_2000);
        // On it already: it goes on there.
        let inner = Place::new(place.frame, Some(stack), 512).expect("room");
        assert!(inner.state < place.frame - RED_ZONE);
        assert_eq!(Place::new(0x10_0000, Some([0x20_0000, 0, 600]), 512), None);
        assert_eq!(Place::new(300, None, 512), None);
    }

    #[test]
    fn there_and_back() {
        let place = Place::new(0x10_0000, None, 4096).expect("room");
        let mut registers: Registers = core::array::from_fn(|index| index as u64 + 100);
        registers[RFLAGS] = 0x246;
        let interrupted = Interrupted {
            registers,
            signal_stack: [0, 2, 0],
            blocked: 0x40,
            extended: true,
        };
        let words = words(place, 0x777, &TOLD, &interrupted);
        assert_eq!((words[0], words[1], words[1 + CONTEXT_WORDS]), (0x777, 7, 11));
        let mut context = [0; CONTEXT_WORDS];
        context.copy_from_slice(&words[1..=CONTEXT_WORDS]);
        let back = wishes(&context).expect("an address");
        assert_eq!(
            (back.registers, back.state, back.blocked),
            (registers, place.state, 0x40)
        );
        // The privileged flags are not the program's.
        context[REGISTERS + RFLAGS] = u64::MAX;
        assert_eq!(
            wishes(&context).map(|back| back.registers[RFLAGS]),
            Some(USER_FLAGS | FIXED_FLAGS)
        );
        context[REGISTERS + RIP] = CODE_LIMIT;
        assert_eq!(wishes(&context), None);
    }

    #[test]
    fn handlers() {
        let place = Place::new(0x10_0000, None, 4096).expect("room");
        let begins = of_handler(place, 0x4000, &TOLD, &[0x700; 18]).expect("an address");
        assert_eq!(
            (begins[RDI], begins[RIP], begins[RSP], begins[RAX]),
            (11, 0x4000, place.frame, 0)
        );
        assert_eq!(
            (begins[RDX], begins[RSI]),
            (place.frame + 8, place.frame + 8 + 8 * CONTEXT_WORDS as u64)
        );
        assert_eq!(begins[RFLAGS], 0x200);
        assert_eq!(of_handler(place, 1 << 60, &TOLD, &[0; 18]), None);
    }
}

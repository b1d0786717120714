//! Signal frames on the guest's stack, with the registers of SSE, AVX and AVX-512 as KVM gives them.

use crate::errno::Errno;
use crate::signals::Action;
use crate::vm::Task;
use kvm_bindings::{kvm_regs, kvm_xsave};
use peaberry_linux::frame_registers;
use peaberry_linux::signal_frame::{self, CONTEXT_WORDS, Interrupted, Place, Registers, is_on};

pub use peaberry_linux::signal_frame::Information;

/// Bytes of the registers of SSE, AVX and AVX-512.
const STATE_BYTES: usize = 4096;

fn registers_of(user: &kvm_regs) -> Registers {
    let mut user = *user;
    frame_registers!(&mut user).map(|register| *register)
}

fn set_registers(user: &mut kvm_regs, registers: &Registers) {
    for (register, value) in frame_registers!(user).into_iter().zip(registers) {
        *register = *value;
    }
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
    let is_enabled = task.signal_stack[1] & libc::SS_DISABLE as u64 == 0;
    let wanted = action.flags & libc::SA_ONSTACK as u64 != 0 && is_enabled;
    let stack = wanted.then_some(task.signal_stack);
    let place = Place::new(user.rsp, stack, STATE_BYTES as u64).ok_or(bad)?;
    let interrupted = Interrupted {
        registers: registers_of(user),
        signal_stack: signal_stack(task, user.rsp),
        blocked: task.mailbox.blocked(),
        extended: true,
    };
    let begins = signal_frame::of_handler(place, action.handler, information, &interrupted.registers).ok_or(bad)?;
    let state: Vec<u8> = state.region.iter().flat_map(|word| word.to_le_bytes()).collect();
    task.vm.write(place.state, &state)?;
    let words = signal_frame::words(place, action.restorer, information, &interrupted);
    task.vm.write_words(place.frame, &words)?;
    let mut handler = *user;
    set_registers(&mut handler, &begins);
    Ok(handler)
}

/// Reads a frame, the stack pointer being where `ret` of the handler left it: registers, extended state, blocked signals.
pub fn pop(task: &Task, stack: u64) -> Result<(kvm_regs, kvm_xsave, u64), Errno> {
    let context: [u64; CONTEXT_WORDS] = task.vm.read_words(stack)?;
    let wishes = signal_frame::wishes(&context).ok_or(Errno(libc::EFAULT))?;
    let mut user = kvm_regs::default();
    set_registers(&mut user, &wishes.registers);
    let mut bytes = [0; STATE_BYTES];
    task.vm.read(wishes.state, &mut bytes)?;
    let mut state = kvm_xsave::default();
    for (word, bytes) in state.region.iter_mut().zip(bytes.chunks_exact(4)) {
        *word = bytes.try_into().map_or(0, u32::from_le_bytes);
    }
    Ok((user, state, wishes.blocked))
}

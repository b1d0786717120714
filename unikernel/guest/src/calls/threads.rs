//! System calls of threads.

use super::{Arguments, read_time};
use crate::errno::*;
use crate::kernel::{Ending, Kernel};
use crate::threads::{Registers, Thread, Wait};
use linux_raw_sys::general::*;
use linux_raw_sys::prctl::{PR_GET_THP_DISABLE, PR_SET_NAME, PR_SET_THP_DISABLE};

/// What makes a thread of what `clone` makes; anything less would be a process.
const THREAD: u32 = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD;
/// Addresses that the processor takes for the bases of FS and GS.
const ADDRESS_LIMIT: u64 = 1 << 47;

/// `clone`.
pub fn clone(kernel: &mut Kernel, [flags, stack, parent_number, child_number, thread_pointer, _]: Arguments) -> Served {
    let flags = flags as u32;
    if flags & THREAD != THREAD || flags & CLONE_SETTLS == 0 {
        // There are no processes.
        return fail(ENOSYS);
    }
    if thread_pointer >= ADDRESS_LIMIT {
        return fail(EPERM);
    }
    let extended = kernel.extended();
    let parent = kernel.thread();
    let registers = Registers {
        rax: 0,
        rsp: stack,
        ..parent.registers
    };
    let mut thread = Thread::new(registers, extended);
    thread.bases = (thread_pointer, parent.bases.1);
    thread.blocked = parent.blocked;
    if flags & CLONE_CHILD_CLEARTID != 0 {
        thread.clear_at_end = child_number;
    }
    let number = kernel.add_thread(thread).ok_or(Errno(EAGAIN))?;
    for (flag, address) in [(CLONE_PARENT_SETTID, parent_number), (CLONE_CHILD_SETTID, child_number)] {
        if flags & flag != 0 && kernel.space.write(address, &(number as u32).to_le_bytes()).is_err() {
            kernel.threads.remove(number);
            return fail(EFAULT);
        }
    }
    Ok(number as u64)
}

/// `exit`.
pub fn exit(kernel: &mut Kernel, _: Arguments) -> Served {
    kernel.end_thread();
    Err(Stop::Elsewhere)
}

/// `exit_group`.
pub fn exit_group(kernel: &mut Kernel, [code, ..]: Arguments) -> Served {
    kernel.end(Ending::Exited(code as i32 & 0xff));
    Err(Stop::Elsewhere)
}

/// The value of a word.
fn load(kernel: &mut Kernel, word: u64) -> Result<u32, Errno> {
    if !word.is_multiple_of(4) {
        return Err(Errno(EINVAL));
    }
    let mut bytes = [0; 4];
    kernel.space.read(word, &mut bytes)?;
    Ok(u32::from_le_bytes(bytes))
}

/// `futex`.
pub fn futex(kernel: &mut Kernel, [word, operation, value, time, second, bits]: Arguments) -> Served {
    let command = operation as u32 & !(FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME);
    let (value, bits) = (value as u32, bits as u32);
    match command {
        FUTEX_WAIT | FUTEX_WAIT_BITSET => {
            let time = read_time(&mut kernel.space, time)?;
            let bits = if command == FUTEX_WAIT { u32::MAX } else { bits };
            if bits == 0 {
                return fail(EINVAL);
            }
            if load(kernel, word)? != value {
                return fail(EAGAIN);
            }
            let until = time.map(|time| match command {
                FUTEX_WAIT => kernel.now().saturating_add(time),
                _ if operation as u32 & FUTEX_CLOCK_REALTIME != 0 => time.saturating_sub(kernel.machine.started()),
                _ => time,
            });
            kernel.wait_until(until);
            let current = kernel.current;
            kernel.futexes.wait(word, current, bits);
            Err(Stop::Wait(Wait::Word(word)))
        }
        FUTEX_WAKE | FUTEX_WAKE_BITSET => {
            load(kernel, word)?;
            let bits = if command == FUTEX_WAKE { u32::MAX } else { bits };
            Ok(u64::from(kernel.wake(word, value, bits)))
        }
        FUTEX_REQUEUE | FUTEX_CMP_REQUEUE => {
            let present = load(kernel, word)?;
            load(kernel, second)?;
            if command == FUTEX_CMP_REQUEUE && present != bits {
                return fail(EAGAIN);
            }
            let mut count = kernel.wake(word, value, u32::MAX);
            for _ in 0..time as u32 {
                let Some(number) = kernel.futexes.requeue(word, second) else {
                    break;
                };
                if let Some(thread) = kernel.threads.get_mut(number) {
                    thread.state = crate::threads::State::Waiting(Wait::Word(second));
                }
                count += 1;
            }
            Ok(u64::from(count))
        }
        FUTEX_WAKE_OP => wake_with_operation(kernel, [word, second], [value, time as u32], bits),
        _ => fail(ENOSYS),
    }
}

/// Changes the second word, wakes those at the first, and those at the second if its old value was as wanted.
fn wake_with_operation(kernel: &mut Kernel, [word, second]: [u64; 2], most: [u32; 2], what: u32) -> Served {
    load(kernel, word)?;
    let old = load(kernel, second)?;
    let signed = |bits: u32| ((bits << 20) as i32 >> 20) as u32;
    let (mut operand, compared) = (signed(what >> 12 & 0xfff), signed(what & 0xfff));
    if what >> 28 & 8 != 0 {
        operand = 1u32.wrapping_shl(operand);
    }
    let new = match what >> 28 & 7 {
        0 => operand,
        1 => old.wrapping_add(operand),
        2 => old | operand,
        3 => old & !operand,
        4 => old ^ operand,
        _ => return fail(ENOSYS),
    };
    let (left, right) = (old as i32, compared as i32);
    let also = match what >> 24 & 15 {
        0 => left == right,
        1 => left != right,
        2 => left < right,
        3 => left <= right,
        4 => left > right,
        5 => left >= right,
        _ => return fail(ENOSYS),
    };
    kernel.space.write(second, &new.to_le_bytes())?;
    let mut count = kernel.wake(word, most[0], u32::MAX);
    if also {
        count += kernel.wake(second, most[1], u32::MAX);
    }
    Ok(u64::from(count))
}

/// `set_tid_address`.
pub fn set_clear_at_end(kernel: &mut Kernel, [address, ..]: Arguments) -> Served {
    kernel.thread().clear_at_end = address;
    Ok(kernel.current as u64)
}

/// `gettid`.
pub fn number(kernel: &mut Kernel, _: Arguments) -> Served {
    Ok(kernel.current as u64)
}

/// `arch_prctl`: the bases of FS and GS.
pub fn set_base(kernel: &mut Kernel, [which, address, ..]: Arguments) -> Served {
    const SET_GS: u64 = 0x1001;
    const SET_FS: u64 = 0x1002;
    if address >= ADDRESS_LIMIT {
        return fail(EPERM);
    }
    match which {
        SET_FS => kernel.thread().bases.0 = address,
        SET_GS => kernel.thread().bases.1 = address,
        _ => return fail(EINVAL),
    }
    Ok(0)
}

/// `sched_yield`.
pub fn yield_processor(kernel: &mut Kernel, _: Arguments) -> Served {
    kernel.give_way();
    Ok(0)
}

/// `sched_getaffinity`: one processor.
pub fn processors(kernel: &mut Kernel, [_, length, address, ..]: Arguments) -> Served {
    if length < 8 || !length.is_multiple_of(8) {
        return fail(EINVAL);
    }
    kernel.space.write_words(address, &[1])?;
    Ok(8)
}

/// `getcpu`.
pub fn current_processor(kernel: &mut Kernel, [processor, node, ..]: Arguments) -> Served {
    for address in [processor, node] {
        if address != 0 {
            kernel.space.write(address, &[0; 4])?;
        }
    }
    Ok(0)
}

/// `prctl`: names of threads are taken and not kept.
pub fn control(_: &mut Kernel, [what, ..]: Arguments) -> Served {
    match what as u32 {
        PR_SET_NAME | PR_SET_THP_DISABLE | PR_GET_THP_DISABLE => Ok(0),
        _ => fail(EINVAL),
    }
}

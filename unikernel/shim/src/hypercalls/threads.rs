//! System calls of threads.

use super::{Call, read_time, time_pointer};
use crate::address_space::WRITE;
use crate::errno::{Errno, Served, host};
use crate::memory::PAGE;
use crate::vm::{Ending, Task, Vm};
use kvm_bindings::kvm_regs;

/// What makes a thread of what `clone` makes; anything less would be a process.
const THREAD: i32 = libc::CLONE_VM | libc::CLONE_FS | libc::CLONE_FILES | libc::CLONE_SIGHAND | libc::CLONE_THREAD;

/// `clone`.
pub fn clone(task: &mut Task, call: &Call) -> Served {
    let [flags, stack, parent_number, child_number, thread_pointer, _] = call.arguments;
    let wanted = Wanted {
        flags,
        stack,
        parent_number,
        child_number,
        thread_pointer,
    };
    begin(task, call, &wanted)
}

/// Bytes of the first version of `clone3`'s structure, all later ones beginning with it.
const CLONE_ARGUMENTS: u64 = 64;

/// `clone3`: what the C library asks first, so that each refusal would be a way out of the guest for nothing.
pub fn clone_structure(task: &mut Task, call: &Call) -> Served {
    let [address, bytes, ..] = call.arguments;
    if bytes < CLONE_ARGUMENTS {
        return Err(Errno(libc::EINVAL));
    }
    if bytes > PAGE {
        return Err(Errno(libc::E2BIG));
    }
    let mut words = vec![0; bytes as usize];
    task.vm.read(address, &mut words)?;
    let word = |index: usize| {
        let bytes = words[index * 8..index * 8 + 8].try_into();
        bytes.map_or(0, u64::from_le_bytes)
    };
    // Words that are not known here must be zero: a set of thread numbers, a control group, what is yet to come.
    if words[CLONE_ARGUMENTS as usize..].iter().any(|&byte| byte != 0) {
        return Err(Errno(libc::E2BIG));
    }
    let [
        flags,
        child_number,
        parent_number,
        signal,
        stack,
        stack_bytes,
        thread_pointer,
    ] = [0, 2, 3, 4, 5, 6, 7].map(word);
    if signal != 0 || flags > u64::from(u32::MAX) || (stack == 0) != (stack_bytes == 0) {
        return Err(Errno(libc::EINVAL));
    }
    let wanted = Wanted {
        flags,
        stack: stack.checked_add(stack_bytes).ok_or(Errno(libc::EINVAL))?,
        parent_number,
        child_number,
        thread_pointer,
    };
    begin(task, call, &wanted)
}

/// The thread that is asked for.
struct Wanted {
    flags: u64,
    /// Its stack pointer.
    stack: u64,
    /// Where the caller wants its number, and where it finds that itself.
    parent_number: u64,
    child_number: u64,
    thread_pointer: u64,
}

fn begin(task: &mut Task, call: &Call, wanted: &Wanted) -> Served {
    let &Wanted {
        flags,
        stack,
        parent_number,
        child_number,
        thread_pointer,
    } = wanted;
    let flags = flags as i32;
    if flags & THREAD != THREAD || flags & libc::CLONE_SETTLS == 0 {
        // There are no processes in a guest.
        return Err(Errno(libc::ENOSYS));
    }
    let registers = kvm_regs {
        rax: 0,
        rsp: stack,
        // Where `syscall` returns to.
        rip: call.registers.rcx,
        ..*call.registers
    };
    let clear = if flags & libc::CLONE_CHILD_CLEARTID != 0 {
        child_number
    } else {
        0
    };
    let vm = task.vm.clone();
    vm.space().begin_stack(stack);
    let announce = |number: i32| {
        let bytes = number.to_le_bytes();
        for (flag, address) in [
            (libc::CLONE_PARENT_SETTID, parent_number),
            (libc::CLONE_CHILD_SETTID, child_number),
        ] {
            if flags & flag != 0 {
                vm.write(address, &bytes)?;
            }
        }
        Ok(())
    };
    let number = task
        .vm
        .spawn(&registers, thread_pointer, clear, task.mailbox.blocked(), announce)?;
    Ok(number as u64)
}

/// Tells those who wait for a thread's end.
pub fn thread_ended(vm: &Vm, word: u64) {
    if word.is_multiple_of(4) && vm.write(word, &[0; 4]).is_ok() {
        let _ = wake(vm, word, i32::MAX as u64);
    }
}

fn wake(vm: &Vm, word: u64, count: u64) -> Served {
    let pointer = word_pointer(vm, word)?;
    let operation = libc::FUTEX_WAKE | libc::FUTEX_PRIVATE_FLAG;
    // SAFETY: an aligned word of guest memory, which stays mapped.
    host(unsafe { libc::syscall(libc::SYS_futex, pointer, operation, count as u32) })
}

fn word_pointer(vm: &Vm, word: u64) -> Result<*mut u32, Errno> {
    if !word.is_multiple_of(4) {
        return Err(Errno(libc::EINVAL));
    }
    // An aligned word lies in one piece.
    let pieces = vm.resolve(word, 4, WRITE)?;
    pieces
        .first()
        .map(|piece| piece.start.cast())
        .ok_or(Errno(libc::EFAULT))
}

/// `exit`.
pub fn exit(task: &mut Task, _: &Call) -> Served {
    task.ended = true;
    Ok(0)
}

/// `exit_group`.
pub fn exit_group(task: &mut Task, call: &Call) -> Served {
    task.ended = true;
    task.vm.end(Ending::Exited(call.arguments[0] as i32 & 0xff));
    Ok(0)
}

/// `futex`: the host's own, on the memory behind the word.
pub fn futex(task: &mut Task, call: &Call) -> Served {
    let [word, operation, value, time, second, bits] = call.arguments;
    let command = operation as i32 & !(libc::FUTEX_PRIVATE_FLAG | libc::FUTEX_CLOCK_REALTIME);
    let clock = operation as i32 & libc::FUTEX_CLOCK_REALTIME;
    // Nobody outside of this process has a part in the guest's words.
    let operation = command | clock | libc::FUTEX_PRIVATE_FLAG;
    let first = word_pointer(&task.vm, word)?;
    match command {
        libc::FUTEX_WAIT | libc::FUTEX_WAIT_BITSET => {
            let time = read_time(&task.vm, time)?;
            let (value, time, bits) = (value as u32, time_pointer(&time), bits as u32);
            let none = std::ptr::null::<u32>();
            // SAFETY: an aligned word of guest memory, which stays mapped; the time is a local.
            host(unsafe { libc::syscall(libc::SYS_futex, first, operation, value, time, none, bits) })
        }
        libc::FUTEX_WAKE | libc::FUTEX_WAKE_BITSET => {
            let none = std::ptr::null::<u32>();
            let (value, bits) = (value as u32, bits as u32);
            // SAFETY: an aligned word of guest memory, which stays mapped.
            host(unsafe { libc::syscall(libc::SYS_futex, first, operation, value, none, none, bits) })
        }
        libc::FUTEX_REQUEUE | libc::FUTEX_CMP_REQUEUE | libc::FUTEX_WAKE_OP => {
            let second = word_pointer(&task.vm, second)?;
            let (value, count, bits) = (value as u32, time as u32 as usize, bits as u32);
            // SAFETY: aligned words of guest memory, which stays mapped; the fourth argument is a number here.
            host(unsafe { libc::syscall(libc::SYS_futex, first, operation, value, count, second, bits) })
        }
        _ => Err(Errno(libc::ENOSYS)),
    }
}

/// `set_tid_address`.
pub fn set_clear_at_end(task: &mut Task, call: &Call) -> Served {
    task.mailbox.set_clear_at_end(call.arguments[0]);
    Ok(task.number as u64)
}

/// `gettid`.
pub fn number(task: &mut Task, _: &Call) -> Served {
    Ok(task.number as u64)
}

/// `arch_prctl`: the bases of FS and GS.
pub fn set_base(task: &mut Task, call: &Call) -> Served {
    const SET_GS: u64 = 0x1001;
    const SET_FS: u64 = 0x1002;
    let [which, address, ..] = call.arguments;
    // An address that is not canonical would be refused by KVM.
    if address >= 1 << 47 {
        return Err(Errno(libc::EPERM));
    }
    let failed = |error: kvm_ioctls::Error| Errno(error.errno());
    let (fs, gs) = task.vcpu.bases().map_err(failed)?;
    let bases = match which {
        SET_FS => (address, gs),
        SET_GS => {
            // What calls that are answered in the guest find their thread by.
            task.vm.front_end.end();
            (fs, address)
        }
        _ => return Err(Errno(libc::EINVAL)),
    };
    task.vcpu.set_bases(bases).map_err(failed)?;
    Ok(0)
}

/// `sched_yield`.
pub fn yield_processor(_: &mut Task, _: &Call) -> Served {
    std::thread::yield_now();
    Ok(0)
}

/// `sched_getaffinity`: as many processors as there are.
pub fn processors(task: &mut Task, call: &Call) -> Served {
    let [_, length, address, ..] = call.arguments;
    let count = task.vm.processors();
    let words = count.div_ceil(64);
    if length < words as u64 * 8 || !length.is_multiple_of(8) {
        return Err(Errno(libc::EINVAL));
    }
    let mut mask = vec![0u64; words];
    (0..count).for_each(|processor| mask[processor / 64] |= 1 << (processor % 64));
    task.vm.write_words(address, &mask)?;
    Ok(words as u64 * 8)
}

/// `getcpu`.
pub fn current_processor(task: &mut Task, call: &Call) -> Served {
    for address in [call.arguments[0], call.arguments[1]] {
        if address != 0 {
            task.vm.write(address, &[0; 4])?;
        }
    }
    Ok(0)
}

/// `prctl`: names of threads are taken and not kept.
pub fn control(_: &mut Task, call: &Call) -> Served {
    match call.arguments[0] as i32 {
        libc::PR_SET_NAME | libc::PR_SET_THP_DISABLE | libc::PR_GET_THP_DISABLE => Ok(0),
        _ => Err(Errno(libc::EINVAL)),
    }
}

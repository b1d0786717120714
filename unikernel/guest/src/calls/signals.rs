//! System calls of signals.

use super::Arguments;
use crate::errno::*;
use crate::kernel::Kernel;
use crate::signal_frame::signal_stack;
use crate::signals::{Action, SIGNALS, UNSTOPPABLE, bit};
use crate::threads::NO_STACK;
use linux_raw_sys::general::*;

/// `rt_sigaction`.
pub fn action(kernel: &mut Kernel, [signal, new, old, ..]: Arguments) -> Served {
    let signal = signal as u32;
    if !(1..=SIGNALS as u32).contains(&signal) || bit(signal) & UNSTOPPABLE != 0 && new != 0 {
        return fail(EINVAL);
    }
    let index = signal as usize - 1;
    let before = kernel.actions[index];
    if new != 0 {
        let [handler, flags, restorer, mask] = kernel.space.read_words(new)?;
        kernel.actions[index] = Action {
            handler,
            flags,
            restorer,
            mask,
        };
    }
    if old != 0 {
        let words = [before.handler, before.flags, before.restorer, before.mask];
        kernel.space.write_words(old, &words)?;
    }
    Ok(0)
}

/// `rt_sigprocmask`.
pub fn block(kernel: &mut Kernel, [how, new, old, ..]: Arguments) -> Served {
    let before = kernel.thread().blocked;
    if new != 0 {
        let [set] = kernel.space.read_words(new)?;
        let blocked = match how as u32 {
            SIG_BLOCK => before | set,
            SIG_UNBLOCK => before & !set,
            SIG_SETMASK => set,
            _ => return fail(EINVAL),
        };
        kernel.thread().blocked = blocked & !UNSTOPPABLE;
    }
    if old != 0 {
        kernel.space.write_words(old, &[before])?;
    }
    Ok(0)
}

/// `rt_sigreturn`.
pub fn return_from_handler(kernel: &mut Kernel, _: Arguments) -> Served {
    if let Some(ending) = kernel.return_from_handler() {
        kernel.end(ending);
    }
    Err(Stop::Elsewhere)
}

/// `sigaltstack`.
pub fn stack(kernel: &mut Kernel, [new, old, ..]: Arguments) -> Served {
    let pointer = kernel.thread().registers.rsp;
    let present = signal_stack(kernel.thread(), pointer);
    if new != 0 {
        let [start, flags, bytes] = kernel.space.read_words(new)?;
        let flags = u64::from(flags as u32);
        if present[1] & u64::from(SS_ONSTACK) != 0 {
            return fail(EPERM);
        }
        if flags & !(NO_STACK | u64::from(SS_AUTODISARM)) != 0 {
            return fail(EINVAL);
        }
        if flags & NO_STACK == 0 && bytes < u64::from(MINSIGSTKSZ) {
            return fail(ENOMEM);
        }
        kernel.thread().signal_stack = [start, flags, bytes];
    }
    if old != 0 {
        kernel.space.write_words(old, &present)?;
    }
    Ok(0)
}

/// `tgkill`.
pub fn send_to_thread(kernel: &mut Kernel, [process, thread, signal, ..]: Arguments) -> Served {
    let number = thread as u32 as usize;
    if process as u32 != 1 || kernel.threads.get(number).is_none() {
        return fail(ESRCH);
    }
    kernel.send_signal(signal as u32, Some(number))?;
    Ok(0)
}

/// `kill`.
pub fn send(kernel: &mut Kernel, [process, signal, ..]: Arguments) -> Served {
    match process as u32 {
        0 | 1 => {
            kernel.send_signal(signal as u32, None)?;
            Ok(0)
        }
        _ => fail(ESRCH),
    }
}

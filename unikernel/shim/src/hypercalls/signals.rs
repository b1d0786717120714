//! System calls of signals.

use super::Call;
use crate::errno::{Errno, Served};
use crate::signal_frame::signal_stack;
use crate::signals::{Action, SIGNALS};
use crate::vm::Task;

/// `rt_sigaction`.
pub fn action(task: &mut Task, call: &Call) -> Served {
    let [signal, new, old, ..] = call.arguments;
    let unchangeable = [libc::SIGKILL as u64, libc::SIGSTOP as u64].contains(&signal);
    if !(1..=SIGNALS).contains(&signal) || unchangeable && new != 0 {
        return Err(Errno(libc::EINVAL));
    }
    let front_end = &task.vm.front_end;
    let before = front_end.action(signal);
    if new != 0 {
        let [handler, flags, restorer, mask] = task.vm.read_words(new)?;
        let wanted = Action {
            handler,
            flags,
            restorer,
            mask,
        };
        front_end.set_action(signal, &wanted);
    }
    if old != 0 {
        let words = [before.handler, before.flags, before.restorer, before.mask];
        task.vm.write_words(old, &words)?;
    }
    Ok(0)
}

/// `rt_sigprocmask`.
pub fn block(task: &mut Task, call: &Call) -> Served {
    let [how, new, old, ..] = call.arguments;
    let before = task.mailbox.blocked();
    if new != 0 {
        let [set] = task.vm.read_words(new)?;
        task.mailbox.block(match how as i32 {
            libc::SIG_BLOCK => before | set,
            libc::SIG_UNBLOCK => before & !set,
            libc::SIG_SETMASK => set,
            _ => return Err(Errno(libc::EINVAL)),
        });
    }
    if old != 0 {
        task.vm.write_words(old, &[before])?;
    }
    Ok(0)
}

/// `sigaltstack`.
pub fn stack(task: &mut Task, call: &Call) -> Served {
    let [new, old, ..] = call.arguments;
    let present = signal_stack(task, call.registers.rsp);
    let wanted: Option<[u64; 3]> = if new == 0 { None } else { Some(task.vm.read_words(new)?) };
    if let Some([start, flags, bytes]) = wanted {
        const FLAGS: u32 = libc::SS_DISABLE as u32;
        let flags = flags as u32;
        if present[1] == libc::SS_ONSTACK as u64 {
            return Err(Errno(libc::EPERM));
        }
        if flags & !FLAGS != 0 {
            return Err(Errno(libc::EINVAL));
        }
        if flags & FLAGS == 0 && bytes < libc::MINSIGSTKSZ as u64 {
            return Err(Errno(libc::ENOMEM));
        }
        task.signal_stack = [start, flags.into(), bytes];
    }
    if old != 0 {
        task.vm.write_words(old, &present)?;
    }
    Ok(0)
}

/// `tgkill`.
pub fn send_to_thread(task: &mut Task, call: &Call) -> Served {
    let [process, thread, signal, ..] = call.arguments;
    let thread = task.vm.mailbox(thread as i32).filter(|_| process as i32 == 1);
    let thread = thread.ok_or(Errno(libc::ESRCH))?;
    task.vm.send_signal(signal as i32, Some(&thread)).map(|()| 0)
}

/// `kill`.
pub fn send(task: &mut Task, call: &Call) -> Served {
    let [process, signal, ..] = call.arguments;
    match process as i32 {
        0 | 1 => task.vm.send_signal(signal as i32, None).map(|()| 0),
        _ => Err(Errno(libc::ESRCH)),
    }
}

//! System calls of signals. What is sent ends the guest or is ignored; handlers are not called yet.

use super::Call;
use crate::errno::{Errno, Served};
use crate::vm::{Ending, Task};

/// Signals there are.
const SIGNALS: u64 = 64;
/// Words of the kernel's `struct sigaction`: handler, flags, restorer, mask.
const ACTION_WORDS: usize = 4;

/// What the guest set for each signal.
pub type Actions = [[u64; ACTION_WORDS]; SIGNALS as usize];

/// `rt_sigaction`.
pub fn action(task: &mut Task, call: &Call) -> Served {
    let [signal, new, old, ..] = call.arguments;
    let unchangeable = [libc::SIGKILL as u64, libc::SIGSTOP as u64].contains(&signal);
    if !(1..=SIGNALS).contains(&signal) || unchangeable && new != 0 {
        return Err(Errno(libc::EINVAL));
    }
    let index = signal as usize - 1;
    let wanted = if new == 0 {
        None
    } else {
        Some(task.vm.read_words::<ACTION_WORDS>(new)?)
    };
    let before = {
        let mut actions = task.vm.actions();
        let before = actions[index];
        if let Some(wanted) = wanted {
            actions[index] = wanted;
        }
        before
    };
    if old != 0 {
        task.vm.write_words(old, &before)?;
    }
    Ok(0)
}

/// `rt_sigprocmask`.
pub fn block(task: &mut Task, call: &Call) -> Served {
    let [how, new, old, ..] = call.arguments;
    let before = task.blocked;
    if new != 0 {
        let [set] = task.vm.read_words(new)?;
        task.blocked = match how as i32 {
            libc::SIG_BLOCK => before | set,
            libc::SIG_UNBLOCK => before & !set,
            libc::SIG_SETMASK => set,
            _ => return Err(Errno(libc::EINVAL)),
        };
    }
    if old != 0 {
        task.vm.write_words(old, &[before])?;
    }
    Ok(0)
}

/// `sigaltstack`.
pub fn stack(task: &mut Task, call: &Call) -> Served {
    let [new, old, ..] = call.arguments;
    let wanted = if new == 0 { None } else { Some(task.vm.read_words(new)?) };
    if old != 0 {
        task.vm.write_words(old, &task.signal_stack)?;
    }
    if let Some(wanted) = wanted {
        task.signal_stack = wanted;
    }
    Ok(0)
}

fn deliver(task: &mut Task, signal: u64) -> Served {
    const DEFAULT: u64 = libc::SIG_DFL as u64;
    const IGNORE: u64 = libc::SIG_IGN as u64;
    let number = signal as i32;
    if signal == 0 {
        return Ok(0);
    }
    if signal > SIGNALS {
        return Err(Errno(libc::EINVAL));
    }
    let ignored_by_default = [libc::SIGCHLD, libc::SIGURG, libc::SIGWINCH, libc::SIGCONT];
    match task.vm.actions()[signal as usize - 1][0] {
        IGNORE => Ok(0),
        DEFAULT if ignored_by_default.contains(&number) => Ok(0),
        DEFAULT => {
            task.vm.end(Ending::Killed(number, format!("signal {number}")));
            Ok(0)
        }
        _ => Err(Errno(libc::ENOSYS)),
    }
}

/// `tgkill`.
pub fn send_to_thread(task: &mut Task, call: &Call) -> Served {
    let [process, thread, signal, ..] = call.arguments;
    if process as i32 != 1 || task.vm.host_thread(thread as i32).is_none() {
        return Err(Errno(libc::ESRCH));
    }
    deliver(task, signal)
}

/// `kill`.
pub fn send(task: &mut Task, call: &Call) -> Served {
    let [process, signal, ..] = call.arguments;
    match process as i32 {
        0 | 1 => deliver(task, signal),
        _ => Err(Errno(libc::ESRCH)),
    }
}

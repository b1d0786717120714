//! Signals: what is pending and blocked, who takes what, and what becomes of it. A thread takes its signals on its way back to
//! the program.

use crate::calls::SECOND;
use crate::errno::{EINTR, EINVAL, Errno};
use crate::kernel::{Ending, Kernel};
use crate::signal_frame::{self, Information};
use crate::threads::{State, Wait};
use linux_raw_sys::general::*;

/// Signals there are.
pub const SIGNALS: usize = 64;

/// What a program set for a signal: Linux's `struct sigaction`.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Action {
    /// Address of the handler, or one of the two below.
    pub handler: u64,
    /// `SA_…`.
    pub flags: u64,
    /// Where a handler returns to.
    pub restorer: u64,
    /// What is blocked meanwhile.
    pub mask: u64,
}

/// The system's default.
pub const DEFAULT: u64 = 0;
/// Nothing.
pub const IGNORE: u64 = 1;

const SI_USER: i32 = 0;
const SI_TKILL: i32 = -6;

/// A signal's bit in a set; 0 for what is none.
pub const fn bit(signal: u32) -> u64 {
    if signal >= 1 && signal <= SIGNALS as u32 {
        1 << (signal - 1)
    } else {
        0
    }
}

/// Those that cannot be blocked, ignored or handled.
pub const UNSTOPPABLE: u64 = bit(SIGKILL) | bit(SIGSTOP);
/// Those that do nothing unless they are handled.
const HARMLESS: u64 = bit(SIGCHLD) | bit(SIGURG) | bit(SIGWINCH) | bit(SIGCONT);

/// Calls that begin anew when a handler with `SA_RESTART` interrupted them.
const RESTARTED: &[u32] = &[
    __NR_read,
    __NR_write,
    __NR_readv,
    __NR_writev,
    __NR_openat,
    __NR_open,
    __NR_futex,
    __NR_fcntl,
];

/// Length of the instruction `syscall`.
const SYSTEM_CALL_BYTES: u64 = 2;

impl Kernel {
    fn is_ignored(&self, signal: u32) -> bool {
        let action = self.actions[signal as usize - 1];
        action.handler == IGNORE || action.handler == DEFAULT && bit(signal) & HARMLESS != 0
    }

    /// Sends a signal to a thread, or to whichever thread takes it. 0 sends nothing.
    pub fn send_signal(&mut self, signal: u32, thread: Option<usize>) -> Result<(), Errno> {
        match signal {
            0 => return Ok(()),
            _ if bit(signal) == 0 => return Err(Errno(EINVAL)),
            _ if self.is_ignored(signal) => return Ok(()),
            _ => {}
        }
        let pending = match thread {
            Some(number) => self.threads.get_mut(number).map(|thread| &mut thread.pending),
            None => Some(&mut self.pending),
        };
        if let Some(pending) = pending {
            *pending |= bit(signal);
        }
        self.interrupt_those_with_signals();
        Ok(())
    }

    /// Ends the waits of threads that have signals to take. One of the process's own interrupts one thread alone, and none if the
    /// one that runs takes it.
    pub fn interrupt_those_with_signals(&mut self) {
        let mut of_process = self.pending;
        if let Some(running) = self
            .threads
            .get(self.current)
            .filter(|thread| thread.state == State::Ready)
        {
            of_process &= running.blocked;
        }
        let mut interrupted = alloc::vec::Vec::new();
        for (number, thread) in self.threads.iter_mut() {
            let State::Waiting(wait) = thread.state else { continue };
            let wanted = !thread.blocked;
            if (thread.pending | of_process) & wanted == 0 {
                continue;
            }
            of_process &= thread.blocked;
            let call = thread.registers.rax;
            thread.interrupted = RESTARTED
                .iter()
                .any(|&number| u64::from(number) == call)
                .then_some(call);
            interrupted.push((number, wait, thread.deadline));
        }
        for (number, wait, deadline) in interrupted {
            match wait {
                Wait::Word(word) => self.futexes.leave(word, number),
                Wait::Time(left @ 1..) => {
                    let rest = deadline.unwrap_or_default().saturating_sub(self.now());
                    // The call was given an address that it could write when it began.
                    let _ = self.space.write_words(left, &[rest / SECOND, rest % SECOND]);
                }
                Wait::Time(0) | Wait::Event => {}
            }
            self.finish_wait(number, (EINTR as u64).wrapping_neg());
        }
    }

    fn take_signal(&mut self) -> Option<Information> {
        let thread = self.threads.get_mut(self.current)?;
        for (set, code) in [(&mut thread.pending, SI_TKILL), (&mut self.pending, SI_USER)] {
            let ready = *set & !thread.blocked;
            if ready != 0 {
                let signal = ready.trailing_zeros() + 1;
                *set &= !bit(signal);
                return Some(Information {
                    signal: signal as i32,
                    code,
                    ..Information::default()
                });
            }
        }
        None
    }

    /// Has handlers called for the signals of the thread that is about to run. Gives how the program ends if one ends it.
    pub fn take_signals(&mut self) -> Option<Ending> {
        let mut again = self.thread().interrupted.take();
        while let Some(information) = self.take_signal() {
            let signal = information.signal as u32;
            let action = self.actions[signal as usize - 1];
            match action.handler {
                _ if self.is_ignored(signal) => {}
                DEFAULT => return Some(Ending::Killed(signal, "it was sent")),
                _ => {
                    if let Some(number) = again.take()
                        && action.flags & u64::from(SA_RESTART) != 0
                    {
                        self.begin_anew(number);
                    }
                    if let Err(ending) = self.call_handler(&information, action) {
                        return Some(ending);
                    }
                }
            }
        }
        // All of them were ignored by now: nothing interrupted it.
        if let Some(number) = again {
            self.begin_anew(number);
        }
        None
    }

    fn begin_anew(&mut self, number: u64) {
        let registers = &mut self.thread().registers;
        registers.rip = registers.rip.wrapping_sub(SYSTEM_CALL_BYTES);
        registers.rax = number;
    }

    /// A fault of the program's own: its handler is called, or else it ends.
    pub fn fault_signal(&mut self, information: &Information, what: &'static str) -> Option<Ending> {
        let signal = information.signal as u32;
        let action = self.actions[information.signal as usize - 1];
        let handled = ![DEFAULT, IGNORE].contains(&action.handler);
        if !handled || self.thread().blocked & bit(signal) != 0 {
            return Some(Ending::Killed(signal, what));
        }
        self.call_handler(information, action).err()
    }

    /// Lays out what a handler finds and returns to, and has the thread go on in it.
    fn call_handler(&mut self, information: &Information, action: Action) -> Result<(), Ending> {
        let state = self.state_format();
        let (Some(thread), space) = (self.threads.get_mut(self.current), &mut self.space) else {
            return Ok(());
        };
        let pushed = signal_frame::push(thread, space, information, &action, &state);
        if pushed.is_err() {
            return Err(Ending::Killed(SIGSEGV, "no room for the handler of a signal"));
        }
        thread.blocked |= action.mask & !UNSTOPPABLE;
        if action.flags & u64::from(SA_NODEFER) == 0 {
            thread.blocked |= bit(information.signal as u32);
        }
        if action.flags & u64::from(SA_RESETHAND) != 0 {
            self.actions[information.signal as usize - 1].handler = DEFAULT;
        }
        Ok(())
    }

    /// `rt_sigreturn`: goes on where a handler interrupted the thread, as far as the frame says what can be.
    pub fn return_from_handler(&mut self) -> Option<Ending> {
        let state = self.state_format();
        let thread = self.threads.get_mut(self.current)?;
        match signal_frame::pop(thread, &mut self.space, &state) {
            Ok(()) => None,
            Err(_) => Some(Ending::Killed(SIGSEGV, "a handler returned to nowhere")),
        }
    }
}

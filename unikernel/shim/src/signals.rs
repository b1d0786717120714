//! Signals of the guest: what is pending and blocked, to whom a signal goes, and what becomes of it. A thread takes its signals when
//! it comes out of the guest; it is made to come out, or out of a call it waits in, by [`Vm::kick`].

use crate::errno::{Errno, Served, encode};
use crate::front_end::ThreadPlace;
use crate::signal_frame::{self, Information};
use crate::tables::{SYSTEM_BASE, Tables};
use crate::vm::{Ending, Task, Vm};
use kvm_bindings::kvm_regs;
use std::sync::atomic::{AtomicI32, AtomicU64, Ordering};

/// Signals there are.
pub const SIGNALS: u64 = 64;

/// Those that cannot be blocked, ignored or handled.
pub const UNSTOPPABLE: u64 = 1 << (libc::SIGKILL - 1) | 1 << (libc::SIGSTOP - 1);

/// Those that do nothing unless they are handled.
const HARMLESS: u64 =
    1 << (libc::SIGCHLD - 1) | 1 << (libc::SIGURG - 1) | 1 << (libc::SIGWINCH - 1) | 1 << (libc::SIGCONT - 1);

/// What a program set for a signal: the kernel's `struct sigaction`.
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
pub const DEFAULT: u64 = libc::SIG_DFL as u64;
/// Nothing.
pub const IGNORE: u64 = libc::SIG_IGN as u64;

/// What the guest set for each signal.
pub type Actions = [Action; SIGNALS as usize];

/// A thread as others see it.
#[derive(Default)]
pub struct Mailbox {
    /// The host's number of the thread; 0 until it runs.
    pub host: AtomicI32,
    pending: AtomicU64,
    /// Where the two that follow are, if the guest changes them itself.
    place: Option<ThreadPlace>,
    blocked: AtomicU64,
    clear_at_end: AtomicU64,
}

fn bit(signal: i32) -> u64 {
    if (1..=SIGNALS as i32).contains(&signal) {
        1 << (signal - 1)
    } else {
        0
    }
}

impl Mailbox {
    /// Of a thread that begins with these signals blocked, and a word that is cleared when it ends.
    pub fn new(place: Option<ThreadPlace>, blocked: u64, clear_at_end: u64) -> Mailbox {
        let own = Mailbox {
            place,
            ..Mailbox::default()
        };
        own.block(blocked);
        own.set_clear_at_end(clear_at_end);
        own
    }

    /// What is blocked.
    pub fn blocked(&self) -> u64 {
        let word = self.place.as_ref().map_or(&self.blocked, ThreadPlace::blocked);
        word.load(Ordering::SeqCst) & !UNSTOPPABLE
    }

    /// Blocks these and no others.
    pub fn block(&self, signals: u64) {
        let word = self.place.as_ref().map_or(&self.blocked, ThreadPlace::blocked);
        word.store(signals & !UNSTOPPABLE, Ordering::SeqCst);
    }

    /// A word that becomes 0 when the thread ends, to be waited for; 0 for none.
    pub fn clear_at_end(&self) -> u64 {
        let word = self
            .place
            .as_ref()
            .map_or(&self.clear_at_end, ThreadPlace::clear_at_end);
        word.load(Ordering::SeqCst)
    }

    /// Sets it.
    pub fn set_clear_at_end(&self, address: u64) {
        let word = self
            .place
            .as_ref()
            .map_or(&self.clear_at_end, ThreadPlace::clear_at_end);
        word.store(address, Ordering::SeqCst);
    }
}

impl Vm {
    /// Is there a signal for a thread to take?
    pub fn has_signal(&self, thread: &Mailbox) -> bool {
        let pending = thread.pending.load(Ordering::SeqCst) | self.pending.load(Ordering::SeqCst);
        pending & !thread.blocked() != 0
    }

    fn take_signal(&self, thread: &Mailbox) -> Option<Information> {
        for (set, code) in [(&thread.pending, libc::SI_TKILL), (&self.pending, libc::SI_USER)] {
            loop {
                let ready = set.load(Ordering::SeqCst) & !thread.blocked();
                if ready == 0 {
                    break;
                }
                let first = ready & ready.wrapping_neg();
                // Another thread may have taken it.
                if set.fetch_and(!first, Ordering::SeqCst) & first != 0 {
                    return Some(Information {
                        signal: first.trailing_zeros() as i32 + 1,
                        code,
                        ..Information::default()
                    });
                }
            }
        }
        None
    }

    /// What the guest set for a signal.
    pub fn action(&self, signal: i32) -> Action {
        self.front_end.action(signal as u64)
    }

    fn is_ignored(&self, signal: i32) -> bool {
        let action = self.action(signal);
        action.handler == IGNORE || action.handler == DEFAULT && bit(signal) & HARMLESS != 0
    }

    /// Sends a signal to a thread, or to whichever thread takes it. 0 sends nothing.
    pub fn send_signal(&self, signal: i32, thread: Option<&Mailbox>) -> Result<(), Errno> {
        match signal {
            0 => return Ok(()),
            _ if bit(signal) == 0 => return Err(Errno(libc::EINVAL)),
            _ if self.is_ignored(signal) => return Ok(()),
            _ => {}
        }
        self.front_end.note_sent(bit(signal));
        let pending = thread.map_or(&self.pending, |thread| &thread.pending);
        pending.fetch_or(bit(signal), Ordering::SeqCst);
        self.kick_those_with_signals();
        Ok(())
    }
}

/// Calls that begin anew when a handler with `SA_RESTART` interrupted them.
const RESTARTED: &[i64] = &[
    libc::SYS_read,
    libc::SYS_write,
    libc::SYS_readv,
    libc::SYS_writev,
    libc::SYS_openat,
    libc::SYS_openat2,
    libc::SYS_open,
    libc::SYS_futex,
    libc::SYS_accept,
    libc::SYS_accept4,
    libc::SYS_connect,
    libc::SYS_sendto,
    libc::SYS_recvfrom,
    libc::SYS_fcntl,
];

/// Length of the instruction `syscall`.
const SYSTEM_CALL_BYTES: u64 = 2;

impl Task {
    /// Goes on behind a system call, or in a handler of a signal that arrived meanwhile.
    pub fn finish_call(&mut self, call: &kvm_regs, served: Served) {
        if !self.vm.has_signal(&self.mailbox) {
            let mut registers = *call;
            registers.rax = encode(served);
            return self.vcpu.set_registers(&registers);
        }
        let mut user = kvm_regs {
            rip: call.rcx,
            rax: encode(served),
            ..*call
        };
        let again = (served == Err(Errno(libc::EINTR)) && RESTARTED.contains(&(call.rax as i64))).then_some(call.rax);
        self.take_signals(&mut user, again);
        self.go_on(&user);
    }

    /// Has handlers called for a thread that came out between two instructions.
    pub fn interrupted(&mut self) {
        if !self.vm.has_signal(&self.mailbox) {
            return;
        }
        let mut user = self.vcpu.registers();
        let entry = Tables::system_call_entry();
        match user.rip {
            // On its way out to the monitor, or through an exception: it is made to come out once more.
            _ if user.rip == entry => return,
            _ if Tables::in_system_call_entry(user.rip) => user.rip = user.rcx,
            SYSTEM_BASE.. => return,
            _ => {}
        }
        self.take_signals(&mut user, None);
        self.go_on(&user);
    }

    /// A fault of the program's own: its handler is called, or else the guest ends with the text.
    pub fn fault(&mut self, user: &kvm_regs, information: Information, text: String) {
        let action = self.vm.action(information.signal);
        let mut user = *user;
        let handled = ![DEFAULT, IGNORE].contains(&action.handler);
        if !handled || self.mailbox.blocked() & bit(information.signal) != 0 {
            return self.vm.end(Ending::Killed(information.signal, text));
        }
        self.call_handler(&mut user, &information, action);
        self.go_on(&user);
    }

    fn go_on(&mut self, user: &kvm_regs) {
        if let Err(error) = self.vcpu.go_on(user) {
            self.vm.end(Ending::Stopped(format!("KVM: {error}")));
        }
    }

    /// Takes all signals that are not blocked; the first handler may have the call with this number begin anew.
    fn take_signals(&mut self, user: &mut kvm_regs, mut again: Option<u64>) {
        while let Some(information) = self.vm.take_signal(&self.mailbox) {
            let signal = information.signal;
            let action = self.vm.action(signal);
            match action.handler {
                _ if self.vm.is_ignored(signal) => {}
                DEFAULT => {
                    self.vm.end(Ending::Killed(signal, format!("signal {signal}")));
                    return;
                }
                _ => {
                    if let Some(number) = again.take()
                        && action.flags & libc::SA_RESTART as u64 != 0
                    {
                        user.rip = user.rip.wrapping_sub(SYSTEM_CALL_BYTES);
                        user.rax = number;
                    }
                    self.call_handler(user, &information, action);
                }
            }
        }
        // All of them were ignored by now: nothing interrupted it.
        if let Some(number) = again {
            user.rip = user.rip.wrapping_sub(SYSTEM_CALL_BYTES);
            user.rax = number;
        }
    }

    /// Lays out what a handler finds and returns to, and has the thread go on in it.
    fn call_handler(&mut self, user: &mut kvm_regs, information: &Information, action: Action) {
        let called = self
            .vcpu
            .extended_state()
            .map_err(|error| Errno(error.errno()))
            .and_then(|state| signal_frame::push(self, user, information, &action, &state));
        match called {
            Ok(handler) => *user = handler,
            Err(_) => {
                let text = format!("no room for the handler of signal {}", information.signal);
                return self.vm.end(Ending::Killed(libc::SIGSEGV, text));
            }
        }
        let mut blocked = self.mailbox.blocked() | action.mask;
        if action.flags & libc::SA_NODEFER as u64 == 0 {
            blocked |= bit(information.signal);
        }
        self.mailbox.block(blocked);
        if action.flags & libc::SA_RESETHAND as u64 != 0 {
            let action = Action {
                handler: DEFAULT,
                ..action
            };
            self.vm.front_end.set_action(information.signal as u64, &action);
        }
    }

    /// `rt_sigreturn`: goes on where a handler interrupted the thread, as far as the frame says what can be.
    pub fn return_from_handler(&mut self, stack: u64) {
        let restored = signal_frame::pop(self, stack);
        let Ok((mut user, state, blocked)) = restored else {
            let text = "a handler returned to nowhere".to_owned();
            return self.vm.end(Ending::Killed(libc::SIGSEGV, text));
        };
        if self.vcpu.set_extended_state(&state).is_err() {
            let text = "a handler left registers that cannot be".to_owned();
            return self.vm.end(Ending::Killed(libc::SIGSEGV, text));
        }
        self.mailbox.block(blocked);
        self.take_signals(&mut user, None);
        self.go_on(&user);
    }
}

//! Thread states as safepoints see them, and the transitions between them.
//!
//! A thread that is not [`ThreadState::InJava`] touches no heap memory and has recorded where its native stack ends:
//! a collection may run without asking it. Each transition pairs with the stopping thread in Dekker's manner: the
//! thread stores its state and then reads its poll word, the stopper stores the poll word and then reads the state,
//! all sequentially consistent, so that at least one of them sees the other.

use super::{JavaThread, lifecycle};
use crate::safepoint::poll_bits;
use std::sync::atomic::Ordering;

/// Where a thread is.
#[repr(u8)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ThreadState {
    /// Runs Java or VM code that touches the heap: must reach a poll.
    InJava = 0,
    /// Blocked or in a system call: safe, its stack may be scanned.
    InNative = 1,
    /// Stopped at a safepoint.
    Stopped = 2,
    /// Not started or ended.
    Terminated = 3,
}

/// Goes back to Java when dropped, so that an unwinding thread does so too.
struct LeaveNative<'t>(&'t JavaThread);

impl Drop for LeaveNative<'_> {
    fn drop(&mut self) {
        self.0.leave_native();
    }
}

impl JavaThread {
    /// The present state.
    #[inline]
    pub fn thread_state(&self) -> ThreadState {
        match self.state.load(Ordering::SeqCst) {
            0 => ThreadState::InJava,
            1 => ThreadState::InNative,
            2 => ThreadState::Stopped,
            _ => ThreadState::Terminated,
        }
    }

    /// Makes the thread safe; its frames with references lie at `stack_pointer` and above.
    pub(crate) fn enter_safe(&self, state: ThreadState, stack_pointer: usize) {
        self.native_stack_pointer.store(stack_pointer, Ordering::Relaxed);
        self.state.store(state as u8, Ordering::SeqCst);
        if self.poll.load(Ordering::SeqCst) & poll_bits::STOP != 0 {
            self.vm().safepoint.note_safe();
        }
    }

    /// Goes back to touching the heap; waits while the world is stopped.
    pub(crate) fn leave_native(&self) {
        self.state.store(ThreadState::InJava as u8, Ordering::SeqCst);
        if self.poll.load(Ordering::SeqCst) & poll_bits::STOP != 0 {
            self.vm().safepoint.wait_until_resumed(self);
        }
    }

    /// Runs `operation` (a system call that may block) with the thread safe for collections. It must not touch the
    /// heap, except through memory of objects that native frames pin. It takes its `errno` with it: the transition
    /// back may change it. Does not return when the VM ends meanwhile.
    pub fn blocking<R>(&mut self, operation: impl FnOnce() -> R) -> R {
        let result = self.blocking_quietly(operation);
        self.end_if_terminated();
        result
    }

    /// [`JavaThread::blocking`] that also returns when the VM is ending, for callers with something to undo: they call
    /// [`JavaThread::end_if_terminated`] themselves.
    pub fn blocking_quietly<R>(&mut self, operation: impl FnOnce() -> R) -> R {
        if self.state.load(Ordering::Relaxed) != ThreadState::InJava as u8 {
            return operation();
        }
        let this: *const JavaThread = self;
        let mut operation = Some(operation);
        let mut result = None;
        peaberry_sys::thread::with_registers_spilled(&mut |stack_pointer| {
            // SAFETY: the thread is alive and this is the thread itself; all that is used of it here is atomic.
            let this = unsafe { &*this };
            this.enter_safe(ThreadState::InNative, stack_pointer);
            let back = LeaveNative(this);
            result = operation.take().map(|operation| operation());
            drop(back);
        });
        match result {
            Some(result) => result,
            None => unreachable!("the operation ran"),
        }
    }

    /// Inside [`JavaThread::blocking`]: runs `operation` as Java code again (callbacks from foreign code).
    pub fn unblocked<R>(&mut self, operation: impl FnOnce(&mut JavaThread) -> R) -> R {
        let state = self.thread_state();
        if state == ThreadState::InJava {
            return operation(self);
        }
        let stack_pointer = self.native_stack_pointer.load(Ordering::Relaxed);
        self.leave_native();
        let result = operation(self);
        self.enter_safe(state, stack_pointer);
        result
    }

    /// Ends this thread by unwinding when the VM has asked for it.
    #[inline]
    pub fn end_if_terminated(&mut self) {
        if self.poll.load(Ordering::Relaxed) & poll_bits::TERMINATE != 0 {
            lifecycle::end_by_unwinding(self);
        }
    }

    /// Is the VM ending and has asked this thread to do so too?
    #[inline]
    pub fn is_terminating(&self) -> bool {
        self.poll.load(Ordering::Relaxed) & poll_bits::TERMINATE != 0
    }
}

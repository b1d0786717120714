//! An inflated monitor: owner, entry queue and wait set.
//!
//! Whoever leaves a monitor stores "no owner" and then looks for contenders; whoever wants in joins the queue and then
//! tries to become owner, both sequentially consistent: no wake-up is lost. The first of the queue is woken and
//! competes with newcomers; it stays in the queue until it owns the monitor. While a woken thread is on its way
//! (`successor`), others that leave need not wake anybody: it lowers that flag before it looks for the last time.
//! Waiting threads are moved to the entry queue by `notify`, in the order they came, and woken when the monitor is left.

use super::wait_state;
use crate::thread::JavaThread;
use parking_lot::Mutex;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};

/// Looks at a monitor this often before it queues up.
const SPINS: usize = 200;

/// Threads by address: their memory stays valid, and a queued thread is alive.
#[derive(Default)]
pub(crate) struct Queues {
    pub entry: VecDeque<*const JavaThread>,
    pub waiting: VecDeque<*const JavaThread>,
}

// SAFETY: the pointers are to threads, of which only atomics and the event are used.
unsafe impl Send for Queues {}

/// A monitor of the [`super::MonitorTable`].
#[derive(Default)]
pub(crate) struct Monitor {
    /// Id of the owning thread, 0 for none.
    pub owner: AtomicU32,
    /// Times the owner has entered beyond the first; the owner's.
    pub recursions: AtomicU32,
    /// Length of the entry queue.
    pub contenders: AtomicU32,
    /// Length of the wait set.
    pub waiters: AtomicU32,
    /// 1 while a woken thread of the entry queue has not yet looked in vain.
    pub successor: AtomicU32,
    /// Displaced identity hash, 0 for none.
    pub hash: AtomicU32,
    /// The object; 0: the monitor is free.
    pub object: AtomicUsize,
    pub queues: Mutex<Queues>,
}

fn remove(queue: &mut VecDeque<*const JavaThread>, thread: *const JavaThread) -> bool {
    match queue.iter().position(|&other| std::ptr::eq(other, thread)) {
        Some(position) => queue.remove(position).is_some(),
        None => false,
    }
}

impl Monitor {
    /// Must the monitor stay with its object?
    pub fn is_busy(&self) -> bool {
        self.owner.load(Ordering::SeqCst) != 0
            || self.contenders.load(Ordering::SeqCst) != 0
            || self.waiters.load(Ordering::SeqCst) != 0
    }

    /// Makes it nobody's.
    pub fn clear(&self) {
        self.object.store(0, Ordering::Relaxed);
        self.owner.store(0, Ordering::Relaxed);
        self.recursions.store(0, Ordering::Relaxed);
        self.successor.store(0, Ordering::Relaxed);
        self.hash.store(0, Ordering::Relaxed);
    }

    #[inline]
    fn try_own(&self, id: u32) -> bool {
        self.owner.load(Ordering::SeqCst) == 0
            && self
                .owner
                .compare_exchange(0, id, Ordering::SeqCst, Ordering::Relaxed)
                .is_ok()
    }

    /// Does the thread of this id own it?
    #[inline]
    pub fn is_owned_by(&self, id: u32) -> bool {
        self.owner.load(Ordering::Relaxed) == id
    }

    /// Enters without waiting.
    #[inline]
    pub fn try_enter(&self, id: u32) -> bool {
        if self.is_owned_by(id) {
            self.recursions
                .store(self.recursions.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
            return true;
        }
        self.try_own(id)
    }

    /// [`Monitor::try_enter`], looking a few times.
    pub fn try_enter_spinning(&self, thread: &JavaThread) -> bool {
        for _ in 0..SPINS {
            if self.try_enter(thread.id) {
                return true;
            }
            if thread.poll.load(Ordering::Relaxed) != 0 {
                return false;
            }
            std::hint::spin_loop();
        }
        false
    }

    /// Queues up and waits until the monitor is this thread's.
    pub fn enter_queued(&self, thread: &mut JavaThread) {
        {
            let mut queues = self.queues.lock();
            queues.entry.push_back(thread);
            self.contenders.fetch_add(1, Ordering::SeqCst);
        }
        self.acquire_queued(thread);
    }

    /// Waits, already in the entry queue, until the monitor is this thread's.
    pub fn acquire_queued(&self, thread: &mut JavaThread) {
        let this: *const JavaThread = thread;
        loop {
            self.successor.store(0, Ordering::SeqCst);
            if self.try_own(thread.id) {
                return self.leave_queue(this);
            }
            if thread.is_terminating() {
                self.leave_queue(this);
                // It may have been chosen to be woken: somebody else should be then.
                self.wake_successor();
                thread.os.wait_state.store(wait_state::NONE, Ordering::SeqCst);
                thread.end_if_terminated();
                // Only while already unwinding: the world of this VM ends, ownership no longer matters.
                return;
            }
            thread.blocking_quietly(|| {
                // SAFETY: the thread is alive; the event synchronises itself.
                unsafe { (*this).os.event.wait(None) }
            });
            for _ in 0..SPINS {
                if self.try_own(thread.id) {
                    return self.leave_queue(this);
                }
                if thread.poll.load(Ordering::Relaxed) != 0 {
                    break;
                }
                std::hint::spin_loop();
            }
        }
    }

    /// Leaves the entry queue, usually as the new owner.
    fn leave_queue(&self, thread: *const JavaThread) {
        let mut queues = self.queues.lock();
        // Under the lock, under which it is raised too: somebody may just have chosen this thread, which needs it no more.
        self.successor.store(0, Ordering::SeqCst);
        if remove(&mut queues.entry, thread) {
            self.contenders.fetch_sub(1, Ordering::SeqCst);
        }
    }

    /// Gives ownership up entirely.
    pub fn release(&self) {
        self.recursions.store(0, Ordering::Relaxed);
        self.owner.store(0, Ordering::SeqCst);
        if self.contenders.load(Ordering::SeqCst) != 0 && self.successor.load(Ordering::SeqCst) == 0 {
            self.wake_successor();
        }
    }

    #[cold]
    fn wake_successor(&self) {
        let first = {
            let queues = self.queues.lock();
            match queues.entry.front() {
                // A new owner looks for contenders itself when it leaves.
                Some(&first) if self.owner.load(Ordering::SeqCst) == 0 => {
                    self.successor.store(1, Ordering::SeqCst);
                    first
                }
                _ => return,
            }
        };
        // Not under the lock: the woken thread may take this one's processor, and needs the lock itself.
        // SAFETY: a thread's memory stays one; if it has left the queue meanwhile it is woken for nothing.
        unsafe { (*first).os.event.set() }
    }

    /// Leaves once; the caller owns it.
    #[inline]
    pub fn exit(&self) {
        let recursions = self.recursions.load(Ordering::Relaxed);
        if recursions != 0 {
            self.recursions.store(recursions - 1, Ordering::Relaxed);
        } else {
            self.release();
        }
    }

    /// Joins the wait set; the caller owns the monitor.
    pub fn join_wait_set(&self, thread: &JavaThread) {
        let mut queues = self.queues.lock();
        thread.os.wait_state.store(wait_state::WAITING, Ordering::SeqCst);
        queues.waiting.push_back(thread);
        self.waiters.fetch_add(1, Ordering::SeqCst);
    }

    /// Leaves the wait set unless notified already; true when notified (the thread is in the entry queue then).
    pub fn leave_wait_set(&self, thread: &JavaThread) -> bool {
        let mut queues = self.queues.lock();
        if thread.os.wait_state.load(Ordering::SeqCst) == wait_state::NOTIFIED {
            return true;
        }
        if remove(&mut queues.waiting, thread) {
            self.waiters.fetch_sub(1, Ordering::SeqCst);
        }
        false
    }

    /// Moves the first waiting thread (or all) to the entry queue; the caller owns the monitor and wakes them by
    /// leaving it.
    pub fn notify(&self, all: bool) {
        if self.waiters.load(Ordering::SeqCst) == 0 {
            return;
        }
        let mut queues = self.queues.lock();
        while let Some(thread) = queues.waiting.pop_front() {
            self.contenders.fetch_add(1, Ordering::SeqCst);
            self.waiters.fetch_sub(1, Ordering::SeqCst);
            queues.entry.push_back(thread);
            // SAFETY: a waiting thread is alive, and the queue is locked.
            unsafe { (*thread).os.wait_state.store(wait_state::NOTIFIED, Ordering::SeqCst) };
            if !all {
                break;
            }
        }
    }
}

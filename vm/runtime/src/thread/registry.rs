//! All threads of a VM: their memory, who is alive, who keeps the VM running, and how the VM ends them.

use super::deferred::Deferred;
use super::lifecycle::OsThread;
use super::park::Parker;
use super::signals::SignalWatch;
use super::state::ThreadState;
use super::{JAVA_STACK_RESERVE_BYTES, JavaThread, LockStack, status};
use crate::safepoint::poll_bits;
use crate::vm::Vm;
use parking_lot::{Condvar, Mutex, RwLock};
use peaberry_gc::layout::{AtomicNarrow, Obj, mark};
use peaberry_gc::tlab::Tlab;
use peaberry_sys::memory::{MemoryError, Reservation, page_size};
use std::collections::VecDeque;
use std::marker::PhantomPinned;
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Instant;

/// First `tid` the class library hands out where the VM counts (`Thread.getNextThreadIdOffset`), as in HotSpot.
const FIRST_COUNTED_IDENTIFIER: u64 = 12;

/// Why there can be no further thread.
#[derive(Debug, thiserror::Error)]
pub enum ThreadError {
    /// No memory for its Java stack.
    #[error("no Java stack: {0}")]
    Stack(#[from] MemoryError),
    /// No further thread id.
    #[error("too many threads")]
    TooMany,
    /// The VM is ending.
    #[error("the VM is ending")]
    Ending,
    /// The system cannot say where the calling thread's stack is, or refuses a new thread.
    #[error("operating system: {0}")]
    System(#[from] std::io::Error),
}

/// Counts operating-system threads that still run VM code. Shared with them, so that the last one out touches nothing
/// of the VM.
#[derive(Default)]
pub(crate) struct Latch {
    running: Mutex<usize>,
    changed: Condvar,
}

impl Latch {
    pub fn add(&self) {
        *self.running.lock() += 1;
    }
    pub fn remove(&self) {
        *self.running.lock() -= 1;
        self.changed.notify_all();
    }
    /// Waits until none runs; false when the deadline passed.
    pub fn wait(&self, deadline: Option<Instant>) -> bool {
        let mut running = self.running.lock();
        while *running != 0 {
            match deadline {
                None => self.changed.wait(&mut running),
                Some(deadline) => {
                    if self.changed.wait_until(&mut running, deadline).timed_out() {
                        return *running == 0;
                    }
                }
            }
        }
        true
    }
}

/// Where the reference handler thread waits for the collector.
#[derive(Default)]
pub(crate) struct PendingReferences {
    mutex: Mutex<()>,
    changed: Condvar,
}

/// Numbers about threads, as `ThreadMXBean` has them.
#[derive(Default, Debug)]
pub struct ThreadCounts {
    /// Started since the VM began.
    pub started: AtomicU64,
    /// Most alive at a time.
    pub peak: AtomicUsize,
}

/// All Java threads of a VM.
pub struct Threads {
    /// Every `JavaThread` ever made, by id - 1. Never freed before the VM is, so that stale pointers stay harmless.
    slots: RwLock<Vec<*mut JavaThread>>,
    /// Those without a thread at present; the one idle longest comes first.
    free: Mutex<VecDeque<*mut JavaThread>>,
    /// Threads that are alive: what safepoints wait for and collections scan.
    list: Mutex<Vec<*mut JavaThread>>,
    /// Living threads that are not daemons.
    non_daemons: Mutex<usize>,
    non_daemons_changed: Condvar,
    pub(crate) latch: Arc<Latch>,
    pub(crate) pending_references: PendingReferences,
    pub(crate) deferred: Deferred,
    /// The VM is ending; every thread is to end at its next poll.
    terminating: AtomicBool,
    exit_code: Mutex<Option<i32>>,
    /// Next `tid`; the class library of newer releases counts it up itself, by address.
    pub next_identifier: AtomicU64,
    /// `ThreadGroup` "system"; a root.
    pub system_group: AtomicNarrow,
    /// `ThreadGroup` "main"; a root.
    pub main_group: AtomicNarrow,
    /// Queue of the signal dispatcher.
    pub(crate) signals: OnceLock<Option<Arc<SignalWatch>>>,
    /// Numbers.
    pub counts: ThreadCounts,
}

// SAFETY: the raw pointers are to threads' memory, which lives as long as this; what is shared in it is atomic.
unsafe impl Send for Threads {}
// SAFETY: as above.
unsafe impl Sync for Threads {}

impl Default for Threads {
    fn default() -> Self {
        Threads {
            slots: RwLock::default(),
            free: Mutex::default(),
            list: Mutex::default(),
            non_daemons: Mutex::new(0),
            non_daemons_changed: Condvar::new(),
            latch: Arc::default(),
            pending_references: PendingReferences::default(),
            deferred: Deferred::default(),
            terminating: AtomicBool::new(false),
            exit_code: Mutex::new(None),
            next_identifier: AtomicU64::new(FIRST_COUNTED_IDENTIFIER),
            system_group: AtomicNarrow::default(),
            main_group: AtomicNarrow::default(),
            signals: OnceLock::new(),
            counts: ThreadCounts::default(),
        }
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        for &thread in self.slots.get_mut().iter() {
            // SAFETY: each was leaked from a box by `make`; no thread of the VM runs any more.
            drop(unsafe { Box::from_raw(thread) });
        }
    }
}

/// Memory for a Java stack and its reserve, in whole pages, lazily backed.
fn make_java_stack(bytes: usize) -> Result<Reservation, MemoryError> {
    let bytes = bytes.clamp(64 << 10, 1 << 30).next_multiple_of(page_size());
    // Not reserved and then committed, as a system that counts what is committed would count all of it.
    Reservation::accessible_anywhere(bytes + JAVA_STACK_RESERVE_BYTES)
}

impl Threads {
    /// A thread structure, unknown to safepoints until [`Threads::register`]; it needs a Java stack to run
    /// ([`Threads::give_java_stack`]).
    pub(crate) fn make(&self, vm: &Vm) -> Result<*mut JavaThread, ThreadError> {
        let recycled = self.free.lock().pop_front();
        let thread = match recycled {
            Some(thread) => thread,
            None => self.add_slot(vm)?,
        };
        // SAFETY: the structure is nobody's now; stale pointers to it only use the parker and the event.
        unsafe {
            let thread = &mut *thread;
            thread.parker.reset();
            thread.os.event.take();
        }
        Ok(thread)
    }

    /// Gives a thread that does not run yet a Java stack of that many bytes.
    pub(crate) fn give_java_stack(&self, thread: *mut JavaThread, bytes: usize) -> Result<(), MemoryError> {
        let stack = make_java_stack(bytes)?;
        // SAFETY: the caller's alone but for its atomics and what is behind locks.
        let thread = unsafe { &mut *thread };
        thread.java_stack_base = stack.start() as *mut u64;
        thread.java_stack_limit = (stack.end() - JAVA_STACK_RESERVE_BYTES) as *mut u64;
        *thread.os.java_stack.lock() = Some(stack);
        Ok(())
    }

    fn add_slot(&self, vm: &Vm) -> Result<*mut JavaThread, ThreadError> {
        let mut slots = self.slots.write();
        let id = slots.len() as u32 + 1;
        if id > mark::OWNER_MAX {
            return Err(ThreadError::TooMany);
        }
        let thread = Box::into_raw(Box::new(JavaThread {
            poll: AtomicU32::new(0),
            state: AtomicU8::new(ThreadState::Terminated as u8),
            tlab: Tlab::new(),
            card_table: vm.heap.card_table_biased(),
            exception: Obj::NULL,
            top_frame: ptr::null_mut(),
            java_stack_limit: ptr::null_mut(),
            java_stack_base: ptr::null_mut(),
            native_stack_limit: 0,
            invalid_return: 0,
            call_result: 0,
            guard_countdown: vm.options.fail_guard_interval,
            native_stack_base: 0,
            native_stack_pointer: AtomicUsize::new(0),
            no_references_below: 0,
            vm,
            java_thread: Obj::NULL,
            id,
            stack_reserve_open: false,
            locks: LockStack::new(),
            interrupted: AtomicU32::new(0),
            parker: Parker::default(),
            blocked_on: AtomicNarrow::default(),
            status: AtomicU32::new(0),
            allocated_bytes: AtomicU64::new(0),
            os: OsThread::default(),
            scratch: Obj::NULL,
            entering: None,
            scoped_value_cache: Obj::NULL,
            native_depth: 0,
            async_exception: AtomicNarrow::default(),
            carrier_thread: Obj::NULL,
            lazy_exits: Vec::new(),
            next_loop: None,
            exits: Vec::new(),
            pinned: PhantomPinned,
        }));
        // SAFETY: made just now. The seed differs between threads; zero would stay zero.
        unsafe {
            (*thread)
                .os
                .hash_state
                .store(0x9e37_79b9_7f4a_7c15u64.wrapping_mul(u64::from(id)), Ordering::Relaxed)
        };
        slots.push(thread);
        Ok(thread)
    }

    /// Gives a structure back that is not registered (any more).
    pub(crate) fn recycle(&self, thread: *mut JavaThread) {
        // SAFETY: the thread has ended or never ran; its memory is nobody's but for stale pointers to its atomics.
        unsafe {
            let thread = &mut *thread;
            thread.state.store(ThreadState::Terminated as u8, Ordering::SeqCst);
            thread.poll.store(0, Ordering::SeqCst);
            thread.tlab = Tlab::new();
            thread.exception = Obj::NULL;
            thread.top_frame = ptr::null_mut();
            thread.java_stack_base = ptr::null_mut();
            thread.java_stack_limit = ptr::null_mut();
            thread.native_stack_base = 0;
            thread.native_stack_limit = 0;
            thread.native_stack_pointer.store(0, Ordering::Relaxed);
            thread.java_thread = Obj::NULL;
            thread.carrier_thread = Obj::NULL;
            thread.stack_reserve_open = false;
            thread.locks = LockStack::new();
            thread.interrupted.store(0, Ordering::Relaxed);
            thread.blocked_on.store(Obj::NULL);
            thread.status.store(0, Ordering::Relaxed);
            thread.allocated_bytes.store(0, Ordering::Relaxed);
            thread.scratch = Obj::NULL;
            thread.entering = None;
            thread.scoped_value_cache = Obj::NULL;
            thread.native_depth = 0;
            thread.lazy_exits = Vec::new();
            thread.exits = Vec::new();
            thread.async_exception.store(Obj::NULL);
            thread.os.recycle();
        }
        self.free.lock().push_back(thread);
    }

    /// Makes a thread known: from now on safepoints wait for it while it is in Java. It comes safe, not in Java.
    pub(crate) fn register(&self, vm: &Vm, thread: *mut JavaThread, daemon: bool) -> Result<(), ThreadError> {
        // SAFETY: the structure is the caller's alone until it is on the list.
        let this = unsafe { &*thread };
        this.os.daemon.store(daemon, Ordering::Relaxed);
        this.state.store(ThreadState::InNative as u8, Ordering::SeqCst);
        let stopping = vm.safepoint.control();
        let mut list = self.list.lock();
        if self.terminating.load(Ordering::SeqCst) {
            return Err(ThreadError::Ending);
        }
        if stopping.is_stopping() {
            this.poll.fetch_or(poll_bits::STOP, Ordering::SeqCst);
        }
        list.push(thread);
        self.counts.started.fetch_add(1, Ordering::Relaxed);
        self.counts.peak.fetch_max(list.len(), Ordering::Relaxed);
        if !daemon {
            *self.non_daemons.lock() += 1;
        }
        Ok(())
    }

    /// Takes a thread off the list. Its allocation buffer is given up; the heap must not be touched by it any more.
    pub(crate) fn unregister(&self, vm: &Vm, thread: *mut JavaThread) {
        // SAFETY: called by the thread itself at its end, or by its maker before it ran.
        let this = unsafe { &mut *thread };
        vm.heap.retire(&mut this.tlab);
        let stopping = vm.safepoint.control();
        let mut list = self.list.lock();
        if let Some(position) = list.iter().position(|&other| other == thread) {
            list.remove(position);
            if !this.os.daemon.load(Ordering::Relaxed) {
                *self.non_daemons.lock() -= 1;
                self.non_daemons_changed.notify_all();
            }
        }
        this.state.store(ThreadState::Terminated as u8, Ordering::SeqCst);
        drop(list);
        if stopping.is_stopping() {
            vm.safepoint.note_safe_locked(&stopping);
        }
    }

    /// Calls `f` with every living thread. Nobody starts or ends meanwhile; what `f` may use of them depends on whether
    /// the world is stopped.
    pub fn for_each(&self, mut f: impl FnMut(*mut JavaThread)) {
        for &thread in self.list.lock().iter() {
            f(thread)
        }
    }

    /// Calls `f` with every living thread. The world is stopped by the caller.
    pub fn for_each_stopped(&self, mut f: impl FnMut(&JavaThread)) {
        // SAFETY: the world is stopped: threads stay as they are.
        self.for_each(|thread| f(unsafe { &*thread }))
    }

    /// The living threads. With the world stopped they stay alive.
    pub(crate) fn snapshot(&self) -> Vec<*mut JavaThread> {
        self.list.lock().clone()
    }

    /// Calls `f` with the native thread of a `java.lang.Thread` if it is alive; it does not end meanwhile. The caller is
    /// in Java (or has stopped the world).
    pub fn with_live<R>(&self, vm: &Vm, java_thread: Obj, f: impl FnOnce(&JavaThread) -> R) -> Option<R> {
        let native = status::native_thread(vm, java_thread);
        let list = self.list.lock();
        if !list.contains(&native) {
            return None;
        }
        // SAFETY: it is on the list, which is locked; only atomics and the roots, stable while the caller is in Java,
        // are read.
        let thread = unsafe { &*native };
        (thread.carrier_thread == java_thread || thread.java_thread == java_thread).then(|| f(thread))
    }

    /// The thread of an id in a lock word; null for an id never used.
    pub(crate) fn by_id(&self, id: u32) -> *mut JavaThread {
        let slots = self.slots.read();
        (id as usize)
            .checked_sub(1)
            .and_then(|index| slots.get(index).copied())
            .unwrap_or(ptr::null_mut())
    }

    /// Number of living threads.
    pub fn live_count(&self) -> usize {
        self.list.lock().len()
    }

    /// Number of living daemon threads.
    pub fn daemon_count(&self) -> usize {
        self.live_count().saturating_sub(*self.non_daemons.lock())
    }

    /// Waits until no thread but `thread` itself keeps the VM running, or the VM is told to end.
    pub fn wait_for_last_non_daemon(&self, thread: &mut JavaThread) {
        let own = usize::from(!thread.os.daemon.load(Ordering::Relaxed));
        thread.blocking_quietly(|| {
            let mut count = self.non_daemons.lock();
            while *count > own && !self.is_terminating() {
                self.non_daemons_changed.wait(&mut count);
            }
        });
    }

    /// Has the VM been told to end?
    pub fn is_terminating(&self) -> bool {
        self.terminating.load(Ordering::SeqCst)
    }

    /// The exit code given to `Runtime.halt`, once the VM has been told to end by it.
    pub fn exit_code(&self) -> Option<i32> {
        *self.exit_code.lock()
    }

    pub(crate) fn set_exit_code(&self, code: i32) {
        self.exit_code.lock().get_or_insert(code);
    }

    /// Asks all threads to end: at their next poll, or when they wake from what they wait for, which they do now
    /// unless it is a system call.
    pub(crate) fn request_termination(&self) {
        {
            let list = self.list.lock();
            self.terminating.store(true, Ordering::SeqCst);
            for &thread in list.iter() {
                // SAFETY: it is on the list; only atomics and self-synchronising parts are used.
                let thread = unsafe { &*thread };
                thread.poll.fetch_or(poll_bits::TERMINATE, Ordering::SeqCst);
                thread.os.event.set();
                thread.parker.unpark();
            }
        }
        {
            let _count = self.non_daemons.lock();
            self.non_daemons_changed.notify_all();
        }
        self.pending_references.notify();
        if let Some(Some(signals)) = self.signals.get() {
            signals.end();
        }
    }
}

impl PendingReferences {
    /// Wakes the reference handler.
    pub fn notify(&self) {
        drop(self.mutex.lock());
        self.changed.notify_all();
    }
}

/// `Reference.waitForReferencePendingList`: waits until the collector has enqueued references.
pub fn wait_for_pending_references(thread: &mut JavaThread) {
    let vm = thread.vm();
    thread.blocking(|| {
        let pending = &vm.threads.pending_references;
        let mut guard = pending.mutex.lock();
        while !vm.heap.has_pending() && !vm.threads.is_terminating() {
            pending.changed.wait(&mut guard);
        }
    });
}

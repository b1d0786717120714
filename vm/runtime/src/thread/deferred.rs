//! Threads that have nothing to do before a collection, or before a signal comes.
//!
//! They are started while the VM boots. To Java they are started threads that rest where they would wait; what they
//! lack is a thread of the operating system, which they get when some of the heap is used, long before its first collection, when
//! a signal has come ([`super::signals`]), or when somebody looks at threads. Most short programs end before, and have the time that it
//! takes to start four threads.
//!
//! As they begin, they allocate a little: what initializes a class, say. A reference handler that finds the heap full then would end.
//!
//! Nothing but the reference handler gives the class library's other two work, and nothing but the collector the reference handler:
//! their queues are the class library's own.

use super::lifecycle::{self, Unstarted};
use super::status::{self, thread_status};
use super::{JavaThread, ThreadState};
use crate::known::KnownClass;
use crate::object::class_of;
use crate::safepoint;
use crate::vm::Vm;
use parking_lot::Mutex;
use peaberry_gc::layout::Obj;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Name of the one thread of its class that cleans what the class library itself registers.
const COMMON_CLEANER: &str = "Common-Cleaner";

/// They begin when so much of the heap is used, or this part of it.
const ENOUGH_USED: usize = 4 << 20;
const PART_USED: usize = 8;

/// What is waited at most for threads to come to their rest; a lock that the waiting thread has might keep them from it.
const MOST_WAITED: Duration = Duration::from_millis(300);
const LOOK_AGAIN: Duration = Duration::from_micros(200);

/// The threads without one of the operating system's.
#[derive(Default)]
pub(crate) struct Deferred {
    waiting: Mutex<Vec<Unstarted>>,
    /// There are some: looked at often.
    any: AtomicBool,
    /// Those that were started and may not have come to their rest.
    beginning: Mutex<Vec<Beginning>>,
    /// There are some.
    any_beginning: AtomicBool,
}

/// A thread that was started.
#[derive(Clone, Copy)]
struct Beginning {
    /// Where its structure is.
    address: usize,
    /// It runs a service of the VM, and so waits outside Java methods.
    is_service: bool,
}

/// The status a thread rests in, if its start may wait.
pub(super) fn resting_status(thread: &JavaThread, java_thread: Obj) -> Option<u32> {
    let vm = thread.vm();
    if safepoint::has_collected(vm) {
        return None;
    }
    let known = &vm.known;
    let is = |id| known.class_if_present(id) == Some(class_of(java_thread));
    if is(KnownClass::ReferenceHandler) {
        Some(thread_status::RUNNABLE)
    } else if is(KnownClass::FinalizerThread) {
        Some(thread_status::IN_OBJECT_WAIT)
    } else if is(KnownClass::InnocuousThread) && status::name(thread, java_thread) == COMMON_CLEANER {
        Some(thread_status::IN_OBJECT_WAIT_TIMED)
    } else {
        None
    }
}

impl Deferred {
    /// Keeps a thread until [`start`].
    pub(super) fn add(&self, unstarted: Unstarted) {
        self.waiting.lock().push(unstarted);
        self.any.store(true, Ordering::SeqCst);
    }
}

/// Gives those that wait their threads of the operating system. Those that get none, as the system has none, stay for the next time.
pub(crate) fn start(vm: &Vm) {
    let deferred = &vm.threads.deferred;
    if !deferred.any.load(Ordering::SeqCst) || vm.threads.is_terminating() {
        return;
    }
    let mut waiting = deferred.waiting.lock();
    for unstarted in std::mem::take(&mut *waiting) {
        let beginning = Beginning {
            address: unstarted.raw as usize,
            is_service: unstarted.is_service(),
        };
        match lifecycle::spawn(vm, unstarted) {
            Ok(()) => deferred.beginning.lock().push(beginning),
            Err((unstarted, error)) => {
                tracing::debug!("thread not started: {error}");
                waiting.push(unstarted);
            }
        }
    }
    deferred.any.store(!waiting.is_empty(), Ordering::SeqCst);
    deferred.any_beginning.store(true, Ordering::SeqCst);
}

/// Starts those that wait once enough of the heap is used.
pub(crate) fn start_in_time(vm: &Vm) {
    if vm.threads.deferred.any.load(Ordering::Relaxed) {
        let statistics = vm.heap.statistics();
        if statistics.used_bytes >= ENOUGH_USED.min(statistics.max_bytes / PART_USED) {
            start(vm);
        }
    }
}

/// Before threads are looked at, or the heap is collected: what has waited is started, and comes to where it rests.
pub fn start_at_rest(thread: &mut JavaThread) {
    let vm = thread.vm();
    start(vm);
    let deferred = &vm.threads.deferred;
    if !deferred.any_beginning.load(Ordering::SeqCst) {
        return;
    }
    let own = std::ptr::from_ref(thread) as usize;
    let beginning = deferred.beginning.lock().clone();
    // One of them is here itself, before it has come to its rest.
    if beginning.iter().any(|thread| thread.address == own) {
        return;
    }
    thread.blocking_quietly(|| {
        let end = Instant::now() + MOST_WAITED;
        while !beginning.iter().all(|&thread| rests(thread)) && Instant::now() < end {
            std::thread::sleep(LOOK_AGAIN);
        }
    });
    deferred.any_beginning.store(false, Ordering::SeqCst);
}

/// Has a thread that was started come to wait in a native method or a service of the VM, or ended?
fn rests(thread: Beginning) -> bool {
    let raw = thread.address as *const JavaThread;
    // SAFETY: a thread's structure stays one as long as the VM lives; of what the thread itself may write, one aligned word is read.
    unsafe {
        let frame = std::ptr::addr_of!((*raw).top_frame).read_volatile();
        match (*raw).thread_state() {
            ThreadState::InJava => false,
            ThreadState::Terminated => true,
            ThreadState::InNative | ThreadState::Stopped if thread.is_service => {
                (*raw).os.native_id.load(Ordering::Relaxed) != 0
            }
            ThreadState::InNative | ThreadState::Stopped => !frame.is_null(),
        }
    }
}

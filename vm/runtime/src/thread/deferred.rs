//! Threads of the class library that have nothing to do before the collector has found references.
//!
//! The class library starts them while the VM boots. To Java they are started threads that rest where they would wait; what they
//! lack is a thread of the operating system, which they get when the collector has first found references, or when somebody looks
//! at threads. Most short programs end before, and have the time that it takes to start three threads.
//!
//! Nothing but the reference handler gives the other two work, and nothing but the collector the reference handler: their queues
//! are the class library's own.

use super::lifecycle::{self, Unstarted};
use super::status::{self, thread_status};
use super::{JavaThread, ThreadState};
use crate::known::KnownClass;
use crate::object::class_of;
use crate::vm::Vm;
use parking_lot::Mutex;
use peaberry_gc::layout::Obj;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Name of the one thread of its class that cleans what the class library itself registers.
const COMMON_CLEANER: &str = "Common-Cleaner";

/// What somebody who looks waits at most for threads to come to their rest.
const SETTLING: Duration = Duration::from_millis(20);
const LOOK_AGAIN: Duration = Duration::from_micros(200);

/// The threads without one of the operating system's.
#[derive(Default)]
pub(crate) struct Deferred {
    waiting: Mutex<Vec<Unstarted>>,
    /// There are some: looked at after each collection.
    any: AtomicBool,
}

/// The status a thread rests in, if its start may wait.
pub(super) fn resting_status(thread: &JavaThread, java_thread: Obj) -> Option<u32> {
    let known = &thread.vm().known;
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

/// Gives those that wait their threads of the operating system; the ones that were started. Those that get none, as the system has
/// none, stay for the next time.
pub(crate) fn start(vm: &Vm) -> Vec<*mut JavaThread> {
    let deferred = &vm.threads.deferred;
    if !deferred.any.load(Ordering::SeqCst) || vm.threads.is_terminating() {
        return Vec::new();
    }
    let mut waiting = deferred.waiting.lock();
    let mut started = Vec::new();
    for unstarted in std::mem::take(&mut *waiting) {
        let raw = unstarted.raw;
        match lifecycle::spawn(vm, unstarted) {
            Ok(()) => started.push(raw),
            Err((unstarted, error)) => {
                tracing::debug!("thread not started: {error}");
                waiting.push(unstarted);
            }
        }
    }
    deferred.any.store(!waiting.is_empty(), Ordering::SeqCst);
    started
}

/// Before threads are looked at: what has waited is started, and comes to where it rests.
pub fn start_to_be_seen(thread: &mut JavaThread) {
    let started = start(thread.vm());
    if started.is_empty() {
        return;
    }
    thread.blocking_quietly(|| {
        let end = Instant::now() + SETTLING;
        let settled = |&raw: &*mut JavaThread| {
            // SAFETY: a thread's structure stays one as long as the VM lives; only atomics are read.
            let other = unsafe { &*raw };
            other.os.native_id.load(Ordering::Relaxed) != 0 && other.thread_state() != ThreadState::InJava
        };
        let mut calm = 0;
        while calm < 3 && Instant::now() < end {
            calm = if started.iter().all(settled) { calm + 1 } else { 0 };
            std::thread::sleep(LOOK_AGAIN);
        }
    });
}

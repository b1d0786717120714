//! Safepoints: polls, stopping the world, handshakes.
//!
//! Stopping is cooperative. Whoever wants the world stopped sets [`poll_bits::STOP`] in every thread's poll word and
//! waits until no other thread is in Java; threads reach a poll, or are in native code and cannot come back before the
//! world goes on (see [`crate::thread::state`]). Any thread may be the stopper; several take turns.

pub mod handshake;

use crate::log::{Level, TagSet};
use crate::roots;
use crate::thread::JavaThread;
use crate::thread::state::ThreadState;
use parking_lot::{Condvar, Mutex, MutexGuard};
pub use peaberry_gc::{CollectCause, CollectRequest};
use peaberry_sys::time::monotonic_nanoseconds;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

/// Bits of `JavaThread::poll`.
pub mod poll_bits {
    /// The world is to stop.
    pub const STOP: u32 = 1;
    /// A handshake operation is queued.
    pub const HANDSHAKE: u32 = 2;
    /// An asynchronous exception is to be thrown.
    pub const ASYNC_EXCEPTION: u32 = 4;
    /// The VM ends, and the thread is to leave all its frames.
    pub const TERMINATE: u32 = 8;
    /// An access to a mapped file faulted (`peaberry_sys::mapping`).
    pub const MAPPING_FAULT: u32 = 16;
}

/// What the lock of a [`Safepoint`] guards.
#[derive(Default)]
pub(crate) struct Control {
    stopping: bool,
}

impl Control {
    /// Is the world stopped, or being stopped?
    pub fn is_stopping(&self) -> bool {
        self.stopping
    }
}

/// Coordination of safepoints of one VM.
#[derive(Default)]
pub struct Safepoint {
    control: Mutex<Control>,
    /// A thread has become safe.
    safe: Condvar,
    /// The world goes on.
    resumed: Condvar,
    /// Collections begun.
    collections: AtomicU64,
    /// Times the world was stopped.
    stops: AtomicU64,
    /// End of the last stop, monotonic nanoseconds.
    last_end: AtomicI64,
    /// The last collections took nearly all time and freed next to nothing.
    overhead_limit_exceeded: AtomicBool,
}

/// Looks this often for the last threads to become safe before sleeping.
const SPINS: usize = 200;

impl Safepoint {
    /// The lock under which threads come, go, and change between stopped and running.
    pub(crate) fn control(&self) -> MutexGuard<'_, Control> {
        self.control.lock()
    }

    /// A thread that saw its STOP bit has become safe.
    #[cold]
    pub(crate) fn note_safe(&self) {
        let control = self.control.lock();
        self.note_safe_locked(&control);
    }

    pub(crate) fn note_safe_locked(&self, _control: &Control) {
        self.safe.notify_all();
    }

    /// Waits while the world is stopped, safe, and comes back in Java.
    #[cold]
    pub(crate) fn wait_until_resumed(&self, thread: &JavaThread) {
        let mut control = self.control.lock();
        if control.stopping {
            thread.state.store(ThreadState::Stopped as u8, Ordering::SeqCst);
            self.safe.notify_all();
            while control.stopping {
                self.resumed.wait(&mut control);
            }
        }
        // Under the lock: nobody begins to stop the world in between.
        thread.state.store(ThreadState::InJava as u8, Ordering::SeqCst);
    }

    /// Times the world was stopped so far.
    pub fn stops(&self) -> u64 {
        self.stops.load(Ordering::Relaxed)
    }

    /// Notes whether collections do any good any more.
    pub(crate) fn note_overhead(&self, exceeded: bool) {
        self.overhead_limit_exceeded.store(exceeded, Ordering::Relaxed);
    }

    /// Did nearly all time go into the last collections, which freed next to nothing?
    pub(crate) fn is_overhead_limit_exceeded(&self) -> bool {
        self.overhead_limit_exceeded.load(Ordering::Relaxed)
    }

    /// Stops the world for `thread`, which is safe itself.
    fn stop(&self, thread: &JavaThread) {
        let vm = thread.vm();
        let own: *const JavaThread = thread;
        let mut control = self.control.lock();
        while control.stopping {
            self.safe.notify_all();
            self.resumed.wait(&mut control);
        }
        control.stopping = true;
        self.stops.fetch_add(1, Ordering::Relaxed);
        vm.threads.for_each(|other| {
            if !std::ptr::eq(other, own) {
                // SAFETY: listed threads are alive; the word is atomic.
                unsafe { (*other).poll.fetch_or(poll_bits::STOP, Ordering::SeqCst) };
            }
        });
        let all_safe = || {
            let mut all = true;
            vm.threads.for_each(|other| {
                // SAFETY: listed threads are alive; the state is atomic.
                all &= std::ptr::eq(other, own) || unsafe { (*other).thread_state() } != ThreadState::InJava;
            });
            all
        };
        let mut spins = 0;
        while !all_safe() {
            if spins < SPINS {
                // Others need the lock to stop, start or end.
                MutexGuard::unlocked(&mut control, || {
                    for _ in 0..64 {
                        std::hint::spin_loop();
                    }
                });
                spins += 1;
            } else {
                // The limit is no more than a precaution: a thread that becomes safe says so under the lock.
                self.safe.wait_for(&mut control, Duration::from_millis(10));
            }
        }
    }

    /// Tells the log of a stop that is over.
    fn log(&self, thread: &JavaThread, what: &str, begun: i64, stopped: i64) {
        let end = monotonic_nanoseconds();
        let last = self.last_end.swap(end, Ordering::Relaxed);
        let vm = thread.vm();
        if vm.log.enabled(TagSet::Safepoint, Level::Info) {
            let since = begun - if last == 0 { vm.start_nanos } else { last };
            let line = format!(
                "Safepoint \"{what}\", Time since last: {since} ns, Reaching safepoint: {} ns, At safepoint: {} ns, \
                 Total: {} ns",
                stopped - begun,
                end - stopped,
                end - begun
            );
            vm.log.write(TagSet::Safepoint, Level::Info, &line);
        }
    }

    /// Lets the world go on; `thread` comes back in Java.
    fn resume(&self, thread: &JavaThread) {
        let mut control = self.control.lock();
        thread.vm().threads.for_each(|other| {
            // SAFETY: listed threads are alive; the word is atomic.
            unsafe { (*other).poll.fetch_and(!poll_bits::STOP, Ordering::SeqCst) };
        });
        control.stopping = false;
        thread.state.store(ThreadState::InJava as u8, Ordering::SeqCst);
        self.resumed.notify_all();
    }
}

/// Lets the world go on when dropped, however the operation ended.
struct Resume<'t>(&'t JavaThread);

impl Drop for Resume<'_> {
    fn drop(&mut self) {
        self.0.os.stopping.store(0, Ordering::Relaxed);
        self.0.vm().safepoint.resume(self.0);
    }
}

/// Does what the poll word asks for, if anything.
#[inline(always)]
pub fn poll(thread: &mut JavaThread) -> crate::JResult<()> {
    if thread.poll.load(Ordering::Relaxed) == 0 {
        Ok(())
    } else {
        poll_slow(thread)
    }
}

/// Slow path of a poll: stops if asked, runs handshakes; an asynchronous exception becomes pending (returns Err). `top_frame`, its pc and sp are up to date.
#[cold]
#[inline(never)]
pub fn poll_slow(thread: &mut JavaThread) -> crate::JResult<()> {
    loop {
        let word = thread.poll.load(Ordering::SeqCst);
        if word & poll_bits::STOP != 0 {
            let this: *const JavaThread = thread;
            peaberry_sys::thread::with_registers_spilled(&mut |stack_pointer| {
                // SAFETY: this is the thread itself; what is used of it is atomic.
                let this = unsafe { &*this };
                this.enter_safe(ThreadState::Stopped, stack_pointer);
                this.leave_native();
            });
        } else if word & poll_bits::TERMINATE != 0 && !thread.os.unwinding.load(Ordering::Relaxed) {
            thread.end_if_terminated();
            return Ok(());
        } else if word & poll_bits::HANDSHAKE != 0 {
            handshake::run(thread);
        } else if word & poll_bits::ASYNC_EXCEPTION != 0 {
            take_async_exception(thread)?;
        } else if word & poll_bits::MAPPING_FAULT != 0 {
            return Err(thread.throw_mapping_fault());
        } else {
            return Ok(());
        }
    }
}

/// Makes an asynchronous exception that was posted for the thread its pending one.
#[cold]
pub fn take_async_exception(thread: &mut JavaThread) -> crate::JResult<()> {
    thread.poll.fetch_and(!poll_bits::ASYNC_EXCEPTION, Ordering::SeqCst);
    let exception = thread.async_exception.load();
    thread.async_exception.store(peaberry_gc::layout::Obj::NULL);
    if exception.is_null() {
        Ok(())
    } else {
        Err(thread.throw(exception))
    }
}

/// Has `target` throw `exception` at its next poll, leaving what it waits for (`Thread.stop`, limits of an embedding).
/// The caller is in Java and the target alive ([`crate::thread::registry`]).
pub fn post_async_exception(target: &JavaThread, exception: peaberry_gc::layout::Obj) {
    target.async_exception.store(exception);
    target.poll.fetch_or(poll_bits::ASYNC_EXCEPTION, Ordering::SeqCst);
    target.os.event.set();
    target.parker.unpark();
}

/// Has there been a collection?
pub fn has_collected(vm: &crate::vm::Vm) -> bool {
    vm.safepoint.collections.load(Ordering::SeqCst) != 0
}

/// Collects garbage: stops the world, scans, collects, restarts. Callable at allocation slow paths and from System.gc.
/// A request that another thread's collection has met meanwhile is not repeated.
pub fn collect(thread: &mut JavaThread, request: CollectRequest) {
    let vm = thread.vm();
    crate::thread::deferred::start_at_rest(thread);
    let seen = vm.safepoint.collections.load(Ordering::SeqCst);
    let may_be_met = request.cause != CollectCause::LastResort && !request.clear_soft && !request.defragment;
    stopped_for(thread, "Collect", |thread| {
        if may_be_met && vm.safepoint.collections.load(Ordering::SeqCst) != seen {
            return;
        }
        vm.safepoint.collections.fetch_add(1, Ordering::SeqCst);
        roots::collect_stopped(thread, request);
    });
    // One that was about to wait just then would not know.
    crate::thread::deferred::start(vm);
    if vm.heap.has_pending() {
        vm.threads.pending_references.notify();
    }
}

/// Collects for a native method that has no references but its arguments: the native stack below the Java code that called it is
/// not looked at, whatever earlier calls left there.
pub fn collect_for_native(thread: &mut JavaThread, request: CollectRequest) {
    thread.no_references_below = crate::stack::java_runs_at(thread);
    collect(thread, request);
    thread.no_references_below = 0;
}

/// Runs `operation` with the world stopped: all other threads are safe and stay so. It must not call Java code nor
/// allocate in the heap.
pub fn with_world_stopped<R>(thread: &mut JavaThread, operation: impl FnOnce(&mut JavaThread) -> R) -> R {
    stopped_for(thread, "VM operation", operation)
}

/// As [`with_world_stopped`], with a name for the log.
fn stopped_for<R>(thread: &mut JavaThread, what: &str, operation: impl FnOnce(&mut JavaThread) -> R) -> R {
    if thread.os.stopping.load(Ordering::Relaxed) != 0 {
        return operation(thread);
    }
    let this: *mut JavaThread = thread;
    let mut operation = Some(operation);
    let mut result = None;
    peaberry_sys::thread::with_registers_spilled(&mut |stack_pointer| {
        // SAFETY: this is the thread itself, whose reference the caller lent; the two are not used at the same time.
        let shared = unsafe { &*this };
        // Safe while it waits for its turn: somebody else may stop the world first.
        shared.enter_safe(ThreadState::Stopped, stack_pointer);
        let safepoint = &shared.vm().safepoint;
        let begun = monotonic_nanoseconds();
        safepoint.stop(shared);
        let stopped = monotonic_nanoseconds();
        shared.os.stopping.store(1, Ordering::Relaxed);
        let resume = Resume(shared);
        // SAFETY: as above.
        result = operation.take().map(|operation| operation(unsafe { &mut *this }));
        drop(resume);
        safepoint.log(shared, what, begun, stopped);
    });
    match result {
        Some(result) => result,
        None => unreachable!("the operation ran"),
    }
}

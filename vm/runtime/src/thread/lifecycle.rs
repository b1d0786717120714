//! Starting, attaching and ending threads.
//!
//! A thread ends by returning from `Thread.run`; or, when the VM ends before it does, by *unwinding*: at its next poll,
//! or when it wakes from waiting, a Rust panic with a private payload and without a message leaves its Rust frames, and
//! an exception that no handler catches its Java frames, by turns. `finally` blocks do not run, as with HotSpot's
//! `halt`. Whoever calls Java code from outside does so within [`run_java`].

use super::contention::Stopwatch;
pub use super::initial::create_initial_thread_objects;
use super::registry::ThreadError;
pub use super::registry::Threads;
use super::state::ThreadState;
use super::status::{self, thread_status};
use super::{Event, JResult, JavaThread, Throw, deferred};
use crate::interp;
use crate::known::{KnownField, KnownMethod};
use crate::monitor;
use crate::object::get;
use crate::safepoint::handshake::Handshake;
use crate::vm::Vm;
use parking_lot::Mutex;
use peaberry_gc::layout::Obj;
use peaberry_sys::memory::Reservation;
use peaberry_sys::time::ThreadClock;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU8, AtomicU32, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Native stack kept free for what the VM does without calling Java.
const NATIVE_STACK_MARGIN: usize = 192 << 10;
/// Least native stack of a Java thread beyond the margin.
const NATIVE_STACK_LEAST: usize = 1 << 20;

/// The operating system's side of a Java thread, and what safepoints, monitors and dumps keep of it.
#[derive(Default)]
pub struct OsThread {
    /// What the thread waits for in monitors, `Object.wait` and `Thread.sleep`.
    pub event: Event,
    /// The system's thread number.
    pub native_id: AtomicU64,
    /// Start, monotonic nanoseconds.
    pub started: AtomicI64,
    /// Processor time so far, readable by others.
    pub clock: Mutex<Option<ThreadClock>>,
    /// The Java stack.
    pub(crate) java_stack: Mutex<Option<Reservation>>,
    pub(crate) daemon: AtomicBool,
    /// Runs on an operating-system thread the VM made (not attached).
    pub(crate) spawned: AtomicBool,
    /// `monitor::wait_state`.
    pub(crate) wait_state: AtomicU8,
    /// State of the generator of identity hashes.
    pub(crate) hash_state: AtomicU64,
    /// The thread has stopped the world: this many times, nested.
    pub(crate) stopping: AtomicU32,
    /// `Thread.suspend`.
    pub(crate) suspended: AtomicBool,
    pub(crate) handshakes: Mutex<Vec<Handshake>>,
    /// Entering monitors.
    pub blocked: Stopwatch,
    /// Waiting, sleeping, parked.
    pub waited: Stopwatch,
    /// It is in an agent's transformer.
    pub(crate) transforming: AtomicBool,
    /// Unwinding has begun.
    pub(crate) unwinding: AtomicBool,
}

impl OsThread {
    /// Makes it fit for another thread. Event and hash generator are kept: others may hold stale pointers.
    pub(crate) fn recycle(&mut self) {
        self.native_id.store(0, Ordering::Relaxed);
        *self.clock.lock() = None;
        *self.java_stack.lock() = None;
        self.daemon.store(false, Ordering::Relaxed);
        self.spawned.store(false, Ordering::Relaxed);
        self.wait_state.store(0, Ordering::Relaxed);
        self.stopping.store(0, Ordering::Relaxed);
        self.suspended.store(false, Ordering::Relaxed);
        self.handshakes.lock().clear();
        self.blocked.recycle();
        self.waited.recycle();
        self.transforming.store(false, Ordering::Relaxed);
        self.unwinding.store(false, Ordering::Relaxed);
    }
}

/// Payload of the unwinding that ends a thread.
struct ThreadEnd;

/// The VM was told to end while Java code was running.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the VM has ended")]
pub struct Terminated {
    /// Exit code given to `System.exit` or `Runtime.halt`.
    pub exit_code: Option<i32>,
}

/// Ends the current thread: leaves all its frames.
pub(crate) fn end_by_unwinding(thread: &mut JavaThread) {
    // Not from destructors that run because of the unwinding itself.
    if !thread.os.unwinding.swap(true, Ordering::Relaxed) && !std::thread::panicking() {
        resume_unwind(Box::new(ThreadEnd));
    }
}

/// Where Rust code called from Java code has panicked: when that was the thread's end, it goes on through the Java
/// frames, as a pending exception that no handler catches ([`JavaThread::is_terminating`]).
pub(crate) fn end_caught(thread: &mut JavaThread, payload: &(dyn std::any::Any + Send)) -> Option<Throw> {
    if !payload.is::<ThreadEnd>() {
        return None;
    }
    thread.os.unwinding.store(false, Ordering::Relaxed);
    // Nobody looks at it; it only must not be null.
    let anything = thread.vm().known.class(crate::known::KnownClass::Object).mirror();
    Some(thread.throw(anything))
}

/// Where an exception has left the Java frames below Rust code: a thread's end goes on as unwinding.
#[inline]
pub(crate) fn continue_end(thread: &mut JavaThread) {
    if thread.is_terminating() {
        thread.exception = Obj::NULL;
        end_by_unwinding(thread);
    }
}

/// Runs `operation`, which may call Java code, on an attached thread; an end of the VM comes back as an error. All
/// calls into Java from outside (embedding, launcher) go through this.
pub fn run_java<R>(thread: &mut JavaThread, operation: impl FnOnce(&mut JavaThread) -> R) -> Result<R, Terminated> {
    if thread.is_terminating() {
        return Err(Terminated {
            exit_code: thread.vm().threads.exit_code(),
        });
    }
    let (top_frame, depth, locks) = (thread.top_frame, thread.native_depth, thread.locks.len());
    match catch_unwind(AssertUnwindSafe(|| operation(thread))) {
        Ok(result) => Ok(result),
        Err(payload) if payload.is::<ThreadEnd>() => {
            // The frames are gone: nothing of them may be scanned any more.
            thread.top_frame = top_frame;
            thread.native_depth = depth;
            thread.exception = Obj::NULL;
            release_locks(thread, locks);
            Err(Terminated {
                exit_code: thread.vm().threads.exit_code(),
            })
        }
        Err(payload) => resume_unwind(payload),
    }
}

fn release_locks(thread: &mut JavaThread, keep: usize) {
    while thread.locks.len() > keep {
        if let Some(record) = thread.locks.pop() {
            let _ = monitor::exit(thread, record.object);
            thread.exception = Obj::NULL;
        }
    }
}

/// Writes down where the calling operating-system thread is, and that it is `thread`'s.
fn adopt_os_thread(thread: &mut JavaThread) -> std::io::Result<()> {
    let bounds = peaberry_sys::thread::stack_bounds()?;
    thread.native_stack_base = bounds.high;
    thread.native_stack_limit = (bounds.low + NATIVE_STACK_MARGIN).min(bounds.high);
    thread
        .os
        .native_id
        .store(peaberry_sys::thread::native_id(), Ordering::Relaxed);
    thread
        .os
        .started
        .store(peaberry_sys::time::monotonic_nanoseconds(), Ordering::Relaxed);
    *thread.os.clock.lock() = ThreadClock::of_current_thread();
    Ok(())
}

/// Attaches the calling operating-system thread: it comes back in Java, current, without a `java.lang.Thread` (see
/// [`super::initial`]). [`detach`] it in the end, on the same operating-system thread.
pub fn attach(vm: &Vm, daemon: bool) -> Result<&'static mut JavaThread, ThreadError> {
    let raw = vm.threads.make(vm)?;
    // SAFETY: made just now; its memory lives as long as the VM.
    let thread = unsafe { &mut *raw };
    let stack = vm.threads.give_java_stack(raw, vm.options.stack_bytes);
    let ready = stack
        .map_err(ThreadError::from)
        .and_then(|()| Ok(adopt_os_thread(thread)?));
    if let Err(error) = ready {
        vm.threads.recycle(raw);
        return Err(error);
    }
    if let Err(error) = vm.threads.register(vm, raw, daemon) {
        vm.threads.recycle(raw);
        return Err(error);
    }
    JavaThread::set_current(raw);
    thread.leave_native();
    thread.status.store(thread_status::RUNNABLE, Ordering::Relaxed);
    Ok(thread)
}

/// Takes the current thread, in Java, off the VM. Its `java.lang.Thread` should have ended ([`end_java_thread`]).
pub fn detach(thread: &'static mut JavaThread) {
    let vm = thread.vm();
    release_locks(thread, 0);
    if !thread.carrier_thread.is_null() {
        status::set_status_of(vm, thread.carrier_thread, thread_status::TERMINATED);
        status::set_native_thread(vm, thread.carrier_thread, std::ptr::null_mut());
    }
    let raw: *mut JavaThread = thread;
    JavaThread::set_current(std::ptr::null_mut());
    vm.threads.unregister(vm, raw);
    vm.threads.recycle(raw);
}

/// An attached thread goes on outside the VM and holds no references but through handles: collections no longer wait
/// for it. Undone by [`enter_from_host`].
pub fn return_to_host(thread: &mut JavaThread) {
    thread.enter_safe(ThreadState::InNative, thread.native_stack_base);
    JavaThread::set_current(std::ptr::null_mut());
}

/// An attached thread comes back to the VM.
pub fn enter_from_host(thread: &mut JavaThread) {
    JavaThread::set_current(thread);
    thread.leave_native();
}

/// Bytes of native stack for a thread with that much Java stack: it serves recursion from Rust into Java only.
fn native_stack_bytes(java_stack_bytes: usize) -> usize {
    java_stack_bytes.clamp(NATIVE_STACK_LEAST, 1 << 30) + NATIVE_STACK_MARGIN + (64 << 10)
}

/// What a thread of the VM runs.
#[derive(Clone, Copy)]
enum Body {
    /// `Thread.run`.
    Java,
    /// A service of the VM.
    Service(fn(&mut JavaThread)),
}

/// `Thread.start0`: creates the OS thread which runs `Thread.run`. OutOfMemoryError "unable to create native thread: ..." when impossible.
pub fn start(thread: &mut JavaThread, java_thread: Obj) -> JResult<()> {
    let rests = deferred::resting_status(thread, java_thread);
    launch(thread, java_thread, Body::Java, rests)
}

/// Starts a thread that runs a service of the VM under a `java.lang.Thread` made for it. It may rest until somebody needs it.
pub(crate) fn start_service(
    thread: &mut JavaThread,
    java_thread: Obj,
    service: fn(&mut JavaThread),
    rests: bool,
) -> JResult<()> {
    let rests = rests.then_some(thread_status::RUNNABLE);
    launch(thread, java_thread, Body::Service(service), rests)
}

/// `rests`: the status in which the thread rests at first, if it may.
fn launch(thread: &mut JavaThread, java_thread: Obj, body: Body, rests: Option<u32>) -> JResult<()> {
    let vm = thread.vm();
    if !status::native_thread(vm, java_thread).is_null() {
        return Err(thread.throw_plain("java/lang/IllegalThreadStateException"));
    }
    match try_launch(thread, java_thread, body, rests) {
        Ok(()) => Ok(()),
        Err(error) => {
            thread.end_if_terminated();
            tracing::debug!("thread not started: {error}");
            Err(thread.throw_out_of_memory(
                "unable to create native thread: possibly out of memory or process/resource limits reached",
            ))
        }
    }
}

fn try_launch(thread: &mut JavaThread, java_thread: Obj, body: Body, rests: Option<u32>) -> Result<(), ThreadError> {
    let vm = thread.vm();
    let stack_bytes = match status::stack_size(vm, java_thread) {
        0 => vm.options.stack_bytes,
        wanted => wanted,
    };
    let raw = vm.threads.make(vm)?;
    {
        // SAFETY: made just now, nobody else knows it.
        let new = unsafe { &mut *raw };
        new.java_thread = java_thread;
        new.carrier_thread = java_thread;
        new.os.spawned.store(true, Ordering::Relaxed);
        new.status
            .store(rests.unwrap_or(thread_status::RUNNABLE), Ordering::Relaxed);
    }
    if let Err(error) = vm.threads.register(vm, raw, status::is_daemon(vm, java_thread)) {
        vm.threads.recycle(raw);
        return Err(error);
    }
    status::set_status_of(vm, java_thread, rests.unwrap_or(thread_status::RUNNABLE));
    status::set_native_thread(vm, java_thread, raw);
    let name = status::name(thread, java_thread);
    let unstarted = Unstarted {
        raw,
        name,
        stack_bytes,
        body,
    };
    if rests.is_some() {
        vm.threads.deferred.add(unstarted);
        return Ok(());
    }
    spawn(vm, unstarted).map_err(|(unstarted, error)| {
        status::set_native_thread(vm, java_thread, std::ptr::null_mut());
        status::set_status_of(vm, java_thread, thread_status::NEW);
        vm.threads.unregister(vm, unstarted.raw);
        vm.threads.recycle(unstarted.raw);
        error
    })
}

/// A registered thread that has no thread of the operating system yet.
pub(super) struct Unstarted {
    pub(super) raw: *mut JavaThread,
    name: String,
    stack_bytes: usize,
    body: Body,
}

impl Unstarted {
    /// It runs a service of the VM, not Java's `run`.
    pub(super) fn is_service(&self) -> bool {
        matches!(self.body, Body::Service(_))
    }
}

// SAFETY: the structure pointed at is nobody's but the one's who starts the thread, and its atomics everybody's.
unsafe impl Send for Unstarted {}

/// Starts a registered thread's life on a new thread of the operating system.
pub(super) fn spawn(vm: &Vm, unstarted: Unstarted) -> Result<(), (Unstarted, ThreadError)> {
    let Unstarted {
        raw, stack_bytes, body, ..
    } = unstarted;
    if let Err(error) = vm.threads.give_java_stack(raw, stack_bytes) {
        return Err((unstarted, error.into()));
    }
    vm.threads.latch.add();
    let latch = vm.threads.latch.clone();
    let address = raw as usize;
    let spawned = peaberry_sys::thread::spawn_detached(&unstarted.name, native_stack_bytes(stack_bytes), move || {
        // SAFETY: the structure is registered and this thread's alone from here on.
        run(unsafe { &mut *(address as *mut JavaThread) }, body);
        latch.remove();
    });
    spawned.map_err(|error| {
        vm.threads.latch.remove();
        (unstarted, error.into())
    })
}

/// A started thread's life.
fn run(thread: &'static mut JavaThread, body: Body) {
    let adopted = adopt_os_thread(thread);
    JavaThread::set_current(thread);
    thread.leave_native();
    thread.set_status(thread_status::RUNNABLE);
    if adopted.is_ok() {
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            thread.end_if_terminated();
            match body {
                Body::Java => run_body(thread),
                Body::Service(service) => service(thread),
            }
            end_java_thread(thread);
        }));
        if outcome.is_err() {
            thread.exception = Obj::NULL;
            thread.top_frame = std::ptr::null_mut();
        }
    }
    detach(thread);
}

fn run_body(thread: &mut JavaThread) {
    let java_thread = thread.java_thread;
    let known = &thread.vm().known;
    if known.has_field(KnownField::ThreadStillborn)
        && get::<u8>(java_thread, known.offset(KnownField::ThreadStillborn)) != 0
    {
        return;
    }
    if let Some(method) = thread.vm().known.method(KnownMethod::ThreadRun) {
        // An exception stays pending for `end_java_thread`.
        let _ = interp::call_virtual(thread, method, &[java_thread.0 as u64]);
    }
}

/// Prints what HotSpot prints when the VM cannot let Java code handle an exception.
fn warn_of_exception(thread: &mut JavaThread, exception: Obj, what: &str) {
    let class = crate::object::class_of(exception).external_name();
    let name = status::name(thread, thread.java_thread);
    thread.vm().print_error(&format!(
        "\nException: {class} thrown from the {what} in thread \"{name}\"\n"
    ));
}

/// Hands the pending exception, if any, to `Thread.dispatchUncaughtException`.
pub fn dispatch_uncaught(thread: &mut JavaThread) {
    let exception = thread.take_exception();
    if exception.is_null() || thread.java_thread.is_null() {
        return;
    }
    if let Some(method) = thread.vm().known.method(KnownMethod::ThreadDispatchUncaught) {
        let arguments = [thread.java_thread.0 as u64, exception.0 as u64];
        if interp::call_virtual(thread, method, &arguments).is_err() {
            let second = thread.take_exception();
            if !second.is_null() {
                warn_of_exception(thread, second, "UncaughtExceptionHandler");
            }
        }
    }
}

/// Ends the Java side of the current thread: hands a pending exception to `Thread.dispatchUncaughtException`, calls
/// `Thread.exit`, and wakes those who join it. The thread stays attached.
pub fn end_java_thread(thread: &mut JavaThread) {
    let vm = thread.vm();
    let java_thread = thread.carrier_thread;
    thread.java_thread = java_thread;
    if java_thread.is_null() {
        thread.exception = Obj::NULL;
        return;
    }
    dispatch_uncaught(thread);
    if let Some(method) = vm.known.method(KnownMethod::ThreadExit) {
        let _ = interp::call(thread, method, &[java_thread.0 as u64]);
        thread.exception = Obj::NULL;
    }
    monitor::enter(thread, java_thread);
    thread.status.store(thread_status::TERMINATED, Ordering::Relaxed);
    status::set_status_of(vm, java_thread, thread_status::TERMINATED);
    status::set_native_thread(vm, java_thread, std::ptr::null_mut());
    let _ = monitor::notify(thread, java_thread, true);
    let _ = monitor::exit(thread, java_thread);
    thread.exception = Obj::NULL;
    thread.java_thread = Obj::NULL;
    thread.carrier_thread = Obj::NULL;
}

/// `Runtime.halt`: ends the process, or (in an embedding) the VM with a recorded exit code: all its threads, this one
/// too, leave their frames.
pub fn halt(thread: &mut JavaThread, code: i32) {
    let vm = thread.vm();
    crate::tier::finish(thread);
    vm.threads.set_exit_code(code);
    crate::log::collection::exit(vm);
    if vm.options.exit_process {
        let _ = std::io::stdout().flush();
        let _ = std::io::stderr().flush();
        std::process::exit(code);
    }
    vm.threads.request_termination();
    vm.management.notify();
    thread.end_if_terminated();
}

/// What the launcher does after `main`, in HotSpot's order: the calling thread's Java side ends (an exception still
/// pending is reported), it waits as "DestroyJavaVM" for all threads that are not daemons, and runs
/// `Shutdown.shutdown`. Call it within [`run_java`].
pub fn destroy_java_vm(thread: &mut JavaThread) {
    end_java_thread(thread);
    // Without its object nothing in Java can be called; an OutOfMemoryError here only costs the hooks.
    if super::initial::create_attached_thread_object(thread, "DestroyJavaVM", false).is_err() {
        thread.exception = Obj::NULL;
    }
    thread.vm().threads.wait_for_last_non_daemon(thread);
    thread.end_if_terminated();
    if let Some(method) = thread.vm().known.method(KnownMethod::ShutdownShutdown) {
        let _ = interp::call(thread, method, &[]);
        thread.exception = Obj::NULL;
    }
    crate::tier::finish(thread);
    crate::log::collection::exit(thread.vm());
}

/// Ends all other threads, so that the VM can be dropped: they leave at their next poll or when they wake. Returns
/// false when some have not within `patience` (blocked in a system call): the VM must then be leaked. `thread` is the
/// current one; it stays attached, to be detached by the caller.
pub fn shut_down(thread: &mut JavaThread, patience: Duration) -> bool {
    let vm = thread.vm();
    vm.threads.request_termination();
    vm.management.notify();
    let latch = vm.threads.latch.clone();
    let deadline = Instant::now().checked_add(patience);
    thread.blocking_quietly(|| latch.wait(deadline))
}

/// The exit code given to `System.exit` or `Runtime.halt`, once the VM has been told to end by it.
pub fn exit_code(vm: &Vm) -> Option<i32> {
    vm.threads.exit_code()
}

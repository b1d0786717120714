//! The threads that compile, and what they work off.

use super::queue::{Queue, Request};
use super::{CAUTIOUS_FROM, bits, method_at, report};
use crate::compiled::{InstallError, Query};
use crate::method_area::{ClassPtr, MethodPtr};
use crate::options::VmOptions;
use crate::vm::Vm;
use parking_lot::{Condvar, Mutex};
use peaberry_jit::code::{CompiledCode, Entry, Refusal};
use peaberry_jit::compile::{CompileOptions, compile};
use peaberry_jit::query::{MethodId, Runtime};
use peaberry_sys::thread::JoinHandle;
use peaberry_sys::time::{monotonic_nanoseconds, thread_cpu_nanoseconds};
use std::collections::{HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::{Duration, Instant};

/// Native stack of a thread.
const STACK_BYTES: usize = 32 << 20;
/// Another thread begins when this many requests wait for each that there is.
const REQUESTS_A_THREAD: usize = 8;
/// Threads at most, unless more are asked for.
const MOST_THREADS: usize = 4;
/// How long a collection that is to unload classes waits for compilations: the world stands still meanwhile.
const PATIENCE: Duration = Duration::from_secs(2);
/// Processor time that all compilations of one method may take, nanoseconds.
const BUDGET: i64 = 10_000_000_000;
/// Compilations shorter than this do not count.
const NOT_COUNTED: i64 = 5_000_000;

/// After the VM's start the first thread begins this much later, nanoseconds: until then programs that end soon do with the interpreter,
/// and others lose little. What is asked for meanwhile is queued.
const PUT_OFF: i64 = 15_000_000;

#[derive(Default)]
struct State {
    queue: Queue,
    /// What is being compiled.
    current: Vec<Request>,
    /// Loops that were asked for, compiled or refused.
    loops: HashSet<(usize, u32)>,
    /// Processor time that the compilations of a method took.
    spent: HashMap<usize, i64>,
    collecting: bool,
    /// A collection is about to begin that waits for what is being compiled.
    awaited: bool,
    stopping: bool,
    threads: Vec<JoinHandle<()>>,
}

/// See the module.
pub(super) struct Background {
    state: Mutex<State>,
    /// There is something to do, or no longer a reason to wait.
    work: Condvar,
    /// A compilation is over.
    done: Condvar,
    most_threads: OnceLock<usize>,
    /// Requests are served in the order in which they come: somebody waits for each.
    in_order: bool,
    /// Processor time of all compilations.
    nanoseconds: AtomicI64,
    /// When the first thread may begin.
    begins: AtomicI64,
    /// The first thread would have begun already.
    is_put_off: AtomicBool,
}

impl Background {
    pub(super) fn new(options: &VmOptions, in_order: bool) -> Background {
        // Who sets other thresholds wants to have it as they say.
        let usual = VmOptions::default();
        let is_usual =
            (options.compile_threshold, options.loop_threshold) == (usual.compile_threshold, usual.loop_threshold);
        Background {
            state: Mutex::default(),
            work: Condvar::new(),
            done: Condvar::new(),
            most_threads: OnceLock::new(),
            in_order,
            nanoseconds: AtomicI64::new(0),
            begins: AtomicI64::new(if is_usual && !in_order { i64::MAX } else { i64::MIN }),
            is_put_off: AtomicBool::new(false),
        }
    }

    /// The VM has started.
    pub(super) fn vm_started(&self) {
        if self.begins.load(Ordering::Relaxed) == i64::MAX {
            self.begins.store(monotonic_nanoseconds() + PUT_OFF, Ordering::Relaxed);
        }
    }

    /// Begins the first thread if it was put off and is not any more.
    #[inline]
    pub(super) fn begin_when_due(&self, vm: &Vm) {
        if self.is_put_off.load(Ordering::Relaxed) && monotonic_nanoseconds() >= self.begins.load(Ordering::Relaxed) {
            self.begin(vm, &mut self.state.lock());
        }
    }

    /// Begins a thread if those that there are do not suffice. False when there is none at all.
    fn begin(&self, vm: &Vm, state: &mut State) -> bool {
        self.is_put_off.store(false, Ordering::Relaxed);
        let most_threads = *self.most_threads.get_or_init(|| most_threads(&vm.options));
        let few = state.threads.len() < most_threads && !state.stopping;
        if few && state.queue.len() > state.threads.len() * REQUESTS_A_THREAD {
            match spawn(vm, !self.in_order) {
                Ok(thread) => state.threads.push(thread),
                Err(error) => {
                    tracing::debug!("no compiler thread: {error}");
                    if state.threads.is_empty() {
                        for request in state.queue.take_all() {
                            state.forget(request);
                        }
                        return false;
                    }
                }
            }
        }
        true
    }

    /// Processor time of all compilations.
    pub(super) fn nanoseconds(&self) -> i64 {
        self.nanoseconds.load(Ordering::Relaxed)
    }

    /// Queues a compilation. False when it was asked for before, or can never be served.
    pub(super) fn enqueue(&self, vm: &Vm, method: MethodPtr, entry: Entry) -> bool {
        let mut state = self.state.lock();
        if state.stopping {
            return false;
        }
        if let Entry::Loop(bci) = entry
            && !state.loops.insert((method.address(), bci))
        {
            return false;
        }
        let dropped = state.queue.push((method.address(), entry), monotonic_nanoseconds());
        if let Some(dropped) = dropped {
            state.forget(dropped);
        }
        if state.threads.is_empty() && monotonic_nanoseconds() < self.begins.load(Ordering::Relaxed) {
            self.is_put_off.store(true, Ordering::Relaxed);
        } else if !self.begin(vm, &mut state) {
            return false;
        }
        drop(state);
        if dropped.is_some() {
            self.done.notify_all();
        }
        self.work.notify_one();
        true
    }

    /// Waits until a request that was queued has been served, without letting the world stop.
    pub(super) fn wait_for(&self, vm: &Vm, method: MethodPtr, entry: Entry) {
        let request = (method.address(), entry);
        let mut state = self.state.lock();
        if state.threads.is_empty() {
            self.begin(vm, &mut state);
        }
        while !state.stopping && (state.current.contains(&request) || state.queue.contains(request)) {
            self.done.wait(&mut state);
        }
    }

    /// A loop may be asked for again.
    pub(super) fn forget_loop(&self, method: MethodPtr, bci: u32) {
        self.state.lock().loops.remove(&(method.address(), bci));
    }

    /// A collection begins, after what is being compiled if it is `patient`. False: something is being compiled.
    pub(super) fn begin_collection(&self, patient: bool) -> bool {
        let mut state = self.state.lock();
        if patient {
            let deadline = Instant::now() + PATIENCE;
            state.awaited = true;
            while !state.current.is_empty() && !self.done.wait_until(&mut state, deadline).timed_out() {}
            state.awaited = false;
        }
        state.collecting = true;
        state.current.is_empty()
    }

    /// A collection waits until `read` is done, which must not take long or wait.
    pub(super) fn with_still_objects<R>(&self, read: impl FnOnce() -> R) -> R {
        let mut state = self.state.lock();
        while state.collecting {
            self.work.wait(&mut state);
        }
        read()
    }

    pub(super) fn end_collection(&self) {
        self.state.lock().collecting = false;
        self.work.notify_all();
    }

    pub(super) fn classes_die(&self, mut is_live: impl FnMut(ClassPtr) -> bool) {
        let mut state = self.state.lock();
        // SAFETY: methods of dead classes are given back only after this.
        let mut lives = |address: usize| is_live(unsafe { method_at(address) }.holder);
        state.queue.retain(&mut lives);
        state.loops.retain(|(method, _)| lives(*method));
        state.spent.retain(|method, _| lives(*method));
    }

    pub(super) fn stop(&self) {
        let threads = {
            let mut state = self.state.lock();
            state.stopping = true;
            drop(state.queue.take_all());
            std::mem::take(&mut state.threads)
        };
        self.work.notify_all();
        self.done.notify_all();
        for thread in threads {
            let _ = thread.join();
        }
    }

    fn run(&self, vm: &Vm) {
        while let Some(request) = self.next() {
            if !vm.compiled.has_room() {
                self.drop_current(request);
                continue;
            }
            // SAFETY: requests for methods of dead classes are taken out; nothing dies while one is current.
            let method = unsafe { method_at(request.0) };
            let begun = thread_cpu_nanoseconds();
            compile_one(vm, method, request.1);
            let took = thread_cpu_nanoseconds() - begun;
            self.nanoseconds.fetch_add(took, Ordering::Relaxed);
            let mut state = self.state.lock();
            if took > NOT_COUNTED {
                let spent = state.spent.entry(request.0).or_default();
                *spent += took;
                if *spent > BUDGET {
                    method.tier.fetch_or(bits::REFUSED, Ordering::AcqRel);
                    report::gave_up(vm, method, *spent);
                }
            }
            state.current.retain(|other| *other != request);
            drop(state);
            self.done.notify_all();
        }
    }

    /// There is no room for code: it is asked for again when cold code has gone.
    fn drop_current(&self, request: Request) {
        let mut state = self.state.lock();
        state.current.retain(|other| *other != request);
        state.forget(request);
        drop(state);
        self.done.notify_all();
    }

    /// Waits for something to do; `None` when the VM ends.
    fn next(&self) -> Option<Request> {
        let mut state = self.state.lock();
        loop {
            if state.stopping {
                return None;
            }
            if !state.collecting && !state.awaited {
                let next = if self.in_order {
                    state.queue.pop_first()
                } else {
                    state.queue.pop_hottest(monotonic_nanoseconds())
                };
                if let Some(request) = next {
                    state.current.push(request);
                    return Some(request);
                }
            }
            self.work.wait(&mut state);
        }
    }
}

impl State {
    /// A request goes unserved: it may be made again.
    fn forget(&mut self, (method, entry): Request) {
        match entry {
            // SAFETY: requests for methods of dead classes are taken out before these are given back.
            Entry::Normal => unsafe { method_at(method) }
                .tier
                .fetch_and(!bits::QUEUED, Ordering::AcqRel),
            Entry::Loop(bci) => u32::from(self.loops.remove(&(method, bci))),
        };
    }
}

/// How many threads may compile: most processors are left to the application.
fn most_threads(options: &VmOptions) -> usize {
    let processors = || match options.active_processors {
        0 => peaberry_sys::thread::processor_count(),
        count => count,
    };
    match options.compiler_threads {
        0 => (processors() / 4).clamp(1, MOST_THREADS),
        count => count,
    }
}

fn spawn(vm: &Vm, is_patient: bool) -> std::io::Result<JoinHandle<()>> {
    let address = std::ptr::from_ref(vm) as usize;
    peaberry_sys::thread::spawn("Compiler", STACK_BYTES, move || {
        // Unless somebody waits for what it makes.
        if is_patient {
            peaberry_sys::thread::lower_priority();
        }
        // SAFETY: the VM waits for this thread before it goes.
        let vm = unsafe { &*(address as *const Vm) };
        vm.tier.background.run(vm);
    })
}

/// Machine code of a method. What is too large with other methods inlined is tried without.
fn make(vm: &Vm, method: MethodPtr, entry: Entry) -> Result<CompiledCode, Refusal> {
    let recompiled = method.tier.load(Ordering::Relaxed) >> bits::RECOMPILED_SHIFT;
    let mut options = CompileOptions::default();
    if recompiled >= CAUTIOUS_FROM {
        options.prune_branches = false;
        options.compile_handlers = true;
    }
    options.forces_exits = vm.options.fail_guard_interval != 0;
    let query = Query::new(vm);
    let name = MethodId(method.address() as u64);
    if !query.prepare(name) {
        return Err(Refusal::Unsupported("the method has no code to resume in"));
    }
    options.keep_artifacts = vm.tier.watched.matches(method);
    let made = compile(&query, name, entry, &options).or_else(|refusal| match refusal {
        Refusal::TooLarge(_) => {
            options.inline_depth = 0;
            options.inline_bytes = 0;
            compile(&query, name, entry, &options)
        }
        other => Err(other),
    });
    if options.keep_artifacts {
        let shown = made.as_ref().map(|(_, artifacts)| artifacts);
        vm.tier.watched.show(vm, method, entry, shown);
    }
    made.map(|(code, _)| code)
}

fn compile_one(vm: &Vm, method: MethodPtr, entry: Entry) {
    let id = vm.compiled.next_id();
    report::begin(vm, id, method, entry);
    let begun = monotonic_nanoseconds();
    let made = catch_unwind(AssertUnwindSafe(|| make(vm, method, entry)));
    let took = monotonic_nanoseconds() - begun;
    let refusal = match made {
        Ok(Ok(code)) => match vm.compiled.install(vm, code, id) {
            Ok(code) => {
                let bit = if entry == Entry::Normal {
                    bits::COMPILED
                } else {
                    bits::LOOPS
                };
                method.tier.fetch_or(bit, Ordering::AcqRel);
                report::installed(vm, code, took);
                None
            }
            Err(error @ (InstallError::Broken | InstallError::Full)) => {
                // A class came meanwhile, or cold code has to go first: to be asked for again.
                if let Entry::Loop(bci) = entry {
                    vm.tier.background.forget_loop(method, bci);
                }
                report::refused(vm, id, method, entry, &error.to_string());
                None
            }
            Err(error @ InstallError::NoMemory) => Some(error.to_string()),
        },
        Ok(Err(refusal)) => Some(refusal.to_string()),
        Err(panic) => {
            let text = panic.downcast_ref::<String>().map(String::as_str);
            let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
            Some(format!("panic in the compiler: {}", text.unwrap_or("unknown")))
        }
    };
    if let Some(reason) = refusal {
        if entry == Entry::Normal {
            method.tier.fetch_or(bits::REFUSED, Ordering::AcqRel);
        }
        report::refused(vm, id, method, entry, &reason);
    }
    if entry == Entry::Normal {
        method.tier.fetch_and(!bits::QUEUED, Ordering::AcqRel);
    }
}

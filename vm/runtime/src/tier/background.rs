//! The queue of compilations, and the thread that works it off.

use super::{CAUTIOUS_FROM, bits, method_at, report};
use crate::compiled::{InstallError, Query};
use crate::method_area::{ClassPtr, MethodPtr};
use crate::vm::Vm;
use parking_lot::{Condvar, Mutex};
use peaberry_jit::code::{Entry, Refusal};
use peaberry_jit::compile::{CompileOptions, compile};
use peaberry_jit::query::{MethodId, Runtime};
use std::collections::{HashSet, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;
use std::thread::JoinHandle;

/// Requests kept at most; further ones are dropped, and made again when the method is still hot.
const QUEUE_LENGTH: usize = 4096;
/// Native stack of the thread.
const STACK_BYTES: usize = 32 << 20;

/// What to compile: method, by its address, and entry.
type Request = (usize, Entry);

#[derive(Default)]
struct State {
    queue: VecDeque<Request>,
    /// What is being compiled.
    current: Option<Request>,
    /// Loops that were asked for, compiled or refused.
    loops: HashSet<(usize, u32)>,
    collecting: bool,
    stopping: bool,
    thread: Option<JoinHandle<()>>,
}

/// See the module.
#[derive(Default)]
pub(super) struct Background {
    state: Mutex<State>,
    /// There is something to do, or no longer a reason to wait.
    work: Condvar,
    /// A compilation is over.
    done: Condvar,
}

impl Background {
    /// Queues a compilation. False when there is no room for it, or it was asked for before.
    pub(super) fn enqueue(&self, vm: &Vm, method: MethodPtr, entry: Entry) -> bool {
        let mut state = self.state.lock();
        if state.stopping || state.queue.len() >= QUEUE_LENGTH {
            return false;
        }
        if let Entry::Loop(bci) = entry
            && !state.loops.insert((method.address(), bci))
        {
            return false;
        }
        state.queue.push_back((method.address(), entry));
        if state.thread.is_none() {
            let address = std::ptr::from_ref(vm) as usize;
            let spawned = peaberry_sys::thread::spawn("Compiler", STACK_BYTES, move || {
                peaberry_sys::thread::lower_priority();
                // SAFETY: the VM waits for this thread before it goes.
                let vm = unsafe { &*(address as *const Vm) };
                vm.tier.background.run(vm);
            });
            match spawned {
                Ok(thread) => state.thread = Some(thread),
                Err(error) => {
                    tracing::debug!("no compiler thread: {error}");
                    state.queue.clear();
                    return false;
                }
            }
        }
        drop(state);
        self.work.notify_one();
        true
    }

    /// Waits until a request that was queued has been served, without letting the world stop.
    pub(super) fn wait_for(&self, _vm: &Vm, method: MethodPtr, entry: Entry) {
        let request = (method.address(), entry);
        let mut state = self.state.lock();
        while !state.stopping && (state.current == Some(request) || state.queue.contains(&request)) {
            self.done.wait(&mut state);
        }
    }

    /// A loop may be asked for again.
    pub(super) fn forget_loop(&self, method: MethodPtr, bci: u32) {
        self.state.lock().loops.remove(&(method.address(), bci));
    }

    pub(super) fn begin_collection(&self) -> bool {
        let mut state = self.state.lock();
        state.collecting = true;
        state.current.is_none()
    }

    pub(super) fn end_collection(&self) {
        self.state.lock().collecting = false;
        self.work.notify_one();
    }

    pub(super) fn classes_die(&self, mut is_live: impl FnMut(ClassPtr) -> bool) {
        let mut state = self.state.lock();
        // SAFETY: methods of dead classes are given back only after this.
        let mut lives = |address: usize| is_live(unsafe { method_at(address) }.holder);
        state.queue.retain(|(method, _)| lives(*method));
        state.loops.retain(|(method, _)| lives(*method));
    }

    pub(super) fn stop(&self) {
        let thread = {
            let mut state = self.state.lock();
            state.stopping = true;
            state.queue.clear();
            state.thread.take()
        };
        self.work.notify_all();
        self.done.notify_all();
        if let Some(thread) = thread {
            let _ = thread.join();
        }
    }

    fn run(&self, vm: &Vm) {
        loop {
            let request = {
                let mut state = self.state.lock();
                loop {
                    if state.stopping {
                        return;
                    }
                    if !state.collecting
                        && let Some(request) = state.queue.pop_front()
                    {
                        state.current = Some(request);
                        break request;
                    }
                    self.work.wait(&mut state);
                }
            };
            // SAFETY: requests for methods of dead classes are taken out; nothing dies while one is current.
            let method = unsafe { method_at(request.0) };
            compile_one(vm, method, request.1);
            self.state.lock().current = None;
            self.done.notify_all();
        }
    }
}

fn compile_one(vm: &Vm, method: MethodPtr, entry: Entry) {
    let id = vm.compiled.next_id();
    report::begin(vm, id, method, entry);
    let begun = peaberry_sys::time::monotonic_nanoseconds();
    let recompiled = method.tier.load(Ordering::Relaxed) >> bits::RECOMPILED_SHIFT;
    let mut options = CompileOptions::default();
    if recompiled >= CAUTIOUS_FROM {
        options.prune_branches = false;
        options.compile_handlers = true;
    }
    let query = Query::new(vm);
    let name = MethodId(method.address() as u64);
    let made = catch_unwind(AssertUnwindSafe(|| {
        if !query.prepare(name) {
            return Err(Refusal::Unsupported("the method has no code to resume in"));
        }
        compile(&query, name, entry, &options).map(|(code, _)| code)
    }));
    let took = peaberry_sys::time::monotonic_nanoseconds() - begun;
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
            Err(InstallError::Broken) => {
                // A class came meanwhile: to be asked for again.
                if let Entry::Loop(bci) = entry {
                    vm.tier.background.forget_loop(method, bci);
                }
                report::refused(vm, id, method, entry, &InstallError::Broken.to_string());
                None
            }
            Err(error) => Some(error.to_string()),
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

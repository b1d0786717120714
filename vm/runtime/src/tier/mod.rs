//! When to compile what: counters, thresholds, the queue, and what becomes of code that was left too often.
//!
//! A method is looked at each time the interpreter looks around (`interp::events`). Hot ones are queued, and background
//! threads compile them, the hottest first. A thread begins when it is needed, but not before the VM has started, and ends
//! with the VM; they have a lower priority than those of the application, and are few beside its processors.

mod background;
mod disassembly;
mod queue;
mod report;

use crate::compiled::{Discard, InstalledCode, sweep_cold_code};
use crate::interp;
use crate::invoke::polymorphic_kind;
use crate::method_area::{ClassPtr, Meta, Method, MethodPtr};
use crate::options::VmOptions;
use crate::stack::Frame;
use crate::thread::JavaThread;
use crate::vm::Vm;
use background::Background;
use disassembly::Watched;
use peaberry_jit::code::{Entry, ExitReason};
use std::sync::atomic::Ordering;

/// Code that takes one exit this often is compiled anew.
const SAME_EXITS: u32 = 20;
/// Code of a method with hot loops that takes one exit this often to where it was never seen to go: each time the rest of
/// the loop is interpreted, or runs in code for that loop alone.
const SAME_EXITS_OF_LOOPS: u32 = 4;
/// Code that takes exits this often, whichever, is compiled anew.
const ALL_EXITS: u32 = 100;
/// A method is compiled anew because of exits at most this often.
const MOST_RECOMPILATIONS: u32 = 10;
/// From this recompilation on, less is taken for granted.
const CAUTIOUS_FROM: u32 = 5;
/// A method whose assumptions class loading broke this often stays interpreted.
const MOST_BROKEN: u32 = 50;

/// Bits of `Method::tier`.
mod bits {
    /// In the queue, or being compiled.
    pub const QUEUED: u32 = 1;
    /// Has code.
    pub const COMPILED: u32 = 2;
    /// Cannot be compiled.
    pub const REFUSED: u32 = 4;
    /// Has code, or had, that begins at a loop.
    pub const LOOPS: u32 = 8;
    /// Where the number of recompilations begins.
    pub const RECOMPILED_SHIFT: u32 = 8;
    /// One recompilation.
    pub const RECOMPILED_ONE: u32 = 1 << RECOMPILED_SHIFT;
}

/// The policy of a VM.
pub struct Tier {
    enabled: bool,
    at_once: bool,
    invocations: u32,
    back_edges: u32,
    background: Background,
    watched: Watched,
}

impl Tier {
    pub(crate) fn new(options: &VmOptions) -> Tier {
        let enabled = !options.interpreter_only && options.use_compiler;
        let at_once = enabled && options.compile_at_once;
        Tier {
            enabled,
            at_once,
            invocations: if at_once { 1 } else { options.compile_threshold.max(1) },
            back_edges: if at_once { 1 } else { options.loop_threshold.max(1) },
            background: Background::new(options, at_once),
            watched: Watched::new(&options.disassemble),
        }
    }

    /// Processor time of all compilations so far, nanoseconds.
    pub fn compile_nanoseconds(&self) -> i64 {
        self.background.nanoseconds()
    }

    /// Is a method compiled before its first invocation?
    #[inline]
    fn compiles_at_once(&self) -> bool {
        self.at_once
    }

    /// A collection begins, with the world stopped; a patient one waits for what is being compiled. False: a compilation
    /// is under way, which holds on to classes: none may be unloaded.
    pub(crate) fn begin_collection(&self, patient: bool) -> bool {
        self.background.begin_collection(patient)
    }

    /// The collection is over.
    pub(crate) fn end_collection(&self) {
        self.background.end_collection();
    }

    /// Reads objects on a thread that is not stopped with the world: none moves meanwhile.
    pub(crate) fn with_still_objects<R>(&self, read: impl FnOnce() -> R) -> R {
        self.background.with_still_objects(read)
    }

    /// Forgets requests for methods of classes that are about to be given back. The world is stopped.
    pub(crate) fn classes_die(&self, mut is_live: impl FnMut(ClassPtr) -> bool) {
        self.background.classes_die(&mut is_live);
        self.watched.classes_die(is_live);
    }

    /// The VM has started, and the program is about to.
    pub(crate) fn vm_started(&self) {
        self.background.vm_started();
    }

    /// Ends the background thread.
    pub(crate) fn stop(&self) {
        self.background.stop();
    }
}

/// Does the VM look at the locals of the method's frames, which are there when it is interpreted alone?
fn has_locals_looked_at(method: MethodPtr) -> bool {
    (method.name.bytes() == b"executePrivileged" && method.holder.name.bytes() == b"java/security/AccessController")
        || (method.name.bytes() == b"runWith" && method.holder.loader_data().is_boot())
}

/// Methods that the VM must find in interpreted frames, and those there is nothing to compile of.
pub(crate) fn must_be_interpreted(method: MethodPtr) -> bool {
    method.bytecode.is_empty()
        // A version in Rust takes the place of the bytecode, whose results may differ from it.
        || method.native.load(Ordering::Relaxed) != 0
        || method.polymorphic_kind != polymorphic_kind::NONE
        || has_locals_looked_at(method)
}

/// Can the method be asked for?
fn may_compile(vm: &Vm, method: MethodPtr) -> bool {
    if !vm.compiled.is_enabled() || !vm.compiled.has_room() {
        return false;
    }
    let interpreted = must_be_interpreted(method);
    if interpreted
        && has_locals_looked_at(method)
        && method.tier.fetch_or(bits::REFUSED, Ordering::AcqRel) & bits::REFUSED == 0
    {
        report::stays_interpreted(vm, method, "the VM looks at its locals");
    }
    !interpreted
}

/// The method of the innermost frame was invoked often enough to look.
pub(crate) fn invocation(thread: &mut JavaThread, method: MethodPtr) {
    let vm = thread.vm();
    if vm.tier.enabled {
        consider(vm, method);
        if vm.compiled.sweep_is_due() {
            sweep_cold_code(thread);
        }
    }
}

fn consider(vm: &Vm, method: MethodPtr) {
    vm.tier.background.begin_when_due(vm);
    let state = method.tier.load(Ordering::Relaxed);
    if state & (bits::QUEUED | bits::COMPILED | bits::REFUSED) != 0 {
        return;
    }
    let invocations = method.invocation_count.load(Ordering::Relaxed);
    let loops = method.backedge_count.load(Ordering::Relaxed) / 16;
    if invocations.saturating_add(loops) >= vm.tier.invocations && may_compile(vm, method) {
        request(vm, method);
    }
}

fn request(vm: &Vm, method: MethodPtr) {
    let before = method.tier.fetch_or(bits::QUEUED, Ordering::AcqRel);
    if before & bits::QUEUED == 0 && !vm.tier.background.enqueue(vm, method, Entry::Normal) {
        method.tier.fetch_and(!bits::QUEUED, Ordering::AcqRel);
    }
}

/// The innermost frame jumped backward often enough to look. Afterwards it may be gone: compiled code went on for it.
pub(crate) fn back_edge(thread: &mut JavaThread, frame: &mut Frame) {
    let vm = thread.vm();
    if !vm.tier.enabled {
        return;
    }
    let method = frame.method;
    consider(vm, method);
    if vm.compiled.sweep_is_due() {
        sweep_cold_code(thread);
    }
    if method.backedge_count.load(Ordering::Relaxed) < vm.tier.back_edges {
        return;
    }
    let state = method.tier.load(Ordering::Acquire);
    if state & bits::LOOPS != 0 && interp::enter_loop_code(thread, frame) {
        return;
    }
    if state & bits::REFUSED == 0 && may_compile(vm, method) {
        vm.tier.background.enqueue(vm, method, Entry::Loop(frame.bci()));
        if vm.tier.at_once {
            vm.tier.background.wait_for(vm, method, Entry::Loop(frame.bci()));
            interp::enter_loop_code(thread, frame);
        }
    }
}

/// A method is about to be invoked for the first time.
pub(crate) fn prepared(thread: &JavaThread, method: MethodPtr) {
    let vm = thread.vm();
    if vm.tier.enabled {
        vm.tier.watched.note(method);
    }
    if vm.tier.at_once {
        compile_now(vm, method);
    }
}

/// The VM ends: shows what is still to be shown.
pub(crate) fn finish(thread: &JavaThread) {
    let vm = thread.vm();
    for method in vm.tier.watched.not_shown() {
        compile_now(vm, method);
    }
    if vm.options.perf_map_at_exit {
        vm.compiled.dump_perf_map();
    }
    report::totals(vm);
}

/// Compiles a method while the thread waits in Java.
fn compile_now(vm: &Vm, method: MethodPtr) {
    let state = method.tier.load(Ordering::Acquire);
    if state & (bits::COMPILED | bits::REFUSED) == 0 && may_compile(vm, method) {
        request(vm, method);
        vm.tier.background.wait_for(vm, method, Entry::Normal);
    }
}

/// Code was left for reasons that a compilation which knows of them would avoid: now so often in the same place, and so
/// often in all.
pub(crate) fn left(vm: &Vm, code: &'static InstalledCode, reason: ExitReason, same: u32, all: u32) {
    let has_loops = || code.method().tier.load(Ordering::Relaxed) & bits::LOOPS != 0;
    let enough = if reason == ExitReason::Unreached && same == SAME_EXITS_OF_LOOPS {
        has_loops()
    } else {
        same == SAME_EXITS
    };
    if enough || all == ALL_EXITS {
        reconsider(vm, code, reason);
    }
}

fn reconsider(vm: &Vm, code: &'static InstalledCode, reason: ExitReason) {
    let recompiled = code.method().tier.load(Ordering::Relaxed) >> bits::RECOMPILED_SHIFT;
    let most = if reason == ExitReason::Exception {
        3
    } else {
        MOST_RECOMPILATIONS
    };
    if recompiled < most {
        vm.compiled.discard(vm, code, Discard::Exits(reason));
    }
}

/// Code is no longer entered.
pub(crate) fn discarded(vm: &Vm, code: &'static InstalledCode, why: Discard) {
    report::not_entrant(vm, code);
    let method = code.method();
    match why {
        Discard::Replaced | Discard::Unloaded => return,
        Discard::Dependency | Discard::Exits(_) | Discard::Cold => {}
    }
    let one_more = if why == Discard::Cold { 0 } else { bits::RECOMPILED_ONE };
    let recompiled = method.tier.fetch_add(one_more, Ordering::AcqRel) >> bits::RECOMPILED_SHIFT;
    match code.loop_bci() {
        Some(bci) => vm.tier.background.forget_loop(method, bci),
        None => {
            method.tier.fetch_and(!bits::COMPILED, Ordering::AcqRel);
        }
    }
    if recompiled >= MOST_BROKEN {
        method.tier.fetch_or(bits::REFUSED, Ordering::AcqRel);
    }
    // The interpreter is to see what the code did not know, before the next compilation.
    let count = vm.tier.invocations / 2;
    method.invocation_count.store(count, Ordering::Relaxed);
    method.backedge_count.store(0, Ordering::Relaxed);
}

/// # Safety
/// The address is a live method.
unsafe fn method_at(address: usize) -> MethodPtr {
    // SAFETY: the caller vouches for it.
    unsafe { Meta::new(address as *const Method) }
}

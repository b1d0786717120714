//! Code that nobody enters any more makes room for other code: a clock.
//!
//! When the code cache is nearly full, the world is stopped and one pass goes over all code. Code of a method becomes
//! *dormant*: it stays, but the method's entries lead to the interpreter, whose entry wakes the code when the method is
//! invoked. What is still dormant at the next pass, and in no frame, is discarded. Code that begins at a loop is entered
//! by the interpreter alone, which marks it; what has no mark at a pass goes.

use super::registry::{CodeRef, Compiled, Discard};
use super::{InstalledCode, bridge_entry};
use crate::interp;
use crate::log::{Level, TagSet};
use crate::method_area::MethodPtr;
use crate::safepoint::with_world_stopped;
use crate::thread::JavaThread;
use crate::vm::{VM_NAME, Vm};
use peaberry_jit::code::Entry;
use peaberry_sys::time::monotonic_nanoseconds;
use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, AtomicUsize, Ordering};

/// Least time between two passes, nanoseconds; it doubles with each pass that gave nothing back.
const INTERVAL: i64 = 50_000_000;
/// How often it doubles at most.
const MOST_DOUBLINGS: u32 = 8;

/// When to look for cold code.
pub(super) struct Clock {
    capacity: usize,
    /// `-XX:-UseCodeCacheFlushing`: never.
    enabled: bool,
    /// A pass is due.
    due: AtomicBool,
    /// Code found no room: nothing is compiled until a pass has made some.
    full: AtomicBool,
    /// From this many bytes in use on a pass is due.
    limit: AtomicUsize,
    /// No pass before.
    not_before: AtomicI64,
    /// Bytes in use at the end of the last pass.
    used: AtomicUsize,
    /// Passes in a row after which no less was in use.
    in_vain: AtomicU32,
    warned: AtomicBool,
}

impl Clock {
    pub(super) fn new(capacity: usize, enabled: bool) -> Clock {
        Clock {
            capacity,
            enabled,
            due: AtomicBool::new(false),
            full: AtomicBool::new(false),
            limit: AtomicUsize::new(capacity / 4 * 3),
            not_before: AtomicI64::new(0),
            used: AtomicUsize::new(0),
            in_vain: AtomicU32::new(0),
            warned: AtomicBool::new(false),
        }
    }

    /// So many bytes are in use now.
    pub(super) fn note_used(&self, used: usize) {
        if used > self.limit.load(Ordering::Relaxed) {
            self.due.store(self.enabled, Ordering::Relaxed);
        }
    }

    /// A pass is over, after which so many bytes are in use.
    pub(super) fn swept(&self, used: usize) {
        let freed = used < self.used.swap(used, Ordering::Relaxed);
        let has_room = used <= self.capacity - self.capacity / 8;
        let in_vain = if freed || has_room {
            0
        } else {
            self.in_vain.load(Ordering::Relaxed) + 1
        };
        self.in_vain.store(in_vain, Ordering::Relaxed);
        let pause = INTERVAL << in_vain.min(MOST_DOUBLINGS);
        self.not_before
            .store(monotonic_nanoseconds() + pause, Ordering::Relaxed);
        let limit = (self.capacity / 4 * 3).max(used + self.capacity / 16);
        self.limit.store(limit, Ordering::Relaxed);
        // Without room, the next pass is due when its time has come.
        self.due.store(!has_room, Ordering::Relaxed);
        if has_room {
            self.full.store(false, Ordering::Relaxed);
        }
    }
}

impl Compiled {
    /// Was there room for the last code?
    pub(crate) fn has_room(&self) -> bool {
        !self.clock.full.load(Ordering::Relaxed)
    }

    /// Is it time to look for cold code?
    #[inline]
    pub(crate) fn sweep_is_due(&self) -> bool {
        self.clock.due.load(Ordering::Relaxed)
            && monotonic_nanoseconds() >= self.clock.not_before.load(Ordering::Relaxed)
    }

    /// Code found no room.
    pub(super) fn no_room(&self, vm: &Vm) {
        self.clock.full.store(true, Ordering::Relaxed);
        self.clock.due.store(self.clock.enabled, Ordering::Relaxed);
        let in_vain = self.clock.in_vain.load(Ordering::Relaxed) > 1;
        if (in_vain || !self.clock.enabled) && !self.clock.warned.swap(true, Ordering::Relaxed) {
            let lines = [
                "CodeCache is full. Compiler has been disabled.",
                "Try increasing the code cache size using -XX:ReservedCodeCacheSize=",
            ];
            for line in lines {
                vm.log.write(TagSet::CodeCache, Level::Warning, line);
            }
            for line in lines {
                vm.print_error(&format!("{VM_NAME} warning: {line}\n"));
            }
        }
    }

    /// One pass, with the world stopped; frames use the code in `used`.
    pub(super) fn age(&self, vm: &Vm, used: &HashSet<*const InstalledCode>) {
        for code in self.all() {
            if code.discarded.load(Ordering::Acquire) || used.contains(&std::ptr::from_ref(code)) {
                continue;
            }
            let is_cold = match code.compiled.entry {
                Entry::Normal => !self.put_to_sleep(code),
                Entry::Loop(_) => !code.entered.swap(false, Ordering::Relaxed),
            };
            if is_cold {
                self.discard(vm, code, Discard::Cold);
            }
        }
    }

    /// False when the code was dormant.
    fn put_to_sleep(&self, code: CodeRef) -> bool {
        let method = code.method();
        let mut dormant = self.dormant.lock();
        if method.compiled_entry.load(Ordering::Acquire) != code.address {
            return false;
        }
        dormant.insert(method.address(), code);
        method.compiled_entry.store(bridge_entry(), Ordering::Release);
        method.entry.store(interp::dormant_entry(), Ordering::Release);
        true
    }

    /// A method whose code may be dormant is invoked: afterwards its entry is another one.
    pub(crate) fn wake(&self, method: MethodPtr) {
        let mut dormant = self.dormant.lock();
        let code = dormant.remove(&method.address());
        if let Some(code) = code {
            method.compiled_entry.store(code.address, Ordering::Release);
            method.entry.store(interp::compiled_entry(), Ordering::Release);
        } else if method.entry.load(Ordering::Acquire) == interp::dormant_entry() {
            method
                .entry
                .store(interp::interpreted_entry(&method), Ordering::Release);
        }
    }
}

/// Looks for cold code.
pub(crate) fn sweep_cold_code(thread: &mut JavaThread) {
    with_world_stopped(thread, |thread| {
        let vm = thread.vm();
        // What a compilation holds on to is not freed.
        if vm.tier.begin_collection(false) {
            vm.compiled.sweep(vm, &vm.threads.snapshot());
        }
        vm.tier.end_collection();
    });
}

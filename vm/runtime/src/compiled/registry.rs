//! The compiled code of a VM: what there is, what depends on what, and when it goes.

use super::aging::Clock;
use super::installed::{InstalledCode, class_of_id, method_of};
use super::invalidate::for_each_code_in_use;
use super::query_classes::{unique_concrete_class, unique_target, would_break};
use super::seen::PerfMap;
use super::table::CodeTable;
use super::{bridge_entry, calls, query};
use crate::interp;
use crate::log::{Level, TagSet};
use crate::method_area::{ClassPtr, MethodPtr};
use crate::options::VmOptions;
use crate::thread::JavaThread;
use crate::tier;
use crate::vm::Vm;
use parking_lot::{Mutex, RwLock};
use peaberry_jit::code::{CompiledCode, Dependency, Entry, ExitReason};
use peaberry_jit::codecache::CodeCache;
use peaberry_jit::layout::RuntimeLayout;
use peaberry_jit::query::MethodId;
use peaberry_sys::dual_mapping::DualMapping;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Range;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// Why code could not be installed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum InstallError {
    /// The system gives none.
    #[error("there is no executable memory")]
    NoMemory,
    /// No room.
    #[error("the code cache is full")]
    Full,
    /// A class came meanwhile.
    #[error("an assumption no longer holds")]
    Broken,
}

/// Why code is no longer entered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Discard {
    /// A class was loaded that breaks an assumption.
    Dependency,
    /// It was left for the interpreter too often.
    Exits(ExitReason),
    /// Newer code took its place.
    Replaced,
    /// A class it names is gone.
    Unloaded,
    /// It was not entered for long, and the code cache is nearly full.
    Cold,
}

/// What happened so far.
#[derive(Clone, Copy, Default, Debug)]
pub struct CompiledStatistics {
    /// Pieces of code installed.
    pub installed: u64,
    /// Pieces of code discarded.
    pub discarded: u64,
    /// Pieces of code whose memory was given back.
    pub freed: u64,
    /// Exits taken.
    pub exits: u64,
    /// Bytes of machine code in the cache.
    pub bytes: usize,
}

#[derive(Default)]
struct Counters {
    installed: AtomicU64,
    discarded: AtomicU64,
    freed: AtomicU64,
    exits: AtomicU64,
}

pub(super) type CodeRef = &'static InstalledCode;
type ExitKey = (u64, u32, ExitReason);

/// The code cache, once there is something to put into it.
struct Cache {
    pieces: Mutex<CodeCache>,
    table: CodeTable,
    mapping: DualMapping,
}

/// Compiled code of a VM.
pub struct Compiled {
    wanted: bool,
    range: Range<usize>,
    /// Made when the first code is installed; nothing, when the system gives no executable memory.
    cache: OnceLock<Option<Cache>>,
    /// All code in the cache, discarded or not, by address.
    index: Mutex<BTreeMap<usize, CodeRef>>,
    /// Code that begins at a loop, by method and bci.
    loops: RwLock<HashMap<(usize, u32), CodeRef>>,
    /// What depends on a class having no further subclasses of some kind, by its address.
    dependents: Mutex<HashMap<usize, Vec<(Dependency, CodeRef)>>>,
    /// Code of methods that nobody called for a while, by method: it is entered again when somebody does.
    pub(super) dormant: Mutex<HashMap<usize, CodeRef>>,
    /// Discarded code whose memory is not given back yet.
    discarded: Mutex<Vec<CodeRef>>,
    /// When to look for cold code.
    pub(super) clock: Clock,
    /// Where names of code are written for profilers.
    pub(super) perf_map: PerfMap,
    exits_taken: Mutex<HashMap<ExitKey, u32>>,
    counters: Counters,
    next_id: AtomicU32,
    pub(super) layout: RuntimeLayout,
}

impl Compiled {
    /// The code cache in a range of the VM's reservation; an empty range: none.
    ///
    /// # Safety
    /// The range is part of a reservation that outlives this, and nobody else's.
    pub(crate) unsafe fn new(options: &VmOptions, range: Range<usize>) -> Compiled {
        Compiled {
            wanted: !options.interpreter_only && options.use_compiler && !range.is_empty(),
            clock: Clock::new(range.len(), options.code_cache_flushing),
            perf_map: PerfMap::new(options),
            range,
            cache: OnceLock::new(),
            index: Default::default(),
            loops: Default::default(),
            dependents: Default::default(),
            dormant: Default::default(),
            discarded: Default::default(),
            exits_taken: Default::default(),
            counters: Default::default(),
            next_id: AtomicU32::new(1),
            layout: query::layout(),
        }
    }

    fn cache(&self) -> Option<&Cache> {
        let made = self.cache.get_or_init(|| {
            // SAFETY: the range is the VM's code cache's alone and lives as long as the VM, says who made this.
            let mapping = unsafe { DualMapping::new(self.range.clone()) }.ok()?;
            // SAFETY: both views are this cache's alone and live as long as the mapping, which is kept beside it.
            let pieces = unsafe {
                let (execute, write) = (mapping.execute_address(), mapping.write_address());
                CodeCache::new(execute, write, mapping.bytes(), |call| calls::address(call) as u64)
            };
            let pieces = pieces.ok()?;
            mapping.written(mapping.write_address()..mapping.write_address() + pieces.used());
            Some(Cache {
                table: CodeTable::new(pieces.range()),
                pieces: Mutex::new(pieces),
                mapping,
            })
        });
        made.as_ref()
    }

    /// Is there a code cache to compile for?
    #[inline]
    pub fn is_enabled(&self) -> bool {
        self.wanted && !matches!(self.cache.get(), Some(None))
    }

    /// A number for a compilation.
    pub(crate) fn next_id(&self) -> u32 {
        self.next_id.fetch_add(1, Ordering::Relaxed)
    }

    /// The code an address lies in.
    #[inline]
    pub fn find(&self, pc: usize) -> Option<&'static InstalledCode> {
        self.cache.get()?.as_ref()?.table.find(pc)
    }

    /// Calls `visit` with all code, which is not freed meanwhile.
    pub(super) fn for_each(&self, visit: impl FnMut(CodeRef)) {
        self.index.lock().values().copied().for_each(visit);
    }

    /// All code, discarded or not.
    pub(super) fn all(&self) -> Vec<CodeRef> {
        self.index.lock().values().copied().collect()
    }

    /// Code for the loop that begins at a bci.
    pub(crate) fn loop_code(&self, method: MethodPtr, bci: u32) -> Option<&'static InstalledCode> {
        self.loops.read().get(&(method.address(), bci)).copied()
    }

    /// Does an assumption hold?
    fn holds(&self, vm: &Vm, dependency: Dependency) -> bool {
        // SAFETY: dependencies name what the code was compiled with, alive during the compilation.
        unsafe {
            match dependency {
                Dependency::UniqueTarget(declared, target) => {
                    unique_target(vm, method_of(declared)) == Some(method_of(target))
                }
                Dependency::UniqueConcreteClass(class, only) => {
                    unique_concrete_class(vm, class_of_id(class)) == Some(class_of_id(only))
                }
            }
        }
    }

    /// Puts code into the cache and has it entered from now on.
    pub(crate) fn install(&self, vm: &Vm, compiled: CompiledCode, id: u32) -> Result<CodeRef, InstallError> {
        let cache = self.cache().ok_or(InstallError::NoMemory)?;
        let (added, used) = {
            let mut pieces = cache.pieces.lock();
            let added = pieces.add(&compiled.bytes, &compiled.near_calls);
            if let Ok(address) = added {
                let at = address - cache.mapping.execute_address() + cache.mapping.write_address();
                cache.mapping.written(at..at + compiled.bytes.len());
            }
            (added, pieces.used())
        };
        self.clock.note_used(used);
        let Ok(address) = added else {
            self.no_room(vm);
            return Err(InstallError::Full);
        };
        let code: CodeRef = Box::leak(Box::new(InstalledCode::new(address, compiled, id)));
        let method = code.method();
        // Classes get linked under this lock, so that none comes between the check and the entry of the dependencies.
        let linking = vm.loaders.link_lock.lock();
        if !code.compiled.dependencies.iter().all(|one| self.holds(vm, *one)) {
            drop(linking);
            // SAFETY: made just now; nobody knows it.
            unsafe { self.free(code) };
            return Err(InstallError::Broken);
        }
        self.index.lock().insert(address, code);
        cache.table.insert(code);
        self.tell(vm, code);
        let mut dependents = self.dependents.lock();
        for dependency in &code.compiled.dependencies {
            dependents
                .entry(key_of(*dependency))
                .or_default()
                .push((*dependency, code));
        }
        drop(dependents);
        let replaced = match code.compiled.entry {
            Entry::Normal => {
                let mut dormant = self.dormant.lock();
                let asleep = dormant.remove(&method.address());
                let before = method.compiled_entry.swap(address, Ordering::AcqRel);
                method.entry.store(interp::compiled_entry(), Ordering::Release);
                asleep.or_else(|| self.find(before))
            }
            Entry::Loop(bci) => self.loops.write().insert((method.address(), bci), code),
        };
        drop(linking);
        if let Some(replaced) = replaced {
            self.discard(vm, replaced, Discard::Replaced);
        }
        self.counters.installed.fetch_add(1, Ordering::Relaxed);
        Ok(code)
    }

    /// Nobody enters the code any more; frames that are in it go on. False when that was so already.
    pub(crate) fn discard(&self, vm: &Vm, code: CodeRef, why: Discard) -> bool {
        let first = self.unlink(code);
        if first {
            self.note_discard(vm, code, why);
        }
        first
    }

    fn unlink(&self, code: CodeRef) -> bool {
        if code.discarded.swap(true, Ordering::AcqRel) {
            return false;
        }
        let method = code.method();
        match code.compiled.entry {
            Entry::Normal => {
                let mut dormant = self.dormant.lock();
                let key = method.address();
                let is_asleep = dormant.get(&key).is_some_and(|other| std::ptr::eq(*other, code));
                if is_asleep {
                    dormant.remove(&key);
                }
                if is_asleep || method.compiled_entry.load(Ordering::Acquire) == code.address {
                    // In this order: who finds the old entry and the new compiled one goes through the bridge, and from
                    // there to the interpreter.
                    method
                        .entry
                        .store(interp::interpreted_entry(&method), Ordering::Release);
                    method.compiled_entry.store(bridge_entry(), Ordering::Release);
                }
            }
            Entry::Loop(bci) => {
                let mut loops = self.loops.write();
                let key = (method.address(), bci);
                if loops.get(&key).is_some_and(|other| std::ptr::eq(*other, code)) {
                    loops.remove(&key);
                }
            }
        }
        let mut dependents = self.dependents.lock();
        for dependency in &code.compiled.dependencies {
            let key = key_of(*dependency);
            if let Some(rows) = dependents.get_mut(&key) {
                rows.retain(|(_, other)| !std::ptr::eq(*other, code));
                if rows.is_empty() {
                    dependents.remove(&key);
                }
            }
        }
        drop(dependents);
        self.discarded.lock().push(code);
        self.counters.discarded.fetch_add(1, Ordering::Relaxed);
        true
    }

    /// Tells the log, and the policy.
    pub(crate) fn note_discard(&self, vm: &Vm, code: CodeRef, why: Discard) {
        if vm.log.enabled(TagSet::Jit, Level::Info) {
            let line = format!("{} {} no longer entered: {why:?}", code.id, code.method().full_name());
            vm.log.write(TagSet::Jit, Level::Info, &line);
        }
        tier::discarded(vm, code, why);
    }

    /// Discards what a class with new method tables breaks. The link lock is held.
    pub(super) fn discard_broken_by(&self, _vm: &Vm, class: ClassPtr) -> Vec<CodeRef> {
        if class.is_abstract() || class.is_interface() {
            return Vec::new();
        }
        let mut broken: Vec<CodeRef> = Vec::new();
        let dependents = self.dependents.lock();
        let supers = std::iter::successors(Some(class), |class| class.super_class.get());
        for above in supers.chain(class.secondary_supers.get().iter().copied()) {
            for (dependency, code) in dependents.get(&above.address()).into_iter().flatten() {
                // SAFETY: what dependencies name lives as long as their code.
                if unsafe { would_break(class, *dependency) } && !broken.iter().any(|known| std::ptr::eq(*known, *code))
                {
                    broken.push(code);
                }
            }
        }
        drop(dependents);
        broken.retain(|code| self.unlink(code));
        broken
    }

    /// Counts an exit.
    pub(super) fn count_exit(&self) {
        self.counters.exits.fetch_add(1, Ordering::Relaxed);
    }

    /// Remembers where and why compiled code was left.
    pub(super) fn record_exit(&self, method: MethodId, bci: u32, reason: ExitReason) {
        let mut taken = self.exits_taken.lock();
        let count = taken.entry((method.0, bci, reason)).or_default();
        *count = count.saturating_add(1);
    }

    /// How often compiled code was left there for that reason.
    pub(super) fn exits_taken(&self, method: MethodId, bci: u32, reason: ExitReason) -> u32 {
        self.exits_taken
            .lock()
            .get(&(method.0, bci, reason))
            .copied()
            .unwrap_or(0)
    }

    /// Discards code that names classes which are about to be given back, and forgets them. The world is stopped; no
    /// frame uses such code, since what frames use keeps its classes alive.
    pub(crate) fn classes_die(&self, vm: &Vm, mut is_live: impl FnMut(ClassPtr) -> bool) {
        if !self.is_enabled() {
            return;
        }
        for code in self.all() {
            let dies = code.classes().any(|class| !is_live(class));
            if dies {
                self.discard(vm, code, Discard::Unloaded);
                self.discarded.lock().retain(|other| !std::ptr::eq(*other, code));
                // SAFETY: no frame uses it, and it is in no table any more.
                unsafe { self.free(code) };
            }
        }
        // SAFETY: keys are methods and classes that are not given back yet.
        unsafe {
            self.exits_taken
                .lock()
                .retain(|key, _| is_live(method_of(MethodId(key.0)).holder));
        }
        vm.tier.classes_die(is_live);
    }

    /// Gives the memory of discarded code back that no frame uses, and looks for cold code when it is time. The world is
    /// stopped, and nothing is being compiled.
    pub(crate) fn sweep(&self, vm: &Vm, threads: &[*mut JavaThread]) {
        let is_due = self.sweep_is_due();
        if !is_due && self.discarded.lock().is_empty() {
            return;
        }
        let mut used: HashSet<*const InstalledCode> = HashSet::new();
        for &thread in threads {
            // SAFETY: the world is stopped.
            for_each_code_in_use(unsafe { &*thread }, |code| {
                used.insert(std::ptr::from_ref(code));
            });
        }
        if is_due {
            self.age(vm, &used);
        }
        let mut discarded = self.discarded.lock();
        discarded.retain(|code| {
            let keep = used.contains(&std::ptr::from_ref(*code));
            if !keep {
                // SAFETY: no frame uses it, and nothing leads to it any more.
                unsafe { self.free(code) };
            }
            keep
        });
        if is_due {
            self.clock.swept(self.used());
        }
    }

    /// Bytes of the code cache in use.
    fn used(&self) -> usize {
        let cache = self.cache.get().and_then(Option::as_ref);
        cache.map_or(0, |cache| cache.pieces.lock().used())
    }

    /// # Safety
    /// Nobody uses the code, and nothing but index and table leads to it.
    unsafe fn free(&self, code: CodeRef) {
        self.index.lock().remove(&code.address);
        if let Some(cache) = self.cache() {
            cache.table.remove(code);
            // SAFETY: passed on to the caller.
            unsafe { cache.pieces.lock().remove(code.address, code.length) };
        }
        self.counters.freed.fetch_add(1, Ordering::Relaxed);
        // SAFETY: leaked from a box by `install`; freed once.
        drop(unsafe { Box::from_raw(std::ptr::from_ref(code).cast_mut()) });
    }

    /// What happened so far.
    pub fn statistics(&self) -> CompiledStatistics {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        CompiledStatistics {
            installed: read(&self.counters.installed),
            discarded: read(&self.counters.discarded),
            freed: read(&self.counters.freed),
            exits: read(&self.counters.exits),
            bytes: self.used(),
        }
    }
}

impl Drop for Compiled {
    fn drop(&mut self) {
        for code in std::mem::take(self.index.get_mut()).into_values() {
            // SAFETY: leaked from a box by `install`; the VM ends, nobody runs it.
            drop(unsafe { Box::from_raw(std::ptr::from_ref(code).cast_mut()) });
        }
    }
}

/// The class whose subclasses a dependency is about.
fn key_of(dependency: Dependency) -> usize {
    match dependency {
        // SAFETY: dependencies name live methods.
        Dependency::UniqueTarget(declared, _) => unsafe { method_of(declared).holder.address() },
        Dependency::UniqueConcreteClass(class, _) => class.0 as usize,
    }
}

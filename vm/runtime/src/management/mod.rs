//! What management beans ask of the VM beyond plain numbers: memory pools with peaks and thresholds, the last
//! collection, and a queue of what is to be told to listeners. Threads only note here that something happened; a
//! service thread of the class library's side tells it ([`Management::next`]).

mod load;
mod sensor;

pub use load::Loads;
use sensor::Sensor;
pub use sensor::SensorChange;

use crate::handles::Handle;
use crate::thread::JavaThread;
use crate::vm::Vm;
use parking_lot::{Condvar, Mutex};
use peaberry_gc::CollectCause;
use peaberry_gc::stats::Space;
use peaberry_sys::time::monotonic_nanoseconds;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

/// A pool of memory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(usize)]
pub enum Pool {
    /// Blocks of movable objects.
    Blocks,
    /// Large objects.
    Large,
    /// Objects that never move.
    Immovable,
    /// The method area.
    Classes,
}

/// Number of pools.
pub const POOLS: usize = 4;

impl Pool {
    /// All pools.
    pub const ALL: [Pool; POOLS] = [Pool::Blocks, Pool::Large, Pool::Immovable, Pool::Classes];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Pool::Blocks => "Immix Blocks",
            Pool::Large => "Immix Large Objects",
            Pool::Immovable => "Immix Immovable Objects",
            Pool::Classes => "Metaspace",
        }
    }

    /// Part of the heap?
    pub fn is_heap(self) -> bool {
        self != Pool::Classes
    }
}

/// Use of a pool at one moment, in bytes.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Usage {
    /// Asked of the system at the start.
    pub initial: usize,
    /// In use.
    pub used: usize,
    /// Available without asking the system.
    pub committed: usize,
    /// Limit.
    pub max: usize,
}

/// A collection that has happened.
#[derive(Clone, Debug)]
pub struct Collection {
    /// Its number, from 1.
    pub number: u64,
    /// Milliseconds from the VM's start to its begin and end.
    pub begun: i64,
    /// See `begun`.
    pub ended: i64,
    /// Why, as HotSpot names it.
    pub cause: &'static str,
    /// Use of the pools before.
    pub before: [Usage; POOLS],
    /// Use of the pools after.
    pub after: [Usage; POOLS],
}

/// Something to tell listeners.
#[derive(Clone, Debug)]
pub enum Event {
    /// A sensor went on or off.
    Sensor(Handle, SensorChange),
    /// A collection ended.
    Collection(Box<Collection>),
}

/// Sensors of one pool.
#[derive(Default)]
struct Watched {
    peak: AtomicUsize,
    usage: Sensor,
    collection: Sensor,
}

/// What the beans of one VM watch.
#[derive(Default)]
pub struct Management {
    pools: [Watched; POOLS],
    /// Some usage threshold is set.
    watching: AtomicBool,
    last: Mutex<Option<Collection>>,
    classes_unloaded: AtomicU64,
    /// Times of contention are measured.
    contention: AtomicBool,
    /// Listeners want to hear of collections.
    tells_collections: AtomicBool,
    /// Collections not told yet.
    collections: Mutex<VecDeque<Collection>>,
    changed: Condvar,
    service_started: AtomicBool,
    /// Loads of the processors.
    pub loads: Loads,
}

/// Collections kept for a service thread that does not come round to tell them.
const QUEUE_LIMIT: usize = 256;

pub(crate) fn cause_name(cause: CollectCause) -> &'static str {
    match cause {
        CollectCause::Allocation => "Allocation Failure",
        CollectCause::Explicit => "System.gc()",
        CollectCause::LastResort => "Last Resort",
        CollectCause::Stress => "Stress",
        CollectCause::Metadata => "Metadata GC Threshold",
        CollectCause::Diagnostic => "Diagnostic Command",
    }
}

/// The pools' use now.
pub fn usages(vm: &Vm) -> [Usage; POOLS] {
    usages_of(vm, false)
}

/// The pools' use after the last collection; for the method area, now.
pub fn usages_after_collection(vm: &Vm) -> [Usage; POOLS] {
    usages_of(vm, true)
}

fn usages_of(vm: &Vm, after_collection: bool) -> [Usage; POOLS] {
    let heap = vm.heap.statistics();
    let used = if after_collection {
        heap.live_by_space
    } else {
        heap.used_by_space
    };
    let [large, immovable] = [Space::Large, Space::Immovable].map(|space| used[space as usize]);
    let blocks = used[Space::Blocks as usize];
    let of_space = |initial: usize, used: usize, committed: usize| Usage {
        initial,
        used,
        committed: committed.max(used),
        max: heap.max_bytes.max(committed).max(used),
    };
    let rest = heap.committed_bytes.saturating_sub(large + immovable);
    let area = &vm.method_area;
    [
        of_space(heap.initial_bytes, blocks, rest),
        of_space(0, large, large),
        of_space(0, immovable, immovable),
        Usage {
            initial: 0,
            used: area.used(),
            committed: area.committed(),
            max: area.range().len(),
        },
    ]
}

impl Management {
    /// Greatest use of a pool so far.
    pub fn peak(&self, pool: Pool, now: usize) -> usize {
        self.pools[pool as usize]
            .peak
            .fetch_max(now, Ordering::Relaxed)
            .max(now)
    }

    /// Begins anew with the present use.
    pub fn reset_peak(&self, pool: Pool, now: usize) {
        self.pools[pool as usize].peak.store(now, Ordering::Relaxed);
    }

    fn sensor(&self, pool: Pool, after_collection: bool) -> &Sensor {
        let watched = &self.pools[pool as usize];
        if after_collection {
            &watched.collection
        } else {
            &watched.usage
        }
    }

    /// The object that is told; once for each pool and kind.
    pub fn set_sensor(&self, pool: Pool, after_collection: bool, object: Handle) {
        self.sensor(pool, after_collection).set_object(object);
    }

    /// Watches a pool's use; 0: no longer.
    pub fn set_threshold(&self, vm: &Vm, pool: Pool, after_collection: bool, threshold: usize) {
        self.sensor(pool, after_collection).set_threshold(threshold);
        let watching = Pool::ALL.iter().any(|&pool| self.sensor(pool, false).threshold() != 0);
        self.watching.store(watching, Ordering::Relaxed);
        self.check_usage(vm);
    }

    /// Compares the pools' use with their thresholds, if there are any. Called where memory is handed out.
    #[inline]
    pub fn check_usage(&self, vm: &Vm) {
        if self.watching.load(Ordering::Relaxed) {
            self.check(&usages(vm), false);
        }
    }

    fn check(&self, usages: &[Usage; POOLS], after_collection: bool) {
        let mut news = false;
        for (&pool, usage) in Pool::ALL.iter().zip(usages) {
            news |= self.sensor(pool, after_collection).look(*usage, after_collection);
        }
        if news {
            self.notify();
        }
    }

    /// Wakes the service thread.
    pub fn notify(&self) {
        drop(self.collections.lock());
        self.changed.notify_all();
    }

    /// Is the caller to start the service thread? Yes to the first that asks.
    pub fn claim_service(&self) -> bool {
        !self.service_started.swap(true, Ordering::AcqRel)
    }

    /// Says whether collections are told.
    pub fn tell_collections(&self, on: bool) {
        self.tells_collections.store(on, Ordering::Relaxed);
        if !on {
            self.collections.lock().clear();
        }
    }

    /// Are times of contention measured?
    #[inline]
    pub fn measures_contention(&self) -> bool {
        self.contention.load(Ordering::Relaxed)
    }

    /// Measures times of contention, or not.
    pub fn measure_contention(&self, on: bool) {
        self.contention.store(on, Ordering::Relaxed);
    }

    /// The last collection.
    pub fn last_collection(&self) -> Option<Collection> {
        self.last.lock().clone()
    }

    /// Classes unloaded so far.
    pub fn classes_unloaded(&self) -> u64 {
        self.classes_unloaded.load(Ordering::Relaxed)
    }

    pub(crate) fn note_unloading(&self, classes: usize) {
        self.classes_unloaded.fetch_add(classes as u64, Ordering::Relaxed);
    }

    /// Notes a collection, which began with `before` in use. With the world stopped.
    pub(crate) fn note_collection(&self, vm: &Vm, cause: CollectCause, before: [Usage; POOLS], begun: i64) {
        for (&pool, usage) in Pool::ALL.iter().zip(&before) {
            self.peak(pool, usage.used);
        }
        let after = usages(vm);
        let milliseconds = |nanoseconds: i64| (nanoseconds - vm.start_nanos) / 1_000_000;
        let collection = Collection {
            number: vm.heap.statistics().collections,
            begun: milliseconds(begun),
            ended: milliseconds(monotonic_nanoseconds()),
            cause: cause_name(cause),
            before,
            after,
        };
        if self.tells_collections.load(Ordering::Relaxed) {
            let mut queue = self.collections.lock();
            if queue.len() < QUEUE_LIMIT {
                queue.push_back(collection.clone());
            }
        }
        *self.last.lock() = Some(collection);
        self.check(&after, false);
        self.check(&after, true);
        self.changed.notify_all();
    }

    fn pending(&self, queue: &mut VecDeque<Collection>) -> Option<Event> {
        if let Some(collection) = queue.pop_front() {
            return Some(Event::Collection(Box::new(collection)));
        }
        let sensors = self.pools.iter().flat_map(|pool| [&pool.usage, &pool.collection]);
        sensors
            .filter_map(Sensor::take_change)
            .map(|(object, change)| Event::Sensor(object, change))
            .next()
    }
}

/// Waits for something to tell; `None` when the VM ends.
pub fn next(thread: &mut JavaThread) -> Option<Event> {
    let vm = thread.vm();
    let management = &vm.management;
    thread.blocking(|| {
        let mut queue = management.collections.lock();
        loop {
            if vm.threads.is_terminating() {
                return None;
            }
            match management.pending(&mut queue) {
                None => management.changed.wait(&mut queue),
                event => return event,
            }
        }
    })
}

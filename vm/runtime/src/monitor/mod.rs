//! Monitors: thin locks in the mark word, inflated ones in a side table (JVMS §2.11.10, JLS §17).
//!
//! An object nobody contends for is locked by its mark word alone. Contention, `wait`, an identity hash beside a lock,
//! or too deep a recursion *inflate*: the mark word then holds the index of a [`inflated::Monitor`], which keeps the
//! displaced hash. Any thread may inflate, also a lock that another holds: the owner's id is in the mark word, every
//! change of which is a compare-and-exchange. Idle monitors are deflated by collections, so an index read from a mark
//! word is good until the next safepoint, and for as long as the thread is in one of the monitor's queues.

mod inflated;
mod table;

use crate::thread::status::thread_status;
use crate::thread::{JResult, JavaThread, deadline_after, interrupt};
use inflated::Monitor;
use peaberry_gc::layout::{Obj, mark};
use std::sync::atomic::{AtomicU32, Ordering};

pub use table::MonitorTable;

/// Where a thread is between `wait` and `notify`: `OsThread::wait_state`.
pub(crate) mod wait_state {
    /// Not in a wait.
    pub const NONE: u8 = 0;
    /// In a wait set.
    pub const WAITING: u8 = 1;
    /// Moved to the entry queue.
    pub const NOTIFIED: u8 = 2;
}

/// Looks at another thread's thin lock this often before inflating it.
const THIN_SPINS: usize = 40;

#[inline(always)]
fn mark_of<'a>(object: Obj) -> &'a AtomicU32 {
    // SAFETY: callers pass live objects, which do not move before the caller's next safepoint.
    unsafe { object.mark() }
}

#[inline(always)]
fn thin(id: u32) -> u32 {
    mark::THIN | (id << mark::OWNER_SHIFT)
}

#[inline(always)]
fn replace(word: &AtomicU32, old: u32, new: u32) -> bool {
    word.compare_exchange(old, new, Ordering::SeqCst, Ordering::Relaxed)
        .is_ok()
}

/// Enters without blocking or inflating: the interpreter's fast path. False: call [`enter`].
#[inline(always)]
pub fn try_enter_fast(thread: &JavaThread, object: Obj) -> bool {
    let word = mark_of(object);
    let old = word.load(Ordering::Relaxed);
    let gc = old & mark::GC_MASK;
    if old == gc {
        return replace(word, old, gc | thin(thread.id));
    }
    try_enter_again(thread, word, old)
}

/// [`try_enter_fast`] for a lock that is not free: this thread's own, or an inflated one.
#[inline(never)]
fn try_enter_again(thread: &JavaThread, word: &AtomicU32, old: u32) -> bool {
    if old & !(mark::GC_MASK | mark::RECURSION_MASK) == thin(thread.id)
        && old & mark::RECURSION_MASK != mark::RECURSION_MASK
    {
        return replace(word, old, old + mark::RECURSION_ONE);
    }
    if tag(old) == mark::INFLATED {
        std::sync::atomic::fence(Ordering::Acquire);
        return monitor_of(thread, old).try_enter(thread.id);
    }
    false
}

/// Leaves a lock of this thread. False: call [`exit`].
#[inline(always)]
pub fn try_exit_fast(thread: &JavaThread, object: Obj) -> bool {
    let word = mark_of(object);
    let old = word.load(Ordering::Relaxed);
    if old & !mark::GC_MASK == thin(thread.id) {
        return replace(word, old, old & mark::GC_MASK);
    }
    try_exit_again(thread, word, old)
}

/// [`try_exit_fast`] for a lock entered more than once, or an inflated one.
#[inline(never)]
fn try_exit_again(thread: &JavaThread, word: &AtomicU32, old: u32) -> bool {
    if old & !(mark::GC_MASK | mark::RECURSION_MASK) == thin(thread.id) {
        return replace(word, old, old - mark::RECURSION_ONE);
    }
    if tag(old) == mark::INFLATED {
        std::sync::atomic::fence(Ordering::Acquire);
        let monitor = monitor_of(thread, old);
        if monitor.is_owned_by(thread.id) {
            monitor.exit();
            return true;
        }
    }
    false
}

#[inline(always)]
fn tag(word: u32) -> u32 {
    word & mark::TAG_MASK
}

fn monitor_of(thread: &JavaThread, word: u32) -> &'static Monitor {
    thread.vm().monitors.get(word >> mark::PAYLOAD_SHIFT)
}

/// The object's monitor, inflated if it is not.
fn inflate(thread: &JavaThread, object: Obj) -> &'static Monitor {
    let table = &thread.vm().monitors;
    let word = mark_of(object);
    loop {
        let old = word.load(Ordering::Acquire);
        if tag(old) == mark::INFLATED {
            return monitor_of(thread, old);
        }
        let (index, monitor) = table.take(object);
        if tag(old) == mark::THIN {
            monitor.owner.store(old >> mark::OWNER_SHIFT, Ordering::Relaxed);
            let recursions = (old & mark::RECURSION_MASK) >> mark::RECURSION_SHIFT;
            monitor.recursions.store(recursions, Ordering::Relaxed);
        } else {
            monitor.hash.store(old >> mark::PAYLOAD_SHIFT, Ordering::Relaxed);
        }
        let new = (old & mark::GC_MASK) | mark::INFLATED | (index << mark::PAYLOAD_SHIFT);
        if replace(word, old, new) {
            return monitor;
        }
        table.give_back(index);
    }
}

/// Enters without blocking; inflates where thin locks do not reach.
fn try_enter(thread: &JavaThread, object: Obj) -> bool {
    for _ in 0..THIN_SPINS {
        if try_enter_fast(thread, object) {
            return true;
        }
        let word = mark_of(object).load(Ordering::Acquire);
        match tag(word) {
            mark::INFLATED => return monitor_of(thread, word).try_enter_spinning(thread),
            // A hash beside the lock, or recursion beyond what the mark word counts.
            mark::UNLOCKED if word & !mark::GC_MASK != 0 => return inflate(thread, object).try_enter(thread.id),
            mark::THIN
                if word >> mark::OWNER_SHIFT == thread.id && word & mark::RECURSION_MASK == mark::RECURSION_MASK =>
            {
                return inflate(thread, object).try_enter(thread.id);
            }
            _ => std::hint::spin_loop(),
        }
    }
    false
}

/// Enters the monitor of a non-null object (may block; safepoint inside). Does not touch `JavaThread::locks`.
pub fn enter(thread: &mut JavaThread, object: Obj) {
    if !try_enter(thread, object) {
        enter_blocking(thread, object);
    }
}

#[cold]
fn enter_blocking(thread: &mut JavaThread, object: Obj) {
    // Inflation may have been undone by a collection: one loop, no safepoint between look and queue.
    let monitor = inflate(thread, object);
    if monitor.try_enter(thread.id) {
        return;
    }
    let status = thread.set_status(thread_status::BLOCKED);
    thread.blocked_on.store(object);
    thread.os.blocked.begin(thread.vm());
    monitor.enter_queued(thread);
    thread.os.blocked.end();
    thread.blocked_on.store(Obj::NULL);
    thread.set_status(status);
}

#[cold]
fn not_owner(thread: &mut JavaThread) -> crate::Throw {
    thread.throw_new("java/lang/IllegalMonitorStateException", "current thread is not owner")
}

/// Leaves it; IllegalMonitorStateException ("current thread is not owner") when not owned.
pub fn exit(thread: &mut JavaThread, object: Obj) -> JResult<()> {
    loop {
        if try_exit_fast(thread, object) {
            return Ok(());
        }
        let word = mark_of(object).load(Ordering::Acquire);
        match tag(word) {
            mark::INFLATED => {
                let monitor = monitor_of(thread, word);
                if !monitor.is_owned_by(thread.id) {
                    return Err(not_owner(thread));
                }
                monitor.exit();
                return Ok(());
            }
            // Somebody inflated it or computed a hash meanwhile: look again.
            mark::THIN if word >> mark::OWNER_SHIFT == thread.id => {}
            _ => return Err(not_owner(thread)),
        }
    }
}

/// Enters if that is possible without waiting (`Unsafe.tryMonitorEnter`, loaders' locks).
pub fn try_enter_now(thread: &JavaThread, object: Obj) -> bool {
    try_enter(thread, object)
}

/// Object.wait; millis 0: no limit. Throws InterruptedException, IllegalMonitorStateException, and
/// IllegalArgumentException for a negative limit.
pub fn wait(thread: &mut JavaThread, object: Obj, millis: i64) -> JResult<()> {
    if millis < 0 {
        return Err(thread.throw_new("java/lang/IllegalArgumentException", "timeout value is negative"));
    }
    let deadline = if millis == 0 {
        None
    } else {
        deadline_after((millis as u64).saturating_mul(1_000_000))
    };
    if !holds(thread, object) {
        return Err(not_owner(thread));
    }
    if interrupt::take_interrupt(thread) {
        return Err(thread.throw_plain("java/lang/InterruptedException"));
    }
    let monitor = inflate(thread, object);
    let kind = if millis == 0 {
        thread_status::IN_OBJECT_WAIT
    } else {
        thread_status::IN_OBJECT_WAIT_TIMED
    };
    let status = thread.set_status(kind);
    thread.blocked_on.store(object);
    thread.os.waited.begin(thread.vm());
    let recursions = monitor.recursions.load(Ordering::Relaxed);
    monitor.join_wait_set(thread);
    monitor.release();
    let this: *const JavaThread = thread;
    while thread.os.wait_state.load(Ordering::SeqCst) == wait_state::WAITING
        && !interrupt::is_interrupted(thread)
        && !interrupt::is_stop_pending(thread)
    {
        let woken = thread.blocking_quietly(|| {
            // SAFETY: the thread is alive; the event synchronises itself.
            unsafe { (*this).os.event.wait(deadline) }
        });
        if !woken {
            break;
        }
    }
    let notified = monitor.leave_wait_set(thread);
    thread.os.waited.end();
    thread.set_status(thread_status::BLOCKED);
    if notified {
        monitor.acquire_queued(thread);
        thread.os.wait_state.store(wait_state::NONE, Ordering::SeqCst);
        monitor.recursions.store(recursions, Ordering::Relaxed);
    } else {
        // Out of all queues: a collection may give the monitor to another object from the next safepoint on.
        thread.os.wait_state.store(wait_state::NONE, Ordering::SeqCst);
        if !monitor.try_enter(thread.id) {
            monitor.enter_queued(thread);
        }
        monitor.recursions.store(recursions, Ordering::Relaxed);
    }
    thread.blocked_on.store(Obj::NULL);
    thread.set_status(status);
    thread.end_if_terminated();
    if !notified && interrupt::take_interrupt(thread) {
        return Err(thread.throw_plain("java/lang/InterruptedException"));
    }
    crate::safepoint::poll(thread)
}

/// notify / notifyAll.
pub fn notify(thread: &mut JavaThread, object: Obj, all: bool) -> JResult<()> {
    if !holds(thread, object) {
        return Err(not_owner(thread));
    }
    let word = mark_of(object).load(Ordering::Acquire);
    // A thin lock has nobody waiting: waiting inflates.
    if tag(word) == mark::INFLATED {
        monitor_of(thread, word).notify(all);
    }
    Ok(())
}

/// Does the thread own the monitor?
pub fn holds(thread: &JavaThread, object: Obj) -> bool {
    owner_id(thread, object) == thread.id
}

/// Id of the thread that owns the monitor, 0 for none.
pub fn owner_id(thread: &JavaThread, object: Obj) -> u32 {
    let word = mark_of(object).load(Ordering::Acquire);
    match tag(word) {
        mark::THIN => word >> mark::OWNER_SHIFT,
        mark::INFLATED => monitor_of(thread, word).owner.load(Ordering::Acquire),
        _ => 0,
    }
}

/// Address of the inflated monitor, for thread dumps; 0 while the lock is thin.
pub(crate) fn monitor_address(thread: &JavaThread, object: Obj) -> usize {
    let word = mark_of(object).load(Ordering::Acquire);
    if tag(word) == mark::INFLATED {
        std::ptr::from_ref(monitor_of(thread, word)) as usize
    } else {
        0
    }
}

/// The next value of the thread's xorshift generator, cut to a hash that is not 0.
fn new_hash(thread: &JavaThread) -> u32 {
    loop {
        let mut state = thread.os.hash_state.load(Ordering::Relaxed);
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        thread.os.hash_state.store(state, Ordering::Relaxed);
        let hash = (state >> 32) as u32 & ((1 << mark::HASH_BITS) - 1);
        if hash != 0 {
            return hash;
        }
    }
}

/// Identity hash, positive, 25 bits, never 0 for non-null; 0 for null.
pub fn identity_hash(thread: &JavaThread, object: Obj) -> i32 {
    if object.is_null() {
        return 0;
    }
    let word = mark_of(object);
    loop {
        let old = word.load(Ordering::Acquire);
        if tag(old) == mark::UNLOCKED {
            let present = old >> mark::PAYLOAD_SHIFT;
            if present != 0 {
                return present as i32;
            }
            let hash = new_hash(thread);
            if replace(word, old, old | (hash << mark::PAYLOAD_SHIFT)) {
                return hash as i32;
            }
        } else {
            let monitor = inflate(thread, object);
            let hash = new_hash(thread);
            return match monitor
                .hash
                .compare_exchange(0, hash, Ordering::SeqCst, Ordering::SeqCst)
            {
                Ok(_) => hash as i32,
                Err(present) => present as i32,
            };
        }
    }
}

//! Who waits for whom: monitors, ownable synchronizers (`java.util.concurrent` locks with an exclusive owner), and the
//! cycles among them. All of it with the world stopped.

use super::JavaThread;
use super::dump::write_frames;
use super::status::{self, thread_status};
use crate::known::{KnownClass, KnownField};
use crate::monitor;
use crate::object::{class_of, get_ref, is_instance};
use crate::safepoint;
use peaberry_gc::layout::Obj;
use std::fmt::Write;
use std::sync::atomic::Ordering;

/// What a thread waits for and another has.
#[derive(Clone, Copy)]
enum Awaited {
    /// To enter this object's monitor.
    Monitor(Obj),
    /// Parked for this synchronizer.
    Synchronizer(Obj),
}

/// The object a thread gave `LockSupport.park` as the reason; null when it is not parked or gave none.
pub fn park_blocker(thread: &JavaThread, target: &JavaThread) -> Obj {
    let known = &thread.vm().known;
    if target.java_thread.is_null() || !known.has_field(KnownField::ThreadParkBlocker) {
        return Obj::NULL;
    }
    thread.known_ref(target.java_thread, KnownField::ThreadParkBlocker)
}

/// The `java.lang.Thread` that owns a synchronizer; null for none, and for other objects.
pub fn synchronizer_owner(thread: &JavaThread, object: Obj) -> Obj {
    match thread.vm().known.class_if_present(KnownClass::OwnableSynchronizer) {
        Some(class) if is_instance(object, class) => thread.known_ref(object, KnownField::OwnableSynchronizerOwner),
        _ => Obj::NULL,
    }
}

/// All ownable synchronizers that have an owner, each with it. The world is stopped.
pub fn owned_synchronizers(thread: &JavaThread) -> Vec<(Obj, Obj)> {
    let vm = thread.vm();
    let Some(class) = vm.known.class_if_present(KnownClass::OwnableSynchronizer) else {
        return Vec::new();
    };
    let offset = vm.known.offset(KnownField::OwnableSynchronizerOwner);
    let mut found = Vec::new();
    // SAFETY: the world is stopped, and this is no collection.
    unsafe {
        vm.heap.for_each_object(&mut |object| {
            let of = class_of(object);
            if of.is_instance() && of.is_subtype_of(class) {
                let owner = get_ref(object, offset);
                if !owner.is_null() {
                    found.push((object, owner));
                }
            }
        });
    }
    found
}

/// The thread that holds what `target` waits for.
fn blocker_of(
    thread: &JavaThread,
    target: &JavaThread,
    threads: &[*mut JavaThread],
    with_synchronizers: bool,
) -> Option<(*mut JavaThread, Awaited)> {
    let object = target.blocked_on.load();
    if target.status.load(Ordering::Relaxed) == thread_status::BLOCKED && !object.is_null() {
        let owner = thread.vm().threads.by_id(monitor::owner_id(thread, object));
        return (!owner.is_null()).then_some((owner, Awaited::Monitor(object)));
    }
    if !with_synchronizers {
        return None;
    }
    let synchronizer = park_blocker(thread, target);
    let owner = synchronizer_owner(thread, synchronizer);
    if owner.is_null() {
        return None;
    }
    // SAFETY: the world is stopped: listed threads stay alive.
    let has_it = |other: &&*mut JavaThread| unsafe { (***other).java_thread == owner };
    let owner = threads.iter().find(has_it)?;
    Some((*owner, Awaited::Synchronizer(synchronizer)))
}

/// Cycles of threads that wait for each other.
fn deadlocks(thread: &JavaThread, threads: &[*mut JavaThread], with_synchronizers: bool) -> Vec<Vec<*mut JavaThread>> {
    let mut cycles: Vec<Vec<*mut JavaThread>> = Vec::new();
    let mut finished: Vec<*mut JavaThread> = Vec::new();
    for &start in threads {
        let mut path = Vec::new();
        let mut at = start;
        while !finished.contains(&at) {
            if let Some(position) = path.iter().position(|&other| other == at) {
                cycles.push(path[position..].to_vec());
                break;
            }
            path.push(at);
            // SAFETY: world stopped; owners are alive.
            match blocker_of(thread, unsafe { &*at }, threads, with_synchronizers) {
                Some((owner, _)) => at = owner,
                None => break,
            }
        }
        finished.extend(path);
    }
    cycles
}

/// Writes what a thread dump says of deadlocks.
pub(super) fn write_deadlocks(out: &mut String, thread: &JavaThread, threads: &[*mut JavaThread]) {
    let cycles = deadlocks(thread, threads, true);
    for cycle in &cycles {
        out.push_str("\nFound one Java-level deadlock:\n=============================\n");
        for &member in cycle {
            // SAFETY: world stopped.
            let member = unsafe { &*member };
            let _ = writeln!(out, "\"{}\":", status::name(thread, member.carrier_thread));
            if let Some((owner, awaited)) = blocker_of(thread, member, threads, true) {
                // SAFETY: world stopped; the owner is alive.
                let owner = status::name(thread, unsafe { (*owner).carrier_thread });
                let _ = match awaited {
                    Awaited::Monitor(object) => writeln!(
                        out,
                        "  waiting to lock monitor {:#018x} (object {:#018x}, a {}),",
                        monitor::monitor_address(thread, object),
                        object.0,
                        class_of(object).external_name()
                    ),
                    Awaited::Synchronizer(object) => writeln!(
                        out,
                        "  waiting for ownable synchronizer {:#018x}, (a {}),",
                        object.0,
                        class_of(object).external_name()
                    ),
                };
                let _ = writeln!(out, "  which is held by \"{owner}\"\n");
            }
        }
        out.push_str("Java stack information for the threads listed above:\n");
        out.push_str("===================================================\n");
        for &member in cycle {
            // SAFETY: world stopped.
            let member = unsafe { &*member };
            let _ = writeln!(out, "\"{}\":", status::name(thread, member.carrier_thread));
            write_frames(out, thread, member);
        }
        out.push('\n');
    }
    match cycles.len() {
        0 => {}
        1 => out.push_str("Found 1 deadlock.\n\n"),
        count => {
            let _ = writeln!(out, "Found {count} deadlocks.\n");
        }
    }
}

/// `java.lang.Thread`s in cycles, of monitors only or of synchronizers too, for management: each kept alive by the
/// caller's next allocation only, so they are handed over while the world is stopped.
pub fn deadlocked_threads(thread: &mut JavaThread, with_synchronizers: bool, mut visit: impl FnMut(Obj)) {
    safepoint::with_world_stopped(thread, |thread| {
        let threads = thread.vm().threads.snapshot();
        for member in deadlocks(thread, &threads, with_synchronizers).into_iter().flatten() {
            // SAFETY: world stopped.
            visit(unsafe { (*member).carrier_thread });
        }
    });
}

//! `java.lang.management.ThreadInfo` objects: threads at one moment.

use crate::io_support::{class_named, construct};
use crate::support::not_null;
use peaberry_runtime::exceptions::backtrace::{TraceFrame, fill_element};
use peaberry_runtime::handles::Handle;
use peaberry_runtime::known::KnownClass;
use peaberry_runtime::method_area::method::method_flags;
use peaberry_runtime::object::{array_length, array_set_ref, array_slice};
use peaberry_runtime::safepoint::{self, handshake};
use peaberry_runtime::stack::StackWalker;
use peaberry_runtime::thread::contention::Stopwatch;
use peaberry_runtime::thread::status::{self, thread_status};
use peaberry_runtime::thread::{deadlock, deferred};
use peaberry_runtime::{JResult, JavaThread, Obj, link, monitor};
use std::sync::atomic::Ordering;

/// A thread at one moment. References are roots until it is released.
struct Snapshot {
    thread: Handle,
    status: u32,
    lock: Option<Handle>,
    owner: Option<Handle>,
    /// Counts and milliseconds, the latter -1 where they are not measured.
    blocked: (u64, i64),
    waited: (u64, i64),
    frames: Vec<TraceFrame>,
    /// Locked objects and the frames that locked them.
    monitors: Vec<(Handle, i32)>,
    /// Ownable synchronizers it has.
    synchronizers: Vec<Handle>,
    /// Keep the frames' classes.
    classes: Vec<Handle>,
}

impl Snapshot {
    fn release(self, thread: &JavaThread) {
        let handles = &thread.vm().handles;
        let monitors = self.monitors.into_iter().map(|(handle, _)| handle);
        for handle in self
            .lock
            .into_iter()
            .chain(self.owner)
            .chain(monitors)
            .chain(self.synchronizers)
            .chain(self.classes)
        {
            handles.remove(handle);
        }
        handles.remove(self.thread);
    }
}

/// What a thread waits for and who has it. With the world stopped.
fn contention(thread: &JavaThread, target: &JavaThread, all: &[*mut JavaThread], state: u32) -> (Obj, Obj) {
    match state {
        thread_status::BLOCKED | thread_status::IN_OBJECT_WAIT | thread_status::IN_OBJECT_WAIT_TIMED => {
            let lock = target.blocked_on.load();
            if lock.is_null() {
                return (Obj::NULL, Obj::NULL);
            }
            let owner = monitor::owner_id(thread, lock);
            // SAFETY: the world is stopped: listed threads stay alive.
            let holder = all
                .iter()
                .map(|&other| unsafe { &*other })
                .find(|other| owner != 0 && other.id == owner);
            let holder = holder.map_or(Obj::NULL, |other| other.carrier_thread);
            (lock, holder)
        }
        thread_status::PARKED | thread_status::PARKED_TIMED => {
            let lock = deadlock::park_blocker(thread, target);
            (lock, deadlock::synchronizer_owner(thread, lock))
        }
        _ => (Obj::NULL, Obj::NULL),
    }
}

/// Bits of a thread's state that `ThreadInfo` takes out of it (JVM TI's).
const SUSPENDED: u32 = 0x0010_0000;
const IN_NATIVE: u32 = 0x0040_0000;

/// With the world stopped.
fn take(
    thread: &JavaThread,
    target: &JavaThread,
    all: &[*mut JavaThread],
    depth: usize,
    with_monitors: bool,
    owned: &[(Obj, Obj)],
) -> Snapshot {
    let vm = thread.vm();
    let handles = &vm.handles;
    let mut state = target.status.load(Ordering::Relaxed);
    let (lock, owner) = contention(thread, target, all, state);
    if lock.is_null() && state == thread_status::BLOCKED {
        // It has got the monitor meanwhile.
        state = thread_status::RUNNABLE;
    }
    let (mut frames, mut classes, mut monitors) = (Vec::new(), Vec::new(), Vec::new());
    let mut last = Obj::NULL;
    for walked in StackWalker::new(target) {
        if walked.method.has_flag(method_flags::HIDDEN) {
            continue;
        }
        if frames.len() >= depth {
            break;
        }
        if with_monitors {
            for record in target
                .locks
                .iter()
                .rev()
                .filter(|record| std::ptr::eq(record.frame, walked.lock_owner))
                // A thread in Object.wait has given its monitor up.
                .filter(|record| monitor::holds(target, record.object))
            {
                monitors.push((handles.add(record.object), frames.len() as i32));
            }
        }
        let mirror = walked.method.holder.mirror();
        if mirror != last {
            classes.push(handles.add(mirror));
            last = mirror;
        }
        frames.push(TraceFrame {
            method: walked.method,
            bci: walked.bci,
        });
    }
    let times = |watch: &Stopwatch| {
        let measured = vm.management.measures_contention();
        (watch.count(), if measured { watch.milliseconds() } else { -1 })
    };
    let root = |object: Obj| (!object.is_null()).then(|| handles.add(object));
    let top = StackWalker::new(target).next();
    if state == thread_status::RUNNABLE && !std::ptr::eq(thread, target) && top.is_some_and(|f| f.is_native()) {
        state |= IN_NATIVE;
    }
    if handshake::is_suspended(target) {
        state |= SUSPENDED;
    }
    Snapshot {
        thread: handles.add(target.carrier_thread),
        status: state,
        lock: root(lock),
        owner: root(owner),
        blocked: times(&target.os.blocked),
        waited: times(&target.os.waited),
        frames,
        monitors,
        synchronizers: owned
            .iter()
            .filter(|(_, owner)| *owner == target.carrier_thread)
            .map(|(synchronizer, _)| handles.add(*synchronizer))
            .collect(),
        classes,
    }
}

/// The threads of these ids (all when `None`) at one moment; `None` for those not alive.
fn snapshots(
    thread: &mut JavaThread,
    ids: Option<&[i64]>,
    depth: usize,
    with_monitors: bool,
    with_synchronizers: bool,
) -> Vec<Option<Snapshot>> {
    deferred::start_at_rest(thread);
    safepoint::with_world_stopped(thread, |thread| {
        let vm = thread.vm();
        let mut found: Vec<Option<Snapshot>> = Vec::new();
        found.resize_with(ids.map_or(0, <[i64]>::len), || None);
        let owned = if with_synchronizers {
            deadlock::owned_synchronizers(thread)
        } else {
            Vec::new()
        };
        let mut all = Vec::new();
        vm.threads.for_each(|target| all.push(target));
        for &target in &all {
            // SAFETY: the world is stopped: listed threads stay alive.
            let target = unsafe { &*target };
            if target.carrier_thread.is_null() {
                continue;
            }
            match ids {
                None => found.push(Some(take(thread, target, &all, depth, with_monitors, &owned))),
                Some(ids) => {
                    let id = status::identifier(vm, target.carrier_thread);
                    for (index, _) in ids.iter().enumerate().filter(|(_, wanted)| **wanted == id) {
                        if found[index].is_none() {
                            found[index] = Some(take(thread, target, &all, depth, with_monitors, &owned));
                        }
                    }
                }
            }
        }
        found
    })
}

fn elements(thread: &mut JavaThread, frames: &[TraceFrame]) -> JResult<Obj> {
    let class = thread.known_class(KnownClass::StackTraceElement);
    link::initialize_class(thread, class)?;
    let array = thread.allocate_reference_array(class, frames.len())?;
    for (index, &frame) in frames.iter().enumerate() {
        let element = thread.allocate_instance(class)?;
        array_set_ref(thread, array, index, element);
        fill_element(thread, element, frame)?;
    }
    Ok(array)
}

/// The `ThreadInfo` of a snapshot.
fn new_info(thread: &mut JavaThread, snapshot: &Snapshot, with_monitors: bool) -> JResult<Obj> {
    const CLASS: &str = "java/lang/management/ThreadInfo";
    const BEGINNING: &str =
        "(Ljava/lang/Thread;ILjava/lang/Object;Ljava/lang/Thread;JJJJ[Ljava/lang/StackTraceElement;";
    let vm = thread.vm();
    let trace = elements(thread, &snapshot.frames)?;
    let class = thread.known_class(KnownClass::Object);
    let monitors = thread.allocate_reference_array(class, snapshot.monitors.len())?;
    let depths =
        thread.allocate_primitive_array(peaberry_runtime::basic_type::BasicType::Int, snapshot.monitors.len())?;
    for (index, &(handle, depth)) in snapshot.monitors.iter().enumerate() {
        array_set_ref(thread, monitors, index, vm.handles.get(handle));
        // SAFETY: a fresh int[] of that length, held by this frame.
        unsafe { array_slice::<i32>(depths)[index] = depth };
    }
    let synchronizers = thread.allocate_reference_array(class, snapshot.synchronizers.len())?;
    for (index, &handle) in snapshot.synchronizers.iter().enumerate() {
        array_set_ref(thread, synchronizers, index, vm.handles.get(handle));
    }
    let object = |handle: Option<Handle>| handle.map_or(0, |handle| vm.handles.get(handle).0 as u64);
    // On this frame, where the collector sees the references. Longs take two slots.
    let arguments = [
        object(Some(snapshot.thread)),
        u64::from(snapshot.status),
        object(snapshot.lock),
        object(snapshot.owner),
        snapshot.blocked.0,
        0,
        snapshot.blocked.1 as u64,
        0,
        snapshot.waited.0,
        0,
        snapshot.waited.1 as u64,
        0,
        trace.0 as u64,
        monitors.0 as u64,
        depths.0 as u64,
        synchronizers.0 as u64,
    ];
    if with_monitors {
        let descriptor = format!("{BEGINNING}[Ljava/lang/Object;[I[Ljava/lang/Object;)V");
        construct(thread, CLASS, &descriptor, &arguments)
    } else {
        construct(thread, CLASS, &format!("{BEGINNING})V"), &arguments[..13])
    }
}

fn infos(thread: &mut JavaThread, found: &[Option<Snapshot>], into: Obj, with_monitors: bool) -> JResult<()> {
    for (index, snapshot) in found.iter().enumerate().take(array_length(into)) {
        if let Some(snapshot) = snapshot {
            let info = new_info(thread, snapshot, with_monitors)?;
            array_set_ref(thread, into, index, info);
        }
    }
    Ok(())
}

fn release(thread: &JavaThread, found: Vec<Option<Snapshot>>) {
    for snapshot in found.into_iter().flatten() {
        snapshot.release(thread);
    }
}

fn ids_of(ids: Obj) -> Vec<i64> {
    // SAFETY: a long[] of the caller's frame, copied at once.
    unsafe { array_slice::<i64>(ids).to_vec() }
}

/// `getThreadInfo1`: a depth below 0 is no limit.
pub fn fill(thread: &mut JavaThread, ids: Obj, depth: i32, into: Obj) -> JResult<()> {
    let ids = ids_of(not_null(thread, ids)?);
    let into = not_null(thread, into)?;
    let found = snapshots(
        thread,
        Some(&ids),
        usize::try_from(depth).unwrap_or(usize::MAX),
        false,
        false,
    );
    let result = infos(thread, &found, into, false);
    release(thread, found);
    result
}

/// `dumpThreads0`: of all threads when `ids` is null.
pub fn dump(thread: &mut JavaThread, ids: Obj, monitors: bool, synchronizers: bool, depth: i32) -> JResult<Obj> {
    let ids = if ids.is_null() { None } else { Some(ids_of(ids)) };
    let class = class_named(thread, "java/lang/management/ThreadInfo")?;
    let found = snapshots(thread, ids.as_deref(), depth.max(0) as usize, monitors, synchronizers);
    let result = thread.allocate_reference_array(class, found.len());
    let result = result.and_then(|array| infos(thread, &found, array, true).map(|()| array));
    release(thread, found);
    result
}

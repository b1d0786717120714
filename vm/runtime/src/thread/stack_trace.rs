//! Stack traces of other threads.

use super::{JResult, JavaThread, deferred};
use crate::exceptions::backtrace::{self, TraceFrame};
use crate::handles::Handle;
use crate::known::KnownClass;
use crate::method_area::method::method_flags;
use crate::object::{array_get_ref, array_length, array_set_ref};
use crate::safepoint;
use crate::stack::StackWalker;
use peaberry_gc::layout::Obj;

/// Frames of a thread, with their classes kept alive until they are released.
struct Captured {
    frames: Vec<TraceFrame>,
    roots: Vec<Handle>,
}

impl Captured {
    fn release(self, thread: &JavaThread) {
        for root in self.roots {
            thread.vm().handles.remove(root);
        }
    }
}

/// The visible frames of a stopped (or the current) thread, innermost first.
pub(crate) fn frames_of(thread: &JavaThread, limit: usize) -> Vec<TraceFrame> {
    StackWalker::new(thread)
        .filter(|walked| !walked.method.has_flag(method_flags::HIDDEN))
        .take(limit)
        .map(|walked| TraceFrame {
            method: walked.method,
            bci: walked.bci,
        })
        .collect()
}

/// Frames of a living thread; `None` when it is not alive. With the world stopped.
fn capture(thread: &JavaThread, java_thread: Obj, limit: usize) -> Option<Captured> {
    let vm = thread.vm();
    vm.threads.with_live(vm, java_thread, |target| {
        let frames = frames_of(target, limit);
        let mut roots = Vec::new();
        let mut last = Obj::NULL;
        for frame in &frames {
            let mirror = frame.method.holder.mirror();
            if mirror != last {
                roots.push(vm.handles.add(mirror));
                last = mirror;
            }
        }
        Captured { frames, roots }
    })
}

fn elements(thread: &mut JavaThread, captured: &Captured) -> JResult<Obj> {
    let class = thread.known_class(KnownClass::StackTraceElement);
    crate::link::initialize_class(thread, class)?;
    let array = thread.allocate_reference_array(class, captured.frames.len())?;
    for (index, &frame) in captured.frames.iter().enumerate() {
        let element = thread.allocate_instance(class)?;
        array_set_ref(thread, array, index, element);
        backtrace::fill_element(thread, element, frame)?;
    }
    Ok(array)
}

fn limit(thread: &JavaThread) -> usize {
    match thread.vm().options.max_stack_trace_depth {
        0 => usize::MAX,
        limit => limit,
    }
}

/// `StackTraceElement[]` of a thread where it is now; null when it is not alive.
pub fn of_thread(thread: &mut JavaThread, java_thread: Obj) -> JResult<Obj> {
    let limit = limit(thread);
    deferred::start_at_rest(thread);
    let Some(captured) = safepoint::with_world_stopped(thread, |thread| capture(thread, java_thread, limit)) else {
        return Ok(Obj::NULL);
    };
    let result = elements(thread, &captured);
    captured.release(thread);
    result
}

/// `Thread.dumpThreads`: `StackTraceElement[][]` of the threads in a `Thread[]`, all at the same moment; null for those
/// not alive.
pub fn of_threads(thread: &mut JavaThread, java_threads: Obj) -> JResult<Obj> {
    let count = array_length(java_threads);
    let limit = limit(thread);
    deferred::start_at_rest(thread);
    let mut captured: Vec<Option<Captured>> = safepoint::with_world_stopped(thread, |thread| {
        (0..count)
            .map(|index| match array_get_ref(java_threads, index) {
                java_thread if java_thread.is_null() => None,
                java_thread => capture(thread, java_thread, limit),
            })
            .collect()
    });
    let result = traces(thread, &captured);
    for one in captured.drain(..).flatten() {
        one.release(thread);
    }
    result
}

fn traces(thread: &mut JavaThread, captured: &[Option<Captured>]) -> JResult<Obj> {
    let class = thread.known_class(KnownClass::StackTraceElement);
    let array_class = crate::link::array_class_of(thread, class)?;
    let result = thread.allocate_reference_array(array_class, captured.len())?;
    for (index, one) in captured.iter().enumerate() {
        if let Some(one) = one {
            let elements = elements(thread, one)?;
            array_set_ref(thread, result, index, elements);
        }
    }
    Ok(result)
}

/// `Thread.getThreads`: all living threads that have a `java.lang.Thread`, as a `Thread[]`.
pub fn living_threads(thread: &mut JavaThread) -> JResult<Obj> {
    let class = thread.known_class(KnownClass::Thread);
    let vm = thread.vm();
    deferred::start_at_rest(thread);
    loop {
        let capacity = vm.threads.live_count() + 4;
        let array = thread.allocate_reference_array(class, capacity)?;
        let mut objects = Vec::with_capacity(capacity);
        // No safepoint between the look and the stores: the references in the vector stay good.
        vm.threads.for_each(|other| {
            // SAFETY: listed threads are alive; their roots are stable while this thread is in Java.
            let object = unsafe { (*other).carrier_thread };
            if !object.is_null() {
                objects.push(object);
            }
        });
        if objects.len() > capacity {
            continue;
        }
        for (index, &object) in objects.iter().enumerate() {
            array_set_ref(thread, array, index, object);
        }
        if objects.len() == capacity {
            return Ok(array);
        }
        let exact = thread.allocate_reference_array(class, objects.len())?;
        for index in 0..objects.len() {
            let object = array_get_ref(array, index);
            array_set_ref(thread, exact, index, object);
        }
        return Ok(exact);
    }
}

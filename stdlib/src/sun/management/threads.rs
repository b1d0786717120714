//! `sun.management.ThreadImpl`: threads and their times.

use super::thread_info;
use crate::io_support::class_named;
use crate::support::not_null;
use peaberry_runtime::object::{array_length, array_set_ref, array_slice};
use peaberry_runtime::thread::{deadlock, deferred, stack_trace, status};
use peaberry_runtime::{JResult, JavaThread, Obj, natives};
use peaberry_sys::{system, time};
use std::sync::atomic::Ordering;

natives! { pub NATIVES: "sun/management/ThreadImpl" {
    "getThreads" "()[Ljava/lang/Thread;" => stack_trace::living_threads;
    "getThreadInfo1" "([JI[Ljava/lang/management/ThreadInfo;)V" => thread_info::fill;
    "dumpThreads0" "([JZZI)[Ljava/lang/management/ThreadInfo;" => thread_info::dump;
    "getThreadTotalCpuTime0" "(J)J" => |thread: &mut JavaThread, id: i64| Ok(total_time(thread, id));
    "getThreadTotalCpuTime1" "([J[J)V" => |thread: &mut JavaThread, ids: Obj, result: Obj| for_ids(thread, ids, result, total_time);
    "getThreadUserCpuTime0" "(J)J" => |thread: &mut JavaThread, id: i64| Ok(user_time(thread, id));
    "getThreadUserCpuTime1" "([J[J)V" => |thread: &mut JavaThread, ids: Obj, result: Obj| for_ids(thread, ids, result, user_time);
    "getThreadAllocatedMemory0" "(J)J" => |thread: &mut JavaThread, id: i64| Ok(allocated(thread, id));
    "getThreadAllocatedMemory1" "([J[J)V" => |thread: &mut JavaThread, ids: Obj, result: Obj| for_ids(thread, ids, result, allocated);
    "getTotalThreadAllocatedMemory" "()J" => |thread: &mut JavaThread| Ok(thread.vm().heap.statistics().total_allocated_bytes as i64);
    "setThreadCpuTimeEnabled0" "(Z)V" => enabled;
    "setThreadAllocatedMemoryEnabled0" "(Z)V" => enabled;
    "setThreadContentionMonitoringEnabled0" "(Z)V" => |thread: &mut JavaThread, on: bool| { thread.vm().management.measure_contention(on); Ok(()) };
    "resetContentionTimes0" "(J)V" => reset_contention;
    "findMonitorDeadlockedThreads0" "()[Ljava/lang/Thread;" => |thread: &mut JavaThread| deadlocked(thread, false);
    "findDeadlockedThreads0" "()[Ljava/lang/Thread;" => |thread: &mut JavaThread| deadlocked(thread, true);
    "resetPeakThreadCount0" "()V" => reset_peak;
} }

fn enabled(_: &mut JavaThread, _: bool) -> JResult<()> {
    // Always measured; the class library keeps whether the program wants to see it.
    Ok(())
}

fn reset_peak(thread: &mut JavaThread) -> JResult<()> {
    let threads = &thread.vm().threads;
    threads.counts.peak.store(threads.live_count(), Ordering::Relaxed);
    Ok(())
}

/// Of the thread of an id, or of all threads if it is 0.
fn reset_contention(thread: &mut JavaThread, id: i64) -> JResult<()> {
    let vm = thread.vm();
    vm.threads.for_each(|other| {
        // SAFETY: a listed thread; only atomics and its roots, stable while this thread is in Java, are read.
        let other = unsafe { &*other };
        let object = other.carrier_thread;
        if id == 0 || (!object.is_null() && status::identifier(vm, object) == id) {
            other.os.blocked.reset_time();
            other.os.waited.reset_time();
        }
    });
    Ok(())
}

/// A value of the living thread of an id; -1 when there is none.
fn of_thread(thread: &mut JavaThread, id: i64, value: impl Fn(&JavaThread) -> i64) -> i64 {
    deferred::start_at_rest(thread);
    let vm = thread.vm();
    let mut result = -1;
    vm.threads.for_each(|other| {
        // SAFETY: a listed thread; only atomics and its roots, stable while this thread is in Java, are read.
        let other = unsafe { &*other };
        if result == -1 && !other.carrier_thread.is_null() && status::identifier(vm, other.carrier_thread) == id {
            result = value(other);
        }
    });
    result
}

/// 0 is the current thread.
fn total_time(thread: &mut JavaThread, id: i64) -> i64 {
    if id == 0 {
        return time::thread_cpu_nanoseconds();
    }
    of_thread(thread, id, |other| {
        other
            .os
            .clock
            .lock()
            .and_then(|clock| clock.nanoseconds())
            .unwrap_or(-1)
    })
}

fn user_time(thread: &mut JavaThread, id: i64) -> i64 {
    if id == 0 {
        return time::thread_user_nanoseconds();
    }
    let number = of_thread(thread, id, |other| other.os.native_id.load(Ordering::Relaxed) as i64);
    if number < 0 {
        -1
    } else {
        system::thread_user_nanoseconds(number as u64).unwrap_or(-1)
    }
}

/// Of the current thread up to now, of others up to their present allocation buffer.
fn allocated(thread: &mut JavaThread, id: i64) -> i64 {
    if id == 0 || status::identifier(thread.vm(), thread.carrier_thread) == id {
        return thread.tlab.allocated_bytes() as i64;
    }
    of_thread(thread, id, |other| other.tlab.allocated_bytes() as i64)
}

fn for_ids(thread: &mut JavaThread, ids: Obj, result: Obj, value: fn(&mut JavaThread, i64) -> i64) -> JResult<()> {
    let ids = not_null(thread, ids)?;
    let result = not_null(thread, result)?;
    for index in 0..array_length(ids).min(array_length(result)) {
        // SAFETY: long[]s held by this frame, the index is in range.
        unsafe { array_slice::<i64>(result)[index] = value(thread, array_slice::<i64>(ids)[index]) };
    }
    Ok(())
}

/// Threads that wait for each other's monitors (and synchronizers), null when there are none.
fn deadlocked(thread: &mut JavaThread, with_synchronizers: bool) -> JResult<Obj> {
    let vm = thread.vm();
    let mut members = Vec::new();
    deadlock::deadlocked_threads(thread, with_synchronizers, |member| {
        members.push(vm.handles.add(member))
    });
    let array =
        class_named(thread, "java/lang/Thread").and_then(|class| thread.allocate_reference_array(class, members.len()));
    for (index, &member) in members.iter().enumerate() {
        if let Ok(array) = array {
            array_set_ref(thread, array, index, vm.handles.get(member));
        }
        vm.handles.remove(member);
    }
    if members.is_empty() { Ok(Obj::NULL) } else { array }
}

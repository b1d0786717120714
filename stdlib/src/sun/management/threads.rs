//! `sun.management.ThreadImpl`: threads, their times and where they are.

use crate::io_support::construct;
use crate::support::not_null;
use peaberry_runtime::known::KnownClass;
use peaberry_runtime::object::{array_get_ref, array_length, array_set_ref, array_slice};
use peaberry_runtime::thread::{dump, stack_trace, status};
use peaberry_runtime::{JResult, JavaThread, Obj, natives};
use std::sync::atomic::Ordering;

natives! { pub NATIVES: "sun/management/ThreadImpl" {
    "getThreads" "()[Ljava/lang/Thread;" => stack_trace::living_threads;
    "getThreadInfo1" "([JI[Ljava/lang/management/ThreadInfo;)V" => infos;
    "getThreadTotalCpuTime0" "(J)J" => cpu_time;
    "getThreadUserCpuTime0" "(J)J" => user_time;
    "getThreadAllocatedMemory0" "(J)J" => allocated;
    "findMonitorDeadlockedThreads0" "()[Ljava/lang/Thread;" => deadlocked;
} }

/// The living thread of an identifier, or null.
fn living(thread: &mut JavaThread, identifier: i64) -> JResult<Obj> {
    let threads = stack_trace::living_threads(thread)?;
    let found = (0..array_length(threads))
        .map(|index| array_get_ref(threads, index))
        .find(|&other| status::identifier(thread.vm(), other) == identifier);
    Ok(found.unwrap_or(Obj::NULL))
}

/// Fills in a `ThreadInfo` for each identifier of a living thread. Times and counts of waiting are not kept.
fn infos(thread: &mut JavaThread, identifiers: Obj, depth: i32, infos: Obj) -> JResult<()> {
    let (identifiers, infos) = (not_null(thread, identifiers)?, not_null(thread, infos)?);
    for index in 0..array_length(identifiers).min(array_length(infos)) {
        // SAFETY: a long[] held by this frame, and an index within it.
        let identifier = unsafe { array_slice::<i64>(identifiers)[index] };
        let target = living(thread, identifier)?;
        if target.is_null() {
            continue;
        }
        let full = match depth {
            0 => Obj::NULL,
            _ => stack_trace::of_thread(thread, target)?,
        };
        let there = if full.is_null() { 0 } else { array_length(full) };
        let wanted = usize::try_from(depth).unwrap_or(usize::MAX).min(there);
        let class = thread.known_class(KnownClass::StackTraceElement);
        let trace = thread.allocate_reference_array(class, wanted)?;
        for at in 0..wanted {
            array_set_ref(thread, trace, at, array_get_ref(full, at));
        }
        let state = status::status_of(thread.vm(), target);
        let unknown = -1i64 as u64;
        let info = construct(
            thread,
            "java/lang/management/ThreadInfo",
            "(Ljava/lang/Thread;ILjava/lang/Object;Ljava/lang/Thread;JJJJ[Ljava/lang/StackTraceElement;)V",
            &[
                target.0 as u64,
                u64::from(state),
                0,
                0,
                0,
                0,
                unknown,
                0,
                0,
                0,
                unknown,
                0,
                trace.0 as u64,
            ],
        )?;
        array_set_ref(thread, infos, index, info);
    }
    Ok(())
}

/// Nanoseconds of processor time: of the current thread (0), else not known (-1).
fn cpu_time(thread: &mut JavaThread, identifier: i64) -> JResult<i64> {
    let own = status::identifier(thread.vm(), thread.java_thread);
    Ok(if identifier == 0 || identifier == own {
        peaberry_sys::time::thread_cpu_nanoseconds()
    } else {
        -1
    })
}

fn user_time(thread: &mut JavaThread, identifier: i64) -> JResult<i64> {
    let own = status::identifier(thread.vm(), thread.java_thread);
    Ok(if identifier == 0 || identifier == own {
        peaberry_sys::time::thread_user_nanoseconds()
    } else {
        -1
    })
}

/// Bytes a thread has allocated; -1 when it is not alive.
fn allocated(thread: &mut JavaThread, identifier: i64) -> JResult<i64> {
    if identifier == 0 {
        return Ok(thread.allocated_bytes.load(Ordering::Relaxed) as i64);
    }
    let target = living(thread, identifier)?;
    if target.is_null() {
        return Ok(-1);
    }
    let native = status::native_thread(thread.vm(), target);
    let bytes = thread.vm().threads.with_live(native, target, |other| {
        other.allocated_bytes.load(Ordering::Relaxed) as i64
    });
    Ok(bytes.unwrap_or(-1))
}

/// Threads in cycles of monitors, or null.
fn deadlocked(thread: &mut JavaThread) -> JResult<Obj> {
    let mut names = Vec::new();
    let vm = thread.vm();
    dump::deadlocked_threads(thread, |other| names.push(status::identifier(vm, other)));
    if names.is_empty() {
        return Ok(Obj::NULL);
    }
    let class = thread.known_class(KnownClass::Thread);
    let array = thread.allocate_reference_array(class, names.len())?;
    for (index, identifier) in names.into_iter().enumerate() {
        let member = living(thread, identifier)?;
        array_set_ref(thread, array, index, member);
    }
    Ok(array)
}

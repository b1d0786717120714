//! Thread dumps in HotSpot's form, with locks held and waited for, and the deadlocks among them.

use super::JavaThread;
use super::deadlock::{owned_synchronizers, park_blocker, write_deadlocks};
use super::stack_trace;
use super::status::{self, thread_status};
use crate::exceptions::backtrace::{TraceFrame, line_number};
use crate::known::KnownField;
use crate::object::{class_of, class_of_mirror};
use crate::safepoint;
use crate::stack::{Frame, StackWalker};
use crate::strings;
use peaberry_gc::layout::Obj;
use std::fmt::Write;
use std::sync::atomic::Ordering;

/// Frames shown of one thread.
const DEPTH: usize = 1024;

/// `<0x000000069db42790> (a java.lang.Object)`
fn describe_object(object: Obj) -> String {
    let class = class_of(object);
    let is_mirror = class.name.bytes() == b"java/lang/Class";
    let what = if is_mirror {
        format!("java.lang.Class for {}", class_of_mirror(object).external_name())
    } else {
        class.external_name()
    };
    format!("<{:#018x}> (a {what})", object.0)
}

/// `java.base@17.0.1/`, or nothing for the unnamed module.
fn module_prefix(thread: &JavaThread, frame: TraceFrame) -> String {
    let mirror = frame.method.holder.mirror();
    if mirror.is_null() || !thread.vm().known.has_field(KnownField::ClassModule) {
        return String::new();
    }
    let module = thread.known_ref(mirror, KnownField::ClassModule);
    if module.is_null() {
        return String::new();
    }
    let name = thread.known_ref(module, KnownField::ModuleName);
    if name.is_null() {
        return String::new();
    }
    let name = strings::to_rust(thread, name);
    match crate::loader::modules::module_of(frame.method.holder).and_then(|m| m.version()) {
        Some(version) => format!("{name}@{version}/"),
        None => format!("{name}/"),
    }
}

fn frame_line(thread: &JavaThread, frame: TraceFrame) -> String {
    let class = frame.method.holder;
    let file = match class.attributes.source_file {
        0 => None,
        index => Some(String::from_utf8_lossy(class.constants().utf8(index)).into_owned()),
    };
    let place = match (line_number(frame), file) {
        (-2, _) => "Native Method".to_owned(),
        (_, None) => "Unknown Source".to_owned(),
        (-1, Some(file)) => file,
        (line, Some(file)) => format!("{file}:{line}"),
    };
    let module = module_prefix(thread, frame);
    format!(
        "\tat {}.{}({module}{place})\n",
        class.external_name(),
        frame.method.name
    )
}

/// Frames with what they lock and wait for. `target` is stopped.
pub(super) fn write_frames(out: &mut String, thread: &JavaThread, target: &JavaThread) {
    let status = target.status.load(Ordering::Relaxed);
    let blocked_on = target.blocked_on.load();
    let mut innermost = true;
    for walked in StackWalker::new(target).take(DEPTH) {
        out.push_str(&frame_line(
            thread,
            TraceFrame {
                method: walked.method,
                bci: walked.bci,
            },
        ));
        if std::mem::take(&mut innermost) {
            match status {
                thread_status::PARKED | thread_status::PARKED_TIMED => {
                    let blocker = park_blocker(thread, target);
                    if !blocker.is_null() {
                        let _ = writeln!(out, "\t- parking to wait for  {}", describe_object(blocker));
                    }
                }
                thread_status::IN_OBJECT_WAIT | thread_status::IN_OBJECT_WAIT_TIMED if !blocked_on.is_null() => {
                    let _ = writeln!(out, "\t- waiting on {}", describe_object(blocked_on));
                }
                thread_status::BLOCKED if !blocked_on.is_null() => {
                    let what = if walked.is_native() {
                        "waiting to re-lock in wait()"
                    } else {
                        "waiting to lock"
                    };
                    let _ = writeln!(out, "\t- {what} {}", describe_object(blocked_on));
                }
                _ => {}
            }
        }
        write_locks(out, target, walked.lock_owner);
    }
}

fn write_locks(out: &mut String, target: &JavaThread, frame: *mut Frame) {
    let mut seen: Vec<Obj> = Vec::new();
    for record in target
        .locks
        .iter()
        .rev()
        .filter(|record| std::ptr::eq(record.frame, frame))
    {
        if !seen.contains(&record.object) {
            seen.push(record.object);
            let _ = writeln!(out, "\t- locked {}", describe_object(record.object));
        }
    }
}

/// What of `owned`, synchronizers and their owners, is the thread's.
fn write_synchronizers(out: &mut String, target: &JavaThread, owned: &[(Obj, Obj)]) {
    out.push_str("   Locked ownable synchronizers:\n");
    let mut any = false;
    for &(synchronizer, _) in owned.iter().filter(|(_, owner)| *owner == target.carrier_thread) {
        let _ = writeln!(out, "\t- {}", describe_object(synchronizer));
        any = true;
    }
    out.push_str(if any { "\n" } else { "\t- None\n\n" });
}

fn activity(status: u32) -> &'static str {
    match status {
        thread_status::SLEEPING | thread_status::PARKED | thread_status::PARKED_TIMED => "waiting on condition",
        thread_status::IN_OBJECT_WAIT | thread_status::IN_OBJECT_WAIT_TIMED => "in Object.wait()",
        thread_status::BLOCKED => "waiting for monitor entry",
        _ => "runnable",
    }
}

/// The first line of a thread's entry.
fn header(thread: &JavaThread, target: &JavaThread) -> String {
    let vm = thread.vm();
    let object = target.carrier_thread;
    let mut out = format!(
        "\"{}\" #{}",
        status::name(thread, object),
        status::identifier(vm, object)
    );
    let nid = target.os.native_id.load(Ordering::Relaxed);
    let newer = vm.release() >= NUMBERED_BY_SYSTEM;
    if newer {
        let _ = write!(out, " [{nid}]");
    }
    if status::is_daemon(vm, object) {
        out.push_str(" daemon");
    }
    let _ = write!(out, " prio={} os_prio=0", status::priority(vm, object));
    if let Some(nanos) = target.os.clock.lock().and_then(|clock| clock.nanoseconds()) {
        let _ = write!(out, " cpu={:.2}ms", nanos as f64 / 1e6);
    }
    let age = peaberry_sys::time::monotonic_nanoseconds() - target.os.started.load(Ordering::Relaxed);
    let _ = write!(
        out,
        " elapsed={:.2}s tid={:#018x}",
        age as f64 / 1e9,
        std::ptr::from_ref(target) as usize
    );
    let _ = if newer {
        write!(out, " nid={nid}")
    } else {
        write!(out, " nid={nid:#x}")
    };
    let stack = target.native_stack_pointer.load(Ordering::Relaxed) & !0xfff;
    let _ = writeln!(
        out,
        " {}  [{stack:#018x}]",
        activity(target.status.load(Ordering::Relaxed))
    );
    out
}

/// Releases from this one on have the system's thread number in brackets, and in decimal.
const NUMBERED_BY_SYSTEM: u16 = 21;

/// `2026-01-31 12:00:00`, UTC.
fn time_line() -> String {
    let (seconds, _) = peaberry_sys::time::wall_clock();
    let moment = crate::calendar::calendar(seconds);
    format!("{} {}", moment.date, moment.time)
}

/// A dump of all threads: what SIGQUIT prints.
pub fn thread_dump(thread: &mut JavaThread) -> String {
    super::deferred::start_at_rest(thread);
    safepoint::with_world_stopped(thread, |thread| {
        let vm = thread.vm();
        let threads = vm.threads.snapshot();
        let synchronizers = vm.options.print_concurrent_locks.then(|| owned_synchronizers(thread));
        let mut out = format!(
            "{}\nFull thread dump Peaberry 64-Bit VM (class library {}):\n\n",
            time_line(),
            vm.release()
        );
        for &target in &threads {
            // SAFETY: the world is stopped, so listed threads stay alive and as they are.
            let target = unsafe { &*target };
            if target.carrier_thread.is_null() {
                continue;
            }
            out.push_str(&header(thread, target));
            let state = target.status.load(Ordering::Relaxed);
            let _ = writeln!(out, "   java.lang.Thread.State: {}", status::describe(state));
            write_frames(&mut out, thread, target);
            out.push('\n');
            if let Some(owned) = &synchronizers {
                write_synchronizers(&mut out, target, owned);
            }
        }
        let _ = writeln!(out, "JNI global refs: {}, weak refs: 0\n", vm.handles.len());
        write_deadlocks(&mut out, thread, &threads);
        write_heap(&mut out, thread);
        out
    })
}

fn write_heap(out: &mut String, thread: &JavaThread) {
    let statistics = thread.vm().heap.statistics();
    let range = thread.vm().heap.range();
    let _ = writeln!(
        out,
        "Heap\n total {}K, used {}K [{:#018x}, {:#018x})\n Metaspace       used {}K\n",
        statistics.committed_bytes >> 10,
        statistics.used_bytes >> 10,
        range.start,
        range.end,
        thread.vm().method_area.used() >> 10
    );
}

/// One thread's frames as text; the thread is the current or a stopped one.
pub fn frames_text(thread: &JavaThread, target: &JavaThread) -> String {
    stack_trace::frames_of(target, DEPTH)
        .into_iter()
        .map(|frame| frame_line(thread, frame))
        .collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_time_line_has_a_date() {
        let line = super::time_line();
        assert_eq!(line.len(), "2026-01-31 12:00:00".len());
        assert!(line.as_str() > "2020-01-01 00:00:00");
    }
}

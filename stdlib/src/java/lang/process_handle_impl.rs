//! `java.lang.ProcessHandleImpl`: other processes.

use crate::io_support::{set_field, set_ref_field, system_string};
use crate::support::{not_null, nothing};
use peaberry_runtime::known::KnownClass;
use peaberry_runtime::object::{array_length, array_set_ref, array_slice};
use peaberry_runtime::{JResult, JavaThread, Obj, natives};
use peaberry_sys::directory::user_name;
use peaberry_sys::process::{self, Ended};

natives! { pub NATIVES: "java/lang/ProcessHandleImpl" {
    "initNative" "()V" => nothing;
    "waitForProcessExit0" "(JZ)I" [blocks] => wait;
    "getCurrentPid0" "()J" => current;
    "parent0" "(JJ)J" => parent;
    "getProcessPids0" "(J[J[J[J)I" [blocks] => process_ids;
    "destroy0" "(JJZ)Z" => destroy;
    "isAlive0" "(J)J" => start_time;
} }
natives! { pub INFO: "java/lang/ProcessHandleImpl$Info" {
    "initIDs" "()V" => nothing;
    "info0" "(J)V" [blocks] => info;
} }

/// `ProcessHandleImpl.NOT_A_CHILD`.
const NOT_A_CHILD: i32 = -2;

fn wait(thread: &mut JavaThread, pid: i64, take: bool) -> JResult<i32> {
    Ok(match thread.blocking(|| process::wait(pid as i32, take)) {
        Ended::Exited(code) => code,
        Ended::NotAChild => NOT_A_CHILD,
    })
}

fn current(_: &mut JavaThread) -> JResult<i64> {
    Ok(i64::from(process::current()))
}

/// Start times that are known and differ belong to different processes of the same id.
fn is_same(start: i64, expected: i64) -> bool {
    start == expected || start == 0 || expected == 0
}

fn parent(_: &mut JavaThread, pid: i64, start: i64) -> JResult<i64> {
    if pid == i64::from(process::current()) {
        return Ok(i64::from(process::parent()));
    }
    let status = process::status_of(pid as i32).filter(|status| is_same(status.start, start));
    Ok(status.map_or(-1, |status| i64::from(status.parent)))
}

/// The processes, or the children of one, as far as the arrays reach; answers how many there are.
fn process_ids(thread: &mut JavaThread, of: i64, pids: Obj, parents: Obj, starts: Obj) -> JResult<i32> {
    let pids = not_null(thread, pids)?;
    let room = array_length(pids);
    for array in [parents, starts] {
        if !array.is_null() && array_length(array) != room {
            return Err(thread.throw_new("java/lang/IllegalArgumentException", "array sizes not equal"));
        }
    }
    let found: Vec<(i64, i64, i64)> = thread.blocking(|| {
        process::all()
            .into_iter()
            .filter_map(|pid| {
                let status = process::status_of(pid)?;
                (of == 0 || i64::from(status.parent) == of).then_some((
                    i64::from(pid),
                    i64::from(status.parent),
                    status.start,
                ))
            })
            .collect()
    });
    for (index, &(pid, parent, start)) in found.iter().take(room).enumerate() {
        for (array, value) in [(pids, pid), (parents, parent), (starts, start)] {
            if !array.is_null() {
                // SAFETY: a long[] of `room` elements, held by this frame.
                unsafe { array_slice::<i64>(array)[index] = value };
            }
        }
    }
    Ok(found.len() as i32)
}

fn destroy(_: &mut JavaThread, pid: i64, start: i64, force: bool) -> JResult<bool> {
    let Some(status) = process::status_of(pid as i32) else {
        return Ok(false);
    };
    let signal = if force { libc::SIGKILL } else { libc::SIGTERM };
    Ok(is_same(status.start, start) && process::signal(pid as i32, signal).is_ok())
}

/// Milliseconds since 1970, -1 when there is no such process.
fn start_time(_: &mut JavaThread, pid: i64) -> JResult<i64> {
    Ok(process::status_of(pid as i32).map_or(-1, |status| status.start))
}

fn info(thread: &mut JavaThread, this: Obj, pid: i64) -> JResult<()> {
    let pid = pid as i32;
    let Some(status) = thread.blocking(|| process::status_of(pid)) else {
        return Ok(());
    };
    set_field(this, "totalTime", status.processor_nanoseconds);
    set_field(this, "startTime", status.start);
    let (user, command, words) = thread.blocking(|| {
        let user = process::owner(pid).and_then(|id| user_name(id).ok().flatten());
        (user, process::executable(pid), process::command_line(pid))
    });
    if let Some(user) = user {
        let user = system_string(thread, &user)?;
        set_ref_field(thread, this, "user", user);
    }
    if let Some(command) = &command {
        let command = system_string(thread, command)?;
        set_ref_field(thread, this, "command", command);
    }
    if command.is_some() && !words.is_empty() {
        let arguments = thread.allocate_reference_array(thread.known_class(KnownClass::String), words.len() - 1)?;
        for (index, word) in words[1..].iter().enumerate() {
            let word = system_string(thread, word)?;
            array_set_ref(thread, arguments, index, word);
        }
        set_ref_field(thread, this, "arguments", arguments);
    } else if !words.is_empty() {
        let line = system_string(thread, &words.join(&b' '))?;
        set_ref_field(thread, this, "commandLine", line);
    }
    Ok(())
}

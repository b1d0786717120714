//! `java.lang.ProcessImpl`: starting processes.

use crate::support::{not_null, nothing};
use peaberry_runtime::object::{array_length, array_slice, byte_array_to_vec};
use peaberry_runtime::{JResult, JavaThread, Obj, natives};
use peaberry_sys::errno::Errno;
use peaberry_sys::file::c_path;
use peaberry_sys::process::{self, Command};
use std::ffi::CString;

natives! { pub NATIVES: "java/lang/ProcessImpl" {
    "init" "()V" => nothing;
    "forkAndExec" "(I[B[B[BI[BI[B[IZ)I" [until 21] [blocks] => fork_and_exec::<false>;
    "forkAndExec" "(I[B[B[BI[BI[B[IZ)I" [since 22] [blocks] => fork_and_exec::<true>;
} }

/// `count` strings, each terminated, one after the other.
fn strings_of(block: Obj, count: i32) -> Vec<CString> {
    let bytes = byte_array_to_vec(block);
    bytes
        .split(|&b| b == 0)
        .take(count.max(0) as usize)
        .map(c_path)
        .collect()
}

/// The exception's text; newer class libraries tell more.
fn failure<const VERBOSE: bool>(error: Errno) -> String {
    if VERBOSE {
        format!("Exec failed, error: {} ({}) ", error.0, error.text())
    } else {
        format!("error={}, {}", error.0, error.text())
    }
}

#[allow(clippy::too_many_arguments)]
fn fork_and_exec<const VERBOSE: bool>(
    thread: &mut JavaThread,
    _this: Obj,
    _mode: i32,
    _helper: Obj,
    program: Obj,
    argument_block: Obj,
    argument_count: i32,
    environment_block: Obj,
    environment_count: i32,
    directory: Obj,
    streams: Obj,
    error_to_output: bool,
) -> JResult<i32> {
    let program = c_path(&byte_array_to_vec(not_null(thread, program)?));
    let arguments = strings_of(not_null(thread, argument_block)?, argument_count);
    let environment = if environment_block.is_null() {
        None
    } else {
        Some(strings_of(environment_block, environment_count))
    };
    let directory = if directory.is_null() {
        None
    } else {
        Some(c_path(&byte_array_to_vec(directory)))
    };
    let streams = not_null(thread, streams)?;
    if array_length(streams) < 3 {
        return Err(thread.throw_plain("java/lang/ArrayIndexOutOfBoundsException"));
    }
    // SAFETY: an int[] of three elements or more, held by this frame, read at once.
    let given = unsafe { array_slice::<i32>(streams) };
    let command = Command {
        program: &program,
        arguments: &arguments,
        environment: environment.as_deref(),
        directory: directory.as_deref(),
        streams: [given[0], given[1], given[2]],
        error_to_output,
    };
    match thread.blocking(|| process::start(&command)) {
        Ok(started) => {
            // SAFETY: as above.
            unsafe { array_slice::<i32>(streams)[..3].copy_from_slice(&started.pipes) };
            Ok(started.pid)
        }
        Err(error) => Err(thread.throw_new("java/io/IOException", &failure::<VERBOSE>(error))),
    }
}

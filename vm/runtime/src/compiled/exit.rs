//! Leaving compiled code for the interpreter.

use super::InstalledCode;
use super::invalidate::clear_invalid_marker;
use super::unwind;
use crate::interp::rebuild::{self, Leave};
use crate::log::{Level, TagSet};
use crate::stack::Frame;
use crate::thread::{JResult, JavaThread, Throw};
use crate::{interp, tier};
use peaberry_jit::code::{Exit, ExitReason};
use std::ops::Range;
use std::sync::atomic::Ordering;

/// An exit whose interpreter frames run.
#[derive(Clone)]
pub(crate) struct ExitInProgress {
    /// The code that was left.
    pub code: &'static InstalledCode,
    /// The part of the native stack without references, once the interpreter's frames have the values: where its frame was, and
    /// while they run the frames of what made them, whose unused words look like references from earlier calls.
    pub dead: Range<usize>,
    /// The entry frame on which the interpreter's frames lie; null before.
    pub entry: *mut Frame,
}

/// `RuntimeCall::Exit`, behind its stub.
///
/// # Safety
/// Called by the stub on the running thread; `buffer` holds the exit's values, `owner` is the frame pointer of the
/// compiled frame that exits, `stack_pointer` its lowest address.
pub(super) unsafe extern "C" fn exit(
    thread: *mut JavaThread,
    number: u32,
    buffer: *mut u64,
    return_address: usize,
    owner: *mut Frame,
    stack_pointer: usize,
) -> u64 {
    // SAFETY: the stub passes the running thread.
    let thread = unsafe { &mut *thread };
    let frame = thread.top_frame;
    let Some(code) = thread.vm().compiled.find(return_address) else {
        // Nothing is known of what called: there is no state to go on with.
        std::process::abort();
    };
    // This returns into the code, though its frame is not walked any more.
    thread.exits.push(ExitInProgress {
        code,
        dead: 0..0,
        entry: std::ptr::null_mut(),
    });
    let outcome = interp::catching(thread, frame, |thread| {
        let Some(exit) = code.exit(number) else {
            return Err(thread.throw_new("java/lang/InternalError", "an exit of no compiled code"));
        };
        leave(
            thread,
            code,
            number,
            Leave {
                exit,
                buffer,
                owner,
                stack: stack_pointer..owner as usize,
            },
        )
    });
    thread.exits.pop();
    outcome.unwrap_or_else(|_| {
        unwind::to_caller(thread);
        0
    })
}

fn leave(thread: &mut JavaThread, code: &'static InstalledCode, number: u32, leave: Leave) -> JResult<u64> {
    clear_invalid_marker(thread);
    note(thread, code, &leave.exit, number);
    // SAFETY: the buffer is the exit's, and holds its values until this returns.
    unsafe { rebuild::leave(thread, leave) }
}

/// Would a compilation that knows of the exit not have it?
fn is_avoidable(reason: ExitReason) -> bool {
    !matches!(reason, ExitReason::Invalidated | ExitReason::NotCompiled)
}

fn note(thread: &mut JavaThread, code: &'static InstalledCode, exit: &Exit, number: u32) {
    let vm = thread.vm();
    vm.compiled.count_exit();
    if exit.reason == ExitReason::Forced {
        thread.guard_countdown = vm.options.fail_guard_interval;
        return;
    }
    let Some(frame) = exit.frames.last() else { return };
    let same = code.exits_taken[number as usize].fetch_add(1, Ordering::Relaxed) + 1;
    // SAFETY: methods that code names live as long as it.
    let method = unsafe { super::installed::method_of(frame.method) };
    if vm.log.enabled(TagSet::Jit, Level::Debug) {
        let line = format!(
            "exit {:?} at {}@{} of {} ({same})",
            exit.reason,
            method.full_name(),
            frame.bci,
            code.method().full_name(),
        );
        vm.log.write(TagSet::Jit, Level::Debug, &line);
    }
    vm.compiled.record_exit(frame.method, frame.bci, exit.reason);
    // Where a load is executed again, the exit is that of the instruction behind it.
    if let Some(second) = rebuild::fused_second(&method, frame.bci) {
        vm.compiled.record_exit(frame.method, second, exit.reason);
    }
    if !is_avoidable(exit.reason) {
        return;
    }
    let all = code.avoidable_exits.fetch_add(1, Ordering::Relaxed) + 1;
    tier::left(vm, code, exit.reason, same, all);
}

/// The frame cannot be rebuilt: its locks are released, as if the exception had left it.
pub(crate) fn give_up(thread: &mut JavaThread, owner: *mut Frame) -> Throw {
    interp::release_monitors(thread, owner);
    Throw
}

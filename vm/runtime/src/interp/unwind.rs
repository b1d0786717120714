//! Exceptions: finding the handler, leaving the frames on the way there.

use crate::known::KnownField;
use crate::link;
use crate::log::{Level, TagSet};
use crate::method_area::MethodPtr;
use crate::monitor;
use crate::object::{class_of, is_instance};
use crate::stack::{Frame, FrameKind};
use crate::strings;
use crate::thread::{JResult, JavaThread, LockRecord};
use peaberry_gc::layout::Obj;

use super::quick_opcodes::LEAVE;

/// The code entry frames resume at.
pub(super) static LEAVE_CODE: [u8; 8] = [LEAVE; 8];

/// Finds where the pending exception goes: afterwards `top_frame`, its `pc` and `sp` are those of the handler, with the
/// exception as its only operand and no longer pending; or of the nearest entry frame, the exception still pending.
pub(super) fn dispatch(thread: &mut JavaThread) {
    loop {
        let pointer = thread.top_frame;
        // SAFETY: the thread's frames are linked up to an entry frame; only this thread changes them.
        let frame = unsafe { &mut *pointer };
        match frame.kind {
            FrameKind::Entry => {
                frame.pc = LEAVE_CODE.as_ptr();
                frame.sp = Frame::stack_base(pointer);
                return;
            }
            FrameKind::Interpreted => {
                if thread.vm().log.enabled(TagSet::Exceptions, Level::Info) {
                    log_exception(thread, frame);
                }
                // Nothing catches a thread's end.
                if !thread.is_terminating()
                    && let Some(handler) = find_handler(thread, pointer)
                {
                    let code = frame.method.code.load(std::sync::atomic::Ordering::Relaxed);
                    let base = Frame::stack_base(pointer);
                    // SAFETY: every handler has room for one operand.
                    unsafe { *base = thread.take_exception().0 as u64 };
                    frame.pc = code.wrapping_add(handler as usize);
                    frame.sp = base.wrapping_add(1);
                    return;
                }
                release_monitors(thread, pointer);
            }
            FrameKind::Native | FrameKind::Compiled => {}
        }
        pop(thread, pointer);
    }
}

/// Tells the log which exception reaches a frame.
fn log_exception(thread: &JavaThread, frame: &Frame) {
    let exception = thread.exception;
    let detail = thread.known_ref(exception, KnownField::ThrowableDetailMessage);
    let message = if detail.is_null() {
        String::new()
    } else {
        format!(": {}", strings::to_rust(thread, detail))
    };
    let method = frame.method;
    let line = format!(
        "Exception <a '{}'{{{:#018x}}}{message}>\n thrown in interpreter method <{{method}} {{{:#018x}}} '{}' '{}' in \
         '{}'>\n at bci {} for thread {:#018x} ({})",
        class_of(exception).name,
        exception.0,
        method.address(),
        method.name,
        method.descriptor,
        method.holder.name,
        frame.bci(),
        std::ptr::from_ref(thread) as usize,
        crate::thread::status::name(thread, thread.java_thread)
    );
    thread.vm().log.write(TagSet::Exceptions, Level::Info, &line);
}

/// Drops the innermost frame. The caller's operands are given up, so that only its locals count as roots.
fn pop(thread: &mut JavaThread, frame: *mut Frame) {
    // SAFETY: as in `dispatch`.
    unsafe {
        let caller = (*frame).caller;
        (*caller).sp = Frame::stack_base(caller);
        thread.top_frame = caller;
    }
}

/// The bci of the handler for the pending exception in the innermost frame. Resolving a catch type may replace the
/// exception, as if thrown at the handler then.
fn find_handler(thread: &mut JavaThread, frame: *mut Frame) -> Option<u32> {
    // SAFETY: as in `dispatch`.
    let (method, mut bci) = unsafe { ((*frame).method, (*frame).bci()) };
    let mut exception = thread.take_exception();
    // Each failure to resolve moves on to another exception; a program cannot make that go on for ever.
    for _ in 0..64 {
        match search(thread, method, bci, exception) {
            Ok(found) => {
                thread.exception = exception;
                return found;
            }
            Err(handler) => {
                exception = thread.take_exception();
                bci = handler;
            }
        }
    }
    thread.exception = exception;
    None
}

fn search(thread: &mut JavaThread, method: MethodPtr, bci: u32, exception: Obj) -> Result<Option<u32>, u32> {
    for row in method.handlers.iter() {
        if bci < u32::from(row.start) || bci >= u32::from(row.end) {
            continue;
        }
        if row.catch_type == 0 {
            return Ok(Some(u32::from(row.handler)));
        }
        let class = match method.constants.resolved_class(row.catch_type) {
            Some(class) => class,
            None => match link::resolve_class(thread, method.holder, row.catch_type) {
                Ok(class) => class,
                Err(_) => return Err(u32::from(row.handler)),
            },
        };
        if is_instance(exception, class) {
            return Ok(Some(u32::from(row.handler)));
        }
    }
    Ok(None)
}

/// The innermost lock record, if the frame holds it.
fn last_record_of(thread: &JavaThread, frame: *mut Frame) -> Option<LockRecord> {
    thread
        .locks
        .last()
        .copied()
        .filter(|record| std::ptr::eq(record.frame, frame))
}

/// Releases what the frame still holds, keeping the pending exception.
pub(crate) fn release_monitors(thread: &mut JavaThread, frame: *mut Frame) {
    while let Some(record) = last_record_of(thread, frame) {
        let pending = thread.take_exception();
        thread.locks.pop();
        // An object unlocked behind the frame's back (through JNI) is nothing more to release.
        let _ = monitor::exit(thread, record.object);
        thread.exception = pending;
    }
}

/// Releases what the frame still holds at a return: the method's own monitor and nothing else, or
/// `IllegalMonitorStateException`.
pub(super) fn release_at_return(thread: &mut JavaThread, frame: *mut Frame, synchronized: bool) -> JResult<()> {
    let mut balanced = true;
    let held = thread
        .locks
        .iter()
        .rev()
        .take_while(|record| std::ptr::eq(record.frame, frame))
        .count();
    if held != usize::from(synchronized) {
        balanced = false;
    }
    while let Some(record) = last_record_of(thread, frame) {
        thread.locks.pop();
        balanced &= monitor::exit(thread, record.object).is_ok();
        thread.take_exception();
    }
    if balanced {
        Ok(())
    } else {
        Err(thread.throw_plain("java/lang/IllegalMonitorStateException"))
    }
}

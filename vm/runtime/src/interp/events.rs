//! What happens at and between invocations: polls, warm-up, monitors of synchronized methods, methods that cannot run.

use super::code_header::CodeHeader;
use super::profile;
use crate::link;
use crate::loader::external_method;
use crate::method_area::{Method, MethodPtr};
use crate::monitor;
use crate::object::class_of;
use crate::safepoint;
use crate::stack::Frame;
use crate::thread::{JResult, JavaThread, LockRecord};
use crate::tier;
use peaberry_gc::layout::Obj;
use std::sync::atomic::Ordering;

fn look_around(thread: &mut JavaThread, frame: &mut Frame) -> JResult<()> {
    profile::allocate_when_warm(thread, frame.method);
    frame.profile = CodeHeader::update_profile(&frame.method);
    if thread.poll.load(Ordering::Acquire) != 0 {
        safepoint::poll_slow(thread)
    } else {
        Ok(())
    }
}

/// A loop counted enough back edges; `pc` is the target.
pub(super) fn backedge(thread: &mut JavaThread, frame: &mut Frame) -> JResult<()> {
    look_around(thread, frame)?;
    tier::back_edge(thread, frame);
    Ok(())
}

/// A method was entered often enough.
pub(super) fn invocation(thread: &mut JavaThread, frame: &mut Frame) -> JResult<()> {
    tier::invocation(thread, frame.method);
    look_around(thread, frame)
}

/// The object a synchronized method locks.
#[inline(always)]
pub(super) fn lock_object(method: &Method, locals: *mut u64) -> Obj {
    // SAFETY: an instance method's first local is its receiver, at entry.
    if method.is_static() {
        method.holder.mirror()
    } else {
        // SAFETY: an instance method has its receiver in the first local.
        unsafe { Obj(*locals as usize) }
    }
}

/// The frame of a synchronized method is pushed, its monitor is to be entered.
pub(super) fn enter_synchronized(thread: &mut JavaThread, frame: &mut Frame) -> JResult<()> {
    let object = lock_object(&frame.method, frame.locals);
    // What this Rust frame holds is pinned while the thread blocks.
    monitor::enter(thread, object);
    thread.locks.push(LockRecord { object, frame });
    if frame.method.invocation_count.load(Ordering::Relaxed) & super::entry::INVOCATION_POLL_MASK == 0 {
        tier::invocation(thread, frame.method);
        look_around(thread, frame)?;
    }
    safepoint::poll(thread)
}

/// No room for another frame. Thrown in the caller, at the call.
pub(super) fn stack_overflow(thread: &mut JavaThread, _frame: &mut Frame) -> JResult<()> {
    Err(thread.throw_stack_overflow())
}

/// A native without a frame accessed a mapped file that could not serve it. Thrown in the caller, at the call.
pub(super) fn mapping_fault(thread: &mut JavaThread, _frame: &mut Frame) -> JResult<()> {
    Err(thread.throw_mapping_fault())
}

/// No room for prepared code.
pub(super) fn metaspace_full(thread: &mut JavaThread, _frame: &mut Frame) -> JResult<()> {
    Err(thread.throw_out_of_memory("Metaspace"))
}

fn entering(thread: &mut JavaThread, frame: &Frame) -> MethodPtr {
    thread.entering.take().unwrap_or(frame.method)
}

/// An abstract method was selected.
pub(super) fn abstract_method(thread: &mut JavaThread, frame: &mut Frame) -> JResult<Option<MethodPtr>> {
    let method = entering(thread, frame);
    // SAFETY: the arguments are on the stack, the receiver first.
    let receiver = unsafe { Obj(*frame.sp.sub(usize::from(method.argument_slots.max(1))) as usize) };
    if !method.is_static() && !receiver.is_null() {
        // Selection knows what is wrong, and how HotSpot says it.
        let class = class_of(receiver);
        if method.holder.is_interface() {
            link::select_interface(thread, method, class)?;
        } else {
            link::select_virtual(thread, method, class)?;
        }
    }
    Err(thread.throw_new("java/lang/AbstractMethodError", &external_method(method)))
}

/// A method was selected that the VM made because several default methods fit.
pub(super) fn conflict(thread: &mut JavaThread, frame: &mut Frame) -> JResult<Option<MethodPtr>> {
    let method = entering(thread, frame);
    let mut text = String::from("Conflicting default methods:");
    for interface in method.holder.secondary_supers.get().iter() {
        if let Some(found) = interface.declared_method(method.name, method.descriptor)
            && !found.is_abstract()
            && !found.is_static()
            && !found.is_private()
        {
            text.push_str(&format!(
                " {}.{}",
                interface.external_name().replace('.', "/"),
                method.name
            ));
        }
    }
    Err(thread.throw_new("java/lang/IncompatibleClassChangeError", &text))
}

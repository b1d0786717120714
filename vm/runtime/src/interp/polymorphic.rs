//! The signature-polymorphic intrinsics: they pass their arguments on to the method that a method handle or a member
//! name stands for, in place and without a frame of their own.

use super::context::{Registers, entry_of, handlers};
use super::slow;
use crate::invoke;
use crate::invoke::polymorphic_kind::LINK_TO_STATIC;
use crate::method_area::{Method, MethodPtr};
use crate::stack::Frame;
use crate::thread::{JResult, JavaThread};
use peaberry_gc::layout::Obj;

handlers! {
    /// `MethodHandle.invokeBasic`: the handle is the first argument, and stays.
    invoke_basic(r) {
        let method = r.pool.cast::<Method>();
        let handle = r.reference(usize::from((*method).argument_slots));
        if handle == 0 {
            return r.go(slow::null_pointer);
        }
        let target = basic_target(r.thread, handle);
        if target.is_null() {
            return r.go(unlinked);
        }
        let entry = entry_of(target);
        Registers { pool: target.cast(), ..r }.go(entry)
    }
    #[cold]
    unlinked(r) {
        (*r.thread).entering = None;
        r.go(slow::illegal_opcode)
    }
}

#[inline(never)]
unsafe extern "C-unwind" fn basic_target(thread: *mut JavaThread, handle: usize) -> *const Method {
    // SAFETY: the running thread and a live method handle.
    let target = unsafe { invoke::method_handle_target(&*thread, Obj(handle)) };
    target.map_or(std::ptr::null(), |method| method.as_ptr().cast_const())
}

/// `linkToVirtual` and its like: the trailing member name says what to call, and is dropped.
pub(super) fn link_to(thread: &mut JavaThread, frame: &mut Frame) -> JResult<Option<MethodPtr>> {
    let Some(method) = thread.entering.take() else {
        return Err(thread.throw_new("java/lang/InternalError", "linkTo* without a method"));
    };
    let slots = usize::from(method.argument_slots);
    // SAFETY: the arguments are on the stack, the member name topmost.
    let (first, member) = unsafe { (Obj(*frame.sp.sub(slots) as usize), Obj(*frame.sp.sub(1) as usize)) };
    let kind = method.polymorphic_kind;
    if kind != LINK_TO_STATIC && (slots < 2 || first.is_null()) {
        return Err(thread.throw_null_pointer());
    }
    let receiver = if kind == LINK_TO_STATIC { Obj::NULL } else { first };
    let target = invoke::member_name_target(thread, member, kind, receiver)?;
    frame.sp = frame.sp.wrapping_sub(1);
    Ok(Some(target))
}

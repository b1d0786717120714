//! Native methods: a frame that stack walks see, the Rust function, its result as the return type has it.

use super::context::{Registers, handlers};
use super::events::lock_object;
use super::returns::narrow_result;
use super::slow::{self, reload};
use super::unwind;
use crate::basic_type::BasicType;
use crate::method_area::{Meta, Method};
use crate::monitor;
use crate::native::NativeFunction;
use crate::native::registry::link_native;
use crate::safepoint::{self, poll_bits};
use crate::stack::{FRAME_SLOTS, Frame, FrameKind};
use crate::thread::{JResult, JavaThread, LockRecord};
use std::sync::atomic::Ordering;

handlers! {
    /// Entry of native methods.
    native(r) {
        run_native(r.pc, r.sp, r.frame, r.thread, r.pool.cast::<Method>());
        reload(r.thread).dispatch()
    }
    /// Entry of methods whose Rust function needs no frame (`NativeRow::leaf`). The caller stands at its call.
    leaf(r) {
        let method = r.pool.cast::<Method>();
        let caller = r.frame;
        let arguments = r.sp.sub(usize::from((*method).argument_slots));
        (*caller).sp = r.sp;
        (*r.thread).top_frame = caller;
        let address = (*method).native.load(Ordering::Acquire);
        let function = std::mem::transmute::<usize, NativeFunction>(address);
        let result = function(&mut *r.thread, arguments);
        if (*r.thread).poll.load(Ordering::Relaxed) & poll_bits::MAPPING_FAULT != 0 {
            return r.go(slow::mapping_fault);
        }
        match result {
            Ok(value) => {
                let slots = (*method).return_type.slots();
                if slots != 0 {
                    *arguments = value;
                }
                Registers {
                    pc: (*caller).resume_pc,
                    sp: arguments.add(slots),
                    locals: (*caller).locals,
                    frame: caller,
                    thread: r.thread,
                    pool: (*caller).pool,
                }
                .dispatch()
            }
            Err(_) => {
                unwind::dispatch(&mut *r.thread);
                reload(r.thread).dispatch()
            }
        }
    }
}

#[inline(never)]
unsafe extern "C-unwind" fn run_native(
    pc: *const u8,
    sp: *mut u64,
    caller: *mut Frame,
    thread: *mut JavaThread,
    method: *const Method,
) {
    // SAFETY: the arguments are on the caller's stack; the frame is written below the stack's limit; nobody else has
    // references to the thread or its frames.
    unsafe {
        let thread = &mut *thread;
        let method = Meta::new(method);
        let locals = sp.sub(usize::from(method.argument_slots));
        let frame = sp.cast::<Frame>();
        if sp.wrapping_add(FRAME_SLOTS) > thread.java_stack_limit {
            (*caller).pc = pc;
            (*caller).sp = sp;
            thread.top_frame = caller;
            thread.throw_stack_overflow();
            unwind::dispatch(thread);
            return;
        }
        frame.write(Frame::without_code(frame, caller, method, locals, FrameKind::Native));
        thread.top_frame = frame;
        let result = slow::catching(thread, frame, |thread| invoke(thread, &method, frame));
        unwind::release_monitors(thread, frame);
        thread.top_frame = caller;
        let slots = method.return_type.slots();
        (*caller).sp = locals;
        match result {
            Ok(value) if !thread.has_exception() => {
                *locals = match method.return_type {
                    BasicType::Void => *locals,
                    BasicType::Boolean | BasicType::Byte | BasicType::Char | BasicType::Short => {
                        u64::from(narrow_result(value as i32, method.return_type) as u32)
                    }
                    _ => value,
                };
                (*caller).sp = locals.add(slots);
                (*caller).pc = (*caller).resume_pc;
            }
            _ => unwind::dispatch(thread),
        }
    }
}

#[inline]
fn invoke(thread: &mut JavaThread, method: &Meta<Method>, frame: *mut Frame) -> JResult<u64> {
    // SAFETY: the frame was just pushed.
    let locals = unsafe { (*frame).locals };
    if method.is_synchronized() {
        let object = lock_object(method, locals);
        monitor::enter(thread, object);
        thread.locks.push(LockRecord { object, frame });
    }
    let linked = method.native.load(Ordering::Acquire);
    let function = if linked == 0 {
        link_native(thread, *method)?
    } else {
        // SAFETY: `Method::native` of a native method holds 0 or its function.
        unsafe { std::mem::transmute::<usize, NativeFunction>(linked) }
    };
    // SAFETY: the arguments are in the frame's locals.
    let result = unsafe { function(thread, locals) };
    let events = thread.poll.load(Ordering::Relaxed) & (poll_bits::MAPPING_FAULT | poll_bits::ASYNC_EXCEPTION);
    if events & poll_bits::MAPPING_FAULT != 0 {
        return Err(thread.throw_mapping_fault());
    }
    if events != 0 {
        // No poll: the result may be a reference.
        safepoint::take_async_exception(thread)?;
    }
    result
}

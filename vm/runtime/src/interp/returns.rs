//! Returns of methods without monitors. The result goes where the first argument was, the caller's next operand.

use super::context::{Registers, handlers};
use crate::basic_type::BasicType;
use std::sync::atomic::{Ordering, fence};

/// Leaves the frame with a result of `slots` slots. Without locals the result's place is the frame's own header, so
/// the frame is read first.
#[inline(always)]
pub(super) unsafe fn leave(r: Registers, result: u64, slots: usize) {
    // SAFETY: every frame has a caller up to the entry frame, whose resume address is an instruction too.
    unsafe {
        let caller = (*r.frame).caller;
        if slots != 0 {
            *r.locals = result;
        }
        Registers {
            pc: (*caller).resume_pc,
            sp: r.locals.wrapping_add(slots),
            locals: (*caller).locals,
            frame: caller,
            thread: r.thread,
            pool: (*caller).pool,
        }
        .dispatch()
    }
}

/// An int result as the method's return type has it (JVMS §6.5 ireturn).
#[inline(always)]
pub(super) fn narrow_result(value: i32, basic_type: BasicType) -> i32 {
    match basic_type {
        BasicType::Boolean => value & 1,
        BasicType::Byte => i32::from(value as i8),
        BasicType::Char => i32::from(value as u16),
        BasicType::Short => i32::from(value as i16),
        _ => value,
    }
}

handlers! {
    return_void(r) {
        // Final fields set by a constructor are seen by whoever sees the object.
        fence(Ordering::Release);
        leave(r, 0, 0)
    }
    return_1(r) {
        leave(r, *r.slot(1), 1)
    }
    return_2(r) {
        leave(r, *r.slot(2), 2)
    }
    return_narrow(r) {
        let method = (*r.frame).method;
        let value = narrow_result(r.int(1), method.return_type);
        leave(r, u64::from(value as u32), 1)
    }
    /// The instruction entry frames resume at: back to Rust.
    leave_interpreter(r) {
        (*r.frame).sp = r.sp;
        (*r.thread).top_frame = r.frame;
    }
}

//! Branches, switches and subroutines. Backward jumps count, and look for safepoints now and then.

use super::context::{Registers, handlers};
use super::slow;
use std::sync::atomic::Ordering;

/// A thread in a loop looks at its poll word each time this many back edges of the method were counted.
pub(super) const BACKEDGE_POLL_MASK: u32 = 63;

/// Jumps backward to `r.pc`.
#[inline(always)]
pub(super) unsafe fn backward(r: Registers) {
    // SAFETY: registers are those of the running frame.
    unsafe {
        let counter = &(*(*r.frame).method.as_ptr()).backedge_count;
        let count = counter.load(Ordering::Relaxed).wrapping_add(1);
        counter.store(count, Ordering::Relaxed);
        if count & BACKEDGE_POLL_MASK == 0 {
            return r.go(slow::backedge_event);
        }
        r.dispatch()
    }
}

handlers! {
    /// Jumps to `pc`, which is not after the branch.
    jump_backward(r) { backward(r) }
}

/// Jumps by `offset` from the instruction, with the stack at `r.sp`.
#[inline(always)]
unsafe fn jump(mut r: Registers, offset: isize) {
    r.pc = r.pc.wrapping_offset(offset);
    // SAFETY: verified targets are instructions of the method.
    unsafe {
        if offset <= 0 {
            return r.go(jump_backward);
        }
        r.dispatch()
    }
}

/// A conditional branch of 3 bytes: profile cell 0 counts taken, 1 not taken.
#[inline(always)]
pub(super) unsafe fn branch(r: Registers, taken: bool) {
    // SAFETY: registers are those of the running frame.
    unsafe {
        if taken {
            r.count(0);
            jump(r, isize::from(r.i16_at(1)))
        } else {
            r.count(1);
            r.next(3, 0)
        }
    }
}

macro_rules! conditional {
    ($($name:ident $pops:literal ($r:ident) $condition:expr;)*) => {
        handlers! { $($name(r) {
            let taken = { let $r = r; $condition };
            r.sp = r.sp.wrapping_sub($pops);
            branch(r, taken)
        })* }
    };
}
conditional! {
    ifeq 1 (r) r.int(1) == 0;
    ifne 1 (r) r.int(1) != 0;
    iflt 1 (r) r.int(1) < 0;
    ifge 1 (r) r.int(1) >= 0;
    ifgt 1 (r) r.int(1) > 0;
    ifle 1 (r) r.int(1) <= 0;
    if_icmpeq 2 (r) r.int(2) == r.int(1);
    if_icmpne 2 (r) r.int(2) != r.int(1);
    if_icmplt 2 (r) r.int(2) < r.int(1);
    if_icmpge 2 (r) r.int(2) >= r.int(1);
    if_icmpgt 2 (r) r.int(2) > r.int(1);
    if_icmple 2 (r) r.int(2) <= r.int(1);
    if_acmpeq 2 (r) r.reference(2) == r.reference(1);
    if_acmpne 2 (r) r.reference(2) != r.reference(1);
    ifnull 1 (r) r.reference(1) == 0;
    ifnonnull 1 (r) r.reference(1) != 0;
}

/// The operands of a switch: 4-aligned relative to the start of the code, which is 8-aligned itself.
#[inline(always)]
fn switch_operands(r: Registers) -> *const i32 {
    (((r.pc as usize) + 4) & !3) as *const i32
}

handlers! {
    goto(r) {
        let offset = isize::from(r.i16_at(1));
        r.pc = r.pc.wrapping_offset(offset);
        if offset > 0 {
            return r.dispatch();
        }
        backward(r)
    }
    goto_w(r) {
        let offset = r.i32_at(1) as isize;
        jump(r, offset)
    }
    // A return address is the bci after the jsr, plus 1 so that it is never taken for null.
    jsr(r) {
        r.set(0, return_address(r, 3));
        let offset = isize::from(r.i16_at(1));
        r.sp = r.sp.add(1);
        jump(r, offset)
    }
    jsr_w(r) {
        r.set(0, return_address(r, 5));
        let offset = r.i32_at(1) as isize;
        r.sp = r.sp.add(1);
        jump(r, offset)
    }
    ret(r) {
        let address = *r.local(usize::from(r.u8_at(1)));
        return_from_subroutine(r, address)
    }
    wide_ret(r) {
        let address = *r.local(usize::from(r.u16_at(2)));
        return_from_subroutine(r, address)
    }
    tableswitch(r) {
        let operands = switch_operands(r);
        let index = i64::from(r.int(1)) - i64::from(*operands.add(1));
        let length = i64::from(*operands.add(2)) - i64::from(*operands.add(1));
        let offset = if index >= 0 && index <= length { *operands.add(3 + index as usize) } else { *operands };
        r.sp = r.sp.sub(1);
        jump(r, offset as isize)
    }
    lookupswitch(r) {
        let operands = switch_operands(r);
        let key = r.int(1);
        let pairs = operands.add(2);
        let mut low = 0usize;
        let mut high = *operands.add(1) as usize;
        let mut offset = *operands;
        while low < high {
            let middle = (low + high) / 2;
            let found = *pairs.add(2 * middle);
            if found == key {
                offset = *pairs.add(2 * middle + 1);
                break;
            }
            if found < key {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        r.sp = r.sp.sub(1);
        jump(r, offset as isize)
    }
}

#[inline(always)]
unsafe fn return_address(r: Registers, length: usize) -> u64 {
    // SAFETY: the frame's method runs quickened code.
    let code = unsafe { (*(*r.frame).method.as_ptr()).code.load(Ordering::Relaxed) };
    (r.pc as usize - code as usize + length + 1) as u64
}

#[inline(always)]
unsafe fn return_from_subroutine(mut r: Registers, address: u64) {
    // SAFETY: the verifier lets only jsr's return addresses come here.
    unsafe {
        let code = (*(*r.frame).method.as_ptr()).code.load(Ordering::Relaxed);
        r.pc = code.wrapping_add((address as usize).wrapping_sub(1));
        backward(r)
    }
}

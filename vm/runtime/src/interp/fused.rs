//! Fused instructions, see `fuse`. The two forms of each differ in the length of the first part: a load of one byte,
//! or of two.

use super::branches::{backward, branch};
use super::context::{Registers, handlers, widen};
use super::fields::load_any;
use super::slow;
use crate::method_area::Field;

#[inline(always)]
unsafe fn first_local(r: Registers) -> u64 {
    // SAFETY: the operand is a local's index.
    unsafe { *r.local(usize::from(r.u8_at(1))) }
}

handlers! {
    load_load_2(r) {
        let indexes = usize::from(r.u8_at(1));
        let (a, b) = (*r.local(indexes >> 4), *r.local(indexes & 15));
        *r.sp = a;
        *r.sp.add(1) = b;
        r.next(2, 2)
    }
    load_load_3(r) {
        let (a, b) = (first_local(r), *r.local(usize::from(r.u8_at(2))));
        *r.sp = a;
        *r.sp.add(1) = b;
        r.next(3, 2)
    }
    load_load_4(r) {
        let (a, b) = (first_local(r), *r.local(usize::from(r.u8_at(3))));
        *r.sp = a;
        *r.sp.add(1) = b;
        r.next(4, 2)
    }
    iinc_goto(r) {
        let local = r.local(usize::from(r.u8_at(1)));
        *local = u64::from((*local as u32).wrapping_add(r.u8_at(2) as i8 as u32));
        let offset = isize::from(r.i16_at(4));
        r.pc = r.pc.wrapping_offset(3 + offset);
        if offset > 0 {
            return r.dispatch();
        }
        backward(r)
    }
}

/// A branch whose own instruction begins `length` bytes on.
#[inline(always)]
unsafe fn branch_behind(mut r: Registers, length: usize, taken: bool) {
    r.pc = r.pc.wrapping_add(length);
    // SAFETY: registers are those of the running frame.
    unsafe { branch(r, taken) }
}

macro_rules! load_and_compare {
    ($($short:ident $long:ident |$a:ident, $b:ident| $condition:expr;)*) => {
        handlers! { $(
            $short(r) {
                let ($a, $b) = (r.int(1), first_local(r) as i32);
                r.sp = r.sp.sub(1);
                branch_behind(r, 1, $condition)
            }
            $long(r) {
                let ($a, $b) = (r.int(1), first_local(r) as i32);
                r.sp = r.sp.sub(1);
                branch_behind(r, 2, $condition)
            }
        )* }
    };
}
load_and_compare! {
    load_if_icmpeq_4 load_if_icmpeq_5 |a, b| a == b;
    load_if_icmpne_4 load_if_icmpne_5 |a, b| a != b;
    load_if_icmplt_4 load_if_icmplt_5 |a, b| a < b;
    load_if_icmpge_4 load_if_icmpge_5 |a, b| a >= b;
    load_if_icmpgt_4 load_if_icmpgt_5 |a, b| a > b;
    load_if_icmple_4 load_if_icmple_5 |a, b| a <= b;
}

macro_rules! load_and_test {
    ($($short:ident $long:ident |$a:ident| $condition:expr;)*) => {
        handlers! { $(
            $short(r) { let $a = first_local(r); branch_behind(r, 1, $condition) }
            $long(r) { let $a = first_local(r); branch_behind(r, 2, $condition) }
        )* }
    };
}
load_and_test! {
    load_ifeq_4 load_ifeq_5 |a| a as i32 == 0;
    load_ifne_4 load_ifne_5 |a| a as i32 != 0;
    load_ifnull_4 load_ifnull_5 |a| a == 0;
    load_ifnonnull_4 load_ifnonnull_5 |a| a != 0;
}

macro_rules! load_and_calculate {
    ($($short:ident $long:ident |$r:ident, $b:ident| $set:expr;)*) => {
        handlers! { $(
            $short($r) { let $b = first_local($r); $set; $r.next(2, 0) }
            $long($r) { let $b = first_local($r); $set; $r.next(3, 0) }
        )* }
    };
}
load_and_calculate! {
    load_iadd_2 load_iadd_3 |r, b| r.set_int(1, r.int(1).wrapping_add(b as i32));
    load_isub_2 load_isub_3 |r, b| r.set_int(1, r.int(1).wrapping_sub(b as i32));
    load_dadd_2 load_dadd_3 |r, b| r.set_double(2, r.double(2) + f64::from_bits(b));
    load_dmul_2 load_dmul_3 |r, b| r.set_double(2, r.double(2) * f64::from_bits(b));
}

/// Types of [`super::quick_opcodes::LOAD_GETFIELD_SMALL_4`]: in bits 14 and 15 of the operand, above the offset.
pub(super) const SMALL_BYTE: u16 = 0;
pub(super) const SMALL_CHAR: u16 = 1;
pub(super) const SMALL_SHORT: u16 = 2;
/// Offsets from here on do not fit.
pub(super) const SMALL_OFFSET_LIMIT: u16 = 1 << 14;

macro_rules! load_and_get {
    ($($name:ident $length:literal $type:ty, |$value:ident| $slot:expr, $slots:literal;)*) => {
        handlers! { $(
            $name(r) {
                let object = first_local(r) as usize;
                if object == 0 {
                    return r.go(null_receiver);
                }
                let $value = *((object + usize::from(r.u16_at($length - 2))) as *const $type);
                r.set(0, $slot);
                r.next($length, $slots)
            }
        )* }
    };
}
load_and_get! {
    load_getfield_int_4 4 u32, |v| u64::from(v), 1;
    load_getfield_int_5 5 u32, |v| u64::from(v), 1;
    load_getfield_long_4 4 u64, |v| v, 2;
    load_getfield_long_5 5 u64, |v| v, 2;
    load_getfield_reference_4 4 u32, |v| widen(v) as u64, 1;
    load_getfield_reference_5 5 u32, |v| widen(v) as u64, 1;
}

#[inline(always)]
unsafe fn get_small(r: Registers, length: usize) {
    // SAFETY: as for the handlers.
    unsafe {
        let object = first_local(r) as usize;
        if object == 0 {
            return r.go(null_receiver);
        }
        let operand = r.u16_at(length - 2);
        let at = object + usize::from(operand & (SMALL_OFFSET_LIMIT - 1));
        let value = match operand >> 14 {
            SMALL_BYTE => i32::from(*(at as *const i8)),
            SMALL_CHAR => i32::from(*(at as *const u16)),
            _ => i32::from(*(at as *const i16)),
        };
        r.set_int(0, value);
        r.next(length, 1)
    }
}

#[inline(always)]
unsafe fn get_any(r: Registers, length: usize) {
    // SAFETY: as for the handlers; the pool word is the field.
    unsafe {
        let object = first_local(r) as usize;
        if object == 0 {
            return r.go(null_receiver);
        }
        let field = &*(*r.pool.add(usize::from(r.u16_at(length - 2))) as *const Field);
        r.set(0, load_any(object + field.offset.get() as usize, field.basic_type));
        r.next(length, field.basic_type.slots() as isize)
    }
}

/// Loads, and goes on at the getfield, `length` bytes on.
#[inline(always)]
unsafe fn load_then(mut r: Registers, length: usize, handler: super::context::Handler) {
    // SAFETY: as for the handlers.
    unsafe {
        r.set(0, first_local(r));
        r.sp = r.sp.add(1);
        r.pc = r.pc.add(length);
        r.go(handler)
    }
}

handlers! {
    load_getfield_small_4(r) { get_small(r, 4) }
    load_getfield_small_5(r) { get_small(r, 5) }
    load_getfield_any_4(r) { get_any(r, 4) }
    load_getfield_any_5(r) { get_any(r, 5) }
    load_getfield_4(r) { load_then(r, 1, slow::load_getfield_4) }
    load_getfield_5(r) { load_then(r, 2, slow::load_getfield_5) }
    /// The load of a fused getfield found null: the getfield throws.
    #[cold]
    null_receiver(r) {
        let length = if super::fuse::is_long_load_getfield(r.u8_at(0)) { 2 } else { 1 };
        load_then(r, length, slow::null_pointer)
    }
}

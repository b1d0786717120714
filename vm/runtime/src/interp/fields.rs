//! Fields. Quick instance accesses have the offset as their operand, static ones the address in the pool.

use super::context::{Registers, handlers, narrow, widen};
use super::slow;
use crate::basic_type::BasicType;
use crate::method_area::Field;
use peaberry_gc::barrier::card_mark;
use std::sync::atomic::{AtomicU8, AtomicU16, AtomicU32, AtomicU64, Ordering};

macro_rules! getters {
    ($($field:ident $statics:ident $type:ty, |$value:ident| $slot:expr, $extra:literal;)*) => {
        handlers! { $(
            $field(r) {
                let object = r.reference(1);
                if object == 0 {
                    return r.go(slow::null_pointer);
                }
                let $value = *((object + usize::from(r.u16_at(1))) as *const $type);
                r.set(1, $slot);
                r.next(3, $extra)
            }
            $statics(r) {
                let $value = *(*r.pool.add(usize::from(r.u16_at(1))) as *const $type);
                r.set(0, $slot);
                r.next(3, 1 + $extra)
            }
        )* }
    };
}
getters! {
    getfield_byte getstatic_byte i8, |v| u64::from(v as i32 as u32), 0;
    getfield_char getstatic_char u16, |v| u64::from(v), 0;
    getfield_short getstatic_short i16, |v| u64::from(v as i32 as u32), 0;
    getfield_int getstatic_int u32, |v| u64::from(v), 0;
    getfield_long getstatic_long u64, |v| v, 1;
    getfield_reference getstatic_reference u32, |v| widen(v) as u64, 0;
}

macro_rules! setters {
    ($($field:ident $statics:ident $type:ty, |$value:ident| $stored:expr, $depth:literal;)*) => {
        handlers! { $(
            $field(r) {
                let object = r.reference($depth + 1);
                if object == 0 {
                    return r.go(slow::null_pointer);
                }
                let $value = *r.slot($depth);
                *((object + usize::from(r.u16_at(1))) as *mut $type) = $stored;
                r.next(3, -1 - $depth)
            }
            $statics(r) {
                let $value = *r.slot($depth);
                *(*r.pool.add(usize::from(r.u16_at(1))) as *mut $type) = $stored;
                r.next(3, -$depth)
            }
        )* }
    };
}
setters! {
    putfield_byte putstatic_byte u8, |v| v as u8, 1;
    putfield_boolean putstatic_boolean u8, |v| v as u8 & 1, 1;
    putfield_short putstatic_short u16, |v| v as u16, 1;
    putfield_int putstatic_int u32, |v| v as u32, 1;
    putfield_long putstatic_long u64, |v| v, 2;
}

/// Stores a reference so that whoever reads it sees the object initialised, and marks the card.
#[inline(always)]
unsafe fn store_reference(r: Registers, address: usize, value: usize) {
    // SAFETY: the address is a reference slot of a live object.
    unsafe {
        (*(address as *const AtomicU32)).store(narrow(value), Ordering::Release);
        card_mark((*r.thread).card_table, address);
    }
}

/// Reads a field of any type with volatile semantics.
#[inline(always)]
pub(super) unsafe fn load_any(address: usize, basic_type: BasicType) -> u64 {
    // SAFETY: the address is that of a field of this type.
    unsafe {
        match basic_type {
            BasicType::Boolean | BasicType::Byte => {
                let value = (*(address as *const AtomicU8)).load(Ordering::SeqCst);
                u64::from(value as i8 as i32 as u32)
            }
            BasicType::Char => u64::from((*(address as *const AtomicU16)).load(Ordering::SeqCst)),
            BasicType::Short => {
                let value = (*(address as *const AtomicU16)).load(Ordering::SeqCst);
                u64::from(value as i16 as i32 as u32)
            }
            BasicType::Int | BasicType::Float => u64::from((*(address as *const AtomicU32)).load(Ordering::SeqCst)),
            BasicType::Object | BasicType::Array => {
                widen((*(address as *const AtomicU32)).load(Ordering::SeqCst)) as u64
            }
            BasicType::Long | BasicType::Double | BasicType::Void => {
                (*(address as *const AtomicU64)).load(Ordering::SeqCst)
            }
        }
    }
}

/// Writes a field of any type with volatile semantics.
#[inline(always)]
unsafe fn store_any(r: Registers, address: usize, basic_type: BasicType, value: u64) {
    // SAFETY: the address is that of a field of this type.
    unsafe {
        match basic_type {
            BasicType::Boolean => (*(address as *const AtomicU8)).store(value as u8 & 1, Ordering::SeqCst),
            BasicType::Byte => (*(address as *const AtomicU8)).store(value as u8, Ordering::SeqCst),
            BasicType::Char | BasicType::Short => {
                (*(address as *const AtomicU16)).store(value as u16, Ordering::SeqCst);
            }
            BasicType::Int | BasicType::Float => {
                (*(address as *const AtomicU32)).store(value as u32, Ordering::SeqCst);
            }
            BasicType::Object | BasicType::Array => {
                (*(address as *const AtomicU32)).store(narrow(value as usize), Ordering::SeqCst);
                card_mark((*r.thread).card_table, address);
            }
            BasicType::Long | BasicType::Double | BasicType::Void => {
                (*(address as *const AtomicU64)).store(value, Ordering::SeqCst);
            }
        }
    }
}

#[inline(always)]
unsafe fn pool_field(r: Registers) -> *const Field {
    // SAFETY: the pool word of a volatile field's constant is the field.
    unsafe { *r.pool.add(usize::from(r.u16_at(1))) as *const Field }
}

handlers! {
    putfield_reference(r) {
        let object = r.reference(2);
        if object == 0 {
            return r.go(slow::null_pointer);
        }
        store_reference(r, object + usize::from(r.u16_at(1)), r.reference(1));
        r.next(3, -2)
    }
    putstatic_reference(r) {
        let address = *r.pool.add(usize::from(r.u16_at(1))) as usize;
        store_reference(r, address, r.reference(1));
        r.next(3, -1)
    }
    getfield_any(r) {
        let field = &*pool_field(r);
        let object = r.reference(1);
        if object == 0 {
            return r.go(slow::null_pointer);
        }
        r.set(1, load_any(object + field.offset.get() as usize, field.basic_type));
        r.next(3, field.basic_type.slots() as isize - 1)
    }
    getstatic_volatile(r) {
        let field = &*pool_field(r);
        r.set(0, load_any(field.static_address(), field.basic_type));
        r.next(3, field.basic_type.slots() as isize)
    }
    putfield_any(r) {
        let field = &*pool_field(r);
        let slots = field.basic_type.slots();
        let object = r.reference(slots + 1);
        if object == 0 {
            return r.go(slow::null_pointer);
        }
        store_any(r, object + field.offset.get() as usize, field.basic_type, *r.slot(slots));
        r.next(3, -1 - slots as isize)
    }
    putstatic_volatile(r) {
        let field = &*pool_field(r);
        let slots = field.basic_type.slots();
        store_any(r, field.static_address(), field.basic_type, *r.slot(slots));
        r.next(3, -(slots as isize))
    }
}

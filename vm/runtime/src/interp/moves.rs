//! Constants, loads, stores and the instructions that only move operands.

use super::context::{handlers, widen};
use super::slow;

macro_rules! constants {
    ($($name:ident = $value:expr, $slots:literal;)*) => {
        handlers! { $($name(r) { r.set(0, $value); r.next(1, $slots) })* }
    };
}
constants! {
    aconst_null = 0, 1;
    iconst_m1 = 0xffff_ffff, 1;
    iconst_0 = 0, 1;
    iconst_1 = 1, 1;
    iconst_2 = 2, 1;
    iconst_3 = 3, 1;
    iconst_4 = 4, 1;
    iconst_5 = 5, 1;
    lconst_0 = 0, 2;
    lconst_1 = 1, 2;
    fconst_0 = 0, 1;
    fconst_1 = 0x3f80_0000, 1;
    fconst_2 = 0x4000_0000, 1;
    dconst_0 = 0, 2;
    dconst_1 = 0x3ff0_0000_0000_0000, 2;
}

macro_rules! loads {
    ($($general:ident $wide:ident $n0:ident $n1:ident $n2:ident $n3:ident $slots:literal;)*) => {
        handlers! {
            $(
                $general(r) { r.set(0, *r.local(usize::from(r.u8_at(1)))); r.next(2, $slots) }
                $wide(r) { r.set(0, *r.local(usize::from(r.u16_at(2)))); r.next(4, $slots) }
                $n0(r) { r.set(0, *r.local(0)); r.next(1, $slots) }
                $n1(r) { r.set(0, *r.local(1)); r.next(1, $slots) }
                $n2(r) { r.set(0, *r.local(2)); r.next(1, $slots) }
                $n3(r) { r.set(0, *r.local(3)); r.next(1, $slots) }
            )*
        }
    };
}
loads! {
    load wide_load load_0 load_1 load_2 load_3 1;
    load2 wide_load2 load2_0 load2_1 load2_2 load2_3 2;
}

macro_rules! stores {
    ($($general:ident $wide:ident $n0:ident $n1:ident $n2:ident $n3:ident $slots:literal;)*) => {
        handlers! {
            $(
                $general(r) { *r.local(usize::from(r.u8_at(1))) = *r.slot($slots); r.next(2, -$slots) }
                $wide(r) { *r.local(usize::from(r.u16_at(2))) = *r.slot($slots); r.next(4, -$slots) }
                $n0(r) { *r.local(0) = *r.slot($slots); r.next(1, -$slots) }
                $n1(r) { *r.local(1) = *r.slot($slots); r.next(1, -$slots) }
                $n2(r) { *r.local(2) = *r.slot($slots); r.next(1, -$slots) }
                $n3(r) { *r.local(3) = *r.slot($slots); r.next(1, -$slots) }
            )*
        }
    };
}
stores! {
    store wide_store store_0 store_1 store_2 store_3 1;
    store2 wide_store2 store2_0 store2_1 store2_2 store2_3 2;
}

handlers! {
    nop(r) { r.next(1, 0) }
    bipush(r) { r.set_int(0, i32::from(r.u8_at(1) as i8)); r.next(2, 1) }
    sipush(r) { r.set_int(0, i32::from(r.i16_at(1))); r.next(3, 1) }

    // Numeric constants are resolved from the start.
    ldc(r) { r.set(0, *r.pool.add(usize::from(r.u8_at(1)))); r.next(2, 1) }
    ldc_w(r) { r.set(0, *r.pool.add(usize::from(r.u16_at(1)))); r.next(3, 1) }
    ldc2_w(r) { r.set(0, *r.pool.add(usize::from(r.u16_at(1)))); r.next(3, 2) }
    ldc_reference(r) {
        let slot = *r.pool.add(usize::from(r.u8_at(1))) as *const u32;
        if slot.is_null() {
            return r.go(slow::load_constant);
        }
        r.set(0, widen(*slot) as u64);
        r.next(2, 1)
    }
    ldc_w_reference(r) {
        let slot = *r.pool.add(usize::from(r.u16_at(1))) as *const u32;
        if slot.is_null() {
            return r.go(slow::load_constant);
        }
        r.set(0, widen(*slot) as u64);
        r.next(3, 1)
    }
    ldc_class(r) {
        let class = *r.pool.add(usize::from(r.u8_at(1))) as *const crate::method_area::Class;
        if class.is_null() {
            return r.go(slow::load_constant);
        }
        r.set(0, (*class).mirror().0 as u64);
        r.next(2, 1)
    }
    ldc_w_class(r) {
        let class = *r.pool.add(usize::from(r.u16_at(1))) as *const crate::method_area::Class;
        if class.is_null() {
            return r.go(slow::load_constant);
        }
        r.set(0, (*class).mirror().0 as u64);
        r.next(3, 1)
    }

    pop(r) { r.next(1, -1) }
    pop2(r) { r.next(1, -2) }
    dup(r) { r.set(0, *r.slot(1)); r.next(1, 1) }
    dup_x1(r) {
        let (b, a) = (*r.slot(1), *r.slot(2));
        r.set(2, b);
        r.set(1, a);
        r.set(0, b);
        r.next(1, 1)
    }
    dup_x2(r) {
        let (c, b, a) = (*r.slot(1), *r.slot(2), *r.slot(3));
        r.set(3, c);
        r.set(2, a);
        r.set(1, b);
        r.set(0, c);
        r.next(1, 1)
    }
    dup2(r) {
        let (b, a) = (*r.slot(1), *r.slot(2));
        *r.sp = a;
        *r.sp.add(1) = b;
        r.next(1, 2)
    }
    dup2_x1(r) {
        let (c, b, a) = (*r.slot(1), *r.slot(2), *r.slot(3));
        r.set(3, b);
        r.set(2, c);
        r.set(1, a);
        *r.sp = b;
        *r.sp.add(1) = c;
        r.next(1, 2)
    }
    dup2_x2(r) {
        let (d, c, b, a) = (*r.slot(1), *r.slot(2), *r.slot(3), *r.slot(4));
        r.set(4, c);
        r.set(3, d);
        r.set(2, a);
        r.set(1, b);
        *r.sp = c;
        *r.sp.add(1) = d;
        r.next(1, 2)
    }
    swap(r) {
        let (b, a) = (*r.slot(1), *r.slot(2));
        r.set(2, b);
        r.set(1, a);
        r.next(1, 0)
    }

    iinc(r) {
        let local = r.local(usize::from(r.u8_at(1)));
        *local = u64::from((*local as u32).wrapping_add(r.u8_at(2) as i8 as u32));
        r.next(3, 0)
    }
    wide_iinc(r) {
        let local = r.local(usize::from(r.u16_at(2)));
        *local = u64::from((*local as u32).wrapping_add(r.i16_at(4) as u32));
        r.next(6, 0)
    }
    wide(r) {
        let handler = super::dispatch::WIDE[r.u8_at(1) as usize];
        r.go(handler)
    }
    arraylength(r) {
        let array = r.reference(1);
        if array == 0 {
            return r.go(slow::null_pointer);
        }
        r.set(1, u64::from(super::context::length_at(array)));
        r.next(1, 0)
    }
}

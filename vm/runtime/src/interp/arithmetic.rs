//! Arithmetic, comparison and conversion (JVMS §2.8, §6.5).

use super::context::handlers;
use super::slow;

macro_rules! int_binary {
    ($($name:ident($a:ident, $b:ident) = $value:expr;)*) => {
        handlers! { $($name(r) {
            let ($a, $b) = (r.int(2), r.int(1));
            r.set_int(2, $value);
            r.next(1, -1)
        })* }
    };
}
int_binary! {
    iadd(a, b) = a.wrapping_add(b);
    isub(a, b) = a.wrapping_sub(b);
    imul(a, b) = a.wrapping_mul(b);
    iand(a, b) = a & b;
    ior(a, b) = a | b;
    ixor(a, b) = a ^ b;
    ishl(a, b) = a.wrapping_shl(b as u32);
    ishr(a, b) = a.wrapping_shr(b as u32);
    iushr(a, b) = (a as u32).wrapping_shr(b as u32) as i32;
}

macro_rules! long_binary {
    ($($name:ident($a:ident, $b:ident) = $value:expr;)*) => {
        handlers! { $($name(r) {
            let ($a, $b) = (r.long(4), r.long(2));
            r.set(4, ($value) as u64);
            r.next(1, -2)
        })* }
    };
}
long_binary! {
    ladd(a, b) = a.wrapping_add(b);
    lsub(a, b) = a.wrapping_sub(b);
    lmul(a, b) = a.wrapping_mul(b);
    land(a, b) = a & b;
    lor(a, b) = a | b;
    lxor(a, b) = a ^ b;
}

macro_rules! float_binary {
    ($($name:ident $double:ident($a:ident, $b:ident) = $value:expr;)*) => {
        handlers! { $(
            $name(r) {
                let ($a, $b) = (r.float(2), r.float(1));
                r.set_float(2, $value);
                r.next(1, -1)
            }
            $double(r) {
                let ($a, $b) = (r.double(4), r.double(2));
                r.set_double(4, $value);
                r.next(1, -2)
            }
        )* }
    };
}
float_binary! {
    fadd dadd(a, b) = a + b;
    fsub dsub(a, b) = a - b;
    fmul dmul(a, b) = a * b;
    fdiv ddiv(a, b) = a / b;
}

/// -1, 0 or 1, and `unordered` where a NaN takes part.
#[inline(always)]
fn compare<T: PartialOrd>(a: T, b: T, unordered: i32) -> i32 {
    if a > b {
        1
    } else if a == b {
        0
    } else if a < b {
        -1
    } else {
        unordered
    }
}

macro_rules! conversions {
    ($($name:ident = $from:ident($depth:literal) as $($to:ty)=>+, $set:ident($at:literal), $slots:literal;)*) => {
        handlers! { $($name(r) {
            let value = r.$from($depth);
            $(let value = value as $to;)+
            r.$set($at, value);
            r.next(1, $slots)
        })* }
    };
}
// Rust's casts from floating point saturate and take NaN to 0, as the JVM's do.
conversions! {
    i2l = int(1) as i64 => u64, set(1), 1;
    i2f = int(1) as f32, set_float(1), 0;
    i2d = int(1) as f64, set_double(1), 1;
    l2i = long(2) as i32, set_int(2), -1;
    l2f = long(2) as f32, set_float(2), -1;
    l2d = long(2) as f64, set_double(2), 0;
    f2i = float(1) as i32, set_int(1), 0;
    f2l = float(1) as i64 => u64, set(1), 1;
    f2d = float(1) as f64, set_double(1), 1;
    d2i = double(2) as i32, set_int(2), -1;
    d2l = double(2) as i64 => u64, set(2), 0;
    d2f = double(2) as f32, set_float(2), -1;
    i2b = int(1) as i8 => i32, set_int(1), 0;
    i2c = int(1) as u16 => i32, set_int(1), 0;
    i2s = int(1) as i16 => i32, set_int(1), 0;
}

handlers! {
    idiv(r) {
        let (a, b) = (r.int(2), r.int(1));
        if b == 0 {
            return r.go(slow::division_by_zero);
        }
        r.set_int(2, a.wrapping_div(b));
        r.next(1, -1)
    }
    irem(r) {
        let (a, b) = (r.int(2), r.int(1));
        if b == 0 {
            return r.go(slow::division_by_zero);
        }
        r.set_int(2, a.wrapping_rem(b));
        r.next(1, -1)
    }
    ldiv(r) {
        let (a, b) = (r.long(4), r.long(2));
        if b == 0 {
            return r.go(slow::division_by_zero);
        }
        r.set(4, a.wrapping_div(b) as u64);
        r.next(1, -2)
    }
    lrem(r) {
        let (a, b) = (r.long(4), r.long(2));
        if b == 0 {
            return r.go(slow::division_by_zero);
        }
        r.set(4, a.wrapping_rem(b) as u64);
        r.next(1, -2)
    }
    frem(r) {
        r.set_float(2, float_remainder(r.float(2), r.float(1)));
        r.next(1, -1)
    }
    drem(r) {
        r.set_double(4, double_remainder(r.double(4), r.double(2)));
        r.next(1, -2)
    }
    ineg(r) { r.set_int(1, r.int(1).wrapping_neg()); r.next(1, 0) }
    lneg(r) { r.set(2, r.long(2).wrapping_neg() as u64); r.next(1, 0) }
    fneg(r) { r.set(1, u64::from(r.int(1) as u32 ^ 0x8000_0000)); r.next(1, 0) }
    dneg(r) { r.set(2, r.long(2) as u64 ^ (1 << 63)); r.next(1, 0) }
    lshl(r) { r.set(3, r.long(3).wrapping_shl(r.int(1) as u32) as u64); r.next(1, -1) }
    lshr(r) { r.set(3, r.long(3).wrapping_shr(r.int(1) as u32) as u64); r.next(1, -1) }
    lushr(r) { r.set(3, (r.long(3) as u64).wrapping_shr(r.int(1) as u32)); r.next(1, -1) }

    lcmp(r) {
        let (a, b) = (r.long(4), r.long(2));
        r.set_int(4, i32::from(a > b) - i32::from(a < b));
        r.next(1, -3)
    }
    fcmpl(r) { r.set_int(2, compare(r.float(2), r.float(1), -1)); r.next(1, -1) }
    fcmpg(r) { r.set_int(2, compare(r.float(2), r.float(1), 1)); r.next(1, -1) }
    dcmpl(r) { r.set_int(4, compare(r.double(4), r.double(2), -1)); r.next(1, -3) }
    dcmpg(r) { r.set_int(4, compare(r.double(4), r.double(2), 1)); r.next(1, -3) }
}

/// `%` of Java: C's fmod.
#[inline(never)]
extern "C" fn float_remainder(a: f32, b: f32) -> f32 {
    a % b
}
#[inline(never)]
extern "C" fn double_remainder(a: f64, b: f64) -> f64 {
    a % b
}

//! Sine and cosine.

use super::high_word;
use super::reduce::reduce;

const S1: f64 = f64::from_bits(0xbfc5_5555_5555_5549);
const S2: f64 = f64::from_bits(0x3f81_1111_1110_f8a6);
const S3: f64 = f64::from_bits(0xbf2a_01a0_19c1_61d5);
const S4: f64 = f64::from_bits(0x3ec7_1de3_57b1_fe7d);
const S5: f64 = f64::from_bits(0xbe5a_e5e6_8a2b_9ceb);
const S6: f64 = f64::from_bits(0x3de5_d93a_5acf_d57c);

const C1: f64 = f64::from_bits(0x3fa5_5555_5555_554c);
const C2: f64 = f64::from_bits(0xbf56_c16c_16c1_5177);
const C3: f64 = f64::from_bits(0x3efa_01a0_19cb_1590);
const C4: f64 = f64::from_bits(0xbe92_7e4f_809c_52ad);
const C5: f64 = f64::from_bits(0x3e21_ee9e_bdb4_b1c4);
const C6: f64 = f64::from_bits(0xbda8_fae9_be88_38d4);

/// Sine of `x + y` on [-π/4, π/4].
fn kernel_sin(x: f64, y: f64, has_tail: bool) -> f64 {
    if high_word(x) & 0x7fff_ffff < 0x3e40_0000 {
        return x;
    }
    let z = x * x;
    let v = z * x;
    let r = S2 + z * (S3 + z * (S4 + z * (S5 + z * S6)));
    if has_tail {
        x - ((z * (0.5 * y - v * r) - y) - v * S1)
    } else {
        x + v * (S1 + z * r)
    }
}

/// Cosine of `x + y` on [-π/4, π/4].
fn kernel_cos(x: f64, y: f64) -> f64 {
    let high = high_word(x) & 0x7fff_ffff;
    if high < 0x3e40_0000 {
        return 1.0;
    }
    let z = x * x;
    let r = z * (C1 + z * (C2 + z * (C3 + z * (C4 + z * (C5 + z * C6)))));
    if high < 0x3fd3_3333 {
        return 1.0 - (0.5 * z - (z * r - x * y));
    }
    let part = if high > 0x3fe9_0000 {
        0.28125
    } else {
        f64::from_bits(u64::from((high - 0x0020_0000) as u32) << 32)
    };
    let half = 0.5 * z - part;
    (1.0 - part) - (half - (z * r - x * y))
}

/// `StrictMath.sin`.
pub fn sin(x: f64) -> f64 {
    let high = high_word(x) & 0x7fff_ffff;
    if high <= 0x3fe9_21fb {
        return kernel_sin(x, 0.0, false);
    }
    if high >= 0x7ff0_0000 {
        return x - x;
    }
    let (n, y0, y1) = reduce(x);
    match n & 3 {
        0 => kernel_sin(y0, y1, true),
        1 => kernel_cos(y0, y1),
        2 => -kernel_sin(y0, y1, true),
        _ => -kernel_cos(y0, y1),
    }
}

/// `StrictMath.cos`.
pub fn cos(x: f64) -> f64 {
    let high = high_word(x) & 0x7fff_ffff;
    if high <= 0x3fe9_21fb {
        return kernel_cos(x, 0.0);
    }
    if high >= 0x7ff0_0000 {
        return x - x;
    }
    let (n, y0, y1) = reduce(x);
    match n & 3 {
        0 => kernel_cos(y0, y1),
        1 => -kernel_sin(y0, y1, true),
        2 => -kernel_cos(y0, y1),
        _ => kernel_sin(y0, y1, true),
    }
}

/// `StrictMath.atan2`.
pub fn atan2(y: f64, x: f64) -> f64 {
    use std::f64::consts::{FRAC_PI_2, PI};
    const PI_LOW: f64 = f64::from_bits(0x3ca1_a626_3314_5c07);
    let difference = (high_word(y) & 0x7fff_ffff) - (high_word(x) & 0x7fff_ffff) >> 20;
    let ordinary = x.is_finite() && y.is_finite() && x != 0.0 && y != 0.0 && x != 1.0;
    if !ordinary || difference <= 60 {
        return libm::atan2(y, x);
    }
    // So steep that the quotient does not matter.
    let steep = FRAC_PI_2 + 0.5 * PI_LOW;
    match (y.is_sign_negative(), x.is_sign_negative()) {
        (false, false) => steep,
        (true, false) => -steep,
        (false, true) => PI - (steep - PI_LOW),
        (true, true) => (steep - PI_LOW) - PI,
    }
}

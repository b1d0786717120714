//! Hyperbolic functions.

use super::high_word;
use libm::{exp, expm1};

/// Where e^x overflows: high and low word of the largest argument of sinh and cosh.
fn is_below_overflow(x: f64) -> bool {
    x.abs().to_bits() <= 0x4086_33ce_8fb9_f87d
}

/// `StrictMath.sinh`.
pub fn sinh(x: f64) -> f64 {
    let high = high_word(x) & 0x7fff_ffff;
    if high >= 0x7ff0_0000 {
        return x + x;
    }
    let half = if x.is_sign_negative() { -0.5 } else { 0.5 };
    if high < 0x4036_0000 {
        if high < 0x3e30_0000 {
            return x;
        }
        let t = expm1(x.abs());
        return if high < 0x3ff0_0000 {
            half * (2.0 * t - t * t / (t + 1.0))
        } else {
            half * (t + t / (t + 1.0))
        };
    }
    if high < 0x4086_2e42 {
        return half * exp(x.abs());
    }
    if is_below_overflow(x) {
        let w = exp(0.5 * x.abs());
        return (half * w) * w;
    }
    x * 1.0e307
}

/// `StrictMath.cosh`.
pub fn cosh(x: f64) -> f64 {
    let high = high_word(x) & 0x7fff_ffff;
    if high >= 0x7ff0_0000 {
        return x * x;
    }
    if high < 0x3fd6_2e43 {
        let t = expm1(x.abs());
        let w = 1.0 + t;
        return if high < 0x3c80_0000 { w } else { 1.0 + (t * t) / (w + w) };
    }
    if high < 0x4036_0000 {
        let t = exp(x.abs());
        return 0.5 * t + 0.5 / t;
    }
    if high < 0x4086_2e42 {
        return 0.5 * exp(x.abs());
    }
    if is_below_overflow(x) {
        let w = exp(0.5 * x.abs());
        return (0.5 * w) * w;
    }
    f64::INFINITY
}

/// `StrictMath.tanh`.
pub fn tanh(x: f64) -> f64 {
    let high = high_word(x) & 0x7fff_ffff;
    if high >= 0x7ff0_0000 {
        return if x.is_sign_negative() {
            1.0 / x - 1.0
        } else {
            1.0 / x + 1.0
        };
    }
    let z = if high < 0x4036_0000 {
        if high < 0x3c80_0000 {
            return x * (1.0 + x);
        }
        if high >= 0x3ff0_0000 {
            let t = expm1(2.0 * x.abs());
            1.0 - 2.0 / (t + 2.0)
        } else {
            let t = expm1(-2.0 * x.abs());
            -t / (t + 2.0)
        }
    } else {
        1.0
    };
    if x.is_sign_negative() { -z } else { z }
}

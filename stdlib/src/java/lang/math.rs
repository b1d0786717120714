//! `java.lang.Math`: what processors and C libraries compute faster than bytecode.
//!
//! The class library allows its results to be anything within an ulp of the exact one. These are within about half an
//! ulp, as HotSpot's are, and so agree with HotSpot's in all but a few arguments of ten thousand.

use super::strict_math::trigonometric;
use peaberry_runtime::{JResult, JavaThread, natives};

natives! { pub INTRINSICS: "java/lang/Math" {
    "sin" "(D)D" [leaf] => sin;
    "cos" "(D)D" [leaf] => cos;
    "tan" "(D)D" [leaf] => tan;
    "exp" "(D)D" [leaf] => exp;
    "log" "(D)D" [leaf] => log;
    "log10" "(D)D" [leaf] => log10;
    "pow" "(DD)D" [leaf] => pow;
    "sqrt" "(D)D" [leaf] => sqrt;
    "fma" "(DDD)D" [leaf] => fma;
    "fma" "(FFF)F" [leaf] => fma_float;
    "floor" "(D)D" [leaf] => floor;
    "ceil" "(D)D" [leaf] => ceil;
    "rint" "(D)D" [leaf] => rint;
} }

macro_rules! unary {
    ($($name:ident => $function:path;)*) => {
        $(fn $name(_: &mut JavaThread, x: f64) -> JResult<f64> {
            Ok($function(x))
        })*
    };
}
unary! {
    exp => f64::exp;
    log => f64::ln;
    sqrt => f64::sqrt;
    floor => f64::floor;
    ceil => f64::ceil;
    rint => f64::round_ties_even;
    log10 => exact_log10;
}

/// The C library's reduction of larger arguments of trigonometric functions loses bits near multiples of π/2.
const LARGE_ANGLE: f64 = 1e8;

macro_rules! of_angle {
    ($($name:ident => $function:path, $large:path;)*) => {
        $(fn $name(_: &mut JavaThread, x: f64) -> JResult<f64> {
            Ok(if x.abs() < LARGE_ANGLE { $function(x) } else { $large(x) })
        })*
    };
}
of_angle! {
    sin => f64::sin, trigonometric::sin;
    cos => f64::cos, trigonometric::cos;
    tan => f64::tan, libm::tan;
}

/// Java has no special case for `pow(1, NaN)` and `pow(±1, ±∞)`: both are NaN.
fn pow(_: &mut JavaThread, x: f64, y: f64) -> JResult<f64> {
    if y == 0.0 {
        return Ok(1.0);
    }
    if y.is_nan() || (y.is_infinite() && x.abs() == 1.0) {
        return Ok(f64::NAN);
    }
    // Rounded exactly where that is cheap: compiled code squares and takes roots, and results must not depend on it.
    if y == 2.0 {
        return Ok(x * x);
    }
    if y == 0.5 && x >= 0.0 {
        return Ok(x.abs().sqrt());
    }
    Ok(x.powf(y))
}

fn fma(_: &mut JavaThread, a: f64, b: f64, c: f64) -> JResult<f64> {
    Ok(a.mul_add(b, c))
}

fn fma_float(_: &mut JavaThread, a: f32, b: f32, c: f32) -> JResult<f32> {
    Ok(a.mul_add(b, c))
}

/// An unevaluated sum of two doubles.
#[derive(Clone, Copy)]
struct Pair(f64, f64);

impl Pair {
    fn sum(a: f64, b: f64) -> Pair {
        let s = a + b;
        let t = s - a;
        Pair(s, (a - (s - t)) + (b - t))
    }
    fn plus(self, other: Pair) -> Pair {
        let Pair(s, e) = Pair::sum(self.0, other.0);
        Pair::sum(s, e + self.1 + other.1)
    }
    fn times(self, other: Pair) -> Pair {
        let p = self.0 * other.0;
        let e = self.0.mul_add(other.0, -p);
        Pair::sum(p, e + (self.0 * other.1 + self.1 * other.0))
    }
    fn over(self, other: Pair) -> Pair {
        let q = self.0 / other.0;
        let rest = self.plus(Pair(-q, 0.0).times(other));
        Pair::sum(q, (rest.0 + rest.1) / other.0)
    }
}

/// The decimal logarithm, rounded from about 100 bits: powers of ten come out exact.
fn exact_log10(x: f64) -> f64 {
    /// log10(2) and 1/ln(10) to twice the precision.
    const LOG10_2: Pair = Pair(
        f64::from_bits(0x3fd3_4413_509f_79ff),
        f64::from_bits(0xbc49_dc1d_a994_fd21),
    );
    const INVERSE_LN10: Pair = Pair(
        f64::from_bits(0x3fdb_cb7b_1526_e50e),
        f64::from_bits(0x3c69_5355_baaa_fad3),
    );
    if !(x > 0.0 && x < f64::INFINITY) {
        return x.log10();
    }
    let scaled = if x < f64::MIN_POSITIVE {
        x * f64::from_bits(0x4350_0000_0000_0000)
    } else {
        x
    };
    let mut exponent = ((scaled.to_bits() >> 52) & 0x7ff) as i32 - 1023;
    let mut mantissa = f64::from_bits(scaled.to_bits() & 0x000f_ffff_ffff_ffff | 0x3ff0_0000_0000_0000);
    if mantissa > std::f64::consts::SQRT_2 {
        mantissa *= 0.5;
        exponent += 1;
    }
    if x < f64::MIN_POSITIVE {
        exponent -= 54;
    }
    // ln(m) = 2 artanh(s), s = (m - 1) / (m + 1), |s| < 0.172.
    let s = Pair(mantissa - 1.0, 0.0).over(Pair::sum(mantissa, 1.0));
    let square = s.times(s);
    let tail = (5..=21)
        .rev()
        .fold(0.0, |sum, k| sum * square.0 + 1.0 / f64::from(2 * k + 1));
    let mut series = Pair(tail, 0.0);
    for k in (0..5).rev() {
        series = series
            .times(square)
            .plus(Pair(1.0, 0.0).over(Pair(f64::from(2 * k + 1), 0.0)));
    }
    let natural = s.times(series).times(Pair(2.0, 0.0));
    let result = natural
        .times(INVERSE_LN10)
        .plus(LOG10_2.times(Pair(f64::from(exponent), 0.0)));
    result.0 + result.1
}

//! `java.lang.StrictMath`: the functions of fdlibm, to the bit. Where `libm`'s versions give other bits (they descend
//! from later revisions), the algorithms are here.

mod hyperbolic;
mod logarithm;
mod reduce;
mod trigonometric;

use peaberry_runtime::{JResult, JavaThread, natives};

natives! { pub NATIVES: "java/lang/StrictMath" {
    "sin" "(D)D" [until 24] => sin;
    "cos" "(D)D" [until 24] => cos;
    "tan" "(D)D" [until 24] => tan;
    "asin" "(D)D" [until 24] => asin;
    "acos" "(D)D" [until 24] => acos;
    "atan" "(D)D" [until 24] => atan;
    "atan2" "(DD)D" [until 24] => atan2;
    "log" "(D)D" [until 24] => log;
    "log10" "(D)D" [until 24] => log10;
    "log1p" "(D)D" [until 24] => log1p;
    "expm1" "(D)D" [until 24] => expm1;
    "sinh" "(D)D" [until 24] => sinh;
    "cosh" "(D)D" [until 24] => cosh;
    "tanh" "(D)D" [until 24] => tanh;
    "sqrt" "(D)D" [until 24] => sqrt;
    "IEEEremainder" "(DD)D" [until 24] => remainder;
} }

macro_rules! unary {
    ($($name:ident => $function:path;)*) => {
        $(fn $name(_: &mut JavaThread, x: f64) -> JResult<f64> {
            Ok($function(x))
        })*
    };
}
unary! {
    sin => trigonometric::sin;
    cos => trigonometric::cos;
    tan => libm::tan;
    asin => libm::asin;
    acos => libm::acos;
    atan => libm::atan;
    log => logarithm::log;
    log10 => logarithm::log10;
    log1p => logarithm::log1p;
    expm1 => libm::expm1;
    sinh => hyperbolic::sinh;
    cosh => hyperbolic::cosh;
    tanh => hyperbolic::tanh;
    sqrt => f64::sqrt;
}

fn atan2(_: &mut JavaThread, y: f64, x: f64) -> JResult<f64> {
    Ok(trigonometric::atan2(y, x))
}

fn remainder(_: &mut JavaThread, x: f64, y: f64) -> JResult<f64> {
    Ok(libm::remainder(x, y))
}

/// The upper 32 bits: sign, exponent and the first 20 bits of the fraction.
fn high_word(x: f64) -> i32 {
    (x.to_bits() >> 32) as i32
}

/// `x` with its upper 32 bits replaced.
fn with_high_word(x: f64, high: i32) -> f64 {
    f64::from_bits(u64::from(high as u32) << 32 | x.to_bits() & 0xffff_ffff)
}

//! `java.lang.StrictMath`: the functions of fdlibm, to the bit. Where `libm`'s versions give other bits (they descend
//! from later revisions), the algorithms are here.

// Fdlibm's formulas and constants are written as they are published, NaN by `x - x` included.
#![allow(clippy::excessive_precision, clippy::precedence, clippy::eq_op)]

mod hyperbolic;
mod logarithm;
mod reduce;
pub(super) mod trigonometric;

use peaberry_runtime::{JResult, JavaThread, natives};

natives! { pub NATIVES: "java/lang/StrictMath" {
    "sin" "(D)D" [until 24] [leaf] => sin;
    "cos" "(D)D" [until 24] [leaf] => cos;
    "tan" "(D)D" [until 24] [leaf] => tan;
    "asin" "(D)D" [until 24] [leaf] => asin;
    "acos" "(D)D" [until 24] [leaf] => acos;
    "atan" "(D)D" [until 24] [leaf] => atan;
    "atan2" "(DD)D" [until 24] [leaf] => atan2;
    "log" "(D)D" [until 24] [leaf] => log;
    "log10" "(D)D" [until 24] [leaf] => log10;
    "log1p" "(D)D" [until 24] [leaf] => log1p;
    "expm1" "(D)D" [until 24] [leaf] => expm1;
    "sinh" "(D)D" [until 24] [leaf] => sinh;
    "cosh" "(D)D" [until 24] [leaf] => cosh;
    "tanh" "(D)D" [until 24] [leaf] => tanh;
    "sqrt" "(D)D" [until 24] [leaf] => sqrt;
    "IEEEremainder" "(DD)D" [until 24] [leaf] => remainder;
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

#[cfg(test)]
mod tests {
    use super::*;

    type Row = (fn(f64) -> f64, &'static [(u64, u64)]);

    /// Arguments and results, as bits, of HotSpot 17.
    #[test]
    fn bits_are_those_of_hotspot() {
        let rows: &[Row] = &[
            (
                trigonometric::sin,
                &[
                    (0x3ff44eda008de286, 0x3fee8e5da3c23bb0),
                    (0x3fd245b8550039fa, 0x3fd2066ddbec9b0b),
                    (0x4010a5e7cdc29340, 0xbfeb4649b72f4d8a),
                    (0x411f0db800000000, 0x3fec110c2703947e),
                ],
            ),
            (
                trigonometric::cos,
                &[
                    (0x4007cb14d7210b5f, 0xbfef8d7171c676c1),
                    (0xc05907c8585b52df, 0x3fed5b22dc68486a),
                    (0xc0873f1dd6ebe588, 0xbfe91fcae904338f),
                    (0x401ff6d225ac0254, 0xbfc17cf3a03b535b),
                ],
            ),
            (
                libm::tan,
                &[
                    (0xc1bfbe7c731fa7d3, 0xbfb4da1afb72934a),
                    (0x406d6264ab7cb83a, 0xbfe362912fc15212),
                    (0xc11a117400000000, 0xc025aa5cf10d5966),
                    (0xc08028aa231659b4, 0x400ab3f1b5a18a1d),
                ],
            ),
            (
                logarithm::log,
                &[
                    (0x40025c57cd26cf9d, 0x3fea95aeaef27222),
                    (0x3fb48423a7155b40, 0xc00431141bfb6d91),
                    (0x408baf6aeec32933, 0x401b2583977b75db),
                    (0x408f24cd789e5750, 0x401b9e0de0b8d49b),
                ],
            ),
            (
                logarithm::log10,
                &[
                    (0x4121f7b400000000, 0x4017146b1770f3b0),
                    (0x407a2383e9dfe02e, 0x4004f8a2eb0ff043),
                    (0x4004886345f0653c, 0x3fda32e991d7e79a),
                    (0x4009766b00051e5f, 0x3fe01709b869f928),
                ],
            ),
            (
                logarithm::log1p,
                &[
                    (0xbfe99ad4f7030078, 0xbff9c356ad5f9b18),
                    (0x417ddc3b23d218fd, 0x4031426ccdf59134),
                    (0x3fd97a919deee99a, 0x3fd57294bb8ddcf4),
                    (0x4002c967191ff1b6, 0x3ff355df7334021f),
                ],
            ),
            (
                hyperbolic::sinh,
                &[
                    (0xbfdeb3c0e0b72e10, 0xbfdfe4b498c0fc1f),
                    (0xc0219b552274c928, 0xc0aa00bb43d1ae34),
                    (0x4018a93f9b5b46b4, 0x406dbeedf58bda34),
                    (0xc0820d8f6a66a7ca, 0xf3f5abfec7d1583f),
                ],
            ),
            (
                hyperbolic::cosh,
                &[
                    (0x3fddf71673582e64, 0x3ff1c937ca09d93e),
                    (0x3fd9950a8b825c1c, 0x3ff14b9abe9ec69b),
                    (0xc02044b6ee517752, 0x409aa23b4929974b),
                    (0x3fcbe2b62e85fb8c, 0x3ff06195f9096460),
                ],
            ),
            (
                hyperbolic::tanh,
                &[
                    (0xbfecee5ce0c03b3a, 0xbfe6fc34e0c46963),
                    (0x3fe17b8fe8783514, 0x3fdfdb6a3fd2cbac),
                    (0x400d69fdc5ff2d29, 0x3feff583ed4e931d),
                    (0x3fe28fe3d25d29c6, 0x3fe0ba0f731b908b),
                ],
            ),
            (
                libm::expm1,
                &[
                    (0xbfdaed12ce601d94, 0xbfd5fab0e39042e9),
                    (0x4021979a9146cb1e, 0x40b9cf6da64ebcee),
                    (0xc126193400000000, 0xbff0000000000000),
                    (0x3fea4efaf5e702cb, 0x3ff467e6bc28513e),
                ],
            ),
        ];
        for (function, pairs) in rows {
            for &(argument, result) in *pairs {
                assert_eq!(
                    function(f64::from_bits(argument)).to_bits(),
                    result,
                    "argument {argument:#x}"
                );
            }
        }
    }
}

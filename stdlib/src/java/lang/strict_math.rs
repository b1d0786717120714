//! `java.lang.StrictMath`: the functions of fdlibm, to the bit.

use peaberry_runtime::{JResult, JavaThread, natives};

natives! { pub NATIVES: "java/lang/StrictMath" {
    "sin" "(D)D" => sin;
    "cos" "(D)D" => cos;
    "tan" "(D)D" => tan;
    "asin" "(D)D" => asin;
    "acos" "(D)D" => acos;
    "atan" "(D)D" => atan;
    "atan2" "(DD)D" => atan2;
    "log" "(D)D" => log;
    "log10" "(D)D" => log10;
    "log1p" "(D)D" => log1p;
    "expm1" "(D)D" => expm1;
    "sinh" "(D)D" => sinh;
    "cosh" "(D)D" => cosh;
    "tanh" "(D)D" => tanh;
    "sqrt" "(D)D" => sqrt;
    "IEEEremainder" "(DD)D" => remainder;
} }

macro_rules! unary {
    ($($name:ident => $function:path;)*) => {
        $(fn $name(_: &mut JavaThread, x: f64) -> JResult<f64> {
            Ok($function(x))
        })*
    };
}
unary! {
    sin => libm::sin;
    cos => libm::cos;
    tan => libm::tan;
    asin => libm::asin;
    acos => libm::acos;
    atan => libm::atan;
    log => libm::log;
    log10 => libm::log10;
    log1p => libm::log1p;
    expm1 => libm::expm1;
    sinh => libm::sinh;
    cosh => libm::cosh;
    tanh => libm::tanh;
    sqrt => f64::sqrt;
}

fn atan2(_: &mut JavaThread, y: f64, x: f64) -> JResult<f64> {
    Ok(libm::atan2(y, x))
}

fn remainder(_: &mut JavaThread, x: f64, y: f64) -> JResult<f64> {
    Ok(libm::remainder(x, y))
}

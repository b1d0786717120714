//! `java.lang.String` and its kin, `Float` and `Double`.

use peaberry_runtime::{JResult, JavaThread, Obj, natives};

natives! { pub NATIVES: "java/lang/String" {
    "intern" "()Ljava/lang/String;" => intern;
} }

natives! { pub STRING_UTF16: "java/lang/StringUTF16" {
    "isBigEndian" "()Z" [until 24] [leaf] => is_big_endian;
} }

natives! { pub FLOAT: "java/lang/Float" {
    "floatToRawIntBits" "(F)I" [leaf] => float_to_bits;
    "intBitsToFloat" "(I)F" [leaf] => bits_to_float;
} }

natives! { pub DOUBLE: "java/lang/Double" {
    "doubleToRawLongBits" "(D)J" [leaf] => double_to_bits;
    "longBitsToDouble" "(J)D" [leaf] => bits_to_double;
} }

fn intern(thread: &mut JavaThread, this: Obj) -> JResult<Obj> {
    thread.intern(this)
}

/// Strings hold their UTF-16 in little-endian order on every platform.
fn is_big_endian(_: &mut JavaThread) -> JResult<bool> {
    Ok(false)
}

fn float_to_bits(_: &mut JavaThread, value: f32) -> JResult<i32> {
    Ok(value.to_bits() as i32)
}

fn bits_to_float(_: &mut JavaThread, bits: i32) -> JResult<f32> {
    Ok(f32::from_bits(bits as u32))
}

fn double_to_bits(_: &mut JavaThread, value: f64) -> JResult<i64> {
    Ok(value.to_bits() as i64)
}

fn bits_to_double(_: &mut JavaThread, bits: i64) -> JResult<f64> {
    Ok(f64::from_bits(bits as u64))
}

//! Argument reduction of the trigonometric functions: `x = n·π/2 + y0 + y1` with `|y0 + y1| <= π/4`.

use super::high_word;

const TWO_OVER_PI: f64 = f64::from_bits(0x3fe4_5f30_6dc9_c883);
/// π/2 in pieces of 33 bits, each with the rest behind it.
const PIO2_1: f64 = f64::from_bits(0x3ff9_21fb_5440_0000);
const PIO2_1_TAIL: f64 = f64::from_bits(0x3dd0_b461_1a62_6331);
const PIO2_2: f64 = f64::from_bits(0x3dd0_b461_1a60_0000);
const PIO2_2_TAIL: f64 = f64::from_bits(0x3ba3_198a_2e03_7073);
const PIO2_3: f64 = f64::from_bits(0x3ba3_198a_2e00_0000);
const PIO2_3_TAIL: f64 = f64::from_bits(0x397b_839a_2520_49c1);

/// The binary digits of 2/π behind the point, 64 zeros before them.
const DIGITS: [u64; 21] = [
    0,
    0xa2f9_836e_4e44_1529,
    0xfc27_57d1_f534_ddc0,
    0xdb62_9599_3c43_9041,
    0xfe51_63ab_debb_c561,
    0xb724_6e3a_424d_d2e0,
    0x0649_2eea_09d1_921c,
    0xfe1d_eb1c_b129_a73e,
    0xe882_35f5_2ebb_4484,
    0xe99c_7026_b45f_7e41,
    0x3991_d639_8353_39f4,
    0x9c84_5f8b_bdf9_283b,
    0x1ff8_97ff_de05_980f,
    0xef2f_118b_5a0a_6d1f,
    0x6d36_7ecf_27cb_09b7,
    0x4f46_3f66_9e5f_ea2d,
    0x7527_bac7_ebe5_f17b,
    0x3d07_39f7_8a52_92ea,
    0x6bfb_5fb1_1f8d_5d08,
    0x5603_3046_fc7b_6bab,
    0xf0cf_bc20_9af4_361d,
];
/// π/2 with 127 binary digits behind the point.
const HALF_PI: u128 = 0xc90f_daa2_2168_c234_c4c6_628b_80dc_1cd1;

fn exponent(x: f64) -> i32 {
    ((x.to_bits() >> 52) & 0x7ff) as i32
}

/// (quadrant, y0, y1) of a finite argument.
pub fn reduce(x: f64) -> (i32, f64, f64) {
    let high = high_word(x) & 0x7fff_ffff;
    if high <= 0x3fe9_21fb {
        return (0, x, 0.0);
    }
    let t = x.abs();
    let (n, y0, y1) = if high < 0x4002_d97c {
        // Up to 3π/4 one subtraction does it.
        let z = t - PIO2_1;
        if high != 0x3ff9_21fb {
            let y0 = z - PIO2_1_TAIL;
            (1, y0, (z - y0) - PIO2_1_TAIL)
        } else {
            let z = z - PIO2_2;
            let y0 = z - PIO2_2_TAIL;
            (1, y0, (z - y0) - PIO2_2_TAIL)
        }
    } else if high <= 0x4139_21fb {
        medium(t, high)
    } else {
        large(t)
    };
    if x < 0.0 { (-n, -y0, -y1) } else { (n, y0, y1) }
}

/// Up to 2^19·π/2: subtract a multiple of π/2 in two or three pieces, as many as cancellation asks for.
fn medium(t: f64, high: i32) -> (i32, f64, f64) {
    let n = (t * TWO_OVER_PI + 0.5) as i32;
    let count = f64::from(n);
    let mut r = t - count * PIO2_1;
    let mut w = count * PIO2_1_TAIL;
    let mut y0 = r - w;
    let multiple_high = high_word(f64::from(n) * std::f64::consts::FRAC_PI_2);
    if n >= 32 || high == multiple_high {
        let before = exponent(t);
        if before - exponent(y0) > 16 {
            let kept = r;
            w = count * PIO2_2;
            r = kept - w;
            w = count * PIO2_2_TAIL - ((kept - r) - w);
            y0 = r - w;
            if before - exponent(y0) > 49 {
                let kept = r;
                w = count * PIO2_3;
                r = kept - w;
                w = count * PIO2_3_TAIL - ((kept - r) - w);
                y0 = r - w;
            }
        }
    }
    (n, y0, (r - y0) - w)
}

/// Beyond: multiply by the digits of 2/π that matter (Payne and Hanek), exactly.
fn large(t: f64) -> (i32, f64, f64) {
    let scale = exponent(t) - 1075;
    let mantissa = (t.to_bits() & ((1 << 52) - 1)) | 1 << 52;
    // 256 digits from the first whose product is not a multiple of 4.
    let start = (scale - 2 + 64) as usize;
    let (word, shift) = (start / 64, start % 64);
    let digit_word = |index: usize| {
        let (a, b) = (
            DIGITS.get(index).copied().unwrap_or(0),
            DIGITS.get(index + 1).copied().unwrap_or(0),
        );
        if shift == 0 { a } else { a << shift | b >> (64 - shift) }
    };
    let mut product = [0u64; 4];
    let mut carry = 0u128;
    for limb in (0..4).rev() {
        let sum = u128::from(digit_word(word + limb)) * u128::from(mantissa) + carry;
        product[limb] = sum as u64;
        carry = sum >> 64;
    }
    let mut n = (product[0] >> 62) as i32;
    let mut high = (u128::from(product[0]) << 64 | u128::from(product[1])) << 2 | u128::from(product[2] >> 62);
    let mut low = (u128::from(product[2]) << 64 | u128::from(product[3])) << 2;
    let negative = high >> 127 != 0;
    if negative {
        n += 1;
        let (negated, borrow) = 0u128.overflowing_sub(low);
        low = negated;
        high = 0u128.wrapping_sub(high).wrapping_sub(u128::from(borrow));
    }
    let zeros = if high == 0 {
        128 + low.leading_zeros()
    } else {
        high.leading_zeros()
    };
    let fraction = match zeros {
        0 => high,
        1..128 => high << zeros | low >> (128 - zeros),
        128..256 => low << (zeros - 128),
        _ => 0,
    };
    let angle = multiply_high(fraction, HALF_PI);
    let unit = f64::from_bits(((1023 - 127 - i64::from(zeros)) as u64) << 52);
    let leading = angle as f64;
    let y0 = leading * unit;
    let y1 = angle.wrapping_sub(leading as u128) as i128 as f64 * unit;
    if negative { (n, -y0, -y1) } else { (n, y0, y1) }
}

/// The upper half of a product.
fn multiply_high(a: u128, b: u128) -> u128 {
    let (a1, a0, b1, b0) = (a >> 64, a & u128::from(u64::MAX), b >> 64, b & u128::from(u64::MAX));
    let middle = (a0 * b0 >> 64) + (a1 * b0 & u128::from(u64::MAX)) + (a0 * b1 & u128::from(u64::MAX));
    a1 * b1 + (a1 * b0 >> 64) + (a0 * b1 >> 64) + (middle >> 64)
}

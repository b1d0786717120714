//! Floating-point numbers as Java writes them.

/// As `Float.toString`.
pub(super) fn float(value: f32) -> String {
    layout(f64::from(value), shortest(format!("{value:e}"), format!("{value:.1e}")))
}

/// As `Double.toString`.
pub(super) fn double(value: f64) -> String {
    layout(value, shortest(format!("{value:e}"), format!("{value:.1e}")))
}

/// Java wants two digits at least, and then the closest: 4.9E-324, where one digit would do.
fn shortest(digits: String, two_digits: String) -> String {
    if digits.contains('.') { digits } else { two_digits }
}

/// Lays out the shortest digits (`scientific` is Rust's form of them): plain between 10^-3 and 10^7, else with an
/// exponent, always with a decimal point.
fn layout(value: f64, scientific: String) -> String {
    if value.is_nan() {
        return "NaN".into();
    }
    if value.is_infinite() {
        return if value > 0.0 {
            "Infinity".into()
        } else {
            "-Infinity".into()
        };
    }
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |rest| ("-", rest));
    let digits: String = mantissa.chars().filter(|c| *c != '.').collect();
    let digits = match digits.trim_end_matches('0') {
        "" => "0",
        digits => digits,
    };
    let or_zero = |text: &str| {
        if text.is_empty() {
            "0".to_owned()
        } else {
            text.to_owned()
        }
    };
    match exponent {
        0..7 => {
            let point = exponent as usize + 1;
            let padded = format!("{digits:0<point$}");
            format!("{sign}{}.{}", &padded[..point], or_zero(&padded[point..]))
        }
        -3..0 => format!("{sign}0.{}{digits}", "0".repeat((-exponent - 1) as usize)),
        _ => format!("{sign}{}.{}E{exponent}", &digits[..1], or_zero(&digits[1..])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_java() {
        let cases = [
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (1.5, "1.5"),
            (100.0, "100.0"),
            (1e7, "1.0E7"),
            (1234567.0, "1234567.0"),
            (0.001, "0.001"),
            (0.00012, "1.2E-4"),
            (f64::from_bits(1), "4.9E-324"),
            (f64::MAX, "1.7976931348623157E308"),
            (f64::NEG_INFINITY, "-Infinity"),
        ];
        for (value, text) in cases {
            assert_eq!(double(value), text);
        }
        assert_eq!(float(1e10), "1.0E10");
        assert_eq!(float(0.1), "0.1");
    }
}

//! Modified UTF-8 (JVMS §4.4.7): UTF-16 code units, each encoded by itself in 1 to 3 bytes; zero takes two bytes.

/// Whether `bytes` is well-formed modified UTF-8: no zero byte, no byte 0xf0..=0xff, complete sequences. Sequences that
/// are longer than needed are only accepted with `allow_overlong`, as HotSpot does for class files up to version 47.
pub fn is_valid(bytes: &[u8], allow_overlong: bool) -> bool {
    let mut at = 0;
    while at < bytes.len() {
        // Eight plain bytes at a time: names are nearly always ASCII.
        if let Some(chunk) = bytes[at..].first_chunk::<8>() {
            let word = u64::from_ne_bytes(*chunk);
            let zeros = word.wrapping_sub(0x0101_0101_0101_0101);
            if (word | zeros) & 0x8080_8080_8080_8080 == 0 {
                at += 8;
                continue;
            }
        }
        let continuation = |offset: usize| bytes.get(at + offset).is_some_and(|byte| byte & 0xc0 == 0x80);
        at += match bytes[at] {
            0 => return false,
            0x01..=0x7f => 1,
            first @ 0xc0..=0xdf if continuation(1) => {
                if !allow_overlong && matches!(first, 0xc0 | 0xc1) && bytes[at..at + 2] != [0xc0, 0x80] {
                    return false;
                }
                2
            }
            first @ 0xe0..=0xef if continuation(1) && continuation(2) => {
                if !allow_overlong && first == 0xe0 && bytes[at + 1] < 0xa0 {
                    return false;
                }
                3
            }
            _ => return false,
        };
    }
    true
}

/// The UTF-16 code units. Malformed input yields U+FFFD for each offending byte, never a panic.
pub fn decode(bytes: &[u8]) -> Units<'_> {
    Units { bytes }
}

/// Iterator of [`decode`].
#[derive(Clone, Debug)]
pub struct Units<'a> {
    bytes: &'a [u8],
}

impl Iterator for Units<'_> {
    type Item = u16;

    #[inline]
    fn next(&mut self) -> Option<u16> {
        let (unit, length) = match *self.bytes {
            [] => return None,
            [a @ 0..=0x7f, ..] => (a.into(), 1),
            [a @ 0xc0..=0xdf, b @ 0x80..=0xbf, ..] => (u16::from(a & 0x1f) << 6 | u16::from(b & 0x3f), 2),
            [a @ 0xe0..=0xef, b @ 0x80..=0xbf, c @ 0x80..=0xbf, ..] => {
                (u16::from(a) << 12 | u16::from(b & 0x3f) << 6 | u16::from(c & 0x3f), 3)
            }
            _ => (0xfffd, 1),
        };
        self.bytes = &self.bytes[length..];
        Some(unit)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.bytes.len() / 3, Some(self.bytes.len()))
    }
}

/// Number of UTF-16 code units.
pub fn utf16_len(bytes: &[u8]) -> usize {
    if bytes.is_ascii() {
        bytes.len()
    } else {
        decode(bytes).count()
    }
}

/// Text for display; unpaired surrogates and malformed bytes become U+FFFD.
pub fn to_string_lossy(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) if bytes.is_ascii() => text.to_owned(),
        _ => char::decode_utf16(decode(bytes))
            .map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect(),
    }
}

/// Appends UTF-16 code units in modified UTF-8.
pub fn encode_utf16(units: impl IntoIterator<Item = u16>, out: &mut Vec<u8>) {
    for unit in units {
        match unit {
            0x01..=0x7f => out.push(unit as u8),
            0 | 0x80..=0x7ff => out.extend([0xc0 | (unit >> 6) as u8, 0x80 | (unit & 0x3f) as u8]),
            _ => out.extend([
                0xe0 | (unit >> 12) as u8,
                0x80 | (unit >> 6 & 0x3f) as u8,
                0x80 | (unit & 0x3f) as u8,
            ]),
        }
    }
}

/// Modified UTF-8 of a Rust string.
pub fn from_str(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    encode_utf16(text.encode_utf16(), &mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_trip() {
        for text in [
            "",
            "plain",
            "a\0b",
            "é€",
            "😀 and more than eight",
            "\u{7ff}\u{800}\u{ffff}",
        ] {
            let bytes = from_str(text);
            assert!(is_valid(&bytes, false), "{text:?}");
            assert!(!bytes.contains(&0));
            assert_eq!(to_string_lossy(&bytes), text);
            assert_eq!(utf16_len(&bytes), text.encode_utf16().count());
        }
    }

    #[test]
    fn malformed() {
        for bytes in [
            &b"\0"[..],
            b"abcdefg\0",
            b"\x80",
            b"\xc3",
            b"\xe2\x82",
            b"\xe2\x82A",
            b"\xf0\x9f\x98\x80",
            b"\xff",
        ] {
            assert!(!is_valid(bytes, true), "{bytes:?}");
            let _ = to_string_lossy(bytes);
        }
        for bytes in [&b"\xc1\x81"[..], b"\xc0\x81", b"\xe0\x81\x81"] {
            assert!(is_valid(bytes, true) && !is_valid(bytes, false), "{bytes:?}");
        }
    }
}

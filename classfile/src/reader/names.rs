//! What names and descriptors may look like (JVMS §4.2.2, §4.3), with the laxer and stricter rules HotSpot has for the
//! class files of old compilers.

use crate::mutf8;

/// What a name is to be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameUse {
    /// Internal class name: unqualified names with `/` between them.
    Class,
    /// Field, local variable, record component.
    Field,
    /// Method other than `<init>` and `<clinit>`.
    Method,
}

/// First version whose names are only restricted by a few forbidden characters.
const JAVA_5: u16 = 49;

/// Whether `name` is unqualified: not empty, none of `. ; [ /` (and `< >` in methods). In class names `/` separates
/// unqualified names.
pub fn is_unqualified(name: &[u8], name_use: NameUse) -> bool {
    if name.is_empty() {
        return false;
    }
    let mut previous = b'/';
    for &byte in name {
        match byte {
            b'.' | b';' | b'[' => return false,
            b'/' if name_use != NameUse::Class || previous == b'/' => return false,
            b'<' | b'>' if name_use == NameUse::Method => return false,
            _ => {}
        }
        previous = byte;
    }
    name_use != NameUse::Class || previous != b'/'
}

/// Length of the longest Java identifier at the start of `name` (qualified with `/` when `slash_ok`). `None` when there
/// is none, or slashes follow each other.
fn skip_identifier(name: &[u8], slash_ok: bool) -> Option<usize> {
    let mut at = 0;
    let mut last_is_slash = false;
    while at < name.len() {
        let byte = name[at];
        if byte.is_ascii_alphabetic() || byte == b'_' || byte == b'$' || (at != 0 && byte.is_ascii_digit()) {
            last_is_slash = false;
            at += 1;
        } else if byte == b'/' && slash_ok {
            if last_is_slash {
                return None;
            }
            last_is_slash = true;
            at += 1;
        } else if byte >= 0x80 {
            last_is_slash = false;
            let (character, length) = decode_character(&name[at..]);
            let start = character.is_alphabetic();
            if !(start || at != 0 && character.is_alphanumeric()) {
                break;
            }
            at += length;
        } else {
            break;
        }
    }
    (at != 0).then_some(at)
}

/// Decodes one character, a surrogate pair included, with its length in bytes.
fn decode_character(bytes: &[u8]) -> (char, usize) {
    let length = |bytes: &[u8]| match bytes.first() {
        Some(0xc0..=0xdf) => 2.min(bytes.len()),
        Some(0xe0..=0xef) => 3.min(bytes.len()),
        _ => 1.min(bytes.len()),
    };
    let first = length(bytes);
    let second = first + length(&bytes[first..]);
    match char::decode_utf16(mutf8::decode(&bytes[..second])).next() {
        Some(Ok(character)) if character > '\u{ffff}' => (character, second),
        Some(Ok(character)) => (character, first),
        _ => (char::REPLACEMENT_CHARACTER, first),
    }
}

/// Whether `name` may be in a Class entry: an internal name or an array descriptor.
pub fn is_legal_class_name(name: &[u8], major: u16) -> Result<bool, DescriptorError> {
    match name.first() {
        None => Ok(false),
        Some(b'[') => Ok(skip_type(name, false, major)? == Some(name.len())),
        Some(first) if major < JAVA_5 => Ok(*first != b'<' && skip_identifier(name, true) == Some(name.len())),
        _ => Ok(is_unqualified(name, NameUse::Class)),
    }
}

/// Whether a field may have this name.
pub fn is_legal_field_name(name: &[u8], major: u16) -> bool {
    match name.first() {
        None => false,
        Some(first) if major < JAVA_5 => *first != b'<' && skip_identifier(name, false) == Some(name.len()),
        _ => is_unqualified(name, NameUse::Field),
    }
}

/// Whether a method may have this name, `<init>` and `<clinit>` included.
pub fn is_legal_method_name(name: &[u8], major: u16) -> bool {
    match name.first() {
        None => false,
        Some(b'<') => name == b"<init>" || name == b"<clinit>",
        Some(_) if major < JAVA_5 => skip_identifier(name, false) == Some(name.len()),
        _ => is_unqualified(name, NameUse::Method),
    }
}

/// Descriptors that HotSpot reports with a message of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DescriptorError {
    /// Empty or illegal class name in `L…;`.
    BadClassName,
    /// More than 255 dimensions.
    TooManyDimensions,
}

impl DescriptorError {
    /// HotSpot's text, without " in class file …".
    pub fn message(self) -> &'static str {
        match self {
            DescriptorError::BadClassName => "Class name is empty or contains illegal character in descriptor",
            DescriptorError::TooManyDimensions => "Array type descriptor has more than 255 dimensions",
        }
    }
}

/// Length of the type at the start of `descriptor`; `None` when there is no legal one.
fn skip_type(descriptor: &[u8], void_ok: bool, major: u16) -> Result<Option<usize>, DescriptorError> {
    let dimensions = descriptor.iter().take_while(|byte| **byte == b'[').count();
    if dimensions > 255 {
        return Err(DescriptorError::TooManyDimensions);
    }
    let element = &descriptor[dimensions..];
    let length = match element.first() {
        Some(b'V') if void_ok && dimensions == 0 => 1,
        Some(b'B' | b'C' | b'D' | b'F' | b'I' | b'J' | b'S' | b'Z') => 1,
        Some(b'L') if major < JAVA_5 => match skip_identifier(&element[1..], true) {
            Some(length) if element.get(length + 1) == Some(&b';') => length + 2,
            _ => return Ok(None),
        },
        Some(b'L') => match element.iter().position(|byte| *byte == b';') {
            Some(end) if is_unqualified(&element[1..end], NameUse::Class) => end + 1,
            Some(_) => return Err(DescriptorError::BadClassName),
            None => return Ok(None),
        },
        _ => return Ok(None),
    };
    Ok(Some(dimensions + length))
}

/// Whether `descriptor` is a field descriptor.
pub fn is_legal_field_descriptor(descriptor: &[u8], major: u16) -> Result<bool, DescriptorError> {
    Ok(skip_type(descriptor, false, major)? == Some(descriptor.len()))
}

/// Slots of the parameters when `descriptor` is a legal method descriptor.
pub fn check_method_descriptor(descriptor: &[u8], major: u16) -> Result<Option<u32>, DescriptorError> {
    let Some(mut rest) = descriptor.strip_prefix(b"(") else {
        return Ok(None);
    };
    let mut slots = 0;
    while let Some(&first) = rest.first() {
        if first == b')' {
            let legal = skip_type(&rest[1..], true, major)? == Some(rest.len() - 1);
            return Ok(legal.then_some(slots));
        }
        let Some(length) = skip_type(rest, false, major)? else {
            return Ok(None);
        };
        slots += if matches!(first, b'J' | b'D') { 2 } else { 1 };
        rest = &rest[length..];
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn class_names() {
        for good in ["A", "a/B", "a/b/C$1", "<odd>", "[I", "[La/B;", "é", "a-b"] {
            assert_eq!(is_legal_class_name(good.as_bytes(), 61), Ok(true), "{good}");
        }
        for bad in ["", "/A", "A/", "a//b", "a.b", "a;b", "a[b", "[", "[V", "[L"] {
            assert_ne!(is_legal_class_name(bad.as_bytes(), 61), Ok(true), "{bad}");
        }
        assert_eq!(is_legal_class_name(b"a-b", 48), Ok(false));
        assert_eq!(is_legal_class_name("a/é1".as_bytes(), 48), Ok(true));
    }

    #[test]
    fn member_names() {
        assert!(is_legal_method_name(b"<init>", 61) && !is_legal_method_name(b"<x>", 61));
        assert!(is_legal_field_name(b"<x>", 61) && !is_legal_field_name(b"a/b", 61));
        assert!(!is_legal_field_name(b"1", 48) && is_legal_field_name(b"1", 49));
    }

    #[test]
    fn descriptors() {
        assert_eq!(check_method_descriptor(b"(IJ[D)V", 61), Ok(Some(4)));
        assert_eq!(check_method_descriptor(b"(V)V", 61), Ok(None));
        assert_eq!(
            check_method_descriptor(b"(La.b;)V", 61),
            Err(DescriptorError::BadClassName)
        );
        assert_eq!(
            is_legal_field_descriptor(&[b'['; 300], 61),
            Err(DescriptorError::TooManyDimensions)
        );
        assert_eq!(is_legal_field_descriptor(b"La/b;", 48), Ok(true));
    }
}

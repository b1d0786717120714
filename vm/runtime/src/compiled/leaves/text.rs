//! What strings are made of: searches, comparisons and conversions of arrays of bytes and chars. Each does what the method
//! does for which it stands, or answers [`NOT_DONE`]: then the method itself is called. So it is for null, for ranges
//! that are none, and for arrays so long that a stop of the world would have to wait.

use super::lanes::{Lane, count_positive, find, find_text, mismatch};
use super::{is_range, place};
use crate::object::{array_data, array_length, class_of};
use peaberry_gc::layout::Obj;
use peaberry_jit::layout::NOT_DONE;

/// Elements looked at in one call at most.
pub(super) const MOST: usize = 1 << 20;

/// The bytes of a byte array; `None` for null.
fn bytes_of<'a>(array: usize) -> Option<&'a [u8]> {
    let array = Obj(array);
    // SAFETY: the array is live during the call, which the caller does not outlast; other threads may write it, whereupon
    // any answer is right.
    (!array.is_null()).then(|| unsafe { std::slice::from_raw_parts(array_data(array), array_length(array)) })
}

/// The chars in an array of chars, or of bytes, two for each; `None` for null.
fn chars_of<'a>(array: usize) -> Option<&'a [u16]> {
    let array = Obj(array);
    if array.is_null() {
        return None;
    }
    let count = (array_length(array) << class_of(array).prefix.element_shift) / 2;
    // SAFETY: as above; elements lie at a multiple of four bytes.
    Some(unsafe { std::slice::from_raw_parts(array_data(array).cast::<u16>(), count) })
}

/// A part of an array, unless it is no part or too long.
fn part<T>(elements: &[T], from: i32, count: i32) -> Option<&[T]> {
    let (from, count) = (usize::try_from(from).ok()?, usize::try_from(count).ok()?);
    elements
        .get(from..from.checked_add(count)?)
        .filter(|part| part.len() <= MOST)
}

fn done(result: Option<i64>) -> i64 {
    result.unwrap_or(NOT_DONE)
}

fn index(found: Option<usize>, from: i32) -> i64 {
    found.map_or(-1, |at| at as i64 + i64::from(from))
}

/// `StringCoding.hasNegatives`.
pub unsafe extern "C" fn has_negatives(array: usize, from: i32, count: i32) -> i64 {
    let part = bytes_of(array).and_then(|bytes| part(bytes, from, count));
    done(part.map(|part| i64::from(count_positive(part) != part.len())))
}

/// `StringCoding.countPositives`.
pub unsafe extern "C" fn count_positives(array: usize, from: i32, count: i32) -> i64 {
    let part = bytes_of(array).and_then(|bytes| part(bytes, from, count));
    done(part.map(|part| count_positive(part) as i64))
}

/// `StringLatin1.indexOfChar`.
pub unsafe extern "C" fn index_of_byte(array: usize, wanted: i32, from: i32, end: i32) -> i64 {
    let part = bytes_of(array).and_then(|bytes| part(bytes, from, end.checked_sub(from)?));
    done(part.map(|part| index(find(part, wanted as u8), from)))
}

/// `StringUTF16.indexOfChar`.
pub unsafe extern "C" fn index_of_char(array: usize, wanted: i32, from: i32, end: i32) -> i64 {
    let part = chars_of(array).and_then(|chars| part(chars, from, end.checked_sub(from)?));
    let found = part.map(|part| u16::try_from(wanted).ok().and_then(|wanted| find(part, wanted)));
    done(found.map(|found| index(found, from)))
}

/// The first `text_count` elements of a text in those of another from `from` to `count`.
fn search<T: Lane, N: Copy + Into<T>>(
    elements: Option<&[T]>,
    count: i32,
    text: Option<&[N]>,
    text_count: i32,
    from: i32,
) -> Option<i64> {
    let elements = part(elements?, from, count.checked_sub(from)?)?;
    let text = part(text?, 0, text_count)?;
    let found = match text {
        [] => return None,
        _ if text.len() > elements.len() => None,
        [only] => find(elements, (*only).into()),
        _ => find_text(elements, text, MOST).ok()?,
    };
    Some(index(found, from))
}

/// `StringLatin1.indexOf` of a part.
pub unsafe extern "C" fn index_of_bytes(array: usize, count: i32, text: usize, text_count: i32, from: i32) -> i64 {
    done(search(bytes_of(array), count, bytes_of(text), text_count, from))
}

/// `StringUTF16.indexOf` of a part.
pub unsafe extern "C" fn index_of_chars(array: usize, count: i32, text: usize, text_count: i32, from: i32) -> i64 {
    done(search(chars_of(array), count, chars_of(text), text_count, from))
}

/// `StringUTF16.indexOfLatin1` of a part.
pub unsafe extern "C" fn index_of_latin1(array: usize, count: i32, text: usize, text_count: i32, from: i32) -> i64 {
    done(search(chars_of(array), count, bytes_of(text), text_count, from))
}

/// The same of all of both.
fn search_all<T: Lane, N: Copy + Into<T>>(elements: Option<&[T]>, text: Option<&[N]>) -> Option<i64> {
    let (elements, text) = (elements?, text?);
    if text.is_empty() {
        return Some(0);
    }
    let (count, text_count) = (i32::try_from(elements.len()), i32::try_from(text.len()));
    search(Some(elements), count.ok()?, Some(text), text_count.ok()?, 0)
}

/// `StringLatin1.indexOf`.
pub unsafe extern "C" fn find_bytes(array: usize, text: usize) -> i64 {
    done(search_all(bytes_of(array), bytes_of(text)))
}

/// `StringUTF16.indexOf`.
pub unsafe extern "C" fn find_chars(array: usize, text: usize) -> i64 {
    done(search_all(chars_of(array), chars_of(text)))
}

/// `StringUTF16.indexOfLatin1`.
pub unsafe extern "C" fn find_latin1(array: usize, text: usize) -> i64 {
    done(search_all(chars_of(array), bytes_of(text)))
}

fn difference<T: Copy + Into<i64>, U: Copy + Into<i64>>(one: &[T], other: &[U], at: Option<usize>) -> i64 {
    match at {
        Some(at) => one[at].into() - other[at].into(),
        None => one.len() as i64 - other.len() as i64,
    }
}

/// `StringLatin1.compareTo`.
pub unsafe extern "C" fn compare_bytes(one: usize, other: usize) -> i64 {
    let (Some(one), Some(other)) = (bytes_of(one), bytes_of(other)) else {
        return NOT_DONE;
    };
    let count = one.len().min(other.len());
    if count > MOST {
        return NOT_DONE;
    }
    // SAFETY: both have so many.
    let at = unsafe { mismatch(one.as_ptr(), other.as_ptr(), count) };
    difference(one, other, at)
}

/// `StringUTF16.compareTo`.
pub unsafe extern "C" fn compare_chars(one: usize, other: usize) -> i64 {
    let (Some(one), Some(other)) = (chars_of(one), chars_of(other)) else {
        return NOT_DONE;
    };
    let count = one.len().min(other.len());
    if count > MOST {
        return NOT_DONE;
    }
    // SAFETY: both have so many.
    let at = unsafe { mismatch(one.as_ptr().cast(), other.as_ptr().cast(), 2 * count) };
    difference(one, other, at.map(|at| at / 2))
}

fn compare_mixed(bytes: usize, chars: usize) -> Option<i64> {
    let (bytes, chars) = (bytes_of(bytes)?, chars_of(chars)?);
    let mut pairs = bytes.iter().zip(chars).take(MOST);
    let at = pairs.position(|(byte, char)| u16::from(*byte) != *char);
    if at.is_none() && bytes.len().min(chars.len()) > MOST {
        return None;
    }
    Some(difference(bytes, chars, at))
}

/// `StringLatin1.compareToUTF16`.
pub unsafe extern "C" fn compare_bytes_with_chars(bytes: usize, chars: usize) -> i64 {
    done(compare_mixed(bytes, chars))
}

/// `StringUTF16.compareToLatin1`.
pub unsafe extern "C" fn compare_chars_with_bytes(chars: usize, bytes: usize) -> i64 {
    done(compare_mixed(bytes, chars).map(|difference| -difference))
}

/// `StringLatin1.inflate` to bytes or chars.
pub unsafe extern "C" fn inflate(source: usize, from: i32, target: usize, to: i32, count: i32) -> i64 {
    let (Some(bytes), Some(chars)) = (bytes_of(source), chars_of(target)) else {
        return NOT_DONE;
    };
    let (Some(bytes), Some(chars)) = (part(bytes, from, count), part(chars, to, count)) else {
        return NOT_DONE;
    };
    if source == target {
        return NOT_DONE;
    }
    let chars = chars.as_ptr().cast_mut();
    for (at, byte) in bytes.iter().enumerate() {
        // SAFETY: the range was checked; the arrays are two.
        unsafe { *chars.add(at) = u16::from(*byte) };
    }
    0
}

/// Puts chars up to `greatest` into a byte array: how many there are before a greater one.
fn narrow(source: usize, from: i32, target: usize, to: i32, count: i32, greatest: u16) -> Option<usize> {
    let (chars, bytes) = (
        part(chars_of(source)?, from, count)?,
        part(bytes_of(target)?, to, count)?,
    );
    if source == target {
        return None;
    }
    let bytes = bytes.as_ptr().cast_mut();
    let mut at = 0;
    for chunk in chars.chunks_exact(32) {
        if chunk.iter().fold(0, |all, char| all | *char) > greatest {
            break;
        }
        for (place, char) in chunk.iter().enumerate() {
            // SAFETY: the range was checked; the arrays are two.
            unsafe { *bytes.add(at + place) = *char as u8 };
        }
        at += chunk.len();
    }
    for char in &chars[at..] {
        if *char > greatest {
            break;
        }
        // SAFETY: as above.
        unsafe { *bytes.add(at) = *char as u8 };
        at += 1;
    }
    Some(at)
}

/// `StringUTF16.compress` of chars or bytes. What it answers when not all is Latin-1 depends on the class library.
pub unsafe extern "C" fn compress(source: usize, from: i32, target: usize, to: i32, count: i32) -> i64 {
    let narrowed = narrow(source, from, target, to, count, 0xff);
    done(
        narrowed
            .map(|narrowed| narrowed as i64)
            .filter(|&narrowed| narrowed == i64::from(count)),
    )
}

/// `implEncodeISOArray`, of bytes or chars.
pub unsafe extern "C" fn encode_latin1(source: usize, from: i32, target: usize, to: i32, count: i32) -> i64 {
    done(narrow(source, from, target, to, count, 0xff).map(|count| count as i64))
}

/// `implEncodeAsciiArray`.
pub unsafe extern "C" fn encode_ascii(source: usize, from: i32, target: usize, to: i32, count: i32) -> i64 {
    done(narrow(source, from, target, to, count, 0x7f).map(|count| count as i64))
}

/// `StringUTF16.getChars`.
pub unsafe extern "C" fn get_chars(source: usize, from: i32, end: i32, target: usize, to: i32) -> i64 {
    let (Some(chars), Some(count)) = (chars_of(source), end.checked_sub(from)) else {
        return NOT_DONE;
    };
    let (Some(chars), false) = (part(chars, from, count), target == 0) else {
        return NOT_DONE;
    };
    let target = Obj(target);
    if !is_range(target, to, count) {
        return NOT_DONE;
    }
    // SAFETY: both ranges were checked; one array holds bytes, the other chars.
    unsafe { std::ptr::copy_nonoverlapping(chars.as_ptr(), place::<u16>(target, to), chars.len()) };
    0
}

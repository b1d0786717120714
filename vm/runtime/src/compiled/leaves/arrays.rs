//! Comparison and hashing of parts of arrays of primitives.

use super::lanes::mismatch;
use super::text::MOST;
use super::{is_range, place};
use crate::object::class_of;
use peaberry_gc::layout::Obj;
use peaberry_jit::layout::NOT_DONE;

/// `ArraysSupport.vectorizedMismatch`: whole words are compared, and of what is left half a word. Bases may be null.
pub unsafe extern "C" fn mismatch_of_words(
    one: usize,
    one_at: i64,
    other: usize,
    other_at: i64,
    count: i32,
    shift: i32,
) -> i64 {
    if !(0..=3).contains(&shift) || !(0..=MOST as i32).contains(&count) {
        return NOT_DONE;
    }
    let half = if shift < 2 { 2 - shift } else { 3 - shift };
    let compared = count >> half << half;
    let (one, other) = (one.wrapping_add(one_at as usize), other.wrapping_add(other_at as usize));
    // SAFETY: the caller vouches for so many elements there, as it does for Java's code.
    let found = unsafe { mismatch(one as *const u8, other as *const u8, (compared as usize) << shift) };
    match found {
        Some(at) => (at >> shift) as i64,
        None => i64::from(!(count - compared)),
    }
}

/// Powers of 31 for four elements at a time.
const POWERS: [u32; 5] = [1, 31, 31 * 31, 31 * 31 * 31, 31 * 31 * 31 * 31];

fn hash<T: Copy>(elements: &[T], initial: u32, value: impl Fn(T) -> u32) -> u32 {
    let (chunks, rest) = elements.as_chunks::<4>();
    let mut result = initial;
    for chunk in chunks {
        let [a, b, c, d] = chunk.map(&value);
        let own = a
            .wrapping_mul(POWERS[3])
            .wrapping_add(b.wrapping_mul(POWERS[2]))
            .wrapping_add(c.wrapping_mul(POWERS[1]))
            .wrapping_add(d);
        result = result.wrapping_mul(POWERS[4]).wrapping_add(own);
    }
    rest.iter().fold(result, |result, element| {
        result.wrapping_mul(31).wrapping_add(value(*element))
    })
}

/// `ArraysSupport.vectorizedHashCode`: of unsigned bytes, chars (that may lie in a byte array), bytes, shorts or ints.
pub unsafe extern "C" fn hash_of_elements(array: usize, from: i32, count: i32, initial: i32, kind: i32) -> i64 {
    let array = Obj(array);
    if array.is_null() || count as usize > MOST {
        return NOT_DONE;
    }
    // The codes of `newarray`.
    let shift = match kind {
        4 | 8 => 0,
        5 | 9 => 1,
        10 => 2,
        _ => return NOT_DONE,
    };
    if class_of(array).prefix.element_shift != shift || !is_range(array, from, count) {
        return NOT_DONE;
    }
    let (count, initial) = (count as usize, initial as u32);
    // SAFETY: the range was checked, and that the elements are so wide.
    let result = unsafe {
        match kind {
            4 => hash(
                std::slice::from_raw_parts(place::<u8>(array, from), count),
                initial,
                u32::from,
            ),
            8 => hash(
                std::slice::from_raw_parts(place::<i8>(array, from), count),
                initial,
                |value| i32::from(value) as u32,
            ),
            5 => hash(
                std::slice::from_raw_parts(place::<u16>(array, from), count),
                initial,
                u32::from,
            ),
            9 => hash(
                std::slice::from_raw_parts(place::<i16>(array, from), count),
                initial,
                |value| i32::from(value) as u32,
            ),
            _ => hash(
                std::slice::from_raw_parts(place::<u32>(array, from), count),
                initial,
                |value| value,
            ),
        }
    };
    i64::from(result as i32)
}

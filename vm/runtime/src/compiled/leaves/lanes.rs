//! Searches that look at sixteen elements at a time, with the instructions that every x86-64 processor has.

use std::arch::x86_64::{
    __m128i, _mm_cmpeq_epi8, _mm_cmpeq_epi16, _mm_loadu_si128, _mm_movemask_epi8, _mm_packs_epi16, _mm_set1_epi8,
    _mm_set1_epi16,
};

/// Elements looked at at a time.
pub const LANES: usize = 16;

/// An element of an array of bytes or chars.
pub trait Lane: Copy + Eq + From<u8> {
    /// Which of the [`LANES`] elements at an address are equal to one: a bit each.
    ///
    /// # Safety
    /// So many elements can be read there.
    unsafe fn equal(at: *const Self, to: Self) -> u32;
}

impl Lane for u8 {
    #[inline(always)]
    unsafe fn equal(at: *const u8, to: u8) -> u32 {
        // SAFETY: the caller vouches for 16 bytes.
        unsafe {
            let found = _mm_cmpeq_epi8(_mm_loadu_si128(at.cast::<__m128i>()), _mm_set1_epi8(to as i8));
            _mm_movemask_epi8(found) as u32
        }
    }
}

impl Lane for u16 {
    #[inline(always)]
    unsafe fn equal(at: *const u16, to: u16) -> u32 {
        // SAFETY: the caller vouches for 32 bytes.
        unsafe {
            let wanted = _mm_set1_epi16(to as i16);
            let low = _mm_cmpeq_epi16(_mm_loadu_si128(at.cast::<__m128i>()), wanted);
            let high = _mm_cmpeq_epi16(_mm_loadu_si128(at.cast::<__m128i>().add(1)), wanted);
            _mm_movemask_epi8(_mm_packs_epi16(low, high)) as u32
        }
    }
}

/// Where an element is first.
#[inline(always)]
pub fn find<T: Lane>(elements: &[T], wanted: T) -> Option<usize> {
    let mut at = 0;
    while at + LANES <= elements.len() {
        // SAFETY: so many elements follow.
        let found = unsafe { T::equal(elements.as_ptr().add(at), wanted) };
        if found != 0 {
            return Some(at + found.trailing_zeros() as usize);
        }
        at += LANES;
    }
    elements[at..]
        .iter()
        .position(|element| *element == wanted)
        .map(|rest| at + rest)
}

/// Where a text of two elements at least, and no more than there are, is first. `Err`: that takes more than `effort`
/// comparisons of elements.
#[inline(always)]
pub fn find_text<T: Lane, N: Copy + Into<T>>(
    elements: &[T],
    text: &[N],
    mut effort: usize,
) -> Result<Option<usize>, ()> {
    let (first, second) = (text[0].into(), text[1].into());
    let places = elements.len() - text.len() + 1;
    let mut is_at = |at: usize| -> Result<bool, ()> {
        effort = effort.checked_sub(text.len()).ok_or(())?;
        let there = &elements[at + 2..at + text.len()];
        Ok(there.iter().zip(&text[2..]).all(|(one, other)| *one == (*other).into()))
    };
    let mut at = 0;
    while at + LANES <= places {
        // SAFETY: `LANES` elements follow, and one more, since the text has two at least.
        let mut found = unsafe {
            let from = elements.as_ptr().add(at);
            T::equal(from, first) & T::equal(from.add(1), second)
        };
        while found != 0 {
            let place = at + found.trailing_zeros() as usize;
            if is_at(place)? {
                return Ok(Some(place));
            }
            found &= found - 1;
        }
        at += LANES;
    }
    while at < places {
        if elements[at] == first && elements[at + 1] == second && is_at(at)? {
            return Ok(Some(at));
        }
        at += 1;
    }
    Ok(None)
}

/// How many bytes from the first on are not negative.
#[inline(always)]
pub fn count_positive(bytes: &[u8]) -> usize {
    let mut at = 0;
    while at + LANES <= bytes.len() {
        // SAFETY: so many bytes follow.
        let negative = unsafe { _mm_movemask_epi8(_mm_loadu_si128(bytes.as_ptr().add(at).cast::<__m128i>())) } as u32;
        if negative != 0 {
            return at + negative.trailing_zeros() as usize;
        }
        at += LANES;
    }
    at + bytes[at..].iter().take_while(|byte| **byte < 0x80).count()
}

/// The first of so many bytes at two addresses that differs.
///
/// # Safety
/// They can be read.
#[inline(always)]
pub unsafe fn mismatch(one: *const u8, other: *const u8, count: usize) -> Option<usize> {
    let mut at = 0;
    // SAFETY: all lies within the bytes that the caller vouches for.
    unsafe {
        while at + LANES <= count {
            let (left, right) = (one.add(at).cast::<__m128i>(), other.add(at).cast::<__m128i>());
            let equal = _mm_movemask_epi8(_mm_cmpeq_epi8(_mm_loadu_si128(left), _mm_loadu_si128(right))) as u32;
            if equal != 0xffff {
                return Some(at + (!equal).trailing_zeros() as usize);
            }
            at += LANES;
        }
        while at + 8 <= count {
            let left = one.add(at).cast::<u64>().read_unaligned();
            let differing = left ^ other.add(at).cast::<u64>().read_unaligned();
            if differing != 0 {
                return Some(at + differing.trailing_zeros() as usize / 8);
            }
            at += 8;
        }
        while at < count {
            if *one.add(at) != *other.add(at) {
                return Some(at);
            }
            at += 1;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn searches_find_the_first() {
        for length in 0..80 {
            for place in 0..length {
                let mut bytes = vec![b'a'; length];
                bytes[place] = b'b';
                let chars: Vec<u16> = bytes.iter().map(|byte| u16::from(*byte)).collect();
                assert_eq!(find(&bytes, b'b'), Some(place));
                assert_eq!(find(&chars, 0x162), None);
                assert_eq!(find(&chars, 0x62), Some(place));
                let plain = vec![b'a'; length];
                // SAFETY: both have so many bytes.
                let differing = unsafe { mismatch(bytes.as_ptr(), plain.as_ptr(), length) };
                assert_eq!(differing, Some(place));
                bytes[place] = 0xff;
                assert_eq!(count_positive(&bytes), place);
                for size in 2..length.min(9) {
                    let text = &chars[place.min(length - size)..][..size];
                    let expected = chars.windows(size).position(|window| window == text);
                    assert_eq!(find_text(&chars, text, 1 << 20), Ok(expected));
                }
            }
        }
        assert_eq!(find_text(b"aaaaaaab", b"ab", 1), Err(()));
    }
}

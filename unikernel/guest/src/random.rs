//! Random bytes: the ChaCha20 generator (RFC 8439), over a seed that the processor gives.

/// A stream of random bytes. After every request the key is replaced by bytes that nobody was given, so that what was given
/// cannot be told from what the kernel knows later.
#[derive(Debug)]
pub struct Random {
    key: [u32; 8],
}

fn quarter(state: &mut [u32; 16], [a, b, c, d]: [usize; 4]) {
    let mut half = |x: usize, y: usize, z: usize, turn: u32| {
        state[x] = state[x].wrapping_add(state[y]);
        state[z] = (state[z] ^ state[x]).rotate_left(turn);
    };
    half(a, b, d, 16);
    half(c, d, b, 12);
    half(a, b, d, 8);
    half(c, d, b, 7);
}

fn block(key: &[u32; 8], counter: u32, nonce: [u32; 3]) -> [u8; 64] {
    let mut first = [0; 16];
    first[..4].copy_from_slice(&[0x6170_7865, 0x3320_646e, 0x7962_2d32, 0x6b20_6574]);
    first[4..12].copy_from_slice(key);
    first[12] = counter;
    first[13..].copy_from_slice(&nonce);
    let mut state = first;
    for _ in 0..10 {
        for column in 0..4 {
            quarter(&mut state, [column, column + 4, column + 8, column + 12]);
        }
        for column in 0..4 {
            let place = |row: usize| row * 4 + (column + row) % 4;
            quarter(&mut state, [place(0), place(1), place(2), place(3)]);
        }
    }
    let mut bytes = [0; 64];
    for ((bytes, word), first) in bytes.chunks_exact_mut(4).zip(state).zip(first) {
        bytes.copy_from_slice(&word.wrapping_add(first).to_le_bytes());
    }
    bytes
}

impl Random {
    /// A stream over a seed.
    pub fn new(seed: [u32; 8]) -> Random {
        Random { key: seed }
    }

    /// Fills a buffer.
    pub fn fill(&mut self, bytes: &mut [u8]) {
        let mut counter = 0u32;
        for (index, piece) in bytes.chunks_mut(64).enumerate() {
            counter = index as u32 + 1;
            piece.copy_from_slice(&block(&self.key, counter, [0, 0, (index >> 32) as u32])[..piece.len()]);
        }
        let next = block(&self.key, counter.wrapping_add(1), [1, 0, 0]);
        for (word, bytes) in self.key.iter_mut().zip(next.chunks_exact(4)) {
            *word = u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_is_as_the_standard_says() {
        // RFC 8439, section 2.3.2.
        let bytes: [u8; 32] = core::array::from_fn(|index| index as u8);
        let key: [u32; 8] = core::array::from_fn(|index| {
            u32::from_le_bytes([
                bytes[index * 4],
                bytes[index * 4 + 1],
                bytes[index * 4 + 2],
                bytes[index * 4 + 3],
            ])
        });
        let block = block(&key, 1, [0x0900_0000, 0x4a00_0000, 0]);
        assert_eq!(block[..8], [0x10, 0xf1, 0xe7, 0xe4, 0xd1, 0x3b, 0x59, 0x15]);
        assert_eq!(block[60..], [0xa2, 0x50, 0x3c, 0x4e]);
    }

    #[test]
    fn nothing_comes_twice() {
        let mut random = Random::new([7; 8]);
        let (mut one, mut other) = ([0; 100], [0; 100]);
        random.fill(&mut one);
        random.fill(&mut other);
        assert_ne!(one, other);
        assert_ne!(one[..36], one[64..]);
    }
}

//! Decompression into memory, with a bound on what a hostile size field can make us allocate.

use flate2::{Decompress, FlushDecompress, Status};

/// Deflate cannot do better than about 1032:1.
const MAX_RATIO: u64 = 1032;

/// Inflates `input` to exactly `size` bytes; `None` when it is damaged or of another size.
pub(super) fn inflate(input: &[u8], size: u64, zlib_header: bool) -> Option<Vec<u8>> {
    if size > (input.len() as u64).saturating_mul(MAX_RATIO).saturating_add(1024) {
        return None;
    }
    let size = usize::try_from(size).ok()?;
    let mut output = Vec::with_capacity(size);
    if size == 0 {
        return Some(output);
    }
    let mut decompress = Decompress::new(zlib_header);
    loop {
        let (read, written) = (decompress.total_in() as usize, output.len());
        let status = decompress
            .decompress_vec(input.get(read..)?, &mut output, FlushDecompress::Finish)
            .ok()?;
        let stuck = decompress.total_in() as usize == read && output.len() == written;
        if status == Status::StreamEnd || output.len() == size || stuck {
            return (output.len() == size).then_some(output);
        }
    }
}

//! Decompression into memory, with a bound on what a hostile size field can make us allocate.

use flate2::{Decompress, FlushDecompress, Status};
use std::cell::RefCell;

thread_local! {
    /// For data with a header and for data without one: making one costs more than inflating a small class does.
    static DECOMPRESSORS: RefCell<[Option<Decompress>; 2]> = const { RefCell::new([None, None]) };
}

/// Deflate cannot do better than about 1032:1.
const MAX_RATIO: u64 = 1032;

/// Inflates `input` to exactly `size` bytes; `None` when it is damaged or of another size.
pub(super) fn inflate(input: &[u8], size: u64, zlib_header: bool) -> Option<Vec<u8>> {
    if size > (input.len() as u64).saturating_mul(MAX_RATIO).saturating_add(1024) {
        return None;
    }
    let size = usize::try_from(size).ok()?;
    let output = Vec::with_capacity(size);
    if size == 0 {
        return Some(output);
    }
    DECOMPRESSORS.with_borrow_mut(|all| {
        let decompress = all[usize::from(zlib_header)].get_or_insert_with(|| Decompress::new(zlib_header));
        decompress.reset(zlib_header);
        inflate_into(decompress, input, output, size)
    })
}

fn inflate_into(decompress: &mut Decompress, input: &[u8], mut output: Vec<u8>, size: usize) -> Option<Vec<u8>> {
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

//! Decompression into memory, with a bound on what a hostile size field can make us allocate.
//!
//! All sizes are known beforehand, so that nothing has to be kept for a second call, which makes libdeflate the fastest.

use libdeflater::Decompressor;
use std::cell::RefCell;

thread_local! {
    /// Making one costs more than inflating a small class does.
    static DECOMPRESSOR: RefCell<Option<Decompressor>> = const { RefCell::new(None) };
}

/// Deflate cannot do better than about 1032:1.
const MAX_RATIO: u64 = 1032;

/// Inflates `input` to exactly `size` bytes; `None` when it is damaged or of another size.
pub(super) fn inflate(input: &[u8], size: u64, zlib_header: bool) -> Option<Vec<u8>> {
    if size > (input.len() as u64).saturating_mul(MAX_RATIO).saturating_add(1024) {
        return None;
    }
    let size = usize::try_from(size).ok()?;
    let mut output = vec![0; size];
    if size == 0 {
        return Some(output);
    }
    let written = DECOMPRESSOR.with_borrow_mut(|decompressor| {
        let decompressor = decompressor.get_or_insert_with(Decompressor::new);
        match zlib_header {
            true => decompressor.zlib_decompress(input, &mut output),
            false => decompressor.deflate_decompress(input, &mut output),
        }
    });
    (written.ok()? == size).then_some(output)
}

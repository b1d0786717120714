//! The ELF file around a package: a program header says where the package lies.

use crate::{ADDRESS, u32_at, u64_at};

/// Bytes of an ELF header.
pub const HEADER: usize = 64;
/// Bytes of a program header.
pub const SEGMENT: usize = 56;
/// Most program headers that are looked at.
pub const MOST_SEGMENTS: usize = 1024;

/// Where the program headers of an ELF file of 64 bits lie: offset and number. `None` for other bytes.
pub fn segments(header: &[u8]) -> Option<(u64, usize)> {
    let little_and_64 = header.get(..6)? == b"\x7fELF\x02\x01";
    let (size, count) = (u32_at(header, 54)? & 0xffff, u32_at(header, 56)? & 0xffff);
    let fits = size as usize == SEGMENT && count as usize <= MOST_SEGMENTS;
    (little_and_64 && fits).then_some((u64_at(header, 32)?, count as usize))
}

/// Offset and length in the file of the segment that is loaded at [`ADDRESS`], given the table of program headers.
pub fn package(table: &[u8]) -> Option<(u64, u64)> {
    const LOAD: u32 = 1;
    table.chunks_exact(SEGMENT).find_map(|row| {
        let is_package = u32_at(row, 0)? == LOAD && u64_at(row, 24)? == ADDRESS;
        is_package.then_some((u64_at(row, 8)?, u64_at(row, 32)?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_is_found_by_its_address() {
        let mut header = [0; HEADER];
        header[..6].copy_from_slice(b"\x7fELF\x02\x01");
        header[32..40].copy_from_slice(&64u64.to_le_bytes());
        header[54] = SEGMENT as u8;
        header[56] = 2;
        assert_eq!(segments(&header), Some((64, 2)));
        assert_eq!(segments(&header[..63]), Some((64, 2)));
        assert_eq!(segments(&header[..57]), None);
        header[4] = 1;
        assert_eq!(segments(&header), None);
        let mut table = [0; 2 * SEGMENT];
        assert_eq!(package(&table), None);
        table[SEGMENT] = 1;
        table[SEGMENT + 8..][..8].copy_from_slice(&4096u64.to_le_bytes());
        table[SEGMENT + 24..][..8].copy_from_slice(&ADDRESS.to_le_bytes());
        table[SEGMENT + 32..][..8].copy_from_slice(&99u64.to_le_bytes());
        assert_eq!(package(&table), Some((4096, 99)));
        assert_eq!(package(&table[..SEGMENT + 55]), None);
    }
}

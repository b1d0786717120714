//! Loading the program: a position-independent, statically linked ELF file, as Linux loads it.

use crate::address_space::{AddressSpace, Backing, EXECUTE, PROGRAM_BASE, Place, READ, WRITE};
use crate::frames::PAGE;

/// Why a program cannot be loaded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unfit {
    /// No such file: an ELF file of 64 bits for this processor.
    NotElf,
    /// It has to lie at certain addresses, or wants a dynamic linker.
    NotStatic,
    /// It says what cannot be.
    Damaged,
    /// It does not fit into memory.
    TooBig,
}

impl core::fmt::Display for Unfit {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Unfit::NotElf => "no ELF file of 64 bits for this processor",
            Unfit::NotStatic => "not position-independent and statically linked",
            Unfit::Damaged => "a damaged ELF file",
            Unfit::TooBig => "it does not fit into memory",
        })
    }
}

/// A loaded program.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Loaded {
    /// First instruction.
    pub entry: u64,
    /// Address of the program headers.
    pub headers: u64,
    /// How many there are.
    pub count: u64,
    /// First address behind the program.
    pub end: u64,
}

/// Bytes of a program header.
pub const HEADER_BYTES: u64 = 56;
/// Most bytes of a program's image.
const MOST_PROGRAM: u64 = 1 << 30;

const PT_LOAD: u32 = 1;
const PT_INTERP: u32 = 3;
const PT_PHDR: u32 = 6;

fn number(bytes: &[u8], at: usize, length: usize) -> Option<u64> {
    let mut word = [0; 8];
    word[..length].copy_from_slice(bytes.get(at..at + length)?);
    Some(u64::from_le_bytes(word))
}

struct Segment {
    kind: u32,
    flags: u32,
    offset: u64,
    address: u64,
    in_file: u64,
    in_memory: u64,
}

fn segment(file: &[u8], at: usize) -> Option<Segment> {
    Some(Segment {
        kind: number(file, at, 4)? as u32,
        flags: number(file, at + 4, 4)? as u32,
        offset: number(file, at + 8, 8)?,
        address: number(file, at + 16, 8)?,
        in_file: number(file, at + 32, 8)?,
        in_memory: number(file, at + 40, 8)?,
    })
}

/// Maps a program's segments, whose pages come as they are touched. The file begins at a page's beginning.
pub fn load(file: &'static [u8], space: &mut AddressSpace) -> Result<Loaded, Unfit> {
    const SHARED_OBJECT_FOR_X86_64: u64 = 0x3e_0003;
    // 64 bits, little-endian.
    if !file.starts_with(b"\x7fELF\x02\x01") || number(file, 18, 2) != Some(0x3e) {
        return Err(Unfit::NotElf);
    }
    if number(file, 16, 4) != Some(SHARED_OBJECT_FOR_X86_64) {
        return Err(Unfit::NotStatic);
    }
    let field = |at, length| number(file, at, length).ok_or(Unfit::Damaged);
    let (entry, headers, count) = (field(24, 8)?, field(32, 8)?, field(56, 2)?);
    if field(54, 2)? != HEADER_BYTES || headers > file.len() as u64 {
        return Err(Unfit::Damaged);
    }
    let mut loaded = Loaded {
        entry: PROGRAM_BASE.wrapping_add(entry),
        headers: PROGRAM_BASE + headers,
        count,
        end: PROGRAM_BASE,
    };
    for index in 0..count {
        let segment = segment(file, (headers + index * HEADER_BYTES) as usize).ok_or(Unfit::Damaged)?;
        match segment.kind {
            PT_INTERP => return Err(Unfit::NotStatic),
            PT_PHDR => loaded.headers = PROGRAM_BASE.wrapping_add(segment.address),
            PT_LOAD => loaded.end = loaded.end.max(map_segment(&segment, file, space)?),
            _ => {}
        }
    }
    if !(PROGRAM_BASE..loaded.end).contains(&loaded.entry) {
        return Err(Unfit::Damaged);
    }
    Ok(loaded)
}

/// Maps one segment and gives the address behind it.
fn map_segment(segment: &Segment, file: &'static [u8], space: &mut AddressSpace) -> Result<u64, Unfit> {
    let too_big = |_| Unfit::TooBig;
    let (address, offset) = (segment.address, segment.offset);
    let end = address
        .checked_add(segment.in_memory)
        .filter(|&end| end <= MOST_PROGRAM);
    let end = end.ok_or(Unfit::Damaged)?;
    let file_end = offset
        .checked_add(segment.in_file)
        .filter(|&end| end <= file.len() as u64);
    let file_end = file_end.ok_or(Unfit::Damaged)?;
    if segment.in_file > segment.in_memory || address % PAGE != offset % PAGE {
        return Err(Unfit::Damaged);
    }
    let protection = [(4, READ), (2, WRITE), (1, EXECUTE)];
    let protection = protection.iter().filter(|(flag, _)| segment.flags & flag != 0);
    let protection: u8 = protection.map(|(_, bit)| bit).sum();
    let start = PROGRAM_BASE + address / PAGE * PAGE;
    let end = (PROGRAM_BASE + end).next_multiple_of(PAGE);
    let mut rest = start;
    if segment.in_file > 0 {
        let zeros = PROGRAM_BASE + address + segment.in_file;
        rest = zeros.next_multiple_of(PAGE);
        // Cut to where the segment's part ends, so that what follows in the page is zeros once it is a page of its own.
        let part = if segment.in_memory > segment.in_file {
            &file[..file_end as usize]
        } else {
            file
        };
        let backing = Backing::File(part, offset / PAGE * PAGE);
        space
            .map(Place::Fixed(start), rest - start, READ | WRITE, backing)
            .map_err(too_big)?;
        if segment.in_memory > segment.in_file && rest > zeros {
            space.write(zeros, &[0]).map_err(too_big)?;
        }
        space.protect(start, rest - start, protection).map_err(too_big)?;
    }
    if end > rest {
        space
            .map(Place::Fixed(rest), end - rest, protection, Backing::Zero)
            .map_err(too_big)?;
    }
    Ok(end)
}

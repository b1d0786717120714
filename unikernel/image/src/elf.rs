//! The file around a package: the kernel for other monitors, with one more segment, which loads the package.

use crate::BuildError;
use object::LittleEndian as LE;
use object::elf::{ELFDATA2LSB, EM_X86_64, ET_DYN, ET_EXEC, FileHeader64, PF_R, PT_INTERP, PT_LOAD, PT_PHDR};
use object::read::elf::{FileHeader, ProgramHeader};
use peaberry_package::elf::{HEADER, SEGMENT};
use peaberry_package::{ADDRESS, ALIGNMENT};
use std::path::Path;

/// The part of a file that its program headers cover, and the headers, the package's last.
struct Parts {
    header: Vec<u8>,
    body: Vec<u8>,
    segments: Vec<u8>,
}

fn put<const N: usize>(bytes: &mut [u8], at: usize, value: [u8; N]) {
    bytes[at..at + N].copy_from_slice(&value);
}

/// How many bytes of an ELF file of this kind its header and program headers need; what lies behind is for linkers and debuggers.
fn covered(bytes: &[u8], kind: u16) -> Option<usize> {
    let header = FileHeader64::<LE>::parse(bytes).ok()?;
    let fits =
        header.e_ident.data == ELFDATA2LSB && header.e_machine.get(LE) == EM_X86_64 && header.e_type.get(LE) == kind;
    let segments = header.program_headers(LE, bytes).ok().filter(|_| fits)?;
    let ends = segments
        .iter()
        .map(|segment| segment.p_offset(LE).checked_add(segment.p_filesz(LE)));
    let table = header.e_phoff.get(LE).checked_add((segments.len() * SEGMENT) as u64);
    let end = ends.chain([table]).try_fold(0, |most, end| Some(end?.max(most)))?;
    usize::try_from(end).ok().filter(|&end| end <= bytes.len())
}

/// Forgets the sections.
fn without_sections(header: &mut [u8]) {
    put(header, 40, [0; 8]);
    put(header, 58, [0; 6]);
}

/// A guest program without symbols and what debuggers read.
pub fn stripped(mut program: Vec<u8>, path: &Path) -> Result<Vec<u8>, BuildError> {
    let unfit = || {
        BuildError::Unfit(
            path.to_owned(),
            "no position-independent, statically linked program for x86-64",
        )
    };
    let end = covered(&program, ET_DYN).ok_or_else(unfit)?;
    let dynamic = FileHeader64::<LE>::parse(&program[..])
        .and_then(|header| header.program_headers(LE, &program[..]))
        .map(|segments| segments.iter().any(|segment| segment.p_type(LE) == PT_INTERP));
    if !matches!(dynamic, Ok(false)) {
        return Err(unfit());
    }
    program.truncate(end);
    without_sections(&mut program);
    Ok(program)
}

/// An ELF header without a program.
fn empty_header() -> Vec<u8> {
    let mut header = vec![0; HEADER];
    put(&mut header, 0, *b"\x7fELF\x02\x01\x01");
    put(&mut header, 16, ET_EXEC.to_le_bytes());
    put(&mut header, 18, EM_X86_64.to_le_bytes());
    put(&mut header, 20, 1u32.to_le_bytes());
    put(&mut header, 52, (HEADER as u16).to_le_bytes());
    header
}

fn parts(kernel: Option<(&Path, &[u8])>, length: u64) -> Result<Parts, BuildError> {
    let Some((path, bytes)) = kernel else {
        return Ok(Parts {
            header: empty_header(),
            body: Vec::new(),
            segments: Vec::new(),
        });
    };
    let unfit = |why| BuildError::Unfit(path.to_owned(), why);
    let end = covered(bytes, ET_EXEC).ok_or_else(|| unfit("no kernel: not an executable ELF file for x86-64"))?;
    let mut segments = Vec::new();
    let header = FileHeader64::<LE>::parse(bytes).map_err(|_| unfit("a damaged ELF file"))?;
    let rows = header
        .program_headers(LE, bytes)
        .map_err(|_| unfit("a damaged ELF file"))?;
    for (index, row) in rows.iter().enumerate() {
        let start = row.p_paddr(LE);
        let end = start.checked_add(row.p_memsz(LE));
        let apart = end.is_some_and(|end| end <= ADDRESS || start >= ADDRESS + length);
        if row.p_type(LE) == PT_LOAD && !apart {
            return Err(unfit("a kernel that lies where the package is to be"));
        }
        // The table is moved, and nothing in the kernel asks for it.
        if row.p_type(LE) != PT_PHDR {
            let at = header.e_phoff.get(LE) as usize + index * SEGMENT;
            segments.extend(&bytes[at..at + SEGMENT]);
        }
    }
    Ok(Parts {
        header: bytes[..HEADER].to_vec(),
        body: bytes[HEADER..end].to_vec(),
        segments,
    })
}

/// What goes before a package of this length in an image file, up to a page's end.
pub fn head(kernel: Option<(&Path, &[u8])>, length: u64) -> Result<Vec<u8>, BuildError> {
    let Parts {
        mut header,
        body,
        mut segments,
    } = parts(kernel, length)?;
    let table = (HEADER + body.len()).next_multiple_of(8);
    let offset = (table + segments.len() + SEGMENT).next_multiple_of(ALIGNMENT as usize);
    let mut own = [0; SEGMENT];
    put(&mut own, 0, PT_LOAD.to_le_bytes());
    put(&mut own, 4, PF_R.to_le_bytes());
    put(&mut own, 8, (offset as u64).to_le_bytes());
    for at in [16, 24] {
        put(&mut own, at, ADDRESS.to_le_bytes());
    }
    for at in [32, 40] {
        put(&mut own, at, length.to_le_bytes());
    }
    put(&mut own, 48, ALIGNMENT.to_le_bytes());
    segments.extend(own);
    without_sections(&mut header);
    put(&mut header, 32, (table as u64).to_le_bytes());
    put(&mut header, 54, (SEGMENT as u16).to_le_bytes());
    put(&mut header, 56, ((segments.len() / SEGMENT) as u16).to_le_bytes());
    let mut head = header;
    head.extend(body);
    head.resize(table, 0);
    head.extend(segments);
    head.resize(offset, 0);
    Ok(head)
}

#[cfg(test)]
mod tests {
    use super::*;
    use peaberry_package::elf::{package, segments};

    /// A kernel: a segment at an address, and something behind it that no segment covers.
    fn kernel(address: u64) -> Vec<u8> {
        let mut bytes = empty_header();
        put(&mut bytes, 24, address.to_le_bytes());
        put(&mut bytes, 32, (HEADER as u64).to_le_bytes());
        put(&mut bytes, 40, 9000u64.to_le_bytes());
        put(&mut bytes, 54, (SEGMENT as u16).to_le_bytes());
        put(&mut bytes, 56, [2, 0, 64, 0, 7, 0]);
        let mut rows = [0; 2 * SEGMENT];
        put(&mut rows, 0, PT_PHDR.to_le_bytes());
        put(&mut rows, SEGMENT, PT_LOAD.to_le_bytes());
        put(&mut rows, SEGMENT + 8, 4096u64.to_le_bytes());
        put(&mut rows, SEGMENT + 24, address.to_le_bytes());
        put(&mut rows, SEGMENT + 32, 100u64.to_le_bytes());
        put(&mut rows, SEGMENT + 40, 8192u64.to_le_bytes());
        bytes.extend(rows);
        bytes.resize(4096, 0);
        bytes.extend([7; 100]);
        bytes.extend([9; 5000]);
        bytes
    }

    #[test]
    fn the_package_becomes_a_segment() {
        let bytes = kernel(0x10_0000);
        for kernel in [None, Some((Path::new("kernel"), &bytes[..]))] {
            let head = head(kernel, 12345).expect("head");
            assert_eq!(head.len() % 4096, 0);
            let (table, count) = segments(&head).expect("segments");
            assert_eq!(count, 1 + usize::from(kernel.is_some()));
            let table = &head[table as usize..][..count * SEGMENT];
            assert_eq!(package(table), Some((head.len() as u64, 12345)));
            if kernel.is_some() {
                assert_eq!(head[4096..4196], [7; 100]);
                assert!(!head.contains(&9));
                assert_eq!(head[24..32], 0x10_0000u64.to_le_bytes());
            }
        }
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        for address in [ADDRESS, ADDRESS - 8191, ADDRESS + 12344, u64::MAX - 5] {
            assert!(
                head(Some((Path::new("kernel"), &kernel(address))), 12345).is_err(),
                "{address:#x}"
            );
        }
        assert!(head(Some((Path::new("kernel"), &kernel(ADDRESS + 12345))), 12345).is_ok());
        let whole = kernel(0x10_0000);
        for end in [0, 63, 100, 4100] {
            assert!(head(Some((Path::new("kernel"), &whole[..end])), 1).is_err(), "{end}");
            assert!(stripped(whole[..end].to_vec(), Path::new("guest")).is_err(), "{end}");
        }
        // Not position-independent.
        assert!(stripped(whole.clone(), Path::new("guest")).is_err());
        let mut program = whole;
        put(&mut program, 16, ET_DYN.to_le_bytes());
        assert_eq!(stripped(program, Path::new("guest")).expect("stripped").len(), 4196);
    }
}

//! The C library's start in the program for guests: its function for the sizes of caches becomes a jump to ours
//! (`vm/cli/src/cache_sizes.rs`).

/// The C library's function, as the compiler leaves it: of its arguments the name that `sysconf` has comes first.
const OF_LIBRARY: &str = "handle_intel.constprop.0";
/// Ours.
const OWN: &str = "peaberry_cache_size";

/// A jump, and how far from its end.
const JUMP: u8 = 0xe9;
const JUMP_BYTES: usize = 5;

/// A function: address, length, and where it lies in the file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Function {
    address: u64,
    length: u64,
    offset: u64,
}

/// Makes the change in the bytes of a 64-bit ELF file for x86-64. False, and nothing is changed, when the library has no such function:
/// then it is another one, and asks as it does.
pub fn shorten(program: &mut [u8]) -> bool {
    let (Some(of_library), Some(own)) = (function(program, OF_LIBRARY), function(program, OWN)) else {
        return false;
    };
    let distance = own.address.wrapping_sub(of_library.address + JUMP_BYTES as u64) as i64;
    let (Ok(distance), Ok(offset)) = (i32::try_from(distance), usize::try_from(of_library.offset)) else {
        return false;
    };
    match program.get_mut(offset..offset + JUMP_BYTES) {
        Some(place) if of_library.length >= JUMP_BYTES as u64 => {
            place[0] = JUMP;
            place[1..].copy_from_slice(&distance.to_le_bytes());
            true
        }
        _ => false,
    }
}

/// A number of so many bytes.
fn number(bytes: &[u8], at: u64, length: usize) -> Option<u64> {
    let at = usize::try_from(at).ok()?;
    let mut word = [0; 8];
    word[..length].copy_from_slice(bytes.get(at..at.checked_add(length)?)?);
    Some(u64::from_le_bytes(word))
}

/// A section's header: its type, address, place and length in the file, the section it is linked to.
struct Section {
    kind: u64,
    address: u64,
    offset: u64,
    length: u64,
    link: u64,
}

fn section(bytes: &[u8], index: u64) -> Option<Section> {
    let table = number(bytes, 0x28, 8)?;
    let at = table.checked_add(index.checked_mul(number(bytes, 0x3a, 2)?)?)?;
    Some(Section {
        kind: number(bytes, at + 4, 4)?,
        address: number(bytes, at + 0x10, 8)?,
        offset: number(bytes, at + 0x18, 8)?,
        length: number(bytes, at + 0x20, 8)?,
        link: number(bytes, at + 0x28, 4)?,
    })
}

/// The one function of that name.
fn function(bytes: &[u8], name: &str) -> Option<Function> {
    const SYMBOLS: u64 = 2;
    const SYMBOL_BYTES: u64 = 24;
    const FUNCTION: u64 = 2;
    if bytes.get(..6)? != b"\x7fELF\x02\x01" || number(bytes, 0x12, 2)? != 62 {
        return None;
    }
    let sections = 0..number(bytes, 0x3c, 2)?;
    let symbols = sections
        .filter_map(|index| section(bytes, index))
        .find(|section| section.kind == SYMBOLS)?;
    let names = section(bytes, symbols.link)?;
    let mut found = (0..symbols.length / SYMBOL_BYTES).filter_map(|index| {
        let at = symbols.offset + index * SYMBOL_BYTES;
        let place = usize::try_from(names.offset + number(bytes, at, 4)?).ok()?;
        let end = place + name.len();
        let is_it = bytes.get(place..end)? == name.as_bytes() && *bytes.get(end)? == 0;
        if !is_it || number(bytes, at + 4, 1)? & 0xf != FUNCTION {
            return None;
        }
        let own = section(bytes, number(bytes, at + 6, 2)?)?;
        let address = number(bytes, at + 8, 8)?;
        Some(Function {
            address,
            length: number(bytes, at + 0x10, 8)?,
            offset: address.checked_sub(own.address)?.checked_add(own.offset)?,
        })
    });
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An ELF file with a section of code at 0x1000 and functions in it.
    fn file(functions: &[(&str, u64, u64)]) -> Vec<u8> {
        let mut names = vec![0];
        let mut symbols = vec![0u8; 24];
        for (name, offset, length) in functions {
            symbols.extend((names.len() as u32).to_le_bytes());
            symbols.extend([2, 0, 1, 0]);
            symbols.extend((0x1000 + offset).to_le_bytes());
            symbols.extend(length.to_le_bytes());
            names.extend(name.bytes().chain([0]));
        }
        let code = [0x90u8; 64];
        let mut bytes = vec![0u8; 0x40];
        bytes[..6].copy_from_slice(b"\x7fELF\x02\x01");
        bytes[0x12] = 62;
        let mut headers = vec![0u8; 0x40];
        for (kind, address, content, link) in [
            (1u32, 0x1000u64, &code[..], 0u32),
            (2, 0, &symbols, 3),
            (3, 0, &names, 0),
        ] {
            let mut header = vec![0u8; 0x40];
            header[4..8].copy_from_slice(&kind.to_le_bytes());
            header[0x10..0x18].copy_from_slice(&address.to_le_bytes());
            header[0x18..0x20].copy_from_slice(&(bytes.len() as u64).to_le_bytes());
            header[0x20..0x28].copy_from_slice(&(content.len() as u64).to_le_bytes());
            header[0x28..0x2c].copy_from_slice(&link.to_le_bytes());
            headers.extend(header);
            bytes.extend(content);
        }
        let table = bytes.len() as u64;
        bytes[0x28..0x30].copy_from_slice(&table.to_le_bytes());
        bytes[0x3a] = 0x40;
        bytes[0x3c] = 4;
        bytes.extend(headers);
        bytes
    }

    #[test]
    fn the_function_becomes_a_jump() {
        let mut bytes = file(&[("peaberry_cache_size", 48, 8), ("handle_intel.constprop.0", 16, 20)]);
        let before = bytes.clone();
        assert!(shorten(&mut bytes));
        let at = 0x40 + 16;
        assert_eq!(bytes[at..at + 6], [0xe9, 48 - 16 - 5, 0, 0, 0, 0x90]);
        bytes[at..at + 5].fill(0x90);
        assert_eq!(bytes, before);
    }

    #[test]
    fn other_programs_stay_as_they_are() {
        let own = ("peaberry_cache_size", 48, 8);
        let of_library = ("handle_intel.constprop.0", 16, 20);
        let strange = [
            file(&[own]),
            file(&[of_library]),
            file(&[own, of_library, of_library]),
            file(&[own, ("handle_intel.constprop.0", 16, 4)]),
            file(&[own, ("handle_intel", 16, 20)]),
            b"\x7fELF\x02\x01".to_vec(),
            Vec::new(),
        ];
        for mut bytes in strange {
            let before = bytes.clone();
            assert!(!shorten(&mut bytes) && bytes == before);
        }
    }
}

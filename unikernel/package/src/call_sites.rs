//! Where in a guest program its system calls are, and where it asks the processor what it is: a table in a note of the ELF file, with
//! room for it in the program and made when that has been linked. With it a monitor need not find each `syscall` by its being
//! executed, and can lead calls elsewhere first; `cpuid` is an exit wherever there is a monitor.

/// Name of the note's owner, as it lies in the file: with the zero that ends it, and zeros up to a multiple of 4 bytes.
pub const OWNER: [u8; 12] = *b"Peaberry\0\0\0\0";
/// Length of the owner's name with the zero that ends it.
pub const OWNER_BYTES: u32 = 9;
/// Type of the note.
pub const KIND: u32 = 0x4c4c_4143;
/// Bytes before the table: length of the name, length of the table, type, name.
pub const HEADER: usize = 12 + OWNER.len();

/// Bytes of a site in the table.
pub const SITE: usize = 8;
/// Most sites a table has room for.
pub const MOST_SITES: usize = 512;
/// Bytes of a table.
pub const TABLE: usize = MOST_SITES * SITE;
/// Bytes of the instructions `syscall` and `cpuid`.
pub const INSTRUCTION: usize = 2;
/// Most bytes of instructions that may be moved.
pub const MOST_MOVED: usize = 24;

/// A place without meaning.
const NONE: u8 = 0xff;
/// In place of a system call's number.
const IDENTIFY: u16 = 0xfffe;
const UNKNOWN: u16 = 0xffff;

/// What a program does at a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// `syscall`, with the number of the call; `None` where that is not certain.
    Call(Option<u16>),
    /// `cpuid`.
    Identify,
}

/// A `syscall` or `cpuid` of a program's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Site {
    /// Its address, from the beginning of the program on.
    pub address: u32,
    /// Which of both it is.
    pub what: What,
    /// Bytes of whole instructions right before it that can be executed elsewhere, at least three, so that there is room for a jump in their
    /// place, or 0: nothing leads into them but to the first, and none leads away.
    pub moved: u8,
    /// Where in these bytes is an offset of four bytes from the instruction's end; that is where in the bytes it is, plus 4.
    pub displacement: Option<u8>,
}

impl Site {
    /// As it lies in the table.
    pub fn encode(&self) -> [u8; SITE] {
        let [a, b, c, d] = self.address.to_le_bytes();
        let what = match self.what {
            What::Call(number) => number.unwrap_or(UNKNOWN),
            What::Identify => IDENTIFY,
        };
        let [e, f] = what.to_le_bytes();
        [a, b, c, d, e, f, self.moved, self.displacement.unwrap_or(NONE)]
    }

    fn decode(bytes: &[u8; SITE]) -> Option<Site> {
        let [a, b, c, d, e, f, moved, displacement] = *bytes;
        let address = u32::from_le_bytes([a, b, c, d]);
        let number = u16::from_le_bytes([e, f]);
        let fits = displacement == NONE || usize::from(displacement) + 4 <= usize::from(moved);
        let moves = moved == 0 || (3..=MOST_MOVED as u8).contains(&moved) && u32::from(moved) <= address;
        (address != u32::MAX && fits && moves).then_some(Site {
            address,
            what: match number {
                IDENTIFY => What::Identify,
                UNKNOWN => What::Call(None),
                number => What::Call(Some(number)),
            },
            moved,
            displacement: (displacement != NONE).then_some(displacement),
        })
    }
}

/// The table in the bytes of a segment of notes, and where in them it begins.
pub fn table(notes: &[u8]) -> Option<(usize, &[u8])> {
    let mut at = 0;
    while let Some(header) = notes.get(at..at + 12) {
        let word = |index: usize| {
            let bytes = [header[index], header[index + 1], header[index + 2], header[index + 3]];
            u32::from_le_bytes(bytes)
        };
        let (name, bytes, kind) = (word(0), word(4) as usize, word(8));
        let start = at + 12 + (name as usize).checked_next_multiple_of(4)?;
        let end = start.checked_add(bytes)?;
        let owner = notes.get(at + 12..start)?;
        if kind == KIND && name == OWNER_BYTES && owner == OWNER {
            return Some((start, notes.get(start..end)?));
        }
        at = end.checked_next_multiple_of(4)?;
    }
    None
}

/// The sites of a table, up to the first place that holds none.
pub fn sites(table: &[u8]) -> impl Iterator<Item = Site> + '_ {
    let (sites, _) = table.as_chunks::<SITE>();
    sites.iter().map_while(Site::decode).take(MOST_SITES)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    fn note(name: &[u8], kind: u32, table: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for word in [name.len() as u32, table.len() as u32, kind] {
            bytes.extend(word.to_le_bytes());
        }
        for part in [name, table] {
            bytes.extend(part);
            bytes.resize(bytes.len().next_multiple_of(4), 0);
        }
        bytes
    }

    #[test]
    fn a_table_is_found_among_notes() {
        let all = [
            Site {
                address: 0x1000,
                what: What::Call(Some(12)),
                moved: 5,
                displacement: None,
            },
            Site {
                address: 0x2000,
                what: What::Call(None),
                moved: 11,
                displacement: Some(7),
            },
            Site {
                address: 0x3000,
                what: What::Identify,
                moved: 0,
                displacement: None,
            },
        ];
        let mut bytes: Vec<u8> = all.iter().flat_map(Site::encode).collect();
        bytes.extend([0xff; 2 * SITE]);
        let mut notes = note(b"GNU\0", 3, &[1, 2, 3, 4, 5]);
        notes.extend(note(b"Peaberry\0", KIND, &bytes));
        let (at, found) = table(&notes).expect("table");
        assert_eq!((&notes[at..at + bytes.len()], found), (&bytes[..], &bytes[..]));
        assert_eq!(sites(found).collect::<Vec<Site>>(), all);
        for end in 0..notes.len() {
            assert!(table(&notes[..end]).is_none_or(|(_, found)| found == bytes));
        }
        assert_eq!(table(&note(b"Peaberry\0", KIND + 1, &bytes)), None);
    }

    #[test]
    fn sites_that_cannot_be_end_the_table() {
        let good = Site {
            address: 0x1000,
            what: What::Call(None),
            moved: 7,
            displacement: Some(3),
        };
        for bad in [
            Site {
                moved: 2,
                displacement: None,
                ..good
            },
            Site {
                displacement: Some(4),
                ..good
            },
            Site { moved: 25, ..good },
            Site { address: 6, ..good },
        ] {
            let bytes = [good.encode(), bad.encode(), good.encode()];
            assert_eq!(sites(bytes.as_flattened()).count(), 1, "{bad:?}");
        }
        assert_eq!(sites(&[0; 7]).count(), 0);
    }
}

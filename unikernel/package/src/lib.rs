//! What an image carries beside its kernel: files behind a table, one after another.
//!
//! ```text
//! header    64 bytes: magic, version, number of entries, where the names are, length of the whole
//! entries   48 bytes each, sorted by the bytes of their paths
//! names     the paths, and the targets of symbolic links
//! contents  each at a multiple of 4096 bytes from the package's beginning, so that it can be mapped: the guest program, then what has 8 MiB
//!           and more, each at a multiple of 2 MiB from the beginning of the file that the package is in, and others before and behind
//! ```
//!
//! All numbers are little-endian; offsets count from the package's beginning. A path begins with `/`, has neither empty
//! parts nor `.` or `..`, and its directories are entries too, the root alone is not. Three readers share this: the
//! builder, the monitor, which finds the package in the image file, and the guest's kernel under other monitors, which
//! finds it in memory at [`ADDRESS`]. So nothing here allocates, and nothing trusts what it reads.

#![no_std]

#[cfg(test)]
extern crate std;

pub mod call_sites;
pub mod elf;

/// Where a package begins.
pub const MAGIC: [u8; 16] = *b"PEABERRY PACKAGE";
/// The format's version; readers take their own alone.
pub const VERSION: u32 = 1;
/// Bytes of the header.
pub const HEADER: usize = 64;
/// Bytes of an entry of the table.
pub const ENTRY: usize = 48;
/// What contents are aligned to, in bytes.
pub const ALIGNMENT: u64 = 4096;
/// What big contents are aligned to in the package's file, in bytes: huge pages, in which a system may keep it.
pub const UNIT: u64 = 2 << 20;
/// Contents of so many bytes are big, so that little is lost by that.
pub const BIG: u64 = 4 * UNIT;

/// The guest-physical address at which another monitor loads the package: a segment of the image's ELF file.
pub const ADDRESS: u64 = 0x0400_0000;

/// The program that runs in the guest, a static-pie ELF file. Paths that begin with `/.peaberry/` are not the program's to see.
pub const GUEST: &str = "/.peaberry/guest";
/// Its arguments, the first being its name, each followed by a zero byte.
pub const ARGUMENTS: &str = "/.peaberry/arguments";
/// Its environment in the same form, `NAME=value`.
pub const ENVIRONMENT: &str = "/.peaberry/environment";
/// Its working directory, an absolute path.
pub const DIRECTORY: &str = "/.peaberry/directory";
/// What it is granted of a host, processors and memory: TOML, as `peaberry boot --config` reads it.
pub const CONFIGURATION: &str = "/.peaberry/vm.toml";

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Kind {
    /// A directory.
    Directory = 1,
    /// A file.
    File = 2,
    /// A symbolic link, its content being the target.
    Link = 3,
}

/// Why bytes are not a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Damage {
    /// They do not begin with [`MAGIC`].
    Magic,
    /// Another version than [`VERSION`].
    Version(u32),
    /// The table, a name or a content lies beyond the end.
    CutOff,
    /// Paths are not as they must be, or not in order.
    Paths,
    /// An entry's kind is none of [`Kind`].
    Kind(u32),
}

impl core::fmt::Display for Damage {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Damage::Magic => f.write_str("not a package"),
            Damage::Version(found) => write!(f, "a package of version {found}, where {VERSION} is understood"),
            Damage::CutOff => f.write_str("the package is cut off"),
            Damage::Paths => f.write_str("the package's paths are damaged"),
            Damage::Kind(kind) => write!(f, "the package has an entry of kind {kind}"),
        }
    }
}

impl core::error::Error for Damage {}

/// A package that lies in memory, checked.
#[derive(Clone, Copy)]
pub struct Package<'a> {
    bytes: &'a [u8],
    count: usize,
}

/// A file, directory or link of a package.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// Its place in the table, which serves as its number (inode).
    pub index: usize,
    /// Its absolute path.
    pub path: &'a [u8],
    /// What it is.
    pub kind: Kind,
    /// Permission bits, as of `stat`.
    pub mode: u32,
    /// Where its content begins, in bytes from the package's beginning.
    pub offset: u64,
    /// Its content; a link's target.
    pub content: &'a [u8],
}

impl Entry<'_> {
    /// The last part of the path.
    pub fn name(&self) -> &[u8] {
        let slash = self.path.iter().rposition(|&byte| byte == b'/');
        &self.path[slash.map_or(0, |at| at + 1)..]
    }
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(bytes.get(at..at + 8)?.try_into().ok()?))
}

fn part(bytes: &[u8], offset: u64, length: u64) -> Option<&[u8]> {
    let start = usize::try_from(offset).ok()?;
    bytes.get(start..start.checked_add(usize::try_from(length).ok()?)?)
}

fn well_formed(path: &[u8]) -> bool {
    let parts = path.strip_prefix(b"/");
    parts.is_some_and(|parts| {
        let good = |part: &[u8]| !matches!(part, b"" | b"." | b"..") && !part.contains(&0);
        parts.split(|&byte| byte == b'/').all(good)
    })
}

impl<'a> Package<'a> {
    /// The length of the package that begins with `header`, in bytes.
    pub fn length(header: &[u8]) -> Result<u64, Damage> {
        if header.get(..MAGIC.len()) != Some(&MAGIC[..]) {
            return Err(Damage::Magic);
        }
        match u32_at(header, 16).ok_or(Damage::CutOff)? {
            VERSION => u64_at(header, 32).ok_or(Damage::CutOff),
            other => Err(Damage::Version(other)),
        }
    }

    /// Checks the bytes of a package; what follows its end is ignored.
    pub fn parse(bytes: &'a [u8]) -> Result<Package<'a>, Damage> {
        let length = Package::length(bytes)?;
        let bytes = part(bytes, 0, length).ok_or(Damage::CutOff)?;
        let count = u32_at(bytes, 20).ok_or(Damage::CutOff)? as usize;
        let package = Package { bytes, count };
        let mut last: &[u8] = b"";
        for index in 0..count {
            let entry = package.checked(index)?;
            let parent = package.parent(entry.path);
            let inside = parent.is_empty() || package.find(parent).is_some_and(|found| found.kind == Kind::Directory);
            if entry.path <= last || !well_formed(entry.path) || !inside {
                return Err(Damage::Paths);
            }
            last = entry.path;
        }
        Ok(package)
    }

    fn checked(&self, index: usize) -> Result<Entry<'a>, Damage> {
        let at = HEADER + index * ENTRY;
        let row = self.bytes.get(at..at + ENTRY).ok_or(Damage::CutOff)?;
        let number = |at| u64_at(row, at).ok_or(Damage::CutOff);
        let kind = match u32_at(row, 0).ok_or(Damage::CutOff)? {
            1 => Kind::Directory,
            2 => Kind::File,
            3 => Kind::Link,
            other => return Err(Damage::Kind(other)),
        };
        Ok(Entry {
            index,
            path: part(self.bytes, number(8)?, number(16)?).ok_or(Damage::CutOff)?,
            kind,
            mode: u32_at(row, 4).ok_or(Damage::CutOff)?,
            offset: number(24)?,
            content: part(self.bytes, number(24)?, number(32)?).ok_or(Damage::CutOff)?,
        })
    }

    /// The path of the directory that holds `path`, empty for the root.
    fn parent<'p>(&self, path: &'p [u8]) -> &'p [u8] {
        let slash = path.iter().rposition(|&byte| byte == b'/');
        &path[..slash.unwrap_or(0)]
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Nothing is packed.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The entry at a place of the table.
    pub fn entry(&self, index: usize) -> Option<Entry<'a>> {
        (index < self.count).then(|| self.checked(index).ok()).flatten()
    }

    /// All entries, sorted by their paths' bytes.
    pub fn entries(&self) -> impl Iterator<Item = Entry<'a>> + use<'a> {
        let package = *self;
        (0..self.count).filter_map(move |index| package.entry(index))
    }

    /// The entry of an absolute path, without following links; the root has none.
    pub fn find(&self, path: &[u8]) -> Option<Entry<'a>> {
        let (mut low, mut high) = (0, self.count);
        while low < high {
            let middle = low.midpoint(high);
            let entry = self.entry(middle)?;
            match entry.path.cmp(path) {
                core::cmp::Ordering::Equal => return Some(entry),
                core::cmp::Ordering::Less => low = middle + 1,
                core::cmp::Ordering::Greater => high = middle,
            }
        }
        None
    }

    /// What lies directly in a directory; the root's path is empty.
    pub fn children(&self, directory: &'a [u8]) -> impl Iterator<Item = Entry<'a>> + use<'a> {
        let package = *self;
        self.entries()
            .filter(move |entry| package.parent(entry.path) == directory)
    }
}

/// What is to be packed.
#[derive(Clone, Copy, Debug)]
pub struct Item<'a> {
    /// Absolute path.
    pub path: &'a str,
    /// What it is.
    pub kind: Kind,
    /// Permission bits.
    pub mode: u32,
    /// Content, or a link's target.
    pub content: &'a [u8],
}

/// Contents follow one another in this order: the program, which starts at any page, what is small before the first big one, as much as there is
/// room, the big ones, and what else is small.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Program,
    Before,
    Big,
    Behind,
}

impl Part {
    const ALL: [Part; 4] = [Part::Program, Part::Before, Part::Big, Part::Behind];
}

fn is_big(item: &Item<'_>) -> bool {
    item.content.len() as u64 >= BIG && item.path != GUEST
}

fn padded(item: &Item<'_>) -> u64 {
    (item.content.len() as u64).next_multiple_of(ALIGNMENT)
}

/// Where contents lie in a package that begins at a place of its file.
struct Layout {
    place: u64,
    /// Where the next one begins, of each part.
    next: [u64; 4],
    /// Where the first big one begins.
    first_big: u64,
}

impl Layout {
    fn new(items: &[Item<'_>], place: u64) -> Layout {
        let names: usize = items.iter().map(|item| item.path.len()).sum();
        let first = ((HEADER + items.len() * ENTRY + names) as u64).next_multiple_of(ALIGNMENT);
        let program = items.iter().filter(|item| item.path == GUEST).map(padded).sum::<u64>();
        let mut layout = Layout {
            place,
            next: [first, first + program, first + program, u64::MAX],
            first_big: u64::MAX,
        };
        let mut behind = None;
        for item in items.iter().filter(|item| is_big(item)) {
            let at = behind.unwrap_or(first + program);
            let start = layout.aligned(at);
            layout.first_big = layout.first_big.min(start);
            behind = Some(start + padded(item));
        }
        layout.next[Part::Behind as usize] = behind.unwrap_or(u64::MAX);
        layout
    }

    fn aligned(&self, at: u64) -> u64 {
        (self.place + at).next_multiple_of(UNIT) - self.place
    }

    /// Where the next content begins, and which part it is of.
    fn next(&mut self, item: &Item<'_>) -> (Part, u64) {
        let fits = self.next[Part::Before as usize] + padded(item) <= self.first_big;
        let part = match item.path == GUEST {
            true => Part::Program,
            false if is_big(item) => Part::Big,
            false if fits => Part::Before,
            false => Part::Behind,
        };
        let next = self.next[part as usize];
        let start = if part == Part::Big { self.aligned(next) } else { next };
        self.next[part as usize] = start + padded(item);
        (part, start)
    }
}

/// Bytes of a package of items that begins at a place of its file.
pub fn length(items: &[Item<'_>], place: u64) -> u64 {
    let mut layout = Layout::new(items, place);
    let ends = items.iter().map(|item| layout.next(item).1 + padded(item));
    ends.max().unwrap_or(layout.next[0])
}

/// Hands out a package of items, which must be sorted by path, each with its directories, piece by piece in order. It begins at a place of its
/// file that is a multiple of [`ALIGNMENT`].
///
/// # Errors
/// What `sink` returns.
pub fn write<E>(items: &[Item<'_>], place: u64, mut sink: impl FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
    let names = (HEADER + items.len() * ENTRY) as u64;
    let mut header = [0; HEADER];
    header[..16].copy_from_slice(&MAGIC);
    header[16..20].copy_from_slice(&VERSION.to_le_bytes());
    header[20..24].copy_from_slice(&(items.len() as u32).to_le_bytes());
    header[24..32].copy_from_slice(&names.to_le_bytes());
    header[32..40].copy_from_slice(&length(items, place).to_le_bytes());
    sink(&header)?;
    let (mut name, mut layout) = (names, Layout::new(items, place));
    for item in items {
        let mut row = [0; ENTRY];
        row[..4].copy_from_slice(&(item.kind as u32).to_le_bytes());
        row[4..8].copy_from_slice(&item.mode.to_le_bytes());
        let (_, content) = layout.next(item);
        let numbers = [name, item.path.len() as u64, content, item.content.len() as u64];
        for (place, number) in row[8..40].chunks_exact_mut(8).zip(numbers) {
            place.copy_from_slice(&number.to_le_bytes());
        }
        sink(&row)?;
        name += item.path.len() as u64;
    }
    for item in items {
        sink(item.path.as_bytes())?;
    }
    let zeros = [0; ALIGNMENT as usize];
    let mut at = name;
    for part in Part::ALL {
        let mut layout = Layout::new(items, place);
        for item in items {
            let (of, start) = layout.next(item);
            if of != part || item.content.is_empty() {
                continue;
            }
            while at < start {
                let padding = (start - at).min(ALIGNMENT);
                sink(&zeros[..padding as usize])?;
                at += padding;
            }
            sink(item.content)?;
            at += item.content.len() as u64;
        }
    }
    sink(&zeros[..(at.next_multiple_of(ALIGNMENT) - at) as usize])
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    fn item<'a>(path: &'a str, kind: Kind, content: &'a [u8]) -> Item<'a> {
        let mode = if kind == Kind::File { 0o644 } else { 0o755 };
        Item {
            path,
            kind,
            mode,
            content,
        }
    }

    fn packed(items: &[Item<'_>]) -> Vec<u8> {
        let mut bytes = Vec::new();
        write(items, 0, |piece| {
            bytes.extend_from_slice(piece);
            Ok::<(), ()>(())
        })
        .expect("a Vec takes everything");
        bytes
    }

    fn sample() -> Vec<u8> {
        let long = [7; 5000];
        packed(&[
            item("/a", Kind::Directory, b""),
            item("/a-b", Kind::File, b"beside"),
            item("/a/empty", Kind::File, b""),
            item("/a/link", Kind::Link, b"../a-b"),
            item("/a/long", Kind::File, &long),
        ])
    }

    #[test]
    fn what_is_packed_is_found() {
        let bytes = sample();
        let package = Package::parse(&bytes).expect("parse");
        assert_eq!((package.len(), package.is_empty()), (5, false));
        let long = package.find(b"/a/long").expect("long");
        assert_eq!(
            (long.content, long.name(), long.mode),
            (&[7; 5000][..], &b"long"[..], 0o644)
        );
        assert_eq!(long.offset % ALIGNMENT, 0);
        assert_eq!(
            package.find(b"/a/link").map(|link| (link.kind, link.content)),
            Some((Kind::Link, &b"../a-b"[..]))
        );
        assert!(package.find(b"/").is_none() && package.find(b"/a/lon").is_none());
        let names = |directory| {
            package
                .children(directory)
                .map(|entry| entry.name().to_vec())
                .collect::<Vec<_>>()
        };
        assert_eq!(names(b""), [b"a".to_vec(), b"a-b".to_vec()]);
        assert_eq!(names(b"/a"), [b"empty".to_vec(), b"link".to_vec(), b"long".to_vec()]);
        assert_eq!(Package::length(&bytes[..HEADER]), Ok(bytes.len() as u64));
    }

    #[test]
    fn big_contents_are_aligned_in_the_file() {
        let big = std::vec![1; BIG as usize + 5];
        let other = std::vec![2; BIG as usize];
        let items = [
            item("/.peaberry", Kind::Directory, b""),
            item(GUEST, Kind::File, &big),
            item("/a", Kind::File, &big),
            item("/b", Kind::File, b"small"),
            item("/c", Kind::File, &other),
            item("/d", Kind::File, b"as small"),
            item("/e", Kind::File, &big[..UNIT as usize]),
        ];
        for place in [0, 5 * ALIGNMENT, UNIT - ALIGNMENT] {
            let mut bytes = Vec::new();
            let written = write(&items, place, |piece| {
                bytes.extend_from_slice(piece);
                Ok::<(), ()>(())
            });
            assert!(written.is_ok() && bytes.len() as u64 == length(&items, place));
            let package = Package::parse(&bytes).expect("parse");
            for item in &items {
                let found = package.find(item.path.as_bytes()).expect("entry");
                assert!(found.content == item.content, "{}", item.path);
                let aligned = (place + found.offset).is_multiple_of(UNIT);
                assert!(!is_big(item) || aligned, "{}", item.path);
            }
            let first = package.find(GUEST.as_bytes()).expect("program").offset;
            assert!(
                package
                    .entries()
                    .all(|entry| entry.content.is_empty() || entry.offset >= first)
            );
            let small = |path: &[u8]| package.find(path).expect("small").offset;
            let begins = package.find(b"/a").expect("big").offset;
            assert!(small(b"/b") < begins && small(b"/d") < begins && small(b"/e") > begins);
            let all: usize = items.iter().map(|item| item.content.len()).sum();
            let waste = length(&items, place) - all as u64;
            assert!(waste < 2 * UNIT + 8 * ALIGNMENT, "{waste}");
        }
    }

    #[test]
    fn damage_is_found() {
        let bytes = sample();
        for end in [0, 10, HEADER, HEADER + ENTRY, bytes.len() - 1] {
            assert!(Package::parse(&bytes[..end]).is_err(), "{end}");
        }
        // Every byte before the contents, changed in every way one bit can be, gives an error or a package that can be read.
        for at in 0..HEADER + 5 * ENTRY + 40 {
            for bit in 0..8 {
                let mut bytes = bytes.clone();
                bytes[at] ^= 1 << bit;
                if let Ok(package) = Package::parse(&bytes) {
                    let total: usize = package.entries().map(|entry| entry.content.len()).sum();
                    assert!(total <= 5 * bytes.len());
                }
            }
        }
        let unsorted = packed(&[item("/b", Kind::File, b""), item("/a", Kind::File, b"")]);
        assert_eq!(Package::parse(&unsorted).err(), Some(Damage::Paths));
        for path in ["a", "/", "/a/", "/./a", "/a/../b", "/no/directory"] {
            assert_eq!(
                Package::parse(&packed(&[item(path, Kind::File, b"")])).err(),
                Some(Damage::Paths),
                "{path}"
            );
        }
    }
}

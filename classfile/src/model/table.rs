//! Views of big-endian lists inside the class file's bytes: no copy, no allocation.

use std::marker::PhantomData;

/// A fixed-size row of a class-file table.
pub trait Row: Copy {
    /// Size in bytes.
    const SIZE: usize;
    /// Reads a row from exactly [`Self::SIZE`] bytes.
    fn read(bytes: &[u8]) -> Self;
}

/// Big-endian 16-bit number at `at`; the caller knows that it is there.
#[inline]
pub(crate) fn u2(bytes: &[u8], at: usize) -> u16 {
    u16::from_be_bytes([bytes[at], bytes[at + 1]])
}

impl Row for u16 {
    const SIZE: usize = 2;
    #[inline]
    fn read(bytes: &[u8]) -> Self {
        u2(bytes, 0)
    }
}

/// A list of fixed-size rows.
pub struct Table<'a, R> {
    bytes: &'a [u8],
    row: PhantomData<R>,
}

impl<R> Clone for Table<'_, R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R> Copy for Table<'_, R> {}

impl<R> Default for Table<'_, R> {
    fn default() -> Self {
        Self {
            bytes: &[],
            row: PhantomData,
        }
    }
}

impl<R: Row + std::fmt::Debug> std::fmt::Debug for Table<'_, R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl<R: Row + PartialEq> PartialEq for Table<'_, R> {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl<'a, R: Row> Table<'a, R> {
    /// A view of `bytes`; an incomplete last row is not part of it.
    #[inline]
    pub fn new(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            row: PhantomData,
        }
    }

    /// Number of rows.
    #[inline]
    pub fn len(&self) -> usize {
        self.bytes.len() / R::SIZE
    }

    /// Whether there is no row.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.bytes.len() < R::SIZE
    }

    /// Row `index`.
    #[inline]
    pub fn get(&self, index: usize) -> Option<R> {
        let start = index.checked_mul(R::SIZE)?;
        self.bytes.get(start..)?.get(..R::SIZE).map(R::read)
    }

    /// The rows in order.
    #[inline]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = R> + DoubleEndedIterator + Clone + use<'a, R> {
        self.bytes.chunks_exact(R::SIZE).map(R::read)
    }

    /// The bytes of the rows, without their count.
    #[inline]
    pub fn raw(&self) -> &'a [u8] {
        self.bytes
    }
}

/// Rows of an attribute that may occur several times (LineNumberTable and the like): the occurrences in file order.
pub struct Tables<'a, R> {
    first: Table<'a, R>,
    more: Vec<Table<'a, R>>,
}

impl<R> Clone for Tables<'_, R> {
    fn clone(&self) -> Self {
        Self {
            first: self.first,
            more: self.more.clone(),
        }
    }
}

impl<R> Default for Tables<'_, R> {
    fn default() -> Self {
        Self {
            first: Table::default(),
            more: Vec::new(),
        }
    }
}

impl<R: Row + std::fmt::Debug> std::fmt::Debug for Tables<'_, R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl<'a, R: Row> Tables<'a, R> {
    /// Appends one occurrence.
    pub fn push(&mut self, table: Table<'a, R>) {
        if self.first.is_empty() {
            self.first = table;
        } else if !table.is_empty() {
            self.more.push(table);
        }
    }

    /// The only occurrence, empty when there is none; `None` when the rows are in several.
    pub fn single(&self) -> Option<Table<'a, R>> {
        self.more.is_empty().then_some(self.first)
    }

    /// Number of rows in all occurrences.
    pub fn len(&self) -> usize {
        self.first.len() + self.more.iter().map(Table::len).sum::<usize>()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.first.is_empty()
    }

    /// All rows.
    pub fn iter(&self) -> impl Iterator<Item = R> + Clone + '_ {
        self.first.iter().chain(self.more.iter().flat_map(Table::iter))
    }
}

/// A row count in front of `Vec`-free variable lists: attributes exactly as in the file (JVMS §4.7).
#[derive(Clone, Copy, Debug, Default)]
pub struct RawAttributes<'a> {
    pub(crate) bytes: &'a [u8],
}

/// One attribute, undecoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RawAttribute<'a> {
    /// Constant-pool index of its name.
    pub name_index: u16,
    /// Content, without the six header bytes.
    pub content: &'a [u8],
}

impl<'a> RawAttributes<'a> {
    /// The attributes in file order.
    pub fn iter(&self) -> impl Iterator<Item = RawAttribute<'a>> + use<'a> {
        let mut rest = self.bytes;
        std::iter::from_fn(move || {
            let name_index = u16::from_be_bytes(*rest.first_chunk()?);
            let length = u32::from_be_bytes(*rest.get(2..)?.first_chunk()?) as usize;
            let content = rest.get(6..)?.get(..length)?;
            rest = &rest[6 + length..];
            Some(RawAttribute { name_index, content })
        })
    }
}

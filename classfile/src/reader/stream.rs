//! A bounds-checked cursor over the class file's bytes.

use super::{ErrorKind, ParseError};

pub(super) type Result<T> = std::result::Result<T, ParseError>;

/// The cursor.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stream<'a> {
    bytes: &'a [u8],
    position: usize,
}

#[cold]
fn truncated() -> ParseError {
    ParseError::new(ErrorKind::ClassFormatError, "Truncated class file".into())
}

impl<'a> Stream<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, position: 0 }
    }

    pub fn position(&self) -> usize {
        self.position
    }

    pub fn at_end(&self) -> bool {
        self.position == self.bytes.len()
    }

    /// Bytes left.
    pub fn rest(&self) -> usize {
        self.bytes.len() - self.position
    }

    /// Everything read since `start`, an earlier [`Self::position`].
    pub fn since(&self, start: usize) -> &'a [u8] {
        &self.bytes[start..self.position]
    }

    /// Fails when fewer than `length` bytes are left.
    #[inline]
    pub fn need(&self, length: usize) -> Result<()> {
        if self.bytes.len() - self.position < length {
            Err(truncated())
        } else {
            Ok(())
        }
    }

    #[inline]
    pub fn take(&mut self, length: usize) -> Result<&'a [u8]> {
        self.need(length)?;
        let start = self.position;
        self.position += length;
        Ok(&self.bytes[start..self.position])
    }

    #[inline]
    fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        match self.bytes.get(self.position..).and_then(|rest| rest.first_chunk()) {
            Some(chunk) => {
                self.position += N;
                Ok(*chunk)
            }
            None => Err(truncated()),
        }
    }

    #[inline]
    pub fn u1(&mut self) -> Result<u8> {
        self.array::<1>().map(|bytes| bytes[0])
    }

    #[inline]
    pub fn u2(&mut self) -> Result<u16> {
        self.array().map(u16::from_be_bytes)
    }

    #[inline]
    pub fn u4(&mut self) -> Result<u32> {
        self.array().map(u32::from_be_bytes)
    }

    #[inline]
    pub fn u8(&mut self) -> Result<u64> {
        self.array().map(u64::from_be_bytes)
    }
}

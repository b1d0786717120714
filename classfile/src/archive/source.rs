//! Where an archive's bytes are: in a file read by position, or in memory.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::FileExt;
use std::sync::Arc;

/// An archive's bytes. A file is read by position and not mapped: an application's jar may be truncated by somebody
/// else while it is open, which through a mapping would be a fault instead of an error.
#[derive(Clone, Debug)]
pub enum Source {
    /// A file.
    File(Arc<File>),
    /// Memory.
    Memory(Arc<[u8]>),
}

impl Source {
    /// Number of bytes.
    pub fn len(&self) -> io::Result<u64> {
        match self {
            Source::File(file) => Ok(file.metadata()?.len()),
            Source::Memory(bytes) => Ok(bytes.len() as u64),
        }
    }

    /// Whether there is no byte.
    pub fn is_empty(&self) -> io::Result<bool> {
        Ok(self.len()? == 0)
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        match self {
            Source::File(file) => file.read_at(buffer, offset),
            Source::Memory(bytes) => {
                let start = usize::try_from(offset).unwrap_or(usize::MAX).min(bytes.len());
                let rest = &bytes[start..];
                let length = rest.len().min(buffer.len());
                buffer[..length].copy_from_slice(&rest[..length]);
                Ok(length)
            }
        }
    }
}

/// A buffered reader over a [`Source`] with a position of its own. Clones share the source, not the buffer.
#[derive(Debug)]
pub(super) struct Reader {
    source: Source,
    /// Where the archive starts in the source.
    base: u64,
    length: u64,
    position: u64,
    buffer: Vec<u8>,
    buffer_start: u64,
    buffer_size: usize,
}

impl Clone for Reader {
    fn clone(&self) -> Self {
        // A clone reads one entry: its local header and, mostly, all of its few kilobytes come with one system call.
        Self {
            source: self.source.clone(),
            buffer: Vec::new(),
            buffer_size: 8 << 10,
            ..*self
        }
    }
}

impl Reader {
    /// Starts at `base`, which becomes offset 0.
    pub fn new(source: Source, base: u64) -> io::Result<Self> {
        let length = source.len()?.saturating_sub(base);
        Ok(Self {
            source,
            base,
            length,
            position: 0,
            buffer: Vec::new(),
            buffer_start: 0,
            buffer_size: 64 << 10,
        })
    }

    pub fn len(&self) -> u64 {
        self.length
    }
}

impl Read for Reader {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let in_buffer = self
            .position
            .checked_sub(self.buffer_start)
            .map_or(usize::MAX, |offset| offset as usize);
        if in_buffer >= self.buffer.len() {
            if out.len() >= self.buffer_size {
                let length = self.source.read_at(out, self.base + self.position)?;
                self.position += length as u64;
                return Ok(length);
            }
            self.buffer.resize(self.buffer_size, 0);
            let length = self.source.read_at(&mut self.buffer, self.base + self.position)?;
            self.buffer.truncate(length);
            self.buffer_start = self.position;
            let length = length.min(out.len());
            out[..length].copy_from_slice(&self.buffer[..length]);
            self.position += length as u64;
            return Ok(length);
        }
        let available = &self.buffer[in_buffer..];
        let length = available.len().min(out.len());
        out[..length].copy_from_slice(&available[..length]);
        self.position += length as u64;
        Ok(length)
    }
}

impl Seek for Reader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(offset) => Some(offset),
            SeekFrom::End(offset) => self.length.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
        };
        // Offsets beyond any file come out of corrupt headers.
        match target {
            Some(target) if target <= i64::MAX as u64 - self.base => {
                self.position = target;
                Ok(target)
            }
            _ => Err(io::ErrorKind::InvalidInput.into()),
        }
    }
}

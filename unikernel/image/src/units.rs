//! Files that are written by whole units of 2 MiB: where a file system keeps what is written at once in large pages, a guest's memory can be these.

use peaberry_package::UNIT;
use std::io::{self, Write};

/// Writes to `W` by units, and what is left at the end.
pub struct InUnits<W> {
    to: W,
    unit: Vec<u8>,
}

impl<W: Write> InUnits<W> {
    /// From the beginning of `to`.
    pub fn new(to: W) -> InUnits<W> {
        let unit = Vec::with_capacity(UNIT as usize);
        InUnits { to, unit }
    }

    /// Takes more bytes.
    pub fn take(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let (now, later) = bytes.split_at(bytes.len().min(UNIT as usize - self.unit.len()));
            self.unit.extend(now);
            bytes = later;
            if self.unit.len() == UNIT as usize {
                self.end()?;
            }
        }
        Ok(())
    }

    /// Writes what is left.
    pub fn end(&mut self) -> io::Result<()> {
        self.to.write_all(&self.unit)?;
        self.unit.clear();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How long each write was.
    struct Lengths(Vec<usize>);

    impl Write for &mut Lengths {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.push(bytes.len());
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn units_are_written_at_once() {
        let (mut lengths, unit) = (Lengths(Vec::new()), UNIT as usize);
        let mut file = InUnits::new(&mut lengths);
        for bytes in [1, unit, 5 * unit - 2, 1, 7] {
            file.take(&vec![0; bytes]).expect("write");
        }
        file.end().expect("write");
        assert_eq!(lengths.0, [unit, unit, unit, unit, unit, unit, 7]);
    }
}

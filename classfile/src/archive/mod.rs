//! Containers of class files: jars, jmods and the JDK's `lib/modules`. All are read-only, shared between threads, and
//! answer corrupt input with an [`ArchiveError`].

mod inflate;
mod jimage;
mod jmod;
mod manifest;
mod source;
#[cfg(test)]
mod tests;
mod zip;

pub use jimage::{JImage, Resource};
pub use jmod::Jmod;
pub use manifest::Manifest;
pub use source::Source;
pub use zip::{Entry, Zip};

use std::path::{Path, PathBuf};
use thiserror::Error;

/// Why an archive or something in it cannot be read.
#[derive(Debug, Error)]
pub enum ArchiveError {
    /// The operating system said no.
    #[error("{path}: {source}")]
    Io {
        /// The archive.
        path: PathBuf,
        /// The system's error.
        source: std::io::Error,
    },
    /// Not an archive of this kind, or a damaged one.
    #[error("{path}: {problem}")]
    Corrupt {
        /// The archive.
        path: PathBuf,
        /// What is wrong.
        problem: String,
    },
    /// A method of compression that we do not have.
    #[error("{path}: unsupported compression: {method}")]
    UnsupportedCompression {
        /// The archive.
        path: PathBuf,
        /// Its name.
        method: String,
    },
}

impl ArchiveError {
    #[cold]
    fn corrupt(path: &Path, problem: impl Into<String>) -> Self {
        Self::Corrupt {
            path: path.to_owned(),
            problem: problem.into(),
        }
    }
}

//! jmod files: a four-byte header and a zip archive whose classes are below `classes/`.

use super::ArchiveError;
use super::source::Source;
use super::zip::Zip;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;

const MAGIC: [u8; 4] = *b"JM\x01\x00";

/// An open jmod.
#[derive(Debug)]
pub struct Jmod {
    zip: Zip,
}

impl Jmod {
    /// Opens a file and reads its directory.
    pub fn open(path: &Path) -> Result<Self, ArchiveError> {
        let error = |source| ArchiveError::Io {
            path: path.to_owned(),
            source,
        };
        let file = File::open(path).map_err(error)?;
        let mut magic = [0; 4];
        let length = file.read_at(&mut magic, 0).map_err(error)?;
        if length != 4 || magic != MAGIC {
            return Err(ArchiveError::corrupt(path, "not a jmod file"));
        }
        Ok(Self {
            zip: Zip::from_source(path, Source::File(Arc::new(file)), MAGIC.len() as u64)?,
        })
    }

    /// Everything in it, with the section names (`classes/`, `conf/`, `lib/` …).
    pub fn zip(&self) -> &Zip {
        &self.zip
    }

    /// A class or resource of the module, such as `java/lang/Object.class`.
    pub fn read(&self, path: &str) -> Result<Option<Vec<u8>>, ArchiveError> {
        self.zip.read(&format!("classes/{path}"))
    }

    /// Paths of all classes and resources of the module.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.zip
            .names()
            .filter_map(|name| name.strip_prefix("classes/"))
            .filter(|name| !name.ends_with('/'))
    }
}

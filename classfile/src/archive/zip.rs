//! Jar and zip files.

use super::ArchiveError;
use super::inflate::inflate;
use super::manifest::Manifest;
use super::source::{Reader, Source};
use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use zip::{CompressionMethod, ZipArchive};

/// Oldest Java release that multi-release jars may have classes for.
const FIRST_VERSIONED_RELEASE: u16 = 9;

/// An open jar. Lookups take `&self` and may run on any number of threads.
#[derive(Debug)]
pub struct Zip {
    path: PathBuf,
    archive: ZipArchive<Reader>,
    manifest: OnceLock<Option<Manifest>>,
    /// Releases with a directory below META-INF/versions, highest first; empty when the jar is not multi-release.
    versions: OnceLock<Vec<u16>>,
}

/// What the directory says about an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Name as in the directory; directories end in `/`.
    pub name: String,
    /// Position in the directory.
    pub index: usize,
    /// Bytes when decompressed.
    pub size: u64,
    /// Bytes in the archive.
    pub compressed_size: u64,
    /// CRC-32 of the content.
    pub crc32: u32,
}

impl Zip {
    /// Opens a file and reads its directory.
    pub fn open(path: &Path) -> Result<Self, ArchiveError> {
        let file = File::open(path).map_err(|source| ArchiveError::Io {
            path: path.to_owned(),
            source,
        })?;
        Self::from_source(path, Source::File(Arc::new(file)), 0)
    }

    /// An archive in memory; `name` is for messages.
    pub fn from_bytes(name: &Path, bytes: Arc<[u8]>) -> Result<Self, ArchiveError> {
        Self::from_source(name, Source::Memory(bytes), 0)
    }

    /// An archive that starts `base` bytes into `source`.
    pub(super) fn from_source(path: &Path, source: Source, base: u64) -> Result<Self, ArchiveError> {
        let reader = Reader::new(source, base).map_err(|source| ArchiveError::Io {
            path: path.to_owned(),
            source,
        })?;
        let archive = ZipArchive::new(reader).map_err(|error| match error {
            zip::result::ZipError::Io(source) if source.kind() != std::io::ErrorKind::UnexpectedEof => {
                ArchiveError::Io {
                    path: path.to_owned(),
                    source,
                }
            }
            other => ArchiveError::corrupt(path, other.to_string()),
        })?;
        Ok(Self {
            path: path.to_owned(),
            archive,
            manifest: OnceLock::new(),
            versions: OnceLock::new(),
        })
    }

    /// Where it came from.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Number of entries.
    pub fn len(&self) -> usize {
        self.archive.len()
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.archive.is_empty()
    }

    /// Names of all entries; directories end in `/`.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.archive.file_names()
    }

    /// Whether there is an entry of exactly this name.
    pub fn contains(&self, name: &str) -> bool {
        self.archive.index_for_name(name).is_some()
    }

    /// Names directly below a directory (`""` is the root), directories with a `/` at the end, sorted.
    pub fn list(&self, directory: &str) -> Vec<String> {
        let prefix = match directory.trim_end_matches('/') {
            "" => String::new(),
            directory => format!("{directory}/"),
        };
        let children: BTreeSet<&str> = self
            .names()
            .filter_map(|name| name.strip_prefix(prefix.as_str()))
            .filter(|rest| !rest.is_empty())
            .map(|rest| rest.find('/').map_or(rest, |slash| &rest[..=slash]))
            .collect();
        children.into_iter().map(str::to_owned).collect()
    }

    /// The directory's row about an entry.
    pub fn entry(&self, name: &str) -> Result<Option<Entry>, ArchiveError> {
        let Some(index) = self.archive.index_for_name(name) else {
            return Ok(None);
        };
        let mut archive = self.archive.clone();
        let file = archive
            .by_index_raw(index)
            .map_err(|error| self.corrupt_entry(name, &error.to_string()))?;
        Ok(Some(Entry {
            name: name.to_owned(),
            index,
            size: file.size(),
            compressed_size: file.compressed_size(),
            crc32: file.crc32(),
        }))
    }

    /// Decompressed bytes of an entry; `None` when there is no such entry.
    pub fn read(&self, name: &str) -> Result<Option<Vec<u8>>, ArchiveError> {
        let Some(index) = self.archive.index_for_name(name) else {
            return Ok(None);
        };
        let mut archive = self.archive.clone();
        let mut file = archive
            .by_index_raw(index)
            .map_err(|error| self.corrupt_entry(name, &error.to_string()))?;
        let size = file.size();
        let (method, compressed_size) = (file.compression(), file.compressed_size());
        if file.encrypted() {
            return Err(self.unsupported(format!("encrypted entry {name}")));
        }
        if compressed_size > self.archive.clone().into_inner().len() {
            return Err(self.corrupt_entry(name, "longer than the archive"));
        }
        let mut raw = Vec::with_capacity(compressed_size as usize);
        file.read_to_end(&mut raw).map_err(|source| ArchiveError::Io {
            path: self.path.clone(),
            source,
        })?;
        if raw.len() as u64 != compressed_size {
            return Err(self.corrupt_entry(name, "archive ends inside of it"));
        }
        match method {
            CompressionMethod::Stored if compressed_size == size => Ok(Some(raw)),
            CompressionMethod::Stored => Err(self.corrupt_entry(name, "sizes differ though it is not compressed")),
            // The crate's own name for it comes with its own decompression.
            CompressionMethod::DEFLATE => match inflate(&raw, size, false) {
                Some(bytes) => Ok(Some(bytes)),
                None => Err(self.corrupt_entry(name, "invalid compressed data")),
            },
            other => Err(self.unsupported(format!("{other} of entry {name}"))),
        }
    }

    /// The manifest; `None` when there is none or it cannot be read.
    pub fn manifest(&self) -> Option<&Manifest> {
        let load = || {
            let exact = self.read("META-INF/MANIFEST.MF").ok().flatten();
            let bytes = exact.or_else(|| {
                let name = self
                    .names()
                    .find(|name| name.eq_ignore_ascii_case("META-INF/MANIFEST.MF"))?;
                self.read(name).ok().flatten()
            })?;
            Some(Manifest::parse(&bytes))
        };
        self.manifest.get_or_init(load).as_ref()
    }

    /// Name of the entry a multi-release jar has for `name` on Java `release`; `name` itself in other jars. Answers
    /// `None` when there is no entry.
    pub fn versioned_name(&self, name: &str, release: u16) -> Option<String> {
        if release >= FIRST_VERSIONED_RELEASE && !name.starts_with("META-INF/") {
            for version in self.versions().iter().filter(|version| **version <= release) {
                let versioned = format!("META-INF/versions/{version}/{name}");
                if self.contains(&versioned) {
                    return Some(versioned);
                }
            }
        }
        self.contains(name).then(|| name.to_owned())
    }

    fn versions(&self) -> &[u16] {
        self.versions.get_or_init(|| {
            let multi_release = self.manifest().and_then(|manifest| manifest.get("Multi-Release"));
            if !multi_release.is_some_and(|value| value.trim().eq_ignore_ascii_case("true")) {
                return Vec::new();
            }
            let versions: BTreeSet<u16> = self
                .names()
                .filter_map(|name| name.strip_prefix("META-INF/versions/")?.split('/').next()?.parse().ok())
                .filter(|version| *version >= FIRST_VERSIONED_RELEASE)
                .collect();
            versions.into_iter().rev().collect()
        })
    }

    #[cold]
    fn corrupt_entry(&self, name: &str, problem: &str) -> ArchiveError {
        ArchiveError::corrupt(&self.path, format!("entry {name}: {problem}"))
    }

    #[cold]
    fn unsupported(&self, method: String) -> ArchiveError {
        ArchiveError::UnsupportedCompression {
            path: self.path.clone(),
            method,
        }
    }
}

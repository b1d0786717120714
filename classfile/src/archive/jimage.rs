//! The JDK's `lib/modules`: a jimage, mapped and read in place.
//!
//! All numbers are little-endian. Behind the header lie a redirect table and an offset table (one word for each hash
//! slot), the location attributes, the strings, and then the resources. A resource `/module/parent/base.extension` is
//! found with one or two hashes of its name.

use super::ArchiveError;
use super::inflate::inflate;
use memmap2::Mmap;
use std::borrow::Cow;
use std::fs::File;
use std::io::ErrorKind;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

const MAGIC: u32 = 0xcafe_dada;
const VERSION: u32 = 1 << 16;
const HEADER_SIZE: usize = 28;
const HASH_MULTIPLIER: u32 = 0x0100_0193;
const COMPRESSED_MAGIC: u32 = 0xcafe_fafa;
const COMPRESSED_HEADER_SIZE: usize = 29;

/// What every program loads lies in a JDK's image before this, in bytes: jlink puts first what the JDK's own build found in use. A system that
/// keeps the file in huge pages maps 2 MiB for each of the few classes behind it.
const FIRST_PART: usize = 10 << 20;

/// Kinds of location attributes.
mod attribute {
    pub const MODULE: usize = 1;
    pub const PARENT: usize = 2;
    pub const BASE: usize = 3;
    pub const EXTENSION: usize = 4;
    pub const OFFSET: usize = 5;
    pub const COMPRESSED: usize = 6;
    pub const UNCOMPRESSED: usize = 7;
    pub const COUNT: usize = 8;
}

/// An open jimage. Lookups take `&self` and allocate nothing.
#[derive(Debug)]
pub struct JImage {
    path: PathBuf,
    bytes: Mmap,
    file: File,
    slots: usize,
    /// Where the redirect table, the offset table, the locations, the strings and the resources start.
    redirect: usize,
    offsets: usize,
    locations: usize,
    strings: usize,
    resources: usize,
}

/// Where a resource is and what it is called.
#[derive(Clone, Copy, Debug)]
pub struct Resource<'a> {
    /// Module; empty for `/packages/…`.
    pub module: &'a [u8],
    /// Directory, without slashes at the ends.
    pub parent: &'a [u8],
    /// File name up to the last dot.
    pub base: &'a [u8],
    /// File name behind the last dot.
    pub extension: &'a [u8],
    /// From the start of the resources.
    pub offset: u64,
    /// Bytes in the image when compressed, else 0.
    pub compressed_size: u64,
    /// Bytes.
    pub size: u64,
}

impl Resource<'_> {
    /// `parent/base.extension`.
    pub fn path(&self) -> Vec<u8> {
        let mut path = Vec::with_capacity(self.parent.len() + self.base.len() + self.extension.len() + 2);
        path.extend_from_slice(self.parent);
        if !path.is_empty() {
            path.push(b'/');
        }
        path.extend_from_slice(self.base);
        if !self.extension.is_empty() {
            path.push(b'.');
            path.extend_from_slice(self.extension);
        }
        path
    }
}

#[inline]
fn hash(parts: &[&[u8]], seed: u32) -> u32 {
    let mut value = seed;
    for part in parts {
        for &byte in *part {
            value = value.wrapping_mul(HASH_MULTIPLIER) ^ u32::from(byte);
        }
    }
    value & 0x7fff_ffff
}

impl JImage {
    /// Maps a file and checks its header; `None` when nothing of that name is there.
    pub fn open_if_present(path: &Path) -> Result<Option<Self>, ArchiveError> {
        match File::open(path) {
            Ok(file) => Self::map(path, file).map(Some),
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
            Err(source) => Err(ArchiveError::Io {
                path: path.to_owned(),
                source,
            }),
        }
    }

    /// Maps a file and checks its header.
    pub fn open(path: &Path) -> Result<Self, ArchiveError> {
        Self::open_if_present(path)?.ok_or_else(|| ArchiveError::Io {
            path: path.to_owned(),
            source: ErrorKind::NotFound.into(),
        })
    }

    fn map(path: &Path, file: File) -> Result<Self, ArchiveError> {
        let error = |source| ArchiveError::Io {
            path: path.to_owned(),
            source,
        };
        // SAFETY: the file is the JDK's own image, installed once and not written to while a Java VM runs from it.
        let bytes = unsafe { Mmap::map(&file) }.map_err(error)?;
        let corrupt = |problem: &str| ArchiveError::corrupt(path, problem);
        let word = |index: usize| read_u32(&bytes, index * 4).ok_or_else(|| corrupt("jimage header is cut off"));
        if word(0)? != MAGIC {
            return Err(corrupt("not a jimage"));
        }
        if word(1)? != VERSION {
            return Err(corrupt(&format!("unknown jimage version {:#x}", word(1)?)));
        }
        let (slots, locations_size, strings_size) = (word(4)? as usize, word(5)? as usize, word(6)? as usize);
        let redirect = HEADER_SIZE;
        let offsets = redirect + slots * 4;
        let locations = offsets + slots * 4;
        let strings = locations + locations_size;
        let resources = strings + strings_size;
        if resources > bytes.len() || slots == 0 {
            return Err(corrupt("jimage tables are cut off"));
        }
        Ok(Self {
            path: path.to_owned(),
            bytes,
            file,
            slots,
            redirect,
            offsets,
            locations,
            strings,
            resources,
        })
    }

    /// Where it came from.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The resource `/module/path`, such as `java.base` and `java/lang/Object.class`.
    pub fn find(&self, module: &[u8], path: &[u8]) -> Option<Resource<'_>> {
        let (parent, file) = match path.iter().rposition(|byte| *byte == b'/') {
            Some(slash) => (&path[..slash], &path[slash + 1..]),
            None => (&path[..0], path),
        };
        let (base, extension) = match file.iter().rposition(|byte| *byte == b'.') {
            Some(dot) => (&file[..dot], &file[dot + 1..]),
            None => (file, &file[..0]),
        };
        self.find_parts(module, parent, base, extension)
    }

    /// The class with this internal name in this module.
    pub fn find_class(&self, module: &[u8], name: &[u8]) -> Option<Resource<'_>> {
        let (parent, base) = match name.iter().rposition(|byte| *byte == b'/') {
            Some(slash) => (&name[..slash], &name[slash + 1..]),
            None => (&name[..0], name),
        };
        self.find_parts(module, parent, base, b"class")
    }

    fn find_parts(&self, module: &[u8], parent: &[u8], base: &[u8], extension: &[u8]) -> Option<Resource<'_>> {
        let slash: &[u8] = if parent.is_empty() { b"" } else { b"/" };
        let dot: &[u8] = if extension.is_empty() { b"" } else { b"." };
        let name = [b"/", module, b"/", parent, slash, base, dot, extension];
        let resource = self.lookup(&name)?;
        let equal = resource.module == module
            && resource.parent == parent
            && resource.base == base
            && resource.extension == extension;
        equal.then_some(resource)
    }

    /// The only location that can have this name; the caller compares.
    fn lookup(&self, name: &[&[u8]]) -> Option<Resource<'_>> {
        let slots = self.slots as u32;
        let slot = hash(name, HASH_MULTIPLIER) % slots;
        let redirect = read_u32(&self.bytes, self.redirect + slot as usize * 4)? as i32;
        let slot = match redirect {
            0 => return None,
            1.. => hash(name, redirect as u32) % slots,
            ..0 => (-1 - redirect) as u32,
        };
        self.resource_in_slot(slot as usize)
    }

    fn resource_in_slot(&self, slot: usize) -> Option<Resource<'_>> {
        if slot >= self.slots {
            return None;
        }
        let offset = read_u32(&self.bytes, self.offsets + slot * 4)? as usize;
        let mut rest = self.bytes.get(self.locations.checked_add(offset)?..self.strings)?;
        let mut values = [0u64; attribute::COUNT];
        loop {
            let first = *rest.first()?;
            let kind = usize::from(first >> 3);
            if kind == 0 {
                break;
            }
            let length = usize::from(first & 7) + 1;
            let value = rest
                .get(1..=length)?
                .iter()
                .fold(0, |value, byte| value << 8 | u64::from(*byte));
            *values.get_mut(kind)? = value;
            rest = &rest[length + 1..];
        }
        Some(Resource {
            module: self.string(values[attribute::MODULE])?,
            parent: self.string(values[attribute::PARENT])?,
            base: self.string(values[attribute::BASE])?,
            extension: self.string(values[attribute::EXTENSION])?,
            offset: values[attribute::OFFSET],
            compressed_size: values[attribute::COMPRESSED],
            size: values[attribute::UNCOMPRESSED],
        })
    }

    fn string(&self, offset: u64) -> Option<&[u8]> {
        let start = self.strings.checked_add(usize::try_from(offset).ok()?)?;
        let rest = self.bytes.get(start..self.resources)?;
        Some(&rest[..rest.iter().position(|byte| *byte == 0)?])
    }

    /// The bytes of a resource: borrowed from the mapping unless it is compressed.
    pub fn bytes(&self, resource: &Resource<'_>) -> Result<Cow<'_, [u8]>, ArchiveError> {
        let stored = if resource.compressed_size == 0 {
            resource.size
        } else {
            resource.compressed_size
        };
        let content = usize::try_from(resource.offset)
            .ok()
            .and_then(|offset| {
                self.bytes
                    .get(self.resources.checked_add(offset)?..)?
                    .get(..usize::try_from(stored).ok()?)
            })
            .ok_or_else(|| self.corrupt("resource lies outside of the image"))?;
        if resource.compressed_size == 0 {
            Ok(Cow::Borrowed(content))
        } else {
            self.decompress(content).map(Cow::Owned)
        }
    }

    /// [`bytes`](Self::bytes) for one who uses little of the image and keeps that: what lies far behind is read instead of mapped. A statically
    /// linked program, as a guest's is, has it mapped nevertheless: each system call takes long there.
    pub fn bytes_to_keep(&self, resource: &Resource<'_>) -> Result<Cow<'_, [u8]>, ArchiveError> {
        let mapped = self.bytes(resource)?;
        let start = self.resources as u64 + resource.offset;
        if cfg!(target_feature = "crt-static") || start < FIRST_PART as u64 || matches!(mapped, Cow::Owned(_)) {
            return Ok(mapped);
        }
        let mut read = vec![0; mapped.len()];
        let outcome = self.file.read_exact_at(&mut read, start);
        Ok(outcome.map_or(mapped, |()| Cow::Owned(read)))
    }

    /// Resources are wrapped once for each compressor that was applied.
    fn decompress(&self, content: &[u8]) -> Result<Vec<u8>, ArchiveError> {
        let mut content = Cow::Borrowed(content);
        while read_u32(&content, 0) == Some(COMPRESSED_MAGIC) {
            let header = content
                .get(..COMPRESSED_HEADER_SIZE)
                .ok_or_else(|| self.corrupt("header of a compressed resource is cut off"))?;
            let number = |at: usize| u64::from_le_bytes(header[at..at + 8].try_into().unwrap_or_default());
            let (compressed, size) = (number(4), number(12));
            let name = self
                .string(read_u32(header, 20).unwrap_or(u32::MAX).into())
                .unwrap_or_default();
            let is_last = header[28] != 0;
            let body = usize::try_from(compressed)
                .ok()
                .and_then(|length| content[COMPRESSED_HEADER_SIZE..].get(..length))
                .ok_or_else(|| self.corrupt("compressed resource is cut off"))?;
            if name != b"zip" {
                let method = String::from_utf8_lossy(name).into_owned();
                return Err(ArchiveError::UnsupportedCompression {
                    path: self.path.clone(),
                    method,
                });
            }
            let inflated = inflate(body, size, true).ok_or_else(|| self.corrupt("compressed resource is damaged"))?;
            content = Cow::Owned(inflated);
            if is_last {
                break;
            }
        }
        Ok(content.into_owned())
    }

    /// The module that has this package (internal name, with slashes); `None` when no module has classes in it.
    pub fn package_to_module(&self, package: &[u8]) -> Option<&[u8]> {
        // "/packages/java.lang" lists the modules that have java/lang or a package below it.
        let dotted: Vec<u8> = package
            .iter()
            .map(|byte| if *byte == b'/' { b'.' } else { *byte })
            .collect();
        let resource = self.lookup(&[b"/packages/", &dotted])?;
        let name = [resource.module, b"/", &resource.path()].concat();
        if name.strip_prefix(b"packages/").or(name.strip_prefix(b"/packages/")) != Some(&dotted) {
            return None;
        }
        let content = match self.bytes(&resource).ok()? {
            Cow::Borrowed(content) => content,
            Cow::Owned(_) => return None,
        };
        content.chunks_exact(8).find_map(|row| {
            let is_empty = read_u32(row, 0)?;
            if is_empty == 0 {
                self.string(read_u32(row, 4)?.into())
            } else {
                None
            }
        })
    }

    /// All resources, in no useful order.
    pub fn resources(&self) -> impl Iterator<Item = Resource<'_>> {
        (0..self.slots).filter_map(|slot| self.resource_in_slot(slot))
    }

    /// Names of all modules, sorted.
    pub fn modules(&self) -> Vec<&[u8]> {
        let modules: std::collections::BTreeSet<&[u8]> = self
            .resources()
            .map(|resource| resource.module)
            .filter(|module| !matches!(*module, b"" | b"modules" | b"packages"))
            .collect();
        modules.into_iter().collect()
    }

    #[cold]
    fn corrupt(&self, problem: &str) -> ArchiveError {
        ArchiveError::corrupt(&self.path, problem)
    }
}

#[inline]
fn read_u32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

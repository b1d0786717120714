//! An image file: what is packed into it, as the guest sees it from `/` on, and what the monitor finds there for itself.
//!
//! The table is checked and copied once. What files hold is read from the image file when it is asked for, within bounds
//! checked then, so that an image that somebody cuts off meanwhile gives short reads and nothing worse.

use crate::errno::Errno;
use crate::page_cache;
use peaberry_package::{ALIGNMENT, Damage, Kind, Package, elf};
use std::collections::VecDeque;
use std::fs::File;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::Path;
use std::sync::Arc;

/// Why a file is no image that can be used.
#[derive(Debug, thiserror::Error)]
pub enum ImageError {
    /// The file cannot be read.
    #[error("cannot read {0}: {1}")]
    Unreadable(String, std::io::Error),
    /// It is something else.
    #[error("{0} is no image of Peaberry's")]
    Other(String),
    /// It was one.
    #[error("{0} is a damaged image: {1}")]
    Damaged(String, Damage),
    /// Something that every image has is not there, or is not as it must be.
    #[error("{0} is a damaged image: nothing good at {1}")]
    Missing(String, &'static str),
}

/// A packed file, directory or link.
#[derive(Debug)]
pub struct Node {
    /// Absolute path; the root's is empty.
    pub path: Vec<u8>,
    /// What it is.
    pub kind: Kind,
    /// Permission bits.
    pub mode: u32,
    /// Where its content begins in the image file.
    pub offset: u64,
    /// The content's length.
    pub length: u64,
    /// A link's target.
    pub target: Vec<u8>,
}

/// An image file and its table.
#[derive(Debug)]
pub struct Image {
    file: Arc<File>,
    name: String,
    /// Seconds at which the file was last changed: the time of all that is in it.
    time: i64,
    /// Sorted by path, the root first.
    nodes: Vec<Node>,
}

/// Most links on the way to a file.
const MOST_LINKS: usize = 40;
/// Most bytes of what the monitor reads for itself.
const MOST_TEXT: u64 = 4 << 20;
/// What is below is not the guest's to see.
const HIDDEN: &[u8] = b"/.peaberry";

fn read_at(file: &File, offset: u64, length: usize) -> std::io::Result<Vec<u8>> {
    let mut bytes = vec![0; length];
    file.read_exact_at(&mut bytes, offset).map(|()| bytes)
}

/// Where the package lies in an ELF file; `None` when the file is none, or has none.
fn locate(file: &File) -> Option<(u64, u64)> {
    page_cache::read_apart(file);
    page_cache::bring_in(file, 0);
    let header = read_at(file, 0, elf::HEADER).ok()?;
    let (offset, count) = elf::segments(&header)?;
    elf::package(&read_at(file, offset, count * elf::SEGMENT).ok()?)
}

impl Image {
    /// Is the file an image, good or damaged, rather than anything else?
    pub fn is_image(path: &Path) -> bool {
        path.is_file() && File::open(path).is_ok_and(|file| locate(&file).is_some())
    }

    /// Opens an image and checks all of its table.
    pub fn open(path: &Path) -> Result<Image, ImageError> {
        let name = path.display().to_string();
        let unreadable = |error| ImageError::Unreadable(name.clone(), error);
        let file = File::open(path).map_err(unreadable)?;
        let metadata = file.metadata().map_err(unreadable)?;
        if !metadata.is_file() {
            return Err(ImageError::Other(name));
        }
        let Some((start, length)) = locate(&file) else {
            return Err(ImageError::Other(name));
        };
        let damaged = |damage| ImageError::Damaged(name.clone(), damage);
        let inside = start.checked_add(length).is_some_and(|end| end <= metadata.len());
        if !inside || !start.is_multiple_of(ALIGNMENT) || length == 0 {
            return Err(damaged(Damage::CutOff));
        }
        let mut options = memmap2::MmapOptions::new();
        // SAFETY: the range lies within the file, whose table is looked at once, now. Should somebody else cut the file off just
        // then, this process dies, which is nobody's but the user's, who holds both.
        let map = unsafe { options.offset(start).len(length as usize).map(&file) }.map_err(unreadable)?;
        // Nothing but the table is looked at.
        let _ = map.advise(memmap2::Advice::Random);
        let package = Package::parse(&map).map_err(damaged)?;
        let mut nodes = vec![Node {
            path: Vec::new(),
            kind: Kind::Directory,
            mode: 0o755,
            offset: start,
            length: 0,
            target: Vec::new(),
        }];
        nodes.extend(package.entries().map(|entry| Node {
            path: entry.path.to_vec(),
            kind: entry.kind,
            mode: entry.mode & 0o777,
            offset: start + entry.offset,
            length: entry.content.len() as u64,
            target: match entry.kind {
                Kind::Link => entry.content.to_vec(),
                _ => Vec::new(),
            },
        }));
        Ok(Image {
            file: Arc::new(file),
            name,
            time: metadata.mtime(),
            nodes,
        })
    }

    /// The image file.
    pub fn file(&self) -> &Arc<File> {
        &self.file
    }

    /// What the image file is called in messages.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Seconds since 1970 at which all that is packed was changed last.
    pub fn time(&self) -> i64 {
        self.time
    }

    /// All that is packed, sorted by path, the root first.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// What has this path, without following links.
    pub fn node(&self, path: &[u8]) -> Option<&Node> {
        let place = self.nodes.binary_search_by(|node| node.path.as_slice().cmp(path));
        place.ok().map(|index| &self.nodes[index])
    }

    /// The place in the table, which serves as its number (inode) when counted from 1.
    pub fn index(&self, node: &Node) -> usize {
        self.nodes.partition_point(|other| other.path < node.path)
    }

    /// What the monitor finds for itself: the content of a file below `/.peaberry`.
    pub fn content(&self, path: &'static str) -> Result<Vec<u8>, ImageError> {
        let missing = || ImageError::Missing(self.name.clone(), path);
        let node = self.node(path.as_bytes()).filter(|node| node.kind == Kind::File);
        let node = node.filter(|node| node.length <= MOST_TEXT).ok_or_else(missing)?;
        read_at(&self.file, node.offset, node.length as usize)
            .map_err(|error| ImageError::Unreadable(self.name.clone(), error))
    }

    /// The same, of a file that is text.
    pub fn text(&self, path: &'static str) -> Result<String, ImageError> {
        let text = String::from_utf8(self.content(path)?);
        text.map_err(|_| ImageError::Missing(self.name.clone(), path))
    }

    /// The same, of a file with a zero byte behind each line.
    pub fn lines(&self, path: &'static str) -> Result<Vec<String>, ImageError> {
        let text = self.text(path)?;
        match text.strip_suffix('\0') {
            Some(text) => Ok(text.split('\0').map(String::from).collect()),
            None if text.is_empty() => Ok(Vec::new()),
            None => Err(ImageError::Missing(self.name.clone(), path)),
        }
    }

    /// What the guest finds at a path, given by its parts; of links on the way, and at the end if wanted, what they lead to.
    pub fn look_up(&self, parts: &[Vec<u8>], follow: bool) -> Result<&Node, Errno> {
        let mut rest: VecDeque<Vec<u8>> = parts.iter().cloned().collect();
        let (mut path, mut found, mut links) = (Vec::new(), &self.nodes[0], 0);
        while let Some(part) = rest.pop_front() {
            match part.as_slice() {
                b"" | b"." => continue,
                b".." => path.truncate(path.iter().rposition(|&byte| byte == b'/').unwrap_or(0)),
                name => {
                    path.push(b'/');
                    path.extend(name);
                }
            }
            let visible = !path.starts_with(HIDDEN) || path.get(HIDDEN.len()).is_some_and(|&byte| byte != b'/');
            let node = self.node(&path).filter(|_| visible);
            found = node.ok_or(Errno(libc::ENOENT))?;
            match found.kind {
                Kind::Directory => {}
                Kind::File if rest.iter().any(|part| !part.is_empty()) => return Err(Errno(libc::ENOTDIR)),
                Kind::File => {}
                Kind::Link if rest.is_empty() && !follow => {}
                Kind::Link => {
                    links += 1;
                    if links > MOST_LINKS {
                        return Err(Errno(libc::ELOOP));
                    }
                    let keep = match found.target.first() {
                        Some(b'/') => 0,
                        _ => path.iter().rposition(|&byte| byte == b'/').unwrap_or(0),
                    };
                    path.truncate(keep);
                    for part in found.target.split(|&byte| byte == b'/').rev() {
                        rest.push_front(part.to_vec());
                    }
                    found = self.node(&path).ok_or(Errno(libc::ENOENT))?;
                }
            }
        }
        Ok(found)
    }

    /// What lies in a directory, as the guest sees it.
    pub fn children<'a>(&'a self, directory: &'a Node) -> impl Iterator<Item = (&'a [u8], &'a Node)> {
        let inside = |node: &'a Node| {
            let name = node.path.strip_prefix(directory.path.as_slice())?.strip_prefix(b"/")?;
            (!name.is_empty() && !name.contains(&b'/') && node.path != HIDDEN).then_some((name, node))
        };
        let first = self.nodes.partition_point(|node| node.path <= directory.path);
        let below = |node: &&Node| node.path.starts_with(&directory.path);
        self.nodes[first..].iter().take_while(below).filter_map(inside)
    }
}

#[cfg(test)]
#[path = "image_tests.rs"]
mod tests;

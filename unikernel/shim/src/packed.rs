//! A file or directory of the image that the guest has open. Nothing of it can be written.

use crate::address_space::{AddressSpace, Backing, Place};
use crate::errno::{Errno, Served, host};
use crate::image::{Image, Node};
use crate::memory::PAGE;
use crate::policy::Policy;
use peaberry_package::Kind;
use std::os::fd::AsRawFd;
use std::sync::{Arc, Mutex, MutexGuard};

/// An open one.
pub struct Packed {
    image: Arc<Image>,
    index: usize,
    /// Its absolute path, as it was opened.
    path: Vec<u8>,
    /// What is read next: a byte of a file, an entry of a directory.
    position: Mutex<u64>,
    /// A directory's entries: number, kind, name.
    listing: Vec<(u64, u8, Vec<u8>)>,
}

/// What the path of a link leads to in the end.
fn followed<'a>(image: &'a Image, node: &'a Node) -> Result<&'a Node, Errno> {
    match node.kind {
        Kind::Link => {
            let parts: Vec<Vec<u8>> = node.path.split(|&byte| byte == b'/').map(<[u8]>::to_vec).collect();
            image.look_up(&parts, true)
        }
        _ => Ok(node),
    }
}

fn status_of(image: &Image, node: &Node) -> libc::stat {
    // SAFETY: all-zero is a valid value.
    let mut status = unsafe { std::mem::zeroed::<libc::stat>() };
    let kind = match node.kind {
        Kind::Directory => libc::S_IFDIR,
        Kind::File => libc::S_IFREG,
        Kind::Link => libc::S_IFLNK,
    };
    status.st_ino = image.index(node) as u64 + 1;
    status.st_mode = kind | node.mode;
    status.st_nlink = 1;
    status.st_size = node.length as i64;
    status.st_blksize = PAGE as i64;
    status.st_blocks = node.length.div_ceil(512) as i64;
    (status.st_atime, status.st_mtime, status.st_ctime) = (image.time(), image.time(), image.time());
    status
}

/// Status of what a path leads to.
pub fn status_at(policy: &Policy, node: &Node, follow: bool) -> Result<libc::stat, Errno> {
    let image = policy.image().ok_or(Errno(libc::ENOENT))?;
    let node = if follow { followed(image, node)? } else { node };
    Ok(status_of(image, node))
}

/// The same as `statx` tells it.
pub fn extended(status: &libc::stat) -> libc::statx {
    // SAFETY: all-zero is a valid value.
    let mut extended = unsafe { std::mem::zeroed::<libc::statx>() };
    extended.stx_mask = libc::STATX_BASIC_STATS;
    extended.stx_ino = status.st_ino;
    extended.stx_mode = status.st_mode as u16;
    extended.stx_nlink = status.st_nlink as u32;
    extended.stx_size = status.st_size as u64;
    extended.stx_blksize = status.st_blksize as u32;
    extended.stx_blocks = status.st_blocks as u64;
    for time in [
        &mut extended.stx_atime,
        &mut extended.stx_mtime,
        &mut extended.stx_ctime,
    ] {
        time.tv_sec = status.st_mtime;
    }
    extended
}

/// What the image's files lie on: a full file system.
pub fn file_system() -> libc::statfs {
    // SAFETY: all-zero is a valid value.
    let mut status = unsafe { std::mem::zeroed::<libc::statfs>() };
    status.f_bsize = PAGE as i64;
    status.f_frsize = PAGE as i64;
    status.f_namelen = 255;
    status
}

impl Packed {
    /// Opens what a path leads to.
    pub fn open(policy: &Policy, node: &Node, path: Vec<u8>, flags: i32) -> Result<Packed, Errno> {
        let image = policy.image().ok_or(Errno(libc::ENOENT))?.clone();
        if node.kind == Kind::Link && flags & libc::O_NOFOLLOW != 0 {
            return Err(Errno(libc::ELOOP));
        }
        let node = followed(&image, node)?;
        let creates = libc::O_CREAT | libc::O_EXCL;
        if flags & creates == creates {
            return Err(Errno(libc::EEXIST));
        }
        let directory = node.kind == Kind::Directory;
        if flags & libc::O_ACCMODE != libc::O_RDONLY || flags & libc::O_TRUNC != 0 {
            return Err(Errno(if directory { libc::EISDIR } else { libc::EROFS }));
        }
        if flags & libc::O_DIRECTORY != 0 && !directory {
            return Err(Errno(libc::ENOTDIR));
        }
        let listing = if directory {
            listing(policy, &image, node, &path)
        } else {
            Vec::new()
        };
        let index = image.index(node);
        Ok(Packed {
            image,
            index,
            path,
            position: Mutex::default(),
            listing,
        })
    }

    fn node(&self) -> &Node {
        &self.image.nodes()[self.index]
    }

    fn position(&self) -> MutexGuard<'_, u64> {
        self.position.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// Its path, if it is a directory.
    pub fn directory(&self) -> Result<&[u8], Errno> {
        match self.node().kind {
            Kind::Directory => Ok(&self.path),
            _ => Err(Errno(libc::ENOTDIR)),
        }
    }

    /// Its status.
    pub fn status(&self) -> libc::stat {
        status_of(&self.image, self.node())
    }

    /// Reads at an offset, or at the position, which moves.
    pub fn read(&self, buffers: &[libc::iovec], offset: Option<i64>) -> Served {
        let node = self.node();
        if node.kind == Kind::Directory {
            return Err(Errno(libc::EISDIR));
        }
        let mut position = offset.is_none().then(|| self.position());
        let from = match (offset, &position) {
            (Some(offset), _) => u64::try_from(offset).map_err(|_| Errno(libc::EINVAL))?,
            (None, position) => position.as_ref().map_or(0, |position| **position),
        };
        let mut rest = node.length.saturating_sub(from);
        let mut bounded = Vec::new();
        for buffer in buffers {
            let length = (buffer.iov_len as u64).min(rest);
            rest -= length;
            if length > 0 {
                bounded.push(libc::iovec {
                    iov_len: length as usize,
                    ..*buffer
                });
            }
        }
        if bounded.is_empty() {
            return Ok(0);
        }
        let (start, count) = (bounded.as_ptr(), bounded.len() as i32);
        let fd = self.image.file().as_raw_fd();
        // SAFETY: each buffer is memory of the guest's that stays mapped as long as its VM, which the calling thread holds.
        let read = host(unsafe { libc::preadv(fd, start, count, (node.offset + from) as i64) } as i64)?;
        if let Some(position) = &mut position {
            **position = from + read;
        }
        Ok(read)
    }

    /// `lseek`.
    pub fn seek(&self, offset: i64, whence: i32) -> Served {
        let bad = Errno(libc::EINVAL);
        let length = self.node().length as i64;
        let mut position = self.position();
        let base = match whence {
            libc::SEEK_SET => 0,
            libc::SEEK_CUR => *position as i64,
            libc::SEEK_END => length,
            libc::SEEK_DATA | libc::SEEK_HOLE if !(0..length).contains(&offset) => return Err(Errno(libc::ENXIO)),
            libc::SEEK_DATA => 0,
            libc::SEEK_HOLE => length - offset,
            _ => return Err(bad),
        };
        let wanted = base.checked_add(offset).and_then(|wanted| u64::try_from(wanted).ok());
        *position = wanted.ok_or(bad)?;
        Ok(*position)
    }

    /// `getdents64`: as many entries as fit into `most` bytes, for `write` to hand to the guest.
    pub fn entries(&self, most: usize, write: impl FnOnce(&[u8]) -> Result<(), Errno>) -> Served {
        self.directory()?;
        let mut position = self.position();
        let (mut bytes, mut next) = (Vec::new(), *position);
        while let Some((number, kind, name)) = usize::try_from(next).ok().and_then(|next| self.listing.get(next)) {
            let length = (19 + name.len() + 1).next_multiple_of(8);
            if bytes.len() + length > most {
                break;
            }
            next += 1;
            let end = bytes.len() + length;
            bytes.extend(number.to_le_bytes());
            bytes.extend(next.to_le_bytes());
            bytes.extend((length as u16).to_le_bytes());
            bytes.push(*kind);
            bytes.extend(name);
            bytes.resize(end, 0);
        }
        if bytes.is_empty() && (next as usize) < self.listing.len() {
            return Err(Errno(libc::EINVAL));
        }
        write(&bytes)?;
        *position = next;
        Ok(bytes.len() as u64)
    }

    /// Maps it: the pages that it has, and zeros behind them.
    pub fn map(
        &self,
        space: &mut AddressSpace,
        place: Place,
        length: u64,
        protection: u8,
        offset: u64,
    ) -> Result<u64, Errno> {
        let node = self.node();
        if node.kind == Kind::Directory {
            return Err(Errno(libc::ENODEV));
        }
        // Behind its end, the last page is padded with zeros in the image file.
        let there = node.length.next_multiple_of(PAGE).saturating_sub(offset);
        let backing = || Backing::File(self.image.file().clone(), node.offset + offset);
        if length <= there {
            return space.map(place, length, protection, backing());
        }
        let start = space.map(place, length, protection, Backing::Zero)?;
        if there > 0 {
            space.map(Place::Fixed(start), there, protection, backing())?;
        }
        Ok(start)
    }
}

/// What a directory lists: what is packed in it, and what is granted there.
fn listing(policy: &Policy, image: &Image, node: &Node, path: &[u8]) -> Vec<(u64, u8, Vec<u8>)> {
    let number = |node: &Node| image.index(node) as u64 + 1;
    let kind = |node: &Node| match node.kind {
        Kind::Directory => libc::DT_DIR,
        Kind::File => libc::DT_REG,
        Kind::Link => libc::DT_LNK,
    };
    let mut listing = vec![
        (number(node), libc::DT_DIR, b".".to_vec()),
        (number(node), libc::DT_DIR, b"..".to_vec()),
    ];
    let packed = image.children(node);
    listing.extend(packed.map(|(name, child)| (number(child), kind(child), name.to_vec())));
    for (index, name) in policy.names_in(path).into_iter().enumerate() {
        if listing.iter().all(|(_, _, listed)| *listed != name) {
            let number = (image.nodes().len() + index) as u64 + 1;
            listing.push((number, libc::DT_UNKNOWN, name));
        }
    }
    listing
}

//! What is told of files: `stat` and its like, and what is in a directory.

use super::paths::{HERE, find};
use super::{Arguments, read_path};
use crate::descriptors::Object;
use crate::errno::*;
use crate::files::{Found, Special};
use crate::kernel::Kernel;
use alloc::vec::Vec;
use linux_raw_sys::general::*;
use peaberry_package::{Entry, Kind};

/// What is known of a file.
#[derive(Clone, Copy, Default)]
struct Status {
    number: u64,
    mode: u32,
    bytes: u64,
    /// Major and minor number of a device.
    device: (u32, u32),
}

const BLOCK: u64 = 4096;
/// Number of the file system.
const FILE_SYSTEM: u32 = 1;

impl Status {
    fn of(found: &Found<'_>) -> Status {
        match found {
            Found::Root => Status {
                number: 1,
                mode: S_IFDIR | 0o555,
                ..Status::default()
            },
            Found::Packed(entry) => Status::of_entry(entry),
            Found::Special(special) => Status::of_special(*special),
        }
    }

    fn of_entry(entry: &Entry<'_>) -> Status {
        let kind = match entry.kind {
            Kind::Directory => S_IFDIR,
            Kind::File => S_IFREG,
            Kind::Link => S_IFLNK,
        };
        Status {
            number: entry.index as u64 + 2,
            mode: kind | entry.mode & 0o777,
            bytes: entry.content.len() as u64,
            device: (0, 0),
        }
    }

    fn of_special(special: Special) -> Status {
        let device = match special {
            Special::Null => (1, 3),
            Special::Zero => (1, 5),
            Special::Random => (1, 9),
            Special::Console => (5, 1),
            Special::Memory => (0, 0),
        };
        Status {
            number: u64::MAX >> 1,
            mode: if device.0 == 0 {
                S_IFREG | 0o444
            } else {
                S_IFCHR | 0o666
            },
            bytes: 0,
            device,
        }
    }

    fn of_object(kernel: &Kernel, object: &Object) -> Result<Status, Errno> {
        let plain = |mode, bytes| Status {
            mode,
            bytes,
            ..Status::default()
        };
        Ok(match object {
            Object::Console => Status::of_special(Special::Console),
            Object::Null => Status::of_special(Special::Null),
            Object::Zero => Status::of_special(Special::Zero),
            Object::Random => Status::of_special(Special::Random),
            Object::Text(_) => Status::of_special(Special::Memory),
            Object::File(entry) => Status::of_entry(entry),
            Object::Directory(path) if path.is_empty() => Status::of(&Found::Root),
            Object::Directory(path) => Status::of(&kernel.files.find(b"", path, false)?.0),
            Object::Pipe(_) => plain(S_IFIFO | 0o600, 0),
            Object::Events(..) | Object::Set(_) => plain(0o600, 0),
            Object::Memory(memory) => plain(S_IFREG | 0o777, memory.length()),
        })
    }

    fn write(&self, kernel: &mut Kernel, address: u64) -> Served {
        let device = u64::from(self.device.0) << 8 | u64::from(self.device.1);
        // `struct stat`: times are 0, which is when nothing packed was ever changed.
        let words = [
            u64::from(FILE_SYSTEM),
            self.number,
            1,
            u64::from(self.mode),
            0,
            device,
            self.bytes,
            BLOCK,
            self.bytes.div_ceil(512),
        ];
        kernel.space.write(address, &[0; 144])?;
        kernel.space.write_words(address, &words)?;
        Ok(0)
    }

    fn write_extended(&self, kernel: &mut Kernel, address: u64) -> Served {
        let mut bytes = [0; 256];
        let mut put = |at: usize, part: &[u8]| bytes[at..at + part.len()].copy_from_slice(part);
        put(0, &STATX_BASIC_STATS.to_le_bytes());
        put(4, &(BLOCK as u32).to_le_bytes());
        put(16, &1u32.to_le_bytes());
        put(28, &(self.mode as u16).to_le_bytes());
        put(32, &self.number.to_le_bytes());
        put(40, &self.bytes.to_le_bytes());
        put(48, &self.bytes.div_ceil(512).to_le_bytes());
        put(128, &self.device.0.to_le_bytes());
        put(132, &self.device.1.to_le_bytes());
        put(140, &FILE_SYSTEM.to_le_bytes());
        kernel.space.write(address, &bytes)?;
        Ok(0)
    }
}

/// What a path leads to; an empty one to the descriptor itself where flags allow that.
fn found(kernel: &mut Kernel, from: u64, path: u64, flags: u64) -> Result<Status, Errno> {
    let flags = flags as u32;
    if flags & AT_EMPTY_PATH != 0 && (path == 0 || read_path(&mut kernel.space, path)?.is_empty()) {
        if from as u32 == HERE as u32 {
            let directory = kernel.directory.clone();
            let found = if directory.is_empty() {
                Found::Root
            } else {
                kernel.files.find(b"", &directory, true)?.0
            };
            return Ok(Status::of(&found));
        }
        let open = kernel.descriptors.get(from)?;
        return Status::of_object(kernel, &open.object);
    }
    let follow = flags & AT_SYMLINK_NOFOLLOW == 0;
    Ok(Status::of(&find(kernel, from, path, follow)?.0))
}

/// `fstat`.
pub fn of_descriptor(kernel: &mut Kernel, [number, address, ..]: Arguments) -> Served {
    let open = kernel.descriptors.get(number)?;
    Status::of_object(kernel, &open.object)?.write(kernel, address)
}

/// `stat`.
pub fn of_path(kernel: &mut Kernel, [path, address, ..]: Arguments) -> Served {
    found(kernel, HERE, path, 0)?.write(kernel, address)
}

/// `lstat`.
pub fn of_link(kernel: &mut Kernel, [path, address, ..]: Arguments) -> Served {
    found(kernel, HERE, path, u64::from(AT_SYMLINK_NOFOLLOW))?.write(kernel, address)
}

/// `newfstatat`.
pub fn at(kernel: &mut Kernel, [from, path, address, flags, ..]: Arguments) -> Served {
    found(kernel, from, path, flags)?.write(kernel, address)
}

/// `statx`.
pub fn extended(kernel: &mut Kernel, [from, path, flags, _, address, _]: Arguments) -> Served {
    found(kernel, from, path, flags)?.write_extended(kernel, address)
}

/// `getdents64`. Where reading goes on is 0 and 1 for the directory and the one above, then a place of the package's table.
pub fn entries(kernel: &mut Kernel, [number, address, length, ..]: Arguments) -> Served {
    const HEADER: usize = 19;
    const DIRECTORY: u8 = 4;
    let open = kernel.descriptors.get(number)?;
    let Object::Directory(path) = &open.object else {
        return fail(ENOTDIR);
    };
    let most = length.min(64 << 10) as usize;
    let mut bytes: Vec<u8> = Vec::new();
    let mut add = |name: &[u8], kind: u8, number: u64, next: u64| {
        let size = (HEADER + name.len() + 1).next_multiple_of(8);
        if bytes.len() + size > most {
            return false;
        }
        let end = bytes.len() + size;
        bytes.extend(number.to_le_bytes());
        bytes.extend(next.to_le_bytes());
        bytes.extend((size as u16).to_le_bytes());
        bytes.push(kind);
        bytes.extend(name);
        bytes.resize(end, 0);
        true
    };
    let mut position = open.position.get();
    let mut full = false;
    while position < 2 && !full {
        let name: &[u8] = if position == 0 { b"." } else { b".." };
        if add(name, DIRECTORY, 1, position + 1) {
            position += 1;
        } else {
            full = true;
        }
    }
    if !full {
        let from = usize::try_from(position - 2).unwrap_or(usize::MAX);
        for entry in kernel.files.children(path, from) {
            let kind = match entry.kind {
                Kind::Directory => DIRECTORY,
                Kind::File => 8,
                Kind::Link => 10,
            };
            let next = entry.index as u64 + 3;
            if !add(entry.name(), kind, entry.index as u64 + 2, next) {
                full = true;
                break;
            }
            position = next;
        }
    }
    if full && bytes.is_empty() {
        return fail(EINVAL);
    }
    kernel.space.write(address, &bytes)?;
    open.position.set(position);
    Ok(bytes.len() as u64)
}

//! The guest's file descriptors: numbers of its own for objects that the monitor holds.

use crate::address_space::SharedMemory;
use crate::errno::{Errno, host};
use crate::packed::Packed;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard};

/// Most descriptors of a guest.
pub const MOST_DESCRIPTORS: usize = 4096;

/// A socket for IPv4 or IPv6.
pub struct Socket {
    fd: OwnedFd,
    /// It is one for datagrams, not for streams.
    pub datagrams: bool,
    /// It was bound to an address the guest may listen on.
    pub granted: AtomicBool,
}

impl Socket {
    /// One that has no address yet.
    pub fn new(fd: OwnedFd, datagrams: bool) -> Socket {
        Socket {
            fd,
            datagrams,
            granted: AtomicBool::new(false),
        }
    }

    /// The host's descriptor for it.
    pub fn host(&self) -> RawFd {
        self.fd.as_raw_fd()
    }
}

/// What a descriptor stands for.
pub enum Object {
    /// A standard stream of the monitor's.
    Console(OwnedFd),
    /// A file beneath a grant, and whether the grant is to write.
    File(OwnedFd, bool),
    /// A directory beneath a grant, and its absolute path in the guest.
    Directory(OwnedFd, Vec<u8>),
    /// A pipe, pair of sockets, event counter or poll set, which the guest made for itself.
    Local(OwnedFd),
    /// What is told of changes of files.
    Watches(OwnedFd),
    /// A socket.
    Socket(Socket),
    /// Memory that several mappings show.
    Memory(Arc<SharedMemory>),
    /// A file or directory of the image.
    Packed(Packed),
}

impl Object {
    /// The host's descriptor for it.
    pub fn host(&self) -> Result<RawFd, Errno> {
        match self {
            Object::Console(fd)
            | Object::File(fd, _)
            | Object::Directory(fd, _)
            | Object::Local(fd)
            | Object::Watches(fd) => Ok(fd.as_raw_fd()),
            Object::Socket(socket) => Ok(socket.host()),
            Object::Memory(_) | Object::Packed(_) => Err(Errno(libc::EINVAL)),
        }
    }
}

/// The table.
pub struct Descriptors {
    table: Mutex<Vec<Option<Arc<Object>>>>,
    most: usize,
}

impl Descriptors {
    /// The standard streams of this process, duplicated; there will never be more than `most`.
    pub fn new(most: usize) -> Result<Descriptors, Errno> {
        let mut table = Vec::new();
        for stream in 0..3 {
            // SAFETY: duplicates a descriptor, which fails when there is none.
            let duplicate = host(i64::from(unsafe { libc::fcntl(stream, libc::F_DUPFD_CLOEXEC, 3) }));
            // SAFETY: made just now and nobody else's.
            table.push(
                duplicate
                    .ok()
                    .map(|fd| Arc::new(Object::Console(unsafe { OwnedFd::from_raw_fd(fd as RawFd) }))),
            );
        }
        let table = Mutex::new(table);
        let most = most.min(MOST_DESCRIPTORS);
        Ok(Descriptors { table, most })
    }

    fn table(&self) -> MutexGuard<'_, Vec<Option<Arc<Object>>>> {
        self.table.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// The object behind a number.
    pub fn get(&self, number: u64) -> Result<Arc<Object>, Errno> {
        // Descriptors are of 32 bits.
        let table = self.table();
        let object = table.get(number as u32 as usize).and_then(Option::as_ref);
        object.cloned().ok_or(Errno(libc::EBADF))
    }

    /// Numbers whose object is one of these.
    pub fn count(&self, of: impl Fn(&Object) -> bool) -> usize {
        self.table().iter().flatten().filter(|object| of(object)).count()
    }

    /// Gives an object the lowest free number from `lowest` on.
    pub fn add(&self, object: Arc<Object>, lowest: usize) -> Result<u64, Errno> {
        let mut table = self.table();
        let free = (lowest..table.len()).find(|&number| table[number].is_none());
        let number = free.unwrap_or(table.len().max(lowest));
        if number >= self.most {
            return Err(Errno(libc::EMFILE));
        }
        if number >= table.len() {
            table.resize_with(number + 1, || None);
        }
        table[number] = Some(object);
        Ok(number as u64)
    }

    /// Gives an object this number, in place of what had it.
    pub fn put(&self, object: Arc<Object>, number: u64) -> Result<u64, Errno> {
        let number = number as u32 as usize;
        if number >= self.most {
            return Err(Errno(libc::EBADF));
        }
        let mut table = self.table();
        if number >= table.len() {
            table.resize_with(number + 1, || None);
        }
        let before = table[number].replace(object);
        drop(table);
        drop(before);
        Ok(number as u64)
    }

    /// Frees a number.
    pub fn close(&self, number: u64) -> Result<u64, Errno> {
        let object = self.table().get_mut(number as u32 as usize).and_then(Option::take);
        // Closed here unless a call that is under way still uses it.
        object.map(|_| 0).ok_or(Errno(libc::EBADF))
    }
}

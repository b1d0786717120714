//! System calls on descriptors.

use super::Call;
use super::socket_transfers::{receive, send};
use crate::address_space::{READ, SharedMemory, WRITE};
use crate::descriptors::{MOST_DESCRIPTORS, Object};
use crate::errno::{Errno, Served, host};
use crate::vm::{Task, Vm};
use std::os::fd::{FromRawFd, OwnedFd, RawFd};
use std::sync::Arc;

/// Most bytes of one transfer; longer ones end early, as they may.
pub const MOST_BYTES: u64 = 1 << 30;
/// Most buffers of one transfer.
const MOST_BUFFERS: usize = 1024;

/// Memory of the guest's, for the host to read or write; less than is asked for where that would be too many pieces.
pub fn buffers(vm: &Vm, address: u64, length: u64, protection: u8) -> Result<Vec<libc::iovec>, Errno> {
    let pieces = vm.resolve(address, length.min(MOST_BYTES), protection)?;
    let buffer = |piece: crate::address_space::Piece| libc::iovec {
        iov_base: piece.start.cast(),
        iov_len: piece.bytes,
    };
    Ok(pieces.into_iter().take(MOST_BUFFERS).map(buffer).collect())
}

fn vectors(vm: &Vm, call: &Call, protection: u8) -> Result<Vec<libc::iovec>, Errno> {
    let [_, address, count, ..] = call.arguments;
    if count > MOST_BUFFERS as u64 {
        return Err(Errno(libc::EINVAL));
    }
    let mut all = Vec::new();
    for index in 0..count {
        let at = address.checked_add(index * 16).ok_or(Errno(libc::EFAULT))?;
        let [start, length] = vm.read_words(at)?;
        all.extend(buffers(vm, start, length, protection)?);
    }
    all.truncate(MOST_BUFFERS);
    Ok(all)
}

fn transfer(task: &Task, call: &Call, buffers: &[libc::iovec], writing: bool, offset: Option<u64>) -> Served {
    let object = task.vm.descriptors.get(call.arguments[0])?;
    if writing && call.arguments[0] == libc::STDOUT_FILENO as u64 {
        task.vm.statistics.note_output();
    }
    match &*object {
        // Without the signal that a closed connection would send to the monitor.
        Object::Socket(socket) if writing && offset.is_none() => return send(socket.host(), buffers, 0, None),
        Object::Socket(socket) if offset.is_none() => return Ok(receive(&task.vm, socket, buffers, 0)?.0),
        Object::Packed(_) if writing => return Err(Errno(libc::EBADF)),
        Object::Packed(packed) => return packed.read(buffers, offset.map(|offset| offset as i64)),
        _ => {}
    }
    let fd = object.host()?;
    let (start, count) = (buffers.as_ptr(), buffers.len() as i32);
    let offset = offset.map(|offset| offset as i64);
    // SAFETY: each buffer is memory of the guest's that stays mapped as long as its VM, which this thread holds.
    let result = unsafe {
        match (writing, offset) {
            (false, None) => libc::readv(fd, start, count),
            (true, None) => libc::writev(fd, start, count),
            (false, Some(offset)) => libc::preadv(fd, start, count, offset),
            (true, Some(offset)) => libc::pwritev(fd, start, count, offset),
        }
    };
    host(result as i64)
}

fn plain(task: &Task, call: &Call, writing: bool, offset: Option<u64>) -> Served {
    let [_, address, length, ..] = call.arguments;
    let buffers = buffers(&task.vm, address, length, if writing { READ } else { WRITE })?;
    transfer(task, call, &buffers, writing, offset)
}

/// `read`.
pub fn read(task: &mut Task, call: &Call) -> Served {
    plain(task, call, false, None)
}

/// `write`.
pub fn write(task: &mut Task, call: &Call) -> Served {
    plain(task, call, true, None)
}

/// `pread64`.
pub fn read_at(task: &mut Task, call: &Call) -> Served {
    plain(task, call, false, Some(call.arguments[3]))
}

/// `pwrite64`.
pub fn write_at(task: &mut Task, call: &Call) -> Served {
    plain(task, call, true, Some(call.arguments[3]))
}

/// `readv`.
pub fn read_vector(task: &mut Task, call: &Call) -> Served {
    let buffers = vectors(&task.vm, call, WRITE)?;
    transfer(task, call, &buffers, false, None)
}

/// `writev`.
pub fn write_vector(task: &mut Task, call: &Call) -> Served {
    let buffers = vectors(&task.vm, call, READ)?;
    transfer(task, call, &buffers, true, None)
}

fn with_host(task: &Task, call: &Call, f: impl FnOnce(RawFd) -> i64) -> Served {
    let object = task.vm.descriptors.get(call.arguments[0])?;
    host(f(object.host()?))
}

/// `lseek`.
pub fn seek(task: &mut Task, call: &Call) -> Served {
    let [number, offset, whence, ..] = call.arguments;
    if let Object::Packed(packed) = &*task.vm.descriptors.get(number)? {
        return packed.seek(offset as i64, whence as i32);
    }
    // SAFETY: no pointers.
    with_host(task, call, |fd| unsafe {
        libc::lseek(fd, offset as i64, whence as i32)
    })
}

/// `close`.
pub fn close(task: &mut Task, call: &Call) -> Served {
    task.vm.front_end.forget_stream(call.arguments[0]);
    task.vm.descriptors.close(call.arguments[0])
}

/// `dup`.
pub fn duplicate(task: &mut Task, call: &Call) -> Served {
    let object = task.vm.descriptors.get(call.arguments[0])?;
    task.vm.descriptors.add(object, 0)
}

/// `dup2` and `dup3`.
pub fn duplicate_to(task: &mut Task, call: &Call) -> Served {
    let object = task.vm.descriptors.get(call.arguments[0])?;
    task.vm.front_end.forget_stream(call.arguments[1]);
    task.vm.descriptors.put(object, call.arguments[1])
}

/// `fcntl`.
pub fn control(task: &mut Task, call: &Call) -> Served {
    let [number, command, argument, ..] = call.arguments;
    let object = task.vm.descriptors.get(number)?;
    match command as i32 {
        libc::F_DUPFD | libc::F_DUPFD_CLOEXEC => {
            let lowest = usize::try_from(argument)
                .ok()
                .filter(|&lowest| lowest < MOST_DESCRIPTORS);
            task.vm.descriptors.add(object, lowest.ok_or(Errno(libc::EINVAL))?)
        }
        libc::F_GETLK | libc::F_SETLK | libc::F_SETLKW => super::locks::lock(task, &object, command as i32, argument),
        // There is no `exec` that would close anything.
        libc::F_GETFD => Ok(libc::FD_CLOEXEC as u64),
        libc::F_SETFD => Ok(0),
        libc::F_GETFL if matches!(*object, Object::Packed(_)) => Ok(libc::O_RDONLY as u64),
        libc::F_SETFL if matches!(*object, Object::Packed(_)) => Ok(0),
        // SAFETY: no pointers.
        libc::F_GETFL => host(i64::from(unsafe { libc::fcntl(object.host()?, libc::F_GETFL) })),
        libc::F_SETFL => match &*object {
            // Whether a terminal blocks is shared with every process that has it.
            Object::Console(_) => Err(Errno(libc::EPERM)),
            _ => {
                let flags = argument as i32 & (libc::O_APPEND | libc::O_NONBLOCK);
                // SAFETY: no pointers.
                host(i64::from(unsafe { libc::fcntl(object.host()?, libc::F_SETFL, flags) }))
            }
        },
        _ => Err(Errno(libc::EINVAL)),
    }
}

/// `ioctl`: what a terminal is asked, and how much there is to be read.
pub fn device_control(task: &mut Task, call: &Call) -> Served {
    let [number, request, address, ..] = call.arguments;
    let object = task.vm.descriptors.get(number)?;
    if matches!(*object, Object::Packed(_)) {
        return Err(Errno(libc::ENOTTY));
    }
    let fd = object.host()?;
    if request == libc::FIONBIO {
        return set_blocking(task, &object, address);
    }
    let (bytes, console_only) = match request {
        libc::FIONREAD => (4, false),
        libc::TIOCGWINSZ => (size_of::<libc::winsize>(), true),
        // The kernel's own `struct termios`.
        libc::TCGETS => (36, true),
        _ => return Err(Errno(libc::ENOTTY)),
    };
    if console_only && !matches!(*object, Object::Console(_)) {
        return Err(Errno(libc::ENOTTY));
    }
    let mut buffer = [0u64; 16];
    // SAFETY: each of these requests writes at most the bytes above, which the buffer holds.
    host(i64::from(unsafe { libc::ioctl(fd, request, buffer.as_mut_ptr()) }))?;
    let words: Vec<u8> = buffer.iter().flat_map(|word| word.to_le_bytes()).collect();
    task.vm.write(address, &words[..bytes])?;
    Ok(0)
}

/// `ioctl` with `FIONBIO`: whether reading and writing wait. A terminal's mode is shared with every process that has it.
fn set_blocking(task: &Task, object: &Object, address: u64) -> Served {
    let mut flag = [0; 4];
    task.vm.read(address, &mut flag)?;
    let mut flag = libc::c_int::from(flag != [0; 4]);
    let fd = object.host()?;
    if matches!(object, Object::Console(_)) {
        // SAFETY: no pointers.
        let now = host(i64::from(unsafe { libc::fcntl(fd, libc::F_GETFL) }))? as i32 & libc::O_NONBLOCK != 0;
        return if now == (flag != 0) {
            Ok(0)
        } else {
            Err(Errno(libc::EPERM))
        };
    }
    // SAFETY: the request reads one number.
    host(i64::from(unsafe { libc::ioctl(fd, libc::FIONBIO, &mut flag) }))
}

/// `fstat`.
pub fn status(task: &mut Task, call: &Call) -> Served {
    let object = task.vm.descriptors.get(call.arguments[0])?;
    super::paths::write_status_of(&task.vm, &object, call.arguments[1])
}

/// `ftruncate`.
pub fn truncate(task: &mut Task, call: &Call) -> Served {
    let [number, length, ..] = call.arguments;
    let object = task.vm.descriptors.get(number)?;
    match &*object {
        Object::Memory(memory) => memory.grow(length).map(|()| 0),
        // SAFETY: no pointers.
        _ => host(i64::from(unsafe { libc::ftruncate(object.host()?, length as i64) })),
    }
}

/// `fallocate`.
pub fn allocate(task: &mut Task, call: &Call) -> Served {
    let [_, mode, offset, length, ..] = call.arguments;
    with_host(task, call, |fd| {
        // SAFETY: no pointers.
        unsafe { libc::fallocate(fd, mode as i32, offset as i64, length as i64) }.into()
    })
}

/// `fsync` and `fdatasync`.
pub fn synchronize(task: &mut Task, call: &Call) -> Served {
    if let Object::Packed(_) = &*task.vm.descriptors.get(call.arguments[0])? {
        return Ok(0);
    }
    // SAFETY: no pointers.
    with_host(task, call, |fd| unsafe { libc::fdatasync(fd) }.into())
}

/// `getdents64`.
pub fn entries(task: &mut Task, call: &Call) -> Served {
    let [number, address, length, ..] = call.arguments;
    let object = task.vm.descriptors.get(number)?;
    match &*object {
        Object::Directory(..) => {}
        Object::Packed(packed) => {
            return packed.entries(length.min(64 << 10) as usize, |bytes| task.vm.write(address, bytes));
        }
        _ => return Err(Errno(libc::ENOTDIR)),
    }
    let mut bytes = vec![0u8; length.min(64 << 10) as usize];
    let (start, size) = (bytes.as_mut_ptr(), bytes.len());
    // SAFETY: writes at most `size` bytes to the buffer.
    let count = host(unsafe { libc::syscall(libc::SYS_getdents64, object.host()?, start, size) })?;
    task.vm.write(address, &bytes[..count as usize])?;
    Ok(count)
}

/// A descriptor that the host gave just now.
pub fn owned(fd: i64) -> Result<OwnedFd, Errno> {
    let fd = host(fd)? as RawFd;
    // SAFETY: made just now and nobody else's.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

/// `pipe` and `pipe2`.
pub fn pipe(task: &mut Task, call: &Call) -> Served {
    let flags = match call.registers.rax as i64 {
        libc::SYS_pipe2 => call.arguments[1] as i32,
        _ => 0,
    };
    let mut ends = [0; 2];
    // SAFETY: writes two descriptors into the array.
    host(i64::from(unsafe {
        libc::pipe2(ends.as_mut_ptr(), flags & libc::O_NONBLOCK | libc::O_CLOEXEC)
    }))?;
    // SAFETY: made just now and nobody else's.
    let [read, write] = ends.map(|end| Object::Local(unsafe { OwnedFd::from_raw_fd(end) }));
    add_two(task, read, write, call.arguments[0])
}

/// Gives two objects numbers and tells the guest, or neither.
pub fn add_two(task: &Task, one: Object, other: Object, address: u64) -> Served {
    let one = task.vm.descriptors.add(Arc::new(one), 0)?;
    let other = task.vm.descriptors.add(Arc::new(other), 0);
    let told = other.and_then(|other| {
        let bytes = [one as u32, other as u32].map(u32::to_le_bytes).concat();
        task.vm.write(address, &bytes)
    });
    if told.is_err() {
        let _ = task.vm.descriptors.close(one);
        let _ = other.and_then(|other| task.vm.descriptors.close(other));
    }
    told.map(|()| 0)
}

/// `eventfd2`.
pub fn event(task: &mut Task, call: &Call) -> Served {
    let flags = call.arguments[1] as i32 & (libc::EFD_NONBLOCK | libc::EFD_SEMAPHORE);
    // SAFETY: no pointers.
    let fd = unsafe { libc::eventfd(call.arguments[0] as u32, flags | libc::EFD_CLOEXEC) };
    task.vm.descriptors.add(Arc::new(Object::Local(owned(fd.into())?)), 0)
}

/// `memfd_create`.
pub fn shared_memory(task: &mut Task, _: &Call) -> Served {
    let memory = Arc::new(SharedMemory::new(task.vm.chunks.clone()));
    task.vm.descriptors.add(Arc::new(Object::Memory(memory)), 0)
}

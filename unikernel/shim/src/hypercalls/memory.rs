//! System calls on the address space.

use super::Call;
use crate::address_space::{Backing, EXECUTE, Place, READ, WRITE, Window};
use crate::descriptors::Object;
use crate::errno::{Errno, Served, host};
use crate::memory::PAGE;
use crate::vm::Task;
use std::fs::File;
use std::os::fd::AsRawFd;
use std::sync::Arc;

fn protection(bits: u64) -> Result<u8, Errno> {
    let bits = bits as i32;
    let known = [
        (libc::PROT_READ, READ),
        (libc::PROT_WRITE, WRITE),
        (libc::PROT_EXEC, EXECUTE),
    ];
    if bits & !(libc::PROT_READ | libc::PROT_WRITE | libc::PROT_EXEC) != 0 {
        return Err(Errno(libc::EINVAL));
    }
    Ok(known
        .iter()
        .filter(|(bit, _)| bits & bit != 0)
        .map(|(_, own)| own)
        .sum())
}

/// `mmap`.
pub fn map(task: &mut Task, call: &Call) -> Served {
    let [address, length, bits, flags, number, offset] = call.arguments;
    let flags = flags as i32;
    let protection = protection(bits)?;
    let place = match flags {
        _ if flags & libc::MAP_FIXED_NOREPLACE != 0 => Place::FixedIfFree(address),
        _ if flags & libc::MAP_FIXED != 0 => Place::Fixed(address),
        _ if address != 0 => Place::Hint(address / PAGE * PAGE),
        _ => Place::Anywhere,
    };
    let shared = flags & libc::MAP_TYPE != libc::MAP_PRIVATE;
    let backing = if flags & libc::MAP_ANONYMOUS != 0 && flags & libc::MAP_NORESERVE != 0 && protection == 0 {
        Backing::Reserved
    } else if flags & libc::MAP_ANONYMOUS != 0 {
        // Shared with children, of which there are none.
        match flags & libc::MAP_STACK {
            0 => Backing::Zero,
            _ => Backing::Stack,
        }
    } else if !offset.is_multiple_of(PAGE) {
        return Err(Errno(libc::EINVAL));
    } else if offset.checked_add(length).is_none_or(|end| end > i64::MAX as u64) {
        return Err(Errno(libc::EOVERFLOW));
    } else {
        match &*task.vm.descriptors.get(number)? {
            Object::Memory(memory) if shared => Backing::Shared(memory.clone(), offset),
            // What the guest may write may change under its eyes, and its stores must reach the file.
            Object::File(fd, true) => {
                // SAFETY: no pointers.
                let flags = host(i64::from(unsafe { libc::fcntl(fd.as_raw_fd(), libc::F_GETFL) }))? as i32;
                let window = Window {
                    file: File::from(fd.try_clone()?),
                    private: !shared,
                    writable: flags & libc::O_ACCMODE == libc::O_RDWR,
                };
                if shared && protection & WRITE != 0 && !window.writable {
                    return Err(Errno(libc::EACCES));
                }
                window.check(offset)?;
                Backing::Window(Arc::new(window), offset)
            }
            Object::File(..) if shared && protection & WRITE != 0 => return Err(Errno(libc::EACCES)),
            Object::File(fd, _) => {
                // A descriptor of its own: the guest may close this one.
                Backing::File(Arc::new(File::from(fd.try_clone()?)), offset)
            }
            Object::Packed(_) if shared && protection & WRITE != 0 => return Err(Errno(libc::EACCES)),
            Object::Packed(packed) => return packed.map(&mut task.vm.space(), place, length, protection, offset),
            _ => return Err(Errno(libc::ENODEV)),
        }
    };
    let mut space = task.vm.space();
    let start = space.map(place, length, protection, backing)?;
    if protection & WRITE != 0 {
        space.begin_use(start..start.saturating_add(length));
    }
    Ok(start)
}

/// `munmap`.
pub fn unmap(task: &mut Task, call: &Call) -> Served {
    task.vm.space().unmap(call.arguments[0], call.arguments[1]).map(|()| 0)
}

/// `mprotect`.
pub fn protect(task: &mut Task, call: &Call) -> Served {
    let [address, length, bits, ..] = call.arguments;
    let protection = protection(bits)?;
    let mut space = task.vm.space();
    space.protect(address, length, protection)?;
    if protection & WRITE != 0 {
        space.begin_use(address..address.saturating_add(length));
    }
    Ok(0)
}

/// `madvise`.
pub fn advise(task: &mut Task, call: &Call) -> Served {
    let [address, length, advice, ..] = call.arguments;
    match advice as i32 {
        libc::MADV_DONTNEED => task.vm.space().discard(address, length)?,
        // Memory that is free to go need not go.
        libc::MADV_FREE
        | libc::MADV_NORMAL
        | libc::MADV_RANDOM
        | libc::MADV_SEQUENTIAL
        | libc::MADV_WILLNEED
        | libc::MADV_HUGEPAGE
        | libc::MADV_NOHUGEPAGE
        | libc::MADV_DONTDUMP
        | libc::MADV_DODUMP => task.vm.space().check_mapped(address, length)?,
        _ => return Err(Errno(libc::EINVAL)),
    }
    Ok(0)
}

/// `brk`.
pub fn set_break(task: &mut Task, call: &Call) -> Served {
    let (wanted, front_end) = (call.arguments[0], &task.vm.front_end);
    let mut space = task.vm.space();
    let (start, limit) = space.break_bounds();
    let now = front_end.break_now().clamp(start, limit);
    if (now..=limit).contains(&wanted) {
        front_end.set_break(start, wanted, limit);
    } else if wanted < start || space.set_break(wanted) != wanted {
        return Ok(now);
    } else {
        front_end.set_break(start, wanted, wanted);
    }
    Ok(wanted)
}

/// `mremap`.
pub fn remap(task: &mut Task, call: &Call) -> Served {
    let [old, old_length, length, flags, wanted, ..] = call.arguments;
    task.vm.space().remap(old, old_length, length, flags as i32, wanted)
}

/// `msync`: stores to files reach the disk.
pub fn synchronize(task: &mut Task, call: &Call) -> Served {
    let [start, length, flags, ..] = call.arguments;
    // Not under the lock: a disk takes its time. The pieces stay mapped, whatever is behind them by then.
    let stored = task.vm.space().stored(start, length)?;
    for piece in stored {
        // SAFETY: the range is guest memory, and nothing of it changes.
        host(i64::from(unsafe {
            libc::msync(piece.start.cast(), piece.bytes, flags as i32)
        }))?;
    }
    Ok(0)
}

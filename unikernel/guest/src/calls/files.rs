//! System calls on descriptors.

use super::Arguments;
use crate::address_space::{AddressSpace, SharedMemory};
use crate::descriptors::{MOST_DESCRIPTORS, Object, Open, PIPE_BYTES};
use crate::errno::*;
use crate::kernel::Kernel;
use crate::signals::{DEFAULT, IGNORE};
use crate::threads::Wait;
use alloc::rc::Rc;
use alloc::vec::Vec;
use linux_raw_sys::general::*;

/// Most bytes of one transfer; longer ones end early, as they may.
const MOST_BYTES: u64 = 1 << 30;
/// Most buffers of one transfer.
const MOST_BUFFERS: u64 = 1024;

/// A part of the program's memory.
type Buffer = (u64, usize);

fn vectors(space: &mut AddressSpace, address: u64, count: u64) -> Result<Vec<Buffer>, Errno> {
    if count > MOST_BUFFERS {
        return Err(Errno(EINVAL));
    }
    let mut all = Vec::new();
    for index in 0..count {
        let at = address.checked_add(index * 16).ok_or(Errno(EFAULT))?;
        let [start, length] = space.read_words(at)?;
        all.push((start, length.min(MOST_BYTES) as usize));
    }
    Ok(all)
}

fn plain([_, address, length, ..]: Arguments) -> [Buffer; 1] {
    [(address, length.min(MOST_BYTES) as usize)]
}

/// Writes pieces of what a source has into buffers, as long as it has any.
fn scatter(space: &mut AddressSpace, buffers: &[Buffer], mut take: impl FnMut(usize) -> Vec<u8>) -> Result<u64, Errno> {
    const AT_ONCE: usize = 4096;
    let mut done = 0;
    for &(address, length) in buffers {
        let mut within = 0;
        while within < length {
            let bytes = take((length - within).min(AT_ONCE));
            if bytes.is_empty() {
                return Ok(done);
            }
            match space.write(address.wrapping_add(within as u64), &bytes) {
                Err(error) if done == 0 => return Err(error),
                Err(_) => return Ok(done),
                Ok(()) => {}
            }
            within += bytes.len();
            done += bytes.len() as u64;
        }
    }
    Ok(done)
}

/// Copies bytes, from a position on, into buffers.
fn copy_out(space: &mut AddressSpace, buffers: &[Buffer], bytes: &[u8], position: u64) -> Result<u64, Errno> {
    let mut rest = usize::try_from(position)
        .ok()
        .and_then(|from| bytes.get(from..))
        .unwrap_or_default();
    let mut done = 0;
    for &(address, length) in buffers {
        let (piece, after) = rest.split_at(length.min(rest.len()));
        match space.write(address, piece) {
            Err(error) if done == 0 => return Err(error),
            Err(_) => break,
            Ok(()) => {}
        }
        rest = after;
        done += piece.len() as u64;
    }
    Ok(done)
}

/// Something waits for what another one does, unless it must not.
fn wait_or_again(open: &Open) -> Served {
    match open.flags.get() & O_NONBLOCK {
        0 => Err(Stop::Wait(Wait::Event)),
        _ => fail(EAGAIN),
    }
}

fn get(kernel: &mut Kernel, open: &Open, buffers: &[Buffer], offset: Option<u64>) -> Served {
    if open.flags.get() & O_ACCMODE == O_WRONLY {
        return fail(EBADF);
    }
    if buffers.iter().all(|buffer| buffer.1 == 0) {
        return Ok(0);
    }
    let space = &mut kernel.space;
    let positioned = |space: &mut AddressSpace, bytes: &[u8]| {
        let count = copy_out(space, buffers, bytes, offset.unwrap_or(open.position.get()))?;
        if offset.is_none() {
            open.position.set(open.position.get() + count);
        }
        Ok(count)
    };
    match &open.object {
        Object::File(entry) => positioned(space, entry.content),
        Object::Text(text) => positioned(space, text),
        Object::Directory(_) => fail(EISDIR),
        Object::Set(_) => fail(EINVAL),
        Object::Memory(_) => fail(EINVAL),
        Object::Null => Ok(0),
        Object::Zero => Ok(scatter(space, buffers, |length| alloc::vec![0; length])?),
        Object::Random => {
            let random = &mut kernel.random;
            Ok(scatter(space, buffers, |length| {
                let mut bytes = alloc::vec![0; length];
                random.fill(&mut bytes);
                bytes
            })?)
        }
        _ if offset.is_some() => fail(ESPIPE),
        Object::Console => {
            let input = &mut kernel.input;
            if input.bytes.is_empty() {
                return if input.ended { Ok(0) } else { wait_or_again(open) };
            }
            Ok(scatter(space, buffers, |length| {
                let count = length.min(input.bytes.len());
                input.bytes.drain(..count).collect()
            })?)
        }
        Object::Pipe(end) if !end.writes => {
            if end.pipe.bytes.borrow().is_empty() {
                return if end.is_alone() { Ok(0) } else { wait_or_again(open) };
            }
            let count = scatter(space, buffers, |length| {
                let mut bytes = end.pipe.bytes.borrow_mut();
                let count = length.min(bytes.len());
                bytes.drain(..count).collect()
            })?;
            open.change();
            kernel.happened();
            Ok(count)
        }
        Object::Pipe(_) => fail(EBADF),
        Object::Events(count, one) => {
            if buffers[0].1 < 8 {
                return fail(EINVAL);
            }
            let value = match count.get() {
                0 => return wait_or_again(open),
                _ if *one => 1,
                all => all,
            };
            space.write(buffers[0].0, &value.to_le_bytes())?;
            count.set(count.get() - value);
            open.change();
            kernel.happened();
            Ok(8)
        }
    }
}

fn set(kernel: &mut Kernel, open: &Open, buffers: &[Buffer], offset: Option<u64>) -> Served {
    // The console's output is left open for writing whatever its number is: programs write to what they were given.
    if open.flags.get() & O_ACCMODE == O_RDONLY && !matches!(open.object, Object::Console) {
        return fail(EBADF);
    }
    let total = buffers.iter().map(|buffer| buffer.1 as u64).sum::<u64>();
    match &open.object {
        Object::Null | Object::Zero | Object::Random => Ok(total),
        _ if offset.is_some() => fail(ESPIPE),
        Object::Console => {
            let (space, machine) = (&mut kernel.space, &mut kernel.machine);
            let mut done = 0;
            for &(address, length) in buffers {
                let written = space.each_piece(address, length, |bytes| {
                    machine.write(bytes);
                    done += bytes.len() as u64;
                    Ok(())
                });
                match written {
                    Err(error) if done == 0 => return Err(error.into()),
                    Err(_) => break,
                    Ok(()) => {}
                }
            }
            Ok(done)
        }
        Object::Pipe(end) if end.writes => {
            if end.is_alone() {
                let handler = kernel.actions[SIGPIPE as usize - 1].handler;
                if handler != IGNORE || handler == DEFAULT {
                    let current = kernel.current;
                    kernel.send_signal(SIGPIPE, Some(current))?;
                }
                return fail(EPIPE);
            }
            let room = PIPE_BYTES - end.pipe.bytes.borrow().len();
            // What fits into a pipe goes into it as a whole.
            if room == 0 || total <= PIPE_BYTES as u64 && total > room as u64 {
                return wait_or_again(open);
            }
            let mut left = room;
            for &(address, length) in buffers {
                let count = length.min(left);
                kernel.space.each_piece(address, count, |bytes| {
                    end.pipe.bytes.borrow_mut().extend(bytes);
                    Ok(())
                })?;
                left -= count;
            }
            open.change();
            kernel.happened();
            Ok((room - left) as u64)
        }
        Object::Pipe(_) => fail(EBADF),
        Object::Events(count, _) => {
            let [value] = kernel.space.read_words(buffers.first().map_or(0, |buffer| buffer.0))?;
            if total < 8 || value == u64::MAX {
                return fail(EINVAL);
            }
            match count.get().checked_add(value).filter(|&sum| sum < u64::MAX) {
                None => wait_or_again(open),
                Some(sum) => {
                    count.set(sum);
                    open.change();
                    kernel.happened();
                    Ok(8)
                }
            }
        }
        _ => fail(EBADF),
    }
}

/// `read`.
pub fn read(kernel: &mut Kernel, arguments: Arguments) -> Served {
    let open = kernel.descriptors.get(arguments[0])?;
    get(kernel, &open, &plain(arguments), None)
}

/// `write`.
pub fn write(kernel: &mut Kernel, arguments: Arguments) -> Served {
    let open = kernel.descriptors.get(arguments[0])?;
    set(kernel, &open, &plain(arguments), None)
}

/// `pread64`.
pub fn read_at(kernel: &mut Kernel, arguments: Arguments) -> Served {
    let open = kernel.descriptors.get(arguments[0])?;
    if arguments[3] as i64 > i64::MAX - MOST_BYTES as i64 || (arguments[3] as i64) < 0 {
        return fail(EINVAL);
    }
    get(kernel, &open, &plain(arguments), Some(arguments[3]))
}

/// `pwrite64`.
pub fn write_at(kernel: &mut Kernel, arguments: Arguments) -> Served {
    let open = kernel.descriptors.get(arguments[0])?;
    set(kernel, &open, &plain(arguments), Some(arguments[3]))
}

/// `readv`.
pub fn read_vector(kernel: &mut Kernel, arguments: Arguments) -> Served {
    let open = kernel.descriptors.get(arguments[0])?;
    let buffers = vectors(&mut kernel.space, arguments[1], arguments[2])?;
    get(kernel, &open, &buffers, None)
}

/// `writev`.
pub fn write_vector(kernel: &mut Kernel, arguments: Arguments) -> Served {
    let open = kernel.descriptors.get(arguments[0])?;
    let buffers = vectors(&mut kernel.space, arguments[1], arguments[2])?;
    set(kernel, &open, &buffers, None)
}

/// `lseek`.
pub fn seek(kernel: &mut Kernel, [number, offset, whence, ..]: Arguments) -> Served {
    let open = kernel.descriptors.get(number)?;
    let end = match &open.object {
        Object::File(entry) => entry.content.len() as u64,
        Object::Text(text) => text.len() as u64,
        Object::Directory(_) => i64::MAX as u64,
        Object::Null | Object::Zero | Object::Random => return Ok(0),
        Object::Memory(memory) => memory.length(),
        Object::Console | Object::Pipe(_) | Object::Events(..) | Object::Set(_) => return fail(ESPIPE),
    };
    let base = match whence as u32 {
        SEEK_SET => 0,
        SEEK_CUR => open.position.get(),
        SEEK_END => end,
        _ => return fail(EINVAL),
    };
    let position = (base as i64)
        .checked_add(offset as i64)
        .filter(|&position| position >= 0);
    let position = position.ok_or(Errno(EINVAL))? as u64;
    open.position.set(position);
    Ok(position)
}

/// `close`.
pub fn close(kernel: &mut Kernel, [number, ..]: Arguments) -> Served {
    kernel.descriptors.close(number)?;
    // It may have been an end of a pipe.
    kernel.happened();
    Ok(0)
}

/// `dup`.
pub fn duplicate(kernel: &mut Kernel, [number, ..]: Arguments) -> Served {
    let open = kernel.descriptors.get(number)?;
    Ok(kernel.descriptors.add(open, 0)?)
}

/// `dup2` and `dup3`.
pub fn duplicate_to(kernel: &mut Kernel, [number, other, ..]: Arguments) -> Served {
    let open = kernel.descriptors.get(number)?;
    let other = kernel.descriptors.put(open, other)?;
    kernel.happened();
    Ok(other)
}

/// `fcntl`.
pub fn control(kernel: &mut Kernel, [number, command, argument, ..]: Arguments) -> Served {
    const CHANGED: u32 = O_APPEND | O_NONBLOCK;
    let open = kernel.descriptors.get(number)?;
    match command as u32 {
        F_DUPFD | F_DUPFD_CLOEXEC => {
            let lowest = usize::try_from(argument)
                .ok()
                .filter(|&lowest| lowest < MOST_DESCRIPTORS);
            Ok(kernel.descriptors.add(open, lowest.ok_or(Errno(EINVAL))?)?)
        }
        // There is no `exec` that would close anything.
        F_GETFD => Ok(u64::from(FD_CLOEXEC)),
        F_SETFD => Ok(0),
        F_GETFL => Ok(u64::from(open.flags.get())),
        F_SETFL => {
            open.flags.set(open.flags.get() & !CHANGED | argument as u32 & CHANGED);
            Ok(0)
        }
        // Nobody else is there who could have a lock.
        F_SETLK | F_SETLKW => Ok(0),
        _ => fail(EINVAL),
    }
}

/// `ioctl`: how much there is to be read. The console is no terminal.
pub fn device_control(kernel: &mut Kernel, [number, request, address, ..]: Arguments) -> Served {
    const FIONREAD: u64 = 0x541b;
    const FIONBIO: u64 = 0x5421;
    let open = kernel.descriptors.get(number)?;
    match request {
        FIONREAD => {
            let count = match &open.object {
                Object::Console => kernel.input.bytes.len(),
                Object::Pipe(end) => end.pipe.bytes.borrow().len(),
                Object::File(entry) => entry.content.len().saturating_sub(open.position.get() as usize),
                _ => return fail(ENOTTY),
            };
            kernel.space.write(address, &(count as u32).to_le_bytes())?;
            Ok(0)
        }
        FIONBIO => {
            let mut wanted = [0; 4];
            kernel.space.read(address, &mut wanted)?;
            let flag = if wanted == [0; 4] { 0 } else { O_NONBLOCK };
            open.flags.set(open.flags.get() & !O_NONBLOCK | flag);
            Ok(0)
        }
        _ => fail(ENOTTY),
    }
}

/// `ftruncate`.
pub fn truncate(kernel: &mut Kernel, [number, length, ..]: Arguments) -> Served {
    let open = kernel.descriptors.get(number)?;
    match &open.object {
        Object::Memory(memory) => {
            memory.grow(length)?;
            Ok(0)
        }
        _ => fail(EINVAL),
    }
}

/// `memfd_create`.
pub fn shared_memory(kernel: &mut Kernel, _: Arguments) -> Served {
    let memory = Rc::new(SharedMemory::new(kernel.space.frames().clone()));
    let open = Open::new(Object::Memory(memory), O_RDWR);
    Ok(kernel.descriptors.add(open, 0)?)
}

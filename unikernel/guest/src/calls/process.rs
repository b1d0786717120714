//! What a process asks of itself and of its machine.

use super::{Arguments, SECOND};
use crate::descriptors::MOST_DESCRIPTORS;
use crate::errno::*;
use crate::frames::PAGE;
use crate::kernel::Kernel;
use crate::start::STACK_BYTES;
use linux_raw_sys::general::*;

/// `getpid`: the only process.
pub fn number(_: &mut Kernel, _: Arguments) -> Served {
    Ok(1)
}

/// `umask`.
pub fn mask(_: &mut Kernel, _: Arguments) -> Served {
    Ok(0o022)
}

/// `uname`: the interface that is served.
pub fn system_name(kernel: &mut Kernel, [address, ..]: Arguments) -> Served {
    const FIELD: usize = 65;
    let fields = ["Linux", "peaberry", "6.1.0", "#1", "x86_64", "(none)"];
    let mut bytes = [[0; FIELD]; 6];
    for (bytes, field) in bytes.iter_mut().zip(fields) {
        bytes[..field.len()].copy_from_slice(field.as_bytes());
    }
    kernel.space.write(address, bytes.as_flattened())?;
    Ok(0)
}

/// `sysinfo`.
pub fn system_information(kernel: &mut Kernel, [address, ..]: Arguments) -> Served {
    let frames = kernel.space.frames();
    let (total, free) = (frames.total() * PAGE, frames.available() * PAGE);
    // Uptime, loads, memory, swap, processes, high memory, unit.
    let words = [kernel.now() / SECOND, 0, 0, 0, total, free, 0, 0, 0, 0, 1, 0, 0, 1];
    kernel.space.write_words(address, &words)?;
    Ok(0)
}

fn limit_of(resource: u64) -> u64 {
    match resource as u32 {
        RLIMIT_STACK => STACK_BYTES,
        RLIMIT_NOFILE => MOST_DESCRIPTORS as u64,
        RLIMIT_CORE => 0,
        _ => u64::MAX,
    }
}

/// `prlimit64`.
pub fn limits(kernel: &mut Kernel, [_, resource, new, old, ..]: Arguments) -> Served {
    if new != 0 {
        return fail(EPERM);
    }
    if old != 0 {
        let limit = limit_of(resource);
        kernel.space.write_words(old, &[limit, limit])?;
    }
    Ok(0)
}

/// `getrlimit`.
pub fn limit(kernel: &mut Kernel, [resource, address, ..]: Arguments) -> Served {
    let limit = limit_of(resource);
    kernel.space.write_words(address, &[limit, limit])?;
    Ok(0)
}

/// `getrusage`: time, all of it the program's own, and memory.
pub fn usage(kernel: &mut Kernel, [who, address, ..]: Arguments) -> Served {
    let time = match who as u32 as i32 {
        0 => kernel.time + kernel.threads.iter_mut().map(|(_, thread)| thread.time).sum::<u64>(),
        1 => kernel.thread().time,
        _ => return fail(EINVAL),
    };
    let frames = kernel.space.frames();
    let resident = (frames.total() - frames.available()) * PAGE / 1024;
    let mut words = [0; 18];
    words[..5].copy_from_slice(&[time / SECOND, time % SECOND / 1000, 0, 0, resident]);
    kernel.space.write_words(address, &words)?;
    Ok(0)
}

/// `getrandom`.
pub fn random(kernel: &mut Kernel, [address, length, ..]: Arguments) -> Served {
    let length = length.min(1 << 20);
    let mut done = 0;
    let mut bytes = [0; 256];
    while done < length {
        let piece = &mut bytes[..(length - done).min(256) as usize];
        kernel.random.fill(piece);
        kernel.space.write(address.wrapping_add(done), piece)?;
        done += piece.len() as u64;
    }
    Ok(done)
}

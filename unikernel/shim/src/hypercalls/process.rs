//! What a process asks of itself and of its machine.

use super::{Call, bytes_of};
use crate::address_space::WRITE;
use crate::descriptors::MOST_DESCRIPTORS;
use crate::errno::{Errno, Served, host};
use crate::loader::STACK_BYTES;
use crate::vm::Task;

/// `getpid`: the only process.
pub fn number(_: &mut Task, _: &Call) -> Served {
    Ok(1)
}

/// `umask`.
pub fn mask(_: &mut Task, _: &Call) -> Served {
    Ok(0o022)
}

/// What `uname` gives: the interface that is served, not the host.
pub fn names() -> Vec<u8> {
    const FIELD: usize = 65;
    let fields = ["Linux", "peaberry", "6.1.0", "#1", "x86_64", "(none)"];
    let mut bytes = vec![0; FIELD * fields.len()];
    for (index, field) in fields.iter().enumerate() {
        bytes[index * FIELD..][..field.len()].copy_from_slice(field.as_bytes());
    }
    bytes
}

/// `uname`.
pub fn system_name(task: &mut Task, call: &Call) -> Served {
    task.vm.write(call.arguments[0], &names())?;
    Ok(0)
}

/// `sysinfo`.
pub fn system_information(task: &mut Task, call: &Call) -> Served {
    // SAFETY: all-zero is a valid value.
    let mut information = unsafe { std::mem::zeroed::<libc::sysinfo>() };
    information.uptime = 1;
    information.totalram = task.vm.memory_bytes();
    information.freeram = task.vm.space().available();
    information.procs = 1;
    information.mem_unit = 1;
    task.vm.write(call.arguments[0], bytes_of(&information))?;
    Ok(0)
}

fn limit_of(resource: u64) -> u64 {
    const STACK: u64 = libc::RLIMIT_STACK as u64;
    const FILES: u64 = libc::RLIMIT_NOFILE as u64;
    const CORE: u64 = libc::RLIMIT_CORE as u64;
    match resource {
        STACK => STACK_BYTES,
        FILES => MOST_DESCRIPTORS as u64,
        CORE => 0,
        _ => u64::MAX,
    }
}

/// `prlimit64`.
pub fn limits(task: &mut Task, call: &Call) -> Served {
    let [_, resource, new, old, ..] = call.arguments;
    if new != 0 {
        return Err(Errno(libc::EPERM));
    }
    if old != 0 {
        let limit = limit_of(resource);
        task.vm.write_words(old, &[limit, limit])?;
    }
    Ok(0)
}

/// `getrlimit`.
pub fn limit(task: &mut Task, call: &Call) -> Served {
    let limit = limit_of(call.arguments[0]);
    task.vm.write_words(call.arguments[1], &[limit, limit])?;
    Ok(0)
}

/// `getrusage`: the monitor's process is the guest's.
pub fn usage(task: &mut Task, call: &Call) -> Served {
    let who = call.arguments[0] as i32;
    if who != libc::RUSAGE_SELF && who != libc::RUSAGE_THREAD {
        return Err(Errno(libc::EINVAL));
    }
    // SAFETY: all-zero is a valid value.
    let mut usage = unsafe { std::mem::zeroed::<libc::rusage>() };
    // SAFETY: writes one structure.
    host(i64::from(unsafe { libc::getrusage(who, &mut usage) }))?;
    task.vm.write(call.arguments[1], bytes_of(&usage))?;
    Ok(0)
}

/// `getrandom`.
pub fn random(task: &mut Task, call: &Call) -> Served {
    let [address, length, ..] = call.arguments;
    let mut done = 0;
    for piece in task.vm.resolve(address, length.min(1 << 20), WRITE)? {
        // SAFETY: memory of the guest's, of that length, which stays mapped.
        let count = host(unsafe { libc::getrandom(piece.start.cast(), piece.bytes, 0) } as i64);
        match count {
            Ok(count) => done += count,
            Err(error) if done == 0 => return Err(error),
            Err(_) => break,
        }
        if count != Ok(piece.bytes as u64) {
            break;
        }
    }
    Ok(done)
}

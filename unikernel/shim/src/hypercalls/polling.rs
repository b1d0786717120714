//! System calls that wait for descriptors.

use super::{Call, read_time, time_pointer};
use crate::descriptors::{MOST_DESCRIPTORS, Object};
use crate::errno::{Errno, Served, host};
use crate::vm::Task;
use std::os::fd::{FromRawFd, OwnedFd, RawFd};
use std::sync::Arc;

/// Polls, the time being given in one way or the other.
fn poll_for(task: &Task, address: u64, count: u64, timeout: Option<libc::timespec>) -> Served {
    if count > MOST_DESCRIPTORS as u64 {
        return Err(Errno(libc::EINVAL));
    }
    let mut bytes = vec![0u8; count as usize * 8];
    task.vm.read(address, &mut bytes)?;
    let mut objects = Vec::new();
    let mut polled = Vec::new();
    for entry in bytes.chunks_exact(8) {
        let number = i32::from_le_bytes([entry[0], entry[1], entry[2], entry[3]]);
        let events = i16::from_le_bytes([entry[4], entry[5]]);
        // A negative descriptor is left out; one that is not open is told as such by the host.
        let fd = match u64::try_from(number).map(|number| task.vm.descriptors.get(number)) {
            Err(_) => -1,
            Ok(Err(_)) => RawFd::MAX,
            Ok(Ok(object)) => {
                let fd = object.host().unwrap_or(RawFd::MAX);
                objects.push(object);
                fd
            }
        };
        polled.push(libc::pollfd { fd, events, revents: 0 });
    }
    let (time, count) = (time_pointer(&timeout), polled.len() as libc::nfds_t);
    // SAFETY: the array is of the given length, the time a local; no signal mask.
    let ready = host(i64::from(unsafe {
        libc::ppoll(polled.as_mut_ptr(), count, time, std::ptr::null())
    }))?;
    for (entry, polled) in bytes.chunks_exact_mut(8).zip(&polled) {
        entry[6..8].copy_from_slice(&polled.revents.to_le_bytes());
    }
    task.vm.write(address, &bytes)?;
    Ok(ready)
}

/// `poll`.
pub fn poll(task: &mut Task, call: &Call) -> Served {
    let [address, count, timeout, ..] = call.arguments;
    let timeout = timeout as i32;
    let time = (timeout >= 0).then(|| libc::timespec {
        tv_sec: i64::from(timeout / 1000),
        tv_nsec: i64::from(timeout % 1000) * 1_000_000,
    });
    poll_for(task, address, count, time)
}

/// `ppoll`.
pub fn poll_precisely(task: &mut Task, call: &Call) -> Served {
    let [address, count, time, ..] = call.arguments;
    let time = read_time(&task.vm, time)?;
    poll_for(task, address, count, time)
}

/// `epoll_create1`.
pub fn create(task: &mut Task, _: &Call) -> Served {
    // SAFETY: no pointers.
    let fd = host(i64::from(unsafe { libc::epoll_create1(libc::EPOLL_CLOEXEC) }))? as RawFd;
    // SAFETY: made just now and nobody else's.
    let object = Object::Local(unsafe { OwnedFd::from_raw_fd(fd) });
    task.vm.descriptors.add(Arc::new(object), 0)
}

/// Bytes of an `epoll_event`, which is packed.
const EVENT: usize = 12;

/// `epoll_ctl`.
pub fn change(task: &mut Task, call: &Call) -> Served {
    let [set, operation, number, address, ..] = call.arguments;
    let set = task.vm.descriptors.get(set)?;
    let object = task.vm.descriptors.get(number)?;
    let mut event = libc::epoll_event { events: 0, u64: 0 };
    if operation as i32 != libc::EPOLL_CTL_DEL {
        let mut bytes = [0; EVENT];
        task.vm.read(address, &mut bytes)?;
        let (events, data) = bytes.split_at(4);
        event.events = events.try_into().map_or(0, u32::from_le_bytes);
        event.u64 = data.try_into().map_or(0, u64::from_le_bytes);
    }
    // SAFETY: the event is a local.
    host(unsafe { libc::epoll_ctl(set.host()?, operation as i32, object.host()?, &mut event) }.into())
}

/// `epoll_wait` and `epoll_pwait`.
pub fn wait(task: &mut Task, call: &Call) -> Served {
    let [set, address, most, timeout, ..] = call.arguments;
    let set = task.vm.descriptors.get(set)?;
    let most = (most as u32 as usize).min(MOST_DESCRIPTORS);
    let mut events = vec![libc::epoll_event { events: 0, u64: 0 }; most];
    let (start, timeout) = (events.as_mut_ptr(), timeout as i32);
    // SAFETY: the array is of the given length.
    let ready = host(unsafe { libc::epoll_wait(set.host()?, start, most as i32, timeout) }.into())?;
    let mut bytes = Vec::with_capacity(ready as usize * EVENT);
    for event in &events[..ready as usize] {
        let (events, data) = (event.events, event.u64);
        bytes.extend(events.to_le_bytes());
        bytes.extend(data.to_le_bytes());
    }
    task.vm.write(address, &bytes)?;
    Ok(ready)
}

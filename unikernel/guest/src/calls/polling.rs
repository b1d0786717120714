//! System calls that wait for descriptors.

use super::{Arguments, read_time};
use crate::descriptors::{MOST_DESCRIPTORS, Object, Open, PIPE_BYTES, Watched};
use crate::errno::*;
use crate::kernel::Kernel;
use crate::threads::Wait;
use alloc::collections::BTreeMap;
use alloc::rc::Rc;
use alloc::vec::Vec;
use core::cell::RefCell;
use linux_raw_sys::general::*;

/// What is ready, as `poll` tells it; those of `epoll` are the same numbers.
fn ready(kernel: &Kernel, open: &Open) -> u32 {
    const IN: u32 = POLLIN | POLLRDNORM;
    const OUT: u32 = POLLOUT | POLLWRNORM;
    let when = |condition, events| if condition { events } else { 0 };
    match &open.object {
        Object::Console => OUT | when(!kernel.input.bytes.is_empty() || kernel.input.ended, IN),
        Object::Pipe(end) if end.writes => {
            let empty = end.pipe.bytes.borrow().len() < PIPE_BYTES;
            when(empty, OUT) | when(end.is_alone(), POLLERR)
        }
        Object::Pipe(end) => when(!end.pipe.bytes.borrow().is_empty(), IN) | when(end.is_alone(), POLLHUP),
        Object::Events(count, _) => when(count.get() > 0, IN) | when(count.get() < u64::MAX - 1, OUT),
        Object::Set(watched) => {
            let any = watched.borrow().values().any(|one| is_ready(kernel, one).is_some());
            when(any, IN)
        }
        _ => IN | OUT,
    }
}

/// What is told of one of a set, if anything.
fn is_ready(kernel: &Kernel, watched: &Watched) -> Option<(u32, u64)> {
    let open = watched.open.upgrade()?;
    // A set within a set would look at itself.
    if matches!(open.object, Object::Set(_)) {
        return None;
    }
    let events = ready(kernel, &open) & (watched.events | EPOLLERR | EPOLLHUP);
    let now = (events, open.changes.get());
    let edge = watched.events & EPOLLET != 0 && watched.told == Some(now);
    (events != 0 && !edge).then_some(now)
}

fn poll_until(kernel: &mut Kernel, address: u64, count: u64, timeout: Option<u64>) -> Served {
    if count > MOST_DESCRIPTORS as u64 {
        return fail(EINVAL);
    }
    let mut bytes = alloc::vec![0u8; count as usize * 8];
    kernel.space.read(address, &mut bytes)?;
    let mut found = 0;
    for entry in bytes.chunks_exact_mut(8) {
        let number = i32::from_le_bytes([entry[0], entry[1], entry[2], entry[3]]);
        let wanted = u32::from(u16::from_le_bytes([entry[4], entry[5]]));
        // A negative descriptor is left out.
        let events = match u64::try_from(number).map(|number| kernel.descriptors.get(number)) {
            Err(_) => 0,
            Ok(Err(_)) => POLLNVAL,
            Ok(Ok(open)) => ready(kernel, &open) & (wanted | POLLERR | POLLHUP),
        };
        found += u64::from(events != 0);
        entry[6..8].copy_from_slice(&(events as u16).to_le_bytes());
    }
    if found == 0 && timeout != Some(0) && !kernel.thread().expired {
        let until = timeout.map(|time| kernel.now().saturating_add(time));
        kernel.wait_until(until);
        return Err(Stop::Wait(Wait::Event));
    }
    kernel.space.write(address, &bytes)?;
    Ok(found)
}

fn milliseconds(time: u64) -> Option<u64> {
    u64::try_from(time as i32).ok().map(|time| time * 1_000_000)
}

/// `poll`.
pub fn poll(kernel: &mut Kernel, [address, count, timeout, ..]: Arguments) -> Served {
    poll_until(kernel, address, count, milliseconds(timeout))
}

/// `ppoll`.
pub fn poll_precisely(kernel: &mut Kernel, [address, count, time, ..]: Arguments) -> Served {
    let time = read_time(&mut kernel.space, time)?;
    poll_until(kernel, address, count, time)
}

/// `epoll_create1`.
pub fn create(kernel: &mut Kernel, _: Arguments) -> Served {
    if kernel.descriptors.sets() >= MOST_SETS {
        return fail(EMFILE);
    }
    let open = Open::new(Object::Set(RefCell::new(BTreeMap::new())), O_RDWR);
    Ok(kernel.descriptors.add(open, 0)?)
}

/// Most sets: each holds as much of the kernel's memory as there are descriptors.
const MOST_SETS: usize = 32;

/// Bytes of an `epoll_event`, which is packed.
const EVENT: usize = 12;

/// `epoll_ctl`.
pub fn change(kernel: &mut Kernel, [set, operation, number, address, ..]: Arguments) -> Served {
    let set = kernel.descriptors.get(set)?;
    let open = kernel.descriptors.get(number)?;
    let Object::Set(watched) = &set.object else {
        return fail(EINVAL);
    };
    match open.object {
        Object::File(_) | Object::Text(_) | Object::Directory(_) => return fail(EPERM),
        _ if Rc::ptr_eq(&set, &open) => return fail(EINVAL),
        _ => {}
    }
    let number = number as u32;
    // One whose descriptor was closed is none.
    let there = watched
        .borrow()
        .get(&number)
        .is_some_and(|one| one.open.upgrade().is_some_and(|old| Rc::ptr_eq(&old, &open)));
    match operation as u32 {
        EPOLL_CTL_DEL if there => {
            watched.borrow_mut().remove(&number);
        }
        EPOLL_CTL_ADD if there => return fail(EEXIST),
        EPOLL_CTL_ADD | EPOLL_CTL_MOD if there || operation as u32 == EPOLL_CTL_ADD => {
            let mut bytes = [0; EVENT];
            kernel.space.read(address, &mut bytes)?;
            let (events, data) = bytes.split_at(4);
            let one = Watched {
                open: Rc::downgrade(&open),
                events: events.try_into().map_or(0, u32::from_le_bytes),
                data: data.try_into().map_or(0, u64::from_le_bytes),
                told: None,
            };
            watched.borrow_mut().insert(number, one);
            kernel.happened();
        }
        EPOLL_CTL_DEL | EPOLL_CTL_MOD => return fail(ENOENT),
        _ => return fail(EINVAL),
    }
    Ok(0)
}

/// `epoll_wait` and `epoll_pwait`.
pub fn wait(kernel: &mut Kernel, [set, address, most, timeout, ..]: Arguments) -> Served {
    let set = kernel.descriptors.get(set)?;
    let Object::Set(watched) = &set.object else {
        return fail(EINVAL);
    };
    let most = most as i32;
    if most <= 0 {
        return fail(EINVAL);
    }
    let mut bytes = Vec::new();
    watched.borrow_mut().retain(|_, one| one.open.strong_count() > 0);
    for one in watched.borrow_mut().values_mut() {
        if bytes.len() >= most as usize * EVENT {
            break;
        }
        if let Some(told) = is_ready(kernel, one) {
            bytes.extend(told.0.to_le_bytes());
            bytes.extend(one.data.to_le_bytes());
            one.told = Some(told);
            if one.events & EPOLLONESHOT != 0 {
                one.events &= EPOLLET | EPOLLONESHOT;
            }
        }
    }
    let timeout = milliseconds(timeout);
    if bytes.is_empty() && timeout != Some(0) && !kernel.thread().expired {
        let until = timeout.map(|time| kernel.now().saturating_add(time));
        kernel.wait_until(until);
        return Err(Stop::Wait(Wait::Event));
    }
    kernel.space.write(address, &bytes)?;
    Ok((bytes.len() / EVENT) as u64)
}

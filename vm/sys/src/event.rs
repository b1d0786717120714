//! Waiting for descriptors: poll, epoll, eventfd, inotify.

use crate::errno::{SysResult, status};
use crate::time;
use std::ffi::CStr;

/// One descriptor of a poll.
pub type PollEntry = libc::pollfd;
/// One event of an epoll.
pub type EpollEvent = libc::epoll_event;
/// Head of an inotify event.
pub type InotifyEvent = libc::inotify_event;

/// Waits for events of several descriptors; reports interruption. -1 waits for ever.
///
/// # Safety
/// `entries` points at `count` entries.
pub unsafe fn poll_raw(entries: *mut PollEntry, count: u64, milliseconds: i32) -> SysResult<i32> {
    // SAFETY: given by the caller.
    status(unsafe { libc::poll(entries, count as libc::nfds_t, milliseconds) })
}

/// Waits for events of one descriptor, giving those that came (0: none in time); reports interruption.
pub fn poll_one(descriptor: i32, events: i16, milliseconds: i32) -> SysResult<i16> {
    let mut entry = PollEntry {
        fd: descriptor,
        events,
        revents: 0,
    };
    // SAFETY: one entry.
    let count = unsafe { poll_raw(&mut entry, 1, milliseconds) }?;
    Ok(if count > 0 { entry.revents } else { 0 })
}

/// The same, going on waiting for the rest of the time after an interruption.
pub fn poll_one_restarting(descriptor: i32, events: i16, milliseconds: i32) -> SysResult<i16> {
    let deadline = time::monotonic_nanoseconds().saturating_add(i64::from(milliseconds.max(0)) * 1_000_000);
    let mut left = milliseconds;
    loop {
        match poll_one(descriptor, events, left) {
            Err(crate::errno::Errno(libc::EINTR)) => {
                if milliseconds > 0 {
                    let rest = (deadline - time::monotonic_nanoseconds()) / 1_000_000;
                    if rest <= 0 {
                        return Ok(0);
                    }
                    left = rest as i32;
                }
            }
            result => return result,
        }
    }
}

/// A new epoll.
pub fn epoll_create() -> SysResult<i32> {
    // SAFETY: no memory is passed.
    status(unsafe { libc::epoll_create1(libc::EPOLL_CLOEXEC) })
}

/// Adds, changes or removes a descriptor of an epoll.
pub fn epoll_control(epoll: i32, operation: i32, descriptor: i32, events: u32) -> SysResult<i32> {
    let mut event = EpollEvent {
        events,
        u64: descriptor as u32 as u64,
    };
    // SAFETY: the event outlives the call.
    status(unsafe { libc::epoll_ctl(epoll, operation, descriptor, &mut event) })
}

/// Waits for events of an epoll; reports interruption.
///
/// # Safety
/// `events` has room for `count` events.
pub unsafe fn epoll_wait(epoll: i32, events: *mut EpollEvent, count: i32, milliseconds: i32) -> SysResult<i32> {
    // SAFETY: given by the caller.
    status(unsafe { libc::epoll_wait(epoll, events, count, milliseconds) })
}

/// A new event counter.
pub fn event_counter() -> SysResult<i32> {
    // SAFETY: no memory is passed.
    status(unsafe { libc::eventfd(0, libc::EFD_CLOEXEC) })
}

/// A new inotify.
pub fn inotify() -> SysResult<i32> {
    // SAFETY: no memory is passed.
    status(unsafe { libc::inotify_init1(libc::IN_CLOEXEC) })
}

/// Watches a path.
pub fn inotify_add(inotify: i32, path: &CStr, mask: u32) -> SysResult<i32> {
    // SAFETY: the path is terminated.
    status(unsafe { libc::inotify_add_watch(inotify, path.as_ptr(), mask) })
}

/// Ends a watch.
pub fn inotify_remove(inotify: i32, watch: i32) -> SysResult<i32> {
    // SAFETY: no memory is passed.
    status(unsafe { libc::inotify_rm_watch(inotify, watch) })
}

//! `sun.nio.ch.EPoll`, `EventFD`, `PollSelectorImpl`: waiting for many descriptors.

use super::{io_status, write_status};
use crate::io_support::throw_io;
use peaberry_runtime::{JResult, JavaThread, natives};
use peaberry_sys::errno::{Errno, SysResult};
use peaberry_sys::event::{self, EpollEvent, PollEntry};
use peaberry_sys::file;
use std::mem::{offset_of, size_of};

natives! { pub NATIVES: "sun/nio/ch/EPoll" {
    "eventSize" "()I" => |_: &mut JavaThread| Ok(size_of::<EpollEvent>() as i32);
    "eventsOffset" "()I" => |_: &mut JavaThread| Ok(offset_of!(EpollEvent, events) as i32);
    "dataOffset" "()I" => |_: &mut JavaThread| Ok(offset_of!(EpollEvent, u64) as i32);
    "create" "()I" => create;
    "ctl" "(IIII)I" => control;
    "wait" "(IJII)I" [blocks] => wait;
} }
natives! { pub EVENT_FD: "sun/nio/ch/EventFD" {
    "eventfd0" "()I" => event_counter;
    "set0" "(I)I" => set_event;
} }
natives! { pub POLL_SELECTOR: "sun/nio/ch/PollSelectorImpl" {
    "poll" "(JII)I" [blocks] => poll;
} }

fn create(thread: &mut JavaThread) -> JResult<i32> {
    event::epoll_create().map_err(|error| throw_io(thread, error))
}

/// 0 or the error number.
fn control(_: &mut JavaThread, epoll: i32, operation: i32, descriptor: i32, events: i32) -> JResult<i32> {
    Ok(event::epoll_control(epoll, operation, descriptor, events as u32)
        .err()
        .map_or(0, |error| error.0))
}

fn waited(thread: &mut JavaThread, result: SysResult<i32>) -> JResult<i32> {
    match result {
        Ok(count) => Ok(count),
        Err(Errno(libc::EINTR)) => Ok(io_status::INTERRUPTED),
        Err(error) => Err(throw_io(thread, error)),
    }
}

fn wait(thread: &mut JavaThread, epoll: i32, events: i64, count: i32, timeout: i32) -> JResult<i32> {
    // SAFETY: the class library passes an array with room for `count` events that it keeps.
    let result = thread.blocking(|| unsafe { event::epoll_wait(epoll, events as *mut EpollEvent, count, timeout) });
    waited(thread, result)
}

fn event_counter(thread: &mut JavaThread) -> JResult<i32> {
    event::event_counter().map_err(|error| throw_io(thread, error))
}

fn set_event(thread: &mut JavaThread, descriptor: i32) -> JResult<i32> {
    let one = 1u64.to_ne_bytes();
    // SAFETY: eight bytes of this frame.
    let result = unsafe { file::write_raw(descriptor, one.as_ptr(), one.len()) };
    write_status(thread, result).map(|count| count as i32)
}

fn poll(thread: &mut JavaThread, entries: i64, count: i32, timeout: i32) -> JResult<i32> {
    // SAFETY: the class library passes an array of `count` entries that it keeps.
    let result =
        thread.blocking(|| unsafe { event::poll_raw(entries as *mut PollEntry, count.max(0) as u64, timeout) });
    waited(thread, result)
}

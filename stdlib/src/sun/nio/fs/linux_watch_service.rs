//! `sun.nio.fs.LinuxWatchService`: inotify.

use super::{calling, path_at};
use crate::support::not_null;
use peaberry_runtime::basic_type::BasicType;
use peaberry_runtime::object::{array_length, array_slice};
use peaberry_runtime::{JResult, JavaThread, Obj, natives};
use peaberry_sys::errno::Errno;
use peaberry_sys::event::{self, InotifyEvent, PollEntry};
use peaberry_sys::{file, socket};
use std::mem::{offset_of, size_of};

natives! { pub NATIVES: "sun/nio/fs/LinuxWatchService" {
    "eventSize" "()I" => event_size;
    "eventOffsets" "()[I" => event_offsets;
    "inotifyInit" "()I" => init;
    "inotifyAddWatch" "(IJI)I" [blocks] => add_watch;
    "inotifyRmWatch" "(II)V" => remove_watch;
    "configureBlocking" "(IZ)V" => configure_blocking;
    "socketpair" "([I)V" => socket_pair;
    "poll" "(II)I" [blocks] => poll;
} }

fn event_size(_: &mut JavaThread) -> JResult<i32> {
    Ok(size_of::<InotifyEvent>() as i32)
}

fn event_offsets(thread: &mut JavaThread) -> JResult<Obj> {
    let array = thread.allocate_primitive_array(BasicType::Int, 5)?;
    let offsets = [
        offset_of!(InotifyEvent, wd) as i32,
        offset_of!(InotifyEvent, mask) as i32,
        offset_of!(InotifyEvent, cookie) as i32,
        offset_of!(InotifyEvent, len) as i32,
        size_of::<InotifyEvent>() as i32,
    ];
    // SAFETY: a fresh int[] of that length, held by this frame.
    unsafe { array_slice::<i32>(array).copy_from_slice(&offsets) };
    Ok(array)
}

fn init(thread: &mut JavaThread) -> JResult<i32> {
    calling(thread, event::inotify)
}

fn add_watch(thread: &mut JavaThread, inotify: i32, path: i64, mask: i32) -> JResult<i32> {
    let path = path_at(path);
    calling(thread, || event::inotify_add(inotify, &path, mask as u32))
}

fn remove_watch(thread: &mut JavaThread, inotify: i32, watch: i32) -> JResult<()> {
    calling(thread, || event::inotify_remove(inotify, watch)).map(drop)
}

fn configure_blocking(thread: &mut JavaThread, descriptor: i32, blocking: bool) -> JResult<()> {
    calling(thread, || file::set_blocking(descriptor, blocking))
}

fn socket_pair(thread: &mut JavaThread, pair: Obj) -> JResult<()> {
    let pair = not_null(thread, pair)?;
    if array_length(pair) < 2 {
        return Err(thread.throw_plain("java/lang/ArrayIndexOutOfBoundsException"));
    }
    let (first, second) = calling(thread, || socket::socket_pair(libc::AF_UNIX, libc::SOCK_STREAM))?;
    // SAFETY: an int[] of two elements or more, held by this frame.
    unsafe { array_slice::<i32>(pair)[..2].copy_from_slice(&[first, second]) };
    Ok(())
}

fn poll(thread: &mut JavaThread, first: i32, second: i32) -> JResult<i32> {
    calling(thread, || {
        let mut entries = [first, second].map(|fd| PollEntry {
            fd,
            events: libc::POLLIN,
            revents: 0,
        });
        // SAFETY: two entries.
        match unsafe { event::poll_raw(entries.as_mut_ptr(), 2, -1) } {
            Err(Errno(libc::EINTR)) => Ok(0),
            result => result,
        }
    })
}

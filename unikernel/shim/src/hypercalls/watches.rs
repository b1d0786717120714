//! Watching granted directories and files for changes (`inotify`).

use super::attributes::path_of;
use super::paths::{HERE, find_at, located};
use super::{Call, files};
use crate::descriptors::Object;
use crate::errno::{Errno, Served, host};
use crate::policy::Found;
use crate::vm::Task;
use std::os::fd::AsRawFd;
use std::sync::Arc;

/// Most sets of watches: the host has few for all programs of a user.
const MOST: usize = 8;

/// `inotify_init` and `inotify_init1`.
pub fn create(task: &mut Task, call: &Call) -> Served {
    let flags = match call.registers.rax as i64 {
        libc::SYS_inotify_init1 => call.arguments[0] as i32 & libc::IN_NONBLOCK,
        _ => 0,
    };
    let is_watches = |object: &Object| matches!(object, Object::Watches(_));
    if task.vm.descriptors.count(is_watches) >= MOST {
        return Err(Errno(libc::EMFILE));
    }
    // SAFETY: no pointers.
    let fd = unsafe { libc::inotify_init1(flags | libc::IN_CLOEXEC) };
    let watches = Object::Watches(files::owned(fd.into())?);
    task.vm.descriptors.add(Arc::new(watches), 0)
}

/// `inotify_add_watch`.
pub fn add(task: &mut Task, call: &Call) -> Served {
    let [number, path, events, ..] = call.arguments;
    let object = task.vm.descriptors.get(number)?;
    let (Object::Watches(watches), Found::Beneath(place)) = (&*object, find_at(&task.vm, HERE, path, true)?.0) else {
        return Err(Errno(libc::EINVAL));
    };
    let place = located(&place, true)?;
    let path = path_of(place.as_raw_fd())?;
    // SAFETY: the path ends with 0.
    host(unsafe { libc::inotify_add_watch(watches.as_raw_fd(), path.as_ptr(), events as u32) }.into())
}

/// `inotify_rm_watch`.
pub fn remove(task: &mut Task, call: &Call) -> Served {
    let [number, watch, ..] = call.arguments;
    match &*task.vm.descriptors.get(number)? {
        // SAFETY: no pointers.
        Object::Watches(watches) => host(unsafe { libc::inotify_rm_watch(watches.as_raw_fd(), watch as i32) }.into()),
        _ => Err(Errno(libc::EINVAL)),
    }
}

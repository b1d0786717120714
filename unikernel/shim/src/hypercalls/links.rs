//! Making links. A link may say anything: the guest's own way through it is looked up as every path is.

use super::attributes::{changeable, path_of};
use super::paths::{HERE, changed};
use super::{Call, read_path};
use crate::errno::{Errno, Served, host};
use crate::vm::Task;
use std::ffi::CString;
use std::os::fd::AsRawFd;

fn symbolic(task: &Task, target: u64, directory: u64, path: u64) -> Served {
    let target = CString::new(read_path(&task.vm, target)?).map_err(|_| Errno(libc::EINVAL))?;
    let (parent, name) = changed(task, directory, path)?;
    // SAFETY: both end with 0.
    host(unsafe { libc::symlinkat(target.as_ptr(), parent.as_raw_fd(), name.as_ptr()) }.into())
}

/// `symlink`.
pub fn make_symbolic(task: &mut Task, call: &Call) -> Served {
    symbolic(task, call.arguments[0], HERE, call.arguments[1])
}

/// `symlinkat`.
pub fn make_symbolic_at(task: &mut Task, call: &Call) -> Served {
    let [target, directory, path, ..] = call.arguments;
    symbolic(task, target, directory, path)
}

/// Another name of a file that may be written: of one that may only be read, it would be a way to write it.
fn hard(task: &Task, from: (u64, u64), to: (u64, u64), follow: bool) -> Served {
    let file = changeable(task, from.0, from.1, follow)?;
    let (parent, name) = changed(task, to.0, to.1)?;
    let path = path_of(file.as_raw_fd())?;
    let (flags, parent) = (libc::AT_SYMLINK_FOLLOW, parent.as_raw_fd());
    // SAFETY: both end with 0.
    host(unsafe { libc::linkat(libc::AT_FDCWD, path.as_ptr(), parent, name.as_ptr(), flags) }.into())
}

/// `link`.
pub fn make(task: &mut Task, call: &Call) -> Served {
    hard(task, (HERE, call.arguments[0]), (HERE, call.arguments[1]), false)
}

/// `linkat`.
pub fn make_at(task: &mut Task, call: &Call) -> Served {
    let [from, from_path, to, to_path, flags, _] = call.arguments;
    let follow = flags as i32 & libc::AT_SYMLINK_FOLLOW != 0;
    hard(task, (from, from_path), (to, to_path), follow)
}

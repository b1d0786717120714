//! Locks on parts of files (`fcntl`): the host's, so that other programs see them; on files alone that the guest may change.

use super::attributes::changeable_file;
use crate::descriptors::Object;
use crate::errno::{Errno, Served, host};
use crate::vm::Task;

/// Words of `struct flock`: kind and origin, start, length, process.
const WORDS: usize = 4;

/// `F_GETLK`, `F_SETLK` or `F_SETLKW`.
pub fn lock(task: &Task, object: &Object, command: i32, address: u64) -> Served {
    let fd = changeable_file(object).map_err(|_| Errno(libc::EBADF))?;
    let words: [u64; WORDS] = task.vm.read_words(address)?;
    let mut lock = libc::flock {
        l_type: words[0] as i16,
        l_whence: (words[0] >> 16) as i16,
        l_start: words[1] as i64,
        l_len: words[2] as i64,
        l_pid: 0,
    };
    // SAFETY: reads and writes one structure.
    let locked = host(unsafe { libc::fcntl(fd, command, &mut lock) }.into())?;
    if command == libc::F_GETLK {
        let kind = u64::from(lock.l_type as u16) | u64::from(lock.l_whence as u16) << 16;
        // Processes of the host's have no numbers in the guest.
        let words = [kind, lock.l_start as u64, lock.l_len as u64, 0];
        task.vm.write_words(address, &words)?;
    }
    Ok(locked)
}

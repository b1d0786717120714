//! The system calls that are served: a table from Linux's numbers to functions. What is not in it does not exist.

mod files;
mod memory;
mod paths;
mod pipes;
mod polling;
mod process;
mod signals;
mod status;
mod threads;
mod time;

use crate::address_space::AddressSpace;
use crate::errno::{EACCES, EFAULT, EINVAL, ENAMETOOLONG, ENOSYS, EROFS, Errno, Served, fail};
use crate::files::MOST_PATH;
use crate::frames::PAGE;
use crate::kernel::Kernel;
use alloc::vec::Vec;
use linux_raw_sys::general::*;

/// A system call's six arguments.
type Arguments = [u64; 6];
type Handler = fn(&mut Kernel, Arguments) -> Served;

/// Numbers above are nobody's.
const NUMBERS: usize = 512;

/// Served system calls by number.
static HANDLERS: [Option<Handler>; NUMBERS] = {
    let mut handlers: [Option<Handler>; NUMBERS] = [None; NUMBERS];
    let mut row = 0;
    while row < ROWS.len() {
        handlers[ROWS[row].0 as usize] = Some(ROWS[row].1);
        row += 1;
    }
    handlers
};

/// Serves the system call in the current thread's registers.
pub fn serve(kernel: &mut Kernel) -> Served {
    let registers = &kernel.thread().registers;
    let arguments = [
        registers.rdi,
        registers.rsi,
        registers.rdx,
        registers.r10,
        registers.r8,
        registers.r9,
    ];
    let number = usize::try_from(registers.rax).ok();
    match number.and_then(|number| HANDLERS.get(number)) {
        Some(Some(handler)) => handler(kernel, arguments),
        _ => fail(ENOSYS),
    }
}

/// Nothing to be done here.
fn nothing(_: &mut Kernel, _: Arguments) -> Served {
    Ok(0)
}

/// Nothing can be changed: all files are packed.
fn read_only(_: &mut Kernel, _: Arguments) -> Served {
    fail(EROFS)
}

/// There is no network.
fn not_granted(_: &mut Kernel, _: Arguments) -> Served {
    fail(EACCES)
}

#[rustfmt::skip]
const ROWS: &[(u32, Handler)] = &[
    // Files.
    (__NR_read, files::read),
    (__NR_write, files::write),
    (__NR_pread64, files::read_at),
    (__NR_pwrite64, files::write_at),
    (__NR_readv, files::read_vector),
    (__NR_writev, files::write_vector),
    (__NR_lseek, files::seek),
    (__NR_close, files::close),
    (__NR_dup, files::duplicate),
    (__NR_dup2, files::duplicate_to),
    (__NR_dup3, files::duplicate_to),
    (__NR_fcntl, files::control),
    (__NR_ioctl, files::device_control),
    (__NR_ftruncate, files::truncate),
    (__NR_fallocate, read_only),
    (__NR_fsync, nothing),
    (__NR_fdatasync, nothing),
    (__NR_fadvise64, nothing),
    (__NR_getdents64, status::entries),
    (__NR_memfd_create, files::shared_memory),
    (__NR_pipe, pipes::pipe),
    (__NR_pipe2, pipes::pipe_with),
    (__NR_eventfd2, pipes::events),
    // Paths.
    (__NR_open, paths::open),
    (__NR_openat, paths::open_at),
    (__NR_access, paths::access),
    (__NR_faccessat, paths::access_at),
    (__NR_faccessat2, paths::access_at),
    (__NR_readlink, paths::read_link),
    (__NR_readlinkat, paths::read_link_at),
    (__NR_getcwd, paths::working_directory),
    (__NR_fstat, status::of_descriptor),
    (__NR_stat, status::of_path),
    (__NR_lstat, status::of_link),
    (__NR_newfstatat, status::at),
    (__NR_statx, status::extended),
    (__NR_mkdir, read_only),
    (__NR_mkdirat, read_only),
    (__NR_unlink, read_only),
    (__NR_rmdir, read_only),
    (__NR_unlinkat, read_only),
    (__NR_rename, read_only),
    (__NR_renameat, read_only),
    (__NR_renameat2, read_only),
    (__NR_symlink, read_only),
    (__NR_symlinkat, read_only),
    (__NR_link, read_only),
    (__NR_linkat, read_only),
    (__NR_chmod, read_only),
    (__NR_fchmod, read_only),
    (__NR_fchmodat, read_only),
    (__NR_utimensat, read_only),
    // Memory.
    (__NR_mmap, memory::map),
    (__NR_munmap, memory::unmap),
    (__NR_mprotect, memory::protect),
    (__NR_madvise, memory::advise),
    (__NR_brk, memory::set_break),
    (__NR_msync, memory::synchronize),
    // Threads.
    (__NR_clone, threads::clone),
    (__NR_exit, threads::exit),
    (__NR_exit_group, threads::exit_group),
    (__NR_futex, threads::futex),
    (__NR_set_tid_address, threads::set_clear_at_end),
    (__NR_gettid, threads::number),
    (__NR_arch_prctl, threads::set_base),
    (__NR_sched_yield, threads::yield_processor),
    (__NR_sched_getaffinity, threads::processors),
    (__NR_getcpu, threads::current_processor),
    (__NR_setpriority, nothing),
    (__NR_set_robust_list, nothing),
    (__NR_prctl, threads::control),
    // Signals.
    (__NR_rt_sigaction, signals::action),
    (__NR_rt_sigprocmask, signals::block),
    (__NR_rt_sigreturn, signals::return_from_handler),
    (__NR_sigaltstack, signals::stack),
    (__NR_tgkill, signals::send_to_thread),
    (__NR_kill, signals::send),
    // Polling.
    (__NR_poll, polling::poll),
    (__NR_ppoll, polling::poll_precisely),
    (__NR_epoll_create1, polling::create),
    (__NR_epoll_ctl, polling::change),
    (__NR_epoll_wait, polling::wait),
    (__NR_epoll_pwait, polling::wait),
    // Time.
    (__NR_clock_gettime, time::now),
    (__NR_clock_getres, time::resolution),
    (__NR_gettimeofday, time::of_day),
    (__NR_time, time::seconds),
    (__NR_nanosleep, time::sleep),
    (__NR_clock_nanosleep, time::sleep_on_clock),
    // What a process asks of itself and its machine.
    (__NR_getpid, process::number),
    (__NR_getppid, nothing),
    (__NR_getuid, nothing),
    (__NR_geteuid, nothing),
    (__NR_getgid, nothing),
    (__NR_getegid, nothing),
    (__NR_getgroups, nothing),
    (__NR_umask, process::mask),
    (__NR_uname, process::system_name),
    (__NR_sysinfo, process::system_information),
    (__NR_prlimit64, process::limits),
    (__NR_getrlimit, process::limit),
    (__NR_getrusage, process::usage),
    (__NR_getrandom, process::random),
    // Sockets.
    (__NR_socket, not_granted),
    (__NR_socketpair, not_granted),
];

/// Reads a path of the program's, without the 0 that ends it.
fn read_path(space: &mut AddressSpace, address: u64) -> Result<Vec<u8>, Errno> {
    let mut path = Vec::new();
    let mut at = address;
    while path.len() < MOST_PATH {
        // Up to the end of a page, as what comes after may not be mapped.
        let mut bytes = [0; 256];
        let length = (PAGE - at % PAGE).min(256) as usize;
        space.read(at, &mut bytes[..length])?;
        if let Some(end) = bytes[..length].iter().position(|&byte| byte == 0) {
            path.extend(&bytes[..end]);
            return Ok(path);
        }
        path.extend(&bytes[..length]);
        at = at.checked_add(length as u64).ok_or(Errno(EFAULT))?;
    }
    Err(Errno(ENAMETOOLONG))
}

/// Nanoseconds in a second.
pub const SECOND: u64 = 1_000_000_000;

/// Reads a `timespec` as nanoseconds; `None` for a null pointer.
fn read_time(space: &mut AddressSpace, address: u64) -> Result<Option<u64>, Errno> {
    if address == 0 {
        return Ok(None);
    }
    let [seconds, nanoseconds] = space.read_words(address)?;
    if seconds as i64 >= 0 && nanoseconds < SECOND {
        Ok(Some(seconds.saturating_mul(SECOND).saturating_add(nanoseconds)))
    } else {
        Err(Errno(EINVAL))
    }
}

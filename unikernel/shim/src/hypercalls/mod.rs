//! The system calls that are served: a table from Linux's numbers to functions. What is not in it does not exist.

mod attributes;
mod files;
mod links;
mod locks;
mod memory;
mod paths;
mod polling;
mod process;
pub mod process_files;
mod signals;
mod socket_options;
mod socket_transfers;
mod sockets;
mod threads;
mod time;
mod watches;

use crate::errno::{Errno, Served};
use crate::vm::{Task, Vm};
use kvm_bindings::kvm_regs;
pub use process::names;
pub use threads::thread_ended;

/// A system call's arguments, and the registers they came in.
pub struct Call<'a> {
    /// The six arguments.
    pub arguments: [u64; 6],
    /// All registers.
    pub registers: &'a kvm_regs,
}

type Handler = fn(&mut Task, &Call) -> Served;

/// Numbers above are nobody's.
pub const NUMBERS: usize = 512;

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

/// Serves the system call in the registers.
pub fn serve(task: &mut Task, registers: &kvm_regs) -> Served {
    let call = Call {
        arguments: [
            registers.rdi,
            registers.rsi,
            registers.rdx,
            registers.r10,
            registers.r8,
            registers.r9,
        ],
        registers,
    };
    let handler = usize::try_from(registers.rax)
        .ok()
        .and_then(|number| HANDLERS.get(number));
    match handler {
        Some(Some(handler)) => handler(task, &call),
        _ => Err(Errno(libc::ENOSYS)),
    }
}

/// Nothing to be done in a guest.
fn nothing(_: &mut Task, _: &Call) -> Served {
    Ok(0)
}

/// The rows, and the name of each call beside them.
macro_rules! rows {
    ($((libc::$name:ident, $handler:path)),* $(,)?) => {
        const ROWS: &[(i64, Handler)] = &[$((libc::$name, $handler)),*];
        const NAMES: &[&str] = &[$(stringify!($name)),*];
    };
}

/// The name of a served system call.
pub fn name(number: usize) -> Option<&'static str> {
    let row = ROWS.iter().position(|row| row.0 as usize == number)?;
    NAMES[row].strip_prefix("SYS_")
}

#[rustfmt::skip]
rows![
    // Files.
    (libc::SYS_read, files::read),
    (libc::SYS_write, files::write),
    (libc::SYS_pread64, files::read_at),
    (libc::SYS_pwrite64, files::write_at),
    (libc::SYS_readv, files::read_vector),
    (libc::SYS_writev, files::write_vector),
    (libc::SYS_lseek, files::seek),
    (libc::SYS_close, files::close),
    (libc::SYS_dup, files::duplicate),
    (libc::SYS_dup2, files::duplicate_to),
    (libc::SYS_dup3, files::duplicate_to),
    (libc::SYS_fcntl, files::control),
    (libc::SYS_ioctl, files::device_control),
    (libc::SYS_fstat, files::status),
    (libc::SYS_ftruncate, files::truncate),
    (libc::SYS_fallocate, files::allocate),
    (libc::SYS_fsync, files::synchronize),
    (libc::SYS_fdatasync, files::synchronize),
    (libc::SYS_fadvise64, nothing),
    (libc::SYS_getdents64, files::entries),
    (libc::SYS_pipe, files::pipe),
    (libc::SYS_pipe2, files::pipe),
    (libc::SYS_eventfd2, files::event),
    (libc::SYS_memfd_create, files::shared_memory),
    // Paths.
    (libc::SYS_open, paths::open),
    (libc::SYS_openat, paths::open_at),
    (libc::SYS_openat2, paths::open_at_how),
    (libc::SYS_stat, paths::status),
    (libc::SYS_lstat, paths::link_status),
    (libc::SYS_newfstatat, paths::status_at),
    (libc::SYS_statx, paths::extended_status),
    (libc::SYS_access, paths::access),
    (libc::SYS_faccessat, paths::access_at),
    (libc::SYS_faccessat2, paths::access_at),
    (libc::SYS_readlink, paths::read_link),
    (libc::SYS_readlinkat, paths::read_link_at),
    (libc::SYS_mkdir, paths::make_directory),
    (libc::SYS_mkdirat, paths::make_directory_at),
    (libc::SYS_unlink, paths::unlink),
    (libc::SYS_rmdir, paths::remove_directory),
    (libc::SYS_unlinkat, paths::unlink_at),
    (libc::SYS_rename, paths::rename),
    (libc::SYS_renameat, paths::rename_at),
    (libc::SYS_symlink, links::make_symbolic),
    (libc::SYS_symlinkat, links::make_symbolic_at),
    (libc::SYS_link, links::make),
    (libc::SYS_linkat, links::make_at),
    (libc::SYS_chmod, attributes::mode),
    (libc::SYS_fchmod, attributes::mode_of),
    (libc::SYS_fchmodat, attributes::mode_at),
    (libc::SYS_utimensat, attributes::times),
    (libc::SYS_statfs, attributes::file_system),
    (libc::SYS_fstatfs, attributes::file_system_of),
    (libc::SYS_inotify_init, watches::create),
    (libc::SYS_inotify_init1, watches::create),
    (libc::SYS_inotify_add_watch, watches::add),
    (libc::SYS_inotify_rm_watch, watches::remove),
    (libc::SYS_getcwd, paths::working_directory),
    // Memory.
    (libc::SYS_mmap, memory::map),
    (libc::SYS_munmap, memory::unmap),
    (libc::SYS_mremap, memory::remap),
    (libc::SYS_mprotect, memory::protect),
    (libc::SYS_madvise, memory::advise),
    (libc::SYS_brk, memory::set_break),
    (libc::SYS_msync, memory::synchronize),
    // Threads.
    (libc::SYS_clone, threads::clone),
    (libc::SYS_clone3, threads::clone_structure),
    (libc::SYS_exit, threads::exit),
    (libc::SYS_exit_group, threads::exit_group),
    (libc::SYS_futex, threads::futex),
    (libc::SYS_set_tid_address, threads::set_clear_at_end),
    (libc::SYS_gettid, threads::number),
    (libc::SYS_arch_prctl, threads::set_base),
    (libc::SYS_sched_yield, threads::yield_processor),
    (libc::SYS_sched_getaffinity, threads::processors),
    (libc::SYS_getcpu, threads::current_processor),
    (libc::SYS_setpriority, nothing),
    (libc::SYS_set_robust_list, nothing),
    (libc::SYS_prctl, threads::control),
    // Signals.
    (libc::SYS_rt_sigaction, signals::action),
    (libc::SYS_rt_sigprocmask, signals::block),
    (libc::SYS_sigaltstack, signals::stack),
    (libc::SYS_tgkill, signals::send_to_thread),
    (libc::SYS_kill, signals::send),
    // Polling.
    (libc::SYS_poll, polling::poll),
    (libc::SYS_ppoll, polling::poll_precisely),
    (libc::SYS_epoll_create1, polling::create),
    (libc::SYS_epoll_ctl, polling::change),
    (libc::SYS_epoll_wait, polling::wait),
    (libc::SYS_epoll_pwait, polling::wait),
    // Time.
    (libc::SYS_clock_gettime, time::now),
    (libc::SYS_clock_getres, time::resolution),
    (libc::SYS_gettimeofday, time::of_day),
    (libc::SYS_time, time::seconds),
    (libc::SYS_nanosleep, time::sleep),
    (libc::SYS_clock_nanosleep, time::sleep_on_clock),
    // What a process asks of itself and its machine.
    (libc::SYS_getpid, process::number),
    (libc::SYS_getppid, nothing),
    (libc::SYS_getuid, nothing),
    (libc::SYS_geteuid, nothing),
    (libc::SYS_getgid, nothing),
    (libc::SYS_getegid, nothing),
    (libc::SYS_getgroups, nothing),
    (libc::SYS_umask, process::mask),
    (libc::SYS_uname, process::system_name),
    (libc::SYS_sysinfo, process::system_information),
    (libc::SYS_prlimit64, process::limits),
    (libc::SYS_getrlimit, process::limit),
    (libc::SYS_getrusage, process::usage),
    (libc::SYS_getrandom, process::random),
    // Sockets.
    (libc::SYS_socket, sockets::create),
    (libc::SYS_socketpair, sockets::pair),
    (libc::SYS_bind, sockets::bind),
    (libc::SYS_listen, sockets::listen),
    (libc::SYS_accept, sockets::accept),
    (libc::SYS_accept4, sockets::accept),
    (libc::SYS_connect, sockets::connect),
    (libc::SYS_getsockname, sockets::own_name),
    (libc::SYS_getpeername, sockets::other_name),
    (libc::SYS_shutdown, sockets::shut_down),
    (libc::SYS_setsockopt, socket_options::set),
    (libc::SYS_getsockopt, socket_options::get),
    (libc::SYS_sendto, socket_transfers::send_to),
    (libc::SYS_recvfrom, socket_transfers::receive_from),
];

/// Reads a path of the guest's, without the 0 that ends it.
fn read_path(vm: &Vm, address: u64) -> Result<Vec<u8>, Errno> {
    let mut path = Vec::new();
    let mut at = address;
    while path.len() < libc::PATH_MAX as usize {
        // Up to the end of a page, as what comes after may not be mapped.
        let mut bytes = [0; 256];
        let length = (crate::memory::PAGE - at % crate::memory::PAGE).min(256) as usize;
        vm.read(at, &mut bytes[..length])?;
        if let Some(end) = bytes[..length].iter().position(|&byte| byte == 0) {
            path.extend(&bytes[..end]);
            return Ok(path);
        }
        path.extend(&bytes[..length]);
        at = at.checked_add(length as u64).ok_or(Errno(libc::EFAULT))?;
    }
    Err(Errno(libc::ENAMETOOLONG))
}

/// Reads a `timespec`; `None` for a null pointer.
fn read_time(vm: &Vm, address: u64) -> Result<Option<libc::timespec>, Errno> {
    if address == 0 {
        return Ok(None);
    }
    let [seconds, nanoseconds] = vm.read_words(address)?;
    Ok(Some(libc::timespec {
        tv_sec: seconds as i64,
        tv_nsec: nanoseconds as i64,
    }))
}

/// A null pointer, or one to the time.
fn time_pointer(time: &Option<libc::timespec>) -> *const libc::timespec {
    time.as_ref().map_or(std::ptr::null(), std::ptr::from_ref)
}

/// The bytes of a structure of the C library's that holds plain data and no padding that matters.
fn bytes_of<T: Copy>(value: &T) -> &[u8] {
    // SAFETY: the structures passed here were zeroed whole before they were filled, so that every byte is initialised.
    unsafe { std::slice::from_raw_parts(std::ptr::from_ref(value).cast(), size_of::<T>()) }
}

//! What the monitor's threads that serve a guest may still ask of the host: nothing new is opened but beneath grants, no
//! program is started, no connection made.

use seccompiler::{BpfProgram, SeccompAction, SeccompFilter, TargetArch};

/// System calls of the host that serving takes: the handlers' own, KVM's, and those of the allocator and of starting
/// threads.
#[rustfmt::skip]
const ALLOWED: &[i64] = &[
    libc::SYS_ioctl, libc::SYS_futex, libc::SYS_read, libc::SYS_write, libc::SYS_readv, libc::SYS_writev,
    libc::SYS_pread64, libc::SYS_pwrite64, libc::SYS_preadv, libc::SYS_pwritev, libc::SYS_lseek, libc::SYS_close,
    libc::SYS_fcntl, libc::SYS_fstat, libc::SYS_newfstatat, libc::SYS_statx, libc::SYS_ftruncate, libc::SYS_fallocate,
    libc::SYS_fdatasync, libc::SYS_getdents64, libc::SYS_pipe2, libc::SYS_eventfd2, libc::SYS_openat2,
    libc::SYS_faccessat2, libc::SYS_readlinkat, libc::SYS_mkdirat, libc::SYS_unlinkat, libc::SYS_renameat,
    libc::SYS_poll, libc::SYS_ppoll, libc::SYS_epoll_create1, libc::SYS_epoll_ctl, libc::SYS_epoll_wait,
    libc::SYS_epoll_pwait, libc::SYS_clock_gettime, libc::SYS_clock_getres, libc::SYS_clock_nanosleep,
    libc::SYS_getrandom, libc::SYS_getrusage, libc::SYS_sched_yield, libc::SYS_sched_getaffinity,
    libc::SYS_sched_setaffinity, libc::SYS_gettid, libc::SYS_getpid, libc::SYS_tgkill, libc::SYS_mmap,
    libc::SYS_munmap, libc::SYS_mremap, libc::SYS_mprotect, libc::SYS_madvise, libc::SYS_brk, libc::SYS_clone,
    libc::SYS_clone3, libc::SYS_set_robust_list, libc::SYS_rseq, libc::SYS_prctl, libc::SYS_sigaltstack,
    libc::SYS_rt_sigaction, libc::SYS_rt_sigprocmask, libc::SYS_rt_sigreturn, libc::SYS_restart_syscall,
    libc::SYS_exit, libc::SYS_exit_group,
];

/// A filter to be put on threads.
pub struct Confinement(BpfProgram);

impl Confinement {
    /// Makes the filter.
    pub fn new() -> Result<Confinement, std::io::Error> {
        let rules = ALLOWED.iter().map(|&number| (number, Vec::new())).collect();
        let refused = SeccompAction::Errno(libc::EPERM as u32);
        let filter = SeccompFilter::new(rules, refused, SeccompAction::Allow, TargetArch::x86_64);
        let program = filter.and_then(BpfProgram::try_from).map_err(std::io::Error::other)?;
        Ok(Confinement(program))
    }

    /// Puts it on the calling thread and those it starts: no new privileges, and nothing but [`ALLOWED`].
    pub fn apply(&self) -> Result<(), std::io::Error> {
        seccompiler::apply_filter(&self.0).map_err(std::io::Error::other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_confined_thread_opens_and_starts_nothing() {
        let confined = std::thread::spawn(|| {
            Confinement::new().expect("filter").apply().expect("apply");
            let path = c"/etc/passwd".as_ptr();
            let nothing = std::ptr::null::<libc::c_char>();
            // SAFETY: paths that end with 0, and empty lists.
            let calls = unsafe {
                [
                    libc::open(path, libc::O_RDONLY),
                    libc::socket(libc::AF_INET, libc::SOCK_STREAM, 0),
                    libc::execve(path, &nothing, &nothing),
                ]
            };
            (calls, std::thread::spawn(|| 3).join().expect("join"))
        });
        assert_eq!(confined.join().expect("join"), ([-1; 3], 3));
    }
}

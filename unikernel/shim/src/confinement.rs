//! What the monitor's threads may still ask of the host while a guest runs: nothing new is opened but beneath grants, no program is
//! started, no socket made unless addresses are granted, no code made. Each kind of thread has a list of its own of system calls and,
//! where a call can do much, of arguments; everything else is `EPERM`. Beneath it are Landlock's rules ([`crate::landlock`]), for
//! threads that open and connect.

use crate::landlock::Ruleset;
use crate::network::Network;
use crate::page_cache::{self, CACHESTAT};
use crate::policy::Policy;
use seccompiler::{BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompRule};
use std::io;
use tree::Rules;

mod tree;

/// Kinds of threads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A processor of the guest's, which serves its system calls.
    Processor,
    /// Passes signals on.
    Signals,
    /// Goes ahead of the guest: finds memory for it, and reads what is mapped.
    Memory,
    /// The one that waits for the guest's end, and ends the process.
    Waiting,
}

/// What an argument must be for a call to be allowed.
enum Argument {
    /// One of these.
    OneOf(u8, &'static [u64]),
    /// One that has, of these bits, these.
    Bits(u8, u64, u64),
    /// This process.
    Process(u8),
}

use Argument::{Bits, OneOf, Process};

/// Anything.
const ANY: &[Argument] = &[];
/// Memory that is no code.
const NO_CODE: &[Argument] = &[Bits(2, libc::PROT_EXEC as u64, 0)];
/// This process or this thread, named by 0.
const SELF: &[Argument] = &[OneOf(0, &[0])];
/// What makes a new thread of what is cloned, and not a process.
const THREAD: u64 = (libc::CLONE_VM | libc::CLONE_THREAD | libc::CLONE_SIGHAND) as u64;

/// Rows of a list.
type Calls = &'static [(i64, &'static [Argument])];

/// Those of every thread: the allocator's, locks, the end of a thread, what the handlers of the host's signals take.
#[rustfmt::skip]
const COMMON: Calls = &[
    (libc::SYS_futex, ANY), (libc::SYS_write, ANY), (libc::SYS_read, ANY), (libc::SYS_close, ANY),
    (libc::SYS_mmap, NO_CODE), (libc::SYS_mprotect, NO_CODE), (libc::SYS_munmap, ANY), (libc::SYS_mremap, ANY),
    (libc::SYS_madvise, ANY), (libc::SYS_brk, ANY), (libc::SYS_getpid, ANY), (libc::SYS_gettid, ANY),
    (libc::SYS_tgkill, &[Process(0)]), (libc::SYS_sched_yield, ANY), (libc::SYS_clock_gettime, ANY),
    (libc::SYS_sigaltstack, ANY), (libc::SYS_rt_sigprocmask, ANY), (libc::SYS_rt_sigreturn, ANY),
    (libc::SYS_restart_syscall, ANY), (libc::SYS_exit, ANY),
];

/// Requests of KVM's that processors are made and run with, and those to terminals and files.
#[rustfmt::skip]
const REQUESTS: &[u64] = &[
    0xae80, 0xae41, // KVM_RUN, KVM_CREATE_VCPU
    0x4008_ae90, 0x4008_ae89, // KVM_SET_CPUID2, KVM_SET_MSRS
    0x8090_ae81, 0x4090_ae82, // KVM_GET_REGS, KVM_SET_REGS
    0x8138_ae83, 0x4138_ae84, // KVM_GET_SREGS, KVM_SET_SREGS
    0x4188_aea7, 0x41a0_ae8d, // KVM_SET_XCRS, KVM_SET_FPU
    0x9000_aea4, 0x5000_aea5, // KVM_GET_XSAVE, KVM_SET_XSAVE
    0xaea3, 0x4020_ae46, // KVM_GET_TSC_KHZ, KVM_SET_USER_MEMORY_REGION
    libc::FIONREAD, libc::FIONBIO, libc::TIOCGWINSZ, libc::TCGETS,
];

/// Those that processors are made with, and that memory is named by.
const MAKING: &[u64] = &[0xae41, 0x4008_ae90, 0x4008_ae89, 0x4020_ae46];
/// What a page of this process is.
const LOOKING: &[u64] = &[page_cache::PAGEMAP_SCAN];

/// What `fcntl` is called for: the handlers' commands, duplicates, seals of texts.
const COMMANDS: &[u64] = &[
    libc::F_DUPFD_CLOEXEC as u64,
    libc::F_GETFD as u64,
    libc::F_GETFL as u64,
    libc::F_SETFL as u64,
    libc::F_GETLK as u64,
    libc::F_SETLK as u64,
    libc::F_SETLKW as u64,
    libc::F_ADD_SEALS as u64,
];

/// Those of processors: the handlers' own, KVM's, those of starting threads.
#[rustfmt::skip]
const PROCESSOR: Calls = &[
    (libc::SYS_ioctl, &[OneOf(1, REQUESTS)]),
    (libc::SYS_readv, ANY), (libc::SYS_writev, ANY), (libc::SYS_pread64, ANY), (libc::SYS_pwrite64, ANY),
    (libc::SYS_preadv, ANY), (libc::SYS_pwritev, ANY), (libc::SYS_lseek, ANY), (libc::SYS_fcntl, &[OneOf(1, COMMANDS)]),
    (libc::SYS_fstat, ANY), (libc::SYS_newfstatat, ANY), (libc::SYS_statx, ANY), (libc::SYS_ftruncate, ANY),
    (libc::SYS_fallocate, ANY), (libc::SYS_fdatasync, ANY), (libc::SYS_getdents64, ANY), (libc::SYS_pipe2, ANY),
    (libc::SYS_eventfd2, ANY), (libc::SYS_memfd_create, ANY), (libc::SYS_openat2, ANY), (libc::SYS_faccessat2, ANY),
    (libc::SYS_readlinkat, ANY), (libc::SYS_mkdirat, ANY), (libc::SYS_unlinkat, ANY), (libc::SYS_renameat, ANY),
    (libc::SYS_fchmod, ANY), (libc::SYS_fchmodat, ANY), (libc::SYS_utimensat, ANY), (libc::SYS_fstatfs, ANY),
    (libc::SYS_symlinkat, ANY), (libc::SYS_linkat, ANY), (libc::SYS_inotify_init1, ANY),
    (libc::SYS_inotify_add_watch, ANY), (libc::SYS_inotify_rm_watch, ANY),
    (libc::SYS_ppoll, ANY), (libc::SYS_epoll_create1, ANY), (libc::SYS_epoll_ctl, ANY), (libc::SYS_epoll_wait, ANY),
    (libc::SYS_clock_getres, ANY), (libc::SYS_clock_nanosleep, ANY), (libc::SYS_getrandom, ANY),
    (libc::SYS_getrusage, ANY), (libc::SYS_sched_getaffinity, ANY), (libc::SYS_sched_setaffinity, SELF),
    (libc::SYS_clone, &[Bits(0, THREAD, THREAD)]), (libc::SYS_clone3, ANY), (libc::SYS_set_robust_list, ANY),
    (libc::SYS_rseq, ANY), (libc::SYS_prctl, &[OneOf(0, &[libc::PR_SET_NAME as u64])]),
    (libc::SYS_socketpair, &[OneOf(0, &[libc::AF_UNIX as u64])]), (libc::SYS_sendmsg, ANY), (libc::SYS_recvmsg, ANY),
    (libc::SYS_shutdown, ANY), (libc::SYS_msync, ANY), (CACHESTAT, ANY),
    (libc::SYS_fadvise64, ANY),
];

/// Those of processors in addition whose guest is granted addresses of the network.
#[rustfmt::skip]
const NETWORK: Calls = &[
    (libc::SYS_socket, &[OneOf(0, &[libc::AF_INET as u64, libc::AF_INET6 as u64])]),
    (libc::SYS_bind, ANY), (libc::SYS_listen, ANY), (libc::SYS_accept4, ANY), (libc::SYS_connect, ANY),
    (libc::SYS_getsockname, ANY), (libc::SYS_getpeername, ANY), (libc::SYS_setsockopt, ANY), (libc::SYS_getsockopt, ANY),
];

/// Those of the thread that goes ahead: reading what is mapped, making processors.
#[rustfmt::skip]
const MEMORY: Calls = &[
    (libc::SYS_pread64, ANY), (CACHESTAT, ANY), (libc::SYS_statx, ANY), (libc::SYS_fadvise64, ANY),
    (libc::SYS_ioctl, &[OneOf(1, MAKING), OneOf(1, LOOKING)]),
];

/// Those of the thread that waits: the process's end.
#[rustfmt::skip]
const WAITING: Calls = &[
    (libc::SYS_rt_sigaction, ANY), (libc::SYS_fcntl, &[OneOf(1, COMMANDS)]), (libc::SYS_writev, ANY),
    (libc::SYS_exit_group, ANY),
];

fn lists(kind: Kind, network: bool) -> Vec<Calls> {
    match kind {
        Kind::Processor if network => vec![COMMON, PROCESSOR, NETWORK],
        Kind::Processor => vec![COMMON, PROCESSOR],
        Kind::Signals => vec![COMMON],
        Kind::Memory => vec![COMMON, MEMORY],
        Kind::Waiting => vec![COMMON, WAITING],
    }
}

/// Any of several conditions on arguments.
fn rules(arguments: &[Argument]) -> Result<Vec<SeccompRule>, seccompiler::Error> {
    let mut rules = Vec::new();
    for argument in arguments {
        // The kernel looks at the lower half of these arguments alone.
        let mut allow = |index: u8, comparison, value: u64| {
            let is = SeccompCondition::new(index, SeccompCmpArgLen::Dword, comparison, value)?;
            rules.push(SeccompRule::new(vec![is])?);
            Ok::<(), seccompiler::Error>(())
        };
        match argument {
            OneOf(index, values) => {
                for &value in *values {
                    allow(*index, SeccompCmpOp::Eq, value)?;
                }
            }
            Bits(index, bits, value) => allow(*index, SeccompCmpOp::MaskedEq(*bits), *value)?,
            Process(index) => allow(*index, SeccompCmpOp::Eq, std::process::id().into())?,
        }
    }
    Ok(rules)
}

fn filter(kind: Kind, network: bool) -> io::Result<BpfProgram> {
    let mut all = Rules::new();
    for (number, arguments) in lists(kind, network).into_iter().flatten() {
        let action = match *number {
            // Its arguments lie in memory, where no filter sees them: the C library goes on with `clone`.
            libc::SYS_clone3 => SeccompAction::Errno(libc::ENOSYS as u32),
            _ => SeccompAction::Allow,
        };
        all.insert(*number, (rules(arguments).map_err(io::Error::other)?, action));
    }
    tree::filter(all, &SeccompAction::Errno(libc::EPERM as u32)).map_err(io::Error::other)
}

/// What threads are confined by.
pub struct Confinement {
    processor: BpfProgram,
    signals: BpfProgram,
    memory: BpfProgram,
    waiting: BpfProgram,
    rules: Option<Ruleset>,
}

impl Confinement {
    /// Makes the filters, and Landlock's rules where the kernel has it.
    pub fn new(policy: &Policy, network: &Network) -> io::Result<Confinement> {
        Ok(Confinement {
            processor: filter(Kind::Processor, !network.is_empty())?,
            signals: filter(Kind::Signals, false)?,
            memory: filter(Kind::Memory, false)?,
            waiting: filter(Kind::Waiting, false)?,
            rules: Ruleset::new(policy, network)?,
        })
    }

    /// Puts it on the calling thread and those it starts, for good, and they get no new privileges.
    pub fn apply(&self, kind: Kind) -> io::Result<()> {
        let put = |program: &BpfProgram| seccompiler::apply_filter(program).map_err(io::Error::other);
        match kind {
            Kind::Processor => {
                if let Some(rules) = &self.rules {
                    rules.apply()?;
                }
                put(&self.processor)
            }
            Kind::Signals => put(&self.signals),
            Kind::Memory => put(&self.memory),
            Kind::Waiting => put(&self.waiting),
        }
    }
}

#[cfg(test)]
#[path = "confinement_tests.rs"]
mod tests;

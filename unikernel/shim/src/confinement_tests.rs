use super::*;
use crate::network::Endpoints;
use std::path::Path;

fn confinement(network: bool) -> Confinement {
    let policy = Policy::new(&[], &[], Path::new("/")).expect("policy");
    let connect = network.then(|| Endpoints::parse("127.0.0.1:9").expect("address"));
    let network = Network {
        listen: Vec::new(),
        connect: connect.into_iter().collect(),
    };
    Confinement::new(&policy, &network).expect("confinement")
}

/// What a confined thread gives.
fn confined<T: Send + 'static>(kind: Kind, network: bool, f: impl FnOnce() -> T + Send + 'static) -> T {
    let confinement = confinement(network);
    let thread = std::thread::spawn(move || {
        confinement.apply(kind).expect("apply");
        f()
    });
    thread.join().expect("join")
}

/// The error of a system call with these arguments; 0 for none.
fn error(number: i64, [a, b, c, d]: [u64; 4]) -> i32 {
    // SAFETY: calls that a filter refuses, or that take no pointers.
    let result = unsafe { libc::syscall(number, a, b, c, d, 0, 0) };
    if result < 0 {
        std::io::Error::last_os_error().raw_os_error().unwrap_or(0)
    } else {
        0
    }
}

#[test]
fn whatever_is_not_listed_is_refused() {
    /// Numbers of system calls, those that kernels will have for some years to come included.
    const NUMBERS: i64 = 600;
    /// `uretprobe` and `uprobe`, which are calls of the kernel's own making: filters never see them, and whoever else makes them is
    /// killed.
    const KERNELS: [i64; 2] = [335, 336];
    for kind in [Kind::Processor, Kind::Signals, Kind::Memory, Kind::Waiting] {
        for network in [false, true] {
            let wrong = confined(kind, network, move || {
                let lists = lists(kind, network);
                let listed = |number: &i64| lists.iter().any(|list| list.iter().any(|row| row.0 == *number));
                assert_eq!(error(libc::SYS_getuid, [0; 4]), libc::EPERM);
                let refused = |number: &i64| error(*number, [u64::MAX; 4]) == libc::EPERM;
                let others = (0..NUMBERS).filter(|number| !listed(number) && !KERNELS.contains(number));
                others.filter(|number| !refused(number)).collect::<Vec<i64>>()
            });
            assert_eq!(wrong, [0i64; 0], "{kind:?}");
        }
    }
}

#[test]
fn arguments_count() {
    let process = u64::from(std::process::id());
    let (read, code) = (libc::PROT_READ as u64, libc::PROT_EXEC as u64);
    let private = (libc::MAP_PRIVATE | libc::MAP_ANONYMOUS) as u64;
    let datagrams = libc::SOCK_DGRAM as u64;
    for (number, arguments, expected) in [
        (libc::SYS_clone, [libc::SIGCHLD as u64, 0, 0, 0], libc::EPERM),
        (libc::SYS_clone3, [0; 4], libc::ENOSYS),
        (libc::SYS_tgkill, [process, 0, 0, 0], libc::EINVAL),
        (libc::SYS_tgkill, [1, 1, 0, 0], libc::EPERM),
        (libc::SYS_mmap, [0, 4096, read, private], 0),
        (libc::SYS_mmap, [0, 4096, read | code, private], libc::EPERM),
        (libc::SYS_mprotect, [0, 0, read, 0], 0),
        (libc::SYS_mprotect, [0, 0, code, 0], libc::EPERM),
        (libc::SYS_ioctl, [1 << 20, libc::FIONREAD, 0, 0], libc::EBADF),
        (libc::SYS_ioctl, [1 << 20, libc::FIONBIO, 0, 0], libc::EBADF),
        (libc::SYS_ioctl, [1 << 20, libc::TIOCSTI, 0, 0], libc::EPERM),
        // KVM_CREATE_DEVICE.
        (libc::SYS_ioctl, [1 << 20, 0xc00c_aee0, 0, 0], libc::EPERM),
        (libc::SYS_fcntl, [1 << 20, libc::F_GETFL as u64, 0, 0], libc::EBADF),
        (libc::SYS_fcntl, [1 << 20, libc::F_SETOWN as u64, 0, 0], libc::EPERM),
        (libc::SYS_prctl, [libc::PR_SET_DUMPABLE as u64, 1, 0, 0], libc::EPERM),
        (libc::SYS_socket, [libc::AF_INET as u64, datagrams, 0, 0], 0),
        (libc::SYS_socket, [libc::AF_UNIX as u64, datagrams, 0, 0], libc::EPERM),
        (
            libc::SYS_socket,
            [libc::AF_NETLINK as u64, datagrams, 0, 0],
            libc::EPERM,
        ),
    ] {
        let found = confined(Kind::Processor, true, move || error(number, arguments));
        assert_eq!(found, expected, "{number} {arguments:x?}");
    }
    let inet = [libc::AF_INET as u64, datagrams, 0, 0];
    let found = confined(Kind::Processor, false, move || error(libc::SYS_socket, inet));
    assert_eq!(found, libc::EPERM);
}

#[test]
fn a_confined_thread_opens_and_starts_nothing_but_threads() {
    let calls = confined(Kind::Processor, false, || {
        let path = c"/etc/passwd".as_ptr();
        let nothing = std::ptr::null::<libc::c_char>();
        // SAFETY: paths that end with 0, and empty lists.
        let calls = unsafe { [libc::open(path, libc::O_RDONLY), libc::execve(path, &nothing, &nothing)] };
        (calls, std::thread::spawn(|| 3).join().expect("join"))
    });
    assert_eq!(calls, ([-1; 2], 3));
}

#[test]
fn who_goes_ahead_looks_at_files_and_at_its_own_memory() {
    let no_file = 1 << 20;
    for (number, arguments, expected) in [
        (libc::SYS_fadvise64, [no_file, 0, 0, 0], libc::EBADF),
        (libc::SYS_ioctl, [no_file, page_cache::PAGEMAP_SCAN, 0, 0], libc::EBADF),
        (libc::SYS_ioctl, [no_file, libc::FIONREAD, 0, 0], libc::EPERM),
        (libc::SYS_pwrite64, [no_file, 0, 0, 0], libc::EPERM),
    ] {
        let found = confined(Kind::Memory, false, move || error(number, arguments));
        assert_eq!(found, expected, "{number} {arguments:x?}");
    }
}

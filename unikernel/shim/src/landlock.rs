//! Landlock: the host's kernel itself keeps a thread to the files, directories and TCP ports that the guest was granted. What the
//! policy refuses never comes so far; this is for the day it errs.
//!
//! Kernels have it in versions that know more and more; what a version does not know is left to the policy alone.

use crate::network::Network;
use crate::policy::Policy;
use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};

/// Rights on files and directories, as the kernel numbers them.
mod file {
    pub const WRITE: u64 = 1 << 1;
    pub const READ: u64 = 1 << 2;
    pub const READ_DIRECTORY: u64 = 1 << 3;
    pub const REMOVE_DIRECTORY: u64 = 1 << 4;
    pub const REMOVE: u64 = 1 << 5;
    pub const MAKE_DIRECTORY: u64 = 1 << 7;
    pub const MAKE: u64 = 1 << 8;
    pub const MAKE_LINK: u64 = 1 << 12;
    /// Moving and linking between directories.
    pub const REFER: u64 = 1 << 13;
    pub const TRUNCATE: u64 = 1 << 14;
    /// Requests to devices.
    pub const DEVICE: u64 = 1 << 15;
}

/// Rights on TCP ports.
mod port {
    pub const BIND: u64 = 1 << 0;
    pub const CONNECT: u64 = 1 << 1;
}

/// Neither abstract sockets nor signals of processes outside.
const OUTSIDE: u64 = 1 << 0 | 1 << 1;

/// Kinds of rules.
const BENEATH: i32 = 1;
const PORT: i32 = 2;

/// The first version that lets a grant allow moving between directories.
const LEAST_VERSION: i64 = 2;

/// What a version of Landlock can refuse.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
#[repr(C)]
struct Handled {
    files: u64,
    ports: u64,
    outside: u64,
}

impl Handled {
    fn of_version(version: i64) -> Handled {
        let rights = match version {
            ..=1 => 13,
            2 => 14,
            3 | 4 => 15,
            _ => 16,
        };
        Handled {
            files: (1 << rights) - 1,
            ports: if version >= 4 { port::BIND | port::CONNECT } else { 0 },
            outside: if version >= 6 { OUTSIDE } else { 0 },
        }
    }

    /// Without the rights on ports of which any may be used.
    fn for_network(self, network: &Network) -> Handled {
        let (listen, connect) = network.ports();
        let free = if listen.is_none() { port::BIND } else { 0 } | if connect.is_none() { port::CONNECT } else { 0 };
        Handled {
            ports: self.ports & !free,
            ..self
        }
    }
}

/// A rule on what is beneath a directory, or on a file.
#[repr(C, packed)]
struct Beneath {
    allowed: u64,
    place: i32,
}

/// A rule on a port.
#[repr(C)]
struct Port {
    allowed: u64,
    port: u64,
}

/// What a grant of a directory or a file allows.
fn allowed(directory: bool, writable: bool) -> u64 {
    const WRITING: u64 = file::WRITE | file::TRUNCATE;
    const CHANGING: u64 = file::REMOVE_DIRECTORY
        | file::REMOVE
        | file::MAKE_DIRECTORY
        | file::MAKE
        | file::MAKE_LINK
        | file::REFER
        | WRITING;
    match (directory, writable) {
        (true, true) => file::READ | file::READ_DIRECTORY | CHANGING,
        (true, false) => file::READ | file::READ_DIRECTORY,
        (false, true) => file::READ | file::DEVICE | WRITING,
        (false, false) => file::READ | file::DEVICE,
    }
}

fn checked(result: i64) -> io::Result<i64> {
    if result < 0 {
        Err(io::Error::last_os_error())
    } else {
        Ok(result)
    }
}

/// The version of the kernel's; 0 where it has none, or it is switched off.
pub fn version() -> i64 {
    const VERSION: u32 = 1;
    let nothing = std::ptr::null::<Handled>();
    // SAFETY: asks for the version, with no structure.
    unsafe { libc::syscall(libc::SYS_landlock_create_ruleset, nothing, 0, VERSION) }.max(0)
}

/// The rules for a guest.
pub struct Ruleset(OwnedFd);

impl Ruleset {
    /// Makes them of what is granted; `None` where the kernel has no Landlock, or too old a one.
    pub fn new(policy: &Policy, network: &Network) -> io::Result<Option<Ruleset>> {
        let version = version();
        if version < LEAST_VERSION {
            return Ok(None);
        }
        let handled = Handled::of_version(version).for_network(network);
        let size = size_of::<Handled>();
        // SAFETY: the structure is of the given size. Fields that an old kernel does not know are 0, which it takes.
        let fd = checked(unsafe { libc::syscall(libc::SYS_landlock_create_ruleset, &raw const handled, size, 0) })?;
        // SAFETY: made just now and nobody else's.
        let ruleset = Ruleset(unsafe { OwnedFd::from_raw_fd(fd as RawFd) });
        for place in policy.places()? {
            let allowed = allowed(place.directory, place.writable) & handled.files;
            let rule = Beneath {
                allowed,
                place: place.fd.as_raw_fd(),
            };
            ruleset.add(BENEATH, (&raw const rule).cast())?;
        }
        let (listen, connect) = network.ports();
        for (ports, right) in [(listen, port::BIND), (connect, port::CONNECT)] {
            for port in ports.unwrap_or_default() {
                let rule = Port {
                    allowed: right & handled.ports,
                    port: port.into(),
                };
                if rule.allowed != 0 {
                    ruleset.add(PORT, (&raw const rule).cast())?;
                }
            }
        }
        Ok(Some(ruleset))
    }

    fn add(&self, kind: i32, rule: *const u8) -> io::Result<()> {
        // SAFETY: the rule is of the structure of its kind.
        checked(unsafe { libc::syscall(libc::SYS_landlock_add_rule, self.0.as_raw_fd(), kind, rule, 0) }).map(drop)
    }

    /// Puts them on the calling thread and those it starts, for good; they get no new privileges either.
    pub fn apply(&self) -> io::Result<()> {
        // SAFETY: no pointers.
        unsafe {
            checked(libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0).into())?;
            checked(libc::syscall(libc::SYS_landlock_restrict_self, self.0.as_raw_fd(), 0)).map(drop)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::Endpoints;
    use crate::policy::Grant;
    use std::fs;
    use std::net::{TcpListener, TcpStream};
    use std::path::Path;

    fn network(listen: &[&str], connect: &[&str]) -> Network {
        let all = |texts: &[&str]| texts.iter().map(|text| Endpoints::parse(text).expect(text)).collect();
        Network {
            listen: all(listen),
            connect: all(connect),
        }
    }

    #[test]
    fn versions_refuse_what_they_know() {
        let none = Network::default();
        for (version, files, ports, outside) in [
            (1, 0x1fff, 0, 0),
            (2, 0x3fff, 0, 0),
            (3, 0x7fff, 0, 0),
            (4, 0x7fff, 3, 0),
            (5, 0xffff, 3, 0),
            (6, 0xffff, 3, 3),
            (99, 0xffff, 3, 3),
        ] {
            let expected = Handled { files, ports, outside };
            assert_eq!(Handled::of_version(version).for_network(&none), expected, "{version}");
        }
        let new = Handled::of_version(6);
        assert_eq!(new.for_network(&network(&["*:80"], &["*:*"])).ports, port::BIND);
        assert_eq!(new.for_network(&network(&["*:*"], &["*:80"])).ports, port::CONNECT);
        assert_eq!(new.for_network(&network(&["*:*", "*:80"], &["*:80", "*:*"])).ports, 0);
        for writable in [false, true] {
            let files = allowed(false, writable);
            assert_eq!(files & allowed(true, writable), files & !file::DEVICE);
        }
    }

    #[test]
    fn a_thread_has_what_is_granted_and_no_more() {
        if version() < LEAST_VERSION {
            return;
        }
        let top = std::env::temp_dir().join(format!("peaberry-landlock-{}", std::process::id()));
        let (read, write, other) = (top.join("read"), top.join("write"), top.join("other"));
        for place in [&read, &write, &other] {
            fs::create_dir_all(place.join("deep")).expect("make");
            fs::write(place.join("file"), "text").expect("write");
        }
        let alone = top.join("alone");
        fs::write(&alone, "text").expect("write");
        let grants = [
            Grant::same_path(&read, false),
            Grant::same_path(&write, true),
            Grant::same_path(&alone, false),
        ];
        let policy = Policy::new(&grants, &[], Path::new("/")).expect("policy");
        let listening = TcpListener::bind("127.0.0.1:0").expect("listen");
        let granted = listening.local_addr().expect("address");
        let refused = TcpListener::bind("127.0.0.1:0").expect("listen");
        let refused = (refused.local_addr().expect("address"), refused);
        let network = network(&["127.0.0.1:0"], &[&granted.to_string()]);
        let confined = std::thread::spawn(move || {
            let rules = Ruleset::new(&policy, &network).expect("rules").expect("Landlock");
            rules.apply().expect("apply");
            let open = |path: &Path| fs::File::open(path).is_ok();
            assert!(open(&read.join("file")) && open(&write.join("file")) && open(&alone));
            assert!(open(Path::new("/dev/urandom")) && !open(Path::new("/dev/zero")));
            assert!(
                !open(&other.join("file")) && !open(Path::new("/etc/passwd")) && !open(Path::new("/proc/self/maps"))
            );
            assert!(fs::read_dir(&read).is_ok() && fs::read_dir(&other).is_err());
            assert!(fs::write(read.join("new"), "").is_err() && fs::write(&alone, "").is_err());
            assert!(fs::remove_file(read.join("file")).is_err());
            assert!(fs::write(write.join("new"), "x").is_ok());
            assert!(fs::rename(write.join("new"), write.join("deep/new")).is_ok());
            assert!(fs::rename(write.join("deep/new"), other.join("new")).is_err());
            assert!(fs::hard_link(read.join("file"), write.join("link")).is_err());
            assert!(fs::remove_dir_all(write.join("deep")).is_ok());
            if version() >= 4 {
                assert!(TcpStream::connect(granted).is_ok());
                let error = TcpStream::connect(refused.0).expect_err("connected").kind();
                assert_eq!(error, io::ErrorKind::PermissionDenied);
                assert!(TcpListener::bind("127.0.0.1:0").is_ok() && TcpListener::bind("127.0.0.1:9").is_err());
            }
        });
        confined.join().expect("join");
        fs::remove_dir_all(&top).expect("remove");
    }
}

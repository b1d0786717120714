//! What the guest is granted, and the way from a path of the guest's to a file of the host's.
//!
//! Nothing is granted that is not listed. A path is taken apart lexically and looked up among the grants; the rest of it
//! is resolved by the host's kernel beneath the granted directory (`openat2`), so that neither `..` nor symbolic links lead
//! out of it.

use crate::errno::{Errno, host};
use std::ffi::{CStr, CString};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// A directory or file the guest may use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The path it has in the guest.
    pub guest: PathBuf,
    /// The path it has on the host.
    pub host: PathBuf,
    /// The guest may write.
    pub writable: bool,
}

impl Grant {
    /// What has the same absolute path in both.
    pub fn same_path(path: &Path, writable: bool) -> Grant {
        Grant {
            guest: path.to_owned(),
            host: path.to_owned(),
            writable,
        }
    }
}

struct Granted {
    /// Components of the path in the guest.
    guest: Vec<Vec<u8>>,
    /// The directory on the host that lookups begin in.
    root: OwnedFd,
    /// The name in there, of a granted file.
    file: Option<CString>,
    writable: bool,
}

/// All grants of a VM.
pub struct Policy {
    granted: Vec<Granted>,
    /// The guest's working directory.
    directory: Vec<Vec<u8>>,
}

/// Where a path leads.
pub enum Found<'a> {
    /// Beneath a grant.
    Beneath(Beneath<'a>),
    /// To a directory above grants: it is there, and nothing in it can be seen but the way to them.
    Above,
}

/// A place beneath a grant.
pub struct Beneath<'a> {
    granted: &'a Granted,
    rest: Vec<Vec<u8>>,
}

/// Devices every guest has, as a Java program would find them on Linux: they give nothing of the host's away.
const DEVICES: &[(&str, bool)] = &[("/dev/null", true), ("/dev/random", false), ("/dev/urandom", false)];

fn components(path: &[u8], base: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let mut found = if path.starts_with(b"/") {
        Vec::new()
    } else {
        base.to_vec()
    };
    for part in path.split(|&byte| byte == b'/') {
        match part {
            b"" | b"." => {}
            b".." => {
                found.pop();
            }
            _ => found.push(part.to_vec()),
        }
    }
    found
}

/// Arguments of `openat2`.
#[repr(C)]
struct OpenHow {
    flags: u64,
    mode: u64,
    resolve: u64,
}

const RESOLVE_NO_MAGICLINKS: u64 = 2;
const RESOLVE_BENEATH: u64 = 8;

fn open_beneath(root: RawFd, path: &CStr, flags: i32, mode: u32) -> Result<OwnedFd, Errno> {
    let how = OpenHow {
        flags: (flags | libc::O_CLOEXEC) as u32 as u64,
        mode: u64::from(mode),
        resolve: RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
    };
    let size = size_of::<OpenHow>();
    // SAFETY: the path ends with 0 and the structure is of the given size.
    let result = unsafe { libc::syscall(libc::SYS_openat2, root, path.as_ptr(), &raw const how, size) };
    match host(result) {
        // SAFETY: made just now and nobody else's.
        Ok(descriptor) => Ok(unsafe { OwnedFd::from_raw_fd(descriptor as RawFd) }),
        // The way led out of the grant.
        Err(Errno(libc::EXDEV)) => Err(Errno(libc::EACCES)),
        Err(error) => Err(error),
    }
}

impl Policy {
    /// Opens what is granted. `directory` is the guest's working directory.
    pub fn new(grants: &[Grant], directory: &Path) -> std::io::Result<Policy> {
        let devices = DEVICES
            .iter()
            .map(|(path, writable)| Grant::same_path(Path::new(path), *writable));
        let mut granted = Vec::new();
        for grant in devices.chain(grants.iter().cloned()) {
            let explained =
                |error: std::io::Error| std::io::Error::new(error.kind(), format!("{}: {error}", grant.host.display()));
            let host = grant.host.canonicalize().map_err(explained)?;
            let (root, file) = if host.is_dir() {
                (host.as_path(), None)
            } else {
                let parent = host.parent().unwrap_or(Path::new("/"));
                let name = host.file_name().unwrap_or_default();
                (parent, Some(CString::new(name.as_bytes())?))
            };
            let path = CString::new(root.as_os_str().as_bytes())?;
            let flags = libc::O_PATH | libc::O_DIRECTORY | libc::O_CLOEXEC;
            // SAFETY: the path ends with 0.
            let descriptor = unsafe { libc::open(path.as_ptr(), flags) };
            if descriptor < 0 {
                return Err(explained(std::io::Error::last_os_error()));
            }
            granted.push(Granted {
                guest: components(grant.guest.as_os_str().as_bytes(), &[]),
                // SAFETY: made just now and nobody else's.
                root: unsafe { OwnedFd::from_raw_fd(descriptor) },
                file,
                writable: grant.writable,
            });
        }
        let directory = components(directory.as_os_str().as_bytes(), &[]);
        Ok(Policy { granted, directory })
    }

    /// The guest's working directory.
    pub fn directory(&self) -> Vec<u8> {
        absolute(&self.directory)
    }

    /// Looks a path up; `base` is the absolute path of the directory it is relative to, the working directory if empty.
    pub fn find<'a>(&'a self, base: &[u8], path: &[u8]) -> Result<(Found<'a>, Vec<u8>), Errno> {
        if path.is_empty() {
            return Err(Errno(libc::ENOENT));
        }
        let base = if base.is_empty() {
            self.directory.clone()
        } else {
            components(base, &[])
        };
        let wanted = components(path, &base);
        let of_grants = self.granted.iter().filter(|granted| wanted.starts_with(&granted.guest));
        // The innermost grant counts, and of equals the last, whose place is nearer to the user.
        let found = if let Some(granted) = of_grants.max_by_key(|granted| granted.guest.len()) {
            let rest = wanted[granted.guest.len()..].to_vec();
            if granted.file.is_some() && !rest.is_empty() {
                return Err(Errno(libc::ENOTDIR));
            }
            Found::Beneath(Beneath { granted, rest })
        } else if self.granted.iter().any(|granted| granted.guest.starts_with(&wanted)) {
            Found::Above
        } else {
            return Err(Errno(libc::EACCES));
        };
        Ok((found, absolute(&wanted)))
    }
}

fn absolute(components: &[Vec<u8>]) -> Vec<u8> {
    let mut path = Vec::new();
    for component in components {
        path.push(b'/');
        path.extend(component);
    }
    if path.is_empty() { b"/".to_vec() } else { path }
}

fn joined(components: &[Vec<u8>]) -> Result<CString, Errno> {
    let path = if components.is_empty() {
        b".".to_vec()
    } else {
        components.join(&b'/')
    };
    CString::new(path).map_err(|_| Errno(libc::EINVAL))
}

impl Beneath<'_> {
    /// May it be written?
    pub fn writable(&self) -> bool {
        self.granted.writable
    }

    /// Opens it.
    pub fn open(&self, flags: i32, mode: u32) -> Result<OwnedFd, Errno> {
        let root = self.granted.root.as_raw_fd();
        match &self.granted.file {
            Some(name) => open_beneath(root, name, flags | libc::O_NOFOLLOW, mode),
            None => open_beneath(root, &joined(&self.rest)?, flags, mode),
        }
    }

    /// The directory it is in, and its name there, of what may be made, renamed or removed.
    pub fn in_parent(&self) -> Result<(OwnedFd, CString), Errno> {
        let flags = libc::O_PATH | libc::O_DIRECTORY;
        match self.rest.split_last() {
            Some((name, parents)) => {
                let parent = open_beneath(self.granted.root.as_raw_fd(), &joined(parents)?, flags, 0)?;
                let name = CString::new(name.as_slice()).map_err(|_| Errno(libc::EINVAL))?;
                Ok((parent, name))
            }
            None => Err(Errno(libc::EACCES)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    fn open(policy: &Policy, path: &str, flags: i32) -> Result<OwnedFd, Errno> {
        match policy.find(b"", path.as_bytes())?.0 {
            Found::Beneath(place) => place.open(flags, 0),
            Found::Above => Err(Errno(libc::EISDIR)),
        }
    }

    #[test]
    fn no_way_leads_out_of_a_grant() {
        let top = std::env::temp_dir().join(format!("peaberry-policy-{}", std::process::id()));
        let (inside, deep) = (top.join("in"), top.join("in/deep"));
        std::fs::create_dir_all(&deep).expect("make");
        for (path, text) in [
            (top.join("secret"), "s"),
            (inside.join("file"), "f"),
            (deep.join("low"), "l"),
        ] {
            std::fs::write(path, text).expect("write");
        }
        symlink("../secret", inside.join("relative")).expect("link");
        symlink(top.join("secret"), inside.join("absolute")).expect("link");
        symlink("..", deep.join("up")).expect("link");
        symlink("../../..", deep.join("out")).expect("link");
        let policy = Policy::new(
            &[
                Grant {
                    guest: "/data".into(),
                    host: inside.clone(),
                    writable: false,
                },
                Grant {
                    guest: "/one/file".into(),
                    host: top.join("secret"),
                    writable: false,
                },
            ],
            Path::new("/data/deep"),
        )
        .expect("policy");
        let read = libc::O_RDONLY;
        for good in [
            "/data/file",
            "low",
            "../file",
            "/data/deep/up/file",
            "/one/file",
            "/data/./deep/../file",
        ] {
            assert!(open(&policy, good, read).is_ok(), "{good}");
        }
        for (bad, error) in [
            ("/data/relative", libc::EACCES),
            ("/data/absolute", libc::EACCES),
            ("/data/deep/out/secret", libc::EACCES),
            ("../../secret", libc::EACCES),
            ("/data/../secret", libc::EACCES),
            ("/etc/passwd", libc::EACCES),
            ("/data/deep/up/up/../../../../etc/passwd", libc::EACCES),
            ("/one/other", libc::EACCES),
            ("/one/file/more", libc::ENOTDIR),
            ("/data/none", libc::ENOENT),
            ("/one", libc::EISDIR),
            ("/", libc::EISDIR),
            ("", libc::ENOENT),
            ("/data/file\0", libc::EINVAL),
        ] {
            assert_eq!(open(&policy, bad, read).err(), Some(Errno(error)), "{bad}");
        }
        std::fs::remove_dir_all(&top).expect("remove");
    }
}

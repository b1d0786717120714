//! What the guest is granted, and the way from a path of the guest's to a file of the host's.
//!
//! Nothing is granted that is not listed. A path is taken apart lexically and looked up among the grants; the rest of it
//! is resolved by the host's kernel beneath the granted directory (`openat2`), so that neither `..` nor symbolic links lead
//! out of it.

use crate::errno::{Errno, host};
use crate::image::{Image, Node};
use std::ffi::{CStr, CString};
use std::fs::{Metadata, OpenOptions};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

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

/// The path of a file or directory without links, and what it is. The system follows the links, which takes a call for each
/// of a few parts, where [`Path::canonicalize`] takes one for each component.
pub fn real_path(path: &Path) -> std::io::Result<(PathBuf, Metadata)> {
    let found = OpenOptions::new().read(true).custom_flags(libc::O_PATH).open(path)?;
    let metadata = found.metadata()?;
    let seen = std::fs::read_link(format!("/proc/self/fd/{}", found.as_raw_fd()));
    // Where that is not mounted, or says nothing of use.
    let real = match seen {
        Ok(real) if real.is_absolute() => real,
        _ => path.canonicalize()?,
    };
    Ok((real, metadata))
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
    /// Small files of the monitor's own making, by their path's components.
    texts: Vec<(Vec<Vec<u8>>, Vec<u8>)>,
    /// The guest's working directory.
    directory: Vec<Vec<u8>>,
    /// The image it was booted from, whose files lie under all of the above.
    image: Option<Arc<Image>>,
}

/// Where a path leads.
pub enum Found<'a> {
    /// Beneath a grant.
    Beneath(Beneath<'a>),
    /// To a small file of the monitor's own making.
    Text(&'a [u8]),
    /// To a directory above grants: it is there, and nothing in it can be seen but the way to them.
    Above,
    /// To something packed into the image; if a link, not followed.
    Packed(&'a Node),
}

/// A place beneath a grant.
pub struct Beneath<'a> {
    granted: &'a Granted,
    rest: Vec<Vec<u8>>,
}

/// What a grant gives, on the host.
pub struct Place {
    /// A descriptor that says where it is.
    pub fd: OwnedFd,
    /// It is a directory.
    pub directory: bool,
    /// The guest may write.
    pub writable: bool,
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
/// `openat2` goes through no symbolic link.
pub const RESOLVE_NO_SYMLINKS: u64 = 4;

fn open_beneath(root: RawFd, path: &CStr, flags: i32, mode: u32) -> Result<OwnedFd, Errno> {
    refuse_to_leave(open_within(root, path, flags, mode))
}

fn refuse_to_leave(opened: Result<OwnedFd, Errno>) -> Result<OwnedFd, Errno> {
    opened.map_err(|error| match error {
        LEAVES => Errno(libc::EACCES),
        error => error,
    })
}

/// The way leads out of the directory it began in.
const LEAVES: Errno = Errno(libc::EXDEV);

fn open_within(root: RawFd, path: &CStr, flags: i32, mode: u32) -> Result<OwnedFd, Errno> {
    open_resolved(root, path, flags, mode, RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS)
}

fn open_resolved(root: RawFd, path: &CStr, flags: i32, mode: u32, resolve: u64) -> Result<OwnedFd, Errno> {
    let how = OpenHow {
        flags: (flags | libc::O_CLOEXEC) as u32 as u64,
        mode: u64::from(mode),
        resolve,
    };
    let size = size_of::<OpenHow>();
    // SAFETY: the path ends with 0 and the structure is of the given size.
    let result = unsafe { libc::syscall(libc::SYS_openat2, root, path.as_ptr(), &raw const how, size) };
    // SAFETY: made just now and nobody else's.
    host(result).map(|descriptor| unsafe { OwnedFd::from_raw_fd(descriptor as RawFd) })
}

impl Policy {
    /// Opens what is granted. `texts` are small files that are there as long as no grant has their place, `directory` is the
    /// guest's working directory.
    pub fn new(grants: &[Grant], texts: &[(&str, Vec<u8>)], directory: &Path) -> std::io::Result<Policy> {
        let devices = DEVICES
            .iter()
            .map(|(path, writable)| Grant::same_path(Path::new(path), *writable));
        let mut granted = Vec::new();
        for grant in devices.chain(grants.iter().cloned()) {
            let explained =
                |error: std::io::Error| std::io::Error::new(error.kind(), format!("{}: {error}", grant.host.display()));
            let (host, metadata) = real_path(&grant.host).map_err(explained)?;
            let (root, file) = if metadata.is_dir() {
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
        let texts = texts
            .iter()
            .map(|(path, text)| (components(path.as_bytes(), &[]), text.clone()));
        Ok(Policy {
            granted,
            texts: texts.collect(),
            directory,
            image: None,
        })
    }

    /// All that is granted, as it is now.
    pub fn places(&self) -> std::io::Result<Vec<Place>> {
        let place = |granted: &Granted| {
            let found = |Errno(number)| std::io::Error::from_raw_os_error(number);
            let fd = match &granted.file {
                Some(name) => open_beneath(granted.root.as_raw_fd(), name, libc::O_PATH, 0).map_err(found)?,
                None => granted.root.try_clone()?,
            };
            Ok(Place {
                fd,
                directory: granted.file.is_none(),
                writable: granted.writable,
            })
        };
        self.granted.iter().map(place).collect()
    }

    /// This with an image's files beneath.
    pub fn over(self, image: Option<Arc<Image>>) -> Policy {
        Policy { image, ..self }
    }

    /// The image whose files lie beneath.
    pub fn image(&self) -> Option<&Arc<Image>> {
        self.image.as_ref()
    }

    /// Names in a directory that grants and small files give it.
    pub fn names_in(&self, directory: &[u8]) -> Vec<Vec<u8>> {
        let directory = components(directory, &[]);
        let of_grants = self.granted.iter().map(|granted| &granted.guest);
        let all = of_grants.chain(self.texts.iter().map(|(path, _)| path));
        let inside = all.filter(|path| path.starts_with(&directory));
        let mut names: Vec<_> = inside.filter_map(|path| path.get(directory.len()).cloned()).collect();
        names.sort();
        names.dedup();
        names
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
        } else if let Some((_, text)) = self.texts.iter().find(|(path, _)| *path == wanted) {
            Found::Text(text)
        } else {
            match (self.packed(&wanted), self.leads_to_something(&wanted)) {
                (Ok(node), _) => Found::Packed(node),
                (Err(_), true) => Found::Above,
                (Err(error), false) => return Err(error),
            }
        };
        Ok((found, absolute(&wanted)))
    }

    /// Looks a path up like [`Policy::find`], and goes through symbolic links that lead out of the grant they lie in: what a link says is
    /// a path of the guest's, and looked up as such. The last component is followed only if `last` says so.
    pub fn follow<'a>(&'a self, base: &[u8], path: &[u8], last: bool) -> Result<(Found<'a>, Vec<u8>), Errno> {
        /// Linux's own limit.
        const MOST_LINKS: usize = 40;
        let mut found = self.find(base, path)?;
        for _ in 0..MOST_LINKS {
            let Found::Beneath(place) = &found.0 else {
                return Ok(found);
            };
            match place.led_elsewhere(last) {
                Some(path) => found = self.find(b"/", &path)?,
                None => return Ok(found),
            }
        }
        Err(Errno(libc::ELOOP))
    }

    fn packed(&self, wanted: &[Vec<u8>]) -> Result<&Node, Errno> {
        match &self.image {
            Some(image) => image.look_up(wanted, false),
            None => Err(Errno(libc::EACCES)),
        }
    }

    fn leads_to_something(&self, wanted: &[Vec<u8>]) -> bool {
        let of_grants = self.granted.iter().map(|granted| &granted.guest);
        let mut all = of_grants.chain(self.texts.iter().map(|(path, _)| path));
        all.any(|path| path.starts_with(wanted))
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

    /// Opens it if no symbolic link is on the way; `ELOOP` otherwise.
    pub fn open_without_links(&self, flags: i32, mode: u32) -> Result<OwnedFd, Errno> {
        if self.granted.file.is_some() {
            return self.open(flags, mode);
        }
        let resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS;
        let root = self.granted.root.as_raw_fd();
        refuse_to_leave(open_resolved(root, &joined(&self.rest)?, flags, mode, resolve))
    }

    /// The path in the guest that takes the place of this one when its first symbolic link is replaced by what it says; `None` when no
    /// link leads out of the grant. What is opened afterwards is opened beneath a grant again, whatever becomes of the links meanwhile.
    fn led_elsewhere(&self, last: bool) -> Option<Vec<u8>> {
        if self.granted.file.is_some() {
            return None;
        }
        let root = self.granted.root.as_raw_fd();
        let flags = libc::O_PATH | if last { 0 } else { libc::O_NOFOLLOW };
        if open_within(root, &joined(&self.rest).ok()?, flags, 0).err() != Some(LEAVES) {
            return None;
        }
        for (index, _) in self.rest.iter().enumerate() {
            let (here, rest) = self.rest.split_at(index + 1);
            let name = joined(here).ok()?;
            let link = open_within(root, &name, libc::O_PATH | libc::O_NOFOLLOW, 0).ok()?;
            let mut bytes = vec![0u8; libc::PATH_MAX as usize];
            let (start, size) = (bytes.as_mut_ptr(), bytes.len());
            // SAFETY: an empty path that ends with 0; writes at most `size` bytes. Of what is no link there is an error.
            let count = unsafe { libc::readlinkat(link.as_raw_fd(), c"".as_ptr(), start.cast(), size) };
            let Ok(count) = usize::try_from(count) else {
                continue;
            };
            let parent: Vec<Vec<u8>> = self.granted.guest.iter().chain(&here[..index]).cloned().collect();
            let mut path = components(&bytes[..count], &parent);
            // What follows has no `..` any more.
            path.extend_from_slice(rest);
            return Some(absolute(&path));
        }
        None
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
        match policy.follow(b"", path.as_bytes(), true)?.0 {
            Found::Beneath(place) => place.open(flags, 0),
            Found::Text(_) => Err(Errno(libc::EEXIST)),
            Found::Above => Err(Errno(libc::EISDIR)),
            Found::Packed(_) => Err(Errno(libc::EROFS)),
        }
    }

    #[test]
    fn real_paths_are_canonical() {
        let top = std::env::temp_dir().join(format!("peaberry-real-{}", std::process::id()));
        std::fs::create_dir_all(top.join("in")).expect("make");
        std::fs::write(top.join("in/file"), "f").expect("write");
        symlink("in", top.join("way")).expect("link");
        symlink("way/file", top.join("link")).expect("link");
        for name in ["link", "way/../link", "way", "in/file", "."] {
            let path = top.join(name);
            let (real, metadata) = real_path(&path).expect("real path");
            assert_eq!(real, path.canonicalize().expect("canonical"));
            assert_eq!(metadata.is_dir(), path.is_dir());
        }
        assert!(real_path(&top.join("none")).is_err());
        std::fs::remove_dir_all(&top).expect("remove");
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
        symlink("/data/deep/low", inside.join("of-guest")).expect("link");
        symlink("/one/file", inside.join("of-another")).expect("link");
        symlink("/data/deep", inside.join("directory")).expect("link");
        symlink("../../etc/some/text", deep.join("text")).expect("link");
        symlink("/data/round", inside.join("round")).expect("link");
        symlink("/data/deep/up/../../../proc/self/fd", inside.join("magic")).expect("link");
        symlink("/data/deep/up/../../none", inside.join("lost")).expect("link");
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
            &[("/etc/some/text", b"t".to_vec())],
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
            "/data/of-guest",
            "/data/of-another",
            "/data/directory/low",
            "/data/directory/up/directory/low",
        ] {
            assert!(open(&policy, good, read).is_ok(), "{good}");
        }
        for (bad, error) in [
            ("/data/relative", libc::EACCES),
            ("/data/directory/up/absolute", libc::EACCES),
            ("/data/directory/text", libc::EEXIST),
            ("/data/directory/none", libc::ENOENT),
            ("/data/round", libc::ELOOP),
            ("/data/magic", libc::EACCES),
            ("/data/magic/0", libc::EACCES),
            ("/data/lost", libc::ENOENT),
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
            ("/etc/some/text", libc::EEXIST),
            ("/etc/some/../some", libc::EISDIR),
            ("/etc/some/other", libc::EACCES),
            ("/", libc::EISDIR),
            ("", libc::ENOENT),
            ("/data/file\0", libc::EINVAL),
        ] {
            assert_eq!(open(&policy, bad, read).err(), Some(Errno(error)), "{bad}");
        }
        std::fs::remove_dir_all(&top).expect("remove");
    }
}

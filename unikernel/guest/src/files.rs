//! The packed files as a tree that a program walks: paths, links, and what the kernel itself shows as files.

use crate::errno::{EISDIR, ELOOP, ENAMETOOLONG, ENOENT, ENOTDIR, Errno};
use alloc::vec::Vec;
use peaberry_package::{Entry, Kind, Package};

/// Most bytes of a path.
pub const MOST_PATH: usize = 4096;
/// Most links on the way.
const MOST_LINKS: usize = 40;
/// What begins like this is not the program's to see.
const HIDDEN: &[u8] = b"/.peaberry";

/// A file of the kernel's own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Special {
    /// `/dev/null`.
    Null,
    /// `/dev/zero`.
    Zero,
    /// `/dev/random` and `/dev/urandom`.
    Random,
    /// `/dev/tty` and `/dev/console`.
    Console,
    /// `/proc/meminfo`.
    Memory,
}

const SPECIAL: &[(&[u8], Special)] = &[
    (b"/dev/null", Special::Null),
    (b"/dev/zero", Special::Zero),
    (b"/dev/random", Special::Random),
    (b"/dev/urandom", Special::Random),
    (b"/dev/tty", Special::Console),
    (b"/dev/console", Special::Console),
    (b"/proc/meminfo", Special::Memory),
];

/// What a path leads to.
#[derive(Clone, Copy, Debug)]
pub enum Found<'a> {
    /// The root.
    Root,
    /// A packed file, directory or link.
    Packed(Entry<'a>),
    /// A file of the kernel's.
    Special(Special),
}

/// The files of a package.
#[derive(Clone, Copy)]
pub struct Files<'a> {
    package: Package<'a>,
}

fn hidden(path: &[u8]) -> bool {
    path.strip_prefix(HIDDEN)
        .is_some_and(|rest| rest.is_empty() || rest[0] == b'/')
}

impl<'a> Files<'a> {
    /// Of a package.
    pub fn new(package: Package<'a>) -> Files<'a> {
        Files { package }
    }

    /// What the package carries for the kernel, empty if it does not.
    pub fn own(&self, path: &str) -> &'a [u8] {
        self.package.find(path.as_bytes()).map_or(&[], |entry| entry.content)
    }

    /// What an absolute path without links and dots leads to.
    fn at(&self, path: &[u8]) -> Option<Found<'a>> {
        if path.is_empty() {
            return Some(Found::Root);
        }
        if hidden(path) {
            return None;
        }
        if let Some(entry) = self.package.find(path) {
            return Some(Found::Packed(entry));
        }
        let special = SPECIAL.iter().find(|(name, _)| *name == path);
        special.map(|(_, special)| Found::Special(*special))
    }

    /// Finds what a path leads to from a directory, given by its path, empty for the root; and its path without links.
    /// A last link is followed when wanted, or when a slash comes after it.
    pub fn find(&self, directory: &[u8], path: &[u8], follow: bool) -> Result<(Found<'a>, Vec<u8>), Errno> {
        if path.is_empty() {
            return Err(Errno(ENOENT));
        }
        // Parts that are left to go, the next one last.
        let mut parts: Vec<Vec<u8>> = Vec::new();
        let queue = |parts: &mut Vec<Vec<u8>>, path: &[u8]| {
            let before = parts.len();
            let wanted = path.split(|&byte| byte == b'/').filter(|part| !part.is_empty());
            parts.extend(wanted.map(<[u8]>::to_vec));
            parts[before..].reverse();
        };
        let is_directory = path.ends_with(b"/") || path.ends_with(b"/.");
        queue(&mut parts, path);
        let mut at = if path[0] == b'/' {
            Vec::new()
        } else {
            directory.to_vec()
        };
        let mut found = self.at(&at).ok_or(Errno(ENOENT))?;
        let mut links = 0;
        while let Some(part) = parts.pop() {
            match found {
                Found::Root => {}
                Found::Packed(entry) if entry.kind == Kind::Directory => {}
                _ => return Err(Errno(ENOTDIR)),
            }
            match &part[..] {
                b"." => continue,
                b".." => {
                    let slash = at.iter().rposition(|&byte| byte == b'/');
                    at.truncate(slash.unwrap_or(0));
                    found = self.at(&at).ok_or(Errno(ENOENT))?;
                    continue;
                }
                _ if part.len() > 255 => return Err(Errno(ENAMETOOLONG)),
                _ => {}
            }
            let parent = at.len();
            at.push(b'/');
            at.extend(&part);
            if at.len() > MOST_PATH {
                return Err(Errno(ENAMETOOLONG));
            }
            found = match self.at(&at) {
                Some(found) => found,
                // `/dev` and `/proc` are there for what is in them, even where none is packed.
                None if !parts.is_empty() && SPECIAL.iter().any(|(name, _)| in_directory(name, &at)) => Found::Root,
                None => return Err(Errno(ENOENT)),
            };
            if let Found::Packed(entry) = found
                && entry.kind == Kind::Link
                && (follow || is_directory || !parts.is_empty())
            {
                links += 1;
                if links > MOST_LINKS {
                    return Err(Errno(ELOOP));
                }
                at.truncate(if entry.content.first() == Some(&b'/') {
                    0
                } else {
                    parent
                });
                queue(&mut parts, entry.content);
                found = self.at(&at).ok_or(Errno(ENOENT))?;
            }
        }
        if is_directory && !matches!(found, Found::Root) && !found.is_directory() {
            return Err(Errno(ENOTDIR));
        }
        Ok((found, at))
    }

    /// The bytes of a file that is to be read as a whole.
    pub fn content(&self, path: &[u8]) -> Result<&'a [u8], Errno> {
        match self.find(b"", path, true)?.0 {
            Found::Packed(entry) if entry.kind == Kind::File => Ok(entry.content),
            Found::Special(_) => Err(Errno(ENOENT)),
            _ => Err(Errno(EISDIR)),
        }
    }

    /// What lies directly in a directory and can be seen, from a place of the table on.
    pub fn children(&self, directory: &[u8], from: usize) -> impl Iterator<Item = Entry<'a>> {
        let package = self.package;
        let entries = (from..package.len()).filter_map(move |index| package.entry(index));
        entries.filter(move |entry| in_directory(entry.path, directory) && !hidden(entry.path))
    }
}

impl Found<'_> {
    /// Is it a directory?
    pub fn is_directory(&self) -> bool {
        match self {
            Found::Root => true,
            Found::Packed(entry) => entry.kind == Kind::Directory,
            Found::Special(_) => false,
        }
    }
}

/// Does a path lie directly in a directory?
fn in_directory(path: &[u8], directory: &[u8]) -> bool {
    let rest = path.strip_prefix(directory).and_then(|rest| rest.strip_prefix(b"/"));
    rest.is_some_and(|name| !name.is_empty() && !name.contains(&b'/'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use peaberry_package::Item;

    fn package() -> Package<'static> {
        let item = |path, kind, content| Item {
            path,
            kind,
            mode: 0o755,
            content,
        };
        let items = [
            item("/.peaberry", Kind::Directory, &b""[..]),
            item("/.peaberry/guest", Kind::File, b"program"),
            item("/app", Kind::Directory, b""),
            item("/app/file", Kind::File, b"text"),
            item("/app/link", Kind::Link, b"../java/lib"),
            item("/app/loop", Kind::Link, b"loop"),
            item("/app/root", Kind::Link, b"/java"),
            item("/java", Kind::Directory, b""),
            item("/java/lib", Kind::Directory, b""),
            item("/java/lib/modules", Kind::File, b"modules"),
        ];
        let mut bytes = Vec::new();
        let written = peaberry_package::write(&items, 0, |piece| {
            bytes.extend_from_slice(piece);
            Ok::<(), ()>(())
        });
        written.expect("a Vec takes everything");
        Package::parse(Vec::leak(bytes)).expect("a package")
    }

    #[test]
    fn paths_lead_through_links_and_dots() {
        let files = Files::new(package());
        let found = |directory: &str, path: &str, follow| {
            let found = files.find(directory.as_bytes(), path.as_bytes(), follow);
            found.map(|(_, path)| std::string::String::from_utf8(path).expect("text"))
        };
        for path in [
            "file",
            "./file",
            "/app//file",
            "../app/./file",
            "root/../app/file",
            "../../app/file",
        ] {
            assert_eq!(found("/app", path, true).as_deref(), Ok("/app/file"), "{path}");
        }
        for path in [
            "link/modules",
            "root/lib/modules",
            "/java/lib/modules",
            "/app/link/../lib/modules",
        ] {
            assert_eq!(found("/app", path, false).as_deref(), Ok("/java/lib/modules"), "{path}");
        }
        assert_eq!(found("/app", "link", false).as_deref(), Ok("/app/link"));
        assert_eq!(found("/app", "link/", false).as_deref(), Ok("/java/lib"));
        assert_eq!(found("", "/", true).as_deref(), Ok(""));
        assert_eq!(found("/app", "..", true).as_deref(), Ok(""));
        assert_eq!(found("", "dev/null", true).as_deref(), Ok("/dev/null"));
        let wrong = [
            ("", ENOENT),
            ("/.peaberry", ENOENT),
            ("/.peaberry/guest", ENOENT),
            ("/app/../.peaberry/guest", ENOENT),
            ("nothing", ENOENT),
            ("file/", ENOTDIR),
            ("file/..", ENOTDIR),
            ("/dev/null/x", ENOTDIR),
            ("/dev", ENOENT),
            ("loop", ELOOP),
        ];
        for (path, error) in wrong {
            assert_eq!(found("/app", path, true), Err(Errno(error)), "{path}");
        }
    }

    #[test]
    fn directories_show_what_is_in_them() {
        let files = Files::new(package());
        let names = |directory: &str| {
            let children = files.children(directory.as_bytes(), 0);
            children.map(|entry| entry.name().to_vec()).collect::<Vec<_>>()
        };
        assert_eq!(names(""), [b"app".to_vec(), b"java".to_vec()]);
        assert_eq!(names("/java"), [b"lib".to_vec()]);
        assert_eq!(files.children(b"/app", 4).count(), 3);
        assert_eq!(files.own("/.peaberry/guest"), b"program");
        assert_eq!(files.content(b"/app/file"), Ok(&b"text"[..]));
        assert_eq!(files.content(b"/app"), Err(Errno(EISDIR)));
    }
}

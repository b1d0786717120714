//! What the paths of a command line name: the files that a guest may read to run it.

use peaberry_image::manifest_entries;
use peaberry_shim::Grant;
use std::collections::BTreeSet;
use std::fs::{DirEntry, FileType};
use std::path::{Component, Path, PathBuf};

/// Something named by an argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    /// An entry of a class path: a directory, a jar with what its manifest names, or `directory/*`.
    Classes(String),
    /// A file or directory, and what links in a directory lead to.
    Files(PathBuf),
}

impl Named {
    /// The entries of a class path; an empty one is the working directory.
    pub fn class_path(path: &str) -> impl Iterator<Item = Named> {
        let entry = |entry| if str::is_empty(entry) { "." } else { entry };
        path.split(':').map(entry).map(String::from).map(Named::Classes)
    }

    /// The entries of another path.
    pub fn files(path: &str) -> impl Iterator<Item = Named> {
        let entries = path.split(':').filter(|entry| !entry.is_empty());
        entries.map(|entry| Named::Files(entry.into()))
    }
}

/// Finds what is to be granted.
#[derive(Default)]
pub struct Finder {
    grants: Vec<Grant>,
    /// Paths in the guest that have been granted.
    granted: BTreeSet<PathBuf>,
    /// Jars of the host's whose manifest was looked at.
    looked_at: BTreeSet<PathBuf>,
    notes: Vec<String>,
}

impl Finder {
    /// All grants, and what is to be said of what is not granted. Relative paths begin at `directory`.
    pub fn find(directory: &Path, named: &[Named]) -> (Vec<Grant>, Vec<String>) {
        let mut finder = Finder::default();
        for named in named {
            match named {
                Named::Files(path) => finder.files(&directory.join(path)),
                Named::Classes(entry) => {
                    let all = entry.strip_suffix('*');
                    let all = all.filter(|inside| inside.is_empty() || inside.ends_with('/'));
                    match all.filter(|_| !directory.join(entry).exists()) {
                        Some(inside) => {
                            let inside = directory.join(inside);
                            finder.files(&inside);
                            for (name, _) in entries_of(&inside) {
                                if name.to_ascii_lowercase().ends_with(".jar") {
                                    finder.jar(&inside.join(name));
                                }
                            }
                        }
                        None if directory.join(entry).is_file() => finder.jar(&directory.join(entry)),
                        None => finder.files(&directory.join(entry)),
                    }
                }
            }
        }
        (finder.grants, finder.notes)
    }

    fn grant(&mut self, guest: &Path, host: &Path) {
        let guest = plain(guest);
        if self.granted.insert(guest.clone()) {
            let host = host.to_owned();
            self.grants.push(Grant {
                guest,
                host,
                writable: false,
            });
        }
    }

    /// What is there, and what links in it lead to, if it is a directory.
    fn files(&mut self, path: &Path) {
        let Ok(host) = path.canonicalize() else { return };
        self.grant(path, &host);
        for (name, kind) in entries_of(&host) {
            if kind.is_symlink()
                && let Ok(there) = host.join(&name).canonicalize()
                && !there.starts_with(&host)
            {
                self.grant(&path.join(name), &there);
            }
        }
    }

    /// A jar that was named, the jars that its manifest names, and so on.
    fn jar(&mut self, path: &Path) {
        let Ok(named) = path.canonicalize() else { return };
        self.grant(path, &named);
        // Java looks beside the jar that links lead to. In the guest no link is seen, so that is where it must find these.
        let (Some(guest), Some(inside)) = (path.parent(), named.parent()) else {
            return;
        };
        let mut pending = vec![(guest.to_owned(), named.clone())];
        while let Some((guest, jar)) = pending.pop() {
            if !self.looked_at.insert(jar.clone()) {
                continue;
            }
            let beside = jar.parent().unwrap_or(inside);
            for entry in manifest_entries(&jar) {
                let Some(there) = entry.path.as_deref() else { continue };
                let Ok(host) = plain(&beside.join(there)).canonicalize() else {
                    continue;
                };
                // A manifest is not the user's word: it must not open what lies elsewhere.
                if !host.starts_with(inside) || host == inside {
                    let (jar, text) = (jar.display(), entry.text);
                    let (inside, host) = (inside.display(), host.display());
                    self.notes.push(format!(
                        "Note: Class-Path of {jar} names {text}, which is not inside of {inside}: --mount {host} grants it"
                    ));
                    continue;
                }
                let place = guest.join(there);
                self.grant(&place, &host);
                if let Some(guest) = place.parent()
                    && host.is_file()
                {
                    pending.push((guest.to_owned(), host));
                }
            }
        }
    }
}

/// What is in a directory, sorted by name.
fn entries_of(directory: &Path) -> Vec<(String, FileType)> {
    let entries = std::fs::read_dir(directory).into_iter().flatten().flatten();
    let about = |entry: DirEntry| Some((entry.file_name().into_string().ok()?, entry.file_type().ok()?));
    let mut entries: Vec<(String, FileType)> = entries.filter_map(about).collect();
    entries.sort_by(|one, other| one.0.cmp(&other.0));
    entries
}

/// The path without `.` and `..`, by its text alone, as the guest's paths and those of URLs are taken.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => drop(plain.pop()),
            part => plain.push(part),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    /// A jar with nothing in it but a manifest, not compressed.
    fn jar(path: &Path, class_path: &str) {
        let manifest = format!("Manifest-Version: 1.0\r\nClass-Path: {class_path}\r\n\r\n");
        let name = b"META-INF/MANIFEST.MF";
        let mut checksum = !0u32;
        for byte in manifest.bytes() {
            checksum ^= u32::from(byte);
            for _ in 0..8 {
                checksum = checksum >> 1 ^ (0xedb8_8320 & (checksum & 1).wrapping_neg());
            }
        }
        let length = (manifest.len() as u32).to_le_bytes();
        let mut about = vec![10, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        about.extend((!checksum).to_le_bytes());
        about.extend(length);
        about.extend(length);
        about.extend([name.len() as u8, 0, 0, 0]);
        let mut bytes = b"PK\x03\x04".to_vec();
        bytes.extend(&about);
        bytes.extend(name);
        bytes.extend(manifest.bytes());
        let directory = bytes.len() as u32;
        bytes.extend(b"PK\x01\x02\x0a\0");
        bytes.extend(&about);
        bytes.extend([0; 14]);
        bytes.extend(name);
        let size = bytes.len() as u32 - directory;
        bytes.extend(b"PK\x05\x06\0\0\0\0\x01\0\x01\0");
        bytes.extend(size.to_le_bytes());
        bytes.extend(directory.to_le_bytes());
        bytes.extend([0, 0]);
        std::fs::create_dir_all(path.parent().expect("parent")).expect("make");
        std::fs::write(path, bytes).expect("write");
    }

    #[test]
    fn a_jar_brings_what_its_manifest_names_of_its_directory() {
        let top = std::env::temp_dir().join(format!("peaberry-granted-{}", std::process::id()));
        std::fs::create_dir_all(&top).expect("make");
        let top = top.canonicalize().expect("canonical");
        jar(
            &top.join("app/main.jar"),
            "lib/one.jar conf/ none.jar ../secret.jar . file:/etc/passwd http://example.org/x.jar",
        );
        // In a circle, and by a longer way each time round.
        jar(&top.join("app/lib/one.jar"), "../lib/two%20words.jar");
        jar(&top.join("app/lib/two words.jar"), "../main.jar round/one.jar one.jar");
        jar(&top.join("secret.jar"), "");
        jar(&top.join("other/link-target.jar"), "beside.jar");
        jar(&top.join("other/beside.jar"), "");
        std::fs::create_dir_all(top.join("app/conf")).expect("make");
        symlink(".", top.join("app/lib/round")).expect("link");
        symlink("../other/link-target.jar", top.join("app/link.jar")).expect("link");
        symlink("../../secret.jar", top.join("app/lib/linked.jar")).expect("link");
        let shown = |path: &Path| path.strip_prefix(&top).unwrap_or(path).display().to_string();
        let check = |named: Named, expected: &[&str], notes: usize| {
            let (grants, said) = Finder::find(&top, &[named]);
            let mut found: Vec<String> = grants
                .iter()
                .map(|grant| match (shown(&grant.guest), shown(&grant.host)) {
                    (guest, host) if guest == host => guest,
                    (guest, host) => format!("{guest} is {host}"),
                })
                .collect();
            found.sort();
            assert_eq!(
                (found, said.len()),
                (expected.iter().map(|s| s.to_string()).collect(), notes),
                "{said:?}"
            );
        };
        let main = [
            "app/conf",
            "app/lib/one.jar",
            "app/lib/round/one.jar is app/lib/one.jar",
            "app/lib/two words.jar",
            "app/main.jar",
        ];
        check(Named::Classes("app/main.jar".into()), &main, 3);
        check(Named::Classes("app/./lib/../main.jar".into()), &main, 3);
        check(
            Named::Classes("app/link.jar".into()),
            &[
                "app/beside.jar is other/beside.jar",
                "app/link.jar is other/link-target.jar",
            ],
            0,
        );
        check(
            Named::Classes("app/lib/*".into()),
            &[
                "app/lib",
                "app/lib/linked.jar is secret.jar",
                "app/lib/one.jar",
                "app/lib/round/one.jar is app/lib/one.jar",
                "app/lib/two words.jar",
            ],
            1,
        );
        check(
            Named::Files("app/lib".into()),
            &["app/lib", "app/lib/linked.jar is secret.jar"],
            0,
        );
        check(Named::Files("none".into()), &[], 0);
        let names: Vec<Named> = Named::class_path("a::b").collect();
        assert_eq!(names[1], Named::Classes(".".into()));
        assert_eq!(Named::files("a::b").count(), 2);
        std::fs::remove_dir_all(&top).expect("remove");
    }
}

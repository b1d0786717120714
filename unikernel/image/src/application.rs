//! The application's files: where in the image they go, and the arguments that name them.

use crate::BuildError;
use crate::class_path::{ManifestEntry, manifest_entries};
use crate::tree::Tree;
use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};

/// Where the application lies in an image, and where it runs.
pub const DIRECTORY: &str = "/app";

/// An argument of the launcher.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Argument {
    /// As it is.
    Text(String),
    /// A list of files and directories, with a colon between each two, that are to be packed; and what is written before it.
    Paths {
        /// `--class-path=` or the like, or nothing.
        before: String,
        /// The list.
        paths: String,
    },
}

/// Packs an application's files.
pub struct Application<'a> {
    tree: &'a mut Tree,
    /// Where files of the host's went: the argument that names them in the guest.
    places: HashMap<PathBuf, String>,
    /// What is worth a warning.
    pub warnings: Vec<String>,
}

/// A relative path whose parts are names alone, spelled without `.`; `None` for others.
fn inner(path: &Path) -> Option<String> {
    let mut parts = Vec::new();
    for part in path.components() {
        match part {
            Component::Normal(name) => parts.push(name.to_str()?),
            Component::CurDir => {}
            _ => return None,
        }
    }
    Some(parts.join("/"))
}

/// An absolute path of the image's without `..`.
fn plain(path: &str) -> String {
    let mut parts = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.iter().map(|part| format!("/{part}")).collect()
}

impl<'a> Application<'a> {
    /// Nothing packed yet.
    pub fn new(tree: &'a mut Tree) -> Result<Application<'a>, BuildError> {
        tree.directory(DIRECTORY)?;
        Ok(Application {
            tree,
            places: HashMap::new(),
            warnings: Vec::new(),
        })
    }

    /// Packs what an argument names, and gives the argument that names it in the guest.
    pub fn argument(&mut self, argument: &Argument) -> Result<String, BuildError> {
        match argument {
            Argument::Text(text) => Ok(text.clone()),
            Argument::Paths { before, paths } => {
                let entries = paths
                    .split(':')
                    .map(|entry| self.entry(entry))
                    .collect::<Result<Vec<_>, _>>()?;
                Ok(format!("{before}{}", entries.join(":")))
            }
        }
    }

    /// An entry of a path: packs it and gives its name in the guest.
    fn entry(&mut self, entry: &str) -> Result<String, BuildError> {
        if let Some(directory) = entry.strip_suffix('*')
            && (directory.is_empty() || directory.ends_with('/'))
            && !Path::new(entry).exists()
        {
            return self.wildcard(directory);
        }
        // An empty entry is the working directory.
        let host = Path::new(if entry.is_empty() { "." } else { entry });
        if !host.exists() {
            self.warnings.push(format!("{entry}: not there, not packed"));
            return Ok(inner(host).unwrap_or_else(|| "missing".to_owned()));
        }
        let place = self.place(host, "");
        self.pack(&place, host)?;
        Ok(match place.strip_prefix(&format!("{DIRECTORY}/")) {
            Some(_) if entry.is_empty() => String::new(),
            // As it was spelled where that leads there.
            Some(_) if host.is_relative() && inner(host).is_some() => entry.to_owned(),
            Some(rest) => rest.to_owned(),
            None => ".".to_owned(),
        })
    }

    /// All jars of a directory.
    fn wildcard(&mut self, directory: &str) -> Result<String, BuildError> {
        let host = Path::new(if directory.is_empty() { "." } else { directory });
        let unreadable = |error| BuildError::Unreadable(host.to_owned(), error);
        let place = self.place(host, "");
        for entry in std::fs::read_dir(host).map_err(unreadable)? {
            let path = entry.map_err(unreadable)?.path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if name.ends_with(".jar") || name.ends_with(".JAR") {
                self.pack(&format!("{place}/{name}"), &path)?;
            }
        }
        Ok(match place.strip_prefix(&format!("{DIRECTORY}/")) {
            Some(rest) => format!("{rest}/*"),
            None => "*".to_owned(),
        })
    }

    /// Where a file goes: below [`DIRECTORY`] as it lies below the working directory, or else by its name alone, with a
    /// number before it where another one has that.
    fn place(&mut self, host: &Path, nothing: &str) -> String {
        let whole = host.canonicalize().unwrap_or_else(|_| host.to_owned());
        if let Some(place) = self.places.get(&whole) {
            return place.clone();
        }
        let place = match inner(host) {
            Some(path) if path.is_empty() => DIRECTORY.to_owned(),
            Some(path) => format!("{DIRECTORY}/{path}"),
            None => {
                let name = whole
                    .file_name()
                    .and_then(|name| name.to_str())
                    .unwrap_or(nothing)
                    .to_owned();
                let taken =
                    |place: &String| self.tree.contains(place) || self.places.values().any(|other| other == place);
                let numbered = (2..).map(|number| format!("{DIRECTORY}/{number}/{name}"));
                let mut places = std::iter::once(format!("{DIRECTORY}/{name}")).chain(numbered);
                places.find(|place| !taken(place)).unwrap_or_default()
            }
        };
        self.places.insert(whole, place.clone());
        place
    }

    /// Packs a file or directory, and what a jar's manifest says belongs to it.
    fn pack(&mut self, place: &str, host: &Path) -> Result<(), BuildError> {
        if host.is_file() {
            if self.tree.contains(place) {
                return Ok(());
            }
            self.tree.copy(place, host)?;
            return self.class_path_of(place, host);
        }
        self.tree.copy(place, host)
    }

    /// `Class-Path` of a jar's manifest.
    fn class_path_of(&mut self, place: &str, host: &Path) -> Result<(), BuildError> {
        for ManifestEntry { text, path } in manifest_entries(host) {
            let (here, there) = (place.rsplit_once('/').map_or("", |(here, _)| here), host.parent());
            match path.as_deref().map(|path| (path, path.to_str())) {
                Some((path, Some(entry))) if path.is_relative() => {
                    let file = there.unwrap_or(Path::new("")).join(path);
                    if file.exists() {
                        self.pack(&plain(&format!("{here}/{entry}")), &file)?;
                    }
                }
                _ => self
                    .warnings
                    .push(format!("{}: Class-Path names {text}, not packed", host.display())),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packed(tree: &Tree) -> String {
        tree.files("/app").map(|(path, _)| path).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn files_of_anywhere_get_a_place_below_the_application() {
        let top = std::env::temp_dir().join(format!("peaberry-application-{}", std::process::id()));
        for directory in ["one", "two", "one/deep"] {
            std::fs::create_dir_all(top.join(directory)).expect("make");
            std::fs::write(top.join(directory).join("a.jar"), directory).expect("write");
        }
        std::os::unix::fs::symlink("../two", top.join("one/link")).expect("link");
        let mut tree = Tree::default();
        let mut application = Application::new(&mut tree).expect("new");
        let argument = |before: &str, paths: &str| Argument::Paths {
            before: before.to_owned(),
            paths: paths.replace('~', &top.display().to_string()),
        };
        let mut check = |paths: &str, expected: &str| {
            assert_eq!(
                application.argument(&argument("-p=", paths)).expect(paths),
                format!("-p={expected}"),
                "{paths}"
            );
        };
        check("~/one/a.jar:~/two/a.jar:~/one/a.jar", "a.jar:2/a.jar:a.jar");
        check("~/one", "one");
        check("~/two/*", "two/*");
        check("~/two/none.jar:none/at/all", "missing:none/at/all");
        assert_eq!(application.warnings.len(), 2);
        assert_eq!(application.argument(&Argument::Text("x".into())).expect("text"), "x");
        assert_eq!(
            packed(&tree),
            "/app/2/a.jar /app/a.jar /app/one/a.jar /app/one/deep/a.jar /app/one/link/a.jar /app/two/a.jar"
        );
        std::os::unix::fs::symlink("..", top.join("one/deep/up")).expect("link");
        let mut application = Application::new(&mut tree).expect("new");
        let circle = application
            .argument(&argument("", "~/one/deep"))
            .expect_err("circle")
            .to_string();
        assert!(circle.contains("links in a circle"), "{circle}");
        std::fs::remove_dir_all(&top).expect("remove");
    }

    #[test]
    fn paths_are_spelled_plainly() {
        assert_eq!(plain("/app/lib/../x/./y"), "/app/x/y");
        assert_eq!(plain("/app/../../../z"), "/z");
        assert_eq!(
            [
                inner(Path::new("./a/./b")),
                inner(Path::new("../a")),
                inner(Path::new("."))
            ],
            [Some("a/b".into()), None, Some(String::new())]
        );
    }
}

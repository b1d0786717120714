//! The files of an image while they are collected.

use crate::BuildError;
use peaberry_package::{Item, Kind};
use std::collections::BTreeMap;
use std::path::Path;

/// Files and directories by absolute path.
#[derive(Default)]
pub struct Tree {
    nodes: BTreeMap<String, Node>,
}

struct Node {
    kind: Kind,
    mode: u32,
    content: Vec<u8>,
}

/// Directories deeper than this are taken for links in a circle.
const DEEPEST: usize = 64;

/// A file of the host's, read whole.
pub fn read(path: &Path) -> Result<Vec<u8>, BuildError> {
    std::fs::read(path).map_err(|error| BuildError::Unreadable(path.to_owned(), error))
}

impl Tree {
    /// Puts a directory, and those above it, into the tree.
    pub fn directory(&mut self, path: &str) -> Result<(), BuildError> {
        if path.is_empty() || path == "/" {
            return Ok(());
        }
        match self.nodes.get(path) {
            Some(node) if node.kind == Kind::Directory => return Ok(()),
            Some(_) => return Err(BuildError::Twice(path.to_owned())),
            None => {}
        }
        self.directory(path.rsplit_once('/').map_or("", |(parent, _)| parent))?;
        let (kind, mode) = (Kind::Directory, 0o755);
        let node = Node {
            kind,
            mode,
            content: Vec::new(),
        };
        self.nodes.insert(path.to_owned(), node);
        Ok(())
    }

    /// Puts a file into the tree. The same once more is no mistake.
    pub fn file(&mut self, path: &str, mode: u32, content: Vec<u8>) -> Result<(), BuildError> {
        self.directory(path.rsplit_once('/').map_or("", |(parent, _)| parent))?;
        let node = Node {
            kind: Kind::File,
            mode,
            content,
        };
        match self.nodes.get(path) {
            Some(there) if there.kind == Kind::File && there.content == node.content => Ok(()),
            Some(_) => Err(BuildError::Twice(path.to_owned())),
            None => {
                self.nodes.insert(path.to_owned(), node);
                Ok(())
            }
        }
    }

    /// Puts a copy of a file or directory of the host's into the tree, with what its links lead to.
    pub fn copy(&mut self, path: &str, host: &Path) -> Result<(), BuildError> {
        self.copy_below(path, host, 0)
    }

    fn copy_below(&mut self, path: &str, host: &Path, depth: usize) -> Result<(), BuildError> {
        let unreadable = |error| BuildError::Unreadable(host.to_owned(), error);
        let metadata = std::fs::metadata(host).map_err(unreadable)?;
        if metadata.is_file() {
            use std::os::unix::fs::PermissionsExt;
            let executable = metadata.permissions().mode() & 0o100 != 0;
            return self.file(path, if executable { 0o755 } else { 0o644 }, read(host)?);
        }
        if !metadata.is_dir() {
            return Err(BuildError::Unfit(host.to_owned(), "neither a file nor a directory"));
        }
        if depth > DEEPEST {
            return Err(BuildError::Unfit(
                host.to_owned(),
                "directories too deep, or links in a circle",
            ));
        }
        self.directory(path)?;
        for entry in std::fs::read_dir(host).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            let name = entry.file_name();
            let name = name
                .to_str()
                .ok_or(BuildError::Unfit(entry.path(), "a name that is no UTF-8"))?;
            self.copy_below(&format!("{path}/{name}"), &entry.path(), depth + 1)?;
        }
        Ok(())
    }

    /// Is there something at a path?
    pub fn contains(&self, path: &str) -> bool {
        self.nodes.contains_key(path)
    }

    /// Files at or below a path, with their contents.
    pub fn files<'a>(&'a self, below: &'a str) -> impl Iterator<Item = (&'a str, &'a [u8])> {
        let nodes = self.nodes.range(below.to_owned()..);
        let inside = nodes.take_while(move |(path, _)| path.starts_with(below));
        inside
            .filter(move |(path, node)| {
                node.kind == Kind::File && matches!(path.as_bytes().get(below.len()), None | Some(b'/'))
            })
            .map(|(path, node)| (path.as_str(), node.content.as_slice()))
    }

    /// All of it, as it is packed.
    pub fn items(&self) -> Vec<Item<'_>> {
        self.nodes
            .iter()
            .map(|(path, node)| Item {
                path,
                kind: node.kind,
                mode: node.mode,
                content: &node.content,
            })
            .collect()
    }
}

//! Builds image files: one file that holds all that a program needs to run in a VM of its own.
//!
//! An image is an ELF file. Its first segments are the kernel for monitors other than Peaberry's own, the last one is a package
//! (`peaberry_package`): guest program, the class library trimmed to the modules that the program needs, the program's files,
//! its arguments, environment and configuration.

mod application;
mod class_path;
mod class_writer;
mod descriptor;
mod elf;
mod graph;
mod jimage;
mod library;
mod references;
mod system_modules;
mod tree;
mod units;

pub use application::{Argument, DIRECTORY};
pub use class_path::{ManifestEntry, manifest_entries};
pub use library::HOME;

use application::Application;
use library::Library;
use peaberry_package as package;
use references::References;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use tree::Tree;
use units::InUnits;

/// Why an image cannot be built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// A file cannot be read.
    #[error("cannot read {0}: {1}")]
    Unreadable(PathBuf, std::io::Error),
    /// The image cannot be written.
    #[error("cannot write {0}: {1}")]
    Unwritable(PathBuf, std::io::Error),
    /// The class library is damaged.
    #[error(transparent)]
    Archive(#[from] peaberry_classfile::archive::ArchiveError),
    /// A file is not what it must be.
    #[error("{0}: {1}")]
    Unfit(PathBuf, &'static str),
    /// Two different files have the same place.
    #[error("two different files would be {0}")]
    Twice(String),
    /// A module that the class library does not have was asked for.
    #[error("there is no module {0}")]
    NoModule(String),
}

/// What an image is made of.
#[derive(Debug)]
pub struct Recipe {
    /// The JDK whose class library it gets.
    pub jdk: PathBuf,
    /// The guest program.
    pub guest: PathBuf,
    /// The kernel for other monitors.
    pub kernel: Option<PathBuf>,
    /// All of the class library.
    pub whole: bool,
    /// Leave the classes that programs begin with as they are: a bigger image, a faster start.
    pub fast_start: bool,
    /// Modules that are to be in it besides those the program refers to.
    pub modules: Vec<String>,
    /// The launcher's arguments and the program's.
    pub arguments: Vec<Argument>,
    /// Its environment, as `NAME=value`.
    pub environment: Vec<String>,
    /// What `peaberry boot --config` would read.
    pub configuration: String,
}

/// What was built.
#[derive(Debug)]
pub struct Built {
    /// Length of the image file.
    pub length: u64,
    /// Modules of the class library in it.
    pub modules: BTreeSet<String>,
    /// What is worth a warning.
    pub warnings: Vec<String>,
}

/// Most bytes of what is packed into an image that is to be a small one: `Hello, world` is to have no more than 25 MB.
const MOST_OF_SMALL: u64 = 24_940_000;

/// Each text with a zero byte behind it.
fn lines(texts: &[String]) -> Vec<u8> {
    texts
        .iter()
        .flat_map(|text| [text.as_bytes(), b"\0"].concat())
        .collect()
}

/// Builds an image and writes it to a file.
pub fn build(recipe: &Recipe, output: &Path) -> Result<Built, BuildError> {
    let library = Library::open(&recipe.jdk)?;
    let mut tree = Tree::default();
    let mut application = Application::new(&mut tree)?;
    let mut arguments = ["peaberry", "--jdk", HOME].map(String::from).to_vec();
    for argument in &recipe.arguments {
        arguments.push(application.argument(argument)?);
    }
    let warnings = application.warnings;
    let modules = match recipe.whole {
        true => library.graph.names(),
        false => {
            let mut references = References::default();
            tree.files(DIRECTORY)
                .for_each(|(name, bytes)| references.add(name, bytes));
            let (modules, missing) = library.modules_for(&references, &recipe.modules);
            // Modules of the application's own are asked for in the same way.
            let own = own_modules(&tree);
            match missing
                .into_iter()
                .find(|name| recipe.modules.contains(name) && !own.contains(name))
            {
                Some(name) => return Err(BuildError::NoModule(name)),
                None => modules,
            }
        }
    };
    library.pack_files(&mut tree, &modules)?;
    let guest = elf::stripped(tree::read(&recipe.guest)?, &recipe.guest)?;
    for (path, mode, content) in [
        (package::GUEST, 0o755, guest),
        (package::ARGUMENTS, 0o644, lines(&arguments)),
        (package::ENVIRONMENT, 0o644, lines(&recipe.environment)),
        (package::DIRECTORY, 0o644, DIRECTORY.as_bytes().to_vec()),
        (package::CONFIGURATION, 0o644, recipe.configuration.clone().into_bytes()),
    ] {
        tree.file(path, mode, content)?;
    }
    let kernel = recipe
        .kernel
        .as_deref()
        .zip(recipe.kernel.as_deref().map(tree::read).transpose()?);
    let kernel = kernel.as_ref().map(|(path, bytes)| (*path, bytes.as_slice()));
    let place = elf::head(kernel, 0)?.len() as u64;
    let others = place + length_beside_library(&tree, place);
    library.pack(
        &mut tree,
        &modules,
        recipe.fast_start,
        MOST_OF_SMALL.saturating_sub(others),
    )?;
    let length = write(&tree, kernel, output)?;
    Ok(Built {
        length,
        modules,
        warnings,
    })
}

/// Names that files of the application give to modules: descriptors, and file names of jars.
fn own_modules(tree: &Tree) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for (path, bytes) in tree.files(DIRECTORY) {
        let file = path.rsplit('/').next().unwrap_or(path);
        let zip = || peaberry_classfile::archive::Zip::from_bytes(Path::new(path), bytes.into()).ok();
        let info = match file {
            "module-info.class" => Some(bytes.to_vec()),
            _ if file.ends_with(".jar") => zip().and_then(|zip| zip.read("module-info.class").ok().flatten()),
            _ => None,
        };
        names.extend(info.and_then(|info| Some(descriptor::Descriptor::read(&info)?.name)));
        names.extend(file.strip_suffix(".jar").map(String::from));
    }
    names
}

/// What a package that begins at `place` takes for all but the class library, where that is in it, too.
fn length_beside_library(tree: &Tree, place: u64) -> u64 {
    let library = vec![0; package::BIG as usize];
    let mut items = tree.items();
    items.push(package::Item {
        path: HOME,
        kind: package::Kind::File,
        mode: 0,
        content: &library,
    });
    package::length(&items, place) - package::BIG
}

/// Writes the file beside its place and renames it, so that no one finds half of it.
fn write(tree: &Tree, kernel: Option<(&Path, &[u8])>, output: &Path) -> Result<u64, BuildError> {
    let items = tree.items();
    let place = elf::head(kernel, 0)?.len() as u64;
    let length = package::length(&items, place);
    let head = elf::head(kernel, length)?;
    let name = output.file_name().unwrap_or_default().to_string_lossy();
    let beside = output.with_file_name(format!(".{name}.{}", std::process::id()));
    let unwritable = |error| BuildError::Unwritable(output.to_owned(), error);
    let written = std::fs::File::create(&beside).and_then(|file| {
        let mut file = InUnits::new(file);
        file.take(&head)?;
        package::write(&items, place, |piece| file.take(piece))?;
        file.end()?;
        std::fs::rename(&beside, output)
    });
    if written.is_err() {
        let _ = std::fs::remove_file(&beside);
    }
    written.map_err(unwritable)?;
    Ok(head.len() as u64 + length)
}

//! Where the boot loader finds classes and resources.

use crate::options::VmOptions;
use parking_lot::Mutex;
use peaberry_classfile::archive::{ArchiveError, JImage, Jmod, Zip};
use std::borrow::Cow;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// Why the boot path could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum BootPathError {
    /// Neither `lib/modules` nor `jmods` nor exploded modules.
    #[error("no class library in {0}: neither lib/modules nor jmods nor modules/java.base")]
    NoClassLibrary(PathBuf),
    /// The image is damaged.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
}

/// A directory or archive on a path.
enum PathEntry {
    Directory(PathBuf),
    Zip(Box<Zip>),
    Missing,
}

impl PathEntry {
    fn open(path: &Path) -> PathEntry {
        if path.is_dir() {
            PathEntry::Directory(path.to_owned())
        } else {
            Zip::open(path).map_or(PathEntry::Missing, |zip| PathEntry::Zip(Box::new(zip)))
        }
    }
    fn read(&self, name: &str) -> Option<Vec<u8>> {
        match self {
            PathEntry::Directory(directory) => {
                // A class name must not lead out of the directory.
                if name.split('/').any(|part| part == "..") {
                    return None;
                }
                std::fs::read(directory.join(name)).ok()
            }
            PathEntry::Zip(zip) => zip.read(name).ok().flatten(),
            PathEntry::Missing => None,
        }
    }
}

/// The modules of the class library.
enum Library {
    Image(Box<JImage>),
    Jmods(Box<Jmods>),
    Exploded(PathBuf),
}

struct Jmods {
    directory: PathBuf,
    open: Mutex<HashMap<String, Option<std::sync::Arc<Jmod>>>>,
    /// Module of each package, read from all archives at the first question.
    packages: std::sync::OnceLock<HashMap<String, String>>,
}

impl Jmods {
    fn module(&self, name: &str) -> Option<std::sync::Arc<Jmod>> {
        let mut open = self.open.lock();
        let entry = open.entry(name.to_owned());
        entry
            .or_insert_with(|| {
                Jmod::open(&self.directory.join(format!("{name}.jmod")))
                    .ok()
                    .map(std::sync::Arc::new)
            })
            .clone()
    }
    fn packages(&self) -> &HashMap<String, String> {
        self.packages.get_or_init(|| {
            let mut packages = HashMap::new();
            for file in std::fs::read_dir(&self.directory).into_iter().flatten().flatten() {
                let path = file.path();
                let Some(name) = path.file_stem().and_then(|s| s.to_str()).map(str::to_owned) else {
                    continue;
                };
                let Some(jmod) = self.module(&name) else { continue };
                for entry in jmod.names() {
                    let entry = entry.strip_prefix("classes/").unwrap_or(entry);
                    if let Some(class) = entry.strip_suffix(".class")
                        && let Some((package, _)) = class.rsplit_once('/')
                    {
                        packages.entry(package.to_owned()).or_insert_with(|| name.clone());
                    }
                }
            }
            packages
        })
    }
}

/// Bytes of a class or resource that the boot loader found.
pub enum BootEntry {
    /// In the image, for as long as the VM lives.
    Mapped(&'static [u8]),
    /// Read or decompressed.
    Owned(Vec<u8>),
}

impl BootEntry {
    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        match self {
            BootEntry::Mapped(bytes) => bytes,
            BootEntry::Owned(bytes) => bytes,
        }
    }
}

/// The boot loader's path.
pub struct BootPath {
    class_library: Library,
    home: PathBuf,
    patches: Vec<(String, Vec<PathEntry>)>,
    append: Mutex<Vec<(PathBuf, std::sync::Arc<PathEntry>)>>,
}

impl BootPath {
    /// Opens the class library of `options.java_home`, the patches and the appended entries.
    pub fn open(options: &VmOptions) -> Result<BootPath, BootPathError> {
        let home = &options.java_home;
        let image = home.join("lib/modules");
        let class_library = if let Some(image) = JImage::open_if_present(&image)? {
            Library::Image(Box::new(image))
        } else if home.join("jmods/java.base.jmod").is_file() {
            let jmods = Jmods {
                directory: home.join("jmods"),
                open: Mutex::default(),
                packages: Default::default(),
            };
            Library::Jmods(Box::new(jmods))
        } else if home.join("modules/java.base").is_dir() {
            Library::Exploded(home.join("modules"))
        } else {
            return Err(BootPathError::NoClassLibrary(home.clone()));
        };
        let patches = options
            .patch_modules
            .iter()
            .map(|(module, paths)| (module.clone(), paths.iter().map(|p| PathEntry::open(p)).collect()))
            .collect();
        let append = options
            .boot_append
            .iter()
            .map(|p| (p.clone(), std::sync::Arc::new(PathEntry::open(p))))
            .collect();
        Ok(BootPath {
            class_library,
            home: home.clone(),
            patches,
            append: Mutex::new(append),
        })
    }
    /// The home of the class library.
    pub fn home(&self) -> &Path {
        &self.home
    }
    /// The mapped image, when the class library is one.
    pub fn image(&self) -> Option<&JImage> {
        match &self.class_library {
            Library::Image(image) => Some(image),
            _ => None,
        }
    }
    /// Adds an entry at the end (`-Xbootclasspath/a`, instrumentation).
    pub fn append(&self, path: &Path) {
        self.append
            .lock()
            .push((path.to_owned(), std::sync::Arc::new(PathEntry::open(path))));
    }
    /// Is anything appended?
    pub fn has_append(&self) -> bool {
        !self.append.lock().is_empty()
    }
    /// Is the module patched?
    pub fn is_patched(&self, module: &str) -> bool {
        self.patches.iter().any(|(name, _)| name == module)
    }
    /// A class (internal name) of a module: its patches first.
    pub fn find_class(&self, module: &[u8], name: &[u8]) -> Option<BootEntry> {
        if !self.patches.is_empty() {
            let module = std::str::from_utf8(module).ok()?;
            let file = format!("{}.class", std::str::from_utf8(name).ok()?);
            if let Some(found) = self.find_in_patches(module, &file) {
                return Some(found);
            }
        }
        if let Library::Image(image) = &self.class_library {
            return self.image_bytes(image, image.find_class(module, name)?);
        }
        let file = format!("{}.class", std::str::from_utf8(name).ok()?);
        self.find_in_library(std::str::from_utf8(module).ok()?, &file)
    }
    /// A resource of a module: its patches first.
    pub fn find_resource(&self, module: &str, path: &str) -> Option<BootEntry> {
        self.find_in_patches(module, path)
            .or_else(|| self.find_in_library(module, path))
    }
    /// A class in the appended entries: the boot loader's unnamed module. With the entry it came from.
    pub fn find_appended(&self, path: &str) -> Option<(BootEntry, PathBuf)> {
        let entries = self.append.lock().clone();
        entries
            .iter()
            .find_map(|(source, entry)| Some((BootEntry::Owned(entry.read(path)?), source.clone())))
    }
    /// The module of the class library that has classes in a package (internal form).
    pub fn module_of_package(&self, package: &[u8]) -> Option<String> {
        match &self.class_library {
            Library::Image(image) => image
                .package_to_module(package)
                .map(|name| String::from_utf8_lossy(name).into_owned()),
            Library::Jmods(jmods) => jmods.packages().get(std::str::from_utf8(package).ok()?).cloned(),
            Library::Exploded(root) => {
                let package = std::str::from_utf8(package).ok()?;
                let modules = std::fs::read_dir(root).ok()?.flatten();
                modules
                    .map(|m| m.path())
                    .find(|m| m.join(package).is_dir())
                    .and_then(|m| m.file_name().and_then(|name| name.to_str()).map(str::to_owned))
            }
        }
    }
    fn find_in_patches(&self, module: &str, path: &str) -> Option<BootEntry> {
        let (_, entries) = self.patches.iter().find(|(name, _)| name == module)?;
        entries.iter().find_map(|entry| entry.read(path)).map(BootEntry::Owned)
    }
    fn find_in_library(&self, module: &str, path: &str) -> Option<BootEntry> {
        match &self.class_library {
            Library::Image(image) => self.image_bytes(image, image.find(module.as_bytes(), path.as_bytes())?),
            Library::Jmods(jmods) => jmods.module(module)?.read(path).ok()?.map(BootEntry::Owned),
            Library::Exploded(root) => PathEntry::Directory(root.join(module)).read(path).map(BootEntry::Owned),
        }
    }
    fn image_bytes(&self, image: &JImage, resource: peaberry_classfile::archive::Resource<'_>) -> Option<BootEntry> {
        Some(match image.bytes_to_keep(&resource).ok()? {
            Cow::Borrowed(bytes) => {
                // SAFETY: the mapping lives as long as this path, which lives as long as the VM and all its classes.
                BootEntry::Mapped(unsafe { std::slice::from_raw_parts(bytes.as_ptr(), bytes.len()) })
            }
            Cow::Owned(bytes) => BootEntry::Owned(bytes),
        })
    }
}

//! The class library of a JDK, and the part of it that goes into an image.

use crate::BuildError;
use crate::descriptor::{Descriptor, major_version};
use crate::graph::Graph;
use crate::jimage::{self, Resource};
use crate::references::References;
use crate::system_modules;
use crate::tree::{Tree, read};
use peaberry_classfile::archive::JImage;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};

/// Where the class library lies in an image.
pub const HOME: &str = "/java";

/// Files that the class library reads besides `lib/modules`.
const FILES: &[&str] = &["conf", "lib/security", "lib/tzdb.dat", "NOTICE"];

/// Files that a module's classes read.
const FILES_OF_MODULES: &[(&str, &str)] = &[
    ("java.desktop", "lib/psfontj2d.properties"),
    ("java.desktop", "lib/psfont.properties.ja"),
    ("jdk.compiler", "lib/ct.sym"),
    ("jdk.jfr", "lib/jfr"),
];

/// Classes of `java.base` that a start loads, and what most programs load next.
fn first_classes<'a>() -> impl Iterator<Item = &'a str> {
    let lines = include_str!("first_classes.txt").lines();
    lines.filter(|line| !line.starts_with('#'))
}

/// Leaves classes that a start loads as they are, as far as all in all no more than so many bytes come of it, those first that compression
/// makes least of. False when nothing changes.
fn leave(resources: &mut [Resource], budget: u64) -> bool {
    let first: HashSet<String> = first_classes().map(|name| format!("{name}.class")).collect();
    let mut costs: Vec<(u64, u64, usize)> = Vec::new();
    for (index, resource) in resources.iter().enumerate() {
        if resource.compress && resource.module == "java.base" && first.contains(&resource.path) {
            let whole = resource.content.len() as u64;
            costs.push((whole - jimage::packed_size(&resource.content), whole, index));
        }
    }
    // What is saved of a byte.
    costs.sort_by(|one, other| (one.0 * other.1).cmp(&(other.0 * one.1)).then(one.2.cmp(&other.2)));
    let (mut spent, mut changed) = (0u64, false);
    for (cost, _, index) in costs {
        spent += cost;
        if spent > budget {
            break;
        }
        resources[index].compress = false;
        changed = true;
    }
    changed
}

/// Providers of services that `java.base` uses, for programs that refer to what asks for them. Of a member, `Type.name`; of
/// a type, `Type`; of all in a package, `package/`; empty: for all programs.
const PROVIDERS: &[(&str, &[&str])] = &[
    ("jdk.zipfs", &[""]),
    (
        "jdk.crypto.ec",
        &[
            "javax/net/ssl/",
            "javax/crypto/",
            "java/security/",
            "java/net/http/",
            "java/net/URL",
        ],
    ),
    ("jdk.random", &["java/util/random/"]),
    ("jdk.net", &["java/net/", "java/nio/channels/"]),
    ("java.logging", &["java/lang/System.getLogger"]),
    (
        "jdk.charsets",
        &[
            "java/nio/charset/Charset.forName",
            "java/nio/charset/Charset.isSupported",
            "java/nio/charset/Charset.availableCharsets",
        ],
    ),
    (
        "jdk.localedata",
        &[
            "java/util/Locale.<init>",
            "java/util/Locale.of",
            "java/util/Locale.forLanguageTag",
            "java/util/Locale.getAvailableLocales",
            "java/util/Locale$Builder",
            "java/util/Locale.FRENCH",
            "java/util/Locale.FRANCE",
            "java/util/Locale.GERMAN",
            "java/util/Locale.GERMANY",
            "java/util/Locale.ITALIAN",
            "java/util/Locale.ITALY",
            "java/util/Locale.JAPANESE",
            "java/util/Locale.JAPAN",
            "java/util/Locale.KOREAN",
            "java/util/Locale.KOREA",
            "java/util/Locale.CHINESE",
            "java/util/Locale.CHINA",
            "java/util/Locale.PRC",
            "java/util/Locale.SIMPLIFIED_CHINESE",
            "java/util/Locale.TRADITIONAL_CHINESE",
            "java/util/Locale.TAIWAN",
            "java/util/Locale.UK",
            "java/util/Locale.CANADA",
            "java/util/Locale.CANADA_FRENCH",
        ],
    ),
];

/// An opened class library.
pub struct Library {
    home: PathBuf,
    modules: JImage,
    /// Its modules.
    pub graph: Graph,
}

impl Library {
    /// Opens a JDK's.
    pub fn open(home: &Path) -> Result<Library, BuildError> {
        let path = home.join("lib/modules");
        if !path.is_file() {
            return Err(BuildError::Unfit(home.to_owned(), "no JDK with lib/modules"));
        }
        let modules = JImage::open(&path).map_err(BuildError::Archive)?;
        let mut descriptors = Vec::new();
        for name in modules.modules() {
            let info = modules.find(name, b"module-info.class");
            let bytes = info
                .map(|info| modules.bytes(&info))
                .transpose()
                .map_err(BuildError::Archive)?;
            let descriptor = bytes.and_then(|bytes| Descriptor::read(&bytes));
            descriptors.push(descriptor.ok_or(BuildError::Unfit(path.clone(), "a module without a descriptor"))?);
        }
        Ok(Library {
            home: home.to_owned(),
            graph: Graph::new(descriptors),
            modules,
        })
    }

    /// The modules of the class library that a program needs which has these references, requires these modules, and asks
    /// for these others. The second part is names asked for that there are no modules of.
    pub fn modules_for(&self, references: &References, asked: &[String]) -> (BTreeSet<String>, BTreeSet<String>) {
        let of_package = |package: &String| self.modules.package_to_module(package.as_bytes());
        let found = references.packages.iter().filter_map(of_package);
        let found = found.map(|name| String::from_utf8_lossy(name).into_owned());
        let provides = |rules: &&[&str]| {
            rules.iter().any(|rule| match rule.strip_suffix('/') {
                _ if rule.is_empty() => true,
                Some(package) => references.packages.contains(package),
                None => references.members.contains(*rule),
            })
        };
        let providers = PROVIDERS
            .iter()
            .filter(|(module, rules)| self.graph.descriptor(module).is_some() && provides(rules));
        let providers = providers.map(|(module, _)| (*module).to_owned());
        self.graph.needed(found.chain(providers).chain(asked.iter().cloned()))
    }

    /// Puts the files that go with these modules into the tree.
    pub fn pack_files(&self, tree: &mut Tree, modules: &BTreeSet<String>) -> Result<(), BuildError> {
        let of_modules = FILES_OF_MODULES.iter().filter(|(module, _)| modules.contains(*module));
        let mut files: Vec<String> = FILES
            .iter()
            .copied()
            .chain(of_modules.map(|(_, file)| *file))
            .map(String::from)
            .collect();
        files.extend(modules.iter().map(|module| format!("legal/{module}")));
        for file in files {
            // What a JDK does not have, or links to in vain, is not missed by it either.
            let host = self.home.join(&file);
            if host.exists() {
                self.copy(tree, &format!("{HOME}/{file}"), &host)?;
            }
        }
        let release = self.home.join("release");
        if release.exists() {
            let text = String::from_utf8_lossy(&read(&release)?).into_owned();
            let names = modules.iter().cloned().collect::<Vec<_>>().join(" ");
            let line = |line: &str| match line.starts_with("MODULES=") {
                true => format!("MODULES=\"{names}\"\n"),
                false => format!("{line}\n"),
            };
            let text: String = text.lines().map(line).collect();
            tree.file(&format!("{HOME}/release"), 0o644, text.into_bytes())?;
        }
        Ok(())
    }

    /// Copies what is there: links of a distribution's packages may lead nowhere.
    fn copy(&self, tree: &mut Tree, path: &str, host: &Path) -> Result<(), BuildError> {
        if !host.is_dir() {
            return tree.copy(path, host);
        }
        let unreadable = |error| BuildError::Unreadable(host.to_owned(), error);
        for entry in std::fs::read_dir(host).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?.path();
            if let Some(name) = entry.file_name().and_then(|name| name.to_str())
                && entry.exists()
            {
                self.copy(tree, &format!("{path}/{name}"), &entry)?;
            }
        }
        Ok(())
    }

    /// Puts these modules into the tree. What a start loads is not compressed, as far as that keeps them below `room` bytes, or makes no
    /// difference to that; for a fast start, neither is what the JDK's list says that programs begin with.
    pub fn pack(
        &self,
        tree: &mut Tree,
        modules: &BTreeSet<String>,
        fast_start: bool,
        room: u64,
    ) -> Result<(), BuildError> {
        let mut resources = self.resources(modules, fast_start)?;
        let write = |resources: &[Resource]| {
            let written = jimage::write(resources);
            written.ok_or_else(|| BuildError::Unfit(self.home.clone(), "its modules do not fit into one file"))
        };
        let mut image = write(&resources)?;
        let budget = match room.checked_sub(image.len() as u64) {
            _ if fast_start => 0,
            Some(left) => left,
            None => u64::MAX,
        };
        if leave(&mut resources, budget) {
            image = write(&resources)?;
        }
        tree.file(&format!("{HOME}/lib/modules"), 0o644, image)
    }

    /// What is written into `lib/modules`: first what a start loads, then what the JDK's list says that programs begin with, so that a start
    /// reads few pages, all near each other; for a fast start, that is not compressed.
    fn resources(&self, modules: &BTreeSet<String>, fast_start: bool) -> Result<Vec<Resource>, BuildError> {
        let list = std::fs::read_to_string(self.home.join("lib/classlist")).unwrap_or_default();
        let names = list.lines().filter(|line| !line.starts_with(['#', '@']));
        let names = names.filter_map(|line| line.split_whitespace().next());
        let names = first_classes().chain(names);
        let mut places: HashMap<String, usize> = HashMap::new();
        for (place, name) in names.enumerate() {
            places.entry(format!("{name}.class")).or_insert(place);
        }
        let whole = self.graph.names() == *modules;
        let mut rows = Vec::new();
        for resource in self.modules.resources() {
            let (Ok(module), Ok(path)) = (
                String::from_utf8(resource.module.to_vec()),
                String::from_utf8(resource.path()),
            ) else {
                continue;
            };
            let replaced = !whole
                && (path.starts_with(system_modules::PREFIX) || path == format!("{}.class", system_modules::MAP));
            if modules.contains(&module) && !replaced {
                let content = self.modules.bytes(&resource).map_err(BuildError::Archive)?.into_owned();
                rows.push((places.get(&path).copied(), module, path, content));
            }
        }
        if !whole {
            let too_big = || BuildError::Unfit(self.home.clone(), "its module graph does not fit into a class");
            let major = self.major()?;
            let classes = system_modules::classes(&self.graph, modules, major).ok_or_else(too_big)?;
            for (name, content) in classes {
                rows.push((Some(0), "java.base".to_owned(), format!("{name}.class"), content));
            }
        }
        rows.sort_by(|one, other| {
            (one.0.is_none(), one.0, &one.1, &one.2).cmp(&(other.0.is_none(), other.0, &other.1, &other.2))
        });
        let resource = |(place, module, path, content): (Option<usize>, String, String, Vec<u8>)| Resource {
            module,
            path,
            content,
            compress: !fast_start || place.is_none(),
        };
        Ok(rows.into_iter().map(resource).collect())
    }

    /// The class file version of the class library.
    fn major(&self) -> Result<u16, BuildError> {
        let object = self.modules.find(b"java.base", b"java/lang/Object.class");
        let bytes = object.and_then(|object| self.modules.bytes(&object).ok());
        let major = bytes.and_then(|bytes| major_version(&bytes));
        major.ok_or(BuildError::Unfit(self.home.clone(), "no java.lang.Object"))
    }
}

//! What a module's `module-info.class` says.

use peaberry_classfile::{ClassFile, ParseOptions, parse};

/// `requires` of a module that is wanted when the module is compiled alone.
pub const STATIC: u16 = 0x40;
/// `requires transitive`.
pub const TRANSITIVE: u16 = 0x20;
/// An open module.
pub const OPEN: u16 = 0x20;
/// Not written in the source.
pub const SYNTHETIC: u16 = 0x1000;
/// Implied by the language.
pub const MANDATED: u16 = 0x8000;
/// Of `ModuleResolution`: not among the modules that are resolved when nothing is said.
const DO_NOT_RESOLVE: u16 = 1;
/// Of `ModuleResolution`: with the warning that it is incubating.
const INCUBATING: u16 = 8;

/// A required module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requires {
    /// Its name.
    pub module: String,
    /// [`STATIC`], [`TRANSITIVE`], [`SYNTHETIC`], [`MANDATED`].
    pub flags: u16,
    /// Its version when this module was compiled.
    pub version: Option<String>,
}

/// An exported or opened package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    /// Its name, with dots.
    pub name: String,
    /// [`SYNTHETIC`], [`MANDATED`].
    pub flags: u16,
    /// The modules it is for; empty for all.
    pub targets: Vec<String>,
}

/// A module. Names of packages and classes are spelled with dots.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Descriptor {
    /// Its name.
    pub name: String,
    /// [`OPEN`], [`SYNTHETIC`], [`MANDATED`].
    pub flags: u16,
    /// Its version.
    pub version: Option<String>,
    /// Modules it requires.
    pub requires: Vec<Requires>,
    /// Packages it exports.
    pub exports: Vec<Package>,
    /// Packages it opens.
    pub opens: Vec<Package>,
    /// Services it uses.
    pub uses: Vec<String>,
    /// Services it provides, and by which classes.
    pub provides: Vec<(String, Vec<String>)>,
    /// All of its packages.
    pub packages: Vec<String>,
    /// Its main class.
    pub main_class: Option<String>,
    /// The platform it is for.
    pub target: Option<String>,
    /// Flags of `ModuleResolution`.
    pub resolution: u16,
}

fn dotted(name: &[u8]) -> Option<String> {
    Some(std::str::from_utf8(name).ok()?.replace('/', "."))
}

impl Descriptor {
    /// Reads a `module-info.class`; `None` when it is none.
    pub fn read(bytes: &[u8]) -> Option<Descriptor> {
        let options = ParseOptions {
            allow_module: true,
            verify: false,
            max_major: u16::MAX,
            ..ParseOptions::default()
        };
        let class = parse(bytes, &options).ok()?;
        let module = class.attributes.module.as_ref()?;
        let pool = &class.constant_pool;
        let text = |index: u16| dotted(pool.utf8(index)?);
        // Names of modules have dots of their own, versions may have slashes.
        let plain = |index: u16| std::str::from_utf8(pool.utf8(index)?).ok().map(String::from);
        let named = |index: u16| dotted(pool.module_or_package(index)?);
        let type_name = |index: u16| dotted(pool.class_name(index)?);
        let package = |row: &peaberry_classfile::model::ModulePackage<'_>| {
            Some(Package {
                name: named(row.package)?,
                flags: row.flags,
                targets: row.to.iter().map(named).collect::<Option<_>>()?,
            })
        };
        let mut descriptor = Descriptor {
            name: named(module.name)?,
            flags: module.flags,
            version: plain(module.version),
            requires: module
                .requires
                .iter()
                .map(|row| {
                    Some(Requires {
                        module: named(row.module)?,
                        flags: row.flags,
                        version: plain(row.version),
                    })
                })
                .collect::<Option<_>>()?,
            exports: module.exports.iter().map(package).collect::<Option<_>>()?,
            opens: module.opens.iter().map(package).collect::<Option<_>>()?,
            uses: module.uses.iter().map(type_name).collect::<Option<_>>()?,
            provides: module
                .provides
                .iter()
                .map(|row| {
                    Some((
                        type_name(row.service)?,
                        row.with.iter().map(type_name).collect::<Option<_>>()?,
                    ))
                })
                .collect::<Option<_>>()?,
            packages: match &class.attributes.module_packages {
                Some(packages) => packages.iter().map(named).collect::<Option<_>>()?,
                None => Vec::new(),
            },
            main_class: class.attributes.module_main_class.and_then(type_name),
            target: None,
            resolution: 0,
        };
        let word = |content: &[u8]| content.first_chunk().map(|bytes| u16::from_be_bytes(*bytes));
        for attribute in class.raw_attributes.iter() {
            match pool.utf8(attribute.name_index) {
                Some(b"ModuleTarget") => descriptor.target = word(attribute.content).and_then(text),
                Some(b"ModuleResolution") => descriptor.resolution = word(attribute.content)?,
                _ => {}
            }
        }
        Some(descriptor)
    }

    /// Is it among the modules that are resolved when nothing is said?
    pub fn is_default_root(&self) -> bool {
        let exports = self.exports.iter().any(|package| package.targets.is_empty());
        exports && self.resolution & DO_NOT_RESOLVE == 0
    }

    /// Does its use bring a warning?
    pub fn is_incubating(&self) -> bool {
        self.resolution & INCUBATING != 0
    }

    /// `ModuleDescriptor.hashCode` of it.
    pub fn hash(&self) -> i32 {
        let modifiers = |flags: u16, names: &[(u16, &str)]| {
            sum(names
                .iter()
                .filter(|(flag, _)| flags & flag != 0)
                .map(|(_, name)| text_hash(name)))
        };
        let origin = [(SYNTHETIC, "SYNTHETIC"), (MANDATED, "MANDATED")];
        let requires = self.requires.iter().map(|row| {
            let names = [(TRANSITIVE, "TRANSITIVE"), (STATIC, "STATIC"), origin[0], origin[1]];
            let hash = mixed(text_hash(&row.module), modifiers(row.flags, &names));
            row.version
                .as_ref()
                .map_or(hash, |version| mixed(hash, text_hash(version)))
        });
        let packages = |rows: &[Package]| {
            sum(rows.iter().map(|row| {
                let hash = mixed(modifiers(row.flags, &origin), text_hash(&row.name));
                mixed(hash, sum(row.targets.iter().map(|target| text_hash(target))))
            }))
        };
        let provides = self.provides.iter().map(|(service, providers)| {
            let list = providers
                .iter()
                .fold(1i32, |hash, one| hash.wrapping_mul(31).wrapping_add(text_hash(one)));
            mixed(text_hash(service), list)
        });
        let optional = |text: &Option<String>| text.as_ref().map_or(0, |text| text_hash(text));
        let own = [(OPEN, "OPEN"), origin[0], origin[1]];
        let parts = [
            modifiers(self.flags, &own),
            sum(requires),
            sum(self.packages.iter().map(|package| text_hash(package))),
            packages(&self.exports),
            packages(&self.opens),
            sum(self.uses.iter().map(|service| text_hash(service))),
            sum(provides),
            optional(&self.version),
            0,
            optional(&self.main_class),
        ];
        match parts.into_iter().fold(text_hash(&self.name), mixed) {
            0 => -1,
            hash => hash,
        }
    }
}

/// `String.hashCode` of what is ASCII, as names in module descriptors of the class library are.
fn text_hash(text: &str) -> i32 {
    text.encode_utf16()
        .fold(0i32, |hash, unit| hash.wrapping_mul(31).wrapping_add(i32::from(unit)))
}

fn mixed(hash: i32, other: i32) -> i32 {
    hash.wrapping_mul(43).wrapping_add(other)
}

fn sum(hashes: impl Iterator<Item = i32>) -> i32 {
    hashes.fold(0, i32::wrapping_add)
}

/// The major version of a class file.
pub fn major_version(class: &[u8]) -> Option<u16> {
    let parsed: ClassFile<'_> = parse(
        class,
        &ParseOptions {
            verify: false,
            max_major: u16::MAX,
            ..ParseOptions::default()
        },
    )
    .ok()?;
    Some(parsed.major_version)
}

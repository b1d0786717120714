//! Modules and run-time packages: what the natives of `java.lang.Module` tell the VM, and what access checks ask.

use super::build::package_of;
use super::{LoaderData, loader_data_for};
use crate::known::KnownField;
use crate::log::{Level, TagSet};
use crate::method_area::symbol::QuickSet;
use crate::method_area::{ClassPtr, LinkCell, Sym};
use crate::object::{array_get_ref, array_length};
use crate::options::VerifyMode;
use crate::strings;
use crate::thread::{JResult, JavaThread};
use parking_lot::RwLock;
use peaberry_gc::layout::{AtomicNarrow, Narrow, Obj};
use std::borrow::Cow;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicU64, Ordering};

/// A module as access checks see it.
pub struct ModuleEntry {
    /// Serial number; 0 is `java.base`.
    pub id: u32,
    name: LinkCell<Option<Sym>>,
    /// The `java.lang.Module`; a root while its loader lives.
    pub(crate) module: AtomicNarrow,
    /// Its loader; null until known.
    pub(crate) loader: AtomicPtr<LoaderData>,
    version: OnceLock<String>,
    location: OnceLock<String>,
    is_open: AtomicBool,
    reads: RwLock<QuickSet<u32>>,
    reads_all_unnamed: AtomicBool,
}

/// A run-time package of a loader.
pub struct PackageEntry {
    /// Internal name.
    pub name: Sym,
    /// Its module.
    pub module: &'static ModuleEntry,
    exported_to_all: AtomicBool,
    exported_to_unnamed: AtomicBool,
    exported_to: RwLock<QuickSet<u32>>,
    /// Entry of the boot path that its first class came from, when that is not a module of the class library.
    source: OnceLock<String>,
}

impl ModuleEntry {
    pub(crate) fn unnamed(id: u32) -> ModuleEntry {
        ModuleEntry {
            id,
            name: LinkCell::new(None),
            module: AtomicNarrow::new(Narrow::NULL),
            loader: AtomicPtr::default(),
            version: OnceLock::new(),
            location: OnceLock::new(),
            is_open: AtomicBool::new(false),
            reads: RwLock::default(),
            reads_all_unnamed: AtomicBool::new(false),
        }
    }
    /// The name, none for unnamed modules.
    pub fn name(&self) -> Option<Sym> {
        self.name.get()
    }
    /// Named module?
    pub fn is_named(&self) -> bool {
        self.name.get().is_some()
    }
    /// The version it was defined with.
    pub fn version(&self) -> Option<&str> {
        self.version.get().map(String::as_str)
    }
    /// Where it came from (`jrt:/java.base`).
    pub fn location(&self) -> Option<&str> {
        self.location.get().map(String::as_str)
    }
    /// The `java.lang.Module`, null while the module system is not up.
    pub fn object(&self) -> Obj {
        self.module.load()
    }
    /// Can it read `other` (JLS §7.3)?
    pub fn can_read(&self, other: &ModuleEntry) -> bool {
        if std::ptr::eq(self, other) || !self.is_named() || other.id == 0 {
            return true;
        }
        if !other.is_named() && self.reads_all_unnamed.load(Ordering::Acquire) {
            return true;
        }
        self.reads.read().contains(&other.id)
    }
    /// Is the version to be shown in messages and stack traces: not for the class library's own modules?
    pub fn shows_version(&self, thread: &JavaThread) -> bool {
        let (Some(version), Some(location)) = (self.version(), self.location()) else {
            return self.version().is_some();
        };
        let own = location.starts_with("jrt:/java.") || location.starts_with("jrt:/jdk.");
        !(own && thread.vm().loaders.java_base.version() == Some(version))
    }
    /// `java.base`, `m@1.0`.
    pub fn name_and_version(&self, thread: &JavaThread) -> String {
        let name = self.name().map_or(Cow::Borrowed(""), |n| n.text());
        match self.version().filter(|_| self.shows_version(thread)) {
            Some(version) => format!("{name}@{version}"),
            None => name.into_owned(),
        }
    }
    /// `module m`, or `unnamed module @0x1b2c3d`.
    pub fn describe(&self, thread: &JavaThread) -> String {
        match self.name() {
            Some(name) => format!("module {name}"),
            None => format!(
                "unnamed module @0x{:x}",
                crate::monitor::identity_hash(thread, self.object())
            ),
        }
    }
    /// Forgets that it reads modules that are gone.
    pub(super) fn forget(&self, modules: &QuickSet<u32>) {
        self.reads.write().retain(|id| !modules.contains(id));
    }
    fn is_java_base(&self) -> bool {
        self.id == 0
    }
    fn loader_data(&self) -> Option<&'static LoaderData> {
        // SAFETY: loader data outlives its modules.
        unsafe { self.loader.load(Ordering::Acquire).cast_const().as_ref() }
    }
}

impl PackageEntry {
    fn new(name: Sym, module: &'static ModuleEntry) -> Box<PackageEntry> {
        Box::new(PackageEntry {
            name,
            module,
            exported_to_all: AtomicBool::new(false),
            exported_to_unnamed: AtomicBool::new(false),
            exported_to: RwLock::default(),
            source: OnceLock::new(),
        })
    }
    /// Forgets that it is exported to modules that are gone.
    pub(super) fn forget(&self, modules: &QuickSet<u32>) {
        self.exported_to.write().retain(|id| !modules.contains(id));
    }
    /// Is it exported to a module?
    pub fn is_exported_to(&self, to: &ModuleEntry) -> bool {
        !self.module.is_named()
            || std::ptr::eq(self.module, to)
            || self.exported_to_all.load(Ordering::Acquire)
            || self.module.is_open.load(Ordering::Acquire)
            || (!to.is_named() && self.exported_to_unnamed.load(Ordering::Acquire))
            || self.exported_to.read().contains(&to.id)
    }
    fn forever(&self) -> &'static PackageEntry {
        // SAFETY: boxed, and owned by a loader's data, which outlives the users of its packages.
        unsafe { &*std::ptr::from_ref(self) }
    }
}

/// The package of a class (of an array's innermost element).
pub fn package_entry_of(class: ClassPtr) -> Option<&'static PackageEntry> {
    let class = class.bottom_class.get().unwrap_or(class);
    // SAFETY: null, or an entry that outlives the class.
    unsafe { class.package_entry.load(Ordering::Acquire).cast_const().as_ref() }
}

/// The module of a class.
pub fn module_of(class: ClassPtr) -> Option<&'static ModuleEntry> {
    package_entry_of(class).map(|package| package.module)
}

/// The `java.lang.Module` of a class, null while there is none.
pub fn module_object_of(thread: &JavaThread, class: ClassPtr) -> Obj {
    let Some(module) = module_of(class) else {
        return Obj::NULL;
    };
    let object = module.object();
    if !object.is_null() || module.is_named() {
        return object;
    }
    unnamed_object(thread, module)
}

/// The object of a Java loader's unnamed module, which the loader's constructor made.
fn unnamed_object(thread: &JavaThread, module: &ModuleEntry) -> Obj {
    let loader = module.loader_data().map_or(Obj::NULL, LoaderData::object);
    if loader.is_null() {
        return Obj::NULL;
    }
    let object = thread.known_ref(loader, KnownField::ClassLoaderUnnamedModule);
    module.module.store(object);
    object
}

/// Are classes of this loader verified?
pub(super) fn should_verify(thread: &JavaThread, loader: &LoaderData) -> bool {
    match thread.vm().options.verify {
        VerifyMode::None => false,
        VerifyMode::Remote => !loader.is_boot(),
        VerifyMode::All => true,
    }
}

/// Names `java.base`; first step of boot.
pub(super) fn name_java_base(thread: &JavaThread) {
    let vm = thread.vm();
    vm.loaders.java_base.name.set(Some(vm.symbol("java.base")));
}

fn java_base(thread: &JavaThread) -> &'static ModuleEntry {
    // SAFETY: the box lives as long as the VM.
    unsafe { &*std::ptr::from_ref(&*thread.vm().loaders.java_base) }
}

/// The boot loader's package of that name, in `module` if it is new.
pub(super) fn boot_package(thread: &JavaThread, name: Sym, module: &ModuleEntry) -> &'static PackageEntry {
    // SAFETY: modules live as long as their loader, the boot loader's as long as the VM.
    let module = unsafe { &*std::ptr::from_ref(module) };
    let mut packages = thread.vm().boot_loader().packages.write();
    packages
        .entry(name)
        .or_insert_with(|| PackageEntry::new(name, module))
        .forever()
}

/// The run-time package of a class being defined.
pub(super) fn package_entry(thread: &JavaThread, loader: &'static LoaderData, name: Sym) -> &'static PackageEntry {
    if let Some(package) = loader.packages.read().get(&name) {
        return package.forever();
    }
    let before_modules = loader.is_boot() && !thread.vm().loaders.modules_ready.load(Ordering::Acquire);
    let module = if before_modules {
        java_base(thread)
    } else {
        &*loader.unnamed_module
    };
    let mut packages = loader.packages.write();
    packages
        .entry(name)
        .or_insert_with(|| PackageEntry::new(name, module))
        .forever()
}

/// The `java.lang.Module` of a class the loader is about to define; null for its unnamed module.
pub fn named_module_of(thread: &JavaThread, loader: &LoaderData, class_name: &[u8]) -> Obj {
    let Some(package) = thread.vm().symbols.find(package_of(class_name)) else {
        return Obj::NULL;
    };
    let packages = loader.packages.read();
    let module = packages.get(&package).map(|package| package.module);
    module
        .filter(|module| module.is_named())
        .map_or(Obj::NULL, ModuleEntry::object)
}

/// Module in which the boot loader is to look for a class; none: its unnamed module.
pub(super) fn boot_module_of(thread: &JavaThread, class_name: &[u8]) -> Option<Cow<'static, [u8]>> {
    let vm = thread.vm();
    if !vm.loaders.modules_ready.load(Ordering::Acquire) {
        return Some(Cow::Borrowed(b"java.base"));
    }
    let package = vm.symbols.find(package_of(class_name))?;
    let packages = vm.boot_loader().packages.read();
    let module = packages.get(&package)?.module;
    if module.is_java_base() {
        return Some(Cow::Borrowed(b"java.base"));
    }
    module.name().map(|name| Cow::Owned(name.bytes().to_vec()))
}

/// The VM's entry of a `java.lang.Module`.
pub fn entry_of(thread: &JavaThread, module: Obj) -> Option<&'static ModuleEntry> {
    let word = entry_word(thread, module);
    // SAFETY: 0 or the address of the module's entry, which outlives the object's users.
    if let Some(entry) = unsafe { (word.load(Ordering::Acquire) as *const ModuleEntry).as_ref() } {
        return Some(entry);
    }
    if !thread.known_ref(module, KnownField::ModuleName).is_null() {
        return None;
    }
    let loader = thread.known_ref(module, KnownField::ModuleLoader);
    let unnamed: &'static ModuleEntry = &loader_data_for(thread, loader).unnamed_module;
    if !unnamed.object().is_null() && unnamed.object() != module {
        return Some(unnamed);
    }
    unnamed.module.store(module);
    word.store(std::ptr::from_ref(unnamed) as u64, Ordering::Release);
    Some(unnamed)
}

fn entry_word<'a>(thread: &JavaThread, module: Obj) -> &'a AtomicU64 {
    let offset = thread.vm().loaders.module_entry_offset.get() as usize;
    // SAFETY: `java.lang.Module` has an injected long there.
    unsafe { &*module.at(offset).cast::<AtomicU64>() }
}

fn illegal_argument(thread: &mut JavaThread, message: &str) -> crate::Throw {
    thread.throw_new("java/lang/IllegalArgumentException", message)
}

fn illegal_state(thread: &mut JavaThread, message: &str) -> crate::Throw {
    thread.throw_new("java/lang/IllegalStateException", message)
}

/// A package name as a symbol, dots or slashes between its parts.
fn package_symbol(thread: &JavaThread, name: Obj) -> Sym {
    let mut bytes = strings::to_mutf8(thread, name);
    bytes.iter_mut().filter(|b| **b == b'.').for_each(|b| *b = b'/');
    thread.vm().symbol_bytes(&bytes)
}

fn optional_text(thread: &JavaThread, text: Obj) -> Option<String> {
    (!text.is_null()).then(|| strings::to_rust(thread, text))
}

/// `Module.defineModule0`.
pub fn define_module(
    thread: &mut JavaThread,
    module: Obj,
    is_open: bool,
    version: Obj,
    location: Obj,
    packages: Obj,
) -> JResult<()> {
    let vm = thread.vm();
    if module.is_null() {
        return Err(thread.throw_new("java/lang/NullPointerException", "Null module object"));
    }
    let name = thread.known_ref(module, KnownField::ModuleName);
    if name.is_null() {
        return Err(illegal_argument(thread, "Module name cannot be null"));
    }
    let name = vm.symbol_bytes(&strings::to_mutf8(thread, name));
    let loader = loader_data_for(thread, thread.known_ref(module, KnownField::ModuleLoader));
    let count = if packages.is_null() { 0 } else { array_length(packages) };
    let names: Vec<Sym> = (0..count)
        .map(|i| package_symbol(thread, array_get_ref(packages, i)))
        .collect();
    if name.bytes() == b"java.base" {
        return define_java_base(thread, module, is_open, version, location, &names);
    }
    if !loader.is_boot_or_platform()
        && let Some(package) = names
            .iter()
            .find(|p| p.bytes().starts_with(b"java/") || p.bytes() == b"java")
    {
        let message = format!(
            "Class loader (instance of): {} tried to define prohibited package name: {package}",
            loader.plain_name(thread)
        );
        return Err(illegal_argument(thread, &message));
    }
    let entry = Box::new(ModuleEntry::unnamed(vm.loaders.new_module_id()));
    entry.name.set(Some(name));
    fill(thread, &entry, loader, module, is_open, version, location);
    let mut modules = loader.modules.lock();
    if modules.iter().any(|m| m.name() == Some(name)) {
        drop(modules);
        return Err(illegal_state(thread, &format!("Module {name} is already defined")));
    }
    let mut table = loader.packages.write();
    if let Some(taken) = names.iter().find_map(|p| table.get(p)) {
        let message = match taken.module.name() {
            Some(other) => format!(
                "Package {} for module {name} is already in another module, {other}, defined to the class loader",
                taken.name.text().replace('/', ".")
            ),
            None => format!(
                "Package {} for module {name} is already in the unnamed module defined to the class loader",
                taken.name.text().replace('/', ".")
            ),
        };
        drop(table);
        drop(modules);
        return Err(illegal_state(thread, &message));
    }
    // SAFETY: owned by the loader's data from now on.
    let forever: &'static ModuleEntry = unsafe { &*std::ptr::from_ref(&*entry) };
    for package in names {
        table.insert(package, PackageEntry::new(package, forever));
    }
    drop(table);
    modules.push(entry);
    drop(modules);
    entry_word(thread, module).store(std::ptr::from_ref(forever) as u64, Ordering::Release);
    log_definition(thread, forever, count);
    Ok(())
}

fn log_definition(thread: &JavaThread, entry: &ModuleEntry, packages: usize) {
    let log = &thread.vm().log;
    let Some(name) = entry.name() else {
        return;
    };
    let (version, location) = (entry.version().unwrap_or("NULL"), entry.location().unwrap_or("NULL"));
    if log.enabled(TagSet::Module, Level::Debug) {
        let what = if entry.is_java_base() {
            "define_javabase_module(): Definition"
        } else {
            "define_module(): creation"
        };
        let line = format!("{what} of module: {name}, version: {version}, location: {location}, package #: {packages}");
        log.write(TagSet::Module, Level::Debug, &line);
    }
    if log.enabled(TagSet::ModuleLoad, Level::Info) {
        log.write(TagSet::ModuleLoad, Level::Info, &format!("{name} location: {location}"));
    }
}

fn fill(
    thread: &JavaThread,
    entry: &ModuleEntry,
    loader: &'static LoaderData,
    module: Obj,
    is_open: bool,
    version: Obj,
    location: Obj,
) {
    if let Some(version) = optional_text(thread, version) {
        let _ = entry.version.set(version);
    }
    if let Some(location) = optional_text(thread, location) {
        let _ = entry.location.set(location);
    }
    entry
        .loader
        .store(std::ptr::from_ref(loader).cast_mut(), Ordering::Release);
    entry.is_open.store(is_open, Ordering::Release);
    entry.module.store(module);
}

/// `java.base` gets its object, packages and version, and with it all classes loaded so far.
fn define_java_base(
    thread: &mut JavaThread,
    module: Obj,
    is_open: bool,
    version: Obj,
    location: Obj,
    packages: &[Sym],
) -> JResult<()> {
    let entry = java_base(thread);
    if !entry.object().is_null() {
        return Err(illegal_state(thread, "Module java.base is already defined"));
    }
    let vm = thread.vm();
    let boot = vm.boot_loader();
    fill(thread, entry, boot, module, is_open, version, location);
    let mut table = boot.packages.write();
    for package in packages {
        table
            .entry(*package)
            .or_insert_with(|| PackageEntry::new(*package, entry));
    }
    drop(table);
    entry_word(thread, module).store(std::ptr::from_ref(entry) as u64, Ordering::Release);
    let classes = boot.defined.lock().clone();
    for class in classes {
        let mirror = class.mirror();
        if !mirror.is_null() && thread.known_ref(mirror, KnownField::ClassModule).is_null() {
            let object = module_object_of(thread, class);
            thread.set_known_ref(mirror, KnownField::ClassModule, object);
        }
    }
    vm.loaders.modules_ready.store(true, Ordering::Release);
    log_definition(thread, entry, packages.len());
    Ok(())
}

/// `BootLoader.setBootLoaderUnnamedModule0`.
pub fn set_boot_unnamed_module(thread: &mut JavaThread, module: Obj) -> JResult<()> {
    if module.is_null() {
        return Err(thread.throw_new("java/lang/NullPointerException", "Null module object"));
    }
    let unnamed: &'static ModuleEntry = &thread.vm().boot_loader().unnamed_module;
    unnamed.module.store(module);
    entry_word(thread, module).store(std::ptr::from_ref(unnamed) as u64, Ordering::Release);
    let classes = thread.vm().boot_loader().defined.lock().clone();
    for class in classes
        .into_iter()
        .filter(|c| module_of(*c).is_some_and(|m| std::ptr::eq(m, unnamed)))
    {
        thread.set_known_ref(class.mirror(), KnownField::ClassModule, module);
    }
    Ok(())
}

fn required_entry(thread: &mut JavaThread, module: Obj, what: &str) -> JResult<&'static ModuleEntry> {
    if module.is_null() {
        return Err(thread.throw_new("java/lang/NullPointerException", &format!("{what} is null")));
    }
    match entry_of(thread, module) {
        Some(entry) => Ok(entry),
        None => Err(illegal_argument(thread, &format!("{what} is not valid"))),
    }
}

/// `Module.addReads0`; a null `to` means all unnamed modules.
pub fn add_reads(thread: &mut JavaThread, from: Obj, to: Obj) -> JResult<()> {
    let from = required_entry(thread, from, "from_module")?;
    if to.is_null() {
        from.reads_all_unnamed.store(true, Ordering::Release);
        return Ok(());
    }
    let to = required_entry(thread, to, "to_module")?;
    if from.is_named() && !std::ptr::eq(from, to) {
        from.reads.write().insert(to.id);
    }
    Ok(())
}

fn exported_package(
    thread: &mut JavaThread,
    from: &'static ModuleEntry,
    package: Obj,
) -> JResult<&'static PackageEntry> {
    if package.is_null() {
        return Err(thread.throw_new("java/lang/NullPointerException", "package is null"));
    }
    let name = package_symbol(thread, package);
    let loader = from.loader_data().unwrap_or(thread.vm().boot_loader());
    let found = loader.packages.read().get(&name).map(|p| p.forever());
    match found.filter(|p| std::ptr::eq(p.module, from)) {
        Some(package) => Ok(package),
        None => {
            let module = from
                .name()
                .map_or_else(|| "unnamed module".to_owned(), |n| n.text().into_owned());
            let message = format!(
                "Package {} not found in from_module {module}",
                name.text().replace('/', ".")
            );
            Err(illegal_argument(thread, &message))
        }
    }
}

/// `Module.addExports0`.
pub fn add_exports(thread: &mut JavaThread, from: Obj, package: Obj, to: Obj) -> JResult<()> {
    let from = required_entry(thread, from, "from_module")?;
    let to = required_entry(thread, to, "to_module")?;
    if from.is_named() {
        exported_package(thread, from, package)?
            .exported_to
            .write()
            .insert(to.id);
    }
    Ok(())
}

/// `Module.addExportsToAll0`.
pub fn add_exports_to_all(thread: &mut JavaThread, from: Obj, package: Obj) -> JResult<()> {
    let from = required_entry(thread, from, "from_module")?;
    if from.is_named() {
        exported_package(thread, from, package)?
            .exported_to_all
            .store(true, Ordering::Release);
    }
    Ok(())
}

/// `Module.addExportsToAllUnnamed0`.
pub fn add_exports_to_all_unnamed(thread: &mut JavaThread, from: Obj, package: Obj) -> JResult<()> {
    let from = required_entry(thread, from, "module")?;
    if from.is_named() {
        exported_package(thread, from, package)?
            .exported_to_unnamed
            .store(true, Ordering::Release);
    }
    Ok(())
}

/// Packages of the boot loader that have classes or belong to modules (`BootLoader.getSystemPackageNames`).
pub fn boot_packages(thread: &JavaThread) -> Vec<Sym> {
    let vm = thread.vm();
    let classes = vm.boot_loader().defined.lock();
    let used: QuickSet<usize> = classes
        .iter()
        .filter(|c| c.is_instance())
        .map(|c| c.package.address())
        .collect();
    vm.boot_loader()
        .packages
        .read()
        .iter()
        .filter(|(name, package)| {
            !name.bytes().is_empty() && used.contains(&name.address()) && location_of(package).is_some()
        })
        .map(|(name, _)| *name)
        .collect()
}

/// Location of the boot loader's package: its module's (`jrt:/java.base`), or the entry of the boot path that has it; none
/// for packages of generated classes.
fn location_of(package: &PackageEntry) -> Option<&str> {
    package
        .module
        .location()
        .or_else(|| package.source.get().map(String::as_str))
}

/// Location of the boot loader's package, none when the loader has no class in it
/// (`BootLoader.getSystemPackageLocation`).
pub fn boot_package_location(thread: &JavaThread, name: &[u8]) -> Option<String> {
    let vm = thread.vm();
    let symbol = vm.symbols.find(name)?;
    let packages = vm.boot_loader().packages.read();
    location_of(packages.get(&symbol)?).map(str::to_owned)
}

/// Notes that a class of the boot loader came from an appended entry of its path.
pub(super) fn note_boot_source(thread: &JavaThread, class: ClassPtr, source: &str) {
    if let Some(package) = thread.vm().boot_loader().packages.read().get(&class.package) {
        let _ = package.source.set(source.to_owned());
    }
}

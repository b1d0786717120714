//! From bytes to a class in a dictionary (JVMS §5.3.5).

use super::build::{Seed, build_class, estimated_bytes, package_of};
use super::describe::in_module_of_loader_and_parent;
use super::mirror::{MirrorParts, make_mirror};
use super::{DefineOptions, LoaderData, constraints, hidden, modules, roots, supers};
use crate::instrument::{self, ClassLoad};
use crate::known::KnownMethod;
use crate::log::{Level, TagSet};
use crate::method_area::{Arena, ClassPtr, MetaSlice, Owner, Sym};
use crate::safepoint;
use crate::thread::{JResult, JavaThread};
use peaberry_classfile::{ClassFile, ParseOptions};
use peaberry_gc::{CollectCause, CollectRequest};
use std::sync::atomic::Ordering;

/// The bytes of a class file.
#[derive(Clone, Copy)]
pub enum ClassBytes<'a> {
    /// To be copied into the method area.
    Copied(&'a [u8]),
    /// Mapped for as long as the VM lives.
    Mapped(&'static [u8]),
}

impl<'a> ClassBytes<'a> {
    fn bytes(self) -> &'a [u8] {
        match self {
            ClassBytes::Copied(bytes) => bytes,
            ClassBytes::Mapped(bytes) => bytes,
        }
    }
}

/// Defines a class. `expected` is the internal name asked for; `source` is for the log.
///
/// Two threads may define one class of the boot loader at a time: both get the one that came first. For other loaders
/// the second gets a LinkageError.
pub fn define_class(
    thread: &mut JavaThread,
    loader: &'static LoaderData,
    expected: Option<&[u8]>,
    bytes: ClassBytes<'_>,
    source: Option<&str>,
    options: &DefineOptions,
) -> JResult<ClassPtr> {
    let load = ClassLoad {
        loader,
        name: expected,
        protection_domain: options.protection_domain,
        bytes: bytes.bytes(),
    };
    let changed = if options.hidden {
        None
    } else {
        instrument::transform(thread, load)
    };
    let bytes = changed.as_deref().map_or(bytes, ClassBytes::Copied);
    let vm = thread.vm();
    let parse_options = ParseOptions {
        max_major: vm.release() + 44,
        enable_preview: false,
        verify: modules::should_verify(thread, loader),
        relax: false,
        allow_module: false,
        // A hidden class is called what its definer says: the class library defines one template under many names.
        expected_name: expected.filter(|_| !options.hidden),
    };
    let parsed = match peaberry_classfile::parse(bytes.bytes(), &parse_options) {
        Ok(parsed) => parsed,
        Err(error) => return Err(thread.throw_new(error.kind.exception_class(), &error.message)),
    };
    let given_name = expected.filter(|_| options.hidden).unwrap_or(parsed.name);
    let file_name = vm.symbol_bytes(given_name);
    if !loader.is_boot_or_platform() && given_name.starts_with(b"java/") {
        let package = String::from_utf8_lossy(package_of(given_name)).replace('/', ".");
        let message = format!(
            "Class loader (instance of): {} tried to load prohibited package name: {package}",
            loader.describe(thread)
        );
        return Err(thread.throw_new("java/lang/SecurityException", &message));
    }
    if !options.hidden
        && let Some(existing) = loader.dictionary.read().get(&file_name).copied()
    {
        return if loader.is_boot() {
            Ok(existing)
        } else {
            Err(duplicate(thread, loader, existing))
        };
    }
    let name = if options.hidden {
        hidden::hidden_name(thread, given_name)
    } else {
        file_name
    };

    // Interfaces come first, as HotSpot's parser has it.
    let mut interfaces = Vec::with_capacity(parsed.interfaces.len());
    for interface in parsed.interface_names() {
        let interface = supers::load_super(thread, loader, file_name, interface)?;
        supers::check_interface(thread, file_name, interface)?;
        interfaces.push(interface);
    }
    let super_class = match parsed.super_name {
        Some(super_name) => {
            let parent = supers::load_super(thread, loader, file_name, super_name)?;
            supers::check_superclass(thread, file_name, parent)?;
            Some(parent)
        }
        None => None,
    };

    // All supertypes are listed in the class.
    let supertypes: usize = interfaces
        .iter()
        .chain(&super_class)
        .map(|c| c.secondary_supers.get().len() + 1)
        .sum();
    make_room(
        thread,
        bytes.bytes().len() * 6 + 64 * 1024 + supertypes * size_of::<ClassPtr>(),
    )?;
    let class = build(thread, loader, &parsed, name, super_class, &interfaces, bytes, options);
    supers::check_built(thread, class)?;
    let parts = MirrorParts {
        protection_domain: options.protection_domain,
        class_data: options.class_data,
    };
    make_mirror(thread, class, parts)?;
    if let Some(host) = options.nest_host {
        class.nest_host.store(host.as_ptr(), Ordering::Release);
        roots::new_root(thread, class, host.mirror());
    }
    publish(thread, loader, class, options, source)
}

/// Looks for dead classes when the method area has grown much or has no room for `bytes`.
fn make_room(thread: &mut JavaThread, bytes: usize) -> JResult<()> {
    let area = &thread.vm().method_area;
    let full = area.nearly_full(bytes);
    if full || area.wants_collection() {
        let request = CollectRequest {
            cause: CollectCause::Metadata,
            clear_soft: full,
            defragment: false,
        };
        safepoint::collect(thread, request);
        if full && area.nearly_full(bytes) {
            return Err(thread.throw_out_of_memory("Metaspace"));
        }
    }
    Ok(())
}

#[expect(clippy::too_many_arguments, reason = "one call, all of it needed")]
fn build(
    thread: &JavaThread,
    loader: &'static LoaderData,
    parsed: &ClassFile<'_>,
    name: Sym,
    super_class: Option<ClassPtr>,
    interfaces: &[ClassPtr],
    bytes: ClassBytes<'_>,
    options: &DefineOptions,
) -> ClassPtr {
    let vm = thread.vm();
    let mut estimate = estimated_bytes(parsed);
    if let ClassBytes::Copied(bytes) = bytes {
        estimate += bytes.len();
    }
    // A hidden class that may die before its loader has a space of its own.
    let own = (options.hidden && !options.strong).then(|| vm.method_area.new_space(estimate));
    let arena = Arena::new(&vm.method_area, own.unwrap_or(&loader.space));
    arena.reserve(estimate);
    let kept: &[u8] = match bytes {
        ClassBytes::Copied(bytes) => arena.place_slice(bytes),
        ClassBytes::Mapped(bytes) => bytes,
    };
    let seed = Seed {
        loader,
        name,
        super_class,
        interfaces,
        // SAFETY: in the class's space, or mapped as long as the VM lives.
        bytes: unsafe { MetaSlice::new(kept) },
        hidden: options.hidden,
        strong: options.strong,
        privileged: options.trusted || loader.is_boot_or_platform(),
        arena,
        space: own.map_or(std::ptr::null(), std::ptr::from_ref),
    };
    let class = build_class(thread, parsed, &seed);
    if let Some(own) = own {
        vm.method_area.set_owner(own, Owner::Class(class.address()));
        loader.weak_hidden.lock().push(class);
    }
    loader.built.lock().push(class);
    let package = modules::package_entry(thread, loader, class.package);
    class
        .package_entry
        .store(std::ptr::from_ref(package).cast_mut(), Ordering::Release);
    class
}

#[cold]
fn duplicate(thread: &mut JavaThread, loader: &LoaderData, existing: ClassPtr) -> crate::Throw {
    let kind = if existing.is_interface() { "interface" } else { "class" };
    let message = format!(
        "loader {} attempted duplicate {kind} definition for {}. ({})",
        loader.describe(thread),
        existing.external_name(),
        in_module_of_loader_and_parent(thread, existing)
    );
    thread.throw_new("java/lang/LinkageError", &message)
}

/// Makes the class visible: loader's record in the class library, dictionary, class hierarchy, log.
fn publish(
    thread: &mut JavaThread,
    loader: &'static LoaderData,
    class: ClassPtr,
    options: &DefineOptions,
    source: Option<&str>,
) -> JResult<ClassPtr> {
    let vm = thread.vm();
    if !options.hidden {
        if !loader.is_boot()
            && let Some(method) = vm.known.method(KnownMethod::ClassLoaderAddClass)
        {
            let arguments = [loader.object().0 as u64, class.mirror().0 as u64];
            crate::interp::call_virtual(thread, method, &arguments)?;
        }
        let existing = constraints::register(thread, loader, class)?;
        if existing != class {
            return if loader.is_boot() {
                Ok(existing)
            } else {
                Err(duplicate(thread, loader, existing))
            };
        }
    }
    loader.add_defined(class);
    enter_hierarchy(thread, class);
    vm.management.check_usage(vm);
    if vm.log.enabled(TagSet::ClassLoad, Level::Info) {
        let source = match source {
            Some(source) => source.to_owned(),
            None => "__ClassLoader::defineClass__".to_owned(),
        };
        let line = format!("{} source: {source}", class.external_name());
        vm.log.write(TagSet::ClassLoad, Level::Info, &line);
    }
    Ok(class)
}

/// Enters the class among its superclass's subclasses and its interfaces' implementors.
fn enter_hierarchy(thread: &JavaThread, class: ClassPtr) {
    let _guard = thread.vm().loaders.hierarchy.lock();
    if let Some(parent) = class.super_class.get().filter(|_| !class.is_interface()) {
        class
            .next_sibling
            .store(parent.first_subclass.load(Ordering::Relaxed), Ordering::Release);
        parent.first_subclass.store(class.as_ptr(), Ordering::Release);
    }
    if class.is_interface() || class.is_abstract() {
        return;
    }
    for interface in class.secondary_supers.get().iter() {
        if interface.implementor_count.load(Ordering::Relaxed) < 2 {
            interface.implementor_count.fetch_add(1, Ordering::Release);
        }
    }
}

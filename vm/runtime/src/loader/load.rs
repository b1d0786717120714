//! Loading classes by name through loaders (JVMS §5.3).

use super::boot_path::BootEntry;
use super::in_progress::{self, Loading};
use super::{ClassBytes, DefineOptions, LoaderData, Loaders, arrays, constraints, define_class, modules, supers};
use crate::basic_type::BasicType;
use crate::known::{KnownClass, KnownMethod};
use crate::link;
use crate::log::{Level, TagSet};
use crate::method_area::{ClassPtr, Sym};
use crate::object::{class_of, class_of_mirror};
use crate::thread::{JResult, JavaThread};
use peaberry_gc::layout::Obj;
use std::sync::atomic::{AtomicU64, Ordering};

fn hidden_word<'a>(thread: &JavaThread, loader: Obj) -> &'a AtomicU64 {
    let offset = thread.vm().loaders.loader_data_offset.get() as usize;
    // SAFETY: `java.lang.ClassLoader` has an injected long there.
    unsafe { &*loader.at(offset).cast::<AtomicU64>() }
}

/// The VM's data of a `java.lang.ClassLoader` (null: the boot loader), made at the first question.
pub fn loader_data_for(thread: &JavaThread, loader: Obj) -> &'static LoaderData {
    let loaders = &thread.vm().loaders;
    if loader.is_null() {
        return loaders.boot();
    }
    let (data, fresh) = loaders.data_of(loader, hidden_word(thread, loader));
    if fresh {
        let class = class_of(loader);
        let is_platform = class.loader_data().is_boot()
            && class.name.bytes() == b"jdk/internal/loader/ClassLoaders$PlatformClassLoader";
        data.is_platform.store(is_platform, Ordering::Relaxed);
    }
    data
}

/// The data of a loader object if it has any; for the collector.
pub fn loader_data_if_any(thread: &JavaThread, loader: Obj) -> Option<&'static LoaderData> {
    // SAFETY: the word is 0 or the address of the loader's data.
    unsafe { Loaders::data_at(hidden_word(thread, loader).load(Ordering::Acquire)) }
}

/// A class the loader is an initiating loader of already (array names too); loads nothing.
pub fn find_loaded(thread: &mut JavaThread, loader: &'static LoaderData, name: Sym) -> JResult<Option<ClassPtr>> {
    let Some((element, dimensions)) = split_array_name(name.bytes()) else {
        return Ok(loader.dictionary.read().get(&name).copied());
    };
    let found = match element {
        Element::Primitive(basic_type) => Some(thread.vm().known.primitive(basic_type)),
        Element::Class(element) => {
            let element = thread.vm().symbol_bytes(element);
            loader.dictionary.read().get(&element).copied()
        }
    };
    match found {
        Some(class) => array_of_dimensions(thread, class, dimensions).map(Some),
        None => Ok(None),
    }
}

enum Element<'a> {
    Primitive(BasicType),
    Class(&'a [u8]),
}

/// Element type and dimensions of a well-formed array name.
fn split_array_name(name: &[u8]) -> Option<(Element<'_>, usize)> {
    let dimensions = name.iter().take_while(|b| **b == b'[').count();
    if dimensions == 0 || dimensions > usize::from(arrays::MAX_DIMENSIONS) {
        return None;
    }
    match &name[dimensions..] {
        [b'L', class @ .., b';'] if !class.is_empty() => Some((Element::Class(class), dimensions)),
        [c] => match BasicType::from_descriptor_char(*c)? {
            BasicType::Void | BasicType::Object | BasicType::Array => None,
            basic_type => Some((Element::Primitive(basic_type), dimensions)),
        },
        _ => None,
    }
}

fn array_of_dimensions(thread: &mut JavaThread, mut class: ClassPtr, dimensions: usize) -> JResult<ClassPtr> {
    for _ in 0..dimensions {
        class = arrays::array_class_of(thread, class)?;
    }
    Ok(class)
}

/// Loads a class through a loader; `None` when the loader says, without an exception, that there is none.
fn load_or_none(thread: &mut JavaThread, loader: &'static LoaderData, name: Sym) -> JResult<Option<ClassPtr>> {
    if let Some(class) = loader.dictionary.read().get(&name).copied() {
        return Ok(Some(class));
    }
    if name.bytes().first() == Some(&b'[') {
        let Some((element, dimensions)) = split_array_name(name.bytes()) else {
            return Ok(None);
        };
        let element = match element {
            Element::Primitive(basic_type) => Some(thread.vm().known.primitive(basic_type)),
            Element::Class(element) => {
                let element = thread.vm().symbol_bytes(element);
                load_or_none(thread, loader, element)?
            }
        };
        return match element {
            Some(class) => array_of_dimensions(thread, class, dimensions).map(Some),
            None => Ok(None),
        };
    }
    if loader.is_boot() {
        find_boot_class(thread, name)
    } else {
        load_by_upcall(thread, loader, name)
    }
}

/// Loads a class through a loader; waits for or runs Java loaders. `name` is internal; array names work.
/// Throws NoClassDefFoundError / ClassNotFoundException as the loader threw it (`resolve` wraps it).
pub fn load_class(thread: &mut JavaThread, loader: &'static LoaderData, name: Sym) -> JResult<ClassPtr> {
    match load_or_none(thread, loader, name)? {
        Some(class) => Ok(class),
        None => {
            let message = name.text().replace('/', ".");
            Err(thread.throw_new("java/lang/ClassNotFoundException", &message))
        }
    }
}

/// Loads a class for linking: ClassNotFoundException becomes NoClassDefFoundError.
pub fn resolve_class_by_name(thread: &mut JavaThread, loader: &'static LoaderData, name: Sym) -> JResult<ClassPtr> {
    match load_or_none(thread, loader, name) {
        Ok(Some(class)) => Ok(class),
        Ok(None) => Err(thread.throw_new("java/lang/NoClassDefFoundError", &name.text())),
        Err(throw) => {
            let not_found = thread.vm().known.class_if_present(KnownClass::ClassNotFoundException);
            let exception = thread.exception;
            if exception.is_null() || not_found.is_none_or(|c| !class_of(exception).is_subtype_of(c)) {
                return Err(throw);
            }
            let cause = thread.take_exception();
            Err(thread.throw_with_cause("java/lang/NoClassDefFoundError", Some(&name.text()), cause))
        }
    }
}

/// Asks a Java loader, under its lock when it is not parallel capable.
fn load_by_upcall(thread: &mut JavaThread, loader: &'static LoaderData, name: Sym) -> JResult<Option<ClassPtr>> {
    let object = loader.object();
    let locked = !loader.is_parallel_capable(thread);
    if locked {
        crate::monitor::enter(thread, object);
    }
    let result = load_once(thread, loader, object, name, locked);
    if locked {
        let pending = thread.take_exception();
        let _ = crate::monitor::exit(thread, object);
        thread.exception = pending;
    }
    result
}

/// Asks a Java loader for a class that no other thread loads, or that others may load too.
fn load_once(
    thread: &mut JavaThread,
    loader: &'static LoaderData,
    object: Obj,
    name: Sym,
    locked: bool,
) -> JResult<Option<ClassPtr>> {
    // Another thread may have been faster while this one waited for the lock.
    if let Some(class) = loader.dictionary.read().get(&name).copied() {
        return Ok(Some(class));
    }
    if let Some(supertype) = thread.vm().loaders.in_progress.supertype_of(loader, name) {
        // Only to find a circle before the two threads wait for each other's locks.
        supers::load_super(thread, loader, name, supertype.bytes())?;
    }
    if locked {
        in_progress::wait_for_others(thread, loader, object, name)?;
    }
    if let Some(class) = loader.dictionary.read().get(&name).copied() {
        return Ok(Some(class));
    }
    if !locked {
        return upcall_load_class(thread, loader, object, name);
    }
    let loading = Loading::of_class(thread, loader, name)?;
    upcall_load_class(loading.thread, loader, object, name)
}

fn upcall_load_class(
    thread: &mut JavaThread,
    loader: &'static LoaderData,
    object: Obj,
    name: Sym,
) -> JResult<Option<ClassPtr>> {
    let Some(method) = thread.vm().known.method(KnownMethod::ClassLoaderLoadClass) else {
        return Ok(None);
    };
    let text = thread.new_string_external(name)?;
    let mirror = Obj(crate::interp::call_virtual(thread, method, &[object.0 as u64, text.0 as u64])? as usize);
    if mirror.is_null() {
        return Ok(None);
    }
    let class = class_of_mirror(mirror);
    if class.name != name || !class.is_instance() {
        return Ok(None);
    }
    record_initiating(thread, loader, class)?;
    Ok(Some(class))
}

/// Records `loader` as an initiating loader of `class`.
fn record_initiating(thread: &mut JavaThread, loader: &'static LoaderData, class: ClassPtr) -> JResult<()> {
    if std::ptr::eq(class.loader_data(), loader) || loader.dictionary.read().contains_key(&class.name) {
        return Ok(());
    }
    if constraints::register(thread, loader, class)? == class && !class.loader_data().is_boot() {
        loader.initiated.lock().push(class);
    }
    Ok(())
}

/// Finds, and defines if need be, a class of the boot loader.
pub fn find_boot_class(thread: &mut JavaThread, name: Sym) -> JResult<Option<ClassPtr>> {
    let vm = thread.vm();
    let boot = vm.boot_loader();
    if let Some(class) = boot.dictionary.read().get(&name).copied() {
        return Ok(Some(class));
    }
    let bytes = name.bytes();
    if bytes.is_empty() || bytes[0] == b'[' {
        return Ok(None);
    }
    let module = modules::boot_module_of(thread, bytes);
    let appended = module.is_none();
    let (entry, source) = match module {
        Some(module) => match vm.boot_path.find_class(&module, bytes) {
            Some(entry) => (
                entry,
                if vm.log.enabled(TagSet::ClassLoad, Level::Info) {
                    format!("jrt:/{}", String::from_utf8_lossy(&module))
                } else {
                    String::new()
                },
            ),
            None => return Ok(None),
        },
        None if vm.boot_path.has_append() => {
            let Ok(text) = std::str::from_utf8(bytes) else {
                return Ok(None);
            };
            match vm.boot_path.find_appended(&format!("{text}.class")) {
                Some((entry, path)) => (entry, path.display().to_string()),
                None => return Ok(None),
            }
        }
        None => return Ok(None),
    };
    let bytes = match &entry {
        BootEntry::Mapped(bytes) => ClassBytes::Mapped(bytes),
        BootEntry::Owned(bytes) => ClassBytes::Copied(bytes),
    };
    let class = define_class(
        thread,
        boot,
        Some(name.bytes()),
        bytes,
        Some(&source),
        &DefineOptions::default(),
    )?;
    if appended {
        modules::note_boot_source(thread, class, &source);
    }
    Ok(Some(class))
}

/// `Class.forName`: `name` in modified UTF-8 with dots; throws ClassNotFoundException.
pub fn class_for_name(thread: &mut JavaThread, name: &[u8], initialize: bool, loader: Obj) -> JResult<ClassPtr> {
    let loader = loader_data_for(thread, loader);
    let internal: Vec<u8> = name.iter().map(|b| if *b == b'.' { b'/' } else { *b }).collect();
    let not_found = |thread: &mut JavaThread, name: &[u8]| {
        let message = peaberry_classfile::mutf8::to_string_lossy(name);
        Err(thread.throw_new("java/lang/ClassNotFoundException", &message))
    };
    // HotSpot tells of an illegal name in its internal form.
    if name.contains(&b'/') || name.len() >= 0xffff || !is_legal_class_name(&internal) {
        return not_found(thread, &internal);
    }
    let symbol = thread.vm().symbol_bytes(&internal);
    let Some(class) = load_or_none(thread, loader, symbol)? else {
        return not_found(thread, name);
    };
    if initialize {
        link::initialize_class(thread, class)?;
    }
    Ok(class)
}

/// Is this the internal name of a class or the descriptor of an array (JVMS §4.2.1, §4.3.2)? A slash at the end is let
/// through, as HotSpot's check does.
fn is_legal_class_name(name: &[u8]) -> bool {
    let plain = |name: &[u8]| {
        let name = name.strip_suffix(b"/").unwrap_or(name);
        name.split(|b| *b == b'/')
            .all(|part| !part.is_empty() && !part.iter().any(|b| b".;[".contains(b)))
    };
    let dimensions = name.iter().take_while(|b| **b == b'[').count();
    match &name[dimensions..] {
        name if dimensions == 0 => plain(name),
        _ if dimensions > 255 => false,
        [b'Z' | b'B' | b'C' | b'S' | b'I' | b'J' | b'F' | b'D'] => true,
        [b'L', element @ .., b';'] => plain(element),
        _ => false,
    }
}

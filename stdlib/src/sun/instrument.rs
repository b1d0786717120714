//! `sun.instrument.InstrumentationImpl`: agents in Java.

use crate::io_support::{class_named, throw_io_text};
use crate::support::{class_argument, new_byte_array, not_null};
use peaberry_classfile::archive::{Manifest, Zip};
use peaberry_runtime::handles::Handle;
use peaberry_runtime::instrument::{Agent, ClassLoad};
use peaberry_runtime::known::{KnownClass, KnownMethod};
use peaberry_runtime::loader::{self, LoaderData};
use peaberry_runtime::object::{array_length, array_set_ref, array_slice, class_of};
use peaberry_runtime::options::JavaAgent;
use peaberry_runtime::{ClassPtr, JResult, JavaThread, Obj, interp, link, natives, strings};
use std::path::{Path, PathBuf};

natives! { pub NATIVES: "sun/instrument/InstrumentationImpl" {
    "isModifiableClass0" "(JLjava/lang/Class;)Z" => is_modifiable;
    "isRetransformClassesSupported0" "(J)Z" => |_: &mut JavaThread, _: Obj, _: i64| Ok(false);
    "setHasTransformers" "(JZ)V" => set_transforms;
    "setHasRetransformableTransformers" "(JZ)V" => |thread: &mut JavaThread, _: Obj, _: i64, _: bool| refuse(thread);
    "retransformClasses0" "(J[Ljava/lang/Class;)V" => |thread: &mut JavaThread, _: Obj, _: i64, _: Obj| refuse(thread);
    "redefineClasses0" "(J[Ljava/lang/instrument/ClassDefinition;)V" => |thread: &mut JavaThread, _: Obj, _: i64, _: Obj| refuse(thread);
    "getAllLoadedClasses0" "(J)[Ljava/lang/Class;" => loaded_classes;
    "getInitiatedClasses0" "(JLjava/lang/ClassLoader;)[Ljava/lang/Class;" => initiated_classes;
    "getObjectSize0" "(JLjava/lang/Object;)J" => object_size;
    "appendToClassLoaderSearch0" "(JLjava/lang/String;Z)V" => append;
    "setNativeMethodPrefixes" "(J[Ljava/lang/String;Z)V" => |thread: &mut JavaThread, _: Obj, _: i64, _: Obj, _: bool| refuse(thread);
    "loadAgent0" "(Ljava/lang/String;)V" => load_agent;
    "jarFile" "(J)Ljava/lang/String;" [since 21] => jar_file;
} }

/// A class, once it is one, stays as it is, and native methods have one name; the class library asks first.
fn refuse(thread: &mut JavaThread) -> JResult<()> {
    let text = "classes are not redefined in this environment";
    Err(thread.throw_new("java/lang/UnsupportedOperationException", text))
}

fn is_modifiable(thread: &mut JavaThread, _: Obj, _: i64, class: Obj) -> JResult<bool> {
    let class = class_argument(thread, class)?;
    Ok(class.is_instance() && !class.is_of_hidden_class())
}

fn set_transforms(thread: &mut JavaThread, _: Obj, agent: i64, transforms: bool) -> JResult<()> {
    thread.vm().instrument.set_transforms(agent as usize, transforms);
    Ok(())
}

/// An array of the classes that `visit` shows. They can become more while the array is being made.
fn class_array(thread: &mut JavaThread, visit: impl Fn(&mut dyn FnMut(ClassPtr))) -> JResult<Obj> {
    let class = thread.known_class(KnownClass::Class);
    loop {
        let mut room = 0;
        visit(&mut |_| room += 1);
        let array = thread.allocate_reference_array(class, room)?;
        let mut count = 0;
        visit(&mut |class| {
            if count < room {
                array_set_ref(thread, array, count, class.mirror());
            }
            count += 1;
        });
        if count == room {
            return Ok(array);
        }
    }
}

fn loaded_classes(thread: &mut JavaThread, _: Obj, _: i64) -> JResult<Obj> {
    let vm = thread.vm();
    class_array(thread, |show| vm.loaders.for_each_class(show))
}

fn initiated_classes(thread: &mut JavaThread, _: Obj, _: i64, loader: Obj) -> JResult<Obj> {
    let data: Option<&'static LoaderData> = if loader.is_null() {
        Some(thread.vm().boot_loader())
    } else {
        loader::loader_data_if_any(thread, loader)
    };
    class_array(thread, |show| {
        if let Some(data) = data {
            data.dictionary.read().values().for_each(|class| show(*class));
        }
    })
}

fn object_size(_: &mut JavaThread, _: Obj, _: i64, object: Obj) -> JResult<i64> {
    // SAFETY: a live object; the class library has checked for null.
    Ok(unsafe { peaberry_gc::layout::object_bytes(object) } as i64)
}

fn append(thread: &mut JavaThread, _: Obj, _: i64, jar: Obj, boot: bool) -> JResult<()> {
    let jar = not_null(thread, jar)?;
    if boot {
        let path = strings::to_rust(thread, jar);
        thread.vm().boot_path.append(Path::new(&path));
        return Ok(());
    }
    append_to_system_loader(thread, jar)
}

fn append_to_system_loader(thread: &mut JavaThread, jar: Obj) -> JResult<()> {
    let vm = thread.vm();
    let Some(get_loader) = vm.known.method(KnownMethod::ClassLoaderGetSystem) else {
        return Ok(());
    };
    let system = Obj(interp::call(thread, get_loader, &[])? as usize);
    let name = vm.symbol("appendToClassPathForInstrumentation");
    match link::find_method(class_of(system), name, vm.symbol("(Ljava/lang/String;)V")) {
        Some(method) => interp::call(thread, method, &[system.0 as u64, jar.0 as u64]).map(drop),
        None => Err(thread.throw_new(
            "java/lang/UnsupportedOperationException",
            "the system class loader has no appendToClassPathForInstrumentation",
        )),
    }
}

const IMPLEMENTATION: &str = "sun/instrument/InstrumentationImpl";

/// A method of `InstrumentationImpl` called on an agent.
fn call(thread: &mut JavaThread, object: Handle, name: &str, descriptor: &str, arguments: &[Obj]) -> JResult<Obj> {
    let class = class_named(thread, IMPLEMENTATION)?;
    let vm = thread.vm();
    let Some(method) = class.declared_method(vm.symbol(name), vm.symbol(descriptor)) else {
        let message = format!("{}.{name}{descriptor}", class.external_name());
        return Err(thread.throw_new("java/lang/NoSuchMethodError", &message));
    };
    let mut slots = vec![vm.handles.get(object).0 as u64];
    slots.extend(arguments.iter().map(|argument| argument.0 as u64));
    Ok(Obj(interp::call(thread, method, &slots)? as usize))
}

/// Another class file, as the agent's transformers want it. What goes wrong with it is as if it had none: the class
/// library catches what transformers throw.
fn transform(thread: &mut JavaThread, agent: Agent, load: &ClassLoad<'_>) -> Option<Vec<u8>> {
    let pending = thread.take_exception();
    let changed = try_transform(thread, agent, load);
    if changed.is_err() {
        thread.take_exception();
    }
    thread.exception = pending;
    changed.ok().flatten()
}

fn try_transform(thread: &mut JavaThread, agent: Agent, load: &ClassLoad<'_>) -> JResult<Option<Vec<u8>>> {
    const DESCRIPTOR: &str = "(Ljava/lang/Module;Ljava/lang/ClassLoader;Ljava/lang/String;Ljava/lang/Class;\
        Ljava/security/ProtectionDomain;[BZ)[B";
    let module = load
        .name
        .map_or(Obj::NULL, |name| loader::named_module_of(thread, load.loader, name));
    let name = match load.name {
        Some(name) => thread.new_string(&String::from_utf8_lossy(name))?,
        None => Obj::NULL,
    };
    let bytes = new_byte_array(thread, load.bytes)?;
    let arguments = [
        module,
        load.loader.object(),
        name,
        Obj::NULL,
        load.protection_domain,
        bytes,
        Obj::NULL,
    ];
    let changed = call(thread, agent.object, "transform", DESCRIPTOR, &arguments)?;
    if changed.is_null() {
        return Ok(None);
    }
    let length = array_length(changed);
    // SAFETY: a byte[] held by this frame, copied at once.
    let bytes = unsafe { array_slice::<u8>(changed)[..length].to_vec() };
    Ok(Some(bytes))
}

/// Makes an `Instrumentation` for an agent.
fn new_agent(thread: &mut JavaThread) -> JResult<Handle> {
    let class = class_named(thread, IMPLEMENTATION)?;
    let object = thread.allocate_instance(class)?;
    let vm = thread.vm();
    let handle = vm.handles.add(object);
    let number = vm.instrument.add(handle, transform) as u64;
    // Classes are not redefined and native methods not renamed; newer class libraries are told whether to warn, too.
    let name = vm.symbol("<init>");
    let slots = [object.0 as u64, number, 0, 0, 0, 0];
    let found = [("(JZZZ)V", 6), ("(JZZ)V", 5)]
        .into_iter()
        .find_map(|(descriptor, count)| Some((class.declared_method(name, vm.symbol(descriptor))?, count)));
    match found {
        Some((constructor, count)) => interp::call(thread, constructor, &slots[..count]).map(|_| handle),
        None => Err(thread.throw_new(
            "java/lang/NoSuchMethodError",
            "sun.instrument.InstrumentationImpl.<init>",
        )),
    }
}

/// Starts an agent given on the command line: `premain` runs.
pub fn start(thread: &mut JavaThread, agent: &JavaAgent) -> JResult<()> {
    let jar = thread.new_string(&agent.jar)?;
    append_to_system_loader(thread, jar)?;
    let object = new_agent(thread)?;
    let class = thread.new_string(&agent.class)?;
    let options = match &agent.options {
        Some(options) => thread.new_string(options)?,
        None => Obj::NULL,
    };
    let descriptor = "(Ljava/lang/String;Ljava/lang/String;)V";
    call(thread, object, "loadClassAndCallPremain", descriptor, &[class, options]).map(drop)
}

/// Why a jar is no agent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NoAgent {
    /// It cannot be read, or has no manifest.
    NoManifest,
    /// The manifest does not name the agent's class.
    NoClass,
}

fn manifest_of(jar: &str) -> Option<Manifest> {
    let bytes = Zip::open(Path::new(jar)).and_then(|zip| zip.read("META-INF/MANIFEST.MF"));
    bytes.ok().flatten().map(|bytes| Manifest::parse(&bytes))
}

/// Entries of `Boot-Class-Path`, relative ones from where the jar lies.
fn boot_entries(jar: &str, manifest: &Manifest) -> Vec<PathBuf> {
    let directory = Path::new(jar).parent().unwrap_or(Path::new(""));
    let entries = manifest.get("Boot-Class-Path").unwrap_or_default();
    entries.split_whitespace().map(|entry| directory.join(entry)).collect()
}

/// Reads an agent's jar: the agent, and what is to be appended to the boot class path.
pub fn read_agent(jar: &str, options: Option<&str>) -> Result<(JavaAgent, Vec<PathBuf>), NoAgent> {
    let manifest = manifest_of(jar).ok_or(NoAgent::NoManifest)?;
    let class = manifest.get("Premain-Class").ok_or(NoAgent::NoClass)?;
    let agent = JavaAgent {
        jar: jar.to_owned(),
        class: class.trim().to_owned(),
        options: options.map(String::from),
    };
    Ok((agent, boot_entries(jar, &manifest)))
}

/// The agent of an executable jar (`Launcher-Agent-Class`): its `agentmain` runs.
fn load_agent(thread: &mut JavaThread, jar: Obj) -> JResult<()> {
    let jar = not_null(thread, jar)?;
    let path = strings::to_rust(thread, jar);
    let Some(manifest) = manifest_of(&path) else {
        return Err(throw_io_text(thread, &format!("{path}: no manifest")));
    };
    let Some(class) = manifest.get("Launcher-Agent-Class") else {
        return Ok(());
    };
    for entry in boot_entries(&path, &manifest) {
        thread.vm().boot_path.append(&entry);
    }
    let object = new_agent(thread)?;
    let class = thread.new_string(class.trim())?;
    let options = thread.new_string("")?;
    let descriptor = "(Ljava/lang/String;Ljava/lang/String;)V";
    call(
        thread,
        object,
        "loadClassAndCallAgentmain",
        descriptor,
        &[class, options],
    )
    .map(drop)
}

/// For a warning about the jar an agent came from, of which newer class libraries are not told to warn.
fn jar_file(_: &mut JavaThread, _: Obj, _: i64) -> JResult<Obj> {
    Ok(Obj::NULL)
}

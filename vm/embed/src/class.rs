//! Classes and objects as an embedder holds them.

use crate::error::Error;
use crate::value::Value;
use crate::vm::{Shared, Vm};
use peaberry_runtime::basic_type::BasicType;
use peaberry_runtime::handles::Handle;
use peaberry_runtime::method_area::MethodPtr;
use peaberry_runtime::object::{class_of, class_of_mirror};
use peaberry_runtime::{ClassPtr, JavaThread, Obj, interp, link, strings};
use std::fmt;
use std::sync::Arc;

struct Root {
    shared: Arc<Shared>,
    handle: Handle,
}
impl Drop for Root {
    fn drop(&mut self) {
        self.shared.runtime().handles.remove(self.handle);
    }
}

/// A reference to a Java object, kept alive as long as this value lives.
#[derive(Clone)]
pub struct Reference(Arc<Root>);

impl fmt::Debug for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reference({})", self.0.handle.0)
    }
}
impl PartialEq for Reference {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0.shared, &other.0.shared) && self.object() == other.object()
    }
}

impl Reference {
    pub(crate) fn new(shared: &Arc<Shared>, object: Obj) -> Reference {
        let handle = shared.runtime().handles.add(object);
        Reference(Arc::new(Root {
            shared: shared.clone(),
            handle,
        }))
    }
    pub(crate) fn object(&self) -> Obj {
        self.0.shared.runtime().handles.get(self.0.handle)
    }
    fn vm(&self) -> Vm {
        Vm(self.0.shared.clone())
    }
    /// Binary name of the object's class.
    pub fn class_name(&self) -> String {
        let vm = self.vm();
        vm.with_thread(|_| Ok(class_of(self.object()).external_name()))
            .unwrap_or_default()
    }
    /// The text of a `java.lang.String`; `None` for other objects.
    pub fn as_string(&self) -> Option<String> {
        let vm = self.vm();
        vm.with_thread(|thread| {
            let object = self.object();
            let is_string = class_of(object) == thread.known_class(peaberry_runtime::known::KnownClass::String);
            Ok(is_string.then(|| strings::to_rust(thread, object)))
        })
        .ok()
        .flatten()
    }
    /// What `toString()` answers.
    pub fn to_java_string(&self) -> Result<String, Error> {
        match self.call("toString", "()Ljava/lang/String;", &[])? {
            Value::Object(Some(text)) => Ok(text.as_string().unwrap_or_default()),
            _ => Ok("null".to_owned()),
        }
    }
    /// Calls an instance method, selected on the object's class. `descriptor` as in class files: `(ILjava/lang/String;)V`.
    pub fn call(&self, name: &str, descriptor: &str, arguments: &[Value]) -> Result<Value, Error> {
        let vm = self.vm();
        vm.with_thread(|thread| {
            let class = class_of(self.object());
            let method = find(thread, class, name, descriptor, false)?;
            let slots = argument_slots(method, Some(self.object()), arguments)?;
            let result = interp::call_virtual(thread, method, &slots);
            vm.finish(thread, method, result)
        })
    }
}

/// A Java class.
#[derive(Clone, Debug)]
pub struct Class {
    mirror: Reference,
}

impl Class {
    pub(crate) fn new(mirror: Reference) -> Class {
        Class { mirror }
    }
    /// Binary name, with dots.
    pub fn name(&self) -> String {
        let vm = self.mirror.vm();
        vm.with_thread(|_| Ok(self.class().external_name())).unwrap_or_default()
    }
    fn class(&self) -> ClassPtr {
        class_of_mirror(self.mirror.object())
    }
    /// The `java.lang.Class` object.
    pub fn mirror(&self) -> &Reference {
        &self.mirror
    }
    /// Calls a static method.
    pub fn call_static(&self, name: &str, descriptor: &str, arguments: &[Value]) -> Result<Value, Error> {
        let vm = self.mirror.vm();
        vm.with_thread(|thread| {
            let method = find(thread, self.class(), name, descriptor, true)?;
            let slots = argument_slots(method, None, arguments)?;
            let result = interp::call(thread, method, &slots);
            vm.finish(thread, method, result)
        })
    }
    /// Makes an object: allocates it and runs a constructor.
    pub fn new_instance(&self, descriptor: &str, arguments: &[Value]) -> Result<Reference, Error> {
        let vm = self.mirror.vm();
        vm.with_thread(|thread| {
            let class = self.class();
            if class.is_abstract() || !class.is_instance() {
                return Err(Error::NotFound(format!(
                    "{} cannot be instantiated",
                    class.external_name()
                )));
            }
            link::initialize_class(thread, class).map_err(|_| vm.exception(thread))?;
            let method = find(thread, class, "<init>", descriptor, false)?;
            if method.holder != class {
                return Err(Error::NotFound(format!("{}.<init>{descriptor}", class.external_name())));
            }
            let object = thread.allocate_instance(class).map_err(|_| vm.exception(thread))?;
            let slots = argument_slots(method, Some(object), arguments)?;
            // The reference is made first: a collection during the constructor may move the object.
            let reference = Reference::new(&vm.0, object);
            interp::call(thread, method, &slots).map_err(|_| vm.exception(thread))?;
            Ok(reference)
        })
    }
}

fn find(
    thread: &mut JavaThread,
    class: ClassPtr,
    name: &str,
    descriptor: &str,
    is_static: bool,
) -> Result<MethodPtr, Error> {
    let vm = thread.vm();
    let (name_symbol, descriptor_symbol) = (vm.symbol(name), vm.symbol(descriptor));
    let method = link::find_method(class, name_symbol, descriptor_symbol)
        .or_else(|| link::find_interface_method(class, name_symbol, descriptor_symbol));
    match method {
        Some(method) if method.is_static() == is_static => Ok(method),
        Some(_) if is_static => Err(Error::NotFound(format!(
            "{}.{name}{descriptor} is not static",
            class.external_name()
        ))),
        Some(_) => Err(Error::NotFound(format!(
            "{}.{name}{descriptor} is static",
            class.external_name()
        ))),
        None => Err(Error::NotFound(format!("{}.{name}{descriptor}", class.external_name()))),
    }
}

/// Parameter types of a descriptor.
fn parameter_types(descriptor: &[u8]) -> Vec<BasicType> {
    let mut types = Vec::new();
    let mut rest = descriptor.strip_prefix(b"(").unwrap_or_default();
    while let Some(&c) = rest.first().filter(|c| **c != b')') {
        types.extend(BasicType::from_descriptor_char(c));
        let dimensions = rest.iter().take_while(|c| **c == b'[').count();
        let element = if rest.get(dimensions) == Some(&b'L') {
            rest[dimensions..]
                .iter()
                .position(|c| *c == b';')
                .map_or(rest.len() - dimensions, |p| p + 1)
        } else {
            1
        };
        rest = rest.get(dimensions + element..).unwrap_or_default();
    }
    types
}

fn argument_slots(method: MethodPtr, receiver: Option<Obj>, arguments: &[Value]) -> Result<Vec<u64>, Error> {
    let types = parameter_types(method.descriptor.bytes());
    if types.len() != arguments.len() {
        return Err(Error::Argument(format!(
            "{} takes {} arguments, {} given",
            method.full_name(),
            types.len(),
            arguments.len()
        )));
    }
    let mut slots: Vec<u64> = receiver.iter().map(|r| r.0 as u64).collect();
    for (argument, expected) in arguments.iter().zip(types) {
        argument.to_slots(expected, &mut slots)?;
    }
    Ok(slots)
}

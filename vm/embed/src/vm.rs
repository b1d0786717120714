//! The VM as embedders hold it.

use crate::attach::{AttachFailure, detach, with_attached};
use crate::builder::VmBuilder;
use crate::class::{Class, Reference};
use crate::error::{Error, JavaException};
use crate::launch::describe_pending;
use crate::value::Value;
use peaberry_runtime::basic_type::BasicType;
use peaberry_runtime::boot::{self, BootError};
use peaberry_runtime::known::{KnownField, KnownMethod};
use peaberry_runtime::object::{class_of, class_of_mirror};
use peaberry_runtime::options::VmOptions;
use peaberry_runtime::thread::lifecycle;
use peaberry_runtime::{JResult, JavaThread, MethodPtr, Obj, exceptions, interp, link, strings};
use std::sync::Arc;

/// A Java virtual machine. Clones are handles to the same VM; when the last one (and the last [`Reference`]) is
/// dropped, its threads are ended and its memory is given back.
#[derive(Clone)]
pub struct Vm(pub(crate) Arc<Shared>);

/// What all handles of a VM share.
pub(crate) struct Shared {
    runtime: Arc<peaberry_runtime::Vm>,
}

impl Drop for Shared {
    fn drop(&mut self) {
        let patience = std::time::Duration::from_secs(5);
        let ended = crate::attach::shut_down(&self.runtime, patience);
        if !ended {
            // A thread still sits in a system call on the VM's memory: it must stay mapped.
            std::mem::forget(self.runtime.clone());
        }
        detach(&self.runtime);
    }
}

/// Why no VM came to be.
pub(crate) enum CreateFailure {
    Error(Error),
    Exited(i32),
}

/// Makes a VM and runs the class library's initialization on the calling thread.
pub(crate) fn create_runtime(options: VmOptions) -> Result<Arc<Shared>, CreateFailure> {
    let runtime = boot::create(options, peaberry_stdlib::LIBRARY).map_err(|error| {
        CreateFailure::Error(match error {
            BootError::Heap { .. } => Error::Memory(error.to_string()),
            BootError::ClassLibrary(text) => Error::ClassLibrary(text),
        })
    })?;
    let shared = Arc::new(Shared { runtime });
    let outcome = with_attached(&shared.runtime, true, |thread| match boot::initialize(thread) {
        Ok(()) => Ok(start_agents(thread)),
        Err(_) => Err(describe_pending(thread)),
    });
    match outcome {
        Ok(Ok(Ok(()))) => Ok(shared),
        Ok(Ok(Err(text))) => Err(CreateFailure::Error(Error::Agent(text))),
        Ok(Err(text)) if text.contains(boot::BOOT_LAYER_FAILED) => Err(CreateFailure::Error(Error::BootLayer)),
        Ok(Err(text)) => Err(CreateFailure::Error(Error::Boot(text))),
        Err(AttachFailure::Refused(text)) => Err(CreateFailure::Error(Error::Memory(text))),
        Err(AttachFailure::Ended(code)) => Err(CreateFailure::Exited(code.unwrap_or(1))),
    }
}

/// Starts the agents in turn; what one throws is reported as of any thread, and is the end.
fn start_agents(thread: &mut JavaThread) -> Result<(), String> {
    let vm = thread.vm();
    for agent in &vm.options.agents {
        if peaberry_stdlib::sun::instrument::start(thread, agent).is_err() {
            let text = exceptions::backtrace::describe(thread, thread.exception);
            lifecycle::dispatch_uncaught(thread);
            return Err(text);
        }
    }
    Ok(())
}

impl Shared {
    pub(crate) fn runtime(&self) -> &peaberry_runtime::Vm {
        &self.runtime
    }
    /// Runs `operation` on the calling thread's Java thread in this VM, attaching it if need be.
    pub(crate) fn with_attached<R>(&self, operation: impl FnOnce(&mut JavaThread) -> R) -> Result<R, Error> {
        with_attached(&self.runtime, false, operation).map_err(|failure| match failure {
            AttachFailure::Refused(text) => Error::Memory(text),
            AttachFailure::Ended(code) => Error::Exited(code.unwrap_or(0)),
        })
    }
    /// Waits for the last non-daemon thread, runs shutdown hooks, ends the VM; the code of `System.exit` if that was
    /// called.
    pub(crate) fn destroy(&self) -> Option<i32> {
        let _ = self.with_attached(lifecycle::destroy_java_vm);
        self.runtime.threads.exit_code()
    }
}

impl Vm {
    /// A builder.
    pub fn builder() -> VmBuilder {
        VmBuilder::new()
    }
    pub(crate) fn create(options: VmOptions) -> Result<Vm, Error> {
        match create_runtime(options) {
            Ok(shared) => Ok(Vm(shared)),
            Err(CreateFailure::Error(error)) => Err(error),
            Err(CreateFailure::Exited(code)) => Err(Error::Exited(code)),
        }
    }
    /// Runs `operation` with the calling thread attached; an error when the VM has exited.
    pub(crate) fn with_thread<R>(
        &self,
        operation: impl FnOnce(&mut JavaThread) -> Result<R, Error>,
    ) -> Result<R, Error> {
        self.0.with_attached(operation)?
    }
    /// The pending exception as an error.
    pub(crate) fn exception(&self, thread: &mut JavaThread) -> Error {
        let object = thread.take_exception();
        let reference = Reference::new(&self.0, object);
        let class = class_of(object).external_name();
        let message = known_text(thread, KnownMethod::ThrowableGetMessage, reference.object()).unwrap_or_else(|| {
            let detail = thread.known_ref(reference.object(), KnownField::ThrowableDetailMessage);
            (!detail.is_null()).then(|| strings::to_rust(thread, detail))
        });
        let stack_trace = exceptions::backtrace::describe(thread, reference.object());
        Error::Exception(JavaException {
            class,
            message,
            stack_trace,
            object: reference,
        })
    }
    /// Turns a call's outcome into a value.
    pub(crate) fn finish(
        &self,
        thread: &mut JavaThread,
        method: MethodPtr,
        result: JResult<u64>,
    ) -> Result<Value, Error> {
        let slot = match result {
            Ok(slot) => slot,
            Err(_) => return Err(self.exception(thread)),
        };
        Ok(match method.return_type {
            BasicType::Boolean => Value::Boolean(slot & 1 != 0),
            BasicType::Byte => Value::Byte(slot as i8),
            BasicType::Char => Value::Char(slot as u16),
            BasicType::Short => Value::Short(slot as i16),
            BasicType::Int => Value::Int(slot as i32),
            BasicType::Long => Value::Long(slot as i64),
            BasicType::Float => Value::Float(f32::from_bits(slot as u32)),
            BasicType::Double => Value::Double(f64::from_bits(slot)),
            BasicType::Void => Value::Void,
            BasicType::Object | BasicType::Array => {
                let object = Obj(slot as usize);
                Value::Object((!object.is_null()).then(|| Reference::new(&self.0, object)))
            }
        })
    }
    /// Finds a class by binary name (`java.util.List`, `[I`) through the application loader, and initializes it.
    pub fn find_class(&self, name: &str) -> Result<Class, Error> {
        self.with_thread(|thread| {
            let mirror = load(thread, name).map_err(|_| self.exception(thread))?;
            Ok(Class::new(Reference::new(&self.0, mirror)))
        })
    }
    /// A `java.lang.String`.
    pub fn string(&self, text: &str) -> Result<Value, Error> {
        self.with_thread(|thread| {
            let string = thread.new_string(text).map_err(|_| self.exception(thread))?;
            Ok(Value::Object(Some(Reference::new(&self.0, string))))
        })
    }
    /// Feature release of the class library in use.
    pub fn release(&self) -> u16 {
        self.0.runtime.release()
    }
    /// Waits for the last non-daemon thread and runs the shutdown hooks, as the end of a `java` process does. Later
    /// calls answer [`Error::Exited`].
    pub fn destroy(&self) -> i32 {
        self.0.destroy().unwrap_or(0)
    }
}

/// Loads a class through the system class loader and initializes it; answers the mirror.
fn load(thread: &mut JavaThread, name: &str) -> JResult<Obj> {
    let Some(get_loader) = thread.vm().known.method(KnownMethod::ClassLoaderGetSystem) else {
        return Err(thread.throw_new("java/lang/InternalError", "no system class loader"));
    };
    let system_loader = Obj(interp::call(thread, get_loader, &[])? as usize);
    let name = thread.new_string(name)?;
    let class = thread.known_class(peaberry_runtime::known::KnownClass::Class);
    let vm = thread.vm();
    let descriptor = vm.symbol("(Ljava/lang/String;ZLjava/lang/ClassLoader;)Ljava/lang/Class;");
    let Some(for_name) = link::find_method(class, vm.symbol("forName"), descriptor) else {
        return Err(thread.throw_new("java/lang/InternalError", "no Class.forName"));
    };
    let mirror = Obj(interp::call(thread, for_name, &[name.0 as u64, 1, system_loader.0 as u64])? as usize);
    debug_assert!(!class_of_mirror(mirror).is_primitive());
    Ok(mirror)
}

/// Calls a known method that answers a String; `None` when it throws, `Some(None)` for null.
fn known_text(thread: &mut JavaThread, method: KnownMethod, receiver: Obj) -> Option<Option<String>> {
    let method = thread.vm().known.method(method)?;
    match interp::call_virtual(thread, method, &[receiver.0 as u64]) {
        Ok(0) => Some(None),
        Ok(slot) => Some(Some(strings::to_rust(thread, Obj(slot as usize)))),
        Err(_) => {
            thread.take_exception();
            None
        }
    }
}

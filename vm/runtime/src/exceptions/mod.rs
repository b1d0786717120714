//! Exceptions: throwing from Rust, stack traces, helpful messages.
//!
//! Exceptions made here are ordinary Java objects whose constructors run, so that what the class library does in them
//! (recording the stack trace first of all) happens. The exceptions to that rule are the errors of exhausted stack and
//! heap, which must not need either.

pub mod backtrace;
pub mod bytecode_origin;
pub mod messages;
pub mod null_pointer;

use crate::handles::Handle;
use crate::known::{KnownClass, KnownField};
use crate::link;
use crate::loader;
use crate::method_area::{ClassPtr, MethodPtr};
use crate::object::class_of;
use crate::safepoint::poll_bits;
use crate::thread::{JResult, JavaThread, Throw};
use parking_lot::Mutex;
use peaberry_gc::layout::Obj;
use peaberry_sys::mapping;
use std::cell::Cell;
use std::sync::atomic::Ordering;

pub use messages::{array_index_message, array_store_message, class_cast_message};

/// Exceptions a VM keeps.
#[derive(Default)]
pub struct ExceptionState {
    out_of_memory: Mutex<Option<Handle>>,
    internal_error: Mutex<Option<Handle>>,
    /// What was thrown before its class was loaded, as it would be printed.
    unborn: Mutex<Option<String>>,
}

/// Exceptions thrown while making an exception: beyond this nesting the one made in advance is thrown.
const NESTING_LIMIT: u32 = 8;

thread_local! {
    /// How many exceptions this OS thread is making right now, one inside the other.
    static NESTING: Cell<u32> = const { Cell::new(0) };
    /// An `OutOfMemoryError` is being made on this OS thread.
    static MAKING_OUT_OF_MEMORY: Cell<bool> = const { Cell::new(false) };
}

struct Nested;
impl Nested {
    fn enter() -> Option<Nested> {
        NESTING.with(|n| {
            if n.get() >= NESTING_LIMIT {
                return None;
            }
            n.set(n.get() + 1);
            Some(Nested)
        })
    }
}
impl Drop for Nested {
    fn drop(&mut self) {
        NESTING.with(|n| n.set(n.get() - 1));
    }
}

/// Makes the errors that are thrown when making one is impossible. Boot calls this once `Throwable` is initialized.
pub fn preallocate(thread: &mut JavaThread) -> JResult<()> {
    let vm = thread.vm();
    for class in [
        KnownClass::StackOverflowError,
        KnownClass::OutOfMemoryError,
        KnownClass::InternalError,
    ] {
        link::initialize_class(thread, thread.known_class(class))?;
    }
    let out_of_memory = bare_exception(
        thread,
        thread.known_class(KnownClass::OutOfMemoryError),
        Some("Java heap space"),
    )?;
    *vm.exceptions.out_of_memory.lock() = Some(vm.handles.add(out_of_memory));
    let internal = bare_exception(thread, thread.known_class(KnownClass::InternalError), None)?;
    *vm.exceptions.internal_error.lock() = Some(vm.handles.add(internal));
    Ok(())
}

/// An exception object whose constructor does not run.
fn bare_exception(thread: &mut JavaThread, class: ClassPtr, message: Option<&str>) -> JResult<Obj> {
    link::link_class(thread, class)?;
    let exception = thread.allocate_instance(class)?;
    if let Some(message) = message {
        let message = thread.new_string(message)?;
        thread.set_known_ref(exception, KnownField::ThrowableDetailMessage, message);
    }
    thread.set_known_ref(exception, KnownField::ThrowableCause, exception);
    Ok(exception)
}

fn constructor(thread: &JavaThread, class: ClassPtr, descriptor: &str) -> Option<MethodPtr> {
    class.declared_method(thread.vm().symbol("<init>"), thread.vm().symbol(descriptor))
}

impl JavaThread {
    /// Makes an exception of a boot class pending: `throw_new("java/lang/NullPointerException", "text")`.
    #[cold]
    pub fn throw_new(&mut self, class: &str, message: &str) -> Throw {
        self.throw_made(class, |thread, class| thread.new_exception(class, Some(message)))
    }
    /// The same without a message.
    #[cold]
    pub fn throw_plain(&mut self, class: &str) -> Throw {
        self.throw_made(class, |thread, class| thread.new_exception(class, None))
    }
    /// The same with a cause (and optional message).
    #[cold]
    pub fn throw_with_cause(&mut self, class: &str, message: Option<&str>, cause: Obj) -> Throw {
        self.throw_made(class, |thread, class| {
            thread.new_exception_with_cause(class, message, cause)
        })
    }
    fn throw_made(&mut self, class: &str, make: impl FnOnce(&mut Self, ClassPtr) -> JResult<Obj>) -> Throw {
        let Some(_nested) = Nested::enter() else {
            return self.throw_last_resort(class);
        };
        // An exception under way would be taken for one thrown by the calls below; the newer one wins, as in Java.
        self.exception = Obj::NULL;
        let name = self.vm().symbol(class);
        let made = loader::load_class(self, self.vm().boot_loader(), name).and_then(|class| make(self, class));
        match made {
            Ok(exception) => self.throw(exception),
            Err(thrown) => thrown,
        }
    }
    fn throw_last_resort(&mut self, wanted: &str) -> Throw {
        let vm = self.vm();
        let handle = vm
            .exceptions
            .internal_error
            .lock()
            .or(*vm.exceptions.out_of_memory.lock());
        match handle {
            Some(handle) => self.throw(vm.handles.get(handle)),
            None => panic!("{wanted} was thrown before the class library's exceptions were usable"),
        }
    }
    /// An exception object of a given class, constructor `(String)` or `()` run.
    pub fn new_exception(&mut self, class: ClassPtr, message: Option<&str>) -> JResult<Obj> {
        link::initialize_class(self, class)?;
        let text = match message {
            Some(message) => self.new_string(message)?,
            None => Obj::NULL,
        };
        let exception = self.allocate_instance(class)?;
        if message.is_some()
            && let Some(init) = constructor(self, class, "(Ljava/lang/String;)V")
        {
            crate::interp::call(self, init, &[exception.0 as u64, text.0 as u64])?;
            return Ok(exception);
        }
        match constructor(self, class, "()V") {
            Some(init) => {
                crate::interp::call(self, init, &[exception.0 as u64])?;
            }
            None => {
                // No constructor fits: what Throwable() would do.
                self.set_known_ref(exception, KnownField::ThrowableCause, exception);
                backtrace::fill_in_stack_trace(self, exception);
            }
        }
        if message.is_some() {
            self.set_known_ref(exception, KnownField::ThrowableDetailMessage, text);
        }
        Ok(exception)
    }
    /// An exception object with a cause: through the constructor that takes one, else through `initCause`.
    pub fn new_exception_with_cause(&mut self, class: ClassPtr, message: Option<&str>, cause: Obj) -> JResult<Obj> {
        link::initialize_class(self, class)?;
        let (descriptor, text) = match message {
            Some(message) => ("(Ljava/lang/String;Ljava/lang/Throwable;)V", self.new_string(message)?),
            None => ("(Ljava/lang/Throwable;)V", Obj::NULL),
        };
        if let Some(init) = constructor(self, class, descriptor) {
            let exception = self.allocate_instance(class)?;
            let with_text = [exception.0 as u64, text.0 as u64, cause.0 as u64];
            let plain = [exception.0 as u64, cause.0 as u64];
            crate::interp::call(self, init, if message.is_some() { &with_text } else { &plain })?;
            return Ok(exception);
        }
        let exception = self.new_exception(class, message)?;
        let (name, descriptor) = (
            self.vm().symbol("initCause"),
            self.vm().symbol("(Ljava/lang/Throwable;)Ljava/lang/Throwable;"),
        );
        if let Some(init_cause) = link::find_method(class, name, descriptor) {
            crate::interp::call_virtual(self, init_cause, &[exception.0 as u64, cause.0 as u64])?;
        }
        Ok(exception)
    }
    /// NullPointerException without a message of its own: the class library asks for the helpful one when it is wanted.
    #[cold]
    pub fn throw_null_pointer(&mut self) -> Throw {
        self.throw_plain("java/lang/NullPointerException")
    }
    /// What was thrown before its class was loaded, as it would be printed.
    pub fn unborn_exception(&self) -> Option<String> {
        self.vm().exceptions.unborn.lock().clone()
    }
    /// OutOfMemoryError; the one made in advance when there is no memory left to make one.
    #[cold]
    pub fn throw_out_of_memory(&mut self, message: &str) -> Throw {
        if self.vm().known.class_if_present(KnownClass::OutOfMemoryError).is_none() {
            // No Java code has run, and nothing catches what is no object; who makes the VM asks for the text.
            *self.vm().exceptions.unborn.lock() = Some(format!("java.lang.OutOfMemoryError: {message}"));
            return self.throw(Obj::NULL);
        }
        // What makes the error has references.
        self.no_references_below = 0;
        let again = MAKING_OUT_OF_MEMORY.with(|making| making.replace(true));
        if again {
            let vm = self.vm();
            let handle = *vm.exceptions.out_of_memory.lock();
            return match handle {
                Some(handle) => self.throw(vm.handles.get(handle)),
                None => panic!("out of memory before the class library's exceptions were usable: {message}"),
            };
        }
        let made = self.new_bare_error(KnownClass::OutOfMemoryError, Some(message));
        MAKING_OUT_OF_MEMORY.with(|making| making.set(false));
        match made {
            Ok(error) => self.throw(error),
            Err(thrown) => thrown,
        }
    }
    /// InternalError for an access to a mapped file that the file could not serve; the file is put back in its place.
    #[cold]
    pub fn throw_mapping_fault(&mut self) -> Throw {
        self.poll.fetch_and(!poll_bits::MAPPING_FAULT, Ordering::SeqCst);
        mapping::restore();
        let text = if self.vm().release() >= 21 {
            "a fault occurred in an unsafe memory access operation"
        } else {
            "a fault occurred in a recent unsafe memory access operation in compiled Java code"
        };
        self.throw_new("java/lang/InternalError", text)
    }
    /// StackOverflowError. Made without running Java code, for which there is no stack.
    #[cold]
    pub fn throw_stack_overflow(&mut self) -> Throw {
        let Some(_nested) = Nested::enter() else {
            return self.throw_last_resort("java/lang/StackOverflowError");
        };
        match self.new_bare_error(KnownClass::StackOverflowError, None) {
            Ok(error) => self.throw(error),
            Err(thrown) => thrown,
        }
    }
    fn new_bare_error(&mut self, class: KnownClass, message: Option<&str>) -> JResult<Obj> {
        let error = bare_exception(self, self.known_class(class), message)?;
        backtrace::fill_in_stack_trace(self, error);
        Ok(error)
    }
    /// `toString()` of the pending exception without running Java code: class name and message. For the VM's own logs.
    pub fn describe_exception(&self, exception: Obj) -> String {
        if exception.is_null() {
            return "no exception".to_owned();
        }
        let name = class_of(exception).external_name();
        let message = self.known_ref(exception, KnownField::ThrowableDetailMessage);
        if message.is_null() {
            name
        } else {
            format!("{name}: {}", crate::strings::to_rust(self, message))
        }
    }
}

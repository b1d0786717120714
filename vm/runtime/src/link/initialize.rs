//! Initialization (JVMS §5.5).

use crate::basic_type::BasicType;
use crate::known::{KnownClass, KnownField};
use crate::loader::roots;
use crate::log::{Level, TagSet};
use crate::method_area::class::class_flags;
use crate::method_area::{ClassPtr, ClassState};
use crate::object::{class_of, set_ref};
use crate::strings;
use crate::thread::{JResult, JavaThread, Throw};
use peaberry_gc::layout::{AtomicNarrow, Obj};
use std::sync::atomic::Ordering;

/// Initializes a class (links first). Returns at once when initialized or being initialized by this thread.
#[inline]
pub fn initialize_class(thread: &mut JavaThread, class: ClassPtr) -> JResult<()> {
    if class.is_initialized() {
        Ok(())
    } else {
        initialize_slow(thread, class)
    }
}

#[cold]
fn initialize_slow(thread: &mut JavaThread, class: ClassPtr) -> JResult<()> {
    super::linker::check_stack(thread)?;
    super::link_class(thread, class)?;
    loop {
        let loaders = &thread.vm().loaders;
        let guard = loaders.init_lock.lock();
        match class.state() {
            ClassState::Initialized => return Ok(()),
            ClassState::Error => {
                drop(guard);
                return Err(throw_erroneous(thread, class));
            }
            ClassState::BeingInitialized => {
                if class.initializing_thread.load(Ordering::Relaxed) == thread.id as usize {
                    return Ok(());
                }
                drop(guard);
                wait_for_initialization(thread, class);
            }
            ClassState::Loaded | ClassState::Linked => {
                class.initializing_thread.store(thread.id as usize, Ordering::Relaxed);
                class.state.store(ClassState::BeingInitialized as u8, Ordering::Release);
                break;
            }
        }
    }
    match run_initializer(thread, class) {
        Ok(()) => {
            end(thread, class, ClassState::Initialized);
            Ok(())
        }
        Err(Failure::Supertype(throw)) => {
            record_failure(thread, class);
            end(thread, class, ClassState::Error);
            Err(throw)
        }
        Err(Failure::Own) => {
            record_failure(thread, class);
            wrap_exception(thread);
            end(thread, class, ClassState::Error);
            Err(Throw)
        }
    }
}

fn wait_for_initialization(thread: &mut JavaThread, class: ClassPtr) {
    let loaders = &thread.vm().loaders;
    thread.blocking(|| {
        let mut guard = loaders.init_lock.lock();
        while class.state() == ClassState::BeingInitialized {
            loaders.init_done.wait(&mut guard);
        }
    });
}

fn end(thread: &JavaThread, class: ClassPtr, state: ClassState) {
    let loaders = &thread.vm().loaders;
    let guard = loaders.init_lock.lock();
    class.initializing_thread.store(0, Ordering::Relaxed);
    class.state.store(state as u8, Ordering::Release);
    drop(guard);
    loaders.init_done.notify_all();
}

enum Failure {
    /// Initialization of a supertype failed; its exception is passed on as it is.
    Supertype(Throw),
    /// The exception is the class's own.
    Own,
}

/// Steps 6 to 9: constants, supertypes, `<clinit>`.
fn run_initializer(thread: &mut JavaThread, class: ClassPtr) -> Result<(), Failure> {
    set_string_constants(thread, class).map_err(Failure::Supertype)?;
    if !class.is_interface() {
        if let Some(parent) = class.super_class.get() {
            initialize_class(thread, parent).map_err(Failure::Supertype)?;
        }
        if class.has_flag(class_flags::HAS_DEFAULT_METHODS) {
            initialize_superinterfaces(thread, class).map_err(Failure::Supertype)?;
        }
    }
    let vm = thread.vm();
    if vm.log.enabled(TagSet::ClassInit, Level::Info) {
        let what = if class.initializer.get().is_some() {
            ""
        } else {
            "(no method)"
        };
        let line = format!("Initializing '{}'{what} ({:#018x})", class.name, class.address());
        vm.log.write(TagSet::ClassInit, Level::Info, &line);
    }
    match class.initializer.get() {
        Some(initializer) => crate::interp::call(thread, initializer, &[])
            .map(|_| ())
            .map_err(|_| Failure::Own),
        None => Ok(()),
    }
}

/// Superinterfaces that declare non-abstract, non-static methods, supertypes first.
fn initialize_superinterfaces(thread: &mut JavaThread, class: ClassPtr) -> JResult<()> {
    for interface in class.interfaces.get().iter().copied() {
        if !interface.has_flag(class_flags::HAS_DEFAULT_METHODS) {
            continue;
        }
        initialize_superinterfaces(thread, interface)?;
        if interface
            .methods
            .get()
            .iter()
            .any(|m| !m.is_abstract() && !m.is_static())
        {
            initialize_class(thread, interface)?;
        }
    }
    Ok(())
}

/// Static String fields with a ConstantValue.
fn set_string_constants(thread: &mut JavaThread, class: ClassPtr) -> JResult<()> {
    for field in class
        .fields
        .get()
        .iter()
        .filter(|f| f.is_static() && f.constant_value != 0)
    {
        if field.basic_type == BasicType::Object {
            let string = super::loadable::resolve_string(thread, class, field.constant_value)?;
            set_ref(thread, class.mirror(), field.offset.get() as usize, string);
        }
    }
    Ok(())
}

/// Step 10: what is no Error becomes the cause of an ExceptionInInitializerError.
fn wrap_exception(thread: &mut JavaThread) {
    let exception = thread.exception;
    let error = thread.vm().known.class_if_present(KnownClass::Error);
    if exception.is_null() || error.is_none_or(|e| class_of(exception).is_subtype_of(e)) {
        return;
    }
    let cause = thread.take_exception();
    thread.throw_with_cause("java/lang/ExceptionInInitializerError", None, cause);
}

/// Keeps, for later attempts, an ExceptionInInitializerError that tells what happened; the pending exception stays.
fn record_failure(thread: &mut JavaThread, class: ClassPtr) {
    let pending = thread.take_exception();
    if let Ok(error) = describe_failure(thread, pending) {
        let slot = roots::new_root(thread, class, error);
        thread
            .vm()
            .loaders
            .init_errors
            .lock()
            .insert(class.address(), std::ptr::from_ref(slot) as usize);
    }
    thread.exception = pending;
}

fn describe_failure(thread: &mut JavaThread, pending: Obj) -> JResult<Obj> {
    let vm = thread.vm();
    let Some(error_class) = vm.known.class_if_present(KnownClass::ExceptionInInitializerError) else {
        return Err(Throw);
    };
    let text = thread.known_ref(pending, KnownField::ThrowableDetailMessage);
    let detail = if text.is_null() {
        String::new()
    } else {
        format!(": {}", strings::to_rust(thread, text))
    };
    let name = if thread.java_thread.is_null() {
        Obj::NULL
    } else {
        thread.known_ref(thread.java_thread, KnownField::ThreadName)
    };
    let message = format!(
        "Exception {}{detail} [in thread \"{}\"]",
        class_of(pending).external_name(),
        strings::to_rust(thread, name)
    );
    let error = match thread.new_exception(error_class, Some(&message)) {
        Ok(error) => error,
        Err(throw) => {
            thread.take_exception();
            return Err(throw);
        }
    };
    let backtrace = thread.known_ref(pending, KnownField::ThrowableBacktrace);
    thread.set_known_ref(error, KnownField::ThrowableBacktrace, backtrace);
    if vm.known.has_field(KnownField::ThrowableDepth) {
        let depth: i32 = thread.known(pending, KnownField::ThrowableDepth);
        thread.set_known(error, KnownField::ThrowableDepth, depth);
    }
    Ok(error)
}

/// NoClassDefFoundError for a class whose initialization failed.
#[cold]
fn throw_erroneous(thread: &mut JavaThread, class: ClassPtr) -> Throw {
    let message = format!("Could not initialize class {}", class.external_name());
    let slot = thread.vm().loaders.init_errors.lock().get(&class.address()).copied();
    match slot {
        Some(slot) => {
            // SAFETY: the address of a root slot in the method area.
            let cause = unsafe { (*(slot as *const AtomicNarrow)).load() };
            thread.throw_with_cause("java/lang/NoClassDefFoundError", Some(&message), cause)
        }
        None => thread.throw_new("java/lang/NoClassDefFoundError", &message),
    }
}

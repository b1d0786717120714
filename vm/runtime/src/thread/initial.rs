//! `java.lang.Thread` objects the VM makes itself: the main thread's, attached threads', its services'.

use super::lifecycle;
use super::status::{self, thread_status};
use super::{JResult, JavaThread};
use crate::known::{KnownClass, KnownField, KnownMethod};
use crate::object::{get, set};
use crate::{interp, link};
use peaberry_gc::layout::Obj;
use std::sync::atomic::Ordering;

fn construct(thread: &mut JavaThread, object: Obj, constructor: KnownMethod, arguments: &[Obj]) -> JResult<()> {
    let Some(method) = thread.vm().known.method(constructor) else {
        return Err(thread.throw_new(
            "java/lang/InternalError",
            &format!("the class library lacks {constructor:?}"),
        ));
    };
    let mut slots = vec![object.0 as u64];
    slots.extend(arguments.iter().map(|argument| argument.0 as u64));
    interp::call(thread, method, &slots).map(|_| ())
}

fn new_group(thread: &mut JavaThread) -> JResult<Obj> {
    let class = thread.known_class(KnownClass::ThreadGroup);
    link::initialize_class(thread, class)?;
    thread.allocate_instance(class)
}

/// A `Thread` object for the current thread, whose constructor asks for the current thread: it is that already then.
fn bind_new_object(thread: &mut JavaThread, group: Obj, name: &str) -> JResult<()> {
    let vm = thread.vm();
    let class = thread.known_class(KnownClass::Thread);
    link::initialize_class(thread, class)?;
    let object = thread.allocate_instance(class)?;
    status::set_native_thread(vm, object, thread);
    status::set_priority(vm, object, 5);
    thread.java_thread = object;
    thread.carrier_thread = object;
    let outcome = thread
        .new_string(name)
        .and_then(|name| construct(thread, object, KnownMethod::ThreadInit, &[group, name]));
    if outcome.is_err() {
        status::set_native_thread(vm, object, std::ptr::null_mut());
        thread.java_thread = Obj::NULL;
        thread.carrier_thread = Obj::NULL;
        return outcome;
    }
    thread.set_status(thread_status::RUNNABLE);
    Ok(())
}

/// The thread groups "system" and "main", and the `Thread` object of the thread that makes the VM.
pub fn create_initial_thread_objects(thread: &mut JavaThread) -> JResult<()> {
    let threads = &thread.vm().threads;
    let system = new_group(thread)?;
    construct(thread, system, KnownMethod::ThreadGroupInit, &[])?;
    threads.system_group.store(system);
    let main = new_group(thread)?;
    let name = thread.new_string("main")?;
    construct(thread, main, KnownMethod::ThreadGroupInitNamed, &[system, name])?;
    threads.main_group.store(main);
    bind_new_object(thread, main, "main")
}

/// A `Thread` object, in group "main", for the current thread, which has none.
pub fn create_attached_thread_object(thread: &mut JavaThread, name: &str, daemon: bool) -> JResult<()> {
    let vm = thread.vm();
    let group = vm.threads.main_group.load();
    bind_new_object(thread, group, name)?;
    let object = thread.java_thread;
    status::set_daemon(vm, object, daemon);
    add_to_group(thread, group, object)
}

/// Older class libraries' groups list their threads.
fn add_to_group(thread: &mut JavaThread, group: Obj, object: Obj) -> JResult<()> {
    match thread.vm().known.method(KnownMethod::ThreadGroupAdd) {
        Some(add) => interp::call(thread, add, &[group.0 as u64, object.0 as u64]).map(|_| ()),
        None => Ok(()),
    }
}

/// Starts a daemon thread of group "system" that runs a service of the VM; one that `rests` gets its thread of the operating system
/// when somebody looks for it, or calls [`super::deferred::start`].
pub fn start_service(
    thread: &mut JavaThread,
    name: &str,
    priority: i32,
    service: fn(&mut JavaThread),
    rests: bool,
) -> JResult<()> {
    let vm = thread.vm();
    let group = vm.threads.system_group.load();
    let class = thread.known_class(KnownClass::Thread);
    let object = thread.allocate_instance(class)?;
    let name = thread.new_string(name)?;
    construct(thread, object, KnownMethod::ThreadInit, &[group, name])?;
    status::set_priority(vm, object, priority);
    status::set_daemon(vm, object, true);
    add_to_group(thread, group, object)?;
    lifecycle::start_service(thread, object, service, rests)
}

/// Leaves out thread identifiers, so many with older and newer class libraries, for HotSpot's threads that this VM does
/// not have: programs that print the number of a thread then print the same.
pub(crate) fn skip_identifiers(thread: &mut JavaThread, older: u64, newer: u64) {
    let vm = thread.vm();
    let class = thread.known_class(KnownClass::Thread);
    // Older class libraries count in a static field of Thread, newer ones in the VM.
    match class.declared_field(vm.symbol("threadSeqNumber"), vm.symbol("J")) {
        Some(field) if field.is_static() => {
            let (mirror, offset) = (class.mirror(), field.offset.get() as usize);
            set(mirror, offset, get::<u64>(mirror, offset) + older);
        }
        _ => {
            vm.threads.next_identifier.fetch_add(newer, Ordering::Relaxed);
        }
    }
    debug_assert!(vm.known.has_field(KnownField::ThreadTid));
}

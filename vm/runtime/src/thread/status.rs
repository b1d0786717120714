//! `java.lang.Thread.State` and the other plain properties of `java.lang.Thread` objects.

use super::JavaThread;
use crate::known::KnownField;
use crate::object::{get, get_ref, set};
use crate::strings;
use crate::vm::Vm;
use peaberry_gc::layout::Obj;
use std::sync::atomic::Ordering;

/// Values of `Thread.threadStatus`: the JVMTI thread state bits the class library expects.
pub mod thread_status {
    /// Not started.
    pub const NEW: u32 = 0;
    /// Running or ready to.
    pub const RUNNABLE: u32 = 0x0001 | 0x0004;
    /// In `Thread.sleep`.
    pub const SLEEPING: u32 = 0x0001 | 0x0080 | 0x0020 | 0x0040;
    /// In `Object.wait` without a limit.
    pub const IN_OBJECT_WAIT: u32 = 0x0001 | 0x0080 | 0x0010 | 0x0100;
    /// In `Object.wait` with a limit.
    pub const IN_OBJECT_WAIT_TIMED: u32 = 0x0001 | 0x0080 | 0x0020 | 0x0100;
    /// Parked without a limit.
    pub const PARKED: u32 = 0x0001 | 0x0080 | 0x0010 | 0x0200;
    /// Parked with a limit.
    pub const PARKED_TIMED: u32 = 0x0001 | 0x0080 | 0x0020 | 0x0200;
    /// Waits to enter a monitor.
    pub const BLOCKED: u32 = 0x0001 | 0x0400;
    /// Ended.
    pub const TERMINATED: u32 = 0x0002;
}

/// The state's line in a thread dump, after `java.lang.Thread.State: `.
pub fn describe(status: u32) -> &'static str {
    match status {
        thread_status::NEW => "NEW",
        thread_status::RUNNABLE => "RUNNABLE",
        thread_status::SLEEPING => "TIMED_WAITING (sleeping)",
        thread_status::IN_OBJECT_WAIT => "WAITING (on object monitor)",
        thread_status::IN_OBJECT_WAIT_TIMED => "TIMED_WAITING (on object monitor)",
        thread_status::PARKED => "WAITING (parking)",
        thread_status::PARKED_TIMED => "TIMED_WAITING (parking)",
        thread_status::BLOCKED => "BLOCKED (on object monitor)",
        thread_status::TERMINATED => "TERMINATED",
        _ => "UNKNOWN",
    }
}

/// Where daemon, priority, group and status of a `java.lang.Thread` are: its field holder where the class library has
/// one, the thread itself otherwise. Null while a thread is being constructed.
pub fn holder(vm: &Vm, java_thread: Obj) -> Obj {
    if vm.known.has_field(KnownField::ThreadHolder) {
        get_ref(java_thread, vm.known.offset(KnownField::ThreadHolder))
    } else {
        java_thread
    }
}

fn held<T: Copy>(vm: &Vm, java_thread: Obj, field: KnownField) -> Option<T> {
    if java_thread.is_null() || !vm.known.has_field(field) {
        return None;
    }
    let holder = holder(vm, java_thread);
    (!holder.is_null()).then(|| get(holder, vm.known.offset(field)))
}

fn set_held<T: Copy>(vm: &Vm, java_thread: Obj, field: KnownField, value: T) {
    if java_thread.is_null() || !vm.known.has_field(field) {
        return;
    }
    let holder = holder(vm, java_thread);
    if !holder.is_null() {
        set(holder, vm.known.offset(field), value);
    }
}

/// `threadStatus`.
pub fn status_of(vm: &Vm, java_thread: Obj) -> u32 {
    held(vm, java_thread, KnownField::ThreadStatus).unwrap_or(thread_status::NEW)
}

/// Writes `threadStatus`.
pub fn set_status_of(vm: &Vm, java_thread: Obj, status: u32) {
    set_held(vm, java_thread, KnownField::ThreadStatus, status)
}

/// Is it a daemon thread?
pub fn is_daemon(vm: &Vm, java_thread: Obj) -> bool {
    held::<u8>(vm, java_thread, KnownField::ThreadDaemon).unwrap_or(0) != 0
}

/// Makes it a daemon thread or not.
pub fn set_daemon(vm: &Vm, java_thread: Obj, daemon: bool) {
    set_held(vm, java_thread, KnownField::ThreadDaemon, u8::from(daemon))
}

/// Its priority, 1 to 10.
pub fn priority(vm: &Vm, java_thread: Obj) -> i32 {
    held(vm, java_thread, KnownField::ThreadPriority).unwrap_or(5)
}

/// Sets its priority.
pub fn set_priority(vm: &Vm, java_thread: Obj, priority: i32) {
    set_held(vm, java_thread, KnownField::ThreadPriority, priority)
}

/// Stack size wanted for it, bytes; 0: the default.
pub fn stack_size(vm: &Vm, java_thread: Obj) -> usize {
    usize::try_from(held::<i64>(vm, java_thread, KnownField::ThreadStackSize).unwrap_or(0)).unwrap_or(0)
}

/// Its `tid`.
pub fn identifier(vm: &Vm, java_thread: Obj) -> i64 {
    if java_thread.is_null() || !vm.known.has_field(KnownField::ThreadTid) {
        return 0;
    }
    get(java_thread, vm.known.offset(KnownField::ThreadTid))
}

/// Its name. `thread` is the caller.
pub fn name(thread: &JavaThread, java_thread: Obj) -> String {
    if java_thread.is_null() || !thread.vm().known.has_field(KnownField::ThreadName) {
        return String::from("<unnamed>");
    }
    strings::to_rust(thread, thread.known_ref(java_thread, KnownField::ThreadName))
}

/// The live native thread of a `java.lang.Thread`: null before its start and after its end. What it points at stays
/// a `JavaThread` as long as the VM lives, but may come to stand for another thread.
pub fn native_thread(vm: &Vm, java_thread: Obj) -> *mut JavaThread {
    if java_thread.is_null() || !vm.known.has_field(KnownField::ThreadEetop) {
        return std::ptr::null_mut();
    }
    get::<u64>(java_thread, vm.known.offset(KnownField::ThreadEetop)) as *mut JavaThread
}

/// Binds a `java.lang.Thread` to its native thread, or unbinds it (null).
pub(crate) fn set_native_thread(vm: &Vm, java_thread: Obj, native: *mut JavaThread) {
    if vm.known.has_field(KnownField::ThreadEetop) {
        set(java_thread, vm.known.offset(KnownField::ThreadEetop), native as u64);
    }
}

impl JavaThread {
    /// Sets this thread's status, in its `java.lang.Thread` too; returns the one before.
    pub(crate) fn set_status(&self, status: u32) -> u32 {
        set_status_of(self.vm(), self.carrier_thread, status);
        self.status.swap(status, Ordering::Relaxed)
    }
}

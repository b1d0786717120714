//! Code that class loading makes wrong, and code that nobody may use any more.
//!
//! Such code is no longer entered at once. Frames that are in a call out of it find, when the call returns, that their
//! return address was replaced: they come to a stub that makes an exception pending which is none, a marker; compiled
//! code sees it as it sees exceptions, and leaves for the interpreter. Where the call has thrown, it leaves with the
//! exception instead, at the latest where it catches it.

use super::frames::for_each_activation;
use super::registry::Discard;
use super::{InstalledCode, trampoline};
use crate::method_area::ClassPtr;
use crate::safepoint::with_world_stopped;
use crate::thread::JavaThread;
use peaberry_gc::layout::Obj;

/// A return address that was replaced.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LazyExit {
    /// Where it stood.
    slot: usize,
    /// What stood there.
    original: usize,
}

/// The pending "exception" that makes compiled code leave.
const INVALID_MARKER: Obj = Obj(1);

fn stub_address() -> usize {
    trampoline::return_to_invalid as *const () as usize
}

/// The return address that stands at `slot` as `pc`, or stood there before it was replaced.
#[inline]
pub(super) fn original_return_address(thread: &JavaThread, slot: usize, pc: usize) -> usize {
    if pc != stub_address() {
        return pc;
    }
    let replaced = thread.lazy_exits.iter().rev().find(|exit| exit.slot == slot);
    replaced.map_or(pc, |exit| exit.original)
}

/// Takes the marker away where compiled code has seen it.
pub(super) fn clear_invalid_marker(thread: &mut JavaThread) {
    thread.invalid_return = 0;
    if thread.exception == INVALID_MARKER {
        thread.exception = Obj::NULL;
    }
}

/// A call returns into code that is no longer valid: makes it leave. Where it goes on.
///
/// # Safety
/// Called by the stub on the running thread with the place of the return address.
pub(super) unsafe extern "C" fn returning_to_invalid(thread: *mut JavaThread, slot: usize) -> usize {
    // SAFETY: the stub passes the running thread.
    let thread = unsafe { &mut *thread };
    let found = thread.lazy_exits.iter().rposition(|exit| exit.slot == slot);
    let Some(position) = found else {
        // There is nowhere to go: the table has an entry for every address that was replaced.
        std::process::abort();
    };
    // Frames above are gone, and their entries too.
    let original = thread.lazy_exits[position].original;
    thread.lazy_exits.retain(|exit| exit.slot > slot);
    if thread.exception.is_null() {
        thread.exception = INVALID_MARKER;
    } else {
        thread.invalid_return = 1;
    }
    original
}

/// Replaces the return addresses into code that was discarded because it is wrong. The world is stopped, or the thread
/// is the current one.
fn replace_return_addresses(thread: &mut JavaThread, codes: &[&'static InstalledCode]) {
    let mut replaced = Vec::new();
    // SAFETY: the caller vouches for the thread; activations say where their return addresses stand.
    unsafe {
        for_each_activation(thread, |activation| {
            let slot = activation.slot as *mut usize;
            let is_wrong = codes.iter().any(|code| std::ptr::eq(*code, activation.code));
            if is_wrong && *slot != stub_address() {
                replaced.push(LazyExit {
                    slot: activation.slot,
                    original: activation.pc,
                });
                *slot = stub_address();
            }
        });
    }
    thread.lazy_exits.extend(replaced);
}

/// A class has got its method tables and is about to count as linked: code that took for granted that there is no such
/// class is made to leave. No instance of the class exists before this returns.
pub(crate) fn class_linked(thread: &mut JavaThread, class: ClassPtr) {
    let vm = thread.vm();
    if !vm.compiled.is_enabled() {
        return;
    }
    let broken = {
        // Code is installed under this lock, so that none comes that has not seen the class.
        let _linking = vm.loaders.link_lock.lock();
        vm.compiled.discard_broken_by(vm, class)
    };
    if broken.is_empty() {
        return;
    }
    for code in &broken {
        vm.compiled.note_discard(vm, code, Discard::Dependency);
    }
    with_world_stopped(thread, |thread| {
        let own: *mut JavaThread = thread;
        thread.vm().threads.for_each(|other| {
            // SAFETY: the world is stopped; the running thread's own frames are noted as those of the others.
            unsafe {
                let other = if std::ptr::eq(other, own) { own } else { other };
                replace_return_addresses(&mut *other, &broken);
            }
        });
    });
}

/// Calls `found` with the code that a thread's frames use. The thread is stopped, or the current one.
pub(crate) fn for_each_code_in_use(thread: &JavaThread, mut found: impl FnMut(&'static InstalledCode)) {
    // SAFETY: the caller vouches for the thread.
    unsafe { for_each_activation(thread, |activation| found(activation.code)) };
    thread.exits.iter().for_each(|exit| found(exit.code));
}

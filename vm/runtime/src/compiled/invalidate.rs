//! Code that class loading makes wrong, and code that nobody may use any more.
//!
//! Such code is no longer entered at once. The return addresses of frames that are in a call out of it are replaced by
//! that of a stub, which goes on at the call site's pad for this: there the frame is left for the interpreter. Calls on
//! slow paths have no pads: behind them a marker is found as the pending exception, which is none. Where the call has
//! thrown, the frame leaves with the exception instead, at the latest where it catches it.

use super::frames::{Activation, for_each_activation};
use super::registry::Discard;
use super::trampoline::{SAVED_BYTES, SAVED_RDX, SAVED_XMM0};
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

/// Was the activation's return address replaced, since its code is wrong?
pub(super) fn is_replaced(activation: &Activation) -> bool {
    // SAFETY: the return address stands there.
    unsafe { *(activation.slot as *const usize) == stub_address() }
}

/// Forgets what stood at places up to `slot`: the frames there are gone.
pub(super) fn forget_replaced(thread: &mut JavaThread, slot: usize) {
    thread.lazy_exits.retain(|exit| exit.slot > slot);
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
/// Called by the stub on the running thread with the place of the return address and the registers it saved.
pub(super) unsafe extern "C" fn returning_to_invalid(
    thread: *mut JavaThread,
    slot: usize,
    registers: *mut [u64; SAVED_BYTES / 8],
) -> usize {
    // SAFETY: the stub passes the running thread, and what it saved in its frame.
    let (thread, registers) = unsafe { (&mut *thread, &mut *registers) };
    let found = thread.lazy_exits.iter().rposition(|exit| exit.slot == slot);
    let Some(position) = found else {
        // There is nowhere to go: the table has an entry for every address that was replaced.
        std::process::abort();
    };
    let original = thread.lazy_exits[position].original;
    forget_replaced(thread, slot);
    let code = thread.vm().compiled.find(original);
    let site = code.and_then(|code| Some((code.address, code.call_site(original)?.invalidated?)));
    if let Some((address, pad)) = site {
        registers[SAVED_RDX] = registers[SAVED_XMM0];
        return address + pad.get() as usize;
    }
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
            if is_wrong && !is_replaced(&activation) {
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

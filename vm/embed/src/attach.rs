//! Which Java thread the calling operating-system thread is in each VM it has called.

use peaberry_runtime::thread::{initial, lifecycle};
use peaberry_runtime::{JavaThread, Vm};
use std::cell::RefCell;
use std::sync::Arc;

/// One attachment; dropped when the operating-system thread ends, or the VM is shut down from it.
struct Attachment {
    runtime: Arc<Vm>,
    thread: *mut JavaThread,
}

impl Drop for Attachment {
    fn drop(&mut self) {
        // SAFETY: the structure lives as long as the VM, which `runtime` keeps; only this operating-system thread
        // uses it.
        let thread: &'static mut JavaThread = unsafe { &mut *self.thread };
        lifecycle::enter_from_host(thread);
        let _ = lifecycle::run_java(thread, lifecycle::end_java_thread);
        lifecycle::detach(thread);
    }
}

thread_local! {
    static ATTACHED: RefCell<Vec<Attachment>> = const { RefCell::new(Vec::new()) };
}

/// The calling thread's Java thread in this VM, if it has one.
fn find(runtime: &Arc<Vm>) -> Option<*mut JavaThread> {
    ATTACHED.with_borrow(|all| all.iter().find(|a| Arc::ptr_eq(&a.runtime, runtime)).map(|a| a.thread))
}

/// Attaches the calling thread, in Java until the returned pointer is handed to `return_to_host`.
fn attach(runtime: &Arc<Vm>, first: bool) -> Result<*mut JavaThread, String> {
    let thread: *mut JavaThread = lifecycle::attach(runtime, !first).map_err(|error| error.to_string())?;
    ATTACHED.with_borrow_mut(|all| {
        all.push(Attachment {
            runtime: runtime.clone(),
            thread,
        })
    });
    Ok(thread)
}

/// Runs `operation` on the calling thread's Java thread; the thread is attached first if need be (`first`: it makes the
/// VM, and gets its `java.lang.Thread` from the boot sequence). The VM's end comes back as its exit code.
pub(crate) fn with_attached<R>(
    runtime: &Arc<Vm>,
    first: bool,
    operation: impl FnOnce(&mut JavaThread) -> R,
) -> Result<R, AttachFailure> {
    let (pointer, fresh) = match find(runtime) {
        Some(thread) => (thread, false),
        None => (attach(runtime, first).map_err(AttachFailure::Refused)?, true),
    };
    // SAFETY: see `Attachment`; a nested use from within Java passes through the same pointer but not at the same time.
    let thread = unsafe { &mut *pointer };
    // SAFETY: only the address is compared.
    let nested = !fresh && unsafe { JavaThread::current() }.is_some_and(|c| std::ptr::eq(c, pointer));
    // SAFETY: only the address is kept, to be made current again: a thread may be inside another VM.
    let outer = unsafe { JavaThread::current() }.map_or(std::ptr::null_mut(), std::ptr::from_mut);
    if !nested && !fresh {
        lifecycle::enter_from_host(thread);
    }
    let result = lifecycle::run_java(thread, |thread| {
        if fresh && !first && initial::create_attached_thread_object(thread, "Attached", true).is_err() {
            thread.take_exception();
        }
        operation(thread)
    });
    if !nested {
        lifecycle::return_to_host(thread);
        if !fresh {
            JavaThread::set_current(outer);
        }
    }
    result.map_err(|terminated| AttachFailure::Ended(terminated.exit_code))
}

/// Why an operation did not run to its end.
pub(crate) enum AttachFailure {
    /// The thread could not be attached.
    Refused(String),
    /// The VM has ended, with the code of `System.exit` if that ended it.
    Ended(Option<i32>),
}

/// Takes the calling thread off the VM.
pub(crate) fn detach(runtime: &Arc<Vm>) {
    let taken = ATTACHED.with_borrow_mut(|all| {
        let at = all.iter().position(|a| Arc::ptr_eq(&a.runtime, runtime))?;
        Some(all.swap_remove(at))
    });
    drop(taken);
}

/// Ends all other threads of the VM and takes the calling one off it; false when some thread did not end in time.
pub(crate) fn shut_down(runtime: &Arc<Vm>, patience: std::time::Duration) -> bool {
    let pointer = match find(runtime) {
        Some(thread) => {
            // SAFETY: see `Attachment`.
            lifecycle::enter_from_host(unsafe { &mut *thread });
            thread
        }
        None => match attach(runtime, false) {
            Ok(thread) => thread,
            Err(_) => return false,
        },
    };
    // SAFETY: see `Attachment`.
    let thread = unsafe { &mut *pointer };
    let ended = lifecycle::shut_down(thread, patience);
    lifecycle::return_to_host(thread);
    ended
}

//! What is done for the guest before it asks, beside it.

use crate::confinement::Kind;
use crate::memory::Chunks;
use crate::vm::{THREAD_STACK, Vm};
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::thread::JoinHandle;

/// A thread that finds memory for the guest before it needs it; it ends with this value.
pub struct Ahead {
    chunks: Arc<Chunks>,
    /// Tells it of the VM, once that is made.
    vm: Option<Sender<Arc<Vm>>>,
    thread: Option<JoinHandle<()>>,
}

impl Ahead {
    /// Starts it, on the guest's own processors. It has the first memory ready while the VM is made. What it does is not needed, should it
    /// not start.
    pub fn begin(chunks: &Arc<Chunks>, processors: libc::cpu_set_t) -> Ahead {
        let (sender, receiver) = channel::<Arc<Vm>>();
        let own = chunks.clone();
        let builder = std::thread::Builder::new().name("memory".to_owned());
        let thread = builder.stack_size(THREAD_STACK).spawn(move || {
            // SAFETY: the set is of the given size and not empty.
            unsafe { libc::sched_setaffinity(0, size_of::<libc::cpu_set_t>(), &processors) };
            let reached = own.have_first_ready();
            if let Ok(vm) = receiver.recv() {
                vm.confine(Kind::Memory);
                drop(vm);
                own.go_ahead(reached);
            }
        });
        Ahead {
            chunks: chunks.clone(),
            vm: Some(sender),
            thread: thread.ok(),
        }
    }

    /// Has it go on, confined, when there is a guest.
    pub fn serve(&mut self, vm: &Arc<Vm>) {
        if let Some(sender) = self.vm.take() {
            let _ = sender.send(vm.clone());
        }
    }
}

impl Drop for Ahead {
    fn drop(&mut self) {
        self.vm = None;
        self.chunks.close();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

//! What is done for the guest before it asks, beside it.

use crate::address_space::{AddressSpace, SharedSpace};
use crate::confinement::Kind;
use crate::loader::{LoadError, Loaded};
use crate::memory::{Chunks, Errand};
use crate::vm::{THREAD_STACK, Vm};
use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::thread::JoinHandle;

/// A thread that finds memory for the guest before it needs it; it ends with this value.
pub struct Ahead {
    chunks: Arc<Chunks>,
    /// Tells it of the VM, once that is made.
    vm: Option<Sender<Arc<Vm>>>,
    thread: Option<JoinHandle<()>>,
}

impl Ahead {
    /// Starts it, on the guest's own processors. It does `load` first, whose result can be waited for. Unless memory is to be left
    /// alone, it goes on at once with what it is asked for, and confined when the VM is made.
    pub fn begin(
        chunks: &Arc<Chunks>,
        processors: libc::cpu_set_t,
        memory: bool,
        load: impl FnOnce() -> Result<Ready, LoadError> + Send + 'static,
    ) -> io::Result<(Ahead, Receiver<Result<Ready, LoadError>>)> {
        let (done, result) = channel();
        let (sender, receiver) = channel::<Arc<Vm>>();
        let own = chunks.clone();
        let builder = std::thread::Builder::new().name("memory".to_owned());
        let thread = builder.stack_size(THREAD_STACK).spawn(move || {
            // SAFETY: the set is of the given size and not empty.
            unsafe { libc::sched_setaffinity(0, size_of::<libc::cpu_set_t>(), &processors) };
            let ready = load();
            let addresses = ready.as_ref().ok().map(|(addresses, _)| addresses.clone());
            let _ = done.send(ready);
            if let Some(addresses) = addresses.filter(|_| memory) {
                go_ahead(&own, &addresses, &receiver);
            }
        })?;
        let ahead = Ahead {
            chunks: chunks.clone(),
            vm: Some(sender),
            thread: Some(thread),
        };
        Ok((ahead, result))
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

/// A program that is mapped, and where.
pub type Ready = (Arc<SharedSpace>, Loaded);

/// Does what it is asked for, until the chunks are closed.
fn go_ahead(chunks: &Chunks, addresses: &SharedSpace, vms: &Receiver<Arc<Vm>>) {
    let (mut reached, mut vm) = (0, None::<Arc<Vm>>);
    loop {
        let errand = match &vm {
            Some(_) => chunks.next_errand(&mut reached),
            None => chunks.errand(&mut reached),
        };
        match (errand, &vm) {
            (Some(Errand::Populate(chunk)), _) => chunks.populate(chunk),
            (Some(Errand::Back(address)), _) => {
                addresses.fill_early(|space| space.begin_early(address));
            }
            (Some(Errand::Expect), _) => chunks.expect(addresses.fill_early(AddressSpace::begin_expected)),
            (Some(Errand::MakeProcessor), Some(vm)) => vm.have_processor(),
            // The VM is on its way.
            (Some(Errand::MakeProcessor), None) => chunks.ask_processor(),
            (None, Some(_)) => return,
            (None, None) => {}
        }
        if vm.is_none() {
            let made = match errand {
                None => vms.recv().map_err(|_| TryRecvError::Disconnected),
                Some(_) => vms.try_recv(),
            };
            match made {
                Ok(made) => {
                    made.confine(Kind::Memory);
                    vm = Some(made);
                }
                Err(TryRecvError::Empty) => {}
                Err(TryRecvError::Disconnected) => return,
            }
        }
    }
}
